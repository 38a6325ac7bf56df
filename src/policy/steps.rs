//! Where a receivable stands on its ladder.

use super::World;
use super::closure;
use super::conditions;
use super::courtesy;
use super::customers::ladder_for;
use super::forgotten;
use super::owners_letter;
use super::payday;
use super::repetition;
use super::terms::{Ladder, Policy, Step, StepAct, When};
use super::tolerance;
use super::windows::Manner;
use crate::ledger::account::Account;
use crate::ledger::ids::StepId;
use crate::ledger::mail::{MailPlan, StepRef};
use crate::ledger::receivable::Receivable;
use crate::ledger::words::DebtorKind;
use chrono::{Datelike, Days, Months, NaiveDate};

/// The next step of a receivable and the day from which it is due.
pub(super) struct NextStep<'a> {
    pub(super) index: usize,
    pub(super) step: &'a Step,
    pub(super) due_on: NaiveDate,
    /// The day by the ladder, where it comes earlier.
    pub(super) instead_of: Option<NaiveDate>,
    pub(super) reference: StepRef,
}

/// The first step of the present cycle that is neither taken, nor declined, nor passed over.
pub(super) fn next_step<'a>(account: &Account, item: &Receivable, world: &World<'a>) -> Option<NextStep<'a>> {
    let ladder = ladder_for(world.policy, account)?;
    let ahead = ladder.steps.iter().enumerate().skip(first_ahead(account, item, ladder, world));
    let (index, step) = ahead.into_iter().find(|(_, step)| passed_over(account, item, step, world).is_none())?;
    let due_on = counted(account, item, step, world).max(spaced(account, item, ladder, step));
    let due_on = due_on.max(repetition::not_before(account, item, ladder, index, world).unwrap_or(due_on));
    // Nothing is asked for within the time that was given for it.
    let due_on = given_until(account, item, world).map_or(due_on, |day| due_on.max(plus_days(day, 1)));
    let due_on = after_payday(account, item, step, world, due_on);
    let earlier = closure::brought_forward(account, item, step, world, due_on);
    let instead_of = earlier.map(|_| due_on);
    Some(NextStep { index, step, due_on: earlier.unwrap_or(due_on), instead_of, reference: step_ref(item, &step.id) })
}

/// The day of a step, put off until the customer's day of payment is past; a friendly word before the due date waits for
/// none.
pub(super) fn after_payday(
    account: &Account,
    item: &Receivable,
    step: &Step,
    world: &World<'_>,
    due_on: NaiveDate,
) -> NaiveDate {
    if step.act.is_courtesy() { due_on } else { payday::not_before(account, item, world.policy, due_on) }
}

/// Steps that lie before the next one and are not taken: which, and why not.
pub(super) fn left_out<'a>(account: &Account, item: &Receivable, world: &World<'a>) -> Vec<(&'a StepId, String)> {
    let Some(ladder) = ladder_for(world.policy, account) else { return Vec::new() };
    let ahead = ladder.steps.iter().skip(first_ahead(account, item, ladder, world));
    // Of what was only to come before the due date nothing is said once that has come, or where it is switched off.
    let is_past = courtesy::is_out_of_the_question(account, item, world);
    let ahead = ahead.filter(|step| !(step.act.is_courtesy() && is_past));
    ahead.map_while(|step| Some((&step.id, passed_over(account, item, step, world)?))).collect()
}

/// The place after the last step that was taken or declined: in order also where a later step was taken out of turn (by
/// hand), so that what lies before it is over.
fn first_ahead(account: &Account, item: &Receivable, ladder: &Ladder, world: &World<'_>) -> usize {
    let behind = |step: &Step| {
        let reference = step_ref(item, &step.id);
        account.has_taken(&reference) || account.declined.contains(&reference)
    };
    let known = ladder.steps.iter().rposition(behind).map_or(0, |last| last.saturating_add(1));
    forgotten::place_behind(account, item, ladder, (known, world))
}

