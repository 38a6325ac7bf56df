//! What the day brings: every account is asked whether something is due.

use super::crash;
use super::error::AgentError;
use super::intake::is_about_this_row;
use super::pass::{Agent, PassReport, decide_and_keep, world};
use crate::ledger::decision::Decision;
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
            let decided = self.store.write(|unit| -> Result<Option<Decision>, AgentError> {
                let Some(account) = unit.account(customer)? else { return Ok(None) };
                decide_and_keep(unit, office, moment, &account, &Event::DayCame).map(Some)
            });
            match decided {
                Ok(decision) => {
                    report.cases_opened += decision.as_ref().map_or(0, Decision::cases_opened);
                    report.withdrawn += decision.map_or(0, |decision| decision.withdrawals.len());
                }
                // One account must not stop the others; asked again in the next pass.
                Err(AgentError::Store(error)) if is_about_this_row(&error) => report.trouble(&error.to_string()),
                Err(error) => return Err(error),
            }
            crash::reached("tick.after_decision");
        }
        Ok(())
    }
}
