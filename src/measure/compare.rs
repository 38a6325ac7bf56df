//! One mail: what its label says beside what the product made of it.

use super::labels::{Label, Risk};
use crate::ledger::reading::Facts;
use crate::ledger::words::{Disposition, Intent, word};
use serde::Serialize;
use std::collections::BTreeSet;

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

word!(
    /// A fact that a label may state.
    Fact {
        /// The day promised or asked for.
        PromisedDate = "promised_date",
        /// A plan in parts.
        Instalments = "instalments",
        /// The amount claimed or promised.
        Amount = "amount",
        /// CRO, TRN, transaction id.
        PaymentReference = "payment_reference",
        /// End of an absence.
        ReturnDate = "return_date",
        /// An address to be used.
        NewContact = "new_contact",
    }
);

impl Fact {
    /// The label's value and the product's, as text; `None` where it is none. Amounts are compared as hundredths.
    fn of(self, label: &Label, facts: &Facts) -> (Option<String>, Option<String>) {
        let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
        match self {
            Self::PromisedDate => (day(label.promised_date), day(facts.promised_date)),
            Self::ReturnDate => (day(label.return_date), day(facts.return_date)),
            Self::PaymentReference => (label.payment_reference.clone(), facts.payment_reference.clone()),
            Self::NewContact => (label.new_contact.clone(), facts.new_contact.as_ref().map(ToString::to_string)),
            Self::Amount => (label.amount_cents.map(decimal), facts.amounts.first().map(|money| decimal(money.cents))),
            Self::Instalments => {
                let part = |date: Option<chrono::NaiveDate>, cents: Option<i64>| {
                    let none = || "-".to_owned();
                    format!("{} {}", day(date).unwrap_or_else(none), cents.map_or_else(none, decimal))
                };
                let plan = |parts: Vec<String>| parts.join(", ");
                let meant = label
                    .instalments
                    .as_ref()
                    .map(|parts| plan(parts.iter().map(|one| part(one.date, one.amount_cents)).collect()));
                let said = facts.instalments.as_ref().map(|parts| {
                    plan(parts.iter().map(|one| part(one.date, one.amount.map(|money| money.cents))).collect())
                });
                (meant, said)
            }
        }
    }

    /// How it compares; `None` where it is not asked: neither says one (of amounts: the label says none).
    pub(super) fn found(self, label: &Label, facts: &Facts) -> Option<Found> {
        match self.of(label, facts) {
            (None, None) => None,
            (None, Some(_)) => (self != Self::Amount).then_some(Found::WhereNoneIs),
            (Some(_), None) => Some(Found::Not),
            (Some(meant), Some(said)) => Some(if meant == said { Found::Right } else { Found::Another }),
        }
    }
}

/// How a fact compares with the label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Exactly.
    Right,
    /// The label's was not found.
    Not,
    /// Another one was.
    Another,
    /// The label has none.
    WhereNoneIs,
}

fn decimal(cents: i64) -> String {
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, (cents / 100).abs(), (cents % 100).abs())
}

/// Intents that a person must see, wherever they stand.
pub(super) const RISKS: [Intent; 4] =
    [Intent::Legal, Intent::Hostile, Intent::BankDetailsVerification, Intent::Dispute];

/// How the disposition of a mail compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The label's.
    AsLabelled,
    /// The other one that is right for a mixed routine mail (`docs/reading.md`): the owner, or the primary intent's
    /// without an automatic answer.
    AlsoRight,
    /// Neither.
    Wrong,
}

pub(super) fn disposition(label: &Label, outcome: &Outcome) -> Verdict {
    if outcome.disposition == label.disposition {
        return Verdict::AsLabelled;
    }
    let also = [Some(Disposition::RouteToOwner), label.intents.first().copied().map(called_for)];
    if is_mixed_routine(label) && outcome.automatic_answer.is_none() && also.contains(&Some(outcome.disposition)) {
        return Verdict::AlsoRight;
    }
    Verdict::Wrong
}

/// Several wishes, none of them a risk. Thanks beside a wish are none.
fn is_mixed_routine(label: &Label) -> bool {
    let idle = [Intent::Acknowledgement, Intent::Unrelated, Intent::AutoReply];
    let wishes = label.intents.iter().filter(|intent| !idle.contains(intent)).count();
    wishes > 1 && !label.intents.iter().any(|intent| RISKS.contains(intent))
}

/// What one wish calls for by itself (`docs/reading.md`).
const fn called_for(intent: Intent) -> Disposition {
    match intent {
        Intent::PaymentMade | Intent::PaymentNotification => Disposition::ConfirmPayment,
        Intent::PromiseToPay => Disposition::RecordPromise,
        Intent::DeferralRequest | Intent::InstalmentRequest => Disposition::ApplyDeferralPolicy,
        Intent::InvoiceRequest => Disposition::ResendInvoice,
        Intent::BankDetailsRequest => Disposition::SendBankDetails,
        Intent::StatementRequest => Disposition::SendStatement,
        Intent::AutoReply | Intent::Acknowledgement | Intent::Unrelated => Disposition::Ignore,
        Intent::Dispute
        | Intent::ReferenceRequest
        | Intent::ContactChange
        | Intent::BankDetailsVerification
        | Intent::Legal
        | Intent::Hostile
        | Intent::Bounce => Disposition::RouteToOwner,
    }
}

