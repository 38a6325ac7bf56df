//! What `sollecito.toml` says about the firm's surroundings. What it says about decisions becomes a
//! [`crate::policy::terms::Policy`]; how letters look becomes a [`crate::templates::letterhead::Letterhead`].

use crate::ledger::ids::Address;
use crate::ledger::import_terms::{ColumnMap, ImportDefaults};
use crate::ledger::words::Language;
use chrono_tz::Tz;
use std::path::PathBuf;

/// Everything in `sollecito.toml` that is neither policy nor letterhead. Paths are complete: the firm's folder is
/// already put before those that were relative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who the firm is.
    pub firm: FirmSettings,
    /// The database file.
    pub database: PathBuf,
    /// Where mail is read.
    pub mailbox: MailboxSettings,
    /// How mail leaves.
    pub sending: SendingSettings,
    /// Who decides.
    pub owner: OwnerSettings,
    /// How lists of receivables are read.
    pub import: ImportSettings,
}

/// `[firm]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmSettings {
    /// Name as it stands on the invoices.
    pub name: String,
    /// VAT number, when given: the issuer of the receivables.
    pub vat_number: Option<String>,
    /// Its own language.
    pub language: Language,
    /// Where its days begin and end.
    pub zone: Tz,
    /// The address in From.
    pub address: Address,
    /// Further addresses whose mail arrives in the same mailbox.
    pub aliases: Vec<Address>,
}

/// `[mailbox]`. Folder names that are not given are found by what the server says, or by their usual names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxSettings {
    /// Where it is.
    pub place: MailboxPlace,
    /// Name of the folder where mail arrives, when it is not the Maildir itself.
    pub inbox: Option<String>,
    /// Name of the folder of sent mail.
    pub sent: Option<String>,
    /// Name of the folder of drafts.
    pub drafts: Option<String>,
    /// Name of the folder of spam.
    pub junk: Option<String>,
    /// Whose Authentication-Results are believed (RFC 8601 authserv-id).
    pub authserv_ids: Vec<String>,
    /// At most this much of one mail is read.
    pub max_mail_bytes: usize,
}

/// Where the mailbox is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailboxPlace {
    /// A Maildir on this machine.
    Maildir {
        /// That folder.
        path: PathBuf,
    },
    /// A mail server.
    Imap(ImapSettings),
}

/// A mail server that keeps a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImapSettings {
    /// Its name, as its certificate says.
    pub host: String,
    /// Its port; 993 or 143 by kind of encryption when not given.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// Who logs in.
    pub login: LoginSettings,
    /// Certificate authorities (PEM) to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// How news are waited for.
    pub watch: Watch,
}

/// How news are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// The server is asked to tell at once.
    Idle,
    /// The server is asked every minute: where telling does not work.
    Poll,
}

/// Who logs in, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginSettings {
    /// Usually the mail address.
    pub user: String,
    /// Where the secret comes from.
    pub secret: SecretSettings,
}

/// `[sending]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingSettings {
    /// The way out.
    pub transport: TransportSettings,
    /// Everything goes to this address instead, for trying out; redirected mail advances nothing.
    pub redirect_to: Option<Address>,
    /// Who keeps the copy in Sent.
    pub sent_copy: SentCopy,
}

/// The way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportSettings {
    /// Mails are laid into a folder as files: rehearsals and tests.
    Folder {
        /// That folder.
        path: PathBuf,
    },
    /// A mail server.
    Smtp(SmtpSettings),
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    /// Its name, as its certificate says.
    pub host: String,
    /// Its port; 465, 587 or 25 by kind of encryption when not given.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// Who logs in; `None` for a server that asks nobody.
    pub login: Option<LoginSettings>,
    /// Certificate authorities (PEM) to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
}

/// How the connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte (ports 993 and 465).
    Implicit,
    /// After STARTTLS, never without (ports 143 and 587).
    Starttls,
    /// Not at all: a server on this machine only.
    None,
}

impl Tls {
    /// The word in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Implicit => "implicit",
            Self::Starttls => "starttls",
            Self::None => "none",
        }
    }
}

/// Where a secret comes from. It never stands in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSettings {
    /// A program and its arguments; the first line that it prints is the password.
    PasswordCommand(Vec<String>),
    /// The first line of a file that only its owner may read.
    PasswordFile(PathBuf),
    /// The name of a credential that systemd hands to the service.
    PasswordCredential(String),
    /// A program and its arguments; the first line that it prints is an access token (XOAUTH2).
    TokenCommand(Vec<String>),
}

/// Who keeps the copy in Sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentCopy {
    /// The agent lays it there.
    Append,
    /// The mail server does so by itself (Gmail, Microsoft 365).
    Server,
    /// Nobody.
    None,
}

impl SentCopy {
    /// The word in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Server => "server",
            Self::None => "none",
        }
    }
}

/// `[owner]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerSettings {
    /// Name, for the salutation.
    pub name: String,
    /// Where notices go.
    pub address: Address,
    /// Language of the notices: Italian or English.
    pub language: Language,
    /// At most this many single case mails a day; the rest comes as one list.
    pub notices_per_day: u32,
}

/// `[import]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSettings {
    /// The file lists everything that is open: what is missing from it is asked about.
    pub complete: bool,
    /// Headers that the product does not know by itself.
    pub columns: ColumnMap,
    /// What holds where a row says nothing.
    pub defaults: ImportDefaults,
}
