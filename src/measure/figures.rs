//! The figures themselves.

use super::compare::{self, Fact, Found, Outcome, RISKS, Verdict, set};
use super::labels::{Label, Risk};
use crate::ledger::words::{Disposition, Intent, Language};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

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
    // Counts of mails and intents.
    pub fn percent(self) -> Option<f64> {
        (self.of > 0).then(|| self.right as f64 * 100.0 / self.of as f64)
    }
}

/// Hits and misses of one intent.
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
    fn add(&mut self, labelled: bool, said: bool) {
        match (labelled, said) {
            (true, true) => self.hits += 1,
            (false, true) => self.false_alarms += 1,
            (true, false) => self.missed += 1,
            (false, false) => {}
        }
    }

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

/// How a fact went wrong, in mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct WrongFact {
    /// Labelled and not found.
    pub missed: usize,
    /// Another than the labelled one was found.
    pub other: usize,
    /// Found where the label has none.
    pub false_alarms: usize,
}

impl WrongFact {
    fn add(&mut self, found: Found) {
        match found {
            Found::Right => {}
            Found::Not => self.missed += 1,
            Found::Another => self.other += 1,
            Found::WhereNoneIs => self.false_alarms += 1,
        }
    }
}

/// How many mails, and which; of a folder that is set aside how many only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Named {
    /// How many.
    pub count: usize,
    /// Their ids.
    pub ids: Vec<String>,
}

impl Named {
    fn add(&mut self, id: &str) {
        self.count += 1;
        self.ids.push(id.to_owned());
    }
}

/// The word for a mail without any intent.
pub const NONE: &str = "none";

/// All figures of a corpus.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Mails measured.
    pub mails: usize,
    /// Labels without an outcome: they count as wrong everywhere.
    pub without_outcome: Named,
    /// By intent, anywhere in the list.
    pub intents: BTreeMap<Intent, IntentFigures>,
    /// The first intent only, by its word, [`NONE`] where there is none.
    pub primary_intents: BTreeMap<&'static str, IntentFigures>,
    /// So many mails of this primary intent were read as that one.
    pub confusion: BTreeMap<(&'static str, &'static str), usize>,
    /// The first intent is the label's first.
    pub primary: Share,
    /// The same set of intents.
    pub all_intents: Share,
    /// The disposition is right: the label's, or the other one that is right for a mixed routine mail.
    pub disposition: Share,
    /// The disposition is the label's.
    pub disposition_as_labelled: Share,
    /// So many mails of this disposition were dealt with as that one, which is wrong.
    pub dispositions: BTreeMap<(Disposition, Disposition), usize>,
    /// The same set of receivables.
    pub receivables: Share,
    /// Each fact exactly right, where either says one (the amount: where the label says one).
    pub facts: BTreeMap<Fact, Share>,
    /// How each fact went wrong.
    pub facts_wrong: BTreeMap<Fact, WrongFact>,
    /// Of mails labelled as bounces, those that are read as such and dealt with as labelled.
    pub bounces: Share,
    /// The right disposition, and an automatic answer where that disposition answers, of the mails that are safe.
    pub handled_without_owner: Share,
    /// Mails that would be answered with no person asked, right or wrong.
    pub automatic_answers: usize,
    /// Any automatic answer to a mail that must not be answered, or with another disposition than the label's. None is
    /// the only good figure.
    pub wrong_automatic_answers: Named,
    /// Risk in the label (legal, hostile, bank details verification, dispute) that the product did not see at all.
    pub risk_missed: Named,
}

/// Compares outcomes with labels. Outcomes without a label are ignored.
#[must_use]
pub fn measure<'a>(labels: impl IntoIterator<Item = &'a Label>, outcomes: &[Outcome]) -> Figures {
    let by_id: BTreeMap<&str, &Outcome> = outcomes.iter().map(|outcome| (outcome.id.as_str(), outcome)).collect();
    let mut figures = Figures::default();
    for label in labels {
        figures.mails += 1;
        match by_id.get(label.id.as_str()) {
            Some(outcome) => count(&mut figures, label, outcome),
            None => figures.without_outcome.add(&label.id),
        }
    }
    let missing = figures.without_outcome.count;
    for share in [
        &mut figures.primary,
        &mut figures.all_intents,
        &mut figures.disposition,
        &mut figures.disposition_as_labelled,
        &mut figures.receivables,
    ] {
        share.of += missing;
    }
    figures
}

