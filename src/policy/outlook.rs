//! Where every open receivable stands on its ladder, and why nothing goes out about it today: for `status` and `why`.

use super::World;
use super::closure;
use super::collection;
use super::customers;
use super::examination::{self, examine};
use super::freshness;
use super::owners_letter;
use super::silence;
use super::steps::{self, plus_days};
use super::terms::StepAct;
use super::tolerance;
use super::windows::{self, Manner};
use crate::ledger::account::Account;
use crate::ledger::ids::{ReceivableId, StepId};
use crate::ledger::mail::MailPlan;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::{Mode, Purpose};
use chrono::NaiveDate;

/// What one receivable will see next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemOutlook {
    /// Which.
    pub receivable: ReceivableId,
    /// Its next step and the day from which that may be taken: that of the ladder, or the one after a hold that lasts
    /// longer.
    pub next_step: Option<(StepId, NaiveDate)>,
    /// It is kept back until somebody lifts what holds it: no day can be named.
    pub is_kept: bool,
    /// Every reason why nothing goes out about it today. Empty: a mail is planned or may be planned now.
    pub silence: Vec<String>,
    /// Steps of the ladder that are passed over, one English sentence each.
    pub passed_over: Vec<String>,
}

/// Every open receivable, oldest first. Each has a reason for silence, unless a mail about it may be planned now.
#[must_use]
pub fn outlook(account: &Account, world: &World<'_>) -> Vec<ItemOutlook> {
    let passed_over = examine(account, world).passed_over;
    let of_ladder =
        |id: ReceivableId| passed_over.iter().filter(move |(item, _)| *item == id).map(|(_, why)| why.clone());
    account
        .open_items()
        .into_iter()
        .map(|item| {
            let mut seen = item_outlook(account, item, world);
            seen.silence.extend(of_ladder(item.id));
            seen
        })
        .collect()
}

fn item_outlook(account: &Account, item: &Receivable, world: &World<'_>) -> ItemOutlook {
    let today = world.moment.today();
    let next = steps::next_step(account, item, world);
    let mut reasons = silence::of_item(account, item, world);
    reasons.extend(silence::of_customer(account, world, today, None));
    if world.policy.mode_for(account, Purpose::Reminder) == Mode::Observe {
        reasons.push("Reminders are only observed: nothing leaves".to_owned());
    }
    // The ladder says nothing of what somebody else collects.
    if collection::elsewhere(item).is_some() {
        return ItemOutlook {
            receivable: item.id,
            next_step: None,
            is_kept: false,
            silence: reasons,
            passed_over: Vec::new(),
        };
    }
    let kept = next.as_ref().and_then(|next| kept(account, item, next.due_on.max(today)));
    match &next {
        None if customers::ladder_for(world.policy, account).is_none() => {
            reasons.push(format!("There is no ladder for a customer of kind {}", account.customer.kind));
        }
        None => reasons.push("The ladder is at its end; the owner decides how to go on".to_owned()),
        Some(next) if next.due_on > today => {
            reasons.push(match kept {
                None => format!("The next step, `{}`, is due on {}", next.step.id, next.due_on),
                // Two days for one step would contradict each other.
                Some(_) => format!("The next step, `{}`, would be due on {}", next.step.id, next.due_on),
            });
            reasons.extend(next.instead_of.and_then(|own_day| closure::reason(world, own_day)));
            if !next.step.act.is_courtesy() {
                reasons.extend(tolerance::reason(account, item, world.policy));
            }
            if let Some(day) = account.customer.payment_day() {
                reasons
                    .push(format!("The customer always pays on day {day} of the month: steps wait until it is past"));
            }
        }
        Some(next) => {
            let stale = freshness::missing_for(account, item, world);
            if let Some(needed) = stale.filter(|_| !next.step.act.is_courtesy()) {
                reasons.push(stale_sentence(item, needed));
            }
            match next.step.act {
                StepAct::Call if is_in_the_letter(account, item, world) => reasons.push(
                    "The owner's own letter names it and waits to be signed; until it is sent the telephone call is still asked for"
                        .to_owned(),
                ),
                StepAct::Call => reasons.push("The next step is a telephone call of the owner's".to_owned()),
                StepAct::OwnerDraft(_) => reasons.push("The next step is the owner's own letter".to_owned()),
                StepAct::HandOver => reasons.push("The next step is the owner's: a lawyer or an agency".to_owned()),
                StepAct::Note(_) | StepAct::ReceiptCheck(_) => {
                    reasons.extend(closed_window(account, world, Manner::of(next.step)));
                }
                StepAct::Mail(_) | StepAct::StopWork(_) => {
                    reasons.extend(closed_window(account, world, Manner::of(next.step)))
                }
            }
        }
    }
    ItemOutlook {
        receivable: item.id,
        next_step: next.map(|next| {
            let after = kept.flatten().map(|until| plus_days(until, 1));
            (next.step.id.clone(), after.map_or(next.due_on, |after| next.due_on.max(after)))
        }),
        is_kept: kept.is_some_and(|until| until.is_none()),
        silence: reasons,
        passed_over: steps::left_out(account, item, world)
            .into_iter()
            .map(|(step, why)| format!("Step `{step}` is passed over: {why}"))
            .collect(),
    }
}

/// Does a letter that waits for the owner's signature name it?
fn is_in_the_letter(account: &Account, item: &Receivable, world: &World<'_>) -> bool {
    let names = |plan: &MailPlan| plan.items.contains(&item.id) && owners_letter::is_one(account, plan, world.policy);
    account.pending.iter().any(|row| names(&row.plan))
}

/// The last day on which a hold keeps this from being asked for on a day; of one without an end, nothing. `None` where no
/// hold does.
fn kept(account: &Account, item: &Receivable, day: NaiveDate) -> Option<Option<NaiveDate>> {
    let mut until = None;
    // One may end when another still lasts.
    loop {
        let next = until.map_or(day, |until| plus_days(until, 1));
        let mut holds = account.holds.iter().filter(|hold| hold.covers(item.id) && hold.holds_on(next)).peekable();
        if holds.peek().is_none() {
            return until.map(Some);
        }
        match holds.map(|hold| hold.until).collect::<Option<Vec<NaiveDate>>>().and_then(|ends| ends.into_iter().max()) {
            Some(end) => until = Some(end),
            None => return Some(None),
        }
    }
}

fn stale_sentence(item: &Receivable, needed: NaiveDate) -> String {
    item.payments_known_up_to.map_or_else(
        || format!("It was never said up to when payments are known; {needed} is needed"),
        |known| format!("Payments are known up to {known} only; {needed} is needed"),
    )
}

fn closed_window(account: &Account, world: &World<'_>, manner: Manner<'_>) -> Option<String> {
    let customer = &account.customer;
    if windows::is_reminder_time(world, customer, manner) {
        return None;
    }
    let opens = examination::chasing_time(account, world).max(windows::reminder_time(
        world,
        customer,
        world.moment.instant,
        manner,
    ));
    let local = opens.with_timezone(&world.moment.zone).format("%Y-%m-%d %H:%M");
    Some(windows::reminder_day_refusal(world, customer, world.moment.today(), manner).map_or_else(
        || format!("It lies outside the hours for reminders; they open again on {local}"),
        |why| format!("{why}; reminders may leave again on {local}"),
    ))
}
