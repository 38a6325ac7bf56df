//! A payer's record: what is known of how a customer paid, from facts only, each with the items that it comes from.
//!
//! No score and no guess: days between the agreed day and the payment, promises and what became of them, disputes, dead
//! addresses. A day is as exact as the books: money that only an import told of counts on the day of that import.

use super::account::Account;
use super::case::CaseKind;
use super::hold::{Hold, HoldKind, HoldOutcome, HoldScope};
use super::ids::{Address, HoldId, ReceivableId};
use super::receivable::{Closure, Collection, Receivable, ReceivableKind};
use chrono::NaiveDate;
use serde::Serialize;

/// Habits change: of payments and promises the last so many count.
pub const RECENT: usize = 10;

/// Fewer paid items than this tell no habit.
pub const LEAST_PAID: usize = 3;

/// What is known of a payer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Items that were paid in full, oldest payment first; the last [`RECENT`].
    pub paid: Vec<PaidItem>,
    /// Promises with a day that came to their end, oldest first; the last [`RECENT`].
    pub promises: Vec<PromiseMade>,
    /// What was contested, oldest first.
    pub disputes: Vec<Contested>,
    /// Addresses on file that are dead.
    pub dead_addresses: Vec<Address>,
    /// How often a mail came back for good, as far as the owner was asked about it.
    pub bounces: usize,
    /// What is past its agreed day and open, longest first; what is contested is not among it.
    pub overdue: Vec<OverdueItem>,
}

/// Something that was paid in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaidItem {
    /// Which.
    pub item: ReceivableId,
    /// The agreed day: the due date, or the later one that was granted.
    pub agreed: NaiveDate,
    /// The day of the last payment.
    pub paid_on: NaiveDate,
    /// Days after the last day in time; 0 when it was in time.
    pub days_late: u32,
}

/// A promise with a day, at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromiseMade {
    /// The hold.
    pub hold: HoldId,
    /// About what.
    pub items: Vec<ReceivableId>,
    /// The day that was promised.
    pub named_day: NaiveDate,
    /// What became of it.
    pub outcome: PromiseOutcome,
}

super::words::word!(
    /// What became of a promise.
    PromiseOutcome {
        /// The money came.
        Kept = "kept",
        /// A part of it came.
        Partly = "partly",
        /// Payments are known beyond its day, and nothing came.
        Broken = "broken",
    }
);

/// Something that was contested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contested {
    /// About what; empty: the whole customer.
    pub items: Vec<ReceivableId>,
    /// Since when.
    pub since: NaiveDate,
    /// Still in force.
    pub is_open: bool,
}

/// Something open past its agreed day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverdueItem {
    /// Which.
    pub item: ReceivableId,
    /// The agreed day.
    pub agreed: NaiveDate,
    /// Days since the last day in time.
    pub days: u32,
}

impl Record {
    /// The record of an account on a day.
    #[must_use]
    pub fn of(account: &Account, today: NaiveDate) -> Self {
        let mut paid: Vec<PaidItem> = account.receivables.iter().filter_map(|item| paid_item(account, item)).collect();
        paid.sort_by_key(|item| (item.paid_on, item.item));
        let mut ended: Vec<(&Hold, PromiseMade)> =
            account.holds.iter().filter_map(|hold| Some((hold, promise_of(account, hold)?))).collect();
        ended.sort_by_key(|(hold, _)| (hold.since, hold.id));
        let promises = ended.into_iter().map(|(_, promise)| promise).collect();
        Self {
            paid: last(paid),
            promises: last(promises),
            disputes: disputes(account, today),
            dead_addresses: account.customer.contacts.iter().filter(|c| c.bounced).map(|c| c.address.clone()).collect(),
            bounces: account.cases.iter().filter(|case| case.kind == CaseKind::Bounced).count(),
            overdue: overdue(account, today),
        }
    }

    /// The middle of the days late; of an even number the lower of the two in the middle. `None` below [`LEAST_PAID`].
    #[must_use]
    pub fn median_days_late(&self) -> Option<u32> {
        if self.paid.len() < LEAST_PAID {
            return None;
        }
        let mut days: Vec<u32> = self.paid.iter().map(|item| item.days_late).collect();
        days.sort_unstable();
        days.get(days.len().saturating_sub(1) / 2).copied()
    }

    /// Days late of what was paid last.
    #[must_use]
    pub fn last_days_late(&self) -> Option<u32> {
        self.paid.last().map(|item| item.days_late)
    }

    /// How many promises came to this end.
    #[must_use]
    pub fn promises(&self, outcome: PromiseOutcome) -> usize {
        self.promises.iter().filter(|promise| promise.outcome == outcome).count()
    }

    /// Nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn last<T>(mut all: Vec<T>) -> Vec<T> {
    let from = all.len().saturating_sub(RECENT);
    all.split_off(from)
}

/// Days after the last day on which a payment counts as in time: what falls due on a day without banks may come on the
/// next banking day.
fn days_after(agreed: NaiveDate, day: NaiveDate) -> u32 {
    let late = day.signed_duration_since(Account::last_day_in_time(agreed)).num_days();
    u32::try_from(late.max(0)).unwrap_or(u32::MAX)
}

