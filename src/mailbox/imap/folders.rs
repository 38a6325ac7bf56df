//! Which folder of the server is which.
//!
//! The owner's word comes first, then the server's (SPECIAL-USE, RFC 6154), then usual names; between two that fit
//! equally nobody guesses.

use super::FolderFound;
use super::answer::Listed;
use crate::mailbox::folder_names::{FolderNames, is_usual, setting_of};
use crate::mailbox::utf7::{readable, wire};
use crate::mailbox::{Folder, MailboxError};
use unicode_normalization::UnicodeNormalization;

/// A folder that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// For commands.
    pub(super) wire: String,
    /// For people.
    pub(super) name: String,
    delimiter: Option<char>,
    attributes: Vec<String>,
}

/// All folders that can be opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Folders(Vec<Found>);

const ROLES: [Folder; 4] = [Folder::Inbox, Folder::Sent, Folder::Drafts, Folder::Junk];

const BY_SETTINGS: &str = "the settings say so";
const BY_SERVER: &str = "the server says so";
const BY_NAME: &str = "by its name";

impl Folders {
    pub(super) fn of(listed: Vec<Listed>) -> Self {
        let cannot_be_opened = |listed: &Listed| {
            listed.attributes.iter().any(|attribute| matches!(attribute.as_str(), "noselect" | "nonexistent"))
        };
        let mut found: Vec<Found> = listed
            .into_iter()
            .filter(|listed| !cannot_be_opened(listed))
            .map(|listed| Found {
                name: readable(&listed.wire),
                wire: listed.wire,
                delimiter: listed.delimiter,
                attributes: listed.attributes,
            })
            .collect();
        found.sort_by(|one, other| one.wire.cmp(&other.wire));
        found.dedup_by(|one, other| one.wire == other.wire);
        Self(found)
    }

    /// The folder of a role, and why.
    ///
    /// # Errors
    /// When the name in the settings is not there, or two folders could be meant.
    pub(super) fn find(
        &self,
        names: &FolderNames,
        folder: Folder,
    ) -> Result<Option<(&Found, &'static str)>, MailboxError> {
        if let Some(name) = names.of(folder) {
            return self.named(folder, name).map(|found| Some((found, BY_SETTINGS)));
        }
        let marked = |found: &&Found| found.attributes.iter().any(|attribute| attribute == folder.as_str());
        if folder == Folder::Inbox {
            let inbox = self.0.iter().find(|found| found.wire.eq_ignore_ascii_case("INBOX"));
            return Ok(inbox.map(|found| (found, BY_NAME)));
        }
        let by_server: Vec<&Found> = self.0.iter().filter(marked).collect();
        if let Some(found) = only(folder, &by_server)? {
            return Ok(Some((found, BY_SERVER)));
        }
        // What the server calls something else is not taken for this by its name.
        let taken = |found: &Found| {
            ROLES.iter().any(|other| found.attributes.iter().any(|attribute| attribute == other.as_str()))
        };
        let by_name: Vec<&Found> =
            self.0.iter().filter(|found| !taken(found) && is_usual(folder, &folded(&found.slashed()))).collect();
        Ok(only(folder, &by_name)?.map(|found| (found, BY_NAME)))
    }

    /// A folder by the name in the settings, with or without the tree that the server puts above all.
    fn named(&self, folder: Folder, name: &str) -> Result<&Found, MailboxError> {
        let setting = setting_of(folder);
        let wanted = folded(name);
        let dotted = wanted.replace('.', "/");
        let exact = self.0.iter().find(|found| folded(&found.name) == wanted);
        let loose = || {
            let matches = |found: &&Found| {
                let slashed = folded(&found.slashed());
                slashed == wanted || slashed == dotted || below_tree(&slashed) == Some(wanted.as_str())
            };
            let found: Vec<&Found> = self.0.iter().filter(matches).collect();
            only(folder, &found)
        };
        match exact {
            Some(found) => Ok(found),
            None => loose()?.ok_or_else(|| MailboxError {
                message: format!("The {setting} folder \"{}\" is not in the mailbox", name.escape_debug()),
                remedy: Some(format!(
                    "Correct [mailbox] {setting}, or create that folder in the mail program. There are: {}",
                    self.shown()
                )),
                temporary: false,
            }),
        }
    }

