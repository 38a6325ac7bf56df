//! `forewarn = true`: in the morning the owner gets the list of what would leave today, and what chases leaves only when
//! that list reached them.
//!
//! What stands on a list is fixed in the transaction that freezes its bytes, so that the two cannot differ; that it was
//! handed over is said by its own row of the outbox. A crash anywhere in between leaves a list that goes once more, or
//! mails that wait: never a mail of which nobody was told.

use super::error::AgentError;
use super::notices::plan_of;
use super::office::Office;
use super::pass::{Agent, world};
use crate::ledger::account::Account;
use crate::ledger::ids::{CustomerId, OutboxId};
use crate::ledger::mail::{BusinessKey, MailPlan, OutboxRow, OutboxState};
use crate::ledger::moment::Moment;
use crate::ledger::reading::Reading;
use crate::ledger::words::Mode;
use crate::owner::WaitingMail;
use crate::policy::{self, MORNING, Scope};
use crate::store::{Look, OutboxFilter, StoredMail, Unit};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeSet;

/// Which lists a mail stood on, the last one last: the numbers of the lists' own rows.
pub(super) const FOREWARNED: &str = "outbox.forewarned.";

/// A mail that would leave today.
pub(super) struct Leaving {
    pub(super) id: OutboxId,
    pub(super) account: Account,
    /// `not_before` is when it would leave.
    pub(super) plan: MailPlan,
    /// The name of the customer in whose mail it would go.
    pub(super) together_with: Option<String>,
}

impl Leaving {
    /// As the list shows it.
    pub(super) fn as_listed(&self) -> WaitingMail<'_> {
        WaitingMail {
            together_with: self.together_with.as_deref(),
            id: self.id,
            account: &self.account,
            plan: &self.plan,
            firm_to_supplier: false,
        }
    }
}

impl Agent {
    /// Plans the list of the day, when anything would leave. It is written when it leaves, so that what is decided until
    /// then joins it; what comes later waits for the next morning.
    pub(super) fn forewarn(&mut self, moment: Moment) -> Result<(), AgentError> {
        let office = &self.office;
        let today = moment.today();
        if !is_asked_for(office) || list_of(&self.store.look(), today, moment)?.is_some() {
            return Ok(());
        }
        if leaving(&self.store.look(), office, moment)?.is_empty() {
            return Ok(());
        }
        self.store.write(|unit| -> Result<(), AgentError> {
            let mut plan = plan_of(office, moment, BusinessKey::Forewarning(today), "What would leave today");
            plan.not_before = moment.at(today, MORNING).max(moment.instant);
            unit.plan(&plan, None, moment.instant)?;
            Ok(())
        })
    }
}

/// What goes to the owner for trying out needs no list.
const fn is_asked_for(office: &Office) -> bool {
    office.policy.limits.forewarn && office.redirect_to.is_none()
}

/// The list of a day that waits, is on its way or has left.
fn list_of(look: &Look<'_>, day: NaiveDate, moment: Moment) -> Result<Option<StoredMail>, AgentError> {
    let dawn = moment.dawn(day);
    let rows = look.outbox(&OutboxFilter { planned_from: Some(dawn), ..OutboxFilter::default() })?;
    let is_list =
        |row: &StoredMail| row.row.plan.key == BusinessKey::Forewarning(day) && row.row.state != OutboxState::Cancelled;
    Ok(rows.into_iter().rfind(is_list))
}

/// Everything that would leave today of our own accord, in the order in which it would. The day is rehearsed, so that
/// nothing stands on the list that a rule stops anyway.
pub(super) fn leaving(look: &Look<'_>, office: &Office, moment: Moment) -> Result<Vec<Leaving>, AgentError> {
    let waiting = due_today(look, moment, &OutboxState::WAITING)?;
    let is_told =
        |account: &Account, row: &OutboxRow| policy::is_forewarned(account, &row.plan, row.approved, &office.policy);
    rehearsed(look, office, moment, &waiting, is_told)
}

