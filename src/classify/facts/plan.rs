//! A plan in parts: how many, when and how much.

use super::recurrence::Recurrence;
use super::{amounts, dates};
use crate::classify::compile::{Compiled, Phrase};
use crate::classify::intents::Scanned;
use crate::classify::matcher::Hit;
use crate::ledger::money::{Currency, Money};
use crate::ledger::reading::InstalmentFact;
use chrono::NaiveDate;

/// Into how many parts the writer wants to split, and the words that say so.
#[derive(Debug, Clone, Copy)]
struct Parts {
    count: usize,
    sentence: usize,
    from: usize,
    to: usize,
    /// "400 euro al mese per tre mesi": the amount is that of a part wherever it stands.
    months: bool,
}

fn parts(compiled: &Compiled, scanned: &[Scanned], monthly: bool) -> Option<Parts> {
    let found = |sentence: usize, count: u32, from: usize, to: usize, months: bool| {
        let count = usize::try_from(count).ok().filter(|_| (2..=AT_MOST).contains(&count))?;
        Some(Parts { count, sentence, from, to, months })
    };
    let told = scanned.iter().enumerate().find_map(|(index, scanned)| {
        let number = |hit: Hit| {
            let calendar = compiled.calendars.get(compiled.languages.get(hit.pattern)?)?;
            let words = (hit.from..hit.to).filter_map(|index| scanned.sentence.word(index));
            let number = words.filter_map(|word| calendar.number(word)).max().unwrap_or(2);
            found(index, number, hit.from, hit.to, false)
        };
        scanned.phrases(Phrase::Parts).find_map(number)
    });
    let named = |names: &'static [&'static str]| {
        scanned.iter().enumerate().find_map(|(index, scanned)| {
            let (count, from, to) = counted(compiled, scanned, names)?;
            found(index, count, from, to, names == MONTHS)
        })
    };
    told.or_else(|| named(PARTS)).or_else(|| named(MONTHS).filter(|_| monthly))
}

const AT_MOST: u32 = 24;

/// "3 rate", "drei gleiche Raten", "four equal monthly instalments": a number, at most two words, and a name.
fn counted(compiled: &Compiled, scanned: &Scanned, names: &[&str]) -> Option<(u32, usize, usize)> {
    let word = |at: usize| scanned.sentence.word(at);
    let named = |at: &usize| word(*at).is_some_and(|word| names.contains(&word));
    (0..scanned.sentence.tokens.len()).find_map(|at| {
        let mut calendars = scanned.heard.iter().filter_map(|language| compiled.calendars.get(language));
        let number = calendars.find_map(|calendar| calendar.number(word(at)?))?;
        let adjectives = |to: &usize| (at + 1..*to).all(|at| word(at).is_some_and(|word| word.len() > 4));
        let name = (at + 1..at + 4).find(named).filter(adjectives)?;
        (2..=AT_MOST).contains(&number).then_some((number, at, name + 1))
    })
}

/// In a plan with something each month, so many months are so many parts.
const MONTHS: &[&str] = &["mesi", "months", "monate", "monaten", "mois", "meses"];

/// An amount is that of a part: it stands right behind the parts ("tre rate da 400 euro", "trois fois 400 €") or is said to
/// be. "1.464 € in drei Raten" is the whole.
fn of_each(sum: &amounts::NamedAmount, parts: Parts, scanned: &[Scanned]) -> bool {
    let Some(scanned) = scanned.get(sum.sentence) else { return false };
    let near = sum.at.saturating_sub(2)..sum.at + 4;
    let said = near.into_iter().any(|at| scanned.sentence.word(at).is_some_and(|word| EACH.contains(&word)));
    let behind = sum.sentence == parts.sentence && sum.at >= parts.to && sum.at <= parts.to + BEHIND_AT_MOST;
    parts.months || said || behind
}

const BEHIND_AT_MOST: usize = 3;
const EACH: &[&str] = &[
    "ciascuna",
    "ciascuno",
    "cadauna",
    "cadauno",
    "cad",
    "ognuna",
    "each",
    "apiece",
    "monthly",
    "je",
    "jeweils",
    "monatlich",
    "chacune",
    "chacun",
    "chaque",
    "mensuels",
    "cada",
    "mensuales",
    "mensili",
    "mese",
    "month",
    "monat",
    "mois",
    "mes",
    "una",
];

