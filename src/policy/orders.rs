//! Orders of the owner. Each withdraws what was planned and no longer holds.

use super::World;
use super::bank_collection;
use super::deliberation::{Deliberation, NewHold};
use super::freshness::{self, Teller};
use super::message_read::grant;
use super::payments::{self, Confirmation};
use super::settlement;
use super::steps::{self, plus_days};
use super::word_given;
use super::{by_hand, credit, instalments, proforma, proposal, reopen, set_off};
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::change::{Cause, Change, StepTaken, StepTaker};
use crate::ledger::decision::Decision;
use crate::ledger::event::Order;
use crate::ledger::hold::{HoldKind, HoldOutcome};
use crate::ledger::ids::{CommandId, ReceivableId};
use crate::ledger::mail::StepRef;
use crate::ledger::money::Money;
use crate::ledger::receivable::Closure;
use crate::ledger::words::Purpose;
use chrono::NaiveDate;

/// Decides what an order changes.
pub(super) fn decide(account: &Account, command: CommandId, order: &Order, world: &World<'_>) -> Decision {
    let mut d = Deliberation::new(account, world, Cause::Owner { command });
    match order {
        Order::Paid { items, amount, on } => payments::record(&mut d, &known(account, items), *amount, *on),
        Order::SetOff { items, amount, against, on } => {
            set_off::record(&mut d, &known(account, items), *amount, against.as_deref(), *on);
        }
        Order::Hold { items, until, why } => {
            let hold = NewHold { until: *until, ..NewHold::about(HoldKind::Paused, &known(account, items)) };
            if items.is_empty() || !known(account, items).is_empty() {
                let said = why.as_ref().map_or_else(
                    || "The owner said: not now".to_owned(),
                    |why| format!("The owner said: not now ({why})"),
                );
                d.place(hold, said);
                d.withdraw_chasing(&known(account, items), "The owner said: not now");
                // With a day the owner has decided; without one the question still waits for its answer.
                if until.is_some() && !items.is_empty() {
                    d.close_cases(&SETTLED_BY_A_DAY, &known(account, items), "The owner named a day");
                }
            }
        }
        Order::Resume { items } => reopen::resume(&mut d, items),
        Order::Defer { items, until } => defer(&mut d, &known(account, items), *until),
        Order::Plan { items, parts, tell } => {
            let items = open_ones(&d, &known(account, items));
            instalments::order(&mut d, &items, parts, *tell);
        }
        Order::Propose { items, parts } => {
            let items = open_ones(&d, &known(account, items));
            proposal::order(&mut d, &items, parts);
        }
        Order::WithdrawProposal { items } => proposal::withdraw(&mut d, &known(account, items)),
        Order::Promise { items, by, amount } => promise(&mut d, &known(account, items), *by, *amount),
        Order::Dispute { items, about } => dispute(&mut d, &known(account, items), about.as_deref()),
        Order::Note { items, text } => note(&mut d, &known(account, items), text),
        Order::WriteOff { items } => close(&mut d, &known(account, items), Closure::WrittenOff),
        Order::HandOver { items } => close(&mut d, &known(account, items), Closure::HandedOver),
        Order::Release { items } => {
            for receivable in known(account, items) {
                d.record(Change::Released { receivable }, "The owner looked at it: the ladder may begin");
            }
            reopen::close_released(&mut d);
        }
        Order::PaymentsKnown { up_to } => {
            freshness::learn(&mut d, *up_to, Teller::Owner);
        }
        Order::StepDone { step } => step_done(&mut d, step),
        Order::CameBack { items } => bank_collection::came_back(&mut d, &known(account, items)),
        Order::Credit { note, items } => credit::order(&mut d, *note, &known(account, items)),
        Order::CloseCase { case } => reopen::close_case(&mut d, *case),
    }
    d.finish(None)
}

/// The receivables of this account among those named.
fn known(account: &Account, items: &[ReceivableId]) -> Vec<ReceivableId> {
    let mut items: Vec<ReceivableId> = items.iter().copied().filter(|id| account.receivable(*id).is_some()).collect();
    items.sort_unstable();
    items.dedup();
    items
}

fn open_ones(d: &Deliberation<'_>, items: &[ReceivableId]) -> Vec<ReceivableId> {
    items.iter().copied().filter(|id| d.account.is_open(*id)).collect()
}

