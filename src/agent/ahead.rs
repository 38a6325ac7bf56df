//! Mails understood ahead of being decided on: several at once, on all processors, while those before them are decided on.
//! Understanding is pure, so who does it and when makes no difference; what is decided stays in order.

use super::error::AgentError;
use super::reading::{self, Eyes, Understood};
use crate::ledger::ids::MessageIdentity;
use crate::store::{Look, StoredMessage};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope};

/// Mails in a group at most.
const MAILS: usize = 64;
/// A group is closed when it holds so many raw bytes.
const BYTES: usize = 4 * 1024 * 1024;
/// More threads than that would only wait for the one that decides.
const HELPERS: usize = 7;

/// What became of reading a mail.
pub(super) enum Outcome {
    /// Not read yet.
    Waits(Vec<u8>),
    /// Understood.
    Understood(Box<Understood>),
    /// A mistake of ours: must not stop the other mails.
    Failed,
    /// Its bytes are not there.
    Lost,
}

/// A few mails that are decided on one after another.
pub(super) struct Group {
    mails: Vec<(StoredMessage, Mutex<Outcome>)>,
    next: AtomicUsize,
}

impl Group {
    /// Takes the next mails off the list, with their bytes.
    pub(super) fn load(
        look: Look<'_>,
        waiting: &mut impl Iterator<Item = MessageIdentity>,
    ) -> Result<Self, AgentError> {
        let (mut mails, mut bytes) = (Vec::new(), 0_usize);
        while mails.len() < MAILS && bytes < BYTES {
            let Some(identity) = waiting.next() else { break };
            let Some(stored) = look.message(identity)? else { continue };
            let outcome = look.raw(identity)?.map_or(Outcome::Lost, Outcome::Waits);
            if let Outcome::Waits(raw) = &outcome {
                bytes = bytes.saturating_add(raw.len());
            }
            mails.push((stored, Mutex::new(outcome)));
        }
        Ok(Self { mails, next: AtomicUsize::new(0) })
    }

    /// Reads whatever nobody else has begun to read.
    pub(super) fn read(&self, eyes: &Eyes<'_>, max_mail_bytes: usize) {
        while let Some((stored, outcome)) = self.mails.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let mut outcome = held(outcome);
            if let Outcome::Waits(raw) = &*outcome {
                let truncated = raw.len() >= max_mail_bytes;
                let read = std::panic::catch_unwind(AssertUnwindSafe(|| {
                    reading::understand(raw, stored.received, truncated, eyes)
                }));
                *outcome = read.map_or(Outcome::Failed, |understood| Outcome::Understood(Box::new(understood)));
            }
        }
    }

    /// Has it read by other threads, as far as there are processors and mails for them.
    pub(super) fn read_beside<'scope>(
        &'scope self,
        eyes: &'scope Eyes<'_>,
        max_mail_bytes: usize,
        scope: &'scope Scope<'scope, '_>,
    ) {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let helpers = processors.min(self.mails.len()).saturating_sub(1).min(HELPERS);
        for _ in 0..helpers {
            scope.spawn(move || self.read(eyes, max_mail_bytes));
        }
    }

    /// Nobody begins another one.
    pub(super) fn stop(&self) {
        self.next.store(self.mails.len(), Ordering::Relaxed);
    }

    /// The mails with what became of each, in order.
    pub(super) fn finished(self) -> Vec<(StoredMessage, Outcome)> {
        let open = |outcome: Mutex<Outcome>| outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.mails.into_iter().map(|(stored, outcome)| (stored, open(outcome))).collect()
    }
}

fn held(outcome: &Mutex<Outcome>) -> MutexGuard<'_, Outcome> {
    outcome.lock().unwrap_or_else(PoisonError::into_inner)
}
