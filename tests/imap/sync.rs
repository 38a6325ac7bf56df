//! No mail is missed and none invented: the sync contract (2.3) and what the trait promises.

use crate::case::{Case, LIMIT, PATIENT, QUICK, eventually, got, id, mail, number, numbers, own};
use crate::testmail::imap::{
    Act, Ending, Fault, Personality, RowFault, UidNext, closes, meanwhile, meanwhile_after, no, says,
};
use chrono::{NaiveDate, TimeZone, Utc};
use sollecito::mailbox::{Appended, Coverage, Fetched, Folder, Mailbox};

#[test]
fn rule_02_rows_that_are_left_out_of_a_listing_are_noticed() {
    // Left out once, twice, always; the first, one amid, the last.
    for uid in 1..=3 {
        for times in [1, 2, usize::MAX] {
            let mut case = Case::plain(PATIENT);
            case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::LeaveOut(vec![uid])])).times(times));
            let listing = case.inbox().unwrap();
            if times == usize::MAX {
                assert_eq!(listing.coverage, Coverage::Unsettled);
                case.server.no_more_faults();
            }
            let listing = case.inbox().unwrap();
            case.holds_all(&listing, "INBOX");
            case.unchanged();
        }
    }
}

#[test]
fn rule_02_a_mail_that_is_listed_and_left_out_of_the_answer_is_asked_for_again() {
    for part in ["RFC822.SIZE", "INTERNALDATE", "BODY.PEEK[]"] {
        for times in [1, 3] {
            let mut case = Case::plain(PATIENT);
            let listing = case.inbox().unwrap();
            let leaves_out = Act::Rows(vec![RowFault::LeaveOut(vec![2])]);
            case.server.fault(Fault::at("UID FETCH", leaves_out).with(part).times(times));
            case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
            for (number, id) in (1..).zip(&listing.ids) {
                assert_eq!(got(case.mailbox.fetch(Folder::Inbox, id, LIMIT).unwrap()).bytes, mail(number), "{part}");
            }
            case.unchanged();
        }
    }
}

#[test]
fn rule_02_a_mail_that_is_always_left_out_but_listed_has_not_vanished() {
    for part in ["(UID RFC822.SIZE)", "BODY.PEEK[]"] {
        let mut case = Case::plain(PATIENT);
        let listing = case.inbox().unwrap();
        case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::LeaveOut(vec![2])])).with(part));
        case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
        got(case.mailbox.fetch(Folder::Inbox, &id(1), LIMIT).unwrap());
        assert!(matches!(case.mailbox.fetch(Folder::Inbox, &id(2), LIMIT).unwrap(), Fetched::Retry(_)), "{part}");
        got(case.mailbox.fetch(Folder::Inbox, &id(3), LIMIT).unwrap());
        case.unchanged();
    }
}

#[test]
fn rule_02_rows_without_uid_prove_nothing() {
    for part in ["(UID RFC822.SIZE)", "BODY.PEEK[]", ""] {
        let mut case = Case::plain(PATIENT);
        let listing = case.inbox().unwrap();
        case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::NoUid])).with(part));
        case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
        for id in &listing.ids {
            let fetched = case.mailbox.fetch(Folder::Inbox, id, LIMIT).unwrap();
            assert!(matches!(fetched, Fetched::Retry(_)), "{part}: {fetched:?}");
        }
        case.unchanged();
    }
}

#[test]
fn rule_02_rows_that_contradict_each_other_prove_nothing() {
    let mut case = Case::plain(PATIENT);
    let listing = case.inbox().unwrap();
    case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::TwiceDifferent])).with("BODY.PEEK[]"));
    case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
    for id in &listing.ids {
        let fetched = case.mailbox.fetch(Folder::Inbox, id, LIMIT).unwrap();
        assert!(matches!(fetched, Fetched::Retry(_)), "{fetched:?}");
    }
    case.server.no_more_faults();
    case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::Foreign(2)])));
    case.reads(Folder::Inbox, "INBOX", &[id(1)]);
    case.server.no_more_faults();
    case.reads(Folder::Inbox, "INBOX", &listing.ids);
    case.unchanged();
}

