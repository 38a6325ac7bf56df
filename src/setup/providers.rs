//! Mail providers by the domain of an address: which servers, what kind of password, who files Sent copies.
//!
//! The table is `providers.toml`. It only proposes: the login proves.

use crate::config::{SentCopy, Tls};
use crate::ledger::ids::Address;
use crate::ledger::words::Language;
use serde::Deserialize;

const TABLE: &str = include_str!("providers.toml");

/// A provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The word for `--provider`.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// Domains of addresses that belong to it.
    pub domains: Vec<String>,
    imap: String,
    smtp: String,
    /// What it wants as user name.
    #[serde(default)]
    pub user: UserName,
    /// What kind of password it wants.
    pub password: PasswordKind,
    sent: Files,
    /// How sure the table is.
    pub known: Known,
    #[serde(default)]
    hint_it: String,
    #[serde(default)]
    hint_en: String,
}

/// What a provider wants as user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserName {
    /// The whole address.
    #[default]
    Address,
    /// The part before the @.
    Local,
    /// A code of its own.
    Other,
}

/// What kind of password a provider wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordKind {
    /// The mailbox's own.
    Password,
    /// One made for programs.
    AppPassword,
    /// One that a program on this machine shows.
    Bridge,
    /// None: an access token.
    Token,
}

/// How sure the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// Published by the provider for years.
    Certain,
    /// Common knowledge, to be proven by the login.
    Usual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Files {
    Server,
    Append,
}

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
}

#[derive(Deserialize)]
struct Table {
    provider: Vec<Provider>,
}

/// Every provider of the table, in its order.
///
/// # Errors
/// When the shipped table is damaged.
pub fn all() -> Result<Vec<Provider>, String> {
    toml::from_str::<Table>(TABLE).map(|table| table.provider).map_err(|error| error.to_string())
}

impl Provider {
    /// Where mail is read, for an address of this domain.
    #[must_use]
    pub fn imap(&self, domain: &str) -> Option<Place> {
        place(&self.imap, domain)
    }

    /// Where mail is handed over.
    #[must_use]
    pub fn smtp(&self, domain: &str) -> Option<Place> {
        place(&self.smtp, domain)
    }

    /// Who keeps the copy in Sent, as far as is known.
    #[must_use]
    pub const fn sent_copy(&self) -> SentCopy {
        match self.sent {
            Files::Server => SentCopy::Server,
            Files::Append => SentCopy::Append,
        }
    }

    /// The user name for an address; `None` where only the customer knows it.
    #[must_use]
    pub fn user_of(&self, address: &Address) -> Option<String> {
        match self.user {
            UserName::Address => Some(address.as_str().to_owned()),
            UserName::Local => Some(address.local().to_owned()),
            UserName::Other => None,
        }
    }

    /// What one has to know; empty where there is nothing.
    #[must_use]
    pub fn hint(&self, language: Language) -> &str {
        if language == Language::Italian { &self.hint_it } else { &self.hint_en }
    }

    /// Does this server belong to it? On this very machine many things listen, so there the port has to fit too.
    #[must_use]
    pub fn has_server(&self, host: &str, port: u16) -> bool {
        let here = host.parse::<std::net::IpAddr>().is_ok();
        [&self.imap, &self.smtp]
            .into_iter()
            .filter_map(|line| place(line, ""))
            .any(|place| place.host == host && (!here || place.port == port))
    }
}

/// The provider of an address, by its domain and the domains above it.
#[must_use]
pub fn of_domain<'p>(providers: &'p [Provider], domain: &str) -> Option<&'p Provider> {
    let domain = domain.to_ascii_lowercase();
    let mut rest = Some(domain.as_str());
    while let Some(name) = rest {
        if let Some(found) = providers.iter().find(|provider| provider.domains.iter().any(|known| known == name)) {
            return Some(found);
        }
        rest = name.split_once('.').map(|(_, above)| above).filter(|above| above.contains('.'));
    }
    None
}

/// A guess for an own domain; the login tells whether it is right.
#[must_use]
pub fn guess(domain: &str) -> (Place, Place) {
    let place = |name: &str, port| Place { host: format!("{name}.{domain}"), port, tls: Tls::Implicit };
    (place("imap", 993), place("smtp", 465))
}

