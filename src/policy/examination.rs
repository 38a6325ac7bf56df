//! The ladder on one day: which mail would be planned, which calls are due, what stands in the way.

use super::World;
use super::approval;
use super::bank_collection;
use super::calls;
use super::claims;
use super::closure;
use super::courtesy;
use super::customers;
use super::forgotten;
use super::freshness;
use super::ladder_end;
use super::owners_letter;
use super::repetition;
use super::silence;
use super::steps::{self, NextStep, plus_days};
use super::terms::StepAct;
use super::windows::{self, Manner};
use crate::ledger::account::Account;
use crate::ledger::hold::{Hold, HoldKind};
use crate::ledger::ids::{Address, ReceivableId, TemplateId};
use crate::ledger::interest::Claims;
use crate::ledger::mail::{BusinessKey, MailPlan, Particulars, StepRef};
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::{Receivable, ReceivableKind};
use crate::ledger::words::Purpose;
use chrono::{DateTime, NaiveDate, Utc};

/// A mail is planned only when the window opens within this many days: what is planned sooner would miss what falls
/// due in between. Long enough for a week-end with a holiday; the re-check judges the mail anew in any case.
pub(super) const PLAN_AHEAD_DAYS: u32 = 6;

/// What the ladder finds on a day.
#[derive(Default)]
pub(super) struct Examination {
    /// The one mail that would be planned.
    pub(super) mail: Option<MailPlan>,
    /// It is one that the owner finishes and signs.
    pub(super) is_final: bool,
    /// Telephone calls that are due.
    pub(super) calls: Vec<StepRef>,
    /// Due, but payments are not known far enough.
    pub(super) stale: Vec<ReceivableId>,
    /// Due, but too many mails stayed unanswered.
    pub(super) unanswered: Vec<ReceivableId>,
    /// A mail before anything is due.
    pub(super) courtesy: Option<MailPlan>,
    /// At the end of their ladder, and the owner was not asked yet.
    pub(super) ended: Vec<ReceivableId>,
    /// Due and free to go, and still not in the mail: why.
    pub(super) passed_over: Vec<(ReceivableId, String)>,
}

/// One receivable whose step is due.
pub(super) struct Due<'a> {
    pub(super) item: &'a Receivable,
    pub(super) next: NextStep<'a>,
}

