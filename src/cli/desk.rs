//! A firm opened for work: its files checked and compiled, its database, the time.

use super::Globals;
use super::failure::{Failure, Kind};
use crate::agent::clock::{Clock, SetClock, SystemClock};
use crate::agent::office::{Office, OwnerDesk};
use crate::agent::onlooker::Nobody;
use crate::agent::orders::{self, Target};
use crate::agent::{Agent, AgentError};
use crate::classify::{RuleSet, RuleSource};
use crate::config::{Firm, PasswordSource, SentCopy, SmtpSettings, Tls, TransportSettings};
use crate::ledger::moment::Moment;
use crate::ledger::problem::Problem;
use crate::mailbox::maildir::Maildir;
use crate::mailbox::{FolderNames, Mailbox, MailboxError};
use crate::network::{KnownSecret, Login, LoginMethod, Secret, Security};
use crate::store::{Look, Store, StoreError, StoreErrorKind};
use crate::templates::{Shelf, TemplateSource};
use crate::transport::folder::FolderTransport;
use crate::transport::smtp::{SmtpTransport, Timeouts};
use crate::transport::{NotOpened, Transport};
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// A firm opened for work.
pub(super) struct Desk {
    pub(super) firm: Firm,
    pub(super) office: Office,
    pub(super) store: Store,
    pub(super) moment: Moment,
}

impl Desk {
    /// Opens a firm; its database is made when there is none yet.
    pub(super) fn open(globals: &Globals) -> Result<Self, Failure> {
        let firm = globals.firm()?;
        let office = office(&firm)?;
        let store = open_store(&firm.settings.database)?;
        let zone = firm.settings.firm.zone;
        let moment = globals.now.map_or_else(|| Moment::new(SystemClock.now(), zone), |now| now.moment(zone));
        Ok(Self { firm, office, store, moment })
    }

    /// The agent of this firm: its mailbox and its way out.
    pub(super) fn into_agent(self, globals: &Globals) -> Result<Agent, Failure> {
        let mailbox = mailbox(&self.firm)?;
        let transport = transport(&self.firm)?;
        let clock: Box<dyn Clock> = match globals.now {
            Some(_) => Box::new(SetClock::at(self.moment.instant)),
            None => Box::new(SystemClock),
        };
        let onlooker = Box::new(Nobody);
        Ok(Agent { office: self.office, store: self.store, mailbox, transport, clock, onlooker })
    }
}

/// Opens the firm's database; a failure names the file.
pub(super) fn open_store(database: &Path) -> Result<Store, Failure> {
    Store::open(database)
        .map_err(|error| Failure::from(error).hint(format!("the database is the file {}", database.display())))
}

/// Compiles what the files say. A mistake in a text stops the mails of that text; one in a rule stops the work.
pub(super) fn office(firm: &Firm) -> Result<Office, Failure> {
    let rules = rules(firm).map_err(Failure::of_files)?;
    let shipped = crate::templates::sources_shipped();
    let (shelf, problems) = Shelf::build_tolerant(&shipped, &own_texts(firm)).map_err(Failure::of_files)?;
    let settings = &firm.settings;
    Ok(Office {
        policy: firm.policy.clone(),
        letterhead: firm.letterhead.clone(),
        reader: firm.reader.clone(),
        rules,
        shelf,
        broken_templates: problems
            .into_iter()
            .map(|problem| format!("{}: {}", problem.file, problem.message))
            .collect(),
        owner: OwnerDesk {
            name: settings.owner.name.clone(),
            address: settings.owner.address.clone(),
            language: settings.owner.language,
        },
        zone: settings.firm.zone,
        redirect_to: settings.sending.redirect_to.clone(),
        copy_to_sent: settings.sending.sent_copy == SentCopy::Append,
        max_mail_bytes: settings.mailbox.max_mail_bytes,
    })
}

/// Rules and templates, the shipped ones and the firm's own.
///
/// # Errors
/// Every mistake in them.
pub(super) fn compile(firm: &Firm) -> Result<(RuleSet, Shelf), Vec<Problem>> {
    let shelf = Shelf::build(&crate::templates::sources_shipped(), &own_texts(firm));
    match (rules(firm), shelf) {
        (Ok(rules), Ok(shelf)) => Ok((rules, shelf)),
        (rules, shelf) => {
            let mut problems = rules.err().unwrap_or_default();
            problems.extend(shelf.err().unwrap_or_default());
            Err(problems)
        }
    }
}

fn rules(firm: &Firm) -> Result<RuleSet, Vec<Problem>> {
    let own = firm.rule_sources.iter();
    let own: Vec<_> = own.map(|source| RuleSource { file: source.file.clone(), text: source.text.clone() }).collect();
    RuleSet::compile(&crate::classify::sources_shipped(), &own)
}

fn own_texts(firm: &Firm) -> Vec<TemplateSource> {
    let own = firm.template_sources.iter();
    own.map(|source| TemplateSource { file: source.file.clone(), text: source.text.clone() }).collect()
}

pub(super) fn mailbox(firm: &Firm) -> Result<Box<dyn Mailbox>, Failure> {
    let settings = &firm.settings.mailbox;
    let names = FolderNames {
        inbox: settings.inbox.clone(),
        sent: settings.sent.clone(),
        drafts: settings.drafts.clone(),
        junk: settings.junk.clone(),
    };
    Ok(Box::new(Maildir::open(&settings.path, names)?))
}

