//! What is needed to reach an IMAP mailbox.

use crate::mailbox::FolderNames;
use crate::network::{Login, Security};
use std::path::PathBuf;
use std::time::Duration;

/// How news are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// The server is asked to tell (IDLE, RFC 2177), and looked at all the same every few minutes.
    Idle,
    /// The server is asked every minute: for servers whose IDLE is broken.
    Poll,
}

/// How long each step may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Reaching the server, TLS, greeting: each.
    pub connect: Duration,
    /// Without a byte from the server while an answer is due.
    pub silence: Duration,
    /// The tagged answer after DONE.
    pub done: Duration,
    /// IDLE is left after so long, whatever the server says.
    pub idle: Duration,
    /// Between two looks where the server does not tell.
    pub poll: Duration,
}

impl Timeouts {
    /// How long one question to the mailbox may take in all, however many commands it needs.
    pub(super) fn question(&self) -> Duration {
        self.silence.saturating_mul(10)
    }

    /// How long the asker waits: the question, connecting before it, and a secret or a name that is slow to come.
    pub(super) fn asker(&self) -> Duration {
        self.question().saturating_add(self.connect.saturating_mul(6))
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            silence: Duration::from_secs(60),
            done: Duration::from_secs(15),
            idle: Duration::from_secs(5 * 60),
            poll: Duration::from_secs(60),
        }
    }
}

/// All that is needed to reach a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImapSettings {
    /// The server's name, which its certificate has to carry.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Who we are.
    pub login: Login,
    /// A PEM file of certificate authorities to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Folders as the owner calls them, in readable form; what is not given is looked for.
    pub names: FolderNames,
    /// How news are waited for.
    pub watch: Watch,
    /// The longest mail that is asked for; one response longer than this and a little more ends the connection.
    pub max_mail_bytes: usize,
    /// How long each step may take.
    pub timeouts: Timeouts,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::network::{KnownSecret, LoginMethod, Secret};
    use std::sync::Arc;

    pub(in crate::mailbox::imap) fn settings() -> ImapSettings {
        ImapSettings {
            host: "localhost".to_owned(),
            port: 993,
            security: Security::Tls,
            login: Login {
                user: "marta@studio.example".to_owned(),
                method: LoginMethod::Password,
                source: Arc::new(KnownSecret(Secret::new("secret".to_owned()))),
            },
            ca_file: None,
            names: FolderNames::default(),
            watch: Watch::Idle,
            max_mail_bytes: 1024 * 1024,
            timeouts: Timeouts {
                connect: Duration::from_secs(2),
                silence: Duration::from_secs(1),
                done: Duration::from_millis(500),
                idle: Duration::from_secs(2),
                poll: Duration::from_secs(1),
            },
        }
    }
}
