//! A mail came in and was read: what was judged is carried out.

use super::World;
use super::deliberation::{Deliberation, NewCase, NewHold};
use super::disposition::{self, is_only};
use super::judgement::{Course, Judgement, Pause, Question};
use super::steps::plus_days;
use super::word_given::{self, Word};
use super::{answer, as_at, bounce, habit, proposal, refund, set_off};
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::change::{Cause, Change};
use crate::ledger::decision::Decision;
use crate::ledger::event::Order;
use crate::ledger::hold::{HoldKind, HoldOutcome};
use crate::ledger::ids::{CaseId, HoldId, ReceivableId};
use crate::ledger::reading::{Means, Reading, Warning, Writer};
use crate::ledger::words::{Authenticity, Disposition, Intent, MessageKind, Mode};
use chrono::{Months, NaiveDate};

/// Decides on a mail. The second reading of the same one changes nothing.
pub(super) fn decide(account: &Account, reading: &Reading, world: &World<'_>) -> Decision {
    if account.understood.contains(&reading.identity) {
        return Decision::default();
    }
    let judged = disposition::judge(reading, account, world);
    let verdict = judged.verdict(account);
    let mut d = Deliberation::new(account, world, cause(reading));
    d.record(
        Change::Understood {
            message: reading.identity,
            intents: reading.intents.iter().map(|found| found.intent).collect(),
            disposition: judged.disposition,
            items: reading.matched.items.iter().map(|item| item.receivable).collect(),
        },
        with_the_mode(&judged, account, world),
    );
    if is_the_customer(reading, account) {
        d.record(
            Change::CustomerWrote { at: reading.received, message: reading.identity },
            "A person at the customer's wrote",
        );
        d.withdraw_chasing(&[], "The customer wrote: what was planned is thought over anew");
        think_over_answers(&mut d, &judged);
    }
    carry_out(&mut d, reading, judged);
    habit::offer(&mut d, reading);
    d.finish(Some(verdict))
}

/// The reason, and that an answer which is ready is only observed: else nothing would tell why none left.
fn with_the_mode(judged: &Judgement, account: &Account, world: &World<'_>) -> String {
    let purpose = judged.answer.as_ref().map(|answer| answer.purpose);
    match purpose.filter(|purpose| world.policy.mode_for(account, *purpose) == Mode::Observe) {
        Some(purpose) => format!("{}; no answer: mails of purpose {purpose} are only observed", judged.reason),
        None => judged.reason.clone(),
    }
}

/// Somebody answered a mail that spoke for several accounts, and nothing tells for which of them. Beside the one where
/// the owner sees it, each of the others is left in peace as after any word of the customer.
#[must_use]
pub fn heard_beside(account: &Account, reading: &Reading, world: &World<'_>) -> Decision {
    let mut d = Deliberation::new(account, world, cause(reading));
    if is_known_person(reading) {
        d.record(
            Change::CustomerWrote { at: reading.received, message: reading.identity },
            "A person answered a mail that spoke for several customers, and it may be about this one",
        );
        d.withdraw_chasing(&[], "The customer wrote: what was planned is thought over anew");
        leave_in_peace(&mut d, reading);
    }
    d.finish(None)
}

/// The question about such an answer is put once, with the customer that it was tied to; meanwhile the others are not reminded.
/// A word of thanks asks for no peace.
fn leave_in_peace(d: &mut Deliberation<'_>, reading: &Reading) {
    let open: Vec<ReceivableId> = d.account.open_items().into_iter().map(|item| item.id).collect();
    let says_nothing = is_only(reading, Intent::Acknowledgement) && reading.unread.is_empty();
    if says_nothing || open.is_empty() {
        return;
    }
    let limits = &d.world.policy.limits;
    let looked_at = plus_days(d.today(), limits.look_again_days);
    let furthest = plus_days(d.today(), limits.promise_max_days);
    let until = reading.facts.promised_date.map_or(looked_at, |day| day.min(furthest).max(looked_at));
    d.place(
        NewHold::about(HoldKind::Review, &open).until(until),
        format!("The answer to a mail for several customers may be about this one: reminders wait until {until}"),
    );
}

