//! `sollecito init DIR`: the folder of a new firm. Nothing that is there is ever overwritten.
//!
//! On a terminal what the flags leave open is asked; elsewhere nothing is. Then both logins are tried, before anything
//! is written, and what they show (folders, who vouches for senders) goes into the settings.

mod flags;

use super::failure::{Failure, Kind};
use super::findings;
use super::output::Screen;
use super::terminal::Terminal;
use crate::config::starter::{Answers, files};
use crate::config::{MailboxPlace, MailboxSettings, SETTINGS_FILE, SentCopy, SmtpSettings};
use crate::ledger::ids::Address;
use crate::ledger::words::Language;
use crate::setup::finding::Finding;
use crate::setup::interview::Interview;
use crate::setup::sent_copy::{self, NotProbed, ProbeMail};
use crate::setup::wishes::{Proposal, Unclear, in_folder};
use crate::setup::{servers, trial};
use crate::transport::smtp::SmtpTransport;
use data_encoding::BASE32_NOPAD;
pub(super) use flags::Init;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs::OpenOptions;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;

/// Enough for every mail; the settings of a new firm say nothing else.
const MAX_MAIL_BYTES: usize = 40_000_000;

/// What a trial showed.
#[derive(Default)]
struct Tried {
    findings: Vec<Finding>,
    seen: trial::MailboxSeen,
    /// Both servers let us in.
    both: bool,
    /// Why the probe for Sent copies found nothing out.
    not_probed: Option<NotProbed>,
}

impl Init {
    pub(super) fn run(&self, screen: &mut Screen) -> Result<(), Failure> {
        let settings = self.folder.join(SETTINGS_FILE);
        if settings.exists() {
            return Err(Failure::new(Kind::Refused, format!("{} is there already", settings.display()))
                .hint("edit it, or choose another folder; nothing was changed"));
        }
        let folder = std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        let asks = !screen.wants_json() && std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let mut wishes = self.wishes(&folder)?;
        if asks {
            let mut terminal = Terminal::new(screen);
            Interview::new(&mut terminal, self.spoken()).complete(&mut wishes, &folder).map_err(unclear)?;
        }
        let mut proposal = wishes.proposal().map_err(unclear)?;
        let tried = self.tried(&mut proposal, &folder, asks, screen);
        if asks && tried.findings.iter().any(Finding::is_bad) {
            let mut terminal = Terminal::new(screen);
            if !Interview::new(&mut terminal, self.spoken()).write_anyway() {
                return Err(Failure::new(Kind::Refused, "Nothing was written").hint("say it again with other answers"));
            }
        }
        let written = self.write(&proposal.answers)?;
        self.tell(&written, &settings, &proposal, &tried, screen)
    }

    /// Logs in to both servers where there are any, and lets the owner choose from what is seen.
    fn tried(&self, proposal: &mut Proposal, folder: &Path, asks: bool, screen: &mut Screen) -> Tried {
        let mut tried = Tried::default();
        let nameless = |host: &str| host.is_empty();
        let answers = &proposal.answers;
        let servers = (answers.imap.as_ref(), answers.smtp.as_ref());
        let unnamed =
            servers.0.is_some_and(|imap| nameless(&imap.host)) || servers.1.is_some_and(|s| nameless(&s.host));
        if self.no_test || unnamed || servers == (None, None) {
            return tried;
        }
        if asks {
            screen.line("");
            screen.line(if self.spoken() == Language::Italian {
                "Provo gli accessi…"
            } else {
                "Trying the logins…"
            });
        }
        let mailbox = self.try_mailbox(answers, folder, &mut tried);
        let smtp = self.try_sending(answers, folder, &mut tried);
        if !screen.wants_json() {
            findings::show(&tried.findings, screen);
            screen.line("");
        }
        if asks && answers.authserv_ids.is_empty() && !tried.seen.vouching.ids.is_empty() {
            let mut terminal = Terminal::new(screen);
            let picked = Interview::new(&mut terminal, self.spoken()).vouching(&tried.seen.vouching);
            proposal.answers.authserv_ids.extend(picked);
        }
        if let (Some(mailbox), Some(smtp), true) = (mailbox, smtp, tried.both) {
            self.probe_copy(&mailbox, &smtp, proposal, asks, screen, &mut tried);
        }
        proposal.answers.authserv_seen.clone_from(&tried.seen.vouching.ids);
        tried
    }

