//! Holds the house in order: who may import whom, where third-party types live, how long files are, how rooms introduce themselves.
//! Each breach says what to do instead. The rules are those of `docs/design.md`; a change there is a change here.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const CORE: &[&str] =
    &["ledger", "message", "documents", "bank", "matching", "classify", "policy", "templates", "measure"];

/// Room, and what it may import. `*core` stands for all core rooms, `*above` for every room named before it in the design's table.
const IMPORTS: &[(&str, &[&str])] = &[
    ("ledger", &[]),
    ("message", &["ledger"]),
    ("documents", &["ledger"]),
    ("bank", &["ledger"]),
    ("matching", &["message", "ledger"]),
    ("classify", &["message", "ledger"]),
    ("policy", &["ledger"]),
    ("templates", &["ledger"]),
    ("measure", &["ledger"]),
    ("config", &["*core"]),
    ("import", &["*core"]),
    ("store", &["ledger"]),
    ("network", &[]),
    ("mailbox", &["ledger", "network"]),
    ("transport", &["ledger", "network"]),
    ("owner", &["*core"]),
    ("agent", &["*core", "config", "import", "store", "network", "mailbox", "transport", "owner"]),
    ("setup", &["*core", "config", "import", "store", "network", "mailbox", "transport", "owner", "agent"]),
    ("report", &["*core", "store", "owner"]),
    (
        "cli",
        &["*core", "config", "import", "store", "network", "mailbox", "transport", "owner", "agent", "setup", "report"],
    ),
];

/// Third-party crate, and the paths below `src/` where its types may be named.
const HOMES: &[(&str, &[&str])] = &[
    ("mail_parser", &["message/parse.rs"]),
    ("rusqlite", &["store/"]),
    ("handlebars", &["templates/"]),
    ("lettre", &["templates/"]),
    ("clap", &["cli/", "main.rs"]),
    ("async_imap", &["mailbox/imap/"]),
    ("tokio", &["mailbox/imap/"]),
    ("socket2", &["network/"]),
    ("sd_notify", &["cli/"]),
];

const NO_NAMES: &[&str] = &["util", "utils", "common", "helper", "helpers", "misc"];
const MOST_LINES: usize = 500;

struct Source {
    /// Below `src/`, with slashes.
    path: String,
    text: String,
}

fn collect(folder: &Path, ending: &str, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            collect(&path, ending, into);
        } else if path.extension().is_some_and(|found| found == ending) {
            into.push(path);
        }
    }
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths = Vec::new();
    collect(&root, "rs", &mut paths);
    paths.sort();
    let relative =
        |path: &Path| path.strip_prefix(&root).expect("below the folder").to_string_lossy().replace('\\', "/");
    paths
        .iter()
        .map(|path| Source { path: relative(path), text: fs::read_to_string(path).expect("UTF-8 source") })
        .collect()
}

