//! Waiting for something outside: "aspetto le quote dei condòmini", "appena ci paga il committente", "a gennaio". No day is
//! named that could be granted or noted, so nothing is: the owner decides, with a day on which to look again, and is asked
//! once more when that day has come (practice of credit management: three weeks; a payment of next year rests until 2 January).

use super::deliberation::{Deliberation, NewCase, NewHold};
use super::disposition::Sight;
use super::steps::plus_days;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::event::Order;
use crate::ledger::hold::{Hold, HoldKind};
use crate::ledger::ids::ReceivableId;
use crate::ledger::words::Intent;
use chrono::{Datelike, NaiveDate};

/// From this month on "in January" is the year to come.
const LATE_IN_THE_YEAR: u32 = 10;

impl Sight<'_> {
    /// The day on which to look again, where the customer waits for something and names no day; `None` where it does not.
    pub(super) fn look_again_on(&self) -> Option<NaiveDate> {
        let facts = &self.reading.facts;
        let waits = self.reading.wants(Intent::DeferralRequest)
            || (self.reading.wants(Intent::PromiseToPay) && self.next_year().is_some());
        if !waits || facts.promised_date.is_some() || facts.instalments.is_some() {
            return None;
        }
        let today = self.world.moment.today();
        let calendar = &self.world.policy.calendar;
        let later = plus_days(today, self.world.policy.limits.look_again_days);
        Some(calendar.on_or_after(self.next_year().unwrap_or(later)))
    }

    /// Late in the year, of a payment that comes in the next: its first day of business.
    pub(super) fn next_year(&self) -> Option<NaiveDate> {
        let today = self.world.moment.today();
        let is_late = today.month() >= LATE_IN_THE_YEAR && self.reading.facts.next_year;
        let second = NaiveDate::from_ymd_opt(today.year().checked_add(1)?, 1, 2)?;
        is_late.then_some(second)
    }
}

/// The day has come: the same question once more, with another day.
pub(super) fn look(d: &mut Deliberation<'_>) {
    let today = d.today();
    if !d.world.policy.calendar.is_business_day(today) {
        return;
    }
    let due = |hold: &&Hold| {
        hold.kind == HoldKind::Review && hold.ended.is_none() && hold.named_day.is_some_and(|on| on <= today)
    };
    let due: Vec<Hold> = d.account.holds.iter().filter(due).cloned().collect();
    for hold in due {
        let case = d.account.open_cases().find(|case| Some(case.id) == hold.case).cloned();
        if let Some(case) = case {
            ask_again(d, &hold, &case);
        }
    }
}

fn ask_again(d: &mut Deliberation<'_>, hold: &Hold, case: &Case) {
    let is_open = |id: &ReceivableId| d.account.is_open(*id);
    let items: Vec<ReceivableId> = hold.items().iter().copied().filter(is_open).collect();
    d.close_case(case.id, "The day to look at it again has come");
    if items.is_empty() {
        return;
    }
    let next = plus_days(d.today(), d.world.policy.limits.look_again_days);
    let next = d.world.policy.calendar.on_or_after(next);
    // The first question about that mail: this one may itself be a repetition.
    let same = d.account.cases.iter().filter(|other| other.id == case.id || is_about_the_same_mail(other, case));
    let since = d.world.moment.day_of(same.map(|other| other.opened).min().unwrap_or(case.opened));
    let particulars = vec![format!(
        "The day to look at it again has come: the customer wrote on {since} that it waits for something, and it is open still."
    )];
    let suggestions = vec![
        Order::Hold { items: items.clone(), until: Some(next), why: None },
        Order::Resume { items: items.clone() },
    ];
    let new =
        NewCase { kind: CaseKind::Deferral, message: case.message, items: items.clone(), particulars, suggestions };
    let because = "Nothing has come of what the customer waits for";
    let case = d.open_case(new, because);
    d.place(NewHold::about(HoldKind::Review, &items).named(next).case(case), because);
}

fn is_about_the_same_mail(one: &Case, other: &Case) -> bool {
    one.message.is_some() && one.message == other.message
}
