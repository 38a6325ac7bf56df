//! `unpaid`: what the bank could not collect. What it never collected did not come back.

use super::desk::Desk;
use super::failure::{Failure, Kind};
use crate::agent::find::Target;
use crate::ledger::event::Order;
use crate::ledger::ids::ReceivableId;
use crate::ledger::receivable::Collection;

/// The order about receivables of one account: those that are due, open and with the bank. Of an invoice in instalments these
/// are some of its parts.
pub(super) fn order(desk: &Desk, target: &Target, items: &[ReceivableId]) -> Result<Order, Failure> {
    let account = desk.store.look().account(target.customer)?;
    let mut returned = Vec::new();
    let mut why_not = None;
    for item in items.iter().filter_map(|id| account.as_ref()?.receivable(*id)) {
        let number = item.key.name();
        let why = match (item.collection, item.came_back) {
            _ if item.is_settled() => format!("Nothing of {number} is open"),
            (Collection::Bank, Some(day)) => format!("{number} came back unpaid already, on {day}"),
            (Collection::Bank, None) if item.due > desk.moment.today() => {
                format!("The bank collects {number} on {} only: it cannot have come back yet", item.due)
            }
            (Collection::Bank, None) => {
                returned.push(item.id);
                continue;
            }
            _ => format!("{number} is not collected by the bank: nothing of it can come back"),
        };
        // Several invoices are named on purpose, the parts of one are not.
        let is_part = items.len() > 1
            && account
                .iter()
                .flat_map(|account| &account.receivables)
                .any(|other| other.id != item.id && items.contains(&other.id) && other.key.number == item.key.number);
        if !is_part {
            return Err(Failure::new(Kind::Refused, why));
        }
        why_not = Some(why);
    }
    match why_not {
        Some(why) if returned.is_empty() => Err(Failure::new(Kind::Refused, why)),
        _ => Ok(Order::CameBack { items: returned }),
    }
}
