//! The only place that asks what time it is, and whether the machine's clock can be believed.

use chrono::{DateTime, Utc};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

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

/// The clock on the wall may wander this far from the one that nobody can set.
const LEEWAY: chrono::TimeDelta = chrono::TimeDelta::minutes(5);

/// Compares the clock on the wall with one that only ever runs, to see when somebody sets it.
#[derive(Debug, Clone, Copy)]
pub struct ClockWatch {
    wall: DateTime<Utc>,
    running: Duration,
}

impl ClockWatch {
    /// Begins with what both show.
    #[must_use]
    pub const fn new(wall: DateTime<Utc>, running: Duration) -> Self {
        Self { wall, running }
    }

    /// By how much the wall clock was set since the last look, when that is more than it wanders by itself.
    pub fn step(&mut self, wall: DateTime<Utc>, running: Duration) -> Option<chrono::TimeDelta> {
        let passed = chrono::TimeDelta::from_std(running.saturating_sub(self.running)).unwrap_or_default();
        let step = wall.signed_duration_since(self.wall) - passed;
        *self = Self::new(wall, running);
        (step.abs() > LEEWAY).then_some(step)
    }
}

/// Time since the machine started, sleep included, where the system tells; else since the program did.
#[must_use]
pub fn running() -> Duration {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let uptime = std::fs::read_to_string("/proc/uptime").ok();
    let seconds = uptime.as_deref().and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or_else(|| BEGAN.elapsed())
}

/// How long something takes: bounds work, decides nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// Has so much time passed?
    pub(super) fn shows(self, at_least: Duration) -> bool {
        self.0.elapsed() >= at_least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_is_noticed_and_one_that_sleeps_is_not() {
        let at = |minutes: i64| DateTime::UNIX_EPOCH + chrono::TimeDelta::minutes(minutes);
        let run = |minutes: u64| Duration::from_secs(minutes * 60);
        let mut watch = ClockWatch::new(at(0), run(0));
        assert_eq!(watch.step(at(1), run(1)), None);
        // Eight hours of sleep: both clocks ran on.
        assert_eq!(watch.step(at(481), run(481)), None);
        assert_eq!(watch.step(at(484), run(482)), None, "a correction of two minutes");
        assert_eq!(watch.step(at(424), run(482)), Some(chrono::TimeDelta::minutes(-60)), "an hour back");
        assert_eq!(watch.step(at(425), run(483)), None, "told once");
        assert_eq!(watch.step(at(43_626), run(484)), Some(chrono::TimeDelta::minutes(43_200)), "a month forward");
        assert!(running() > Duration::ZERO);
    }
}
