//! The server when nothing goes wrong.

use crate::speaker::Speaker;
use crate::testmail::imap::{Fault, When, meanwhile};
use crate::testmail::imap::{ImapServer, Personality, meanwhile_after};

const MAIL: &[u8] =
    b"Message-ID: <one@cliente.example>\r\nSubject: Fattura\r\nTo: marta@studioferri.example\r\n\r\nBuongiorno\r\n";

fn with_mails(count: usize) -> ImapServer {
    let server = ImapServer::plain();
    for _ in 0..count {
        server.deliver("INBOX", MAIL);
    }
    server
}

#[test]
fn logs_in_in_every_way_it_offers_and_counts() {
    let server = ImapServer::plain();
    let plain = "AG1hcnRhQHN0dWRpb2ZlcnJpLmV4YW1wbGUAc2VncmV0bw==";
    let mut one = Speaker::new(&server);
    assert!(one.ask("LOGIN \"marta@studioferri.example\" \"falso\"").starts_with("t NO [AUTHENTICATIONFAILED]"));
    assert!(one.ask(&format!("AUTHENTICATE PLAIN {plain}")).starts_with("t OK"));
    let mut two = Speaker::new(&server);
    let tag = two.begin("AUTHENTICATE PLAIN");
    assert_eq!(two.line(), "+ \r\n");
    two.say(&format!("{plain}\r\n"));
    assert!(two.answer(&tag).starts_with("t OK"));
    let mut three = Speaker::new(&server);
    let tag = three.begin("AUTHENTICATE XOAUTH2 dXNlcj1t");
    assert!(three.line().starts_with("+ eyJzdGF0dXMi"));
    three.say("\r\n");
    assert!(three.answer(&tag).starts_with("t NO"));
    assert!(server.heard().contains(&"(answer to the challenge) ".to_owned()));
    let counts = server.counts();
    assert_eq!((counts.open, counts.inside, counts.ever, counts.most, server.logins().len()), (3, 2, 3, 3, 4));
    drop((one, two));
    server.until("two have left", |server| server.counts().open == 1 && server.counts().inside == 0);
}

#[test]
fn reading_by_examine_and_peek_changes_nothing_and_reading_otherwise_does() {
    let server = with_mails(2);
    let before = server.snapshot();
    let mut speaker = Speaker::logged_in(&server);
    let opened = speaker.ask("EXAMINE \"INBOX\"");
    assert!(opened.contains("* 2 EXISTS\r\n") && opened.contains("[UIDNEXT 3]"), "{opened}");
    assert!(opened.contains("* 2 RECENT\r\n") && opened.ends_with("t OK [READ-ONLY] opened\r\n"), "{opened}");
    speaker.ask("UID FETCH 1:* (UID FLAGS BODY[])");
    assert!(speaker.ask("UID STORE 1 +FLAGS (\\Deleted)").starts_with("t NO"));
    assert!(speaker.ask("EXPUNGE").starts_with("t NO"));
    speaker.ask("CLOSE");
    assert_eq!(server.snapshot(), before);
    speaker.ask("SELECT INBOX");
    let opened = server.snapshot();
    assert_ne!(opened, before, "SELECT takes what is recent away");
    speaker.ask("UID FETCH 1 (BODY.PEEK[])");
    assert_eq!(server.snapshot(), opened);
    speaker.ask("UID FETCH 1 (BODY[])");
    assert!(server.snapshot()["INBOX"].mails[0].flags.contains("\\Seen"));
}

#[test]
fn rows_hold_what_was_asked_for() {
    let server = with_mails(1);
    let mut speaker = Speaker::logged_in(&server);
    speaker.ask("EXAMINE INBOX");
    let asked = "UID FETCH 1:* (FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[]<5.7>)";
    assert_eq!(
        speaker.ask(asked),
        "* 1 FETCH (UID 1 FLAGS (\\Recent) RFC822.SIZE 98 INTERNALDATE \"24-Nov-2026 09:30:00 +0000\" \
         BODY[HEADER.FIELDS (SUBJECT)] {20}\r\nSubject: Fattura\r\n\r\n BODY[]<5> {7}\r\nge-ID: )\r\nt OK fetched\r\n"
    );
    let header = speaker.ask("UID FETCH 1 BODY.PEEK[HEADER]<0.100>");
    assert!(header.contains("BODY[HEADER]<0> {86}\r\nMessage-ID") && header.contains("\r\n\r\n)\r\n"), "{header}");
    assert!(speaker.ask("UID FETCH 1 (ENVELOPE)").starts_with("t BAD"));
    assert_eq!(speaker.ask("UID FETCH 7 (UID)"), "t OK fetched\r\n");
    assert_eq!(speaker.ask("UID FETCH 7:* (UID)"), "* 1 FETCH (UID 1)\r\nt OK fetched\r\n");
}

#[test]
fn searches() {
    let server = with_mails(2);
    server.deliver("INBOX", b"Message-ID: <two@cliente.example>\r\n\r\n");
    let mut speaker = Speaker::logged_in(&server);
    speaker.ask("EXAMINE INBOX");
    for (asked, found) in [
        ("ALL", " 1 2 3"),
        ("SINCE 24-Nov-2026", " 1 2 3"),
        ("SINCE 25-Nov-2026", ""),
        ("UID 2:3 SINCE 1-Nov-2026", " 2 3"),
        ("HEADER Message-ID \"<two@cliente.example>\"", " 3"),
    ] {
        assert_eq!(speaker.ask(&format!("UID SEARCH {asked}")), format!("* SEARCH{found}\r\nt OK searched\r\n"));
    }
}

