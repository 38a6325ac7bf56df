//! Taking an order back: the account becomes what its journal adds up to without it. The journal keeps both.

use super::error::{StoreError, StoreErrorKind};
use super::sql::{all, instant, run};
use super::values::{JournalRow, Undone};
use super::{Unit, replay, replay_cases, state_tables};
use crate::ledger::change::{Cause, Change};
use crate::ledger::hold::HoldOutcome;
use crate::ledger::ids::{CommandId, CustomerId, HoldId, OutboxId};
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
        for customer in customers.iter().flatten() {
            self.refuse_a_link_of_a_chain(command, *customer)?;
        }
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

    /// An order whose plan or promise took the place of one and gave its own up to a third: without it the first would
    /// stand again beside the third.
    fn refuse_a_link_of_a_chain(&self, command: CommandId, customer: CustomerId) -> Result<(), StoreError> {
        let rows = self.journal(Some(customer))?;
        let own = |row: &&JournalRow| row.entry.cause == Cause::Owner { command };
        let replaced = |row: &JournalRow| match &row.entry.change {
            Change::HoldEnded { hold, how: HoldOutcome::Replaced, .. } => Some(*hold),
            _ => None,
        };
        let placed: Vec<HoldId> = rows
            .iter()
            .filter(own)
            .filter_map(|row| match &row.entry.change {
                Change::HoldPlaced { hold } => Some(hold.id),
                _ => None,
            })
            .collect();
        if !rows.iter().filter(own).any(|row| replaced(row).is_some()) {
            return Ok(());
        }
        let others = rows.iter().filter(|row| row.undone.is_none() && !own(row));
        let mut later = others.filter(|row| replaced(row).is_some_and(|hold| placed.contains(&hold)));
        let Some(later) = later.next_back() else { return Ok(()) };
        let by = match &later.entry.cause {
            Cause::Owner { command } => format!("order {command}"),
            _ => "what came later".to_owned(),
        };
        let refused = format!("What order {command} agreed on was replaced by {by}");
        Err(StoreError::new(StoreErrorKind::Conflict, refused)
            .remedy("take that back first (`sollecito undo NUMBER`), or say what shall hold now by a new order"))
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
