//! Mail in Sent: our own copies, drafts that the owner sent, and what the owner wrote by hand.
//! The owner's hand counts at once: an invoice links its thread and document, a reminder counts as a step, anything
//! else makes the agent stand back.

use super::crash;
use super::drafts::subject_name;
use super::error::AgentError;
use super::incoming::keep_or_forget;
use super::intake::Sitting;
use super::office::Office;
use super::outcome::{settle_by_evidence, tell_policy};
use super::pass::{Agent, PassReport, decide_and_keep};
use crate::classify;
use crate::ledger::decision::Verdict;
use crate::ledger::event::{DeliveryOutcome, Event};
use crate::ledger::ids::{CustomerId, ReceivableId};
use crate::ledger::mail::OutboxState;
use crate::ledger::moment::Moment;
use crate::ledger::reading::{OwnMail, OwnMailKind, Reading};
use crate::ledger::words::Disposition;
use crate::mailbox::{Appended, Folder};
use crate::matching::{self, Directory};
use crate::message::Message;
use crate::store::{Document, Origin, OutboxFilter, SentCopy, StoredMail, StoredMessage, ThreadLink, Unit};

impl Agent {
    /// Lays the copy of what was accepted into Sent, once: the next pass would find it there.
    pub(super) fn copy_to_sent(&mut self, _report: &mut PassReport) -> Result<(), AgentError> {
        for row in self.store.look().sent_copies_open()? {
            let Some(frozen) = self.store.look().frozen(row.row.id)? else { continue };
            crash::reached("copy.before_append");
            let appended = self.mailbox.append(Folder::Sent, &frozen.bytes);
            crash::reached("copy.after_append");
            let state = match appended {
                Appended::Done(_) => SentCopy::Done,
                // Looked for by the next intake of Sent; only then tried again.
                Appended::Unknown(_) => SentCopy::Unknown,
                Appended::Failed(_) => SentCopy::Wanted,
            };
            self.store.write(|unit| -> Result<(), AgentError> { Ok(unit.set_sent_copy(row.row.id, state)?) })?;
            crash::reached("copy.after_record");
        }
        Ok(())
    }
}

/// Decides on a mail in Sent. True when it is a copy of what the agent sent itself.
pub(super) fn decide_on_own(
    unit: &mut Unit<'_>,
    sitting: &Sitting<'_>,
    stored: &StoredMessage,
    message: &Message,
    reading: &Reading,
    directory: &mut Directory,
) -> Result<bool, AgentError> {
    let (office, moment) = (sitting.office, sitting.moment);
    let identified = matching::identify_own(message, directory);
    let of_ours = row_of(unit, message, identified.customer)?;
    let reason = if let Some(row) = &of_ours {
        recognise(unit, office, moment, row)?
    } else if let Some(customer) = identified.customer {
        let kind = kind_of(unit, office, message, customer, &identified)?;
        by_hand(unit, sitting, stored, customer, (&identified.items, kind))?
    } else {
        let mut reason = "The owner's own mail, about no receivable".to_owned();
        // An answer in the thread of a mail that spoke for several is the owner's hand for each of them.
        for row in answered_together(unit, message)? {
            if let Some(customer) = row.row.plan.customer {
                let about = (&row.row.plan.items, OwnMailKind::Other);
                reason = by_hand(unit, sitting, stored, customer, about)?;
            }
        }
        reason
    };
    let customer = identified.customer.or_else(|| of_ours.as_ref().and_then(|row| row.row.plan.customer));
    let together = of_ours.as_ref().map(|row| unit.in_one_mail(row.row.id)).transpose()?.unwrap_or_default();
    let (customer, items) = match together.as_slice() {
        // One that spoke for several stands for all of them, whomever its words name first.
        [carrier, _, ..] => {
            let items = together.iter().flat_map(|row| row.row.plan.items.iter().copied()).collect();
            (carrier.row.plan.customer, items)
        }
        // What we wrote is about what was decided, not about all that it names by the way; a draft is the owner's words.
        [own] if own.frozen.is_some() && !own.row.plan.items.is_empty() => (customer, own.row.plan.items.clone()),
        _ if identified.items.is_empty() => {
            (customer, of_ours.as_ref().map(|row| row.row.plan.items.clone()).unwrap_or_default())
        }
        _ => (customer, identified.items.clone()),
    };
    for (receivable, index) in &identified.documents {
        if let Some(attachment) = message.attachments.get(*index) {
            let document = Document {
                name: attachment.name.clone().unwrap_or_else(|| "document".to_owned()),
                media_type: attachment.media_type.clone(),
                content: attachment.content.clone(),
                message: Some(stored.identity),
            };
            unit.keep_document(*receivable, &document)?;
        }
    }
    let verdict = Verdict { disposition: Disposition::Ignore, automatic_answer: None, reason };
    keep_or_forget(unit, stored, reading, &verdict, customer)?;
    if let (Some(id), Some(customer)) = (&message.rfc_id, customer.filter(|_| !items.is_empty())) {
        let link = ThreadLink { customer, items: items.clone(), origin: Origin::Owner };
        unit.link_thread(id, &link)?;
        for alias in &message.aliases {
            unit.link_thread(alias, &link)?;
        }
        directory.add_thread(id.clone(), matching::ThreadLink { customer, items });
    }
    Ok(of_ours.is_some_and(|row| row.row.state != OutboxState::Drafted))
}

