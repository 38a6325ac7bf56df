//! The journal: what happened, in order, for ever.

use super::error::{Fault, StoreError};
use super::sql::{all, instant, json, read_instant, read_json, run};
use super::values::JournalRow;
use super::{Look, Unit};
use crate::ledger::change::{Cause, Change, Entry};
use crate::ledger::ids::{CommandId, CustomerId, MessageIdentity};
use chrono::{DateTime, Utc};
use rusqlite::{Params, Row};

/// Rows with the mark that took them back, if one did. The marks themselves are no rows of this list.
const ROWS: &str = "SELECT j.seq, j.at, j.customer, j.change, j.cause, j.because, \
    (SELECT min(u.seq) FROM journal u WHERE u.command = j.command AND u.kind = 'undone') AS undone \
    FROM journal j WHERE j.kind <> 'undone'";

impl Look<'_> {
    /// The journal of one customer, or of all, oldest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn journal(&self, customer: Option<CustomerId>) -> Result<Vec<JournalRow>, StoreError> {
        match customer {
            Some(customer) => self.journal_rows(&format!("{ROWS} AND j.customer = ?1 ORDER BY j.seq"), [customer.0]),
            None => self.journal_rows(&format!("{ROWS} ORDER BY j.seq"), []),
        }
    }

    /// What a mail led to, oldest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn journal_of_message(&self, message: MessageIdentity) -> Result<Vec<JournalRow>, StoreError> {
        self.journal_rows(&format!("{ROWS} AND j.message = ?1 ORDER BY j.seq"), [message.to_string()])
    }

    /// What was written after a row, oldest first: for what must be told once.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn journal_after(&self, seq: i64) -> Result<Vec<JournalRow>, StoreError> {
        self.journal_rows(&format!("{ROWS} AND j.seq > ?1 ORDER BY j.seq"), [seq])
    }

    /// Entries that belong to no account.
    pub(super) fn journal_without_account(&self) -> Result<Vec<JournalRow>, StoreError> {
        self.journal_rows(&format!("{ROWS} AND j.customer IS NULL ORDER BY j.seq"), [])
    }

    /// The orders about an account that were taken back: the place of the mark in the journal, when, and which order.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn taken_back(&self, customer: CustomerId) -> Result<Vec<(i64, DateTime<Utc>, CommandId)>, StoreError> {
        const TEXT: &str = "SELECT seq, at, command FROM journal WHERE customer = ?1 AND kind = 'undone' ORDER BY seq";
        all(self.connection, "look for orders that were taken back", TEXT, [customer.0], |row| {
            Ok((row.get("seq")?, read_instant(row, "at")?, CommandId(row.get("command")?)))
        })
    }

    fn journal_rows(&self, sql: &str, params: impl Params) -> Result<Vec<JournalRow>, StoreError> {
        all(self.connection, "read the journal", sql, params, read_row)
    }
}

fn read_row(row: &Row<'_>) -> Result<JournalRow, Fault> {
    let customer: Option<i64> = row.get("customer")?;
    let entry =
        Entry { change: read_json(row, "change")?, cause: read_json(row, "cause")?, because: row.get("because")? };
    Ok(JournalRow {
        seq: row.get("seq")?,
        at: read_instant(row, "at")?,
        customer: customer.map(CustomerId),
        entry,
        undone: row.get("undone")?,
    })
}

/// Appends one entry.
pub(super) fn append(
    unit: &mut Unit<'_>,
    customer: Option<CustomerId>,
    entry: &Entry,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    const STATEMENT: &str = "append to the journal";
    let change = serde_json::to_value(&entry.change).map_err(|error| Fault::from(error).named(STATEMENT))?;
    let kind = change.get("change").and_then(|kind| kind.as_str()).unwrap_or("other").to_owned();
    let (rule, command) = match &entry.cause {
        Cause::Message { rule, .. } => (rule.as_ref().map(ToString::to_string), None),
        Cause::Owner { command } => (None, Some(command.0)),
        Cause::OwnMail { .. } | Cause::Clock | Cause::Import | Cause::Files | Cause::Delivery { .. } => (None, None),
    };
    let text = "INSERT INTO journal (at, customer, kind, change, cause, message, rule, command, because) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let row = (
        instant(at),
        customer.map(|customer| customer.0),
        kind,
        change.to_string(),
        json(STATEMENT, &entry.cause)?,
        message_of(entry).map(|message| message.to_string()),
        rule,
        command,
        &entry.because,
    );
    run(unit.connection, STATEMENT, text, row).map(|_| ())
}

/// The mail that an entry is about: its cause, else the one that its change names.
fn message_of(entry: &Entry) -> Option<MessageIdentity> {
    match (&entry.cause, &entry.change) {
        (Cause::Message { identity, .. } | Cause::OwnMail { identity }, _) => Some(*identity),
        (
            _,
            Change::Understood { message, .. }
            | Change::CustomerWrote { message, .. }
            | Change::OwnerWrote { message, .. },
        ) => Some(*message),
        (_, Change::CaseOpened { case }) => case.message,
        _ => None,
    }
}
