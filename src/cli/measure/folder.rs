//! A labelled folder: `*.eml`, `ledger.csv`, `sent.csv` and `labels.jsonl`, in the format of `docs/reading.md`.
//!
//! In: its path. Out: its mails, labels and tables, or everything that is wrong in them, each with its place.

use crate::cli::failure::{Failure, Kind};
use crate::import::decode::decode;
use crate::import::table::split;
use crate::ledger::problem::{Problem, nearest};
use crate::measure::{Label, labels, mismatches};
use chrono::{DateTime, FixedOffset};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Folders whose name begins so are set aside: they are looked at as figures only.
const SET_ASIDE: &str = "riserva";

/// What has to lie in the folder beside the mails.
const WHAT_BELONGS: &str =
    "a labelled folder holds *.eml, ledger.csv, sent.csv and labels.jsonl: docs/reading.md describes them";

/// A labelled folder.
#[derive(Debug)]
pub(in crate::cli) struct Corpus {
    /// As it was named.
    pub(in crate::cli) name: String,
    /// Figures only: nobody reads which of its mails went wrong.
    pub(in crate::cli) set_aside: bool,
    /// Raw mails by id.
    pub(super) mails: BTreeMap<String, Vec<u8>>,
    /// What is right.
    pub(in crate::cli) labels: Vec<Label>,
    /// The list of receivables, and its name for messages.
    pub(super) ledger: (String, Vec<u8>),
    /// Bank accounts that the ledger names: IBAN and currency.
    pub(super) accounts: BTreeSet<(String, String)>,
    /// The firm's own mails, in the order of the file.
    pub(super) sent: Vec<SentRow>,
}

/// A row of `sent.csv`.
#[derive(Debug)]
pub(super) struct SentRow {
    pub(super) message_id: String,
    pub(super) date: DateTime<FixedOffset>,
    pub(super) to: String,
    pub(super) subject: String,
    /// An invoice, not a reminder.
    pub(super) is_invoice: bool,
    pub(super) numbers: String,
}

impl Corpus {
    /// Reads a folder.
    ///
    /// # Errors
    /// Everything that is wrong in it.
    pub(in crate::cli) fn open(folder: &Path) -> Result<Self, Failure> {
        let name = folder.display().to_string();
        let whole = folder
            .canonicalize()
            .ok()
            .filter(|path| path.is_dir())
            .ok_or_else(|| Failure::new(Kind::NotKnown, format!("{name} is no folder")).hint(WHAT_BELONGS))?;
        let mut problems = Vec::new();
        let mut reader = Reader { folder, problems: &mut problems };
        let mails = reader.mails();
        let ledger = reader.file("ledger.csv");
        let sent = reader.file("sent.csv");
        let labelled = reader.file("labels.jsonl");
        let (Some(ledger), Some(sent), Some(labelled)) = (ledger, sent, labelled) else {
            return Err(Failure::of_files(problems));
        };
        let rows = reader.table(&ledger, &["invoice_number", "currency", "iban"]);
        let sent = reader.sent(&sent);
        let column =
            |row: &BTreeMap<String, Cell>, name: &str| row.get(name).map_or("", |cell| cell.value.as_str()).to_owned();
        let numbers = rows.iter().map(|row| column(row, "invoice_number")).collect();
        let accounts = rows.iter().map(|row| (column(row, "iban"), column(row, "currency")));
        let accounts = accounts.filter(|(iban, _)| !iban.is_empty()).collect();
        let text = decode(&labelled.bytes).text;
        let ids: BTreeSet<String> = mails.keys().cloned().collect();
        let labels = match labels(&labelled.name, &text) {
            Ok(labels) => {
                problems.extend(mismatches(&labelled.name, &text, &labels, &ids, &numbers).into_iter().map(
                    |problem| {
                        if problem.file == labelled.name { problem } else { in_folder(folder, problem) }
                    },
                ));
                labels
            }
            Err(more) => {
                problems.extend(more);
                Vec::new()
            }
        };
        if !problems.is_empty() {
            return Err(Failure::of_files(problems));
        }
        let set_aside = whole.file_name().is_some_and(|name| name.to_string_lossy().starts_with(SET_ASIDE));
        Ok(Self { name, set_aside, mails, labels, ledger: (ledger.name, ledger.bytes), accounts, sent })
    }
}

fn in_folder(folder: &Path, mut problem: Problem) -> Problem {
    problem.file = folder.join(&problem.file).display().to_string();
    problem
}

/// A file of the folder.
struct Held {
    name: String,
    bytes: Vec<u8>,
}

