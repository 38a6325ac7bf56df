//! File names in a Maildir: what stays of a name when flags change, and names for new files.

use crate::mailbox::Folder;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// How new files are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Naming {
    /// Time, process, counter and host, as every delivery agent does.
    #[default]
    Unique,
    /// From the content alone, so that the same bytes always get the same name: for demonstrations and tests.
    FromContent,
}

/// Files of one process never share a name, even within one microsecond.
static COUNTER: AtomicU64 = AtomicU64::new(0);

impl Naming {
    /// A name without flags.
    pub(super) fn base(self, bytes: &[u8]) -> String {
        match self {
            Self::FromContent => {
                let digest = HEXLOWER.encode(Sha256::digest(bytes).as_slice());
                // The letter in front keeps the name from being read as a time.
                format!("h{}.sollecito", digest.get(..32).unwrap_or(&digest))
            }
            Self::Unique => {
                // The only look at the clock in this room: a name has to differ from all names before it.
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let count = COUNTER.fetch_add(1, Ordering::Relaxed);
                let host = host_name();
                format!("{}.M{:06}P{}Q{count}.{host}", now.as_secs(), now.subsec_micros(), std::process::id())
            }
        }
    }
}

/// The machine's name with the two characters written out that a Maildir name must not hold.
fn host_name() -> String {
    let text = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .unwrap_or_default();
    let name: String = text.trim().chars().filter(|c| c.is_ascii_graphic()).collect();
    if name.is_empty() { "localhost".to_owned() } else { name.replace('/', "\\057").replace(':', "\\072") }
}

/// What stays of a name when flags change: everything before `:2,` (or `;2,` and `!2,`, as written where a colon
/// is not allowed in names).
pub(super) fn base_of(name: &str) -> &str {
    let cut = name.char_indices().rev().find(|(at, mark)| {
        matches!(mark, ':' | ';' | '!')
            && name.get(at + 1..).is_some_and(|rest| rest.starts_with("2,") || rest.starts_with("1,"))
    });
    cut.and_then(|(at, _)| name.get(..at)).filter(|base| !base.is_empty()).unwrap_or(name)
}

/// The ending that a new file of ours gets in a folder: read in Sent, a draft (and read) in Drafts.
pub(super) const fn flags_of(folder: Folder) -> &'static str {
    match folder {
        Folder::Sent => ":2,S",
        Folder::Drafts => ":2,DS",
        Folder::Inbox | Folder::Junk => "",
    }
}

/// The time that the name begins with, in seconds since 1970. Ten digits before a dot, else nobody wrote a time there.
pub(super) fn seconds_of(name: &str) -> Option<i64> {
    let (digits, _) = name.split_once('.')?;
    if digits.len() != 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_survives_every_change_of_flags() {
        for (name, base) in [
            ("1.a", "1.a"),
            ("1.a:2,", "1.a"),
            ("1.a:2,RS", "1.a"),
            ("1.a;2,S", "1.a"),
            ("1.a!2,S", "1.a"),
            ("1.a,S=10,W=11:2,Sab", "1.a,S=10,W=11"),
            ("1.a:1,x", "1.a"),
            ("1.a:x", "1.a:x"),
            (":2,S", ":2,S"),
            ("è:2,S", "è"),
        ] {
            assert_eq!(base_of(name), base, "{name}");
        }
    }

    #[test]
    fn only_ten_digits_are_a_time() {
        assert_eq!(seconds_of("1764750000.M1P2.host"), Some(1_764_750_000));
        for name in ["1.a", "17647500001.a", "176475000x.a", "habc.sollecito", "1764750000"] {
            assert_eq!(seconds_of(name), None, "{name}");
        }
    }

    #[test]
    fn unique_names_differ_and_content_names_do_not() {
        assert_ne!(Naming::Unique.base(b"x"), Naming::Unique.base(b"x"));
        assert_eq!(Naming::FromContent.base(b"x"), Naming::FromContent.base(b"x"));
        assert_ne!(Naming::FromContent.base(b"x"), Naming::FromContent.base(b"y"));
        assert_eq!(seconds_of(&Naming::FromContent.base(b"x")), None);
        assert!(seconds_of(&Naming::Unique.base(b"x")).is_some());
    }
}
