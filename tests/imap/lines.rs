//! Lines that servers say and the library's parser ends the connection or the program over (table 2.2).

use crate::case::{Case, LIMIT, PATIENT, QUICK, eventually, got, id, mail, numbers, own};
use crate::testmail::imap::{Act, Fault, Personality, RowFault, amid, before, says};
use chrono::{NaiveDate, Utc};
use sollecito::mailbox::{Appended, Coverage, Fetched, Folder, Mailbox};

/// A line said before every answer, and in the middle of it: everything is read all the same.
fn is_lived_with(line: &str) {
    for act in [before(line), amid(1, line)] {
        let mut case = Case::plain(PATIENT);
        case.server.fault(Fault::at("", act));
        case.reads_all();
        let found =
            case.mailbox.older_than(Folder::Inbox, NaiveDate::from_ymd_opt(2027, 1, 1).unwrap()).unwrap().unwrap();
        assert_eq!(found.len(), 3, "{line}");
        assert_eq!(case.mailbox.enumerate(Folder::Junk).unwrap().coverage, Coverage::Whole);
        case.unchanged();
        case.mailbox.enumerate(Folder::Drafts).unwrap();
        assert_eq!(case.mailbox.append(Folder::Drafts, &own("r1")), Appended::Done(id(1)), "{line}");
        case.mailbox.remove(Folder::Drafts, &id(1)).unwrap();
        assert_eq!(case.server.counts().ever, 1, "the connection lives on: {line}");
    }
}

/// Rows that are not as the book has them: everything is read all the same.
fn rows_are_lived_with(faults: &[RowFault]) {
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::at("UID FETCH", Act::Rows(faults.to_vec())));
    case.reads_all();
    case.unchanged();
    assert_eq!(case.server.counts().ever, 1, "the connection lives on");
}

#[test]
fn row_01_a_date_that_is_nil_costs_only_the_date() {
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::DateNil])));
    case.reads_all();
    let fetched = got(case.mailbox.fetch(Folder::Inbox, &id(1), LIMIT).unwrap());
    assert!((Utc::now() - fetched.received).num_seconds().abs() < 60, "{}", fetched.received);
    case.unchanged();
}

#[test]
fn row_02_a_search_with_more_than_numbers() {
    let mut case = Case::plain(PATIENT);
    case.inbox().unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
    for (said, found) in [
        ("* SEARCH 1 2 (MODSEQ 99)\r\n{tag} OK\r\n", Some(vec![1, 2])),
        ("* SEARCH\r\n{tag} OK\r\n", Some(vec![])),
        ("* SEARCH \r\n{tag} OK\r\n", Some(vec![])),
        ("* SEARCH 1\r\n* SEARCH 3\r\n{tag} OK\r\n", Some(vec![1, 3])),
        // No answer at all is not the answer that there is none.
        ("{tag} OK\r\n", None),
    ] {
        case.server.fault(Fault::at("UID SEARCH", says(said)).once());
        let answer = case.mailbox.older_than(Folder::Inbox, day).unwrap();
        assert_eq!(answer.map(|ids| numbers(&ids.into_iter().collect::<Vec<_>>())), found, "{said}");
    }
    case.unchanged();
}

#[test]
fn row_03_lines_of_kinds_that_nobody_asked_for() {
    for line in [
        "* ESEARCH (TAG \"S0001\") UID ALL 1:3\r\n",
        "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n",
        "* XANYTHING (\"a\" {3}\r\nabc) NIL\r\n",
        "* ENABLED CONDSTORE\r\n",
        "* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (STORAGE 10 512)\r\n",
        "\r\n",
        "* OK lone line feed\n",
        "* 3 EXISTS\n",
    ] {
        is_lived_with(line);
    }
}

#[test]
fn row_04_capabilities_in_odd_lists() {
    for list in [
        "IMAP4rev1  IDLE UIDPLUS ",
        "IMAP4rev2 IDLE UIDPLUS",
        "IMAP4rev1 IDLE UIDPLUS AUTH=",
        "IMAP4REV1 UIDPLUS X=\"q\"",
    ] {
        let mut case = Case::plain(PATIENT);
        case.server.fault(Fault::at("CAPABILITY", says(&format!("* CAPABILITY {list}\r\n{{tag}} OK done\r\n"))));
        case.reads_all();
        assert!(case.mailbox.probe().unwrap().capabilities.contains(&"UIDPLUS".to_owned()), "{list}");
        case.unchanged();
    }
}

