//! Instalments that the owner proposed: in force only once the customer accepts them in writing (practice of credit
//! management: a plan stands on the customer's own "confermo").
//!
//! A proposal is made once. Reminders wait for an answer, for a bounded time. A plain yes to that very mail, by whom it went
//! to and proven, puts the plan in force; whatever else is answered is the owner's, with the proposal beside it. It dies with
//! a payment, a credit note or any other change of what is open, when something takes its place, and when the owner
//! withdraws it; a yes to a dead one is the owner's, too.

use super::deliberation::{Deliberation, NewCase, NewHold};
use super::disposition::{Sight, risk};
use super::gate::{self, Gate};
use super::judgement::{Answer, Course, Judgement, Pause, Question};
use super::payments::{self, Confirmation};
use super::routine::lower_first;
use super::{collection, credit, instalments, orders, silence};
use crate::ledger::account::{Account, SentMail};
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::change::Change;
use crate::ledger::event::Order;
use crate::ledger::hold::{Hold, HoldKind, HoldOutcome};
use crate::ledger::ids::{HoldId, ReceivableId};
use crate::ledger::instalments::{PlanPart, check};
use crate::ledger::mail::{BusinessKey, MailPlan};
use crate::ledger::money::{Money, total};
use crate::ledger::reading::{IntentFinding, Reading};
use crate::ledger::words::{Disposition, Intent, MessageKind, Mode, Purpose};
use chrono::NaiveDate;

/// So many business days the owner has after a proposal came to nothing, before reminders go on.
const TOLD_BEFORE: u32 = 2;

/// The owner proposes instalments: the customer gets them in writing and is asked for a word of acceptance.
pub(super) fn order(d: &mut Deliberation<'_>, items: &[ReceivableId], parts: &[PlanPart]) {
    let Some(last) = parts.last().copied() else { return };
    if in_force(&d.account).any(|hold| hold.parts == parts && hold.items() == items) {
        return;
    }
    if let Some(why) = refusal(d, items, parts) {
        let text = format!("The instalments were not proposed: {why}");
        d.record(Change::Noted { text: text.clone(), items: items.to_vec() }, text);
        return;
    }
    d.withdraw_chasing(items, "The owner proposes instalments");
    d.release_items(&[HoldKind::Proposal], items, HoldOutcome::Replaced, "Another proposal takes its place");
    let hold = NewHold { parts: parts.to_vec(), ..NewHold::about(HoldKind::Proposal, items) }.named(last.by);
    let hold = d.place(hold, format!("The owner proposes instalments: {}", in_words(parts)));
    d.close_cases(&orders::SETTLED_BY_A_DAY, items, "The owner proposes instalments");
    let confirmation =
        Confirmation { parts: parts.to_vec(), ..Confirmation::new("plan_proposed", Purpose::Deferral, last.by) };
    payments::confirm(d, hold, items, confirmation);
}

/// Why nothing can be proposed.
fn refusal(d: &Deliberation<'_>, items: &[ReceivableId], parts: &[PlanPart]) -> Option<String> {
    if let Err(why) = check(parts, &d.account.open_of(items), d.today()) {
        return Some(why);
    }
    if items.iter().any(|item| instalments::covers(&d.account, *item)) {
        return Some("instalments are agreed on already; `sollecito resume` lifts them".to_owned());
    }
    if parts.first().is_some_and(|first| first.by <= d.today()) {
        return Some("the first part would be due before anybody could accept it".to_owned());
    }
    if d.world.policy.mode_for(&d.account, Purpose::Deferral) == Mode::Observe {
        return Some("mails of purpose deferral are only observed".to_owned());
    }
    if d.account.customer.do_not_contact || silence::recipients(&d.account, d.world).is_none() {
        return Some("the customer cannot be written to".to_owned());
    }
    if d.account.holds_on(d.today()).iter().any(|hold| hold.kind <= HoldKind::Disputed) {
        return Some("a dispute, a lawyer or a threat is in the way".to_owned());
    }
    let barrier = collection::barrier(&d.account, items, Purpose::Deferral);
    barrier.or_else(|| credit::barrier(&d.account, items)).map(|why| lower_first(&why))
}

