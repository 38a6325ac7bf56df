//! Paid twice, paid to us by mistake, a refund asked for, a credit note claimed: the owner's, and called what it is. No bank
//! details are ever sent or taken for it: a refund to an account that a mail names is a known fraud.

use super::disposition::Sight;
use super::gate;
use super::judgement::Judgement;
use crate::ledger::case::CaseKind;
use crate::ledger::reading::{Facts, Refund};

impl Sight<'_> {
    /// The judgement of a mail that speaks of money to give back and contests nothing.
    pub(super) fn money_back(&self) -> Option<Judgement> {
        let refund = self.reading.facts.refund?;
        let is_theirs = gate::is_certain_customer(self.reading, self.account);
        let pause = if is_theirs { self.pause() } else { self.stranger_pause() };
        Some(self.owner(CaseKind::Refund, said(refund).to_owned(), pause))
    }
}

/// What a mail that contests something is about, as far as it says.
pub(super) const fn contested(facts: &Facts) -> (CaseKind, &'static str) {
    match facts.refund {
        Some(refund) => (CaseKind::Refund, said(refund)),
        None if facts.credit_note => {
            (CaseKind::CreditNoteClaimed, "The customer contests something and waits for a credit note")
        }
        None => (CaseKind::Dispute, "The customer contests something"),
    }
}

/// The fact in words.
pub(super) const fn said(refund: Refund) -> &'static str {
    match refund {
        Refund::PaidTwice => "The customer says that it paid twice",
        Refund::PaidByMistake => "The customer says that it paid us by mistake",
        Refund::Asked => "The customer asks for money back",
    }
}
