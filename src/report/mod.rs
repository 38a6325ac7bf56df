//! How things stand, as values and as text: status, one account, why, what comes next, open questions, the outbox,
//! the customers as payers.
//!
//! In: the store's read side, the owner's policy, a moment. Out: values that serialise to JSON, and text of at most 80 columns.
//! Deliberately absent: any change, any printing.

pub mod cases;
pub mod customers;
pub mod outbox;
pub mod plan;
pub mod show;
pub mod status;
pub mod table;
pub mod unsent;
pub mod why;

use crate::ledger::account::Account;
use crate::ledger::ids::{CustomerId, ReceivableId};
use crate::ledger::moment::Moment;
use crate::policy::terms::Policy;
use crate::policy::{World, arranged};
use crate::store::{Look, StoreError};
use std::collections::BTreeSet;

/// What a report looks at.
pub struct View<'a> {
    /// The store's read side.
    pub look: &'a Look<'a>,
    /// The owner's policy.
    pub policy: &'a Policy,
    /// Now.
    pub moment: Moment,
    documents: BTreeSet<ReceivableId>,
}

impl<'a> View<'a> {
    /// Prepares a view.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn new(look: &'a Look<'a>, policy: &'a Policy, moment: Moment) -> Result<Self, StoreError> {
        Ok(Self { look, policy, moment, documents: look.receivables_with_documents()? })
    }

    /// The line that says so while all sending is halted; else nothing.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn halt_line(&self) -> Result<String, StoreError> {
        let halt = self.look.halted()?;
        Ok(halt.map_or_else(String::new, |halt| {
            let line = format!("HALTED: nothing leaves ({}). `sollecito halt --off` lets mail go again.", halt.why);
            format!("{}\n", table::wrap(&line, "", table::WIDTH))
        }))
    }

    /// Every account, with what `customers.toml` arranges as it stands now, whether or not a pass recorded it already.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        Ok(self.look.accounts()?.iter().map(|account| arranged(account, self.policy)).collect())
    }

    /// One account in the same way.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn account(&self, id: CustomerId) -> Result<Option<Account>, StoreError> {
        Ok(self.look.account(id)?.map(|account| arranged(&account, self.policy)))
    }

    /// The world as policy sees it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn world(&self) -> Result<World<'_>, StoreError> {
        Ok(World {
            policy: self.policy,
            moment: self.moment,
            next_case: self.look.next_case_id()?,
            documents: &self.documents,
        })
    }
}
