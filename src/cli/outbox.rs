//! `sollecito outbox`: what waits, what is under way, what nobody knows; and what a person may do about it.

use super::Globals;
use super::desk::Desk;
use super::failure::Failure;
use super::output::Screen;
use crate::agent::orders;
use crate::ledger::ids::OutboxId;
use crate::report::{View, outbox};
use clap::{Args, Subcommand, ValueEnum};

/// The outbox.
#[derive(Debug, Args)]
pub(super) struct Outbox {
    /// What left or was cancelled too
    #[arg(long)]
    all: bool,
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Let a mail go that waits for you
    Approve {
        /// Its number
        id: i64,
    },
    /// Keep a planned mail back
    Hold {
        /// Its number
        id: i64,
    },
    /// Never send it
    Cancel {
        /// Its number
        id: i64,
    },
    /// Say whether an unsure mail left
    Settle {
        /// Its number
        id: i64,
        /// What happened to it
        outcome: Settled,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Settled {
    /// It left
    Sent,
    /// It never left
    NotSent,
}

impl Outbox {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let mut desk = Desk::open_for_orders(globals)?;
        let Some(act) = &self.act else {
            let look = desk.store.look();
            let view = View::new(&look, &desk.office.policy, desk.moment)?;
            let rows = outbox::outbox(&view, self.all)?;
            screen.report(&rows, &(view.halt_line()? + &outbox::to_text(&rows, &view)));
            return Ok(());
        };
        let (id, done) = match act {
            Act::Approve { id } => {
                orders::approve(&mut desk.store, &desk.office, desk.moment, OutboxId(*id))?;
                (id, "leaves when its time comes, as a mail that you approved")
            }
            Act::Hold { id } => {
                orders::hold(&mut desk.store, OutboxId(*id))?;
                (id, "waits until you approve it")
            }
            Act::Cancel { id } => {
                orders::cancel(&mut desk.store, &desk.office, desk.moment, OutboxId(*id))?;
                (id, "is cancelled")
            }
            Act::Settle { id, outcome } => {
                let left = matches!(outcome, Settled::Sent);
                orders::settle(&mut desk.store, &desk.office, desk.moment, OutboxId(*id), left)?;
                (id, if left { "counts as sent" } else { "counts as never sent, and is not sent again" })
            }
        };
        if screen.wants_json() {
            screen.json_line(&serde_json::json!({ "outbox": id, "done": done }));
        } else {
            screen.line(format!("Mail {id} {done}."));
        }
        Ok(())
    }
}

/// `sollecito approve`: short for `outbox approve`.
#[derive(Debug, Args)]
pub(super) struct Approve {
    /// Numbers of mails that wait for you
    #[arg(required = true)]
    ids: Vec<i64>,
}

impl Approve {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        for id in &self.ids {
            Outbox { all: false, act: Some(Act::Approve { id: *id }) }.run(globals, screen)?;
        }
        Ok(())
    }
}
