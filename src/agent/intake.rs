//! What came in: what `collect` has kept is read and decided on, oldest first. A mail is dealt with only when its
//! decision is committed; a crash anywhere goes on from the last commit.

use super::collect::ATTEMPTS;
use super::copies;
use super::crash;
use super::error::AgentError;
use super::office::Office;
use super::onlooker::Work;
use super::outcome::settle_by_evidence;
use super::pass::{Agent, PassReport, world};
use super::reading::{self, Eyes, Seen};
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::change::{Cause, Change, Entry};
use crate::ledger::decision::{Decision, Verdict};
use crate::ledger::event::Event;
use crate::ledger::ids::{Address, CaseId, CustomerId, MessageIdentity};
use crate::ledger::moment::Moment;
use crate::ledger::reading::{Reading, Warning};
use crate::ledger::words::{Disposition, Intent, MessageKind};
use crate::mailbox::Folder;
use crate::matching::{Directory, is_shared_domain};
use crate::policy;
use crate::store::{MessageState, StoreError, StoreErrorKind, StoredMessage, Unit};
use chrono::{DateTime, Utc};
use std::panic::AssertUnwindSafe;

/// Where failed attempts to decide on a mail are counted.
pub(super) const ATTEMPTS_AT: &str = "message.attempts.";

impl Agent {
    /// Reads Sent, INBOX and Junk, and decides on what is new, oldest first.
    pub(super) fn intake(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        self.put_back_after_import()?;
        self.collect_all(report)?;
        let waiting = self.store.look().messages_undecided()?;
        if waiting.is_empty() {
            return Ok(());
        }
        self.may_end_here(Work::ToRead(waiting.len()))?;
        let mut directory = self.directory()?;
        for message in waiting {
            match self.decide_on(&message, &mut directory, report) {
                Err(AgentError::Store(error)) if is_about_this_row(&error) => {
                    self.decide_later(&message, &error.to_string())?;
                }
                other => other?,
            }
            self.may_end_here(Work::Read)?;
        }
        Ok(())
    }

    /// One mail that cannot be decided on never blocks those behind it: tried again, then set aside and told once.
    fn decide_later(&mut self, message: &StoredMessage, why: &str) -> Result<(), AgentError> {
        let moment = self.moment();
        self.store.write(|unit| -> Result<(), AgentError> {
            let name = format!("{ATTEMPTS_AT}{}", message.identity);
            let attempts = unit.setting(&name)?.and_then(|count| count.parse().ok()).unwrap_or(0_u32).saturating_add(1);
            if attempts < ATTEMPTS {
                return Ok(unit.set_setting(&name, Some(&attempts.to_string()))?);
            }
            unit.set_setting(&name, None)?;
            unit.put_message(&StoredMessage { state: MessageState::Quarantined, ..message.clone() })?;
            let fact = format!("A mail in {} could not be dealt with: {why}", message.folder);
            open_bare_case(unit, CaseKind::UnreadableMail, Some(message.identity), moment.instant, fact)
        })
    }

    fn decide_on(
        &mut self,
        stored: &StoredMessage,
        directory: &mut Directory,
        report: &mut PassReport,
    ) -> Result<(), AgentError> {
        let Some(raw) = self.store.look().raw(stored.identity)? else {
            // The bytes were dropped though nothing was decided: cannot happen, and must not stop the others.
            let lost = StoredMessage { state: MessageState::Quarantined, ..stored.clone() };
            return self.store.write(|unit| -> Result<(), AgentError> { Ok(unit.put_message(&lost)?) });
        };
        let truncated = raw.len() >= self.office.max_mail_bytes;
        let own_ibans = self.office.own_ibans();
        let eyes = Eyes {
            reader: &self.office.reader,
            rules: &self.office.rules,
            directory,
            own_ibans: &own_ibans,
            zone: self.office.zone,
            language: None,
        };
        // A mistake of ours in reading must not stop the other mails.
        let read =
            std::panic::catch_unwind(AssertUnwindSafe(|| reading::read(&raw, stored.received, truncated, &eyes)));
        let Ok(seen) = read else {
            return self.decide_later(stored, "reading it failed");
        };
        crash::reached("intake.before_decision");
        let is_sent = stored.folder == Folder::Sent.as_str() && !is_filed_there(&seen, &self.office);
        let ours = if is_sent || is_laid_by_hand(stored, &seen, &raw) {
            self.decide_on_own(stored, &seen, directory)?
        } else if seen.message.kind == MessageKind::Own {
            self.recognise_own(stored, &seen)?;
            true
        } else {
            self.decide_on_incoming(stored, &seen, &raw, report)?;
            false
        };
        // Our own copies and notices are no news; what is read once more did not arrive now.
        if !ours {
            report.arrived += usize::from(stored.verdict.is_none());
            report.decided += 1;
        }
        crash::reached("intake.after_decision");
        Ok(())
    }

