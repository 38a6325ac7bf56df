//! The brake: nothing leaves any more.

use super::Globals;
use super::desk::{firm_for_orders, open_store};
use super::failure::Failure;
use super::output::Screen;
use crate::agent::clock::{Clock, SystemClock};
use crate::store::{Halt, lift_halt_file};
use clap::Args;

/// Stops all sending at once.
#[derive(Debug, Args)]
pub(super) struct HaltCommand {
    /// Let mail go again
    #[arg(long)]
    off: bool,
    /// Your reason
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

impl HaltCommand {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        // A mistake in the settings must not keep the brake from working: the agent goes on with those of before.
        let firm = firm_for_orders(globals);
        let database = match &firm {
            Ok(firm) => firm.settings.database.clone(),
            Err(_) if !self.off && globals.settings_file().exists() => {
                crate::config::database_beside(&globals.settings_file())
            }
            Err(failure) => return Err(failure.clone()),
        };
        let database = &database;
        if self.off {
            let mut store = open_store(database)?;
            store.write(|unit| unit.clear_halt())?;
            lift_halt_file(database)?;
        } else {
            let zone = firm.as_ref().map_or(chrono_tz::UTC, |firm| firm.settings.firm.zone);
            let at = globals.now.map_or_else(|| SystemClock.now(), |now| now.moment(zone).instant);
            let why = self.why.clone().unwrap_or_else(|| "by the owner's order".to_owned());
            // The file first: it stops sending even while the database is busy.
            crate::store::place_halt_file(database, &Halt { at, why })?;
        }
        let (halted, words) = if self.off {
            (false, "Mail may leave again.")
        } else {
            (true, "Nothing leaves any more, from now on. `sollecito halt --off` lets mail go again.")
        };
        if screen.wants_json() {
            screen.json_line(&serde_json::json!({ "halted": halted }));
        } else {
            screen.line(words);
        }
        Ok(())
    }
}
