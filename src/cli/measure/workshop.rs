//! A firm made of a labelled folder, in a temporary place: its list imported, its Sent read by the agent itself, and every
//! mail of the folder read as `explain` reads it.

use super::folder::{Corpus, SentRow};
use super::temporary::{Patience, TemporaryFolder};
use crate::agent::clock::SetClock;
use crate::agent::explain::{ExplainedFacts, Explainer, Explanation};
use crate::agent::imports::{self, Terms};
use crate::agent::onlooker::Nobody;
use crate::agent::{Agent, Known};
use crate::classify::RuleSet;
use crate::cli::Now;
use crate::cli::desk;
use crate::cli::failure::{Failure, Kind};
use crate::config::SETTINGS_FILE;
use crate::import::{gather, read_receivables};
use crate::ledger::ids::Address;
use crate::ledger::money::{Currency, Money};
use crate::ledger::problem::Problem;
use crate::ledger::reading::{Facts, InstalmentFact};
use crate::ledger::words::Certainty;
use crate::mailbox::Folder;
use crate::mailbox::maildir::Maildir;
use crate::measure::Outcome;
use crate::store::Store;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The firm, and what it stands on. It goes before its folder does.
pub(in crate::cli) struct Workshop {
    agent: Agent,
    /// Rows of the list that could not be taken.
    pub(in crate::cli) problems: Vec<Problem>,
    _folder: TemporaryFolder,
}

/// A mail as the program reads it, with its grounds.
pub(in crate::cli) struct ReadMail {
    pub(in crate::cli) outcome: Outcome,
    /// Rule and words of each intent.
    pub(in crate::cli) rules: Vec<String>,
    /// The program's sentence.
    pub(in crate::cli) reason: String,
    /// What no rule understood.
    pub(in crate::cli) not_understood: Vec<String>,
}

impl Workshop {
    /// Builds the firm.
    pub(in crate::cli) fn build(corpus: &Corpus, rules: RuleSet, patience: &Patience) -> Result<Self, Failure> {
        let folder = TemporaryFolder::make()?;
        let settings = folder.path().join(SETTINGS_FILE);
        let address = most_frequent(corpus, recipient).ok_or_else(|| no_recipient(corpus))?;
        std::fs::write(&settings, settings_text(corpus, &address))
            .map_err(|error| unwritable(folder.path(), &error))?;
        let mut maildir = Maildir::create(&folder.path().join("Maildir"))?;
        for row in &corpus.sent {
            patience.ask()?;
            maildir.deliver(Folder::Sent, sent_mail(row, &address.0).as_bytes(), row.date.to_utc())?;
        }
        let firm = crate::config::load(&settings).map_err(|problems| not_a_firm(corpus, problems))?;
        let office = desk::office_with(&firm, rules.into())?;
        let last = corpus.sent.iter().map(|row| row.date.date_naive()).max().unwrap_or_default();
        let moment = Now::Day(last).moment(firm.settings.firm.zone);
        let mut store = Store::open(&firm.settings.database)?;
        store.forgo_durability()?;
        let (name, bytes) = &corpus.ledger;
        let mut read = read_receivables(bytes, name, &firm.settings.import.columns, &firm.settings.import.defaults);
        let customers = gather(&mut read, name);
        if customers.is_empty() {
            return Err(
                Failure::new(Kind::Files, format!("No row of {name} could be read")).with_problems(read.problems)
            );
        }
        let terms = Terms { complete: firm.settings.import.complete && read.whole, payments_known_up_to: None };
        imports::take(&mut store, &office, moment, &customers, &terms)?;
        let transport = desk::transport(&firm)?;
        let clock = Box::new(SetClock::at(moment.instant));
        let mut agent = Agent {
            office,
            store,
            mailbox: Box::new(maildir),
            transport,
            clock,
            onlooker: Box::new(Nobody),
            known: Known::default(),
        };
        patience.ask()?;
        agent.begin()?;
        agent.pass()?;
        Ok(Self { agent, problems: read.problems, _folder: folder })
    }

