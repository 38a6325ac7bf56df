//! One mail for several accounts that one person looks after: which reminders may share one, and in what tone.
//!
//! An administrator of twelve condominiums is one reader. Sister companies are not: they never share a table or a total
//! unless the owner links them (a debt is shown to nobody else). So the same address is a link among condominiums only;
//! for all others it is a group of `customers.toml` that says `one_mail = true`.

use super::closure;
use super::owners_letter;
use super::terms::Policy;
use crate::ledger::account::Account;
use crate::ledger::ids::GroupName;
use crate::ledger::interest::Claims;
use crate::ledger::mail::{BusinessKey, MailPlan, OutboxRow};
use crate::ledger::words::{DebtorKind, Mode, Purpose};
use chrono::NaiveDate;

/// Texts that can speak for several accounts, the softest first. Others name what only one of them has: a work that
/// stops, a claim, a promise.
const TEXTS: [&str; 4] = [closure::TEMPLATE, "reminder_friendly", "reminder_second", "reminder_firm"];

/// Could this reminder share a mail with another at all?
#[must_use]
pub fn may_be_shared(policy: &Policy, account: &Account, row: &OutboxRow) -> bool {
    let plan = &row.plan;
    plan.purpose == Purpose::Reminder
        && matches!(plan.key, BusinessKey::Reminder(..))
        && plan.to.len() == 1
        && plan.answers.is_none()
        && plan.attach_documents.is_empty()
        && plan.particulars.claims == Claims::default()
        && softness(plan).is_some()
        && !account.customer.is_confidential()
        // What a person sends by hand is laid down one by one.
        && policy.mode_of(account, plan) == Mode::Send
        && !owners_letter::is_one(account, plan, policy)
        && is_linked_at_all(policy, account)
}

/// May these two go in one mail? Both [may be shared](may_be_shared), go to the very same people in the same language and
/// form of address, were approved alike, and the owner links the two accounts.
#[must_use]
pub fn may_share(policy: &Policy, one: (&Account, &OutboxRow), other: (&Account, &OutboxRow)) -> bool {
    let (ours, theirs) = (&one.0.customer, &other.0.customer);
    ours.id != theirs.id
        && one.1.plan.to == other.1.plan.to
        && one.1.plan.cc == other.1.plan.cc
        && one.1.approved == other.1.approved
        && ours.language == theirs.language
        && ours.register == theirs.register
        && (softness(&one.1.plan) == softness(&other.1.plan) || !(is_first(one.0) || is_first(other.0)))
        && are_linked(policy, one.0, other.0)
        && may_be_shared(policy, one.0, one.1)
        && may_be_shared(policy, other.0, other.1)
}

/// Nobody was ever reminded of this account: the first contact is never firmer than the friendly reminder, and so it does
/// not go along with a firmer one.
fn is_first(account: &Account) -> bool {
    account.sent.iter().all(|mail| mail.purpose != Purpose::Reminder)
}

fn is_linked_at_all(policy: &Policy, account: &Account) -> bool {
    is_administered(policy, account) || linking_group(policy, account).is_some()
}

fn are_linked(policy: &Policy, one: &Account, other: &Account) -> bool {
    let group = linking_group(policy, one);
    if group.is_some() && group == linking_group(policy, other) {
        return true;
    }
    let contact = |account: &Account| account.customer.primary_contact().map(|contact| contact.address.clone());
    is_administered(policy, one)
        && is_administered(policy, other)
        && contact(one).is_some()
        && contact(one) == contact(other)
}

fn is_administered(policy: &Policy, account: &Account) -> bool {
    policy.limits.one_mail_to_administrators && account.customer.kind == DebtorKind::Condominium
}

/// The group by which the owner links this customer with others; one that a record chooses links nobody.
fn linking_group<'a>(policy: &Policy, account: &'a Account) -> Option<&'a GroupName> {
    let name = account.customer.arranged.group.as_ref()?;
    policy.customers.groups.get(name).filter(|group| group.one_mail).map(|_| name)
}

fn softness(plan: &MailPlan) -> Option<usize> {
    TEXTS.iter().position(|text| *text == plan.template.as_str())
}