/// Names of a part.
const PARTS: &[&str] = &[
    "rate",
    "ratine",
    "tranche",
    "tranches",
    "parti",
    "soluzioni",
    "versamenti",
    "mensilita",
    "instalments",
    "installments",
    "parts",
    "payments",
    "raten",
    "monatsraten",
    "teilzahlungen",
    "teilbetrage",
    "teilbetragen",
    "teilbetraege",
    "teilbetraegen",
    "teilen",
    "mensualites",
    "echeances",
    "versements",
    "plazos",
    "cuotas",
    "mensualidades",
    "pagos",
];

/// What is known of a plan besides its days and amounts.
pub(in crate::classify) struct Frame {
    /// Whole numbers that may be amounts.
    pub(in crate::classify) bare: Vec<Money>,
    parts: Option<Parts>,
    /// The only amount that is named is that of every part.
    each: bool,
    pub(in crate::classify) recurrence: Recurrence,
    /// The day from which the parts count ("a partire dal 15 novembre").
    pub(in crate::classify) start: Option<NaiveDate>,
    /// Where a part is named by what is left ("den Rest"): sentence and word.
    pub(in crate::classify) rests: Vec<(usize, usize)>,
}

pub(in crate::classify) fn frame(
    compiled: &Compiled,
    scanned: &[Scanned],
    days: &[dates::NamedDay],
    named: &[amounts::NamedAmount],
    currency: Currency,
) -> Frame {
    let recurrence = Recurrence::of(compiled, scanned);
    let parts = parts(compiled, scanned, recurrence.is_monthly());
    let each = parts.is_none_or(|parts| {
        let stated = named.iter().filter(|sum| !sum.other);
        stated.clone().count() != 1 || stated.clone().any(|sum| of_each(sum, parts, scanned))
    });
    let rests = scanned.iter().enumerate().flat_map(|(index, scanned)| {
        let words = scanned.sentence.tokens.iter().enumerate();
        words.filter(|(_, token)| REST.contains(&token.word.as_str())).map(move |(at, _)| (index, at))
    });
    let starts = |day: &&dates::NamedDay| {
        let words = (day.from.saturating_sub(LEADS_AT_MOST)..day.from)
            .filter_map(|at| scanned.get(day.sentence).and_then(|scanned| scanned.sentence.word(at)));
        words.into_iter().any(|word| STARTS.contains(&word))
    };
    Frame {
        start: days.iter().find(starts).map(|day| day.ahead),
        bare: amounts::bare_of_plan(scanned, days, currency),
        parts,
        each,
        recurrence,
        rests: rests.collect(),
    }
}

/// Before the day of the first part.
const STARTS: &[&str] = &[
    "partire",
    "decorrere",
    "cominciare",
    "iniziare",
    "iniziando",
    "partendo",
    "decorrenza",
    "starting",
    "beginning",
    "commencing",
    "ab",
    "beginnend",
    "erstmals",
    "compter",
    "partir",
    "commencer",
    "commencant",
    "contar",
    "empezando",
    "comenzando",
    "desde",
];
/// So many words before it, at most.
const LEADS_AT_MOST: usize = 3;

/// What is left names a part without its amount.
const REST: &[&str] = &[
    "resto",
    "rimanente",
    "rimanenza",
    "residuo",
    "saldo",
    "rest",
    "remainder",
    "remaining",
    "balance",
    "restbetrag",
    "restlichen",
    "restliche",
    "restsumme",
    "reste",
    "solde",
    "restant",
    "restante",
];

