//! A step of the ladder as one customer would receive it: for `preview`. Nothing comes of it.
//!
//! It supposes what the step needs (earlier steps taken, payments known as far as they must be) and says so; the mail
//! itself is composed by the same hand as the real one, for a moment at which it may leave.

use super::World;
use super::closure;
use super::customers;
use super::examination::{self, Due};
use super::monthly;
use super::played::play;
use super::preview_beside;
use super::preview_scene::{Scene, first_free, from_day, letter, may_be_asked_on};
use super::steps::{self, NextStep};
use super::supposed::{suppose_earlier, suppose_payments};
use super::terms::{Ladder, Policy, Step};
use crate::ledger::account::Account;
use crate::ledger::ids::{ReceivableId, StepId};
use crate::ledger::receivable::Receivable;
use chrono::NaiveDate;

pub use super::previewed::{NoPreview, Previewed, PreviewedAct, PreviewedLetter, PreviewedStep};

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
    let scene = Scene::set(account, world)?;
    let today = world.moment.today();
    let previewed = match as_if_due(&scene, ladder, index, step, world)? {
        Some(previewed) => previewed,
        None => on_its_day(&scene, ladder, step, world)?,
    };
    let mut against = scene.against;
    against.extend(out_of_turn(account, &previewed.act, index, step, today, world));
    against.extend(too_small(account, &previewed.act, real));
    Ok(Previewed { steps: vec![previewed], against, left_out: scene.left_out })
}

/// The step today, or on the first day on which it may be taken, about everything for which it can be its time; `None`
/// when there is nothing such.
fn as_if_due(
    scene: &Scene,
    ladder: &Ladder,
    index: usize,
    step: &Step,
    world: &World<'_>,
) -> Result<Option<PreviewedStep>, NoPreview> {
    let begin = World { moment: from_day(world, scene.from), ..*world };
    let moment = first_free(&scene.account, &begin, step).ok_or_else(|| never_leaves(step))?;
    let mut chosen = chosen_by(scene, index, step, &World { moment, ..*world });
    if chosen.is_empty() {
        return Ok(None);
    }
    let mut copy = scene.account.clone();
    let mut supposes = suppose_earlier(&mut copy, ladder, index, &chosen, moment, world);
    // Where nothing can have left before, what is shown would speak of nothing earlier: then its day is still to come.
    let was_asked = |id: &ReceivableId| {
        copy.receivable(*id).is_some_and(|item| steps::last_asked(&copy, item, world.policy).is_some())
    };
    if steps::is_mail(step) && ladder.steps.iter().take(index).any(steps::is_mail) && !chosen.iter().any(was_asked) {
        return Ok(None);
    }
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
fn chosen_by(scene: &Scene, index: usize, step: &Step, here: &World<'_>) -> Vec<ReceivableId> {
    let copy = &scene.account;
    let today = here.moment.today();
    let all: Vec<&Receivable> = scene.items.iter().filter_map(|id| copy.receivable(*id)).collect();
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
fn on_its_day(scene: &Scene, ladder: &Ladder, step: &Step, world: &World<'_>) -> Result<PreviewedStep, NoPreview> {
    let takes = |played: &PreviewedStep| match &played.act {
        PreviewedAct::Letter(letter) => letter.plan.steps.iter().any(|taken| taken.step == step.id),
        _ => false,
    };
    let played = play(scene, ladder, world);
    let found = played.iter().find(|played| played.step == step.id).or_else(|| played.iter().find(|one| takes(one)));
    let Some(found) = found else {
        let why = scene.items.iter().find_map(|id| {
            let item = scene.account.receivable(*id)?;
            let why = steps::passed_over(&scene.account, item, step, world)?;
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
    let scene = Scene::set(account, world)?;
    let steps = play(&scene, ladder, world);
    let mut against = scene.against;
    let first = steps.iter().find(|played| matches!(played.act, PreviewedAct::Letter(_)));
    against.extend(first.and_then(|first| too_small(account, &first.act, real)));
    Ok(Previewed { steps, against, left_out: scene.left_out })
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
        let number = item.key.name();
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
