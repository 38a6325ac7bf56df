//! The letter that the owner finishes and signs: whose it is, by which way it goes, and the question that goes with it.

use super::World;
use super::customers;
use super::deliberation::{Deliberation, NewCase};
use super::repetition;
use super::silence;
use super::steps::{self, NextStep};
use super::terms::{Policy, Step, StepAct};
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::event::Order;
use crate::ledger::ids::{Address, StepId};
use crate::ledger::mail::MailPlan;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::{DebtorKind, Language};

/// The text by which a contract ends unless it is performed in time (diffida ad adempiere, art. 1454 c.c.).
pub const NOTICE_TO_PERFORM: &str = "notice_to_perform";

/// Why this customer gets no notice to perform, as an English clause: it is of Italian law, and written in Italian.
pub(super) fn no_notice_to_perform(account: &Account, step: &Step) -> Option<String> {
    let customer = &account.customer;
    let asks = matches!(&step.act, StepAct::OwnerDraft(template) if template.as_str() == NOTICE_TO_PERFORM);
    let is_abroad =
        customer.kind == DebtorKind::Foreign || customer.country.as_deref().is_some_and(|land| land != "IT");
    (asks && (is_abroad || customer.language != Language::Italian)).then(|| {
        "a notice to perform is of Italian law, for customers in Italy who are written to in Italian".to_owned()
    })
}

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

/// The letter as the next step of what an earlier mail asked for by a day, in the tone of the last mail before the letter:
/// once that day is past it goes into the letter that is due, whatever its own steps are. A notice that names half of what
/// is overdue would say that the other half can wait.
pub(super) fn as_next<'a>(
    account: &Account,
    item: &Receivable,
    letter: &StepId,
    world: &World<'a>,
) -> Option<NextStep<'a>> {
    let ladder = customers::ladder_for(world.policy, account)?;
    let index = steps::position(ladder, letter)?;
    let step = ladder.steps.get(index).filter(|step| step.is_owners())?;
    let last = ladder.steps.iter().take(index).rposition(steps::is_mail)?;
    repetition::named_in(account, item, ladder, &(last..index), world)?;
    let given = steps::given_until(account, item, world)?;
    let is_before = steps::next_step(account, item, world).is_some_and(|next| next.index < index);
    (is_before && steps::passed_over(account, item, step, world).is_none()).then(|| NextStep {
        index,
        step,
        due_on: steps::plus_days(given, 1),
        instead_of: None,
        reference: steps::step_ref(item, letter),
    })
}

fn certified(account: &Account, world: &World<'_>) -> Option<Address> {
    let pec = &account.customer.pec()?.address;
    (!world.policy.own_addresses.contains(pec)).then(|| pec.clone())
}

const READY: &str = "The final notice lies ready as a draft: the owner finishes and signs it.";
/// Who asks for performance in this way cannot go back to it afterwards.
const ENDS_THE_CONTRACT: &str = "The notice to perform (diffida ad adempiere, art. 1454 c.c.) lies ready as a draft: the owner \
     finishes and signs it. When its term passes in vain the contract is at an end by law: what can be claimed then is \
     restitution and damages, not performance. It is for a contract that is to end so; ask a lawyer first.";

/// It lies ready: the owner is told, with what to know before it is signed.
pub(super) fn ask_to_sign(d: &mut Deliberation<'_>, mail: &MailPlan, facts: Vec<String>) {
    let what = if mail.template.as_str() == NOTICE_TO_PERFORM { ENDS_THE_CONTRACT } else { READY };
    let ready = what.to_owned();
    let way = by_which_way(&d.account, mail, d.world);
    let missing = without_cig(&d.account, mail);
    // What goes by another way than the draft is seen by nobody but the owner.
    let by_post = mail.steps.iter().map(|step| Order::StepDone { step: step.clone() });
    d.open_case(
        NewCase {
            kind: CaseKind::FinalNotice,
            message: None,
            items: mail.items.clone(),
            particulars: [ready, way].into_iter().chain(missing).chain(facts).collect(),
            suggestions: by_post
                .chain([
                    Order::Hold { items: mail.items.clone(), until: None, why: None },
                    Order::HandOver { items: mail.items.clone() },
                ])
                .collect(),
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
    let lacking: Vec<_> = items.filter(|item| item.exchange.cig.is_none()).map(|item| item.key.name()).collect();
    let is_public = account.customer.kind == DebtorKind::PublicBody;
    (is_public && !lacking.is_empty())
        .then(|| format!("No CIG is known of {}: where one is due it is not paid without.", lacking.join(", ")))
}
