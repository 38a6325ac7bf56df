//! Before the weeks in which the firm and its customers are closed: what is still open is asked for once in a friendly way,
//! so that nobody hears of it first when all come back (Italian practice: 15–25 July and 5–15 December).
//!
//! It is an ordinary reminder with another text. A mild step that is due in those days is said so; one that would fall
//! into the closure, or between the two, comes earlier for it. Never beside another reminder, so once at most; a firm step
//! keeps its own words, since a mild one after it would take them back.

use super::World;
use super::bank_collection;
use super::payday;
use super::steps::{anchor, plus_days};
use super::terms::{Policy, Step, StepAct};
use super::windows::quiet_span;
use crate::ledger::account::Account;
use crate::ledger::calendar::plus_banking_days;
use crate::ledger::change::Cause;
use crate::ledger::customer::Customer;
use crate::ledger::hold::HoldKind;
use crate::ledger::ids::TemplateId;
use crate::ledger::mail::{MailPlan, Season};
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::{DebtorKind, Purpose};
use chrono::{Datelike, NaiveDate};

/// Its text.
pub(super) const TEMPLATE: &str = "before_closure";
/// The texts whose place it takes. A text of the owner's own says what they want said.
const REPLACED: [&str; 2] = ["reminder_friendly", "reminder_second"];
/// The quiet time begins at most so many days after the window: else it is no window before that closure.
const AHEAD_DAYS: u32 = 45;
/// A closure that is longer than that is none of some weeks.
const LONGEST_DAYS: u32 = 90;
/// Who is asked for payment by a day has at least so many until then.
const LEAST_DAYS: i64 = 4;

/// A window before a closure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    first: NaiveDate,
    last: NaiveDate,
    closed_from: NaiveDate,
    closed_until: NaiveDate,
}

/// The words of the note.
pub(super) struct Note {
    pub(super) template: TemplateId,
    /// The last working day before the closure.
    pub(super) deadline: NaiveDate,
    pub(super) season: Option<Season>,
}

/// The window that a day lies in, or the next one: its first and last day.
fn next_span(policy: &Policy, day: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let of_year = |year: i32| {
        policy.windows.pre_closure.iter().filter_map(move |(from, until)| {
            let first = NaiveDate::from_ymd_opt(year, from.0, from.1)?;
            let over = if until < from { year.checked_add(1)? } else { year };
            Some((first, NaiveDate::from_ymd_opt(over, until.0, until.1)?))
        })
    };
    let years = [day.year().checked_sub(1)?, day.year(), day.year().checked_add(1)?];
    years.into_iter().flat_map(of_year).filter(|(_, last)| *last >= day).min()
}

/// The same with the closure that follows; a window before none is none.
fn coming(policy: &Policy, day: NaiveDate) -> Option<Window> {
    let (first, last) = next_span(policy, day)?;
    let is_quiet = |day: &NaiveDate| quiet_span(&policy.windows, *day).is_some();
    let closed_from = (1..=AHEAD_DAYS).map(|days| plus_days(last, days)).find(is_quiet)?;
    let closed = (0..=LONGEST_DAYS).map(|days| plus_days(closed_from, days));
    let closed_until = closed.take_while(is_quiet).last()?;
    Some(Window { first, last, closed_from, closed_until })
}

/// Public bodies and confidential customers have their own words, and keep to their ladder.
pub(super) fn is_for(customer: &Customer) -> bool {
    customer.kind != DebtorKind::PublicBody && !customer.is_confidential()
}

pub(super) fn is_replaced(step: &Step) -> bool {
    !step.firm && matches!(&step.act, StepAct::Mail(template) if REPLACED.contains(&template.as_str()))
}

/// A reminder left since the window began, or the owner wanted none: one a window is enough.
fn is_over(account: &Account, world: &World<'_>, window: Window) -> bool {
    let since = |at| world.moment.day_of(at) >= window.first;
    let reminded = account.sent.iter().any(|mail| mail.purpose.counts_as_reminder() && since(mail.at));
    let refused = account
        .holds
        .iter()
        .any(|hold| hold.kind == HoldKind::Paused && matches!(hold.cause, Cause::Delivery { .. }) && since(hold.since));
    reminded || refused
}

