//! A firm to work on: its folder, its mail, the program run on it, and what the world saw of it.

use chrono::{DateTime, Utc};
use mail::Letter;
use sollecito::mailbox::Folder;
use sollecito::mailbox::maildir::Maildir;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub mod mail;
pub mod running;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_sollecito");

/// The day on which the books are taken over.
pub const BOOKS: &str = "2026-10-06T10:00:00+02:00";

/// The modes of most tests: what may leave, leaves.
pub const SENDING: &str = "reminder = \"send\"\nresend_invoice = \"send\"\nbank_details = \"send\"\nstatement = \"send\"\n\
    deferral = \"send\"\npromise = \"send\"\nclaimed_payment = \"send\"\nthanks = \"send\"\nacknowledgement = \"send\"\n";

/// Three debtors, all due on 30 September.
pub const LIST: &str = "\
Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente
118/2026;31/08/2026;30/09/2026;1.220,00;Baldini S.r.l.;amministrazione@baldini.example;azienda
119/2026;31/08/2026;30/09/2026;610,00;Officine Verdi S.r.l.;conti@officineverdi.example;azienda
120/2026;31/08/2026;30/09/2026;305,00;Neri Impianti S.r.l.;info@neriimpianti.example;azienda
";

/// What one run of the program said.
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

    pub fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// The folder of a firm.
pub struct Firm {
    /// Gone when the test is over; absent for a copy inside another one's folder.
    _kept: tempfile::TempDir,
    pub folder: PathBuf,
}

impl Firm {
    /// A firm with these `[modes]` and further lines for `[limits]`; its mailbox is empty and nothing is imported.
    pub fn new(modes: &str, limits: &str) -> Self {
        Self::with_sending(modes, limits, "")
    }

    pub fn with_sending(modes: &str, limits: &str, sending: &str) -> Self {
        let kept = tempfile::tempdir().expect("a folder");
        let folder = kept.path().to_path_buf();
        fs::write(folder.join("sollecito.toml"), settings(modes, limits, sending)).expect("settings");
        Maildir::create(&folder.join("Maildir").tap_made()).expect("a Maildir");
        Self { _kept: kept, folder }
    }

    /// A firm that sends, with its books taken over on [`BOOKS`] and the invoice mail of 118/2026 in Sent.
    pub fn at_work(modes: &str, limits: &str) -> Self {
        let firm = Self::new(modes, limits);
        firm.lay(Folder::Sent, "2026-08-31T10:00:00Z", &mail::invoice_118());
        firm.take_over();
        firm
    }

    /// Imports the list and does the first pass.
    pub fn take_over(&self) {
        fs::write(self.folder.join("list.csv"), LIST).expect("the list");
        self.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-06"]);
        self.good(BOOKS, &["once"]);
    }

    /// The same firm once more, as it stands now.
    pub fn copy(&self) -> Self {
        let kept = tempfile::tempdir().expect("a folder");
        copy_folder(&self.folder, kept.path());
        Self { folder: kept.path().to_path_buf(), _kept: kept }
    }

    /// Writes the settings anew; everything else stays.
    pub fn change_settings(&self, modes: &str, limits: &str, sending: &str) {
        fs::write(self.folder.join("sollecito.toml"), settings(modes, limits, sending)).expect("settings");
    }

    /// A mail as a delivery agent lays it down.
    pub fn lay(&self, folder: Folder, received: &str, letter: &Letter) -> String {
        self.lay_bytes(folder, received, &letter.bytes())
    }

    pub fn lay_bytes(&self, folder: Folder, received: &str, bytes: &[u8]) -> String {
        let mut maildir = Maildir::open(&self.maildir(), Default::default()).expect("a Maildir");
        maildir.deliver(folder, bytes, moment(received)).expect("a mail").0
    }

    pub fn maildir(&self) -> PathBuf {
        self.folder.join("Maildir")
    }

    /// The program at a moment, with a cleared environment.
    pub fn command(&self, now: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.current_dir(&self.folder).env_clear().args(arguments).stdin(Stdio::null());
        if !now.is_empty() {
            command.args(["--now", now]);
        }
        command
    }

    pub fn run(&self, now: &str, arguments: &[&str]) -> Said {
        Said::of(&self.command(now, arguments).output().expect("the program runs"))
    }

    /// A run that must succeed; what it said.
    pub fn good(&self, now: &str, arguments: &[&str]) -> String {
        let said = self.run(now, arguments);
        assert_eq!(said.code, Some(0), "{arguments:?} at {now}: {}", said.all());
        said.out
    }

    pub fn once(&self, now: &str) -> String {
        self.good(now, &["once"])
    }

