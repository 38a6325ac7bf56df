//! Where a receivable stands on its ladder.

use super::customers::ladder_for;
use super::payday;
use super::terms::{Ladder, Policy, Step, StepAct};
use crate::ledger::account::Account;
use crate::ledger::ids::StepId;
use crate::ledger::mail::StepRef;
use crate::ledger::receivable::Receivable;
use chrono::{Days, NaiveDate};

/// The next step of a receivable and the day from which it is due.
pub(super) struct NextStep<'a> {
    pub(super) index: usize,
    pub(super) step: &'a Step,
    pub(super) due_on: NaiveDate,
    pub(super) reference: StepRef,
}

/// The first step of the present cycle that is neither taken nor declined.
pub(super) fn next_step<'a>(account: &Account, item: &Receivable, policy: &'a Policy) -> Option<NextStep<'a>> {
    let ladder = ladder_for(policy, account)?;
    let behind = |step: &Step| {
        let reference = step_ref(item, &step.id);
        account.has_taken(&reference) || account.declined.contains(&reference)
    };
    // In order also where a later step was taken out of turn (by hand): what lies before it is over.
    let index = ladder.steps.iter().rposition(behind).map_or(0, |last| last.saturating_add(1));
    let step = ladder.steps.get(index)?;
    let due_on = plus_days(anchor(account, item), step.after_days).max(spaced(account, item, ladder, index));
    let due_on = payday::not_before(account, item, policy, due_on);
    Some(NextStep { index, step, due_on, reference: step_ref(item, &step.id) })
}

/// The day from which the ladder counts: the due date, or the day that was granted instead.
pub(super) fn anchor(account: &Account, item: &Receivable) -> NaiveDate {
    account.agreed_day(item)
}

/// A step keeps its distance from the one before it, so that a late start or a pause never makes the ladder steeper.
fn spaced(account: &Account, item: &Receivable, ladder: &Ladder, index: usize) -> NaiveDate {
    let Some(step) = ladder.steps.get(index) else { return NaiveDate::MIN };
    let last = account.steps_of(item).into_iter().max_by_key(|taken| taken.on);
    let Some(last) = last else { return NaiveDate::MIN };
    let before = ladder.steps.iter().find(|other| other.id == *last.name()).map_or(0, |other| other.after_days);
    plus_days(last.on, step.after_days.saturating_sub(before))
}

/// How many days lie between a step and the one after it; 0 where there is none.
pub(super) fn distance_after(policy: &Policy, account: &Account, step: &StepId) -> u32 {
    let Some(ladder) = ladder_for(policy, account) else { return 0 };
    let mut from = ladder.steps.iter().skip_while(|known| known.id != *step);
    let (this, next) = (from.next(), from.next());
    this.zip(next).map_or(0, |(this, next)| next.after_days.saturating_sub(this.after_days))
}

/// Where a step of this name stands on the ladder.
pub(super) fn position(ladder: &Ladder, step: &StepId) -> Option<usize> {
    ladder.steps.iter().position(|other| other.id == *step)
}

/// Has this step, or one after it, been taken in the present cycle?
pub(super) fn has_reached(account: &Account, item: &Receivable, policy: &Policy, step: &StepId) -> bool {
    let Some(ladder) = ladder_for(policy, account) else { return false };
    let taken = account.steps_of(item);
    match position(ladder, step) {
        Some(limit) => taken.iter().any(|t| position(ladder, t.name()).is_some_and(|index| index >= limit)),
        // A ladder without a step of that name: one taken step counts, which is the careful reading.
        None => !taken.is_empty(),
    }
}

pub(super) fn step_ref(item: &Receivable, step: &StepId) -> StepRef {
    StepRef { receivable: item.id, cycle: item.cycle, step: step.clone() }
}

pub(super) const fn is_mail(step: &Step) -> bool {
    matches!(step.act, StepAct::Mail(_))
}

/// Calendar days later.
pub(super) fn plus_days(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(u64::from(days))).unwrap_or(day)
}

/// Calendar days earlier.
pub(super) fn minus_days(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(days))).unwrap_or(day)
}
