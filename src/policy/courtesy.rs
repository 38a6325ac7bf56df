//! Mails before anything is due: has the invoice arrived, and a note of thanks. Only where there is nothing at issue with
//! the customer; they ask for no money, and count for nothing that was asked.

use super::World;
use super::approval;
use super::customers;
use super::examination::{Due, below_minimum};
use super::silence;
use super::steps::plus_days;
use super::terms::{Step, StepAct};
use super::windows::{self, Manner};
use super::{season, steps};
use crate::ledger::account::Account;
use crate::ledger::ids::{ReceivableId, StepId};
use crate::ledger::mail::{BusinessKey, MailPlan, Particulars};
use crate::ledger::receivable::{Receivable, ReceivableKind};
use crate::ledger::words::{DebtorKind, Mode, Purpose};
use chrono::NaiveDate;

/// The day before which a friendly word comes: that on which it falls due, as agreed; of what is only planned the day on
/// which it is issued, since nothing is owed of it.
pub(super) fn ends_on(account: &Account, item: &Receivable) -> NaiveDate {
    if item.kind == ReceivableKind::Planned { item.key.issued } else { account.agreed_day(item) }
}

/// Its time is over, or the owner wants none: nothing is said of it then.
pub(super) fn is_out_of_the_question(account: &Account, item: &Receivable, world: &World<'_>) -> bool {
    world.policy.mode_for(account, Purpose::Courtesy) == Mode::Observe || world.moment.today() >= ends_on(account, item)
}

/// Why such a step is not for this receivable, as an English clause; `None` when it may be taken.
pub(super) fn barrier(account: &Account, item: &Receivable, step: &Step, world: &World<'_>) -> Option<String> {
    if world.policy.mode_for(account, Purpose::Courtesy) == Mode::Observe {
        return Some("mails of courtesy are only observed".to_owned());
    }
    let today = world.moment.today();
    if today >= ends_on(account, item) || item.cycle > 0 {
        return Some("its time is over".to_owned());
    }
    at_issue(account, world).map(str::to_owned).or_else(|| {
        let is_note = matches!(step.act, StepAct::Note(_));
        not_for(account, item, is_note, world).map(str::to_owned)
    })
}

