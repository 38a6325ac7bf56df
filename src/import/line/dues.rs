//! The days on which a row is to be paid: written, or by its terms of payment.

use super::OneLine;
use crate::import::cells;
use crate::import::columns::Field;
use crate::import::table::Cell;
use crate::ledger::calendar::plus_banking_days;
use crate::ledger::money::Money;
use crate::ledger::payment_terms::{self, PaymentTerms, Term, TermsError};
use crate::ledger::problem::Problem;
use crate::ledger::receivable::Collection;
use chrono::NaiveDate;

/// One day of a row.
pub(super) struct Due {
    /// Of the row, or of the part that the terms make of it.
    pub(super) instalment: u16,
    pub(super) day: NaiveDate,
    /// Later than the day, by another reading of the terms.
    pub(super) tolerated_until: Option<NaiveDate>,
    /// Its part of the amount.
    pub(super) amount: Money,
}

/// What is asked for on which days, before they are known.
pub(super) struct Asked {
    pub(super) issued: Option<NaiveDate>,
    pub(super) instalment: u16,
    pub(super) amount: Money,
    /// A credit note is owed by nobody: it has one day, and nothing of it is late. Without a written one it is its date.
    pub(super) is_note: bool,
}

impl OneLine<'_> {
    /// Every day with its amount: the written one, else those of the terms. `None` when there is none; the problem is then
    /// recorded.
    pub(super) fn dues(&self, asked: &Asked) -> Option<Vec<Due>> {
        let terms = self.cell(Field::Terms).map(|cell| (cell, payment_terms::parse(&cell.value)));
        let due =
            |day, tolerated_until| Due { instalment: asked.instalment, day, tolerated_until, amount: asked.amount };
        if self.cell(Field::Due).is_some() {
            let day = self.day(Field::Due, "due date")?;
            let tolerated = terms.and_then(|(cell, terms)| self.beside_written(asked, day, cell, terms));
            return Some(vec![due(day, tolerated.filter(|until| *until > day))]);
        }
        let terms = terms.filter(|(_, terms)| !self.says_only_how(terms));
        if asked.is_note && terms.is_none() {
            return asked.issued.map(|day| vec![due(day, None)]);
        }
        if self.reader.columns.index(Field::Terms).is_none() {
            self.day(Field::Due, "due date");
            return None;
        }
        let Some((cell, terms)) = terms else {
            self.no_due_date();
            return None;
        };
        let terms = match terms {
            Ok(terms) => terms,
            Err(error) => {
                self.wrong(part_of(cell, &error), error.message, error.remedy);
                return None;
            }
        };
        let issued = asked.issued?;
        let Some(parts) = payment_terms::due_dates(&terms, issued, asked.amount) else {
            self.wrong(cell.place.clone(), "These terms lead beyond the calendar".into(), "correct the row".into());
            return None;
        };
        let count = parts.len();
        let later =
            |part: &payment_terms::Part| Some(part.tolerated_until).filter(|until| *until > part.due && !asked.is_note);
        if asked.is_note || count == 1 {
            return parts.first().map(|part| vec![due(part.due, later(part))]);
        }
        if asked.instalment > 0 {
            let part = parts.get(usize::from(asked.instalment).saturating_sub(1));
            if part.is_none() {
                let message =
                    format!("The terms `{}` have {count} parts, and this is part {}", cell.value, asked.instalment);
                self.wrong(cell.place.clone(), message, "correct the row, or write its due date".into());
            }
            return part.map(|part| vec![due(part.due, later(part))]);
        }
        let each = (1_u16..).zip(&parts).map(|(instalment, part)| {
            let tolerated_until = later(part);
            Due { instalment, day: part.due, tolerated_until, amount: part.amount }
        });
        Some(each.collect())
    }

    /// The day is written, and the terms stand beside it: what they say of a later day, as far as they agree. Where they
    /// do not, the written day counts, and a remark says so.
    fn beside_written(
        &self,
        asked: &Asked,
        day: NaiveDate,
        cell: &Cell,
        terms: Result<PaymentTerms, TermsError>,
    ) -> Option<NaiveDate> {
        let issued = asked.issued.filter(|_| !asked.is_note)?;
        let terms = match terms {
            Ok(terms) => terms,
            // A column that says how it is paid need say nothing else.
            Err(error) if error.names_no_day || self.is_shared_column() => return None,
            Err(error) => {
                let message = format!("{}; the written due date {day} counts", error.message);
                self.remark(part_of(cell, &error), message, error.remedy);
                return None;
            }
        };
        let count = terms.parts.len();
        let place = usize::from(asked.instalment).checked_sub(1);
        let named = place.and_then(|place| terms.parts.get(place)).map(std::slice::from_ref);
        let parts = named.unwrap_or(terms.parts.as_slice());
        let agreeing = parts.iter().position(|term| agrees(*term, issued, day));
        let Some(at) = agreeing else {
            let days: Vec<String> =
                parts.iter().filter_map(|term| term.due(issued)).map(|day| day.to_string()).collect();
            let message = format!(
                "The due date {day} is taken as it is written; the terms `{}` would give {}",
                cell.value,
                days.join(", ")
            );
            let remedy = "correct the one that is wrong in the accounting program, or leave it so";
            self.remark(cell.place.clone(), message, remedy.into());
            return None;
        };
        if count > 1 && asked.instalment == 0 && at.saturating_add(1) < count {
            let message = format!(
                "The whole amount is taken as due on {day}, as it is written; the terms `{}` have {count} parts",
                cell.value
            );
            let remedy = "write one row for each due date with a column `instalment`, or leave the due date out";
            self.remark(cell.place.clone(), message, remedy.into());
        }
        parts.get(at).and_then(|term| term.tolerated_until(issued))
    }

    /// What stands there as terms is a way of payment only.
    fn says_only_how(&self, terms: &Result<PaymentTerms, TermsError>) -> bool {
        terms.as_ref().is_err_and(|error| error.names_no_day && self.is_shared_column())
    }

    /// The column is first of all the one of who collects.
    fn is_shared_column(&self) -> bool {
        self.reader.columns.index(Field::Terms) == self.reader.columns.index(Field::Collection)
    }

    pub(super) fn instalment(&self) -> u16 {
        let parse = |text: &str| text.split('/').next().and_then(|first| first.trim().parse::<u16>().ok());
        self.parsed(Field::Instalment, "the number of an instalment", "write 1, 2, 3 …; nothing for the whole", parse)
            .unwrap_or(0)
    }

    /// By the column for it; where that names no other, by what the terms say of how it is paid.
    pub(super) fn collection(&self) -> Collection {
        let cell = self.cell(Field::Collection);
        let said = cell.map_or(Collection::Own, |cell| cells::collection(&cell.value));
        let is_named = cell.is_some_and(|cell| Collection::parse(cell.value.trim()).is_some());
        match self.cell(Field::Terms).filter(|_| said == Collection::Own && !is_named) {
            Some(terms) => match payment_terms::parse(&terms.value).map(|terms| terms.means) {
                Ok(Some(means)) if means.is_collected_by_bank() => Collection::Bank,
                _ => cells::collection(&terms.value),
            },
            None => said,
        }
    }

    fn no_due_date(&self) {
        let column = [Field::Due, Field::Terms].into_iter().find(|field| self.reader.columns.index(*field).is_some());
        self.required(column.unwrap_or(Field::Due), "due date, nor terms that give one", "31/12/2026 or 30 gg d.f.");
    }

    /// It does not fit, and the row is taken all the same.
    pub(super) fn remark(&self, place: std::ops::Range<usize>, message: String, remedy: String) {
        let place = Some(self.reader.place(self.line, place));
        let problem = Problem { file: self.reader.file.to_owned(), place, message, remedy: Some(remedy) };
        self.remarks.borrow_mut().push(problem);
    }
}