#[test]
fn rule_03_the_last_mail_is_told_whatever_was_asked_and_is_not_new_for_that() {
    let mut case = Case::plain(PATIENT);
    let first = case.inbox().unwrap();
    let again = case.inbox().unwrap();
    assert_eq!((first.ids, Coverage::Newest), (again.ids, again.coverage));
    case.meanwhile(|server| (1..=3).for_each(|uid| server.post(|post| post.expunge("INBOX", uid))));
    let empty = case.inbox().unwrap();
    assert_eq!((empty.ids.len(), empty.coverage), (0, Coverage::Whole));
    case.meanwhile(|server| server.deliver("INBOX", &mail(4)));
    assert_eq!(numbers(&case.inbox().unwrap().ids), [4]);
    // All that would be listed again is gone: what is told instead lies below, and is none of the newest.
    case.arrive(5..=250);
    case.inbox().unwrap();
    case.meanwhile(|server| (51..=250).for_each(|uid| server.post(|post| post.expunge("INBOX", uid))));
    let below = case.inbox().unwrap();
    assert!(below.ids.is_empty() || below.coverage == Coverage::Whole, "{below:?}");
    case.unchanged();
}

#[test]
fn rule_04_a_mail_that_was_missed_once_is_found_by_the_next_look() {
    let mut case = Case::plain(PATIENT);
    case.inbox().unwrap();
    case.arrive(4..=6);
    case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::LeaveOut(vec![5])])).times(4));
    let first = case.inbox().unwrap();
    assert_eq!(first.coverage, Coverage::Unsettled, "{first:?}");
    case.server.no_more_faults();
    let listing = case.inbox().unwrap();
    case.holds_all(&listing, "INBOX");
    // The same while older mail goes, so that the numbers add up by accident.
    case.meanwhile(|server| {
        server.post(|post| post.expunge("INBOX", 1));
        for number in 7..=8 {
            server.deliver("INBOX", &mail(number));
        }
    });
    case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::LeaveOut(vec![7])])).once());
    case.inbox().unwrap();
    let listing = case.inbox().unwrap();
    case.holds_all(&listing, "INBOX");
    case.unchanged();
}

#[test]
fn rule_04_only_the_newest_are_listed_again_and_all_that_came() {
    let mut case = Case::plain(PATIENT);
    case.arrive(4..=500);
    let listing = case.inbox().unwrap();
    case.is_all(&listing, "INBOX");
    case.arrive(501..=900);
    let listing = case.inbox().unwrap();
    let missing: Vec<u32> = (501..=900).filter(|uid| !numbers(&listing.ids).contains(uid)).collect();
    assert_eq!(missing, Vec::<u32>::new());
    assert!(listing.coverage == Coverage::Newest && number(&listing.ids[0]) > 200, "{:?}", listing.ids[0]);
    assert!(listing.ids.is_sorted());
    case.unchanged();
}

#[test]
fn rule_05_a_folder_numbered_anew_is_listed_whole_and_gives_nothing_under_old_numbers() {
    for personality in [Personality::plain(), Personality::proton()] {
        let mut case = Case::of(personality, QUICK);
        let before = case.inbox().unwrap();
        case.meanwhile(|server| {
            server.post(|post| {
                post.expunge("INBOX", 1);
                post.change_validity("INBOX");
            });
        });
        // Number 2 is another mail now.
        let fetched = case.mailbox.fetch(Folder::Inbox, &id(2), LIMIT);
        assert!(!matches!(fetched, Ok(Fetched::Got(_) | Fetched::Vanished)), "{fetched:?}");
        case.mailbox.heads(Folder::Inbox, &[id(2)]).unwrap_err();
        let after = eventually(|| case.inbox());
        assert_ne!(after.epoch, before.epoch);
        case.is_all(&after, "INBOX");
        case.reads(Folder::Inbox, "INBOX", &after.ids);
        case.unchanged();
    }
}

#[test]
fn rule_05_a_folder_numbered_anew_in_the_middle_of_a_listing() {
    let mut case = Case::plain(QUICK);
    case.inbox().unwrap();
    case.server.fault(Fault::at("UID FETCH", meanwhile_after(1, |post| post.change_validity("INBOX"))).once());
    let during = case.inbox();
    let after = eventually(|| case.inbox());
    let validity = case.server.snapshot()["INBOX"].validity.to_string();
    assert!(after.epoch.starts_with(&validity), "{during:?}");
    case.reads(Folder::Inbox, "INBOX", &after.ids);
    case.spoke_properly();
}

