//! Drafts: laid down for the owner, noticed when sent, edited or deleted, withdrawn when the state changes.
//!
//! A draft that is gone from Drafts and not found in Sent means *no*, but only some minutes after it was first missed:
//! a mail program takes a moment between removing the draft and filing the sent copy.

use super::crash;
use super::delivery::{Progress, check, not_rendered};
use super::error::AgentError;
use super::notices::write_mail;
use super::outcome::tell_policy;
use super::pass::{Agent, PassReport};
use crate::ledger::event::DeliveryOutcome;
use crate::ledger::ids::OutboxId;
use crate::ledger::mail::{MailPlan, OutboxState};
use crate::ledger::moment::Moment;
use crate::ledger::words::{Mode, Purpose};
use crate::mailbox::{Appended, Coverage, Fetched, Folder, ItemId};
use crate::message::Message;
use crate::policy::Recheck;
use crate::store::{Origin, OutboxFilter, StoredMail, ThreadLink, Unit, WAITS_FOR_APPROVAL};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;

/// A draft that has been missing for this long, and is not in Sent, was deleted.
const MISSED_MINUTES: i64 = 2;

/// So long a draft that the server lists and does not show keeps others from being laid.
const UNSHOWN_MINUTES: i64 = 60;
/// Where it is remembered since when that is so.
const UNSHOWN_SINCE: &str = "drafts.unshown_since";

/// What lies in Drafts under one of our references.
struct Lying {
    id: ItemId,
    fingerprint: String,
}

impl Agent {
    /// Does this mail go into Drafts rather than out?
    pub(super) fn is_for_drafts(&self, stored: &StoredMail) -> Result<bool, AgentError> {
        let plan = &stored.row.plan;
        if plan.purpose == Purpose::Notice {
            return Ok(false);
        }
        let mode = self.mode_of(plan);
        // The final notice is the owner's to finish and sign, whatever the mode, and also once it was approved.
        let is_owners = mode != Mode::Observe && self.is_owners_letter(plan);
        Ok(match stored.row.state {
            OutboxState::Planned => is_owners || mode == Mode::Draft && !stored.row.approved,
            // In `draft` the owner's sending is the approval that any other mail waits for.
            OutboxState::Held => {
                let waits = stored.row.state_reason.as_deref() == Some(WAITS_FOR_APPROVAL);
                is_owners || mode == Mode::Draft && waits
            }
            _ => false,
        })
    }

    /// What may happen with this mail: what `[modes]` says, and no more than its customer's group and its step allow.
    fn mode_of(&self, plan: &MailPlan) -> Mode {
        let policy = &self.office.policy;
        let firm = policy.mode(plan.purpose);
        let has_groups = policy.customers.groups.values().any(|group| group.mode.is_some());
        if !has_groups && !policy.has_drafted_step(plan) {
            return firm;
        }
        let Some(customer) = plan.customer else { return firm };
        // An account that cannot be read now sends nothing by itself.
        let account = self.store.look().account(customer).ok().flatten();
        account.map_or(firm.min(Mode::Draft), |account| policy.mode_of(&account, plan))
    }

    fn is_owners_letter(&self, plan: &MailPlan) -> bool {
        plan.steps.iter().any(|planned| self.office.policy.owners_steps().any(|step| planned.step == *step))
    }

    /// Compares Drafts with what we laid there, and lays down the owner's letters.
    pub(super) fn look_after_drafts(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        let drafted = OutboxFilter { states: vec![OutboxState::Drafted], ..OutboxFilter::default() };
        let rows = self.store.look().outbox(&drafted)?;
        let withdrawn = self.store.look().drafts_to_remove()?;
        if rows.is_empty() && withdrawn.is_empty() {
            return Ok(());
        }
        let listing = self.mailbox.enumerate(Folder::Drafts)?;
        let (lying, all_read) = self.lying_drafts(&listing.ids)?;
        let find = |row: &StoredMail| row.reference.as_ref().and_then(|reference| lying.get(reference));
        let complete = listing.coverage == Coverage::Whole && all_read;
        for row in withdrawn {
            self.withdraw(&row, find(&row), complete, report)?;
        }
        for row in rows {
            self.watch(&row, find(&row), complete)?;
        }
        Ok(())
    }

    /// Lays down what only the owner may finish.
    pub(super) fn lay_owners_letters(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        let held = OutboxFilter { states: vec![OutboxState::Held], ..OutboxFilter::default() };
        for row in self.store.look().outbox(&held)? {
            if self.is_for_drafts(&row)? && self.store.look().halted()?.is_none() {
                let moment = self.moment();
                if matches!(self.lay_draft(row.row.id, moment)?, Progress::Drafted) {
                    report.drafted += 1;
                }
            }
        }
        Ok(())
    }