/// Is there a mail to the customer that goes with it?
const fn answers(disposition: Disposition) -> bool {
    !matches!(disposition, Disposition::RouteToOwner | Disposition::Ignore | Disposition::ConfirmPayment)
}

/// An answer with no person asked that is a mistake.
pub(super) fn wrongly_answered(label: &Label, outcome: &Outcome) -> bool {
    outcome.automatic_answer.is_some()
        && (label.risk == Risk::MustNotAnswer || label.disposition != outcome.disposition)
}

/// The right disposition, and an automatic answer where that disposition answers.
pub(super) fn handled(label: &Label, outcome: &Outcome) -> bool {
    label.disposition == outcome.disposition && (outcome.automatic_answer.is_some() || !answers(label.disposition))
}

/// Read otherwise than labelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// intents, disposition, receivables, automatic_answer, or the name of a fact.
    pub what: &'static str,
    /// The label's, `-` where it is none.
    pub labelled: String,
    /// The product's.
    pub read: String,
}

/// Everything in which an outcome differs from its label.
#[must_use]
pub fn differences(label: &Label, outcome: &Outcome) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut add = |what, labelled: String, read: String| {
        let shown = |text: String| if text.is_empty() { "-".to_owned() } else { text };
        found.push(Difference { what, labelled: shown(labelled), read: shown(read) });
    };
    let words = |intents: &[Intent]| intents.iter().map(|intent| intent.as_str()).collect::<Vec<_>>().join(" ");
    if set(&label.intents) != set(&outcome.intents) || label.intents.first() != outcome.intents.first() {
        add("intents", words(&label.intents), words(&outcome.intents));
    }
    if disposition(label, outcome) == Verdict::Wrong {
        add("disposition", label.disposition.to_string(), outcome.disposition.to_string());
    }
    if set(&label.invoices) != set(&outcome.invoices) {
        add("receivables", label.invoices.join(", "), outcome.invoices.join(", "));
    }
    for fact in Fact::ALL {
        if fact.found(label, &outcome.facts).is_some_and(|found| found != Found::Right) {
            let (meant, said) = fact.of(label, &outcome.facts);
            add(fact.as_str(), meant.unwrap_or_default(), said.unwrap_or_default());
        }
    }
    let answer = outcome.automatic_answer.clone().unwrap_or_default();
    if wrongly_answered(label, outcome) {
        add("automatic_answer", String::new(), answer);
    } else if label.risk == Risk::Safe && answers(label.disposition) && answer.is_empty() {
        add("automatic_answer", label.disposition.to_string(), answer);
    }
    found
}

pub(super) fn set<T: Ord>(values: &[T]) -> BTreeSet<&T> {
    values.iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::labels::labels;
    use super::*;

    fn label(intents: &str, disposition: &str) -> Label {
        let line = format!(
            r#"{{"id":"a","intents":[{intents}],"invoices":["1"],"promised_date":null,"instalments":[{{"date":"2026-11-30","amount":10.5}}],"amount":null,"payment_reference":null,"return_date":null,"new_contact":null,"disposition":"{disposition}","risk":"must_not_answer"}}"#
        );
        labels("labels.jsonl", &line).expect("a label").remove(0)
    }

    fn outcome(disposition: Disposition, answer: Option<&str>) -> Outcome {
        Outcome {
            id: "a".into(),
            intents: vec![Intent::PaymentMade],
            invoices: vec!["1".into()],
            facts: Facts::default(),
            disposition,
            automatic_answer: answer.map(str::to_owned),
        }
    }

    #[test]
    fn a_mixed_routine_mail_has_two_right_dispositions() {
        let mixed = label("\"payment_made\", \"invoice_request\"", "route_to_owner");
        let confirm = outcome(Disposition::ConfirmPayment, None);
        assert_eq!(disposition(&mixed, &confirm), Verdict::AlsoRight);
        assert_eq!(disposition(&mixed, &outcome(Disposition::RouteToOwner, None)), Verdict::AsLabelled);
        assert_eq!(disposition(&mixed, &outcome(Disposition::ResendInvoice, None)), Verdict::Wrong);
        let answered = outcome(Disposition::ConfirmPayment, Some("thanks"));
        assert_eq!(disposition(&mixed, &answered), Verdict::Wrong);
        let kept = label("\"payment_made\", \"promise_to_pay\"", "confirm_payment");
        assert_eq!(disposition(&kept, &outcome(Disposition::RouteToOwner, None)), Verdict::AlsoRight);
        for one in ["\"payment_made\"", "\"payment_made\", \"acknowledgement\"", "\"payment_made\", \"dispute\""] {
            assert_eq!(disposition(&label(one, "route_to_owner"), &confirm), Verdict::Wrong, "{one}");
        }
    }

    #[test]
    fn differences_name_both_sides() {
        let label = label("\"dispute\"", "route_to_owner");
        let found = differences(&label, &outcome(Disposition::ConfirmPayment, Some("thanks")));
        let said: Vec<_> = found.iter().map(|one| (one.what, one.labelled.as_str(), one.read.as_str())).collect();
        assert_eq!(
            said,
            [
                ("intents", "dispute", "payment_made"),
                ("disposition", "route_to_owner", "confirm_payment"),
                ("instalments", "2026-11-30 10.50", "-"),
                ("automatic_answer", "-", "thanks"),
            ]
        );
    }
}
