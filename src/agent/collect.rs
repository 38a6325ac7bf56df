//! Out of the mailbox, into the store: every item of every watched folder is kept before it is read. A folder is listed,
//! what is unknown is fetched, and an item is done only when its bytes are committed; there is no water mark.

use super::crash;
use super::error::AgentError;
use super::history::{fingerprint, note_read_since};
use super::intake::open_bare_case;
use super::onlooker::Work;
use super::pass::{Agent, PassReport};
use crate::ledger::case::CaseKind;
use crate::ledger::ids::MessageIdentity;
use crate::ledger::words::MessageKind;
use crate::mailbox::{Coverage, Fetched, Folder, ItemId, Listing, RawMail};
use crate::store::{MessageState, RawDigest, SeenState, StoredMessage};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// After this many failed attempts an item is set aside and the owner told once.
pub(super) const ATTEMPTS: u32 = 3;

/// After this many it is not tried any more: an hour lies between two.
const ATTEMPTS_IN_ALL: u32 = ATTEMPTS + 48;

/// Sent first: an answer must find the thread that it answers. Junk after INBOX, where mail is moved to.
const WATCHED: [Folder; 3] = [Folder::Sent, Folder::Inbox, Folder::Junk];

/// What came of one look into a folder.
struct Looked {
    /// Something was listed and gone when it was fetched.
    has_moved: bool,
    /// All that it holds is known now.
    is_settled: bool,
}

impl Agent {
    /// Lists the watched folders and keeps what is new in them.
    pub(super) fn collect_all(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        let mut unsettled = None;
        // What is moved between listing and fetching lies in a folder that was listed before: looked at once more.
        for _ in 0..2 {
            report.postponed = 0;
            let mut has_moved = false;
            unsettled = None;
            for folder in WATCHED {
                let looked = self.collect(folder, report)?;
                has_moved |= looked.has_moved;
                if !looked.is_settled && folder != Folder::Junk {
                    unsettled = Some(folder);
                }
            }
            if !has_moved {
                break;
            }
        }
        match unsettled {
            Some(folder) => self.not_at_rest(folder),
            None => self.heard_again(),
        }
    }

    /// Keeps what is new in a folder.
    fn collect(&mut self, folder: Folder, report: &mut PassReport) -> Result<Looked, AgentError> {
        let now = self.clock.now();
        let horizon = self.horizon()?;
        let listing = self.mailbox.enumerate(folder)?;
        let known = self.tell_old_from_new(folder, &listing, horizon)?;
        let wanted = wanted(&listing, &known);
        self.note_wanted(folder, &listing, &known, &wanted)?;
        self.may_end_here(Work::Listed(folder, wanted.len()))?;
        self.mailbox.expect(folder, &wanted, self.office.max_mail_bytes);
        let (mut postponed, mut has_moved) = (0, false);
        for id in &wanted {
            match self.mailbox.fetch(folder, id, self.office.max_mail_bytes)? {
                Fetched::Got(raw) => self.keep(folder, &listing.epoch, id, &raw)?,
                Fetched::Vanished => {
                    has_moved = true;
                    self.store.write(|unit| -> Result<(), AgentError> {
                        Ok(unit.forget_item(folder.as_str(), &listing.epoch, &id.0)?)
                    })?;
                }
                Fetched::Retry(why) => {
                    postponed += 1;
                    self.set_aside(folder, &listing.epoch, id, &why)?;
                }
            }
            self.may_end_here(Work::Fetched(folder))?;
        }
        report.postponed += postponed;
        let is_settled = listing.coverage != Coverage::Unsettled && postponed == 0 && !has_moved;
        if listing.coverage == Coverage::Whole {
            self.forget_gone(folder, &listing, &known, is_settled)?;
        }
        if is_settled {
            self.store.write(|unit| -> Result<(), AgentError> {
                unit.note_folder_enumerated(folder.as_str(), now)?;
                note_read_since(unit, folder, horizon)
            })?;
        }
        self.try_given_up(folder, &listing, &known)?;
        Ok(Looked { has_moved, is_settled })
    }

    /// What is listed and unknown is noted before the first of it is fetched: the next listing may show the newest part
    /// only, and nothing leaves to a customer while a mail lies there unread.
    fn note_wanted(
        &mut self,
        folder: Folder,
        listing: &Listing,
        known: &BTreeMap<String, SeenState>,
        wanted: &[ItemId],
    ) -> Result<(), AgentError> {
        let fresh: Vec<&ItemId> = wanted.iter().filter(|id| !known.contains_key(&id.0)).collect();
        if fresh.is_empty() {
            return Ok(());
        }
        self.store.write(|unit| -> Result<(), AgentError> {
            for id in fresh {
                unit.note_listed(folder.as_str(), &listing.epoch, &id.0)?;
            }
            Ok(())
        })
    }

