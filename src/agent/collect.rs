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
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// After this many failed attempts an item is set aside and the owner told once.
pub(super) const ATTEMPTS: u32 = 3;

/// After this many it is not tried any more: an hour lies between two.
const ATTEMPTS_IN_ALL: u32 = ATTEMPTS + 48;

/// After so many hours in which the mailbox could not be read, the owner is told.
pub const PATIENCE_HOURS: i64 = 6;

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
            Some(folder) => self.not_at_rest(folder, report),
            None => self.heard_again(),
        }
    }

    /// A folder was looked into, and what it holds is not known for certain: nothing leaves meanwhile. A while of that is
    /// nothing; when it lasts, it is told, and after hours it is the same to the owner as a mailbox that is away.
    fn not_at_rest(&mut self, folder: Folder, report: &mut PassReport) -> Result<(), AgentError> {
        let why = format!(
            "its {} folder changes under every look, or the server lists mails in it and does not give them",
            folder.as_str()
        );
        let since = self.mailbox_is_silent(&why, Duration::hours(PATIENCE_HOURS))?;
        if self.clock.now() - since > Duration::minutes(i64::from(self.office.policy.limits.inbox_fresh_minutes)) {
            report.trouble(&format!("The mailbox is not read to its end, and nothing leaves: {why}"));
        }
        Ok(())
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
        let mut basket = Basket::new(folder, &listing.epoch);
        for (attempts, id) in given_up {
            match self.mailbox.fetch(folder, &id, self.office.max_mail_bytes)? {
                Fetched::Got(raw) => {
                    basket.put(id, raw);
                    self.empty(&mut basket)?;
                }
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