/// The room of a file: its folder below `src/`, or its stem (`lib`, `main`).
fn room(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// Code without comments, string and character literals; lines stay lines.
fn code_only(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let mut code = String::new();
    let mut at = 0;
    let get = |index: usize| signs.get(index).copied().unwrap_or('\0');
    while at < signs.len() {
        if get(at) == '/' && get(at + 1) == '/' {
            while at < signs.len() && get(at) != '\n' {
                at += 1;
            }
        } else if get(at) == '/' && get(at + 1) == '*' {
            let mut depth = 0;
            while at < signs.len() {
                match (get(at), get(at + 1)) {
                    ('/', '*') => (depth, at) = (depth + 1, at + 2),
                    ('*', '/') => (depth, at) = (depth - 1, at + 2),
                    (sign, _) => {
                        code.extend((sign == '\n').then_some('\n'));
                        at += 1;
                    }
                }
                if depth == 0 {
                    break;
                }
            }
        } else if get(at) == 'r'
            && matches!(get(at + 1), '"' | '#')
            && !(at > 0 && (get(at - 1).is_alphanumeric() || get(at - 1) == '_'))
            && raw_hashes(&signs, at).is_some()
        {
            let hashes = raw_hashes(&signs, at).unwrap_or(0);
            at += hashes + 2;
            while at < signs.len() && !(get(at) == '"' && (1..=hashes).all(|step| get(at + step) == '#')) {
                code.extend((get(at) == '\n').then_some('\n'));
                at += 1;
            }
            at += hashes + 1;
        } else if get(at) == '"' {
            at += 1;
            while at < signs.len() && get(at) != '"' {
                code.extend((get(at) == '\n').then_some('\n'));
                at += if get(at) == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if get(at) == '\'' && (get(at + 1) == '\\' || get(at + 2) == '\'') {
            at += if get(at + 1) == '\\' { 3 } else { 2 };
            while at < signs.len() && get(at) != '\'' && get(at) != '\n' {
                at += 1;
            }
            at += 1;
        } else {
            code.push(get(at));
            at += 1;
        }
    }
    code
}

fn raw_hashes(signs: &[char], at: usize) -> Option<usize> {
    let hashes = signs.iter().skip(at + 1).take_while(|sign| **sign == '#').count();
    (signs.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

/// Rooms that a file names: `crate::x::…`, `sollecito::x::…`, `use crate::{x, y::z}`, and `super::` chains that leave the room.
fn rooms_named(path: &str, text: &str) -> BTreeSet<String> {
    let code = code_only(text);
    let mut found = BTreeSet::new();
    for start in ["crate::", "sollecito::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|sign| sign.is_alphanumeric() || sign == '_' || sign == '$') {
                continue;
            }
            found.extend(heads(&code[at + start.len()..]));
        }
    }
    // How many folders deep: `matching/a.rs` leaves its room by two steps, `cli/demo/b.rs` by three.
    let depth = path.matches('/').count() + usize::from(!path.ends_with("mod.rs"));
    for (at, _) in code.match_indices("super::") {
        let before = &code[..at];
        if before.ends_with("super::") {
            continue;
        }
        let mut rest = &code[at..];
        let mut steps = 0;
        while let Some(next) = rest.strip_prefix("super::") {
            rest = next;
            steps += 1;
        }
        // From a test module inside a file the same steps lead elsewhere; names that are no room are passed over later.
        if steps >= depth {
            found.extend(heads(rest));
        }
    }
    found
}

/// First names of a path, or of each member of a group in braces.
fn heads(path: &str) -> Vec<String> {
    let name = |text: &str| {
        text.trim_start().chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_').collect::<String>()
    };
    let trimmed = path.trim_start();
    let Some(group) = trimmed.strip_prefix('{') else { return vec![name(trimmed)] };
    let mut members = Vec::new();
    let mut depth = 0;
    let mut member = String::new();
    for sign in group.chars() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => members.push(name(&std::mem::take(&mut member))),
            _ => {}
        }
        if depth == 0 && sign != ',' {
            member.push(sign);
        }
    }
    members.push(name(&member));
    members.retain(|member| !member.is_empty());
    members
}

fn allowed(room: &str) -> Option<BTreeSet<&'static str>> {
    let (_, listed) = IMPORTS.iter().find(|(name, _)| *name == room)?;
    let mut all = BTreeSet::new();
    for entry in *listed {
        if *entry == "*core" { all.extend(CORE) } else { all.extend([*entry]) }
    }
    Some(all)
}

/// Breaches of the import table in one file.
fn import_breaches(path: &str, text: &str) -> Vec<String> {
    let own = room(path);
    let (Some(allowed), true) = (allowed(own), path.contains('/')) else { return Vec::new() };
    let rooms: BTreeSet<&str> = IMPORTS.iter().map(|(name, _)| *name).collect();
    let named = rooms_named(path, text);
    let wrong =
        named.iter().filter(|name| rooms.contains(name.as_str()) && *name != own && !allowed.contains(name.as_str()));
    wrong
        .map(|name| format!("src/{path} names `{name}`, which `{own}/` may not import.\n  {}", instead(own, name)))
        .collect()
}

