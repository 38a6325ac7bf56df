//! The result of judging a message: what it calls for, what changes, what may be answered, what the owner is asked.

use super::gate::Recipients;
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::decision::Verdict;
use crate::ledger::event::Order;
use crate::ledger::ids::{ReceivableId, TemplateId};
use crate::ledger::instalments::PlanPart;
use crate::ledger::money::Money;
use crate::ledger::words::{Disposition, Purpose};
use chrono::NaiveDate;

/// A message judged.
pub(super) struct Judgement {
    pub(super) disposition: Disposition,
    pub(super) course: Course,
    /// The answer that may leave by itself where its mode allows.
    pub(super) answer: Option<Answer>,
    /// The question to the owner.
    pub(super) question: Option<Question>,
    pub(super) reason: String,
}

/// What changes in the account.
pub(super) enum Course {
    Nothing,
    Pause(Pause),
    Claim {
        items: Vec<ReceivableId>,
        on: NaiveDate,
        amount: Option<Money>,
        brief: bool,
    },
    Promise {
        items: Vec<ReceivableId>,
        by: Option<NaiveDate>,
        amount: Option<Money>,
        brief: bool,
    },
    /// A part is said to be paid, the rest promised.
    PartAndRest {
        items: Vec<ReceivableId>,
        on: NaiveDate,
        part: Money,
        rest: Money,
        by: NaiveDate,
        brief: bool,
    },
    Defer {
        items: Vec<ReceivableId>,
        until: NaiveDate,
    },
    /// What was proposed comes into force.
    Accept {
        items: Vec<ReceivableId>,
        parts: Vec<PlanPart>,
    },
    Absence {
        until: NaiveDate,
    },
    Bounced,
}

/// How the reminders wait while the owner looks.
pub(super) enum Pause {
    /// Until the question is settled. No items: the whole customer.
    Review(Vec<ReceivableId>),
    /// The same, and the owner is asked once more on a day.
    LookAgain(Vec<ReceivableId>, NaiveDate),
    /// Until the day on which the customer always pays, and the bank's days after it.
    UntilPayday {
        items: Vec<ReceivableId>,
        day: NaiveDate,
        until: NaiveDate,
    },
    /// A few days only: anybody may have written it.
    Short(Vec<ReceivableId>),
    Disputed(Vec<ReceivableId>),
    WaitingForUs(Vec<ReceivableId>),
    /// Contested, and it is our turn: a credit note is claimed that is not issued.
    CreditNoteDue(Vec<ReceivableId>),
    Legal,
    Hostile,
}

/// An answer as judged, before the mode is looked at.
pub(super) struct Answer {
    pub(super) template: &'static str,
    pub(super) purpose: Purpose,
    pub(super) items: Vec<ReceivableId>,
    pub(super) recipients: Recipients,
    pub(super) attach: Vec<ReceivableId>,
    pub(super) named_day: Option<NaiveDate>,
    pub(super) amount: Option<Money>,
    /// Instalments that it confirms.
    pub(super) parts: Vec<PlanPart>,
    /// It never leaves without a person's yes.
    pub(super) by_approval: bool,
}

/// A question as judged.
pub(super) struct Question {
    pub(super) kind: CaseKind,
    pub(super) why: String,
    pub(super) suggestions: Vec<Order>,
}

impl Judgement {
    /// There is nothing to do.
    pub(super) fn nothing(reason: &str) -> Self {
        Self {
            disposition: Disposition::Ignore,
            course: Course::Nothing,
            answer: None,
            question: None,
            reason: reason.to_owned(),
        }
    }

    pub(super) fn verdict(&self, account: &Account) -> Verdict {
        // A mail that a person must approve does not leave by itself.
        let answer = self.answer.as_ref().filter(|answer| !account.customer.vip && !answer.by_approval);
        Verdict {
            disposition: self.disposition,
            automatic_answer: answer.map(|answer| TemplateId::new(answer.template)),
            reason: self.reason.clone(),
        }
    }
}
