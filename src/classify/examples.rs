//! The examples that stand beside rules, tried.

use super::beside::readable;
use super::compile::Compiled;
use super::intents;
use super::rules::{Place, Rule};
use super::sentences::{Sentence, sentences};
use crate::ledger::problem::Problem;
use std::collections::BTreeMap;

/// Every example must be held by its rule and give its intent, every counter-example must not be held by it.
pub(super) fn run(compiled: &Compiled, own_only: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let tried = |rule: &Rule| !own_only || compiled.own.contains(&rule.id);
    for (index, rule) in compiled.rules.iter().enumerate().filter(|(_, rule)| tried(rule)) {
        let text = compiled.texts.get(&rule.file).map_or("", String::as_str);
        let at = |message: String| Problem::at(&rule.file, text, rule.span.clone(), message);
        let cut = |words: &str| -> Vec<Sentence> {
            if rule.place == Place::Attachment { sentences(&readable(words)) } else { sentences(words) }
        };
        for example in &rule.examples {
            let scanned = intents::scan(compiled, cut(example), Some(rule.language));
            // Broad hints of other rules are asked only where nothing holds: they overrule no example.
            let faint = |place: usize| compiled.rules.get(place).is_some_and(|rule| rule.faint);
            let mut holdings = intents::holdings(compiled, &scanned, rule.place);
            holdings.retain(|holding| holding.rule == index || !faint(holding.rule));
            let found = intents::findings(
                compiled,
                &scanned,
                &intents::overrule(compiled, &scanned, holdings.clone(), &BTreeMap::new()),
                example,
            );
            if holdings.iter().all(|holding| holding.rule != index) {
                problems.push(
                    at(format!("The example `{example}` is not held by `{}`", rule.id))
                        .remedy("add a pattern, or mend the example"),
                );
            } else if found.iter().all(|finding| finding.intent != rule.intent) {
                let other: Vec<String> = found.iter().map(|finding| finding.rule.to_string()).collect();
                problems.push(at(format!(
                    "The example `{example}` does not give {}: overruled by {}",
                    rule.intent,
                    other.join(", ")
                )));
            }
        }
        for counter in &rule.counter_examples {
            let scanned = intents::scan(compiled, cut(counter), Some(rule.language));
            if intents::holdings(compiled, &scanned, rule.place).iter().any(|holding| holding.rule == index) {
                problems.push(
                    at(format!("The counter-example `{counter}` is held by `{}`", rule.id))
                        .remedy("add to `not_near`, or narrow the patterns"),
                );
            }
        }
    }
    problems
}
