//! What `customers.toml` arranges is recorded in the accounts: once for every change of the file, not in every pass.

use super::error::AgentError;
use super::office::Office;
use super::pass::{Agent, PassReport, decide_and_keep};
use crate::ledger::event::Event;
use crate::policy::terms::Policy;
use crate::store::Unit;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Where it is remembered what was recorded last.
const RECORDED: &str = "customers.recorded";

/// What the file says, in short. Another version of the program may say it otherwise: then it is recorded once more,
/// which changes nothing.
fn fingerprint(policy: &Policy) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{:?}", policy.customers).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

impl Agent {
    /// Records what the file arranges now, where that is another thing than what was recorded last.
    pub(super) fn heed_customers_file(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        let now = fingerprint(&self.office.policy);
        if self.store.look().setting(RECORDED)?.as_deref() == Some(now.as_str()) {
            return Ok(());
        }
        let (office, moment) = (&self.office, self.office.moment(self.clock.now()));
        self.store.write(|unit| -> Result<(), AgentError> {
            for account in unit.accounts()? {
                let decision = decide_and_keep(unit, office, moment, &account, &Event::FilesChanged)?;
                report.cases_opened += decision.cases_opened();
                report.withdrawn += decision.withdrawals.len();
            }
            Ok(unit.set_setting(RECORDED, Some(&now))?)
        })
    }
}

/// An import has laid the file over the customers that it brought. Where that is not the file that was recorded last,
/// the next pass looks at all of them.
pub(super) fn note_import(unit: &mut Unit<'_>, office: &Office) -> Result<(), AgentError> {
    let now = fingerprint(&office.policy);
    if unit.setting(RECORDED)?.is_some_and(|recorded| recorded != now) {
        unit.set_setting(RECORDED, None)?;
    }
    Ok(())
}
