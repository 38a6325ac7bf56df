//! Mail out by SMTP submission, one step at a time.
//!
//! In: a server, a login, an envelope, a body. Out: what the server said, told by reply codes alone.
//! Deliberately absent: retries, pools, queues. The dialogue is spoken here rather than by a mail library: a second
//! reminder is worse than a late one, and that hangs on knowing whether the end mark left, on one deadline over a
//! whole step, and on every reply belonging to its question.

mod body;
mod session;
mod wire;

use super::{Answer, Envelope, NotOpened, Outcome, Ready, RecipientAnswer, Transport};
use crate::ledger::ids::Address;
use crate::network::{Login, Security};
pub use session::Offers;
use session::Session;
use std::path::PathBuf;
use std::time::Duration;
use wire::{Reply, WireError};

/// How long each step may take as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Reaching one address of the server, and each of greeting and TLS.
    pub connect: Duration,
    /// A command and its reply.
    pub command: Duration,
    /// Sending the body.
    pub body: Duration,
    /// The reply to the end of the body: RFC 5321 (4.5.3.2.6) asks for ten minutes, since giving up too early is how
    /// mails get doubled.
    pub end: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(60),
            command: Duration::from_secs(120),
            body: Duration::from_secs(600),
            end: Duration::from_secs(600),
        }
    }
}

/// All that is needed to reach a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    /// Its name, which its certificate has to carry.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Who we are; `None` for a server that asks nobody (on this machine).
    pub login: Option<Login>,
    /// A PEM file of certificate authorities to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// What we call ourselves; by default our address in square brackets, which every server takes.
    pub hello_name: Option<String>,
    /// How long each step may take.
    pub timeouts: Timeouts,
}

/// Is told of moments at which a process may die: "smtp.after_go_ahead", "smtp.after_body" (without its end mark),
/// "smtp.after_end" (its answer is not read yet).
pub type Observer = fn(&'static str);

/// A server that takes our mail. Connects with the first mail and keeps the connection, so that a batch logs in once.
#[derive(Debug)]
pub struct SmtpTransport {
    settings: SmtpSettings,
    session: Option<Session>,
    announced: Option<usize>,
    observer: Observer,
}

impl SmtpTransport {
    /// Keeps the settings; nothing is connected yet.
    #[must_use]
    pub const fn new(settings: SmtpSettings) -> Self {
        Self { settings, session: None, announced: None, observer: |_| {} }
    }

    /// The same, telling `observer` of moments between writes and reads.
    #[must_use]
    pub fn with_observer(mut self, observer: Observer) -> Self {
        self.observer = observer;
        self
    }

    /// Connects, encrypts and logs in, and asks whether a mail of that sender, if one is named, would be
    /// taken; nothing is sent.
    /// For the setup and `check`.
    ///
    /// # Errors
    /// As [`Transport::open`].
    pub fn probe(&mut self, from: Option<&Address>) -> Result<(), NotOpened> {
        let mut session = self.take_session()?;
        if let Some(from) = from {
            let reply = session.sender(from).map_err(lost)?;
            if !reply.is_done() {
                return Err(self.not_begun(session, &reply, Vec::new()));
            }
        }
        self.session = Some(session);
        Ok(())
    }

    /// What the server said that it can do, while there is a connection.
    #[must_use]
    pub fn offers(&self) -> Option<&Offers> {
        self.session.as_ref().map(Session::offers)
    }

    /// Ends the connection politely, if there is one.
    pub fn close(&mut self) {
        if let Some(session) = self.session.take() {
            session.quit();
        }
    }

    /// The connection of the last mail if the server still answers on it, else a new one.
    fn take_session(&mut self) -> Result<Session, NotOpened> {
        if let Some(mut session) = self.session.take() {
            // Nothing of this mail was said yet, so a dead connection costs nothing.
            if session.reset().is_ok() {
                return Ok(session);
            }
        }
        Session::connect(&self.settings)
    }

    /// MAIL, RCPT for each, DATA.
    fn begin(&mut self, envelope: &Envelope) -> Result<(Session, Vec<RecipientAnswer>), NotOpened> {
        let announced = self.announced.take();
        if envelope.recipients.is_empty() {
            return Err(NotOpened::Refused(Vec::new(), "The mail has no recipient".to_owned()));
        }
        let mut session = self.take_session()?;
        if let Some(reason) = session.cannot_take(envelope, announced) {
            self.session = Some(session);
            return Err(NotOpened::Refused(Vec::new(), reason));
        }
        let reply = session.mail(envelope, announced).map_err(lost)?;
        if !reply.is_done() {
            return Err(self.not_begun(session, &reply, Vec::new()));
        }
        let mut answers = Vec::with_capacity(envelope.recipients.len());
        for address in &envelope.recipients {
            let reply = session.recipient(address).map_err(lost)?;
            // Said of the connection, not of this recipient.
            if matches!(reply.code, 421 | 530) {
                return Err(self.not_begun(session, &reply, answers));
            }
            let answer = match () {
                () if reply.is_done() => Answer::Accepted,
                () if reply.is_later() => Answer::Later(reply.text()),
                () if reply.is_refused() => Answer::Refused(reply.text()),
                () => return Err(NotOpened::Unreachable(unexpected("RCPT", &reply))),
            };
            answers.push(RecipientAnswer { address: address.clone(), answer });
        }
        if !answers.iter().any(|answer| answer.answer == Answer::Accepted) {
            self.session = Some(session);
            return Err(nobody(answers));
        }
        let reply = session.data().map_err(lost)?;
        if reply.code == 354 {
            return Ok((session, answers));
        }
        Err(self.not_begun(session, &reply, answers))
    }

    /// A no before the body. The connection is kept where the server did not end it.
    fn not_begun(&mut self, session: Session, reply: &Reply, answers: Vec<RecipientAnswer>) -> NotOpened {
        match reply.code {
            530 | 534 | 535 | 538 => NotOpened::Stopped {
                message: format!("The server wants another login: {}", reply.text()),
                remedy: "Set the user and the password command of the mail account".to_owned(),
            },
            // 421 ends the connection by itself.
            421 => NotOpened::Unreachable(reply.text()),
            400..=499 => {
                self.session = Some(session);
                NotOpened::Later(reply.text())
            }
            500..=599 => {
                self.session = Some(session);
                NotOpened::Refused(answers, reply.text())
            }
            _ => NotOpened::Unreachable(unexpected("the mail", reply)),
        }
    }
}

impl Transport for SmtpTransport {
    fn announce(&mut self, bytes: &[u8]) {
        self.announced = Some(bytes.len());
    }

    fn open<'a>(&'a mut self, envelope: &Envelope) -> Result<Box<dyn Ready + 'a>, NotOpened> {
        let (session, answers) = self.begin(envelope)?;
        (self.observer)("smtp.after_go_ahead");
        Ok(Box::new(SmtpReady { home: &mut self.session, session, answers, observer: self.observer }))
    }

    fn rest(&mut self) {
        self.close();
    }
}

