//! What a server does to a command, and what must never be concluded from it (mail engineering, table 2.1).

use crate::case::{Case, LIMIT, PATIENT, QUICK, eventually, id, mail, numbers, own, settings};
use crate::testmail::imap::{
    Act, Ending, Fault, Then, When, amid, bad, before, bye, closes, huge_literal, meanwhile, no, says, throttled,
};
use chrono::NaiveDate;
use sollecito::mailbox::imap::ImapMailbox;
use sollecito::mailbox::{Appended, Coverage, Fetched, Folder, Mailbox};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 1).unwrap()
}

/// Mails of INBOX before [`day`], by their numbers.
fn older(case: &mut Case) -> Result<Option<Vec<u32>>, String> {
    let found = case.mailbox.older_than(Folder::Inbox, day()).map_err(|error| error.message)?;
    Ok(found.map(|ids| numbers(&ids.into_iter().collect::<Vec<_>>())))
}

#[test]
fn row_01_a_search_that_is_refused_found_not_nothing() {
    let mut case = Case::plain(PATIENT);
    case.inbox().unwrap();
    case.server.fault(Fault::at("UID SEARCH", no("[UNAVAILABLE] later")).once());
    assert_eq!(older(&mut case), Ok(None), "it cannot tell");
    assert_eq!(older(&mut case), Ok(Some(vec![1, 2, 3])));
    case.unchanged();
}

#[test]
fn row_02_a_search_that_is_throttled_found_not_nothing() {
    let mut case = Case::plain(PATIENT);
    case.inbox().unwrap();
    case.server.fault(Fault::at("UID SEARCH", throttled(299_961)));
    let problem = case.mailbox.older_than(Folder::Inbox, day()).unwrap_err();
    assert!(problem.temporary && problem.message.contains("299 seconds"), "{problem:?}");
    case.unchanged();
}

#[test]
fn row_03_a_search_in_which_the_server_goes_found_not_nothing() {
    for act in [bye("restart"), closes(Ending::Polite), closes(Ending::Reset), Act::Cut(0, Then::Close(Ending::Polite))]
    {
        let mut case = Case::plain(QUICK);
        case.inbox().unwrap();
        case.server.fault(Fault::at("UID SEARCH", act.clone()));
        assert!(older(&mut case).is_err(), "{act:?}");
        case.server.no_more_faults();
        eventually(|| case.inbox());
        assert_eq!(older(&mut case), Ok(Some(vec![1, 2, 3])));
        case.unchanged();
    }
}

#[test]
fn row_04_a_listing_of_which_one_row_came_and_then_a_refusal_is_an_error() {
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::at("UID FETCH", Act::Cut(1, Then::No("enough".to_owned()))).once());
    case.inbox().unwrap_err();
    case.reads_all();
    case.unchanged();
}

#[test]
fn row_04_mails_of_which_one_row_came_and_then_a_refusal_are_all_read_in_the_end() {
    for part in ["(UID RFC822.SIZE)", "INTERNALDATE", "BODY.PEEK[]", "BODY.PEEK[HEADER]"] {
        let mut case = Case::plain(PATIENT);
        let listing = case.inbox().unwrap();
        case.server.fault(Fault::at("UID FETCH", Act::Cut(1, Then::No("enough".to_owned()))).with(part).once());
        if part.contains("HEADER") {
            case.mailbox.heads(Folder::Inbox, &listing.ids).unwrap();
        }
        case.reads(Folder::Inbox, "INBOX", &listing.ids);
        case.unchanged();
    }
}

#[test]
fn row_04_a_mail_that_is_always_refused_has_not_vanished() {
    let mut case = Case::plain(PATIENT);
    let listing = case.inbox().unwrap();
    case.server.fault(Fault::at("UID FETCH", no("not this one")).with("BODY.PEEK[]"));
    case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
    for id in &listing.ids {
        assert!(matches!(case.mailbox.fetch(Folder::Inbox, id, LIMIT).unwrap(), Fetched::Retry(_)));
    }
    case.unchanged();
}