/// The day of a mild step that would fall into the closure, or shortly before it: a day of the window in its place.
pub(super) fn brought_forward(
    account: &Account,
    item: &Receivable,
    step: &Step,
    world: &World<'_>,
    due_on: NaiveDate,
) -> Option<NaiveDate> {
    if !is_replaced(step) || !is_for(&account.customer) || world.policy.windows.pre_closure.is_empty() {
        return None;
    }
    // What came back unpaid has words and days of its own.
    if bank_collection::is_first_mail(account, item, world) {
        return None;
    }
    let today = world.moment.today();
    let (_, last) = next_span(world.policy, today)?;
    // Most steps are far from any closure.
    if due_on <= last || due_on > plus_days(last, AHEAD_DAYS.saturating_add(LONGEST_DAYS)) {
        return None;
    }
    let window = coming(world.policy, today)?;
    if due_on > window.closed_until || is_over(account, world, window) {
        return None;
    }
    let limits = &world.policy.limits;
    // Late, and so long that the bank's list would show it.
    let late = plus_banking_days(anchor(account, item, world.policy), limits.fresh_payments_banking_days);
    let late = payday::not_before(account, item, world.policy, plus_days(late, 1));
    let asked = account.sent.iter().filter(|mail| mail.purpose == Purpose::Reminder).map(|mail| mail.at).max();
    let rested = asked.map(|at| plus_days(world.moment.day_of(at), limits.recipient_gap_days));
    let day = window.first.max(late).max(rested.unwrap_or(late));
    (day <= window.last).then_some(day)
}

/// The words in the place of an ordinary reminder's, for a mail that leaves on a day; `None` where it keeps its own.
pub(super) fn note<'a>(
    account: &Account,
    world: &World<'_>,
    mut steps: impl Iterator<Item = &'a Step>,
    leaves_on: NaiveDate,
) -> Option<Note> {
    if !is_for(&account.customer) || !steps.all(is_replaced) {
        return None;
    }
    let window = coming(world.policy, leaves_on).filter(|window| window.first <= leaves_on)?;
    if is_over(account, world, window) {
        return None;
    }
    let deadline = deadline(world, window)?;
    if deadline.signed_duration_since(leaves_on).num_days() < LEAST_DAYS {
        return None;
    }
    let season = match window.closed_from.month() {
        6..=8 => Some(Season::Summer),
        12 | 1 => Some(Season::YearEnd),
        _ => None,
    };
    Some(Note { template: TemplateId::new(TEMPLATE), deadline, season })
}

/// When the next note could leave, `opens` being the first instant on which a reminder may from another one on, and the
/// first and last day of its window.
pub(super) fn next_note(
    world: &World<'_>,
    from: Moment,
    opens: impl Fn(Moment) -> Moment,
) -> Option<((NaiveDate, NaiveDate), Moment)> {
    let mut day = from.today();
    // A window that is nearly over leaves no time to pay, so the one after it counts.
    for _ in 0..3 {
        let window = coming(world.policy, day)?;
        let begin = if window.first > from.today() { Moment::new(from.dawn(window.first), from.zone) } else { from };
        let moment = opens(begin);
        let rest = deadline(world, window)?.signed_duration_since(moment.today()).num_days();
        if moment.today() <= window.last && rest >= LEAST_DAYS {
            return Some(((window.first, window.last), moment));
        }
        day = plus_days(window.last, 1);
    }
    None
}

/// On a working copy: the reminders that left since a window began did not. Were there any?
pub(super) fn forget_reminders(account: &mut Account, world: &World<'_>, first: NaiveDate) -> bool {
    let before = account.sent.len();
    account.sent.retain(|mail| !mail.purpose.counts_as_reminder() || world.moment.day_of(mail.at) < first);
    account.sent.len() < before
}

