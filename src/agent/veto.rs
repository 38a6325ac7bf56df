//! The owner's answer to the list of the morning: what it says no to does not leave.
//!
//! It is told by the list's own Message-ID, which nobody can know but who received the list. It can only stop, so that an
//! answer that is not understood makes the rest of the list wait, and nothing written in one ever lets a mail go. A mail in
//! that thread which anybody else wrote, or which somebody else gets too, stops as well, and is decided on like any other.

use super::error::AgentError;
use super::forewarning::mails_since;
use super::incoming::keep_or_forget;
use super::intake::Sitting;
use super::notices::plan_of;
use super::office::Office;
use super::outcome::tell_policy;
use crate::ledger::decision::Verdict;
use crate::ledger::event::DeliveryOutcome;
use crate::ledger::ids::OutboxId;
use crate::ledger::mail::{BusinessKey, OutboxState};
use crate::ledger::reading::Reading;
use crate::ledger::words::{Disposition, MessageKind};
use crate::message::{Correspondent, Message, Reader};
use crate::owner;
use crate::store::{StoredMail, StoredMessage, Unit, WAITS_FOR_APPROVAL};
use std::collections::{BTreeMap, BTreeSet};

/// The list that a person's mail answers.
pub(super) fn list_answered(
    unit: &Unit<'_>,
    stored: &StoredMessage,
    message: &Message,
) -> Result<Option<StoredMail>, AgentError> {
    if !matches!(message.kind, MessageKind::Own | MessageKind::Reply) {
        return Ok(None);
    }
    for id in message.thread.iter().chain(&message.references) {
        let row = unit.outbox_by_rfc_id(id)?;
        if let Some(list) = row.filter(|row| matches!(row.row.plan.key, BusinessKey::Forewarning(_))) {
            return Ok(is_of_a_person(unit, stored, message)?.then_some(list));
        }
    }
    Ok(None)
}

/// The owner's own address says nothing about who wrote: their absence answers in their name too.
fn is_of_a_person(unit: &Unit<'_>, stored: &StoredMessage, message: &Message) -> Result<bool, AgentError> {
    if message.kind == MessageKind::Reply {
        return Ok(true);
    }
    let Some(raw) = unit.raw(stored.identity)? else { return Ok(false) };
    Ok(crate::message::read(&raw, &Reader::default()).kind == MessageKind::Reply)
}

/// Between the owner and the firm only: an answer to the list and nothing else.
fn is_private(office: &Office, message: &Message) -> bool {
    let own = &office.policy.own_addresses;
    let ours = |person: &Correspondent| person.address.as_ref().is_some_and(|address| own.contains(address));
    let all = || message.from.iter().chain(&message.to).chain(&message.cc);
    !message.from.is_empty() && all().all(ours)
}

/// Stops what the answer says no to. Reading it once more changes nothing. True when that is all there is to it.
pub(super) fn heed(
    unit: &mut Unit<'_>,
    sitting: &Sitting<'_>,
    stored: &StoredMessage,
    (message, reading): (&Message, &Reading),
    list: &StoredMail,
) -> Result<bool, AgentError> {
    let listed = mails_since(unit, list.row.id)?;
    let veto = owner::read_veto(&message.words.new, &listed, &invoice_numbers(unit, &listed)?);
    for id in &veto.stopped {
        stop(unit, sitting, OutboxId(*id))?;
    }
    if veto.is_unclear {
        for id in listed.difference(&veto.stopped) {
            let waits = unit.outbox_row(OutboxId(*id))?.is_some_and(|row| row.row.state.is_waiting());
            if waits {
                unit.hold(OutboxId(*id), WAITS_FOR_APPROVAL)?;
            }
        }
    }
    let said: Vec<String> = veto.stopped.iter().map(ToString::to_string).collect();
    let rest = if veto.is_unclear { "; it was not understood in full, so the rest of the list waits" } else { "" };
    let reason = if said.is_empty() {
        format!("The owner's answer to the list of the day: it says no to nothing{rest}")
    } else {
        format!("The owner's answer to the list of the day: no to {}{rest}", said.join(", "))
    };
    let verdict = Verdict { disposition: Disposition::Ignore, automatic_answer: None, reason };
    if !is_private(sitting.office, message) {
        return Ok(false);
    }
    keep_or_forget(unit, stored, reading, &verdict, None)?;
    Ok(true)
}

/// For each listed mail the figures in the numbers of its documents: "no n. 2" may mean the invoice 2 of another mail.
fn invoice_numbers(unit: &Unit<'_>, listed: &BTreeSet<i64>) -> Result<BTreeMap<i64, BTreeSet<i64>>, AgentError> {
    let mut found = BTreeMap::new();
    for id in listed {
        let Some(row) = unit.outbox_row(OutboxId(*id))? else { continue };
        let Some(customer) = row.row.plan.customer else { continue };
        let Some(account) = unit.account(customer)? else { continue };
        let items = row.row.plan.items.iter().filter_map(|item| account.receivable(*item));
        let figures = items.flat_map(|item| owner::figures(&item.key.name())).collect();
        found.insert(*id, figures);
    }
    Ok(found)
}

fn stop(unit: &mut Unit<'_>, sitting: &Sitting<'_>, id: OutboxId) -> Result<(), AgentError> {
    let (office, moment) = (sitting.office, sitting.moment);
    let Some(row) = unit.outbox_row(id)? else { return Ok(()) };
    if row.row.state.is_waiting() || row.row.state == OutboxState::Held {
        unit.cancel(id, "The owner said no to it")?;
        return tell_policy(unit, office, moment, &row, DeliveryOutcome::Discarded);
    }
    if row.row.state == OutboxState::Cancelled {
        // Planned anew under another number since: the no is to its step, whatever the number.
        return tell_policy(unit, office, moment, &row, DeliveryOutcome::Discarded);
    }
    if row.row.state.may_have_left() {
        let account = match row.row.plan.customer {
            Some(customer) => unit.account(customer)?,
            None => None,
        };
        let name = account.map(|account| account.customer.name).unwrap_or_default();
        let text = owner::too_late(id, &name, office.owner.language);
        let key = BusinessKey::Warning(format!("too-late-{id}"), moment.today());
        unit.plan(&plan_of(office, moment, key, &text), None, moment.instant)?;
    }
    Ok(())
}