/// Yahoo and DavMail number every folder alike.
#[test]
fn rule_05_the_same_number_of_another_folder_or_account_is_another_epoch() {
    let mut case = Case::plain(PATIENT);
    case.meanwhile(|server| {
        server.deliver("Sent", &own("r1"));
        server.post(|post| {
            post.create("Inviata", &[]);
            post.folders.iter_mut().for_each(|folder| folder.validity = 1);
        });
        server.deliver("Inviata", &own("r2"));
    });
    let sent = case.mailbox.enumerate(Folder::Sent).unwrap().epoch;
    let inbox = case.inbox().unwrap().epoch;
    let mut case = case.set(|settings| settings.names.sent = Some("Inviata".to_owned()));
    assert_ne!(case.mailbox.enumerate(Folder::Sent).unwrap().epoch, sent, "another folder");
    assert_eq!(case.inbox().unwrap().epoch, inbox, "the same");
    let mut case = case.set(|settings| settings.host = "localhost".to_owned());
    assert_ne!(case.inbox().unwrap().epoch, inbox, "another server");
}

#[test]
fn rule_05_a_folder_numbered_anew_between_two_tries_of_a_listing() {
    let mut case = Case::plain(QUICK);
    // The first try does not add up; when the folder is opened for the second, its numbers are others.
    case.server.fault(Fault::at("UID FETCH", Act::Rows(vec![RowFault::LeaveOut(vec![2])])).once());
    let anew = "* 3 EXISTS\r\n* OK [UIDVALIDITY 99] new\r\n* OK [UIDNEXT 4] next\r\n{tag} OK [READ-ONLY] done\r\n";
    case.server.fault(Fault::at("EXAMINE", says(anew)).after(1).once());
    case.inbox().expect_err("new numbers under the old epoch");
    let after = eventually(|| case.inbox());
    case.is_all(&after, "INBOX");
    case.reads(Folder::Inbox, "INBOX", &after.ids);
    case.spoke_properly();
}

#[test]
fn rule_06_without_uidvalidity_numbers_are_good_for_one_connection() {
    let mut who = Personality::plain();
    who.hides_validity = true;
    let mut case = Case::of(who, QUICK);
    let before = case.inbox().unwrap();
    assert_eq!(case.inbox().unwrap().epoch, before.epoch);
    case.reads(Folder::Inbox, "INBOX", &before.ids);
    case.server.end_all("", Ending::Polite);
    let fetched = case.mailbox.fetch(Folder::Inbox, &id(2), LIMIT);
    assert!(!matches!(fetched, Ok(Fetched::Got(_) | Fetched::Vanished)), "{fetched:?}");
    let after = eventually(|| case.inbox());
    assert_ne!(after.epoch, before.epoch);
    case.is_all(&after, "INBOX");
    case.unchanged();
}

#[test]
fn rule_07_a_next_number_that_is_missing_hides_no_mail() {
    for uid_next in [UidNext::StatusOnly, UidNext::Never] {
        let mut who = Personality::plain();
        who.uid_next = uid_next;
        let mut case = Case::of(who, PATIENT);
        case.reads_all();
        case.meanwhile(|server| server.deliver("INBOX", &mail(4)));
        assert_eq!(numbers(&case.inbox().unwrap().ids), [1, 2, 3, 4]);
        case.unchanged();
    }
}

#[test]
fn rule_07_a_next_number_that_goes_down_hides_no_mail() {
    let mut case = Case::plain(PATIENT);
    case.meanwhile(|server| {
        server.post(|post| {
            post.expunge("INBOX", 2);
            post.folder("INBOX").next = 300;
        });
        server.deliver("INBOX", &mail(9));
    });
    assert_eq!(numbers(&case.inbox().unwrap().ids), [1, 3, 300]);
    case.meanwhile(|server| {
        server.post(|post| post.lower_next("INBOX", 2));
        server.deliver("INBOX", &mail(10));
    });
    let listing = case.inbox().unwrap();
    assert_eq!(numbers(&listing.ids), [1, 2, 3, 300]);
    case.reads(Folder::Inbox, "INBOX", &listing.ids);
    case.unchanged();
}