    fn try_mailbox(&self, answers: &Answers, folder: &Path, tried: &mut Tried) -> Option<MailboxSettings> {
        let mut place = answers.imap.clone()?;
        place.login = in_folder(folder, &place.login);
        let settings = MailboxSettings {
            place: MailboxPlace::Imap(place.clone()),
            inbox: None,
            sent: None,
            drafts: None,
            junk: None,
            authserv_ids: answers.authserv_ids.clone(),
            max_mail_bytes: MAX_MAIL_BYTES,
        };
        let (findings, seen) = trial::mailbox(&settings, &place);
        tried.findings.extend(findings);
        tried.both = seen.is_some();
        if let Some(seen) = seen {
            if seen.vouching.mails > 0 {
                tried.findings.extend(trial::senders(&seen.vouching, &answers.authserv_ids));
            }
            tried.seen = seen;
        }
        Some(settings)
    }

    fn try_sending(&self, answers: &Answers, folder: &Path, tried: &mut Tried) -> Option<SmtpSettings> {
        let mut smtp = answers.smtp.clone()?;
        smtp.login = smtp.login.as_ref().map(|login| in_folder(folder, login));
        let (findings, reached) = trial::sending(&smtp, answers.address.as_deref().and_then(Address::parse).as_ref());
        tried.findings.extend(findings);
        tried.both &= reached;
        Some(smtp)
    }

    /// Sends a mail to the owner, when wished, to see who files copies.
    fn probe_copy(
        &self,
        mailbox: &MailboxSettings,
        smtp: &SmtpSettings,
        proposal: &mut Proposal,
        asks: bool,
        screen: &mut Screen,
        tried: &mut Tried,
    ) {
        let Some(address) = proposal.answers.address.as_deref().and_then(Address::parse) else { return };
        let wished = self.probe_sent_copy
            || asks && self.sent_copy.is_none() && {
                let mut terminal = Terminal::new(screen);
                Interview::new(&mut terminal, self.spoken()).probe_copy()
            };
        if !wished {
            return;
        }
        match send_and_watch(mailbox, smtp, address, self.spoken()) {
            Ok(copy) => proposal.answers.sent_copy = Some(copy),
            Err(why) => tried.not_probed = Some(why),
        }
    }

    fn write(&self, answers: &Answers) -> Result<Vec<String>, Failure> {
        let mut written = Vec::new();
        for file in files(answers) {
            let path = self.folder.join(&file.file);
            if write_new(&path, &file.text).map_err(|error| unwritable(&path, &error))? {
                written.push(path.display().to_string());
            }
        }
        Ok(written)
    }

    fn tell(
        &self,
        written: &[String],
        settings: &Path,
        proposal: &Proposal,
        tried: &Tried,
        screen: &mut Screen,
    ) -> Result<(), Failure> {
        let problems = crate::config::check(settings);
        let bad = tried.findings.iter().filter(|finding| finding.is_bad()).count();
        if screen.wants_json() {
            let open: Vec<_> = problems.iter().map(super::output::problem_json).collect();
            let mut answer = json!({ "written": written, "still_open": open });
            if let Some(object) = answer.as_object_mut().filter(|_| !tried.findings.is_empty()) {
                object.insert("findings".to_owned(), json!(tried.findings));
                object.insert("authserv_ids_seen".to_owned(), json!(tried.seen.vouching.ids));
                let copy = proposal.answers.sent_copy.map(SentCopy::as_str);
                object.insert("sent_copy".to_owned(), json!(copy));
            }
            screen.json(&answer);
            return if bad == 0 { Ok(()) } else { Err(Failure { told: true, ..failed(bad, settings) }) };
        }
        screen.line(format!("Written: {}", written.join(", ")));
        screen.line("");
        self.tell_of_servers(proposal, tried, screen);
        if problems.is_empty() && bad > 0 {
            screen.line("The settings are complete; what is marked WRONG above does not work yet. Then:");
        } else if problems.is_empty() {
            screen.line("Everything that is needed is there. Next:");
        } else {
            screen.line(format!("Still to be filled in, in {}:", settings.display()));
            for problem in &problems {
                screen.line(format!("  - {}", problem.message));
            }
            screen.line("");
            screen.line("Then:");
        }
        let config = self.folder.display();
        let live = if proposal.answers.imap.is_some() { "--live " } else { "" };
        screen.line(format!("  sollecito check {live}--config {config}"));
        screen.line(format!("  sollecito import receivables.csv --dry-run --config {config}"));
        screen.line("");
        screen.line("Nothing leaves until you change [modes]: everything begins with \"observe\".");
        screen.paragraph(
            "Does your accounting program send reminders too? Switch one of the two off before that: nobody should be \
             reminded twice.",
        );
        if bad == 0 { Ok(()) } else { Err(failed(bad, settings)) }
    }

