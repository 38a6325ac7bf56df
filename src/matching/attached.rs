//! Attachments, as far as a number may stand in their name or readable content.

use crate::message::Attachment;

/// Content looked at in one attachment.
const READ_AT_MOST: usize = 100_000;

/// A file name without its ending, so that `118.pdf` is read as `118`.
pub fn stem(name: &str) -> &str {
    let name = name.strip_suffix(".p7m").unwrap_or(name);
    match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 4 && !stem.is_empty() => stem,
        _ => name,
    }
}

/// The content of texts, XML and returned mails; nothing of other sorts.
pub fn plain_text(attachment: &Attachment) -> String {
    let readable = attachment.media_type.starts_with("text/")
        || attachment.media_type.starts_with("message/")
        || attachment.media_type.ends_with("/xml")
        || attachment.media_type.ends_with("+xml");
    if !readable {
        return String::new();
    }
    let content = attachment.content.get(..READ_AT_MOST).unwrap_or(&attachment.content);
    String::from_utf8_lossy(content).into_owned()
}
