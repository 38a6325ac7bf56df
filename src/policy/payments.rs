//! Money that the owner records, and the mails that follow from an order.

use super::collection;
use super::credit;
use super::deliberation::{Deliberation, NewCase};
use super::difference;
use super::examination::known_up_to;
use super::instalments;
use super::proforma;
use super::settlement::{self, Tender};
use super::silence;
use super::steps::{is_courtesy, plus_days};
use super::windows;
use super::word_given;
use crate::ledger::case::CaseKind;
use crate::ledger::change::{Change, StepTaker};
use crate::ledger::hold::{Hold, HoldKind, HoldOutcome};
use crate::ledger::ids::{HoldId, ReceivableId, TemplateId};
use crate::ledger::instalments::PlanPart;
use crate::ledger::mail::{BusinessKey, MailPlan, OutboxRow, Particulars};
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::{Payment, Receivable};
use crate::ledger::words::{Mode, Purpose};
use chrono::NaiveDate;

/// Money arrived: oldest first, never more on a receivable than is open on it.
pub(super) fn record(d: &mut Deliberation<'_>, items: &[ReceivableId], amount: Option<Money>, on: NaiveDate) {
    let mut named: Vec<Receivable> =
        d.account.open_items().into_iter().filter(|item| items.contains(&item.id)).cloned().collect();
    if named.is_empty() && amount.is_none() {
        // Settled already: an order without effect must neither take the thanks back nor stand in the way of `undo`.
        return;
    }
    named.sort_by_key(|item| (item.due, item.id));
    let was_chased = named.iter().any(|item| was_chased_or_promised(d, item));
    let mut rest = amount;
    let mut received = Vec::new();
    for item in &named {
        let open = item.open();
        let part = match rest {
            None => open,
            Some(left) if left.currency != open.currency || !left.is_positive() => continue,
            Some(left) => Money::new(left.cents.min(open.cents), open.currency),
        };
        rest = rest.and_then(|left| left.minus(part));
        d.record(
            Change::PaymentRecorded { receivable: item.id, payment: Payment::arrived(part, on) },
            format!("The owner recorded {part} on {}", item.key.name()),
        );
        received.push(item.id);
    }
    let surplus = rest.filter(|left| left.is_positive());
    if let Some(left) = surplus {
        let text = format!("{left} more arrived on {on} than was open");
        let because = format!("{text}: the surplus is the owner's to settle");
        d.record(Change::Noted { text: text.clone(), items: items.to_vec() }, because);
        ask_about_surplus(d, items, text);
    }
    proforma::note_its_invoice(d, &received);
    settlement::settle(d, items, Tender::Money);
    // After the questions that the money answers are closed: the copy is still asked for.
    withdraw_what_it_settles(d, items, Tender::Money);
    difference::ask(d, &received);
    proforma::ask_for_the_invoice(d, &received);
    // Paid too much, or for something else: nothing is "in order" yet.
    if was_chased && surplus.is_none() {
        thank(d, &named, &received, amount, on);
    }
}

/// Paid twice, or meant for something else: a person finds out.
pub(super) fn ask_about_surplus(d: &mut Deliberation<'_>, items: &[ReceivableId], fact: String) {
    let new = NewCase {
        kind: CaseKind::Surplus,
        message: None,
        items: items.to_vec(),
        particulars: vec![format!("{fact}.")],
        suggestions: Vec::new(),
    };
    d.open_case(new, "More arrived than was open");
}

/// What asks for the money or speaks of it as still to come. A list that was asked for leaves all the same: it says how
/// things stand on its day. The copy of what is paid is still owed, and its text asks for payment: the owner sends it.
pub(super) fn withdraw_what_it_settles(d: &mut Deliberation<'_>, items: &[ReceivableId], tender: Tender) {
    let (sentence, clause) = match tender {
        Tender::Money => ("A payment was recorded", "a payment was recorded"),
        Tender::SetOff => ("A set-off was recorded", "a set-off was recorded"),
    };
    let open: Vec<ReceivableId> = d.account.open_items().into_iter().map(|item| item.id).collect();
    let is_about = |row: &OutboxRow| row.plan.names_as_open().any(|item| items.contains(&item));
    let is_over = |row: &OutboxRow| row.plan.items.iter().all(|item| !open.contains(item));
    d.hand_over_answers(&format!("{clause}, and the text with the copy asks for it"), |row| {
        is_about(row) && is_over(row) && row.plan.purpose == Purpose::ResendInvoice
    });
    d.withdraw(sentence, |row| {
        is_about(row) && (row.plan.answers.is_none() || is_over(row) && row.plan.purpose != Purpose::Statement)
    });
}