/// Looks at the whole account.
pub(super) fn examine(account: &Account, world: &World<'_>) -> Examination {
    let mut found = Examination::default();
    let today = world.moment.today();
    let soonest = windows::reminder_time(world, &account.customer, world.moment.instant, Manner::default());
    let leaves_on = world.moment.day_of(soonest);
    if !silence::of_customer(account, world, leaves_on, None).is_empty() {
        return found;
    }
    // In a quiet time nothing is planned, and the owner is asked nothing either.
    if leaves_on > plus_days(today, PLAN_AHEAD_DAYS) {
        return found;
    }
    let is_working_day = is_day_of_the_owners(world, today);
    let mut due: Vec<Due<'_>> = Vec::new();
    let mut courtesies: Vec<Due<'_>> = Vec::new();
    for item in account.open_items() {
        let next = steps::next_step(account, item, world);
        // What falls due until the mail leaves is taken into it.
        let (due_on, last) = match &next {
            Some(next) if steps::is_mail(next.step) || next.step.act.is_courtesy() => (next.due_on, leaves_on),
            Some(next) => (next.due_on, today),
            None => (ladder_end::due_on(account, item, world).unwrap_or(NaiveDate::MAX), today),
        };
        let is_owners = next.as_ref().is_none_or(|next| !(steps::is_mail(next.step) || next.step.act.is_courtesy()));
        if due_on > last || (is_owners && !is_working_day) {
            continue;
        }
        let asks = next.as_ref().is_some_and(|next| !matches!(next.step.act, StepAct::HandOver));
        if !asks && !ladder_end::is_open_question(account, item, world) {
            continue;
        }
        let reasons = silence::of_item(account, item, world);
        let is_unanswered = reasons.len() == 1 && silence::is_unanswered(account, item, world);
        // One question is enough: a call is the other channel, and at the end of the ladder silence is a part of it.
        let is_asked_anyway = !asks || next.as_ref().is_some_and(|next| next.step.act == StepAct::Call);
        if is_unanswered && !is_asked_anyway && is_working_day {
            found.unanswered.push(item.id);
        }
        let goes_on = reasons.is_empty() || (is_unanswered && is_asked_anyway);
        if !goes_on {
            continue;
        }
        let next = match next {
            Some(next) if next.step.act.is_courtesy() => {
                courtesies.push(Due { item, next });
                continue;
            }
            next => next,
        };
        if is_stale(account, item, world) {
            found.stale.push(item.id);
            continue;
        }
        match next {
            None => found.ended.push(item.id),
            Some(next) => match next.step.act {
                StepAct::HandOver => found.ended.push(item.id),
                StepAct::Call => found.calls.push(next.reference),
                _ => due.push(Due { item, next }),
            },
        }
    }
    found.calls.extend(calls::also(account, world, &found.calls));
    for item in courtesy::planned_items(account) {
        let next = steps::next_step(account, item, world).filter(|next| next.step.act.is_courtesy());
        courtesies.extend(next.filter(|next| next.due_on <= leaves_on).map(|next| Due { item, next }));
    }
    found.courtesy = courtesy::compose(account, world, &courtesies);
    let goes = |id: ReceivableId| found.courtesy.as_ref().is_some_and(|mail| mail.items.contains(&id));
    let left = courtesies.iter().filter(|due| !goes(due.item.id));
    let why = |due: &Due<'_>| format!("Step `{}` comes too late, or another mail goes first", due.next.step.id);
    let left: Vec<_> = left.map(|due| (due.item.id, why(due))).collect();
    found.passed_over.extend(left);
    // Never two at once: the owner's draft goes first, the rest waits for its end.
    let (mut finals, mut mails): (Vec<_>, Vec<_>) = due.into_iter().partition(|due| !steps::is_mail(due.next.step));
    let others = also_for_the_owners_letter(account, world, &finals);
    finals.extend(others);
    if !has_closing_words(account, world, &mails) {
        // What comes earlier for the closure comes in those words or on its own day.
        mails.retain(|due| due.next.instead_of.is_none());
    }
    found.is_final = !finals.is_empty();
    if let Some(first) = finals.first() {
        let why =
            format!("Another step of this customer goes first: the owner's own letter about {}", first.item.key.name());
        found.passed_over.extend(mails.iter().map(|due| (due.item.id, why.clone())));
    }
    // What came back unpaid is asked for first, in words of its own that are true of nothing else.
    let is_returned = |due: &Due<'_>| bank_collection::is_first_mail(account, due.item, world);
    let (returned, mails): (Vec<_>, Vec<_>) = mails.into_iter().partition(is_returned);
    let mails = match returned.first() {
        Some(first) => {
            let why = format!("Another mail of this customer goes first: {} came back unpaid", first.item.key.name());
            found.passed_over.extend(mails.iter().map(|due| (due.item.id, why.clone())));
            returned
        }
        None => mails,
    };
    let chosen = if found.is_final { finals } else { mails };
    match compose(account, world, &chosen, found.is_final) {
        Ok(mail) => found.mail = Some(mail),
        Err(why) => found.passed_over.extend(chosen.iter().map(|due| (due.item.id, why.clone()))),
    }
    found
}

/// What is the owner's to do (a call, their own letter, a question about the end) comes up on such a day: one on which the
/// firm works, outside the quiet weeks.
pub(super) fn is_day_of_the_owners(world: &World<'_>, day: NaiveDate) -> bool {
    world.policy.calendar.is_business_day(day) && windows::quiet_span(&world.policy.windows, day).is_none()
}

