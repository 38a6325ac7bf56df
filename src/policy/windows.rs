//! When mail may leave: weekdays, hours, quiet times, eves; and the delay of an answer.

use super::World;
use super::terms::{Step, StepWindow, Windows};
use crate::ledger::calendar::is_weekend;
use crate::ledger::customer::Customer;
use crate::ledger::holidays::HolidayCountry;
use crate::ledger::ids::MessageIdentity;
use crate::ledger::words::DebtorKind;
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc, Weekday};

/// A year and some: settings that leave no day at all must not stall the agent.
const SEARCH_DAYS: usize = 400;
/// When the owner gets the lists of the day.
pub const MORNING: NaiveTime = match NaiveTime::from_hms_opt(8, 0, 0) {
    Some(hour) => hour,
    None => NaiveTime::MIN,
};

/// What narrows the hours of a reminder.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner<'a> {
    /// A firm tone: not on a Friday.
    pub(super) firm: bool,
    /// The hours of the step itself.
    pub(super) window: Option<&'a StepWindow>,
}

impl<'a> Manner<'a> {
    /// As a step is sent.
    pub(super) const fn of(step: &'a Step) -> Self {
        Self { firm: step.firm, window: Some(&step.window) }
    }
}

/// The first instant from `from` on at which a reminder may leave.
pub(super) fn reminder_time(
    world: &World<'_>,
    customer: &Customer,
    from: DateTime<Utc>,
    manner: Manner<'_>,
) -> DateTime<Utc> {
    let firms = world.policy.windows.reminder_hours.as_slice();
    let own = manner.window.map(|window| window.within(firms));
    first_opening(world, from, own.as_deref().unwrap_or(firms), |day| {
        reminder_day_refusal(world, customer, day, manner).is_none()
    })
}

/// The first instant from `from` on at which an answer may leave.
pub(super) fn answer_time(world: &World<'_>, from: DateTime<Utc>) -> DateTime<Utc> {
    let windows = &world.policy.windows;
    first_opening(world, from, &windows.answer_hours, |day| world.policy.calendar.is_business_day(day))
}

/// When an answer to a message leaves: some time after it was read, inside the window. The variation comes from the
/// message, not from chance.
pub(super) fn delayed_answer_time(world: &World<'_>, message: &MessageIdentity) -> DateTime<Utc> {
    let (least, most) = world.policy.windows.answer_delay_minutes;
    let span = u64::from(most.saturating_sub(least)).saturating_add(1);
    let hash = message.0.iter().fold(0_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    let minutes = u64::from(least).saturating_add(hash.checked_rem(span).unwrap_or(0));
    let delay = Duration::minutes(i64::try_from(minutes).unwrap_or(0));
    let opened = answer_time(world, world.moment.instant);
    answer_time(world, opened.checked_add_signed(delay).unwrap_or(opened))
}

/// Why no reminder leaves on a day; `None` when it may.
pub(super) fn reminder_day_refusal(
    world: &World<'_>,
    customer: &Customer,
    day: NaiveDate,
    manner: Manner<'_>,
) -> Option<String> {
    let windows = &world.policy.windows;
    let calendar = &world.policy.calendar;
    if !calendar.is_business_day(day) {
        return Some(format!("{day} is not a business day"));
    }
    // Where the customer works nobody reads it either. Which part of the country that is, is not known.
    let country = customer.country.as_deref().and_then(HolidayCountry::parse);
    if let Some(country) = country.filter(|country| country.is_holiday(None, day)) {
        return Some(format!("{day} is a holiday in {country}, where the customer is"));
    }
    if let Some(quiet) = quiet_time(windows, day) {
        return Some(format!("{day} lies in the quiet time {quiet}"));
    }
    let is_public = customer.kind == DebtorKind::PublicBody;
    if let Some(closed) = span_in(&windows.public_body_quiet, day).filter(|_| is_public) {
        return Some(format!("{day} lies in the time in which public bodies pay nothing, {}", written(closed)));
    }
    if !windows.reminder_days.contains(&day.weekday()) {
        return Some(format!("No reminders on a {}", weekday(day.weekday())));
    }
    if manner.firm && day.weekday() == Weekday::Fri {
        return Some("No firm reminder on a Friday".to_owned());
    }
    if manner.window.is_some_and(|window| !window.allows(day.weekday())) {
        return Some(format!("This step does not go on a {}", weekday(day.weekday())));
    }
    if windows.avoid_days_of_month.contains(&day.day()) {
        return Some(format!("No reminders on the {} of a month", day.day()));
    }
    if windows.avoid_eves {
        if let Some(why) = eve_or_bridge(day, |other| !calendar.is_business_day(other)) {
            return Some(format!("{day} is {why}"));
        }
        let closed_there = |country: HolidayCountry| {
            eve_or_bridge(day, |other| is_weekend(other) || country.is_holiday(None, other))
                .map(|why| format!("{day} is {why} in {country}, where the customer is"))
        };
        return country.and_then(closed_there);
    }
    None
}

/// What a day is beside closed ones: who will be away tomorrow, or has taken the day between off, puts it aside.
fn eve_or_bridge(day: NaiveDate, is_closed: impl Fn(NaiveDate) -> bool) -> Option<&'static str> {
    let (before, after) = (day.pred_opt()?, day.succ_opt()?);
    if !is_closed(after) {
        return None;
    }
    if !is_weekend(after) {
        return Some("the eve of a holiday");
    }
    is_closed(before).then_some("a bridge day")
}

