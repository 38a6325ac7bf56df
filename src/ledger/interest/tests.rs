//! The published examples, every refusal, and what must hold for any amount and any days.

use super::*;
use crate::ledger::credit::Credit;
use crate::ledger::customer::Customer;
use crate::ledger::hold::{Hold, HoldKind, HoldScope};
use crate::ledger::ids::{CommandId, CustomerId, HoldId};
use crate::ledger::receivable::{Payment, ReceivableKey};
use crate::ledger::words::{Language, Register};
use chrono::DateTime;
use proptest::prelude::*;

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a day")
}

/// From the first half of 2024 to the second of 2026, as published.
fn rates() -> RateTable {
    let rates = [(2024, 1_250, 1_225), (2025, 1_115, 1_015), (2026, 1_015, 1_040)];
    let halves = rates.into_iter().flat_map(|(year, first, second)| {
        [(day(year, 1, 1), YearlyRate(first)), (day(year, 7, 1), YearlyRate(second))]
    });
    RateTable::new(halves).expect("a table")
}

fn item(cents: i64, due: NaiveDate) -> Receivable {
    Receivable {
        id: ReceivableId(1),
        customer: CustomerId(1),
        key: ReceivableKey {
            issuer: "Ferri".to_owned(),
            number: "118".to_owned(),
            issued: day(2025, 9, 2),
            instalment: 0,
        },
        kind: ReceivableKind::Invoice,
        due,
        amount: Money::eur(cents),
        credited: Money::eur(0),
        credit: Credit::default(),
        terms: None,
        tolerated_until: None,
        came_back: None,
        exchange: crate::ledger::exchange::Exchange::default(),
        payments: Vec::new(),
        description: None,
        contract: None,
        bank_account: None,
        collection: Collection::Own,
        closure: None,
        missing_since: None,
        known_since: due,
        payments_known_up_to: None,
        released: true,
        cycle: 0,
    }
}

fn account(kind: DebtorKind) -> Account {
    Account::new(Customer {
        id: CustomerId(1),
        external_id: None,
        name: "Bianchi Srl".to_owned(),
        vat_number: None,
        tax_code: None,
        kind,
        language: Language::Italian,
        register: Register::Formal,
        country: Some("IT".to_owned()),
        contacts: Vec::new(),
        vip: false,
        do_not_contact: false,
        phone: None,
        payment_day: None,
        arranged: crate::ledger::arranged::Arranged::default(),
    })
}

fn counted(item: &Receivable, until: NaiveDate) -> Result<Interest, NoClaim> {
    of(&account(DebtorKind::Firm), item, until, &rates())
}

/// Days, hundredths of a percent and cents of each segment, and the total.
fn figures(cents: i64, due: NaiveDate, until: NaiveDate) -> (Vec<(u32, u32, i64)>, i64) {
    let interest = counted(&item(cents, due), until).expect("interest");
    let segments = interest.segments.iter().map(|s| (s.days, s.rate.0, s.interest.cents)).collect();
    (segments, interest.total.cents)
}

/// The worked examples of the house's notes on the law.
#[test]
fn the_worked_examples() {
    let paid_in_august = figures(122_000, day(2026, 4, 30), day(2026, 8, 20));
    assert_eq!(paid_in_august, (vec![(61, 1_015, 2_069), (51, 1_040, 1_773)], 3_842));
    let one_half_year = figures(500_000, day(2026, 9, 30), day(2026, 11, 22));
    assert_eq!(one_half_year, (vec![(53, 1_040, 7_551)], 7_551));
    // Due on a Sunday: what was not paid on the Monday either is late since the Sunday.
    let over_new_year = figures(300_000, day(2025, 11, 30), day(2026, 9, 15));
    assert_eq!(over_new_year, (vec![(31, 1_015, 2_586), (181, 1_015, 15_100), (77, 1_040, 6_582)], 24_268));
}

