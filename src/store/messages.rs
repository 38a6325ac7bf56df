//! Mails that came in: raw bytes first, then what was made of them. What is not tied to a customer is not kept.

use super::error::{Fault, StoreError};
use super::sql::{all, instant, json, one, read_instant, read_json_if_any, read_parsed, read_parsed_if_any, run};
use super::values::{MessageState, RawDigest, StoredMessage};
use super::{Look, Unit};
use crate::ledger::ids::{Address, CustomerId, MessageIdentity, RfcId};
use crate::ledger::words::MessageKind;
use chrono::{DateTime, Utc};
use rusqlite::Row;
use sha2::{Digest, Sha256};

const ROWS: &str = "SELECT identity, rfc_id, folder, received, sender, subject, kind, state, verdict, reading, customer, \
    raw FROM message";

impl Look<'_> {
    /// One message.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn message(&self, identity: MessageIdentity) -> Result<Option<StoredMessage>, StoreError> {
        let text = format!("{ROWS} WHERE identity = ?1");
        one(self.connection, "read a message", &text, [identity.to_string()], read_row)
    }

    /// The raw bytes of a message, where they are kept.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn raw(&self, identity: MessageIdentity) -> Result<Option<Vec<u8>>, StoreError> {
        let text = "SELECT r.bytes AS bytes FROM message m JOIN raw_mail r ON r.sha256 = m.raw WHERE m.identity = ?1";
        one(self.connection, "read a raw mail", text, [identity.to_string()], |row| Ok(row.get("bytes")?))
    }

    /// Raw bytes by their digest.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn raw_bytes(&self, digest: &RawDigest) -> Result<Option<Vec<u8>>, StoreError> {
        let text = "SELECT bytes FROM raw_mail WHERE sha256 = ?1";
        one(self.connection, "read a raw mail", text, [&digest.0], |row| Ok(row.get("bytes")?))
    }

    /// Messages whose Message-ID is this, or whose identity begins with this (at least four digits).
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn find_message(&self, sought: &str) -> Result<Vec<StoredMessage>, StoreError> {
        let sought = sought.trim();
        if let Some(id) = RfcId::parse(sought) {
            let text = format!("{ROWS} WHERE rfc_id = ?1 ORDER BY received, identity");
            return all(self.connection, "find a message by its Message-ID", &text, [id.as_str()], read_row);
        }
        let digits = sought.to_ascii_lowercase();
        if digits.len() < 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        // 'g' sorts after every hexadecimal digit.
        let text = format!("{ROWS} WHERE identity >= ?1 AND identity < ?1 || 'g' ORDER BY identity LIMIT 20");
        all(self.connection, "find a message by its identity", &text, [digits], read_row)
    }

    /// What was received and not decided on, a crash's leavings included. Oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn undecided(&self) -> Result<Vec<MessageIdentity>, StoreError> {
        let text = "SELECT identity FROM message WHERE state = 'received' ORDER BY received, identity";
        all(self.connection, "list what is undecided", text, [], |row| {
            read_parsed(row, "identity", MessageIdentity::parse)
        })
    }

    /// Messages of a customer, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn messages_of(&self, customer: CustomerId) -> Result<Vec<StoredMessage>, StoreError> {
        let text = format!("{ROWS} WHERE customer = ?1 ORDER BY received, identity");
        all(self.connection, "list a customer's messages", &text, [customer.0], read_row)
    }

    /// Messages that reached the mailbox at or after an instant, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn messages_since(&self, from: DateTime<Utc>) -> Result<Vec<StoredMessage>, StoreError> {
        let text = format!("{ROWS} WHERE received >= ?1 ORDER BY received, identity");
        all(self.connection, "list messages", &text, [instant(from)], read_row)
    }
}

