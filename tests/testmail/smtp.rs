//! A scripted SMTP server on loopback: each connection follows a plan, and everything said is written down.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What the server does when a line comes.
#[derive(Debug, Clone)]
pub enum Act {
    /// Answers; lines are joined by the script itself, the last line break is added.
    Say(String),
    /// Closes without a word.
    Close,
    /// Answers and closes.
    SayAndClose(String),
    /// Answers nothing until the client leaves.
    Stall,
    /// Sends one byte every few milliseconds, never a whole line.
    Drip,
}

/// How one connection goes. A line is looked up by its beginning, the first match counts; others get the usual answer.
#[derive(Debug, Clone)]
pub struct Plan {
    pub tls: bool,
    pub greeting: Act,
    pub offers: Vec<&'static str>,
    pub answers: Vec<(&'static str, Act)>,
    /// At the end of the body. The server counts the mail as taken before it acts.
    pub end: Act,
    /// Whether the body counts as taken.
    pub takes: bool,
    /// Closes after so many bytes said.
    pub say_at_most: Option<usize>,
    /// Closes after so many bytes heard.
    pub hear_at_most: Option<usize>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            tls: false,
            greeting: say("220 mx.test ready"),
            offers: vec!["SIZE 1000000", "8BITMIME", "AUTH PLAIN LOGIN"],
            answers: Vec::new(),
            end: say("250 2.0.0 queued as ABC123"),
            takes: true,
            say_at_most: None,
            hear_at_most: None,
        }
    }
}

pub fn say(text: &str) -> Act {
    Act::Say(text.to_owned())
}

impl Plan {
    pub fn with(mut self, line: &'static str, act: Act) -> Self {
        self.answers.push((line, act));
        self
    }

    pub fn ending(mut self, act: Act, takes: bool) -> Self {
        self.end = act;
        self.takes = takes;
        self
    }
}

/// The running server.
pub struct Server {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
    _thread: JoinHandle<()>,
}

impl Server {
    /// One plan a connection; the last one serves all further connections.
    pub fn start(plans: Vec<Plan>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let (log, store) = (Arc::clone(&heard), Arc::clone(&bodies));
        let thread = std::thread::spawn(move || {
            for number in 0.. {
                let Ok((socket, _)) = listener.accept() else { return };
                socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                log.lock().unwrap().push("(connected)".to_owned());
                let plan = plans[number.min(plans.len() - 1)].clone();
                let (log, store) = (Arc::clone(&log), Arc::clone(&store));
                std::thread::spawn(move || {
                    let _closed = Conversation::new(socket, plan, log, store).run();
                });
            }
        });
        Self { address, heard, bodies, _thread: thread }
    }

    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    pub fn count(&self, beginning: &str) -> usize {
        self.heard().iter().filter(|line| line.starts_with(beginning)).count()
    }

    /// The bodies that the server took, as they came over the wire without the end mark.
    pub fn bodies(&self) -> Vec<Vec<u8>> {
        self.bodies.lock().unwrap().clone()
    }
}

pub fn tls_file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/testmail/tls").join(name)
}

enum Channel {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
    Gone,
}

struct Conversation {
    channel: Channel,
    plan: Plan,
    heard: Arc<Mutex<Vec<String>>>,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
    said_bytes: usize,
    heard_bytes: usize,
}

type Ended = Option<()>;

impl Conversation {
    fn new(socket: TcpStream, plan: Plan, heard: Arc<Mutex<Vec<String>>>, bodies: Arc<Mutex<Vec<Vec<u8>>>>) -> Self {
        Self { channel: Channel::Plain(socket), plan, heard, bodies, said_bytes: 0, heard_bytes: 0 }
    }

