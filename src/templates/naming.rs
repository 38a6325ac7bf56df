//! How documents are named: one by its number and date, several by their numbers.

use super::blocks::clean;
use super::days;
use super::wording::Wording;
use super::works;
use crate::ledger::receivable::{Receivable, ReceivableKind};
use crate::ledger::words::Language;

/// `fattura n. 118 del 02/09/2026 (rata 2)`.
#[must_use]
pub fn label(item: &Receivable, language: Language) -> String {
    let words = Wording::of(language);
    let instalment = instalments_of(&[item], language);
    let (number, issued) = (clean(&item.key.number), days::short(item.key.issued, language));
    format!("{} {}{number}{}{issued}{instalment}", words.noun(item.kind, false), words.number, words.dated)
}

/// ` (rata 2)`, ` (rate 1 e 2)`; nothing for the whole, or for several documents.
fn instalments_of(items: &[&Receivable], language: Language) -> String {
    let words = Wording::of(language);
    let mut parts: Vec<u16> = items.iter().map(|item| item.key.instalment).filter(|part| *part > 0).collect();
    parts.sort_unstable();
    let parts: Vec<String> = parts.iter().map(u16::to_string).collect();
    match parts.as_slice() {
        _ if numbers(items).len() > 1 => String::new(),
        [] => String::new(),
        [one] => format!(" ({} {one})", words.instalment),
        several => format!(" ({} {})", words.instalments, days::enumerate(several, language)),
    }
}

/// The numbers as a sentence names them; of instalments of one document it says which ones.
fn listed(items: &[&Receivable], language: Language) -> String {
    format!("{}{}", shortened(&numbers(items), language), instalments_of(items, language))
}

/// The different numbers, in the order of the items.
pub(super) fn numbers(items: &[&Receivable]) -> Vec<String> {
    let mut numbers: Vec<String> = Vec::new();
    for item in items {
        let number = clean(&item.key.number);
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

/// The different orders or contracts, in the order of the items.
pub(super) fn contracts(items: &[&Receivable]) -> Vec<String> {
    let mut contracts: Vec<String> = Vec::new();
    for item in items {
        if let Some(contract) = works::contract(item).filter(|contract| !contracts.contains(contract)) {
            contracts.push(contract);
        }
    }
    contracts
}

/// One document with its date, or several by number: `fattura n. 118 del 02/09/2026`, `fatture n. 118 e 121`.
pub(super) fn name_of(items: &[&Receivable], language: Language) -> String {
    let (words, distinct) = (Wording::of(language), numbers(items));
    match (items, distinct.as_slice()) {
        ([item], _) => label(item, language),
        ([item, ..], [number]) => {
            let issued = days::short(item.key.issued, language);
            let parts = instalments_of(items, language);
            format!("{} {}{number}{}{issued}{parts}", words.noun(item.kind, false), words.number, words.dated)
        }
        _ => format!("{} {}{}", noun_of(items, language), words.number, shortened(&distinct, language)),
    }
}

/// Without the date: `fattura n. 118`, `fatture n. 118 e 121`.
#[must_use]
pub fn brief_name_of(items: &[&Receivable], language: Language) -> String {
    let words = Wording::of(language);
    format!("{} {}{}", noun_of(items, language), words.number, listed(items, language))
}

/// `n. 118`, `n. 118 e 121`.
pub(super) fn numbers_of(items: &[&Receivable], language: Language) -> String {
    format!("{}{}", Wording::of(language).number, listed(items, language))
}

/// What the payer writes: all the numbers, without `n.`: banks give it little room.
pub(super) fn reference_of(items: &[&Receivable], language: Language) -> String {
    let distinct = numbers(items);
    let dated = match (items, distinct.as_slice()) {
        ([item, ..], [_]) => format!("{}{}", dated_of(item, language), instalments_of(items, language)),
        _ => String::new(),
    };
    format!("{} {}{dated}", noun_of(items, language), days::enumerate(&distinct, language))
}

fn dated_of(item: &Receivable, language: Language) -> String {
    format!("{}{}", Wording::of(language).dated, days::short(item.key.issued, language))
}

/// What a public body finds the invoice by: names and values.
pub(super) fn references(item: &Receivable, language: Language) -> Vec<(&'static str, String)> {
    let (identifier, delivered) = Wording::of(language).sdi;
    let exchange = &item.exchange;
    let day = exchange.delivered.map(|day| days::short(day, language));
    [
        ("CIG", exchange.cig.as_deref().map(clean)),
        ("CUP", exchange.cup.as_deref().map(clean)),
        (identifier, exchange.sdi_id.as_deref().map(clean)),
        (delivered, day),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// What it is found by, behind a document in a list: ` (CIG Z1A2B3C4D5, …)`.
pub(super) fn references_in_line(item: &Receivable, language: Language) -> String {
    let references: Vec<String> =
        references(item, language).into_iter().map(|(name, value)| format!("{name} {value}")).collect();
    if references.is_empty() { String::new() } else { format!(" ({})", references.join(", ")) }
}

fn noun_of(items: &[&Receivable], language: Language) -> &'static str {
    let kind = match items {
        [first, rest @ ..] if rest.iter().all(|item| item.kind == first.kind) => first.kind,
        _ => ReceivableKind::Invoice,
    };
    Wording::of(language).noun(kind, numbers(items).len() > 1)
}

/// Up to four numbers; of more the first three and how many others.
fn shortened(numbers: &[String], language: Language) -> String {
    match numbers {
        [a, b, c, _, rest @ ..] if !rest.is_empty() => {
            let others = format!("{} {}", Wording::of(language).others, rest.len() + 1);
            let named = [a.clone(), b.clone(), c.clone(), others];
            match language {
                Language::Italian => days::enumerate(&named, language),
                _ => named.join(", "),
            }
        }
        _ => days::enumerate(numbers, language),
    }
}
