//! What a preview shows, and why there is nothing to show.

use crate::ledger::account::Account;
use crate::ledger::ids::{ReceivableId, StepId};
use crate::ledger::mail::MailPlan;
use crate::ledger::moment::Moment;
use chrono::NaiveDate;

/// One step as the customer would see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedStep {
    /// Which.
    pub step: StepId,
    /// What happens.
    pub act: PreviewedAct,
    /// What it supposes, one English sentence each.
    pub supposes: Vec<String>,
}

/// What happens at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreviewedAct {
    /// A mail is written.
    Letter(Box<PreviewedLetter>),
    /// The owner telephones, or is asked how it goes on, from that day on, about these.
    Call(NaiveDate, Vec<ReceivableId>),
    /// It is over: on which day, when it was taken at all.
    Over(Option<NaiveDate>),
}

impl PreviewedAct {
    /// On which day, at the earliest.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::Letter(letter) => Some(letter.moment.today()),
            Self::Call(day, _) => Some(*day),
            Self::Over(day) => *day,
        }
    }
}

/// A mail to be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedLetter {
    /// As it would stand in the outbox.
    pub plan: MailPlan,
    /// The account on which it is written, with what is supposed.
    pub account: Account,
    /// When it would leave, at the earliest.
    pub moment: Moment,
    /// The owner finishes and signs it.
    pub is_owners: bool,
}

/// What `preview` finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previewed {
    /// Step by step.
    pub steps: Vec<PreviewedStep>,
    /// Why a reminder does not leave today, one English sentence each.
    pub against: Vec<String>,
    /// What such a mail would leave out, and why.
    pub left_out: Vec<String>,
}

/// Why there is nothing to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPreview {
    /// The ladder of this customer has no such step: those that it has.
    NoSuchStep(Vec<StepId>),
    /// Nothing is open.
    NothingOpen,
    /// What is open is never asked for: why.
    NeverAsked(Vec<String>),
    /// No usable address is on file.
    NoAddress,
    /// A mail of this name is not for this customer, or not now: why, as an English clause.
    NotForThem(String),
}
