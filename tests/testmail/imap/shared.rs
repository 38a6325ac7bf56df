//! What all connections of a server and the test share.

use super::fault::{Act, Fault, When};
use super::personality::Personality;
use super::post::Post;
use super::wire::Ending;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Shutdown, TcpStream};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A command as it was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Connections count from 1.
    pub connection: usize,
    /// Without its tag; literals included.
    pub text: String,
    /// The same, byte for byte.
    pub raw: Vec<u8>,
    /// The connection was encrypted then.
    pub encrypted: bool,
    pub at: Instant,
}

/// Which bytes of the whole run are counted towards a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What the server says.
    Said,
    /// What the server hears.
    Heard,
}

/// The connection that says or hears the last of so many bytes is closed then. Once.
#[derive(Debug, Clone, Copy)]
pub struct CutPlan {
    pub side: Side,
    pub bytes: usize,
    pub ending: Ending,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub open: usize,
    /// Logged in now.
    pub inside: usize,
    pub ever: usize,
    pub most: usize,
    pub said: usize,
    pub heard: usize,
}

pub struct State {
    pub post: Post,
    pub personality: Personality,
    pub user: String,
    pub password: String,
    pub token: String,
    pub faults: Vec<Fault>,
    pub heard: Vec<Heard>,
    pub logins: Vec<Instant>,
    pub counts: Counts,
    pub cut: Option<CutPlan>,
    pub cut_made: bool,
    /// New connections are closed at once.
    pub away: bool,
    pub stopped: bool,
    sockets: BTreeMap<usize, TcpStream>,
    present: BTreeSet<usize>,
    told_to_leave: BTreeMap<usize, (String, Ending)>,
}

pub struct Allowed {
    pub bytes: usize,
    pub then: Option<Ending>,
}

pub struct Shared(Mutex<State>);

impl Shared {
    pub fn new(personality: Personality) -> Self {
        Self(Mutex::new(State {
            post: personality.post(),
            personality,
            user: "marta@studioferri.example".to_owned(),
            password: "segreto".to_owned(),
            token: "gettone-1".to_owned(),
            faults: Vec::new(),
            heard: Vec::new(),
            logins: Vec::new(),
            counts: Counts::default(),
            cut: None,
            cut_made: false,
            away: false,
            stopped: false,
            sockets: BTreeMap::new(),
            present: BTreeSet::new(),
            told_to_leave: BTreeMap::new(),
        }))
    }

    /// A test that failed while it held the lock must not hide its own message behind others.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A connection came: its number, or nothing when nobody is at home.
    pub fn arrived(&self, socket: &TcpStream) -> Option<usize> {
        // A client that hung up before it called again is not held to be two: its old conversation ends within a moment.
        let end = Instant::now() + Duration::from_millis(100);
        while self.lock().counts.open >= 2 && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(1));
        }
        let mut state = self.lock();
        if state.away || state.stopped {
            return None;
        }
        state.counts.ever += 1;
        state.counts.open += 1;
        state.counts.most = state.counts.most.max(state.counts.open);
        let number = state.counts.ever;
        state.present.insert(number);
        state.sockets.insert(number, socket.try_clone().unwrap());
        Some(number)
    }

    pub fn left(&self, connection: usize, was_inside: bool) {
        let mut state = self.lock();
        state.counts.open -= 1;
        state.counts.inside -= usize::from(was_inside);
        state.sockets.remove(&connection);
        state.present.remove(&connection);
        state.told_to_leave.remove(&connection);
    }

    pub fn forget_socket(&self, connection: usize) {
        self.lock().sockets.remove(&connection);
    }

    /// What the script wants at this point; a fault that has bitten often enough is not asked any more.
    pub fn fault(&self, connection: usize, when: &When, text: &str) -> Option<Act> {
        let mut state = self.lock();
        state.faults.iter_mut().find_map(|fault| fault.bites(connection, when, text))
    }

    pub fn told_to_leave(&self, connection: usize) -> Option<(String, Ending)> {
        let mut state = self.lock();
        if state.stopped {
            return Some((String::new(), Ending::Rude));
        }
        state.told_to_leave.remove(&connection)
    }

    /// Every connection says a last word (with its line end, or nothing) and closes. Gives back which.
    pub fn send_all_away(&self, farewell: &str, ending: Ending) -> Vec<usize> {
        let mut state = self.lock();
        let connections: Vec<usize> = state.sockets.keys().copied().collect();
        for connection in &connections {
            state.told_to_leave.insert(*connection, (farewell.to_owned(), ending));
        }
        connections
    }

    pub fn is_there(&self, connection: usize) -> bool {
        self.lock().present.contains(&connection)
    }

    pub fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        for socket in state.sockets.values() {
            let _closed = socket.shutdown(Shutdown::Both);
        }
    }

    pub fn may_say(&self, wanted: usize) -> Allowed {
        let mut state = self.lock();
        let before = state.counts.said;
        let (bytes, then) = state.upto(Side::Said, before, wanted);
        state.counts.said += bytes;
        Allowed { bytes, then }
    }

    /// Counts bytes heard; fewer may count than there are.
    pub fn may_hear(&self, there: usize) -> Allowed {
        let mut state = self.lock();
        let before = state.counts.heard;
        let (bytes, then) = state.upto(Side::Heard, before, there);
        state.counts.heard += bytes;
        Allowed { bytes, then }
    }
}

impl State {
    fn upto(&mut self, side: Side, before: usize, wanted: usize) -> (usize, Option<Ending>) {
        match self.cut {
            Some(cut) if cut.side == side && before + wanted >= cut.bytes => {
                self.cut = None;
                self.cut_made = true;
                (cut.bytes.saturating_sub(before), Some(cut.ending))
            }
            _ => (wanted, None),
        }
    }
}
