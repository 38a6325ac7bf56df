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
            let touches =
                |range: &Range<usize>| held.iter().any(|holding| holding.from < range.end && range.start < holding.to);
            let open = if touches(&part) {
                // A rule explains its own words, not all that stands beside them.
                let crowded = |range: &Range<usize>| {
                    let most = if touches(range) { CROWDED_BESIDE } else { CROWDED_APART };
                    open_words(compiled, scanned, &held, range.clone()) >= most
                };
                segments(scanned, &part).iter().any(crowded)
            } else {
                matters(compiled, scanned, part.clone(), text)
            };
            if open {
                left.push(original(text, scanned.sentence.range_of(part.start, part.end)).to_owned());
            }
        }
    }
    left
}

/// So many unexplained words in the same part between commas as a rule's words are too many to pass over.
const CROWDED_BESIDE: usize = 5;
/// The same for a part between commas in which no rule holds.
const CROWDED_APART: usize = 4;

/// The parts between commas.
fn segments(scanned: &Scanned, part: &Range<usize>) -> Vec<Range<usize>> {
    let breaks =
        part.clone().skip(1).filter(|index| scanned.sentence.tokens.get(*index).is_some_and(|token| token.after_break));
    let mut segments = Vec::new();
    let mut start = part.start;
    for cut in breaks {
        segments.push(start..cut);
        start = cut;
    }
    segments.push(start..part.end);
    segments
}

/// Words that neither a rule that holds nor scenery explains.
fn open_words(compiled: &Compiled, scanned: &Scanned, held: &[&Holding], range: Range<usize>) -> usize {
    let ruled = |index: usize| held.iter().any(|holding| holding.from <= index && index < holding.to);
    range.filter(|index| !ruled(*index) && !explained(scanned, *index) && is_word(compiled, scanned, *index)).count()
}

/// Scenery: courtesy, context, a day.
fn explained(scanned: &Scanned, index: usize) -> bool {
    scanned.hits.iter().any(|(role, hit)| {
        let covers = matches!(role, Role::Phrase(Phrase::Filler | Phrase::Context | Phrase::Turn, _) | Role::Date(_));
        covers && hit.from <= index && index < hit.to
    })
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
    let open: Vec<usize> = part.clone().filter(|index| !explained(scanned, *index)).collect();
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
