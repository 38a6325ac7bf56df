//! A mail of ours came to an end. Only what left advances a ladder.

use super::World;
use super::deliberation::{Deliberation, NewCase, NewHold};
use super::monthly;
use super::owners_letter;
use super::proposal;
use super::steps;
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::change::{Cause, Change, StepTaken, StepTaker};
use crate::ledger::decision::Decision;
use crate::ledger::event::{Delivery, DeliveryOutcome, Order};
use crate::ledger::hold::{HoldKind, HoldOutcome};
use crate::ledger::ids::{HoldId, OutboxId, ReceivableId};
use crate::ledger::mail::StepRef;
use crate::ledger::words::Purpose;
use chrono::NaiveDate;

/// Decides what the end of a mail changes.
pub(super) fn decide(account: &Account, delivery: &Delivery, world: &World<'_>) -> Decision {
    let mut d = Deliberation::new(account, world, Cause::Delivery { outbox: delivery.outbox });
    d.account.pending.retain(|row| row.id != delivery.outbox);
    // Notices to the owner are no part of the account.
    if delivery.plan.purpose == Purpose::Notice {
        return d.finish(None);
    }
    match delivery.outcome {
        DeliveryOutcome::Accepted => left(&mut d, delivery, StepTaker::Agent),
        DeliveryOutcome::SentByOwner => left(&mut d, delivery, StepTaker::Owner),
        DeliveryOutcome::Discarded => discarded(&mut d, delivery),
        DeliveryOutcome::NeverLeft => {
            settle_doubt(&mut d, delivery.outbox, "The owner says that it never left");
        }
        DeliveryOutcome::Approved => settle_doubt(&mut d, delivery.outbox, "The owner approved the mail"),
        DeliveryOutcome::Refused => {
            ask(&mut d, delivery, CaseKind::Refused, "The server refused the mail for good");
        }
        DeliveryOutcome::Unsure => {
            ask(&mut d, delivery, CaseKind::Unsure, "Nobody knows whether the mail left; it is not sent again");
        }
        DeliveryOutcome::NotRendered => {
            ask(&mut d, delivery, CaseKind::BrokenTemplate, "The mail could not be written from its template");
        }
    }
    d.finish(None)
}

fn left(d: &mut Deliberation<'_>, delivery: &Delivery, by: StepTaker) {
    settle_doubt(d, delivery.outbox, "It is proven that the mail left");
    let plan = &delivery.plan;
    let on = d.world.moment.day_of(delivery.at);
    let proposes = proposal::proposed_by(&d.account, plan);
    // Of two that left in the same instant about the same, one may propose what the other confirms.
    let known = d.account.sent.iter().any(|mail| {
        let proposed = mail.proposal.map(|proposal| proposal.hold);
        mail.at == delivery.at && mail.purpose == plan.purpose && mail.items == plan.items && proposed == proposes
    });
    if known && plan.steps.iter().all(|step| d.account.has_taken(step)) {
        return;
    }
    d.record(
        Change::MailSent {
            outbox: delivery.outbox,
            purpose: plan.purpose,
            at: delivery.at,
            to: plan.to.clone(),
            items: plan.items.clone(),
            proposes,
        },
        plan.because.clone(),
    );
    for step in &plan.steps {
        if !d.account.has_taken(step) {
            let taken = StepTaken { step: step.clone(), on, by };
            d.record(Change::StepTaken(taken), format!("The mail with step `{}` left", step.step));
        }
    }
    if by == StepTaker::Owner && owners_letter::is_one(&d.account, plan, d.world.policy) {
        d.close_cases(&[CaseKind::Call, CaseKind::FinalNotice], &plan.items, "The owner sent their letter");
    }
}

/// The owner deleted the draft or cancelled the mail: that means no, and it is not proposed again. The step after it keeps
/// its distance as if this one had left: else the same invoice would come back the next morning under another name.
fn discarded(d: &mut Deliberation<'_>, delivery: &Delivery) {
    let plan = &delivery.plan;
    let on = d.world.moment.day_of(delivery.at);
    let is_open =
        |item: ReceivableId, d: &Deliberation<'_>| d.account.receivable(item).is_some_and(|it| !it.is_settled());
    for step in &plan.steps {
        if !d.account.has_taken(step) && !d.account.declined.contains(step) && is_open(step.receivable, d) {
            d.record(
                Change::StepDeclined { step: step.clone(), on },
                "The owner does not want this mail: that means no",
            );
            // Without a friendly word nothing that is asked for comes later.
            if plan.purpose != Purpose::Courtesy {
                rest(d, step, on);
            }
        }
    }
    if let Some(step) = monthly::reference(plan) {
        d.record(Change::StepDeclined { step, on }, "The owner does not want the statement of this month");
    }
    d.close_cases(&[CaseKind::FinalNotice], &plan.items, "The owner does not want the letter");
    if plan.purpose == Purpose::Deferral {
        take_back_deferral(d, delivery);
    }
    if let Some(hold) = proposal::proposed_by(&d.account, plan) {
        d.end_hold(hold, HoldOutcome::Lifted, "The owner does not want the mail: nothing is proposed");
    }
}

