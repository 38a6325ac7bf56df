//! What stands beside an item in a list that the customer asked for: what is held is named as such, so that nobody is asked
//! for it by the way; and what is listed for information only, since its day is still to come.

use super::days;
use super::letter::Letter;
use super::wording::Wording;
use crate::ledger::account::Account;
use crate::ledger::hold::{Hold, HoldKind};
use crate::ledger::mail::BusinessKey;
use crate::ledger::receivable::{Receivable, ReceivableKind};
use crate::ledger::words::{Language, Purpose};
use chrono::NaiveDate;

/// How an item of a statement stands, in a few words: `in verifica`. Nothing where nothing is special about it.
pub(super) fn of(letter: &Letter<'_>, item: &Receivable) -> Option<String> {
    if letter.plan.purpose != Purpose::Statement {
        return None;
    }
    let hold = letter.account.hold_of(item.id, letter.moment.today())?;
    words(hold, letter.account.customer.language)
}

fn words(hold: &Hold, language: Language) -> Option<String> {
    let [checked, expected, extended, parts] = Wording::of(language).standing;
    let until = |words: &str, day: NaiveDate| format!("{words} {}", days::short(day, language));
    match hold.kind {
        HoldKind::Legal
        | HoldKind::Hostile
        | HoldKind::Disputed
        | HoldKind::WaitingForUs
        | HoldKind::Claimed
        | HoldKind::Review => Some(checked.to_owned()),
        HoldKind::Promise => Some(hold.named_day.map_or_else(|| checked.to_owned(), |day| until(expected, day))),
        HoldKind::Deferral => hold.named_day.map(|day| until(extended, day)),
        HoldKind::Plan => Some(parts.to_owned()),
        HoldKind::OwnerActive | HoldKind::Absence | HoldKind::Paused => None,
    }
}

/// What a reminder of the ladder lists beside what it asks for: invoices of the same customer whose day is still to come,
/// oldest first. None of what is held, planned, collected by somebody else, or of a sum that is not certain.
pub(super) fn upcoming<'a>(letter: &Letter<'a>) -> Vec<&'a Receivable> {
    let (plan, account, today) = (letter.plan, letter.account, letter.moment.today());
    let is_step = plan.purpose == Purpose::Reminder
        && matches!(plan.key, BusinessKey::Reminder(..))
        && plan.template.as_str() != "final_notice";
    if !is_step || account.customer.is_confidential() || !account.loose_credit().is_empty() {
        return Vec::new();
    }
    let is_to_come = |item: &&Receivable| {
        !plan.items.contains(&item.id)
            && item.kind == ReceivableKind::Invoice
            && is_before_its_day(account, item, today)
            && item.collected_by().is_paid_to_us()
            && item.missing_since.is_none()
            && account.hold_of(item.id, today).is_none()
    };
    account.open_items().into_iter().filter(is_to_come).collect()
}

fn is_before_its_day(account: &Account, item: &Receivable, today: NaiveDate) -> bool {
    item.key.issued <= today && account.tolerated_day(item) >= today
}
