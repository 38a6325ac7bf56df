//! Public holidays of seven countries, as tables of rules: days on which no office works.
//!
//! Sources: Italy law 260/1949 as amended by law 54/1977, DPR 792/1985 and law 151/2025 (4 October from 2026), South Tyrol by
//! DPR 28 March 1975, 475 (Whit Monday); Germany Einigungsvertrag art. 2 and the holiday laws of the Länder; France Code du
//! travail L3133-1 and L3134-13 (Alsace-Moselle); Spain Estatuto de los Trabajadores art. 37.2 and RD 2001/1983 art. 45 (what the
//! communities put in their place is not known here: name it under `closed`); Great Britain and Northern Ireland Banking
//! and Financial Dealings Act 1971; Ireland Organisation of Working Time Act 1997 and SI 50/2022; United States 5 U.S.C. 6103.

use super::calendar::{easter_sunday, is_weekend};
use super::words::word;
use Moved::{ToNearest, ToNext};
use On::{Before, Brigid, Easter, Fixed, Last, Nth};
use Weekday::{Mon, Thu, Wed};
use chrono::{Datelike, Days, NaiveDate, Weekday};

word!(
    /// A country whose holidays are known.
    HolidayCountry {
        /// Italy.
        Italy = "IT",
        /// Germany.
        Germany = "DE",
        /// France.
        France = "FR",
        /// Spain.
        Spain = "ES",
        /// The United Kingdom; England and Wales where no region is named.
        Britain = "GB",
        /// Ireland.
        Ireland = "IE",
        /// The United States, federal holidays.
        UnitedStates = "US",
    }
);

/// When in a year it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    /// Month, day.
    Fixed(u32, u32),
    /// So many days after Easter Sunday.
    Easter(i64),
    /// The n-th such weekday of a month.
    Nth(u32, Weekday, u8),
    /// The last such weekday of a month.
    Last(u32, Weekday),
    /// The last such weekday before a day.
    Before(u32, u32, Weekday),
    /// The first Monday of February; the 1st itself where that is a Friday (Ireland, Saint Brigid).
    Brigid,
}

/// What happens where it falls on a Saturday or Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    /// Nothing.
    Not,
    /// The next weekday that is no holiday itself is one.
    ToNext,
    /// Friday for a Saturday, Monday for a Sunday.
    ToNearest,
}

/// One holiday of a country.
#[derive(Debug, Clone, Copy)]
struct Holiday {
    on: On,
    moved: Moved,
    /// First year.
    since: i32,
    /// Where it is kept; everywhere when empty. A `!` before a region: not there.
    regions: &'static [&'static str],
}

const fn all(on: On) -> Holiday {
    Holiday { on, moved: Moved::Not, since: 0, regions: &[] }
}

const fn only(on: On, regions: &'static [&'static str]) -> Holiday {
    Holiday { on, moved: Moved::Not, since: 0, regions }
}

const fn since(year: i32, holiday: Holiday) -> Holiday {
    Holiday { since: year, ..holiday }
}

const fn moved(moved: Moved, holiday: Holiday) -> Holiday {
    Holiday { moved, ..holiday }
}

const GOOD_FRIDAY: On = Easter(-2);
const EASTER_MONDAY: On = Easter(1);
const ASCENSION: On = Easter(39);
const WHIT_MONDAY: On = Easter(50);
const CORPUS_CHRISTI: On = Easter(60);

const ITALY: &[Holiday] = &[
    all(Fixed(1, 1)),
    all(Fixed(1, 6)),
    all(Easter(0)),
    all(EASTER_MONDAY),
    all(Fixed(4, 25)),
    all(Fixed(5, 1)),
    all(Fixed(6, 2)),
    all(Fixed(8, 15)),
    since(2026, all(Fixed(10, 4))),
    all(Fixed(11, 1)),
    all(Fixed(12, 8)),
    all(Fixed(12, 25)),
    all(Fixed(12, 26)),
    only(WHIT_MONDAY, &["BZ"]),
];

