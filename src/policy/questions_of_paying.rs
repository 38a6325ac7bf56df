//! Questions to the owner that are open about what a customer wrote of paying: while one waits for an answer the ladder does,
//! and when the money comes it is answered.

use super::deliberation::Deliberation;
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::change::Cause;
use crate::ledger::hold::Hold;
use crate::ledger::ids::ReceivableId;

/// The open question about a mail that spoke of paying this.
pub(super) fn open(account: &Account, item: ReceivableId) -> Option<&Case> {
    account.open_cases().find(|case| is_of_paying(case) && case.items.contains(&item))
}

/// "It is paid", a word that was not kept, or a mail that speaks of paying in more than one way: a part now and the rest
/// then, another sum.
fn is_of_paying(case: &Case) -> bool {
    matches!(case.kind, CaseKind::ClaimedPayment | CaseKind::BrokenPromise)
        || case.kind == CaseKind::Mixed && case.message.is_some()
}

/// Is the mail that gave this word itself an open question? Then the customer is not asked about it beside the owner.
/// What was understood in every part (some now, the rest then) may be asked about all the same.
pub(super) fn is_asked_about(account: &Account, hold: &Hold) -> bool {
    question_of(account, hold).is_some_and(|case| case.kind == CaseKind::ClaimedPayment)
}

fn question_of<'a>(account: &'a Account, hold: &Hold) -> Option<&'a Case> {
    let Cause::Message { identity, .. } = &hold.cause else { return None };
    account.open_cases().find(|case| is_of_paying(case) && case.message.as_ref() == Some(identity))
}

/// Money came on what a mail said of paying, and no word of it is waited for any more: the question about it is answered,
/// whatever else is open.
pub(super) fn close_answered(d: &mut Deliberation<'_>, hold: &Hold) {
    let Some(case) = question_of(&d.account, hold).filter(|case| case.kind == CaseKind::Mixed).map(|case| case.id)
    else {
        return;
    };
    let waits = d.account.holds.iter().any(|other| other.ended.is_none() && is_same_mail(&other.cause, &hold.cause));
    if !waits {
        d.close_case(case, "Money came on what the customer wrote of");
    }
}

fn is_same_mail(one: &Cause, other: &Cause) -> bool {
    match (one, other) {
        (Cause::Message { identity: one, .. }, Cause::Message { identity: other, .. }) => one == other,
        _ => false,
    }
}
