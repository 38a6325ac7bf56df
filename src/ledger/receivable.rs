//! A receivable: one amount due on one day under one document number.

use super::credit::Credit;
use super::exchange::Exchange;
use super::ids::{BankAccountId, CustomerId, ReceivableId};
use super::money::Money;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What is owed. Holds live beside it in the account; the word shown is derived by [`super::account::Account::status`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receivable {
    /// Given by the store.
    pub id: ReceivableId,
    /// Who owes.
    pub customer: CustomerId,
    /// What makes it this receivable and no other.
    pub key: ReceivableKey,
    /// Invoice, instalment, proforma, credit note.
    pub kind: ReceivableKind,
    /// The day on which it is to be paid, as agreed at first.
    pub due: NaiveDate,
    /// Net to pay (after withholding and split VAT) as imported.
    pub amount: Money,
    /// Reduced by so much in the books themselves; see [`super::credit`] for credit notes that were linked here.
    pub credited: Money,
    /// Money recorded against it, and what was set off, oldest first.
    pub payments: Vec<Payment>,
    /// What was delivered, in a few words.
    pub description: Option<String>,
    /// The order or contract that it belongs to, as the firm writes it.
    #[serde(default)]
    pub contract: Option<String>,
    /// The firm's account printed on the document; an unknown IBAN in an import is a problem, never a new account.
    pub bank_account: Option<BankAccountId>,
    /// Who collects it, when it is not the firm by mail.
    pub collection: Collection,
    /// Closed other than by payment.
    pub closure: Option<Closure>,
    /// The day of the import in which it was missing first; asked about, never closed silently.
    pub missing_since: Option<NaiveDate>,
    /// The day on which it became known here.
    pub known_since: NaiveDate,
    /// Payments are known up to this day: nothing is chased on staler knowledge.
    pub payments_known_up_to: Option<NaiveDate>,
    /// The owner looked at it after it arrived already long overdue; see `first_run_overdue_days`.
    pub released: bool,
    /// Counts up when a deferral gives the ladder a new start.
    pub cycle: u32,
    /// Credit notes that reduce it, or what this one reduces.
    #[serde(default, skip_serializing_if = "Credit::is_empty")]
    pub credit: Credit,
    /// The terms of payment as the books write them; see [`super::payment_terms`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
    /// The last day that some reading of the terms allows, where that is later than the due date: nobody is called late
    /// before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerated_until: Option<NaiveDate>,
    /// The day on which it became known that the bank could not collect it (*insoluto*): the firm's own again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_back: Option<NaiveDate>,
    /// What a public body finds and pays it by; see [`super::exchange`].
    #[serde(default, skip_serializing_if = "Exchange::is_empty")]
    pub exchange: Exchange,
}

/// Issuer + number as written + issue date + instalment. Normalised numbers only search.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReceivableKey {
    /// The firm that issued it (VAT number or name in the settings).
    pub issuer: String,
    /// The number as written on the document.
    pub number: String,
    /// The date on the document.
    pub issued: NaiveDate,
    /// 0 for the whole, 1… for instalments.
    pub instalment: u16,
}

impl ReceivableKey {
    /// Of one document, whatever the instalment?
    #[must_use]
    pub fn is_same_document(&self, other: &Self) -> bool {
        (&self.issuer, &self.number, self.issued) == (&other.issuer, &other.number, other.issued)
    }

    /// What the owner calls it and finds it by: the number, with `#2` behind it for the second instalment.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        match self.instalment {
            0 => Cow::Borrowed(&self.number),
            instalment => Cow::Owned(format!("{}#{instalment}", self.number)),
        }
    }
}

super::words::word!(
    /// Sorts of receivable.
    ReceivableKind {
        /// An invoice due in one sum.
        Invoice = "invoice",
        /// One of several dates of an invoice.
        Instalment = "instalment",
        /// A request before the invoice: no law of late payment.
        Proforma = "proforma",
        /// We owe the customer: reduces what is open.
        CreditNote = "credit_note",
        /// Not issued yet: nothing is owed, and nothing is ever asked for.
        Planned = "planned",
    }
);

