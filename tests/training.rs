//! What the adviser is trained from: well-formed lines with words of `docs/reading.md`.

#![allow(clippy::expect_used, clippy::panic)]

use sollecito::ledger::words::Intent;
use std::fs;
use std::path::Path;

#[test]
fn every_line_has_words_and_known_labels() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("training");
    for language in ["it", "en", "de", "fr", "es"] {
        let text = fs::read_to_string(home.join(format!("{language}.txt"))).expect("readable");
        for (line, number) in text.lines().zip(1..) {
            let (words, label) = line.rsplit_once(" |").unwrap_or_else(|| panic!("{language}.txt:{number}: no bar"));
            assert!(!words.trim().is_empty(), "{language}.txt:{number}: no words");
            for label in label.split_whitespace() {
                assert!(Intent::parse(label).is_some(), "{language}.txt:{number}: {label} is no intent");
            }
        }
        assert!(text.lines().count() > 1_000, "{language}.txt is short");
    }
}
