//! Words for months, weekdays and numbers, and the day that a phrase means.

use super::date_meaning::DateMeaning;
use super::feasts;
use super::pattern::spellings;
use super::sentences::words_of;
use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use std::collections::BTreeMap;

/// Names of months and weekdays and words for numbers, of one language.
#[derive(Debug, Clone, Default)]
pub(super) struct CalendarWords {
    months: BTreeMap<String, u32>,
    weekdays: BTreeMap<String, Weekday>,
    numbers: BTreeMap<String, u32>,
}

/// No number below a million that people write as one word has more letters.
const LONGEST_NUMBER: usize = 64;

/// As much of a compound of number words as was read.
#[derive(Debug, Clone, Copy, Default)]
struct Compound {
    /// Thousands that are closed.
    total: u32,
    /// Hundreds that a thousand may still multiply.
    open: u32,
    /// Tens and units.
    small: u32,
    parts: usize,
}

impl Compound {
    /// `None` where no number goes on so ("hundertfünfzigzwanzig").
    fn with(self, number: u32) -> Option<Self> {
        let Self { total, open, small, parts } = self;
        let parts = parts + 1;
        match number {
            1_000 if total == 0 => {
                let total = (open + small).max(1).checked_mul(1_000)?;
                Some(Self { total, open: 0, small: 0, parts })
            }
            100 if open == 0 => Some(Self { total, open: small.max(1).checked_mul(100)?, small: 0, parts }),
            1..100 => {
                // Units before or behind tens, each once.
                let fits = small == 0 || (small < 10) != (number < 10);
                fits.then_some(Self { total, open, small: small + number, parts })
            }
            101..1_000 if open == 0 && small == 0 => Some(Self { total, open: number, small, parts }),
            _ => None,
        }
    }
}

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

impl CalendarWords {
    /// Takes in the words of one file.
    pub(super) fn learn(&mut self, months: &[Vec<String>], weekdays: &[Vec<String>], numbers: &[(String, u32)]) {
        let written = |name: &String| spellings(name).iter().flat_map(|name| words_of(name)).collect::<Vec<_>>();
        for (number, names) in (1..).zip(months) {
            self.months.extend(names.iter().flat_map(written).map(|name| (name, number)));
        }
        for (weekday, names) in WEEK.iter().zip(weekdays) {
            self.weekdays.extend(names.iter().flat_map(written).map(|name| (name, *weekday)));
        }
        for (name, number) in numbers {
            self.numbers.extend(written(name).into_iter().map(|name| (name, *number)));
        }
    }

    /// The month that a word names.
    pub(super) fn month(&self, word: &str) -> Option<u32> {
        self.months.get(word).copied()
    }

    /// The weekday that a word names.
    pub(super) fn weekday(&self, word: &str) -> Option<Weekday> {
        self.weekdays.get(word).copied()
    }

    /// The number that a word or its digits say.
    pub(super) fn number(&self, word: &str) -> Option<u32> {
        word.parse().ok().or_else(|| self.numbers.get(word).copied())
    }

    /// The number that a compound of number words says: `tausendzweihundert`, `einundzwanzig`, `duemilacinquecento`,
    /// `centottanta`. Hundred and thousand multiply what stands before them; `und` only joins.
    pub(super) fn compound_number(&self, word: &str) -> Option<u32> {
        let letters = word.bytes().all(|byte| byte.is_ascii_lowercase());
        if !letters || word.len() > LONGEST_NUMBER { None } else { self.rest_of_compound(word, Compound::default()) }
    }

    /// Tries the longer words first and takes a shorter one where the rest says nothing ("cento" and "cent" of
    /// "centottanta"). What is read only grows, which bounds the tries.
    fn rest_of_compound(&self, rest: &str, read: Compound) -> Option<u32> {
        if rest.is_empty() {
            return if read.parts > 0 { read.total.checked_add(read.open)?.checked_add(read.small) } else { None };
        }
        let joined = rest.strip_prefix("und").filter(|_| read.parts > 0);
        let joined = joined.and_then(|after| self.rest_of_compound(after, read));
        joined.or_else(|| {
            (1..=rest.len()).rev().find_map(|length| {
                let (part, after) = rest.split_at_checked(length)?;
                self.rest_of_compound(after, read.with(*self.numbers.get(part)?)?)
            })
        })
    }

