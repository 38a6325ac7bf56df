//! The files of a firm's folder as text: settings, own rules, own ladders, own rates, own templates,
//! what is arranged for customers.

use crate::ledger::problem::Problem;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// No file that a person edits is larger than this; what is, is a mistake (a database, a scan).
pub const MAX_FILE_BYTES: u64 = 2_000_000;

/// What the owner arranges for single customers and groups, in a firm's folder.
pub const CUSTOMERS_FILE: &str = "customers.toml";

/// The firm's own ladders, in its folder.
pub(super) const LADDERS_FILE: &str = "rules/ladders.toml";

/// The firm's own rates of late interest, in its folder.
pub(super) const INTEREST_FILE: &str = "rules/interest.toml";

/// How deep own rules and templates may lie.
const MAX_DEPTH: usize = 4;

/// A hand-edited file, by its name relative to the firm's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative name with slashes (`templates/it/reminder_friendly.formal.txt.hbs`).
    pub file: String,
    /// What stands in it.
    pub text: String,
}

/// What a firm's folder has of its own.
#[derive(Debug, Default)]
pub(super) struct OwnSources {
    pub(super) rules: Vec<SourceFile>,
    pub(super) ladders: Option<SourceFile>,
    pub(super) interest: Option<SourceFile>,
    pub(super) customers: Option<SourceFile>,
    pub(super) templates: Vec<SourceFile>,
}

/// The text of one file; a byte order mark is taken off.
pub(super) fn read(path: &Path, name: &str) -> Result<String, Problem> {
    let unreadable = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Problem::of_file(name, "There is no such file"),
        std::io::ErrorKind::PermissionDenied => Problem::of_file(name, "This file may not be read by you"),
        _ => Problem::of_file(name, format!("This file cannot be read: {error}")),
    };
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let message = format!("This file is larger than {MAX_FILE_BYTES} bytes");
        return Err(Problem::of_file(name, message).remedy("take out what does not belong there"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            // Everything before the bad byte is unchanged in the lossy text, so that the place is right.
            let problem = Problem::at(name, &text, good..good + '\u{fffd}'.len_utf8(), "This file is not UTF-8 here");
            Err(problem.remedy("save the file as UTF-8 in your editor"))
        }
    }
}

/// Everything in `rules/` and `templates/`, by name; what cannot be read is reported.
pub(super) fn own_sources(folder: &Path, problems: &mut Vec<Problem>) -> OwnSources {
    let mut own = OwnSources::default();
    collect(&folder.join("rules"), "rules", ".toml", 0, &mut own.rules, problems);
    collect(&folder.join("templates"), "templates", ".hbs", 0, &mut own.templates, problems);
    own.ladders = take(&mut own.rules, LADDERS_FILE);
    own.interest = take(&mut own.rules, INTEREST_FILE);
    let customers = folder.join(CUSTOMERS_FILE);
    if customers.exists() {
        match read(&customers, CUSTOMERS_FILE) {
            Ok(text) => own.customers = Some(SourceFile { file: CUSTOMERS_FILE.to_owned(), text }),
            Err(problem) => problems.push(problem),
        }
    }
    own
}

/// Takes one file out: it has its own reader.
fn take(sources: &mut Vec<SourceFile>, file: &str) -> Option<SourceFile> {
    sources.iter().position(|source| source.file == file).map(|index| sources.remove(index))
}

fn collect(
    folder: &Path,
    name: &str,
    ending: &str,
    depth: usize,
    sources: &mut Vec<SourceFile>,
    problems: &mut Vec<Problem>,
) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
        Err(error) => {
            problems.push(Problem::of_file(name, format!("This folder cannot be read: {error}")));
            return;
        }
    };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let file_name = entry.file_name().to_string_lossy().into_owned();
        let relative = format!("{name}/{file_name}");
        let path = entry.path();
        if path.is_dir() {
            if depth < MAX_DEPTH && !file_name.starts_with('.') {
                collect(&path, &relative, ending, depth + 1, sources, problems);
            }
        } else if file_name.ends_with(ending) && !file_name.starts_with('.') {
            match read(&path, &relative) {
                Ok(text) => sources.push(SourceFile { file: relative, text }),
                Err(problem) => problems.push(problem),
            }
        }
    }
}
