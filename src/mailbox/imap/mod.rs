//! A mailbox on a server, by IMAP.
//!
//! Inside, from below: the guard (`guard`, `mend`) sees each byte of the server before the library's parser does;
//! `strict` gives commands and believes only their tagged OK; `connect` makes a session; `folders`, `listing`,
//! `fetching` and `writing` ask; `line` keeps a connection up within `backoff`; `worker` and `watch` are the two
//! threads, and this file the face that blocks.

mod answer;
mod backoff;
mod connect;
mod desk;
mod failure;
mod fetching;
mod folders;
mod guard;
mod line;
mod listing;
mod mend;
mod settings;
mod strict;
mod watch;
mod worker;
mod writing;

pub use settings::{ImapSettings, Timeouts, Watch};

use super::{Appended, Fetched, Folder, Head, ItemId, Listing, Mailbox, MailboxError};
use chrono::NaiveDate;
use failure::Problem;
use line::Shared;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use worker::{Desktop, Worker};

/// How long the two threads are waited for at the end.
const FAREWELL: Duration = Duration::from_millis(2500);
/// Heads in one question.
const HEADS: usize = 500;

/// Is told of moments at which a process may die: between a write to the server and its answer, and the like.
pub type Observer = fn(&'static str);

/// A folder of the server, for the set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderFound {
    /// Its name as people read it.
    pub name: String,
    /// What it is to the agent, if anything.
    pub role: Option<Folder>,
    /// Why it was taken for that: "the server says so", "the settings say so", "by its name".
    pub told_by: Option<&'static str>,
}

/// What a server said that it can do, and what it holds, for the set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Capabilities after the login.
    pub capabilities: Vec<String>,
    /// Every folder that can be selected.
    pub folders: Vec<FolderFound>,
}

/// A mailbox on a server. At most two connections: one works, one waits for news.
#[derive(Debug)]
pub struct ImapMailbox {
    settings: ImapSettings,
    observer: Observer,
    shared: Arc<Shared>,
    worker: Option<Desktop>,
    watcher: Option<JoinHandle<()>>,
    /// The news that the last look or wait knew of.
    seen: u64,
    /// When the inbox was looked at last, or was to be.
    looked: Instant,
}

impl ImapMailbox {
    /// Keeps the settings; nothing is connected before the first question.
    #[must_use]
    pub fn new(settings: ImapSettings) -> Self {
        let shared = Shared::new(&settings);
        Self { settings, observer: |_| {}, shared, worker: None, watcher: None, seen: 0, looked: Instant::now() }
    }

    /// The same mailbox, telling `observer` of moments between writes and reads: "imap.after_examine",
    /// "imap.after_fetch", "imap.before_append", "imap.after_append_sent", "imap.before_remove",
    /// "imap.after_store_deleted". To be called before the first question.
    #[must_use]
    pub fn with_observer(mut self, observer: Observer) -> Self {
        self.observer = observer;
        self
    }

    /// Connects and logs in, and says what is there.
    ///
    /// # Errors
    /// When the server cannot be reached, is not trusted, refuses the login, or lists no folders.
    pub fn probe(&mut self) -> Result<Probe, MailboxError> {
        self.ask(Worker::probe)
    }

    /// Has the worker do something. Within a bound: whatever hangs below, the asker gets an answer.
    fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Worker) -> T + Send + 'static,
    ) -> Result<T, MailboxError> {
        let at_most = self.settings.timeouts.asker();
        let host = &self.settings.host;
        let worker = match &mut self.worker {
            Some(worker) => worker,
            None => {
                let started = Desktop::start(self.settings.clone(), self.observer, Arc::clone(&self.shared));
                self.worker.insert(started.map_err(|error| MailboxError {
                    message: format!("Cannot begin to speak to {host}: {error}"),
                    remedy: None,
                    temporary: true,
                })?)
            }
        };
        worker.ask(at_most, work).ok_or_else(|| MailboxError {
            message: format!("{host} did not answer in time"),
            remedy: Some("Nothing need be done if it passes within some minutes".to_owned()),
            temporary: true,
        })
    }

    fn ask<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Worker) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, MailboxError> {
        self.work(work)?.map_err(|problem| problem.error)
    }

    fn append_by(&mut self, work: impl FnOnce(&mut Worker) -> Appended + Send + 'static) -> Appended {
        // When even the asker gave up, the mail may be on its way.
        self.work(work).unwrap_or_else(|error| Appended::Unknown(writing::one_line(&error)))
    }

    fn start_watcher(&mut self) {
        if self.watcher.is_none() && self.settings.watch == Watch::Idle {
            match watch::start(self.settings.clone(), Arc::clone(&self.shared)) {
                Ok(thread) => self.watcher = Some(thread),
                Err(error) => tracing::warn!(%error, "Cannot watch the mailbox; it is polled"),
            }
        }
    }
}

