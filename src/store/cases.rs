//! Questions to the owner: those of accounts, and those that belong to none.

use super::error::StoreError;
use super::record::Recorded;
use super::sql::{all, one, read_json};
use super::{Look, Unit, journal, record, state_tables};
use crate::ledger::case::Case;
use crate::ledger::change::Change;
use crate::ledger::decision::Decision;
use crate::ledger::ids::{CaseId, MessageIdentity};
use chrono::{DateTime, Utc};

impl Look<'_> {
    /// Every open question, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn open_cases(&self) -> Result<Vec<Case>, StoreError> {
        let text = "SELECT data FROM owner_case WHERE closed IS NULL ORDER BY opened, id";
        all(self.connection, "list open cases", text, [], |row| read_json(row, "data"))
    }

    /// One question, open or settled.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn case(&self, id: CaseId) -> Result<Option<Case>, StoreError> {
        let text = "SELECT data FROM owner_case WHERE id = ?1";
        one(self.connection, "read a case", text, [id.0], |row| read_json(row, "data"))
    }

    /// The open question about a mail that was tied to nobody.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open_case_about(&self, message: MessageIdentity) -> Result<Option<CaseId>, StoreError> {
        let text = "SELECT id FROM owner_case WHERE message = ?1 AND customer IS NULL AND closed IS NULL \
                    ORDER BY opened, id LIMIT 1";
        one(self.connection, "look for the question about a mail", text, [message.to_string()], |row| {
            Ok(CaseId(row.get("id")?))
        })
    }

    /// Questions that belong to no account, in the order in which they were opened.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn cases_without_account(&self) -> Result<Vec<Case>, StoreError> {
        let text = "SELECT data FROM owner_case WHERE customer IS NULL ORDER BY position";
        all(self.connection, "list cases of no account", text, [], |row| read_json(row, "data"))
    }
}

impl Unit<'_> {
    /// Keeps a decision that concerns no customer: questions opened and settled, notices, withdrawals.
    ///
    /// # Errors
    /// Of kind `Conflict` when an entry changes anything else than a question; else as [`Unit::record`].
    pub fn record_without_account(&mut self, decision: &Decision, at: DateTime<Utc>) -> Result<Recorded, StoreError> {
        for entry in &decision.entries {
            match &entry.change {
                Change::CaseOpened { case } => {
                    let position = self.position_without_account(None)?;
                    state_tables::write_case(self, None, position, case)?;
                }
                Change::CaseClosed { case, at } => {
                    if let Some(mut known) = self.case(*case)?.filter(|known| known.customer.is_none()) {
                        known.closed = known.closed.or(Some(*at));
                        let position = self.position_without_account(Some(*case))?;
                        state_tables::write_case(self, None, position, &known)?;
                    }
                }
                _ => {
                    return Err(StoreError::new(
                        super::StoreErrorKind::Conflict,
                        "A decision about no customer can only open and settle questions",
                    ));
                }
            }
            journal::append(self, None, entry, at)?;
        }
        record::withdraw_and_plan(self, decision, at)
    }
}

impl Unit<'_> {
    /// Where a question that belongs to no account stands in their order; the next place for a new one.
    fn position_without_account(&self, case: Option<CaseId>) -> Result<i64, StoreError> {
        let text = "SELECT coalesce((SELECT position FROM owner_case WHERE id = ?1 AND customer IS NULL), \
                    (SELECT max(position) + 1 FROM owner_case WHERE customer IS NULL), 0) AS position";
        let place = one(self.connection, "look where a case stands", text, [case.map(|case| case.0)], |row| {
            Ok(row.get::<_, i64>("position")?)
        })?;
        Ok(place.unwrap_or(0))
    }
}

/// Alters a list of questions; false when the change is not about questions.
pub(super) fn apply_to_cases(cases: &mut Vec<Case>, change: &Change) -> bool {
    match change {
        Change::CaseOpened { case } => cases.push(case.clone()),
        Change::CaseClosed { case, at } => {
            if let Some(case) = cases.iter_mut().find(|known| known.id == *case) {
                case.closed = case.closed.or(Some(*at));
            }
        }
        _ => return false,
    }
    true
}