    /// Reads with other rules from now on.
    pub(in crate::cli) fn put_rules(&mut self, rules: RuleSet) {
        self.agent.office.rules = rules.into();
    }

    /// Reads every mail, in the order of the labels.
    pub(in crate::cli) fn read(&self, corpus: &Corpus, patience: &Patience) -> Result<Vec<ReadMail>, Failure> {
        let explainer = Explainer::new(self.agent.store.look(), &self.agent.office, None)?;
        let mut found = Vec::with_capacity(corpus.labels.len());
        for label in &corpus.labels {
            patience.ask()?;
            let Some(bytes) = corpus.mails.get(&label.id) else { continue };
            found.push(read_mail(&label.id, explainer.explain(bytes, None, self.agent.moment().instant)?));
        }
        Ok(found)
    }
}

fn read_mail(id: &str, explanation: Explanation) -> ReadMail {
    let intents = explanation.intents.iter();
    let rules = intents.clone().map(|found| format!("{} «{}»", found.rule, found.evidence)).collect();
    let certain = explanation.receivables.iter().filter(|item| item.confidence == Certainty::Certain);
    let outcome = Outcome {
        id: id.to_owned(),
        intents: intents.map(|found| found.intent).collect(),
        invoices: certain.map(|item| item.invoice.clone()).collect(),
        facts: facts(&explanation.facts),
        disposition: explanation.disposition,
        automatic_answer: explanation.automatic_answer,
    };
    ReadMail { outcome, rules, reason: explanation.reason, not_understood: explanation.not_understood }
}

/// The facts as `explain` says them. Only hundredths are compared, so the currency does not matter.
fn facts(said: &ExplainedFacts) -> Facts {
    let money = |text: &String| Currency::parse("EUR").and_then(|euro| Money::from_decimal(text, euro));
    Facts {
        promised_date: said.promised_date,
        instalments: said.instalments.as_ref().map(|parts| {
            let part = parts.iter();
            part.map(|part| InstalmentFact { date: part.date, amount: part.amount.as_ref().and_then(money) }).collect()
        }),
        amounts: said.amounts.iter().filter_map(money).collect(),
        payment_reference: said.payment_reference.clone(),
        return_date: said.return_date,
        new_contact: said.new_contact.as_deref().and_then(Address::parse),
        ..Facts::default()
    }
}

/// Address and trusted server are what most mails say; every other address they came to is one of the firm's too.
fn settings_text(corpus: &Corpus, (address, others): &(String, Vec<String>)) -> String {
    let aliases: Vec<String> = others.iter().map(|other| toml_text(other)).collect();
    let address = toml_text(address);
    let mut text = format!(
        "[firm]\nname = \"Studio\"\nperson = \"Marta\"\nphone = \"+39 0461 555019\"\naddress = {address}\n\
         aliases = [{}]\n\n[owner]\nname = \"Marta\"\naddress = {address}\n\n[sending]\ntransport = \"folder\"\n\
         path = \"outgoing\"\n\n[mailbox]\npath = \"Maildir\"\n",
        aliases.join(", ")
    );
    if let Some((server, _)) = most_frequent(corpus, authserv) {
        let _ = writeln!(text, "authserv_ids = [{}]", toml_text(&server));
    }
    for (place, (iban, currency)) in corpus.accounts.iter().enumerate() {
        let (iban, currency) = (toml_text(iban), toml_text(currency));
        let _ = write!(
            text,
            "\n[[bank_account]]\nid = \"account{place}\"\niban = {iban}\nholder = \"Studio\"\ncurrency = {currency}\n"
        );
    }
    text
}

