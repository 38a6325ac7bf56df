//! What came in: what `collect` has kept is read and decided on, oldest first. A mail is dealt with only when its
//! decision is committed; a crash anywhere goes on from the last commit.
//!
//! Where several mails wait, those next to each other are decided on in one transaction: nothing that is decided here
//! leaves the house before the intake is over, so a decision that a crash undid is simply made again.

use super::ahead::{Group, Outcome};
use super::clock::{Clock, Stopwatch};
use super::collect::ATTEMPTS;
use super::crash;
use super::error::AgentError;
use super::incoming::{self, open_bare_case};
use super::known;
use super::office::Office;
use super::onlooker::Work;
use super::pass::{Agent, PassReport};
use super::reading::Eyes;
use super::sent;
use super::veto;
use crate::ledger::case::CaseKind;
use crate::ledger::ids::Address;
use crate::ledger::moment::Moment;
use crate::ledger::reading::Reading;
use crate::ledger::words::MessageKind;
use crate::mailbox::Folder;
use crate::matching::{Directory, is_shared_domain};
use crate::message::Message;
use crate::store::{MessageState, Store, StoreError, StoreErrorKind, StoredMessage, Unit};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// Where failed attempts to decide on a mail are counted.
pub(super) const ATTEMPTS_AT: &str = "message.attempts.";

/// No transaction takes longer than this and one mail: the owner's orders wait behind it.
const AT_MOST: Duration = Duration::from_millis(100);

/// What the decisions of one transaction share.
pub(super) struct Sitting<'a> {
    pub(super) office: &'a Office,
    pub(super) moment: Moment,
}

/// What the decisions of one transaction came to.
#[derive(Debug, Default)]
struct Tally {
    mails: usize,
    arrived: usize,
    decided: usize,
    cases_opened: usize,
}

impl Agent {
    /// Reads Sent, INBOX and Junk, and decides on what is new, oldest first.
    pub(super) fn intake(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        self.put_back_after_import()?;
        self.collect_all(report)?;
        let waiting = self.store.look().undecided()?;
        if waiting.is_empty() {
            return Ok(());
        }
        self.may_end_here(Work::ToRead(waiting.len()))?;
        let own_ibans = self.office.own_ibans();
        let max_mail_bytes = self.office.max_mail_bytes;
        let Self { office, store, clock, onlooker, known, .. } = self;
        let office = &*office;
        let eyes = Eyes {
            reader: &office.reader,
            rules: office.rules.ready()?,
            own_ibans: &own_ibans,
            zone: office.zone,
            language: None,
        };
        let (directory, mark) = known.renewed(store, office)?;
        let mut judge = Judge { store, office, clock: clock.as_ref(), directory };
        let mut waiting = waiting.into_iter();
        let mut read: Vec<(StoredMessage, Outcome)> = Vec::new();
        loop {
            // While these are decided on, those behind them are read.
            let next = Group::load(judge.store.look(), &mut waiting)?;
            std::thread::scope(|scope| {
                next.read_beside(&eyes, max_mail_bytes, scope);
                let decided = judge.decide_on_all(&read, report);
                if decided.is_err() {
                    next.stop();
                }
                next.read(&eyes, max_mail_bytes);
                decided
            })?;
            for _ in &read {
                onlooker.hears(Work::Read);
            }
            if onlooker.wants_end() {
                return Err(AgentError::Stopped);
            }
            read = next.finished();
            if read.is_empty() {
                known.keep(judge.directory, mark, office);
                return Ok(());
            }
        }
    }
}

/// Decides on mails, in order.
struct Judge<'a> {
    store: &'a mut Store,
    office: &'a Office,
    clock: &'a dyn Clock,
    directory: Directory,
}

impl Judge<'_> {
    /// Customers, numbers and threads as they are known now, without what was learned in vain.
    fn look_round(&mut self) -> Result<(), AgentError> {
        self.directory = known::whole(&self.store.look(), self.office)?;
        Ok(())
    }

    fn decide_on_all(&mut self, mails: &[(StoredMessage, Outcome)], report: &mut PassReport) -> Result<(), AgentError> {
        let (mut rest, mut alone) = (mails, false);
        while let Some(first) = rest.first() {
            let decided = if alone { self.decide_on_one(first) } else { self.decide_on_some(rest) };
            let done = match decided {
                Err(AgentError::Store(error)) if !alone && is_about_this_row(&error) => {
                    // Nothing of it was kept, what was learned of threads included: each by itself.
                    self.look_round()?;
                    alone = true;
                    continue;
                }
                other => other?,
            };
            report.arrived += done.arrived;
            report.decided += done.decided;
            report.cases_opened += done.cases_opened;
            crash::reached("intake.after_decision");
            rest = rest.get(done.mails..).unwrap_or_default();
        }
        Ok(())
    }

    /// Decides on the first mails of a list in one transaction, as many as fit into its time.
    fn decide_on_some(&mut self, mails: &[(StoredMessage, Outcome)]) -> Result<Tally, AgentError> {
        let (office, directory) = (self.office, &mut self.directory);
        let moment = office.moment(self.clock.now());
        self.store.write(|unit| {
            let sitting = Sitting { office, moment };
            let mut tally = Tally::default();
            let begun = Stopwatch::start();
            for (stored, outcome) in mails {
                decide_on(unit, &sitting, stored, outcome, directory, &mut tally)?;
                tally.mails += 1;
                if begun.shows(AT_MOST) {
                    break;
                }
            }
            Ok(tally)
        })
    }

    /// One mail that cannot be decided on never blocks those behind it: tried again, then set aside and told once.
    fn decide_on_one(&mut self, mail: &(StoredMessage, Outcome)) -> Result<Tally, AgentError> {
        match self.decide_on_some(std::slice::from_ref(mail)) {
            Err(AgentError::Store(error)) if is_about_this_row(&error) => {
                let moment = self.office.moment(self.clock.now());
                self.store.write(|unit| decide_later(unit, moment, &mail.0, &error.to_string()))?;
                Ok(Tally { mails: 1, ..Tally::default() })
            }
            other => other,
        }
    }
}