const GERMANY: &[Holiday] = &[
    all(Fixed(1, 1)),
    only(Fixed(1, 6), &["BW", "BY", "ST"]),
    since(2019, only(Fixed(3, 8), &["BE"])),
    since(2023, only(Fixed(3, 8), &["MV"])),
    all(GOOD_FRIDAY),
    only(Easter(0), &["BB"]),
    all(EASTER_MONDAY),
    all(Fixed(5, 1)),
    all(ASCENSION),
    only(Easter(49), &["BB"]),
    all(WHIT_MONDAY),
    only(CORPUS_CHRISTI, &["BW", "BY", "HE", "NW", "RP", "SL"]),
    only(Fixed(8, 15), &["BY", "SL"]),
    since(2019, only(Fixed(9, 20), &["TH"])),
    all(Fixed(10, 3)),
    only(Fixed(10, 31), &["BB", "MV", "SN", "ST", "TH"]),
    since(2018, only(Fixed(10, 31), &["HB", "HH", "NI", "SH"])),
    only(Fixed(11, 1), &["BW", "BY", "NW", "RP", "SL"]),
    only(Before(11, 23, Wed), &["SN"]),
    all(Fixed(12, 25)),
    all(Fixed(12, 26)),
];

const FRANCE: &[Holiday] = &[
    all(Fixed(1, 1)),
    only(GOOD_FRIDAY, &["57", "67", "68"]),
    all(EASTER_MONDAY),
    all(Fixed(5, 1)),
    all(Fixed(5, 8)),
    all(ASCENSION),
    all(WHIT_MONDAY),
    all(Fixed(7, 14)),
    all(Fixed(8, 15)),
    all(Fixed(11, 1)),
    all(Fixed(11, 11)),
    all(Fixed(12, 25)),
    only(Fixed(12, 26), &["57", "67", "68"]),
];

const SPAIN: &[Holiday] = &[
    all(Fixed(1, 1)),
    all(Fixed(1, 6)),
    // Every community but one keeps Maundy Thursday or Easter Monday; where it is not known which, both are quiet.
    only(Easter(-3), &["!CT", "!VC"]),
    all(GOOD_FRIDAY),
    only(EASTER_MONDAY, &["CT", "VC", "PV", "NC", "RI", "IB"]),
    all(Fixed(5, 1)),
    all(Fixed(8, 15)),
    all(Fixed(10, 12)),
    all(Fixed(11, 1)),
    all(Fixed(12, 6)),
    all(Fixed(12, 8)),
    all(Fixed(12, 25)),
    only(Fixed(12, 26), &["CT"]),
];

const BRITAIN: &[Holiday] = &[
    moved(ToNext, all(Fixed(1, 1))),
    moved(ToNext, only(Fixed(1, 2), &["SCT"])),
    moved(ToNext, only(Fixed(3, 17), &["NIR"])),
    all(GOOD_FRIDAY),
    only(EASTER_MONDAY, &["!SCT"]),
    all(Nth(5, Mon, 1)),
    all(Last(5, Mon)),
    moved(ToNext, only(Fixed(7, 12), &["NIR"])),
    only(Nth(8, Mon, 1), &["SCT"]),
    only(Last(8, Mon), &["!SCT"]),
    moved(ToNext, only(Fixed(11, 30), &["SCT"])),
    moved(ToNext, all(Fixed(12, 25))),
    moved(ToNext, all(Fixed(12, 26))),
];

const IRELAND: &[Holiday] = &[
    moved(ToNext, all(Fixed(1, 1))),
    since(2023, all(Brigid)),
    moved(ToNext, all(Fixed(3, 17))),
    all(EASTER_MONDAY),
    all(Nth(5, Mon, 1)),
    all(Nth(6, Mon, 1)),
    all(Nth(8, Mon, 1)),
    all(Last(10, Mon)),
    moved(ToNext, all(Fixed(12, 25))),
    moved(ToNext, all(Fixed(12, 26))),
];

const UNITED_STATES: &[Holiday] = &[
    moved(ToNearest, all(Fixed(1, 1))),
    all(Nth(1, Mon, 3)),
    all(Nth(2, Mon, 3)),
    all(Last(5, Mon)),
    since(2021, moved(ToNearest, all(Fixed(6, 19)))),
    moved(ToNearest, all(Fixed(7, 4))),
    all(Nth(9, Mon, 1)),
    all(Nth(10, Mon, 2)),
    moved(ToNearest, all(Fixed(11, 11))),
    all(Nth(11, Thu, 4)),
    moved(ToNearest, all(Fixed(12, 25))),
];

