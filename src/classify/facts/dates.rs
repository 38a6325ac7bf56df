//! Days named in the text, each with its place.

use super::super::calendar_words::{CalendarWords, coming, friday};
use super::super::compile::{Compiled, Phrase, Role};
use super::super::date_meaning::DateMeaning;
use super::super::feasts;
use super::super::intents::{Scanned, Time};
use super::super::sentences::Sentence;
use super::else_then::{goes_on, of_else};
use super::figures::{self, Written};
use super::relative;
use super::units::rules_out_a_day;
use crate::ledger::words::Language;
use chrono::{Datelike, Months, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// A day and the words that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct NamedDay {
    pub(in super::super) sentence: usize,
    pub(in super::super) from: usize,
    pub(in super::super) to: usize,
    /// As a day to come.
    pub(in super::super) ahead: NaiveDate,
    /// As a day that is past, for claims of payment.
    pub(in super::super) behind: NaiveDate,
    /// It belongs to a paper (invoice, mail, due date), is the day from which something is moved, or is denied.
    pub(in super::super) of_paper: bool,
    /// It is denied: "oggi non riesco".
    pub(in super::super) denied: bool,
    /// The words around it say what else happens then ("il 20 riapriamo", "wenn am 3. das Geld vom Bauherrn kommt").
    pub(in super::super) of_else: bool,
    /// A payment term ("45 jours fin de mois"): a day only where it is asked for, else it counts from the invoice.
    pub(in super::super) term: bool,
    /// It comes again each month, in a plan.
    pub(in super::super) every: bool,
}

impl NamedDay {
    /// A day without its year that, as one to come, would be most of a year away: the last one of its name is meant.
    pub(in super::super) fn is_rather_past(&self, today: NaiveDate) -> bool {
        self.behind < today && (self.ahead - today).num_days() > NEXT_YEAR
    }
}

/// So many days ahead nobody names a day without its year.
const NEXT_YEAR: i64 = 270;

/// The days of a text.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Days {
    /// All of them, in order.
    pub(in super::super) named: Vec<NamedDay>,
    /// Sentences with a day that no calendar has ("30 febbraio", a Friday that is a Thursday), those of papers left out.
    pub(in super::super) impossible: BTreeSet<usize>,
}

/// Reads them.
pub(in super::super) fn read(compiled: &Compiled, scanned: &[Scanned], day: NaiveDate) -> Days {
    let mut days = Days::default();
    for (index, scanned) in scanned.iter().enumerate() {
        let found = candidates(compiled, scanned, day);
        if found.iter().any(|candidate| candidate.day.is_none() && !of_paper(scanned, candidate.from)) {
            days.impossible.insert(index);
        }
        for candidate in found {
            let Some((ahead, behind)) = candidate.day else { continue };
            let before = days.named.last().filter(|before| before.sentence == index && before.of_else);
            let goes_on = before.is_some_and(|before| goes_on(scanned, before, candidate.from));
            let denied = denied(scanned, candidate.from, candidate.to);
            days.named.push(NamedDay {
                sentence: index,
                from: candidate.from,
                to: candidate.to,
                ahead,
                behind,
                of_paper: of_paper(scanned, candidate.from) || denied,
                denied,
                of_else: goes_on || of_else(scanned, candidate.from, candidate.to),
                term: candidate.term,
                every: candidate.every,
            });
        }
    }
    days
}