    fn decide_on_incoming(
        &mut self,
        stored: &StoredMessage,
        seen: &Seen,
        raw: &[u8],
        report: &mut PassReport,
    ) -> Result<(), AgentError> {
        let moment = self.moment();
        let office = &self.office;
        let reading = &seen.reading;
        let opened = self.store.write(|unit| -> Result<usize, AgentError> {
            if let Some(customer) = copies::decided_before(unit, stored, reading, raw)? {
                let reason = "Another copy of a mail that was decided on before".to_owned();
                let verdict = Verdict { disposition: Disposition::Ignore, automatic_answer: None, reason };
                keep_or_forget(unit, stored, reading, &verdict, Some(customer))?;
                return Ok(0);
            }
            let documents = unit.receivables_with_documents()?;
            let world = world(unit, office, moment, &documents)?;
            let account = match reading.matched.customer.as_ref() {
                Some(found) => unit.account(found.customer)?,
                None => None,
            };
            let event = Event::MessageRead(Box::new(junk_is_never_answered(stored, reading)));
            let decision = account.as_ref().map(|account| policy::decide(account, &event, &world));
            let verdict = decision
                .as_ref()
                .and_then(|decision| decision.verdict.clone())
                .unwrap_or_else(|| policy::verdict(reading, account.as_ref(), &world));
            let mut opened = 0;
            let asked = bare_case_about(unit, reading.identity)?;
            if let (Some(account), Some(decision)) = (&account, &decision) {
                if let Some(case) = asked {
                    close_bare_case(unit, case, reading.identity, moment.instant)?;
                }
                opened += decision.cases_opened();
                unit.record(account, decision, moment.instant)?;
                settle_evidence(unit, office, moment, reading)?;
            } else if waits_for_a_person(reading, &verdict) && asked.is_none() {
                let kind = kind_without_account(reading);
                open_bare_case(unit, kind, Some(reading.identity), moment.instant, verdict.reason.clone())?;
                opened += 1;
            }
            let customer = account.as_ref().map(|account| account.customer.id);
            keep_or_forget(unit, stored, reading, &verdict, customer)?;
            if is_unreadable(stored, reading) && customer.is_none() && asked.is_none() {
                let why = seen.message.oddities.first().cloned().unwrap_or_default();
                open_bare_case(unit, CaseKind::UnreadableMail, Some(reading.identity), moment.instant, why)?;
                opened += 1;
            }
            Ok(opened)
        })?;
        report.cases_opened += opened;
        Ok(())
    }

    /// Our own mail, or a notice to the owner, arriving in the watched mailbox: evidence that it left, never a reply.
    fn recognise_own(&mut self, stored: &StoredMessage, seen: &Seen) -> Result<(), AgentError> {
        let moment = self.moment();
        let reading = &seen.reading;
        let office = &self.office;
        self.store.write(|unit| -> Result<(), AgentError> {
            if let Some(id) = &reading.rfc_id
                && let Some(row) = unit.outbox_by_rfc_id(id)?
            {
                settle_by_evidence(unit, office, moment, &row, "its copy arrived in the mailbox")?;
            }
            let verdict = Verdict {
                disposition: Disposition::Ignore,
                automatic_answer: None,
                reason: "The firm's own mail".to_owned(),
            };
            keep_or_forget(unit, stored, reading, &verdict, None)
        })
    }
}

