//! The one place that speaks through async-imap: a command counts as done only when its own tagged OK came.
//!
//! The library's own methods take a refusal, a lost connection or a truncated answer for an empty success
//! (`clippy.toml` forbids them), and log passwords. Used of it is the buffered parser alone; commands are written here.
//! After any failure but a tagged NO the connection is out of step or gone, and is never used again.

use super::answer::{Answer, Untagged, Verdict, Words, answer};
use super::guard::{Breach, Guard, Tally};
use async_imap::Client;
use data_encoding::BASE64;
use futures_util::FutureExt;
use std::fmt::Debug;
use std::io;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};

/// Anything that bytes go through.
pub(super) trait Link: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Link for T {}

/// A connection of any kind.
pub(super) type Stream = Box<dyn Link>;

/// How many bytes an ordinary command may bring: a list of some hundred thousand mails.
const ORDINARY_BUDGET: u64 = 32 * 1024 * 1024;
/// How much is written between two looks at the clock.
const WRITE_AT_ONCE: usize = 64 * 1024;

/// Why a command did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failed {
    /// Refused. The connection is still in step.
    No(Words),
    /// Not understood, or throttled (Microsoft).
    Bad(Words),
    /// The server says good-bye.
    Bye(Words),
    /// Gone without a word.
    Closed,
    /// Silent for too long.
    Stalled,
    /// Not silent, and not done in the time that a command may take.
    Overdue,
    /// More, or other, than may come.
    Breach(Breach),
    /// The parser cannot read it.
    Unreadable,
    /// The parser panicked over it.
    Panicked,
    /// A control character in a command: never sent.
    Improper,
    /// Anything else of the system or of TLS.
    Io(String),
}

impl Failed {
    /// Can the connection be used further?
    pub(super) fn in_step(&self) -> bool {
        matches!(self, Self::No(_) | Self::Improper)
    }

    fn of(error: &io::Error) -> Self {
        if let Some(breach) = error.get_ref().and_then(|inner| inner.downcast_ref::<Breach>()) {
            return Self::Breach(breach.clone());
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected => Self::Closed,
            io::ErrorKind::TimedOut => Self::Stalled,
            // The library puts what it could not read into this text, which therefore goes no further.
            io::ErrorKind::Other => Self::Unreadable,
            _ => Self::Io(error.to_string()),
        }
    }
}

/// The tagged OK.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reply {
    /// UIDVALIDITY and UID of what was appended.
    pub(super) appended: Option<(u32, u32)>,
    /// The folder was opened for reading only.
    pub(super) read_only: bool,
    /// Rows that came and could not be read.
    pub(super) unreadable: u64,
}

/// A piece of a command.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Text(&'a str),
    Literal(&'a [u8]),
}

/// How far a literal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    Begins,
    Sent,
}

/// How IDLE ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdleEnd {
    /// At our wish, after so long or because we stop.
    Ours,
    /// The server ended it by itself.
    Theirs,
}

/// What to do while idle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Idling {
    On,
    /// Leave IDLE in good order.
    Leave,
    /// The connection is not to be trusted any more (the clock jumped).
    Drop,
}

/// One connection, whatever is below it.
#[derive(Debug)]
pub(super) struct Wire {
    client: Client<Guard<Stream>>,
    tally: Arc<Tally>,
    tag: u32,
    silence: Duration,
    bound: Duration,
}

type On<'a> = &'a mut dyn FnMut(Untagged);

impl Wire {
    pub(super) fn new(guard: Guard<Stream>, silence: Duration) -> Self {
        let tally = guard.tally();
        let bound = silence.saturating_mul(5);
        Self { client: Client::new(guard), tally, tag: 0, silence, bound }
    }

    /// The first line of the server.
    pub(super) async fn greeting(&mut self, within: Duration) -> Result<Verdict, Failed> {
        self.tally.allow(u64::from(u16::MAX));
        let deadline = Instant::now() + within;
        match self.next(deadline, within).await? {
            Answer::Status(verdict @ (Verdict::Ok | Verdict::PreAuth), ..) => Ok(verdict),
            Answer::Status(_, words, _) => Err(Failed::Bye(words)),
            _ => Err(Failed::Breach(Breach::Foreign(""))),
        }
    }

    /// A command of one line.
    pub(super) async fn command(&mut self, line: &str, on: On<'_>) -> Result<Reply, Failed> {
        self.parts(&[Part::Text(line)], ORDINARY_BUDGET, on, &mut |_| {}).await
    }

    /// A command that may bring so many bytes.
    pub(super) async fn command_within(&mut self, line: &str, budget: u64, on: On<'_>) -> Result<Reply, Failed> {
        self.parts(&[Part::Text(line)], budget, on, &mut |_| {}).await
    }