    /// A name that is gone may come back with another mail in it (a mailbox filled anew): it is fetched again then, and
    /// a mail that is known by its content is not decided on twice. So nothing of it need be remembered.
    fn forget_gone(
        &mut self,
        folder: Folder,
        listing: &Listing,
        known: &BTreeMap<String, SeenState>,
        is_settled: bool,
    ) -> Result<(), AgentError> {
        let listed: BTreeSet<&str> = listing.ids.iter().map(|id| id.0.as_str()).collect();
        let gone: Vec<&String> = known.keys().filter(|name| !listed.contains(name.as_str())).collect();
        self.store.write(|unit| -> Result<(), AgentError> {
            for name in gone {
                unit.forget_item(folder.as_str(), &listing.epoch, name)?;
            }
            // Everything of this epoch is known now: the names of earlier ones help nobody.
            if is_settled {
                unit.forget_other_epochs(folder.as_str(), &listing.epoch)?;
            }
            Ok(())
        })
    }

    /// Raw bytes first: committed before anything is parsed.
    fn keep(&mut self, folder: Folder, epoch: &str, id: &ItemId, raw: &RawMail) -> Result<(), AgentError> {
        crash::reached("intake.before_raw");
        let identity = crate::message::identity(&raw.bytes);
        let received = arrival(folder, raw, self.clock.now());
        let size = u64::try_from(raw.bytes.len()).ok().filter(|_| !raw.truncated);
        let name = folder.as_str();
        self.store.write(|unit| -> Result<(), AgentError> {
            let put_back = unit
                .seen_item(name, epoch, &id.0)?
                .is_some_and(|seen| seen.state == SeenState::Retry && seen.identity == Some(identity));
            match unit.message(identity)? {
                None => {
                    let digest = unit.store_raw(&raw.bytes)?;
                    unit.put_message(&arrived(identity, folder, received, digest))?;
                }
                // The owner's copy to themselves came first, and was taken for nothing but that: the copy in Sent is what
                // they did.
                Some(known) if folder == Folder::Sent && is_unheeded(&known) => {
                    let digest = unit.store_raw(&raw.bytes)?;
                    let received = received.min(known.received);
                    unit.put_message(&StoredMessage { received, ..arrived(identity, folder, received, digest) })?;
                }
                // Tied to nobody when it was read, and its bytes were dropped: read once more, as of the day it came.
                Some(known)
                    if put_back
                        && known.customer.is_none()
                        && known.raw.is_none()
                        && known.state == MessageState::Decided =>
                {
                    let digest = unit.store_raw(&raw.bytes)?;
                    unit.put_message(&StoredMessage { state: MessageState::Received, raw: Some(digest), ..known })?;
                }
                // The same mail in a second folder, or under a new name, is known already: no second decision.
                Some(_) => {}
            }
            unit.note_seen(name, epoch, &id.0, Some(identity), SeenState::Done)?;
            unit.note_head(name, epoch, &id.0, &fingerprint(&raw.bytes), size)?;
            Ok(())
        })?;
        crash::reached("intake.after_raw");
        Ok(())
    }

    fn set_aside(&mut self, folder: Folder, epoch: &str, id: &ItemId, why: &str) -> Result<(), AgentError> {
        let moment = self.moment();
        let name = folder.as_str();
        let is_given_up = self.store.write(|unit| -> Result<bool, AgentError> {
            let attempts = unit.note_retry(name, epoch, &id.0, why)?;
            if attempts >= ATTEMPTS {
                unit.quarantine(name, epoch, &id.0, why, attempts)?;
                let fact = format!("A mail in {name} could not be fetched: {why}");
                open_bare_case(unit, CaseKind::UnreadableMail, None, moment.instant, fact)?;
                unit.set_setting(&tried_name(folder), Some(&moment.instant.to_rfc3339()))?;
            }
            Ok(attempts >= ATTEMPTS)
        })?;
        if !is_given_up {
            return Ok(());
        }
        // Known again by its header, it is not tried and told anew when the mailbox renames everything.
        let heads = self.mailbox.heads(folder, std::slice::from_ref(id))?;
        self.store.write(|unit| -> Result<(), AgentError> {
            for head in heads {
                unit.note_head(name, epoch, &head.id.0, &fingerprint(&head.bytes), head.size)?;
            }
            Ok(())
        })
    }
}