#[test]
fn row_04_a_mail_of_which_nothing_is_told_has_not_vanished() {
    let mut case = Case::plain(PATIENT);
    let listing = case.inbox().unwrap();
    // Not even whether it is there.
    case.server.fault(Fault::at("UID FETCH", no("not now")));
    case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
    for id in &listing.ids {
        let fetched = case.mailbox.fetch(Folder::Inbox, id, LIMIT).unwrap();
        assert!(matches!(fetched, Fetched::Retry(_)), "{fetched:?}");
    }
    case.unchanged();
}

#[test]
fn row_05_a_listing_that_is_cut_between_two_rows_is_asked_for_again() {
    for ending in [Ending::Polite, Ending::Reset] {
        let mut case = Case::plain(QUICK);
        case.server.fault(Fault::at("UID FETCH", Act::Cut(1, Then::Close(ending))).once());
        // The first connection is new, so its loss is told; the next attempt has all.
        let listing = eventually(|| case.inbox());
        case.is_all(&listing, "INBOX");
        case.reads(Folder::Inbox, "INBOX", &listing.ids);
        case.unchanged();
    }
}

#[test]
fn row_05_a_listing_that_is_always_cut_is_always_an_error() {
    let mut case = Case::plain(QUICK);
    case.server.fault(Fault::at("UID FETCH", Act::Cut(2, Then::Close(Ending::Polite))));
    for _ in 0..5 {
        case.inbox().unwrap_err();
        std::thread::sleep(Duration::from_millis(50));
    }
    case.unchanged();
}

#[test]
fn row_05_mails_that_are_cut_between_two_rows_are_all_read_in_the_end() {
    let mut case = Case::plain(QUICK);
    let listing = case.inbox().unwrap();
    case.server.fault(Fault::at("UID FETCH", Act::Cut(1, Then::Close(Ending::Polite))).with("BODY.PEEK[]").once());
    case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
    for (number, id) in (1..).zip(&listing.ids) {
        let fetched = case.mailbox.fetch(Folder::Inbox, id, LIMIT).unwrap();
        assert!(matches!(&fetched, Fetched::Got(got) if got.bytes == mail(number)), "{fetched:?}");
    }
    case.unchanged();
}

#[test]
fn row_06_a_folder_whose_opening_is_cut_is_neither_empty_nor_new() {
    let mut case = Case::plain(QUICK);
    let epoch = case.inbox().unwrap().epoch;
    for lines in 0..6 {
        case.server.fault(Fault::at("EXAMINE", Act::Cut(lines, Then::Close(Ending::Polite))).once());
        let listing = eventually(|| case.inbox());
        assert_eq!((numbers(&listing.ids), &listing.epoch), (vec![1, 2, 3], &epoch), "{lines}");
        case.server.fault(Fault::at("EXAMINE", Act::Cut(lines, Then::No("no".to_owned()))).once());
        // Asked again after the error: the listing is of the same folder.
        let listing = eventually(|| case.inbox());
        assert_eq!((numbers(&listing.ids), &listing.epoch), (vec![1, 2, 3], &epoch), "{lines}");
    }
    case.unchanged();
}

#[test]
fn row_06_an_opening_that_tells_no_number_of_mails_is_no_empty_folder() {
    let mut case = Case::plain(PATIENT);
    let silent = Act::Cut(0, Then::Say(b"{tag} OK [READ-ONLY] done\r\n".to_vec()));
    case.server.fault(Fault::at("EXAMINE", silent).once());
    case.inbox().unwrap_err();
    let listing = eventually(|| case.inbox());
    case.is_all(&listing, "INBOX");
    case.unchanged();
}

#[test]
fn row_07_a_warning_is_no_refusal() {
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::at("", before("* NO [ALERT] quota is nearly full\r\n* BAD odd\r\n")));
    case.reads_all();
    case.unchanged();
}

