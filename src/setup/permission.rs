//! Whether mail may leave now, and which: brake, fresh inbox, modes, redirection, copies in Sent.

use super::finding::{Finding, Topic, stopped};
use super::providers::{self, Provider};
use crate::agent::rest;
use crate::config::{Firm, MailboxPlace, SentCopy, TransportSettings};
use crate::ledger::moment::Moment;
use crate::ledger::words::Mode;
use crate::store::{Store, StoreError};

/// Everything that decides whether mail may leave. Without a database the agent has not worked yet.
///
/// # Errors
/// When the database cannot be read.
pub fn permission(firm: &Firm, store: Option<&Store>, moment: Moment) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    match store {
        Some(store) => {
            findings.push(brake(store, moment)?);
            findings.extend(resting(store, moment)?);
            findings.push(freshness(firm, store, moment)?);
        }
        None => findings.push(Finding::note(
            Topic::Permission,
            "The mailbox was never read yet: nothing leaves before inbox and sent mail were.",
            Some("`sollecito run` or `sollecito once` reads it".to_owned()),
        )),
    }
    findings.extend(redirection(firm));
    findings.extend(modes(firm));
    findings.extend(owner_drafts(firm));
    findings.push(copies(firm));
    Ok(findings)
}

fn brake(store: &Store, moment: Moment) -> Result<Finding, StoreError> {
    Ok(match store.look().halted()? {
        None => Finding::good(Topic::Permission, "Sending is not halted."),
        Some(halt) => {
            let since = halt.at.with_timezone(&moment.zone).format("%Y-%m-%d %H:%M");
            let why = if halt.why.is_empty() { String::new() } else { format!(": {}", halt.why) };
            Finding::note(
                Topic::Permission,
                stopped(&format!("All sending is halted since {since}{why}")),
                Some("`sollecito halt --off` lets mail leave again".to_owned()),
            )
        }
    })
}

/// After trouble with the server nothing is tried for a while.
fn resting(store: &Store, moment: Moment) -> Result<Option<Finding>, StoreError> {
    Ok(rest::resting(&store.look(), moment.instant)?.map(|rest| {
        let until = rest.until.with_timezone(&moment.zone).format("%Y-%m-%d %H:%M");
        let text = format!("Mail is tried again from {until} on, after trouble with the server: {}", rest.why);
        Finding::note(Topic::Permission, stopped(&text), None)
    }))
}

/// Both folders have to have been read lately, as the last check before sending asks it.
fn freshness(firm: &Firm, store: &Store, moment: Moment) -> Result<Finding, StoreError> {
    let look = store.look();
    let limit = i64::from(firm.policy.limits.inbox_fresh_minutes);
    let mut oldest: Option<(&str, i64)> = None;
    for (folder, name) in [("inbox", "The inbox"), ("sent", "The folder of sent mail")] {
        let Some(at) = look.folder_enumerated(folder)? else {
            return Ok(Finding::note(
                Topic::Permission,
                format!("{name} was never read: nothing leaves before it was."),
                Some("`sollecito run` or `sollecito once` reads it".to_owned()),
            ));
        };
        let minutes = moment.instant.signed_duration_since(at).num_minutes().max(0);
        if oldest.is_none_or(|(_, age)| minutes > age) {
            oldest = Some((name, minutes));
        }
    }
    Ok(match oldest {
        Some((name, minutes)) if minutes > limit => Finding::note(
            Topic::Permission,
            format!("{name} was last read {} ago: nothing leaves before it is read again.", age(minutes)),
            Some("Look whether `sollecito run` is running".to_owned()),
        ),
        _ => Finding::good(
            Topic::Permission,
            format!("Inbox and sent mail were read within the last {limit} minutes, as sending requires."),
        ),
    })
}

