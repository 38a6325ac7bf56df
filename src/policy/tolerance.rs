//! Until when nobody is called late although the due date is past: other readings of the terms of payment, and dues on the
//! last day of August and of the year, which practice lets pass until the tenth.
//!
//! Offices are closed then, and payment runs begin with the month: a ladder that counted from the day itself would ask for
//! what is about to come anyway. The letters name the due date as it is, and interest is counted from it.

use super::steps::month_day_after;
use super::terms::{Policy, Windows};
use crate::ledger::account::Account;
use crate::ledger::exchange;
use crate::ledger::receivable::Receivable;
use chrono::{Datelike, NaiveDate};

/// The day from which the ladder counts: the agreed day, or a later one on which it still cannot be called late.
pub(super) fn late_from(account: &Account, item: &Receivable, policy: &Policy) -> NaiveDate {
    let day = account.tolerated_day(item);
    slipped(account, item, &policy.windows).map_or(day, |(_, slipped)| slipped.max(day))
}

/// Why the ladder counts from another day than the agreed one, as an English sentence.
pub(super) fn reason(account: &Account, item: &Receivable, policy: &Policy) -> Option<String> {
    let (agreed, day) = (account.agreed_day(item), late_from(account, item, policy));
    if day <= agreed {
        return None;
    }
    let lawful = exchange::lawful_day(&account.customer, item).filter(|lawful| *lawful == day);
    if lawful.is_some() {
        return Some(match item.exchange.delivered {
            Some(delivered) => {
                format!("A public body may pay until {day}: SdI delivered it on {delivered} (D.Lgs. 231/2002, art. 4)")
            }
            None => format!(
                "A public body may pay until {day}, counted from the date of the invoice: when SdI delivered it is not known"
            ),
        });
    }
    let slip = slipped(account, item, &policy.windows).filter(|(_, slipped)| *slipped == day);
    Some(match (slip, &item.terms) {
        (Some((due, _)), _) => format!(
            "What is due on {due} is tolerated until {day} (tolerated_dues in [calendar]): steps count from there"
        ),
        (None, Some(terms)) => {
            format!("The terms `{terms}` give {}, and may be read as {day}: steps count from there", item.due)
        }
        (None, None) => format!("By another reading of the terms it is due on {day}: steps count from there"),
    })
}

/// A day on which dues are tolerated, and until when. A day that was granted by name is meant as it stands.
fn slipped(account: &Account, item: &Receivable, windows: &Windows) -> Option<(NaiveDate, NaiveDate)> {
    if account.agreed_day(item) != item.due {
        return None;
    }
    let is_tolerated = |day: &NaiveDate| windows.tolerated_dues.contains(&(day.month(), day.day()));
    let due = [item.tolerated_until, Some(item.due)].into_iter().flatten().find(is_tolerated)?;
    let until = month_day_after(due, windows.tolerated_until_day)?;
    Some((due, until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_of_the_month_after() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        assert_eq!(month_day_after(day("2026-08-31"), 10), Some(day("2026-09-10")));
        assert_eq!(month_day_after(day("2026-12-31"), 10), Some(day("2027-01-10")));
        assert_eq!(month_day_after(day("2026-12-31"), 28), Some(day("2027-01-28")));
    }
}
