//! One mail that lies in INBOX twice: written to two addresses of the firm, or brought by two ways. What its carriers wrote
//! above it differs from copy to copy (X-Original-To, Envelope-To, the marks of a spam filter), so that by its content as
//! a whole each copy is a mail of its own; but the customer wrote once, and is answered once.

use super::error::AgentError;
use crate::ledger::ids::CustomerId;
use crate::ledger::reading::Reading;
use crate::ledger::words::Authenticity;
use crate::mailbox::Folder;
use crate::store::{Look, MessageState, StoredMessage};

/// Whose mail it is, when another copy of it was decided on before: the same Message-ID, author, subject and body. A
/// copy with a refuted sender says nothing about the true one, and one among spam was not answered.
pub(super) fn decided_before(
    look: &Look<'_>,
    stored: &StoredMessage,
    reading: &Reading,
) -> Result<Option<CustomerId>, AgentError> {
    let Some(id) = &reading.rfc_id else { return Ok(None) };
    for other in look.find_message(id.as_str())? {
        let is_other = other.identity != stored.identity;
        let was_decided = other.state == MessageState::Decided && other.folder == Folder::Inbox.as_str();
        let says_the_same = other.from == reading.from && other.subject == reading.subject;
        let is_genuine = other.reading.as_ref().is_some_and(|known| known.authenticity != Authenticity::Fail);
        if is_other
            && was_decided
            && says_the_same
            && is_genuine
            && let Some(customer) = other.customer
            && let Some(bytes) = look.raw(other.identity)?
            && let Some(raw) = look.raw(stored.identity)?
            && body(&bytes) == body(&raw)
        {
            return Ok(Some(customer));
        }
    }
    Ok(None)
}

/// What stands below the header block, whatever its line ends.
fn body(bytes: &[u8]) -> Vec<u8> {
    let plain: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'\r').collect();
    let start = plain.windows(2).position(|two| two == b"\n\n").unwrap_or(plain.len());
    plain.get(start..).unwrap_or_default().trim_ascii_end().to_vec()
}
