//! A day came: holds end, and the ladder climbs at most one step.

use super::World;
use super::bank_collection;
use super::calls;
use super::claims;
use super::courtesy;
use super::credit;
use super::deliberation::{Deliberation, NewCase};
use super::examination::examine;
use super::freshness;
use super::instalments;
use super::ladder_end;
use super::look_again;
use super::monthly;
use super::owners_letter;
use super::proposal;
use super::recheck::answer_refusal;
use super::settlement::settle_holds;
use super::unfound;
use super::windows;
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::change::Cause;
use crate::ledger::decision::Decision;
use crate::ledger::event::{Order, TELEPHONED};
use crate::ledger::ids::{OutboxId, ReceivableId};
use crate::ledger::mail::{BusinessKey, MailPlan, OutboxRow};
use crate::ledger::words::{Mode, Purpose};

/// Decides what is due. Asked as often as one likes: what is planned or asked already is not planned or asked again.
pub(super) fn decide(account: &Account, world: &World<'_>) -> Decision {
    let mut d = Deliberation::new(account, world, Cause::Clock);
    let refused: Vec<(OutboxId, String)> =
        account.pending.iter().filter_map(|row| Some((row.id, answer_refusal(account, row, world)?))).collect();
    for (outbox, reason) in refused {
        d.hand_over_answers(&reason, |row| row.id == outbox);
    }
    withdraw_late_courtesy(&mut d);
    withdraw_late_statement(&mut d);
    credit::look(&mut d);
    proposal::look(&mut d);
    look_again::look(&mut d);
    let mut stale = settle_holds(&mut d);
    stale.extend(instalments::look(&mut d));
    let found = examine(&d.account, world);
    // In `observe` no step is taken, so nothing is asked either; `outlook` says what would happen.
    if world.policy.mode_for(account, Purpose::Reminder) == Mode::Observe {
        return courteous(d, found.courtesy);
    }
    stale.extend(found.stale.iter().filter(|id| freshness::can_be_known(&d.account, **id, world)));
    ask_who_has_paid(&mut d, stale);
    calls::ask(&mut d, found.calls);
    unfound::look(&mut d);
    for item in found.unanswered {
        ask_about_silence(&mut d, item);
    }
    // A question of another kind was just planned for this customer: one mail a day is enough.
    if let Some(mail) = found.mail.filter(|_| !d.has_planned()) {
        if found.is_final {
            let facts = claims::facts(&d.account, &mail, world);
            owners_letter::ask_to_sign(&mut d, &mail, facts);
        }
        d.plan(mail);
    }
    ladder_end::ask(&mut d, found.ended);
    bank_collection::ask(&mut d);
    courteous(d, found.courtesy)
}

/// A friendly word whose time is over stands in the way of what is due, wherever it waits: for a yes, or in Drafts.
fn withdraw_late_courtesy(d: &mut Deliberation<'_>) {
    let is_late = |row: &&OutboxRow| {
        matches!(row.plan.key, BusinessKey::Courtesy(..)) && courtesy::gone(&d.account, &row.plan, d.world).is_some()
    };
    let late: Vec<OutboxId> = d.account.pending.iter().filter(is_late).map(|row| row.id).collect();
    d.withdraw("Its time is over", |row| late.contains(&row.id));
}

/// The list of the month stands in the way of nothing either: as soon as it is out of place it is taken back.
fn withdraw_late_statement(d: &mut Deliberation<'_>) {
    let gone = |row: &OutboxRow| match &row.plan.key {
        BusinessKey::Statement(_, month) => monthly::gone(&d.account, row, *month, d.world),
        _ => None,
    };
    let late: Vec<(OutboxId, String)> = d.account.pending.iter().filter_map(|row| Some((row.id, gone(row)?))).collect();
    for (id, reason) in late {
        d.withdraw(&reason, |row| row.id == id);
    }
}

/// A friendly word goes last, and alone; the list of the month where nothing else goes.
fn courteous(mut d: Deliberation<'_>, mail: Option<MailPlan>) -> Decision {
    if let Some(mail) = mail.filter(|_| !d.has_planned()) {
        d.plan(mail);
    }
    if !d.has_planned()
        && let Some(mail) = monthly::compose(&d.account, d.world)
    {
        d.plan(mail);
    }
    d.finish(None)
}

fn ask_who_has_paid(d: &mut Deliberation<'_>, mut items: Vec<ReceivableId>) {
    items.sort_unstable();
    items.dedup();
    let today = d.today();
    // In the morning the bank shows the movements of the day before.
    let looked_up_to = freshness::shown_by_the_bank(today);
    let asked = d.account.cases.iter().filter(|case| case.kind == CaseKind::WhoHasPaid).any(|case| {
        // One morning question: closed without an answer, or with too old a day, it comes back the next day.
        case.closed.is_none_or(|closed| today <= d.world.moment.day_of(closed))
    });
    // On other days nothing would leave anyway: the morning question is "today these would go out, who has paid?".
    let is_idle =
        windows::reminder_day_refusal(d.world, &d.account.customer, today, windows::Manner::default()).is_some();
    if items.is_empty() || asked || is_idle {
        return;
    }
    let particulars = items
        .iter()
        .filter_map(|id| d.account.receivable(*id))
        .map(|item| match item.payments_known_up_to {
            Some(known) => format!("{}: payments are known up to {known}.", item.key.name()),
            None => format!("{}: it was never said up to when payments are known.", item.key.name()),
        })
        .collect();
    d.open_case(
        NewCase {
            kind: CaseKind::WhoHasPaid,
            message: None,
            suggestions: vec![
                Order::PaymentsKnown { up_to: looked_up_to },
                Order::Paid { items: items.clone(), amount: None, on: today },
            ],
            items,
            particulars,
        },
        "A reminder is due, but payments are not known far enough: nothing leaves before the owner says who paid",
    );
}

fn ask_about_silence(d: &mut Deliberation<'_>, item: ReceivableId) {
    let limit = d.world.policy.limits.unanswered_mails;
    let week = d.world.policy.calendar.plus_business_days(d.today(), 5);
    let items = vec![item];
    let telephoned = match calls::of(d, item) {
        Some(step) => Order::StepDone { step },
        None => Order::Note { items: items.clone(), text: TELEPHONED.to_owned() },
    };
    d.open_case(
        NewCase {
            kind: CaseKind::Silence,
            message: None,
            particulars: vec![format!("{limit} mails about it stayed without an answer.")],
            suggestions: vec![
                telephoned,
                Order::Promise { items: items.clone(), by: week, amount: None },
                Order::HandOver { items: items.clone() },
                Order::WriteOff { items: items.clone() },
            ],
            items,
        },
        "Total silence: the contact or the channel must change, not the adjective",
    );
}
