//! `sollecito run`: pass after pass, until it is told to stop.
//!
//! A pass is made at the latest every `--every` seconds, and at once when the mailbox says that something may have
//! changed. An order given on the command line wakes it within a second: what is due is decided anew and delivered.

use super::Globals;
use super::desk::{self, Desk};
use super::failure::Failure;
use super::once::{lock, tell, tell_beginning, tell_broken_templates, tell_waiting};
use super::output::{Screen, counted};
use super::reload::{self, Files};
use super::service::{self, Service};
use super::trouble::Trouble;
use crate::agent::clock::{ClockWatch, running};
use crate::agent::onlooker::Work;
use crate::agent::{Agent, AgentError, PATIENCE_HOURS, PassReport};
use crate::config::Firm;
use crate::ledger::mail::OutboxState;
use crate::store::{OutboxFilter, StoreError, StoreErrorKind};
use clap::Args;
use std::time::{Duration, Instant};

/// The loop turns at least this often.
const PIECE: Duration = Duration::from_millis(250);
/// After a pass in which something failed, hints of the mailbox are passed over for so long: a failure is no news.
const QUIET: Duration = Duration::from_secs(20);
/// After the clock was set nothing is decided for so long: it may be set once more.
const CLOCK_MINUTES: u64 = 60;

/// Keeps going.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// Look at least this often, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: u64,
}

impl Run {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let service = Service::begin()?;
        let mut desk = Desk::open(globals)?;
        let _lock = lock(&desk.firm.folder)?;
        desk::customers_are_known(&desk.firm, &desk.store.look())?;
        desk::put_in_force(&desk.firm, &mut desk.store)?;
        tell_broken_templates(&desk.office.broken_templates, screen);
        let firm = desk.firm.clone();
        let files = Files::of(globals, &firm);
        let mut agent = desk.into_agent(globals)?;
        agent.onlooker = Box::new(service.onlooker());
        tell_beginning(&agent.begin()?, screen);
        service::ready("The first look into the mailbox is under way");
        let now = agent.clock.now();
        let mut shift = Shift {
            every: Duration::from_secs(self.every),
            globals,
            service,
            agent,
            firm,
            files,
            clock: globals.now.is_none().then(|| ClockWatch::new(now, running())),
            unsure_until: None,
            quiet_until: None,
            trouble: Trouble::default(),
            has_new_files: false,
            outside: Outside::default(),
        };
        shift.doubt_a_clock_behind()?;
        shift.work(screen)?;
        screen.line("Stopped.");
        Ok(())
    }
}

/// Why the loop goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// It is time, or the mailbox has news.
    Mailbox,
    /// Another process wrote into the database.
    Order,
}

/// What changes when somebody else gives an order. The brake is a file too, which works while the database is busy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Outside {
    written: i64,
    halted: bool,
}

/// One run, from its beginning to its end.
struct Shift<'a> {
    every: Duration,
    globals: &'a Globals,
    service: Service,
    agent: Agent,
    firm: Firm,
    files: Files,
    /// None when the time was given: nobody sets that clock.
    clock: Option<ClockWatch>,
    /// The clock was set: until then nothing is decided.
    unsure_until: Option<Instant>,
    quiet_until: Option<Instant>,
    trouble: Trouble,
    /// The files changed, or a reload was asked for.
    has_new_files: bool,
    /// What other processes had written when the last pass began.
    outside: Outside,
}

