//! `sollecito rules`: what the rules say.

use super::Globals;
use super::failure::{Failure, Kind};
use super::output::{Screen, Side, counted};
use crate::agent::clock::{Clock, SystemClock};
use crate::agent::explain::{mail_of_words, without_firm};
use crate::classify::RuleSet;
use crate::ledger::ids::RuleId;
use crate::ledger::moment::Moment;
use crate::ledger::problem::nearest;
use crate::policy::terms::{Ladder, Step, StepAct};
use clap::Subcommand;
use serde_json::{Value, json};

/// Looks at the rules.
#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// Check the firm's rules and show the ladders as they hold
    Check,
    /// Run every rule's examples and counter-examples
    Test,
    /// Show one rule: why it is there, its patterns, its examples
    Explain {
        /// The rule's id, as `explain` names it
        id: String,
    },
    /// Say what the rules make of a sentence
    Try {
        /// The sentence
        #[arg(required = true)]
        words: Vec<String>,
    },
}

impl Rules {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        match self {
            Self::Check => check(globals, screen),
            Self::Test => test(globals, screen),
            Self::Explain { id } => explain(globals, id, screen),
            Self::Try { words } => attempt(globals, &words.join(" "), screen),
        }
    }
}

fn check(globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
    let mut problems = crate::config::check(&globals.settings_file());
    problems.retain(|problem| problem.file.starts_with("rules/"));
    if !problems.is_empty() {
        return Err(Failure::of_files(problems));
    }
    let firm = globals.firm()?;
    super::desk::compile(&firm).map_err(Failure::of_files)?;
    if screen.wants_json() {
        let ladders: Vec<Value> = firm
            .policy
            .ladders
            .iter()
            .map(|(kind, ladder)| json!({ "kind": kind, "steps": ladder.steps.iter().map(step_json).collect::<Vec<_>>() }))
            .collect();
        screen.json(&json!({ "ladders": ladders }));
        return Ok(());
    }
    screen.heading("The rules are in order. Ladders, in days after the due date:");
    let rows: Vec<Vec<String>> =
        firm.policy.ladders.iter().map(|(kind, ladder)| vec![kind.to_string(), shown(ladder)]).collect();
    screen.table(&[Side::Left, Side::Left], &rows);
    Ok(())
}

/// The rules in force: the firm's where there is one, else the shipped ones alone.
fn in_force(globals: &Globals) -> Result<RuleSet, Failure> {
    if !globals.settings_file().exists() {
        return RuleSet::shipped().map_err(Failure::of_files);
    }
    let firm = globals.firm()?;
    super::desk::compile(&firm).map(|(rules, _)| rules).map_err(Failure::of_files)
}

fn test(globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
    let rules = in_force(globals)?;
    let problems = rules.run_examples();
    let count = rules.rules().count();
    let examples: usize = rules.rules().map(|rule| rule.examples.len() + rule.counter_examples.len()).sum();
    if !problems.is_empty() {
        return Err(Failure::of_files(problems));
    }
    if screen.wants_json() {
        screen.json(&json!({ "rules": count, "examples": examples, "problems": [] }));
    } else {
        screen.line(format!("{} with {}: all as they say.", counted(count, "rule"), counted(examples, "example")));
    }
    Ok(())
}

fn explain(globals: &Globals, id: &str, screen: &mut Screen) -> Result<(), Failure> {
    let rules = in_force(globals)?;
    let Some(rule) = rules.rule(&RuleId::new(id)) else {
        let failure = Failure::new(Kind::NotKnown, format!("No rule is called `{id}`"));
        let near = nearest(id, rules.rules().map(|rule| rule.id.as_str()));
        return Err(match near {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("`sollecito explain` names the rules that decided"),
        });
    };
    if screen.wants_json() {
        screen.json(&json!({
            "id": rule.id, "intent": rule.intent, "language": rule.language, "why": rule.why, "file": rule.file,
            "patterns": rule.patterns, "not_near": rule.not_near, "weight": rule.weight,
            "examples": rule.examples, "counter_examples": rule.counter_examples,
        }));
        return Ok(());
    }
    screen.heading(&format!("{} means {} ({} %)", rule.id, rule.intent, rule.weight));
    screen.paragraph(&rule.why);
    for (title, lines) in [
        ("Any of:", &rule.patterns),
        ("Not with one of these near:", &rule.not_near),
        ("Holds in:", &rule.examples),
        ("Does not hold in:", &rule.counter_examples),
    ] {
        if !lines.is_empty() {
            screen.line(title);
            for line in lines {
                screen.line(format!("  {line}"));
            }
        }
    }
    screen.line(format!("Written in {}", rule.file));
    Ok(())
}

/// What the rules make of bare words, on a day.
fn attempt(globals: &Globals, words: &str, screen: &mut Screen) -> Result<(), Failure> {
    let rules = in_force(globals)?;
    let zone = chrono_tz::Europe::Rome;
    let now = globals.now.map_or_else(|| Moment::new(SystemClock.now(), zone), |now| now.moment(zone));
    let mail = mail_of_words(words, now.instant);
    let explanation = without_firm(&mail, None, &rules, now.instant, None);
    if screen.wants_json() {
        screen.json_line(&explanation);
        return Ok(());
    }
    for found in &explanation.intents {
        let percent = found.confidence.as_percent();
        screen.line(format!("{} ({percent} %) «{}» by {}", found.intent, found.evidence, found.rule));
    }
    if explanation.intents.is_empty() {
        screen.line("No rule understands it.");
    }
    if let Some(day) = explanation.facts.promised_date {
        screen.line(format!("day {day}"));
    }
    if let Some(amount) = explanation.facts.amounts.first() {
        screen.line(format!("amount {amount}"));
    }
    Ok(())
}

fn shown(ladder: &Ladder) -> String {
    let steps: Vec<String> = ladder.steps.iter().map(|step| format!("{} +{}", step.id, step.after_days)).collect();
    steps.join(", ")
}

fn step_json(step: &Step) -> Value {
    let (act, template) = match &step.act {
        StepAct::Mail(template) => ("mail", Some(template)),
        StepAct::Call => ("call", None),
        StepAct::OwnerDraft(template) => ("draft", Some(template)),
    };
    json!({
        "id": step.id,
        "after_days": step.after_days,
        "act": act,
        "template": template,
        "firm": step.firm,
        "deadline_days": step.deadline_days,
    })
}
