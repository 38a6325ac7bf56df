//! How often the new words of a mail are cut right, with floors that may only rise.
//!
//! `tests/mails/new_words/open` may be read while the reader is mended; `set_aside` is looked at as a figure only, so
//! that it stays a measure of mails nobody tuned for. `SHOW_MISSES=1 cargo test --test new_words -- --nocapture` shows
//! the misses of the open ones.

// A test may stop at the first surprise and prints its figures.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use sollecito::ledger::ids::Address;
use sollecito::message::{Reader, read};
use std::path::Path;

/// What was found in one folder.
#[derive(Debug, Default)]
struct Figures {
    mails: usize,
    right: usize,
    /// Mails in which words of the writer were lost, and how many words in all.
    mails_losing: usize,
    lost: usize,
    /// Mails in which words that are not new came through, and how many.
    mails_letting: usize,
    let_through: usize,
}

/// The words of a text in order: letters and digits, and each symbol that is a word by itself (👍).
fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = vec![String::new()];
    for c in text.chars() {
        if c.is_alphanumeric() {
            found.last_mut().unwrap().push(c);
        } else if c >= '\u{1f000}' {
            found.push(c.to_string());
            found.push(String::new());
        } else {
            found.push(String::new());
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

/// Words that two texts have in common, in order.
fn in_common(left: &[String], right: &[String]) -> usize {
    let mut row = vec![0; right.len() + 1];
    for one in left {
        let mut corner = 0;
        for (at, other) in right.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if one == other { corner + 1 } else { above.max(row[at]) };
            corner = above;
        }
    }
    row[right.len()]
}

/// The texts that count as right: lines that begin with `? ` may be there or not.
fn right_answers(expected: &str) -> Vec<Vec<String>> {
    let mut answers = vec![Vec::new()];
    for line in expected.lines() {
        let (line, optional) = line.strip_prefix("? ").map_or((line, false), |line| (line, true));
        let without = if optional { answers.clone() } else { Vec::new() };
        for answer in &mut answers {
            answer.extend(words(line));
        }
        answers.extend(without);
    }
    answers
}

impl std::fmt::Display for Figures {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "{} mails, exactly right {} ({:.1} %), words lost in {} ({} words), let through in {} ({} words)",
            self.mails,
            self.right,
            self.right as f64 * 100.0 / self.mails as f64,
            self.mails_losing,
            self.lost,
            self.mails_letting,
            self.let_through,
        )
    }
}

fn measure(folder: &Path, show: bool) -> Figures {
    let reader = Reader {
        own_addresses: ["marta@ferri.example", "ferri@pec.ferri.example"]
            .iter()
            .map(|address| Address::parse(address).unwrap())
            .collect(),
        authserv_ids: vec!["mx.ferri.example".to_owned()],
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    paths.sort();
    let mut figures = Figures::default();
    for path in paths {
        let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        let text = read(&std::fs::read(&path).unwrap(), &reader).words.new;
        let found = words(&text);
        let (common, length) = right_answers(&expected)
            .iter()
            .map(|answer| (in_common(answer, &found), answer.len()))
            .min_by_key(|(common, length)| (length - common) * 2 + (found.len() - common))
            .unwrap();
        let (lost, extra) = (length - common, found.len() - common);
        figures.mails += 1;
        figures.right += usize::from(lost + extra == 0);
        figures.mails_losing += usize::from(lost > 0);
        figures.lost += lost;
        figures.mails_letting += usize::from(extra > 0);
        figures.let_through += extra;
        if show && lost + extra > 0 {
            let name = path.file_stem().unwrap().to_string_lossy();
            println!("== {name}: lost {lost}, let through {extra}\n-- expected\n{expected}-- found\n{text}\n");
        }
    }
    figures
}

/// Below these figures the reader has become worse. (Folder, mails, exactly right, words lost, words let through.)
#[test]
fn new_words_are_cut_right() {
    let show = std::env::var_os("SHOW_MISSES").is_some();
    for (folder, least, right, lost, let_through) in [("open", 188, 188, 0, 0), ("set_aside", 147, 140, 7, 30)] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails/new_words").join(folder);
        let figures = measure(&root, show && folder == "open");
        println!("{folder}: {figures}");
        assert!(figures.mails >= least, "{folder}: only {} mails were found", figures.mails);
        assert!(figures.right >= right, "{folder}: {figures}");
        assert!(figures.lost <= lost, "{folder}: {figures}");
        assert!(figures.let_through <= let_through, "{folder}: {figures}");
    }
    // Other mails laid out alike, for trying the reader on them.
    if let Some(folder) = std::env::var_os("NEW_WORDS_IN") {
        println!("{}: {}", folder.display(), measure(Path::new(&folder), show));
    }
}
