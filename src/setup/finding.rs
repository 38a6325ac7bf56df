//! One thing found out about a server or about the firm's readiness, in a sentence.

use serde::Serialize;

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Where mail is read.
    Mailbox,
    /// Its folders.
    Folders,
    /// Who proves senders.
    Senders,
    /// How mail leaves.
    Sending,
    /// Whether mail may leave now.
    Permission,
}

impl Topic {
    /// The heading.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Mailbox => "The mailbox",
            Self::Folders => "Its folders",
            Self::Senders => "Proven senders",
            Self::Sending => "The way out",
            Self::Permission => "What may leave",
        }
    }
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Good,
    /// Worth knowing.
    Note,
    /// Has to be mended.
    Bad,
}

impl State {
    /// The word in front of the sentence.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Bad => "WRONG",
        }
    }
}

/// One thing found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about.
    pub topic: Topic,
    /// How it stands.
    pub state: State,
    /// A sentence.
    pub text: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn good(topic: Topic, text: impl Into<String>) -> Self {
        Self { topic, state: State::Good, text: text.into(), remedy: None }
    }

    /// Worth knowing.
    pub fn note(topic: Topic, text: impl Into<String>, remedy: Option<String>) -> Self {
        Self { topic, state: State::Note, text: text.into(), remedy }
    }

    /// Has to be mended.
    pub fn bad(topic: Topic, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { topic, state: State::Bad, text: text.into(), remedy: Some(remedy.into()) }
    }

    /// Does it have to be mended?
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.state == State::Bad
    }
}

/// A sentence with its full stop.
pub(super) fn stopped(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}
