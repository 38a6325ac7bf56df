//! Mail out to a real Postfix, delivered by it into a Maildir, and read from there.
//!
//! Postfix runs in a temporary folder on loopback, and needs root. `scripts/install-test-servers` installs it. Without
//! it these tests say that they were skipped; with SOLLECITO_REQUIRE_SERVERS=1 its absence is a failure.

// A test ends with a panic when what it needs is not there, also in its helpers.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

use sollecito::ledger::ids::Address;
use sollecito::mailbox::maildir::{FolderNames, Maildir};
use sollecito::mailbox::{Fetched, Folder, Mailbox};
use sollecito::network::Security;
use sollecito::transport::smtp::{SmtpSettings, SmtpTransport, Timeouts};
use sollecito::transport::{Answer, Envelope, NotOpened, Outcome, Transport};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const POSTFIX: &str = "/usr/sbin/postfix";
/// Owns the delivered mails.
const NOBODY: u32 = 65534;

/// A Postfix of our own; stopped when it goes.
struct Postfix {
    folder: TempDir,
    port: u16,
}

impl Postfix {
    /// `None` where it cannot run.
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::metadata(folder.path()).unwrap().uid() == 0;
        if !root || !Path::new(POSTFIX).exists() {
            let required = std::env::var("SOLLECITO_REQUIRE_SERVERS").is_ok_and(|value| value == "1");
            assert!(!required, "Postfix is required and cannot run here: scripts/install-test-servers");
            eprintln!("skipped: no Postfix, or not root (scripts/install-test-servers)");
            return None;
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, port };
        server.configure();
        server.command("start");
        server.wait_until_it_listens();
        Some(server)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn configure(&self) {
        for name in ["etc", "queue", "data", "mail"] {
            fs::create_dir(self.path(name)).unwrap();
        }
        chown(self.path("data"), Some(user_id("postfix")), None).unwrap();
        chown(self.path("mail"), Some(NOBODY), None).unwrap();
        let tls = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testmail/tls");
        for name in ["server.pem", "server-key.pem"] {
            fs::copy(tls.join(name), self.path("etc").join(name)).unwrap();
        }
        let here = self.folder.path().display();
        let settings = [
            "compatibility_level = 3.6".to_owned(),
            format!("queue_directory = {here}/queue"),
            format!("data_directory = {here}/data"),
            "inet_interfaces = 127.0.0.1".to_owned(),
            "inet_protocols = ipv4".to_owned(),
            "myhostname = mx.cliente.example".to_owned(),
            "mydestination =".to_owned(),
            "mynetworks = 127.0.0.0/8".to_owned(),
            "alias_maps =".to_owned(),
            "alias_database =".to_owned(),
            "virtual_mailbox_domains = cliente.example".to_owned(),
            format!("virtual_mailbox_base = {here}/mail"),
            "virtual_mailbox_maps = inline:{ { lucia@cliente.example = lucia/ } }".to_owned(),
            format!("virtual_uid_maps = static:{NOBODY}"),
            format!("virtual_gid_maps = static:{NOBODY}"),
            // Nothing ever leaves this machine.
            "default_transport = error:no way out".to_owned(),
            "relay_transport = error:no way out".to_owned(),
            "smtpd_recipient_restrictions = reject_unauth_destination".to_owned(),
            "smtpd_tls_security_level = may".to_owned(),
            format!("smtpd_tls_cert_file = {here}/etc/server.pem"),
            format!("smtpd_tls_key_file = {here}/etc/server-key.pem"),
            "message_size_limit = 100000".to_owned(),
            "smtp_tls_security_level = none".to_owned(),
            format!("maillog_file = {here}/log"),
            format!("maillog_file_prefixes = {here}"),
        ];
        fs::write(self.path("etc/main.cf"), settings.join("\n") + "\n").unwrap();
        let port = self.port;
        let mut services = format!("127.0.0.1:{port} inet n - n - - smtpd\npostlog unix-dgram n - n - 1 postlogd\n");
        for (name, wakeup, limit, program) in [
            ("cleanup", "-", "0", "cleanup"),
            ("qmgr", "300", "1", "qmgr"),
            ("tlsmgr", "1000?", "1", "tlsmgr"),
            ("rewrite", "-", "-", "trivial-rewrite"),
            ("bounce", "-", "0", "bounce"),
            ("defer", "-", "0", "bounce"),
            ("trace", "-", "0", "bounce"),
            ("verify", "-", "1", "verify"),
            ("proxymap", "-", "-", "proxymap"),
            ("error", "-", "-", "error"),
            ("retry", "-", "-", "error"),
            ("virtual", "-", "-", "virtual"),
            ("anvil", "-", "1", "anvil"),
        ] {
            let privacy = if matches!(name, "cleanup" | "qmgr") { "n" } else { "-" };
            let privileged = if name == "virtual" { "n" } else { "-" };
            services.push_str(&format!("{name} unix {privacy} {privileged} n {wakeup} {limit} {program}\n"));
        }
        fs::write(self.path("etc/master.cf"), services).unwrap();
    }

