//! What a message calls for. Here it is only judged; `message_read` carries it out.

use super::World;
use super::gate::{self, Gate, Recipients};
use super::{deferral, steps};
use crate::ledger::account::Account;
use crate::ledger::calendar::plus_banking_days;
use crate::ledger::case::CaseKind;
use crate::ledger::decision::Verdict;
use crate::ledger::event::Order;
use crate::ledger::hold::{HoldKind, HoldOutcome};
use crate::ledger::ids::{ReceivableId, TemplateId};
use crate::ledger::money::{Money, total};
use crate::ledger::reading::{Reading, Writer};
use crate::ledger::receivable::{Receivable, ReceivableKind};
use crate::ledger::words::{Certainty, Disposition, Intent, MessageKind, Purpose};
use chrono::NaiveDate;

/// A message judged.
pub(super) struct Judgement {
    pub(super) disposition: Disposition,
    pub(super) course: Course,
    /// The answer that may leave by itself where its mode allows.
    pub(super) answer: Option<Answer>,
    /// The question to the owner.
    pub(super) question: Option<Question>,
    pub(super) reason: String,
}

/// What changes in the account.
pub(super) enum Course {
    Nothing,
    Pause(Pause),
    Claim { items: Vec<ReceivableId>, on: NaiveDate, amount: Option<Money>, brief: bool },
    Promise { items: Vec<ReceivableId>, by: Option<NaiveDate>, amount: Option<Money>, brief: bool },
    Defer { items: Vec<ReceivableId>, until: NaiveDate },
    Absence { until: NaiveDate },
    Bounced,
}

/// How the reminders wait while the owner looks.
pub(super) enum Pause {
    /// Until the question is settled. No items: the whole customer.
    Review(Vec<ReceivableId>),
    /// A few days only: anybody may have written it.
    Short(Vec<ReceivableId>),
    Disputed(Vec<ReceivableId>),
    WaitingForUs(Vec<ReceivableId>),
    Legal,
    Hostile,
}

/// An answer as judged, before the mode is looked at.
pub(super) struct Answer {
    pub(super) template: &'static str,
    pub(super) purpose: Purpose,
    pub(super) items: Vec<ReceivableId>,
    pub(super) recipients: Recipients,
    pub(super) attach: Vec<ReceivableId>,
    pub(super) named_day: Option<NaiveDate>,
    pub(super) amount: Option<Money>,
}

/// A question as judged.
pub(super) struct Question {
    pub(super) kind: CaseKind,
    pub(super) why: String,
    pub(super) suggestions: Vec<Order>,
}

impl Judgement {
    pub(super) fn verdict(&self, account: &Account) -> Verdict {
        // A mail that a person must approve does not leave by itself.
        let answer = self.answer.as_ref().filter(|_| !account.customer.vip);
        Verdict {
            disposition: self.disposition,
            automatic_answer: answer.map(|answer| TemplateId::new(answer.template)),
            reason: self.reason.clone(),
        }
    }
}

/// A mail that belongs to no account.
pub(super) fn judge_unknown(reading: &Reading) -> Verdict {
    let (disposition, reason) = match machine_disposition(reading) {
        Some(judged) => judged,
        None if gate::trouble(reading).is_some() && !reading.intents.is_empty() && !is_plain_unrelated(reading) => {
            (Disposition::RouteToOwner, "It speaks of payments, and its sender is not to be trusted")
        }
        None if is_plain_unrelated(reading) => (Disposition::Ignore, "It has nothing to do with a receivable"),
        None if reading.intents.is_empty() && !reading.matched.known_thread => {
            (Disposition::Ignore, "Nothing ties it to a customer, and it says nothing of payments")
        }
        None if reading.intents.iter().all(|found| found.intent == Intent::Acknowledgement) => {
            (Disposition::Ignore, "There is nothing to do")
        }
        None => (Disposition::RouteToOwner, "It speaks of payments, but no customer is certain"),
    };
    Verdict { disposition, automatic_answer: None, reason: reason.to_owned() }
}