/// The last working day before the closure.
fn deadline(world: &World<'_>, window: Window) -> Option<NaiveDate> {
    let is_working = |day: &NaiveDate| world.policy.calendar.is_business_day(*day);
    window.closed_from.iter_days().rev().skip(1).take(10).find(is_working)
}

/// The day until which a reminder of the window gave time: nothing further is asked for before it is over.
pub(super) fn gave_time_until(account: &Account, item: &Receivable, world: &World<'_>) -> Option<NaiveDate> {
    if !is_for(&account.customer) || world.policy.windows.pre_closure.is_empty() {
        return None;
    }
    let today = world.moment.today();
    let last = account.sent.iter().filter(|mail| mail.purpose == Purpose::Reminder && mail.items.contains(&item.id));
    let left = world.moment.day_of(last.map(|mail| mail.at).max()?);
    // Most reminders are far from any closure.
    if today > plus_days(left, AHEAD_DAYS) {
        return None;
    }
    let window = coming(world.policy, left).filter(|window| window.first <= left)?;
    deadline(world, window).filter(|deadline| today <= *deadline)
}

/// Has this plan the words of the note?
pub(super) fn is_note(plan: &MailPlan) -> bool {
    plan.template.as_str() == TEMPLATE
}

/// Why a note that waits is not wanted any more: the same step is said in its own words then.
pub(super) fn gone(account: &Account, plan: &MailPlan, world: &World<'_>) -> Option<String> {
    if !is_note(plan) {
        return None;
    }
    // It is planned days before it leaves, and before the window begins.
    let day = world.moment.today().max(world.moment.day_of(plan.not_before));
    let window = coming(world.policy, day).filter(|window| window.first <= day);
    let is_short = |deadline: NaiveDate| deadline.signed_duration_since(day).num_days() < LEAST_DAYS;
    let is_out = window.is_none_or(|window| is_over(account, world, window))
        || !is_for(&account.customer)
        || plan.particulars.deadline.is_some_and(is_short);
    is_out.then(|| "The time for a note before the closure is over".to_owned())
}

/// Why a step comes earlier than its day.
pub(super) fn reason(world: &World<'_>, own_day: NaiveDate) -> Option<String> {
    let window = coming(world.policy, world.moment.today())?;
    Some(format!(
        "Its own day is {own_day}; it comes before the closure from {} on (pre_closure in [calendar])",
        window.closed_from
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(on: &str) -> Option<[String; 4]> {
        let found = coming(&Policy::shipped(), on.parse().expect("a day"))?;
        Some([found.first, found.last, found.closed_from, found.closed_until].map(|day| day.to_string()))
    }

    #[test]
    fn the_windows_of_a_year() {
        let summer = ["2026-07-15", "2026-07-25", "2026-08-01", "2026-08-31"].map(str::to_owned);
        let winter = ["2026-12-05", "2026-12-15", "2026-12-22", "2027-01-07"].map(str::to_owned);
        assert_eq!(window("2026-01-08"), Some(summer.clone()));
        assert_eq!(window("2026-07-25"), Some(summer));
        assert_eq!(window("2026-07-26"), Some(winter.clone()));
        assert_eq!(window("2026-12-15"), Some(winter));
        assert_eq!(window("2026-12-16").map(|found| found[0].clone()), Some("2027-07-15".to_owned()));
    }

    #[test]
    fn a_window_before_no_closure_is_none() {
        let mut policy = Policy::shipped();
        policy.windows.quiet.clear();
        assert_eq!(coming(&policy, "2026-07-20".parse().expect("a day")), None);
        policy = Policy::shipped();
        policy.windows.pre_closure.clear();
        assert_eq!(coming(&policy, "2026-07-20".parse().expect("a day")), None);
        // Over the end of a year.
        policy.windows.pre_closure = vec![((12, 28), (1, 3))];
        policy.windows.quiet = vec![((1, 10), (1, 20))];
        let found = coming(&policy, "2027-01-02".parse().expect("a day"));
        assert_eq!(found.map(|found| found.first.to_string()), Some("2026-12-28".to_owned()));
    }
}