    fn command(&self, order: &str) {
        let done = Command::new(POSTFIX).arg("-c").arg(self.path("etc")).arg(order).output().unwrap();
        assert!(done.status.success() || order == "stop", "postfix {order}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn wait_until_it_listens(&self) {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(20), "Postfix does not listen: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    fn settings(&self, security: Security) -> SmtpSettings {
        let authority = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testmail/tls/authority.pem");
        SmtpSettings {
            host: "localhost".to_owned(),
            port: self.port,
            security,
            login: None,
            ca_file: Some(authority),
            hello_name: None,
            timeouts: Timeouts::default(),
        }
    }

    /// What was delivered, once so many mails are there.
    fn delivered(&self, count: usize) -> Vec<String> {
        let start = Instant::now();
        loop {
            let mails = self.read_mails();
            if mails.len() >= count {
                return mails;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "{} of {count} came: {}", mails.len(), self.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn read_mails(&self) -> Vec<String> {
        let Ok(mut maildir) = Maildir::open(&self.path("mail/lucia"), FolderNames::default()) else {
            return Vec::new();
        };
        let ids = maildir.enumerate(Folder::Inbox).unwrap().ids;
        ids.iter()
            .map(|id| match maildir.fetch(Folder::Inbox, id, 1 << 20).unwrap() {
                Fetched::Got(mail) => String::from_utf8(mail.bytes).unwrap(),
                other => panic!("{other:?}"),
            })
            .collect()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.command("stop");
    }
}

fn user_id(name: &str) -> u32 {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with(&format!("{name}:"))).unwrap();
    line.split(':').nth(2).unwrap().parse().unwrap()
}

fn envelope(recipients: &[&str]) -> Envelope {
    Envelope {
        from: Address::parse("io@studio.example").unwrap(),
        recipients: recipients.iter().map(|text| Address::parse(text).unwrap()).collect(),
    }
}

fn mail(number: usize) -> Vec<u8> {
    format!(
        "From: io@studio.example\r\nTo: lucia@cliente.example\r\nMessage-ID: <{number}@studio.example>\r\n\
         Subject: Sollecito\r\n\r\n.first\r\n..second\r\n.\r\nGià, è così.\r\n"
    )
    .into_bytes()
}

#[test]
fn a_real_server_takes_our_mail_and_a_real_mailbox_gives_it_back() {
    let Some(server) = Postfix::start() else { return };
    for (number, security) in [(1, Security::StartTls), (2, Security::PlainLoopback)] {
        let mut transport = SmtpTransport::new(server.settings(security));
        let bytes = mail(number);
        transport.announce(&bytes);
        let ready = transport.open(&envelope(&["lucia@cliente.example", "nobody@cliente.example"])).unwrap();
        let answers: Vec<_> = ready.recipients().iter().map(|one| one.answer.clone()).collect();
        assert!(matches!(answers.as_slice(), [Answer::Accepted, Answer::Refused(_)]), "{answers:?}");
        let outcome = ready.deliver(&bytes);
        assert!(matches!(&outcome, Outcome::Accepted(text) if text.contains("queued")), "{outcome:?}");
    }
    for text in server.delivered(2) {
        assert!(text.ends_with("\n\n.first\n..second\n.\nGià, è così.\n"), "{text}");
        assert!(text.contains("Message-ID: <"), "{text}");
    }
    assert!(server.log().contains("from=<io@studio.example>"), "{}", server.log());
}

#[test]
fn a_batch_survives_a_restart_of_the_server_and_nothing_is_doubled() {
    let Some(server) = Postfix::start() else { return };
    let to = envelope(&["lucia@cliente.example"]);
    let mut transport = SmtpTransport::new(server.settings(Security::StartTls));
    for number in 1..=3 {
        let outcome = transport.open(&to).unwrap().deliver(&mail(number));
        assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
    }
    // A go-ahead that is not used leaves nothing behind.
    drop(transport.open(&to).unwrap());
    server.delivered(3);
    server.command("stop");
    assert!(matches!(transport.open(&to).map(|_| ()), Err(NotOpened::Unreachable(_))));
    server.command("start");
    server.wait_until_it_listens();
    assert!(matches!(transport.open(&to).unwrap().deliver(&mail(4)), Outcome::Accepted(_)));
    assert_eq!(server.delivered(4).len(), 4);
}

#[test]
fn a_real_server_says_no_in_time() {
    let Some(server) = Postfix::start() else { return };
    let mut transport = SmtpTransport::new(server.settings(Security::StartTls));
    // Somebody else's mail is none of its business.
    let away = transport.open(&envelope(&["x@elsewhere.example"])).map(|_| ());
    assert!(matches!(&away, Err(NotOpened::Refused(answers, _)) if answers.len() == 1), "{away:?}");
    let large = [mail(1), vec![b'x'; 200_000]].concat();
    transport.announce(&large);
    let refused = transport.open(&envelope(&["lucia@cliente.example"])).map(|_| ());
    assert!(matches!(&refused, Err(NotOpened::Refused(_, reason)) if reason.contains("100000")), "{refused:?}");
    assert!(server.read_mails().is_empty());
}
