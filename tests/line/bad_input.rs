//! What is broken outside is said plainly, loses nothing, and is over as soon as it is mended.

use crate::bench::mail::{self, Letter};
use crate::bench::{BOOKS, Firm, PROGRAM, SENDING, Said};
use sollecito::mailbox::Folder;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

const QUICK: &str = "approve_first_mail = false\n";
const WEDNESDAY: &str = "2026-10-07T10:00:00+02:00";

/// It failed as it should: exit code, words, and neither a panic nor a backtrace.
fn failed(said: &Said, code: i32, words: &[&str]) {
    assert_eq!(said.code, Some(code), "{}", said.all());
    for word in words {
        assert!(said.err.contains(word), "`{word}` is not in: {}", said.all());
    }
    assert!(!said.err.contains("panicked"), "{}", said.err);
}

/// Writes a file of the firm's, in whatever folder.
fn lay_down(firm: &Firm, name: &str, text: &str) {
    let path = firm.folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).expect("a folder");
    fs::write(path, text).expect("a file");
}

#[test]
fn settings_that_cannot_be_used_stop_everything_at_once() {
    let firm = Firm::at_work(SENDING, QUICK);
    let settings = firm.folder.join("sollecito.toml");
    let good = fs::read_to_string(&settings).expect("settings");
    fs::remove_file(&settings).expect("gone");
    failed(&firm.run(WEDNESDAY, &["once"]), 3, &["sollecito.toml"]);
    fs::write(&settings, good.replace("reminder = \"send\"", "remindr = \"send\"")).expect("settings");
    failed(&firm.run(WEDNESDAY, &["once"]), 3, &["remindr", "reminder", "sollecito.toml:"]);
    fs::write(&settings, &good[..good.len() / 2]).expect("settings");
    assert_eq!(firm.run(WEDNESDAY, &["once"]).code, Some(3));
    fs::write(&settings, b"\xff\xfe\x00").expect("settings");
    assert_eq!(firm.run(WEDNESDAY, &["once"]).code, Some(3));
    fs::remove_file(&settings).expect("gone");
    fs::create_dir(&settings).expect("a folder of that name");
    assert_eq!(firm.run(WEDNESDAY, &["once"]).code, Some(3));
    fs::remove_dir(&settings).expect("gone");
    assert!(firm.left().is_empty());
    fs::write(&settings, good).expect("settings");
    assert_eq!(firm.once(WEDNESDAY), "3 sent.\n");
}

#[test]
fn own_rules_and_templates_with_mistakes_are_found_before_anything_leaves() {
    let firm = Firm::at_work(SENDING, QUICK);
    let write = |name: &str, text: &str| lay_down(&firm, name, text);
    write("rules/it/own.toml", "[[rule]]\nid = \"it.own.mine\"\nintnt = \"dispute\"\n");
    failed(&firm.run(WEDNESDAY, &["once"]), 3, &["own.toml"]);
    fs::remove_file(firm.folder.join("rules/it/own.toml")).expect("gone");
    assert_eq!(firm.once(WEDNESDAY), "3 sent.\n");
}

#[test]
fn a_text_that_nobody_wrote_in_a_customers_language_is_found_by_the_check() {
    let firm = Firm::at_work(SENDING, QUICK);
    let write = |name: &str, text: &str| lay_down(&firm, name, text);
    write("rules/ladders.toml", "[firm]\nsteps = [{ id = \"gentle\", after_days = 7, mail = \"gentle\" }]\n");
    write("templates/it/gentle.formal.txt.hbs", "Promemoria\n\nBuongiorno,\n\n{{items}}\n\n{{signature}}\n");
    firm.good(WEDNESDAY, &["check"]);
    write("customers.toml", "[[customer]]\nname = \"Baldini S.r.l.\"\nlanguage = \"de\"\n");
    let words =
        ["templates/de/gentle.formal.txt.hbs", "no German text `gentle` (formal)", "the ladder of Baldini S.r.l."];
    failed(&firm.run(WEDNESDAY, &["check"]), 3, &words);
    // The notice of Italian law is passed over for those who are written to in German, and is no gap.
    let notice = "{ id = \"last\", after_days = 60, draft = \"notice_to_perform\", deadline_days = 15 }";
    let mild = "{ id = \"friendly\", after_days = 7, mail = \"reminder_friendly\" }";
    write("rules/ladders.toml", &format!("[firm]\nsteps = [{mild}, {notice}]\n"));
    firm.good(WEDNESDAY, &["check"]);
}

