//! A Dovecot of our own: IMAP with and without TLS, LMTP, and the question of Postfix who may send.

use super::certificates::{Authority, Flaw, Pair};
use super::child::Running;
use super::disk;
use super::{MAIL_OWNER, free_port, wait_for, wait_until_it_listens};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

pub const PROGRAM: &str = "/usr/sbin/dovecot";
const ADMIN: &str = "/usr/bin/doveadm";

/// What a test wants to be different.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// Address and password of each user.
    pub users: Vec<(String, String)>,
    /// Folders with their special use; all are there from the beginning.
    pub folders: Vec<(&'static str, Option<&'static str>)>,
    /// Connections of one user from one address.
    pub most_connections: u32,
    /// Mails lie on a file system of this size (`2m`); needs the right to mount.
    pub mail_space: Option<&'static str>,
    /// Whether IDLE is offered.
    pub idle: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        let sent_drafts_junk =
            vec![("Sent", Some("\\Sent")), ("Drafts", Some("\\Drafts")), ("Junk", Some("\\Junk")), ("Archivio", None)];
        Self { users: Vec::new(), folders: sent_drafts_junk, most_connections: 10, mail_space: None, idle: true }
    }
}

impl Wishes {
    #[must_use]
    pub fn user(mut self, address: &str, password: &str) -> Self {
        self.users.push((address.to_owned(), password.to_owned()));
        self
    }
}

/// The running server and its folder.
pub struct Dovecot {
    // Order matters: the server ends before its folder goes.
    running: Option<Running>,
    pub authority: Authority,
    wishes: Wishes,
    pub imap_port: u16,
    pub imaps_port: u16,
    pub lmtp_port: u16,
    mounted: bool,
    folder: TempDir,
}

impl Dovecot {
    pub fn start(wishes: Wishes) -> Self {
        // The sockets of the server lie below: their paths must stay short.
        let folder = tempfile::Builder::new().prefix("imap").tempdir_in("/tmp").expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("open to its processes");
        let mut server = Self {
            running: None,
            authority: Authority::new("authority of the tests"),
            wishes,
            imap_port: free_port(),
            imaps_port: free_port(),
            lmtp_port: free_port(),
            mounted: false,
            folder,
        };
        for name in ["run", "state", "tls", "mail"] {
            fs::create_dir(server.path(name)).expect("a folder");
        }
        server.lay_out_mail();
        server.authority.write_certificate(&server.ca_file());
        let pair = server.authority.issue(&server.path("tls"), Flaw::None);
        server.write_users();
        server.write_settings(&pair);
        server.again();
        server
    }

    /// Mails lie on a file system of this size (`3m`); `None`, and said so, where none can be mounted (in a container).
    pub fn with_little_space(wishes: Wishes, space: &'static str) -> Option<Self> {
        if !disk::can_be_mounted() {
            return None;
        }
        Some(Self::start(Wishes { mail_space: Some(space), ..wishes }))
    }

