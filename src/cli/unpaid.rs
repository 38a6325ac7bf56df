//! `unpaid`: what the bank could not collect. What it never collected did not come back.

use super::desk::Desk;
use super::failure::{Failure, Kind};
use crate::agent::orders::Target;
use crate::ledger::event::Order;
use crate::ledger::ids::ReceivableId;
use crate::ledger::receivable::Collection;

/// The order about receivables of one account, where each of them is with the bank and open.
pub(super) fn order(desk: &Desk, target: &Target, items: Vec<ReceivableId>) -> Result<Order, Failure> {
    let account = desk.store.look().account(target.customer)?;
    for item in items.iter().filter_map(|id| account.as_ref()?.receivable(*id)) {
        let number = &item.key.number;
        let why = match (item.collection, item.came_back) {
            _ if item.is_settled() => format!("Nothing of {number} is open"),
            (Collection::Bank, Some(day)) => format!("{number} came back unpaid already, on {day}"),
            (Collection::Bank, None) => continue,
            _ => format!("{number} is not collected by the bank: nothing of it can come back"),
        };
        return Err(Failure::new(Kind::Refused, why));
    }
    Ok(Order::CameBack { items })
}
