//! Amounts in the national forms, each with its place.

use super::super::calendar_words::CalendarWords;
use super::super::compile::{Compiled, Phrase, Role};
use super::super::intents::Scanned;
use super::super::sentences::{Sentence, Token};
use super::dates::NamedDay;
use super::figures::announces_paper;
use super::units::is_unit;
use crate::ledger::money::{Currency, Money};
use std::borrow::Cow;

/// An amount and the words that name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct NamedAmount {
    pub(in super::super) sentence: usize,
    pub(in super::super) at: usize,
    pub(in super::super) money: Money,
    /// Not the amount paid or promised: a difference, a discount, the invoice's total beside a part of it.
    pub(in super::super) other: bool,
    /// Known as an amount only by the day behind it ("455 fin novembre"): of a plan in parts, of nothing else.
    pub(in super::super) by_day: bool,
}

/// All amounts in the text, in order. A number counts when a currency stands beside it or it has two decimals.
pub(in super::super) fn read(
    compiled: &Compiled,
    scanned: &[Scanned],
    text: &str,
    currency: Currency,
) -> Vec<NamedAmount> {
    let mut amounts = Vec::new();
    for (index, scanned) in scanned.iter().enumerate() {
        let calendars: Vec<&CalendarWords> =
            scanned.heard.iter().filter_map(|language| compiled.calendars.get(language)).collect();
        let named = scanned.sentence.tokens.iter().any(|token| currency_of(&token.word).is_some());
        let mut at = 0;
        while at < scanned.sentence.tokens.len() {
            let (figure, to) = grouped(&scanned.sentence, at, text);
            let in_words = |at: usize| if named { in_words(&calendars, &scanned.sentence, at) } else { None };
            let found = amount(&scanned.sentence, &figure, at, to, currency)
                .map(|money| (money, to, false))
                .or_else(|| in_words(at).map(|(money, to)| (money, to, false)))
                .or_else(|| bare(scanned, at, currency).map(|money| (money, at + 1, false)))
                .or_else(|| by_day(scanned, at, currency).map(|money| (money, at + 1, true)));
            if let Some((money, to, by_day)) = found {
                // "Abzüglich 250,00 Skonto = 12.200,00": the words speak of the first amount behind them only.
                let taken = |from: usize| {
                    amounts.iter().any(|before: &NamedAmount| before.sentence == index && before.at + 1 >= from)
                };
                let other = scanned
                    .phrases(Phrase::OtherAmount)
                    .any(|hit| hit.to <= at + 1 && hit.to + 3 > at && !taken(hit.to));
                amounts.push(NamedAmount { sentence: index, at, money, other, by_day });
                at = to;
            } else {
                at += 1;
            }
        }
    }
    amounts
}

