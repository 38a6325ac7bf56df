//! Mails and their heads. Sizes first, then bodies in windows that are read ahead; whatever a server leaves out is asked
//! for again alone, and only an answer without the item proves that it is gone.

use super::answer::{Row, Untagged};
use super::connect::Session;
use super::desk::{Desk, item, uid_of, uid_set};
use super::failure::{Problem, of_command};
use super::guard::Breach;
use super::strict::{Failed, Reply};
use crate::mailbox::{Fetched, Folder, Head, ItemId, RawMail};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Mails in one window.
const WINDOW_MAILS: usize = 50;
/// Bytes in one window, by the server's account.
const WINDOW_BYTES: u64 = 8 * 1024 * 1024;
/// What one look at a large mail brings.
const PIECE: usize = 256 * 1024;
/// The most of a header block that is read.
const HEAD: usize = 64 * 1024;
/// Heads in one command.
const HEADS: usize = 100;
/// How often a head may break the connection before it is left out.
const HEAD_ATTEMPTS: u32 = 2;
/// How often a missing mail is asked for.
const ATTEMPTS: usize = 3;
/// More than was announced may come: other rows, keepalives.
const SLACK: u64 = 1024 * 1024;

/// What is read ahead.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    folder: Option<Folder>,
    limit: usize,
    /// Still to come, in this order.
    queue: VecDeque<u32>,
    read: BTreeMap<u32, RawMail>,
    /// Items that were in a window which failed: each alone from now on.
    alone: BTreeSet<(Folder, u32)>,
    /// Items whose size was a lie: in pieces from now on.
    in_pieces: BTreeSet<(Folder, u32)>,
    /// How often the head of an item was the last that was asked for when the connection broke.
    headless: BTreeMap<(Folder, u32), u32>,
    /// A question for several heads broke the connection: one by one until all are read, also after a pause.
    pub(super) heads_alone: bool,
}

impl Ahead {
    /// What is fetched next.
    pub(super) fn expect(&mut self, folder: Folder, ids: &[ItemId], limit: usize) {
        self.read.clear();
        self.folder = Some(folder);
        self.limit = limit;
        self.queue = ids.iter().filter_map(uid_of).collect();
    }

    /// Ids of this folder mean nothing any more.
    pub(super) fn forget(&mut self, folder: Folder) {
        if self.folder == Some(folder) {
            self.read.clear();
            self.queue.clear();
        }
        for marked in [&mut self.alone, &mut self.in_pieces] {
            marked.retain(|(other, _)| *other != folder);
        }
        self.headless.retain(|(other, _), _| *other != folder);
    }

    /// The items to be read together with this one; empty when it is to be read alone.
    fn window(&mut self, folder: Folder, uid: u32, limit: usize) -> Vec<u32> {
        if self.folder != Some(folder) || self.limit != limit || self.alone.contains(&(folder, uid)) {
            return Vec::new();
        }
        let Some(at) = self.queue.iter().position(|next| *next == uid) else { return Vec::new() };
        // What lies before was passed over by the agent.
        self.queue.drain(..at);
        let fits = |uid: &u32| !self.alone.contains(&(folder, *uid));
        self.queue.iter().copied().filter(fits).take(WINDOW_MAILS).collect()
    }

    fn done(&mut self, uids: &[u32]) {
        self.queue.retain(|uid| !uids.contains(uid));
    }
}

impl Desk {
    /// Reads one mail, from what was read ahead where it can.
    pub(super) async fn fetch(
        &mut self,
        session: &mut Session,
        folder: Folder,
        id: &ItemId,
        limit: usize,
    ) -> Result<Fetched, Problem> {
        let Some(uid) = uid_of(id) else { return Ok(Fetched::Vanished) };
        if let Some(mail) = self.taken(folder, uid, limit) {
            return Ok(Fetched::Got(mail));
        }
        self.at(session, folder).await?;
        let window = self.ahead.window(folder, uid, limit);
        if window.len() > 1 {
            let result = self.read_window(session, &window, limit).await;
            self.ahead.done(&window);
            (self.observer)("imap.after_fetch");
            if result.is_err() {
                self.ahead.alone.extend(window.iter().map(|uid| (folder, *uid)));
            }
            // A refusal may be meant for one of them only.
            if let Err(problem) = result
                && !problem.in_step
            {
                return Err(problem);
            }
            if let Some(mail) = self.taken(folder, uid, limit) {
                return Ok(Fetched::Got(mail));
            }
        }
        let fetched = self.read_alone(session, folder, uid, limit).await;
        if let Err(problem) = &fetched
            && matches!(problem.failed.as_deref(), Some(Failed::Breach(Breach::TooLarge)))
        {
            self.ahead.in_pieces.insert((folder, uid));
        }
        (self.observer)("imap.after_fetch");
        fetched
    }