#[test]
fn rows_08_and_09_idle_that_is_refused_hangs_nothing_and_breaks_nothing() {
    for act in [no("not now"), bad("what"), bad(""), says("{tag} NO\r\n")] {
        let mut case = Case::plain(QUICK);
        case.server.fault(Fault::at("IDLE", act.clone()));
        case.inbox().unwrap();
        while case.mailbox.wait(Duration::ZERO) {}
        case.meanwhile(|server| server.deliver("INBOX", &mail(4)));
        assert!(case.mailbox.wait(Duration::from_secs(5)), "{act:?}");
        assert_eq!(numbers(&case.inbox().unwrap().ids), [1, 2, 3, 4]);
        case.unchanged();
    }
}

#[test]
fn row_10_a_connection_lost_in_idle_is_made_anew_and_what_came_meanwhile_is_found() {
    for act in [closes(Ending::Polite), closes(Ending::Reset), bye("restart")] {
        let mut case = Case::plain(QUICK);
        case.inbox().unwrap();
        case.server.fault(Fault::when(When::Idle, act).once());
        case.mailbox.wait(Duration::from_millis(100));
        case.meanwhile(|server| server.deliver("INBOX", &mail(4)));
        assert!(case.mailbox.wait(Duration::from_secs(5)));
        assert_eq!(numbers(&eventually(|| case.inbox()).ids), [1, 2, 3, 4]);
        case.server.until("IDLE is tried again", |server| server.count("IDLE") >= 2);
        case.unchanged();
    }
}

#[test]
fn row_11_news_before_the_plus_of_an_append_are_no_refusal() {
    for text in ["* 9 EXISTS\r\n", "* OK wait\r\n* 1 RECENT\r\n", "* NO [ALERT] nearly full\r\n"] {
        let mut case = Case::plain(PATIENT);
        case.server.fault(Fault::at("APPEND", before(text)));
        assert_eq!(case.mailbox.append(Folder::Sent, &own("r1")), Appended::Done(id(1)));
        assert_eq!(case.lying("Sent").len(), 1);
        case.spoke_properly();
    }
}

#[test]
fn row_12_many_removals_and_one_arrival_told_at_once_are_all_counted() {
    let mut case = Case::plain(PATIENT);
    case.meanwhile(|server| {
        for number in 4..=160 {
            server.deliver("INBOX", &mail(number));
        }
    });
    let listing = case.inbox().unwrap();
    case.is_all(&listing, "INBOX");
    case.meanwhile(|server| {
        server.post(|post| (1..=150).for_each(|uid| post.expunge("INBOX", uid)));
        server.deliver("INBOX", &mail(161));
    });
    // Told in the NOOP before the append.
    assert!(matches!(case.mailbox.append(Folder::Sent, &own("r1")), Appended::Done(_)));
    let listing = case.inbox().unwrap();
    let missing: Vec<u32> = (151..=161).filter(|uid| !numbers(&listing.ids).contains(uid)).collect();
    assert_eq!(missing, Vec::<u32>::new());
}

#[test]
fn row_12_many_removals_during_a_listing_leave_it_unsettled_or_whole() {
    let mut case = Case::plain(PATIENT);
    case.server.fault(
        Fault::at("UID FETCH", meanwhile(|post| post.expunge("INBOX", post.find("INBOX").unwrap().uids()[0]))).times(2),
    );
    let listing = case.inbox().unwrap();
    case.is_all(&listing, "INBOX");
    case.server.fault(Fault::at("UID FETCH", amid(1, "* 1 EXPUNGE\r\n")));
    let mut case = Case::with(case.server, PATIENT);
    assert_eq!(case.inbox().unwrap().coverage, Coverage::Unsettled);
}