/// May a reminder leave at this very instant?
pub(super) fn is_reminder_time(world: &World<'_>, customer: &Customer, manner: Manner<'_>) -> bool {
    reminder_time(world, customer, world.moment.instant, manner) <= world.moment.instant
}

/// May an answer leave at this very instant?
pub(super) fn is_answer_time(world: &World<'_>) -> bool {
    answer_time(world, world.moment.instant) <= world.moment.instant
}

fn first_opening(
    world: &World<'_>,
    from: DateTime<Utc>,
    hours: &[(NaiveTime, NaiveTime)],
    good: impl Fn(NaiveDate) -> bool,
) -> DateTime<Utc> {
    let moment = world.moment;
    let mut day = moment.day_of(from);
    for _ in 0..SEARCH_DAYS {
        if good(day) {
            let mut openings: Vec<_> = hours
                .iter()
                .filter(|(start, end)| start < end)
                .map(|(start, end)| (moment.at(day, *start), moment.at(day, *end)))
                .collect();
            openings.sort_unstable();
            if let Some((start, _)) = openings.into_iter().find(|(_, end)| from < *end) {
                return start.max(from);
            }
        }
        let Some(next) = day.succ_opt() else { break };
        day = next;
    }
    from.checked_add_signed(Duration::days(i64::try_from(SEARCH_DAYS).unwrap_or(0))).unwrap_or(from)
}

/// The quiet time in which a day lies, first and last day as they are written; one may run over the year's end.
pub(super) fn quiet_span(windows: &Windows, day: NaiveDate) -> Option<(MonthDay, MonthDay)> {
    span_in(&windows.quiet, day)
}

/// The span of several in which a day lies.
fn span_in(spans: &[(MonthDay, MonthDay)], day: NaiveDate) -> Option<(MonthDay, MonthDay)> {
    let today = (day.month(), day.day());
    let inside = |(first, last): &(MonthDay, MonthDay)| {
        if first <= last { (*first..=*last).contains(&today) } else { today >= *first || today <= *last }
    };
    spans.iter().copied().find(inside)
}

fn written((first, last): (MonthDay, MonthDay)) -> String {
    format!("from {}/{} to {}/{}", first.1, first.0, last.1, last.0)
}

/// Month and day.
type MonthDay = (u32, u32);

fn quiet_time(windows: &Windows, day: NaiveDate) -> Option<String> {
    quiet_span(windows, day).map(written)
}

