//! A plan in parts: how many, when and how much.

use super::recurrence::Recurrence;
use super::{amounts, dates};
use crate::classify::compile::{Compiled, Phrase};
use crate::classify::intents::Scanned;
use crate::classify::matcher::Hit;
use crate::ledger::money::{Currency, Money};
use crate::ledger::reading::InstalmentFact;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Into how many parts the writer wants to split, and the words that say so.
#[derive(Debug, Clone, Copy)]
struct Parts {
    count: usize,
    sentence: usize,
    from: usize,
    to: usize,
    /// "400 euro al mese per tre mesi": the amount is that of a part wherever it stands.
    months: bool,
    /// Only their number is said ("in three instalments"), not the parts ("half now, half later").
    counted: bool,
}

fn parts(compiled: &Compiled, scanned: &[Scanned], days: &[dates::NamedDay], monthly: bool) -> Option<Parts> {
    let found = |sentence: usize, number: Option<u32>, hit: Hit, months: bool| {
        let count = number.unwrap_or(2);
        let count = usize::try_from(count).ok().filter(|_| (2..=AT_MOST).contains(&count))?;
        Some(Parts { count, sentence, from: hit.from, to: hit.to, months, counted: number.is_some() })
    };
    let told = |phrase: Phrase| {
        scanned.iter().enumerate().find_map(|(index, scanned)| {
            let number = |hit: Hit| {
                let calendar = compiled.calendars.get(compiled.languages.get(hit.pattern)?)?;
                let months = phrase == Phrase::PartMonths;
                // "La metà il 5 maggio e l'altra metà il 5 giugno": no five parts.
                let of_day = |at: &usize| {
                    !months && days.iter().any(|day| day.sentence == index && day.from <= *at && *at < day.to)
                };
                let words = (hit.from..hit.to).filter(|at| !of_day(at)).filter_map(|at| scanned.sentence.word(at));
                let number = words.filter_map(|word| calendar.number(word)).filter(|number| *number > 1).max();
                found(index, number, hit, months)
            };
            scanned.phrases(phrase).find_map(number)
        })
    };
    told(Phrase::Parts).or_else(|| told(Phrase::PartMonths).filter(|_| monthly))
}

const AT_MOST: u32 = 24;

/// An amount is that of a part: it stands right behind the parts ("tre rate da 400 euro", "trois fois 400 €") or is said to
/// be. "1.464 € in drei Raten" is the whole.
fn of_each(sum: &amounts::NamedAmount, parts: Parts, scanned: &[Scanned]) -> bool {
    let Some(scanned) = scanned.get(sum.sentence) else { return false };
    let near = sum.at.saturating_sub(2)..sum.at + 4;
    let said = scanned.phrases(Phrase::EachPart).any(|hit| near.contains(&hit.from));
    let behind = sum.sentence == parts.sentence && sum.at >= parts.to && sum.at <= parts.to + BEHIND_AT_MOST;
    parts.months || said || behind
}

/// So many words may stand between the parts and their amount.
const BEHIND_AT_MOST: usize = 3;

/// What is known of a plan besides its days and amounts.
pub(in crate::classify) struct Frame {
    /// Whole numbers that may be amounts, with sentence and word.
    pub(in crate::classify) bare: Vec<(usize, usize, Money)>,
    parts: Option<Parts>,
    /// The only amount that is named is that of every part.
    each: bool,
    pub(in crate::classify) recurrence: Recurrence,
    /// The day from which the parts count ("a partire dal 15 novembre").
    pub(in crate::classify) start: Option<NaiveDate>,
    /// Where a part is named by what is left ("den Rest"): sentence and word.
    pub(in crate::classify) rests: Vec<(usize, usize)>,
}

impl Frame {
    /// The number of parts is said.
    pub(in crate::classify) fn is_counted(&self) -> bool {
        self.parts.is_some_and(|parts| parts.counted)
    }
}