/// Only what this customer pays to us itself, with money, on a day that is known.
fn paid_item(account: &Account, item: &Receivable) -> Option<PaidItem> {
    let is_ours = item.collected_by() == Collection::Own && is_debt(item);
    let paid_on = item.payments.iter().map(|payment| payment.on).max()?;
    // It was paid when it became known: the day is that of the import, not of the payment.
    let is_day_known = paid_on != item.known_since || item.known_since <= item.due;
    // A set-off says nothing of how somebody pays.
    let is_money = !item.set_off().is_positive();
    (is_ours && is_money && is_paid_in_full(item) && is_day_known).then(|| {
        let agreed = account.agreed_day(item);
        let in_time = account.tolerated_day(item).max(last_part_kept(account, item).unwrap_or(agreed));
        PaidItem { item: item.id, agreed, paid_on, days_late: days_after(in_time, paid_on) }
    })
}

/// The day of the last instalment of a plan that was kept: who keeps what was agreed is not late.
fn last_part_kept(account: &Account, item: &Receivable) -> Option<NaiveDate> {
    let is_kept = |hold: &&Hold| hold.ended.as_ref().is_some_and(|end| end.how == HoldOutcome::Kept);
    let plans = account.holds.iter().filter(|hold| hold.kind == HoldKind::Plan && hold.covers(item.id)).filter(is_kept);
    plans.filter_map(|hold| hold.parts.last()).map(|part| part.by).max()
}

/// A proforma asks before there is a debt, a credit note is one of ours.
const fn is_debt(item: &Receivable) -> bool {
    matches!(item.kind, ReceivableKind::Invoice | ReceivableKind::Instalment)
}

/// Money came for it, and nothing is open; a written-off rest of at most a fiftieth of what was paid is no debt.
fn is_paid_in_full(item: &Receivable) -> bool {
    let paid = item.paid().cents;
    let rest = |item: &Receivable| Receivable { closure: None, ..item.clone() }.open().cents;
    match item.closure {
        None => item.is_settled() && paid > 0,
        Some(Closure::WrittenOff) => paid > 0 && rest(item).saturating_mul(50) <= paid,
        Some(Closure::HandedOver | Closure::Withdrawn) => false,
    }
}

fn promise_of(account: &Account, hold: &Hold) -> Option<PromiseMade> {
    let end = hold.ended.as_ref().filter(|_| hold.kind == HoldKind::Promise)?;
    let named_day = hold.named_day?;
    let outcome = match end.how {
        HoldOutcome::Kept => PromiseOutcome::Kept,
        HoldOutcome::Broken => PromiseOutcome::Broken,
        HoldOutcome::Expired if came_in_part(account, hold, end.at.date_naive()) => PromiseOutcome::Partly,
        // Lifted or replaced by somebody's word, or never sure to be the customer's: it says nothing of them.
        HoldOutcome::Expired | HoldOutcome::Lifted | HoldOutcome::Replaced => return None,
    };
    Some(PromiseMade { hold: hold.id, items: items_of(hold), named_day, outcome })
}

fn came_in_part(account: &Account, hold: &Hold, until: NaiveDate) -> bool {
    let since = hold.since.date_naive();
    let covered = account.receivables.iter().filter(|item| hold.covers(item.id));
    covered.flat_map(|item| &item.payments).any(|payment| payment.on >= since && payment.on <= until)
}

fn items_of(hold: &Hold) -> Vec<ReceivableId> {
    match &hold.scope {
        HoldScope::Customer => Vec::new(),
        HoldScope::Items(items) => items.clone(),
    }
}

/// One a dispute: a hold that goes on about the rest of its items is the same one.
fn disputes(account: &Account, today: NaiveDate) -> Vec<Contested> {
    let mut seen: Vec<Contested> = Vec::new();
    for hold in account.holds.iter().filter(|hold| hold.kind == HoldKind::Disputed) {
        let (since, is_open) = (hold.since.date_naive(), hold.holds_on(today));
        let items = items_of(hold);
        match seen.iter_mut().find(|known| {
            known.since == since && (items.is_empty() || items.iter().any(|item| known.items.contains(item)))
        }) {
            Some(known) => known.is_open |= is_open,
            None => seen.push(Contested { items, since, is_open }),
        }
    }
    seen.sort_by_key(|contested| contested.since);
    seen
}

fn overdue(account: &Account, today: NaiveDate) -> Vec<OverdueItem> {
    let is_contested = |item: &Receivable| {
        account
            .holds_on(today)
            .iter()
            .any(|hold| matches!(hold.kind, HoldKind::Disputed | HoldKind::WaitingForUs) && hold.covers(item.id))
    };
    let open =
        account.open_items().into_iter().filter(|item| is_debt(item) && item.collected_by() != Collection::Factored);
    let mut overdue: Vec<OverdueItem> = open
        .filter(|item| !is_contested(item))
        .map(|item| {
            let agreed = account.agreed_day(item);
            OverdueItem { item: item.id, agreed, days: days_after(account.tolerated_day(item), today) }
        })
        .filter(|item| item.days > 0)
        .collect();
    overdue.sort_by_key(|item| (std::cmp::Reverse(item.days), item.item));
    overdue
}

#[cfg(test)]
mod tests;
