//! The ladder of a customer in a row, for `preview`: played day by day on the engine that will decide in earnest, so that
//! what is shown is what comes.
//!
//! Supposed: nobody pays or writes; the owner says every morning who has paid up to the day before, approves, telephones,
//! signs their letters and lets the agent go on where it asks, all on the day itself.

use super::World;
use super::preview_scene::{LOOK_AHEAD_DAYS, Scene, from_day};
use super::previewed::{PreviewedAct, PreviewedLetter, PreviewedStep};
use super::rehearsal::sending;
use super::stage;
use super::steps;
use super::terms::{Ladder, StepAct};
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::event::Order;
use crate::ledger::ids::{OutboxId, ReceivableId, StepId};
use crate::ledger::mail::MailPlan;
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;
use crate::ledger::traffic::Traffic;
use crate::ledger::words::{Mode, Purpose};
use chrono::NaiveDate;

/// A ladder that takes more mails than that is not read to its end by anybody.
const MOST_STEPS: usize = 40;
/// So often on a day what came up is looked at anew.
const ROUNDS_A_DAY: usize = 4;

/// Plays the ladder of what is furthest, with everything else that falls due on the way, until that one is at its end or
/// nothing more comes of it.
pub(super) fn play(scene: &Scene, ladder: &Ladder, world: &World<'_>) -> Vec<PreviewedStep> {
    let mut copy = scene.account.clone();
    let front = scene.items.iter().filter_map(|id| index_of(&copy, *id, ladder, world)).max().unwrap_or_default();
    // The items are in the order of their due dates: the oldest leads.
    let leader = scene.items.iter().copied().find(|id| index_of(&copy, *id, ladder, world) == Some(front));
    let played = behind(scene, ladder, front, leader);
    let Some(leader) = leader else { return played };
    let mut day = scene.from;
    let is_observed = world.policy.mode_for(&copy, Purpose::Reminder) == Mode::Observe;
    let mut policy = if is_observed { sending(world.policy) } else { world.policy.clone() };
    // What is only observed before the due date is shown as well, and said to be.
    if world.policy.mode_for(&copy, Purpose::Courtesy) == Mode::Observe {
        policy.modes.insert(Purpose::Courtesy, Mode::Send);
    }
    // What lies in a hold beside what is shown stays there.
    for hold in copy.holds.iter_mut().filter(|hold| hold.ended.is_none()) {
        hold.until = None;
    }
    let world = World { moment: from_day(world, day), policy: &policy, ..*world };
    let mut player = Player {
        real: &scene.account,
        ladder,
        stage: stage::Stage::new(copy, world),
        traffic: Traffic::default(),
        played,
        is_asked_first: false,
    };
    let (mut idle, mut is_first) = (0, true);
    while player.is_on_the_way(leader) && player.played.len() < MOST_STEPS && idle < LOOK_AHEAD_DAYS {
        let so_far = player.played.len();
        player.live(day, is_first);
        is_first = false;
        idle = if player.played.len() > so_far { 0 } else { idle.saturating_add(1) };
        let Some(next) = day.succ_opt() else { break };
        day = next;
    }
    player.played
}

fn index_of(account: &Account, id: ReceivableId, ladder: &Ladder, world: &World<'_>) -> Option<usize> {
    let item = account.receivable(id)?;
    Some(steps::next_step(account, item, world).map_or(ladder.steps.len(), |next| next.index))
}

/// The steps that are over for what is furthest.
fn behind(scene: &Scene, ladder: &Ladder, front: usize, leader: Option<ReceivableId>) -> Vec<PreviewedStep> {
    let mut over = Vec::new();
    for step in ladder.steps.iter().take(front) {
        let taken = scene.account.steps.iter().filter(|taken| taken.step.step == step.id);
        let on = taken.filter(|taken| Some(taken.step.receivable) == leader).map(|taken| taken.on).max();
        if step.act.is_courtesy() && on.is_none() {
            continue;
        }
        over.push(PreviewedStep { step: step.id.clone(), act: PreviewedAct::Over(on), supposes: Vec::new() });
    }
    over
}

struct Player<'a> {
    /// The account as it is known today.
    real: &'a Account,
    ladder: &'a Ladder,
    stage: stage::Stage<'a>,
    traffic: Traffic,
    played: Vec<PreviewedStep>,
    /// The owner was asked since the last mail whether to go on.
    is_asked_first: bool,
}

