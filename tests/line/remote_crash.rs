//! The power fails at every named point of a pass over IMAP and SMTP, also between a write to a server and its answer:
//! afterwards every message is stored once, every letter was taken at most once, and nothing is stuck.

use crate::bench::header;
use crate::bench::mail;
use crate::bench::{BOOKS, LIST, SENDING};
use crate::crash::{World, compare, counted, memory};
use crate::remote::Remote;
use chrono::{DateTime, Utc};
use sollecito::agent::crash::{NETWORK_POINTS, POINTS, VARIABLE};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;

/// One pass of a scenario: what happened before it, and when it runs.
struct Pass {
    now: &'static str,
    before: fn(&Remote),
}

fn look_at(remote: &Remote) -> World {
    let texts = |mails: Vec<Vec<u8>>| mails.into_iter().map(|mail| String::from_utf8_lossy(&mail).into_owned());
    // A notice to the owner may repeat, with the same bytes, rather than be lost: twice at most, by one crash.
    let (notices, letters): (Vec<String>, Vec<String>) =
        texts(remote.left()).partition(|text| header(text, "To").is_some_and(|to| to.contains("titolare@")));
    let mut left = counted(notices.iter().map(|text| header(text, "Message-ID")));
    for (id, count) in &mut left {
        assert!(*count <= 2, "the notice {id} came {count} times");
        *count = 1;
    }
    left.extend(counted(letters.iter().map(|text| header(text, "Message-ID"))));
    World {
        left,
        copies: counted(remote.lying("Sent").iter().map(|text| header(text, "Message-ID"))),
        drafts: counted(remote.lying("Drafts").iter().map(|text| header(text, "X-Sollecito-Ref"))),
        ..memory(&remote.firm.folder)
    }
}

fn at(moment: &str) -> DateTime<Utc> {
    crate::bench::moment(moment)
}

fn begin(modes: &str) -> Remote {
    let remote = Remote::new(modes, "approve_first_mail = false\n");
    remote.imap.post(|post| {
        post.put("Sent", &mail::invoice_118().bytes(), at("2026-08-31T10:00:00Z"), &["\\Seen".to_owned()]);
    });
    std::fs::write(remote.firm.folder.join("list.csv"), LIST).expect("the list");
    remote.firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-06"]);
    remote
}

/// All mails that lie in the mailbox and are not the agent's own, with their flags: nothing of it may ever change.
fn of_others(remote: &Remote) -> Vec<(String, u32, Vec<String>, bool)> {
    remote.imap.post(|post| {
        let mut found = Vec::new();
        for folder in &post.folders {
            for mail in &folder.mails {
                if header(&String::from_utf8_lossy(&mail.bytes), "X-Sollecito-Ref").is_none() {
                    found.push((folder.wire.clone(), mail.uid, mail.flags.iter().cloned().collect(), mail.recent));
                }
            }
        }
        found
    })
}

/// Kills the program at a point. False when it never came there, and did its pass.
fn dies(remote: &Remote, now: &str, at: &str, place: &str) -> bool {
    let mut command = remote.firm.command(now, &["once"]);
    let output = command.env(VARIABLE, at).output().expect("the program runs");
    let killed = output.status.signal().is_some();
    assert!(killed || output.status.code() == Some(0), "{place}: {}", String::from_utf8_lossy(&output.stderr));
    killed
}

/// The interrupted pass again, and again, and those that follow. How many runs that took.
fn go_on(remote: &Remote, passes: &[Pass]) -> usize {
    remote.firm.once(passes[0].now);
    remote.firm.once(passes[0].now);
    for later in &passes[1..] {
        (later.before)(remote);
        remote.firm.once(later.now);
    }
    // What was laid into Sent by the last pass is read by one more, here as in the run without a crash.
    remote.firm.once(passes[passes.len() - 1].now);
    passes.len() + 2
}

