//! `sollecito rules test`: every rule's examples and counter-examples, then the labelled sentences of the package, and the
//! mails of labelled folders where they are named: what the firm's own rules change, and whether for the better.

use super::conflicts;
use super::in_force::{InForce, notes};
use super::mails::{self, MailTrial};
use super::sentences::{Change, Total, Turn, changes, grounds, read, read_before, totals};
use crate::classify::RuleSet;
use crate::cli::Globals;
use crate::cli::failure::Failure;
use crate::cli::output::{Screen, Side, counted, problem_json};
use crate::ledger::problem::Problem;
use crate::ledger::words::{Intent, Language};
use crate::measure::{Sentence, sentences_shipped};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// So many changes are shown where not all are asked for.
const SHOWN: usize = 30;

/// Runs the examples, then shows what the own rules change.
pub(super) fn run(globals: &Globals, corpora: &[PathBuf], all: bool, screen: &mut Screen) -> Result<(), Failure> {
    let (in_force, shipped) = InForce::beside_shipped(globals)?;
    let in_force = &in_force;
    let rules = &in_force.rules;
    let problems = rules.run_examples();
    let has_own = shipped.is_some();
    let sentences = sentences_shipped();
    let now = read(rules, &sentences);
    let before = shipped.as_ref().map(|shipped| {
        let difference = rules.difference(shipped);
        read_before(shipped, &difference, &sentences, &now).into_iter().unzip::<_, _, Vec<_>, Vec<_>>()
    });
    let touched = before.as_ref().map(|(_, touched)| touched.as_slice());
    // Where no word meets anything of its own, no own rule holds.
    let met: Vec<Sentence> = touched.into_iter().flat_map(|touched| only(&sentences, touched)).collect();
    let before = before.as_ref().map(|(before, _)| before);
    let changes = before.map(|before| changes(&sentences, before, &now)).unwrap_or_default();
    let totals =
        Totals { shipped: before.map(|before| totals(&sentences, before)), in_force: totals(&sentences, &now) };
    let conflicts = conflicts::find(in_force, &met).iter().filter(|found| found.own).count();
    let mails = mails::try_all(in_force, shipped.as_ref(), corpora)?;
    let count = examples(rules);
    if screen.wants_json() {
        screen.json(&json!({
            "rules": rules.rules().count(),
            "examples": count,
            "problems": problems.iter().map(problem_json).collect::<Vec<_>>(),
            "own_files": in_force.own_files,
            "notes": notes(rules),
            "sentences": totals.as_json(),
            "changes": changes.iter().map(change_json).collect::<Vec<_>>(),
            "conflicts_with_own_rules": conflicts,
            "folders": mails.iter().map(MailTrial::as_json).collect::<Vec<_>>(),
        }));
        return verdict(problems).map_err(|failure| Failure { told: true, ..failure });
    }
    let (kept, tried) = (counted(rules.rules().count(), "rule"), counted(count, "example"));
    let how =
        if problems.is_empty() { "all as they say".to_owned() } else { format!("{} not as they say", problems.len()) };
    screen.line(format!("{kept} with {tried}: {how}."));
    for note in notes(rules) {
        screen.paragraph(&format!("Note: {note}"));
    }
    screen.line("");
    totals.show(screen);
    if has_own {
        screen.line("");
        show_changes(&changes, all, screen);
    }
    if conflicts > 0 {
        let pairs = counted(conflicts, "pair");
        screen.paragraph(&format!(
            "Your rules and others contradict each other in {pairs}: `sollecito rules conflicts`."
        ));
    }
    mails.iter().for_each(|trial| trial.show(all, screen));
    verdict(problems)
}

/// A failure where an example is not as it says: after everything else, for the changes tell why.
fn verdict(problems: Vec<Problem>) -> Result<(), Failure> {
    if problems.is_empty() { Ok(()) } else { Err(Failure::of_files(problems)) }
}

fn only<'a>(sentences: &'a [Sentence], wanted: &'a [bool]) -> impl Iterator<Item = Sentence> + 'a {
    sentences.iter().zip(wanted).filter(|(_, wanted)| **wanted).map(|(sentence, _)| sentence.clone())
}

fn examples(rules: &RuleSet) -> usize {
    rules.rules().map(|rule| rule.examples.len() + rule.counter_examples.len()).sum()
}

/// How many sentences are read as labelled.
struct Totals {
    /// With the shipped rules, where others are in force.
    shipped: Option<BTreeMap<Language, Total>>,
    in_force: BTreeMap<Language, Total>,
}

impl Totals {
    fn show(&self, screen: &mut Screen) {
        let mut sides = vec![Side::Left, Side::Right, Side::Right];
        let mut head = vec!["Labelled sentences".to_owned(), "in all".to_owned(), "read as labelled".to_owned()];
        if self.shipped.is_some() {
            head.push("by the shipped rules".to_owned());
            sides.push(Side::Right);
        }
        let mut rows = vec![head];
        for (language, total) in &self.in_force {
            let shipped = self.shipped.as_ref().map(|shipped| shipped.get(language).copied().unwrap_or_default());
            rows.push(row(language.as_str(), *total, shipped));
        }
        rows.push(row("all", sum(&self.in_force), self.shipped.as_ref().map(sum)));
        screen.table(&sides, &rows);
    }

