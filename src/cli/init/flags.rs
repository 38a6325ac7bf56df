//! What can be said to `sollecito init` on the command line.

use super::super::failure::{Failure, Kind};
use crate::config::{SecretSettings, SentCopy, Tls};
use crate::ledger::words::Language;
use crate::setup::wishes::{MailboxKind, ServerWish, Wishes};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Writes the folder of a new firm.
#[derive(Debug, Args)]
pub(in crate::cli) struct Init {
    /// The folder; made when it is not there
    pub(super) folder: PathBuf,
    /// The firm's name as it stands on invoices
    #[arg(long)]
    name: Option<String>,
    /// Who signs the mails
    #[arg(long)]
    person: Option<String>,
    /// The mail address that the mails come from
    #[arg(long)]
    address: Option<String>,
    /// Telephone number of the person who signs
    #[arg(long)]
    phone: Option<String>,
    /// Where the mailbox is: at a provider, or a Maildir on this machine
    #[arg(long, value_enum)]
    mailbox: Option<Mailbox>,
    /// The Maildir of that address
    #[arg(long, value_name = "DIR")]
    maildir: Option<String>,
    /// The provider, where the address does not tell it: aruba, gmail, ionos-de ...
    #[arg(long, value_name = "WORD")]
    provider: Option<String>,
    /// The server where mail is read
    #[arg(long, value_name = "HOST")]
    imap_host: Option<String>,
    /// Its port
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    imap_port: Option<u16>,
    /// How the connection to it is encrypted
    #[arg(long, value_enum)]
    imap_tls: Option<Encryption>,
    /// The server that mail is handed to
    #[arg(long, value_name = "HOST")]
    smtp_host: Option<String>,
    /// Its port
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    smtp_port: Option<u16>,
    /// How the connection to it is encrypted
    #[arg(long, value_enum)]
    smtp_tls: Option<Encryption>,
    /// The user name for the login; the address when not given
    #[arg(long)]
    user: Option<String>,
    /// Certificate authorities (PEM) to trust instead of the system's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// A command that prints the password: its words here, or after `--`
    #[arg(long, value_name = "WORD", num_args = 0.., group = "secret")]
    password_command: Option<Vec<String>>,
    /// A file with the password on its first line (chmod 600)
    #[arg(long, value_name = "FILE", group = "secret")]
    password_file: Option<PathBuf>,
    /// A credential of that name, handed over by systemd
    #[arg(long, value_name = "NAME", group = "secret")]
    password_credential: Option<String>,
    /// A command that prints an access token (XOAUTH2): its words here, or after `--`
    #[arg(long, value_name = "WORD", num_args = 0.., group = "secret")]
    token_command: Option<Vec<String>>,
    /// A server whose word counts that a sender is genuine; may be repeated
    #[arg(long, value_name = "NAME")]
    authserv_id: Vec<String>,
    /// Who lays the copy of a sent mail into Sent
    #[arg(long, value_enum)]
    pub(super) sent_copy: Option<Copies>,
    /// Find that out by sending one mail to the address itself
    #[arg(long)]
    pub(super) probe_sent_copy: bool,
    /// Do not try the logins
    #[arg(long, conflicts_with = "probe_sent_copy")]
    pub(super) no_test: bool,
    /// Language of the firm and of the questions
    #[arg(long, value_enum)]
    language: Option<Tongue>,
    /// The bank account that customers pay to
    #[arg(long)]
    iban: Option<String>,
    /// Its holder, as the bank has it; the firm's name when not given
    #[arg(long)]
    holder: Option<String>,
    /// The words of the password command or token command
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mailbox {
    Imap,
    Maildir,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Encryption {
    Implicit,
    Starttls,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Copies {
    Append,
    Server,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tongue {
    It,
    En,
}

impl Init {
    /// The language of the questions: as said, else the one of the terminal.
    pub(super) fn spoken(&self) -> Language {
        if let Some(language) = self.said_language() {
            return language;
        }
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
        let first = set.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
        if first.starts_with("it") { Language::Italian } else { Language::English }
    }

    fn said_language(&self) -> Option<Language> {
        self.language.map(|language| match language {
            Tongue::It => Language::Italian,
            Tongue::En => Language::English,
        })
    }

    /// Everything that was said.
    pub(super) fn wishes(&self, folder: &Path) -> Result<Wishes, Failure> {
        let tls = |said: Option<Encryption>| {
            said.map(|said| match said {
                Encryption::Implicit => Tls::Implicit,
                Encryption::Starttls => Tls::Starttls,
                Encryption::None => Tls::None,
            })
        };
        let server = |host: &Option<String>, port, said| ServerWish { host: host.clone(), port, tls: tls(said) };
        Ok(Wishes {
            name: self.name.clone(),
            person: self.person.clone(),
            address: self.address.clone(),
            phone: self.phone.clone(),
            iban: self.iban.clone(),
            holder: self.holder.clone(),
            language: self.said_language(),
            kind: self.mailbox.map(|kind| match kind {
                Mailbox::Imap => MailboxKind::Imap,
                Mailbox::Maildir => MailboxKind::Maildir,
            }),
            // Relative paths in the settings count from the firm's folder; what is typed here counts from where one stands.
            maildir: self.maildir.as_ref().map(|path| whole(Path::new(path)).display().to_string()),
            provider: self.provider.clone(),
            imap: server(&self.imap_host, self.imap_port, self.imap_tls),
            smtp: server(&self.smtp_host, self.smtp_port, self.smtp_tls),
            user: self.user.clone(),
            ca_file: self.ca_file.as_ref().map(|file| whole(file)),
            secret: self.secret(folder)?,
            authserv_ids: self.authserv_id.clone(),
            sent_copy: self.sent_copy.map(|copy| match copy {
                Copies::Append => SentCopy::Append,
                Copies::Server => SentCopy::Server,
                Copies::None => SentCopy::None,
            }),
        })
    }

    fn secret(&self, folder: &Path) -> Result<Option<SecretSettings>, Failure> {
        let words = |said: &[String]| {
            let words: Vec<String> = said.iter().chain(&self.command).cloned().collect();
            if words.is_empty() {
                return Err(Failure::new(Kind::Usage, "No command is named that prints the password or the token")
                    .hint("write its words after `--`, for example: --password-command -- pass show mail"));
            }
            Ok(words)
        };
        if let Some(said) = &self.password_command {
            return words(said).map(SecretSettings::PasswordCommand).map(Some);
        }
        if let Some(said) = &self.token_command {
            return words(said).map(SecretSettings::TokenCommand).map(Some);
        }
        if !self.command.is_empty() {
            if self.password_file.is_some() || self.password_credential.is_some() {
                return Err(Failure::new(Kind::Usage, "A command after `--` and another source of the password")
                    .hint("keep the one from which the password should come"));
            }
            return Ok(Some(SecretSettings::PasswordCommand(self.command.clone())));
        }
        if let Some(file) = &self.password_file {
            let file = whole(file);
            // A firm's folder can be moved as a whole.
            let file = file.strip_prefix(folder).map(Path::to_path_buf).unwrap_or(file);
            return Ok(Some(SecretSettings::PasswordFile(file)));
        }
        Ok(self.password_credential.clone().map(SecretSettings::PasswordCredential))
    }
}

fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
