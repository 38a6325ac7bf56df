//! Each wrong host, port, protection, certificate, password, user and folder gets a sentence that says what to change.

use crate::firm::{Firm, MARTA, PASSWORD};
use crate::servers::{Flaw, present};
use std::fs;
use std::os::unix::fs::PermissionsExt;

const OBSERVING: &str = "reminder = \"observe\"\n";

/// What the owner is told by `check --live`, and by `once` where the mailbox is concerned; then all is right again.
fn told(firm: &Firm, what: &str, sentences: &[&str]) {
    let live = firm.run(None, &["check", "--live"]);
    for sentence in sentences {
        assert!(live.all().contains(sentence), "{what}: «{sentence}» is not in: {}", live.all());
    }
    assert_eq!(live.code, Some(6), "{what}");
    assert!(!live.all().contains(PASSWORD), "{what}");
}

fn told_by_once(firm: &Firm, what: &str, sentences: &[&str]) {
    told(firm, what, sentences);
    let once = firm.run(None, &["once"]);
    for sentence in sentences {
        // `check` ends a finding with a full stop, a failure does without.
        let sentence = sentence.trim_end_matches('.');
        assert!(once.all().contains(sentence), "{what}: «{sentence}» is not in: {}", once.all());
    }
    assert_eq!(once.code, Some(6), "{what}");
}

/// The settings of a firm, changed in one place and made right again.
struct Changes<'a> {
    firm: &'a Firm,
    right: String,
}

impl<'a> Changes<'a> {
    fn of(firm: &'a Firm) -> Self {
        let right = fs::read_to_string(firm.folder.join("sollecito.toml")).expect("settings");
        Self { firm, right }
    }

    fn with(&self, old: &str, new: &str) -> &'a Firm {
        fs::write(self.firm.folder.join("sollecito.toml"), &self.right).expect("settings");
        self.firm.edit(old, new);
        self.firm
    }
}

/// The lines of a section that say how its server is reached.
fn way(section: &str, host: &str, port: u16, tls: &str) -> String {
    let first = if section == "mailbox" { "kind = \"imap\"" } else { "transport = \"smtp\"" };
    format!("[{section}]\n{first}\nhost = \"{host}\"\nport = {port}\ntls = \"{tls}\"\n")
}

#[test]
fn a_wrong_mailbox_says_what_to_change() {
    if !present() {
        return;
    }
    let firm = Firm::new(OBSERVING);
    let changes = Changes::of(&firm);
    let (imap, imaps) = (firm.dovecot.imap_port, firm.dovecot.imaps_port);
    let (submission, submissions) = (firm.postfix.submission_port, firm.postfix.submissions_port);
    let right = way("mailbox", "localhost", imaps, "implicit");
    let mailbox = |host: &str, port: u16, tls: &str| changes.with(&right, &way("mailbox", host, port, tls));

    told_by_once(
        mailbox("imap.nowhere.invalid", imaps, "implicit"),
        "host",
        &["Cannot find the server imap.nowhere.invalid", "Look whether its name in the settings is right"],
    );
    told_by_once(
        mailbox("localhost", 9, "implicit"),
        "port",
        &["Cannot reach localhost on port 9: nothing listens there", "Check host and port in the settings"],
    );
    told_by_once(
        mailbox("localhost", imap, "implicit"),
        "TLS too early",
        &[&format!("localhost on port {imap} does not begin with TLS."), "set tls = \"starttls\""],
    );
    for (port, tls) in [(submissions, "implicit"), (submission, "starttls")] {
        told_by_once(
            mailbox("localhost", port, tls),
            "another kind of server",
            &["the server does not speak IMAP but SMTP", "Name the IMAP server and its port"],
        );
    }
    told_by_once(
        changes.with("authserv_ids", "sent = \"Inviata\"\nauthserv_ids"),
        "folder",
        &["\"Inviata\"", "\"Archivio\", \"Drafts\", \"INBOX\", \"Junk\", \"Sent\""],
    );
    let refused = ["localhost refused the login", "Check user and password. Many providers want an app password"];
    told_by_once(changes.with(&right, &format!("{right}user = \"nessuno@studioferri.example\"\n")), "user", &refused);
    fs::write(firm.folder.join("sollecito.toml"), &changes.right).expect("settings");
    firm.write_password("wrong");
    told_by_once(&firm, "password", &refused);
    firm.write_password(PASSWORD);
    assert_eq!(firm.run(None, &["check", "--live"]).code, Some(0), "all is right again");
    // The same by STARTTLS, which is right at its own port.
    assert_eq!(mailbox("localhost", imap, "starttls").run(None, &["check", "--live"]).code, Some(0));
}

