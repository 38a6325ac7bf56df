//! The servers and the second mail program themselves: what the other tests rest on is shown to hold.

use crate::hand::{Door, MailProgram, Protection, send};
use crate::servers::{Dovecot, Flaw, Postfix, Wishes, present, wait_for};
use std::fs;
use std::time::Duration;

const MARTA: &str = "marta@studioferri.example";
const ANNA: &str = "anna@baldini.example";
const MAIL: &[u8] = b"From: marta@studioferri.example\r\nTo: anna@baldini.example\r\nSubject: Prova\r\n\
    Message-ID: <prova@studioferri.example>\r\n\r\n.punto\r\nGi\xc3\xa0.\r\n";

fn two_users() -> Wishes {
    Wishes::default().user(MARTA, "segreta uno").user(ANNA, "segreta due")
}

fn inbox_of(dovecot: &Dovecot, user: &str, count: usize) -> Vec<crate::hand::Held> {
    wait_for(Duration::from_secs(30), || {
        let mails = MailProgram::open(dovecot, user).mails("INBOX");
        (mails.len() >= count).then_some(mails)
    })
    .unwrap_or_else(|| panic!("{count} mails did not come to {user}:\n{}", dovecot.log()))
}

#[test]
fn a_mail_goes_through_every_door_with_its_bytes_whole() {
    if !present() {
        return;
    }
    let dovecot = Dovecot::start(two_users());
    let postfix = Postfix::start(&dovecot, &[MARTA, ANNA]);
    let ca_file = dovecot.ca_file();
    let login = Some((MARTA, "segreta uno"));
    let doors = [
        (postfix.submissions_port, Protection::Tls, login),
        (postfix.submission_port, Protection::StartTls, login),
        (postfix.world_port, Protection::None, None),
    ];
    for (port, protection, login) in doors {
        let door = Door { port, protection, ca_file: &ca_file, login };
        let said = send(&door, MARTA, &[ANNA], MAIL).unwrap_or_else(|error| panic!("{protection:?}: {error}"));
        assert!(said.contains("queued"), "{said}");
        let away = send(&door, MARTA, &["x@elsewhere.example"], MAIL).unwrap_err().to_string();
        assert!(away.starts_with("554 5.7.1"), "{away}");
        let nobody = send(&door, MARTA, &["nobody@baldini.example"], MAIL).unwrap_err().to_string();
        assert!(nobody.starts_with("550 5.1.1"), "{nobody}");
    }
    let stranger = Door {
        port: postfix.submissions_port,
        protection: Protection::Tls,
        ca_file: &ca_file,
        login: Some((MARTA, "wrong")),
    };
    assert!(send(&stranger, MARTA, &[ANNA], MAIL).unwrap_err().to_string().starts_with("535"));
    let nameless = Door { login: None, ..stranger };
    assert!(send(&nameless, MARTA, &[ANNA], MAIL).unwrap_err().to_string().starts_with("554"));
    let mails = inbox_of(&dovecot, ANNA, 3);
    assert_eq!(mails.len(), 3);
    for mail in &mails {
        assert!(mail.bytes.ends_with(b"\r\n\r\n.punto\r\nGi\xc3\xa0.\r\n"), "{}", mail.text());
        assert!(mail.flags.is_empty(), "{:?}", mail.flags);
    }
    let vouched = "\r\nAuthentication-Results: mx.studioferri.example; dkim=pass header.d=studioferri.example";
    assert_eq!(mails.iter().filter(|mail| mail.text().contains(vouched)).count(), 1, "the world's door vouches");
}

#[test]
fn looking_changes_nothing_and_working_changes_what_it_says() {
    if !present() {
        return;
    }
    let dovecot = Dovecot::start(two_users());
    let mut program = MailProgram::open_by_starttls(&dovecot, MARTA);
    let folders = program.folders();
    for (attribute, name) in [("\\Sent", "Sent"), ("\\Drafts", "Drafts"), ("\\Junk", "Junk"), ("", "INBOX")] {
        assert!(folders.iter().any(|(has, is)| has.contains(attribute) && is == name), "{folders:?}");
    }
    let uid = program.append("Sent", "\\Seen", Some("06-Oct-2026 10:00:00 +0200"), MAIL);
    let other = program.append("INBOX", "", None, MAIL);
    let before = dovecot.picture(MARTA);
    assert_eq!(before.len(), 2);
    assert_eq!(program.mails("Sent")[0].bytes, MAIL);
    assert_eq!(program.mails("Sent")[0].flags, ["\\Seen"]);
    assert_eq!(program.mails("INBOX")[0].uid, other);
    assert_eq!(dovecot.picture(MARTA), before, "EXAMINE and PEEK leave no trace");
    program.select("Sent");
    program.flag(uid, "+FLAGS", "\\Flagged");
    program.copy(uid, "Archivio");
    program.shift(uid, "Drafts");
    assert!(program.mails("Sent").is_empty());
    assert_eq!(program.mails("Drafts")[0].flags, ["\\Flagged", "\\Seen"]);
    assert_eq!(program.numbers("Archivio").len(), 1);
    program.select("Archivio");
    program.delete(1);
    assert!(program.numbers("Archivio").is_empty());
    assert_ne!(dovecot.picture(MARTA), before);
}

