//! A firm opened for work: its files checked and compiled, its database, the time.

use super::Globals;
use super::failure::{Failure, Kind};
use crate::agent::clock::{Clock, SetClock, SystemClock};
use crate::agent::find::{self, Target};
use crate::agent::office::{Office, OwnerDesk, ReadingRules};
use crate::agent::onlooker::Nobody;
use crate::agent::{Agent, AgentError, Known};
use crate::classify::{RuleSet, RuleSource};
use crate::config::{FilesInForce, Firm, SentCopy, SourceFile, TransportSettings};
use crate::ledger::moment::Moment;
use crate::ledger::problem::Problem;
use crate::mailbox::{Mailbox, MailboxError};
use crate::setup::servers;
use crate::store::{Look, Store, StoreError, StoreErrorKind};
use crate::templates::{Shelf, TemplateSource};
use crate::transport::folder::FolderTransport;
use crate::transport::smtp::SmtpTransport;
use crate::transport::{NotOpened, Transport};
use std::path::Path;

/// Where the files in force are kept.
const IN_FORCE: &str = "files.in_force";

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
        Self::with(globals, firm, office)
    }

    /// The same for commands that read no mail: no mistake in a file keeps a payment from being recorded.
    pub(super) fn open_for_orders(globals: &Globals) -> Result<Self, Failure> {
        let firm = firm_for_orders(globals)?;
        let rules = reading_rules(&firm).unwrap_or_else(|_| {
            tracing::warn!(
                "the firm's reading rules have mistakes and are left aside here; `sollecito check` shows them"
            );
            ReadingRules::shipped()
        });
        let office = office_with(&firm, rules)?;
        Self::with(globals, firm, office)
    }

    fn with(globals: &Globals, firm: Firm, office: Office) -> Result<Self, Failure> {
        let store = open_store(&firm.settings.database)?;
        let zone = firm.settings.firm.zone;
        let moment = globals.now.map_or_else(|| Moment::new(SystemClock.now(), zone), |now| now.moment(zone));
        Ok(Self { firm, office, store, moment })
    }

    /// The agent of this firm: its mailbox and its way out.
    pub(super) fn into_agent(self, globals: &Globals) -> Result<Agent, Failure> {
        let mailbox = servers::mailbox(&self.firm.settings.mailbox)?;
        let transport = transport(&self.firm)?;
        let clock: Box<dyn Clock> = match globals.now {
            Some(_) => Box::new(SetClock::at(self.moment.instant)),
            None => Box::new(SystemClock),
        };
        let onlooker = Box::new(Nobody);
        Ok(Agent {
            office: self.office,
            store: self.store,
            mailbox,
            transport,
            clock,
            onlooker,
            known: Known::default(),
        })
    }
}

/// The firm; where its files have mistakes, as they were when they were last put in force.
///
/// # Errors
/// The mistakes, where none were ever in force.
pub(super) fn firm_for_orders(globals: &Globals) -> Result<Firm, Failure> {
    globals.firm().or_else(|failure| {
        let file = globals.settings_file();
        let kept = in_force(&crate::config::database_beside(&file));
        let Some(firm) = kept.and_then(|kept| crate::config::load_in_force(&file, &kept).ok()) else {
            return Err(failure);
        };
        tracing::warn!(
            "the firm's files have mistakes, and those of before are in force; `sollecito check` shows the mistakes"
        );
        Ok(firm)
    })
}

/// What was put in force last; nothing where there is no database yet.
fn in_force(database: &Path) -> Option<FilesInForce> {
    let store = Store::open_existing(database).ok()?;
    let kept = store.look().setting(IN_FORCE).ok()??;
    serde_json::from_str(&kept).ok()
}

/// Notes which files the agent goes by from now on.
///
/// # Errors
/// When the database cannot be written.
pub(super) fn put_in_force(firm: &Firm, store: &mut Store) -> Result<(), Failure> {
    let kept = serde_json::to_string(&firm.files)
        .map_err(|error| Failure::new(Kind::Defect, "The files in force cannot be noted").because(error.to_string()))?;
    let is_noted = store.look().setting(IN_FORCE)?.as_ref() == Some(&kept);
    if !is_noted {
        store.write(|unit| unit.set_setting(IN_FORCE, Some(&kept)))?;
    }
    Ok(())
}

/// The customers of `customers.toml` are customers of the books, each one and no two.
///
/// # Errors
/// Every entry that speaks of nobody, or of two.
pub(super) fn customers_are_known(firm: &Firm, look: &Look<'_>) -> Result<(), Failure> {
    let problems = unknown_customers(firm, look)?;
    if problems.is_empty() { Ok(()) } else { Err(Failure::of_files(problems)) }
}