/// `5 400,00`, `2'640`: thousands parted by a blank or an apostrophe make one figure. A plain blank does so only where
/// money is meant without doubt, and never behind the word that announces an invoice's number.
fn grouped<'a>(sentence: &'a Sentence, at: usize, text: &str) -> (Cow<'a, str>, usize) {
    let Some(first) = sentence.tokens.get(at) else { return (Cow::default(), at) };
    let alone = (Cow::from(first.word.as_str()), at + 1);
    let opens = (1..=3).contains(&first.word.len()) && all_digits(&first.word) && !first.word.starts_with('0');
    if !opens {
        return alone;
    }
    let (mut figure, mut to, mut plain) = (first.word.clone(), at + 1, false);
    while let Some(token) = sentence.tokens.get(to) {
        let before = sentence.tokens.get(to - 1).map_or(0, |token| token.end);
        let between = text.get(before..token.start).unwrap_or_default();
        let (group, rest) = token.word.split_at_checked(3).unwrap_or_default();
        let decimals =
            matches!(rest.len(), 0 | 2 | 3) && rest.strip_prefix([',', '.']).map_or(rest.is_empty(), all_digits);
        if !matches!(between, " " | "\u{a0}" | "\u{202f}" | "\u{2009}" | "'" | "’") || !all_digits(group) || !decimals
        {
            break;
        }
        plain |= between == " ";
        figure.push_str(&token.word);
        to += 1;
        if !rest.is_empty() {
            break;
        }
    }
    let beside = |word: Option<&str>| word.is_some_and(|word| currency_of(word).is_some());
    let before = at.checked_sub(1).and_then(|before| sentence.word(before));
    let money = has_two_decimals(&figure) || beside(sentence.word(to)) || beside(before);
    if plain && (!money || before.is_some_and(announces_paper)) { alone } else { (figure.into(), to) }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn currency_of(word: &str) -> Option<Currency> {
    match word {
        "eur" | "euro" | "euri" | "euros" | "euritos" | "eurillos" | "eurazos" => Some(Currency::EUR),
        "gbp" | "pounds" | "sterling" => Currency::parse("GBP"),
        "usd" | "dollars" | "dollar" => Currency::parse("USD"),
        "chf" | "francs" | "franchi" | "franken" | "francos" | "sfr" => Currency::parse("CHF"),
        _ => None,
    }
}

fn amount(sentence: &Sentence, figure: &str, at: usize, to: usize, currency: Currency) -> Option<Money> {
    if !figure.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let sign = |word: Option<&str>| word.and_then(currency_of);
    let before = at.checked_sub(1).and_then(|index| sentence.word(index));
    let after = sentence.word(to);
    let thousand = after == Some("k") || after == Some("mila");
    let after = if thousand { sentence.word(to + 1) } else { after };
    let marked = sign(after).or_else(|| sign(before));
    let cents = cents(figure)?;
    let cents = if thousand { cents.checked_mul(1_000)? } else { cents };
    match marked {
        Some(marked) => Some(Money::new(cents, marked)),
        None if has_two_decimals(figure) => Some(Money::new(cents, currency)),
        None => None,
    }
}

/// "Mille deux cent vingt euros", "tausendzweihundert Euro", "euro milleduecento": number words beside a currency.
fn in_words(calendars: &[&CalendarWords], sentence: &Sentence, at: usize) -> Option<(Money, usize)> {
    let value = |index: usize| {
        let word = sentence.word(index).filter(|word| !word.starts_with(|c: char| c.is_ascii_digit()))?;
        let number = |calendar: &&CalendarWords| calendar.number(word).or_else(|| calendar.compound_number(word));
        let stated = !VAGUE.contains(&word);
        calendars.iter().find_map(number).filter(|_| stated).map(|value| (word, i64::from(value)))
    };
    let before = at.checked_sub(1).and_then(|before| sentence.word(before));
    let vague = |back: usize| at.checked_sub(back).and_then(|at| sentence.word(at)).is_some_and(|w| VAGUE.contains(&w));
    // "A couple of hundred euros".
    if vague(1) || matches!(before, Some("of" | "di" | "de")) && vague(2) {
        return None;
    }
    let (mut total, mut current, mut to) = (0_i64, 0_i64, at);
    while let Some((word, number)) = value(to).filter(|_| to < at + WORDS_IN_A_NUMBER) {
        match number {
            1_000 => {
                total += current.max(1) * 1_000;
                current = 0;
            }
            100 => current = current.max(1) * 100,
            // "Quatre-vingt(s)".
            20 if word.starts_with("vingt") && current % 100 == 4 => current += 76,
            _ => current += number,
        }
        to += 1;
        let joined = matches!(sentence.word(to), Some("et" | "y" | "e" | "and" | "und")) && value(to + 1).is_some();
        to += usize::from(joined);
    }
    let euros = total + current;
    let money = |currency: Currency| Money::new(euros * 100, currency);
    if let Some(currency) = sentence.word(to).and_then(currency_of) {
        return (euros > 1).then(|| (money(currency), to + 1));
    }
    // "500 euro due giorni fa": there the currency belongs to the figure.
    let led = before.and_then(currency_of)?;
    let taken = at
        .checked_sub(2)
        .is_some_and(|at| sentence.tokens.get(at).is_some_and(Token::is_number) || value(at).is_some());
    (!taken && euros >= 100).then(|| (money(led), to))
}

/// "Ein paar hundert Euro" is no amount.
const VAGUE: &[&str] = &[
    "paar",
    "einige",
    "mehrere",
    "wenige",
    "qualche",
    "few",
    "quelques",
    "algunos",
    "couple",
    "paio",
    "par",
    "decina",
    "ventina",
    "trentina",
    "quindicina",
    "sessantina",
    "dizaine",
    "vingtaine",
    "trentaine",
    "quinzaine",
    "decena",
    "quincena",
    "several",
    "some",
    "alcune",
    "alcuni",
    "unos",
    "unas",
    "varios",
    "plusieurs",
];

/// No number that people write out is longer.
const WORDS_IN_A_NUMBER: usize = 12;

/// "455 fin novembre et 455 fin décembre": a number that opens its part and that a day follows.
fn by_day(scanned: &Scanned, at: usize, currency: Currency) -> Option<Money> {
    let token = scanned.sentence.tokens.get(at)?;
    let before = at.checked_sub(1).and_then(|before| scanned.sentence.word(before));
    let opens =
        token.after_break || matches!(before, None | Some("et" | "y" | "e" | "and" | "und" | "puis" | "luego" | "poi"));
    let dated = scanned.hits.iter().any(|(role, hit)| matches!(role, Role::Date(_)) && hit.from == at + 1);
    let inside = scanned.hits.iter().any(|(role, hit)| matches!(role, Role::Date(_)) && hit.from <= at && at < hit.to);
    let number = if all_digits(&token.word) { token.word.parse::<i64>().ok()? } else { return None };
    (opens && dated && !inside && (32..100_000).contains(&number) && !(2000..2100).contains(&number))
        .then(|| Money::new(number * 100, currency))
}

/// "Pago tutto 1403", "ti faccio i 244": a whole number after words that lead to an amount, where no unit follows it.
fn bare(scanned: &Scanned, at: usize, currency: Currency) -> Option<Money> {
    let led = scanned.phrases(Phrase::BareAmount).any(|hit| hit.to == at);
    let dated = scanned.hits.iter().any(|(role, hit)| matches!(role, Role::Date(_)) && hit.from <= at && at < hit.to);
    let word = scanned.sentence.word(at)?;
    let next = scanned.sentence.word(at + 1).unwrap_or_default();
    // Below this it may be a day of the month; a year is no amount.
    let plain = word.len() <= 6 && word.bytes().all(|b| b.is_ascii_digit()) && !word.starts_with('0');
    let number: i64 = if plain { word.parse().ok()? } else { return None };
    let unit = is_unit(next);
    (led && !dated && !unit && number > 31 && !(2000..2100).contains(&number))
        .then(|| Money::new(number * 100, currency))
}

/// Whole numbers of a plan in parts that are no days, years, units or numbers of papers, with sentence and word.
pub(in super::super) fn bare_of_plan(
    scanned: &[Scanned],
    days: &[NamedDay],
    currency: Currency,
) -> Vec<(usize, usize, Money)> {
    let mut found = Vec::new();
    for (index, scanned) in scanned.iter().enumerate() {
        for (at, token) in scanned.sentence.tokens.iter().enumerate() {
            let of_day = days.iter().any(|day| day.sentence == index && day.from <= at && at < day.to);
            let before = at.checked_sub(1).and_then(|before| scanned.sentence.word(before)).unwrap_or_default();
            let unit = is_unit(scanned.sentence.word(at + 1).unwrap_or_default());
            // "1.196" is one, "15.12" is a day.
            let whole = |word: &str| cents(word).filter(|cents| cents % 100 == 0).map(|cents| cents / 100);
            let number =
                Some(token.word.as_str()).filter(|word| word.len() <= 7 && !word.starts_with('0')).and_then(whole);
            let Some(number) = number.filter(|number| *number > 31 && !(2000..2100).contains(number)) else { continue };
            // "La 118 il 10, la 121 il 20": two invoices.
            let paper = announces_paper(before) || matches!(before, "la" | "die" | "der" | "the");
            if !of_day && !unit && !paper {
                found.push((index, at, Money::new(number.saturating_mul(100), currency)));
            }
        }
    }
    found
}

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

    fn found(text: &str) -> Vec<i64> {
        let compiled = super::super::super::compile::compile(&crate::classify::sources_shipped(), &[]).expect("rules");
        let sentences = super::super::super::sentences::sentences(text);
        let scanned = super::super::super::intents::scan(&compiled, sentences, None);
        read(&compiled, &scanned, text, Currency::EUR).into_iter().map(|amount| amount.money.cents).collect()
    }

    #[test]
    fn amounts_in_sentences() {
        for (text, expected) in [
            ("EUR 4'150.00 bonificati", vec![415_000]),
            ("virement de 12 480 euros", vec![1_248_000]),
            ("1 220,00 e 700,00", vec![122_000, 70_000]),
            ("per la fattura 118 500 euro", vec![50_000]),
            ("le fatture 118 119 120", vec![]),
            ("bonifico di trecento euro", vec![30_000]),
            ("ho pagato duemila euro", vec![200_000]),
            ("ho pagato milleduecento euro", vec![120_000]),
            ("ho pagato mille e duecento euro", vec![120_000]),
            ("ho pagato mille duecento euro", vec![120_000]),
            ("ho pagato duemilacinquecento euro", vec![250_000]),
            ("ho pagato centottantuno euro", vec![18_100]),
            ("ho pagato trecentoquarantacinquemilaseicentosettantotto euro", vec![34_567_800]),
            ("la somma di euro milleduecento", vec![120_000]),
            ("ho pagato 500 euro due giorni fa", vec![50_000]),
            ("ho pagato un paio di migliaia di euro", vec![]),
            ("we paid seventeen hundred and eighty-five euros", vec![178_500]),
            ("we paid one hundred and twenty-three thousand euros", vec![12_300_000]),
            ("we paid a few hundred euros", vec![]),
            ("we paid a couple hundred euros", vec![]),
            ("we paid a couple of hundred euros", vec![]),
            ("wir haben dreihundertfünfundvierzigtausend Euro bezahlt", vec![34_500_000]),
            ("wir haben ein paar hundert Euro bezahlt", vec![]),
            ("nous avons payé trois cent quarante-cinq mille euros", vec![34_500_000]),
            ("hemos pagado treinta y un mil doscientos euros", vec![3_120_000]),
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
