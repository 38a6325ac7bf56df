//! How holds come to their end: kept, broken, expired.

use super::approval;
use super::by_hand;
use super::collection;
use super::deliberation::Deliberation;
use super::examination;
use super::freshness;
use super::proposal;
use super::questions_of_paying;
use super::silence;
use super::steps::{self, plus_days};
use super::word_given;
use crate::ledger::case::CaseKind;
use crate::ledger::change::Change;
use crate::ledger::event::{Order, TELEPHONED};
use crate::ledger::hold::{Hold, HoldKind, HoldOutcome};
use crate::ledger::ids::{ReceivableId, TemplateId};
use crate::ledger::mail::{BusinessKey, MailPlan, Particulars, StepRef};
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::{Closure, Payment, Receivable};
use crate::ledger::words::{Mode, Purpose};
use chrono::NaiveDate;

/// By what a debt went down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tender {
    /// Money that arrived.
    Money,
    /// A debt of the firm's own: nothing arrived.
    SetOff,
}

/// Ends what is over on this day. Gives the receivables about which nothing can be said, because payments are not
/// known far enough.
pub(super) fn settle_holds(d: &mut Deliberation<'_>) -> Vec<ReceivableId> {
    let today = d.today();
    let over: Vec<Hold> =
        d.account.holds.iter().filter(|hold| hold.ended.is_none() && !hold.holds_on(today)).cloned().collect();
    let mut unknown = Vec::new();
    for hold in over {
        if !matches!(hold.kind, HoldKind::Promise | HoldKind::Claimed) {
            d.end_hold(hold.id, HoldOutcome::Expired, "Its last day passed");
            continue;
        }
        unknown.extend(settle_word(d, &hold));
    }
    unknown.sort_unstable();
    unknown.dedup();
    unknown
}

/// A promise or a claim whose time is over.
fn settle_word(d: &mut Deliberation<'_>, hold: &Hold) -> Vec<ReceivableId> {
    let open: Vec<Receivable> =
        d.account.open_items().into_iter().filter(|item| hold.covers(item.id)).cloned().collect();
    if open.is_empty() || is_amount_received(d, hold) {
        d.end_hold(hold.id, HoldOutcome::Kept, "The money is recorded");
        questions_of_paying::close_answered(d, hold);
        return Vec::new();
    }
    let Some(needed) = freshness::needed_for_hold(hold, d.world) else {
        d.end_hold(hold.id, HoldOutcome::Expired, "Its last day passed, and no day had been named");
        return Vec::new();
    };
    if word_given::is_brief(hold, &d.world.policy.limits) {
        d.end_hold(hold.id, HoldOutcome::Expired, "Its last day passed; the writer was not proven, so nobody is asked");
        return Vec::new();
    }
    if word_given::is_overtaken(&d.account, hold, &d.world.policy.limits) {
        d.end_hold(hold.id, HoldOutcome::Expired, "Its last day passed; another word about the same debt decides");
        return Vec::new();
    }
    if received_since(d, hold).is_positive() {
        let part = if is_any_money(d, hold) { "Part of the money is recorded" } else { "Part of it was set off" };
        d.end_hold(hold.id, HoldOutcome::Expired, format!("{part}: it is not broken, the rest is asked for"));
        questions_of_paying::close_answered(d, hold);
        return Vec::new();
    }
    let stale: Vec<ReceivableId> = open
        .iter()
        .filter(|item| item.payments_known_up_to.is_none_or(|known| known < needed))
        .map(|item| item.id)
        .collect();
    if !stale.is_empty() {
        return stale;
    }
    // The soft question is asked when the agent may speak again: without it the next word would be a firm one. A plan and
    // more time have a day of their own, and are asked about then.
    let is_agreed = open.iter().any(|item| {
        let hold = d.account.hold_of(item.id, d.today());
        hold.is_some_and(|hold| matches!(hold.kind, HoldKind::Plan | HoldKind::Deferral))
    });
    if !is_agreed && is_silent(d, &open) {
        return Vec::new();
    }
    // It is asked once: a question that the last look would take back, since they were telephoned meanwhile, is lost.
    let unknown: Vec<ReceivableId> =
        open.iter().filter(|item| examination::is_stale(&d.account, item, d.world)).map(|item| item.id).collect();
    if !is_agreed && !unknown.is_empty() {
        return unknown;
    }
    d.end_hold(
        hold.id,
        HoldOutcome::Broken,
        format!("Its time passed, payments are known up to {needed} and beyond, and the money is not there"),
    );
    if !is_agreed {
        ask_about(d, hold, &open);
    }
    Vec::new()
}