impl HolidayCountry {
    const fn table(self) -> &'static [Holiday] {
        match self {
            Self::Italy => ITALY,
            Self::Germany => GERMANY,
            Self::France => FRANCE,
            Self::Spain => SPAIN,
            Self::Britain => BRITAIN,
            Self::Ireland => IRELAND,
            Self::UnitedStates => UNITED_STATES,
        }
    }

    /// The regions that keep days of their own, as the settings name them.
    #[must_use]
    pub const fn regions(self) -> &'static [&'static str] {
        match self {
            Self::Italy => &["BZ"],
            Self::Germany => {
                &["BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH"]
            }
            Self::France => &["57", "67", "68"],
            Self::Spain => &["CT", "VC", "PV", "NC", "RI", "IB"],
            Self::Britain => &["SCT", "NIR"],
            Self::Ireland | Self::UnitedStates => &[],
        }
    }

    /// Is it a public holiday there, or the weekday to which one was moved? `region` is one of [`HolidayCountry::regions`].
    #[must_use]
    pub fn is_holiday(self, region: Option<&str>, day: NaiveDate) -> bool {
        // New Year's Day may be moved into the year before.
        let next = (day.month() == 12).then(|| day.year() + 1);
        self.falls_on(region, day)
            || std::iter::once(day.year()).chain(next).any(|year| {
                let moved = self.kept(region, year).filter(|holiday| holiday.moved != Moved::Not);
                moved.filter_map(|holiday| self.instead(region, holiday, year)).any(|instead| instead == day)
            })
    }

    fn kept(self, region: Option<&str>, year: i32) -> impl Iterator<Item = &'static Holiday> {
        self.table().iter().filter(move |holiday| holiday.since <= year && holiday.is_kept_in(region))
    }

    /// By its own rule, not moved.
    fn falls_on(self, region: Option<&str>, day: NaiveDate) -> bool {
        self.kept(region, day.year()).any(|holiday| holiday.on.day_of(day.year()) == Some(day))
    }

    /// The weekday that is kept for a holiday on a weekend. Two that fall on one weekend take the two days after it, whichever
    /// comes first.
    fn instead(self, region: Option<&str>, holiday: &Holiday, year: i32) -> Option<NaiveDate> {
        let day = holiday.on.day_of(year).filter(|day| is_weekend(*day))?;
        match holiday.moved {
            Moved::Not => None,
            Moved::ToNearest if day.weekday() == Weekday::Sat => day.pred_opt(),
            Moved::ToNearest => day.succ_opt(),
            Moved::ToNext => {
                let eve = day.pred_opt().filter(|eve| is_weekend(*eve) && self.falls_on(region, *eve));
                let free = |day: &NaiveDate| !is_weekend(*day) && !self.falls_on(region, *day);
                day.iter_days().skip(1).take(9).filter(free).nth(usize::from(eve.is_some()))
            }
        }
    }
}

impl Holiday {
    fn is_kept_in(&self, region: Option<&str>) -> bool {
        let named = |not: bool| self.regions.iter().filter(move |name| name.starts_with('!') == not);
        let excepted = named(true).any(|name| name.strip_prefix('!') == region && region.is_some());
        let chosen = named(false).count() == 0 || named(false).any(|name| Some(*name) == region);
        !excepted && chosen
    }
}

