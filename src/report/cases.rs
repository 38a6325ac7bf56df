//! Questions open to the owner.

use super::View;
use super::table::{Column, WIDTH, lay_out, wrap};
use crate::ledger::case::Case;
use crate::store::StoreError;
use chrono::NaiveDate;
use serde::Serialize;
use std::fmt::Write as _;

/// One open question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseRow {
    /// `C12`.
    pub case: String,
    /// What sort.
    pub kind: String,
    /// Whose account.
    pub customer: Option<String>,
    /// About which documents.
    pub invoices: Vec<String>,
    /// Since.
    pub opened: NaiveDate,
    /// Facts.
    pub particulars: Vec<String>,
    /// The customer's own words, when a mail raised it.
    pub words: Option<String>,
    /// Commands that settle it, the likeliest first.
    pub suggestions: Vec<String>,
}

/// All open questions, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub fn cases(view: &View<'_>) -> Result<Vec<CaseRow>, StoreError> {
    view.look.open_cases()?.iter().map(|case| row_of(view, case)).collect()
}

fn row_of(view: &View<'_>, case: &Case) -> Result<CaseRow, StoreError> {
    let account = match case.customer {
        Some(customer) => view.look.account(customer)?,
        None => None,
    };
    let reading = match case.message {
        Some(identity) => view.look.message(identity)?.and_then(|message| message.reading),
        None => None,
    };
    let words = reading.as_ref().and_then(|reading| reading.intents.first()).map(|found| found.evidence.clone());
    let invoices = account.as_ref().map_or_else(Vec::new, |account| account.names(&case.items));
    let mut suggestions: Vec<String> = account.as_ref().map_or_else(Vec::new, |account| {
        case.offered(Some(account), view.moment.today())
            .map(|order| crate::owner::command_line(&order, account))
            .collect()
    });
    if suggestions.is_empty() {
        suggestions.push(format!("sollecito close C{}", case.id));
    }
    Ok(CaseRow {
        case: format!("C{}", case.id),
        kind: case.kind.to_string(),
        customer: account.map(|account| account.customer.name),
        invoices,
        opened: view.moment.day_of(case.opened),
        particulars: case.particulars.clone(),
        words,
        suggestions,
    })
}

/// As text.
#[must_use]
pub fn to_text(rows: &[CaseRow]) -> String {
    if rows.is_empty() {
        return "No questions are open.\n".to_owned();
    }
    let headings = [
        ("case", Column::Left),
        ("since", Column::Left),
        ("about", Column::Left),
        ("customer", Column::Flexible),
        ("invoices", Column::Flexible),
    ];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.case.clone(),
                row.opened.to_string(),
                row.kind.clone(),
                row.customer.clone().unwrap_or_else(|| "-".to_owned()),
                row.invoices.join(", "),
            ]
        })
        .collect();
    let mut text = lay_out(&headings, &cells);
    for row in rows {
        let _ = writeln!(text, "\n{}: {}", row.case, row.kind);
        if let Some(words) = &row.words {
            text.push_str(&wrap(&format!("«{words}»"), "  ", WIDTH));
        }
        for particular in &row.particulars {
            text.push_str(&wrap(particular, "  ", WIDTH));
        }
        for suggestion in &row.suggestions {
            let _ = writeln!(text, "    {suggestion}");
        }
    }
    text
}