#[test]
fn row_13_folders_that_are_not_listed_are_not_absent() {
    // An absent junk or drafts folder is an empty one: all the more has its absence to be certain.
    for act in
        [no("later"), Act::Cut(1, Then::No("later".to_owned())), Act::Cut(0, Then::Say(b"{tag} OK\r\n".to_vec()))]
    {
        for folder in [Folder::Inbox, Folder::Sent, Folder::Drafts, Folder::Junk] {
            let mut case = Case::plain(PATIENT);
            case.server.fault(Fault::at("LIST", act.clone()).once());
            let problem = case.mailbox.enumerate(folder).unwrap_err();
            assert!(!problem.message.is_empty(), "{act:?}");
            assert_eq!(case.mailbox.enumerate(folder).unwrap().coverage, Coverage::Whole, "{act:?} {folder:?}");
            case.unchanged();
        }
    }
}

#[test]
fn row_13_a_folder_whose_line_cannot_be_read_is_not_absent() {
    let mut case = Case::plain(PATIENT);
    let garbled = "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\r\n* LIST ((( \"Drafts\r\n{tag} OK done\r\n";
    case.server.fault(Fault::at("LIST", says(garbled)).once());
    assert_eq!(case.mailbox.enumerate(Folder::Drafts).unwrap().coverage, Coverage::Unsettled);
    let validity = case.server.snapshot()["Drafts"].validity.to_string();
    assert!(case.mailbox.enumerate(Folder::Drafts).unwrap().epoch.starts_with(&validity));
    case.unchanged();
}

#[test]
fn rows_14_and_15_a_question_whether_the_server_lives_is_believed_only_when_it_is_answered() {
    for act in [bad("what"), no("no"), closes(Ending::Polite), bye("over")] {
        let mut case = Case::plain(QUICK);
        case.inbox().unwrap();
        case.server.fault(Fault::at("NOOP", act.clone()));
        let appended = case.mailbox.append(Folder::Sent, &own("r1"));
        assert!(matches!(appended, Appended::Failed(_)), "{act:?}: {appended:?}");
        assert_eq!(case.lying("Sent").len(), 0);
        case.server.no_more_faults();
        eventually(|| match case.mailbox.append(Folder::Sent, &own("r1")) {
            Appended::Done(id) => Ok(id),
            other => Err(other),
        });
        assert_eq!(case.lying("Sent").len(), 1);
        case.spoke_properly();
    }
}

#[test]
fn row_16_a_line_break_in_a_name_does_not_become_a_command() {
    let mut case = Case::plain(PATIENT).set(|settings| settings.names.sent = Some("Sent\"\r\nx LOGOUT".to_owned()));
    let problem = case.mailbox.enumerate(Folder::Sent).unwrap_err();
    assert!(!problem.temporary && !problem.message.contains('\n'), "{problem:?}");
    case.server.post(|post| post.create("Spam\r\nx LOGOUT", &["\\Junk"]));
    case.server.post(|post| post.folders.retain(|folder| folder.wire != "Junk"));
    case.server.personality(|who| who.literal_names = true);
    let mut case = Case::with(case.server, PATIENT);
    let problem = case.mailbox.enumerate(Folder::Junk).unwrap_err();
    assert!(!problem.message.contains('\n'), "{problem:?}");
    assert!(case.inbox().is_ok());
    drop(case.mailbox);
    assert!(case.server.heard().iter().all(|heard| !heard.contains("x LOGOUT") && !heard.starts_with("(unreadable)")));
}

#[test]
fn row_17_a_row_that_cannot_be_read_blocks_nothing() {
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::at("UID FETCH", amid(1, "* 2 FETCH (UID ((( \"\r\n")).times(3));
    assert_eq!(case.inbox().unwrap().coverage, Coverage::Unsettled, "which row it was is not known");
    case.reads_all();
    case.unchanged();
}

#[test]
fn row_17_a_mail_whose_rows_cannot_be_read_is_not_gone() {
    let mut case = Case::plain(PATIENT);
    case.inbox().unwrap();
    case.server.fault(Fault::at("UID FETCH 2 ", says("* 2 FETCH (UID (((\r\n{tag} OK done\r\n")));
    let fetched = case.mailbox.fetch(Folder::Inbox, &id(2), LIMIT).unwrap();
    assert!(matches!(fetched, Fetched::Retry(_)), "{fetched:?}");
    case.unchanged();
}

