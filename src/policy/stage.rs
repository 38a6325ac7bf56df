//! One account of a rehearsal: its copy, its own clock, and what came of it so far.

use super::courtesy;
use super::owners_letter;
use super::recheck::{Conditions, Recheck, recheck};
use super::rehearsal::{Rehearsal, RehearsedMail, RehearsedQuestion, Scope};
use super::restart::Reminders;
use super::terms::Policy;
use super::windows::MORNING;
use super::{World, decide};
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::change::Change;
use crate::ledger::decision::Decision;
use crate::ledger::event::{Delivery, DeliveryOutcome, Event, Order};
use crate::ledger::ids::{CaseId, CommandId, CustomerId, OutboxId};
use crate::ledger::mail::{MailPlan, OutboxRow, OutboxState};
use crate::ledger::moment::Moment;
use crate::ledger::traffic::Traffic;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

/// Numbers of rows that exist in the rehearsal only begin here, far from those of any store.
pub(super) const REHEARSED_ROWS: i64 = i64::MAX / 2;
/// Later than any hour at which mail leaves.
const EVENING: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 0) {
    Some(hour) => hour,
    None => NaiveTime::MIN,
};
/// A mail that is told so often to wait within one day waits for the next.
const LOOKS_A_DAY: u32 = 24;

/// A mail that left, and what it was measured by.
pub(super) struct Left {
    /// As it was looked at.
    pub(super) row: OutboxRow,
    pub(super) at: DateTime<Utc>,
    conditions: Conditions,
}

/// What a look at a mail showed.
enum Looked {
    Left(Box<Left>),
    /// Its time comes later: it is to be looked at then.
    Again,
    Over,
}

pub(super) struct Stage<'a> {
    pub(super) account: Account,
    pub(super) world: World<'a>,
    /// The number of the next row, counted over all accounts that are rehearsed together: of two that may leave at one
    /// moment the one planned first goes first.
    next_row: i64,
    /// When a mail was taken back on this day: what is still due is to be planned anew.
    taken_back: Option<DateTime<Utc>>,
    /// Now, before the first day of the rehearsal.
    began: DateTime<Utc>,
    /// What came of it so far.
    pub(super) found: Rehearsal,
}

impl<'a> Stage<'a> {
    /// What waits for the owner's yes has it from now on.
    pub(super) fn new(mut account: Account, world: World<'a>) -> Self {
        let began = world.moment.instant;
        let approved: Vec<bool> = account.pending.iter().map(|row| is_approved(&account, row, world.policy)).collect();
        for (row, approved) in account.pending.iter_mut().zip(approved) {
            row.approved = approved;
        }
        Self { account, world, next_row: REHEARSED_ROWS, taken_back: None, began, found: Rehearsal::default() }
    }

    /// Does something with numbers that go on from those of the other accounts.
    pub(super) fn numbered<T>(&mut self, next_row: &mut i64, act: impl FnOnce(&mut Self) -> T) -> T {
        self.next_row = *next_row;
        let done = act(self);
        *next_row = self.next_row;
        done
    }

    pub(super) fn is_over(&self, scope: Scope) -> bool {
        let is_idle = self.account.open_items().is_empty()
            && courtesy::planned_items(&self.account).next().is_none()
            && self.account.pending.is_empty();
        is_idle || scope == Scope::FirstMail && self.found.mails.iter().any(|mail| mail.outbox.is_none())
    }

    /// The owner says who has paid, then the day is decided on.
    pub(super) fn morning(&mut self, day: NaiveDate) {
        let zone = self.world.moment.zone;
        let dawn = self.world.moment.dawn(day);
        self.world.moment = Moment::new(dawn.max(self.world.moment.instant), zone);
        if let Some(up_to) = day.pred_opt() {
            self.order(Order::PaymentsKnown { up_to });
        }
        self.look_around();
    }

    /// The owner says something.
    pub(super) fn order(&mut self, order: Order) {
        let decision = decide(&self.account, &Event::Ordered(CommandId(0), order), &self.world);
        self.keep(decision);
    }

    /// What is due now is decided on.
    pub(super) fn look_around(&mut self) {
        let decision = decide(&self.account, &Event::DayCame, &self.world);
        self.keep(decision);
    }

    /// A mail was taken back: what is still due is planned anew at once, and may leave on the same day. Was there one?
    pub(super) fn think_again(&mut self) -> bool {
        let Some(at) = self.taken_back.take() else { return false };
        self.world.moment = Moment::new(at.max(self.world.moment.instant), self.world.moment.zone);
        self.look_around();
        true
    }

    /// After the hours for mail: what is decided now is for the next window, and may come before a change of midnight.
    pub(super) fn evening(&mut self, day: NaiveDate) {
        let dusk = self.world.moment.at(day, EVENING);
        self.world.moment = Moment::new(dusk.max(self.world.moment.instant), self.world.moment.zone);
        self.look_around();
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
        let mut row = OutboxRow {
            id: OutboxId(self.next_row),
            revision: 0,
            state: if plan.needs_approval { OutboxState::Held } else { OutboxState::Planned },
            state_reason: None,
            planned_at: self.world.moment.instant,
            approved: false,
            attempts: 0,
            plan,
        };
        row.approved = is_approved(&self.account, &row, self.world.policy);
        self.account.pending.push(row);
        self.next_row = self.next_row.saturating_add(1);
    }