/// The days of a sentence, each word in one of them at most.
fn candidates(compiled: &Compiled, scanned: &Scanned, day: NaiveDate) -> Vec<Candidate> {
    let place = Place::of(compiled, scanned, day);
    let mut found: Vec<Candidate> = (0..scanned.sentence.tokens.len()).filter_map(|at| place.explicit(at)).collect();
    found.extend(phrases(compiled, &place));
    // The clearest wins where several overlap: a written date, then the phrase that reaches further ("entro la settimana"
    // and "settimana prossima"), then the longer one.
    found.sort_by_key(|candidate| (!candidate.explicit, std::cmp::Reverse(candidate.to), candidate.from));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in found {
        if kept.iter().all(|other| candidate.to <= other.from || other.to <= candidate.from) {
            kept.push(candidate);
        }
    }
    kept.sort_by_key(|candidate| candidate.from);
    let starts: Vec<usize> = kept.iter().map(|candidate| candidate.from).collect();
    kept.retain(|candidate| {
        !(candidate.weekday && starts.iter().any(|start| *start == candidate.to || *start == candidate.to + 1))
    });
    relative::add(compiled, scanned, &mut kept, day);
    kept
}

/// Sentences in which every day lies beyond doubt on one side of the writer's.
pub(in super::super) fn times(days: &[NamedDay], today: NaiveDate) -> BTreeMap<usize, Time> {
    let mut sides: BTreeMap<usize, BTreeSet<Option<bool>>> = BTreeMap::new();
    for day in days.iter().filter(|day| !day.of_paper) {
        let side = (day.ahead == day.behind && day.ahead != today).then_some(day.ahead > today);
        sides.entry(day.sentence).or_default().insert(side);
    }
    let time = |sides: &BTreeSet<Option<bool>>| match sides.iter().collect::<Vec<_>>().as_slice() {
        [Some(true)] => Some(Time::Ahead),
        [Some(false)] => Some(Time::Past),
        _ => None,
    };
    sides.iter().filter_map(|(sentence, sides)| Some((*sentence, time(sides)?))).collect()
}

#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) from: usize,
    pub(super) to: usize,
    /// As a day to come and as a past one; `None` where no calendar has it.
    pub(super) day: Option<(NaiveDate, NaiveDate)>,
    explicit: bool,
    weekday: bool,
    term: bool,
    every: bool,
}

impl Candidate {
    pub(super) const fn new(from: usize, to: usize, day: Option<(NaiveDate, NaiveDate)>) -> Self {
        Self { from, to, day, explicit: false, weekday: false, term: false, every: false }
    }

    const fn written(from: usize, to: usize, day: Option<(NaiveDate, NaiveDate)>) -> Self {
        Self { explicit: true, ..Self::new(from, to, day) }
    }
}

fn of_paper(scanned: &Scanned, from: usize) -> bool {
    let ends_here =
        |phrase: Phrase| scanned.phrases(phrase).any(|hit| hit.to == from || hit.to == from + 1 && hit.from < from);
    (ends_here(Phrase::PaperDate) || ends_here(Phrase::OldDate)) && !ends_here(Phrase::OnDueDay)
}

/// "Oggi non riesco", "not today", "pas lundi": the day on which it will not be.
fn denied(scanned: &Scanned, from: usize, to: usize) -> bool {
    let sentence = &scanned.sentence;
    let same_part = |at: usize| sentence.tokens.get(at).is_some_and(|token| !token.after_break);
    let says_no = |at: usize| {
        let no = sentence.word(at).and_then(|word| NOT.iter().find(|(denial, _)| *denial == word));
        no.is_some_and(|(_, language)| scanned.heard.contains(language))
    };
    same_part(to) && says_no(to) || from.checked_sub(1).is_some_and(|before| same_part(from) && says_no(before))
}

/// Only the plain "not": "sans faute", "sin falta" behind a day make it surer.
const NOT: &[(&str, Language)] = &[
    ("non", Language::Italian),
    ("nn", Language::Italian),
    ("not", Language::English),
    ("nicht", Language::German),
    ("pas", Language::French),
    ("ne", Language::French),
    ("n", Language::French),
    ("no", Language::Spanish),
];

