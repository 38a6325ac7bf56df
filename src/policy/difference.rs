//! What is missing of a payment, by name: some sums are withheld by law or custom and paid to somebody else. Only sums that
//! agree to the cent are named; a person decides.

use super::deliberation::{Deliberation, NewCase, NewHold};
use super::instalments;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::event::Order;
use crate::ledger::hold::HoldKind;
use crate::ledger::ids::{CaseId, ReceivableId};
use crate::ledger::money::{Currency, Money};
use crate::ledger::receivable::Receivable;

/// Shares of a gross amount, as (numerator, denominator): what they are, in one English sentence's words.
const SHARES: [(i128, i128, &str); 9] = [
    // The payer's bank withholds 11 % of the net price of building works paid by "bonifico parlante" (art. 25 d.l.
    // 78/2010): 1,220.00 arrives as 1,110.00.
    (11, 122, "the 11 % that the bank withholds on building works, at 22 % VAT"),
    (11, 110, "the 11 % that the bank withholds on building works, at 10 % VAT"),
    // Withholding tax on fees, 20 % of the taxable part (art. 25 d.P.R. 600/1973).
    (20, 122, "a withholding tax of 20 %, at 22 % VAT"),
    (20, 100, "a withholding tax of 20 %, without VAT"),
    // Withholding on works for a condominium, 4 % (art. 25-ter d.P.R. 600/1973).
    (4, 122, "a withholding tax of 4 %, at 22 % VAT"),
    (4, 110, "a withholding tax of 4 %, at 10 % VAT"),
    (5, 100, "a retention of 5 %"),
    (10, 100, "a retention of 10 %"),
    (22, 122, "the whole VAT of 22 %, as with split payment"),
];

/// What a bank keeps of a transfer, in cents of a euro: of one from abroad with shared or borne costs, and of some domestic
/// ones. A custom of tariffs, not a law: it is only a question.
const BANK_FEES: [i128; 8] = [500, 750, 800, 1_000, 1_200, 1_500, 2_000, 2_500];
/// So many times its fee a transfer is worth at least: less missing of a small sum is no bank's doing.
const FEE_AT_MOST_ONE_IN: i128 = 20;

/// Of what was paid in part: where the rest may be such a sum the owner is asked, and until then nobody asks the customer
/// for it. Once for each sum: another part that comes later may leave another one.
pub(super) fn ask(d: &mut Deliberation<'_>, items: &[ReceivableId]) {
    for id in items {
        // A part of a plan is what it is.
        let paid_in_part = |item: &&Receivable| item.paid().is_positive() && !instalments::covers(&d.account, item.id);
        let Some(item) = d.account.receivable(*id).filter(paid_in_part) else { continue };
        let (open, number) = (item.open(), &item.key.name());
        let name = name_of(open.plus(item.paid()).unwrap_or(item.amount), open);
        // The sum is what the question is about; by what names it goes may change with the program.
        let sum = format!("{number}: the {open} that are missing may be ");
        let fact = name.map(|name| format!("{sum}{name}."));
        let is_about = |case: &&Case| case.kind == CaseKind::Difference && case.items.contains(id);
        let says = |case: &Case| fact.is_some() && case.particulars.first().is_some_and(|told| told.starts_with(&sum));
        let outdated: Vec<CaseId> =
            d.account.open_cases().filter(is_about).filter(|case| !says(case)).map(|case| case.id).collect();
        let was_asked = d.account.cases.iter().filter(is_about).any(says);
        for case in outdated {
            d.close_case(case, "Another part came: what is missing is another sum");
        }
        if let Some(fact) = fact.filter(|_| !was_asked) {
            open_question(d, *id, fact);
        }
    }
}

/// What was missing is another sum now: the question about the sum of before is over, and no new one is asked. What a
/// set-off leaves was held back by nobody.
pub(super) fn close_outdated(d: &mut Deliberation<'_>, items: &[ReceivableId]) {
    d.close_cases(&[CaseKind::Difference], items, "Part of it was set off: what is missing is another sum");
}

fn open_question(d: &mut Deliberation<'_>, item: ReceivableId, fact: String) {
    let items = vec![item];
    let case = d.open_case(
        NewCase {
            kind: CaseKind::Difference,
            message: None,
            particulars: vec![fact.clone()],
            suggestions: vec![
                // The rest is let go: it was paid to somebody else, and never arrives.
                Order::WriteOff { items: items.clone() },
                Order::Resume { items: items.clone() },
            ],
            items: items.clone(),
        },
        fact.clone(),
    );
    d.place(NewHold::about(HoldKind::Review, &items).case(case), fact);
}

/// What the missing part of an amount may be, all that fits; `None` when it is nothing known.
fn name_of(amount: Money, missing: Money) -> Option<String> {
    if amount.currency != missing.currency || !amount.is_positive() || !missing.is_positive() {
        return None;
    }
    let is_euro = amount.currency == Currency::EUR;
    let (amount, missing) = (i128::from(amount.cents), i128::from(missing.cents));
    // Half a cent up, without fractions; nothing that fits into 64 bits overflows here.
    let share = |part: i128, whole: i128| (2 * amount * part + whole) / (2 * whole);
    let shares = SHARES.iter().filter(|(part, whole, _)| share(*part, *whole) == missing).map(|(.., name)| *name);
    let is_fee = is_euro && BANK_FEES.contains(&missing) && missing * FEE_AT_MOST_ONE_IN <= amount;
    let names: Vec<&str> = shares.chain(is_fee.then_some("a bank's fee on the transfer")).collect();
    (!names.is_empty()).then(|| names.join(", or "))
}

#[cfg(test)]
mod tests {
    use super::name_of;
    use crate::ledger::money::Money;

    #[test]
    fn the_eleven_per_cent_are_known_to_the_cent() {
        let of = |amount, arrived| name_of(Money::eur(amount), Money::eur(amount - arrived));
        assert!(of(122_000, 111_000).is_some_and(|name| name.contains("11 %")));
        assert!(of(122_000, 102_000).is_some_and(|name| name.contains("20 %")));
        assert!(of(122_000, 100_000).is_some_and(|name| name.contains("split payment")));
        assert!(of(33_333, 30_328).is_some_and(|name| name.contains("11 %")), "30.05 of 333.33");
        assert!(of(100_000, 90_000).is_some_and(|name| name.contains("11 %") && name.contains("retention of 10 %")));
        assert!(of(122_000, 121_500).is_some_and(|name| name.contains("bank's fee")));
        assert_eq!(of(8_000, 7_500), None, "five of eighty euro are no fee");
        assert_eq!(of(122_000, 111_001), None);
        assert_eq!(of(122_000, 50_000), None);
        assert_eq!(of(122_000, 122_000), None);
    }
}
