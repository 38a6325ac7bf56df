//! What became of a hand-over, committed at once: accepted, refused, put off, or nobody knows.
//!
//! A letter in doubt is never sent again by itself; a notice to the owner may repeat rather than be lost.

use super::delivery::Progress;
use super::error::AgentError;
use super::notices::move_to_next_list;
use super::office::Office;
use super::pass::decide_and_keep;
use super::redirect::redirected_name;
use super::rest;
use crate::ledger::change::Cause;
use crate::ledger::event::{Delivery, DeliveryOutcome, Event};
use crate::ledger::ids::OutboxId;
use crate::ledger::mail::OutboxState;
use crate::ledger::moment::Moment;
use crate::ledger::words::Purpose;
use crate::store::{RecipientAnswer, SentCopy, StoredMail, Unit};
use crate::transport::{Answer, NotOpened, Outcome};
use chrono::{DateTime, Duration, Utc};

/// Waits between attempts that the server put off; the last one repeats until two days have passed.
const RETRY_MINUTES: [i64; 4] = [5, 15, 60, 240];
/// After this many hours of being put off, the owner.
const GIVE_UP_HOURS: i64 = 48;

/// No go-ahead: nothing was sent. Trouble with the server as a whole ends the batch.
pub(super) fn nothing_was_sent(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    why: &NotOpened,
) -> Result<Progress, AgentError> {
    let id = stored.row.id;
    match why {
        NotOpened::Later(words) => put_off(unit, office, moment, stored, words)?,
        NotOpened::Refused(answers, words) => {
            note_answers(unit, id, answers, moment)?;
            refused(unit, office, moment, stored, words)?;
        }
        NotOpened::Unreachable(words) => {
            let until = rest::begin(unit, moment, rest::Trouble::Unreachable, words)?;
            // Due again at once: the rest keeps it back, and may be ended by a person.
            put_off_until(unit, office, moment, stored, moment.instant, words)?;
            return Ok(Progress::Stopped { message: words.clone(), until });
        }
        NotOpened::Stopped { message, remedy } => {
            let until = rest::begin(unit, moment, rest::Trouble::Stopped, &format!("{message}. {remedy}"))?;
            unit.mark_later(id, moment.instant, message)?;
            return Ok(Progress::Stopped { message: format!("{message}. {remedy}"), until });
        }
    }
    Ok(Progress::Waits)
}

/// The server will not take it. A notice to the owner is tried again for two days, and then what it told goes on the
/// next list: it may come late, not be lost.
fn refused(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    words: &str,
) -> Result<(), AgentError> {
    if stored.row.plan.purpose == Purpose::Notice {
        return put_off(unit, office, moment, stored, words);
    }
    unit.mark_refused(stored.row.id, words)?;
    tell_all(unit, office, moment, stored, DeliveryOutcome::Refused)
}