/// Judges a mail of this account.
pub(super) fn judge(reading: &Reading, account: &Account, world: &World<'_>) -> Judgement {
    let sight = Sight::new(reading, account, world);
    if let Some((disposition, reason)) = machine_disposition(reading) {
        return sight.machine(disposition, reason);
    }
    sight.person()
}

/// Risk before routine: the order in which a mixed mail is looked at.
const RISKS: [(Intent, CaseKind); 4] = [
    (Intent::Legal, CaseKind::Legal),
    (Intent::BankDetailsVerification, CaseKind::BankDetailsVerification),
    (Intent::Hostile, CaseKind::Hostile),
    (Intent::Dispute, CaseKind::Dispute),
];

fn risk(reading: &Reading) -> Option<(Intent, CaseKind)> {
    RISKS.into_iter().find(|(intent, _)| reading.wants(*intent))
}

fn is_plain_unrelated(reading: &Reading) -> bool {
    !reading.intents.is_empty() && reading.intents.iter().all(|found| found.intent == Intent::Unrelated)
}

/// What a machine's mail calls for; `None` for a person's. A risk said by a machine is a person's to look at.
fn machine_disposition(reading: &Reading) -> Option<(Disposition, &'static str)> {
    let is_person = matches!(reading.kind, MessageKind::Reply);
    if reading.kind == MessageKind::Own {
        return Some((Disposition::Ignore, "It is our own mail, or the owner's"));
    }
    if reading.kind == MessageKind::Bounce || (reading.wants(Intent::Bounce) && !is_person) {
        let failed = reading.bounce.as_ref().is_none_or(|bounce| bounce.failed);
        return Some(if failed {
            (Disposition::RouteToOwner, "A mail could not be delivered")
        } else {
            (Disposition::Ignore, "A mail is only late; the server goes on trying")
        });
    }
    if !is_person && risk(reading).is_some() {
        return None;
    }
    if reading.wants(Intent::PaymentNotification)
        && matches!(reading.kind, MessageKind::Notification | MessageKind::Other)
    {
        return (gate::trouble(reading).is_none())
            .then_some((Disposition::ConfirmPayment, "A bank or payment provider says that money arrived"));
    }
    match reading.kind {
        MessageKind::AutoReply | MessageKind::Receipt | MessageKind::Notification => {
            Some((Disposition::Ignore, "A machine wrote it; nothing automatic is answered"))
        }
        MessageKind::Other if reading.intents.is_empty() || is_plain_unrelated(reading) => {
            Some((Disposition::Ignore, "It is no answer of a person and has nothing to do with a receivable"))
        }
        MessageKind::Reply if reading.primary() == Some(Intent::AutoReply) => {
            Some((Disposition::Ignore, "A machine wrote it; nothing automatic is answered"))
        }
        _ => None,
    }
}

/// A reading, seen from an account.
struct Sight<'a> {
    reading: &'a Reading,
    account: &'a Account,
    world: &'a World<'a>,
    /// Open receivables that the mail is certainly about.
    certain: Vec<&'a Receivable>,
    /// Receivables matched at all, open ones only.
    touched: Vec<ReceivableId>,
}

impl<'a> Sight<'a> {
    fn new(reading: &'a Reading, account: &'a Account, world: &'a World<'a>) -> Self {
        let open = |id: ReceivableId| account.receivable(id).filter(|item| !item.is_settled());
        let mut certain: Vec<&Receivable> = reading.certain_items().filter_map(open).collect();
        certain.sort_by_key(|item| (item.due, item.id));
        certain.dedup_by_key(|item| item.id);
        let mut touched: Vec<ReceivableId> =
            reading.matched.items.iter().filter_map(|item| open(item.receivable)).map(|item| item.id).collect();
        touched.sort_unstable();
        touched.dedup();
        Self { reading, account, world, certain, touched }
    }

