//! The last look before a mail leaves: everything is judged again on the live state.

use super::World;
use super::closure;
use super::collection;
use super::courtesy;
use super::credit;
use super::customers;
use super::deliberation::{chases, is_unasked};
use super::examination;
use super::monthly;
use super::owners_letter;
use super::proposal;
use super::restart::{self, Reminders};
use super::routine::lower_first;
use super::silence;
use super::steps;
use super::terms::Policy;
use super::together::may_be_shared;
use super::windows;
use crate::ledger::account::Account;
use crate::ledger::hold::{HoldKind, HoldOutcome};
use crate::ledger::mail::{BusinessKey, MailPlan, OutboxRow, OutboxState};
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::Receivable;
use crate::ledger::words::{Mode, Purpose};
use chrono::{DateTime, Duration, Utc};

/// So often it is looked whether the list of the day has reached the owner.
const FOREWARNING_LOOK_MINUTES: i64 = 10;

/// What the re-check must know besides the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// The owner stopped all sending.
    pub halted: bool,
    /// INBOX and Sent were both listed completely at this instant.
    pub inbox_enumerated: Option<DateTime<Utc>>,
    /// INBOX and Sent were read back to the oldest open invoice.
    pub history_read: bool,
    /// Mails to customers that left today, of all accounts.
    pub sent_today: u32,
    /// Reminders of today, of all accounts.
    pub reminders: Reminders,
    /// The last reminder to this recipient, from any account.
    pub last_reminder_to_recipient: Option<DateTime<Utc>>,
    /// A reminder to this recipient waits, from any account: a list that nobody asked for stands back.
    pub reminder_to_recipient_waits: bool,
    /// The customer or the owner wrote since the mail was planned.
    pub customer_or_owner_wrote_since_plan: bool,
    /// Everything is delivered to the owner instead, for trying out.
    pub redirected: bool,
    /// When a list of what would leave, with this mail on it, was handed over to the owner.
    pub forewarned: Option<DateTime<Utc>>,
}

/// The result of the last look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recheck {
    /// It may leave now.
    Go,
    /// Not yet.
    Wait {
        /// Look again then.
        until: DateTime<Utc>,
        /// One English sentence.
        reason: String,
    },
    /// It no longer holds; what is still due is planned anew.
    Cancel {
        /// One English sentence.
        reason: String,
    },
}

/// Judges a planned mail that falls due.
#[must_use]
pub fn recheck(account: &Account, row: &OutboxRow, world: &World<'_>, conditions: &Conditions) -> Recheck {
    let now = world.moment.instant;
    let plan = &row.plan;
    let soon = |minutes: i64| now.checked_add_signed(Duration::minutes(minutes)).unwrap_or(now);
    if conditions.halted {
        return wait(soon(1), "All sending is halted");
    }
    if plan.purpose == Purpose::Notice {
        return if plan.not_before > now { wait(plan.not_before, "It is not time yet") } else { Recheck::Go };
    }
    if let Some(reason) = gone(account, row, world, conditions) {
        return Recheck::Cancel { reason };
    }
    // What goes to the owner for trying out is approved by being read.
    if plan.needs_approval && !row.approved && !conditions.redirected {
        return wait(soon(60), "It waits for the owner's approval");
    }
    if plan.not_before > now {
        return wait(plan.not_before, "It is not time yet");
    }
    let fresh = i64::from(world.policy.limits.inbox_fresh_minutes);
    let is_listed =
        conditions.inbox_enumerated.is_some_and(|at| now.signed_duration_since(at) <= Duration::minutes(fresh));
    if !is_listed {
        return wait(soon(1), "The mailbox was not looked at lately: an answer may lie there");
    }
    if is_unasked(&plan.key) && !conditions.history_read {
        return wait(soon(fresh.max(1)), "INBOX and Sent are not read back to the oldest open invoice yet");
    }
    // What goes to the owner for trying out bothers no customer: neither hours nor caps matter.
    if conditions.redirected {
        return Recheck::Go;
    }
    match timing(account, row, world, conditions) {
        Recheck::Go if is_forewarned(account, plan, row.approved, world.policy) => forewarning(world, conditions),
        other => other,
    }
}

