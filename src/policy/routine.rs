//! The routine wishes, one by one: a payment claimed, a promise, more time, the invoice, the bank details, the list.
//! Each says what it calls for, and what keeps an answer from leaving by itself.

use super::disposition::{LEAST_CONFIDENCE, Sight, ids};
use super::gate::{self, Gate};
use super::judgement::{Answer, Course, Judgement, Question};
use super::{collection, credit, deferral, steps, word_given};
use crate::ledger::calendar::plus_banking_days;
use crate::ledger::case::CaseKind;
use crate::ledger::hold::{HoldKind, HoldOutcome};
use crate::ledger::ids::ReceivableId;
use crate::ledger::receivable::{Closure, Collection, Receivable, ReceivableKind};
use crate::ledger::words::{Disposition, Intent, MessageKind, Purpose};
use chrono::NaiveDate;

struct Conclusion {
    disposition: Disposition,
    course: Course,
    answer: Option<Answer>,
    barrier: Option<(CaseKind, String)>,
    reason: String,
}

impl Sight<'_> {
    /// Puts judgement, answer and barriers together: with a barrier the owner is asked instead.
    fn conclude(&self, gate: &Gate, conclusion: Conclusion) -> Judgement {
        let Conclusion { disposition, course, answer, barrier, reason } = conclusion;
        let items = answer.as_ref().map(|answer| answer.items.clone()).unwrap_or_default();
        let elsewhere = answer.as_ref().and_then(|it| collection::barrier(self.account, &it.items, it.purpose));
        let elsewhere = elsewhere.or_else(|| credit::barrier(self.account, &items));
        let barrier = match (barrier, elsewhere) {
            (Some((kind, why)), Some(elsewhere)) => Some((kind, format!("{why}. {elsewhere}"))),
            (barrier, elsewhere) => barrier.or(elsewhere.map(|why| (CaseKind::AnswerYourself, why))),
        };
        let barrier = barrier.or_else(|| {
            gate::answer_barrier(self.reading, self.account, &items, gate, self.world)
                .map(|why| (CaseKind::AnswerYourself, why))
        });
        match barrier {
            None => Judgement { disposition, course, answer, question: None, reason },
            Some((kind, why)) => {
                let suggestions = self.suggestions(&course);
                let reason = format!("{reason}; no automatic answer: {}", lower_first(&why));
                // A word that is held needs no answer days later, and what the owner answered needs none at all.
                let is_held = matches!(course, Course::Claim { .. } | Course::Promise { by: Some(_), .. });
                let is_old = gate::age_business_days(self.reading, self.world)
                    > self.world.policy.limits.answer_max_age_business_days;
                let is_needless = self.is_answered_by_hand() || (kind == CaseKind::AnswerYourself && is_held && is_old);
                let question = (!is_needless).then_some(Question { kind, why, suggestions });
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
            parts: Vec::new(),
            by_approval: false,
        })
    }

    /// One line that says "seen" to a customer who contests something. It lies ready for a person's yes: no mail with a
    /// risk in it is answered by itself. Or why there is none, as an English clause.
    pub(super) fn acknowledgement(&self, intent: Intent, certain_writer: bool) -> Result<Answer, String> {
        let reading = self.reading;
        let names_more = [Intent::Legal, Intent::Hostile, Intent::BankDetailsVerification];
        // What was only guessed is no objection that anybody has seen.
        let mut objections = reading.intents.iter().filter(|found| found.intent == intent);
        let is_seen = objections.any(|found| found.confidence.as_percent() > LEAST_CONFIDENCE);
        let items = ids(&self.certain);
        let why = if !certain_writer {
            "it is not certain who wrote"
        } else if reading.kind != MessageKind::Reply {
            "no person wrote it"
        } else if names_more.iter().any(|other| reading.wants(*other)) {
            "the mail names something graver"
        } else if !reading.warnings.is_empty() {
            "something about the mail is suspicious"
        } else if !reading.unread.is_empty() {
            "some of its words are not understood"
        } else if !is_seen {
            "that anything is contested is only guessed"
        } else if items.is_empty() {
            "it is not certain which document is meant"
        } else {
            ""
        };
        if !why.is_empty() {
            return Err(why.to_owned());
        }
        let gate = gate::weigh(reading, self.account, self.world);
        if let Some(why) = gate::answer_barrier(reading, self.account, &items, &gate, self.world) {
            return Err(lower_first(&why));
        }
        let answer = self.answer(&gate, "dispute_seen", Purpose::Acknowledgement);
        let answer = answer.ok_or_else(|| "the writer is not on file".to_owned())?;
        Ok(Answer { by_approval: true, ..answer })
    }

    pub(super) fn claim(&self, gate: &Gate) -> Judgement {
        let disposition = Disposition::ConfirmPayment;
        let limits = &self.world.policy.limits;
        let today = self.world.moment.today();
        let facts = &self.reading.facts;
        let on = facts.paid_on.unwrap_or(self.reading.day).min(today);
        let items = ids(&self.certain);
        let nothing_open = self.certain.is_empty();
        if let Some(judged) = self.part_and_rest() {
            return judged;
        }
        let brief = !matches!(gate, Gate::Full(_));
        if nothing_open {
            return self.about_what_is_closed(
                disposition,
                CaseKind::ClaimedPayment,
                "The payment is recorded already",
                on,
            );
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
        self.conclude(gate, Conclusion { disposition: called_for, course, answer, barrier, reason })
    }

    /// A claim or promise about what is settled says nothing new, unless it lies with a lawyer, was given up, or speaks of
    /// more money than the books know.
    fn about_what_is_closed(&self, disposition: Disposition, kind: CaseKind, known: &str, on: NaiveDate) -> Judgement {
        let items = self.reading.certain_items().filter_map(|id| self.account.receivable(id));
        let items: Vec<&Receivable> = items.collect();
        let given_up = items.iter().find_map(|item| match item.closure {
            Some(Closure::HandedOver) => Some(format!("{} was handed over: whoever has it must know", item.key.name())),
            Some(Closure::WrittenOff) => Some(format!("{} was given up, and money may come", item.key.name())),
            _ => None,
        });
        // Money after the last that is recorded may be paid twice, or be meant for something else.
        let grace = self.world.policy.limits.claim_banking_days;
        let last = items.iter().flat_map(|item| item.payments.iter().map(|payment| payment.on)).max();
        let is_more = kind == CaseKind::ClaimedPayment && last.is_some_and(|last| on > plus_banking_days(last, grace));
        let why = given_up.or_else(|| {
            if !self.reading.unread.is_empty() {
                Some(format!("{known}, but part of the mail is not understood"))
            } else if is_more {
                Some(format!("{known}, but the customer speaks of a payment on {on}: perhaps it was paid twice"))
            } else {
                None
            }
        });
        let reason = why.clone().unwrap_or_else(|| format!("{known}: nothing of it is open"));
        let question = why.map(|why| Question { kind, why, suggestions: Vec::new() });
        Judgement { disposition, course: Course::Nothing, answer: None, question, reason }
    }

    pub(super) fn promise(&self, gate: &Gate) -> Judgement {
        let disposition = Disposition::RecordPromise;
        let limits = &self.world.policy.limits;
        let today = self.world.moment.today();
        let facts = &self.reading.facts;
        let items = ids(&self.certain);
        if items.is_empty() {
            let why = "Nothing of what is promised is open";
            return self.about_what_is_closed(disposition, CaseKind::AnswerYourself, why, today);
        }
        if facts.promised_date.is_none() && word_given::has_day(self.account, &items, today, limits) {
            let reason = "The customer says that it will be paid as agreed: the day agreed on stands".to_owned();
            return Judgement { disposition, course: Course::Nothing, answer: None, question: None, reason };
        }
        let brief = !matches!(gate, Gate::Full(_));
        let broken = self.account.holds.iter().filter(|hold| {
            hold.kind == HoldKind::Promise
                && hold.ended.as_ref().is_some_and(|end| end.how == HoldOutcome::Broken)
                && items.iter().any(|item| hold.covers(*item))
        });
        let was_asked_before = self.account.holds.iter().any(|hold| {
            hold.kind == HoldKind::Promise && hold.named_day.is_none() && items.iter().any(|item| hold.covers(*item))
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
            // "A gennaio": a text that asks for the day would chase before the year has begun.
            None if self.next_year().is_some() => {
                course = Course::Pause(self.pause_until_looked_at());
                ask(CaseKind::Deferral, "Payment is put off to the next year, without a day".to_owned())
            }
            None if was_asked_before => ask(
                CaseKind::BrokenPromise,
                "A promise without a day was made before, and no day was named since".to_owned(),
            ),
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
        self.conclude(gate, Conclusion { disposition, course, answer, barrier, reason })
    }

    pub(super) fn defer(&self, gate: &Gate) -> Judgement {
        let disposition = Disposition::ApplyDeferralPolicy;
        let until = self.reading.facts.promised_date;
        let refusal = deferral::beyond_limits(self.account, &self.certain, until, self.amount(), self.world);
        let refusal = match gate {
            _ if self.reading.facts.instalments.is_some() => Some("Instalments are the owner's to agree".to_owned()),
            Gate::Full(_) => refusal,
            Gate::Limited(_) | Gate::Refused => Some("The sender is not proven".to_owned()),
        };
        let blocked = gate::answer_barrier(self.reading, self.account, &ids(&self.certain), gate, self.world);
        let blocked = blocked.or_else(|| credit::barrier(self.account, &ids(&self.certain)));
        let answer = self.answer(gate, "deferral_granted", Purpose::Deferral);
        match (refusal.or(blocked), until) {
            // Nothing is granted that is not also said: a deferral that cannot be confirmed goes to the owner whole.
            (Some(why), _) => {
                let judged = self.owner(CaseKind::Deferral, why.clone(), self.pause_until_looked_at());
                let reason = format!("The customer asks for more time; the owner decides: {}", lower_first(&why));
                Judgement { disposition, reason, ..judged }
            }
            (None, None) => self.owner(CaseKind::Deferral, "No day was named".to_owned(), self.pause_until_looked_at()),
            (None, Some(until)) => {
                let answer = answer.map(|answer| Answer { named_day: Some(until), amount: self.open_sum(), ..answer });
                let reason = format!("The customer asks for time until {until}, which lies within the limits");
                let course = Course::Defer { items: ids(&self.certain), until };
                self.conclude(gate, Conclusion { disposition, course, answer, barrier: None, reason })
            }
        }
    }

    pub(super) fn invoice(&self, gate: &Gate) -> Judgement {
        let disposition = Disposition::ResendInvoice;
        let items = self.matched();
        let meant: Vec<&Receivable> = items.iter().filter_map(|id| self.account.receivable(*id)).collect();
        let proforma = meant.iter().any(|item| item.kind == ReceivableKind::Proforma);
        let handed_over = meant.iter().any(|item| item.closure == Some(Closure::HandedOver));
        let missing: Vec<&ReceivableId> = items.iter().filter(|id| !self.world.documents.contains(id)).collect();
        let barrier = if self.account.customer.is_confidential() {
            Some((CaseKind::AnswerYourself, CONFIDENTIAL.to_owned()))
        } else if handed_over {
            Some((CaseKind::AnswerYourself, "It lies with a lawyer or an agency: whoever has it answers".to_owned()))
        } else if !meant.is_empty() && meant.iter().all(|item| item.is_settled()) {
            let why = "Nothing of it is open, and the text with the copy asks for payment".to_owned();
            Some((CaseKind::AnswerYourself, why))
        } else if proforma {
            Some((CaseKind::DocumentMissing, "It is a proforma: the invoice may not exist yet".to_owned()))
        } else if missing.is_empty() {
            None
        } else {
            Some((CaseKind::DocumentMissing, "The invoice as it was first sent is not kept".to_owned()))
        };
        let answer = self.answer(gate, "resend_invoice", Purpose::ResendInvoice);
        let answer = answer.map(|answer| Answer { attach: items.clone(), items, ..answer });
        let reason = "The customer asks for the invoice again".to_owned();
        self.conclude(gate, Conclusion { disposition, course: Course::Nothing, answer, barrier, reason })
    }

    pub(super) fn bank_details(&self, gate: &Gate) -> Judgement {
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
        self.conclude(
            gate,
            Conclusion { disposition: Disposition::SendBankDetails, course: Course::Nothing, answer, barrier, reason },
        )
    }

    pub(super) fn statement(&self, gate: &Gate) -> Judgement {
        // What was sold is not owed to us any more.
        let open = self.account.open_items().into_iter().filter(|item| item.collected_by() != Collection::Factored);
        let items: Vec<ReceivableId> = open.map(|item| item.id).collect();
        let barrier = match gate {
            _ if self.account.customer.is_confidential() => Some(CONFIDENTIAL),
            _ if self.reading.facts.as_at.is_some() => Some("The list is of today, and another day is asked about"),
            Gate::Full(_) if !items.is_empty() => None,
            Gate::Full(_) => Some("Nothing is open that is owed to us"),
            Gate::Limited(_) | Gate::Refused => Some("The sender is not proven"),
        };
        let barrier = barrier.map(|why| (CaseKind::AnswerYourself, why.to_owned()));
        let answer = self.answer(gate, "statement", Purpose::Statement).map(|answer| Answer { items, ..answer });
        let reason = "The customer asks for the list of what is open".to_owned();
        self.conclude(
            gate,
            Conclusion { disposition: Disposition::SendStatement, course: Course::Nothing, answer, barrier, reason },
        )
    }

    /// Every matched receivable, also one that is paid: its invoice may be asked for all the same.
    fn matched(&self) -> Vec<ReceivableId> {
        let mut items: Vec<ReceivableId> = self.reading.certain_items().collect();
        items.sort_unstable();
        items.dedup();
        items
    }
}

/// Of patients and of clients of lawyers nothing of what was done leaves by itself: neither a document nor a list.
const CONFIDENTIAL: &str = "The customer is confidential: documents and lists are the owner's to send";

/// For a sentence inside a sentence.
pub(super) fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