/// The owner takes a proposal back.
pub(super) fn withdraw(d: &mut Deliberation<'_>, items: &[ReceivableId]) {
    let about = |hold: &Hold| items.iter().any(|item| hold.covers(*item));
    let gone: Vec<HoldId> = in_force(&d.account).filter(|hold| about(hold)).map(|hold| hold.id).collect();
    for hold in gone {
        d.end_hold(hold, HoldOutcome::Lifted, "The owner withdraws the proposal of instalments");
    }
}

/// Looks at the proposals: one that does not stand any more ends, and so does one that nobody answered.
pub(super) fn look(d: &mut Deliberation<'_>) {
    end_void(d);
    let waiting: Vec<Hold> = in_force(&d.account).cloned().collect();
    for hold in waiting {
        let made = sent(&d.account, &hold).map(|mail| d.world.moment.day_of(mail.at));
        let is_on_its_way = d.account.pending.iter().any(|row| proposed_by(&d.account, &row.plan) == Some(hold.id));
        match made {
            None if is_on_its_way => {}
            None => end(d, &hold, HoldOutcome::Lifted, "The proposal of instalments did not leave"),
            Some(day) => {
                let last =
                    d.world.policy.calendar.plus_business_days(day, d.world.policy.limits.proposal_business_days);
                let last = hold.parts.first().map_or(last, |first| last.min(first.by));
                if d.today() > last {
                    end(d, &hold, HoldOutcome::Expired, "Nobody answered the proposal of instalments");
                }
            }
        }
    }
}

/// A payment, a credit note, another sum in the books: what was proposed does not divide what is open any more.
pub(super) fn end_void(d: &mut Deliberation<'_>) {
    let void: Vec<Hold> = in_force(&d.account).filter(|hold| is_void(&d.account, hold)).cloned().collect();
    for hold in void {
        end(d, &hold, HoldOutcome::Lifted, "What is open is not what was proposed in instalments any more");
    }
}

/// Is what is open another sum than the parts have together?
pub(super) fn is_void(account: &Account, hold: &Hold) -> bool {
    let open = account.open_of(hold.items());
    let Some(first) = hold.parts.first() else { return true };
    check(&hold.parts, &open, first.by).is_err()
}

fn end(d: &mut Deliberation<'_>, hold: &Hold, how: HoldOutcome, why: &str) {
    d.end_hold(hold.id, how, why);
    let is_open = |id: &ReceivableId| d.account.is_open(*id);
    let items: Vec<ReceivableId> = hold.items().iter().copied().filter(is_open).collect();
    // Where a question about the customer's answer, or about the mail itself, is open, another one says nothing new.
    let is_about_it = |case: &Case| {
        case.message.is_some()
            || matches!(
                case.kind,
                CaseKind::Instalments
                    | CaseKind::ProposalOver
                    | CaseKind::Refused
                    | CaseKind::Unsure
                    | CaseKind::BrokenTemplate
            )
    };
    let touches = |case: &Case| case.items.iter().any(|item| items.contains(item));
    let in_hand = d.account.open_cases().any(|case| is_about_it(case) && touches(case));
    if items.is_empty() || in_hand {
        return;
    }
    let mut suggestions = Vec::new();
    if how == HoldOutcome::Expired && check(&hold.parts, &d.account.open_of(&items), d.today()).is_ok() {
        suggestions.push(Order::Plan { items: items.clone(), parts: hold.parts.clone(), tell: true });
    }
    let calendar = &d.world.policy.calendar;
    let week = calendar.plus_business_days(d.today(), 5);
    suggestions.push(Order::Hold { items: items.clone(), until: Some(week), why: None });
    // The owner hears of it before the customer is reminded.
    let until = calendar.plus_business_days(d.today(), TOLD_BEFORE);
    let particulars = vec![
        format!("{why}: {}.", in_words(&hold.parts)),
        format!("The proposal does not stand any more; after {until} the reminders go on where they were."),
    ];
    let new = NewCase { kind: CaseKind::ProposalOver, message: None, items: items.clone(), particulars, suggestions };
    let case = d.open_case(new, why);
    d.place(
        NewHold::about(HoldKind::Review, &items).until(until).case(case),
        format!("{why}: the owner hears of it first, and the reminders wait until {until}"),
    );
}

