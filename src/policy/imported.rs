//! Rows of an import: what is new, what changed, what vanished.

use super::World;
use super::collection;
use super::credit;
use super::customers;
use super::deliberation::{Deliberation, NewCase};
use super::difference;
use super::freshness::{self, Teller};
use super::habit;
use super::payments;
use super::proforma;
use super::set_off;
use super::settlement::{self, Tender};
use super::silence::is_old_arrear;
use super::steps;
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::change::{Cause, Change};
use crate::ledger::customer::Customer;
use crate::ledger::decision::Decision;
use crate::ledger::event::{Imported, Order};
use crate::ledger::ids::ReceivableId;
use crate::ledger::money::Money;
use crate::ledger::receivable::{Payment, Receivable, ReceivableKind};

/// Decides what an import changes. The same file again changes nothing.
pub(super) fn decide(account: &Account, imported: &Imported, world: &World<'_>) -> Decision {
    let mut d = Deliberation::new(account, world, Cause::Import);
    set_customer(&mut d, &imported.customer);
    let (mut touched, mut newly_paid) = (Vec::new(), Vec::new());
    for receivable in &imported.receivables {
        credit::give_way_to_the_books(&mut d, account, receivable, imported);
        let paid_before = d.account.receivable(receivable.id).map(Receivable::paid);
        if receivable.customer == account.customer.id && set_receivable(&mut d, receivable) {
            touched.push(receivable.id);
            if paid_before.is_some() && d.account.receivable(receivable.id).map(Receivable::paid) != paid_before {
                newly_paid.push(receivable.id);
            }
        }
    }
    if let Some(up_to) = imported.payments_known_up_to {
        let is_news = d.account.receivables.iter().any(|r| r.payments_known_up_to.is_none_or(|known| known < up_to));
        if is_news {
            freshness::learn(&mut d, up_to, Teller::Import);
        }
    }
    if imported.complete {
        ask_about_vanished(&mut d, imported);
        credit::forget_used(&mut d, account, imported);
    }
    credit::look(&mut d);
    settlement::settle(&mut d, &touched, Tender::Money);
    // One question about one sum is enough.
    let is_asked: Vec<ReceivableId> =
        newly_paid.into_iter().filter(|item| set_off::ask_whether_the_books_know(&mut d, *item)).collect();
    let others: Vec<ReceivableId> = touched.iter().copied().filter(|item| !is_asked.contains(item)).collect();
    difference::ask(&mut d, &others);
    proforma::ask_for_the_invoice(&mut d, &touched);
    let new: Vec<ReceivableId> = touched.iter().copied().filter(|id| account.receivable(*id).is_none()).collect();
    proforma::ask_about_its_invoice(&mut d, &new);
    if !touched.is_empty() {
        d.withdraw_chasing(&touched, "The import changed what the mail speaks of");
    }
    ask_about_arrears(&mut d);
    d.finish(None)
}

/// Particulars are brought up to date; that an address is dead is our knowledge, not the import's, and what the owner
/// arranged by hand outlasts every import.
fn set_customer(d: &mut Deliberation<'_>, new: &Customer) {
    if new.id != d.account.customer.id {
        return;
    }
    let customer = customers::laid_over(new, &d.account.customer, d.world.policy);
    if customer != d.account.customer {
        let is_same = customer.as_imported() == d.account.customer.as_imported();
        let because = if is_same { customers::ARRANGED_SO } else { "The import brings the customer up to date" };
        let payment_day = d.account.customer.payment_day();
        d.record(Change::CustomerSet { customer: Box::new(customer) }, because);
        habit::close_noted(d, payment_day);
        let contacts = &d.account.customer.contacts;
        if !contacts.is_empty() && contacts.iter().all(|contact| !contact.bounced) {
            d.close_cases(&[CaseKind::Bounced], &[], "The import names an address that works");
        }
    }
}

/// Records a receivable that is new or changed; says whether it did.
fn set_receivable(d: &mut Deliberation<'_>, new: &Receivable) -> bool {
    let old = d.account.receivable(new.id).cloned();
    if old.as_ref().is_some_and(|old| old.missing_since.is_some()) {
        d.record(Change::ReceivableFound { receivable: new.id }, "It is in the import again");
        d.close_cases(&[CaseKind::Vanished], &[new.id], "It is in the import again");
    }
    let paid = old.as_ref().is_some_and(|old| record_newly_paid(d, old, new));
    let change = Change::ReceivableSet { receivable: Box::new(new.clone()) };
    // Tried on an account with nothing else in it: what the import says of payments and cycles is not taken over.
    let mut trial = Account::new(d.account.customer.clone());
    trial.receivables.extend(d.account.receivable(new.id).cloned());
    let before = trial.receivables.clone();
    trial.apply(&change);
    if trial.receivables == before {
        return paid;
    }
    let because = match &old {
        Some(old) if old.key != new.key => "The import corrects its number or its date",
        Some(_) => "The import changes it",
        None => "It is new in the import",
    };
    d.record(change, because);
    if let Some(old) = old.filter(|old| old.due < new.due) {
        begin_anew(d, &old, new);
    }
    true
}

