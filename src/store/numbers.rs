//! Numbers of new things: counted up, never given twice.

use super::error::StoreError;
use super::sql::{instant, one, run};
use super::values::Command;
use super::{Look, Unit, sql};
use crate::ledger::ids::{CaseId, CommandId, CustomerId, ReceivableId};
use chrono::{DateTime, Utc};

impl Look<'_> {
    /// The secret that ids are derived from: 32 bytes, made once.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn secret(&self) -> Result<[u8; 32], StoreError> {
        let found = one(self.connection, "read the secret", "SELECT value FROM secret WHERE one = 1", [], |row| {
            let bytes: Vec<u8> = row.get("value")?;
            <[u8; 32]>::try_from(bytes).map_err(|_| sql_fault())
        })?;
        found.ok_or_else(|| super::open::damaged("it has no secret"))
    }

    /// The number that the next case will bear; a decision counts up from it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn next_case_id(&self) -> Result<CaseId, StoreError> {
        Ok(CaseId(last(*self, "case")?.saturating_add(1)))
    }

    /// The orders of the owner, newest first, at most `limit`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn commands(&self, limit: u32) -> Result<Vec<Command>, StoreError> {
        let text = "SELECT id, kind, at, EXISTS (SELECT 1 FROM journal j WHERE j.command = c.id AND j.kind = 'undone') \
                    AS undone FROM command c ORDER BY id DESC LIMIT ?1";
        sql::all(self.connection, "list the orders", text, [limit], |row| {
            Ok(Command {
                id: CommandId(row.get("id")?),
                kind: row.get("kind")?,
                at: sql::read_instant(row, "at")?,
                undone: row.get("undone")?,
            })
        })
    }
}

impl Unit<'_> {
    /// A number for a new customer.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new_customer_id(&mut self) -> Result<CustomerId, StoreError> {
        next(*self.look_ref(), "customer").map(CustomerId)
    }

    /// A number for a new receivable.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new_receivable_id(&mut self) -> Result<ReceivableId, StoreError> {
        next(*self.look_ref(), "receivable").map(ReceivableId)
    }

    /// Remembers an order of the owner; all changes it causes carry its number.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new_command(&mut self, kind: &str, at: DateTime<Utc>) -> Result<CommandId, StoreError> {
        let text = "INSERT INTO command (kind, at) VALUES (?1, ?2)";
        run(self.connection, "remember an order", text, (kind, instant(at)))?;
        Ok(CommandId(self.connection.last_insert_rowid()))
    }

    /// A number was used: the next one is higher.
    pub(super) fn number_used(&mut self, name: &str, number: i64) -> Result<(), StoreError> {
        let text = "UPDATE sequence SET last = max(last, ?2) WHERE name = ?1";
        run(self.connection, "count up", text, (name, number)).map(|_| ())
    }

    fn look_ref(&self) -> &Look<'_> {
        self
    }
}

fn last(look: Look<'_>, name: &str) -> Result<i64, StoreError> {
    let found = one(look.connection, "read a counter", "SELECT last FROM sequence WHERE name = ?1", [name], |row| {
        Ok(row.get("last")?)
    })?;
    found.ok_or_else(|| super::open::damaged("a counter is missing"))
}

fn next(look: Look<'_>, name: &str) -> Result<i64, StoreError> {
    let text = "UPDATE sequence SET last = last + 1 WHERE name = ?1";
    run(look.connection, "count up", text, [name])?;
    last(look, name)
}

fn sql_fault() -> super::error::Fault {
    super::error::Fault::Value("the secret has not 32 bytes".to_owned())
}
