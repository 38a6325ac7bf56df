//! The program while it goes on: orders, files that change, a stop, two at once.

use crate::bench::mail;
use crate::bench::running::{Running, until};
use crate::bench::{Firm, SENDING, Said};
use sollecito::mailbox::Folder;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

const QUICK: &str = "approve_first_mail = false\n";
const WEDNESDAY: &str = "2026-10-07T10:00:00+02:00";
/// So seldom that whatever happens sooner has another cause.
const SELDOM: [&str; 2] = ["--every", "600"];

fn own_text(firm: &Firm, text: &str) {
    let folder = firm.folder.join("templates/it");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("reminder_friendly.formal.txt.hbs"), text).unwrap();
}

const GOOD: &str =
    "Avviso: {{document}}\n\n{{greeting}}\n\nparole nuove della ditta.\n\n{{items}}\n\n{{payment}}\n\n{{signature}}\n";

#[test]
fn an_order_reaches_the_running_agent_within_a_second() {
    let firm = Firm::at_work(SENDING, "");
    let running = Running::begin_with(&firm, WEDNESDAY, &SELDOM, &[]);
    // Three letters wait for the owner's yes.
    until("the first pass", || running.out().contains("wait for you"));
    let rows = firm.outbox(WEDNESDAY);
    let held = rows.iter().find(|row| row["state"] == "held").expect("a held letter")["id"].to_string();
    let begun = Instant::now();
    firm.good(WEDNESDAY, &["approve", &held]);
    let given = begun.elapsed();
    until("the letter", || firm.left_to_customers().len() == 1);
    let took = begun.elapsed() - given;
    assert!(took < Duration::from_secs(1), "{took:?} after the order was given");
    // Halted from one moment to the next, by a command that knows nothing of the agent.
    firm.good(WEDNESDAY, &["halt"]);
    let rest: Vec<String> = rows.iter().filter(|row| row["state"] == "held").map(|row| row["id"].to_string()).collect();
    for id in rest.iter().filter(|id| **id != held) {
        firm.good(WEDNESDAY, &["approve", id]);
    }
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(firm.left_to_customers().len(), 1, "nothing leaves");
    let begun = Instant::now();
    firm.good(WEDNESDAY, &["halt", "--off"]);
    until("the other letters", || firm.left_to_customers().len() == 3);
    assert!(begun.elapsed() < Duration::from_secs(3));
    let (said, took) = running.stop_within(Duration::from_secs(10));
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(took < Duration::from_secs(2), "{took:?}");
}

/// An order's pass does not list the mailbox; a look that is too old must stop it.
#[test]
fn an_order_delivers_nothing_on_a_stale_look() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.good(WEDNESDAY, &["halt"]);
    let running = Running::begin_with(&firm, WEDNESDAY, &SELDOM, &[]);
    until("the first pass", || running.out().contains("halted"));
    let database = rusqlite::Connection::open(firm.folder.join("sollecito.db")).unwrap();
    database.execute("UPDATE folder SET enumerated = '2026-10-07T07:40:00.000000000Z'", []).unwrap();
    firm.good(WEDNESDAY, &["halt", "--off"]);
    std::thread::sleep(Duration::from_secs(2));
    assert!(firm.left_to_customers().is_empty());
    running.stop();
}

#[test]
fn files_that_change_are_used_when_they_are_good() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.good(WEDNESDAY, &["halt"]);
    let running = Running::begin_with(&firm, WEDNESDAY, &SELDOM, &[]);
    until("the first pass", || running.out().contains("halted"));
    own_text(&firm, GOOD);
    until("the files", || running.out().contains("The files were read anew."));
    firm.good(WEDNESDAY, &["halt", "--off"]);
    until("the letters", || firm.left_to_customers().len() == 3);
    assert!(firm.left_to_customers().iter().all(|left| left.text.contains("parole nuove")));
    // Another way out, by a signal: the next mails take it.
    firm.change_settings(SENDING, QUICK, "");
    let file = firm.folder.join("sollecito.toml");
    let text = fs::read_to_string(&file).unwrap().replace("path = \"outgoing\"", "path = \"elsewhere\"");
    fs::write(&file, text).unwrap();
    running.signal("HUP");
    until("the settings", || running.out().matches("The files were read anew.").count() >= 2);
    firm.good(WEDNESDAY, &["paid", "118/2026"]);
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &mail::contested());
    until("a notice by the new way", || {
        crate::bench::files(&firm.folder.join("elsewhere"))
            .iter()
            .any(|file| file.extension().is_some_and(|end| end == "eml"))
    });
    let said = running.stop();
    assert_eq!(said.code, Some(0), "{}", said.all());
}