/// The due day was put off to one that no mail has waited for: what was written before it would be quoted as if it had been
/// late then. As after more time was granted, the ladder begins anew.
fn begin_anew(d: &mut Deliberation<'_>, old: &Receivable, new: &Receivable) {
    let was_asked = steps::last_asked(&d.account, old, d.world.policy).is_some_and(|on| on <= new.due);
    if was_asked && !new.is_settled() {
        let because = format!("The due day was {} and is {}: the ladder begins anew from it", old.due, new.due);
        d.record(Change::CycleBegun { receivable: new.id }, because);
        // They ask for steps of the ladder that is over.
        let asked = [CaseKind::Call, CaseKind::Silence, CaseKind::LadderEnd];
        d.close_cases(&asked, &[new.id], "The due day was put off");
    }
}

/// What the books say was paid, as far as it is more than what is recorded here. Less is no news: the books lag.
fn record_newly_paid(d: &mut Deliberation<'_>, old: &Receivable, new: &Receivable) -> bool {
    let known = old.paid().plus(old.credit_in_paid()).unwrap_or(old.paid());
    let is_note = new.kind == ReceivableKind::CreditNote;
    // What is used up of a credit note is below zero, as its amount is.
    let is_news = |more: &Money| if is_note { more.cents < 0 } else { more.is_positive() };
    let Some(amount) = new.paid().minus(known).filter(is_news) else { return false };
    let payment = Payment::arrived(amount, d.today());
    let because = if is_note {
        "The import says that more of the credit note is used up".to_owned()
    } else {
        format!("The import says that {amount} more was paid")
    };
    d.record(Change::PaymentRecorded { receivable: new.id, payment }, because);
    let surplus = amount.minus(old.open()).filter(|more| !is_note && more.is_positive());
    if let Some(more) = surplus.filter(|_| new.amount == old.amount) {
        let fact = format!("{}: the import says that {more} more was paid than was open", new.key.name());
        payments::ask_about_surplus(d, &[new.id], fact);
    }
    true
}

/// What was open and is not in a file of everything open: paid, withdrawn, or a mistake. Asked, never closed silently.
fn ask_about_vanished(d: &mut Deliberation<'_>, imported: &Imported) {
    let today = d.today();
    let vanished: Vec<ReceivableId> = d
        .account
        .open_items()
        .into_iter()
        .filter(|item| item.missing_since.is_none())
        .filter(|item| imported.receivables.iter().all(|row| row.id != item.id))
        .map(|item| item.id)
        .collect();
    forget_planned(d, imported);
    if vanished.is_empty() {
        return;
    }
    for receivable in &vanished {
        d.record(
            Change::ReceivableMissing { receivable: *receivable, on: today },
            "It is not in the import of all that is open",
        );
    }
    d.withdraw_chasing(&vanished, "It is missing from the last import");
    d.open_case(
        NewCase {
            kind: CaseKind::Vanished,
            message: None,
            particulars: numbers(d, &vanished, "was open and is missing from the import"),
            suggestions: vec![
                Order::Paid { items: vanished.clone(), amount: None, on: today },
                Order::Resume { items: vanished.clone() },
                Order::WriteOff { items: vanished.clone() },
            ],
            items: vanished,
        },
        "A row vanished from the import: paid, withdrawn, or a mistake",
    );
}

/// What was only planned and is planned no more is no question: nothing is owed. Nobody is written to about it.
fn forget_planned(d: &mut Deliberation<'_>, imported: &Imported) {
    let on = d.today();
    let is_gone = |item: &&Receivable| {
        item.kind == ReceivableKind::Planned
            && item.missing_since.is_none()
            && imported.receivables.iter().all(|row| row.id != item.id)
    };
    let gone: Vec<ReceivableId> = d.account.receivables.iter().filter(is_gone).map(|item| item.id).collect();
    for receivable in gone {
        d.record(Change::ReceivableMissing { receivable, on }, "It was planned and is not any more");
    }
}

/// What arrived long overdue waits for the owner: one question for all of a customer's.
fn ask_about_arrears(d: &mut Deliberation<'_>) {
    let old: Vec<ReceivableId> = d
        .account
        .open_items()
        .into_iter()
        .filter(|item| is_old_arrear(item, d.world) && collection::elsewhere(item).is_none())
        .map(|item| item.id)
        .filter(|id| d.account.cases.iter().all(|case| case.kind != CaseKind::OldArrears || !case.items.contains(id)))
        .collect();
    if old.is_empty() {
        return;
    }
    let days = d.world.policy.limits.first_run_overdue_days;
    d.open_case(
        NewCase {
            kind: CaseKind::OldArrears,
            message: None,
            particulars: numbers(d, &old, &format!("was more than {days} days overdue when it became known")),
            suggestions: vec![
                Order::Release { items: old.clone() },
                Order::WriteOff { items: old.clone() },
                Order::HandOver { items: old.clone() },
            ],
            items: old,
        },
        "Old arrears are the owner's to decide on",
    );
}

fn numbers(d: &Deliberation<'_>, items: &[ReceivableId], what: &str) -> Vec<String> {
    items
        .iter()
        .filter_map(|id| d.account.receivable(*id))
        .map(|item| format!("{} ({} open, due on {}) {what}.", item.key.name(), item.open(), item.due))
        .collect()
}