/// Nothing may be said about these now, whatever became of the word.
fn is_silent(d: &Deliberation<'_>, open: &[Receivable]) -> bool {
    let gap = d.world.policy.limits.recipient_gap_days;
    let lately = |at| d.today() < plus_days(d.world.moment.day_of(at), gap);
    let reminded = d.account.sent.iter().any(|mail| mail.purpose.counts_as_reminder() && lately(mail.at));
    // What the owner approved leaves as they saw it; the question keeps its distance from that.
    let approved =
        d.account.pending.iter().any(|row| row.approved && matches!(row.plan.key, BusinessKey::Reminder(..)));
    reminded
        || approved
        || !silence::standing(&d.account, d.world).is_empty()
        || open.iter().any(|item| d.account.hold_of(item.id, d.today()).is_some())
}

/// One soft question about a promise that was not kept or a payment that cannot be found; the second time the owner.
fn ask_about(d: &mut Deliberation<'_>, hold: &Hold, open: &[Receivable]) {
    let items: Vec<ReceivableId> = open.iter().map(|item| item.id).collect();
    let claimed = hold.kind == HoldKind::Claimed;
    let (purpose, template, key) = if claimed {
        (Purpose::ClaimedPayment, "claim_check", BusinessKey::ClaimCheck(d.account.customer.id, hold.id))
    } else {
        (Purpose::Promise, "promise_broken", BusinessKey::BrokenPromise(d.account.customer.id, hold.id))
    };
    let before = d.account.holds.iter().any(|other| {
        other.id != hold.id
            && other.kind == hold.kind
            && other.ended.as_ref().is_some_and(|end| end.how == HoldOutcome::Broken)
            && items.iter().any(|item| other.covers(*item))
    });
    // What the bank or a factor collects is the owner's to ask about: the money may be there and not known here.
    // So is what the customer said of cash or a cheque: both texts speak of a transfer.
    let by_hand = before
        || open.iter().any(|item| collection::elsewhere(item).is_some())
        || questions_of_paying::is_asked_about(&d.account, hold)
        || by_hand::was_said(&d.account, &items);
    let recipients = silence::recipients(&d.account, d.world);
    let (Some((to, cc)), false, false) =
        (recipients, by_hand, d.world.policy.mode_for(&d.account, purpose) == Mode::Observe)
    else {
        let kind = if claimed { CaseKind::ClaimedPayment } else { CaseKind::BrokenPromise };
        let named = hold.named_day.map(|day| day.to_string()).unwrap_or_default();
        let week = d.world.policy.calendar.plus_business_days(d.today(), 5);
        let what = if claimed { "payment claimed for" } else { "promise for" };
        d.open_case(
            super::deliberation::NewCase {
                kind,
                message: None,
                particulars: vec![format!("The {what} {named} is not in the recorded payments.")],
                suggestions: vec![
                    Order::Paid { items: items.clone(), amount: None, on: d.today() },
                    Order::Note { items: items.clone(), text: TELEPHONED.to_owned() },
                    Order::Promise { items: items.clone(), by: week, amount: None },
                    Order::Resume { items: items.clone() },
                ],
                items,
            },
            "A word was not kept, and the agent does not ask again by itself",
        );
        return;
    };
    // Two mails in one hour would be one too many: the question goes first, and what was planned comes in its own time.
    d.withdraw_reminders("A question about a word that was not kept goes first");
    // Thanks for that word that still wait for a yes would say the contrary.
    d.withdraw("What it thanks for cannot be found", |row| {
        matches!(row.plan.key, BusinessKey::Answer(..))
            && matches!(row.plan.purpose, Purpose::ClaimedPayment | Purpose::Promise)
            && row.plan.items.iter().any(|item| items.contains(item))
    });
    let shown: Vec<&Receivable> = open.iter().collect();
    let plan = MailPlan {
        key,
        purpose,
        template: TemplateId::new(template),
        customer: Some(d.account.customer.id),
        items,
        steps: shown.iter().filter_map(|item| first_word(d, item)).collect(),
        to,
        cc,
        not_before: examination::chasing_time(&d.account, d.world),
        answers: None,
        attach_documents: Vec::new(),
        particulars: Particulars {
            named_day: hold.named_day,
            amount: Some(hold.amount.unwrap_or_else(|| open_sum(open))),
            payments_known_up_to: examination::known_up_to(&shown),
            ..Particulars::default()
        },
        needs_approval: approval::is_needed(&d.account, d.world.policy),
        because: not_kept(hold),
    };
    d.plan(plan);
}

