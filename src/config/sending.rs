//! `[sending]`: how mail leaves.

use super::settings::{PasswordSource, SendingSettings, SentCopy, SmtpSettings, Tls, TransportSettings};
use super::sheet::Section;
use crate::ledger::ids::Address;
use std::path::Path;

const SMTP_KEYS: [&str; 7] = ["host", "port", "tls", "user", "password_command", "password_file", "ca_file"];

#[derive(Clone, Copy)]
enum Way {
    Folder,
    Smtp,
}

/// Reads `[sending]`.
pub(super) fn read(root: &Section<'_>, folder: &Path) -> Option<SendingSettings> {
    let section = root.section("sending");
    section.required_section("[sending] and below it transport = \"folder\" and path = \"outgoing\"");
    let way = section.word("transport", &[("folder", Way::Folder), ("smtp", Way::Smtp)]);
    if !section.has("transport") {
        section.lacks("transport", "\"folder\"");
    }
    let smtp = read_smtp(&section, folder, matches!(way, Some(Way::Smtp)));
    let path = section.text("path", "outgoing").map(|found| folder.join(found.value));
    let transport = match way {
        Some(Way::Folder) => {
            for key in SMTP_KEYS.into_iter().filter(|key| section.has(key)) {
                section.wrong_key(
                    key,
                    format!("`{key}` in [sending] says nothing while transport = \"folder\""),
                    "write transport = \"smtp\", or take the line out",
                );
            }
            if path.is_none() && !section.has("path") {
                section.lacks("path", "\"outgoing\"");
            }
            path.map(|path| TransportSettings::Folder { path })
        }
        Some(Way::Smtp) => smtp.map(TransportSettings::Smtp),
        None => None,
    };
    let redirect_to = section.parsed("redirect_to", "marta@studioferri.example", "a mail address", Address::parse);
    let sent_copy = section.word("sent_copy", &[("append", SentCopy::Append), ("none", SentCopy::None)]);
    section.finish();
    Some(SendingSettings { transport: transport?, redirect_to, sent_copy: sent_copy.unwrap_or(SentCopy::Append) })
}

fn read_smtp(section: &Section<'_>, folder: &Path, wanted: bool) -> Option<SmtpSettings> {
    let host = if wanted {
        section.required("host", "smtp.provider.example", "the name of a mail server", host)
    } else {
        section.parsed("host", "smtp.provider.example", "the name of a mail server", host)
    };
    let tls = section.word("tls", &[("implicit", Tls::Implicit), ("starttls", Tls::Starttls), ("none", Tls::None)]);
    let tls = tls.unwrap_or(Tls::Implicit);
    let port = section.number("port", 1..=65_535, 465).and_then(|port| u16::try_from(port).ok());
    let user = section.text("user", "marta@studioferri.example").map(|found| found.value.to_owned());
    let command = section.texts("password_command", "[\"pass\", \"show\", \"mail\"]");
    if let Some(words) = &command
        && words.first().is_none_or(|first| first.value.trim().is_empty())
        && section.has("password_command")
    {
        section.wrong_key(
            "password_command",
            "`password_command` in [sending] names no program",
            "write for example: password_command = [\"pass\", \"show\", \"mail\"]",
        );
    }
    let command = command.map(|words| words.iter().map(|found| found.value.to_owned()).collect::<Vec<_>>());
    let file = section.text("password_file", "password.txt").map(|found| folder.join(found.value));
    let password = match (command, file) {
        (Some(_), Some(_)) => {
            section.wrong_key(
                "password_file",
                "[sending] has both `password_command` and `password_file`",
                "keep the one from which the password should come",
            );
            None
        }
        (Some(command), None) => Some(PasswordSource::Command(command)),
        (None, Some(file)) => Some(PasswordSource::File(file)),
        (None, None) => None,
    };
    if section.has("password") {
        section.wrong_key(
            "password",
            "A password does not belong into the settings",
            "put it into a file of its own: password_file = \"password.txt\"",
        );
    }
    let password_asked = section.has("password_command") || section.has("password_file") || section.has("password");
    if wanted && user.is_some() && !password_asked {
        section.lacks("password_file", "\"password.txt\"");
    }
    let ca_file = section.text("ca_file", "ca.pem").map(|found| folder.join(found.value));
    let port = port.unwrap_or(match tls {
        Tls::Implicit => 465,
        Tls::Starttls => 587,
        Tls::None => 25,
    });
    let host = host?;
    let local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
    if wanted && matches!(tls, Tls::None) && user.is_some() && !local {
        section.wrong_key(
            "tls",
            format!("tls = \"none\" would send the password to {host} in clear"),
            "write tls = \"implicit\" (port 465) or tls = \"starttls\" (port 587)",
        );
    }
    Some(SmtpSettings { host, port, tls, user, password, ca_file })
}

fn host(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    (!text.is_empty() && text.len() <= 253 && text.chars().all(plain)).then_some(text)
}
