//! `sollecito customers`: who pays how, and what to make of it.

use super::Globals;
use super::desk::{Desk, find};
use super::failure::{Failure, Kind};
use super::output::Screen;
use crate::report::{View, customers};
use clap::Args;

/// The customers as payers.
#[derive(Debug, Args)]
pub(super) struct Customers {
    /// One of them, with everything that its record comes from: name, code, address, or the number of an invoice
    customer: Option<String>,
}

impl Customers {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let desk = Desk::open_for_orders(globals)?;
        let look = desk.store.look();
        let view = View::new(&look, &desk.office.policy, desk.moment)?;
        let Some(name) = &self.customer else {
            let lines = customers::customers(&view)?;
            screen.report(&lines, &(view.halt_line()? + &customers::to_text(&lines)));
            return Ok(());
        };
        let target = find(&look, name)?;
        let account = view.account(target.customer)?;
        let account = account.ok_or_else(|| Failure::new(Kind::NotKnown, format!("`{name}` is not there any more")))?;
        let report = customers::customer(&view, &account)?;
        screen.report(&report, &(view.halt_line()? + &report.to_text()));
        Ok(())
    }
}
