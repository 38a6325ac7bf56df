//! Days and amounts in words, as a letter writes them.

use super::wording::Wording;
use crate::ledger::instalments::PlanPart;
use crate::ledger::money::{Currency, Money};
use crate::ledger::words::Language;
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

const MONTHS_IT: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const MONTHS_ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
// From Monday.
const WEEKDAYS_IT: [&str; 7] = ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"];
const WEEKDAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const WEEKDAYS_DE: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
const WEEKDAYS_FR: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const WEEKDAYS_ES: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];

/// `02/09/2026` (it, fr, es), `02.09.2026` (de), `2 September 2026` (en, where figures would be read in two ways).
pub fn short(day: NaiveDate, language: Language) -> String {
    match language {
        Language::English => format!("{} {} {}", day.day(), month(day, language), day.year()),
        Language::German => day.format("%d.%m.%Y").to_string(),
        Language::Italian | Language::French | Language::Spanish => day.format("%d/%m/%Y").to_string(),
    }
}

/// `9 ottobre`; with the year when it is not the year of `today`.
pub fn long(day: NaiveDate, today: NaiveDate, language: Language) -> String {
    let year = if day.year() == today.year() { String::new() } else { format!(" {}", day.year()) };
    match language {
        Language::Spanish if !year.is_empty() => format!("{} de{year}", day_and_month(day, language)),
        _ => format!("{}{year}", day_and_month(day, language)),
    }
}

/// `venerdì 9 ottobre`.
pub fn with_weekday(day: NaiveDate, today: NaiveDate, language: Language) -> String {
    let names = match language {
        Language::Italian => WEEKDAYS_IT,
        Language::English => WEEKDAYS_EN,
        Language::German => WEEKDAYS_DE,
        Language::French => WEEKDAYS_FR,
        Language::Spanish => WEEKDAYS_ES,
    };
    let index = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0);
    let name = names.get(index).copied().unwrap_or_default();
    let comma = if language == Language::German { "," } else { "" };
    format!("{name}{comma} {}", long(day, today, language))
}

/// A day as templates see it. `il`, `al`, `del`, `dal` carry the Italian article (`l'8 ottobre`); in other languages
/// they are the plain long form.
pub fn field(day: NaiveDate, today: NaiveDate, language: Language) -> Value {
    let long_form = long(day, today, language);
    json!({
        "short": short(day, language),
        "long": long_form,
        "weekday": with_weekday(day, today, language),
        "il": with_article(day, &long_form, language, "il ", "l'"),
        "al": with_article(day, &long_form, language, "al ", "all'"),
        "del": with_article(day, &long_form, language, "del ", "dell'"),
        "dal": with_article(day, &long_form, language, "dal ", "dall'"),
    })
}

/// A number of days as it follows `entro`, `within`, `innerhalb von`, `dans un délai de`, `en un plazo de`: `15 giorni`.
pub fn count(number: u32, language: Language) -> String {
    let (one, several) = match language {
        Language::Italian => ("giorno", "giorni"),
        Language::English => ("day", "days"),
        // In the dative, which `innerhalb von` asks for.
        Language::German => ("Tag", "Tagen"),
        Language::French => ("jour", "jours"),
        Language::Spanish => ("día", "días"),
    };
    format!("{number} {}", if number == 1 { one } else { several })
}

