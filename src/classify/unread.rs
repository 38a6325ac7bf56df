//! What nobody understood: sentences that no rule touched and that could matter.
//!
//! Policy answers by itself only where this list is empty, so courtesy must not fill it and substance must not slip
//! through: a sentence is dropped only when every word of it is explained.

use super::compile::{Compiled, Phrase, Role};
use super::fold::original;
use super::intents::{Holding, Scanned};
use std::ops::Range;

/// The sentences (or parts after a turn such as "ma") that remain unexplained, in the writer's words.
pub(super) fn unread(compiled: &Compiled, scanned: &[Scanned], holdings: &[Holding], text: &str) -> Vec<String> {
    let mut left = Vec::new();
    for (index, scanned) in scanned.iter().enumerate() {
        let held: Vec<&Holding> = holdings.iter().filter(|holding| holding.sentence == index).collect();
        for part in parts(scanned) {
            let touched = held.iter().any(|holding| holding.from < part.end && part.start < holding.to);
            if !touched && matters(compiled, scanned, part.clone(), text) {
                left.push(original(text, scanned.sentence.range_of(part.start, part.end)).to_owned());
            }
        }
    }
    left
}

/// A sentence is one part, unless a turn divides it.
fn parts(scanned: &Scanned) -> Vec<Range<usize>> {
    let length = scanned.sentence.tokens.len();
    let mut cuts: Vec<usize> = scanned.phrases(Phrase::Turn).map(|hit| hit.from).filter(|from| *from > 0).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut parts = Vec::new();
    let mut start = 0;
    for cut in cuts {
        parts.push(start..cut);
        start = cut;
    }
    parts.push(start..length);
    parts
}

fn matters(compiled: &Compiled, scanned: &Scanned, part: Range<usize>, text: &str) -> bool {
    let explained = |index: usize| {
        scanned.hits.iter().any(|(role, hit)| {
            let covers =
                matches!(role, Role::Phrase(Phrase::Filler | Phrase::Context | Phrase::Turn, _) | Role::Date(_));
            covers && hit.from <= index && index < hit.to
        })
    };
    let open: Vec<usize> = part.clone().filter(|index| !explained(*index)).collect();
    let words = open.iter().filter(|index| is_word(compiled, scanned, **index)).count();
    if looks_like_a_name(scanned, &part, &open, text) {
        return false;
    }
    let loud = scanned.sentence.question || scanned.phrases(Phrase::Negation).any(|hit| part.contains(&hit.from));
    if loud { words >= 1 } else { words >= 2 }
}

/// A word that says something: not a number, not a month, longer than two letters.
fn is_word(compiled: &Compiled, scanned: &Scanned, index: usize) -> bool {
    let Some(word) = scanned.sentence.word(index) else { return false };
    let scenery = compiled.calendar.month(word).is_some() || compiled.calendar.weekday(word).is_some();
    word.len() > 2 && !word.starts_with(|c: char| c.is_ascii_digit()) && !scenery
}

/// "Mario Rossi", "Officine Baldini S.r.l.": up to five open words, all with capitals, no question.
fn looks_like_a_name(scanned: &Scanned, part: &Range<usize>, open: &[usize], text: &str) -> bool {
    let capital = |index: &usize| {
        scanned.sentence.tokens.get(*index).and_then(|token| text.get(token.start..token.end)).is_some_and(|word| {
            word.starts_with(char::is_uppercase) || word.starts_with(|c: char| c.is_ascii_digit()) || word.len() <= 2
        })
    };
    let shouted = open.len() > 3
        && open.iter().all(|index| {
            scanned
                .sentence
                .tokens
                .get(*index)
                .and_then(|token| text.get(token.start..token.end))
                .is_some_and(|word| word.to_uppercase() == word)
        });
    !scanned.sentence.question && !shouted && part.len() <= 7 && open.len() <= 5 && open.iter().all(capital)
        // A single word that opens a line may be a verb ("Provvedo"): names have two.
        && (open.len() >= 2 || part.len() > open.len())
}
