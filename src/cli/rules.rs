//! `sollecito rules`: what the rules say.

use super::Globals;
use super::failure::Failure;
use super::output::{Screen, Side};
use crate::policy::terms::{Ladder, Step, StepAct};
use clap::Subcommand;
use serde_json::{Value, json};

/// Looks at the rules.
#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// Check the firm's rules and show the ladders as they hold
    Check,
}

impl Rules {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        match self {
            Self::Check => check(globals, screen),
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