/// What would leave today too, if the owner said yes to it: held for approval, or since an answer was not understood.
pub(super) fn awaiting_a_yes(look: &Look<'_>, office: &Office, moment: Moment) -> Result<Vec<Leaving>, AgentError> {
    let held = due_today(look, moment, &[OutboxState::Held])?;
    let is_of_the_agents =
        |account: &Account, row: &OutboxRow| !row.approved && office.policy.mode_of(account, &row.plan) == Mode::Send;
    rehearsed(look, office, moment, &held, is_of_the_agents)
}

/// Mails to customers in some states whose time comes today.
fn due_today(look: &Look<'_>, moment: Moment, states: &[OutboxState]) -> Result<Vec<OutboxRow>, AgentError> {
    let rows = look.outbox(&OutboxFilter { states: states.to_vec(), ..OutboxFilter::default() })?;
    let is_due = |row: &OutboxRow| row.plan.customer.is_some() && moment.day_of(row.plan.not_before) <= moment.today();
    Ok(rows.into_iter().map(|stored| stored.row).filter(is_due).collect())
}

/// Those of some mails that leave when today is rehearsed, in their order.
fn rehearsed(
    look: &Look<'_>,
    office: &Office,
    moment: Moment,
    rows: &[OutboxRow],
    is_meant: impl Fn(&Account, &OutboxRow) -> bool,
) -> Result<Vec<Leaving>, AgentError> {
    let mut found = Vec::new();
    if !office.policy.limits.forewarn || rows.is_empty() {
        return Ok(found);
    }
    let customers: BTreeSet<CustomerId> = rows.iter().filter_map(|row| row.plan.customer).collect();
    let mut accounts = Vec::with_capacity(customers.len());
    let mut documents = BTreeSet::new();
    for customer in customers {
        accounts.extend(look.account(customer)?);
        documents.extend(look.documents_at_hand(customer)?);
    }
    // A rehearsal supposes that what waits for approval is approved: also what an unclear answer made wait.
    let is_asked = |id: OutboxId| rows.iter().any(|row| row.id == id && row.state == OutboxState::Held);
    for row in accounts.iter_mut().flat_map(|account| &mut account.pending).filter(|row| is_asked(row.id)) {
        row.plan.needs_approval = true;
    }
    let world = world(look, office, moment, &documents)?;
    let traffic = look.traffic(moment, office.policy.limits.recipient_gap_days)?;
    // Together, since they share what may leave on a day.
    let rehearsals = policy::rehearse_all(&accounts, &world, traffic, moment.today(), Scope::Everything);
    for (account, rehearsal) in accounts.iter().zip(rehearsals) {
        for mail in rehearsal.mails {
            let Some(row) = rows.iter().find(|row| Some(row.id) == mail.outbox) else { continue };
            if is_meant(account, row) {
                let carrier = accounts.iter().find(|account| Some(account.customer.id) == mail.together_with);
                let together_with = carrier.map(|account| account.customer.name.clone());
                found.push(Leaving { id: row.id, account: account.clone(), plan: mail.plan, together_with });
            }
        }
    }
    found.sort_by_key(|mail| (mail.plan.not_before, mail.id));
    Ok(found)
}

/// Why a list need not leave: its day is over, or nothing of it would leave any more.
pub(super) fn moot(
    look: &Look<'_>,
    office: &Office,
    moment: Moment,
    day: NaiveDate,
) -> Result<Option<String>, AgentError> {
    if day < moment.today() {
        return Ok(Some("Its day is over".to_owned()));
    }
    if !is_asked_for(office) || leaving(look, office, moment)?.is_empty() {
        return Ok(Some("Nothing would leave today any more".to_owned()));
    }
    Ok(None)
}