fn instead(own: &str, named: &str) -> String {
    let core = |name: &str| CORE.contains(&name);
    match (own, named) {
        ("ledger", _) => "The ledger is the vocabulary: move the type that both need into src/ledger, and leave the work outside.".into(),
        ("policy", "message") => "A decision sees findings, never raw words: add the finding to ledger/reading.rs, fill it in classify or matching.".into(),
        ("store", _) => "The store remembers and never decides: let the agent ask the other room and hand the store plain ledger values.".into(),
        (_, "agent" | "cli") => "Nothing calls the loop or the command line: pass what you need as an argument from there.".into(),
        (own, named) if core(own) && !core(named) => {
            format!("Core rooms take values and give values: let the agent read from `{named}` and pass the value in.")
        }
        _ => "Speak in types of src/ledger, or let a room above both (see the table in docs/design.md) bring them together.".into(),
    }
}

/// Third-party crates named outside their home.
fn home_breaches(path: &str, text: &str) -> Vec<String> {
    let code = code_only(text);
    let mut wrong = Vec::new();
    for (crate_name, homes) in HOMES {
        let named = code.match_indices(crate_name).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            let after = code[at + crate_name.len()..].trim_start();
            !before.is_some_and(|sign| sign.is_alphanumeric() || sign == '_')
                && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
        });
        let at_home = homes.iter().any(|home| path == *home || (home.ends_with('/') && path.starts_with(home)));
        if named && !at_home {
            let homes = homes.join(" and src/");
            wrong.push(format!("src/{path} names `{crate_name}`, which lives in src/{homes}.\n  Give that room a function that returns a type of ours, and call it."));
        }
    }
    wrong
}

