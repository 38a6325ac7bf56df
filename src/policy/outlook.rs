//! What comes next, and why nothing goes out today: for `plan` and `why`.

use super::World;
use super::examination::{self, examine};
use super::freshness;
use super::silence;
use super::steps::{self, plus_days};
use super::terms::StepAct;
use super::windows;
use crate::ledger::account::Account;
use crate::ledger::ids::{ReceivableId, StepId};
use crate::ledger::mail::MailPlan;
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::{Mode, Purpose};
use chrono::{NaiveDate, NaiveTime};

/// How far ahead a next mail is looked for.
const LOOK_AHEAD_DAYS: u32 = 120;

/// What an account will see next if nothing else happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// The next reminder, supposing that payments are known and the mode is not `observe`.
    pub next: Option<MailPlan>,
    /// Every open receivable, oldest first.
    pub items: Vec<ItemOutlook>,
}

/// What one receivable will see next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemOutlook {
    /// Which.
    pub receivable: ReceivableId,
    /// Its next step and the day from which that is due.
    pub next_step: Option<(StepId, NaiveDate)>,
    /// Every reason why nothing goes out about it today. Empty: a mail is planned or may be planned now.
    pub silence: Vec<String>,
}

/// Looks ahead, day by day, with the same eyes as the ladder.
#[must_use]
pub fn outlook(account: &Account, world: &World<'_>) -> Outlook {
    let items = account.open_items().into_iter().map(|item| item_outlook(account, item, world)).collect();
    Outlook { next: next_mail(account, world), items }
}

fn next_mail(account: &Account, world: &World<'_>) -> Option<MailPlan> {
    let today = world.moment.today();
    let first_due = account
        .open_items()
        .into_iter()
        .filter_map(|item| steps::next_step(account, item, world.policy))
        .map(|next| next.due_on)
        .min()?;
    let start = first_due.max(today);
    (0..LOOK_AHEAD_DAYS).find_map(|days| {
        let day = plus_days(start, days);
        let moment = if day == today { world.moment } else { morning(world, day) };
        examine(account, &World { moment, ..*world }, true).mail
    })
}

fn morning(world: &World<'_>, day: NaiveDate) -> Moment {
    Moment::new(world.moment.at(day, NaiveTime::MIN), world.moment.zone)
}

fn item_outlook(account: &Account, item: &Receivable, world: &World<'_>) -> ItemOutlook {
    let today = world.moment.today();
    let next = steps::next_step(account, item, world.policy);
    let mut reasons = silence::of_item(account, item, world);
    reasons.extend(silence::of_customer(account, world, today, None));
    if world.policy.mode(Purpose::Reminder) == Mode::Observe {
        reasons.push("Reminders are only observed: nothing leaves".to_owned());
    }
    match &next {
        None => reasons.push("The ladder is at its end; the owner decides how to go on".to_owned()),
        Some(next) if next.due_on > today => {
            reasons.push(format!("The next step, `{}`, is due on {}", next.step.id, next.due_on));
        }
        Some(next) => {
            if let Some(needed) = freshness::missing_for(item, steps::anchor(account, item), world) {
                reasons.push(stale_sentence(item, needed));
            }
            match next.step.act {
                StepAct::Call => reasons.push("The next step is a telephone call of the owner's".to_owned()),
                StepAct::OwnerDraft(_) => reasons.push("The next step is the owner's own letter".to_owned()),
                StepAct::Mail(_) => reasons.extend(closed_window(world, next.step.firm)),
            }
        }
    }
    ItemOutlook {
        receivable: item.id,
        next_step: next.map(|next| (next.step.id.clone(), next.due_on)),
        silence: reasons,
    }
}

fn stale_sentence(item: &Receivable, needed: NaiveDate) -> String {
    item.payments_known_up_to.map_or_else(
        || format!("It was never said up to when payments are known; {needed} is needed"),
        |known| format!("Payments are known up to {known} only; {needed} is needed"),
    )
}

fn closed_window(world: &World<'_>, firm: bool) -> Option<String> {
    if windows::is_reminder_time(world, firm) {
        return None;
    }
    let opens = examination::chasing_time(world).max(windows::reminder_time(world, world.moment.instant, firm));
    let local = opens.with_timezone(&world.moment.zone).format("%Y-%m-%d %H:%M");
    Some(windows::reminder_day_refusal(world, world.moment.today(), firm).map_or_else(
        || format!("It lies outside the hours for reminders; they open again on {local}"),
        |why| format!("{why}; reminders may leave again on {local}"),
    ))
}
