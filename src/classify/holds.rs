//! Which rules hold where in a text, and the word lists behind their patterns: for looking at rules and comparing them,
//! not for reading mails.

use super::RuleSource;
use super::compile::Compiled;
use super::facts::dates;
use super::fold::original;
use super::intents::{self, Holding};
use super::rules::{Place, file};
use super::sentences::sentences;
use crate::ledger::ids::RuleId;
use crate::ledger::words::{Intent, Language};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A rule that holds on some words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which rule.
    pub rule: RuleId,
    /// What it says.
    pub intent: Intent,
    /// The sentence of the text, from 0.
    pub sentence: usize,
    /// Its words in that sentence, from 0.
    pub place: Range<usize>,
    /// The same words as written.
    pub words: String,
    /// What it says counts; else another rule overrules it.
    pub counts: bool,
}

/// All rules that hold in a text, guesses left out.
pub(super) fn held(compiled: &Compiled, text: &str, day: NaiveDate) -> Vec<Held> {
    let scanned = intents::scan(compiled, sentences(text), None);
    let mut raw = intents::holdings(compiled, &scanned, Place::Text);
    raw.retain(|holding| compiled.rules.get(holding.rule).is_some_and(|rule| !rule.faint));
    let times = dates::times(&dates::read(compiled, &scanned, day).named, day);
    let counting: BTreeSet<Holding> = intents::overrule(compiled, &scanned, raw.clone(), &times).into_iter().collect();
    let told = raw.iter().filter_map(|holding| {
        let rule = compiled.rules.get(holding.rule)?;
        let words = scanned.get(holding.sentence)?.sentence.range_of(holding.from, holding.to);
        Some(Held {
            rule: rule.id.clone(),
            intent: rule.intent,
            sentence: holding.sentence,
            place: holding.from..holding.to,
            words: original(text, words).to_owned(),
            counts: counting.contains(holding),
        })
    });
    let mut told: Vec<Held> = told.collect();
    told.dedup();
    told
}

/// The word lists of a language as they are written, shipped entries and own ones.
pub(super) fn word_lists(compiled: &Compiled, language: Language) -> BTreeMap<String, Vec<String>> {
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, text) in &compiled.texts {
        let source = RuleSource { file: name.clone(), text: text.clone() };
        let read = file::read(&source, &mut Vec::new()).filter(|read| read.language == language);
        for (list, entries) in read.into_iter().flat_map(|read| read.lists) {
            lists.entry(list.text).or_default().extend(entries.into_iter().map(|entry| entry.text));
        }
    }
    lists
}