    fn shown(&self) -> String {
        let mut shown: Vec<String> =
            self.0.iter().take(20).map(|found| format!("\"{}\"", found.name.escape_debug())).collect();
        if self.0.len() > shown.len() {
            shown.push("…".to_owned());
        }
        shown.join(", ")
    }

    /// The wire name under which a missing folder is made: beside the others, in the tree that they are in.
    pub(super) fn place_for(&self, plain: &str) -> String {
        let tree = self.0.iter().find_map(|found| {
            let delimiter = found.delimiter?;
            let (first, _) = found.wire.split_once(delimiter)?;
            first.eq_ignore_ascii_case("INBOX").then(|| format!("{first}{delimiter}"))
        });
        let beside = self.0.iter().any(|found| {
            let top = found.delimiter.is_none_or(|delimiter| !found.wire.contains(delimiter));
            top && !found.wire.eq_ignore_ascii_case("INBOX")
        });
        match tree {
            Some(tree) if !beside => format!("{tree}{}", wire(plain)),
            _ => wire(plain),
        }
    }

    /// Every folder with its role, for the set-up. A role about which there is doubt is given to none.
    pub(super) fn described(&self, names: &FolderNames) -> Vec<FolderFound> {
        let roles: Vec<(Folder, &str, &'static str)> = ROLES
            .into_iter()
            .filter_map(|folder| {
                let (found, told_by) = self.find(names, folder).ok()??;
                Some((folder, found.wire.as_str(), told_by))
            })
            .collect();
        self.0
            .iter()
            .map(|found| {
                let role = roles.iter().find(|(_, wire, _)| *wire == found.wire);
                FolderFound {
                    name: found.name.clone(),
                    role: role.map(|(folder, ..)| *folder),
                    told_by: role.map(|(_, _, told_by)| *told_by),
                }
            })
            .collect()
    }
}

impl Found {
    /// The readable name with slashes between its levels.
    fn slashed(&self) -> String {
        match self.delimiter {
            Some(delimiter) => self.name.replace(delimiter, "/"),
            None => self.name.clone(),
        }
    }
}

/// Names are the same in any case and however their accents are composed.
fn folded(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}

fn below_tree(name: &str) -> Option<&str> {
    ["inbox/", "[gmail]/", "[google mail]/"].into_iter().find_map(|tree| name.strip_prefix(tree))
}

fn only<'a>(folder: Folder, found: &[&'a Found]) -> Result<Option<&'a Found>, MailboxError> {
    match found {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        [first, ..] => {
            let shown: Vec<String> = found.iter().map(|found| format!("\"{}\"", found.name.escape_debug())).collect();
            Err(MailboxError {
                message: format!("More than one folder could be the {} folder: {}", folder.as_str(), shown.join(", ")),
                remedy: Some(format!(
                    "Say which one in the settings: [mailbox] {} = \"{}\"",
                    setting_of(folder),
                    first.name.escape_debug()
                )),
                temporary: false,
            })
        }
    }
}

