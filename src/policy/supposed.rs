//! What a preview supposes on its working copy of an account: steps that were taken, mails that left, payments known.

use super::World;
use super::freshness;
use super::proposal;
use super::silence;
use super::steps::{self, minus_days};
use super::terms::{Ladder, Step};
use super::windows::{self, Manner};
use crate::ledger::account::{Account, ProposalSent, SentMail};
use crate::ledger::change::{Change, StepTaken, StepTaker};
use crate::ledger::ids::{OutboxId, ReceivableId};
use crate::ledger::mail::MailPlan;
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Purpose;
use chrono::NaiveDate;

/// The mail left: its steps are taken.
pub(super) fn leaves(account: &mut Account, plan: &MailPlan, moment: Moment) {
    for step in &plan.steps {
        account.steps.push(StepTaken { step: step.clone(), on: moment.today(), by: StepTaker::Agent });
    }
    let (purpose, at) = (plan.purpose, moment.instant);
    let proposal = proposal::proposed_by(account, plan).map(|hold| ProposalSent { hold, outbox: OutboxId(0) });
    account.sent.push(SentMail { purpose, at, to: plan.to.clone(), items: plan.items.clone(), proposal });
}

/// How far back a day is looked for on which an earlier mail may have left: further than any quiet time is long.
const LOOK_BACK_DAYS: u32 = 60;

/// Steps before this one that were not taken are supposed to have been, at the ladder's own distances, or before: on days
/// on which they may leave.
pub(super) fn suppose_earlier(
    account: &mut Account,
    ladder: &Ladder,
    index: usize,
    items: &[ReceivableId],
    moment: Moment,
    world: &World<'_>,
) -> Vec<String> {
    let today = moment.today();
    let mut sentences = Vec::new();
    let Some(step) = ladder.steps.get(index) else { return sentences };
    let mut days: Vec<(&Step, NaiveDate)> = Vec::new();
    let (mut after, mut before) = (step, today);
    for earlier in ladder.steps.iter().take(index).rev().filter(|earlier| steps::is_mail(earlier)) {
        let latest = minus_days(before, after.when.days_since(earlier.when));
        let may_leave = |day: &NaiveDate| {
            windows::reminder_day_refusal(world, &account.customer, *day, Manner::of(earlier)).is_none()
        };
        let Some(day) = (0..LOOK_BACK_DAYS).map(|days| minus_days(latest, days)).find(may_leave) else { continue };
        days.push((earlier, day));
        (after, before) = (earlier, day);
    }
    for (earlier, day) in days.into_iter().rev() {
        for id in items {
            let Some(item) = account.receivable(*id) else { continue };
            let reference = steps::step_ref(item, &earlier.id);
            let last = account.steps_of(item).iter().map(|taken| taken.on).max();
            let is_due = steps::counted(account, item, earlier, world) <= day;
            let fits = is_due && day < today && last.is_none_or(|last| last < day);
            if account.has_taken(&reference) || account.declined.contains(&reference) || !fits {
                continue;
            }
            account.steps.push(StepTaken { step: reference, on: day, by: StepTaker::Agent });
            let sentence = format!("`{}` left on {day}", earlier.id);
            if !sentences.contains(&sentence) {
                let at = moment.dawn(day);
                let purpose = Purpose::Reminder;
                account.sent.push(SentMail { purpose, at, to: Vec::new(), items: Vec::new(), proposal: None });
                sentences.push(sentence);
            }
        }
    }
    sentences
}

/// Payments are supposed to be known as far as must be for asking for these and for what is overdue beside them, and no
/// further. Gives that day, and up to when they are known indeed; `None` where nothing need be supposed: today what lacks
/// it stays out of a mail that leaves without, while for a day ahead the owner is supposed to have said it by then.
pub(super) fn suppose_payments(
    account: &mut Account,
    items: &[ReceivableId],
    world: &World<'_>,
    is_ahead: bool,
) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let today = world.moment.today();
    let is_beside = |item: &Receivable| {
        silence::is_overdue(account, item, world) && silence::of_item(account, item, world).is_empty()
    };
    let (mut needed, mut known, mut is_wanted) = (Vec::new(), Vec::new(), is_ahead);
    for item in account.open_items() {
        let is_meant = items.contains(&item.id);
        let Some(day) = freshness::missing_for(account, item, world).filter(|day| *day < today) else { continue };
        if is_meant || is_beside(item) {
            is_wanted |= is_meant;
            known.push(item.payments_known_up_to);
            needed.push(day);
        }
    }
    let (known, day) = (known.into_iter().min().filter(|_| is_wanted)?, needed.into_iter().max()?);
    // Who says up to when payments are known says it of all.
    account.apply(&Change::PaymentsKnown { up_to: day });
    Some((day, known))
}
