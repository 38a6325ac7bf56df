//! A Postfix of our own with three doors: the world's (mail to our users), and the submission of our users with TLS
//! from the first byte or after STARTTLS. Everything that is not for our users is refused.

use super::certificates::Pair;
use super::child::Running;
use super::dovecot::Dovecot;
use super::{free_port, wait_until_it_listens};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

pub const PROGRAM: &str = "/usr/sbin/postfix";

/// The running server and its folder.
pub struct Postfix {
    running: Option<Running>,
    /// Where the world's mail comes in: no login, our users only. It vouches for senders in `.example` as a mail server
    /// with DKIM does.
    pub world_port: u16,
    /// Submission with STARTTLS.
    pub submission_port: u16,
    /// Submission with TLS from the first byte.
    pub submissions_port: u16,
    folder: TempDir,
}

impl Postfix {
    /// Delivers to the users of this Dovecot, and lets them send when Dovecot knows their password.
    pub fn start(dovecot: &Dovecot, users: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("smtp").tempdir_in("/tmp").expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("open to its processes");
        let mut server = Self {
            running: None,
            world_port: free_port(),
            submission_port: free_port(),
            submissions_port: free_port(),
            folder,
        };
        for name in ["etc", "queue", "data"] {
            fs::create_dir(server.path(name)).expect("a folder");
        }
        chown(server.path("data"), Some(user_id("postfix")), None).expect("owned by postfix");
        let pair = dovecot.authority.issue(&server.path("etc"), super::Flaw::None);
        server.write_settings(dovecot, users, &pair);
        server.write_services();
        let checked = Command::new(PROGRAM).arg("-c").arg(server.path("etc")).arg("check").output().expect("postfix");
        assert!(checked.status.success(), "postfix check: {}", String::from_utf8_lossy(&checked.stderr));
        server.again();
        server
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
            + &fs::read_to_string(self.path("words")).unwrap_or_default()
    }

    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(Running::pid)
    }

    pub fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.stop();
        }
    }

    pub fn again(&mut self) {
        let settings = self.path("etc");
        let arguments = ["-c", settings.to_str().expect("a plain path"), "-s"];
        let master = Path::new("/usr/lib/postfix/sbin/master");
        let pid_file = self.path("queue/pid/master.pid");
        self.running = Some(Running::start(master, &arguments, pid_file, &self.path("words")));
        for port in [self.world_port, self.submission_port, self.submissions_port] {
            wait_until_it_listens("Postfix", port, || self.log());
        }
    }

    fn write_settings(&self, dovecot: &Dovecot, users: &[&str], pair: &Pair) {
        let here = self.folder.path().display();
        let mut domains: Vec<&str> = users.iter().filter_map(|user| user.split('@').nth(1)).collect();
        domains.sort_unstable();
        domains.dedup();
        let known: Vec<String> = users.iter().map(|user| format!("{{ {user} = yes }}")).collect();
        let vouched: Vec<String> = domains
            .iter()
            .map(|domain| {
                format!(
                    "{{ {domain} = PREPEND Authentication-Results: mx.studioferri.example; dkim=pass \
                     header.d={domain}; dmarc=pass header.from={domain} }}"
                )
            })
            .collect();
        let lines = [
            "compatibility_level = 3.6".to_owned(),
            format!("queue_directory = {here}/queue"),
            format!("data_directory = {here}/data"),
            "inet_interfaces = 127.0.0.1".to_owned(),
            "inet_protocols = ipv4".to_owned(),
            "myhostname = mx.studioferri.example".to_owned(),
            "mydestination =".to_owned(),
            "mynetworks =".to_owned(),
            "alias_maps =".to_owned(),
            "alias_database =".to_owned(),
            format!("virtual_mailbox_domains = {}", domains.join(", ")),
            format!("virtual_mailbox_maps = inline:{{ {} }}", known.join(", ")),
            format!("virtual_transport = lmtp:inet:127.0.0.1:{}", dovecot.lmtp_port),
            // Nothing ever leaves this machine.
            "default_transport = error:no way out".to_owned(),
            "relay_transport = error:no way out".to_owned(),
            "smtpd_relay_restrictions = reject_unauth_destination".to_owned(),
            "smtpd_recipient_restrictions = reject_unauth_destination".to_owned(),
            format!("vouched = inline:{{ {} }}", vouched.join(", ")),
            "smtpd_tls_security_level = may".to_owned(),
            format!("smtpd_tls_cert_file = {}", pair.certificate.display()),
            format!("smtpd_tls_key_file = {}", pair.key.display()),
            "smtpd_sasl_type = dovecot".to_owned(),
            format!("smtpd_sasl_path = {}", dovecot.auth_socket().display()),
            "smtpd_client_connection_count_limit = 0".to_owned(),
            "smtpd_client_connection_rate_limit = 0".to_owned(),
            "message_size_limit = 20480000".to_owned(),
            "smtp_tls_security_level = none".to_owned(),
            // What waits for a mailbox is tried again soon.
            "queue_run_delay = 2s".to_owned(),
            "minimal_backoff_time = 2s".to_owned(),
            "maximal_backoff_time = 4s".to_owned(),
            format!("maillog_file = {here}/log"),
            format!("maillog_file_prefixes = {here}"),
        ];
        fs::write(self.path("etc/main.cf"), lines.join("\n") + "\n").expect("settings");
    }

    fn write_services(&self) {
        let Self { world_port, submission_port, submissions_port, .. } = self;
        let submission = "  -o smtpd_sasl_auth_enable=yes\n  -o smtpd_tls_auth_only=yes\n  \
            -o smtpd_recipient_restrictions=reject_unauth_destination,permit_sasl_authenticated,reject\n  \
            -o smtpd_relay_restrictions=permit_sasl_authenticated,reject\n  -o smtpd_reject_unlisted_recipient=yes\n";
        let mut services = format!(
            "127.0.0.1:{world_port} inet n - n - - smtpd\n  -o smtpd_sender_restrictions=check_sender_access,$vouched\n\
             127.0.0.1:{submission_port} inet n - n - - smtpd\n  -o smtpd_tls_security_level=encrypt\n{submission}\
             127.0.0.1:{submissions_port} inet n - n - - smtpd\n  -o smtpd_tls_wrappermode=yes\n{submission}\
             postlog unix-dgram n - n - 1 postlogd\n"
        );
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
            ("lmtp", "-", "-", "lmtp"),
            ("anvil", "-", "1", "anvil"),
        ] {
            let privacy = if matches!(name, "cleanup" | "qmgr") { "n" } else { "-" };
            services.push_str(&format!("{name} unix {privacy} - n {wakeup} {limit} {program}\n"));
        }
        fs::write(self.path("etc/master.cf"), services).expect("services");
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.stop();
    }
}

fn user_id(name: &str) -> u32 {
    let users = fs::read_to_string("/etc/passwd").expect("the users of this machine");
    let line = users.lines().find(|line| line.starts_with(&format!("{name}:"))).expect("the user is there");
    line.split(':').nth(2).expect("a number").parse().expect("a number")
}
