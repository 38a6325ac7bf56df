//! Hundreds of customers, each with a random history of mails, payments, orders, days and downtime; and a checker that
//! knows the promises to the owner from the outside and looks at every mail that left.
//!
//! The seed is printed; `SOLLECITO_SEED=… cargo test --test simulation` tells the same histories again.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail loudly, and say what they did"
)]

#[path = "timelines/chance.rs"]
mod chance;
#[path = "timelines/office.rs"]
mod office;
#[path = "timelines/promises.rs"]
mod promises;

use chance::Chance;
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use office::{Left, Office, contact, reading, receivable};
use promises::{Heard, Record, breaches};
use sollecito::ledger::customer::ContactRole;
use sollecito::ledger::event::{DeliveryOutcome, Event, Imported, Order};
use sollecito::ledger::hold::{Hold, HoldKind, HoldScope};
use sollecito::ledger::ids::{Address, CommandId, HoldId, MessageIdentity, ReceivableId};
use sollecito::ledger::moment;
use sollecito::ledger::money::Money;
use sollecito::ledger::reading::{BounceFinding, OwnMail, OwnMailKind, Reading, Warning, Writer};
use sollecito::ledger::receivable::{Closure, Payment};
use sollecito::ledger::words::{Authenticity, Certainty, DebtorKind, Intent, MessageKind, Mode};

const CUSTOMERS: u64 = 300;
const DAYS: i64 = 150;