fn decide_on(
    unit: &mut Unit<'_>,
    sitting: &Sitting<'_>,
    stored: &StoredMessage,
    outcome: &Outcome,
    directory: &mut Directory,
    tally: &mut Tally,
) -> Result<(), AgentError> {
    let understood = match outcome {
        Outcome::Understood(understood) => understood,
        Outcome::Waits(_) | Outcome::Failed => {
            return decide_later(unit, sitting.moment, stored, "reading it failed");
        }
        Outcome::Lost => {
            // The bytes were dropped though nothing was decided: cannot happen, and must not stop the others.
            let lost = StoredMessage { state: MessageState::Quarantined, ..stored.clone() };
            return Ok(unit.put_message(&lost)?);
        }
    };
    // A mistake of ours in matching is no reason to stop either.
    let Ok(reading) = std::panic::catch_unwind(AssertUnwindSafe(|| understood.reading(directory))) else {
        return decide_later(unit, sitting.moment, stored, "reading it failed");
    };
    let message = understood.message();
    crash::reached("intake.before_decision");
    if let Some(list) = veto::list_answered(unit, stored, message)? {
        let is_all = veto::heed(unit, sitting, stored, (message, &reading), &list)?;
        if is_all {
            tally.arrived += usize::from(stored.verdict.is_none());
            tally.decided += 1;
            return Ok(());
        }
    }
    let is_sent = stored.folder == Folder::Sent.as_str() && !is_filed_there(&reading, sitting.office);
    let ours = if is_sent || is_laid_by_hand(unit, stored, message)? {
        sent::decide_on_own(unit, sitting, stored, message, &reading, directory)?
    } else if message.kind == MessageKind::Own {
        incoming::recognise_own(unit, sitting, stored, &reading)?;
        true
    } else {
        tally.cases_opened += incoming::decide(unit, sitting, stored, message, &reading)?;
        false
    };
    // Our own copies and notices are no news; what is read once more did not arrive now.
    if !ours {
        tally.arrived += usize::from(stored.verdict.is_none());
        tally.decided += 1;
    }
    Ok(())
}

fn decide_later(unit: &mut Unit<'_>, moment: Moment, message: &StoredMessage, why: &str) -> Result<(), AgentError> {
    let name = format!("{ATTEMPTS_AT}{}", message.identity);
    let attempts = unit.setting(&name)?.and_then(|count| count.parse().ok()).unwrap_or(0_u32).saturating_add(1);
    if attempts < ATTEMPTS {
        return Ok(unit.set_setting(&name, Some(&attempts.to_string()))?);
    }
    unit.set_setting(&name, None)?;
    unit.put_message(&StoredMessage { state: MessageState::Quarantined, ..message.clone() })?;
    let fact = format!("A mail in {} could not be dealt with: {why}", message.folder);
    open_bare_case(unit, CaseKind::UnreadableMail, Some(message.identity), moment.instant, fact)
}

/// A customer's mail that the owner filed in Sent, or that was moved there before it was read: no mail of the owner's.
fn is_filed_there(reading: &Reading, office: &Office) -> bool {
    // With a provider of everybody's, the same domain says nothing.
    let is_other = |own: &Address, from: &Address| {
        own != from && (own.domain() != from.domain() || is_shared_domain(from.domain()))
    };
    let own = &office.reader.own_addresses;
    let is_strange = reading.from.as_ref().is_some_and(|from| own.iter().all(|own| is_other(own, from)));
    is_strange && reading.addressed_to_us
}

/// The owner's own mail in INBOX that no server brought: some mail programs lay an answer beside the mail that it answers,
/// and never into Sent. What came by the network has a trace of that, and in the owner's name may be anybody's.
fn is_laid_by_hand(unit: &Unit<'_>, stored: &StoredMessage, message: &Message) -> Result<bool, AgentError> {
    if stored.folder != Folder::Inbox.as_str() || message.kind != MessageKind::Own {
        return Ok(false);
    }
    Ok(unit.raw(stored.identity)?.is_some_and(|raw| crate::message::stamped(&raw).is_none()))
}

/// A failure that the next row need not share: not the disk, not a busy or damaged database.
pub(super) fn is_about_this_row(error: &StoreError) -> bool {
    matches!(error.kind, StoreErrorKind::Conflict | StoreErrorKind::Raced | StoreErrorKind::Unknown)
}
