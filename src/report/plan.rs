//! What goes out next and when, if nothing changes.

use super::View;
use super::table::{Column, lay_out};
use crate::ledger::account::Account;
use crate::ledger::mail::{MailPlan, OutboxState};
use crate::ledger::words::{Mode, Purpose};
use crate::policy;
use crate::store::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// Mails on their way and mails to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanReport {
    /// In the outbox already.
    pub decided: Vec<PlanRow>,
    /// What the ladders bring next.
    pub to_come: Vec<PlanRow>,
}

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanRow {
    /// Its row of the outbox, when it has one.
    pub outbox: Option<i64>,
    /// Not before.
    pub not_before: DateTime<Utc>,
    /// Local day.
    pub day: NaiveDate,
    /// Local time.
    pub time: String,
    /// Customer.
    pub customer: String,
    /// Which text.
    pub template: String,
    /// What for.
    pub purpose: Purpose,
    /// What may happen with it.
    pub mode: Mode,
    /// About which documents.
    pub invoices: Vec<String>,
    /// Waits for a person.
    pub needs_approval: bool,
    /// Why.
    pub because: String,
}

/// Builds the plan, up to a day.
///
/// # Errors
/// When the database cannot be read.
pub fn plan(view: &View<'_>, until: Option<NaiveDate>) -> Result<PlanReport, StoreError> {
    let world = view.world()?;
    let (mut decided, mut to_come) = (Vec::new(), Vec::new());
    for account in view.look.accounts()? {
        for row in account.pending.iter().filter(|row| row.state.is_pending() && row.state != OutboxState::Drafted) {
            let mut planned = row_of(view, &account, &row.plan);
            planned.outbox = Some(row.id.0);
            planned.needs_approval = row.state == OutboxState::Held;
            decided.push(planned);
        }
        if let Some(next) = policy::outlook(&account, &world).next {
            to_come.push(row_of(view, &account, &next));
        }
    }
    for rows in [&mut decided, &mut to_come] {
        rows.retain(|row| until.is_none_or(|until| row.day <= until));
        rows.sort_by(|a, b| (a.not_before, &a.customer).cmp(&(b.not_before, &b.customer)));
    }
    Ok(PlanReport { decided, to_come })
}

fn row_of(view: &View<'_>, account: &Account, plan: &MailPlan) -> PlanRow {
    let local = plan.not_before.with_timezone(&view.moment.zone);
    let number = |id| account.receivable(id).map(|receivable| receivable.key.number.clone());
    PlanRow {
        outbox: None,
        not_before: plan.not_before,
        day: local.date_naive(),
        time: local.format("%H:%M").to_string(),
        customer: account.customer.name.clone(),
        template: plan.template.to_string(),
        purpose: plan.purpose,
        mode: view.policy.modes.get(&plan.purpose).copied().unwrap_or(Mode::Observe),
        invoices: plan.items.iter().filter_map(|id| number(*id)).collect(),
        needs_approval: plan.needs_approval,
        because: plan.because.clone(),
    }
}

impl PlanReport {
    /// As text.
    #[must_use]
    pub fn to_text(&self) -> String {
        if self.decided.is_empty() && self.to_come.is_empty() {
            return "Nothing is planned.\n".to_owned();
        }
        let mut text = String::new();
        if !self.decided.is_empty() {
            text.push_str("Decided:\n");
            text.push_str(&table(&self.decided));
        }
        if !self.to_come.is_empty() {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str("To come, if nothing changes:\n");
            text.push_str(&table(&self.to_come));
        }
        text
    }
}

fn table(rows: &[PlanRow]) -> String {
    let headings = [
        ("not before", Column::Left),
        ("id", Column::Right),
        ("customer", Column::Flexible),
        ("mail", Column::Flexible),
        ("invoices", Column::Flexible),
        ("mode", Column::Left),
    ];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                format!("{} {}", row.day, row.time),
                row.outbox.map_or_else(|| "-".to_owned(), |id| id.to_string()),
                row.customer.clone(),
                row.template.clone(),
                row.invoices.join(", "),
                // Where nothing leaves, nobody is asked either.
                if row.needs_approval && row.mode != Mode::Observe {
                    "asks you".to_owned()
                } else {
                    row.mode.to_string()
                },
            ]
        })
        .collect();
    lay_out(&headings, &cells)
}
