//! What the owner must hear of the agent itself, which is no question about an account: one notice each.
//! It goes out by the transport, so it arrives also when the mailbox is what does not work.

use super::error::AgentError;
use super::notices::plan_of;
use super::onlooker::Work;
use super::pass::{Agent, PassReport};
use crate::ledger::mail::BusinessKey;
use crate::ledger::moment::Moment;
use crate::ledger::words::Language;
use chrono::{DateTime, Duration, Utc};

/// Where it is remembered since when the mailbox cannot be read.
const SILENT_SINCE: &str = "mailbox.silent_since";

impl Agent {
    /// What can be done while the mailbox cannot be used: notices to the owner leave, letters wait. After `patience` the
    /// owner is told, once an outage.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub fn pass_without_mailbox(&mut self, why: &str, patience: Duration) -> Result<PassReport, AgentError> {
        self.mailbox_is_silent(why, patience)?;
        let mut report = PassReport::default();
        self.may_end_here(Work::Went)?;
        self.deliver_notices(&mut report)?;
        Ok(report)
    }

    /// The mailbox cannot be read, or not so that it counts: since when. After `patience` a notice is planned.
    pub(super) fn mailbox_is_silent(&mut self, why: &str, patience: Duration) -> Result<DateTime<Utc>, AgentError> {
        let moment = self.moment();
        let since = self.silent_since(moment.instant)?;
        if moment.instant - since >= patience {
            let office = &self.office;
            let local = since.with_timezone(&office.zone);
            let key = BusinessKey::Warning(format!("mailbox-{}", local.format("%H%M")), local.date_naive());
            let text = unreachable(office.owner.language, moment, since, why);
            self.store.write(|unit| -> Result<(), AgentError> {
                unit.plan(&plan_of(office, moment, key, &text), None, moment.instant)?;
                Ok(())
            })?;
        }
        Ok(since)
    }

    /// The firm's files have mistakes and what was in force stays in force: the owner is told, at most once a day.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn warn_of_broken_files(&mut self, problems: &[String]) -> Result<(), AgentError> {
        let moment = self.moment();
        let office = &self.office;
        let text = broken_files(office.owner.language, problems);
        self.store.write(|unit| -> Result<(), AgentError> {
            let key = BusinessKey::Warning("files".to_owned(), moment.today());
            unit.plan(&plan_of(office, moment, key, &text), None, moment.instant)?;
            Ok(())
        })
    }

    /// The mailbox was read.
    pub(super) fn heard_again(&mut self) -> Result<(), AgentError> {
        if self.store.look().setting(SILENT_SINCE)?.is_none() {
            return Ok(());
        }
        self.store.write(|unit| -> Result<(), AgentError> { Ok(unit.set_setting(SILENT_SINCE, None)?) })
    }

    fn silent_since(&mut self, now: DateTime<Utc>) -> Result<DateTime<Utc>, AgentError> {
        let known = self.store.look().setting(SILENT_SINCE)?.and_then(|at| at.parse::<DateTime<Utc>>().ok());
        // An instant in the future was written by a clock that was put back since.
        if let Some(since) = known.filter(|since| *since <= now) {
            return Ok(since);
        }
        self.store
            .write(|unit| -> Result<(), AgentError> { Ok(unit.set_setting(SILENT_SINCE, Some(&now.to_rfc3339()))?) })?;
        Ok(now)
    }
}

fn unreachable(language: Language, moment: Moment, since: DateTime<Utc>, why: &str) -> String {
    let since = since.with_timezone(&moment.zone).format("%d/%m/%Y %H:%M");
    match language {
        Language::Italian => format!(
            "La casella di posta non si riesce a leggere dal {since}: {why}. Finché non si legge non parte nessuna \
             lettera ai clienti; sollecito continua a riprovare. `sollecito check` dice che cosa non va."
        ),
        _ => format!(
            "The mailbox cannot be read since {since}: {why}. Until it can be, no letter leaves to a customer; sollecito \
             goes on trying. `sollecito check` says what is wrong."
        ),
    }
}

fn broken_files(language: Language, problems: &[String]) -> String {
    let shown = problems.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("; ");
    match language {
        Language::Italian => format!(
            "I file di sollecito sono stati modificati e contengono errori: {shown}. Restano in vigore quelli di prima. \
             `sollecito check` mostra tutti gli errori."
        ),
        _ => format!(
            "The files of sollecito were changed and have mistakes: {shown}. Those of before stay in force. `sollecito \
             check` shows every mistake."
        ),
    }
}
