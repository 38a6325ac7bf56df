//! The telephone calls of the owner: one question for all that a call is due about.

use super::World;
use super::customers;
use super::deliberation::{Deliberation, NewCase};
use super::examination;
use super::silence;
use super::steps::{self, plus_days};
use super::terms::StepAct;
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::event::Order;
use crate::ledger::ids::{CaseId, ReceivableId};
use crate::ledger::mail::StepRef;

/// Calls that would be due within a few days of those that are: a customer who is rung up today and again tomorrow about the
/// next invoice was rung up once too often.
pub(super) fn also(account: &Account, world: &World<'_>, due: &[StepRef]) -> Vec<StepRef> {
    // Only with a question that is asked today: one that is open already is about what it names.
    if due.iter().all(|step| is_asked(account, step)) {
        return Vec::new();
    }
    let soon = plus_days(world.moment.today(), world.policy.limits.recipient_gap_days);
    let others = account.open_items().into_iter().filter(|item| due.iter().all(|step| step.receivable != item.id));
    let free = others.filter(|item| {
        silence::is_overdue(account, item, world)
            && silence::of_item(account, item, world).is_empty()
            && !examination::is_stale(account, item, world)
    });
    let next = free.filter_map(|item| steps::next_step(account, item, world));
    next.filter(|next| next.step.act == StepAct::Call && next.due_on <= soon).map(|next| next.reference).collect()
}

/// One question for all that a call is due about: the owner rings a customer up once.
pub(super) fn ask(d: &mut Deliberation<'_>, calls: Vec<StepRef>) {
    let calls: Vec<StepRef> = calls.into_iter().filter(|step| !is_asked(&d.account, step)).collect();
    if calls.is_empty() {
        return;
    }
    let items: Vec<ReceivableId> = calls.iter().map(|step| step.receivable).collect();
    let named = items.iter().filter_map(|id| d.account.receivable(*id));
    let particulars = named.map(|r| format!("{}: {} open, due on {}.", r.key.name(), r.open(), r.due)).collect();
    let week = d.world.policy.calendar.plus_business_days(d.today(), 5);
    let mut suggestions: Vec<Order> = calls.into_iter().map(|step| Order::StepDone { step }).collect();
    suggestions.push(Order::Promise { items: items.clone(), by: week, amount: None });
    suggestions.push(Order::Hold { items: items.clone(), until: Some(week), why: None });
    d.open_case(
        NewCase { kind: CaseKind::Call, message: None, items, particulars, suggestions },
        "The next step of the ladder is a telephone call",
    );
}

/// The telephone call that the ladder has for it, where it was not made yet.
pub(super) fn of(d: &Deliberation<'_>, item: ReceivableId) -> Option<StepRef> {
    let cycle = d.account.receivable(item)?.cycle;
    let ladder = customers::ladder_for(d.world.policy, &d.account)?;
    let calls = ladder.steps.iter().filter(|step| step.act == StepAct::Call);
    calls.map(|step| StepRef { receivable: item, cycle, step: step.id.clone() }).find(|step| !d.account.has_taken(step))
}

/// Is the owner asked to make this call?
fn is_asked(account: &Account, step: &StepRef) -> bool {
    let order = Order::StepDone { step: step.clone() };
    account.open_cases().any(|case| case.kind == CaseKind::Call && case.suggestions.contains(&order))
}

/// Questions for calls that the customer's ladder has no more: nobody is to be rung up for them.
pub(super) fn close_those_of_another_ladder(d: &mut Deliberation<'_>) {
    let is_call = |step: &StepRef| {
        let ladder = customers::ladder_for(d.world.policy, &d.account);
        let mut steps = ladder.into_iter().flat_map(|ladder| &ladder.steps);
        steps.any(|known| known.act == StepAct::Call && known.id == step.step)
    };
    let calls = d.account.open_cases().filter(|case| case.kind == CaseKind::Call);
    let gone = calls.filter(|case| {
        let mut steps = case.suggestions.iter().filter_map(|order| match order {
            Order::StepDone { step } => Some(step),
            _ => None,
        });
        // The call after an insoluto is no step of any ladder.
        let asks = case.suggestions.iter().any(|order| matches!(order, Order::StepDone { .. }));
        asks && steps.all(|step| !is_call(step))
    });
    let gone: Vec<CaseId> = gone.map(|case| case.id).collect();
    for case in gone {
        d.close_case(case, "The ladder of this customer has no telephone call any more");
    }
}
