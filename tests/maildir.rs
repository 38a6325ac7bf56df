//! The Maildir behind the mailbox trait: nothing is passed over, nothing of the owner's is touched.
// A test ends with a panic when what it needs is not there, also in its helpers.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use chrono::{DateTime, TimeZone, Utc};
use sollecito::mailbox::maildir::{FolderNames, Maildir, Naming};
use sollecito::mailbox::{Appended, Coverage, Fetched, Folder, ItemId, Mailbox};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const MAIL: &[u8] = b"From: lucia@cliente.example\r\nSubject: fattura\r\n\r\nGi\xc3\xa0 pagata.\r\n";
const DRAFT: &[u8] = b"From: io@studio.example\r\nX-Sollecito-Ref: abc\r\n\r\nBuongiorno\r\n";

fn day(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, day, 9, 30, 0).unwrap()
}

fn mailbox() -> (TempDir, Maildir) {
    let folder = tempfile::tempdir().unwrap();
    let maildir = Maildir::create(folder.path()).unwrap();
    (folder, maildir)
}

fn make(root: &Path, folder: &str) {
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(root.join(folder).join(part)).unwrap();
    }
}

fn got(maildir: &mut Maildir, folder: Folder, id: &ItemId) -> Vec<u8> {
    match maildir.fetch(folder, id, 1 << 20).unwrap() {
        Fetched::Got(mail) => mail.bytes,
        other => panic!("{other:?}"),
    }
}

fn received(maildir: &mut Maildir, id: &str) -> DateTime<Utc> {
    match maildir.fetch(Folder::Inbox, &ItemId(id.into()), 10).unwrap() {
        Fetched::Got(mail) => mail.received,
        other => panic!("{other:?}"),
    }
}

