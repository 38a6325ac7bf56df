//! `check --live`: everything that only the servers, the mailbox and the database can tell.

use super::finding::{Finding, Topic, stopped};
use super::trial::{self, Vouching};
use super::{permission, servers};
use crate::agent::rest;
use crate::config::{Firm, MailboxPlace, TransportSettings};
use crate::ledger::moment::Moment;
use crate::mailbox::{Folder, Mailbox, MailboxError};
use crate::store::{Store, StoreError};
use crate::transport::folder::FolderTransport;

/// Looks at everything, whatever is wrong with the rest. Where the way out works, a rest after trouble with it ends.
///
/// # Errors
/// When the database cannot be read.
pub fn look(firm: &Firm, mut store: Option<&mut Store>, moment: Moment) -> Result<Vec<Finding>, StoreError> {
    let settings = &firm.settings;
    let (mut findings, vouching) = match &settings.mailbox.place {
        MailboxPlace::Imap(place) => {
            let (findings, seen) = trial::mailbox(&settings.mailbox, place);
            (findings, seen.map(|seen| seen.vouching))
        }
        MailboxPlace::Maildir { .. } => match servers::mailbox(&settings.mailbox) {
            Ok(mut mailbox) => maildir(mailbox.as_mut()),
            Err(error) => (vec![unusable(&error)], None),
        },
    };
    if let Some(vouching) = vouching.filter(|vouching| vouching.mails > 0) {
        findings.extend(trial::senders(&vouching, &settings.mailbox.authserv_ids));
    }
    findings.extend(match &settings.sending.transport {
        TransportSettings::Smtp(smtp) => {
            let (found, works) = trial::sending(smtp, Some(&settings.firm.address));
            if let Some(store) = store.as_deref_mut().filter(|_| works) {
                // A person saw that the server works: what waits for it need not wait longer.
                rest::lift(store)?;
            }
            found
        }
        TransportSettings::Folder { path } => vec![match FolderTransport::open(path) {
            Ok(_) => Finding::note(
                Topic::Sending,
                format!("Mails are laid into the folder {} and go nowhere.", path.display()),
                Some("Write under [sending]: transport = \"smtp\", and the server".to_owned()),
            ),
            Err(_) => Finding::bad(
                Topic::Sending,
                format!("Nothing can be laid into the folder {}.", path.display()),
                "Correct `path` in [sending], or make it writable for the user that runs sollecito",
            ),
        }],
    });
    findings.extend(permission::permission(firm, store.as_deref(), moment)?);
    Ok(findings)
}

/// What a Maildir can tell.
fn maildir(mailbox: &mut dyn Mailbox) -> (Vec<Finding>, Option<Vouching>) {
    let mut findings = Vec::new();
    for folder in [Folder::Inbox, Folder::Sent, Folder::Drafts, Folder::Junk] {
        findings.push(match mailbox.enumerate(folder) {
            Ok(listing) => {
                let (name, count) = (trial::purpose(folder), listing.ids.len());
                Finding::good(Topic::Folders, format!("The folder of {name} can be read: {count} mails."))
            }
            Err(error) if folder == Folder::Junk => {
                Finding::note(Topic::Folders, stopped(&error.message), error.remedy)
            }
            Err(error) => Finding { topic: Topic::Folders, ..unusable(&error) },
        });
    }
    match trial::vouching(mailbox) {
        Ok(vouching) => (findings, Some(vouching)),
        Err(_) => (findings, None),
    }
}

fn unusable(error: &MailboxError) -> Finding {
    let remedy = error.remedy.clone().unwrap_or_else(|| "Correct `path` in [mailbox]".to_owned());
    Finding::bad(Topic::Mailbox, stopped(&error.message), remedy)
}
