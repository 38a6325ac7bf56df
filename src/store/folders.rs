//! What is known of the items of a folder. An item without a row was not dealt with: there is no water mark.

use super::error::{Fault, StoreError};
use super::sql::{all, instant, one, read_instant, read_parsed, read_parsed_if_any, run};
use super::values::{SeenItem, SeenState};
use super::{Look, Unit};
use crate::ledger::ids::MessageIdentity;
use chrono::{DateTime, Utc};
use rusqlite::Row;
use std::collections::BTreeMap;

impl Look<'_> {
    /// Every item known of a folder in an epoch.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn seen(&self, folder: &str, epoch: &str) -> Result<BTreeMap<String, SeenState>, StoreError> {
        let text = "SELECT item, state FROM seen WHERE folder = ?1 AND epoch = ?2";
        let rows = all(self.connection, "list what was seen", text, (folder, epoch), |row| {
            Ok((row.get::<_, String>("item")?, read_parsed(row, "state", SeenState::parse)?))
        })?;
        Ok(rows.into_iter().collect())
    }

    /// One item.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn seen_item(&self, folder: &str, epoch: &str, item: &str) -> Result<Option<SeenItem>, StoreError> {
        let text = "SELECT state, identity, attempts, reason FROM seen WHERE folder = ?1 AND epoch = ?2 AND item = ?3";
        one(self.connection, "look at an item", text, (folder, epoch, item), read_item)
    }

    /// Items given up, by folder and item.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn quarantined(&self) -> Result<Vec<(String, String, SeenItem)>, StoreError> {
        let text = "SELECT folder, item, state, identity, attempts, reason FROM seen WHERE state = 'quarantined' \
                    ORDER BY folder, item";
        all(self.connection, "list what was given up", text, [], |row| {
            Ok((row.get("folder")?, row.get("item")?, read_item(row)?))
        })
    }

    /// When a folder was last listed in full.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn folder_enumerated(&self, folder: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let text = "SELECT enumerated FROM folder WHERE name = ?1";
        one(self.connection, "look when a folder was listed", text, [folder], |row| read_instant(row, "enumerated"))
    }
}

impl Unit<'_> {
    /// An item was dealt with (or was there before us, or vanished), with the message in it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_seen(
        &mut self,
        folder: &str,
        epoch: &str,
        item: &str,
        identity: Option<MessageIdentity>,
        state: SeenState,
    ) -> Result<(), StoreError> {
        let text = "INSERT INTO seen (folder, epoch, item, state, identity) VALUES (?1, ?2, ?3, ?4, ?5) \
                    ON CONFLICT (folder, epoch, item) DO UPDATE SET state = excluded.state, \
                    identity = coalesce(excluded.identity, identity)";
        let row = (folder, epoch, item, state.as_str(), identity.map(|identity| identity.to_string()));
        run(self.connection, "note an item", text, row).map(|_| ())
    }

    /// An item could not be fetched or read: counts the failure. The number of failures so far.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_retry(&mut self, folder: &str, epoch: &str, item: &str, reason: &str) -> Result<u32, StoreError> {
        let text = "INSERT INTO seen (folder, epoch, item, state, attempts, reason) VALUES (?1, ?2, ?3, 'retry', 1, ?4) \
                    ON CONFLICT (folder, epoch, item) DO UPDATE SET state = 'retry', attempts = attempts + 1, \
                    reason = excluded.reason";
        run(self.connection, "count a failure", text, (folder, epoch, item, reason))?;
        Ok(self.seen_item(folder, epoch, item)?.map_or(1, |seen| seen.attempts))
    }

    /// Gives an item up after so many attempts: the owner is told once, the next item is read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn quarantine(
        &mut self,
        folder: &str,
        epoch: &str,
        item: &str,
        reason: &str,
        attempts: u32,
    ) -> Result<(), StoreError> {
        let text = "INSERT INTO seen (folder, epoch, item, state, attempts, reason) \
                    VALUES (?1, ?2, ?3, 'quarantined', ?4, ?5) \
                    ON CONFLICT (folder, epoch, item) DO UPDATE SET state = excluded.state, \
                    attempts = excluded.attempts, reason = excluded.reason";
        run(self.connection, "give an item up", text, (folder, epoch, item, attempts, reason)).map(|_| ())
    }

    /// A folder was listed in full. Never goes back in time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_folder_enumerated(&mut self, folder: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "INSERT INTO folder (name, enumerated) VALUES (?1, ?2) \
                    ON CONFLICT (name) DO UPDATE SET enumerated = max(enumerated, excluded.enumerated)";
        run(self.connection, "note when a folder was listed", text, (folder, instant(at))).map(|_| ())
    }
}

fn read_item(row: &Row<'_>) -> Result<SeenItem, Fault> {
    Ok(SeenItem {
        state: read_parsed(row, "state", SeenState::parse)?,
        identity: read_parsed_if_any(row, "identity", MessageIdentity::parse)?,
        attempts: row.get("attempts")?,
        reason: row.get("reason")?,
    })
}