/// Runs a scenario and then its crashes. Which points were reached, and how many runs that took.
fn matrix(name: &str, modes: &str, passes: &[Pass], every: usize) -> (BTreeSet<&'static str>, usize) {
    let remote = begin(modes);
    let mut kept = Vec::new();
    for pass in passes {
        (pass.before)(&remote);
        kept.push(remote.copy());
        remote.firm.once(pass.now);
    }
    let end = passes[passes.len() - 1].now;
    remote.firm.once(end);
    let whole = look_at(&remote);
    assert!(!whole.messages.is_empty() && !whole.outbox.is_empty(), "the scenario does nothing: {whole:?}");
    let untouched = of_others(&remote);
    let (mut reached, mut runs) = (BTreeSet::new(), passes.len());
    for (number, point) in POINTS.iter().chain(NETWORK_POINTS).enumerate() {
        for (index, pass) in passes.iter().enumerate() {
            // The agent's own points are all tried on a Maildir; here each at least once, and those of the network all.
            let sampled = NETWORK_POINTS.contains(point) || (number + index) % every == 0 || !reached.contains(point);
            for passing in 1..=2 {
                if !sampled {
                    break;
                }
                let place = format!("{name}, {point}#{passing} in the pass of {}", pass.now);
                let copy = kept[index].copy();
                runs += 1;
                if !dies(&copy, pass.now, &format!("{point}#{passing}"), &place) {
                    break;
                }
                reached.insert(*point);
                runs += go_on(&copy, &passes[index..]);
                copy.firm.good(end, &["check", "--replay"]);
                compare(&place, point, &look_at(&copy), &whole);
                assert_eq!(of_others(&copy), untouched, "{place}: the mailbox of the owner was touched");
            }
        }
    }
    (reached, runs)
}

fn mails_of_the_seventh(remote: &Remote) {
    remote.imap.post(|post| {
        post.deliver_at("INBOX", &mail::not_received().bytes(), at("2026-10-07T07:40:00Z"));
        post.deliver_at("INBOX", &mail::contested().bytes(), at("2026-10-07T07:45:00Z"));
    });
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
        before: |remote| {
            remote.firm.good("2026-10-07T10:05:00+02:00", &["paid", "118/2026"]);
        },
    },
];

/// Deterministic, so that a failure can be played again (SplitMix64).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[test]
fn killed_at_any_moment_it_goes_on_as_if_nothing_had_been() {
    let full = std::env::var("SOLLECITO_FULL").is_ok_and(|value| value == "1");
    let seed = std::env::var("SOLLECITO_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_126);
    let remote = begin(SENDING);
    let mut kept = Vec::new();
    for pass in &SENT {
        (pass.before)(&remote);
        kept.push(remote.copy());
        remote.firm.once(pass.now);
    }
    let end = SENT[SENT.len() - 1].now;
    remote.firm.once(end);
    let (whole, untouched) = (look_at(&remote), of_others(&remote));
    let mut state = seed;
    let (mut killed, rounds) = (0, if full { 200 } else { 16 });
    for round in 0..rounds {
        let copy = kept[1].copy();
        let place = format!("seed {seed}, round {round}");
        let mut child = copy.firm.command(SENT[1].now, &["once"]).spawn().expect("the program runs");
        std::thread::sleep(std::time::Duration::from_millis(10 + next(&mut state) % 500));
        child.kill().expect("it can be killed");
        killed += usize::from(child.wait().expect("it ended").signal().is_some());
        go_on(&copy, &SENT[1..]);
        copy.firm.good(end, &["check", "--replay"]);
        // Nobody knows where it was killed: a letter may be in doubt, at most one.
        compare(&place, "smtp.after_end", &look_at(&copy), &whole);
        assert_eq!(of_others(&copy), untouched, "{place}: the mailbox of the owner was touched");
    }
    assert!(killed * 3 > rounds, "{killed} of {rounds} were killed before they ended: that shows little");
    println!("{killed} of {rounds} killed under way");
}

#[test]
fn a_crash_anywhere_between_two_servers_changes_nothing_in_the_end() {
    let full = std::env::var("SOLLECITO_FULL").is_ok_and(|value| value == "1");
    let every = if full { 1 } else { 4 };
    let (sent, drafted) = std::thread::scope(|scope| {
        let sent = scope.spawn(|| matrix("sent", SENDING, &SENT, every));
        let drafted = scope.spawn(|| matrix("drafted", "reminder = \"draft\"\n", &DRAFTED, every));
        (sent.join().expect("the first scenario"), drafted.join().expect("the second scenario"))
    });
    let all = POINTS.iter().chain(NETWORK_POINTS);
    let missed: Vec<_> = all.filter(|point| !sent.0.contains(*point) && !drafted.0.contains(*point)).collect();
    assert!(missed.is_empty(), "no scenario reaches {missed:?}");
    println!("{} points, {} runs", POINTS.len() + NETWORK_POINTS.len(), sent.1 + drafted.1);
}