fn age(minutes: i64) -> String {
    match minutes {
        0..=120 => format!("{minutes} minutes"),
        121..=2_880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}

fn redirection(firm: &Firm) -> Option<Finding> {
    let to = firm.settings.sending.redirect_to.as_ref()?;
    let text = format!("Everything goes to {to} instead of the customers (redirect_to), and no step counts.");
    Some(Finding::note(Topic::Permission, text, Some("Take redirect_to out of [sending] when you trust it".to_owned())))
}

fn modes(firm: &Firm) -> Vec<Finding> {
    let with = |mode: Mode| -> Vec<&str> {
        firm.policy.modes.iter().filter(|(_, set)| **set == mode).map(|(purpose, _)| purpose.as_str()).collect()
    };
    let of = |mode: Mode, says: &str| {
        let names = with(mode);
        (!names.is_empty()).then(|| Finding::good(Topic::Permission, format!("{says}: {}.", names.join(", "))))
    };
    let mut found: Vec<Finding> = [
        of(Mode::Send, "Mails that are sent by themselves"),
        of(Mode::Draft, "Mails that are laid into Drafts for you to send"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if found.is_empty() {
        let text = "Nothing leaves to customers: every purpose of mail stands on \"observe\".";
        found.push(Finding::note(Topic::Permission, text, Some("[modes] changes that, purpose by purpose".to_owned())));
    } else {
        found.extend(of(Mode::Observe, "Mails that are only observed"));
    }
    let to = &firm.settings.owner.address;
    let text = format!("Questions and notices to the owner go to {to} in every mode.");
    found.push(Finding::good(Topic::Permission, text));
    found
}

/// Steps that stay the owner's whatever the mode.
fn owner_drafts(firm: &Firm) -> Option<Finding> {
    firm.policy.owners_steps().next().map(|_| {
        let text = "The final notice is never sent by itself: it is always a draft that you sign and send.";
        Finding::good(Topic::Permission, text)
    })
}

/// Who files the copies, and whether that fits the provider.
fn copies(firm: &Firm) -> Finding {
    let sending = &firm.settings.sending;
    let provider = known_provider(firm);
    let name = provider.as_ref().map_or("the server", |provider| provider.name.as_str());
    let usual = provider.as_ref().map(Provider::sent_copy);
    let probe = "`sollecito init --probe-sent-copy` in another folder finds out";
    match (sending.sent_copy, usual) {
        (SentCopy::Append, Some(SentCopy::Server)) => Finding::note(
            Topic::Permission,
            format!("{name} files sent mail by itself: with sent_copy = \"append\" each copy stands there twice."),
            Some(format!("Write under [sending]: sent_copy = \"server\"; {probe}")),
        ),
        (SentCopy::Server, Some(SentCopy::Append)) => Finding::note(
            Topic::Permission,
            format!("{name} usually does not file sent mail: with sent_copy = \"server\" copies may be missing."),
            Some(format!("Write under [sending]: sent_copy = \"append\"; {probe}")),
        ),
        (SentCopy::Append, _) => {
            Finding::good(Topic::Permission, "Copies of sent mail are laid into Sent by us (sent_copy = \"append\").")
        }
        (SentCopy::Server, _) => {
            Finding::good(Topic::Permission, "Copies of sent mail are filed by the server (sent_copy = \"server\").")
        }
        (SentCopy::None, _) => Finding::note(
            Topic::Permission,
            "Nobody keeps copies of sent mail (sent_copy = \"none\"): whether a mail left after a cut connection is \
             then yours to tell.",
            Some("Write under [sending]: sent_copy = \"append\"".to_owned()),
        ),
    }
}

/// The provider whose servers the settings name.
fn known_provider(firm: &Firm) -> Option<Provider> {
    let all = providers::all().ok()?;
    let smtp = match &firm.settings.sending.transport {
        TransportSettings::Smtp(smtp) => Some((smtp.host.as_str(), smtp.port)),
        TransportSettings::Folder { .. } => None,
    };
    let imap = match &firm.settings.mailbox.place {
        MailboxPlace::Imap(imap) => Some((imap.host.as_str(), imap.port)),
        MailboxPlace::Maildir { .. } => None,
    };
    let (host, port) = smtp.or(imap)?;
    all.into_iter().find(|provider| provider.has_server(host, port))
}