    /// A command with literals in it: each waits for the server's go-ahead.
    pub(super) async fn parts(
        &mut self,
        parts: &[Part<'_>],
        budget: u64,
        on: On<'_>,
        sending: &mut dyn FnMut(Sending),
    ) -> Result<Reply, Failed> {
        let texts = parts.iter().filter_map(|part| if let Part::Text(text) = part { Some(text) } else { None });
        if texts.into_iter().any(|text| text.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0))) {
            return Err(Failed::Improper);
        }
        self.tally.allow(budget);
        let unreadable = self.tally.unreadable.load(Ordering::Relaxed);
        let deadline = Instant::now() + self.bound;
        let tag = self.new_tag();
        let mut line = format!("{tag} ").into_bytes();
        for part in parts {
            match part {
                Part::Text(text) => line.extend_from_slice(text.as_bytes()),
                Part::Literal(bytes) => {
                    line.extend_from_slice(format!("{{{}}}\r\n", bytes.len()).as_bytes());
                    self.write(&line).await?;
                    line.clear();
                    self.go_ahead(&tag, deadline, on).await?;
                    sending(Sending::Begins);
                    self.write(bytes).await?;
                    sending(Sending::Sent);
                }
            }
        }
        line.extend_from_slice(b"\r\n");
        self.write(&line).await?;
        let mut reply = self.tagged(&tag, deadline, on).await?;
        reply.unreadable = self.tally.unreadable.load(Ordering::Relaxed).saturating_sub(unreadable);
        Ok(reply)
    }

    /// AUTHENTICATE with one message of ours, never sent before the server asks (Coremail refuses that). What the
    /// server asks after it can only be the reason of a refusal (XOAUTH2): it is answered with an empty line, and kept.
    pub(super) async fn authenticate(
        &mut self,
        mechanism: &str,
        message: &[u8],
        on: On<'_>,
    ) -> (Result<Reply, Failed>, Option<Vec<u8>>) {
        let mut reason = None;
        let result = self.authenticate_inner(mechanism, message, on, &mut reason).await;
        (result, reason)
    }

    async fn authenticate_inner(
        &mut self,
        mechanism: &str,
        message: &[u8],
        on: On<'_>,
        reason: &mut Option<Vec<u8>>,
    ) -> Result<Reply, Failed> {
        self.tally.allow(u64::from(u16::MAX));
        let deadline = Instant::now() + self.bound;
        let tag = self.new_tag();
        self.write(format!("{tag} AUTHENTICATE {mechanism}\r\n").as_bytes()).await?;
        self.go_ahead(&tag, deadline, on).await?;
        let coded = zeroize::Zeroizing::new(format!("{}\r\n", BASE64.encode(message)));
        self.write(coded.as_bytes()).await?;
        loop {
            match self.next(deadline, self.silence).await? {
                Answer::Continue(text) if reason.is_none() => {
                    *reason = Some(BASE64.decode(text.trim().as_bytes()).unwrap_or_default());
                    self.write(b"\r\n").await?;
                }
                Answer::Continue(_) => self.write(b"*\r\n").await?,
                other => {
                    if let Some(result) = settle(other, &tag, on) {
                        return result;
                    }
                }
            }
        }
    }

    /// IDLE, by hand. `attend` is asked again and again, at most `tick` apart; news go to `on` as they come.
    pub(super) async fn idle(
        &mut self,
        tick: Duration,
        done: Duration,
        on: On<'_>,
        attend: &mut dyn FnMut() -> Idling,
    ) -> Result<IdleEnd, Failed> {
        self.tally.allow(ORDINARY_BUDGET);
        let tag = self.new_tag();
        self.write(format!("{tag} IDLE\r\n").as_bytes()).await?;
        self.go_ahead(&tag, Instant::now() + self.silence, on).await?;
        loop {
            match attend() {
                Idling::On => {}
                Idling::Leave => break,
                Idling::Drop => return Err(Failed::Closed),
            }
            // Reading may be given up at any moment: what came so far stays in the buffers below.
            match self.next(Instant::now() + tick, tick).await {
                Err(Failed::Stalled | Failed::Overdue) => self.tally.allow(ORDINARY_BUDGET),
                Err(failed) => return Err(failed),
                Ok(Answer::Continue(_)) => {}
                Ok(other) => {
                    if let Some(result) = settle(other, &tag, on) {
                        return result.map(|_| IdleEnd::Theirs);
                    }
                }
            }
        }
        self.write(b"DONE\r\n").await?;
        let deadline = Instant::now() + done;
        loop {
            match self.next(deadline, done).await? {
                Answer::Continue(_) => {}
                other => {
                    if let Some(result) = settle(other, &tag, on) {
                        return result.map(|_| IdleEnd::Ours);
                    }
                }
            }
        }
    }

    /// Says good-bye and waits for nothing but the answer.
    pub(super) async fn logout(&mut self, within: Duration) {
        let _ = timeout(within, async {
            let tag = self.new_tag();
            self.write(format!("{tag} LOGOUT\r\n").as_bytes()).await?;
            while !matches!(self.next(Instant::now() + within, within).await?, Answer::Tagged { .. }) {}
            self.client.get_mut().shutdown().await.map_err(|error| Failed::of(&error))
        })
        .await;
    }

    /// STARTTLS: the connection itself, when the server agreed and nothing else came in clear.
    pub(super) async fn start_tls(mut self) -> Result<Stream, Failed> {
        self.client.get_mut().expect_last_answer();
        self.command("STARTTLS", &mut |_| {}).await?;
        self.client.into_inner().into_inner().map_err(Failed::Breach)
    }

    fn new_tag(&mut self) -> String {
        self.tag = self.tag.wrapping_add(1);
        format!("S{:04}", self.tag)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        let silence = self.silence;
        let stream = self.client.get_mut();
        for piece in bytes.chunks(WRITE_AT_ONCE) {
            within(silence, stream.write_all(piece)).await?;
        }
        within(silence, stream.flush()).await
    }

    /// Waits for `+`; what else comes before it belongs to others.
    async fn go_ahead(&mut self, tag: &str, deadline: Instant, on: On<'_>) -> Result<(), Failed> {
        loop {
            match self.next(deadline, self.silence).await? {
                Answer::Continue(_) => return Ok(()),
                other => match settle(other, tag, on) {
                    Some(Err(failed)) => return Err(failed),
                    // An OK without a go-ahead: the server takes part in another conversation.
                    Some(Ok(_)) => return Err(Failed::Unreadable),
                    None => {}
                },
            }
        }
    }

    async fn tagged(&mut self, tag: &str, deadline: Instant, on: On<'_>) -> Result<Reply, Failed> {
        loop {
            let next = self.next(deadline, self.silence).await?;
            if let Some(result) = settle(next, tag, on) {
                return result;
            }
        }
    }

    /// The next response. Silence is counted from the last byte, not from the last response.
    async fn next(&mut self, deadline: Instant, silence: Duration) -> Result<Answer, Failed> {
        let tally = Arc::clone(&self.tally);
        let mut read = pin!(AssertUnwindSafe(self.client.read_response()).catch_unwind());
        loop {
            let before = tally.received.load(Ordering::Relaxed);
            let wait = silence.min(deadline.saturating_duration_since(Instant::now()));
            match timeout(wait, &mut read).await {
                Ok(Ok(Ok(Some(data)))) => return Ok(answer(data.parsed())),
                Ok(Ok(Ok(None))) => return Err(Failed::Closed),
                Ok(Ok(Err(error))) => return Err(Failed::of(&error)),
                Ok(Err(_panic)) => return Err(Failed::Panicked),
                Err(_) if Instant::now() >= deadline => {
                    let quiet = tally.received.load(Ordering::Relaxed) == before;
                    return Err(if quiet { Failed::Stalled } else { Failed::Overdue });
                }
                Err(_) if tally.received.load(Ordering::Relaxed) == before => return Err(Failed::Stalled),
                Err(_) => {}
            }
        }
    }
}

