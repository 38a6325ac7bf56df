//! Mail in files, as Dovecot, Courier, mbsync and mutt keep it.
//!
//! In: a root directory. Out: what [`Mailbox`] says.
//! Deliberately absent: flags of mails that are not ours, moves, deletions of anything but our own drafts, links and
//! pipes. `received` is the file's modification time, as IMAP servers take it, unless its name says an earlier time:
//! a mailbox restored without its times would else look as if all of it had come today.

mod failure;
mod layout;
mod listing;
mod names;
mod writing;

pub use super::folder_names::FolderNames;
pub use names::Naming;

use super::folder_names::setting_of;
use super::{Appended, Coverage, Fetched, Folder, Head, ItemId, Listing, Mailbox, MailboxError, RawMail};
use chrono::{DateTime, Utc};
use failure::{failure, sentence};
use listing::{Index, last_change, read_folder};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Names of files keep their meaning for ever.
const EPOCH: &str = "maildir";
/// The header that makes a draft ours.
const OWN_HEADER: &[u8] = b"x-sollecito-ref:";
/// How much of a draft is read to find that header.
const HEADER_LIMIT: u64 = 256 * 1024;
/// How much of a mail [`Mailbox::heads`] gives.
const HEAD_LIMIT: u64 = 64 * 1024;
/// How often a file that moves away under our hands is looked for again.
const ATTEMPTS: usize = 3;
/// How often directories are looked at while waiting.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A mailbox of files.
#[derive(Debug)]
pub struct Maildir {
    root: PathBuf,
    names: FolderNames,
    naming: Naming,
    index: BTreeMap<Folder, Index>,
    changed: BTreeMap<Folder, [Option<SystemTime>; 2]>,
}

impl Maildir {
    /// Opens an existing mailbox. Its layout is told from what lies there; names in the settings come first.
    ///
    /// # Errors
    /// When the root or INBOX is not there, a name in the settings is wrong, or two folders could be meant.
    pub fn open(root: &Path, names: FolderNames) -> Result<Self, MailboxError> {
        let root = root.canonicalize().map_err(|error| failure("open", root, &error))?;
        let maildir = Self { root, names, naming: Naming::Unique, index: BTreeMap::new(), changed: BTreeMap::new() };
        for folder in [Folder::Inbox, Folder::Sent, Folder::Drafts, Folder::Junk] {
            let found = layout::find(&maildir.root, &maildir.names, folder)?;
            if found.is_none() && folder == Folder::Inbox {
                return Err(MailboxError {
                    message: format!("{} is not a Maildir: it has neither cur nor new", maildir.root.display()),
                    remedy: Some("Name the directory that holds cur and new, or the one above INBOX".to_owned()),
                    temporary: false,
                });
            }
        }
        Ok(maildir)
    }

    /// Makes an empty mailbox with all four folders in the Maildir++ layout, and opens it. What is there stays.
    ///
    /// # Errors
    /// When a directory cannot be made.
    pub fn create(root: &Path) -> Result<Self, MailboxError> {
        for folder in ["", ".Sent", ".Drafts", ".Junk"] {
            writing::make_folder(&root.join(folder))?;
        }
        Self::open(root, FolderNames::default())
    }

    /// The same mailbox with another way of naming new files.
    #[must_use]
    pub fn with_naming(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// Where a folder lies, for `check` and the setup; `None` when there is none yet.
    ///
    /// # Errors
    /// As [`Maildir::open`].
    pub fn folder_path(&self, folder: Folder) -> Result<Option<PathBuf>, MailboxError> {
        layout::find(&self.root, &self.names, folder)
    }

    /// Lays a mail into a folder as a local delivery agent does, with the time at which it is said to have come.
    /// For demonstrations and tests; the product itself only appends.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn deliver(&mut self, folder: Folder, bytes: &[u8], received: DateTime<Utc>) -> Result<ItemId, MailboxError> {
        let place = self.folder_or_new(folder)?;
        writing::deliver(&place, &self.naming.base(bytes), names::flags_of(folder), bytes, received.into())
            .map(ItemId)
            .map_err(|error| failure("write to", &place, &error))
    }

    /// A folder that has to be there. An absent one is not an empty one: the owner may only call it differently.
    fn folder(&self, folder: Folder) -> Result<PathBuf, MailboxError> {
        self.folder_path(folder)?.ok_or_else(|| MailboxError {
            message: format!("No {} folder was found in {}", folder.as_str(), self.root.display()),
            remedy: Some(format!(
                "Name it in the settings, [mailbox] {} = \"...\", or create it in the mail program",
                setting_of(folder)
            )),
            temporary: false,
        })
    }

    /// A folder, made when there is none.
    fn folder_or_new(&self, folder: Folder) -> Result<PathBuf, MailboxError> {
        if let Some(found) = self.folder_path(folder)? {
            return Ok(found);
        }
        let inbox = self.folder(Folder::Inbox)?;
        let place = layout::place_for(&self.root, &inbox, folder);
        writing::make_folder(&place)?;
        Ok(place)
    }