    fn run(&mut self) -> Ended {
        if self.plan.tls {
            self.encrypt()?;
        }
        self.act(&self.plan.greeting.clone())?;
        loop {
            let line = self.line()?;
            self.heard.lock().unwrap().push(line.clone());
            let planned =
                self.plan.answers.iter().find(|(start, _)| line.starts_with(start)).map(|(_, act)| act.clone());
            let act = planned.unwrap_or_else(|| self.usual(&line));
            let goes_on = matches!(&act, Act::Say(text) if text.starts_with("354"));
            let encrypts = line == "STARTTLS" && matches!(&act, Act::Say(text) if text.starts_with("220"));
            self.act(&act)?;
            if encrypts {
                self.encrypt()?;
            }
            if line == "DATA" && goes_on {
                let body = self.body()?;
                if self.plan.takes {
                    self.bodies.lock().unwrap().push(body);
                }
                self.act(&self.plan.end.clone())?;
            }
        }
    }

    fn usual(&self, line: &str) -> Act {
        match line.split(' ').next().unwrap_or_default() {
            "EHLO" => {
                let mut lines = vec!["250-mx.test".to_owned()];
                lines.extend(self.plan.offers.iter().map(|offer| format!("250-{offer}")));
                lines.push("250 ENHANCEDSTATUSCODES".to_owned());
                Act::Say(lines.join("\r\n"))
            }
            "AUTH" => say("235 ok"),
            "DATA" => say("354 go ahead"),
            "STARTTLS" => say("220 go ahead"),
            "QUIT" => Act::SayAndClose("221 bye".to_owned()),
            _ => say("250 ok"),
        }
    }

    fn act(&mut self, act: &Act) -> Ended {
        match act {
            Act::Say(text) => self.say(text),
            Act::SayAndClose(text) => {
                self.say(text)?;
                None
            }
            Act::Close => None,
            Act::Stall => {
                while self.byte().is_some() {}
                None
            }
            Act::Drip => loop {
                self.write(b"2")?;
                std::thread::sleep(Duration::from_millis(10));
            },
        }
    }

    fn say(&mut self, text: &str) -> Ended {
        self.write(format!("{text}\r\n").as_bytes())
    }

    fn write(&mut self, bytes: &[u8]) -> Ended {
        let allowed = self.plan.say_at_most.map_or(bytes.len(), |most| bytes.len().min(most - self.said_bytes));
        self.said_bytes += allowed;
        let done = match &mut self.channel {
            Channel::Plain(socket) => socket.write_all(&bytes[..allowed]),
            Channel::Tls(tls) => tls.write_all(&bytes[..allowed]).and_then(|()| tls.flush()),
            Channel::Gone => return None,
        };
        done.ok()?;
        (allowed == bytes.len()).then_some(())
    }

    fn byte(&mut self) -> Option<u8> {
        if self.plan.hear_at_most.is_some_and(|most| self.heard_bytes >= most) {
            return None;
        }
        let mut one = [0];
        let count = match &mut self.channel {
            Channel::Plain(socket) => socket.read(&mut one),
            Channel::Tls(tls) => tls.read(&mut one),
            Channel::Gone => return None,
        };
        self.heard_bytes += 1;
        (count.ok()? == 1).then_some(one[0])
    }

    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            line.push(self.byte()?);
        }
        line.truncate(line.len() - 2);
        Some(String::from_utf8(line).unwrap())
    }

    fn body(&mut self) -> Option<Vec<u8>> {
        let mut body = b"\r\n".to_vec();
        while !body.ends_with(b"\r\n.\r\n") {
            body.push(self.byte()?);
        }
        body.truncate(body.len() - 3);
        Some(body.split_off(2))
    }

    fn encrypt(&mut self) -> Ended {
        let Channel::Plain(socket) = std::mem::replace(&mut self.channel, Channel::Gone) else { return None };
        let chain: Vec<_> =
            CertificateDer::pem_file_iter(tls_file("server.pem")).unwrap().map(|one| one.unwrap()).collect();
        let key = PrivateKeyDer::from_pem_file(tls_file("server-key.pem")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let mut tls = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), socket);
        while tls.conn.is_handshaking() {
            tls.conn.complete_io(&mut tls.sock).ok()?;
        }
        self.channel = Channel::Tls(Box::new(tls));
        Some(())
    }
}
