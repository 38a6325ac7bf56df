//! What `sollecito init` writes: the settings, commented so that they are their own manual, an example of
//! what may be arranged for customers, and two folders.

use super::SETTINGS_FILE;
use super::files::{CUSTOMERS_FILE, SourceFile};
use super::settings::{ImapSettings, LoginSettings, SecretSettings, SentCopy, SmtpSettings, Tls};
use crate::ledger::words::Language;
use std::path::PathBuf;

const SETTINGS: &str = include_str!("starter.toml");
const CUSTOMERS: &str = include_str!("customers.toml");

const RULES_README: &str = "\
Own rules of this firm. The shipped ones work without anything in this folder.

ladders.toml     Which step follows which, by kind of debtor. A section here replaces the shipped one; a [[ladder]]
                 with a name is for those who choose it in customers.toml.
interest.toml    Newer rates of late interest (interessi di mora), added to the shipped ones.
it/*.toml        Own reading rules for Italian mails (en/, de/, fr/, es/ for others). The same id replaces a shipped
                 rule, `disabled = true` removes it. A first rule to copy stands in the README, \"Rules and texts by hand\".

Before:          sollecito rules try \"what the customer wrote\"
After a change:  sollecito rules test, and sollecito check
";

const TEMPLATES_README: &str = "\
Own texts of this firm. The shipped ones work without anything in this folder.

it/reminder_friendly.formal.txt.hbs   replaces the shipped text of that name: language folder, name, form of address
                                      (formal: Lei, informal: tu, voi). The first line is the subject, the text
                                      follows after an empty line.

After a change:  sollecito check
";

/// What the person said; what is missing stays empty and is asked for by `check`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// The firm's name.
    pub name: Option<String>,
    /// Who signs.
    pub person: Option<String>,
    /// The mail address.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// The language of the firm and of its notices.
    pub language: Option<Language>,
    /// The Maildir.
    pub maildir: Option<String>,
    /// The server of the mailbox; without one it is a Maildir.
    pub imap: Option<ImapSettings>,
    /// The server that takes mail; without one mail is laid into a folder.
    pub smtp: Option<SmtpSettings>,
    /// Who keeps the copy in Sent.
    pub sent_copy: Option<SentCopy>,
    /// Whose word counts that a sender is genuine.
    pub authserv_ids: Vec<String>,
    /// Who says it on recent mail, and on how many; for the owner to choose from later.
    pub authserv_seen: Vec<(String, usize)>,
    /// The firm's IBAN.
    pub iban: Option<String>,
    /// Its holder; the firm's name when not said.
    pub holder: Option<String>,
}

/// The files of a new firm, by name relative to its folder.
#[must_use]
pub fn files(answers: &Answers) -> Vec<SourceFile> {
    let file = |name: &str, text: &str| SourceFile { file: name.to_owned(), text: text.to_owned() };
    vec![
        SourceFile { file: SETTINGS_FILE.to_owned(), text: settings(answers) },
        file(CUSTOMERS_FILE, CUSTOMERS),
        file("rules/README.txt", RULES_README),
        file("templates/README.txt", TEMPLATES_README),
    ]
}

/// The settings with the answers in their places.
#[must_use]
pub fn settings(answers: &Answers) -> String {
    let mut section = "";
    let mut text = String::new();
    let said = said(answers);
    for line in SETTINGS.lines() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        }
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let key = bare.split_once('=').map_or("", |(key, _)| key.trim());
        let answer = said.iter().find(|said| said.section == section && said.key == key).map(|said| &said.value);
        if section == "mailbox" && key == "authserv_ids" && answers.authserv_ids.is_empty() {
            text.push_str(&seen(&answers.authserv_seen));
        }
        match answer {
            Some(Some(value)) => text.push_str(&filled(bare, key, value)),
            Some(None) if bare == line => text.push_str(&format!("# {line}")),
            Some(None) | None => text.push_str(line),
        }
        text.push('\n');
        if line == "# currency = \"EUR\"" && section != "import" {
            text.push_str(&bank_account(answers));
        }
    }
    text
}

/// One line of the settings: with a value, or taken out by a #.
struct Said {
    section: &'static str,
    key: &'static str,
    value: Option<String>,
}

/// Everything that the answers say, as TOML.
fn said(answers: &Answers) -> Vec<Said> {
    let mut all = Vec::new();
    let mut say = |section, key, value: &Option<String>| {
        if let Some(value) = value {
            all.push(Said { section, key, value: Some(toml_text(value)) });
        }
    };
    say("firm", "name", &answers.name);
    say("firm", "address", &answers.address);
    say("owner", "address", &answers.address);
    say("firm", "person", &answers.person);
    say("owner", "name", &answers.person);
    say("firm", "phone", &answers.phone);
    let language = answers.language.map(|language| language.as_str().to_owned());
    say("firm", "language", &language);
    say("owner", "language", &language);
    say("mailbox", "path", &answers.maildir);
    let copy = answers.sent_copy.map(|copy| copy.as_str().to_owned());
    say("sending", "sent_copy", &copy);
    if let Some(imap) = &answers.imap {
        let server = Server { host: &imap.host, port: imap.port, tls: imap.tls, ca_file: imap.ca_file.as_ref() };
        all.push(Said { section: "mailbox", key: "kind", value: Some(toml_text("imap")) });
        all.push(Said { section: "mailbox", key: "path", value: None });
        all.extend(server.said("mailbox", Some(&imap.login)));
        // The address in [firm] is the user name without being said again.
        all.retain(|said| {
            said.section != "mailbox" || said.key != "user" || Some(&imap.login.user) != answers.address.as_ref()
        });
    }
    if let Some(smtp) = &answers.smtp {
        let server = Server { host: &smtp.host, port: smtp.port, tls: smtp.tls, ca_file: smtp.ca_file.as_ref() };
        // The login of the mailbox is used without being said again.
        let shared = answers.imap.as_ref().map(|imap| &imap.login).filter(|_| smtp.tls != Tls::None);
        let own = smtp.login.as_ref().filter(|login| Some(*login) != shared);
        all.push(Said { section: "sending", key: "transport", value: Some(toml_text("smtp")) });
        all.push(Said { section: "sending", key: "path", value: None });
        all.extend(server.said("sending", own));
    }
    if !answers.authserv_ids.is_empty() {
        let value = Some(toml_list(&answers.authserv_ids));
        all.push(Said { section: "mailbox", key: "authserv_ids", value });
    }
    all
}

/// What both kinds of server say.
struct Server<'a> {
    host: &'a str,
    port: u16,
    tls: Tls,
    ca_file: Option<&'a PathBuf>,
}

impl Server<'_> {
    fn said(&self, section: &'static str, login: Option<&LoginSettings>) -> Vec<Said> {
        let say = |key, value: String| Said { section, key, value: Some(value) };
        let mut all = vec![
            say("host", toml_text(self.host)),
            say("port", self.port.to_string()),
            say("tls", toml_text(self.tls.as_str())),
        ];
        if let Some(file) = self.ca_file {
            all.push(say("ca_file", toml_text(&file.display().to_string())));
        }
        if let Some(login) = login {
            all.push(say("user", toml_text(&login.user)));
            all.push(match &login.secret {
                SecretSettings::PasswordCommand(words) => say("password_command", toml_list(words)),
                SecretSettings::PasswordFile(file) => say("password_file", toml_text(&file.display().to_string())),
                SecretSettings::PasswordCredential(name) => say("password_credential", toml_text(name)),
                SecretSettings::TokenCommand(words) => say("token_command", toml_list(words)),
            });
        }
        all
    }
}

/// The remark above `authserv_ids` that says whom the owner can choose.
fn seen(seen: &[(String, usize)]) -> String {
    seen.iter().map(|(id, mails)| format!("# seen on {mails} of the last mails: {id}\n")).collect()
}

/// `key = value`, with the remark of the line kept.
fn filled(line: &str, key: &str, value: &str) -> String {
    let said = format!("{key} = {value}");
    match line.split_once('#') {
        Some((_, remark)) => format!("{said:<32} #{remark}"),
        None => said,
    }
}

fn bank_account(answers: &Answers) -> String {
    let Some(iban) = &answers.iban else { return String::new() };
    let holder = answers.holder.as_ref().or(answers.name.as_ref()).map_or("", String::as_str);
    format!("\n[[bank_account]]\nid = \"main\"\niban = {}\nholder = {}\n", toml_text(iban), toml_text(holder))
}

/// A list of texts.
fn toml_list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| toml_text(text)).collect();
    format!("[{}]", quoted.join(", "))
}

/// A TOML basic string, whatever stands in it.
fn toml_text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
