//! Outgoing mail as a plan: what, to whom, why, not before when. The bytes come later, once, when it falls due.

use super::ids::{
    Address, CaseId, CustomerId, HoldId, MessageIdentity, OutboxId, ReceivableId, RfcId, StepId, TemplateId,
};
use super::instalments::PlanPart;
use super::interest::Claims;
use super::money::Money;
use super::words::Purpose;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A mail that was decided on. The outbox stores it; `templates/` turns it into bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPlan {
    /// What makes it this mail and no other: a second plan with the same key is refused by the store.
    pub key: BusinessKey,
    /// What for.
    pub purpose: Purpose,
    /// Which text.
    pub template: TemplateId,
    /// The account; `None` only for notices.
    pub customer: Option<CustomerId>,
    /// The receivables shown in it, oldest first.
    pub items: Vec<ReceivableId>,
    /// The ladder steps that count as done when it has left.
    pub steps: Vec<StepRef>,
    /// To: addresses on file (or the owner's, for notices).
    pub to: Vec<Address>,
    /// Cc: addresses on file, or a writer of the same organisation.
    pub cc: Vec<Address>,
    /// It does not leave before.
    pub not_before: DateTime<Utc>,
    /// The mail that it answers.
    pub answers: Option<Answered>,
    /// Documents to attach: the invoices of these receivables, as they were first sent.
    pub attach_documents: Vec<ReceivableId>,
    /// Facts named in the text.
    pub particulars: Particulars,
    /// A person must approve it first.
    pub needs_approval: bool,
    /// The decision in one English sentence.
    pub because: String,
}

impl MailPlan {
    /// What it says is open: what it is about, and what it lists as asked for before.
    pub fn names_as_open(&self) -> impl Iterator<Item = ReceivableId> + '_ {
        self.items.iter().chain(&self.particulars.asked_before).copied()
    }
}

/// The mail that is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Its content identity.
    pub identity: MessageIdentity,
    /// Its Message-ID, for threading.
    pub rfc_id: Option<RfcId>,
    /// Its own References, for threading.
    pub references: Vec<RfcId>,
    /// Its subject, for `Re:`.
    pub subject: String,
}

/// Facts that a text may name. All optional; a template that names a missing one is an error, never a gap.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Particulars {
    /// The day promised, granted or claimed.
    pub named_day: Option<NaiveDate>,
    /// The day asked for, when another is offered.
    pub asked_day: Option<NaiveDate>,
    /// The day by which payment is asked (firm steps).
    pub deadline: Option<NaiveDate>,
    /// The same in days from the receipt of the letter, where nobody knows when it will be sent (the owner's own letter).
    #[serde(default)]
    pub deadline_days: Option<u32>,
    /// The amount promised or claimed.
    pub amount: Option<Money>,
    /// The days of earlier reminders, oldest first.
    pub earlier_reminders: Vec<NaiveDate>,
    /// Payments are known up to.
    pub payments_known_up_to: Option<NaiveDate>,
    /// What is claimed beside the capital.
    #[serde(default)]
    pub claims: Claims,
    /// Of the same customer, listed for information only: its day is still to come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub upcoming: Vec<ReceivableId>,
    /// Of the same customer, listed so that nobody takes it for dropped: asked for before, and not by this mail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_before: Vec<ReceivableId>,
    /// The holidays that are wished well for.
    #[serde(default)]
    pub season: Option<Season>,
    /// What is to come of agreed instalments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PlanPart>,
}

super::words::word!(
    /// Which holidays begin soon.
    Season {
        /// Christmas and New Year.
        YearEnd = "year_end",
        /// Easter.
        Easter = "easter",
        /// The firm's weeks of closure in summer.
        Summer = "summer",
        /// Another public holiday where the customer is.
        Holiday = "holiday",
    }
);

/// One step for one receivable in one cycle: taken once, ever.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepRef {
    /// Which receivable.
    pub receivable: ReceivableId,
    /// Its ladder cycle.
    pub cycle: u32,
    /// Which step.
    pub step: StepId,
}

