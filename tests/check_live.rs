//! `check --live` and the trial of `init`, through the program itself, against a Maildir and a scripted mail server.

// A test that cannot go on says so; helpers of tests are not `#[test]` functions themselves.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod testmail;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use testmail::{Plan, Server, say, tls_file};

const NOW: &str = "2026-10-07T10:00:00+02:00";

struct Firm {
    home: tempfile::TempDir,
}

impl Firm {
    /// A firm with a Maildir, and `[sending]` as given.
    fn with(sending: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path();
        for name in ["cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp", ".Drafts/cur", ".Drafts/new"] {
            fs::create_dir_all(folder.join("Maildir").join(name)).expect("a Maildir");
        }
        fs::create_dir_all(folder.join("Maildir/.Drafts/tmp")).expect("a Maildir");
        fs::write(folder.join("password.txt"), "s3gr3t0\n").expect("written");
        fs::set_permissions(folder.join("password.txt"), fs::Permissions::from_mode(0o600)).expect("a mode");
        let text = format!(
            "[firm]\nname = \"Studio Ferri\"\nperson = \"Marta Ferri\"\nphone = \"+39 02 1234567\"\n\
             address = \"marta@studioferri.example\"\n\n[owner]\nname = \"Marta Ferri\"\n\
             address = \"titolare@studioferri.example\"\n\n[mailbox]\npath = \"Maildir\"\n\n[sending]\n{sending}\n"
        );
        fs::write(folder.join("sollecito.toml"), text).expect("written");
        Self { home }
    }

    fn to_server(server: &Server, more: &str) -> Self {
        let port = server.address.port();
        Self::with(&format!("transport = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n{more}"))
    }

    fn folder(&self) -> PathBuf {
        self.home.path().to_path_buf()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        sollecito(&self.folder(), arguments)
    }

    fn live(&self) -> Output {
        self.run(&["check", "--live", "--now", NOW])
    }

    fn replace(&self, old: &str, new: &str) {
        let file = self.folder().join("sollecito.toml");
        let text = fs::read_to_string(&file).expect("the settings");
        assert!(text.contains(old), "{old} is not in the settings");
        fs::write(file, text.replace(old, new)).expect("written");
    }

    fn receive(&self, name: &str, head: &str) {
        let mail = format!("From: <cliente@baldini.example>\r\nSubject: x\r\n{head}\r\nBuongiorno\r\n");
        fs::write(self.folder().join("Maildir/cur").join(format!("{name}:2,S")), mail).expect("written");
    }
}

fn sollecito(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sollecito"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("the program runs")
}

/// Everything that was said, on one line, so that line breaks do not matter.
fn said(output: &Output) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn says(output: &Output, wanted: &str) {
    assert!(said(output).contains(wanted), "«{wanted}» is not in: {}", said(output));
}

const LOGIN: &str = "user = \"marta\"\npassword_file = \"password.txt\"\n";

#[test]
fn everything_in_order_is_said_and_nothing_is_sent() {
    let server = Server::start(vec![Plan::default()]);
    let firm = Firm::to_server(&server, LOGIN);
    for number in 0..60 {
        // The ten oldest bear another server's word; only the newest fifty are looked at.
        let id = if number < 10 { "mx.old.example" } else { "MX.provider.example" };
        firm.receive(
            &format!("{}.m{number}.test", 1_700_000_000 + number),
            &format!("Authentication-Results: {id}; spf=pass\r\n"),
        );
    }
    let before = server.heard().len();
    let live = firm.live();
    assert_eq!(live.status.code(), Some(0), "{}", said(&live));
    assert!(server.heard().len() > before && server.count("RCPT") == 0 && server.bodies().is_empty());
    assert_eq!(server.count("AUTH PLAIN"), 1, "one login");
    for sentence in [
        "The folder of incoming mail can be read: 60 mails.",
        "The folder of sent mail can be read: 0 mails.",
        "On the last 50 mails these servers say whether the sender is genuine: mx.provider.example (50). help: Write \
         under [mailbox]: authserv_ids = [\"mx.provider.example\"]",
        "marta is logged in at 127.0.0.1 port",
        "not encrypted (on this machine only).",
        "takes mails of up to 1 MB and does not take addresses with accents.",
        "The mailbox was never read yet: nothing leaves before inbox and sent mail were.",
        "Nothing leaves to customers: every purpose of mail stands on \"observe\".",
        "Questions and notices to the owner go to titolare@studioferri.example in every mode.",
        "The final notice is never sent by itself: it is always a draft that you sign and send.",
        "Copies of sent mail are laid into Sent by us (sent_copy = \"append\").",
    ] {
        says(&live, sentence);
    }
    assert!(!said(&live).contains("s3gr3t0"));
}

