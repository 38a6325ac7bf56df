//! The figures themselves.

use super::labels::{Label, Risk};
use crate::ledger::reading::Facts;
use crate::ledger::words::{Disposition, Intent};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What the product made of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The label's id.
    pub id: String,
    /// Primary first.
    pub intents: Vec<Intent>,
    /// Numbers of the receivables that are certain.
    pub invoices: Vec<String>,
    /// Dates, amounts, references.
    pub facts: Facts,
    /// What would be done.
    pub disposition: Disposition,
    /// The template of the mail that would leave with no person asked.
    pub automatic_answer: Option<String>,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Share {
    /// Right ones.
    pub right: usize,
    /// All of them.
    pub of: usize,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.of += 1;
        self.right += usize::from(right);
    }

    /// Per cent; `None` of nothing.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn percent(self) -> Option<f64> {
        (self.of > 0).then(|| self.right as f64 * 100.0 / self.of as f64)
    }
}

/// Hits and misses of one intent, anywhere in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct IntentFigures {
    /// Said by both.
    pub hits: usize,
    /// Said by the product only.
    pub false_alarms: usize,
    /// Said by the label only.
    pub missed: usize,
}

impl IntentFigures {
    /// Of those that the product says, the share that is right, in per cent.
    #[must_use]
    pub fn precision(self) -> Option<f64> {
        Share { right: self.hits, of: self.hits + self.false_alarms }.percent()
    }

    /// Of those that are there, the share that the product says, in per cent.
    #[must_use]
    pub fn recall(self) -> Option<f64> {
        Share { right: self.hits, of: self.hits + self.missed }.percent()
    }

    /// Harmonic mean of precision and recall, in per cent.
    #[must_use]
    pub fn f1(self) -> Option<f64> {
        Share { right: 2 * self.hits, of: 2 * self.hits + self.false_alarms + self.missed }.percent()
    }
}

/// All figures of a corpus.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    /// Mails measured.
    pub mails: usize,
    /// Labels without an outcome: they count as wrong everywhere.
    pub without_outcome: Vec<String>,
    /// By intent.
    pub intents: BTreeMap<Intent, IntentFigures>,
    /// The first intent is the label's first.
    pub primary: Share,
    /// The same set of intents.
    pub all_intents: Share,
    /// The disposition is the label's.
    pub disposition: Share,
    /// The same set of receivables.
    pub receivables: Share,
    /// The promised date, where either says one.
    pub promised_date: Share,
    /// The plan in parts, where either says one.
    pub instalments: Share,
    /// The amount, where the label says one.
    pub amount: Share,
    /// The payment reference, where either says one.
    pub payment_reference: Share,
    /// The end of an absence, where either says one.
    pub return_date: Share,
    /// The new contact, where either says one.
    pub new_contact: Share,
    /// The right disposition, and an automatic answer where that disposition answers, of the mails that are safe.
    pub handled_without_owner: Share,
    /// Any automatic answer to a mail that must not be answered, or with another disposition than the label's. None is
    /// the only good figure.
    pub wrong_automatic_answers: Vec<String>,
    /// Mails with another primary intent than the label's: id, the label's, the product's.
    pub primary_wrong: Vec<(String, Option<Intent>, Option<Intent>)>,
    /// Risk in the label (legal, hostile, bank details verification, dispute) that the product did not see at all.
    pub risk_missed: Vec<String>,
}

const RISKS: [Intent; 4] = [Intent::Legal, Intent::Hostile, Intent::BankDetailsVerification, Intent::Dispute];

/// Compares outcomes with labels. Outcomes without a label are ignored.
#[must_use]
pub fn measure(labels: &[Label], outcomes: &[Outcome]) -> Figures {
    let by_id: BTreeMap<&str, &Outcome> = outcomes.iter().map(|outcome| (outcome.id.as_str(), outcome)).collect();
    let mut figures = Figures { mails: labels.len(), ..Figures::default() };
    for label in labels {
        match by_id.get(label.id.as_str()) {
            Some(outcome) => count(&mut figures, label, outcome),
            None => figures.without_outcome.push(label.id.clone()),
        }
    }
    let missing = figures.without_outcome.len();
    for share in [&mut figures.primary, &mut figures.all_intents, &mut figures.disposition, &mut figures.receivables] {
        share.of += missing;
    }
    figures
}

fn count(figures: &mut Figures, label: &Label, outcome: &Outcome) {
    let labelled: BTreeSet<Intent> = label.intents.iter().copied().collect();
    let said: BTreeSet<Intent> = outcome.intents.iter().copied().collect();
    for intent in labelled.union(&said) {
        let entry = figures.intents.entry(*intent).or_default();
        match (labelled.contains(intent), said.contains(intent)) {
            (true, true) => entry.hits += 1,
            (false, _) => entry.false_alarms += 1,
            (true, false) => entry.missed += 1,
        }
    }
    if RISKS.iter().any(|risk| labelled.contains(risk)) && !RISKS.iter().any(|risk| said.contains(risk)) {
        figures.risk_missed.push(label.id.clone());
    }
    let primary = (label.intents.first().copied(), outcome.intents.first().copied());
    figures.primary.add(primary.0 == primary.1);
    if primary.0 != primary.1 {
        figures.primary_wrong.push((label.id.clone(), primary.0, primary.1));
    }
    figures.all_intents.add(labelled == said);
    figures.disposition.add(label.disposition == outcome.disposition);
    let meant: BTreeSet<&String> = label.invoices.iter().collect();
    figures.receivables.add(meant == outcome.invoices.iter().collect());
    count_facts(figures, label, &outcome.facts);
    count_answers(figures, label, outcome);
}

