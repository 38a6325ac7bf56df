//! A step of the ladder as one customer would receive it: for `preview`. Nothing comes of it.
//!
//! It supposes what the step needs (earlier steps taken, payments known) and says so; the mail itself is composed by
//! the same hand as the real one.

use super::World;
use super::closure;
use super::customers;
use super::examination::{self, Due};
use super::monthly;
use super::preview_beside;
use super::silence;
use super::steps::{self, NextStep, plus_days};
use super::supposed::{leaves, suppose_earlier, suppose_payments, take};
use super::terms::{Ladder, Policy, Step};
use super::windows::{self, Manner};
use crate::ledger::account::Account;
use crate::ledger::hold::{HoldEnd, HoldOutcome};
use crate::ledger::ids::{ReceivableId, StepId};
use crate::ledger::mail::MailPlan;
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::{Mode, Purpose};
use chrono::NaiveDate;

/// A ladder that takes more mails than that is not read to its end by anybody.
const MOST_STEPS: usize = 40;

/// How far ahead the day of a step is looked for: a step that waits longer waits for something else than time.
const LOOK_AHEAD_DAYS: u32 = 120;

/// One step as the customer would see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedStep {
    /// Which.
    pub step: StepId,
    /// What happens.
    pub act: PreviewedAct,
    /// What it supposes, one English sentence each.
    pub supposes: Vec<String>,
}

/// What happens at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreviewedAct {
    /// A mail is written.
    Letter(Box<PreviewedLetter>),
    /// The owner telephones, or is asked how it goes on, from that day on, about these.
    Call(NaiveDate, Vec<ReceivableId>),
    /// It is over: on which day, when it was taken at all.
    Over(Option<NaiveDate>),
}

impl PreviewedAct {
    /// On which day, at the earliest.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::Letter(letter) => Some(letter.moment.today()),
            Self::Call(day, _) => Some(*day),
            Self::Over(day) => *day,
        }
    }
}

/// A mail to be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewedLetter {
    /// As it would stand in the outbox.
    pub plan: MailPlan,
    /// The account on which it is written, with what is supposed.
    pub account: Account,
    /// When it would leave, at the earliest.
    pub moment: Moment,
    /// The owner finishes and signs it.
    pub is_owners: bool,
}

/// What `preview` finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previewed {
    /// Step by step.
    pub steps: Vec<PreviewedStep>,
    /// Why a reminder does not leave today, one English sentence each.
    pub against: Vec<String>,
    /// What such a mail would leave out, and why.
    pub left_out: Vec<String>,
}

/// Why there is nothing to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPreview {
    /// The ladder of this customer has no such step: those that it has.
    NoSuchStep(Vec<StepId>),
    /// Nothing is open.
    NothingOpen,
    /// What is open is never asked for: why.
    NeverAsked(Vec<String>),
    /// No usable address is on file.
    NoAddress,
    /// A mail of this name is not for this customer: why, as an English clause.
    NotForThem(String),
}

/// One step as if it were due today; where its time has not come yet, as it would be on its day.
///
/// # Errors
/// See [`NoPreview`].
pub fn preview_step(account: &Account, step: &StepId, world: &World<'_>) -> Result<Previewed, NoPreview> {
    let ladder = ladder_of(account, world.policy)?;
    let has_step = ladder.steps.iter().any(|known| known.id == *step);
    if step.as_str() == monthly::NAME && !has_step {
        return monthly::preview(account, step, world);
    }
    if step.as_str() == closure::TEMPLATE && !has_step {
        let policy = without_minimum(world.policy);
        return preview_beside::before_closure(account, ladder, step, &World { policy: &policy, ..*world });
    }
    let (index, step) = ladder
        .steps
        .iter()
        .enumerate()
        .find(|(_, known)| known.id == *step)
        .ok_or_else(|| NoPreview::NoSuchStep(ladder.steps.iter().map(|step| step.id.clone()).collect()))?;
    let (policy, real) = (without_minimum(world.policy), world);
    let world = &World { policy: &policy, ..*world };
    if step.act.is_courtesy() {
        return preview_beside::courtesy(account, index, step, world);
    }
    let stage = Stage::set(account, world)?;
    let today = world.moment.today();
    let previewed = match as_if_due(&stage, ladder, index, step, world)? {
        Some(previewed) => previewed,
        None => {
            let mut policy = world.policy.clone();
            policy.modes.insert(Purpose::Courtesy, Mode::Observe);
            let played = play(&stage, ladder, &World { policy: &policy, ..*world })?;
            let mut found = played.into_iter().find(|played| played.step == step.id).ok_or(NoPreview::NothingOpen)?;
            let day = found.act.day().unwrap_or(today);
            let sentence = format!("Its time has not come: this is how it would be on {day} if nobody pays or writes");
            found.supposes.insert(0, sentence);
            found
        }
    };
    let mut against = stage.against;
    against.extend(out_of_turn(account, &previewed.act, index, step, today, world));
    against.extend(too_small(account, &previewed.act, real));
    Ok(Previewed { steps: vec![previewed], against, left_out: stage.left_out })
}