/// A rule whose own example does not hold.
const DOES_NOT_WHAT_IT_SAYS: &str = "language = \"it\"\n[[rule]]\nid = \"mine.odd\"\nintent = \"dispute\"\nwhy = \"So.\"\n\
    patterns = [\"paghiamo\"]\nexample = [\"La fattura dorme.\"]\ncounter_example = [\"Grazie.\"]\n";

#[test]
fn files_with_mistakes_change_nothing_and_the_owner_is_told_once() {
    let broken = [
        ("templates/it/reminder_friendly.formal.txt.hbs", "Avviso\n\n{{greeting}\n"),
        ("rules/own.toml", "[[rule]]\nid = \"x\"\nnonsense = 1\n"),
        ("rules/it/own.toml", DOES_NOT_WHAT_IT_SAYS),
        ("customers.toml", "[[customer]]\nname = \"Nessuno\"\nvip = true\n"),
        ("sollecito.toml", "[firm]\n"),
    ];
    for (name, text) in broken {
        let firm = Firm::at_work(SENDING, QUICK);
        firm.good(WEDNESDAY, &["halt"]);
        let running = Running::begin_with(&firm, WEDNESDAY, &SELDOM, &[]);
        until("the first pass", || running.out().contains("halted"));
        let file = firm.folder.join(name);
        let before = fs::read_to_string(&file).ok();
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        until("a complaint", || running.err().contains("stays in force"));
        assert!(running.err().contains(name), "{name}: {}", running.err());
        running.signal("HUP");
        until("a second complaint", || running.err().matches("stays in force").count() >= 2);
        // Orders go by the files that are in force, as the running agent does.
        firm.good(WEDNESDAY, &["halt", "--off"]);
        until("the letters", || firm.left_to_customers().len() == 3);
        assert!(firm.left_to_customers().iter().all(|left| left.text.contains("nei pagamenti registrati")), "{name}");
        until("a notice", || firm.notices().len() == 1);
        assert!(firm.notices()[0].text.replace("=\r\n", "").contains(name), "{}", firm.notices()[0].text);
        match before {
            Some(before) => fs::write(&file, before).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        until("the mended files", || running.out().contains("The files were read anew."));
        let said = running.stop();
        assert_eq!(said.code, Some(0), "{}", said.all());
        assert_eq!(firm.notices().len(), 1, "{name}: told once");
    }
}

#[test]
fn another_database_is_not_gone_over_to_under_way() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.good(WEDNESDAY, &["halt"]);
    let running = Running::begin_with(&firm, WEDNESDAY, &SELDOM, &[]);
    until("the first pass", || running.out().contains("halted"));
    let file = firm.folder.join("sollecito.toml");
    let before = fs::read_to_string(&file).unwrap();
    fs::write(&file, before.replace("[firm]\n", "[firm]\ndatabase = \"other.db\"\n")).unwrap();
    until("a complaint", || running.err().contains("Another database was named"));
    fs::write(&file, before).unwrap();
    until("the mended files", || running.out().contains("The files were read anew."));
    assert!(!firm.folder.join("other.db").exists());
    assert_eq!(running.stop().code, Some(0));
}

/// By the clock of this machine, which nobody sets: the last pass lies years ahead of it.
#[test]
fn a_clock_behind_the_last_pass_reads_and_decides_nothing() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.once("2096-10-06T10:00:00+02:00");
    let before = firm.left().len();
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &mail::contested());
    let running = Running::begin_with(&firm, "", &["--every", "1"], &[("SOLLECITO_LOG", "warn")]);
    until("a doubt", || running.err().contains("the clock of this machine is behind the last pass"));
    until("the mail", || running.out().contains("1 new in the mailbox"));
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(running.stop().code, Some(0));
    assert_eq!(firm.left().len(), before, "not even a notice");
}

/// A way out that accepts the connection and then says nothing.
pub fn with_a_dead_server(firm: &Firm) -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let file = firm.folder.join("sollecito.toml");
    let sending = format!("transport = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"");
    let text = fs::read_to_string(&file).unwrap().replace("transport = \"folder\"\npath = \"outgoing\"", &sending);
    fs::write(&file, text).unwrap();
    listener
}

/// The next connection, within ten seconds.
pub fn accept(server: &TcpListener) -> TcpStream {
    server.set_nonblocking(true).unwrap();
    let mut connection = None;
    until("a connection", || {
        connection = server.accept().ok();
        connection.is_some()
    });
    let (connection, _) = connection.unwrap();
    connection.set_nonblocking(false).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    connection
}

