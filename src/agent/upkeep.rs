//! Forgetting what nothing needs any more: once a day, so that what is remembered between two passes does not grow.

use super::drafts::REMEMBERED;
use super::error::AgentError;
use super::forewarning::FOREWARNED;
use super::intake::ATTEMPTS_AT;
use super::notices::{CASES_TOLD, MAILS_TOLD, NOTICES_OF};
use super::our_turn::REMINDED;
use super::pass::Agent;
use crate::ledger::ids::{CaseId, MessageIdentity, OutboxId};
use crate::ledger::mail::OutboxState;
use crate::store::{Look, MessageState};
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};

/// An order that settled a question can be taken back; after so many days that it was told is forgotten.
const KEPT_DAYS: i64 = 90;
/// Where the day of the last tidying is remembered.
const TIDIED: &str = "upkeep.tidied";

impl Agent {
    /// Drops the marks of what is over.
    pub(super) fn tidy_up(&mut self) -> Result<(), AgentError> {
        let moment = self.moment();
        let today = moment.today();
        if self.store.look().setting(TIDIED)?.as_deref() == Some(today.to_string().as_str()) {
            return Ok(());
        }
        self.store.write(|unit| -> Result<(), AgentError> {
            for name in over(unit, moment.instant, today)? {
                unit.set_setting(&name, None)?;
            }
            unit.drop_orphaned_raw()?;
            Ok(unit.set_setting(TIDIED, Some(&today.to_string()))?)
        })
    }
}

/// The names of all marks that nothing asks for any more.
fn over(look: &Look<'_>, now: DateTime<Utc>, today: NaiveDate) -> Result<Vec<String>, AgentError> {
    let mut over = Vec::new();
    for beginning in [CASES_TOLD, REMINDED] {
        for name in named(look, beginning)? {
            let case = rest(&name, beginning).and_then(|id| id.parse().ok()).map(CaseId);
            let is_needed = match case {
                Some(case) => look
                    .case(case)?
                    .is_some_and(|case| case.closed.is_none_or(|closed| now - closed < Duration::days(KEPT_DAYS))),
                None => false,
            };
            over.extend((!is_needed).then_some(name));
        }
    }
    for beginning in REMEMBERED.into_iter().chain([MAILS_TOLD, FOREWARNED]) {
        for name in named(look, beginning)? {
            let row = match rest(&name, beginning).and_then(|id| id.parse().ok()).map(OutboxId) {
                Some(id) => look.outbox_row(id)?,
                None => None,
            };
            // A draft that was withdrawn may still lie there, and even be sent by the owner's hand.
            let is_needed = row.is_some_and(|row| {
                let is_open = !matches!(
                    row.row.state,
                    OutboxState::Accepted
                        | OutboxState::Refused
                        | OutboxState::SentByOwner
                        | OutboxState::Cancelled
                        | OutboxState::Discarded
                );
                is_open || row.draft_to_remove
            });
            over.extend((!is_needed).then_some(name));
        }
    }
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    for name in named(look, NOTICES_OF)? {
        let day = rest(&name, NOTICES_OF).and_then(|day| day.parse::<NaiveDate>().ok());
        over.extend(day.is_none_or(|day| day < yesterday).then_some(name));
    }
    for name in named(look, ATTEMPTS_AT)? {
        let message = match rest(&name, ATTEMPTS_AT).and_then(MessageIdentity::parse) {
            Some(identity) => look.message(identity)?,
            None => None,
        };
        let is_needed = message.is_some_and(|message| message.state == MessageState::Received);
        over.extend((!is_needed).then_some(name));
    }
    Ok(over)
}

fn named(look: &Look<'_>, beginning: &str) -> Result<Vec<String>, AgentError> {
    Ok(look.settings_named(beginning)?.into_iter().map(|(name, _)| name).collect())
}

fn rest<'a>(name: &'a str, beginning: &str) -> Option<&'a str> {
    name.strip_prefix(beginning)
}
