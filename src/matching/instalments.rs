//! "La rata 2", "die zweite Rate", "the 2nd instalment": which instalment of an invoice is meant, where the words say it.

use super::directory::Directory;
use super::items::Found;
use super::tokens::{Piece, cut};
use crate::ledger::ids::ReceivableId;
use std::collections::{BTreeMap, BTreeSet};

/// The number of the one instalment that a text names; `None` where it names none, or several.
pub(super) fn named(text: &str) -> Option<u16> {
    let parts: Vec<Part> = cut(text).iter().filter_map(|token| part(token.piece)).collect();
    let word = |at: usize| match parts.get(at) {
        Some(Part::Word(word)) => Some(word.as_str()),
        _ => None,
    };
    let number = |at: usize| match parts.get(at) {
        Some(Part::Number(number)) => Some(*number),
        _ => None,
    };
    let mut found = BTreeSet::new();
    for at in 0..parts.len() {
        if !word(at).is_some_and(|word| INSTALMENT.contains(&word)) {
            continue;
        }
        let labelled = word(at + 1).is_some_and(|word| NUMBER.contains(&word));
        // "Rata n. 3".
        let pointed = labelled && matches!(parts.get(at + 2), Some(Part::Point));
        let behind = number(at + 1 + usize::from(labelled) + usize::from(pointed));
        let before = at.checked_sub(1).and_then(|before| match parts.get(before) {
            Some(Part::Word(word)) if ENDINGS.contains(&word.as_str()) => number(before.checked_sub(1)?),
            Some(Part::Word(word)) => ordinal(word),
            Some(Part::Point) => number(before.checked_sub(1)?),
            _ => None,
        });
        found.extend(before.or(behind).filter(|number| (1..=AT_MOST).contains(number)));
    }
    let mut found = found.into_iter();
    found.next().filter(|_| found.next().is_none())
}

/// "La rata 2" of the one invoice that is meant: that instalment, whichever of them the thread or the number brought.
pub(super) fn narrowed(number: u16, found: Found, directory: &Directory, all: &[ReceivableId]) -> Found {
    let document = |id: &ReceivableId| directory.item(*id).map(|item| (&item.written, item.issued));
    let documents: BTreeSet<_> = found.keys().map(document).collect();
    let Some(Some(meant)) = documents.first().filter(|_| documents.len() == 1) else { return found };
    let is_it = |id: &&ReceivableId| {
        let bears = directory.item(**id).is_some_and(|item| item.instalment == number);
        bears && document(id).as_ref() == Some(meant)
    };
    match all.iter().find(is_it) {
        Some(instalment) => BTreeMap::from([(*instalment, found.into_values().flatten().collect())]),
        None => found,
    }
}

enum Part {
    Word(String),
    Number(u16),
    /// What stands behind the figures of an ordinal.
    Point,
    Other,
}

fn part(piece: Piece<'_>) -> Option<Part> {
    match piece {
        Piece::Word(word) => Some(Part::Word(word.to_lowercase())),
        Piece::Number(number) => Some(number.parse().map_or(Part::Other, Part::Number)),
        Piece::Sign('.' | 'ª' | 'º' | '°' | '^') => Some(Part::Point),
        Piece::Sign(_) => Some(Part::Other),
        Piece::Space => None,
    }
}

/// No plan has more.
const AT_MOST: u16 = 24;

/// One of them: "rate" is the German word, "in 3 rate" has no sign behind its figure.
const INSTALMENT: &[&str] = &[
    "rata",
    "rate",
    "teilzahlung",
    "instalment",
    "installment",
    "échéance",
    "echeance",
    "mensualité",
    "plazo",
    "cuota",
    "tranche",
];

const NUMBER: &[&str] = &["n", "nr", "no", "num", "numero", "numéro", "número", "nummer", "number"];

/// Behind the figures of an ordinal.
const ENDINGS: &[&str] = &["a", "ª", "º", "st", "nd", "rd", "th", "e", "er", "ère", "ème", "eme", "te", "ten", "o"];

fn ordinal(word: &str) -> Option<u16> {
    let place = ORDINALS.iter().position(|words| words.contains(&word))?;
    u16::try_from(place + 1).ok()
}

/// From the first on.
const ORDINALS: &[&[&str]] = &[
    &["prima", "first", "erste", "ersten", "première", "premiere", "primera", "primer"],
    &["seconda", "second", "zweite", "zweiten", "deuxième", "deuxieme", "seconde", "segunda", "segundo"],
    &["terza", "third", "dritte", "dritten", "troisième", "troisieme", "tercera", "tercer"],
    &["quarta", "fourth", "vierte", "vierten", "quatrième", "quatrieme", "cuarta", "cuarto"],
    &["quinta", "fifth", "fünfte", "fünften", "cinquième", "cinquieme", "quinto"],
    &["sesta", "sixth", "sechste", "sechsten", "sixième", "sixieme", "sexta", "sexto"],
];

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn instalments_that_words_name() {
        for (text, number) in [
            ("la rata 2 la paghiamo il 10 marzo", Some(2)),
            ("la seconda rata parte lunedì", Some(2)),
            ("2ª rata: bonifico il 10", Some(2)),
            ("rata n. 3", Some(3)),
            ("die 2. Rate zahlen wir am 10.", Some(2)),
            ("die zweite Rate kommt", Some(2)),
            ("Rate 2 am 10. März", Some(2)),
            ("the 3rd instalment goes out on Friday", Some(3)),
            ("instalment no. 2", Some(2)),
            ("la deuxième échéance sera réglée", Some(2)),
            ("el segundo plazo lo pagamos el 10", Some(2)),
            ("possiamo pagare in 3 rate?", None),
            ("in tre rate da 400", None),
            ("la prima rata il 10, la seconda rata il 20", None),
            ("paghiamo il 2", None),
            ("rata 300 euro", None),
        ] {
            assert_eq!(named(text), number, "{text}");
        }
    }
}
