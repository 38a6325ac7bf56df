//! Random lives of customers: what they write, what the owner does, what leaves.

use super::chance::Chance;
use super::looks::{Looks, Watch};
use super::office::{Office, contact, reading, receivable};
use super::promises::{Heard, Record};
use super::random::{credit_note, random_mail};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use sollecito::ledger::customer::ContactRole;
use sollecito::ledger::event::{DeliveryOutcome, Event, Imported, Order};
use sollecito::ledger::ids::{Address, CommandId, MessageIdentity, ReceivableId};
use sollecito::ledger::moment;
use sollecito::ledger::money::Money;
use sollecito::ledger::reading::{BounceFinding, OwnMail, OwnMailKind, Writer};
use sollecito::ledger::receivable::{Closure, Payment, ReceivableKind};
use sollecito::ledger::words::{DebtorKind, Intent, MessageKind, Mode};
use sollecito::policy::outlook;

/// How long each history is.
pub const DAYS: i64 = 150;

#[derive(PartialEq)]
pub enum Guard {
    On,
    /// Mails leave as planned, whatever has happened since.
    Off,
}

/// One customer's life.
pub fn live(chance: &mut Chance, guard: Guard) -> Record {
    let (mut office, mut record) = live_for(chance, guard, DAYS);
    record.left = std::mem::take(&mut office.left);
    record
}

/// So many days of it, and the office as it stands then.
pub fn live_for(chance: &mut Chance, guard: Guard, days: i64) -> (Office, Record) {
    live_watched(chance, guard, days, &mut Watch::new(Looks::Always))
}

/// The same, and who is looked at when.
pub fn live_watched(chance: &mut Chance, guard: Guard, days: i64, watch: &mut Watch) -> (Office, Record) {
    let kind = *chance.pick(&[DebtorKind::Firm, DebtorKind::Consumer, DebtorKind::PublicBody, DebtorKind::Unknown]);
    let mut office = Office::new(kind);
    office.set_modes(Mode::Send);
    office.account.customer.contacts.push(contact("bea@beltrami.example", ContactRole::Primary));
    office.account.customer.contacts.push(contact("carlo@beltrami.example", ContactRole::Copy));
    office.policy.limits.approve_first_mail = chance.one_in(4);
    office.account.customer.vip = chance.one_in(12);
    office.policy.limits.forewarn = chance.one_in(3);
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
    while day < start + Duration::days(days) {
        // Now and then the agent is off for days.
        day += Duration::days(if chance.one_in(25) { 1 + chance.below(20) } else { 1 });
        office.halted = chance.one_in(30);
        if chance.one_in(4) {
            office.now = at(day, 7, 0);
            let order = Order::PaymentsKnown { up_to: day - Duration::days(chance.below(4)) };
            office.happen(&Event::Ordered(CommandId(1), order));
        }
        // On some days the list of the morning does not reach the owner, or only in the afternoon.
        let list = *chance.pick(&[8, 8, 8, 8, 15, 24]);
        for hour in [8, 10, 13, 15, 17] {
            office.now = at(day, hour, u32::try_from(chance.below(60)).expect("minutes"));
            if hour == list {
                office.told = Some(office.now);
            }
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
            watch.day_comes(&mut office);
            record.unexplained.extend(unexplained(&office));
            if chance.one_in(40) {
                office.approve();
            }
            send(&mut office, chance, &guard);
        }
    }
    (office, record)
}

/// The day was decided on: whatever is open now has a mail on its way or a reason for silence. Both say so.
fn unexplained(office: &Office) -> Vec<String> {
    let silent = outlook(&office.account, &office.world()).into_iter().filter(|item| item.silence.is_empty());
    silent.map(|item| format!("{} {}: nothing leaves, and nobody can say why", office.now, item.receivable)).collect()
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
    let mut mail = random_mail(&office.account, office.moment(), chance, number);
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

fn owner_acts(office: &mut Office, record: &mut Record, chance: &mut Chance, first: &Imported) {
    let today = office.moment().today();
    let ids: Vec<ReceivableId> = office.account.receivables.iter().map(|item| item.id).collect();
    let items = vec![*chance.pick(&ids)];
    let soon = today + Duration::days(chance.below(25));
    let order = match chance.below(15) {
        0 | 1 => Order::Paid { items, amount: None, on: today },
        2 if chance.one_in(2) => {
            let amount = chance.one_in(2).then(|| Money::eur(1 + chance.below(90_000)));
            Order::SetOff { items, amount, against: None, on: today }
        }
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
            let note = credit_note(&office.account, office.moment(), chance);
            let customer = office.account.customer.clone();
            let receivables = vec![note];
            let import = Imported { customer, receivables, complete: false, payments_known_up_to: None, first: false };
            office.happen(&Event::Imported(Box::new(import)));
            return;
        }
        12 => {
            let notes = office.account.receivables.iter().filter(|item| item.kind == ReceivableKind::CreditNote);
            let notes: Vec<ReceivableId> = notes.map(|note| note.id).collect();
            let Some(note) = notes.first() else { return };
            Order::Credit { note: *note, items: if chance.one_in(3) { Vec::new() } else { items } }
        }
        13 => {
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

pub fn at(day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    moment::at(chrono_tz::Europe::Rome, day, NaiveTime::from_hms_opt(hour, minute, 0).expect("a time"))
}
