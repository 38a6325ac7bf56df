//! What the owner arranges for a customer by hand, laid over what imports say.
//!
//! The overlaid values stand in the customer itself, where everybody looks for them; what the import said of them is kept
//! beside, so that taking a line out of the file gives it back, and an import does not take the line away.

use super::customer::{Contact, ContactRole, Customer};
use super::ids::{Address, GroupName, LadderName};
use super::words::{DebtorKind, Language, Register};
use serde::{Deserialize, Serialize};

/// The last day of a month by number: in a shorter month it stands for the last one.
pub const LAST_DAY_OF_MONTH: u32 = 31;

/// What is arranged for one customer: the part that no import knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arranged {
    /// The group it belongs to by the owner's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupName>,
    /// The ladder that it climbs, in the place of its kind's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<LadderName>,
    /// *Riservato* (patients, clients of lawyers): no description, no list, no attachment, nothing quoted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confidential: bool,
    /// Also a supplier of the firm's: nothing firm leaves without the owner's yes, since it may be set off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub also_supplier: bool,
    /// Where to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The day of the month on which this customer always pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_day: Option<u32>,
    /// The day of the month on which it gets the list of what is open; 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement_day: Option<u32>,
    /// What the import said of what is overlaid; `None` where nothing that an import says is overlaid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Box<AsImported>>,
}

/// Those particulars of an import that the owner may overrule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsImported {
    /// Kind of debtor.
    pub kind: DebtorKind,
    /// Language.
    pub language: Language,
    /// Form of address.
    pub register: Register,
    /// Addresses on file.
    pub contacts: Vec<Contact>,
    /// The owner approves.
    pub vip: bool,
    /// Not to be written to.
    pub do_not_contact: bool,
}

/// What the owner's file says of a customer. What it does not say stays as imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Kind of debtor.
    pub kind: Option<DebtorKind>,
    /// Language.
    pub language: Option<Language>,
    /// Form of address.
    pub register: Option<Register>,
    /// Group.
    pub group: Option<GroupName>,
    /// Ladder by name.
    pub ladder: Option<LadderName>,
    /// The owner approves every mail; `false` takes back what an import set.
    pub vip: Option<bool>,
    /// No mail at all; `false` takes back what an import set.
    pub do_not_contact: Option<bool>,
    /// Nothing of what was delivered is shown or quoted.
    pub confidential: Option<bool>,
    /// Also a supplier: the owner approves what is firm.
    pub also_supplier: Option<bool>,
    /// The address to write to.
    pub email: Option<Address>,
    /// The certified address.
    pub pec: Option<Address>,
    /// The person behind it.
    pub contact: Option<String>,
    /// The addresses copied; an empty list takes back those of an import.
    pub copy: Option<Vec<Address>>,
    /// Where to call.
    pub phone: Option<String>,
    /// The day of the month on which it pays.
    pub payment_day: Option<u32>,
    /// The day of the month on which it gets the list of what is open; 0 for none.
    pub statement_day: Option<u32>,
}

impl Arranged {
    /// Nothing is arranged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Wishes {
    /// These wishes, and where they say nothing those of the group.
    #[must_use]
    pub fn over(&self, group: &Self) -> Self {
        Self {
            kind: self.kind.or(group.kind),
            language: self.language.or(group.language),
            register: self.register.or(group.register),
            group: self.group.clone().or_else(|| group.group.clone()),
            ladder: self.ladder.clone().or_else(|| group.ladder.clone()),
            vip: self.vip.or(group.vip),
            do_not_contact: self.do_not_contact.or(group.do_not_contact),
            confidential: self.confidential.or(group.confidential),
            also_supplier: self.also_supplier.or(group.also_supplier),
            email: self.email.clone().or_else(|| group.email.clone()),
            pec: self.pec.clone().or_else(|| group.pec.clone()),
            contact: self.contact.clone().or_else(|| group.contact.clone()),
            copy: self.copy.clone().or_else(|| group.copy.clone()),
            phone: self.phone.clone().or_else(|| group.phone.clone()),
            payment_day: self.payment_day.or(group.payment_day),
            statement_day: self.statement_day.or(group.statement_day),
        }
    }
}

