//! The journal added up again, and compared with the state tables.

use super::cases::apply_to_cases;
use super::error::StoreError;
use super::values::{Difference, JournalRow};
use super::{Look, state_tables};
use crate::ledger::account::Account;
use crate::ledger::case::Case;
use crate::ledger::change::Change;
use crate::ledger::ids::CustomerId;
use std::fmt::Debug;

/// What the journal of one customer adds up to, without what was taken back; `None` when it never says who the
/// customer is. Rows of the outbox are no part of it.
#[must_use]
pub fn replay<'a>(rows: impl IntoIterator<Item = &'a JournalRow>) -> Option<Account> {
    let mut account: Option<Account> = None;
    for row in rows.into_iter().filter(|row| row.undone.is_none()) {
        match (&mut account, &row.entry.change) {
            (Some(account), change) => account.apply(change),
            (None, Change::CustomerSet { customer }) => account = Some(Account::new((**customer).clone())),
            (None, _) => {}
        }
    }
    account
}

/// What the journal adds up to for the questions that belong to no account.
#[must_use]
pub fn replay_cases<'a>(rows: impl IntoIterator<Item = &'a JournalRow>) -> Vec<Case> {
    let mut cases = Vec::new();
    for row in rows.into_iter().filter(|row| row.undone.is_none()) {
        apply_to_cases(&mut cases, &row.entry.change);
    }
    cases
}

impl Look<'_> {
    /// Every account compared with what its journal adds up to; empty when all agree.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn compare_with_journal(&self) -> Result<Vec<Difference>, StoreError> {
        self.in_one_state(|look| {
            let mut differences = Vec::new();
            for id in look.account_ids()? {
                let stored = state_tables::read(look, id)?;
                let replayed = replay(&look.journal(Some(id))?);
                compare(id, stored, replayed, &mut differences);
            }
            let (stored, replayed) = (look.cases_without_account()?, replay_cases(&look.journal_without_account()?));
            part(None, "cases", &stored, &replayed, &mut differences);
            Ok(differences)
        })
    }
}

fn compare(id: CustomerId, stored: Option<Account>, replayed: Option<Account>, into: &mut Vec<Difference>) {
    let (Some(stored), Some(replayed)) = (&stored, &replayed) else {
        return part(Some(id), "account", &stored.is_some(), &replayed.is_some(), into);
    };
    let id = Some(id);
    part(id, "customer", &stored.customer, &replayed.customer, into);
    part(id, "receivables", &stored.receivables, &replayed.receivables, into);
    part(id, "holds", &stored.holds, &replayed.holds, into);
    part(id, "steps", &stored.steps, &replayed.steps, into);
    part(id, "declined", &stored.declined, &replayed.declined, into);
    part(id, "cases", &stored.cases, &replayed.cases, into);
    part(id, "sent", &stored.sent, &replayed.sent, into);
    part(id, "notes", &stored.notes, &replayed.notes, into);
    part(id, "customer_wrote", &stored.customer_wrote, &replayed.customer_wrote, into);
    part(id, "owner_wrote", &stored.owner_wrote, &replayed.owner_wrote, into);
    part(id, "understood", &stored.understood, &replayed.understood, into);
}

fn part<T: PartialEq + Debug>(
    customer: Option<CustomerId>,
    part: &'static str,
    stored: &T,
    replayed: &T,
    into: &mut Vec<Difference>,
) {
    if stored != replayed {
        let (stored, replayed) = (format!("{stored:?}"), format!("{replayed:?}"));
        into.push(Difference { customer, part, stored, replayed });
    }
}
