//! From nothing to a checked firm, through the program itself.

// A test that cannot go on says so; helpers of tests are not `#[test]` functions themselves.
#![allow(clippy::expect_used)]

use std::path::Path;
use std::process::{Command, Output};

fn sollecito(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sollecito"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("the program runs")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const FERRI: [&str; 14] = [
    "init",
    "firm",
    "--name",
    "Studio Ferri",
    "--person",
    "Marta Ferri",
    "--address",
    "marta@studioferri.example",
    "--phone",
    "+39 02 1234567",
    "--iban",
    "IT60X0542811101000000123456",
    "--maildir",
    "Maildir",
];

#[test]
fn a_new_firm_is_good_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let init = sollecito(folder.path(), &FERRI);
    assert_eq!(init.status.code(), Some(0), "{}", said(&init));
    std::fs::create_dir_all(folder.path().join("Maildir/cur")).expect("a Maildir");
    let check = sollecito(folder.path(), &["check", "--config", "firm"]);
    assert_eq!(check.status.code(), Some(0), "{}", said(&check));
    assert!(said(&check).starts_with("The files are in order.\n"), "{}", said(&check));
    assert!(!said(&check).contains("is not there"), "{}", said(&check));
    let rules = sollecito(folder.path(), &["rules", "check", "--config", "firm"]);
    assert_eq!(rules.status.code(), Some(0), "{}", said(&rules));
    let list = "Numero;Data;Scadenza;Importo;Cliente\n1;01/09/2026;01/10/2026;10,00;Baldini S.r.l.\n";
    std::fs::write(folder.path().join("list.csv"), list).expect("written");
    let import = sollecito(folder.path(), &["import", "list.csv", "--dry-run", "--config", "firm/sollecito.toml"]);
    assert_eq!(import.status.code(), Some(0), "{}", said(&import));
    assert!(said(&import).contains("1 receivable of 1 customer: 10.00 EUR"), "{}", said(&import));
}

#[test]
fn what_is_there_is_never_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = folder.path().join("firm/sollecito.toml");
    std::fs::create_dir_all(folder.path().join("firm/rules")).expect("a folder");
    std::fs::write(folder.path().join("firm/rules/README.txt"), "mine").expect("written");
    assert_eq!(sollecito(folder.path(), &FERRI).status.code(), Some(0));
    let mine = std::fs::read_to_string(folder.path().join("firm/rules/README.txt")).expect("read");
    assert_eq!(mine, "mine");
    std::fs::write(&settings, "# mine\n").expect("written");
    assert_eq!(sollecito(folder.path(), &FERRI).status.code(), Some(8));
    assert_eq!(std::fs::read_to_string(&settings).expect("read"), "# mine\n");
}

#[test]
fn the_environment_chooses_the_firm_and_the_command_line_outweighs_it() {
    let folder = tempfile::tempdir().expect("a folder");
    sollecito(folder.path(), &FERRI);
    let with = |arguments: &[&str], config: &str| {
        Command::new(env!("CARGO_BIN_EXE_sollecito"))
            .args(arguments)
            .current_dir(folder.path())
            .env_clear()
            .env("SOLLECITO_CONFIG", config)
            .output()
            .expect("the program runs")
    };
    assert_eq!(with(&["check"], "firm").status.code(), Some(0));
    assert_eq!(with(&["check"], "elsewhere").status.code(), Some(3));
    assert_eq!(with(&["check", "--config", "firm"], "elsewhere").status.code(), Some(0));
}

#[test]
fn json_is_one_document_and_nothing_steers_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let init = sollecito(folder.path(), &[&FERRI[..], &["--json"]].concat());
    let answer: serde_json::Value = serde_json::from_slice(&init.stdout).expect("JSON");
    assert_eq!(answer["still_open"], serde_json::json!([]));
    let check = sollecito(folder.path(), &["check", "--json", "--config", "firm"]);
    let answer: serde_json::Value = serde_json::from_slice(&check.stdout).expect("JSON");
    assert_eq!(answer["firm"], "Studio Ferri");
    let list = "Numero;Data;Scadenza;Importo;Cliente\n1;x;01/10/2026;10,00;Bal\u{1b}[2Jdini\n";
    std::fs::write(folder.path().join("list.csv"), list).expect("written");
    let import = sollecito(folder.path(), &["import", "list.csv", "--dry-run", "--config", "firm", "--json"]);
    serde_json::from_slice::<serde_json::Value>(&import.stdout).expect("JSON");
    let import = sollecito(folder.path(), &["import", "list.csv", "--dry-run", "--config", "firm"]);
    assert!(!said(&import).contains('\u{1b}'), "{}", said(&import));
}
