//! One pass, from what came in to what goes out.

use super::clock::Clock;
use super::error::AgentError;
use super::known::{self, Known};
use super::office::Office;
use super::onlooker::{Onlooker, Work};
use crate::ledger::account::Account;
use crate::ledger::decision::Decision;
use crate::ledger::event::Event;
use crate::ledger::ids::ReceivableId;
use crate::ledger::moment::Moment;
use crate::mailbox::Mailbox;
use crate::matching::Directory;
use crate::policy::{self, World};
use crate::store::{Look, Store, Unit};
use crate::transport::Transport;
use std::collections::BTreeSet;

/// The agent of one firm. Mailbox, transport and clock may be real or rehearsed; nothing else differs.
pub struct Agent {
    /// What the firm's files say.
    pub office: Office,
    /// What is remembered.
    pub store: Store,
    /// The firm's mailbox.
    pub mailbox: Box<dyn Mailbox>,
    /// The way out.
    pub transport: Box<dyn Transport>,
    /// What time it is.
    pub clock: Box<dyn Clock>,
    /// Who looks on.
    pub onlooker: Box<dyn Onlooker>,
    /// What is kept in mind from one pass to the next; empty at the start.
    pub known: Known,
}

/// What a pass did, as numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct PassReport {
    /// Mails seen for the first time.
    pub arrived: usize,
    /// Mails decided on.
    pub decided: usize,
    /// Mails that could not be fetched now.
    pub postponed: usize,
    /// Questions opened to the owner.
    pub cases_opened: usize,
    /// Mails to customers that were accepted.
    pub sent: usize,
    /// Notices to the owner that were accepted.
    pub notices: usize,
    /// Drafts laid down.
    pub drafted: usize,
    /// Mails withdrawn before they left.
    pub withdrawn: usize,
    /// Nothing leaves: why.
    pub stopped: Option<String>,
    /// What could not be done and is tried again, one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<String>,
}

impl PassReport {
    pub(super) fn trouble(&mut self, what: &str) {
        if !self.troubles.iter().any(|known| known == what) {
            self.troubles.push(what.to_owned());
        }
    }
}

impl Agent {
    /// One pass. Running it again at once does nothing more.
    ///
    /// # Errors
    /// When the database or the mailbox cannot be used; what was committed stays, and the next pass goes on from there.
    pub fn pass(&mut self) -> Result<PassReport, AgentError> {
        let mut report = PassReport::default();
        self.heed_customers_file(&mut report)?;
        self.intake(&mut report)?;
        self.look_after_drafts(&mut report)?;
        self.decide_and_deliver(&mut report)?;
        self.copy_to_sent(&mut report)?;
        self.tidy_up()?;
        Ok(report)
    }

    /// After an order of the owner: decides anew and delivers what is due. The mailbox is not listed; a letter that
    /// would need a fresher look into it waits for the next whole pass.
    ///
    /// # Errors
    /// As [`Agent::pass`].
    pub fn pass_after_order(&mut self) -> Result<PassReport, AgentError> {
        let mut report = PassReport::default();
        self.heed_customers_file(&mut report)?;
        self.decide_and_deliver(&mut report)?;
        self.copy_to_sent(&mut report)?;
        Ok(report)
    }

    /// Reads what came and decides nothing about the day, while nobody can say what day it is.
    ///
    /// # Errors
    /// As [`Agent::pass`].
    pub fn pass_reading_only(&mut self) -> Result<PassReport, AgentError> {
        let mut report = PassReport::default();
        self.heed_customers_file(&mut report)?;
        self.intake(&mut report)?;
        Ok(report)
    }

    fn decide_and_deliver(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        self.may_end_here(Work::Went)?;
        self.tick(report)?;
        self.lay_owners_letters(report)?;
        self.notify_owner(report)?;
        self.may_end_here(Work::Went)?;
        self.deliver(report)
    }

    /// *Now*, in the business zone.
    #[must_use]
    pub fn moment(&self) -> Moment {
        self.office.moment(self.clock.now())
    }

    /// Customers, numbers and threads as they are known now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn directory(&self) -> Result<Directory, AgentError> {
        directory(&self.store.look(), &self.office)
    }
}

/// See [`Agent::directory`].
///
/// # Errors
/// When the database cannot be read.
pub fn directory(look: &Look<'_>, office: &Office) -> Result<Directory, AgentError> {
    known::whole(look, office)
}

/// Lets policy decide on an event and keeps the decision, within a transaction.
pub(super) fn decide_and_keep(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    account: &Account,
    event: &Event,
) -> Result<Decision, AgentError> {
    let documents = unit.documents_at_hand(account.customer.id)?;
    let decision = policy::decide(account, event, &world(unit, office, moment, &documents)?);
    unit.record(account, &decision, moment.instant)?;
    Ok(decision)
}

/// The world as policy sees it, within a transaction.
pub(super) fn world<'a>(
    look: &Look<'_>,
    office: &'a Office,
    moment: Moment,
    documents: &'a BTreeSet<ReceivableId>,
) -> Result<World<'a>, AgentError> {
    Ok(World { policy: &office.policy, moment, next_case: look.next_case_id()?, documents })
}