/// Why a step is not for this receivable today, as an English clause.
pub(super) fn passed_over(account: &Account, item: &Receivable, step: &Step, world: &World<'_>) -> Option<String> {
    if step.act.is_courtesy()
        && let Some(why) = courtesy::barrier(account, item, step, world)
    {
        return Some(why);
    }
    if matches!(step.act, StepAct::StopWork(_)) && account.customer.kind == DebtorKind::PublicBody {
        return Some("no work is stopped for a public body".to_owned());
    }
    // Patients and clients of lawyers: health and mandates are never stopped.
    if matches!(step.act, StepAct::StopWork(_)) && account.customer.is_confidential() {
        return Some("no work is stopped for a confidential customer".to_owned());
    }
    owners_letter::no_notice_to_perform(account, step)
        .or_else(|| milder(account, item, step, world))
        .or_else(|| conditions::unmet(account, item, step, world))
}

/// A mild mail after a firm one would take the firm one back, whichever invoice's step that was. But a letter of the
/// owner's never comes without the last word before it, however firm the mails are that a ladder has behind it.
fn milder(account: &Account, item: &Receivable, step: &Step, world: &World<'_>) -> Option<String> {
    let ladder = ladder_for(world.policy, account).filter(|_| is_mail(step))?;
    let firmer = position(ladder, &step.id)?.saturating_add(1);
    let letter = ladder.steps.iter().skip(firmer).position(Step::is_owners);
    let end = letter.map_or(ladder.steps.len(), |further| firmer.saturating_add(further));
    let day = repetition::named_in(account, item, ladder, &(firmer..end), world)?;
    Some(format!("it was asked for more firmly on {day}"))
}

/// Is a step of this name a mail before anything is due?
pub(super) fn is_courtesy(account: &Account, policy: &Policy, step: &StepId) -> bool {
    acts_of(account, policy, step).any(StepAct::is_courtesy)
}

/// Is a step of this name a telephone call?
pub(super) fn is_call(account: &Account, policy: &Policy, step: &StepId) -> bool {
    acts_of(account, policy, step).any(|act| *act == StepAct::Call)
}

/// Is a step of this name a letter of the owner's?
pub(super) fn is_owners(account: &Account, policy: &Policy, step: &StepId) -> bool {
    acts_of(account, policy, step).any(|act| matches!(act, StepAct::OwnerDraft(_)))
}

fn acts_of<'a>(account: &Account, policy: &'a Policy, step: &StepId) -> impl Iterator<Item = &'a StepAct> {
    let steps = ladder_for(policy, account).map(|ladder| ladder.steps.as_slice()).unwrap_or_default();
    steps.iter().filter(move |known| known.id == *step).map(|known| &known.act)
}

/// The day of a step by the ladder alone.
pub(super) fn counted(account: &Account, item: &Receivable, step: &Step, world: &World<'_>) -> NaiveDate {
    // A word before the due date comes before the day that was agreed, whatever is tolerated after it.
    let from =
        if step.act.is_courtesy() { courtesy::ends_on(account, item) } else { anchor(account, item, world.policy) };
    step.when.counted_from(from, &world.policy.calendar)
}

/// The day from which the ladder counts: the due date, or the day that was granted or is tolerated instead.
pub(super) fn anchor(account: &Account, item: &Receivable, policy: &Policy) -> NaiveDate {
    tolerance::late_from(account, item, policy)
}

/// A step keeps its distance from the one before it, so that a late start or a pause never makes the ladder steeper.
fn spaced(account: &Account, item: &Receivable, ladder: &Ladder, step: &Step) -> NaiveDate {
    let known = |name: &StepId| ladder.steps.iter().find(|other| other.id == *name);
    let asked =
        account.steps_of(item).into_iter().filter(|taken| known(taken.name()).is_none_or(|s| !s.act.is_courtesy()));
    let Some(last) = asked.max_by_key(|taken| taken.on) else { return NaiveDate::MIN };
    let before = known(last.name()).map_or(When::After(0), |other| other.when);
    plus_days(last.on, step.when.days_since(before))
}

