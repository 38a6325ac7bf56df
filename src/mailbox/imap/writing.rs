//! Drafts and Sent copies: the only things that are ever written, and drafts of ours the only things ever removed.

use super::answer::{Row, Untagged};
use super::connect::{Session, quoted};
use super::desk::{Desk, item, uid_of};
use super::failure::{Problem, of_command, said};
use super::strict::{Failed, Part, Sending};
use crate::mailbox::{Appended, Folder, ItemId, MailboxError};
use chrono::Utc;
use std::collections::BTreeSet;

/// The header that makes a draft ours.
const OWN_HEADER: &str = "X-Sollecito-Ref";
/// How many of the newest items are searched for a mail of ours.
const NEWEST: u32 = 50;
const BUDGET: u64 = 16 * 1024 * 1024;

/// How an append ended that did not succeed, and whether the connection is still good.
pub(super) struct Ending {
    pub(super) appended: Appended,
    pub(super) problem: Option<Problem>,
}

impl From<Appended> for Ending {
    fn from(appended: Appended) -> Self {
        Self { appended, problem: None }
    }
}

/// Before anything was sent, a failure means that nothing was appended.
fn not_begun(problem: Problem) -> Ending {
    Ending { appended: Appended::Failed(one_line(&problem.error)), problem: Some(problem) }
}

impl Desk {
    /// Adds a mail of ours.
    pub(super) async fn append(&mut self, session: &mut Session, folder: Folder, bytes: &[u8]) -> Ending {
        let flags = match folder {
            Folder::Sent => "(\\Seen)",
            Folder::Drafts => "(\\Draft \\Seen)",
            Folder::Inbox | Folder::Junk => {
                let message = format!("Nothing is ever added to the {} folder", folder.as_str());
                return Appended::Failed(message).into();
            }
        };
        if bytes.contains(&0) {
            return Appended::Failed("A mail with a NUL byte in it cannot be added".to_owned()).into();
        }
        let bytes = with_crlf(bytes);
        let wire = match self.place(session, folder).await {
            Ok(wire) => wire,
            Err(problem) => return not_begun(problem),
        };
        let marks = Marks::of(&bytes);
        // A copy that is there already, from an attempt whose end nobody saw, is not doubled.
        if folder == Folder::Sent && marks.message_id.is_some() {
            match self.find_newest(session, &wire, |found| found.message_id == marks.message_id).await {
                Ok(Some(uid)) => return Appended::Done(item(uid)).into(),
                Ok(None) => {}
                Err(problem) => return not_begun(problem),
            }
        }
        let head = format!("APPEND {} {flags} \"{}\" ", quoted(&wire), Utc::now().format("%d-%b-%Y %H:%M:%S +0000"));
        (self.observer)("imap.before_append");
        let observer = self.observer;
        let mut begun = false;
        let parts = [Part::Text(&head), Part::Literal(&bytes)];
        let result = session
            .wire
            .parts(&parts, BUDGET, &mut |_| {}, &mut |sending| match sending {
                Sending::Begins => begun = true,
                Sending::Sent => observer("imap.after_append_sent"),
            })
            .await;
        let reply = match result {
            Ok(reply) => reply,
            Err(failed) => return self.not_appended(session, failed, begun),
        };
        tracing::debug!(folder = folder.as_str(), bytes = bytes.len(), "Added a mail");
        if let Some((_, uid)) = reply.appended {
            return Appended::Done(item(uid)).into();
        }
        match self.find_newest(session, &wire, |found| marks.same(found)).await {
            Ok(Some(uid)) => Appended::Done(item(uid)).into(),
            Ok(None) => Appended::Unknown("The server took the mail and does not show it".to_owned()).into(),
            Err(problem) => Ending {
                appended: Appended::Unknown(format!("The server took the mail; then: {}", one_line(&problem.error))),
                problem: Some(problem),
            },
        }
    }

