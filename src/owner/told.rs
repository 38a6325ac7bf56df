//! The facts of a case in the owner's language.
//!
//! They are kept as the journal keeps everything, as a plain English sentence, and stay so for ever: an older database holds
//! them too. The sentence itself is the key under which a language has it (as with gettext), with holes for numbers, days
//! and sums. What no language has stays English: a fact is never left out. A test tells each sentence that policy writes.

use super::told_it;
use crate::ledger::money::{Currency, Money};
use crate::ledger::words::Language;
use crate::templates::wording::{amount, day};
use chrono::NaiveDate;

/// A place in a sentence where a value stands. In a translation `{1}` stands for the first of them where the order is
/// another.
const HOLE: &str = "{}";

/// A fact as the owner reads it.
#[must_use]
pub fn told(fact: &str, language: Language) -> String {
    match language {
        Language::Italian => italian(fact).unwrap_or_else(|| fact.to_owned()),
        _ => fact.to_owned(),
    }
}

/// Has the language its own words for it?
#[must_use]
pub fn is_told(fact: &str, language: Language) -> bool {
    language != Language::Italian || italian(fact).is_some()
}

/// Does it say no more of a document than every list of documents does?
pub(super) fn is_item(fact: &str) -> bool {
    values_in(fact, "{}: {} open, due on {}.").is_some_and(|values| values.last().is_some_and(|day| is_day(day)))
}

/// The customer's own words in a fact.
fn quoted(fact: &str) -> Option<&str> {
    fact.strip_prefix("Not understood: «")?.strip_suffix('»')
}

fn is_day(value: &str) -> bool {
    value.parse::<NaiveDate>().is_ok()
}

/// More sentences in a row than any fact has; a longer one was written by somebody else, and every place at which it may be
/// taken apart would double the work.
const MOST_SENTENCES: usize = 8;
/// Longer than any fact of ours.
const MOST_BYTES: usize = 2_000;

/// Several sentences in a row, or one.
fn italian(fact: &str) -> Option<String> {
    // What a customer wrote is quoted as it stands, whatever it looks like.
    if let Some(words) = quoted(fact) {
        return Some(format!("Non capito: «{words}»"));
    }
    if fact.len() > MOST_BYTES || fact.matches(". ").count() >= MOST_SENTENCES {
        return None;
    }
    // Taken apart first: a value of the first one would reach into the second.
    let taken_apart = fact.match_indices(". ").find_map(|(at, _)| {
        let (first, rest) = (fact.get(..at)?, fact.get(at + 2..)?);
        Some(format!("{}. {}", sentence(first)?, italian(rest)?))
    });
    // Without its full stop: a value at its end would take it along.
    let without_stop = || fact.strip_suffix('.').and_then(sentence).map(|said| said + ".");
    taken_apart.or_else(without_stop).or_else(|| sentence(fact))
}

fn sentence(text: &str) -> Option<String> {
    let (form, values) = form_of(text)?;
    filled(form, &values)
}

/// The Italian form and the values: of several forms that fit the one with most words of its own, so that the table needs
/// no order; before all one whose own words begin the sentence, since a value may be what a customer wrote.
fn form_of(text: &str) -> Option<(&'static str, Vec<&str>)> {
    let fitting =
        told_it::TOLD.iter().filter_map(|(english, italian)| Some((english, italian, values_in(text, english)?)));
    let best = fitting.max_by_key(|(english, ..)| (!english.starts_with(HOLE), english.replace(HOLE, "").len()));
    best.map(|(_, italian, values)| (*italian, values))
}

/// What stands in the holes, where the sentence is this one.
fn values_in<'t>(text: &'t str, form: &str) -> Option<Vec<&'t str>> {
    let mut pieces = form.split(HOLE);
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut pieces = pieces.peekable();
    let mut values = Vec::new();
    while let Some(piece) = pieces.next() {
        let end = if pieces.peek().is_none() {
            // The last one reaches to the end, whatever a value holds.
            rest.strip_suffix(piece)?.len()
        } else {
            rest.find(piece)?
        };
        values.push(rest.get(..end)?);
        rest = rest.get(end..)?.strip_prefix(piece)?;
    }
    rest.is_empty().then_some(values)
}

