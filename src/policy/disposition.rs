//! What a message calls for. Here it is only judged; `message_read` carries it out.

use super::World;
use super::gate::{self, Gate};
use super::judgement::{Course, Judgement, Pause, Question};
use super::proposal;
use super::refund;
use super::steps;
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::event::Order;
use crate::ledger::ids::ReceivableId;
use crate::ledger::money::{Money, total};
use crate::ledger::reading::{Reading, Warning, Writer};
use crate::ledger::receivable::Receivable;
use crate::ledger::words::{Certainty, Disposition, Intent, MessageKind};

/// Judges a mail of this account.
pub(super) fn judge(reading: &Reading, account: &Account, world: &World<'_>) -> Judgement {
    let sight = Sight::new(reading, account, world);
    if let Some((disposition, reason)) = machine_disposition(reading) {
        return sight.machine(disposition, reason);
    }
    proposal::heard(&sight, sight.person())
}

const IN_PART: &str = "Part of the mail is not understood and could matter";
const PERSONAL_DATA: &str = "The writer asks about personal data";
/// Risk before routine: the order in which a mixed mail is looked at.
const RISKS: [(Intent, CaseKind); 4] = [
    (Intent::Legal, CaseKind::Legal),
    (Intent::BankDetailsVerification, CaseKind::BankDetailsVerification),
    (Intent::Hostile, CaseKind::Hostile),
    (Intent::Dispute, CaseKind::Dispute),
];

pub(super) fn risk(reading: &Reading) -> Option<(Intent, CaseKind)> {
    RISKS.into_iter().find(|(intent, _)| reading.wants(*intent))
}

pub(super) fn is_plain_unrelated(reading: &Reading) -> bool {
    is_only(reading, Intent::Unrelated)
}

pub(super) fn is_only(reading: &Reading, intent: Intent) -> bool {
    !reading.intents.is_empty() && reading.intents.iter().all(|found| found.intent == intent) && !is_guessed(reading)
}

/// The text is not what it seems, or wants to be obeyed.
pub(super) fn deceives(reading: &Reading) -> bool {
    const SIGNS: [Warning; 4] =
        [Warning::InstructionToMachine, Warning::HiddenText, Warning::ForeignIban, Warning::SeveralAuthors];
    reading.warnings.iter().any(|warning| SIGNS.contains(warning))
}

/// Nothing was understood for sure: what a guess says is never reason enough to do nothing.
pub(super) fn is_guessed(reading: &Reading) -> bool {
    reading.intents.iter().all(|found| found.confidence.as_percent() <= LEAST_CONFIDENCE)
}

/// What a machine's mail calls for; `None` for a person's. A risk said by a machine is a person's to look at.
pub(super) fn machine_disposition(reading: &Reading) -> Option<(Disposition, &'static str)> {
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
        // The person has left: the owner finds out who comes after.
        MessageKind::AutoReply if reading.wants(Intent::ContactChange) => None,
        MessageKind::AutoReply | MessageKind::Receipt | MessageKind::Notification => {
            Some((Disposition::Ignore, "A machine wrote it; nothing automatic is answered"))
        }
        MessageKind::Other if is_guessed(reading) || is_plain_unrelated(reading) => {
            Some((Disposition::Ignore, "It is no answer of a person and has nothing to do with a receivable"))
        }
        MessageKind::Reply if is_only(reading, Intent::AutoReply) && !deceives(reading) => {
            Some((Disposition::Ignore, "A machine wrote it; nothing automatic is answered"))
        }
        _ => None,
    }
}

