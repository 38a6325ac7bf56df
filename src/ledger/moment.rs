//! A point in time as the business sees it: an instant, and the zone in which days begin and end.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// *Now*, handed in as an argument: the core never asks the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The instant, in UTC.
    pub instant: DateTime<Utc>,
    /// The business time zone from the settings.
    pub zone: Tz,
}

impl Moment {
    /// An instant seen from a zone.
    #[must_use]
    pub const fn new(instant: DateTime<Utc>, zone: Tz) -> Self {
        Self { instant, zone }
    }

    /// The local calendar day.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.day_of(self.instant)
    }

    /// The local calendar day of another instant.
    #[must_use]
    pub fn day_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.zone).date_naive()
    }

    /// The local time of day.
    #[must_use]
    pub fn time(&self) -> NaiveTime {
        self.instant.with_timezone(&self.zone).time()
    }

    /// The first instant of a local day.
    #[must_use]
    pub fn dawn(&self, day: NaiveDate) -> DateTime<Utc> {
        self.at(day, NaiveTime::MIN)
    }

    /// The first instant of today, and that of tomorrow.
    #[must_use]
    pub fn bounds_of_today(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let today = self.today();
        (self.dawn(today), self.dawn(today.succ_opt().unwrap_or(today)))
    }

    /// The instant of a local day and time. Where the clock skips that time (spring), the first instant after the
    /// gap; where it stands twice (autumn), the earlier one.
    #[must_use]
    pub fn at(&self, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        at(self.zone, day, time)
    }
}

/// See [`Moment::at`].
#[must_use]
pub fn at(zone: Tz, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let mut local = day.and_time(time);
    for _ in 0..8 {
        if let Some(instant) = zone.from_local_datetime(&local).earliest() {
            return instant.with_timezone(&Utc);
        }
        local += chrono::Duration::minutes(30);
    }
    Utc.from_utc_datetime(&local)
}

/// The last day of a day's month.
#[must_use]
pub fn month_end(day: NaiveDate) -> NaiveDate {
    let first = day.with_day(1).unwrap_or(day);
    first.checked_add_months(chrono::Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spring_and_autumn() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a day");
        let half_past_two = NaiveTime::from_hms_opt(2, 30, 0).expect("a time");
        // domain.md 6.3: 2026-03-29 02:00 -> 03:00, 2026-10-25 03:00 -> 02:00.
        let spring = at(chrono_tz::Europe::Rome, day(2026, 3, 29), half_past_two);
        assert_eq!(spring.to_rfc3339(), "2026-03-29T01:00:00+00:00");
        let autumn = at(chrono_tz::Europe::Rome, day(2026, 10, 25), half_past_two);
        assert_eq!(autumn.to_rfc3339(), "2026-10-25T00:30:00+00:00");
        assert_eq!(month_end(day(2024, 2, 3)), day(2024, 2, 29));
        assert_eq!(month_end(day(2026, 12, 31)), day(2026, 12, 31));
    }
}