#[test]
fn a_stop_is_obeyed_while_a_server_is_waited_for() {
    let firm = Firm::at_work(SENDING, QUICK);
    let server = with_a_dead_server(&firm);
    for signal in ["TERM", "INT"] {
        let running = Running::begin(&firm, WEDNESDAY);
        // It has connected, and waits for a greeting that never comes.
        let connection = accept(&server);
        std::thread::sleep(Duration::from_millis(300));
        running.signal(signal);
        let (said, took) = running.stop_within(Duration::from_secs(10));
        assert!(took < Duration::from_secs(2), "{took:?}");
        assert_eq!(said.code, Some(0), "{}", said.all());
        assert!(said.out.ends_with("Stopped.\n"), "{}", said.out);
        drop(connection);
    }
    let rows = firm.outbox(WEDNESDAY);
    assert!(rows.iter().all(|row| row["state"] != "unsure"), "nothing was handed over: {rows:?}");
}

/// Between the go-ahead and the answer a stop waits: leaving would put the mail in doubt.
#[test]
fn a_stop_waits_while_a_mail_is_handed_over() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let firm = Firm::at_work(SENDING, QUICK);
    let server = with_a_dead_server(&firm);
    let running = Running::begin(&firm, WEDNESDAY);
    let mut connection = accept(&server);
    connection.write_all(b"220 ready\r\n").unwrap();
    let mut lines = BufReader::new(connection.try_clone().unwrap());
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        match line.trim_end() {
            "." => break,
            "DATA" => connection.write_all(b"354 go ahead\r\n").unwrap(),
            line if line.starts_with("EHLO") || line.starts_with("MAIL") || line.starts_with("RCPT") => {
                connection.write_all(b"250 fine\r\n").unwrap();
            }
            _ => {}
        }
    }
    running.signal("TERM");
    std::thread::sleep(Duration::from_millis(2500));
    assert!(!running.out().contains("Stopped."), "it waits for the answer");
    connection.write_all(b"250 2.0.0 queued\r\n").unwrap();
    let (said, took) = running.stop_within(Duration::from_secs(10));
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(took < Duration::from_secs(2), "{took:?}");
    let rows = firm.outbox(WEDNESDAY);
    let count = |state: &str| rows.iter().filter(|row| row["state"] == state).count();
    assert_eq!((count("accepted"), count("unsure"), count("in_data")), (1, 0, 0), "{rows:?}");
}

#[test]
fn of_two_that_begin_at_the_same_instant_one_works() {
    for _ in 0..3 {
        let firm = Firm::at_work(SENDING, QUICK);
        let said: Vec<Said> = std::thread::scope(|scope| {
            let commands = [vec!["run", "--every", "1"], vec!["run", "--every", "1"], vec!["scan"]];
            let firm = &firm;
            let runs: Vec<_> = commands
                .into_iter()
                .map(|command| {
                    scope.spawn(move || {
                        let mut begins = firm.command(WEDNESDAY, &command);
                        let begins = begins.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
                        let child = begins.spawn().unwrap();
                        std::thread::sleep(Duration::from_secs(4));
                        let id = child.id().to_string();
                        let _ = std::process::Command::new("/bin/kill")
                            .args(["-TERM", &id])
                            .stderr(std::process::Stdio::null())
                            .status();
                        Said::of(&child.wait_with_output().unwrap())
                    })
                })
                .collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let codes: Vec<_> = said.iter().map(|said| said.code).collect();
        assert!(codes.iter().all(|code| matches!(code, Some(0 | 7))), "{codes:?}: {}", said[0].all());
        assert!(codes.contains(&Some(0)), "{codes:?}");
        assert!(codes.iter().filter(|code| **code == Some(0)).count() <= 2, "two `run` never work together: {codes:?}");
        assert!(codes[0] == Some(7) || codes[1] == Some(7), "{codes:?}");
        assert!(firm.left_to_customers().len() <= 3);
    }
}

#[test]
fn a_mailbox_that_goes_away_is_told_once_and_comes_back() {
    let firm = Firm::at_work(SENDING, QUICK);
    let running = Running::begin(&firm, WEDNESDAY);
    until("three letters and their copies", || firm.lying(Folder::Sent).len() == 4);
    let away = firm.folder.join("away");
    fs::rename(firm.maildir(), &away).unwrap();
    until("a complaint", || running.err().contains("Something outside does not work"));
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(running.err().matches("Something outside does not work").count(), 1, "{}", running.err());
    fs::rename(&away, firm.maildir()).unwrap();
    until("the mailbox", || running.out().contains("It works again."));
    running.stop();
}
