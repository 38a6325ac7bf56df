//! Everything that the firm's files say, checked and compiled: what a pass works with and never alters.

use super::AgentError;
use crate::classify::RuleSet;
use crate::ledger::ids::Address;
use crate::ledger::moment::Moment;
use crate::ledger::problem::Problem;
use crate::ledger::words::Language;
use crate::message::Reader;
use crate::policy::terms::Policy;
use crate::templates::Shelf;
use crate::templates::letterhead::Letterhead;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::sync::OnceLock;

/// The firm as the agent needs it.
pub struct Office {
    /// What the owner decided in advance.
    pub policy: Policy,
    /// Who writes.
    pub letterhead: Letterhead,
    /// Own addresses and trusted servers.
    pub reader: Reader,
    /// The reading rules.
    pub rules: ReadingRules,
    /// The texts.
    pub shelf: Shelf,
    /// Mistakes in the firm's own texts, one sentence each: their mails wait.
    pub broken_templates: Vec<String>,
    /// The owner's desk.
    pub owner: OwnerDesk,
    /// Where days begin and end.
    pub zone: Tz,
    /// Deliver everything here instead, for trying out.
    pub redirect_to: Option<Address>,
    /// Lay a copy of what was sent into Sent (off where the server does it).
    pub copy_to_sent: bool,
    /// Of a larger mail only this much is read.
    pub max_mail_bytes: usize,
}

/// Where and how the owner is told.
#[derive(Debug, Clone)]
pub struct OwnerDesk {
    /// Name in the To header.
    pub name: String,
    /// Where notices go.
    pub address: Address,
    /// Their language: Italian or English.
    pub language: Language,
}

/// The reading rules. The shipped ones alone are compiled when the first mail is read: most orders and many passes read none.
pub struct ReadingRules(OnceLock<RuleSet>);

impl ReadingRules {
    /// Those that come with the program, and no others.
    #[must_use]
    pub const fn shipped() -> Self {
        Self(OnceLock::new())
    }

    /// The rules, ready.
    ///
    /// # Errors
    /// A mistake in the shipped ones, which a test excludes.
    pub fn ready(&self) -> Result<&RuleSet, AgentError> {
        if let Some(rules) = self.0.get() {
            return Ok(rules);
        }
        let rules = RuleSet::shipped().map_err(|problems| {
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            AgentError::refused(format!("The shipped rules cannot be read: {first}"), "install the program anew")
        })?;
        Ok(self.0.get_or_init(|| rules))
    }

    /// The examples of the firm's own rules that do not hold.
    #[must_use]
    pub fn own_faults(&self) -> Vec<Problem> {
        // Those that are not compiled yet are the shipped ones alone.
        self.0.get().map(RuleSet::run_own_examples).unwrap_or_default()
    }
}

impl From<RuleSet> for ReadingRules {
    fn from(rules: RuleSet) -> Self {
        Self(OnceLock::from(rules))
    }
}

impl Office {
    /// An instant in the business zone.
    #[must_use]
    pub const fn moment(&self, instant: DateTime<Utc>) -> Moment {
        Moment::new(instant, self.zone)
    }

    /// The firm's own IBANs.
    #[must_use]
    pub fn own_ibans(&self) -> Vec<String> {
        self.letterhead.bank_accounts.iter().map(|account| account.iban.clone()).collect()
    }
}
