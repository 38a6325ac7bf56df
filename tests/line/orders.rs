//! The owner's word, at any time: it counts at once, beside a running agent too.

use crate::bench::mail;
use crate::bench::running::{Running, until};
use crate::bench::{Firm, SENDING, Said};
use sollecito::agent::crash::VARIABLE;
use sollecito::mailbox::Folder;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

const QUICK: &str = "approve_first_mail = false\n";
const WEDNESDAY: &str = "2026-10-07T10:00:00+02:00";

/// An answer is planned for later in the morning; the reminders to the others have left.
fn with_a_planned_answer() -> Firm {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    firm.once(WEDNESDAY);
    assert_eq!(firm.left_to_customers().len(), 2);
    firm
}

fn answered(firm: &Firm) -> bool {
    firm.left().iter().any(|left| left.header("In-Reply-To").is_some())
}

#[test]
fn halt_stops_everything_until_it_is_lifted() {
    let firm = with_a_planned_answer();
    firm.good("2026-10-07T10:30:00+02:00", &["halt", "--why", "holiday"]);
    assert!(firm.once("2026-10-07T10:31:00+02:00").contains("Nothing leaves"), "said though nothing was due");
    let said = firm.once("2026-10-07T12:00:00+02:00");
    assert!(said.contains("Nothing leaves") && said.contains("holiday"), "{said}");
    assert!(!answered(&firm));
    for command in ["status", "plan", "cases", "outbox"] {
        assert!(firm.good("2026-10-07T12:00:00+02:00", &[command]).contains("HALTED"), "{command} says so");
    }
    // Even a question to the owner waits: nothing leaves means nothing.
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &mail::contested());
    firm.once("2026-10-07T12:01:00+02:00");
    assert!(firm.notices().is_empty());
    firm.good("2026-10-07T12:02:00+02:00", &["halt", "--off"]);
    firm.once("2026-10-07T12:03:00+02:00");
    assert!(answered(&firm), "what was still wanted leaves now");
    assert_eq!(firm.notices().len(), 1);
}

/// The agent goes on with the files of before while the new ones have mistakes; so do the owner's orders and reports.
#[test]
fn a_mistake_in_a_file_keeps_no_order_out() {
    let firm = Firm::at_work(SENDING, QUICK);
    let settings = std::fs::read_to_string(firm.folder.join("sollecito.toml")).expect("the settings");
    let broken = [
        ("rules/ladders.toml", "[business]\nstep = 3\n".to_owned()),
        ("rules/interest.toml", "[[".to_owned()),
        ("customers.toml", "[[customer]]\nname = \"Beltrami S.r.l.\"\nladder = \"no such\"\n".to_owned()),
        ("sollecito.toml", settings.replace("[modes]", "[modes]\nreminders = 3")),
    ];
    // Nothing was in force yet: the mistake is told.
    let new = Firm::new(SENDING, QUICK);
    std::fs::create_dir_all(new.folder.join("rules")).expect("a folder");
    std::fs::write(new.folder.join(broken[0].0), &broken[0].1).expect("a file");
    assert_eq!(new.run(WEDNESDAY, &["status"]).code, Some(3));
    // The first import went by good files.
    std::fs::remove_file(new.folder.join(broken[0].0)).expect("a file");
    std::fs::copy(firm.folder.join("list.csv"), new.folder.join("list.csv")).expect("the list");
    new.good(WEDNESDAY, &["import", "list.csv"]);
    std::fs::write(new.folder.join(broken[0].0), &broken[0].1).expect("a file");
    assert!(new.good(WEDNESDAY, &["status"]).contains("118/2026"));
    for (name, text) in broken {
        let firm = firm.copy();
        std::fs::create_dir_all(firm.folder.join("rules")).expect("a folder");
        std::fs::write(firm.folder.join(name), text).expect("a file");
        let later = "2026-10-07T12:00:00+02:00";
        assert_eq!(firm.run(later, &["once"]).code, Some(3), "{name}: no pass begins with mistakes");
        let told = firm.run(later, &["paid", "118/2026"]);
        assert_eq!(told.code, Some(0), "{name}: {}", told.all());
        assert!(told.err.contains("`sollecito check` shows the mistakes"), "{name}: {}", told.err);
        assert!(firm.good(later, &["show", "118/2026"]).contains("paid"), "{name}");
        assert_eq!(firm.run(later, &["check"]).code, Some(3), "{name}");
    }
}

