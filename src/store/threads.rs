//! Message-IDs of ours and the owner's that stand for receivables: evidence for matching, never for identity.

use super::error::StoreError;
use super::sql::{all, one, read_parsed, run};
use super::values::{Origin, ThreadLink};
use super::{Look, Unit};
use crate::ledger::ids::{CustomerId, ReceivableId, RfcId};
use std::collections::BTreeMap;

impl Look<'_> {
    /// Every link, by Message-ID.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn threads(&self) -> Result<Vec<(RfcId, ThreadLink)>, StoreError> {
        self.in_one_state(|look| {
            let text = "SELECT rfc_id, receivable FROM thread_item ORDER BY rfc_id, receivable";
            let mut items: BTreeMap<RfcId, Vec<ReceivableId>> = BTreeMap::new();
            for (id, item) in all(look.connection, "list what threads stand for", text, [], |row| {
                Ok((read_parsed(row, "rfc_id", RfcId::parse)?, ReceivableId(row.get("receivable")?)))
            })? {
                items.entry(id).or_default().push(item);
            }
            let text = "SELECT rfc_id, customer, origin FROM thread ORDER BY rfc_id";
            all(look.connection, "list threads", text, [], |row| {
                let id = read_parsed(row, "rfc_id", RfcId::parse)?;
                let customer = CustomerId(row.get("customer")?);
                let origin = read_parsed(row, "origin", Origin::parse)?;
                let items = items.remove(&id).unwrap_or_default();
                Ok((id, ThreadLink { customer, items, origin }))
            })
        })
    }

    /// What a Message-ID stands for.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn thread(&self, id: &RfcId) -> Result<Option<ThreadLink>, StoreError> {
        self.in_one_state(|look| {
            let text = "SELECT customer, origin FROM thread WHERE rfc_id = ?1";
            let found = one(look.connection, "look at a thread", text, [id.as_str()], |row| {
                Ok((CustomerId(row.get("customer")?), read_parsed(row, "origin", Origin::parse)?))
            })?;
            let Some((customer, origin)) = found else { return Ok(None) };
            let text = "SELECT receivable FROM thread_item WHERE rfc_id = ?1 ORDER BY receivable";
            let items = all(look.connection, "look at what a thread stands for", text, [id.as_str()], |row| {
                Ok(ReceivableId(row.get("receivable")?))
            })?;
            Ok(Some(ThreadLink { customer, items, origin }))
        })
    }
}

impl Unit<'_> {
    /// Ties a Message-ID to receivables; further ones of the same customer are added. One that is tied to another
    /// customer already stays as it is, and the answer is false.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn link_thread(&mut self, id: &RfcId, link: &ThreadLink) -> Result<bool, StoreError> {
        let text = "INSERT OR IGNORE INTO thread (rfc_id, customer, origin) VALUES (?1, ?2, ?3)";
        run(self.connection, "tie a thread", text, (id.as_str(), link.customer.0, link.origin.as_str()))?;
        if self.thread(id)?.is_some_and(|known| known.customer != link.customer) {
            return Ok(false);
        }
        for item in &link.items {
            let text = "INSERT OR IGNORE INTO thread_item (rfc_id, receivable) VALUES (?1, ?2)";
            run(self.connection, "tie a thread to a receivable", text, (id.as_str(), item.0))?;
        }
        Ok(true)
    }
}
