//! Rows to customers: which rows are about the same one.
//!
//! A customer is its external id, else its VAT number, else its fiscal code, else its name and address. Two customers of
//! the same name without any of these are not guessed at: the row is reported.

use super::columns::plain;
use super::rows::{CustomerRow, Read, ReceivableRow, Row};
use crate::ledger::customer::ContactRole;
use crate::ledger::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// What makes a customer this one and no other, the strongest that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CustomerIdentity {
    /// The accounting program's own code.
    ExternalId(String),
    /// VAT number without country prefix `IT`.
    VatNumber(String),
    /// Fiscal code.
    TaxCode(String),
    /// Name without case and punctuation.
    Name(String),
}

/// A customer with everything the file says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// What makes it this customer.
    pub identity: CustomerIdentity,
    /// Its particulars; contacts of all its rows together.
    pub customer: CustomerRow,
    /// What it owes, with the line of each.
    pub receivables: Vec<(usize, ReceivableRow)>,
}

/// Puts the rows of one customer together, in the order of the file. Rows that could belong to two customers become
/// problems of the reading and are left out.
pub fn gather(read: &mut Read, file: &str) -> Vec<Gathered> {
    let mut gathered: Vec<Gathered> = Vec::new();
    let mut index: BTreeMap<CustomerIdentity, BTreeSet<usize>> = BTreeMap::new();
    let mut kept = Vec::new();
    for row in std::mem::take(&mut read.rows) {
        match place_of(&row, &gathered, &index) {
            Place::Known(at) => {
                if let Some(known) = gathered.get_mut(at) {
                    merge(&mut known.customer, &row.customer);
                    known.receivables.push((row.line, row.receivable.clone()));
                }
                remember(&mut index, &row.customer, at);
            }
            Place::New => {
                let at = gathered.len();
                remember(&mut index, &row.customer, at);
                let identity = identities(&row.customer).into_iter().next();
                let identity = identity.unwrap_or_else(|| CustomerIdentity::Name(plain(&row.customer.name)));
                let receivables = vec![(row.line, row.receivable.clone())];
                gathered.push(Gathered { identity, customer: row.customer.clone(), receivables });
            }
            Place::Ambiguous => {
                read.problems.push(ambiguous(&row, file));
                read.whole = false;
                continue;
            }
        }
        kept.push(row);
    }
    read.rows = kept;
    for known in &mut gathered {
        // A later row may have said something stronger.
        if let Some(strongest) = identities(&known.customer).into_iter().next() {
            known.identity = strongest;
        }
    }
    gathered
}

enum Place {
    Known(usize),
    New,
    Ambiguous,
}

