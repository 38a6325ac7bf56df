//! Mails that went to the owner instead of the customer, for trying out.

use super::error::AgentError;
use crate::ledger::ids::OutboxId;
use crate::ledger::mail::OutboxState;
use crate::store::{OutboxFilter, Unit};

/// Where it is remembered that a mail never reached its customer.
pub(super) fn redirected_name(id: OutboxId) -> String {
    format!("outbox.redirected.{id}")
}

/// Trying out is over: what was redirected never reached its customer and may be planned anew.
pub(super) fn release_redirected(unit: &mut Unit<'_>) -> Result<(), AgentError> {
    let accepted = OutboxFilter { states: vec![OutboxState::Accepted], ..OutboxFilter::default() };
    for row in unit.outbox(&accepted)? {
        let id = row.row.id;
        if unit.setting(&redirected_name(id))?.is_some() {
            unit.mark_undelivered(id, "It was redirected for trying out and never reached the customer")?;
            unit.set_setting(&redirected_name(id), None)?;
        }
    }
    Ok(())
}