/// Names, length, and the introduction of a room.
fn shape_breaches(path: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for part in path.split('/').map(|part| part.trim_end_matches(".rs")) {
        if NO_NAMES.contains(&part) {
            wrong.push(format!("src/{path}: a file called `{part}` says nothing of what is in it.\n  Name it after the one idea it holds, or move each piece to the room that uses it."));
        }
    }
    let lines = text.lines().count();
    if lines > MOST_LINES && !reason_for_length(text) {
        wrong.push(format!(
            "src/{path} has {lines} lines (at most about {MOST_LINES}).\n  Split it by idea; where one file reads better, say why in its first lines with the words `one file because`."
        ));
    }
    // `src/x/mod.rs` is a room's door; deeper folders are corridors.
    if path.ends_with("/mod.rs") && path.matches('/').count() == 1 {
        let head: String = text.lines().take_while(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n");
        for (word, meaning) in
            [("In:", "what comes in"), ("Out:", "what goes out"), ("absent", "what is deliberately absent")]
        {
            if !head.contains(word) {
                wrong.push(format!("src/{path} does not open by saying {meaning}.\n  Add a `//!` line with `{word}` before the first item."));
            }
        }
    }
    wrong
}

fn reason_for_length(text: &str) -> bool {
    let head: String = text
        .lines()
        .take(12)
        .filter(|line| line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    head.contains("one file because")
}

/// Mail domains outside the names that are reserved for examples and tests (RFC 2606).
fn domain_breaches(path: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, _) in text.match_indices('@') {
        let local = text[..at].chars().next_back().is_some_and(|sign| sign.is_alphanumeric());
        let domain: String = text[at + 1..]
            .chars()
            .take_while(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-'))
            .collect();
        let domain = domain.trim_end_matches(['.', '-']).to_lowercase();
        let Some(top) = domain.rsplit_once('.').map(|(_, top)| top) else { continue };
        let plain = top.len() >= 2 && top.chars().all(|sign| sign.is_ascii_alphabetic());
        let reserved = ["example", "test", "invalid", "localhost", "local"].contains(&top)
            || ["example.com", "example.org", "example.net"]
                .iter()
                .any(|reserved| domain == *reserved || domain.ends_with(&format!(".{reserved}")));
        // `anna@studio.example.eml` is a file called after an invented address.
        let file = domain.contains(".example.") || domain.contains(".test.");
        if local && plain && !reserved && !file {
            let line = text[..at].matches('\n').count() + 1;
            wrong.push(format!("tests/{path}:{line} speaks of `{domain}`, where somebody may live.\n  Invent one that ends in .example or .test."));
        }
    }
    wrong
}

fn none(breaches: &[String]) {
    assert!(breaches.is_empty(), "\n\n{}\n", breaches.join("\n\n"));
}

fn over_sources(check: fn(&str, &str) -> Vec<String>) -> Vec<String> {
    let sources = sources("src");
    assert!(sources.len() > 10, "too few sources found: the test looks in the wrong place");
    sources.iter().flat_map(|source| check(&source.path, &source.text)).collect()
}

#[test]
fn rooms_import_only_what_the_design_allows() {
    none(&over_sources(import_breaches));
}

#[test]
fn third_party_types_stay_in_their_room() {
    none(&over_sources(home_breaches));
}

#[test]
fn files_are_short_well_named_and_rooms_introduce_themselves() {
    none(&over_sources(shape_breaches));
}

#[test]
fn every_room_is_in_the_table() {
    let unknown: BTreeSet<String> = sources("src")
        .iter()
        .filter(|source| source.path.contains('/'))
        .map(|source| room(&source.path).to_owned())
        .filter(|room| allowed(room).is_none())
        .map(|room| format!("src/{room}/ is not in the import table.\n  Add it to docs/design.md first, then to IMPORTS in tests/tidy.rs."))
        .collect();
    none(&unknown.into_iter().collect::<Vec<_>>());
}

#[test]
fn the_table_is_the_one_in_the_design() {
    let design = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/design.md")).expect("the design");
    let mut written: BTreeMap<&str, &str> = BTreeMap::new();
    for line in design.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if let [name, _, may] = cells.as_slice() {
            written.insert(name.trim_matches('`').trim_end_matches('/'), may);
        }
    }
    assert!(written.len() > 10, "no import table found in docs/design.md");
    for (name, listed) in IMPORTS {
        let may = written.get(name).unwrap_or_else(|| panic!("`{name}` is in tests/tidy.rs and not in docs/design.md"));
        let same = match *may {
            "—" => listed.is_empty(),
            "all above" => listed.contains(&"*core") && listed.len() > 5,
            words => words
                .split(',')
                .map(|word| word.trim().trim_matches('`'))
                .all(|word| listed.contains(&if word == "core" { "*core" } else { word })),
        };
        assert!(same, "`{name}`: docs/design.md says `{may}`, tests/tidy.rs says {listed:?}; make them say the same");
    }
}

/// How many texts there are in which language and form of address, as a row of the design's table each.
fn rows_of_texts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut found: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let mut paths = Vec::new();
    collect(&root, "hbs", &mut paths);
    for path in &paths {
        let (Some(language), Some(name)) = (path.parent().and_then(Path::file_name), path.file_name()) else {
            continue;
        };
        // `id.register.txt.hbs`; the layout that frames them all has no language.
        let name = name.to_string_lossy().into_owned();
        let Some(register) = name.strip_suffix(".txt.hbs").and_then(|name| name.rsplit('.').next()) else { continue };
        let of_language = found.entry(language.to_string_lossy().into_owned()).or_default();
        *of_language.entry(register.to_owned()).or_default() += 1;
    }
    let row = |(language, registers): (&String, &BTreeMap<String, usize>)| {
        let all: usize = registers.values().sum();
        let each: Vec<String> = registers.iter().map(|(register, count)| format!("{register} {count}")).collect();
        format!("| {language} | {all} | {} |", each.join(", "))
    };
    found.iter().map(row).collect()
}