    fn as_json(&self) -> Value {
        let of = |totals: &BTreeMap<Language, Total>| {
            let by: BTreeMap<&str, Total> =
                totals.iter().map(|(language, total)| (language.as_str(), *total)).collect();
            json!({ "all": sum(totals), "languages": by })
        };
        json!({ "in_force": of(&self.in_force), "shipped": self.shipped.as_ref().map(of) })
    }
}

fn row(name: &str, total: Total, shipped: Option<Total>) -> Vec<String> {
    let mut row = vec![format!("  {name}"), total.sentences.to_string(), shown(total)];
    row.extend(shipped.map(shown));
    row
}

// Some thousands of sentences.
fn shown(total: Total) -> String {
    format!("{} ({:.1} %)", total.right, total.right as f64 * 100.0 / (total.sentences.max(1)) as f64)
}

fn sum(totals: &BTreeMap<Language, Total>) -> Total {
    totals.values().fold(Total::default(), |all, one| Total {
        sentences: all.sentences + one.sentences,
        right: all.right + one.right,
        primary_right: all.primary_right + one.primary_right,
    })
}

fn show_changes(changes: &[Change<'_>], all: bool, screen: &mut Screen) {
    if changes.is_empty() {
        screen.paragraph("Your own rules change the meaning of no labelled sentence.");
        return;
    }
    let mut counts: BTreeMap<Turn, usize> = BTreeMap::new();
    for change in changes {
        *counts.entry(change.turn).or_default() += 1;
    }
    screen.line(format!("Your own rules change what {} say:", counted(changes.len(), "labelled sentence")));
    for (turn, count) in &counts {
        screen.line(format!("{count:>6} {}", said(*turn)));
    }
    screen.line("");
    let shown = if all { changes.len() } else { SHOWN };
    for change in changes.iter().take(shown) {
        show_change(change, screen);
    }
    if changes.len() > shown {
        screen.line(format!("{} more: --all", changes.len() - shown));
    }
}

const fn said(turn: Turn) -> &'static str {
    match turn {
        Turn::RiskUnseen => "with a RISK that is not seen any more",
        Turn::Worse => "worse than before",
        Turn::Otherwise => "otherwise, neither better nor worse",
        Turn::Facts => "with another day or amount",
        Turn::Unclear => "not wholly understood any more",
        Turn::Clear => "wholly understood now: such a mail may be answered by itself",
        Turn::Better => "better than before",
    }
}

/// The width of the column of names below a sentence.
const NAMES: usize = 12;

fn show_change(change: &Change<'_>, screen: &mut Screen) {
    let sentence = change.sentence;
    let (file, line, word) = (sentence.file, sentence.line, change.turn.word());
    screen.labelled(word, 9, &format!("«{}» ({file}:{line})", sentence.text));
    let mut tell = |name: &str, text: &str| screen.labelled(&format!("  {name}"), NAMES, text);
    match change.turn {
        Turn::Facts => {
            tell("before", &facts(change.before));
            tell("now", &facts(change.now));
        }
        Turn::Unclear => tell("unclear", &unread(change.now)),
        Turn::Clear => tell("before", &format!("unclear: {}", unread(change.before))),
        Turn::RiskUnseen | Turn::Worse | Turn::Otherwise | Turn::Better => {
            tell("before", &grounds(&change.before.intents));
            tell("now", &grounds(&change.now.intents));
            tell("labelled", &words(&sentence.intents));
        }
    }
}

fn words(intents: &[Intent]) -> String {
    if intents.is_empty() {
        return "nothing that calls for anything".to_owned();
    }
    intents.iter().map(|intent| intent.as_str()).collect::<Vec<_>>().join(" ")
}

fn unread(understood: &crate::classify::Understanding) -> String {
    understood.unread.iter().map(|words| format!("«{words}»")).collect::<Vec<_>>().join(", ")
}

fn facts(understood: &crate::classify::Understanding) -> String {
    let facts = &understood.facts;
    let mut told: Vec<String> = facts.promised_date.iter().map(|day| format!("day {day}")).collect();
    told.extend(facts.instalments.iter().map(|parts| counted(parts.len(), "part")));
    told.extend(facts.amounts.iter().map(|amount| format!("amount {}", amount.to_decimal())));
    told.extend(facts.payment_reference.iter().map(|reference| format!("reference {reference}")));
    told.extend(facts.all_items.then(|| "all open invoices".to_owned()));
    told.extend(facts.set_off.then(|| "set off".to_owned()));
    told.extend(facts.personal_data.then(|| "asks about personal data".to_owned()));
    told.extend(facts.credit_note.then(|| "waits for a credit note".to_owned()));
    if told.is_empty() { "no day, no amount".to_owned() } else { told.join(", ") }
}

fn change_json(change: &Change<'_>) -> Value {
    let sentence = change.sentence;
    let side = |understood: &crate::classify::Understanding| json!({ "intents": understood.intents, "facts": facts(understood), "not_understood": understood.unread });
    json!({
        "change": change.turn, "file": sentence.file, "line": sentence.line, "text": sentence.text,
        "labelled": sentence.intents, "before": side(change.before), "now": side(change.now),
    })
}
