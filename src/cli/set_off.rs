//! `set-off`: a customer's debt and one of the firm's own that cancel out.

use super::day::day;
use super::desk::Desk;
use super::failure::Failure;
use super::orders::money;
use crate::agent::find::Target;
use crate::ledger::event::Order;
use crate::ledger::ids::ReceivableId;
use chrono::NaiveDate;
use clap::Args;

/// What was set off.
#[derive(Debug, Clone, Args)]
pub(crate) struct SetOff {
    /// Numbers of invoices of one customer, or the name or code of a customer
    #[arg(required = true)]
    pub(super) what: Vec<String>,
    /// How much, when not all that is open (300,00)
    #[arg(long)]
    pub(super) amount: Option<String>,
    /// What it was set off against ("vostra fattura 45")
    #[arg(long, value_name = "TEXT")]
    pub(super) against: Option<String>,
    /// The day of the set-off; today when not said
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) on: Option<NaiveDate>,
}

impl SetOff {
    pub(super) fn order(
        &self,
        desk: &Desk,
        (target, items): (Target, Vec<ReceivableId>),
    ) -> Result<(Target, Order), Failure> {
        let amount = self.amount.as_deref().map(|text| money(desk, &items, text)).transpose()?;
        let on = self.on.unwrap_or_else(|| desk.moment.today());
        Ok((target, Order::SetOff { items, amount, against: self.against.clone(), on }))
    }
}
