//! What may happen at random: a customer's mail, a credit note of an import, other rules.

use super::chance::Chance;
use super::office::{reading, receivable};
use chrono::{Duration, Weekday};
use sollecito::ledger::account::Account;
use sollecito::ledger::ids::Address;
use sollecito::ledger::moment::Moment;
use sollecito::ledger::money::Money;
use sollecito::ledger::reading::{Means, Reading, Warning, Writer};
use sollecito::ledger::receivable::{Receivable, ReceivableKind};
use sollecito::ledger::words::{Authenticity, Certainty, Intent, MessageKind};
use sollecito::policy::terms::{Policy, When};

/// What a customer may write, with all that may be odd about it.
pub fn random_mail(account: &Account, moment: Moment, chance: &mut Chance, number: u8) -> Reading {
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
    let ids: Vec<i64> = account.receivables.iter().map(|item| item.id.0).collect();
    let items = if chance.one_in(8) { Vec::new() } else { vec![*chance.pick(&ids)] };
    let received = moment.instant - Duration::minutes(if chance.one_in(10) { chance.below(60 * 24 * 12) } else { 3 });
    let mut mail = reading(number, received, &intents, &items);
    let today = moment.today();
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
    mail.facts.personal_data = chance.one_in(20);
    mail.facts.credit_note = chance.one_in(4);
    // By its number and not by chance: what else happens stays as it was.
    mail.facts.means = Means::ALL.get(usize::from(number) % 40).copied();
    mail.facts.next_year = number % 40 == 17;
    mail.facts.pays_on = (number % 40 == 23).then_some(10);
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

/// A credit note of an import, which names an invoice or does not, and may be of more than is open.
pub fn credit_note(account: &Account, moment: Moment, chance: &mut Chance) -> Receivable {
    let invoices: Vec<&Receivable> =
        account.receivables.iter().filter(|item| item.kind != ReceivableKind::CreditNote).collect();
    let invoice = *chance.pick(&invoices);
    let today = moment.today();
    let cents = if chance.one_in(3) { invoice.open().cents.max(1) } else { 1 + chance.below(150_000) };
    let mut note = receivable(900 + chance.below(3), today, -cents, today);
    note.kind = ReceivableKind::CreditNote;
    note.key.issued = today;
    note.credit.named = chance.one_in(2).then(|| invoice.key.number.clone());
    note
}

/// Another policy than before.
pub fn turn(policy: &mut Policy, chance: &mut Chance) {
    let windows = &mut policy.windows;
    match chance.below(8) {
        0 => windows.reminder_days = vec![Weekday::Mon, Weekday::Wed, Weekday::Fri],
        1 => windows.reminder_hours.truncate(1),
        2 => windows.reminder_hours.push((time(20), time(22))),
        3 => windows.quiet.clear(),
        4 => windows.avoid_eves = !windows.avoid_eves,
        5 => policy.limits.recipient_gap_days = u32::try_from(1 + chance.below(20)).expect("days"),
        6 => policy.limits.fresh_payments_banking_days = u32::try_from(chance.below(6)).expect("days"),
        _ => {
            for step in policy.ladders.values_mut().flat_map(|ladder| &mut ladder.steps) {
                if let When::After(days) = &mut step.when {
                    *days += u32::try_from(chance.below(3)).expect("days");
                }
            }
        }
    }
}

fn time(hour: u32) -> chrono::NaiveTime {
    chrono::NaiveTime::from_hms_opt(hour, 0, 0).expect("a time")
}
