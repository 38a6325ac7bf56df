//! Logging in to both servers, and what they say of themselves.

use super::finding::{Finding, Topic, stopped};
use super::servers;
use crate::config::{self, MailboxSettings, Tls};
use crate::ledger::ids::Address;
use crate::mailbox::imap::{FolderFound, ImapMailbox, Probe};
use crate::mailbox::{Folder, FolderNames, Mailbox, MailboxError};
use crate::message;
use crate::transport::NotOpened;
use crate::transport::smtp::{Offers, SmtpTransport};
use std::collections::BTreeMap;
use std::time::Duration;

/// Nobody who sits before a screen waits longer for one step.
const PATIENCE: Duration = Duration::from_secs(20);

/// So many of the newest mails are asked who vouches for their senders.
pub const MAILS_LOOKED_AT: usize = 50;

/// What was found in a mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailboxSeen {
    /// Folders, and what each was taken for.
    pub folders: Vec<FolderFound>,
    /// Who vouches for senders on recent mail.
    pub vouching: Vouching,
}

/// Who vouches for senders on recent mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vouching {
    /// By authserv-id, the most frequent first.
    pub ids: Vec<(String, usize)>,
    /// Mails that were looked at.
    pub mails: usize,
}

/// Logs in to an IMAP server. The second is `None` when that did not work.
#[must_use]
pub fn mailbox(settings: &MailboxSettings, place: &config::ImapSettings) -> (Vec<Finding>, Option<MailboxSeen>) {
    let mut server = servers::imap_settings(settings, place);
    server.timeouts.connect = PATIENCE;
    server.timeouts.silence = PATIENCE;
    let mut mailbox = ImapMailbox::new(server);
    let probe = match mailbox.probe() {
        Ok(probe) => probe,
        Err(error) => return (vec![not_reached(&error, place)], None),
    };
    let mut findings = vec![reached(place)];
    findings.extend(abilities(&probe.capabilities, place));
    findings.extend(folders(&probe, &servers::names(settings)));
    let mut seen = MailboxSeen { folders: probe.folders, vouching: Vouching::default() };
    match vouching(&mut mailbox) {
        Ok(found) => seen.vouching = found,
        Err(error) => findings.push(not_reached(&error, place)),
    }
    (findings, Some(seen))
}

fn reached(place: &config::ImapSettings) -> Finding {
    let (host, port, user) = (&place.host, place.port, &place.login.user);
    Finding::good(Topic::Mailbox, format!("{user} is logged in at {host} port {port}, {}.", protection(place.tls)))
}

fn not_reached(error: &MailboxError, place: &config::ImapSettings) -> Finding {
    let remedy = error.remedy.clone().or_else(|| mode_advice(place.tls, place.port));
    let general = || "Check `host`, `port` and `tls` in [mailbox], and that this machine is connected".to_owned();
    Finding::bad(Topic::Mailbox, stopped(&error.message), remedy.unwrap_or_else(general))
}

fn protection(tls: Tls) -> &'static str {
    match tls {
        Tls::Implicit => "encrypted from the first byte",
        Tls::Starttls => "encrypted by STARTTLS",
        Tls::None => "not encrypted (on this machine only)",
    }
}

/// A port that usually goes with the other kind of encryption.
fn mode_advice(tls: Tls, port: u16) -> Option<String> {
    match (tls, port) {
        (Tls::Implicit, 143 | 587 | 25) => Some(format!("Port {port} usually goes with tls = \"starttls\"")),
        (Tls::Starttls, 993 | 465) => Some(format!("Port {port} usually goes with tls = \"implicit\"")),
        _ => None,
    }
}

/// What the server can do that makes a difference.
fn abilities(capabilities: &[String], place: &config::ImapSettings) -> Vec<Finding> {
    let has = |name: &str| capabilities.iter().any(|capability| capability.eq_ignore_ascii_case(name));
    let note = |text: &str| Finding::note(Topic::Mailbox, text, None);
    let mut findings = vec![match (has("IDLE"), place.watch) {
        (true, config::Watch::Idle) => {
            Finding::good(Topic::Mailbox, "New mail is told by the server at once (IDLE), and looked for all the same.")
        }
        (true, config::Watch::Poll) => {
            note("The settings say to ask every minute (watch = \"poll\"), although the server could tell (IDLE).")
        }
        (false, _) => note("The server does not tell of new mail (no IDLE): it is asked every minute."),
    }];
    if !has("UIDPLUS") {
        findings
            .push(note("The server does not say where it lays our copies and drafts (no UIDPLUS): we look for them."));
    }
    if !has("SPECIAL-USE") {
        findings.push(note("The server does not mark its folders (no SPECIAL-USE): they are told by their names."));
    }
    findings
}

/// Which folder is what, and which are missing.
fn folders(probe: &Probe, names: &FolderNames) -> Vec<Finding> {
    [Folder::Inbox, Folder::Sent, Folder::Drafts, Folder::Junk]
        .into_iter()
        .map(|role| {
            let wished = match role {
                Folder::Inbox => names.inbox.as_deref(),
                Folder::Sent => names.sent.as_deref(),
                Folder::Drafts => names.drafts.as_deref(),
                Folder::Junk => names.junk.as_deref(),
            };
            match probe.folders.iter().find(|folder| folder.role == Some(role)) {
                Some(folder) => folder_found(role, folder),
                None => folder_missing(role, wished, probe),
            }
        })
        .collect()
}

/// What a folder is for, as people say it.
pub(super) const fn purpose(role: Folder) -> &'static str {
    match role {
        Folder::Inbox => "incoming mail",
        Folder::Sent => "sent mail",
        Folder::Drafts => "drafts",
        Folder::Junk => "spam",
    }
}

