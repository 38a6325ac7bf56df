//! The owner's answer to the list of the morning. It can only stop: nothing that is written here lets a mail go.

use std::collections::{BTreeMap, BTreeSet};

/// Words that say no, in the languages in which the list is written and a few ways of saying it.
const NO: &[&str] = &[
    "no",
    "non",
    "niente",
    "nessuno",
    "fermo",
    "ferma",
    "fermi",
    "fermare",
    "fermalo",
    "annulla",
    "annullare",
    "blocca",
    "stop",
    "not",
    "don't",
    "dont",
    "cancel",
    "none",
    "nothing",
];
/// Words that mean the whole list.
const ALL: &[&str] =
    &["tutti", "tutto", "tutte", "niente", "nessuno", "nulla", "all", "everything", "none", "nothing", "any"];
/// Words of one who agrees or thanks; a line of nothing else changes nothing.
const YES: &[&str] = &[
    "ok",
    "okay",
    "sì",
    "si",
    "va",
    "bene",
    "vanno",
    "perfetto",
    "d'accordo",
    "grazie",
    "yes",
    "fine",
    "good",
    "thanks",
    "thank",
    "you",
    "visto",
    "seen",
    "ricevuto",
    "ciao",
    "buongiorno",
    "hello",
    "hi",
    "saluti",
    "cordiali",
    "regards",
    "e",
    "and",
    "buona",
    "giornata",
    "mille",
];

/// What an answer stops.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Veto {
    /// The numbers that it says no to.
    pub stopped: BTreeSet<i64>,
    /// Something in it was not understood: the rest of the list waits for the owner.
    pub is_unclear: bool,
}

/// Reads the new words of an answer to a list with these numbers on it. `documents` has for each of them the figures in
/// the numbers of the documents that its mail is about: where the figure that was typed stands in another mail's document,
/// only a person can say which was meant.
#[must_use]
pub fn read_veto(words: &str, listed: &BTreeSet<i64>, documents: &BTreeMap<i64, BTreeSet<i64>>) -> Veto {
    // Nothing in words: what was meant may stand in the subject, in a picture, or between the lines of the list.
    let mut veto = Veto { is_unclear: words.trim().is_empty(), ..Veto::default() };
    let is_ambiguous =
        |number: &i64| documents.iter().any(|(mail, figures)| mail != number && figures.contains(number));
    for line in words.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let tokens: Vec<String> = tokens(line);
        let is_no = tokens.iter().any(|token| NO.contains(&token.as_str()));
        let is_all = tokens.iter().any(|token| ALL.contains(&token.as_str()));
        let numbers: BTreeSet<i64> = tokens.iter().filter_map(|token| token.parse().ok()).collect();
        let known: BTreeSet<i64> = numbers.intersection(listed).copied().collect();
        // "no" and nothing else is a no to what was asked: the list.
        let is_bare = tokens.len() == 1;
        // "Niente in contrario", "non c'è problema", "12 sì, 15 no": said in so many ways that a person must look.
        let is_plain = tokens.iter().all(|token| {
            NO.contains(&token.as_str())
                || ALL.contains(&token.as_str())
                || token.parse::<i64>().is_ok()
                || matches!(
                    token.as_str(),
                    "e" | "and"
                        | "il"
                        | "la"
                        | "the"
                        | "grazie"
                        | "thanks"
                        | "n"
                        | "nr"
                        | "num"
                        | "numero"
                        | "number"
                        | "nos"
                )
        });
        // "no 2-4", "no 2..4": which of them are meant only a person can say.
        let is_plain = is_plain && !is_range(line);
        // "No 12" is what the list says to write; "no alla n. 12" may speak of the invoice.
        let is_as_told = |token: &String| {
            !matches!(token.as_str(), "n" | "nr" | "num" | "numero" | "number" | "nos" | "il" | "la" | "the")
        };
        let is_plain = is_plain && (tokens.iter().all(is_as_told) || !known.iter().any(is_ambiguous));
        // "Ok?", a thumb down: a question or a sign agrees to nothing.
        let agrees =
            !tokens.is_empty() && !line.contains('?') && tokens.iter().all(|token| YES.contains(&token.as_str()));
        if is_no && is_plain && (is_all || is_bare) && numbers.is_empty() {
            veto.stopped.extend(listed);
        } else if is_no && is_plain && !known.is_empty() && !is_all {
            veto.stopped.extend(&known);
            veto.is_unclear |= known.len() < numbers.len();
        } else if !agrees {
            veto.is_unclear = true;
        }
    }
    veto
}

