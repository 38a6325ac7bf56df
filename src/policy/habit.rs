//! "Paghiamo sempre il 10": a habit is no promise. The owner is offered once to note it as the customer's payment day; nothing
//! is ever set because a mail says so.

use super::deliberation::{Deliberation, NewCase};
use super::disposition::risk;
use super::gate::{self, Gate};
use crate::ledger::arranged::LAST_DAY_OF_MONTH;
use crate::ledger::case::CaseKind;
use crate::ledger::customer::Customer;
use crate::ledger::reading::Reading;
use crate::ledger::words::MessageKind;

/// Offers the day that a proven mail of the customer's names, unless it is noted or was offered before.
pub(super) fn offer(d: &mut Deliberation<'_>, reading: &Reading) {
    let Some(day) = reading.facts.pays_on else { return };
    let is_plain = reading.kind == MessageKind::Reply && risk(reading).is_none() && gate::trouble(reading).is_none();
    let is_theirs = gate::is_certain_customer(reading, &d.account)
        && matches!(gate::weigh(reading, &d.account, d.world), Gate::Full(_));
    let was_offered = d.account.cases.iter().any(|case| case.kind == CaseKind::PayHabit);
    if !is_plain || !is_theirs || was_offered || d.account.customer.payment_day() == Some(day) {
        return;
    }
    let said = if day == LAST_DAY_OF_MONTH {
        "The customer says that it always pays at the end of the month.".to_owned()
    } else {
        format!("The customer says that it always pays on day {day} of the month.")
    };
    let customer = &d.account.customer;
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
    let new = NewCase {
        kind: CaseKind::PayHabit,
        message: Some(reading.identity),
        items: Vec::new(),
        particulars,
        suggestions: Vec::new(),
    };
    d.open_case(new, "The customer names the day on which it always pays");
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
