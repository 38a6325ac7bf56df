//! When the next connection may be tried. Pure: time comes in as an argument, and variation from a seed.
//!
//! Failures wait longer and longer; a login refused waits much longer, and after the fourth only another secret or a
//! restart helps, since servers lock accounts; connections that succeed are counted too, so that a server that drops us
//! right after each login is not hammered.

use super::settings::Timeouts;
use std::collections::VecDeque;
use std::time::Duration;

/// Connections are counted apart for each use, so that the loss of one does not hold the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Worker,
    Watcher,
}

/// Why a connection ended or was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// Not reached, lost, refused before the login.
    Lost,
    /// User or secret refused.
    Login,
    /// The server wants to be left alone for so long.
    Throttled(Duration),
    /// "User is authenticated but not connected", and the like.
    Unready,
}

/// How long each wait is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    first: Duration,
    longest: Duration,
    window: Duration,
    hour: Duration,
    healthy: Duration,
    logins: [Duration; 3],
    unready: Duration,
}

/// Connections in one window, for each use.
const CONNECTIONS_A_WINDOW: usize = 2;
/// Connections an hour, in all.
const CONNECTIONS_AN_HOUR: usize = 36;

impl Pace {
    /// With the usual timeouts: 2 to 80 seconds; 2 connections in 2 minutes; a login 1, 5, 30 minutes.
    pub(super) fn of(timeouts: &Timeouts) -> Self {
        let silence = |times: u32| timeouts.silence.saturating_mul(times);
        Self {
            first: timeouts.connect / 15,
            longest: timeouts.connect.saturating_mul(8) / 3,
            window: silence(2),
            hour: silence(60),
            healthy: silence(10),
            logins: [silence(1), silence(5), silence(30)],
            unready: silence(5),
        }
    }

    /// How often at most another secret is asked for after logins stopped.
    pub(super) fn secret_again(&self) -> Duration {
        self.unready
    }
}

/// Not now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// From when on; `None`: not before a restart or another secret.
    pub(super) until: Option<Duration>,
    /// What went wrong first.
    pub(super) why: Why,
}

/// What went wrong, and what a person can do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Why {
    pub(super) message: String,
    pub(super) remedy: Option<String>,
}

/// What is known of earlier attempts. Times are counted from the start of the process.
#[derive(Debug)]
pub(super) struct Backoff {
    pace: Pace,
    seed: u64,
    delay: Duration,
    failures: u32,
    refusals: usize,
    not_before: Duration,
    stopped: bool,
    why: Option<Why>,
    made: VecDeque<(Role, Duration)>,
}

impl Backoff {
    pub(super) fn new(pace: Pace, seed: u64) -> Self {
        Self {
            pace,
            seed,
            delay: Duration::ZERO,
            failures: 0,
            refusals: 0,
            not_before: Duration::ZERO,
            stopped: false,
            why: None,
            made: VecDeque::new(),
        }
    }

    pub(super) fn pace(&self) -> &Pace {
        &self.pace
    }

    /// May a connection be tried?
    pub(super) fn check(&mut self, role: Role, now: Duration) -> Result<(), Held> {
        let again = || Why { message: "The connection was lost again and again".to_owned(), remedy: None };
        let why = || self.why.clone().unwrap_or_else(again);
        if self.stopped {
            return Err(Held { until: None, why: why() });
        }
        if now < self.not_before {
            return Err(Held { until: Some(self.not_before), why: why() });
        }
        // A secret that was refused is tried again by one of the two alone: both at once would be two refusals.
        if role == Role::Watcher && self.refusals > 0 {
            return Err(Held { until: Some(now.saturating_add(self.pace.first)), why: why() });
        }
        let after = |start: &Duration, window: Duration| start.saturating_add(window);
        while self.made.front().is_some_and(|(_, made)| after(made, self.pace.hour) <= now) {
            self.made.pop_front();
        }
        let recent: Vec<Duration> = self
            .made
            .iter()
            .filter(|(other, made)| *other == role && after(made, self.pace.window) > now)
            .map(|(_, made)| *made)
            .collect();
        let crowded = |made: Option<&Duration>, window| made.map(|made| after(made, window));
        let until = if recent.len() >= CONNECTIONS_A_WINDOW {
            crowded(recent.first(), self.pace.window)
        } else if self.made.len() >= CONNECTIONS_AN_HOUR {
            crowded(self.made.front().map(|(_, made)| made), self.pace.hour)
        } else {
            None
        };
        match until {
            Some(until) => Err(Held { until: Some(until), why: why() }),
            None => Ok(()),
        }
    }

