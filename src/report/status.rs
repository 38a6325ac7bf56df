//! What is open, how it stands, and what comes next.

use super::View;
use super::show::{open_of, owed_of};
use super::table::{Column, lay_out};
use crate::ledger::account::Status;
use crate::ledger::mail::OutboxState;
use crate::ledger::money::{Currency, Money};
use crate::ledger::words::{Mode, Purpose};
use crate::policy;
use crate::store::{OutboxFilter, StoreError};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The whole picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusReport {
    /// The day it shows.
    pub day: NaiveDate,
    /// One row a receivable, oldest due date first.
    pub receivables: Vec<StatusRow>,
    /// Sums by currency.
    pub totals: Vec<Total>,
    /// Questions open to the owner.
    pub open_cases: usize,
    /// Mails that wait for a person.
    pub held_mails: usize,
    /// Sending is halted, and why.
    pub halted: Option<String>,
    /// Purposes by mode.
    pub modes: BTreeMap<Purpose, Mode>,
}

/// One receivable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusRow {
    /// Number as written; of an instalment with its number behind it (`118#2`).
    pub invoice: String,
    /// 0 for the whole, 1… for instalments.
    pub instalment: u16,
    /// Customer's name.
    pub customer: String,
    /// Due date.
    pub due: NaiveDate,
    /// Still open, as a decimal; below zero what is left of a credit note.
    pub open: String,
    /// Its currency.
    pub currency: Currency,
    /// The word.
    pub status: Status,
    /// The next step of the ladder and its day, when nothing changes.
    pub next_step: Option<String>,
    /// Its day.
    pub next_on: Option<NaiveDate>,
    /// That day has come, and something stands in the way: `why` says what.
    pub waits: bool,
}

/// Sums in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Total {
    /// Which currency.
    pub currency: Currency,
    /// All that is open.
    pub open: String,
    /// Of it, past its day.
    pub overdue: String,
}

/// Builds the picture. `all` shows settled and closed receivables too.
///
/// # Errors
/// When the database cannot be read.
pub fn status(view: &View<'_>, all: bool) -> Result<StatusReport, StoreError> {
    let day = view.moment.today();
    let world = view.world()?;
    let mut receivables = Vec::new();
    let mut sums: BTreeMap<Currency, (Money, Money)> = BTreeMap::new();
    for account in view.accounts()? {
        let outlook = policy::outlook(&account, &world);
        for receivable in &account.receivables {
            // What is left of a credit note is owed to the customer: without it the sums would be too high.
            let open = open_of(&account, receivable);
            if open.cents == 0 && !all {
                continue;
            }
            let zero = Money::zero(open.currency);
            let sum = sums.entry(open.currency).or_insert((zero, zero));
            let owed = owed_of(&account, receivable);
            sum.0 = sum.0.plus(owed).unwrap_or(sum.0);
            // What is owed to the customer is not overdue to us.
            if account.is_past_its_day(receivable, day) && owed.is_positive() {
                sum.1 = sum.1.plus(open).unwrap_or(sum.1);
            }
            let item = outlook.iter().find(|item| item.receivable == receivable.id);
            let next = item.and_then(|item| item.next_step.clone());
            let has_come = next.as_ref().is_some_and(|(_, on)| *on <= day);
            receivables.push(StatusRow {
                invoice: receivable.key.name().into_owned(),
                instalment: receivable.key.instalment,
                customer: account.customer.name.clone(),
                due: receivable.due,
                open: open.to_decimal(),
                currency: open.currency,
                status: account.status(receivable, day),
                next_step: next.as_ref().map(|(step, _)| step.to_string()),
                next_on: next.map(|(_, on)| on),
                waits: item.is_some_and(|item| item.is_kept || (has_come && !item.silence.is_empty())),
            });
        }
    }
    receivables.sort_by(|a, b| (a.due, &a.invoice).cmp(&(b.due, &b.invoice)));
    let totals = sums
        .into_iter()
        .map(|(currency, (open, overdue))| Total { currency, open: open.to_decimal(), overdue: overdue.to_decimal() })
        .collect();
    let held = OutboxFilter { states: vec![OutboxState::Held], ..OutboxFilter::default() };
    Ok(StatusReport {
        day,
        receivables,
        totals,
        open_cases: view.look.open_cases()?.len(),
        held_mails: view.look.outbox(&held)?.len(),
        halted: view.look.halted()?.map(|halt| halt.why),
        modes: view.policy.modes.clone(),
    })
}

impl StatusReport {
    /// As text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        if self.receivables.is_empty() {
            text.push_str("Nothing is open.\n");
        } else {
            let headings = [
                ("invoice", Column::Left),
                ("customer", Column::Flexible),
                ("due", Column::Left),
                ("open", Column::Right),
                ("status", Column::Left),
                ("next", Column::Flexible),
            ];
            let rows: Vec<Vec<String>> = self.receivables.iter().map(|row| row.cells(self.day)).collect();
            text.push_str(&lay_out(&headings, &rows));
            text.push('\n');
            for total in &self.totals {
                let _ = writeln!(text, "open {} {}, of it overdue {}", total.open, total.currency, total.overdue);
            }
        }
        let _ = writeln!(text, "questions for you: {} (`sollecito cases`)", self.open_cases);
        let _ = writeln!(text, "mails waiting for you: {} (`sollecito outbox`)", self.held_mails);
        text
    }
}

impl StatusRow {
    fn cells(&self, day: NaiveDate) -> Vec<String> {
        let next = match (&self.next_step, self.next_on) {
            (Some(step), Some(on)) if on >= day && !self.waits => format!("{step} {}", on.format("%d %b")),
            // Its day has come or passed: something stands in its way, and `why` says what.
            (Some(step), _) => format!("{step} waits"),
            _ => "-".to_owned(),
        };
        let open =
            if self.currency == Currency::EUR { self.open.clone() } else { format!("{} {}", self.open, self.currency) };
        vec![self.invoice.clone(), self.customer.clone(), self.due.to_string(), open, self.status.to_string(), next]
    }
}
