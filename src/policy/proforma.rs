//! A proforma or *avviso di parcella* that was paid: the invoice is to be issued (art. 6 d.P.R. 633/1972: at the latest with
//! the payment). Nobody else sees that it was paid, so the owner is told.

use super::deliberation::{Deliberation, NewCase};
use crate::ledger::case::CaseKind;
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