/// The figures of each language that the labels name, where they name more than one.
#[must_use]
pub fn measure_languages(labels: &[Label], outcomes: &[Outcome]) -> BTreeMap<Language, Figures> {
    let mut groups: BTreeMap<Language, Vec<&Label>> = BTreeMap::new();
    for label in labels {
        if let Some(language) = label.language {
            groups.entry(language).or_default().push(label);
        }
    }
    if groups.len() < 2 {
        return BTreeMap::new();
    }
    groups.into_iter().map(|(language, labels)| (language, measure(labels, outcomes))).collect()
}

fn count(figures: &mut Figures, label: &Label, outcome: &Outcome) {
    let (labelled, said) = (set(&label.intents), set(&outcome.intents));
    for intent in labelled.union(&said) {
        figures.intents.entry(**intent).or_default().add(labelled.contains(*intent), said.contains(*intent));
    }
    let risky = |intents: &[Intent]| RISKS.iter().any(|risk| intents.contains(risk));
    if risky(&label.intents) && !risky(&outcome.intents) {
        figures.risk_missed.add(&label.id);
    }
    let first = |intents: &[Intent]| intents.first().map_or(NONE, |intent| intent.as_str());
    let (meant, read) = (first(&label.intents), first(&outcome.intents));
    figures.primary.add(meant == read);
    *figures.confusion.entry((meant, read)).or_default() += 1;
    figures.primary_intents.entry(meant).or_default().add(true, meant == read);
    if meant != read {
        figures.primary_intents.entry(read).or_default().add(false, true);
    }
    figures.all_intents.add(labelled == said);
    let verdict = compare::disposition(label, outcome);
    figures.disposition.add(verdict != Verdict::Wrong);
    figures.disposition_as_labelled.add(verdict == Verdict::AsLabelled);
    if verdict == Verdict::Wrong {
        *figures.dispositions.entry((label.disposition, outcome.disposition)).or_default() += 1;
    }
    figures.receivables.add(set(&label.invoices) == set(&outcome.invoices));
    for fact in Fact::ALL {
        if let Some(found) = fact.found(label, &outcome.facts) {
            figures.facts.entry(*fact).or_default().add(found == Found::Right);
            if found != Found::Right {
                figures.facts_wrong.entry(*fact).or_default().add(found);
            }
        }
    }
    if label.intents.first() == Some(&Intent::Bounce) {
        figures.bounces.add(meant == read && verdict == Verdict::AsLabelled);
    }
    figures.automatic_answers += usize::from(outcome.automatic_answer.is_some());
    if compare::wrongly_answered(label, outcome) {
        figures.wrong_automatic_answers.add(&label.id);
    }
    if label.risk == Risk::Safe {
        figures.handled_without_owner.add(compare::handled(label, outcome));
    }
}

impl Figures {
    /// The mean of the F1 of all primary intents that the labels name, in per cent; a mail without intents counts as an
    /// intent of its own.
    #[must_use]
    // Counts of mails and intents.
    pub fn primary_macro_f1(&self) -> Option<f64> {
        let labelled = self.primary_intents.values().filter(|figures| figures.hits + figures.missed > 0);
        let each: Vec<f64> = labelled.filter_map(|figures| figures.f1()).collect();
        (!each.is_empty()).then(|| each.iter().sum::<f64>() / each.len() as f64)
    }

    /// How often each fact is exactly right.
    #[must_use]
    pub fn fact(&self, fact: Fact) -> Share {
        self.facts.get(&fact).copied().unwrap_or_default()
    }

    /// Figures only, without the names of mails: of a folder that is set aside nobody reads which of them went wrong.
    #[must_use]
    pub fn without_names(self) -> Self {
        self.with_names(|_| false)
    }

