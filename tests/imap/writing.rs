//! Drafts and Sent copies: nothing else is ever written, and only drafts of ours are ever removed.

use crate::case::{Case, PATIENT, QUICK, eventually, id, number, own, settings, timed};
use crate::testmail::imap::{
    Act, Ending, Fault, Personality, Then, When, amid, bad, before, closes, meanwhile, no, says,
};
use sollecito::mailbox::imap::ImapMailbox;
use sollecito::mailbox::{Appended, Coverage, Folder, ItemId, Mailbox};
use std::time::Duration;

fn done(appended: Appended) -> ItemId {
    match appended {
        Appended::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

/// With two drafts: number 1 is the owner's own, number 2 is ours.
fn with_drafts(timeouts: sollecito::mailbox::imap::Timeouts) -> Case {
    let mut case = Case::plain(timeouts);
    case.meanwhile(|server| server.deliver("Drafts", b"Subject: mio\r\n\r\nnon toccare\r\n"));
    case.mailbox.enumerate(Folder::Drafts).unwrap();
    assert_eq!(done(case.mailbox.append(Folder::Drafts, &own("d1"))), id(2));
    case.meanwhile(|_| {});
    case
}

/// The first lines of what lies in Drafts and is not marked as deleted.
fn drafts(case: &Case) -> Vec<String> {
    let lying = case.lying("Drafts");
    let shown = lying.iter().filter(|mail| !mail.flags.contains("\\Deleted"));
    shown.map(|mail| String::from_utf8_lossy(&mail.bytes).lines().next().unwrap().to_owned()).collect()
}

const OWNERS: &str = "Subject: mio";

fn ours(reference: &str) -> String {
    format!("Message-ID: <{reference}@studioferri.example>")
}

#[test]
fn what_is_added_lies_there_byte_for_byte_with_its_flags() {
    let mut case = Case::plain(PATIENT);
    for (folder, wire, flags) in
        [(Folder::Sent, "Sent", vec!["\\Seen"]), (Folder::Drafts, "Drafts", vec!["\\Draft", "\\Seen"])]
    {
        let bytes = [own("r1"), vec![0xe8, b'\r', b'\n', 1, 2, b'\r', b'\n']].concat();
        assert_eq!(done(case.mailbox.append(folder, &bytes)), id(1));
        let lying = case.lying(wire);
        assert_eq!((lying.len(), &*lying[0].bytes), (1, &bytes));
        assert_eq!(lying[0].flags.iter().map(String::as_str).collect::<Vec<_>>(), flags);
    }
    let large = [own("r2"), b"x".repeat(5 << 20), b"\r\n".to_vec()].concat();
    done(case.mailbox.append(Folder::Sent, &large));
    assert!(*case.lying("Sent")[1].bytes == large);
    // Lines of another system come as lines of the wire.
    done(case.mailbox.append(Folder::Sent, b"Message-ID: <u@x.example>\n\nuno\ndue\n"));
    assert_eq!(*case.lying("Sent")[2].bytes, b"Message-ID: <u@x.example>\r\n\r\nuno\r\ndue\r\n");
    case.spoke_properly();
}

#[test]
fn nothing_is_ever_added_to_inbox_or_junk() {
    let mut case = Case::plain(PATIENT);
    for folder in [Folder::Inbox, Folder::Junk] {
        assert!(matches!(case.mailbox.append(folder, &own("r1")), Appended::Failed(_)));
        assert!(matches!(case.mailbox.replace(folder, &id(1), &own("r1")), Appended::Failed(_)));
        case.mailbox.remove(folder, &id(1)).unwrap_err();
    }
    case.mailbox.remove(Folder::Sent, &id(1)).unwrap_err();
    case.unchanged();
    assert_eq!(case.server.count("APPEND") + case.server.count("UID STORE"), 0);
}

#[test]
fn an_append_ends_as_done_failed_or_unknown_and_says_what_is_so() {
    let sure = |appended: &Appended| matches!(appended, Appended::Failed(_));
    let unsure = |appended: &Appended| matches!(appended, Appended::Unknown(_));
    type Fits = fn(&Appended) -> bool;
    let cases: [(Fault, usize, Fits); 10] = [
        (Fault::at("APPEND", no("[OVERQUOTA] full")), 0, sure),
        (Fault::at("APPEND", bad("what")), 0, sure),
        (Fault::at("APPEND", closes(Ending::Polite)), 0, sure),
        (Fault::when(When::Appending, no("[OVERQUOTA] full")), 0, sure),
        (Fault::when(When::Appending, bad("too large")), 0, sure),
        (Fault::when(When::Appending, closes(Ending::Polite)), 0, unsure),
        (Fault::when(When::Appending, closes(Ending::Reset)), 0, unsure),
        (Fault::when(When::Appending, Act::Cut(0, Then::Close(Ending::Polite))), 1, unsure),
        (Fault::when(When::Appending, Act::Cut(0, Then::Bye("restart".to_owned()))), 1, unsure),
        (Fault::when(When::Appending, Act::Cut(0, Then::Half(Ending::Reset))), 1, unsure),
    ];
    for (fault, lies, fits) in cases {
        let mut case = Case::plain(QUICK);
        case.server.fault(fault.clone());
        let appended = case.mailbox.append(Folder::Drafts, &own("d1"));
        assert!(fits(&appended), "{fault:?}: {appended:?}");
        assert_eq!(case.lying("Drafts").len(), lies, "{fault:?}: once at most");
        case.spoke_properly();
    }
}

/// A disk, or a machine, that hangs right after the mail was sent.
fn hangs(place: &'static str) {
    if place == "imap.after_append_sent" {
        std::thread::sleep(Duration::from_secs(8));
    }
}

#[test]
fn an_append_that_is_not_waited_for_any_more_is_unknown_and_delays_no_other_question() {
    let mut case = Case::plain(QUICK);
    case.mailbox = ImapMailbox::new(settings(&case.server, QUICK)).with_observer(hangs);
    case.inbox().unwrap();
    let appended = case.mailbox.append(Folder::Drafts, &own("d1"));
    assert!(matches!(appended, Appended::Unknown(_)), "it may be on its way: {appended:?}");
    let (listed, took) = timed(|| case.inbox());
    assert!(listed.is_err() && took < Duration::from_secs(1), "{took:?}");
    let listing = eventually(|| case.inbox());
    case.holds_all(&listing, "INBOX");
    case.spoke_properly();
}

#[test]
fn a_full_mailbox_is_told_as_such() {
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::at("APPEND", no("[OVERQUOTA] Quota exceeded (mailbox for user is full)")));
    let Appended::Failed(reason) = case.mailbox.append(Folder::Sent, &own("r1")) else { panic!("it is full") };
    assert!(reason.contains("is full") && reason.contains("Free some space"), "{reason}");
    case.unchanged();
}

#[test]
fn a_sent_copy_whose_answer_was_lost_is_not_made_twice() {
    let mut case = Case::plain(QUICK);
    case.server.fault(Fault::when(When::Appending, Act::Cut(0, Then::Close(Ending::Polite))).once());
    assert!(matches!(case.mailbox.append(Folder::Sent, &own("r1")), Appended::Unknown(_)));
    let found = eventually(|| match case.mailbox.append(Folder::Sent, &own("r1")) {
        Appended::Done(id) => Ok(id),
        other => Err(other),
    });
    let lying = case.lying("Sent");
    assert_eq!((lying.len(), lying[0].uid), (1, number(&found)));
    case.spoke_properly();
}

#[test]
fn without_appenduid_what_was_added_is_found_by_its_marks() {
    let mut who = Personality::plain();
    who.uid_plus = false;
    who.after_login = "IMAP4rev1 ID IDLE UNSELECT SPECIAL-USE";
    let mut case = Case::of(who, PATIENT);
    case.meanwhile(|server| {
        server.deliver("Sent", &own("older"));
        server.deliver("Drafts", &own("older"));
    });
    for folder in [Folder::Sent, Folder::Drafts] {
        assert_eq!(done(case.mailbox.append(folder, &own("r1"))), id(2));
    }
    // Somebody takes it away before it is found: it was taken, and nobody knows where it is.
    case.server.fault(Fault::at("EXAMINE", meanwhile(|post| post.folder("Drafts").mails.retain(|mail| mail.uid < 3))));
    let appended = case.mailbox.append(Folder::Drafts, &own("r2"));
    assert!(matches!(appended, Appended::Unknown(_)), "{appended:?}");
    case.spoke_properly();
}

#[test]
fn a_draft_of_ours_is_replaced_the_new_one_first() {
    let mut case = with_drafts(PATIENT);
    let new = done(case.mailbox.replace(Folder::Drafts, &id(2), &own("d2")));
    assert_eq!(drafts(&case), [OWNERS.to_owned(), ours("d2")]);
    let heard = case.server.heard();
    let place = |what: &str| heard.iter().rposition(|text| text.starts_with(what)).unwrap();
    assert!(place("APPEND") < place("UID STORE") && place("UID STORE") < place("UID EXPUNGE"), "{heard:?}");
    assert_eq!(case.mailbox.enumerate(Folder::Drafts).unwrap().ids, [id(1), new]);
    case.spoke_properly();
}

#[test]
fn the_owners_own_draft_is_never_touched() {
    let mut case = with_drafts(PATIENT);
    let problem = case.mailbox.remove(Folder::Drafts, &id(1)).unwrap_err();
    assert!(problem.message.contains("not written by sollecito"), "{problem:?}");
    assert!(matches!(case.mailbox.replace(Folder::Drafts, &id(1), &own("d2")), Appended::Failed(_)));
    case.unchanged();
    // Our mark in a quotation is no mark.
    case.meanwhile(|server| server.deliver("Drafts", b"Subject: x\r\n\r\nX-Sollecito-Ref: d1\r\n"));
    case.mailbox.remove(Folder::Drafts, &id(3)).unwrap_err();
    // A draft of the owner's that is marked as deleted stays so when ours is removed.
    case.meanwhile(|server| server.post(|post| post.flag("Drafts", 1, "\\Deleted", true)));
    assert!(case.mailbox.remove(Folder::Drafts, &id(2)).unwrap());
    assert_eq!(case.lying("Drafts").iter().map(|mail| mail.uid).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(case.server.count("EXPUNGE") + case.server.count("CLOSE"), 0);
    case.spoke_properly();
}

#[test]
fn a_draft_that_is_gone_is_not_there_any_more() {
    let mut case = with_drafts(PATIENT);
    case.meanwhile(|server| server.post(|post| post.expunge("Drafts", 2)));
    assert!(!case.mailbox.remove(Folder::Drafts, &id(2)).unwrap());
    let replaced = case.mailbox.replace(Folder::Drafts, &id(2), &own("d2"));
    assert!(matches!(replaced, Appended::Failed(_)), "{replaced:?}");
    assert_eq!(drafts(&case), [OWNERS]);
    case.unchanged();
}

#[test]
fn under_an_old_number_nothing_is_removed() {
    let mut case = with_drafts(QUICK);
    case.meanwhile(|server| {
        server.post(|post| {
            post.expunge("Drafts", 1);
            post.change_validity("Drafts");
        });
        server.deliver("Drafts", &own("another"));
    });
    // Number 2 is another of ours now: it is not the one that was meant.
    assert!(
        eventually(|| match case.mailbox.remove(Folder::Drafts, &id(2)) {
            Err(problem) if problem.message.contains("Waiting") => Err(problem),
            other => Ok(other),
        })
        .is_err()
    );
    assert_eq!(drafts(&case), [ours("d1"), ours("another")]);
    case.unchanged();
}

#[test]
fn a_removal_that_goes_wrong_at_any_step_leaves_one_or_none_and_never_lies() {
    for (fault, works) in [
        (Fault::at("SELECT", no("locked")), false),
        (Fault::at("SELECT", says("* 2 EXISTS\r\n{tag} OK [READ-ONLY] x\r\n")), false),
        (Fault::at("UID STORE", no("no")), false),
        (Fault::at("UID STORE", closes(Ending::Polite)), false),
        (Fault::at("UID STORE", Act::Cut(0, Then::Close(Ending::Polite))), true),
        (Fault::at("UID EXPUNGE", no("later")), true),
        (Fault::at("UID EXPUNGE", closes(Ending::Polite)), true),
        (Fault::at("UID EXPUNGE", Act::Cut(0, Then::Close(Ending::Reset))), true),
    ] {
        let mut case = with_drafts(QUICK);
        case.server.fault(fault.clone());
        let removed = case.mailbox.remove(Folder::Drafts, &id(2));
        let left = drafts(&case).contains(&ours("d1"));
        assert_eq!(left, !works, "{fault:?}");
        // What is said to be gone is gone; what is gone may be told as an error.
        if left {
            removed.unwrap_err();
        }
        case.server.no_more_faults();
        let last = eventually(|| case.mailbox.remove(Folder::Drafts, &id(2)));
        assert!(last != works, "{fault:?}: {last}");
        assert_eq!(drafts(&case), [OWNERS]);
        let listing = eventually(|| case.mailbox.enumerate(Folder::Drafts));
        assert_eq!((listing.coverage, listing.ids), (Coverage::Whole, vec![id(1)]));
        case.spoke_properly();
    }
}

#[test]
fn a_replacement_that_goes_wrong_leaves_no_two() {
    for fault in [
        Fault::at("APPEND", no("[OVERQUOTA] full")),
        Fault::when(When::Appending, no("no")),
        Fault::at("UID STORE 2 ", no("no")),
        Fault::at("SELECT", no("locked")).once(),
    ] {
        let mut case = with_drafts(QUICK);
        case.server.fault(fault.clone());
        let replaced = case.mailbox.replace(Folder::Drafts, &id(2), &own("d2"));
        assert!(matches!(replaced, Appended::Failed(_)), "{fault:?}: {replaced:?}");
        assert_eq!(drafts(&case), [OWNERS.to_owned(), ours("d1")], "{fault:?}");
        case.spoke_properly();
    }
}

#[test]
fn a_busy_folder_disturbs_no_append() {
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::at("APPEND", before("* 7 EXISTS\r\n* 2 EXPUNGE\r\n* 1 FETCH (FLAGS (\\Seen))\r\n")));
    case.server.fault(Fault::when(When::Appending, amid(0, "* 8 EXISTS\r\n* OK [UIDNEXT 9]\r\n")));
    for folder in [Folder::Sent, Folder::Drafts] {
        assert_eq!(done(case.mailbox.append(folder, &own("r1"))), id(1));
    }
    case.spoke_properly();
}
