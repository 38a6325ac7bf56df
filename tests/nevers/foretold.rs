//! What `plan` foretells for a whole firm, beside what leaves when nothing changes: nobody writes or pays, the owner says
//! every morning who has paid, and approves what asks for it. Customers share a reader, a day's cap and the days after a
//! quiet time; everything that the agent writes of its own accord is looked for.

use super::chance::Chance;
use super::firm::at;
use super::office::{reading, receivable};
use super::years::Years;
use chrono::{Days, Duration, NaiveDate};
use sollecito::ledger::event::{DeliveryOutcome, Event, Imported, Order};
use sollecito::ledger::ids::{CommandId, CustomerId, MessageIdentity};
use sollecito::ledger::mail::MailPlan;
use sollecito::ledger::words::{Intent, Mode, Purpose};
use std::collections::{BTreeMap, BTreeSet};

/// How many firms.
pub const FIRMS: u64 = 40;
/// How many customers each has.
pub const CUSTOMERS: i64 = 14;
/// So far ahead, as `plan --days 30`.
pub const AHEAD: u64 = 30;
/// A firm has lived at least so many days before it is asked, and so many more at most.
pub const LIVED: (i64, i64) = (10, 200);

/// Texts of which at least one must have been foretold, else it proves nothing of them.
const LOOKED_FOR: [&str; 7] = [
    "reminder_friendly",
    "before_closure",
    "promise_broken",
    "claim_check",
    "monthly_statement",
    "receipt_check",
    "courtesy_note",
];

/// Where a difference lies, one line each, and how often which text was foretold.
pub struct Compared {
    pub differences: Vec<String>,
    pub foretold: BTreeMap<String, usize>,
}

type Mails = BTreeMap<CustomerId, Vec<String>>;

/// One firm after a while at random: what is foretold, and what comes.
pub fn compare(seed: u64) -> Compared {
    let mut chance = Chance::new(seed ^ 0x5eed);
    let mut years = Years::begin(seed, CUSTOMERS, None);
    for _ in 0..LIVED.0 + chance.below(LIVED.1) {
        years.live_a_day();
    }
    let firm = &mut years.firm;
    let mut policy = firm.policy.clone();
    // What is only observed is foretold as if it were not, and mails of one reader are put together by the store.
    policy.modes.insert(Purpose::Reminder, Mode::Send);
    policy.limits.one_mail_to_administrators = false;
    policy.windows.statement_day = *chance.pick(&[None, Some(3), Some(12), Some(21)]);
    firm.heed(policy);
    firm.halted = false;
    stir(&mut years, &mut chance);
    let firm = &mut years.firm;
    let today = firm.moment().today();
    firm.told = Some(firm.now.max(at(today, 8, 0)));
    firm.tick();
    firm.log.clear();
    let until = today + Days::new(AHEAD);
    let zone = firm.moment();
    let line = |day: NaiveDate, plan: &MailPlan| format!("{day} {} {:?}", plan.template, plan.items);
    let (mut foretold, mut counted) = (Mails::new(), BTreeMap::new());
    for (account, seen) in firm.accounts.iter().zip(firm.rehearse(until)) {
        for mail in seen.mails {
            *counted.entry(mail.plan.template.to_string()).or_default() += 1;
            let line = line(zone.day_of(mail.plan.not_before), &mail.plan);
            foretold.entry(account.customer.id).or_default().push(line);
        }
    }
    let mut day = today;
    while day <= until {
        nothing_changes(&mut years, day);
        day = day + Days::new(1);
    }
    let mut came = Mails::new();
    for (at, plan) in &years.firm.log {
        let customer = plan.customer.expect("a customer");
        came.entry(customer).or_default().push(line(zone.day_of(*at), plan));
    }
    let everybody: BTreeSet<CustomerId> = foretold.keys().chain(came.keys()).copied().collect();
    let mut differences = Vec::new();
    for customer in everybody {
        let of = |mails: &Mails| {
            let mut mails = mails.get(&customer).cloned().unwrap_or_default();
            mails.sort();
            mails
        };
        let (foretold, came) = (of(&foretold), of(&came));
        if foretold != came {
            differences.push(format!(
                "seed {seed}, customer {customer}, from {today}:\n  foretold {foretold:?}\n  came {came:?}"
            ));
        }
    }
    Compared { differences, foretold: counted }
}

/// What is rare in a life at random, on the last day of it: words of customers to wait for, invoices that are still to fall
/// due.
fn stir(years: &mut Years, chance: &mut Chance) {
    let firm = &mut years.firm;
    let today = firm.moment().today();
    for index in 0..firm.accounts.len() {
        let account = &firm.accounts[index];
        let number = u8::try_from(index).expect("few");
        let open = account.open_items().first().map(|item| item.id);
        match open.filter(|_| chance.one_in(3)) {
            Some(item) => {
                let intent = *chance.pick(&[Intent::PaymentMade, Intent::PromiseToPay]);
                let mut mail = reading(number, firm.now, &[intent], &[item.0]);
                mail.identity = MessageIdentity([number, 0x77].repeat(16).try_into().expect("32 bytes"));
                mail.from = account.customer.contacts.first().map(|contact| contact.address.clone());
                if let Some(found) = &mut mail.matched.customer {
                    found.customer = account.customer.id;
                }
                mail.facts.paid_on = Some(today - Duration::days(1 + chance.below(4)));
                mail.facts.promised_date = Some(today + Duration::days(1 + chance.below(12)));
                firm.happen(index, &Event::MessageRead(Box::new(mail)));
            }
            None if open.is_none() => {
                let due = today + Duration::days(8 + chance.below(25));
                let mut item = receivable(100_000 + i64::from(number), due, 5_000 + chance.below(900_000), today);
                item.customer = account.customer.id;
                let customer = account.customer.as_imported();
                let receivables = vec![item];
                let payments_known_up_to = None;
                let import = Imported { customer, receivables, complete: false, payments_known_up_to, first: false };
                firm.happen(index, &Event::Imported(Box::new(import)));
            }
            None => {}
        }
    }
}

/// A day, or the rest of one.
fn nothing_changes(years: &mut Years, day: NaiveDate) {
    let firm = &mut years.firm;
    let hours =
        [(0, 1), (7, 0), (8, 0), (9, 30), (10, 0), (11, 59), (14, 30), (15, 0), (16, 59), (17, 59), (21, 59), (23, 59)];
    for (hour, minute) in hours {
        if at(day, hour, minute) < firm.now {
            continue;
        }
        firm.set_clock(at(day, hour, minute));
        if hour >= 8 && firm.told.is_none_or(|told| told < at(day, 8, 0)) {
            firm.told = Some(at(day, 8, 0));
        }
        if hour == 0 || firm.log.is_empty() {
            for index in 0..firm.accounts.len() {
                let order = Order::PaymentsKnown { up_to: day - Duration::days(1) };
                firm.happen(index, &Event::Ordered(CommandId(1), order));
            }
        }
        firm.tick();
        firm.approve_all_but_the_owners();
        firm.deliver(|| DeliveryOutcome::Accepted);
    }
}

/// Every text that is looked for was foretold at least once.
pub fn unseen(foretold: &BTreeMap<String, usize>) -> Vec<&'static str> {
    LOOKED_FOR.into_iter().filter(|text| !foretold.contains_key(*text)).collect()
}
