//! `init` and `check --live` on real servers: what is right is said, each mistake says what to change, and nothing in
//! the mailbox changes by being looked at.

use crate::hand::MailProgram;
use crate::servers::{Dovecot, Flaw, Postfix, Wishes, full, present, wait_for};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

const MARTA: &str = "marta@studioferri.example";
const PASSWORD: &str = "segreta uno";

fn wishes() -> Wishes {
    Wishes::default().user(MARTA, PASSWORD)
}

fn sollecito(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sollecito"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("CREDENTIALS_DIRECTORY", folder.join("credentials"))
        .output()
        .expect("the program runs")
}

/// Everything that was said, on one line, so that line breaks do not matter.
fn said(output: &Output) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains(PASSWORD), "the password is shown: {text}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn says(output: &Output, wanted: &str) {
    assert!(said(output).contains(wanted), "«{wanted}» is not in: {}", said(output));
}

/// A folder in which the password lies as a file and as a credential.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("credentials")).unwrap();
    for (name, text) in [("secret.txt", PASSWORD), ("credentials/mail", PASSWORD), ("wrong.txt", "wrong")] {
        let path = home.path().join(name);
        fs::write(&path, format!("{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    home
}

/// `init firm` with both servers, by flags alone.
fn init(home: &Path, dovecot: &Dovecot, postfix: &Postfix, more: &[&str]) -> Output {
    let (imap, smtp) = (dovecot.imaps_port.to_string(), postfix.submission_port.to_string());
    let ca_file = dovecot.ca_file().display().to_string();
    let flags = [
        &["init", "firm", "--address", MARTA, "--name", "Studio Ferri", "--person", "Marta Ferri", "--phone", "1"][..],
        &["--imap-host", "localhost", "--imap-port", &imap, "--smtp-host", "localhost", "--smtp-port", &smtp],
        &["--smtp-tls", "starttls", "--ca-file", &ca_file],
        more,
    ]
    .concat();
    sollecito(home, &flags)
}

fn received(program: &mut MailProgram, id: &str) {
    let mail = format!(
        "Authentication-Results: {id}; spf=pass\r\nFrom: anna@baldini.example\r\nTo: {MARTA}\r\nSubject: Prova {id}\r\n\
         Message-ID: <{id}@baldini.example>\r\n\r\nBuongiorno\r\n"
    );
    program.append("INBOX", "", None, mail.as_bytes());
}

fn change(home: &Path, old: &str, new: &str) {
    let file = home.join("firm/sollecito.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(old), "{old} is not in the settings:\n{text}");
    fs::write(file, text.replace(old, new)).unwrap();
}

#[test]
fn a_firm_is_set_up_by_flags_and_looking_leaves_no_trace() {
    if !present() {
        return;
    }
    let dovecot = Dovecot::start(wishes());
    let postfix = Postfix::start(&dovecot, &[MARTA]);
    let mut program = MailProgram::open(&dovecot, MARTA);
    for _ in 0..3 {
        received(&mut program, "mx.studioferri.example");
    }
    received(&mut program, "mx.elsewhere.example");
    let before = dovecot.picture(MARTA);
    let home = home();
    let output = init(home.path(), &dovecot, &postfix, &["--password-file", "secret.txt"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    for sentence in [
        "marta@studioferri.example is logged in at localhost port",
        "New mail is told by the server at once (IDLE)",
        "\"Sent\" is the folder of sent mail (the server says so).",
        "\"Drafts\" is the folder of drafts (the server says so).",
        "\"Junk\" is the folder of spam (the server says so).",
        "mx.studioferri.example (3), mx.elsewhere.example (1).",
        "encrypted by STARTTLS.",
        "Everything that is needed is there.",
    ] {
        says(&output, sentence);
    }
    let text = fs::read_to_string(home.path().join("firm/sollecito.toml")).unwrap();
    assert!(text.contains("# seen on 3 of the last mails: mx.studioferri.example\n"), "{text}");
    assert!(!text.contains(PASSWORD));
    change(home.path(), "# authserv_ids = [\"mx.provider.example\"]", "authserv_ids = [\"mx.studioferri.example\"]");
    let live = sollecito(home.path(), &["check", "--live", "--config", "firm"]);
    assert_eq!(live.status.code(), Some(0), "{}", said(&live));
    says(&live, "mx.studioferri.example vouches for the sender on 3 of the last 4 mails.");
    assert_eq!(dovecot.picture(MARTA), before, "nothing moved, no flag changed, nothing sent");
    let json = sollecito(home.path(), &["check", "--live", "--json", "--config", "firm"]);
    let answer: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert!(answer["live"].as_array().unwrap().iter().all(|finding| finding["state"] != "bad"), "{answer:#}");
}

#[test]
fn every_source_of_the_password_opens_both_servers() {
    if !present() {
        return;
    }
    let dovecot = Dovecot::start(wishes());
    let postfix = Postfix::start(&dovecot, &[MARTA]);
    for source in [
        &["--password-file", "secret.txt"][..],
        &["--password-credential", "mail"],
        &["--password-command", "/bin/cat", "secret.txt"],
        &["--password-command", "--", "/bin/sh", "-c", "cat secret.txt; echo remark"],
    ] {
        let home = home();
        let output = init(home.path(), &dovecot, &postfix, source);
        assert_eq!(output.status.code(), Some(0), "{source:?}: {}", said(&output));
    }
    let home = home();
    let token = init(home.path(), &dovecot, &postfix, &["--token-command", "/bin/cat", "secret.txt"]);
    assert_eq!(token.status.code(), Some(6));
    says(&token, "localhost takes no access tokens (XOAUTH2).");
    says(&token, "The server takes no tokens (XOAUTH2; it offers:");
}

#[test]
fn a_failed_trial_writes_the_settings_all_the_same_and_each_mistake_has_its_remedy() {
    if !present() {
        return;
    }
    let mut dovecot = Dovecot::start(wishes());
    let postfix = Postfix::start(&dovecot, &[MARTA]);
    let home = home();
    let output = init(home.path(), &dovecot, &postfix, &["--password-file", "wrong.txt"]);
    assert_eq!(output.status.code(), Some(6));
    says(&output, "localhost refused the login");
    says(&output, "The server refuses the login of marta@studioferri.example: 535");
    says(&output, "2 things do not work yet; the settings are written all the same");
    let live = |sentence: &str, remedy: &str| {
        let live = sollecito(home.path(), &["check", "--live", "--config", "firm"]);
        assert_eq!(live.status.code(), Some(6), "{sentence}: {}", said(&live));
        says(&live, sentence);
        says(&live, remedy);
    };
    live("localhost refused the login", "Check user and password.");
    let wrong = home.path().join("wrong.txt").display().to_string();
    change(home.path(), &wrong, &home.path().join("secret.txt").display().to_string());
    let (imaps, imap) = (format!("port = {}", dovecot.imaps_port), format!("port = {}", dovecot.imap_port));
    change(home.path(), &imaps, &imap);
    live("does not begin with TLS", "set tls = \"starttls\"");
    let nowhere = format!("port = {}", crate::servers::free_port());
    change(home.path(), &imap, &nowhere);
    live("nothing listens there", "Check host and port");
    change(home.path(), &nowhere, &imaps);
    change(home.path(), "# sent = \"Sent\"", "sent = \"Posta spedita\" #");
    live("\"Posta spedita\"", "sent");
    change(home.path(), "sent = \"Posta spedita\" #", "# sent = \"Sent\"");
    for (flaw, sentence, remedy) in [
        (Flaw::Expired, "has expired", "the clock of this machine"),
        (Flaw::OtherName, "is made out to another name", "Write the server's name as its provider gives it"),
    ] {
        dovecot.show_certificate(flaw);
        live(sentence, remedy);
    }
    dovecot.show_a_strangers_certificate();
    live("an authority that is not trusted here", "ca_file");
    dovecot.show_certificate(Flaw::None);
    let good = sollecito(home.path(), &["check", "--live", "--config", "firm"]);
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
}

/// The mail to oneself is found in Sent when the server files it, and is passed over by the agent when it arrives.
#[test]
fn who_files_copies_is_found_out_by_one_mail() {
    if !present() {
        return;
    }
    let dovecot = Dovecot::start(wishes());
    let postfix = Postfix::start(&dovecot, &[MARTA]);
    let home = home();
    let flags = ["--password-file", "secret.txt", "--probe-sent-copy", "--language", "it"];
    let files_itself = std::thread::scope(|scope| {
        let filing = scope.spawn(|| {
            wait_for(Duration::from_secs(40), || {
                let mut program = MailProgram::open(&dovecot, MARTA);
                let arrived = program.mails("INBOX").pop()?;
                program.append("Sent", "\\Seen", None, &arrived.bytes);
                Some(arrived)
            })
        });
        let output = init(home.path(), &dovecot, &postfix, &flags);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        says(&output, "Copies of sent mail are filed by the server");
        filing.join().unwrap().expect("the mail arrived")
    });
    assert!(files_itself.text().contains("questo messaggio serve a capire"), "{}", files_itself.text());
    let text = fs::read_to_string(home.path().join("firm/sollecito.toml")).unwrap();
    assert!(text.lines().any(|line| line.starts_with("sent_copy = \"server\"")), "{text}");
    let before = dovecot.picture(MARTA);
    let once = sollecito(home.path(), &["once", "--config", "firm"]);
    assert_eq!(once.status.code(), Some(0), "{}", said(&once));
    let cases = sollecito(home.path(), &["cases", "--config", "firm"]);
    says(&cases, "No questions are open.");
    assert_eq!(dovecot.picture(MARTA), before, "nobody answers it");

    if full() {
        let other = self::home();
        let output = init(other.path(), &dovecot, &postfix, &flags);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        says(&output, "Copies of sent mail are laid into Sent by us");
    }
}

/// A mailbox whose folders bear other names: found by name, and missing ones are asked for.
#[test]
fn folders_of_other_names_are_found_or_asked_for() {
    if !present() {
        return;
    }
    let named = Wishes { folders: vec![("Posta inviata", None), ("Bozze", None), ("Altro", None)], ..wishes() };
    let dovecot = Dovecot::start(named);
    let postfix = Postfix::start(&dovecot, &[MARTA]);
    let home = home();
    let output = init(home.path(), &dovecot, &postfix, &["--password-file", "secret.txt"]);
    says(&output, "\"Posta inviata\" is the folder of sent mail (by its name).");
    says(&output, "\"Bozze\" is the folder of drafts (by its name).");
    says(&output, "note No folder was found for spam. Replies that land there are not seen.");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    drop((postfix, dovecot));
    let dovecot = Dovecot::start(Wishes { folders: vec![("Bozze", None), ("Altro", None)], ..wishes() });
    let postfix = Postfix::start(&dovecot, &[MARTA]);
    let home = self::home();
    let output = init(home.path(), &dovecot, &postfix, &["--password-file", "secret.txt"]);
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
    says(&output, "WRONG No folder was found for sent mail.");
    says(&output, "Write under [mailbox]: sent = \"NAME\"; there are \"Altro\", \"Bozze\", \"INBOX\"");
    change(home.path(), "# sent = \"Sent\"", "sent = \"Altro\" #");
    let live = sollecito(home.path(), &["check", "--live", "--config", "firm"]);
    assert_eq!(live.status.code(), Some(0), "{}", said(&live));
    says(&live, "\"Altro\" is the folder of sent mail (the settings say so).");
}
