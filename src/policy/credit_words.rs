//! Which invoice a credit note names: in the column for it, or in its description.

use crate::ledger::account::Account;
use crate::ledger::ids::ReceivableId;
use crate::ledger::receivable::{Receivable, ReceivableKind};
use std::collections::BTreeMap;

/// Words after which a description gives the number of a document. Kept short on purpose: «sconto su 2 pezzi» names none.
const CUES: [&str; 22] = [
    "fattura",
    "fatture",
    "fatt",
    "ft",
    "fat",
    "n",
    "nr",
    "num",
    "numero",
    "no",
    "nº",
    "doc",
    "documento",
    "invoice",
    "inv",
    "rechnung",
    "rg",
    "nummer",
    "facture",
    "factura",
    "fra",
    "proforma",
];

/// The documents that a note may reduce, each as its receivables (instalments share their number): not issued after it,
/// in its currency, and no mere proforma.
pub(super) fn documents<'a>(account: &'a Account, note: &Receivable) -> Vec<Vec<&'a Receivable>> {
    let mut documents: Vec<Vec<&Receivable>> = Vec::new();
    let fit = account.receivables.iter().filter(|item| {
        !matches!(item.kind, ReceivableKind::CreditNote | ReceivableKind::Proforma)
            && item.key.issued <= note.key.issued
            && item.amount.currency == note.amount.currency
    });
    // Looked up and not searched: a customer may have thousands of rows.
    let mut places = BTreeMap::new();
    for item in fit {
        let key = (&item.key.issuer, &item.key.number, item.key.issued, item.kind.as_str());
        let place = *places.entry(key).or_insert(documents.len());
        match documents.get_mut(place) {
            Some(document) => document.push(item),
            None => documents.push(vec![item]),
        }
    }
    documents
}

/// The receivables of the one document that the note names; `None` when it names none, or it is not sure which.
pub(super) fn named(account: &Account, note: &Receivable) -> Option<Vec<ReceivableId>> {
    let documents = documents(account, note);
    let number =
        |document: &&Vec<&Receivable>| document.first().map(|item| item.key.number.clone()).unwrap_or_default();
    let (text, found): (&str, Vec<&Vec<&Receivable>>) = match (&note.credit.named, &note.description) {
        (Some(named), _) => (named, documents.iter().filter(|it| stands_in(named, &number(it), true)).collect()),
        (None, Some(text)) => (text, documents.iter().filter(|it| stands_in(text, &number(it), false)).collect()),
        (None, None) => return None,
    };
    // A number comes back every year: its date tells which.
    let dated = |document: &&&Vec<&Receivable>| {
        document.first().is_some_and(|item| {
            ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d/%m/%y"]
                .iter()
                .any(|form| text.contains(&item.key.issued.format(form).to_string()))
        })
    };
    let only = match found.as_slice() {
        [only] => *only,
        several => {
            let mut of_the_day = several.iter().filter(dated);
            let first = of_the_day.next()?;
            of_the_day.next().is_none().then_some(*first)?
        }
    };
    Some(only.iter().map(|item| item.id).collect())
}

/// Does the text give this number? In a column for it every word may be one; in a description only after a cue, or
/// where no other thing looks like it.
fn stands_in(text: &str, number: &str, every_word: bool) -> bool {
    let wanted = bare(number);
    if wanted.is_empty() {
        return false;
    }
    if every_word && bare(text) == wanted {
        return true;
    }
    let is_telling = wanted.chars().count() >= 5 && wanted.contains(|c: char| !c.is_ascii_digit());
    let words = words(text);
    let mut before = "";
    for word in &words {
        let is_cued = CUES.contains(&before.to_lowercase().as_str());
        if bare(word) == wanted && (every_word || is_cued || is_telling) {
            return true;
        }
        before = word;
    }
    false
}

/// Words without the punctuation around them; `ft.118` is two.
fn words(text: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before = ' ';
    for c in text.chars() {
        let parts = before.is_alphabetic() && matches!(c, '.' | '°' | ':') || matches!(c, ',' | ';' | '(' | ')' | '"');
        spaced.push(if parts { ' ' } else { c });
        before = c;
    }
    let trimmed = spaced.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    trimmed.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A number as it is compared: capitals, without blanks, and without zeros that only fill up.
fn bare(number: &str) -> String {
    let mut bare = String::new();
    let mut is_in_digits = false;
    let mut filling = String::new();
    for c in number.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase) {
        if c == '0' && !is_in_digits {
            filling.push(c);
            continue;
        }
        if !c.is_ascii_digit() && !filling.is_empty() && !is_in_digits {
            bare.push('0');
        }
        filling.clear();
        is_in_digits = c.is_ascii_digit();
        bare.push(c);
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::{bare, stands_in};

    #[test]
    fn numbers_are_compared_without_fill() {
        assert_eq!(bare("000118"), "118");
        assert_eq!(bare("FPR 046/26"), "FPR46/26");
        assert_eq!(bare("2026/100"), "2026/100");
    }

    #[test]
    fn a_number_stands_after_a_cue() {
        for text in ["Storno fattura 118", "NC su ft. 118 del 02/09/2026", "reso ft.118", "Fattura n° 00118: reso"] {
            assert!(stands_in(text, "118", false), "{text}");
        }
        for text in ["sconto su 118 pezzi", "reso del 118", "Storno fattura 1180", "118 euro", ""] {
            assert!(!stands_in(text, "118", false), "{text}");
        }
        assert!(stands_in("reso 2026/118", "2026/118", false), "nothing else looks like it");
    }

    #[test]
    fn in_its_column_any_word_is_a_number() {
        assert!(stands_in("118 del 02/09/2026", "118", true));
        assert!(stands_in("FPR 46/26", "FPR 46/26", true));
        assert!(!stands_in("1180", "118", true));
    }
}