    fn machine(&self, disposition: Disposition, reason: &str) -> Judgement {
        let is_bounce = disposition == Disposition::RouteToOwner;
        let today = self.world.moment.today();
        let away = self.reading.facts.return_date.filter(|_| self.reading.kind == MessageKind::AutoReply);
        let (course, question) = match disposition {
            Disposition::RouteToOwner if is_bounce => (
                Course::Bounced,
                Some(Question { kind: CaseKind::Bounced, why: reason.to_owned(), suggestions: Vec::new() }),
            ),
            Disposition::ConfirmPayment => {
                let items = ids(&self.certain);
                let paid = Order::Paid { items: items.clone(), amount: self.amount(), on: self.reading.day };
                let claim =
                    Course::Claim { items, on: self.reading.day.min(today), amount: self.amount(), brief: true };
                let course = if self.certain.is_empty() { Course::Nothing } else { claim };
                (
                    course,
                    Some(Question {
                        kind: CaseKind::PaymentNotification,
                        why: reason.to_owned(),
                        suggestions: vec![paid],
                    }),
                )
            }
            _ => match away {
                Some(back) if back > today => {
                    let longest = steps::plus_days(today, self.world.policy.limits.stand_back_days);
                    (Course::Absence { until: back.min(longest) }, None)
                }
                _ => (Course::Nothing, None),
            },
        };
        Judgement { disposition, course, answer: None, question, reason: reason.to_owned() }
    }

    fn person(&self) -> Judgement {
        let reading = self.reading;
        let refuted = gate::trouble(reading).filter(|(kind, _)| *kind == CaseKind::Suspicious);
        if let Some((kind, why)) = refuted {
            return self.owner(kind, why, Pause::Short(self.touched.clone()));
        }
        if let Some((intent, kind)) = risk(reading) {
            return self.risk(intent, kind);
        }
        if let Some((kind, why)) = gate::trouble(reading) {
            return self.owner(kind, why, self.pause());
        }
        if is_plain_unrelated(reading) {
            let why = "A customer wrote about something else".to_owned();
            return self.owner_without_pause(CaseKind::Unrelated, why);
        }
        if !gate::is_certain_customer(reading, self.account) {
            let why = "It is not certain that this customer wrote".to_owned();
            return self.owner(CaseKind::WhichReceivable, why, Pause::Short(self.touched.clone()));
        }
        if reading.kind != MessageKind::Reply {
            let why = "A machine sent it, but it asks for something".to_owned();
            return self.owner(CaseKind::NotUnderstood, why, Pause::Short(self.touched.clone()));
        }
        match self.single() {
            Wish::Nothing if reading.unread.is_empty() && !reading.intents.is_empty() => Judgement {
                disposition: Disposition::Ignore,
                course: Course::Nothing,
                answer: None,
                question: None,
                reason: "The writer only says thanks or that it was received".to_owned(),
            },
            Wish::Nothing => {
                let why = "No rule understands what the customer wants".to_owned();
                self.owner(CaseKind::NotUnderstood, why, self.pause())
            }
            Wish::Several => {
                let why = "The mail wants several things at once".to_owned();
                self.owner(CaseKind::Mixed, why, self.pause())
            }
            Wish::One(intent) => self.routine(intent),
        }
    }

    /// Legal, hostile, dispute, a question about bank details: always the owner, with the hold of its kind.
    fn risk(&self, intent: Intent, kind: CaseKind) -> Judgement {
        let certain_writer = gate::is_certain_customer(self.reading, self.account)
            && (matches!(self.reading.writer, Writer::OnFile | Writer::SameOrganisation)
                || self.reading.matched.known_thread
                || intent == Intent::Legal);
        let pause = match intent {
            _ if !certain_writer => Pause::Short(self.touched.clone()),
            Intent::Legal => Pause::Legal,
            Intent::Hostile => Pause::Hostile,
            Intent::Dispute => Pause::Disputed(self.touched.clone()),
            _ => self.pause(),
        };
        let why = match intent {
            Intent::Legal => "A lawyer, an insolvency or a formal notice is named",
            Intent::Hostile => "The writer threatens or asks us to stop writing",
            Intent::Dispute => "The customer contests something",
            _ => "The mail speaks of a change of bank details: fraud may be near",
        };
        self.owner(kind, why.to_owned(), pause)
    }

