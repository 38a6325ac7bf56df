//! What the bank collects (RiBa, direct debit): nothing is asked of the customer before it came back unpaid. Where nobody
//! said what became of it, the owner is asked; what came back begins with a telephone call.

use super::World;
use super::deliberation::{Deliberation, NewCase, NewHold};
use super::terms::Policy;
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::change::Change;
use crate::ledger::event::{Order, TELEPHONED};
use crate::ledger::hold::HoldKind;
use crate::ledger::ids::{CaseId, ReceivableId};
use crate::ledger::receivable::{Collection, Receivable};
use crate::ledger::words::Purpose;
use chrono::NaiveDate;

/// So many business days after the due date the bank has said whether it was paid (practice of credit management).
const NEWS_AFTER: u32 = 10;
/// So many business days the owner has for the telephone, before the ladder begins.
const CALL_WITHIN: u32 = 5;

/// The text of the first mail about what came back: no ordinary reminder, for nobody overlooked anything.
pub(super) const FIRST_MAIL: &str = "reminder_returned";

/// Did it come back unpaid, and was nothing written about it since that asks for it or confirms a day?
pub(super) fn is_first_mail(account: &Account, item: &Receivable, world: &World<'_>) -> bool {
    let Some(came_back) = item.came_back else { return false };
    let asks =
        |purpose| matches!(purpose, Purpose::Reminder | Purpose::Promise | Purpose::Deferral | Purpose::ClaimedPayment);
    let sent = account
        .sent
        .iter()
        .any(|mail| asks(mail.purpose) && mail.items.contains(&item.id) && world.moment.day_of(mail.at) >= came_back);
    let by_hand = account.steps_of(item).iter().any(|taken| taken.on >= came_back);
    !sent && !by_hand
}

/// No news: was it collected, or did it come back? Asked once.
pub(super) fn ask(d: &mut Deliberation<'_>) {
    let today = d.today();
    let was_asked =
        |id| d.account.cases.iter().any(|case| case.kind == CaseKind::BankCollection && case.items.contains(&id));
    let items: Vec<ReceivableId> = d
        .account
        .open_items()
        .into_iter()
        .filter(|item| item.collected_by() == Collection::Bank && item.missing_since.is_none())
        .filter(|item| today > last_day_for_news(item, d.world.policy))
        .filter(|item| d.account.hold_of(item.id, today).is_none())
        .map(|item| item.id)
        .filter(|id| !was_asked(*id))
        .collect();
    if items.is_empty() || !d.world.policy.calendar.is_business_day(today) {
        return;
    }
    d.open_case(
        NewCase {
            kind: CaseKind::BankCollection,
            message: None,
            particulars: particulars(d, &items),
            suggestions: vec![
                Order::Paid { items: items.clone(), amount: None, on: today },
                Order::CameBack { items: items.clone() },
            ],
            items,
        },
        format!("The bank collects it, and {NEWS_AFTER} business days after it was due there is no news"),
    );
}

fn last_day_for_news(item: &Receivable, policy: &Policy) -> NaiveDate {
    policy.calendar.plus_business_days(item.due, NEWS_AFTER)
}

/// The owner says that the bank could not collect these: the telephone comes first, then the ladder.
pub(super) fn came_back(d: &mut Deliberation<'_>, items: &[ReceivableId]) {
    let on = d.today();
    let is_with_the_bank = |id: &&ReceivableId| {
        d.account.receivable(**id).is_some_and(|item| item.collected_by() == Collection::Bank && !item.is_settled())
    };
    let items: Vec<ReceivableId> = items.iter().filter(is_with_the_bank).copied().collect();
    if items.is_empty() {
        return;
    }
    for receivable in items.iter().copied() {
        d.record(Change::CameBack { receivable, on }, "The owner says that the bank could not collect it");
        // The owner has looked at it, however old it is.
        d.record(Change::Released { receivable }, "The owner looked at it: the ladder may begin");
    }
    d.close_cases(&[CaseKind::BankCollection], &items, "The owner said that it came back unpaid");
    let until = d.world.policy.calendar.plus_business_days(on, CALL_WITHIN);
    d.place(
        NewHold::about(HoldKind::OwnerActive, &items).until(until),
        format!("It came back unpaid: the owner telephones first, and nothing is asked before {until} is over"),
    );
    d.open_case(
        // No step of the ladder: that begins after it, from its mildest.
        NewCase {
            kind: CaseKind::Call,
            message: None,
            particulars: particulars(d, &items),
            suggestions: vec![
                Order::Promise { items: items.clone(), by: until, amount: None },
                Order::Note { items: items.clone(), text: TELEPHONED.to_owned() },
                Order::Hold { items: items.clone(), until: Some(until), why: None },
            ],
            items,
        },
        "It came back unpaid: a telephone call comes first",
    );
}

/// The open question for the call after an insoluto: the one that no step of the ladder asks.
pub(super) fn open_call(account: &Account, item: ReceivableId) -> Option<CaseId> {
    let is_step = |case: &Case| case.suggestions.iter().any(|order| matches!(order, Order::StepDone { .. }));
    let mut calls = account.open_cases().filter(|case| case.kind == CaseKind::Call && case.items.contains(&item));
    calls.find(|case| !is_step(case)).map(|case| case.id)
}

/// Why nothing is asked for yet: what came back unpaid is telephoned about first.
pub(super) fn awaited_call(account: &Account, item: ReceivableId) -> Option<String> {
    let case = open_call(account, item)?;
    Some(format!("It came back unpaid, and a telephone call of yours comes first (C{case})"))
}

fn particulars(d: &Deliberation<'_>, items: &[ReceivableId]) -> Vec<String> {
    let told = |item: &Receivable| {
        let came_back = item.came_back.map_or("", |_| " The bank could not collect it.");
        format!("{}: {} open, due on {}.{came_back}", item.key.name(), item.open(), item.due)
    };
    items.iter().filter_map(|id| d.account.receivable(*id)).map(told).collect()
}
