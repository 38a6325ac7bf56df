//! A scripted IMAP server on loopback: a real account behind it, and a script of what goes wrong.
//!
//! In: a personality, faults, changes of the account by the test. Out: what was heard, what lies there now, counts.
//! Deliberately absent: everything that the product does not ask for (threads, sorting, access rights).

mod commands;
mod fault;
mod login;
mod personality;
mod post;
mod rows;
mod session;
mod shared;
mod wire;
mod words;

pub use fault::{
    Act, Fault, Then, When, after, amid, bad, before, bye, closes, huge_literal, meanwhile, meanwhile_after,
    meanwhile_last, no, not_connected, says, stalls, throttled,
};
pub use personality::{Idle, Personality, UidNext};
pub use post::{FolderPicture, Mail, Post, PostFolder};
pub use rows::RowFault;
pub use shared::{Counts, CutPlan, Heard, Side};
pub use wire::Ending;
pub use words::Command;

use super::certificates::Certificate;
use imap_codec::CommandCodec;
use imap_codec::decode::Decoder;
use session::Session;
use shared::{Shared, State};
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use wire::Wire;

/// How connections are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    Plain,
    StartTls,
    Tls,
}

/// The running server. It ends when it is dropped.
pub struct ImapServer {
    pub address: SocketAddr,
    pub certificate: Certificate,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl ImapServer {
    /// Plain text, no surprises.
    pub fn plain() -> Self {
        Self::start(Personality::plain(), Protection::Plain, Certificate::Good)
    }

    pub fn of(personality: Personality) -> Self {
        Self::start(personality, Protection::Plain, Certificate::Good)
    }

    pub fn start(personality: Personality, protection: Protection, certificate: Certificate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::new(personality));
        let tls = certificate.config();
        let for_all = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let mut conversations: Vec<JoinHandle<()>> = Vec::new();
            while let Ok((socket, _)) = listener.accept() {
                if for_all.lock().stopped {
                    break;
                }
                let Some(number) = for_all.arrived(&socket) else { continue };
                let (shared, tls) = (Arc::clone(&for_all), Arc::clone(&tls));
                conversations.retain(|one| !one.is_finished());
                conversations.push(std::thread::spawn(move || {
                    let wire = Wire::new(socket, Arc::clone(&shared), number);
                    let mut session = Session::new(wire, Arc::clone(&shared), number, protection, tls);
                    let _over = session.run();
                    session.over();
                    shared.left(number, session.inside);
                }));
            }
            for one in conversations {
                let _ended = one.join();
            }
        });
        Self { address, certificate, shared, thread: Some(thread) }
    }

    /// What a client has to trust to come through (see [`Certificate`]).
    pub fn authority(&self) -> PathBuf {
        self.certificate.authority()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.lock()
    }

    /// Adds to the script.
    pub fn fault(&self, fault: Fault) {
        self.lock().faults.push(fault);
    }

    /// From now on nothing goes wrong any more.
    pub fn no_more_faults(&self) {
        self.lock().faults.clear();
    }

    /// Changes how the server behaves.
    pub fn personality(&self, change: impl FnOnce(&mut Personality)) {
        change(&mut self.lock().personality);
    }

    /// Looks at the account or changes it.
    pub fn post<T>(&self, work: impl FnOnce(&mut Post) -> T) -> T {
        work(&mut self.lock().post)
    }

    pub fn deliver(&self, wire: &str, bytes: &[u8]) -> u32 {
        self.post(|post| post.deliver(wire, bytes))
    }

    /// A mail went out through the provider's SMTP server: filed where that server files its copies, as it does it.
    pub fn sent_through_smtp(&self, bytes: &[u8]) -> Option<u32> {
        let mut state = self.lock();
        let folder = state.personality.files_sent?;
        let bytes = if state.personality.rewrites_ids { with_another_id(bytes) } else { bytes.to_vec() };
        let seen = ["\\Seen".to_owned()];
        Some(state.post.put(folder, &bytes, chrono::Utc::now(), &seen))
    }

    pub fn snapshot(&self) -> BTreeMap<String, FolderPicture> {
        self.lock().post.snapshot()
    }

    /// All commands so far, without tags.
    pub fn heard(&self) -> Vec<String> {
        self.lock().heard.iter().map(|heard| heard.text.clone()).collect()
    }

    pub fn heard_fully(&self) -> Vec<Heard> {
        self.lock().heard.clone()
    }

    /// How many commands began like this.
    pub fn count(&self, beginning: &str) -> usize {
        let beginning = beginning.to_uppercase();
        self.heard().iter().filter(|text| text.to_uppercase().starts_with(&beginning)).count()
    }

    /// Commands that are no IMAP4rev1 by the book of an independent parser.
    pub fn not_by_the_book(&self) -> Vec<String> {
        let spoken = self.heard_fully().into_iter().filter(|heard| !heard.text.starts_with("(answer"));
        let odd = spoken.filter(|heard| !is_beside_the_book(&heard.text) && !is_by_the_book(&heard.raw));
        odd.map(|heard| heard.text).collect()
    }

    pub fn counts(&self) -> Counts {
        self.lock().counts
    }

    /// When logins were tried, right or wrong.
    pub fn logins(&self) -> Vec<Instant> {
        self.lock().logins.clone()
    }

    pub fn set_password(&self, password: &str) {
        self.lock().password = password.to_owned();
    }

    pub fn set_token(&self, token: &str) {
        self.lock().token = token.to_owned();
    }

    /// Closes the connection that says or hears the last of so many bytes, counted from the start of the server.
    pub fn cut(&self, plan: CutPlan) {
        self.lock().cut = Some(plan);
    }

    pub fn cut_was_made(&self) -> bool {
        self.lock().cut_made
    }

    /// Ends all connections, after a last word if one is given (`* BYE shutting down\r\n`). Waits until they are gone.
    pub fn end_all(&self, farewell: &str, ending: Ending) {
        let sent_away = self.shared.send_all_away(farewell, ending);
        self.until("all connections are gone", |server| sent_away.iter().all(|one| !server.shared.is_there(*one)));
    }

    /// Ends all connections as a restart does it.
    pub fn restart(&self) {
        self.lock().away = true;
        self.end_all("* BYE shutting down\r\n", Ending::Polite);
        let mut state = self.lock();
        if state.personality.rotates {
            let names: Vec<String> = state.post.folders.iter().map(|folder| folder.wire.clone()).collect();
            names.iter().for_each(|name| state.post.change_validity(name));
        }
        state.away = false;
    }

    /// While away, connections are closed as soon as they come.
    pub fn away(&self, away: bool) {
        self.lock().away = away;
    }

    /// Waits until something holds, ten seconds at most.
    pub fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(10);
        while !holds(self) {
            assert!(Instant::now() < end, "waited in vain until {what}; heard: {:#?}", self.heard());
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for ImapServer {
    fn drop(&mut self) {
        self.shared.stop();
        let _woken = std::net::TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

impl Session {
    pub(crate) fn note(&mut self, text: &str) {
        let (text, raw) = (text.to_owned(), text.as_bytes().to_vec());
        let heard = Heard { connection: self.number, text, raw, encrypted: true, at: Instant::now() };
        self.shared.lock().heard.push(heard);
    }
}

/// Commands that the parser does not know.
fn is_beside_the_book(text: &str) -> bool {
    matches!(text, "DONE" | "STARTTLS" | "ID NIL")
        || text.strip_prefix("UID EXPUNGE ").is_some_and(words::is_set)
        || text.strip_prefix("ID (\"").and_then(|rest| rest.strip_suffix("\")")).is_some_and(|fields| {
            let fields: Vec<&str> = fields.split("\" \"").collect();
            fields.len().is_multiple_of(2) && fields.iter().all(|field| !field.contains(['"', '\\']))
        })
}

fn is_by_the_book(command: &[u8]) -> bool {
    let line = [b"a ", command, b"\r\n"].concat();
    // A literal that was refused before it was said is put in.
    let refused = words::announced(&line);
    let literal = refused.map_or_else(Vec::new, |(size, _)| [vec![b'x'; size], b"\r\n".to_vec()].concat());
    matches!(CommandCodec::default().decode(&[line, literal].concat()), Ok((b"", _)))
}

/// What Microsoft 365 does to a mail that is sent through it.
fn with_another_id(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let end = text.find("\r\n\r\n").map_or(text.len(), |at| at + 2);
    let (head, rest) = text.split_at(end);
    let mut made = String::new();
    for line in head.split_inclusive("\r\n") {
        if let Some(id) = line.strip_prefix("Message-ID:") {
            made.push_str("Message-ID: <AM0PR08MB1234@AM0PR08MB1234.outlook.example>\r\n");
            made.push_str(&format!("X-Microsoft-Original-Message-ID:{id}"));
        } else {
            made.push_str(line);
        }
    }
    (made + rest).into_bytes()
}
