//! "Acconto di 500 oggi, il saldo a fine mese": a part is said to be paid, and a day is named for the rest. Both words
//! hold, whatever becomes of the question to the owner: the part is looked for, and nobody asks for the rest before its day.

use super::disposition::{Sight, ids};
use super::gate::{self, Gate};
use super::judgement::{Course, Judgement, Question};
use super::steps::plus_days;
use crate::ledger::calendar::plus_banking_days;
use crate::ledger::case::CaseKind;
use crate::ledger::hold::{HoldKind, HoldOutcome};
use crate::ledger::money::Money;
use crate::ledger::words::{Disposition, Intent};
use chrono::NaiveDate;

impl Sight<'_> {
    /// The judgement of such a mail; `None` where it is none, or where only the owner can tell what its words are worth.
    pub(super) fn part_and_rest(&self) -> Option<Judgement> {
        let facts = &self.reading.facts;
        let says_nothing_else = self.reading.intents.iter().all(|found| {
            use Intent::{Acknowledgement, InstalmentRequest, PaymentMade, PromiseToPay};
            matches!(found.intent, PaymentMade | PromiseToPay | InstalmentRequest | Acknowledgement)
        });
        if !says_nothing_else || !self.reading.wants(Intent::PaymentMade) || facts.set_off || self.certain.is_empty() {
            return None;
        }
        let part = self.amount().filter(|part| !self.is_amount_whole() && !self.is_recorded(Some(*part)))?;
        let rest = self.rest_after(part)?;
        let by = self.day_of_the_rest()?;
        let today = self.world.moment.today();
        let limits = &self.world.policy.limits;
        let on = facts.paid_on.unwrap_or(self.reading.day).min(today);
        if by > plus_days(today, limits.promise_max_days) || today > plus_banking_days(on, limits.claim_banking_days) {
            return None;
        }
        let items = ids(&self.certain);
        let was_not_kept = self.account.holds.iter().any(|hold| {
            matches!(hold.kind, HoldKind::Claimed | HoldKind::Promise)
                && hold.ended.as_ref().is_some_and(|end| end.how == HoldOutcome::Broken)
                && items.iter().any(|item| hold.covers(*item))
        });
        let brief = match gate::weigh(self.reading, self.account, self.world) {
            Gate::Refused => return None,
            Gate::Full(_) => false,
            Gate::Limited(_) => true,
        };
        if was_not_kept {
            return None;
        }
        let course = Course::PartAndRest { items, on, part, rest, by, brief };
        let why = format!("The customer says that a part is paid ({part}), and promises the rest by {by}");
        let question = Question { kind: CaseKind::Mixed, why: why.clone(), suggestions: self.suggestions(&course) };
        let disposition = Disposition::ConfirmPayment;
        Some(Judgement { disposition, course, answer: None, question: Some(question), reason: why })
    }

    /// What is left when this much came; `None` where that cannot be said, or nothing is.
    pub(super) fn rest_after(&self, part: Money) -> Option<Money> {
        let open = self.open_sum().filter(|open| open.currency == part.currency)?;
        let rest = Money::new(open.cents.checked_sub(part.cents)?, open.currency);
        (rest.cents > 0 && part.cents > 0).then_some(rest)
    }

    /// The one day to come that the mail names for money: in words of a promise, or as the only part of a plan whose day is
    /// not here yet.
    fn day_of_the_rest(&self) -> Option<NaiveDate> {
        let facts = &self.reading.facts;
        let is_to_come = |day: &NaiveDate| *day > self.reading.day && *day > self.world.moment.today();
        match &facts.instalments {
            Some(parts) => {
                let mut to_come = parts.iter().filter_map(|part| part.date).filter(is_to_come);
                let day = to_come.next()?;
                let all_have_a_day = parts.iter().all(|part| part.date.is_some());
                (all_have_a_day && to_come.next().is_none()).then_some(day)
            }
            None => facts.promised_date.filter(is_to_come),
        }
    }
}
