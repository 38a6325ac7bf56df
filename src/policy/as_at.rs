//! How things stood on a day: what an auditor's balance confirmation asks, for the owner who answers it.

use crate::ledger::account::Account;
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::{Receivable, ReceivableKind};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What stood open on a day, as far as the books tell: payments by their day; what was credited has none, and is taken off.
pub(super) fn standing(account: &Account, day: NaiveDate) -> String {
    let open: Vec<(&Receivable, Money)> = account
        .receivables
        .iter()
        .filter(|item| item.kind != ReceivableKind::CreditNote && item.closure.is_none() && item.key.issued <= day)
        .filter_map(|item| Some((item, open_on(item, day)?)))
        .collect();
    if open.is_empty() {
        return format!("On {day} nothing stood open that is on file.");
    }
    let listed: Vec<String> = open.iter().map(|(item, open)| format!("{} {open}", item.key.number)).collect();
    let mut sums: BTreeMap<_, Vec<Money>> = BTreeMap::new();
    for (_, money) in &open {
        sums.entry(money.currency).or_default().push(*money);
    }
    let sums: Vec<String> = sums.iter().map(|(currency, all)| total(*currency, all).to_string()).collect();
    format!("On {day} stood open, of what is on file: {}; in all {}.", listed.join(", "), sums.join(" and "))
}

fn open_on(item: &Receivable, day: NaiveDate) -> Option<Money> {
    let paid: Vec<Money> =
        item.payments.iter().filter(|payment| payment.on <= day).map(|payment| payment.amount).collect();
    let rest = item.amount.minus(item.credited)?.minus(item.linked_credit())?;
    rest.minus(total(item.amount.currency, &paid)).filter(|open| open.is_positive())
}