fn phrases(compiled: &Compiled, place: &Place<'_>) -> Vec<Candidate> {
    use DateMeaning as M;
    let (scanned, day) = (place.scanned, place.today);
    let mut found = Vec::new();
    for (role, hit) in &scanned.hits {
        let Role::Date(meaning) = role else { continue };
        let language = compiled.languages.get(hit.pattern);
        let Some(calendar) = language.and_then(|language| compiled.calendars.get(language)) else { continue };
        let words: Vec<&str> = (hit.from..hit.to).filter_map(|index| scanned.sentence.word(index)).collect();
        let bare_number = matches!(
            meaning,
            M::NamedDay
                | M::NamedDayNext
                | M::NamedDayThisMonth
                | M::NamedDayNextMonth
                | M::NamedDayLast
                | M::EveryMonthDay
        );
        if bare_number && (!day_number_stands(&scanned.sentence, hit.from, hit.to)) {
            continue;
        }
        // "Sabato 21, giorno in cui": no twenty-one days.
        let counted = matches!(meaning, M::InDays | M::InWorkingDays | M::InHours | M::InWeeks | M::InMonths);
        let broken = |at: usize| scanned.sentence.tokens.get(at).is_some_and(|token| token.after_break);
        if counted && (hit.from + 1..hit.to).any(broken) || is_some_day(*meaning, &words) {
            continue;
        }
        if *meaning == M::WeekOf {
            found.extend(place.week_of(hit.from, hit.to));
            continue;
        }
        if *meaning == M::Weekday
            && let Some(candidate) = place.numbered_weekday(calendar, hit.from, hit.to)
        {
            found.push(candidate);
            continue;
        }
        let weekday = words.iter().find_map(|word| calendar.weekday(word));
        if let (M::NamedDay, Some(weekday), Some(number)) = (meaning, weekday, in_figures(&words)) {
            found.push(Candidate::new(hit.from, hit.to, on_weekday(number, weekday, day)));
            continue;
        }
        if let Some(year) = place.year_behind(hit.to).filter(|_| of_named_month(*meaning)) {
            let (year, to) = year;
            let date = NaiveDate::from_ymd_opt(year, 1, 1).and_then(|first| calendar.resolve(*meaning, &words, first));
            if let Some(date) = date.and_then(|date| date.with_year(year)) {
                found.push(Candidate::new(hit.from, to, Some((date, date))));
            }
            continue;
        }
        let Some(ahead) = calendar.resolve(*meaning, &words, day) else {
            // "Il 31 c.m." in November.
            if matches!(meaning, M::NamedDayThisMonth | M::NamedDayNextMonth) && in_figures(&words).is_some() {
                found.push(Candidate::new(hit.from, hit.to, None));
            }
            continue;
        };
        // "Dopo San Martino", "the weeks before Easter": the feast alone is no day.
        if feasts::day_of(*meaning, day).is_some() && !place.led_to_a_feast(hit.from, hit.to) {
            continue;
        }
        let past = match meaning {
            M::NamedDay => M::NamedDayLast,
            M::Weekday => M::LastWeekday,
            other => *other,
        };
        let behind = match calendar.resolve(past, &words, day) {
            // "Il 5" written on the 5th is today.
            Some(_) if *meaning == M::NamedDay && ahead == day => day,
            Some(behind) => behind,
            None => ahead,
        };
        found.push(Candidate {
            weekday: *meaning == M::Weekday,
            term: *meaning == M::InDaysEndOfMonth,
            every: matches!(meaning, M::EveryMonthEnd | M::EveryMonthDay),
            ..Candidate::new(hit.from, hit.to, Some((ahead, behind)))
        });
    }
    found
}

/// "Einen Tag nenne ich nicht", "nicht un giorno di più": no day from now on.
fn is_some_day(meaning: DateMeaning, words: &[&str]) -> bool {
    const ARTICLES: &[&str] = &["un", "uno", "una", "ein", "einen", "eine", "a", "one", "une"];
    meaning == DateMeaning::InDays && words.len() == 2 && words.first().is_some_and(|word| ARTICLES.contains(word))
}