/// The row of the outbox that this mail is: by our own header or Message-ID, else (mail programs change both) a draft
/// to the same people with the same subject.
fn row_of(unit: &Unit<'_>, message: &Message, customer: Option<CustomerId>) -> Result<Option<StoredMail>, AgentError> {
    if let Some(reference) = &message.own_reference
        && let Some(row) = unit.outbox_by_reference(reference)?
    {
        return Ok(Some(row));
    }
    if let Some(id) = &message.rfc_id
        && let Some(row) = unit.outbox_by_rfc_id(id)?
    {
        return Ok(Some(row));
    }
    let Some(customer) = customer else { return Ok(None) };
    let to: Vec<_> = message.to.iter().filter_map(|someone| someone.address.clone()).collect();
    let drafted =
        OutboxFilter { states: vec![OutboxState::Drafted], customer: Some(customer), ..OutboxFilter::default() };
    let subject_of = |row: &StoredMail| unit.setting(&subject_name(row.row.id)).ok().flatten();
    Ok(unit.outbox(&drafted)?.into_iter().find(|row| {
        let same_subject = subject_of(row).as_deref() == Some(message.subject.as_str());
        let same_thread = row
            .row
            .plan
            .answers
            .as_ref()
            .and_then(|answered| answered.rfc_id.as_ref())
            .is_some_and(|id| message.thread.contains(id));
        row.row.plan.to == to && (same_subject || same_thread)
    }))
}

/// The rows of the mail for several accounts that a mail of the owner's answers; none where it answers another.
fn answered_together(unit: &Unit<'_>, message: &Message) -> Result<Vec<StoredMail>, AgentError> {
    for id in &message.thread {
        if let Some(row) = unit.outbox_by_rfc_id(id)? {
            let together = unit.in_one_mail(row.row.id)?;
            return Ok(if together.len() > 1 { together } else { Vec::new() });
        }
    }
    Ok(Vec::new())
}

fn recognise(unit: &mut Unit<'_>, office: &Office, moment: Moment, row: &StoredMail) -> Result<String, AgentError> {
    let id = row.row.id;
    // Laid down, but the agent stopped before it could note so: only a draft has ids and no fixed bytes.
    let was_not_noted = matches!(row.row.state, OutboxState::Planned | OutboxState::Held) && row.frozen.is_none();
    if was_not_noted {
        unit.drafted(id, "")?;
    }
    let was_draft = row.draft.is_some() || was_not_noted;
    match row.row.state {
        // Also one that was withdrawn or given up meanwhile: the owner's hand counts, and it reached the customer.
        OutboxState::Planned
        | OutboxState::Held
        | OutboxState::Drafted
        | OutboxState::Cancelled
        | OutboxState::Discarded
            if was_draft =>
        {
            unit.sent_by_owner(id, moment.instant)?;
            tell_policy(unit, office, moment, row, DeliveryOutcome::SentByOwner)?;
            Ok("The owner sent the draft".to_owned())
        }
        OutboxState::Unsure => {
            settle_by_evidence(unit, office, moment, row, "found in Sent")?;
            unit.set_sent_copy(id, SentCopy::Done)?;
            Ok("Our own mail, found in Sent".to_owned())
        }
        _ => {
            unit.set_sent_copy(id, SentCopy::Done)?;
            Ok("Our own copy".to_owned())
        }
    }
}

/// What the owner did with this mail. One with the document in it is the invoice, unless its words remind; but an
/// answer to what the customer wrote is an answer, whatever is attached and whatever the subject has kept of the thread.
fn kind_of(
    unit: &Unit<'_>,
    office: &Office,
    message: &Message,
    customer: CustomerId,
    identified: &matching::OwnIdentified,
) -> Result<OwnMailKind, AgentError> {
    let kind = office.rules.ready()?.own_mail(&message.subject, &message.words.new);
    if kind == OwnMailKind::Reminder {
        return Ok(kind);
    }
    let carried = !identified.documents.is_empty();
    if kind == OwnMailKind::Other && !carried {
        return Ok(kind);
    }
    // Mail programs that thread nothing still mark the subject.
    let is_answer = !message.thread.is_empty() || classify::is_answer(&message.subject);
    if is_answer && !carried {
        return Ok(OwnMailKind::Other);
    }
    for id in &message.thread {
        let known = unit.find_message(id.as_str())?;
        if known.iter().any(|known| known.customer == Some(customer) && known.folder != Folder::Sent.as_str()) {
            return Ok(OwnMailKind::Other);
        }
    }
    Ok(OwnMailKind::Invoice)
}

fn by_hand(
    unit: &mut Unit<'_>,
    sitting: &Sitting<'_>,
    stored: &StoredMessage,
    customer: CustomerId,
    (items, kind): (&Vec<ReceivableId>, OwnMailKind),
) -> Result<String, AgentError> {
    let Some(account) = unit.account(customer)? else { return Ok("The owner's own mail".to_owned()) };
    let own = OwnMail { identity: stored.identity, sent: stored.received, items: items.clone(), kind };
    decide_and_keep(unit, sitting.office, sitting.moment, &account, &Event::OwnerWrote(Box::new(own)))?;
    Ok(match kind {
        OwnMailKind::Invoice => "The owner sent the invoice",
        OwnMailKind::Reminder => "The owner reminded by hand",
        OwnMailKind::Other => "The owner wrote to the customer",
    }
    .to_owned())
}