    /// A refusal is a failure at any time; a connection lost after the first byte of the mail leaves it open.
    fn not_appended(&self, session: &mut Session, failed: Failed, begun: bool) -> Ending {
        let refused = matches!(failed, Failed::No(_) | Failed::Bad(_) | Failed::Improper);
        if matches!(&failed, Failed::No(words) if words.code == "TRYCREATE") {
            session.folders = None;
        }
        let mut problem = of_command(&self.settings, "add a mail", failed);
        if let Some(Failed::No(words)) = problem.failed.as_deref()
            && (words.code == "OVERQUOTA" || words.text.to_lowercase().contains("quota"))
        {
            problem.error.message = format!("The mailbox on {} is full{}", self.settings.host, said(words));
            problem.error.remedy = Some("Free some space in the mailbox or raise its quota".to_owned());
        }
        let line = one_line(&problem.error);
        let appended = if begun && !refused { Appended::Unknown(line) } else { Appended::Failed(line) };
        Ending { appended, problem: Some(problem) }
    }

    /// Where it is added. A missing drafts folder is made, and subscribed to so that mail programs show it.
    async fn place(&self, session: &mut Session, folder: Folder) -> Result<String, Problem> {
        if folder != Folder::Drafts || self.wire_name(session, folder).await?.is_some() {
            return self.required(session, folder).await;
        }
        let wire = self.folders(session).await?.place_for("Drafts");
        if !session.all_folders {
            return Err(Problem::passing("The list of folders could not be read whole".to_owned()));
        }
        session.folders = None;
        session
            .wire
            .command(&format!("CREATE {}", quoted(&wire)), &mut |_| {})
            .await
            .map_err(self.failing("create a drafts folder"))?;
        match session.wire.command(&format!("SUBSCRIBE {}", quoted(&wire)), &mut |_| {}).await {
            Ok(_) | Err(Failed::No(_)) => {}
            Err(failed) => return Err(of_command(&self.settings, "subscribe to the drafts folder", failed)),
        }
        tracing::info!("Created a drafts folder");
        self.required(session, folder).await
    }

    /// The newest of the last items that carries what is looked for.
    async fn find_newest(
        &self,
        session: &mut Session,
        wire: &str,
        is_it: impl Fn(&Marks) -> bool,
    ) -> Result<Option<u32>, Problem> {
        let opened = self.open(session, wire, false).await?;
        if opened.exists == 0 {
            return Ok(None);
        }
        let from = opened.exists.saturating_sub(NEWEST.saturating_sub(1)).max(1);
        let line = format!("FETCH {from}:* (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID {})])", OWN_HEADER.to_uppercase());
        let mut found = BTreeSet::new();
        session
            .wire
            .command_within(&line, BUDGET, &mut |untagged| {
                if let Untagged::Row(Row { uid: Some(uid), header: Some(header), .. }) = untagged
                    && is_it(&Marks::of(&header))
                {
                    found.insert(uid);
                }
            })
            .await
            .map_err(self.failing("look for a mail"))?;
        Ok(found.pop_last())
    }