/// The step today, about everything for which it can be its time; `None` when there is nothing such.
fn as_if_due(
    stage: &Stage,
    ladder: &Ladder,
    index: usize,
    step: &Step,
    world: &World<'_>,
) -> Result<Option<PreviewedStep>, NoPreview> {
    let mut copy = stage.account.clone();
    let moment = opening(&copy, world, world.moment, step);
    let day = moment.today();
    let in_time = |item: &&Receivable| {
        let due_on = steps::counted(&copy, item, step, world);
        steps::after_payday(&copy, item, step, world, due_on) <= day
    };
    let late: Vec<&Receivable> = stage.items.iter().filter_map(|id| copy.receivable(*id)).filter(in_time).collect();
    let stands_here = |item: &&Receivable| steps::next_step(&copy, item, world).is_some_and(|next| next.index == index);
    let at_step: Vec<ReceivableId> = late.iter().copied().filter(stands_here).map(|item| item.id).collect();
    let chosen = if at_step.is_empty() { late.iter().map(|item| item.id).collect() } else { at_step };
    if chosen.is_empty() {
        return Ok(None);
    }
    if !steps::is_letter(step) {
        let act = PreviewedAct::Call(world.policy.calendar.on_or_after(day), chosen);
        return Ok(Some(PreviewedStep { step: step.id.clone(), act, supposes: Vec::new() }));
    }
    let mut supposes = suppose_earlier(&mut copy, ladder, index, &chosen, moment, world);
    if let Some((known, before)) = suppose_payments(&mut copy, &chosen, moment, world, false) {
        let before = before.map_or("nobody said up to when".to_owned(), |before| format!("only up to {before}"));
        supposes.push(format!("Payments are known up to {known} (today: {before})"));
    }
    let here = World { moment, ..*world };
    let due = chosen.iter().filter_map(|id| copy.receivable(*id)).map(|item| {
        let reference = steps::step_ref(item, &step.id);
        let next = steps::next_step(&copy, item, world).filter(|next| next.index == index);
        let due_on = next.map_or(day, |next| next.due_on);
        Due { item, next: NextStep { index, step, due_on, instead_of: None, reference } }
    });
    let act = letter(&copy, &here, &due.collect::<Vec<_>>()).ok_or(NoPreview::NoAddress)?;
    Ok(Some(PreviewedStep { step: step.id.clone(), act, supposes }))
}

/// The whole ladder, mail after mail, as this customer would receive it if nobody paid or wrote.
///
/// # Errors
/// See [`NoPreview`].
pub fn preview_ladder(account: &Account, world: &World<'_>) -> Result<Previewed, NoPreview> {
    let ladder = ladder_of(account, world.policy)?;
    let (policy, real) = (without_minimum(world.policy), world);
    let world = &World { policy: &policy, ..*world };
    let stage = Stage::set(account, world)?;
    // What may come before the due date is shown by itself: `preview STEP`.
    let mut policy = world.policy.clone();
    policy.modes.insert(Purpose::Courtesy, Mode::Observe);
    let steps = play(&stage, ladder, &World { policy: &policy, ..*world })?;
    let mut against = stage.against;
    let first = steps.iter().find(|played| matches!(played.act, PreviewedAct::Letter(_)));
    against.extend(first.and_then(|first| too_small(account, &first.act, real)));
    Ok(Previewed { steps, against, left_out: stage.left_out })
}

