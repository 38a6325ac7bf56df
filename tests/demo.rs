//! The demo, run as a stranger runs it: the same each time, every mail whole, nothing to anybody who is not on file.

#![allow(clippy::expect_used, clippy::panic)]

use sollecito::message::{Message, Reader, read};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use unicode_width::UnicodeWidthStr as _;

/// The studio's own address, to which its questions go.
const OWNER: &str = "marta@studiolarice.example";

/// One run, shared by the tests of this file.
static RUN: LazyLock<Run> = LazyLock::new(|| Run::new("one"));

struct Run {
    folder: PathBuf,
    said: String,
    /// Keeps the folder until the tests are over.
    _home: tempfile::TempDir,
}

impl Run {
    fn new(name: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join(name);
        let output = demo(&folder);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { folder, said: String::from_utf8(output.stdout).expect("UTF-8"), _home: home }
    }

    /// What was said, wherever the folder lies. Its name is as long as the paragraph's lines make it.
    fn said_anywhere(&self) -> String {
        let name = self.folder.display().to_string();
        let (story, look) = self.said.split_once("Look on\n").expect("the last section");
        assert!(!story.contains(&name), "the folder is named in the timeline");
        let look = look.replace(&name, "DEMO").split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{story}Look on\n{look}\n")
    }

    fn mails(&self, folder: &str) -> Vec<(String, Message)> {
        let mut mails = Vec::new();
        for part in ["new", "cur"] {
            let place = self.folder.join("Maildir").join(folder).join(part);
            for entry in fs::read_dir(place).expect("a Maildir") {
                let path = entry.expect("an entry").path();
                let bytes = fs::read(&path).expect("a mail");
                mails.push((String::from_utf8_lossy(&bytes).into_owned(), read(&bytes, &Reader::default())));
            }
        }
        mails
    }

    /// What left: envelope recipients and bytes.
    fn outgoing(&self) -> Vec<(BTreeSet<String>, Vec<u8>)> {
        let mut names: Vec<PathBuf> = fs::read_dir(self.folder.join("outgoing"))
            .expect("the way out")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
            .collect();
        names.sort();
        names
            .iter()
            .map(|path| {
                let envelope = fs::read_to_string(path.with_extension("envelope")).expect("its envelope");
                let to = envelope.lines().filter_map(|line| line.strip_prefix("to: ")).map(str::to_owned).collect();
                (to, fs::read(path).expect("a mail"))
            })
            .collect()
    }
}

fn demo(folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sollecito"))
        .args(["demo", "--dir"])
        .arg(folder)
        .env_clear()
        .output()
        .expect("the program runs")
}

