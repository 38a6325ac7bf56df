//! The days to come, rehearsed: every morning's decision and the last look before each mail, on a copy of the account
//! that is thrown away. The engine that decides here is the one that will decide then, so the two cannot disagree.
//!
//! Supposed: nobody writes and nobody pays; the owner says every morning who has paid up to the day before, approves
//! what waits for approval, and sends what lies in Drafts. Not supposed: that they telephone, sign a letter of their
//! own, or answer any other question. What depends on such a thing does not happen, and is shown as a question.

use super::examination::is_owners_letter;
use super::recheck::{Conditions, Recheck, recheck};
use super::restart::Reminders;
use super::steps::plus_days;
use super::terms::Policy;
use super::{World, decide};
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::change::Change;
use crate::ledger::decision::Decision;
use crate::ledger::event::{Delivery, DeliveryOutcome, Event};
use crate::ledger::ids::{CaseId, OutboxId, ReceivableId};
use crate::ledger::mail::{MailPlan, OutboxRow, OutboxState};
use crate::ledger::moment::Moment;
use crate::ledger::words::{Mode, Purpose};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use std::borrow::Cow;

/// Numbers of rows that exist in the rehearsal only begin here, far from those of any store.
const REHEARSED_ROWS: i64 = i64::MAX / 2;
/// When the owner gets the lists of the day.
pub const MORNING: NaiveTime = match NaiveTime::from_hms_opt(8, 0, 0) {
    Some(hour) => hour,
    None => NaiveTime::MIN,
};
/// Later than any hour at which mail leaves.
const EVENING: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 0) {
    Some(hour) => hour,
    None => NaiveTime::MIN,
};
/// A mail that is told so often to wait within one day waits for the next.
const LOOKS_A_DAY: u32 = 24;

/// What is to come if nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rehearsal {
    /// Mails to the customer, in the order in which they leave.
    pub mails: Vec<RehearsedMail>,
    /// What the owner is asked on the way, oldest first; "who has paid?" is supposed to be answered.
    pub questions: Vec<RehearsedQuestion>,
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

/// Rehearses every day from now until a day, that day included: a decision at dawn, the mails, a decision at dusk.
#[must_use]
pub fn rehearse(account: &Account, world: &World<'_>, until: NaiveDate, scope: Scope) -> Rehearsal {
    let policy = supposed(world.policy);
    let mut stage = Stage {
        account: account.clone(),
        world: World { policy: &policy, ..*world },
        next_row: REHEARSED_ROWS,
        began: world.moment.instant,
        found: Rehearsal::default(),
    };
    let mut day = world.moment.today();
    while day <= until && !stage.is_over(scope) {
        stage.morning(day);
        stage.deliver(day);
        stage.evening(day);
        let Some(next) = day.succ_opt() else { break };
        day = next;
    }
    let last = world.moment.at(plus_days(until, 1), NaiveTime::MIN);
    stage.found.mails.retain(|mail| mail.plan.not_before < last);
    stage.found
}

/// Where reminders are only observed, it is shown what would leave if they were not.
fn supposed(policy: &Policy) -> Cow<'_, Policy> {
    if policy.mode(Purpose::Reminder) != Mode::Observe {
        return Cow::Borrowed(policy);
    }
    let mut policy = policy.clone();
    policy.modes.insert(Purpose::Reminder, Mode::Send);
    Cow::Owned(policy)
}

struct Stage<'a> {
    account: Account,
    world: World<'a>,
    next_row: i64,
    /// Now, before the first day of the rehearsal.
    began: DateTime<Utc>,
    found: Rehearsal,
}

