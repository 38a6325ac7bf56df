//! Instalments that the owner agreed on: nothing is asked while the parts come; a part that does not come is the owner's.
//!
//! In practice a plan gets a grace of some days for each part, and whether one that fails ends it is the creditor's to say:
//! the agent neither ends it nor asks for the part. Kept when nothing of it is open any more.

use super::deliberation::{Deliberation, NewCase, NewHold};
use super::orders;
use super::payments::{self, Confirmation};
use super::proposal;
use super::steps::plus_days;
use crate::ledger::account::Account;
use crate::ledger::calendar::plus_banking_days;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::event::Order;
use crate::ledger::hold::{Hold, HoldKind, HoldOutcome};
use crate::ledger::ids::{HoldId, ReceivableId};
use crate::ledger::instalments::{self, PlanPart};
use crate::ledger::money::{Money, total};
use crate::ledger::reading::InstalmentFact;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Purpose;
use chrono::NaiveDate;

/// What a plan takes the place of.
const REPLACED: [HoldKind; 5] =
    [HoldKind::Claimed, HoldKind::Promise, HoldKind::Deferral, HoldKind::Plan, HoldKind::Proposal];

/// The owner agreed on instalments. `tell`: the customer gets them in writing.
pub(super) fn order(d: &mut Deliberation<'_>, items: &[ReceivableId], parts: &[PlanPart], tell: bool) {
    let open: Vec<Money> = items.iter().filter_map(|id| d.account.receivable(*id)).map(Receivable::open).collect();
    let Some(last) = parts.last().copied() else { return };
    if let Err(why) = instalments::check(parts, &open, d.today()) {
        let text = format!("The plan was not taken: {why}");
        d.record(crate::ledger::change::Change::Noted { text: text.clone(), items: items.to_vec() }, text);
        return;
    }
    d.withdraw_chasing(items, "The owner agreed on instalments");
    orders::complete_calls(d, items);
    let told = format!("The owner agreed on instalments: {}", proposal::in_words(parts));
    let hold = put_in_force(d, items, parts, &told);
    d.close_cases(&orders::SETTLED_BY_A_DAY, items, "The owner agreed on instalments");
    if tell {
        let confirmation = Confirmation {
            template: "plan_agreed",
            purpose: Purpose::Deferral,
            day: last.by,
            amount: None,
            parts: parts.to_vec(),
        };
        payments::confirm(d, hold, items, confirmation);
    }
}

/// From now on it is paid so, and everything that was said before is replaced.
pub(super) fn put_in_force(
    d: &mut Deliberation<'_>,
    items: &[ReceivableId],
    parts: &[PlanPart],
    because: &str,
) -> HoldId {
    d.release_items(&REPLACED, items, HoldOutcome::Replaced, "Instalments take its place");
    let hold = NewHold { parts: parts.to_vec(), ..NewHold::about(HoldKind::Plan, items) };
    d.place(NewHold { named_day: parts.last().map(|part| part.by), ..hold }, because)
}

/// Looks at the plans in force. Gives the receivables about which nothing can be said, because payments are not known far
/// enough.
pub(super) fn look(d: &mut Deliberation<'_>) -> Vec<ReceivableId> {
    let plans: Vec<Hold> = in_force(&d.account).cloned().collect();
    let mut unknown = Vec::new();
    for hold in plans {
        unknown.extend(look_at(d, &hold));
    }
    unknown
}

fn look_at(d: &mut Deliberation<'_>, hold: &Hold) -> Vec<ReceivableId> {
    let open = open_of(&d.account, hold);
    let Some(sum) = instalments::sum_of(&hold.parts) else { return Vec::new() };
    if open.is_empty() {
        end(d, hold);
        return Vec::new();
    }
    let limits = &d.world.policy.limits;
    // The owner, or another word of the customer's, has it in hand: that is waited for first.
    let is_in_hand = |item: &Receivable| {
        let mut others = d.account.holds_on(d.today()).into_iter().filter(|other| other.kind != HoldKind::Plan);
        others.any(|other| other.kind != HoldKind::Absence && other.covers(item.id))
    };
    if open.iter().any(is_in_hand) {
        return Vec::new();
    }
    let is_over = |part: &&PlanPart| plus_days(part.by, limits.plan_grace_days) < d.today();
    let over: Vec<PlanPart> = hold.parts.iter().filter(is_over).copied().collect();
    let (Some(last), Some(expected)) = (over.last().copied(), instalments::sum_of(&over)) else { return Vec::new() };
    let sums: Vec<Money> = open.iter().map(Receivable::open).collect();
    let left = total(sum.currency, &sums);
    let paid = sum.cents.saturating_sub(left.cents);
    let missing = expected.cents.saturating_sub(paid);
    if limits.is_small(Money::new(missing, sum.currency)) {
        return Vec::new();
    }
    let items: Vec<ReceivableId> = open.iter().map(|item| item.id).collect();
    let needed = plus_banking_days(last.by, limits.fresh_payments_banking_days);
    let is_unknown = |item: &Receivable| item.payments_known_up_to.is_none_or(|known| known < needed);
    let stale: Vec<ReceivableId> = open.iter().filter(|item| is_unknown(item)).map(|item| item.id).collect();
    if !stale.is_empty() {
        return stale;
    }
    if !was_asked(d, &items, plus_days(last.by, limits.plan_grace_days)) {
        ask(d, hold, items, &last, Money::new(missing, sum.currency));
    }
    Vec::new()
}

