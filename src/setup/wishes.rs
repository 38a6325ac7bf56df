//! From what a person wishes (flags or answers) to the settings of a new firm: what was not said comes from the table
//! of providers, and at last from a guess that the login proves.

use super::providers::{self, Place, Provider};
use crate::config::starter::Answers;
use crate::config::{ImapSettings, LoginSettings, SecretSettings, SentCopy, SmtpSettings, Tls, Watch};
use crate::ledger::ids::Address;
use crate::ledger::problem::nearest;
use crate::ledger::words::Language;
use std::path::{Path, PathBuf};

/// The password file of a firm whose owner said nothing else.
pub const PASSWORD_FILE: &str = "password.txt";

/// Where the mailbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailboxKind {
    /// On this machine.
    Maildir,
    /// At a provider.
    Imap,
}

/// A server as far as it was said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerWish {
    /// Its name.
    pub host: Option<String>,
    /// Its port.
    pub port: Option<u16>,
    /// How the connection is encrypted.
    pub tls: Option<Tls>,
}

/// Everything that can be said about a new firm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The firm's name.
    pub name: Option<String>,
    /// Who signs.
    pub person: Option<String>,
    /// The mail address.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// The firm's IBAN.
    pub iban: Option<String>,
    /// Its holder.
    pub holder: Option<String>,
    /// The firm's language.
    pub language: Option<Language>,
    /// Where the mailbox is.
    pub kind: Option<MailboxKind>,
    /// The Maildir.
    pub maildir: Option<String>,
    /// The word of a provider.
    pub provider: Option<String>,
    /// Where mail is read.
    pub imap: ServerWish,
    /// Where mail is handed over.
    pub smtp: ServerWish,
    /// Who logs in.
    pub user: Option<String>,
    /// Certificate authorities.
    pub ca_file: Option<PathBuf>,
    /// Where the secret comes from; a relative path counts from the firm's folder.
    pub secret: Option<SecretSettings>,
    /// Whose word counts that a sender is genuine.
    pub authserv_ids: Vec<String>,
    /// Who keeps the copy in Sent.
    pub sent_copy: Option<SentCopy>,
}

/// A wish that cannot be fulfilled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    /// A sentence without a full stop.
    pub message: String,
    /// What to say instead.
    pub remedy: String,
}

/// What comes of the wishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What the settings will say.
    pub answers: Answers,
    /// The provider, when it is known.
    pub provider: Option<Provider>,
    /// The servers are guessed from the address.
    pub guessed: bool,
}

impl Wishes {
    /// Is the mailbox at a provider?
    #[must_use]
    pub fn wants_imap(&self) -> bool {
        match self.kind {
            Some(kind) => kind == MailboxKind::Imap,
            None => {
                let said = self.provider.is_some() || self.imap.host.is_some() || self.secret.is_some();
                self.maildir.is_none() && said
            }
        }
    }

    fn domain(&self) -> Option<String> {
        self.address.as_deref().and_then(Address::parse).map(|address| address.domain().to_owned())
    }

    /// The provider that was named, or else the one of the address.
    ///
    /// # Errors
    /// When the word is not in the table, or the table is damaged.
    pub fn provider(&self) -> Result<Option<Provider>, Unclear> {
        let all = table()?;
        let Some(word) = &self.provider else {
            let domain = self.domain().unwrap_or_default();
            return Ok(providers::of_domain(&all, &domain).cloned());
        };
        if let Some(found) = all.iter().find(|provider| provider.id == *word) {
            return Ok(Some(found.clone()));
        }
        let ids: Vec<&str> = all.iter().map(|provider| provider.id.as_str()).collect();
        Err(Unclear {
            message: format!("No provider is called {word}"),
            remedy: match nearest(word, ids.iter().copied()) {
                Some(near) => format!("did you mean {near}? Else name the servers: --imap-host and --smtp-host"),
                None => format!("known are {}; else name the servers: --imap-host and --smtp-host", ids.join(", ")),
            },
        })
    }

