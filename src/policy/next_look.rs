//! When an account is looked at again: the first day on which a day alone could bring anything.
//!
//! The coming days are asked of the decision itself, so that the two cannot disagree. Within a day it depends on the hour
//! only through the hours of reminders, which end once: so the first and the last instant of a day speak for all of it.
//! What happens in between (a mail, an order, other settings) makes the account be looked at anew in any case.

use super::{World, decide};
use crate::ledger::account::Account;
use crate::ledger::event::Event;
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;
use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, Utc};

/// No account is left alone for longer.
const AHEAD_DAYS: u64 = 14;
/// One of which nothing is open is.
const AT_REST_DAYS: u64 = 180;

/// A lower bound of the next day on which [`Event::DayCame`] decides anything, as long as nothing else happens to the
/// account and the policy stays; today where something is still to be decided today. It holds for every instant from the
/// first of today on.
#[must_use]
pub fn next_look(account: &Account, world: &World<'_>) -> NaiveDate {
    let today = world.moment.today();
    if brings_something(account, world, world.moment.instant) {
        return today;
    }
    let later = |days: u64| today.checked_add_days(Days::new(days));
    if let Some(at_rest) = later(AT_REST_DAYS).filter(|_| is_at_rest(account)) {
        return at_rest;
    }
    let ahead = (0..AHEAD_DAYS).map_while(later);
    let first = ahead.into_iter().find(|day| {
        let (begins, ends) = bounds(world.moment, *day);
        brings_something(account, world, begins) || brings_something(account, world, ends)
    });
    first.or_else(|| later(AHEAD_DAYS)).unwrap_or(today)
}

fn brings_something(account: &Account, world: &World<'_>, at: DateTime<Utc>) -> bool {
    let then = World { moment: Moment::new(at, world.moment.zone), ..*world };
    !decide(account, &Event::DayCame, &then).is_empty()
}

/// The first and the last instant of a day.
fn bounds(moment: Moment, day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    let midnight = |day| moment.at(day, NaiveTime::MIN);
    let end = midnight(day.succ_opt().unwrap_or(day)) - Duration::nanoseconds(1);
    (midnight(day), end)
}

/// Nothing owed, nothing held, nothing asked, nothing on its way: there is nothing in it that a day could end or begin.
fn is_at_rest(account: &Account) -> bool {
    account.receivables.iter().all(Receivable::is_settled)
        && account.loose_credit().is_empty()
        && account.holds.iter().all(|hold| hold.ended.is_some())
        && account.open_cases().next().is_none()
        && account.pending.is_empty()
}
