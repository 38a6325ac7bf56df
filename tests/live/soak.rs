//! Hundreds of mails in a few minutes, while the owner works in the same mailbox from another program and the server is
//! restarted once. What was delivered is compared with what the program knows: none missed, none twice.
//!
//! A mail that the owner moves out of the watched folders or deletes may be gone before the program could see it. Such a
//! mail is counted apart, one by one: only when it was not known at the moment before the owner touched it.

use crate::firm::{EVERYBODY, Firm, MARTA, VERDI, everybody};
use crate::hand::MailProgram;
use crate::letters;
use crate::memory::Memory;
use crate::running::Running;
use crate::servers::{Dovecot, Wishes, full, present, wait_for};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const OBSERVING: &str = "reminder = \"observe\"\n";

/// Numbers that look like chance and can be had again: a xorshift of 64 bits.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// What the owner did to a mail that the program had not read yet.
#[derive(Default)]
struct Unseen {
    /// Deleted, or moved where nobody watches.
    gone: BTreeSet<String>,
}

#[test]
fn none_is_missed_and_none_is_taken_twice() {
    if !present() {
        return;
    }
    let (count, pause) = if full() { (2_000, Duration::from_millis(60)) } else { (400, Duration::from_millis(20)) };
    let seed = std::env::var("SOLLECITO_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_126);
    eprintln!("seed {seed}: {count} deliveries");
    let mut firm = Firm::with(OBSERVING, Dovecot::start(Wishes { most_connections: 20, ..everybody() }));
    firm.take_over();
    let known_before = Memory::of(&firm).message_ids().len();
    let running = Running::begin(&firm, None, &["--every", "10"], &[]);
    running.until("the first look", Duration::from_secs(60), || firm.dovecot.connections(MARTA) == 2);

    let begun = Instant::now();
    let unseen = Mutex::new(Unseen::default());
    let delivering = AtomicBool::new(true);
    let half = count / 2;
    deliver_while_the_owner_works(&firm, (0, half), pause, seed, &delivering, &unseen);
    // In the middle the server goes away, with mail waiting at its door.
    firm.dovecot.stop();
    for number in half..half + 10 {
        post(&firm, number);
    }
    firm.dovecot.again();
    delivering.store(true, Ordering::SeqCst);
    deliver_while_the_owner_works(&firm, (half + 10, count), pause, seed + 1, &delivering, &unseen);
    eprintln!("delivered within {:?}", begun.elapsed());

    let unseen = unseen.into_inner().expect("unpoisoned");
    let delivered: BTreeSet<String> = (0..count).map(id).collect();
    let memory = Memory::of(&firm);
    let complete = || {
        let known: BTreeSet<String> = known(&memory).into_keys().collect();
        let missing = delivered.difference(&known).filter(|id| !unseen.gone.contains(*id)).count();
        (missing == 0 && memory.undecided() == 0).then_some(())
    };
    let settled = wait_for(Duration::from_secs(150), complete);
    let counted = known(&memory);
    let missed: Vec<&String> = delivered.iter().filter(|id| !counted.contains_key(*id)).collect();
    let never_seen = missed.iter().filter(|id| unseen.gone.contains(**id)).count();
    eprintln!(
        "{} delivered, {} known, {} taken away by the owner before they were known, of which {never_seen} were never \
         seen; all settled {:?} after the beginning",
        delivered.len(),
        counted.len(),
        unseen.gone.len(),
        begun.elapsed(),
    );
    assert!(settled.is_some(), "missed: {:?}\n{}", missed, running.said());
    assert_eq!(missed.len(), never_seen, "{missed:?}");
    assert!(unseen.gone.len() < delivered.len() / 8, "the owner was too quick: this would prove nothing");
    let twice: Vec<_> = counted.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert_eq!(memory.message_ids().len() - known_before, counted.len(), "nothing else came in");
    assert!(memory.repeated().is_empty(), "{:?}", memory.repeated());
    let (said, _) = running.stop();
    assert_eq!(said.code, Some(0), "{}", said.all());
    for user in &EVERYBODY[2..] {
        assert!(firm.dovecot.picture(user).is_empty(), "nothing leaves in observe");
    }
}

fn id(number: usize) -> String {
    format!("chat{number}@officineverdi.example")
}

/// How often each of our mails stands in the memory.
fn known(memory: &Memory) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for id in memory.message_ids() {
        let id = id.trim_matches(['<', '>']).to_owned();
        if id.starts_with("chat") {
            *counted.entry(id).or_default() += 1;
        }
    }
    counted
}

