//! When somebody who is away comes back.

use super::super::compile::Phrase;
use super::super::intents::Scanned;
use super::super::matcher::Hit;
use super::dates::NamedDay;
use chrono::NaiveDate;

/// The last day to come that stands right after words that end an absence.
pub(in super::super) fn returns(scanned: &[Scanned], days: &[NamedDay], today: NaiveDate) -> Option<NaiveDate> {
    let led = days.iter().filter(|day| {
        let near = |hit: Hit| hit.to <= day.from + 1 && day.from < hit.to + 4;
        day.ahead >= today
            && scanned.get(day.sentence).is_some_and(|scanned| scanned.phrases(Phrase::ReturnDate).any(near))
    });
    led.map(|day| day.ahead).next_back()
}