const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ids::{CaseId, CustomerId};
    use crate::ledger::moment::Moment;
    use crate::policy::terms::Policy;
    use std::collections::BTreeSet;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn customer(country: Option<&str>) -> Customer {
        Customer {
            kind: DebtorKind::Firm,
            country: country.map(str::to_owned),
            ..Customer::named(CustomerId(1), "Ditta")
        }
    }

    /// The local time at which a reminder may leave, from a local time on.
    fn opens(from: &str, firm: bool, look: impl Fn(&World<'_>, DateTime<Utc>, bool) -> DateTime<Utc>) -> String {
        let policy = Policy::shipped();
        let documents = BTreeSet::new();
        let zone = chrono_tz::Europe::Rome;
        let from = chrono::NaiveDateTime::parse_from_str(from, "%Y-%m-%d %H:%M").expect("a time");
        let instant = crate::ledger::moment::at(zone, from.date(), from.time());
        let world =
            World { policy: &policy, moment: Moment::new(instant, zone), next_case: CaseId(1), documents: &documents };
        look(&world, instant, firm).with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn reminders_leave_in_their_hours() {
        for (from, expected) in [
            ("2026-10-13 10:15", "2026-10-13 10:15"),
            ("2026-10-13 08:00", "2026-10-13 09:30"),
            ("2026-10-13 12:00", "2026-10-13 14:30"),
            ("2026-10-15 17:00", "2026-10-20 09:30"), // Thursday evening: Friday the 16th and Monday are no days
            ("2026-10-24 20:00", "2026-10-27 09:30"), // the clock goes back in between
            ("2026-06-16 10:00", "2026-06-17 09:30"), // taxes
            ("2026-06-01 10:00", "2026-06-03 09:30"), // the Republic on Tuesday
            ("2026-12-07 10:00", "2026-12-09 09:30"), // the eighth is a holiday
            ("2026-12-23 10:00", "2027-01-12 09:30"), // the quiet weeks over the year's end
            ("2026-08-05 10:00", "2026-09-01 09:30"),
            ("2026-04-30 10:00", "2026-05-05 09:30"), // the eve of the first of May
        ] {
            let look = |world: &World<'_>, from, firm| {
                reminder_time(world, &customer(None), from, Manner { firm, window: None })
            };
            assert_eq!(opens(from, false, look), expected, "from {from}");
        }
    }

    #[test]
    fn nobody_is_reminded_on_a_holiday_of_their_own() {
        // 11 November 2026 is a Wednesday: the Armistice in France, Veterans Day in the United States.
        for (country, expected) in [
            (None, "2026-11-11 09:30"),
            (Some("IT"), "2026-11-11 09:30"),
            (Some("CH"), "2026-11-11 09:30"),
            (Some("FR"), "2026-11-12 09:30"),
            (Some("US"), "2026-11-12 09:30"),
        ] {
            let look = |world: &World<'_>, from, firm| {
                reminder_time(world, &customer(country), from, Manner { firm, window: None })
            };
            assert_eq!(opens("2026-11-10 18:00", false, look), expected, "{country:?}");
        }
        let policy = Policy::shipped();
        let documents = BTreeSet::new();
        let moment = Moment::new(day("2026-11-11").and_time(NaiveTime::MIN).and_utc(), chrono_tz::Europe::Rome);
        let world = World { policy: &policy, moment, next_case: CaseId(1), documents: &documents };
        let why = reminder_day_refusal(&world, &customer(Some("FR")), day("2026-11-11"), Manner::default());
        assert_eq!(why.as_deref(), Some("2026-11-11 is a holiday in FR, where the customer is"));
    }

    /// What is heeded of the firm's holidays is heeded of the customer's: the day, its eve, and the day between.
    #[test]
    fn nobody_is_reminded_on_the_eve_of_a_holiday_of_their_own() {
        let mut policy = Policy::shipped();
        policy.windows.reminder_days = vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
        let refusal = |policy: &Policy, country: Option<&str>, on: &str| {
            let documents = BTreeSet::new();
            let moment = Moment::new(day(on).and_time(NaiveTime::MIN).and_utc(), chrono_tz::Europe::Rome);
            let world = World { policy, moment, next_case: CaseId(1), documents: &documents };
            reminder_day_refusal(&world, &customer(country), day(on), Manner::default())
        };
        for (country, on, why) in [
            // Thanksgiving is Thursday the 26th.
            (Some("US"), "2026-11-24", None),
            (Some("US"), "2026-11-25", Some("2026-11-25 is the eve of a holiday in US, where the customer is")),
            (Some("US"), "2026-11-26", Some("2026-11-26 is a holiday in US, where the customer is")),
            (Some("US"), "2026-11-27", Some("2026-11-27 is a bridge day in US, where the customer is")),
            (Some("IT"), "2026-11-25", None),
            (None, "2026-11-27", None),
            (Some("FR"), "2026-11-10", Some("2026-11-10 is the eve of a holiday in FR, where the customer is")),
            // A Friday before a weekend is no eve, in any country; nor is the day before a holiday on a Saturday.
            (Some("US"), "2026-11-20", None),
            (Some("FR"), "2026-11-06", None),
            // Ascension is a Thursday.
            (Some("FR"), "2027-05-07", Some("2027-05-07 is a bridge day in FR, where the customer is")),
            // The firm's own are named as before.
            (Some("US"), "2026-04-30", Some("2026-04-30 is the eve of a holiday")),
        ] {
            assert_eq!(refusal(&policy, country, on).as_deref(), why, "{country:?} {on}");
        }
        policy.windows.avoid_eves = false;
        assert_eq!(refusal(&policy, Some("US"), "2026-11-25"), None);
        assert!(refusal(&policy, Some("US"), "2026-11-26").is_some());
    }

    #[test]
    fn answers_leave_on_working_days() {
        let look = |world: &World<'_>, from: DateTime<Utc>, _: bool| answer_time(world, from);
        for (from, expected) in [
            ("2026-10-13 10:15", "2026-10-13 10:15"),
            ("2026-10-13 18:00", "2026-10-14 09:00"),
            ("2026-10-16 19:00", "2026-10-19 09:00"),
            ("2026-08-05 10:00", "2026-08-05 10:00"),
            ("2026-12-24 18:30", "2026-12-28 09:00"),
        ] {
            assert_eq!(opens(from, false, look), expected, "from {from}");
        }
    }

    #[test]
    fn an_answer_waits_as_a_person_would() {
        let mut seen = BTreeSet::new();
        for byte in 0..=255 {
            let message = MessageIdentity([byte; 32]);
            let look = |world: &World<'_>, _: DateTime<Utc>, _: bool| delayed_answer_time(world, &message);
            let leaves = opens("2026-10-13 10:00", false, look);
            assert!(("2026-10-13 10:30".."2026-10-13 12:01").contains(&leaves.as_str()), "{leaves}");
            seen.insert(leaves);
        }
        assert!(seen.len() > 20, "the delay varies from message to message: {seen:?}");
    }

    #[test]
    fn quiet_times_name_themselves() {
        let windows = Policy::shipped().windows;
        assert_eq!(quiet_time(&windows, day("2027-01-07")).as_deref(), Some("from 22/12 to 7/1"));
        assert_eq!(quiet_time(&windows, day("2027-01-08")), None);
        assert_eq!(quiet_time(&windows, day("2026-12-21")), None);
    }
}
