//! Every reason for which nothing goes out of our own accord, as sentences. The ladder, the re-check before sending
//! and `why` ask the same questions here, so that they can never disagree.

use super::World;
use super::bank_collection;
use super::closure;
use super::collection;
use super::credit;
use super::payday;
use super::steps::{self, anchor, plus_days};
use super::unfound;
use crate::ledger::account::Account;
use crate::ledger::change::{Cause, StepTaker};
use crate::ledger::hold::{Hold, HoldKind, HoldOutcome};
use crate::ledger::ids::{Address, OutboxId, ReceivableId};
use crate::ledger::receivable::Receivable;
use crate::ledger::words::{DebtorKind, Purpose};
use chrono::{DateTime, NaiveDate, Utc};

/// Reasons that concern the customer as a whole, for a mail that would leave on `on`. `row` is the mail that is itself
/// asking: it does not stand in its own way.
pub(super) fn of_customer(account: &Account, world: &World<'_>, on: NaiveDate, row: Option<OutboxId>) -> Vec<String> {
    let mut reasons = standing(account, world);
    let limits = &world.policy.limits;
    let moment = world.moment;
    for pending in account.pending.iter().filter(|pending| Some(pending.id) != row) {
        if !matches!(pending.plan.purpose, Purpose::Notice | Purpose::Acknowledgement) {
            reasons.push(format!(
                "Another mail to this customer ({}) is already {}",
                pending.plan.template,
                pending.state.as_str().replace('_', " ")
            ));
        }
    }
    let mut waits = |since: Option<NaiveDate>, days: u32, what: &str| {
        if let Some(until) = still_waiting(since, days, on) {
            reasons.push(format!("{what}; the next reminder may go from {until} on"));
        }
    };
    let day = |at: Option<DateTime<Utc>>| at.map(|at| moment.day_of(at));
    let last_of = |reminder: bool| {
        day(account.sent.iter().filter(|mail| mail.purpose.counts_as_reminder() == reminder).map(|mail| mail.at).max())
    };
    waits(last_call(account, world), limits.recipient_gap_days, "The owner telephoned lately");
    waits(last_of(true), limits.recipient_gap_days, "A reminder left lately");
    waits(last_of(false), limits.after_answer_days, "A mail to the customer left lately");
    waits(day(account.owner_wrote), limits.recipient_gap_days, "The owner wrote lately");
    waits(day(last_remark(account)), limits.recipient_gap_days, "The owner is dealing with the customer");
    waits(day(account.customer_wrote), limits.after_answer_days, "The customer wrote lately");
    let broken =
        account.holds.iter().filter_map(|hold| hold.ended.as_ref()).filter(|end| end.how == HoldOutcome::Broken);
    waits(day(broken.map(|end| end.at).max()), limits.after_answer_days, "A promise or claim ended lately");
    reasons
}

/// The day of the last telephone call that a step of the ladder asked for: who was rung up is not written to the next day.
fn last_call(account: &Account, world: &World<'_>) -> Option<NaiveDate> {
    let by_owner = account.steps.iter().filter(|taken| taken.by == StepTaker::Owner);
    by_owner.filter(|taken| steps::is_call(account, world.policy, taken.name())).map(|taken| taken.on).max()
}

/// When the owner last noted that they are dealing with something of this customer's. About that the agent stands back for
/// longer; about anything else no reminder comes the next day either.
fn last_remark(account: &Account) -> Option<DateTime<Utc>> {
    let by_owner = account.holds.iter().filter(|hold| hold.kind == HoldKind::OwnerActive);
    let is_lifted = |hold: &Hold| hold.ended.as_ref().is_some_and(|end| end.how == HoldOutcome::Lifted);
    by_owner.filter(|hold| !is_lifted(hold)).map(|hold| hold.since).max()
}

/// Reasons that no waiting for another mail or window will change.
pub(super) fn standing(account: &Account, world: &World<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    let today = world.moment.today();
    if account.customer.do_not_contact {
        reasons.push("The customer is marked as not to be written to".to_owned());
    }
    if recipients(account, world).is_none() {
        reasons.push("No usable address is on file".to_owned());
    }
    let disputes = account.holds.iter().filter(|hold| hold.kind == HoldKind::Disputed && hold.ended.is_none());
    for hold in disputes {
        let since = world.moment.day_of(hold.since);
        let until = world.policy.calendar.plus_business_days(since, world.policy.limits.dispute_business_days);
        if today < until {
            reasons.push(format!("A dispute of {since} stops all steps of this customer until {until}"));
        }
    }
    reasons
}

/// Reasons that concern one receivable, apart from the freshness of payments and the day of its step.
pub(super) fn of_item(account: &Account, item: &Receivable, world: &World<'_>) -> Vec<String> {
    let today = world.moment.today();
    let mut reasons = Vec::new();
    if item.is_settled() {
        reasons.push("Nothing is left to pay".to_owned());
    }
    reasons.extend(collection::elsewhere(item).map(str::to_owned));
    reasons.extend(credit::barrier(account, &[item.id]));
    if let Some(since) = item.missing_since {
        reasons.push(format!("It is missing from the import of {since}; the owner is asked about it"));
    }
    if is_old_arrear(item, world) {
        reasons.push(format!("It was long overdue when it became known on {}; it waits for release", item.known_since));
    }
    let covering = account.holds.iter().filter(|hold| hold.ended.is_none() && hold.covers(item.id));
    for hold in covering {
        if hold.holds_on(today) {
            reasons.push(hold_sentence(hold));
        } else if matches!(hold.kind, HoldKind::Promise | HoldKind::Claimed) && hold.named_day.is_some() {
            reasons.push(format!("{}, and payments are not known far enough to judge it", hold_sentence(hold)));
        }
    }
    if let Some(until) = closure::gave_time_until(account, item, world) {
        reasons.push(format!("The reminder before the closure gave time until {until}"));
    }
    reasons.extend(unfound::barrier(account, item));
    reasons.extend(bank_collection::awaited_call(account, item.id));
    if is_unanswered(account, item, world) {
        let limit = world.policy.limits.unanswered_mails;
        reasons.push(format!("{limit} mails stayed without an answer; another channel is needed"));
    }
    reasons
}

