//! A customer account: everything that policy decides on, and how a change alters it.

use super::calendar;
use super::case::Case;
use super::change::{Change, StepTaken};
use super::credit::Credit;
use super::customer::Customer;
use super::exchange;
use super::hold::{Hold, HoldEnd, HoldKind};
use super::ids::{Address, HoldId, MessageIdentity, OutboxId, ReceivableId};
use super::mail::{OutboxRow, StepRef};
use super::money::{Currency, Money, total};
use super::receivable::{Closure, Receivable};
use super::words::Purpose;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// All that is known of one customer. State only: built from the journal by [`Account::apply`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Who.
    pub customer: Customer,
    /// What is or was owed, by id.
    pub receivables: Vec<Receivable>,
    /// Every hold ever, by id.
    pub holds: Vec<Hold>,
    /// Every step taken, in the order taken.
    pub steps: Vec<StepTaken>,
    /// Steps that the owner did not want.
    pub declined: Vec<StepRef>,
    /// Open questions to the owner.
    pub cases: Vec<Case>,
    /// Mails of ours that left, oldest first.
    pub sent: Vec<SentMail>,
    /// Remarks of the owner.
    pub notes: Vec<String>,
    /// When the customer last wrote.
    pub customer_wrote: Option<DateTime<Utc>>,
    /// When the owner last wrote to them by hand.
    pub owner_wrote: Option<DateTime<Utc>>,
    /// Messages already decided on: a second reading of the same one changes nothing.
    pub understood: Vec<MessageIdentity>,
    /// Rows of the outbox that are not over. Filled by the store; not part of the journal.
    #[serde(skip)]
    pub pending: Vec<OutboxRow>,
}

/// A mail of ours that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMail {
    /// What for.
    pub purpose: Purpose,
    /// When.
    pub at: DateTime<Utc>,
    /// To whom.
    pub to: Vec<Address>,
    /// About what.
    pub items: Vec<ReceivableId>,
    /// The instalments that it proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalSent>,
}

/// Which proposal left with which mail: what a customer's word of acceptance is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalSent {
    /// The hold with the parts.
    pub hold: HoldId,
    /// The mail.
    pub outbox: OutboxId,
}

super::words::word!(
    /// The one word shown for a receivable, by a stated precedence: the first that is true.
    Status {
        /// Not issued yet.
        Planned = "planned",
        /// A credit note of which something reduces no invoice.
        Credit = "credit",
        /// Nothing left to pay.
        Paid = "paid",
        /// Nothing left to pay, and no money came: it was set off.
        SetOff = "set_off",
        /// Given up.
        WrittenOff = "written_off",
        /// With a lawyer or an agency.
        HandedOver = "handed_over",
        /// Gone from the books by the owner's word.
        Withdrawn = "withdrawn",
        /// A hold of kind legal.
        Legal = "legal",
        /// A hold of kind hostile.
        Hostile = "hostile",
        /// A hold of kind disputed.
        Disputed = "disputed",
        /// A hold of kind waiting-for-us.
        WaitingForUs = "waiting_for_us",
        /// A hold of kind claimed.
        Claimed = "claimed",
        /// A hold of kind promise.
        Promised = "promised",
        /// A hold of kind deferral or plan.
        Deferred = "deferred",
        /// A question is open to the owner, or the owner is writing.
        WithOwner = "with_owner",
        /// Any other hold.
        Paused = "paused",
        /// Missing from the last import.
        Missing = "missing",
        /// Some of it is paid, the rest is overdue or open.
        PartlyPaid = "partly_paid",
        /// Some of it was set off, no money came, the rest is overdue or open.
        PartlySetOff = "partly_set_off",
        /// Past its day.
        Overdue = "overdue",
        /// Not due yet.
        Open = "open",
    }
);

