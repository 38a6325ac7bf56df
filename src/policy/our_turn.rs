//! Whose turn is it? Half of the stalls are the firm's own: a credit note, a document, a piece of work. The customer is left
//! alone until it is delivered, and the owner is reminded. So they are where nobody says who has paid, and, later, of every
//! other question that nobody answered: what it is about waits for it.

use super::terms::Policy;
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::hold::HoldKind;
use crate::ledger::moment::Moment;

/// The owner is reminded after so many business days (practice of credit management: two, five, ten), and then no more than
/// once a month.
const REMINDED_AFTER: [u32; 5] = [2, 5, 10, 20, 40];
/// The same of a question for which no customer waits.
const RECALLED_AFTER: [u32; 3] = [10, 20, 40];

/// How long a question has been waited for that only the owner can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OurTurn {
    /// In business days of the firm.
    pub business_days: u32,
    /// How many reminders the owner should have had by now.
    pub reminders: usize,
}

/// The age of an open question; `None` where nothing waits for it, or a day to look at it again was set.
#[must_use]
pub fn our_turn(account: &Account, case: &Case, policy: &Policy, moment: Moment) -> Option<OurTurn> {
    // Without an answer to this one everything of theirs stands still.
    let is_standstill = case.kind == CaseKind::WhoHasPaid;
    let holds = || account.holds.iter().filter(|hold| hold.ended.is_none() && hold.case == Some(case.id));
    let is_looked_at_again = holds().any(|hold| hold.named_day.is_some_and(|day| day >= moment.today()));
    let is_nobodys = matches!(case.kind, CaseKind::Unrelated | CaseKind::UnreadableMail);
    if case.closed.is_some() || is_looked_at_again || is_nobodys {
        return None;
    }
    let is_waited_for = is_standstill || holds().any(|hold| hold.kind == HoldKind::WaitingForUs);
    let days: &[u32] = if is_waited_for { &REMINDED_AFTER } else { &RECALLED_AFTER };
    let business_days = policy.calendar.business_days_between(moment.day_of(case.opened), moment.today());
    let reminders = days.iter().filter(|days| business_days >= **days).count();
    Some(OurTurn { business_days, reminders })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::change::Cause;
    use crate::ledger::customer::Customer;
    use crate::ledger::hold::{Hold, HoldScope};
    use crate::ledger::ids::{CaseId, CustomerId, HoldId};
    use chrono::{DateTime, Days, Utc};

    fn noon(day: u64) -> DateTime<Utc> {
        let monday: DateTime<Utc> = "2026-10-05T10:00:00Z".parse().expect("a moment");
        monday + Days::new(day)
    }

    fn asked(kind: CaseKind) -> Case {
        Case {
            id: CaseId(1),
            customer: Some(CustomerId(1)),
            kind,
            message: None,
            items: Vec::new(),
            particulars: Vec::new(),
            suggestions: Vec::new(),
            opened: noon(0),
            closed: None,
        }
    }

    fn reminders(account: &Account, case: &Case, day: u64) -> Option<usize> {
        let moment = Moment::new(noon(day), chrono_tz::Europe::Rome);
        our_turn(account, case, &Policy::shipped(), moment).map(|turn| turn.reminders)
    }

    #[test]
    fn every_question_comes_up_again_and_ours_sooner() {
        let account = Account::new(Customer::named(CustomerId(1), "Bianchi Srl"));
        let call = asked(CaseKind::Call);
        assert_eq!(reminders(&account, &call, 7), Some(0), "a week later nobody is reminded");
        assert_eq!(reminders(&account, &call, 14), Some(1));
        assert_eq!(reminders(&account, &call, 28), Some(2));
        assert_eq!(reminders(&account, &asked(CaseKind::WhoHasPaid), 14), Some(3));
        assert_eq!(reminders(&account, &asked(CaseKind::Unrelated), 28), None);
        assert_eq!(reminders(&account, &Case { closed: Some(noon(1)), ..call }, 28), None);
    }

    #[test]
    fn what_is_looked_at_again_on_a_day_is_not_recalled_before() {
        let mut account = Account::new(Customer::named(CustomerId(1), "Bianchi Srl"));
        let case = asked(CaseKind::Deferral);
        let day = noon(30).date_naive();
        account.holds.push(Hold {
            id: HoldId(1),
            kind: HoldKind::Review,
            scope: HoldScope::Customer,
            amount: None,
            since: noon(0),
            until: None,
            named_day: Some(day),
            parts: Vec::new(),
            by_cheque: false,
            cause: Cause::Import,
            case: Some(case.id),
            ended: None,
        });
        assert_eq!(reminders(&account, &case, 28), None);
        assert_eq!(reminders(&account, &case, 42), Some(2));
    }
}
