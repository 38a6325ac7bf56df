//! Rows to the values of the ledger, once ids are known.

use super::rows::{CustomerRow, ReceivableRow};
use crate::ledger::arranged::Arranged;
use crate::ledger::credit::Credit;
use crate::ledger::customer::Customer;
use crate::ledger::ids::{CustomerId, ReceivableId};
use crate::ledger::receivable::{Payment, Receivable};
use chrono::NaiveDate;

impl CustomerRow {
    /// The customer under an id. Of one that is known already, hand in what is known of earlier imports: that an address
    /// is dead, and contacts and codes which the file does not mention, stay. What the owner arranged by hand is no part
    /// of it.
    #[must_use]
    pub fn to_customer(&self, id: CustomerId, known: Option<&Customer>) -> Customer {
        let mut contacts = self.contacts.clone();
        for old in known.map(|known| known.contacts.as_slice()).unwrap_or_default() {
            match contacts.iter_mut().find(|contact| contact.address == old.address) {
                Some(contact) => {
                    contact.bounced = old.bounced;
                    contact.name = contact.name.take().or_else(|| old.name.clone());
                }
                // A file without addresses must not take away those that are on file.
                None if self.contacts.is_empty() => contacts.push(old.clone()),
                None => {}
            }
        }
        let code = |new: &Option<String>, old: Option<&Option<String>>| new.clone().or_else(|| old.cloned().flatten());
        Customer {
            id,
            external_id: code(&self.external_id, known.map(|known| &known.external_id)),
            name: self.name.clone(),
            vat_number: code(&self.vat_number, known.map(|known| &known.vat_number)),
            tax_code: code(&self.tax_code, known.map(|known| &known.tax_code)),
            kind: self.kind,
            language: self.language,
            register: self.register,
            country: code(&self.country, known.map(|known| &known.country)),
            contacts,
            vip: self.vip || known.is_some_and(|known| known.vip),
            do_not_contact: self.do_not_contact || known.is_some_and(|known| known.do_not_contact),
            phone: code(&self.phone, known.map(|known| &known.phone)),
            payment_day: self.payment_day.or_else(|| known.and_then(|known| known.payment_day)),
            arranged: Arranged::default(),
        }
    }
}

impl ReceivableRow {
    /// The receivable under an id, as a new one. What the file says was paid counts as known on the day of the import.
    #[must_use]
    pub fn to_receivable(
        &self,
        id: ReceivableId,
        customer: CustomerId,
        today: NaiveDate,
        payments_known_up_to: Option<NaiveDate>,
    ) -> Receivable {
        // What is used up of a credit note is below zero, as its amount is.
        let paid = self.paid.filter(|paid| paid.cents != 0);
        Receivable {
            id,
            customer,
            key: self.key.clone(),
            kind: self.kind,
            due: self.due,
            amount: self.amount,
            credited: self.credited,
            payments: paid.map(|amount| Payment::arrived(amount, today)).into_iter().collect(),
            description: self.description.clone(),
            contract: self.contract.clone(),
            bank_account: self.bank_account.clone(),
            collection: self.collection,
            closure: None,
            missing_since: None,
            known_since: today,
            payments_known_up_to,
            released: false,
            cycle: 0,
            credit: Credit { named: self.reduces.clone(), ..Credit::default() },
            terms: self.terms.clone(),
            tolerated_until: self.tolerated_until,
            came_back: None,
            exchange: self.exchange.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::import::{ColumnMap, DateOrder, ImportDefaults, Row, read_receivables};
    use crate::ledger::ids::{CustomerId, ReceivableId};
    use crate::ledger::money::{Currency, Money};
    use crate::ledger::words::{DebtorKind, Language, Register};
    use chrono::NaiveDate;

    fn row(line: &str) -> Row {
        let defaults = ImportDefaults {
            date_order: DateOrder::DayFirst,
            currency: Currency::EUR,
            issuer: "Studio Ferri".into(),
            kind: DebtorKind::Firm,
            language: None,
            firm_language: Language::Italian,
            register: Register::Formal,
            bank_accounts: Vec::new(),
        };
        let text = format!("Numero;Data;Scadenza;Importo;Pagato;Cliente;Email;VIP\n{line}\n");
        let read = read_receivables(text.as_bytes(), "x.csv", &ColumnMap::default(), &defaults);
        read.rows.into_iter().next().expect("a row")
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 10, 12).expect("a day")
    }

    #[test]
    fn what_the_file_says_was_paid_counts_from_the_beginning() {
        let first = row("1;01/09/2026;01/10/2026;100,00;40,00;B;a@b.example;");
        let known = first.receivable.to_receivable(ReceivableId(1), CustomerId(1), today(), None);
        assert_eq!(known.open(), Money::eur(6_000));
    }

    #[test]
    fn a_dead_address_stays_dead_and_a_wish_stays_a_wish() {
        let mut known = row("1;01/09/2026;01/10/2026;1,00;;B;a@b.example;sì").customer.to_customer(CustomerId(1), None);
        known.contacts[0].bounced = true;
        let again =
            row("1;01/09/2026;01/10/2026;1,00;;B;a@b.example;").customer.to_customer(CustomerId(1), Some(&known));
        assert!(again.contacts[0].bounced && again.vip);
        let silent = row("1;01/09/2026;01/10/2026;1,00;;B;;").customer.to_customer(CustomerId(1), Some(&known));
        assert_eq!(silent.contacts, known.contacts);
        let moved =
            row("1;01/09/2026;01/10/2026;1,00;;B;c@b.example;").customer.to_customer(CustomerId(1), Some(&known));
        assert_eq!(moved.contacts.len(), 1);
    }
}
