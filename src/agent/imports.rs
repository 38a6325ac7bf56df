//! Rows of an import become events, one a customer, all in one transaction: an import counts whole or not at all.

use super::arrangements::note_import;
use super::corrected;
use super::error::AgentError;
use super::history::read_again_since;
use super::office::Office;
use super::pass::decide_and_keep;
use crate::import::columns::plain;
use crate::import::customers::{CustomerIdentity, Gathered, identities};
use crate::import::rows::{CustomerRow, ReceivableRow};
use crate::ledger::account::Account;
use crate::ledger::change::{Cause, Change};
use crate::ledger::customer::Customer;
use crate::ledger::event::{Event, Imported};
use crate::ledger::ids::{Address, CustomerId, ReceivableId};
use crate::ledger::moment::Moment;
use crate::ledger::receivable::{Receivable, ReceivableKey, ReceivableKind};
use crate::store::{Store, Unit};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// What the person importing says of the file.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The file lists everything that is open.
    pub complete: bool,
    /// Payments are in the books up to this day.
    pub payments_known_up_to: Option<NaiveDate>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct ImportReport {
    /// Customers seen for the first time.
    pub customers_new: usize,
    /// Receivables seen for the first time.
    pub receivables_new: usize,
    /// Receivables whose particulars changed.
    pub receivables_changed: usize,
    /// Receivables in the file that stand as they stood.
    pub receivables_same: usize,
    /// Receivables that are missing from the file and are asked about.
    pub vanished: usize,
    /// Questions opened to the owner.
    pub cases_opened: usize,
    /// Receivables that the file has under another date or spelling.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corrected: Vec<Corrected>,
    /// Rows that were not taken: their invoice is on file with another customer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Elsewhere>,
}

/// A receivable that a file has under another date or another spelling of its number: the same one, with all that was
/// written about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Corrected {
    /// Number and day of issue as they were.
    pub was: (String, NaiveDate),
    /// As they are from now on.
    pub is: (String, NaiveDate),
}

/// An invoice that a file gives to another customer than the one that it is on file with. It is not moved: what was written
/// to the one must never be told to the other.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Elsewhere {
    /// The line of the file, from 1.
    pub line: usize,
    /// The invoice.
    pub number: String,
    /// The customer on file.
    pub on_file: String,
    /// The customer in the file.
    pub in_file: String,
}

