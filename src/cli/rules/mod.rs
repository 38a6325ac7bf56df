//! `sollecito rules`: what the rules say.

mod attempt;
mod conflicts;
mod explain;
pub(super) mod in_force;
mod mails;
mod sentences;
mod trial;

use super::Globals;
use super::failure::Failure;
use super::output::{Screen, Side};
use crate::policy::terms::{Ladder, Step, When};
use clap::Subcommand;
use in_force::InForce;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Looks at the rules.
#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// Check the firm's rules and show the ladders as they hold
    Check,
    /// Run every rule's examples, then show what your own rules change in the labelled sentences of the package
    Test {
        /// Try the mails of this labelled folder too (*.eml, ledger.csv, sent.csv, labels.jsonl)
        #[arg(long = "corpus", value_name = "DIR")]
        corpora: Vec<PathBuf>,
        /// Show every change, not only the first
        #[arg(long)]
        all: bool,
    },
    /// Show the rules that contradict each other on the labelled sentences, yours first
    Conflicts {
        /// Show every pair, not only the first
        #[arg(long)]
        all: bool,
    },
    /// Show one rule: why it is there, its patterns and word lists, its examples
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
            Self::Test { corpora, all } => trial::run(globals, corpora, *all, screen),
            Self::Conflicts { all } => {
                let sentences = crate::measure::sentences_shipped();
                conflicts::show(&conflicts::find(&InForce::of(globals)?, &sentences), *all, screen);
                Ok(())
            }
            Self::Explain { id } => explain::run(&InForce::of(globals)?, id, screen),
            Self::Try { words } => attempt::run(&InForce::of(globals)?, globals, &words.join(" "), screen),
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
    let (rules, _) =
        super::desk::compile_and_try(&firm.rule_sources, &firm.template_sources).map_err(Failure::of_files)?;
    let notes = in_force::notes(&rules);
    if screen.wants_json() {
        let ladders: Vec<Value> = firm
            .policy
            .ladders
            .iter()
            .map(|(kind, ladder)| json!({ "kind": kind, "steps": ladder.steps.iter().map(step_json).collect::<Vec<_>>() }))
            .collect();
        let named: Vec<Value> = (firm.policy.named_ladders.iter())
            .map(|(name, ladder)| json!({ "name": name, "steps": ladder.steps.iter().map(step_json).collect::<Vec<_>>() }))
            .collect();
        let mut answer = json!({ "ladders": ladders, "notes": notes });
        if let (false, Some(object)) = (named.is_empty(), answer.as_object_mut()) {
            object.insert("named_ladders".to_owned(), json!(named));
        }
        screen.json(&answer);
        return Ok(());
    }
    screen.heading("The rules are in order. Ladders, in days after the due date:");
    let kinds = firm.policy.ladders.iter().map(|(kind, ladder)| vec![kind.to_string(), shown(ladder)]);
    let named = firm.policy.named_ladders.iter().map(|(name, ladder)| vec![format!("\"{name}\""), shown(ladder)]);
    let rows: Vec<Vec<String>> = kinds.chain(named).collect();
    screen.table(&[Side::Left, Side::Left], &rows);
    for note in notes {
        screen.line("");
        screen.paragraph(&format!("Note: {note}"));
    }
    Ok(())
}

fn shown(ladder: &Ladder) -> String {
    let steps: Vec<String> = ladder.steps.iter().map(|step| format!("{} {}", step.id, step.when)).collect();
    steps.join(", ")
}

fn step_json(step: &Step) -> Value {
    let (act, template) = (step.act.word(), step.act.template());
    let (before, after, business) = match step.when {
        When::Before(days) => (Some(days), None, None),
        When::After(days) => (None, Some(days), None),
        When::AfterBusiness(days) => (None, None, Some(days)),
    };
    let hours = step.window.hours.iter().map(|(from, to)| format!("{}-{}", from.format("%H:%M"), to.format("%H:%M")));
    json!({
        "id": step.id,
        "before_days": before,
        "after_days": after,
        "after_business_days": business,
        "act": act,
        "template": template,
        "by": step.by,
        "from_amount": step.only.from_amount.map(|money| money.to_string()),
        "to_amount": step.only.to_amount.map(|money| money.to_string()),
        "if": step.only.conditions,
        "days": step.window.days.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "hours": hours.collect::<Vec<_>>(),
        "firm": step.firm,
        "deadline_days": step.deadline_days,
    })
}
