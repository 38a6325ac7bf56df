//! The letter that the owner finishes and signs: whose it is, by which way it goes, and the question that goes with it.

use super::World;
use super::customers;
use super::deliberation::{Deliberation, NewCase};
use super::silence;
use super::terms::Policy;
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::event::Order;
use crate::ledger::ids::Address;
use crate::ledger::mail::MailPlan;
use crate::ledger::words::DebtorKind;

/// Is this plan such a letter, whatever the mode?
pub(super) fn is_one(account: &Account, plan: &MailPlan, policy: &Policy) -> bool {
    let Some(ladder) = customers::ladder_for(policy, account) else { return false };
    plan.steps.iter().any(|planned| ladder.steps.iter().any(|step| step.is_owners() && step.id == planned.step))
}

/// To and Cc: the certified address on file where there is one, and nobody in copy; else as any other mail.
pub(super) fn recipients(account: &Account, world: &World<'_>) -> Option<(Vec<Address>, Vec<Address>)> {
    match certified(account, world) {
        Some(pec) => Some((vec![pec], Vec::new())),
        None => silence::recipients(account, world),
    }
}

/// To whom a planned mail would go now, such a letter or not.
pub(super) fn recipients_of_plan(
    account: &Account,
    plan: &MailPlan,
    world: &World<'_>,
) -> Option<(Vec<Address>, Vec<Address>)> {
    if is_one(account, plan, world.policy) { recipients(account, world) } else { silence::recipients(account, world) }
}

fn certified(account: &Account, world: &World<'_>) -> Option<Address> {
    let pec = &account.customer.pec()?.address;
    (!world.policy.own_addresses.contains(pec)).then(|| pec.clone())
}

/// It lies ready: the owner is told, with what to know before it is signed.
pub(super) fn ask_to_sign(d: &mut Deliberation<'_>, mail: &MailPlan, facts: Vec<String>) {
    let ready = "The final notice lies ready as a draft: the owner finishes and signs it.".to_owned();
    let way = by_which_way(&d.account, mail, d.world);
    let missing = without_cig(&d.account, mail);
    d.open_case(
        NewCase {
            kind: CaseKind::FinalNotice,
            message: None,
            items: mail.items.clone(),
            particulars: [ready, way].into_iter().chain(missing).chain(facts).collect(),
            suggestions: vec![
                Order::Hold { items: mail.items.clone(), until: None, why: None },
                Order::HandOver { items: mail.items.clone() },
            ],
        },
        "The next step of the ladder is the owner's own letter",
    );
}

/// How such a letter gets there so that its arrival is proven: to the certified address on file, else by post (art. 48 CAD,
/// D.Lgs. 82/2005: from a certified mailbox to a certified one it is as a notification by post).
fn by_which_way(account: &Account, mail: &MailPlan, world: &World<'_>) -> String {
    match certified(account, world).filter(|pec| mail.to.contains(pec)) {
        Some(pec) => format!(
            "It goes to the PEC on file, {pec}: send it from a PEC mailbox of yours; from an ordinary one its arrival is not \
             proven."
        ),
        None => format!(
            "No PEC of this customer is on file: send it by registered letter (raccomandata con avviso di ricevimento), or \
             write pec = \"…\" for {} into customers.toml (INI-PEC, INAD and IPA list them).",
            account.customer.name
        ),
    }
}

/// A public body pays nothing without a CIG where one is due (art. 3 L. 136/2010): the owner knows whether it is.
fn without_cig(account: &Account, mail: &MailPlan) -> Option<String> {
    let items = mail.items.iter().filter_map(|id| account.receivable(*id));
    let lacking: Vec<&str> =
        items.filter(|item| item.exchange.cig.is_none()).map(|item| item.key.number.as_str()).collect();
    let is_public = account.customer.kind == DebtorKind::PublicBody;
    (is_public && !lacking.is_empty())
        .then(|| format!("No CIG is known of {}: where one is due it is not paid without.", lacking.join(", ")))
}
