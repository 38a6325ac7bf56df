//! A firm whose mailbox is on the private Dovecot and whose mail leaves by the private Postfix, and the program on it.

use crate::days::Days;
use crate::hand::{Door, Held, MailProgram, Protection, send};
use crate::letters::{self, Letter};
use crate::servers::disk::Home;
use crate::servers::{Dovecot, Postfix, Wishes, wait_for};
use chrono::{DateTime, Utc};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_sollecito");

pub const MARTA: &str = "marta@studioferri.example";
pub const OWNER: &str = "titolare@studioferri.example";
pub const BALDINI: &str = "amministrazione@baldini.example";
pub const VERDI: &str = "conti@officineverdi.example";
pub const NERI: &str = "info@neriimpianti.example";
pub const PASSWORD: &str = "G1rasole-Canarino-77";

/// All users of the servers: the firm, its owner's private address, its customers.
pub const EVERYBODY: [&str; 5] = [MARTA, OWNER, BALDINI, VERDI, NERI];

pub fn everybody() -> Wishes {
    let wishes = Wishes::default().user(MARTA, PASSWORD);
    EVERYBODY[1..].iter().fold(wishes, |wishes, user| wishes.user(user, "another password"))
}

/// What a run of the program said.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Everything on one line, so that line breaks do not matter.
    pub fn all(&self) -> String {
        format!("{} {}", self.out, self.err).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Servers, a folder, and the days of the story.
pub struct Firm {
    // Order matters: what uses a server ends before it.
    pub postfix: Postfix,
    pub dovecot: Dovecot,
    pub folder: PathBuf,
    pub days: Days,
    home: Home,
}

impl Firm {
    /// A firm with these `[modes]`, its invoice mail in Sent, and nothing imported yet.
    pub fn new(modes: &str) -> Self {
        Self::with(modes, Dovecot::start(everybody()))
    }

    pub fn with(modes: &str, dovecot: Dovecot) -> Self {
        Self::in_folder(modes, dovecot, Home::new(None).expect("a folder"))
    }

    /// The firm's folder lies on a disk of this size; `None`, and said so, where none can be mounted.
    pub fn on_a_small_disk(modes: &str, space: &str) -> Option<Self> {
        Home::new(Some(space)).map(|home| Self::in_folder(modes, Dovecot::start(everybody()), home))
    }

    fn in_folder(modes: &str, dovecot: Dovecot, home: Home) -> Self {
        let postfix = Postfix::start(&dovecot, &EVERYBODY);
        let folder = home.folder().to_path_buf();
        let firm = Self { postfix, dovecot, folder, days: Days::new(), home };
        firm.furnish(modes);
        let invoice = letters::invoice_118(&firm.days).bytes();
        let date = firm.days.issued_at().format("%d-%b-%Y %H:%M:%S +0000").to_string();
        firm.program(MARTA).append("Sent", "\\Seen", Some(&date), &invoice);
        firm
    }

    /// Another firm's folder that looks at the same mailbox.
    pub fn second_folder(&self, modes: &str) -> SecondFolder {
        let kept = tempfile::tempdir().expect("a folder");
        self.furnish_into(kept.path(), modes);
        SecondFolder { kept }
    }

    fn furnish(&self, modes: &str) {
        self.furnish_into(self.home.folder(), modes);
    }

    fn furnish_into(&self, folder: &std::path::Path, modes: &str) {
        fs::copy(self.dovecot.ca_file(), folder.join("ca.pem")).expect("the authority");
        fs::write(folder.join("sollecito.toml"), self.settings(modes)).expect("settings");
        fs::write(folder.join("list.csv"), self.days.list()).expect("the list");
        let password = folder.join("password.txt");
        fs::write(&password, format!("{PASSWORD}\n")).expect("the password");
        fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).expect("for its owner only");
    }

    /// Reminders leave on every working day but today: the story happens on whatever day the tests are run.
    fn settings(&self, modes: &str) -> String {
        let (imap, smtp) = (self.dovecot.imaps_port, self.postfix.submissions_port);
        // The books are taken over at whatever hour it is now: also within the hours of reminders none leaves today.
        let today = self.days.present.with_timezone(&chrono_tz::Europe::Rome).format("%m-%d");
        format!(
            "[firm]\nname = \"Studio Ferri\"\nperson = \"Marta Ferri\"\nphone = \"+39 02 1234567\"\n\
             address = \"{MARTA}\"\n\n[owner]\nname = \"Marta Ferri\"\naddress = \"{OWNER}\"\n\n\
             [mailbox]\nkind = \"imap\"\nhost = \"localhost\"\nport = {imap}\ntls = \"implicit\"\n\
             password_file = \"password.txt\"\nca_file = \"ca.pem\"\nauthserv_ids = [\"mx.studioferri.example\"]\n\n\
             [sending]\ntransport = \"smtp\"\nhost = \"localhost\"\nport = {smtp}\ntls = \"implicit\"\n\
             ca_file = \"ca.pem\"\nsent_copy = \"append\"\n\n\
             [[bank_account]]\nid = \"main\"\niban = \"IT60X0542811101000000123456\"\nholder = \"Studio Ferri\"\n\n\
             [modes]\n{modes}\n[limits]\napprove_first_mail = false\n\n\
             [calendar]\nreminder_days = [\"Mon\", \"Tue\", \"Wed\", \"Thu\", \"Fri\"]\n\
             avoid_days_of_month = []\navoid_eves = false\nquiet = [\"{today}..{today}\"]\n"
        )
    }

    /// Changes one place in the settings.
    pub fn edit(&self, old: &str, new: &str) {
        let file = self.folder.join("sollecito.toml");
        let text = fs::read_to_string(&file).expect("settings");
        assert_eq!(text.matches(old).count(), 1, "{old}");
        fs::write(&file, text.replace(old, new)).expect("settings");
    }

    /// What stands in the password file.
    pub fn write_password(&self, password: &str) {
        fs::write(self.folder.join("password.txt"), password).expect("the password");
    }

    /// Takes the books over, as of the present.
    pub fn take_over(&self) {
        let today = self.days.present.format("%Y-%m-%d").to_string();
        self.good(None, &["import", "list.csv", "--payments-known", &today]);
        self.good(None, &["once"]);
    }

    /// The program with a cleared environment, at a moment or now.
    pub fn command(&self, now: Option<DateTime<Utc>>, arguments: &[&str]) -> Command {
        command_in(&self.folder, now, arguments)
    }

    pub fn run(&self, now: Option<DateTime<Utc>>, arguments: &[&str]) -> Said {
        Said::of(&self.command(now, arguments).output().expect("the program runs"))
    }

    /// A run that must succeed; what it said.
    pub fn good(&self, now: Option<DateTime<Utc>>, arguments: &[&str]) -> String {
        let said = self.run(now, arguments);
        assert_eq!(said.code, Some(0), "{arguments:?} at {now:?}: {}", said.all());
        said.out
    }

    pub fn json(&self, now: Option<DateTime<Utc>>, arguments: &[&str]) -> serde_json::Value {
        let out = self.good(now, &[arguments, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {out}"))
    }

    /// The rows of the outbox to somebody.
    pub fn outbox(&self, now: Option<DateTime<Utc>>, to: &str) -> Vec<serde_json::Value> {
        let rows = self.json(now, &["outbox", "--all"]);
        rows.as_array().expect("rows").iter().filter(|row| row["to"].to_string().contains(to)).cloned().collect()
    }

    /// The owner's, or a customer's, other mail program.
    pub fn program(&self, user: &str) -> MailProgram {
        MailProgram::open(&self.dovecot, user)
    }

    /// What lies in a folder of somebody.
    pub fn lying(&self, user: &str, folder: &str) -> Vec<Held> {
        self.program(user).mails(folder)
    }

    /// A mail from the world, delivered: SMTP to Postfix, LMTP to Dovecot. Returns when it lies in the inbox.
    pub fn receive(&self, from: &str, letter: &Letter) {
        let id = letters::id_of(letter).to_owned();
        self.post(from, MARTA, &letter.bytes());
        self.wait_in(MARTA, "INBOX", &id);
    }

    /// The same, seen on the disk: no connection of ours counts among those of the program.
    pub fn receive_unseen(&self, from: &str, letter: &Letter) {
        let id = letters::id_of(letter).to_owned();
        self.post(from, MARTA, &letter.bytes());
        let lies = || {
            let picture = self.dovecot.picture(MARTA);
            picture.values().any(|bytes| String::from_utf8_lossy(bytes).contains(&id)).then_some(())
        };
        assert!(wait_for(Duration::from_secs(30), lies).is_some(), "{id} did not come:\n{}", self.postfix.log());
    }

    /// The same without waiting for it.
    pub fn post(&self, from: &str, to: &str, bytes: &[u8]) {
        let ca_file = self.dovecot.ca_file();
        let door =
            Door { port: self.postfix.world_port, protection: Protection::StartTls, ca_file: &ca_file, login: None };
        send(&door, from, &[to], bytes).expect("taken by the server");
    }

    /// The mail of which this stands in the text, once it lies there.
    pub fn wait_in(&self, user: &str, folder: &str, text: &str) -> Held {
        let found = wait_for(Duration::from_secs(30), || {
            self.lying(user, folder).into_iter().find(|held| held.text().contains(text))
        });
        found.unwrap_or_else(|| panic!("{text} did not come to {user}:\n{}", self.postfix.log()))
    }
}

/// A second folder of settings for the same mailbox.
pub struct SecondFolder {
    kept: tempfile::TempDir,
}

impl SecondFolder {
    pub fn run(&self, now: Option<DateTime<Utc>>, arguments: &[&str]) -> Said {
        Said::of(&command_in(self.kept.path(), now, arguments).output().expect("the program runs"))
    }
}

fn command_in(folder: &std::path::Path, now: Option<DateTime<Utc>>, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder).env_clear().args(arguments).stdin(Stdio::null());
    if let Some(now) = now {
        command.args(["--now", &now.to_rfc3339()]);
    }
    command
}

/// The unfolded value of a header.
pub fn header(text: &str, name: &str) -> Option<String> {
    let head = text.split("\r\n\r\n").next().unwrap_or(text).replace("\r\n ", " ").replace("\r\n\t", " ");
    let wanted = format!("{}:", name.to_lowercase());
    head.lines()
        .find(|line| line.to_lowercase().starts_with(&wanted))
        .map(|line| line[wanted.len()..].trim().to_owned())
}