/// Proposals that wait for an answer.
pub(super) fn in_force(account: &Account) -> impl Iterator<Item = &Hold> {
    account.holds.iter().filter(|hold| hold.kind == HoldKind::Proposal && hold.ended.is_none())
}

/// The proposal that a mail makes.
pub(super) fn proposed_by(account: &Account, plan: &MailPlan) -> Option<HoldId> {
    let BusinessKey::Confirmation(_, id) = &plan.key else { return None };
    account.holds.iter().find(|hold| hold.id == *id && hold.kind == HoldKind::Proposal).map(|hold| hold.id)
}

/// The mail that made a proposal, when it has left.
fn sent<'a>(account: &'a Account, hold: &Hold) -> Option<&'a SentMail> {
    let made =
        |mail: &&SentMail| mail.proposal.is_some_and(|proposal| proposal.hold == hold.id) && mail.at >= hold.since;
    account.sent.iter().rev().find(made)
}

/// For the owner: a proposal that waits for an answer about one of these items, or about any where there are none.
pub(super) fn beside(account: &Account, items: &[ReceivableId]) -> Option<String> {
    let about = |hold: &&Hold| items.is_empty() || items.iter().any(|item| hold.covers(*item));
    let hold = in_force(account).find(about)?;
    Some(format!("Proposed and not accepted yet: {}.", in_words(&hold.parts)))
}

/// The same as an order: it comes into force by the owner's word.
fn as_ordered(account: &Account, hold: &Hold, today: NaiveDate) -> Option<Order> {
    let items = hold.items().to_vec();
    check(&hold.parts, &account.open_of(&items), today).ok()?;
    Some(Order::Plan { items, parts: hold.parts.clone(), tell: true })
}

/// What a person's mail means for a proposal; as it was judged where it means nothing for any.
pub(super) fn heard(sight: &Sight<'_>, judged: Judgement) -> Judgement {
    let (reading, account) = (sight.reading, sight.account);
    let is_theirs = reading.kind == MessageKind::Reply && gate::is_certain_customer(reading, account);
    if !is_theirs {
        return judged;
    }
    if let Some(hold) = answered(reading, account) {
        if hold.ended.is_none() {
            return accepted(sight, hold).unwrap_or_else(|| something_else(sight, hold, judged));
        }
        return if reading.facts.accepts { accepts_a_dead_one(sight, hold, judged) } else { judged };
    }
    let touched = sight.touched();
    let names_none = reading.matched.items.is_empty();
    let about = |hold: &&Hold| if names_none { true } else { touched.iter().any(|item| hold.covers(*item)) };
    match in_force(account).find(about) {
        Some(hold) => something_else(sight, hold, judged),
        None => judged,
    }
}

/// The proposal whose very mail is answered, dead or alive.
fn answered<'a>(reading: &Reading, account: &'a Account) -> Option<&'a Hold> {
    let answers = reading.matched.answers?;
    let of_mail = |mail: &SentMail| mail.proposal.filter(|proposal| proposal.outbox == answers);
    let proposal = account.sent.iter().find_map(of_mail)?;
    account.holds.iter().find(|hold| hold.id == proposal.hold && hold.kind == HoldKind::Proposal)
}