/// The mildest reminder, where nothing was asked for yet: after this question it would be a word behind.
fn first_word(d: &Deliberation<'_>, item: &Receivable) -> Option<StepRef> {
    let next = steps::next_step(&d.account, item, d.world).filter(|next| steps::is_mail(next.step))?;
    let is_firm = next.step.deadline_days.is_some() || next.step.firm;
    (steps::last_asked(&d.account, item, d.world.policy).is_none() && !is_firm).then_some(next.reference)
}

/// Why a soft question goes out, for a reader who does not know our numbers of holds.
fn not_kept(hold: &Hold) -> String {
    let named = hold.named_day.map(|day| format!(" for {day}")).unwrap_or_default();
    if hold.kind == HoldKind::Claimed {
        format!("The payment claimed{named} did not show, and payments are known beyond that day")
    } else {
        format!("The promise{named} was not kept, and payments are known beyond that day")
    }
}

/// After money or a set-off was recorded: remainders, promises and claims that came true, questions that are settled by it.
pub(super) fn settle(d: &mut Deliberation<'_>, items: &[ReceivableId], tender: Tender) {
    close_small_remainders(d, items);
    // A part that was said to be paid comes before the rest that the same mail promised.
    end_kept(d, items, tender, |kind| kind == HoldKind::Claimed);
    end_kept(d, items, tender, |kind| kind != HoldKind::Claimed);
    proposal::end_void(d);
    close_settled_cases(d);
}

fn end_kept(d: &mut Deliberation<'_>, items: &[ReceivableId], tender: Tender, is_now: impl Fn(HoldKind) -> bool) {
    let words = d.account.holds.iter().filter(|hold| hold.ended.is_none() && is_word(hold.kind) && is_now(hold.kind));
    let kept: Vec<Hold> = words
        .filter(|hold| items.iter().any(|item| hold.covers(*item)))
        .filter(|hold| {
            let open = d.account.open_items().into_iter().any(|item| hold.covers(item.id));
            !open || (!matches!(hold.kind, HoldKind::Deferral | HoldKind::Plan) && is_amount_received(d, hold))
        })
        .cloned()
        .collect();
    for hold in kept {
        match tender {
            Tender::Money => {
                d.end_hold(hold.id, HoldOutcome::Kept, "The money is recorded");
                questions_of_paying::close_answered(d, &hold);
            }
            // Neither kept nor broken: no money came, and none is to come.
            Tender::SetOff => d.end_hold(hold.id, HoldOutcome::Lifted, "It was set off"),
        }
    }
}

/// Closes questions about receivables that are all settled by now, where money was the question.
pub(super) fn close_settled_cases(d: &mut Deliberation<'_>) {
    let moot: Vec<_> = d
        .account
        .open_cases()
        .filter(|case| !case.items.is_empty())
        .filter(|case| {
            let all =
                |over: fn(&Receivable) -> bool| case.items.iter().all(|id| d.account.receivable(*id).is_none_or(over));
            // A lawyer's or a threatening mail is dealt with when the owner has closed what it is about, not by money.
            let by_hand = matches!(case.kind, CaseKind::Legal | CaseKind::Hostile);
            if by_hand {
                all(|item| item.closure.is_some())
            } else {
                is_about_money(case.kind) && all(Receivable::is_settled)
            }
        })
        .map(|case| case.id)
        .collect();
    for case in moot {
        d.close_case(case, "Nothing of what it asks about is open any more");
    }
}

fn close_small_remainders(d: &mut Deliberation<'_>, items: &[ReceivableId]) {
    let limit = d.world.policy.limits.small_remainder;
    let small: Vec<(ReceivableId, Money)> = items
        .iter()
        .filter_map(|id| d.account.receivable(*id))
        .filter(|item| item.paid().is_positive() && !item.is_settled())
        .filter(|item| d.world.policy.limits.is_small(item.open()))
        .map(|item| (item.id, item.open()))
        .collect();
    for (receivable, rest) in small {
        let text = format!("A remainder of {rest} was closed");
        d.record(Change::Noted { text, items: vec![receivable] }, "Remainders up to the limit are not chased");
        d.record(
            Change::Closed { receivable, how: Closure::WrittenOff },
            format!("The remainder of {rest} is not above the limit of {limit}"),
        );
    }
}

