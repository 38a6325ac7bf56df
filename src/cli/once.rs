//! `sollecito once` and `sollecito run`: one pass, or one after another.

use super::Globals;
use super::desk::Desk;
use super::failure::{Failure, Kind};
use super::output::{Screen, counted};
use crate::agent::{Agent, PassReport};
use crate::ledger::mail::OutboxState;
use crate::store::{Beginning, OutboxFilter};
use clap::Args;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Does one pass.
#[derive(Debug, Args)]
pub(super) struct Once {}

/// Keeps going.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// Look at least this often, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: u64,
}

impl Once {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let desk = Desk::open(globals)?;
        let _lock = lock(&desk.firm.folder)?;
        tell_broken_templates(&desk.office.broken_templates, screen);
        let mut agent = desk.into_agent(globals)?;
        tell_beginning(&agent.begin()?, screen);
        let report = agent.pass()?;
        tell(&report, screen);
        tell_waiting(&agent, &report, screen)
    }
}

impl Run {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let desk = Desk::open(globals)?;
        let _lock = lock(&desk.firm.folder)?;
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
            signal_hook::flag::register(signal, Arc::clone(&stop)).map_err(|error| {
                Failure::new(Kind::Outside, "Signals cannot be listened to").because(error.to_string())
            })?;
        }
        tell_broken_templates(&desk.office.broken_templates, screen);
        let mut agent = desk.into_agent(globals)?;
        tell_beginning(&agent.begin()?, screen);
        let mut troubled = false;
        while !stop.load(Ordering::SeqCst) {
            match agent.pass() {
                Ok(report) => {
                    if troubled {
                        screen.line("It works again.");
                        troubled = false;
                    }
                    if report != PassReport::default() {
                        tell(&report, screen);
                        if let Err(failure) = tell_waiting(&agent, &report, screen) {
                            screen.failure(&failure);
                        }
                    }
                }
                Err(error) => {
                    // The next pass begins from what is committed; told once, not every minute.
                    if !troubled {
                        screen.failure(&Failure::from(error));
                        troubled = true;
                    }
                }
            }
            rest(&mut agent, &stop, Duration::from_secs(self.every));
        }
        screen.line("Stopped.");
        Ok(())
    }
}

/// Waits for mail in short pieces, so that a stop is obeyed within a second.
fn rest(agent: &mut Agent, stop: &AtomicBool, at_most: Duration) {
    let piece = Duration::from_secs(1);
    let mut waited = Duration::ZERO;
    while waited < at_most && !stop.load(Ordering::SeqCst) {
        if agent.mailbox.wait(piece) {
            return;
        }
        waited += piece;
    }
}

/// One agent a firm: the lock is the system's, so it is gone when the process is.
fn lock(folder: &Path) -> Result<File, Failure> {
    let path = folder.join("sollecito.lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(|error| {
        Failure::new(Kind::Outside, format!("The lock {} cannot be made", path.display()))
            .because(error.to_string())
            .hint("the firm's folder must be writable for the user that runs sollecito")
    })?;
    file.try_lock().map_err(|_| {
        Failure::new(Kind::Busy, "Another sollecito works on this firm")
            .hint("stop it first; `sollecito status` and the orders work beside it")
    })?;
    Ok(file)
}

/// One text with a mistake stops its own mails only; that it does is said at every start.
fn tell_broken_templates(broken: &[String], screen: &mut Screen) {
    if screen.wants_json() {
        return;
    }
    for problem in broken {
        screen.paragraph(&format!("The mails of this text wait until it is mended (`sollecito check`): {problem}."));
    }
}

fn tell_beginning(beginning: &Beginning, screen: &mut Screen) {
    if screen.wants_json() {
        return;
    }
    if beginning.restored {
        screen.paragraph(
            "The database is not the one that ran here last (a backup was put back, or it was copied): everything \
             that was on its way is held, and all sending is halted, for what left since is not known. `sollecito \
             status` and `sollecito outbox` show how things stand; `sollecito halt --off` lets mail go again.",
        );
    }
    if !beginning.recovered.unsure.is_empty() {
        let count = counted(beginning.recovered.unsure.len(), "mail");
        screen.paragraph(&format!(
            "The last run ended while {count} left: nobody knows whether it arrived. `sollecito outbox settle ID \
             sent|not-sent` when you know."
        ));
    }
}

fn tell(report: &PassReport, screen: &mut Screen) {
    if screen.wants_json() {
        screen.json_line(report);
        return;
    }
    let parts = [
        (report.arrived, "new in the mailbox", "new in the mailbox"),
        (report.sent, "sent", "sent"),
        (report.drafted, "laid into Drafts", "laid into Drafts"),
        (report.withdrawn, "withdrawn", "withdrawn"),
        (report.cases_opened, "new question for you", "new questions for you"),
        (report.notices, "notice to you", "notices to you"),
        (report.postponed, "could not be read now", "could not be read now"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, one, several)| format!("{count} {}", if *count == 1 { one } else { several }))
        .collect();
    if said.is_empty() {
        screen.line("Nothing new.");
    } else {
        screen.line(format!("{}.", said.join(", ")));
    }
    for trouble in &report.troubles {
        screen.paragraph(&format!("Not done now, tried again: {trouble}."));
    }
    if let Some(why) = &report.stopped {
        screen.paragraph(&format!("Nothing leaves: {why}"));
    }
}

/// What stands still until a person acts: nobody is told of it by mail.
fn tell_waiting(agent: &Agent, report: &PassReport, screen: &mut Screen) -> Result<(), Failure> {
    if screen.wants_json() {
        return Ok(());
    }
    let look = agent.store.look();
    if report.stopped.is_none() && look.halted()?.is_some() {
        screen.line("Sending is halted: `sollecito halt --off` lets mail go again.");
    }
    let held = OutboxFilter { states: vec![OutboxState::Held], ..OutboxFilter::default() };
    let waiting = look.outbox(&held)?.len();
    if waiting > 0 {
        let verb = if waiting == 1 { "waits" } else { "wait" };
        screen.line(format!("{} {verb} for you: `sollecito outbox`.", counted(waiting, "mail")));
    }
    Ok(())
}