/// Would the mail about these be a note before the closure?
fn has_closing_words(account: &Account, world: &World<'_>, mails: &[Due<'_>]) -> bool {
    let Some(tone) = mails.iter().max_by_key(|due| due.next.index) else { return false };
    let manner = Manner::of(tone.next.step);
    let leaves = windows::reminder_time(world, &account.customer, world.moment.instant, manner);
    let steps = mails.iter().map(|due| due.next.step);
    closure::note(account, world, steps, world.moment.day_of(leaves)).is_some()
}

/// Is the knowledge of payments too old for chasing this receivable?
pub(super) fn is_stale(account: &Account, item: &Receivable, world: &World<'_>) -> bool {
    freshness::missing_for(account, item, world).is_some()
}

/// The one mail about what is due, as it leaves at the next opening; or why there is none.
pub(super) fn compose(
    account: &Account,
    world: &World<'_>,
    due: &[Due<'_>],
    is_final: bool,
) -> Result<MailPlan, String> {
    let today = world.moment.today();
    let tone = due.iter().max_by_key(|due| due.next.index).ok_or("Nothing is due")?;
    let manner = if is_final { Manner::default() } else { Manner::of(tone.next.step) };
    let leaves = windows::reminder_time(world, &account.customer, world.moment.instant, manner);
    // A draft for the owner may lie ready at any time; the window is for what the agent sends.
    if !is_final && world.moment.day_of(leaves) > plus_days(today, PLAN_AHEAD_DAYS) {
        return Err(format!(
            "It goes in one mail with step `{}` of {}, which may not leave before {}",
            tone.next.step.id,
            tone.item.key.name(),
            world.moment.day_of(leaves)
        ));
    }
    let mut shown: Vec<&Receivable> = due.iter().map(|due| due.item).collect();
    if !is_final {
        shown.extend(companions(account, world, &shown, tone.next.index));
    }
    let earlier = earlier_reminders(account, world, due, tone.next.index);
    let mut taken: Vec<StepRef> = Vec::new();
    for item in &shown {
        let own = due.iter().find(|due| due.item.id == item.id).map(|due| due.next.reference.clone());
        taken.extend(own.or_else(|| asked_along(account, item, world, tone.next.index).filter(|_| !is_final)));
    }
    shown.sort_by_key(|item| (item.due, item.id));
    if let Some(sum) = below_minimum(&shown, world) {
        return Err(format!("{sum} in all is below the minimum of {}", world.policy.limits.minimum));
    }
    let recipients =
        if is_final { owners_letter::recipients(account, world) } else { silence::recipients(account, world) };
    let (to, cc) = recipients.ok_or("No usable address is on file")?;
    let earlier = read_by(account, world, earlier, &to);
    let usual = template(account, world, tone, earlier.is_empty()).ok_or("The step has no text")?;
    let earlier = match earlier.as_slice() {
        [] => earlier,
        _ => read_by(account, world, reminders_of(account, world, &shown, earlier), &to),
    };
    let is_firm_to_a_supplier = approval::is_firm_to_a_supplier(account, &taken, world.policy);
    let waits = if is_firm_to_a_supplier {
        ALSO_A_SUPPLIER
    } else if !account.customer.vip && approval::is_needed(account, world.policy) {
        "; the first mail to a customer waits for approval"
    } else {
        ""
    };
    let day = world.moment.day_of(leaves);
    let deadline = tone.next.step.deadline_days.map(|days| world.policy.calendar.on_or_after(plus_days(day, days)));
    let has_own_words = is_final || bank_collection::is_first_mail(account, tone.item, world);
    let closing = closure::note(account, world, due.iter().map(|due| due.next.step), day).filter(|_| !has_own_words);
    let season = closing.as_ref().and_then(|note| note.season);
    let deadline = closing.as_ref().map(|note| note.deadline).or(deadline);
    Ok(MailPlan {
        key: BusinessKey::Reminder(account.customer.id, today),
        purpose: Purpose::Reminder,
        template: closing.map_or(usual, |note| note.template),
        customer: Some(account.customer.id),
        items: shown.iter().map(|item| item.id).collect(),
        steps: taken,
        to,
        cc,
        not_before: if is_final { world.moment.instant } else { leaves },
        answers: None,
        attach_documents: Vec::new(),
        particulars: Particulars {
            deadline,
            deadline_days: tone.next.step.deadline_days.filter(|_| is_final),
            claims: if is_final { claims::of(account, &shown, world) } else { Claims::default() },
            earlier_reminders: unanswered(account, world, earlier),
            payments_known_up_to: known_up_to(&shown),
            season,
            upcoming: if is_final { Vec::new() } else { upcoming(account, world, &shown, day) },
            asked_before: if is_final { Vec::new() } else { asked_before(account, world, &shown) },
            ..Particulars::default()
        },
        needs_approval: is_final || is_firm_to_a_supplier || approval::is_needed(account, world.policy),
        because: sentence(tone, due.len(), waits),
    })
}

/// What comes to the owner's letter a few days later goes into the one that is due: two of them within days would be one too
/// many, for the customer and for who signs them. So does what an earlier mail asked for by a day. Only when the time is over
/// that was given for it.
fn also_for_the_owners_letter<'a>(account: &'a Account, world: &World<'a>, finals: &[Due<'a>]) -> Vec<Due<'a>> {
    let Some(first) = finals.first() else { return Vec::new() };
    let today = world.moment.today();
    let soon = plus_days(today, world.policy.limits.same_tone_days);
    let others = account.open_items().into_iter().filter(|item| finals.iter().all(|due| due.item.id != item.id));
    let free = others.filter(|item| {
        silence::is_overdue(account, item, world)
            && silence::of_item(account, item, world).is_empty()
            && !is_stale(account, item, world)
            && steps::given_until(account, item, world).is_none_or(|day| day < today)
    });
    let letter = &first.next.step.id;
    let own =
        |item| steps::next_step(account, item, world).filter(|next| next.step.id == *letter && next.due_on <= soon);
    free.filter_map(|item| {
        let next = own(item).or_else(|| owners_letter::as_next(account, item, letter, world))?;
        Some(Due { item, next })
    })
    .collect()
}