/// Plays the ladder of what is furthest, with everything else that falls due on the way.
fn play(stage: &Stage, ladder: &Ladder, world: &World<'_>) -> Result<Vec<PreviewedStep>, NoPreview> {
    let mut copy = stage.account.clone();
    let index_of = |copy: &Account, id: &ReceivableId| {
        let item = copy.receivable(*id)?;
        Some(steps::next_step(copy, item, world).map_or(ladder.steps.len(), |next| next.index))
    };
    let front = stage.items.iter().filter_map(|id| index_of(&copy, id)).max().unwrap_or_default();
    // The items are in the order of their due dates: the oldest leads.
    let leader = stage.items.iter().copied().find(|id| index_of(&copy, id) == Some(front));
    let mut played: Vec<PreviewedStep> = Vec::new();
    for step in ladder.steps.iter().take(front) {
        let is_behind = |id| copy.receivable(id).is_some_and(|item| copy.has_taken(&steps::step_ref(item, &step.id)));
        if step.act.is_courtesy() && !leader.is_some_and(is_behind) {
            continue;
        }
        let taken = copy.steps.iter().filter(|taken| taken.step.step == step.id);
        let on = taken.filter(|taken| Some(taken.step.receivable) == leader).map(|taken| taken.on).max();
        played.push(PreviewedStep { step: step.id.clone(), act: PreviewedAct::Over(on), supposes: Vec::new() });
    }
    let mut from = stage.from;
    let goes_on =
        |copy: &Account| leader.is_some_and(|id| index_of(copy, &id).is_some_and(|at| at < ladder.steps.len()));
    while goes_on(&copy) && played.len() < MOST_STEPS {
        let Some(first) = next_steps(&copy, world, &stage.items).iter().map(|due| due.next.due_on).min() else { break };
        from = from.max(first);
        let moment = mail_moment(&copy, world, &stage.items, from);
        // A call that falls due before the next mail leaves comes first.
        let next = match call_by(&copy, world, &stage.items, moment.map_or(from, |moment| moment.today())) {
            Some((step, due_on, items)) => {
                let day = world.policy.calendar.on_or_after(due_on.max(from));
                for id in &items {
                    take(&mut copy, *id, &step, day);
                }
                PreviewedStep { step, act: PreviewedAct::Call(day, items), supposes: Vec::new() }
            }
            None => mail_at(&mut copy, world, &stage.items, moment.unwrap_or(world.moment))?,
        };
        from = next.act.day().unwrap_or(from).max(from);
        played.push(next);
    }
    Ok(played)
}

/// When the next mail leaves, from a day on; `None` when none is due by then.
fn mail_moment(copy: &Account, world: &World<'_>, items: &[ReceivableId], from: NaiveDate) -> Option<Moment> {
    let mut moment = if from == world.moment.today() { world.moment } else { morning(world, from) };
    // What falls due until it leaves goes with it, and may be firmer: then the day is looked for once more.
    for _ in 0..2 {
        let due = due_letters(copy, world, items, moment.today());
        let tone = due.iter().max_by_key(|due| due.next.index)?;
        moment = first_free(copy, &World { moment, ..*world }, tone.next.step);
    }
    Some(moment)
}

/// The mail of that moment; it counts as having left.
fn mail_at(
    copy: &mut Account,
    world: &World<'_>,
    items: &[ReceivableId],
    moment: Moment,
) -> Result<PreviewedStep, NoPreview> {
    let today = world.moment.today();
    let mut supposes = Vec::new();
    if let Some((known, _)) = suppose_payments(copy, items, moment, world, moment.today() > today) {
        supposes.push(format!("Payments are known up to {known}"));
    }
    let here = World { moment, ..*world };
    let due = due_letters(copy, world, items, moment.today());
    let step = due.iter().max_by_key(|due| due.next.index).map(|due| due.next.step.id.clone());
    if due.iter().any(|due| silence::is_unanswered(copy, due.item, &here)) {
        let limit = world.policy.limits.unanswered_mails;
        supposes.push(format!("After {limit} mails without an answer the agent asks you first"));
    }
    let act = letter(copy, &here, &due).ok_or(NoPreview::NoAddress)?;
    if let PreviewedAct::Letter(letter) = &act {
        leaves(copy, &letter.plan, moment);
    }
    Ok(PreviewedStep { step: step.ok_or(NoPreview::NothingOpen)?, act, supposes })
}