/// Several days in one phrase: `il 12 e il 20 ottobre`, `12 and 20 October`.
pub fn list(days: &[NaiveDate], today: NaiveDate, language: Language) -> Value {
    let in_one_month = |a: &NaiveDate, b: &NaiveDate| (a.year(), a.month()) == (b.year(), b.month());
    let phrase = |before: &str, elided: &str| {
        // The month is said once for all of its days.
        let said = |month: &[NaiveDate]| -> Vec<String> {
            let words = month.iter().enumerate().map(|(index, day)| {
                let is_last = index + 1 == month.len();
                let word = if is_last { long(*day, today, language) } else { ordinal(*day, language) };
                with_article(*day, &word, language, before, elided)
            });
            words.collect()
        };
        let months: Vec<Vec<String>> = days.chunk_by(in_one_month).map(said).collect();
        let is_flat = months.iter().rev().skip(1).all(|month| month.len() == 1);
        if is_flat {
            return enumerate(&months.concat(), language);
        }
        // `il 15 e il 27 ottobre e il 3 novembre`: a comma would part the 15 from its month.
        enumerate(&months.iter().map(|month| enumerate(month, language)).collect::<Vec<_>>(), language)
    };
    json!({ "long": phrase("", ""), "il": phrase("il ", "l'"), "del": phrase("del ", "dell'") })
}

/// What comes by which day: `500,00 € entro il 15 dicembre e 720,00 € entro il 15 gennaio 2027`.
pub fn parts(parts: &[PlanPart], today: NaiveDate, language: Language) -> String {
    let by = match language {
        Language::Italian => "entro",
        Language::English => "by",
        Language::German => "bis zum",
        Language::French => "le",
        Language::Spanish => "el",
    };
    let said = |part: &PlanPart| {
        let day = with_article(part.by, &long(part.by, today, language), language, "il ", "l'");
        format!("{} {by} {day}", amount(part.amount, language))
    };
    enumerate(&parts.iter().map(said).collect::<Vec<_>>(), language)
}

/// `a, b e c`.
pub fn enumerate(words: &[String], language: Language) -> String {
    let and = match language {
        Language::Italian => " e ",
        Language::English => " and ",
        Language::German => " und ",
        Language::French => " et ",
        Language::Spanish => " y ",
    };
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{}{and}{last}", first.join(", ")),
    }
}

/// `, 300,00 € compensati`: what was set off of an amount that is shown; nothing where nothing was.
pub(super) fn set_off(money: Money, language: Language) -> String {
    if money.is_positive() {
        format!(", {} {}", amount(money, language), Wording::of(language).set_off)
    } else {
        String::new()
    }
}

/// `1.220,00 €`, `€1,220.00`; other currencies by sign or code.
pub fn amount(money: Money, language: Language) -> String {
    let number = money.grouped(language);
    let code = money.currency.as_str();
    let sign = match code {
        "EUR" => "€",
        "GBP" => "£",
        "USD" if language == Language::English => "US$",
        "USD" => "$",
        _ => code,
    };
    match language {
        // Francs as Switzerland writes them.
        Language::German | Language::French if code == "CHF" => {
            format!("CHF {}", number.replace(['.', '\u{202f}'], "’").replace(',', "."))
        }
        // A code stands apart, a sign does not; the minus comes first.
        Language::English if sign == code => format!("{code} {number}"),
        Language::English => {
            number.strip_prefix('-').map_or_else(|| format!("{sign}{number}"), |n| format!("-{sign}{n}"))
        }
        _ => format!("{number} {sign}"),
    }
}

/// Sums of each currency, euro first: `1.220,00 € e 300,00 $`.
pub fn totals<'a>(amounts: impl IntoIterator<Item = &'a Money> + Clone, language: Language) -> String {
    let mut currencies: Vec<Currency> = amounts.clone().into_iter().map(|money| money.currency).collect();
    currencies.sort_by_key(|currency| (*currency != Currency::EUR, *currency));
    currencies.dedup();
    let sums: Vec<String> = currencies
        .iter()
        .map(|currency| amount(crate::ledger::money::total(*currency, amounts.clone()), language))
        .collect();
    enumerate(&sums, language)
}

fn month(day: NaiveDate, language: Language) -> &'static str {
    let names = match language {
        Language::Italian => MONTHS_IT,
        Language::English => MONTHS_EN,
        Language::German => MONTHS_DE,
        Language::French => MONTHS_FR,
        Language::Spanish => MONTHS_ES,
    };
    usize::try_from(day.month0()).ok().and_then(|index| names.get(index).copied()).unwrap_or_default()
}

