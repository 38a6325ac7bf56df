//! Out of the mailbox, into the store: every item of every watched folder is kept before it is read. A folder is listed,
//! what is unknown is fetched, and an item is done only when its bytes are committed; there is no water mark.

use super::basket::Basket;
use super::crash;
use super::error::AgentError;
use super::history::{fingerprint, note_read_since};
use super::incoming::open_bare_case;
use super::onlooker::Work;
use super::pass::{Agent, PassReport};
use crate::ledger::case::CaseKind;
use crate::mailbox::{Coverage, Fetched, Folder, ItemId, Listing};
use crate::store::SeenState;
use chrono::Duration;
use std::collections::{BTreeMap, BTreeSet};

/// After this many failed attempts an item is set aside and the owner told once.
pub(super) const ATTEMPTS: u32 = 3;

/// After so many hours in which the mailbox could not be read, the owner is told.
pub const PATIENCE_HOURS: i64 = 6;

/// Sent first: an answer must find the thread that it answers. Junk after INBOX, where mail is moved to.
const WATCHED: [Folder; 3] = [Folder::Sent, Folder::Inbox, Folder::Junk];

impl Agent {
    /// Lists the watched folders and keeps what is new in them.
    pub(super) fn collect_all(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        // What is moved between listing and fetching lies in a folder that was listed before: looked at once more.
        for _ in 0..2 {
            report.postponed = 0;
            let mut has_moved = false;
            for folder in WATCHED {
                has_moved |= self.collect(folder, report)?;
            }
            if !has_moved {
                break;
            }
        }
        self.tell_unsettled(report)
    }

    /// A folder whose listing never comes to rest, or never fits the count that the server gives, does not count as read,
    /// and nothing leaves. That must not go on in silence.
    fn tell_unsettled(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        let fresh = Duration::minutes(i64::from(self.office.policy.limits.inbox_fresh_minutes));
        let now = self.clock.now();
        for folder in [Folder::Sent, Folder::Inbox] {
            let read = self.store.look().folder_enumerated(folder.as_str())?;
            if read.is_some_and(|at| now - at <= fresh) {
                continue;
            }
            let why = format!("the list of the {} folder does not fit what the server says of it", folder.as_str());
            let since = self.mailbox_is_silent(&why, Duration::hours(PATIENCE_HOURS))?;
            if now - since > fresh {
                report.trouble(&format!("Nothing leaves, since {why}"));
            }
            return Ok(());
        }
        self.heard_again()
    }

    /// Keeps what is new in a folder. True when something was listed and gone when it was fetched.
    fn collect(&mut self, folder: Folder, report: &mut PassReport) -> Result<bool, AgentError> {
        let now = self.clock.now();
        let horizon = self.horizon()?;
        let listing = self.mailbox.enumerate(folder)?;
        let known = self.tell_old_from_new(folder, &listing, horizon)?;
        let wanted = wanted(&listing, &known);
        self.may_end_here(Work::Listed(folder, wanted.len()))?;
        self.mailbox.expect(folder, &wanted, self.office.max_mail_bytes);
        let (mut postponed, mut has_moved) = (0, false);
        let mut basket = Basket::new(folder, &listing.epoch);
        for id in wanted {
            let fetched = match self.mailbox.fetch(folder, &id, self.office.max_mail_bytes) {
                Ok(fetched) => fetched,
                Err(error) => {
                    // What came before the trouble came.
                    self.empty(&mut basket)?;
                    return Err(error.into());
                }
            };
            match fetched {
                Fetched::Got(raw) => basket.put(id, raw),
                Fetched::Vanished => {
                    has_moved = true;
                    self.store.write(|unit| -> Result<(), AgentError> {
                        Ok(unit.forget_item(folder.as_str(), &listing.epoch, &id.0)?)
                    })?;
                }
                Fetched::Retry(why) => {
                    postponed += 1;
                    self.empty(&mut basket)?;
                    self.set_aside(folder, &listing.epoch, &id, &why)?;
                }
            }
            self.onlooker.hears(Work::Fetched(folder));
            let ends_here = self.onlooker.wants_end();
            if ends_here || basket.is_full() {
                self.empty(&mut basket)?;
            }
            if ends_here {
                return Err(AgentError::Stopped);
            }
        }
        self.empty(&mut basket)?;
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
        Ok(has_moved)
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

    /// Raw bytes first: committed before anything is parsed. All that lies in the basket in one transaction; when that
    /// fails, each mail in its own, so that one that cannot be kept never takes others with it.
    fn empty(&mut self, basket: &mut Basket) -> Result<(), AgentError> {
        let mails = basket.take();
        if mails.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let kept = self.store.write(|unit| mails.iter().try_for_each(|mail| basket.keep(unit, mail, now)));
        match kept {
            Err(_) if mails.len() > 1 => {
                for mail in &mails {
                    self.store.write(|unit| basket.keep(unit, mail, now))?;
                }
            }
            other => other?,
        }
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
