//! `sollecito once`: one pass. What a pass did is told here for `run` and `scan` too, and here is the lock of all three.

use super::Globals;
use super::desk::{self, Desk};
use super::failure::{Failure, Kind};
use super::output::{Screen, counted};
use crate::agent::{Agent, PassReport};
use crate::ledger::mail::OutboxState;
use crate::store::{Beginning, OutboxFilter};
use clap::Args;
use std::fs::File;
use std::path::Path;

/// Does one pass.
#[derive(Debug, Args)]
pub(super) struct Once {}

impl Once {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let mut desk = Desk::open(globals)?;
        let _lock = lock(&desk.firm.folder)?;
        desk::customers_are_known(&desk.firm, &desk.store.look())?;
        desk::put_in_force(&desk.firm, &mut desk.store)?;
        tell_broken_templates(&desk.office.broken_templates, screen);
        let mut agent = desk.into_agent(globals)?;
        tell_beginning(&agent.begin()?, screen);
        let report = agent.pass()?;
        tell(&report, screen);
        tell_waiting(&agent, &report, screen)
    }
}

/// One agent a firm: the lock is the system's, so it is gone when the process is.
pub(super) fn lock(folder: &Path) -> Result<File, Failure> {
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
pub(super) fn tell_broken_templates(broken: &[String], screen: &mut Screen) {
    if screen.wants_json() {
        return;
    }
    for problem in broken {
        screen.paragraph(&format!("The mails of this text wait until it is mended (`sollecito check`): {problem}."));
    }
}

pub(super) fn tell_beginning(beginning: &Beginning, screen: &mut Screen) {
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

pub(super) fn tell(report: &PassReport, screen: &mut Screen) {
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
pub(super) fn tell_waiting(agent: &Agent, report: &PassReport, screen: &mut Screen) -> Result<(), Failure> {
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
