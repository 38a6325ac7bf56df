//! What the agent would make of a mail, changing nothing. The shape of the output is a contract: see `docs/reading.md`.

use super::error::AgentError;
use super::pass::{directory, world};
use super::reading::{self, Eyes, Seen};
use crate::classify::RuleSet;
use crate::ledger::ids::ReceivableId;
use crate::ledger::reading::{Clue, Facts, IntentFinding, Match, Warning};
use crate::ledger::words::{Authenticity, Certainty, Disposition, Language, MessageKind};
use crate::matching::Directory;
use crate::policy;
use crate::store::Look;
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use serde::Serialize;
use std::collections::BTreeSet;

/// One mail explained: one JSON object a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The caller's own name for it (`--batch` only).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<serde_json::Value>,
    /// The file, where it came from one.
    pub file: Option<String>,
    /// Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// The Date header, RFC 3339.
    pub date: Option<String>,
    /// The single author's address.
    pub from: Option<String>,
    /// Decoded subject.
    pub subject: String,
    /// Sort of mail.
    pub kind: MessageKind,
    /// Is the author proven?
    pub authenticity: Authenticity,
    /// Language of the new words.
    pub language: Option<Language>,
    /// The new words only, without sign-off and signature.
    pub reply_text: String,
    /// The same with the sign-off kept.
    pub reply_text_signed: String,
    /// Primary first.
    pub intents: Vec<IntentFinding>,
    /// The customer's name, when one is at least likely.
    pub customer: Option<String>,
    /// Receivables with clues.
    pub receivables: Vec<ExplainedItem>,
    /// Dates, amounts, references.
    pub facts: ExplainedFacts,
    /// Words that no rule understood and that could matter: with any of them nothing is answered by itself.
    pub not_understood: Vec<String>,
    /// Signs of trouble in words or envelope; left out where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// What the message calls for, whatever the mode and limits.
    pub disposition: Disposition,
    /// The template that would leave with no person asked, were every mode `send`.
    pub automatic_answer: Option<String>,
    /// A sentence.
    pub reason: String,
}

/// A receivable and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedItem {
    /// The number as written on the document.
    pub invoice: String,
    /// certain, likely.
    pub confidence: Certainty,
    /// What spoke for it.
    pub clues: Vec<Clue>,
}

/// The facts in the forms of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedFacts {
    /// ISO day.
    pub promised_date: Option<NaiveDate>,
    /// Parts of a plan.
    pub instalments: Option<Vec<ExplainedInstalment>>,
    /// Decimals as strings, the claimed or promised one first.
    pub amounts: Vec<String>,
    /// CRO, TRN, …
    pub payment_reference: Option<String>,
    /// End of an absence.
    pub return_date: Option<NaiveDate>,
    /// An address to turn to.
    pub new_contact: Option<String>,
}

/// A part of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedInstalment {
    /// Its day.
    pub date: Option<NaiveDate>,
    /// Its amount.
    pub amount: Option<String>,
}

impl From<&Facts> for ExplainedFacts {
    fn from(facts: &Facts) -> Self {
        Self {
            promised_date: facts.promised_date,
            instalments: facts.instalments.as_ref().map(|parts| {
                parts
                    .iter()
                    .map(|part| ExplainedInstalment {
                        date: part.date,
                        amount: part.amount.map(crate::ledger::money::Money::to_decimal),
                    })
                    .collect()
            }),
            amounts: facts.amounts.iter().map(|amount| amount.to_decimal()).collect(),
            payment_reference: facts.payment_reference.clone(),
            return_date: facts.return_date,
            new_contact: facts.new_contact.as_ref().map(ToString::to_string),
        }
    }
}

/// Explains mails against what a firm knows. Reads the database once; changes nothing.
pub struct Explainer<'a> {
    look: Look<'a>,
    office: &'a super::office::Office,
    directory: Directory,
    own_ibans: Vec<String>,
    /// Judge at this instant instead of on each mail's arrival.
    now: Option<DateTime<Utc>>,
    /// The language of the next mails, when the caller knows it.
    pub language: Option<Language>,
}