#[test]
fn interest_begins_the_day_after_the_due_date_and_counts_the_last_day() {
    let (segments, _) = figures(122_000, day(2026, 10, 2), day(2026, 10, 3));
    assert_eq!(segments[0].0, 1);
    let interest = counted(&item(122_000, day(2026, 6, 29)), day(2026, 7, 1)).expect("interest");
    let days: Vec<_> = interest.segments.iter().map(|s| (s.first, s.last)).collect();
    assert_eq!(days, [(day(2026, 6, 30), day(2026, 6, 30)), (day(2026, 7, 1), day(2026, 7, 1))]);
    // A year with a 29 February has 366 days over 365.
    assert_eq!(figures(100_000, day(2023, 12, 31), day(2024, 12, 31)).0, [(182, 1_250, 6_233), (184, 1_225, 6_175)]);
}

#[test]
fn half_a_cent_goes_up() {
    // 36.50 at 10 % is one cent a day.
    assert_eq!(rounded(3_650, YearlyRate(1_000), 1), 1);
    assert_eq!(rounded(1_825, YearlyRate(1_000), 1), 1);
    assert_eq!(rounded(1_824, YearlyRate(1_000), 1), 0);
    assert_eq!(rounded(0, YearlyRate(1_000), 90), 0);
    assert!(rounded(i64::MAX, YearlyRate(u32::MAX), u32::MAX) > 0);
}

#[test]
fn on_a_sunday_or_a_holiday_the_next_other_day_is_in_time() {
    let sunday = item(122_000, day(2025, 11, 30));
    assert_eq!(counted(&sunday, day(2025, 12, 1)), Err(NoClaim::NotLate(day(2025, 12, 1))));
    assert_eq!(counted(&sunday, day(2025, 12, 2)).expect("late").segments[0].days, 2);
    // Christmas, Saint Stephen, a Saturday that is no holiday for this.
    let christmas = item(122_000, day(2025, 12, 25));
    assert!(counted(&christmas, day(2025, 12, 27)).is_err());
    assert_eq!(counted(&christmas, day(2025, 12, 28)).expect("late").segments[0].days, 3);
    assert!(counted(&item(122_000, day(2025, 11, 29)), day(2025, 11, 30)).is_ok(), "a Saturday");
}

#[test]
fn beyond_the_table_nothing_is_counted() {
    let late = item(122_000, day(2026, 10, 2));
    assert!(counted(&late, day(2026, 12, 31)).is_ok());
    assert_eq!(counted(&late, day(2027, 1, 1)), Err(NoClaim::NoRate(day(2027, 1, 1))));
    assert_eq!(counted(&item(122_000, day(2023, 12, 30)), day(2026, 1, 1)), Err(NoClaim::NoRate(day(2023, 12, 31))));
    let nothing = of(&account(DebtorKind::Firm), &late, day(2026, 10, 20), &RateTable::default());
    assert_eq!(nothing, Err(NoClaim::NoRate(day(2026, 10, 3))));
}

#[test]
fn only_businesses_and_public_bodies_owe_it() {
    let late = item(122_000, day(2026, 9, 30));
    let until = day(2026, 11, 22);
    for kind in DebtorKind::ALL {
        let account = account(*kind);
        let owes = matches!(kind, DebtorKind::Firm | DebtorKind::Professional | DebtorKind::PublicBody);
        let interest = of(&account, &late, until, &rates());
        let carriers = compensated(&account, &[&late], until, &BTreeSet::new());
        if owes {
            assert_eq!((interest.is_ok(), carriers), (true, vec![late.id]), "{kind}");
        } else {
            assert_eq!(interest, Err(NoClaim::Debtor(*kind)), "{kind}");
            assert_eq!(carriers, [], "{kind}");
        }
    }
}

