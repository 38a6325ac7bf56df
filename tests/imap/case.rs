//! A server with some mail in it, a mailbox that speaks to it, and what has to hold at the end.

use crate::testmail::imap::{FolderPicture, Idle, ImapServer, Mail, Personality};
use sollecito::mailbox::imap::{ImapMailbox, ImapSettings, Timeouts, Watch};
use sollecito::mailbox::{Coverage, Fetched, Folder, FolderNames, ItemId, Listing, Mailbox, MailboxError};
use sollecito::network::{KnownSecret, Login, LoginMethod, Secret, Security};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub const LIMIT: usize = 64 * 1024;

/// Long enough that a slow machine does not fail a test in which nothing stalls.
pub const PATIENT: Timeouts = Timeouts {
    connect: Duration::from_secs(3),
    silence: Duration::from_secs(2),
    done: Duration::from_secs(1),
    idle: Duration::from_secs(5),
    poll: Duration::from_secs(1),
};

/// For tests in which something stalls, or in which connections are made again and again.
pub const QUICK: Timeouts = Timeouts {
    connect: Duration::from_millis(450),
    silence: Duration::from_millis(200),
    done: Duration::from_millis(200),
    idle: Duration::from_millis(250),
    poll: Duration::from_millis(150),
};

pub fn settings(server: &ImapServer, timeouts: Timeouts) -> ImapSettings {
    ImapSettings {
        host: "127.0.0.1".to_owned(),
        port: server.address.port(),
        security: Security::PlainLoopback,
        login: login("segreto", LoginMethod::Password),
        ca_file: None,
        names: FolderNames::default(),
        watch: Watch::Idle,
        max_mail_bytes: LIMIT,
        timeouts,
    }
}

pub fn login(secret: &str, method: LoginMethod) -> Login {
    Login {
        user: "marta@studioferri.example".to_owned(),
        method,
        source: Arc::new(KnownSecret(Secret::new(secret.to_owned()))),
    }
}

/// Mail number n, with bytes that a careless reader would change.
pub fn mail(number: u32) -> Vec<u8> {
    let mut bytes = format!(
        "Message-ID: <{number}@cliente.example>\r\nSubject: Re: fattura {number} =?utf-8?q?gi=C3=A0?= pagata\r\n\
         From: Lucia <lucia@cliente.example>\r\nX-Empty:\r\n\r\n \r\n* {number} FETCH (UID 9999)\r\n"
    )
    .into_bytes();
    bytes.extend((0x80..=0xff).chain(1..10));
    bytes.extend_from_slice(b"\r\n.\r\nS0001 OK done {3}\r\n");
    bytes
}

/// A mail of ours.
pub fn own(reference: &str) -> Vec<u8> {
    format!(
        "Message-ID: <{reference}@studioferri.example>\r\nX-Sollecito-Ref: {reference}\r\nSubject: Promemoria\r\n\r\nBuongiorno\r\n"
    )
    .into_bytes()
}

pub struct Case {
    pub server: ImapServer,
    pub mailbox: ImapMailbox,
    before: BTreeMap<String, FolderPicture>,
}

impl Case {
    /// Three mails in INBOX, one of them read and flagged, one in Sent.
    pub fn plain(timeouts: Timeouts) -> Self {
        Self::of(Personality::plain(), timeouts)
    }

    pub fn of(personality: Personality, timeouts: Timeouts) -> Self {
        let server = ImapServer::of(personality);
        for number in 1..=3 {
            server.deliver("INBOX", &mail(number));
        }
        server.post(|post| {
            post.flag("INBOX", 2, "\\Seen", true);
            post.flag("INBOX", 2, "$Importante", true);
        });
        Self::with(server, timeouts)
    }

    /// A server as it is.
    pub fn with(server: ImapServer, timeouts: Timeouts) -> Self {
        let mailbox = ImapMailbox::new(settings(&server, timeouts));
        let before = server.snapshot();
        Self { server, mailbox, before }
    }

    /// With other settings.
    pub fn set(mut self, change: impl FnOnce(&mut ImapSettings)) -> Self {
        let mut settings = settings(&self.server, PATIENT);
        change(&mut settings);
        self.mailbox = ImapMailbox::new(settings);
        self
    }

    /// Changes the account as another program does it; that is not held against the mailbox.
    pub fn meanwhile<T>(&mut self, change: impl FnOnce(&ImapServer) -> T) {
        let _ = change(&self.server);
        self.before = self.server.snapshot();
    }

    /// These mails arrive.
    pub fn arrive(&mut self, mails: std::ops::RangeInclusive<u32>) {
        for number in mails {
            self.meanwhile(|server| server.deliver("INBOX", &mail(number)));
        }
    }

    pub fn inbox(&mut self) -> Result<Listing, MailboxError> {
        self.mailbox.enumerate(Folder::Inbox)
    }