    fn lay_out_mail(&mut self) {
        let mail = self.path("mail");
        if let Some(space) = self.wishes.mail_space {
            self.mounted = disk::mount(space, &mail);
            assert!(self.mounted, "a file system of {space} could not be mounted");
        }
        chown(&mail, Some(MAIL_OWNER), Some(MAIL_OWNER)).expect("owned by the mail user");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The certificate to trust.
    pub fn ca_file(&self) -> PathBuf {
        self.path("tls/ca.pem")
    }

    /// Where Postfix asks who may send.
    pub fn auth_socket(&self) -> PathBuf {
        self.path("run/postfix-auth")
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
            + &fs::read_to_string(self.path("words")).unwrap_or_default()
    }

    pub fn password(&self, user: &str) -> &str {
        let found = self.wishes.users.iter().find(|(address, _)| address == user);
        &found.unwrap_or_else(|| panic!("no user {user}")).1
    }

    /// From now on only this password opens the mailbox.
    pub fn change_password(&mut self, user: &str, password: &str) {
        let found = self.wishes.users.iter_mut().find(|(address, _)| address == user);
        found.unwrap_or_else(|| panic!("no user {user}")).1 = password.to_owned();
        self.write_users();
        // The server looks at the file once a second at most.
        let known = wait_for(Duration::from_secs(10), || self.opens(user, password).then_some(()));
        assert!(known.is_some(), "the server does not know the new password:\n{}", self.log());
    }

    /// Whether the server takes this password.
    fn opens(&self, user: &str, password: &str) -> bool {
        self.admin(&["auth", "test", user, password]).contains("auth succeeded")
    }

    /// Another certificate, from a restart on.
    pub fn show_certificate(&mut self, flaw: Flaw) {
        let pair = self.authority.issue(&self.path("tls"), flaw);
        self.restart_with(&pair);
    }

    /// A good certificate of an authority that nobody trusts.
    pub fn show_a_strangers_certificate(&mut self) {
        let pair = Authority::new("a stranger").issue(&self.path("tls"), Flaw::None);
        self.restart_with(&pair);
    }

    fn restart_with(&mut self, pair: &Pair) {
        self.stop();
        self.write_settings(pair);
        self.again();
    }

    pub fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.stop();
        }
    }

    /// Without any farewell to its clients.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.kill();
        }
    }

    /// Answers nobody until it is thawed; connections stay open.
    pub fn freeze(&self) {
        self.running.as_ref().expect("a running server").freeze();
    }

    pub fn thaw(&self) {
        self.running.as_ref().expect("a running server").thaw();
    }

    /// Starts again on the same ports with the same mails.
    pub fn again(&mut self) {
        let settings = self.path("dovecot.conf");
        let arguments = ["-F", "-c", settings.to_str().expect("a plain path")];
        self.running =
            Some(Running::start(Path::new(PROGRAM), &arguments, self.path("run/master.pid"), &self.path("words")));
        wait_until_it_listens("Dovecot", self.imaps_port, || self.log());
    }

    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(Running::pid)
    }

    /// What the administrator's tool says.
    pub fn admin(&self, arguments: &[&str]) -> String {
        let done = Command::new(ADMIN).arg("-c").arg(self.path("dovecot.conf")).args(arguments).output();
        let done = done.expect("doveadm runs");
        String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr)
    }

    /// How many connections a user has now, as the server counts them.
    pub fn connections(&self, user: &str) -> usize {
        let who = self.admin(&["-f", "tab", "who", "-1", user]);
        who.lines().filter(|line| line.split('\t').next() == Some(user)).count()
    }

    /// Where a user's folder lies on the disk (`INBOX` for the inbox).
    pub fn place(&self, user: &str, folder: &str) -> PathBuf {
        let inbox = self.path("mail").join(user).join("Maildir");
        if folder == "INBOX" { inbox } else { inbox.join(format!(".{folder}")) }
    }

    /// Every mail of a user: file name with its flags, below its folder, and content. The server's own indexes are not
    /// mail.
    pub fn picture(&self, user: &str) -> BTreeMap<String, Vec<u8>> {
        let inbox = self.place(user, "INBOX");
        let mut picture = BTreeMap::new();
        let mut folders = vec![inbox.clone()];
        for entry in fs::read_dir(&inbox).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
                folders.push(path);
            }
        }
        for part in folders.iter().flat_map(|folder| ["new", "cur", "tmp"].map(|part| folder.join(part))) {
            for entry in fs::read_dir(&part).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                let name = path.strip_prefix(&inbox).expect("below").to_string_lossy().into_owned();
                picture.insert(name, fs::read(&path).expect("a mail"));
            }
        }
        picture
    }

    /// As after a restored backup or a moved mailbox: the server numbers the mails of a folder anew. It is stopped
    /// meanwhile.
    pub fn forget_numbers(&mut self, user: &str, folder: &str) {
        self.stop();
        for entry in fs::read_dir(self.place(user, folder)).expect("the folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if name.starts_with("dovecot-uidlist") || name.starts_with("dovecot.index") {
                fs::remove_file(&path).expect("removed");
            }
        }
        self.again();
    }

    fn write_users(&self) {
        let mut lines = String::new();
        for (address, password) in &self.wishes.users {
            let home = self.path("mail").join(address);
            if !home.exists() {
                fs::create_dir(&home).expect("a home");
                chown(&home, Some(MAIL_OWNER), Some(MAIL_OWNER)).expect("owned by the mail user");
            }
            writeln!(lines, "{address}:{{PLAIN}}{password}:{MAIL_OWNER}:{MAIL_OWNER}::{}::", home.display()).unwrap();
        }
        // In place: never a moment without users.
        fs::write(self.path("users.new"), lines).expect("the users");
        fs::rename(self.path("users.new"), self.path("users")).expect("the users");
    }

    fn write_settings(&self, pair: &Pair) {
        let here = self.folder.path().display();
        let Self { imap_port, imaps_port, lmtp_port, .. } = self;
        let Wishes { most_connections, .. } = self.wishes;
        let (certificate, key) = (pair.certificate.display(), pair.key.display());
        let mut folders = String::new();
        for (name, special_use) in &self.wishes.folders {
            let special = special_use.map(|flag| format!("    special_use = {flag}\n")).unwrap_or_default();
            write!(folders, "  mailbox \"{name}\" {{\n    auto = subscribe\n{special}  }}\n").unwrap();
        }
        let idle = if self.wishes.idle {
            ""
        } else {
            "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS MOVE SPECIAL-USE NAMESPACE\n"
        };
        let text = format!(
            "base_dir = {here}/run\nstate_dir = {here}/state\ninstance_name = tests\nlog_path = {here}/log\n\
             hostname = mx.studioferri.example\nprotocols = imap lmtp\nlisten = 127.0.0.1\n\
             mail_location = maildir:~/Maildir\nfirst_valid_uid = 1\nfirst_valid_gid = 1\nmail_privileged_group =\n\
             mail_max_userip_connections = {most_connections}\ndisable_plaintext_auth = no\nssl = yes\n\
             ssl_cert = <{certificate}\nssl_key = <{key}\nssl_min_protocol = TLSv1.2\n{idle}\
             auth_mechanisms = plain login\nauth_failure_delay = 0\nauth_verbose = yes\nauth_cache_size = 0\n\
             passdb {{\n  driver = passwd-file\n  args = scheme=PLAIN username_format=%u {here}/users\n}}\n\
             userdb {{\n  driver = passwd-file\n  args = username_format=%u {here}/users\n}}\n\
             namespace inbox {{\n  inbox = yes\n  separator = /\n{folders}}}\n\
             service anvil {{\n  unix_listener anvil-auth-penalty {{\n    mode = 0\n  }}\n}}\n\
             service auth {{\n  unix_listener postfix-auth {{\n    mode = 0666\n  }}\n}}\n\
             service imap-login {{\n  inet_listener imap {{\n    address = 127.0.0.1\n    port = {imap_port}\n  }}\n  \
             inet_listener imaps {{\n    address = 127.0.0.1\n    port = {imaps_port}\n    ssl = yes\n  }}\n}}\n\
             service lmtp {{\n  inet_listener lmtp {{\n    address = 127.0.0.1\n    port = {lmtp_port}\n  }}\n}}\n\
             protocol lmtp {{\n  postmaster_address = postmaster@studioferri.example\n}}\n"
        );
        fs::write(self.path("dovecot.conf"), text).expect("settings");
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop();
        if self.mounted {
            disk::unmount(&self.path("mail"));
        }
    }
}
