//! What the day brings: every account is asked whether something is due.

use super::crash;
use super::error::AgentError;
use super::pass::{Agent, PassReport, world};
use crate::ledger::event::Event;
use crate::policy;

impl Agent {
    /// Asks every account; writes only where something is decided.
    pub(super) fn tick(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        let moment = self.moment();
        let office = &self.office;
        let due: Vec<_> = {
            let look = self.store.look();
            let documents = look.receivables_with_documents()?;
            let world = world(&look, office, moment, &documents)?;
            let mut due = Vec::new();
            for account in look.accounts()? {
                let decision = policy::decide(&account, &Event::DayCame, &world);
                if !decision.is_empty() {
                    due.push(account.customer.id);
                }
            }
            due
        };
        for customer in due {
            crash::reached("tick.before_decision");
            // Decided again inside the transaction: an order given meanwhile wins.
            let (opened, withdrawn) = self.store.write(|unit| -> Result<(usize, usize), AgentError> {
                let Some(account) = unit.account(customer)? else { return Ok((0, 0)) };
                let documents = unit.receivables_with_documents()?;
                let world = world(unit, office, moment, &documents)?;
                let decision = policy::decide(&account, &Event::DayCame, &world);
                unit.record(&account, &decision, moment.instant)?;
                Ok((decision.cases_opened(), decision.withdrawals.len()))
            })?;
            report.cases_opened += opened;
            report.withdrawn += withdrawn;
            crash::reached("tick.after_decision");
        }
        Ok(())
    }
}