fn seed() -> u64 {
    std::env::var("SOLLECITO_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_012)
}

#[test]
fn random_histories_keep_the_promises() {
    let seed = seed();
    println!("SOLLECITO_SEED={seed}");
    let mut reminders = 0;
    let mut answers = 0;
    for customer in 0..CUSTOMERS {
        let record = live(&mut Chance::new(seed.wrapping_add(customer.wrapping_mul(7919))), Guard::On);
        let found = breaches(&record);
        assert!(found.is_empty(), "seed {seed}, customer {customer}:\n{}\n{}", found.join("\n"), record.story());
        reminders += record.left.iter().filter(|left| promises::is_chasing(&left.plan)).count();
        answers += record.left.iter().filter(|left| left.plan.answers.is_some()).count();
    }
    // A simulation in which nothing happens proves nothing.
    println!("{reminders} mails of our own accord, {answers} answers");
    assert!(reminders > 300 && answers > 100, "too little happened: {reminders} reminders, {answers} answers");
}

#[test]
fn the_same_seed_gives_the_same_history() {
    let tell = || live(&mut Chance::new(seed()), Guard::On).left;
    assert_eq!(tell(), tell());
}

/// The re-check is what stands between a plan and the world: without it, the checker must find something.
#[test]
fn without_the_recheck_promises_are_broken() {
    let broken = (0..60_u64)
        .filter(|customer| !breaches(&live(&mut Chance::new(seed() ^ (customer << 20)), Guard::Off)).is_empty());
    assert!(broken.count() > 10, "the checker sees nothing when mails leave unchecked");
}

#[derive(PartialEq)]
enum Guard {
    On,
    /// Mails leave as planned, whatever has happened since.
    Off,
}

/// One customer's life.
fn live(chance: &mut Chance, guard: Guard) -> Record {
    let kind = *chance.pick(&[DebtorKind::Firm, DebtorKind::Consumer, DebtorKind::PublicBody, DebtorKind::Unknown]);
    let mut office = Office::new(kind);
    office.set_modes(Mode::Send);
    office.account.customer.contacts.push(contact("bea@beltrami.example", ContactRole::Primary));
    office.account.customer.contacts.push(contact("carlo@beltrami.example", ContactRole::Copy));
    office.policy.limits.approve_first_mail = chance.one_in(4);
    office.account.customer.vip = chance.one_in(12);
    let start = NaiveDate::from_ymd_opt(2026, 5, 4).expect("a day") + Duration::days(chance.below(200));
    let mut record = Record::new(&office);
    office.now = at(start, 8, 0);
    let mut numbers = 0_u8;
    // Some customers write every other day, most hardly ever.
    let seldom = *chance.pick(&[14, 60, 200, 400]);
    let mut files = Vec::new();
    for _ in 0..=chance.below(3) {
        let item = 100 + i64::try_from(files.len()).expect("few");
        let due = start + Duration::days(chance.below(50) - 25);
        files.push(receivable(item, due, 20_000 + chance.below(250_000), start));
    }
    office.documents.extend(files.iter().take(2).map(|item| item.id));
    let first = Imported {
        customer: office.account.customer.clone(),
        receivables: files.clone(),
        complete: true,
        payments_known_up_to: Some(start),
        first: true,
    };
    office.happen(&Event::Imported(Box::new(first.clone())));
    let mut day = start;
    while day < start + Duration::days(DAYS) {
        // Now and then the agent is off for days.
        day += Duration::days(if chance.one_in(25) { chance.below(20) } else { 1 });
        office.halted = chance.one_in(30);
        if chance.one_in(4) {
            office.now = at(day, 7, 0);
            let order = Order::PaymentsKnown { up_to: day - Duration::days(chance.below(4)) };
            office.happen(&Event::Ordered(CommandId(1), order));
        }
        for hour in [8, 10, 13, 15, 17] {
            office.now = at(day, hour, u32::try_from(chance.below(60)).expect("minutes"));
            if chance.one_in(seldom) {
                numbers = numbers.wrapping_add(1);
                customer_writes(&mut office, &mut record, chance, numbers);
            }
            if chance.one_in(50) {
                owner_acts(&mut office, &mut record, chance, &first);
            }
            if chance.one_in(120) {
                owner_writes(&mut office, chance, numbers);
            }
            office.happen(&Event::DayCame);
            if chance.one_in(40) {
                office.approve();
            }
            send(&mut office, chance, &guard);
        }
    }
    record.left = std::mem::take(&mut office.left);
    record
}

fn send(office: &mut Office, chance: &mut Chance, guard: &Guard) {
    let outcome = *chance.pick(&[
        DeliveryOutcome::Accepted,
        DeliveryOutcome::Accepted,
        DeliveryOutcome::Accepted,
        DeliveryOutcome::Accepted,
        DeliveryOutcome::Accepted,
        DeliveryOutcome::Accepted,
        DeliveryOutcome::Accepted,
        DeliveryOutcome::Refused,
        DeliveryOutcome::Unsure,
    ]);
    if *guard == Guard::On {
        office.deliver(outcome);
        return;
    }
    office.fill_pending();
    for row in office.account.pending.clone() {
        if row.state.is_pending() {
            office.finish(&row, outcome);
        }
    }
}

fn customer_writes(office: &mut Office, record: &mut Record, chance: &mut Chance, number: u8) {
    let mut mail = random_mail(office, chance, number);
    if chance.one_in(12) {
        let address = chance.pick(&["anna@beltrami.example", "bea@beltrami.example", "x@elsewhere.example"]);
        mail.kind = MessageKind::Bounce;
        mail.writer = Writer::Nobody;
        mail.intents = reading(number, office.now, &[Intent::Bounce], &[]).intents;
        mail.bounce = Some(BounceFinding {
            recipient: Address::parse(address),
            failed: chance.one_in(2),
            status: None,
            original: None,
            own_reference: None,
        });
    }
    let before = money_state(office);
    let decision = office.happen(&Event::MessageRead(Box::new(mail.clone())));
    if money_state(office) != before {
        record.marked_by_a_word.push(mail.identity);
    }
    let again = office.happen(&Event::MessageRead(Box::new(mail.clone())));
    if !again.entries.is_empty() || !again.mails.is_empty() {
        record.decided_twice.push(mail.identity);
    }
    record.heard.push(Heard {
        at: office.now,
        verdict: decision.verdict.expect("a message has a verdict"),
        reading: mail,
        owner_acted: None,
    });
}

fn random_mail(office: &Office, chance: &mut Chance, number: u8) -> Reading {
    let mut intents = vec![*chance.pick(Intent::ALL)];
    // The ordinary wishes are commoner than their share of the words.
    if chance.one_in(2) {
        intents = vec![*chance.pick(&[
            Intent::PaymentMade,
            Intent::PromiseToPay,
            Intent::DeferralRequest,
            Intent::InvoiceRequest,
            Intent::BankDetailsRequest,
            Intent::StatementRequest,
        ])];
    }
    if chance.one_in(6) {
        intents.push(*chance.pick(Intent::ALL));
    }
    let ids: Vec<i64> = office.account.receivables.iter().map(|item| item.id.0).collect();
    let items = if chance.one_in(8) { Vec::new() } else { vec![*chance.pick(&ids)] };
    let received = office.now - Duration::minutes(if chance.one_in(10) { chance.below(60 * 24 * 12) } else { 3 });
    let mut mail = reading(number, received, &intents, &items);
    let today = office.moment().today();
    if chance.one_in(2) {
        mail.facts.promised_date = Some(today + Duration::days(chance.below(30) - 3));
    }
    if chance.one_in(4) {
        mail.facts.paid_on = Some(today - Duration::days(chance.below(12)));
    }
    if chance.one_in(6) {
        mail.facts.amounts = vec![Money::eur(chance.below(300_000))];
    }
    mail.facts.set_off = chance.one_in(20);
    if chance.one_in(4) {
        mail.authenticity = *chance.pick(Authenticity::ALL);
    }
    if chance.one_in(5) {
        mail.writer = *chance.pick(Writer::ALL);
        if mail.writer != Writer::OnFile {
            mail.from = Address::parse("dora@beltrami.example");
        }
    }
    if chance.one_in(5) {
        mail.kind = *chance.pick(MessageKind::ALL);
    }
    if chance.one_in(12) {
        mail.warnings.push(*chance.pick(Warning::ALL));
    }
    if chance.one_in(12) {
        mail.unread.push("Qualcosa".to_owned());
    }
    if chance.one_in(10) {
        mail.matched.items.iter_mut().for_each(|item| item.certainty = Certainty::Likely);
    }
    mail.matched.known_thread = !chance.one_in(4);
    mail.addressed_to_us = !chance.one_in(20);
    mail
}

fn owner_acts(office: &mut Office, record: &mut Record, chance: &mut Chance, first: &Imported) {
    let today = office.moment().today();
    let ids: Vec<ReceivableId> = office.account.receivables.iter().map(|item| item.id).collect();
    let items = vec![*chance.pick(&ids)];
    let soon = today + Duration::days(chance.below(25));
    let order = match chance.below(13) {
        0 | 1 => Order::Paid { items, amount: None, on: today },
        2 => Order::Paid { items, amount: Some(Money::eur(1 + chance.below(90_000))), on: today },
        3 => Order::Hold { items, until: Some(soon), why: None },
        4 => Order::Resume { items },
        5 => Order::Resume { items: Vec::new() },
        6 => Order::Defer { items, until: soon },
        7 => Order::Promise { items, by: soon, amount: None },
        8 => Order::Note { items, text: "Sentita".to_owned() },
        9 => Order::Dispute { items, about: None },
        10 => Order::Release { items: ids },
        11 => {
            let cases: Vec<_> = office.account.open_cases().map(|case| case.id).collect();
            let Some(case) = cases.first() else { return };
            Order::CloseCase { case: *case }
        }
        _ => {
            let mut import = first.clone();
            import.complete = chance.one_in(2);
            if chance.one_in(2) {
                import.receivables.pop();
            }
            import.customer = office.account.customer.clone();
            office.happen(&Event::Imported(Box::new(import)));
            return;
        }
    };
    for heard in record.heard.iter_mut().filter(|heard| heard.owner_acted.is_none()) {
        heard.owner_acted = Some(office.now);
    }
    office.happen(&Event::Ordered(CommandId(2), order));
}

fn owner_writes(office: &mut Office, chance: &mut Chance, number: u8) {
    let ids: Vec<ReceivableId> = office.account.receivables.iter().map(|item| item.id).collect();
    let mail = OwnMail {
        identity: MessageIdentity([number ^ 0xff; 32]),
        sent: office.now,
        items: vec![*chance.pick(&ids)],
        kind: *chance.pick(OwnMailKind::ALL),
    };
    office.happen(&Event::OwnerWrote(Box::new(mail)));
}

/// What only the owner or an import may change.
fn money_state(office: &Office) -> Vec<(Vec<Payment>, Option<Closure>, Money)> {
    office.account.receivables.iter().map(|item| (item.payments.clone(), item.closure, item.open())).collect()
}

fn at(day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    moment::at(chrono_tz::Europe::Rome, day, NaiveTime::from_hms_opt(hour, minute, 0).expect("a time"))
}

/// A history with one harmless reminder in it, to be spoilt.
fn harmless() -> (Record, Left) {
    let mut office = Office::new(DebtorKind::Firm);
    office.set_modes(Mode::Send);
    let due = NaiveDate::from_ymd_opt(2026, 10, 2).expect("a day");
    let mut item = receivable(118, due, 122_000, due);
    item.payments_known_up_to = Some(due + Duration::days(60));
    office.account.receivables.push(item);
    office.now = at(NaiveDate::from_ymd_opt(2026, 10, 13).expect("a day"), 10, 0);
    office.happen(&Event::DayCame);
    office.deliver(DeliveryOutcome::Accepted);
    let mut record = Record::new(&office);
    record.left = office.left.clone();
    let left = record.left.first().cloned().expect("a reminder left");
    assert_eq!(breaches(&record), Vec::<String>::new());
    (record, left)
}

/// Spoils the harmless history in one way and gives what the checker says.
fn spoil(how: impl FnOnce(&mut Record, &mut Left)) -> Vec<String> {
    let (mut record, mut left) = harmless();
    how(&mut record, &mut left);
    record.left[0] = left;
    breaches(&record)
}

#[test]
fn each_promise_bites() {
    let hold = |kind| Hold {
        id: HoldId(1),
        kind,
        scope: HoldScope::Customer,
        amount: None,
        since: DateTime::UNIX_EPOCH,
        until: None,
        named_day: None,
        cause: sollecito::ledger::change::Cause::Clock,
        case: None,
        ended: None,
    };
    let on = |year, month, day, hour| at(NaiveDate::from_ymd_opt(year, month, day).expect("a day"), hour, 0);
    let cases: Vec<(&str, Vec<String>)> = vec![
        (
            "is paid",
            spoil(|_, left| {
                let item = &mut left.account.receivables[0];
                item.payments.push(Payment { amount: item.amount, on: item.due });
            }),
        ),
        ("is closed", spoil(|_, left| left.account.receivables[0].closure = Some(Closure::HandedOver))),
        ("is in a hold", spoil(|_, left| left.account.holds.push(hold(HoldKind::Paused)))),
        ("is in a hold", spoil(|_, left| left.account.holds.push(hold(HoldKind::Legal)))),
        ("payments are stale", spoil(|_, left| left.account.receivables[0].payments_known_up_to = None)),
        (
            "payments are stale",
            spoil(|_, left| {
                left.account.receivables[0].payments_known_up_to = NaiveDate::from_ymd_opt(2026, 10, 5);
            }),
        ),
        ("outside the window", spoil(|_, left| left.at = on(2026, 10, 13, 13))),
        ("outside the window", spoil(|_, left| left.at = on(2026, 10, 12, 10))),
        ("outside the window", spoil(|_, left| left.at = on(2026, 6, 16, 10))),
        ("outside the window", spoil(|_, left| left.at = on(2026, 8, 11, 10))),
        (
            "not on file",
            spoil(|_, left| left.plan.to = vec![Address::parse("x@elsewhere.example").expect("an address")]),
        ),
        ("not on file", spoil(|_, left| left.account.customer.contacts[0].bounced = true)),
        (
            "not on file",
            spoil(|_, left| left.plan.cc = vec![Address::parse("x@elsewhere.example").expect("an address")]),
        ),
        ("halted", spoil(|_, left| left.halted = true)),
        ("without approval", spoil(|_, left| left.account.customer.vip = true)),
        ("without approval", spoil(|record, _| record.policy.limits.approve_first_mail = true)),
        (
            "not overdue",
            spoil(|_, left| left.account.receivables[0].due = NaiveDate::from_ymd_opt(2026, 10, 13).expect("a day")),
        ),
        ("twice", spoil(|record, left| record.left.push(Left { at: on(2026, 10, 21, 10), ..left.clone() }))),
        (
            "less than",
            spoil(|record, left| {
                let mut second = Left { at: on(2026, 10, 15, 10), ..left.clone() };
                second.plan.steps[0].step = sollecito::ledger::ids::StepId::new("second");
                record.left.push(second);
            }),
        ),
        (
            "out of order",
            spoil(|record, left| {
                let mut second = Left { at: on(2026, 10, 21, 10), ..left.clone() };
                left.plan.steps[0].step = sollecito::ledger::ids::StepId::new("second");
                second.plan.steps[0].step = sollecito::ledger::ids::StepId::new("friendly");
                record.left.push(second);
            }),
        ),
        ("out of order", spoil(|_, left| left.plan.steps[0].step = sollecito::ledger::ids::StepId::new("firm"))),
        (
            "without an answer",
            spoil(|record, left| {
                for (month, day, step) in [(10, 21, "second"), (10, 28, "a"), (11, 4, "b"), (11, 11, "c")] {
                    let mut more = Left { at: on(2026, month, day, 10), ..left.clone() };
                    more.plan.steps[0].step = sollecito::ledger::ids::StepId::new(step);
                    record.left.push(more);
                }
            }),
        ),
        ("a word marked it paid", spoil(|record, _| record.marked_by_a_word.push(MessageIdentity([1; 32])))),
        ("decided on twice", spoil(|record, _| record.decided_twice.push(MessageIdentity([1; 32])))),
        (
            "said to be paid",
            spoil(|record, left| {
                let day = left.at - Duration::days(2);
                record.heard.push(Heard::new(reading(1, day, &[Intent::PaymentMade], &[118]), day));
            }),
        ),
        (
            "promised",
            spoil(|record, left| {
                let day = left.at - Duration::days(2);
                let mut mail = reading(1, day, &[Intent::PromiseToPay], &[118]);
                mail.facts.promised_date = NaiveDate::from_ymd_opt(2026, 10, 14);
                record.heard.push(Heard::new(mail, day));
            }),
        ),
        (
            "disputed",
            spoil(|record, left| {
                let day = left.at - Duration::days(2);
                record.heard.push(Heard::new(reading(1, day, &[Intent::Dispute], &[118]), day));
            }),
        ),
    ];
    for (breach, found) in cases {
        assert!(found.iter().any(|said| said.contains(breach)), "«{breach}» was not noticed: {found:?}");
    }
}

#[test]
fn each_promise_about_answers_bites() {
    let answered = |spoil: &dyn Fn(&mut Reading, &mut Left, &mut Record)| {
        let (mut record, mut left) = harmless();
        let mut mail = reading(1, left.at - Duration::hours(2), &[Intent::StatementRequest], &[118]);
        left.plan.key = sollecito::ledger::mail::BusinessKey::Answer(mail.identity);
        left.plan.steps.clear();
        left.plan.answers = Some(sollecito::ledger::mail::Answered {
            identity: mail.identity,
            rfc_id: None,
            references: Vec::new(),
            subject: String::new(),
        });
        spoil(&mut mail, &mut left, &mut record);
        record.heard.push(Heard::new(mail, left.at - Duration::hours(2)));
        record.left[0] = left;
        breaches(&record)
    };
    assert_eq!(answered(&|_, _, _| {}), Vec::<String>::new());
    let cases: Vec<(&str, Vec<String>)> = vec![
        ("automatic mail", answered(&|mail, _, _| mail.kind = MessageKind::AutoReply)),
        ("automatic mail", answered(&|mail, _, _| mail.kind = MessageKind::Bounce)),
        ("refuted", answered(&|mail, _, _| mail.authenticity = Authenticity::Fail)),
        ("not proven", answered(&|mail, _, _| mail.authenticity = Authenticity::Unverified)),
        ("risk", answered(&|mail, _, _| mail.intents.extend(reading(2, mail.received, &[Intent::Legal], &[]).intents))),
        ("warning", answered(&|mail, _, _| mail.warnings.push(Warning::ForeignIban))),
        ("unread", answered(&|mail, _, _| mail.unread.push("?".to_owned()))),
        ("too old", answered(&|mail, _, _| mail.received -= Duration::days(9))),
        ("stranger", answered(&|mail, _, _| mail.writer = Writer::Stranger)),
        (
            "not on file",
            answered(&|_, left, _| left.plan.to = vec![Address::parse("x@y.example").expect("an address")]),
        ),
        ("outside the hours", answered(&|_, left, _| left.at += Duration::hours(9))),
        ("answered twice", answered(&|_, left, record| record.left.push(left.clone()))),
        (
            "nobody wrote",
            answered(&|_, left, _| {
                if let Some(answered) = &mut left.plan.answers {
                    answered.identity = MessageIdentity([9; 32]);
                }
            }),
        ),
    ];
    for (breach, found) in cases {
        assert!(found.iter().any(|said| said.contains(breach)), "«{breach}» was not noticed: {found:?}");
    }
}

/// Facts from a hostile mail, an order mistyped, an import gone mad: nothing panics, nothing is sent, nobody is paid.
#[test]
fn extreme_values_do_no_harm() {
    let days = [NaiveDate::MIN, NaiveDate::MAX, NaiveDate::from_ymd_opt(2026, 2, 28).expect("a day")];
    let sums = [i64::MIN, -1, 0, 1, i64::MAX];
    for day in days {
        for cents in sums {
            let (_, left) = harmless();
            let mut office = Office::new(DebtorKind::Firm);
            office.set_modes(Mode::Send);
            office.account = left.account.clone();
            office.now = left.at;
            for (number, intent) in (0_u8..).zip(Intent::ALL) {
                let mut mail = reading(number, left.at, &[*intent], &[118]);
                mail.facts.promised_date = Some(day);
                mail.facts.paid_on = Some(day);
                mail.facts.return_date = Some(day);
                mail.facts.amounts = vec![Money::eur(cents), Money::eur(cents)];
                mail.day = day;
                office.happen(&Event::MessageRead(Box::new(mail)));
            }
            assert!(office.account.receivables[0].payments.is_empty(), "a word is no payment");
            let items = vec![ReceivableId(118), ReceivableId(-7)];
            for order in [
                Order::Defer { items: items.clone(), until: day },
                Order::Promise { items: items.clone(), by: day, amount: Some(Money::eur(cents)) },
                Order::Hold { items: items.clone(), until: Some(day), why: None },
                Order::PaymentsKnown { up_to: day },
                Order::Resume { items: Vec::new() },
                Order::Paid { items, amount: Some(Money::eur(cents)), on: day },
            ] {
                office.happen(&Event::Ordered(CommandId(1), order));
                office.happen(&Event::DayCame);
                let _ = sollecito::policy::outlook(&office.account, &office.world());
            }
            let mut item = receivable(119, day.max(NaiveDate::MIN + Duration::days(400)), cents, day);
            item.due = day;
            let mut import = Imported {
                customer: office.account.customer.clone(),
                receivables: vec![item],
                complete: true,
                payments_known_up_to: Some(day),
                first: false,
            };
            import.customer.contacts.clear();
            office.happen(&Event::Imported(Box::new(import)));
            let planned = office.happen(&Event::DayCame).mails;
            assert!(planned.is_empty(), "nobody is on file: {planned:?}");
        }
    }
}

/// A window that never opens, no ladder, no limits: settings are checked elsewhere, but nothing hangs or panics here.
#[test]
fn odd_settings_do_no_harm() {
    let (_, left) = harmless();
    let mut office = Office::new(DebtorKind::Firm);
    office.set_modes(Mode::Send);
    office.account = left.account.clone();
    office.now = left.at;
    office.policy.windows.reminder_days.clear();
    office.policy.windows.answer_hours.clear();
    assert!(office.happen(&Event::DayCame).mails.is_empty(), "no day for reminders, no reminder");
    let answer = office.happen(&Event::MessageRead(Box::new(reading(1, left.at, &[Intent::StatementRequest], &[]))));
    assert_eq!(answer.mails.len(), 1);
    assert!(answer.mails[0].not_before > left.at + Duration::days(300), "no hours for answers: it waits for the owner");
    office.policy.ladders.clear();
    assert!(office.happen(&Event::DayCame).mails.is_empty());
    assert!(sollecito::policy::outlook(&office.account, &office.world()).next.is_none());
}