/// The step that a companion takes with the mail: what it is asked for there counts as asked, though its own day would have
/// come a little later; else the customer would get a milder mail about it after this one.
fn asked_along(account: &Account, item: &Receivable, world: &World<'_>, tone: usize) -> Option<StepRef> {
    let next = steps::next_step(account, item, world)?;
    (steps::is_mail(next.step) && next.index <= tone).then_some(next.reference)
}

/// Further overdue receivables shown in the same mail: the customer gets one mail with all that is open and not in a hold.
/// One that waits for a call or the owner's letter stays out, and one that was asked for more firmly than this mail asks, in
/// writing or on the telephone: a mild word after a firm one takes the firm one back, and so does a second deadline.
fn companions<'a>(account: &'a Account, world: &World<'_>, shown: &[&Receivable], tone: usize) -> Vec<&'a Receivable> {
    let today = world.moment.today();
    let ladder = customers::ladder_for(world.policy, account);
    let is_returned = |item: &Receivable| bank_collection::is_first_mail(account, item, world);
    let of_its_own = shown.iter().any(|item| is_returned(item));
    let gives_time = ladder.and_then(|ladder| ladder.steps.get(tone)).is_some_and(|step| step.deadline_days.is_some());
    let was_asked_more_firmly = |item: &Receivable| {
        let Some(ladder) = ladder else { return false };
        let beyond = ladder.steps.iter().skip(tone + 1);
        let mut beyond = beyond.filter(|step| steps::is_mail(step) || step.act == StepAct::Call);
        let taken = account.steps_of(item);
        beyond.any(|step| taken.iter().any(|taken| *taken.name() == step.id))
            || repetition::named_in(account, item, ladder, &(tone.saturating_add(1)..), world).is_some()
    };
    account
        .open_items()
        .into_iter()
        .filter(|item| shown.iter().all(|other| other.id != item.id))
        .filter(|item| silence::is_overdue(account, item, world))
        .filter(|item| silence::of_item(account, item, world).is_empty())
        .filter(|item| !is_stale(account, item, world))
        .filter(|item| !was_asked_more_firmly(item) && is_returned(item) == of_its_own)
        .filter(|item| steps::given_until(account, item, world).is_none_or(|until| !gives_time && until < today))
        .filter(|item| {
            steps::next_step(account, item, world).is_none_or(|next| next.due_on > today || steps::is_mail(next.step))
        })
        .collect()
}

