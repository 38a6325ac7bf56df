//! Bytes to text: UTF-8 with or without byte order mark, UTF-16 with one (Excel's "Unicode text"), else Windows-1252.

/// A file's text and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text without byte order mark.
    pub text: String,
    /// `UTF-8`, `UTF-16LE`, `UTF-16BE` or `windows-1252`.
    pub encoding: &'static str,
}

/// Never fails: every sequence of bytes is some text in Windows-1252.
#[must_use]
pub fn decode(bytes: &[u8]) -> Decoded {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        let (text, _) = encoding.decode_without_bom_handling(rest);
        return Decoded { text: text.into_owned(), encoding: encoding.name() };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: text.to_owned(), encoding: "UTF-8" },
        Err(_) => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            Decoded { text: text.into_owned(), encoding: "windows-1252" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_programs_write_it() {
        for (bytes, encoding) in [
            (&b"\xef\xbb\xbfcitt\xc3\xa0 \xe2\x82\xac"[..], "UTF-8"),
            (&b"citt\xc3\xa0 \xe2\x82\xac"[..], "UTF-8"),
            (&b"citt\xe0 \x80"[..], "windows-1252"),
            (&b"\xff\xfec\0i\0t\0t\0\xe0\0 \0\xac\x20"[..], "UTF-16LE"),
        ] {
            assert_eq!(decode(bytes), Decoded { text: "città €".into(), encoding });
        }
    }
}
