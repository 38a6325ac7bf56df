//! What can change in an account. The journal is the list of changes; an account is what they add up to.

use super::case::Case;
use super::credit::Applied;
use super::customer::Customer;
use super::hold::{Hold, HoldOutcome};
use super::ids::{Address, CaseId, CommandId, HoldId, MessageIdentity, OutboxId, ReceivableId, RuleId, StepId};
use super::mail::StepRef;
use super::receivable::{Closure, Payment, Receivable};
use super::words::{Disposition, Intent, Purpose};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// What led to a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Cause {
    /// A mail that was read.
    Message {
        /// Which.
        identity: MessageIdentity,
        /// The rule that decided.
        rule: Option<RuleId>,
        /// The writer's own words.
        sentence: Option<String>,
    },
    /// A mail of the owner's, found in Sent.
    OwnMail {
        /// Which.
        identity: MessageIdentity,
    },
    /// A day came.
    Clock,
    /// An order of the owner.
    Owner {
        /// Which.
        command: CommandId,
    },
    /// A file was imported.
    Import,
    /// The firm's files say it: `customers.toml` was edited.
    Files,
    /// A mail of ours left, came back, or was decided on in Drafts.
    Delivery {
        /// Which.
        outbox: OutboxId,
    },
}

/// One change with the sentence that explains it. The unit of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What changes.
    pub change: Change,
    /// What led to it.
    pub cause: Cause,
    /// One English sentence: which policy line or fact decided.
    pub because: String,
}

/// A step of the ladder that counts as done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepTaken {
    /// Of which receivable, in which cycle, which step.
    pub step: StepRef,
    /// The day.
    pub on: NaiveDate,
    /// Who did it.
    pub by: StepTaker,
}

super::words::word!(
    /// Who took a step.
    StepTaker {
        /// The agent's mail was accepted.
        Agent = "agent",
        /// The owner: by a hand-written reminder, a draft sent, a call noted.
        Owner = "owner",
    }
);

/// Everything that can happen to an account's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The customer became known, or its particulars were brought up to date.
    CustomerSet {
        /// The whole of it.
        customer: Box<Customer>,
    },
    /// A receivable became known, or its imported particulars were brought up to date
    /// (payments, cycle and closure stay as they are when it was known already).
    ReceivableSet {
        /// The whole of it.
        receivable: Box<Receivable>,
    },
    /// It was missing from an import of everything open.
    ReceivableMissing {
        /// Which.
        receivable: ReceivableId,
        /// Since when.
        on: NaiveDate,
    },
    /// It is back in the import.
    ReceivableFound {
        /// Which.
        receivable: ReceivableId,
    },
    /// Money was recorded.
    PaymentRecorded {
        /// Against which receivable.
        receivable: ReceivableId,
        /// How much, when.
        payment: Payment,
    },
    /// The customer's payments are known up to a day.
    PaymentsKnown {
        /// That day.
        up_to: NaiveDate,
    },
    /// A credit note takes so much off a receivable, in the place of what it took off before.
    CreditLinked {
        /// The receivable that is reduced.
        receivable: ReceivableId,
        /// By which note, how much.
        applied: Applied,
    },
    /// The bank could not collect it: it is the firm's own again.
    CameBack {
        /// Which.
        receivable: ReceivableId,
        /// The day on which the owner said so.
        on: NaiveDate,
    },
    /// The owner said what becomes of a credit note.
    CreditDecided {
        /// Which.
        note: ReceivableId,
    },
    /// Closed other than by payment.
    Closed {
        /// Which.
        receivable: ReceivableId,
        /// How.
        how: Closure,
    },
    /// The owner looked at old arrears: the ladder may begin.
    Released {
        /// Which.
        receivable: ReceivableId,
    },
    /// A hold began.
    HoldPlaced {
        /// The whole of it.
        hold: Hold,
    },
    /// A hold ended.
    HoldEnded {
        /// Which.
        hold: HoldId,
        /// When.
        at: DateTime<Utc>,
        /// How.
        how: HoldOutcome,
    },
    /// A step of the ladder counts as done.
    StepTaken(StepTaken),
    /// A deferral gives the ladder a new start.
    CycleBegun {
        /// Of which receivable.
        receivable: ReceivableId,
    },
    /// The customer wrote (a person, not a machine).
    CustomerWrote {
        /// When it arrived.
        at: DateTime<Utc>,
        /// Which mail.
        message: MessageIdentity,
    },
    /// The owner wrote to the customer by hand.
    OwnerWrote {
        /// When.
        at: DateTime<Utc>,
        /// Which mail.
        message: MessageIdentity,
    },
    /// What was made of a mail.
    Understood {
        /// Which mail.
        message: MessageIdentity,
        /// What it wants, primary first.
        intents: Vec<Intent>,
        /// What is done with it.
        disposition: Disposition,
        /// About what.
        items: Vec<ReceivableId>,
    },
    /// A mail of ours to the customer left.
    MailSent {
        /// Which.
        outbox: OutboxId,
        /// What for.
        purpose: Purpose,
        /// When.
        at: DateTime<Utc>,
        /// To whom.
        to: Vec<Address>,
        /// About what.
        items: Vec<ReceivableId>,
        /// It proposed the instalments of this hold.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposes: Option<HoldId>,
    },
    /// An address on file is dead.
    ContactBounced {
        /// Which.
        address: Address,
    },
    /// An address on file works again, by the owner's word or an import.
    ContactRestored {
        /// Which.
        address: Address,
    },
    /// A question was opened to the owner.
    CaseOpened {
        /// The whole of it.
        case: Case,
    },
    /// A question was settled.
    CaseClosed {
        /// Which.
        case: CaseId,
        /// When.
        at: DateTime<Utc>,
    },
    /// A remark of the owner.
    Noted {
        /// The remark.
        text: String,
        /// About what.
        items: Vec<ReceivableId>,
    },
    /// A step that was planned is not wanted: the owner deleted its draft or cancelled it.
    StepDeclined {
        /// Which.
        step: StepRef,
        /// When.
        on: NaiveDate,
    },
}

impl StepTaken {
    /// The step's name.
    #[must_use]
    pub fn name(&self) -> &StepId {
        &self.step.step
    }
}
