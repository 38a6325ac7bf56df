//! What is known of the items of a folder. An item without a row was not dealt with: there is no water mark.

use super::error::{Fault, StoreError};
use super::sql::{all, instant, one, read_instant, read_parsed, read_parsed_if_any, run};
use super::values::{KnownHead, SeenItem, SeenState};
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

    /// What is known by its header block of a folder's items in other epochs.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn known_heads(&self, folder: &str, besides: &str) -> Result<Vec<KnownHead>, StoreError> {
        let text = "SELECT head, size, state, identity, attempts, reason FROM seen \
                    WHERE folder = ?1 AND epoch <> ?2 AND head IS NOT NULL AND size IS NOT NULL";
        all(self.connection, "list what is known by its header", text, (folder, besides), |row| {
            let size = u64::try_from(row.get::<_, i64>("size")?).unwrap_or(0);
            Ok(KnownHead { head: row.get("head")?, size, seen: read_item(row)? })
        })
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

    /// Is there an item in one of these folders that was seen there and is not read yet?
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn has_unread(&self, folders: &[&str]) -> Result<bool, StoreError> {
        let text = "SELECT 1 AS one FROM seen WHERE folder = ?1 AND state = 'retry' LIMIT 1";
        for folder in folders {
            let found =
                one(self.connection, "look for unread items", text, [folder], |row| Ok(row.get::<_, i64>("one")?))?;
            if found.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
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

    /// By what an item will be known again when its name changes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_head(
        &mut self,
        folder: &str,
        epoch: &str,
        item: &str,
        head: &str,
        size: Option<u64>,
    ) -> Result<(), StoreError> {
        let text = "UPDATE seen SET head = ?4, size = ?5 WHERE folder = ?1 AND epoch = ?2 AND item = ?3";
        let size = size.and_then(|size| i64::try_from(size).ok());
        run(self.connection, "note an item's header", text, (folder, epoch, item, head, size)).map(|_| ())
    }

    /// An item under a new name is one that was known: all that was noted of it goes on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn attach_item(&mut self, folder: &str, epoch: &str, item: &str, known: &KnownHead) -> Result<(), StoreError> {
        self.note_seen(folder, epoch, item, known.seen.identity, known.seen.state)?;
        self.note_head(folder, epoch, item, &known.head, Some(known.size))?;
        let text = "UPDATE seen SET attempts = ?4, reason = ?5 WHERE folder = ?1 AND epoch = ?2 AND item = ?3";
        let row = (folder, epoch, item, known.seen.attempts, known.seen.reason.as_deref());
        run(self.connection, "attach an item to what is known", text, row).map(|_| ())
    }

    /// Items that were left unread as old are to be read after all.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn wake(&mut self, folder: &str, epoch: &str, item: &str) -> Result<(), StoreError> {
        let text = "UPDATE seen SET state = 'retry', attempts = 0, reason = NULL \
                    WHERE folder = ?1 AND epoch = ?2 AND item = ?3 AND state = 'baseline'";
        run(self.connection, "put an old item back", text, (folder, epoch, item)).map(|_| ())
    }

    /// Mails of INBOX and Sent that came since an instant and were tied to nobody are to be read once more: those of
    /// which nothing was kept are fetched again, those with an open question are read as they are kept. How many.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn read_again(&mut self, from: DateTime<Utc>) -> Result<usize, StoreError> {
        let tied_to_nobody =
            "customer IS NULL AND state = 'decided' AND (folder = 'sent' OR kind <> 'own') AND received >= ?1";
        let text = format!(
            "UPDATE seen SET state = 'retry', attempts = 0, reason = NULL WHERE state = 'done' \
             AND folder IN ('inbox', 'sent') \
             AND identity IN (SELECT identity FROM message WHERE {tied_to_nobody} AND raw IS NULL)"
        );
        let fetched = run(self.connection, "put mails back that were tied to nobody", &text, [instant(from)])?;
        let text = format!(
            "UPDATE message SET state = 'received' WHERE {tied_to_nobody} AND raw IS NOT NULL \
             AND folder IN ('inbox', 'sent') AND EXISTS (SELECT 1 FROM owner_case AS c \
             WHERE c.message = message.identity AND c.customer IS NULL AND c.closed IS NULL)"
        );
        let kept = run(self.connection, "put questions back that were tied to nobody", &text, [instant(from)])?;
        Ok(fetched.saturating_add(kept))
    }

    /// An item is gone from its folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn forget_item(&mut self, folder: &str, epoch: &str, item: &str) -> Result<(), StoreError> {
        let text = "DELETE FROM seen WHERE folder = ?1 AND epoch = ?2 AND item = ?3";
        run(self.connection, "forget an item", text, (folder, epoch, item)).map(|_| ())
    }

    /// What is known under this epoch comes from an earlier time of it: its names mean nothing, its headers still do.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_epoch_apart(&mut self, folder: &str, epoch: &str) -> Result<(), StoreError> {
        let text = "DELETE FROM seen WHERE folder = ?1 AND epoch = ?2 || '~'";
        run(self.connection, "forget an epoch that was set apart", text, (folder, epoch))?;
        let text = "UPDATE seen SET epoch = ?2 || '~' WHERE folder = ?1 AND epoch = ?2";
        run(self.connection, "set an epoch apart", text, (folder, epoch)).map(|_| ())
    }

    /// The names of earlier epochs mean nothing any more.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn forget_other_epochs(&mut self, folder: &str, epoch: &str) -> Result<usize, StoreError> {
        let text = "DELETE FROM seen WHERE folder = ?1 AND epoch <> ?2";
        run(self.connection, "forget earlier epochs", text, (folder, epoch))
    }

    /// An item was listed and is not read yet: whatever comes between, it is asked for again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_listed(&mut self, folder: &str, epoch: &str, item: &str) -> Result<(), StoreError> {
        let text = "INSERT INTO seen (folder, epoch, item, state) VALUES (?1, ?2, ?3, 'retry') \
                    ON CONFLICT (folder, epoch, item) DO NOTHING";
        run(self.connection, "note an item that is listed", text, (folder, epoch, item)).map(|_| ())
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

    /// A folder was listed in full at that instant. The last word counts, also when the clock was put back: an instant
    /// in the future would pass for fresh until it comes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_folder_enumerated(&mut self, folder: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        let text = "INSERT INTO folder (name, enumerated) VALUES (?1, ?2) \
                    ON CONFLICT (name) DO UPDATE SET enumerated = excluded.enumerated";
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
