//! `sollecito check`: everything that is wrong in the firm's files, in one run.

use super::Globals;
use super::desk;
use super::failure::{Failure, Kind};
use super::findings;
use super::output::Screen;
use super::unwritten;
use crate::agent::clock::{Clock, SystemClock};
use crate::classify::RuleSet;
use crate::config::{Firm, MailboxPlace, TransportSettings};
use crate::ledger::moment::Moment;
use crate::ledger::problem::Problem;
use crate::ledger::words::Mode;
use crate::setup::finding::Finding;
use crate::setup::live;
use crate::store::Store;
use crate::templates::{foreign_ibans, never};
use clap::Args;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;

/// Says everything that is wrong in the firm's files.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Also compare what the database holds with what its journal adds up to
    #[arg(long)]
    replay: bool,
    /// Also log in to the mail servers and say what they can do and whether mail may leave now; nothing is sent
    #[arg(long)]
    live: bool,
}

impl Check {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let (firm, rules) = everything(globals)?;
        let mut notes: Vec<String> =
            firm.notes.iter().cloned().chain(crate::config::surroundings(&firm.settings)).collect();
        notes.extend(super::rules::in_force::notes(&rules));
        notes.extend(words_never_to_say(&firm));
        if self.replay {
            replay(&firm)?;
        }
        let live = if self.live { Some(look(&firm, globals)?) } else { None };
        if screen.wants_json() {
            let mut answer = json!({ "firm": firm.settings.firm.name, "problems": [], "notes": notes });
            if let (Some(findings), Some(object)) = (&live, answer.as_object_mut()) {
                object.insert("live".to_owned(), json!(findings));
            }
            screen.json(&answer);
            return verdict(live.as_deref()).map_err(|failure| Failure { told: true, ..failure });
        }
        screen.heading("The files are in order.");
        for (name, value) in summary(&firm) {
            screen.labelled(name, 15, &value);
        }
        if self.replay {
            screen.line("");
            screen.line("The database is whole, and is what its journal adds up to.");
        }
        for note in &notes {
            screen.line("");
            screen.paragraph(&format!("Note: {note}"));
        }
        findings::show(live.as_deref().unwrap_or_default(), screen);
        verdict(live.as_deref())
    }
}

/// Own texts that say what a reminder never should. The owner decides: no mistake stops a mail over it.
fn words_never_to_say(firm: &Firm) -> Vec<String> {
    never::findings(&desk::own_texts(firm)).iter().map(Problem::brief).collect()
}

/// The firm with its reading rules; every mistake of every file is told at once.
fn everything(globals: &Globals) -> Result<(Firm, RuleSet), Failure> {
    let file = globals.settings_file();
    let firm = match crate::config::load(&file) {
        Ok(firm) => firm,
        Err(mut problems) => {
            let more = mistakes_in_rules_and_texts(&file);
            problems.extend(more.into_iter().filter(|one| !problems.contains(one)).collect::<Vec<_>>());
            return Err(Failure::of_files(problems));
        }
    };
    let compiled = desk::compile_and_try(&firm.rule_sources, &firm.template_sources);
    let mut problems = known_customers(&firm)?;
    problems.extend(foreign_ibans(&desk::own_texts(&firm), &firm.letterhead.bank_accounts));
    match compiled {
        Ok((rules, shelf)) => {
            problems.extend(shelf.missing(&BTreeSet::from([firm.settings.firm.language])));
            problems.extend(unwritten::texts(&firm, &shelf)?);
            if problems.is_empty() { Ok((firm, rules)) } else { Err(Failure::of_files(problems)) }
        }
        Err(mistakes) => {
            problems.extend(mistakes);
            Err(Failure::of_files(problems))
        }
    }
}

/// What is wrong in the firm's own rules and texts, where its other files have mistakes.
fn mistakes_in_rules_and_texts(file: &Path) -> Vec<Problem> {
    let (rules, texts) = crate::config::rules_and_templates(file);
    if rules.is_empty() && texts.is_empty() {
        return Vec::new();
    }
    desk::compile_and_try(&rules, &texts).err().unwrap_or_default()
}

/// Whom the file speaks of, as far as the books can say it: before the first import nobody knows.
fn known_customers(firm: &Firm) -> Result<Vec<Problem>, Failure> {
    let database = &firm.settings.database;
    if firm.customer_entries.is_empty() || !database.exists() {
        return Ok(Vec::new());
    }
    desk::unknown_customers(firm, &Store::open_existing(database)?.look())
}

