//! The mailbox that the firm already has, behind one trait: raw mail in, drafts and sent copies out.
//!
//! In: a folder's name and an id. Out: raw bytes and when they arrived.
//! Deliberately absent: any understanding of a mail, any state of the agent's (that is in the store), flags and moves:
//! the agent adds only its drafts and Sent copies, and replaces or removes only drafts of its own.

mod folder_names;
pub mod imap;
pub mod maildir;
mod utf7;

pub use folder_names::FolderNames;

use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeSet;
use std::time::Duration;

/// A folder by its part in the house, whatever it is called there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Folder {
    /// Where mail arrives.
    Inbox,
    /// Where sent mail is kept.
    Sent,
    /// Where drafts wait.
    Drafts,
    /// Where the server puts what it takes for spam: looked at for replies in known threads, never answered.
    Junk,
}

impl Folder {
    /// The word used in the store and in messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Sent => "sent",
            Self::Drafts => "drafts",
            Self::Junk => "junk",
        }
    }
}

/// An opaque name of one item in one folder, good within one epoch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub String);

/// How much of a folder a listing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// All of it: an id that is absent is gone.
    Whole,
    /// All that came since the last listing, and the newest of what was there before: an absent id means nothing.
    Newest,
    /// It changed while it was read: nothing may be concluded from it, not even that the folder was read.
    Unsettled,
}

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Changes when ids lose their meaning (IMAP: UIDVALIDITY, with the folder's name and the account; Maildir: constant).
    pub epoch: String,
    /// Items, oldest first.
    pub ids: Vec<ItemId>,
    /// How much of the folder that is.
    pub coverage: Coverage,
}

/// The beginning of a mail, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Which item.
    pub id: ItemId,
    /// The header block, at most 64 KiB of it.
    pub bytes: Vec<u8>,
    /// How large the server says that the whole mail is; it may lie, and it may not say.
    pub size: Option<u64>,
}

/// One mail as it lies in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawMail {
    /// The bytes, at most as many as asked for.
    pub bytes: Vec<u8>,
    /// There were more.
    pub truncated: bool,
    /// When it reached the mailbox.
    pub received: DateTime<Utc>,
}

/// The answer to a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// Here it is.
    Got(RawMail),
    /// Somebody moved or deleted it meanwhile.
    Vanished,
    /// Not now, for this reason; ask again later.
    Retry(String),
}

/// The answer to an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It lies there under this id.
    Done(ItemId),
    /// It does not lie there.
    Failed(String),
    /// Nobody knows: look before trying again.
    Unknown(String),
}

/// Why a mailbox could not be used at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MailboxError {
    /// A sentence without a full stop.
    pub message: String,
    /// What the owner can do.
    pub remedy: Option<String>,
    /// It may pass by itself.
    pub temporary: bool,
}

/// A mailbox. Blocking; an implementation over a network keeps its own tasks and deadlines behind it.
pub trait Mailbox {
    /// Lists a folder. The first listing of a folder, and one in a new epoch, shows all of it.
    ///
    /// # Errors
    /// When the folder cannot be read; never a shorter list instead.
    fn enumerate(&mut self, folder: Folder) -> Result<Listing, MailboxError>;

    /// Says which items are fetched next, in this order, so that a mailbox far away can read ahead. A hint: leaving it
    /// out only means that it takes longer.
    fn expect(&mut self, _folder: Folder, _ids: &[ItemId], _limit: usize) {}

    /// Reads the headers of items; one that is not in the answer is gone or could not be read.
    ///
    /// # Errors
    /// When the mailbox as a whole cannot be used.
    fn heads(&mut self, folder: Folder, ids: &[ItemId]) -> Result<Vec<Head>, MailboxError>;

    /// The items that came before a day, by the mailbox's own account; `None` when it cannot tell them apart. Only what
    /// is named is old: what a search leaves out proves nothing.
    ///
    /// # Errors
    /// When the mailbox as a whole cannot be used.
    fn older_than(&mut self, _folder: Folder, _day: NaiveDate) -> Result<Option<BTreeSet<ItemId>>, MailboxError> {
        Ok(None)
    }

    /// Reads one item, at most `limit` bytes of it, changing no flag.
    ///
    /// # Errors
    /// When the mailbox as a whole cannot be used.
    fn fetch(&mut self, folder: Folder, id: &ItemId, limit: usize) -> Result<Fetched, MailboxError>;

    /// Adds a mail of ours, marked as read in Sent and as a draft in Drafts.
    fn append(&mut self, folder: Folder, bytes: &[u8]) -> Appended;

    /// Replaces a draft of ours: the new one is there before the old one goes.
    fn replace(&mut self, folder: Folder, id: &ItemId, bytes: &[u8]) -> Appended;

    /// Removes a draft of ours. `Ok(false)` when it was not there any more.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    fn remove(&mut self, folder: Folder, id: &ItemId) -> Result<bool, MailboxError>;

    /// Waits until something may have changed, at most this long. True: perhaps something did. A hint, never a source.
    fn wait(&mut self, at_most: Duration) -> bool;
}