/// What a reminder lists apart, for information: invoices of the same customer whose day is still to come when it leaves.
/// Nothing of what is held, collected by somebody else, missing from the books, or of a sum that is not certain.
fn upcoming(account: &Account, world: &World<'_>, shown: &[&Receivable], day: NaiveDate) -> Vec<ReceivableId> {
    if account.customer.is_confidential() {
        return Vec::new();
    }
    let is_to_come = |item: &&Receivable| {
        item.kind == ReceivableKind::Invoice
            && item.key.issued <= day
            && item.due >= day
            && shown.iter().all(|other| other.id != item.id)
            && silence::of_item(account, item, world).is_empty()
    };
    account.open_items().into_iter().filter(is_to_come).map(|item| item.id).collect()
}

/// What a reminder lists apart, so that a mild word about one invoice does not take back a firm one about another: overdue
/// invoices of the same customer that were asked for, and of which this mail asks nothing, since their time runs or a call
/// is due. Nothing of what is held, asked about, collected by somebody else, or missing from the books.
fn asked_before(account: &Account, world: &World<'_>, shown: &[&Receivable]) -> Vec<ReceivableId> {
    if account.customer.is_confidential() {
        return Vec::new();
    }
    let was_asked = |item: &&Receivable| {
        shown.iter().all(|other| other.id != item.id)
            && silence::is_overdue(account, item, world)
            && steps::last_asked(account, item, world.policy).is_some()
            && item.collected_by().is_paid_to_us()
            && silence::of_item(account, item, world).is_empty()
            && !is_stale(account, item, world)
    };
    account.open_items().into_iter().filter(was_asked).map(|item| item.id).collect()
}

/// The tone of the highest step that is due; the mildest when nobody was ever reminded of these.
fn template(account: &Account, world: &World<'_>, tone: &Due<'_>, first_contact: bool) -> Option<TemplateId> {
    match &tone.next.step.act {
        StepAct::Mail(_) if bank_collection::is_first_mail(account, tone.item, world) => {
            Some(TemplateId::new(bank_collection::FIRST_MAIL))
        }
        StepAct::Mail(template) | StepAct::StopWork(template) if first_contact => {
            let ladder = customers::ladder_for(world.policy, account)?;
            let mildest = ladder.steps.iter().find_map(|step| match &step.act {
                StepAct::Mail(template) => Some(template.clone()),
                _ => None,
            });
            Some(mildest.unwrap_or_else(|| template.clone()))
        }
        act => act.template().cloned(),
    }
}

