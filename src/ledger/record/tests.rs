//! What counts in a record, and what does not.

use super::super::case::Case;
use super::super::change::Cause;
use super::super::credit::Credit;
use super::super::customer::{Contact, ContactRole, Customer};
use super::super::hold::HoldEnd;
use super::super::ids::{CaseId, CustomerId};
use super::super::money::Money;
use super::super::receivable::{Payment, ReceivableKey};
use super::super::words::DebtorKind;
use super::*;
use chrono::{DateTime, Utc};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn at(text: &str) -> DateTime<Utc> {
    day(text).and_hms_opt(9, 0, 0).expect("a time").and_utc()
}

fn account() -> Account {
    Account::new(Customer { kind: DebtorKind::Firm, ..Customer::named(CustomerId(1), "Bianchi Srl") })
}

/// An invoice of 100.00, known a month before it is due.
fn invoice(account: &mut Account, due: &str, payments: &[(&str, i64)]) -> ReceivableId {
    let id = ReceivableId(i64::try_from(account.receivables.len()).expect("few") + 1);
    let due = day(due);
    account.receivables.push(Receivable {
        id,
        customer: CustomerId(1),
        key: ReceivableKey { issuer: "Ferri".to_owned(), number: id.to_string(), issued: due, instalment: 0 },
        kind: ReceivableKind::Invoice,
        due,
        amount: Money::eur(10_000),
        credited: Money::eur(0),
        payments: payments.iter().map(|(on, cents)| Payment::arrived(Money::eur(*cents), day(on))).collect(),
        description: None,
        contract: None,
        bank_account: None,
        collection: Collection::Own,
        closure: None,
        missing_since: None,
        known_since: due - chrono::Days::new(30),
        payments_known_up_to: None,
        released: false,
        cycle: 0,
        credit: Credit::default(),
        terms: None,
        tolerated_until: None,
        came_back: None,
        exchange: crate::ledger::exchange::Exchange::default(),
    });
    id
}

fn item(account: &mut Account, id: ReceivableId) -> &mut Receivable {
    account.receivables.iter_mut().find(|item| item.id == id).expect("an item")
}

fn hold(account: &mut Account, kind: HoldKind, item: ReceivableId, since: &str, end: Option<(&str, HoldOutcome)>) {
    let hold = Hold {
        id: account.next_hold_id(),
        kind,
        scope: HoldScope::Items(vec![item]),
        amount: None,
        since: at(since),
        until: None,
        named_day: Some(day("2026-10-20")),
        parts: Vec::new(),
        by_cheque: false,
        cause: Cause::Clock,
        case: None,
        ended: end.map(|(on, how)| HoldEnd { at: at(on), how }),
    };
    account.holds.push(hold);
}

fn late(account: &Account) -> Vec<u32> {
    Record::of(account, day("2026-12-01")).paid.iter().map(|item| item.days_late).collect()
}

#[test]
fn days_late_count_from_the_agreed_day_to_the_last_payment() {
    let mut account = account();
    invoice(&mut account, "2026-10-02", &[("2026-10-01", 10_000)]);
    invoice(&mut account, "2026-10-02", &[("2026-10-05", 4_000), ("2026-10-22", 6_000)]);
    // A Sunday: the Monday is in time.
    invoice(&mut account, "2026-10-04", &[("2026-10-26", 5_000), ("2026-10-05", 5_000)]);
    let in_time = invoice(&mut account, "2026-10-04", &[("2026-10-05", 10_000)]);
    assert_eq!(late(&account), [0, 0, 20, 21]);
    let record = Record::of(&account, day("2026-12-01"));
    assert_eq!((record.median_days_late(), record.last_days_late()), (Some(0), Some(21)));
    assert_eq!(record.paid[1].item, in_time, "each comes with its item");
}

#[test]
fn fewer_than_three_are_no_habit_and_only_the_last_ten_count() {
    let mut account = account();
    for _ in 0..2 {
        invoice(&mut account, "2026-01-02", &[("2026-03-02", 10_000)]);
    }
    assert_eq!(Record::of(&account, day("2026-12-01")).median_days_late(), None);
    for _ in 0..10 {
        invoice(&mut account, "2026-10-02", &[("2026-10-02", 10_000)]);
    }
    assert_eq!(Record::of(&account, day("2026-12-01")).median_days_late(), Some(0), "they mended their ways");
}

#[test]
fn what_was_granted_is_the_agreed_day() {
    let mut account = account();
    let id = invoice(&mut account, "2026-10-02", &[("2026-10-20", 10_000)]);
    item(&mut account, id).cycle = 1;
    hold(&mut account, HoldKind::Deferral, id, "2026-10-01", Some(("2026-10-20", HoldOutcome::Kept)));
    assert_eq!(late(&account), [0]);
}

