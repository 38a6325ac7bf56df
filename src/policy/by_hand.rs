//! Money that no bank transfers: cash, a cheque, a postal slip, somebody who comes by. It has no reference that could be asked
//! for, and no statement shows it: what arrived is the owner's to say. A cheque counts only once it is honoured.

use super::disposition::{Sight, disposition_of};
use super::judgement::Judgement;
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::hold::Hold;
use crate::ledger::holidays::HolidayCountry;
use crate::ledger::ids::ReceivableId;
use crate::ledger::money::{Currency, total};
use crate::ledger::reading::Means;
use crate::ledger::words::Intent;

/// From so much on, in cents, no cash may change hands in Italy (art. 49 D.Lgs. 231/2007, since 2023).
const NO_CASH_FROM: i64 = 500_000;

impl Sight<'_> {
    /// A payment, a promise or a question about paying that speaks of such money: the owner's, and no text answers it.
    pub(super) fn by_hand(&self, intent: Intent) -> Option<Judgement> {
        let means = self.reading.facts.means?;
        let speaks_of_paying = matches!(
            intent,
            Intent::PaymentMade | Intent::PromiseToPay | Intent::DeferralRequest | Intent::BankDetailsRequest
        );
        // A cheque for a certain day is a promise like any other until that day; what became of it a person asks.
        let is_promise =
            means == Means::Cheque && intent == Intent::PromiseToPay && self.reading.facts.promised_date.is_some();
        // A transfer of which the reference is named is one, whatever else is said.
        let is_transfer = intent == Intent::PaymentMade && self.reading.facts.payment_reference.is_some();
        if !speaks_of_paying || is_promise || is_transfer || self.certain.is_empty() {
            return None;
        }
        let judged = self.owner(CaseKind::ByHand, self.words(intent, means), self.pause());
        Some(Judgement { disposition: disposition_of(intent), ..judged })
    }

    fn words(&self, intent: Intent, means: Means) -> String {
        let how = match means {
            Means::Cash => "in cash",
            Means::Cheque => "by cheque or draft",
            Means::PostalSlip => "with a postal slip",
            Means::InPerson => "in person",
        };
        let what = match intent {
            Intent::PaymentMade => format!("The customer says that it was paid {how}"),
            Intent::PromiseToPay => format!("The customer says that it will be paid {how}"),
            _ => format!("The customer speaks of paying {how}"),
        };
        let warning = match means {
            Means::Cheque => "; it counts only once it is honoured",
            Means::Cash | Means::InPerson if self.is_too_much_for_cash() => {
                "; from 5,000 EUR on no cash may change hands (art. 49 D.Lgs. 231/2007)"
            }
            _ => "",
        };
        what + warning
    }

    fn is_too_much_for_cash(&self) -> bool {
        let open: Vec<_> = self.certain.iter().map(|item| item.open()).collect();
        self.world.policy.calendar.country == HolidayCountry::Italy && total(Currency::EUR, &open).cents >= NO_CASH_FROM
    }
}

/// Did the customer speak of such money about one of these? Then no text that asks for a transfer speaks of it.
pub(super) fn was_said(account: &Account, items: &[ReceivableId]) -> bool {
    let asked = |case: &Case| case.kind == CaseKind::ByHand && case.items.iter().any(|item| items.contains(item));
    let promised = |hold: &Hold| hold.by_cheque && items.iter().any(|item| hold.covers(*item));
    account.cases.iter().any(asked) || account.holds.iter().any(promised)
}