#[test]
fn row_17_a_row_that_swallows_the_answer_is_given_up_on() {
    let mut case = Case::plain(QUICK);
    case.server.fault(Fault::at("UID FETCH", amid(1, "* 2 FETCH (UID 2 BODY[] {5000}\r\nab")).once());
    let problem = case.inbox().unwrap_err();
    assert!(problem.temporary && problem.message.contains("stopped answering"), "{problem:?}");
    eventually(|| case.inbox());
    case.unchanged();
}

#[test]
fn rows_18_and_19_a_huge_literal_is_refused_before_room_is_made_for_it() {
    for size in [400_000_000, 512 << 20, u64::from(u32::MAX), u64::MAX] {
        let mut case = Case::plain(PATIENT);
        case.server.fault(Fault::at("UID FETCH", huge_literal(size)).once());
        let before = resident();
        let problem = case.inbox().unwrap_err();
        assert!(problem.message.contains("more than was asked for"), "{problem:?}");
        assert!(resident() < before + 64 * 1024, "{} KiB", resident() - before);
        eventually(|| case.inbox());
        case.unchanged();
    }
}

/// Memory of this process, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn row_20_rows_that_nobody_asked_for_are_not_taken_for_mails() {
    for text in [
        "* 2 FETCH (FLAGS (\\Seen))\r\n",
        "* 0 FETCH (FLAGS ())\r\n",
        "* 3 FETCH (UID 77 FLAGS (\\Flagged))\r\n* 1 FETCH (BODY[] {3}\r\nabc)\r\n",
        "* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n",
    ] {
        let mut case = Case::plain(PATIENT);
        let listing = case.inbox().unwrap();
        for at in 0..3 {
            case.server.fault(Fault::at("UID FETCH", amid(at, text)).with("BODY").once());
        }
        case.reads(Folder::Inbox, "INBOX", &listing.ids);
        case.unchanged();
    }
}

#[test]
fn row_21_an_answer_that_is_given_up_half_way_does_not_come_back_in_the_next() {
    let mut case = Case::plain(QUICK);
    let listing = case.inbox().unwrap();
    // Longer than a command may take, though never silent.
    case.server.fault(Fault::at("UID FETCH", Act::Drip(Duration::from_millis(20))).with("BODY.PEEK[]").times(2));
    case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
    let first = case.mailbox.fetch(Folder::Inbox, &listing.ids[0], LIMIT).unwrap();
    assert!(matches!(&first, Fetched::Retry(_)), "{first:?}");
    eventually(|| case.inbox());
    let fetched: Vec<Fetched> =
        listing.ids.iter().map(|id| eventually(|| case.mailbox.fetch(Folder::Inbox, id, LIMIT))).collect();
    for (number, fetched) in (1..).zip(fetched) {
        assert!(matches!(&fetched, Fetched::Got(got) if got.bytes == mail(number)), "{fetched:?}");
    }
    case.unchanged();
}

static BREAKS: AtomicBool = AtomicBool::new(false);

/// A mistake of ours in the middle of a question.
fn breaks_once(place: &'static str) {
    assert!(place != "imap.after_examine" || !BREAKS.swap(false, Ordering::SeqCst), "a mistake of ours");
}

#[test]
fn a_panic_costs_its_question_and_its_connection_and_nothing_else() {
    let mut case = Case::plain(QUICK);
    case.mailbox = ImapMailbox::new(settings(&case.server, QUICK)).with_observer(breaks_once);
    let before = case.inbox().unwrap();
    assert_eq!(case.server.counts().ever, 1);
    BREAKS.store(true, Ordering::SeqCst);
    case.inbox().unwrap_err();
    let after = eventually(|| case.inbox());
    assert_eq!((after.ids, after.epoch), (before.ids, before.epoch));
    assert_eq!(case.server.counts().ever, 2, "where it broke, the connection is not to be trusted");
    case.unchanged();
}
