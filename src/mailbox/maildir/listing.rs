//! Reads a folder so that a mail renamed meanwhile is not passed over: until two readings agree and nothing moved
//! between them.

use super::failure::failure;
use super::layout::within;
use super::names::base_of;
use crate::mailbox::MailboxError;
use std::collections::BTreeMap;
use std::fs::{self, DirEntry};
use std::io::ErrorKind;
use std::os::unix::fs::DirEntryExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A folder that changes under every reading is given up on after so many, and said to be incomplete.
const READINGS: usize = 6;

/// What a folder holds: item id to file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Index {
    /// Every item seen in any reading, with the file that carried it last.
    pub(super) files: BTreeMap<String, PathBuf>,
    /// Two readings agreed.
    pub(super) complete: bool,
}

/// One file of one reading.
struct Found {
    inode: u64,
    path: PathBuf,
}

/// Lists `new` before `cur`: mail moves that way, so what left `new` meanwhile is seen in `cur`. A rename within `cur`
/// may hide a file from a running listing, hence the second look.
///
/// # Errors
/// When a directory cannot be read to its end.
pub(super) fn read_folder(root: &Path, folder: &Path) -> Result<Index, MailboxError> {
    let mut all: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut previous: Option<BTreeMap<String, PathBuf>> = None;
    let mut changed = last_change(folder);
    for _ in 0..READINGS {
        let now = read_once(root, folder)?;
        // Times alone would not do: they are kept in steps of some milliseconds, and many renames fit into one.
        let changed_now = last_change(folder);
        let quiet = changed == changed_now;
        if quiet && previous.as_ref().is_some_and(|before| before.keys().eq(now.keys())) {
            return Ok(Index { files: now, complete: true });
        }
        all.extend(now.iter().map(|(id, path)| (id.clone(), path.clone())));
        changed = changed_now;
        previous = Some(now);
    }
    Ok(Index { files: all, complete: false })
}

/// One reading of both directories.
fn read_once(root: &Path, folder: &Path) -> Result<BTreeMap<String, PathBuf>, MailboxError> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut directories = 0;
    for part in ["new", "cur"] {
        let directory = folder.join(part);
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            // Copies and archives lose empty directories; a folder without both is gone.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(failure("read", &directory, &error)),
        };
        directories += 1;
        for entry in entries {
            let entry = entry.map_err(|error| failure("read", &directory, &error))?;
            if let Some((name, file)) = mail_file(root, &entry) {
                insert(&mut found, part, &name, file);
            }
        }
    }
    if directories == 0 {
        return Err(failure("read", folder, &ErrorKind::NotFound.into()));
    }
    Ok(found.into_iter().map(|(id, file)| (id, file.path)).collect())
}

/// Adds a file under its base name. A second, different file of that name is a mail of its own: it is listed under
/// its directory and full name rather than hidden by the first.
fn insert(found: &mut BTreeMap<String, Found>, part: &str, name: &str, file: Found) {
    let base = base_of(name);
    match found.get_mut(base) {
        Some(first) if first.inode == file.inode => *first = file,
        Some(_) => {
            found.insert(format!("{part}/{name}"), file);
        }
        None => {
            found.insert(base.to_owned(), file);
        }
    }
}

/// A plain file with a name that a mail may have. Links count only if they stay in the mailbox; pipes, devices and
/// directories never do, and names that are not UTF-8 are kept by writing the odd bytes out.
fn mail_file(root: &Path, entry: &DirEntry) -> Option<(String, Found)> {
    let name = entry.file_name().to_string_lossy().into_owned();
    if name.starts_with('.') {
        return None;
    }
    let path = entry.path();
    let kind = entry.file_type().ok()?;
    let accepted = kind.is_file() || (kind.is_symlink() && path.is_file() && within(root, &path));
    accepted.then(|| (name, Found { inode: entry.ino(), path }))
}

/// When a folder's directories last changed; a hint for waiting.
pub(super) fn last_change(folder: &Path) -> [Option<SystemTime>; 2] {
    ["new", "cur"].map(|part| fs::metadata(folder.join(part)).and_then(|meta| meta.modified()).ok())
}
