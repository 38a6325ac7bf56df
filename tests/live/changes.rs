//! What changes under the agent while it is trusted: numbers, mails, passwords, connections, clocks, colleagues.

use crate::firm::{BALDINI, Firm, MARTA, PASSWORD, everybody, header};
use crate::letters;
use crate::memory::Memory;
use crate::servers::{Dovecot, Wishes, present, wait_for};
use std::process::Stdio;
use std::time::Duration;

const RESENDING: &str = "resend_invoice = \"send\"\n";
const REMINDING: &str = "reminder = \"send\"\nresend_invoice = \"send\"\n";

/// A firm that has answered a customer, as the next business day at one o'clock finds it.
fn answered() -> Firm {
    let firm = Firm::new(RESENDING);
    firm.take_over();
    firm.receive(BALDINI, &letters::not_received());
    firm.good(None, &["once"]);
    assert!(firm.good(firm.days.at(0, 13, 0), &["once"]).contains("1 sent."));
    firm.wait_in(BALDINI, "INBOX", "<lacking@baldini.example>");
    // Its own copy in Sent is read too.
    firm.good(firm.days.at(0, 13, 10), &["once"]);
    assert_eq!(Memory::of(&firm).identities().len(), 3);
    firm
}

#[test]
fn numbers_given_anew_change_nothing() {
    if !present() {
        return;
    }
    let mut firm = answered();
    let before = Memory::of(&firm).identities();
    for folder in ["INBOX", "Sent"] {
        let old = firm.program(MARTA).examine(folder).validity;
        firm.dovecot.forget_numbers(MARTA, folder);
        assert_ne!(firm.program(MARTA).examine(folder).validity, old, "{folder}");
    }
    for minute in [30, 40] {
        let said = firm.good(firm.days.at(0, 13, minute), &["once"]);
        assert!(!said.contains("sent") && !said.contains("new in the mailbox"), "{said}");
    }
    assert_eq!(Memory::of(&firm).identities(), before, "every mail was known again");
    assert_eq!(firm.lying(BALDINI, "INBOX").len(), 1);
    assert_eq!(firm.lying(MARTA, "Sent").len(), 2);
}

#[test]
fn a_mailbox_emptied_and_filled_again_causes_nothing_twice() {
    if !present() {
        return;
    }
    let firm = answered();
    let before = Memory::of(&firm).identities();
    let mut program = firm.program(MARTA);
    let kept: Vec<_> = ["INBOX", "Sent"].map(|folder| (folder, program.mails(folder))).into_iter().collect();
    for (folder, mails) in &kept {
        program.select(folder);
        for mail in mails {
            program.delete(mail.uid);
        }
        assert!(program.mails(folder).is_empty());
    }
    firm.good(firm.days.at(0, 13, 30), &["once"]);
    assert_eq!(Memory::of(&firm).identities(), before, "what is gone from the mailbox is not gone from the memory");
    for (folder, mails) in &kept {
        for mail in mails {
            program.append(folder, &mail.flags.join(" "), None, &mail.bytes);
        }
    }
    for minute in [40, 50] {
        let said = firm.good(firm.days.at(0, 13, minute), &["once"]);
        assert!(!said.contains("sent."), "{said}");
    }
    assert_eq!(Memory::of(&firm).identities(), before);
    assert_eq!(firm.lying(BALDINI, "INBOX").len(), 1);
    assert_eq!(firm.lying(MARTA, "Sent").len(), 2);
}

#[test]
fn a_password_changed_under_way_heals_when_the_file_is_right_again() {
    if !present() {
        return;
    }
    let mut firm = Firm::new(RESENDING);
    firm.take_over();
    firm.dovecot.change_password(MARTA, "N0ve-Tulipani");
    firm.receive(BALDINI, &letters::not_received());
    let refused = firm.run(None, &["once"]);
    assert_eq!(refused.code, Some(6), "{}", refused.all());
    assert!(refused.all().contains("refused the login"), "{}", refused.all());
    assert!(!refused.all().contains(PASSWORD) && !refused.all().contains("Tulipani"), "{}", refused.all());
    firm.write_password("N0ve-Tulipani\n");
    firm.good(None, &["once"]);
    assert!(firm.good(firm.days.at(0, 13, 0), &["once"]).contains("1 sent."));
    firm.wait_in(BALDINI, "INBOX", "<lacking@baldini.example>");
}

