//! A whole session, cut after every byte that the server says or hears: never a wrong conclusion, and all is well after.
//!
//! A sample by default, its seed shown and taken from `SOLLECITO_SEED`; all cuts with `SOLLECITO_FULL=1`.

use crate::case::{LIMIT, QUICK, id, mail, numbers, own, settings};
use crate::testmail::certificates::Certificate;
use crate::testmail::imap::{Counts, CutPlan, Ending, ImapServer, Personality, Protection, Side};
use sollecito::mailbox::imap::{ImapMailbox, Timeouts};
use sollecito::mailbox::{Appended, Coverage, Fetched, Folder, ItemId, Mailbox};
use sollecito::network::Security;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What kind of session it is.
#[derive(Clone, Copy)]
enum Kind {
    Plain,
    /// Encrypted: a polite end and a rude one differ.
    Tls,
    /// A server that does not say under which number it put a mail.
    WithoutUidPlus,
}

fn account(kind: Kind) -> ImapServer {
    let server = match kind {
        Kind::Plain => ImapServer::plain(),
        Kind::Tls => ImapServer::start(Personality::plain(), Protection::Tls, Certificate::Good),
        Kind::WithoutUidPlus => {
            let mut who = Personality::plain();
            who.uid_plus = false;
            who.after_login = "IMAP4rev1 IDLE UNSELECT SPECIAL-USE";
            ImapServer::of(who)
        }
    };
    for number in 1..=3 {
        server.deliver("INBOX", &mail(number));
    }
    server.deliver("Drafts", b"Subject: mio\r\n\r\nnon toccare\r\n");
    server
}

/// Fast, so that a cut costs little: what is tried again waits a hundredth of a second.
fn timeouts() -> Timeouts {
    Timeouts {
        connect: Duration::from_millis(1500),
        silence: Duration::from_millis(700),
        idle: Duration::from_millis(150),
        ..QUICK
    }
}

/// One run of the session, with what each step may conclude.
struct Session<'a> {
    server: &'a ImapServer,
    mailbox: ImapMailbox,
    what: &'a str,
}