fn folder_found(role: Folder, folder: &FolderFound) -> Finding {
    let told = folder.told_by.map(|how| format!(" ({how})")).unwrap_or_default();
    Finding::good(Topic::Folders, format!("{} is the folder of {}{told}.", quoted(&folder.name), purpose(role)))
}

fn folder_missing(role: Folder, wished: Option<&str>, probe: &Probe) -> Finding {
    let what = purpose(role);
    let there: Vec<String> = probe.folders.iter().map(|folder| quoted(&folder.name)).collect();
    let text = match wished {
        Some(name) => {
            format!("The settings call the folder of {what} {}, and there is none of that name.", quoted(name))
        }
        None => format!("No folder was found for {what}."),
    };
    let remedy = format!("Write under [mailbox]: {} = \"NAME\"; there are {}", role.as_str(), there.join(", "));
    if role == Folder::Junk && wished.is_none() {
        return Finding::note(Topic::Folders, format!("{text} Replies that land there are not seen."), Some(remedy));
    }
    Finding::bad(Topic::Folders, text, remedy)
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// Looks at the newest mails of the inbox: who vouches for their senders?
///
/// # Errors
/// When the inbox cannot be read.
pub fn vouching(mailbox: &mut dyn Mailbox) -> Result<Vouching, MailboxError> {
    let ids = mailbox.enumerate(Folder::Inbox)?.ids;
    let newest = ids.get(ids.len().saturating_sub(MAILS_LOOKED_AT)..).unwrap_or_default();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let heads = mailbox.heads(Folder::Inbox, newest)?;
    for id in heads.iter().filter_map(|head| message::topmost_authserv_id(&head.bytes)) {
        let count = counts.entry(id).or_default();
        *count = count.saturating_add(1);
    }
    let mut ids: Vec<(String, usize)> = counts.into_iter().collect();
    ids.sort_by(|(one, less), (other, more)| more.cmp(less).then_with(|| one.cmp(other)));
    Ok(Vouching { ids, mails: heads.len() })
}

/// Do the authserv-ids in the settings fit what is seen?
#[must_use]
pub fn senders(vouching: &Vouching, settings: &[String]) -> Vec<Finding> {
    let seen: Vec<String> = vouching.ids.iter().map(|(id, mails)| format!("{id} ({mails})")).collect();
    let of = format!("the last {} mails", vouching.mails);
    let choose =
        |id: &str| format!("Write under [mailbox]: authserv_ids = [\"{id}\"], if that is a server of your provider's");
    let Some((most, _)) = vouching.ids.first() else {
        let text = format!("None of {of} says whether its sender is genuine: no sender counts as proven.");
        let remedy = "Deferrals and statements are left to you; that is safe. Ask the provider whether its servers write \
                      Authentication-Results";
        return vec![Finding::note(Topic::Senders, text, Some(remedy.to_owned()))];
    };
    if settings.is_empty() {
        let text = format!("On {of} these servers say whether the sender is genuine: {}.", seen.join(", "));
        return vec![Finding::note(Topic::Senders, text, Some(choose(most)))];
    }
    let known = |id: &String| vouching.ids.iter().find(|(found, _)| found.eq_ignore_ascii_case(id));
    settings
        .iter()
        .map(|id| match known(id) {
            Some((_, mails)) => {
                Finding::good(Topic::Senders, format!("{id} vouches for the sender on {mails} of {of}."))
            }
            None => Finding::note(
                Topic::Senders,
                format!("{id} in authserv_ids stands on none of {of}; seen were {}.", seen.join(", ")),
                Some(choose(most)),
            ),
        })
        .collect()
}

/// Logs in to an SMTP server and asks whether it takes mail of that sender; nothing is sent.
#[must_use]
pub fn sending(settings: &config::SmtpSettings, from: Option<&Address>) -> (Vec<Finding>, bool) {
    let mut server = servers::smtp_settings(settings);
    server.timeouts.connect = PATIENCE;
    server.timeouts.command = PATIENCE;
    let mut transport = SmtpTransport::new(server);
    if let Err(error) = transport.probe(from) {
        return (vec![not_opened(error, settings)], false);
    }
    let who = settings
        .login
        .as_ref()
        .map_or("Nobody has to log in".to_owned(), |login| format!("{} is logged in", login.user));
    let (host, port) = (&settings.host, settings.port);
    let text = format!("{who} at {host} port {port}, {}.", protection(settings.tls));
    let mut findings = vec![Finding::good(Topic::Sending, text)];
    findings.extend(transport.offers().map(offers));
    (findings, true)
}

fn offers(offers: &Offers) -> Finding {
    let size = match offers.size_limit {
        Some(bytes) => format!("takes mails of up to {} MB", bytes / 1_000_000),
        None => "names no limit for the size of a mail".to_owned(),
    };
    let utf8 = if offers.utf8_addresses { "takes" } else { "does not take" };
    Finding::good(Topic::Sending, format!("The server {size} and {utf8} addresses with accents."))
}

fn not_opened(error: NotOpened, settings: &config::SmtpSettings) -> Finding {
    let (message, remedy) = match error {
        NotOpened::Stopped { message, remedy } => (message, Some(remedy)),
        NotOpened::Refused(_, words) => (
            format!("The server takes no mail of this sender: {words}"),
            Some("Look whether [firm] address is the address of this mail account, or an alias of it".to_owned()),
        ),
        NotOpened::Later(words) | NotOpened::Unreachable(words) => (words, None),
    };
    let mut remedy: Vec<String> = [remedy, mode_advice(settings.tls, settings.port)].into_iter().flatten().collect();
    if remedy.is_empty() {
        remedy.push("Check `host`, `port` and `tls` in [sending], and that this machine is connected".to_owned());
    }
    Finding::bad(Topic::Sending, stopped(&message), remedy.join(". "))
}
