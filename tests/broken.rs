//! Every diagnostic has its broken file: a folder in `tests/broken` with the files, `command.txt` (one argument a line)
//! and `expected.txt`, which is everything that the program says and its exit code.
//!
//! To accept a changed wording: `ACCEPT=1 cargo test --test broken`, then read the difference before committing it.

// A test that cannot go on says so; helpers of tests are not `#[test]` functions themselves.
#![allow(clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder).expect("the folder of cases").map(|entry| entry.expect("an entry").path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    cases
}

/// What the program says in a folder, in an empty environment.
fn said(case: &Path) -> String {
    let arguments = fs::read_to_string(case.join("command.txt")).expect("command.txt");
    let output = Command::new(env!("CARGO_BIN_EXE_sollecito"))
        .args(arguments.lines())
        .current_dir(case)
        .env_clear()
        .output()
        .expect("the program runs");
    format!(
        "{}{}exit code {}\n",
        String::from_utf8(output.stdout).expect("text"),
        String::from_utf8(output.stderr).expect("text"),
        output.status.code().expect("an exit code")
    )
}

#[test]
fn every_broken_file_is_told_as_expected() {
    let cases = cases();
    assert!(cases.len() >= 20, "only {} cases were found", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let said = said(case);
        let expected = case.join("expected.txt");
        if std::env::var_os("ACCEPT").is_some() {
            fs::write(&expected, &said).expect("written");
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        if said != expected {
            let name = case.file_name().expect("a name").to_string_lossy().into_owned();
            wrong.push(format!("=== {name}: expected\n{expected}\n=== {name}: said\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A case that the program takes for good is no broken file.
#[test]
fn every_broken_file_fails() {
    for case in cases() {
        let expected = fs::read_to_string(case.join("expected.txt")).expect("expected.txt");
        let last = expected.lines().last().expect("a last line");
        assert!(last.starts_with("exit code ") && last != "exit code 0", "{}: {last}", case.display());
        assert!(!last.ends_with(" 101") && !last.ends_with(" 70"), "{}: {last}", case.display());
    }
}

/// Each mistake comes with what to do about it.
#[test]
fn every_problem_has_a_remedy() {
    for case in cases() {
        let expected = fs::read_to_string(case.join("expected.txt")).expect("expected.txt");
        let told = ["help: ", "\"remedy\": \"", "try '--help'"].iter().any(|sign| expected.contains(sign));
        assert!(told, "{} offers no remedy", case.display());
    }
}
