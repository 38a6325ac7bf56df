//! On what a step depends, and what passes it over: sums and facts of the account alone, so that every look at the same
//! account on the same day finds the same next step.

use super::World;
use super::season;
use super::terms::{Condition, Step};
use crate::ledger::account::Account;
use crate::ledger::hold::{HoldKind, HoldOutcome};
use crate::ledger::money::Money;
use crate::ledger::receivable::Receivable;

/// Why a step is passed over for a receivable, as an English clause; `None` when it is to be taken.
pub(super) fn unmet(account: &Account, item: &Receivable, step: &Step, world: &World<'_>) -> Option<String> {
    let only = &step.only;
    let open = item.open();
    let beyond = |bound: Option<Money>, lies_beyond: fn(i64, i64) -> bool, words: &str| {
        let bound = bound?;
        if bound.currency != open.currency {
            return Some(format!("{open} cannot be compared with {bound}"));
        }
        lies_beyond(open.cents, bound.cents).then(|| format!("{open} is {words} {bound}"))
    };
    beyond(only.from_amount, |open, bound| open < bound, "less than")
        .or_else(|| beyond(only.to_amount, |open, bound| open > bound, "more than"))
        .or_else(|| {
            only.conditions.iter().find_map(|condition| not_so(account, item, *condition, world).map(str::to_owned))
        })
}

/// Why a condition does not hold.
fn not_so(account: &Account, item: &Receivable, condition: Condition, world: &World<'_>) -> Option<&'static str> {
    let (holds, otherwise) = match condition {
        Condition::NewCustomer => (is_new(account, item), "the customer is not new"),
        Condition::NeverAnswered => (has_never_answered(account, item), "the customer has written since"),
        Condition::HolidaysAhead => {
            let ahead = season::ahead(world, &account.customer, world.moment.today());
            (ahead.is_some(), "no holidays begin soon")
        }
        Condition::PromiseBroken => (has_broken_promise(account, item), "no promise about it was broken"),
    };
    (!holds).then_some(otherwise)
}

/// Lists of what is open do not show the customers of old: nobody is called new of whom anything else is known.
fn is_new(account: &Account, item: &Receivable) -> bool {
    let is_other = |other: &&Receivable| !other.key.is_same_document(&item.key);
    let mut others = account.receivables.iter().filter(is_other).filter(|other| other.is_owed());
    let paid = account.receivables.iter().any(|other| other.paid().is_positive());
    others.next().is_none() && !paid && account.sent.is_empty()
}

fn has_never_answered(account: &Account, item: &Receivable) -> bool {
    let first = account.steps_of(item).iter().map(|taken| taken.on).min();
    match (account.customer_wrote, first) {
        (Some(wrote), Some(first)) => wrote.date_naive() < first,
        (Some(_), None) => false,
        (None, _) => true,
    }
}

fn has_broken_promise(account: &Account, item: &Receivable) -> bool {
    let promises = account.holds.iter().filter(|hold| hold.kind == HoldKind::Promise && hold.covers(item.id));
    promises.filter_map(|hold| hold.ended.as_ref()).any(|end| end.how == HoldOutcome::Broken)
}
