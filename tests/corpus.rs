//! How well mails are read that were written without the rules in sight: every folder of `tests/corpus`, measured by the
//! program itself (`sollecito measure`), against its floors.
//!
//! A folder is a labelled corpus in the format of `docs/reading.md`. Its floors stand in `tests/corpus/floors.toml` under
//! the folder's name, or in a `floors.toml` of its own. `SOLLECITO_CORPUS` names one more folder to try.

// A test that cannot go on says so; helpers of tests are not `#[test]` functions themselves.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
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
    risk_missed: u64,
    /// No mail of it is answered by itself, and that is known: else it would be an oversight of the measuring.
    nothing_answered: bool,
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
        let measured = measured(folder);
        let figures = &measured["figures"];
        tell(&name, &measured);
        let own = fs::read_to_string(folder.join("floors.toml"))
            .ok()
            .map(|text| toml::from_str(&text).expect("the folder's floors are in order"));
        let inside = folder.starts_with(&home);
        let mut is_quiet = name.starts_with("riserva");
        match own.or_else(|| inside.then(|| floors.remove(&name)).flatten()) {
            Some(floors) => {
                is_quiet |= floors.nothing_answered;
                failures.extend(below(figures, &floors).into_iter().map(|why| format!("{name}: {why}")));
            }
            None if inside => failures.push(format!("{name} has no floors in tests/corpus/floors.toml")),
            None => {}
        }
        let wrong = &figures["wrong_automatic_answers"];
        if wrong["count"] != 0 {
            failures.push(format!("{name}: answered automatically and must not be, or not like that: {wrong}"));
        }
        // Of what was set aside even that is only a figure.
        if figures["automatic_answers"] == 0 && !is_quiet {
            failures.push(format!("{name}: nothing is answered automatically, so no wrong answer could be seen"));
        }
    }
    failures.extend(floors.keys().map(|name| format!("floors.toml speaks of {name}, which is no folder")));
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What falls short.
fn below(figures: &Value, floors: &Floors) -> Vec<String> {
    let facts = &figures["facts"];
    let mut found = Vec::new();
    let pairs: [(&str, &Value, f64); 10] = [
        ("primary intent", &figures["primary"], floors.primary),
        ("disposition", &figures["disposition"], floors.disposition),
        ("receivables", &figures["receivables"], floors.receivables),
        ("promised date", &facts["promised_date"], floors.promised_date),
        ("instalments", &facts["instalments"], floors.instalments),
        ("amount", &facts["amount"], floors.amount),
        ("payment reference", &facts["payment_reference"], floors.payment_reference),
        ("return date", &facts["return_date"], floors.return_date),
        ("new contact", &facts["new_contact"], floors.new_contact),
        ("handled without the owner", &figures["handled_without_owner"], floors.handled_without_owner),
    ];
    for (name, share, floor) in pairs {
        assert!(share.is_object(), "{name} is not measured");
        // Null where there is nothing to be right about.
        let percent = share["percent"].as_f64().unwrap_or(100.0);
        if percent < floor {
            found.push(format!("{name} {percent:.1} % is below {floor:.1} %"));
        }
    }
    let missed = &figures["risk_missed"];
    if missed["count"].as_u64().expect("a count") > floors.risk_missed {
        found.push(format!("risk not seen: {missed}"));
    }
    if figures["without_outcome"]["count"] != 0 {
        found.push(format!("not read: {}", figures["without_outcome"]));
    }
    found
}

/// A line a folder; `sollecito measure FOLDER --misread` says more.
fn tell(name: &str, measured: &Value) {
    let percent = |figures: &Value, key: &str| figures[key]["percent"].to_string();
    let line = |name: &str, figures: &Value| {
        eprintln!(
            "{name}: {} mails, primary {} (macro F1 {}), disposition {}, receivables {}, promised date {}, handled {}, \
             bounces {}, wrong answers {}, risk not seen {}",
            figures["mails"],
            percent(figures, "primary"),
            figures["primary_macro_f1"],
            percent(figures, "disposition"),
            percent(figures, "receivables"),
            percent(&figures["facts"], "promised_date"),
            percent(figures, "handled_without_owner"),
            percent(figures, "bounces"),
            figures["wrong_automatic_answers"]["count"],
            figures["risk_missed"]["count"],
        );
    };
    line(name, &measured["figures"]);
    for (language, figures) in measured["languages"].as_object().into_iter().flatten() {
        line(&format!("  {language}"), figures);
    }
}

/// Measures a folder, and the same mails with other ends of lines, which must not matter.
fn measured(folder: &Path) -> Value {
    let measured = measure(folder);
    let other = tempfile::tempdir().expect("a folder");
    // The name tells whether a folder is set aside.
    let copy = other.path().join(folder.file_name().expect("a name"));
    fs::create_dir(&copy).expect("a folder");
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let bytes = fs::read(&path).expect("a readable file");
        let mail = path.extension().is_some_and(|ending| ending == "eml");
        let bytes = if mail { other_line_ends(&bytes) } else { bytes };
        fs::write(copy.join(path.file_name().expect("a name")), bytes).expect("written");
    }
    let mut turned = measure(&copy);
    turned["folder"].clone_from(&measured["folder"]);
    let name = folder.display();
    assert!(measured["figures"] == turned["figures"], "{name}: the ends of lines must not matter to the figures");
    assert!(measured == turned, "{name}: the ends of lines must not matter");
    measured
}

fn measure(folder: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_sollecito"))
        .args(["measure", "--json", "--misread"])
        .arg(folder)
        .current_dir(std::env::temp_dir())
        .env_clear()
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let mut answer: Value = serde_json::from_str(&said).expect("JSON");
    answer["folders"][0].take()
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