/// Typed twice, or by the import and by hand: said at once, and easily taken back.
#[test]
fn the_same_money_recorded_twice_is_remarked() {
    let firm = Firm::at_work(SENDING, QUICK);
    let pay = ["paid", "118/2026", "--amount", "500,00", "--on", "2026-10-05"];
    assert!(!firm.good(WEDNESDAY, &pay).contains("was recorded for"));
    let again = firm.good(WEDNESDAY, &["paid", "118/2026", "--amount", "500,00", "--on", "2026-10-06"]);
    assert!(again.contains("was recorded for 118/2026 before, of 2026-10-05"), "{again}");
    let other = firm.good(WEDNESDAY, &["paid", "118/2026", "--amount", "100,00", "--on", "2026-10-05"]);
    assert!(!other.contains("before"), "{other}");
}

#[test]
fn halt_works_while_the_database_is_busy() {
    let firm = with_a_planned_answer();
    let busy = rusqlite::Connection::open(firm.folder.join("sollecito.db")).expect("the database");
    busy.execute_batch("BEGIN EXCLUSIVE").expect("locked");
    let begun = Instant::now();
    firm.good("2026-10-07T10:30:00+02:00", &["halt"]);
    assert!(begun.elapsed() < Duration::from_secs(4), "it does not wait for anybody");
    busy.execute_batch("ROLLBACK").expect("free");
    firm.once("2026-10-07T12:00:00+02:00");
    assert!(!answered(&firm));
}

#[test]
fn an_order_between_plan_and_sending_stops_the_mail() {
    let firm = with_a_planned_answer();
    let said = firm.good("2026-10-07T10:30:00+02:00", &["paid", "118/2026"]);
    assert!(said.contains("A mail will not leave"), "{said}");
    // The copy is still owed, and its text asks for what is paid: the owner sends it.
    assert!(firm.json(WEDNESDAY, &["cases"]).to_string().contains("answer_yourself"));
    firm.once("2026-10-07T12:00:00+02:00");
    assert!(!answered(&firm));
    let rows = firm.outbox(WEDNESDAY);
    let row = rows.iter().find(|row| row["purpose"] == "resend_invoice").expect("the answer");
    assert_eq!(row["state"], "cancelled");
    // Taken back, the account stands as before; the answer was for that hour, the ladder goes on.
    let undone = firm.good("2026-10-07T12:30:00+02:00", &["undo"]);
    assert!(undone.contains("is taken back: paid 118/2026"), "{undone}");
    let status = firm.json("2026-10-07T12:30:00+02:00", &["status"]).to_string();
    assert!(status.contains("118/2026"), "{status}");
}

#[test]
fn a_frozen_reminder_is_stopped_by_a_payment_too() {
    let firm = Firm::at_work(SENDING, QUICK);
    // Killed after the claim: the bytes are fixed, nothing has left.
    let mut command = firm.command(WEDNESDAY, &["once"]);
    let killed = command.env(VARIABLE, "outbox.after_claim").output().expect("the program runs");
    assert!(killed.status.signal().is_some());
    assert!(firm.left().is_empty());
    let claimed = firm.outbox(WEDNESDAY).into_iter().find(|row| row["state"] == "claimed").expect("a claimed row");
    let to = claimed["to"][0].as_str().unwrap().to_owned();
    let number = [("baldini", "118/2026"), ("officineverdi", "119/2026"), ("neri", "120/2026")]
        .into_iter()
        .find(|(name, _)| to.contains(name))
        .unwrap()
        .1;
    firm.good("2026-10-07T10:01:00+02:00", &["paid", number]);
    firm.once("2026-10-07T10:02:00+02:00");
    firm.once("2026-10-07T10:03:00+02:00");
    assert_eq!(firm.left().len(), 2);
    assert!(firm.left().iter().all(|left| !left.envelope.contains(&to)), "it was paid before it was tried again");
}

/// The program was killed after the hand-over; one reminder is in doubt. Its number in the outbox.
fn in_doubt(firm: &Firm) -> i64 {
    let mut command = firm.command(WEDNESDAY, &["once"]);
    let killed = command.env(VARIABLE, "outbox.after_deliver").output().expect("the program runs");
    assert!(killed.status.signal().is_some());
    let said = firm.once("2026-10-07T10:01:00+02:00");
    assert!(said.contains("nobody knows whether it arrived"), "{said}");
    let rows = firm.outbox(WEDNESDAY);
    let row = rows.iter().find(|row| row["state"] == "unsure").expect("a row in doubt");
    row["id"].as_i64().expect("a number")
}