#[test]
fn rule_10_bytes_are_exactly_those_that_lie_there() {
    let mut case = Case::plain(PATIENT);
    let odd: Vec<Vec<u8>> = vec![
        b"\r\n\r\n".to_vec(),
        b"Subject: x".to_vec(),
        b"Subject: x\n\nlone feeds\n".to_vec(),
        b"Subject: x\r\n\r\n* BYE\r\nS0001 NO\r\n)\r\n".to_vec(),
        vec![b'x'; LIMIT],
        (0..LIMIT).map(|at| u8::try_from(at % 255 + 1).unwrap()).collect(),
    ];
    for bytes in &odd {
        case.meanwhile(|server| server.deliver("INBOX", bytes));
    }
    let listing = case.inbox().unwrap();
    for ahead in [true, false] {
        if ahead {
            case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
        }
        for (id, bytes) in listing.ids.iter().skip(3).zip(&odd) {
            let mail = got(case.mailbox.fetch(Folder::Inbox, id, LIMIT).unwrap());
            assert!(mail.bytes == *bytes && !mail.truncated, "{id:?}");
        }
    }
    case.unchanged();
}

#[test]
fn rule_11_a_mail_on_which_the_connection_breaks_stops_no_other() {
    for act in [closes(Ending::Polite), no("internal error")] {
        let mut case = Case::plain(QUICK);
        let listing = case.inbox().unwrap();
        case.server.fault(Fault::at("UID FETCH 2 ", act.clone()).with("BODY.PEEK[]"));
        case.server.fault(Fault::at("UID FETCH 1:3", act).with("BODY.PEEK[]"));
        case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
        for number in [1, 2, 3, 2, 3, 1] {
            let fetched = eventually(|| case.mailbox.fetch(Folder::Inbox, &id(number), LIMIT));
            match fetched {
                Fetched::Retry(reason) if number == 2 => assert!(!reason.is_empty()),
                Fetched::Got(found) if number != 2 => assert_eq!(found.bytes, mail(number)),
                // The way to the server itself was closed for a moment.
                Fetched::Retry(_) => {
                    let again = eventually(|| match case.mailbox.fetch(Folder::Inbox, &id(number), LIMIT) {
                        Ok(Fetched::Got(found)) => Ok(found),
                        other => Err(other),
                    });
                    assert_eq!(again.bytes, mail(number));
                }
                other => panic!("{number}: {other:?}"),
            }
        }
        case.unchanged();
    }
}

#[test]
fn rule_11_a_head_on_which_the_connection_breaks_stops_no_other() {
    for act in [closes(Ending::Polite), says("* 2 FETCH (UID 2 BODY[] ~{1}\r\nx)\r\n{tag} OK\r\n")] {
        let mut case = Case::plain(QUICK);
        let listing = case.inbox().unwrap();
        for set in ["UID FETCH 2 ", "UID FETCH 1:3 ", "UID FETCH 2:3 ", "UID FETCH 1:2 "] {
            case.server.fault(Fault::at(set, act.clone()).with("HEADER"));
        }
        let heads = eventually(|| case.mailbox.heads(Folder::Inbox, &listing.ids));
        assert_eq!(numbers(&heads.iter().map(|head| head.id.clone()).collect::<Vec<_>>()), [1, 3], "{act:?}");
        case.unchanged();
    }
}

#[test]
fn rule_12_nothing_of_the_owners_changes_whatever_is_read() {
    let mut case = Case::plain(PATIENT);
    case.reads_all();
    for folder in [Folder::Sent, Folder::Drafts, Folder::Junk] {
        case.mailbox.enumerate(folder).unwrap();
    }
    case.mailbox.older_than(Folder::Inbox, NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()).unwrap();
    case.mailbox.probe().unwrap();
    case.unchanged();
    for never in ["SELECT", "UID STORE", "STORE", "EXPUNGE", "UID EXPUNGE", "APPEND", "CREATE"] {
        assert_eq!(case.server.count(never), 0, "{never}");
    }
}

