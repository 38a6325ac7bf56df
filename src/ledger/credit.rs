//! Credit notes: what each takes off which invoice. The books' own figure (`credited` of a receivable) is another thing:
//! what is linked here comes on top of it.

use super::account::Account;
use super::ids::ReceivableId;
use super::money::{Money, total};
use super::receivable::{Receivable, ReceivableKind};
use serde::{Deserialize, Serialize};

/// The side of a receivable that has to do with credit notes. Empty for most.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Credit {
    /// Of a credit note: the invoice that it reduces, in the words of the books.
    #[serde(default)]
    pub named: Option<String>,
    /// Of a credit note: the owner said what becomes of it. Nothing is linked or asked by itself any more.
    #[serde(default)]
    pub decided: bool,
    /// Of an invoice: the credit notes that reduce it, in the order in which they were linked.
    #[serde(default)]
    pub applied: Vec<Applied>,
}

/// What one credit note takes off one invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Which credit note.
    pub note: ReceivableId,
    /// How much; zero when it was taken back.
    pub amount: Money,
    /// The books count it among what is paid: of what they call paid so much is no money that arrived.
    pub in_paid: bool,
}

impl Credit {
    /// Nothing is known of credit notes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.named.is_none() && !self.decided && self.applied.is_empty()
    }

    /// What this note takes off; zero stands for nothing.
    #[must_use]
    pub fn of(&self, note: ReceivableId) -> Option<&Applied> {
        self.applied.iter().find(|applied| applied.note == note)
    }

    /// One link a note: the newer takes the place of the older.
    pub fn set(&mut self, new: Applied) {
        match self.applied.iter_mut().find(|applied| applied.note == new.note) {
            Some(old) => *old = new,
            None => self.applied.push(new),
        }
    }
}

impl Receivable {
    /// What linked credit notes take off it.
    #[must_use]
    pub fn linked_credit(&self) -> Money {
        total(self.amount.currency, self.credit.applied.iter().map(|applied| &applied.amount))
    }

    /// Of that, what the books count among what is paid.
    #[must_use]
    pub fn credit_in_paid(&self) -> Money {
        let in_paid = self.credit.applied.iter().filter(|applied| applied.in_paid);
        total(self.amount.currency, in_paid.map(|applied| &applied.amount))
    }

    /// Of a credit note: what the books have not used up. Zero for everything else.
    #[must_use]
    pub fn credit_in_books(&self) -> Money {
        let zero = Money::zero(self.amount.currency);
        if self.kind != ReceivableKind::CreditNote {
            return zero;
        }
        self.paid().minus(self.amount).filter(|left| left.is_positive()).unwrap_or(zero)
    }
}

impl Account {
    /// Of a credit note: what reduces no invoice. Zero once it is closed, or gone from the books' list.
    #[must_use]
    pub fn credit_left(&self, note: &Receivable) -> Money {
        let zero = Money::zero(note.amount.currency);
        if note.closure.is_some() || note.missing_since.is_some() {
            return zero;
        }
        let applied = self.receivables.iter().filter_map(|item| item.credit.of(note.id)).map(|applied| &applied.amount);
        let applied = total(note.amount.currency, applied);
        note.credit_in_books().minus(applied).filter(|left| left.is_positive()).unwrap_or(zero)
    }

    /// The same, as long as the owner has not said that it stays so: it counts against what the customer owes.
    #[must_use]
    pub fn credit_in_doubt(&self, note: &Receivable) -> Money {
        if note.credit.decided { Money::zero(note.amount.currency) } else { self.credit_left(note) }
    }

    /// Credit notes of which something reduces no invoice yet, and of which the owner has not said that it stays so;
    /// oldest first.
    #[must_use]
    pub fn loose_credit(&self) -> Vec<&Receivable> {
        let mut notes: Vec<&Receivable> = self
            .receivables
            .iter()
            .filter(|item| item.kind == ReceivableKind::CreditNote && self.credit_in_doubt(item).is_positive())
            .collect();
        notes.sort_by_key(|note| (note.key.issued, note.id));
        notes
    }
}
