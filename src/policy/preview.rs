//! A step of the ladder as one customer would receive it: for `preview`. Nothing comes of it.
//!
//! It supposes what the step needs (earlier steps taken, payments known as far as they must be) and says so; the mail
//! itself is composed by the same hand as the real one, for a moment at which it may leave.

use super::World;
use super::closure;
use super::customers;
use super::examination::{self, Due};
use super::monthly;
use super::preview_beside;
use super::preview_stage::{Stage, first_free, from_day, letter, may_be_asked_on};
use super::silence;
use super::steps::{self, NextStep};
use super::supposed::{leaves, suppose_earlier, suppose_payments, take};
use super::terms::{Ladder, Policy, Step};
use crate::ledger::account::Account;
use crate::ledger::ids::{ReceivableId, StepId};
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::{Mode, Purpose};
use chrono::NaiveDate;

pub use super::previewed::{NoPreview, Previewed, PreviewedAct, PreviewedLetter, PreviewedStep};

/// A ladder that takes more mails than that is not read to its end by anybody.
const MOST_STEPS: usize = 40;

/// One step as if it were due today, or on the first day on which it may be taken; where its time has not come yet, as it
/// would be on its day.
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
        return preview_beside::courtesy(account, ladder, index, world);
    }
    let stage = Stage::set(account, world)?;
    let today = world.moment.today();
    let previewed = match as_if_due(&stage, ladder, index, step, world)? {
        Some(previewed) => previewed,
        None => on_its_day(&stage, ladder, step, world)?,
    };
    let mut against = stage.against;
    against.extend(out_of_turn(account, &previewed.act, index, step, today, world));
    against.extend(too_small(account, &previewed.act, real));
    Ok(Previewed { steps: vec![previewed], against, left_out: stage.left_out })
}

/// The step today, or on the first day on which it may be taken, about everything for which it can be its time; `None`
/// when there is nothing such.
fn as_if_due(
    stage: &Stage,
    ladder: &Ladder,
    index: usize,
    step: &Step,
    world: &World<'_>,
) -> Result<Option<PreviewedStep>, NoPreview> {
    let begin = World { moment: from_day(world, stage.from), ..*world };
    let moment = first_free(&stage.account, &begin, step).ok_or_else(|| never_leaves(step))?;
    let mut chosen = chosen_by(stage, index, step, &World { moment, ..*world });
    if chosen.is_empty() {
        return Ok(None);
    }
    let mut copy = stage.account.clone();
    let mut supposes = suppose_earlier(&mut copy, ladder, index, &chosen, moment, world);
    // What is supposed to have left keeps its distance too, and payments can be known on the day after at the earliest.
    let here = World { moment, ..*world };
    let known_on = |id: &ReceivableId| {
        copy.receivable(*id).and_then(|item| may_be_asked_on(&copy, item, &here)).unwrap_or(moment.today())
    };
    let earliest = chosen.iter().map(known_on).min().unwrap_or(moment.today());
    let later = World { moment: from_day(&here, earliest), ..*world };
    let moment = first_free(&copy, &later, step).ok_or_else(|| never_leaves(step))?;
    let here = World { moment, ..*world };
    chosen.retain(|id| {
        let item = copy.receivable(*id);
        item.and_then(|item| may_be_asked_on(&copy, item, &here)).is_none_or(|day| day <= moment.today())
    });
    if !steps::is_letter(step) {
        let act = PreviewedAct::Call(world.policy.calendar.on_or_after(moment.today()), chosen);
        return Ok(Some(PreviewedStep { step: step.id.clone(), act, supposes: Vec::new() }));
    }
    if let Some((known, before)) = suppose_payments(&mut copy, &chosen, &here, moment.today() > world.moment.today()) {
        let before = before.map_or("nobody said up to when".to_owned(), |before| format!("only up to {before}"));
        supposes.push(format!("Payments are known up to {known} (today: {before})"));
    }
    let due = chosen.iter().filter_map(|id| copy.receivable(*id)).map(|item| {
        let reference = steps::step_ref(item, &step.id);
        let next = steps::next_step(&copy, item, &here).filter(|next| next.index == index);
        let due_on = next.map_or(moment.today(), |next| next.due_on);
        Due { item, next: NextStep { index, step, due_on, instead_of: None, reference } }
    });
    let act = letter(&copy, &here, &due.collect::<Vec<_>>()).ok_or(NoPreview::NoAddress)?;
    Ok(Some(PreviewedStep { step: step.id.clone(), act, supposes }))
}

