//! Days that come each month: what a plan in parts says of its days beside naming them, and the day on which somebody always
//! pays.

use super::super::calendar_words::{day_number, end_of};
use super::super::compile::{Compiled, Phrase, Role};
use super::super::date_meaning::DateMeaning;
use super::super::intents::Scanned;
use super::dates::NamedDay;
use chrono::{Datelike, Months, NaiveDate};

/// What a plan in parts says of its days beside naming them.
#[derive(Debug, Clone, Copy, Default)]
pub(in super::super) struct Recurrence {
    every: Option<Every>,
    /// The month of the first part.
    first: Option<u32>,
}

/// The day of the month on which the writer says that they always pay: "paghiamo sempre il 10"; 31 for its end. Two days
/// are no habit that anybody could set.
pub(in super::super) fn pay_habit(scanned: &[Scanned]) -> Option<u32> {
    let mut days = std::collections::BTreeSet::new();
    for scanned in scanned.iter().filter(|scanned| !scanned.sentence.question) {
        for hit in scanned.phrases(Phrase::PayHabit) {
            let mut numbers = (hit.from..hit.to).filter_map(|index| scanned.sentence.word(index)?.parse::<u32>().ok());
            days.extend(numbers.next_back().filter(|day| (1..=31).contains(day)));
        }
        days.extend(scanned.phrases(Phrase::PayHabitEnd).next().map(|_| 31));
    }
    match days.len() {
        1 => days.first().copied(),
        _ => None,
    }
}

/// Is the day that is promised or asked for named in no other words than those of the habit? "Paghiamo sempre il 10" promises
/// nothing, "paghiamo sempre il 10, quindi il 10 dicembre" does.
pub(in super::super) fn is_only_a_habit(scanned: &[Scanned], days: &[NamedDay], promised: NaiveDate) -> bool {
    let mut named = days.iter().filter(|day| day.ahead == promised).peekable();
    named.peek().is_some() && named.all(|day| scanned.get(day.sentence).is_some_and(|scanned| of_habit(scanned, day)))
}

/// Do the words of a habit name this day? Where they reach over a second day only the first is the habit's.
fn of_habit(scanned: &Scanned, day: &NamedDay) -> bool {
    let is_number = |index: usize| scanned.sentence.word(index).is_some_and(|word| word.parse::<u32>().is_ok());
    let by_number = scanned.phrases(Phrase::PayHabit).filter_map(|hit| (hit.from..hit.to).find(|at| is_number(*at)));
    let at_the_end = scanned.phrases(Phrase::PayHabitEnd).filter_map(|hit| hit.to.checked_sub(1));
    let named = by_number.chain(at_the_end).min();
    named.is_some_and(|at| (day.from..day.to).contains(&at)) && !scanned.sentence.question
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Every {
    MonthEnd,
    Day(u32),
    Month,
}

impl Recurrence {
    /// Something is said of each month.
    pub(super) const fn is_monthly(self) -> bool {
        self.every.is_some()
    }

    pub(super) fn of(compiled: &Compiled, scanned: &[Scanned]) -> Self {
        let mut found = Self::default();
        for scanned in scanned {
            for (role, hit) in &scanned.hits {
                let Role::Date(meaning) = role else { continue };
                let Some(calendar) = compiled.languages.get(hit.pattern).and_then(|of| compiled.calendars.get(of))
                else {
                    continue;
                };
                let mut words = (hit.from..hit.to).filter_map(|index| scanned.sentence.word(index));
                match meaning {
                    DateMeaning::EveryMonthEnd => found.every = Some(Every::MonthEnd),
                    DateMeaning::EveryMonthDay => {
                        found.every = words.filter_map(|word| calendar.number(word)).max().map(Every::Day);
                    }
                    DateMeaning::EveryMonth => found.every = found.every.or(Some(Every::Month)),
                    DateMeaning::FromNamedMonth => found.first = words.find_map(|word| calendar.month(word)),
                    _ => {}
                }
            }
        }
        found
    }

    /// The days of so many parts; `start` is the only day that is named.
    pub(super) fn days(self, parts: usize, start: Option<NaiveDate>, today: NaiveDate) -> Option<Vec<NaiveDate>> {
        let month = self.first.and_then(|month| {
            let year = today.year() + i32::from(month < today.month());
            NaiveDate::from_ymd_opt(year, month, 1)
        });
        let opens = month.or_else(|| start?.with_day(1)).or_else(|| today.with_day(1))?;
        let months = (0..u32::try_from(parts).ok()?).map(|n| opens.checked_add_months(Months::new(n)));
        let end = |month: NaiveDate| end_of(month.year(), month.month());
        // "A fine mese da novembre".
        let last_of_month = self.first.is_some() && start.is_some_and(|start| end(start) == Some(start));
        match self.every.or(last_of_month.then_some(Every::MonthEnd))? {
            Every::MonthEnd => months.map(|month| end(month?)).collect(),
            Every::Day(number) => {
                let first = if month.is_some() {
                    opens.pred_opt()?
                } else {
                    start.map_or(today, |start| start.pred_opt().unwrap_or(start))
                };
                let first = day_number(first, number, month.is_some() || start.is_some())?;
                let opens = first.with_day(1)?;
                let months = (0..u32::try_from(parts).ok()?).map(|n| opens.checked_add_months(Months::new(n)));
                months.map(|month| month.and_then(|month| month.with_day(number).or_else(|| end(month)))).collect()
            }
            Every::Month => {
                let start = start?;
                let last_of_month = end(start) == Some(start);
                let nth = |month: Option<NaiveDate>| {
                    let month = month?;
                    if last_of_month { end(month) } else { month.with_day(start.day()).or_else(|| end(month)) }
                };
                months.map(nth).collect()
            }
        }
    }
}
