//! Rows of a list that were corrected: the same invoice under another date or another spelling of its number. What
//! was written about it stays written about it; as a new one it would be reminded from the beginning.

use crate::import::rows::ReceivableRow;
use crate::ledger::account::Account;
use crate::ledger::ids::ReceivableId;
use crate::ledger::receivable::{Receivable, ReceivableKey};
use crate::matching::is_same_number;
use chrono::Datelike;
use std::collections::{BTreeMap, BTreeSet};

/// So far apart lie a date and its correction, where the due day was corrected with it: "12" for "21", a day too early.
const MISTYPED_DAYS: i64 = 10;

/// The receivables of one customer that the rows of theirs correct, by the key that they have from now on. A row that could
/// be two, and one of two rows that could be the same, corrects none: it is a receivable of its own.
pub(super) fn pairs(
    account: &Account,
    rows: &[&ReceivableRow],
    (in_file, is_complete): (&BTreeSet<&ReceivableKey>, bool),
    on_file: impl Fn(&ReceivableKey) -> bool,
) -> BTreeMap<ReceivableKey, ReceivableId> {
    let gone: Vec<&Receivable> = account.open_items().into_iter().filter(|item| !in_file.contains(&item.key)).collect();
    let new: Vec<&&ReceivableRow> = rows.iter().filter(|row| !on_file(&row.key)).collect();
    let mut pairs = BTreeMap::new();
    for row in &new {
        let mut same = gone.iter().filter(|item| is_the_same(item, row, is_complete));
        let (Some(item), None) = (same.next(), same.next()) else { continue };
        if new.iter().filter(|other| is_the_same(item, other, is_complete)).count() == 1 {
            pairs.insert(row.key.clone(), item.id);
        }
    }
    pairs
}

/// The same sum of the same kind, and either the number within its year or the day of issue with a number that is only written
/// otherwise. Books that give every month's invoice the number of its contract do not correct last month's.
fn is_the_same(item: &Receivable, row: &ReceivableRow, is_complete: bool) -> bool {
    let (old, new) = (&item.key, &row.key);
    let is_near = item.due == row.due || (old.issued - new.issued).num_days().abs() <= MISTYPED_DAYS;
    let redated = old.number == new.number && old.issued.year() == new.issued.year() && is_near;
    let is_respelt = || is_same_number(&old.number, &new.number, old.issued);
    // "703", "703/A", "FPR 703/26": the same sum of the same days under a number that grew or shrank by something. A file of
    // only a part of what is open says nothing of the old one: both may be there.
    let is_lengthened = || is_complete && item.due == row.due && is_part_of_the_other(&old.number, &new.number);
    let respelt = old.issued == new.issued && (is_respelt() || is_lengthened());
    item.kind == row.kind
        && item.amount == row.amount
        && old.issuer == new.issuer
        && old.instalment == new.instalment
        && (redated || respelt)
}

/// Does the one number hold all the figures of the other, in the same order? A year may be written in two.
fn is_part_of_the_other(one: &str, other: &str) -> bool {
    let figures = |number: &str| -> Vec<String> {
        let runs = number.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
        runs.map(|run| run.strip_prefix("20").filter(|year| year.len() == 2).unwrap_or(run).to_owned()).collect()
    };
    let (one, other) = (figures(one), figures(other));
    let (few, many) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    !few.is_empty() && many.windows(few.len()).any(|part| part == few)
}
