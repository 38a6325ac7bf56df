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
    /// Nothing can be sent until the owner mends something.
    #[error("{message}")]
    SendingStopped {
        /// What is wrong.
        message: String,
        /// What to do.
        remedy: String,
    },
    /// An order or question names something that is not there, or not possible now.
    #[error("{message}")]
    Refused {
        /// What and why.
        message: String,
        /// What to do instead.
        remedy: Option<String>,
    },
}

impl AgentError {
    /// An order that cannot be carried out.
    pub fn refused(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), remedy: Some(remedy.into()) }
    }
}