/// The list of one day speaks of that day only: what did not leave then stands on the next one.
fn forewarning(world: &World<'_>, conditions: &Conditions) -> Recheck {
    let now = world.moment.instant;
    let today = world.moment.today();
    let Some(told) = conditions.forewarned.filter(|told| world.moment.day_of(*told) == today) else {
        let soon = now.checked_add_signed(Duration::minutes(FOREWARNING_LOOK_MINUTES)).unwrap_or(now);
        return wait(soon, "It stands on no list of today that reached the owner");
    };
    let hours = Duration::hours(i64::from(world.policy.limits.forewarn_hours));
    let free = told.checked_add_signed(hours).unwrap_or(told);
    if now < free { wait(free, "The owner was told of it, and may still say no") } else { Recheck::Go }
}

fn wait(until: DateTime<Utc>, reason: &str) -> Recheck {
    Recheck::Wait { until, reason: reason.to_owned() }
}

/// Does a mail leave only after the owner was told in the morning that it would? Answers do not wait for that, nor what
/// a person approved or sends by their own hand.
#[must_use]
pub fn is_forewarned(account: &Account, plan: &MailPlan, approved: bool, policy: &Policy) -> bool {
    policy.limits.forewarn && is_unasked(&plan.key) && !approved && policy.mode_of(account, plan) == Mode::Send
}

/// Why the mail is not wanted any more.
fn gone(account: &Account, row: &OutboxRow, world: &World<'_>, conditions: &Conditions) -> Option<String> {
    let plan = &row.plan;
    if plan.customer != Some(account.customer.id) {
        return Some("It belongs to another account".to_owned());
    }
    if account.customer.do_not_contact {
        return Some("The customer is marked as not to be written to".to_owned());
    }
    if world.policy.mode_for(account, plan.purpose) == Mode::Observe {
        return Some(format!("Mails of purpose {} are only observed", plan.purpose));
    }
    if conditions.customer_or_owner_wrote_since_plan && !is_thought_over(account, row) {
        return Some("The customer or the owner wrote since it was planned".to_owned());
    }
    if let Some(reason) = bad_address(account, plan, world) {
        return Some(reason);
    }
    match &plan.key {
        BusinessKey::Courtesy(..) => courtesy::gone(account, plan, world),
        BusinessKey::Statement(_, month) => monthly::gone(account, row, *month, world),
        key if chases(key) => chasing_gone(account, row, world),
        _ => answer_gone(account, row, world),
    }
}

/// An answer stands although the customer wrote once more, when that mail was read and decided on since: a word of
/// thanks must not swallow the invoice that was asked for. What the owner writes always ends it.
fn is_thought_over(account: &Account, row: &OutboxRow) -> bool {
    let is_later = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at > row.planned_at);
    row.plan.answers.is_some() && is_later(account.customer_wrote) && !is_later(account.owner_wrote)
}

/// Why an answer that waits will not leave any more by itself: the day tells the owner, so that no wish is lost.
pub(super) fn answer_refusal(account: &Account, row: &OutboxRow, world: &World<'_>) -> Option<String> {
    row.plan.answers.as_ref()?;
    bad_address(account, &row.plan, world).or_else(|| answer_gone(account, row, world))
}

fn bad_address(account: &Account, plan: &MailPlan, world: &World<'_>) -> Option<String> {
    if plan.to.is_empty() {
        return Some("It has no recipient".to_owned());
    }
    for address in &plan.to {
        match account.customer.contact(address) {
            None => return Some(format!("{address} is not on file")),
            Some(contact) if contact.bounced => return Some(format!("{address} is dead")),
            Some(_) => {}
        }
    }
    for address in plan.cc.iter().filter(|_| plan.answers.is_none()) {
        if account.customer.contact(address).is_none_or(|contact| contact.bounced) {
            return Some(format!("{address} is not on file, or dead"));
        }
    }
    plan.to
        .iter()
        .chain(&plan.cc)
        .find(|address| world.policy.own_addresses.contains(address))
        .map(|address| format!("{address} is our own address"))
}

