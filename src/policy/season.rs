//! Which holidays begin soon, where the customer is or by the firm's own quiet times: for a word of good wishes.

use super::World;
use super::windows;
use crate::ledger::calendar::{easter_sunday, is_weekend};
use crate::ledger::customer::Customer;
use crate::ledger::holidays::HolidayCountry;
use crate::ledger::mail::Season;
use chrono::{Datelike, Days, NaiveDate};

/// The holidays that begin within some days after a day; of several the one that people speak of.
pub(super) fn ahead(world: &World<'_>, customer: &Customer, day: NaiveDate) -> Option<Season> {
    let within = world.policy.limits.greeting_days;
    // Where nobody said where the customer is, it is where the firm is; a country of which no holidays are known has none.
    let country = match customer.country.as_deref() {
        Some(country) => HolidayCountry::parse(country),
        None => Some(world.policy.calendar.country),
    };
    let coming = (1..=u64::from(within)).filter_map(|days| day.checked_add_days(Days::new(days)));
    let seasons: Vec<Season> = coming
        .filter_map(|day| {
            let is_holiday = country.is_some_and(|country| country.is_holiday(None, day));
            let quiet = windows::quiet_span(&world.policy.windows, day);
            let begins_quiet = quiet.is_some_and(|(first, _)| first == (day.month(), day.day()));
            season_of(day, is_holiday, begins_quiet)
        })
        .collect();
    [Season::YearEnd, Season::Easter, Season::Summer, Season::Holiday]
        .into_iter()
        .find(|season| seasons.contains(season))
}

fn season_of(day: NaiveDate, is_holiday: bool, begins_quiet: bool) -> Option<Season> {
    let turn_of_the_year = matches!((day.month(), day.day()), (12, 20..) | (1, ..=6));
    let to_easter = day.signed_duration_since(easter_sunday(day.year())).num_days();
    match (is_holiday, begins_quiet) {
        (true, _) | (_, true) if turn_of_the_year => Some(Season::YearEnd),
        (true, _) if (-2..=1).contains(&to_easter) => Some(Season::Easter),
        (_, true) if matches!(day.month(), 7 | 8) => Some(Season::Summer),
        // One that falls on a weekend gives nobody a day off.
        (true, _) if !is_weekend(day) => Some(Season::Holiday),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ids::{CaseId, CustomerId};
    use crate::ledger::moment::Moment;
    use crate::ledger::words::DebtorKind;
    use crate::policy::terms::Policy;
    use std::collections::BTreeSet;

    fn seen(country: Option<&str>, on: &str) -> Option<Season> {
        let customer = Customer {
            kind: DebtorKind::Firm,
            country: country.map(str::to_owned),
            ..Customer::named(CustomerId(1), "Ditta")
        };
        let day: NaiveDate = on.parse().expect("a day");
        let policy = Policy::shipped();
        let documents = BTreeSet::new();
        let moment = Moment::new(day.and_time(chrono::NaiveTime::MIN).and_utc(), chrono_tz::Europe::Rome);
        let world = World { policy: &policy, moment, next_case: CaseId(1), documents: &documents };
        ahead(&world, &customer, day)
    }

    #[test]
    fn holidays_of_the_customer_and_quiet_times_of_the_firm() {
        for (country, on, expected) in [
            (None, "2026-12-15", Some(Season::YearEnd)),
            (Some("IT"), "2026-12-01", Some(Season::Holiday)), // the eighth, a Tuesday
            (Some("FR"), "2026-12-01", None),
            (Some("FR"), "2026-12-10", None),
            (Some("CH"), "2026-12-15", Some(Season::YearEnd)), // the firm's own quiet time
            (Some("IT"), "2027-03-24", Some(Season::Easter)),
            (Some("US"), "2027-03-24", None),
            (Some("GB"), "2027-03-17", Some(Season::Easter)), // Good Friday the 26th
            (Some("IT"), "2026-07-28", Some(Season::Summer)),
            (Some("US"), "2026-11-20", Some(Season::Holiday)), // Thanksgiving
            (Some("IT"), "2026-09-20", None),
        ] {
            assert_eq!(seen(country, on), expected, "{country:?} {on}");
        }
    }
}
