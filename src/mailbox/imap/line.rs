//! One connection kept up: made when it is needed, within the back-off, and dropped at the first doubt.

use super::Observer;
use super::backoff::{Backoff, Cause, Clocks, Held, Pace, Role, Why};
use super::connect::{Session, open, prepare};
use super::desk::Desk;
use super::failure::Problem;
use super::settings::ImapSettings;
use super::strict::Failed;
use crate::network::Secret;
use chrono::{TimeDelta, Utc};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::time::timeout;

/// How long a good-bye may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// What the watcher tells whoever waits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct News {
    /// Grows with each hint.
    pub(super) count: u64,
    /// The server is asked to tell just now.
    pub(super) idling: bool,
}

/// What both connections and the facade share.
#[derive(Debug)]
pub(super) struct Shared {
    start: Instant,
    backoff: Mutex<Backoff>,
    /// The secret that was refused last, as a hash, and when it was asked for again.
    refused: Mutex<Option<([u8; 32], Duration)>>,
    news: Mutex<News>,
    changed: Condvar,
    stop: watch::Sender<bool>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(settings: &ImapSettings) -> Arc<Self> {
        let digest = Sha256::digest(format!("{}\n{}", settings.host, settings.login.user));
        let seed = digest.iter().take(8).fold(0_u64, |seed, byte| (seed << 8) | u64::from(*byte));
        Arc::new(Self {
            start: Instant::now(),
            backoff: Mutex::new(Backoff::new(Pace::of(&settings.timeouts), seed)),
            refused: Mutex::new(None),
            news: Mutex::new(News::default()),
            changed: Condvar::new(),
            stop: watch::Sender::new(false),
        })
    }

    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
        self.changed.notify_all();
    }

    pub(super) fn stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Something may have changed.
    pub(super) fn tell(&self) {
        let mut news = lock(&self.news);
        news.count = news.count.wrapping_add(1);
        self.changed.notify_all();
    }

    pub(super) fn set_idling(&self, idling: bool) {
        lock(&self.news).idling = idling;
        self.changed.notify_all();
    }

    pub(super) fn news(&self) -> News {
        *lock(&self.news)
    }

    /// Sleeps until there is news of any kind, at most so long.
    pub(super) fn sleep(&self, seen: News, at_most: Duration) {
        let news = lock(&self.news);
        let same = |news: &mut News| news.count == seen.count && news.idling == seen.idling;
        drop(self.changed.wait_timeout_while(news, at_most, same));
    }
}

/// A connection and all that belongs to it.
pub(super) struct Line {
    pub(super) desk: Desk,
    pub(super) shared: Arc<Shared>,
    role: Role,
    runtime: Runtime,
    session: Option<Session>,
    made: Duration,
    served: bool,
    clocks: Clocks,
}