/// A plain yes: nothing else in the mail, by whom the proposal went to and proven, and nobody of ours wrote since.
fn accepted(sight: &Sight<'_>, hold: &Hold) -> Option<Judgement> {
    let (reading, account, world) = (sight.reading, sight.account, sight.world);
    let mail = sent(account, hold)?;
    // A receipt beside it says that something was paid: that is no plain yes.
    let is_yes = |found: &IntentFinding| {
        use Intent::{Acknowledgement, DeferralRequest, InstalmentRequest, PromiseToPay};
        matches!(found.intent, Acknowledgement | DeferralRequest | InstalmentRequest | PromiseToPay)
    };
    let is_plain = reading.facts.accepts
        && reading.intents.iter().all(is_yes)
        && risk(reading).is_none()
        && gate::trouble(reading).is_none();
    let is_theirs = reading.from.as_ref().is_some_and(|from| mail.to.contains(from));
    let is_last_word = account.owner_wrote.is_none_or(|at| at <= mail.at) && reading.received >= mail.at;
    if !is_plain || !is_theirs || !is_last_word || is_void(account, hold) {
        return None;
    }
    let today = world.moment.today();
    let items = hold.items().to_vec();
    check(&hold.parts, &account.open_of(&items), today).ok()?;
    let gate = gate::weigh(reading, account, world);
    let Gate::Full(recipients) = &gate else { return None };
    let blocked = gate::answer_barrier(reading, account, &items, &gate, world)
        .or_else(|| collection::barrier(account, &items, Purpose::Deferral))
        .or_else(|| credit::barrier(account, &items));
    if blocked.is_some() {
        return None;
    }
    let answer = Answer {
        template: "plan_agreed",
        purpose: Purpose::Deferral,
        items: items.clone(),
        recipients: recipients.clone(),
        attach: Vec::new(),
        named_day: hold.parts.last().map(|part| part.by),
        amount: sum(account, &items),
        parts: hold.parts.clone(),
        by_approval: false,
    };
    Some(Judgement {
        disposition: Disposition::ApplyDeferralPolicy,
        course: Course::Accept { items, parts: hold.parts.clone() },
        answer: Some(answer),
        question: None,
        reason: "The customer accepts the instalments that were proposed".to_owned(),
    })
}

/// Other days, other sums, a question, a "we shall see": the owner decides, and nothing is answered by itself.
fn something_else(sight: &Sight<'_>, hold: &Hold, judged: Judgement) -> Judgement {
    let why = "It is no plain yes to the instalments that were proposed".to_owned();
    let asked = sight.owner(CaseKind::Instalments, why, sight.pause());
    let course = match judged.course {
        Course::Pause(pause) => Course::Pause(pause),
        _ if hold.items().is_empty() => asked.course,
        _ => Course::Pause(Pause::Review(hold.items().to_vec())),
    };
    let question = judged.question.or(asked.question).map(|question| {
        let mut suggestions = question.suggestions;
        let last =
            suggestions.iter().position(|order| matches!(order, Order::Resume { .. })).unwrap_or(suggestions.len());
        let proposed = as_ordered(sight.account, hold, sight.world.moment.today());
        if let Some(order) = proposed.filter(|order| !suggestions.contains(order)) {
            suggestions.insert(last, order);
        }
        Question { suggestions, ..question }
    });
    let disposition = match judged.disposition {
        Disposition::Ignore => Disposition::RouteToOwner,
        other => other,
    };
    let answer = judged.answer.filter(|answer| answer.by_approval);
    Judgement { disposition, course, answer, question, reason: judged.reason }
}

/// A yes to what does not stand any more; but of a plan that came into force since, it is only said once more.
fn accepts_a_dead_one(sight: &Sight<'_>, hold: &Hold, judged: Judgement) -> Judgement {
    if instalments::in_force(sight.account).any(|plan| plan.parts == hold.parts) {
        return Judgement::nothing("The customer says yes once more to the instalments that are in force");
    }
    let why = "The customer accepts instalments that do not stand any more as they were proposed".to_owned();
    let asked = sight.owner(CaseKind::Instalments, why, sight.pause());
    Judgement {
        course: match judged.course {
            Course::Pause(pause) => Course::Pause(pause),
            _ => asked.course,
        },
        ..asked
    }
}

/// The customer's word puts it in force.
pub(super) fn accept(d: &mut Deliberation<'_>, items: &[ReceivableId], parts: &[PlanPart], reason: &str) {
    instalments::put_in_force(d, items, parts, reason);
    d.close_cases(&orders::SETTLED_BY_A_DAY, items, "The customer accepted the instalments");
}

/// "500.00 EUR by 2026-12-15, 720.00 EUR by 2027-01-15".
pub(super) fn in_words(parts: &[PlanPart]) -> String {
    parts.iter().map(|part| format!("{} by {}", part.amount, part.by)).collect::<Vec<_>>().join(", ")
}

fn sum(account: &Account, items: &[ReceivableId]) -> Option<Money> {
    let sums = account.open_of(items);
    sums.first().map(|first| total(first.currency, &sums))
}