/// Everything by which a customer may be known, the strongest first.
#[must_use]
pub fn identities(customer: &CustomerRow) -> Vec<CustomerIdentity> {
    let vat = customer.vat_number.as_ref().map(|vat| bare(vat).to_owned());
    [
        customer.external_id.clone().map(CustomerIdentity::ExternalId),
        vat.map(CustomerIdentity::VatNumber),
        customer.tax_code.clone().map(CustomerIdentity::TaxCode),
        Some(CustomerIdentity::Name(plain(&customer.name))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn remember(index: &mut BTreeMap<CustomerIdentity, BTreeSet<usize>>, customer: &CustomerRow, at: usize) {
    for identity in identities(customer) {
        index.entry(identity).or_default().insert(at);
    }
}

/// The strongest thing that the row says decides, against everything that is known of the others. A weaker thing ties it
/// only to a customer of whom nothing stronger is known: branches with their own codes stay apart.
fn place_of(row: &Row, gathered: &[Gathered], index: &BTreeMap<CustomerIdentity, BTreeSet<usize>>) -> Place {
    for (rank, identity) in identities(&row.customer).iter().enumerate() {
        let Some(places) = index.get(identity) else { continue };
        let mut open = places
            .iter()
            .filter_map(|at| Some((*at, &gathered.get(*at)?.customer)))
            .filter(|(_, known)| rank == 0 || stronger_agree(known, &row.customer, identity));
        let Some((at, known)) = open.next() else { continue };
        if open.next().is_some() {
            return Place::Ambiguous;
        }
        let same = match identity {
            CustomerIdentity::ExternalId(_) => !contradict(known, &row.customer),
            CustomerIdentity::VatNumber(_) | CustomerIdentity::TaxCode(_) => true,
            CustomerIdentity::Name(_) => addresses_agree(known, &row.customer),
        };
        match (same, rank) {
            (true, _) => return Place::Known(at),
            (false, 0) => return Place::Ambiguous,
            (false, _) => {}
        }
    }
    Place::New
}

/// Nothing stronger than this identity is known of both and differs.
fn stronger_agree(known: &CustomerRow, row: &CustomerRow, identity: &CustomerIdentity) -> bool {
    let agree = |known: &Option<String>, row: &Option<String>| match (known, row) {
        (Some(known), Some(row)) => bare(known) == bare(row),
        _ => true,
    };
    let external = agree(&known.external_id, &row.external_id);
    match identity {
        CustomerIdentity::ExternalId(_) => true,
        CustomerIdentity::VatNumber(_) => external,
        CustomerIdentity::TaxCode(_) => external && agree(&known.vat_number, &row.vat_number),
        CustomerIdentity::Name(_) => {
            external && agree(&known.vat_number, &row.vat_number) && agree(&known.tax_code, &row.tax_code)
        }
    }
}

/// The same code stands for two: a column was mistaken for the customer's code, or the code is mistyped. To write to one
/// about the debts of the other would be worse than to ask.
fn contradict(left: &CustomerRow, right: &CustomerRow) -> bool {
    let compare = |left: &Option<String>, right: &Option<String>| {
        left.as_ref().zip(right.as_ref()).map(|(l, r)| bare(l) == bare(r))
    };
    match (compare(&left.vat_number, &right.vat_number), compare(&left.tax_code, &right.tax_code)) {
        (Some(same), _) | (None, Some(same)) => !same,
        (None, None) => plain(&left.name) != plain(&right.name) && !share_an_address(left, right),
    }
}

/// A VAT number with and without the prefix of its country is the same one.
fn bare(code: &str) -> &str {
    code.strip_prefix("IT").unwrap_or(code)
}

fn share_an_address(left: &CustomerRow, right: &CustomerRow) -> bool {
    right.contacts.iter().any(|contact| left.contacts.iter().any(|other| other.address == contact.address))
}

/// One of the two has no address, or they share one.
fn addresses_agree(left: &CustomerRow, right: &CustomerRow) -> bool {
    let shared =
        right.contacts.iter().any(|contact| left.contacts.iter().any(|other| other.address == contact.address));
    left.contacts.is_empty() || right.contacts.is_empty() || shared
}

/// Later rows add what earlier ones did not say. There is one primary contact: the first.
fn merge(known: &mut CustomerRow, new: &CustomerRow) {
    known.external_id = known.external_id.take().or_else(|| new.external_id.clone());
    known.vat_number = known.vat_number.take().or_else(|| new.vat_number.clone());
    known.tax_code = known.tax_code.take().or_else(|| new.tax_code.clone());
    known.country = known.country.take().or_else(|| new.country.clone());
    known.phone = known.phone.take().or_else(|| new.phone.clone());
    known.payment_day = known.payment_day.or(new.payment_day);
    known.vip |= new.vip;
    known.do_not_contact |= new.do_not_contact;
    for contact in &new.contacts {
        if known.contacts.iter().any(|other| other.address == contact.address) {
            continue;
        }
        let mut contact = contact.clone();
        let has_primary = known.contacts.iter().any(|other| other.role == ContactRole::Primary);
        if has_primary && contact.role == ContactRole::Primary {
            contact.role = ContactRole::Other;
        }
        known.contacts.push(contact);
    }
}

fn ambiguous(row: &Row, file: &str) -> Problem {
    Problem {
        file: file.to_owned(),
        place: Some(row.place.clone()),
        message: format!("`{}` may be one of several customers of that name, code or number", row.customer.name),
        remedy: Some(
            "give each customer its own customer_id, vat_number or tax_code; where the code column is another thing, \
             name the right one under [import.columns]"
                .to_owned(),
        ),
    }
}
