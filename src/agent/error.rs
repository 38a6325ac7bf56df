//! What can stop a pass.

use crate::mailbox::MailboxError;
use crate::store::StoreError;

/// Why the agent could not go on. Everything committed before stays.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mailbox.
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    /// The one who looks on asked the pass to end.
    #[error("The pass ended early, because it was asked to")]
    Stopped,
    /// What was named is not there, or not the only one of that name.
    #[error("{message}")]
    NotKnown {
        /// What.
        message: String,
        /// Where to look.
        remedy: String,
    },
    /// An order that is not possible now.
    #[error("{message}")]
    Refused {
        /// What and why.
        message: String,
        /// What to do instead.
        remedy: Option<String>,
    },
}

impl AgentError {
    /// Something named that is not there, or is not the only one of that name.
    pub fn not_known(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::NotKnown { message: message.into(), remedy: remedy.into() }
    }

    /// An order that cannot be carried out.
    pub fn refused(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), remedy: Some(remedy.into()) }
    }
}
