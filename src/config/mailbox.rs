//! `[mailbox]`: where mail is read.

use super::settings::MailboxSettings;
use super::sheet::Section;
use std::path::Path;

/// Enough for every mail that a provider accepts (25 MB is the usual limit, base64 included).
const DEFAULT_MAX_MAIL_BYTES: u32 = 40_000_000;

/// Reads `[mailbox]`.
pub(super) fn read(root: &Section<'_>, folder: &Path) -> Option<MailboxSettings> {
    let section = root.section("mailbox");
    section.required_section("[mailbox] and below it path = \"/home/marta/Maildir\"");
    let path = section.required_text("path", "/home/marta/Maildir").map(|found| folder.join(found.value));
    let name = |key: &'static str, example: &str| {
        let found = section.text(key, example)?;
        let name = found.value.trim();
        if name.is_empty() || name.split(['/', '\\']).any(|part| part == "..") || name.chars().any(char::is_control) {
            found.wrong(
                format!("{} is not the name of a folder", found.title()),
                format!("write for example: {key} = \"{example}\", or take the line out"),
            );
            return None;
        }
        Some(name.to_owned())
    };
    let (inbox, sent) = (name("inbox", "INBOX"), name("sent", "Sent"));
    let (drafts, junk) = (name("drafts", "Drafts"), name("junk", "Junk"));
    let authserv_ids =
        section.parsed_list("authserv_ids", "mx.provider.example", "the name of a mail server", |text| {
            let text = text.trim();
            let good = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && c != ';' && c != '"');
            good.then(|| text.to_ascii_lowercase())
        });
    let max = section
        .number("max_mail_bytes", 100_000..=200_000_000, DEFAULT_MAX_MAIL_BYTES)
        .unwrap_or(DEFAULT_MAX_MAIL_BYTES);
    section.finish();
    Some(MailboxSettings {
        path: path?,
        inbox,
        sent,
        drafts,
        junk,
        authserv_ids: authserv_ids.unwrap_or_default(),
        max_mail_bytes: usize::try_from(max).unwrap_or(usize::MAX),
    })
}
