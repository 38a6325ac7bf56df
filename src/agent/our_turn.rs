//! Open questions are put before the owner again, on the list of the day, until they are answered: first those about which a
//! customer waits for something of the firm's.

use super::error::AgentError;
use super::notices::{next_list, told_name};
use super::office::Office;
use super::pass::Agent;
use crate::ledger::case::Case;
use crate::ledger::ids::CaseId;
use crate::ledger::moment::Moment;
use crate::policy::{self, OurTurn};
use crate::store::Look;

/// How many reminders the owner had of a question, by its number.
pub(super) const REMINDED: &str = "case.reminded.";
/// The day on which it was last looked at.
const DAY: &str = "our_turn.day";

impl Agent {
    /// Once a day: questions whose next reminder to the owner has come.
    pub(super) fn remind_of_our_turn(&mut self, moment: Moment) -> Result<(), AgentError> {
        let (office, today) = (&self.office, moment.today().to_string());
        if self.store.look().setting(DAY)?.as_deref() == Some(today.as_str()) {
            return Ok(());
        }
        self.store.write(|unit| -> Result<(), AgentError> {
            for case in unit.open_cases()? {
                // The first notice of it comes first.
                if unit.setting(&told_name(case.id))?.is_none() {
                    continue;
                }
                let Some(turn) = age(unit, office, moment, &case)? else { continue };
                if turn.reminders <= reminders_of(unit, case.id)? {
                    continue;
                }
                let list = next_list(unit, office, moment)?;
                unit.plan(&list, None, moment.instant)?;
                unit.set_setting(&told_name(case.id), Some(&list.key.to_string()))?;
                unit.set_setting(&reminded_name(case.id), Some(&turn.reminders.to_string()))?;
            }
            Ok(unit.set_setting(DAY, Some(&today))?)
        })
    }
}

/// How long it has been the owner's turn, where it is.
fn age(look: &Look<'_>, office: &Office, moment: Moment, case: &Case) -> Result<Option<OurTurn>, AgentError> {
    let Some(account) = case.customer.map(|id| look.account(id)).transpose()?.flatten() else { return Ok(None) };
    Ok(policy::our_turn(&account, case, &office.policy, moment))
}

fn reminded_name(case: CaseId) -> String {
    format!("{REMINDED}{case}")
}

fn reminders_of(look: &Look<'_>, case: CaseId) -> Result<usize, AgentError> {
    Ok(look.setting(&reminded_name(case))?.and_then(|count| count.parse().ok()).unwrap_or(0))
}