#[test]
fn a_broken_text_stops_its_own_mails_and_the_owner_is_told() {
    let firm = Firm::at_work(SENDING, QUICK);
    let own = firm.folder.join("templates/it/reminder_friendly.formal.txt.hbs");
    fs::create_dir_all(own.parent().unwrap()).expect("a folder");
    fs::write(&own, "Oggetto\n\n{{#if\n").expect("a text");
    firm.lay(Folder::Inbox, "2026-10-07T06:30:00Z", &mail::not_received());
    failed(&firm.run(WEDNESDAY, &["check"]), 3, &["reminder_friendly.formal.txt.hbs"]);
    let said = firm.once(WEDNESDAY);
    assert!(said.contains("wait until it is mended"), "{said}");
    firm.once("2026-10-07T12:00:00+02:00");
    let left = firm.left_to_customers();
    assert_eq!(left.len(), 1, "the invoice asked for left, no reminder did, and no shipped text took its place");
    assert!(left[0].header("In-Reply-To").is_some());
    assert!(firm.notices().iter().any(|notice| notice.text.contains("reminder_friendly")), "the owner is told");
    let held: Vec<_> = firm.outbox(WEDNESDAY).into_iter().filter(|row| row["state"] == "held").collect();
    assert_eq!(held.len(), 2, "the reminders to the two others wait");
    fs::remove_dir_all(firm.folder.join("templates")).expect("gone");
    for row in held {
        firm.good("2026-10-08T09:55:00+02:00", &["approve", &row["id"].to_string()]);
    }
    firm.once("2026-10-08T10:00:00+02:00");
    assert_eq!(firm.left_to_customers().len(), 3);
}

#[test]
fn a_damaged_database_is_never_worked_on() {
    let firm = Firm::at_work(SENDING, QUICK);
    let database = firm.folder.join("sollecito.db");
    let good = fs::read(&database).expect("the database");
    fs::write(&database, b"this is no database, and never was one; it only looks like a file of that name")
        .expect("written");
    failed(&firm.run(WEDNESDAY, &["once"]), 6, &["sollecito.db"]);
    let mut torn = good.clone();
    torn[4096..12288].fill(0xA5);
    fs::write(&database, &torn).expect("written");
    let said = firm.run(WEDNESDAY, &["once"]);
    assert_eq!(said.code, Some(6), "{}", said.all());
    assert!(!said.err.contains("panicked"), "{}", said.err);
    assert!(firm.left().is_empty());
    fs::write(&database, &good).expect("written");
    assert_eq!(firm.once(WEDNESDAY), "3 sent.\n");
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    let firm = Firm::at_work(SENDING, QUICK);
    let database = rusqlite::Connection::open(firm.folder.join("sollecito.db")).expect("the database");
    let version: i64 = database.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a version");
    database.pragma_update(None, "user_version", version + 1).expect("a newer one");
    failed(&firm.run(WEDNESDAY, &["once"]), 6, &["newer"]);
    failed(&firm.run(WEDNESDAY, &["paid", "118/2026"]), 6, &["newer"]);
    assert!(firm.left().is_empty());
    database.pragma_update(None, "user_version", version).expect("as before");
    drop(database);
    assert_eq!(firm.once(WEDNESDAY), "3 sent.\n");
}

