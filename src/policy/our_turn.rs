//! Whose turn is it? Half of the stalls are the firm's own: a credit note, a document, a piece of work. The customer is left
//! alone until it is delivered, and the owner is reminded. So they are where nobody says who has paid: everything of that
//! customer waits for it.

use super::terms::Policy;
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::hold::HoldKind;
use crate::ledger::moment::Moment;

/// The owner is reminded after so many business days (practice of credit management: two, five, ten).
const REMINDED_AFTER: [u32; 3] = [2, 5, 10];

/// How long something has been waited for that the firm owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OurTurn {
    /// In business days of the firm.
    pub business_days: u32,
    /// How many reminders the owner should have had by now.
    pub reminders: usize,
}

/// The age of an open question about which the customer waits for us; `None` where it is not our turn.
#[must_use]
pub fn our_turn(account: &Account, case: &Case, policy: &Policy, moment: Moment) -> Option<OurTurn> {
    // Without an answer to this one everything of theirs stands still.
    let is_standstill = case.kind == CaseKind::WhoHasPaid;
    let mut holds = account.holds.iter().filter(|hold| hold.ended.is_none() && hold.case == Some(case.id));
    if case.closed.is_some() || !(is_standstill || holds.any(|hold| hold.kind == HoldKind::WaitingForUs)) {
        return None;
    }
    let business_days = policy.calendar.business_days_between(moment.day_of(case.opened), moment.today());
    let reminders = REMINDED_AFTER.iter().filter(|days| business_days >= **days).count();
    Some(OurTurn { business_days, reminders })
}
