//! What broke a promise to the owner once, and must not again.

use crate::bench::mail::{self, Letter};
use crate::bench::{Firm, SENDING, files};
use sollecito::mailbox::Folder;
use std::fs;

const QUICK: &str = "approve_first_mail = false\n";
const WEDNESDAY: &str = "2026-10-07T10:00:00+02:00";

/// Promise 1: an INBOX emptied and filled anew under the old file names.
#[test]
fn a_file_name_that_comes_back_holds_another_mail() {
    let firm = Firm::at_work(SENDING, QUICK);
    let place = firm.maildir().join("new").join("1.host");
    let dinner = Letter::new(
        "Giorgio <giorgio@amici.example>",
        mail::MARTA,
        "Cena",
        "Wed, 7 Oct 2026 08:00:00 +0200",
        "<dinner@amici.example>",
        "Ci vediamo sabato?\n",
    );
    fs::write(&place, dinner.bytes()).expect("a mail");
    firm.once("2026-10-07T08:10:00+02:00");
    fs::remove_file(&place).expect("emptied");
    firm.once("2026-10-07T08:20:00+02:00");
    fs::write(&place, mail::contested().bytes()).expect("filled anew");
    assert!(firm.once(WEDNESDAY).starts_with("1 new in the mailbox"), "it is read");
    assert!(firm.left_to_customers().iter().all(|left| !left.envelope.contains("officineverdi")));
    // The same mail, gone and back again, is no second mail.
    fs::remove_file(&place).expect("emptied");
    firm.once("2026-10-07T10:10:00+02:00");
    fs::write(&place, mail::contested().bytes()).expect("filled anew");
    assert_eq!(firm.once("2026-10-07T10:20:00+02:00"), "Nothing new.\n");
    assert_eq!(firm.json(WEDNESDAY, &["cases"]).as_array().unwrap().len(), 1);
}

/// A delivery report about a mail of ours, as mail servers write it.
fn undeliverable(number: usize, recipient: &str, id: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.studioferri.example>\r\n\
         To: marta@studioferri.example\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Date: Wed, 7 Oct 2026 10:05:00 +0200\r\nMessage-ID: <report{number}@mx.studioferri.example>\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"limit\"\r\n\r\n--limit\r\n\
         Content-Type: text/plain\r\n\r\nNo such user.\r\n--limit\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.studioferri.example\r\n\r\nFinal-Recipient: rfc822; {recipient}\r\n\
         Action: failed\r\nStatus: 5.1.1\r\n\r\n--limit\r\nContent-Type: text/rfc822-headers\r\n\r\n\
         Message-ID: {id}\r\n\r\n--limit--\r\n"
    )
}

/// Promise 3: a storm of delivery reports.
#[test]
fn many_reports_about_one_address_are_one_question() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.once(WEDNESDAY);
    let left = firm.left_to_customers();
    let ours = left.iter().find(|left| left.envelope.contains("baldini")).expect("a reminder");
    let id = ours.header("Message-ID").expect("an id");
    for number in 0..20 {
        let report = undeliverable(number, "amministrazione@baldini.example", &id);
        firm.lay_bytes(Folder::Inbox, "2026-10-07T08:05:00Z", report.as_bytes());
    }
    firm.once("2026-10-07T10:10:00+02:00");
    let cases = firm.json(WEDNESDAY, &["cases"]);
    assert_eq!(cases.as_array().unwrap().len(), 1, "{cases}");
    assert_eq!(firm.notices().len(), 1);
}

