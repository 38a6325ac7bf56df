//! A payment that the customer says was made and that nobody finds. After the soft question about it the ladder does not go on
//! by itself: who paid, or believes so, is not asked for the day on which they will pay. A person looks, or telephones.

use super::deliberation::{Deliberation, NewCase};
use super::examination;
use super::silence;
use super::steps::plus_days;
use crate::ledger::account::{Account, SentMail};
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::change::Cause;
use crate::ledger::event::Order;
use crate::ledger::hold::{Hold, HoldEnd, HoldKind, HoldOutcome};
use crate::ledger::ids::ReceivableId;
use crate::ledger::mail::{BusinessKey, OutboxRow};
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Purpose;
use chrono::{DateTime, Utc};

/// Why nothing is asked for: the owner has to say first what became of what the customer wrote of paying.
pub(super) fn barrier(account: &Account, item: &Receivable) -> Option<String> {
    // The soft question itself is on its way.
    if is_asking(account, item) {
        return None;
    }
    if let Some(case) = open_question(account, &[item.id]) {
        return Some(format!("You are asked about what the customer says of paying it (C{})", case.id));
    }
    (claim_in_doubt(account, item).is_some() && !was_asked(account, item))
        .then(|| "The customer says that it is paid, and it cannot be found: you are asked about it next".to_owned())
}

/// The open question about a mail that spoke of paying these.
fn open_question<'a>(account: &'a Account, items: &[ReceivableId]) -> Option<&'a Case> {
    let mut open = account.open_cases().filter(|case| is_of_paying(case));
    open.find(|case| case.items.iter().any(|item| items.contains(item)))
}

/// "It is paid", a word that was not kept, or a mail that speaks of paying in more than one way: a part now and the rest
/// then, another sum.
fn is_of_paying(case: &Case) -> bool {
    matches!(case.kind, CaseKind::ClaimedPayment | CaseKind::BrokenPromise)
        || case.kind == CaseKind::Mixed && case.message.is_some()
}

/// Is the mail that gave this word itself an open question? Then the customer is not asked about it beside the owner.
/// What was understood in every part (some now, the rest then) may be asked about all the same.
pub(super) fn is_asked_about(account: &Account, hold: &Hold) -> bool {
    question_of(account, hold).is_some_and(|case| case.kind == CaseKind::ClaimedPayment)
}

fn question_of<'a>(account: &'a Account, hold: &Hold) -> Option<&'a Case> {
    let Cause::Message { identity, .. } = &hold.cause else { return None };
    account.open_cases().find(|case| is_of_paying(case) && case.message.as_ref() == Some(identity))
}

/// Money came on what a mail said of paying, and no word of it is waited for any more: the question about it is answered,
/// whatever else is open.
pub(super) fn close_answered(d: &mut Deliberation<'_>, hold: &Hold) {
    let Some(case) = question_of(&d.account, hold).filter(|case| case.kind == CaseKind::Mixed).map(|case| case.id)
    else {
        return;
    };
    let waits = d.account.holds.iter().any(|other| other.ended.is_none() && is_same_mail(&other.cause, &hold.cause));
    if !waits {
        d.close_case(case, "Money came on what the customer wrote of");
    }
}

fn is_same_mail(one: &Cause, other: &Cause) -> bool {
    match (one, other) {
        (Cause::Message { identity: one, .. }, Cause::Message { identity: other, .. }) => one == other,
        _ => false,
    }
}

/// Asks the owner, some days after the question to the customer.
pub(super) fn look(d: &mut Deliberation<'_>) {
    if !examination::is_day_of_the_owners(d.world, d.today()) {
        return;
    }
    let gap = d.world.policy.limits.recipient_gap_days;
    let open: Vec<Receivable> = d.account.open_items().into_iter().cloned().collect();
    let mut asked: Vec<ReceivableId> = Vec::new();
    let mut facts = Vec::new();
    for item in &open {
        let Some((hold, end)) = claim_in_doubt(&d.account, item) else { continue };
        // From the question to the customer on, which may have waited for a yes.
        let question = question_sent(&d.account, item, end);
        let since = d.world.moment.day_of(question.unwrap_or(end.at));
        let is_time = d.today() >= plus_days(since, gap) && !is_asking(&d.account, item);
        let is_free = silence::standing(&d.account, d.world).is_empty()
            && d.account.hold_of(item.id, d.today()).is_none()
            && open_question(&d.account, &[item.id]).is_none();
        if !is_time || !is_free || was_asked(&d.account, item) || examination::is_stale(&d.account, item, d.world) {
            continue;
        }
        let named = hold.named_day.map(|day| day.to_string()).unwrap_or_default();
        let is_unanswered = question.is_some_and(|at| d.account.customer_wrote.is_none_or(|wrote| wrote < at));
        let unanswered = if is_unanswered { ", and our question about it stayed without an answer" } else { "" };
        let fact = format!("The payment claimed for {named} is not in the recorded payments{unanswered}.");
        if !facts.contains(&fact) {
            facts.push(fact);
        }
        asked.push(item.id);
    }
    if asked.is_empty() {
        return;
    }
    d.open_case(
        NewCase {
            kind: CaseKind::ClaimedPayment,
            message: None,
            particulars: facts,
            suggestions: vec![
                Order::Paid { items: asked.clone(), amount: None, on: d.today() },
                Order::Resume { items: asked.clone() },
            ],
            items: asked,
        },
        "The customer says that it was paid, and it cannot be found: a person looks, or telephones",
    );
}

/// The claim that was not found, where it is the customer's last word about it.
fn claim_in_doubt<'a>(account: &'a Account, item: &Receivable) -> Option<(&'a Hold, &'a HoldEnd)> {
    let is_word = |hold: &&Hold| {
        matches!(hold.kind, HoldKind::Claimed | HoldKind::Promise | HoldKind::Deferral | HoldKind::Plan)
            && hold.covers(item.id)
    };
    let last = account.holds.iter().filter(is_word).max_by_key(|hold| hold.since)?;
    let end = last.ended.as_ref().filter(|end| end.how == HoldOutcome::Broken)?;
    (last.kind == HoldKind::Claimed).then_some((last, end))
}

/// Is the soft question about it on its way to the customer?
fn is_asking(account: &Account, item: &Receivable) -> bool {
    let is_soft =
        |row: &OutboxRow| matches!(row.plan.key, BusinessKey::ClaimCheck(..) | BusinessKey::BrokenPromise(..));
    account.pending.iter().any(|row| is_soft(row) && row.plan.items.contains(&item.id))
}

/// When that question left, where it did: the owner may not have wanted it.
fn question_sent(account: &Account, item: &Receivable, end: &HoldEnd) -> Option<DateTime<Utc>> {
    let is_check = |mail: &&SentMail| mail.purpose == Purpose::ClaimedPayment && mail.items.contains(&item.id);
    account.sent.iter().filter(is_check).map(|mail| mail.at).filter(|at| *at >= end.at).max()
}

/// Was the owner asked since it was not found?
fn was_asked(account: &Account, item: &Receivable) -> bool {
    let Some((_, end)) = claim_in_doubt(account, item) else { return false };
    let about = |case: &&Case| case.kind == CaseKind::ClaimedPayment && case.items.contains(&item.id);
    account.cases.iter().filter(about).any(|case| case.opened >= end.at)
}