    /// The settings that follow.
    ///
    /// # Errors
    /// As [`Self::provider`].
    pub fn proposal(&self) -> Result<Proposal, Unclear> {
        let imap_wanted = self.wants_imap();
        let provider = if imap_wanted || self.provider.is_some() { self.provider()? } else { None };
        let domain = self.domain().unwrap_or_default();
        let named = |place: fn(&Provider, &str) -> Option<Place>| provider.as_ref().and_then(|p| place(p, &domain));
        let (guess_imap, guess_smtp) = providers::guess(&domain);
        let nowhere = |guess: Place| if domain.is_empty() { Place { host: String::new(), ..guess } } else { guess };
        let guessed = imap_wanted && provider.is_none() && (self.imap.host.is_none() || self.smtp.host.is_none());
        let login = self.login(provider.as_ref(), imap_wanted);
        let imap = imap_wanted.then(|| {
            let place = self.imap.place(named(Provider::imap).unwrap_or_else(|| nowhere(guess_imap)), [993, 143, 143]);
            let login = login.clone().unwrap_or_else(|| self.usual_login(provider.as_ref()));
            let (host, port, tls) = (place.host, place.port, place.tls);
            ImapSettings { host, port, tls, login, ca_file: self.ca_file.clone(), watch: Watch::Idle }
        });
        let smtp_wanted = imap_wanted || self.smtp.host.is_some() || provider.is_some();
        let smtp = smtp_wanted.then(|| {
            let place = self.smtp.place(named(Provider::smtp).unwrap_or_else(|| nowhere(guess_smtp)), [465, 587, 25]);
            let (host, port, tls) = (place.host, place.port, place.tls);
            let login = login.clone().or_else(|| imap.as_ref().map(|imap| imap.login.clone()));
            let login = login.filter(|_| tls != Tls::None);
            SmtpSettings { host, port, tls, login, ca_file: self.ca_file.clone() }
        });
        // The table only knows; "append" is what holds anyway.
        let files_itself = provider.as_ref().map(Provider::sent_copy).filter(|copy| *copy == SentCopy::Server);
        let answers = Answers {
            name: self.name.clone(),
            person: self.person.clone(),
            address: self.address.clone(),
            phone: self.phone.clone(),
            language: self.language,
            maildir: self.maildir.clone(),
            imap,
            smtp,
            sent_copy: self.sent_copy.or(files_itself),
            authserv_ids: self.authserv_ids.clone(),
            authserv_seen: Vec::new(),
            iban: self.iban.clone(),
            holder: self.holder.clone(),
        };
        Ok(Proposal { answers, provider, guessed })
    }

    /// The login that was said, wholly or in part.
    fn login(&self, provider: Option<&Provider>, imap_wanted: bool) -> Option<LoginSettings> {
        if !imap_wanted && self.secret.is_none() && self.user.is_none() {
            return None;
        }
        let usual = self.usual_login(provider);
        Some(LoginSettings {
            user: self.user.clone().unwrap_or(usual.user),
            secret: self.secret.clone().unwrap_or(usual.secret),
        })
    }

    fn usual_login(&self, provider: Option<&Provider>) -> LoginSettings {
        let address = self.address.as_deref().and_then(Address::parse);
        let of_provider = address.as_ref().and_then(|address| provider.and_then(|p| p.user_of(address)));
        LoginSettings {
            user: of_provider.or_else(|| self.address.clone()).unwrap_or_default(),
            secret: SecretSettings::PasswordFile(PathBuf::from(PASSWORD_FILE)),
        }
    }
}

impl ServerWish {
    /// What was said, over what is proposed. Another encryption brings its usual port along, and another port of the
    /// usual ones its encryption.
    fn place(&self, proposed: Place, [implicit, starttls, none]: [u16; 3]) -> Place {
        let own_host = self.host.is_some();
        let told_by_port = self.port.and_then(|port| match port {
            _ if port == implicit => Some(Tls::Implicit),
            _ if port == starttls => Some(Tls::Starttls),
            _ => None,
        });
        let tls = self.tls.or(told_by_port).unwrap_or(if own_host { Tls::Implicit } else { proposed.tls });
        let usual = match tls {
            Tls::Implicit => implicit,
            Tls::Starttls => starttls,
            Tls::None => none,
        };
        let kept = (!own_host && tls == proposed.tls).then_some(proposed.port);
        Place { host: self.host.clone().unwrap_or(proposed.host), port: self.port.or(kept).unwrap_or(usual), tls }
    }
}