/// What the preview plays with.
pub(super) struct Stage {
    /// A working copy: nothing is pending, and the holds are lifted where all that is open lies in one.
    pub(super) account: Account,
    /// What is asked for.
    pub(super) items: Vec<ReceivableId>,
    /// No step before this day.
    pub(super) from: NaiveDate,
    pub(super) against: Vec<String>,
    pub(super) left_out: Vec<String>,
}

impl Stage {
    pub(super) fn set(account: &Account, world: &World<'_>) -> Result<Self, NoPreview> {
        let today = world.moment.today();
        let open = account.open_items();
        if open.is_empty() {
            return Err(NoPreview::NothingOpen);
        }
        if silence::recipients(account, world).is_none() {
            return Err(NoPreview::NoAddress);
        }
        let (mut free, mut held, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for item in open {
            let reasons = silence::of_item(account, item, world);
            let sentences = || reasons.iter().map(|reason| format!("{}: {reason}", item.key.number));
            if !item.collected_by().is_paid_to_us() {
                left_out.extend(sentences());
            } else if reasons.is_empty() {
                free.push(item.id);
            } else {
                held.push((item.id, sentences().collect::<Vec<_>>()));
            }
        }
        let mut against = silence::of_customer(account, world, today, None);
        if world.policy.mode_for(account, Purpose::Reminder) == Mode::Observe {
            against.push("Reminders are only observed: nothing leaves".to_owned());
        }
        let mut copy = account.clone();
        copy.pending.clear();
        copy.customer.do_not_contact = false;
        let (items, mut from) = (free, today);
        let held_ids: Vec<ReceivableId> = held.iter().map(|(id, _)| *id).collect();
        let held_sentences = held.into_iter().flat_map(|(_, sentences)| sentences);
        if !items.is_empty() {
            left_out.extend(held_sentences);
            return Ok(Self { account: copy, items, from, against, left_out });
        }
        if held_ids.is_empty() {
            return Err(NoPreview::NeverAsked(left_out));
        }
        // All of it lies in a hold: this is the mail for the day after.
        against.extend(held_sentences);
        for hold in copy.holds.iter().filter(|hold| hold.ended.is_none()) {
            from = from.max(hold.until.map_or(from, |until| plus_days(until, 1)));
        }
        // A deferral that ended still says from when the ladder counts.
        for hold in copy.holds.iter_mut().filter(|hold| hold.ended.is_none()) {
            hold.ended = Some(HoldEnd { at: world.moment.instant, how: HoldOutcome::Lifted });
        }
        for item in &mut copy.receivables {
            item.released = true;
        }
        Ok(Self { account: copy, items: held_ids, from, against, left_out })
    }
}

fn ladder_of<'a>(account: &Account, policy: &'a Policy) -> Result<&'a Ladder, NoPreview> {
    customers::ladder_for(policy, account).ok_or_else(|| NoPreview::NoSuchStep(Vec::new()))
}

/// A sum that is too small to be chased is shown all the same.
fn without_minimum(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    policy.limits.minimum.cents = 0;
    policy
}

/// Today's facts that speak against this very step.
fn out_of_turn(
    account: &Account,
    act: &PreviewedAct,
    index: usize,
    step: &Step,
    today: NaiveDate,
    world: &World<'_>,
) -> Vec<String> {
    let items: &[ReceivableId] = match act {
        PreviewedAct::Letter(letter) => &letter.plan.items,
        PreviewedAct::Call(_, items) => items,
        PreviewedAct::Over(_) => &[],
    };
    let mut sentences = Vec::new();
    for item in items.iter().filter_map(|id| account.receivable(*id)) {
        let number = &item.key.number;
        if let Some(why) = steps::passed_over(account, item, step, world) {
            sentences.push(format!("{number}: `{}` is passed over: {why}", step.id));
            continue;
        }
        match steps::next_step(account, item, world) {
            None => sentences.push(format!("{number}: its ladder is at its end")),
            Some(next) if next.index > index => {
                sentences.push(format!("{number}: `{}` is behind it; `{}` comes next", step.id, next.step.id));
            }
            Some(next) if next.due_on > today || next.index < index => {
                sentences.push(format!("{number}: `{}` comes next, from {} on", next.step.id, next.due_on));
            }
            Some(_) => {}
        }
    }
    sentences
}

