//! A mail that came in, decided on: what policy makes of it, and what is kept of it.

use super::copies;
use super::error::AgentError;
use super::intake::Sitting;
use super::office::Office;
use super::outcome::settle_by_evidence;
use super::pass::world;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::change::{Cause, Change, Entry};
use crate::ledger::decision::{Decision, Verdict};
use crate::ledger::event::Event;
use crate::ledger::ids::{CaseId, CustomerId, MessageIdentity, OutboxId};
use crate::ledger::moment::Moment;
use crate::ledger::reading::{Match, Reading, Warning};
use crate::ledger::words::{Certainty, Disposition, Intent, MessageKind};
use crate::mailbox::Folder;
use crate::message::Message;
use crate::policy;
use crate::store::{Look, MessageState, StoredMessage, Unit};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// A stranger's mail that is older than this is no question any more.
const STRANGER_DAYS: i64 = 7;

/// Decides on a mail that somebody sent us. How many questions that opened.
pub(super) fn decide(
    unit: &mut Unit<'_>,
    sitting: &Sitting<'_>,
    stored: &StoredMessage,
    message: &Message,
    reading: &Reading,
) -> Result<usize, AgentError> {
    let (office, moment) = (sitting.office, sitting.moment);
    super::forewarning::heed_bounce(unit, reading)?;
    if let Some(customer) = copies::decided_before(unit, stored, reading)? {
        let reason = "Another copy of a mail that was decided on before".to_owned();
        let verdict = Verdict { disposition: Disposition::Ignore, automatic_answer: None, reason };
        keep_or_forget(unit, stored, reading, &verdict, Some(customer))?;
        return Ok(0);
    }
    let account = match reading.matched.customer.as_ref() {
        Some(found) => unit.account(found.customer)?,
        None => None,
    };
    let documents = match &account {
        Some(account) => unit.documents_at_hand(account.customer.id)?,
        None => BTreeSet::new(),
    };
    let world = world(unit, office, moment, &documents)?;
    let reading = &Reading {
        matched: Match { answers: answered(unit.look(), message)?, ..reading.matched.clone() },
        ..reading.clone()
    };
    let event = Event::MessageRead(Box::new(junk_is_never_answered(stored, reading)));
    let decision = account.as_ref().map(|account| policy::decide(account, &event, &world));
    let verdict = decision
        .as_ref()
        .and_then(|decision| decision.verdict.clone())
        .unwrap_or_else(|| policy::verdict(reading, account.as_ref(), &world));
    let mut opened = 0;
    let asked = unit.open_case_about(reading.identity)?;
    if let (Some(account), Some(decision)) = (&account, &decision) {
        if let Some(case) = asked {
            close_bare_case(unit, case, reading.identity, moment.instant)?;
        }
        opened += decision.cases_opened();
        unit.record(account, decision, moment.instant)?;
        settle_evidence(unit, office, moment, reading)?;
        tell_the_others(unit, office, moment, reading, account.customer.id)?;
    } else if waits_for_a_person(reading, &verdict, moment) && asked.is_none() {
        let kind = kind_without_account(reading);
        open_bare_case(unit, kind, Some(reading.identity), moment.instant, verdict.reason.clone())?;
        opened += 1;
    }
    let customer = account.as_ref().map(|account| account.customer.id);
    keep_or_forget(unit, stored, reading, &verdict, customer)?;
    if is_unreadable(stored, reading) && customer.is_none() && asked.is_none() {
        let why = message.oddities.first().cloned().unwrap_or_default();
        open_bare_case(unit, CaseKind::UnreadableMail, Some(reading.identity), moment.instant, why)?;
        opened += 1;
    }
    Ok(opened)
}

