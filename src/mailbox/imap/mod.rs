//! A mailbox on a server, by IMAP.

mod answer;
mod guard;
mod mend;
mod settings;
mod strict;

pub use settings::{ImapSettings, Timeouts, Watch};

use super::{Appended, Fetched, Folder, Head, ItemId, Listing, Mailbox, MailboxError};
use std::time::Duration;

/// A folder of the server, for the set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderFound {
    /// Its name as people read it.
    pub name: String,
    /// What it is to the agent, if anything.
    pub role: Option<Folder>,
    /// Why it was taken for that: "the server says so", "the settings say so", "by its name".
    pub told_by: Option<&'static str>,
}

/// What a server said that it can do, and what it holds, for the set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Capabilities after the login.
    pub capabilities: Vec<String>,
    /// Every folder that can be selected.
    pub folders: Vec<FolderFound>,
}

/// A mailbox on a server. At most two connections: one works, one waits for news.
#[derive(Debug)]
pub struct ImapMailbox {
    settings: ImapSettings,
}

impl ImapMailbox {
    /// Keeps the settings; nothing is connected before the first question.
    #[must_use]
    pub fn new(settings: ImapSettings) -> Self {
        Self { settings }
    }

    /// Connects and logs in, and says what is there.
    ///
    /// # Errors
    /// When the server cannot be reached, is not trusted, refuses the login, or lists no folders.
    pub fn probe(&mut self) -> Result<Probe, MailboxError> {
        Err(self.unfinished())
    }

    fn unfinished(&self) -> MailboxError {
        MailboxError { message: format!("{} is not spoken to yet", self.settings.host), remedy: None, temporary: false }
    }
}

impl Mailbox for ImapMailbox {
    fn enumerate(&mut self, _folder: Folder) -> Result<Listing, MailboxError> {
        Err(self.unfinished())
    }

    fn heads(&mut self, _folder: Folder, _ids: &[ItemId]) -> Result<Vec<Head>, MailboxError> {
        Err(self.unfinished())
    }

    fn fetch(&mut self, _folder: Folder, _id: &ItemId, _limit: usize) -> Result<Fetched, MailboxError> {
        Err(self.unfinished())
    }

    fn append(&mut self, _folder: Folder, _bytes: &[u8]) -> Appended {
        Appended::Failed("not spoken to yet".to_owned())
    }

    fn replace(&mut self, _folder: Folder, _id: &ItemId, _bytes: &[u8]) -> Appended {
        Appended::Failed("not spoken to yet".to_owned())
    }

    fn remove(&mut self, _folder: Folder, _id: &ItemId) -> Result<bool, MailboxError> {
        Err(self.unfinished())
    }

    fn wait(&mut self, at_most: Duration) -> bool {
        std::thread::sleep(at_most);
        false
    }
}