/// A mail about less than the minimum is never planned.
fn too_small(account: &Account, act: &PreviewedAct, world: &World<'_>) -> Option<String> {
    let PreviewedAct::Letter(letter) = act else { return None };
    let shown: Vec<&Receivable> = letter.plan.items.iter().filter_map(|id| account.receivable(*id)).collect();
    let minimum = world.policy.limits.minimum;
    examination::below_minimum(&shown, world)
        .map(|_| format!("The sum is too small to be chased (below {minimum}, [limits] minimum)"))
}

pub(super) fn morning(world: &World<'_>, day: NaiveDate) -> Moment {
    Moment::new(world.moment.dawn(day), world.moment.zone)
}

/// When a mail of this step may leave, from a moment on; the owner's draft is laid down at once.
fn opening(account: &Account, world: &World<'_>, from: Moment, step: &Step) -> Moment {
    match step.act {
        _ if steps::is_mail(step) => {
            Moment::new(windows::reminder_time(world, &account.customer, from.instant, Manner::of(step)), from.zone)
        }
        _ => from,
    }
}

/// The first such moment on which no other mail or word stands in the way.
fn first_free(account: &Account, world: &World<'_>, step: &Step) -> Moment {
    let first = opening(account, world, world.moment, step);
    (0..LOOK_AHEAD_DAYS)
        .map(|days| {
            if days == 0 {
                first
            } else {
                opening(account, world, morning(world, plus_days(first.today(), days)), step)
            }
        })
        .find(|moment| {
            let here = World { moment: *moment, ..*world };
            silence::of_customer(account, &here, moment.today(), None).is_empty()
        })
        .unwrap_or(first)
}

/// The letter about what is due; `None` when nobody can be written to.
pub(super) fn letter(account: &Account, world: &World<'_>, due: &[Due<'_>]) -> Option<PreviewedAct> {
    let is_owners = due.iter().any(|due| !steps::is_mail(due.next.step));
    let plan = examination::compose(account, world, due, is_owners, true).ok()?;
    let letter = PreviewedLetter { plan, account: account.clone(), moment: world.moment, is_owners };
    Some(PreviewedAct::Letter(Box::new(letter)))
}

/// Every item with its next step.
fn next_steps<'a>(account: &'a Account, world: &World<'a>, items: &[ReceivableId]) -> Vec<Due<'a>> {
    let items = items.iter().filter_map(|id| account.receivable(*id));
    items.filter_map(|item| Some(Due { item, next: steps::next_step(account, item, world)? })).collect()
}

/// What the one mail of a day is about: the owner's draft goes first, as on the real ladder.
fn due_letters<'a>(account: &'a Account, world: &World<'a>, items: &[ReceivableId], on: NaiveDate) -> Vec<Due<'a>> {
    let due = next_steps(account, world, items).into_iter().filter(|due| due.next.due_on <= on);
    let due = due.filter(|due| steps::is_letter(due.next.step));
    let (finals, mails): (Vec<_>, Vec<_>) = due.partition(|due| !steps::is_mail(due.next.step));
    if finals.is_empty() { mails } else { finals }
}

/// The calls that are due by a day: of one step, about everything that stands there, and since when.
fn call_by(
    account: &Account,
    world: &World<'_>,
    items: &[ReceivableId],
    day: NaiveDate,
) -> Option<(StepId, NaiveDate, Vec<ReceivableId>)> {
    let due: Vec<Due<'_>> = next_steps(account, world, items)
        .into_iter()
        .filter(|due| !steps::is_letter(due.next.step) && due.next.due_on <= day)
        .collect();
    let step = due.first()?.next.step.id.clone();
    let here = due.iter().filter(|due| due.next.step.id == step);
    let due_on = here.clone().map(|due| due.next.due_on).min()?;
    let items = here.map(|due| due.item.id).collect();
    Some((step, due_on, items))
}
