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
#[path = "nevers/extent.rs"]
mod extent;
#[path = "timelines/lives.rs"]
mod lives;
#[path = "timelines/looks.rs"]
mod looks;
#[path = "timelines/office.rs"]
mod office;
#[path = "timelines/promises.rs"]
mod promises;
#[path = "timelines/random.rs"]
mod random;
#[path = "timelines/shown.rs"]
mod shown;

use chance::Chance;
use chrono::{DateTime, Duration, NaiveDate};
use lives::{DAYS, Guard, at, live, live_for};
use office::{Left, Office, reading, receivable};
use promises::{Heard, Record, breaches};
use sollecito::ledger::credit::Applied;
use sollecito::ledger::event::{DeliveryOutcome, Event, Imported, Order};
use sollecito::ledger::hold::{Hold, HoldKind, HoldScope};
use sollecito::ledger::ids::{Address, CommandId, HoldId, MessageIdentity, ReceivableId};
use sollecito::ledger::mail::{MailPlan, OutboxState};
use sollecito::ledger::money::Money;
use sollecito::ledger::reading::{Reading, Warning, Writer};
use sollecito::ledger::receivable::{Closure, Payment, ReceivableKind};
use sollecito::ledger::words::{Authenticity, DebtorKind, Intent, MessageKind, Mode};
use sollecito::policy::{Scope, rehearse};

const CUSTOMERS: u64 = 360;

/// The seed where none is given.
const SEED: u64 = 20_261_012;
/// How far ahead a history is rehearsed.
const AHEAD: i64 = 45;
/// A history is at least so long before that, and so much longer at most.
const LIVED: (i64, i64) = (5, 90);

fn seed() -> u64 {
    std::env::var("SOLLECITO_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(SEED)
}

/// The table in the design is the one of these tests.
#[test]
fn the_design_says_what_is_run() {
    let (least, more) = LIVED;
    extent::is_in_the_design(&[
        format!(
            "| random histories keep the promises (`tests/simulation.rs`) | {SEED} | {CUSTOMERS} customers, {DAYS} days | {} |",
            "54,000"
        ),
        format!(
            "| what is rehearsed of a customer comes true | {SEED} | {CUSTOMERS} customers, {least} to {} days and {} foretold | {} foretold |",
            least + more - 1,
            AHEAD + 1,
            "16,560"
        ),
    ]);
    assert_eq!((CUSTOMERS * DAYS.unsigned_abs(), CUSTOMERS * (AHEAD + 1).unsigned_abs()), (54_000, 16_560));
}

#[test]
fn random_histories_keep_the_promises() {
    let seed = seed();
    println!("SOLLECITO_SEED={seed}");
    let mut reminders = 0;
    let mut answers = 0;
    for customer in 0..CUSTOMERS {
        let record = live(&mut Chance::new(seed.wrapping_add(customer.wrapping_mul(7919))), Guard::On);
        assert_eq!(record.unexplained, Vec::<String>::new(), "seed {seed}, customer {customer}");
        let found = breaches(&record);
        assert!(found.is_empty(), "seed {seed}, customer {customer}:\n{}\n{}", found.join("\n"), record.story());
        reminders += record.left.iter().filter(|left| promises::is_chasing(&left.plan)).count();
        answers += record.left.iter().filter(|left| left.plan.answers.is_some()).count();
    }
    // A simulation in which nothing happens proves nothing.
    println!("{reminders} mails of our own accord, {answers} answers");
    assert!(reminders > 300 && answers > 100, "too little happened: {reminders} reminders, {answers} answers");
}

/// What is rehearsed comes true, day for day, when nothing changes: from wherever a history stands.
#[test]
fn what_is_rehearsed_comes_true() {
    let seed = seed();
    println!("SOLLECITO_SEED={seed}");
    let mut mails = 0;
    for customer in 0..CUSTOMERS {
        let mut chance = Chance::new(seed.wrapping_add(customer.wrapping_mul(104_729)));
        let days = LIVED.0 + chance.below(LIVED.1);
        let (mut office, _) = live_for(&mut chance, Guard::On, days);
        office.halted = false;
        office.told = Some(office.now);
        office.left.clear();
        office.fill_pending();
        let until = office.moment().today() + Duration::days(AHEAD);
        let seen = rehearse(&office.account, &office.world(), until, Scope::Everything);
        let zone = office.moment();
        let told = |at, plan: &MailPlan| format!("{} {} {:?}", zone.day_of(at), plan.template, plan.items);
        let rehearsed: Vec<String> = seen.mails.iter().map(|mail| told(mail.plan.not_before, &mail.plan)).collect();
        let mut day = office.moment().today();
        while day <= until {
            nothing_changes(&mut office, day);
            day += Duration::days(1);
        }
        let left: Vec<String> = office.left.iter().map(|left| told(left.at, &left.plan)).collect();
        assert_eq!(rehearsed, left, "seed {seed}, customer {customer}, {}", office.account.customer.kind);
        mails += left.len();
    }
    println!("{mails} mails were foretold");
    assert!(mails > 150, "too little happened: {mails} mails");
}

/// A day, or the rest of one, on which nobody writes or pays, and the owner does what a rehearsal supposes.
fn nothing_changes(office: &mut Office, day: NaiveDate) {
    for (hour, minute) in [(0, 1), (7, 0), (10, 0), (11, 59), (15, 0), (16, 59), (17, 59), (23, 59)] {
        office.now = at(day, hour, minute).max(office.now);
        if hour >= 8 && office.told.is_none_or(|told| told < at(day, 8, 0)) {
            office.told = Some(at(day, 8, 0));
        }
        office.happen(&Event::Ordered(CommandId(1), Order::PaymentsKnown { up_to: day - Duration::days(1) }));
        office.happen(&Event::DayCame);
        for row in office.outbox.iter_mut().filter(|row| row.state == OutboxState::Held) {
            row.approved = row.plan.template.as_str() != "final_notice";
        }
        office.deliver(DeliveryOutcome::Accepted);
    }
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
        parts: Vec::new(),
        by_cheque: false,
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
                item.payments.push(Payment::arrived(item.amount, item.due));
            }),
        ),
        (
            "is paid",
            spoil(|_, left| {
                let item = &mut left.account.receivables[0];
                item.credit.set(Applied { note: ReceivableId(7), amount: item.amount, in_paid: false });
            }),
        ),
        (
            "reduces nothing yet",
            spoil(|_, left| {
                let mut note = receivable(7, left.account.receivables[0].due, -20_000, left.account.receivables[0].due);
                note.kind = ReceivableKind::CreditNote;
                left.account.receivables.push(note);
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
        ("not told in time", spoil(|record, _| record.policy.limits.forewarn = true)),
        (
            "not told in time",
            spoil(|record, left| {
                record.policy.limits.forewarn = true;
                left.told = Some(left.at - Duration::minutes(59));
            }),
        ),
        (
            "not told in time",
            spoil(|record, left| {
                record.policy.limits.forewarn = true;
                left.told = Some(left.at - Duration::days(1));
            }),
        ),
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
                let until = office.moment().today() + Duration::days(40);
                let _ = sollecito::policy::rehearse(&office.account, &office.world(), until, Scope::Everything);
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
    let until = office.moment().today() + Duration::days(120);
    let seen = sollecito::policy::rehearse(&office.account, &office.world(), until, Scope::Everything);
    assert!(seen.mails.is_empty(), "{seen:?}");
}
