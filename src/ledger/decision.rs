//! What policy answers: journal entries, mails, withdrawals, and the one thing done with a message.

use super::change::Entry;
use super::ids::{OutboxId, TemplateId};
use super::mail::MailPlan;
use super::words::Disposition;
use serde::{Deserialize, Serialize};

/// A decision. The agent stores all of it in one transaction, or none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Decision {
    /// Changes of the account in order, each with its cause and sentence.
    pub entries: Vec<Entry>,
    /// Mails to plan.
    pub mails: Vec<MailPlan>,
    /// Planned or held mails that no longer hold, with the reason.
    pub withdrawals: Vec<Withdrawal>,
    /// What is done with the message, when the event was one.
    pub verdict: Option<Verdict>,
}

impl Decision {
    /// Nothing changes, nothing is planned, nothing is withdrawn.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.mails.is_empty() && self.withdrawals.is_empty()
    }

    /// How many questions it opens to the owner.
    #[must_use]
    pub fn cases_opened(&self) -> usize {
        self.entries.iter().filter(|entry| matches!(entry.change, super::change::Change::CaseOpened { .. })).count()
    }
}

/// The disposition of a message and what it leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What the message calls for, whatever the mode and limits.
    pub disposition: Disposition,
    /// The template of the mail that would leave with no person asked, were every mode `send`.
    pub automatic_answer: Option<TemplateId>,
    /// One English sentence.
    pub reason: String,
}

/// A mail that is not wanted any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Which row.
    pub outbox: OutboxId,
    /// Why.
    pub reason: String,
}
