//! The list of what is open, sent of our own accord once a month where the owner wants it.
//!
//! It informs, and chases nobody: where a reminder went or is about to go, where anything is contested, promised, held or
//! asked of the owner, the month passes without one. Whether it goes is judged for its day in the month; what stood in the
//! way on that day is not made up for later. Only what the agent itself was short of (it did not run, the payments were not
//! known, the mail of the day was used up) puts it off, as long as the month of the next one does not come near.

use super::World;
use super::approval;
use super::examination::{below_minimum, is_stale, known_up_to};
use super::payday::in_month;
use super::previewed::{NoPreview, Previewed, PreviewedAct, PreviewedLetter, PreviewedStep};
use super::routine::lower_first;
use super::silence;
use super::steps::{self, minus_days, plus_days};
use super::windows::{self, Manner};
use crate::ledger::account::Account;
use crate::ledger::ids::{OutboxId, ReceivableId, StepId, TemplateId};
use crate::ledger::mail::{BusinessKey, MailPlan, OutboxRow, Particulars, StepRef};
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::{Mode, Purpose};
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};

/// The name under which `preview` shows it: no step of a ladder, unless the owner calls one so.
pub(super) const NAME: &str = "statement";
/// Its text.
const TEMPLATE: &str = "monthly_statement";

/// So many days before the one named, where none is left in the month after it.
const BEFORE_DAYS: u32 = 6;
/// So far ahead a month with a day for it is looked for, to show one.
const MONTHS_AHEAD: u32 = 6;

/// The month of today, as far as the list is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Period {
    /// Its first day, which names it.
    month: NaiveDate,
    /// The first day from the one named on which such a mail may leave.
    opens: NaiveDate,
    /// The last day on which it is not too near to the next one.
    closes: NaiveDate,
}

/// The day of the month for this customer: its own, its group's, the firm's; `None` where none is wanted.
fn wanted_on(account: &Account, world: &World<'_>) -> Option<u32> {
    account.customer.arranged.statement_day.or(world.policy.windows.statement_day).filter(|day| *day > 0)
}

fn period(account: &Account, world: &World<'_>) -> Option<Period> {
    let day = wanted_on(account, world)?;
    let month = world.moment.today().with_day(1)?;
    let next_month = month.checked_add_months(Months::new(1))?;
    let (named, last) = (in_month(day, month), next_month.pred_opt()?);
    let is_open =
        |day: &NaiveDate| windows::reminder_day_refusal(world, &account.customer, *day, Manner::default()).is_none();
    // At the end of a month the last such day before it is nearer than one of the next month.
    let after = named.iter_days().take_while(|day| *day <= last).find(is_open);
    let before = || (1..=BEFORE_DAYS).map(|days| minus_days(named, days)).filter(|day| *day >= month).find(is_open);
    let gap = world.policy.limits.recipient_gap_days;
    let closes = minus_days(in_month(day, next_month), gap).min(last);
    Some(Period { month, opens: after.or_else(before).unwrap_or(NaiveDate::MAX), closes })
}

/// What it lists: everything that is open, issued, and paid to us.
fn items(account: &Account, day: NaiveDate) -> Vec<&Receivable> {
    let is_listed = |item: &&Receivable| item.key.issued <= day && item.collected_by().is_paid_to_us();
    account.open_items().into_iter().filter(is_listed).collect()
}

/// The list of this month, where nothing speaks against it.
pub(super) fn compose(account: &Account, world: &World<'_>) -> Option<MailPlan> {
    let period = period(account, world)?;
    if barrier(account, world, period, None).is_some() {
        return None;
    }
    letter(account, world, period.month)
}

/// The list as it would leave at the next opening.
fn letter(account: &Account, world: &World<'_>, month: NaiveDate) -> Option<MailPlan> {
    let leaves = leaves_at(account, world);
    let shown = items(account, world.moment.day_of(leaves));
    let (to, cc) = silence::recipients(account, world)?;
    Some(MailPlan {
        key: BusinessKey::Statement(account.customer.id, month),
        purpose: Purpose::MonthlyStatement,
        template: TemplateId::new(TEMPLATE),
        customer: Some(account.customer.id),
        items: shown.iter().map(|item| item.id).collect(),
        steps: Vec::new(),
        to,
        cc,
        not_before: leaves,
        answers: None,
        attach_documents: Vec::new(),
        particulars: Particulars { payments_known_up_to: known_up_to(&shown), ..Particulars::default() },
        needs_approval: approval::is_needed(account, world.policy),
        because: format!("The list of {} is wanted, and nothing is at issue", month.format("%Y-%m")),
    })
}

