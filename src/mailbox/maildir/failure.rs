//! What went wrong with a file, as a sentence and what to do about it.

use crate::mailbox::MailboxError;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// A failure of the file system while `doing` something ("read", "write to") with a path.
pub(super) fn failure(doing: &str, path: &Path, error: &Error) -> MailboxError {
    let (reason, remedy, temporary) = reason_of(error);
    MailboxError {
        message: format!("Cannot {doing} {}: {reason}", path.display()),
        remedy: remedy.map(str::to_owned),
        temporary,
    }
}

/// The same in one line, where there is no room for a remedy of its own.
pub(super) fn sentence(doing: &str, path: &Path, error: &Error) -> String {
    let problem = failure(doing, path, error);
    match problem.remedy {
        Some(remedy) => format!("{}. {remedy}", problem.message),
        None => problem.message,
    }
}

/// Plain words, a remedy, and whether it may pass by itself.
fn reason_of(error: &Error) -> (String, Option<&'static str>, bool) {
    match error.kind() {
        ErrorKind::PermissionDenied => (
            "permission denied".to_owned(),
            Some("Run as the user who owns the mailbox, or give this user read and write access to it"),
            false,
        ),
        ErrorKind::StorageFull => ("the disk is full".to_owned(), Some("Free some space on that disk"), true),
        ErrorKind::QuotaExceeded => {
            ("the quota is used up".to_owned(), Some("Free some space in the mailbox or raise its quota"), true)
        }
        ErrorKind::ReadOnlyFilesystem => {
            ("the disk is read-only".to_owned(), Some("Mount it writable; drafts and sent copies need it"), false)
        }
        ErrorKind::NotFound => (
            "it is not there".to_owned(),
            Some("Check that the disk is mounted and that the folder's name in the settings is right"),
            true,
        ),
        ErrorKind::NotADirectory => ("it is not a folder".to_owned(), Some("Move the file of that name away"), false),
        _ => (error.to_string(), None, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_can_mend_comes_with_its_remedy() {
        for kind in [
            ErrorKind::PermissionDenied,
            ErrorKind::StorageFull,
            ErrorKind::QuotaExceeded,
            ErrorKind::ReadOnlyFilesystem,
            ErrorKind::NotFound,
            ErrorKind::NotADirectory,
        ] {
            let problem = failure("write to", Path::new("Mail/cur"), &Error::from(kind));
            assert!(problem.remedy.is_some(), "{kind:?}");
            assert!(problem.message.starts_with("Cannot write to Mail/cur: "), "{}", problem.message);
            assert!(!problem.message.ends_with('.'), "{}", problem.message);
        }
    }

    #[test]
    fn a_full_disk_passes_and_a_read_only_one_does_not() {
        let path = Path::new("x");
        assert!(failure("write to", path, &Error::from(ErrorKind::StorageFull)).temporary);
        assert!(!failure("write to", path, &Error::from(ErrorKind::ReadOnlyFilesystem)).temporary);
    }
}
