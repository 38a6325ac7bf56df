//! What nobody understood: sentences that no rule touched and that could matter.
//!
//! Policy answers by itself only where this list is empty, so courtesy must not fill it and substance must not slip
//! through: a sentence is dropped only when every word of it is explained.

use super::compile::{Compiled, Phrase, Role};
use super::fold::original;
use super::intents::{Holding, Scanned};
use super::matcher::Hit;
use super::read::Utterance;
use crate::ledger::words::{Intent, Language};
use std::collections::BTreeSet;
use std::ops::Range;

/// The sentences (or parts after a turn such as "ma") that remain unexplained, in the writer's words.
pub(super) fn unread(
    compiled: &Compiled,
    scanned: &[Scanned],
    holdings: &[Holding],
    utterance: &Utterance<'_>,
    language: Option<Language>,
    thanks_only: bool,
) -> Vec<String> {
    let text = utterance.text;
    let rules = holdings.iter().filter_map(|holding| compiled.rules.get(holding.rule));
    let wishes: BTreeSet<Intent> = rules.map(|rule| rule.intent).collect();
    let mut left = Vec::new();
    for (index, scanned) in scanned.iter().enumerate() {
        let held: Vec<&Holding> = holdings.iter().filter(|holding| holding.sentence == index).collect();
        let capital_nouns = language == Some(Language::German);
        let unsaid = unsaid(compiled, scanned, &held);
        let place = Sight {
            compiled,
            scanned,
            held: &held,
            wishes: &wishes,
            text,
            people: &utterance.people,
            capital_nouns,
            unsaid,
            thanks_only,
        };
        for part in parts(scanned) {
            if place.open(&part) {
                left.push(original(text, scanned.sentence.range_of(part.start, part.end)).to_owned());
            }
        }
    }
    left
}

/// Does a mail agree to what was proposed, with courtesies and names, and say nothing else? A question or a no is something
/// else, and so is a day or a sum.
pub(super) fn accepts(compiled: &Compiled, scanned: &[Scanned], utterance: &Utterance<'_>) -> bool {
    let wanted = Phrase::Acceptance;
    let said = scanned.iter().any(|scanned| scanned.phrases(wanted).next().is_some());
    let wishes = BTreeSet::new();
    let only = |scanned: &Scanned| {
        let place = Sight {
            compiled,
            scanned,
            held: &[],
            wishes: &wishes,
            text: utterance.text,
            people: &utterance.people,
            capital_nouns: false,
            unsaid: BTreeSet::new(),
            thanks_only: false,
        };
        let is_wanted = |role: &Role| matches!(role, Role::Phrase(phrase, _) if *phrase == wanted);
        let is_courtesy = |role: &Role| matches!(role, Role::Phrase(Phrase::Filler, _));
        let length = scanned.sentence.tokens.len();
        let explained = |index: usize| {
            place.is_person(index)
                || place.greeted(index)
                || place.covered(index, is_wanted)
                || place.covered(index, is_courtesy)
        };
        let denied = scanned.phrases(Phrase::Negation).next().is_some()
            || scanned.phrases(Phrase::NegationAfter).next().is_some()
            || scanned.phrases(Phrase::Correction).next().is_some();
        !scanned.sentence.question && !denied && ((0..length).all(explained) || place.signs(&(0..length)))
    };
    said && scanned.iter().all(only)
}

/// A sentence, what holds in it, and what the whole mail wants.
struct Sight<'a> {
    compiled: &'a Compiled,
    scanned: &'a Scanned,
    held: &'a [&'a Holding],
    wishes: &'a BTreeSet<Intent>,
    text: &'a str,
    people: &'a BTreeSet<String>,
    /// The language writes every noun with a capital: one is no sign of a name.
    capital_nouns: bool,
    /// Words that stand in the gaps of the patterns which hold: no pattern says anything of them.
    unsaid: BTreeSet<usize>,
    /// The writer only received or thanks, and nothing will be answered: a few words beside that may be left over.
    thanks_only: bool,
}

/// Words between those that the patterns name.
fn unsaid(compiled: &Compiled, scanned: &Scanned, held: &[&Holding]) -> BTreeSet<usize> {
    let mut said = BTreeSet::new();
    let mut unsaid = BTreeSet::new();
    for holding in held {
        let hit = Hit { pattern: holding.pattern, from: holding.from, to: holding.to };
        let matcher = compiled.languages.get(holding.pattern).and_then(|language| compiled.matchers.get(language));
        let gaps = matcher.map(|matcher| matcher.gaps(&scanned.sentence, hit)).unwrap_or_default();
        said.extend((hit.from..hit.to).filter(|index| !gaps.contains(index)));
        unsaid.extend(gaps);
    }
    &unsaid - &said
}

