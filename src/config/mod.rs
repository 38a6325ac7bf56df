//! The files that people edit, read and checked together.
//!
//! In: the path of a firm's `sollecito.toml`; beside it `customers.toml`, `rules/` and `templates/`. Out: a [`Firm`], or every problem of
//! every file, each with its place and a remedy.
//! Deliberately absent: what the values lead to, compiling of rules and templates (their own rooms do that with the
//! sources read here), passwords, any network.

mod calendar;
mod customers;
mod defaults;
mod files;
mod firm;
mod import;
mod in_force;
mod interest;
mod ladder_step;
mod ladders;
mod limits;
mod mailbox;
mod sending;
mod server;
mod settings;
mod sheet;
pub mod starter;
mod surroundings;
#[cfg(test)]
mod tests;

pub use customers::{CustomerEntry, against_books};
pub use files::{CUSTOMERS_FILE, MAX_FILE_BYTES, SourceFile};
pub use in_force::FilesInForce;
pub use settings::{
    FirmSettings, ImapSettings, ImportSettings, LoginSettings, MailboxPlace, MailboxSettings, OwnerSettings,
    SecretSettings, SendingSettings, SentCopy, Settings, SmtpSettings, Tls, TransportSettings, Watch,
};

pub use surroundings::surroundings;

use crate::ledger::bank_account::BankAccount;
use crate::ledger::ids::Address;
use crate::ledger::interest::LatePayment;
use crate::ledger::money::Currency;
use crate::ledger::problem::Problem;
use crate::ledger::rates::RateTable;
use crate::message::Reader;
use crate::policy::customers::CustomerBook;
use crate::policy::terms::Policy;
use crate::templates::letterhead::Letterhead;
use sheet::Sheet;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The name of the settings file in a firm's folder.
pub const SETTINGS_FILE: &str = "sollecito.toml";

/// A firm, as its folder describes it.
#[derive(Debug, Clone)]
pub struct Firm {
    /// The folder that holds it.
    pub folder: PathBuf,
    /// Surroundings: mailbox, sending, owner, import, database.
    pub settings: Settings,
    /// Decisions taken in advance.
    pub policy: Policy,
    /// The firm as its letters show it.
    pub letterhead: Letterhead,
    /// What the reader of mails knows of the firm.
    pub reader: Reader,
    /// The firm's own reading rules (`rules/**/*.toml` without ladders and rates), by file name.
    pub rule_sources: Vec<SourceFile>,
    /// The firm's own templates (`templates/**/*.hbs`), by file name.
    pub template_sources: Vec<SourceFile>,
    /// The customers that `customers.toml` names, with their places: whether they exist only the books can say.
    pub customer_entries: Vec<CustomerEntry>,
    /// Remarks that are not mistakes, one sentence each.
    pub notes: Vec<String>,
    /// The texts that all this was read from.
    pub files: FilesInForce,
}

/// Where the database of a firm lies whose settings have mistakes: as they say where that can be read, else beside them.
/// For the one order that has to work whatever is wrong with the files.
#[must_use]
pub fn database_beside(file: &Path) -> PathBuf {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    // A mistake further down does not make the line of the database unreadable.
    let named = toml::from_str::<toml::Table>(&text).ok().and_then(|table| {
        let name = table.get("firm")?.as_table()?.get("database")?.as_str()?;
        Some(name.to_owned())
    });
    folder_of(file).join(named.unwrap_or_else(|| "sollecito.db".to_owned()))
}

/// Reads and checks everything in a firm's folder.
///
/// # Errors
/// Every problem of every file, in the order of files and lines.
pub fn load(file: &Path) -> Result<Firm, Vec<Problem>> {
    let mut problems = Vec::new();
    let name = name_of(file);
    let text = match files::read(file, &name) {
        Ok(text) => text,
        Err(problem) if problem.remedy.is_some() => return Err(vec![problem]),
        Err(problem) => return Err(vec![problem.remedy(remedy_for_unreadable(file))]),
    };
    let own = files::own_sources(&folder_of(file), &mut problems);
    read_all(file, text, own, problems)
}

