//! Holds: reasons for not writing about something, each with a beginning, perhaps an end, and a cause.

use super::change::Cause;
use super::ids::{CaseId, HoldId, ReceivableId};
use super::instalments::PlanPart;
use super::money::Money;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A reason for silence. Holds add up; ending one leaves the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its number within the account.
    pub id: HoldId,
    /// Why.
    pub kind: HoldKind,
    /// About these receivables, or the whole customer.
    pub scope: HoldScope,
    /// Promised, claimed or deferred amount, where one was named; `None` means all.
    pub amount: Option<Money>,
    /// When it began.
    pub since: DateTime<Utc>,
    /// The last day on which it holds; `None` until somebody ends it.
    pub until: Option<NaiveDate>,
    /// The day that was promised, claimed or granted, as meant (the hold lasts longer by a grace).
    pub named_day: Option<NaiveDate>,
    /// The parts of a plan of instalments, in force or proposed, in order; none for other holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PlanPart>,
    /// Promised by cheque: no text of ours that speaks of a transfer asks what became of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_cheque: bool,
    /// What caused it.
    pub cause: Cause,
    /// The question to the owner that it waits for, where there is one.
    pub case: Option<CaseId>,
    /// When and why it ended; `None` while it holds.
    pub ended: Option<HoldEnd>,
}

/// How a hold came to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldEnd {
    /// When.
    pub at: DateTime<Utc>,
    /// How.
    pub how: HoldOutcome,
}

super::words::word!(
    /// How a hold ended.
    HoldOutcome {
        /// What was promised or claimed came true: the money is recorded.
        Kept = "kept",
        /// The day passed, the knowledge of payments is fresh, and the money is not there.
        Broken = "broken",
        /// Its last day passed.
        Expired = "expired",
        /// The owner lifted it.
        Lifted = "lifted",
        /// A newer one took its place.
        Replaced = "replaced",
    }
);

/// What a hold is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldScope {
    /// Everything with this customer.
    Customer,
    /// These receivables.
    Items(Vec<ReceivableId>),
}

super::words::word!(
    /// Kinds of hold, strongest first: the order in which the word shown is chosen.
    HoldKind {
        /// A lawyer, insolvency: nothing leaves until the owner lifts it.
        Legal = "legal",
        /// The customer asked us to stop, or threatened.
        Hostile = "hostile",
        /// Contested: that customer's steps wait.
        Disputed = "disputed",
        /// It is our turn: a document, a credit note, unfinished work.
        WaitingForUs = "waiting_for_us",
        /// The customer says that it is paid.
        Claimed = "claimed",
        /// The customer will pay on a day.
        Promise = "promise",
        /// We granted more time.
        Deferral = "deferral",
        /// In instalments.
        Plan = "plan",
        /// Instalments were proposed, and the customer has not accepted them yet.
        Proposal = "proposal",
        /// The owner wrote or telephoned: we stand back.
        OwnerActive = "owner_active",
        /// A question is open to the owner.
        Review = "review",
        /// The customer's office is closed.
        Absence = "absence",
        /// The owner said: not now.
        Paused = "paused",
    }
);

impl Hold {
    /// Not ended, and its last day has not passed.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.ended.is_none() && self.until.is_none_or(|until| day <= until)
    }

    /// The receivables that it names; none where it is about the whole customer.
    #[must_use]
    pub fn items(&self) -> &[ReceivableId] {
        match &self.scope {
            HoldScope::Customer => &[],
            HoldScope::Items(items) => items,
        }
    }

    /// Is it about this receivable?
    #[must_use]
    pub fn covers(&self, receivable: ReceivableId) -> bool {
        match &self.scope {
            HoldScope::Customer => true,
            HoldScope::Items(items) => items.contains(&receivable),
        }
    }
}
