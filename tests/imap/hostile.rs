//! Large mails, and servers that lie or mean harm (2.5).

use crate::case::{Case, LIMIT, PATIENT, QUICK, eventually, got, id, mail, numbers, own, timed};
use crate::testmail::imap::{
    Act, Ending, Fault, RowFault, Then, When, after, amid, before, closes, huge_literal, says,
};
use sollecito::mailbox::{Appended, Coverage, Fetched, Folder, Mailbox};
use std::time::Duration;

/// A mail of this many bytes, of which no two windows are alike.
fn large(size: usize) -> Vec<u8> {
    let mut bytes = b"Subject: grande\r\n\r\n".to_vec();
    bytes.extend((bytes.len()..size).map(|at| u8::try_from((at / 7 + at) % 251 + 1).unwrap()));
    bytes
}

const WINDOW: usize = 256 * 1024;

#[test]
fn a_large_mail_is_read_up_to_the_limit_and_not_further() {
    for size in [LIMIT + 1, WINDOW, WINDOW + 1, 3 * WINDOW + 17] {
        let mut case = Case::plain(PATIENT);
        case.meanwhile(|server| server.deliver("INBOX", &large(size)));
        let listing = case.inbox().unwrap();
        case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
        for (number, id) in (1..=3).zip(&listing.ids) {
            assert_eq!(got(case.mailbox.fetch(Folder::Inbox, id, LIMIT).unwrap()).bytes, mail(number));
        }
        let said = case.server.counts().said;
        let found = got(case.mailbox.fetch(Folder::Inbox, &id(4), LIMIT).unwrap());
        assert_eq!((found.bytes, found.truncated), (large(size)[..LIMIT].to_vec(), true), "{size}");
        assert!(case.server.counts().said - said < WINDOW + 4096, "no more than one window was asked for");
        case.unchanged();
    }
}

#[test]
fn a_large_mail_within_the_limit_is_put_together_from_its_windows() {
    for size in [WINDOW - 1, WINDOW, WINDOW + 1, 2 * WINDOW, 3 * WINDOW + 17] {
        for no_size in [false, true] {
            let mut case = Case::plain(PATIENT).set(|settings| settings.max_mail_bytes = 4 * WINDOW);
            case.meanwhile(|server| server.deliver("INBOX", &large(size)));
            if no_size {
                case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::NoSize])));
            }
            case.inbox().unwrap();
            let found = got(case.mailbox.fetch(Folder::Inbox, &id(4), 4 * WINDOW).unwrap());
            assert!(found.bytes == large(size) && !found.truncated, "{size} {no_size}");
            case.unchanged();
        }
    }
}

#[test]
fn pieces_that_do_not_say_where_they_begin_are_not_taken_for_the_whole() {
    for (fault, size) in [
        (RowFault::NoOrigin, 1000),
        (RowFault::NoOrigin, 3 * WINDOW),
        (RowFault::NoParts, 1000),
        (RowFault::NoParts, 3 * WINDOW),
    ] {
        let mut case = Case::plain(PATIENT).set(|settings| settings.max_mail_bytes = 4 * WINDOW);
        case.meanwhile(|server| server.deliver("INBOX", &large(size)));
        case.inbox().unwrap();
        case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![fault.clone(), RowFault::NoSize])));
        let fetched = case.mailbox.fetch(Folder::Inbox, &id(4), 4 * WINDOW).unwrap();
        match fetched {
            Fetched::Got(found) => assert!(found.bytes == large(size) && !found.truncated, "{fault:?} {size}"),
            Fetched::Retry(_) => assert_eq!((&fault, size), (&RowFault::NoOrigin, 3 * WINDOW)),
            Fetched::Vanished => panic!("{fault:?} {size}"),
        }
        case.unchanged();
    }
}

#[test]
fn a_piece_of_another_place_is_not_put_in() {
    let mut case = Case::plain(PATIENT);
    case.meanwhile(|server| server.deliver("INBOX", &large(LIMIT + 1)));
    case.inbox().unwrap();
    let elsewhere = says("* 4 FETCH (UID 4 BODY[]<7> {3}\r\nabc)\r\n{tag} OK done\r\n");
    case.server.fault(Fault::at("UID FETCH", elsewhere).with("BODY.PEEK[]<0.").once());
    let fetched = case.mailbox.fetch(Folder::Inbox, &id(4), LIMIT);
    let is_wrong = matches!(&fetched, Ok(Fetched::Got(found)) if found.bytes[..] != large(LIMIT + 1)[..LIMIT]);
    assert!(!is_wrong && !matches!(fetched, Ok(Fetched::Vanished)), "{fetched:?}");
    case.unchanged();
}

