//! A firm of many accounts with one outbox, one clock and one day's caps, driven only through the door of `policy`: what
//! the agent and its database do, in memory.

use super::blind::Never;
use super::checks::{Leaving, Tracks, answered_by, broken};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sollecito::ledger::account::Account;
use sollecito::ledger::change::Change;
use sollecito::ledger::decision::Decision;
use sollecito::ledger::event::{Delivery, DeliveryOutcome, Event};
use sollecito::ledger::ids::{CaseId, MessageIdentity, OutboxId, ReceivableId, StepId};
use sollecito::ledger::mail::{BusinessKey, MailPlan, OutboxRow, OutboxState, StepRef};
use sollecito::ledger::moment::{self, Moment};
use sollecito::ledger::reading::Reading;
use sollecito::ledger::traffic::Traffic;
use sollecito::ledger::words::Purpose;
use sollecito::policy::terms::Policy;
use sollecito::policy::{
    Conditions, Recheck, Rehearsal, Reminders, Scope, World, decide, is_restart, ladder_for, must_be_asked, next_look,
    recheck, rehearse_all, resumed, turn,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub const ZONE: chrono_tz::Tz = chrono_tz::Europe::Rome;

pub struct Firm {
    pub policy: Policy,
    /// The rules as the agent sees them.
    seen: Policy,
    /// The guard that is taken out.
    without: Option<Never>,
    /// With the rows of the outbox that are not over.
    pub accounts: Vec<Account>,
    /// The day on which each is to be looked at next.
    looks: Vec<NaiveDate>,
    pub documents: BTreeSet<ReceivableId>,
    pub now: DateTime<Utc>,
    pub halted: bool,
    /// When the owner was last handed a list of what would leave.
    pub told: Option<DateTime<Utc>>,
    pub tracks: Tracks,
    pub broken: Vec<(Never, String)>,
    pub left: BTreeMap<Purpose, usize>,
    /// Every mail that left, and when.
    pub log: Vec<(DateTime<Utc>, MailPlan)>,
    heard: BTreeMap<MessageIdentity, Reading>,
    traffic: Traffic,
    /// Mails that left on each day, and the reminders among them.
    by_day: BTreeMap<NaiveDate, (u32, u32)>,
    /// Mails of which nobody knows whether they left: when.
    unsure: BTreeMap<OutboxId, DateTime<Utc>>,
    today: NaiveDate,
    /// The last day on which mail could leave.
    ran: Option<NaiveDate>,
    keys: BTreeSet<BusinessKey>,
    steps: BTreeSet<StepRef>,
    next_case: i64,
    next_row: i64,
}

impl Firm {
    pub fn new(policy: Policy, accounts: Vec<Account>, without: Option<Never>) -> Self {
        Self {
            seen: without.map_or_else(|| policy.clone(), |never| never.policy(&policy)),
            policy,
            without,
            looks: vec![NaiveDate::MIN; accounts.len()],
            accounts,
            documents: BTreeSet::new(),
            now: DateTime::UNIX_EPOCH,
            halted: false,
            told: None,
            tracks: Tracks::default(),
            broken: Vec::new(),
            left: BTreeMap::new(),
            log: Vec::new(),
            heard: BTreeMap::new(),
            traffic: Traffic::default(),
            by_day: BTreeMap::new(),
            unsure: BTreeMap::new(),
            today: NaiveDate::MIN,
            ran: None,
            keys: BTreeSet::new(),
            steps: BTreeSet::new(),
            next_case: 1,
            next_row: 1,
        }
    }

    pub fn set_clock(&mut self, now: DateTime<Utc>) {
        self.now = now;
        let today = self.moment().today();
        // A clock set back comes to a day on which something left already.
        (self.traffic.sent_today, self.traffic.reminders_today) = self.by_day.get(&today).copied().unwrap_or((0, 0));
        // A clock set back: everybody is looked at again.
        if today < self.today {
            self.looks.fill(NaiveDate::MIN);
        }
        self.today = today;
    }

    /// The owner's files are others now.
    pub fn heed(&mut self, policy: Policy) {
        self.seen = self.without.map_or_else(|| policy.clone(), |never| never.policy(&policy));
        self.policy = policy;
        self.looks.fill(NaiveDate::MIN);
    }

    pub fn moment(&self) -> Moment {
        Moment::new(self.now, ZONE)
    }

    fn world(&self) -> World<'_> {
        World {
            policy: &self.seen,
            moment: self.moment(),
            next_case: CaseId(self.next_case),
            documents: &self.documents,
        }
    }

    fn seen(&self, index: usize) -> std::borrow::Cow<'_, Account> {
        let truth = &self.accounts[index];
        self.without.map_or(std::borrow::Cow::Borrowed(truth), |never| {
            std::borrow::Cow::Owned(never.account(truth, self.moment().today()))
        })
    }

    /// Decides and keeps, as the agent does.
    pub fn happen(&mut self, index: usize, event: &Event) {
        let mut seen = self.seen(index);
        let mut read = None;
        if let (Event::MessageRead(reading), Some(never)) = (event, self.without) {
            let mut reading = reading.clone();
            never.reading(&mut reading);
            read = Some(Event::MessageRead(reading));
            if never == Never::Crossed {
                seen.to_mut().pending.clear();
            }
        }
        if let Event::MessageRead(reading) = event {
            let identity = reading.identity;
            let decision = decide(&seen, read.as_ref().unwrap_or(event), &self.world());
            drop(seen);
            self.heard.insert(identity, (**reading).clone());
            self.keep(index, decision);
            return;
        }
        let decision = decide(&seen, event, &self.world());
        drop(seen);
        self.keep(index, decision);
    }

    fn keep(&mut self, index: usize, decision: Decision) {
        if decision.is_empty() {
            return;
        }
        self.looks[index] = NaiveDate::MIN;
        for entry in &decision.entries {
            if let Change::CaseOpened { case } = &entry.change {
                self.next_case = self.next_case.max(case.id.0 + 1);
            }
            self.accounts[index].apply(&entry.change);
        }
        for withdrawal in &decision.withdrawals {
            self.drop_row(index, withdrawal.outbox);
        }
        for plan in decision.mails {
            self.enqueue(index, plan);
        }
    }

    /// The store takes a plan but once: one mail a key, one mail a step.
    fn enqueue(&mut self, index: usize, plan: MailPlan) {
        let is_double = self.keys.contains(&plan.key) || plan.steps.iter().any(|step| self.steps.contains(step));
        if is_double && self.without != Some(Never::Twice) {
            return;
        }
        self.keys.insert(plan.key.clone());
        self.steps.extend(plan.steps.iter().cloned());
        self.accounts[index].pending.push(OutboxRow {
            id: OutboxId(self.next_row),
            revision: 0,
            state: if plan.needs_approval { OutboxState::Held } else { OutboxState::Planned },
            state_reason: None,
            planned_at: self.now,
            approved: false,
            attempts: 0,
            plan,
        });
        self.next_row += 1;
    }

    /// A row is over without having left.
    fn drop_row(&mut self, index: usize, id: OutboxId) -> Option<OutboxRow> {
        let pending = &mut self.accounts[index].pending;
        let row = pending.iter().position(|row| row.id == id).map(|at| pending.remove(at))?;
        self.keys.remove(&row.plan.key);
        for step in &row.plan.steps {
            self.steps.remove(step);
        }
        self.looks[index] = NaiveDate::MIN;
        Some(row)
    }

    /// What is to come up to a day, account by account, as `plan` sees it.
    pub fn rehearse(&self, until: NaiveDate) -> Vec<Rehearsal> {
        rehearse_all(&self.accounts, &self.world(), self.traffic.clone(), until, Scope::Everything)
    }

    /// Everybody whose day has come.
    pub fn tick(&mut self) {
        let today = self.moment().today();
        if let Some(last) = self.ran.filter(|last| *last < today && !self.halted) {
            self.traffic.resumed = resumed(&self.seen, self.traffic.resumed, last, today);
        }
        if !self.halted {
            self.ran = Some(today);
        }
        for index in 0..self.accounts.len() {
            if self.looks[index] <= today {
                self.happen(index, &Event::DayCame);
                self.looks[index] = next_look(&self.seen(index), &self.world());
            }
        }
    }

    /// Whatever may leave now leaves, with what each chance says of its end.
    pub fn deliver(&mut self, mut ends: impl FnMut() -> DeliveryOutcome) {
        for (index, id) in self.due() {
            // An earlier mail may have ended it.
            let Some(row) = self.accounts[index].pending.iter().find(|row| row.id == id).cloned() else { continue };
            let mut conditions = self.conditions(index, &row);
            if let Some(never) = self.without {
                never.conditions(&mut conditions);
            }
            match recheck(&self.seen(index), &row, &self.world(), &conditions) {
                Recheck::Go if must_be_asked(&self.seen(index), &row, &self.seen) => self.change(index, id, |row| {
                    row.state = OutboxState::Held;
                    row.plan.needs_approval = true;
                }),
                Recheck::Go => self.leave(index, &row, ends()),
                Recheck::Wait { until, .. } => self.change(index, id, |row| row.plan.not_before = until),
                Recheck::Cancel { .. } => drop(self.drop_row(index, id)),
            }
        }
    }

    /// In the order in which the agent takes them.
    fn due(&self) -> Vec<(usize, OutboxId)> {
        let spreads = is_restart(&self.seen, self.moment().today(), self.traffic.resumed);
        let mut due = Vec::new();
        for (index, account) in self.accounts.iter().enumerate() {
            for row in account.pending.iter().filter(|row| is_ready(row) && row.plan.not_before <= self.now) {
                let is_list = row.plan.purpose == Purpose::MonthlyStatement;
                let rank = if spreads { turn(Some(account), &row.plan) } else { (is_list, false, Reverse(0)) };
                due.push((rank, row.plan.not_before, row.id, index));
            }
        }
        due.sort_unstable();
        due.into_iter().map(|(.., id, index)| (index, id)).collect()
    }

    fn change(&mut self, index: usize, id: OutboxId, how: impl FnOnce(&mut OutboxRow)) {
        if let Some(row) = self.accounts[index].pending.iter_mut().find(|row| row.id == id) {
            how(row);
        }
    }

    fn conditions(&self, index: usize, row: &OutboxRow) -> Conditions {
        let account = &self.accounts[index];
        let wrote = account.customer_wrote.max(account.owner_wrote);
        let midnight = self.moment().dawn(self.moment().today() + chrono::Days::new(1));
        let waits =
            |row: &&OutboxRow| is_ready(row) && row.plan.purpose.counts_as_reminder() && row.plan.not_before < midnight;
        let waiting: usize = if row.plan.purpose.counts_as_reminder() {
            self.accounts.iter().map(|account| account.pending.iter().filter(waits).count()).sum()
        } else {
            0
        };
        Conditions {
            halted: self.halted,
            inbox_enumerated: Some(self.now),
            history_read: true,
            sent_today: self.traffic.sent_today,
            reminders: Reminders {
                left_today: self.traffic.reminders_today,
                waiting: u32::try_from(waiting).expect("few"),
                resumed: self.traffic.resumed,
            },
            last_reminder_to_recipient: self.traffic.last_reminder_to(&row.plan),
            reminder_to_recipient_waits: self.is_awaited(row),
            customer_or_owner_wrote_since_plan: wrote.is_some_and(|wrote| wrote > row.planned_at),
            redirected: false,
            forewarned: self.told,
        }
    }

    /// Does a reminder wait for a reader of this list?
    fn is_awaited(&self, row: &OutboxRow) -> bool {
        let reminds = |other: &&OutboxRow| is_ready(other) && other.plan.purpose == Purpose::Reminder;
        let waiting = self.accounts.iter().flat_map(|account| account.pending.iter().filter(reminds));
        waiting.flat_map(|other| &other.plan.to).any(|to| row.plan.to.contains(to))
    }

    fn leave(&mut self, index: usize, row: &OutboxRow, outcome: DeliveryOutcome) {
        if matches!(outcome, DeliveryOutcome::Accepted | DeliveryOutcome::Unsure) {
            let account = self.accounts[index].clone();
            let mail = Leaving {
                account: &account,
                row,
                policy: &self.policy,
                at: self.now,
                halted: self.halted,
                told: self.told,
                answered: answered_by(&row.plan).and_then(|identity| self.heard.get(&identity)),
            };
            let at = self.moment().instant.with_timezone(&ZONE).format("%Y-%m-%d %H:%M");
            let name = row.plan.template.as_str();
            self.broken.extend(
                broken(&mail, &self.tracks)
                    .into_iter()
                    .map(|(never, what)| (never, format!("{at} {name} of customer {}: {what}", account.customer.id))),
            );
            self.tracks.note(&mail);
            self.traffic.carries(&row.plan, self.now);
            self.by_day.insert(self.today, (self.traffic.sent_today, self.traffic.reminders_today));
            *self.left.entry(row.plan.purpose).or_default() += 1;
            self.log.push((self.now, row.plan.clone()));
        }
        if outcome == DeliveryOutcome::Unsure {
            self.change(index, row.id, |row| row.state = OutboxState::Unsure);
            self.unsure.insert(row.id, self.now);
        } else if outcome == DeliveryOutcome::Accepted {
            self.accounts[index].pending.retain(|other| other.id != row.id);
        } else {
            // Nobody got it: key and steps are free, as in the store.
            self.drop_row(index, row.id);
        }
        self.looks[index] = NaiveDate::MIN;
        self.tell(index, row, outcome, self.now);
    }

    fn tell(&mut self, index: usize, row: &OutboxRow, outcome: DeliveryOutcome, at: DateTime<Utc>) {
        let delivery = Delivery { outbox: row.id, plan: row.plan.clone(), outcome, at };
        self.happen(index, &Event::Delivered(Box::new(delivery)));
    }

    /// The owner says what became of a mail of which nobody knew.
    pub fn settle(&mut self, index: usize, it_left: bool) {
        let unsure = self.accounts[index].pending.iter().find(|row| row.state == OutboxState::Unsure).cloned();
        let Some(row) = unsure else { return };
        let at = self.unsure.remove(&row.id).unwrap_or(self.now);
        self.drop_row(index, row.id);
        if it_left {
            self.keys.insert(row.plan.key.clone());
            self.steps.extend(row.plan.steps.iter().cloned());
        } else {
            self.tracks.forget(&row.plan, at);
            self.traffic_forgets(&row.plan, at);
        }
        let outcome = if it_left { DeliveryOutcome::Accepted } else { DeliveryOutcome::NeverLeft };
        self.tell(index, &row, outcome, at);
    }

    fn traffic_forgets(&mut self, plan: &MailPlan, at: DateTime<Utc>) {
        let day = self.moment().day_of(at);
        let is_reminder = plan.purpose.counts_as_reminder();
        self.by_day.entry(day).and_modify(|(all, reminders)| {
            *all -= 1;
            *reminders -= u32::from(is_reminder);
        });
        self.set_clock(self.now);
    }

    /// The owner says yes to what waits for it.
    pub fn approve(&mut self, index: usize) {
        for row in self.accounts[index].pending.iter_mut().filter(|row| row.state == OutboxState::Held) {
            row.approved = true;
        }
    }

    /// The owner says yes to everything but letters that are theirs to sign.
    pub fn approve_all_but_the_owners(&mut self) {
        for account in &mut self.accounts {
            let letters: Vec<StepId> = ladder_for(&self.policy, account)
                .into_iter()
                .flat_map(|ladder| &ladder.steps)
                .filter(|step| step.is_owners())
                .map(|step| step.id.clone())
                .collect();
            for row in account.pending.iter_mut().filter(|row| row.state == OutboxState::Held) {
                row.approved = !row.plan.steps.iter().any(|planned| letters.contains(&planned.step));
            }
        }
    }

    /// The owner strikes a mail off the list.
    pub fn veto(&mut self, index: usize) {
        let Some(id) = self.accounts[index].pending.iter().find(|row| is_ready(row)).map(|row| row.id) else { return };
        self.tracks.vetoed.insert(id);
        if let Some(row) = self.drop_row(index, id) {
            self.tell(index, &row, DeliveryOutcome::Discarded, self.now);
        }
    }
}

const fn is_ready(row: &OutboxRow) -> bool {
    matches!(row.state, OutboxState::Planned) || (matches!(row.state, OutboxState::Held) && row.approved)
}

pub fn at(day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    moment::at(ZONE, day, NaiveTime::from_hms_opt(hour, minute, 0).expect("a time"))
}
