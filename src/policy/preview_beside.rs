//! What may come beside the steps of the ladder, as one customer would receive it: for `preview`.

use super::World;
use super::bank_collection;
use super::closure;
use super::courtesy;
use super::examination::Due;
use super::preview_scene::{Scene, copy_of, first_free, from_day, letter, may_be_asked_on};
use super::previewed::{NoPreview, Previewed, PreviewedAct, PreviewedLetter, PreviewedStep};
use super::silence;
use super::steps::{self, NextStep, plus_days};
use super::supposed::{leaves, suppose_payments};
use super::terms::{Ladder, Step, StepAct};
use super::windows::{self, Manner};
use crate::ledger::account::Account;
use crate::ledger::ids::{ReceivableId, StepId};
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;
use chrono::NaiveDate;

/// So many days before a due date are looked at, one by one.
const MOST_DAYS: usize = 60;

/// A mail before anything is due, as it would be if nothing were at issue: about the first document that leaves a day for
/// it. What comes before it on the ladder is supposed to have left.
pub(super) fn courtesy(
    account: &Account,
    ladder: &Ladder,
    index: usize,
    world: &World<'_>,
) -> Result<Previewed, NoPreview> {
    let step = ladder.steps.get(index).ok_or(NoPreview::NothingOpen)?;
    let today = world.moment.today();
    if silence::recipients(account, world).is_none() {
        return Err(NoPreview::NoAddress);
    }
    if known_of(account, step).next().is_none() {
        return Err(NoPreview::NothingOpen);
    }
    let alone = copy_of(account);
    let mut copy = alone.clone();
    let earlier = Ladder { steps: ladder.steps.iter().take(index).cloned().collect() };
    let earlier = courtesies(&mut copy, &earlier, today, world);
    let goes_after = |(item, moment): &(&Receivable, Moment)| {
        steps::passed_over(&copy, item, step, &World { moment: *moment, ..*world }).is_none()
    };
    let after = first_of(&copy, index, step, world).filter(|_| !earlier.is_empty()).filter(goes_after);
    let (copy, found) = match after {
        Some(found) => (&copy, Some(found)),
        None => (&alone, first_of(&alone, index, step, world)),
    };
    let Some((item, moment)) = found else {
        let last = known_of(account, step).max_by_key(|item| courtesy::ends_on(account, item));
        let why = last.map(|item| {
            let (number, ends) = (&item.key.name(), courtesy::ends_on(account, item));
            format!("`{}` comes before a document is due, and no day is left before {number} ({ends})", step.id)
        });
        return Err(NoPreview::NotForThem(why.unwrap_or_default()));
    };
    let here = World { moment, ..*world };
    let due = due_with(copy, index, step, item, &here);
    let act = letter_of(copy, &here, &due).ok_or(NoPreview::NoAddress)?;
    let number = item.key.name();
    let due_on = steps::counted(copy, item, step, world);
    let mut against = silence::of_customer(account, world, today, None);
    if due_on > today {
        against.push(format!("{number}: `{}` comes from {due_on} on", step.id));
    }
    // Of the conditions those of its day count.
    let mut supposes = Vec::new();
    for one in &earlier {
        let Some(day) = one.act.day() else { continue };
        if after.is_some() {
            supposes.push(format!("`{}` left on {day}", one.step));
        } else {
            against.push(format!("`{}` goes before it, on {day}, and after it `{}` is not sent", one.step, step.id));
        }
    }
    let why = steps::passed_over(copy, item, step, &here);
    against.extend(why.map(|why| format!("{number}: `{}` is passed over: {why}", step.id)));
    let shown = PreviewedStep { step: step.id.clone(), act, supposes };
    Ok(Previewed { steps: vec![shown], against, left_out: Vec::new() })
}

/// The mails before anything is due that will leave if nothing changes, from a day on; on the copy they have left.
pub(super) fn courtesies(
    copy: &mut Account,
    ladder: &Ladder,
    from: NaiveDate,
    world: &World<'_>,
) -> Vec<PreviewedStep> {
    let mut played: Vec<PreviewedStep> = Vec::new();
    for (index, step) in ladder.steps.iter().enumerate().filter(|(_, step)| step.act.is_courtesy()) {
        let begin = World { moment: from_day(world, from), ..*world };
        let Some((item, moment)) = first_of(copy, index, step, &begin) else { continue };
        let here = World { moment, ..*world };
        if !is_next(copy, item, index, &here) || !silence::of_item(copy, item, &here).is_empty() {
            continue;
        }
        let due = due_with(copy, index, step, item, &here);
        let Some(act) = letter_of(copy, &here, &due) else { continue };
        if let PreviewedAct::Letter(letter) = &act {
            leaves(copy, &letter.plan, moment);
        }
        played.push(PreviewedStep { step: step.id.clone(), act, supposes: Vec::new() });
    }
    played
}

/// Of what such a step may speak.
fn known_of<'a>(account: &'a Account, step: &Step) -> impl Iterator<Item = &'a Receivable> {
    let speaks_of_planned = matches!(step.act, StepAct::Note(_));
    let planned = courtesy::planned_items(account).filter(move |_| speaks_of_planned);
    account.open_items().into_iter().chain(planned)
}

