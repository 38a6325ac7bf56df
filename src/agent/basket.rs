//! What was fetched and is not kept yet: a few mails, so that many at once cost one wait for the disk and not one each.
//! Nothing here is known to anybody: what lies in the basket when the process dies is fetched again.

use super::clock::Stopwatch;
use super::crash;
use super::error::AgentError;
use super::history::fingerprint;
use crate::ledger::ids::MessageIdentity;
use crate::ledger::words::MessageKind;
use crate::mailbox::{Folder, ItemId, RawMail};
use crate::store::{MessageState, RawDigest, SeenState, StoredMessage, Unit};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// Mails in the basket at most.
const MAILS: usize = 64;
/// It is emptied when so many bytes lie in it.
const BYTES: usize = 8 * 1024 * 1024;
/// Nothing lies in it for longer while the next is fetched: from a slow server, a crash should not cost much.
const AT_MOST: Duration = Duration::from_secs(2);

/// Mails of one folder, fetched and not kept yet.
pub(super) struct Basket {
    folder: Folder,
    epoch: String,
    mails: Vec<(ItemId, RawMail)>,
    bytes: usize,
    since: Stopwatch,
}

impl Basket {
    pub(super) fn new(folder: Folder, epoch: &str) -> Self {
        Self { folder, epoch: epoch.to_owned(), mails: Vec::new(), bytes: 0, since: Stopwatch::start() }
    }

    pub(super) fn put(&mut self, id: ItemId, raw: RawMail) {
        if self.mails.is_empty() {
            self.since = Stopwatch::start();
        }
        self.bytes = self.bytes.saturating_add(raw.bytes.len());
        self.mails.push((id, raw));
    }

    pub(super) fn is_full(&self) -> bool {
        let holds_some = !self.mails.is_empty();
        self.mails.len() >= MAILS || self.bytes >= BYTES || holds_some && self.since.shows(AT_MOST)
    }

    /// Everything in it; it is empty then.
    pub(super) fn take(&mut self) -> Vec<(ItemId, RawMail)> {
        self.bytes = 0;
        std::mem::take(&mut self.mails)
    }

    /// Keeps one mail.
    pub(super) fn keep(
        &self,
        unit: &mut Unit<'_>,
        (id, raw): &(ItemId, RawMail),
        now: DateTime<Utc>,
    ) -> Result<(), AgentError> {
        crash::reached("intake.before_raw");
        let identity = crate::message::identity(&raw.bytes);
        let size = u64::try_from(raw.bytes.len()).ok().filter(|_| !raw.truncated);
        let (name, epoch) = (self.folder.as_str(), self.epoch.as_str());
        let put_back = unit
            .seen_item(name, epoch, &id.0)?
            .is_some_and(|seen| seen.state == SeenState::Retry && seen.identity == Some(identity));
        match unit.message(identity)? {
            None => {
                let digest = unit.store_raw(&raw.bytes)?;
                unit.put_message(&arrived(identity, self.folder, arrival(self.folder, raw, now), digest))?;
            }
            // The owner's copy to themselves came first, and was taken for nothing but that: the copy in Sent is what they
            // did.
            Some(known) if self.folder == Folder::Sent && is_unheeded(&known) => {
                let digest = unit.store_raw(&raw.bytes)?;
                let received = arrival(self.folder, raw, now).min(known.received);
                unit.put_message(&arrived(identity, self.folder, received, digest))?;
            }
            // Tied to nobody when it was read, and its bytes were dropped: read once more, as of the day it came.
            Some(known)
                if put_back
                    && known.customer.is_none()
                    && known.raw.is_none()
                    && known.state == MessageState::Decided =>
            {
                let digest = unit.store_raw(&raw.bytes)?;
                unit.put_message(&StoredMessage { state: MessageState::Received, raw: Some(digest), ..known })?;
            }
            // The same mail in a second folder, or under a new name, is known already: no second decision.
            Some(_) => {}
        }
        unit.note_seen(name, epoch, &id.0, Some(identity), SeenState::Done)?;
        unit.note_head(name, epoch, &id.0, &fingerprint(&raw.bytes), size)?;
        Ok(())
    }
}

/// Our own or the owner's mail, seen elsewhere than in Sent, and of no consequence so far.
fn is_unheeded(known: &StoredMessage) -> bool {
    known.folder != Folder::Sent.as_str()
        && known.kind == MessageKind::Own
        && known.customer.is_none()
        && known.state == MessageState::Decided
}

/// The earliest of what the mailbox says, what the mail itself says, and now. A tool that copies a mailbox often gives
/// every file the time of the copy: old mails would look as if they had come today, and be answered. Of a received mail
/// the server's stamp is asked, of a sent one the owner's Date: a customer's clock may be wrong. Taking a mail for older
/// than it is costs at worst a question.
fn arrival(folder: Folder, raw: &RawMail, now: DateTime<Utc>) -> DateTime<Utc> {
    let said = match folder {
        Folder::Sent => crate::message::written(&raw.bytes),
        _ => crate::message::stamped(&raw.bytes),
    };
    let known = raw.received.min(now);
    said.map_or(known, |said| known.min(said))
}

fn arrived(identity: MessageIdentity, folder: Folder, received: DateTime<Utc>, digest: RawDigest) -> StoredMessage {
    StoredMessage {
        identity,
        rfc_id: None,
        folder: folder.as_str().to_owned(),
        received,
        from: None,
        subject: String::new(),
        kind: MessageKind::Other,
        state: MessageState::Received,
        verdict: None,
        reading: None,
        customer: None,
        raw: Some(digest),
    }
}