/// What it lists as asked for before must be known as open, and neither be held nor asked about: its bytes may be written
/// already.
fn beside_gone(account: &Account, row: &OutboxRow, world: &World<'_>) -> Option<String> {
    let mut listed = row.plan.particulars.asked_before.iter().filter_map(|id| account.receivable(*id));
    listed.find_map(|item| {
        let number = item.key.name();
        if examination::is_stale(account, item, world) {
            return Some(format!("{number}: payments are not known far enough"));
        }
        let reason = silence::of_item(account, item, world).into_iter().next()?;
        Some(format!("{number}: {}", lower_first(&reason)))
    })
}

/// A reminder, a question about a broken promise, a claim check: every item must still deserve it.
fn chasing_gone(account: &Account, row: &OutboxRow, world: &World<'_>) -> Option<String> {
    let plan = &row.plan;
    for id in &plan.items {
        let Some(item) = account.receivable(*id) else { return Some(format!("Receivable {id} is unknown")) };
        let number = item.key.name();
        if let Some(reason) = silence::of_item(account, item, world).into_iter().next() {
            return Some(format!("{number}: {}", lower_first(&reason)));
        }
        if examination::is_stale(account, item, world) {
            return Some(format!("{number}: payments are not known far enough"));
        }
    }
    if let Some(reason) = beside_gone(account, row, world) {
        return Some(reason);
    }
    if let Some(reason) = silence::standing(account, world).into_iter().next() {
        return Some(reason);
    }
    if owners_letter::recipients_of_plan(account, plan, world).is_none_or(|(to, _)| to != plan.to) {
        return Some("It would not go to the address that reminders go to now".to_owned());
    }
    let late =
        if closure::is_note(plan) { closure::gone(account, plan, world) } else { short_of_time(account, row, world) };
    if let Some(reason) = late {
        return Some(reason);
    }
    for step in &plan.steps {
        let Some(item) = account.receivable(step.receivable) else {
            return Some(format!("Receivable {} is unknown", step.receivable));
        };
        let is_next = steps::next_step(account, item, world).is_some_and(|next| next.reference == *step);
        let goes_along =
            || owners_letter::as_next(account, item, &step.step, world).is_some_and(|next| next.reference == *step);
        if !is_next && !goes_along() {
            return Some(format!("Step `{}` of {} is not the next one any more", step.step, item.key.name()));
        }
    }
    if let Some(reason) = grown(account, row, world) {
        return Some(reason);
    }
    let hold = match &plan.key {
        BusinessKey::BrokenPromise(_, hold) | BusinessKey::ClaimCheck(_, hold) => Some(*hold),
        _ => None,
    };
    hold.and_then(|id| account.holds.iter().find(|hold| hold.id == id))
        .filter(|hold| hold.ended.as_ref().is_none_or(|end| end.how != HoldOutcome::Broken))
        .map(|_| "What it asks about is not broken".to_owned())
}

/// A reminder is planned days before it leaves. Where more would go into it by now it is written anew: the customer gets one
/// mail and not two. Not what a person has seen, on a list or in their hands, nor what may ride in another customer's mail:
/// that one would leave without it meanwhile.
fn grown(account: &Account, row: &OutboxRow, world: &World<'_>) -> Option<String> {
    let plan = &row.plan;
    let was_seen = row.approved || plan.needs_approval || row.state == OutboxState::Drafted;
    let is_told = was_seen || is_forewarned(account, plan, false, world.policy);
    if !matches!(plan.key, BusinessKey::Reminder(..)) || is_told || may_be_shared(world.policy, account, row) {
        return None;
    }
    // Only on its day: until then more may come.
    if plan.not_before > world.moment.instant {
        return None;
    }
    let mut copy = account.clone();
    copy.pending.retain(|other| other.id != row.id);
    let mail = examination::examine(&copy, world).mail.filter(|mail| !mail.needs_approval)?;
    let leaves_now = mail.not_before <= world.moment.instant;
    let is_more = mail.items.len() > plan.items.len() && plan.items.iter().all(|item| mail.items.contains(item));
    let new = mail.items.iter().find(|item| !plan.items.contains(item))?;
    let number = &account.receivable(*new)?.key.name();
    (leaves_now && is_more).then(|| format!("{number} goes along by now: it is written anew"))
}

