//! One SQLite file: what is known, what happened, what is to be sent. It remembers, never decides.
//!
//! In: decisions of `policy`, raw mails, outcomes of deliveries. Out: accounts, the journal, rows of the outbox, messages.
//! Deliberately absent: any opinion about what should be done, the clock (instants are handed in), texts of mails,
//! mailbox and transport. No type of rusqlite leaves this room.
//!
//! Where things are: `open` and `schema` (the file), `accounts` and `journal` (what is true and why), `outbox` (rows)
//! and `delivery` (their moves), `carried` (several in one mail), `messages` and `folders` (what came in), `threads` and
//! `documents` (what was sent),
//! `changes` (since one last looked), `next_look` (whose day has come), `halt` and `fence` (when nothing may leave).

mod accounts;
mod carried;
mod cases;
mod changes;
mod delivery;
mod documents;
mod error;
mod fence;
mod folders;
mod halt;
mod journal;
mod messages;
mod next_look;
mod numbers;
mod open;
mod outbox;
mod record;
mod replay;
mod schema;
mod settings;
mod sql;
mod state_tables;
mod threads;
mod undo;
mod values;

pub use error::{StoreError, StoreErrorKind};
pub use halt::{halt_file, lift_halt_file, place_halt_file};
pub use record::Recorded;
pub use replay::{replay, replay_cases};
pub use schema::LATEST;
pub use values::*;

use rusqlite::{Connection, TransactionBehavior};
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// The database of one firm.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    /// The run that was begun here, if one was: only the latest may write.
    run: Option<u64>,
}

/// The read side.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    connection: &'a Connection,
    path: &'a Path,
}

/// A unit of work: all of it is kept, or nothing. Reads what it wrote.
#[derive(Debug)]
pub struct Unit<'a> {
    look: Look<'a>,
}

impl Store {
    /// The read side. Each question sees one consistent state; two questions may see two.
    #[must_use]
    pub fn look(&self) -> Look<'_> {
        Look { connection: &self.connection, path: &self.path }
    }

    /// Where the database lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does a unit of work: kept on `Ok`, undone on `Err` and on a panic. Waits while another process writes.
    ///
    /// # Errors
    /// What the work says; or the store's own failure to begin or to keep it. Of kind `Fenced` when a run was begun
    /// here and another was begun elsewhere since: two agents must never send from one database.
    pub fn write<T, E: From<StoreError>>(&mut self, work: impl FnOnce(&mut Unit<'_>) -> Result<T, E>) -> Result<T, E> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| E::from(error::from_sqlite(&error).at("begin a unit of work")))?;
        let mut unit = Unit { look: Look { connection: &transaction, path: &self.path } };
        unit.refuse_superseded(self.run)?;
        let answer = work(&mut unit)?;
        transaction.commit().map_err(|error| E::from(error::from_sqlite(&error).at("keep a unit of work")))?;
        Ok(answer)
    }

    /// Asks several questions of one consistent state.
    ///
    /// # Errors
    /// What the questions say.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(Look<'_>) -> Result<T, E>) -> Result<T, E> {
        self.look().in_one_state(work)
    }
}

impl<'a> Look<'a> {
    /// Several statements over one state of the database, also outside a unit of work.
    fn in_one_state<T, E: From<StoreError>>(self, work: impl FnOnce(Look<'a>) -> Result<T, E>) -> Result<T, E> {
        if !self.connection.is_autocommit() {
            return work(self);
        }
        let fail = |error: rusqlite::Error| E::from(error::from_sqlite(&error).at("read one state"));
        let reading = self.connection.unchecked_transaction().map_err(fail)?;
        let answer = work(self)?;
        reading.commit().map_err(fail)?;
        Ok(answer)
    }
}

impl<'a> Unit<'a> {
    /// The read side, as this unit of work sees it.
    #[must_use]
    pub fn look(&self) -> Look<'a> {
        self.look
    }
}

impl<'a> Deref for Unit<'a> {
    type Target = Look<'a>;

    fn deref(&self) -> &Look<'a> {
        &self.look
    }
}
