//! `labels.jsonl`: one object a line.

use crate::ledger::problem::{Problem, nearest};
use crate::ledger::words::{Disposition, Intent, Language, word};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeSet;

word!(
    /// What an automatic answer to a mail would be.
    Risk {
        /// Fine.
        Safe = "safe",
        /// A mistake.
        MustNotAnswer = "must_not_answer",
    }
);

/// What a careful person says of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Name of the mail; its file is found by it.
    pub id: String,
    /// The language of the mail, where the corpus says it.
    #[serde(default)]
    pub language: Option<Language>,
    /// Primary first; empty where nothing is meant that has a word.
    pub intents: Vec<Intent>,
    /// Numbers of the receivables meant, as the ledger writes them.
    pub invoices: Vec<String>,
    /// The day promised or asked for.
    pub promised_date: Option<NaiveDate>,
    /// A plan in parts.
    pub instalments: Option<Vec<LabelledInstalment>>,
    /// Hundredths of the amount claimed or promised.
    #[serde(rename = "amount", deserialize_with = "hundredths")]
    pub amount_cents: Option<i64>,
    /// CRO, TRN, transaction id.
    pub payment_reference: Option<String>,
    /// End of an absence.
    pub return_date: Option<NaiveDate>,
    /// An address to be used.
    pub new_contact: Option<String>,
    /// What is right to do.
    pub disposition: Disposition,
    /// What an automatic answer would be.
    pub risk: Risk,
    /// The bytes of its line in the file, to point at.
    #[serde(skip)]
    pub(super) place: std::ops::Range<usize>,
}

/// One part of a labelled plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LabelledInstalment {
    /// Its day.
    pub date: Option<NaiveDate>,
    /// Hundredths of its amount.
    #[serde(default, rename = "amount", deserialize_with = "hundredths")]
    pub amount_cents: Option<i64>,
}

/// A decimal, written as a number or as text, in hundredths.
fn hundredths<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let wrong = || serde::de::Error::custom(format!("`{text}` is no amount"));
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    if part.len() > 2 {
        return Err(wrong());
    }
    let part: i64 = format!("{part:0<2}").parse().map_err(|_| wrong())?;
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    whole.checked_mul(100).and_then(|cents| cents.checked_add(part)).map(Some).ok_or_else(wrong)
}

/// Reads `labels.jsonl`.
///
/// # Errors
/// Every line that is no label, with its place; an empty file and an id used twice.
pub fn labels(file: &str, text: &str) -> Result<Vec<Label>, Vec<Problem>> {
    let mut found: Vec<Label> = Vec::new();
    let mut problems = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.trim_end().len();
        start += line.len();
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Label>(line) {
            Ok(label) if found.iter().any(|known| known.id == label.id) => {
                problems.push(Problem::at(file, text, range, format!("The id `{}` is used twice", label.id)));
            }
            Ok(label) => found.push(Label { place: range, ..label }),
            Err(error) => problems.push(label_problem(file, text, range, &error)),
        }
    }
    if found.is_empty() && problems.is_empty() {
        problems.push(Problem::of_file(file, "There are no labels: nothing would be measured"));
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

fn label_problem(file: &str, text: &str, range: std::ops::Range<usize>, error: &serde_json::Error) -> Problem {
    let message = error.to_string();
    // Every line is read by itself, so the place that serde names is none that a person could find.
    let message = message.split(" at line 1 ").next().unwrap_or(&message);
    let word = message.split('`').nth(1).unwrap_or_default().to_owned();
    let words = Intent::ALL.iter().map(|i| i.as_str()).chain(Disposition::ALL.iter().map(|d| d.as_str()));
    let range = quoted(text, &range, &word).unwrap_or(range);
    let mut problem = Problem::at(file, text, range, format!("The line is no label: {message}"));
    if !word.is_empty() {
        problem.remedy =
            nearest(&word, words).filter(|near| *near != word).map(|near| format!("did you mean `{near}`?"));
    }
    problem
}

/// Where a line holds `"word"`.
fn quoted(text: &str, line: &std::ops::Range<usize>, word: &str) -> Option<std::ops::Range<usize>> {
    let at = text.get(line.clone())?.find(&format!("\"{word}\""))? + line.start;
    (!word.is_empty()).then_some(at..at + word.len() + 2)
}

/// What the labels and the rest of their folder disagree in: labels without a mail, mails without a label, invoice numbers
/// that the ledger does not list.
#[must_use]
pub fn mismatches(
    file: &str,
    text: &str,
    labels: &[Label],
    mails: &BTreeSet<String>,
    numbers: &BTreeSet<String>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for label in labels {
        let at = |word: &str, message: String| {
            Problem::at(file, text, quoted(text, &label.place, word).unwrap_or(label.place.clone()), message)
        };
        if !mails.contains(&label.id) {
            let problem = at(&label.id, format!("There is no mail `{}.eml`", label.id));
            problems.push(problem.remedy("lay the mail into the folder, or take the line out"));
        }
        for number in label.invoices.iter().filter(|number| !numbers.contains(*number)) {
            let problem = at(number, format!("ledger.csv lists no invoice `{number}`"));
            let near = nearest(number, numbers.iter().map(String::as_str));
            problems.push(problem.remedy(near.map_or_else(
                || "write the number as the column invoice_number has it".to_owned(),
                |near| format!("did you mean `{near}`?"),
            )));
        }
    }
    let labelled: BTreeSet<&str> = labels.iter().map(|label| label.id.as_str()).collect();
    for id in mails.iter().filter(|id| !labelled.contains(id.as_str())) {
        let problem = Problem::of_file(format!("{id}.eml"), "The mail has no label");
        problems
            .push(problem.remedy(format!("add a line with \"id\": \"{id}\" to labels.jsonl, or take the mail away")));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id": "a", "intents": ["payment_made"], "invoices": ["1"], "promised_date": null, "instalments": [{"date": "2026-11-30", "amount": 10.5}], "amount": 1037.0, "payment_reference": null, "return_date": null, "new_contact": null, "disposition": "confirm_payment", "risk": "safe"}"#;

    #[test]
    fn reads_a_line() {
        let found = labels("labels.jsonl", LINE).expect("a label");
        assert_eq!(found[0].amount_cents, Some(103_700));
        assert_eq!(found[0].instalments.as_ref().map(|parts| parts[0].amount_cents), Some(Some(1_050)));
    }

    #[test]
    fn tells_every_problem() {
        let text = format!(
            "{}\n{LINE}\n{LINE}\nnonsense\n",
            LINE.replace("payment_made", "payment_mad").replace("\"a\"", "\"b\"")
        );
        let problems = labels("labels.jsonl", &text).expect_err("problems");
        assert_eq!(problems.len(), 3);
        assert_eq!(problems[0].remedy.as_deref(), Some("did you mean `payment_made`?"));
        assert!(labels("labels.jsonl", "\n").is_err());
    }

    #[test]
    fn tells_where_labels_and_folder_disagree() {
        let known = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let labels = labels("labels.jsonl", LINE).expect("a label");
        assert!(mismatches("labels.jsonl", LINE, &labels, &known(&["a"]), &known(&["1", "2"])).is_empty());
        let problems = mismatches("labels.jsonl", LINE, &labels, &known(&["b"]), &known(&["1/26"]));
        let said: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(said, ["There is no mail `a.eml`", "ledger.csv lists no invoice `1`", "The mail has no label"]);
        let column = LINE.find("\"1\"").map(|at| at + 1);
        assert_eq!(problems[1].place.as_ref().map(|place| (place.line, Some(place.column))), Some((1, column)));
        assert_eq!(problems[2].file, "b.eml");
    }
}
