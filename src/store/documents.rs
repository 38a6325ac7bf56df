//! Invoices as they were first sent, to be sent again.

use super::error::StoreError;
use super::messages::sha256;
use super::sql::{all, read_parsed_if_any, run};
use super::values::Document;
use super::{Look, Unit};
use crate::ledger::ids::{CustomerId, MessageIdentity, ReceivableId};
use std::collections::BTreeSet;

impl Look<'_> {
    /// The documents of a receivable, in the order in which they were found.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn documents_of(&self, receivable: ReceivableId) -> Result<Vec<Document>, StoreError> {
        let text = "SELECT name, media_type, content, message FROM document WHERE receivable = ?1 ORDER BY id";
        all(self.connection, "read documents", text, [receivable.0], |row| {
            Ok(Document {
                name: row.get("name")?,
                media_type: row.get("media_type")?,
                content: row.get("content")?,
                message: read_parsed_if_any(row, "message", MessageIdentity::parse)?,
            })
        })
    }

    /// Receivables of a customer whose document is at hand.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn documents_at_hand(&self, customer: CustomerId) -> Result<BTreeSet<ReceivableId>, StoreError> {
        let text = "SELECT r.id FROM receivable r WHERE r.customer = ?1 \
                    AND EXISTS (SELECT 1 FROM document d WHERE d.receivable = r.id)";
        let rows = all(self.connection, "list a customer's documents", text, [customer.0], |row| {
            Ok(ReceivableId(row.get("id")?))
        })?;
        Ok(rows.into_iter().collect())
    }

    /// Receivables whose document is at hand.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn receivables_with_documents(&self) -> Result<BTreeSet<ReceivableId>, StoreError> {
        let text = "SELECT DISTINCT receivable FROM document";
        let rows = all(self.connection, "list documents", text, [], |row| Ok(ReceivableId(row.get("receivable")?)))?;
        Ok(rows.into_iter().collect())
    }
}

impl Unit<'_> {
    /// Keeps a document of a receivable; the same content is kept once.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_document(&mut self, receivable: ReceivableId, document: &Document) -> Result<(), StoreError> {
        // Only the same content is passed over; an unknown receivable must still be an error.
        let text = "INSERT INTO document (receivable, name, media_type, sha256, content, message) \
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (receivable, sha256) DO NOTHING";
        let row = (
            receivable.0,
            &document.name,
            &document.media_type,
            sha256(&document.content),
            &document.content,
            document.message.map(|message| message.to_string()),
        );
        run(self.connection, "keep a document", text, row).map(|_| ())
    }
}
