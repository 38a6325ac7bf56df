//! Customers who always pay on the same day of the month: no step before that day has come.
//!
//! "Paghiamo sempre il 10": a reminder on the 6th would only annoy. So the first step waits until the payment day has come
//! once since the debt was due, and any later one that falls before this month's payment day waits for it too. The bank
//! needs its days before the money can be seen.

use super::terms::Policy;
use crate::ledger::account::Account;
use crate::ledger::calendar::plus_banking_days;
use crate::ledger::hold::{Hold, HoldKind, HoldOutcome};
use crate::ledger::receivable::Receivable;
use chrono::{Datelike, Days, Months, NaiveDate};

/// The day on which a step that is otherwise due on `due_on` may happen.
pub(super) fn not_before(account: &Account, item: &Receivable, policy: &Policy, due_on: NaiveDate) -> NaiveDate {
    let Some(day) = account.customer.payment_day() else { return due_on };
    let first = next(day, account.agreed_day(item));
    let of_month = in_month(day, due_on);
    let cleared = |payday| seen_from(payday, policy);
    // A step that falls after this month's day was cleared waits no longer.
    let waits = cleared(of_month) > due_on;
    due_on.max(cleared(first)).max(if waits { cleared(of_month) } else { due_on })
}

/// The day from which payments must be known: the day on which the debt was to be paid, or the last payment day since
/// whose money can be seen by now.
pub(super) fn awaited_since(account: &Account, item: &Receivable, policy: &Policy, today: NaiveDate) -> NaiveDate {
    let agreed = account.agreed_day(item);
    let due = habit_left_alone(account, item, today).map_or(agreed, |day| day.max(agreed));
    let Some(day) = account.customer.payment_day() else { return due };
    let this = in_month(day, today);
    let before = today.checked_sub_months(Months::new(1)).map_or(this, |earlier| in_month(day, earlier));
    let seen = [this, before].into_iter().find(|payday| seen_from(*payday, policy) <= today);
    seen.map_or(due, |payday| payday.max(due))
}

/// The last day of a habit that came without having been noted, and for which the reminders waited.
fn habit_left_alone(account: &Account, item: &Receivable, today: NaiveDate) -> Option<NaiveDate> {
    let waited = account.holds.iter().filter(|hold| is_for_a_habit(hold) && hold.covers(item.id));
    waited.filter_map(|hold| hold.named_day).filter(|day| *day <= today).max()
}

/// Does it only wait for the day on which the customer always pays? What waits for the owner's word has a question or no day.
pub(super) fn is_for_a_habit(hold: &Hold) -> bool {
    let was_lifted = hold.ended.as_ref().is_some_and(|end| end.how != HoldOutcome::Expired);
    let is_for_a_day = hold.named_day.is_some_and(|day| hold.until.is_some_and(|until| day <= until));
    hold.kind == HoldKind::Review && hold.case.is_none() && is_for_a_day && !was_lifted
}

/// The first day on which the bank's list shows what was paid on a day.
fn seen_from(payday: NaiveDate, policy: &Policy) -> NaiveDate {
    let known = plus_banking_days(payday, policy.limits.fresh_payments_banking_days);
    known.checked_add_days(Days::new(1)).unwrap_or(known)
}

/// The first payment day on or after a day.
fn next(day: u32, from: NaiveDate) -> NaiveDate {
    let this = in_month(day, from);
    if this >= from {
        return this;
    }
    from.checked_add_months(Months::new(1)).map_or(this, |later| in_month(day, later))
}

/// The payment day of a month; in a shorter month its last day.
pub(super) fn in_month(day: u32, of: NaiveDate) -> NaiveDate {
    (1..=day).rev().find_map(|day| of.with_day(day)).unwrap_or(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn the_thirty_first_is_the_last_day_of_the_month() {
        assert_eq!(in_month(31, on("2027-02-10")), on("2027-02-28"));
        assert_eq!(in_month(31, on("2028-02-10")), on("2028-02-29"));
        assert_eq!(in_month(10, on("2026-11-26")), on("2026-11-10"));
        assert_eq!(next(10, on("2026-11-26")), on("2026-12-10"));
        assert_eq!(next(31, on("2027-01-31")), on("2027-01-31"));
        assert_eq!(next(30, on("2027-01-31")), on("2027-02-28"));
    }
}
