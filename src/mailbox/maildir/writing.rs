//! Puts files into a Maildir: written whole and made durable in `tmp`, then visible at once by a rename.

use super::failure::{failure, sentence};
use crate::mailbox::{Appended, ItemId, MailboxError};
use std::fs::{self, File, OpenOptions};
use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Makes a folder with its three directories, and keeps what is there.
///
/// # Errors
/// When a directory cannot be made.
pub(super) fn make_folder(folder: &Path) -> Result<(), MailboxError> {
    for part in ["tmp", "new", "cur"] {
        let directory = folder.join(part);
        fs::create_dir_all(&directory).map_err(|error| failure("create", &directory, &error))?;
    }
    Ok(())
}

/// Adds a mail: durable before it is visible. The name must be new in this folder.
pub(super) fn append(folder: &Path, base: &str, flags: &str, bytes: &[u8]) -> Appended {
    let directory = folder.join(if flags.is_empty() { "new" } else { "cur" });
    let target = directory.join(format!("{base}{flags}"));
    let draft = match write_tmp(folder, base, bytes, None) {
        Ok(draft) => draft,
        Err(error) => return Appended::Failed(sentence("write to", folder, &error)),
    };
    if let Err(error) = fs::create_dir_all(&directory).and_then(|()| fs::rename(&draft, &target)) {
        return after_failed_rename(&draft, &target, base, bytes, &error);
    }
    match sync_directory(&directory) {
        Ok(()) => Appended::Done(ItemId(base.to_owned())),
        Err(error) => Appended::Unknown(sentence("make sure of a mail in", &directory, &error)),
    }
}

/// Some network disks report a failure of what they did: the truth is what lies there now.
fn after_failed_rename(draft: &Path, target: &Path, base: &str, bytes: &[u8], error: &Error) -> Appended {
    let reason = sentence("write to", target, error);
    if fs::read(target).is_ok_and(|there| there == bytes) {
        return Appended::Done(ItemId(base.to_owned()));
    }
    match (draft.try_exists(), target.try_exists()) {
        (Ok(true), Ok(false)) => {
            // A left-over in tmp harms nobody; Maildir readers sweep it after 36 hours.
            let _swept_later = fs::remove_file(draft);
            Appended::Failed(reason)
        }
        _ => Appended::Unknown(reason),
    }
}

/// Lays a mail in with a time of its own, as a delivery agent does.
pub(super) fn deliver(
    folder: &Path,
    base: &str,
    flags: &str,
    bytes: &[u8],
    received: SystemTime,
) -> std::io::Result<String> {
    let directory = folder.join(if flags.is_empty() { "new" } else { "cur" });
    fs::create_dir_all(&directory)?;
    let draft = write_tmp(folder, base, bytes, Some(received))?;
    fs::rename(&draft, directory.join(format!("{base}{flags}")))?;
    sync_directory(&directory)?;
    Ok(base.to_owned())
}

/// Writes a file into `tmp`, which is made when a copy lost it. Nothing stays behind when it fails.
fn write_tmp(folder: &Path, base: &str, bytes: &[u8], received: Option<SystemTime>) -> std::io::Result<PathBuf> {
    let directory = folder.join("tmp");
    fs::create_dir_all(&directory)?;
    let path = directory.join(base);
    let written = create(&path).and_then(|mut file| {
        file.write_all(bytes)?;
        if let Some(time) = received {
            file.set_modified(time)?;
        }
        file.sync_all()
    });
    match written {
        Ok(()) => Ok(path),
        Err(error) => {
            let _swept_later = fs::remove_file(&path);
            Err(error)
        }
    }
}

/// A new file. One of the same name in `tmp` is what a crash left of an earlier attempt: names are never shared.
fn create(path: &Path) -> std::io::Result<File> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            OpenOptions::new().write(true).create_new(true).open(path)
        }
        other => other,
    }
}

/// Makes a rename durable. Some file systems cannot do that for directories and say so: then it is as durable as it gets.
fn sync_directory(directory: &Path) -> std::io::Result<()> {
    match File::open(directory).and_then(|file| file.sync_all()) {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        other => other,
    }
}