impl Line {
    pub(super) fn new(
        settings: ImapSettings,
        observer: Observer,
        shared: Arc<Shared>,
        role: Role,
    ) -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let clocks = Clocks::new(shared.now(), wall());
        let desk = Desk::new(settings, observer);
        Ok(Self { desk, shared, role, runtime, session: None, made: Duration::ZERO, served: false, clocks })
    }

    /// A question that changes nothing: a connection that died unnoticed is made anew for it, once.
    pub(super) fn ask<T>(
        &mut self,
        mut work: impl AsyncFnMut(&mut Desk, &mut Session) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let was_there = self.session.is_some();
        match self.once(&mut work) {
            Err(problem) if was_there && problem.died() => self.once(&mut work),
            other => other,
        }
    }

    /// Something that is done at most once.
    pub(super) fn once<T>(
        &mut self,
        work: &mut impl AsyncFnMut(&mut Desk, &mut Session) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.connect()?;
        let Some(session) = self.session.as_mut() else { return Err(Problem::stopping()) };
        let desk = &mut self.desk;
        let bound = desk.settings.timeouts.question();
        let mut stop = self.shared.stop.subscribe();
        let result = self.runtime.block_on(async {
            tokio::select! {
                result = timeout(bound, work(desk, session)) => result.ok(),
                _ = stop.wait_for(|stop| *stop) => Some(Err(Problem::stopping())),
            }
        });
        let result = result.unwrap_or_else(|| Err((self.desk.failing("answer"))(Failed::Overdue)));
        match &result {
            Ok(_) => self.worked(),
            Err(problem) => self.note(problem),
        }
        result
    }

    /// The connection did what it is for.
    pub(super) fn worked(&mut self) {
        self.served = true;
        let now = self.shared.now();
        lock(&self.shared.backoff).worked(now, self.made);
    }

    /// A failure: the connection is kept only when it is still in step.
    pub(super) fn note(&mut self, problem: &Problem) {
        if problem.in_step {
            self.worked();
            return;
        }
        self.session = None;
        if problem.kind == "stopping" {
            return;
        }
        let now = self.shared.now();
        let served = std::mem::take(&mut self.served);
        lock(&self.shared.backoff).failed(now, problem.cause, served, why(problem));
        tracing::warn!(kind = problem.kind, role = ?self.role, "Lost the connection to the mailbox");
    }

    /// The clocks jumped: whatever the server is thought to be doing, it did without us.
    pub(super) fn clock_jumped(&mut self) -> bool {
        let jumped = self.clocks.jumped(self.shared.now(), wall());
        if jumped {
            tracing::info!("A clock jumped; all connections are made anew");
        }
        jumped
    }

    /// The clocks as they were at the last look.
    pub(super) fn clocks(&self) -> Clocks {
        Clocks::new(self.shared.now(), wall())
    }

    /// Makes sure that there is a connection, logged in.
    fn connect(&mut self) -> Result<(), Problem> {
        if self.clock_jumped() {
            self.session = None;
            let mut backoff = lock(&self.shared.backoff);
            if !backoff.login_held() {
                backoff.forgive();
            }
        }
        if self.session.is_some() {
            return Ok(());
        }
        if self.shared.stopping() {
            return Err(Problem::stopping());
        }
        let held = lock(&self.shared.backoff).check(self.role, self.shared.now());
        if let Err(held) = held
            && !self.has_another_secret()
        {
            return Err(self.held(&held));
        }
        self.served = false;
        let result = self.dial();
        let now = self.shared.now();
        match result {
            Ok(session) => {
                self.made = now;
                self.session = Some(session);
                lock(&self.shared.backoff).connected(self.role, now);
                *lock(&self.shared.refused) = None;
                Ok(())
            }
            Err(problem) => {
                if problem.kind != "stopping" {
                    let mut backoff = lock(&self.shared.backoff);
                    backoff.failed(now, problem.cause, false, why(&problem));
                    let wait = backoff.check(self.role, now).err().and_then(|held| held.until);
                    let seconds = wait.map(|until| until.saturating_sub(now).as_secs());
                    tracing::warn!(kind = problem.kind, role = ?self.role, wait_seconds = seconds, "Not connected");
                }
                Err(problem)
            }
        }
    }

    fn dial(&self) -> Result<Session, Problem> {
        let settings = &self.desk.settings;
        let prepared = prepare(settings)?;
        let hash = hash_of(&prepared.secret);
        let mark = format!("session-{}", wall().as_nanos());
        let mut stop = self.shared.stop.subscribe();
        let result = self.runtime.block_on(async {
            tokio::select! {
                result = open(settings, prepared, mark) => result,
                _ = stop.wait_for(|stop| *stop) => Err(Problem::stopping()),
            }
        });
        if matches!(&result, Err(problem) if problem.cause == Cause::Login) {
            *lock(&self.shared.refused) = Some((hash, self.shared.now()));
        }
        result
    }

    /// After a refused login: was the secret changed meanwhile? Asked only now and then.
    fn has_another_secret(&self) -> bool {
        let now = self.shared.now();
        let mut refused = lock(&self.shared.refused);
        let mut backoff = lock(&self.shared.backoff);
        let Some((hash, asked)) = refused.as_mut() else { return false };
        if !backoff.login_held() || now < asked.saturating_add(backoff.pace().secret_again()) {
            return false;
        }
        *asked = now;
        let another = self.desk.settings.login.secret().is_ok_and(|secret| hash_of(&secret) != *hash);
        if another {
            backoff.forgive();
        }
        another
    }

    fn held(&self, held: &Held) -> Problem {
        let host = &self.desk.settings.host;
        let Some(until) = held.until else {
            return Problem::held(
                format!("{}; no further login is tried, so that the account is not locked", held.why.message),
                Some(
                    "Correct the password or token, then restart; another secret is noticed within minutes".to_owned(),
                ),
                false,
            );
        };
        let wait = TimeDelta::from_std(until.saturating_sub(self.shared.now())).unwrap_or(TimeDelta::zero());
        let when = Utc::now().checked_add_signed(wait).unwrap_or_else(Utc::now);
        let message = format!(
            "Waiting until {} UTC before connecting to {host} again: {}",
            when.format("%H:%M:%S"),
            held.why.message
        );
        Problem::held(message, held.why.remedy.clone(), true)
    }

    /// Sleeps, unless all is being closed.
    pub(super) fn rest(&self, at_most: Duration) {
        let mut stop = self.shared.stop.subscribe();
        // The timer has to be made within the runtime.
        let _ = self.runtime.block_on(async { timeout(at_most, stop.wait_for(|stop| *stop)).await.is_ok() });
    }

    /// Gives the open session to somebody who runs it by himself.
    pub(super) fn drive<T>(&mut self, work: impl AsyncFnOnce(&mut Session) -> T) -> Option<T> {
        let session = self.session.as_mut()?;
        Some(self.runtime.block_on(work(session)))
    }

    /// Says good-bye where that is possible.
    pub(super) fn close(&mut self) {
        if let Some(mut session) = self.session.take() {
            self.runtime.block_on(session.wire.logout(FAREWELL));
        }
    }
}

fn why(problem: &Problem) -> Why {
    Why { message: problem.error.message.clone(), remedy: problem.error.remedy.clone() }
}

/// The wall clock.
pub(super) fn wall() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

fn hash_of(secret: &Secret) -> [u8; 32] {
    Sha256::digest(secret.expose()).into()
}