#[test]
fn a_mail_in_doubt_is_settled_by_the_owner() {
    for (word, state) in [("sent", "accepted"), ("not-sent", "cancelled")] {
        let firm = Firm::at_work(SENDING, QUICK);
        let id = in_doubt(&firm);
        let left = firm.left_to_customers().len();
        let notices = firm.notices();
        assert!(
            notices.iter().any(|left| left.text.replace("=\r\n", "").contains(&format!("outbox settle {id}"))),
            "the owner is told how"
        );
        assert!(!firm.json(WEDNESDAY, &["cases"]).as_array().unwrap().is_empty());
        firm.good("2026-10-07T10:05:00+02:00", &["outbox", "settle", &id.to_string(), word]);
        firm.once("2026-10-07T10:06:00+02:00");
        firm.once("2026-10-07T10:07:00+02:00");
        let rows = firm.outbox(WEDNESDAY);
        let row = rows.iter().find(|row| row["id"] == id).expect("the row");
        assert_eq!(row["state"], state, "{word}");
        assert!(firm.json(WEDNESDAY, &["cases"]).as_array().unwrap().is_empty(), "{word}: the question is settled");
        if word == "sent" {
            assert_eq!(firm.left_to_customers().len(), left, "counted, not sent again");
            assert_eq!(firm.lying(Folder::Sent).len(), 4, "its copy is in Sent now");
        } else {
            // The step is free again; that reminder leaves once more by a new decision, as a new mail.
            assert!(firm.left_to_customers().len() <= left + 1);
        }
        let again = firm.run(WEDNESDAY, &["outbox", "settle", &id.to_string(), "sent"]);
        assert_eq!(again.code, Some(8), "{}", again.all());
    }
}

#[test]
fn the_copy_found_in_sent_settles_a_doubt() {
    let firm = Firm::at_work(SENDING, QUICK);
    let id = in_doubt(&firm);
    let doubtful = firm.outbox(WEDNESDAY).into_iter().find(|row| row["id"] == id).expect("the row");
    let rfc_id = doubtful["message_id"].as_str().expect("an id").to_owned();
    let mail = firm.left().into_iter().find(|left| left.text.contains(&rfc_id)).expect("it had left");
    // The provider files what it takes.
    firm.lay_bytes(Folder::Sent, "2026-10-07T08:00:30Z", &mail.bytes);
    firm.once("2026-10-07T10:10:00+02:00");
    let settled = firm.outbox(WEDNESDAY).into_iter().find(|row| row["id"] == id).expect("the row");
    assert_eq!(settled["state"], "accepted");
    let copies = firm.lying(Folder::Sent).iter().filter(|(_, text)| text.contains(&rfc_id)).count();
    assert_eq!(copies, 1, "no second copy");
    assert!(firm.json(WEDNESDAY, &["cases"]).as_array().unwrap().is_empty());
}

#[test]
fn silence_is_explained() {
    let firm = with_a_planned_answer();
    let why = |number: &str, now: &str| firm.good(now, &["why", number]);
    assert!(why("118/2026", WEDNESDAY).contains("wrote lately"), "{}", why("118/2026", WEDNESDAY));
    firm.good(WEDNESDAY, &["hold", "120/2026", "--until", "2026-11-30", "--why", "in vacanza"]);
    let held = why("120/2026", "2026-10-28T10:00:00+01:00");
    assert!(held.contains("Paused by the owner, until 2026-11-30"), "{held}");
    assert!(held.contains("second on 2026-12-01"), "no day that has passed is promised: {held}");
}

#[test]
fn only_what_waits_can_be_approved() {
    let firm = with_a_planned_answer();
    let rows = firm.outbox(WEDNESDAY);
    let planned = rows.iter().find(|row| row["state"] == "planned").expect("a planned row")["id"].to_string();
    let said = firm.run(WEDNESDAY, &["approve", &planned]);
    assert_eq!(said.code, Some(8), "{}", said.all());
    assert!(said.err.contains("planned"), "{}", said.err);
    firm.good(WEDNESDAY, &["outbox", "hold", &planned]);
    firm.once("2026-10-07T12:00:00+02:00");
    assert!(!answered(&firm));
    firm.good("2026-10-07T12:01:00+02:00", &["approve", &planned]);
    firm.once("2026-10-07T12:02:00+02:00");
    let answers: Vec<_> = firm.left().into_iter().filter(|left| left.header("In-Reply-To").is_some()).collect();
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].header("Auto-Submitted"), None, "approved by a person");
    let unknown = firm.run(WEDNESDAY, &["approve", "4711"]);
    assert_eq!(unknown.code, Some(5), "{}", unknown.all());
}