fn was_chased_or_promised(d: &Deliberation<'_>, item: &Receivable) -> bool {
    let asked = d.account.steps.iter().filter(|taken| taken.step.receivable == item.id && taken.by == StepTaker::Agent);
    let chased = asked.into_iter().any(|taken| !is_courtesy(&d.account, d.world.policy, taken.name()));
    let word = d.account.holds.iter().any(|hold| {
        matches!(hold.kind, HoldKind::Promise | HoldKind::Claimed | HoldKind::Plan) && hold.covers(item.id)
    });
    chased || word
}

/// Of what arrived in part, that for which thanks say what remains: once each, and not where a person should look first.
fn in_part(d: &mut Deliberation<'_>, received: &[ReceivableId]) -> Vec<ReceivableId> {
    let was_asked = |item: &&Receivable| received.contains(&item.id) && was_chased_or_promised(d, item);
    let part: Vec<Receivable> = d.account.open_items().into_iter().filter(was_asked).cloned().collect();
    let mut told = Vec::new();
    for item in part {
        // What is missing may be no debt, or be about to be paid in parts.
        let is_open_question = |kind| matches!(kind, CaseKind::Difference | CaseKind::Instalments);
        if d.account.open_cases().any(|case| is_open_question(case.kind) && case.items.contains(&item.id)) {
            continue;
        }
        let before = d.account.sent.iter().any(|mail| mail.purpose == Purpose::Thanks && mail.items.contains(&item.id));
        if !before && item.collected_by().is_paid_to_us() && credit::barrier(&d.account, &[item.id]).is_none() {
            told.push(item.id);
        }
    }
    told
}

/// Of two invoices promised for one day the first is paid: the other has until then, and thanks are due.
fn waits_for_its_day(d: &Deliberation<'_>, item: ReceivableId) -> bool {
    let today = d.today();
    let is_past = |hold: &Hold| hold.covers(item) && hold.named_day.is_some_and(|day| day < today);
    word_given::has_day(&d.account, &[item], today, &d.world.policy.limits)
        && !d.account.holds_on(today).iter().any(|hold| is_past(hold))
}

/// The word that this money keeps was about it, too: what was promised has come, though more is open.
fn was_promised_along(d: &Deliberation<'_>, item: ReceivableId) -> bool {
    let is_kept_now = |hold: &Hold| {
        hold.ended.as_ref().is_some_and(|end| end.how == HoldOutcome::Kept && end.at == d.world.moment.instant)
    };
    d.account.holds.iter().any(|hold| hold.kind == HoldKind::Promise && hold.covers(item) && is_kept_now(hold))
}

/// Thanks only after a chased or promised payment, once in a while, and never beside anything that is still at issue.
/// A part is thanked for, too, and what remains is named: the rest is asked for and nothing else.
fn thank(
    d: &mut Deliberation<'_>,
    named: &[Receivable],
    received: &[ReceivableId],
    amount: Option<Money>,
    on: NaiveDate,
) {
    let part = in_part(d, received);
    let today = d.today();
    let world = d.world;
    let settled: Vec<ReceivableId> = named
        .iter()
        .map(|item| item.id)
        .filter(|id| d.account.receivable(*id).is_some_and(Receivable::is_settled))
        .collect();
    let lately = d.account.sent.iter().any(|mail| {
        mail.purpose == Purpose::Thanks
            && today < plus_days(world.moment.day_of(mail.at), world.policy.limits.thanks_gap_days)
    });
    let at_issue = d.account.open_items().iter().any(|item| {
        (silence::is_overdue(&d.account, item, world)
            && !part.contains(&item.id)
            && !instalments::covers(&d.account, item.id)
            && !waits_for_its_day(d, item.id)
            && !was_promised_along(d, item.id))
            || d.account.hold_of(item.id, today).is_some_and(|hold| hold.kind <= HoldKind::Claimed)
    });
    // Of a plan the text says what is still to come. Where a part outside of it is open too, or the money paid one item of
    // it whole and the parts run on, there is no text that says both.
    let to_come = instalments::to_come(&d.account, &part);
    let runs_on = received.iter().chain(&part).any(|id| instalments::covers(&d.account, *id));
    let at_issue = at_issue || (runs_on && to_come.is_empty());
    let recipients = silence::recipients(&d.account, world);
    let (Some((to, cc)), Mode::Draft | Mode::Send) = (recipients, world.policy.mode_for(&d.account, Purpose::Thanks))
    else {
        return;
    };
    let is_grave = d.account.holds_on(today).iter().any(|hold| hold.kind <= HoldKind::Disputed);
    let thanked: Vec<&Receivable> =
        named.iter().filter(|item| settled.contains(&item.id) || part.contains(&item.id)).collect();
    if is_grave || thanked.is_empty() || lately || at_issue || d.account.customer.do_not_contact {
        return;
    }
    // The text itself says what was paid and what remains, as it stands when the mail leaves.
    let sum: Vec<Money> = thanked.iter().map(|item| item.open()).collect();
    let plan = MailPlan {
        key: BusinessKey::Thanks(d.account.customer.id, today),
        purpose: Purpose::Thanks,
        template: TemplateId::new("thanks_paid"),
        customer: Some(d.account.customer.id),
        items: thanked.iter().map(|item| item.id).collect(),
        steps: Vec::new(),
        to,
        cc,
        not_before: windows::answer_time(world, world.moment.instant),
        answers: None,
        attach_documents: Vec::new(),
        particulars: Particulars {
            named_day: Some(on),
            amount: amount.or_else(|| sum.first().map(|first| total(first.currency, &sum))),
            parts: to_come,
            ..Particulars::default()
        },
        needs_approval: d.account.customer.vip,
        because: "A payment that was asked for or promised is recorded".to_owned(),
    };
    d.plan(plan);
}