#[test]
fn a_size_that_is_a_lie_is_found_out_and_lived_with() {
    // Announced small, and large; announced large, and small.
    for (told, size, times) in [("100", 4 * WINDOW, usize::MAX), ("100", 40 * WINDOW, usize::MAX), ("9000000", 5000, 9)]
    {
        let mut case = Case::plain(QUICK);
        case.meanwhile(|server| server.deliver("INBOX", &large(size)));
        let listing = case.inbox().unwrap();
        case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::Size(told.to_owned())])).times(times));
        case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
        let wanted = &large(size)[..size.min(LIMIT)];
        for number in [4, 1, 2, 3] {
            let found = eventually(|| match case.mailbox.fetch(Folder::Inbox, &id(number), LIMIT) {
                Ok(Fetched::Got(found)) => Ok(found),
                other => Err(other),
            });
            let right = if number == 4 { found.bytes == wanted } else { found.bytes == mail(number) };
            assert!(right && found.truncated == (number == 4 && size > LIMIT), "{told} {size} {number}");
        }
        case.unchanged();
    }
}

#[test]
fn a_mail_without_size_body_or_date_stops_no_other() {
    for fault in [RowFault::NoSize, RowFault::DateNil, RowFault::NoBody, RowFault::BodyNil] {
        let mut case = Case::plain(PATIENT);
        let listing = case.inbox().unwrap();
        case.server.fault(Fault::at("UID FETCH 2 ", Act::Rows(vec![fault.clone()])));
        case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
        for number in [1, 3] {
            assert_eq!(got(case.mailbox.fetch(Folder::Inbox, &id(number), LIMIT).unwrap()).bytes, mail(number));
        }
        let second = case.mailbox.fetch(Folder::Inbox, &id(2), LIMIT).unwrap();
        assert!(matches!(&second, Fetched::Retry(_)) || got(second).bytes == mail(2));
        case.unchanged();
    }
}

#[test]
fn literals_in_places_where_none_belong_are_limited_too() {
    for text in [
        "* LIST () \"/\" {900000000}\r\n",
        "* XANYTHING {900000000}\r\n",
        "* SEARCH {900000000}\r\n",
        "* 2 FETCH (FLAGS {900000000}\r\n",
    ] {
        let mut case = Case::plain(PATIENT);
        case.server.fault(Fault::at("UID FETCH", amid(1, text)).once());
        let (listed, took) = timed(|| case.inbox());
        assert!(listed.unwrap_err().message.contains("more than was asked for"), "{text}");
        assert!(took < Duration::from_secs(1), "refused when announced: {took:?}");
        eventually(|| case.inbox());
        case.unchanged();
    }
    // A status line is text, whatever stands at its end.
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::at("", before("* OK look at this {900000000}\r\n")));
    case.reads_all();
    case.unchanged();
}

#[test]
fn floods_of_lines_end() {
    let rows = "* 1 FETCH (FLAGS (\\Seen))\r\n".repeat(200_000);
    let long = format!("* OK {}\r\n", "x".repeat(3 << 20));
    let bodies = format!("* 1 FETCH (UID 1 BODY[] {{60000}}\r\n{})\r\n", "x".repeat(60_000)).repeat(100);
    for text in [&rows, &long, &bodies] {
        let mut case = Case::plain(PATIENT);
        let listing = case.inbox().unwrap();
        case.server.fault(Fault::at("UID FETCH", amid(1, text)).with("RFC822.SIZE").once());
        let (fetched, took) = timed(|| case.mailbox.fetch(Folder::Inbox, &listing.ids[1], LIMIT));
        assert!(took < Duration::from_secs(10), "{took:?}");
        match fetched {
            Ok(Fetched::Got(found)) => assert_eq!(found.bytes, mail(2)),
            Ok(Fetched::Retry(_)) | Err(_) => {}
            Ok(Fetched::Vanished) => panic!("it is there"),
        }
        case.server.no_more_faults();
        eventually(|| case.inbox());
        let again = eventually(|| match case.mailbox.fetch(Folder::Inbox, &id(2), LIMIT) {
            Ok(Fetched::Got(found)) => Ok(found),
            other => Err(other),
        });
        assert_eq!(again.bytes, mail(2));
        case.unchanged();
    }
}

#[test]
fn an_endless_line_ends() {
    let mut case = Case::plain(PATIENT);
    let line = format!("* OK {}", "x".repeat(3 << 20)).into_bytes();
    case.server.fault(Fault::at("EXAMINE", Act::Instead(Then::SayAnd(line, Box::new(Then::Stall)))).once());
    let (listed, took) = timed(|| case.inbox());
    let problem = listed.unwrap_err();
    assert!(problem.message.contains("without an end"), "{problem:?}");
    assert!(took < Duration::from_secs(2), "not waited for: {took:?}");
    eventually(|| case.inbox());
    case.unchanged();
}