#[test]
fn the_answer_is_one_document_in_json() {
    let server = Server::start(vec![Plan::default().with("AUTH", say("535 5.7.8 no"))]);
    let firm = Firm::to_server(&server, LOGIN);
    let live = firm.run(&["check", "--live", "--json"]);
    assert_eq!(live.status.code(), Some(6));
    let answer: serde_json::Value = serde_json::from_slice(&live.stdout).expect("one document");
    let findings = answer["live"].as_array().expect("findings");
    let bad: Vec<_> = findings.iter().filter(|finding| finding["state"] == "bad").collect();
    assert_eq!(bad.len(), 1, "{answer:#}");
    assert_eq!(bad[0]["topic"], "sending");
    assert!(bad[0]["remedy"].as_str().expect("a remedy").contains("app password"), "{answer:#}");
    let plain: serde_json::Value = serde_json::from_slice(&firm.run(&["check", "--json"]).stdout).expect("JSON");
    assert!(plain.get("live").is_none());
}

/// Every wrong server, port, encryption, login has its sentence and says what to change.
#[test]
fn each_mistake_says_what_to_change() {
    let plain = Server::start(vec![Plan::default()]);
    let refusing = Server::start(vec![Plan::default().with("AUTH", say("535 5.7.8 bad credentials"))]);
    let closed_to_strangers =
        Server::start(vec![Plan::default().with("MAIL", say("530 5.7.0 Must issue a STARTTLS command first"))]);
    let of_others = Server::start(vec![Plan::default().with("MAIL", say("550 5.7.60 not your address"))]);
    let tokens = Server::start(vec![Plan { offers: vec!["AUTH XOAUTH2"], ..Plan::default() }]);
    let encrypted = Server::start(vec![Plan { tls: true, ..Plan::default() }]);
    let port = |server: &Server| server.address.port();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let authority = tls_file("authority.pem").display().to_string();
    let cases = [
        (
            format!("host = \"127.0.0.1\"\nport = {closed}\ntls = \"none\""),
            "Cannot reach 127.0.0.1 at port",
            "Check `host`, `port` and `tls` in [sending]",
        ),
        ("host = \"nowhere.invalid\"".to_owned(), "Cannot find the server nowhere.invalid", "`host`"),
        (
            format!("host = \"127.0.0.1\"\nport = {}\n{LOGIN}", port(&plain)),
            "does not begin with TLS",
            "tls = \"starttls\"",
        ),
        (
            format!("host = \"127.0.0.1\"\nport = {}\ntls = \"none\"", port(&closed_to_strangers)),
            "wants another login",
            "Set the user",
        ),
        (
            format!("host = \"127.0.0.1\"\nport = {}\ntls = \"none\"", port(&of_others)),
            "The server takes no mail of this sender: 550 5.7.60",
            "[firm] address is the address of this mail account",
        ),
        (
            format!("host = \"localhost\"\nport = {}\ntls = \"starttls\"\n{LOGIN}", port(&plain)),
            "does not offer encryption (STARTTLS)",
            "TLS from the start (usually port 465)",
        ),
        (
            format!("host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n{LOGIN}", port(&refusing)),
            "refuses the login of marta: 535",
            "Check the user and the password",
        ),
        (
            format!("host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n{LOGIN}", port(&tokens)),
            "takes no password login (it offers: XOAUTH2)",
            "token_command",
        ),
        (
            format!("host = \"localhost\"\nport = {}\n{LOGIN}", port(&encrypted)),
            "comes from an authority that is not trusted here",
            "[sending] ca_file",
        ),
        (
            format!("host = \"127.0.0.1\"\nport = {}\nca_file = \"{authority}\"\n{LOGIN}", port(&encrypted)),
            "The certificate of 127.0.0.1 is made out to another name",
            "Write the server's name as its provider gives it into [sending] host",
        ),
        (
            format!(
                "host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"m\"\npassword_file = \"other.txt\"",
                port(&plain)
            ),
            "other.txt is not there",
            "chmod 600",
        ),
        (
            format!(
                "host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"m\"\npassword_command = [\"/bin/false\"]",
                port(&plain)
            ),
            "password_command ended with exit code 1",
            "Run it by hand",
        ),
        (
            format!(
                "host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nuser = \"m\"\npassword_credential = \"mail\"",
                port(&plain)
            ),
            "CREDENTIALS_DIRECTORY is not set",
            "LoadCredential=",
        ),
        (
            "host = \"192.0.2.1\"\nport = 25\ntls = \"none\"".to_owned(),
            "192.0.2.1 is not this machine",
            "Use TLS or STARTTLS",
        ),
    ];
    for (sending, sentence, remedy) in cases {
        let live = Firm::with(&format!("transport = \"smtp\"\n{sending}")).live();
        assert_eq!(live.status.code(), Some(6), "{sending}: {}", said(&live));
        says(&live, "WRONG");
        says(&live, sentence);
        says(&live, remedy);
        assert!(!said(&live).contains("s3gr3t0"), "{}", said(&live));
    }
    assert_eq!([&plain, &refusing, &tokens, &encrypted].map(|server| server.bodies().len()), [0; 4]);
}

