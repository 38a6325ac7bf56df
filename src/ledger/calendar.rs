//! Business days and banking days.
//!
//! Source: TARGET closing days by the ECB's long-term calendar (since 2002). National holidays are in
//! [`holidays`](super::holidays).

use super::holidays::HolidayCountry;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Days on which the firm works, and days on which it keeps quiet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessCalendar {
    /// Where the firm works.
    pub country: HolidayCountry,
    /// The part of the country, where it keeps holidays of its own.
    pub region: Option<String>,
    /// Days closed besides Saturdays, Sundays and national holidays (patron day, closures).
    pub closed: BTreeSet<NaiveDate>,
    /// Patron days: month and day, every year.
    pub patron: BTreeSet<(u32, u32)>,
}

impl Default for BusinessCalendar {
    /// Of an Italian firm that is never closed.
    fn default() -> Self {
        Self { country: HolidayCountry::Italy, region: None, closed: BTreeSet::new(), patron: BTreeSet::new() }
    }
}

impl BusinessCalendar {
    /// Neither weekend nor holiday nor closed, where the firm works.
    #[must_use]
    pub fn is_business_day(&self, day: NaiveDate) -> bool {
        !is_weekend(day)
            && !self.country.is_holiday(self.region.as_deref(), day)
            && !self.closed.contains(&day)
            && !self.patron.contains(&(day.month(), day.day()))
    }

    /// The day itself, or the next business day.
    #[must_use]
    pub fn on_or_after(&self, day: NaiveDate) -> NaiveDate {
        first_from(day, |d| self.is_business_day(d))
    }

    /// The n-th business day after a day (0: the day itself, or the next business day).
    #[must_use]
    pub fn plus_business_days(&self, day: NaiveDate, count: u32) -> NaiveDate {
        plus_days_where(day, count, |d| self.is_business_day(d))
    }

    /// How many business days lie after `from`, up to and including `to`. Zero when `to` is not later.
    #[must_use]
    pub fn business_days_between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        let mut count = 0;
        let mut day = from;
        // A bound: nobody asks about more than some years, and a wrong date must not stall the agent.
        for _ in 0..4_000 {
            if day >= to {
                break;
            }
            day = next(day);
            if self.is_business_day(day) {
                count += 1;
            }
        }
        count
    }
}

/// A day on which euro transfers settle (TARGET open).
#[must_use]
pub fn is_banking_day(day: NaiveDate) -> bool {
    let fixed = matches!((day.month(), day.day()), (1 | 5, 1) | (12, 25 | 26));
    let easter = easter_sunday(day.year());
    let good_friday = easter.checked_sub_days(Days::new(2));
    let easter_monday = easter.checked_add_days(Days::new(1));
    !is_weekend(day) && !fixed && Some(day) != good_friday && Some(day) != easter_monday
}

/// The n-th banking day after a day (0: the day itself, or the next banking day).
#[must_use]
pub fn plus_banking_days(day: NaiveDate, count: u32) -> NaiveDate {
    plus_days_where(day, count, is_banking_day)
}

/// Saturday or Sunday.
#[must_use]
pub fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Easter Sunday of a Gregorian year (the anonymous Gregorian algorithm, Nature 1876).
#[must_use]
pub fn easter_sunday(year: i32) -> NaiveDate {
    let a = year.rem_euclid(19);
    let (b, c) = (year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    u32::try_from(month)
        .ok()
        .zip(u32::try_from(day).ok())
        .and_then(|(month, day)| NaiveDate::from_ymd_opt(year, month, day))
        .unwrap_or(NaiveDate::MIN)
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

fn first_from(mut day: NaiveDate, good: impl Fn(NaiveDate) -> bool) -> NaiveDate {
    // A year of closed days is a mistake in the settings; the bound keeps it from becoming a hang.
    for _ in 0..400 {
        if good(day) {
            break;
        }
        day = next(day);
    }
    day
}

fn plus_days_where(day: NaiveDate, count: u32, good: impl Fn(NaiveDate) -> bool) -> NaiveDate {
    if count == 0 {
        return first_from(day, good);
    }
    (0..count).fold(day, |day, _| first_from(next(day), &good))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a day")
    }

    #[test]
    fn easters_as_published() {
        for (y, m, d) in [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2028, 4, 16), (2029, 4, 1)] {
            assert_eq!(easter_sunday(y), day(y, m, d));
        }
    }

    #[test]
    fn saint_francis_counts_from_2026() {
        let calendar = BusinessCalendar::default();
        assert!(calendar.is_business_day(day(2024, 10, 4)));
        assert!(!calendar.is_business_day(day(2027, 10, 4)));
    }

    #[test]
    fn offices_and_banks_differ() {
        let calendar = BusinessCalendar::default();
        // 2 June 2026 is a Tuesday: the offices are closed, TARGET is open.
        assert!(!calendar.is_business_day(day(2026, 6, 2)) && is_banking_day(day(2026, 6, 2)));
        // Good Friday: the other way round.
        assert!(calendar.is_business_day(day(2026, 4, 3)) && !is_banking_day(day(2026, 4, 3)));
    }

    #[test]
    fn counting() {
        let calendar = BusinessCalendar::default();
        assert_eq!(calendar.plus_business_days(day(2026, 11, 20), 1), day(2026, 11, 23));
        assert_eq!(calendar.plus_business_days(day(2026, 11, 21), 0), day(2026, 11, 23));
        assert_eq!(calendar.business_days_between(day(2026, 12, 4), day(2026, 12, 9)), 2);
        assert_eq!(plus_banking_days(day(2026, 4, 2), 1), day(2026, 4, 7));
    }
}