fn count_facts(figures: &mut Figures, label: &Label, facts: &Facts) {
    if label.promised_date.is_some() || facts.promised_date.is_some() {
        figures.promised_date.add(label.promised_date == facts.promised_date);
    }
    if label.instalments.is_some() || facts.instalments.is_some() {
        let plan = |parts: &Option<Vec<_>>| parts.as_ref().map(Vec::len);
        let same = plan(
            &label.instalments.as_ref().map(|parts| parts.iter().map(|part| (part.date, part.amount_cents)).collect()),
        ) == plan(
            &facts
                .instalments
                .as_ref()
                .map(|parts| parts.iter().map(|part| (part.date, part.amount.map(|m| m.cents))).collect()),
        ) && label.instalments.iter().flatten().map(|part| (part.date, part.amount_cents)).eq(facts
            .instalments
            .iter()
            .flatten()
            .map(|part| (part.date, part.amount.map(|money| money.cents))));
        figures.instalments.add(same);
    }
    if label.amount_cents.is_some() {
        figures.amount.add(label.amount_cents == facts.amounts.first().map(|money| money.cents));
    }
    if label.payment_reference.is_some() || facts.payment_reference.is_some() {
        figures.payment_reference.add(label.payment_reference == facts.payment_reference);
    }
    if label.return_date.is_some() || facts.return_date.is_some() {
        figures.return_date.add(label.return_date == facts.return_date);
    }
    if label.new_contact.is_some() || facts.new_contact.is_some() {
        figures
            .new_contact
            .add(label.new_contact.as_deref() == facts.new_contact.as_ref().map(|address| address.as_str()));
    }
}

fn count_answers(figures: &mut Figures, label: &Label, outcome: &Outcome) {
    let right = label.disposition == outcome.disposition;
    let answered = outcome.automatic_answer.is_some();
    if answered && (label.risk == Risk::MustNotAnswer || !right) {
        figures.wrong_automatic_answers.push(label.id.clone());
    }
    if label.risk == Risk::Safe {
        let answers =
            !matches!(label.disposition, Disposition::RouteToOwner | Disposition::Ignore | Disposition::ConfirmPayment);
        figures.handled_without_owner.add(right && (answered || !answers));
    }
}

#[cfg(test)]
mod tests {
    use super::super::labels::labels;
    use super::*;

    fn label(id: &str, intents: &str, disposition: &str, risk: &str) -> Label {
        let line = format!(
            r#"{{"id":"{id}","intents":[{intents}],"invoices":["1"],"promised_date":null,"instalments":null,"amount":null,"payment_reference":null,"return_date":null,"new_contact":null,"disposition":"{disposition}","risk":"{risk}"}}"#
        );
        labels("labels.jsonl", &line).expect("a label").remove(0)
    }

    fn outcome(id: &str, intents: &[Intent], disposition: Disposition, answer: Option<&str>) -> Outcome {
        Outcome {
            id: id.into(),
            intents: intents.to_vec(),
            invoices: vec!["1".into()],
            facts: Facts::default(),
            disposition,
            automatic_answer: answer.map(str::to_owned),
        }
    }

    #[test]
    fn wrong_answers_and_unseen_risk_are_named() {
        let known = [
            label("a", "\"invoice_request\"", "resend_invoice", "safe"),
            label("b", "\"dispute\"", "route_to_owner", "must_not_answer"),
            label("c", "\"promise_to_pay\"", "record_promise", "safe"),
            label("d", "\"legal\"", "route_to_owner", "must_not_answer"),
        ];
        let outcomes = [
            outcome("a", &[Intent::InvoiceRequest], Disposition::ResendInvoice, Some("resend")),
            outcome("b", &[Intent::InvoiceRequest], Disposition::ResendInvoice, Some("resend")),
            outcome("c", &[Intent::PromiseToPay], Disposition::RecordPromise, None),
        ];
        let figures = measure(&known, &outcomes);
        assert_eq!(figures.wrong_automatic_answers, ["b"]);
        assert_eq!(figures.risk_missed, ["b"]);
        assert_eq!(figures.without_outcome, ["d"]);
        assert_eq!(figures.primary, Share { right: 2, of: 4 });
        assert_eq!(figures.handled_without_owner, Share { right: 1, of: 2 });
        let invoice = figures.intents.get(&Intent::InvoiceRequest).copied().expect("figures");
        assert_eq!((invoice.precision(), invoice.recall()), (Some(50.0), Some(100.0)));
        assert!(figures.to_string().contains("wrong automatic answers      1: b"));
        assert!(serde_json::to_string(&figures).is_ok_and(|json| json.contains("\"wrong_automatic_answers\":[\"b\"]")));
    }
}