/// A mail that asks for payment by a day was put off for so long that the customer would have much less time than the step
/// gives: it is planned anew, with another day. Less than two thirds of the time is much less.
fn short_of_time(account: &Account, row: &OutboxRow, world: &World<'_>) -> Option<String> {
    // The owner's own letter counts from the day on which they sign it.
    let deadline = row.plan.particulars.deadline.filter(|_| row.plan.particulars.deadline_days.is_none())?;
    let ladder = customers::ladder_for(world.policy, account)?;
    // The mail speaks in the tone of its highest step, and gives the time of that one.
    let mut of_mail = ladder.steps.iter().filter(|step| row.plan.steps.iter().any(|planned| planned.step == step.id));
    let given = i64::from(of_mail.next_back()?.deadline_days?);
    let left = deadline.signed_duration_since(world.moment.today()).num_days();
    (left.saturating_mul(3) < given.saturating_mul(2))
        .then(|| format!("It asks for payment by {deadline}, which has come too near"))
}

/// A word about a day to come (a promise, more time, instalments) is not written once that day is here or past.
fn names_a_past_day(plan: &MailPlan, world: &World<'_>) -> Option<String> {
    let speaks_of_it = matches!(plan.purpose, Purpose::Promise | Purpose::Deferral);
    let first = plan.particulars.parts.iter().map(|part| part.by).min().or(plan.particulars.named_day);
    let day = first.filter(|day| speaks_of_it && *day < world.moment.today())?;
    Some(format!("It speaks of {day} as a day to come, which is past"))
}

fn answer_gone(account: &Account, row: &OutboxRow, world: &World<'_>) -> Option<String> {
    let grave = account
        .holds_on(world.moment.today())
        .into_iter()
        .find(|hold| matches!(hold.kind, HoldKind::Legal | HoldKind::Hostile | HoldKind::Disputed));
    if let Some(hold) = grave.filter(|_| row.plan.purpose != Purpose::Acknowledgement) {
        return Some(format!("A hold of kind {} is in force", hold.kind));
    }
    let tells = row.plan.purpose == Purpose::Statement || !row.plan.attach_documents.is_empty();
    if tells && account.customer.is_confidential() && !row.approved {
        return Some("The customer is confidential: documents and lists are the owner's to send".to_owned());
    }
    // The books may have learned since that the bank or a factor collects it.
    if let Some(reason) = collection::barrier(account, &row.plan.items, row.plan.purpose) {
        return Some(reason);
    }
    // A line that only says "seen" names no sum.
    let uncertain = credit::barrier(account, &row.plan.items).filter(|_| row.plan.purpose != Purpose::Acknowledgement);
    if let Some(reason) = uncertain.or_else(|| names_too_much(account, &row.plan)) {
        return Some(reason);
    }
    if let Some(reason) = names_a_past_day(&row.plan, world) {
        return Some(reason);
    }
    if let BusinessKey::Confirmation(_, confirmed) = &row.plan.key {
        let is_over = |how| matches!(how, HoldOutcome::Replaced | HoldOutcome::Lifted);
        let hold = account.holds.iter().find(|hold| hold.id == *confirmed);
        if hold.and_then(|hold| hold.ended.as_ref()).is_some_and(|end| is_over(end.how)) {
            return Some("What it confirms holds no more".to_owned());
        }
        if hold.is_some_and(|hold| hold.kind == HoldKind::Proposal && proposal::is_void(account, hold)) {
            return Some("What is open is not what it proposes in instalments any more".to_owned());
        }
    }
    // The mail that it answers is the customer's last: a later one would have cancelled this answer.
    let wrote = account.customer_wrote.filter(|_| row.plan.answers.is_some());
    let written = wrote.map_or(row.planned_at, |at| at.min(row.planned_at));
    let age = world.policy.calendar.business_days_between(world.moment.day_of(written), world.moment.today());
    // What waits for a person, or lies in their drafts, may wait: it does not leave by itself.
    let is_automatic = !row.approved && !row.plan.needs_approval && row.state != OutboxState::Drafted;
    if is_automatic && age > world.policy.limits.answer_max_age_business_days {
        return Some("It is too old to be answered by itself".to_owned());
    }
    let is_word = matches!(
        row.plan.purpose,
        Purpose::Promise | Purpose::ClaimedPayment | Purpose::Deferral | Purpose::BankDetails | Purpose::ResendInvoice
    );
    let is_settled = |id| account.receivable(id).is_none_or(Receivable::is_settled);
    (is_word && !row.plan.items.is_empty() && row.plan.items.iter().all(|id| is_settled(*id)))
        .then(|| "Nothing of it is open any more".to_owned())
}

