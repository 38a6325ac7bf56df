//! Stands between the server and the parser: sees each byte before it, counts them, and lets through only what the
//! parser can take.
//!
//! A literal is passed on as it comes, never held whole; a line is held until it is complete, up to a limit. An
//! announced literal above the limit ends the connection before the parser makes room for it.

use super::mend::{self, Kind};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The longest line: a search of a hundred thousand mails fits.
const LONGEST_LINE: usize = 1024 * 1024;
/// How much is read at once.
const READ_AT_ONCE: usize = 16 * 1024;

/// Why a connection is not read any further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Breach {
    /// A literal or a response is longer than any that was asked for.
    #[error("the server announced more than was asked for")]
    TooLarge,
    /// A line has no end.
    #[error("the server sent a line without an end")]
    EndlessLine,
    /// The first line is not that of an IMAP server.
    #[error("the server does not speak IMAP{}", if .0.is_empty() { String::new() } else { format!(" but {}", .0) })]
    Foreign(&'static str),
    /// Something followed the answer to STARTTLS in clear.
    #[error("the server sent more in clear after it had agreed to TLS")]
    Injected,
}

/// What the guard and those above it tell each other.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Bytes received.
    pub(super) received: AtomicU64,
    /// Rows of a FETCH or a LIST that could not be read and were left out.
    pub(super) unreadable: AtomicU64,
    /// No more than so many bytes may be received in all.
    budget_end: AtomicU64,
}

impl Tally {
    /// From here on at most so many bytes more.
    pub(super) fn allow(&self, bytes: u64) {
        self.budget_end.store(self.received.load(Ordering::Relaxed).saturating_add(bytes), Ordering::Relaxed);
    }
}

/// Where in the stream of a server we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The beginning of a response.
    Start,
    /// A line after a literal.
    Later(Kind),
    /// A literal, with so many bytes to come.
    Literal(Kind, u64),
}

/// The stream of a server made readable, without any input or output of its own.
#[derive(Debug)]
pub(super) struct Sieve {
    place: Place,
    line: Vec<u8>,
    literal_limit: u64,
    response_limit: u64,
    /// Bytes of the response so far.
    response: u64,
    greeted: bool,
    /// After the next tagged answer nothing may follow.
    last_answer: bool,
    ended: bool,
    tally: Arc<Tally>,
}

impl Sieve {
    fn new(literal_limit: u64, greeted: bool, tally: Arc<Tally>) -> Self {
        Self {
            place: Place::Start,
            line: Vec::new(),
            literal_limit,
            response_limit: literal_limit.saturating_add(1024 * 1024),
            response: 0,
            greeted,
            last_answer: false,
            ended: false,
            tally,
        }
    }

