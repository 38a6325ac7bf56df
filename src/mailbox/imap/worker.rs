//! The connection that does the work, on a thread of its own: questions come one after the other, and none is ever
//! broken off half way without its connection being dropped.

use super::Observer;
use super::backoff::{Cause, Role};
use super::failure::Problem;
use super::line::{Line, Shared};
use super::settings::ImapSettings;
use super::strict::Failed;
use super::writing::one_line;
use super::{FolderFound, Probe};
use crate::mailbox::{Appended, Fetched, Folder, Head, ItemId};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

type Work = Box<dyn FnOnce(&mut Worker) + Send>;

/// The worker's side.
pub(super) struct Worker {
    pub(super) line: Line,
}

/// The asker's side.
#[derive(Debug)]
pub(super) struct Desktop {
    work: Sender<Work>,
    thread: JoinHandle<()>,
    /// An answer that nobody waited for any more is still to come.
    late: Option<Receiver<()>>,
}

impl Desktop {
    pub(super) fn start(settings: ImapSettings, observer: Observer, shared: Arc<Shared>) -> std::io::Result<Self> {
        let (work, inbox) = channel::<Work>();
        let line = Line::new(settings, observer, shared, Role::Worker)?;
        let thread = thread::Builder::new().name("imap-worker".to_owned()).spawn(move || {
            let mut worker = Worker { line };
            while let Ok(work) = inbox.recv() {
                if catch_unwind(AssertUnwindSafe(|| work(&mut worker))).is_err() {
                    // Whatever it broke on, the connection is not to be trusted any more.
                    let problem = (worker.line.desk.failing("answer"))(Failed::Panicked);
                    worker.line.note(&problem);
                }
            }
            worker.line.close();
        })?;
        Ok(Self { work, thread, late: None })
    }

    /// Has something done and waits for it; `None` when it takes too long or broke.
    pub(super) fn ask<T: Send + 'static>(
        &mut self,
        at_most: Duration,
        work: impl FnOnce(&mut Worker) -> T + Send + 'static,
    ) -> Option<T> {
        if let Some(late) = &self.late {
            if late.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                return None;
            }
            self.late = None;
        }
        let (answer, wait) = channel();
        let (over, late) = channel::<()>();
        self.work
            .send(Box::new(move |worker| {
                // Told by its end, however it ends.
                let _over = over;
                let _ = answer.send(work(worker));
            }))
            .ok()?;
        match wait.recv_timeout(at_most) {
            Ok(answer) => Some(answer),
            Err(RecvTimeoutError::Timeout) => {
                self.late = Some(late);
                None
            }
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Ends the thread, waiting a little for its good-bye.
    pub(super) fn end(self, within: Duration) {
        drop(self.work);
        end(self.thread, within);
    }
}

/// Waits for a thread, but not for ever: one that hangs in the system ends with the process.
pub(super) fn end(thread: JoinHandle<()>, within: Duration) {
    let step = Duration::from_millis(5);
    let mut waited = Duration::ZERO;
    while !thread.is_finished() && waited < within {
        thread::sleep(step);
        waited = waited.saturating_add(step);
    }
    if thread.is_finished() {
        let _ = thread.join();
    }
}

impl Worker {
    pub(super) fn probe(&mut self) -> Result<Probe, Problem> {
        self.line.ask(async |desk, session| {
            let folders: Vec<FolderFound> = desk.describe(session).await?;
            Ok(Probe { capabilities: session.capabilities.iter().cloned().collect(), folders })
        })
    }

    pub(super) fn heads(&mut self, folder: Folder, ids: &[ItemId]) -> Result<Vec<Head>, Problem> {
        match self.line.ask(async |desk, session| desk.heads(session, folder, ids, false).await) {
            Err(problem) if broke(&problem) => {
                self.line.ask(async |desk, session| desk.heads(session, folder, ids, true).await)
            }
            other => other,
        }
    }

    /// A mail on which the connection breaks is told as such; a server that is gone is an error.
    pub(super) fn fetch(&mut self, folder: Folder, id: &ItemId, limit: usize) -> Result<Fetched, Problem> {
        let mut result = self.line.ask(async |desk, session| desk.fetch(session, folder, id, limit).await);
        // A window that broke: now this one alone.
        if matches!(&result, Err(problem) if broke(problem) || problem.died()) {
            result = self.line.ask(async |desk, session| desk.fetch(session, folder, id, limit).await);
        }
        match result {
            Err(problem) if broke(&problem) || problem.died() => Ok(Fetched::Retry(one_line(&problem.error))),
            other => other,
        }
    }

    pub(super) fn append(&mut self, folder: Folder, bytes: &[u8]) -> Appended {
        // A connection that died unnoticed is found out by a question that does no harm.
        let alive = self.line.ask(async |desk, session| {
            session.wire.command("NOOP", &mut |_| {}).await.map(drop).map_err(desk.failing("answer"))
        });
        if let Err(problem) = alive {
            return Appended::Failed(one_line(&problem.error));
        }
        let mut unfinished = None;
        let result = self.line.once(&mut async |desk, session| {
            unfinished = Some(Appended::Unknown("The connection was closed under way".to_owned()));
            let ending = desk.append(session, folder, bytes).await;
            unfinished = Some(ending.appended);
            ending.problem.map_or(Ok(()), Err)
        });
        match (unfinished, result) {
            (Some(appended), _) => appended,
            (None, Err(problem)) => Appended::Failed(one_line(&problem.error)),
            (None, Ok(())) => Appended::Unknown("Nobody knows".to_owned()),
        }
    }

    pub(super) fn replace(&mut self, folder: Folder, id: &ItemId, bytes: &[u8]) -> Appended {
        match self.line.ask(async |desk, session| desk.own_draft(session, folder, id, false).await) {
            Ok(Some(_)) => {}
            Ok(None) => return Appended::Failed("That draft is not there any more".to_owned()),
            Err(problem) => return Appended::Failed(one_line(&problem.error)),
        }
        let added = self.append(folder, bytes);
        let Appended::Done(new) = &added else { return added };
        let Err(first) = self.remove(folder, id) else { return added };
        // Two drafts of one mail invite sending both: without the old one gone, the new one goes.
        match self.remove(folder, new) {
            Ok(_) => Appended::Failed(one_line(&first.error)),
            Err(second) => Appended::Unknown(format!("{}; {}", one_line(&first.error), one_line(&second.error))),
        }
    }

    /// Asked again on a new connection where the first had died: what is removed already is only not there any more.
    pub(super) fn remove(&mut self, folder: Folder, id: &ItemId) -> Result<bool, Problem> {
        self.line.ask(async |desk, session| desk.remove(session, folder, id).await)
    }
}

/// Did the answer itself break the connection, and not the way to the server?
fn broke(problem: &Problem) -> bool {
    problem.cause == Cause::Lost
        && matches!(
            problem.failed.as_deref(),
            Some(Failed::Unreadable | Failed::Panicked | Failed::Breach(_) | Failed::Overdue | Failed::Bad(_))
        )
}
