//! What is missing of a payment, by name: some sums are withheld by law or custom and paid to somebody else. Only sums that
//! agree to the cent are named; a person decides.

use super::deliberation::{Deliberation, NewCase, NewHold};
use super::plan;
use crate::ledger::case::CaseKind;
use crate::ledger::event::Order;
use crate::ledger::hold::HoldKind;
use crate::ledger::ids::ReceivableId;
use crate::ledger::money::Money;

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

/// Of what was paid in part: where the rest may be such a sum the owner is asked, and until then nobody asks the customer
/// for it. Once for each.
pub(super) fn ask(d: &mut Deliberation<'_>, items: &[ReceivableId]) {
    for id in items {
        let Some(item) = d.account.receivable(*id).filter(|item| !item.is_settled() && item.paid().is_positive())
        else {
            continue;
        };
        // A part of a plan is what it is.
        if plan::covers(&d.account, *id) {
            continue;
        }
        let (open, number) = (item.open(), item.key.number.clone());
        let Some(name) = name_of(open.plus(item.paid()).unwrap_or(item.amount), open) else { continue };
        if d.account.cases.iter().any(|case| case.kind == CaseKind::Difference && case.items.contains(id)) {
            continue;
        }
        let because = format!("{number}: the {open} that are missing may be {name}");
        let items = vec![*id];
        let case = d.open_case(
            NewCase {
                kind: CaseKind::Difference,
                message: None,
                particulars: vec![format!("{because}.")],
                suggestions: vec![
                    Order::Paid { items: items.clone(), amount: None, on: d.today() },
                    Order::Resume { items: items.clone() },
                ],
                items: items.clone(),
            },
            because.clone(),
        );
        d.place(NewHold::about(HoldKind::Review, &items).case(case), because);
        d.withdraw_chasing(&items, "What is missing may be withheld: the owner looks at it first");
    }
}

/// What the missing part of an amount may be; `None` when it is no known share of it.
fn name_of(amount: Money, missing: Money) -> Option<&'static str> {
    if amount.currency != missing.currency || !amount.is_positive() || !missing.is_positive() {
        return None;
    }
    let (amount, missing) = (i128::from(amount.cents), i128::from(missing.cents));
    // Half a cent up, without fractions; nothing that fits into 64 bits overflows here.
    let share = |part: i128, whole: i128| (2 * amount * part + whole) / (2 * whole);
    SHARES.iter().find(|(part, whole, _)| share(*part, *whole) == missing).map(|(.., name)| *name)
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
        assert_eq!(of(122_000, 111_001), None);
        assert_eq!(of(122_000, 50_000), None);
        assert_eq!(of(122_000, 122_000), None);
    }
}
