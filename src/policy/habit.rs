//! "Paghiamo sempre il 10": a habit is no promise. The owner is offered once to note it as the customer's payment day; nothing
//! is ever set because a mail says so.
//!
//! Where the day that a mail names is only that of the habit, nobody promised anything for this debt: no thanks leave and no
//! promise is noted that could be called broken. The reminders wait for the day and the bank's days after it, and the owner
//! is asked. Who names the same habit once more, with nothing paid in between, gets no second wait by themself.

use super::World;
use super::deliberation::{Deliberation, NewCase};
use super::disposition::{Sight, disposition_of, ids, risk};
use super::gate::{self, Gate};
use super::judgement::{Course, Judgement, Pause, Question};
use super::payday;
use super::steps::plus_days;
use crate::ledger::account::Account;
use crate::ledger::arranged::LAST_DAY_OF_MONTH;
use crate::ledger::calendar::plus_banking_days;
use crate::ledger::case::CaseKind;
use crate::ledger::customer::Customer;
use crate::ledger::event::Order;
use crate::ledger::ids::ReceivableId;
use crate::ledger::reading::Reading;
use crate::ledger::words::{Intent, MessageKind};
use chrono::NaiveDate;

impl Sight<'_> {
    /// The judgement of a mail whose only day is that of a habit; `None` where a day is promised or asked for.
    pub(super) fn only_a_habit(&self, intent: Intent, gate: &Gate) -> Option<Judgement> {
        let facts = &self.reading.facts;
        let day = facts.promised_date.filter(|_| facts.by_habit)?;
        let is_about_a_day = matches!(intent, Intent::PromiseToPay | Intent::DeferralRequest);
        if !is_about_a_day || facts.instalments.is_some() || self.certain.is_empty() {
            return None;
        }
        let (today, limits) = (self.world.moment.today(), &self.world.policy.limits);
        let items = ids(&self.certain);
        let disposition = disposition_of(intent);
        if let Some(earlier) = self.named_before(&items, today) {
            let why = format!("The customer named its usual day before, {earlier}, and it is open still");
            return Some(Judgement { disposition, ..self.owner(CaseKind::Deferral, why, self.pause()) });
        }
        let seen = plus_banking_days(day, limits.promise_grace_banking_days);
        let is_proven = matches!(gate, Gate::Full(_));
        // Anybody may have written it: the reminders wait a few days only.
        let until = if is_proven { seen } else { seen.min(plus_days(today, limits.unverified_hold_days)) };
        let is_noted = self.account.customer.payment_day() == facts.pays_on && facts.pays_on.is_some();
        let is_asked = self.account.open_cases().any(|case| case.kind == CaseKind::PayHabit);
        let reason = format!("The customer names only the day on which it always pays, {day}: nothing is promised");
        let question = (!is_noted && !is_asked).then(|| Question {
            kind: CaseKind::PayHabit,
            why: reason.clone(),
            suggestions: vec![Order::Promise { items: items.clone(), by: day, amount: self.amount() }],
        });
        let course =
            if seen < today { Course::Nothing } else { Course::Pause(Pause::UntilPayday { items, day, until }) };
        Some(Judgement { disposition, course, answer: None, question, reason })
    }

    /// The last day of the habit for which the reminders of these waited already.
    fn named_before(&self, items: &[ReceivableId], today: NaiveDate) -> Option<NaiveDate> {
        let of_these = |item: &ReceivableId| {
            let waited = self.account.holds.iter().filter(|hold| payday::is_for_a_habit(hold) && hold.covers(*item));
            waited.filter_map(|hold| hold.named_day).filter(|day| *day < today).max()
        };
        items.iter().filter_map(of_these).max()
    }
}

/// Offers the day that a proven mail of the customer's names, unless it is noted or was offered before.
pub(super) fn offer(d: &mut Deliberation<'_>, reading: &Reading) {
    let was_offered = d.account.cases.iter().any(|case| case.kind == CaseKind::PayHabit);
    let particulars = to_note(&d.account, reading, d.world);
    if was_offered || particulars.is_empty() {
        return;
    }
    let new = NewCase {
        kind: CaseKind::PayHabit,
        message: Some(reading.identity),
        items: Vec::new(),
        particulars,
        suggestions: Vec::new(),
    };
    d.open_case(new, "The customer names the day on which it always pays");
}

/// What the owner writes where to note the day; nothing where it is noted, or where it is not certain that they said it.
pub(super) fn to_note(account: &Account, reading: &Reading, world: &World<'_>) -> Vec<String> {
    let Some(day) = reading.facts.pays_on else { return Vec::new() };
    let is_plain = reading.kind == MessageKind::Reply && risk(reading).is_none() && gate::trouble(reading).is_none();
    let is_theirs =
        gate::is_certain_customer(reading, account) && matches!(gate::weigh(reading, account, world), Gate::Full(_));
    let customer = &account.customer;
    if !is_plain || !is_theirs || customer.payment_day() == Some(day) {
        return Vec::new();
    }
    let said = if day == LAST_DAY_OF_MONTH {
        "The customer says that it always pays at the end of the month.".to_owned()
    } else {
        format!("The customer says that it always pays on day {day} of the month.")
    };
    let noted = customer.payment_day().map(|noted| format!("Until now day {noted} is noted."));
    let mut particulars = vec![said];
    particulars.extend(noted);
    particulars.push(format!(
        "To note it, write into customers.toml, each part on a line of its own: [[customer]] {} payment_day = {day}",
        named(customer)
    ));
    particulars.push(format!(
        "Where the customer stands in that file already, only payment_day = {day} is added to its entry."
    ));
    particulars
}

/// A day was noted, or another one: the question is answered.
pub(super) fn close_noted(d: &mut Deliberation<'_>, before: Option<u32>) {
    let noted = d.account.customer.payment_day();
    if noted.is_some() && noted != before {
        d.close_cases(&[CaseKind::PayHabit], &[], "The day on which the customer pays is noted");
    }
}

/// As `customers.toml` names a customer.
fn named(customer: &Customer) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    if let Some(code) = &customer.external_id {
        return format!("code = {}", quoted(code));
    }
    match &customer.vat_number {
        Some(vat) => format!("vat_number = {}", quoted(vat)),
        None => format!("name = {}", quoted(&customer.name)),
    }
}
