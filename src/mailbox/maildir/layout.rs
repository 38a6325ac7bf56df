//! Where the folders lie: Maildir++ (`.Sent` beside `cur`) and plain (`Sent/cur`), under their usual names in the
//! languages of the product, else under the name in the settings.

use super::failure::failure;
use crate::mailbox::folder_names::{FolderNames, is_usual, setting_of};
use crate::mailbox::utf7::readable;
use crate::mailbox::{Folder, MailboxError};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// A Maildir has `cur` or `new`; an empty one of the two is easily lost in copies.
pub(super) fn is_maildir(path: &Path) -> bool {
    path.join("cur").is_dir() || path.join("new").is_dir()
}

/// Finds a folder; `None` when there is none of its usual names.
///
/// # Errors
/// When a name from the settings is not there or leads out of the mailbox, or when two folders could be meant.
pub(super) fn find(root: &Path, names: &FolderNames, folder: Folder) -> Result<Option<PathBuf>, MailboxError> {
    if let Some(name) = names.of(folder) {
        return find_named(root, folder, name).map(Some);
    }
    let mut found = matching(root, |name| is_usual(folder, name))?;
    if folder == Folder::Inbox && is_maildir(root) {
        found.insert(0, root.to_path_buf());
    }
    if found.len() > 1 {
        let shown: Vec<String> = found.iter().map(|path| format!("\"{}\"", name_within(root, path))).collect();
        let first = shown.first().cloned().unwrap_or_default();
        return Err(MailboxError {
            message: format!("More than one folder could be the {} folder: {}", folder.as_str(), shown.join(", ")),
            remedy: Some(format!("Say which one in the settings: [mailbox] {} = {first}", setting_of(folder))),
            temporary: false,
        });
    }
    Ok(found.pop())
}

/// A folder by the name in the settings.
fn find_named(root: &Path, folder: Folder, name: &str) -> Result<PathBuf, MailboxError> {
    let setting = setting_of(folder);
    let path = Path::new(name);
    let inside = !name.is_empty()
        && !name.chars().any(char::is_control)
        && path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside {
        return Err(MailboxError {
            message: format!("The name \"{}\" of the {setting} folder leads out of the mailbox", name.escape_debug()),
            remedy: Some(format!("Write the name as the mail program shows it: [mailbox] {setting} = \"Name\"")),
            temporary: false,
        });
    }
    let direct = [root.join(path), root.join(format!(".{}", name.replace('/', ".")))];
    if let Some(found) = direct.into_iter().find(|path| is_maildir(path) && within(root, path)) {
        return Ok(if name == "." { root.to_path_buf() } else { found });
    }
    let wanted = name.replace('/', ".").to_lowercase();
    matching(root, |name| name.replace('/', ".") == wanted)?.pop().ok_or_else(|| MailboxError {
        message: format!("The {setting} folder \"{name}\" is not in {}", root.display()),
        remedy: Some(format!("Correct [mailbox] {setting}, or create that folder in the mail program")),
        temporary: false,
    })
}

/// Maildirs directly under the root whose name, lower case and decoded, is accepted; sorted by path.
fn matching(root: &Path, accept: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>, MailboxError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).map_err(|error| failure("read", root, &error))? {
        let path = entry.map_err(|error| failure("read", root, &error))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let name = readable(name.strip_prefix('.').unwrap_or(name)).to_lowercase();
        if accept(&name) && is_maildir(&path) && within(root, &path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A folder that is a link out of the mailbox is none of ours.
pub(super) fn within(root: &Path, path: &Path) -> bool {
    path.canonicalize().is_ok_and(|real| real.starts_with(root))
}

/// A folder's name as it would be written in the settings.
fn name_within(root: &Path, path: &Path) -> String {
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
    if name.is_empty() { ".".to_owned() } else { readable(name.strip_prefix('.').unwrap_or(&name)) }
}

/// Where a folder is made when there is none: in the layout that the mailbox has already.
pub(super) fn place_for(root: &Path, inbox: &Path, folder: Folder) -> PathBuf {
    let name = match folder {
        Folder::Inbox => return root.to_path_buf(),
        Folder::Sent => "Sent",
        Folder::Drafts => "Drafts",
        Folder::Junk => "Junk",
    };
    let plain_beside = fs::read_dir(root).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            !hidden && is_maildir(&entry.path())
        })
    });
    if inbox == root && !plain_beside { root.join(format!(".{name}")) } else { root.join(name) }
}
