//! What a person should have before them when they ring a customer up: the number and where it comes from, all that is
//! open, what was said and promised, what to ask.

use super::notice::{item_line, items_of, own_words, titled};
use super::one_line;
use super::phrases::Phrases;
use crate::ledger::account::Account;
use crate::ledger::case::Case;
use crate::ledger::hold::{HoldKind, HoldOutcome};
use crate::ledger::money::Money;
use crate::ledger::reading::Reading;
use crate::ledger::receivable::Receivable;
use crate::templates::blocks::brief_name_of;
use crate::templates::wording::{amount, day, totals};
use chrono::NaiveDate;

/// Longest quotation, in characters.
const QUOTATION: usize = 500;
/// So many promises are told, the latest.
const PROMISES: usize = 4;
/// So many other documents are listed; of the rest the number is told.
const OTHERS: usize = 12;

/// The number on file and who put it there. A number in a mail is never one to call: whoever forges a mail forges its
/// signature, too.
pub(super) fn phone(account: &Account, words: Phrases) -> String {
    let sheet = words.sheet;
    let customer = &account.customer;
    let Some(phone) = customer.phone() else { return format!("{}: {}", sheet.phone, sheet.no_phone) };
    let source = if customer.arranged.phone.is_some() { sheet.phone_arranged } else { sheet.phone_imported };
    let person = customer.primary_contact().and_then(|contact| contact.name.as_deref());
    let person = person.map(|name| format!(", {}", one_line(name, 80))).unwrap_or_default();
    format!("{}: {}{person} ({source})", sheet.phone, one_line(phone, 40))
}

/// What to ask, in this order.
pub(super) fn to_ask(words: Phrases) -> String {
    titled(words.sheet.to_ask, words.sheet.questions.iter().map(|question| format!("- {question}")))
}

/// What else of the customer's is open, and the sum of all of it.
pub(super) fn others(case: &Case, account: &Account, today: NaiveDate, words: Phrases) -> Vec<String> {
    let asked = items_of(case, Some(account));
    // What was sold or lies with somebody else is not asked for.
    let is_open = |item: &&Receivable| item.open().is_positive();
    let open: Vec<&Receivable> = account.open_items().into_iter().filter(is_open).collect();
    let others: Vec<&Receivable> = open.iter().copied().filter(|item| !case.items.contains(&item.id)).collect();
    let mut parts = Vec::new();
    if !others.is_empty() {
        let shown = others.iter().take(OTHERS).map(|item| item_line(item, account, today, words));
        let left = others.len().saturating_sub(OTHERS);
        let more = (left > 0).then(|| format!("- {} {left}", words.sheet.more));
        parts.push(titled(words.sheet.others, shown.chain(more)));
    }
    let due = |item: &&&Receivable| item.due < today;
    let sum = |items: &[Money]| {
        if items.is_empty() { amount(Money::eur(0), words.language) } else { totals(items, words.language) }
    };
    let all: Vec<Money> = open.iter().map(|item| item.open()).collect();
    let late: Vec<Money> = open.iter().filter(due).map(|item| item.open()).collect();
    if !asked.is_empty() && !all.is_empty() {
        parts.push(format!("{}: {} ({} {})", words.sheet.total, sum(&all), words.sheet.of_which_due, sum(&late)));
    }
    parts
}

/// What the customer wrote last, in the own words; of a confidential one only that.
pub(super) fn last_words(reading: &Reading, is_confidential: bool, words: Phrases) -> String {
    let (open, close) = words.labels.quotes;
    let writer = match (&reading.from_name, &reading.from) {
        (Some(name), _) if !name.trim().is_empty() => format!(", {}", one_line(name, 80)),
        (_, Some(address)) => format!(", {address}"),
        (_, None) => String::new(),
    };
    let head = format!("{}, {}{writer}", words.sheet.last_words, day(reading.day, words.language));
    if is_confidential {
        return format!("{head}. {}", words.labels.confidential);
    }
    let said = own_words(reading).unwrap_or(&reading.subject);
    format!("{head}:\n{open}{}{close}", one_line(said, QUOTATION))
}

/// What was promised and what came of it.
pub(super) fn promises(account: &Account, words: Phrases) -> Option<String> {
    let sheet = words.sheet;
    let promises: Vec<_> = account.holds.iter().filter(|hold| hold.kind == HoldKind::Promise).collect();
    let lines = promises.iter().rev().take(PROMISES).rev().map(|hold| {
        let items: Vec<&Receivable> = hold.items().iter().filter_map(|id| account.receivable(*id)).collect();
        let about =
            if items.is_empty() { String::new() } else { format!(" ({})", brief_name_of(&items, words.language)) };
        let on = hold.named_day.map_or_else(|| sheet.no_day.to_owned(), |named| day(named, words.language));
        let sum = hold.amount.map(|money| format!(", {}", amount(money, words.language))).unwrap_or_default();
        let end = match hold.ended.as_ref().map(|end| end.how) {
            None => sheet.promise_open,
            Some(HoldOutcome::Kept) => sheet.promise_kept,
            Some(HoldOutcome::Broken) => sheet.promise_broken,
            Some(HoldOutcome::Expired | HoldOutcome::Lifted | HoldOutcome::Replaced) => sheet.promise_over,
        };
        format!("- {on}{sum}{about}: {end}")
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| titled(sheet.promises, lines))
}