    /// The last number of a range: `10-14 Tage`, `zwei bis drei Wochen`.
    fn last_number(&self, words: &[&str]) -> Option<u32> {
        words.iter().filter_map(|word| self.number(word.rsplit(['-', '/']).next().unwrap_or(word))).max()
    }

    /// The day meant by a phrase, seen from the writer's day. `None` when it names no possible day.
    pub(super) fn resolve(&self, meaning: DateMeaning, words: &[&str], day: NaiveDate) -> Option<NaiveDate> {
        use DateMeaning as M;
        let month = words.iter().rev().find_map(|word| self.month(word));
        let weekday = words.iter().find_map(|word| self.weekday(word));
        // "Dans une quinzaine", "a couple of days", "8 à 10 jours": the article says one, of a range the last counts.
        let number = words.iter().filter_map(|word| self.number(word)).max();
        let last = self.last_number(words);
        let named = |of_month: u32| month.and_then(|month| coming(day, month, of_month));
        match meaning {
            M::Today => Some(day),
            M::Yesterday => back(day, 1),
            M::DayBeforeYesterday => back(day, 2),
            M::DaysAgo => back(day, number?),
            M::WeeksAgo => back(day, number?.min(100) * 7),
            M::MonthsAgo => day.checked_sub_months(Months::new(number?.min(60))),
            M::LastWeekday => (1..=7).filter_map(|n| back(day, n)).find(|d| Some(d.weekday()) == weekday),
            M::LastWeek => back(friday(day)?, 7),
            M::Tomorrow => after(day, 1),
            M::DayAfterTomorrow => after(day, 2),
            M::Weekday => (1..=7).filter_map(|n| after(day, n)).find(|d| Some(d.weekday()) == weekday),
            M::WeekdayInEight => (8..=14).filter_map(|n| after(day, n)).find(|d| Some(d.weekday()) == weekday),
            M::WeekdayNextWeek => {
                let monday = back(friday(day)?, 4)?;
                (7..14).filter_map(|n| after(monday, n)).find(|d| Some(d.weekday()) == weekday)
            }
            M::ThisWeek => {
                let friday = friday(day)?;
                if friday <= day { after(friday, 7) } else { Some(friday) }
            }
            M::NextWeek => after(friday(day)?, 7),
            M::LastWeekdayOfMonth => {
                let last = end_of(
                    day.year() + i32::from(month.is_some_and(|month| month < day.month())),
                    month.unwrap_or(day.month()),
                )?;
                (0..7).filter_map(|n| back(last, n)).find(|d| Some(d.weekday()) == weekday)
            }
            M::WeekAfterNext => after(friday(day)?, 14),
            M::WeekNumber => week_number(day, words, weekday),
            M::InDays => after(day, last?.min(1_000)),
            M::InWorkingDays => working_days(day, last?.min(300)),
            M::InHours => after(day, last?.min(1_000).div_ceil(24)),
            M::InDaysEndOfMonth => after(day, last?.min(1_000)).and_then(|d| end_of(d.year(), d.month())),
            M::InWeeks => after(day, last.unwrap_or(1).min(100) * 7),
            M::InMonths => day.checked_add_months(Months::new(last.unwrap_or(1).min(60))),
            M::EndOfMonth => end_of(day.year(), day.month()),
            M::EndOfNextMonth => next_month(day).and_then(|d| end_of(d.year(), d.month())),
            M::EndOfNamedMonth => month.and_then(|month| {
                let year = if month < day.month() { day.year() + 1 } else { day.year() };
                end_of(year, month)
            }),
            M::EveryMonthEnd => end_of(day.year(), day.month()),
            M::EveryMonthDay => day_number(day, number?, false),
            // These say something of other words only.
            M::WeekOf
            | M::OfNextYear
            | M::OfThisYear
            | M::EveryMonth
            | M::FromNamedMonth
            | M::NextDay
            | M::WeekdayAfter => None,
            M::MiddleOfMonth => day_number(day, 15, false),
            M::MiddleOfNextMonth => next_month(day).and_then(|d| d.with_day(15)),
            M::MiddleOfNamedMonth => named(15),
            M::StartOfNamedMonth => named(5),
            M::StartOfNextMonth => next_month(day).and_then(|d| d.with_day(5)),
            M::FirstDecadeOfNamedMonth => named(10),
            M::SecondDecadeOfNamedMonth => named(20),
            M::NamedDay => day_number(day, number?, false),
            M::NamedDayNext => day_number(day, number?, true),
            M::NamedDayThisMonth => day.with_day(number?),
            M::NamedDayNextMonth => next_month(day).and_then(|d| d.with_day(number?)),
            M::NamedDayLast => (0..3)
                .filter_map(|n| first_of(day)?.checked_sub_months(Months::new(n))?.with_day(number?))
                .find(|d| *d < day),
            M::EndOfYear => NaiveDate::from_ymd_opt(day.year(), 12, 31),
            M::BeforeChristmas => coming(day, 12, 23),
            M::AfterHolidays => coming(day, 1, 10),
            M::AfterSummer => coming(day, 9, 10),
            M::AfterEaster => {
                let easter = [day.year(), day.year() + 1]
                    .into_iter()
                    .map(crate::ledger::calendar::easter_sunday)
                    .find(|easter| *easter >= day)?;
                working_days(after(easter, 1)?, 5)
            }
            M::EndOfFirstQuarter => coming(day, 3, 31),
            M::NewYearsDay
            | M::Epiphany
            | M::SaintPatrick
            | M::Easter
            | M::LabourDay
            | M::Assumption
            | M::AllSaints
            | M::SaintMartin
            | M::Thanksgiving
            | M::SaintNicholas
            | M::ImmaculateConception
            | M::Christmas => feasts::day_of(meaning, day),
            M::EndOfQuarter => end_of(day.year(), day.month().div_ceil(3) * 3),
        }
    }
}

