//! Instalments that were agreed on or are proposed, as the owner types them.

use super::desk::Desk;
use super::failure::{Failure, Kind};
use super::orders::could_be_two_amounts;
use crate::agent::find::Target;
use crate::import::cells;
use crate::import::rows::DateOrder;
use crate::ledger::event::Order;
use crate::ledger::ids::ReceivableId;
use crate::ledger::instalments::{self, PlanPart};
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::Receivable;
use chrono::{Datelike, Months, NaiveDate};
use clap::Args;

const EXAMPLE: &str = "write for example: --parts \"2026-12-15 500,00; 2027-01-15 rest\"";

/// Instalments.
#[derive(Debug, Clone, Args)]
pub(crate) struct Instalments {
    /// Numbers of invoices of one customer, or the name or code of a customer
    #[arg(required = true)]
    pub(super) what: Vec<String>,
    /// Each day with its amount; `rest` for the last: "15/12 500,00; 15/1 rest"
    #[arg(long, value_name = "PARTS", required_unless_present = "withdraw", conflicts_with = "withdraw")]
    parts: Option<String>,
    /// Write to the customer what was agreed
    #[arg(long, conflicts_with_all = ["propose", "withdraw"])]
    confirm: bool,
    /// Propose them: in force only once the customer accepts in writing
    #[arg(long, conflicts_with = "withdraw")]
    propose: bool,
    /// Take back what was proposed and not accepted yet
    #[arg(long)]
    withdraw: bool,
}

impl Instalments {
    /// The order about open receivables of one account.
    pub(super) fn order(
        &self,
        desk: &Desk,
        (target, items): (Target, Vec<ReceivableId>),
    ) -> Result<(Target, Order), Failure> {
        let account = desk.store.look().account(target.customer)?;
        let open = |id: &ReceivableId| account.as_ref()?.receivable(*id).filter(|item| !item.is_settled()).cloned();
        let open: Vec<Receivable> = items.iter().filter_map(open).collect();
        let sums: Vec<Money> = open.iter().map(Receivable::open).collect();
        let Some(first) = sums.first() else {
            return Err(Failure::new(Kind::Refused, "Nothing of this is open"));
        };
        let Some(text) = &self.parts else {
            let items = open.iter().map(|item| item.id).collect();
            return Ok((target, Order::WithdrawProposal { items }));
        };
        let today = desk.moment.today();
        let parts = parts(text, total(first.currency, &sums), today)?;
        instalments::check(&parts, &sums, today)
            .map_err(|why| Failure::new(Kind::Refused, format!("This is no plan: {why}")).hint(EXAMPLE))?;
        let items = open.iter().map(|item| item.id).collect();
        if self.propose {
            return Ok((target, Order::Propose { items, parts }));
        }
        Ok((target, Order::Plan { items, parts, tell: self.confirm }))
    }

    /// As it would be typed.
    pub(super) fn words(&self) -> String {
        let what = self.what.join(" ");
        let Some(parts) = &self.parts else { return format!("instalments {what} --withdraw") };
        let how = match (self.confirm, self.propose) {
            (true, _) => " --confirm",
            (_, true) => " --propose",
            _ => "",
        };
        format!("instalments {what} --parts \"{parts}\"{how}")
    }
}

/// A day without its year that lies further after the one before it, in days, was not meant.
const FAR: i64 = 183;

/// `15/12 500,00; 15/1 rest`: parts stand apart by semicolons, or by commas with a blank behind them.
fn parts(text: &str, open: Money, today: NaiveDate) -> Result<Vec<PlanPart>, Failure> {
    let mut parts: Vec<PlanPart> = Vec::new();
    let text = text.replace(", ", ";");
    for piece in text.split(';').map(str::trim).filter(|piece| !piece.is_empty()) {
        let wrong = |what: &str| Failure::new(Kind::Usage, format!("`{piece}` {what}")).hint(EXAMPLE);
        let (day, amount) = piece.split_once(char::is_whitespace).ok_or_else(|| wrong("names no amount"))?;
        let after = parts.last().map_or(today, |part| part.by);
        let by = day_of(day, after).ok_or_else(|| wrong("does not begin with a day"))?;
        if by.signed_duration_since(after).num_days() > FAR && !names_year(day) {
            return Err(wrong("is not one of the coming months: write the year, too"));
        }
        let amount = amount.trim();
        let cents = if matches!(amount.to_lowercase().as_str(), "rest" | "resto" | "saldo") {
            open.cents.saturating_sub(instalments::sum_of(&parts).map_or(0, |sum| sum.cents))
        } else if could_be_two_amounts(amount) {
            return Err(wrong("could be two amounts: write the cents"));
        } else {
            cells::cents(amount, cells::decimal_sign_shown(amount)).ok_or_else(|| wrong("names no amount"))?
        };
        parts.push(PlanPart { by, amount: Money::new(cents, open.currency) });
    }
    Ok(parts)
}

fn names_year(text: &str) -> bool {
    cells::day(text, DateOrder::DayFirst).is_some()
}

/// A day in full, or without its year: then the first such day on or after another.
fn day_of(text: &str, after: NaiveDate) -> Option<NaiveDate> {
    if let Some(day) = cells::day(text, DateOrder::DayFirst) {
        return Some(day);
    }
    let (day, month) = text.trim_end_matches(['/', '.']).split_once(['/', '.'])?;
    let this = NaiveDate::from_ymd_opt(after.year(), month.parse().ok()?, day.parse().ok()?)?;
    if this >= after { Some(this) } else { this.checked_add_months(Months::new(12)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let today = "2026-11-27".parse().expect("a day");
        let parts = parts(text, Money::eur(122_000), today).expect("parts");
        parts.iter().map(|part| format!("{} {}", part.by, part.amount.cents)).collect()
    }

    #[test]
    fn as_an_owner_types_them() {
        let expected = ["2026-12-15 50000", "2027-01-15 72000"];
        for text in [
            "2026-12-15 500; 2027-01-15 720",
            "15/12 500,00, 15/1 720,00",
            "15/12/2026 500.00; 15.01.2027 rest",
            "15.12. 500;15.1. resto",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        for text in ["domani 500", "15/12", "15/12 tanto", "31/2 500", "26/11 500; 15/1 rest", "15/1 500; 15/12 rest"] {
            let today = "2026-11-27".parse().expect("a day");
            assert!(parts(text, Money::eur(122_000), today).is_err(), "{text}");
        }
    }
}