/// A text as TOML writes it, whatever stands in it.
fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The header part, unfolded and in one line.
fn header(mail: &[u8]) -> String {
    let text = String::from_utf8_lossy(mail).replace('\r', "");
    text.split("\n\n").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whom our own server took it for; else whom it is addressed to.
fn recipient(mail: &[u8]) -> Option<String> {
    let head = header(mail);
    let enclosed = |rest: &str| Some(rest.split_once('>')?.0.to_owned());
    let taken_for = head.split_once(" for <").and_then(|(_, rest)| enclosed(rest));
    let addressed = || {
        let (_, rest) = head.split_once(" To: ")?;
        let first = rest.split([',', ' ']).find(|word| word.contains('@'))?;
        Some(first.trim_matches(['<', '>']).to_owned())
    };
    taken_for.or_else(addressed).filter(|address| Address::parse(address).is_some())
}

fn authserv(mail: &[u8]) -> Option<String> {
    let head = header(mail);
    let (_, rest) = head.split_once("Authentication-Results: ")?;
    Some(rest.split_once(';')?.0.to_owned())
}

/// The commonest value, and the others.
fn most_frequent(corpus: &Corpus, of: impl Fn(&[u8]) -> Option<String>) -> Option<(String, Vec<String>)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for value in corpus.mails.values().filter_map(|mail| of(mail)) {
        *counts.entry(value).or_default() += 1;
    }
    let first = counts.iter().max_by_key(|(_, count)| **count)?.0.clone();
    let others = counts.into_keys().filter(|value| *value != first).collect();
    Some((first, others))
}

/// A mail of the firm's own as `sent.csv` tells it; an invoice carries its document.
fn sent_mail(row: &SentRow, from: &str) -> String {
    // A cell may run over several lines, a header field may not.
    let one_line = |cell: &str| cell.replace(|c: char| c.is_control(), " ");
    let (date, numbers) = (row.date.to_rfc2822(), one_line(&row.numbers));
    let head = format!(
        "From: <{from}>\r\nTo: <{}>\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: {}\r\nMIME-Version: 1.0\r\n",
        one_line(&row.to),
        one_line(&row.subject),
        one_line(&row.message_id)
    );
    if !row.is_invoice {
        return format!(
            "{head}Content-Type: text/plain; charset=utf-8\r\n\r\nBuongiorno,\r\nVi ricordiamo la fattura {numbers}, \
             ancora aperta.\r\n"
        );
    }
    let name = numbers.replace(['/', ' '], "-");
    format!(
        "{head}Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/plain; \
         charset=utf-8\r\n\r\nBuongiorno,\r\nin allegato la fattura {numbers}.\r\n--part\r\nContent-Type: \
         application/pdf; name=\"fattura_{name}.pdf\"\r\nContent-Disposition: attachment; \
         filename=\"fattura_{name}.pdf\"\r\n\r\n%PDF-1.4\r\n--part--\r\n"
    )
}

fn no_recipient(corpus: &Corpus) -> Failure {
    Failure::new(Kind::Files, format!("No mail in {} says to whom it came", corpus.name))
        .hint("the firm's address is the one that most mails name in Received or To")
}

fn unwritable(folder: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Kind::Outside, format!("{} cannot be written", folder.display()))
        .because(error.to_string())
        .hint("TMPDIR names another place for temporary folders")
}

/// The settings are ours, their values the folder's: an address, an IBAN or a currency that cannot be.
fn not_a_firm(corpus: &Corpus, problems: Vec<Problem>) -> Failure {
    let message = |problem: &Problem| match &problem.place {
        Some(place) => format!("{} ({})", problem.message, place.excerpt.trim()),
        None => problem.message.clone(),
    };
    let (ledger, _) = &corpus.ledger;
    let problems = problems.iter().map(|problem| {
        let told = Problem::of_file(ledger, message(problem));
        told.remedy("no firm can be made of this folder: see its ibans and currencies, and to whom its mails came")
    });
    Failure::of_files(problems.collect())
}
