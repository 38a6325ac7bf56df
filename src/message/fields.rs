//! Header fields as they stand in the bytes, from the top: counted, never guessed.
//!
//! The MIME parser keeps the last of repeated fields; here each one is seen, in order, which is what authenticity
//! (several From, the topmost Authentication-Results) needs.

/// Headers longer than this are not read any further.
const MOST_BYTES: usize = 1 << 20;
/// More fields than this are not read.
const MOST_FIELDS: usize = 5_000;

/// One header field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// In lower case.
    pub(super) name: String,
    /// Unfolded, not decoded.
    pub(super) value: String,
}

/// The header block of a mail or part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields(pub(super) Vec<Field>);

impl Fields {
    /// Reads the block up to the first blank line.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut fields: Vec<Field> = Vec::new();
        let block = bytes.get(..MOST_BYTES).unwrap_or(bytes);
        for line in block.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                if fields.is_empty() {
                    continue;
                }
                break;
            }
            if fields.len() >= MOST_FIELDS {
                break;
            }
            // Headers should be ASCII; where they are not and not UTF-8 either, they are most often those of Windows.
            let text = match std::str::from_utf8(line) {
                Ok(text) => text.into(),
                Err(_) => encoding_rs::WINDOWS_1252.decode(line).0,
            };
            if text.starts_with([' ', '\t']) {
                if let Some(last) = fields.last_mut() {
                    last.value.push(' ');
                    last.value.push_str(text.trim());
                }
            } else if let Some((name, value)) = text.split_once(':') {
                let name = name.trim_end();
                if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()) {
                    fields.push(Field { name: name.to_ascii_lowercase(), value: value.trim().to_owned() });
                }
            }
        }
        Self(fields)
    }

    /// The first field of a name (given in lower case).
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|field| field.name == name).map(|field| field.value.as_str())
    }

    /// All fields of a name (given in lower case), from the top.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |field| field.name == name).map(|field| field.value.as_str())
    }

    /// Does any field have this name?
    pub(super) fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The first field of a name in lower case, empty when there is none.
    pub(super) fn lower(&self, name: &str) -> String {
        self.first(name).unwrap_or_default().to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfolds_counts_and_ignores_the_mbox_line() {
        let fields = Fields::read(b"From MAILER Mon Dec 19 03:18:51 2016\r\nFrom: a@x.test\r\nSUBJECT: one\r\n\ttwo\r\nFrom : b@x.test\r\n\r\nFrom: c@x.test\r\n");
        assert_eq!(fields.all("from").collect::<Vec<_>>(), ["a@x.test", "b@x.test"]);
        assert_eq!(fields.first("subject"), Some("one two"));
    }
}
