//! The end of a ladder: the owner is asked once how it goes on, instead of silence for ever.

use super::World;
use super::customers;
use super::deliberation::{Deliberation, NewCase};
use super::silence;
use super::steps::{self, plus_days};
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::event::Order;
use crate::ledger::ids::ReceivableId;
use crate::ledger::receivable::Receivable;
use chrono::NaiveDate;

/// From which day on the owner is asked about a receivable that has no next step; `None` where nothing was asked for yet.
pub(super) fn due_on(account: &Account, item: &Receivable, world: &World<'_>) -> Option<NaiveDate> {
    let ladder = customers::ladder_for(world.policy, account)?;
    let last = ladder.steps.iter().rfind(|step| !step.act.is_courtesy())?;
    let taken = account.steps_of(item).iter().map(|taken| taken.on).max()?;
    // The last letter has its own time, then that in which the owner is left alone with it.
    let time = last.deadline_days.unwrap_or(world.policy.limits.stand_back_days);
    Some(plus_days(taken.max(steps::counted(account, item, last, world)), time))
}

/// Was the owner asked since the last step about it?
pub(super) fn was_asked(account: &Account, item: &Receivable, world: &World<'_>) -> bool {
    let last = account.steps_of(item).iter().map(|taken| taken.on).max();
    account
        .cases
        .iter()
        .filter(|case| case.kind == CaseKind::LadderEnd && case.items.contains(&item.id))
        .any(|case| last.is_none_or(|last| last <= world.moment.day_of(case.opened)))
}

/// Is it past its day, with nothing that stands in the way of asking?
pub(super) fn is_open_question(account: &Account, item: &Receivable, world: &World<'_>) -> bool {
    silence::is_overdue(account, item, world) && !was_asked(account, item, world)
}

/// One question about all of a customer's.
pub(super) fn ask(d: &mut Deliberation<'_>, items: Vec<ReceivableId>) {
    if items.is_empty() {
        return;
    }
    let particulars = items
        .iter()
        .filter_map(|id| d.account.receivable(*id))
        .map(|item| format!("{}: {} open, due on {}.", item.key.name(), item.open(), item.due))
        .collect();
    d.open_case(
        NewCase {
            kind: CaseKind::LadderEnd,
            message: None,
            particulars,
            suggestions: vec![
                Order::HandOver { items: items.clone() },
                Order::Hold { items: items.clone(), until: None, why: None },
                Order::WriteOff { items: items.clone() },
            ],
            items,
        },
        "The ladder is at its end and it is still open: the owner decides how to go on",
    );
}
