//! From the settings to what `mailbox` and `transport` need to reach their servers.

use super::secrets;
use crate::agent::crash;
use crate::config::{self, LoginSettings, MailboxPlace, MailboxSettings, SecretSettings, Tls};
use crate::mailbox::maildir::Maildir;
use crate::mailbox::{FolderNames, Mailbox, MailboxError, imap};
use crate::network::{Login, LoginMethod, Security};
use crate::transport::smtp;

/// The firm's mailbox, of either kind. A server is not spoken to yet.
///
/// # Errors
/// When the Maildir is not there.
pub fn mailbox(settings: &MailboxSettings) -> Result<Box<dyn Mailbox>, MailboxError> {
    Ok(match &settings.place {
        MailboxPlace::Maildir { path } => Box::new(Maildir::open(path, names(settings))?),
        MailboxPlace::Imap(place) => {
            Box::new(imap::ImapMailbox::new(imap_settings(settings, place)).with_observer(crash::reached))
        }
    })
}

/// The folders that the settings name.
#[must_use]
pub fn names(settings: &MailboxSettings) -> FolderNames {
    FolderNames {
        inbox: settings.inbox.clone(),
        sent: settings.sent.clone(),
        drafts: settings.drafts.clone(),
        junk: settings.junk.clone(),
    }
}

/// An IMAP server, ready to be logged in to.
#[must_use]
pub fn imap_settings(settings: &MailboxSettings, place: &config::ImapSettings) -> imap::ImapSettings {
    imap::ImapSettings {
        host: place.host.clone(),
        port: place.port,
        security: security(place.tls),
        login: login(&place.login),
        ca_file: place.ca_file.clone(),
        names: names(settings),
        watch: match place.watch {
            config::Watch::Idle => imap::Watch::Idle,
            config::Watch::Poll => imap::Watch::Poll,
        },
        max_mail_bytes: settings.max_mail_bytes,
        timeouts: imap::Timeouts::default(),
    }
}

/// An SMTP server, ready to be logged in to.
#[must_use]
pub fn smtp_settings(settings: &config::SmtpSettings) -> smtp::SmtpSettings {
    smtp::SmtpSettings {
        host: settings.host.clone(),
        port: settings.port,
        security: security(settings.tls),
        login: settings.login.as_ref().map(login),
        ca_file: settings.ca_file.clone(),
        hello_name: None,
        timeouts: smtp::Timeouts::default(),
    }
}

fn login(settings: &LoginSettings) -> Login {
    let method = match settings.secret {
        SecretSettings::TokenCommand(_) => LoginMethod::Token,
        _ => LoginMethod::Password,
    };
    Login { user: settings.user.clone(), method, source: secrets::source(&settings.secret) }
}

const fn security(tls: Tls) -> Security {
    match tls {
        Tls::Implicit => Security::Tls,
        Tls::Starttls => Security::StartTls,
        Tls::None => Security::PlainLoopback,
    }
}
