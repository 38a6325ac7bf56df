//! How things stood on a day: what an auditor's balance confirmation asks, for the owner who answers it.

use crate::ledger::account::Account;
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::{Closure, Receivable, ReceivableKind};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What stood open on a day, as far as the books tell: payments by their day; what was credited has none, and is taken off.
pub(super) fn standing(account: &Account, day: NaiveDate) -> String {
    let is_debt = |item: &&Receivable| {
        item.kind != ReceivableKind::CreditNote && item.closure != Some(Closure::Withdrawn) && item.key.issued <= day
    };
    let known = account.receivables.iter().filter(is_debt);
    let all: Vec<(&Receivable, Money)> = known.filter_map(|item| Some((item, open_on(item, day)?))).collect();
    let (open, given_up): (Vec<_>, Vec<_>) = all.into_iter().partition(|(item, _)| was_claimed(item, day));
    let listed = |items: &[(&Receivable, Money)]| {
        let listed: Vec<String> = items.iter().map(|(item, open)| format!("{} {open}", item.key.name())).collect();
        listed.join(", ")
    };
    let standing = if open.is_empty() {
        format!("On {day} nothing stood open that is on file.")
    } else {
        let mut sums: BTreeMap<_, Vec<Money>> = BTreeMap::new();
        for (_, money) in &open {
            sums.entry(money.currency).or_default().push(*money);
        }
        let sums: Vec<String> = sums.iter().map(|(currency, all)| total(*currency, all).to_string()).collect();
        format!("On {day} stood open, of what is on file: {}; in all {}.", listed(&open), sums.join(" and "))
    };
    if given_up.is_empty() {
        return standing;
    }
    // The books keep that it was written off, and not the day.
    format!("{standing} Not counted, since it was written off, perhaps only later: {}.", listed(&given_up))
}

/// Was it still claimed on that day? A remainder is written off after the last payment; what a lawyer has is owed.
fn was_claimed(item: &Receivable, day: NaiveDate) -> bool {
    item.closure != Some(Closure::WrittenOff) || item.payments.iter().any(|payment| payment.on > day)
}

fn open_on(item: &Receivable, day: NaiveDate) -> Option<Money> {
    let paid: Vec<Money> =
        item.payments.iter().filter(|payment| payment.on <= day).map(|payment| payment.amount).collect();
    let rest = item.amount.minus(item.credited)?.minus(item.linked_credit())?;
    rest.minus(total(item.amount.currency, &paid)).filter(|open| open.is_positive())
}