#[test]
fn a_port_of_the_other_encryption_is_pointed_out() {
    for (tls, port, advice) in [
        ("implicit", 587, "Port 587 usually goes with tls = \"starttls\""),
        ("starttls", 465, "Port 465 usually goes with tls = \"implicit\""),
    ] {
        // Nothing listens there on this machine.
        let sending = format!("transport = \"smtp\"\nhost = \"127.0.0.9\"\nport = {port}\ntls = \"{tls}\"");
        says(&Firm::with(&sending).live(), advice);
    }
}

#[test]
fn a_mailbox_that_cannot_be_read_is_wrong() {
    let firm = Firm::with("transport = \"folder\"\npath = \"outgoing\"");
    fs::remove_dir_all(firm.folder().join("Maildir/.Sent")).expect("removed");
    let live = firm.live();
    assert_eq!(live.status.code(), Some(6), "{}", said(&live));
    says(&live, "WRONG");
    says(&live, "Mails are laid into the folder");
    fs::remove_dir_all(firm.folder().join("Maildir")).expect("removed");
    let live = firm.live();
    assert_eq!(live.status.code(), Some(6), "{}", said(&live));
}

#[test]
fn whether_mail_may_leave_is_told_from_what_the_agent_knows() {
    let firm = Firm::with(
        "transport = \"folder\"\npath = \"outgoing\"\nredirect_to = \"prova@studioferri.example\"\nsent_copy = \"none\"\n[modes]\nreminder = \"send\"\nresend_invoice = \"draft\"",
    );
    let once = firm.run(&["once", "--now", NOW]);
    assert_eq!(once.status.code(), Some(0), "{}", said(&once));
    let live = firm.live();
    assert_eq!(live.status.code(), Some(0), "{}", said(&live));
    for sentence in [
        "Sending is not halted.",
        "Inbox and sent mail were read within the last 15 minutes, as sending requires.",
        "Everything goes to prova@studioferri.example instead of the customers (redirect_to)",
        "Mails that are sent by themselves: reminder.",
        "Mails that are laid into Drafts for you to send: resend_invoice.",
        "Nobody keeps copies of sent mail",
    ] {
        says(&live, sentence);
    }
    let later = firm.run(&["check", "--live", "--now", "2026-10-07T15:00:00+02:00"]);
    says(&later, "was last read 5 hours ago: nothing leaves before it is read again.");
    firm.run(&["halt", "--why", "ferie", "--now", NOW]);
    says(&firm.live(), "All sending is halted since 2026-10-07 10:00: ferie. help: `sollecito halt --off`");
}

#[test]
fn copies_that_do_not_fit_the_provider_are_told() {
    // Proton Mail Bridge listens there and files copies; whether it answers here does not matter.
    let firm = Firm::with("transport = \"smtp\"\nhost = \"127.0.0.1\"\nport = 1025\ntls = \"none\"");
    let live = firm.live();
    says(
        &live,
        "Proton Mail Bridge files sent mail by itself: with sent_copy = \"append\" each copy stands there twice.",
    );
    says(&live, "Write under [sending]: sent_copy = \"server\"");
    firm.replace("tls = \"none\"", "tls = \"none\"\nsent_copy = \"server\"");
    says(&firm.live(), "Copies of sent mail are filed by the server");
}