/// Purpose and key of a mail: what stops a second one. Written as text into the store's unique index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BusinessKey {
    /// One reminder mail a customer and run day.
    Reminder(CustomerId, NaiveDate),
    /// One note before anything is due, a customer and day.
    Courtesy(CustomerId, NaiveDate),
    /// One list of what is open, a customer and month (by its first day).
    Statement(CustomerId, NaiveDate),
    /// One answer to a message.
    Answer(MessageIdentity),
    /// One question about a broken promise.
    BrokenPromise(CustomerId, HoldId),
    /// One check of a claimed payment.
    ClaimCheck(CustomerId, HoldId),
    /// The confirmation of an order of the owner (a promise by telephone, a deferral).
    Confirmation(CustomerId, HoldId),
    /// Thanks, once a day and customer.
    Thanks(CustomerId, NaiveDate),
    /// The n-th notice about a case.
    Notice(CaseId, u32),
    /// The list of open questions of a day.
    Digest(NaiveDate),
    /// The list of what would leave on a day, so that the owner may say no.
    Forewarning(NaiveDate),
    /// A warning to the owner that is no case (halted, mailbox unreachable), by its name and day.
    Warning(String, NaiveDate),
}

impl fmt::Display for BusinessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reminder(customer, day) => write!(f, "reminder:{customer}:{day}"),
            Self::Courtesy(customer, day) => write!(f, "courtesy:{customer}:{day}"),
            Self::Statement(customer, month) => write!(f, "statement:{customer}:{}", month.format("%Y-%m")),
            Self::Answer(message) => write!(f, "answer:{message}"),
            Self::BrokenPromise(customer, hold) => write!(f, "broken-promise:{customer}:{hold}"),
            Self::ClaimCheck(customer, hold) => write!(f, "claim-check:{customer}:{hold}"),
            Self::Confirmation(customer, hold) => write!(f, "confirmation:{customer}:{hold}"),
            Self::Thanks(customer, day) => write!(f, "thanks:{customer}:{day}"),
            Self::Notice(case, n) => write!(f, "notice:{case}:{n}"),
            Self::Digest(day) => write!(f, "digest:{day}"),
            Self::Forewarning(day) => write!(f, "forewarning:{day}"),
            Self::Warning(name, day) => write!(f, "warning:{name}:{day}"),
        }
    }
}

super::words::word!(
    /// The state of a row of the outbox.
    OutboxState {
        /// Decided, waits for its time.
        Planned = "planned",
        /// Waits for a person.
        Held = "held",
        /// Bytes, Date, Message-ID and recipients are fixed for ever.
        Frozen = "frozen",
        /// An attempt is counted and about to be made.
        Claimed = "claimed",
        /// The server said go ahead; the body may be under way.
        InData = "in_data",
        /// Accepted by the server.
        Accepted = "accepted",
        /// Put off by the server until a time.
        Later = "later",
        /// Refused by the server for good.
        Refused = "refused",
        /// Nobody knows whether it left: settled by evidence or the owner, never by sending again.
        Unsure = "unsure",
        /// No longer wanted, with a reason.
        Cancelled = "cancelled",
        /// Laid into Drafts.
        Drafted = "drafted",
        /// The owner sent the draft.
        SentByOwner = "sent_by_owner",
        /// The owner deleted the draft: that means no.
        Discarded = "discarded",
    }
);

impl OutboxState {
    /// Not over yet: a change of the account may still withdraw it.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Planned | Self::Held | Self::Drafted)
    }

    /// On their way out by themselves, and nothing was handed over yet.
    pub const WAITING: [Self; 3] = [Self::Planned, Self::Frozen, Self::Later];

    /// One of [`OutboxState::WAITING`].
    #[must_use]
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Planned | Self::Frozen | Self::Later)
    }

    /// It left, or may have left.
    #[must_use]
    pub const fn may_have_left(self) -> bool {
        matches!(self, Self::InData | Self::Accepted | Self::Unsure | Self::SentByOwner)
    }
}

/// What policy needs to see of a pending or past row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The row.
    pub id: OutboxId,
    /// The plan.
    pub plan: MailPlan,
    /// Counts up when the same key is planned anew after a cancellation.
    pub revision: u32,
    /// Where it stands.
    pub state: OutboxState,
    /// Why it is held or cancelled.
    pub state_reason: Option<String>,
    /// When it was planned.
    pub planned_at: DateTime<Utc>,
    /// A person approved it.
    pub approved: bool,
    /// Attempts counted before each hand-over.
    pub attempts: u32,
}
