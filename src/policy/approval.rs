//! Which mails a person must see before they leave.

use super::deliberation::is_unasked;
use super::terms::Policy;
use crate::ledger::account::Account;
use crate::ledger::mail::OutboxRow;
use crate::ledger::words::{Mode, Purpose};

/// Must a person approve a mail of our own accord? Every one to a customer so marked, and the first ever.
pub(super) fn is_needed(account: &Account, policy: &Policy) -> bool {
    account.customer.vip || (policy.limits.approve_first_mail && is_first(account))
}

/// Was it decided since a mail was planned that a person looks at it first? The owner may have marked the customer, or
/// changed the rules, while a server put it off or it waited for its hour.
#[must_use]
pub fn must_be_asked(account: &Account, row: &OutboxRow, policy: &Policy) -> bool {
    let plan = &row.plan;
    if row.approved || plan.purpose == Purpose::Notice {
        return false;
    }
    account.customer.vip
        || policy.mode_of(account, plan) == Mode::Draft
        || (is_unasked(&plan.key) && is_needed(account, policy))
}

/// Nothing left yet, or only friendly words before anything was due, which count for nothing that is asked.
fn is_first(account: &Account) -> bool {
    account.sent.iter().all(|mail| mail.purpose == Purpose::Courtesy)
}