/// Is this test run by the superuser, for whom permissions do not bite?
fn is_superuser(folder: &Path) -> bool {
    let probe = folder.join("probe");
    fs::write(&probe, b"x").expect("a file");
    fs::set_permissions(&probe, fs::Permissions::from_mode(0o000)).expect("permissions");
    let readable = fs::read(&probe).is_ok();
    fs::remove_file(&probe).expect("gone");
    readable
}

fn as_somebody_else(firm: &Firm, now: &str, arguments: &[&str]) -> Said {
    let mut command = firm.command(now, arguments);
    if is_superuser(&firm.folder) {
        // A copy of the program that anybody may run: the build's own folder may be closed to others.
        let program = firm.folder.join("program");
        fs::copy(PROGRAM, &program).expect("a copy");
        command = Command::new(program);
        command.current_dir(&firm.folder).env_clear().args(arguments).args(["--now", now]).uid(65534).gid(65534);
    }
    Said::of(&command.output().expect("the program runs"))
}

fn open_to_all(path: &Path, folder_mode: u32, file_mode: u32) {
    let mode = if path.is_dir() { folder_mode } else { file_mode };
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder") {
            open_to_all(&entry.expect("an entry").path(), folder_mode, file_mode);
        }
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}

#[test]
fn a_folder_that_cannot_be_written_to() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    // It bites: nothing can be read at first, then nothing written.
    open_to_all(&firm.folder, 0o755, 0o600);
    if is_superuser(&firm.folder) {
        failed(&as_somebody_else(&firm, WEDNESDAY, &["once"]), 3, &["sollecito.toml"]);
    }
    open_to_all(&firm.folder, 0o555, 0o444);
    let said = as_somebody_else(&firm, WEDNESDAY, &["once"]);
    open_to_all(&firm.folder, 0o755, 0o644);
    assert_eq!(said.code, Some(6), "{}", said.all());
    assert!(!said.err.contains("panicked") && said.err.contains("sollecito"), "{}", said.err);
    assert!(firm.left().is_empty());
    assert_eq!(firm.once(WEDNESDAY), "1 new in the mailbox, 2 sent.\n");
}

#[test]
fn an_outgoing_folder_that_cannot_be_written_to_loses_nothing() {
    let firm = Firm::at_work(SENDING, QUICK);
    let outgoing = firm.folder.join("outgoing");
    fs::remove_dir_all(&outgoing).expect("gone");
    fs::write(&outgoing, b"a file where a folder should be").expect("written");
    let said = firm.run(WEDNESDAY, &["once"]);
    assert!(said.all().contains("outgoing"), "{}", said.all());
    fs::remove_file(&outgoing).expect("gone");
    firm.once("2026-10-07T10:06:00+02:00");
    assert_eq!(firm.left().len(), 3, "{}", firm.good(WEDNESDAY, &["outbox", "--all"]));
}

#[test]
fn a_full_disk_loses_nothing() {
    let firm = Firm::at_work(SENDING, QUICK);
    let big = Letter::new(
        mail::BALDINI,
        mail::MARTA,
        "R: Fattura 118/2026",
        "Wed, 7 Oct 2026 09:40:00 +0200",
        "<big@baldini.example>",
        "Buongiorno, non ho ricevuto la fattura 118/2026, potete inviarmela di nuovo?\n",
    )
    .answering("<invoice118@studioferri.example>")
    .attaching("foto.pdf", &vec![b'x'; 3_000_000])
    .proven("baldini.example");
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &big);
    // No file may grow beyond 1.5 MB (a limit in blocks of 512 or 1024 bytes), which the kernel answers as a full disk.
    let shell = format!("trap '' XFSZ; ulimit -f 1500; exec {PROGRAM} once --now {WEDNESDAY}");
    let limited = Command::new("/bin/sh").args(["-c", &shell]).current_dir(&firm.folder).env_clear().output();
    let said = Said::of(&limited.expect("a shell"));
    assert_eq!(said.code, Some(6), "it bites: {}", said.all());
    assert!(!said.err.contains("panicked"), "{}", said.err);
    let told = said.err.to_lowercase();
    assert!(told.contains("full") || told.contains("space") || told.contains("written"), "{}", said.err);
    assert!(firm.left().is_empty(), "nothing leaves from a memory that cannot be written");
    // A document of theirs goes with the question, so the owner looks at it; the others get their reminders.
    let said = firm.once(WEDNESDAY);
    assert_eq!(said, "1 new in the mailbox, 2 sent, 1 new question for you, 1 notice to you.\n");
    assert_eq!(firm.once(WEDNESDAY), "Nothing new.\n");
}

