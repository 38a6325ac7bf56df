//! `sollecito import FILE`: a list of receivables, row by row.

use super::Globals;
use super::desk::{office, open_store, put_in_force, unknown_customers};
use super::failure::{Failure, Kind};
use super::output::{Screen, Side, counted};
use crate::agent::clock::{Clock, SystemClock};
use crate::agent::imports::{self, Elsewhere, ImportReport, Terms};
use crate::import::{Gathered, Read, gather, read_receivables};
use crate::ledger::moment::Moment;
use crate::ledger::money::{Currency, Money};
use crate::ledger::problem::{Place, Problem};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::PathBuf;

/// No list of receivables is larger than this.
const MAX_IMPORT_BYTES: u64 = 64_000_000;

/// No more remarks on single rows are shown.
const SHOWN_REMARKS: usize = 10;

/// Reads a list of receivables.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file (CSV with comma, semicolon or tab)
    file: PathBuf,
    /// Only say what would be read; store nothing
    #[arg(long)]
    dry_run: bool,
    /// Payments are known up to this day (2026-10-12): nobody else has paid until then
    #[arg(long, value_name = "DAY")]
    payments_known: Option<NaiveDate>,
    /// The file does not list everything that is open: nothing is asked about what is missing from it
    #[arg(long)]
    partial: bool,
}

impl Import {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let firm = globals.firm()?;
        let zone = firm.settings.firm.zone;
        let name = self.file.display().to_string();
        let bytes = self.bytes(&name)?;
        let import = &firm.settings.import;
        let mut read = read_receivables(&bytes, &name, &import.columns, &import.defaults);
        let customers = gather(&mut read, &name);
        let complete = import.complete && !self.partial && read.whole;
        let mut unknown = Vec::new();
        let taken = if self.dry_run || customers.is_empty() {
            None
        } else {
            let now = globals.now.map_or_else(|| Moment::new(SystemClock.now(), zone), |now| now.moment(zone));
            let terms = Terms { complete, payments_known_up_to: self.payments_known };
            let mut store = open_store(&firm.settings.database)?;
            put_in_force(&firm, &mut store)?;
            let report = imports::take(&mut store, &office(&firm)?, now, &customers, &terms)?;
            unknown = unknown_customers(&firm, &store.look())?;
            let text = String::from_utf8_lossy(&bytes);
            read.problems.extend(report.elsewhere.iter().map(|row| elsewhere(row, &name, &text)));
            Some(report)
        };
        if screen.wants_json() {
            let mut answer = self.as_json(&read, &customers, complete);
            if let (Some(answer), Some(taken)) = (answer.as_object_mut(), &taken) {
                answer.insert("taken".to_owned(), serde_json::to_value(taken).unwrap_or_default());
            }
            screen.json(&answer);
        } else {
            self.show(&read, &customers, screen);
            if let Some(taken) = &taken {
                tell(taken, screen);
            }
            // Told now: the next pass would not begin with it.
            for problem in &unknown {
                screen
                    .paragraph(&format!("To be mended before the next pass (`sollecito check`): {}.", problem.brief()));
            }
        }
        if read.problems.is_empty() {
            return Ok(());
        }
        let mut failure = not_imported(&read).with_problems(grouped(&read.problems));
        failure.told = screen.wants_json();
        Err(failure)
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let unreadable = |error: std::io::Error| {
            let kind = if error.kind() == std::io::ErrorKind::NotFound { Kind::NotKnown } else { Kind::Outside };
            Failure::new(kind, format!("{name} cannot be read"))
                .because(error.to_string())
                .hint("name the file that the accounting program exported")
        };
        let file = std::fs::File::open(&self.file).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(MAX_IMPORT_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MAX_IMPORT_BYTES {
            let cause = format!("{name} is larger than {MAX_IMPORT_BYTES} bytes");
            return Err(Failure::new(Kind::Files, cause).hint("export the open invoices only"));
        }
        Ok(bytes)
    }

    fn show(&self, read: &Read, customers: &[Gathered], screen: &mut Screen) {
        let rows: Vec<Vec<String>> = customers
            .iter()
            .flat_map(|customer| {
                customer.receivables.iter().map(|(_, receivable)| {
                    vec![
                        customer.customer.name.clone(),
                        receivable.key.name().into_owned(),
                        receivable.due.to_string(),
                        receivable.amount.to_string(),
                    ]
                })
            })
            .collect();
        screen.table(&[Side::Left, Side::Left, Side::Left, Side::Right], &rows);
        if !rows.is_empty() {
            screen.line("");
        }
        if !rows.is_empty() {
            let totals: Vec<String> = totals(customers).values().map(ToString::to_string).collect();
            let (receivables, owing) = (counted(rows.len(), "receivable"), counted(customers.len(), "customer"));
            screen.line(format!("{receivables} of {owing}: {}", totals.join(", ")));
        }
        for note in &read.notes {
            screen.paragraph(note);
        }
        let remarks = grouped(&read.remarks);
        for remark in remarks.iter().take(SHOWN_REMARKS) {
            screen.line(remark.to_string());
        }
        if let Some(more) = remarks.len().checked_sub(SHOWN_REMARKS).filter(|more| *more > 0) {
            screen.line(format!("… and {more} more rows of that sort (--json shows all)."));
        }
        if self.dry_run {
            screen.line("Nothing was stored (--dry-run).");
        } else if rows.is_empty() {
            screen.line("Nothing was stored: there is no row to take.");
        }
    }

