//! What is known of the mailbox between two questions, and how a folder is opened.

use super::answer::Untagged;
use super::backoff::Cause;
use super::connect::{Opened, Session, quoted};
use super::failure::{Problem, of_command};
use super::fetching::Ahead;
use super::folders::{Folders, absent};
use super::settings::ImapSettings;
use super::strict::Failed;
use super::{FolderFound, Observer};
use crate::mailbox::{Folder, ItemId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// What was listed of a folder in this process.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) epoch: String,
    pub(super) uids: BTreeSet<u32>,
    pub(super) uid_next: Option<u32>,
    /// When all of it was listed last; `None`: never, for certain.
    pub(super) whole_at: Option<Instant>,
}

/// The memory of the worker. It outlives connections.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) settings: ImapSettings,
    pub(super) observer: Observer,
    pub(super) known: BTreeMap<Folder, Known>,
    pub(super) ahead: Ahead,
}

impl Desk {
    pub(super) fn new(settings: ImapSettings, observer: Observer) -> Self {
        Self { settings, observer, known: BTreeMap::new(), ahead: Ahead::default() }
    }

    /// A failure while `doing` something, for [`Result::map_err`].
    pub(super) fn failing(&self, doing: &'static str) -> impl Fn(Failed) -> Problem {
        let settings = self.settings.clone();
        move |failed| of_command(&settings, doing, failed)
    }