fn put_off(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    words: &str,
) -> Result<(), AgentError> {
    let attempt = usize::try_from(stored.row.attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let minutes = RETRY_MINUTES.get(attempt).or(RETRY_MINUTES.last()).copied().unwrap_or(240);
    put_off_until(unit, office, moment, stored, moment.instant + Duration::minutes(minutes), words)
}

fn put_off_until(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    until: DateTime<Utc>,
    words: &str,
) -> Result<(), AgentError> {
    // Frozen when it first fell due: the time of the first attempt.
    let first = unit.outbox_row(stored.row.id)?.and_then(|row| row.frozen).map_or(moment.instant, |seal| seal.date);
    if moment.instant - first > Duration::hours(GIVE_UP_HOURS) {
        unit.mark_refused(stored.row.id, words)?;
        if stored.row.plan.purpose == Purpose::Notice {
            return move_to_next_list(unit, office, moment, &stored.row.plan.key);
        }
        return tell_all(unit, office, moment, stored, DeliveryOutcome::Refused);
    }
    Ok(unit.mark_later(stored.row.id, until, words)?)
}

/// The body was handed over: commit what came of it.
pub(super) fn conclude(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    outcome: &Outcome,
) -> Result<Progress, AgentError> {
    let id = stored.row.id;
    match outcome {
        Outcome::Accepted(words) => {
            accepted(unit, office, moment, stored, words)?;
            // It left, and counts as sent: but only the copies did, and the owner must hear of it.
            if reached_copies_only(unit, stored)? {
                tell_all(unit, office, moment, stored, DeliveryOutcome::Refused)?;
            }
            return Ok(Progress::Sent(stored.row.plan.purpose));
        }
        Outcome::Later(words) => put_off(unit, office, moment, stored, words)?,
        Outcome::Refused(words) => refused(unit, office, moment, stored, words)?,
        Outcome::Unknown(words) => {
            unit.mark_unsure(id, words)?;
            in_doubt(unit, office, moment, stored, words)?;
        }
    }
    Ok(Progress::Waits)
}

/// Nobody knows whether it left. A letter is never sent again by itself; a notice to the owner may repeat rather than
/// be lost: the same bytes go once more.
pub(super) fn in_doubt(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    why: &str,
) -> Result<(), AgentError> {
    if stored.row.plan.purpose != Purpose::Notice {
        return tell_all(unit, office, moment, stored, DeliveryOutcome::Unsure);
    }
    // At once after a crash; after an answer that never came, when the server had time to recover.
    let minutes = if stored.row.state == OutboxState::Unsure { 0 } else { 5 };
    Ok(unit.repeat_unsure(stored.row.id, moment.instant + Duration::minutes(minutes), why)?)
}

/// Was the owner asked about this doubt, and may even have answered without settling it?
pub(super) fn was_asked_about(unit: &Unit<'_>, stored: &StoredMail) -> Result<bool, AgentError> {
    let Some(customer) = stored.row.plan.customer else { return Ok(false) };
    let cause = Cause::Delivery { outbox: stored.row.id };
    Ok(unit.account(customer)?.is_some_and(|account| account.holds.iter().any(|hold| hold.cause == cause)))
}

/// It left. Redirected mail advances nothing.
pub(super) fn accepted(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    words: &str,
) -> Result<(), AgentError> {
    // What only the bytes have, the row has that carries them.
    let id = stored.carried_by.unwrap_or(stored.row.id);
    let redirected = office.redirect_to.is_some() && stored.row.plan.purpose != Purpose::Notice;
    unit.mark_accepted(id, words, moment.instant)?;
    if redirected {
        return Ok(unit.set_setting(&redirected_name(id), Some("1"))?);
    }
    if office.copy_to_sent && stored.row.plan.purpose != Purpose::Notice {
        unit.set_sent_copy(id, SentCopy::Wanted)?;
    }
    tell_all(unit, office, moment, stored, DeliveryOutcome::Accepted)
}

/// Evidence came that an unsure mail left.
pub(super) fn settle_by_evidence(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    evidence: &str,
) -> Result<(), AgentError> {
    if stored.row.state == OutboxState::Unsure {
        accepted(unit, office, moment, stored, evidence)?;
    }
    Ok(())
}

/// The outcome comes back to policy as an event: to every account that the mail speaks for.
pub(super) fn tell_all(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    outcome: DeliveryOutcome,
) -> Result<(), AgentError> {
    for row in unit.in_one_mail(stored.row.id)? {
        tell_policy(unit, office, moment, &row, outcome)?;
    }
    Ok(())
}

/// The same to the account of this row alone: what a person says of one number is meant for that one.
pub(super) fn tell_policy(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    outcome: DeliveryOutcome,
) -> Result<(), AgentError> {
    let Some(customer) = stored.row.plan.customer else { return Ok(()) };
    let Some(account) = unit.account(customer)? else { return Ok(()) };
    let event = Event::Delivered(Box::new(Delivery {
        outbox: stored.row.id,
        plan: stored.row.plan.clone(),
        outcome,
        at: moment.instant,
    }));
    decide_and_keep(unit, office, moment, &account, &event)?;
    Ok(())
}

pub(super) fn note_answers(
    unit: &mut Unit<'_>,
    id: OutboxId,
    answers: &[crate::transport::RecipientAnswer],
    moment: Moment,
) -> Result<(), AgentError> {
    for answer in answers {
        let (word, words) = match &answer.answer {
            Answer::Accepted => (RecipientAnswer::Accepted, None),
            Answer::Later(words) => (RecipientAnswer::Later, Some(words.as_str())),
            Answer::Refused(words) => (RecipientAnswer::Refused, Some(words.as_str())),
        };
        unit.recipient_outcome(id, &answer.address, word, words, moment.instant)?;
    }
    Ok(())
}

/// The server took the mail for somebody in Cc and for nobody in To.
fn reached_copies_only(unit: &Unit<'_>, stored: &StoredMail) -> Result<bool, AgentError> {
    let Some(row) = unit.outbox_row(stored.row.id)? else { return Ok(false) };
    let to: Vec<_> = row.recipients.iter().filter(|one| row.row.plan.to.contains(&one.address)).collect();
    Ok(!to.is_empty() && to.iter().all(|one| one.answer != RecipientAnswer::Accepted))
}