fn leaves_at(account: &Account, world: &World<'_>) -> DateTime<Utc> {
    windows::reminder_time(world, &account.customer, world.moment.instant, Manner::default())
}

/// Why it does not go in this month, or not yet, as an English sentence.
fn barrier(account: &Account, world: &World<'_>, period: Period, row: Option<OutboxId>) -> Option<String> {
    let Period { month, opens, closes } = period;
    if world.policy.mode_for(account, Purpose::MonthlyStatement) == Mode::Observe {
        return Some("Lists of the month are only observed ([modes] monthly_statement)".to_owned());
    }
    if opens > closes {
        return Some(format!("No day of {} is left for it", month.format("%Y-%m")));
    }
    if is_over(account, world, month) {
        return Some(format!("That of {} left, or you did not want it", month.format("%Y-%m")));
    }
    if world.moment.today() < opens {
        return Some(format!("It is due on {opens}"));
    }
    let leaves_on = world.moment.day_of(leaves_at(account, world));
    if leaves_on > closes {
        return Some(format!("Its day was {opens}; the next one is too near"));
    }
    against(account, world, period, leaves_on, row)
}

/// Did it leave in this month, or was it refused?
fn is_over(account: &Account, world: &World<'_>, month: NaiveDate) -> bool {
    let is_of_month = |at: DateTime<Utc>| world.moment.day_of(at).with_day(1) == Some(month);
    let sent = account.sent.iter().any(|mail| mail.purpose == Purpose::MonthlyStatement && is_of_month(mail.at));
    sent || account.declined.iter().any(|step| step.step == name_of(month))
}

/// What speaks against it on a day.
fn against(
    account: &Account,
    world: &World<'_>,
    period: Period,
    leaves_on: NaiveDate,
    row: Option<OutboxId>,
) -> Option<String> {
    let listed = items(account, leaves_on);
    if listed.is_empty() {
        return Some("Nothing is open that is owed to us".to_owned());
    }
    // A list out of its day is for the agent's own downtime, not for books that came later.
    if listed.iter().all(|item| item.known_since > period.opens) {
        return Some(format!("Its day was {}, and nothing of what is open was known then", period.opens));
    }
    if account.customer.is_confidential() {
        return Some("The customer is confidential: lists are the owner's to send".to_owned());
    }
    if let Some(sum) = below_minimum(&listed, world) {
        return Some(format!("{sum} in all is below the minimum of {}", world.policy.limits.minimum));
    }
    if account.open_cases().next().is_some() {
        return Some("A question about this customer is open".to_owned());
    }
    let day_of = |at| world.moment.day_of(at);
    let stood = |end: Option<DateTime<Utc>>| end.is_none_or(|end| day_of(end) >= period.opens);
    if let Some(hold) = account.holds.iter().find(|hold| stood(hold.ended.as_ref().map(|end| end.at))) {
        return Some(format!("Something of this customer was in a hold on its day ({})", hold.kind));
    }
    let of_item =
        listed.iter().find_map(|item| Some((item, silence::of_item(account, item, world).into_iter().next()?)));
    if let Some((item, reason)) = of_item {
        return Some(format!("{}: {}", item.key.name(), lower_first(&reason)));
    }
    let gap = world.policy.limits.recipient_gap_days;
    let earliest = minus_days(period.opens, gap.saturating_sub(1));
    let reminded = account.sent.iter().filter(|mail| mail.purpose == Purpose::Reminder).map(|mail| day_of(mail.at));
    if let Some(on) = reminded.filter(|on| *on >= earliest).max() {
        return Some(format!("A reminder left on {on}, which names what is open"));
    }
    about_to_go(account, world, plus_days(leaves_on, gap))
        .or_else(|| silence::of_customer(account, world, leaves_on, row).into_iter().next())
        .or_else(|| stale(account, world, &listed))
}

/// A step that comes until a day: it goes instead.
fn about_to_go(account: &Account, world: &World<'_>, until: NaiveDate) -> Option<String> {
    if world.policy.mode_for(account, Purpose::Reminder) == Mode::Observe {
        return None;
    }
    let next = |item: &Receivable| {
        let next = steps::next_step(account, item, world).filter(|next| next.due_on <= until)?;
        Some(format!("Step `{}` of {} is due on {}", next.step.id, item.key.name(), next.due_on))
    };
    account.open_items().into_iter().filter(|item| item.collected_by().is_paid_to_us()).find_map(next)
}

