//! The outbox: what waits, what is under way, what nobody knows.

use super::View;
use super::table::{Column, lay_out};
use crate::ledger::mail::OutboxState;
use crate::policy::is_firm_to_a_supplier;
use crate::store::{OutboxFilter, StoreError, StoredMail};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// One row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutboxLine {
    /// Its number.
    pub id: i64,
    /// Where it stands.
    pub state: OutboxState,
    /// Why it is held, cancelled, put off or unsure.
    pub why: Option<String>,
    /// Customer; none of a notice to the owner.
    pub customer: Option<String>,
    /// To whom.
    pub to: Vec<String>,
    /// What for.
    pub purpose: String,
    /// Which text.
    pub template: String,
    /// Not before.
    pub not_before: DateTime<Utc>,
    /// Its Message-ID, once frozen.
    pub message_id: Option<String>,
    /// The decision that planned it.
    pub because: String,
    /// Attempts made.
    pub attempts: u32,
    /// The mail in which it goes or went, when that has another number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_mail: Option<i64>,
}

/// Rows that are not over, or all of them; oldest first.
///
/// # Errors
/// When the database cannot be read.
pub fn outbox(view: &View<'_>, all: bool) -> Result<Vec<OutboxLine>, StoreError> {
    let over = |state: OutboxState| {
        matches!(
            state,
            OutboxState::Accepted | OutboxState::Cancelled | OutboxState::SentByOwner | OutboxState::Discarded
        )
    };
    let rows = view.look.outbox(&OutboxFilter::default())?;
    rows.iter().filter(|row| all || !over(row.row.state)).map(|row| line_of(view, row)).collect()
}

fn line_of(view: &View<'_>, stored: &StoredMail) -> Result<OutboxLine, StoreError> {
    let plan = &stored.row.plan;
    let customer = plan.customer.map(|customer| view.look.customer_name(customer)).transpose()?.flatten();
    Ok(OutboxLine {
        id: stored.row.id.0,
        state: stored.row.state,
        why: why(view, stored)?,
        customer,
        to: plan.to.iter().map(ToString::to_string).collect(),
        purpose: plan.purpose.to_string(),
        template: plan.template.to_string(),
        not_before: plan.not_before,
        message_id: stored.rfc_id.as_ref().map(|id| id.as_str().to_owned()),
        because: plan.because.clone(),
        attempts: stored.row.attempts,
        in_mail: stored.carried_by.map(|carrier| carrier.0),
    })
}

/// What the state says of itself, and with a mail that waits for the owner what is particular about its customer.
fn why(view: &View<'_>, stored: &StoredMail) -> Result<Option<String>, StoreError> {
    let plan = &stored.row.plan;
    let reason = stored.row.state_reason.clone();
    let Some(customer) = plan.customer.filter(|_| stored.row.state == OutboxState::Held) else { return Ok(reason) };
    let account = view.look.account(customer)?;
    let is_firm = account.is_some_and(|account| is_firm_to_a_supplier(&account, &plan.steps, view.policy));
    Ok(reason.map(|reason| if is_firm { format!("{reason}: is also a supplier") } else { reason }))
}

/// As text.
#[must_use]
pub fn to_text(rows: &[OutboxLine], view: &View<'_>) -> String {
    if rows.is_empty() {
        return "The outbox is empty.\n".to_owned();
    }
    let headings = [
        ("id", Column::Right),
        ("state", Column::Left),
        ("not before", Column::Left),
        ("mail", Column::Flexible),
        ("to", Column::Flexible),
        ("why", Column::Flexible),
    ];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.id.to_string(),
                row.state.to_string(),
                row.not_before.with_timezone(&view.moment.zone).format("%Y-%m-%d %H:%M").to_string(),
                row.template.clone(),
                row.customer.clone().unwrap_or_else(|| row.to.join(", ")),
                match (row.in_mail, &row.why) {
                    (Some(carrier), Some(why)) => format!("in mail {carrier}: {why}"),
                    (Some(carrier), None) => format!("in mail {carrier}"),
                    (None, why) => why.clone().unwrap_or_default(),
                },
            ]
        })
        .collect();
    lay_out(&headings, &cells)
}
