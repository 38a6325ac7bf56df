//! The days to come, rehearsed: every morning's decision and the last look before each mail, on a copy of the account
//! that is thrown away. The engine that decides here is the one that will decide then, so the two cannot disagree.
//! Accounts are rehearsed side by side, day by day, since they share what may leave on a day and who reads it.
//!
//! Supposed: nobody writes and nobody pays; the owner says every morning who has paid up to the day before, approves
//! what waits for approval, and sends what lies in Drafts. Not supposed: that they telephone, sign a letter of their
//! own, or answer any other question. What depends on such a thing does not happen, and is shown as a question.

use super::World;
use super::restart;
use super::stage::{Left, REHEARSED_ROWS, Stage, real};
use super::steps::plus_days;
use super::terms::Policy;
use super::together::{may_be_shared, may_share};
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::ids::{CustomerId, OutboxId, ReceivableId};
use crate::ledger::mail::{MailPlan, OutboxRow};
use crate::ledger::traffic::Traffic;
use crate::ledger::words::{Mode, Purpose};
use chrono::{DateTime, NaiveDate, Utc};
use std::cmp::Reverse;

/// So often on a day what was taken back is planned anew.
const ROUNDS_A_DAY: usize = 4;

/// What is to come if nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rehearsal {
    /// Mails to the customer, in the order in which they leave.
    pub mails: Vec<RehearsedMail>,
    /// What the owner is asked on the way, oldest first; "who has paid?" is supposed to be answered.
    pub questions: Vec<RehearsedQuestion>,
    /// Mails of today's outbox that have not left by then, and when each is looked at next.
    pub waiting: Vec<(OutboxId, DateTime<Utc>)>,
    /// Mails of today's outbox that would not leave any more.
    pub dropped: Vec<(OutboxId, String)>,
}

/// A mail that leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RehearsedMail {
    /// Its row of the outbox, when it has one today.
    pub outbox: Option<OutboxId>,
    /// The plan; its `not_before` is the instant at which it leaves.
    pub plan: MailPlan,
    /// It leaves in the mail to this customer, who has the same reader.
    pub together_with: Option<CustomerId>,
}

/// A question that comes up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RehearsedQuestion {
    /// On which day.
    pub on: NaiveDate,
    /// What sort.
    pub kind: CaseKind,
    /// About what.
    pub items: Vec<ReceivableId>,
}

/// How much of the future is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Everything,
    /// Up to the first mail that is not in the outbox yet.
    FirstMail,
}

/// Rehearses one account as if it were alone, every day from now until a day, that day included: a decision at dawn, the
/// mails, a decision at dusk.
#[must_use]
pub fn rehearse(account: &Account, world: &World<'_>, until: NaiveDate, scope: Scope) -> Rehearsal {
    let alone = rehearse_all(std::slice::from_ref(account), world, Traffic::default(), until, scope);
    alone.into_iter().next().unwrap_or_default()
}

/// Rehearses accounts side by side; the result has their order.
#[must_use]
pub fn rehearse_all(
    accounts: &[Account],
    world: &World<'_>,
    traffic: Traffic,
    until: NaiveDate,
    scope: Scope,
) -> Vec<Rehearsal> {
    let is_observed = |account: &Account| world.policy.mode_for(account, Purpose::Reminder) == Mode::Observe;
    let sending = accounts.iter().any(is_observed).then(|| sending(world.policy));
    let begin = |account: &Account| {
        let policy = sending.as_ref().filter(|_| is_observed(account)).unwrap_or(world.policy);
        Stage::new(account.clone(), World { policy, ..*world })
    };
    let mut stages: Vec<Stage<'_>> = accounts.iter().map(begin).collect();
    let mut traffic = traffic;
    let mut next_row = REHEARSED_ROWS;
    let mut day = world.moment.today();
    while day <= until && stages.iter().any(|stage| !stage.is_over(scope)) {
        for stage in stages.iter_mut().filter(|stage| !stage.is_over(scope)) {
            stage.numbered(&mut next_row, |stage| stage.morning(day));
        }
        deliver(&mut stages, &mut traffic, day, (scope, &mut next_row));
        for stage in stages.iter_mut().filter(|stage| !stage.is_over(scope)) {
            stage.numbered(&mut next_row, |stage| stage.evening(day));
        }
        let Some(next) = day.succ_opt() else { break };
        day = next;
        (traffic.sent_today, traffic.reminders_today) = (0, 0);
    }
    let last = world.moment.dawn(plus_days(until, 1));
    stages
        .into_iter()
        .map(|stage| {
            let mut found = stage.found;
            found.mails.retain(|mail| mail.plan.not_before < last);
            let here = stage.account.pending.iter().filter_map(|row| Some((real(row.id)?, row.plan.not_before)));
            found.waiting = here.collect();
            found
        })
        .collect()
}

