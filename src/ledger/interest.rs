//! Late interest and the flat compensation, as the law of late payment gives them.
//!
//! Source: D.Lgs. 231/2002 (directive 2011/7/EU): payments between businesses, professionals among them, and to businesses
//! by public bodies. Interest runs from the day after the due date without any reminder (art. 4), is simple, and counts
//! days over 365; each late invoice gives 40 EUR besides (art. 6). Neither is owed by consumers, and a condominium is one
//! (CJEU C-329/19). A consumer owes the legal rate (art. 1284 c.c.) only after a written notice: when the final notice is
//! written there is nothing of it yet, so that it is not counted here.
//!
//! What is not certain is not counted: the answer is then a reason, never a zero. Interest is counted on what is still
//! open: of a part that was paid it is seldom known on which day it arrived (an import says only that it did), so that it
//! carries none, and payments reduce the capital first. Both are milder than the law (art. 1194 c.c.).

use super::account::Account;
use super::holidays::HolidayCountry;
use super::ids::ReceivableId;
use super::money::{Currency, Money, total};
use super::rates::{RateTable, YearlyRate, half_year_of};
use super::receivable::{Closure, Collection, Receivable, ReceivableKind};
use super::words::DebtorKind;
use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The flat compensation for each late invoice (art. 6 c. 2). The steps of 40, 70 and 100 are British law.
pub const COMPENSATION: Money = Money::eur(4_000);

/// What the owner wants to claim, and the rates to count it with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LatePayment {
    /// Final notices show late interest.
    pub interest: bool,
    /// Final notices show the flat compensation.
    pub compensation: bool,
    /// The rates.
    pub rates: RateTable,
}

/// What one letter claims beside the capital. Decided with the letter; the amounts are counted when it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Claims {
    /// Late interest on its receivables.
    pub interest: bool,
    /// The receivables that carry the flat compensation of their invoice.
    pub compensation: Vec<ReceivableId>,
}

/// Interest on one receivable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// One for each half-year, by day.
    pub segments: Vec<Segment>,
    /// The sum of the segments as rounded.
    pub total: Money,
}

/// The days of one half-year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The first day counted.
    pub first: NaiveDate,
    /// The last day counted.
    pub last: NaiveDate,
    /// How many they are.
    pub days: u32,
    /// The rate of their half-year.
    pub rate: YearlyRate,
    /// What is open.
    pub capital: Money,
    /// Rounded half up to the cent.
    pub interest: Money,
}

/// Why nothing is claimed. Completes «no late interest: …».
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoClaim {
    /// The law is not for this kind of debtor, or nobody said which kind it is.
    #[error("{}", why_not(*.0))]
    Debtor(DebtorKind),
    /// The customer's country has a law and rates of its own.
    #[error("the customer is abroad, where other rates may hold")]
    Abroad,
    /// The rates are those of the euro.
    #[error("the amount is in {0}, and the rates are for euro")]
    Currency(Currency),
    /// A request before the invoice, or a credit note.
    #[error("it is no invoice but a {}", .0.as_str().replace('_', " "))]
    NotAnInvoice(ReceivableKind),
    /// Not ours to claim, or not known to have come back.
    #[error("it is collected by others ({0})")]
    CollectedByOthers(Collection),
    /// Over by the owner's word.
    #[error("it is closed ({0})")]
    Closed(Closure),
    /// Nothing is open, or it is not due yet.
    #[error("nothing is late on {0}")]
    NotLate(NaiveDate),
    /// The table of rates does not reach this day.
    #[error("no rate is known for {0}")]
    NoRate(NaiveDate),
    /// Beyond what can be counted.
    #[error("the amount is too large to count with")]
    TooLarge,
}

const fn why_not(kind: DebtorKind) -> &'static str {
    match kind {
        DebtorKind::Consumer => "a private person owes none under this law",
        DebtorKind::Condominium => "a condominium counts as a consumer",
        DebtorKind::Association => "an association is not known to be a business",
        DebtorKind::Foreign => "a customer abroad is not known to be a business, and other rates may hold there",
        DebtorKind::Unknown => "it is not known whether the customer is a business",
        DebtorKind::Firm | DebtorKind::Professional | DebtorKind::PublicBody => "it is owed",
    }
}

/// Late interest on a receivable from the day after its due date up to and including a day, on what is still open.
///
/// # Errors
/// [`NoClaim`], which is never to be read as zero.
pub fn of(account: &Account, item: &Receivable, until: NaiveDate, rates: &RateTable) -> Result<Interest, NoClaim> {
    let due = late_since(account, item, until)?;
    let first = due.succ_opt().ok_or(NoClaim::TooLarge)?;
    let segments = accrue(item.open(), first, until, rates)?;
    let amounts: Vec<Money> = segments.iter().map(|segment| segment.interest).collect();
    Ok(Interest { segments, total: total(item.amount.currency, &amounts) })
}