/// What stands at this step and is due by that day; where nothing stands there, everything for which it can be its time.
fn chosen_by(stage: &Stage, index: usize, step: &Step, here: &World<'_>) -> Vec<ReceivableId> {
    let copy = &stage.account;
    let today = here.moment.today();
    let all: Vec<&Receivable> = stage.items.iter().filter_map(|id| copy.receivable(*id)).collect();
    let standing = all.iter().filter_map(|item| {
        let next = steps::next_step(copy, item, here).filter(|next| next.index == index)?;
        Some((item.id, next.due_on))
    });
    let standing: Vec<(ReceivableId, NaiveDate)> = standing.collect();
    if !standing.is_empty() {
        return standing.into_iter().filter(|(_, due_on)| *due_on <= today).map(|(id, _)| id).collect();
    }
    let in_time = |item: &&&Receivable| {
        let due_on = steps::counted(copy, item, step, here);
        steps::after_payday(copy, item, step, here, due_on) <= today
    };
    all.iter().filter(in_time).map(|item| item.id).collect()
}

fn never_leaves(step: &Step) -> NoPreview {
    NoPreview::NotForThem(format!("there is no day in the coming months on which `{}` may be taken", step.id))
}

/// The step where the ladder comes to it, if nobody pays or writes.
fn on_its_day(stage: &Stage, ladder: &Ladder, step: &Step, world: &World<'_>) -> Result<PreviewedStep, NoPreview> {
    let takes = |played: &PreviewedStep| match &played.act {
        PreviewedAct::Letter(letter) => letter.plan.steps.iter().any(|taken| taken.step == step.id),
        _ => false,
    };
    let played = play(stage, ladder, world)?;
    let found = played.iter().find(|played| played.step == step.id).or_else(|| played.iter().find(|one| takes(one)));
    let Some(found) = found else {
        let why = stage.items.iter().find_map(|id| {
            let item = stage.account.receivable(*id)?;
            let why = steps::passed_over(&stage.account, item, step, world)?;
            Some(format!("`{}` is passed over: {why}", step.id))
        });
        let why = why.unwrap_or_else(|| format!("`{}` is not reached if nothing changes", step.id));
        return Err(NoPreview::NotForThem(why));
    };
    let mut found = found.clone();
    let day = found.act.day().unwrap_or(world.moment.today());
    let sentence = format!("Its time has not come: this is how it would be on {day} if nobody pays or writes");
    found.supposes.insert(0, sentence);
    Ok(found)
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
    let steps = play(&stage, ladder, world)?;
    let mut against = stage.against;
    let first = steps.iter().find(|played| matches!(played.act, PreviewedAct::Letter(_)));
    against.extend(first.and_then(|first| too_small(account, &first.act, real)));
    Ok(Previewed { steps, against, left_out: stage.left_out })
}

/// Plays the ladder of what is furthest, with everything else that falls due on the way.
fn play(stage: &Stage, ladder: &Ladder, world: &World<'_>) -> Result<Vec<PreviewedStep>, NoPreview> {
    let mut copy = stage.account.clone();
    // What comes before the due date comes first, where it comes at all.
    let before_due = preview_beside::courtesies(&mut copy, ladder, stage.from, world);
    let mut policy = world.policy.clone();
    policy.modes.insert(Purpose::Courtesy, Mode::Observe);
    let world = &World { policy: &policy, ..*world };
    let index_of = |copy: &Account, id: &ReceivableId| {
        let item = copy.receivable(*id)?;
        Some(steps::next_step(copy, item, world).map_or(ladder.steps.len(), |next| next.index))
    };
    let front = stage.items.iter().filter_map(|id| index_of(&copy, id)).max().unwrap_or_default();
    // The items are in the order of their due dates: the oldest leads.
    let leader = stage.items.iter().copied().find(|id| index_of(&copy, id) == Some(front));
    let mut played: Vec<PreviewedStep> = Vec::new();
    for step in ladder.steps.iter().take(front) {
        let taken = stage.account.steps.iter().filter(|taken| taken.step.step == step.id);
        let on = taken.filter(|taken| Some(taken.step.receivable) == leader).map(|taken| taken.on).max();
        if step.act.is_courtesy() && on.is_none() {
            continue;
        }
        played.push(PreviewedStep { step: step.id.clone(), act: PreviewedAct::Over(on), supposes: Vec::new() });
    }
    played.extend(before_due);
    let mut from = stage.from.max(played.last().and_then(|played| played.act.day()).unwrap_or(stage.from));
    let goes_on =
        |copy: &Account| leader.is_some_and(|id| index_of(copy, &id).is_some_and(|at| at < ladder.steps.len()));
    while goes_on(&copy) && played.len() < MOST_STEPS {
        let here = World { moment: from_day(world, from), ..*world };
        let Some(first) = next_steps(&copy, &here, &stage.items).iter().map(|due| due.next.due_on).min() else { break };
        from = from.max(first);
        let here = World { moment: from_day(world, from), ..*world };
        let moment = mail_moment(&copy, &here, &stage.items);
        // A call that falls due before the next mail leaves comes first.
        let next = match call_by(&copy, &here, &stage.items, moment.map_or(from, |moment| moment.today())) {
            Some((name, due_on, items)) => {
                let Some(step) = ladder.steps.iter().find(|step| step.id == name) else { break };
                let due = World { moment: from_day(&here, due_on), ..here };
                let asked = first_free(&copy, &due, step).ok_or_else(|| never_leaves(step))?;
                let day = world.policy.calendar.on_or_after(asked.today());
                for id in &items {
                    take(&mut copy, *id, &name, day);
                }
                PreviewedStep { step: name, act: PreviewedAct::Call(day, items), supposes: Vec::new() }
            }
            None => {
                let Some(moment) = moment else { break };
                let is_ahead = moment.today() > world.moment.today();
                mail_at(&mut copy, &World { moment, ..here }, &stage.items, is_ahead)?
            }
        };
        from = next.act.day().unwrap_or(from).max(from);
        played.push(next);
    }
    Ok(played)
}