#[test]
fn money_of_others_credit_notes_and_unknown_days_do_not_count() {
    let mut account = account();
    let paid = [("2026-11-20", 10_000)];
    for collection in [Collection::Bank, Collection::Factored, Collection::Advanced] {
        let id = invoice(&mut account, "2026-10-02", &paid);
        item(&mut account, id).collection = collection;
    }
    for kind in [ReceivableKind::Proforma, ReceivableKind::CreditNote] {
        let id = invoice(&mut account, "2026-10-02", &paid);
        item(&mut account, id).kind = kind;
    }
    for closure in [Closure::HandedOver, Closure::Withdrawn] {
        let id = invoice(&mut account, "2026-10-02", &paid);
        item(&mut account, id).closure = Some(closure);
    }
    // Given up with half of it open; and reduced to nothing by a credit note.
    let id = invoice(&mut account, "2026-10-02", &[("2026-11-20", 5_000)]);
    item(&mut account, id).closure = Some(Closure::WrittenOff);
    let id = invoice(&mut account, "2026-10-02", &[]);
    item(&mut account, id).credited = Money::eur(10_000);
    // Paid when it became known: the day is that of the import.
    let id = invoice(&mut account, "2026-10-02", &paid);
    item(&mut account, id).known_since = day("2026-11-20");
    assert_eq!(late(&account), Vec::<u32>::new());
    // A remainder of two euro was closed: it is paid.
    let id = invoice(&mut account, "2026-10-02", &[("2026-10-12", 9_900)]);
    item(&mut account, id).closure = Some(Closure::WrittenOff);
    assert_eq!(late(&account), [10]);
}

#[test]
fn promises_end_kept_in_part_or_broken() {
    let mut account = account();
    let id = invoice(&mut account, "2026-10-02", &[]);
    let partly = invoice(&mut account, "2026-10-02", &[("2026-10-21", 4_000)]);
    let ended = |how| Some(("2026-10-26", how));
    hold(&mut account, HoldKind::Promise, id, "2026-10-10", ended(HoldOutcome::Kept));
    hold(&mut account, HoldKind::Promise, partly, "2026-10-11", ended(HoldOutcome::Expired));
    hold(&mut account, HoldKind::Promise, id, "2026-10-12", ended(HoldOutcome::Broken));
    // Nobody knows; lifted by the owner; under way; another word.
    hold(&mut account, HoldKind::Promise, id, "2026-10-13", ended(HoldOutcome::Expired));
    hold(&mut account, HoldKind::Promise, id, "2026-10-14", ended(HoldOutcome::Lifted));
    hold(&mut account, HoldKind::Promise, id, "2026-10-15", ended(HoldOutcome::Replaced));
    hold(&mut account, HoldKind::Promise, id, "2026-10-16", None);
    hold(&mut account, HoldKind::Claimed, id, "2026-10-17", ended(HoldOutcome::Broken));
    let record = Record::of(&account, day("2026-12-01"));
    let outcomes: Vec<&str> = record.promises.iter().map(|promise| promise.outcome.as_str()).collect();
    assert_eq!(outcomes, ["kept", "partly", "broken"]);
    assert_eq!(record.promises(PromiseOutcome::Broken), 1);
    assert_eq!(record.promises[1].items, [partly]);
}

#[test]
fn disputes_bounces_and_what_is_overdue() {
    let mut account = account();
    let contested = invoice(&mut account, "2026-10-02", &[]);
    let open = invoice(&mut account, "2026-10-02", &[("2026-10-05", 1_000)]);
    hold(&mut account, HoldKind::Disputed, contested, "2026-10-10", None);
    // The same one, going on.
    hold(&mut account, HoldKind::Disputed, contested, "2026-10-10", None);
    let address = Address::parse("anna@bianchi.example").expect("an address");
    account.customer.contacts.push(Contact {
        address: address.clone(),
        name: None,
        role: ContactRole::Primary,
        bounced: true,
    });
    account.cases.push(Case {
        id: CaseId(1),
        customer: Some(CustomerId(1)),
        kind: CaseKind::Bounced,
        message: None,
        items: Vec::new(),
        particulars: Vec::new(),
        suggestions: Vec::new(),
        opened: at("2026-10-10"),
        closed: Some(at("2026-10-11")),
    });
    let record = Record::of(&account, day("2026-12-01"));
    assert_eq!(record.disputes.len(), 1);
    assert!(record.disputes[0].is_open && record.disputes[0].items == [contested]);
    assert_eq!((record.dead_addresses, record.bounces), (vec![address], 1));
    assert_eq!(record.overdue, [OverdueItem { item: open, agreed: day("2026-10-02"), days: 60 }]);
    assert!(Record::of(&self::account(), day("2026-12-01")).is_empty());
}

#[test]
fn a_set_off_says_nothing_of_how_somebody_pays() {
    let mut account = Account::new(Customer::named(CustomerId(1), "Ditta"));
    let id = invoice(&mut account, "2026-03-02", &[("2026-03-20", 4_000), ("2026-04-30", 6_000)]);
    assert_eq!(Record::of(&account, day("2026-11-01")).paid.len(), 1);
    item(&mut account, id).payments[1] = Payment::set_off(Money::eur(6_000), day("2026-04-30"), None);
    assert_eq!(Record::of(&account, day("2026-11-01")).paid.len(), 0);
}
