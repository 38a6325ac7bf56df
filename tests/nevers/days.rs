//! Days on which an Italian firm does not write, as they stand in the law: L. 260/1949 with its changes; the fourth of October
//! by L. 151/2025, from 2026 on; Easter Mondays as published.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Month and day.
type MonthDay = (u32, u32);

const FIXED: [MonthDay; 11] =
    [(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (10, 4), (11, 1), (12, 8), (12, 25), (12, 26)];
const EASTER_MONDAYS: [(i32, u32, u32); 7] =
    [(2026, 4, 6), (2027, 3, 29), (2028, 4, 17), (2029, 4, 2), (2030, 4, 22), (2031, 4, 14), (2032, 3, 29)];

pub fn is_holiday(day: NaiveDate) -> bool {
    FIXED.contains(&(day.month(), day.day())) || EASTER_MONDAYS.contains(&(day.year(), day.month(), day.day()))
}

fn is_closed(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || is_holiday(day)
}

/// The day before a holiday in the week, or a working day between two closed ones.
pub fn is_eve_or_bridge(day: NaiveDate) -> bool {
    let (before, after) = (day - Days::new(1), day + Days::new(1));
    let is_weekday = !matches!(after.weekday(), Weekday::Sat | Weekday::Sun);
    (is_weekday && is_holiday(after)) || (is_closed(before) && is_closed(after))
}

pub fn business_days_later(mut day: NaiveDate, mut count: u32) -> NaiveDate {
    while count > 0 {
        day = day + Days::new(1);
        count -= u32::from(!is_closed(day));
    }
    day
}

/// The last day of the quiet time in which a day lies.
pub fn quiet_end(quiet: &[(MonthDay, MonthDay)], day: NaiveDate) -> Option<NaiveDate> {
    let today = (day.month(), day.day());
    let inside = |(first, last): &&(MonthDay, MonthDay)| {
        if first <= last { (*first..=*last).contains(&today) } else { today >= *first || today <= *last }
    };
    let (_, (month, last)) = quiet.iter().find(inside)?;
    let year = if (*month, *last) >= today { day.year() } else { day.year() + 1 };
    NaiveDate::from_ymd_opt(year, *month, *last)
}
