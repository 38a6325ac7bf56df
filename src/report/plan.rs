//! What goes out and when, and what the owner will be asked, if nothing changes.

use super::View;
use super::table::{Column, WIDTH, lay_out, wrap};
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::mail::{MailPlan, OutboxState};
use crate::ledger::words::{Mode, Purpose};
use crate::policy::{self, RehearsedMail, RehearsedQuestion, Scope};
use crate::store::StoreError;
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;

/// How far ahead the next mail of an account is looked for when no day is given.
const LOOK_AHEAD_DAYS: u64 = 120;

/// Mails on their way, mails to come, and what only the owner can do on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanReport {
    /// In the outbox already.
    pub decided: Vec<PlanRow>,
    /// What the coming days bring: all of it up to a day, or the next mail of each customer.
    pub to_come: Vec<PlanRow>,
    /// What the owner will be asked: calls, letters of their own, words not kept.
    pub yours: Vec<PlanQuestion>,
    /// Some of it leaves on the days after a quiet time, over which reminders are spread.
    pub spread: bool,
}

/// A question that will come up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanQuestion {
    /// On which day.
    pub day: NaiveDate,
    /// Customer.
    pub customer: String,
    /// What sort.
    pub kind: CaseKind,
    /// About which documents.
    pub invoices: Vec<String>,
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
    /// It goes in the mail to this customer, who has the same reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub together_with: Option<String>,
    /// Waits for a person.
    pub needs_approval: bool,
    /// Why.
    pub because: String,
}

/// Builds the plan: everything up to a day, or the next mail of each customer.
///
/// # Errors
/// When the database cannot be read.
pub fn plan(view: &View<'_>, until: Option<NaiveDate>) -> Result<PlanReport, StoreError> {
    let world = view.world()?;
    let scope = if until.is_some() { Scope::Everything } else { Scope::FirstMail };
    let last = until.or_else(|| view.moment.today().checked_add_days(Days::new(LOOK_AHEAD_DAYS)));
    let last = last.unwrap_or(NaiveDate::MAX);
    let (mut decided, mut to_come, mut yours) = (Vec::new(), Vec::new(), Vec::new());
    let accounts = view.accounts()?;
    let traffic = view.look.traffic(view.moment, view.policy.limits.recipient_gap_days)?;
    let resumed = traffic.resumed;
    let rehearsals = policy::rehearse_all(&accounts, &world, traffic, last, scope);
    let carrier = |mail: &RehearsedMail| {
        let account = accounts.iter().find(|account| Some(account.customer.id) == mail.together_with)?;
        Some(account.customer.name.clone())
    };
    for (account, rehearsal) in accounts.iter().zip(rehearsals) {
        let leaves_at = |id| {
            let left = rehearsal.mails.iter().find(|mail| mail.outbox == Some(id)).map(|mail| mail.plan.not_before);
            left.or_else(|| rehearsal.waiting.iter().find(|(row, _)| *row == id).map(|(_, at)| *at))
        };
        for row in account.pending.iter().filter(|row| row.state.is_pending() && row.state != OutboxState::Drafted) {
            let at = leaves_at(row.id).unwrap_or(row.plan.not_before);
            let mut planned = row_of(view, account, &MailPlan { not_before: at, ..row.plan.clone() });
            planned.outbox = Some(row.id.0);
            planned.together_with = rehearsal.mails.iter().find(|mail| mail.outbox == Some(row.id)).and_then(&carrier);
            planned.needs_approval = row.state == OutboxState::Held;
            decided.push(planned);
        }
        let new = rehearsal.mails.iter().filter(|mail| mail.outbox.is_none());
        to_come.extend(new.map(|mail| PlanRow { together_with: carrier(mail), ..row_of(view, account, &mail.plan) }));
        yours.extend(rehearsal.questions.iter().map(|question| question_of(account, question)));
    }
    for rows in [&mut decided, &mut to_come] {
        rows.retain(|row| until.is_none_or(|until| row.day <= until));
        rows.sort_by(|a, b| (a.not_before, &a.customer).cmp(&(b.not_before, &b.customer)));
    }
    yours.sort_by(|a, b| (a.day, &a.customer).cmp(&(b.day, &b.customer)));
    let mut reminders = decided.iter().chain(&to_come).filter(|row| row.purpose == Purpose::Reminder);
    let spread = reminders.any(|row| policy::is_restart(view.policy, row.day, resumed));
    Ok(PlanReport { decided, to_come, yours, spread })
}

fn question_of(account: &Account, question: &RehearsedQuestion) -> PlanQuestion {
    PlanQuestion {
        day: question.on,
        customer: account.customer.name.clone(),
        kind: question.kind,
        invoices: account.names(&question.items),
    }
}

fn row_of(view: &View<'_>, account: &Account, plan: &MailPlan) -> PlanRow {
    let local = plan.not_before.with_timezone(&view.moment.zone);
    PlanRow {
        outbox: None,
        not_before: plan.not_before,
        day: local.date_naive(),
        time: local.format("%H:%M").to_string(),
        customer: account.customer.name.clone(),
        template: plan.template.to_string(),
        purpose: plan.purpose,
        mode: view.policy.mode_of(account, plan),
        invoices: account.names(&plan.items),
        together_with: None,
        needs_approval: plan.needs_approval,
        because: plan.because.clone(),
    }
}

impl PlanReport {
    /// As text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut parts = Vec::new();
        if !self.decided.is_empty() {
            parts.push(format!("Decided:\n{}", table(&self.decided)));
        }
        if !self.to_come.is_empty() {
            parts.push(format!("To come, if nothing changes:\n{}", table(&self.to_come)));
        }
        if !self.yours.is_empty() {
            parts.push(format!("Yours to do, before it goes on there:\n{}", questions(&self.yours)));
        }
        if parts.is_empty() {
            return "Nothing is planned.\n".to_owned();
        }
        if !self.to_come.is_empty() || !self.yours.is_empty() {
            let supposed = "Supposed: nobody pays or writes, you say every morning who has paid, and you approve \
                            what asks you.";
            parts.push(wrap(supposed, "", WIDTH));
        }
        if self.spread {
            let why = "After a quiet time reminders leave day by day, the largest first (restart_business_days in \
                       [calendar]).";
            parts.push(wrap(why, "", WIDTH));
        }
        parts.join("\n")
    }
}

fn questions(rows: &[PlanQuestion]) -> String {
    let headings = [
        ("day", Column::Left),
        ("customer", Column::Flexible),
        ("what", Column::Flexible),
        ("invoices", Column::Flexible),
    ];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![row.day.to_string(), row.customer.clone(), question_in_words(row.kind), row.invoices.join(", ")]
        })
        .collect();
    lay_out(&headings, &cells)
}

/// A question to come, in words of the owner's day.
pub(super) fn question_in_words(kind: CaseKind) -> String {
    match kind {
        CaseKind::Call => "a telephone call".to_owned(),
        CaseKind::FinalNotice => "your own letter".to_owned(),
        CaseKind::LadderEnd => "how to go on: the ladder is at its end".to_owned(),
        CaseKind::Silence => "no answer to any mail".to_owned(),
        CaseKind::PlanMissed => "a part of the plan that did not come".to_owned(),
        CaseKind::BrokenPromise => "a promise not kept".to_owned(),
        CaseKind::ClaimedPayment => "a payment not found".to_owned(),
        other => other.as_str().replace('_', " "),
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
                match &row.together_with {
                    Some(other) => format!("{}, in one mail with {other}", row.template),
                    None => row.template.clone(),
                },
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
