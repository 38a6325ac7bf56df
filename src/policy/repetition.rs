//! One mail names all that is open, in the tone of the highest step that is due. So it asks for the younger invoices in a
//! tone that their own ladder has still before it: when that step comes, the customer has just read those words. It waits
//! then, until asking in that tone is no repetition.

use super::World;
use super::forgotten;
use super::steps::{self, plus_days, position};
use super::terms::Ladder;
use crate::ledger::account::{Account, SentMail};
use crate::ledger::change::StepTaken;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Purpose;
use chrono::NaiveDate;
use std::ops::RangeBounds;

/// The day from which the step at a place of the ladder repeats nothing; `None` where no mail asked in its tone, and for
/// what is no mail: a telephone call says what it says, and the owner's letter is read by them before it leaves.
pub(super) fn not_before(
    account: &Account,
    item: &Receivable,
    ladder: &Ladder,
    index: usize,
    world: &World<'_>,
) -> Option<NaiveDate> {
    ladder.steps.get(index).filter(|step| steps::is_mail(step))?;
    let in_its_tone = named(account, item, ladder, world).filter(|(_, tone)| *tone >= index);
    let last = in_its_tone.map(|(day, _)| day).max()?;
    Some(plus_days(last, world.policy.limits.same_tone_days))
}

/// The day of the last reminder that named it in one of these tones, each the place of a step on the ladder.
pub(super) fn named_in(
    account: &Account,
    item: &Receivable,
    ladder: &Ladder,
    tones: &impl RangeBounds<usize>,
    world: &World<'_>,
) -> Option<NaiveDate> {
    named(account, item, ladder, world).filter(|(_, tone)| tones.contains(tone)).map(|(day, _)| day).max()
}

/// The reminders that named it in the present cycle: when, and in the tone of which place on the ladder.
pub(super) fn named(
    account: &Account,
    item: &Receivable,
    ladder: &Ladder,
    world: &World<'_>,
) -> impl Iterator<Item = (NaiveDate, usize)> {
    // What was said before is over: a new word was given since, or the mail came back.
    let began = account.steps_of(item).into_iter().map(|taken| taken.on).min();
    let mails = account.sent.iter().filter(|mail| mail.purpose == Purpose::Reminder && mail.items.contains(&item.id));
    let named = mails.filter_map(|mail| Some((world.moment.day_of(mail.at), tone_of(account, mail, ladder, world)?)));
    named.filter(move |(day, _)| began.is_some_and(|began| *day >= began))
}

/// The tone of a mail that left: the highest step that was taken with it.
fn tone_of(account: &Account, mail: &SentMail, ladder: &Ladder, world: &World<'_>) -> Option<usize> {
    let day = world.moment.day_of(mail.at);
    let place = |taken: &StepTaken| {
        let forgotten = || {
            let item = account.receivable(taken.step.receivable)?;
            forgotten::place_of(account, item, ladder, taken, world)
        };
        let place = position(ladder, taken.name()).or_else(forgotten)?;
        ladder.steps.get(place).is_some_and(steps::is_mail).then_some(place)
    };
    let mut tone = None;
    for taken in account.steps.iter().filter(|taken| taken.on == day) {
        // A mail may name a thousand invoices: it is asked only where the answer would matter.
        let place = place(taken).filter(|place| tone.is_none_or(|tone| *place > tone));
        tone = place.filter(|_| mail.items.contains(&taken.step.receivable)).or(tone);
    }
    tone
}
