//! The body as it goes over the wire: CR LF line ends, dots doubled, and the end mark by itself.

/// Why a body cannot be sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    /// A CR without LF: servers disagree on what that is, and some see the end of the mail there.
    BareReturn,
    /// Bytes above 127 to a server that does not offer 8BITMIME.
    EightBit,
}

impl Unfit {
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::BareReturn => "The mail contains a carriage return by itself, which servers read differently",
            Self::EightBit => "The mail contains bytes above 127 and the server does not take those (8BITMIME)",
        }
    }
}

/// The mark that ends a body.
pub(super) const END: &[u8] = b".\r\n";

/// Prepares a body without its end mark. A lone LF becomes CR LF; nothing else changes but doubled dots.
pub(super) fn encode(bytes: &[u8], eight_bit: bool) -> Result<Vec<u8>, Unfit> {
    if !eight_bit && !bytes.is_ascii() {
        return Err(Unfit::EightBit);
    }
    let mut out = Vec::with_capacity(bytes.len().saturating_add(bytes.len() / 32).saturating_add(2));
    let mut lines = bytes.split(|&byte| byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let last = lines.peek().is_none();
        if last && line.is_empty() {
            break;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.contains(&b'\r') {
            return Err(Unfit::BareReturn);
        }
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> Vec<u8> {
        encode(bytes, true).unwrap()
    }

    #[test]
    fn dots_are_doubled_at_the_start_of_lines_only() {
        assert_eq!(encoded(b".\r\n..\r\na.b\r\n.c"), b"..\r\n...\r\na.b\r\n..c\r\n");
        assert_eq!(encoded(b""), b"");
        assert_eq!(encoded(b"\r\n"), b"\r\n");
    }

    #[test]
    fn a_mail_with_proper_line_ends_goes_out_unchanged() {
        let mail = b"Subject: x\r\n\r\ntext\r\n\r\n";
        assert_eq!(encoded(mail), mail);
    }

    #[test]
    fn no_byte_sequence_can_end_the_mail_early() {
        for hidden in [&b"a\n.\nRCPT TO:<x@y>\n"[..], b"a\r\n.\r\nb\r\n", b"a\n.\r\nb", b"a\r\n.\nb"] {
            let wire = encoded(hidden);
            for end in [&b"\r\n.\r\n"[..], b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r"] {
                assert!(!wire.windows(end.len()).any(|window| window == end), "{wire:?}");
            }
        }
        assert_eq!(encode(b"a\r.\rb\r\n", true), Err(Unfit::BareReturn));
        assert_eq!(encode(b"a\r\r\n", true), Err(Unfit::BareReturn));
    }

    #[test]
    fn bytes_above_127_need_a_server_that_takes_them() {
        assert_eq!(encode("è\r\n".as_bytes(), false), Err(Unfit::EightBit));
        assert_eq!(encode("è\r\n".as_bytes(), true).unwrap(), "è\r\n".as_bytes());
    }
}
