//! Money that the writer may want back: paid twice, meant for somebody else, a refund asked for.

use super::super::compile::Phrase;
use super::super::intents::Scanned;
use crate::ledger::reading::Refund;

/// Of several the one that tells most: why money is wanted back before that it is.
const REFUNDS: [(Phrase, Refund); 3] = [
    (Phrase::PaidTwice, Refund::PaidTwice),
    (Phrase::PaidByMistake, Refund::PaidByMistake),
    (Phrase::RefundAsked, Refund::Asked),
];

/// What the writer says of it, if anything.
pub(in super::super) fn of(scanned: &[Scanned]) -> Option<Refund> {
    let says = |phrase: Phrase| scanned.iter().any(|scanned| scanned.phrases(phrase).next().is_some());
    REFUNDS.iter().find(|(phrase, _)| says(*phrase)).map(|(_, refund)| *refund)
}