    fn routine(&self, intent: Intent) -> Judgement {
        let confidence = self.reading.intents.first().map_or(0, |found| found.confidence.as_percent());
        if confidence < LEAST_CONFIDENCE || (!self.reading.unread.is_empty() && intent != Intent::PaymentMade) {
            let why = "Part of the mail is not understood and could matter".to_owned();
            return self.owner(CaseKind::NotUnderstood, why, self.pause());
        }
        match intent {
            Intent::ReferenceRequest => {
                let why = "The customer needs something from us before it can pay".to_owned();
                return self.owner(CaseKind::Reference, why, Pause::WaitingForUs(self.touched.clone()));
            }
            Intent::ContactChange => {
                let why = "The writer is not the right person, or names another address".to_owned();
                return self.owner(CaseKind::ContactChange, why, self.pause());
            }
            Intent::StatementRequest => {}
            _ if self.is_uncertain() => {
                let why = "It is not certain which receivable is meant".to_owned();
                return self.owner(CaseKind::WhichReceivable, why, self.pause());
            }
            _ => {}
        }
        let gate = gate::weigh(self.reading, self.account, self.world);
        let is_word = matches!(intent, Intent::PaymentMade | Intent::PromiseToPay | Intent::PaymentNotification);
        let is_colleague = matches!(self.reading.writer, Writer::OnFile | Writer::SameOrganisation);
        if matches!(gate, Gate::Refused) && !(is_word && is_colleague) {
            let why = "The writer is not on file: nothing is sent or granted".to_owned();
            return self.owner(CaseKind::UnknownWriter, why, self.stranger_pause());
        }
        match intent {
            Intent::PaymentMade | Intent::PaymentNotification => self.claim(&gate),
            Intent::PromiseToPay => self.promise(&gate),
            Intent::DeferralRequest => self.defer(&gate),
            Intent::InstalmentRequest => {
                let why = "Instalments are the owner's to agree".to_owned();
                let judged = self.owner(CaseKind::Instalments, why, self.pause());
                Judgement { disposition: Disposition::ApplyDeferralPolicy, ..judged }
            }
            Intent::InvoiceRequest => self.invoice(&gate),
            Intent::BankDetailsRequest => self.bank_details(&gate),
            Intent::StatementRequest => self.statement(&gate),
            _ => {
                let why = "No rule says what to do with it".to_owned();
                self.owner(CaseKind::NotUnderstood, why, self.pause())
            }
        }
    }
}

/// Below this a finding is a guess.
const LEAST_CONFIDENCE: u8 = 50;
/// Another wish is overlooked only when it is at most this sure …
const FAINT: u8 = 40;
/// … and at least this much behind.
const CLEAR_LEAD: u8 = 30;

enum Wish {
    Nothing,
    One(Intent),
    Several,
}

