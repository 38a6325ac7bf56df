//! Lines of the scene that change the ladders: `step call from 500.00`, `add letter business 40 draft final_notice`.

use super::story::{money, value};
use chrono::{NaiveTime, Weekday};
use sollecito::ledger::ids::{StepId, TemplateId};
use sollecito::policy::terms::{Condition, Policy, Sender, Step, StepAct, When};

/// A step of that name, in whatever ladder, is changed.
pub fn change(policy: &mut Policy, name: &str, words: &[&str]) -> Result<(), String> {
    let mut found = false;
    for ladder in policy.ladders.values_mut() {
        for step in ladder.steps.iter_mut().filter(|step| step.id.as_str() == name) {
            alter(step, words)?;
            found = true;
        }
    }
    if found { Ok(()) } else { Err(format!("no ladder has a step {name}")) }
}

/// A further step for every kind of debtor and every ladder with a name, in the place that its day gives it.
pub fn add(policy: &mut Policy, name: &str, words: &[&str]) -> Result<(), String> {
    let act = words.iter().enumerate().find_map(|(at, word)| {
        let template = || words.get(at + 1).map(|name| TemplateId::new(*name));
        match *word {
            "mail" => template().map(StepAct::Mail),
            "draft" => template().map(StepAct::OwnerDraft),
            "note" => template().map(StepAct::Note),
            "check" => template().map(StepAct::ReceiptCheck),
            "stop_work" => template().map(StepAct::StopWork),
            "call" => Some(StepAct::Call),
            "hand_over" => Some(StepAct::HandOver),
            _ => None,
        }
    });
    let when = when(words).ok_or("no day")?;
    let mut step = Step::new(StepId::new(name), when, act.ok_or("the step does nothing")?);
    alter(&mut step, words)?;
    for ladder in policy.ladders.values_mut().chain(policy.named_ladders.values_mut()) {
        let after = |other: &Step| other.when.in_calendar_days() > when.in_calendar_days();
        let at = ladder.steps.iter().position(after).unwrap_or(ladder.steps.len());
        ladder.steps.insert(at, step.clone());
    }
    Ok(())
}

fn when(words: &[&str]) -> Option<When> {
    let days = |key| value(words, key)?.parse().ok();
    let before = days("before").map(When::Before);
    before.or_else(|| days("after").map(When::After)).or_else(|| days("business").map(When::AfterBusiness))
}

fn alter(step: &mut Step, words: &[&str]) -> Result<(), String> {
    step.when = when(words).unwrap_or(step.when);
    step.only.from_amount = value(words, "from").map(money).transpose()?.or(step.only.from_amount);
    step.only.to_amount = value(words, "to").map(money).transpose()?.or(step.only.to_amount);
    step.deadline_days = value(words, "deadline").and_then(|days| days.parse().ok()).or(step.deadline_days);
    if let Some(word) = value(words, "if") {
        step.only.conditions.insert(Condition::parse(word).ok_or("an unknown condition")?);
    }
    if let Some(word) = value(words, "by") {
        step.by = Sender::parse(word).ok_or("nobody known does it")?;
    }
    if let Some(day) = value(words, "on") {
        step.window.days = vec![day.parse::<Weekday>().map_err(|_| "not a weekday")?];
    }
    if let Some((from, to)) = value(words, "between").and_then(|hours| hours.split_once('-')) {
        let time = |text| NaiveTime::parse_from_str(text, "%H:%M").map_err(|error| error.to_string());
        step.window.hours = vec![(time(from)?, time(to)?)];
    }
    Ok(())
}