#[test]
fn rule_13_a_mail_that_was_moved_between_listing_and_reading_has_vanished_and_lies_elsewhere() {
    let mut case = Case::plain(PATIENT);
    let listing = case.inbox().unwrap();
    case.meanwhile(|server| server.post(|post| post.move_to("INBOX", 2, "Junk")));
    case.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
    assert_eq!(got(case.mailbox.fetch(Folder::Inbox, &id(1), LIMIT).unwrap()).bytes, mail(1));
    assert_eq!(case.mailbox.fetch(Folder::Inbox, &id(2), LIMIT).unwrap(), Fetched::Vanished);
    assert_eq!(got(case.mailbox.fetch(Folder::Inbox, &id(3), LIMIT).unwrap()).bytes, mail(3));
    let heads = case.mailbox.heads(Folder::Inbox, &listing.ids).unwrap();
    assert_eq!(numbers(&heads.iter().map(|head| head.id.clone()).collect::<Vec<_>>()), [1, 3]);
    let junk = case.mailbox.enumerate(Folder::Junk).unwrap();
    case.reads(Folder::Junk, "Junk", &junk.ids);
    case.unchanged();
}

#[test]
fn a_mail_that_comes_during_a_listing_is_in_it_or_in_the_next() {
    for at in 0..4 {
        let mut case = Case::plain(PATIENT);
        let comes = |post: &mut crate::testmail::imap::Post| {
            post.deliver("INBOX", &mail(4));
        };
        case.server.fault(Fault::at("UID FETCH", meanwhile_after(at, comes)).once());
        case.inbox().unwrap();
        let listing = case.inbox().unwrap();
        case.holds_all(&listing, "INBOX");
        case.server.fault(Fault::at("UID FETCH", meanwhile(|post| post.expunge("INBOX", 1))).once());
        let listing = case.inbox().unwrap();
        assert!(numbers(&listing.ids).ends_with(&[2, 3, 4]), "{listing:?}");
    }
}

#[test]
fn a_folder_emptied_and_filled_again_is_listed_as_it_is() {
    let mut case = Case::plain(PATIENT);
    case.inbox().unwrap();
    let mails = case.server.post(|post| post.empty("INBOX"));
    let listing = case.inbox().unwrap();
    assert_eq!((listing.ids.len(), listing.coverage), (0, Coverage::Whole));
    case.meanwhile(|server| server.post(|post| post.refill("INBOX", mails)));
    let listing = case.inbox().unwrap();
    assert_eq!(numbers(&listing.ids), [4, 5, 6]);
    case.reads(Folder::Inbox, "INBOX", &listing.ids);
    case.unchanged();
}

#[test]
fn dates_sizes_limits_and_unknown_items() {
    let mut case = Case::plain(PATIENT);
    let received = Utc.with_ymd_and_hms(2026, 3, 7, 5, 4, 3).unwrap();
    case.meanwhile(|server| server.post(|post| post.deliver_at("INBOX", &mail(4), received)));
    let listing = case.inbox().unwrap();
    let heads = case.mailbox.heads(Folder::Inbox, &listing.ids).unwrap();
    assert_eq!(heads[3].size, Some(mail(4).len() as u64));
    assert_eq!(got(case.mailbox.fetch(Folder::Inbox, &id(4), LIMIT).unwrap()).received, received);
    for limit in [0, 1, mail(4).len() - 1, mail(4).len(), mail(4).len() + 1] {
        let found = got(case.mailbox.fetch(Folder::Inbox, &id(4), limit).unwrap());
        let most = limit.min(mail(4).len());
        assert_eq!((found.bytes, found.truncated), (mail(4)[..most].to_vec(), most < mail(4).len()), "{limit}");
    }
    for unknown in ["77", "0", "x", "", "4294967296"] {
        let item = sollecito::mailbox::ItemId(unknown.to_owned());
        assert_eq!(case.mailbox.fetch(Folder::Inbox, &item, LIMIT).unwrap(), Fetched::Vanished, "{unknown}");
        assert_eq!(case.mailbox.heads(Folder::Inbox, &[item]).unwrap(), []);
    }
    assert_eq!(case.mailbox.heads(Folder::Inbox, &[]).unwrap(), []);
    let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
    let found = case.mailbox.older_than(Folder::Inbox, day(11, 24)).unwrap().unwrap();
    assert_eq!(numbers(&found.into_iter().collect::<Vec<_>>()), [4]);
    assert_eq!(case.mailbox.older_than(Folder::Inbox, day(11, 25)).unwrap().unwrap().len(), 4);
    case.unchanged();
}