#[test]
fn row_05_double_blanks() {
    let mut who = Personality::plain();
    who.double_blanks = true;
    let mut case = Case::of(who, PATIENT);
    case.reads_all();
    case.unchanged();
    is_lived_with("*  1688  RECENT\r\n");
}

#[test]
fn row_06_items_of_status_and_list_that_are_not_known() {
    let mut who = Personality::plain();
    who.uid_next = crate::testmail::imap::UidNext::StatusOnly;
    let mut case = Case::of(who, PATIENT);
    let status = "* STATUS INBOX (MESSAGES 3 UIDNEXT 4 DELETED 4 SIZE 12 MAILBOXID (F1))\r\n{tag} OK\r\n";
    case.server.fault(Fault::at("STATUS", says(status)));
    let list = "* LIST (\\HasNoChildren) \"/\" INBOX (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n\
                * LIST (\\Sent \\HasNoChildren) \"/\" \"Sent\" (OLDNAME (\"Posta (1)\"))\r\n{tag} OK\r\n";
    case.server.fault(Fault::at("LIST", says(list)));
    case.reads_all();
    assert_eq!(case.mailbox.enumerate(Folder::Sent).unwrap().coverage, Coverage::Whole);
    case.unchanged();
    is_lived_with("* STATUS \"Drafts\" (HIGHESTMODSEQ 7 DELETED 1)\r\n");
    is_lived_with("* STATUS \"Drafts\" ()\r\n");
}

#[test]
fn row_07_permanent_flags_with_a_bare_star() {
    is_lived_with("* OK [PERMANENTFLAGS (Junk * \\Draft)] kept\r\n");
    is_lived_with("* FLAGS (\\Seen $Junk * \"q\")\r\n");
}

#[test]
fn row_08_a_binary_part_costs_the_connection_and_nothing_else() {
    let mut case = Case::plain(QUICK);
    case.server.fault(Fault::at("UID FETCH", amid(1, "* 2 FETCH (UID 9 BINARY[] ~{3}\r\nabc)\r\n")).once());
    assert!(case.inbox().unwrap_err().temporary);
    let listing = eventually(|| case.inbox());
    case.is_all(&listing, "INBOX");
    case.reads(Folder::Inbox, "INBOX", &listing.ids);
    case.unchanged();
}

/// A row that cannot be read and may have been one of ours: a listing is not settled by it, and nothing else happens.
fn spoils_only_its_own_row(row: &str) {
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::at("UID FETCH", amid(1, row)));
    let listing = case.inbox().unwrap();
    assert_eq!((listing.coverage, numbers(&listing.ids)), (Coverage::Unsettled, vec![1, 2, 3]), "{row}");
    case.reads(Folder::Inbox, "INBOX", &listing.ids);
    case.unchanged();
    assert_eq!(case.server.counts().ever, 1, "the connection lives on: {row}");
}

#[test]
fn row_09_envelopes_and_structures_are_never_asked_for_and_do_no_harm() {
    // That they are not asked for is looked at in each test (`spoke_properly`).
    spoils_only_its_own_row("* 7 FETCH (UID 99 ENVELOPE (NIL NIL () () () () () () NIL NIL))\r\n");
    spoils_only_its_own_row("* 7 FETCH (UID 99 BODYSTRUCTURE ((\"text\" \"plain\") \"mixed\"))\r\n");
    is_lived_with("* 7 FETCH (UID 2 BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 9 1 NIL NIL NIL NIL))\r\n");
}

#[test]
fn row_10_an_envelope_that_never_ends_ends_with_its_line() {
    spoils_only_its_own_row("* 2 FETCH (UID 2 ENVELOPE (\"date\" \"subj\r\n");
}

#[test]
fn row_11_sizes_that_are_none() {
    for size in ["4294967296", "-1", "99999999999999999999", "0", "1", "x"] {
        let mut case = Case::plain(PATIENT);
        let listing = case.inbox().unwrap();
        case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::Size(size.to_owned())])));
        case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
        for (number, id) in (1..).zip(&listing.ids) {
            match case.mailbox.fetch(Folder::Inbox, id, LIMIT).unwrap() {
                Fetched::Got(got) => assert_eq!(got.bytes, mail(number), "{size}"),
                other => panic!("{size}: {other:?}"),
            }
        }
        case.unchanged();
    }
}

