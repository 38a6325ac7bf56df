//! Amounts in the national forms, each with its place.

use super::super::compile::{Phrase, Role};
use super::super::intents::Scanned;
use super::super::sentences::Sentence;
use super::dates::NamedDay;
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

/// All amounts in the text, in order. A number counts when a currency stands beside it or it has two decimals.
pub(in super::super) fn read(scanned: &[Scanned], currency: Currency) -> Vec<NamedAmount> {
    let mut amounts = Vec::new();
    for (index, scanned) in scanned.iter().enumerate() {
        for at in 0..scanned.sentence.tokens.len() {
            if let Some(money) = amount(&scanned.sentence, at, currency).or_else(|| bare(scanned, at, currency)) {
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
    let sign = |word: Option<&str>| match word? {
        "eur" | "euro" | "euri" | "euros" => Some(Currency::EUR),
        "gbp" | "pounds" | "sterling" => Currency::parse("GBP"),
        "usd" | "dollars" | "dollar" => Currency::parse("USD"),
        "chf" | "franken" | "francs" | "sfr" | "franchi" => Currency::parse("CHF"),
        _ => None,
    };
    if at.checked_sub(1).is_some_and(|before| goes_on(sentence, before)) {
        // The middle of "1 220,00".
        return None;
    }
    let before = at.checked_sub(1).and_then(|index| sentence.word(index));
    let mut at = at;
    let mut written = token.word.clone();
    while goes_on(sentence, at) {
        at += 1;
        written.push_str(sentence.word(at).unwrap_or_default());
    }
    let after = sentence.word(at + 1);
    let thousand = after == Some("k") || after == Some("mila");
    let after = if thousand { sentence.word(at + 2) } else { after };
    let marked = sign(after).or_else(|| sign(before));
    let cents = cents(&written)?;
    let cents = if thousand { cents.checked_mul(1_000)? } else { cents };
    match marked {
        Some(marked) => Some(Money::new(cents, marked)),
        None if has_two_decimals(&written) => Some(Money::new(cents, currency)),
        None => None,
    }
}

/// "1 220,00", "12 480 euros": a blank that groups. "Fattura 118 500 euro" is a number and an amount.
fn goes_on(sentence: &Sentence, at: usize) -> bool {
    let word = |at: usize| sentence.word(at).unwrap_or_default();
    let digits = |word: &str| (1..=3).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    let whole = word(at + 1).split([',', '.']).next().unwrap_or_default();
    let joined = sentence.tokens.get(at + 1).is_some_and(|token| !token.after_break);
    let numbered = at.checked_sub(1).is_some_and(|before| NUMBERED_BY.contains(&word(before)));
    digits(word(at)) && whole.len() == 3 && digits(whole) && cents(word(at + 1)).is_some() && joined && !numbered
}

/// Words before the number of a paper.
const NUMBERED_BY: &[&str] = &[
    "n", "nr", "no", "num", "numero", "ft", "fatt", "fattura", "la", "della", "sulla", "alla", "facture", "numero",
    "rechnung", "factura", "invoice", "number", "inv",
];

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

/// Whole numbers of a plan in parts that are no days, years, units or numbers of papers.
pub(in super::super) fn bare_of_plan(scanned: &[Scanned], days: &[NamedDay], currency: Currency) -> Vec<Money> {
    let mut found = Vec::new();
    for (index, scanned) in scanned.iter().enumerate() {
        for (at, token) in scanned.sentence.tokens.iter().enumerate() {
            let of_day = days.iter().any(|day| day.sentence == index && day.from <= at && at < day.to);
            let before = at.checked_sub(1).and_then(|before| scanned.sentence.word(before)).unwrap_or_default();
            let unit = NO_AMOUNT_BEFORE.contains(&scanned.sentence.word(at + 1).unwrap_or_default());
            let number: Option<i64> =
                (token.word.len() <= 6 && !token.word.starts_with('0')).then(|| token.word.parse().ok()).flatten();
            let Some(number) = number.filter(|number| *number > 31 && !(2000..2100).contains(number)) else { continue };
            if !of_day && !unit && !NUMBERED_BY.contains(&before) {
                found.push(Money::new(number.saturating_mul(100), currency));
            }
        }
    }
    found
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
    let plain = word.replace('\'', ".");
    let word = plain.as_str();
    if !word.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',') {
        return None;
    }
    let (whole, part) = match word.rfind(['.', ',']) {
        Some(index) if matches!(word.len() - index, 2 | 3) => (word.get(..index)?, word.get(index + 1..)?),
        _ => (word, ""),
    };
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
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

    fn found(text: &str) -> Vec<i64> {
        let scanned = super::super::super::sentences::sentences(text)
            .into_iter()
            .map(|sentence| Scanned { sentence, hits: Vec::new() })
            .collect::<Vec<_>>();
        read(&scanned, Currency::EUR).into_iter().map(|amount| amount.money.cents).collect()
    }

    #[test]
    fn amounts_in_sentences() {
        for (text, expected) in [
            ("EUR 4'150.00 bonificati", vec![415_000]),
            ("virement de 12 480 euros", vec![1_248_000]),
            ("1 220,00 e 700,00", vec![122_000, 70_000]),
            ("per la fattura 118 500 euro", vec![50_000]),
            ("le fatture 118 119 120", vec![]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn national_forms() {
        for (word, expected) in [
            ("1.220,00", Some(122_000)),
            ("1220,00", Some(122_000)),
            ("1,220.00", Some(122_000)),
            ("1220", Some(122_000)),
            ("1.220", Some(122_000)),
            ("1.234.567,8", Some(123_456_780)),
            ("4'150.00", Some(415_000)),
            ("1'234'567", Some(123_456_700)),
            ("12.34.56", None),
            ("2026/118", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(cents(word), expected, "{word}");
        }
    }
}
