//! Questions settled and holds lifted by the owner.

use super::credit;
use super::deliberation::{Deliberation, NewHold};
use super::owners_letter;
use super::steps::plus_days;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::change::Change;
use crate::ledger::event::Order;
use crate::ledger::hold::{Hold, HoldKind, HoldOutcome};
use crate::ledger::ids::{CaseId, HoldId, ReceivableId};
use crate::ledger::receivable::{Receivable, ReceivableKind};

const EVERY_KIND: &[HoldKind] = HoldKind::ALL;

/// Go on: lifts the holds of these items (of the whole customer, when none is named) and settles their questions.
pub(super) fn resume(d: &mut Deliberation<'_>, items: &[ReceivableId]) {
    let cases: Vec<CaseId> = d
        .account
        .open_cases()
        .filter(|case| items.is_empty() || case.items.iter().any(|item| items.contains(item)))
        .map(|case| case.id)
        .collect();
    for id in cases {
        let case = d.account.open_cases().find(|case| case.id == id).cloned();
        if let Some(case) = case {
            credit::leave_as_it_is(d, &case);
        }
        d.close_case(id, "The owner said: go on");
    }
    if items.is_empty() {
        let all: Vec<HoldId> = d.account.holds.iter().filter(|hold| hold.ended.is_none()).map(|hold| hold.id).collect();
        for hold in all {
            d.end_hold(hold, HoldOutcome::Lifted, "The owner said: go on");
        }
    } else {
        // A hold on the whole customer is only lifted by resuming the customer.
        d.release_items(EVERY_KIND, items, HoldOutcome::Lifted, "The owner said: go on");
    }
    let missing: Vec<ReceivableId> = d
        .account
        .receivables
        .iter()
        .filter(|item| item.missing_since.is_some() && item.kind != ReceivableKind::CreditNote)
        .filter(|item| items.is_empty() || items.contains(&item.id))
        .map(|item| item.id)
        .collect();
    for receivable in missing {
        d.record(Change::ReceivableFound { receivable }, "The owner says that it is still open");
    }
}

/// A question is settled, with nothing else to do.
pub(super) fn close_case(d: &mut Deliberation<'_>, id: CaseId) {
    let Some(case) = d.account.open_cases().find(|case| case.id == id).cloned() else { return };
    credit::leave_as_it_is(d, &case);
    d.close_case(id, "The owner settled the question");
    match case.kind {
        CaseKind::Call | CaseKind::FinalNotice => decline(d, &case),
        CaseKind::Reference => delivered(d, id),
        CaseKind::Dispute | CaseKind::CreditNoteClaimed | CaseKind::Refund => credit_note_issued(d, id),
        _ => {}
    }
}

/// Old arrears of which every one was released.
pub(super) fn close_released(d: &mut Deliberation<'_>) {
    let over: Vec<CaseId> = d
        .account
        .open_cases()
        .filter(|case| case.kind == CaseKind::OldArrears)
        .filter(|case| {
            case.items
                .iter()
                .all(|id| d.account.receivable(*id).is_none_or(|item: &Receivable| item.released || item.is_settled()))
        })
        .map(|case| case.id)
        .collect();
    for case in over {
        d.close_case(case, "The owner looked at all of them");
    }
}

/// A call or a letter that the owner does not want: the step is passed over.
fn decline(d: &mut Deliberation<'_>, case: &Case) {
    let on = d.today();
    let steps: Vec<_> = if case.kind == CaseKind::Call {
        case.suggestions
            .iter()
            .filter_map(|order| match order {
                Order::StepDone { step } => Some(step.clone()),
                _ => None,
            })
            .collect()
    } else {
        d.account
            .pending
            .iter()
            .filter(|row| owners_letter::is_one(&d.account, &row.plan, d.world.policy))
            .flat_map(|row| row.plan.steps.clone())
            .filter(|step| case.items.contains(&step.receivable))
            .collect()
    };
    for step in steps {
        if !d.account.has_taken(&step) && !d.account.declined.contains(&step) {
            d.withdraw("The owner does not want this step", |row| row.plan.steps.contains(&step));
            d.record(Change::StepDeclined { step, on }, "The owner does not want this step");
        }
    }
}

/// A credit note reduces these: the question about one that the customer waited for is answered, and only what is left is
/// asked for.
pub(super) fn credit_note_came(d: &mut Deliberation<'_>, items: &[ReceivableId]) {
    let waits = |case: &&Case| {
        case.kind == CaseKind::CreditNoteClaimed
            && !case.items.is_empty()
            && case.items.iter().all(|item| items.contains(item))
    };
    let answered: Vec<CaseId> = d.account.open_cases().filter(waits).map(|case| case.id).collect();
    for case in answered {
        d.close_case(case, "The credit note that the customer waited for is issued");
        credit_note_issued(d, case);
    }
}

/// The credit note that a customer waited for reduces what it contested: nothing is contested any more, and it was our turn.
/// Without one the invoice stays contested: the gross is not asked for while a note may be owed.
fn credit_note_issued(d: &mut Deliberation<'_>, case: CaseId) {
    let of_case = |hold: &&Hold| hold.ended.is_none() && hold.case == Some(case);
    let waits = |hold: &&Hold| of_case(hold) && hold.kind == HoldKind::WaitingForUs;
    let items: Vec<ReceivableId> =
        d.account.holds.iter().filter(waits).flat_map(|hold| hold.items().to_vec()).collect();
    let is_reduced =
        |item: &Receivable| item.is_settled() || item.credited.is_positive() || item.linked_credit().is_positive();
    if items.is_empty() {
        // Of whichever it was: what is contested stays so, and it is our turn no more.
        return delivered(d, case);
    }
    if !items.iter().all(|id| d.account.receivable(*id).is_some_and(is_reduced)) {
        return;
    }
    let contested = |hold: &&Hold| of_case(hold) && hold.kind == HoldKind::Disputed;
    let ended: Vec<HoldId> = d.account.holds.iter().filter(contested).map(|hold| hold.id).collect();
    for hold in ended {
        d.end_hold(hold, HoldOutcome::Lifted, "The credit note that it waited for is issued");
    }
    delivered(d, case);
}

/// What the customer needed from us was delivered: it gets some days before the ladder goes on.
fn delivered(d: &mut Deliberation<'_>, case: CaseId) {
    let waiting: Vec<Hold> = d
        .account
        .holds
        .iter()
        .filter(|hold| hold.ended.is_none() && hold.kind == HoldKind::WaitingForUs && hold.case == Some(case))
        .cloned()
        .collect();
    let until = plus_days(d.today(), d.world.policy.limits.after_answer_days);
    for hold in waiting {
        d.end_hold(hold.id, HoldOutcome::Lifted, "What the customer needed is delivered");
        d.place(
            NewHold::about(HoldKind::Paused, hold.items()).until(until),
            format!("The customer has what it needed, and time until {until}"),
        );
    }
}