/// Waits until the step after a declined one may come.
fn rest(d: &mut Deliberation<'_>, declined: &StepRef, on: NaiveDate) {
    let distance = steps::distance_after(d.world.policy, &d.account, &declined.step);
    let days = distance.max(d.world.policy.limits.recipient_gap_days);
    let until = steps::plus_days(on, days.saturating_sub(1));
    if until >= d.today() {
        let hold = NewHold::about(HoldKind::Paused, &[declined.receivable]).until(until);
        d.place(hold, format!("The owner said no to step `{}`: the next one keeps its distance", declined.step));
    }
}

/// A deferral whose confirmation the owner did not want was not granted.
fn take_back_deferral(d: &mut Deliberation<'_>, delivery: &Delivery) {
    let granted = d.account.holds.iter().find(|hold| {
        hold.kind == HoldKind::Deferral
            && hold.ended.is_none()
            && matches!((&hold.cause, &delivery.plan.answers), (Cause::Message { identity, .. }, Some(answered)) if *identity == answered.identity)
    });
    let Some(hold) = granted.map(|hold| hold.id) else { return };
    d.end_hold(hold, HoldOutcome::Lifted, "The owner does not want its confirmation: the time is not granted");
    let items = delivery.plan.items.clone();
    let suggestions = delivery
        .plan
        .particulars
        .named_day
        .map(|until| Order::Defer { items: items.clone(), until })
        .into_iter()
        .collect();
    let case = d.open_case(
        NewCase {
            kind: CaseKind::Deferral,
            message: delivery.plan.answers.as_ref().map(|answered| answered.identity),
            items: items.clone(),
            particulars: vec!["The customer asked for more time; the confirmation was deleted.".to_owned()],
            suggestions,
        },
        "The request for more time is still without an answer",
    );
    d.place(NewHold::about(HoldKind::Review, &items).case(case), "The owner decides on the time asked for");
}

/// Only the letter knows the firm's accounts: where an invoice names none of several, nobody tells one.
const ACCOUNT_UNKNOWN: &str = "If it is not known to which account the invoice is paid, answer by hand: the IBAN printed on it is \
                               the right one; the import takes it from its IBAN column.";

/// What is in doubt is asked about once, and nothing more leaves about it meanwhile.
fn ask(d: &mut Deliberation<'_>, delivery: &Delivery, kind: CaseKind, why: &str) {
    if doubt(d, delivery.outbox).is_some() {
        return;
    }
    let plan = &delivery.plan;
    let to = plan.to.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut particulars = vec![format!("Mail {} ({}) to {to}: {why}.", delivery.outbox, plan.template)];
    if kind == CaseKind::Unsure {
        let line = format!("sollecito outbox settle {}", delivery.outbox);
        particulars.push(format!("When you know: {line} sent, or {line} not-sent"));
    }
    if kind == CaseKind::BrokenTemplate {
        let approve = format!("sollecito approve {}", delivery.outbox);
        particulars.push(format!("When the text `{}` is mended: {approve}", plan.template));
        if plan.purpose == Purpose::BankDetails {
            particulars.push(ACCOUNT_UNKNOWN.to_owned());
        }
    }
    let case = d.open_case(
        NewCase {
            kind,
            message: plan.answers.as_ref().map(|answered| answered.identity),
            items: plan.items.clone(),
            particulars,
            suggestions: Vec::new(),
        },
        why,
    );
    d.place(
        NewHold::about(HoldKind::Review, &plan.items).case(case),
        format!("{why}: the reminders wait for the owner"),
    );
}

fn settle_doubt(d: &mut Deliberation<'_>, outbox: OutboxId, because: &str) {
    let Some((hold, case)) = doubt(d, outbox) else { return };
    if let Some(case) = case {
        d.close_case(case, because);
    }
    if d.account.holds.iter().any(|other| other.id == hold && other.ended.is_none()) {
        d.end_hold(hold, HoldOutcome::Lifted, because);
    }
}

fn doubt(d: &Deliberation<'_>, outbox: OutboxId) -> Option<(HoldId, Option<crate::ledger::ids::CaseId>)> {
    d.account
        .holds
        .iter()
        .find(|hold| hold.ended.is_none() && hold.cause == Cause::Delivery { outbox })
        .map(|hold| (hold.id, hold.case))
}