fn done(appended: Appended) -> ItemId {
    match appended {
        Appended::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

fn names_in(path: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_mail_of_new_and_cur_is_listed_and_read() {
    let (folder, mut maildir) = mailbox();
    let id = maildir.deliver(Folder::Inbox, MAIL, day(2)).unwrap();
    fs::write(folder.path().join("cur/1764750000.a:2,RS"), "Subject: two\n\n").unwrap();
    fs::write(folder.path().join("cur/1764750001.b;2,S"), "Subject: three\n\n").unwrap();
    fs::write(folder.path().join("cur/.hidden"), "x").unwrap();
    fs::write(folder.path().join("tmp/1764750002.c"), "half").unwrap();
    let listing = maildir.enumerate(Folder::Inbox).unwrap();
    assert_eq!(listing.coverage, Coverage::Whole);
    assert_eq!(listing.ids.len(), 3, "{:?}", listing.ids);
    assert!(listing.ids.contains(&ItemId("1764750000.a".into())));
    assert!(listing.ids.contains(&ItemId("1764750001.b".into())));
    match maildir.fetch(Folder::Inbox, &id, 1 << 20).unwrap() {
        Fetched::Got(mail) => {
            assert_eq!(mail.bytes, MAIL);
            assert!(!mail.truncated);
            assert_eq!(mail.received, day(2));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(listing.epoch, maildir.enumerate(Folder::Sent).unwrap().epoch);
}

#[test]
fn a_mail_moved_and_flagged_between_listing_and_reading_is_found_again() {
    let (folder, mut maildir) = mailbox();
    let id = maildir.deliver(Folder::Inbox, MAIL, day(2)).unwrap();
    maildir.enumerate(Folder::Inbox).unwrap();
    let (new, cur) = (folder.path().join("new"), folder.path().join("cur"));
    fs::rename(new.join(&id.0), cur.join(format!("{}:2,S", id.0))).unwrap();
    assert_eq!(got(&mut maildir, Folder::Inbox, &id), MAIL);
    fs::rename(cur.join(format!("{}:2,S", id.0)), cur.join(format!("{}:2,FRS", id.0))).unwrap();
    assert_eq!(got(&mut maildir, Folder::Inbox, &id), MAIL);
    assert_eq!(maildir.enumerate(Folder::Inbox).unwrap().ids, vec![id.clone()]);
    fs::remove_file(cur.join(format!("{}:2,FRS", id.0))).unwrap();
    assert_eq!(maildir.fetch(Folder::Inbox, &id, 100).unwrap(), Fetched::Vanished);
}

#[test]
fn reading_moves_and_renames_nothing() {
    let (folder, mut maildir) = mailbox();
    for number in 1..=5u32 {
        maildir.deliver(Folder::Inbox, format!("Subject: {number}\n\n").as_bytes(), day(number)).unwrap();
    }
    let before = names_in(&folder.path().join("new"));
    for id in maildir.enumerate(Folder::Inbox).unwrap().ids {
        assert!(!got(&mut maildir, Folder::Inbox, &id).is_empty());
    }
    assert_eq!(before.len(), 5);
    assert_eq!(names_in(&folder.path().join("new")), before);
    assert!(names_in(&folder.path().join("cur")).is_empty());
}

#[test]
fn mails_renamed_during_the_listing_are_not_passed_over() {
    let (folder, mut maildir) = mailbox();
    // More than the system hands out in one piece, so that renames fall between two pieces.
    let expected: Vec<ItemId> = (0..3000u32).map(|n| ItemId(format!("17647{n:05}.n"))).collect();
    for id in &expected {
        fs::write(folder.path().join("cur").join(format!("{}:2,", id.0)), "Subject: x\n\n").unwrap();
    }
    let (cur, ids) = (folder.path().join("cur"), expected.clone());
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let mover = std::thread::spawn(move || {
        let mut flags = [":2,", ":2,S", ":2,FS", ":2,RS"].iter().cycle();
        let mut now = ":2,";
        while !stopped.load(Ordering::Relaxed) {
            let next = flags.next().unwrap();
            for id in ids.iter().rev() {
                if *next != now {
                    fs::rename(cur.join(format!("{}{now}", id.0)), cur.join(format!("{}{next}", id.0))).unwrap();
                }
            }
            now = next;
        }
    });
    for _ in 0..15 {
        let listing = maildir.enumerate(Folder::Inbox).unwrap();
        assert!(
            listing.coverage != Coverage::Whole || listing.ids == expected,
            "said to be complete with {}",
            listing.ids.len()
        );
    }
    stop.store(true, Ordering::Relaxed);
    mover.join().unwrap();
    let listing = maildir.enumerate(Folder::Inbox).unwrap();
    assert_eq!(listing.coverage, Coverage::Whole, "a folder at rest is listed completely");
    assert_eq!(listing.ids, expected);
}

#[test]
fn two_different_mails_of_one_name_are_two_items() {
    let (folder, mut maildir) = mailbox();
    fs::write(folder.path().join("new/1764750000.a"), "Subject: one\n\n").unwrap();
    fs::write(folder.path().join("cur/1764750000.a:2,S"), "Subject: two\n\n").unwrap();
    let ids = maildir.enumerate(Folder::Inbox).unwrap().ids;
    let mut texts: Vec<_> = ids.iter().map(|id| got(&mut maildir, Folder::Inbox, id)).collect();
    texts.sort();
    assert_eq!(texts, vec![b"Subject: one\n\n".to_vec(), b"Subject: two\n\n".to_vec()]);
    // The two names of one file, as a delivery by hard link leaves them for a moment, are one item.
    fs::remove_file(folder.path().join("cur/1764750000.a:2,S")).unwrap();
    fs::hard_link(folder.path().join("new/1764750000.a"), folder.path().join("cur/1764750000.a:2,")).unwrap();
    assert_eq!(maildir.enumerate(Folder::Inbox).unwrap().ids.len(), 1);
}

#[test]
fn links_out_of_the_mailbox_pipes_and_directories_are_no_mails() {
    let (folder, mut maildir) = mailbox();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "Subject: secret\n\n").unwrap();
    symlink(outside.path().join("secret"), folder.path().join("cur/1.link:2,S")).unwrap();
    symlink("nowhere", folder.path().join("cur/1.dangling:2,S")).unwrap();
    fs::create_dir(folder.path().join("cur/1.directory:2,S")).unwrap();
    let pipe = folder.path().join("cur/1.pipe:2,S");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(maildir.enumerate(Folder::Inbox).unwrap().ids, vec![]);
    // A file that turns into a pipe after the listing does not make the reader wait for ever.
    let id = maildir.deliver(Folder::Inbox, MAIL, day(2)).unwrap();
    maildir.enumerate(Folder::Inbox).unwrap();
    let path = folder.path().join("new").join(&id.0);
    fs::remove_file(&path).unwrap();
    fs::rename(&pipe, &path).unwrap();
    assert_eq!(maildir.fetch(Folder::Inbox, &id, 100).unwrap(), Fetched::Vanished);
}

#[test]
fn at_most_the_limit_is_read() {
    let (_folder, mut maildir) = mailbox();
    let id = maildir.deliver(Folder::Inbox, MAIL, day(2)).unwrap();
    let all = MAIL.len();
    for (limit, truncated) in [(0, true), (10, true), (all - 1, true), (all, false), (usize::MAX, false)] {
        match maildir.fetch(Folder::Inbox, &id, limit).unwrap() {
            Fetched::Got(mail) => {
                assert_eq!(mail.bytes, MAIL[..limit.min(all)]);
                assert_eq!(mail.truncated, truncated, "{limit}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_restored_mailbox_does_not_look_as_if_all_had_come_today() {
    let (folder, mut maildir) = mailbox();
    let path = folder.path().join("cur/1764750000.M1P1.host:2,S");
    fs::write(&path, MAIL).unwrap();
    assert_eq!(received(&mut maildir, "1764750000.M1P1.host").timestamp(), 1_764_750_000);
    // An older file keeps its time, whatever its name says.
    let old = Utc.with_ymd_and_hms(2020, 1, 1, 0, 0, 0).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(old.into()).unwrap();
    assert_eq!(received(&mut maildir, "1764750000.M1P1.host"), old);
    // A name without a time leaves the file's.
    fs::write(folder.path().join("cur/12.x:2,S"), MAIL).unwrap();
    assert!(received(&mut maildir, "12.x") > old);
}

#[test]
fn both_layouts_and_several_languages_are_found() {
    for (sent, drafts) in [
        (".Sent", ".Drafts"),
        ("Sent", "Drafts"),
        (".Posta inviata", ".Bozze"),
        (".&AMk-l&AOk-ments envoy&AOk-s", ".Brouillons"),
        (".INBOX.Sent", ".INBOX.Drafts"),
        ("Gesendete Elemente", "Entwürfe"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for name in ["", sent, drafts] {
            make(folder.path(), name);
        }
        let mut maildir = Maildir::open(folder.path(), FolderNames::default()).unwrap();
        let root = folder.path().canonicalize().unwrap();
        assert_eq!(maildir.folder_path(Folder::Sent).unwrap(), Some(root.join(sent)), "{sent}");
        let id = done(maildir.append(Folder::Sent, MAIL));
        assert_eq!(names_in(&folder.path().join(sent).join("cur")), vec![format!("{}:2,S", id.0)]);
        let id = done(maildir.append(Folder::Drafts, DRAFT));
        assert_eq!(names_in(&folder.path().join(drafts).join("cur")), vec![format!("{}:2,DS", id.0)]);
        assert_eq!(got(&mut maildir, Folder::Drafts, &id), DRAFT);
    }
}

#[test]
fn inbox_may_lie_in_a_folder_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["INBOX", "Sent"] {
        make(folder.path(), name);
    }
    let mut maildir = Maildir::open(folder.path(), FolderNames::default()).unwrap();
    let id = maildir.deliver(Folder::Inbox, MAIL, day(3)).unwrap();
    assert!(folder.path().join("INBOX/new").join(&id.0).is_file());
    // A drafts folder that is missing is made in the layout that is there.
    done(maildir.append(Folder::Drafts, DRAFT));
    assert!(folder.path().join("Drafts/cur").is_dir());
}

#[test]
fn settings_come_first_and_their_mistakes_are_told() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["", ".Sent", ".Firma.Uscita", "Altro"] {
        make(folder.path(), name);
    }
    let with = |sent: &str| FolderNames { sent: Some(sent.into()), ..FolderNames::default() };
    let root = folder.path().canonicalize().unwrap();
    for (name, place) in [("Firma/Uscita", ".Firma.Uscita"), ("firma.uscita", ".Firma.Uscita"), ("Altro", "Altro")] {
        let maildir = Maildir::open(folder.path(), with(name)).unwrap();
        assert_eq!(maildir.folder_path(Folder::Sent).unwrap(), Some(root.join(place)), "{name}");
    }
    for name in ["../elsewhere", "/etc", "Nothing", "", "a\nb"] {
        let error = Maildir::open(folder.path(), with(name)).unwrap_err();
        assert!(error.remedy.is_some_and(|remedy| remedy.contains("sent")), "{name}");
    }
}

#[test]
fn two_possible_folders_are_asked_about_and_a_missing_one_is_not_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), "");
    let mut maildir = Maildir::open(folder.path(), FolderNames::default()).unwrap();
    assert!(maildir.enumerate(Folder::Sent).unwrap_err().remedy.unwrap().contains("[mailbox] sent"));
    assert_eq!(maildir.enumerate(Folder::Junk).unwrap().ids, vec![]);
    make(folder.path(), ".Sent");
    assert_eq!(maildir.enumerate(Folder::Sent).unwrap().coverage, Coverage::Whole);
    make(folder.path(), ".Posta inviata");
    let error = Maildir::open(folder.path(), FolderNames::default()).unwrap_err();
    assert!(error.message.contains("\"Posta inviata\", \"Sent\""), "{}", error.message);
}

#[test]
fn what_is_no_mailbox_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Maildir::open(folder.path(), FolderNames::default()).unwrap_err().message.contains("not a Maildir"));
    let missing = Maildir::open(&folder.path().join("missing"), FolderNames::default()).unwrap_err();
    assert!(missing.remedy.is_some());
    // A disk that is unmounted later is an error, never an empty list.
    let (folder, mut maildir) = mailbox();
    maildir.deliver(Folder::Inbox, MAIL, day(2)).unwrap();
    for part in ["cur", "new", "tmp"] {
        fs::remove_dir_all(folder.path().join(part)).unwrap();
    }
    assert!(maildir.enumerate(Folder::Inbox).is_err());
}

#[test]
fn only_our_own_drafts_are_replaced_or_removed() {
    let (folder, mut maildir) = mailbox();
    let cur = folder.path().join(".Drafts/cur");
    let foreign: &[u8] = b"Subject: mine\n\nX-Sollecito-Ref: quoted in the text\n";
    fs::write(cur.join("1764750000.a:2,D"), foreign).unwrap();
    let theirs = ItemId("1764750000.a".into());
    assert!(maildir.remove(Folder::Drafts, &theirs).is_err());
    assert!(matches!(maildir.replace(Folder::Drafts, &theirs, DRAFT), Appended::Failed(_)));
    assert_eq!(fs::read(cur.join("1764750000.a:2,D")).unwrap(), foreign);
    assert_eq!(names_in(&cur).len(), 1);

    let ours = done(maildir.append(Folder::Drafts, DRAFT));
    let second = done(maildir.replace(Folder::Drafts, &ours, b"x-sollecito-ref: abc\r\n\r\nother\r\n"));
    assert_ne!(ours, second);
    assert_eq!(maildir.fetch(Folder::Drafts, &ours, 10).unwrap(), Fetched::Vanished);
    // The owner flagged it meanwhile: still the same draft.
    fs::rename(cur.join(format!("{}:2,DS", second.0)), cur.join(format!("{}:2,DFS", second.0))).unwrap();
    assert!(maildir.remove(Folder::Drafts, &second).unwrap());
    assert!(!maildir.remove(Folder::Drafts, &second).unwrap());
    assert!(matches!(maildir.replace(Folder::Drafts, &second, DRAFT), Appended::Failed(_)));

    // Not even our own mail is touched elsewhere.
    let sent = done(maildir.append(Folder::Sent, DRAFT));
    assert!(maildir.remove(Folder::Sent, &sent).is_err());
    assert!(matches!(maildir.append(Folder::Junk, DRAFT), Appended::Failed(_)));
}

#[test]
fn names_from_content_make_a_repeated_append_the_same_one() {
    let (folder, maildir) = mailbox();
    let mut maildir = maildir.with_naming(Naming::FromContent);
    let first = done(maildir.append(Folder::Sent, MAIL));
    assert_eq!(done(maildir.append(Folder::Sent, MAIL)), first);
    assert_eq!(names_in(&folder.path().join(".Sent/cur")).len(), 1);
    let draft = done(maildir.append(Folder::Drafts, DRAFT));
    assert_eq!(done(maildir.replace(Folder::Drafts, &draft, DRAFT)), draft);
    assert_eq!(got(&mut maildir, Folder::Drafts, &draft), DRAFT);
}

#[test]
fn an_append_that_cannot_be_done_failed_for_certain_and_leaves_nothing() {
    let (folder, mut maildir) = mailbox();
    let tmp = folder.path().join(".Sent/tmp");
    fs::remove_dir(&tmp).unwrap();
    fs::write(&tmp, "in the way").unwrap();
    match maildir.append(Folder::Sent, MAIL) {
        Appended::Failed(reason) => assert!(reason.starts_with("Cannot write to"), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert!(names_in(&folder.path().join(".Sent/cur")).is_empty());
    // Without any tmp, as an archive unpacks it, one is made.
    fs::remove_file(&tmp).unwrap();
    let id = done(maildir.append(Folder::Sent, MAIL));
    assert_eq!(got(&mut maildir, Folder::Sent, &id), MAIL);
    assert!(names_in(&tmp).is_empty());
}

#[test]
fn waiting_ends_early_when_mail_comes_and_in_time_when_none_does() {
    let (_folder, mut maildir) = mailbox();
    maildir.enumerate(Folder::Inbox).unwrap();
    let start = Instant::now();
    maildir.wait(Duration::from_millis(50));
    assert!(start.elapsed() >= Duration::from_millis(50));
    // What came between the last listing and the wait counts.
    std::thread::sleep(Duration::from_millis(20));
    maildir.deliver(Folder::Inbox, MAIL, day(2)).unwrap();
    let start = Instant::now();
    maildir.wait(Duration::from_secs(60));
    assert!(start.elapsed() < Duration::from_secs(5));
}
