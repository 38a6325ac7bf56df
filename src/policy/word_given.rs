//! A customer's word (it is paid, it will be paid) beside the words that stand: which of them gives way.
//!
//! A later word takes the place of an earlier one only where it says as much: it is proven as well as that one, names a
//! day where that one did, and speaks of no less money. Otherwise both hold, and the longer one keeps the reminders back.

use super::World;
use super::deliberation::{Deliberation, NewHold};
use super::steps::plus_days;
use super::terms::Limits;
use crate::ledger::account::Account;
use crate::ledger::calendar::plus_banking_days;
use crate::ledger::hold::{Hold, HoldKind, HoldOutcome};
use crate::ledger::ids::{HoldId, ReceivableId};
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::Receivable;
use chrono::NaiveDate;

/// What a mail says.
pub(super) struct Word {
    /// [`HoldKind::Claimed`] or [`HoldKind::Promise`].
    pub(super) kind: HoldKind,
    pub(super) items: Vec<ReceivableId>,
    /// The day of the payment; of a promise perhaps none.
    pub(super) day: Option<NaiveDate>,
    /// How much, where it was said.
    pub(super) amount: Option<Money>,
    /// The writer is not proven: it holds for a few days only.
    pub(super) brief: bool,
    /// It will come as a cheque.
    pub(super) by_cheque: bool,
}

/// Takes the words of one mail: what each replaces ends, and all of them hold the reminders.
pub(super) fn take(d: &mut Deliberation<'_>, words: &[Word], reason: &str) {
    for word in words {
        replace(d, word);
    }
    for word in words {
        hold(d, word, reason);
    }
}

fn replace(d: &mut Deliberation<'_>, word: &Word) {
    let replaced: Vec<HoldId> =
        d.account.holds.iter().filter(|old| gives_way(old, word, &d.account, d.world)).map(|old| old.id).collect();
    let because = match word.kind {
        HoldKind::Claimed => "The customer now says that it is paid",
        _ => "A newer promise takes its place",
    };
    d.release(&replaced, &word.items, HoldOutcome::Replaced, because);
}

fn hold(d: &mut Deliberation<'_>, word: &Word, reason: &str) {
    let limits = &d.world.policy.limits;
    let briefly = plus_days(d.today(), limits.unverified_hold_days);
    let until = word
        .day
        .map_or_else(|| plus_days(d.today(), limits.promise_without_date_days), |day| last_day(word.kind, day, limits));
    let until = if word.brief { until.min(briefly) } else { until };
    let hold = NewHold {
        amount: word.amount,
        named_day: word.day,
        by_cheque: word.by_cheque,
        ..NewHold::about(word.kind, &word.items)
    };
    d.place(hold.until(until), format!("{reason}; reminders wait until {until}"));
}

/// The last day on which a word keeps the reminders back: the bank needs its days before the money can be seen.
pub(super) fn last_day(kind: HoldKind, day: NaiveDate, limits: &Limits) -> NaiveDate {
    let days = match kind {
        HoldKind::Claimed => limits.claim_banking_days,
        _ => limits.promise_grace_banking_days,
    };
    plus_banking_days(day, days)
}

fn gives_way(old: &Hold, word: &Word, account: &Account, world: &World<'_>) -> bool {
    let limits = &world.policy.limits;
    let is_word = matches!(old.kind, HoldKind::Claimed | HoldKind::Promise) && old.ended.is_none();
    let is_proven_as_well = !word.brief || is_brief(old, limits);
    let names_a_day = word.day.is_some() || old.named_day.is_none();
    let covers = |id: ReceivableId| word.items.contains(&id);
    let is_no_less =
        match (part(word.amount, account, covers, limits), part(old.amount, account, |id| old.covers(id), limits)) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(new), Some(old)) => new.currency == old.currency && new.cents >= old.cents,
        };
    is_word && word.items.iter().any(|id| old.covers(*id)) && is_proven_as_well && names_a_day && is_no_less
}

/// The amount named, where it is less than what is open.
fn part(
    amount: Option<Money>,
    account: &Account,
    covers: impl Fn(ReceivableId) -> bool,
    limits: &Limits,
) -> Option<Money> {
    let amount = amount?;
    let open: Vec<Money> =
        account.open_items().into_iter().filter(|item| covers(item.id)).map(Receivable::open).collect();
    let whole = total(amount.currency, &open);
    let rest = Money::new(whole.cents.saturating_sub(amount.cents), amount.currency);
    (!limits.is_small(rest)).then_some(amount)
}

/// A day was agreed on for all of these, and it has not passed: a promise, more time, a plan.
pub(super) fn has_day(account: &Account, items: &[ReceivableId], today: NaiveDate, limits: &Limits) -> bool {
    let agreed = |hold: &Hold| match hold.kind {
        HoldKind::Promise => hold.named_day.is_some() && !is_brief(hold, limits),
        HoldKind::Deferral | HoldKind::Plan => true,
        _ => false,
    };
    let covers = |item: &ReceivableId| {
        account.holds.iter().any(|hold| hold.holds_on(today) && agreed(hold) && hold.covers(*item))
    };
    !items.is_empty() && items.iter().all(covers)
}

/// A hold that was cut short because the writer is not proven: its end says nothing about the promise.
pub(super) fn is_brief(hold: &Hold, limits: &Limits) -> bool {
    hold.named_day.zip(hold.until).is_some_and(|(named, until)| until < last_day(hold.kind, named, limits))
}

/// Another word of the customer about one of the same items is still waited for, or was given for longer: that one decides.
pub(super) fn is_overtaken(account: &Account, hold: &Hold, limits: &Limits) -> bool {
    account.open_items().iter().filter(|item| hold.covers(item.id)).any(|item| {
        account.holds.iter().any(|other| {
            other.id != hold.id
                && other.ended.is_none()
                && matches!(other.kind, HoldKind::Claimed | HoldKind::Promise)
                && other.named_day.is_some()
                && !is_brief(other, limits)
                && other.covers(item.id)
                && (other.until, other.id) > (hold.until, hold.id)
        })
    })
}