    pub fn json(&self, now: &str, arguments: &[&str]) -> serde_json::Value {
        let mut arguments = arguments.to_vec();
        arguments.push("--json");
        let out = self.good(now, &arguments);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {out}"))
    }

    /// Every row of the outbox.
    pub fn outbox(&self, now: &str) -> Vec<serde_json::Value> {
        self.json(now, &["outbox", "--all"]).as_array().expect("rows").clone()
    }

    /// Everything that left, oldest first: name and text.
    pub fn left(&self) -> Vec<Left> {
        let mut left = Vec::new();
        for path in files(&self.folder.join("outgoing")) {
            if path.extension().is_some_and(|ending| ending == "eml") {
                let bytes = fs::read(&path).expect("a mail");
                let envelope = fs::read_to_string(path.with_extension("envelope")).expect("an envelope");
                left.push(Left { text: String::from_utf8_lossy(&bytes).into_owned(), bytes, envelope });
            }
        }
        left
    }

    /// What left to anybody but the owner.
    pub fn left_to_customers(&self) -> Vec<Left> {
        self.left().into_iter().filter(|left| !left.envelope.contains("to: titolare@")).collect()
    }

    /// What left to the owner.
    pub fn notices(&self) -> Vec<Left> {
        self.left().into_iter().filter(|left| left.envelope.contains("to: titolare@")).collect()
    }

    /// The mails of a folder as they lie there.
    pub fn lying(&self, folder: Folder) -> Vec<(PathBuf, String)> {
        let place = match folder {
            Folder::Inbox => self.maildir(),
            Folder::Sent => self.maildir().join(".Sent"),
            Folder::Drafts => self.maildir().join(".Drafts"),
            Folder::Junk => self.maildir().join(".Junk"),
        };
        let mut found = Vec::new();
        for part in ["new", "cur"] {
            for path in files(&place.join(part)) {
                let text = String::from_utf8_lossy(&fs::read(&path).expect("a mail")).into_owned();
                found.push((path, text));
            }
        }
        found
    }

    /// Every file of the mailbox with its content: to see that nothing was touched.
    pub fn mailbox_files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        for folder in ["", ".Sent", ".Drafts", ".Junk"] {
            for part in ["new", "cur", "tmp"] {
                for path in files(&self.maildir().join(folder).join(part)) {
                    found.insert(path.clone(), fs::read(&path).expect("a mail"));
                }
            }
        }
        found
    }
}

/// A mail that left.
pub struct Left {
    pub text: String,
    pub bytes: Vec<u8>,
    pub envelope: String,
}

impl Left {
    pub fn header(&self, name: &str) -> Option<String> {
        header(&self.text, name)
    }
}

/// The unfolded value of a header.
pub fn header(text: &str, name: &str) -> Option<String> {
    let head = text.split("\r\n\r\n").next().unwrap_or(text).replace("\r\n ", " ").replace("\r\n\t", " ");
    let wanted = format!("{}:", name.to_lowercase());
    head.lines()
        .find(|line| line.to_lowercase().starts_with(&wanted))
        .map(|line| line[wanted.len()..].trim().to_owned())
}

pub fn moment(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a moment").with_timezone(&Utc)
}

/// The files of a directory, sorted; none when it is not there.
pub fn files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            let modified = entry.metadata().expect("times").modified().expect("a time");
            fs::copy(entry.path(), &target).expect("a copy");
            fs::File::options()
                .write(true)
                .open(&target)
                .and_then(|file| file.set_modified(modified))
                .expect("its time");
        }
    }
}

fn settings(modes: &str, limits: &str, sending: &str) -> String {
    format!(
        "[firm]\nname = \"Studio Ferri\"\nperson = \"Marta Ferri\"\nphone = \"+39 02 1234567\"\n\
         address = \"marta@studioferri.example\"\n\n\
         [owner]\nname = \"Marta Ferri\"\naddress = \"titolare@studioferri.example\"\n\n\
         [mailbox]\npath = \"Maildir\"\nauthserv_ids = [\"mx.studioferri.example\"]\n\n\
         [sending]\ntransport = \"folder\"\npath = \"outgoing\"\n{sending}\n\
         [[bank_account]]\nid = \"main\"\niban = \"IT60X0542811101000000123456\"\nholder = \"Studio Ferri\"\n\n\
         [modes]\n{modes}\n[limits]\n{limits}\n"
    )
}

/// A directory that exists.
trait Made {
    fn tap_made(self) -> Self;
}

impl Made for PathBuf {
    fn tap_made(self) -> Self {
        fs::create_dir_all(&self).expect("a folder");
        self
    }
}
