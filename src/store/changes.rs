//! What changed since one last looked: so that what is made of all accounts need not be made anew.

use super::error::StoreError;
use super::sql::{all, one, read_json, read_parsed};
use super::values::{Mark, ThreadLink};
use super::{Look, state_tables};
use crate::ledger::account::Account;
use crate::ledger::ids::{CustomerId, RfcId};
use std::collections::BTreeSet;

impl Look<'_> {
    /// How far journal and threads have come.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn mark(&self) -> Result<Mark, StoreError> {
        let last = |statement, text| -> Result<i64, StoreError> {
            let found = one(self.connection, statement, text, [], |row| Ok(row.get::<_, Option<i64>>("last")?))?;
            Ok(found.flatten().unwrap_or(0))
        };
        Ok(Mark {
            journal: last("read how far the journal is", "SELECT max(seq) AS last FROM journal")?,
            threads: last("read how far the threads are", "SELECT max(change) AS last FROM thread")?,
        })
    }

    /// Accounts of which the journal says something since a mark.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn accounts_changed_since(&self, mark: Mark) -> Result<BTreeSet<CustomerId>, StoreError> {
        // Nothing more is asked of SQLite than the new rows: asked for each customer once, it would go through all of them.
        let text = "SELECT customer FROM journal WHERE seq > ?1";
        let rows = all(self.connection, "list the accounts that changed", text, [mark.journal], |row| {
            Ok(row.get::<_, Option<i64>>("customer")?.map(CustomerId))
        })?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Threads that are new since a mark, or stand for more than then.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn threads_changed_since(&self, mark: Mark) -> Result<Vec<(RfcId, ThreadLink)>, StoreError> {
        let text = "SELECT rfc_id FROM thread WHERE change > ?1";
        let ids = all(self.connection, "list the threads that changed", text, [mark.threads], |row| {
            read_parsed(row, "rfc_id", RfcId::parse)
        })?;
        let mut changed = Vec::new();
        for id in ids {
            changed.extend(self.thread(&id)?.map(|link| (id, link)));
        }
        Ok(changed)
    }

    /// Of an account only who it is and what is or was owed; all else is left empty.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn books_of(&self, id: CustomerId) -> Result<Option<Account>, StoreError> {
        let text = "SELECT data FROM customer WHERE id = ?1";
        let found = one(self.connection, "read a customer", text, [id.0], |row| read_json(row, "data"))?;
        let Some(customer) = found else { return Ok(None) };
        let receivables = state_tables::receivables(*self, id)?;
        Ok(Some(Account { receivables, ..Account::new(customer) }))
    }
}
