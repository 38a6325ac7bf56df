//! One finished mail in, one outcome a recipient out, in two steps so that the agent can commit between them.
//!
//! In: an envelope, then bytes that never change. Out: what the server said, told by reply codes, never by wording.
//! Deliberately absent: what the mail says, retries, queues, and any decision about sending again.

pub mod folder;
pub mod smtp;

use crate::ledger::ids::Address;

/// Who sends and who receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Where delivery statuses go.
    pub from: Address,
    /// To and Cc together.
    pub recipients: Vec<Address>,
}

/// What the server said of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientAnswer {
    /// Who.
    pub address: Address,
    /// What.
    pub answer: Answer,
}

/// Accepted, put off, or refused, by reply code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 2xx.
    Accepted,
    /// 4xx.
    Later(String),
    /// 5xx.
    Refused(String),
}

/// The end of an attempt after the first byte of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it, with its words (a queue id).
    Accepted(String),
    /// The server did not take it and may later.
    Later(String),
    /// The server did not take it and will not.
    Refused(String),
    /// Nobody knows.
    Unknown(String),
}

/// Why a mail did not get as far as its body: nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotOpened {
    /// The server put off this mail, or every recipient of it. The next mail may fare better.
    Later(String),
    /// The server cannot be reached, or puts us off as a whole: no mail fares better for now.
    Unreachable(String),
    /// The server refused this mail, or every recipient of it.
    Refused(Vec<RecipientAnswer>, String),
    /// Nothing can be sent until the owner mends something (password, certificate, folder).
    Stopped {
        /// What is wrong.
        message: String,
        /// What to do.
        remedy: String,
    },
}

/// A way for mail to leave.
pub trait Transport {
    /// Shows the body that the next [`Transport::open`] is for, so that the server can refuse its size before it is
    /// sent. Leaving this out only means that such a refusal comes later.
    fn announce(&mut self, _bytes: &[u8]) {}

    /// Gets the server's go-ahead for a mail; nothing of the body is sent.
    ///
    /// # Errors
    /// When there is no go-ahead: then nothing was sent.
    fn open<'a>(&'a mut self, envelope: &Envelope) -> Result<Box<dyn Ready + 'a>, NotOpened>;

    /// No further mail follows for now: a connection kept for the batch may end.
    fn rest(&mut self) {}
}

/// The server said go ahead. The agent commits that, and only then delivers.
pub trait Ready {
    /// What the server said of each recipient.
    fn recipients(&self) -> &[RecipientAnswer];

    /// Hands over the body.
    fn deliver(self: Box<Self>, bytes: &[u8]) -> Outcome;
}