impl Stage<'_> {
    fn is_over(&self, scope: Scope) -> bool {
        let is_idle = self.account.open_items().is_empty() && self.account.pending.is_empty();
        is_idle || scope == Scope::FirstMail && self.found.mails.iter().any(|mail| mail.outbox.is_none())
    }

    /// The owner says who has paid, then the day is decided on.
    fn morning(&mut self, day: NaiveDate) {
        let zone = self.world.moment.zone;
        let dawn = self.world.moment.at(day, NaiveTime::MIN);
        self.world.moment = Moment::new(dawn.max(self.world.moment.instant), zone);
        if let Some(up_to) = day.pred_opt() {
            self.account.apply(&Change::PaymentsKnown { up_to });
        }
        let decision = decide(&self.account, &Event::DayCame, &self.world);
        self.keep(decision);
    }

    /// After the hours for mail: what is decided now is for the next window, and may come before a change of midnight.
    fn evening(&mut self, day: NaiveDate) {
        let dusk = self.world.moment.at(day, EVENING);
        self.world.moment = Moment::new(dusk.max(self.world.moment.instant), self.world.moment.zone);
        let decision = decide(&self.account, &Event::DayCame, &self.world);
        self.keep(decision);
    }

    fn keep(&mut self, decision: Decision) {
        for entry in decision.entries {
            self.account.apply(&entry.change);
            if let Change::CaseOpened { case } = entry.change {
                self.world.next_case = CaseId(case.id.0.saturating_add(1));
                if case.kind != CaseKind::WhoHasPaid {
                    let on = self.world.moment.today();
                    self.found.questions.push(RehearsedQuestion { on, kind: case.kind, items: case.items });
                }
            }
        }
        for withdrawal in decision.withdrawals {
            self.drop_row(withdrawal.outbox, &withdrawal.reason);
        }
        for plan in decision.mails {
            self.enqueue(plan);
        }
    }

    fn enqueue(&mut self, plan: MailPlan) {
        let is_known = self.account.pending.iter().map(|row| &row.plan.key).any(|key| *key == plan.key)
            || self.found.mails.iter().any(|mail| mail.plan.key == plan.key);
        if is_known {
            return;
        }
        self.account.pending.push(OutboxRow {
            id: OutboxId(self.next_row),
            revision: 0,
            state: if plan.needs_approval { OutboxState::Held } else { OutboxState::Planned },
            state_reason: None,
            planned_at: self.world.moment.instant,
            approved: false,
            attempts: 0,
            plan,
        });
        self.next_row = self.next_row.saturating_add(1);
    }

    /// Everything that may leave on this day leaves, each mail looked at when its time has come.
    fn deliver(&mut self, day: NaiveDate) {
        let mut waiting: Vec<(DateTime<Utc>, OutboxId)> = self
            .account
            .pending
            .iter()
            .filter(|row| self.comes_to_an_end(row))
            .map(|row| (row.plan.not_before, row.id))
            .collect();
        waiting.sort_unstable();
        for (_, id) in waiting {
            for _ in 0..LOOKS_A_DAY {
                // An earlier mail of the day may have ended it.
                let Some(row) = self.account.pending.iter().find(|row| row.id == id).cloned() else { break };
                let at = row.plan.not_before.max(self.world.moment.instant);
                if self.world.moment.day_of(at) > day || !self.look(row, at) {
                    break;
                }
            }
        }
    }

    /// One look at a mail; true when it is to be looked at once more.
    fn look(&mut self, mut row: OutboxRow, at: DateTime<Utc>) -> bool {
        row.approved = row.approved || row.plan.needs_approval;
        let world = World { moment: Moment::new(at, self.world.moment.zone), ..self.world };
        match recheck(&self.account, &row, &world, &self.calm(&row, at)) {
            Recheck::Go => {
                self.leave(row, &world);
                false
            }
            Recheck::Wait { until, .. } => {
                if let Some(waiting) = self.account.pending.iter_mut().find(|waiting| waiting.id == row.id) {
                    waiting.plan.not_before = until;
                }
                until > at
            }
            Recheck::Cancel { reason } => {
                self.drop_row(row.id, &reason);
                false
            }
        }
    }

    fn leave(&mut self, mut row: OutboxRow, world: &World<'_>) {
        row.plan.not_before = world.moment.instant;
        self.account.pending.retain(|other| other.id != row.id);
        let outcome = DeliveryOutcome::Accepted;
        let delivery = Delivery { outbox: row.id, plan: row.plan.clone(), outcome, at: world.moment.instant };
        let decision = decide(&self.account, &Event::Delivered(Box::new(delivery)), world);
        self.keep(decision);
        self.found.mails.push(RehearsedMail { outbox: real(row.id), plan: row.plan });
    }

    fn drop_row(&mut self, id: OutboxId, reason: &str) {
        self.account.pending.retain(|row| row.id != id);
        if let Some(id) = real(id) {
            self.found.dropped.push((id, reason.to_owned()));
        }
    }

    /// What the owner keeps back, what nobody knows about and what the owner must write stays where it is.
    fn comes_to_an_end(&self, row: &OutboxRow) -> bool {
        let is_stuck = match row.state {
            OutboxState::Held => !row.plan.needs_approval,
            OutboxState::Unsure => true,
            _ => false,
        };
        !is_stuck && !is_owners_letter(self.account.customer.kind, &row.plan, self.world.policy)
    }

    /// The list of a day reaches the owner in the morning; today's not before now.
    fn forewarned(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let morning = self.world.moment.at(self.world.moment.day_of(at), MORNING);
        let began = self.began;
        if self.world.moment.day_of(began) == self.world.moment.day_of(at) { morning.max(began) } else { morning }
    }

    /// Nothing of the agent's own trouble stands in the way, and no other account's mails.
    fn calm(&self, row: &OutboxRow, at: DateTime<Utc>) -> Conditions {
        let wrote = self.account.customer_wrote.max(self.account.owner_wrote);
        Conditions {
            halted: false,
            inbox_enumerated: Some(at),
            history_read: true,
            sent_today: 0,
            reminders: Reminders::default(),
            last_reminder_to_recipient: None,
            customer_or_owner_wrote_since_plan: wrote.is_some_and(|wrote| wrote > row.planned_at),
            redirected: false,
            forewarned: Some(self.forewarned(at)),
        }
    }
}

fn real(id: OutboxId) -> Option<OutboxId> {
    (id.0 < REHEARSED_ROWS).then_some(id)
}