pub(in crate::classify) fn instalments(
    named_days: &[dates::NamedDay],
    named: &[amounts::NamedAmount],
    frame: &Frame,
    today: NaiveDate,
) -> Option<Vec<InstalmentFact>> {
    let ahead = named_days.iter().filter(|day| !day.of_paper && day.ahead >= today);
    // "Per tre mesi" says how many parts, not when.
    let counts = |day: &dates::NamedDay| {
        frame.parts.is_some_and(|parts| parts.sentence == day.sentence && parts.from < day.to && day.from < parts.to)
    };
    let ahead = ahead.filter(|day| !counts(day));
    let mut days: Vec<NaiveDate> = ahead.clone().filter(|day| !day.every).map(|day| day.ahead).collect();
    let mut sums: Vec<_> = named.iter().filter(|amount| !amount.other).map(|amount| amount.money).collect();
    let certain = named.iter().filter(|amount| !amount.other && !amount.by_day).count();
    let bare = &frame.bare;
    if certain < 2 && bare.len() >= 2 && (days.is_empty() || bare.len() == days.len()) {
        // "600 il 10, 600 il 20 e 630 il 10 gennaio": in a plan the numbers beside the days are amounts.
        sums.clone_from(bare);
    }
    if let Some(list) = with_rest(&days, named, frame) {
        return Some(list);
    }
    let parts = frame.parts.map_or(0, |parts| parts.count);
    let sums = without_total(sums, parts);
    if parts >= 2 && days.len() <= 1 {
        // "Drei Raten jeweils zum Monatsersten ab November".
        days = frame.recurrence.days(parts, days.first().copied().or(frame.start), today).unwrap_or(days);
    }
    if days.is_empty() {
        days = ahead.map(|day| day.ahead).collect();
    }
    let count = days.len().max(sums.len()).max(parts);
    if count < 2 {
        return None;
    }
    let part = |index: usize| InstalmentFact {
        date: if days.len() == count { days.get(index).copied() } else { None },
        amount: match sums.len() {
            1 => sums.first().copied().filter(|_| frame.each),
            length if length == count => sums.get(index).copied(),
            _ => None,
        },
    };
    Some((0..count).map(part).collect())
}

/// "300 € am 15.10., 300 € am 15.11. und den Rest am 15.12.": the amount of the rest is not said.
fn with_rest(days: &[NaiveDate], named: &[amounts::NamedAmount], frame: &Frame) -> Option<Vec<InstalmentFact>> {
    let sums = named.iter().filter(|amount| !amount.other).map(|sum| ((sum.sentence, sum.at), Some(sum.money)));
    let mut items: Vec<((usize, usize), Option<Money>)> =
        sums.chain(frame.rests.iter().map(|rest| (*rest, None))).collect();
    items.sort_by_key(|(place, _)| *place);
    let mut amounts: Vec<Option<Money>> = items.into_iter().map(|(_, amount)| amount).collect();
    let first = amounts.first().copied().flatten();
    let others: i64 = amounts.iter().skip(1).flatten().map(|sum| sum.cents).sum();
    if amounts.len() == days.len() + 1 && first.is_some_and(|whole| whole.cents > others) {
        // "Di 1.220 euro ne paghiamo 300 il 15/10 e il resto il 15/11."
        amounts.remove(0);
    }
    let rest = amounts.iter().filter(|amount| amount.is_none()).count();
    let pairs =
        || days.iter().zip(&amounts).map(|(date, amount)| InstalmentFact { date: Some(*date), amount: *amount });
    (rest == 1 && amounts.len() == days.len() && days.len() >= 2).then(|| pairs().collect())
}

/// "2.990 in drei Raten: 1.000, 1.000 und 990": the whole is none of its parts.
fn without_total(mut sums: Vec<Money>, parts: usize) -> Vec<Money> {
    // "1.464 € in drei Raten zu 488 €".
    if let ([one, other], Ok(parts)) = (sums.as_slice(), i64::try_from(parts)) {
        let (small, whole) = if one.cents < other.cents { (*one, other) } else { (*other, one) };
        if parts > 1 && small.cents.checked_mul(parts) == Some(whole.cents) && parts != 2 {
            return vec![small];
        }
    }
    let all: i64 = sums.iter().map(|sum| sum.cents).sum();
    let whole = sums.iter().position(|sum| sum.cents.checked_mul(2) == Some(all));
    if let Some(whole) = whole.filter(|_| sums.len() > 2) {
        sums.remove(whole);
    }
    sums
}
