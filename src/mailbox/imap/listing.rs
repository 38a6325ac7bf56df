//! What a folder holds: enumerated, counted, compared.
//!
//! All of it the first time, in a new epoch, once a day and whenever something does not add up; else what is above the
//! highest known UID, and the last two hundred again, so that what a server once left out is found the next time.

use super::answer::{Row, Untagged};
use super::connect::{Opened, Session};
use super::desk::{Desk, Known, item};
use super::failure::{Problem, of_command};
use super::strict::Failed;
use crate::mailbox::{Coverage, Folder, ItemId, Listing};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How many of the newest known items are listed again each time.
const TAIL: usize = 200;
/// How often all of a folder is listed again.
const WHOLE_AGAIN: Duration = Duration::from_secs(24 * 60 * 60);
/// Drafts and Junk are listed whole each time up to this size.
const SMALL: u32 = 2000;
/// A folder that changes under every listing is given up on after so many.
const LISTINGS: usize = 3;

/// The rows of one listing.
#[derive(Debug, Default)]
struct Rows {
    /// UID, and whether it is marked as deleted.
    rows: BTreeMap<u32, bool>,
    exists: Option<u32>,
    expunged: bool,
    unreadable: bool,
}

impl Desk {
    /// Lists a folder.
    pub(super) async fn enumerate(&mut self, session: &mut Session, folder: Folder) -> Result<Listing, Problem> {
        let wire = match self.wire_name(session, folder).await? {
            Some(wire) => wire,
            // No junk folder: no junk. No drafts folder: no drafts of ours, since the first one makes the folder.
            None if matches!(folder, Folder::Junk | Folder::Drafts) => {
                session.folders = None;
                self.known.remove(&folder);
                // It may be the one whose row could not be read.
                let coverage = if session.all_folders { Coverage::Whole } else { Coverage::Unsettled };
                return Ok(Listing { epoch: "absent".to_owned(), ids: Vec::new(), coverage });
            }
            None => self.required(session, folder).await?,
        };
        let mut opened = self.open(session, &wire, false).await?;
        if opened.uid_next.is_none() {
            opened.uid_next = self.uid_next(session, &wire).await?;
        }
        let epoch = self.epoch(session, &opened);
        if self.known.get(&folder).is_some_and(|known| known.epoch != epoch) {
            tracing::info!(folder = folder.as_str(), "The server numbered a folder anew");
            self.known.remove(&folder);
            self.ahead.forget(folder);
        }
        let listing = match self.known.get(&folder) {
            Some(known) if !must_be_whole(folder, known, &opened) => {
                self.newest(session, folder, &opened, &epoch).await?
            }
            _ => None,
        };
        let listing = match listing {
            Some(listing) => listing,
            None => self.whole(session, folder, opened, &epoch).await?,
        };
        tracing::debug!(
            folder = folder.as_str(),
            items = listing.ids.len(),
            coverage = ?listing.coverage,
            "Listed a folder"
        );
        Ok(listing)
    }

    /// Asked apart where the server does not say it on opening; it need not say it at all.
    async fn uid_next(&self, session: &mut Session, wire: &str) -> Result<Option<u32>, Problem> {
        let mut found = None;
        let line = format!("STATUS {} (UIDNEXT)", super::connect::quoted(wire));
        let result = session
            .wire
            .command(&line, &mut |untagged| {
                if let Untagged::UidNext(number) = untagged {
                    found = Some(number);
                }
            })
            .await;
        match result {
            Ok(_) | Err(Failed::No(_)) => Ok(found.filter(|number| *number != 0)),
            Err(failed) => Err(of_command(&self.settings, "tell the state of a folder", failed)),
        }
    }

    /// All of it, proven by the count: every item that was there when the folder was opened has its row.
    async fn whole(
        &mut self,
        session: &mut Session,
        folder: Folder,
        mut opened: Opened,
        epoch: &str,
    ) -> Result<Listing, Problem> {
        let mut last = BTreeMap::new();
        for attempt in 0..LISTINGS {
            if attempt > 0 {
                let wire = opened.wire.clone();
                opened = self.open(session, &wire, false).await?;
                if self.epoch(session, &opened) != epoch {
                    return Err(Problem::passing(format!(
                        "The server numbered its {} folder anew while it was listed",
                        folder.as_str()
                    )));
                }
            }
            let found = match opened.exists {
                0 => Rows::default(),
                _ => self.rows(session, folder, 1).await?,
            };
            let settled = adds_up(&opened, &found);
            last = found.rows;
            if settled {
                let known = Known {
                    epoch: epoch.to_owned(),
                    uids: last.keys().copied().collect(),
                    uid_next: opened.uid_next,
                    whole_at: Some(Instant::now()),
                };
                self.known.insert(folder, known);
                return Ok(Listing { epoch: epoch.to_owned(), ids: shown(&last, folder), coverage: Coverage::Whole });
            }
            tracing::debug!(
                folder = folder.as_str(),
                rows = last.len(),
                exists = opened.exists,
                "A listing does not add up"
            );
        }
        // What was found may be fetched; what is known of the folder as a whole stays as it was.
        let known = self.known.entry(folder).or_insert_with(|| Known {
            epoch: epoch.to_owned(),
            uids: BTreeSet::new(),
            uid_next: None,
            whole_at: None,
        });
        known.uid_next = None;
        Ok(Listing { epoch: epoch.to_owned(), ids: shown(&last, folder), coverage: Coverage::Unsettled })
    }