impl Drop for SmtpTransport {
    fn drop(&mut self) {
        self.close();
    }
}

/// The server waits for the body. Dropped without delivering, the connection closes without the end mark, and the
/// server has to forget the mail (RFC 5321, 4.1.1.4).
struct SmtpReady<'a> {
    home: &'a mut Option<Session>,
    session: Session,
    answers: Vec<RecipientAnswer>,
    observer: Observer,
}

impl Ready for SmtpReady<'_> {
    fn recipients(&self) -> &[RecipientAnswer] {
        &self.answers
    }

    fn deliver(self: Box<Self>, bytes: &[u8]) -> Outcome {
        let Self { home, mut session, answers: _, observer } = *self;
        if let Some(limit) = session.size_limit().filter(|&limit| bytes.len() > limit) {
            return Outcome::Refused(format!("The mail has {} bytes and the server takes {limit}", bytes.len()));
        }
        let encoded = match body::encode(bytes, session.takes_eight_bit()) {
            Ok(encoded) => encoded,
            Err(unfit) => return Outcome::Refused(unfit.reason().to_owned()),
        };
        let sent = session.send_body(&encoded);
        observer("smtp.after_body");
        let reply = match sent {
            Ok(()) => session.end_of_body(observer),
            // A server that has enough says so before it closes; its no is as good as after the end.
            Err(error) => match session.early_no() {
                Some(reply) => Ok(reply),
                None => Err(error),
            },
        };
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => return Outcome::Unknown(format!("After the mail was handed over, {error}")),
        };
        if reply.is_done() {
            *home = session.still_in_step();
            return Outcome::Accepted(reply.text());
        }
        if reply.code != 421 {
            *home = session.still_in_step();
        }
        match () {
            () if reply.is_later() => Outcome::Later(reply.text()),
            () if reply.is_refused() => Outcome::Refused(reply.text()),
            () => {
                *home = None;
                Outcome::Unknown(unexpected("the end of the mail", &reply))
            }
        }
    }
}

/// No recipient was accepted: refused when all were, else later.
fn nobody(answers: Vec<RecipientAnswer>) -> NotOpened {
    let later = answers.iter().find_map(|answer| match &answer.answer {
        Answer::Later(text) => Some(text.clone()),
        Answer::Accepted | Answer::Refused(_) => None,
    });
    match later {
        Some(text) => NotOpened::Later(text),
        None => NotOpened::Refused(answers, "The server accepts none of the recipients".to_owned()),
    }
}

/// A connection lost before the body: nothing was sent.
fn lost(error: WireError) -> NotOpened {
    NotOpened::Unreachable(sentence(&error.to_string()))
}

fn unexpected(question: &str, reply: &Reply) -> String {
    format!("The server answered {question} with {}", reply.text())
}

/// With a capital at its start.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
