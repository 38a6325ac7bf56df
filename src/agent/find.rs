//! What a person means by the number of an invoice, or by a customer's name.

use super::error::AgentError;
use crate::ledger::account::Account;
use crate::ledger::ids::{CustomerId, ReceivableId};
use crate::ledger::problem::nearest;
use crate::ledger::receivable::ReceivableKey;
use crate::store::Look;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What an order is about: a whole customer, or some of its receivables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Whose account.
    pub customer: CustomerId,
    /// Empty: the whole customer.
    pub items: Vec<ReceivableId>,
}

/// Finds what a person means by an invoice number or a customer's name.
///
/// # Errors
/// When nothing fits, or more than one thing does: then the message names the candidates.
pub fn find(look: &Look<'_>, text: &str) -> Result<Target, AgentError> {
    let wanted = plain(text);
    let mut accounts = Vec::new();
    for id in look.account_ids()? {
        accounts.extend(look.books_of(id)?);
    }
    let mut exact = Vec::new();
    let mut near = Vec::new();
    for account in &accounts {
        collect_targets(account, &wanted, &mut exact, &mut near);
    }
    let candidates = if exact.is_empty() { near } else { exact };
    match candidates.as_slice() {
        [found] => Ok(found.target.clone()),
        [] => {
            let remedy = match resembling(&accounts, &wanted) {
                Some(name) => format!("did you mean `{name}`? `sollecito status --all` lists them"),
                None => "`sollecito status --all` lists them".to_owned(),
            };
            Err(AgentError::not_known(format!("No invoice or customer is called `{text}`"), remedy))
        }
        several => {
            let names: Vec<String> =
                several.iter().take(6).map(|candidate| distinct_name(candidate, several, &accounts)).collect();
            Err(AgentError::not_known(
                format!("`{text}` could be: {}", names.join("; ")),
                "write it as it stands there",
            ))
        }
    }
}

/// What a text may mean.
struct Candidate {
    target: Target,
    /// The customer, or the invoice with its customer.
    label: String,
    /// Of an invoice: its name, its date, and its customer's code or name.
    document: Option<(String, NaiveDate, String)>,
}

/// The name of a candidate; where several bear the same, what tells them apart: of invoices the date, or whose they are; of
/// customers code or address.
fn distinct_name(candidate: &Candidate, all: &[Candidate], accounts: &[Account]) -> String {
    let label = &candidate.label;
    if let Some((name, issued, whose)) = &candidate.document {
        let of_one = all.iter().all(|other| other.target.customer == candidate.target.customer);
        let is_shared = |other: &Candidate| other.document.as_ref().is_some_and(|(other, ..)| other == name);
        let shared = all.iter().filter(|other| is_shared(other)).count() > 1;
        let word = match of_one {
            _ if !shared => return label.clone(),
            true => format!("{name}@{issued}"),
            false => format!("{name}@{whose}"),
        };
        // As it can be typed: a shell takes several words for several names.
        return if word.contains(' ') { format!("\"{word}\"") } else { word };
    }
    let is_alone = all.iter().filter(|other| other.label == *label).count() < 2;
    let customer = candidate.target.customer;
    let account = accounts.iter().find(|account| account.customer.id == customer).filter(|_| !is_alone);
    let mark = account.and_then(|account| {
        let address = account.customer.contacts.first().map(|contact| contact.address.to_string());
        account.customer.external_id.clone().or(address)
    });
    mark.map_or_else(|| label.clone(), |mark| format!("{mark} ({label})"))
}

/// The documents of an account by name, each with all its instalments, and each instalment by its own.
fn documents(account: &Account) -> Vec<(String, NaiveDate, Vec<ReceivableId>)> {
    let mut documents: Vec<(&ReceivableKey, Vec<ReceivableId>)> = Vec::new();
    for receivable in &account.receivables {
        match documents.iter_mut().find(|(known, _)| known.is_same_document(&receivable.key)) {
            Some((_, items)) => items.push(receivable.id),
            None => documents.push((&receivable.key, vec![receivable.id])),
        }
    }
    let whole = documents.into_iter().map(|(key, items)| (key.number.clone(), key.issued, items));
    let instalments = account.receivables.iter().filter(|receivable| receivable.key.instalment > 0);
    let parts = instalments.map(|one| (one.key.name().into_owned(), one.key.issued, vec![one.id]));
    whole.chain(parts).collect()
}

fn collect_targets(account: &Account, wanted: &str, exact: &mut Vec<Candidate>, near: &mut Vec<Candidate>) {
    let customer = account.customer.id;
    let code = account.customer.external_id.as_deref();
    let whose = code.unwrap_or(&account.customer.name);
    // `118@2026-09-12`, `118@C001`: which of several of that number.
    let (wanted_number, wanted_mark) = wanted.rsplit_once('@').map_or((wanted, None), |(one, two)| (one, Some(two)));
    for (number, issued, items) in documents(account) {
        let found = plain(&number);
        let is_marked = wanted_mark.is_some_and(|mark| {
            [Some(issued.to_string().as_str()), code, Some(&account.customer.name)]
                .into_iter()
                .flatten()
                .any(|known| plain(known) == mark)
        });
        let label = format!("{number} ({})", account.customer.name);
        let document = Some((number, issued, whose.to_owned()));
        let named = Candidate { target: Target { customer, items }, label, document };
        if found == wanted || (is_marked && found == wanted_number) {
            exact.push(named);
        } else if found.split('/').any(|part| part.trim_start_matches('0') == wanted) {
            near.push(named);
        }
    }
    let name = plain(&account.customer.name);
    let label = account.customer.name.clone();
    let whole = Candidate { target: Target { customer, items: Vec::new() }, label, document: None };
    let code = account.customer.external_id.as_deref().map(plain);
    let address = account.customer.contacts.iter().any(|contact| contact.address.as_str() == wanted);
    if name == wanted || code.as_deref() == Some(wanted) || address {
        exact.push(whole);
    } else if name.contains(wanted) && wanted.chars().count() >= 3 {
        near.push(whole);
    }
}

/// The customer whose name, or a long word of it, is written almost like this. Numbers resemble each other without being meant.
fn resembling<'a>(accounts: &'a [Account], wanted: &str) -> Option<&'a str> {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for name in accounts.iter().map(|account| account.customer.name.as_str()) {
        let whole = plain(name);
        let words = whole.split(' ').filter(|word| word.chars().filter(|sign| sign.is_alphabetic()).count() > 3);
        known.extend(words.map(|word| (word.to_owned(), name)));
        // Nobody types the legal form.
        known.extend(whole.rsplit_once(' ').map(|(name_alone, _)| (name_alone.to_owned(), name)));
        known.insert(whole, name);
    }
    let near = nearest(wanted, known.keys().map(String::as_str))?;
    known.get(near).copied()
}

/// Lower case, blanks folded, separators alike: `FPR 46-26` is `fpr 46/26`.
fn plain(text: &str) -> String {
    let text = text.trim().to_lowercase().replace(['-', '_', '\\'], "/");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
