//! Who owes: a customer and the people there whom the firm may write to.

use super::arranged::Arranged;
use super::ids::{Address, CustomerId};
use super::words::{DebtorKind, Language, Register};
use serde::{Deserialize, Serialize};

/// A customer as imported, with what the owner arranged laid over it. One account in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Given by the store.
    pub id: CustomerId,
    /// The accounting program's own code, when there is one: the strongest identity.
    pub external_id: Option<String>,
    /// Name as it stands on invoices.
    pub name: String,
    /// VAT number with country prefix where given, upper case, no blanks.
    pub vat_number: Option<String>,
    /// Fiscal code, upper case.
    pub tax_code: Option<String>,
    /// Firm, consumer, public body, …
    pub kind: DebtorKind,
    /// Language to write in; the import resolves it (customer, country, firm).
    pub language: Language,
    /// Form of address.
    pub register: Register,
    /// ISO 3166 country code, when known.
    pub country: Option<String>,
    /// People on file, in the order of preference. The only addresses that mail may go to.
    pub contacts: Vec<Contact>,
    /// The owner approves every mail to this customer.
    pub vip: bool,
    /// No mail to this customer at all.
    pub do_not_contact: bool,
    /// Where to call, as imported; see [`Customer::phone`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The day of the month on which it always pays, as imported; see [`Customer::payment_day`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_day: Option<u32>,
    /// What the owner arranged for this customer by hand, in `customers.toml`.
    #[serde(default, skip_serializing_if = "Arranged::is_empty")]
    pub arranged: Arranged,
}

/// An address on file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The address.
    pub address: Address,
    /// The person or office («Anna Rossi», «Ufficio amministrazione»), when known.
    pub name: Option<String>,
    /// What it is used for.
    pub role: ContactRole,
    /// A delivery to it failed for good: not used until the owner mends it.
    pub bounced: bool,
}

super::words::word!(
    /// What an address on file is used for.
    ContactRole {
        /// Reminders and answers go here.
        Primary = "primary",
        /// Copied on every mail to the customer.
        Copy = "copy",
        /// The certified address (PEC): the letters that the owner signs go there, and nothing else.
        Pec = "pec",
        /// On file so that its mails are recognised; nothing is sent there of our own accord.
        Other = "other",
    }
);

impl Customer {
    /// A customer of whom only a name is known: nobody's address, Italian, in the formal register.
    #[must_use]
    pub fn named(id: CustomerId, name: &str) -> Self {
        Self {
            id,
            external_id: None,
            name: name.to_owned(),
            vat_number: None,
            tax_code: None,
            kind: DebtorKind::Unknown,
            language: Language::Italian,
            register: Register::Formal,
            country: None,
            contacts: Vec::new(),
            vip: false,
            do_not_contact: false,
            phone: None,
            payment_day: None,
            arranged: Arranged::default(),
        }
    }

    /// Where to call: as the owner arranged it, else as imported.
    #[must_use]
    pub fn phone(&self) -> Option<&str> {
        self.arranged.phone.as_deref().or(self.phone.as_deref())
    }

    /// The day of the month on which it always pays: as the owner arranged it, else as imported.
    #[must_use]
    pub fn payment_day(&self) -> Option<u32> {
        self.arranged.payment_day.or(self.payment_day)
    }

    /// Where mail goes: the first usable primary contact, else nothing.
    #[must_use]
    pub fn primary_contact(&self) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.role == ContactRole::Primary && !contact.bounced)
    }

    /// The certified address, where one is on file and works.
    #[must_use]
    pub fn pec(&self) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.role == ContactRole::Pec && !contact.bounced)
    }

    /// How it is written to: a public body never with a pronoun, unless the owner chose the plural.
    #[must_use]
    pub const fn written_register(&self) -> Register {
        match (self.kind, self.register) {
            (DebtorKind::PublicBody, Register::Formal | Register::Informal) => Register::Impersonal,
            (_, register) => register,
        }
    }

    /// Usable addresses copied on every mail.
    pub fn copies(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.iter().filter(|contact| contact.role == ContactRole::Copy && !contact.bounced)
    }

    /// Is the address on file, usable or not?
    #[must_use]
    pub fn contact(&self, address: &Address) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.address == *address)
    }
}