/// What only the servers, the mailbox and the database can tell.
fn look(firm: &Firm, globals: &Globals) -> Result<Vec<Finding>, Failure> {
    let database = &firm.settings.database;
    let mut store = if database.exists() { Some(Store::open_existing(database)?) } else { None };
    let zone = firm.settings.firm.zone;
    let moment = globals.now.map_or_else(|| Moment::new(SystemClock.now(), zone), |now| now.moment(zone));
    Ok(live::look(firm, store.as_mut(), moment)?)
}

/// A failure where something has to be mended.
fn verdict(findings: Option<&[Finding]>) -> Result<(), Failure> {
    let bad = findings.unwrap_or_default().iter().filter(|finding| finding.is_bad()).count();
    if bad == 0 {
        return Ok(());
    }
    let what = if bad == 1 { "One thing has".to_owned() } else { format!("{bad} things have") };
    Err(Failure::new(Kind::Outside, format!("{what} to be mended before the agent can work"))
        .hint("each is marked WRONG above, with what to change below it"))
}

/// The whole file is read, and every account is told anew from the journal.
fn replay(firm: &Firm) -> Result<(), Failure> {
    let store = Store::open_existing(&firm.settings.database)?;
    store.check()?;
    let differences = store.look().compare_with_journal()?;
    let Some(first) = differences.first() else { return Ok(()) };
    let whose = first.customer.map_or_else(|| "no customer".to_owned(), |customer| format!("customer {customer}"));
    Err(Failure::new(Kind::Defect, format!("The database differs from its journal in {} places", differences.len()))
        .because(format!("{} of {whose}", first.part))
        .hint("halt the agent, keep a copy of the database, and report this"))
}

/// What `customers.toml` speaks of.
fn arranged(firm: &Firm) -> String {
    let (customers, groups) = (firm.policy.customers.entries.len(), firm.policy.customers.groups.len());
    match (customers, groups) {
        (0, 0) => "nothing arranged by hand".to_owned(),
        _ => format!("{customers} arranged by hand, {}", super::output::counted(groups, "group")),
    }
}

fn summary(firm: &Firm) -> Vec<(&'static str, String)> {
    let settings = &firm.settings;
    let sending = match &settings.sending.transport {
        TransportSettings::Folder { path } => format!("into the folder {}", path.display()),
        TransportSettings::Smtp(smtp) => format!("by {} port {}", smtp.host, smtp.port),
    };
    let mailbox = match &settings.mailbox.place {
        MailboxPlace::Maildir { path } => path.display().to_string(),
        MailboxPlace::Imap(imap) => format!("{} at {} port {}", imap.login.user, imap.host, imap.port),
    };
    let redirected = settings.sending.redirect_to.as_ref().map(|to| format!(", everything to {to} instead"));
    let with_mode = |mode: Mode| {
        let names: Vec<&str> =
            firm.policy.modes.iter().filter(|(_, set)| **set == mode).map(|(purpose, _)| purpose.as_str()).collect();
        if names.is_empty() { "-".to_owned() } else { names.join(", ") }
    };
    let accounts: Vec<String> = firm.letterhead.bank_accounts.iter().map(|account| account.printed_iban()).collect();
    vec![
        ("Firm", format!("{}, {} <{}>", settings.firm.name, firm.letterhead.person, settings.firm.address)),
        ("Owner", format!("{} <{}>", settings.owner.name, settings.owner.address)),
        ("Mailbox", mailbox),
        ("Sending", format!("{sending}{}", redirected.unwrap_or_default())),
        ("Database", settings.database.display().to_string()),
        ("Bank accounts", if accounts.is_empty() { "-".to_owned() } else { accounts.join(", ") }),
        ("Sends", with_mode(Mode::Send)),
        ("Drafts", with_mode(Mode::Draft)),
        (
            "Observes",
            if firm.policy.modes.values().all(|mode| *mode == Mode::Observe) {
                "everything".to_owned()
            } else {
                with_mode(Mode::Observe)
            },
        ),
        ("Customers", arranged(firm)),
        ("Own rules", super::output::counted(firm.rule_sources.len(), "file")),
        ("Own templates", super::output::counted(firm.template_sources.len(), "file")),
    ]
}
