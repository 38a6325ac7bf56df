//! The only place that asks what time it is.

use chrono::{DateTime, Utc};
use std::cell::Cell;
use std::rc::Rc;

/// Where *now* comes from.
pub trait Clock {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that somebody else moves: for rehearsals, the demo and tests.
#[derive(Debug, Clone)]
pub struct SetClock(Rc<Cell<DateTime<Utc>>>);

impl SetClock {
    /// A clock that stands at an instant.
    #[must_use]
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self(Rc::new(Cell::new(instant)))
    }

    /// Moves it.
    pub fn set(&self, instant: DateTime<Utc>) {
        self.0.set(instant);
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.get()
    }
}
