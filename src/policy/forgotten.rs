//! What was taken under a name that the ladder does not know any more: the owner gave a step another name, or took it away.
//! It may be the step of today under its name of before, so nobody gets the same words again, nor milder ones after it.

use super::World;
use super::steps::{counted, is_mail, position};
use super::terms::{Ladder, Step};
use crate::ledger::account::Account;
use crate::ledger::change::{StepTaken, StepTaker};
use crate::ledger::receivable::Receivable;
use chrono::NaiveDate;

/// The place behind what was taken so, from a place on: as many mails are passed over as were sent, where their day had come
/// by then.
pub(super) fn place_behind(
    account: &Account,
    item: &Receivable,
    ladder: &Ladder,
    (known, world): (usize, &World<'_>),
) -> usize {
    let taken = account.steps_of(item).into_iter();
    let forgotten = taken.filter(|taken| taken.on > item.due && position(ladder, taken.name()).is_none());
    let days: Vec<NaiveDate> = forgotten.map(|taken| taken.on).collect();
    let Some(last) = days.iter().max() else { return known };
    let ahead = ladder.steps.iter().enumerate().skip(known);
    let over = ahead.filter(|(_, step)| is_mail(step) && counted(account, item, step, world) <= *last);
    over.take(days.len()).last().map_or(known, |(index, _)| index.saturating_add(1))
}

/// Was a step that the ladder does not know any more a reminder? The agent takes no others once something is due.
pub(super) fn was_mail(item: &Receivable, taken: &StepTaken) -> bool {
    taken.by == StepTaker::Agent && taken.on > item.due
}

/// Where what was taken stands on the ladder: by its name, or, where that is forgotten, at the last mail whose day had come.
pub(super) fn place_of(
    account: &Account,
    item: &Receivable,
    ladder: &Ladder,
    taken: &StepTaken,
    world: &World<'_>,
) -> Option<usize> {
    let by_day = || {
        let has_come = |step: &Step| is_mail(step) && counted(account, item, step, world) <= taken.on;
        ladder.steps.iter().rposition(has_come).filter(|_| taken.on > item.due)
    };
    position(ladder, taken.name()).or_else(by_day)
}
