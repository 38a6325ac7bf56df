//! `status`, `show`, `why`, `plan`, `cases`: how things stand.

use super::Globals;
use super::desk::{Desk, find};
use super::failure::{Failure, Kind};
use super::output::Screen;
use crate::report::{View, cases, plan, show, status, why};
use chrono::Days;
use clap::Args;

/// What is open and how it stands.
#[derive(Debug, Args)]
pub(super) struct Status {
    /// Settled and closed ones too
    #[arg(long)]
    all: bool,
}

/// One invoice or customer.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The number of an invoice, or the name, code or address of a customer
    what: String,
}

/// Why.
#[derive(Debug, Args)]
pub(super) struct Why {
    /// An invoice, a customer, or a message (its Message-ID)
    what: String,
}

/// What goes out next.
#[derive(Debug, Args)]
pub(super) struct Plan {
    /// Everything that leaves within so many days, not only each customer's next mail
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(..=366))]
    days: Option<u64>,
}

/// Open questions.
#[derive(Debug, Args)]
pub(super) struct Cases {}

impl Status {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let desk = Desk::open_for_orders(globals)?;
        let look = desk.store.look();
        let view = View::new(&look, &desk.office.policy, desk.moment)?;
        let report = status::status(&view, self.all)?;
        screen.report(&report, &(view.halt_line()? + &report.to_text()));
        Ok(())
    }
}

impl Show {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let desk = Desk::open_for_orders(globals)?;
        let look = desk.store.look();
        let view = View::new(&look, &desk.office.policy, desk.moment)?;
        let target = find(&look, &self.what)?;
        let account = view.account(target.customer)?.ok_or_else(|| gone(&self.what))?;
        let report = show::show(&view, &account, &target.items);
        screen.report(&report, &(view.halt_line()? + &report.to_text()));
        Ok(())
    }
}

impl Why {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let desk = Desk::open_for_orders(globals)?;
        let look = desk.store.look();
        let view = View::new(&look, &desk.office.policy, desk.moment)?;
        let messages = look.find_message(&self.what)?;
        let report = match messages.as_slice() {
            [] => {
                let target = find(&look, &self.what)?;
                let account = view.account(target.customer)?.ok_or_else(|| gone(&self.what))?;
                why::why_account(&view, &account, &target.items)?
            }
            [message] => why::why_message(&view, message)?,
            several => {
                let names: Vec<String> = several.iter().take(6).map(|message| message.identity.short()).collect();
                return Err(Failure::new(Kind::NotKnown, format!("{} messages fit", several.len()))
                    .hint(format!("name one of them: {}", names.join(", "))));
            }
        };
        screen.report(&report, &(view.halt_line()? + &report.to_text(&view)));
        Ok(())
    }
}

impl Plan {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let desk = Desk::open_for_orders(globals)?;
        let look = desk.store.look();
        let view = View::new(&look, &desk.office.policy, desk.moment)?;
        let until = self.days.and_then(|days| desk.moment.today().checked_add_days(Days::new(days)));
        let report = plan::plan(&view, until)?;
        screen.report(&report, &(view.halt_line()? + &report.to_text()));
        Ok(())
    }
}

impl Cases {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let desk = Desk::open_for_orders(globals)?;
        let look = desk.store.look();
        let view = View::new(&look, &desk.office.policy, desk.moment)?;
        let rows = cases::cases(&view)?;
        screen.report(&rows, &(view.halt_line()? + &cases::to_text(&rows)));
        Ok(())
    }
}

fn gone(what: &str) -> Failure {
    Failure::new(Kind::NotKnown, format!("`{what}` is not there any more"))
}