    /// The same with the names of those mails only.
    #[must_use]
    pub fn with_names(mut self, keep: impl Fn(&str) -> bool) -> Self {
        for named in [&mut self.without_outcome, &mut self.wrong_automatic_answers, &mut self.risk_missed] {
            named.ids.retain(|id| keep(id));
        }
        self
    }

    /// Everything as JSON; per cent with one decimal, null of nothing.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let intent = |figures: &IntentFigures| {
            json!({
                "precision": rounded(figures.precision()), "recall": rounded(figures.recall()), "f1": rounded(figures.f1()),
                "hits": figures.hits, "false_alarms": figures.false_alarms, "missed": figures.missed,
            })
        };
        let share = |share: Share| json!({ "percent": rounded(share.percent()), "right": share.right, "of": share.of });
        let mut confusion: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for ((meant, read), count) in &self.confusion {
            confusion.entry(meant).or_default().insert(read, *count);
        }
        let mut dispositions: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for ((meant, read), count) in &self.dispositions {
            dispositions.entry(meant.as_str()).or_default().insert(read.as_str(), *count);
        }
        let intents: BTreeMap<&str, Value> =
            self.intents.iter().map(|(word, figures)| (word.as_str(), intent(figures))).collect();
        let primary: BTreeMap<&str, Value> =
            self.primary_intents.iter().map(|(word, figures)| (*word, intent(figures))).collect();
        let facts: BTreeMap<&str, Value> =
            Fact::ALL.iter().map(|fact| (fact.as_str(), share(self.fact(*fact)))).collect();
        let facts_wrong: BTreeMap<&str, &WrongFact> =
            self.facts_wrong.iter().map(|(fact, wrong)| (fact.as_str(), wrong)).collect();
        json!({
            "mails": self.mails,
            "wrong_automatic_answers": self.wrong_automatic_answers,
            "automatic_answers": self.automatic_answers,
            "primary_macro_f1": rounded(self.primary_macro_f1()),
            "primary": share(self.primary),
            "all_intents": share(self.all_intents),
            "disposition": share(self.disposition),
            "disposition_as_labelled": share(self.disposition_as_labelled),
            "receivables": share(self.receivables),
            "facts": facts,
            "facts_wrong": facts_wrong,
            "handled_without_owner": share(self.handled_without_owner),
            "bounces": share(self.bounces),
            "risk_missed": self.risk_missed,
            "without_outcome": self.without_outcome,
            "intents": intents,
            "primary_intents": primary,
            "confusion": confusion,
            "dispositions_wrong": dispositions,
        })
    }
}