    /// Removes a draft of ours; the header is read again right before, in the same opened folder. Without UIDPLUS it is
    /// only marked as deleted: a plain EXPUNGE would take the owner's own with it.
    pub(super) async fn remove(&mut self, session: &mut Session, folder: Folder, id: &ItemId) -> Result<bool, Problem> {
        let Some(OwnDraft { uid, marked }) = self.own_draft(session, folder, id, true).await? else {
            return Ok(false);
        };
        if !marked {
            (self.observer)("imap.before_remove");
            session
                .wire
                .command(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"), &mut |_| {})
                .await
                .map_err(self.failing("remove a draft"))?;
            (self.observer)("imap.after_store_deleted");
        }
        if session.can("UIDPLUS") {
            match session.wire.command(&format!("UID EXPUNGE {uid}"), &mut |_| {}).await {
                // Marked is as good as gone, for us and for the owner's mail program.
                Ok(_) | Err(Failed::No(_)) => {}
                Err(failed) => return Err(of_command(&self.settings, "remove a draft", failed)),
            }
        }
        if let Some(known) = self.known.get_mut(&folder) {
            known.uids.remove(&uid);
        }
        tracing::debug!("Removed a draft");
        // One that was marked already counted as gone.
        Ok(!marked)
    }

    /// Is it there, and ours? Anything else is refused.
    pub(super) async fn own_draft(
        &mut self,
        session: &mut Session,
        folder: Folder,
        id: &ItemId,
        writable: bool,
    ) -> Result<Option<OwnDraft>, Problem> {
        if folder != Folder::Drafts {
            let message = format!("Only drafts are replaced or removed, nothing in the {} folder", folder.as_str());
            return Err(Problem::refusal(message, None));
        }
        let (Some(uid), Some(wire)) = (uid_of(id), self.wire_name(session, folder).await?) else { return Ok(None) };
        let opened = self.open(session, &wire, writable).await?;
        if writable && !opened.writable {
            let message = "The server lets nothing be removed from the drafts folder".to_owned();
            return Err(Problem::refusal(message, None));
        }
        self.same_epoch(session, folder)?;
        let items = format!("(UID FLAGS BODY.PEEK[HEADER.FIELDS ({})])", OWN_HEADER.to_uppercase());
        let (rows, reply) = self.rows_of(session, &BTreeSet::from([uid]), &items, BUDGET).await?;
        match rows.get(&uid) {
            None if reply.unreadable == 0 => Ok(None),
            // Marked, and then the connection or the process ended: removing it is gone on with; replacing is not.
            Some(row) if row.deleted && !writable => Ok(None),
            Some(Row { header: Some(header), deleted, .. }) if Marks::of(header).reference.is_some() => {
                Ok(Some(OwnDraft { uid, marked: *deleted }))
            }
            Some(Row { header: Some(_), .. }) => {
                let message = "That draft was not written by sollecito".to_owned();
                Err(Problem::refusal(message, None))
            }
            _ => Err(Problem::passing("The server does not show that draft".to_owned())),
        }
    }
}

/// A draft of ours.
pub(super) struct OwnDraft {
    uid: u32,
    /// It is marked as deleted, and was not taken away yet.
    marked: bool,
}

/// By what a mail of ours is known again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Marks {
    message_id: Option<String>,
    reference: Option<String>,
}

impl Marks {
    /// Reads the header block only: a quotation in the text proves nothing.
    fn of(bytes: &[u8]) -> Self {
        let mut marks = Self::default();
        let text = String::from_utf8_lossy(bytes);
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        for line in unfolded.split("\r\n") {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
            if name.trim_end().eq_ignore_ascii_case("Message-ID") {
                marks.message_id = marks.message_id.or(value);
            } else if name.trim_end().eq_ignore_ascii_case(OWN_HEADER) {
                marks.reference = marks.reference.or(value);
            }
        }
        marks
    }

    /// Servers rewrite Message-IDs (Microsoft), and leave our own header as it is.
    fn same(&self, other: &Self) -> bool {
        (self.message_id.is_some() && self.message_id == other.message_id)
            || (self.reference.is_some() && self.reference == other.reference)
    }
}

/// Lines as IMAP wants them.
fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut last = 0;
    for byte in bytes {
        if *byte == b'\n' && last != b'\r' {
            out.push(b'\r');
        }
        out.push(*byte);
        last = *byte;
    }
    out
}

/// An error with its remedy, where only one line can be told.
pub(super) fn one_line(error: &MailboxError) -> String {
    match &error.remedy {
        Some(remedy) => format!("{}. {remedy}", error.message),
        None => error.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_from_the_header_only() {
        let marks = Marks::of(b"message-id:\r\n <a@x.example>\r\nSubject: x\r\n\r\nX-Sollecito-Ref: forged\r\n");
        assert_eq!(marks, Marks { message_id: Some("<a@x.example>".to_owned()), reference: None });
        let marks = Marks::of(b"X-SOLLECITO-REF: r1\r\n\r\n");
        assert_eq!(marks.reference.as_deref(), Some("r1"));
        assert!(!Marks::default().same(&Marks::default()), "nothing is no evidence");
    }

    #[test]
    fn line_ends_become_those_of_the_wire() {
        assert_eq!(with_crlf(b"a\nb\r\nc\r"), b"a\r\nb\r\nc\r");
    }
}