    /// What lies in Drafts under our references, and whether every draft could be looked at. Only drafts of ours are
    /// fetched whole: the owner's may be large.
    fn lying_drafts(&mut self, ids: &[ItemId]) -> Result<(BTreeMap<String, Lying>, bool), AgentError> {
        let heads = self.mailbox.heads(Folder::Drafts, ids)?;
        let mut all_read = heads.len() == ids.len();
        let is_ours = |bytes: &[u8]| crate::message::read(bytes, &self.office.reader).own_reference.is_some();
        let ours: Vec<ItemId> = heads.into_iter().filter(|head| is_ours(&head.bytes)).map(|head| head.id).collect();
        let limit = self.office.max_mail_bytes;
        self.mailbox.expect(Folder::Drafts, &ours, limit);
        let mut lying = BTreeMap::new();
        for id in ours {
            match self.mailbox.fetch(Folder::Drafts, &id, limit)? {
                Fetched::Got(raw) => {
                    let message = crate::message::read(&raw.bytes, &self.office.reader);
                    let fingerprint = fingerprint(&message);
                    if let Some(reference) = message.own_reference {
                        lying.insert(reference, Lying { id, fingerprint });
                    }
                }
                Fetched::Vanished => {}
                Fetched::Retry(_) => all_read = false,
            }
        }
        Ok((lying, all_read))
    }

    /// Is there a draft that could not be looked at, for less than an hour?
    fn waits_for_unshown(&mut self, all_read: bool) -> Result<bool, AgentError> {
        let now = self.clock.now();
        let since = self.store.look().setting(UNSHOWN_SINCE)?.and_then(|at| at.parse::<DateTime<Utc>>().ok());
        match since.filter(|since| *since <= now) {
            None if all_read => Ok(false),
            Some(since) if !all_read => Ok(now - since < Duration::minutes(UNSHOWN_MINUTES)),
            _ => {
                let at = (!all_read).then(|| now.to_rfc3339());
                self.store.write(|unit| unit.set_setting(UNSHOWN_SINCE, at.as_deref()))?;
                Ok(!all_read)
            }
        }
    }

    /// The state changed: our draft goes, unless the owner has worked on it.
    fn withdraw(
        &mut self,
        row: &StoredMail,
        found: Option<&Lying>,
        complete: bool,
        report: &mut PassReport,
    ) -> Result<(), AgentError> {
        let id = row.row.id;
        let laid = self.store.look().setting(&fingerprint_name(id))?;
        match found {
            Some(lying) if laid.as_deref() == Some(lying.fingerprint.as_str()) => {
                self.mailbox.remove(Folder::Drafts, &lying.id)?;
                report.withdrawn += 1;
            }
            Some(_) => {}
            None if complete => self.finish_removal(row)?,
            None => return Ok(()),
        }
        self.store.write(|unit| -> Result<(), AgentError> { Ok(unit.draft_removed(id)?) })
    }

    /// A server removes in two steps, and the process may have ended between them: the draft is marked as deleted, shows
    /// in no listing, and still lies there.
    fn finish_removal(&mut self, row: &StoredMail) -> Result<(), AgentError> {
        let Some(id) = row.draft.clone().map(ItemId) else { return Ok(()) };
        for head in self.mailbox.heads(Folder::Drafts, std::slice::from_ref(&id))? {
            // The id may mean another draft by now.
            if crate::message::read(&head.bytes, &self.office.reader).own_reference == row.reference {
                self.mailbox.remove(Folder::Drafts, &id)?;
            }
        }
        Ok(())
    }

    fn watch(&mut self, row: &StoredMail, found: Option<&Lying>, complete: bool) -> Result<(), AgentError> {
        let moment = self.moment();
        let office = &self.office;
        let id = row.row.id;
        let first = self.store.look().setting(&missed_name(id))?.and_then(|at| at.parse::<DateTime<Utc>>().ok());
        if found.is_some() {
            if first.is_some() {
                self.store.write(|unit| -> Result<(), AgentError> { Ok(unit.set_setting(&missed_name(id), None)?) })?;
            }
            return Ok(());
        }
        if !complete {
            return Ok(());
        }
        let now = moment.instant;
        let Some(first) = first else {
            let at = now.to_rfc3339();
            return self
                .store
                .write(|unit| -> Result<(), AgentError> { Ok(unit.set_setting(&missed_name(id), Some(&at))?) });
        };
        // Only a look into all of Sent that came later tells a deleted draft from one that was sent.
        let sent_seen = self.store.look().folder_enumerated(Folder::Sent.as_str())?;
        if now - first < Duration::minutes(MISSED_MINUTES) || sent_seen.is_none_or(|at| at <= first) {
            return Ok(());
        }
        self.store.write(|unit| -> Result<(), AgentError> {
            unit.discarded(id)?;
            unit.set_setting(&missed_name(id), None)?;
            tell_policy(unit, office, moment, row, DeliveryOutcome::Discarded)
        })
    }

