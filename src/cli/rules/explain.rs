//! `sollecito rules explain ID`: one rule, as a person reads it.

use super::in_force::InForce;
use crate::classify::{Negation, Place, Question, Rule};
use crate::cli::failure::{Failure, Kind};
use crate::cli::output::Screen;
use crate::ledger::ids::RuleId;
use crate::ledger::problem::nearest;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(in_force: &InForce, id: &str, screen: &mut Screen) -> Result<(), Failure> {
    let rules = &in_force.rules;
    let Some(rule) = rules.rule(&RuleId::new(id)) else {
        let failure = Failure::new(Kind::NotKnown, format!("No rule is called `{id}`"));
        let near = nearest(id, rules.rules().map(|rule| rule.id.as_str()));
        return Err(match near {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("`sollecito explain` names the rules that decided"),
        });
    };
    let named = lists_named(rule);
    let mut lists = rules.word_lists(rule.language);
    lists.retain(|name, _| named.contains(name));
    if screen.wants_json() {
        screen.json(&json!({
            "id": rule.id, "intent": rule.intent, "language": rule.language, "why": rule.why, "file": rule.file,
            "own": in_force.is_own(&rule.id), "patterns": rule.patterns, "not_near": rule.not_near,
            "word_lists": lists, "holds": conditions(rule), "weight": rule.weight,
            "examples": rule.examples, "counter_examples": rule.counter_examples,
        }));
        return Ok(());
    }
    show(rule, &lists, screen);
    let own = if in_force.is_own(&rule.id) { ", a file of your own" } else { "" };
    screen.line(format!("Written in {}{own}", rule.file));
    Ok(())
}

fn show(rule: &Rule, lists: &BTreeMap<String, Vec<String>>, screen: &mut Screen) {
    screen.heading(&format!("{} means {} ({} %)", rule.id, rule.intent, rule.weight));
    screen.paragraph(&rule.why);
    for (title, lines) in [("Any of:", &rule.patterns), ("Not with one of these near:", &rule.not_near)] {
        told(title, lines, screen);
    }
    if !lists.is_empty() {
        screen.line("Where:");
        for (name, entries) in lists {
            let label = format!("  {{{name}}}");
            let width = label.chars().count() + 1;
            screen.labelled(&label, width, &entries.join(", "));
        }
    }
    for condition in conditions(rule) {
        screen.paragraph(condition);
    }
    told("Holds in:", &rule.examples, screen);
    told("Does not hold in:", &rule.counter_examples, screen);
}

fn told(title: &str, lines: &[String], screen: &mut Screen) {
    if !lines.is_empty() {
        screen.line(title);
        lines.iter().for_each(|line| screen.line(format!("  {line}")));
    }
}

/// The word lists that the patterns name in braces.
fn lists_named(rule: &Rule) -> BTreeSet<String> {
    let patterns = rule.patterns.iter().chain(&rule.not_near);
    let names = patterns.flat_map(|pattern| pattern.split('{').skip(1).filter_map(|rest| rest.split_once('}')));
    names.map(|(name, _)| name.to_owned()).collect()
}

/// What else the rule asks for, a sentence each.
fn conditions(rule: &Rule) -> Vec<&'static str> {
    [
        (rule.question == Question::Only, "It holds in questions only."),
        (rule.question == Question::Never, "It does not hold in questions."),
        (rule.negation == Negation::Ignored, "A \"not\" before its words changes nothing."),
        (rule.place == Place::Attachment, "It looks at the names of attachments only."),
        (rule.refers_back, "Its words only point back: it gives way to a request that names its thing."),
        (rule.concerns_all, "What it says concerns all open invoices of the writer."),
        (rule.excuse, "It is an excuse: a promised day in the same sentence counts instead."),
        (rule.faint, "It is a guess: asked only where no other rule holds, and never enough for an answer."),
    ]
    .into_iter()
    .filter_map(|(holds, sentence)| holds.then_some(sentence))
    .collect()
}
