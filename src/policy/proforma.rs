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
    let particulars = paid.iter().map(|item| format!("{}: {} paid.", item.key.number, item.paid())).collect();
    let items = paid.iter().map(|item| item.id).collect();
    d.open_case(
        NewCase { kind: CaseKind::IssueInvoice, message: None, items, particulars, suggestions: Vec::new() },
        "A proforma was paid: the invoice is to be issued",
    );
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
            Some(on) => (format!("paid on {on}"), Order::Paid { items: vec![invoice.id], amount: None, on }),
            None => ("still open".to_owned(), Order::WriteOff { items: vec![proforma.id] }),
        };
        let particulars = vec![
            format!("{}: proforma of {}, {how}.", proforma.key.number, proforma.amount),
            format!("{}: invoice of {}, new in the import.", invoice.key.number, invoice.amount),
        ];
        let suggestions = vec![first, Order::Resume { items: items.clone() }];
        let new = NewCase { kind: CaseKind::SameDebt, message: None, items: items.clone(), particulars, suggestions };
        let case = d.open_case(new, "An invoice of the same sum as a proforma came: perhaps they are one debt");
        d.place(
            NewHold::about(HoldKind::Review, &items).case(case),
            "It waits until the owner has said whether the proforma and the invoice are one debt",
        );
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