/// A sum that was decided on before a payment or a credit note came: to confirm it would be to ask for it.
fn names_too_much(account: &Account, plan: &MailPlan) -> Option<String> {
    let named = plan.particulars.amount?;
    let is_word = matches!(plan.purpose, Purpose::Promise | Purpose::ClaimedPayment | Purpose::Deferral);
    let open = plan.items.iter().filter_map(|id| account.receivable(*id)).map(Receivable::open);
    let open: Vec<Money> = open.filter(|open| open.currency == named.currency).collect();
    (is_word && named.cents > total(named.currency, &open).cents)
        .then(|| format!("It names {named}, which is more than what is open"))
}

/// Windows and caps.
fn timing(account: &Account, row: &OutboxRow, world: &World<'_>, conditions: &Conditions) -> Recheck {
    let (plan, approved) = (&row.plan, row.approved);
    let now = world.moment.instant;
    let manner = steps::manner(world.policy, account, plan);
    let opening = |from: DateTime<Utc>| {
        if is_unasked(&plan.key) {
            windows::reminder_time(world, &account.customer, from, manner)
        } else {
            windows::answer_time(world, from)
        }
    };
    let open_now = if is_unasked(&plan.key) {
        windows::is_reminder_time(world, &account.customer, manner)
    } else {
        windows::is_answer_time(world)
    };
    if !open_now {
        return wait(opening(now), "It lies outside the hours for such mails");
    }
    let limits = &world.policy.limits;
    let midnight = |days: u32| world.moment.dawn(steps::plus_days(world.moment.today(), days));
    if conditions.sent_today >= limits.mails_per_day {
        return wait(opening(midnight(1)), "The mails of today are used up");
    }
    if plan.purpose.counts_as_reminder() && !approved {
        let share = restart::share(world.policy, world.moment.today(), conditions.reminders);
        if share.is_some_and(|share| conditions.reminders.left_today >= share) {
            return wait(opening(midnight(1)), "After the quiet time reminders leave day by day, the largest first");
        }
    }
    if plan.purpose == Purpose::MonthlyStatement && conditions.reminder_to_recipient_waits {
        return wait(opening(midnight(1)), "A reminder to this address goes first");
    }
    if plan.purpose.counts_as_reminder() {
        let own = account
            .sent
            .iter()
            .filter(|mail| mail.purpose.counts_as_reminder())
            .filter(|mail| mail.to.iter().any(|to| plan.to.contains(to)));
        let last = own.map(|mail| mail.at).max().max(conditions.last_reminder_to_recipient);
        let again = last.map(|at| steps::plus_days(world.moment.day_of(at), limits.recipient_gap_days));
        if let Some(again) = again.filter(|again| world.moment.today() < *again) {
            return wait(
                opening(world.moment.dawn(again)),
                &format!("This address had a reminder less than {} days ago", limits.recipient_gap_days),
            );
        }
    }
    Recheck::Go
}