#[test]
fn folders_are_kept_apart() {
    let mut case = Case::plain(PATIENT);
    case.meanwhile(|server| {
        server.deliver("Junk", &mail(7));
        server.deliver("Sent", &own("r1"));
    });
    let inbox = case.inbox().unwrap();
    let (junk, sent) = (case.mailbox.enumerate(Folder::Junk).unwrap(), case.mailbox.enumerate(Folder::Sent).unwrap());
    case.mailbox.expect(Folder::Inbox, &inbox.ids, LIMIT);
    case.mailbox.fetch(Folder::Inbox, &inbox.ids[1], LIMIT).unwrap();
    // Read ahead was number 1 of INBOX; number 1 of these is another mail.
    case.reads(Folder::Junk, "Junk", &junk.ids);
    case.reads(Folder::Sent, "Sent", &sent.ids);
    case.reads(Folder::Inbox, "INBOX", &inbox.ids);
    case.unchanged();
}

#[test]
fn what_is_read_ahead_serves_its_own_folder_and_epoch_alone() {
    let mut case = Case::plain(PATIENT);
    for reference in ["r1", "r2", "r3"] {
        case.meanwhile(|server| server.deliver("Sent", &own(reference)));
    }
    let (inbox, sent) = (case.inbox().unwrap(), case.mailbox.enumerate(Folder::Sent).unwrap());
    // Numbers 2 and 3 of INBOX lie ready each time.
    case.mailbox.expect(Folder::Inbox, &inbox.ids, LIMIT);
    case.mailbox.fetch(Folder::Inbox, &id(1), LIMIT).unwrap();
    assert_eq!(got(case.mailbox.fetch(Folder::Sent, &id(2), LIMIT).unwrap()).bytes, own("r2"), "another folder");
    case.mailbox.expect(Folder::Inbox, &inbox.ids, LIMIT);
    case.mailbox.fetch(Folder::Inbox, &id(1), LIMIT).unwrap();
    case.mailbox.expect(Folder::Sent, &sent.ids, LIMIT);
    assert_eq!(got(case.mailbox.fetch(Folder::Sent, &id(3), LIMIT).unwrap()).bytes, own("r3"), "announced anew");
    case.mailbox.expect(Folder::Inbox, &inbox.ids, LIMIT);
    case.mailbox.fetch(Folder::Inbox, &id(1), LIMIT).unwrap();
    case.meanwhile(|server| {
        server.post(|post| {
            post.expunge("INBOX", 1);
            post.change_validity("INBOX");
        });
    });
    let after = case.inbox().unwrap();
    assert_ne!(after.epoch, inbox.epoch);
    let lying = case.lying("INBOX").iter().find(|mail| mail.uid == 2).unwrap().bytes.to_vec();
    assert_ne!(lying, mail(2), "number 2 is another mail now");
    assert_eq!(got(case.mailbox.fetch(Folder::Inbox, &id(2), LIMIT).unwrap()).bytes, lying, "another epoch");
    case.unchanged();
}

#[test]
fn a_folder_that_is_not_there_is_empty_only_where_that_is_harmless() {
    let mut case = Case::plain(PATIENT);
    case.meanwhile(|server| server.post(|post| post.folders.retain(|folder| folder.wire == "INBOX")));
    for folder in [Folder::Junk, Folder::Drafts] {
        let listing = case.mailbox.enumerate(folder).unwrap();
        assert_eq!((listing.ids.len(), listing.coverage), (0, Coverage::Whole));
    }
    let problem = case.mailbox.enumerate(Folder::Sent).unwrap_err();
    assert!(!problem.temporary && problem.remedy.unwrap().contains("[mailbox] sent"));
    case.unchanged();
    assert!(matches!(case.mailbox.append(Folder::Sent, &own("r1")), Appended::Failed(_)));
    let Appended::Done(draft) = case.mailbox.append(Folder::Drafts, &own("r1")) else { panic!("not made") };
    assert_eq!(case.mailbox.enumerate(Folder::Drafts).unwrap().ids, [draft]);
    case.spoke_properly();
}
