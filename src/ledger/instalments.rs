//! A plan of instalments that was agreed: which part of what is owed comes by which day.

use super::money::{Money, total};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// More parts are no plan that anybody keeps.
pub const MOST_PARTS: usize = 36;

/// One part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPart {
    /// The last day for it.
    pub by: NaiveDate,
    /// How much.
    pub amount: Money,
}

/// Does a plan cover what is open, part by part in order?
///
/// # Errors
/// Why not, as an English clause.
pub fn check(parts: &[PlanPart], open: &[Money], today: NaiveDate) -> Result<(), String> {
    let (Some(first), Some(owed)) = (parts.first(), open.first()) else {
        return Err("there is nothing to divide".to_owned());
    };
    if parts.len() < 2 || parts.len() > MOST_PARTS {
        return Err(format!("a plan has from 2 to {MOST_PARTS} parts, and this has {}", parts.len()));
    }
    if first.by < today {
        return Err(format!("{} is past", first.by));
    }
    let mut later = parts.iter().skip(1).zip(parts);
    if let Some((part, before)) = later.find(|(part, before)| part.by <= before.by) {
        return Err(format!("{} does not come after {}", part.by, before.by));
    }
    let currency = owed.currency;
    if open.iter().chain(parts.iter().map(|part| &part.amount)).any(|money| money.currency != currency) {
        return Err("it is in more than one currency".to_owned());
    }
    if let Some(part) = parts.iter().find(|part| !part.amount.is_positive()) {
        return Err(format!("the part of {} would be {}, and each must be more than nothing", part.by, part.amount));
    }
    let (sum, owed) = (sum_of(parts), total(currency, open));
    if sum != Some(owed) {
        let sum = sum.map_or_else(|| "too much".to_owned(), |sum| sum.to_string());
        return Err(format!("the parts are {sum} together, and {owed} is open"));
    }
    Ok(())
}

/// All parts together; `None` for none.
#[must_use]
pub fn sum_of(parts: &[PlanPart]) -> Option<Money> {
    parts.iter().map(|part| part.amount).reduce(|sum, amount| sum.plus(amount).unwrap_or(sum))
}

/// What is still to come of it, oldest first, when so much of what it covers is open.
#[must_use]
pub fn to_come(parts: &[PlanPart], open: Money) -> Vec<PlanPart> {
    let mut left = open.cents;
    let mut ahead: Vec<PlanPart> = Vec::new();
    // From the end: what was paid covers the first parts.
    for part in parts.iter().rev() {
        let cents = part.amount.cents.min(left).max(0);
        left = left.saturating_sub(cents);
        if cents > 0 {
            ahead.push(PlanPart { amount: Money::new(cents, open.currency), ..*part });
        }
    }
    ahead.reverse();
    ahead
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(by: &str, cents: i64) -> PlanPart {
        PlanPart { by: by.parse().expect("a day"), amount: Money::eur(cents) }
    }

    #[test]
    fn a_plan_covers_what_is_open() {
        let today = "2026-11-27".parse().expect("a day");
        let parts = [part("2026-12-15", 500), part("2027-01-15", 720)];
        assert_eq!(check(&parts, &[Money::eur(1_000), Money::eur(220)], today), Ok(()));
        for (parts, says) in [
            (vec![], "nothing to divide"),
            (vec![part("2026-12-15", 1_220)], "from 2 to 36 parts"),
            (vec![part("2026-11-15", 500), part("2027-01-15", 720)], "2026-11-15 is past"),
            (vec![part("2027-01-15", 500), part("2027-01-15", 720)], "does not come after"),
            (vec![part("2026-12-15", 500), part("2027-01-15", 700)], "12.00 EUR together, and 12.20 EUR is open"),
            (vec![part("2026-12-15", 0), part("2027-01-15", 1_220)], "more than nothing"),
        ] {
            let why = check(&parts, &[Money::eur(1_220)], today).expect_err(says);
            assert!(why.contains(says), "{why}");
        }
    }

    #[test]
    fn what_was_paid_covers_the_first_parts() {
        let parts = [part("2026-12-15", 500), part("2027-01-15", 500), part("2027-02-15", 220)];
        assert_eq!(to_come(&parts, Money::eur(1_220)), parts);
        assert_eq!(to_come(&parts, Money::eur(600)), [part("2027-01-15", 380), part("2027-02-15", 220)]);
        assert_eq!(to_come(&parts, Money::eur(0)), []);
        // More is open than was agreed on: the books added something since.
        assert_eq!(to_come(&parts, Money::eur(2_000)), parts);
    }
}
