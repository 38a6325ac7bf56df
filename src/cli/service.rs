//! The program as a service: signals, and what systemd is told.
//!
//! READY=1 is said when the lock is held, the files are compiled and the database is begun, and not only after the first
//! pass: that one may read a history of hours, or wait for a server that is down while the machine starts, and a start
//! that fails for that reason would only be tried again and again. How the mailbox stands is in STATUS=.
//!
//! WATCHDOG=1 is said by the loop alone, where it hears of work that was done or has just waited; never by a thread or a
//! timer, so that a loop that hangs is noticed.

use super::failure::{Failure, Kind};
use super::output::Screen;
use crate::agent::onlooker::{Onlooker, Work};
use sd_notify::NotifyState;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// So long a stop waits for the loop, which may hang on a server; then the program leaves as if by a crash, which harms
/// nothing: whatever is committed is whole.
const PATIENCE: Duration = Duration::from_millis(1500);
/// So long it waits while a mail is being handed over: leaving would put it in doubt.
const PATIENCE_HANDING_OVER: Duration = Duration::from_secs(60);

/// What the signals want of the loop, and what the loop is doing.
#[derive(Debug, Default)]
struct Wishes {
    stop: AtomicBool,
    reload: AtomicBool,
    handing_over: AtomicBool,
}

/// The program as a service.
#[derive(Debug, Clone)]
pub(super) struct Service(Arc<Wishes>);

impl Service {
    /// Listens to SIGTERM and SIGINT (end), and SIGHUP (read the files anew).
    pub(super) fn begin() -> Result<Self, Failure> {
        let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP])
            .map_err(|error| Failure::new(Kind::Outside, "Signals cannot be listened to").because(error.to_string()))?;
        let wishes = Arc::new(Wishes::default());
        let heard = Arc::clone(&wishes);
        std::thread::spawn(move || {
            for signal in signals.forever() {
                if signal == SIGHUP {
                    heard.reload.store(true, Ordering::SeqCst);
                } else {
                    heard.stop.store(true, Ordering::SeqCst);
                    tell(&[NotifyState::Stopping]);
                    leave(&heard);
                }
            }
        });
        Ok(Self(wishes))
    }

    pub(super) fn wants_end(&self) -> bool {
        self.0.stop.load(Ordering::SeqCst)
    }

    /// Was a reload asked for since the last question?
    pub(super) fn takes_reload(&self) -> bool {
        self.0.reload.swap(false, Ordering::SeqCst)
    }

    /// Who looks on for it.
    pub(super) fn onlooker(&self) -> Watch {
        let every = sd_notify::watchdog_enabled().map(|limit| limit / 4);
        Watch { wishes: Arc::clone(&self.0), every, fed: None }
    }
}

/// Work has begun, or goes on after a reload.
pub(super) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// The files are read anew.
pub(super) fn reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        tell(&[NotifyState::Reloading, now]);
    }
}

/// How things stand, in one line.
pub(super) fn status(status: &str) {
    tell(&[NotifyState::Status(status)]);
}

/// Nobody to tell is no failure, and neither is a manager that does not listen.
fn tell(state: &[NotifyState<'_>]) {
    let _ = sd_notify::notify(state);
}

/// Gives the loop time to end by itself, and ends the program when it does not.
fn leave(wishes: &Wishes) {
    let asked = Instant::now();
    loop {
        std::thread::sleep(Duration::from_millis(50));
        let patience = if wishes.handing_over.load(Ordering::SeqCst) { PATIENCE_HANDING_OVER } else { PATIENCE };
        if asked.elapsed() >= patience {
            Screen::of_process(false, false).line("Stopped.");
            std::process::exit(0);
        }
    }
}

/// Looks on for the service.
#[derive(Debug)]
pub(super) struct Watch {
    wishes: Arc<Wishes>,
    every: Option<Duration>,
    fed: Option<Instant>,
}

impl Onlooker for Watch {
    fn hears(&mut self, _work: Work) {
        let Some(every) = self.every else { return };
        if self.fed.is_none_or(|fed| fed.elapsed() >= every) {
            tell(&[NotifyState::Watchdog]);
            self.fed = Some(Instant::now());
        }
    }

    fn wants_end(&self) -> bool {
        self.wishes.stop.load(Ordering::SeqCst)
    }

    fn handing_over(&mut self, is_under_way: bool) {
        self.wishes.handing_over.store(is_under_way, Ordering::SeqCst);
    }
}