#[test]
fn row_12_bodies_and_rows_in_other_clothes() {
    rows_are_lived_with(&[RowFault::SmallLetters]);
    rows_are_lived_with(&[RowFault::ItemsTurned, RowFault::MoreItems]);
    rows_are_lived_with(&[RowFault::Reversed, RowFault::Twice]);
    rows_are_lived_with(&[RowFault::FlagsBetween]);
    is_lived_with("* 2 FETCH (FLAGS ($Junk NonJunk \\*))\r\n");
    is_lived_with("* 2 FETCH (FLAGS (perch\u{e9} \\Seen))\r\n");
    is_lived_with("* VANISHED (EARLIER) 41,43:116\r\n");
    is_lived_with("* OK\r\n");
    is_lived_with("* OK [XODD (\"a\" 1)] odd\r\n");
    is_lived_with("* OK [HIGHESTMODSEQ 715194045007] \r\n");
    is_lived_with("* OK [UNSEEN 2]\r\n");
}

#[test]
fn row_12_a_body_that_is_nil_is_no_mail() {
    for fault in [RowFault::BodyNil, RowFault::NoBody] {
        let mut case = Case::plain(PATIENT);
        let listing = case.inbox().unwrap();
        case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![fault.clone()])));
        case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
        for id in &listing.ids {
            let fetched = case.mailbox.fetch(Folder::Inbox, id, LIMIT).unwrap();
            assert!(matches!(fetched, Fetched::Retry(_)), "{fault:?}: {fetched:?}");
        }
        case.server.no_more_faults();
        case.reads(Folder::Inbox, "INBOX", &listing.ids);
        case.unchanged();
    }
}

#[test]
fn row_12_a_body_between_quotes() {
    let case = Case::plain(PATIENT);
    let uid = case.server.deliver("INBOX", b"no header at all");
    let mut case = Case::with(case.server, PATIENT);
    case.inbox().unwrap();
    case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::BodyQuoted])));
    assert_eq!(got(case.mailbox.fetch(Folder::Inbox, &id(uid), LIMIT).unwrap()).bytes, b"no header at all");
    case.unchanged();
}

#[test]
fn row_12_folders_in_other_clothes() {
    let list = "* LIST (\\HasNoChildren) NIL INBOX\r\n\
                * LIST (\\Sent) \"/\" {13}\r\nPosta &AOg- 1\r\n\
                * LIST () \"\\\\\" \"a\\\\b \\\"c\\\"\"\r\n\
                * LIST (\\Drafts \\Marked) \"/\" Entw&APw-rfe\r\n\
                * LIST () \"/\" \"roh \u{fc}\"\r\n* LIST (\\Noselect) \"/\" \"& &\"\r\n{tag} OK\r\n";
    let mut case = Case::plain(PATIENT);
    case.server.post(|post| {
        post.create("Posta &AOg- 1", &[]);
        post.create("Entw&APw-rfe", &[]);
    });
    case.server.fault(Fault::at("LIST", says(list)));
    let probe = case.mailbox.probe().unwrap();
    let names: Vec<(&str, Option<Folder>)> =
        probe.folders.iter().map(|folder| (folder.name.as_str(), folder.role)).collect();
    for wanted in [
        ("INBOX", Some(Folder::Inbox)),
        ("Posta è 1", Some(Folder::Sent)),
        ("Entwürfe", Some(Folder::Drafts)),
        ("a\\b \"c\"", None),
        ("roh \u{fc}", None),
    ] {
        assert!(names.contains(&wanted), "{names:?}");
    }
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(matches!(case.mailbox.append(Folder::Sent, &own("r1")), Appended::Done(_)));
    assert_eq!(case.lying("Posta &AOg- 1").len(), 1, "the name for commands is the one that was listed");
    assert!(matches!(case.mailbox.append(Folder::Drafts, &own("r1")), Appended::Done(_)));
    case.spoke_properly();
}

#[test]
fn row_12_a_bare_plus_and_an_answer_without_text() {
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::at("EXAMINE", before("+\r\n")));
    case.server.fault(Fault::at("NOOP", says("{tag} OK\r\n")));
    case.reads_all();
    assert!(matches!(case.mailbox.append(Folder::Sent, &own("r1")), Appended::Done(_)));
}