async fn within(limit: Duration, work: impl Future<Output = io::Result<()>>) -> Result<(), Failed> {
    match timeout(limit, work).await {
        Ok(result) => result.map_err(|error| Failed::of(&error)),
        Err(_) => Err(Failed::Stalled),
    }
}

/// Hands an untagged response on; `Some` when the command is over.
fn settle(answer: Answer, tag: &str, on: On<'_>) -> Option<Result<Reply, Failed>> {
    match answer {
        Answer::Untagged(Untagged::Bye(words)) | Answer::Status(_, _, Untagged::Bye(words)) => {
            Some(Err(Failed::Bye(words)))
        }
        Answer::Untagged(untagged) | Answer::Status(_, _, untagged) => {
            on(untagged);
            None
        }
        // Nobody asked us anything.
        Answer::Continue(_) => None,
        Answer::Tagged { tag: other, .. } if other != tag => None,
        Answer::Tagged { verdict, words, appended, read_only, .. } => Some(match verdict {
            Verdict::Ok => Ok(Reply { appended, read_only, unreadable: 0 }),
            Verdict::No => Err(Failed::No(words)),
            Verdict::Bad => Err(Failed::Bad(words)),
            Verdict::Bye | Verdict::PreAuth => Err(Failed::Bye(words)),
        }),
    }
}

#[cfg(test)]
#[path = "strict_tests.rs"]
mod tests;
