//! The studio's Maildir as the agent sees it: copies that it files bear the time of the story, not of the machine.

use crate::agent::clock::{Clock, SetClock};
use crate::mailbox::maildir::Maildir;
use crate::mailbox::{Appended, Fetched, Folder, Head, ItemId, Listing, Mailbox, MailboxError};
use std::time::Duration;

/// A Maildir within the story's time.
pub(super) struct Postbox {
    pub(super) maildir: Maildir,
    pub(super) clock: SetClock,
}

impl Mailbox for Postbox {
    fn enumerate(&mut self, folder: Folder) -> Result<Listing, MailboxError> {
        self.maildir.enumerate(folder)
    }

    fn heads(&mut self, folder: Folder, ids: &[ItemId]) -> Result<Vec<Head>, MailboxError> {
        self.maildir.heads(folder, ids)
    }

    fn fetch(&mut self, folder: Folder, id: &ItemId, limit: usize) -> Result<Fetched, MailboxError> {
        self.maildir.fetch(folder, id, limit)
    }

    fn append(&mut self, folder: Folder, bytes: &[u8]) -> Appended {
        match self.maildir.deliver(folder, bytes, self.clock.now()) {
            Ok(id) => Appended::Done(id),
            Err(error) => Appended::Failed(error.message),
        }
    }

    fn replace(&mut self, folder: Folder, id: &ItemId, bytes: &[u8]) -> Appended {
        self.maildir.replace(folder, id, bytes)
    }

    fn remove(&mut self, folder: Folder, id: &ItemId) -> Result<bool, MailboxError> {
        self.maildir.remove(folder, id)
    }

    fn wait(&mut self, _at_most: Duration) -> bool {
        true
    }
}
