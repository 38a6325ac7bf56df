//! An order taken back, and the list of those that can be.

use super::Globals;
use super::desk::Desk;
use super::failure::Failure;
use super::output::{Screen, counted};
use crate::agent::orders;
use crate::ledger::ids::CommandId;
use clap::Args;

/// Takes an order back.
#[derive(Debug, Args)]
pub(super) struct Undo {
    /// The order's number; the last one when not said
    order: Option<i64>,
    /// Only show the last orders
    #[arg(long)]
    list: bool,
}

impl Undo {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let mut desk = Desk::open_for_orders(globals)?;
        if self.list {
            let orders = desk.store.look().commands(20)?;
            let zone = desk.office.zone;
            if screen.wants_json() {
                for order in &orders {
                    screen.json_line(&serde_json::json!({
                        "order": order.id, "words": order.kind, "at": order.at, "undone": order.undone,
                    }));
                }
                return Ok(());
            }
            for order in &orders {
                let undone = if order.undone { " (taken back)" } else { "" };
                let at = order.at.with_timezone(&zone).format("%Y-%m-%d %H:%M");
                screen.line(format!("{:>4}  {at}  {}{undone}", order.id, order.kind));
            }
            return Ok(());
        }
        let (order, undone) = orders::undo(&mut desk.store, desk.moment, self.order.map(CommandId))?;
        if screen.wants_json() {
            screen.json_line(&serde_json::json!({
                "undone": order.id, "words": order.kind, "cancelled": undone.cancelled, "left": undone.left,
            }));
            return Ok(());
        }
        screen.line(format!("Order {} is taken back: {}.", order.id, order.kind));
        if !undone.cancelled.is_empty() {
            screen.line(format!("{} it had planned will not leave.", counted(undone.cancelled.len(), "mail")));
        }
        for id in &undone.left {
            screen.line(format!("Mail {id}, which it had planned, has left already."));
        }
        Ok(())
    }
}
