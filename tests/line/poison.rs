//! One mail that cannot be dealt with never blocks those behind it.

use crate::bench::mail::{self};
use crate::bench::{Firm, SENDING};
use sollecito::mailbox::Folder;

/// Lets every decision on this mail fail, as a mistake of ours would.
fn poison(firm: &Firm, bytes: &[u8]) {
    let identity = sollecito::message::identity(bytes);
    let database = rusqlite::Connection::open(firm.folder.join("sollecito.db")).unwrap();
    let trigger = format!(
        "CREATE TRIGGER poison BEFORE INSERT ON journal WHEN NEW.message = '{identity}' AND NEW.kind <> 'case_opened' \
         BEGIN SELECT RAISE(ABORT, 'poison'); END"
    );
    database.execute_batch(&trigger).unwrap();
}

#[test]
fn it_is_tried_again_then_set_aside_and_the_owner_told_once() {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    let poisonous = mail::contested();
    poison(&firm, &poisonous.bytes());
    firm.lay(Folder::Inbox, "2026-10-07T06:00:00Z", &poisonous);
    firm.lay(Folder::Inbox, "2026-10-07T06:10:00Z", &mail::not_received());
    firm.once("2026-10-07T08:20:00+02:00");
    let why = firm.good("2026-10-07T08:20:00+02:00", &["why", "118/2026"]);
    assert!(why.contains("understood"), "the mail behind it is read: {why}");
    let now = "2026-10-07T10:00:00+02:00";
    firm.once(now);
    assert!(firm.left_to_customers().is_empty(), "nothing is sent while a mail waits for its decision");
    for minute in 1..6 {
        firm.once(&format!("2026-10-07T10:0{minute}:00+02:00"));
    }
    let cases = firm.json(now, &["cases"]);
    let told = cases.as_array().unwrap().iter().filter(|case| case["kind"] == "unreadable_mail").count();
    assert_eq!(told, 1, "{cases}");
    assert!(!firm.left_to_customers().is_empty(), "then the others go on");
}
