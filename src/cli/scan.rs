//! `sollecito scan`: reads the history of the mailbox once, so that the agent knows what was sent and answered before it
//! came. Nothing is sent and nobody is told. Cut short, it goes on where it was; run again, it finds nothing new.

use super::Globals;
use super::desk::Desk;
use super::failure::{Failure, Kind};
use super::once::{lock, tell_beginning};
use super::output::{Screen, counted};
use crate::agent::ScanReport;
use crate::agent::onlooker::{Onlooker, Work};
use chrono::NaiveDate;
use clap::Args;
use std::io::IsTerminal as _;

/// Reads the history.
#[derive(Debug, Args)]
pub(super) struct Scan {
    /// Read back to this day (2026-01-31); else to a month before the oldest open invoice
    #[arg(long, value_name = "DAY")]
    since: Option<NaiveDate>,
}

/// Where there is no terminal a line is written after so many mails.
const LINE_EVERY: usize = 500;

impl Scan {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let desk = Desk::open(globals)?;
        if self.since.is_some_and(|since| since > desk.moment.today()) {
            return Err(Failure::new(Kind::Usage, "The day of --since lies in the future"));
        }
        let _lock = lock(&desk.firm.folder)?;
        let mut agent = desk.into_agent(globals)?;
        tell_beginning(&agent.begin()?, screen);
        agent.onlooker = Box::new(Progress::new(globals.json));
        let read = agent.scan(self.since);
        Screen::of_process(false, false).end_progress();
        let report = read?;
        if screen.wants_json() {
            screen.json(&serde_json::to_value(&report).unwrap_or_default());
        } else {
            tell(&report, screen);
        }
        if report.postponed > 0 {
            let mut failure =
                Failure::new(Kind::Partly, format!("{} could not be fetched now", counted(report.postponed, "mail")));
            failure.told = screen.wants_json();
            return Err(failure.hint("run `sollecito scan` again; after three attempts such a mail becomes a question"));
        }
        Ok(())
    }
}

fn tell(report: &ScanReport, screen: &mut Screen) {
    screen.line(format!("The mailbox is read back to {}: {} now.", report.since, counted(report.read, "mail")));
    screen.line(format!(
        "Of {}, {} found in Sent.",
        counted(report.open, "open invoice"),
        if report.found == 1 { "1 was".to_owned() } else { format!("{} were", report.found) }
    ));
    screen.line(format!(
        "{} of customers found, {} set, {} opened for you.",
        counted(report.answers, "mail"),
        counted(report.holds, "hold"),
        counted(report.questions, "question")
    ));
    screen.line("Nothing was sent.");
}

/// Shows how far it is.
struct Progress {
    screen: Screen,
    every: usize,
    is_silent: bool,
    fetched: usize,
    wanted: usize,
    read: usize,
    to_read: usize,
}

impl Progress {
    fn new(is_silent: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let every = if terminal { 1 } else { LINE_EVERY };
        let screen = Screen::of_process(terminal, false);
        Self { screen, every, is_silent, fetched: 0, wanted: 0, read: 0, to_read: 0 }
    }

    fn show(&mut self, count: usize, text: &str) {
        if !self.is_silent && count > 0 && count.is_multiple_of(self.every) {
            self.screen.progress(text);
        }
    }
}

impl Onlooker for Progress {
    fn hears(&mut self, work: Work) {
        match work {
            Work::Listed(_, wanted) => self.wanted += wanted,
            Work::Fetched(folder) => {
                self.fetched += 1;
                let text = format!("fetched {} of {} ({})", self.fetched, self.wanted, folder.as_str());
                self.show(self.fetched, &text);
            }
            Work::ToRead(to_read) => self.to_read = to_read,
            Work::Read => {
                self.read += 1;
                let text = format!("read {} of {}", self.read, self.to_read);
                self.show(self.read, &text);
            }
            Work::LookedAtMail | Work::Went => {}
        }
    }
}