pub(super) const SETTLED_BY_A_DAY: [CaseKind; 13] = [
    CaseKind::ProposalOver,
    CaseKind::ByHand,
    CaseKind::PlanMissed,
    CaseKind::Deferral,
    CaseKind::Instalments,
    CaseKind::BrokenPromise,
    CaseKind::ClaimedPayment,
    CaseKind::Call,
    CaseKind::Silence,
    CaseKind::Mixed,
    CaseKind::NotUnderstood,
    CaseKind::AnswerYourself,
    CaseKind::WhichReceivable,
];

fn defer(d: &mut Deliberation<'_>, items: &[ReceivableId], until: NaiveDate) {
    let items = open_ones(d, items);
    if items.is_empty() {
        return;
    }
    d.withdraw_chasing(&items, "The owner granted more time");
    let hold = grant(d, &items, until, &format!("The owner grants time until {until}"));
    d.close_cases(&SETTLED_BY_A_DAY, &items, "The owner granted more time");
    payments::confirm(d, hold, &items, Confirmation::new("deferral_granted", Purpose::Deferral, until));
}

fn promise(d: &mut Deliberation<'_>, items: &[ReceivableId], by: NaiveDate, amount: Option<Money>) {
    let items = open_ones(d, items);
    if items.is_empty() {
        return;
    }
    let by_mail = answers_a_mail(d, &items);
    d.withdraw_chasing(&items, "The customer promised to pay");
    complete_calls(d, &items);
    d.release_items(
        &[HoldKind::Claimed, HoldKind::Promise, HoldKind::Proposal],
        &items,
        HoldOutcome::Replaced,
        "A newer promise takes its place",
    );
    let until = word_given::last_day(HoldKind::Promise, by, &d.world.policy.limits);
    let hold = NewHold { amount, ..NewHold::about(HoldKind::Promise, &items) }.named(by).until(until);
    let hold = d.place(hold, format!("The owner notes a promise for {by}; reminders wait until {until}"));
    d.close_cases(&SETTLED_BY_A_DAY, &items, "The customer promised to pay");
    // The texts that confirm a promise speak of a transfer.
    if by_hand::was_said(&d.account, &items) {
        return;
    }
    let template = if by_mail { "promise_thanks" } else { "call_summary" };
    let confirmation = Confirmation { amount, ..Confirmation::new(template, Purpose::Promise, by) };
    payments::confirm(d, hold, &items, confirmation);
}

/// Did the customer write what is now ordered? Then the confirmation answers a mail, not a telephone call.
fn answers_a_mail(d: &Deliberation<'_>, items: &[ReceivableId]) -> bool {
    d.account.open_cases().any(|case| {
        case.message.is_some()
            && SETTLED_BY_A_DAY.contains(&case.kind)
            && (case.items.is_empty() || case.items.iter().any(|item| items.contains(item)))
    })
}

/// What came of a call is the proof that it was made.
pub(super) fn complete_calls(d: &mut Deliberation<'_>, items: &[ReceivableId]) {
    let on = d.today();
    let calls: Vec<StepRef> = d
        .account
        .open_cases()
        .filter(|case| case.kind == CaseKind::Call && case.items.iter().any(|item| items.contains(item)))
        .flat_map(|case| &case.suggestions)
        .filter_map(|order| match order {
            Order::StepDone { step } => Some(step.clone()),
            _ => None,
        })
        .collect();
    for step in calls {
        if !d.account.has_taken(&step) {
            let taken = StepTaken { step, on, by: StepTaker::Owner };
            d.record(Change::StepTaken(taken), "The promise shows that the call was made");
        }
    }
}

fn dispute(d: &mut Deliberation<'_>, items: &[ReceivableId], about: Option<&str>) {
    let items = open_ones(d, items);
    if items.is_empty() {
        return;
    }
    let because = about
        .map_or_else(|| "The owner notes a dispute".to_owned(), |about| format!("The owner notes a dispute: {about}"));
    d.release_items(&[HoldKind::Claimed, HoldKind::Promise], &items, HoldOutcome::Replaced, "It is contested now");
    d.place(NewHold::about(HoldKind::Disputed, &items), because);
    d.withdraw_chasing(&[], "A dispute stops all steps of this customer");
}

