//! Accounts: found, read whole, begun.

use super::error::StoreError;
use super::sql::{all, one, read_parsed_if_any};
use super::{Look, Unit, journal, outbox, state_tables};
use crate::ledger::account::Account;
use crate::ledger::change::{Cause, Change, Entry};
use crate::ledger::customer::Customer;
use crate::ledger::ids::{Address, CommandId, CustomerId, ReceivableId};
use crate::ledger::receivable::ReceivableKey;
use chrono::{DateTime, NaiveDate, Utc};

impl Look<'_> {
    /// A customer's account, with the rows of the outbox that are not over.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn account(&self, id: CustomerId) -> Result<Option<Account>, StoreError> {
        self.in_one_state(|look| {
            let Some(mut account) = state_tables::read(look, id)? else { return Ok(None) };
            account.pending = outbox::pending(look, id)?;
            Ok(Some(account))
        })
    }

    /// Every customer's number, lowest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn account_ids(&self) -> Result<Vec<CustomerId>, StoreError> {
        let text = "SELECT id FROM customer ORDER BY id";
        all(self.connection, "list customers", text, [], |row| Ok(CustomerId(row.get("id")?)))
    }

    /// The issue date of the oldest receivable that is open.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn oldest_open_issue(&self) -> Result<Option<NaiveDate>, StoreError> {
        let text = "SELECT min(issued) AS oldest FROM receivable WHERE settled = 0";
        let oldest = one(self.connection, "look for the oldest open receivable", text, [], |row| {
            read_parsed_if_any(row, "oldest", |text| text.parse::<NaiveDate>().ok())
        })?;
        Ok(oldest.flatten())
    }

    /// Every account of one consistent state. For reports; the agent opens one at a time.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.in_one_state(|look| {
            let mut accounts = Vec::new();
            for id in look.account_ids()? {
                accounts.extend(look.account(id)?);
            }
            Ok(accounts)
        })
    }

    /// The accounts that an order changed.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn accounts_of_order(&self, command: CommandId) -> Result<Vec<CustomerId>, StoreError> {
        let text =
            "SELECT DISTINCT customer FROM journal WHERE command = ?1 AND customer IS NOT NULL ORDER BY customer";
        all(self.connection, "look for the accounts of an order", text, [command.0], |row| {
            Ok(CustomerId(row.get("customer")?))
        })
    }

    /// What a customer is called.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn customer_name(&self, id: CustomerId) -> Result<Option<String>, StoreError> {
        let text = "SELECT name FROM customer WHERE id = ?1";
        one(self.connection, "look for a customer's name", text, [id.0], |row| Ok(row.get::<_, String>("name")?))
    }

    /// The customer with this code of the accounting program.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn customer_with_external_id(&self, external_id: &str) -> Result<Option<CustomerId>, StoreError> {
        let text = "SELECT id FROM customer WHERE external_id = ?1";
        one(self.connection, "find a customer by its code", text, [external_id], |row| Ok(CustomerId(row.get("id")?)))
    }

    /// Customers with this VAT number or fiscal code, as written in [`Customer`].
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn customers_with_fiscal_id(&self, fiscal_id: &str) -> Result<Vec<CustomerId>, StoreError> {
        let text = "SELECT id FROM customer WHERE vat_number = ?1 UNION SELECT id FROM customer WHERE tax_code = ?1 \
                    ORDER BY 1";
        all(self.connection, "find a customer by its fiscal code", text, [fiscal_id], |row| {
            Ok(CustomerId(row.get("id")?))
        })
    }

    /// Customers of this name, as it stands on invoices.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn customers_named(&self, name: &str) -> Result<Vec<CustomerId>, StoreError> {
        let text = "SELECT id FROM customer WHERE name = ?1 ORDER BY id";
        all(self.connection, "find a customer by its name", text, [name], |row| Ok(CustomerId(row.get("id")?)))
    }

    /// Customers with this address on file.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn customers_with_address(&self, address: &Address) -> Result<Vec<CustomerId>, StoreError> {
        let text = "SELECT customer FROM contact WHERE address = ?1 ORDER BY customer";
        all(self.connection, "find a customer by an address", text, [address.as_str()], |row| {
            Ok(CustomerId(row.get("customer")?))
        })
    }

    /// The customers that these particulars may stand for, by the strongest identity that they share: the code, else
    /// VAT number or fiscal code, else name and an address on file. More than one is a question for the owner. A
    /// customer with another code than the one asked for is another customer, whatever else agrees.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn find_customer(&self, like: &Customer) -> Result<Vec<CustomerId>, StoreError> {
        self.in_one_state(|look| {
            if let Some(external_id) = &like.external_id
                && let Some(found) = look.customer_with_external_id(external_id)?
            {
                return Ok(vec![found]);
            }
            let mut found = Vec::new();
            for fiscal_id in [&like.vat_number, &like.tax_code].into_iter().flatten() {
                found.extend(look.customers_with_fiscal_id(fiscal_id)?);
            }
            if found.is_empty() {
                let named = look.customers_named(&like.name)?;
                for contact in &like.contacts {
                    let with_address = look.customers_with_address(&contact.address)?;
                    found.extend(with_address.into_iter().filter(|id| named.contains(id)));
                }
            }
            found.sort_unstable();
            found.dedup();
            if like.external_id.is_some() {
                let text = "SELECT external_id IS NULL AS free FROM customer WHERE id = ?1";
                let mut without_code = Vec::new();
                for id in found {
                    let free = one(look.connection, "look at a customer's code", text, [id.0], |row| {
                        Ok(row.get::<_, bool>("free")?)
                    })?;
                    if free == Some(true) {
                        without_code.push(id);
                    }
                }
                return Ok(without_code);
            }
            Ok(found)
        })
    }

    /// The receivable with this key.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn receivable_id(&self, key: &ReceivableKey) -> Result<Option<ReceivableId>, StoreError> {
        let text = "SELECT id FROM receivable WHERE issuer = ?1 AND number = ?2 AND issued = ?3 AND instalment = ?4";
        let params = (&key.issuer, &key.number, key.issued.to_string(), key.instalment);
        one(self.connection, "find a receivable", text, params, |row| Ok(ReceivableId(row.get("id")?)))
    }

    /// Who owes a receivable.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn customer_of(&self, receivable: ReceivableId) -> Result<Option<CustomerId>, StoreError> {
        let text = "SELECT customer FROM receivable WHERE id = ?1";
        one(self.connection, "find who owes", text, [receivable.0], |row| Ok(CustomerId(row.get("customer")?)))
    }
}

impl Unit<'_> {
    /// Begins an account. Its first journal entry is the customer itself.
    ///
    /// # Errors
    /// Of kind `Conflict` when the number or the external id is taken.
    pub fn create_account(
        &mut self,
        customer: &Customer,
        cause: Cause,
        because: &str,
        at: DateTime<Utc>,
    ) -> Result<Account, StoreError> {
        if state_tables::read(self.look(), customer.id)?.is_some() {
            return Err(StoreError::raced(format!("Customer {} exists already", customer.id)));
        }
        let account = Account::new(customer.clone());
        state_tables::write(self, None, &account)?;
        let change = Change::CustomerSet { customer: Box::new(customer.clone()) };
        journal::append(self, Some(customer.id), &Entry { change, cause, because: because.to_owned() }, at)?;
        Ok(account)
    }
}