    /// Reads a folder anew.
    fn refresh(&mut self, folder: Folder) -> Result<&Index, MailboxError> {
        let place = match self.folder_path(folder)? {
            Some(place) => place,
            // No junk folder: no junk. No drafts folder: no drafts of ours, since the first one makes the folder.
            None if matches!(folder, Folder::Junk | Folder::Drafts) => {
                self.changed.remove(&folder);
                self.index.insert(folder, Index { files: BTreeMap::new(), complete: true });
                return Ok(self.index.entry(folder).or_default());
            }
            None => self.folder(folder)?,
        };
        // Taken before the reading, so that a change during it still wakes the next wait.
        self.changed.insert(folder, last_change(&place));
        let index = read_folder(&self.root, &place)?;
        self.index.insert(folder, index);
        Ok(self.index.entry(folder).or_default())
    }

    /// Does something with an item's file, and looks for the file again when it was renamed meanwhile.
    /// `Ok(None)` when it is gone for certain; an error of kind `Interrupted` when the folder did not come to rest.
    fn with_file<T>(
        &mut self,
        folder: Folder,
        id: &ItemId,
        mut act: impl FnMut(&Path) -> std::io::Result<T>,
    ) -> Result<std::io::Result<Option<T>>, MailboxError> {
        let mut known = self.index.get(&folder).and_then(|index| index.files.get(&id.0).cloned());
        let mut settled = false;
        for _ in 0..=ATTEMPTS {
            if let Some(path) = &known {
                match act(path) {
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    other => return Ok(other.map(Some)),
                }
            } else if settled {
                return Ok(Ok(None));
            }
            let index = self.refresh(folder)?;
            known = index.files.get(&id.0).cloned();
            settled = index.complete;
        }
        Ok(Err(ErrorKind::Interrupted.into()))
    }

    /// Refuses everything but drafts that carry our own header.
    fn own_draft(&mut self, folder: Folder, id: &ItemId) -> Result<bool, MailboxError> {
        if folder != Folder::Drafts {
            return Err(refusal(format!(
                "Only drafts are replaced or removed, nothing in the {} folder",
                folder.as_str()
            )));
        }
        let root = self.root.clone();
        match self.with_file(folder, id, carries_own_header)? {
            Ok(Some(true)) => Ok(true),
            Ok(Some(false)) => Err(refusal(format!("The draft {} was not written by sollecito", id.0))),
            Ok(None) => Ok(false),
            Err(error) => Err(failure("read a draft in", &root, &error)),
        }
    }
}

/// Something that this product does not do.
fn refusal(message: String) -> MailboxError {
    MailboxError { message, remedy: None, temporary: false }
}

/// Looks for our header in the header block only: a quotation in the text proves nothing.
fn carries_own_header(path: &Path) -> std::io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(HEADER_LIMIT).read_to_end(&mut head)?;
    for line in head.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return Ok(false);
        }
        if line.get(..OWN_HEADER.len()).is_some_and(|name| name.eq_ignore_ascii_case(OWN_HEADER)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reads the header block of a file, and how long the file is.
fn read_head(path: &Path) -> std::io::Result<(Vec<u8>, u64)> {
    if !fs::metadata(path)?.is_file() {
        return Err(ErrorKind::NotFound.into());
    }
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut bytes = Vec::new();
    file.take(HEAD_LIMIT).read_to_end(&mut bytes)?;
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").map(|at| at.saturating_add(2));
    let end_crlf = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at.saturating_add(4));
    if let Some(end) = end.into_iter().chain(end_crlf).min() {
        bytes.truncate(end);
    }
    Ok((bytes, size))
}

/// Reads a file up to a limit, and when it came.
fn read_mail(path: &Path, limit: usize) -> std::io::Result<RawMail> {
    // Asked again here: what was a file when listed may be a pipe now, and opening a pipe would wait for ever.
    if !fs::metadata(path)?.is_file() {
        return Err(ErrorKind::NotFound.into());
    }
    let file = File::open(path)?;
    let meta = file.metadata()?;
    let mut bytes = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(bound).read_to_end(&mut bytes)?;
    let truncated = bytes.len() > limit;
    bytes.truncate(limit);
    Ok(RawMail { bytes, truncated, received: received(path, meta.modified().ok()) })
}

/// The earlier of the file's time and the time in its name: where they differ, one of them was lost in a copy, and
/// taking mail for older than it is costs at worst a question, taking it for newer an answer months late.
fn received(path: &Path, modified: Option<SystemTime>) -> DateTime<Utc> {
    let named = path
        .file_name()
        .and_then(|name| names::seconds_of(&name.to_string_lossy()))
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let modified = modified.and_then(instant);
    match (modified, named) {
        (Some(file), Some(name)) if name < file => {
            // Files are written within the second that names them; a fraction later is the same time.
            if file.signed_duration_since(name) < chrono::TimeDelta::minutes(10) { file } else { name }
        }
        (Some(file), _) => file,
        (None, Some(name)) => name,
        (None, None) => DateTime::UNIX_EPOCH,
    }
}