super::words::word!(
    /// Who collects a receivable.
    Collection {
        /// The firm, by transfer: the normal case.
        Own = "own",
        /// The firm's bank (RiBa, SDD): chased only after it came back unpaid.
        Bank = "bank",
        /// Sold to a factor: never chased by us.
        Factored = "factored",
        /// Advanced by a bank: chased, but never deferred automatically.
        Advanced = "advanced",
    }
);

super::words::word!(
    /// How a receivable ended without full payment.
    Closure {
        /// The owner gave it up.
        WrittenOff = "written_off",
        /// With a lawyer or an agency: nothing leaves any more.
        HandedOver = "handed_over",
        /// The owner confirmed that it is gone from the books.
        Withdrawn = "withdrawn",
    }
);

impl Collection {
    /// Is it paid to an account of the firm's, so that our bank details may be told for it?
    #[must_use]
    pub const fn is_paid_to_us(self) -> bool {
        matches!(self, Self::Own | Self::Advanced)
    }
}

/// What took so much off a receivable, by the word of the owner or of an import; never by a customer's: money that arrived,
/// or a debt of the firm's own that it was set off against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// How much.
    pub amount: Money,
    /// The day it arrived, or was set off.
    pub on: NaiveDate,
    /// Nothing arrived: it was set off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_off: Option<SetOff>,
}

/// A set-off (*compensazione*): two debts that cancel out, and no money moves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetOff {
    /// The debt of the firm's own, in the owner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
}

impl Payment {
    /// Money that arrived.
    #[must_use]
    pub const fn arrived(amount: Money, on: NaiveDate) -> Self {
        Self { amount, on, set_off: None }
    }

    /// Set off against a debt of the firm's own; `against` is what the owner calls it.
    #[must_use]
    pub fn set_off(amount: Money, on: NaiveDate, against: Option<&str>) -> Self {
        Self { amount, on, set_off: Some(SetOff { against: against.map(str::to_owned) }) }
    }
}

impl Receivable {
    /// Who collects it now: what came back from the bank unpaid is the firm's own.
    #[must_use]
    pub const fn collected_by(&self) -> Collection {
        match (self.collection, self.came_back) {
            (Collection::Bank, Some(_)) => Collection::Own,
            (collection, _) => collection,
        }
    }

    /// What is still to be paid; never below zero, and zero once closed.
    #[must_use]
    pub fn open(&self) -> Money {
        if self.closure.is_some() {
            return Money::zero(self.amount.currency);
        }
        let paid = self.paid();
        let rest = self.amount.minus(self.credited).and_then(|rest| rest.minus(self.linked_credit()));
        let rest = rest.and_then(|rest| rest.minus(paid));
        match rest {
            Some(rest) if rest.cents > 0 => rest,
            _ => Money::zero(self.amount.currency),
        }
    }

    /// The sum of all that is recorded as paid, in money or by set-off.
    #[must_use]
    pub fn paid(&self) -> Money {
        super::money::total(self.amount.currency, self.payments.iter().map(|payment| &payment.amount))
    }

    /// The part of it that arrived as money: what alone may be called received.
    #[must_use]
    pub fn received(&self) -> Money {
        let money = self.payments.iter().filter(|payment| payment.set_off.is_none());
        super::money::total(self.amount.currency, money.map(|payment| &payment.amount))
    }

    /// The part of it that was set off against debts of the firm's own.
    #[must_use]
    pub fn set_off(&self) -> Money {
        let set_off = self.payments.iter().filter(|payment| payment.set_off.is_some());
        super::money::total(self.amount.currency, set_off.map(|payment| &payment.amount))
    }

    /// Something that a customer may owe: neither a credit note nor a document that is only planned.
    #[must_use]
    pub const fn is_owed(&self) -> bool {
        !matches!(self.kind, ReceivableKind::CreditNote | ReceivableKind::Planned)
    }

    /// Nothing is left to pay.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        !self.open().is_positive()
    }
}