impl Agent {
    /// What was given up may have been held back by a trouble of the server that is over: tried again once an hour, for
    /// some days, the least tried first, up to the first that still cannot be had. Nobody is told anew.
    fn try_given_up(
        &mut self,
        folder: Folder,
        listing: &Listing,
        known: &BTreeMap<String, SeenState>,
    ) -> Result<(), AgentError> {
        let now = self.clock.now();
        let mut given_up = Vec::new();
        for id in listing.ids.iter().filter(|id| known.get(&id.0) == Some(&SeenState::Quarantined)) {
            let seen = self.store.look().seen_item(folder.as_str(), &listing.epoch, &id.0)?;
            given_up
                .extend(seen.filter(|seen| seen.attempts < ATTEMPTS_IN_ALL).map(|seen| (seen.attempts, id.clone())));
        }
        let tried = self.store.look().setting(&tried_name(folder))?;
        let tried = tried.and_then(|at| at.parse::<DateTime<Utc>>().ok());
        if given_up.is_empty() || tried.is_some_and(|at| at <= now && now - at < Duration::hours(1)) {
            return Ok(());
        }
        self.store.write(|unit| unit.set_setting(&tried_name(folder), Some(&now.to_rfc3339())))?;
        given_up.sort();
        for (attempts, id) in given_up {
            match self.mailbox.fetch(folder, &id, self.office.max_mail_bytes)? {
                Fetched::Got(raw) => self.keep(folder, &listing.epoch, &id, &raw)?,
                Fetched::Vanished => {}
                Fetched::Retry(why) => {
                    let attempts = attempts.saturating_add(1);
                    return Ok(self
                        .store
                        .write(|unit| unit.quarantine(folder.as_str(), &listing.epoch, &id.0, &why, attempts))?);
                }
            }
            self.may_end_here(Work::Fetched(folder))?;
        }
        Ok(())
    }
}

/// Where it is remembered when what was given up was tried last.
fn tried_name(folder: Folder) -> String {
    format!("collect.given_up.{}", folder.as_str())
}

/// Our own or the owner's mail, seen elsewhere than in Sent, and of no consequence so far.
fn is_unheeded(known: &StoredMessage) -> bool {
    known.folder != Folder::Sent.as_str()
        && known.kind == MessageKind::Own
        && known.customer.is_none()
        && known.state == MessageState::Decided
}

/// What is to be fetched of a listing, oldest first. What was put back may be older than the part that is listed.
fn wanted(listing: &Listing, known: &BTreeMap<String, SeenState>) -> Vec<ItemId> {
    let mut wanted = Vec::new();
    if listing.coverage != Coverage::Whole {
        let listed: BTreeSet<&str> = listing.ids.iter().map(|id| id.0.as_str()).collect();
        let put_back = known.iter().filter(|(id, state)| **state == SeenState::Retry && !listed.contains(id.as_str()));
        wanted.extend(put_back.map(|(id, _)| ItemId(id.clone())));
    }
    let is_open = |id: &&ItemId| matches!(known.get(&id.0), None | Some(SeenState::Retry | SeenState::Vanished));
    wanted.extend(listing.ids.iter().filter(is_open).cloned());
    wanted
}

/// The earliest of what the mailbox says, what the mail itself says, and now. A tool that copies a mailbox often gives
/// every file the time of the copy: old mails would look as if they had come today, and be answered. Of a received mail
/// the server's stamp is asked, of a sent one the owner's Date: a customer's clock may be wrong. Taking a mail for older
/// than it is costs at worst a question.
fn arrival(folder: Folder, raw: &RawMail, now: DateTime<Utc>) -> DateTime<Utc> {
    let said = match folder {
        Folder::Sent => crate::message::written(&raw.bytes),
        _ => crate::message::stamped(&raw.bytes),
    };
    let known = raw.received.min(now);
    said.map_or(known, |said| known.min(said))
}

fn arrived(identity: MessageIdentity, folder: Folder, received: DateTime<Utc>, digest: RawDigest) -> StoredMessage {
    StoredMessage {
        identity,
        rfc_id: None,
        folder: folder.as_str().to_owned(),
        received,
        from: None,
        subject: String::new(),
        kind: MessageKind::Other,
        state: MessageState::Received,
        verdict: None,
        reading: None,
        customer: None,
        raw: Some(digest),
    }
}
