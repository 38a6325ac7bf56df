//! How it stands with the mails before anything is due: which are to come, and why one does not go or did not. For `why`.
//!
//! A step that was passed over leaves no trace in the journal. Why it was is found by looking at its days once more, with
//! what is known of them today.

use super::World;
use super::conditions;
use super::courtesy;
use super::customers;
use super::steps::{self, plus_days};
use super::terms::{Step, StepAct};
use super::windows::{self, Manner};
use crate::ledger::account::Account;
use crate::ledger::ids::ReceivableId;
use crate::ledger::moment::Moment;
use crate::ledger::receivable::{Receivable, ReceivableKind};
use crate::ledger::words::{Mode, Purpose};
use chrono::{DateTime, NaiveDate, Utc};

/// No step comes so long before a due date that more of its days need be looked at.
const MOST_DAYS: u32 = 120;

/// What is to be said of them with one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourtesyOutlook {
    /// Which.
    pub receivable: ReceivableId,
    /// It is only planned, and nothing is owed of it yet.
    pub is_planned: bool,
    /// One English sentence each.
    pub sentences: Vec<String>,
}

/// Every document that is open or planned, with all that its ladder would say of it before its day, as far as that is not
/// taken.
#[must_use]
pub fn courtesy_outlook(account: &Account, world: &World<'_>) -> Vec<CourtesyOutlook> {
    let Some(ladder) = customers::ladder_for(world.policy, account) else { return Vec::new() };
    let all = account.open_items().into_iter().chain(courtesy::planned_items(account));
    let seen = all.map(|item| {
        let is_planned = item.kind == ReceivableKind::Planned;
        // Whether it arrived is not asked of what is not issued.
        let may_come = |step: &&Step| match step.act {
            StepAct::Note(_) => true,
            StepAct::ReceiptCheck(_) => !is_planned,
            _ => false,
        };
        let of_ladder: Vec<&Step> = ladder.steps.iter().filter(may_come).collect();
        CourtesyOutlook { receivable: item.id, is_planned, sentences: sentences(account, item, &of_ladder, world) }
    });
    seen.filter(|seen| seen.is_planned || !seen.sentences.is_empty()).collect()
}

fn sentences(account: &Account, item: &Receivable, of_ladder: &[&Step], world: &World<'_>) -> Vec<String> {
    let ends_on = courtesy::ends_on(account, item);
    let is_over = world.moment.today() >= ends_on;
    if of_ladder.is_empty() || item.cycle > 0 {
        return Vec::new();
    }
    if world.policy.mode_for(account, Purpose::Courtesy) == Mode::Observe {
        let said = "Mails before the due date are only observed ([modes] courtesy)".to_owned();
        return if is_over { Vec::new() } else { vec![said] };
    }
    let of_one = |step: &&Step| {
        let reference = steps::step_ref(item, &step.id);
        if account.has_taken(&reference) {
            return None;
        }
        if account.declined.contains(&reference) {
            return Some(format!("Step `{}`: you did not want it", step.id));
        }
        if is_over {
            let why = missed(account, item, step, world);
            return Some(format!("Step `{}` did not go before {ends_on}: {why}", step.id));
        }
        let due_on = steps::counted(account, item, step, world);
        // Of what is open the ladder's own outlook says why a step is passed over.
        match steps::passed_over(account, item, step, world) {
            _ if due_on > world.moment.today() => Some(format!("Step `{}` comes from {due_on} on", step.id)),
            Some(why) if item.kind == ReceivableKind::Planned => {
                Some(format!("Step `{}` is passed over: {why}", step.id))
            }
            Some(_) => None,
            None => (!has_day(account, world, step, world.moment.today(), ends_on))
                .then(|| format!("Step `{}`: no day before {ends_on} is left on which such a mail may leave", step.id)),
        }
    };
    of_ladder.iter().filter_map(of_one).collect()
}