#[test]
fn mails_that_are_no_mails_are_kept_and_told_once() {
    let firm = Firm::at_work(SENDING, QUICK);
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    for size in [1, 10, 1000, 20_000] {
        let bytes: Vec<u8> = (0..size).flat_map(|_| noise()).collect();
        firm.lay_bytes(Folder::Inbox, "2026-10-07T07:40:00Z", &bytes);
    }
    firm.lay_bytes(Folder::Inbox, "2026-10-07T07:40:00Z", b"");
    firm.lay_bytes(
        Folder::Inbox,
        "2026-10-07T07:40:00Z",
        &b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n".repeat(500),
    );
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    firm.once(WEDNESDAY);
    let questions = firm.json(WEDNESDAY, &["cases"]);
    let unreadable = questions.as_array().unwrap().iter().filter(|case| case["kind"] == "unreadable_mail").count();
    assert!(unreadable >= 1, "{questions}");
    let notices = firm.notices().len();
    for minute in 1..4 {
        firm.once(&format!("2026-10-07T10:0{minute}:00+02:00"));
    }
    assert_eq!(firm.notices().len(), notices, "told once");
    firm.once("2026-10-07T12:00:00+02:00");
    assert_eq!(
        firm.left().iter().filter(|left| left.header("In-Reply-To").is_some()).count(),
        1,
        "the good one is answered"
    );
}

#[test]
fn a_mail_of_sixty_megabytes() {
    let firm = Firm::at_work(SENDING, QUICK);
    let huge = Letter::new(
        mail::VERDI,
        mail::MARTA,
        "Fattura 119/2026",
        "Wed, 7 Oct 2026 09:45:00 +0200",
        "<huge@officineverdi.example>",
        "Buongiorno, contestiamo la fattura 119/2026: guardate le foto.\n",
    )
    .attaching("foto.pdf", &vec![b'x'; 44_000_000])
    .proven("officineverdi.example");
    let bytes = huge.bytes();
    assert!(bytes.len() > 60_000_000, "{}", bytes.len());
    firm.lay_bytes(Folder::Inbox, "2026-10-07T07:45:00Z", &bytes);
    firm.once(WEDNESDAY);
    let cases = firm.json(WEDNESDAY, &["cases"]);
    assert_eq!(cases.as_array().unwrap().len(), 1, "{cases}");
    assert!(
        firm.left_to_customers().iter().all(|left| !left.envelope.contains("officineverdi")),
        "it stops the reminder"
    );
    assert_eq!(firm.notices().len(), 1);
    assert!(
        firm.notices()[0].bytes.len() < 30_000_000,
        "a notice must be deliverable: {}",
        firm.notices()[0].bytes.len()
    );
}