/// A cell and where it stands.
struct Cell {
    value: String,
    place: std::ops::Range<usize>,
}

struct Reader<'a> {
    folder: &'a Path,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn file(&mut self, name: &str) -> Option<Held> {
        let path = self.folder.join(name);
        let name = path.display().to_string();
        match std::fs::read(&path) {
            Ok(bytes) => Some(Held { name, bytes }),
            Err(error) => {
                let message = match error.kind() {
                    std::io::ErrorKind::NotFound => "There is no such file".to_owned(),
                    _ => format!("This file cannot be read: {error}"),
                };
                self.problems.push(Problem::of_file(name, message).remedy(WHAT_BELONGS));
                None
            }
        }
    }

    fn mails(&mut self) -> BTreeMap<String, Vec<u8>> {
        let entries = std::fs::read_dir(self.folder).map(|entries| entries.flatten().map(|entry| entry.path()));
        let paths: Vec<PathBuf> = entries.map(Iterator::collect).unwrap_or_default();
        let mut mails = BTreeMap::new();
        for path in paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "eml")) {
            let Some(id) = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()) else { continue };
            match std::fs::read(&path) {
                Ok(bytes) => {
                    mails.insert(id, bytes);
                }
                Err(error) => {
                    let message = format!("This mail cannot be read: {error}");
                    self.problems.push(Problem::of_file(path.display().to_string(), message));
                }
            }
        }
        if mails.is_empty() {
            let problem =
                Problem::of_file(self.folder.display().to_string(), "There is no mail (*.eml) in this folder");
            self.problems.push(problem.remedy(WHAT_BELONGS));
        }
        mails
    }

    /// Rows by column name; the columns that are needed must be there.
    fn table(&mut self, file: &Held, needed: &[&str]) -> Vec<BTreeMap<String, Cell>> {
        let text = decode(&file.bytes).text;
        let mut lines = split(&text, ',').into_iter().filter(|line| !line.is_empty());
        let Some(head) = lines.next() else {
            let problem = Problem::of_file(&file.name, "The file is empty");
            self.problems.push(problem.remedy(format!("the first line names the columns: {}", needed.join(","))));
            return Vec::new();
        };
        let names: Vec<String> = head.cells.iter().map(|cell| cell.value.clone()).collect();
        for name in needed.iter().filter(|name| !names.iter().any(|known| known == *name)) {
            let message = format!("There is no column `{name}`");
            let mut problem = Problem::at(&file.name, &text, head.place.clone(), message);
            problem.remedy = nearest(name, names.iter().map(String::as_str)).map(|near| format!("is `{near}` meant?"));
            self.problems.push(problem);
        }
        let mut rows = Vec::new();
        for line in lines {
            if line.cells.len() == names.len() && line.unclosed.is_none() {
                let cells = line.cells.into_iter().map(|cell| Cell { value: cell.value, place: cell.place });
                rows.push(names.iter().cloned().zip(cells).collect());
            } else {
                let (here, there) = (line.cells.len(), names.len());
                let message = format!("The row has {here} cells, the first line names {there}");
                let problem = Problem::at(&file.name, &text, line.place, message);
                self.problems.push(problem.remedy("enclose a cell that holds a comma in quotes"));
            }
        }
        rows
    }

    fn sent(&mut self, file: &Held) -> Vec<SentRow> {
        let text = decode(&file.bytes).text;
        let known = self.problems.len();
        let rows = self.table(file, &["message_id", "date", "to", "subject", "kind", "invoice_numbers"]);
        let mut found = Vec::new();
        for row in rows {
            let value = |name: &str| row.get(name).map(|cell| cell.value.clone()).unwrap_or_default();
            match DateTime::parse_from_rfc3339(&value("date")) {
                Ok(date) => found.push(SentRow {
                    message_id: value("message_id"),
                    date,
                    to: value("to"),
                    subject: value("subject"),
                    is_invoice: value("kind") == "inv",
                    numbers: value("invoice_numbers"),
                }),
                Err(_) => {
                    let place = row.get("date").map(|cell| cell.place.clone()).unwrap_or_default();
                    let message = format!("`{}` is no instant", value("date"));
                    let problem = Problem::at(&file.name, &text, place, message);
                    self.problems.push(problem.remedy("2026-10-05T08:13:17+02:00"));
                }
            }
        }
        if found.is_empty() && self.problems.len() == known {
            let problem = Problem::of_file(&file.name, "The file lists no mail of the firm");
            self.problems.push(
                problem.remedy("list the invoices as they were sent: the firm's today is the last of these days"),
            );
        }
        found
    }
}
