//! What may come beside the steps of the ladder, as one customer would receive it: for `preview`.

use super::World;
use super::bank_collection;
use super::closure;
use super::courtesy;
use super::examination::Due;
use super::preview::{NoPreview, Previewed, PreviewedAct, PreviewedLetter, PreviewedStep, Stage, letter, morning};
use super::silence;
use super::steps::{self, NextStep};
use super::supposed::suppose_payments;
use super::terms::{Ladder, Step, StepAct};
use super::windows::{self, Manner};
use crate::ledger::account::Account;
use crate::ledger::ids::{ReceivableId, StepId};
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;

/// A mail before anything is due, as it would be if nothing were at issue: about the first document that is not due yet,
/// else about the last one.
pub(super) fn courtesy(
    account: &Account,
    index: usize,
    step: &Step,
    world: &World<'_>,
) -> Result<Previewed, NoPreview> {
    let planned = courtesy::planned_items(account).filter(|_| matches!(step.act, StepAct::Note(_)));
    let known: Vec<&Receivable> = account.open_items().into_iter().chain(planned).collect();
    let today = world.moment.today();
    let ahead = known.iter().filter(|item| account.agreed_day(item) > today).min_by_key(|item| item.due);
    let item = ahead.or_else(|| known.last()).copied().ok_or(NoPreview::NothingOpen)?;
    let due_on = steps::counted(account, item, step, world);
    let here = if due_on > today { World { moment: morning(world, due_on), ..*world } } else { *world };
    let next = NextStep { index, step, due_on, instead_of: None, reference: steps::step_ref(item, &step.id) };
    let plan = courtesy::letter(account, &here, &[&Due { item, next }]).ok_or(NoPreview::NoAddress)?;
    let moment = Moment::new(plan.not_before, world.moment.zone);
    let letter = PreviewedLetter { plan, account: account.clone(), moment, is_owners: false };
    let against = steps::passed_over(account, item, step, world);
    let against = against.map(|why| format!("{}: `{}` is passed over: {why}", item.key.number, step.id));
    let act = PreviewedAct::Letter(Box::new(letter));
    let shown = PreviewedStep { step: step.id.clone(), act, supposes: Vec::new() };
    Ok(Previewed { steps: vec![shown], against: against.into_iter().collect(), left_out: Vec::new() })
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
    let Stage { account: mut copy, items, from, mut against, left_out } = Stage::set(account, world)?;
    let earliest = if from > world.moment.today() { morning(world, from) } else { world.moment };
    let (span, moment) = closure::next_note(world, earliest, |from| Moment::new(opens(from), from.zone))
        .ok_or_else(|| refused("no weeks before a closure are set (pre_closure in [calendar])"))?;
    let here = World { moment, ..*world };
    let is_meant = |item: &&Receivable| {
        silence::is_overdue(&copy, item, &here) && !bank_collection::is_first_mail(&copy, item, &here)
    };
    let late: Vec<ReceivableId> =
        items.iter().filter_map(|id| copy.receivable(*id)).filter(is_meant).map(|item| item.id).collect();
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
    if let Some((known, _)) = suppose_payments(&mut copy, &late, moment, world, moment.today() > world.moment.today()) {
        supposes.push(format!("Payments are known up to {known}"));
    }
    let mut due = Vec::new();
    for item in late.iter().filter_map(|id| copy.receivable(*id)) {
        let number = &item.key.number;
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
