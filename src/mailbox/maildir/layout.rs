//! Where the folders lie: Maildir++ (`.Sent` beside `cur`) and plain (`Sent/cur`), under their usual names in the
//! languages of the product, else under the name in the settings.

use super::failure::failure;
use crate::mailbox::{Folder, MailboxError};
use data_encoding::BASE64_NOPAD;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Names of folders as set by the owner; `None` is looked for. An INBOX of `.` is the root itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderNames {
    /// Where mail arrives.
    pub inbox: Option<String>,
    /// Where sent mail is kept.
    pub sent: Option<String>,
    /// Where drafts wait.
    pub drafts: Option<String>,
    /// Where suspected spam goes.
    pub junk: Option<String>,
}

impl FolderNames {
    fn of(&self, folder: Folder) -> Option<&str> {
        match folder {
            Folder::Inbox => self.inbox.as_deref(),
            Folder::Sent => self.sent.as_deref(),
            Folder::Drafts => self.drafts.as_deref(),
            Folder::Junk => self.junk.as_deref(),
        }
    }
}

/// Usual names, lower case: English, Italian, German, French, Spanish.
const fn usual_names(folder: Folder) -> &'static [&'static str] {
    match folder {
        Folder::Inbox => &["inbox"],
        Folder::Sent => &[
            "sent",
            "sent items",
            "sent messages",
            "sent mail",
            "inviata",
            "inviati",
            "posta inviata",
            "elementi inviati",
            "messaggi inviati",
            "gesendet",
            "gesendete elemente",
            "gesendete objekte",
            "envoyés",
            "éléments envoyés",
            "messages envoyés",
            "enviados",
            "elementos enviados",
            "mensajes enviados",
        ],
        Folder::Drafts => {
            &["drafts", "draft", "bozze", "bozza", "entwürfe", "entwurf", "brouillons", "brouillon", "borradores"]
        }
        Folder::Junk => &[
            "junk",
            "spam",
            "junk mail",
            "junk email",
            "junk e-mail",
            "posta indesiderata",
            "indesiderata",
            "junk-e-mail",
            "unerwünscht",
            "courrier indésirable",
            "indésirables",
            "pourriel",
            "correo no deseado",
            "no deseado",
        ],
    }
}

/// The key in the settings that names a folder.
pub(super) const fn setting_of(folder: Folder) -> &'static str {
    folder.as_str()
}

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
    let mut found = matching(root, |name| {
        let plain = name.strip_prefix("inbox.").or_else(|| name.strip_prefix("inbox/")).unwrap_or(name);
        usual_names(folder).contains(&plain)
    })?;
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
        let name = decode_name(name.strip_prefix('.').unwrap_or(name)).to_lowercase();
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
    if name.is_empty() { ".".to_owned() } else { decode_name(name.strip_prefix('.').unwrap_or(&name)) }
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

/// Reads the modified UTF-7 that mail servers write on disk (RFC 3501, 5.1.3); whatever is not that stays as it is.
fn decode_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((coded, tail)) = after.split_once('-') else { return name.to_owned() };
        if coded.is_empty() {
            out.push('&');
        } else {
            let Some(text) = decode_shifted(coded) else { return name.to_owned() };
            out.push_str(&text);
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// One shifted stretch: base64 with a comma for the slash, over UTF-16.
fn decode_shifted(coded: &str) -> Option<String> {
    let mut specification = BASE64_NOPAD.specification();
    // Writers differ in the unused bits at the end; they carry nothing.
    specification.check_trailing_bits = false;
    let bytes = specification.encoding().ok()?.decode(coded.replace(',', "/").as_bytes()).ok()?;
    let (units, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    let units: Vec<u16> = units.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_modified_utf7_are_read() {
        assert_eq!(decode_name("&AMk-l&AOk-ments envoy&AOk-s"), "Éléments envoyés");
        assert_eq!(decode_name("Entw&APw-rfe"), "Entwürfe");
        assert_eq!(decode_name("R&-D"), "R&D");
        assert_eq!(decode_name("a&b"), "a&b");
        assert_eq!(decode_name("a&!!-b"), "a&!!-b");
        assert_eq!(decode_name("Éléments"), "Éléments");
    }
}
