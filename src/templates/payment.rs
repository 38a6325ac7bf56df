//! How each document of a letter is paid: to one of the firm's accounts, or not by transfer at all.

use super::clean::clean;
use super::letter::RenderFailure;
use super::letterhead::Letterhead;
use super::naming::reference_of;
use super::wording::Wording;
use crate::ledger::bank_account::BankAccount;
use crate::ledger::receivable::{Collection, Receivable};
use crate::ledger::words::Language;

/// Items that are paid in the same way.
#[derive(Debug, Clone)]
pub(super) struct PaymentGroup<'a> {
    pub(super) way: Way<'a>,
    pub(super) items: Vec<&'a Receivable>,
}

/// Where the money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way<'a> {
    /// To one of the firm's accounts.
    Account(&'a BankAccount),
    /// To the account that the invoice names.
    AsOnInvoice,
    /// The customer's bank is asked for it (RiBa, SDD): a transfer would pay twice.
    Bank,
    /// To the factor: a payment to the firm would not free the customer.
    Factor,
}

impl Way<'_> {
    /// What stands in the place of an account.
    pub(super) const fn words(self, words: &'static Wording) -> &'static str {
        match self {
            Self::Account(_) | Self::AsOnInvoice => words.as_on_invoice,
            Self::Bank => words.bank_collects,
            Self::Factor => words.factor_collects,
        }
    }
}

/// What a transfer needs, line by line.
pub(super) fn details<'w>(
    account: &BankAccount,
    items: &[&Receivable],
    language: Language,
) -> impl Iterator<Item = (&'w str, String)> + use<'w> {
    let words = Wording::of(language);
    let reference = format!("{}{}", words.settlement, reference_of(items, language));
    [
        Some((words.payee, clean(&account.holder))),
        Some(("IBAN", account.printed_iban())),
        account.bic.as_ref().map(|bic| ("BIC", clean(bic))),
        Some((words.reference, reference)),
    ]
    .into_iter()
    .flatten()
}

/// The items by the account that they are paid to, in the order of the items. This is the last guard: whatever was
/// decided, no text tells the firm's account for what is not paid to it.
pub(super) fn payment_groups<'a>(
    items: &[&'a Receivable],
    letterhead: &'a Letterhead,
) -> Result<Vec<PaymentGroup<'a>>, RenderFailure> {
    let mut groups: Vec<PaymentGroup<'a>> = Vec::new();
    for item in items {
        let way = match item.collected_by() {
            Collection::Bank => Way::Bank,
            Collection::Factored => Way::Factor,
            Collection::Own | Collection::Advanced => {
                account_of(item, letterhead)?.map_or(Way::AsOnInvoice, Way::Account)
            }
        };
        match groups.iter_mut().find(|group| group.way == way) {
            Some(group) => group.items.push(item),
            None => groups.push(PaymentGroup { way, items: vec![item] }),
        }
    }
    Ok(groups)
}

/// The account printed on the document. A firm with a single account prints that one everywhere.
fn account_of<'a>(item: &Receivable, letterhead: &'a Letterhead) -> Result<Option<&'a BankAccount>, RenderFailure> {
    match (&item.bank_account, letterhead.bank_accounts.as_slice()) {
        (Some(id), accounts) => accounts
            .iter()
            .find(|account| account.id == *id)
            .map(Some)
            .ok_or_else(|| RenderFailure::NoBankAccount(format!("`{}` ({id})", clean(&item.key.number)))),
        (None, [only]) if only.currency == item.amount.currency => Ok(Some(only)),
        (None, _) => Ok(None),
    }
}
