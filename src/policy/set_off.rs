//! Set-off (*compensazione*): the owner says that a debt of the customer's and one of the firm's own cancel out. What is open
//! goes down as by a payment, and nothing arrived: no thanks, no surplus, and no word that speaks of money.

use super::deliberation::{Deliberation, NewCase, NewHold};
use super::settlement::{self, Tender};
use super::{difference, payments, proforma};
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::change::Change;
use crate::ledger::event::Order;
use crate::ledger::hold::HoldKind;
use crate::ledger::ids::{CaseId, ReceivableId};
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::{Payment, Receivable};
use chrono::NaiveDate;

/// What the owner is told to note, so that the next firm step asks first.
const NOTE_THE_SUPPLIER: &str = "If this customer is also a supplier of yours, note `also_supplier = true` for it in customers.toml: from the firm \
     step on each mail then waits for your yes.";

/// Why a set-off of so much cannot be booked, with what to do instead. Money that is too much lies somewhere and is looked
/// for; of a set-off that is too much nothing lies anywhere: the sum is wrong.
#[must_use]
pub fn why_too_much(account: &Account, items: &[ReceivableId], amount: Option<Money>) -> Option<(String, String)> {
    let amount = amount?;
    let open: Vec<Money> =
        named(account, items).iter().map(|item| item.open()).filter(|open| open.currency == amount.currency).collect();
    let most = total(amount.currency, &open);
    if amount.is_positive() && amount.cents <= most.cents {
        return None;
    }
    let message = format!("{amount} cannot be set off: {most} are open on what you named");
    Some((message, "name no more than is open with --amount, or leave it out for all that is open".to_owned()))
}

fn named<'a>(account: &'a Account, items: &[ReceivableId]) -> Vec<&'a Receivable> {
    account.open_items().into_iter().filter(|item| items.contains(&item.id)).collect()
}

/// Sets off, oldest first, never more on a receivable than is open on it, and nothing at all where it is too much.
pub(super) fn record(
    d: &mut Deliberation<'_>,
    items: &[ReceivableId],
    amount: Option<Money>,
    against: Option<&str>,
    on: NaiveDate,
) {
    if why_too_much(&d.account, items, amount).is_some() {
        return;
    }
    let against = against.map(str::trim).filter(|text| !text.is_empty());
    let open: Vec<Receivable> = named(&d.account, items).into_iter().cloned().collect();
    let mut rest = amount;
    let mut reduced: Vec<(ReceivableId, Money)> = Vec::new();
    for item in &open {
        let open = item.open();
        let part = match rest {
            None => open,
            Some(left) if left.currency != open.currency || !left.is_positive() => continue,
            Some(left) => Money::new(left.cents.min(open.cents), open.currency),
        };
        rest = rest.and_then(|left| left.minus(part));
        let what = against.map_or_else(|| "a debt of the firm's own".to_owned(), |against| format!("«{against}»"));
        d.record(
            Change::PaymentRecorded { receivable: item.id, payment: Payment::set_off(part, on, against) },
            format!("The owner set {part} of {} off against {what}: no money arrived", item.key.name()),
        );
        reduced.push((item.id, part));
    }
    if reduced.is_empty() {
        return;
    }
    let touched: Vec<ReceivableId> = reduced.iter().map(|(id, _)| *id).collect();
    proforma::note_its_invoice(d, &touched);
    settlement::settle(d, &touched, Tender::SetOff);
    close_answered(d, &reduced);
    payments::withdraw_what_it_settles(d, &touched, Tender::SetOff);
    difference::close_outdated(d, &touched);
    proforma::ask_for_the_invoice(d, &touched);
}

/// The customer claimed a set-off of part of it, and the owner booked at least that part: the question is answered, though
/// a rest is open.
fn close_answered(d: &mut Deliberation<'_>, reduced: &[(ReceivableId, Money)]) {
    let is_answered = |case: &Case| {
        case.suggestions.iter().any(|order| match order {
            Order::SetOff { items, amount: Some(claimed), .. } => {
                let on_these = reduced.iter().filter(|(id, _)| items.contains(id)).map(|(_, part)| *part);
                let booked = total(claimed.currency, &on_these.collect::<Vec<_>>());
                booked.cents >= claimed.cents
            }
            _ => false,
        })
    };
    let claims = d.account.open_cases().filter(|case| case.kind == CaseKind::ClaimedPayment);
    let answered: Vec<CaseId> = claims.filter(|case| is_answered(case)).map(|case| case.id).collect();
    for case in answered {
        d.close_case(case, "The owner set off what the customer claimed");
    }
}

/// The order that books what a customer claims: all that is open, or the part that was named, if so much is open.
pub(super) fn as_claimed(account: &Account, items: &[ReceivableId], claimed: Option<Money>, on: NaiveDate) -> Order {
    let is_possible = |amount: &Money| why_too_much(account, items, Some(*amount)).is_none();
    Order::SetOff { items: items.to_vec(), amount: claimed.filter(is_possible), against: None, on }
}

/// What the question about a claim says beside the claim itself, once for each customer.
pub(super) fn advice(account: &Account) -> Option<String> {
    let was_said = account.cases.iter().any(|case| case.particulars.iter().any(|told| told == NOTE_THE_SUPPLIER));
    (!account.customer.is_also_supplier() && !was_said).then(|| NOTE_THE_SUPPLIER.to_owned())
}

/// The books learn of more that was paid on what was set off in part. Whether what they say holds the set-off too nobody
/// can tell: without it as much again would seem open. Nobody is asked for the rest until the owner says so. Is it asked?
pub(super) fn ask_whether_the_books_know(d: &mut Deliberation<'_>, item: ReceivableId) -> bool {
    let Some(item) = d.account.receivable(item).filter(|item| !item.is_settled()).cloned() else { return false };
    let set_off = item.set_off();
    if !set_off.is_positive() {
        return false;
    }
    let (number, open) = (&item.key.name(), item.open());
    let may_be = Money::new(set_off.cents.min(open.cents), open.currency);
    let case = d.open_case(
        NewCase {
            kind: CaseKind::PaymentNotification,
            message: None,
            items: vec![item.id],
            particulars: vec![
                format!("{set_off} of {number} were set off here, and the import says that more of it was paid."),
                format!(
                    "If the books do not know of the set-off, {may_be} of the {open} that seem open are paid; if they \
                     do, all of it is owed."
                ),
            ],
            suggestions: vec![
                Order::Paid { items: vec![item.id], amount: Some(may_be), on: d.today() },
                Order::Resume { items: vec![item.id] },
            ],
        },
        "The import may or may not count what was set off",
    );
    d.place(
        NewHold::about(HoldKind::Review, &[item.id]).case(case),
        format!("The owner says whether the books count what was set off on {number}"),
    );
    true
}