impl Shift<'_> {
    fn work(&mut self, screen: &mut Screen) -> Result<(), Failure> {
        let mut cause = Cause::Mailbox;
        while !self.service.wants_end() {
            self.look_at_clock(screen);
            if std::mem::take(&mut self.has_new_files) || self.service.takes_reload() {
                self.renew(screen)?;
            }
            // Asked before the pass: an order that comes during it makes another one.
            self.outside = self.outside_now()?;
            match self.pass(cause) {
                Ok(report) => self.tell_pass(cause, &report, screen),
                Err(AgentError::Stopped) => break,
                Err(AgentError::Mailbox(error)) => self.go_on_without_mailbox(error, screen)?,
                Err(error) => {
                    // Another run has begun on this database: this one must not write any more.
                    if matches!(&error, AgentError::Store(store) if store.kind == StoreErrorKind::Fenced) {
                        return Err(error.into());
                    }
                    self.tell_trouble(&Failure::from(error), false, screen);
                }
            }
            service::status(&self.standing());
            cause = self.rest();
        }
        Ok(())
    }

    fn pass(&mut self, cause: Cause) -> Result<PassReport, AgentError> {
        if self.unsure_until.is_some_and(|until| Instant::now() < until) {
            return self.agent.pass_reading_only();
        }
        self.unsure_until = None;
        match cause {
            Cause::Order if !self.agent.history_waits()? => self.agent.pass_after_order(),
            Cause::Order | Cause::Mailbox => self.agent.pass(),
        }
    }

    fn tell_pass(&mut self, cause: Cause, report: &PassReport, screen: &mut Screen) {
        tracing::debug!(
            ?cause,
            arrived = report.arrived,
            decided = report.decided,
            postponed = report.postponed,
            sent = report.sent,
            drafted = report.drafted,
            withdrawn = report.withdrawn,
            cases = report.cases_opened,
            notices = report.notices,
            "pass"
        );
        // An order's pass says nothing of the mailbox.
        if cause == Cause::Mailbox {
            if self.trouble.is_over() {
                screen.line("It works again.");
                tracing::info!("the mailbox can be read again");
            }
            self.quiet_until = (report.postponed > 0).then(|| Instant::now() + QUIET);
        }
        if *report == PassReport::default() {
            return;
        }
        tracing::info!(arrived = report.arrived, sent = report.sent, drafted = report.drafted, "something was done");
        tell(report, screen);
        if let Err(failure) = tell_waiting(&self.agent, report, screen) {
            screen.failure(&failure);
        }
    }

    /// Told once, not every minute; the next pass begins from what is committed.
    fn tell_trouble(&mut self, failure: &Failure, may_pass: bool, screen: &mut Screen) {
        let words = failure.causes.join(": ");
        if self.trouble.comes(&words, may_pass) {
            tracing::warn!("a pass failed: {}", failure.kind.as_str());
            screen.failure(failure);
        }
        // A connection that died is made anew soon; the mailbox itself knows how often it may try.
        let quiet = if may_pass && self.trouble.is_new() { PIECE.saturating_mul(8) } else { QUIET };
        self.quiet_until = Some(Instant::now() + quiet.min(self.every));
    }

    /// The mailbox is tried again by and by; meanwhile notices leave, and after some hours the owner is told.
    fn go_on_without_mailbox(
        &mut self,
        error: crate::mailbox::MailboxError,
        screen: &mut Screen,
    ) -> Result<(), Failure> {
        let why = error.message.clone();
        let may_pass = error.temporary;
        self.tell_trouble(&Failure::from(error), may_pass, screen);
        if self.unsure_until.is_some() {
            return Ok(());
        }
        match self.agent.pass_without_mailbox(&why, chrono::TimeDelta::hours(PATIENCE_HOURS)) {
            Ok(report) if report == PassReport::default() => {}
            Ok(report) => tell(&report, screen),
            Err(AgentError::Stopped) => {}
            Err(error) => tracing::warn!("notices could not be delivered: {}", Failure::from(error).kind.as_str()),
        }
        Ok(())
    }

    /// Waits in short pieces, so that orders, signals and changed files are noticed within a second.
    fn rest(&mut self) -> Cause {
        let begun = Instant::now();
        while begun.elapsed() < self.every && !self.service.wants_end() {
            let is_quiet = self.quiet_until.is_some_and(|until| Instant::now() < until);
            let left = self.every.saturating_sub(begun.elapsed()).min(PIECE);
            let has_news = if is_quiet {
                std::thread::sleep(left);
                false
            } else {
                self.agent.mailbox.wait(left)
            };
            self.agent.onlooker.hears(Work::Went);
            if self.service.takes_reload() || self.files.have_changed() {
                self.has_new_files = true;
            }
            if has_news || self.has_new_files {
                return Cause::Mailbox;
            }
            if self.outside_now().is_ok_and(|now| now != self.outside) {
                return Cause::Order;
            }
        }
        Cause::Mailbox
    }

    fn outside_now(&self) -> Result<Outside, StoreError> {
        let store = &self.agent.store;
        Ok(Outside { written: store.outside_changes()?, halted: store.look().halted()?.is_some() })
    }

    fn renew(&mut self, screen: &mut Screen) -> Result<(), Failure> {
        service::reloading();
        self.files.are_read();
        match reload::renew(&mut self.agent, &mut self.firm, self.globals) {
            Ok(()) => {
                tracing::info!("the files were read anew and are in force");
                screen.line("The files were read anew.");
            }
            Err(failure) => {
                let problems = reload::sentences(&failure);
                tracing::warn!("the files have mistakes; those of before stay in force: {}", problems.join("; "));
                screen.failure(&failure.hint("what was in force before stays in force"));
                self.agent.warn_of_broken_files(&problems)?;
            }
        }
        service::ready(&self.standing());
        Ok(())
    }

    /// A clock that somebody set decides nothing for a while: a promise is not broken, and no step due, because of it.
    fn look_at_clock(&mut self, screen: &mut Screen) {
        let now = self.agent.clock.now();
        let Some(step) = self.clock.as_mut().and_then(|clock| clock.step(now, running())) else { return };
        let minutes = step.num_minutes();
        tracing::warn!(minutes, "the clock of this machine was set");
        screen.paragraph(&format!(
            "The clock of this machine was set by {}; for an hour mail is read, and nothing is decided or sent.",
            counted(usize::try_from(minutes.unsigned_abs()).unwrap_or(usize::MAX), "minute"),
        ));
        self.unsure_until = Some(Instant::now() + Duration::from_secs(CLOCK_MINUTES * 60));
        // Connections that slept through it are dead, whatever they say.
        match desk::mailbox(&self.firm) {
            Ok(mailbox) => self.agent.mailbox = mailbox,
            Err(failure) => screen.failure(&failure),
        }
    }

    /// The database knows of a later time than the clock shows.
    fn doubt_a_clock_behind(&mut self) -> Result<(), Failure> {
        let now = self.agent.clock.now();
        let last = self.agent.store.look().folder_enumerated("inbox")?;
        if self.clock.is_some() && last.is_some_and(|last| last > now + chrono::TimeDelta::minutes(5)) {
            tracing::warn!("the clock of this machine is behind the last pass; nothing is decided for an hour");
            self.unsure_until = Some(Instant::now() + Duration::from_secs(CLOCK_MINUTES * 60));
        }
        Ok(())
    }

    /// How things stand, in one line.
    fn standing(&self) -> String {
        let look = self.agent.store.look();
        let local = |at: chrono::DateTime<chrono::Utc>| {
            at.with_timezone(&self.agent.office.zone).format("%Y-%m-%d %H:%M").to_string()
        };
        let mut standing = match look.folder_enumerated("inbox") {
            Ok(Some(at)) if self.trouble.is_known() => format!("The mailbox cannot be read since {}", local(at)),
            Ok(Some(at)) => format!("Mailbox read {}", local(at)),
            _ => "The mailbox was not read yet".to_owned(),
        };
        if matches!(look.halted(), Ok(Some(_))) {
            standing.push_str("; all sending is halted");
        }
        let held = OutboxFilter { states: vec![OutboxState::Held], ..OutboxFilter::default() };
        let waiting = look.outbox(&held).map_or(0, |rows| rows.len());
        let questions = look.open_cases().map_or(0, |cases| cases.len());
        if waiting > 0 {
            standing.push_str(&format!("; {} for your approval", counted(waiting, "mail")));
        }
        if questions > 0 {
            standing.push_str(&format!("; {} open", counted(questions, "question")));
        }
        standing
    }
}