#[test]
fn what_is_not_certain_is_refused_with_its_reason() {
    let until = day(2026, 11, 22);
    let refused = |change: fn(&mut Account, &mut Receivable)| {
        let (mut account, mut late) = (account(DebtorKind::Firm), item(122_000, day(2026, 9, 30)));
        change(&mut account, &mut late);
        let (interest, flat) = (of(&account, &late, until, &rates()), is_compensated(&account, &late, until));
        let reason = interest.expect_err("a reason");
        assert_eq!(flat, Err(reason));
        reason
    };
    assert_eq!(refused(|account, _| account.customer.country = Some("DE".to_owned())), NoClaim::Abroad);
    let dollars = Currency::parse("USD").expect("a code");
    assert_eq!(
        refused(|_, late| late.amount.currency = Currency::parse("USD").expect("a code")),
        NoClaim::Currency(dollars)
    );
    for kind in [ReceivableKind::Proforma, ReceivableKind::CreditNote] {
        let reason = match kind {
            ReceivableKind::Proforma => refused(|_, late| late.kind = ReceivableKind::Proforma),
            _ => refused(|_, late| late.kind = ReceivableKind::CreditNote),
        };
        assert_eq!(reason, NoClaim::NotAnInvoice(kind));
    }
    let factored = refused(|_, late| late.collection = Collection::Factored);
    assert_eq!(factored, NoClaim::CollectedByOthers(Collection::Factored));
    let bank = refused(|_, late| late.collection = Collection::Bank);
    assert_eq!(bank, NoClaim::CollectedByOthers(Collection::Bank));
    let closed = refused(|_, late| late.closure = Some(Closure::HandedOver));
    assert_eq!(closed, NoClaim::Closed(Closure::HandedOver));
    assert_eq!(refused(|_, late| late.due = day(2026, 11, 22)), NoClaim::NotLate(until));
    assert_eq!(refused(|_, late| late.credited = Money::eur(122_000)), NoClaim::NotLate(until));
    // Nobody said the country: a firm in Italy, as the customers of an Italian firm are.
    let (mut account, late) = (account(DebtorKind::Firm), item(122_000, day(2026, 9, 30)));
    account.customer.country = None;
    assert!(of(&account, &late, until, &rates()).is_ok());
    assert_eq!(NoClaim::NotAnInvoice(ReceivableKind::CreditNote).to_string(), "it is no invoice but a credit note");
}

#[test]
fn what_was_paid_or_credited_carries_none() {
    let mut late = item(122_000, day(2026, 9, 30));
    late.credited = Money::eur(22_000);
    late.payments.push(Payment::arrived(Money::eur(50_000), day(2026, 11, 20)));
    let interest = counted(&late, day(2026, 11, 22)).expect("interest");
    assert_eq!(interest.segments[0].capital, Money::eur(50_000));
    assert_eq!(interest.total, Money::eur(755));
}

#[test]
fn granted_time_is_without_interest() {
    let mut account = account(DebtorKind::Firm);
    let mut late = item(500_000, day(2026, 9, 14));
    late.cycle = 1;
    account.receivables.push(late.clone());
    account.holds.push(Hold {
        id: HoldId(1),
        kind: HoldKind::Deferral,
        scope: HoldScope::Items(vec![late.id]),
        amount: None,
        since: DateTime::default(),
        until: Some(day(2026, 9, 30)),
        named_day: Some(day(2026, 9, 30)),
        parts: Vec::new(),
        by_cheque: false,
        cause: crate::ledger::change::Cause::Owner { command: CommandId(1) },
        case: None,
        ended: None,
    });
    let interest = of(&account, &late, day(2026, 11, 22), &rates()).expect("interest");
    assert_eq!(interest.total, Money::eur(7_551), "as if it had been due on 30 September");
}