impl Sight<'_> {
    /// The one thing that the writer wants, when it is clearly ahead of any other.
    fn single(&self) -> Wish {
        let mut wishes = self.reading.intents.iter().filter(|found| found.intent != Intent::Acknowledgement);
        let Some(first) = wishes.next() else { return Wish::Nothing };
        let lead = first.confidence.as_percent();
        let rivals: Vec<Intent> = wishes
            .filter(|found| found.intent != first.intent)
            .filter(|found| {
                let confidence = found.confidence.as_percent();
                confidence > FAINT || lead.saturating_sub(confidence) < CLEAR_LEAD
            })
            .map(|found| found.intent)
            .collect();
        // The invoice sent again carries the payment details: one answer serves both wishes.
        let pair = [Intent::InvoiceRequest, Intent::BankDetailsRequest];
        match rivals.as_slice() {
            [] => Wish::One(first.intent),
            all if pair.contains(&first.intent) && all.iter().all(|rival| pair.contains(rival)) => {
                Wish::One(Intent::InvoiceRequest)
            }
            _ => Wish::Several,
        }
    }

    /// No item, or one that is only likely.
    fn is_uncertain(&self) -> bool {
        let items = &self.reading.matched.items;
        items.is_empty()
            || items
                .iter()
                .any(|item| item.certainty != Certainty::Certain || self.account.receivable(item.receivable).is_none())
    }

    fn owner(&self, kind: CaseKind, why: String, pause: Pause) -> Judgement {
        let settled = !self.reading.matched.items.is_empty() && self.touched.is_empty();
        let idle = matches!(&pause, Pause::Review(_) | Pause::Short(_) | Pause::WaitingForUs(_)) && settled;
        let course = if idle || self.account.open_items().is_empty() { Course::Nothing } else { Course::Pause(pause) };
        Judgement {
            disposition: Disposition::RouteToOwner,
            course,
            answer: None,
            question: Some(Question { kind, why: why.clone(), suggestions: self.suggestions() }),
            reason: why,
        }
    }

    fn owner_without_pause(&self, kind: CaseKind, why: String) -> Judgement {
        let judged = self.owner(kind, why, Pause::Review(Vec::new()));
        Judgement { course: Course::Nothing, ..judged }
    }

    /// The receivables touched, else the whole customer.
    fn pause(&self) -> Pause {
        Pause::Review(self.touched.clone())
    }

    /// Somebody unknown in a thread of ours may stop the reminders until the owner looked; anybody else only briefly.
    fn stranger_pause(&self) -> Pause {
        if self.reading.matched.known_thread { self.pause() } else { Pause::Short(self.touched.clone()) }
    }

    fn amount(&self) -> Option<Money> {
        self.reading.facts.amounts.first().copied()
    }

    fn open_sum(&self) -> Option<Money> {
        let open: Vec<Money> = self.certain.iter().map(|item| item.open()).collect();
        let first = open.first()?;
        open.iter().all(|money| money.currency == first.currency).then(|| total(first.currency, &open))
    }

    /// The amount named is what is open (or one of the items, or all amounts together), up to a small remainder.
    fn is_amount_whole(&self) -> bool {
        let (Some(named), Some(sum)) = (self.amount(), self.open_sum()) else { return self.amount().is_none() };
        let remainder = self.world.policy.limits.small_remainder.cents;
        let is_near =
            |a: Money, b: Money| a.currency == b.currency && (a.cents.saturating_sub(b.cents)).abs() <= remainder;
        let all = total(named.currency, &self.reading.facts.amounts);
        is_near(named, sum) || is_near(all, sum)
    }

    fn suggestions(&self) -> Vec<Order> {
        let items = self.touched.clone();
        if items.is_empty() {
            return Vec::new();
        }
        let mut orders = Vec::new();
        let facts = &self.reading.facts;
        if self.reading.wants(Intent::PaymentMade) || self.reading.wants(Intent::PaymentNotification) {
            let on = facts.paid_on.unwrap_or(self.reading.day);
            orders.push(Order::Paid { items: items.clone(), amount: self.amount(), on });
        }
        if let Some(day) = facts.promised_date {
            if self.reading.wants(Intent::DeferralRequest) || self.reading.wants(Intent::InstalmentRequest) {
                orders.push(Order::Defer { items: items.clone(), until: day });
            } else {
                orders.push(Order::Promise { items: items.clone(), by: day, amount: self.amount() });
            }
        }
        orders.push(Order::Resume { items });
        orders
    }

    /// Puts judgement, answer and barriers together: with a barrier the owner is asked instead.
    fn conclude(&self, conclusion: Conclusion) -> Judgement {
        let Conclusion { disposition, course, answer, barrier, reason } = conclusion;
        let items = answer.as_ref().map(|answer| answer.items.clone()).unwrap_or_default();
        let barrier = barrier.or_else(|| {
            gate::answer_barrier(self.reading, self.account, &items, self.world)
                .map(|why| (CaseKind::AnswerYourself, why))
        });
        match barrier {
            None => Judgement { disposition, course, answer, question: None, reason },
            Some((kind, why)) => {
                let suggestions = self.suggestions();
                let reason = format!("{reason}; no automatic answer: {}", lower_first(&why));
                let question = (!self.is_answered_by_hand()).then_some(Question { kind, why, suggestions });
                Judgement { disposition, course, answer: None, question, reason }
            }
        }
    }

    /// The owner wrote to the customer after this mail arrived.
    fn is_answered_by_hand(&self) -> bool {
        self.account.owner_wrote.is_some_and(|at| at > self.reading.received)
    }

    fn answer(&self, gate: &Gate, template: &'static str, purpose: Purpose) -> Option<Answer> {
        let (Gate::Full(recipients) | Gate::Limited(recipients)) = gate else { return None };
        Some(Answer {
            template,
            purpose,
            items: ids(&self.certain),
            recipients: recipients.clone(),
            attach: Vec::new(),
            named_day: None,
            amount: None,
        })
    }

    fn claim(&self, gate: &Gate) -> Judgement {
        let disposition = Disposition::ConfirmPayment;
        let limits = &self.world.policy.limits;
        let today = self.world.moment.today();
        let facts = &self.reading.facts;
        let on = facts.paid_on.unwrap_or(self.reading.day).min(today);
        let items = ids(&self.certain);
        let nothing_open = self.certain.is_empty();
        let brief = !matches!(gate, Gate::Full(_));
        if nothing_open {
            return Judgement {
                disposition,
                course: Course::Nothing,
                answer: None,
                question: None,
                reason: "The payment is recorded already: nothing of it is open".to_owned(),
            };
        }
        let check = |why: &str| Some((CaseKind::ClaimedPayment, why.to_owned()));
        let claimed_before = self.account.holds.iter().any(|hold| {
            hold.kind == HoldKind::Claimed
                && hold.ended.as_ref().is_some_and(|end| end.how == HoldOutcome::Broken)
                && items.iter().any(|item| hold.covers(*item))
        });
        let stale = today > plus_banking_days(on, limits.claim_banking_days);
        let mut course = Course::Claim { items: items.clone(), on, amount: facts.amounts.first().copied(), brief };
        let mut called_for = disposition;
        let barrier = if facts.set_off {
            // Nothing will arrive: only the owner can say whether the two sums cancel out.
            course = Course::Pause(self.pause());
            called_for = Disposition::RouteToOwner;
            check("The customer says that it was set off against a debt of ours")
        } else if claimed_before || stale {
            course = Course::Pause(self.pause());
            check(if stale {
                "The payment should have arrived by now"
            } else {
                "A payment of it was claimed before and did not arrive"
            })
        } else if !self.is_amount_whole() {
            check("The amount named is not what is open")
        } else if brief {
            check("The sender is not proven")
        } else if !self.reading.unread.is_empty() {
            check("Part of the mail is not understood and could matter")
        } else {
            None
        };
        let answer = self.answer(gate, "claimed_thanks", Purpose::ClaimedPayment);
        let answer = answer.map(|answer| Answer { named_day: Some(on), amount: self.open_sum(), ..answer });
        let reason = format!("The customer says that it was paid ({on}); the reminders wait for the money to show");
        self.conclude(Conclusion { disposition: called_for, course, answer, barrier, reason })
    }

    fn promise(&self, gate: &Gate) -> Judgement {
        let disposition = Disposition::RecordPromise;
        let limits = &self.world.policy.limits;
        let today = self.world.moment.today();
        let facts = &self.reading.facts;
        let items = ids(&self.certain);
        if items.is_empty() {
            let reason = "Nothing of what is promised is open".to_owned();
            return Judgement { disposition, course: Course::Nothing, answer: None, question: None, reason };
        }
        let brief = !matches!(gate, Gate::Full(_));
        let broken = self.account.holds.iter().filter(|hold| {
            hold.kind == HoldKind::Promise
                && hold.ended.as_ref().is_some_and(|end| end.how == HoldOutcome::Broken)
                && items.iter().any(|item| hold.covers(*item))
        });
        let mut course =
            Course::Promise { items: items.clone(), by: facts.promised_date, amount: self.amount(), brief };
        let ask = |kind: CaseKind, why: String| Some((kind, why));
        let barrier = match facts.promised_date {
            Some(day) if plus_banking_days(day, limits.promise_grace_banking_days) < today => {
                course = Course::Pause(self.pause());
                ask(CaseKind::BrokenPromise, format!("The day promised, {day}, is long past"))
            }
            Some(day) if day < self.reading.day => {
                course = Course::Pause(self.pause());
                ask(CaseKind::NotUnderstood, format!("The day named, {day}, lies before the mail"))
            }
            Some(day) if day > steps::plus_days(today, limits.promise_max_days) => {
                course = Course::Pause(self.pause());
                ask(CaseKind::Deferral, format!("{day} is more than {} days away", limits.promise_max_days))
            }
            _ if facts.instalments.is_some() => {
                course = Course::Pause(self.pause());
                ask(CaseKind::Instalments, "The promise is in parts".to_owned())
            }
            _ if broken.count() > 1 => ask(CaseKind::BrokenPromise, "Two promises were not kept before".to_owned()),
            _ if !self.is_amount_whole() => ask(CaseKind::Mixed, "The amount promised is not what is open".to_owned()),
            _ if brief => ask(CaseKind::AnswerYourself, "The sender is not proven".to_owned()),
            _ => None,
        };
        let template = if facts.promised_date.is_some() { "promise_thanks" } else { "promise_date_request" };
        let answer = self.answer(gate, template, Purpose::Promise);
        let answer = answer.map(|answer| Answer { named_day: facts.promised_date, amount: self.open_sum(), ..answer });
        let reason = facts.promised_date.map_or_else(
            || "The customer promises to pay without naming a day".to_owned(),
            |day| format!("The customer promises to pay by {day}"),
        );
        self.conclude(Conclusion { disposition, course, answer, barrier, reason })
    }

    fn defer(&self, gate: &Gate) -> Judgement {
        let disposition = Disposition::ApplyDeferralPolicy;
        let until = self.reading.facts.promised_date;
        let refusal = deferral::beyond_limits(self.account, &self.certain, until, self.amount(), self.world);
        let refusal = match gate {
            _ if self.reading.facts.instalments.is_some() => Some("Instalments are the owner's to agree".to_owned()),
            Gate::Full(_) => refusal,
            Gate::Limited(_) | Gate::Refused => Some("The sender is not proven".to_owned()),
        };
        let blocked = gate::answer_barrier(self.reading, self.account, &ids(&self.certain), self.world);
        let answer = self.answer(gate, "deferral_granted", Purpose::Deferral);
        match (refusal.or(blocked), until) {
            // Nothing is granted that is not also said: a deferral that cannot be confirmed goes to the owner whole.
            (Some(why), _) => {
                let judged = self.owner(CaseKind::Deferral, why.clone(), self.pause());
                let reason = format!("The customer asks for more time; the owner decides: {}", lower_first(&why));
                Judgement { disposition, reason, ..judged }
            }
            (None, None) => self.owner(CaseKind::Deferral, "No day was named".to_owned(), self.pause()),
            (None, Some(until)) => {
                let answer = answer.map(|answer| Answer { named_day: Some(until), amount: self.open_sum(), ..answer });
                let reason = format!("The customer asks for time until {until}, which lies within the limits");
                let course = Course::Defer { items: ids(&self.certain), until };
                self.conclude(Conclusion { disposition, course, answer, barrier: None, reason })
            }
        }
    }

    fn invoice(&self, gate: &Gate) -> Judgement {
        let disposition = Disposition::ResendInvoice;
        let items = self.matched();
        let proforma =
            items.iter().filter_map(|id| self.account.receivable(*id)).any(|r| r.kind == ReceivableKind::Proforma);
        let missing: Vec<&ReceivableId> = items.iter().filter(|id| !self.world.documents.contains(id)).collect();
        let barrier = if proforma {
            Some((CaseKind::DocumentMissing, "It is a proforma: the invoice may not exist yet".to_owned()))
        } else if missing.is_empty() {
            None
        } else {
            Some((CaseKind::DocumentMissing, "The invoice as it was first sent is not kept".to_owned()))
        };
        let answer = self.answer(gate, "resend_invoice", Purpose::ResendInvoice);
        let answer = answer.map(|answer| Answer { attach: items.clone(), items, ..answer });
        let reason = "The customer asks for the invoice again".to_owned();
        self.conclude(Conclusion { disposition, course: Course::Nothing, answer, barrier, reason })
    }

    fn bank_details(&self, gate: &Gate) -> Judgement {
        let items = ids(&self.certain);
        // Not proven: only what that contact was sent before, on the invoice or in a mail of ours.
        let was_sent = |id: &ReceivableId| {
            self.world.documents.contains(id)
                || self.reading.matched.known_thread
                || self.account.sent.iter().any(|mail| {
                    mail.items.contains(id) && self.reading.from.as_ref().is_some_and(|from| mail.to.contains(from))
                })
        };
        let barrier = if items.is_empty() {
            Some((CaseKind::AnswerYourself, "Nothing of what is asked about is open".to_owned()))
        } else if matches!(gate, Gate::Limited(_)) && !items.iter().all(was_sent) {
            Some((
                CaseKind::AnswerYourself,
                "The sender is not proven, and was not sent these details before".to_owned(),
            ))
        } else {
            None
        };
        let answer = self.answer(gate, "bank_details", Purpose::BankDetails);
        let reason = "The customer asks how to pay".to_owned();
        self.conclude(Conclusion {
            disposition: Disposition::SendBankDetails,
            course: Course::Nothing,
            answer,
            barrier,
            reason,
        })
    }

    fn statement(&self, gate: &Gate) -> Judgement {
        let items: Vec<ReceivableId> = self.account.open_items().iter().map(|item| item.id).collect();
        let barrier = match gate {
            Gate::Full(_) => None,
            Gate::Limited(_) | Gate::Refused => Some((CaseKind::AnswerYourself, "The sender is not proven".to_owned())),
        };
        let answer = self.answer(gate, "statement", Purpose::Statement).map(|answer| Answer { items, ..answer });
        let reason = "The customer asks for the list of what is open".to_owned();
        self.conclude(Conclusion {
            disposition: Disposition::SendStatement,
            course: Course::Nothing,
            answer,
            barrier,
            reason,
        })
    }

    /// Every matched receivable, also one that is paid: its invoice may be asked for all the same.
    fn matched(&self) -> Vec<ReceivableId> {
        let mut items: Vec<ReceivableId> = self.reading.certain_items().collect();
        items.sort_unstable();
        items.dedup();
        items
    }
}

struct Conclusion {
    disposition: Disposition,
    course: Course,
    answer: Option<Answer>,
    barrier: Option<(CaseKind, String)>,
    reason: String,
}

fn ids(items: &[&Receivable]) -> Vec<ReceivableId> {
    items.iter().map(|item| item.id).collect()
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
