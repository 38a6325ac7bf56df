//! `sollecito explain FILE…`: what the agent would make of these mails, changing nothing.

use super::Globals;
use super::desk::Desk;
use super::failure::{Failure, Kind};
use super::output::Screen;
use crate::agent::explain::{Explainer, Explanation, mail_of_words, without_firm};
use crate::classify::RuleSet;
use crate::ledger::moment::at;
use crate::ledger::words::Language;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use clap::Args;
use serde::Deserialize;
use serde_json::Value;
use std::io::BufRead as _;
use std::path::PathBuf;

/// Explains mails.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Mails as files (.eml)
    #[arg(required_unless_present = "batch")]
    files: Vec<PathBuf>,
    /// Read JSON lines {id, input_kind: "eml" | "eml_base64" | "text", input, date?, language?} from standard input
    #[arg(long, conflicts_with = "files")]
    batch: bool,
}

/// One line of `--batch`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    id: Value,
    input_kind: InputKind,
    input: String,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    language: Option<Language>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum InputKind {
    Eml,
    EmlBase64,
    Text,
}

impl Explain {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        if self.batch && !globals.settings_file().exists() {
            return explain_batch_without_firm(globals, screen);
        }
        let desk = Desk::open(globals)?;
        let now = globals.now.map(|now| now.moment(desk.office.zone).instant);
        let mut explainer = Explainer::new(desk.store.look(), &desk.office, now)?;
        if self.batch {
            return batch(desk.office.zone, screen, |bytes, fallback, input| {
                explainer.language = input.language;
                match input.input_kind {
                    // Bare words have no author, so no books can be consulted about them.
                    InputKind::Text => Ok(without_firm(
                        bytes,
                        None,
                        desk.office.rules.ready()?,
                        now.unwrap_or(fallback),
                        input.language,
                    )),
                    InputKind::Eml | InputKind::EmlBase64 => Ok(explainer.explain(bytes, None, fallback)?),
                }
            });
        }
        for (index, file) in self.files.iter().enumerate() {
            let name = file.display().to_string();
            let bytes = std::fs::read(file).map_err(|error| {
                Failure::new(Kind::NotKnown, format!("{name} cannot be read")).because(error.to_string())
            })?;
            let explanation = explainer.explain(&bytes, Some(&name), desk.moment.instant)?;
            if screen.wants_json() {
                screen.json_line(&explanation);
            } else {
                if index > 0 {
                    screen.line("");
                }
                show(&explanation, screen);
            }
        }
        Ok(())
    }
}

fn explain_batch_without_firm(globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
    let rules = RuleSet::shipped().map_err(Failure::of_files)?;
    let zone = chrono_tz::Europe::Rome;
    let now = globals.now.map(|now| now.moment(zone).instant);
    batch(zone, screen, |bytes, fallback, input| {
        Ok(without_firm(bytes, None, &rules, now.unwrap_or(fallback), input.language))
    })
}

/// Answers each line of standard input; a line that cannot be read is answered with its mistake.
fn batch(
    zone: Tz,
    screen: &mut Screen,
    mut explain: impl FnMut(&[u8], DateTime<Utc>, &Input) -> Result<Explanation, Failure>,
) -> Result<(), Failure> {
    let mut unread = 0_usize;
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line
            .map_err(|error| Failure::new(Kind::Outside, "Standard input cannot be read").because(error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        match read_line(&line, zone) {
            Ok((input, bytes, at)) => {
                let mut explanation = explain(&bytes, at, &input)?;
                explanation.id = Some(input.id);
                screen.json_line(&explanation);
            }
            Err(why) => {
                unread += 1;
                screen.json_line(&serde_json::json!({ "id": id_in(&line), "line": number + 1, "error": why }));
            }
        }
    }
    if unread > 0 {
        let mut failure = Failure::new(Kind::Partly, format!("{unread} lines could not be read"));
        failure.told = true;
        return Err(failure);
    }
    Ok(())
}

/// The id of a line that cannot be answered, as far as it can be read: whoever asked must be able to tell which it was.
fn id_in(line: &str) -> Option<serde_json::Value> {
    serde_json::from_str::<serde_json::Value>(line).ok()?.get("id").cloned()
}

fn read_line(line: &str, zone: Tz) -> Result<(Input, Vec<u8>, DateTime<Utc>), String> {
    let input: Input = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let given = match input.date.as_deref() {
        None => None,
        Some(text) => Some(instant(text, zone).ok_or_else(|| format!("`{text}` is neither a day nor an instant"))?),
    };
    let at = given.unwrap_or_else(|| crate::agent::clock::Clock::now(&crate::agent::clock::SystemClock));
    let bytes = match input.input_kind {
        InputKind::Eml => input.input.clone().into_bytes(),
        InputKind::EmlBase64 => data_encoding::BASE64
            .decode(input.input.split_whitespace().collect::<String>().as_bytes())
            .map_err(|error| format!("`input` is not base64: {error}"))?,
        InputKind::Text => mail_of_words(&input.input, at),
    };
    Ok((input, bytes, at))
}

fn instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some(at(zone, day, NaiveTime::from_hms_opt(12, 0, 0).unwrap_or(NaiveTime::MIN)));
    }
    DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.with_timezone(&Utc))
}