/// A copy of a login whose file counts from the firm's folder, for trying it before the settings are written.
#[must_use]
pub fn in_folder(folder: &Path, login: &LoginSettings) -> LoginSettings {
    let secret = match &login.secret {
        SecretSettings::PasswordFile(file) => SecretSettings::PasswordFile(folder.join(file)),
        other => other.clone(),
    };
    LoginSettings { user: login.user.clone(), secret }
}

fn table() -> Result<Vec<Provider>, Unclear> {
    providers::all().map_err(|error| Unclear {
        message: format!("The shipped table of providers is damaged: {error}"),
        remedy: "report this as a fault".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Wishes {
        Wishes { address: Some(address.to_owned()), kind: Some(MailboxKind::Imap), ..Wishes::default() }
    }

    fn servers(wishes: &Wishes) -> (ImapSettings, SmtpSettings) {
        let answers = wishes.proposal().expect("a proposal").answers;
        (answers.imap.expect("a mailbox"), answers.smtp.expect("a way out"))
    }

    #[test]
    fn an_address_at_a_known_provider_is_enough() {
        let wishes = of("marta@gmail.com");
        let (imap, smtp) = servers(&wishes);
        assert_eq!((imap.host.as_str(), imap.port, imap.tls), ("imap.gmail.com", 993, Tls::Implicit));
        assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), ("smtp.gmail.com", 465, Tls::Implicit));
        assert_eq!(imap.login.user, "marta@gmail.com");
        assert_eq!(imap.login.secret, SecretSettings::PasswordFile(PASSWORD_FILE.into()));
        assert_eq!(smtp.login.as_ref(), Some(&imap.login));
        let proposal = wishes.proposal().expect("a proposal");
        assert_eq!(proposal.answers.sent_copy, Some(SentCopy::Server));
        assert!(!proposal.guessed);
    }

    #[test]
    fn an_own_domain_is_guessed_or_told() {
        let proposal = of("marta@studioferri.example").proposal().expect("a proposal");
        assert!(proposal.guessed && proposal.provider.is_none());
        assert_eq!(proposal.answers.imap.expect("a mailbox").host, "imap.studioferri.example");
        let told = Wishes { provider: Some("aruba".to_owned()), ..of("marta@studioferri.example") };
        let (imap, smtp) = servers(&told);
        assert_eq!((imap.host.as_str(), smtp.host.as_str()), ("imaps.aruba.it", "smtps.aruba.it"));
        assert!(!told.proposal().expect("a proposal").guessed);
        let wrong = Wishes { provider: Some("arubba".to_owned()), ..of("marta@studioferri.example") };
        let unclear = wrong.proposal().expect_err("no such provider");
        assert!(unclear.remedy.starts_with("did you mean aruba?"), "{unclear:?}");
    }

    #[test]
    fn what_is_said_comes_before_what_is_proposed() {
        let mut wishes = of("marta@gmail.com");
        wishes.smtp.port = Some(587);
        wishes.imap.tls = Some(Tls::Starttls);
        let (imap, smtp) = servers(&wishes);
        assert_eq!((imap.port, imap.tls), (143, Tls::Starttls));
        assert_eq!((smtp.port, smtp.tls), (587, Tls::Starttls));
        wishes.imap = ServerWish { host: Some("127.0.0.1".to_owned()), port: Some(1143), tls: None };
        wishes.user = Some("m".to_owned());
        let (imap, _) = servers(&wishes);
        assert_eq!((imap.host.as_str(), imap.port, imap.tls), ("127.0.0.1", 1143, Tls::Implicit));
        assert_eq!(imap.login.user, "m");
    }

    #[test]
    fn a_maildir_stays_a_maildir() {
        let plain = Wishes { maildir: Some("/m".to_owned()), ..Wishes::default() };
        let answers = plain.proposal().expect("a proposal").answers;
        assert_eq!((answers.imap, answers.smtp), (None, None));
        let mut sending = Wishes { address: Some("marta@gmail.com".to_owned()), ..plain };
        sending.smtp.host = Some("relay.example".to_owned());
        let answers = sending.proposal().expect("a proposal").answers;
        assert!(answers.imap.is_none());
        assert_eq!(answers.smtp.expect("a way out").login, None, "nobody said who logs in");
    }
}
