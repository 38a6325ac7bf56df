//! What a preview supposes on its working copy of an account: steps that were taken, mails that left, payments known.

use super::World;
use super::freshness;
use super::proposal;
use super::steps::{self, minus_days};
use super::terms::Ladder;
use crate::ledger::account::{Account, ProposalSent, SentMail};
use crate::ledger::change::{StepTaken, StepTaker};
use crate::ledger::ids::{OutboxId, ReceivableId, StepId};
use crate::ledger::mail::MailPlan;
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Purpose;
use chrono::NaiveDate;

/// A call was made, without news.
pub(super) fn take(account: &mut Account, id: ReceivableId, step: &StepId, on: NaiveDate) {
    let Some(item) = account.receivable(id) else { return };
    let step = steps::step_ref(item, step);
    account.steps.push(StepTaken { step, on, by: StepTaker::Owner });
}

/// The mail left: its steps are taken.
pub(super) fn leaves(account: &mut Account, plan: &MailPlan, moment: Moment) {
    for step in &plan.steps {
        account.steps.push(StepTaken { step: step.clone(), on: moment.today(), by: StepTaker::Agent });
    }
    let (purpose, at) = (plan.purpose, moment.instant);
    let proposal = proposal::proposed_by(account, plan).map(|hold| ProposalSent { hold, outbox: OutboxId(0) });
    account.sent.push(SentMail { purpose, at, to: plan.to.clone(), items: plan.items.clone(), proposal });
}

/// Steps before this one that were not taken are supposed to have been, at the ladder's own distances.
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
    for earlier in ladder.steps.iter().take(index).filter(|earlier| steps::is_mail(earlier)) {
        let day = minus_days(today, step.when.days_since(earlier.when));
        let day = world.policy.calendar.on_or_after(day);
        for id in items {
            let Some(item) = account.receivable(*id) else { continue };
            let reference = steps::step_ref(item, &earlier.id);
            let last = account.steps_of(item).iter().map(|taken| taken.on).max();
            let fits = day < today && last.is_none_or(|last| last < day);
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

/// Payments are supposed to be known up to the day before, where they are not known far enough (or for a later day).
/// Gives that day, and up to when they are known indeed.
pub(super) fn suppose_payments(
    account: &mut Account,
    items: &[ReceivableId],
    moment: Moment,
    world: &World<'_>,
    always: bool,
) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let day = minus_days(moment.today(), 1);
    let stale = |item: &Receivable| freshness::missing_for(account, item, world).is_some();
    let concerned: Vec<ReceivableId> = account
        .open_items()
        .into_iter()
        .filter(|item| item.payments_known_up_to.is_none_or(|known| known < day) && (always || stale(item)))
        .map(|item| item.id)
        .collect();
    let known =
        account.open_items().into_iter().filter(|item| items.contains(&item.id) && concerned.contains(&item.id));
    let known = known.map(|item| item.payments_known_up_to).min();
    for item in account.receivables.iter_mut().filter(|item| concerned.contains(&item.id)) {
        item.payments_known_up_to = Some(day);
    }
    known.map(|known| (day, known))
}