#[test]
fn orders_work_beside_a_running_agent_and_a_second_agent_does_not() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.good(WEDNESDAY, &["paid", "120/2026"]);
    let running = Running::begin(&firm, WEDNESDAY);
    until("two reminders", || firm.left_to_customers().len() == 2);
    let second = firm.run(WEDNESDAY, &["once"]);
    assert_eq!(second.code, Some(7), "{}", second.all());
    assert!(second.err.contains("Another"), "{}", second.err);
    firm.good(WEDNESDAY, &["paid", "118/2026"]);
    firm.good(WEDNESDAY, &["status"]);
    // A mail that comes meanwhile is read within a second or two.
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &mail::contested());
    until("a question to the owner", || firm.notices().len() == 1);
    let said = running.stop();
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(said.out.ends_with("Stopped.\n") && !said.err.contains("help:"), "{}", said.all());
    assert_eq!(firm.once(WEDNESDAY), "Nothing new.\n");
}

#[test]
fn two_passes_at_the_same_time_are_one() {
    for _ in 0..5 {
        let firm = Firm::at_work(SENDING, QUICK);
        let said: Vec<Said> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| firm.run(WEDNESDAY, &["once"]))).collect();
            runs.into_iter().map(|run| run.join().expect("a run")).collect()
        });
        assert!(said.iter().any(|said| said.code == Some(0)));
        assert!(
            said.iter().all(|said| matches!(said.code, Some(0 | 7))),
            "{:?}",
            said.iter().map(Said::all).collect::<Vec<_>>()
        );
        assert_eq!(firm.left().len(), 3, "each reminder once");
    }
}

/// A firm whose first letter was fixed and claimed when the program died, and waits in the evening for the next day.
fn with_a_frozen_letter() -> (Firm, String) {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    let mut dying = firm.command("2026-10-07T10:00:00+02:00", &["once"]);
    dying.env(sollecito::agent::crash::VARIABLE, "outbox.after_claim").output().expect("the program runs");
    firm.once("2026-10-07T22:00:00+02:00");
    let rows = firm.outbox("2026-10-07T22:00:00+02:00");
    let frozen = rows.iter().find(|row| row["state"] == "frozen").expect("a frozen letter");
    let id = frozen["id"].to_string();
    (firm, id)
}

#[test]
fn a_letter_with_fixed_bytes_that_has_not_left_can_be_held_and_cancelled() {
    let (firm, id) = with_a_frozen_letter();
    firm.good("2026-10-07T22:01:00+02:00", &["outbox", "hold", &id]);
    firm.good("2026-10-07T22:02:00+02:00", &["approve", &id]);
    firm.good("2026-10-07T22:03:00+02:00", &["outbox", "cancel", &id]);
    firm.once("2026-10-08T10:00:00+02:00");
    assert_eq!(firm.left_to_customers().len(), 2, "the other two only");
}

#[test]
fn a_doubt_that_a_crash_left_untold_is_told_by_the_next_run() {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    let now = "2026-10-07T10:00:00+02:00";
    let mut dying = firm.command(now, &["once"]);
    dying.env(sollecito::agent::crash::VARIABLE, "outbox.after_in_data").output().expect("the program runs");
    // The next run begins, and dies before it could tell anybody.
    let mut store = sollecito::store::Store::open_existing(&firm.folder.join("sollecito.db")).expect("the database");
    assert_eq!(store.begin_run().expect("begun").recovered.unsure.len(), 1);
    drop(store);
    let doubts = |firm: &Firm| {
        let cases = firm.json(now, &["cases"]).to_string();
        cases.matches("\"unsure\"").count()
    };
    assert_eq!(doubts(&firm), 0);
    firm.once("2026-10-07T10:05:00+02:00");
    assert_eq!(doubts(&firm), 1);
    firm.once("2026-10-07T10:06:00+02:00");
    assert_eq!(doubts(&firm), 1, "asked once");
}
