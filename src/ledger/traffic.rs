//! What left for customers, whoever they are: that which the caps of a day and of a recipient are measured by.

use super::ids::Address;
use super::mail::MailPlan;
use super::words::Purpose;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// What left so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Mails to customers that left today.
    pub sent_today: u32,
    /// Reminders among them.
    pub reminders_today: u32,
    /// When a reminder last went to an address, whoever the customer was.
    pub reminded: BTreeMap<Address, DateTime<Utc>>,
    /// The day from which a restart after a quiet time is counted anew.
    pub resumed: Option<NaiveDate>,
    /// Addresses for which a reminder waits, whoever the customer is.
    pub awaited: BTreeSet<Address>,
}

impl Traffic {
    /// A mail leaves.
    pub fn carries(&mut self, plan: &MailPlan, at: DateTime<Utc>) {
        self.sent_today = self.sent_today.saturating_add(1);
        if plan.purpose.counts_as_reminder() {
            self.reminders_today = self.reminders_today.saturating_add(1);
        }
        if plan.purpose.counts_as_reminder() || plan.purpose == Purpose::Courtesy {
            self.reminded.extend(plan.to.iter().map(|address| (address.clone(), at)));
        }
    }

    /// Does a reminder wait for one of the people who read this mail?
    #[must_use]
    pub fn awaits(&self, plan: &MailPlan) -> bool {
        plan.to.iter().chain(&plan.cc).any(|address| self.awaited.contains(address))
    }

    /// When a reminder, or a friendly word before one, last went to one of the people who read this mail.
    #[must_use]
    pub fn last_reminder_to(&self, plan: &MailPlan) -> Option<DateTime<Utc>> {
        plan.to.iter().chain(&plan.cc).filter_map(|address| self.reminded.get(address)).max().copied()
    }
}