/// A reading, seen from an account.
pub(super) struct Sight<'a> {
    pub(super) reading: &'a Reading,
    pub(super) account: &'a Account,
    pub(super) world: &'a World<'a>,
    /// Open receivables that the mail is certainly about.
    pub(super) certain: Vec<&'a Receivable>,
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
            Disposition::RouteToOwner if is_bounce => {
                let dead = self.reading.bounce.as_ref().and_then(|bounce| bounce.recipient.as_ref());
                let why = dead.map_or_else(|| reason.to_owned(), |to| format!("A mail to {to} could not be delivered"));
                (Course::Bounced, Some(Question { kind: CaseKind::Bounced, why, suggestions: Vec::new() }))
            }
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
            let pause = if kind == CaseKind::BankDetailsVerification { self.fraud_pause() } else { self.pause() };
            return self.owner(kind, why, pause);
        }
        if reading.facts.personal_data {
            return self.owner(CaseKind::AnswerYourself, PERSONAL_DATA.to_owned(), self.pause());
        }
        if let Some(judged) = self.money_back() {
            return judged;
        }
        if is_plain_unrelated(reading) {
            let is_theirs = matches!(reading.writer, Writer::OnFile | Writer::SameOrganisation);
            if !is_theirs && !reading.matched.known_thread {
                return Judgement::nothing("It has nothing to do with a receivable");
            }
            let why = "A customer wrote about something else".to_owned();
            return self.owner_without_pause(CaseKind::Unrelated, why);
        }
        if !gate::is_certain_customer(reading, self.account) {
            let why = "It is not certain that this customer wrote".to_owned();
            return self.claim_or(self.owner(CaseKind::WhichReceivable, why, self.stranger_pause()));
        }
        if reading.kind == MessageKind::AutoReply && reading.wants(Intent::ContactChange) {
            let why = "A machine's answer says that somebody else is to be written to".to_owned();
            return self.owner(CaseKind::ContactChange, why, Pause::Short(self.touched.clone()));
        }
        if reading.kind != MessageKind::Reply {
            let why = "A machine sent it, but it asks for something".to_owned();
            return self.owner(CaseKind::NotUnderstood, why, Pause::Short(self.touched.clone()));
        }
        match self.single() {
            Wish::Nothing if reading.unread.is_empty() && !is_guessed(reading) => {
                Judgement::nothing("The writer only says thanks or that it was received")
            }
            Wish::Nothing => {
                let why = "No rule understands what the customer wants".to_owned();
                self.owner(CaseKind::NotUnderstood, why, self.pause())
            }
            Wish::Several if let Some(judged) = self.part_and_rest() => self.called_for(judged),
            Wish::Several => {
                let why = "The mail wants several things at once".to_owned();
                self.called_for(self.owner(CaseKind::Mixed, why, self.pause()))
            }
            Wish::One(intent) => self.routine(intent),
        }
    }

    /// The owner answers, and yet the mail calls for what its primary wish calls for (`docs/reading.md`, mixed mails).
    fn called_for(&self, judged: Judgement) -> Judgement {
        let confident =
            self.reading.intents.first().is_some_and(|found| found.confidence.as_percent() >= LEAST_CONFIDENCE);
        let disposition = match self.reading.primary() {
            // The owner is asked: that is not nothing to do.
            Some(intent) if confident && disposition_of(intent) != Disposition::Ignore => disposition_of(intent),
            _ => Disposition::RouteToOwner,
        };
        Judgement { disposition, answer: None, ..judged }
    }

    /// Who says nothing but that it was paid gives nothing away and asks for nothing: the owner confirms, whoever wrote.
    fn claim_or(&self, judged: Judgement) -> Judgement {
        let claims = matches!(self.single(), Wish::One(Intent::PaymentMade)) && !self.reading.facts.set_off;
        if claims { self.called_for(judged) } else { judged }
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
            Intent::Dispute if self.reading.facts.credit_note => Pause::CreditNoteDue(self.touched.clone()),
            Intent::Dispute => Pause::Disputed(self.touched.clone()),
            _ => self.fraud_pause(),
        };
        let why = match intent {
            Intent::Legal => "A lawyer, an insolvency or a formal notice is named",
            Intent::Hostile => "The writer threatens or asks us to stop writing",
            Intent::Dispute => refund::contested(&self.reading.facts).1,
            _ => "The mail speaks of a change of bank details: fraud may be near",
        };
        let kind = if intent == Intent::Dispute { refund::contested(&self.reading.facts).0 } else { kind };
        let judged = self.owner(kind, why.to_owned(), pause);
        if intent != Intent::Dispute {
            return judged;
        }
        match self.acknowledgement(intent, certain_writer) {
            Ok(answer) => Judgement { answer: Some(answer), ..judged },
            Err(why) => Judgement { reason: format!("{}; no acknowledgement: {why}", judged.reason), ..judged },
        }
    }

    fn routine(&self, intent: Intent) -> Judgement {
        let confidence = self.reading.intents.first().map_or(0, |found| found.confidence.as_percent());
        if confidence <= LEAST_CONFIDENCE {
            return self.called_for(self.owner(
                CaseKind::NotUnderstood,
                IN_PART.to_owned(),
                self.pause_until_looked_at(),
            ));
        }
        if !self.reading.unread.is_empty()
            && let Some(kind) = question_about(intent)
        {
            return self.called_for(self.owner(kind, IN_PART.to_owned(), self.pause_until_looked_at()));
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
                return self.claim_or(self.owner(CaseKind::WhichReceivable, why, self.pause()));
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
        if let Some(judged) = self.by_hand(intent).or_else(|| self.only_a_habit(intent, &gate)) {
            return judged;
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

/// What the owner is asked where the wish is clear and words beside it are not; `None` where the wish is the owner's anyway,
/// or a claim, which is held whatever stands beside it.
const fn question_about(intent: Intent) -> Option<CaseKind> {
    match intent {
        Intent::PaymentMade | Intent::ReferenceRequest | Intent::ContactChange | Intent::InstalmentRequest => None,
        Intent::DeferralRequest => Some(CaseKind::Deferral),
        Intent::InvoiceRequest | Intent::BankDetailsRequest | Intent::StatementRequest => {
            Some(CaseKind::AnswerYourself)
        }
        _ => Some(CaseKind::NotUnderstood),
    }
}

/// What one wish calls for by itself.
pub(super) const fn disposition_of(intent: Intent) -> Disposition {
    match intent {
        Intent::PaymentMade | Intent::PaymentNotification => Disposition::ConfirmPayment,
        Intent::PromiseToPay => Disposition::RecordPromise,
        Intent::DeferralRequest | Intent::InstalmentRequest => Disposition::ApplyDeferralPolicy,
        Intent::InvoiceRequest => Disposition::ResendInvoice,
        Intent::BankDetailsRequest => Disposition::SendBankDetails,
        Intent::StatementRequest => Disposition::SendStatement,
        Intent::AutoReply | Intent::Acknowledgement => Disposition::Ignore,
        Intent::Dispute
        | Intent::ReferenceRequest
        | Intent::ContactChange
        | Intent::BankDetailsVerification
        | Intent::Legal
        | Intent::Hostile
        | Intent::Bounce
        | Intent::Unrelated => Disposition::RouteToOwner,
    }
}

/// Below this a finding says nothing; at this it is a guess, which says what a mail calls for and never answers it.
pub(super) const LEAST_CONFIDENCE: u8 = 50;
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
        if rivals.is_empty() { Wish::One(first.intent) } else { Wish::Several }
    }

    /// No item, or one that is only likely.
    fn is_uncertain(&self) -> bool {
        let items = &self.reading.matched.items;
        items.is_empty()
            || items
                .iter()
                .any(|item| item.certainty != Certainty::Certain || self.account.receivable(item.receivable).is_none())
    }

    pub(super) fn owner(&self, kind: CaseKind, why: String, pause: Pause) -> Judgement {
        // What is settled needs no pause; a lawyer or a threat also speaks of invoices yet to come.
        let settled = !self.reading.matched.items.is_empty() && self.touched.is_empty();
        let is_lasting = matches!(&pause, Pause::Legal | Pause::Hostile);
        let is_idle = !is_lasting && (settled || self.account.open_items().is_empty());
        let course = if is_idle { Course::Nothing } else { Course::Pause(pause) };
        let suggestions = self.suggestions(&course);
        Judgement {
            disposition: Disposition::RouteToOwner,
            course,
            answer: None,
            question: Some(Question { kind, why: why.clone(), suggestions }),
            reason: why,
        }
    }

    fn owner_without_pause(&self, kind: CaseKind, why: String) -> Judgement {
        let question = Some(Question { kind, why: why.clone(), suggestions: self.suggestions(&Course::Nothing) });
        let disposition = Disposition::RouteToOwner;
        Judgement { disposition, course: Course::Nothing, answer: None, question, reason: why }
    }

    /// Open receivables that the mail may be about.
    pub(super) fn touched(&self) -> &[ReceivableId] {
        &self.touched
    }

    /// The receivables touched, else the whole customer.
    pub(super) fn pause(&self) -> Pause {
        Pause::Review(self.touched.clone())
    }

    /// The same; where the customer waits for something and names no day, with a day to look again.
    pub(super) fn pause_until_looked_at(&self) -> Pause {
        match self.look_again_on() {
            Some(on) if !self.touched.is_empty() => Pause::LookAgain(self.touched.clone(), on),
            _ => self.pause(),
        }
    }

    /// Where somebody forges mails between the customer and us, no mail of ours is safe: all of it waits until the owner has
    /// telephoned. Who only names an invoice stops no more than that.
    fn fraud_pause(&self) -> Pause {
        let is_theirs = gate::is_certain_customer(self.reading, self.account)
            && (matches!(self.reading.writer, Writer::OnFile | Writer::SameOrganisation)
                || self.reading.matched.known_thread);
        if is_theirs { Pause::Review(Vec::new()) } else { self.pause() }
    }

    /// Somebody unknown in a thread of ours may stop the reminders until the owner looked; anybody else only briefly.
    pub(super) fn stranger_pause(&self) -> Pause {
        if self.reading.matched.known_thread { self.pause() } else { Pause::Short(self.touched.clone()) }
    }

    pub(super) fn amount(&self) -> Option<Money> {
        self.reading.facts.amounts.first().copied()
    }

    pub(super) fn open_sum(&self) -> Option<Money> {
        let open: Vec<Money> = self.certain.iter().map(|item| item.open()).collect();
        let first = open.first()?;
        open.iter().all(|money| money.currency == first.currency).then(|| total(first.currency, &open))
    }

    /// The amount named is what is open (or one of the items, or all amounts together), up to a small remainder.
    pub(super) fn is_amount_whole(&self) -> bool {
        let (Some(named), Some(sum)) = (self.amount(), self.open_sum()) else { return self.amount().is_none() };
        let remainder = self.world.policy.limits.small_remainder.cents;
        let is_near = |a: Money, b: Money| {
            a.currency == b.currency && a.cents.saturating_sub(b.cents).saturating_abs() <= remainder
        };
        let all = total(named.currency, &self.reading.facts.amounts);
        is_near(named, sum) || is_near(all, sum)
    }
}

pub(super) fn ids(items: &[&Receivable]) -> Vec<ReceivableId> {
    items.iter().map(|item| item.id).collect()
}
