//! The firm's own bank accounts: the only payment details that ever leave.

use super::ids::BankAccountId;
use super::money::Currency;
use serde::{Deserialize, Serialize};

/// One of the firm's accounts, as checked by the owner in the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccount {
    /// Its name in the settings.
    pub id: BankAccountId,
    /// What it takes.
    pub currency: Currency,
    /// IBAN in electronic form (ISO 13616): upper case, no blanks, check digits verified.
    pub iban: String,
    /// BIC (ISO 9362), when given.
    pub bic: Option<String>,
    /// The account holder, as the payer's bank will compare it.
    pub holder: String,
}

impl BankAccount {
    /// The printed form: groups of four.
    #[must_use]
    pub fn printed_iban(&self) -> String {
        let letters: Vec<char> = self.iban.chars().collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }
}