/// The firm as its files were when they were put in force; reading rules and templates as they lie in the folder now, as
/// far as they can be read.
///
/// # Errors
/// Every problem of them: a newer program may ask more of files than the one that kept them.
pub fn load_in_force(file: &Path, kept: &FilesInForce) -> Result<Firm, Vec<Problem>> {
    let mut own = files::own_sources(&folder_of(file), &mut Vec::new());
    kept.laid_over(&mut own);
    read_all(file, kept.settings.clone(), own, Vec::new())
}

fn read_all(
    file: &Path,
    text: String,
    own: files::OwnSources,
    mut problems: Vec<Problem>,
) -> Result<Firm, Vec<Problem>> {
    let folder = folder_of(file);
    let name = name_of(file);
    let kept = FilesInForce::of(text.clone(), &own);
    let shipped_ladders = SourceFile { file: "ladders.toml".into(), text: ladders::SHIPPED.into() };
    let shipped_rates = SourceFile { file: "interest.toml".into(), text: interest::SHIPPED.into() };
    let rates = interest::read_rates(&shipped_rates, own.interest.as_ref(), &mut problems);

    let (sheet, table) = Sheet::parse(&name, &text);
    let mut ladder_problems = Vec::new();
    let (mut names, mut steps) = (BTreeSet::new(), BTreeSet::new());
    let read = {
        let root = sheet.root(&table);
        let read = Parts::read(&root, &folder, |firm| {
            let ladders =
                ladders::read(&shipped_ladders, own.ladders.as_ref(), &own.templates, firm, &mut ladder_problems);
            (names, steps) = (ladders.named.keys().cloned().collect(), ladders.steps());
            ladders
        });
        root.finish();
        read
    };
    let own_addresses = read.as_ref().map(Parts::own_addresses).unwrap_or_default();
    let known = customers::Known {
        ladders: names,
        steps: &steps,
        currency: read.as_ref().map_or(Currency::EUR, |parts| parts.import.defaults.currency),
        own_addresses: &own_addresses,
    };
    let arranged = customers::read(own.customers.as_ref(), &known, &mut problems);
    let mut all = sheet.into_problems();
    all.append(&mut problems);
    all.append(&mut ladder_problems);
    match read {
        Some(parts) if all.is_empty() => Ok(parts.into_firm(folder, rates, arranged, own, kept)),
        _ => Err(all),
    }
}

/// The firm's own reading rules and templates, whatever is wrong with its other files: mistakes in them are told together.
#[must_use]
pub fn rules_and_templates(file: &Path) -> (Vec<SourceFile>, Vec<SourceFile>) {
    let own = files::own_sources(&folder_of(file), &mut Vec::new());
    (own.rules, own.templates)
}

/// Checks every file and says what is wrong, without giving the firm.
#[must_use]
pub fn check(file: &Path) -> Vec<Problem> {
    load(file).err().unwrap_or_default()
}