#[test]
fn the_design_says_how_many_texts_there_are() {
    let design = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/design.md")).expect("the design");
    let lines: BTreeSet<&str> = design.lines().collect();
    let rows = rows_of_texts();
    assert!(rows.len() >= 5, "the texts were not found: {rows:?}");
    let missing: Vec<&str> = rows.iter().map(String::as_str).filter(|row| !lines.contains(row)).collect();
    assert!(missing.is_empty(), "docs/design.md, \u{ab}What the tests run\u{bb}, should say:\n{}", missing.join("\n"));
}

#[test]
fn tests_speak_of_invented_places_only() {
    // This file holds the samples that show the rule to bite.
    let tests = sources("tests").into_iter().filter(|source| source.path != "tidy.rs");
    none(&tests.flat_map(|source| domain_breaches(&source.path, &source.text)).collect::<Vec<_>>());
}

mod the_rules_bite {
    use super::*;

    #[test]
    fn on_forbidden_imports_in_every_spelling() {
        for text in [
            "use crate::message::Message;",
            "use crate::{ledger::ids::CaseId, message::{Message, Words}};",
            "fn f(m: &crate::message::Message) {}",
            "use crate::{\n    ledger,\n    message,\n};",
            "use super::super::message::Message;",
            "let s = \"a string // with a slash\"; use crate::message::Message;",
        ] {
            assert_eq!(import_breaches("policy/terms.rs", text).len(), 1, "{text}");
        }
        assert_eq!(import_breaches("store/mod.rs", "use super::policy::decide;").len(), 1);
        assert_eq!(import_breaches("ledger/money.rs", "use crate::store::Store;").len(), 1);
    }

    #[test]
    fn not_on_words_in_comments_and_strings() {
        for text in [
            "// use crate::message::Message;",
            "/* crate::message::Message */ use crate::ledger::ids::CaseId;",
            "/// See [`crate::message`].\nstruct A;",
            "const A: &str = \"crate::message::Message\";",
            "const A: &str = r#\"use crate::message::x;\"#;",
            "const A: char = '\"'; // crate::message::x \"",
            "use super::terms::Term;",
            "use crate::policy::terms::Term;",
        ] {
            assert_eq!(import_breaches("policy/mod.rs", text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn on_strangers_away_from_home() {
        assert_eq!(home_breaches("agent/intake.rs", "use rusqlite::Connection;").len(), 1);
        assert_eq!(home_breaches("message/mod.rs", "fn f(m: mail_parser::Message<'_>) {}").len(), 1);
        assert!(home_breaches("message/parse.rs", "use mail_parser::MessageParser;").is_empty());
        assert!(home_breaches("store/schema.rs", "use rusqlite::Connection;").is_empty());
        assert!(home_breaches("agent/intake.rs", "// rusqlite::Connection stays in the store").is_empty());
        assert!(home_breaches("agent/intake.rs", "use my_clap::x;").is_empty());
    }

    #[test]
    fn on_shape() {
        assert_eq!(shape_breaches("agent/helpers.rs", "").len(), 1);
        assert_eq!(shape_breaches("agent/long.rs", &"x\n".repeat(501)).len(), 1);
        let reasoned = format!("//! One file because the table is read as a whole.\n{}", "x\n".repeat(600));
        assert!(shape_breaches("agent/long.rs", &reasoned).is_empty());
        assert_eq!(shape_breaches("agent/mod.rs", "//! The loop.\n").len(), 3);
        assert!(shape_breaches("agent/mod.rs", "//! In: a. Out: b.\n//! Deliberately absent: c.\n").is_empty());
        assert!(shape_breaches("cli/demo/mod.rs", "//! A corridor.\n").is_empty());
    }

    #[test]
    fn on_real_domains() {
        assert_eq!(domain_breaches("a.rs", "let a = \"anna@officine.it\";").len(), 1);
        assert!(domain_breaches("a.rs", "\"anna@officine.example\" a@b.test <x@mx.acme.example>").is_empty());
        assert!(domain_breaches("a.rs", "matches!(x, name @ Some(_)) a@b").is_empty());
    }
}