impl Player<'_> {
    fn is_on_the_way(&self, leader: ReceivableId) -> bool {
        let at = index_of(&self.stage.account, leader, self.ladder, &self.stage.world);
        at.is_some_and(|at| at < self.ladder.steps.len())
    }

    /// One day. Of today nothing is supposed that a mail can do without.
    fn live(&mut self, day: NaiveDate, is_today: bool) {
        if is_today {
            self.stage.look_around();
        }
        if !is_today || self.stage.account.pending.is_empty() {
            self.stage.morning(day);
        }
        self.the_owner_acts();
        for _ in 0..ROUNDS_A_DAY {
            self.mails_leave(day);
            if !self.stage.think_again() {
                break;
            }
            self.the_owner_acts();
        }
        self.stage.evening(day);
        self.the_owner_acts();
        (self.traffic.sent_today, self.traffic.reminders_today) = (0, 0);
    }

    fn mails_leave(&mut self, day: NaiveDate) {
        let due = self.stage.due(day).map(|row| (row.plan.not_before, row.id));
        let mut due: Vec<(_, OutboxId)> = due.collect();
        due.sort_unstable();
        let waiting = u32::try_from(due.len()).unwrap_or(u32::MAX);
        for (_, id) in due {
            let before = self.stage.account.clone();
            let Some(left) = self.stage.send(id, day, &mut self.traffic, waiting) else { continue };
            self.show(before, left.row.plan, Moment::new(left.at, self.stage.world.moment.zone), false);
        }
    }

    /// What comes up for the owner is done at once: they telephone, sign, and let the agent go on.
    fn the_owner_acts(&mut self) {
        let letters: Vec<_> = self.stage.owners_letters().cloned().collect();
        for row in letters {
            self.show(self.stage.account.clone(), row.plan.clone(), self.stage.world.moment, true);
            self.stage.sign(row);
        }
        let open: Vec<Case> = self.stage.account.open_cases().cloned().collect();
        for case in open {
            match case.kind {
                CaseKind::Call => self.telephone(&case),
                CaseKind::LadderEnd => self.hand_over(&case),
                CaseKind::Silence => {
                    self.is_asked_first = true;
                    self.stage.order(Order::CloseCase { case: case.id });
                }
                _ => {}
            }
        }
    }

    fn telephone(&mut self, case: &Case) {
        let steps = case.suggestions.iter().filter_map(|order| match order {
            Order::StepDone { step } if !self.stage.account.has_taken(step) => Some(step.clone()),
            _ => None,
        });
        let steps: Vec<_> = steps.collect();
        let Some(first) = steps.first() else { return };
        let items = steps.iter().map(|step| step.receivable).collect();
        self.ask(first.step.clone(), items);
        for step in steps {
            self.stage.order(Order::StepDone { step });
        }
    }

    /// The question at the end is a step of the ladder where that has one for it.
    fn hand_over(&mut self, case: &Case) {
        let account = &self.stage.account;
        let items = case.items.iter().filter_map(|id| account.receivable(*id));
        let next = items.filter_map(|item| steps::next_step(account, item, &self.stage.world));
        let next: Vec<_> = next.filter(|next| next.step.act == StepAct::HandOver).map(|next| next.reference).collect();
        let Some(first) = next.first() else { return };
        self.ask(first.step.clone(), next.iter().map(|step| step.receivable).collect());
        for step in next {
            self.stage.order(Order::StepDone { step });
        }
    }

    fn ask(&mut self, step: StepId, items: Vec<ReceivableId>) {
        let act = PreviewedAct::Call(self.stage.world.moment.today(), items);
        self.played.push(PreviewedStep { step, act, supposes: Vec::new() });
    }

    /// A mail that takes no step of the ladder is none of what is shown.
    fn show(&mut self, account: Account, plan: MailPlan, moment: Moment, is_owners: bool) {
        let place = |name: &StepId| self.ladder.steps.iter().position(|step| step.id == *name);
        let names = plan.steps.iter().map(|step| &step.step);
        let Some(step) = names.max_by_key(|name| place(name)).cloned() else { return };
        let mut supposes = Vec::new();
        if let Some(known) = self.supposed_known(&account, &plan) {
            supposes.push(format!("Payments are known up to {known}"));
        }
        if std::mem::take(&mut self.is_asked_first) {
            let limit = self.stage.world.policy.limits.unanswered_mails;
            supposes.push(format!("After {limit} mails without an answer the agent asks you first"));
        }
        let letter = PreviewedLetter { plan, account, moment, is_owners };
        self.played.push(PreviewedStep { step, act: PreviewedAct::Letter(Box::new(letter)), supposes });
    }

    /// Up to when payments are supposed to be known for this mail; `None` when they are known so far today.
    fn supposed_known(&self, account: &Account, plan: &MailPlan) -> Option<NaiveDate> {
        let real = |item: &Receivable| self.real.receivable(item.id).and_then(|real| real.payments_known_up_to);
        let items = plan.items.iter().filter_map(|id| account.receivable(*id));
        let supposed = items.filter(|item| item.payments_known_up_to > real(item));
        supposed.filter_map(|item| item.payments_known_up_to).max()
    }
}