impl Customer {
    /// The customer as imports say, without anything that the owner arranged. That an address is dead is known still.
    #[must_use]
    pub fn as_imported(&self) -> Self {
        let mut bare = self.clone();
        let arranged = std::mem::take(&mut bare.arranged);
        if let Some(said) = arranged.imported {
            let AsImported { kind, language, register, contacts, vip, do_not_contact } = *said;
            bare = Self { kind, language, register, contacts, vip, do_not_contact, ..bare };
            bare.remember_bounces(&self.contacts);
        }
        bare
    }

    /// This customer, as imported, with the owner's wishes laid over it.
    #[must_use]
    pub fn with(&self, wishes: &Wishes) -> Self {
        let base = self.as_imported();
        let mut new = base.clone();
        new.kind = wishes.kind.unwrap_or(new.kind);
        new.language = wishes.language.unwrap_or(new.language);
        new.register = wishes.register.unwrap_or(new.register);
        new.vip = wishes.vip.unwrap_or(new.vip);
        new.do_not_contact = wishes.do_not_contact.unwrap_or(new.do_not_contact);
        new.write_to(wishes);
        new.remember_bounces(&self.contacts);
        let Self { kind, language, register, contacts, vip, do_not_contact, .. } = base;
        let said = AsImported { kind, language, register, contacts, vip, do_not_contact };
        let is_overlaid = said
            != AsImported {
                kind: new.kind,
                language: new.language,
                register: new.register,
                contacts: new.contacts.clone(),
                vip: new.vip,
                do_not_contact: new.do_not_contact,
            };
        new.arranged = Arranged {
            group: wishes.group.clone(),
            ladder: wishes.ladder.clone(),
            confidential: wishes.confidential.unwrap_or(false),
            also_supplier: wishes.also_supplier.unwrap_or(false),
            phone: wishes.phone.clone(),
            payment_day: wishes.payment_day,
            statement_day: wishes.statement_day,
            imported: is_overlaid.then(|| Box::new(said)),
        };
        new
    }

    /// Nothing of what was delivered may be shown, attached or quoted.
    #[must_use]
    pub const fn is_confidential(&self) -> bool {
        self.arranged.confidential
    }

    /// A supplier of the firm's too, by the owner's word.
    #[must_use]
    pub const fn is_also_supplier(&self) -> bool {
        self.arranged.also_supplier
    }

    /// The address and the copies that the owner prefers. What an import named instead stays on file, so that its mails
    /// are recognised.
    fn write_to(&mut self, wishes: &Wishes) {
        let on_file = |contacts: &mut Vec<Contact>, address: &Address, role: ContactRole| {
            let known = contacts.iter().position(|contact| contact.address == *address);
            let mut contact = match known {
                Some(at) => contacts.remove(at),
                None => Contact { address: address.clone(), name: None, role, bounced: false },
            };
            contact.role = role;
            contact
        };
        if let Some(copies) = &wishes.copy {
            for contact in self.contacts.iter_mut().filter(|contact| contact.role == ContactRole::Copy) {
                contact.role = ContactRole::Other;
            }
            for address in copies {
                let contact = on_file(&mut self.contacts, address, ContactRole::Copy);
                self.contacts.push(contact);
            }
        }
        if let Some(address) = &wishes.email {
            for contact in self.contacts.iter_mut().filter(|contact| contact.role == ContactRole::Primary) {
                contact.role = ContactRole::Other;
            }
            let contact = on_file(&mut self.contacts, address, ContactRole::Primary);
            self.contacts.insert(0, contact);
        }
        if let Some(address) = &wishes.pec
            && !self.contacts.iter().any(|contact| contact.role == ContactRole::Primary && contact.address == *address)
        {
            for contact in self.contacts.iter_mut().filter(|contact| contact.role == ContactRole::Pec) {
                contact.role = ContactRole::Other;
            }
            let contact = on_file(&mut self.contacts, address, ContactRole::Pec);
            self.contacts.push(contact);
        }
        if let Some(name) = &wishes.contact
            && let Some(contact) = self.contacts.iter_mut().find(|contact| contact.role == ContactRole::Primary)
        {
            contact.name = Some(name.clone());
        }
    }

