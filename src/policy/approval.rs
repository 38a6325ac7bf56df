//! Which mails a person must see before they leave.

use super::customers::ladder_for;
use super::deliberation::is_unasked;
use super::terms::{Policy, Step, StepAct};
use crate::ledger::account::Account;
use crate::ledger::mail::{OutboxRow, StepRef};
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
        || is_firm_to_a_supplier(account, &plan.steps, policy)
        || policy.mode_of(account, plan) == Mode::Draft
        || (is_unasked(&plan.key) && is_needed(account, policy))
}

/// Does a mail with these steps of the account's ladder wait since the customer is also a supplier? From the first firm step
/// on everything does: what is asked for may be about to be set off.
#[must_use]
pub fn is_firm_to_a_supplier(account: &Account, steps: &[StepRef], policy: &Policy) -> bool {
    let Some(ladder) = ladder_for(policy, account).filter(|_| account.customer.is_also_supplier()) else {
        return false;
    };
    let is_firm = |step: &Step| {
        step.firm || matches!(step.act, StepAct::StopWork(_) | StepAct::OwnerDraft(_) | StepAct::HandOver)
    };
    let firm = ladder.steps.iter().skip_while(|step| !is_firm(step));
    let known = |taken: &StepRef| ladder.steps.iter().any(|step| step.id == taken.step);
    let mut firm_names = firm.map(|step| &step.id);
    // A step of another ladder than today's: nobody can tell how firm it is.
    steps.iter().any(|taken| !known(taken)) || firm_names.any(|name| steps.iter().any(|taken| taken.step == *name))
}

/// Nothing left yet, or only friendly words before anything was due, which count for nothing that is asked.
fn is_first(account: &Account) -> bool {
    account.sent.iter().all(|mail| mail.purpose == Purpose::Courtesy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::customer::Customer;
    use crate::ledger::ids::{CustomerId, OutboxId, ReceivableId, StepId, TemplateId};
    use crate::ledger::mail::{BusinessKey, MailPlan, OutboxState, Particulars};
    use crate::ledger::words::DebtorKind;
    use crate::policy::terms::{Ladder, When};
    use chrono::{DateTime, NaiveDate};

    /// A first reminder that waits, with everything sent by itself.
    fn planned() -> (Account, OutboxRow, Policy) {
        let id = CustomerId(1);
        let plan = MailPlan {
            key: BusinessKey::Reminder(id, NaiveDate::default()),
            purpose: Purpose::Reminder,
            template: TemplateId::new("reminder_friendly"),
            customer: Some(id),
            items: Vec::new(),
            steps: Vec::new(),
            to: Vec::new(),
            cc: Vec::new(),
            not_before: DateTime::UNIX_EPOCH,
            answers: None,
            attach_documents: Vec::new(),
            particulars: Particulars::default(),
            needs_approval: false,
            because: String::new(),
        };
        let row = OutboxRow {
            id: OutboxId(1),
            plan,
            revision: 1,
            state: OutboxState::Planned,
            state_reason: None,
            planned_at: DateTime::UNIX_EPOCH,
            approved: false,
            attempts: 0,
        };
        let mut policy = Policy::shipped();
        policy.modes.insert(Purpose::Reminder, Mode::Send);
        policy.limits.approve_first_mail = false;
        (Account::new(Customer::named(id, "Ditta")), row, policy)
    }

    #[test]
    fn from_the_firm_step_on_a_supplier_is_not_written_to_without_a_yes() {
        let (mut account, mut row, policy) = planned();
        let mut of = |kind, step: &str, supplier: bool| {
            account.customer.kind = kind;
            account.customer.arranged.also_supplier = supplier;
            let step = StepRef { receivable: ReceivableId(1), cycle: 0, step: StepId::new(step) };
            row.plan.steps = vec![step];
            must_be_asked(&account, &row, &policy)
        };
        for step in ["friendly", "second"] {
            assert!(!of(DebtorKind::Firm, step, true), "{step} is as for others");
        }
        assert!(of(DebtorKind::Firm, "firm", true));
        assert!(!of(DebtorKind::Firm, "firm", false));
        assert!(of(DebtorKind::Consumer, "firm", true), "a step that this ladder does not know");
        assert!(!of(DebtorKind::Consumer, "second", true));
    }

    #[test]
    fn what_comes_behind_a_firm_step_is_firm_too() {
        let (mut account, mut row, mut policy) = planned();
        account.customer.arranged.also_supplier = true;
        let mail = |name: &str| {
            Step::new(StepId::new(name), When::After(7), StepAct::Mail(TemplateId::new("reminder_second")))
        };
        let steps = vec![mail("one"), Step { firm: true, ..mail("two") }, mail("three")];
        policy.ladders.insert(account.customer.kind, Ladder { steps });
        for (step, asked) in [("one", false), ("two", true), ("three", true)] {
            row.plan.steps = vec![StepRef { receivable: ReceivableId(1), cycle: 0, step: StepId::new(step) }];
            assert_eq!(must_be_asked(&account, &row, &policy), asked, "{step}");
        }
    }

    #[test]
    fn each_change_of_mind_is_heard() {
        type Change = fn(&mut Account, &mut Policy);
        let firm = |account: &mut Account, _: &mut Policy| account.customer.arranged.also_supplier = true;
        let changes: [(&str, bool, Change); 5] = [
            ("also a supplier, but nothing firm", false, firm),
            ("nothing changed", false, |_, _| {}),
            ("marked as VIP", true, |account, _| account.customer.vip = true),
            ("drafts", true, |_, policy| policy.modes.extend([(Purpose::Reminder, Mode::Draft)])),
            ("the first mail", true, |_, policy| policy.limits.approve_first_mail = true),
        ];
        for (what, asked, change) in changes {
            let (mut account, mut row, mut policy) = planned();
            change(&mut account, &mut policy);
            assert_eq!(must_be_asked(&account, &row, &policy), asked, "{what}");
            row.approved = true;
            assert!(!must_be_asked(&account, &row, &policy), "{what}, and approved");
        }
    }
}