/// `host:port encryption`.
fn place(line: &str, domain: &str) -> Option<Place> {
    let (server, tls) = line.split_once(' ')?;
    let (host, port) = server.rsplit_once(':')?;
    let tls = match tls {
        "implicit" => Tls::Implicit,
        "starttls" => Tls::Starttls,
        _ => return None,
    };
    Some(Place { host: host.replace("{domain}", domain), port: port.parse().ok()?, tls })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn is_host(text: &str) -> bool {
        text.parse::<std::net::IpAddr>().is_ok()
            || (text.contains('.')
                && text.split('.').all(|label| {
                    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                    !label.is_empty() && label.chars().all(plain) && !label.starts_with('-') && !label.ends_with('-')
                }))
    }

    #[test]
    fn every_entry_is_sound() {
        let providers = all().expect("the table");
        assert!(providers.len() >= 30, "{}", providers.len());
        for provider in &providers {
            let id = &provider.id;
            let (imap, smtp) = (provider.imap("firm.example"), provider.smtp("firm.example"));
            let (imap, smtp) = (imap.unwrap_or_else(|| panic!("{id}")), smtp.unwrap_or_else(|| panic!("{id}")));
            assert!(is_host(&imap.host) && is_host(&smtp.host), "{id}: {imap:?} {smtp:?}");
            let ports = match (imap.tls, smtp.tls) {
                _ if imap.host == "127.0.0.1" => (1143, 1025),
                (Tls::Starttls, _) => (143, 587),
                (_, Tls::Starttls) => (993, 587),
                _ => (993, 465),
            };
            assert_eq!((imap.port, smtp.port), ports, "{id}");
            assert!(provider.domains.iter().all(|domain| is_host(domain)), "{id}: {:?}", provider.domains);
            assert!(id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{id}");
            assert_eq!(provider.hint_it.is_empty(), provider.hint_en.is_empty(), "{id}: a hint in one language only");
            let special = provider.password != PasswordKind::Password || provider.user == UserName::Other;
            assert!(!special || !provider.hint_en.is_empty(), "{id} wants something special and does not say what");
        }
    }

    #[test]
    fn nothing_stands_twice() {
        let providers = all().expect("the table");
        let (mut ids, mut names, mut domains) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for provider in &providers {
            assert!(ids.insert(&provider.id), "{} twice", provider.id);
            assert!(names.insert(&provider.name), "{} twice", provider.name);
            for domain in &provider.domains {
                assert!(domains.insert(domain), "{domain} twice");
            }
        }
    }

    #[test]
    fn an_address_finds_its_provider() {
        let providers = all().expect("the table");
        let found = |domain: &str| of_domain(&providers, domain).map(|provider| provider.id.as_str());
        assert_eq!(found("gmail.com"), Some("gmail"));
        assert_eq!(found("PEC.it"), Some("aruba-pec"));
        assert_eq!(found("pec.aruba.it"), Some("aruba-pec"), "the nearest domain wins");
        assert_eq!(found("staff.aruba.it"), Some("aruba"));
        assert_eq!(found("firm.onmicrosoft.com"), Some("microsoft365"));
        assert_eq!(found("notgmail.com"), None);
        assert_eq!(found("it"), None);
        assert_eq!(found("studioferri.example"), None);
    }

    #[test]
    fn an_own_domain_has_its_servers_by_name() {
        let providers = all().expect("the table");
        let netsons = providers.iter().find(|provider| provider.id == "netsons").expect("netsons");
        assert_eq!(netsons.imap("studioferri.example").expect("a place").host, "mail.studioferri.example");
        let (imap, smtp) = guess("studioferri.example");
        assert_eq!((imap.host.as_str(), imap.port), ("imap.studioferri.example", 993));
        assert_eq!((smtp.host.as_str(), smtp.port), ("smtp.studioferri.example", 465));
    }

    #[test]
    fn a_server_tells_its_provider() {
        let providers = all().expect("the table");
        let found = |host: &str, port| {
            providers.iter().find(|provider| provider.has_server(host, port)).map(|provider| provider.id.as_str())
        };
        assert_eq!(found("smtp.gmail.com", 587), Some("gmail"));
        assert_eq!(found("127.0.0.1", 1025), Some("proton-bridge"));
        assert_eq!(found("127.0.0.1", 25), None);
    }

    #[test]
    fn the_user_name_is_what_the_provider_wants() {
        let providers = all().expect("the table");
        let user = |id: &str, address: &str| {
            let provider = providers.iter().find(|provider| provider.id == id).expect("a provider");
            provider.user_of(&Address::parse(address).expect("an address"))
        };
        assert_eq!(user("gmail", "m@gmail.com").as_deref(), Some("m@gmail.com"));
        assert_eq!(user("free-fr", "m@free.fr").as_deref(), Some("m"));
        assert_eq!(user("legalmail", "m@legalmail.it"), None);
    }
}
