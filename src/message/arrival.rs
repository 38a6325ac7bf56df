//! When a mail came or was written, as its own header fields say.

use super::fields::Fields;
use super::parse::moment_in;
use chrono::{DateTime, Utc};

/// The time in the topmost Received field (RFC 5321, 4.4), or none where there is no such field or it cannot be read.
/// A copy of a mailbox that lost the times of its files still has it.
#[must_use]
pub fn stamped(bytes: &[u8]) -> Option<DateTime<Utc>> {
    let fields = Fields::read(bytes);
    let (_, time) = fields.first("received")?.rsplit_once(';')?;
    instant(time)
}

/// The time in the Date field: what the writer's program said. To be believed of the owner's own mails only.
#[must_use]
pub fn written(bytes: &[u8]) -> Option<DateTime<Utc>> {
    instant(Fields::read(bytes).first("date")?)
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    moment_in(text.trim()).map(|time| time.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_topmost_stamp_counts() {
        let mail = b"Received: from b by mx.test; comment\n\twith ESMTPS; Wed, 30 Sep 2026 09:31:00 +0200 (CEST)\n\
                     Received: from a by b; Tue, 29 Sep 2026 09:31:00 +0200\nSubject: x\n\nReceived: x; y\n";
        assert_eq!(stamped(mail).unwrap().to_rfc3339(), "2026-09-30T07:31:00+00:00");
    }

    #[test]
    fn the_date_is_the_writers() {
        let mail = b"Received: a; Wed, 30 Sep 2026 09:31:00 +0200\nDate: Tue, 29 Sep 2026 23:30:00 -0500\n\n";
        assert_eq!(written(mail).unwrap().to_rfc3339(), "2026-09-30T04:30:00+00:00");
        assert_eq!(written(b"Subject: x\n\n"), None);
    }

    #[test]
    fn what_is_no_time_is_none() {
        for mail in ["Subject: x\n\n", "Received: from a by b\n\n", "Received: a; ieri\n\n", "Received: ;\n\n", ""] {
            assert_eq!(stamped(mail.as_bytes()), None, "{mail}");
        }
    }
}