fn rounded(percent: Option<f64>) -> Option<f64> {
    percent.map(|percent| (percent * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::super::labels::labels;
    use super::*;
    use crate::ledger::reading::Facts;

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

    fn sample() -> Figures {
        let known = [
            label("a", "\"invoice_request\"", "resend_invoice", "safe"),
            label("b", "\"dispute\"", "route_to_owner", "must_not_answer"),
            label("c", "\"promise_to_pay\"", "record_promise", "safe"),
            label("d", "\"legal\"", "route_to_owner", "must_not_answer"),
            label("e", "\"bounce\"", "route_to_owner", "must_not_answer"),
            label("f", "\"bounce\"", "ignore", "must_not_answer"),
        ];
        let outcomes = [
            outcome("a", &[Intent::InvoiceRequest], Disposition::ResendInvoice, Some("resend")),
            outcome("b", &[Intent::InvoiceRequest], Disposition::ResendInvoice, Some("resend")),
            outcome("c", &[Intent::PromiseToPay], Disposition::RecordPromise, None),
            outcome("e", &[Intent::Bounce], Disposition::RouteToOwner, None),
            outcome("f", &[Intent::Bounce], Disposition::RouteToOwner, None),
        ];
        measure(&known, &outcomes)
    }

    #[test]
    fn wrong_answers_and_unseen_risk_are_named() {
        let figures = sample();
        assert_eq!(figures.wrong_automatic_answers.ids, ["b"]);
        assert_eq!(figures.automatic_answers, 2);
        assert_eq!(figures.risk_missed.ids, ["b"]);
        assert_eq!(figures.without_outcome.ids, ["d"]);
        assert_eq!(figures.primary, Share { right: 4, of: 6 });
        assert_eq!(figures.disposition, Share { right: 3, of: 6 });
        assert_eq!(figures.bounces, Share { right: 1, of: 2 });
        assert_eq!(figures.handled_without_owner, Share { right: 1, of: 2 });
        let invoice = figures.intents.get(&Intent::InvoiceRequest).copied().expect("figures");
        assert_eq!((invoice.precision(), invoice.recall()), (Some(50.0), Some(100.0)));
        assert_eq!(figures.confusion.get(&("dispute", "invoice_request")), Some(&1));
    }

    #[test]
    fn it_is_told_how_a_fact_or_a_disposition_went_wrong() {
        let figures = sample();
        let wrong = &figures.dispositions;
        assert_eq!(wrong.get(&(Disposition::RouteToOwner, Disposition::ResendInvoice)), Some(&1));
        assert_eq!(wrong.get(&(Disposition::Ignore, Disposition::RouteToOwner)), Some(&1));
        assert_eq!(wrong.len(), 2, "what is right is not listed: {wrong:?}");
        let day = |day| chrono::NaiveDate::from_ymd_opt(2026, 10, day);
        let pairs = [(day(9), day(9)), (day(9), None), (day(9), day(12)), (None, day(12)), (None, None)];
        let known: Vec<Label> = pairs
            .iter()
            .map(|(meant, _)| Label {
                promised_date: *meant,
                ..label("x", "\"promise_to_pay\"", "record_promise", "safe")
            })
            .collect();
        let mut together = Figures::default();
        for (label, (_, said)) in known.iter().zip(pairs) {
            let mut read = outcome("x", &[Intent::PromiseToPay], Disposition::RecordPromise, None);
            read.facts.promised_date = said;
            count(&mut together, label, &read);
        }
        assert_eq!(together.fact(Fact::PromisedDate), Share { right: 1, of: 4 });
        let wrong = WrongFact { missed: 1, other: 1, false_alarms: 1 };
        assert_eq!(together.facts_wrong.get(&Fact::PromisedDate), Some(&wrong));
        assert!(together.to_string().contains("1 not found, 1 another, 1 where none is\n"), "{together}");
        assert_eq!(together.to_json()["facts_wrong"]["promised_date"]["other"], json!(1));
        assert_eq!(figures.to_json()["dispositions_wrong"]["ignore"], json!({ "route_to_owner": 1 }));
        assert!(figures.to_string().contains("dealt with as resend_invoice"), "{figures}");
    }

    #[test]
    fn macro_f1_is_the_mean_over_the_labelled_intents() {
        // invoice_request 2/3, dispute 0, promise_to_pay 1, bounce 1; nothing was said of the mail without an outcome.
        let macro_f1 = sample().primary_macro_f1().expect("a figure");
        assert!((macro_f1 - 100.0 * (2.0 / 3.0 + 0.0 + 1.0 + 1.0) / 4.0).abs() < 0.001, "{macro_f1}");
    }

    #[test]
    fn what_is_set_aside_has_figures_and_no_names() {
        let figures = sample().without_names();
        assert_eq!((figures.wrong_automatic_answers.count, figures.wrong_automatic_answers.ids.len()), (1, 0));
        let json = figures.to_json();
        assert_eq!(json["wrong_automatic_answers"], json!({ "count": 1, "ids": [] }));
        assert_eq!(json["confusion"]["dispute"], json!({ "invoice_request": 1 }));
        assert_eq!(json["intents"]["invoice_request"]["precision"], json!(50.0));
        assert!(figures.to_string().contains("wrong automatic answers       1\n"), "{figures}");
        assert!(sample().to_string().contains("wrong automatic answers       1: b\n"));
    }
}
