//! Advice to the owner about a payer: ask an advance, shorten the terms, stop taking orders. Each with its reasons, and
//! never more than advice: nothing is done because of it, and no customer's mail ever says it.
//!
//! Of natural persons there is none: their record shows facts, and the owner makes of them what they like (art. 22 GDPR).

use super::World;
use super::silence;
use crate::ledger::account::Account;
use crate::ledger::hold::HoldKind;
use crate::ledger::ids::ReceivableId;
use crate::ledger::receivable::Closure;
use crate::ledger::record::{LEAST_PAID, PromiseOutcome, Record};
use serde::Serialize;

crate::ledger::words::word!(
    /// What the owner might do, the mildest first.
    AdviceKind {
        /// Shorter terms of payment in the next offer.
        ShortenTerms = "shorten_terms",
        /// Part of the price before work begins.
        AskAdvance = "ask_advance",
        /// No new orders before the open ones are paid.
        StopOrders = "stop_orders",
    }
);

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// What.
    pub kind: AdviceKind,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
}

/// Numbers of the advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdviceLimits {
    /// Who pays so many days late in the middle is advised to have shorter terms.
    pub days_late: u32,
    /// So many broken promises speak for an advance.
    pub broken_promises: u32,
    /// What is overdue by so many days, after a broken promise or total silence, speaks against new orders.
    pub overdue_days: u32,
}

/// What the record of a customer advises; nothing of persons.
#[must_use]
pub fn advise(account: &Account, record: &Record, world: &World<'_>) -> Vec<Advice> {
    if account.customer.may_be_person() {
        return Vec::new();
    }
    let advice = [
        (AdviceKind::ShortenTerms, pays_late(record, world)),
        (AdviceKind::AskAdvance, breaks_promises(account, record, world)),
        (AdviceKind::StopOrders, is_grave(account, record, world)),
    ];
    advice
        .into_iter()
        .filter(|(_, reasons)| !reasons.is_empty())
        .map(|(kind, reasons)| Advice { kind, reasons })
        .collect()
}

fn pays_late(record: &Record, world: &World<'_>) -> Vec<String> {
    let limit = world.policy.limits.advice.days_late;
    let median = record.median_days_late().filter(|median| *median >= limit);
    let sentence = |median| {
        let count = record.paid.len();
        format!("The last {count} paid invoices came {median} days late (median); {limit} or more is late")
    };
    median.map(sentence).into_iter().collect()
}

fn breaks_promises(account: &Account, record: &Record, world: &World<'_>) -> Vec<String> {
    let limit = usize::try_from(world.policy.limits.advice.broken_promises).unwrap_or(usize::MAX);
    let broken: Vec<_> = record.promises.iter().filter(|promise| promise.outcome == PromiseOutcome::Broken).collect();
    if broken.len() < limit {
        return Vec::new();
    }
    let sentence = |promise: &&crate::ledger::record::PromiseMade| {
        format!("The promise for {} ({}) was broken", promise.named_day, numbers(account, &promise.items))
    };
    broken.iter().map(sentence).collect()
}

fn is_grave(account: &Account, record: &Record, world: &World<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    let today = world.moment.today();
    if account.holds_on(today).iter().any(|hold| hold.kind == HoldKind::Legal) {
        reasons.push("A lawyer or an insolvency is in the way".to_owned());
    }
    let lost: Vec<ReceivableId> = account
        .receivables
        .iter()
        .filter(|item| item.closure == Some(Closure::HandedOver))
        .map(|item| item.id)
        .collect();
    if !lost.is_empty() {
        reasons.push(format!("{} was handed over to a lawyer or an agency", numbers(account, &lost)));
    }
    let limit = world.policy.limits.advice.overdue_days;
    for overdue in record.overdue.iter().filter(|overdue| overdue.days >= limit) {
        let broken = record
            .promises
            .iter()
            .any(|promise| promise.outcome == PromiseOutcome::Broken && promise.items.contains(&overdue.item));
        let silent = account.receivable(overdue.item).is_some_and(|item| silence::is_unanswered(account, item, world));
        let number = numbers(account, &[overdue.item]);
        if broken {
            reasons.push(format!("{number} is {} days overdue, and a promise about it was broken", overdue.days));
        } else if silent {
            reasons.push(format!("{number} is {} days overdue, and every mail stays without an answer", overdue.days));
        }
    }
    reasons
}

fn numbers(account: &Account, items: &[ReceivableId]) -> String {
    let numbers = account.names(items);
    if numbers.is_empty() { "everything open".to_owned() } else { numbers.join(", ") }
}

/// Why a record says nothing yet; `None` where it does.
#[must_use]
pub fn tells_nothing(record: &Record) -> Option<String> {
    (record.paid.len() < LEAST_PAID && record.promises.is_empty()).then(|| {
        format!(
            "Fewer than {LEAST_PAID} paid invoices and no promise on record: how they usually pay cannot be said yet"
        )
    })
}