/// Takes customers with their rows in.
///
/// # Errors
/// When the database cannot be written; then nothing of the file counts.
pub fn take(
    store: &mut Store,
    office: &Office,
    moment: Moment,
    gathered: &[Gathered],
    terms: &Terms,
) -> Result<ImportReport, AgentError> {
    store.write(|unit| {
        let before = unit.accounts()?;
        let first = before.is_empty();
        let mut known = Known::of(&before);
        let mut report = ImportReport::default();
        let mut by_customer: BTreeMap<CustomerId, (Customer, Vec<Receivable>)> = BTreeMap::new();
        let in_file: BTreeSet<&ReceivableKey> =
            gathered.iter().flat_map(|one| &one.receivables).map(|(_, row)| &row.key).collect();
        for one in gathered {
            let id = match known.find(&one.customer, &one.receivables) {
                Some(id) => id,
                None => {
                    report.customers_new += 1;
                    unit.new_customer_id()?
                }
            };
            known.remember(&one.customer, id);
            let slot = by_customer.entry(id).or_insert_with(|| {
                let known = before.iter().find(|account| account.customer.id == id);
                let known = known.map(|account| account.customer.as_imported());
                (one.customer.to_customer(id, known.as_ref()), Vec::new())
            });
            let account = before.iter().find(|account| account.customer.id == id);
            let rows: Vec<&ReceivableRow> = one.receivables.iter().map(|(_, row)| row).collect();
            let corrected = account.map_or_else(BTreeMap::new, |account| {
                corrected::pairs(account, &rows, (&in_file, terms.complete), |key| known.documents.contains_key(key))
            });
            for (line, row) in &one.receivables {
                let owner = *known.documents.entry(row.key.clone()).or_insert(id);
                if owner != id {
                    report.elsewhere.push(Elsewhere {
                        line: *line,
                        number: row.key.number.clone(),
                        on_file: known.customers.get(&owner).map(|row| row.name.clone()).unwrap_or_default(),
                        in_file: one.customer.name.clone(),
                    });
                    continue;
                }
                let known_as = corrected.get(&row.key).copied();
                if let Some(old) = known_as.zip(account).and_then(|(old, account)| account.receivable(old)) {
                    report.corrected.push(Corrected {
                        was: (old.key.name().into_owned(), old.key.issued),
                        is: (row.key.name().into_owned(), row.key.issued),
                    });
                }
                let receivable = receivable_of(unit, row, (id, known_as), moment, terms)?;
                slot.1.retain(|other| other.id != receivable.id);
                slot.1.push(receivable);
            }
        }
        for account in &before {
            let id = account.customer.id;
            let (customer, receivables) =
                by_customer.remove(&id).unwrap_or_else(|| (account.customer.clone(), Vec::new()));
            if receivables.is_empty() && !terms.complete && terms.payments_known_up_to.is_none() {
                continue;
            }
            let event = imported(customer, receivables, terms, first);
            record(unit, office, moment, account, &event, &mut report)?;
        }
        note_import(unit, office)?;
        for (_, (customer, receivables)) in by_customer {
            let because = "The customer is new in the import";
            let account = unit.create_account(&customer, Cause::Import, because, moment.instant)?;
            let event = imported(customer, receivables, terms, first);
            record(unit, office, moment, &account, &event, &mut report)?;
        }
        Ok(report)
    })
}

fn imported(customer: Customer, receivables: Vec<Receivable>, terms: &Terms, first: bool) -> Event {
    Event::Imported(Box::new(Imported {
        customer,
        receivables,
        complete: terms.complete,
        payments_known_up_to: terms.payments_known_up_to,
        first,
    }))
}

fn record(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    account: &Account,
    event: &Event,
    report: &mut ImportReport,
) -> Result<(), AgentError> {
    let decision = decide_and_keep(unit, office, moment, account, event)?;
    let offered = match event {
        Event::Imported(imported) => imported.receivables.len(),
        _ => 0,
    };
    let (mut new, mut changed) = (0, 0);
    for entry in &decision.entries {
        match &entry.change {
            Change::ReceivableSet { receivable } if account.receivable(receivable.id).is_none() => {
                new += 1;
                read_again_since(unit, receivable.key.issued)?;
            }
            Change::ReceivableSet { .. } => changed += 1,
            Change::ReceivableMissing { receivable, .. } if is_asked_about(account, *receivable) => {
                report.vanished += 1
            }
            _ => {}
        }
    }
    report.receivables_new += new;
    report.receivables_changed += changed;
    report.receivables_same += offered.saturating_sub(new + changed);
    report.cases_opened += decision.cases_opened();
    Ok(())
}

/// A credit note that is used up is no question.
fn is_asked_about(account: &Account, receivable: ReceivableId) -> bool {
    account.receivable(receivable).is_some_and(|item| item.kind != ReceivableKind::CreditNote)
}

fn receivable_of(
    unit: &mut Unit<'_>,
    row: &ReceivableRow,
    (customer, known_as): (CustomerId, Option<ReceivableId>),
    moment: Moment,
    terms: &Terms,
) -> Result<Receivable, AgentError> {
    let id = match known_as.or(unit.receivable_id(&row.key)?) {
        Some(id) => id,
        None => unit.new_receivable_id()?,
    };
    Ok(row.to_receivable(id, customer, moment.today(), terms.payments_known_up_to))
}