/// Promise 2: a backup of the database put back, where no copy in Sent tells what left since.
#[test]
fn a_backup_put_back_sends_nothing_before_the_owner_says_so() {
    let firm = Firm::new(SENDING, QUICK);
    firm.change_settings(SENDING, QUICK, "sent_copy = \"none\"");
    firm.take_over();
    let database = firm.folder.join("sollecito.db");
    let backup = fs::read(&database).expect("the database");
    assert_eq!(firm.once(WEDNESDAY), "3 sent.\n");
    for file in files(&firm.folder) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if ["sollecito.db", "sollecito.db-wal", "sollecito.db-shm"].contains(&name.as_str()) {
            fs::remove_file(&file).expect("gone");
        }
    }
    fs::write(&database, backup).expect("put back");
    // The folder transport knows a mail by its name; a mail server would take it twice.
    fs::remove_dir_all(firm.folder.join("outgoing")).expect("gone");
    fs::create_dir(firm.folder.join("outgoing")).expect("a folder");
    for minute in 1..4 {
        let said = firm.once(&format!("2026-10-07T10:0{minute}:00+02:00"));
        assert!(said.contains("halted"), "{said}");
    }
    assert!(firm.left().is_empty());
    firm.good("2026-10-07T10:05:00+02:00", &["halt", "--off"]);
    assert_eq!(firm.once("2026-10-07T10:06:00+02:00"), "3 sent.\n", "the owner decides, and it is told once");
}

/// What was on its way in a backup that is put back waits for the owner, and stands on the list of the day.
#[test]
fn what_a_backup_held_stands_on_the_owners_list() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    firm.once("2026-10-07T09:41:00+02:00");
    // A copy of the folder is no longer the one that ran here last.
    fs::write(firm.folder.join("sollecito.db.generation"), "77\n").expect("the counter");
    firm.once("2026-10-07T09:45:00+02:00");
    let rows = firm.outbox("2026-10-07T09:45:00+02:00");
    assert!(rows.iter().any(|row| row["state"] == "held" && row["purpose"] == "resend_invoice"), "{rows:?}");
    firm.good("2026-10-07T09:46:00+02:00", &["halt", "--off"]);
    for day in ["2026-10-08T08:30:00+02:00", "2026-10-08T08:40:00+02:00"] {
        firm.once(day);
    }
    let lists: Vec<_> = firm.notices().into_iter().filter(|notice| notice.text.contains("118/2026")).collect();
    assert_eq!(lists.len(), 1, "told once");
    assert!(firm.left().iter().all(|left| left.header("In-Reply-To").is_none()), "and it waits");
}

/// Promise 2: an order given twice takes nothing with it, and the first can still be taken back.
#[test]
fn what_is_paid_already_is_not_paid_again() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.once(WEDNESDAY);
    firm.good("2026-10-07T11:00:00+02:00", &["paid", "118/2026"]);
    let outbox = firm.good("2026-10-07T11:00:00+02:00", &["outbox"]);
    assert!(outbox.contains("thanks"), "{outbox}");
    assert_eq!(firm.run("2026-10-07T11:01:00+02:00", &["paid", "118/2026"]).code, Some(8));
    assert_eq!(firm.good("2026-10-07T11:01:00+02:00", &["outbox"]), outbox, "the thanks stand");
    let said = firm.good("2026-10-07T11:02:00+02:00", &["undo"]);
    assert!(said.contains("Order 1 is taken back"), "{said}");
    assert!(!firm.good("2026-10-07T11:02:00+02:00", &["outbox"]).contains("thanks"));
}

/// Promises 2 and 7: what a customer asked for lies with the owner, so nobody is chased about it meanwhile.
#[test]
fn who_waits_for_our_answer_is_not_reminded() {
    let firm = Firm::at_work("reminder = \"send\"\n", QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    firm.once(WEDNESDAY);
    for day in [14, 15, 20, 21, 22, 27, 28] {
        let zone = if day < 25 { "02" } else { "01" };
        firm.once(&format!("2026-10-{day}T10:00:00+{zone}:00"));
    }
    assert!(firm.left_to_customers().iter().all(|left| !left.envelope.contains("baldini")), "it is our turn");
    let why = firm.good("2026-10-28T10:01:00+01:00", &["why", "118/2026"]);
    assert!(why.contains("the invoice again"), "{why}");
    let cases = firm.json("2026-10-28T10:01:00+01:00", &["cases"]);
    let case = cases.as_array().unwrap().iter().find(|case| case["kind"] == "answer_yourself").expect("a question");
    firm.good("2026-10-28T10:02:00+01:00", &["close", case["case"].as_str().unwrap()]);
    firm.once("2026-10-29T10:00:00+01:00");
    let reminded = firm.left_to_customers().iter().filter(|left| left.envelope.contains("baldini")).count();
    assert_eq!(reminded, 1, "the owner settled it: the ladder goes on");
}