/// What a confirmation says.
pub(super) struct Confirmation {
    pub(super) template: &'static str,
    pub(super) purpose: Purpose,
    pub(super) day: NaiveDate,
    pub(super) amount: Option<Money>,
    pub(super) parts: Vec<PlanPart>,
}

impl Confirmation {
    pub(super) const fn new(template: &'static str, purpose: Purpose, day: NaiveDate) -> Self {
        Self { template, purpose, day, amount: None, parts: Vec::new() }
    }
}

/// The mail that confirms an order: a promise by telephone, time granted, instalments.
pub(super) fn confirm(d: &mut Deliberation<'_>, hold: HoldId, items: &[ReceivableId], confirmation: Confirmation) {
    let Confirmation { template, purpose, day, amount, parts } = confirmation;
    let world = d.world;
    let recipients = silence::recipients(&d.account, world);
    let (Some((to, cc)), Mode::Draft | Mode::Send) = (recipients, world.policy.mode_for(&d.account, purpose)) else {
        return;
    };
    let is_grave = d.account.holds_on(d.today()).iter().any(|hold| hold.kind <= HoldKind::Disputed);
    if is_grave || d.account.customer.do_not_contact || day < d.today() {
        return;
    }
    let barrier = collection::barrier(&d.account, items, purpose).or_else(|| credit::barrier(&d.account, items));
    if let Some(why) = barrier {
        let new = NewCase {
            kind: CaseKind::AnswerYourself,
            message: None,
            items: items.to_vec(),
            particulars: vec![format!("The confirmation `{template}` is not written. {why}.")],
            suggestions: Vec::new(),
        };
        d.open_case(new, "The owner confirms by hand what no mail can say by itself");
        return;
    }
    // Thanks for a part and what was agreed on the rest, at the same hour, would be two mails about one thing.
    d.withdraw("What was agreed on the rest is confirmed instead", |row| {
        row.plan.purpose == Purpose::Thanks && row.plan.items.iter().any(|item| items.contains(item))
    });
    let shown: Vec<&Receivable> = items.iter().filter_map(|id| d.account.receivable(*id)).collect();
    let open: Vec<Money> = shown.iter().map(|item| item.open()).collect();
    let plan = MailPlan {
        key: BusinessKey::Confirmation(d.account.customer.id, hold),
        purpose,
        template: TemplateId::new(template),
        customer: Some(d.account.customer.id),
        items: items.to_vec(),
        steps: Vec::new(),
        to,
        cc,
        not_before: windows::answer_time(world, world.moment.instant),
        answers: None,
        attach_documents: Vec::new(),
        particulars: Particulars {
            named_day: Some(day),
            amount: amount.or_else(|| open.first().map(|first| total(first.currency, &open))),
            payments_known_up_to: known_up_to(&shown),
            parts,
            ..Particulars::default()
        },
        needs_approval: d.account.customer.vip,
        because: format!("It confirms the owner's order for {day}"),
    };
    d.plan(plan);
}