#[test]
fn a_mailbox_that_changes_under_our_hands() {
    let firm = Firm::new(SENDING, QUICK);
    firm.lay(Folder::Sent, "2026-08-31T10:00:00Z", &mail::invoice_118());
    firm.take_over();
    let seen = mail::not_received();
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &seen);
    for number in 0..40 {
        let other = Letter::new(
            "Giorgio <giorgio@amici.example>",
            mail::MARTA,
            &format!("Cena {number}"),
            "Wed, 7 Oct 2026 09:00:00 +0200",
            &format!("<dinner{number}@amici.example>"),
            "Ci vediamo sabato?\n",
        );
        firm.lay(Folder::Inbox, "2026-10-07T07:00:00Z", &other);
    }
    // A mail program reads, flags and deletes while the agent is at it.
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut turn = 0_usize;
            while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                stir(&firm.maildir(), turn);
                turn += 1;
                std::thread::sleep(std::time::Duration::from_millis(3));
            }
        });
        for minute in 0..6 {
            firm.once(&format!("2026-10-07T09:4{minute}:00+02:00"));
        }
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
    });
    firm.once("2026-10-07T12:00:00+02:00");
    firm.once("2026-10-07T12:01:00+02:00");
    let answers = firm.left().iter().filter(|left| left.header("In-Reply-To").is_some()).count();
    assert_eq!(answers, 1, "the question of Baldini was neither passed over nor answered twice");
    let why = firm.good("2026-10-07T12:02:00+02:00", &["why", "<lacking@baldini.example>"]);
    assert!(why.contains("invoice_request"), "{why}");
}

/// Moves new mails to cur, turns a flag on or off, and deletes a dinner now and then.
fn stir(maildir: &Path, turn: usize) {
    let Ok(entries) = fs::read_dir(maildir.join("new")) else { return };
    for entry in entries.flatten().take(3) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let _raced = fs::rename(entry.path(), maildir.join("cur").join(format!("{name}:2,")));
    }
    let Ok(entries) = fs::read_dir(maildir.join("cur")) else { return };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    if paths.is_empty() {
        return;
    }
    let path = &paths[turn % paths.len()];
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let Some((base, flags)) = name.split_once(":2,") else { return };
    let is_dinner = fs::read_to_string(path).is_ok_and(|text| text.contains("@amici.example"));
    if turn.is_multiple_of(7) && is_dinner {
        let _raced = fs::remove_file(path);
    } else {
        let flags = if flags.contains('S') { "" } else { "S" };
        let _raced = fs::rename(path, maildir.join("cur").join(format!("{base}:2,{flags}")));
    }
}

#[test]
fn a_text_that_fails_for_one_customer_holds_that_mail_only() {
    let firm = Firm::new(SENDING, QUICK);
    let list = "Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente;Lingua\n\
        118/2026;31/08/2026;30/09/2026;1.220,00;Baldini S.r.l.;amministrazione@baldini.example;azienda;it\n\
        119/2026;31/08/2026;30/09/2026;610,00;Smith Ltd;accounts@smith.example;azienda;en\n";
    fs::write(firm.folder.join("list.csv"), list).expect("the list");
    firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-06"]);
    firm.once(BOOKS);
    let own = firm.folder.join("templates/en/reminder_friendly.formal.txt.hbs");
    fs::create_dir_all(own.parent().unwrap()).expect("a folder");
    // Good in general, but an IBAN that is not ours must never leave.
    fs::write(&own, "{{document}}\n\nPlease pay to DE89 3704 0044 0532 0130 00.\n").expect("a text");
    firm.once(WEDNESDAY);
    assert_eq!(firm.left_to_customers().len(), 1, "the others go");
    assert!(firm.left_to_customers()[0].envelope.contains("baldini"));
    firm.once("2026-10-07T10:01:00+02:00");
    firm.once("2026-10-07T10:02:00+02:00");
    assert_eq!(firm.notices().len(), 1, "the owner is told, once");
    assert!(firm.notices()[0].text.contains("119/2026"));
    let held = firm.outbox(WEDNESDAY).into_iter().find(|row| row["state"] == "held").expect("it waits");
    assert!(held["why"].as_str().unwrap().contains("IBAN"), "{held}");
    // The text is mended, the mail approved: it leaves, and the question is settled.
    fs::remove_file(&own).expect("gone");
    firm.good("2026-10-07T10:05:00+02:00", &["approve", &held["id"].to_string()]);
    assert!(firm.json(WEDNESDAY, &["cases"]).as_array().unwrap().is_empty());
    firm.once("2026-10-07T10:06:00+02:00");
    assert_eq!(firm.left_to_customers().iter().filter(|left| left.envelope.contains("smith")).count(), 1);
}