/// The figures in the number of a document: 118 and 2026 in "118/2026".
#[must_use]
pub fn figures(number: &str) -> Vec<i64> {
    number.split(|sign: char| !sign.is_ascii_digit()).filter_map(|figures| figures.parse().ok()).collect()
}

/// Numbers joined by a dash or dots.
fn is_range(line: &str) -> bool {
    let joins = |sign: char| matches!(sign, '-' | '–' | '—' | '.' | '…' | '/' | ':' | '÷' | '~');
    let mut after_number = false;
    let mut joined = false;
    for sign in line.chars().filter(|sign| !sign.is_whitespace()) {
        if sign.is_ascii_digit() {
            if joined {
                return true;
            }
            after_number = true;
        } else {
            joined = (after_number || joined) && joins(sign);
            after_number = false;
        }
    }
    false
}

/// Words and numbers in lower case, without the punctuation around them.
fn tokens(line: &str) -> Vec<String> {
    line.to_lowercase()
        .replace('’', "'")
        .split(|sign: char| !sign.is_alphanumeric() && sign != '\'')
        .map(|token| token.trim_matches('\'').to_owned())
        .filter(|token| !token.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> (Vec<i64>, bool) {
        let documents = [(12, "118/2026"), (15, "119/2026"), (16, "FT 12 bis")];
        let documents = documents.map(|(mail, number)| (mail, figures(number).into_iter().collect()));
        let veto = read_veto(words, &BTreeSet::from([12, 15, 16]), &BTreeMap::from(documents));
        (veto.stopped.into_iter().collect(), veto.is_unclear)
    }

    #[test]
    fn a_plain_no_stops() {
        for (words, stopped) in [
            ("no 12", vec![12]),
            ("No 12.", vec![12]),
            ("NO 12, 15", vec![12, 15]),
            ("no 12 e 15, grazie", vec![12, 15]),
            ("stop 16", vec![16]),
            ("no n. 15", vec![15]),
            ("No, n. 15 e n. 16.", vec![15, 16]),
            ("no 12\nno 16\n", vec![12, 16]),
            ("no tutti", vec![12, 15, 16]),
            ("no all", vec![12, 15, 16]),
            ("no", vec![12, 15, 16]),
            ("Niente!", vec![12, 15, 16]),
            ("Buongiorno,\nno 15\nGrazie", vec![15]),
            ("ok, grazie", vec![]),
            ("Va bene!", vec![]),
        ] {
            assert_eq!(read(words), (stopped, false), "{words}");
        }
    }

    /// Nothing that a person might mean as a no is passed over: what is not plain makes everything wait.
    #[test]
    fn what_is_not_plain_makes_the_rest_wait() {
        for (words, stopped) in [
            ("12", vec![]),
            ("Baldini no, mi ha telefonato ieri", vec![]),
            ("no 99", vec![]),
            ("no n. 12", vec![]),
            ("", vec![]),
            ("👎", vec![]),
            ("🛑 ⛔", vec![]),
            ("???", vec![]),
            ("ok?", vec![]),
            ("va bene?", vec![]),
            ("ok\n👎", vec![]),
            ("no 12-16", vec![]),
            ("no 12 – 16", vec![]),
            ("no 12..16", vec![]),
            ("no da 12 a 16", vec![]),
            ("no 12 to 16", vec![]),
            ("no 12, 99", vec![12]),
            ("12 sì, 15 no", vec![]),
            ("tutti tranne 12", vec![]),
            ("no tutti tranne 12", vec![]),
            ("ok ma aspetta con Verdi", vec![]),
            ("no 12\nquello di Verdi aspetta fino a lunedì", vec![12]),
            ("non c'è problema", vec![]),
        ] {
            assert_eq!(read(words), (stopped, true), "{words}");
        }
    }
}