pub(in crate::classify) fn frame(
    compiled: &Compiled,
    scanned: &[Scanned],
    days: &[dates::NamedDay],
    named: &[amounts::NamedAmount],
    currency: Currency,
) -> Frame {
    let recurrence = Recurrence::of(compiled, scanned);
    let parts = parts(compiled, scanned, days, recurrence.is_monthly());
    let each = parts.is_none_or(|parts| {
        let stated = named.iter().filter(|sum| !sum.other);
        stated.clone().count() != 1 || stated.clone().any(|sum| of_each(sum, parts, scanned))
    });
    let rests = scanned
        .iter()
        .enumerate()
        .flat_map(|(index, scanned)| scanned.phrases(Phrase::RestPart).map(move |hit| (index, hit.from)));
    let starts = |day: &&dates::NamedDay| {
        let before = day.from.saturating_sub(LEADS_AT_MOST)..day.from;
        let said = scanned.get(day.sentence);
        said.is_some_and(|scanned| scanned.phrases(Phrase::FirstPart).any(|hit| before.contains(&hit.from)))
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

/// The words that lead to the day of the first part stand at most so far before it.
const LEADS_AT_MOST: usize = 3;

pub(in crate::classify) fn instalments(
    named_days: &[dates::NamedDay],
    named: &[amounts::NamedAmount],
    frame: &Frame,
    today: NaiveDate,
    asks: impl Fn(usize) -> bool,
) -> Option<Vec<InstalmentFact>> {
    // Where neither a number of parts nor two sums are said, only the days of sentences that ask for parts, and of those right behind, are theirs.
    let vague = frame.parts.is_none() && named.len() < 2 && frame.bare.len() < 2;
    let ahead = named_days.iter().filter(|day| !day.of_paper && day.ahead >= today);
    let ahead = ahead.filter(|day| !day.is_rather_past(today));
    let ahead = ahead.filter(|day| !vague || asks(day.sentence) || day.sentence.checked_sub(1).is_some_and(&asks));
    // "Per tre mesi" says how many parts, not when.
    let counts = |day: &dates::NamedDay| {
        let within = |parts: Parts| parts.sentence == day.sentence && parts.from < day.to && day.from < parts.to;
        frame.parts.is_some_and(|parts| (parts.months || parts.counted) && within(parts))
    };
    let ahead = ahead.filter(|day| !counts(day) && !day.of_else);
    if let Some(list) = pairs(&ahead.clone().collect::<Vec<_>>(), named, frame) {
        return Some(list);
    }
    let mut days: Vec<NaiveDate> = ahead.clone().filter(|day| !day.every).map(|day| day.ahead).collect();
    let mut sums: Vec<_> = named.iter().filter(|amount| !amount.other).map(|amount| amount.money).collect();
    let certain = named.iter().filter(|amount| !amount.other && !amount.by_day).count();
    let bare = &frame.bare;
    if certain < 2 && bare.len() >= 2 && (days.is_empty() || bare.len() == days.len()) {
        // "600 il 10, 600 il 20 e 630 il 10 gennaio": in a plan the numbers beside the days are amounts.
        sums = bare.iter().map(|(_, _, money)| *money).collect();
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

/// Sums and days said side by side, each with its own ("420 am 15. November, 420 am 15. Dezember und der Rest im Januar"):
/// what else the mail names is no part of the plan. `None` where fewer than two are.
fn pairs(days: &[&dates::NamedDay], named: &[amounts::NamedAmount], frame: &Frame) -> Option<Vec<InstalmentFact>> {
    let known = |sentence: usize, at: usize| named.iter().any(|sum| sum.sentence == sentence && sum.at == at);
    let bare = frame.bare.iter().filter(|(sentence, at, _)| !known(*sentence, *at));
    let bare = bare.map(|(sentence, at, money)| (*sentence, *at, Some(*money)));
    // A sum with a day of its own is a part, whatever stands before it ("the committee agreed on 450 at the end of May").
    let sums = named.iter().map(|sum| (sum.sentence, sum.at, Some(sum.money))).chain(bare);
    let rests = frame.rests.iter().map(|(sentence, at)| (*sentence, *at, None));
    let mut sums_placed: Vec<Placed> = sums.chain(rests).collect();
    sums_placed.sort_by_key(|(sentence, at, _)| (*sentence, *at));
    let near = |day: &dates::NamedDay, sum: &Placed| {
        let behind = sum.1 <= day.from && day.from - sum.1 <= BESIDE;
        sum.0 == day.sentence && (behind || day.to <= sum.1 && sum.1 - day.to < BESIDE)
    };
    // Sums lead ("420 am 15.") or days do ("am 15. 420").
    let beside = |day: &dates::NamedDay, leads: bool| {
        let mut here = sums_placed.iter().filter(|sum| near(day, sum));
        if leads { here.rfind(|sum| sum.1 <= day.from) } else { here.find(|sum| sum.1 >= day.to) }.copied()
    };
    let list = |leads: bool| {
        let mut list: Vec<((usize, usize), InstalmentFact)> = Vec::new();
        for day in days.iter().filter(|day| !day.every) {
            let Some((sentence, at, amount)) = beside(day, leads) else { continue };
            let part = InstalmentFact { date: Some(day.ahead), amount };
            match list.iter_mut().find(|(place, _)| *place == (sentence, at)) {
                // Of a range the last day.
                Some((_, known)) => *known = part,
                None => list.push(((sentence, at), part)),
            }
        }
        list.into_iter().map(|(_, part)| part).collect::<Vec<_>>()
    };
    let (sums_first, days_first) = (list(true), list(false));
    let list = if days_first.len() > sums_first.len() { days_first } else { sums_first };
    let different = list.iter().map(|part| part.date).collect::<BTreeSet<_>>().len();
    let sums = list.iter().any(|part| part.amount.is_some());
    if list.len() >= 2 && sums && different == list.len() {
        return Some(list);
    }
    one_day_for_the_rest(&sums_placed, days)
}

/// "400 now and the rest on 15 December": a sum without a day, and what is left with one.
fn one_day_for_the_rest(items: &[Placed], days: &[&dates::NamedDay]) -> Option<Vec<InstalmentFact>> {
    let ([first, rest], [day]) = (items, days) else { return None };
    let told = first.2.is_some() && rest.2.is_none() && (first.0, rest.0) == (day.sentence, day.sentence);
    let behind = rest.1 < day.from && day.from - rest.1 <= BESIDE;
    let part = |date: Option<NaiveDate>, amount: Option<Money>| InstalmentFact { date, amount };
    (told && behind).then(|| vec![part(None, first.2), part(Some(day.ahead), None)])
}

/// Sentence and word of a sum, or of what is left.
type Placed = (usize, usize, Option<Money>);

/// So many words at most lie between a sum and its day.
const BESIDE: usize = 5;

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