/// Answers to earlier mails that still wait: one that the owner should see first is theirs, a second of the same sort
/// takes the place of the first, any other goes its way.
fn think_over_answers(d: &mut Deliberation<'_>, judged: &Judgement) {
    // What was planned to answer "già pagato" asks for the reference of a transfer: of cash there is none.
    let is_by_hand = judged.question.as_ref().is_some_and(|question| question.kind == CaseKind::ByHand);
    if judged.disposition == Disposition::RouteToOwner || is_by_hand {
        d.hand_over_answers("The customer wrote again, and the owner should see that first", |_| true);
        return;
    }
    if let Some(answer) = &judged.answer {
        d.withdraw("The answer to the customer's next mail says the same", |row| {
            row.plan.answers.is_some()
                && row.plan.template.as_str() == answer.template
                && row.plan.items == answer.items
        });
    }
}

fn cause(reading: &Reading) -> Cause {
    let first = reading.intents.first();
    Cause::Message {
        identity: reading.identity,
        rule: first.map(|found| found.rule.clone()),
        sentence: first.map(|found| found.evidence.clone()),
    }
}

/// A person of the customer's wrote: on file, a colleague, or in a thread of ours. A refuted sender is nobody.
fn is_the_customer(reading: &Reading, account: &Account) -> bool {
    let matched = reading.matched.customer.as_ref().is_some_and(|found| found.customer == account.customer.id);
    matched && is_known_person(reading)
}

/// Did a person write who is on file, or of the same house, or answers a mail of ours?
fn is_known_person(reading: &Reading) -> bool {
    let is_known = match reading.writer {
        Writer::OnFile | Writer::SameOrganisation => true,
        Writer::Stranger => reading.matched.known_thread,
        Writer::LookAlike | Writer::Nobody => false,
    };
    is_known && reading.kind == MessageKind::Reply && reading.authenticity != Authenticity::Fail
}

fn carry_out(d: &mut Deliberation<'_>, reading: &Reading, judged: Judgement) {
    let Judgement { course, answer, question, reason, .. } = judged;
    let observed =
        answer.as_ref().is_some_and(|answer| d.world.policy.mode_for(&d.account, answer.purpose) == Mode::Observe);
    let question = question.or_else(|| {
        observed.then(|| Question {
            kind: CaseKind::AnswerYourself,
            why: "An answer is due, and mails of this purpose are only observed".to_owned(),
            suggestions: suggestions(&course),
        })
    });
    let question = question.filter(|question| !is_history(d, reading, question.kind));
    // A storm of delivery reports about one address is one question.
    let question =
        question.filter(|question| question.kind != CaseKind::Bounced || !bounce::is_asked(&d.account, reading));
    let is_owed =
        question.as_ref().is_some_and(|it| matches!(it.kind, CaseKind::AnswerYourself | CaseKind::DocumentMissing));
    let case = question.map(|question| open(d, reading, question));
    let course = match course {
        Course::Nothing if is_owed && case.is_some() => wait_for_the_owner(d, reading),
        other => other,
    };
    // Nothing is granted that is not also said: in `observe` the owner grants.
    let course = match course {
        Course::Defer { items, .. } | Course::Accept { items, .. } if observed => Course::Pause(Pause::Review(items)),
        other => other,
    };
    if matches!(course, Course::Bounced) {
        bounce::note_bounce(d, reading);
    }
    follow(d, reading, course, case, &reason);
    if let Some(answer) = answer.filter(|_| !observed) {
        let plan = answer::plan(&answer, reading, &d.account, d.world, &reason);
        d.plan(plan);
    }
}

/// What the customer asked for lies with the owner: it is our turn, and nobody is chased for what we owe an answer on.
fn wait_for_the_owner(d: &Deliberation<'_>, reading: &Reading) -> Course {
    let is_open = |id: &ReceivableId| d.account.is_open(*id);
    let items: Vec<ReceivableId> = reading.certain_items().filter(is_open).collect();
    if items.is_empty() { Course::Nothing } else { Course::Pause(Pause::Review(items)) }
}

