//! Days on which something else happens than what is promised: money comes to the writer, somebody is away, a feast is held.

use super::super::compile::Phrase;
use super::super::intents::Scanned;
use super::dates::NamedDay;

/// Words around a day, or right before or behind it in its part, that give it to something else.
pub(super) fn of_else(scanned: &Scanned, from: usize, to: usize) -> bool {
    // "Lo stipendio arriva il 27 e quel giorno pago."
    if scanned.phrases(Phrase::SameDay).any(|hit| hit.from >= to) {
        return false;
    }
    let joined = |at: usize| scanned.sentence.tokens.get(at).is_some_and(|token| !token.after_break);
    scanned.phrases(Phrase::OtherDay).any(|hit| {
        let around = hit.from < to && from < hit.to;
        let small = || scanned.sentence.word(hit.to).is_some_and(|word| word.len() <= SMALL_WORD);
        let right = from == hit.to || from == hit.to + 1 && small();
        let before = right && (hit.to..=from).all(joined);
        around || before || hit.from == to && joined(to)
    })
}

/// An article or a preposition.
const SMALL_WORD: usize = 3;

/// "Elle paie toujours le 1er ou le 2", "he told me the 6th, then the 13th": what the first is, the second is.
pub(super) fn goes_on(scanned: &Scanned, before: &NamedDay, from: usize) -> bool {
    const LINKS: &[&str] = &[
        "o", "e", "poi", "or", "and", "then", "oder", "und", "dann", "ou", "et", "puis", "y", "u", "luego", "th", "st",
        "er",
    ];
    const ARTICLES: &[&str] = &["il", "the", "on", "am", "der", "dem", "den", "le", "el", "al", "au"];
    let words: Vec<&str> = (before.to..from).filter_map(|at| scanned.sentence.word(at)).collect();
    let linked = words.iter().any(|word| LINKS.contains(word));
    linked && words.iter().all(|word| LINKS.contains(word) || ARTICLES.contains(word))
}