    /// Names the draft, lays it into Drafts and notes that it lies there. A crash in between is healed by looking for
    /// its reference before laying it.
    pub(super) fn lay_draft(&mut self, id: OutboxId, moment: Moment) -> Result<Progress, AgentError> {
        crash::reached("draft.before_freeze");
        let owners = self.store.look().outbox_row(id)?.is_some_and(|row| self.is_owners_letter(&row.row.plan));
        let office = &self.office;
        let named = self.store.write(|unit| -> Result<Named, AgentError> {
            let Some(stored) = unit.outbox_row(id)? else { return Ok(Named::NotNow) };
            if unit.in_one_mail(id)?.len() > 1 {
                // Written for several accounts when it was to leave by itself: the owner sends one by one.
                unit.cancel(id, "It is laid into Drafts, and there each customer has a mail of its own")?;
                return Ok(Named::Cancelled);
            }
            match check(unit, office, moment, &stored)? {
                Recheck::Go => {}
                // The owner's own letter has no window: it leaves by the owner's hand.
                Recheck::Wait { .. } if stored.row.state == OutboxState::Held || owners => {}
                Recheck::Wait { until, reason } => {
                    unit.postpone(id, until, &reason)?;
                    return Ok(Named::NotNow);
                }
                Recheck::Cancel { reason } => {
                    unit.cancel(id, &reason)?;
                    return Ok(Named::Cancelled);
                }
            }
            name(unit, office, moment, &stored)
        })?;
        let (reference, bytes) = match named {
            Named::Draft { reference, bytes } => (reference, bytes),
            Named::NotNow => return Ok(Progress::Waits),
            Named::Cancelled => return Ok(Progress::Withdrawn),
        };
        let listing = self.mailbox.enumerate(Folder::Drafts)?;
        let (mut lying, all_read) = self.lying_drafts(&listing.ids)?;
        let lying = lying.remove(&reference).map(|lying| lying.id);
        // One that could not be looked at may be this very draft, and two of them invite sending both. But one that never
        // can is not waited for.
        let waits = self.waits_for_unshown(all_read)? || listing.coverage == Coverage::Unsettled;
        if lying.is_none() && waits {
            return Ok(Progress::Waits);
        }
        crash::reached("draft.before_append");
        let item = match lying {
            Some(item) => item,
            None => match self.mailbox.append(Folder::Drafts, &bytes) {
                Appended::Done(item) => item,
                Appended::Failed(_) | Appended::Unknown(_) => return Ok(Progress::Waits),
            },
        };
        crash::reached("draft.after_append");
        self.store.write(|unit| -> Result<(), AgentError> { Ok(unit.drafted(id, &item.0)?) })?;
        crash::reached("draft.after_record");
        Ok(Progress::Drafted)
    }
}

enum Named {
    Draft { reference: String, bytes: Vec<u8> },
    NotNow,
    Cancelled,
}

fn name(
    unit: &mut Unit<'_>,
    office: &super::office::Office,
    moment: Moment,
    stored: &StoredMail,
) -> Result<Named, AgentError> {
    let row = &stored.row;
    let domain = office.letterhead.address.domain();
    let ids = crate::templates::mail_ids(&unit.secret()?, &row.plan.key, row.revision, domain);
    let rendered = match write_mail(unit, office, moment, row, &ids, false)? {
        Ok(rendered) => rendered,
        Err(why) => {
            not_rendered(unit, office, moment, stored, &why)?;
            return Ok(Named::NotNow);
        }
    };
    if stored.reference.is_none() {
        unit.name(row.id, &ids.rfc_id, &ids.reference)?;
    }
    let message = crate::message::read(&rendered.bytes, &office.reader);
    unit.set_setting(&fingerprint_name(row.id), Some(&fingerprint(&message)))?;
    unit.set_setting(&subject_name(row.id), Some(&rendered.subject))?;
    if let Some(customer) = row.plan.customer {
        let link = ThreadLink { customer, items: row.plan.items.clone(), origin: Origin::Own };
        unit.link_thread(&ids.rfc_id, &link)?;
    }
    Ok(Named::Draft { reference: ids.reference, bytes: rendered.bytes })
}

/// Mail programs rewrite headers when they merely open a draft: what counts is to whom, the subject and the text.
fn fingerprint(message: &Message) -> String {
    let to: Vec<&str> = message.to.iter().filter_map(|to| Some(to.address.as_ref()?.as_str())).collect();
    let words = message.words.signed.split_whitespace().collect::<Vec<_>>().join(" ");
    let whole = format!("{}\n{}\n{words}", to.join(","), message.subject);
    crate::message::identity(whole.as_bytes()).to_string()
}

/// Where the particulars of a draft are remembered.
pub(super) const REMEMBERED: [&str; 3] = ["draft.fingerprint.", "draft.missed.", "draft.subject."];

fn fingerprint_name(id: OutboxId) -> String {
    format!("draft.fingerprint.{id}")
}

fn missed_name(id: OutboxId) -> String {
    format!("draft.missed.{id}")
}

/// Where the subject of a draft is remembered, to know it again in Sent when a mail program changed its ids.
pub(super) fn subject_name(id: OutboxId) -> String {
    format!("draft.subject.{id}")
}