#[test]
fn a_password_a_certificate_and_the_numbers_of_a_folder_can_change() {
    if !present() {
        return;
    }
    let mut dovecot = Dovecot::start(two_users());
    let mut program = MailProgram::open(&dovecot, MARTA);
    program.append("INBOX", "", None, MAIL);
    let second = program.append("INBOX", "", None, MAIL);
    program.select("INBOX");
    program.delete(1);
    let before = program.examine("INBOX");
    dovecot.forget_numbers(MARTA, "INBOX");
    let mut program = MailProgram::open(&dovecot, MARTA);
    let after = program.examine("INBOX");
    assert_ne!(before.validity, after.validity);
    assert_ne!(program.numbers("INBOX"), [second], "numbered anew");
    dovecot.change_password(MARTA, "segreta nuova");
    assert!(MailProgram::log_in(&dovecot, MARTA, "segreta uno").is_err());
    MailProgram::open(&dovecot, MARTA);
    let refused = |dovecot: &Dovecot| match MailProgram::log_in(dovecot, MARTA, "segreta nuova") {
        Ok(_) => panic!("accepted"),
        Err(error) => error.to_string(),
    };
    dovecot.show_certificate(Flaw::Expired);
    assert!(refused(&dovecot).contains("expired"), "{}", refused(&dovecot));
    dovecot.show_certificate(Flaw::OtherName);
    assert!(refused(&dovecot).contains("not valid for name"), "{}", refused(&dovecot));
    dovecot.show_a_strangers_certificate();
    assert!(refused(&dovecot).contains("UnknownIssuer"), "{}", refused(&dovecot));
    dovecot.show_certificate(Flaw::None);
    MailProgram::open(&dovecot, MARTA);
}

#[test]
fn connections_are_counted_and_limited_by_the_server() {
    if !present() {
        return;
    }
    let dovecot = Dovecot::start(Wishes { most_connections: 2, ..two_users() });
    assert_eq!(dovecot.connections(MARTA), 0);
    let first = MailProgram::open(&dovecot, MARTA);
    let _second = MailProgram::open(&dovecot, MARTA);
    let counted = || wait_for(Duration::from_secs(5), || (dovecot.connections(MARTA) == 2).then_some(()));
    assert!(counted().is_some(), "{}", dovecot.admin(&["who"]));
    assert!(MailProgram::log_in(&dovecot, MARTA, "segreta uno").is_err(), "a third is one too many");
    drop(first);
    let room = wait_for(Duration::from_secs(5), || MailProgram::log_in(&dovecot, MARTA, "segreta uno").ok());
    assert!(room.is_some());
}

#[test]
fn servers_end_with_their_test_and_start_again_after_a_crash() {
    if !present() {
        return;
    }
    let mut pids = Vec::new();
    let failing = std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::channel();
        let thread = scope.spawn(move || {
            let mut dovecot = Dovecot::start(two_users());
            sender.send((dovecot.pid().unwrap(), dovecot.path(""))).unwrap();
            // As after a loss of power: the file with the number of a process that is no more stays behind, and names one
            // that runs.
            dovecot.kill();
            fs::write(dovecot.path("run/master.pid"), format!("{}\n", std::process::id())).unwrap();
            dovecot.again();
            sender.send((dovecot.pid().unwrap(), dovecot.path(""))).unwrap();
            let postfix = Postfix::start(&dovecot, &[MARTA, ANNA]);
            sender.send((postfix.pid().unwrap(), postfix.path(""))).unwrap();
            // Not a failure of this test: it shows what a failure leaves behind.
            std::panic::resume_unwind(Box::new("ended in the middle"));
        });
        pids.extend(receiver.iter());
        thread.join()
    });
    assert!(failing.is_err());
    assert_eq!(pids.len(), 3);
    for (pid, folder) in pids {
        assert!(!fs::exists(format!("/proc/{pid}")).unwrap(), "{pid} still runs");
        assert!(!folder.exists(), "{} was left", folder.display());
    }
}

#[test]
fn a_full_disk_under_the_mailbox_makes_delivery_wait() {
    if !present() {
        return;
    }
    let Some(dovecot) = Dovecot::with_little_space(two_users(), "3m") else { return };
    let postfix = Postfix::start(&dovecot, &[MARTA, ANNA]);
    let filler = dovecot.path("mail/filler");
    let filled = fs::write(&filler, vec![b'x'; 4 << 20]);
    assert!(filled.is_err(), "the disk is full");
    let ca_file = dovecot.ca_file();
    let door = Door { port: postfix.world_port, protection: Protection::StartTls, ca_file: &ca_file, login: None };
    send(&door, MARTA, &[ANNA], MAIL).unwrap();
    let put_off = wait_for(Duration::from_secs(20), || postfix.log().contains("status=deferred").then_some(()));
    assert!(put_off.is_some(), "{}", postfix.log());
    fs::remove_file(&filler).unwrap();
    assert_eq!(inbox_of(&dovecot, ANNA, 1).len(), 1);
}