/// A routine question of long ago, read at the first run, is not put to the owner now: only what may still matter is.
fn is_history(d: &Deliberation<'_>, reading: &Reading, kind: CaseKind) -> bool {
    let arrived = d.world.moment.day_of(reading.received);
    let long_ago = d.today() > plus_days(arrived, d.world.policy.limits.first_run_overdue_days);
    let is_grave = matches!(
        kind,
        CaseKind::Legal
            | CaseKind::Hostile
            | CaseKind::Dispute
            | CaseKind::Refund
            | CaseKind::CreditNoteClaimed
            | CaseKind::BankDetailsVerification
            | CaseKind::ClaimedPayment
    );
    let nothing_open = d.account.open_items().is_empty();
    long_ago && (!is_grave || nothing_open)
}

fn open(d: &mut Deliberation<'_>, reading: &Reading, question: Question) -> CaseId {
    let mut items: Vec<ReceivableId> = reading.matched.items.iter().map(|item| item.receivable).collect();
    items.sort_unstable();
    items.dedup();
    let mut particulars = vec![format!("{}.", question.why)];
    if question.kind != CaseKind::BankDetailsVerification && reading.warnings.contains(&Warning::ForeignIban) {
        particulars.push("It also names an IBAN that is not one of the firm's: fraud may be near.".to_owned());
    }
    if question.kind != CaseKind::Refund {
        particulars.extend(reading.facts.refund.map(|refund| format!("{}.", refund::said(refund))));
    }
    if question.kind == CaseKind::PayHabit {
        particulars.extend(habit::to_note(&d.account, reading, d.world));
    }
    particulars.extend(reading.facts.as_at.map(|day| as_at::standing(&d.account, day)));
    if reading.facts.personal_data {
        let by = d.world.moment.day_of(reading.received).checked_add_months(Months::new(1));
        let by = by.map(|by| format!(", by {by}")).unwrap_or_default();
        particulars.push(format!("An answer about personal data is due within a month{by} (art. 12(3) GDPR)."));
    }
    if reading.facts.set_off {
        particulars.extend(set_off::advice(&d.account));
    }
    particulars.extend(proposal::beside(&d.account, &items));
    let is_confidential = d.account.customer.is_confidential();
    let unread = reading.unread.iter().filter(|_| !is_confidential);
    particulars.extend(unread.map(|words| format!("Not understood: «{words}»")));
    d.open_case(
        NewCase {
            kind: question.kind,
            message: Some(reading.identity),
            items,
            particulars,
            suggestions: question.suggestions,
        },
        question.why,
    )
}

fn suggestions(course: &Course) -> Vec<Order> {
    match course {
        Course::Defer { items, until } => vec![Order::Defer { items: items.clone(), until: *until }],
        Course::Accept { items, parts } => {
            vec![Order::Plan { items: items.clone(), parts: parts.clone(), tell: true }]
        }
        Course::Promise { items, by: Some(by), amount, .. } => {
            vec![Order::Promise { items: items.clone(), by: *by, amount: *amount }]
        }
        Course::Claim { items, on, amount, .. } => {
            vec![Order::Paid { items: items.clone(), amount: *amount, on: *on }]
        }
        _ => Vec::new(),
    }
}

fn follow(d: &mut Deliberation<'_>, reading: &Reading, course: Course, case: Option<CaseId>, reason: &str) {
    match course {
        Course::Nothing | Course::Bounced => {}
        Course::Pause(pause) => place_pause(d, pause, case, reason),
        Course::Claim { items, on, amount, brief } => {
            spare_the_call(d, &items, brief);
            let word = Word { kind: HoldKind::Claimed, items, day: Some(on), amount, brief, by_cheque: false };
            word_given::take(d, &[word], reason);
        }
        Course::Promise { items, by, amount, brief } => {
            spare_the_call(d, &items, brief || by.is_none());
            let by_cheque = reading.facts.means == Some(Means::Cheque);
            word_given::take(d, &[Word { kind: HoldKind::Promise, items, day: by, amount, brief, by_cheque }], reason);
        }
        Course::PartAndRest { items, on, part, rest, by, brief } => {
            spare_the_call(d, &items, brief);
            let claim = Word {
                kind: HoldKind::Claimed,
                items: items.clone(),
                day: Some(on),
                amount: Some(part),
                brief,
                by_cheque: false,
            };
            let by_cheque = reading.facts.means == Some(Means::Cheque);
            let rest = Word { kind: HoldKind::Promise, items, day: Some(by), amount: Some(rest), brief, by_cheque };
            word_given::take(d, &[claim, rest], reason);
        }
        Course::Defer { items, until } => {
            grant(d, &items, until, reason);
        }
        Course::Accept { items, parts } => proposal::accept(d, &items, &parts, reason),
        Course::Absence { until } => {
            if reading.matched.customer.is_some() {
                let hold = NewHold::about(HoldKind::Absence, &[]).until(until);
                d.place(hold, format!("The office is closed; reminders wait until {until}"));
            }
        }
    }
}

