//! A client by hand.

use crate::testmail::imap::ImapServer;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub struct Speaker {
    socket: TcpStream,
    waiting: Vec<u8>,
    tags: usize,
}

/// How a connection was found.
#[derive(Debug, PartialEq, Eq)]
pub enum State {
    Open,
    Closed,
    Reset,
}

impl Speaker {
    pub fn silent(server: &ImapServer) -> Self {
        let socket = TcpStream::connect(server.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        Self { socket, waiting: Vec::new(), tags: 0 }
    }

    /// Greeted.
    pub fn new(server: &ImapServer) -> Self {
        let mut speaker = Self::silent(server);
        assert!(speaker.line().starts_with("* OK "));
        speaker
    }

    pub fn logged_in(server: &ImapServer) -> Self {
        let mut speaker = Self::new(server);
        assert!(speaker.ask("LOGIN marta@studioferri.example segreto").ends_with("in\r\n"));
        speaker
    }

    pub fn say(&mut self, text: &str) {
        self.socket.write_all(text.as_bytes()).unwrap();
    }

    /// Reads until the text ends like this.
    pub fn until(&mut self, end: &str) -> String {
        let mut some = [0; 4096];
        loop {
            if let Some(at) = self.waiting.windows(end.len()).position(|part| part == end.as_bytes()) {
                let rest = self.waiting.split_off(at + end.len());
                let text = std::mem::replace(&mut self.waiting, rest);
                return String::from_utf8_lossy(&text).into_owned();
            }
            let count = self.socket.read(&mut some).unwrap_or(0);
            assert!(count > 0, "waited for {end:?}, has {:?}", String::from_utf8_lossy(&self.waiting));
            self.waiting.extend_from_slice(&some[..count]);
        }
    }

    pub fn line(&mut self) -> String {
        self.until("\r\n")
    }

    /// Says a command and gives the whole answer, the tag replaced by `t`.
    pub fn ask(&mut self, command: &str) -> String {
        let tag = self.begin(command);
        self.answer(&tag)
    }

    pub fn begin(&mut self, command: &str) -> String {
        self.tags += 1;
        let tag = format!("tag{}", self.tags);
        self.say(&format!("{tag} {command}\r\n"));
        tag
    }

    pub fn answer(&mut self, tag: &str) -> String {
        let text = self.until(&format!("{tag} ")) + &self.line();
        text.replace(tag, "t")
    }

    /// What comes until the other side closes, and how it closes. Waits at most this long.
    pub fn rest(&mut self, within: Duration) -> (String, State) {
        self.socket.set_read_timeout(Some(within)).unwrap();
        let mut some = [0; 4096];
        loop {
            match self.socket.read(&mut some) {
                Ok(0) => return (self.taken(), State::Closed),
                Ok(count) => self.waiting.extend_from_slice(&some[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {
                    return (self.taken(), State::Reset);
                }
                Err(_) => return (self.taken(), State::Open),
            }
        }
    }

    fn taken(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.waiting)).into_owned()
    }
}