impl Session<'_> {
    /// Asks until it is answered: after the one cut everything has to work again.
    fn answered<T, E: Debug>(&mut self, step: &str, mut ask: impl FnMut(&mut ImapMailbox) -> Result<T, E>) -> T {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            match ask(&mut self.mailbox) {
                Ok(answer) => return answer,
                Err(error) => assert!(Instant::now() < end, "{} {step}: {error:?}", self.what),
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn run(&mut self) {
        let what = self.what;
        let probe = self.answered("probe", ImapMailbox::probe);
        let roles: BTreeSet<Folder> = probe.folders.iter().filter_map(|folder| folder.role).collect();
        assert_eq!(roles.len(), 4, "{what}: a list is whole");

        let listing = self.answered("enumerate", |mailbox| mailbox.enumerate(Folder::Inbox));
        assert_eq!((listing.coverage, numbers(&listing.ids)), (Coverage::Whole, vec![1, 2, 3]), "{what}");
        let heads = self.answered("heads", |mailbox| mailbox.heads(Folder::Inbox, &listing.ids));
        assert_eq!(heads.len(), 3, "{what}: they are all there, and nothing of them is unreadable");
        for (number, head) in (1..).zip(&heads) {
            assert!(mail(number).starts_with(&head.bytes) && head.bytes.ends_with(b"\r\n\r\n"), "{what}");
        }
        self.mailbox.expect(Folder::Inbox, &listing.ids, LIMIT);
        for number in 1..=3 {
            let fetched = self.answered("fetch", |mailbox| match mailbox.fetch(Folder::Inbox, &id(number), LIMIT) {
                Ok(Fetched::Retry(reason)) => Err(reason),
                other => other.map_err(|problem| problem.message),
            });
            match fetched {
                Fetched::Got(got) => assert!(got.bytes == mail(number) && !got.truncated, "{what}: {number}"),
                other => panic!("{what}: {number} is there: {other:?}"),
            }
        }
        self.append(Folder::Sent, "Sent", "s1");
        let drafts = self.answered("enumerate drafts", |mailbox| mailbox.enumerate(Folder::Drafts));
        assert_eq!((drafts.coverage, numbers(&drafts.ids)), (Coverage::Whole, vec![1]), "{what}");
        let draft = self.append(Folder::Drafts, "Drafts", "d1");
        let removed = self.answered("remove", |mailbox| mailbox.remove(Folder::Drafts, &draft));
        assert!(removed || self.server.cut_was_made(), "{what}");
        assert_eq!(self.shown("Drafts", "d1"), 0, "{what}: what is said to be gone is gone");
        let drafts = self.answered("enumerate drafts", |mailbox| mailbox.enumerate(Folder::Drafts));
        assert_eq!((drafts.coverage, numbers(&drafts.ids)), (Coverage::Whole, vec![1]), "{what}");

        self.server.deliver("INBOX", &mail(4));
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            self.mailbox.wait(Duration::from_millis(300));
            let listing = self.answered("enumerate again", |mailbox| mailbox.enumerate(Folder::Inbox));
            if listing.ids.contains(&id(4)) {
                break;
            }
            assert!(Instant::now() < end, "{what}: the new mail is not found");
        }
    }

    /// How many mails with this mark a reader of the folder would see.
    fn shown(&self, wire: &str, reference: &str) -> usize {
        let mark = format!("X-Sollecito-Ref: {reference}\r\n");
        let snapshot = self.server.snapshot();
        let ours = snapshot[wire].mails.iter().filter(|mail| String::from_utf8_lossy(&mail.bytes).contains(&mark));
        ours.filter(|mail| !mail.flags.contains("\\Deleted")).count()
    }

    /// Adds a mail of ours as the agent does it: what failed is tried again, what is unknown is looked for first.
    fn append(&mut self, folder: Folder, wire: &str, reference: &str) -> ItemId {
        let what = self.what;
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let appended = self.mailbox.append(folder, &own(reference));
            let lying = self.shown(wire, reference);
            match appended {
                Appended::Done(done) => {
                    assert_eq!(lying, 1, "{what}: what is done lies there once");
                    let snapshot = self.server.snapshot();
                    let mails = &snapshot[wire].mails;
                    let found = mails.iter().find(|mail| id(mail.uid) == done).expect("the one that was named");
                    assert!(*found.bytes == own(reference), "{what}: byte for byte");
                    return done;
                }
                Appended::Failed(reason) => {
                    assert_eq!(lying, 0, "{what}: what failed does not lie there: {reason}");
                    assert!(Instant::now() < end, "{what}: {reason}");
                }
                Appended::Unknown(_) => {
                    assert!(lying <= 1, "{what}: never twice");
                    let wanted = own(reference);
                    let ids = self.answered("look", |mailbox| mailbox.enumerate(folder)).ids;
                    for id in ids {
                        let fetched = self.answered("look", |mailbox| mailbox.fetch(folder, &id, LIMIT));
                        if matches!(fetched, Fetched::Got(got) if got.bytes == wanted) {
                            assert_eq!(self.shown(wire, reference), 1, "{what}");
                            return id;
                        }
                    }
                }
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// One run, cut or not; gives back how many bytes were said and heard.
fn play(kind: Kind, cut: Option<CutPlan>) -> Counts {
    let server = account(kind);
    let before = server.snapshot();
    let what = format!("{cut:?}");
    if let Some(cut) = cut {
        server.cut(cut);
    }
    let mut settings = settings(&server, timeouts());
    if matches!(kind, Kind::Tls) {
        settings.host = "localhost".to_owned();
        settings.security = Security::Tls;
        settings.ca_file = Some(server.authority());
    }
    let mailbox = ImapMailbox::new(settings);
    let mut session = Session { server: &server, mailbox, what: &what };
    session.run();
    drop(session);
    assert!(cut.is_none() || server.cut_was_made() || cut.is_some_and(|cut| near_the_end(cut, &server)), "{what}");
    let after = server.snapshot();
    for (wire, picture) in &before {
        for mail in &picture.mails {
            let now = after[wire].mail(mail.uid).expect("nothing of the owner's goes");
            assert_eq!((&now.flags, &now.bytes), (&mail.flags, &mail.bytes), "{what} {wire}");
        }
    }
    assert_eq!(after["Sent"].mails.len(), 1, "{what}");
    assert!(server.counts().most <= 2, "{what}: {:?}", server.counts());
    server.counts()
}

/// The last bytes of a session come in another number each time: how often the server was asked while it was waited.
fn near_the_end(cut: CutPlan, server: &ImapServer) -> bool {
    let counts = server.counts();
    cut.bytes > if cut.side == Side::Said { counts.said } else { counts.heard }
}

impl crate::testmail::imap::FolderPicture {
    fn mail(&self, uid: u32) -> Option<&crate::testmail::imap::Mail> {
        self.mails.iter().find(|mail| mail.uid == uid)
    }
}

/// SplitMix64.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn plans(counts: &Counts, sample: usize) -> Vec<CutPlan> {
    let endings = [Ending::Polite, Ending::Reset, Ending::Rude];
    let mut all = Vec::new();
    for (side, most) in [(Side::Said, counts.said), (Side::Heard, counts.heard)] {
        all.extend((1..=most).map(|bytes| CutPlan { side, bytes, ending: endings[bytes % 3] }));
    }
    if std::env::var_os("SOLLECITO_FULL").is_some_and(|full| full == "1") {
        return all;
    }
    let given = std::env::var("SOLLECITO_SEED").ok().and_then(|seed| seed.parse().ok());
    let mut seed: u64 = given.unwrap_or(20_261_126);
    println!("SOLLECITO_SEED={seed}: {sample} of {} cuts", all.len());
    // One from each stretch, so that no part of the session is left out.
    let stretch = all.len() / sample + 1;
    all.chunks(stretch).map(|some| some[usize::try_from(next(&mut seed)).unwrap_or(0) % some.len()]).collect()
}

/// Plays all cuts of a session, or a sample of them.
fn cut_everywhere(kind: Kind, sample: usize) {
    let plans = plans(&play(kind, None), sample);
    let done = AtomicUsize::new(0);
    let begun = Instant::now();
    // Mostly waiting: more of them than processors.
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(plan) = plans.get(done.fetch_add(1, Ordering::Relaxed)) {
                    play(kind, Some(*plan));
                }
            });
        }
    });
    println!("{} cuts in {:?}", plans.len(), begun.elapsed());
}

#[test]
fn a_session_that_is_not_cut_goes_well() {
    for kind in [Kind::Plain, Kind::Tls, Kind::WithoutUidPlus] {
        let counts = play(kind, None);
        assert!(counts.said > 4000 && counts.heard > 1000, "{counts:?}");
    }
}

#[test]
fn a_session_cut_after_any_byte_leads_to_no_wrong_conclusion_and_goes_on() {
    cut_everywhere(Kind::Plain, 1000);
}

#[test]
fn an_encrypted_session_cut_after_any_byte() {
    cut_everywhere(Kind::Tls, 300);
}

#[test]
fn a_session_without_uidplus_cut_after_any_byte() {
    cut_everywhere(Kind::WithoutUidPlus, 500);
}
