//! Rules that contradict each other: on the same words of a labelled sentence one says what the label says, and another,
//! which counts too, something that the label does not say.

use super::in_force::InForce;
use super::sentences::{on_all_processors, reading_day};
use crate::classify::Held;
use crate::cli::output::{Screen, counted};
use crate::ledger::ids::RuleId;
use crate::ledger::words::Intent;
use crate::measure::Sentence;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// So many pairs are shown where not all are asked for.
const SHOWN: usize = 20;

/// Two rules, and how often each of them was right where they met.
#[derive(Debug)]
pub(super) struct Conflict {
    pub(super) rules: [(RuleId, Intent); 2],
    /// The first right and the second wrong; and the other way round.
    pub(super) right: [usize; 2],
    pub(super) examples: [Option<Example>; 2],
    /// One of them is the firm's own.
    pub(super) own: bool,
}

/// A sentence in which they met.
#[derive(Debug, Clone)]
pub(super) struct Example {
    file: &'static str,
    line: usize,
    text: &'static str,
    /// The words on which each of the two holds.
    words: [String; 2],
}

impl Conflict {
    pub(super) const fn count(&self) -> usize {
        self.right[0] + self.right[1]
    }
}

/// All pairs in these sentences: those with own rules before all, then the most frequent.
pub(super) fn find(in_force: &InForce, sentences: &[Sentence]) -> Vec<Conflict> {
    let met = on_all_processors(sentences, |sentence| {
        meetings(&sentence.intents, &in_force.rules.holds(sentence.text, reading_day()))
    });
    let mut pairs: BTreeMap<(RuleId, RuleId), Conflict> = BTreeMap::new();
    for (sentence, meetings) in sentences.iter().zip(met) {
        for (right, wrong) in meetings {
            let (side, first, second) = if right.rule < wrong.rule { (0, &right, &wrong) } else { (1, &wrong, &right) };
            let conflict = pairs.entry((first.rule.clone(), second.rule.clone())).or_insert_with(|| Conflict {
                rules: [(first.rule.clone(), first.intent), (second.rule.clone(), second.intent)],
                right: [0, 0],
                examples: [None, None],
                own: in_force.is_own(&first.rule) || in_force.is_own(&second.rule),
            });
            if let (Some(count), Some(example)) = (conflict.right.get_mut(side), conflict.examples.get_mut(side)) {
                *count += 1;
                example.get_or_insert_with(|| Example::of(sentence, first, second));
            }
        }
    }
    let mut found: Vec<Conflict> = pairs.into_values().collect();
    found.sort_by_key(|conflict| (!conflict.own, std::cmp::Reverse(conflict.count())));
    found
}

/// The pairs of one sentence, each once: a rule that says what the label says, and one that does not.
fn meetings(labelled: &[Intent], held: &[Held]) -> Vec<(Held, Held)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for right in held.iter().filter(|held| labelled.contains(&held.intent)) {
        for wrong in held.iter().filter(|held| held.counts && !labelled.contains(&held.intent)) {
            let meet = right.sentence == wrong.sentence
                && right.place.start < wrong.place.end
                && wrong.place.start < right.place.end;
            if meet && seen.insert((&right.rule, &wrong.rule)) {
                found.push((right.clone(), wrong.clone()));
            }
        }
    }
    found
}

impl Example {
    fn of(sentence: &Sentence, first: &Held, second: &Held) -> Self {
        let words = [first.words.clone(), second.words.clone()];
        Self { file: sentence.file, line: sentence.line, text: sentence.text, words }
    }
}

/// Shows them: all, or the first.
pub(super) fn show(conflicts: &[Conflict], all: bool, screen: &mut Screen) {
    if screen.wants_json() {
        screen.json(&json!({ "conflicts": conflicts.iter().map(Conflict::as_json).collect::<Vec<_>>() }));
        return;
    }
    if conflicts.is_empty() {
        screen.line("No two rules contradict each other on the labelled sentences.");
        return;
    }
    let own = conflicts.iter().filter(|conflict| conflict.own).count();
    screen.paragraph(&format!(
        "On the same words of a labelled sentence {} of rules say different things, and one of the two is wrong there. \
         With rules of your own: {own}.",
        counted(conflicts.len(), "pair")
    ));
    let shown = if all { conflicts.len() } else { SHOWN };
    for conflict in conflicts.iter().take(shown) {
        screen.line("");
        conflict.show(screen);
    }
    if conflicts.len() > shown {
        screen.line("");
        screen.line(format!("{} more: --all", conflicts.len() - shown));
    }
    screen.line("");
    screen.paragraph(
        "What helps: narrow the patterns of the rule that is wrong, or name under its `not_near` the words that the \
         other one needs. `sollecito rules explain ID` shows a rule, `rules try` what becomes of a sentence.",
    );
}

impl Conflict {
    fn show(&self, screen: &mut Screen) {
        let own = if self.own { " (yours)" } else { "" };
        screen.heading(&format!("{}{own}", counted(self.count(), "time")));
        let sides = self.rules.iter().zip(&self.right).zip(&self.examples).enumerate();
        for (side, (((rule, intent), right), example)) in sides {
            screen.labelled("  ", 2, &format!("{rule} says {intent}: right {}", counted(*right, "time")));
            let Some(example) = example else { continue };
            screen.labelled("    ", 4, &format!("«{}» ({}:{})", example.text, example.file, example.line));
            let [first, second] = &example.words;
            let (own, other) = if side == 0 { (first, second) } else { (second, first) };
            screen.labelled("    ", 4, &format!("it holds on «{own}», the other on «{other}»"));
        }
    }

    fn as_json(&self) -> Value {
        let sides = self.rules.iter().zip(&self.right).zip(&self.examples);
        let sides: Vec<Value> = sides
            .map(|(((rule, intent), right), example)| {
                let example = example
                    .as_ref()
                    .map(|one| json!({ "file": one.file, "line": one.line, "text": one.text, "words": one.words }));
                json!({ "rule": rule, "intent": intent, "right": right, "example": example })
            })
            .collect();
        json!({ "count": self.count(), "own": self.own, "rules": sides })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(rule: &str, intent: Intent, place: std::ops::Range<usize>, counts: bool) -> Held {
        Held { rule: RuleId::new(rule), intent, sentence: 0, place, words: String::new(), counts }
    }

    #[test]
    fn rules_meet_on_the_same_words_only() {
        let dispute = held("d", Intent::Dispute, 0..3, true);
        let promise = |place, counts| held("p", Intent::PromiseToPay, place, counts);
        let meet = |labelled: &[Intent], other: Held| meetings(labelled, &[dispute.clone(), other]).len();
        assert_eq!(meet(&[Intent::Dispute], promise(2..5, true)), 1);
        assert_eq!(meet(&[Intent::Dispute], promise(3..5, true)), 0, "other words");
        assert_eq!(meet(&[Intent::Dispute], promise(2..5, false)), 0, "overruled already");
        assert_eq!(meet(&[Intent::PromiseToPay], promise(2..5, false)), 1, "the wrong one overrules the right one");
        assert_eq!(meet(&[Intent::Dispute, Intent::PromiseToPay], promise(2..5, true)), 0, "both are right");
        assert_eq!(meet(&[], promise(2..5, true)), 0, "neither is right");
        let twice = [dispute.clone(), promise(1..3, true), promise(2..4, true)];
        assert_eq!(meetings(&[Intent::Dispute], &twice).len(), 1, "a pair counts once a sentence");
    }
}
