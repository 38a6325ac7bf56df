//! Days named by a feast ("per San Martino"), as far as most of a language's people know when it is.

use super::calendar_words::coming;
use super::date_meaning::DateMeaning;
use crate::ledger::calendar::easter_sunday;
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The day of the feast that comes, or was not more than thirty days ago. `None` where the meaning is no feast.
pub(super) fn day_of(meaning: DateMeaning, today: NaiveDate) -> Option<NaiveDate> {
    use DateMeaning as M;
    match meaning {
        M::NewYearsDay => coming(today, 1, 1),
        M::Epiphany => coming(today, 1, 6),
        M::SaintPatrick => coming(today, 3, 17),
        M::LabourDay => coming(today, 5, 1),
        M::Assumption => coming(today, 8, 15),
        M::AllSaints => coming(today, 11, 1),
        M::SaintMartin => coming(today, 11, 11),
        M::SaintNicholas => coming(today, 12, 6),
        M::ImmaculateConception => coming(today, 12, 8),
        M::Christmas => coming(today, 12, 25),
        M::Easter => this_year_or_next(today, |year| Some(easter_sunday(year))),
        M::Thanksgiving => {
            this_year_or_next(today, |year| NaiveDate::from_weekday_of_month_opt(year, 11, Weekday::Thu, 4))
        }
        _ => None,
    }
}

fn this_year_or_next(today: NaiveDate, of: impl Fn(i32) -> Option<NaiveDate>) -> Option<NaiveDate> {
    let earliest = today.checked_sub_days(Days::new(30))?;
    (0..=1).filter_map(|n| of(today.year() + n)).find(|day| *day >= earliest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feasts_that_move_and_feasts_that_do_not() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a day");
        let autumn = day(2026, 10, 20);
        assert_eq!(day_of(DateMeaning::SaintMartin, autumn), Some(day(2026, 11, 11)));
        assert_eq!(day_of(DateMeaning::Epiphany, autumn), Some(day(2027, 1, 6)));
        assert_eq!(day_of(DateMeaning::Thanksgiving, autumn), Some(day(2026, 11, 26)));
        assert_eq!(day_of(DateMeaning::Easter, autumn), Some(day(2027, 3, 28)));
        assert_eq!(day_of(DateMeaning::Tomorrow, autumn), None);
    }
}