    fn remember_bounces(&mut self, known: &[Contact]) {
        for contact in &mut self.contacts {
            contact.bounced |= known.iter().any(|old| old.address == contact.address && old.bounced);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ids::CustomerId;

    fn address(text: &str) -> Address {
        Address::parse(text).expect("an address")
    }

    fn contact(text: &str, role: ContactRole) -> Contact {
        Contact { address: address(text), name: None, role, bounced: false }
    }

    fn imported() -> Customer {
        Customer {
            id: CustomerId(1),
            external_id: Some("K1".to_owned()),
            name: "Bianchi Srl".to_owned(),
            vat_number: None,
            tax_code: None,
            kind: DebtorKind::Firm,
            language: Language::Italian,
            register: Register::Formal,
            country: None,
            contacts: vec![
                contact("info@bianchi.example", ContactRole::Primary),
                contact("studio@bianchi.example", ContactRole::Copy),
            ],
            vip: true,
            do_not_contact: false,
            phone: None,
            payment_day: None,
            arranged: Arranged::default(),
        }
    }

    #[test]
    fn what_the_import_said_is_given_back() {
        let wishes = Wishes {
            vip: Some(false),
            register: Some(Register::Informal),
            email: Some(address("anna@bianchi.example")),
            contact: Some("Anna".to_owned()),
            copy: Some(Vec::new()),
            phone: Some("+39 02 5550110".to_owned()),
            ..Wishes::default()
        };
        let new = imported().with(&wishes);
        assert!(!new.vip && new.register == Register::Informal);
        assert_eq!(new.primary_contact().map(|contact| contact.address.as_str()), Some("anna@bianchi.example"));
        assert_eq!(new.primary_contact().and_then(|contact| contact.name.as_deref()), Some("Anna"));
        assert_eq!(new.copies().count(), 0);
        assert!(new.contact(&address("info@bianchi.example")).is_some(), "its mails are still recognised");
        assert_eq!(new.with(&wishes), new, "laid over twice it is the same");
        assert_eq!(new.as_imported(), imported());
        assert_eq!(new.with(&Wishes::default()), imported());
    }

    #[test]
    fn a_dead_address_stays_dead_under_the_overlay_and_without_it() {
        let mut new = imported().with(&Wishes { vip: Some(false), ..Wishes::default() });
        new.contacts[0].bounced = true;
        assert!(new.with(&Wishes { vip: Some(true), ..Wishes::default() }).contacts[0].bounced);
        assert!(new.as_imported().contacts[0].bounced);
    }

    #[test]
    fn stored_customers_of_before_have_nothing_arranged() {
        let stored = serde_json::to_string(&imported()).expect("json");
        assert!(!stored.contains("arranged"), "{stored}");
        assert_eq!(serde_json::from_str::<Customer>(&stored).expect("a customer"), imported());
        let wishes = Wishes { payment_day: Some(10), vip: Some(false), also_supplier: Some(true), ..Wishes::default() };
        let new = imported().with(&wishes);
        assert!(new.is_also_supplier() && !new.as_imported().is_also_supplier());
        assert!(!new.with(&Wishes::default()).is_also_supplier());
        let (own, group) = (Wishes::default(), wishes);
        assert_eq!(own.over(&group).also_supplier, Some(true), "its group's word, where its own says nothing");
        let stored = serde_json::to_string(&new).expect("json");
        assert_eq!(serde_json::from_str::<Customer>(&stored).expect("a customer"), new);
    }

    #[test]
    fn the_address_of_all_mail_stays_that_when_it_is_certified_too() {
        let wishes = Wishes { pec: Some(address("info@bianchi.example")), ..Wishes::default() };
        let customer = imported().with(&wishes);
        let primary = customer.contacts.iter().find(|contact| contact.role == ContactRole::Primary);
        assert_eq!(primary.map(|contact| contact.address.as_str()), Some("info@bianchi.example"));
    }
}
