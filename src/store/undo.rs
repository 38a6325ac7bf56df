//! Taking an order back: the account becomes what its journal adds up to without it. The journal keeps both.

use super::error::{StoreError, StoreErrorKind};
use super::sql::{all, instant, run};
use super::values::Undone;
use super::{Unit, replay, replay_cases, state_tables};
use crate::ledger::ids::{CommandId, CustomerId, OutboxId};
use crate::ledger::mail::OutboxState;
use chrono::{DateTime, Utc};

impl Unit<'_> {
    /// Takes an order back: its entries stop counting, the mails that it planned and that have not left are cancelled.
    /// What others decided meanwhile stays.
    ///
    /// # Errors
    /// Of kind `Unknown` when there is no such order or it changed nothing, `Raced` when it was taken back already.
    pub fn undo(&mut self, command: CommandId, at: DateTime<Utc>) -> Result<Undone, StoreError> {
        let customers = self.customers_touched_by(command)?;
        let mut undone = Undone { command, customers: Vec::new(), cancelled: Vec::new(), left: Vec::new() };
        for customer in &customers {
            self.mark_undone(command, *customer, at)?;
            match customer {
                Some(customer) => {
                    self.rebuild(*customer)?;
                    undone.customers.push(*customer);
                }
                None => {
                    let (old, new) = (self.cases_without_account()?, replay_cases(&self.journal_without_account()?));
                    state_tables::write_cases(self, None, &old, &new)?;
                }
            }
        }
        for (id, state) in self.mails_of(command)? {
            match self.cancel(id, "the order was taken back") {
                Ok(()) => undone.cancelled.push(id),
                Err(error) if error.kind == StoreErrorKind::Raced => {
                    if state.may_have_left() || state == OutboxState::Claimed {
                        undone.left.push(id);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(undone)
    }

    fn customers_touched_by(&self, command: CommandId) -> Result<Vec<Option<CustomerId>>, StoreError> {
        let text = "SELECT customer, max(kind = 'undone') AS undone FROM journal WHERE command = ?1 \
                    GROUP BY customer ORDER BY customer";
        let touched = all(self.connection, "look for what an order changed", text, [command.0], |row| {
            Ok((row.get::<_, Option<i64>>("customer")?.map(CustomerId), row.get::<_, bool>("undone")?))
        })?;
        if touched.is_empty() {
            return Err(StoreError::unknown(format!("There is no order {command} that changed anything")));
        }
        if touched.iter().any(|(_, undone)| *undone) {
            return Err(StoreError::raced(format!("Order {command} was taken back already")));
        }
        Ok(touched.into_iter().map(|(customer, _)| customer).collect())
    }

    fn mark_undone(
        &mut self,
        command: CommandId,
        customer: Option<CustomerId>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let text = "INSERT INTO journal (at, customer, kind, change, cause, command, because) \
                    VALUES (?1, ?2, 'undone', NULL, ?3, ?4, 'The owner took the order back')";
        let cause = serde_json::json!({ "by": "owner", "command": command.0 }).to_string();
        let row = (instant(at), customer.map(|customer| customer.0), cause, command.0);
        run(self.connection, "mark an order as taken back", text, row).map(|_| ())
    }

    fn rebuild(&mut self, customer: CustomerId) -> Result<(), StoreError> {
        let old = state_tables::read(self.look(), customer)?;
        let new = replay(&self.journal(Some(customer))?).ok_or_else(|| {
            StoreError::new(StoreErrorKind::Conflict, "The order made the customer known: it cannot be taken back")
        })?;
        state_tables::write(self, old.as_ref(), &new)
    }

    fn mails_of(&self, command: CommandId) -> Result<Vec<(OutboxId, OutboxState)>, StoreError> {
        let text = "SELECT id, state FROM outbox WHERE command = ?1 ORDER BY id";
        all(self.connection, "look for the mails of an order", text, [command.0], |row| {
            Ok((OutboxId(row.get("id")?), super::sql::read_parsed(row, "state", OutboxState::parse)?))
        })
    }
}