/// When the next mail leaves, from now on; `None` when none is due by then, or none may leave.
fn mail_moment(copy: &Account, world: &World<'_>, items: &[ReceivableId]) -> Option<Moment> {
    let mut here = *world;
    // What falls due until it leaves goes with it, and may be firmer: then the day is looked for once more.
    for _ in 0..2 {
        let due = due_letters(copy, &here, items, here.moment.today());
        let tone = due.iter().max_by_key(|due| due.next.index)?;
        here = World { moment: first_free(copy, &here, tone.next.step)?, ..here };
    }
    Some(here.moment)
}

/// The mail of this moment; it counts as having left.
fn mail_at(
    copy: &mut Account,
    here: &World<'_>,
    items: &[ReceivableId],
    is_ahead: bool,
) -> Result<PreviewedStep, NoPreview> {
    let mut supposes = Vec::new();
    let concerned: Vec<ReceivableId> =
        due_letters(copy, here, items, here.moment.today()).iter().map(|due| due.item.id).collect();
    if let Some((known, _)) = suppose_payments(copy, &concerned, here, is_ahead) {
        supposes.push(format!("Payments are known up to {known}"));
    }
    let due = due_letters(copy, here, items, here.moment.today());
    let step = due.iter().max_by_key(|due| due.next.index).map(|due| due.next.step.id.clone());
    if due.iter().any(|due| silence::is_unanswered(copy, due.item, here)) {
        let limit = here.policy.limits.unanswered_mails;
        supposes.push(format!("After {limit} mails without an answer the agent asks you first"));
    }
    let act = letter(copy, here, &due).ok_or(NoPreview::NoAddress)?;
    if let PreviewedAct::Letter(letter) = &act {
        leaves(copy, &letter.plan, here.moment);
    }
    Ok(PreviewedStep { step: step.ok_or(NoPreview::NothingOpen)?, act, supposes })
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

/// Every item with its next step, and the day from which that is due: not before it may be asked for.
fn next_steps<'a>(account: &'a Account, world: &World<'a>, items: &[ReceivableId]) -> Vec<Due<'a>> {
    let items = items.iter().filter_map(|id| account.receivable(*id));
    let next = |item: &'a Receivable| {
        let mut next = steps::next_step(account, item, world)?;
        next.due_on = may_be_asked_on(account, item, world).map_or(next.due_on, |day| next.due_on.max(day));
        Some(Due { item, next })
    };
    items.filter_map(next).collect()
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
    let due: Vec<_> = next_steps(account, world, items)
        .into_iter()
        .filter(|due| !steps::is_letter(due.next.step) && due.next.due_on <= day)
        .collect();
    let step = due.first()?.next.step.id.clone();
    let here = due.iter().filter(|due| due.next.step.id == step);
    let due_on = here.clone().map(|due| due.next.due_on).min()?;
    let items = here.map(|due| due.item.id).collect();
    Some((step, due_on, items))
}