/// The day is one that the words may mean: by a reading, between two of them, or moved to the next day on which banks work.
fn agrees(term: Term, issued: NaiveDate, day: NaiveDate) -> bool {
    let Some((due, latest)) = term.due(issued).zip(term.tolerated_until(issued)) else { return false };
    term.may_mean(issued, day) || (due..=latest).contains(&day) || day == plus_banking_days(due, 0)
}

/// The piece of a cell that was not understood, in the file; all of it where the cell is written otherwise than it reads.
fn part_of(cell: &Cell, error: &TermsError) -> std::ops::Range<usize> {
    let is_plain = cell.place.len() == cell.value.len();
    let is_quoted = cell.place.len() == cell.value.len() + 2;
    match (is_plain, is_quoted) {
        (true, _) => cell.place.start + error.place.start..cell.place.start + error.place.end,
        (_, true) => cell.place.start + 1 + error.place.start..cell.place.start + 1 + error.place.end,
        _ => cell.place.clone(),
    }
}

/// A sum that covers parts one after the other, the first first: what falls on each of what is left of them. The last takes
/// what is over.
pub(super) fn shared_out(left: &mut [i64], sum: Money) -> Vec<Money> {
    let mut rest = sum.cents;
    let count = left.len();
    let shares = left.iter_mut().enumerate().map(|(index, part)| {
        let share = if index.saturating_add(1) == count { rest } else { rest.min(*part).max(0) };
        rest = rest.saturating_sub(share);
        *part = part.saturating_sub(share);
        Money::new(share, sum.currency)
    });
    shares.collect()
}
