//! Reaching a mail server: how a connection is protected, whom we trust, who logs in. Shared by `mailbox` (IMAP) and
//! `transport` (SMTP), which never name each other.
//!
//! In: what the settings say of a server. Out: TLS settings, sockets with keepalive, secrets when they are needed.
//! Deliberately absent: any protocol spoken over the connection, and where secrets come from (that is `setup`).

mod login;
mod reach;
mod secret;
mod trust;

pub use login::{Login, LoginMethod};
pub use reach::{addresses, is_loopback, keep_alive};
pub use secret::{KnownSecret, Secret, SecretSource};
pub use trust::{certificate_trouble, client_config, server_name};

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (usually port 465 or 993).
    Tls,
    /// Plain at first, then TLS before anything of ours is said (usually port 587 or 143). Never falls back.
    StartTls,
    /// Not at all: only to this very machine.
    PlainLoopback,
}

/// Why a server cannot be used before anything was said to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    /// A sentence without a full stop.
    pub message: String,
    /// What the owner can do.
    pub remedy: String,
    /// It may pass by itself (a name that cannot be found just now).
    pub temporary: bool,
}

impl Trouble {
    /// Something that only a person can mend.
    #[must_use]
    pub fn lasting(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { message: message.into(), remedy: remedy.into(), temporary: false }
    }

    /// Something that may pass.
    #[must_use]
    pub fn passing(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { message: message.into(), remedy: remedy.into(), temporary: true }
    }
}
