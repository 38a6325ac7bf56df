//! Who collects it: for what the bank or a factor collects, nobody is told our bank details, and no answer about paying
//! it leaves by itself (Italian practice: a RiBa or direct debit is presented by the bank, and a transfer beside it would
//! pay twice; what was sold is paid to the factor, and a payment to us would not free the customer, art. 1264 c.c.).

use crate::ledger::account::Account;
use crate::ledger::ids::ReceivableId;
use crate::ledger::receivable::{Collection, Receivable};
use crate::ledger::words::Purpose;

/// Why it is not paid to us; `None` when it is.
pub(super) const fn elsewhere(item: &Receivable) -> Option<&'static str> {
    match item.collected_by() {
        Collection::Factored => Some("It was sold to a factor, who collects it"),
        Collection::Bank => Some("The bank collects it"),
        Collection::Own | Collection::Advanced => None,
    }
}

/// What a mail of this purpose must not say by itself about some of the items; `None` when it may say it.
pub(super) fn barrier(account: &Account, items: &[ReceivableId], purpose: Purpose) -> Option<String> {
    let concerns = |item: &Receivable| match purpose {
        // The list names who collects what; what was sold is left out of it before.
        Purpose::Statement | Purpose::Acknowledgement | Purpose::Thanks => false,
        // The copy of a RiBa invoice says nothing wrong; that of a sold one may show our bank details.
        Purpose::ResendInvoice => item.collected_by() == Collection::Factored,
        _ => true,
    };
    items
        .iter()
        .filter_map(|id| account.receivable(*id))
        .filter(|item| concerns(item))
        .find_map(|item| Some((item, elsewhere(item)?)))
        .map(|(item, why)| match item.collected_by() {
            Collection::Factored => format!("{}: {}; where it is paid is the factor's to say", item.key.name(), why),
            _ => format!("{}: {}; it is not paid by transfer before it came back unpaid", item.key.name(), why),
        })
}