/// What is said to all of them, as the plan of the first: the tone of the highest step, and of the facts only what is
/// true of each. `None` where there is nothing to join.
#[must_use]
pub fn joint_plan(plans: &[&MailPlan]) -> Option<MailPlan> {
    let (first, others) = plans.split_first().filter(|(_, others)| !others.is_empty())?;
    let highest = plans.iter().max_by_key(|plan| softness(plan))?;
    let mut joint = (*first).clone();
    joint.template = highest.template.clone();
    joint.particulars = highest.particulars.clone();
    // What is listed beside what is asked for is each account's own; the plan of the first names its own.
    joint.particulars.upcoming = first.particulars.upcoming.clone();
    joint.particulars.asked_before = first.particulars.asked_before.clone();
    // Nobody gets less time than their own step gives.
    joint.particulars.deadline = plans.iter().filter_map(|plan| plan.particulars.deadline).max();
    let of_all = |day: &NaiveDate| others.iter().all(|plan| plan.particulars.earlier_reminders.contains(day));
    joint.particulars.earlier_reminders = first.particulars.earlier_reminders.iter().copied().filter(of_all).collect();
    joint.particulars.payments_known_up_to = plans.iter().map(|plan| plan.particulars.payments_known_up_to).min()?;
    Some(joint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::customer::{Contact, ContactRole, Customer};
    use crate::ledger::ids::{Address, CustomerId, GroupName, OutboxId, TemplateId};
    use crate::ledger::mail::{OutboxState, Particulars};
    use crate::ledger::words::{Language, Register};
    use crate::policy::customers::Group;
    use chrono::DateTime;

    fn policy() -> Policy {
        let mut policy = Policy::shipped();
        policy.modes.insert(Purpose::Reminder, Mode::Send);
        policy
    }

    fn one(id: i64, kind: DebtorKind) -> (Account, OutboxRow) {
        let address = Address::parse("lucia@studioconti.example").expect("an address");
        let contact = Contact { address: address.clone(), name: None, role: ContactRole::Primary, bounced: false };
        let customer = Customer { kind, contacts: vec![contact], ..Customer::named(CustomerId(id), "Condominio") };
        let plan = MailPlan {
            key: BusinessKey::Reminder(CustomerId(id), NaiveDate::default()),
            purpose: Purpose::Reminder,
            template: TemplateId::new("reminder_friendly"),
            customer: Some(CustomerId(id)),
            items: Vec::new(),
            steps: Vec::new(),
            to: vec![address],
            cc: Vec::new(),
            not_before: DateTime::UNIX_EPOCH,
            answers: None,
            attach_documents: Vec::new(),
            particulars: Particulars::default(),
            needs_approval: false,
            because: String::new(),
        };
        let row = OutboxRow {
            id: OutboxId(id),
            plan,
            revision: 1,
            state: OutboxState::Planned,
            state_reason: None,
            planned_at: DateTime::UNIX_EPOCH,
            approved: false,
            attempts: 0,
        };
        (Account::new(customer), row)
    }

    fn share(policy: &Policy, a: &(Account, OutboxRow), b: &(Account, OutboxRow)) -> bool {
        let there = may_share(policy, (&a.0, &a.1), (&b.0, &b.1));
        assert_eq!(there, may_share(policy, (&b.0, &b.1), (&a.0, &a.1)), "either way round");
        there
    }

    #[test]
    fn condominiums_of_one_reader_share_and_nobody_else() {
        let policy = policy();
        let aurora = one(1, DebtorKind::Condominium);
        assert!(share(&policy, &aurora, &one(2, DebtorKind::Condominium)));
        assert!(!share(&policy, &aurora, &aurora), "not with itself");
        for kind in DebtorKind::ALL.iter().filter(|kind| **kind != DebtorKind::Condominium) {
            assert!(!share(&policy, &aurora, &one(2, *kind)), "{kind}");
            assert!(!share(&policy, &one(1, *kind), &one(2, *kind)), "{kind}: sister companies share nothing");
        }
        let mut off = policy;
        off.limits.one_mail_to_administrators = false;
        assert!(!share(&off, &aurora, &one(2, DebtorKind::Condominium)));
    }

    #[test]
    fn whatever_differs_keeps_them_apart() {
        type Change = fn(&mut (Account, OutboxRow));
        let elsewhere = || vec![Address::parse("another@studioconti.example").expect("an address")];
        let changes: [(&str, Change); 12] = [
            ("language", |other| other.0.customer.language = Language::German),
            ("form of address", |other| other.0.customer.register = Register::Voi),
            ("approved", |other| other.1.approved = true),
            ("confidential", |other| other.0.customer.arranged.confidential = true),
            ("purpose", |other| other.1.plan.purpose = Purpose::Statement),
            ("a work that stops", |other| other.1.plan.template = TemplateId::new("stop_work")),
            ("a text of the owner's", |other| other.1.plan.template = TemplateId::new("final_notice")),
            ("claims", |other| other.1.plan.particulars.claims.interest = true),
            ("a document", |other| other.1.plan.attach_documents.push(crate::ledger::ids::ReceivableId(1))),
            ("two readers", |other| other.1.plan.to.extend(other.1.plan.to.clone())),
            ("the first contact", |other| {
                let mut first = other.0.customer.contacts[0].clone();
                first.address = Address::parse("first@studioconti.example").expect("an address");
                other.0.customer.contacts.insert(0, first);
            }),
            ("the contact is dead", |other| other.0.customer.contacts[0].bounced = true),
        ];
        for (what, change) in changes {
            let mut other = one(2, DebtorKind::Condominium);
            assert!(share(&policy(), &one(1, DebtorKind::Condominium), &other));
            change(&mut other);
            assert!(!share(&policy(), &one(1, DebtorKind::Condominium), &other), "{what}");
        }
        let mut other = one(2, DebtorKind::Condominium);
        other.1.plan.cc = elsewhere();
        assert!(!share(&policy(), &one(1, DebtorKind::Condominium), &other), "copies");
        other.1.plan.cc.clear();
        other.1.plan.to = elsewhere();
        assert!(!share(&policy(), &one(1, DebtorKind::Condominium), &other), "another reader");
        let mut drafts = policy();
        drafts.modes.insert(Purpose::Reminder, Mode::Draft);
        assert!(!share(&drafts, &one(1, DebtorKind::Condominium), &one(2, DebtorKind::Condominium)), "drafts");
    }

    #[test]
    fn a_group_links_whom_the_owner_put_into_it() {
        let mut policy = policy();
        let name = GroupName::new("sisters");
        policy.customers.groups.insert(name.clone(), Group { one_mail: true, ..Group::default() });
        let (mut alfa, mut beta) = (one(1, DebtorKind::Firm), one(2, DebtorKind::Condominium));
        alfa.0.customer.arranged.group = Some(name.clone());
        assert!(!share(&policy, &alfa, &beta), "only one of them is in it");
        beta.0.customer.arranged.group = Some(name.clone());
        assert!(share(&policy, &alfa, &beta));
        policy.limits.one_mail_to_administrators = false;
        assert!(share(&policy, &alfa, &beta), "the owner's own word stands by itself");
        policy.customers.groups.insert(name, Group::default());
        assert!(!share(&policy, &alfa, &beta), "a group alone links nobody");
    }
}
