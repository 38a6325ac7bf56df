//! Amounts in the national forms, each with its place.

use super::super::calendar_words::CalendarWords;
use super::super::compile::{Phrase, Role};
use super::super::intents::Scanned;
use super::super::sentences::Sentence;
use crate::ledger::money::{Currency, Money};

/// An amount and the words that name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct NamedAmount {
    pub(in super::super) sentence: usize,
    pub(in super::super) at: usize,
    pub(in super::super) money: Money,
    /// Not the amount paid or promised: a difference, a discount, the invoice's total beside a part of it.
    pub(in super::super) other: bool,
}

/// All amounts in the text, in order. A number counts when a currency stands beside it or it has two decimals; in words
/// only before a currency.
pub(in super::super) fn read(calendar: &CalendarWords, scanned: &[Scanned], currency: Currency) -> Vec<NamedAmount> {
    let mut amounts = Vec::new();
    for (index, scanned) in scanned.iter().enumerate() {
        for at in 0..scanned.sentence.tokens.len() {
            let sentence = &scanned.sentence;
            let money = amount(sentence, at, currency).or_else(|| bare(scanned, at, currency));
            if let Some(money) = money.or_else(|| in_words(calendar, sentence, at, currency)) {
                let other = scanned.phrases(Phrase::OtherAmount).any(|hit| hit.to <= at + 1 && hit.to + 3 > at);
                amounts.push(NamedAmount { sentence: index, at, money, other });
            }
        }
    }
    amounts
}

fn amount(sentence: &Sentence, at: usize, currency: Currency) -> Option<Money> {
    let token = sentence.tokens.get(at)?;
    if !token.is_number() {
        return None;
    }
    let sign = |word: Option<&str>| sign(word?, currency);
    let before = at.checked_sub(1).and_then(|index| sentence.word(index));
    let after = sentence.word(at + 1);
    let thousand = after == Some("k") || after == Some("mila");
    let after = if thousand { sentence.word(at + 2) } else { after };
    let marked = sign(after).or_else(|| sign(before));
    let cents = cents(&token.word)?;
    let cents = if thousand { cents.checked_mul(1_000)? } else { cents };
    match marked {
        Some(marked) => Some(Money::new(cents, marked)),
        None if has_two_decimals(&token.word) => Some(Money::new(cents, currency)),
        None => None,
    }
}

fn sign(word: &str, currency: Currency) -> Option<Currency> {
    match word {
        "eur" | "euro" | "euri" | "euros" => Some(Currency::EUR),
        "gbp" | "pounds" | "sterling" => Currency::parse("GBP"),
        "usd" | "dollars" => Currency::parse("USD"),
        "chf" | "franken" | "sfr" => Currency::parse("CHF"),
        // "Fr. 1220.-" where francs are owed; elsewhere it is a Friday.
        "fr" if currency.as_str() == "CHF" => Some(currency),
        _ => None,
    }
}

/// "Tausendzweihundert Euro".
fn in_words(calendar: &CalendarWords, sentence: &Sentence, at: usize, currency: Currency) -> Option<Money> {
    let word = sentence.word(at).filter(|word| word.len() > 5)?;
    let marked = sign(sentence.word(at + 1)?, currency)?;
    let vague =
        at.checked_sub(1).and_then(|before| sentence.word(before)).is_some_and(|before| VAGUE.contains(&before));
    let number = calendar.compound_number(word).filter(|number| *number > 20 && !vague)?;
    Some(Money::new(i64::from(number).checked_mul(100)?, marked))
}

/// "Ein paar hundert Euro" is no amount.
const VAGUE: &[&str] = &["paar", "einige", "mehrere", "wenige", "qualche", "few"];

/// "Pago tutto 1403", "ti faccio i 244": a whole number after words that lead to an amount, where no unit follows it.
fn bare(scanned: &Scanned, at: usize, currency: Currency) -> Option<Money> {
    let led = scanned.phrases(Phrase::BareAmount).any(|hit| hit.to == at);
    let dated = scanned.hits.iter().any(|(role, hit)| matches!(role, Role::Date(_)) && hit.from <= at && at < hit.to);
    let word = scanned.sentence.word(at)?;
    let next = scanned.sentence.word(at + 1).unwrap_or_default();
    // Below this it may be a day of the month; a year is no amount.
    let plain = word.len() <= 6 && word.bytes().all(|b| b.is_ascii_digit()) && !word.starts_with('0');
    let number: i64 = if plain { word.parse().ok()? } else { return None };
    let unit = NO_AMOUNT_BEFORE.contains(&next);
    (led && !dated && !unit && number > 31 && !(2000..2100).contains(&number))
        .then(|| Money::new(number * 100, currency))
}

/// Units that make a number something else than money.
const NO_AMOUNT_BEFORE: &[&str] = &[
    "percento",
    "giorni",
    "gg",
    "giorno",
    "settimane",
    "mesi",
    "rate",
    "volte",
    "fatture",
    "ft",
    "ore",
    "pezzi",
    "days",
    "weeks",
    "months",
    "hours",
    "invoices",
    "times",
    "h",
    "km",
    "kg",
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
    "uhr",
    "prozent",
    "mal",
];

fn has_two_decimals(word: &str) -> bool {
    let Some((whole, part)) = word.rsplit_once([',', '.']) else { return false };
    // `10.30` and `15.12` may be a time or a day: a comma, or a group before, makes it money.
    let comma = word.rfind(',').is_some_and(|comma| word.rfind('.').is_none_or(|point| comma > point));
    part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()) && (comma || whole.len() > 2)
}

/// `1.220,00`, `1220,00`, `1,220.00`, `1220`, `1.220` in hundredths. The last sign is the decimal one when one or two
/// digits follow it, else it groups.
pub(super) fn cents(word: &str) -> Option<i64> {
    if !word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'')) {
        return None;
    }
    let (whole, part) = match word.rfind(['.', ',']) {
        Some(index) if matches!(word.len() - index, 2 | 3) => (word.get(..index)?, word.get(index + 1..)?),
        _ => (word, ""),
    };
    let groups: Vec<&str> = whole.split(['.', ',', '\'']).collect();
    let grouped = groups.len() == 1
        || groups.iter().skip(1).all(|group| group.len() == 3) && groups.first().is_some_and(|first| first.len() <= 3);
    if !grouped {
        return None;
    }
    let whole: i64 = groups.concat().parse().ok()?;
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_forms() {
        for (word, expected) in [
            ("1.220,00", Some(122_000)),
            ("1220,00", Some(122_000)),
            ("1,220.00", Some(122_000)),
            ("1220", Some(122_000)),
            ("1.220", Some(122_000)),
            ("1.234.567,8", Some(123_456_780)),
            ("1'220", Some(122_000)),
            ("1'220.50", Some(122_050)),
            ("1'22", None),
            ("12.34.56", None),
            ("2026/118", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(cents(word), expected, "{word}");
        }
    }
}