/// Why a step did not go in its days, as far as it can be told afterwards: what stood in the way on the last of them.
fn missed(account: &Account, item: &Receivable, step: &Step, world: &World<'_>) -> String {
    let ends_on = courtesy::ends_on(account, item);
    let first = steps::counted(account, item, step, world).max(item.known_since);
    if item.known_since >= ends_on {
        return format!("it became known on {} only", item.known_since);
    }
    let days = (0..MOST_DAYS).map(|days| plus_days(first, days)).take_while(|day| *day < ends_on);
    let open =
        |day: &NaiveDate| windows::reminder_day_refusal(world, &account.customer, *day, Manner::of(step)).is_none();
    let Some(last) = days.filter(open).last() else {
        return format!("no day from {first} on was one on which such a mail may leave");
    };
    let moment = Moment::new(world.moment.dawn(last), world.moment.zone);
    stood_in_the_way(account, item, step, last, world)
        .map(str::to_owned)
        .or_else(|| conditions::unmet(&as_then(account, last, world), item, step, &World { moment, ..*world }))
        .unwrap_or_else(|| "another mail went first, or the agent was off or had other rules then".to_owned())
}

/// What was known of the customer on a day that is past, as far as conditions of a step ask for it: what was written,
/// imported and paid since made nobody an old customer then.
fn as_then(account: &Account, day: NaiveDate, world: &World<'_>) -> Account {
    let mut then = account.clone();
    then.sent.retain(|mail| world.moment.day_of(mail.at) < day);
    then.receivables.retain(|other| other.known_since <= day);
    for other in &mut then.receivables {
        other.payments.retain(|payment| payment.on < day);
    }
    then
}

/// What was at issue with the customer on a day that is past.
fn stood_in_the_way(
    account: &Account,
    item: &Receivable,
    step: &Step,
    day: NaiveDate,
    world: &World<'_>,
) -> Option<&'static str> {
    let on = |at: DateTime<Utc>| world.moment.day_of(at);
    let lasted = |from: DateTime<Utc>, to: Option<DateTime<Utc>>| on(from) <= day && to.is_none_or(|to| on(to) >= day);
    let was_open = |other: &Receivable| {
        let paid_on = other.payments.iter().map(|payment| payment.on).max();
        !other.is_settled() || paid_on.is_some_and(|paid| paid > day)
    };
    let was_overdue = |other: &&Receivable| {
        other.is_owed() && other.known_since <= day && account.agreed_day(other) < day && was_open(other)
    };
    if account.receivables.iter().filter(|other| other.id != item.id).any(|other| was_overdue(&other)) {
        return Some("something of this customer was overdue");
    }
    if account.holds.iter().any(|hold| lasted(hold.since, hold.ended.as_ref().map(|end| end.at))) {
        return Some("something of this customer was in a hold");
    }
    if account.cases.iter().any(|case| lasted(case.opened, case.closed)) {
        return Some("a question about this customer was open");
    }
    if !matches!(step.act, StepAct::Note(_)) {
        return None;
    }
    let gap = world.policy.limits.thanks_gap_days;
    let thanked = account.sent.iter().filter(|mail| matches!(mail.purpose, Purpose::Courtesy | Purpose::Thanks));
    let mut thanked = thanked.map(|mail| on(mail.at));
    thanked
        .any(|at| at <= day && day < plus_days(at, gap))
        .then_some("the customer had been thanked, or asked, shortly before")
}

/// Is there a day from one on, before another, on which such a mail may leave?
fn has_day(account: &Account, world: &World<'_>, step: &Step, from: NaiveDate, before: NaiveDate) -> bool {
    let days = (0..MOST_DAYS).map(|days| plus_days(from, days)).take_while(|day| *day < before);
    let mut open =
        days.filter(|day| windows::reminder_day_refusal(world, &account.customer, *day, Manner::of(step)).is_none());
    open.next().is_some()
}