/// What is past its day might be paid by now.
fn stale(account: &Account, world: &World<'_>, listed: &[&Receivable]) -> Option<String> {
    let today = world.moment.today();
    let due = listed.iter().filter(|item| item.due <= today);
    let stale = due.clone().find(|item| is_stale(account, item, world))?;
    Some(format!("{}: payments are not known far enough", stale.key.name()))
}

/// Why a list that waits is not wanted any more.
pub(super) fn gone(account: &Account, row: &OutboxRow, month: NaiveDate, world: &World<'_>) -> Option<String> {
    let Some(period) = period(account, world).filter(|period| period.month == month) else {
        return Some("Its month is over, or none is wanted any more".to_owned());
    };
    if let Some(reason) = barrier(account, world, period, Some(row.id)) {
        return Some(reason);
    }
    let leaves_on = world.moment.day_of(leaves_at(account, world));
    let listed: Vec<ReceivableId> = items(account, leaves_on).iter().map(|item| item.id).collect();
    if listed != row.plan.items {
        return Some("Other documents are open now".to_owned());
    }
    let to = silence::recipients(account, world).map(|(to, _)| to);
    (to.as_ref() != Some(&row.plan.to)).then(|| "It would not go to the address that reminders go to now".to_owned())
}

/// How a refusal of the owner is remembered: as that of a step with the month in its name, which no ladder has.
pub(super) fn reference(plan: &MailPlan) -> Option<StepRef> {
    let BusinessKey::Statement(_, month) = &plan.key else { return None };
    Some(StepRef { receivable: *plan.items.first()?, cycle: 0, step: name_of(*month) })
}

fn name_of(month: NaiveDate) -> StepId {
    StepId::new(format!("statement-{}", month.format("%Y-%m")))
}

/// What `why` says of it; `None` where none is wanted, or it waits to leave.
#[must_use]
pub fn outlook(account: &Account, world: &World<'_>) -> Option<String> {
    let period = period(account, world)?;
    if account.pending.iter().any(|row| row.plan.purpose == Purpose::MonthlyStatement) {
        return None;
    }
    Some(barrier(account, world, period, None).unwrap_or_else(|| "It may go now".to_owned()))
}

/// The first month from this one on of which a day is left, and when its list would leave.
fn next_day(account: &Account, world: &World<'_>) -> Option<(NaiveDate, Moment)> {
    let zone = world.moment.zone;
    let first = world.moment.today().with_day(1)?;
    (0..MONTHS_AHEAD).find_map(|months| {
        let month = first.checked_add_months(Months::new(months))?;
        let begins = World { moment: Moment::new(world.moment.dawn(month).max(world.moment.instant), zone), ..*world };
        let Period { month, opens, closes } = period(account, &begins)?;
        if opens > closes || is_over(account, world, month) {
            return None;
        }
        let opened = Moment::new(world.moment.dawn(opens).max(begins.moment.instant), zone);
        let leaves = Moment::new(leaves_at(account, &World { moment: opened, ..*world }), zone);
        (leaves.today() <= closes).then_some((month, leaves))
    })
}

/// As it would leave on its next day, whatever speaks against it, with that.
///
/// # Errors
/// [`NoPreview::NoAddress`] and [`NoPreview::NothingOpen`].
pub(super) fn preview(account: &Account, name: &StepId, world: &World<'_>) -> Result<Previewed, NoPreview> {
    let against = match period(account, world) {
        Some(period) => barrier(account, world, period, None),
        None => Some("No list of the month is wanted (statement_day in [calendar] or customers.toml)".to_owned()),
    };
    let this_month = world.moment.today().with_day(1).ok_or(NoPreview::NothingOpen)?;
    // Where none is wanted, it is shown as it would be.
    let (month, moment) = next_day(account, world).unwrap_or((this_month, world.moment));
    let plan = letter(account, &World { moment, ..*world }, month).ok_or(NoPreview::NoAddress)?;
    if plan.items.is_empty() {
        return Err(NoPreview::NothingOpen);
    }
    let moment = Moment::new(plan.not_before, world.moment.zone);
    let letter = PreviewedLetter { plan, account: account.clone(), moment, is_owners: false };
    let act = PreviewedAct::Letter(Box::new(letter));
    let shown = PreviewedStep { step: name.clone(), act, supposes: Vec::new() };
    Ok(Previewed { steps: vec![shown], against: against.into_iter().collect(), left_out: Vec::new() })
}