/// The width of the column of names.
pub(super) const NAMES: usize = 15;

fn show(explanation: &Explanation, screen: &mut Screen) {
    let from = explanation.from.as_deref().unwrap_or("an unusable address");
    screen.heading(explanation.file.as_deref().unwrap_or("mail"));
    screen.labelled("  from", NAMES, &format!("{from} ({})", explanation.authenticity));
    screen.labelled("  subject", NAMES, &explanation.subject);
    screen.labelled("  kind", NAMES, explanation.kind.as_str());
    for line in explanation.reply_text.lines().filter(|line| !line.trim().is_empty()).take(12) {
        screen.labelled("  |", 4, line);
    }
    for found in &explanation.intents {
        let percent = found.confidence.as_percent();
        let wanted = format!("{} ({percent} %): «{}» by rule {}", found.intent, found.evidence, found.rule);
        screen.labelled("  wants", NAMES, &wanted);
    }
    if explanation.intents.is_empty() {
        screen.line("  wants        no rule understands it");
    }
    screen.labelled("  customer", NAMES, explanation.customer.as_deref().unwrap_or("unknown"));
    for item in &explanation.receivables {
        let clues: Vec<&str> = item.clues.iter().map(|clue| clue.as_str()).collect();
        screen.labelled("  about", NAMES, &format!("{} ({}: {})", item.invoice, item.confidence, clues.join(", ")));
    }
    show_facts(explanation, screen);
    let answer = explanation.automatic_answer.as_deref().unwrap_or("no mail would leave by itself");
    screen.labelled("  so", NAMES, &format!("{} ({answer})", explanation.disposition));
    screen.labelled("  because", NAMES, &explanation.reason);
}

/// Days, amounts, references, what stayed unread, and signs of trouble.
pub(super) fn show_facts(explanation: &Explanation, screen: &mut Screen) {
    let facts = &explanation.facts;
    let amounts = (!facts.amounts.is_empty()).then(|| facts.amounts.join(", "));
    for (name, fact) in [
        ("day", facts.promised_date.map(|day| day.to_string())),
        ("amount", amounts),
        ("reference", facts.payment_reference.clone()),
        ("back on", facts.return_date.map(|day| day.to_string())),
        ("write to", facts.new_contact.clone()),
    ] {
        if let Some(fact) = fact {
            screen.labelled(&format!("  {name}"), NAMES, &fact);
        }
    }
    for part in facts.instalments.iter().flatten() {
        let day = part.date.map(|day| day.to_string());
        let words = [part.amount.clone(), day].into_iter().flatten().collect::<Vec<_>>().join(" on ");
        screen.labelled("  part", NAMES, &words);
    }
    for words in &explanation.not_understood {
        screen.labelled("  unclear", NAMES, &format!("«{words}»"));
    }
    for warning in &explanation.warnings {
        screen.labelled("  warning", NAMES, &warning.as_str().replace('_', " "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_answered_keeps_its_id() {
        let line = r#"{"id": 7, "input_kind": "letter", "input": "x"}"#;
        assert!(read_line(line, Tz::UTC).is_err());
        assert_eq!(id_in(line), Some(serde_json::json!(7)));
        assert_eq!(id_in("rubbish"), None);
        assert_eq!(id_in(r#"{"input": "x"}"#), None);
    }
}