    fn taken(&mut self, folder: Folder, uid: u32, limit: usize) -> Option<RawMail> {
        (self.ahead.folder == Some(folder) && self.ahead.limit == limit).then(|| self.ahead.read.remove(&uid))?
    }

    /// Sizes and dates of several mails, then the bodies of those that fit.
    async fn read_window(&mut self, session: &mut Session, window: &[u32], limit: usize) -> Result<(), Problem> {
        let wanted: BTreeSet<u32> = window.iter().copied().collect();
        let (sizes, _) = self.rows_of(session, &wanted, "(UID RFC822.SIZE)", SLACK).await?;
        let mut total = 0_u64;
        let mut small = BTreeSet::new();
        for uid in window {
            let Some(size) = sizes.get(uid).and_then(|row| row.size) else { continue };
            total = total.saturating_add(u64::from(size));
            let fits = usize::try_from(size).is_ok_and(|size| size <= limit);
            if fits && (total <= WINDOW_BYTES || small.is_empty()) {
                small.insert(*uid);
            }
        }
        if small.is_empty() {
            return Ok(());
        }
        let (dates, _) = self.rows_of(session, &small, "(UID INTERNALDATE)", SLACK).await?;
        let budget = total.saturating_add(limit as u64).saturating_add(SLACK);
        let (bodies, _) = self.rows_of(session, &small, "(UID BODY.PEEK[])", budget).await?;
        for (uid, row) in bodies {
            let Some((None, bytes)) = row.body else { continue };
            // A size that was wrong by far makes one doubt the whole row.
            if !bytes.is_empty() && small.contains(&uid) {
                self.ahead.read.insert(uid, raw_mail(bytes, limit, dates.get(&uid)));
            }
        }
        tracing::debug!(mails = self.ahead.read.len(), "Read ahead");
        Ok(())
    }

    /// One mail by itself.
    async fn read_alone(
        &mut self,
        session: &mut Session,
        folder: Folder,
        uid: u32,
        limit: usize,
    ) -> Result<Fetched, Problem> {
        let only = BTreeSet::from([uid]);
        let mut refused = None;
        for _ in 0..ATTEMPTS {
            match self.read_once(session, folder, &only, uid, limit).await {
                Ok(Some(mail)) => return Ok(Fetched::Got(mail)),
                Ok(None) => {}
                Err(problem) if problem.in_step => refused = Some(problem.error.message),
                Err(problem) => return Err(problem),
            }
        }
        match self.rows_of(session, &only, "(UID)", SLACK).await {
            Ok((rows, reply)) if rows.is_empty() && reply.unreadable == 0 => Ok(Fetched::Vanished),
            Ok(_) => Ok(Fetched::Retry(
                refused.unwrap_or_else(|| "The server lists this mail and does not give it".to_owned()),
            )),
            Err(problem) if problem.in_step => Ok(Fetched::Retry(problem.error.message)),
            Err(problem) => Err(problem),
        }
    }

    async fn read_once(
        &mut self,
        session: &mut Session,
        folder: Folder,
        only: &BTreeSet<u32>,
        uid: u32,
        limit: usize,
    ) -> Result<Option<RawMail>, Problem> {
        let (sizes, _) = self.rows_of(session, only, "(UID RFC822.SIZE)", SLACK).await?;
        let Some(row) = sizes.get(&uid) else { return Ok(None) };
        let size = row.size.and_then(|size| usize::try_from(size).ok());
        let (dates, _) = self.rows_of(session, only, "(UID INTERNALDATE)", SLACK).await?;
        let date = dates.get(&uid);
        match size {
            Some(size) if size <= limit && !self.ahead.in_pieces.contains(&(folder, uid)) => {
                let budget = (limit as u64).saturating_add(SLACK);
                let (mut bodies, _) = self.rows_of(session, only, "(UID BODY.PEEK[])", budget).await?;
                let body = bodies.remove(&uid).and_then(|row| row.body);
                // An empty body of a mail that has a size is an answer that was lost.
                let bytes = body.map(|(_, bytes)| bytes).filter(|bytes| !bytes.is_empty() || size == 0);
                Ok(bytes.map(|bytes| raw_mail(bytes, limit, date)))
            }
            _ => Ok(self.pieces(session, only, uid, limit, size).await?.map(|bytes| raw_mail(bytes, limit, date))),
        }
    }