/// That day and month in the first year in which it lies not more than thirty days back. `None` where that year does not
/// have it: nobody who writes "29 febbraio" means the one in two years.
pub(super) fn coming(day: NaiveDate, month: u32, of_month: u32) -> Option<NaiveDate> {
    let earliest = back(day, 30)?;
    // A day that no year has lies where the end of its month does.
    let place = |year: i32| {
        NaiveDate::from_ymd_opt(year, month, of_month).or_else(|| end_of(year, month).filter(|_| of_month <= 31))
    };
    let year = (-1..=1).map(|n| day.year() + n).find(|year| place(*year).is_some_and(|date| date >= earliest))?;
    NaiveDate::from_ymd_opt(year, month, of_month)
}

fn after(day: NaiveDate, count: u32) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(u64::from(count)))
}

fn back(day: NaiveDate, count: u32) -> Option<NaiveDate> {
    day.checked_sub_days(Days::new(u64::from(count)))
}

/// Friday of the ISO week.
pub(super) fn friday(day: NaiveDate) -> Option<NaiveDate> {
    let monday = back(day, day.weekday().num_days_from_monday())?;
    after(monday, 4)
}

/// The week of that number that is not more than thirty days past; of `KW 48/49` the last.
fn week_number(day: NaiveDate, words: &[&str], weekday: Option<Weekday>) -> Option<NaiveDate> {
    let digits = |word: &str| word.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned();
    let numbers = words.iter().map(|word| digits(word));
    let numbers: Vec<u32> = numbers
        .flat_map(|word| word.split(['-', '/']).filter_map(|part| part.parse().ok()).collect::<Vec<_>>())
        .collect();
    let number = numbers.into_iter().rfind(|number| (1..=53).contains(number))?;
    let earliest = back(day, 30)?;
    let weekday = weekday.unwrap_or(Weekday::Fri);
    (-1..=2).filter_map(|n| NaiveDate::from_isoywd_opt(day.year() + n, number, weekday)).find(|day| *day >= earliest)
}

fn first_of(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)
}

fn next_month(day: NaiveDate) -> Option<NaiveDate> {
    first_of(day)?.checked_add_months(Months::new(1))
}

/// The last day of a month.
pub(super) fn end_of(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?.pred_opt()
}

/// The next day of that number.
pub(super) fn day_number(day: NaiveDate, number: u32, strictly: bool) -> Option<NaiveDate> {
    let first = first_of(day)?;
    (0..12)
        .filter_map(|n| first.checked_add_months(Months::new(n))?.with_day(number))
        .find(|d| if strictly { *d > day } else { *d >= day })
}

