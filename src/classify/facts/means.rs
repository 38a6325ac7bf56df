//! Money that no bank transfers, as the writer speaks of it: cash, a cheque, a postal slip, coming by.

use super::super::compile::Phrase;
use super::super::intents::Scanned;
use crate::ledger::reading::Means;

/// Of several the one that is most telling.
const MEANS: [(Phrase, Means); 4] = [
    (Phrase::Cheque, Means::Cheque),
    (Phrase::Cash, Means::Cash),
    (Phrase::PostalSlip, Means::PostalSlip),
    (Phrase::InPerson, Means::InPerson),
];

/// What the writer pays with, where it is no transfer.
pub(in super::super) fn of(scanned: &[Scanned]) -> Option<Means> {
    let says = |phrase: Phrase| scanned.iter().any(|scanned| scanned.phrases(phrase).next().is_some());
    MEANS.iter().find(|(phrase, _)| says(*phrase)).map(|(_, means)| *means)
}