pub(super) fn transport(firm: &Firm) -> Result<Box<dyn Transport>, Failure> {
    match &firm.settings.sending.transport {
        TransportSettings::Folder { path } => Ok(Box::new(FolderTransport::open(path).map_err(not_opened)?)),
        TransportSettings::Smtp(settings) => Ok(Box::new(SmtpTransport::new(smtp(settings)?))),
    }
}

fn smtp(settings: &SmtpSettings) -> Result<crate::transport::smtp::SmtpSettings, Failure> {
    let login = match (&settings.user, &settings.password) {
        (Some(user), Some(source)) => {
            let source = Arc::new(KnownSecret(password(source)?));
            Some(Login { user: user.clone(), method: LoginMethod::Password, source })
        }
        _ => None,
    };
    Ok(crate::transport::smtp::SmtpSettings {
        host: settings.host.clone(),
        port: settings.port,
        security: match settings.tls {
            Tls::Implicit => Security::Tls,
            Tls::Starttls => Security::StartTls,
            Tls::None => Security::PlainLoopback,
        },
        login,
        ca_file: settings.ca_file.clone(),
        hello_name: None,
        timeouts: Timeouts::default(),
    })
}

/// The first line of what a command prints or of a file that only the owner may read. Never kept anywhere else.
fn password(source: &PasswordSource) -> Result<Secret, Failure> {
    let text = match source {
        PasswordSource::File(path) => read_private(path)?,
        PasswordSource::Command(arguments) => run_password_command(arguments)?,
    };
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.is_empty() {
        return Err(Failure::new(Kind::Outside, "The password for the mail server is empty")
            .hint("look at password_command or password_file under [sending.smtp]"));
    }
    Ok(Secret::new(line))
}

fn read_private(path: &Path) -> Result<String, Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let name = path.display();
    let unreadable = |error: std::io::Error| {
        Failure::new(Kind::Outside, format!("The password file {name} cannot be read")).because(error.to_string())
    };
    let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Failure::new(Kind::Refused, format!("Others may read the password file {name}"))
            .hint(format!("chmod 600 {name}")));
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

fn run_password_command(arguments: &[String]) -> Result<String, Failure> {
    let failed = |why: String| {
        Failure::new(Kind::Outside, "password_command did not give a password")
            .because(why)
            .hint("run it by hand as the same user; only the first line that it prints counts")
    };
    let Some((program, rest)) = arguments.split_first() else {
        return Err(failed("It is empty".to_owned()));
    };
    let mut child = Command::new(program)
        .args(rest)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let mut text = String::new();
    let read = child.stdout.take().map(|out| out.take(64 * 1024).read_to_string(&mut text));
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if !status.success() {
        return Err(failed(format!("It ended with {status}")));
    }
    match read {
        Some(Ok(_)) => Ok(text),
        Some(Err(error)) => Err(failed(error.to_string())),
        None => Err(failed("It has no output".to_owned())),
    }
}

/// What a name on the command line means.
///
/// # Errors
/// `NotKnown` when nothing bears it, or several do.
pub(super) fn find(look: &Look<'_>, name: &str) -> Result<Target, Failure> {
    orders::find(look, name).map_err(|error| {
        let is_unknown = matches!(error, AgentError::Refused { .. });
        let failure = Failure::from(error);
        if is_unknown { Failure { kind: Kind::NotKnown, ..failure } } else { failure }
    })
}

fn not_opened(why: NotOpened) -> Failure {
    match why {
        NotOpened::Stopped { message, remedy } => Failure::new(Kind::Outside, message).hint(remedy),
        NotOpened::Later(words) | NotOpened::Refused(_, words) => Failure::new(Kind::Outside, words),
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let kind = match error.kind {
            StoreErrorKind::Raced | StoreErrorKind::Busy => Kind::Busy,
            StoreErrorKind::Unknown => Kind::NotKnown,
            _ => Kind::Outside,
        };
        let mut failure = Self::new(kind, error.message.clone());
        if let Some(remedy) = &error.remedy {
            failure = failure.hint(remedy.clone());
        }
        failure
    }
}

impl From<MailboxError> for Failure {
    fn from(error: MailboxError) -> Self {
        let failure = Self::new(Kind::Outside, error.message);
        match error.remedy {
            Some(remedy) => failure.hint(remedy),
            None => failure,
        }
    }
}

impl From<AgentError> for Failure {
    fn from(error: AgentError) -> Self {
        match error {
            AgentError::Store(error) => error.into(),
            AgentError::Mailbox(error) => error.into(),
            AgentError::Stopped => Self::new(Kind::Outside, error.to_string()),
            AgentError::SendingStopped { message, remedy } => Self::new(Kind::Outside, message).hint(remedy),
            AgentError::NotKnown { message, remedy } => Self::new(Kind::NotKnown, message).hint(remedy),
            AgentError::Refused { message, remedy } => {
                let failure = Self::new(Kind::Refused, message);
                match remedy {
                    Some(remedy) => failure.hint(remedy),
                    None => failure,
                }
            }
        }
    }
}