    /// What a person should know of the servers that were chosen.
    fn tell_of_servers(&self, proposal: &Proposal, tried: &Tried, screen: &mut Screen) {
        let answers = &proposal.answers;
        if let Some(provider) = &proposal.provider {
            let hint = provider.hint(Language::English);
            screen.paragraph(&format!("The provider is {}. {hint}", provider.name));
        }
        if proposal.guessed {
            screen.paragraph(
                "The servers are guessed from the address. Where the guess is wrong, the provider's pages name them; \
                 --provider, --imap-host and --smtp-host set them.",
            );
        }
        if let Some(why) = &tried.not_probed {
            screen.paragraph(&format!("Who files copies of sent mail was not found out: {}.", why.message));
        } else if let Some(copy) = answers.sent_copy {
            screen.paragraph(match copy {
                SentCopy::Server => "Copies of sent mail are filed by the server (sent_copy = \"server\").",
                SentCopy::Append => "Copies of sent mail are laid into Sent by us (sent_copy = \"append\").",
                SentCopy::None => "Nobody keeps copies of sent mail (sent_copy = \"none\").",
            });
        }
        if proposal.provider.is_some() || proposal.guessed || tried.not_probed.is_some() || answers.sent_copy.is_some()
        {
            screen.line("");
        }
    }
}

/// One mail to ourselves, and a minute's watch over Sent.
fn send_and_watch(
    mailbox: &MailboxSettings,
    smtp: &SmtpSettings,
    address: Address,
    language: Language,
) -> Result<SentCopy, NotProbed> {
    let mut transport = SmtpTransport::new(servers::smtp_settings(smtp));
    let mut mailbox =
        servers::mailbox(mailbox).map_err(|error| NotProbed { message: error.message, remedy: error.remedy })?;
    let at = chrono::Utc::now();
    let seed = format!("{address} {} {}", at.to_rfc3339(), std::process::id());
    let hash = BASE32_NOPAD.encode(Sha256::digest(seed.as_bytes()).as_slice()).to_ascii_lowercase();
    let mail = ProbeMail { address, reference: hash.chars().take(16).collect(), language, at };
    sent_copy::probe(mailbox.as_mut(), &mut transport, &mail, sent_copy::WATCHED, &mut std::thread::sleep)
}

fn failed(bad: usize, settings: &Path) -> Failure {
    let what = if bad == 1 { "One thing does".to_owned() } else { format!("{bad} things do") };
    Failure::new(Kind::Outside, format!("{what} not work yet; the settings are written all the same")).hint(format!(
        "correct {}, then: sollecito check --live --config {}",
        settings.display(),
        settings.parent().unwrap_or(settings).display()
    ))
}

fn unclear(why: Unclear) -> Failure {
    Failure::new(Kind::Usage, why.message).hint(why.remedy)
}

/// Writes a file that is not there yet; false when it is.
fn write_new(path: &Path, text: &str) -> std::io::Result<bool> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Kind::Outside, format!("{} cannot be written", path.display()))
        .because(error.to_string())
        .hint("choose a folder that you may write to")
}
