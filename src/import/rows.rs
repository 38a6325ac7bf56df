//! A file of receivables to rows: finds the header, then reads line by line.

pub use crate::ledger::import_terms::{DateOrder, ImportDefaults};

use super::columns::{ColumnMap, Columns, Field};
use super::decode::decode;
use super::line::LineReader;
use super::table::{Line, split};
use crate::ledger::customer::Contact;
use crate::ledger::exchange::Exchange;
use crate::ledger::ids::BankAccountId;
use crate::ledger::money::Money;
use crate::ledger::payment_terms;
use crate::ledger::problem::{Place, Problem, nearest};
use crate::ledger::receivable::{Collection, ReceivableKey, ReceivableKind};
use crate::ledger::words::{DebtorKind, Language, Register};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The header stands within so many lines: programs like to write titles above it.
const HEADER_WITHIN_LINES: usize = 30;

/// What was read of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Read {
    /// The good rows, in the order of the file.
    pub rows: Vec<Row>,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
    /// Remarks that are not mistakes, one sentence each.
    pub notes: Vec<String>,
    /// What does not fit in rows that were taken all the same, in the order of the file.
    pub remarks: Vec<Problem>,
    /// Every line of the file was read. When false, absence of a receivable means nothing.
    pub whole: bool,
}

/// A good row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: usize,
    /// Where it stands, for later problems.
    pub place: Place,
    /// Who owes.
    pub customer: CustomerRow,
    /// What is owed.
    pub receivable: ReceivableRow,
}

/// A customer as a row shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerRow {
    /// The accounting program's own code.
    pub external_id: Option<String>,
    /// Name as it stands on invoices.
    pub name: String,
    /// VAT number, upper case, no blanks.
    pub vat_number: Option<String>,
    /// Fiscal code, upper case.
    pub tax_code: Option<String>,
    /// Kind of debtor.
    pub kind: DebtorKind,
    /// Language to write in, resolved.
    pub language: Language,
    /// Form of address.
    pub register: Register,
    /// ISO 3166 code.
    pub country: Option<String>,
    /// Addresses on file.
    pub contacts: Vec<Contact>,
    /// Where to call.
    pub phone: Option<String>,
    /// The day of the month on which it always pays.
    pub payment_day: Option<u32>,
    /// The owner approves every mail.
    pub vip: bool,
    /// No mail at all.
    pub do_not_contact: bool,
}

/// A receivable as a row shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivableRow {
    /// What makes it this receivable and no other.
    pub key: ReceivableKey,
    /// Sort of document.
    pub kind: ReceivableKind,
    /// Day on which it is to be paid: as written, else by the terms.
    pub due: NaiveDate,
    /// The terms of payment as written.
    pub terms: Option<String>,
    /// The last day that some reading of the terms allows, where it is later than the due date.
    pub tolerated_until: Option<NaiveDate>,
    /// What a public body finds and pays it by.
    pub exchange: Exchange,
    /// Net to pay; below zero for a credit note.
    pub amount: Money,
    /// Paid so far by the file's word; `None` when the file does not say. Of a credit note what is used up, below zero.
    pub paid: Option<Money>,
    /// Reduced by credit notes.
    pub credited: Money,
    /// Of a credit note: the number of the invoice that it reduces, as the file has it.
    pub reduces: Option<String>,
    /// The firm's account printed on the document.
    pub bank_account: Option<BankAccountId>,
    /// What was delivered.
    pub description: Option<String>,
    /// The order or contract that it belongs to.
    pub contract: Option<String>,
    /// Who collects.
    pub collection: Collection,
}

/// Reads a file of receivables. Never fails: what cannot be read is among the problems.
#[must_use]
pub fn read_receivables(bytes: &[u8], file: &str, columns: &ColumnMap, defaults: &ImportDefaults) -> Read {
    let decoded = decode(bytes);
    let text = decoded.text.as_str();
    let mut read = Read::default();
    if text.trim().is_empty() {
        let problem = Problem::of_file(file, "This file is empty");
        read.problems.push(problem.remedy("export the open invoices again, with a header line"));
        return read;
    }
    if decoded.encoding != "UTF-8" {
        read.notes.push(format!("Read as {}: look at the accented letters of one name.", decoded.encoding));
    }
    let Some(mut header) = find_header(text, columns) else {
        read.problems.push(no_header(file, text));
        return read;
    };
    let lines = split(text, header.separator);
    let Some(header_line) = lines.get(header.index) else { return read };
    let body = lines.get(header.index + 1..).unwrap_or_default();
    if names_days(&header.columns, body) {
        header.columns.read_also(Field::Collection, Field::Terms);
    }
    read.notes.extend(header_notes(&header.columns));
    let missing = missing_columns(file, text, header_line, &header.columns);
    if !missing.is_empty() {
        read.problems = missing;
        return read;
    }
    read_lines(&LineReader::new(file, text, &header.columns, defaults, body), body, &mut read);
    read
}