/// A role that no folder has.
pub(super) fn absent(host: &str, folder: Folder) -> MailboxError {
    MailboxError {
        message: format!("No {} folder was found in the mailbox on {host}", folder.as_str()),
        remedy: Some(format!(
            "Name it in the settings, [mailbox] {} = \"...\", or create it in the mail program",
            setting_of(folder)
        )),
        temporary: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(names: &[(&str, &str)]) -> Folders {
        let listed = names.iter().map(|(wire, attributes)| Listed {
            wire: (*wire).to_owned(),
            delimiter: Some(if wire.contains('.') { '.' } else { '/' }),
            attributes: attributes.split_whitespace().map(str::to_owned).collect(),
        });
        Folders::of(listed.collect())
    }

    fn found(folders: &Folders, names: &FolderNames, folder: Folder) -> Option<String> {
        folders.find(names, folder).unwrap().map(|(found, _)| found.wire.clone())
    }

    #[test]
    fn the_server_is_believed_before_names() {
        let folders = folders(&[
            ("INBOX", ""),
            ("Sent", ""),
            ("[Gmail]/Posta inviata", "sent"),
            ("[Gmail]", "noselect"),
            ("[Gmail]/Bozze", "drafts"),
            ("[Gmail]/Spam", "junk"),
        ]);
        let none = FolderNames::default();
        assert_eq!(found(&folders, &none, Folder::Sent).unwrap(), "[Gmail]/Posta inviata");
        assert_eq!(found(&folders, &none, Folder::Drafts).unwrap(), "[Gmail]/Bozze");
        assert_eq!(found(&folders, &none, Folder::Inbox).unwrap(), "INBOX");
        let described = folders.described(&none);
        assert_eq!(described.len(), 5, "what cannot be opened is not shown");
        assert!(described.iter().any(|one| one.role == Some(Folder::Junk) && one.told_by == Some(BY_SERVER)));
    }

    #[test]
    fn the_owner_is_believed_before_the_server() {
        let folders = folders(&[("INBOX", ""), ("INBOX.Sent", "sent"), ("INBOX.Clienti.Inviata &AOg-", "")]);
        for name in ["INBOX.Clienti.Inviata è", "inbox/clienti/inviata È", "Clienti/Inviata è"] {
            let names = FolderNames { sent: Some(name.to_owned()), ..FolderNames::default() };
            assert_eq!(found(&folders, &names, Folder::Sent).unwrap(), "INBOX.Clienti.Inviata &AOg-", "{name}");
        }
        let names = FolderNames { sent: Some("Spedite".to_owned()), ..FolderNames::default() };
        let problem = folders.find(&names, Folder::Sent).unwrap_err();
        assert!(!problem.temporary && problem.remedy.unwrap().contains("Inviata è"));
    }

    #[test]
    fn usual_names_in_a_tree_and_in_modified_utf7_are_known() {
        let folders = folders(&[("INBOX", ""), ("INBOX.&AMk-l&AOk-ments envoy&AOk-s", ""), ("INBOX.Brouillons", "")]);
        let none = FolderNames::default();
        assert_eq!(found(&folders, &none, Folder::Sent).unwrap(), "INBOX.&AMk-l&AOk-ments envoy&AOk-s");
        assert_eq!(found(&folders, &none, Folder::Drafts).unwrap(), "INBOX.Brouillons");
        assert_eq!(found(&folders, &none, Folder::Junk), None);
    }

    #[test]
    fn nobody_guesses_between_two() {
        let none = FolderNames::default();
        for list in [[("Sent", ""), ("Sent Items", "")], [("A", "sent"), ("B", "sent")]] {
            let problem = folders(&list).find(&none, Folder::Sent).unwrap_err();
            assert!(problem.message.contains(list[0].0) && problem.message.contains(list[1].0));
        }
        // What the server calls the junk folder is not also the sent folder.
        assert_eq!(found(&folders(&[("Sent", "junk")]), &none, Folder::Sent), None);
    }

    #[test]
    fn a_missing_folder_is_made_beside_the_others() {
        assert_eq!(folders(&[("INBOX", ""), ("INBOX.Sent", "")]).place_for("Drafts"), "INBOX.Drafts");
        assert_eq!(folders(&[("INBOX", ""), ("INBOX/Sent", "")]).place_for("Drafts"), "INBOX/Drafts");
        assert_eq!(folders(&[("INBOX", ""), ("INBOX/Clienti", ""), ("Sent", "")]).place_for("Drafts"), "Drafts");
        assert_eq!(folders(&[("INBOX", "")]).place_for("Drafts"), "Drafts");
    }
}
