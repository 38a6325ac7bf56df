//! After the quiet weeks: reminders do not leave all on one morning, but over some working days, the largest first.
//!
//! What waited is shared out over the days that are left, so that a firm with three reminders notices nothing and one
//! with forty sends four a day. Answers, and what a person approved, do not wait.

use super::steps::plus_days;
use super::terms::Policy;
use super::windows::quiet_span;
use crate::ledger::account::Account;
use crate::ledger::mail::MailPlan;
use chrono::{Datelike, NaiveDate};

/// So many may always leave on a day.
const LEAST_A_DAY: u32 = 3;
/// No restart is longer than that, in calendar days: further back no end of a quiet time is looked for.
const LOOK_BACK_DAYS: u32 = 60;

/// Reminders of all accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reminders {
    /// Left today.
    pub left_today: u32,
    /// Due by the end of today and still here.
    pub waiting: u32,
}

/// Is it one of the days after a quiet time over which reminders are spread?
#[must_use]
pub fn is_restart(policy: &Policy, day: NaiveDate) -> bool {
    days_left(policy, day).is_some()
}

/// How many reminders may leave on a day; `None` when it is an ordinary one.
pub(super) fn share(policy: &Policy, day: NaiveDate, reminders: Reminders) -> Option<u32> {
    let days = days_left(policy, day)?;
    let all = reminders.left_today.saturating_add(reminders.waiting);
    Some(all.div_ceil(days.max(1)).max(LEAST_A_DAY))
}

/// What is open of a reminder's items, in hundredths, whatever the currency: for the order only.
#[must_use]
pub fn weight(account: &Account, plan: &MailPlan) -> i64 {
    let items = plan.items.iter().filter_map(|id| account.receivable(*id));
    items.fold(0, |sum, item| sum.saturating_add(item.open().cents))
}

/// Days on which reminders leave that are left of the restart, this one included; `None` outside of it.
fn days_left(policy: &Policy, day: NaiveDate) -> Option<u32> {
    let windows = &policy.windows;
    if windows.restart_business_days == 0 || quiet_span(windows, day).is_some() {
        return None;
    }
    let back = (1..=LOOK_BACK_DAYS).filter_map(|days| day.checked_sub_days(chrono::Days::new(u64::from(days))));
    let quiet_end = back.into_iter().find(|day| quiet_span(windows, *day).is_some())?;
    let last = policy.calendar.plus_business_days(quiet_end, windows.restart_business_days);
    if day > last {
        return None;
    }
    let rest = (0..=LOOK_BACK_DAYS).map(|days| plus_days(day, days)).take_while(|day| *day <= last);
    let open =
        rest.filter(|day| policy.calendar.is_business_day(*day) && windows.reminder_days.contains(&day.weekday()));
    u32::try_from(open.count()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn may_leave(text: &str, left_today: u32, waiting: u32) -> Option<u32> {
        share(&Policy::shipped(), day(text), Reminders { left_today, waiting })
    }

    #[test]
    fn january_is_spread() {
        // Quiet until 7 January; ten working days later is Thursday the 21st. Reminders leave Tuesday to Thursday: on six days.
        assert_eq!(may_leave("2027-01-07", 0, 40), None, "still quiet");
        assert_eq!(may_leave("2027-01-12", 0, 40), Some(7));
        assert_eq!(may_leave("2027-01-12", 7, 33), Some(7), "what left today counts, so the share stays");
        assert_eq!(may_leave("2027-01-20", 0, 14), Some(7));
        assert_eq!(may_leave("2027-01-21", 0, 7), Some(7), "the last day takes the rest");
        assert_eq!(may_leave("2027-01-26", 0, 40), None, "an ordinary day");
        assert_eq!(may_leave("2027-01-12", 0, 2), Some(3), "few are not held up");
        assert_eq!(may_leave("2026-10-13", 0, 40), None);
    }

    #[test]
    fn september_too_and_not_where_it_is_switched_off() {
        assert_eq!(may_leave("2026-09-01", 0, 60), Some(10), "to Monday the 14th: six days");
        let mut policy = Policy::shipped();
        policy.windows.restart_business_days = 0;
        assert!(!is_restart(&policy, day("2026-09-01")));
    }
}
