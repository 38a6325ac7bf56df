//! A firm whose mailbox is on an IMAP server and whose mail leaves by SMTP: both scripted, both in this process, so that
//! the program can die and the world stays.

use crate::bench::Firm;
use crate::testmail::imap::{ImapServer, Personality, Post};
use crate::testmail::{Plan, Server};
use std::fs;

/// A firm, its mailbox on a server, and its way out.
pub struct Remote {
    pub firm: Firm,
    pub imap: ImapServer,
    pub smtp: Server,
    /// What had left before this copy of the world was made.
    left_before: Vec<Vec<u8>>,
    sections: [String; 2],
}

impl Remote {
    /// With these `[modes]` and further lines for `[limits]`.
    pub fn new(modes: &str, limits: &str) -> Self {
        Self::at(Personality::plain(), modes, limits)
    }

    pub fn at(personality: Personality, modes: &str, limits: &str) -> Self {
        let firm = Firm::new(modes, limits);
        fs::remove_dir_all(firm.maildir()).expect("the Maildir goes");
        let remote = Self {
            firm,
            imap: ImapServer::of(personality),
            smtp: Server::start(vec![Plan::default()]),
            left_before: Vec::new(),
            sections: [modes.to_owned(), limits.to_owned()],
        };
        remote.write_settings();
        remote
    }

    fn write_settings(&self) {
        let [modes, limits] = &self.sections;
        self.firm.change_settings(modes, limits, "");
        let file = self.firm.folder.join("sollecito.toml");
        let text = fs::read_to_string(&file).expect("settings");
        let mailbox = format!(
            "kind = \"imap\"\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n\
             password_file = \"password.txt\"",
            self.imap.address.port()
        );
        let sending =
            format!("transport = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"", self.smtp.address.port());
        let text = text
            .replace("path = \"Maildir\"", &mailbox)
            .replace("transport = \"folder\"\npath = \"outgoing\"", &sending);
        fs::write(&file, text).expect("settings");
        let password = self.firm.folder.join("password.txt");
        fs::write(&password, "geheim\n").expect("a password");
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(&password, private).expect("private");
        self.imap.set_password("geheim");
    }

    /// The whole world once more, as it stands now: folder, mailbox, and what had left.
    pub fn copy(&self) -> Self {
        let imap = ImapServer::plain();
        let post: Post = self.imap.post(|post| post.clone());
        imap.post(|copy| *copy = post);
        let remote = Self {
            firm: self.firm.copy(),
            imap,
            smtp: Server::start(vec![Plan::default()]),
            left_before: self.left(),
            sections: self.sections.clone(),
        };
        remote.write_settings();
        remote
    }

    /// Every mail that a server took, oldest first.
    pub fn left(&self) -> Vec<Vec<u8>> {
        let mut left = self.left_before.clone();
        left.extend(self.smtp.bodies());
        left
    }

    /// The mails of a folder, by its name on the wire.
    pub fn lying(&self, wire: &str) -> Vec<String> {
        self.imap.post(|post| {
            let mails = post.folder(wire).mails.iter();
            mails.map(|mail| String::from_utf8_lossy(&mail.bytes).into_owned()).collect()
        })
    }
}