/// `{=}` is a clause that must have words of its own: half a translation is none.
fn filled(form: &str, values: &[&str]) -> Option<String> {
    let mut said = String::new();
    let mut next = 0;
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('{') {
        said.push_str(before);
        let (name, after) = after.split_once('}')?;
        let at = name.parse::<usize>().map_or(next, |number| number.saturating_sub(1));
        next = next.saturating_add(1);
        let value = values.get(at)?;
        said.push_str(&if name == "=" { sentence(value)? } else { said_value(value) });
        rest = after;
    }
    Some(said + rest)
}

/// A day, a sum, a clause or a list of these; anything else as it stands.
fn said_value(value: &str) -> String {
    let said = |value: &str| datum(value).or_else(|| part_of_plan(value)).or_else(|| sentence(value));
    if let Some(said) = said(value) {
        return said;
    }
    for (comma, said_comma) in [(", or ", " oppure "), (", ", ", "), (" and ", " e ")] {
        let parts: Vec<&str> = value.split(comma).collect();
        let all: Vec<String> = parts.iter().filter_map(|part| said(part)).collect();
        if parts.len() > 1 && all.len() == parts.len() {
            return all.join(said_comma);
        }
    }
    value.to_owned()
}

/// `500.00 EUR by 2026-12-15`.
fn part_of_plan(value: &str) -> Option<String> {
    let (money, by) = value.split_once(" by ")?;
    Some(format!("{} entro il {}", datum(money)?, datum(by)?))
}

fn datum(value: &str) -> Option<String> {
    if let Ok(date) = value.parse::<NaiveDate>() {
        return Some(day(date, Language::Italian));
    }
    let (number, currency) = value.rsplit_once(' ')?;
    let money = Money::from_decimal(number, Currency::parse(currency)?)?;
    Some(amount(money, Language::Italian))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn it(fact: &str) -> String {
        told(fact, Language::Italian)
    }

    #[test]
    fn values_are_said_as_the_language_says_them() {
        assert_eq!(
            it("2026/118: 1220.00 EUR open, due on 2026-10-02."),
            "2026/118: 1.220,00 € aperti, scadenza 02/10/2026."
        );
        assert_eq!(
            it("Proposed and not accepted yet: 500.00 EUR by 2026-12-15, 720.00 EUR by 2027-01-15."),
            "Proposte e non ancora accettate: 500,00 € entro il 15/12/2026, 720,00 € entro il 15/01/2027."
        );
    }

    #[test]
    fn two_sentences_in_a_row_are_said_both() {
        assert_eq!(
            it("The sender is not proven. Credit note 7 may reduce what is open, and reduces no invoice yet."),
            "Il mittente non è provato. La nota di credito 7 può ridurre quanto è aperto, e non riduce ancora nessuna \
             fattura."
        );
    }

    #[test]
    fn what_nobody_translated_is_told_as_it_stands() {
        assert_eq!(it("Something new: 12."), "Something new: 12.");
        assert!(!is_told("Something new: 12.", Language::Italian) && is_told("Something new: 12.", Language::English));
        assert_eq!(told("No day was named.", Language::English), "No day was named.");
    }

    /// Every form has as many holes on both sides, and none hides one behind it.
    #[test]
    fn forms_fit_and_each_is_reached() {
        for (english, italian) in told_it::TOLD {
            assert_eq!(english.matches('{').count(), italian.matches('{').count(), "{english}");
            let example = english.replace(HOLE, "2026-10-02");
            assert_eq!(
                form_of(&example).map(|(form, _)| form),
                Some(*italian),
                "{english} is hidden behind another form"
            );
        }
    }

    /// Words of a customer that look like a fact of ours stay their words; and no text takes long.
    #[test]
    fn the_words_of_a_customer_are_quoted_as_they_stand() {
        for words in [
            "The payment is recorded already",
            "1000.00 EUR",
            "a». The payment is recorded already. Not understood: «b",
            "{} {1} {=}",
        ] {
            assert_eq!(it(&format!("Not understood: «{words}»")), format!("Non capito: «{words}»"));
        }
        let long = format!("{}x", "Not understood: «a». ".repeat(40));
        assert_eq!(it(&long), long);
    }
}
