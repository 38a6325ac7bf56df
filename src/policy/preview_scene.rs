//! The working copy on which a preview plays, and the moments at which something may leave or be asked: the same rules as
//! on the real way, looked at day by day.

use super::World;
use super::closure;
use super::examination::{self, Due, PLAN_AHEAD_DAYS};
use super::freshness;
use super::previewed::{NoPreview, PreviewedAct, PreviewedLetter};
use super::silence;
use super::steps::{self, plus_days};
use super::terms::Step;
use super::windows::{self, Manner};
use crate::ledger::account::Account;
use crate::ledger::hold::{HoldEnd, HoldOutcome};
use crate::ledger::ids::ReceivableId;
use crate::ledger::moment::Moment;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::{Mode, Purpose};
use chrono::NaiveDate;

/// How far ahead the day of a step is looked for: a step that waits longer waits for something else than time.
pub(super) const LOOK_AHEAD_DAYS: u32 = 120;

/// What the preview plays with.
pub(super) struct Scene {
    /// A working copy: nothing is pending, and the holds are lifted where all that is open lies in one.
    pub(super) account: Account,
    /// What is asked for.
    pub(super) items: Vec<ReceivableId>,
    /// No step before this day.
    pub(super) from: NaiveDate,
    pub(super) against: Vec<String>,
    pub(super) left_out: Vec<String>,
}

impl Scene {
    pub(super) fn set(account: &Account, world: &World<'_>) -> Result<Self, NoPreview> {
        let today = world.moment.today();
        let open = account.open_items();
        if open.is_empty() {
            return Err(NoPreview::NothingOpen);
        }
        if silence::recipients(account, world).is_none() {
            return Err(NoPreview::NoAddress);
        }
        let (mut free, mut held, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for item in open {
            let reasons = silence::of_item(account, item, world);
            let sentences = || reasons.iter().map(|reason| format!("{}: {reason}", item.key.name()));
            if !item.collected_by().is_paid_to_us() {
                left_out.extend(sentences());
            } else if reasons.is_empty() {
                free.push(item.id);
            } else {
                held.push((item.id, sentences().collect::<Vec<_>>()));
            }
        }
        let mut against = silence::of_customer(account, world, today, None);
        if world.policy.mode_for(account, Purpose::Reminder) == Mode::Observe {
            against.push("Reminders are only observed: nothing leaves".to_owned());
        }
        let mut copy = copy_of(account);
        let (items, mut from) = (free, today);
        let held_ids: Vec<ReceivableId> = held.iter().map(|(id, _)| *id).collect();
        let held_sentences = held.into_iter().flat_map(|(_, sentences)| sentences);
        if !items.is_empty() {
            left_out.extend(held_sentences);
            return Ok(Self { account: copy, items, from, against, left_out });
        }
        if held_ids.is_empty() {
            return Err(NoPreview::NeverAsked(left_out));
        }
        // All of it lies in a hold: this is the mail for the day after.
        against.extend(held_sentences);
        for hold in copy.holds.iter().filter(|hold| hold.ended.is_none()) {
            from = from.max(hold.until.map_or(from, |until| plus_days(until, 1)));
        }
        let given = held_ids.iter().filter_map(|id| closure::gave_time_until(account, account.receivable(*id)?, world));
        from = given.map(|until| plus_days(until, 1)).max().map_or(from, |day| from.max(day));
        // A deferral that ended still says from when the ladder counts.
        for hold in copy.holds.iter_mut().filter(|hold| hold.ended.is_none()) {
            hold.ended = Some(HoldEnd { at: world.moment.instant, how: HoldOutcome::Lifted });
        }
        for item in &mut copy.receivables {
            item.released = true;
        }
        Ok(Self { account: copy, items: held_ids, from, against, left_out })
    }
}

/// A copy on which nothing is on its way, and the customer may be written to.
pub(super) fn copy_of(account: &Account) -> Account {
    let mut copy = account.clone();
    copy.pending.clear();
    copy.customer.do_not_contact = false;
    copy
}

/// The first instant of a day.
pub(super) fn morning(world: &World<'_>, day: NaiveDate) -> Moment {
    Moment::new(world.moment.dawn(day), world.moment.zone)
}

/// That moment, or the first one of a later day.
pub(super) fn from_day(world: &World<'_>, day: NaiveDate) -> Moment {
    if day > world.moment.today() { morning(world, day) } else { world.moment }
}

/// The first moment from now on at which this step may be taken: a mail leaves in its hours, when no other mail or word
/// stands in the way; what is the owner's comes up while the ladder is looked at, which it is not in a quiet time.
pub(super) fn first_free(account: &Account, world: &World<'_>, step: &Step) -> Option<Moment> {
    let today = world.moment.today();
    let is_sent = steps::is_mail(step) || step.act.is_courtesy();
    (0..LOOK_AHEAD_DAYS).map(|days| World { moment: from_day(world, plus_days(today, days)), ..*world }).find_map(
        |here| {
            let manner = if is_sent { Manner::of(step) } else { Manner::default() };
            let opens = windows::reminder_time(&here, &account.customer, here.moment.instant, manner);
            let opens = Moment::new(opens, here.moment.zone);
            let here = if is_sent { World { moment: opens, ..here } } else { here };
            let is_looked_at = opens.today() <= plus_days(here.moment.today(), PLAN_AHEAD_DAYS)
                && opens.today() <= plus_days(today, LOOK_AHEAD_DAYS)
                && (is_sent || examination::is_day_of_the_owners(&here, here.moment.today()));
            let is_free = is_looked_at && silence::of_customer(account, &here, opens.today(), None).is_empty();
            is_free.then_some(here.moment)
        },
    )
}

/// The first day on which this may be asked for: the one after that up to which payments must be known, since then, at the
/// earliest, they can be; and not within the time that a reminder before a closure gave. `None` where it may be now.
pub(super) fn may_be_asked_on(account: &Account, item: &Receivable, world: &World<'_>) -> Option<NaiveDate> {
    let known = freshness::missing_for(account, item, world);
    known.max(closure::gave_time_until(account, item, world)).map(|day| plus_days(day, 1))
}

/// The letter about what is due; `None` when nobody can be written to.
pub(super) fn letter(account: &Account, world: &World<'_>, due: &[Due<'_>]) -> Option<PreviewedAct> {
    let is_owners = due.iter().any(|due| !steps::is_mail(due.next.step));
    let plan = examination::compose(account, world, due, is_owners).ok()?;
    let letter = PreviewedLetter { plan, account: account.clone(), moment: world.moment, is_owners };
    Some(PreviewedAct::Letter(Box::new(letter)))
}