fn read_lines(reader: &LineReader<'_>, body: &[Line], read: &mut Read) {
    let mut seen: BTreeMap<ReceivableKey, (usize, usize)> = BTreeMap::new();
    let mut without_address = 0_usize;
    read.whole = true;
    for line in body.iter().filter(|line| !line.is_empty()) {
        if reader.is_total(line) {
            read.notes.push(format!("Line {} is a total: not read.", line.number));
            continue;
        }
        match reader.read(line) {
            Ok(mut taken) => {
                let repeated = taken.rows.iter().find_map(|row| seen.get(&row.receivable.key).map(|seen| (row, *seen)));
                if let Some((row, (first, index))) = repeated {
                    let same = read.rows.get(index);
                    if same.is_some_and(|other| other.receivable == row.receivable) {
                        read.notes.push(format!("Line {} repeats line {first}: taken once.", line.number));
                    } else {
                        read.problems.push(reader.doubled(line, &row.receivable.key, first));
                        read.whole = false;
                    }
                    continue;
                }
                without_address += usize::from(taken.rows.iter().any(|row| row.customer.contacts.is_empty()));
                read.remarks.append(&mut taken.remarks);
                for row in taken.rows {
                    seen.insert(row.receivable.key.clone(), (line.number, read.rows.len()));
                    read.rows.push(row);
                }
            }
            Err(mut problems) => {
                read.problems.append(&mut problems);
                read.whole = false;
            }
        }
    }
    if read.rows.is_empty() && read.problems.is_empty() {
        read.notes.push("The file has a header and no rows.".to_owned());
    }
    if without_address > 0 {
        let rows = if without_address == 1 { "1 row has" } else { &format!("{without_address} rows have") };
        read.notes.push(format!("{rows} no mail address: nobody can be written to about that."));
    }
}

struct Header {
    separator: char,
    index: usize,
    columns: Columns,
}

/// The separator and line under which the most columns mean something; at least three must.
fn find_header(text: &str, map: &ColumnMap) -> Option<Header> {
    let end = text.char_indices().filter(|(_, c)| matches!(c, '\n' | '\r')).nth(HEADER_WITHIN_LINES * 2);
    let top = end.and_then(|(index, _)| text.get(..index)).unwrap_or(text);
    let mut best: Option<Header> = None;
    for separator in [';', ',', '\t', '|'] {
        for (index, line) in split(top, separator).iter().take(HEADER_WITHIN_LINES).enumerate() {
            let headers: Vec<&str> = line.cells.iter().map(|cell| cell.value.as_str()).collect();
            let columns = Columns::find(&headers, map);
            let better = best.as_ref().is_none_or(|best| columns.count() > best.columns.count());
            if columns.count() >= 3 && better {
                best = Some(Header { separator, index, columns });
            }
        }
    }
    best
}

fn no_header(file: &str, text: &str) -> Problem {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    Problem::at(file, text, 0..end, "No header line with at least three known columns was found").remedy(
        "name the columns in sollecito.toml under [import.columns], for example: number = \"Numero doc.\" \
         (number, issued, due, amount, name, email …)",
    )
}

fn header_notes(columns: &Columns) -> Vec<String> {
    let mut notes = Vec::new();
    for (named, field) in &columns.absent {
        notes.push(format!("The settings name a column `{named}` ({field}), and the file has none of that name."));
    }
    if !columns.unused.is_empty() {
        notes.push(format!("Columns not used: {}.", columns.unused.join(", ")));
    }
    for (header, field) in &columns.doubled {
        notes.push(format!("Column {header} would be a second `{field}`: not used."));
    }
    notes
}

/// No column of its own has the terms of payment, and the one of who collects names days: «RiBa 60 gg d.f.f.m.».
fn names_days(columns: &Columns, body: &[Line]) -> bool {
    let Some(index) = columns.index(Field::Collection).filter(|_| columns.index(Field::Terms).is_none()) else {
        return false;
    };
    body.iter().filter_map(|line| line.cells.get(index)).any(|cell| payment_terms::parse(&cell.value).is_ok())
}

/// Columns without which no row can be read.
fn missing_columns(file: &str, text: &str, header: &Line, columns: &Columns) -> Vec<Problem> {
    let needed: [(&str, &[Field]); 5] = [
        ("the number of the invoice", &[Field::Number]),
        ("the date of the invoice", &[Field::Issued]),
        ("the due date", &[Field::Due, Field::Terms]),
        ("the amount to pay", &[Field::Amount, Field::Gross, Field::Open]),
        ("the customer's name", &[Field::Name]),
    ];
    let mut problems = Vec::new();
    for (what, fields) in needed {
        let Some(first) = fields.first() else { continue };
        if fields.iter().any(|field| columns.index(*field).is_some()) {
            continue;
        }
        let unused = columns.unused.iter().map(String::as_str);
        let example = nearest(first.as_str(), unused).unwrap_or("the header of that column");
        let problem = Problem::at(file, text, header.place.clone(), format!("No column gives {what}"));
        let mut remedy = format!("in sollecito.toml, under [import.columns]: {first} = \"{example}\"");
        if !columns.unused.is_empty() {
            remedy.push_str(&format!(" (not used so far: {})", columns.unused.join(", ")));
        }
        problems.push(problem.remedy(remedy));
    }
    problems
}