fn post(firm: &Firm, number: usize) {
    firm.post(VERDI, MARTA, &letters::chat(number).bytes());
}

fn deliver_while_the_owner_works(
    firm: &Firm,
    (first, end): (usize, usize),
    pause: Duration,
    seed: u64,
    delivering: &AtomicBool,
    unseen: &Mutex<Unseen>,
) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut owner = Owner::new(firm, seed);
            while delivering.load(Ordering::SeqCst) {
                owner.does_something(unseen);
                std::thread::sleep(Duration::from_millis(40));
            }
        });
        for number in first..end {
            post(firm, number);
            std::thread::sleep(pause);
        }
        // Until Postfix has handed over what it had.
        let arrived = || (firm.dovecot.log().matches("saved mail to INBOX").count() >= end).then_some(());
        let all = wait_for(Duration::from_secs(120), arrived);
        delivering.store(false, Ordering::SeqCst);
        assert!(all.is_some(), "not all was delivered:\n{}", firm.postfix.log());
    });
}

/// The owner at the other mail program.
struct Owner {
    program: MailProgram,
    memory: Memory,
    chance: Chance,
}

impl Owner {
    fn new(firm: &Firm, seed: u64) -> Self {
        Self { program: firm.program(MARTA), memory: Memory::of(firm), chance: Chance(seed) }
    }

    fn does_something(&mut self, unseen: &Mutex<Unseen>) {
        let folder = ["INBOX", "INBOX", "INBOX", "INBOX", "Junk", "Archivio"][self.chance.below(6) as usize];
        self.program.select(folder);
        // People mostly take away what they have read; now and then they are quicker than the program.
        let act = self.chance.below(10);
        let among_the_newest = act < 6 || self.chance.below(8) == 0;
        let Some((uid, id)) = self.some_mail(among_the_newest) else { return };
        match act {
            0 => self.program.flag(uid, "+FLAGS", "\\Seen"),
            1 => self.program.flag(uid, "-FLAGS", "\\Seen"),
            2 => self.program.flag(uid, "+FLAGS", "\\Flagged $Importante"),
            3 => self.program.shift(uid, "Junk"),
            4 => self.program.shift(uid, "INBOX"),
            5 => self.program.copy(uid, if folder == "INBOX" { "Junk" } else { "INBOX" }),
            6 | 7 => {
                self.note(folder, &id, unseen);
                self.program.shift(uid, "Archivio");
            }
            _ => {
                self.note(folder, &id, unseen);
                self.program.delete(uid);
            }
        }
    }

    /// Before a mail is taken away: was it known?
    fn note(&self, folder: &str, id: &str, unseen: &Mutex<Unseen>) {
        if folder != "Archivio" && !self.memory.knows(id) {
            unseen.lock().expect("unpoisoned").gone.insert(id.to_owned());
        }
    }

    /// One of the newest twenty mails of the selected folder, or one of the eighty before them; with its Message-ID.
    fn some_mail(&mut self, among_the_newest: bool) -> Option<(u32, String)> {
        let numbers = self.program.numbers_here();
        let (older, newest) = numbers.split_at(numbers.len().saturating_sub(20));
        let some = if among_the_newest { newest } else { &older[older.len().saturating_sub(80)..] };
        let uid = *some.get(self.chance.below(some.len().max(1) as u64) as usize)?;
        let said = self.program.command(&format!("UID FETCH {uid} (BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"));
        let header = said.iter().find_map(|one| one.literals.first().cloned())?;
        let header = String::from_utf8_lossy(&header).into_owned();
        let id = header.split_once('<')?.1.split_once('>')?.0.to_owned();
        id.starts_with("chat").then_some((uid, id))
    }
}