/// The document about which such a step leaves first, and when: one whose step it is then, else one that leaves a day.
fn first_of<'a>(
    account: &'a Account,
    index: usize,
    step: &Step,
    world: &World<'_>,
) -> Option<(&'a Receivable, Moment)> {
    let leaves_from = |item: &Receivable, day: NaiveDate| {
        let from = World { moment: from_day(world, day), ..*world };
        first_free(account, &from, step).filter(|moment| moment.today() < courtesy::ends_on(account, item))
    };
    let mut found: Vec<(bool, Moment, &Receivable)> = Vec::new();
    for item in known_of(account, step) {
        let Some(first) = leaves_from(item, steps::counted(account, item, step, world)) else { continue };
        // What it depends on may come to hold within its days: holidays that draw near.
        let days = std::iter::successors(Some(first), |last| leaves_from(item, plus_days(last.today(), 1)));
        let is_meant = |moment: &Moment| is_next(account, item, index, &World { moment: *moment, ..*world });
        let meant = days.take(MOST_DAYS).find(is_meant);
        found.push((meant.is_none(), meant.unwrap_or(first), item));
    }
    let best = found.into_iter().min_by_key(|(is_other, moment, item)| (*is_other, moment.instant, item.id))?;
    Some((best.2, best.1))
}

fn is_next(account: &Account, item: &Receivable, index: usize, here: &World<'_>) -> bool {
    steps::next_step(account, item, here).is_some_and(|next| next.index == index)
}

/// That document, and all others that are in the same place by then.
fn due_with<'a>(
    account: &'a Account,
    index: usize,
    step: &'a Step,
    first: &'a Receivable,
    here: &World<'_>,
) -> Vec<Due<'a>> {
    let day = here.moment.today();
    let goes_along = |item: &&Receivable| {
        item.id != first.id
            && day < courtesy::ends_on(account, item)
            && steps::counted(account, item, step, here) <= day
            && silence::of_item(account, item, here).is_empty()
            && is_next(account, item, index, here)
    };
    let items = std::iter::once(first).chain(known_of(account, step).filter(goes_along));
    let due = items.map(|item| {
        let due_on = steps::counted(account, item, step, here);
        let reference = steps::step_ref(item, &step.id);
        Due { item, next: NextStep { index, step, due_on, instead_of: None, reference } }
    });
    due.collect()
}

fn letter_of(account: &Account, here: &World<'_>, due: &[Due<'_>]) -> Option<PreviewedAct> {
    let plan = courtesy::letter(account, here, &due.iter().collect::<Vec<_>>())?;
    let moment = Moment::new(plan.not_before, here.moment.zone);
    let letter = PreviewedLetter { plan, account: account.clone(), moment, is_owners: false };
    Some(PreviewedAct::Letter(Box::new(letter)))
}

/// The mild reminder before the weeks of closure, in the next window that leaves time for it: about what is late by then.
pub(super) fn before_closure(
    account: &Account,
    ladder: &Ladder,
    name: &StepId,
    world: &World<'_>,
) -> Result<Previewed, NoPreview> {
    let refused = |why: &str| NoPreview::NotForThem(why.to_owned());
    if !closure::is_for(&account.customer) {
        return Err(refused("public bodies and confidential customers keep to their ladder"));
    }
    let (index, step) = ladder
        .steps
        .iter()
        .enumerate()
        .find(|(_, step)| closure::is_replaced(step))
        .ok_or_else(|| refused("it takes the place of a mild reminder, and their ladder has none"))?;
    let opens = |from: Moment| windows::reminder_time(world, &account.customer, from.instant, Manner::of(step));
    let Scene { account: mut copy, items, from, mut against, left_out } = Scene::set(account, world)?;
    let earliest = from_day(world, from);
    let (span, moment) = closure::next_note(world, earliest, |from| Moment::new(opens(from), from.zone))
        .ok_or_else(|| refused("no weeks before a closure are set (pre_closure in [calendar])"))?;
    let here = World { moment, ..*world };
    let is_meant = |item: &&Receivable| {
        silence::is_overdue(&copy, item, &here)
            && !bank_collection::is_first_mail(&copy, item, &here)
            && may_be_asked_on(&copy, item, &here).is_none_or(|day| day <= moment.today())
    };
    let late = items.iter().filter_map(|id| copy.receivable(*id)).filter(is_meant);
    let late: Vec<ReceivableId> = late.map(|item| item.id).collect();
    if late.is_empty() {
        return Err(NoPreview::NotForThem(format!("nothing of theirs is late by {}", moment.today())));
    }
    if moment.today() != world.moment.today() {
        against.push(format!("It leaves from {} to {} only (pre_closure in [calendar])", span.0, span.1));
    }
    if closure::forget_reminders(&mut copy, &here, span.0) {
        against.push("A reminder left since these weeks began: one is enough".to_owned());
    }
    let mut supposes = Vec::new();
    if let Some((known, _)) = suppose_payments(&mut copy, &late, &here, moment.today() > world.moment.today()) {
        supposes.push(format!("Payments are known up to {known}"));
    }
    let mut due = Vec::new();
    for item in late.iter().filter_map(|id| copy.receivable(*id)) {
        let number = item.key.name();
        match steps::next_step(&copy, item, &here) {
            Some(next) if closure::is_replaced(next.step) && next.due_on <= moment.today() => {}
            Some(next) => against.push(format!(
                "{number}: `{}` comes next, from {} on, and keeps its own words and day",
                next.step.id, next.due_on
            )),
            None => against.push(format!("{number}: its ladder is at its end")),
        }
        let reference = steps::step_ref(item, &step.id);
        due.push(Due { item, next: NextStep { index, step, due_on: moment.today(), instead_of: None, reference } });
    }
    let act = letter(&copy, &here, &due).ok_or(NoPreview::NoAddress)?;
    let steps = vec![PreviewedStep { step: name.clone(), act, supposes }];
    Ok(Previewed { steps, against, left_out })
}