    /// A large mail, or one whose size is unknown, piece by piece until one byte above the limit.
    async fn pieces(
        &mut self,
        session: &mut Session,
        only: &BTreeSet<u32>,
        uid: u32,
        limit: usize,
        size: Option<usize>,
    ) -> Result<Option<Vec<u8>>, Problem> {
        let mut bytes: Vec<u8> = Vec::new();
        while bytes.len() <= limit {
            // One byte above the limit tells that there is more; a longer piece might not be let through.
            let asked = PIECE.min(limit.saturating_sub(bytes.len()).saturating_add(1));
            let items = format!("(UID BODY.PEEK[]<{}.{asked}>)", bytes.len());
            let budget = (limit as u64).saturating_add(SLACK);
            let (mut rows, _) = self.rows_of(session, only, &items, budget).await?;
            let Some((origin, piece)) = rows.remove(&uid).and_then(|row| row.body) else { return Ok(None) };
            match origin.map(|origin| usize::try_from(origin).unwrap_or(usize::MAX)) {
                Some(origin) if origin == bytes.len() => {}
                // A server that knows no pieces gives the whole.
                None if bytes.is_empty() && piece.len() != asked => return Ok(Some(piece)),
                // As long as a piece: it may be one.
                None if bytes.is_empty() => {}
                // At the end some leave the origin out.
                None if piece.is_empty() => return Ok(Some(bytes)),
                _ => return Err(of_command(&self.settings, "read a large mail", Failed::Unreadable)),
            }
            let short = piece.len() < asked;
            let over = piece.is_empty();
            bytes.extend_from_slice(&piece);
            if over || (short && size.is_none_or(|size| bytes.len() >= size)) {
                break;
            }
        }
        Ok(Some(bytes))
    }

    /// Heads of items. `alone`: a command for several failed before.
    pub(super) async fn heads(
        &mut self,
        session: &mut Session,
        folder: Folder,
        ids: &[ItemId],
        alone: bool,
    ) -> Result<Vec<Head>, Problem> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.at(session, folder).await?;
        let broke = |uid: &u32| self.ahead.headless.get(&(folder, *uid)).is_some_and(|times| *times >= HEAD_ATTEMPTS);
        let uids: Vec<u32> = ids.iter().filter_map(uid_of).filter(|uid| !broke(uid)).collect();
        let items = format!("(UID RFC822.SIZE BODY.PEEK[HEADER]<0.{HEAD}>)");
        let mut found: BTreeMap<u32, Head> = BTreeMap::new();
        for some in uids.chunks(if alone { 1 } else { HEADS }) {
            if let ([uid], true) = (some, alone) {
                // Taken away again below: whoever breaks the connection stays marked.
                let times = self.ahead.headless.entry((folder, *uid)).or_default();
                *times = times.saturating_add(1);
            }
            let wanted: BTreeSet<u32> = some.iter().copied().collect();
            let budget = (wanted.len() as u64).saturating_mul(2 * HEAD as u64).saturating_add(SLACK);
            match self.rows_of(session, &wanted, &items, budget).await {
                Ok((rows, _)) => found.extend(rows.into_iter().filter_map(|(uid, row)| Some((uid, head(uid, row)?)))),
                Err(problem) if problem.in_step => {}
                Err(problem) => return Err(problem),
            }
            if alone {
                self.ahead.headless.retain(|marked, _| !some.iter().any(|uid| *marked == (folder, *uid)));
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(&uid_of(id)?)).collect())
    }

    /// The rows for a set of UIDs, by their UIDs: other rows, in any number, are none of ours. What several rows say of
    /// one item is put together; where they contradict each other, that part is left out.
    pub(super) async fn rows_of(
        &self,
        session: &mut Session,
        wanted: &BTreeSet<u32>,
        items: &str,
        budget: u64,
    ) -> Result<(BTreeMap<u32, Row>, Reply), Problem> {
        let mut rows: BTreeMap<u32, Row> = BTreeMap::new();
        let mut doubted = BTreeSet::new();
        let line = format!("UID FETCH {} {items}", uid_set(wanted));
        let reply = session
            .wire
            .command_within(&line, budget, &mut |untagged| {
                let Untagged::Row(row) = untagged else { return };
                let Some(uid) = row.uid.filter(|uid| wanted.contains(uid)) else { return };
                let known = rows.entry(uid).or_default();
                let differs =
                    |one: Option<&[u8]>, other: Option<&[u8]>| one.is_some() && other.is_some() && one != other;
                let bodies = differs(body_of(known), body_of(&row));
                if bodies || differs(known.header.as_deref(), row.header.as_deref()) {
                    doubted.insert(uid);
                }
                known.uid = row.uid;
                known.size = row.size.or(known.size);
                known.deleted = known.deleted || row.deleted;
                known.internal_date = row.internal_date.or(known.internal_date.take());
                known.body = row.body.or(known.body.take());
                known.header = row.header.or(known.header.take());
            })
            .await
            .map_err(self.failing("read mail"))?;
        for (_, row) in rows.iter_mut().filter(|(uid, _)| doubted.contains(uid)) {
            row.body = None;
            row.header = None;
        }
        Ok((rows, reply))
    }
}

