//! `[mailbox]`: where mail is read.

use super::server::{KEYS, Manner, ServerPart, refuse_keys};
use super::settings::{ImapSettings, MailboxPlace, MailboxSettings, Watch};
use super::sheet::Section;
use crate::ledger::ids::Address;
use std::path::Path;

/// Enough for every mail that a provider accepts (25 MB is the usual limit, base64 included).
const DEFAULT_MAX_MAIL_BYTES: u32 = 40_000_000;

const IMAP: Manner = Manner { section: "mailbox", example: "imap.provider.example", ports: [993, 143, 143] };

#[derive(Clone, Copy)]
enum Kind {
    Maildir,
    Imap,
}

/// Reads `[mailbox]`; who logs in is the firm's address where nothing else is said.
pub(super) fn read(root: &Section<'_>, folder: &Path, address: Option<&Address>) -> Option<MailboxSettings> {
    let section = root.section("mailbox");
    section.required_section("[mailbox] and below it kind = \"imap\" and host = \"imap.provider.example\"");
    let kind = section.word("kind", &[("maildir", Kind::Maildir), ("imap", Kind::Imap)]);
    // A word that is not known was reported: nothing more is said of keys that belong to one kind.
    let kind = kind.or_else(|| {
        if section.has("kind") {
            return None;
        }
        if section.has("host") && !section.has("path") {
            section.lacks("kind", "\"imap\"");
            return Some(Kind::Imap);
        }
        Some(Kind::Maildir)
    });
    let server = ServerPart::read(&section, folder, &IMAP, matches!(kind, Some(Kind::Imap)));
    let watch = section.word("watch", &[("idle", Watch::Idle), ("poll", Watch::Poll)]);
    let place = match kind {
        Some(Kind::Maildir) => {
            refuse_keys(&section, &KEYS, "mailbox", "kind = \"maildir\"", "kind = \"imap\"");
            refuse_keys(&section, &["watch"], "mailbox", "kind = \"maildir\"", "kind = \"imap\"");
            let path = section.required_text("path", "/home/marta/Maildir").map(|found| folder.join(found.value));
            path.map(|path| MailboxPlace::Maildir { path })
        }
        Some(Kind::Imap) => {
            refuse_keys(&section, &["path"], "mailbox", "kind = \"imap\"", "kind = \"maildir\"");
            imap(&section, server, watch, address).map(MailboxPlace::Imap)
        }
        None => {
            let _said_of_the_kind = section.has("path");
            None
        }
    };
    let (inbox, sent) = (name(&section, "inbox", "INBOX"), name(&section, "sent", "Sent"));
    let (drafts, junk) = (name(&section, "drafts", "Drafts"), name(&section, "junk", "Junk"));
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
        place: place?,
        inbox,
        sent,
        drafts,
        junk,
        authserv_ids: authserv_ids.unwrap_or_default(),
        max_mail_bytes: usize::try_from(max).unwrap_or(usize::MAX),
    })
}

fn imap(
    section: &Section<'_>,
    server: ServerPart,
    watch: Option<Watch>,
    address: Option<&Address>,
) -> Option<ImapSettings> {
    if !server.secret_named {
        section.lacks("password_file", "\"password.txt\"");
    }
    server.refuse_clear_password(section, &IMAP);
    let login = server.login(address.map(Address::as_str));
    Some(ImapSettings {
        host: server.host?,
        port: server.port,
        tls: server.tls,
        login: login?,
        ca_file: server.ca_file,
        watch: watch.unwrap_or(Watch::Idle),
    })
}

/// The name of a folder as people read it.
fn name(section: &Section<'_>, key: &'static str, example: &str) -> Option<String> {
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
}