    /// Takes what the server sent, however cut, and gives what the parser may see.
    fn feed(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> Result<(), Breach> {
        let received = self.tally.received.fetch_add(input.len() as u64, Ordering::Relaxed);
        let received = received.saturating_add(input.len() as u64);
        if received > self.tally.budget_end.load(Ordering::Relaxed) {
            return Err(Breach::TooLarge);
        }
        while !input.is_empty() {
            if self.ended {
                return Err(Breach::Injected);
            }
            input = match self.place {
                Place::Literal(kind, left) => self.literal(kind, left, input, out)?,
                Place::Start => self.line(None, input, out)?,
                Place::Later(kind) => self.line(Some(kind), input, out)?,
            };
        }
        Ok(())
    }

    fn literal<'a>(&mut self, kind: Kind, left: u64, input: &'a [u8], out: &mut Vec<u8>) -> Result<&'a [u8], Breach> {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(input.len());
        let (here, rest) = input.split_at_checked(length).unwrap_or((input, &[]));
        if kind != Kind::Unwanted {
            out.extend_from_slice(here);
        }
        let left = left.saturating_sub(here.len() as u64);
        self.place = if left == 0 { Place::Later(kind) } else { Place::Literal(kind, left) };
        Ok(rest)
    }

    fn line<'a>(&mut self, later: Option<Kind>, input: &'a [u8], out: &mut Vec<u8>) -> Result<&'a [u8], Breach> {
        let Some(end) = input.iter().position(|byte| *byte == b'\n') else {
            self.line.extend_from_slice(input);
            if self.line.len() > LONGEST_LINE {
                return Err(Breach::EndlessLine);
            }
            self.look_at_stranger()?;
            return Ok(&[]);
        };
        let (here, rest) = input.split_at_checked(end.saturating_add(1)).unwrap_or((input, &[]));
        self.line.extend_from_slice(here);
        if self.line.len() > LONGEST_LINE {
            return Err(Breach::EndlessLine);
        }
        self.look_at_stranger()?;
        let line = std::mem::take(&mut self.line);
        self.complete(later, &line, out)?;
        Ok(rest)
    }

    /// Another protocol is told by its first bytes; waiting for the rest of its line might last for ever.
    fn look_at_stranger(&mut self) -> Result<(), Breach> {
        if self.greeted {
            return Ok(());
        }
        let line = self.line.trim_ascii_start();
        for (start, name) in [
            (b"220".as_slice(), "SMTP"),
            (b"554", "SMTP"),
            (b"+OK", "POP3"),
            (b"-ERR", "POP3"),
            (b"HTTP/", "HTTP"),
            (b"<", "HTTP"),
            (b"SSH-", "SSH"),
            (b"\x15\x03", "TLS"),
        ] {
            if line.starts_with(start) {
                return Err(Breach::Foreign(name));
            }
        }
        Ok(())
    }

    /// A line with its end.
    fn complete(&mut self, later: Option<Kind>, line: &[u8], out: &mut Vec<u8>) -> Result<(), Breach> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let kind = later.unwrap_or_else(|| mend::kind_of(&String::from_utf8_lossy(line)));
        if !self.greeted {
            let star = line.trim_ascii_start().starts_with(b"*");
            match kind {
                Kind::Text if star => self.greeted = true,
                Kind::Unwanted if line.trim_ascii().is_empty() => {}
                _ => return Err(Breach::Foreign("")),
            }
        }
        self.response = self.response.saturating_add(line.len() as u64);
        let literal = if kind == Kind::Text { None } else { literal_at_end(line) };
        if let Some(length) = literal {
            self.response = self.response.saturating_add(length);
            if length > self.literal_limit || self.response > self.response_limit {
                return Err(Breach::TooLarge);
            }
        }
        let mut mended = match later {
            None => mend::first_line(kind, line),
            Some(kind) => mend::later_line(kind, line),
        };
        mended.extend_from_slice(b"\r\n");
        let lone = later.is_none() && literal.is_none();
        if kind != Kind::Unwanted && !(lone && self.left_out(kind, line, &mended)) {
            out.extend_from_slice(&mended);
        }
        match literal {
            Some(0) => self.place = Place::Later(kind),
            Some(length) => self.place = Place::Literal(kind, length),
            None => {
                self.place = Place::Start;
                self.response = 0;
            }
        }
        Ok(())
    }

    /// A response of one line that the parser cannot take after all is left out; a status always passes, since an answer
    /// that never comes would only end in silence.
    fn left_out(&mut self, kind: Kind, line: &[u8], mended: &[u8]) -> bool {
        let tagged = kind == Kind::Text && !matches!(line.trim_ascii_start().first(), Some(b'*' | b'+'));
        if tagged && self.last_answer {
            self.ended = true;
        }
        if kind == Kind::Text || mend::readable(mended) {
            return false;
        }
        // What is missing from an answer is told only where somebody would conclude from its absence.
        if kind == Kind::Fetch || mend::is_list(line) {
            self.tally.unreadable.fetch_add(1, Ordering::Relaxed);
        }
        true
    }

    /// Is something half received?
    fn unfinished(&self) -> bool {
        self.place != Place::Start || !self.line.is_empty()
    }
}

