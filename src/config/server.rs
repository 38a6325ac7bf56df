//! The keys that `[mailbox]` and `[sending]` share where they name a mail server: where it is, how the connection is
//! protected, who logs in.

use super::settings::{LoginSettings, SecretSettings, Tls};
use super::sheet::Section;
use std::path::{Path, PathBuf};

/// Every key of a server, in the order in which the starter shows them.
pub(super) const KEYS: [&str; 9] = [
    "host",
    "port",
    "tls",
    "user",
    "password_command",
    "password_file",
    "password_credential",
    "token_command",
    "ca_file",
];

/// What differs between the two sections.
pub(super) struct Manner {
    /// The section, for messages.
    pub(super) section: &'static str,
    /// A host to show.
    pub(super) example: &'static str,
    /// The usual ports: implicit, starttls, none.
    pub(super) ports: [u16; 3],
}

/// A server as far as it could be read. `host` is `None` when it is missing or no name.
pub(super) struct ServerPart {
    pub(super) host: Option<String>,
    pub(super) port: u16,
    pub(super) tls: Tls,
    pub(super) user: Option<String>,
    pub(super) secret: Option<SecretSettings>,
    /// A secret was named, whether or not it can be used.
    pub(super) secret_named: bool,
    pub(super) ca_file: Option<PathBuf>,
}

impl ServerPart {
    /// Reads the keys; `wanted` says whether the section needs a server at all.
    pub(super) fn read(section: &Section<'_>, folder: &Path, manner: &Manner, wanted: bool) -> Self {
        let what = "the name of a mail server";
        let host = if wanted {
            section.required("host", manner.example, what, host)
        } else {
            section.parsed("host", manner.example, what, host)
        };
        let tls = section.word("tls", &[("implicit", Tls::Implicit), ("starttls", Tls::Starttls), ("none", Tls::None)]);
        let tls = tls.unwrap_or(Tls::Implicit);
        let [implicit, starttls, none] = manner.ports;
        let port = section.number("port", 1..=65_535, u32::from(implicit)).and_then(|port| u16::try_from(port).ok());
        let usual = match tls {
            Tls::Implicit => implicit,
            Tls::Starttls => starttls,
            Tls::None => none,
        };
        let user = section.parsed("user", "marta@studioferri.example", "the name of a user", user);
        let secret = read_secret(section, folder, manner.section);
        let secret_named = SECRETS.into_iter().any(|key| section.has(key)) || section.has("password");
        let ca_file = section.text("ca_file", "ca.pem").map(|found| folder.join(found.value));
        Self { host, port: port.unwrap_or(usual), tls, user, secret, secret_named, ca_file }
    }

    /// The login, with this name where the section gives none.
    pub(super) fn login(&self, otherwise: Option<&str>) -> Option<LoginSettings> {
        let user = self.user.clone().or_else(|| otherwise.map(str::to_owned))?;
        Some(LoginSettings { user, secret: self.secret.clone()? })
    }

    /// Reports a password that would travel in clear.
    pub(super) fn refuse_clear_password(&self, section: &Section<'_>, manner: &Manner) {
        let Some(host) = self.host.as_ref().filter(|host| matches!(self.tls, Tls::None) && !is_this_machine(host))
        else {
            return;
        };
        let [implicit, starttls, _] = manner.ports;
        section.wrong_key(
            "tls",
            format!("tls = \"none\" would send the password to {host} in clear"),
            format!("write tls = \"implicit\" (port {implicit}) or tls = \"starttls\" (port {starttls})"),
        );
    }
}

/// Reports every key of a server where there is none: `says` completes «`host` in [mailbox] says nothing while …».
pub(super) fn refuse_keys(section: &Section<'_>, keys: &[&'static str], name: &str, says: &str, remedy: &str) {
    for key in keys.iter().copied().filter(|key| section.has(key)) {
        section.wrong_key(
            key,
            format!("`{key}` in [{name}] says nothing while {says}"),
            format!("write {remedy}, or take the line out"),
        );
    }
}

/// Where a secret may come from.
const SECRETS: [&str; 4] = ["password_command", "password_file", "password_credential", "token_command"];

fn read_secret(section: &Section<'_>, folder: &Path, name: &str) -> Option<SecretSettings> {
    let password = command(section, "password_command", "[\"pass\", \"show\", \"mail\"]", name);
    let token = command(section, "token_command", "[\"oauth-token\", \"marta\"]", name);
    let file = section.text("password_file", "password.txt").and_then(|found| {
        if found.value.trim().is_empty() {
            found.wrong(
                format!("{} names no file", found.title()),
                "write for example: password_file = \"password.txt\"".to_owned(),
            );
            return None;
        }
        Some(folder.join(found.value))
    });
    let credential = section.parsed("password_credential", "mail", "the name of a credential", credential);
    if section.has("password") {
        section.wrong_key(
            "password",
            "A password does not belong into the settings",
            "put it into a file of its own: password_file = \"password.txt\"",
        );
    }
    let mut named = SECRETS.into_iter().filter(|key| section.has(key));
    if let Some(first) = named.next() {
        for other in named {
            section.wrong_key(
                other,
                format!("[{name}] has both `{first}` and `{other}`"),
                "keep the one from which the password should come",
            );
        }
    }
    password
        .map(SecretSettings::PasswordCommand)
        .or(file.map(SecretSettings::PasswordFile))
        .or(credential.map(SecretSettings::PasswordCredential))
        .or(token.map(SecretSettings::TokenCommand))
}

/// A program and its arguments.
fn command(section: &Section<'_>, key: &'static str, example: &str, name: &str) -> Option<Vec<String>> {
    let words = section.texts(key, example)?;
    let words: Vec<String> = words.iter().map(|found| found.value.to_owned()).collect();
    // A list whose elements were no texts was reported already.
    let empty = words.first().map_or_else(|| section.is_empty_list(key), |first| first.trim().is_empty());
    if empty || words.iter().any(|word| word.contains('\0')) {
        section.wrong_key(
            key,
            format!("`{key}` in [{name}] names no program"),
            format!("write for example: {key} = {example}"),
        );
        return None;
    }
    (!words.is_empty()).then_some(words)
}

fn host(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    (!text.is_empty() && text.len() <= 253 && text.chars().all(plain)).then_some(text)
}

fn user(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && text.len() <= 320 && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// systemd takes letters, digits and a few signs; a slash or a leading dot would leave the folder of credentials.
fn credential(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let good = !text.is_empty() && text.len() <= 255 && !text.starts_with('.') && text.chars().all(plain);
    good.then(|| text.to_owned())
}

/// Names of this very machine; another name may mean it too, but nobody knows that before it is asked for.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}