#[test]
fn a_month_later_one_mail_leaves_to_each_and_nothing_old_is_answered() {
    if !present() {
        return;
    }
    let firm = Firm::new(REMINDING);
    firm.take_over();
    firm.receive(BALDINI, &letters::not_received());
    // The machine was off meanwhile. What was asked a month ago is not answered by a machine.
    let late = firm.days.at(22, 10, 0);
    let today = late.expect("a day").format("%Y-%m-%d").to_string();
    firm.good(late, &["import", "list.csv", "--payments-known", &today]);
    for minute in [0, 10] {
        firm.good(firm.days.at(22, 11, minute), &["once"]);
    }
    firm.good(firm.days.at(22, 15, 0), &["once"]);
    for customer in &crate::firm::EVERYBODY[2..] {
        let reminder = firm.wait_in(customer, "INBOX", "Message-ID").text();
        assert_eq!(header(&reminder, "In-Reply-To"), None, "{customer}");
        assert_eq!(firm.lying(customer, "INBOX").len(), 1, "{customer}");
    }
}

#[test]
fn a_second_agent_on_the_folder_is_refused() {
    if !present() {
        return;
    }
    let firm = Firm::new(RESENDING);
    firm.take_over();
    // The first one is held inside its pass: its mailbox answers late.
    firm.dovecot.freeze();
    let mut first = firm.command(None, &["once"]).stdout(Stdio::null()).spawn().expect("the program runs");
    let lock = firm.folder.join("sollecito.lock");
    assert!(wait_for(Duration::from_secs(10), || lock.exists().then_some(())).is_some());
    std::thread::sleep(Duration::from_millis(500));
    let second = firm.run(None, &["once"]);
    assert_ne!(second.code, Some(0), "{}", second.all());
    firm.dovecot.thaw();
    assert!(first.wait().expect("an end").success());
    assert!(second.all().contains("Another sollecito works on this firm help: stop it first"), "{}", second.all());
    firm.good(None, &["once"]);
}

#[test]
fn two_connections_are_enough() {
    if !present() {
        return;
    }
    let dovecot = Dovecot::start(Wishes { most_connections: 2, ..everybody() });
    let firm = Firm::with(RESENDING, dovecot);
    firm.take_over();
    firm.receive(BALDINI, &letters::not_received());
    firm.good(None, &["once"]);
    assert!(firm.good(firm.days.at(0, 13, 0), &["once"]).contains("1 sent."));
    assert!(!firm.dovecot.log().contains("Maximum number of connections"), "{}", firm.dovecot.log());
}

#[test]
fn a_second_folder_on_the_same_mailbox_sees_what_the_first_one_sent() {
    if !present() {
        return;
    }
    let firm = Firm::new(REMINDING);
    firm.take_over();
    let second = firm.second_folder(REMINDING);
    let today = firm.days.present.format("%Y-%m-%d").to_string();
    assert_eq!(second.run(None, &["import", "list.csv", "--payments-known", &today]).code, Some(0));
    assert_eq!(second.run(None, &["once"]).code, Some(0));
    assert_eq!(firm.good(firm.days.at(0, 10, 0), &["once"]), "3 sent.\n");
    for minute in [1, 10, 20] {
        let said = second.run(firm.days.at(0, 10, minute), &["once"]);
        assert!(said.code == Some(0) && !said.all().contains("sent."), "{}", said.all());
    }
    for customer in &crate::firm::EVERYBODY[2..] {
        firm.wait_in(customer, "INBOX", "Message-ID");
        assert_eq!(firm.lying(customer, "INBOX").len(), 1, "{customer}");
    }
    firm.good(firm.days.at(0, 10, 30), &["once"]);
    assert_eq!(firm.lying(MARTA, "Sent").len(), 4);
}
