//! The power fails at every named point, in every pass where it is reached: afterwards the world looks as if it had not.
//!
//! A scenario is run once without a crash, and the folder is kept as it stood before each pass. Then, for each pass and
//! point, the process is killed there on a copy, runs twice more, does the remaining passes, and is compared.

use crate::bench::mail::{self, Letter};
use crate::bench::{BOOKS, Firm, LIST, SENDING, header};
use sollecito::agent::crash::{POINTS, VARIABLE};
use sollecito::ledger::change::Change;
use sollecito::ledger::mail::OutboxState;
use sollecito::ledger::words::Purpose;
use sollecito::mailbox::Folder;
use sollecito::store::{MessageState, OutboxFilter, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

/// One pass of a scenario: what happened before it, and when it runs.
struct Pass {
    now: &'static str,
    before: fn(&Firm),
}

/// What the world and the memory look like.
#[derive(Debug, PartialEq, Eq, Default)]
pub struct World {
    /// Message-ID of what left, and how often.
    pub left: BTreeMap<String, usize>,
    /// Message-ID of what lies in Sent, and how often.
    pub copies: BTreeMap<String, usize>,
    /// Reference of what lies in Drafts, and how often.
    pub drafts: BTreeMap<String, usize>,
    /// Messages, and how often each was decided on.
    pub messages: BTreeMap<String, usize>,
    /// Rows of the outbox by key and revision.
    pub outbox: BTreeMap<String, OutboxState>,
    /// Copies still to be laid into Sent.
    pub copies_open: usize,
    /// Open questions, by kind.
    pub questions: Vec<String>,
}

pub fn counted(ids: impl Iterator<Item = Option<String>>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for id in ids {
        *counts.entry(id.expect("an id")).or_insert(0) += 1;
    }
    counts
}

pub fn look_at(firm: &Firm) -> World {
    World {
        left: counted(firm.left().iter().map(|left| left.header("Message-ID"))),
        copies: counted(firm.lying(Folder::Sent).iter().map(|(_, text)| header(text, "Message-ID"))),
        drafts: counted(firm.lying(Folder::Drafts).iter().map(|(_, text)| header(text, "X-Sollecito-Ref"))),
        ..memory(&firm.folder)
    }
}

/// What the database of a firm remembers.
pub fn memory(folder: &Path) -> World {
    let store = Store::open_existing(&folder.join("sollecito.db")).expect("the database");
    let look = store.look();
    let mut messages = BTreeMap::new();
    for message in look.messages_since(chrono::DateTime::UNIX_EPOCH).expect("messages") {
        assert_eq!(message.state, MessageState::Decided, "a message was left undecided");
        let decided = look
            .journal_of_message(message.identity)
            .expect("the journal")
            .iter()
            .filter(|row| matches!(row.entry.change, Change::Understood { .. }))
            .count();
        messages.insert(message.identity.to_string(), decided);
    }
    let rows = look.outbox(&OutboxFilter::default()).expect("the outbox");
    let outbox =
        rows.iter().map(|row| (format!("{} r{}", row.row.plan.key, row.row.revision), row.row.state)).collect();
    let mut questions: Vec<String> =
        look.open_cases().expect("cases").iter().map(|case| case.kind.to_string()).collect();
    questions.sort();
    World {
        messages,
        outbox,
        copies_open: look.sent_copies_open().expect("copies").len(),
        questions,
        ..World::default()
    }
}

/// Points after which nobody can know whether the mail left: a letter may then be `unsure`, and the owner is asked.
fn leaves_doubt(point: &str) -> bool {
    matches!(point, "outbox.after_in_data" | "outbox.after_deliver" | "smtp.after_body" | "smtp.after_end")
}

pub fn compare(place: &str, point: &str, crashed: &World, whole: &World) {
    for (what, counts) in [("left", &crashed.left), ("copy in Sent", &crashed.copies), ("draft", &crashed.drafts)] {
        for (id, count) in counts {
            assert_eq!(*count, 1, "{place}: {what} {id} {count} times");
        }
    }
    for (message, decided) in &crashed.messages {
        assert_eq!(Some(decided), whole.messages.get(message), "{place}: {message} was decided on {decided} times");
    }
    assert_eq!(crashed.copies_open, 0, "{place}: a copy is still missing");
    for (key, state) in &crashed.outbox {
        let stuck =
            matches!(state, OutboxState::Frozen | OutboxState::Claimed | OutboxState::InData | OutboxState::Later);
        assert!(!stuck, "{place}: {key} is stuck as {state}");
    }
    if !leaves_doubt(point) {
        assert_eq!(crashed, whole, "{place}");
        return;
    }
    let unsure: Vec<&String> =
        crashed.outbox.iter().filter(|(_, state)| **state == OutboxState::Unsure).map(|(key, _)| key).collect();
    assert!(unsure.len() <= 1, "{place}: {unsure:?}");
    if unsure.is_empty() {
        assert_eq!(crashed.left, whole.left, "{place}: a notice may repeat rather than be lost");
        return;
    }
    assert!(!unsure[0].starts_with("notice"), "{place}: a notice is never left in doubt");
    // Of the letter in doubt there is no copy in Sent, hence no message, until somebody settles it.
    assert!(crashed.messages.len() + 1 >= whole.messages.len(), "{place}: {:?}", crashed.messages);
    // The letter is there or not, but everything else is, and the owner is asked about it.
    let letters = |world: &World| world.left.keys().cloned().collect::<BTreeSet<_>>();
    assert!(letters(whole).difference(&letters(crashed)).count() <= 1, "{place}: {:?}", crashed.left);
    assert!(crashed.questions.len() > whole.questions.len(), "{place}: nobody was asked");
}

/// Runs a scenario and then its crashes. Which points were reached, and how many runs that took.
fn matrix(name: &str, modes: &str, passes: &[Pass]) -> (BTreeSet<&'static str>, usize) {
    let firm = Firm::new(modes, "approve_first_mail = false\n");
    firm.lay(Folder::Sent, "2026-08-31T10:00:00Z", &mail::invoice_118());
    fs::write(firm.folder.join("list.csv"), LIST).expect("the list");
    firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-06"]);
    let mut kept = Vec::new();
    for pass in passes {
        (pass.before)(&firm);
        kept.push(firm.copy());
        firm.once(pass.now);
    }
    let end = passes[passes.len() - 1].now;
    firm.once(end);
    let whole = look_at(&firm);
    assert!(!whole.messages.is_empty() && !whole.outbox.is_empty(), "the scenario does nothing: {whole:?}");
    let (mut reached, mut runs) = (BTreeSet::new(), passes.len());
    for point in POINTS {
        for index in 0..passes.len() {
            for passing in 1..=2 {
                let place = format!("{name}, {point}#{passing} in the pass of {}", passes[index].now);
                let copy = kept[index].copy();
                runs += 1;
                if !dies(&copy, passes[index].now, &format!("{point}#{passing}"), &place) {
                    break;
                }
                reached.insert(*point);
                runs += go_on(&copy, &passes[index..]);
                copy.good(end, &["check", "--replay"]);
                if leaves_doubt(point) {
                    let again = tried_again(&copy);
                    assert!(again.is_empty(), "{place}: tried again though nobody knows: {again:?}");
                }
                compare(&place, point, &look_at(&copy), &whole);
            }
        }
    }
    (reached, runs)
}

/// Letters that were handed over more than once. The folder would not show it: it knows a mail again by its id.
fn tried_again(firm: &Firm) -> Vec<String> {
    let store = Store::open_existing(&firm.folder.join("sollecito.db")).expect("the database");
    let rows = store.look().outbox(&OutboxFilter::default()).expect("the outbox");
    let letters = rows.iter().filter(|row| row.row.plan.purpose != Purpose::Notice && row.row.attempts > 1);
    letters.map(|row| row.row.plan.key.to_string()).collect()
}

/// Kills the program at a point. False when it never came there, and did its pass.
fn dies(firm: &Firm, now: &str, at: &str, place: &str) -> bool {
    let mut command = firm.command(now, &["once"]);
    let output = command.env(VARIABLE, at).output().expect("the program runs");
    let killed = output.status.signal().is_some();
    assert!(killed || output.status.code() == Some(0), "{place}: {}", String::from_utf8_lossy(&output.stderr));
    killed
}

/// The interrupted pass again, and again, and those that follow. How many runs that took.
fn go_on(firm: &Firm, passes: &[Pass]) -> usize {
    firm.once(passes[0].now);
    firm.once(passes[0].now);
    for later in &passes[1..] {
        (later.before)(firm);
        firm.once(later.now);
    }
    // What was laid into Sent by the last pass is read by one more, here as in the run without a crash.
    firm.once(passes[passes.len() - 1].now);
    passes.len() + 2
}

fn mails_of_the_seventh(firm: &Firm) {
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &mail::contested());
    let stranger = Letter::new(
        "Offerte <offerte@negozio.example>",
        mail::MARTA,
        "Sconti di ottobre",
        "Wed, 7 Oct 2026 09:46:00 +0200",
        "<offers@negozio.example>",
        "Solo questa settimana tutto al 20 %.\n",
    );
    firm.lay(Folder::Inbox, "2026-10-07T07:46:00Z", &stranger);
}