fn earlier_reminders(account: &Account, world: &World<'_>, due: &[Due<'_>], tone: usize) -> Vec<NaiveDate> {
    let Some(ladder) = customers::ladder_for(world.policy, account) else { return Vec::new() };
    let mut days: Vec<NaiveDate> = due
        .iter()
        .filter(|due| due.next.index == tone)
        .flat_map(|due| account.steps_of(due.item).into_iter().map(|taken| (due.item, taken)))
        .filter(|(item, taken)| match ladder.steps.iter().find(|step| step.id == *taken.name()) {
            Some(step) => steps::is_mail(step),
            None => forgotten::was_mail(item, taken),
        })
        .map(|(_, taken)| taken.on)
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// Without the days on which all that left went to others: who reads it now was not written to then.
fn read_by(account: &Account, world: &World<'_>, mut days: Vec<NaiveDate>, to: &[Address]) -> Vec<NaiveDate> {
    days.retain(|day| {
        let reminders = account.sent.iter().filter(|mail| mail.purpose == Purpose::Reminder);
        let mut of_day = reminders.filter(|mail| world.moment.day_of(mail.at) == *day).peekable();
        of_day.peek().is_none() || of_day.any(|mail| mail.to.is_empty() || mail.to.iter().any(|one| to.contains(one)))
    });
    days
}

/// These days and those of all reminders about any of the items since its first step: who names the messages that remained
/// without an answer names the latest too.
fn reminders_of(
    account: &Account,
    world: &World<'_>,
    items: &[&Receivable],
    mut days: Vec<NaiveDate>,
) -> Vec<NaiveDate> {
    for item in items {
        let Some(first) = account.steps_of(item).iter().map(|taken| taken.on).min() else { continue };
        let about = silence::reminders_about(account, item.id);
        days.extend(about.map(|at| world.moment.day_of(at)).filter(|day| *day >= first));
    }
    days.sort_unstable();
    days.dedup();
    days
}

/// Of these days those since which nothing was heard: who wrote, paid a part, agreed on something by telephone or was away
/// is not told that nobody answered.
fn unanswered(account: &Account, world: &World<'_>, mut days: Vec<NaiveDate>) -> Vec<NaiveDate> {
    let is_word = |hold: &&Hold| {
        matches!(
            hold.kind,
            HoldKind::Claimed
                | HoldKind::Promise
                | HoldKind::Deferral
                | HoldKind::Plan
                | HoldKind::OwnerActive
                | HoldKind::Absence
        )
    };
    let words = account.holds.iter().filter(is_word).map(|hold| world.moment.day_of(hold.since));
    let paid = account.receivables.iter().flat_map(|item| item.payments.iter().map(|payment| payment.on));
    let wrote = account.customer_wrote.map(|at| world.moment.day_of(at));
    let heard = words.chain(paid).chain(wrote).max();
    days.retain(|day| heard.is_none_or(|heard| *day > heard));
    days
}

/// What is open in all, when nobody is chased for so little.
pub(super) fn below_minimum(shown: &[&Receivable], world: &World<'_>) -> Option<Money> {
    let minimum = world.policy.limits.minimum;
    let open: Vec<Money> = shown.iter().map(|item| item.open()).collect();
    let has_other_currency = open.iter().any(|money| money.currency != minimum.currency);
    let sum = total(minimum.currency, &open);
    (!has_other_currency && sum.cents < minimum.cents).then_some(sum)
}

/// The oldest knowledge among them: the only day that is true of all.
pub(super) fn known_up_to(items: &[&Receivable]) -> Option<NaiveDate> {
    items.iter().map(|item| item.payments_known_up_to).min().flatten()
}

/// Why a firm mail waits that would leave by itself to others.
const ALSO_A_SUPPLIER: &str =
    "; the customer is also a supplier: nothing firm leaves without your yes, since it may be set off";

fn sentence(tone: &Due<'_>, count: usize, waits: &str) -> String {
    let step = &tone.next.step.id;
    let number = &tone.item.key.name();
    let others = if count > 1 { format!(" and {} more", count.saturating_sub(1)) } else { String::new() };
    format!("Step `{step}` of {number}{others} is due since {}{waits}", tone.next.due_on)
}

/// The instant at which a chasing mail of another kind (broken promise, claim check) may leave.
pub(super) fn chasing_time(account: &Account, world: &World<'_>) -> DateTime<Utc> {
    windows::reminder_time(world, &account.customer, world.moment.instant, Manner::default())
}