/// The length announced at the end of a line: `{12}`, `{12+}`.
fn literal_at_end(line: &[u8]) -> Option<u64> {
    let inner = line.strip_suffix(b"}")?;
    let start = inner.iter().rposition(|byte| *byte == b'{')?;
    let digits = inner.get(start.saturating_add(1)..)?;
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // More digits than fit are more than any limit.
    Some(std::str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX))
}

/// A connection with the sieve in its reading half.
#[derive(Debug)]
pub(super) struct Guard<S> {
    inner: S,
    sieve: Sieve,
    ready: Vec<u8>,
    taken: usize,
}

impl<S> Guard<S> {
    /// `greeted`: the greeting came already, before TLS was begun.
    pub(super) fn new(inner: S, literal_limit: u64, greeted: bool) -> Self {
        let tally = Arc::new(Tally::default());
        tally.allow(u64::from(u16::MAX));
        Self { inner, sieve: Sieve::new(literal_limit, greeted, tally), ready: Vec::new(), taken: 0 }
    }

    /// The counters, shared.
    pub(super) fn tally(&self) -> Arc<Tally> {
        Arc::clone(&self.sieve.tally)
    }

    /// After the next tagged answer, whatever follows is a breach.
    pub(super) fn expect_last_answer(&mut self) {
        self.sieve.last_answer = true;
    }

    /// The connection itself, to begin TLS on it; nothing may be left over.
    pub(super) fn into_inner(self) -> Result<S, Breach> {
        if self.taken < self.ready.len() || self.sieve.unfinished() { Err(Breach::Injected) } else { Ok(self.inner) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guard<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            let waiting = this.ready.get(this.taken..).unwrap_or_default();
            if !waiting.is_empty() {
                let length = waiting.len().min(buf.remaining());
                buf.put_slice(waiting.get(..length).unwrap_or_default());
                this.taken = this.taken.saturating_add(length);
                return Poll::Ready(Ok(()));
            }
            this.ready.clear();
            this.taken = 0;
            let mut room = [0; READ_AT_ONCE];
            let mut fresh = ReadBuf::new(&mut room);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut fresh))?;
            if fresh.filled().is_empty() {
                if this.sieve.unfinished() {
                    return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                }
                return Poll::Ready(Ok(()));
            }
            if let Err(breach) = this.sieve.feed(fresh.filled(), &mut this.ready) {
                this.ready.clear();
                return Poll::Ready(Err(io::Error::other(breach)));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sieve(limit: u64) -> Sieve {
        let tally = Arc::new(Tally::default());
        tally.allow(1 << 30);
        Sieve::new(limit, true, tally)
    }

    fn fed(pieces: &[&[u8]], limit: u64) -> Result<Vec<u8>, Breach> {
        let mut sieve = sieve(limit);
        let mut out = Vec::new();
        for piece in pieces {
            sieve.feed(piece, &mut out)?;
        }
        Ok(out)
    }

    const SESSION: &[u8] = b"* OK [CAPABILITY IMAP4rev1  IDLE] hi {5}\r\n\r\n*  3 EXISTS\n\
        * NAMESPACE ((\"\" {1}\r\n/)) NIL NIL\r\n\
        * 1 FETCH (UID 5 INTERNALDATE NIL BODY[] {20}\r\n\r\n* BYE {9999999}\r\n\n FLAGS (\\Seen))\r\n\
        * 2 FETCH (UID 6 BODY[] {0}\r\n)\r\n* 7 FETCH ((((\r\nA0001 OK done\r\n";
    const SEEN: &[u8] = b"* OK [CAPABILITY IMAP4rev1 IDLE] hi {5}\r\n* 3 EXISTS\r\n\
        * 1 FETCH (UID 5 INTERNALDATE \"\" BODY[] {20}\r\n\r\n* BYE {9999999}\r\n\n FLAGS (\\Seen))\r\n\
        * 2 FETCH (UID 6 BODY[] {0}\r\n)\r\nA0001 OK done\r\n";

    #[test]
    fn text_is_mended_and_literals_pass_untouched() {
        assert_eq!(String::from_utf8(fed(&[SESSION], 100).unwrap()).unwrap(), std::str::from_utf8(SEEN).unwrap());
    }

    #[test]
    fn one_cut_at_every_byte_changes_nothing() {
        for cut in 0..=SESSION.len() {
            let (one, two) = SESSION.split_at(cut);
            assert_eq!(fed(&[one, two], 100).unwrap(), SEEN, "cut at {cut}");
        }
        let single: Vec<&[u8]> = SESSION.chunks(1).collect();
        assert_eq!(fed(&single, 100).unwrap(), SEEN);
    }

    proptest! {
        #[test]
        fn any_cuts_change_nothing(cuts in proptest::collection::vec(1_usize..40, 1..60)) {
            let mut rest = SESSION;
            let mut pieces = Vec::new();
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece);
                rest = after;
            }
            pieces.push(rest);
            prop_assert_eq!(fed(&pieces, 100).unwrap(), SEEN);
        }