const fn is_word(kind: HoldKind) -> bool {
    matches!(kind, HoldKind::Promise | HoldKind::Claimed | HoldKind::Deferral | HoldKind::Plan)
}

const fn is_about_money(kind: CaseKind) -> bool {
    matches!(
        kind,
        CaseKind::ClaimedPayment
            | CaseKind::ByHand
            | CaseKind::PaymentNotification
            | CaseKind::Deferral
            | CaseKind::Instalments
            | CaseKind::ProposalOver
            | CaseKind::WhoHasPaid
            | CaseKind::OldArrears
            | CaseKind::Vanished
            | CaseKind::BankCollection
            | CaseKind::Difference
            | CaseKind::SameDebt
            | CaseKind::CreditNote
            | CaseKind::Call
            | CaseKind::FinalNotice
            | CaseKind::LadderEnd
            | CaseKind::Silence
            | CaseKind::BrokenPromise
            | CaseKind::PlanMissed
            | CaseKind::Dispute
            | CaseKind::CreditNoteClaimed
            | CaseKind::Reference
            | CaseKind::Mixed
            | CaseKind::NotUnderstood
            | CaseKind::WhichReceivable
            | CaseKind::AnswerYourself
            | CaseKind::DocumentMissing
            | CaseKind::Refused
            | CaseKind::BrokenTemplate
    )
}

fn is_amount_received(d: &Deliberation<'_>, hold: &Hold) -> bool {
    hold.amount.is_some_and(|amount| {
        let received = received_since(d, hold);
        amount.is_positive() && received.currency == amount.currency && received.cents >= amount.cents
    })
}

/// What was recorded on what the hold covers, by money or set-off, on or after the day on which it began.
fn payments_since<'a>(d: &'a Deliberation<'_>, hold: &'a Hold, since: NaiveDate) -> impl Iterator<Item = &'a Payment> {
    let covered = d.account.receivables.iter().filter(|item| hold.covers(item.id));
    covered.flat_map(|item| &item.payments).filter(move |payment| payment.on >= since)
}

/// From this day on money is for what was said.
fn counts_from(d: &Deliberation<'_>, hold: &Hold) -> NaiveDate {
    let began = d.world.moment.day_of(hold.since);
    hold.named_day.map_or(began, |named| named.min(began))
}

fn is_any_money(d: &Deliberation<'_>, hold: &Hold) -> bool {
    payments_since(d, hold, counts_from(d, hold)).any(|payment| payment.set_off.is_none())
}

fn received_since(d: &Deliberation<'_>, hold: &Hold) -> Money {
    let along = claimed_along(d, hold);
    let since = along.map_or(NaiveDate::MAX, |part| counts_from(d, part)).min(counts_from(d, hold));
    let payments: Vec<Money> = payments_since(d, hold, since).map(|payment| payment.amount).collect();
    let currency = hold.amount.or_else(|| payments.first().copied()).map(|money| money.currency);
    currency.map_or(Money::eur(0), |currency| {
        let received = total(currency, &payments);
        let part = along.and_then(|part| part.amount).filter(|part| part.currency == currency);
        // As much as the part, and it came: on its day or later. It keeps no promise about the rest.
        let came = part.map_or(0, |part| part.cents);
        if received.cents < came { received } else { Money::new(received.cents.saturating_sub(came), currency) }
    })
}

/// The part that was said to be paid when the rest was promised: in the same mail, or in one before that still held.
fn claimed_along<'a>(d: &'a Deliberation<'_>, hold: &Hold) -> Option<&'a Hold> {
    d.account.holds.iter().rfind(|other| {
        (hold.kind, other.kind) == (HoldKind::Promise, HoldKind::Claimed)
            && other.amount.is_some()
            && other.scope == hold.scope
            && other.since <= hold.since
            && other
                .ended
                .as_ref()
                .is_none_or(|end| end.at >= hold.since && matches!(end.how, HoldOutcome::Kept | HoldOutcome::Expired))
    })
}

fn open_sum(open: &[Receivable]) -> Money {
    let sums: Vec<Money> = open.iter().map(Receivable::open).collect();
    sums.first().map_or(Money::eur(0), |first| total(first.currency, &sums))
}