impl On {
    fn day_of(self, year: i32) -> Option<NaiveDate> {
        match self {
            Self::Fixed(month, day) => NaiveDate::from_ymd_opt(year, month, day),
            Self::Easter(after) => {
                let easter = easter_sunday(year);
                let days = Days::new(after.unsigned_abs());
                if after < 0 { easter.checked_sub_days(days) } else { easter.checked_add_days(days) }
            }
            Self::Nth(month, weekday, nth) => NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth),
            Self::Last(month, weekday) => NaiveDate::from_weekday_of_month_opt(year, month, weekday, 5)
                .or_else(|| NaiveDate::from_weekday_of_month_opt(year, month, weekday, 4)),
            Self::Before(month, day, weekday) => {
                let end = NaiveDate::from_ymd_opt(year, month, day)?;
                end.iter_days().rev().skip(1).take(7).find(|day| day.weekday() == weekday)
            }
            Self::Brigid => {
                let first = NaiveDate::from_ymd_opt(year, 2, 1)?;
                if first.weekday() == Weekday::Fri {
                    Some(first)
                } else {
                    NaiveDate::from_weekday_of_month_opt(year, 2, Mon, 1)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weekdays off, as the governments publish them.
    fn off(country: HolidayCountry, region: Option<&str>, year: i32) -> String {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
        let days = first.iter_days().take_while(|day| day.year() == year);
        let off = days.filter(|day| !is_weekend(*day) && country.is_holiday(region, *day));
        off.map(|day| day.format("%-d/%-m").to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn as_published() {
        use HolidayCountry::*;
        for (country, region, year, expected) in [
            (Italy, None, 2026, "1/1 6/1 6/4 1/5 2/6 8/12 25/12"),
            (Italy, Some("BZ"), 2026, "1/1 6/1 6/4 1/5 25/5 2/6 8/12 25/12"),
            (Italy, None, 2027, "1/1 6/1 29/3 2/6 4/10 1/11 8/12"),
            // gov.uk/bank-holidays, England and Wales; 2026: Boxing Day on Monday the 28th.
            (Britain, None, 2026, "1/1 3/4 6/4 4/5 25/5 31/8 25/12 28/12"),
            (Britain, None, 2027, "1/1 26/3 29/3 3/5 31/5 30/8 27/12 28/12"),
            // Scotland 2026: 2 January, the first Monday of August, Saint Andrew.
            (Britain, Some("SCT"), 2026, "1/1 2/1 3/4 4/5 25/5 3/8 30/11 25/12 28/12"),
            (Britain, Some("NIR"), 2026, "1/1 17/3 3/4 6/4 4/5 25/5 13/7 31/8 25/12 28/12"),
            // opm.gov, federal holidays: Independence Day 2026 is kept on Friday the 3rd; New Year 2028 in 2027.
            (UnitedStates, None, 2026, "1/1 19/1 16/2 25/5 19/6 3/7 7/9 12/10 11/11 26/11 25/12"),
            (UnitedStates, None, 2027, "1/1 18/1 15/2 31/5 18/6 5/7 6/9 11/10 11/11 25/11 24/12 31/12"),
            (Ireland, None, 2026, "1/1 2/2 17/3 6/4 4/5 1/6 3/8 26/10 25/12 28/12"),
            (France, None, 2026, "1/1 6/4 1/5 8/5 14/5 25/5 14/7 11/11 25/12"),
            (France, Some("67"), 2026, "1/1 3/4 6/4 1/5 8/5 14/5 25/5 14/7 11/11 25/12"),
            (Germany, None, 2026, "1/1 3/4 6/4 1/5 14/5 25/5 25/12"),
            (Germany, Some("BY"), 2026, "1/1 6/1 3/4 6/4 1/5 14/5 25/5 4/6 25/12"),
            (Germany, Some("SN"), 2026, "1/1 3/4 6/4 1/5 14/5 25/5 18/11 25/12"),
            (Germany, Some("TH"), 2027, "1/1 26/3 29/3 6/5 17/5 20/9"),
            (Spain, None, 2026, "1/1 6/1 2/4 3/4 1/5 12/10 8/12 25/12"),
            (Spain, Some("CT"), 2026, "1/1 6/1 3/4 6/4 1/5 12/10 8/12 25/12"),
        ] {
            assert_eq!(off(country, region, year), expected, "{country} {region:?} {year}");
        }
    }

    #[test]
    fn saint_brigid_on_a_friday() {
        assert!(off(HolidayCountry::Ireland, None, 2030).contains(" 1/2 "), "1 February 2030 is a Friday");
        assert!(!off(HolidayCountry::Ireland, None, 2022).contains("/2 "), "kept since 2023");
    }

    #[test]
    fn every_region_in_a_table_can_be_named() {
        for country in HolidayCountry::ALL {
            for name in country.table().iter().flat_map(|holiday| holiday.regions) {
                assert!(country.regions().contains(&name.trim_start_matches('!')), "{country}: {name}");
            }
        }
    }
}
