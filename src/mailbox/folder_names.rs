//! What folders are called: by the owner in the settings, and usually.

use super::Folder;

/// Names of folders as set by the owner; `None` is looked for. A Maildir's INBOX of `.` is the root itself.
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
    pub(super) fn of(&self, folder: Folder) -> Option<&str> {
        match folder {
            Folder::Inbox => self.inbox.as_deref(),
            Folder::Sent => self.sent.as_deref(),
            Folder::Drafts => self.drafts.as_deref(),
            Folder::Junk => self.junk.as_deref(),
        }
    }
}

/// The key in the settings that names a folder.
pub(super) const fn setting_of(folder: Folder) -> &'static str {
    folder.as_str()
}

/// Is this a usual name of the folder? The name is readable and in lower case, levels divided by dots or slashes.
pub(super) fn is_usual(folder: Folder, name: &str) -> bool {
    usual_names(folder).contains(&without_tree(name))
}

/// A name without the level that some servers put above all folders: Courier's `INBOX.`, Gmail's `[Gmail]/`.
fn without_tree(name: &str) -> &str {
    ["inbox.", "inbox/", "[gmail]/", "[google mail]/", "[googlemail]/"]
        .into_iter()
        .find_map(|tree| name.strip_prefix(tree))
        .unwrap_or(name)
}

/// Usual names, lower case: English, Italian, German, French, Spanish, Portuguese, Dutch, Polish; as servers, Outlook,
/// Thunderbird and the web mail of Gmail, Yahoo, GMX, Aruba, Libero and Register name them.
const fn usual_names(folder: Folder) -> &'static [&'static str] {
    match folder {
        Folder::Inbox => &["inbox"],
        Folder::Sent => SENT,
        Folder::Drafts => DRAFTS,
        Folder::Junk => JUNK,
    }
}

const SENT: &[&str] = &[
    "sent",
    "sent items",
    "sent messages",
    "sent mail",
    "sent-mail",
    "sent objects",
    "inviata",
    "inviate",
    "inviati",
    "posta inviata",
    "elementi inviati",
    "messaggi inviati",
    "gesendet",
    "gesendete elemente",
    "gesendete objekte",
    "gesendete nachrichten",
    "envoyé",
    "envoyés",
    "éléments envoyés",
    "messages envoyés",
    "objets envoyés",
    "enviados",
    "enviado",
    "elementos enviados",
    "mensajes enviados",
    "correo enviado",
    "itens enviados",
    "mensagens enviadas",
    "verzonden",
    "verzonden items",
    "verzonden berichten",
    "wysłane",
    "elementy wysłane",
];

const DRAFTS: &[&str] = &[
    "drafts",
    "draft",
    "bozze",
    "bozza",
    "entwürfe",
    "entwurf",
    "brouillons",
    "brouillon",
    "borradores",
    "borrador",
    "rascunhos",
    "concepten",
    "wersje robocze",
    "kopie robocze",
    "szkice",
];

const JUNK: &[&str] = &[
    "junk",
    "spam",
    "junk mail",
    "junk email",
    "junk e-mail",
    "junk-e-mail",
    "bulk",
    "bulk mail",
    "posta indesiderata",
    "indesiderata",
    "unerwünscht",
    "spamverdacht",
    "courrier indésirable",
    "indésirables",
    "pourriel",
    "correo no deseado",
    "no deseado",
    "lixo eletrônico",
    "ongewenst",
    "ongewenste e-mail",
    "wiadomości-śmieci",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_are_known_below_the_usual_trees() {
        for name in ["sent", "inbox.sent", "inbox/posta inviata", "[gmail]/posta inviata", "éléments envoyés"] {
            assert!(is_usual(Folder::Sent, name), "{name}");
        }
        assert!(is_usual(Folder::Junk, "[google mail]/spam"));
        assert!(!is_usual(Folder::Sent, "clients/sent"));
        assert!(!is_usual(Folder::Drafts, "inbox.sent"));
    }

    #[test]
    fn no_name_is_usual_for_two_folders_and_all_are_in_lower_case() {
        let all: Vec<&str> = [SENT, DRAFTS, JUNK, &["inbox"]].concat();
        for name in &all {
            assert_eq!(all.iter().filter(|other| *other == name).count(), 1, "{name}");
            assert_eq!(name.to_lowercase(), *name);
        }
    }
}