#[test]
fn one_invoice_is_compensated_once() {
    let mut account = account(DebtorKind::PublicBody);
    let until = day(2026, 11, 22);
    for n in 1..=4 {
        let mut part = item(100_000, day(2026, 9, 10));
        part.id = ReceivableId(n);
        part.key.instalment = u16::try_from(n).expect("small");
        account.receivables.push(part);
    }
    account.receivables[3].key.number = "121".to_owned();
    let items: Vec<&Receivable> = account.receivables.iter().collect();
    let none = BTreeSet::new();
    assert_eq!(compensated(&account, &items, until, &none), [ReceivableId(1), ReceivableId(4)]);
    // Asked for in an earlier letter, about an instalment that is not in this one.
    let before = BTreeSet::from([ReceivableId(1)]);
    assert_eq!(compensated(&account, &items[1..], until, &before), [ReceivableId(4)]);
    assert!(shares_invoice_with(&account, items[1], &[ReceivableId(1)]));
    assert!(!shares_invoice_with(&account, items[3], &[ReceivableId(1)]));
    assert_eq!(COMPENSATION, Money::eur(4_000));
}

/// The exact interest, in parts of a cent: what is added up before anything is rounded.
fn exact(segments: &[Segment]) -> i128 {
    segments.iter().map(|s| i128::from(s.capital.cents) * i128::from(s.rate.0) * i128::from(s.days)).sum()
}

proptest! {
    /// Never negative, and neither a later day nor a larger amount ever gives less.
    #[test]
    fn it_only_grows(cents in 1i64..50_000_000, more in 0i64..1_000_000, start in 0u64..900, days in 1u64..150, later in 0u64..40) {
        let due = day(2024, 1, 1) + chrono::Days::new(start);
        let (until, after) = (due + chrono::Days::new(days + 5), due + chrono::Days::new(days + 5 + later));
        prop_assume!(after <= day(2026, 12, 31));
        let now = counted(&item(cents, due), until).expect("interest");
        prop_assert!(now.total.cents >= 0);
        prop_assert!(now.segments.iter().all(|segment| segment.interest.cents >= 0));
        prop_assert!(counted(&item(cents, due), after).expect("interest").total >= now.total);
        prop_assert!(counted(&item(cents + more, due), until).expect("interest").total >= now.total);
    }

    /// Days may be cut anywhere: the parts add up exactly, and after rounding to within a cent a cut.
    #[test]
    fn days_add_up(cents in 1i64..50_000_000, start in 0u64..900, first in 1u64..120, second in 1u64..120) {
        let begin = day(2024, 1, 1) + chrono::Days::new(start);
        let middle = begin + chrono::Days::new(first);
        let end = middle + chrono::Days::new(second);
        prop_assume!(end <= day(2026, 12, 31));
        let capital = Money::eur(cents);
        let part = |from, to| accrue(capital, from, to, &rates()).expect("rates are known");
        let (whole, one, two) = (part(begin, end), part(begin, middle), part(middle + chrono::Days::new(1), end));
        prop_assert_eq!(exact(&whole), exact(&one) + exact(&two));
        let sum = |segments: &[Segment]| segments.iter().map(|s| s.interest.cents).sum::<i64>();
        prop_assert!((sum(&whole) - sum(&one) - sum(&two)).abs() <= 1);
        let days = |segments: &[Segment]| segments.iter().map(|s| u64::from(s.days)).sum::<u64>();
        prop_assert_eq!(days(&whole), first + second + 1);
    }

    /// No history makes a consumer, a condominium or an unknown owe anything.
    #[test]
    fn nobody_else_ever_owes(cents in 1i64..50_000_000, start in 0u64..900, days in 0u64..400, kind in 0usize..8) {
        let kind = DebtorKind::ALL[kind];
        prop_assume!(!matches!(kind, DebtorKind::Firm | DebtorKind::Professional | DebtorKind::PublicBody));
        let due = day(2024, 1, 1) + chrono::Days::new(start);
        let (late, until) = (item(cents, due), due + chrono::Days::new(days));
        prop_assert_eq!(of(&account(kind), &late, until, &rates()), Err(NoClaim::Debtor(kind)));
        prop_assert!(compensated(&account(kind), &[&late], until, &BTreeSet::new()).is_empty());
    }
}