/// Every file below a folder with its bytes; the database apart, whose pages may lie in any order.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(place) = waiting.pop() {
        for entry in fs::read_dir(&place).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else if !path.to_string_lossy().contains("sollecito.db") {
                let name = path.strip_prefix(folder).expect("below").to_owned();
                found.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

#[test]
fn it_tells_the_same_story_each_time() {
    let other = Run::new("another-folder-with-a-longer-name");
    assert_eq!(RUN.said_anywhere(), other.said_anywhere());
    assert_eq!(files(&RUN.folder), files(&other.folder));
    insta::assert_snapshot!("timeline", RUN.said_anywhere());
}

#[test]
fn it_fits_a_screen() {
    let timeline = RUN.said.split("Look on").next().expect("the timeline");
    let wide: Vec<&str> = timeline.lines().filter(|line| line.width() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    assert!(timeline.lines().count() > 200);
}

#[test]
fn every_mail_can_be_opened() {
    let inbox = RUN.mails("");
    let sent = RUN.mails(".Sent");
    assert!(inbox.len() > 40, "{} in INBOX", inbox.len());
    assert!(sent.len() > 40, "{} in Sent", sent.len());
    for (text, mail) in inbox.iter().chain(&sent) {
        assert_eq!(mail.from.len(), 1, "{text}");
        assert!(!mail.subject.is_empty(), "{text}");
        assert!(mail.rfc_id.is_some() && mail.date.is_some(), "{text}");
        assert!(!mail.words.new.trim().is_empty(), "{text}");
        for attachment in mail.attachments.iter().filter(|one| one.media_type == "application/pdf") {
            assert!(attachment.content.starts_with(b"%PDF-1.4"), "{text}");
            assert!(attachment.content.ends_with(b"%%EOF\n"), "{text}");
        }
    }
}

#[test]
fn mail_goes_to_addresses_on_file_only_and_never_twice() {
    let list = fs::read_to_string(RUN.folder.join("receivables.csv")).expect("the list");
    let outgoing = RUN.outgoing();
    assert!(outgoing.len() > 60, "{}", outgoing.len());
    let mut ids = BTreeSet::new();
    let mut reminders = BTreeSet::new();
    for (recipients, bytes) in &outgoing {
        let text = String::from_utf8_lossy(bytes);
        let mail = read(bytes, &Reader::default());
        for recipient in recipients {
            // The address that died was on file until the owner corrected it.
            let on_file = list.contains(&format!(";{recipient};")) || recipient == "info@agriturismoilnoce.example";
            assert!(on_file || recipient == OWNER, "{recipient}");
        }
        assert!(text.contains("\nAuto-Submitted: auto-"), "{text}");
        assert!(ids.insert(mail.rfc_id.clone()), "twice: {:?}", mail.rfc_id);
        if !recipients.contains(OWNER) {
            let day = mail.date.expect("a date").date_naive();
            assert!(reminders.insert((recipients.clone(), day, mail.words.new.clone())), "twice: {text}");
        }
    }
}

#[test]
fn what_left_lies_in_sent_and_no_question_of_a_machine_is_answered() {
    let sent: BTreeSet<String> =
        RUN.mails(".Sent").iter().filter_map(|(_, mail)| mail.rfc_id.clone()).map(|id| id.to_string()).collect();
    let mut to_customers = 0;
    for (recipients, bytes) in RUN.outgoing() {
        let mail = read(&bytes, &Reader::default());
        if !recipients.contains(OWNER) {
            to_customers += 1;
            assert!(sent.contains(&mail.rfc_id.expect("an id").to_string()));
        }
    }
    assert!(to_customers > 35, "{to_customers}");
    let machines: BTreeSet<String> = RUN
        .mails("")
        .into_iter()
        .filter(|(text, _)| text.contains("\nAuto-Submitted: auto-replied") || text.contains("\nList-Id:"))
        .filter_map(|(_, mail)| mail.rfc_id)
        .map(|id| id.as_str().to_owned())
        .collect();
    assert!(machines.len() >= 3, "{machines:?}");
    for (_, bytes) in RUN.outgoing() {
        let mail = read(&bytes, &Reader::default());
        assert!(!mail.thread.iter().take(1).any(|id| machines.contains(id.as_str())), "{}", mail.subject);
    }
}

#[test]
fn the_folder_is_a_firm_like_any_other() {
    let config = RUN.folder.display().to_string();
    for arguments in [
        vec!["check"],
        vec!["--now", "2026-11-30", "status"],
        vec!["--now", "2026-11-30", "cases"],
        vec!["--now", "2026-11-30", "why", "2026/75"],
        vec!["--now", "2026-11-30", "show", "Edil Valsugana"],
        vec!["--now", "2026-11-30", "plan"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_sollecito"))
            .args(["--config", &config])
            .args(&arguments)
            .env_clear()
            .output()
            .expect("the program runs");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("thesis.txt"), "three years of work").expect("written");
    let output = demo(home.path());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(8), "{said}");
    assert!(said.contains("is not of the demo's making") && said.contains("--dir FOLDER"), "{said}");
    assert_eq!(fs::read_to_string(home.path().join("thesis.txt")).expect("still there"), "three years of work");
    assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 1);
}

/// What the README shows of the demo is what the demo says.
#[test]
fn the_readme_shows_a_true_excerpt() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let excerpt = readme.split("From the demo's output").nth(1).and_then(|rest| rest.split("The demo leaves").next());
    let said = RUN.said_anywhere();
    let mut shown = 0;
    for line in excerpt.expect("an excerpt").lines().filter_map(|line| line.strip_prefix("    ")) {
        if line.trim().is_empty() || line.trim() == "[…]" {
            continue;
        }
        assert!(said.lines().any(|said| said == line), "the demo does not say: {line}");
        shown += 1;
    }
    assert!(shown > 20, "{shown} lines");
}