/// Here the server waits for us and we for it; the patience of a look is spent before it is said.
#[test]
fn a_server_that_waits_for_tls_says_what_to_change() {
    if !present() {
        return;
    }
    let firm = Firm::new(OBSERVING);
    let imaps = firm.dovecot.imaps_port;
    let late = way("mailbox", "localhost", imaps, "starttls");
    firm.edit(&way("mailbox", "localhost", imaps, "implicit"), &late);
    told(
        &firm,
        "TLS too late",
        &[
            &format!("localhost on port {imaps} said nothing where its greeting was due."),
            "speaks TLS from the first byte (993 does), set tls = \"implicit\"",
        ],
    );
}

#[test]
fn a_certificate_that_cannot_be_trusted_says_what_to_do() {
    if !present() {
        return;
    }
    let mut firm = Firm::new(OBSERVING);
    let changes = Changes::of(&firm);
    let stranger = [
        "The certificate of localhost comes from an authority that is not trusted here.",
        "name the certificate of its authority: [mailbox] ca_file = \"ca.pem\"",
    ];
    told_by_once(changes.with("password.txt\"\nca_file = \"ca.pem\"", "password.txt\""), "system roots", &stranger);
    let right = changes.right;
    fs::write(firm.folder.join("sollecito.toml"), right).expect("settings");
    firm.dovecot.show_certificate(Flaw::Expired);
    told_by_once(
        &firm,
        "expired",
        &["The certificate of localhost has expired.", "Tell whoever runs the server", "clock of this machine"],
    );
    firm.dovecot.show_certificate(Flaw::OtherName);
    told_by_once(
        &firm,
        "another name",
        &["The certificate of localhost is made out to another name.", "Write the server's name as its provider gives"],
    );
    firm.dovecot.show_a_strangers_certificate();
    told_by_once(&firm, "unknown authority", &stranger);
    firm.dovecot.show_certificate(Flaw::None);
    assert_eq!(firm.run(None, &["check", "--live"]).code, Some(0), "all is right again");
}

#[test]
fn a_wrong_way_out_says_what_to_change() {
    if !present() {
        return;
    }
    let firm = Firm::new(OBSERVING);
    let changes = Changes::of(&firm);
    let (submission, submissions) = (firm.postfix.submission_port, firm.postfix.submissions_port);
    let right = way("sending", "localhost", submissions, "implicit");
    let sending = |host: &str, port: u16, tls: &str| changes.with(&right, &way("sending", host, port, tls));
    let check = "Check `host`, `port` and `tls` in [sending]";
    told(
        sending("smtp.nowhere.invalid", submissions, "implicit"),
        "host",
        &["Cannot find the server smtp.nowhere.invalid", check],
    );
    told(sending("localhost", 9, "implicit"), "port", &["Cannot reach localhost at port 9", check]);
    told(
        sending("localhost", submission, "implicit"),
        "TLS too early",
        &["does not begin with TLS", "set tls =", "\"starttls\""],
    );
    told(
        sending("localhost", firm.dovecot.imaps_port, "implicit"),
        "another kind of server",
        &["does not speak SMTP but another language of mail", "Correct host and port"],
    );
    told(
        changes.with("ca_file = \"ca.pem\"\nsent_copy", "sent_copy"),
        "system roots",
        &["comes from an authority that is not trusted here", "[sending] ca_file"],
    );
    fs::write(firm.folder.join("other.txt"), "wrong\n").expect("a password");
    fs::set_permissions(firm.folder.join("other.txt"), fs::Permissions::from_mode(0o600)).expect("a mode");
    told(
        changes.with("sent_copy", &format!("user = \"{MARTA}\"\npassword_file = \"other.txt\"\nsent_copy")),
        "password",
        &[&format!("The server refuses the login of {MARTA}"), "Check the user and the password"],
    );
    // The same by STARTTLS, which is right at its own port.
    let starttls = sending("localhost", submission, "starttls");
    assert_eq!(starttls.run(None, &["check", "--live"]).code, Some(0));
}
