//! The connection that waits for news of INBOX, on a thread of its own. What it tells is a hint and nothing more: it is
//! left at a fixed time whatever the server says, and where IDLE does not work, polling does.

use super::answer::Untagged;
use super::backoff::Role;
use super::failure::of_command;
use super::line::{Line, Shared};
use super::settings::ImapSettings;
use super::strict::{Failed, IdleEnd, Idling};
use crate::mailbox::Folder;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// After so many failures of IDLE it is not tried again.
const FAILURES: u32 = 3;
/// How often the watcher looks up while it waits.
const TICK: Duration = Duration::from_millis(500);

/// Starts the watcher.
pub(super) fn start(settings: ImapSettings, shared: Arc<Shared>) -> std::io::Result<JoinHandle<()>> {
    let line = Line::new(settings, |_| {}, shared, Role::Watcher)?;
    thread::Builder::new().name("imap-watcher".to_owned()).spawn(move || {
        let shared = Arc::clone(&line.shared);
        let mut watcher = Watcher { line, failures: 0 };
        // A panic ends the watching; polling goes on.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| watcher.run()));
        shared.set_idling(false);
        watcher.line.close();
    })
}

struct Watcher {
    line: Line,
    failures: u32,
}

impl Watcher {
    fn run(&mut self) {
        while !self.line.shared.stopping() {
            let opened = self.line.ask(async |desk, session| {
                let idle = session.can("IDLE");
                if idle {
                    let wire = desk.required(session, Folder::Inbox).await?;
                    desk.open(session, &wire, false).await?;
                }
                Ok(idle)
            });
            match opened {
                Ok(false) => {
                    tracing::info!("The server has no IDLE; the mailbox is polled");
                    return;
                }
                Ok(true) => self.idle_on(),
                // Nothing to be had by asking again at once: the folder is not there.
                Err(problem) if problem.in_step => self.line.rest(self.line.desk.settings.timeouts.poll),
                Err(_) => self.line.rest(self.line.desk.settings.timeouts.connect / 15),
            }
            if self.failures >= FAILURES {
                tracing::info!("IDLE does not work; the mailbox is polled");
                return;
            }
        }
    }

    /// IDLE again and again on one connection, until it ends.
    fn idle_on(&mut self) {
        // Mail may have come before the folder was opened here.
        let mut untold = true;
        while !self.line.shared.stopping() && self.failures < FAILURES {
            let begun = Instant::now();
            let result = self.idle_once(&mut untold);
            self.line.shared.set_idling(false);
            self.line.shared.tell();
            let lasted = begun.elapsed() >= self.line.desk.settings.timeouts.silence;
            match result {
                Some(Ok(IdleEnd::Ours)) => {
                    self.failures = 0;
                    self.line.worked();
                }
                Some(Ok(IdleEnd::Theirs)) => {
                    tracing::debug!("The server ended IDLE");
                    self.failures = if lasted { 0 } else { self.failures.saturating_add(1) };
                }
                Some(Err(failed)) => {
                    self.failures = if lasted { 0 } else { self.failures.saturating_add(1) };
                    let problem = of_command(&self.line.desk.settings, "wait for news", failed);
                    self.line.note(&problem);
                    if !problem.in_step {
                        return;
                    }
                }
                None => return,
            }
        }
    }

    fn idle_once(&mut self, untold: &mut bool) -> Option<Result<IdleEnd, Failed>> {
        let shared = Arc::clone(&self.line.shared);
        let timeouts = self.line.desk.settings.timeouts;
        let deadline = Instant::now().checked_add(timeouts.idle);
        let tick = TICK.min(timeouts.idle / 4).max(Duration::from_millis(1));
        let mut clocks = self.line.clocks();
        let mut begun = false;
        let mut attend = || {
            if !begun {
                begun = true;
                tracing::debug!("IDLE begun");
                shared.set_idling(true);
                if std::mem::take(untold) {
                    shared.tell();
                }
            }
            if clocks.jumped(shared.now(), super::line::wall()) {
                Idling::Drop
            } else if shared.stopping() || deadline.is_none_or(|deadline| Instant::now() >= deadline) {
                Idling::Leave
            } else {
                Idling::On
            }
        };
        let told = Arc::clone(&self.line.shared);
        let mut on = |untagged| {
            if matches!(untagged, Untagged::Exists(_) | Untagged::Expunge | Untagged::Row(_)) {
                told.tell();
            }
        };
        let result =
            self.line.drive(async |session| session.wire.idle(tick, timeouts.done, &mut on, &mut attend).await);
        tracing::debug!("IDLE ended");
        result
    }
}