impl Account {
    /// An account without anything in it yet.
    #[must_use]
    pub const fn new(customer: Customer) -> Self {
        Self {
            customer,
            receivables: Vec::new(),
            holds: Vec::new(),
            steps: Vec::new(),
            declined: Vec::new(),
            cases: Vec::new(),
            sent: Vec::new(),
            notes: Vec::new(),
            customer_wrote: None,
            owner_wrote: None,
            understood: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// One receivable.
    #[must_use]
    pub fn receivable(&self, id: ReceivableId) -> Option<&Receivable> {
        self.receivables.iter().find(|receivable| receivable.id == id)
    }

    /// What the owner calls these, in their order; see [`super::receivable::ReceivableKey::name`].
    #[must_use]
    pub fn names(&self, items: &[ReceivableId]) -> Vec<String> {
        items.iter().filter_map(|id| self.receivable(*id)).map(|item| item.key.name().into_owned()).collect()
    }

    /// Receivables with something left to pay, oldest due date first, then by id. Credit notes are not among them, nor
    /// documents that are not issued yet.
    #[must_use]
    pub fn open_items(&self) -> Vec<&Receivable> {
        let mut items: Vec<_> = self.receivables.iter().filter(|r| !r.is_settled() && r.is_owed()).collect();
        items.sort_by_key(|receivable| (receivable.due, receivable.id));
        items
    }

    /// The day by which a receivable is to be paid: its due date, or the later day that was granted instead.
    #[must_use]
    pub fn agreed_day(&self, item: &Receivable) -> NaiveDate {
        if item.cycle == 0 {
            return item.due;
        }
        self.holds
            .iter()
            .filter(|hold| hold.kind == HoldKind::Deferral && hold.covers(item.id))
            .filter_map(|hold| hold.named_day)
            .max()
            .map_or(item.due, |granted| granted.max(item.due))
    }

    /// The last day on which nobody who reads the terms of payment can be called late; the agreed day where they have one
    /// reading. A public body is not late before its time by law is over, whatever the books say, unless a day was agreed
    /// with it.
    #[must_use]
    pub fn tolerated_day(&self, item: &Receivable) -> NaiveDate {
        let agreed = self.agreed_day(item);
        let lawful = exchange::lawful_day(&self.customer, item).filter(|_| agreed == item.due);
        [item.tolerated_until, lawful].into_iter().flatten().fold(agreed, Ord::max)
    }

    /// What is open in one currency.
    #[must_use]
    pub fn open_total(&self, currency: Currency) -> Money {
        let open: Vec<Money> = self.open_items().iter().map(|receivable| receivable.open()).collect();
        total(currency, &open)
    }

    /// Holds that hold on a day, strongest first.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> Vec<&Hold> {
        let mut holds: Vec<_> = self.holds.iter().filter(|hold| hold.holds_on(day)).collect();
        holds.sort_by_key(|hold| (hold.kind, hold.id));
        holds
    }

    /// Is anything of it still to be paid?
    #[must_use]
    pub fn is_open(&self, id: ReceivableId) -> bool {
        self.receivable(id).is_some_and(|item| !item.is_settled())
    }

    /// What is open of each of these; of a closed one nothing.
    #[must_use]
    pub fn open_of(&self, items: &[ReceivableId]) -> Vec<Money> {
        items.iter().filter_map(|id| self.receivable(*id)).map(Receivable::open).collect()
    }

    /// The strongest hold on a receivable on a day.
    #[must_use]
    pub fn hold_of(&self, receivable: ReceivableId, day: NaiveDate) -> Option<&Hold> {
        self.holds_on(day).into_iter().find(|hold| hold.covers(receivable))
    }

    /// The number for the next hold.
    #[must_use]
    pub fn next_hold_id(&self) -> HoldId {
        HoldId(self.holds.iter().map(|hold| hold.id.0).max().unwrap_or(0).saturating_add(1))
    }

    /// Was this step taken in the receivable's present cycle?
    #[must_use]
    pub fn has_taken(&self, step: &StepRef) -> bool {
        self.steps.iter().any(|taken| taken.step == *step)
    }

    /// Steps taken for a receivable in its present cycle, in the order taken.
    #[must_use]
    pub fn steps_of(&self, receivable: &Receivable) -> Vec<&StepTaken> {
        self.steps
            .iter()
            .filter(|taken| taken.step.receivable == receivable.id && taken.step.cycle == receivable.cycle)
            .collect()
    }

    /// The word shown for a receivable on a day.
    #[must_use]
    pub fn status(&self, receivable: &Receivable, day: NaiveDate) -> Status {
        match receivable.closure {
            Some(Closure::WrittenOff) => return Status::WrittenOff,
            Some(Closure::HandedOver) => return Status::HandedOver,
            Some(Closure::Withdrawn) => return Status::Withdrawn,
            None => {}
        }
        if receivable.kind == super::receivable::ReceivableKind::Planned {
            return Status::Planned;
        }
        if self.credit_in_doubt(receivable).is_positive() {
            return Status::Credit;
        }
        let came = receivable.received().is_positive();
        if receivable.is_settled() {
            return if receivable.set_off().is_positive() && !came { Status::SetOff } else { Status::Paid };
        }
        if let Some(hold) = self.hold_of(receivable.id, day) {
            return match hold.kind {
                HoldKind::Legal => Status::Legal,
                HoldKind::Hostile => Status::Hostile,
                HoldKind::Disputed => Status::Disputed,
                HoldKind::WaitingForUs => Status::WaitingForUs,
                HoldKind::Claimed => Status::Claimed,
                HoldKind::Promise => Status::Promised,
                HoldKind::Deferral | HoldKind::Plan => Status::Deferred,
                HoldKind::OwnerActive | HoldKind::Review => Status::WithOwner,
                HoldKind::Proposal | HoldKind::Absence | HoldKind::Paused => Status::Paused,
            };
        }
        if receivable.missing_since.is_some() {
            return Status::Missing;
        }
        if receivable.paid().is_positive() {
            return if came { Status::PartlyPaid } else { Status::PartlySetOff };
        }
        if self.is_past_its_day(receivable, day) { Status::Overdue } else { Status::Open }
    }

    /// Is its day over, as whoever owes it may read its terms, and for a public body its time by law?
    #[must_use]
    pub fn is_past_its_day(&self, receivable: &Receivable, day: NaiveDate) -> bool {
        day > self.tolerated_day(receivable)
    }

    /// The first day on which money due on `due` can be called late: the due date when banks work, else the next
    /// banking day.
    #[must_use]
    pub fn last_day_in_time(due: NaiveDate) -> NaiveDate {
        calendar::plus_banking_days(due, 0)
    }

    /// Alters the account by one change. Changes about things that do not exist change nothing, so that a history
    /// with an order taken out (`undo`) still adds up.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::CustomerSet { customer } => self.customer = (**customer).clone(),
            Change::ReceivableSet { receivable } => self.set_receivable(receivable),
            Change::ReceivableMissing { receivable, on } => {
                self.with(*receivable, |r| r.missing_since = r.missing_since.or(Some(*on)));
            }
            Change::ReceivableFound { receivable } => self.with(*receivable, |r| r.missing_since = None),
            Change::PaymentRecorded { receivable, payment } => {
                self.with(*receivable, |r| r.payments.push(payment.clone()));
            }
            Change::PaymentsKnown { up_to } => {
                for receivable in &mut self.receivables {
                    receivable.payments_known_up_to = receivable.payments_known_up_to.max(Some(*up_to));
                }
            }
            Change::CreditLinked { receivable, applied } => {
                self.with(*receivable, |r| r.credit.set(applied.clone()));
            }
            Change::CameBack { receivable, on } => self.with(*receivable, |r| r.came_back = Some(*on)),
            Change::CreditDecided { note } => self.with(*note, |r| r.credit.decided = true),
            Change::Closed { receivable, how } => self.with(*receivable, |r| r.closure = Some(*how)),
            Change::Released { receivable } => self.with(*receivable, |r| r.released = true),
            Change::HoldPlaced { hold } => self.holds.push(hold.clone()),
            Change::HoldEnded { hold, at, how } => {
                if let Some(hold) = self.holds.iter_mut().find(|h| h.id == *hold && h.ended.is_none()) {
                    hold.ended = Some(HoldEnd { at: *at, how: *how });
                }
            }
            Change::StepTaken(taken) => {
                if !self.has_taken(&taken.step) {
                    self.steps.push(taken.clone());
                }
            }
            Change::CycleBegun { receivable } => self.with(*receivable, |r| r.cycle = r.cycle.saturating_add(1)),
            Change::CustomerWrote { at, .. } => self.customer_wrote = self.customer_wrote.max(Some(*at)),
            Change::OwnerWrote { at, .. } => self.owner_wrote = self.owner_wrote.max(Some(*at)),
            Change::Understood { message, .. } => {
                if !self.understood.contains(message) {
                    self.understood.push(*message);
                }
            }
            Change::MailSent { outbox, purpose, at, to, items, proposes } => {
                let proposal = proposes.map(|hold| ProposalSent { hold, outbox: *outbox });
                let (to, items) = (to.clone(), items.clone());
                self.sent.push(SentMail { purpose: *purpose, at: *at, to, items, proposal });
            }
            Change::ContactBounced { address } => self.mark_bounced(address, true),
            Change::ContactRestored { address } => self.mark_bounced(address, false),
            Change::CaseOpened { case } => self.cases.push(case.clone()),
            Change::CaseClosed { case, at } => {
                if let Some(case) = self.cases.iter_mut().find(|c| c.id == *case) {
                    case.closed = case.closed.or(Some(*at));
                }
            }
            Change::Noted { text, .. } => self.notes.push(text.clone()),
            Change::StepDeclined { step, .. } => {
                if !self.declined.contains(step) {
                    self.declined.push(step.clone());
                }
            }
        }
    }

    /// Questions still open to the owner.
    pub fn open_cases(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| case.closed.is_none())
    }

    fn with(&mut self, id: ReceivableId, alter: impl FnOnce(&mut Receivable)) {
        if let Some(receivable) = self.receivables.iter_mut().find(|receivable| receivable.id == id) {
            alter(receivable);
        }
    }

    fn mark_bounced(&mut self, address: &Address, bounced: bool) {
        for contact in self.customer.contacts.iter_mut().filter(|contact| contact.address == *address) {
            contact.bounced = bounced;
        }
    }

    /// An import brings particulars up to date; what happened since (payments, cycle, closure, release) stays.
    fn set_receivable(&mut self, new: &Receivable) {
        if let Some(old) = self.receivables.iter_mut().find(|receivable| receivable.id == new.id) {
            let known_up_to = old.payments_known_up_to.max(new.payments_known_up_to);
            *old = Receivable {
                payments: std::mem::take(&mut old.payments),
                closure: old.closure,
                missing_since: None,
                known_since: old.known_since,
                payments_known_up_to: known_up_to,
                released: old.released,
                came_back: old.came_back,
                cycle: old.cycle,
                exchange: new.exchange.clone().over(std::mem::take(&mut old.exchange)),
                credit: Credit { named: new.credit.named.clone(), ..std::mem::take(&mut old.credit) },
                ..new.clone()
            };
        } else {
            self.receivables.push(new.clone());
        }
    }
}