#[test]
fn an_answer_that_never_ends_ends() {
    // Never silent, never done.
    let mut case = Case::plain(QUICK);
    case.server.fault(Fault::at("UID FETCH", Act::Drip(Duration::from_millis(120))));
    let (listed, took) = timed(|| case.inbox());
    assert!(listed.is_err() && took < Duration::from_secs(4), "{took:?}");
    case.server.no_more_faults();
    eventually(|| case.inbox());
    case.unchanged();
}

#[test]
fn a_number_of_mails_that_is_a_lie_is_no_listing() {
    for exists in ["0", "2", "4", "4294967295"] {
        let mut case = Case::plain(PATIENT);
        case.server.fault(Fault::at("EXAMINE", after("")));
        let opened = format!(
            "* {exists} EXISTS\r\n* OK [UIDVALIDITY {}] x\r\n* OK [UIDNEXT 4] x\r\n{{tag}} OK [READ-ONLY] x\r\n",
            case.server.snapshot()["INBOX"].validity
        );
        case.server.no_more_faults();
        // The server does not open the folder then: the rows come from its script as well.
        case.server.fault(Fault::at("EXAMINE", says(&opened)));
        let rows = "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 3)\r\n{tag} OK done\r\n";
        case.server.fault(Fault::at("UID FETCH", says(rows)));
        let listing = case.inbox().unwrap();
        // A folder said to be empty is not even asked what it holds: nothing proves that wrong but the next look.
        let wanted = if exists == "0" { (Coverage::Whole, vec![]) } else { (Coverage::Unsettled, vec![1, 2, 3]) };
        assert_eq!((listing.coverage, numbers(&listing.ids)), wanted, "{exists}");
    }
}

#[test]
fn tagged_answers_of_others_and_before_their_time_end_nothing() {
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::at("", before("S9999 OK not yours\r\nX1 NO neither\r\n")));
    case.reads_all();
    case.unchanged();
    // The next command's tag, said already: what came before it was asked for is not its answer.
    let mut case = Case::plain(QUICK);
    case.server.fault(Fault::at("ID", after("S0006 OK done\r\n")).once());
    case.server.fault(Fault::at("LIST", says("")).once());
    assert!(case.inbox().is_err(), "no folders were listed");
    let listing = eventually(|| case.inbox());
    case.is_all(&listing, "INBOX");
}

#[test]
fn noise_of_any_kind_at_any_command_leads_to_no_wrong_conclusion() {
    let noise = [
        "\0\0\0\r\n",
        "garbage\r\n",
        "* \r\n",
        "*\r\n",
        ")\r\n",
        "{tag}\r\n",
        "{tag} \r\n",
        "{tag} MAYBE so\r\n",
        "* 1 FETCH\r\n",
        "* 1 FETCH (UID 1\r\n",
        "* 1 FETCH (UID {1}\r\n1)\r\n",
        "* LIST\r\n",
        "* SEARCH x\r\n",
        "* STATUS\r\n",
        "\u{16}\u{3}\u{1}\r\n",
    ];
    for text in noise {
        for command in ["CAPABILITY", "AUTHENTICATE", "LIST", "EXAMINE", "UID FETCH"] {
            let mut case = Case::plain(QUICK);
            case.server.fault(Fault::at(command, before(text)).once());
            for _ in 0..2 {
                if let Ok(listing) = case.inbox() {
                    assert!(listing.coverage == Coverage::Unsettled || numbers(&listing.ids) == [1, 2, 3], "{text:?}");
                }
            }
            let listing = eventually(|| case.inbox());
            assert_eq!(numbers(&listing.ids), [1, 2, 3], "{text:?} {command}");
            case.unchanged();
        }
    }
}

#[test]
fn an_append_meets_hostility() {
    for (fault, lies) in [
        (Fault::at("APPEND", huge_literal(400_000_000)), 0),
        (Fault::at("APPEND", says("+ go\r\n{tag} OK [APPENDUID 1 77] there\r\n")), 0),
        (Fault::at("APPEND", says("{tag} OK [APPENDUID 1 77] there\r\n")), 0),
        (Fault::when(When::Appending, Act::Cut(0, Then::Half(Ending::Polite))), 1),
        (Fault::when(When::Appending, Act::Cut(0, Then::Say(b"* BYE\r\n".to_vec()))), 1),
        (Fault::when(When::Appending, closes(Ending::Reset)), 0),
    ] {
        let mut case = Case::plain(QUICK);
        case.server.fault(fault.clone());
        let appended = case.mailbox.append(Folder::Drafts, &own("d1"));
        assert_eq!(case.lying("Drafts").len(), lies, "{fault:?}");
        match &appended {
            Appended::Done(id) => {
                // Only the server's own word can make it so; then it lied.
                assert!(format!("{fault:?}").contains("Command") && id.0.ends_with("77"), "{fault:?}: {appended:?}");
            }
            Appended::Failed(_) => assert_eq!(lies, 0, "{fault:?}"),
            Appended::Unknown(_) => {}
        }
    }
}
