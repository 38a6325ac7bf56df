//! Credit notes as a story writes them.

use super::office::receivable;
use super::story::{date, money, value};
use sollecito::ledger::money::{Currency, Money};
use sollecito::ledger::receivable::{Payment, Receivable, ReceivableKind};

/// `7 amount 200.00 issued 2026-09-20 names 118 about Storno_fattura_118`.
pub fn credit_note(number: &str, words: &[&str]) -> Result<Receivable, String> {
    let issued = date(value(words, "issued").ok_or("a credit note needs a day of issue")?)?;
    let amount = money(value(words, "amount").ok_or("no amount")?)?;
    let number = number.parse().map_err(|_| "not a number")?;
    let mut note = receivable(number, issued, -amount.cents, issued);
    note.key.issued = issued;
    note.kind = ReceivableKind::CreditNote;
    note.credit.named = value(words, "names").map(|text| text.replace('_', " "));
    note.description = value(words, "about").map(|text| text.replace('_', " "));
    if let Some(used) = value(words, "used") {
        let used = Money::eur(-money(used)?.cents);
        note.payments = vec![Payment::arrived(used, issued)];
    }
    if let Some(currency) = value(words, "in") {
        note.amount.currency = Currency::parse(currency).ok_or("an unknown currency")?;
        note.credited.currency = note.amount.currency;
    }
    Ok(note)
}
