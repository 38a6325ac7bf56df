//! What stands beside an item in a list that the customer asked for: what is held is named as such, so that nobody is asked
//! for it by the way; and what is listed for information only, since its day is still to come.

use super::days;
use super::letter::Letter;
use super::wording::Wording;
use crate::ledger::hold::{Hold, HoldKind};
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Language;
use chrono::NaiveDate;

/// How an item of a statement stands, in a few words: `in verifica`. Nothing where nothing is special about it.
pub(super) fn of(letter: &Letter<'_>, item: &Receivable) -> Option<String> {
    if !letter.plan.purpose.is_list() {
        return None;
    }
    let hold = letter.account.hold_of(item.id, letter.moment.today())?;
    words(hold, letter.account.customer.language)
}

/// The later day that was granted for it, also when it is past.
pub(super) fn granted(letter: &Letter<'_>, item: &Receivable) -> Option<NaiveDate> {
    Some(letter.account.agreed_day(item)).filter(|agreed| *agreed > item.due)
}

/// `prorogata al 28/10/2026`.
pub(super) fn extended_to(day: NaiveDate, language: Language) -> String {
    let [_, _, extended, _] = Wording::of(language).standing;
    format!("{extended} {}", days::short(day, language))
}

fn words(hold: &Hold, language: Language) -> Option<String> {
    let [checked, expected, _, parts] = Wording::of(language).standing;
    let until = |words: &str, day: NaiveDate| format!("{words} {}", days::short(day, language));
    match hold.kind {
        HoldKind::Legal
        | HoldKind::Hostile
        | HoldKind::Disputed
        | HoldKind::WaitingForUs
        | HoldKind::Claimed
        | HoldKind::Review => Some(checked.to_owned()),
        HoldKind::Promise => Some(hold.named_day.map_or_else(|| checked.to_owned(), |day| until(expected, day))),
        HoldKind::Deferral => hold.named_day.map(|day| extended_to(day, language)),
        HoldKind::Plan => Some(parts.to_owned()),
        HoldKind::Proposal | HoldKind::OwnerActive | HoldKind::Absence | HoldKind::Paused => None,
    }
}

/// What a reminder lists as asked for before, as it was planned: of that, what is open and overdue when it is written.
pub(super) fn asked_before<'a>(letter: &Letter<'a>) -> Vec<&'a Receivable> {
    let (account, today) = (letter.account, letter.moment.today());
    let is_open =
        |item: &&Receivable| !item.is_settled() && item.due < today && account.hold_of(item.id, today).is_none();
    letter.plan.particulars.asked_before.iter().filter_map(|id| account.receivable(*id)).filter(is_open).collect()
}

/// What a reminder lists beside what it asks for, as it was planned: of that, what is still to come when it is written.
pub(super) fn upcoming<'a>(letter: &Letter<'a>) -> Vec<&'a Receivable> {
    let (account, today) = (letter.account, letter.moment.today());
    let is_to_come =
        |item: &&Receivable| !item.is_settled() && item.due >= today && account.hold_of(item.id, today).is_none();
    letter.plan.particulars.upcoming.iter().filter_map(|id| account.receivable(*id)).filter(is_to_come).collect()
}
