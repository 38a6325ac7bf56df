//! `run` beside the owner: news within seconds, orders within one, and a server that goes away and comes back.

use crate::firm::{BALDINI, Firm, MARTA, VERDI, everybody};
use crate::letters;
use crate::memory::Memory;
use crate::running::Running;
use crate::servers::{Dovecot, Wishes, present, wait_for};
use std::time::{Duration, Instant};

const RESENDING: &str = "resend_invoice = \"send\"\n";
const REMINDING: &str = "reminder = \"send\"\n";
/// So seldom that whatever happens sooner has another cause.
const SELDOM: [&str; 2] = ["--every", "600"];
const PATIENCE: Duration = Duration::from_secs(90);

/// A firm that watches, with as few connections as it is allowed; and the first pass is done.
fn watching(arguments: &[&str]) -> (Firm, Running) {
    let firm = Firm::with(RESENDING, Dovecot::start(Wishes { most_connections: 2, ..everybody() }));
    firm.take_over();
    let running = Running::begin(&firm, None, arguments, &[]);
    // One connection works, one waits: it is waiting now.
    running.until("two connections", PATIENCE, || firm.dovecot.connections(MARTA) == 2);
    std::thread::sleep(Duration::from_secs(1));
    (firm, running)
}

#[test]
fn a_mail_is_decided_within_seconds_and_two_connections_do() {
    if !present() {
        return;
    }
    let (firm, running) = watching(&SELDOM);
    firm.receive_unseen(BALDINI, &letters::not_received());
    let memory = Memory::of(&firm);
    let took =
        running.until("an answer planned", Duration::from_secs(10), || !memory.states("resend_invoice").is_empty());
    eprintln!("decided {took:?} after it lay in the mailbox");
    for number in 0..5 {
        firm.receive_unseen(VERDI, &letters::chat(number));
        let id = letters::id_of(&letters::chat(number)).to_owned();
        running.until("a further mail", Duration::from_secs(10), || memory.knows(&id) && memory.undecided() == 0);
        assert!(firm.dovecot.connections(MARTA) <= 2);
    }
    assert!(!firm.dovecot.log().contains("Maximum number of connections"), "{}", firm.dovecot.log());
    let (said, took) = running.stop();
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(took < Duration::from_secs(5), "{took:?}");
    let gone = wait_for(Duration::from_secs(5), || (firm.dovecot.connections(MARTA) == 0).then_some(()));
    assert!(gone.is_some(), "it logs out");
}

#[test]
fn a_server_restarted_under_way_is_found_again() {
    heals_after(Dovecot::stop);
}

#[test]
fn a_server_that_crashed_under_way_is_found_again() {
    heals_after(Dovecot::kill);
}

fn heals_after(end: impl FnOnce(&mut Dovecot)) {
    if !present() {
        return;
    }
    let (mut firm, running) = watching(&[]);
    let memory = Memory::of(&firm);
    end(&mut firm.dovecot);
    // Meanwhile mail comes: Postfix keeps it.
    firm.post(VERDI, MARTA, &letters::chat(1).bytes());
    std::thread::sleep(Duration::from_secs(3));
    firm.dovecot.again();
    let took = running.until("the mail that came meanwhile", PATIENCE, || {
        memory.knows("<chat1@officineverdi.example>") && memory.undecided() == 0
    });
    eprintln!("healed {took:?} after the server was back");
    let (said, _) = running.stop();
    assert_eq!(said.code, Some(0), "{}", said.all());
}

#[test]
fn an_order_is_obeyed_within_a_second_and_a_halt_at_once() {
    if !present() {
        return;
    }
    let firm = Firm::new(REMINDING);
    firm.edit("approve_first_mail = false", "approve_first_mail = true");
    firm.take_over();
    let now = firm.days.at(0, 10, 0);
    let running = Running::begin(&firm, now, &SELDOM, &[]);
    running.until("three letters that wait", PATIENCE, || firm.outbox(now, "").len() >= 3);
    let held = |to: &str| {
        let rows = firm.outbox(now, to);
        rows.iter().find(|row| row["state"] == "held").map(|row| row["id"].to_string()).expect("a held letter")
    };
    let (first, second) = (held(BALDINI), held(VERDI));
    let delivered = |to: &str| firm.dovecot.picture(to).len();
    firm.good(now, &["approve", &first]);
    let ordered = Instant::now();
    running.until("the letter at the customer's", Duration::from_secs(10), || delivered(BALDINI) == 1);
    eprintln!("delivered {:?} after the order", ordered.elapsed());
    assert!(ordered.elapsed() < Duration::from_secs(3), "{:?}", ordered.elapsed());
    firm.good(now, &["halt"]);
    firm.good(now, &["approve", &second]);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(delivered(VERDI), 0, "halted");
    firm.good(now, &["halt", "--off"]);
    running.until("the other letter", Duration::from_secs(10), || delivered(VERDI) == 1);
    let (said, _) = running.stop();
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert_eq!((delivered(BALDINI), delivered(VERDI)), (1, 1));
}

#[test]
fn a_second_agent_is_refused_while_the_first_works() {
    if !present() {
        return;
    }
    let (firm, running) = watching(&SELDOM);
    for arguments in [&["once"][..], &["run"]] {
        let second = firm.run(None, arguments);
        assert!(second.all().contains("Another sollecito works on this firm"), "{}", second.all());
        assert_ne!(second.code, Some(0));
    }
    let (said, _) = running.stop();
    assert_eq!(said.code, Some(0), "{}", said.all());
    firm.good(None, &["once"]);
}

#[test]
fn a_password_changed_under_way_is_taken_from_the_file_without_a_restart() {
    if !present() {
        return;
    }
    let (mut firm, running) = watching(&[]);
    let memory = Memory::of(&firm);
    firm.dovecot.change_password(MARTA, "N0ve-Tulipani");
    // What was logged in stays so; a restart of the server throws everybody out.
    firm.dovecot.stop();
    firm.dovecot.again();
    running.until("a refusal", PATIENCE, || running.err().contains("kind=\"login\""));
    firm.write_password("N0ve-Tulipani\n");
    firm.receive_unseen(VERDI, &letters::chat(1));
    let took = running.until("the mail", Duration::from_secs(150), || memory.knows("<chat1@officineverdi.example>"));
    eprintln!("healed {took:?} after the password was right");
    let attempts =
        firm.dovecot.log().matches("auth failed").count() + firm.dovecot.log().matches("Password mismatch").count();
    assert!(attempts < 20, "{attempts} attempts with the wrong password could lock the account");
    let (said, _) = running.stop();
    assert!(said.all().contains("refused the login"), "the owner is told why: {}", said.all());
    assert!(!said.all().contains("Tulipani"), "{}", said.all());
}
