//! Fresh payments or silence: how far payments must be known before anybody is reminded.

use super::World;
use super::deliberation::Deliberation;
use super::payday;
use super::steps::{self, anchor};
use crate::ledger::account::Account;
use crate::ledger::calendar::plus_banking_days;
use crate::ledger::case::CaseKind;
use crate::ledger::change::Change;
use crate::ledger::hold::{Hold, HoldKind};
use crate::ledger::ids::ReceivableId;
use crate::ledger::receivable::Receivable;
use chrono::NaiveDate;

/// The day up to which payments must be known before this receivable is chased; `None` when they are.
pub(super) fn missing_for(account: &Account, item: &Receivable, world: &World<'_>) -> Option<NaiveDate> {
    let due = payday::awaited_since(account, item, world.policy, world.moment.today());
    // What was tolerated could be paid until then.
    let due = due.max(anchor(account, item, world.policy));
    // What came back from the bank is paid by transfer from then on.
    let due = due.max(item.came_back.unwrap_or(due));
    // Who was asked may have paid since: whether they did is known before they are asked again.
    let due = due.max(steps::last_asked(account, item, world.policy).unwrap_or(due));
    let needed = plus_banking_days(due, world.policy.limits.fresh_payments_banking_days);
    item.payments_known_up_to.is_none_or(|known| known < needed).then_some(needed)
}

/// The last day whose movements the bank shows on the morning of another.
pub(super) fn shown_by_the_bank(today: NaiveDate) -> NaiveDate {
    today.pred_opt().unwrap_or(today)
}

/// Can what is missing for this receivable be known by now? Where it cannot, the owner could only say what does not suffice.
pub(super) fn can_be_known(account: &Account, item: ReceivableId, world: &World<'_>) -> bool {
    let needed = account.receivable(item).and_then(|item| missing_for(account, item, world));
    needed.is_none_or(|needed| needed <= shown_by_the_bank(world.moment.today()))
}

/// Who says up to when payments are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Teller {
    /// By an order: it answers the question of the morning. Where it does not reach far enough that comes back on the next
    /// day on which something would leave.
    Owner,
    /// With the books: it answers the question only where it reaches far enough. Books that lag behind would close it every
    /// day.
    Import,
}

/// Up to when payments are known.
pub(super) fn learn(d: &mut Deliberation<'_>, up_to: NaiveDate, teller: Teller) {
    let says = match teller {
        Teller::Owner => "The owner says",
        Teller::Import => "The import says",
    };
    d.record(Change::PaymentsKnown { up_to }, format!("{says} that payments are known up to {up_to}"));
    if teller == Teller::Owner || !is_still_asked(d) {
        d.close_cases(&[CaseKind::WhoHasPaid], &[], &format!("{says} up to when payments are known"));
    }
}

/// Is more missing of what the question of the morning names?
fn is_still_asked(d: &Deliberation<'_>) -> bool {
    let asked = d.account.open_cases().filter(|case| case.kind == CaseKind::WhoHasPaid).flat_map(|case| &case.items);
    let mut open = asked.filter_map(|id| d.account.receivable(*id)).filter(|item| !item.is_settled());
    open.any(|item| missing_for(&d.account, item, d.world).is_some())
}

/// The day up to which payments must be known before a promise or claim can be called broken.
pub(super) fn needed_for_hold(hold: &Hold, world: &World<'_>) -> Option<NaiveDate> {
    let limits = &world.policy.limits;
    let named = hold.named_day?;
    let days = match hold.kind {
        // A claimed payment may take its whole time to arrive.
        HoldKind::Claimed => limits.claim_banking_days.max(limits.fresh_payments_banking_days),
        _ => limits.fresh_payments_banking_days,
    };
    Some(plus_banking_days(named, days))
}