fn body_of(row: &Row) -> Option<&[u8]> {
    row.body.as_ref().map(|(_, bytes)| bytes.as_slice())
}

fn head(uid: u32, row: Row) -> Option<Head> {
    let mut bytes = row.header?;
    bytes.truncate(HEAD);
    Some(Head { id: item(uid), bytes, size: row.size.map(u64::from) })
}

fn raw_mail(mut bytes: Vec<u8>, limit: usize, row: Option<&Row>) -> RawMail {
    let truncated = bytes.len() > limit;
    bytes.truncate(limit);
    let received = row.and_then(|row| row.internal_date.as_deref()).and_then(moment).unwrap_or_else(Utc::now);
    RawMail { bytes, truncated, received }
}

/// A date as IMAP writes it: `17-Jul-1996 02:44:25 -0700`, the day perhaps after a blank.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let found = DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z").ok()?;
    Some(found.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        let wanted = "1996-07-07T09:44:25Z".parse::<DateTime<Utc>>().unwrap();
        for text in [" 7-Jul-1996 02:44:25 -0700", "07-Jul-1996 02:44:25 -0700", "7-Jul-1996 09:44:25 +0000"] {
            assert_eq!(moment(text), Some(wanted), "{text}");
        }
        assert_eq!(moment("yesterday"), None);
    }

    #[test]
    fn a_window_holds_what_comes_next_and_nothing_that_failed_before() {
        let mut ahead = Ahead::default();
        let ids: Vec<ItemId> = (1..=120).map(item).collect();
        ahead.expect(Folder::Inbox, &ids, 1000);
        assert_eq!(ahead.window(Folder::Inbox, 3, 1000).len(), WINDOW_MAILS);
        assert_eq!(ahead.window(Folder::Inbox, 3, 1000)[0], 3);
        assert!(ahead.window(Folder::Inbox, 1, 1000).is_empty(), "passed over");
        assert!(ahead.window(Folder::Sent, 3, 1000).is_empty());
        assert!(ahead.window(Folder::Inbox, 3, 999).is_empty());
        ahead.alone.insert((Folder::Inbox, 4));
        assert!(!ahead.window(Folder::Inbox, 3, 1000).contains(&4));
        assert!(ahead.window(Folder::Inbox, 4, 1000).is_empty());
    }

    #[test]
    fn more_than_the_limit_is_cut_and_said() {
        let mail = raw_mail(vec![b'x'; 11], 10, None);
        assert!(mail.truncated && mail.bytes.len() == 10);
        assert!(!raw_mail(vec![b'x'; 10], 10, None).truncated);
    }
}