/// Nothing of it is open any more: by money, or because the owner closed it.
fn end(d: &mut Deliberation<'_>, hold: &Hold) {
    let of_plan = d.account.receivables.iter().filter(|item| hold.covers(item.id));
    let given_up =
        of_plan.filter(|item| item.closure.is_some()).map(|item| Receivable { closure: None, ..item.clone() });
    if given_up.into_iter().any(|item| !d.world.policy.limits.is_small(item.open())) {
        d.end_hold(hold.id, HoldOutcome::Lifted, "What was paid by the plan is closed");
    } else {
        d.end_hold(hold.id, HoldOutcome::Kept, "Every part of the plan is paid");
    }
}

/// One question for each part: an open one is enough, and a part that was asked about is asked about again only after a
/// word about it was not kept, or the time that the owner gave it is over.
fn was_asked(d: &Deliberation<'_>, items: &[ReceivableId], end: NaiveDate) -> bool {
    let is_word = |kind| matches!(kind, HoldKind::Promise | HoldKind::Paused | HoldKind::OwnerActive);
    let waited = |hold: &&Hold| is_word(hold.kind) && items.iter().any(|item| hold.covers(*item));
    let ended = d.account.holds.iter().filter(waited).filter_map(|hold| hold.ended.as_ref());
    let since = ended.map(|end| end.at).max();
    let about = |case: &&Case| case.kind == CaseKind::PlanMissed && case.items.iter().any(|item| items.contains(item));
    d.account.cases.iter().filter(about).any(|case| {
        let is_recent = d.world.moment.day_of(case.opened) > end && since.is_none_or(|since| case.opened > since);
        case.closed.is_none() || is_recent
    })
}

fn ask(d: &mut Deliberation<'_>, hold: &Hold, items: Vec<ReceivableId>, last: &PlanPart, missing: Money) {
    let place = hold.parts.iter().position(|part| part.by == last.by).map_or(0, |index| index.saturating_add(1));
    let mut particulars = vec![format!(
        "Part {place} of {} was to come by {}, and {missing} of what was to come by then is not in the recorded payments.",
        hold.parts.len(),
        last.by,
    )];
    particulars.push("The plan goes on: nothing is asked of the customer until you say so.".to_owned());
    let week = d.world.policy.calendar.plus_business_days(d.today(), 5);
    let suggestions = vec![
        Order::Paid { items: items.clone(), amount: Some(missing), on: d.today() },
        Order::Promise { items: items.clone(), by: week, amount: Some(missing) },
        Order::Resume { items: items.clone() },
    ];
    d.open_case(
        NewCase { kind: CaseKind::PlanMissed, message: None, items, particulars, suggestions },
        "A part of the plan did not come within its grace",
    );
}

/// Plans in force.
pub(super) fn in_force(account: &Account) -> impl Iterator<Item = &Hold> {
    account.holds.iter().filter(|hold| hold.kind == HoldKind::Plan && hold.ended.is_none() && !hold.parts.is_empty())
}

/// Is it paid by a plan in force?
pub(super) fn covers(account: &Account, item: ReceivableId) -> bool {
    in_force(account).any(|hold| hold.covers(item))
}

/// What is still to come of the plan that all of these items belong to; nothing without one.
pub(super) fn to_come(account: &Account, items: &[ReceivableId]) -> Vec<PlanPart> {
    let is_about_them = |hold: &&Hold| !items.is_empty() && items.iter().all(|item| hold.covers(*item));
    let Some(hold) = in_force(account).find(is_about_them) else { return Vec::new() };
    let Some(sum) = instalments::sum_of(&hold.parts) else { return Vec::new() };
    let sums: Vec<Money> = open_of(account, hold).iter().map(Receivable::open).collect();
    instalments::to_come(&hold.parts, total(sum.currency, &sums))
}

fn open_of(account: &Account, hold: &Hold) -> Vec<Receivable> {
    account.open_items().into_iter().filter(|item| hold.covers(item.id)).cloned().collect()
}

/// The plan that a customer asked for in so many words, as the owner would order it; nothing where it does not cover what is
/// open, day by day.
pub(super) fn as_asked(
    account: &Account,
    items: &[ReceivableId],
    asked: &[InstalmentFact],
    today: NaiveDate,
) -> Option<Order> {
    let open: Vec<Money> = items.iter().filter_map(|id| account.receivable(*id)).map(Receivable::open).collect();
    let rest = rest_of(&open, asked);
    let parts: Option<Vec<PlanPart>> =
        asked.iter().map(|part| Some(PlanPart { by: part.date?, amount: part.amount.or(rest)? })).collect();
    let parts = parts.filter(|parts| instalments::check(parts, &open, today).is_ok())?;
    Some(Order::Plan { items: items.to_vec(), parts, tell: true })
}

/// "400 il 15 e il resto a fine mese": what the one part without a sum comes to.
fn rest_of(open: &[Money], asked: &[InstalmentFact]) -> Option<Money> {
    let currency = open.first()?.currency;
    let named: Vec<Money> = asked.iter().filter_map(|part| part.amount).collect();
    let is_one_missing = asked.len() == named.len() + 1 && !named.is_empty();
    let rest = total(currency, open).minus(total(currency, &named))?;
    let is_one_currency = open.iter().chain(&named).all(|sum| sum.currency == currency);
    (is_one_missing && is_one_currency && rest.is_positive()).then_some(rest)
}