const SENT: [Pass; 3] = [
    Pass { now: BOOKS, before: |_| {} },
    Pass { now: "2026-10-07T10:00:00+02:00", before: mails_of_the_seventh },
    Pass { now: "2026-10-07T12:00:00+02:00", before: |_| {} },
];

const DRAFTED: [Pass; 3] = [
    Pass { now: BOOKS, before: |_| {} },
    Pass { now: "2026-10-07T10:00:00+02:00", before: |_| {} },
    Pass {
        now: "2026-10-07T10:10:00+02:00",
        before: |firm| {
            firm.good("2026-10-07T10:05:00+02:00", &["paid", "118/2026"]);
        },
    },
];

#[test]
fn a_crash_anywhere_changes_nothing_in_the_end() {
    let (sent, drafted) = std::thread::scope(|scope| {
        let sent = scope.spawn(|| matrix("sent", SENDING, &SENT));
        let drafted = scope.spawn(|| matrix("drafted", "reminder = \"draft\"\n", &DRAFTED));
        (sent.join().expect("the first scenario"), drafted.join().expect("the second scenario"))
    });
    let missed: Vec<_> =
        POINTS.iter().filter(|point| !sent.0.contains(*point) && !drafted.0.contains(*point)).collect();
    assert!(missed.is_empty(), "no scenario reaches {missed:?}");
    println!("{} points, {} runs", POINTS.len(), sent.1 + drafted.1);
}