impl<'a> Explainer<'a> {
    /// Prepares the indexes. Without `now`, each mail is taken as just arrived.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn new(
        look: Look<'a>,
        office: &'a super::office::Office,
        now: Option<DateTime<Utc>>,
    ) -> Result<Self, AgentError> {
        let directory = directory(&look, office)?;
        Ok(Self { own_ibans: office.own_ibans(), look, office, directory, now, language: None })
    }

    /// Explains one mail.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn explain(
        &self,
        bytes: &[u8],
        file: Option<&str>,
        fallback: DateTime<Utc>,
    ) -> Result<Explanation, AgentError> {
        let truncated = bytes.len() > self.office.max_mail_bytes;
        let bytes = bytes.get(..self.office.max_mail_bytes).unwrap_or(bytes);
        let mut message = crate::message::read(bytes, &self.office.reader);
        if truncated {
            message.warnings.push(Warning::Truncated);
        }
        let received = arrival(&message, fallback);
        let eyes = Eyes {
            reader: &self.office.reader,
            rules: self.office.rules.ready()?,
            own_ibans: &self.own_ibans,
            zone: self.office.zone,
            language: self.language,
        };
        let mut seen = reading::of(message, received, &eyes).tied(&self.directory);
        seen.reading.matched.answers = super::incoming::answered(self.look, &seen.message)?;
        let moment = self.office.moment(self.now.unwrap_or(received));
        let account = match &seen.reading.matched.customer {
            Some(found) => {
                self.look.account(found.customer)?.map(|account| policy::arranged(&account, &self.office.policy))
            }
            None => None,
        };
        let documents = match &account {
            Some(account) => self.look.documents_at_hand(account.customer.id)?,
            None => BTreeSet::new(),
        };
        let world = world(&self.look, self.office, moment, &documents)?;
        let verdict = policy::verdict(&seen.reading, account.as_ref(), &world);
        let number = |id: ReceivableId| {
            account
                .as_ref()
                .and_then(|account| account.receivable(id))
                .map_or_else(|| id.to_string(), |receivable| receivable.key.name().into_owned())
        };
        let mut explanation = Explanation::of(&seen, file);
        explanation.customer = account.as_ref().map(|account| account.customer.name.clone());
        explanation.receivables = explained_items(&seen.reading.matched, number);
        explanation.disposition = verdict.disposition;
        explanation.automatic_answer = verdict.automatic_answer.map(|template| template.to_string());
        explanation.reason = verdict.reason;
        Ok(explanation)
    }
}

/// Explains a mail with the shipped rules and no receivables.
#[must_use]
pub fn without_firm(
    bytes: &[u8],
    file: Option<&str>,
    rules: &RuleSet,
    fallback: DateTime<Utc>,
    language: Option<Language>,
) -> Explanation {
    let directory = Directory::build(&[], &[], &[]);
    let message = crate::message::read(bytes, &crate::message::Reader::default());
    let received = arrival(&message, fallback);
    let reader = crate::message::Reader::default();
    let eyes = Eyes { reader: &reader, rules, own_ibans: &[], zone: chrono_tz::Europe::Rome, language };
    let seen = reading::of(message, received, &eyes).tied(&directory);
    let verdict = policy::verdict_of_words(&seen.reading);
    let mut explanation = Explanation::of(&seen, file);
    explanation.disposition = verdict.disposition;
    explanation.reason = verdict.reason;
    explanation
}

/// Bare words as a mail, for reading them like any other: by nobody known, on a day.
#[must_use]
pub fn mail_of_words(words: &str, at: DateTime<Utc>) -> Vec<u8> {
    let mut mail = format!("Date: {}\r\nMIME-Version: 1.0\r\n", at.to_rfc2822()).into_bytes();
    mail.extend_from_slice(b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
    mail.extend_from_slice(words.as_bytes());
    mail
}

impl Explanation {
    fn of(seen: &Seen, file: Option<&str>) -> Self {
        let (message, reading) = (&seen.message, &seen.reading);
        Self {
            id: None,
            file: file.map(ToOwned::to_owned),
            message_id: message.rfc_id.as_ref().map(|id| id.as_str().to_owned()),
            date: message.date.map(|date| date.to_rfc3339()),
            from: reading.from.as_ref().map(ToString::to_string),
            subject: message.subject.clone(),
            kind: message.kind,
            authenticity: message.authenticity,
            language: reading.language,
            reply_text: message.words.new.clone(),
            reply_text_signed: message.words.signed.clone(),
            intents: reading.intents.clone(),
            customer: None,
            receivables: Vec::new(),
            facts: ExplainedFacts::from(&reading.facts),
            disposition: Disposition::RouteToOwner,
            automatic_answer: None,
            not_understood: reading.unread.clone(),
            warnings: reading.warnings.clone(),
            reason: String::new(),
        }
    }
}

fn explained_items(matched: &Match, number: impl Fn(ReceivableId) -> String) -> Vec<ExplainedItem> {
    matched
        .items
        .iter()
        .map(|item| ExplainedItem {
            invoice: number(item.receivable),
            confidence: item.certainty,
            clues: item.clues.clone(),
        })
        .collect()
}

/// A file has no arrival: its Date header stands for it.
fn arrival(message: &crate::message::Message, fallback: DateTime<Utc>) -> DateTime<Utc> {
    message.date.map_or(fallback, |date| date.with_timezone(&Utc))
}

/// Noon of a day in the business zone: when a day alone is given.
#[must_use]
pub fn noon(day: NaiveDate) -> DateTime<Utc> {
    Utc.from_utc_datetime(&day.and_time(chrono::NaiveTime::MIN)) + chrono::Duration::hours(12)
}