/// The day on which it was last asked for in the present cycle: in writing, by whoever, or on the telephone.
pub(super) fn last_asked(account: &Account, item: &Receivable, policy: &Policy) -> Option<NaiveDate> {
    let asked = account.steps_of(item).into_iter().filter(|taken| !is_courtesy(account, policy, taken.name()));
    asked.map(|taken| taken.on).max()
}

/// The last day of the time that a mail with a deadline gave for it, whichever invoice's step that was; `None` where none did.
pub(super) fn given_until(account: &Account, item: &Receivable, world: &World<'_>) -> Option<NaiveDate> {
    let ladder = ladder_for(world.policy, account)?;
    let taken = account.steps_of(item).into_iter();
    let taken = taken.filter_map(|taken| Some((taken.on, forgotten::place_of(account, item, ladder, taken, world)?)));
    let given = taken.chain(repetition::named(account, item, ladder, world)).filter_map(|(on, index)| {
        let days = ladder.steps.get(index)?.deadline_days?;
        Some(world.policy.calendar.on_or_after(plus_days(on, days)))
    });
    given.max()
}

/// How many days lie between a step and the one after it; 0 where there is none.
pub(super) fn distance_after(policy: &Policy, account: &Account, step: &StepId) -> u32 {
    let Some(ladder) = ladder_for(policy, account) else { return 0 };
    let mut from = ladder.steps.iter().skip_while(|known| known.id != *step);
    let (this, next) = (from.next(), from.next());
    // A friendly word that was not wanted puts nothing off that is asked for.
    let this = this.filter(|this| !this.act.is_courtesy());
    this.zip(next).map_or(0, |(this, next)| next.when.days_since(this.when))
}

/// Where a step of this name stands on the ladder.
pub(super) fn position(ladder: &Ladder, step: &StepId) -> Option<usize> {
    ladder.steps.iter().position(|other| other.id == *step)
}

/// Has this step, or one after it, been taken in the present cycle?
pub(super) fn has_reached(account: &Account, item: &Receivable, policy: &Policy, step: &StepId) -> bool {
    let Some(ladder) = ladder_for(policy, account) else { return false };
    let mut taken = account.steps_of(item);
    taken.retain(|taken| !is_courtesy(account, policy, taken.name()));
    match position(ladder, step) {
        Some(limit) => taken.iter().any(|t| position(ladder, t.name()).is_some_and(|index| index >= limit)),
        // A ladder without a step of that name: one taken step counts, which is the careful reading.
        None => !taken.is_empty(),
    }
}

pub(super) fn step_ref(item: &Receivable, step: &StepId) -> StepRef {
    StepRef { receivable: item.id, cycle: item.cycle, step: step.clone() }
}

/// How a planned mail is sent: as its highest step, and firmly where any of its steps is firm.
pub(super) fn manner<'a>(policy: &'a Policy, account: &Account, plan: &MailPlan) -> Manner<'a> {
    let steps = ladder_for(policy, account).map(|ladder| ladder.steps.as_slice()).unwrap_or_default();
    let mut taken = steps.iter().filter(|step| plan.steps.iter().any(|taken| taken.step == step.id));
    let firm = taken.clone().any(|step| step.firm);
    Manner { firm, window: taken.next_back().map(|step| &step.window) }
}

pub(super) const fn is_mail(step: &Step) -> bool {
    matches!(step.act, StepAct::Mail(_) | StepAct::StopWork(_))
}

/// A text goes to the customer, by the agent's hand or the owner's.
pub(super) const fn is_letter(step: &Step) -> bool {
    is_mail(step) || step.is_owners()
}

/// Calendar days later.
pub(super) fn plus_days(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(u64::from(days))).unwrap_or(day)
}

/// Calendar days earlier.
pub(super) fn minus_days(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(days))).unwrap_or(day)
}

/// A day of the month after that of another day, by its number.
pub(super) fn month_day_after(day: NaiveDate, number: u32) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))?.with_day(number)
}
