//! A proforma or *avviso di parcella* and its invoice. One that was paid: the invoice is to be issued (art. 6 d.P.R.
//! 633/1972: at the latest with the payment). Nobody else sees that it was paid, so the owner is told. One whose invoice
//! comes: both are the same debt, and nothing in the books says so; the owner is asked before anybody is.

use super::deliberation::{Deliberation, NewCase, NewHold};
use super::steps::plus_days;
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::event::Order;
use crate::ledger::hold::HoldKind;
use crate::ledger::ids::ReceivableId;
use crate::ledger::receivable::{Closure, Receivable, ReceivableKind};
use chrono::NaiveDate;

/// Of what was just paid: one question for the proformas among it, once for each.
pub(super) fn ask_for_the_invoice(d: &mut Deliberation<'_>, paid: &[ReceivableId]) {
    let was_asked =
        |id| d.account.cases.iter().any(|case| case.kind == CaseKind::IssueInvoice && case.items.contains(&id));
    let is_paid = |item: &&Receivable| {
        // A small remainder that was let go takes nothing back.
        item.kind == ReceivableKind::Proforma
            && matches!(item.closure, None | Some(Closure::WrittenOff))
            && item.is_settled()
            && item.paid().is_positive()
    };
    let paid: Vec<&Receivable> = paid.iter().filter_map(|id| d.account.receivable(*id)).filter(is_paid).collect();
    let paid: Vec<&Receivable> = paid.into_iter().filter(|item| !was_asked(item.id)).collect();
    if paid.is_empty() {
        return;
    }
    let is_set_off = paid.iter().any(|item| item.set_off().is_positive());
    let particulars = paid.iter().map(|item| format!("{}: {}.", item.key.name(), settled_by(item))).collect();
    let items = paid.iter().map(|item| item.id).collect();
    d.open_case(
        NewCase { kind: CaseKind::IssueInvoice, message: None, items, particulars, suggestions: Vec::new() },
        if is_set_off {
            "A proforma was settled by set-off: the invoice is to be issued"
        } else {
            "A proforma was paid: the invoice is to be issued"
        },
    );
}

/// `1,220.00 EUR paid`, `300.00 EUR set off`, or both.
fn settled_by(item: &Receivable) -> String {
    let parts = [(item.received(), "paid"), (item.set_off(), "set off")];
    let parts = parts.iter().filter(|(money, _)| money.is_positive());
    parts.map(|(money, how)| format!("{money} {how}")).collect::<Vec<_>>().join(", ")
}

const fn how(came: bool, set_off: bool) -> &'static str {
    match (came, set_off) {
        (true, true) => "paid and set off, last",
        (false, true) => "set off",
        _ => "paid",
    }
}

/// The orders that book on the invoice what settled its proforma on that day.
fn same_on_the_invoice(proforma: &Receivable, invoice: ReceivableId, on: NaiveDate) -> Vec<Order> {
    let items = vec![invoice];
    let set_off = proforma.set_off();
    if !set_off.is_positive() {
        return vec![Order::Paid { items, amount: None, on }];
    }
    let against = proforma.payments.iter().find_map(|payment| payment.set_off.clone()).and_then(|it| it.against);
    let mut orders = vec![Order::SetOff { items: items.clone(), amount: Some(set_off), against, on }];
    if proforma.received().is_positive() {
        orders.push(Order::Paid { items, amount: None, on });
    }
    orders
}

/// An invoice follows the payment of its proforma at once by law; in practice within a quarter.
const INVOICE_FOLLOWS_DAYS: u32 = 92;

/// Of what is new in an import: an invoice of the same sum as a proforma of this customer. Both wait until the owner has
/// said whether they are one debt.
pub(super) fn ask_about_its_invoice(d: &mut Deliberation<'_>, new: &[ReceivableId]) {
    for id in new {
        let Some(invoice) = d.account.receivable(*id).filter(|item| item.kind == ReceivableKind::Invoice).cloned()
        else {
            continue;
        };
        if invoice.is_settled() {
            continue;
        }
        let Some(proforma) = d.account.receivables.iter().find(|item| is_of(item, &invoice)).cloned() else { continue };
        let items = vec![proforma.id, invoice.id];
        let paid_on = proforma.payments.iter().map(|payment| payment.on).max().filter(|_| proforma.is_settled());
        let (how, first) = match paid_on {
            Some(on) => (
                format!("{} on {on}", how(proforma.received().is_positive(), proforma.set_off().is_positive())),
                same_on_the_invoice(&proforma, invoice.id, on),
            ),
            None => ("still open".to_owned(), vec![Order::WriteOff { items: vec![proforma.id] }]),
        };
        let particulars = vec![
            format!("{}: proforma of {}, {how}.", proforma.key.name(), proforma.amount),
            format!("{}: invoice of {}, new in the import.", invoice.key.name(), invoice.amount),
        ];
        let mut suggestions = first;
        suggestions.push(Order::Resume { items: items.clone() });
        let new = NewCase { kind: CaseKind::SameDebt, message: None, items: items.clone(), particulars, suggestions };
        let case = d.open_case(new, "An invoice of the same sum as a proforma came: perhaps they are one debt");
        d.place(
            NewHold::about(HoldKind::Review, &items).case(case),
            "It waits until the owner has said whether the proforma and the invoice are one debt",
        );
    }
}

/// The owner books on an invoice what had settled its proforma: the invoice that was asked for is there. Before the question
/// whether both are one debt is closed.
pub(super) fn note_its_invoice(d: &mut Deliberation<'_>, settled: &[ReceivableId]) {
    let questions = d.account.open_cases().filter(|case| case.kind == CaseKind::SameDebt);
    let same = questions.filter(|case| case.items.iter().any(|item| settled.contains(item)));
    let issued: Vec<ReceivableId> = same.flat_map(|case| case.items.iter().copied()).collect();
    let asked = d.account.open_cases().filter(|case| case.kind == CaseKind::IssueInvoice);
    let done = asked.filter(|case| case.items.iter().all(|item| issued.contains(item)));
    let done: Vec<_> = done.map(|case| case.id).collect();
    for case in done {
        d.close_case(case, "Its invoice is there");
    }
}

/// The proforma of this invoice, as far as the books show it: of the same sum, not younger, open or paid not long before.
fn is_of(proforma: &Receivable, invoice: &Receivable) -> bool {
    let lately = |on| plus_days(on, INVOICE_FOLLOWS_DAYS) >= invoice.key.issued;
    let paid = proforma.payments.iter().map(|payment| payment.on).max();
    proforma.kind == ReceivableKind::Proforma
        && proforma.amount == invoice.amount
        && proforma.key.issued <= invoice.key.issued
        && (!proforma.is_settled() || proforma.closure.is_none() && paid.is_some_and(lately))
}

/// The owner is being asked whether this proforma and an invoice are one debt.
pub(super) fn gives_way(account: &Account, id: ReceivableId) -> bool {
    let is_proforma = account.receivable(id).is_some_and(|item| item.kind == ReceivableKind::Proforma);
    is_proforma && account.open_cases().any(|case| case.kind == CaseKind::SameDebt && case.items.contains(&id))
}