    /// Lists the folders, once a session.
    pub(super) async fn folders<'a>(&self, session: &'a mut Session) -> Result<&'a Folders, Problem> {
        if session.folders.is_none() {
            let mut listed = Vec::new();
            let reply = session
                .wire
                .command("LIST \"\" \"*\"", &mut |untagged| {
                    if let Untagged::Listed(folder) = untagged {
                        listed.push(folder);
                    }
                })
                .await
                .map_err(self.failing("list the folders"))?;
            // INBOX always exists: a list without it is none, and nothing is absent because it is not in it.
            if !listed.iter().any(|folder| folder.wire.eq_ignore_ascii_case("INBOX")) {
                let message = format!("{} listed its folders without INBOX", self.settings.host);
                return Err(Problem::passing(message));
            }
            tracing::debug!(folders = listed.len(), "Listed the folders");
            session.folders = Some(Folders::of(listed));
            session.all_folders = reply.unreadable == 0;
        }
        Ok(session.folders.get_or_insert_default())
    }

    /// Every folder and its role.
    pub(super) async fn describe(&self, session: &mut Session) -> Result<Vec<FolderFound>, Problem> {
        Ok(self.folders(session).await?.described(&self.settings.names))
    }

    /// The name of a folder for commands; `None` when there is none.
    pub(super) async fn wire_name(&self, session: &mut Session, folder: Folder) -> Result<Option<String>, Problem> {
        let folders = self.folders(session).await?;
        match folders.find(&self.settings.names, folder) {
            Ok(found) => Ok(found.map(|(found, _)| found.wire.clone())),
            Err(error) => {
                // Somebody may be creating it just now.
                session.folders = None;
                Err(Problem::refusal(error.message, error.remedy))
            }
        }
    }

    /// The same for a folder that has to be there. An absent one is not an empty one.
    pub(super) async fn required(&self, session: &mut Session, folder: Folder) -> Result<String, Problem> {
        if let Some(wire) = self.wire_name(session, folder).await? {
            return Ok(wire);
        }
        session.folders = None;
        let error = absent(&self.settings.host, folder);
        Err(Problem::refusal(error.message, error.remedy))
    }

    /// Opens a folder anew, for reading unless `writable`: what it holds now is known then.
    pub(super) async fn open(&self, session: &mut Session, wire: &str, writable: bool) -> Result<Opened, Problem> {
        session.opened = None;
        let verb = if writable { "SELECT" } else { "EXAMINE" };
        let (mut exists, mut uid_validity, mut uid_next) = (None, None, None);
        let line = format!("{verb} {}", quoted(wire));
        let result = session
            .wire
            .command(&line, &mut |untagged| match untagged {
                Untagged::Exists(count) => exists = Some(count),
                Untagged::UidValidity(number) => uid_validity = Some(number),
                Untagged::UidNext(number) => uid_next = Some(number),
                _ => {}
            })
            .await;
        let reply = match result {
            Ok(reply) => reply,
            Err(failed) => {
                // It may have been renamed.
                session.folders = None;
                return Err(of_command(&self.settings, "open a folder", failed));
            }
        };
        let exists = exists.ok_or_else(|| of_command(&self.settings, "open a folder", Failed::Unreadable))?;
        let opened = Opened {
            wire: wire.to_owned(),
            writable: writable && !reply.read_only,
            exists,
            uid_validity: uid_validity.filter(|number| *number != 0),
            uid_next: uid_next.filter(|number| *number != 0),
        };
        session.opened = Some(opened.clone());
        (self.observer)("imap.after_examine");
        Ok(opened)
    }

    /// Makes sure that a folder is open and that ids given out for it still mean the same.
    pub(super) async fn at(&self, session: &mut Session, folder: Folder) -> Result<(), Problem> {
        let wire = self.required(session, folder).await?;
        if session.opened.as_ref().is_none_or(|opened| opened.wire != wire) {
            self.open(session, &wire, false).await?;
        }
        self.same_epoch(session, folder)
    }

    /// Ids mean something only within the epoch in which they were listed.
    pub(super) fn same_epoch(&self, session: &Session, folder: Folder) -> Result<(), Problem> {
        let now = session.opened.as_ref().map(|opened| self.epoch(session, opened));
        if self.known.get(&folder).map(|known| known.epoch.as_str()) == now.as_deref() {
            return Ok(());
        }
        let mut problem = Problem::passing(format!(
            "The server numbered its {} folder anew; it has to be listed first",
            folder.as_str()
        ));
        problem.cause = Cause::Lost;
        Err(problem)
    }

    /// In which epoch the open folder is. The number alone means nothing beyond its folder and account: many servers
    /// give every folder the same, and the settings may name another folder, or another account, from one day to the next.
    pub(super) fn epoch(&self, session: &Session, opened: &Opened) -> String {
        let Some(number) = opened.uid_validity else { return session.mark.clone() };
        let inbox = opened.wire.eq_ignore_ascii_case("INBOX");
        let name = if inbox { "INBOX" } else { opened.wire.as_str() };
        let digest = Sha256::digest(format!("{}\n{}\n{name}", self.settings.host, self.settings.login.user));
        let place: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("{number}-{place}")
    }
}

/// UIDs as ids, so that their order as texts is their order.
pub(super) fn item(uid: u32) -> ItemId {
    ItemId(format!("{uid:010}"))
}

pub(super) fn uid_of(item: &ItemId) -> Option<u32> {
    item.0.parse().ok().filter(|uid| *uid != 0)
}

/// A set of UIDs as commands write it.
pub(super) fn uid_set(uids: &BTreeSet<u32>) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match ranges.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(*uid) => *end = *uid,
            _ => ranges.push((*uid, *uid)),
        }
    }
    let shown: Vec<String> = ranges
        .into_iter()
        .map(|(start, end)| if start == end { start.to_string() } else { format!("{start}:{end}") })
        .collect();
    shown.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_written_in_ranges() {
        assert_eq!(uid_set(&BTreeSet::from([1, 2, 3, 7, 9, 10, u32::MAX])), "1:3,7,9:10,4294967295");
        assert_eq!(uid_set(&BTreeSet::new()), "");
    }

    #[test]
    fn ids_are_in_order_as_texts_too() {
        assert!(item(9) < item(10));
        assert_eq!(uid_of(&item(4_294_967_295)), Some(u32::MAX));
        assert_eq!(uid_of(&ItemId("x".to_owned())), None);
    }
}
