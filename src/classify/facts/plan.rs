//! A plan in parts: how many, when and how much.

use super::{amounts, dates};
use crate::classify::compile::{Compiled, Phrase};
use crate::classify::intents::Scanned;
use crate::classify::matcher::Hit;
use crate::ledger::money::Money;
use crate::ledger::reading::InstalmentFact;
use chrono::NaiveDate;

/// Into how many parts the writer wants to split.
pub(in crate::classify) fn parts(compiled: &Compiled, scanned: &[Scanned]) -> Option<usize> {
    const AT_MOST: u32 = 24;
    scanned
        .iter()
        .find_map(|scanned| {
            let number = |hit: Hit| {
                let calendar = compiled.calendars.get(compiled.languages.get(hit.pattern)?)?;
                let words = (hit.from..hit.to).filter_map(|index| scanned.sentence.word(index));
                let number = words.filter_map(|word| calendar.number(word)).max().unwrap_or(2);
                (2..=AT_MOST).contains(&number).then_some(number)
            };
            scanned.phrases(Phrase::Parts).find_map(number)
        })
        .and_then(|number| usize::try_from(number).ok())
}

pub(in crate::classify) fn instalments(
    days: &[dates::NamedDay],
    named: &[amounts::NamedAmount],
    bare: &[Money],
    today: NaiveDate,
    parts: Option<usize>,
) -> Option<Vec<InstalmentFact>> {
    let days: Vec<NaiveDate> =
        days.iter().filter(|day| !day.of_paper && day.ahead >= today).map(|day| day.ahead).collect();
    let sums: Vec<_> = named.iter().filter(|amount| !amount.other).map(|amount| amount.money).collect();
    let mut sums = without_total(sums);
    let certain = named.iter().filter(|amount| !amount.other && !amount.by_day).count();
    if certain < 2 && bare.len() >= 2 && (days.is_empty() || bare.len() == days.len()) {
        // "600 il 10, 600 il 20 e 630 il 10 gennaio": in a plan the numbers beside the days are amounts.
        sums = bare.to_vec();
    }
    let count = days.len().max(sums.len()).max(parts.unwrap_or(0));
    if count < 2 {
        return None;
    }
    let part = |index: usize| InstalmentFact {
        date: if days.len() == count { days.get(index).copied() } else { None },
        amount: match sums.len() {
            1 => sums.first().copied(),
            length if length == count => sums.get(index).copied(),
            _ => None,
        },
    };
    Some((0..count).map(part).collect())
}

/// "2.990 in drei Raten: 1.000, 1.000 und 990": the whole is none of its parts.
fn without_total(mut sums: Vec<Money>) -> Vec<Money> {
    let all: i64 = sums.iter().map(|sum| sum.cents).sum();
    let whole = sums.iter().position(|sum| sum.cents.checked_mul(2) == Some(all));
    if let Some(whole) = whole.filter(|_| sums.len() > 2) {
        sums.remove(whole);
    }
    sums
}
