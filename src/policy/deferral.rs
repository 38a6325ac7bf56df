//! More time: what the agent may grant by itself.

use super::World;
use super::customers;
use super::instalments;
use super::steps::{has_reached, minus_days, plus_days};
use crate::ledger::account::Account;
use crate::ledger::hold::{Hold, HoldKind};
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::{Collection, Receivable};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeSet;

/// Why the owner must decide on a request for more time; `None` when it lies within the limits.
pub(super) fn beyond_limits(
    account: &Account,
    items: &[&Receivable],
    until: Option<NaiveDate>,
    named: Option<Money>,
    world: &World<'_>,
) -> Option<String> {
    let limits = customers::deferral_limits(world.policy, account);
    let today = world.moment.today();
    let Some(until) = until else { return Some("No day was named".to_owned()) };
    if items.is_empty() {
        return Some("It is not clear which receivable is meant".to_owned());
    }
    if until < today {
        return Some(format!("The day asked for, {until}, is past"));
    }
    for item in items {
        let number = item.key.name();
        let start = account.agreed_day(item);
        if item.collected_by() != Collection::Own {
            return Some(format!("{number} is advanced or collected by somebody else"));
        }
        if until <= start {
            return Some(format!("{number} is due on {start}, which is not before the day asked for"));
        }
        if until > plus_days(start.max(today), limits.max_days) {
            return Some(format!("{until} is more than {} days away for {number}", limits.max_days));
        }
        if instalments::covers(account, item.id) {
            return Some(format!("{number} is paid in instalments that were agreed on"));
        }
        let granted = account
            .holds
            .iter()
            .filter(|hold| matches!(hold.kind, HoldKind::Deferral | HoldKind::Plan) && hold.covers(item.id))
            .count();
        if granted >= usize::try_from(limits.per_receivable).unwrap_or(usize::MAX) {
            return Some(format!("{number} was deferred before"));
        }
        let last = plus_days(item.key.issued, limits.max_days_from_invoice);
        if until > last {
            return Some(format!(
                "{until} is more than {} days after the date of {number}",
                limits.max_days_from_invoice
            ));
        }
        if has_reached(account, item, world.policy, &limits.not_after_step) {
            return Some(format!("The step `{}` was taken for {number}", limits.not_after_step));
        }
    }
    let a_year_ago = minus_days(today, 365);
    let is_of_this_year = |hold: &&Hold| {
        matches!(hold.kind, HoldKind::Deferral | HoldKind::Plan) && world.moment.day_of(hold.since) > a_year_ago
    };
    // What was granted for several at once is one grant, also where it was taken apart since.
    let granted: BTreeSet<DateTime<Utc>> =
        account.holds.iter().filter(is_of_this_year).map(|hold| hold.since).collect();
    let granted = granted.len();
    if granted >= usize::try_from(limits.per_year).unwrap_or(usize::MAX) {
        return Some(format!("More time was granted {granted} times within a year"));
    }
    let open: Vec<Money> = items.iter().map(|item| item.open()).collect();
    if open.iter().any(|money| money.currency != limits.max_amount.currency) {
        return Some(format!("The limit is in {}", limits.max_amount.currency));
    }
    let sum = total(limits.max_amount.currency, &open);
    if sum.cents > limits.max_amount.cents {
        return Some(format!("{sum} is more than {}", limits.max_amount));
    }
    if named.is_some_and(|named| named != sum) {
        return Some(format!("The amount named is not the {sum} that is open"));
    }
    None
}