fn working_days(mut day: NaiveDate, count: u32) -> Option<NaiveDate> {
    for _ in 0..count {
        day = after(day, 1)?;
        while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            day = after(day, 1)?;
        }
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> CalendarWords {
        let mut words = CalendarWords::default();
        let numbers =
            [("ein", 1), ("zwei", 2), ("zwölf", 12), ("fünf", 5), ("zwanzig", 20), ("hundert", 100), ("tausend", 1000)];
        words.learn(&[], &[], &numbers.map(|(name, number)| (name.to_owned(), number)));
        words
    }

    #[test]
    fn compounds_of_numbers() {
        for (word, number) in [
            ("tausendzweihundert", Some(1_200)),
            ("zwolfhundert", Some(1_200)),
            ("zwoelfhundertfuenf", Some(1_205)),
            ("eintausendzweihundertzweiundzwanzig", Some(1_222)),
            ("zwanzigtausend", Some(20_000)),
            ("zweihundertfunftausend", Some(205_000)),
            ("hundertfach", None),
            ("zwanzigzwanzig", None),
            ("fuenfzwei", None),
            ("hunderthundert", None),
            ("tausendtausend", None),
            ("und", None),
            ("", None),
        ] {
            assert_eq!(words().compound_number(word), number, "{word}");
        }
    }

    #[test]
    fn compounds_that_drop_a_vowel() {
        let mut words = CalendarWords::default();
        let numbers = [
            ("uno", 1),
            ("due", 2),
            ("tre", 3),
            ("cinque", 5),
            ("otto", 8),
            ("nove", 9),
            ("ottanta", 80),
            ("novanta", 90),
            ("venti", 20),
            ("vent", 20),
            ("cento", 100),
            ("cent", 100),
            ("mille", 1000),
            ("mila", 1000),
        ];
        words.learn(&[], &[], &numbers.map(|(name, number)| (name.to_owned(), number)));
        for (word, number) in [
            ("trecento", Some(300)),
            ("ventuno", Some(21)),
            ("ventitre", Some(23)),
            ("centottanta", Some(180)),
            ("centotto", Some(108)),
            ("duemila", Some(2_000)),
            ("milleduecento", Some(1_200)),
            ("duemilacinquecento", Some(2_500)),
            ("novecentonovantanovemilanovecentonovantanove", Some(999_999)),
            ("ottocentomila", Some(800_000)),
            ("ventinovemila", Some(29_000)),
            ("centouno", Some(101)),
            ("centotre", Some(103)),
            ("millemille", None),
            ("centro", None),
        ] {
            assert_eq!(words.compound_number(word), number, "{word}");
        }
        assert_eq!(words.compound_number(&"cent".repeat(10_000)), None, "bounded");
    }

    #[test]
    fn days_that_a_month_does_not_have() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a day");
        let today = day(2026, 10, 8);
        assert_eq!(coming(today, 2, 30), None);
        assert_eq!(coming(today, 11, 31), None);
        assert_eq!(coming(today, 2, 29), None, "2027 has none");
        assert_eq!(coming(day(2027, 10, 8), 2, 29), Some(day(2028, 2, 29)));
        assert_eq!(coming(today, 2, 28), Some(day(2027, 2, 28)));
        assert_eq!(coming(today, 9, 20), Some(day(2026, 9, 20)));
        assert_eq!(coming(today, 13, 1), None);
    }

    #[test]
    fn weeks_by_number() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a day");
        let resolve = |said: &[&str], today| words().resolve(DateMeaning::WeekNumber, said, today);
        assert_eq!(resolve(&["kw", "48"], day(2026, 11, 10)), Some(day(2026, 11, 27)));
        assert_eq!(resolve(&["kw48"], day(2026, 11, 10)), Some(day(2026, 11, 27)));
        assert_eq!(resolve(&["kw", "48/49"], day(2026, 11, 10)), Some(day(2026, 12, 4)));
        assert_eq!(resolve(&["kw", "2"], day(2026, 11, 10)), Some(day(2027, 1, 15)));
        assert_eq!(resolve(&["kw", "60"], day(2026, 11, 10)), None);
        assert_eq!(
            words().resolve(DateMeaning::InDays, &["10-14", "tage"], day(2026, 11, 10)),
            Some(day(2026, 11, 24))
        );
    }
}
