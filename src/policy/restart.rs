//! After the quiet weeks: reminders do not leave all on one morning, but over some working days, the largest first.
//!
//! What waited is shared out over the days that are left, so that a firm with three reminders notices nothing and one
//! with forty sends four a day. Answers, and what a person approved, do not wait. Where the agent itself was off for days of
//! it, the days are counted anew from the one on which it runs again: else the last one would carry all the rest.

use super::steps::plus_days;
use super::terms::Policy;
use super::windows::quiet_span;
use crate::ledger::account::Account;
use crate::ledger::mail::MailPlan;
use crate::ledger::words::Purpose;
use chrono::{Datelike, NaiveDate};
use std::cmp::Reverse;

/// So many may always leave on a day.
const LEAST_A_DAY: u32 = 3;
/// No restart is longer than that, in calendar days: further back no end of a quiet time is looked for.
const LOOK_BACK_DAYS: u32 = 60;
/// Of the days of a restart the agent may miss so many without their being counted anew.
const MISSED_AT_MOST: usize = 1;

/// Reminders of all accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reminders {
    /// Left today.
    pub left_today: u32,
    /// Due by the end of today and still here.
    pub waiting: u32,
    /// The day from which the days are counted anew, as [`resumed`] found it.
    pub resumed: Option<NaiveDate>,
}

/// Is it one of the days after a quiet time over which reminders are spread?
#[must_use]
pub fn is_restart(policy: &Policy, day: NaiveDate, resumed: Option<NaiveDate>) -> bool {
    days_left(policy, day, resumed).is_some()
}

/// The day from which the days of a restart are counted anew, when the agent runs on `today` and ran last on `last_run`;
/// `known` is what this said before. A day that was missed is made up for by the others; of more than one the rest would
/// leave all at once.
#[must_use]
pub fn resumed(policy: &Policy, known: Option<NaiveDate>, last_run: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    let Some((before, last)) = span(policy, today, known) else { return known };
    let missed = (1..=LOOK_BACK_DAYS)
        .map(|days| plus_days(before, days))
        .take_while(|day| *day <= last && *day < today)
        .filter(|day| *day > last_run && is_open(policy, *day))
        .count();
    if missed > MISSED_AT_MOST { Some(today) } else { known }
}

/// How many reminders may leave on a day; `None` when it is an ordinary one.
pub(super) fn share(policy: &Policy, day: NaiveDate, reminders: Reminders) -> Option<u32> {
    let days = days_left(policy, day, reminders.resumed)?;
    let all = reminders.left_today.saturating_add(reminders.waiting);
    Some(all.div_ceil(days.max(1)).max(LEAST_A_DAY))
}

/// Where a mail stands among those that are due on a day on which reminders are spread: answers go before, then reminders
/// by what is open, the largest first; a list that nobody asked for goes last.
#[must_use]
pub fn turn(account: Option<&Account>, plan: &MailPlan) -> (bool, bool, Reverse<i64>) {
    let is_reminder = plan.purpose.counts_as_reminder();
    let open = account.filter(|_| is_reminder).map_or(0, |account| weight(account, plan));
    (is_list(plan), is_reminder, Reverse(open))
}

/// Of several that are due it goes after the others, on any day.
pub(super) fn is_list(plan: &MailPlan) -> bool {
    plan.purpose == Purpose::MonthlyStatement
}

/// What is open of a reminder's items, in hundredths, whatever the currency: for the order only.
fn weight(account: &Account, plan: &MailPlan) -> i64 {
    let items = plan.items.iter().filter_map(|id| account.receivable(*id));
    items.fold(0, |sum, item| sum.saturating_add(item.open().cents))
}

/// Days on which reminders leave that are left of the restart, this one included; `None` outside of it.
fn days_left(policy: &Policy, day: NaiveDate, resumed: Option<NaiveDate>) -> Option<u32> {
    let (_, last) = span(policy, day, resumed).filter(|(_, last)| day <= *last)?;
    let rest = (0..=LOOK_BACK_DAYS).map(|days| plus_days(day, days)).take_while(|day| *day <= last);
    u32::try_from(rest.filter(|day| is_open(policy, *day)).count()).ok()
}

/// The restart that a day lies in or after: the day before it, and its last day.
fn span(policy: &Policy, day: NaiveDate, resumed: Option<NaiveDate>) -> Option<(NaiveDate, NaiveDate)> {
    let windows = &policy.windows;
    if windows.restart_business_days == 0 || quiet_span(windows, day).is_some() {
        return None;
    }
    let back = (1..=LOOK_BACK_DAYS).filter_map(|days| day.checked_sub_days(chrono::Days::new(u64::from(days))));
    let quiet_end = back.into_iter().find(|day| quiet_span(windows, *day).is_some())?;
    let anew = resumed.filter(|resumed| *resumed > quiet_end && *resumed <= day).and_then(|resumed| resumed.pred_opt());
    let before = anew.unwrap_or(quiet_end);
    Some((before, policy.calendar.plus_business_days(before, windows.restart_business_days)))
}

/// Do reminders leave on such a day at all?
fn is_open(policy: &Policy, day: NaiveDate) -> bool {
    policy.calendar.is_business_day(day) && policy.windows.reminder_days.contains(&day.weekday())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn may_leave(text: &str, left_today: u32, waiting: u32) -> Option<u32> {
        share(&Policy::shipped(), day(text), Reminders { left_today, waiting, resumed: None })
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
        assert!(!is_restart(&policy, day("2026-09-01"), None));
    }

    #[test]
    fn an_agent_that_was_off_begins_anew() {
        let policy = Policy::shipped();
        let found = |known: Option<&str>, last_run: &str, today: &str| {
            resumed(&policy, known.map(day), day(last_run), day(today)).map(|day| day.to_string())
        };
        // On from the start, and off over a week-end, and for one of the six days.
        assert_eq!(found(None, "2027-01-07", "2027-01-12"), None);
        assert_eq!(found(None, "2027-01-14", "2027-01-19"), None);
        assert_eq!(found(None, "2027-01-12", "2027-01-14"), None);
        // Off until the last day, and until after it, since before Christmas.
        assert_eq!(found(None, "2027-01-12", "2027-01-21"), Some("2027-01-21".to_owned()));
        assert_eq!(found(None, "2026-12-20", "2027-02-02"), Some("2027-02-02".to_owned()));
        // It stays, and a second time off begins it once more.
        assert_eq!(found(Some("2027-01-21"), "2027-01-21", "2027-01-26"), Some("2027-01-21".to_owned()));
        assert_eq!(found(Some("2027-01-21"), "2027-01-21", "2027-02-02"), Some("2027-02-02".to_owned()));
        // Long after, on ordinary days, nothing begins.
        assert_eq!(found(None, "2027-02-01", "2027-02-20"), None);
        let rest = |on: &str, left_today, waiting| {
            share(&policy, day(on), Reminders { left_today, waiting, resumed: Some(day("2027-01-21")) })
        };
        assert_eq!(rest("2027-01-21", 0, 22), Some(4), "to Wednesday 3 February: six days");
        assert_eq!(rest("2027-01-26", 0, 18), Some(4));
        assert_eq!(rest("2027-02-03", 0, 3), Some(3));
        assert_eq!(rest("2027-02-04", 0, 40), None, "an ordinary day");
    }
}