const fn of_named_month(meaning: DateMeaning) -> bool {
    use DateMeaning as M;
    matches!(
        meaning,
        M::EndOfNamedMonth
            | M::MiddleOfNamedMonth
            | M::StartOfNamedMonth
            | M::FirstDecadeOfNamedMonth
            | M::SecondDecadeOfNamedMonth
    )
}

fn in_figures(words: &[&str]) -> Option<u32> {
    words.iter().find_map(|word| word.parse().ok())
}

/// "Venerdì 16": the day of that number in this month or the next that is such a weekday, and the last one that was.
fn on_weekday(number: u32, weekday: Weekday, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let first = today.with_day(1)?;
    let in_month = |month: Option<NaiveDate>| {
        month.and_then(|month| month.with_day(number)).filter(|date| date.weekday() == weekday)
    };
    let ahead = (0..=1).filter_map(|n| in_month(first.checked_add_months(Months::new(n)))).find(|date| *date >= today);
    let behind = (0..=1).filter_map(|n| in_month(first.checked_sub_months(Months::new(n)))).find(|date| *date <= today);
    ahead.or(behind).zip(behind.or(ahead))
}

/// Between a weekday and its number.
const BEFORE_NUMBER: &[&str] = &["the", "den", "dem", "le", "el", "il", "dia", "giorno"];

/// Before a feast that is a day to pay by.
const UNTIL_A_FEAST: &[&str] =
    &["entro", "per", "by", "until", "till", "bis", "zu", "spatestens", "spaetestens", "pour", "ici", "para", "hasta"];

/// A sentence and what is needed to read a day in it.
struct Place<'a> {
    scanned: &'a Scanned,
    sentence: &'a Sentence,
    calendars: Vec<&'a CalendarWords>,
    /// Only English is heard.
    english: bool,
    today: NaiveDate,
}

impl<'a> Place<'a> {
    fn of(compiled: &'a Compiled, scanned: &'a Scanned, today: NaiveDate) -> Self {
        let calendars = scanned.heard.iter().filter_map(|language| compiled.calendars.get(language)).collect();
        let english = scanned.heard == [Language::English];
        Self { scanned, sentence: &scanned.sentence, calendars, english, today }
    }

    fn weekday(&self, at: usize) -> Option<Weekday> {
        let word = self.sentence.word(at)?;
        self.calendars.iter().find_map(|calendar| calendar.weekday(word))
    }

    /// "Entro l'Immacolata", "by Easter".
    fn led_to_a_feast(&self, from: usize, to: usize) -> bool {
        let mut words = (from.saturating_sub(2)..to).filter_map(|at| self.sentence.word(at));
        words.any(|word| UNTIL_A_FEAST.contains(&word))
    }

    /// "Venerdì 27", "Friday 27", "Freitag den 27.": the number says which.
    fn numbered_weekday(&self, calendar: &CalendarWords, from: usize, to: usize) -> Option<Candidate> {
        let sentence = self.sentence;
        let figure = |at: &usize| sentence.tokens.get(*at).is_some_and(super::super::sentences::Token::is_number);
        let behind = || {
            let led = sentence.word(to).is_some_and(|word| BEFORE_NUMBER.contains(&word));
            let at = if led { to + 1 } else { to };
            let joined = sentence.tokens.get(at).is_some_and(|token| !token.after_break);
            (figure(&at) && joined).then_some(at)
        };
        let at = (from..to).find(figure).or_else(behind)?;
        let month = sentence.word(at + 1).is_some_and(|next| calendar.month(next).is_some());
        if month || !day_number_stands(sentence, at, at + 1) {
            return None;
        }
        let number = sentence.word(at)?.parse().ok()?;
        let weekday = (from..to).find_map(|at| calendar.weekday(sentence.word(at)?))?;
        Some(Candidate::new(from, to.max(at + 1), on_weekday(number, weekday, self.today)))
    }

