//! The fault script: what goes wrong, when, how often.

use super::post::Post;
use super::rows::RowFault;
use super::wire::Ending;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A moment of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// A connection came.
    Greeting,
    /// A command was heard. `APPEND`: before its literal is asked for. The text is its beginning, `UID FETCH 1:5`.
    Command(String),
    /// The n-th command of a connection, from 1.
    Nth(usize),
    /// The literal of an APPEND was heard; nothing is stored yet.
    Appending,
    /// After the plus that answers IDLE.
    Idle,
    /// DONE was heard.
    Done,
    /// A login failed by XOAUTH2: instead of the challenge.
    Challenge,
}

/// How a conversation goes on after something unusual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    No(String),
    /// An empty text is a bare `BAD`.
    Bad(String),
    /// A goodbye, then a polite end.
    Bye(String),
    Close(Ending),
    /// Silence until the client leaves.
    Stall,
    /// Half of the next line, then the end.
    Half(Ending),
    /// These bytes, `{tag}` replaced; then as before.
    Say(Vec<u8>),
    /// These bytes, and then.
    SayAnd(Vec<u8>, Box<Then>),
}

/// Something that happens to the account at a certain point of an answer.
#[derive(Clone)]
pub struct Meanwhile(pub Arc<dyn Fn(&mut Post) + Send + Sync>);

impl fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meanwhile")
    }
}

/// What goes wrong.
#[derive(Debug, Clone)]
pub enum Act {
    /// The command is not obeyed.
    Instead(Then),
    /// The command is obeyed, but of its answer only so many untagged lines are said, and then.
    Cut(usize, Then),
    /// More is said before, after so many lines of, or after the usual answer.
    Before(Vec<u8>),
    Amid(usize, Vec<u8>),
    After(Vec<u8>),
    /// The usual answer, one byte at a time.
    Drip(Duration),
    /// The usual answer, late.
    Late(Duration),
    /// The rows of a FETCH are not what they should be.
    Rows(Vec<RowFault>),
    /// The account changes before the command is obeyed, or after so many rows were said. Where the protocol allows
    /// it, the client is told in the same answer.
    Meanwhile(Meanwhile),
    MeanwhileAfter(usize, Meanwhile),
    /// The account changes after the answer; the client hears of it at its next command.
    MeanwhileLast(Meanwhile),
}

/// One entry of the script.
#[derive(Debug, Clone)]
pub struct Fault {
    when: When,
    containing: Option<String>,
    connection: Option<usize>,
    skip: usize,
    times: usize,
    act: Act,
}

impl Fault {
    /// At a command that begins like this; every time.
    pub fn at(beginning: &str, act: Act) -> Self {
        Self::when(When::Command(beginning.to_uppercase()), act)
    }

    pub fn when(when: When, act: Act) -> Self {
        Self { when, containing: None, connection: None, skip: 0, times: usize::MAX, act }
    }

    /// Only if the command has this in it.
    pub fn with(mut self, part: &str) -> Self {
        self.containing = Some(part.to_uppercase());
        self
    }

    /// Only at this connection (they count from 1).
    pub fn on(mut self, connection: usize) -> Self {
        self.connection = Some(connection);
        self
    }

    pub fn once(self) -> Self {
        self.times(1)
    }

    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Not the first so many times.
    pub fn after(mut self, skip: usize) -> Self {
        self.skip = skip;
        self
    }

    pub(super) fn bites(&mut self, connection: usize, now: &When, text: &str) -> Option<Act> {
        let text = text.to_uppercase();
        let here = match (&self.when, now) {
            (When::Command(beginning), When::Command(_)) => text.starts_with(beginning.as_str()),
            (mine, now) => mine == now,
        };
        let meant = here
            && self.times > 0
            && self.connection.is_none_or(|mine| mine == connection)
            && self.containing.as_ref().is_none_or(|part| text.contains(part.as_str()));
        if !meant {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.times -= 1;
        Some(self.act.clone())
    }
}

pub fn no(text: &str) -> Act {
    Act::Instead(Then::No(text.to_owned()))
}

pub fn bad(text: &str) -> Act {
    Act::Instead(Then::Bad(text.to_owned()))
}

pub fn bye(text: &str) -> Act {
    Act::Instead(Then::Bye(text.to_owned()))
}

pub fn closes(ending: Ending) -> Act {
    Act::Instead(Then::Close(ending))
}

pub fn stalls() -> Act {
    Act::Instead(Then::Stall)
}

pub fn says(text: &str) -> Act {
    Act::Instead(Then::Say(text.as_bytes().to_vec()))
}

/// Announces a literal of this size, says a little of it, and falls silent.
pub fn huge_literal(size: u64) -> Act {
    let text = format!("* 1 FETCH (UID 1 BODY[] {{{size}}}\r\nabc").into_bytes();
    Act::Instead(Then::SayAnd(text, Box::new(Then::Stall)))
}

/// Says more before, amid and after an answer.
pub fn before(text: &str) -> Act {
    Act::Before(text.as_bytes().to_vec())
}

pub fn amid(rows: usize, text: &str) -> Act {
    Act::Amid(rows, text.as_bytes().to_vec())
}

pub fn after(text: &str) -> Act {
    Act::After(text.as_bytes().to_vec())
}

/// Changes the account before the command is obeyed.
pub fn meanwhile(change: impl Fn(&mut Post) + Send + Sync + 'static) -> Act {
    Act::Meanwhile(Meanwhile(Arc::new(change)))
}

/// Changes it after so many rows.
pub fn meanwhile_after(rows: usize, change: impl Fn(&mut Post) + Send + Sync + 'static) -> Act {
    Act::MeanwhileAfter(rows, Meanwhile(Arc::new(change)))
}

/// Changes it after the answer.
pub fn meanwhile_last(change: impl Fn(&mut Post) + Send + Sync + 'static) -> Act {
    Act::MeanwhileLast(Meanwhile(Arc::new(change)))
}

/// How Microsoft 365 slows a client down.
pub fn throttled(milliseconds: u64) -> Act {
    bad(&format!("Request is throttled. Suggested Backoff Time: {milliseconds} milliseconds"))
}

/// What Microsoft 365 says to everything after a login that went well: a licence, a secret or a mailbox is missing.
pub fn not_connected() -> Act {
    bad("User is authenticated but not connected.")
}
