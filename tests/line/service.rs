//! What a service manager hears, and what stands in the log.

use super::running::{accept, with_a_dead_server};
use crate::bench::mail;
use crate::bench::running::{Manager, Running, until};
use crate::bench::{Firm, SENDING};
use sollecito::mailbox::Folder;
use std::fs;
use std::time::Duration;

const QUICK: &str = "approve_first_mail = false\n";
const WEDNESDAY: &str = "2026-10-07T10:00:00+02:00";

#[test]
fn it_says_ready_how_things_stand_that_it_reloads_and_that_it_stops() {
    let firm = Firm::at_work(SENDING, "");
    let mut manager = Manager::of(&firm);
    let socket = manager.path.clone();
    let running = Running::begin_with(&firm, WEDNESDAY, &["--every", "1"], &[("NOTIFY_SOCKET", &socket)]);
    manager.until_heard("READY=1");
    manager.until_heard("STATUS=Mailbox read 2026-10-07 10:00; 3 mails for your approval");
    assert_eq!(manager.count("WATCHDOG=1"), 0, "nobody asked for it");
    manager.forget();
    running.signal("HUP");
    manager.until_heard("READY=1");
    let heard = manager.listen();
    let at = |what: &str| heard.iter().position(|line| line.starts_with(what)).unwrap_or_else(|| panic!("{heard:?}"));
    assert!(at("RELOADING=1") < at("MONOTONIC_USEC=") && at("MONOTONIC_USEC=") < at("READY=1"), "{heard:?}");
    let stamp: u64 = heard[at("MONOTONIC_USEC=")].trim_start_matches("MONOTONIC_USEC=").parse().expect("a number");
    assert!(stamp > 0);
    // Broken: the manager hears that it goes on with what was in force.
    manager.forget();
    fs::create_dir_all(firm.folder.join("rules")).unwrap();
    fs::write(firm.folder.join("rules/own.toml"), "[[rule]]\nnonsense = 1\n").unwrap();
    running.signal("HUP");
    manager.until_heard("READY=1");
    until("a complaint", || running.err().contains("stays in force"));
    fs::remove_file(firm.folder.join("rules/own.toml")).unwrap();
    let said = running.stop();
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert_eq!(manager.count("STOPPING=1"), 1);
}

#[test]
fn it_is_not_ready_when_its_files_have_mistakes() {
    let firm = Firm::at_work(SENDING, QUICK);
    let mut manager = Manager::of(&firm);
    fs::write(firm.folder.join("sollecito.toml"), "[firm]\n").unwrap();
    let said = firm.command(WEDNESDAY, &["run"]).env("NOTIFY_SOCKET", &manager.path).output().unwrap();
    assert_eq!(said.status.code(), Some(3));
    assert_eq!(manager.count("READY"), 0);
}

/// A watchdog that a thread feeds would never notice this.
#[test]
fn the_watchdog_is_fed_by_work_and_starves_when_a_pass_hangs() {
    let firm = Firm::at_work(SENDING, QUICK);
    let server = with_a_dead_server(&firm);
    firm.good(WEDNESDAY, &["halt"]);
    let mut manager = Manager::of(&firm);
    let socket = manager.path.clone();
    let watchdog = [("NOTIFY_SOCKET", socket.as_str()), ("WATCHDOG_USEC", "1200000")];
    let running = Running::begin_with(&firm, WEDNESDAY, &["--every", "600"], &watchdog);
    until("some food", || manager.count("WATCHDOG=1") >= 5);
    // Now the loop hangs on a server that never greets.
    firm.good(WEDNESDAY, &["halt", "--off"]);
    let _connection = accept(&server);
    std::thread::sleep(Duration::from_millis(300));
    manager.forget();
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(manager.count("WATCHDOG=1"), 0, "{:?}", manager.listen());
    assert_eq!(running.stop().code, Some(0));
}

#[test]
fn the_log_counts_and_never_quotes() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &mail::contested());
    let running = Running::begin_with(&firm, WEDNESDAY, &["--every", "1"], &[("SOLLECITO_LOG", "trace")]);
    until("two letters", || firm.left_to_customers().len() == 2);
    // The line is written at the end of a pass: a stop in the middle of one leaves none.
    until("the end of the pass", || running.err().contains("sent=2"));
    let said = running.stop();
    assert!(said.err.contains("arrived=1") && said.err.contains("sent=2"), "{}", said.err);
    for word in ["contestiamo", "officineverdi", "Verdi", "119/2026", "titolare", "IT60"] {
        assert!(!said.err.contains(word), "{word}: {}", said.err);
    }
    assert!(said.err.lines().all(|line| line.starts_with("2")), "the time before each line: {}", said.err);
    // Commands are silent unless asked.
    let quiet = firm.command(WEDNESDAY, &["once"]).output().unwrap();
    assert!(quiet.stderr.is_empty());
    let running = Running::begin_with(
        &firm,
        WEDNESDAY,
        &["--every", "1"],
        &[("JOURNAL_STREAM", "8:1"), ("SOLLECITO_LOG", "debug")],
    );
    until("a line", || running.err().contains("pass"));
    let said = running.stop();
    assert!(
        said.err.lines().all(|line| line.trim_start().starts_with("DEBUG") || line.trim_start().starts_with("INFO")),
        "{}",
        said.err
    );
}