    /// The year that is said of the day or month before it, and where its words end.
    fn year_behind(&self, at: usize) -> Option<(i32, usize)> {
        let linked = usize::from(matches!(self.sentence.word(at), Some("de" | "del")));
        if let Some(year) = self.sentence.word(at + linked).and_then(year) {
            return Some((year, at + linked + 1));
        }
        self.scanned.hits.iter().filter(|(_, hit)| hit.from == at).find_map(|(role, hit)| match role {
            Role::Date(DateMeaning::OfNextYear) => Some((self.today.year() + 1, hit.to)),
            Role::Date(DateMeaning::OfThisYear) => Some((self.today.year(), hit.to)),
            _ => None,
        })
    }

    /// Friday of the week in which the day lies that is named right here.
    fn week_of(&self, from: usize, to: usize) -> Option<Candidate> {
        let leads = |at: &usize| {
            self.weekday(*at).is_some() || self.sentence.word(*at).is_some_and(|word| BEFORE_NUMBER.contains(&word))
        };
        let at = (to..to + 3).find(|at| !leads(at))?;
        if let Some(written) = self.explicit(at) {
            let day =
                written.day.and_then(|(ahead, behind)| Some((self.end_of_week(ahead)?, self.end_of_week(behind)?)));
            return Some(Candidate::written(from, written.to, day));
        }
        if !day_number_stands(self.sentence, at, at + 1) {
            return None;
        }
        let number = self.sentence.word(at)?.parse::<u32>().ok()?;
        let first = self.today.with_day(1)?;
        let ends = |month: Option<NaiveDate>| self.end_of_week(month?.with_day(number)?);
        let ahead =
            (0..=2).filter_map(|n| ends(first.checked_add_months(Months::new(n)))).find(|end| *end >= self.today)?;
        let past = (0..=2).filter_map(|n| ends(first.checked_sub_months(Months::new(n)))).find(|end| *end < self.today);
        Some(Candidate::written(from, at + 1, Some((ahead, past.unwrap_or(ahead)))))
    }

    /// A week that begins on a Sunday, as in English, ends on the Friday after it.
    fn end_of_week(&self, day: NaiveDate) -> Option<NaiveDate> {
        let sunday = self.english && day.weekday() == Weekday::Sun;
        friday(if sunday { day.succ_opt()? } else { day })
    }

    /// The weekday right before a date: "venerdì 16 ottobre", "Freitag, den 16.10.", "Friday the 16th of October".
    fn weekday_before(&self, at: usize) -> Option<Weekday> {
        let before = at.checked_sub(1)?;
        let led = self.sentence.word(before).is_some_and(|word| BEFORE_NUMBER.contains(&word));
        self.weekday(if led { before.checked_sub(1)? } else { before })
    }

    /// A date as it was written: a weekday beside it must fit. The last one counts where the coming one is most of a year
    /// away and the words speak of the past.
    fn placed(&self, date: NaiveDate, yearless: bool, weekday: Option<Weekday>) -> Option<(NaiveDate, NaiveDate)> {
        let fits = |date: &NaiveDate| weekday.is_none_or(|weekday| date.weekday() == weekday);
        let far = yearless && (date - self.today).num_days() > FAR;
        let earlier = if far { date.with_year(date.year() - 1).filter(fits) } else { None };
        let date = Some(date).filter(fits);
        date.or(earlier).zip(earlier.or(date))
    }