    /// Connected and logged in.
    pub(super) fn connected(&mut self, role: Role, now: Duration) {
        self.made.push_back((role, now));
        self.refusals = 0;
    }

    /// An attempt failed, or a connection was lost. One that had `served` may be made anew at once, the first time.
    pub(super) fn failed(&mut self, now: Duration, cause: Cause, served: bool, why: Why) {
        if self.why.is_none() || cause == Cause::Login {
            self.why = Some(why);
        }
        let wait = match cause {
            Cause::Lost if served && self.failures == 0 => Duration::ZERO,
            Cause::Lost => self.longer(),
            Cause::Throttled(wait) => wait,
            Cause::Unready => self.pace.unready,
            Cause::Login => {
                let wait = self.pace.logins.get(self.refusals).copied();
                self.refusals = self.refusals.saturating_add(1);
                self.stopped = wait.is_none();
                wait.unwrap_or_default()
            }
        };
        self.failures = self.failures.saturating_add(1);
        self.not_before = self.not_before.max(now.saturating_add(wait));
    }

    /// A command succeeded on a connection made at `since`: the next failure is the first of its row, and after long
    /// enough all earlier ones are forgotten.
    pub(super) fn worked(&mut self, now: Duration, since: Duration) {
        self.why = None;
        if now.saturating_sub(since) >= self.pace.healthy {
            self.forgive();
        }
    }

    /// Another secret, or another network: what failed before says nothing any more.
    pub(super) fn forgive(&mut self) {
        self.failures = 0;
        self.delay = Duration::ZERO;
        self.refusals = 0;
        self.stopped = false;
        self.not_before = Duration::ZERO;
        self.why = None;
    }

    /// Is it the login that is held?
    pub(super) fn login_held(&self) -> bool {
        self.stopped || self.refusals > 0
    }

    fn longer(&mut self) -> Duration {
        let mixed = mix(self.seed.wrapping_add(u64::from(self.failures)));
        let percent = u32::try_from(mixed % 51).unwrap_or(0).saturating_add(150);
        self.delay = if self.delay.is_zero() { self.pace.first } else { self.delay.saturating_mul(percent) / 100 };
        self.delay = self.delay.min(self.pace.longest);
        self.delay
    }
}

/// Spreads a seed over all bits (SplitMix64).
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Tells when the wall clock and the monotonic clock part: the machine slept, or somebody set the clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks {
    monotonic: Duration,
    wall: Duration,
}

/// Clocks that differ by more than this jumped.
const JUMP: Duration = Duration::from_secs(60);

impl Clocks {
    pub(super) fn new(monotonic: Duration, wall: Duration) -> Self {
        Self { monotonic, wall }
    }