/// What is wrong with them.
pub(super) fn unknown_customers(firm: &Firm, look: &Look<'_>) -> Result<Vec<Problem>, Failure> {
    if firm.customer_entries.is_empty() {
        return Ok(Vec::new());
    }
    let customers: Vec<_> = look.accounts()?.into_iter().map(|account| account.customer).collect();
    Ok(crate::config::against_books(&firm.customer_entries, &customers))
}

/// Opens the firm's database; a failure names the file.
pub(super) fn open_store(database: &Path) -> Result<Store, Failure> {
    Store::open(database)
        .map_err(|error| Failure::from(error).hint(format!("the database is the file {}", database.display())))
}

/// Compiles what the files say. A mistake in a text stops the mails of that text; one in a rule stops the work.
pub(super) fn office(firm: &Firm) -> Result<Office, Failure> {
    office_with(firm, reading_rules(firm).map_err(Failure::of_files)?)
}

/// The same with these rules.
pub(super) fn office_with(firm: &Firm, rules: ReadingRules) -> Result<Office, Failure> {
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
pub(super) fn compile(own_rules: &[SourceFile], own_texts: &[SourceFile]) -> Result<(RuleSet, Shelf), Vec<Problem>> {
    let shelf = Shelf::build(&crate::templates::sources_shipped(), &texts(own_texts));
    match (rules(own_rules), shelf) {
        (Ok(rules), Ok(shelf)) => Ok((rules, shelf)),
        (rules, shelf) => {
            let mut problems = rules.err().unwrap_or_default();
            problems.extend(shelf.err().unwrap_or_default());
            Err(problems)
        }
    }
}

/// The same, and the examples of the firm's own rules hold: what is put in force anew must do what it says.
///
/// # Errors
/// Every mistake, or every example that fails.
pub(super) fn compile_and_try(
    own_rules: &[SourceFile],
    own_texts: &[SourceFile],
) -> Result<(RuleSet, Shelf), Vec<Problem>> {
    let (rules, shelf) = compile(own_rules, own_texts)?;
    let failed = rules.run_own_examples();
    if failed.is_empty() { Ok((rules, shelf)) } else { Err(failed) }
}

/// The firm's own rules are looked at before any work; the shipped ones alone are good, and wait for the first mail.
fn reading_rules(firm: &Firm) -> Result<ReadingRules, Vec<Problem>> {
    if firm.rule_sources.is_empty() {
        Ok(ReadingRules::shipped())
    } else {
        rules(&firm.rule_sources).map(ReadingRules::from)
    }
}

fn rules(own: &[SourceFile]) -> Result<RuleSet, Vec<Problem>> {
    let own: Vec<_> =
        own.iter().map(|source| RuleSource { file: source.file.clone(), text: source.text.clone() }).collect();
    RuleSet::compile(&crate::classify::sources_shipped(), &own)
}

/// The firm's own texts.
pub(super) fn own_texts(firm: &Firm) -> Vec<TemplateSource> {
    texts(&firm.template_sources)
}

fn texts(own: &[SourceFile]) -> Vec<TemplateSource> {
    own.iter().map(|source| TemplateSource { file: source.file.clone(), text: source.text.clone() }).collect()
}

pub(super) fn mailbox(firm: &Firm) -> Result<Box<dyn Mailbox>, Failure> {
    Ok(servers::mailbox(&firm.settings.mailbox)?)
}

pub(super) fn transport(firm: &Firm) -> Result<Box<dyn Transport>, Failure> {
    match &firm.settings.sending.transport {
        TransportSettings::Folder { path } => Ok(Box::new(FolderTransport::open(path).map_err(not_opened)?)),
        TransportSettings::Smtp(settings) => {
            let transport = SmtpTransport::new(servers::smtp_settings(settings));
            Ok(Box::new(transport.with_observer(crate::agent::crash::reached)))
        }
    }
}

/// What a name on the command line means.
///
/// # Errors
/// `NotKnown` when nothing bears it, or several do.
pub(super) fn find(look: &Look<'_>, name: &str) -> Result<Target, Failure> {
    find::find(look, name).map_err(|error| {
        let is_unknown = matches!(error, AgentError::Refused { .. });
        let failure = Failure::from(error);
        if is_unknown { Failure { kind: Kind::NotKnown, ..failure } } else { failure }
    })
}

fn not_opened(why: NotOpened) -> Failure {
    match why {
        NotOpened::Stopped { message, remedy } => Failure::new(Kind::Outside, message).hint(remedy),
        NotOpened::Later(words) | NotOpened::Unreachable(words) | NotOpened::Refused(_, words) => {
            Failure::new(Kind::Outside, words)
        }
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
