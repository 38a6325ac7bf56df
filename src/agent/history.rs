//! How far back the mailbox is read, and what is read once more.
//!
//! Old mail before the horizon is recorded and never fetched. The horizon lies a month before the oldest open receivable
//! was issued (or where `scan --since` put it); when an import brings an older one, it moves back, and what was left
//! unread since then is read, before anybody is reminded. A mail that was read when its customer was not known yet is
//! read once more after the import that makes them known.

use super::error::AgentError;
use super::office::Office;
use super::pass::{Agent, PassReport};
use crate::mailbox::{Coverage, Folder, Head, ItemId, Listing};
use crate::store::{KnownHead, Look, SeenState, Unit};
use chrono::{DateTime, Days, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// So many days before the oldest open receivable was issued the history begins.
const DAYS_BEFORE_ISSUE: u64 = 31;
/// A header block is read up to this length.
const HEAD_BYTES: usize = 64 * 1024;
/// So many headers are asked for at a time.
const HEADS_AT_ONCE: usize = 200;

/// Where the day is remembered that `scan --since` named.
const ASKED: &str = "history.asked";
/// Where the day is remembered since which mails that were tied to nobody are read again.
const AGAIN: &str = "history.again";

/// Where the day is remembered back to which a folder is read.
fn since_name(folder: Folder) -> String {
    format!("history.since.{}", folder.as_str())
}

/// Where the epoch is remembered whose old items were told from the new ones.
fn baseline_name(folder: Folder) -> String {
    format!("history.epoch.{}", folder.as_str())
}

/// Where the epoch is remembered that was listed last.
fn listed_name(folder: Folder) -> String {
    format!("history.listed.{}", folder.as_str())
}

/// The day where the history begins.
pub(super) fn horizon(look: &Look<'_>, office: &Office, now: DateTime<Utc>) -> Result<NaiveDate, AgentError> {
    let back = |day: NaiveDate| day.checked_sub_days(Days::new(DAYS_BEFORE_ISSUE)).unwrap_or(day);
    let today = office.moment(now).today();
    let oldest = look.oldest_open_issue()?.unwrap_or(today).min(today);
    Ok(day_in(look, ASKED)?.map_or_else(|| back(oldest), |asked| asked.min(back(oldest))))
}

/// Were Sent and INBOX read back to the horizon, with all that is known now?
pub(super) fn is_read(look: &Look<'_>, office: &Office, now: DateTime<Utc>) -> Result<bool, AgentError> {
    if look.setting(AGAIN)?.is_some() {
        return Ok(false);
    }
    let horizon = horizon(look, office, now)?;
    for folder in [Folder::Sent, Folder::Inbox] {
        if day_in(look, &since_name(folder))?.is_none_or(|since| since > horizon) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Receivables became known that were issued on that day or later: mails about them may have been read already.
pub(super) fn read_again_since(unit: &mut Unit<'_>, issued: NaiveDate) -> Result<(), AgentError> {
    let from = day_in(unit, AGAIN)?.map_or(issued, |known| known.min(issued));
    Ok(unit.set_setting(AGAIN, Some(&from.to_string()))?)
}

fn day_in(look: &Look<'_>, name: &str) -> Result<Option<NaiveDate>, AgentError> {
    Ok(look.setting(name)?.and_then(|day| day.parse().ok()))
}

/// By what an item is known again under another name: its header block without trace fields.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    let bytes = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let ends = [&b"\n\n"[..], &b"\r\n\r\n"[..]];
    let end = ends.iter().filter_map(|end| bytes.windows(end.len()).position(|window| window == *end)).min();
    crate::message::identity(end.and_then(|end| bytes.get(..end)).unwrap_or(bytes)).to_string()
}

/// What reading the history gave, as numbers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ScanReport {
    /// The history is read back to this day.
    pub since: NaiveDate,
    /// Mails read now.
    pub read: usize,
    /// Open receivables.
    pub open: usize,
    /// Those of them whose document was found in Sent.
    pub found: usize,
    /// Mails of customers found now.
    pub answers: usize,
    /// Holds set now.
    pub holds: usize,
    /// Questions opened now.
    pub questions: usize,
    /// Mails that could not be fetched and are tried again.
    pub postponed: usize,
}

/// What is known at one time.
struct Learned {
    open: usize,
    found: usize,
    answers: usize,
    holds: usize,
    questions: usize,
}

impl Learned {
    fn of(look: &Look<'_>) -> Result<Self, AgentError> {
        let documents = look.receivables_with_documents()?;
        let mut learned = Self { open: 0, found: 0, answers: 0, holds: 0, questions: look.open_cases()?.len() };
        for account in look.accounts()? {
            let open = account.receivables.iter().filter(|receivable| !receivable.is_settled());
            for receivable in open {
                learned.open += 1;
                learned.found += usize::from(documents.contains(&receivable.id));
            }
            learned.holds += account.holds.len();
            let mails = look.messages_of(account.customer.id)?;
            learned.answers += mails.iter().filter(|mail| mail.folder != Folder::Sent.as_str()).count();
        }
        Ok(learned)
    }
}

impl Agent {
    /// Is there history that has to be read before anybody is reminded?
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn history_waits(&self) -> Result<bool, AgentError> {
        Ok(!is_read(&self.store.look(), &self.office, self.clock.now())?)
    }

    /// Reads the history: what lies in the mailbox since a day, or since the horizon. Nothing is sent, nobody is told;
    /// holds, steps, threads and documents are learned. Everything is committed as it is read.
    ///
    /// # Errors
    /// As [`Agent::pass`].
    pub fn scan(&mut self, since: Option<NaiveDate>) -> Result<ScanReport, AgentError> {
        if let Some(since) = since {
            self.store.write(|unit| -> Result<(), AgentError> {
                let asked = day_in(unit, ASKED)?.map_or(since, |known| known.min(since));
                Ok(unit.set_setting(ASKED, Some(&asked.to_string()))?)
            })?;
        }
        let before = Learned::of(&self.store.look())?;
        let mut report = PassReport::default();
        self.intake(&mut report)?;
        let after = Learned::of(&self.store.look())?;
        Ok(ScanReport {
            since: self.horizon()?,
            read: report.decided,
            open: after.open,
            found: after.found,
            answers: after.answers.saturating_sub(before.answers),
            holds: after.holds.saturating_sub(before.holds),
            questions: after.questions.saturating_sub(before.questions),
            postponed: report.postponed,
        })
    }

    pub(super) fn horizon(&self) -> Result<NaiveDate, AgentError> {
        horizon(&self.store.look(), &self.office, self.clock.now())
    }

    /// An import made customers known: mails that were tied to nobody are read once more.
    pub(super) fn put_back_after_import(&mut self) -> Result<(), AgentError> {
        let Some(issued) = day_in(&self.store.look(), AGAIN)? else { return Ok(()) };
        let from = self.office.moment(self.clock.now()).dawn(issued);
        self.store.write(|unit| -> Result<(), AgentError> {
            if unit.read_again(from)? > 0 {
                for folder in [Folder::Sent, Folder::Inbox] {
                    unit.set_setting(&since_name(folder), None)?;
                }
            }
            Ok(unit.set_setting(AGAIN, None)?)
        })
    }

    /// Before the unknown items of a listing are fetched: in a folder or an epoch that is seen for the first time, tells
    /// which of them are known by their headers and which are older than the horizon; after the horizon moved back,
    /// takes the items out that are not that old any more. What is known of the items then.
    pub(super) fn tell_old_from_new(
        &mut self,
        folder: Folder,
        listing: &Listing,
        horizon: NaiveDate,
    ) -> Result<BTreeMap<String, SeenState>, AgentError> {
        let name = folder.as_str();
        self.note_epoch(folder, &listing.epoch)?;
        let look = self.store.look();
        let known = look.seen(name, &listing.epoch)?;
        let told = look.setting(&baseline_name(folder))?;
        // A database from before this was remembered: its items were read, and go on being read.
        let was_read = told.is_none() && !known.is_empty() && look.folder_enumerated(name)?.is_some();
        if told.as_deref() != Some(listing.epoch.as_str()) && !was_read {
            self.begin_epoch(folder, listing, &known, horizon)?;
        } else {
            let since = day_in(&look, &since_name(folder))?;
            let old: Vec<&String> =
                known.iter().filter(|(_, state)| **state == SeenState::Baseline).map(|(id, _)| id).collect();
            if old.is_empty() || since.is_some_and(|since| since <= horizon) {
                return Ok(known);
            }
            let older = self.mailbox.older_than(folder, horizon)?;
            let wanted = |id: &String| older.as_ref().is_none_or(|older| !older.contains(&ItemId(id.clone())));
            self.store.write(|unit| -> Result<(), AgentError> {
                for id in old.into_iter().filter(|id| wanted(id)) {
                    unit.wake(name, &listing.epoch, id)?;
                }
                Ok(())
            })?;
        }
        Ok(self.store.look().seen(name, &listing.epoch)?)
    }

    /// An epoch that was there before and comes back is a new one: between two servers that number by themselves, or
    /// after a backup was put back, the same name may mean another mail.
    fn note_epoch(&mut self, folder: Folder, epoch: &str) -> Result<(), AgentError> {
        let last = self.store.look().setting(&listed_name(folder))?;
        if last.as_deref() == Some(epoch) {
            return Ok(());
        }
        self.store.write(|unit| -> Result<(), AgentError> {
            if last.is_some() {
                unit.set_epoch_apart(folder.as_str(), epoch)?;
                // Not told from the new ones yet, and not of the days before that was remembered.
                unit.set_setting(&baseline_name(folder), Some(""))?;
            }
            Ok(unit.set_setting(&listed_name(folder), Some(epoch))?)
        })
    }

    fn begin_epoch(
        &mut self,
        folder: Folder,
        listing: &Listing,
        known: &BTreeMap<String, SeenState>,
        horizon: NaiveDate,
    ) -> Result<(), AgentError> {
        let name = folder.as_str();
        let unknown: Vec<ItemId> = listing.ids.iter().filter(|id| !known.contains_key(&id.0)).cloned().collect();
        let attached = self.known_by_header(folder, &listing.epoch, &unknown)?;
        let rest: Vec<&ItemId> = unknown.iter().filter(|id| !attached.contains_key(*id)).collect();
        let older = if rest.is_empty() { None } else { self.mailbox.older_than(folder, horizon)? };
        let old: Vec<&ItemId> = match &older {
            Some(older) => rest.into_iter().filter(|id| older.contains(*id)).collect(),
            None => Vec::new(),
        };
        self.store.write(|unit| -> Result<(), AgentError> {
            for (id, known) in &attached {
                unit.attach_item(name, &listing.epoch, &id.0, known)?;
            }
            for id in old {
                unit.note_seen(name, &listing.epoch, &id.0, None, SeenState::Baseline)?;
            }
            if listing.coverage != Coverage::Unsettled {
                unit.set_setting(&baseline_name(folder), Some(&listing.epoch))?;
                unit.set_setting(&since_name(folder), None)?;
            }
            Ok(())
        })
    }

    /// Which of these items are known from earlier epochs. Where several mails share a header and a length, or more
    /// came than were known, none of them is taken as known: fetching tells.
    fn known_by_header(
        &mut self,
        folder: Folder,
        epoch: &str,
        ids: &[ItemId],
    ) -> Result<BTreeMap<ItemId, KnownHead>, AgentError> {
        let mut pool: BTreeMap<(String, u64), Vec<KnownHead>> = BTreeMap::new();
        for known in self.store.look().known_heads(folder.as_str(), epoch)? {
            pool.entry((known.head.clone(), known.size)).or_default().push(known);
        }
        let mut found: BTreeMap<(String, u64), Vec<ItemId>> = BTreeMap::new();
        if pool.is_empty() {
            return Ok(BTreeMap::new());
        }
        for some in ids.chunks(HEADS_AT_ONCE) {
            for Head { id, bytes, size } in self.mailbox.heads(folder, some)? {
                if let Some(size) = size {
                    found.entry((fingerprint(&bytes), size)).or_default().push(id);
                }
            }
            self.may_end_here(super::onlooker::Work::Went)?;
        }
        let mut attached = BTreeMap::new();
        for (key, ids) in found {
            let Some(known) = pool.get(&key) else { continue };
            let identities: BTreeSet<_> = known.iter().map(|known| known.seen.identity).collect();
            if identities.len() == 1 && ids.len() <= known.len() {
                attached.extend(ids.into_iter().zip(known.iter().cloned()));
            }
        }
        Ok(attached)
    }
}

/// A folder was read back to a day; further back it may have been read before.
pub(super) fn note_read_since(unit: &mut Unit<'_>, folder: Folder, horizon: NaiveDate) -> Result<(), AgentError> {
    let since = day_in(unit, &since_name(folder))?;
    if since.is_none_or(|since| since > horizon) {
        unit.set_setting(&since_name(folder), Some(&horizon.to_string()))?;
    }
    Ok(())
}
