//! A credit note and what it reduces, as the owner types it.

use super::desk::{Desk, find};
use super::failure::{Failure, Kind};
use crate::agent::find::Target;
use crate::ledger::account::Account;
use crate::ledger::event::Order;
use crate::ledger::ids::ReceivableId;
use crate::ledger::receivable::ReceivableKind;
use clap::Args;

/// A credit note.
#[derive(Debug, Clone, Args)]
pub(crate) struct Credit {
    /// The number of the credit note
    note: String,
    /// Numbers of the invoices that it reduces
    #[arg(required_unless_present = "none")]
    invoices: Vec<String>,
    /// It reduces no invoice (paid out, or settled in another way)
    #[arg(long, conflicts_with = "invoices")]
    none: bool,
}

impl Credit {
    /// The account, and the order about it.
    pub(super) fn order(&self, desk: &Desk) -> Result<(Target, Order), Failure> {
        let of_note = find(&desk.store.look(), &self.note)?;
        let account = account_of(desk, &of_note)?;
        let is_note =
            |id: ReceivableId| account.receivable(id).is_some_and(|item| item.kind == ReceivableKind::CreditNote);
        let notes: Vec<ReceivableId> = of_note.items.iter().copied().filter(|id| is_note(*id)).collect();
        let [note] = notes.as_slice() else {
            let what = format!("`{}` is not the number of one credit note", self.note);
            return Err(Failure::new(Kind::NotKnown, what).hint("`sollecito status --all` lists them"));
        };
        let mut items = Vec::new();
        for name in &self.invoices {
            let found = find(&desk.store.look(), name)?;
            let invoices: Vec<ReceivableId> = found.items.iter().copied().filter(|id| !is_note(*id)).collect();
            if found.customer != of_note.customer || invoices.is_empty() {
                let what = format!("`{name}` is not an invoice of the same customer");
                return Err(
                    Failure::new(Kind::Refused, what).hint("a credit note reduces invoices of its own customer")
                );
            }
            items.extend(invoices);
        }
        Ok((of_note, Order::Credit { note: *note, items }))
    }

    /// As it would be typed.
    pub(super) fn words(&self) -> String {
        let rest = if self.none { "--none".to_owned() } else { self.invoices.join(" ") };
        format!("credit {} {rest}", self.note)
    }
}

fn account_of(desk: &Desk, target: &Target) -> Result<Account, Failure> {
    desk.store.look().account(target.customer)?.ok_or_else(|| Failure::new(Kind::NotKnown, "There is no such customer"))
}
