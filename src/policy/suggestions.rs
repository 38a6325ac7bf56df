//! What the owner may answer to a mail by one word: the orders that stand in the question.

use super::disposition::Sight;
use super::instalments;
use super::judgement::{Course, Pause};
use super::set_off;
use crate::ledger::event::{Order, TELEPHONED};
use crate::ledger::ids::ReceivableId;
use crate::ledger::money::Money;
use crate::ledger::reading::{Reading, Refund, Warning};
use crate::ledger::words::Intent;

/// A payment of the same sum within so many days is the one that a mail speaks of.
const SAME_PAYMENT_DAYS: i64 = 7;

impl Sight<'_> {
    /// What the owner may say by one word.
    pub(super) fn suggestions(&self, course: &Course) -> Vec<Order> {
        let items = self.touched().to_vec();
        if items.is_empty() {
            return Vec::new();
        }
        let mut orders = Vec::new();
        let facts = &self.reading.facts;
        if is_fraud_near(self.reading) {
            // Money to another IBAN never reached us: only what was heard on the telephone is noted, and what arrived on an
            // account of ours is booked last.
            orders.push(Order::Note { items: items.clone(), text: TELEPHONED.to_owned() });
        } else if facts.set_off {
            let on = facts.paid_on.unwrap_or(self.reading.day).min(self.world.moment.today());
            let claimed = self.amount().filter(|_| !self.is_amount_whole());
            orders.push(set_off::as_claimed(self.account, &items, claimed, on));
        } else if (self.reading.wants(Intent::PaymentMade) || self.reading.wants(Intent::PaymentNotification))
            && facts.refund != Some(Refund::PaidByMistake)
        {
            let on = facts.paid_on.unwrap_or(self.reading.day);
            // Booked already: a second time would be money that never came.
            if !self.is_recorded(self.amount()) {
                orders.push(Order::Paid { items: items.clone(), amount: self.amount(), on });
            }
        }
        if is_fraud_near(self.reading) {
            orders.extend(self.going_on(course));
            if self.reading.wants(Intent::PaymentMade) {
                orders.push(Order::Paid {
                    items,
                    amount: self.amount(),
                    on: facts.paid_on.unwrap_or(self.reading.day),
                });
            }
            return orders;
        }
        if let Some(on) = self.look_again_on() {
            orders.push(Order::Hold { items: items.clone(), until: Some(on), why: None });
        }
        let asked = facts.instalments.as_deref().unwrap_or_default();
        orders.extend(instalments::as_asked(self.account, &items, asked, self.world.moment.today()));
        if let Some(day) = facts.promised_date {
            let asks = self.reading.wants(Intent::DeferralRequest) || self.reading.wants(Intent::InstalmentRequest);
            // "Un po' alla volta, intanto 100 euro entro il 20": the day is that of the part.
            let is_of_a_part = self.reading.wants(Intent::InstalmentRequest) && !self.is_amount_whole();
            if asks && !is_of_a_part {
                orders.push(Order::Defer { items: items.clone(), until: day });
            } else {
                // Of a part that is paid and a rest that is promised, the rest.
                let claimed = self.amount().filter(|_| self.reading.wants(Intent::PaymentMade));
                let is_open_without = claimed.is_some() && self.is_recorded(claimed);
                let rest = match claimed {
                    _ if is_open_without => None,
                    Some(part) => self.rest_after(part),
                    None => self.amount(),
                };
                // "La 20 la paghiamo il 30; per la 21 aspettiamo la nota": which of them is meant, the owner says.
                let named = if items.len() > 1 && self.wants_more_than_money() {
                    items.chunks(1)
                } else {
                    items.chunks(items.len())
                };
                let amount = rest.filter(|_| named.len() == 1);
                orders.extend(named.map(|items| Order::Promise { items: items.to_vec(), by: day, amount }));
            }
        }
        orders.extend(self.going_on(course));
        orders
    }

    /// Something else stands beside words of paying.
    fn wants_more_than_money(&self) -> bool {
        use Intent::{Acknowledgement, InstalmentRequest, PaymentMade, PaymentNotification, PromiseToPay};
        let is_money = |intent| {
            matches!(intent, Acknowledgement | InstalmentRequest | PaymentMade | PaymentNotification | PromiseToPay)
        };
        self.reading.intents.iter().any(|found| !is_money(found.intent))
    }

    /// Is this sum in the books already, as a payment of the days about the one that the mail names?
    pub(super) fn is_recorded(&self, amount: Option<Money>) -> bool {
        let on = self.reading.facts.paid_on.unwrap_or(self.reading.day);
        let items = self.touched().iter().filter_map(|id| self.account.receivable(*id));
        let mut payments = items.flat_map(|item| &item.payments);
        payments.any(|paid| Some(paid.amount) == amount && (paid.on - on).num_days().abs() <= SAME_PAYMENT_DAYS)
    }

    fn going_on(&self, course: &Course) -> Option<Order> {
        let paused = self.paused_by(course);
        (!paused.is_empty()).then_some(Order::Resume { items: paused })
    }

    /// What only this mail stops. What was silent before has a reason of its own, and going on would sweep it away.
    fn paused_by(&self, course: &Course) -> Vec<ReceivableId> {
        let today = self.world.moment.today();
        let free = |id: &ReceivableId| self.account.hold_of(*id, today).is_none();
        match course {
            // All of the customer's: closing the question lifts it.
            Course::Pause(Pause::Review(items)) if items.is_empty() => Vec::new(),
            Course::Nothing | Course::Accept { .. } | Course::Absence { .. } | Course::Bounced => Vec::new(),
            Course::Pause(_)
            | Course::Claim { .. }
            | Course::Promise { .. }
            | Course::PartAndRest { .. }
            | Course::Defer { .. } => self.touched().iter().copied().filter(free).collect(),
        }
    }
}

/// Does it name an IBAN that is not ours?
fn is_fraud_near(reading: &Reading) -> bool {
    reading.warnings.contains(&Warning::ForeignIban)
}
