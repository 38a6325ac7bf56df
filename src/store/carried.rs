//! Rows that go in one mail. One of them, the carrier, has the bytes, the ids and the answers of the server; the others
//! name it. Whichever of them is moved, all are, in one statement: two that go in one mail can never stand differently,
//! so that a crash finds either all of them moved or none.

use super::Unit;
use super::delivery::missing;
use super::error::{StoreError, StoreErrorKind};
use super::sql::{one, run};
use crate::ledger::ids::OutboxId;
use crate::ledger::mail::OutboxState;

impl Unit<'_> {
    /// `planned → frozen`, in the mail of a row that was frozen in this very unit of work.
    ///
    /// # Errors
    /// Of kind `Raced` when the row is not planned, or carried already; `Conflict` when the other one is not freshly
    /// frozen, or carried itself.
    pub fn carry(&mut self, id: OutboxId, carrier: OutboxId) -> Result<(), StoreError> {
        let is_carrier = "SELECT 1 AS yes FROM outbox WHERE id = ?1 AND carried_by IS NULL AND state = 'frozen' \
                          AND frozen_bytes IS NOT NULL AND attempts = 0";
        let fits =
            one(self.connection, "look at a carrier", is_carrier, [carrier.0], |row| Ok(row.get::<_, i64>("yes")?))?;
        if fits.is_none() || id == carrier {
            return Err(StoreError::new(StoreErrorKind::Conflict, format!("Mail {carrier} cannot carry mail {id}")));
        }
        let sql = "UPDATE outbox SET state = 'frozen', state_reason = NULL, carried_by = ?2, \
                   not_before = (SELECT not_before FROM outbox WHERE id = ?2) \
                   WHERE id = ?1 AND state = 'planned' AND carried_by IS NULL";
        if run(self.connection, "carry a mail in another", sql, (id.0, carrier.0))? == 0 {
            return Err(self.stands_elsewhere(id, &[OutboxState::Planned]));
        }
        Ok(())
    }

    /// The row that has the bytes: the one that carries this one, else itself.
    pub(super) fn carrier_of(&self, id: OutboxId) -> Result<OutboxId, StoreError> {
        let sql = "SELECT coalesce(carried_by, id) AS carrier FROM outbox WHERE id = ?1";
        let found =
            one(self.connection, "look for what carries a mail", sql, [id.0], |row| Ok(OutboxId(row.get("carrier")?)))?;
        found.ok_or_else(|| missing(id))
    }
}