#[test]
fn appends_and_expunges_one() {
    let server = with_mails(0);
    let mut speaker = Speaker::logged_in(&server);
    for uid in 1..=2 {
        let tag = speaker.begin(&format!("APPEND \"Drafts\" (\\Draft \\Seen) {{{}}}", MAIL.len()));
        assert_eq!(speaker.line(), "+ go on\r\n");
        speaker.say(&format!("{}\r\n", String::from_utf8_lossy(MAIL)));
        let answer = speaker.answer(&tag);
        assert!(answer.starts_with("t OK [APPENDUID ") && answer.contains(&format!(" {uid}] ")), "{answer}");
    }
    let drafts = server.snapshot()["Drafts"].clone();
    assert_eq!(drafts.mails[0].bytes.as_slice(), MAIL);
    assert_eq!(drafts.mails[0].flags.iter().map(String::as_str).collect::<Vec<_>>(), ["\\Draft", "\\Seen"]);
    speaker.ask("SELECT Drafts");
    speaker.ask("UID STORE 1:2 +FLAGS.SILENT (\\Deleted)");
    assert_eq!(speaker.ask("UID EXPUNGE 2"), "* 2 EXPUNGE\r\nt OK expunged\r\n");
    assert_eq!(server.snapshot()["Drafts"].mails.len(), 1);
    assert_eq!(server.not_by_the_book(), Vec::<String>::new());
}

#[test]
fn what_another_client_does_is_told_where_the_protocol_allows_it() {
    let server = with_mails(3);
    let mut speaker = Speaker::logged_in(&server);
    speaker.ask("EXAMINE INBOX");
    server.post(|post| post.expunge("INBOX", 1));
    server.deliver("INBOX", MAIL);
    // Numbers may not change in a FETCH by number: only what came is told.
    let seen = speaker.ask("FETCH 1:3 (UID)");
    assert_eq!(seen, "* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 3)\r\n* 4 EXISTS\r\nt OK fetched\r\n");
    assert_eq!(speaker.ask("NOOP"), "* 1 EXPUNGE\r\nt OK done\r\n");
    let tag = speaker.begin("IDLE");
    assert_eq!(speaker.line(), "+ idling\r\n");
    server.post(|post| post.flag("INBOX", 2, "\\Seen", true));
    assert_eq!(speaker.line(), "* 1 FETCH (FLAGS (\\Seen \\Recent))\r\n");
    server.deliver("INBOX", MAIL);
    assert_eq!(speaker.line(), "* 4 EXISTS\r\n");
    speaker.say("DONE\r\n");
    assert_eq!(speaker.answer(&tag), "t OK idled\r\n");
}

#[test]
fn mail_comes_at_every_point_of_the_race() {
    let server = with_mails(2);
    let mut speaker = Speaker::logged_in(&server);
    speaker.ask("EXAMINE INBOX");
    let comes = |post: &mut crate::testmail::imap::Post| {
        post.deliver("INBOX", MAIL);
    };
    server.fault(Fault::at("UID FETCH", meanwhile_after(1, comes)).once());
    assert_eq!(
        speaker.ask("UID FETCH 1:2 (UID)"),
        "* 1 FETCH (UID 1)\r\n* 3 EXISTS\r\n* 2 FETCH (UID 2)\r\nt OK fetched\r\n"
    );
    server.fault(Fault::at("IDLE", meanwhile(comes)).once());
    let tag = speaker.begin("IDLE");
    assert_eq!(speaker.until("+ idling\r\n"), "* 4 EXISTS\r\n+ idling\r\n");
    server.fault(Fault::when(When::Done, meanwhile(comes)).once());
    speaker.say("DONE\r\n");
    assert_eq!(speaker.answer(&tag), "* 5 EXISTS\r\nt OK idled\r\n");
}

#[test]
fn a_folder_made_anew_ends_the_connection_that_has_it_open() {
    let server = with_mails(2);
    let before = server.snapshot()["INBOX"].validity;
    let mut speaker = Speaker::logged_in(&server);
    speaker.ask("EXAMINE INBOX");
    server.post(|post| post.change_validity("INBOX"));
    speaker.begin("NOOP");
    assert!(speaker.rest(std::time::Duration::from_secs(2)).0.starts_with("* BYE"));
    assert_ne!(server.snapshot()["INBOX"].validity, before);
    let mails = server.post(|post| post.empty("INBOX"));
    server.post(|post| post.refill("INBOX", mails));
    assert_eq!(server.post(|post| post.folder("INBOX").uids()), [3, 4]);
    server.post(|post| post.lower_next("INBOX", 2));
    assert_eq!(server.deliver("INBOX", MAIL), 2);
}

#[test]
fn labels_show_one_mail_in_several_folders() {
    let server = ImapServer::of(Personality::gmail());
    server.deliver("INBOX", MAIL);
    let seen = server.snapshot();
    assert_eq!(seen["INBOX"].mails[0].mark, seen["[Gmail]/Tutti i messaggi"].mails[0].mark);
    server.post(|post| post.expunge("INBOX", 1));
    assert_eq!(server.snapshot()["[Gmail]/Tutti i messaggi"].mails.len(), 1);
}
