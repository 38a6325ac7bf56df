//! What the owner's last letter claims beside the capital: late interest and the flat compensation, where the owner wants
//! them and the law gives them. Only that letter: before it, neither is ever named.

use super::World;
use crate::ledger::account::Account;
use crate::ledger::holidays::HolidayCountry;
use crate::ledger::ids::{ReceivableId, StepId};
use crate::ledger::interest::{self, COMPENSATION, Claims, NoClaim};
use crate::ledger::mail::MailPlan;
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::Receivable;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What the letter about these receivables claims. The amounts are counted when it is written, since a part may be paid
/// until then.
pub(super) fn of(account: &Account, items: &[&Receivable], world: &World<'_>) -> Claims {
    let (today, wanted) = (world.moment.today(), &world.policy.late_payment);
    if !is_italian(account, world) {
        return Claims::default();
    }
    let owed = |item: &&Receivable| interest::of(account, item, today, &wanted.rates).is_ok();
    let compensation = if wanted.compensation {
        interest::compensated(account, items, today, &compensated_before(account, items, world))
    } else {
        Vec::new()
    };
    Claims { interest: wanted.interest && items.iter().any(owed), compensation }
}

/// Where nothing is known of the customer's country it is the firm's own, and the rates are those of Italian law.
fn is_italian(account: &Account, world: &World<'_>) -> bool {
    account.customer.country.is_some() || world.policy.calendar.country == HolidayCountry::Italy
}

/// Receivables outside this letter for which a last letter left already: the compensation of their invoice was asked for
/// then, or could have been.
fn compensated_before(account: &Account, items: &[&Receivable], world: &World<'_>) -> BTreeSet<ReceivableId> {
    let is_last_letter = |name: &StepId| world.policy.owners_steps().any(|step| step == name);
    account
        .steps
        .iter()
        .filter(|taken| is_last_letter(taken.name()))
        .map(|taken| taken.step.receivable)
        .filter(|id| items.iter().all(|item| item.id != *id))
        .collect()
}

/// What the owner is told about it before signing: the sums as they are today, and why something is not claimed.
pub(super) fn facts(account: &Account, mail: &MailPlan, world: &World<'_>) -> Vec<String> {
    let (today, wanted) = (world.moment.today(), &world.policy.late_payment);
    let items: Vec<&Receivable> = mail.items.iter().filter_map(|id| account.receivable(*id)).collect();
    let mut facts = Vec::new();
    if (wanted.interest || wanted.compensation) && !is_italian(account, world) {
        facts.push("No late interest or compensation: they are those of Italian law, and nothing says that the customer is in Italy.".to_owned());
        return facts;
    }
    if wanted.interest {
        let counted: Vec<_> =
            items.iter().map(|item| (*item, interest::of(account, item, today, &wanted.rates))).collect();
        let sums: Vec<Money> = counted.iter().filter_map(|(_, counted)| Some(counted.as_ref().ok()?.total)).collect();
        if !sums.is_empty() {
            let sum = total(COMPENSATION.currency, &sums);
            facts.push(format!(
                "Late interest up to {today} on what is still open: {sum}. A part that was paid late carries none here."
            ));
        }
        let refused = counted.iter().filter_map(|(item, counted)| Some((*item, *counted.as_ref().err()?)));
        facts.extend(told("late interest", refused));
    }
    if wanted.compensation {
        let carriers = &mail.particulars.claims.compensation;
        if !carriers.is_empty() {
            let sums = vec![COMPENSATION; carriers.len()];
            facts.push(format!("Flat compensation for late payment: {}.", total(COMPENSATION.currency, &sums)));
        }
        let refused = items.iter().map(|item| (*item, interest::is_compensated(account, item, today)));
        facts.extend(told("flat compensation", refused.filter_map(|(item, owed)| Some((item, owed.err()?)))));
        let repeated = items.iter().any(|item| {
            interest::is_compensated(account, item, today).is_ok()
                && !interest::shares_invoice_with(account, item, carriers)
        });
        if repeated {
            facts.push("No flat compensation where an earlier letter was about the same invoice.".to_owned());
        }
    }
    facts
}

/// One sentence for each reason, with the documents that it holds for.
fn told<'a>(what: &str, refused: impl Iterator<Item = (&'a Receivable, NoClaim)>) -> Vec<String> {
    let mut by_reason: BTreeMap<String, Vec<Cow<'_, str>>> = BTreeMap::new();
    for (item, reason) in refused {
        by_reason.entry(reason.to_string()).or_default().push(item.key.name());
    }
    by_reason.iter().map(|(reason, numbers)| format!("No {what} on {}: {reason}.", numbers.join(", "))).collect()
}