/// Overdue by more than the limit on the day on which it became known, and nobody has looked at it.
pub(super) fn is_old_arrear(item: &Receivable, world: &World<'_>) -> bool {
    !item.released && item.known_since > plus_days(item.due, world.policy.limits.first_run_overdue_days)
}

/// The limit of mails without any sign of life is reached for this receivable; who was telephoned was asked in another way
/// since.
pub(super) fn is_unanswered(account: &Account, item: &Receivable, world: &World<'_>) -> bool {
    use crate::ledger::case::CaseKind;
    let looked = account
        .cases
        .iter()
        .filter(|case| case.kind == CaseKind::Silence && case.items.contains(&item.id))
        .filter_map(|case| case.closed)
        .max();
    let since = account.customer_wrote.max(account.owner_wrote).max(looked);
    let calls = account.steps_of(item).into_iter().filter(|taken| steps::is_call(account, world.policy, taken.name()));
    let called = calls.map(|taken| taken.on).max();
    let unanswered = account
        .sent
        .iter()
        .filter(|mail| mail.items.contains(&item.id))
        // A list named it as open; before its day that asked for nothing.
        .filter(|mail| match mail.purpose {
            Purpose::MonthlyStatement => world.moment.day_of(mail.at) > item.due,
            purpose => purpose == Purpose::Reminder,
        })
        .filter(|mail| since.is_none_or(|since| mail.at > since))
        .filter(|mail| called.is_none_or(|day| world.moment.day_of(mail.at) > day))
        .count();
    unanswered >= usize::try_from(world.policy.limits.unanswered_mails).unwrap_or(usize::MAX)
}

/// When reminders about it left.
pub(super) fn reminders_about(account: &Account, item: ReceivableId) -> impl Iterator<Item = DateTime<Utc>> {
    let about = account.sent.iter().filter(move |mail| mail.purpose == Purpose::Reminder && mail.items.contains(&item));
    about.map(|mail| mail.at)
}

/// Past its day, as the ladder counts.
pub(super) fn is_overdue(account: &Account, item: &Receivable, world: &World<'_>) -> bool {
    world.moment.today() > Account::last_day_in_time(anchor(account, item, world.policy))
}

/// To and Cc of a mail of our own accord: the primary contact and the copies, never an address of the firm's own.
pub(super) fn recipients(account: &Account, world: &World<'_>) -> Option<(Vec<Address>, Vec<Address>)> {
    let own = &world.policy.own_addresses;
    let primary = account.customer.contacts.iter().find(|contact| {
        contact.role == crate::ledger::customer::ContactRole::Primary
            && !contact.bounced
            && !own.contains(&contact.address)
    })?;
    Some((vec![primary.address.clone()], copies(account, world, &primary.address)))
}

/// Usable addresses copied on every mail, apart from the one in To. Of a consumer's debt nobody else is told.
pub(super) fn copies(account: &Account, world: &World<'_>, to: &Address) -> Vec<Address> {
    let mut copies: Vec<Address> = Vec::new();
    if account.customer.kind == DebtorKind::Consumer {
        return copies;
    }
    for contact in account.customer.copies() {
        let address = &contact.address;
        if address != to && !world.policy.own_addresses.contains(address) && !copies.contains(address) {
            copies.push(address.clone());
        }
    }
    copies
}

fn hold_sentence(hold: &Hold) -> String {
    if let (true, Some(day), Some(until)) = (payday::is_for_a_habit(hold), hold.named_day, hold.until) {
        return format!("The customer named only the day on which it always pays, {day}: reminders wait until {until}");
    }
    let kind = match hold.kind {
        HoldKind::Legal => "A lawyer or insolvency",
        HoldKind::Hostile => "The customer asked us to stop",
        HoldKind::Disputed => "Contested",
        HoldKind::WaitingForUs => "It is our turn",
        HoldKind::Claimed => "The customer says that it is paid",
        HoldKind::Promise => "The customer promised to pay",
        HoldKind::Deferral => "More time was granted",
        HoldKind::Plan => "It is paid in instalments",
        HoldKind::Proposal => "Instalments were proposed, and the customer has not accepted them yet",
        HoldKind::OwnerActive => "The owner is dealing with it",
        HoldKind::Review => "A question is open to the owner",
        HoldKind::Absence => "The customer's office is closed",
        HoldKind::Paused if matches!(hold.cause, Cause::Delivery { .. }) => {
            "The owner said no to the last mail about it"
        }
        HoldKind::Paused => "Paused by the owner",
    };
    if let ([first, .., last], HoldKind::Plan) = (hold.parts.as_slice(), hold.kind) {
        let count = hold.parts.len();
        return format!("{kind}: {count} parts from {} to {}, until it is lifted", first.by, last.by);
    }
    if let (Some(day), HoldKind::Review) = (hold.named_day, hold.kind) {
        return format!("{kind}, to be looked at again on {day}");
    }
    let named = hold.named_day.map(|day| format!(" ({day})")).unwrap_or_default();
    let until = hold.until.map_or_else(|| ", until it is lifted".to_owned(), |day| format!(", until {day}"));
    format!("{kind}{named}{until}")
}

fn still_waiting(since: Option<NaiveDate>, days: u32, on: NaiveDate) -> Option<NaiveDate> {
    let until = plus_days(since?, days);
    (on < until).then_some(until)
}