/// In the transaction that freezes a list: what stands on it.
pub(super) fn note_what_is_told(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    list: &OutboxRow,
) -> Result<(), AgentError> {
    if !matches!(list.plan.key, BusinessKey::Forewarning(_)) {
        return Ok(());
    }
    // A no to what waits for a yes is a no, too.
    for mail in leaving(unit, office, moment)?.into_iter().chain(awaiting_a_yes(unit, office, moment)?) {
        let mut lists = lists_of(unit, mail.id)?;
        lists.retain(|known| *known != list.id);
        lists.push(list.id);
        note_lists(unit, mail.id, &lists)?;
    }
    Ok(())
}

/// When the owner was handed today's list with this mail on it.
pub(super) fn told_at(
    look: &Look<'_>,
    office: &Office,
    moment: Moment,
    row: &OutboxRow,
) -> Result<Option<DateTime<Utc>>, AgentError> {
    if !office.policy.limits.forewarn {
        return Ok(None);
    }
    let Some(list) = lists_of(look, row.id)?.pop() else { return Ok(None) };
    let Some(list) = look.outbox_row(list)? else { return Ok(None) };
    let is_of_today = list.row.plan.key == BusinessKey::Forewarning(moment.today());
    let is_there = list.row.state == OutboxState::Accepted;
    // One that lies in the future was written by a clock that was put back since: it says nothing.
    Ok(list.accepted_at.filter(|at| is_of_today && is_there && *at <= moment.instant))
}

/// The numbers of the mails that stand on a list or on a later one: who answers yesterday's list with "no 12" means the
/// mail 12, whatever the list.
pub(super) fn mails_since(look: &Look<'_>, list: OutboxId) -> Result<BTreeSet<i64>, AgentError> {
    marked(look, |known| known >= list)
}

fn marked(look: &Look<'_>, is_meant: impl Fn(OutboxId) -> bool) -> Result<BTreeSet<i64>, AgentError> {
    let marks = look.settings_named(FOREWARNED)?.into_iter();
    let meant = marks.filter(|(_, value)| parse_lists(value).into_iter().any(&is_meant));
    Ok(meant.filter_map(|(name, _)| name.strip_prefix(FOREWARNED)?.parse().ok()).collect())
}

fn lists_of(look: &Look<'_>, mail: OutboxId) -> Result<Vec<OutboxId>, AgentError> {
    Ok(look.setting(&format!("{FOREWARNED}{mail}"))?.map(|value| parse_lists(&value)).unwrap_or_default())
}

fn parse_lists(value: &str) -> Vec<OutboxId> {
    value.split(',').filter_map(|id| id.parse().ok()).map(OutboxId).collect()
}

fn note_lists(unit: &mut Unit<'_>, mail: OutboxId, lists: &[OutboxId]) -> Result<(), AgentError> {
    let value: Vec<String> = lists.iter().map(ToString::to_string).collect();
    let value = Some(value.join(",")).filter(|_| !lists.is_empty());
    Ok(unit.set_setting(&format!("{FOREWARNED}{mail}"), value.as_deref())?)
}

/// A list that came back never reached the owner: nothing of it leaves.
pub(super) fn heed_bounce(unit: &mut Unit<'_>, reading: &Reading) -> Result<(), AgentError> {
    let Some(bounce) = reading.bounce.as_ref().filter(|bounce| bounce.failed) else { return Ok(()) };
    let by_id = match &bounce.original {
        Some(id) => unit.outbox_by_rfc_id(id)?,
        None => None,
    };
    let returned = match (&by_id, &bounce.own_reference) {
        (None, Some(reference)) => unit.outbox_by_reference(reference)?,
        _ => by_id,
    };
    let Some(list) = returned.filter(|row| matches!(row.row.plan.key, BusinessKey::Forewarning(_))) else {
        return Ok(());
    };
    for id in marked(unit, |known| known == list.row.id)?.into_iter().map(OutboxId) {
        let mut lists = lists_of(unit, id)?;
        lists.retain(|known| *known != list.row.id);
        note_lists(unit, id, &lists)?;
    }
    Ok(())
}