/// The mail of ours that a mail answers directly: the nearest of the ids that it names, and no other.
pub(super) fn answered(look: Look<'_>, message: &Message) -> Result<Option<OutboxId>, AgentError> {
    let row = message.thread.first().map(|id| look.outbox_by_rfc_id(id)).transpose()?.flatten();
    Ok(row.filter(|row| row.row.state.may_have_left()).map(|row| row.row.id))
}

/// Our own mail, or a notice to the owner, arriving in the watched mailbox: evidence that it left, never a reply.
pub(super) fn recognise_own(
    unit: &mut Unit<'_>,
    sitting: &Sitting<'_>,
    stored: &StoredMessage,
    reading: &Reading,
) -> Result<(), AgentError> {
    if let Some(id) = &reading.rfc_id
        && let Some(row) = unit.outbox_by_rfc_id(id)?
    {
        settle_by_evidence(unit, sitting.office, sitting.moment, &row, "its copy arrived in the mailbox")?;
    }
    let verdict =
        Verdict { disposition: Disposition::Ignore, automatic_answer: None, reason: "The firm's own mail".to_owned() };
    keep_or_forget(unit, stored, reading, &verdict, None)
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

/// A mail of ours that spoke for several accounts came back, or was answered by a word that may be about any of them: the
/// others learn of it too, each as far as it concerns them.
fn tell_the_others(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    reading: &Reading,
    told: CustomerId,
) -> Result<(), AgentError> {
    let is_sure = reading.matched.customer.as_ref().is_some_and(|found| found.certainty == Certainty::Certain);
    let came_back = reading.bounce.as_ref().filter(|bounce| bounce.failed);
    if came_back.is_none() && is_sure {
        return Ok(());
    }
    let mut row = None;
    if let Some(reference) = came_back.and_then(|bounce| bounce.own_reference.as_deref()) {
        row = unit.outbox_by_reference(reference)?;
    }
    let original = came_back.and_then(|bounce| bounce.original.as_ref());
    for id in original.into_iter().chain(&reading.references) {
        if row.is_none() {
            row = unit.outbox_by_rfc_id(id)?;
        }
    }
    let Some(row) = row else { return Ok(()) };
    let customers: Vec<CustomerId> =
        unit.in_one_mail(row.row.id)?.iter().filter_map(|row| row.row.plan.customer).collect();
    if !customers.contains(&told) {
        return Ok(());
    }
    for customer in customers.into_iter().filter(|customer| *customer != told) {
        let Some(account) = unit.account(customer)? else { continue };
        let documents = unit.documents_at_hand(customer)?;
        let world = world(unit, office, moment, &documents)?;
        let decision = if came_back.is_some() {
            let mut of_theirs = reading.clone();
            of_theirs.matched.items.clear();
            if let Some(found) = &mut of_theirs.matched.customer {
                found.customer = customer;
            }
            policy::decide(&account, &Event::MessageRead(Box::new(of_theirs)), &world)
        } else {
            policy::heard_beside(&account, reading, &world)
        };
        unit.record(&account, &decision, moment.instant)?;
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

/// A mail that belongs to no account still reaches the owner when it speaks of money or stands in a known thread.
/// Everything else already lies in the owner's own INBOX: a second mail about it would be noise. So is a stranger's mail
/// of weeks ago, found when the history is read: the owner has seen it long since.
fn waits_for_a_person(reading: &Reading, verdict: &Verdict, moment: Moment) -> bool {
    let about_money = reading.intents.iter().any(|finding| {
        !matches!(finding.intent, Intent::Unrelated | Intent::Acknowledgement | Intent::AutoReply | Intent::Bounce)
    });
    let tied = reading.matched.known_thread || !reading.matched.items.is_empty();
    verdict.disposition != Disposition::Ignore
        && reading.kind == MessageKind::Reply
        && (tied || (about_money && reading.addressed_to_us && is_recent(reading, moment)))
}

fn is_recent(reading: &Reading, moment: Moment) -> bool {
    moment.instant - reading.received <= chrono::Duration::days(STRANGER_DAYS)
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