/// Who said that it is paid, or when it will be, need not be rung up for it now.
fn spare_the_call(d: &mut Deliberation<'_>, items: &[ReceivableId], is_little: bool) {
    if !is_little {
        d.close_cases(&[CaseKind::Call], items, "The customer answered in writing");
    }
}

/// More time is granted: the ladder begins anew from the new day.
pub(super) fn grant(d: &mut Deliberation<'_>, items: &[ReceivableId], until: NaiveDate, reason: &str) -> HoldId {
    let before = [HoldKind::Claimed, HoldKind::Promise, HoldKind::Deferral, HoldKind::Plan, HoldKind::Proposal];
    d.release_items(&before, items, HoldOutcome::Replaced, "More time takes its place");
    let hold = NewHold::about(HoldKind::Deferral, items).named(until).until(until);
    let id = d.place(hold, reason.to_owned());
    for receivable in items {
        d.record(Change::CycleBegun { receivable: *receivable }, format!("The ladder begins anew from {until}"));
    }
    id
}

fn contested(d: &mut Deliberation<'_>, items: &[ReceivableId], case: Option<CaseId>, reason: &str) {
    d.place(NewHold { case, ..NewHold::about(HoldKind::Disputed, items) }, reason.to_owned());
    // The other receivables of this customer wait, too, until the owner has looked.
    if let (Some(case), false) = (case, items.is_empty()) {
        d.place(
            NewHold::about(HoldKind::Review, &[]).case(case),
            "A dispute stops all steps of this customer until the owner has looked",
        );
    }
}

fn place_pause(d: &mut Deliberation<'_>, pause: Pause, case: Option<CaseId>, reason: &str) {
    let today = d.today();
    let briefly = plus_days(today, d.world.policy.limits.unverified_hold_days);
    let tied = |hold: NewHold| match case {
        Some(case) => hold.case(case),
        // No question is open (long ago, or answered by hand): nothing would ever lift it, so it is a short one.
        None => hold.until(briefly),
    };
    match pause {
        Pause::Review(items) => {
            d.place(tied(NewHold::about(HoldKind::Review, &items)), reason.to_owned());
        }
        Pause::LookAgain(items, on) => {
            d.place(
                tied(NewHold::about(HoldKind::Review, &items)).named(on),
                format!("{reason}; to be looked at again on {on}"),
            );
        }
        Pause::UntilPayday { items, day, until } => {
            // Not tied to the question: whatever is noted of the habit, its day comes first.
            let hold = NewHold::about(HoldKind::Review, &items).named(day).until(until);
            d.place(hold, format!("{reason}; reminders wait until {until}"));
        }
        Pause::Short(items) => {
            if !items.is_empty() {
                let hold = NewHold::about(HoldKind::Review, &items).until(briefly);
                d.place(hold, format!("{reason}; reminders wait until {briefly} only, as anybody may have written it"));
            }
        }
        Pause::WaitingForUs(items) => {
            d.place(tied(NewHold::about(HoldKind::WaitingForUs, &items)), reason.to_owned());
        }
        Pause::Disputed(items) => contested(d, &items, case, reason),
        Pause::CreditNoteDue(items) => {
            contested(d, &items, case, reason);
            // Without an invoice that is surely meant it is all of theirs: the owner is reminded of it, too.
            d.place(tied(NewHold::about(HoldKind::WaitingForUs, &items)), reason.to_owned());
        }
        Pause::Legal => {
            d.place(NewHold { case, ..NewHold::about(HoldKind::Legal, &[]) }, reason.to_owned());
        }
        Pause::Hostile => {
            d.place(NewHold { case, ..NewHold::about(HoldKind::Hostile, &[]) }, reason.to_owned());
        }
    }
    d.withdraw_chasing(&[], "The customer's mail must be looked at first");
}