    /// The mails that may leave on this day.
    pub(super) fn due(&self, day: NaiveDate) -> impl Iterator<Item = &OutboxRow> {
        let is_of_today = move |row: &&OutboxRow| self.world.moment.day_of(row.plan.not_before) <= day;
        self.account.pending.iter().filter(|row| self.comes_to_an_end(row)).filter(is_of_today)
    }

    /// Lets a mail leave on this day, looked at whenever its time has come. What left, if it did.
    pub(super) fn send(&mut self, id: OutboxId, day: NaiveDate, traffic: &mut Traffic, waiting: u32) -> Option<Left> {
        for _ in 0..LOOKS_A_DAY {
            // An earlier mail of the day may have ended it.
            let row = self.account.pending.iter().find(|row| row.id == id).cloned()?;
            let at = row.plan.not_before.max(self.world.moment.instant);
            if self.world.moment.day_of(at) > day {
                break;
            }
            match self.look(row, at, traffic, waiting) {
                Looked::Left(left) => return Some(*left),
                Looked::Again => {}
                Looked::Over => break,
            }
        }
        None
    }

    /// The letters that lie ready for the owner to finish and sign.
    pub(super) fn owners_letters(&self) -> impl Iterator<Item = &OutboxRow> {
        self.account.pending.iter().filter(|row| owners_letter::is_one(&self.account, &row.plan, self.world.policy))
    }

    /// The owner sends such a letter, now.
    pub(super) fn sign(&mut self, row: OutboxRow) {
        let world = self.world;
        self.leave(row, &world, None);
    }

    /// Lets a mail leave in another one's, at that instant and measured by what had left before it.
    pub(super) fn ride(&mut self, row: &OutboxRow, left: &Left, carrier: CustomerId) -> bool {
        let at = left.at;
        let world = World { moment: Moment::new(at, self.world.moment.zone), ..self.world };
        let own = self.conditions(row, at, &Traffic::default(), 0);
        let Conditions { sent_today, reminders, last_reminder_to_recipient, .. } = left.conditions;
        let conditions = Conditions { sent_today, reminders, last_reminder_to_recipient, ..own };
        if recheck(&self.account, row, &world, &conditions) != Recheck::Go {
            return false;
        }
        self.leave(row.clone(), &world, Some(carrier));
        true
    }

    /// One look at a mail.
    fn look(&mut self, row: OutboxRow, at: DateTime<Utc>, traffic: &mut Traffic, waiting: u32) -> Looked {
        let world = World { moment: Moment::new(at, self.world.moment.zone), ..self.world };
        let conditions = self.conditions(&row, at, traffic, waiting);
        match recheck(&self.account, &row, &world, &conditions) {
            Recheck::Go => {
                traffic.carries(&row.plan, at);
                self.leave(row.clone(), &world, None);
                Looked::Left(Box::new(Left { row, at, conditions }))
            }
            Recheck::Wait { until, .. } => {
                if let Some(waiting) = self.account.pending.iter_mut().find(|waiting| waiting.id == row.id) {
                    waiting.plan.not_before = until;
                }
                if until > at { Looked::Again } else { Looked::Over }
            }
            Recheck::Cancel { reason } => {
                self.taken_back = Some(at);
                self.drop_row(row.id, &reason);
                Looked::Over
            }
        }
    }

    fn leave(&mut self, mut row: OutboxRow, world: &World<'_>, together_with: Option<CustomerId>) {
        row.plan.not_before = world.moment.instant;
        self.account.pending.retain(|other| other.id != row.id);
        let outcome = DeliveryOutcome::Accepted;
        let delivery = Delivery { outbox: row.id, plan: row.plan.clone(), outcome, at: world.moment.instant };
        let decision = decide(&self.account, &Event::Delivered(Box::new(delivery)), world);
        self.keep(decision);
        self.found.mails.push(RehearsedMail { outbox: real(row.id), plan: row.plan, together_with });
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
        !is_stuck && !owners_letter::is_one(&self.account, &row.plan, self.world.policy)
    }

    /// The list of a day reaches the owner in the morning; today's not before now.
    fn forewarned(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let morning = self.world.moment.at(self.world.moment.day_of(at), MORNING);
        let began = self.began;
        if self.world.moment.day_of(began) == self.world.moment.day_of(at) { morning.max(began) } else { morning }
    }

    /// Nothing of the agent's own trouble stands in the way.
    fn conditions(&self, row: &OutboxRow, at: DateTime<Utc>, traffic: &Traffic, waiting: u32) -> Conditions {
        let wrote = self.account.customer_wrote.max(self.account.owner_wrote);
        Conditions {
            halted: false,
            inbox_enumerated: Some(at),
            history_read: true,
            sent_today: traffic.sent_today,
            reminders: Reminders { left_today: traffic.reminders_today, waiting, resumed: traffic.resumed },
            last_reminder_to_recipient: traffic.last_reminder_to(&row.plan),
            reminder_to_recipient_waits: traffic.awaits(&row.plan),
            customer_or_owner_wrote_since_plan: wrote.is_some_and(|wrote| wrote > row.planned_at),
            redirected: false,
            forewarned: Some(self.forewarned(at)),
        }
    }
}

/// Has it the owner's yes, where they say yes as soon as they are asked? Letters of their own are signed, not approved.
fn is_approved(account: &Account, row: &OutboxRow, policy: &Policy) -> bool {
    row.approved || row.plan.needs_approval && !owners_letter::is_one(account, &row.plan, policy)
}

/// The number of a row that exists outside of the rehearsal.
pub(super) fn real(id: OutboxId) -> Option<OutboxId> {
    (id.0 < REHEARSED_ROWS).then_some(id)
}