    /// A date written with figures or with a month's name, beginning at this word.
    fn explicit(&self, at: usize) -> Option<Candidate> {
        let sentence = self.sentence;
        let named_month = |word: &str| self.calendars.iter().find_map(|calendar| calendar.month(word));
        let token = sentence.tokens.get(at)?;
        if token.is_number() {
            let before = at.checked_sub(1).and_then(|index| sentence.word(index)).unwrap_or_default();
            let weekday = self.weekday_before(at);
            let led = figures::Led { before, weekday: weekday.is_some(), english: self.english };
            let after = sentence.word(at + 1).unwrap_or_default();
            if let Some(written) = figures::read(&token.word, &led, after, self.today) {
                let day = match written {
                    Written::Whole(date) => self.placed(date, false, weekday),
                    Written::Yearless(date) => match self.year_behind(at + 1) {
                        Some((year, to)) => {
                            let day = date.with_year(year).and_then(|date| self.placed(date, false, weekday));
                            return Some(Candidate::written(at, to, day));
                        }
                        None => self.placed(date, true, weekday),
                    },
                    Written::Impossible => None,
                };
                return Some(Candidate::written(at, at + 1, day));
            }
            // "15. 12. 2026".
            let figure =
                |at: usize| sentence.word(at).filter(|word| word.len() <= 2).and_then(|word| word.parse().ok());
            if let (Some(day), Some(month), Some(year)) =
                (figure(at), figure(at + 1), sentence.word(at + 2).and_then(year))
            {
                let date = NaiveDate::from_ymd_opt(year, month, day)?;
                return Some(Candidate::written(at, at + 3, self.placed(date, false, weekday)));
            }
            // "10-15 dicembre", "15 dicembre 2026", "15th of December".
            let day = token.word.rsplit(['-', '/']).next()?.parse::<u32>().ok()?;
            let mut next = at + 1;
            while sentence.word(next).is_some_and(|word| BEFORE_MONTH.contains(&word)) {
                next += 1;
            }
            let month = named_month(sentence.word(next)?)?;
            return self.of_month(at, next + 1, month, day, weekday);
        }
        let month = named_month(&token.word)?;
        // "December 15", "Dec 15th, 2026". "Mar 13" is a Tuesday where Italian is heard.
        if self.weekday(at).is_some() {
            return None;
        }
        let weekday = self.weekday_before(at);
        let day = sentence.word(at + 1)?.parse::<u32>().ok()?;
        let mut next = at + 2;
        while sentence.word(next).is_some_and(|word| matches!(word, "th" | "st" | "nd" | "rd")) {
            next += 1;
        }
        self.of_month(at, next, month, day, weekday)
    }

    /// A day and the name of its month, which end here; a year may follow.
    fn of_month(&self, from: usize, to: usize, month: u32, day: u32, weekday: Option<Weekday>) -> Option<Candidate> {
        if !(1..=31).contains(&day) {
            return None;
        }
        let (date, yearless, to) = match self.year_behind(to) {
            Some((year, to)) => (NaiveDate::from_ymd_opt(year, month, day), false, to),
            None => (coming(self.today, month, day), true, to),
        };
        Some(Candidate::written(from, to, date.and_then(|date| self.placed(date, yearless, weekday))))
    }
}

/// A day so far ahead may as well be the last one of its name.
const FAR: i64 = 180;

/// "il 15" is a day; "il 10 percento", "15 euro", "le 10 fatture" are not.
fn day_number_stands(sentence: &Sentence, from: usize, to: usize) -> bool {
    let plain = (from..to)
        .filter_map(|index| sentence.word(index))
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .all(|word| word.parse::<u32>().is_ok_and(|n| (1..=31).contains(&n)));
    let joined = sentence.tokens.get(to).is_some_and(|token| !token.after_break);
    let unit = joined && sentence.word(to).is_some_and(rules_out_a_day);
    plain && !unit
}

/// Between the number of a day and its month.
const BEFORE_MONTH: &[&str] = &[
    "th", "st", "nd", "rd", "of", "di", "er", "de", "del", "°", "ten", "ter", "des", "du", "mes", "mese", "mois",
    "monats", "month", "the", "d",
];

fn year(word: &str) -> Option<i32> {
    word.parse::<i32>().ok().filter(|year| (2000..2100).contains(year))
}