        #[test]
        fn whatever_comes_does_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400), cut in 0_usize..400) {
            let (one, two) = bytes.split_at(cut.min(bytes.len()));
            prop_assert_eq!(fed(&[one, two], 1000).ok(), fed(&[&bytes], 1000).ok());
        }
    }

    #[test]
    fn a_literal_above_the_limit_is_refused_when_announced() {
        for line in ["* 1 FETCH (BODY[] {101}\r\n", "* 1 FETCH (BODY[] {99999999999999999999}\r\n", "* X {101+}\r\n"] {
            assert_eq!(fed(&[line.as_bytes()], 100), Err(Breach::TooLarge), "{line}");
        }
        assert!(fed(&[b"* 1 FETCH (BODY[] {100}\r\n"], 100).is_ok());
    }

    #[test]
    fn many_literals_below_the_limit_do_not_make_an_endless_response() {
        let mut sieve = sieve(1024 * 1024);
        let mut out = Vec::new();
        let literal = [b" BODY[] {1048576}\r\n".as_slice(), &vec![b'x'; 1024 * 1024]].concat();
        sieve.feed(b"* 1 FETCH (UID 1", &mut out).unwrap();
        let refused = (0..5).find_map(|_| sieve.feed(&literal, &mut out).err());
        assert_eq!(refused, Some(Breach::TooLarge));
    }

    #[test]
    fn an_endless_line_is_refused() {
        let line = vec![b'x'; LONGEST_LINE + 2];
        assert_eq!(fed(&[b"* OK ", &line], 100), Err(Breach::EndlessLine));
    }

    #[test]
    fn more_than_the_budget_is_refused() {
        let mut sieve = sieve(100);
        sieve.tally.allow(10);
        assert_eq!(sieve.feed(b"* 1 EXISTS\r\n", &mut Vec::new()), Err(Breach::TooLarge));
    }

    #[test]
    fn a_row_that_cannot_be_read_is_counted() {
        let mut sieve = sieve(100);
        sieve.feed(b"* 7 FETCH ((((\r\n", &mut Vec::new()).unwrap();
        assert_eq!(sieve.tally.unreadable.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn another_protocol_is_told_by_its_first_bytes() {
        for (bytes, name) in
            [(b"220 mx".as_slice(), "SMTP"), (b"+OK", "POP3"), (b"HTTP/1.1", "HTTP"), (b"hello\r\n", "")]
        {
            let mut sieve = sieve(100);
            sieve.greeted = false;
            assert_eq!(sieve.feed(bytes, &mut Vec::new()), Err(Breach::Foreign(name)));
        }
    }

    #[test]
    fn nothing_may_follow_the_last_answer() {
        let mut sieve = sieve(100);
        sieve.last_answer = true;
        let mut out = Vec::new();
        sieve.feed(b"* 1 EXISTS\r\nA0001 OK begin\r\n", &mut out).unwrap();
        assert_eq!(sieve.feed(b"* CAPABILITY IMAP4rev1\r\n", &mut out), Err(Breach::Injected));
    }
}
