//! What the settings name and the machine does not have: no mistake in a file, but nothing would work without it.

use super::settings::{LoginSettings, MailboxPlace, SecretSettings, Settings, TransportSettings};
use std::path::{Path, PathBuf};

/// One sentence for each thing that is not as it should be.
#[must_use]
pub fn surroundings(settings: &Settings) -> Vec<String> {
    let mut notes = Vec::new();
    match &settings.mailbox.place {
        MailboxPlace::Maildir { path } => notes.extend(maildir(path, settings.mailbox.inbox.is_some())),
        MailboxPlace::Imap(imap) => notes.extend(server(Some(&imap.login), imap.ca_file.as_ref())),
    }
    if let TransportSettings::Smtp(smtp) = &settings.sending.transport {
        notes.extend(server(smtp.login.as_ref(), smtp.ca_file.as_ref()));
    }
    // Mailbox and way out often share a login.
    let mut told = std::collections::BTreeSet::new();
    notes.retain(|note| told.insert(note.clone()));
    notes
}

fn maildir(path: &Path, inbox_named: bool) -> Option<String> {
    if !path.is_dir() {
        return Some(format!("The Maildir {} is not there: nothing can be read.", path.display()));
    }
    (!holds_mail(path) && !inbox_named).then(|| {
        format!("{} does not look like a Maildir: neither it nor a folder in it has a folder `cur`.", path.display())
    })
}

fn server(login: Option<&LoginSettings>, ca_file: Option<&PathBuf>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(SecretSettings::PasswordFile(file)) = login.map(|login| &login.secret) {
        notes.extend(password_file(file));
    }
    if let Some(file) = ca_file.filter(|file| !file.is_file()) {
        notes.push(format!("The certificates {} are not there.", file.display()));
    }
    notes
}

/// Maildir++ has `cur` at its root, the plain layout in each folder.
fn holds_mail(maildir: &Path) -> bool {
    let is_folder = |path: &Path| path.join("cur").is_dir() || path.join("new").is_dir();
    let mut inside = std::fs::read_dir(maildir).into_iter().flatten().filter_map(Result::ok);
    is_folder(maildir) || inside.any(|entry| is_folder(&entry.path()))
}

fn password_file(file: &Path) -> Option<String> {
    let Ok(about) = std::fs::metadata(file) else {
        return Some(format!("The password file {} is not there: nobody can log in.", file.display()));
    };
    open_to_others(&about)
        .then(|| format!("The password file {0} can be read by others: chmod 600 {0}", file.display()))
}

#[cfg(unix)]
fn open_to_others(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
const fn open_to_others(_: &std::fs::Metadata) -> bool {
    false
}
