//! Which accounts are looked at in a round: those whose day has come. The day itself is reckoned by policy; what changes
//! an account empties it (triggers of schema 3), so that no way of writing can forget to.

use super::error::StoreError;
use super::sql::{all, one, run};
use super::{Look, Unit};
use crate::ledger::ids::CustomerId;
use chrono::NaiveDate;

impl Look<'_> {
    /// Accounts that are to be looked at on a day, lowest number first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn accounts_to_look_at(&self, today: NaiveDate) -> Result<Vec<CustomerId>, StoreError> {
        // Empty sorts before every day. Put in order here: asked to, SQLite would rather read the whole table.
        let text = "SELECT customer FROM next_look WHERE day <= ?1";
        let mut found = all(self.connection, "list the accounts to look at", text, [today.to_string()], |row| {
            Ok(CustomerId(row.get("customer")?))
        })?;
        found.sort_unstable();
        Ok(found)
    }

    /// The day from which on an account is looked at; `None` when that is the next round.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn next_look(&self, customer: CustomerId) -> Result<Option<NaiveDate>, StoreError> {
        let text = "SELECT day FROM next_look WHERE customer = ?1";
        let day = one(self.connection, "read when an account is looked at", text, [customer.0], |row| {
            Ok(row.get::<_, String>("day")?)
        })?;
        Ok(day.and_then(|day| day.parse().ok()))
    }
}

impl Unit<'_> {
    /// Leaves an account alone until a day, as long as nothing about it changes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_next_look(&mut self, customer: CustomerId, day: NaiveDate) -> Result<(), StoreError> {
        let text = "UPDATE next_look SET day = ?2 WHERE customer = ?1 AND day <> ?2";
        let row = (customer.0, day.to_string());
        run(self.connection, "write when an account is looked at", text, row).map(|_| ())
    }

    /// Every account is looked at in the next round.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn look_at_all(&mut self) -> Result<(), StoreError> {
        let text = "INSERT INTO next_look (customer, day) SELECT id, '' FROM customer WHERE true \
                    ON CONFLICT (customer) DO UPDATE SET day = excluded.day WHERE day <> excluded.day";
        run(self.connection, "look at every account again", text, []).map(|_| ())
    }
}