/// A customer's mail that the owner filed in Sent, or that was moved there before it was read: no mail of the owner's.
fn is_filed_there(seen: &Seen, office: &Office) -> bool {
    let reading = &seen.reading;
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
fn is_laid_by_hand(stored: &StoredMessage, seen: &Seen, raw: &[u8]) -> bool {
    stored.folder == Folder::Inbox.as_str()
        && seen.message.kind == MessageKind::Own
        && crate::message::stamped(raw).is_none()
}

/// The question about a mail that was tied to nobody when it was read first.
fn bare_case_about(unit: &Unit<'_>, identity: MessageIdentity) -> Result<Option<CaseId>, AgentError> {
    let open = unit.open_cases()?;
    Ok(open.iter().find(|case| case.customer.is_none() && case.message == Some(identity)).map(|case| case.id))
}

/// Now it is known whose mail it is: what is to be asked is asked in their account.
fn close_bare_case(
    unit: &mut Unit<'_>,
    case: CaseId,
    identity: MessageIdentity,
    at: DateTime<Utc>,
) -> Result<(), AgentError> {
    let entry = Entry {
        change: Change::CaseClosed { case, at },
        cause: Cause::Message { identity, rule: None, sentence: None },
        because: "The customer became known".to_owned(),
    };
    let decision = Decision { entries: vec![entry], ..Decision::default() };
    unit.record_without_account(&decision, at)?;
    Ok(())
}

/// A mail in Junk may inform a case; nothing is ever answered from there.
fn junk_is_never_answered(stored: &StoredMessage, reading: &Reading) -> Reading {
    let mut reading = reading.clone();
    if stored.folder == Folder::Junk.as_str() && !reading.warnings.contains(&Warning::Junk) {
        reading.warnings.push(Warning::Junk);
    }
    reading
}

/// A reply or a bounce that names an id of ours proves that the mail left.
fn settle_evidence(unit: &mut Unit<'_>, office: &Office, moment: Moment, reading: &Reading) -> Result<(), AgentError> {
    let bounced = reading.bounce.as_ref().and_then(|bounce| bounce.original.clone());
    for id in reading.references.iter().chain(bounced.as_ref()) {
        if let Some(row) = unit.outbox_by_rfc_id(id)? {
            settle_by_evidence(unit, office, moment, &row, "a mail that came in names it")?;
        }
    }
    Ok(())
}

/// What is tied to a customer is kept whole; of all other mail only what is needed to recognise it again.
pub(super) fn keep_or_forget(
    unit: &mut Unit<'_>,
    stored: &StoredMessage,
    reading: &Reading,
    verdict: &Verdict,
    customer: Option<CustomerId>,
) -> Result<(), AgentError> {
    let case_open = customer.is_none() && verdict.disposition == Disposition::RouteToOwner;
    let keep = customer.is_some() || case_open || is_unreadable(stored, reading);
    unit.put_message(&StoredMessage {
        rfc_id: reading.rfc_id.clone(),
        from: reading.from.clone(),
        subject: if keep { reading.subject.clone() } else { String::new() },
        kind: reading.kind,
        state: MessageState::Decided,
        verdict: Some(verdict.clone()),
        reading: keep.then(|| reading.clone()),
        customer,
        ..stored.clone()
    })?;
    if !keep {
        unit.drop_raw(stored.identity)?;
    }
    Ok(())
}

/// So damaged that it may say something else than what could be read; among spam that is nothing new.
fn is_unreadable(stored: &StoredMessage, reading: &Reading) -> bool {
    reading.warnings.contains(&Warning::Malformed) && stored.folder != Folder::Junk.as_str()
}

/// A failure that the next row need not share: not the disk, not a busy or damaged database.
pub(super) fn is_about_this_row(error: &StoreError) -> bool {
    matches!(error.kind, StoreErrorKind::Conflict | StoreErrorKind::Raced | StoreErrorKind::Unknown)
}

/// A mail that belongs to no account still reaches the owner when it speaks of money or stands in a known thread.
/// Everything else already lies in the owner's own INBOX: a second mail about it would be noise.
fn waits_for_a_person(reading: &Reading, verdict: &Verdict) -> bool {
    let about_money = reading.intents.iter().any(|finding| {
        !matches!(finding.intent, Intent::Unrelated | Intent::Acknowledgement | Intent::AutoReply | Intent::Bounce)
    });
    let tied = reading.matched.known_thread || !reading.matched.items.is_empty();
    verdict.disposition != Disposition::Ignore
        && reading.kind == MessageKind::Reply
        && (tied || (about_money && reading.addressed_to_us))
}

fn kind_without_account(reading: &Reading) -> CaseKind {
    match reading.primary() {
        Some(Intent::Legal) => CaseKind::Legal,
        Some(Intent::BankDetailsVerification) => CaseKind::BankDetailsVerification,
        _ => CaseKind::UnknownWriter,
    }
}

/// A question that belongs to no account.
pub(super) fn open_bare_case(
    unit: &mut Unit<'_>,
    kind: CaseKind,
    message: Option<MessageIdentity>,
    opened: DateTime<Utc>,
    fact: String,
) -> Result<(), AgentError> {
    let case = Case {
        id: unit.next_case_id()?,
        customer: None,
        kind,
        message,
        items: Vec::new(),
        particulars: vec![fact.clone()],
        suggestions: Vec::new(),
        opened,
        closed: None,
    };
    let cause = message.map_or(Cause::Clock, |identity| Cause::Message { identity, rule: None, sentence: None });
    let entry = Entry { change: Change::CaseOpened { case }, cause, because: fact };
    let decision = Decision { entries: vec![entry], ..Decision::default() };
    unit.record_without_account(&decision, opened)?;
    Ok(())
}