/// Everything that may leave on a day leaves, in the order in which it would: by its time; after a quiet time answers
/// first, then the largest reminders.
fn deliver(stages: &mut [Stage<'_>], traffic: &mut Traffic, day: NaiveDate, (scope, next_row): (Scope, &mut i64)) {
    for _ in 0..ROUNDS_A_DAY {
        deliver_once(stages, traffic, day, (scope, next_row));
        let mut is_planned_anew = false;
        for stage in stages.iter_mut().filter(|stage| !stage.is_over(scope)) {
            is_planned_anew |= stage.numbered(next_row, Stage::think_again);
        }
        if !is_planned_anew {
            break;
        }
    }
}

fn deliver_once(stages: &mut [Stage<'_>], traffic: &mut Traffic, day: NaiveDate, (scope, next_row): (Scope, &mut i64)) {
    let mut waiting = Vec::new();
    traffic.awaited = stages
        .iter()
        .filter(|stage| !stage.is_over(scope))
        .flat_map(|stage| &stage.account.pending)
        .filter(|row| row.plan.purpose == Purpose::Reminder)
        .flat_map(|row| row.plan.to.iter().cloned())
        .collect();
    // Of this day: what left before, and what is still here.
    let mut reminders = traffic.reminders_today;
    for (index, stage) in stages.iter().enumerate().filter(|(_, stage)| !stage.is_over(scope)) {
        let spreads = restart::is_restart(stage.world.policy, day, traffic.resumed);
        for row in stage.due(day) {
            reminders = reminders.saturating_add(u32::from(row.plan.purpose.counts_as_reminder()));
            let turn = if spreads {
                restart::turn(Some(&stage.account), &row.plan)
            } else {
                (restart::is_list(&row.plan), false, Reverse(0))
            };
            waiting.push((turn, row.plan.not_before, row.id, index));
        }
    }
    waiting.sort_unstable();
    for (.., id, index) in waiting {
        let Some(stage) = stages.get_mut(index) else { continue };
        let waiting = reminders.saturating_sub(traffic.reminders_today);
        let Some(left) = stage.numbered(next_row, |stage| stage.send(id, day, traffic, waiting)) else { continue };
        let along = take_along(stages, index, &left, (day, scope));
        reminders = reminders.saturating_sub(along);
    }
}

/// What may leave in the same mail leaves at the same instant, and counts for nothing more. How many go along.
fn take_along(stages: &mut [Stage<'_>], index: usize, left: &Left, (day, scope): (NaiveDate, Scope)) -> u32 {
    let Some(carrier) = stages.get(index) else { return 0 };
    let policy = carrier.world.policy;
    if !may_be_shared(policy, &carrier.account, &left.row) {
        return 0;
    }
    let customer = carrier.account.customer.id;
    let mut together = vec![(carrier.account.clone(), left.row.clone())];
    for stage in stages.iter_mut().filter(|stage| !stage.is_over(scope)) {
        let due: Vec<OutboxRow> = stage.due(day).filter(|row| row.plan.to == left.row.plan.to).cloned().collect();
        for row in due {
            let fits = |known: &Account, planned: &OutboxRow, stage: &Stage<'_>| {
                may_share(stage.world.policy, (known, planned), (&stage.account, &row))
            };
            if together.iter().all(|(known, planned)| fits(known, planned, stage)) {
                let account = stage.account.clone();
                if stage.ride(&row, left, customer) {
                    together.push((account, row));
                }
            }
        }
    }
    u32::try_from(together.len().saturating_sub(1)).unwrap_or(u32::MAX)
}

/// Where reminders are only observed, it is shown what would leave if they were not.
pub(super) fn sending(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    policy.modes.insert(Purpose::Reminder, Mode::Send);
    for group in policy.customers.groups.values_mut() {
        group.mode = None;
    }
    policy
}