/// Who is known by what: the accounting program's code, else VAT number or fiscal code, else the documents and name.
#[derive(Default)]
struct Known {
    identities: BTreeMap<CustomerIdentity, CustomerId>,
    names: BTreeMap<(String, String), CustomerId>,
    documents: BTreeMap<ReceivableKey, CustomerId>,
    customers: BTreeMap<CustomerId, CustomerRow>,
}

impl Known {
    fn of(accounts: &[Account]) -> Self {
        let mut known = Self::default();
        for account in accounts {
            known.remember(&row_of(&account.customer), account.customer.id);
            for receivable in &account.receivables {
                known.documents.insert(receivable.key.clone(), account.customer.id);
            }
        }
        known
    }

    fn find(&self, row: &CustomerRow, receivables: &[(usize, ReceivableRow)]) -> Option<CustomerId> {
        for identity in identities(row) {
            // A name alone is shared too easily: it counts together with an address or a document.
            if matches!(identity, CustomerIdentity::Name(_)) {
                break;
            }
            if let Some(id) = self.identities.get(&identity) {
                return Some(*id);
            }
        }
        // The same document: its customer got a code, or another address, in the books since.
        let of_document = |(_, receivable): &(usize, ReceivableRow)| self.documents.get(&receivable.key).copied();
        if let Some(id) = receivables.iter().filter_map(of_document).find(|id| !self.is_somebody_else(row, *id)) {
            return Some(id);
        }
        if row.external_id.is_some() {
            return None;
        }
        names_of(row).iter().find_map(|name| self.names.get(name)).copied()
    }

    /// Do a row and a customer on file name two parties? Other numbers of the tax office do; so does another name, unless an
    /// address of its own (an administrator's belongs to many) says that the party was only renamed.
    fn is_somebody_else(&self, row: &CustomerRow, id: CustomerId) -> bool {
        let Some(known) = self.customers.get(&id) else { return false };
        let differ = |a: &Option<String>, b: &Option<String>| matches!((a, b), (Some(a), Some(b)) if a != b);
        if differ(&row.vat_number, &known.vat_number) || differ(&row.tax_code, &known.tax_code) {
            return true;
        }
        let has = |row: &CustomerRow, address: &Address| row.contacts.iter().any(|contact| contact.address == *address);
        let of_one = |address: &Address| self.customers.values().filter(|row| has(row, address)).count() == 1;
        let shares = row.contacts.iter().any(|contact| has(known, &contact.address) && of_one(&contact.address));
        let is_namesake = plain(&row.name) == plain(&known.name);
        if differ(&row.external_id, &known.external_id) {
            let is_same = is_namesake && row.contacts.is_empty();
            return !shares && !is_same;
        }
        !shares && !is_namesake
    }

    fn remember(&mut self, row: &CustomerRow, id: CustomerId) {
        self.customers.entry(id).or_insert_with(|| row.clone());
        for identity in identities(row) {
            self.identities.entry(identity).or_insert(id);
        }
        for name in names_of(row) {
            self.names.entry(name).or_insert(id);
        }
    }
}

/// The name with each address on file; with none, the bare name.
fn names_of(row: &CustomerRow) -> Vec<(String, String)> {
    let name = plain(&row.name);
    if row.contacts.is_empty() {
        return vec![(name, String::new())];
    }
    row.contacts.iter().map(|contact| (name.clone(), contact.address.to_string())).collect()
}

fn row_of(customer: &Customer) -> CustomerRow {
    CustomerRow {
        external_id: customer.external_id.clone(),
        name: customer.name.clone(),
        vat_number: customer.vat_number.clone(),
        tax_code: customer.tax_code.clone(),
        kind: customer.kind,
        language: customer.language,
        register: customer.register,
        country: customer.country.clone(),
        contacts: customer.contacts.clone(),
        phone: customer.phone.clone(),
        payment_day: customer.payment_day,
        vip: customer.vip,
        do_not_contact: customer.do_not_contact,
    }
}
