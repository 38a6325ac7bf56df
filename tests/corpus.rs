//! How well mails are read that were written without the rules in sight: every folder of `tests/corpus`, through the
//! program itself, against its labels.
//!
//! A folder is a labelled corpus in the format of `docs/reading.md`. Its floors stand in `tests/corpus/floors.toml` under
//! the folder's name, or in a `floors.toml` of its own. `SOLLECITO_CORPUS` names one more folder to try.

// A test that cannot go on says so; helpers of tests are not `#[test]` functions themselves.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

use serde::Deserialize;
use serde_json::Value;
use sollecito::ledger::ids::Address;
use sollecito::ledger::money::{Currency, Money};
use sollecito::ledger::reading::{Facts, InstalmentFact};
use sollecito::ledger::words::{Disposition, Intent};
use sollecito::measure::{Figures, Label, Outcome, Risk, Share, labels, measure};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Below these figures (per cent) the test fails.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Floors {
    primary: f64,
    disposition: f64,
    receivables: f64,
    promised_date: f64,
    instalments: f64,
    amount: f64,
    payment_reference: f64,
    return_date: f64,
    new_contact: f64,
    handled_without_owner: f64,
    /// At most so many mails whose risk is not seen at all.
    risk_missed: usize,
}

#[test]
fn every_corpus_stays_above_its_floors() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let floors = fs::read_to_string(home.join("floors.toml")).expect("the floors are readable");
    let mut floors: BTreeMap<String, Floors> = toml::from_str(&floors).expect("the floors are in order");
    let mut folders: Vec<PathBuf> = fs::read_dir(&home)
        .expect("the corpus is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "no folder: nothing was measured");
    if let Some(extra) = std::env::var_os("SOLLECITO_CORPUS") {
        folders.push(PathBuf::from(extra));
    }
    let mut failures = Vec::new();
    for folder in &folders {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let figures = measured(folder);
        eprintln!("{name}: {figures}");
        let own = fs::read_to_string(folder.join("floors.toml"))
            .ok()
            .map(|text| toml::from_str(&text).expect("the folder's floors are in order"));
        let inside = folder.starts_with(&home);
        match own.or_else(|| inside.then(|| floors.remove(&name)).flatten()) {
            Some(floors) => failures.extend(below(&figures, &floors).into_iter().map(|why| format!("{name}: {why}"))),
            None if inside => failures.push(format!("{name} has no floors in tests/corpus/floors.toml")),
            None => {}
        }
        for id in &figures.wrong_automatic_answers {
            failures.push(format!("{name}: {id} is answered automatically and must not be, or not like that"));
        }
    }
    failures.extend(floors.keys().map(|name| format!("floors.toml speaks of {name}, which is no folder")));
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What falls short.
fn below(figures: &Figures, floors: &Floors) -> Vec<String> {
    let mut found = Vec::new();
    let pairs: [(&str, Share, f64); 10] = [
        ("primary intent", figures.primary, floors.primary),
        ("disposition", figures.disposition, floors.disposition),
        ("receivables", figures.receivables, floors.receivables),
        ("promised date", figures.promised_date, floors.promised_date),
        ("instalments", figures.instalments, floors.instalments),
        ("amount", figures.amount, floors.amount),
        ("payment reference", figures.payment_reference, floors.payment_reference),
        ("return date", figures.return_date, floors.return_date),
        ("new contact", figures.new_contact, floors.new_contact),
        ("handled without the owner", figures.handled_without_owner, floors.handled_without_owner),
    ];
    for (name, share, floor) in pairs {
        let percent = share.percent().unwrap_or(100.0);
        if percent < floor {
            found.push(format!("{name} {percent:.1} % is below {floor:.1} %"));
        }
    }
    if figures.risk_missed.len() > floors.risk_missed {
        found.push(format!("risk not seen in {}", figures.risk_missed.join(", ")));
    }
    if !figures.without_outcome.is_empty() {
        found.push(format!("not read: {}", figures.without_outcome.join(", ")));
    }
    found
}

/// Runs the program over a folder and compares with its labels.
fn measured(corpus: &Path) -> Figures {
    let file = corpus.join("labels.jsonl");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let labels = labels("labels.jsonl", &text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let mails = mails(corpus);
    assert!(!mails.is_empty(), "{} holds no mail", corpus.display());
    let labelled: BTreeSet<&str> = labels.iter().map(|label| label.id.as_str()).collect();
    for id in mails.keys() {
        assert!(labelled.contains(id.as_str()), "{id}.eml has no label");
    }
    let firm = tempfile::tempdir().expect("a folder");
    build(firm.path(), corpus, &mails);
    let outcomes = explained(firm.path(), corpus, &mails);
    assert!(!outcomes.is_empty(), "no mail was read");
    let other = tempfile::tempdir().expect("a folder");
    for (id, mail) in &mails {
        fs::write(other.path().join(format!("{id}.eml")), other_line_ends(mail)).expect("written");
    }
    for (one, two) in outcomes.iter().zip(explained(firm.path(), other.path(), &mails)) {
        assert_eq!(*one, two, "the ends of lines must not matter");
    }
    // What is set aside is looked at as a figure only: who works on the rules does not see where they fail on it.
    let aside = corpus.file_name().is_some_and(|name| name.to_string_lossy().starts_with("riserva"));
    for label in labels.iter().filter(|_| !aside) {
        if let Some((outcome, grounds)) = outcomes.iter().find(|(outcome, _)| outcome.id == label.id) {
            tell_difference(label, outcome, grounds);
        }
    }
    let outcomes: Vec<Outcome> = outcomes.into_iter().map(|(outcome, _)| outcome).collect();
    let forbidden: Vec<Label> =
        labels.iter().map(|label| Label { risk: Risk::MustNotAnswer, ..label.clone() }).collect();
    assert!(
        !measure(&forbidden, &outcomes).wrong_automatic_answers.is_empty(),
        "nothing is answered automatically, so no wrong answer could be seen"
    );
    tell_languages(&labels, &outcomes);
    measure(&labels, &outcomes)
}

/// A line for each language of a folder whose mails are named after it (`de-01`): figures only.
fn tell_languages(labels: &[Label], outcomes: &[Outcome]) {
    let mut groups: BTreeMap<&str, Vec<Label>> = BTreeMap::new();
    for label in labels {
        groups.entry(label.id.split('-').next().unwrap_or_default()).or_default().push(label.clone());
    }
    for (language, labels) in groups.iter().filter(|_| groups.len() > 1) {
        let figures = measure(labels, outcomes);
        let share = |share: Share| format!("{}/{}", share.right, share.of);
        eprintln!(
            "{language}: primary {}, disposition {}, receivables {}, promised {}, instalments {}, amount {}, reference \
             {}, return {}, contact {}, handled {}, risk not seen {}, wrong answers {}",
            share(figures.primary),
            share(figures.disposition),
            share(figures.receivables),
            share(figures.promised_date),
            share(figures.instalments),
            share(figures.amount),
            share(figures.payment_reference),
            share(figures.return_date),
            share(figures.new_contact),
            share(figures.handled_without_owner),
            figures.risk_missed.len(),
            figures.wrong_automatic_answers.len(),
        );
        let intents: Vec<String> = figures
            .intents
            .iter()
            .filter(|(_, found)| found.hits + found.false_alarms + found.missed > 0)
            .map(|(intent, found)| format!("{intent} {}+{}-{}", found.hits, found.false_alarms, found.missed))
            .collect();
        eprintln!("{language}: hits, false, missed: {}", intents.join(", "));
        let mut confused: BTreeMap<String, usize> = BTreeMap::new();
        for (_, meant, said) in &figures.primary_wrong {
            let word = |intent: &Option<Intent>| intent.map_or("none", |intent| intent.as_str());
            *confused.entry(format!("{} read as {}", word(meant), word(said))).or_default() += 1;
        }
        let confused: Vec<String> = confused.into_iter().map(|(pair, count)| format!("{pair} {count}")).collect();
        eprintln!("{language}: {}", confused.join(", "));
    }
}

/// With CRLF what had LF, and the other way round.
fn other_line_ends(mail: &[u8]) -> Vec<u8> {
    let had_both = mail.windows(2).any(|pair| pair == b"\r\n");
    let mut turned = Vec::with_capacity(mail.len());
    for byte in mail {
        match byte {
            b'\r' if had_both => {}
            b'\n' if !had_both => turned.extend_from_slice(b"\r\n"),
            other => turned.push(*other),
        }
    }
    turned
}

/// One line a mail that was read otherwise than labelled.
fn tell_difference(label: &Label, outcome: &Outcome, grounds: &Grounds) {
    let mut line = String::new();
    if label.intents != outcome.intents {
        let words = |intents: &[Intent]| intents.iter().map(|intent| intent.as_str()).collect::<Vec<_>>().join("+");
        let _ = write!(line, " intents {} for {}", words(&outcome.intents), words(&label.intents));
        let _ = write!(line, " by [{}];", grounds.rules);
    }
    if label.disposition != outcome.disposition {
        let _ = write!(line, " {} for {};", outcome.disposition, label.disposition);
    }
    let meant: BTreeSet<_> = label.invoices.iter().collect();
    if meant != outcome.invoices.iter().collect() {
        let _ = write!(line, " receivables {:?} for {:?};", outcome.invoices, label.invoices);
    }
    if label.promised_date != outcome.facts.promised_date {
        let _ = write!(line, " day {:?} for {:?};", outcome.facts.promised_date, label.promised_date);
    }
    let plan = |known: bool| if known { "a plan" } else { "no plan" };
    if label.instalments.is_some() != outcome.facts.instalments.is_some() {
        let (said, meant) = (plan(outcome.facts.instalments.is_some()), plan(label.instalments.is_some()));
        let _ = write!(line, " {said} for {meant};");
    }
    let amount = outcome.facts.amounts.first().map(|money| money.cents);
    if label.amount_cents.is_some() && label.amount_cents != amount {
        let _ = write!(line, " cents {amount:?} for {:?};", label.amount_cents);
    }
    if label.payment_reference != outcome.facts.payment_reference {
        let _ = write!(line, " reference {:?} for {:?};", outcome.facts.payment_reference, label.payment_reference);
    }
    if label.risk == Risk::Safe && outcome.automatic_answer.is_none() && answers(label.disposition) {
        let _ = write!(line, " not answered: {}", grounds.reason);
    }
    if !line.is_empty() {
        eprintln!("  {}:{line}", label.id);
    }
}

/// Is there a mail to the customer that goes with it?
const fn answers(disposition: Disposition) -> bool {
    !matches!(disposition, Disposition::RouteToOwner | Disposition::Ignore | Disposition::ConfirmPayment)
}

/// Raw mails by id.
fn mails(corpus: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(corpus).unwrap_or_else(|error| panic!("{}: {error}", corpus.display()));
    entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .map(|path| {
            let id = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (id, fs::read(&path).expect("a readable mail"))
        })
        .collect()
}

/// A firm's folder: settings, what was imported, and Sent as the program itself has read it.
fn build(firm: &Path, corpus: &Path, mails: &BTreeMap<String, Vec<u8>>) {
    let ledger = table(&corpus.join("ledger.csv"));
    let sent = table(&corpus.join("sent.csv"));
    fs::write(firm.join("sollecito.toml"), settings(&ledger, mails)).expect("written");
    for folder in ["", ".Sent/", ".Drafts/"] {
        for part in ["cur", "new", "tmp"] {
            fs::create_dir_all(firm.join(format!("Maildir/{folder}{part}"))).expect("a Maildir");
        }
    }
    let address = most_frequent(mails, recipient).expect("the mails have a recipient").0;
    let mut last = String::new();
    for (place, row) in sent.iter().enumerate() {
        let mail = sent_mail(row, &address);
        fs::write(firm.join(format!("Maildir/.Sent/cur/{}.M{place}.host:2,S", 1_790_000_000 + place)), mail)
            .expect("written");
        last = last.max(row["date"].clone());
    }
    assert!(!last.is_empty(), "sent.csv lists no mail");
    let now = format!("--now={}", last.get(..10).expect("a day"));
    let list = corpus.join("ledger.csv");
    let list = list.to_str().expect("a plain path");
    // A folder may hold rows that are reported; what matters here is that something was taken.
    let import = sollecito(firm, &["import", list, &now]);
    assert!(import.status.code().is_some_and(|code| code < 3), "{}", said(&import));
    let once = sollecito(firm, &["once", &now]);
    assert_eq!(once.status.code(), Some(0), "{}", said(&once));
}

/// Name, address and trusted server are what most mails of the corpus say.
fn settings(ledger: &[BTreeMap<String, String>], mails: &BTreeMap<String, Vec<u8>>) -> String {
    let (address, others) = most_frequent(mails, recipient).expect("the mails have a recipient");
    let (server, _) = most_frequent(mails, authserv).expect("the mails have results of authentication");
    let aliases: Vec<String> = others.iter().map(|other| format!("\"{other}\"")).collect();
    let mut text = format!(
        "[firm]\nname = \"Studio\"\nperson = \"Marta\"\nphone = \"+39 0461 555019\"\naddress = \"{address}\"\n\
         aliases = [{}]\n\n[owner]\nname = \"Marta\"\naddress = \"{address}\"\n\n[mailbox]\npath = \"Maildir\"\n\
         authserv_ids = [\"{server}\"]\n\n[sending]\ntransport = \"folder\"\npath = \"outgoing\"\n",
        aliases.join(", ")
    );
    let accounts: BTreeSet<_> = ledger.iter().map(|row| (row["iban"].clone(), row["currency"].clone())).collect();
    for (place, (iban, currency)) in accounts.iter().enumerate() {
        let _ = write!(
            text,
            "\n[[bank_account]]\nid = \"account{place}\"\niban = \"{iban}\"\nholder = \"Studio\"\ncurrency = \"{currency}\"\n"
        );
    }
    text
}

/// The header part, unfolded and in one line.
fn header(mail: &[u8]) -> String {
    let text = String::from_utf8_lossy(mail);
    let head = text.split("\n\n").next().unwrap_or_default().replace('\r', "");
    head.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn recipient(mail: &[u8]) -> Option<String> {
    let head = header(mail);
    let (_, rest) = head.split_once(" for <")?;
    Some(rest.split_once('>')?.0.to_owned())
}

fn authserv(mail: &[u8]) -> Option<String> {
    let head = header(mail);
    let (_, rest) = head.split_once("Authentication-Results: ")?;
    Some(rest.split_once(';')?.0.to_owned())
}

/// The commonest value, and the others.
fn most_frequent(
    mails: &BTreeMap<String, Vec<u8>>,
    of: impl Fn(&[u8]) -> Option<String>,
) -> Option<(String, Vec<String>)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for value in mails.values().filter_map(|mail| of(mail)) {
        *counts.entry(value).or_default() += 1;
    }
    let first = counts.iter().max_by_key(|(_, count)| **count)?.0.clone();
    let others = counts.into_keys().filter(|value| *value != first).collect();
    Some((first, others))
}

/// A mail of the firm's own as `sent.csv` tells it; an invoice carries its document.
fn sent_mail(row: &BTreeMap<String, String>, from: &str) -> String {
    let date = chrono::DateTime::parse_from_rfc3339(&row["date"]).expect("an instant").to_rfc2822();
    let numbers = &row["invoice_numbers"];
    let head = format!(
        "From: <{from}>\r\nTo: <{}>\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: {}\r\nMIME-Version: 1.0\r\n",
        row["to"], row["subject"], row["message_id"]
    );
    if row["kind"] != "inv" {
        return format!(
            "{head}Content-Type: text/plain; charset=utf-8\r\n\r\nBuongiorno,\r\nVi ricordiamo la fattura {numbers}, \
             ancora aperta.\r\n"
        );
    }
    let name = numbers.replace(['/', ' '], "-");
    format!(
        "{head}Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/plain; \
         charset=utf-8\r\n\r\nBuongiorno,\r\nin allegato la fattura {numbers}.\r\n--part\r\nContent-Type: \
         application/pdf; name=\"fattura_{name}.pdf\"\r\nContent-Disposition: attachment; \
         filename=\"fattura_{name}.pdf\"\r\n\r\n%PDF-1.4\r\n--part--\r\n"
    )
}

/// The program's own word on every mail, with its reason.
fn explained(firm: &Path, corpus: &Path, mails: &BTreeMap<String, Vec<u8>>) -> Vec<(Outcome, Grounds)> {
    let files: Vec<String> =
        mails.keys().map(|id| corpus.join(format!("{id}.eml")).to_str().expect("a plain path").to_owned()).collect();
    let mut arguments = vec!["explain", "--json"];
    arguments.extend(files.iter().map(String::as_str));
    let output = sollecito(firm, &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(outcome).collect()
}

/// Why it is read so.
#[derive(Debug, PartialEq, Eq)]
struct Grounds {
    /// The program's sentence.
    reason: String,
    /// Rule and words of each intent.
    rules: String,
}

fn outcome(line: &str) -> (Outcome, Grounds) {
    let value: Value = serde_json::from_str(line).expect("one object a line");
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    // Only hundredths are compared, so the currency does not matter.
    let money = |value: &Value| value.as_str().and_then(|text| Money::from_decimal(text, euro()));
    let facts = &value["facts"];
    let day = |value: &Value| value.as_str().map(|text| text.parse().expect("a day"));
    let outcome = Outcome {
        id: Path::new(value["file"].as_str().expect("a file"))
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned(),
        intents: list(&value["intents"])
            .iter()
            .map(|found| Intent::parse(found["intent"].as_str().expect("a word")).expect("an intent"))
            .collect(),
        invoices: list(&value["receivables"])
            .iter()
            .filter(|found| found["confidence"] == "certain")
            .filter_map(|found| text(&found["invoice"]))
            .collect(),
        facts: Facts {
            promised_date: day(&facts["promised_date"]),
            instalments: facts["instalments"].as_array().map(|parts| {
                parts
                    .iter()
                    .map(|part| InstalmentFact { date: day(&part["date"]), amount: money(&part["amount"]) })
                    .collect()
            }),
            amounts: list(&facts["amounts"]).iter().filter_map(money).collect(),
            payment_reference: text(&facts["payment_reference"]),
            return_date: day(&facts["return_date"]),
            new_contact: facts["new_contact"].as_str().and_then(Address::parse),
            ..Facts::default()
        },
        disposition: Disposition::parse(value["disposition"].as_str().expect("a word")).expect("a disposition"),
        automatic_answer: text(&value["automatic_answer"]),
    };
    let rules: Vec<String> = list(&value["intents"])
        .iter()
        .map(|found| {
            format!("{} «{}»", found["rule"].as_str().unwrap_or("-"), found["evidence"].as_str().unwrap_or("-"))
        })
        .collect();
    let reason = text(&value["reason"]).unwrap_or_default();
    (outcome, Grounds { reason, rules: rules.join(", ") })
}

fn euro() -> Currency {
    Currency::parse("EUR").expect("a currency")
}

fn sollecito(firm: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_sollecito"))
        .args(arguments)
        .current_dir(firm)
        .env_clear()
        .output()
        .expect("the program runs")
}

fn said(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Rows by column name.
fn table(file: &Path) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut lines = text.lines().map(cells);
    let names = lines.next().expect("a line of names");
    lines
        .map(|row| {
            assert_eq!(row.len(), names.len(), "{}: {row:?}", file.display());
            names.iter().cloned().zip(row).collect()
        })
        .collect()
}

/// The cells of a line with commas; quotes may enclose one.
fn cells(line: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => found.push(String::new()),
            _ => found.last_mut().expect("never empty").push(letter),
        }
    }
    found
}
