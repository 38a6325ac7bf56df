//! Everything is told to the log, and what it holds is searched for secrets and for what stands in mails.

use crate::firm::{BALDINI, EVERYBODY, Firm, MARTA, PASSWORD, VERDI};
use crate::letters;
use crate::memory::Memory;
use crate::running::Running;
use crate::servers::present;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

const ALL: &str = "resend_invoice = \"send\"\nreminder = \"send\"\n";
const TRACE: [(&str, &str); 1] = [("SOLLECITO_LOG", "trace")];
const TOKEN: &str = "ya29-Prezioso-Gettone";

/// A secret in every form in which it travels: as it is, quoted, and in base64 at each of the three places in which it
/// can begin there, without the signs at the ends that its neighbours have a part in.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned(), secret.escape_default().to_string()];
    for before in 0..3 {
        let coded = data_encoding::BASE64.encode(format!("{}{secret}", "\0".repeat(before)).as_bytes());
        let begin = if before == 0 { 0 } else { 4 };
        let whole = coded.trim_end_matches('=');
        let end = (before + secret.len()) / 3 * 4;
        forms.push(whole[begin..end].to_owned());
    }
    forms
}

fn search(what: &str, bytes: &[u8], secret: &str) {
    let text = String::from_utf8_lossy(bytes);
    for form in forms(secret) {
        assert!(form.len() > 8, "too short to be looked for: {form}");
        assert!(!text.contains(&form), "{what} holds a secret as {form}");
    }
}

/// Every file of the folder but those that people wrote.
fn written(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_file() && !["password.txt", "secret.txt", "list.csv", "ca.pem"].contains(&name.as_str()) {
            found.insert(name, fs::read(&path).expect("a file"));
        }
    }
    found
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for text in [
        format!("LOGIN {MARTA} {PASSWORD}"),
        format!("AUTH PLAIN {}", data_encoding::BASE64.encode(format!("\0{MARTA}\0{PASSWORD}").as_bytes())),
        data_encoding::BASE64.encode(PASSWORD.as_bytes()),
        data_encoding::BASE64.encode(format!("x{PASSWORD}y").as_bytes()),
    ] {
        assert!(std::panic::catch_unwind(|| search("a line", text.as_bytes(), PASSWORD)).is_err(), "{text}");
    }
    search("a line", b"nothing of that kind", PASSWORD);
}

#[test]
fn a_run_that_tells_everything_tells_no_secret_and_nothing_of_mails() {
    if !present() {
        return;
    }
    let firm = Firm::new(ALL);
    // The password comes from a command that writes down what it was given.
    fs::write(firm.folder.join("secret.txt"), format!("{PASSWORD}\n")).expect("a secret");
    fs::set_permissions(firm.folder.join("secret.txt"), fs::Permissions::from_mode(0o600)).expect("a mode");
    let command = "password_command = [\"/bin/sh\", \"-c\", \"cat /proc/$$/environ /proc/$PPID/cmdline \
                   /proc/$PPID/environ >> asked.txt; cat secret.txt\"]\nca_file";
    firm.edit("password_file = \"password.txt\"\nca_file", command);
    fs::remove_file(firm.folder.join("password.txt")).expect("removed");
    firm.take_over();
    let running = Running::begin(&firm, None, &[], &TRACE);
    firm.receive_unseen(BALDINI, &letters::not_received());
    firm.receive_unseen(VERDI, &letters::chat(1));
    let memory = Memory::of(&firm);
    running.until("both mails", Duration::from_secs(60), || {
        memory.knows("<chat1@officineverdi.example>") && memory.undecided() == 0
    });
    for name in ["cmdline", "environ"] {
        let bytes = fs::read(format!("/proc/{}/{name}", running.pid())).expect("a process");
        assert!(!bytes.is_empty());
        search(name, &bytes, PASSWORD);
    }
    let (watched, _) = running.stop();
    let sent = firm.command(firm.days.at(0, 13, 0), &["once"]).envs(TRACE).output().expect("the program runs");
    let live = firm.command(None, &["check", "--live"]).envs(TRACE).output().expect("the program runs");
    assert!(String::from_utf8_lossy(&sent.stdout).contains("1 sent"), "{sent:?}");
    firm.wait_in(BALDINI, "INBOX", "<lacking@baldini.example>");

    let files = written(&firm.folder);
    assert!(files.contains_key("sollecito.db") && files["asked.txt"].len() > 100, "{:?}", files.keys());
    for (name, bytes) in &files {
        search(name, bytes, PASSWORD);
    }
    let logs = [watched.err.into_bytes(), sent.stderr, live.stderr];
    for said in logs.iter().chain([&watched.out.into_bytes(), &sent.stdout, &live.stdout]) {
        search("what it said", said, PASSWORD);
    }
    let log = logs.iter().map(|log| String::from_utf8_lossy(log)).collect::<String>();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "the log tells everything: {log}");
    let words = ["non ho ricevuto", "pranziamo", "Pranzo", "Fattura 118", "118/2026", "Anna", "IT60", "1.220,00"];
    for word in words.iter().chain(&EVERYBODY) {
        assert!(!log.contains(word), "the log speaks of {word}: {log}");
    }
}

#[test]
fn a_token_that_is_refused_stays_unsaid() {
    if !present() {
        return;
    }
    let firm = Firm::new(ALL);
    fs::write(firm.folder.join("secret.txt"), format!("{TOKEN}\n")).expect("a secret");
    let command = "token_command = [\"/bin/cat\", \"secret.txt\"]\nca_file";
    firm.edit("password_file = \"password.txt\"\nca_file", command);
    for arguments in [&["check", "--live"][..], &["once"]] {
        let done = firm.command(None, arguments).envs(TRACE).output().expect("the program runs");
        assert_eq!(done.status.code(), Some(6));
        search("what it said", &done.stdout, TOKEN);
        search("the log", &done.stderr, TOKEN);
    }
    for (name, bytes) in &written(&firm.folder) {
        search(name, bytes, TOKEN);
    }
    search("the server's log", firm.dovecot.log().as_bytes(), TOKEN);
}