    /// The mails of a folder, in the order of its listing.
    pub fn lying(&self, wire: &str) -> Vec<Mail> {
        self.server.post(|post| post.folder(wire).mails.clone())
    }

    /// A listing that says it is whole holds all there is.
    pub fn is_all(&self, listing: &Listing, wire: &str) {
        assert_eq!(listing.coverage, Coverage::Whole);
        self.holds_all(listing, wire);
    }

    pub fn holds_all(&self, listing: &Listing, wire: &str) {
        assert_eq!(numbers(&listing.ids), self.server.post(|post| post.folder(wire).uids()));
    }

    /// Lists INBOX, and reads heads and mails: all there, all exact.
    pub fn reads_all(&mut self) {
        let listing = self.inbox().unwrap();
        self.is_all(&listing, "INBOX");
        self.reads(Folder::Inbox, "INBOX", &listing.ids);
    }

    /// Reads these items: heads and mails are exactly what lies there.
    pub fn reads(&mut self, folder: Folder, wire: &str, ids: &[ItemId]) {
        let lying: BTreeMap<u32, Mail> = self.lying(wire).into_iter().map(|mail| (mail.uid, mail)).collect();
        let heads = self.mailbox.heads(folder, ids).unwrap();
        assert_eq!(heads.iter().map(|head| head.id.clone()).collect::<Vec<_>>(), ids);
        for head in heads {
            let bytes = &lying[&number(&head.id)].bytes;
            let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
            assert_eq!(head.bytes, &bytes[..end]);
        }
        self.mailbox.expect(folder, ids, LIMIT);
        for id in ids {
            let got = got(self.mailbox.fetch(folder, id, LIMIT).unwrap());
            let mail = &lying[&number(id)];
            assert_eq!((&got.bytes, got.truncated), (&*mail.bytes, false), "{id:?}");
        }
    }

    /// At the end: only what may be said was said, and the account is bit for bit what it was.
    pub fn unchanged(&self) {
        let mut now = self.server.snapshot();
        let mut before = self.before.clone();
        // Opening a folder for writing takes `\Recent` away, and a draft of ours can be removed in no other way.
        for folder in [&mut now, &mut before] {
            let drafts = folder.iter_mut().filter(|(wire, _)| self.server.count(&format!("SELECT \"{wire}\"")) > 0);
            for (wire, picture) in drafts {
                assert!(self.is_drafts(wire), "{wire} was opened for writing");
                picture.mails.iter_mut().for_each(|mail| mail.recent = false);
            }
        }
        for (wire, picture) in &now {
            let was = &before[wire];
            assert_eq!((picture.validity, picture.next), (was.validity, was.next), "{wire}");
            let short = |mail: &Mail| format!("{} {:?} {} {}", mail.uid, mail.flags, mail.recent, mail.received);
            let [now, was] = [picture, was].map(|one| one.mails.iter().map(short).collect::<Vec<_>>());
            assert_eq!(now, was, "{wire}");
        }
        assert!(now == before, "the bytes of a mail changed");
        self.spoke_properly();
    }

    fn is_drafts(&self, wire: &str) -> bool {
        let marked = |attributes: &[String]| attributes.iter().any(|one| one == "\\Drafts");
        wire.ends_with("Drafts") || self.server.post(|post| marked(&post.folder(wire).attributes))
    }

    pub fn spoke_properly(&self) {
        assert_eq!(self.server.not_by_the_book(), Vec::<String>::new());
        for heard in self.server.heard() {
            for never in ["BODY[", "ENVELOPE", "BODYSTRUCTURE", "MODSEQ", "NAMESPACE", "ENABLE", "RETURN", "RFC822)"] {
                assert!(!heard.to_uppercase().contains(never), "{heard}");
            }
        }
        assert!(self.server.counts().most <= 2, "{:?}", self.server.counts());
    }
}

pub fn number(id: &ItemId) -> u32 {
    id.0.parse().unwrap()
}

pub fn numbers(ids: &[ItemId]) -> Vec<u32> {
    ids.iter().map(number).collect()
}

pub fn id(number: u32) -> ItemId {
    ItemId(format!("{number:010}"))
}

pub fn got(fetched: Fetched) -> sollecito::mailbox::RawMail {
    match fetched {
        Fetched::Got(mail) => mail,
        other => panic!("{other:?}"),
    }
}

/// Asks again until it works, ten seconds at most: the server is held off for a while after a failure.
pub fn eventually<T, E: std::fmt::Debug>(mut work: impl FnMut() -> Result<T, E>) -> T {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        match work() {
            Ok(done) => return done,
            Err(error) if Instant::now() > end => panic!("never worked: {error:?}"),
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// How long something took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}

/// A server that cannot tell news.
pub fn without_idle() -> Personality {
    let mut who = Personality::plain();
    who.idle = Idle::Refused;
    who.after_login = "IMAP4rev1 ID UIDPLUS UNSELECT SPECIAL-USE";
    who
}