/// The receivables among these that carry the flat compensation: one for each late invoice, so that its instalments do
/// not multiply it. Those of an invoice that is named as compensated already carry none.
#[must_use]
pub fn compensated(
    account: &Account,
    items: &[&Receivable],
    until: NaiveDate,
    already: &BTreeSet<ReceivableId>,
) -> Vec<ReceivableId> {
    let of_before = account.receivables.iter().filter(|other| already.contains(&other.id));
    let mut invoices: Vec<&Receivable> = of_before.collect();
    let mut carriers = Vec::new();
    for item in items {
        let is_new = !invoices.iter().any(|other| other.key.is_same_document(&item.key));
        if is_new && late_since(account, item, until).is_ok() {
            invoices.push(item);
            carriers.push(item.id);
        }
    }
    carriers
}

/// Is the flat compensation owed for this receivable's invoice?
///
/// # Errors
/// [`NoClaim`].
pub fn is_compensated(account: &Account, item: &Receivable, until: NaiveDate) -> Result<(), NoClaim> {
    late_since(account, item, until).map(|_| ())
}

/// Is one of these receivables of the same invoice?
#[must_use]
pub fn shares_invoice_with(account: &Account, item: &Receivable, others: &[ReceivableId]) -> bool {
    others.iter().filter_map(|id| account.receivable(*id)).any(|other| other.key.is_same_document(&item.key))
}

/// Does the law give anything here, and after which day?
fn late_since(account: &Account, item: &Receivable, until: NaiveDate) -> Result<NaiveDate, NoClaim> {
    let customer = &account.customer;
    match customer.kind {
        DebtorKind::Firm | DebtorKind::Professional | DebtorKind::PublicBody => {}
        kind => return Err(NoClaim::Debtor(kind)),
    }
    if customer.country.as_deref().is_some_and(|country| !country.eq_ignore_ascii_case("IT")) {
        return Err(NoClaim::Abroad);
    }
    match item.kind {
        ReceivableKind::Invoice | ReceivableKind::Instalment => {}
        kind => return Err(NoClaim::NotAnInvoice(kind)),
    }
    match item.collected_by() {
        Collection::Own | Collection::Advanced => {}
        other => return Err(NoClaim::CollectedByOthers(other)),
    }
    if let Some(closure) = item.closure {
        return Err(NoClaim::Closed(closure));
    }
    if item.amount.currency != Currency::EUR {
        return Err(NoClaim::Currency(item.amount.currency));
    }
    // Time that was granted is time without interest, and so is what another reading of the terms allows.
    let due = account.tolerated_day(item);
    if until <= last_day_in_time(due) || item.is_settled() { Err(NoClaim::NotLate(until)) } else { Ok(due) }
}

/// A due date on a Sunday or holiday: what arrives on the next other day is in time (art. 1187, 2963 c.c.). What arrives
/// later is late since the date itself. A Saturday is no holiday for this.
fn last_day_in_time(due: NaiveDate) -> NaiveDate {
    let is_holiday = |day: &NaiveDate| day.weekday() == Weekday::Sun || HolidayCountry::Italy.is_holiday(None, *day);
    // Holidays in a row are three at most; the bound is for days at the end of the calendar.
    due.iter_days().take(10).find(|day| !is_holiday(day)).unwrap_or(due)
}

/// Interest on an amount, one segment for each half-year.
fn accrue(capital: Money, first: NaiveDate, until: NaiveDate, rates: &RateTable) -> Result<Vec<Segment>, NoClaim> {
    let mut segments = Vec::new();
    let mut day = first;
    while day <= until {
        let last = half_year_of(day).1.min(until);
        let rate = rates.on(day).ok_or(NoClaim::NoRate(day))?;
        let days = u32::try_from((last - day).num_days() + 1).map_err(|_| NoClaim::TooLarge)?;
        let interest = i64::try_from(rounded(capital.cents, rate, days)).map_err(|_| NoClaim::TooLarge)?;
        let interest = Money::new(interest, capital.currency);
        segments.push(Segment { first: day, last, days, rate, capital, interest });
        match last.succ_opt() {
            Some(next) => day = next,
            None => break,
        }
    }
    Ok(segments)
}

/// Cents times hundredths of a percent times days, by this, are cents again.
const WHOLE: i128 = 365 * 10_000;

/// Simple interest over 365 days, half a cent up. No fraction is ever formed: cents, hundredths of a percent and days are
/// whole numbers, and their product fits.
fn rounded(capital: i64, rate: YearlyRate, days: u32) -> i128 {
    let exact = i128::from(capital).saturating_mul(i128::from(rate.0)).saturating_mul(i128::from(days));
    exact.saturating_mul(2).saturating_add(WHOLE) / (2 * WHOLE)
}

#[cfg(test)]
mod tests;