/// A file's time, unless it lies outside of what a calendar can hold.
fn instant(time: SystemTime) -> Option<DateTime<Utc>> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    DateTime::from_timestamp(i64::try_from(since.as_secs()).ok()?, since.subsec_nanos())
}

impl Mailbox for Maildir {
    fn enumerate(&mut self, folder: Folder) -> Result<Listing, MailboxError> {
        let index = self.refresh(folder)?;
        let ids = index.files.keys().cloned().map(ItemId).collect();
        let coverage = if index.complete { Coverage::Whole } else { Coverage::Unsettled };
        Ok(Listing { epoch: EPOCH.to_owned(), ids, coverage })
    }

    fn heads(&mut self, folder: Folder, ids: &[ItemId]) -> Result<Vec<Head>, MailboxError> {
        let mut heads = Vec::with_capacity(ids.len());
        for id in ids {
            if let Ok(Some((bytes, size))) = self.with_file(folder, id, read_head)? {
                heads.push(Head { id: id.clone(), bytes, size: Some(size) });
            }
        }
        Ok(heads)
    }

    fn fetch(&mut self, folder: Folder, id: &ItemId, limit: usize) -> Result<Fetched, MailboxError> {
        Ok(match self.with_file(folder, id, |path| read_mail(path, limit))? {
            Ok(Some(mail)) => Fetched::Got(mail),
            Ok(None) => Fetched::Vanished,
            Err(error) if error.kind() == ErrorKind::Interrupted => {
                Fetched::Retry("The folder changes too quickly to find this mail".to_owned())
            }
            Err(error) => Fetched::Retry(sentence("read", Path::new(&id.0), &error)),
        })
    }

    fn append(&mut self, folder: Folder, bytes: &[u8]) -> Appended {
        if folder == Folder::Junk {
            return Appended::Failed("Nothing is ever added to the junk folder".to_owned());
        }
        let place = match self.folder_or_new(folder) {
            Ok(place) => place,
            Err(error) => return Appended::Failed(one_line(&error)),
        };
        let mut base = self.naming.base(bytes);
        let present = match self.refresh(folder) {
            Ok(index) => index.files.get(&base),
            Err(error) => return Appended::Failed(one_line(&error)),
        };
        if let Some(path) = present {
            match fs::read(path) {
                Ok(there) if there == bytes => return Appended::Done(ItemId(base)),
                _ => base = Naming::Unique.base(bytes),
            }
        }
        writing::append(&place, &base, names::flags_of(folder), bytes)
    }

    fn replace(&mut self, folder: Folder, id: &ItemId, bytes: &[u8]) -> Appended {
        match self.own_draft(folder, id) {
            Ok(true) => {}
            Ok(false) => return Appended::Failed(format!("The draft {} is not there any more", id.0)),
            Err(error) => return Appended::Failed(one_line(&error)),
        }
        let added = self.append(folder, bytes);
        let Appended::Done(new) = &added else { return added };
        if new == id {
            return added;
        }
        match self.remove(folder, id) {
            Ok(_) => added,
            Err(error) => {
                // Two drafts of one mail invite sending both: without the old one gone, the new one goes.
                match self.remove(folder, new) {
                    Ok(_) => Appended::Failed(one_line(&error)),
                    Err(second) => Appended::Unknown(format!("{}; {}", one_line(&error), one_line(&second))),
                }
            }
        }
    }

    fn remove(&mut self, folder: Folder, id: &ItemId) -> Result<bool, MailboxError> {
        if !self.own_draft(folder, id)? {
            return Ok(false);
        }
        let root = self.root.clone();
        match self.with_file(folder, id, |path| {
            // The header is read again from the very name that is removed.
            if carries_own_header(path)? { fs::remove_file(path) } else { Err(ErrorKind::PermissionDenied.into()) }
        })? {
            Ok(Some(())) => {
                if let Some(index) = self.index.get_mut(&folder) {
                    index.files.remove(&id.0);
                }
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(error) => Err(failure("remove a draft from", &root, &error)),
        }
    }

    fn wait(&mut self, at_most: Duration) -> bool {
        let folders: Vec<(Folder, PathBuf)> = [Folder::Inbox, Folder::Sent, Folder::Drafts, Folder::Junk]
            .into_iter()
            .filter_map(|folder| Some((folder, self.folder_path(folder).ok()??)))
            .collect();
        let before: Vec<_> = folders
            .iter()
            .map(|(folder, path)| self.changed.get(folder).copied().unwrap_or_else(|| last_change(path)))
            .collect();
        let start = Instant::now();
        loop {
            let now = folders.iter().map(|(_, path)| last_change(path));
            let left = at_most.saturating_sub(start.elapsed());
            if !now.eq(before.iter().copied()) {
                return true;
            }
            if left.is_zero() {
                return false;
            }
            std::thread::sleep(left.min(LOOK_EVERY));
        }
    }
}

/// An error with its remedy, where only one line can be told.
fn one_line(error: &MailboxError) -> String {
    match &error.remedy {
        Some(remedy) => format!("{}. {remedy}", error.message),
        None => error.message.clone(),
    }
}