    /// What is new, and the tail. `None` when it does not fit to what was known, so that all has to be listed.
    async fn newest(
        &mut self,
        session: &mut Session,
        folder: Folder,
        opened: &Opened,
        epoch: &str,
    ) -> Result<Option<Listing>, Problem> {
        let Some(known) = self.known.get(&folder) else { return Ok(None) };
        let from = known.uids.iter().nth_back(TAIL.saturating_sub(1)).copied().unwrap_or(1);
        let below = known.uids.range(..from).count();
        if opened.exists == 0 {
            return Ok(None);
        }
        let found = self.rows(session, folder, from).await?;
        // More there than what is known and what was told: something was left out. And nothing at all is never right,
        // since the last item is told whatever the lower bound.
        let there = usize::try_from(opened.exists).unwrap_or(usize::MAX);
        let above = found.rows.range(from..).count();
        if found.unreadable || found.rows.is_empty() || there > below.saturating_add(above) {
            return Ok(None);
        }
        let rows: BTreeMap<u32, bool> = found.rows.range(from..).map(|(uid, deleted)| (*uid, *deleted)).collect();
        if let Some(known) = self.known.get_mut(&folder) {
            known.uids.split_off(&from);
            known.uids.extend(rows.keys());
            known.uid_next = opened.uid_next.or(known.uid_next);
        }
        Ok(Some(Listing { epoch: epoch.to_owned(), ids: shown(&rows, folder), coverage: Coverage::Newest }))
    }

    /// The UIDs from one on; a server tells the last item even when its UID is below.
    async fn rows(&self, session: &mut Session, folder: Folder, from: u32) -> Result<Rows, Problem> {
        let mut found = Rows::default();
        let items = if folder == Folder::Drafts { "(UID FLAGS)" } else { "(UID)" };
        let line = format!("UID FETCH {from}:* {items}");
        let reply = session
            .wire
            .command(&line, &mut |untagged| match untagged {
                Untagged::Row(Row { uid: Some(uid), deleted, .. }) => {
                    let known = found.rows.entry(uid).or_default();
                    *known = *known || deleted;
                }
                Untagged::Exists(count) => found.exists = Some(count),
                Untagged::Expunge => found.expunged = true,
                _ => {}
            })
            .await
            .map_err(self.failing("list a folder"))?;
        found.unreadable = reply.unreadable > 0;
        Ok(found)
    }

    /// What came before a day, by the server's account; `None` when it will not say. Asked for the old and not for the
    /// new, because what a search leaves out (an index that lags behind, a server that finds nothing) would pass for old.
    pub(super) async fn older_than(
        &mut self,
        session: &mut Session,
        folder: Folder,
        day: NaiveDate,
    ) -> Result<Option<BTreeSet<ItemId>>, Problem> {
        if self.wire_name(session, folder).await?.is_none() && matches!(folder, Folder::Junk | Folder::Drafts) {
            return Ok(Some(BTreeSet::new()));
        }
        self.at(session, folder).await?;
        let mut found = None;
        // English names of months, whatever the language of the system.
        let line = format!("UID SEARCH BEFORE {}", day.format("%-d-%b-%Y"));
        let result = session
            .wire
            .command(&line, &mut |untagged| {
                if let Untagged::Search(uids) = untagged {
                    found.get_or_insert_with(BTreeSet::new).extend(uids.into_iter().map(item));
                }
            })
            .await;
        match result {
            Ok(_) => Ok(found),
            Err(Failed::No(_)) => Ok(None),
            Err(failed) => Err(of_command(&self.settings, "search a folder", failed)),
        }
    }
}

/// Is listing the newest not enough?
fn must_be_whole(folder: Folder, known: &Known, opened: &Opened) -> bool {
    let went_down = matches!((opened.uid_next, known.uid_next), (Some(now), Some(before)) if now < before);
    if went_down {
        tracing::info!(folder = folder.as_str(), "The next number of a folder went down");
    }
    went_down
        || known.whole_at.is_none_or(|at| at.elapsed() >= WHOLE_AGAIN)
        || (matches!(folder, Folder::Drafts | Folder::Junk) && opened.exists <= SMALL)
}

/// Has every item its row? Items that went meanwhile leave it open which row is missing; items that came meanwhile have
/// UIDs from the next one on and are not counted.
fn adds_up(opened: &Opened, found: &Rows) -> bool {
    if found.expunged || found.unreadable {
        return false;
    }
    let all = u32::try_from(found.rows.len()).unwrap_or(u32::MAX);
    match opened.uid_next {
        Some(next) => {
            let old = u32::try_from(found.rows.range(..next).count()).unwrap_or(u32::MAX);
            old == opened.exists || (all == opened.exists && found.exists.is_none())
        }
        None => all == found.exists.unwrap_or(opened.exists),
    }
}

/// Ids for the agent. A draft marked as deleted is gone: its owner, or we, did that.
fn shown(rows: &BTreeMap<u32, bool>, folder: Folder) -> Vec<ItemId> {
    rows.iter().filter(|(_, deleted)| !(folder == Folder::Drafts && **deleted)).map(|(uid, _)| item(*uid)).collect()
}