    fn as_json(&self, read: &Read, customers: &[Gathered], complete: bool) -> Value {
        json!({
            "customers": customers.iter().map(customer_json).collect::<Vec<_>>(),
            "problems": read.problems.iter().map(super::output::problem_json).collect::<Vec<_>>(),
            "notes": read.notes,
            "remarks": read.remarks.iter().map(super::output::problem_json).collect::<Vec<_>>(),
            "complete": complete,
            "payments_known_up_to": self.payments_known,
            "dry_run": self.dry_run,
        })
    }
}

/// A row that was not taken, as a problem of the file.
fn elsewhere(row: &Elsewhere, file: &str, text: &str) -> Problem {
    let excerpt = text.lines().nth(row.line.saturating_sub(1)).unwrap_or_default().to_owned();
    let length = excerpt.chars().count().max(1);
    Problem {
        file: file.to_owned(),
        place: Some(Place { line: row.line, column: 1, excerpt, length }),
        message: format!("{} is on file with {}, and this row gives it to {}", row.number, row.on_file, row.in_file),
        remedy: Some(format!(
            "correct the customer in the file; where {} is right, follow it up by hand and write `sollecito write-off {}`: \
             an invoice never moves to another customer, who would be told what was written to the first",
            row.in_file, row.number
        )),
    }
}

fn tell(taken: &ImportReport, screen: &mut Screen) {
    screen.line(format!(
        "{} new, {} changed, {} as before; {} new.",
        counted(taken.receivables_new, "receivable"),
        taken.receivables_changed,
        taken.receivables_same,
        counted(taken.customers_new, "customer"),
    ));
    for one in &taken.corrected {
        let ((was, then), (is, now)) = (&one.was, &one.is);
        screen.paragraph(&format!("Corrected in the books: {was} of {then} is now {is} of {now}."));
    }
    if taken.vanished > 0 {
        screen.paragraph(&format!(
            "{} that stood open before and are not in this file: `sollecito cases` asks what became of them.",
            counted(taken.vanished, "receivable")
        ));
    }
    if taken.cases_opened > 0 {
        screen.line(format!("{} for you: `sollecito cases`.", counted(taken.cases_opened, "new question")));
    }
}

/// How much is to be paid, by currency; what is paid or credited already is taken off.
fn totals(customers: &[Gathered]) -> BTreeMap<Currency, Money> {
    let mut totals: BTreeMap<Currency, Money> = BTreeMap::new();
    for (_, receivable) in customers.iter().flat_map(|customer| &customer.receivables) {
        let paid = receivable.paid.unwrap_or(Money::zero(receivable.amount.currency));
        let open = receivable.amount.minus(receivable.credited).and_then(|rest| rest.minus(paid));
        let total = totals.entry(receivable.amount.currency).or_insert(Money::zero(receivable.amount.currency));
        *total = open.and_then(|open| total.plus(open)).unwrap_or(*total);
    }
    totals
}

/// The same mistake in many rows is told once, with the lines of the others.
fn grouped(problems: &[Problem]) -> Vec<Problem> {
    let mut lines: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for problem in problems {
        let line = problem.place.as_ref().map_or(0, |place| place.line);
        lines.entry(problem.message.as_str()).or_default().push(line);
    }
    let mut told = BTreeSet::new();
    let mut grouped = Vec::new();
    for problem in problems {
        let message = problem.message.as_str();
        let all = lines.get(message).map(Vec::as_slice).unwrap_or_default();
        if all.len() <= 3 {
            grouped.push(problem.clone());
        } else if told.insert(message) {
            let others: Vec<String> = all.iter().skip(1).map(ToString::to_string).collect();
            let mut first = problem.clone();
            first.message = format!("{message} (also in lines {})", others.join(", "));
            grouped.push(first);
        }
    }
    grouped
}

fn not_imported(read: &Read) -> Failure {
    if read.rows.is_empty() {
        return Failure::new(Kind::Files, "No row could be read");
    }
    let lines: BTreeSet<_> =
        read.problems.iter().filter_map(|problem| problem.place.as_ref().map(|place| place.line)).collect();
    Failure::new(Kind::Partly, format!("{} read, {} not", counted(read.rows.len(), "row"), lines.len()))
        .hint("correct these rows and import the file again: nothing is taken twice")
}

fn customer_json(gathered: &Gathered) -> Value {
    let customer = &gathered.customer;
    let receivables: Vec<Value> = gathered
        .receivables
        .iter()
        .map(|(line, receivable)| {
            json!({
                "line": line,
                "number": receivable.key.number,
                "issued": receivable.key.issued,
                "instalment": receivable.key.instalment,
                "kind": receivable.kind,
                "due": receivable.due,
                "terms": receivable.terms,
                "tolerated_until": receivable.tolerated_until,
                "amount": receivable.amount.to_decimal(),
                "currency": receivable.amount.currency,
                "paid": receivable.paid.map(Money::to_decimal),
                "credited": receivable.credited.to_decimal(),
                "reduces": receivable.reduces,
                "bank_account": receivable.bank_account,
                "description": receivable.description,
                "contract": receivable.contract,
                "collection": receivable.collection,
            })
        })
        .collect();
    json!({
        "external_id": customer.external_id,
        "name": customer.name,
        "vat_number": customer.vat_number,
        "tax_code": customer.tax_code,
        "kind": customer.kind,
        "language": customer.language,
        "register": customer.register,
        "country": customer.country,
        "contacts": customer.contacts,
        "phone": customer.phone,
        "payment_day": customer.payment_day,
        "vip": customer.vip,
        "do_not_contact": customer.do_not_contact,
        "receivables": receivables,
    })
}
