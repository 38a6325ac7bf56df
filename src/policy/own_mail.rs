//! A mail of the owner's was found in Sent: it counts at once.

use super::World;
use super::deliberation::{Deliberation, NewHold};
use super::owners_letter;
use super::steps;
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::change::{Cause, Change, StepTaken, StepTaker};
use crate::ledger::decision::Decision;
use crate::ledger::hold::HoldKind;
use crate::ledger::ids::{CaseId, ReceivableId};
use crate::ledger::mail::OutboxRow;
use crate::ledger::reading::{OwnMail, OwnMailKind};
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Disposition;

/// Decides what the owner's own mail changes. The second sight of the same one changes nothing.
pub(super) fn decide(account: &Account, mail: &OwnMail, world: &World<'_>) -> Decision {
    if account.understood.contains(&mail.identity) {
        return Decision::default();
    }
    let mut d = Deliberation::new(account, world, Cause::OwnMail { identity: mail.identity });
    d.record(
        Change::Understood {
            message: mail.identity,
            intents: Vec::new(),
            disposition: Disposition::Ignore,
            items: mail.items.clone(),
        },
        match mail.kind {
            OwnMailKind::Invoice => "The owner sent an invoice",
            OwnMailKind::Reminder => "The owner reminded by hand",
            OwnMailKind::Other => "The owner wrote to the customer",
        },
    );
    if mail.kind == OwnMailKind::Invoice {
        return d.finish(None);
    }
    d.record(Change::OwnerWrote { at: mail.sent, message: mail.identity }, "The owner wrote by hand");
    // Their own letter waits for them in any case; another mail of theirs does not tear it up.
    let (policy, account) = (d.world.policy, d.account.clone());
    let is_owners = |row: &OutboxRow| owners_letter::is_one(&account, &row.plan, policy);
    // A mail about one invoice is no answer to a question about another.
    let is_elsewhere = |row: &OutboxRow| {
        let items = &row.plan.items;
        !mail.items.is_empty() && !items.is_empty() && items.iter().all(|item| !mail.items.contains(item))
    };
    let is_ours = |row: &OutboxRow| row.plan.customer.is_some() && !is_owners(row);
    d.hand_over_answers("the owner wrote to the customer about something else", |row| {
        is_ours(row) && is_elsewhere(row)
    });
    d.withdraw("The owner wrote to the customer", is_ours);
    if mail.kind == OwnMailKind::Reminder {
        count_steps(&mut d, mail);
    } else {
        stand_back(&mut d, mail);
    }
    close_answered(&mut d, mail);
    d.finish(None)
}

/// A reminder by hand takes the next step that is a mail, of each receivable that it names.
fn count_steps(d: &mut Deliberation<'_>, mail: &OwnMail) {
    let on = d.world.moment.day_of(mail.sent);
    let named: Vec<Receivable> =
        d.account.open_items().into_iter().filter(|item| mail.items.contains(&item.id)).cloned().collect();
    for item in named {
        let taken = steps::next_step(&d.account, &item, d.world)
            .filter(|next| steps::is_mail(next.step) && on > item.due)
            .map(|next| StepTaken { step: next.reference, on, by: StepTaker::Owner });
        if let Some(taken) = taken {
            let because = format!("The owner reminded by hand: step `{}` counts as taken", taken.step.step);
            d.record(Change::StepTaken(taken), because);
        }
    }
}

fn stand_back(d: &mut Deliberation<'_>, mail: &OwnMail) {
    let until = steps::plus_days(d.world.moment.day_of(mail.sent), d.world.policy.limits.stand_back_days);
    if until < d.today() {
        return;
    }
    let open: Vec<ReceivableId> = mail.items.iter().copied().filter(|id| d.account.is_open(*id)).collect();
    if open.is_empty() && !mail.items.is_empty() {
        return;
    }
    let hold = NewHold { since: Some(mail.sent), ..NewHold::about(HoldKind::OwnerActive, &open) };
    d.place(hold.until(until), format!("The owner is writing with the customer: the agent stands back until {until}"));
}

/// Questions that only asked the owner to answer are settled by an answer.
fn close_answered(d: &mut Deliberation<'_>, mail: &OwnMail) {
    let answered: Vec<CaseId> = d
        .account
        .open_cases()
        .filter(|case| matches!(case.kind, CaseKind::AnswerYourself | CaseKind::Unrelated))
        .filter(|case| case.opened < mail.sent)
        .filter(|case| {
            mail.items.is_empty() || case.items.is_empty() || case.items.iter().any(|i| mail.items.contains(i))
        })
        .map(|case| case.id)
        .collect();
    for case in answered {
        d.close_case(case, "The owner answered by hand");
    }
}
