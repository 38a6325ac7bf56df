//! What can happen: a message read, a day come, an order, an import, a delivery. One kind of door into `policy`.

use super::customer::Customer;
use super::ids::{CaseId, CommandId, OutboxId, ReceivableId};
use super::instalments::PlanPart;
use super::mail::StepRef;
use super::money::Money;
use super::reading::{OwnMail, Reading};
use super::receivable::Receivable;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Something that happened, as the core sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A mail came in and was read.
    MessageRead(Box<Reading>),
    /// A mail of the owner's was found in Sent.
    OwnerWrote(Box<OwnMail>),
    /// Time passed: is anything due?
    DayCame,
    /// The owner gave an order.
    Ordered(CommandId, Order),
    /// Rows of an import that concern this account.
    Imported(Box<Imported>),
    /// The firm's files were edited: what they arrange for this customer may be another thing now.
    FilesChanged,
    /// A mail of ours came to an end.
    Delivered(Box<Delivery>),
}

/// What an import says about one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The customer as it now is.
    pub customer: Customer,
    /// Its receivables in the file, with ids already given. For those that are known already `cycle`, `closure` and
    /// `released` are ignored, so is what was linked of credit notes, and of `payments` only what exceeds what is recorded counts.
    pub receivables: Vec<Receivable>,
    /// The file lists everything that is open: what is missing from it is asked about.
    pub complete: bool,
    /// Payments are known up to this day.
    pub payments_known_up_to: Option<NaiveDate>,
    /// The first import ever of this firm: old arrears wait for the owner.
    pub first: bool,
}

/// What became of a mail of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Which.
    pub outbox: OutboxId,
    /// The plan it came from.
    pub plan: super::mail::MailPlan,
    /// What happened.
    pub outcome: DeliveryOutcome,
    /// When.
    pub at: DateTime<Utc>,
}

super::words::word!(
    /// The end of a mail of ours.
    DeliveryOutcome {
        /// Accepted by the server.
        Accepted = "accepted",
        /// Found in Sent: the owner sent the draft.
        SentByOwner = "sent_by_owner",
        /// The owner deleted the draft.
        Discarded = "discarded",
        /// Refused for good.
        Refused = "refused",
        /// Nobody knows.
        Unsure = "unsure",
        /// The text could not be rendered.
        NotRendered = "not_rendered",
        /// It waits no longer: a person approved it.
        Approved = "approved",
        /// The owner settled an unsure one: it never left.
        NeverLeft = "never_left",
    }
);

/// The remark that policy proposes after a telephone call; `owner/` has it in the owner's language.
pub const TELEPHONED: &str = "Telephoned";

/// An order of the owner, from the command line now, by mail later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Money arrived. Without an amount: all that is open.
    Paid {
        /// On what, oldest first.
        items: Vec<ReceivableId>,
        /// How much, when not all.
        amount: Option<Money>,
        /// The day it arrived.
        on: NaiveDate,
    },
    /// Set off against a debt of the firm's own: no money arrived. Without an amount: all that is open.
    SetOff {
        /// What, oldest first.
        items: Vec<ReceivableId>,
        /// How much, when not all; never more than is open.
        amount: Option<Money>,
        /// The debt of the firm's own, in the owner's words.
        against: Option<String>,
        /// The day of the set-off.
        on: NaiveDate,
    },
    /// Say nothing for now. Empty items: the whole customer.
    Hold {
        /// About what.
        items: Vec<ReceivableId>,
        /// Last day; `None` until resumed.
        until: Option<NaiveDate>,
        /// The owner's words.
        why: Option<String>,
    },
    /// Go on: lifts the holds of these items (or of the whole customer) and settles their questions.
    Resume {
        /// About what.
        items: Vec<ReceivableId>,
    },
    /// Grant more time.
    Defer {
        /// What.
        items: Vec<ReceivableId>,
        /// The new day.
        until: NaiveDate,
    },
    /// Instalments were agreed on.
    Plan {
        /// What is paid so.
        items: Vec<ReceivableId>,
        /// Which part by which day, in order.
        parts: Vec<PlanPart>,
        /// The customer gets it in writing.
        tell: bool,
    },
    /// Instalments are proposed to the customer: they come into force when the customer accepts them in writing.
    Propose {
        /// What would be paid so.
        items: Vec<ReceivableId>,
        /// Which part by which day, in order.
        parts: Vec<PlanPart>,
    },
    /// What was proposed does not stand any more.
    WithdrawProposal {
        /// About what.
        items: Vec<ReceivableId>,
    },
    /// The customer promised (on the telephone, at the counter).
    Promise {
        /// What.
        items: Vec<ReceivableId>,
        /// The day.
        by: NaiveDate,
        /// How much, when not all.
        amount: Option<Money>,
    },
    /// The customer contests it.
    Dispute {
        /// What.
        items: Vec<ReceivableId>,
        /// The owner's words.
        about: Option<String>,
    },
    /// A remark. A call noted here makes the agent stand back.
    Note {
        /// About what.
        items: Vec<ReceivableId>,
        /// The remark.
        text: String,
    },
    /// Given up.
    WriteOff {
        /// What.
        items: Vec<ReceivableId>,
    },
    /// With a lawyer or an agency.
    HandOver {
        /// What.
        items: Vec<ReceivableId>,
    },
    /// Old arrears may go up the ladder.
    Release {
        /// What.
        items: Vec<ReceivableId>,
    },
    /// Nobody else has paid up to this day.
    PaymentsKnown {
        /// That day.
        up_to: NaiveDate,
    },
    /// A step was done by hand (a call made).
    StepDone {
        /// Which.
        step: StepRef,
    },
    /// A credit note reduces these receivables, oldest first, and no others. Empty: it reduces none.
    Credit {
        /// Which note.
        note: ReceivableId,
        /// What it reduces.
        items: Vec<ReceivableId>,
    },
    /// The bank could not collect these (*insoluto*): they are the firm's own again.
    CameBack {
        /// What.
        items: Vec<ReceivableId>,
    },
    /// A question is settled, with nothing else to do.
    CloseCase {
        /// Which.
        case: CaseId,
    },
}

impl Order {
    /// The day that it agrees on or waits for: it means nothing once that day is past.
    #[must_use]
    pub const fn day_to_come(&self) -> Option<NaiveDate> {
        match self {
            Self::Hold { until, .. } => *until,
            Self::Defer { until: day, .. } | Self::Promise { by: day, .. } => Some(*day),
            _ => None,
        }
    }

    /// The receivables that it names; none where it is about a whole customer, a question or a day.
    #[must_use]
    pub fn items(&self) -> &[ReceivableId] {
        match self {
            Self::Paid { items, .. }
            | Self::SetOff { items, .. }
            | Self::Hold { items, .. }
            | Self::Resume { items }
            | Self::Defer { items, .. }
            | Self::Plan { items, .. }
            | Self::Propose { items, .. }
            | Self::WithdrawProposal { items }
            | Self::Promise { items, .. }
            | Self::Dispute { items, .. }
            | Self::Note { items, .. }
            | Self::WriteOff { items }
            | Self::HandOver { items }
            | Self::Release { items }
            | Self::Credit { items, .. }
            | Self::CameBack { items } => items,
            Self::StepDone { step } => std::slice::from_ref(&step.receivable),
            Self::PaymentsKnown { .. } | Self::CloseCase { .. } => &[],
        }
    }
}