    /// Did a clock jump since the last look?
    pub(super) fn jumped(&mut self, monotonic: Duration, wall: Duration) -> bool {
        let passed = monotonic.saturating_sub(self.monotonic);
        let expected = self.wall.saturating_add(passed);
        *self = Self { monotonic, wall };
        expected.abs_diff(wall) > JUMP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    fn why(message: &str) -> Why {
        Why { message: message.to_owned(), remedy: None }
    }

    fn backoff(seed: u64) -> Backoff {
        Backoff::new(Pace::of(&Timeouts::default()), seed)
    }

    #[test]
    fn failures_wait_from_two_to_eighty_seconds() {
        for seed in 0..50 {
            let mut backoff = backoff(seed);
            let mut now = seconds(1000);
            let mut waits = Vec::new();
            for _ in 0..12 {
                backoff.failed(now, Cause::Lost, false, why("gone"));
                let until = backoff.check(Role::Worker, now).unwrap_err().until.unwrap();
                waits.push(until - now);
                now = until;
                backoff.check(Role::Worker, now).unwrap();
            }
            assert_eq!(waits[0], seconds(2));
            assert_eq!(*waits.last().unwrap(), seconds(80));
            for pair in waits.windows(2) {
                assert!(pair[1] >= (pair[0] * 3 / 2).min(seconds(80)) && pair[1] <= pair[0] * 2, "{waits:?}");
            }
        }
    }

    #[test]
    fn a_refused_login_stops_after_the_fourth() {
        let mut backoff = backoff(1);
        let mut now = seconds(0);
        for wait in [60, 300, 1800] {
            backoff.failed(now, Cause::Login, false, why("refused"));
            assert_eq!(backoff.check(Role::Worker, now).unwrap_err().until, Some(now + seconds(wait)));
            now += seconds(wait);
            backoff.check(Role::Worker, now).unwrap();
        }
        backoff.failed(now, Cause::Login, false, why("refused"));
        let held = Held { until: None, why: why("refused") };
        assert_eq!(backoff.check(Role::Watcher, now + seconds(1_000_000)), Err(held));
        backoff.forgive();
        backoff.check(Role::Worker, now).unwrap();
    }

    /// A server that takes the login and closes: what the watcher and the worker together do in an hour.
    #[test]
    fn a_refused_secret_is_tried_again_by_the_worker_alone() {
        let mut backoff = backoff(3);
        backoff.check(Role::Watcher, seconds(0)).unwrap();
        backoff.failed(seconds(0), Cause::Login, false, why("refused"));
        assert_eq!(backoff.check(Role::Watcher, seconds(90)).unwrap_err().until, Some(seconds(92)));
        backoff.check(Role::Worker, seconds(90)).unwrap();
        backoff.connected(Role::Worker, seconds(90));
        backoff.check(Role::Watcher, seconds(90)).unwrap();
    }

    #[test]
    fn a_server_that_drops_us_after_each_login_is_not_hammered() {
        for served in [false, true] {
            let mut backoff = backoff(7);
            let mut logins = 0;
            for second in 0..3600 {
                let now = seconds(second);
                for role in [Role::Worker, Role::Watcher] {
                    if backoff.check(role, now).is_ok() {
                        logins += 1;
                        backoff.connected(role, now);
                        backoff.failed(now, Cause::Lost, served, why("closed"));
                    }
                }
            }
            assert!(logins > 10 && logins < 40, "{logins}");
        }
    }

    #[test]
    fn a_lost_connection_that_served_is_made_anew_at_once_and_only_once() {
        let mut backoff = backoff(3);
        backoff.connected(Role::Worker, seconds(0));
        backoff.failed(seconds(30), Cause::Lost, true, why("closed"));
        backoff.check(Role::Worker, seconds(30)).unwrap();
        backoff.connected(Role::Worker, seconds(30));
        backoff.failed(seconds(31), Cause::Lost, true, why("closed"));
        assert!(backoff.check(Role::Worker, seconds(31)).is_err());
        // The two connections of the window are counted even when the failures are forgotten.
        backoff.forgive();
        assert_eq!(backoff.check(Role::Worker, seconds(40)).unwrap_err().until, Some(seconds(120)));
        backoff.check(Role::Watcher, seconds(40)).unwrap();
    }

    #[test]
    fn a_server_that_names_a_time_is_left_alone_so_long() {
        let mut backoff = backoff(3);
        backoff.failed(seconds(0), Cause::Throttled(seconds(299)), true, why("throttled"));
        assert_eq!(backoff.check(Role::Worker, seconds(1)).unwrap_err().until, Some(seconds(299)));
        // A shorter wait that comes later does not shorten it.
        backoff.failed(seconds(2), Cause::Lost, false, why("gone"));
        let held = backoff.check(Role::Worker, seconds(1)).unwrap_err();
        assert_eq!(held, Held { until: Some(seconds(299)), why: why("throttled") });
    }

    #[test]
    fn a_mailbox_that_is_not_opened_is_left_alone_for_five_minutes() {
        let mut backoff = backoff(3);
        backoff.failed(seconds(0), Cause::Unready, true, why("not connected"));
        assert_eq!(backoff.check(Role::Worker, seconds(1)).unwrap_err().until, Some(seconds(300)));
        backoff.check(Role::Worker, seconds(300)).unwrap();
    }

    #[test]
    fn ten_healthy_minutes_forget_failures() {
        let mut backoff = backoff(3);
        for _ in 0..10 {
            backoff.failed(seconds(0), Cause::Lost, false, why("gone"));
        }
        backoff.worked(seconds(700), seconds(200));
        backoff.failed(seconds(700), Cause::Lost, false, why("gone"));
        assert_eq!(backoff.check(Role::Worker, seconds(700)).unwrap_err().until, Some(seconds(780)));
        backoff.worked(seconds(1400), seconds(790));
        backoff.failed(seconds(1400), Cause::Lost, false, why("gone"));
        assert_eq!(backoff.check(Role::Worker, seconds(1400)).unwrap_err().until, Some(seconds(1402)));
    }

    #[test]
    fn clocks_that_part_have_jumped() {
        let mut clocks = Clocks::new(seconds(10), seconds(1000));
        assert!(!clocks.jumped(seconds(310), seconds(1301)));
        assert!(clocks.jumped(seconds(311), seconds(9000)), "slept");
        assert!(!clocks.jumped(seconds(312), seconds(9001)));
        assert!(clocks.jumped(seconds(313), seconds(5000)), "set back");
    }
}
