//! What a message *is*, whatever copy of it is held.

use crate::ledger::ids::MessageIdentity;
use sha2::{Digest, Sha256};

/// Fields that differ from copy to copy (named in the documentation of [`MessageIdentity`]).
const TRACE: [&str; 4] = ["received", "delivered-to", "return-path", "x-gmail-labels"];

/// The identity of a mail: the same for copies with LF and with CRLF, whatever their trace fields say.
#[must_use]
pub fn identity(bytes: &[u8]) -> MessageIdentity {
    let mut digest = Sha256::new();
    let mut rest = bytes;
    let mut skipping = false;
    while !rest.is_empty() {
        let (line, after) = next_line(rest);
        rest = after;
        if line.is_empty() {
            break;
        }
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            skipping = is_trace(line);
        }
        if !skipping {
            digest.update(line);
            digest.update(b"\n");
        }
    }
    digest.update(b"\n");
    // Blank lines at the end come and go with the store that holds the copy.
    let mut blank = 0_usize;
    while !rest.is_empty() {
        let (line, after) = next_line(rest);
        rest = after;
        if line.is_empty() {
            blank = blank.saturating_add(1);
            continue;
        }
        for _ in 0..std::mem::take(&mut blank) {
            digest.update(b"\n");
        }
        digest.update(line);
        digest.update(b"\n");
    }
    MessageIdentity(digest.finalize().into())
}

fn next_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (line, rest) = match end {
        Some(end) => (bytes.get(..end).unwrap_or_default(), bytes.get(end.saturating_add(1)..).unwrap_or_default()),
        None => (bytes, Default::default()),
    };
    (line.strip_suffix(b"\r").unwrap_or(line), rest)
}

fn is_trace(line: &[u8]) -> bool {
    // The first line of an mbox copy ("From x Mon …") is no field at all.
    if line.starts_with(b"From ") || line.starts_with(b">From ") {
        return true;
    }
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
    TRACE.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_one_message_and_changes_are_not() {
        let lf = b"Received: by a\n folded\nSubject: x\nFrom: a@x.test\n\nbody\n\nmore\n";
        let crlf = b"Delivered-To: me@x.test\r\nSubject: x\r\nFrom: a@x.test\r\n\r\nbody\r\n\r\nmore\r\n\r\n";
        assert_eq!(identity(lf), identity(crlf));
        assert_ne!(identity(lf), identity(b"Subject: x\nFrom: a@x.test\n\nbody\nmore\n"));
        assert_ne!(identity(lf), identity(b"Subject: y\nFrom: a@x.test\n\nbody\n\nmore\n"));
        assert_ne!(identity(b"A: b\n\n"), identity(b"A: b\n\nc"));
        assert_eq!(identity(b""), identity(b"\r\n"));
    }
}
