//! A payment that the customer says was made and that nobody finds. After the soft question about it the ladder does not go on
//! by itself: who paid, or believes so, is not asked for the day on which they will pay. A person looks, or telephones.

use super::deliberation::{Deliberation, NewCase};
use super::examination;
use super::questions_of_paying;
use super::silence;
use super::steps::plus_days;
use crate::ledger::account::{Account, SentMail};
use crate::ledger::case::{Case, CaseKind};
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
    if let Some(case) = questions_of_paying::open(account, item.id) {
        return Some(format!("You are asked about what the customer says of paying it (C{})", case.id));
    }
    (claim_in_doubt(account, item).is_some() && !was_asked(account, item))
        .then(|| "The customer says that it is paid, and it cannot be found: you are asked about it next".to_owned())
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
            && questions_of_paying::open(&d.account, item.id).is_none();
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
