//! The command line: one file a command.
//!
//! In: arguments, environment variables (SOLLECITO_CONFIG, SOLLECITO_LOG, NO_COLOR, for `init` LANG), answers on a
//! terminal. Out: words on a screen or JSON, an exit code.
//! Deliberately absent: decisions, storage, and any other place that prints.

mod check;
mod credit;
mod customers;
mod day;
mod demo;
mod desk;
mod explain;
mod failure;
mod findings;
mod halt;
mod import;
mod init;
mod instalments;
mod log;
mod measure;
mod once;
mod order_words;
mod orders;
mod outbox;
mod output;
mod preview;
mod reload;
mod reports;
mod rules;
mod run;
mod scan;
mod service;
mod set_off;
mod terminal;
mod trouble;
mod undo;
mod unpaid;
mod unwritten;

pub use failure::{Failure, Kind};
pub use output::Screen;

use crate::config::{Firm, SETTINGS_FILE};
use crate::ledger::moment::Moment;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

/// Reminds of unpaid invoices from the mailbox that you already have, and reads the replies.
#[derive(Debug, Parser)]
#[command(name = "sollecito", version, arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
pub struct Globals {
    /// The firm's settings, or the folder that holds them
    #[arg(long, global = true, env = "SOLLECITO_CONFIG", value_name = "FILE", default_value = SETTINGS_FILE, hide_env_values = true)]
    pub config: PathBuf,
    /// Act as if it were this day or moment (2026-10-12 or 2026-10-12T10:00:00+02:00): for rehearsals
    #[arg(long, global = true, value_name = "MOMENT", value_parser = parse_now)]
    pub now: Option<Now>,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// See it work: three months of a small studio, in seconds, without network
    Demo(demo::Demo),
    /// Write the folder of a new firm
    Init(Box<init::Init>),
    /// Say everything that is wrong in the firm's files
    Check(check::Check),
    /// Look at the rules
    #[command(subcommand)]
    Rules(rules::Rules),
    /// Measure how well labelled mails are read: precision, recall, wrong automatic answers
    Measure(measure::Measure),
    /// Read a list of receivables (CSV) as the accounting program exports it
    Import(import::Import),
    /// Do one pass: read what came, decide, send what is due
    Once(once::Once),
    /// Read the history of the mailbox once; nothing is sent
    Scan(scan::Scan),
    /// Keep going, pass after pass
    Run(run::Run),
    /// Show what is open and how it stands
    Status(reports::Status),
    /// Show one invoice or customer with everything that is known
    Show(reports::Show),
    /// Say why: every decision about an invoice, customer or message, and why nothing goes out today
    Why(reports::Why),
    /// Show how customers pay: what is open, days late, promises, and advice; one of them with where it comes from
    Customers(customers::Customers),
    /// Show what goes out next and when
    Plan(reports::Plan),
    /// Show a mail of the ladder as a customer would receive it, changing nothing
    Preview(preview::Preview),
    /// Show the questions that wait for you
    Cases(reports::Cases),
    /// Show the outbox; approve, hold, cancel or settle a mail
    Outbox(outbox::Outbox),
    /// Let mails go that wait for you
    Approve(outbox::Approve),
    /// Say what would be made of these mails, changing nothing
    Explain(explain::Explain),
    #[command(flatten)]
    Order(orders::Ordered),
    /// Stop all sending at once
    Halt(halt::HaltCommand),
    /// Take the last order back
    Undo(undo::Undo),
}

/// A moment given on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Now {
    /// That instant.
    Instant(DateTime<Utc>),
    /// That day, at ten in the morning where the firm is.
    Day(NaiveDate),
}

impl Now {
    /// The moment in a firm's zone.
    #[must_use]
    pub fn moment(self, zone: Tz) -> Moment {
        match self {
            Self::Instant(instant) => Moment::new(instant, zone),
            Self::Day(day) => {
                let ten = NaiveTime::from_hms_opt(10, 0, 0).unwrap_or(NaiveTime::MIN);
                Moment::new(crate::ledger::moment::at(zone, day, ten), zone)
            }
        }
    }
}

fn parse_now(text: &str) -> Result<Now, String> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(Now::Day(day));
    }
    DateTime::parse_from_rfc3339(text)
        .map(|instant| Now::Instant(instant.with_timezone(&Utc)))
        .map_err(|_| "write a day (2026-10-12) or a moment (2026-10-12T10:00:00+02:00)".to_owned())
}

impl Globals {
    /// The settings file: of a folder the one in it.
    #[must_use]
    pub fn settings_file(&self) -> PathBuf {
        if self.config.is_dir() { self.config.join(SETTINGS_FILE) } else { self.config.clone() }
    }

    /// The firm.
    ///
    /// # Errors
    /// Every problem of its files.
    pub fn firm(&self) -> Result<Firm, Failure> {
        crate::config::load(&self.settings_file()).map_err(Failure::of_files)
    }
}

/// Runs one command line and gives the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let terminal = std::io::stdout().is_terminal();
    let mut clap = Cli::command();
    if !terminal {
        clap = clap.term_width(output::FIXED_WIDTH);
    }
    let parsed = clap.try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints to the right stream and in the right colours; a closed pipe is nobody's failure.
            let _ = error.print();
            return if error.use_stderr() { Kind::Usage.exit_code() } else { 0 };
        }
    };
    log::begin(matches!(cli.command, Command::Run(_)));
    let mut screen = Screen::of_process(terminal, cli.globals.json);
    match dispatch(&cli, &mut screen) {
        Ok(()) => 0,
        Err(failure) => {
            screen.failure(&failure);
            failure.kind.exit_code()
        }
    }
}

fn dispatch(cli: &Cli, screen: &mut Screen) -> Result<(), Failure> {
    match &cli.command {
        Command::Demo(demo) => demo.run(screen),
        Command::Init(init) => init.run(screen),
        Command::Check(check) => check.run(&cli.globals, screen),
        Command::Rules(rules) => rules.run(&cli.globals, screen),
        Command::Measure(measure) => measure.run(&cli.globals, screen),
        Command::Import(import) => import.run(&cli.globals, screen),
        Command::Once(once) => once.run(&cli.globals, screen),
        Command::Scan(scan) => scan.run(&cli.globals, screen),
        Command::Run(run) => run.run(&cli.globals, screen),
        Command::Status(status) => status.run(&cli.globals, screen),
        Command::Show(show) => show.run(&cli.globals, screen),
        Command::Why(why) => why.run(&cli.globals, screen),
        Command::Customers(customers) => customers.run(&cli.globals, screen),
        Command::Plan(plan) => plan.run(&cli.globals, screen),
        Command::Preview(preview) => preview.run(&cli.globals, screen),
        Command::Cases(cases) => cases.run(&cli.globals, screen),
        Command::Outbox(outbox) => outbox.run(&cli.globals, screen),
        Command::Approve(approve) => approve.run(&cli.globals, screen),
        Command::Explain(explain) => explain.run(&cli.globals, screen),
        Command::Order(order) => order.run(&cli.globals, screen),
        Command::Halt(halt) => halt.run(&cli.globals, screen),
        Command::Undo(undo) => undo.run(&cli.globals, screen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_of_commands_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_day_is_ten_in_the_morning_where_the_firm_is() {
        let now = parse_now("2026-10-12").expect("a day").moment(chrono_tz::Europe::Rome);
        assert_eq!(now.instant.to_rfc3339(), "2026-10-12T08:00:00+00:00");
        assert!(parse_now("12/10/2026").is_err());
    }
}