/// A remark is a sign that the owner is dealing with it, and a call cannot be told from another remark: the agent
/// stands back after any.
fn note(d: &mut Deliberation<'_>, items: &[ReceivableId], text: &str) {
    d.record(Change::Noted { text: text.to_owned(), items: items.to_vec() }, "A remark of the owner");
    let until = plus_days(d.today(), d.world.policy.limits.stand_back_days);
    d.release_items(&[HoldKind::OwnerActive], items, HoldOutcome::Replaced, "A newer remark takes its place");
    let hold = NewHold::about(HoldKind::OwnerActive, items).until(until);
    d.place(hold, format!("The owner is dealing with it: the agent stands back until {until}"));
    d.close_cases(&[CaseKind::Silence], items, "The owner is dealing with it");
    // The call after an insoluto is noted so: it has no step that could be done.
    let about: Vec<ReceivableId> = d.account.open_items().into_iter().map(|item| item.id).collect();
    for item in about.into_iter().filter(|item| items.is_empty() || items.contains(item)) {
        if let Some(case) = bank_collection::open_call(&d.account, item) {
            d.close_case(case, "The owner is dealing with it");
        }
    }
    d.withdraw_chasing(items, "The owner is dealing with it");
    d.withdraw_reminders("The owner is dealing with the customer");
}

fn close(d: &mut Deliberation<'_>, items: &[ReceivableId], how: Closure) {
    for receivable in open_ones(d, items) {
        // A proforma that gives way to its invoice is no loss.
        let gives_way = how == Closure::WrittenOff && proforma::gives_way(&d.account, receivable);
        let how = if gives_way { Closure::Withdrawn } else { how };
        let because = match how {
            Closure::Withdrawn if gives_way => "The owner says that its invoice takes its place",
            Closure::WrittenOff => "The owner wrote it off",
            Closure::HandedOver => "The owner handed it over to a lawyer or an agency",
            Closure::Withdrawn => "The owner says that it is gone from the books",
        };
        d.record(Change::Closed { receivable, how }, because);
        if gives_way {
            d.close_cases(&[CaseKind::SameDebt], &[receivable], "The invoice takes the place of its proforma");
        }
    }
    d.hand_over_answers("the owner closed what it speaks of", |row| {
        row.plan.items.iter().any(|item| items.contains(item))
    });
    d.withdraw("The owner closed it", |row| row.plan.names_as_open().any(|item| items.contains(&item)));
    settlement::close_settled_cases(d);
}

/// Who rings a customer up speaks of all that the question named, and a letter of the owner's goes out as a whole.
fn with_the_same_question(d: &Deliberation<'_>, step: &StepRef) -> Vec<StepRef> {
    let order = Order::StepDone { step: step.clone() };
    let mut asked = d.account.open_cases().filter(|case| case.suggestions.contains(&order));
    let asked = asked.find(|case| matches!(case.kind, CaseKind::Call | CaseKind::FinalNotice));
    let others = asked.into_iter().flat_map(|case| &case.suggestions).filter_map(|order| match order {
        Order::StepDone { step } => Some(step),
        _ => None,
    });
    let is_due = |other: &&StepRef| {
        let item = d.account.receivable(other.receivable);
        item.is_some_and(|item| item.cycle == other.cycle && !item.is_settled()) && !d.account.has_taken(other)
    };
    let mut steps: Vec<StepRef> = others.filter(is_due).cloned().collect();
    if !steps.contains(step) {
        steps.push(step.clone());
    }
    steps
}

fn step_done(d: &mut Deliberation<'_>, step: &StepRef) {
    let Some(item) = d.account.receivable(step.receivable) else { return };
    if item.cycle != step.cycle || d.account.has_taken(step) {
        return;
    }
    // The call after an insoluto is none of the ladder's: that is still to begin.
    if let Some(case) = bank_collection::open_call(&d.account, step.receivable)
        .filter(|_| steps::is_call(&d.account, d.world.policy, &step.step))
    {
        d.close_case(case, "The owner telephoned");
        return;
    }
    let done = with_the_same_question(d, step);
    let items: Vec<ReceivableId> = done.iter().map(|step| step.receivable).collect();
    for step in done {
        let taken = StepTaken { step: step.clone(), on: d.today(), by: StepTaker::Owner };
        d.record(Change::StepTaken(taken), format!("The owner did step `{}` by hand", step.step));
    }
    d.withdraw("The owner did this step by hand", |row| row.plan.steps.contains(step));
    if steps::is_call(&d.account, d.world.policy, &step.step) {
        // Who was rung up gets no reminder the next day that was planned before.
        d.withdraw_reminders("The owner telephoned");
    }
    d.close_cases(&[CaseKind::Call], &items, "The owner did this step by hand");
    // A letter that lies ready is no less to be signed after a call.
    if steps::is_owners(&d.account, d.world.policy, &step.step) {
        d.close_cases(&[CaseKind::FinalNotice], &items, "The owner did this step by hand");
    }
    // Another channel was tried: the count of mails without an answer begins anew.
    if steps::is_call(&d.account, d.world.policy, &step.step) {
        d.close_cases(&[CaseKind::Silence], &[step.receivable], "The owner telephoned");
    }
}
