//! The rates of late interest, half-year by half-year.
//!
//! Source: D.Lgs. 231/2002, art. 2 and 5, as amended by D.Lgs. 192/2012: the reference rate of the European Central Bank
//! in force on 1 January and 1 July, and eight points. Each rate holds for its own half-year and for no other: where the
//! table ends there is no rate, and nothing is ever carried on from the last one.

use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// Hundredths of a percent a year: 1015 is 10.15 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct YearlyRate(pub u32);

/// Rates by the first day of their half-year, without a hole from the first to the last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RateTable {
    rates: BTreeMap<NaiveDate, YearlyRate>,
}

/// Why some rates are no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TableFault {
    /// A rate begins on a day that begins no half-year.
    #[error("{0} does not begin a half-year")]
    NotAHalfYear(NaiveDate),
    /// A half-year has two rates.
    #[error("There are two rates from {0}")]
    Twice(NaiveDate),
    /// A half-year between two others has no rate.
    #[error("There is no rate from {missing}, although there is one from {next}")]
    Hole {
        /// The first half-year without one.
        missing: NaiveDate,
        /// The half-year with a rate that follows.
        next: NaiveDate,
    },
}

impl RateTable {
    /// A table of these rates, in whatever order they come.
    ///
    /// # Errors
    /// [`TableFault`]: the first thing that is wrong, by day.
    pub fn new(rates: impl IntoIterator<Item = (NaiveDate, YearlyRate)>) -> Result<Self, TableFault> {
        let mut table = BTreeMap::new();
        for (from, rate) in rates {
            if half_year_of(from).0 != from {
                return Err(TableFault::NotAHalfYear(from));
            }
            if table.insert(from, rate).is_some() {
                return Err(TableFault::Twice(from));
            }
        }
        let mut expected: Option<NaiveDate> = None;
        for from in table.keys() {
            match expected {
                Some(missing) if missing != *from => return Err(TableFault::Hole { missing, next: *from }),
                _ => expected = half_year_of(*from).1.succ_opt(),
            }
        }
        Ok(Self { rates: table })
    }

    /// The rate of the half-year in which a day lies; `None` where none is known.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<YearlyRate> {
        self.rates.get(&half_year_of(day).0).copied()
    }

    /// The last day for which a rate is known.
    #[must_use]
    pub fn known_until(&self) -> Option<NaiveDate> {
        self.rates.last_key_value().map(|(from, _)| half_year_of(*from).1)
    }
}

/// The first and the last day of the half-year in which a day lies.
#[must_use]
pub fn half_year_of(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let ends = if day.month() <= 6 { ((1, 1), (6, 30)) } else { ((7, 1), (12, 31)) };
    let of = |(month, number)| NaiveDate::from_ymd_opt(day.year(), month, number).unwrap_or(day);
    (of(ends.0), of(ends.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a day")
    }

    #[test]
    fn a_rate_holds_for_its_half_year_and_for_no_other() {
        let table = RateTable::new([(day(2026, 7, 1), YearlyRate(1_040)), (day(2026, 1, 1), YearlyRate(1_015))]);
        let table = table.expect("a table");
        assert_eq!(table.on(day(2025, 12, 31)), None);
        assert_eq!(table.on(day(2026, 1, 1)), Some(YearlyRate(1_015)));
        assert_eq!(table.on(day(2026, 6, 30)), Some(YearlyRate(1_015)));
        assert_eq!(table.on(day(2026, 7, 1)), Some(YearlyRate(1_040)));
        assert_eq!(table.on(day(2026, 12, 31)), Some(YearlyRate(1_040)));
        assert_eq!(table.on(day(2027, 1, 1)), None, "never carried on");
        assert_eq!(table.known_until(), Some(day(2026, 12, 31)));
    }

    #[test]
    fn holes_and_doubles_are_no_table() {
        let rate = YearlyRate(800);
        let of = |days: &[NaiveDate]| RateTable::new(days.iter().map(|from| (*from, rate)));
        assert_eq!(of(&[day(2026, 2, 1)]), Err(TableFault::NotAHalfYear(day(2026, 2, 1))));
        assert_eq!(of(&[day(2026, 1, 1), day(2026, 1, 1)]), Err(TableFault::Twice(day(2026, 1, 1))));
        let hole = TableFault::Hole { missing: day(2026, 7, 1), next: day(2027, 1, 1) };
        assert_eq!(of(&[day(2026, 1, 1), day(2027, 1, 1)]), Err(hole));
        assert_eq!(of(&[]), Ok(RateTable::default()));
    }
}
