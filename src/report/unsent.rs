//! Mails of ours that have not left, and why: what waits, what was taken back, what somebody said no to. For `why`.

use super::View;
use crate::ledger::account::Account;
use crate::ledger::ids::{MessageIdentity, ReceivableId};
use crate::ledger::mail::OutboxState;
use crate::ledger::words::Purpose;
use crate::store::{OutboxFilter, StoreError, StoredMail};
use serde::Serialize;
use std::collections::BTreeSet;

/// Older ones are found in `sollecito outbox --all`.
const NEWEST: usize = 12;

/// A mail that has not left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsent {
    /// Its row of the outbox.
    pub outbox: i64,
    /// Which text.
    pub template: String,
    /// About which documents.
    pub invoices: Vec<String>,
    /// Where it stands.
    pub state: OutboxState,
    /// Why it was wanted.
    pub because: String,
    /// Why it has not left.
    pub why: String,
}

/// Those of a customer that are about some documents, oldest first. What was planned anew and left since is no silence.
///
/// # Errors
/// When the database cannot be read.
pub fn of_account(
    view: &View<'_>,
    account: &Account,
    concerned: &dyn Fn(ReceivableId) -> bool,
) -> Result<Vec<Unsent>, StoreError> {
    let filter = OutboxFilter { customer: Some(account.customer.id), ..OutboxFilter::default() };
    let rows = view.look.outbox(&filter)?;
    let is_concerned = |row: &&StoredMail| {
        let items = &row.row.plan.items;
        // A notice goes to the owner.
        row.row.plan.purpose != Purpose::Notice && (items.is_empty() || items.iter().any(|id| concerned(*id)))
    };
    let left: Vec<&StoredMail> = rows.iter().filter(|row| has_left(row)).collect();
    let is_made_up_for = |row: &StoredMail| {
        let plan = &row.row.plan;
        let is_taken = !plan.steps.is_empty() && plan.steps.iter().all(|step| account.has_taken(step));
        row.row.state == OutboxState::Cancelled && (is_taken || left.iter().any(|other| other.row.plan.key == plan.key))
    };
    let mut seen = BTreeSet::new();
    let mut found: Vec<Unsent> = rows
        .iter()
        .rev()
        .filter(|row| !has_left(row) && !is_made_up_for(row))
        .filter(is_concerned)
        // Of several revisions of one mail the last one speaks.
        .filter(|row| seen.insert(row.row.plan.key.clone()))
        .take(NEWEST)
        .map(|row| line_of(view, account, row))
        .collect();
    found.reverse();
    Ok(found)
}

/// The answers to a mail that have not left.
///
/// # Errors
/// When the database cannot be read.
pub fn answers_to(view: &View<'_>, message: MessageIdentity) -> Result<Vec<Unsent>, StoreError> {
    let rows = view.look.outbox(&OutboxFilter::default())?;
    let mut found = Vec::new();
    for row in &rows {
        let is_answer = row.row.plan.answers.as_ref().is_some_and(|answered| answered.identity == message);
        let Some(customer) = row.row.plan.customer.filter(|_| is_answer && !has_left(row)) else { continue };
        found.extend(view.account(customer)?.map(|account| line_of(view, &account, row)));
    }
    Ok(found)
}

fn has_left(row: &StoredMail) -> bool {
    matches!(row.row.state, OutboxState::Accepted | OutboxState::SentByOwner)
}

fn line_of(view: &View<'_>, account: &Account, stored: &StoredMail) -> Unsent {
    let row = &stored.row;
    let numbers = row.plan.items.iter().filter_map(|id| account.receivable(*id));
    let why = row.state_reason.clone().or_else(|| stored.words.clone()).unwrap_or_else(|| {
        let from = row.plan.not_before.with_timezone(&view.moment.zone).format("%Y-%m-%d %H:%M");
        match row.state {
            OutboxState::Planned | OutboxState::Later if row.plan.not_before > view.moment.instant => {
                format!("It is not time yet: it may leave from {from} on")
            }
            OutboxState::Planned | OutboxState::Later => "It leaves when the agent next looks at it".to_owned(),
            OutboxState::Held => "It waits for your yes (`sollecito approve`)".to_owned(),
            OutboxState::Frozen | OutboxState::Claimed | OutboxState::InData => "It is on its way".to_owned(),
            OutboxState::Drafted => "It lies in your Drafts".to_owned(),
            OutboxState::Unsure => "Nobody knows whether it left (`sollecito outbox`)".to_owned(),
            OutboxState::Refused => "The server refused it".to_owned(),
            OutboxState::Cancelled => "It was taken back".to_owned(),
            OutboxState::Discarded => "You did not want it".to_owned(),
            OutboxState::Accepted | OutboxState::SentByOwner => "It left".to_owned(),
        }
    });
    Unsent {
        outbox: row.id.0,
        template: row.plan.template.to_string(),
        invoices: numbers.map(|item| item.key.name().into_owned()).collect(),
        state: row.state,
        because: row.plan.because.clone(),
        why,
    }
}

impl Unsent {
    /// As a sentence of a list.
    #[must_use]
    pub fn sentence(&self) -> String {
        let about =
            if self.invoices.is_empty() { String::new() } else { format!(" about {}", self.invoices.join(", ")) };
        let state = self.state.as_str().replace('_', " ");
        format!("{}{about} (mail {}, {state}): {}", self.template, self.outbox, self.why)
    }
}
