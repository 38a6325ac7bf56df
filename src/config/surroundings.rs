//! What the settings name and the machine does not have: no mistake in a file, but nothing would work without it.

use super::settings::{PasswordSource, Settings, TransportSettings};
use std::path::Path;

/// One sentence for each thing that is not as it should be.
#[must_use]
pub fn surroundings(settings: &Settings) -> Vec<String> {
    let mut notes = Vec::new();
    let maildir = &settings.mailbox.path;
    if !maildir.is_dir() {
        notes.push(format!("The Maildir {} is not there: nothing can be read.", maildir.display()));
    } else if !holds_mail(maildir) && settings.mailbox.inbox.is_none() {
        notes.push(format!(
            "{} does not look like a Maildir: neither it nor a folder in it has a folder `cur`.",
            maildir.display()
        ));
    }
    if let TransportSettings::Smtp(smtp) = &settings.sending.transport {
        if let Some(PasswordSource::File(file)) = &smtp.password {
            notes.extend(password_file(file));
        }
        if let Some(file) = smtp.ca_file.as_ref().filter(|file| !file.is_file()) {
            notes.push(format!("The certificates {} are not there.", file.display()));
        }
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
        return Some(format!("The password file {} is not there: no mail can be handed over.", file.display()));
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