#[test]
fn ids_in_the_settings_are_compared_with_what_is_seen() {
    let firm = Firm::with("transport = \"folder\"\npath = \"outgoing\"");
    firm.receive("1700000001.a.test", "Authentication-Results: mx.provider.example; spf=pass\r\nAuthentication-Results: mx.theirs.example; spf=pass\r\n");
    firm.receive("1700000002.b.test", "");
    firm.replace(
        "path = \"Maildir\"",
        "path = \"Maildir\"\nauthserv_ids = [\"mx.provider.example\", \"mx.gone.example\"]",
    );
    let live = firm.live();
    says(&live, "mx.provider.example vouches for the sender on 1 of the last 2 mails.");
    says(
        &live,
        "mx.gone.example in authserv_ids stands on none of the last 2 mails; seen were mx.provider.example (1).",
    );
    assert!(!said(&live).contains("mx.theirs.example"), "below the topmost nothing counts");
}

const PERSON: [&str; 6] = ["--name", "Studio Ferri", "--person", "Marta Ferri", "--phone", "+39 02 1234567"];

#[test]
fn init_tries_the_way_out_and_loses_nothing_when_it_fails() {
    let refusing = Server::start(vec![Plan::default().with("AUTH", say("535 5.7.8 bad credentials"))]);
    let home = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(home.path().join("Maildir/cur")).expect("a Maildir");
    let port = refusing.address.port().to_string();
    let flags = [
        &["init", "firm", "--address", "marta@studioferri.example", "--maildir", "Maildir"][..],
        &["--smtp-host", "127.0.0.1", "--smtp-tls", "none", "--smtp-port", &port],
        &PERSON,
        &["--user", "marta", "--", "/bin/echo", "s3gr3t0"],
    ]
    .concat();
    let init = sollecito(home.path(), &flags);
    says(&init, "Written: firm/sollecito.toml");
    // Nobody logs in without encryption unless the settings say so, and those of a new firm do not.
    assert_eq!(init.status.code(), Some(0), "{}", said(&init));
    assert_eq!((refusing.count("AUTH"), refusing.count("RCPT")), (0, 0));
    let text = fs::read_to_string(home.path().join("firm/sollecito.toml")).expect("the settings");
    assert!(text.contains("transport = \"smtp\"") && text.contains(&format!("port = {port}")), "{text}");
    assert!(!text.contains("s3gr3t0"), "{text}");
}

#[test]
fn init_at_a_provider_writes_its_servers_and_says_what_it_wants() {
    let home = tempfile::tempdir().expect("a folder");
    let flags = [
        &["init", "firm", "--mailbox", "imap", "--address", "marta@studioferri.example", "--provider", "gmail"][..],
        &PERSON,
        &["--authserv-id", "mx.google.com", "--language", "en", "--no-test", "--password-command"],
        &["--", "pass", "show", "posta studio"],
    ]
    .concat();
    let init = sollecito(home.path(), &flags);
    assert_eq!(init.status.code(), Some(0), "{}", said(&init));
    says(&init, "The provider is Gmail and Google Workspace. It wants an app password");
    says(&init, "Copies of sent mail are filed by the server");
    says(&init, "sollecito check --live --config firm");
    let text = fs::read_to_string(home.path().join("firm/sollecito.toml")).expect("the settings");
    for line in [
        "kind = \"imap\"",
        "host = \"imap.gmail.com\"",
        "host = \"smtp.gmail.com\"",
        "password_command = [\"pass\", \"show\", \"posta studio\"]",
        "authserv_ids = [\"mx.google.com\"]",
        "sent_copy = \"server\"",
        "language = \"en\"",
    ] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{line}: {text}");
    }
    let check = sollecito(home.path(), &["check", "--config", "firm"]);
    assert_eq!(check.status.code(), Some(0), "{}", said(&check));
    says(&check, "Mailbox marta@studioferri.example at imap.gmail.com port 993");
}

#[test]
fn what_init_cannot_understand_writes_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    for (flags, sentence, remedy) in [
        (&["--provider", "gmial"][..], "No provider is called gmial", "did you mean gmail?"),
        (&["--provider", "zzzzzzzz"], "No provider is called zzzzzzzz", "known are aruba, aruba-pec,"),
        (&["--password-command"], "No command is named", "--password-command -- pass show mail"),
        (&["--password-file", "p", "--", "pass"], "another source of the password", "keep the one"),
        (&["--password-file", "p", "--token-command", "t"], "cannot be used with", "try '--help'"),
        (&["--no-test", "--probe-sent-copy"], "cannot be used with", "try '--help'"),
    ] {
        let init = sollecito(home.path(), &[&["init", "firm"], flags].concat());
        assert_eq!(init.status.code(), Some(2), "{flags:?}: {}", said(&init));
        says(&init, sentence);
        says(&init, remedy);
        assert!(!home.path().join("firm").exists(), "{flags:?}");
    }
}
