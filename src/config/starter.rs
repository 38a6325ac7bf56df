//! What `sollecito init` writes: the settings, commented so that they are their own manual, and two folders.

use super::SETTINGS_FILE;
use super::files::SourceFile;

const SETTINGS: &str = include_str!("starter.toml");

const RULES_README: &str = "\
Own rules of this firm. The shipped ones work without anything in this folder.

ladders.toml     Which step follows which, by kind of debtor. A section here replaces the shipped one.
it/*.toml        Own reading rules for Italian mails (en/ for English). The same id replaces a shipped rule,
                 `disabled = true` removes it.

After a change:  sollecito check
";

const TEMPLATES_README: &str = "\
Own texts of this firm. The shipped ones work without anything in this folder.

it/reminder_friendly.formal.txt.hbs   replaces the shipped text of that name: language folder, name, form of address
                                      (formal: Lei, informal: tu, voi). The first line is the subject, the text
                                      follows after an empty line.

After a change:  sollecito check
";

/// What the person said on the command line; what is missing stays empty and is asked for by `check`.
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
    /// The Maildir.
    pub maildir: Option<String>,
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
        file("rules/README.txt", RULES_README),
        file("templates/README.txt", TEMPLATES_README),
    ]
}

/// The settings with the answers in their places.
#[must_use]
pub fn settings(answers: &Answers) -> String {
    let mut section = "";
    let mut text = String::new();
    for line in SETTINGS.lines() {
        if line.starts_with('[') {
            section = line;
        }
        let key = line.split('=').next().map(str::trim).unwrap_or_default();
        let answer = match (section, key) {
            ("[firm]", "name") => &answers.name,
            ("[firm]" | "[owner]", "address") => &answers.address,
            ("[firm]", "person") | ("[owner]", "name") => &answers.person,
            ("[firm]", "phone") => &answers.phone,
            ("[mailbox]", "path") => &answers.maildir,
            _ => &None,
        };
        match answer {
            Some(answer) => text.push_str(&filled(line, key, answer)),
            None => text.push_str(line),
        }
        text.push('\n');
        if line == "# currency = \"EUR\"" && section != "[import]" {
            text.push_str(&bank_account(answers));
        }
    }
    text
}

/// `key = "answer"`, with the remark of the line kept.
fn filled(line: &str, key: &str, answer: &str) -> String {
    let value = format!("{key} = {}", toml_text(answer));
    match line.split_once('#') {
        Some((_, remark)) => format!("{value:<32} #{remark}"),
        None => value,
    }
}

fn bank_account(answers: &Answers) -> String {
    let Some(iban) = &answers.iban else { return String::new() };
    let holder = answers.holder.as_ref().or(answers.name.as_ref()).map_or("", String::as_str);
    format!("\n[[bank_account]]\nid = \"main\"\niban = {}\nholder = {}\n", toml_text(iban), toml_text(holder))
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