fn name_of(file: &Path) -> String {
    file.file_name().map_or_else(|| SETTINGS_FILE.into(), |name| name.to_string_lossy().into_owned())
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

fn remedy_for_unreadable(file: &Path) -> String {
    let folder = folder_of(file);
    format!("`sollecito init {}` writes one; `--config FILE` or SOLLECITO_CONFIG chooses another", folder.display())
}

/// The sections of the settings, each as far as it could be read.
struct Parts {
    firm: firm::FirmPart,
    mailbox: MailboxSettings,
    sending: SendingSettings,
    owner: OwnerSettings,
    accounts: Vec<BankAccount>,
    policy: limits::PolicyPart,
    calendar: calendar::CalendarPart,
    import: ImportSettings,
    late_payment: LatePayment,
    ladders: ladders::Ladders,
}

impl Parts {
    /// Reads every section, whatever is wrong in the others, and only then asks whether all are there.
    /// The ladders come from files of their own; they need the firm's currency and hours, the limits need their steps.
    fn read(
        root: &sheet::Section<'_>,
        folder: &Path,
        read_ladders: impl FnOnce(ladders::Surroundings<'_>) -> ladders::Ladders,
    ) -> Option<Self> {
        let firm = firm::read_firm(root, folder);
        let address = firm.as_ref().map(|firm| &firm.settings.address);
        let mailbox = mailbox::read(root, folder, address);
        let otherwise = sending::Otherwise { address, mailbox: mailbox.as_ref() };
        let sending = sending::read(root, folder, &otherwise);
        let owner = firm::read_owner(root);
        let accounts = firm::read_bank_accounts(root);
        let import = import::read(root, firm.as_ref(), &accounts);
        let currency = import.defaults.currency;
        let calendar = calendar::read(root);
        let may_stop_work = firm.as_ref().is_some_and(|firm| firm.may_stop_work);
        let ladders = read_ladders(ladders::Surroundings { currency, windows: &calendar.windows, may_stop_work });
        let policy = limits::read(root, currency, &ladders.steps(), &calendar.windows);
        let late_payment = interest::read_claims(root);
        Some(Self {
            firm: firm?,
            mailbox: mailbox?,
            sending: sending?,
            owner: owner?,
            accounts,
            policy,
            calendar,
            import,
            late_payment,
            ladders,
        })
    }

    fn own_addresses(&self) -> BTreeSet<Address> {
        let firm = &self.firm.settings;
        firm.aliases.iter().chain([&firm.address, &self.owner.address]).cloned().collect()
    }

    fn into_firm(
        self,
        folder: PathBuf,
        rates: RateTable,
        (book, customer_entries): (CustomerBook, Vec<CustomerEntry>),
        own: files::OwnSources,
        files: FilesInForce,
    ) -> Firm {
        let late_payment = LatePayment { rates, ..self.late_payment };
        let own_addresses: Vec<Address> = self.own_addresses().into_iter().collect();
        let mut notes = Vec::new();
        if self.accounts.is_empty() {
            notes.push("No [[bank_account]] yet: mails will carry no payment details.".to_owned());
        }
        if self.mailbox.authserv_ids.is_empty() {
            notes.push(
                "No authserv_ids in [mailbox]: no sender counts as proven, so deferrals and statements are left to you."
                    .to_owned(),
            );
        }
        let mut limits = self.policy.limits;
        limits.notices_per_day = self.owner.notices_per_day;
        let policy = Policy {
            modes: self.policy.modes,
            limits,
            windows: self.calendar.windows,
            calendar: self.calendar.business,
            ladders: self.ladders.kinds,
            named_ladders: self.ladders.named,
            customers: book,
            late_payment: late_payment.clone(),
            own_addresses: own_addresses.iter().cloned().collect(),
        };
        let letterhead = Letterhead {
            firm: self.firm.settings.name.clone(),
            person: self.firm.person,
            phone: self.firm.phone,
            address: self.firm.settings.address.clone(),
            lines: self.firm.lines,
            language: self.firm.settings.language,
            bank_accounts: self.accounts,
            late_payment,
            vat_number: self.firm.settings.vat_number.clone(),
        };
        let reader = Reader { own_addresses, authserv_ids: self.mailbox.authserv_ids.clone() };
        let settings = Settings {
            firm: self.firm.settings,
            database: self.firm.database,
            mailbox: self.mailbox,
            sending: self.sending,
            owner: self.owner,
            import: self.import,
        };
        Firm {
            folder,
            settings,
            policy,
            letterhead,
            reader,
            rule_sources: own.rules,
            template_sources: own.templates,
            customer_entries,
            notes,
            files,
        }
    }
}
