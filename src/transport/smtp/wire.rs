//! Lines to and from the server, each step under one deadline, and replies read strictly.

use crate::network::Secret;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, InvalidMessage, StreamOwned};
use std::io::{self, Error, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// RFC 5321 allows 512 bytes; some servers write more.
const LINE_LIMIT: usize = 4096;
/// A reply with more lines than this is no reply.
const LINES_LIMIT: usize = 128;
/// How much of a server's words is kept.
const TEXT_LIMIT: usize = 400;

/// What the server answered: a code and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// 200 to 599.
    pub(super) code: u16,
    /// The lines without their codes.
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// Code and words in one line, without control characters.
    pub(super) fn text(&self) -> String {
        let words = self.lines.join(" ");
        let plain: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_LIMIT).collect();
        format!("{} {}", self.code, plain.trim()).trim_end().to_owned()
    }

    pub(super) const fn is_done(&self) -> bool {
        matches!(self.code, 200..=299)
    }

    pub(super) const fn is_later(&self) -> bool {
        matches!(self.code, 400..=499)
    }

    pub(super) const fn is_refused(&self) -> bool {
        matches!(self.code, 500..=599)
    }
}

/// Why no reply came. The connection is of no use afterwards.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    /// The deadline passed.
    #[error("the server did not answer in time")]
    Timeout,
    /// The server closed the connection.
    #[error("the server closed the connection")]
    Closed,
    /// Something that is no reply.
    #[error("the server answered something that is not SMTP: {0}")]
    Garbage(String),
    /// The certificate is not one to trust.
    #[error("the server's certificate is not accepted")]
    Certificate(rustls::CertificateError),
    /// What was said where TLS was to begin is not TLS.
    #[error("the server does not begin with TLS")]
    NotTls,
    /// Anything else of the network.
    #[error("the connection failed: {0}")]
    Io(String),
}

impl From<Error> for WireError {
    fn from(error: Error) -> Self {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match tls {
            Some(rustls::Error::InvalidCertificate(reason)) => return Self::Certificate(reason.clone()),
            Some(rustls::Error::InvalidMessage(
                InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
            )) => return Self::NotTls,
            _ => {}
        }
        match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => Self::Timeout,
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Io(error.to_string()),
        }
    }
}

/// A socket that keeps one deadline over any number of reads and writes: a server that sends one byte a minute
/// would otherwise never run out of time.
#[derive(Debug)]
struct Timed {
    socket: TcpStream,
    deadline: Instant,
}

impl Timed {
    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(self.left()?))?;
        self.socket.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(self.left()?))?;
        self.socket.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

#[derive(Debug)]
enum Stream {
    Plain(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
    /// Only while TLS begins.
    Gone,
}

/// One connection.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    /// Read from the server and not used yet.
    buffer: Vec<u8>,
}

impl Wire {
    pub(super) fn new(socket: TcpStream) -> Self {
        Self { stream: Stream::Plain(Timed { socket, deadline: Instant::now() }), buffer: Vec::new() }
    }

    /// Gives the next step so much time.
    pub(super) fn allow(&mut self, time: Duration) {
        let deadline = Instant::now().checked_add(time).unwrap_or_else(Instant::now);
        match &mut self.stream {
            Stream::Plain(timed) => timed.deadline = deadline,
            Stream::Tls(tls) => tls.sock.deadline = deadline,
            Stream::Gone => {}
        }
    }

    pub(super) const fn is_encrypted(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }

    /// The server said more than it was asked. Before TLS that is an attack, in a session it means that answers and
    /// questions no longer belong together.
    pub(super) fn has_unread(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Begins TLS and finishes its handshake.
    pub(super) fn encrypt(&mut self, config: Arc<ClientConfig>, name: ServerName<'static>) -> Result<(), WireError> {
        let Stream::Plain(timed) = std::mem::replace(&mut self.stream, Stream::Gone) else {
            return Err(WireError::Io("TLS was begun twice".to_owned()));
        };
        let client = ClientConnection::new(config, name).map_err(|error| WireError::Io(error.to_string()))?;
        let mut tls = StreamOwned::new(client, timed);
        while tls.conn.is_handshaking() {
            tls.conn.complete_io(&mut tls.sock)?;
        }
        self.stream = Stream::Tls(Box::new(tls));
        Ok(())
    }

    /// Sends one command and reads its reply.
    pub(super) fn ask(&mut self, command: &str) -> Result<Reply, WireError> {
        self.ask_secret(&Secret::new(command.to_owned()))
    }

    /// The same for a line that carries a secret.
    pub(super) fn ask_secret(&mut self, command: &Secret) -> Result<Reply, WireError> {
        if command.expose().contains(['\r', '\n']) {
            return Err(WireError::Io("a command would have contained a line break".to_owned()));
        }
        let mut line = Zeroizing::new(Vec::with_capacity(command.expose().len().saturating_add(2)));
        line.extend_from_slice(command.expose().as_bytes());
        line.extend_from_slice(b"\r\n");
        self.send(&line)?;
        self.reply()
    }

    /// Sends bytes as they are.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        match &mut self.stream {
            Stream::Plain(timed) => timed.write_all(bytes).and_then(|()| timed.flush())?,
            Stream::Tls(tls) => tls.write_all(bytes).and_then(|()| tls.flush())?,
            Stream::Gone => return Err(WireError::Closed),
        }
        Ok(())
    }

    /// Reads one whole reply: every line with the same code, a blank or nothing after the last code.
    pub(super) fn reply(&mut self) -> Result<Reply, WireError> {
        let mut code = None;
        let mut lines = Vec::new();
        loop {
            let line = self.line()?;
            let (line_code, last, text) =
                parse_line(&line).ok_or_else(|| WireError::Garbage(line.chars().take(60).collect()))?;
            if *code.get_or_insert(line_code) != line_code || lines.len() >= LINES_LIMIT {
                return Err(WireError::Garbage(line.chars().take(60).collect()));
            }
            lines.push(text.to_owned());
            if last {
                return Ok(Reply { code: line_code, lines });
            }
        }
    }

    /// One line without its line break.
    fn line(&mut self) -> Result<String, WireError> {
        loop {
            if let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') {
                let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
                while line.last().is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
                    line.pop();
                }
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            if self.buffer.len() > LINE_LIMIT {
                return Err(WireError::Garbage("a line without an end".to_owned()));
            }
            let mut chunk = [0_u8; 1024];
            let count = match &mut self.stream {
                Stream::Plain(timed) => timed.read(&mut chunk),
                Stream::Tls(tls) => tls.read(&mut chunk),
                Stream::Gone => return Err(WireError::Closed),
            };
            match count {
                Ok(0) => return Err(WireError::Closed),
                Ok(count) => self.buffer.extend_from_slice(chunk.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Code, whether it is the last line, and the words.
fn parse_line(line: &str) -> Option<(u16, bool, &str)> {
    let digits = line.get(..3)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let code = digits.parse().ok().filter(|code| (200..600).contains(code))?;
    let rest = line.get(3..)?;
    match rest.chars().next() {
        None => Some((code, true, "")),
        Some(' ') => Some((code, true, rest.get(1..)?)),
        Some('-') => Some((code, false, rest.get(1..)?)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_replies_are_replies() {
        assert_eq!(parse_line("250 ok"), Some((250, true, "ok")));
        assert_eq!(parse_line("250-SIZE 10"), Some((250, false, "SIZE 10")));
        assert_eq!(parse_line("250"), Some((250, true, "")));
        for line in ["", "2", "25", "2500", "250x", "abc d", "099 x", "600 x", "999 x", "è50 x", "25è x", "٢٥٠ x"]
        {
            assert_eq!(parse_line(line), None, "{line}");
        }
    }

    #[test]
    fn words_of_a_server_are_shown_without_control_characters() {
        let reply = Reply { code: 550, lines: vec!["no\u{1b}[31m".into(), "\tsuch user".into()] };
        assert_eq!(reply.text(), "550 no [31m  such user");
        assert_eq!(Reply { code: 250, lines: vec![String::new()] }.text(), "250");
    }
}
