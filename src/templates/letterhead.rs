//! Who writes: the firm as its letters show it.

use super::blocks::clean;
use super::wording::Wording;
use crate::ledger::bank_account::BankAccount;
use crate::ledger::ids::Address;
use crate::ledger::interest::LatePayment;
use crate::ledger::words::Language;

/// The firm as its letters show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// The firm's name.
    pub firm: String,
    /// The person who signs: a named, reachable person.
    pub person: String,
    /// Telephone of that person.
    pub phone: String,
    /// The address in From and in the envelope.
    pub address: Address,
    /// Further lines under the signature (street, VAT number).
    pub lines: Vec<String>,
    /// The firm's own language.
    pub language: Language,
    /// The owner's checked accounts.
    pub bank_accounts: Vec<BankAccount>,
    /// What its last letters claim beside the capital, and the rates for it.
    pub late_payment: LatePayment,
    /// The firm's VAT number, where the settings name it.
    pub vat_number: Option<String>,
}

impl Letterhead {
    /// The lines under a letter: who signs, the firm, the telephone.
    pub(super) fn signature(&self, language: Language) -> Vec<String> {
        let mut lines = vec![clean(&self.person)];
        if self.firm != self.person {
            lines.push(clean(&self.firm));
        }
        if !self.phone.trim().is_empty() {
            lines.push(format!("{} {}", Wording::of(language).phone, clean(&self.phone)));
        }
        lines.extend(self.lines.iter().map(|line| clean(line)));
        lines.retain(|line| !line.is_empty());
        lines
    }
}
