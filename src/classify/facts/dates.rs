//! Days named in the text, each with its place.

use super::super::calendar_words::{CalendarWords, DateMeaning, coming};
use super::super::compile::{Compiled, Phrase, Role};
use super::super::intents::{Scanned, Time};
use super::super::sentences::Sentence;
use super::figures;
use crate::ledger::words::Language;
use chrono::NaiveDate;
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
    /// A payment term ("45 jours fin de mois"): a day only where it is asked for, else it counts from the invoice.
    pub(in super::super) term: bool,
}

/// All days in the text, in order.
pub(in super::super) fn read(compiled: &Compiled, scanned: &[Scanned], day: NaiveDate) -> Vec<NamedDay> {
    let mut days = Vec::new();
    for (index, scanned) in scanned.iter().enumerate() {
        let calendars: Vec<&CalendarWords> =
            scanned.heard.iter().filter_map(|language| compiled.calendars.get(language)).collect();
        let english = scanned.heard == [Language::English];
        let mut found: Vec<Candidate> = (0..scanned.sentence.tokens.len())
            .filter_map(|at| explicit(&calendars, &scanned.sentence, at, day, english))
            .collect();
        found.extend(phrases(compiled, scanned, day));
        // The clearest wins where several overlap: a written date, then the longer phrase.
        found.sort_by_key(|candidate| {
            (!candidate.explicit, std::cmp::Reverse(candidate.to - candidate.from), candidate.from)
        });
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
        days.extend(kept.into_iter().map(|candidate| NamedDay {
            sentence: index,
            from: candidate.from,
            to: candidate.to,
            ahead: candidate.ahead,
            behind: candidate.behind,
            of_paper: of_paper(scanned, candidate.from) || denied(scanned, candidate.from, candidate.to),
            term: candidate.term,
        }));
    }
    days
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
struct Candidate {
    from: usize,
    to: usize,
    ahead: NaiveDate,
    behind: NaiveDate,
    explicit: bool,
    weekday: bool,
    term: bool,
}

fn of_paper(scanned: &Scanned, from: usize) -> bool {
    let ends_here =
        |phrase: Phrase| scanned.phrases(phrase).any(|hit| hit.to == from || hit.to == from + 1 && hit.from < from);
    ends_here(Phrase::PaperDate) || ends_here(Phrase::OldDate)
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

fn phrases(compiled: &Compiled, scanned: &Scanned, day: NaiveDate) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (role, hit) in &scanned.hits {
        let Role::Date(meaning) = role else { continue };
        let language = compiled.languages.get(hit.pattern);
        let Some(calendar) = language.and_then(|language| compiled.calendars.get(language)) else { continue };
        let words: Vec<&str> = (hit.from..hit.to).filter_map(|index| scanned.sentence.word(index)).collect();
        let bare_number = matches!(
            meaning,
            DateMeaning::NamedDay
                | DateMeaning::NamedDayNext
                | DateMeaning::NamedDayThisMonth
                | DateMeaning::NamedDayNextMonth
                | DateMeaning::NamedDayLast
        );
        if bare_number && (!day_number_stands(&scanned.sentence, hit.from, hit.to)) {
            continue;
        }
        if matches!(meaning, DateMeaning::Weekday)
            && let Some(candidate) = numbered_weekday(calendar, &scanned.sentence, hit.from, hit.to, day)
        {
            found.push(candidate);
            continue;
        }
        let Some(ahead) = calendar.resolve(*meaning, &words, day) else { continue };
        let past = match meaning {
            DateMeaning::NamedDay => DateMeaning::NamedDayLast,
            DateMeaning::Weekday => DateMeaning::LastWeekday,
            other => *other,
        };
        let behind = match calendar.resolve(past, &words, day) {
            // "Il 5" written on the 5th is today.
            Some(_) if *meaning == DateMeaning::NamedDay && ahead == day => day,
            Some(behind) => behind,
            None => ahead,
        };
        found.push(Candidate {
            from: hit.from,
            to: hit.to,
            ahead,
            behind,
            explicit: false,
            weekday: matches!(meaning, DateMeaning::Weekday),
            term: matches!(meaning, DateMeaning::InDaysEndOfMonth),
        });
    }
    found
}

/// "Venerdì 27", "Friday 27", "Freitag den 27.": the number says which.
fn numbered_weekday(
    calendar: &CalendarWords,
    sentence: &Sentence,
    from: usize,
    to: usize,
    day: NaiveDate,
) -> Option<Candidate> {
    let at = if matches!(sentence.word(to), Some("the" | "den" | "dem" | "le" | "el" | "il")) { to + 1 } else { to };
    let number = sentence.word(at).filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let joined = sentence.tokens.get(at).is_some_and(|token| !token.after_break);
    let month = sentence.word(at + 1).is_some_and(|next| calendar.month(next).is_some());
    if !joined || month || !day_number_stands(sentence, at, at + 1) {
        return None;
    }
    let ahead = calendar.resolve(DateMeaning::NamedDay, &[number], day)?;
    let behind = calendar.resolve(DateMeaning::NamedDayLast, &[number], day).filter(|_| ahead != day);
    Some(Candidate {
        from,
        to: at + 1,
        ahead,
        behind: behind.unwrap_or(ahead),
        explicit: false,
        weekday: false,
        term: false,
    })
}

/// "il 15" is a day; "il 10 percento", "15 euro", "le 10 fatture" are not.
fn day_number_stands(sentence: &Sentence, from: usize, to: usize) -> bool {
    let plain = (from..to)
        .filter_map(|index| sentence.word(index))
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .all(|word| word.parse::<u32>().is_ok_and(|n| (1..=31).contains(&n)));
    let unit = sentence.word(to).is_some_and(|word| NOT_DAYS.contains(&word));
    plain && !unit
}

const NOT_DAYS: &[&str] = &[
    "eur",
    "euro",
    "euros",
    "gbp",
    "usd",
    "percento",
    "per",
    "gg",
    "giorni",
    "settimane",
    "mesi",
    "days",
    "weeks",
    "months",
    "rate",
    "fatture",
    "invoices",
    "k",
    "h",
    "ore",
    "hours",
    "volte",
    "times",
    "anni",
    "years",
    "working",
    "business",
    "lavorativi",
    "tage",
    "tagen",
    "wochen",
    "monate",
    "monaten",
    "stunden",
    "stuck",
    "stueck",
    "raten",
    "rechnungen",
    "prozent",
    "uhr",
    "chf",
    "franken",
    "mal",
    "jahre",
    "jahren",
    "werktage",
    "werktagen",
    "arbeitstage",
    "arbeitstagen",
    "mahnung",
    "rate",
    "quartal",
    "woche",
    "kw",
    "jours",
    "jour",
    "jrs",
    "j",
    "dias",
    "dia",
    "semaines",
    "semaine",
    "semanas",
    "mois",
    "meses",
    "ans",
    "annees",
    "anos",
    "fois",
    "veces",
    "plazos",
    "cuotas",
    "mensualites",
    "mensualidades",
    "echeances",
    "pour",
    "por",
    "heures",
    "horas",
    "factures",
    "facturas",
    "ouvres",
    "ouvrables",
    "habiles",
    "laborables",
    "chf",
    "francs",
    "unites",
    "unidades",
    "personnes",
    "personas",
];

/// A date written with figures or with a month's name, beginning at this word.
fn explicit(
    calendars: &[&CalendarWords],
    sentence: &Sentence,
    at: usize,
    today: NaiveDate,
    english: bool,
) -> Option<Candidate> {
    let named_month = |word: &str| calendars.iter().find_map(|calendar| calendar.month(word));
    let token = sentence.tokens.get(at)?;
    let before = at.checked_sub(1).and_then(|index| sentence.word(index)).unwrap_or_default();
    let given = |date: NaiveDate, to: usize| {
        Some(Candidate { from: at, to, ahead: date, behind: date, explicit: true, weekday: false, term: false })
    };
    if token.is_number() {
        let weekday = calendars.iter().any(|calendar| calendar.weekday(before).is_some());
        let led = figures::Led { before, weekday, english };
        if let Some(date) = figures::read(&token.word, &led, sentence.word(at + 1).unwrap_or_default(), today) {
            return given(date, at + 1);
        }
        // "15. 12. 2026".
        let figure = |at: usize| sentence.word(at).filter(|word| word.len() <= 2).and_then(|word| word.parse().ok());
        if let (Some(day), Some(month), Some(year)) = (figure(at), figure(at + 1), sentence.word(at + 2).and_then(year))
        {
            return given(dated(day, month, Some(year), today)?, at + 3);
        }
        // "10-15 dicembre", "15 dicembre 2026", "15th of December".
        let day = token.word.rsplit(['-', '/']).next()?.parse::<u32>().ok()?;
        let mut next = at + 1;
        while sentence.word(next).is_some_and(|word| BEFORE_MONTH.contains(&word)) {
            next += 1;
        }
        let month = named_month(sentence.word(next)?)?;
        let mut after = next + 1;
        // "15 de diciembre de 2026".
        if matches!(sentence.word(after), Some("de" | "del")) && sentence.word(after + 1).and_then(year).is_some() {
            after += 1;
        }
        let year = sentence.word(after).and_then(year);
        return given(dated(day, month, year, today)?, if year.is_some() { after + 1 } else { next + 1 });
    }
    // "December 15", "Dec 15th, 2026".
    let month = named_month(&token.word)?;
    let day = sentence.word(at + 1)?.parse::<u32>().ok()?;
    let mut next = at + 2;
    while sentence.word(next).is_some_and(|word| matches!(word, "th" | "st" | "nd" | "rd")) {
        next += 1;
    }
    let year = sentence.word(next).and_then(year);
    given(dated(day, month, year, today)?, next + usize::from(year.is_some()))
}

/// Between the number of a day and its month.
const BEFORE_MONTH: &[&str] = &["th", "st", "nd", "rd", "of", "di", "er", "de", "del", "°", "ten", "ter"];

fn year(word: &str) -> Option<i32> {
    word.parse::<i32>().ok().filter(|year| (2000..2100).contains(year))
}

fn dated(day: u32, month: u32, year: Option<i32>, today: NaiveDate) -> Option<NaiveDate> {
    match year {
        Some(year) => NaiveDate::from_ymd_opt(year, month, day),
        None => coming(today, month, day),
    }
}
