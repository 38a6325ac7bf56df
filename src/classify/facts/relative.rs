//! Days said by their distance from another one: "the day after the 19th", "am Tag darauf", "martedì dopo Pasqua".

use super::super::calendar_words::end_of;
use super::super::compile::{Compiled, Role};
use super::super::date_meaning::DateMeaning;
use super::super::feasts;
use super::super::intents::Scanned;
use super::super::matcher::Hit;
use super::super::sentences::Token;
use super::dates::Candidate;
use chrono::{Datelike, NaiveDate, Weekday};

/// So many words at most part "the day after" from the day that it counts from.
const APART: usize = 2;

/// Adds them to the days found so far, in place of those that their words overlap. A weekday after something that no
/// calendar has ("am Dienstag nach der Messe") is no day that anybody but the writer knows.
pub(super) fn add(compiled: &Compiled, scanned: &Scanned, found: &mut Vec<Candidate>, today: NaiveDate) {
    add_months(compiled, scanned, found);
    for (role, hit) in &scanned.hits {
        let step = match role {
            Role::Date(DateMeaning::NextDay) => Step::Day,
            Role::Date(DateMeaning::WeekdayAfter) if !of_the_clock(scanned, hit.to) => {
                match weekday(compiled, scanned, *hit) {
                    Some(weekday) => Step::Weekday(weekday),
                    None => continue,
                }
            }
            _ => continue,
        };
        let anchor = feast_behind(scanned, hit.to, today).or_else(|| day_behind(found, hit.to));
        let anchor = anchor.or_else(|| if step == Step::Day { day_before(found, *hit) } else { None });
        let to = anchor.map_or(hit.to, |(_, to)| to.max(hit.to));
        // "The day after tomorrow" says it all itself.
        if step == Step::Day && found.iter().any(|other| other.from <= hit.from && hit.to <= other.to) {
            continue;
        }
        if step == Step::Day && anchor.is_none() {
            continue;
        }
        found.retain(|other| other.to <= hit.from || to <= other.from);
        if let Some(((ahead, behind), _)) = anchor {
            let day = step.from(ahead).zip(step.from(behind));
            found.push(Candidate::new(hit.from, to, day));
        }
    }
    found.sort_by_key(|candidate| candidate.from);
}

/// "End of November, December and January": the same day of each month that is only named behind.
fn add_months(compiled: &Compiled, scanned: &Scanned, found: &mut Vec<Candidate>) {
    let calendars: Vec<_> = scanned.heard.iter().filter_map(|language| compiled.calendars.get(language)).collect();
    let month = |at: usize| {
        let word = scanned.sentence.word(at).filter(|word| word.len() > 3)?;
        calendars.iter().find_map(|calendar| calendar.month(word))
    };
    let figure = |at: usize| scanned.sentence.tokens.get(at).is_some_and(Token::is_number);
    let mut more = Vec::new();
    for first in found.iter().filter(|first| first.to > first.from && month(first.to - 1).is_some()) {
        let Some((mut day, _)) = first.day else { continue };
        let last_of_month = end_of(day.year(), day.month()) == Some(day);
        let mut to = first.to;
        loop {
            let linked = scanned.sentence.word(to).is_some_and(|word| AND.contains(&word));
            let at = to + usize::from(linked);
            let joined = linked || scanned.sentence.tokens.get(at).is_some_and(|token| token.after_break);
            let Some(named) = month(at).filter(|_| joined && !figure(at + 1)) else { break };
            let year = day.year() + i32::from(named < day.month());
            let number = if last_of_month { None } else { NaiveDate::from_ymd_opt(year, named, day.day()) };
            let Some(next) = number.or_else(|| end_of(year, named)) else { break };
            more.push(Candidate::new(at, at + 1, Some((next, next))));
            (day, to) = (next, at + 1);
        }
    }
    more.retain(|new| found.iter().all(|other| other.to <= new.from || new.to <= other.from));
    found.extend(more);
}

const AND: &[&str] = &["e", "ed", "and", "und", "et", "y"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Day,
    Weekday(Weekday),
}

impl Step {
    fn from(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => day.succ_opt(),
            Self::Weekday(weekday) => day.iter_days().skip(1).take(7).find(|day| day.weekday() == weekday),
        }
    }
}

type Anchor = ((NaiveDate, NaiveDate), usize);

fn weekday(compiled: &Compiled, scanned: &Scanned, hit: Hit) -> Option<Weekday> {
    let calendar = compiled.calendars.get(compiled.languages.get(hit.pattern)?)?;
    (hit.from..hit.to).find_map(|at| calendar.weekday(scanned.sentence.word(at)?))
}

fn feast_behind(scanned: &Scanned, from: usize, today: NaiveDate) -> Option<Anchor> {
    let near = |hit: &Hit| (from..=from + APART).contains(&hit.from);
    scanned.hits.iter().filter(|(_, hit)| near(hit)).find_map(|(role, hit)| match role {
        Role::Date(meaning) => feasts::day_of(*meaning, today).map(|day| ((day, day), hit.to)),
        _ => None,
    })
}

fn day_behind(found: &[Candidate], from: usize) -> Option<Anchor> {
    let near = found.iter().find(|other| (from..=from + APART).contains(&other.from));
    near.and_then(|other| Some((other.day?, other.to)))
}

fn day_before(found: &[Candidate], hit: Hit) -> Option<Anchor> {
    let before = found.iter().rev().find(|other| other.to <= hit.from);
    before.and_then(|other| Some((other.day?, hit.to)))
}

/// "Friday after lunch", "lunedì dopo le 15": later on that day.
fn of_the_clock(scanned: &Scanned, at: usize) -> bool {
    let word = |at: usize| scanned.sentence.word(at).unwrap_or_default();
    let article = matches!(word(at), "le" | "las" | "der" | "dem" | "the" | "il" | "la" | "el");
    let named = |word: &str| CLOCK.contains(&word) || word.starts_with(|c: char| c.is_ascii_digit());
    named(word(at)) || article && named(word(at + 1))
}

const CLOCK: &[&str] = &[
    "lunch",
    "work",
    "noon",
    "dinner",
    "school",
    "closing",
    "hours",
    "pranzo",
    "cena",
    "lavoro",
    "mezzogiorno",
    "chiusura",
    "mittag",
    "feierabend",
    "dienstschluss",
    "arbeit",
    "mittagspause",
    "midi",
    "manger",
    "travail",
    "comer",
    "trabajo",
    "mediodia",
    "comida",
    "clase",
];