/// The day's number as the language writes it before a month.
fn ordinal(day: NaiveDate, language: Language) -> String {
    match (language, day.day()) {
        (Language::Italian, 1) => "1º".to_owned(),
        (Language::French, 1) => "1er".to_owned(),
        (Language::German, number) => format!("{number}."),
        (_, number) => number.to_string(),
    }
}

fn day_and_month(day: NaiveDate, language: Language) -> String {
    let of = if language == Language::Spanish { "de " } else { "" };
    format!("{} {of}{}", ordinal(day, language), month(day, language))
}

/// Italian: eight and eleven begin with a vowel.
fn with_article(day: NaiveDate, phrase: &str, language: Language, full: &str, elided: &str) -> String {
    if language != Language::Italian {
        return phrase.to_owned();
    }
    let article = if matches!(day.day(), 8 | 11) { elided } else { full };
    format!("{article}{phrase}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a day")
    }

    #[test]
    fn italian_days() {
        let today = day(2026, 10, 14);
        assert_eq!(with_weekday(day(2026, 11, 6), today, Language::Italian), "venerdì 6 novembre");
        assert_eq!(long(day(2027, 1, 1), today, Language::Italian), "1º gennaio 2027");
        let eighth = field(day(2026, 10, 8), today, Language::Italian);
        assert_eq!(eighth["al"], "all'8 ottobre");
        assert_eq!(eighth["short"], "08/10/2026");
        let many = [day(2026, 9, 30), day(2026, 10, 8), day(2026, 10, 12)];
        assert_eq!(list(&many, today, Language::Italian)["il"], "il 30 settembre, l'8 e il 12 ottobre");
        assert_eq!(list(&many[1..], today, Language::English)["il"], "8 and 12 October");
        let across = [many[1], many[2], NaiveDate::from_ymd_opt(2026, 11, 3).expect("a day")];
        assert_eq!(list(&across, today, Language::Italian)["il"], "l'8 e il 12 ottobre e il 3 novembre");
        assert_eq!(list(&across, today, Language::English)["long"], "8 and 12 October and 3 November");
    }

    #[test]
    fn amounts_in_national_form() {
        assert_eq!(amount(Money::eur(122_000), Language::Italian), "1.220,00 €");
        assert_eq!(amount(Money::eur(122_000), Language::English), "€1,220.00");
        assert_eq!(amount(Money::eur(-5), Language::English), "-€0.05");
        assert_eq!(amount(Money::eur(122_000), Language::German), "1.220,00 €");
        let francs = Money::new(100, Currency::parse("CHF").expect("a code"));
        assert_eq!(amount(francs, Language::English), "CHF 1.00");
        let more = Money::new(122_000, francs.currency);
        assert_eq!(amount(more, Language::German), "CHF 1’220.00");
        assert_eq!(amount(more, Language::French), "CHF 1’220.00");
        assert_eq!(amount(Money::eur(122_000), Language::French), "1\u{202f}220,00 €");
        assert_eq!(amount(Money::eur(122_000), Language::Spanish), "1.220,00 €");
        assert_eq!(totals(&[francs, Money::eur(1), Money::eur(2)], Language::Italian), "0,03 € e 1,00 CHF");
    }

    #[test]
    fn other_languages() {
        let today = day(2026, 10, 14);
        assert_eq!(with_weekday(day(2026, 11, 6), today, Language::German), "Freitag, 6. November");
        assert_eq!(long(day(2027, 11, 6), today, Language::Spanish), "6 de noviembre de 2027");
        assert_eq!(long(day(2026, 11, 1), today, Language::French), "1er novembre");
        let many = [day(2026, 9, 30), day(2026, 10, 1), day(2026, 10, 12)];
        assert_eq!(list(&many, today, Language::French)["long"], "30 septembre, 1er et 12 octobre");
        assert_eq!(list(&many, today, Language::Spanish)["long"], "30 de septiembre, 1 y 12 de octubre");
    }
}