/// What makes any friendly word out of place.
fn at_issue(account: &Account, world: &World<'_>) -> Option<&'static str> {
    if account.open_items().iter().any(|item| silence::is_overdue(account, item, world)) {
        return Some("something of this customer is overdue");
    }
    if account.holds.iter().any(|hold| hold.ended.is_none()) {
        return Some("something of this customer is in a hold");
    }
    if account.open_cases().next().is_some() {
        return Some("a question about this customer is open");
    }
    account.customer.contacts.iter().any(|contact| contact.bounced).then_some("an address of this customer is dead")
}

/// Who and what such a mail is not for.
fn not_for(account: &Account, item: &Receivable, is_note: bool, world: &World<'_>) -> Option<&'static str> {
    let today = world.moment.today();
    if account.customer.kind == DebtorKind::PublicBody {
        return Some("a public body gets none");
    }
    if is_note && account.customer.is_confidential() {
        return Some("the customer is confidential");
    }
    if !item.collected_by().is_paid_to_us() || item.missing_since.is_some() {
        return Some("it is collected by somebody else, or missing from the import");
    }
    if !is_note && below_minimum(&[item], world).is_some() {
        return Some("its sum is below the minimum");
    }
    if is_note {
        if account.customer.kind == DebtorKind::Condominium {
            return Some("an administrator gets none");
        }
        let thanked = account.sent.iter().filter(|mail| matches!(mail.purpose, Purpose::Courtesy | Purpose::Thanks));
        let gap = world.policy.limits.thanks_gap_days;
        let lately = thanked.map(|mail| plus_days(world.moment.day_of(mail.at), gap)).any(|again| today < again);
        return lately.then_some("the customer was thanked, or asked, lately");
    }
    if item.kind == ReceivableKind::Planned || item.key.issued > today {
        return Some("it is not issued yet");
    }
    let ladder = customers::ladder_for(world.policy, account)?;
    let is_check = |name: &StepId| {
        ladder.steps.iter().any(|step| step.id == *name && matches!(step.act, StepAct::ReceiptCheck(_)))
    };
    account.steps_of(item).iter().any(|taken| is_check(taken.name())).then_some("it was asked about already")
}

/// Documents of which a note may speak although nothing is owed yet: planned ones that are not over.
pub(super) fn planned_items(account: &Account) -> impl Iterator<Item = &Receivable> {
    account
        .receivables
        .iter()
        .filter(|item| item.kind == ReceivableKind::Planned && item.closure.is_none() && item.missing_since.is_none())
}

/// The one mail of a day: whether invoices arrived goes before a note. `None` where nobody can be written to, or where it
/// would leave only when something is due.
pub(super) fn compose(account: &Account, world: &World<'_>, due: &[Due<'_>]) -> Option<MailPlan> {
    let is_check = |due: &&Due<'_>| matches!(due.next.step.act, StepAct::ReceiptCheck(_));
    let (checks, notes): (Vec<&Due<'_>>, Vec<&Due<'_>>) = due.iter().partition(is_check);
    let mut chosen = if checks.is_empty() { notes } else { checks };
    let act = &chosen.first()?.next.step.act;
    chosen.retain(|due| due.next.step.act == *act);
    let mail = letter(account, world, &chosen)?;
    let day = world.moment.day_of(mail.not_before);
    chosen.iter().all(|due| day < ends_on(account, due.item)).then_some(mail)
}

/// The mail of some steps that do the same.
pub(super) fn letter(account: &Account, world: &World<'_>, chosen: &[&Due<'_>]) -> Option<MailPlan> {
    let first = chosen.first()?;
    let step = first.next.step;
    let leaves = windows::reminder_time(world, &account.customer, world.moment.instant, Manner::of(step));
    let day = world.moment.day_of(leaves);
    let (to, cc) = silence::recipients(account, world)?;
    let mut items: Vec<&Receivable> = chosen.iter().map(|due| due.item).collect();
    items.sort_by_key(|item| (item.due, item.id));
    let items: Vec<ReceivableId> = items.into_iter().map(|item| item.id).collect();
    let asks = matches!(step.act, StepAct::ReceiptCheck(_));
    let attaches = asks && !account.customer.is_confidential();
    Some(MailPlan {
        key: BusinessKey::Courtesy(account.customer.id, world.moment.today()),
        purpose: Purpose::Courtesy,
        template: step.act.template()?.clone(),
        customer: Some(account.customer.id),
        attach_documents: items.iter().copied().filter(|id| attaches && world.documents.contains(id)).collect(),
        items,
        steps: chosen.iter().map(|due| due.next.reference.clone()).collect(),
        to,
        cc,
        not_before: leaves,
        answers: None,
        particulars: Particulars {
            season: season::ahead(world, &account.customer, day).filter(|_| !asks),
            ..Particulars::default()
        },
        needs_approval: approval::is_needed(account, world.policy),
        because: format!(
            "Step `{}` before {} is {}: nothing is at issue with the customer",
            step.id,
            first.item.key.name(),
            if first.item.kind == ReceivableKind::Planned { "issued" } else { "due" }
        ),
    })
}

/// Why a planned mail of this sort is not wanted any more.
pub(super) fn gone(account: &Account, plan: &MailPlan, world: &World<'_>) -> Option<String> {
    if let Some(reason) = silence::standing(account, world).into_iter().next() {
        return Some(reason);
    }
    let leaves = world.moment.day_of(plan.not_before).max(world.moment.today());
    if let Some(season) = plan.particulars.season
        && season::ahead(world, &account.customer, leaves) != Some(season)
    {
        return Some("The holidays that it wishes well for lie behind".to_owned());
    }
    let is_next = |item: &Receivable| steps::next_step(account, item, world).map(|next| next.reference);
    plan.steps.iter().find_map(|step| {
        let Some(item) = account.receivable(step.receivable) else {
            return Some(format!("Receivable {} is unknown", step.receivable));
        };
        let is_over = item.is_settled() || is_next(item).is_none_or(|next| next != *step);
        is_over.then(|| format!("Step `{}` of {} is not the next one any more", step.step, item.key.name()))
    })
}
