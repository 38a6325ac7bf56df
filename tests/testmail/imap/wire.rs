//! The bytes of one connection: TLS or not, counted, cut where the script says so.

use super::shared::Shared;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As a server that restarts: with TLS's own goodbye.
    Polite,
    /// The socket closes in the middle of TLS.
    Rude,
    /// The other side is told that there never was such a connection.
    Reset,
}

/// The connection is over; whoever says this has closed it.
#[derive(Debug)]
pub struct Over;

pub type Goes<T = ()> = Result<T, Over>;

enum Channel {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
    Gone,
}

/// Between two looks whether the test wants something.
const BEAT: Duration = Duration::from_millis(5);

pub struct Wire {
    channel: Channel,
    shared: Arc<Shared>,
    connection: usize,
    waiting: VecDeque<u8>,
}

impl Wire {
    pub fn new(socket: TcpStream, shared: Arc<Shared>, connection: usize) -> Self {
        socket.set_read_timeout(Some(BEAT)).unwrap();
        socket.set_nodelay(true).unwrap();
        Self { channel: Channel::Plain(socket), shared, connection, waiting: VecDeque::new() }
    }

    pub fn is_encrypted(&self) -> bool {
        matches!(self.channel, Channel::Tls(_))
    }

    /// TLS from here on. What came before the handshake in clear is thrown away.
    pub fn encrypt(&mut self, config: &Arc<ServerConfig>) -> Goes {
        let Channel::Plain(socket) = std::mem::replace(&mut self.channel, Channel::Gone) else { return Err(Over) };
        self.waiting.clear();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut tls = StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), socket);
        while tls.conn.is_handshaking() {
            tls.conn.complete_io(&mut tls.sock).map_err(|_| Over)?;
        }
        tls.sock.set_read_timeout(Some(BEAT)).unwrap();
        self.channel = Channel::Tls(Box::new(tls));
        Ok(())
    }

    pub fn say(&mut self, bytes: &[u8]) -> Goes {
        let allowed = self.shared.may_say(bytes.len());
        self.write(&bytes[..allowed.bytes])?;
        match allowed.then {
            Some(ending) => Err(self.close(ending)),
            None => Ok(()),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Goes {
        let done = match &mut self.channel {
            Channel::Plain(socket) => socket.write_all(bytes),
            Channel::Tls(tls) => tls.write_all(bytes).and_then(|()| tls.flush()),
            Channel::Gone => return Err(Over),
        };
        done.map_err(|_| Over)
    }

    /// Closes. Gives back what to return.
    pub fn close(&mut self, ending: Ending) -> Over {
        let socket = match std::mem::replace(&mut self.channel, Channel::Gone) {
            Channel::Plain(socket) => socket,
            Channel::Tls(mut tls) => {
                if ending == Ending::Polite {
                    tls.conn.send_close_notify();
                    let _said = tls.conn.complete_io(&mut tls.sock);
                }
                tls.sock
            }
            Channel::Gone => return Over,
        };
        if ending == Ending::Reset {
            SockRef::from(&socket).set_linger(Some(Duration::ZERO)).unwrap();
        } else {
            let _closed = socket.shutdown(Shutdown::Both);
        }
        self.shared.forget_socket(self.connection);
        Over
    }

    /// Reads what there is, waiting one beat at most. True: something came.
    fn fill(&mut self) -> Goes<bool> {
        let mut some = [0; 16 * 1024];
        let got = match &mut self.channel {
            Channel::Plain(socket) => socket.read(&mut some),
            Channel::Tls(tls) => tls.read(&mut some),
            Channel::Gone => return Err(Over),
        };
        match got {
            Ok(0) => Err(self.close(Ending::Polite)),
            Ok(count) => {
                self.waiting.extend(&some[..count]);
                Ok(true)
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(false),
            Err(_) => Err(self.close(Ending::Rude)),
        }
    }

    /// Some bytes of those that wait, at most so many; none when none come within the time.
    fn some(&mut self, most: usize, until: Option<Instant>) -> Goes<Vec<u8>> {
        loop {
            if !self.waiting.is_empty() {
                let there = most.min(self.waiting.len());
                let allowed = self.shared.may_hear(there);
                return match allowed.then {
                    Some(ending) => Err(self.close(ending)),
                    None => Ok(self.waiting.drain(..there).collect()),
                };
            }
            if let Some((farewell, ending)) = self.shared.told_to_leave(self.connection) {
                self.say(farewell.as_bytes())?;
                return Err(self.close(ending));
            }
            if !self.fill()? && until.is_some_and(|until| Instant::now() >= until) {
                return Ok(Vec::new());
            }
        }
    }

    /// A line with its end.
    pub fn line(&mut self) -> Goes<Vec<u8>> {
        self.line_from(Vec::new())
    }

    fn line_from(&mut self, mut line: Vec<u8>) -> Goes<Vec<u8>> {
        while !line.ends_with(b"\r\n") {
            line.extend(self.some(1, None)?);
        }
        Ok(line)
    }

    /// A line, when one begins within a beat.
    pub fn line_if_any(&mut self) -> Goes<Option<Vec<u8>>> {
        let first = self.some(1, Some(Instant::now()))?;
        if first.is_empty() { Ok(None) } else { self.line_from(first).map(Some) }
    }

    pub fn exactly(&mut self, count: usize) -> Goes<Vec<u8>> {
        let mut bytes = Vec::new();
        while bytes.len() < count {
            bytes.extend(self.some(count - bytes.len(), None)?);
        }
        Ok(bytes)
    }

    /// Says nothing more until the other side leaves.
    pub fn stall(&mut self) -> Over {
        while self.some(usize::MAX, None).is_ok() {}
        Over
    }
}