impl Unit<'_> {
    /// Keeps raw bytes under their SHA-256. Commit before parsing.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn store_raw(&mut self, bytes: &[u8]) -> Result<RawDigest, StoreError> {
        let digest = sha256(bytes);
        let text = "INSERT OR IGNORE INTO raw_mail (sha256, bytes) VALUES (?1, ?2)";
        run(self.connection, "keep a raw mail", text, (&digest, bytes))?;
        Ok(RawDigest(digest))
    }

    /// Writes all that is known of a message; a later writing replaces the earlier one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_message(&mut self, message: &StoredMessage) -> Result<(), StoreError> {
        const STATEMENT: &str = "write a message";
        let text = "INSERT INTO message (identity, rfc_id, folder, received, sender, subject, kind, state, verdict, \
                    reading, customer, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
                    ON CONFLICT (identity) DO UPDATE SET rfc_id = excluded.rfc_id, folder = excluded.folder, \
                    received = excluded.received, sender = excluded.sender, subject = excluded.subject, \
                    kind = excluded.kind, state = excluded.state, verdict = excluded.verdict, \
                    reading = excluded.reading, customer = excluded.customer, raw = excluded.raw";
        let row = (
            message.identity.to_string(),
            message.rfc_id.as_ref().map(RfcId::as_str),
            &message.folder,
            instant(message.received),
            message.from.as_ref().map(Address::as_str),
            &message.subject,
            message.kind.as_str(),
            message.state.as_str(),
            message.verdict.as_ref().map(|verdict| json(STATEMENT, verdict)).transpose()?,
            message.reading.as_ref().map(|reading| json(STATEMENT, reading)).transpose()?,
            message.customer.map(|customer| customer.0),
            message.raw.as_ref().map(|digest| digest.0.as_str()),
        );
        run(self.connection, STATEMENT, text, row).map(|_| ())
    }

    /// Forgets what a message said, keeping identity, headers and verdict: for mail not tied to a customer.
    ///
    /// # Errors
    /// Of kind `Conflict` when the message is tied to a customer, `Unknown` when there is none.
    pub fn drop_raw(&mut self, identity: MessageIdentity) -> Result<(), StoreError> {
        let message = self
            .message(identity)?
            .ok_or_else(|| StoreError::unknown(format!("There is no message {}", identity.short())))?;
        if message.customer.is_some() {
            return Err(StoreError::new(
                super::StoreErrorKind::Conflict,
                format!("Message {} belongs to a customer: its bytes are evidence", identity.short()),
            ));
        }
        let text = "UPDATE message SET raw = NULL, reading = NULL WHERE identity = ?1";
        run(self.connection, "forget what a message said", text, [identity.to_string()])?;
        if let Some(digest) = message.raw {
            let text = "DELETE FROM raw_mail WHERE sha256 = ?1 AND NOT EXISTS (SELECT 1 FROM message WHERE raw = ?1)";
            run(self.connection, "drop a raw mail", text, [&digest.0])?;
        }
        Ok(())
    }

    /// Drops raw bytes that no message names: left by a crash between keeping and reading them.
    ///
    /// # Errors
    /// When they cannot be dropped.
    pub fn drop_orphaned_raw(&mut self) -> Result<usize, StoreError> {
        let text = "DELETE FROM raw_mail WHERE NOT EXISTS (SELECT 1 FROM message WHERE raw = sha256)";
        run(self.connection, "drop raw mails that nothing names", text, [])
    }
}

fn read_row(row: &Row<'_>) -> Result<StoredMessage, Fault> {
    let raw: Option<String> = row.get("raw")?;
    let customer: Option<i64> = row.get("customer")?;
    Ok(StoredMessage {
        identity: read_parsed(row, "identity", MessageIdentity::parse)?,
        rfc_id: read_parsed_if_any(row, "rfc_id", RfcId::parse)?,
        folder: row.get("folder")?,
        received: read_instant(row, "received")?,
        from: read_parsed_if_any(row, "sender", Address::parse)?,
        subject: row.get("subject")?,
        kind: read_parsed(row, "kind", MessageKind::parse)?,
        state: read_parsed(row, "state", MessageState::parse)?,
        verdict: read_json_if_any(row, "verdict")?,
        reading: read_json_if_any(row, "reading")?,
        customer: customer.map(CustomerId),
        raw: raw.map(RawDigest),
    })
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}
