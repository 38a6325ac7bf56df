//! What lies in the account: folders and mails, shared by all connections and by the test.

use chrono::{DateTime, TimeZone, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One mail in one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub uid: u32,
    /// As the protocol writes them: `\Seen`, `$Forwarded`.
    pub flags: BTreeSet<String>,
    /// Nobody has opened the folder for writing since it came. The protocol's `\Recent`.
    pub recent: bool,
    pub received: DateTime<Utc>,
    pub bytes: Arc<Vec<u8>>,
    /// The same in every folder that shows this mail (labels).
    pub mark: u64,
}

/// One folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostFolder {
    /// As it travels: modified UTF-7.
    pub wire: String,
    /// What LIST says of it: `\Sent`, `\HasNoChildren`.
    pub attributes: Vec<String>,
    pub validity: u32,
    pub next: u32,
    /// In the order of their UIDs.
    pub mails: Vec<Mail>,
}

impl PostFolder {
    pub fn mail(&self, uid: u32) -> Option<&Mail> {
        self.mails.iter().find(|mail| mail.uid == uid)
    }

    pub fn selectable(&self) -> bool {
        !self.attributes.iter().any(|one| one == "\\Noselect" || one == "\\NonExistent")
    }

    pub fn uids(&self) -> Vec<u32> {
        self.mails.iter().map(|mail| mail.uid).collect()
    }

    fn add(&mut self, mut mail: Mail) -> u32 {
        mail.uid = self.next;
        self.next += 1;
        let uid = mail.uid;
        let at = self.mails.partition_point(|there| there.uid < uid);
        self.mails.insert(at, mail);
        uid
    }
}

/// A folder as it was at one moment: UIDVALIDITY, UIDNEXT, and each mail with its flags, bit for bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderPicture {
    pub validity: u32,
    pub next: u32,
    pub mails: Vec<Mail>,
}

/// The account.
#[derive(Debug, Clone, Default)]
pub struct Post {
    pub folders: Vec<PostFolder>,
    /// The folder that shows every mail, where there is one.
    pub everything: Option<String>,
    marks: u64,
    validities: u32,
}

impl Post {
    pub fn new(folders: &[(&str, &[&str])], everything: Option<&str>) -> Self {
        let mut post = Self { everything: everything.map(str::to_owned), validities: 1_700_000_000, ..Self::default() };
        for (wire, attributes) in folders {
            post.create(wire, attributes);
        }
        post
    }

    pub fn create(&mut self, wire: &str, attributes: &[&str]) {
        let validity = self.new_validity();
        let attributes = attributes.iter().map(|one| (*one).to_owned()).collect();
        self.folders.push(PostFolder { wire: wire.to_owned(), attributes, validity, next: 1, mails: Vec::new() });
    }

    fn new_validity(&mut self) -> u32 {
        self.validities += 1;
        self.validities
    }

    pub fn find(&self, wire: &str) -> Option<&PostFolder> {
        self.folders.iter().find(|folder| same_name(&folder.wire, wire))
    }

    pub fn find_mut(&mut self, wire: &str) -> Option<&mut PostFolder> {
        self.folders.iter_mut().find(|folder| same_name(&folder.wire, wire))
    }

    /// A folder that is there.
    pub fn folder(&mut self, wire: &str) -> &mut PostFolder {
        self.find_mut(wire).unwrap_or_else(|| panic!("no folder {wire}"))
    }

    /// Puts a mail into a folder; it is recent and unread.
    pub fn deliver(&mut self, wire: &str, bytes: &[u8]) -> u32 {
        self.deliver_at(wire, bytes, Utc.with_ymd_and_hms(2026, 11, 24, 9, 30, 0).unwrap())
    }

    pub fn deliver_at(&mut self, wire: &str, bytes: &[u8], received: DateTime<Utc>) -> u32 {
        self.put(wire, bytes, received, &[])
    }

    /// The same with flags, as APPEND does it.
    pub fn put(&mut self, wire: &str, bytes: &[u8], received: DateTime<Utc>, flags: &[String]) -> u32 {
        self.marks += 1;
        let mail = Mail {
            uid: 0,
            flags: flags.iter().cloned().collect(),
            recent: true,
            received,
            bytes: Arc::new(bytes.to_vec()),
            mark: self.marks,
        };
        if let Some(everything) = self.everything.clone().filter(|everything| !same_name(everything, wire)) {
            self.folder(&everything).add(mail.clone());
        }
        self.folder(wire).add(mail)
    }

    /// Takes a mail away, as another client or a rule on the server does it.
    pub fn expunge(&mut self, wire: &str, uid: u32) {
        let folder = self.folder(wire);
        assert!(folder.mail(uid).is_some(), "no mail {uid} in {wire}");
        folder.mails.retain(|mail| mail.uid != uid);
    }

    /// Moves a mail; it gets a new UID there.
    pub fn move_to(&mut self, from: &str, uid: u32, to: &str) -> u32 {
        let mail = self.folder(from).mail(uid).unwrap_or_else(|| panic!("no mail {uid} in {from}")).clone();
        self.expunge(from, uid);
        self.folder(to).add(mail)
    }

    /// Sets or clears a flag, as another client does it.
    pub fn flag(&mut self, wire: &str, uid: u32, flag: &str, on: bool) {
        let mail = self.folder(wire).mails.iter_mut().find(|mail| mail.uid == uid).expect("the mail");
        if on {
            mail.flags.insert(flag.to_owned());
        } else {
            mail.flags.remove(flag);
        }
    }

    /// All UIDs of the folder lose their meaning: the same mails under other UIDs, in the same order.
    pub fn change_validity(&mut self, wire: &str) {
        let validity = self.new_validity();
        let folder = self.folder(wire);
        folder.validity = validity;
        let mails = std::mem::take(&mut folder.mails);
        folder.next = 1;
        for mail in mails {
            folder.add(mail);
        }
    }

    /// Takes everything out of a folder.
    pub fn empty(&mut self, wire: &str) -> Vec<Mail> {
        std::mem::take(&mut self.folder(wire).mails)
    }

    /// Puts mails back, each under a new UID.
    pub fn refill(&mut self, wire: &str, mails: Vec<Mail>) {
        for mail in mails {
            self.folder(wire).add(mail);
        }
    }

    /// UIDNEXT goes down without a word: later mails get UIDs below those that were seen.
    pub fn lower_next(&mut self, wire: &str, next: u32) {
        self.folder(wire).next = next;
    }

    pub fn snapshot(&self) -> BTreeMap<String, FolderPicture> {
        let picture = |folder: &PostFolder| FolderPicture {
            validity: folder.validity,
            next: folder.next,
            mails: folder.mails.clone(),
        };
        self.folders.iter().map(|folder| (folder.wire.clone(), picture(folder))).collect()
    }
}

/// INBOX is written as one likes; other names are exact.
fn same_name(one: &str, other: &str) -> bool {
    one == other || (one.eq_ignore_ascii_case("INBOX") && other.eq_ignore_ascii_case("INBOX"))
}