impl Mailbox for ImapMailbox {
    fn enumerate(&mut self, folder: Folder) -> Result<Listing, MailboxError> {
        if folder == Folder::Inbox {
            // What comes from here on is news to the next wait.
            self.seen = self.shared.news().count;
            self.looked = Instant::now();
        }
        self.ask(move |worker| worker.line.ask(async |desk, session| desk.enumerate(session, folder).await))
    }

    fn expect(&mut self, folder: Folder, ids: &[ItemId], limit: usize) {
        let ids = ids.to_vec();
        // A hint: without it everything is only slower.
        let _ = self.work(move |worker| worker.line.desk.ahead.expect(folder, &ids, limit));
    }

    fn heads(&mut self, folder: Folder, ids: &[ItemId]) -> Result<Vec<Head>, MailboxError> {
        let mut heads = Vec::with_capacity(ids.len());
        for some in ids.chunks(HEADS) {
            let some = some.to_vec();
            heads.extend(self.ask(move |worker| worker.heads(folder, &some))?);
        }
        Ok(heads)
    }

    fn older_than(&mut self, folder: Folder, day: NaiveDate) -> Result<Option<BTreeSet<ItemId>>, MailboxError> {
        self.ask(move |worker| worker.line.ask(async |desk, session| desk.older_than(session, folder, day).await))
    }

    fn fetch(&mut self, folder: Folder, id: &ItemId, limit: usize) -> Result<Fetched, MailboxError> {
        let id = id.clone();
        self.ask(move |worker| worker.fetch(folder, &id, limit))
    }

    fn append(&mut self, folder: Folder, bytes: &[u8]) -> Appended {
        let bytes = bytes.to_vec();
        self.append_by(move |worker| worker.append(folder, &bytes))
    }

    fn replace(&mut self, folder: Folder, id: &ItemId, bytes: &[u8]) -> Appended {
        let (id, bytes) = (id.clone(), bytes.to_vec());
        self.append_by(move |worker| worker.replace(folder, &id, &bytes))
    }

    fn remove(&mut self, folder: Folder, id: &ItemId) -> Result<bool, MailboxError> {
        let id = id.clone();
        self.ask(move |worker| worker.remove(folder, &id))
    }

    fn wait(&mut self, at_most: Duration) -> bool {
        self.start_watcher();
        let begun = Instant::now();
        loop {
            let news = self.shared.news();
            if news.count != self.seen {
                self.seen = news.count;
                return true;
            }
            let timeouts = &self.settings.timeouts;
            // While the server is asked to tell, its own deadline wakes us; this one is for a watcher that hangs.
            let due = if news.idling {
                timeouts.idle.saturating_add(timeouts.done).saturating_add(timeouts.connect)
            } else {
                timeouts.poll
            };
            let until_due = due.saturating_sub(self.looked.elapsed());
            if until_due.is_zero() {
                self.looked = Instant::now();
                return true;
            }
            let left = at_most.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return false;
            }
            self.shared.sleep(news, left.min(until_due));
        }
    }
}

impl Drop for ImapMailbox {
    fn drop(&mut self) {
        self.shared.stop();
        let begun = Instant::now();
        if let Some(worker) = self.worker.take() {
            worker.end(FAREWELL);
        }
        if let Some(watcher) = self.watcher.take() {
            worker::end(watcher, FAREWELL.saturating_sub(begun.elapsed()).max(Duration::from_millis(100)));
        }
    }
}

#[cfg(test)]
mod tests;