impl Sight<'_> {
    fn open(&self, part: &Range<usize>) -> bool {
        if self.scanned.phrases(Phrase::Correction).any(|hit| part.contains(&hit.from)) {
            return true;
        }
        let weighty = |hit: Hit| part.contains(&hit.from) && (hit.from..hit.to).any(|index| !self.explained(index));
        if self.scanned.phrases(Phrase::Substance).any(weighty) {
            return true;
        }
        if !self.ruled(part) {
            return self.matters(part);
        }
        // A rule explains its own words, not all that stands beside them.
        segments(self.scanned, part).iter().any(|range| {
            let ruled = |index: &usize| self.ruled(&(*index..*index + 1)) && !self.unsaid.contains(index);
            let open = range.clone().filter(|index| !ruled(index) && !self.explained(*index) && self.is_word(*index));
            open.count() >= if self.thanks_only { MANY_BESIDE_THANKS } else { 1 }
        })
    }

    /// A rule that holds covers a word of the range.
    fn ruled(&self, range: &Range<usize>) -> bool {
        self.held.iter().any(|holding| holding.from < range.end && range.start < holding.to)
    }

    /// Scenery: courtesy, context, a day; what commonly goes with the wishes of this mail.
    fn explained(&self, index: usize) -> bool {
        let scenery = |role: &Role| matches!(role, Role::Phrase(Phrase::Context | Phrase::Turn, _) | Role::Date(_));
        self.is_person(index)
            || self.is_series(index)
            || self.courteous(index)
            || self.covered(index, scenery)
            || self.describes(index)
            || self.greeted(index)
    }

    /// A name of somebody who writes or is written to. A word that the rules know says what it says there, whatever people
    /// call themselves.
    fn is_person(&self, index: usize) -> bool {
        let Some(word) = self.scanned.sentence.word(index).filter(|word| self.people.contains(*word)) else {
            return false;
        };
        let spoken = self.compiled.vocabulary.get(word);
        spoken.is_none_or(|tongues| self.scanned.heard.iter().all(|heard| !tongues.contain(*heard)))
    }

    /// "EXT 25/26", "FPR 118": the letters of a number.
    fn is_series(&self, index: usize) -> bool {
        let capitals = self.written(index).is_some_and(|word| word.len() <= 4 && word.chars().all(char::is_uppercase));
        capitals
            && self.scanned.sentence.tokens.get(index + 1).is_some_and(|next| next.is_number() && !next.after_break)
    }

    /// "Buongiorno Marta": the name right after the greeting that opens a sentence.
    fn greeted(&self, index: usize) -> bool {
        let name = self.written(index).is_some_and(|word| word.starts_with(char::is_uppercase));
        (1..=GREETING_AT_MOST).contains(&index) && name && (0..index).all(|before| self.courteous(before))
    }

    /// "Relativa al sito dell'albergo", in a mail that wants the paper.
    fn describes(&self, index: usize) -> bool {
        let papers = [Intent::InvoiceRequest, Intent::StatementRequest];
        let clause = |at: usize| {
            let word = self.scanned.sentence.word(at).unwrap_or_default();
            CLAUSES.contains(&word) || self.scanned.phrases(Phrase::Negation).any(|hit| hit.from == at)
        };
        papers.iter().any(|paper| self.wishes.contains(paper))
            && self
                .scanned
                .phrases(Phrase::Description)
                .any(|hit| hit.from <= index && index < hit.to && !(hit.from..hit.to).any(clause))
    }

    /// A turn of courtesy, or of what commonly goes with the wishes of this mail.
    fn courteous(&self, index: usize) -> bool {
        self.covered(index, |role| self.is_courtesy(role))
    }

    fn is_courtesy(&self, role: &Role) -> bool {
        match role {
            Role::Phrase(phrase, _) => *phrase == Phrase::Filler,
            Role::Companion(group) => self
                .compiled
                .companions
                .get(*group)
                .is_some_and(|beside| beside.is_empty() || beside.iter().any(|intent| self.wishes.contains(intent))),
            Role::Rule(_) | Role::NotNear(_) | Role::Date(_) => false,
        }
    }

    fn covered(&self, index: usize, by: impl Fn(&Role) -> bool) -> bool {
        self.scanned.hits.iter().any(|(role, hit)| hit.from <= index && index < hit.to && by(role))
    }

    fn matters(&self, part: &Range<usize>) -> bool {
        let open: Vec<usize> = part.clone().filter(|index| !self.explained(*index)).collect();
        let words = open.iter().filter(|index| self.is_word(**index)).count();
        if self.looks_like_a_name(part, &open) || self.signs(part) {
            return false;
        }
        let negation = |hit: Hit| part.contains(&hit.from) && !self.explained(hit.from);
        let loud = self.scanned.sentence.question || self.scanned.phrases(Phrase::Negation).any(negation);
        // "Who are you?", "how is your cat?": single words that elsewhere only name what a mail is about, or commonly go with
        // its wish, ask here for an answer. Only a whole turn does not.
        let turn = |index: usize| {
            self.scanned.hits.iter().any(|(role, hit)| {
                let whole = matches!(role, Role::Phrase(Phrase::Filler, _)) || hit.to - hit.from > 1;
                whole && hit.from <= index && index < hit.to && self.is_courtesy(role)
            })
        };
        let courteous = part.clone().any(turn);
        if self.scanned.sentence.question && !courteous && part.clone().any(|index| self.is_word(index)) {
            return true;
        }
        words >= if self.thanks_only && !loud { 2 } else { 1 }
    }

    /// A word that says something: not a number, not a month, longer than two letters.
    fn is_word(&self, index: usize) -> bool {
        let Some(word) = self.scanned.sentence.word(index) else { return false };
        // "Mai" is a month in German and "never" in Italian.
        let denied = self.scanned.phrases(Phrase::Negation).any(|hit| hit.from == index);
        let mut calendars = self.scanned.heard.iter().filter_map(|language| self.compiled.calendars.get(language));
        let named = calendars.any(|calendar| calendar.month(word).is_some() || calendar.weekday(word).is_some());
        let scenery = named && !denied;
        word.len() > 2 && !word.starts_with(|c: char| c.is_ascii_digit()) && !scenery
    }

    fn written(&self, index: usize) -> Option<&str> {
        self.scanned.sentence.tokens.get(index).and_then(|token| self.text.get(token.start..token.end))
    }

    /// A word with a capital that no rule knows, alone on the last line: who wrote it.
    fn signs(&self, part: &Range<usize>) -> bool {
        let Some(token) = self.scanned.sentence.tokens.get(part.start).filter(|_| part.len() == 1) else {
            return false;
        };
        let (before, behind) = (self.text.get(..token.start), self.text.get(token.end..));
        let alone = before.is_some_and(|text| text.trim_end_matches(' ').ends_with('\n'))
            && behind.is_some_and(|text| text.chars().all(|c| c.is_whitespace() || c == '.'));
        let known = self.compiled.vocabulary.contains_key(&token.word);
        alone && !known && self.written(part.start).is_some_and(|word| word.starts_with(char::is_uppercase))
    }

    /// "Mario Rossi", "Officine Baldini S.r.l.": up to five open words, all with capitals, no question.
    fn looks_like_a_name(&self, part: &Range<usize>, open: &[usize]) -> bool {
        let capital = |index: &usize| {
            self.written(*index).is_some_and(|word| {
                word.starts_with(char::is_uppercase)
                    || word.starts_with(|c: char| c.is_ascii_digit())
                    || word.len() <= 2
            })
        };
        let loud = |index: &usize| self.written(*index).is_some_and(|word| word.to_uppercase() == word);
        let shouted = open.len() > 3 && open.iter().all(loud);
        if self.capital_nouns && part.clone().any(|index| !capital(&index) && !self.courteous(index)) {
            return false;
        }
        !self.scanned.sentence.question && !shouted && part.len() <= 7 && open.len() <= 5 && open.iter().all(capital)
            // A single word that opens a line may be a verb or a judgement ("Provvedo", "Deludente"): names have two.
            && open.len() >= 2 && open.len() == part.len()
    }
}

/// Words that open a clause: what follows says something of its own.
const CLAUSES: &[&str] = &[
    "che", "e", "se", "perche", "dove", "cui", "which", "that", "who", "and", "if", "because", "que", "qui", "dont",
    "et", "si", "car", "y", "porque", "donde", "pero", "dass", "und", "wenn", "weil", "ob", "aber",
];

/// So many unexplained words in the same part between commas as thanks are too many.
const MANY_BESIDE_THANKS: usize = 4;

/// A greeting has no more words than these before the name.
const GREETING_AT_MOST: usize = 3;

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
