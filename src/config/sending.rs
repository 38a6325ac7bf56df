//! `[sending]`: how mail leaves.

use super::server::{KEYS, Manner, ServerPart, refuse_keys};
use super::settings::{
    LoginSettings, MailboxPlace, MailboxSettings, SendingSettings, SentCopy, SmtpSettings, Tls, TransportSettings,
};
use super::sheet::Section;
use crate::ledger::ids::Address;
use std::path::Path;

const SMTP: Manner = Manner { section: "sending", example: "smtp.provider.example", ports: [465, 587, 25] };

#[derive(Clone, Copy)]
enum Way {
    Folder,
    Smtp,
}

/// Who logs in where `[sending]` does not say it all.
pub(super) struct Otherwise<'f> {
    /// The firm's address.
    pub(super) address: Option<&'f Address>,
    /// The mailbox; its login is used where nothing is said here.
    pub(super) mailbox: Option<&'f MailboxSettings>,
}

impl Otherwise<'_> {
    fn login(&self) -> Option<LoginSettings> {
        match &self.mailbox?.place {
            MailboxPlace::Imap(imap) => Some(imap.login.clone()),
            MailboxPlace::Maildir { .. } => None,
        }
    }

    fn user(&self) -> Option<String> {
        self.login().map(|login| login.user).or_else(|| self.address.map(|address| address.as_str().to_owned()))
    }
}

/// Reads `[sending]`.
pub(super) fn read(root: &Section<'_>, folder: &Path, otherwise: &Otherwise<'_>) -> Option<SendingSettings> {
    let section = root.section("sending");
    section.required_section("[sending] and below it transport = \"folder\" and path = \"outgoing\"");
    let way = section.word("transport", &[("folder", Way::Folder), ("smtp", Way::Smtp)]);
    if !section.has("transport") {
        section.lacks("transport", "\"folder\"");
    }
    let server = ServerPart::read(&section, folder, &SMTP, matches!(way, Some(Way::Smtp)));
    let path = section.text("path", "outgoing").map(|found| folder.join(found.value));
    let transport = match way {
        Some(Way::Folder) => {
            refuse_keys(&section, &KEYS, "sending", "transport = \"folder\"", "transport = \"smtp\"");
            if path.is_none() && !section.has("path") {
                section.lacks("path", "\"outgoing\"");
            }
            path.map(|path| TransportSettings::Folder { path })
        }
        Some(Way::Smtp) => {
            refuse_keys(&section, &["path"], "sending", "transport = \"smtp\"", "transport = \"folder\"");
            smtp(&section, server, otherwise).map(TransportSettings::Smtp)
        }
        None => None,
    };
    let redirect_to = section.parsed("redirect_to", "marta@studioferri.example", "a mail address", Address::parse);
    let copies = [("append", SentCopy::Append), ("server", SentCopy::Server), ("none", SentCopy::None)];
    let sent_copy = section.word("sent_copy", &copies);
    section.finish();
    Some(SendingSettings { transport: transport?, redirect_to, sent_copy: sent_copy.unwrap_or(SentCopy::Append) })
}

fn smtp(section: &Section<'_>, server: ServerPart, otherwise: &Otherwise<'_>) -> Option<SmtpSettings> {
    let login_named = server.user.is_some() || server.secret_named;
    if login_named && !server.secret_named {
        section.lacks("password_file", "\"password.txt\"");
    }
    let login = match (login_named, server.tls) {
        (true, _) => server.login(otherwise.user().as_deref()),
        (false, Tls::Implicit | Tls::Starttls) => otherwise.login(),
        (false, Tls::None) => None,
    };
    if login_named {
        server.refuse_clear_password(section, &SMTP);
    }
    Some(SmtpSettings { host: server.host?, port: server.port, tls: server.tls, login, ca_file: server.ca_file })
}
