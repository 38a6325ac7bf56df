//! A small office for tests: one account, its outbox and a clock, driven only through the door of `policy`.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use sollecito::ledger::account::Account;
use sollecito::ledger::credit::Credit;
use sollecito::ledger::customer::{Contact, ContactRole, Customer};
use sollecito::ledger::decision::Decision;
use sollecito::ledger::event::{Delivery, DeliveryOutcome, Event};
use sollecito::ledger::ids::{Address, CaseId, CustomerId, MessageIdentity, OutboxId, ReceivableId, RfcId, RuleId};
use sollecito::ledger::mail::{MailPlan, OutboxRow, OutboxState};
use sollecito::ledger::moment::Moment;
use sollecito::ledger::money::Money;
use sollecito::ledger::reading::{Clue, CustomerMatch, Facts, IntentFinding, ItemMatch, Match, Reading, Writer};
use sollecito::ledger::receivable::{Collection, Receivable, ReceivableKey, ReceivableKind};
use sollecito::ledger::words::{
    Authenticity, Certainty, Confidence, DebtorKind, Intent, Language, MessageKind, Mode, Purpose, Register,
};
use sollecito::policy::terms::Policy;
use sollecito::policy::{Conditions, Recheck, Reminders, World, decide, recheck};
use std::collections::BTreeSet;

/// A mail that left, as the customer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    pub at: DateTime<Utc>,
    pub plan: MailPlan,
    /// The account as it was just before.
    pub account: Account,
    /// All sending was halted.
    pub halted: bool,
    /// A person approved it.
    pub approved: bool,
    /// When the owner was last handed a list of what would leave.
    pub told: Option<DateTime<Utc>>,
}

pub struct Office {
    pub policy: Policy,
    pub account: Account,
    pub outbox: Vec<OutboxRow>,
    pub documents: BTreeSet<ReceivableId>,
    pub now: DateTime<Utc>,
    pub left: Vec<Left>,
    pub halted: bool,
    /// When the owner was last handed a list of what would leave, with everything on it.
    pub told: Option<DateTime<Utc>>,
    next_case: i64,
}

pub fn customer(kind: DebtorKind) -> Customer {
    Customer {
        id: CustomerId(1),
        external_id: Some("K1".to_owned()),
        name: "Carpenteria Beltrami".to_owned(),
        vat_number: None,
        tax_code: None,
        kind,
        language: Language::Italian,
        register: Register::Formal,
        country: Some("IT".to_owned()),
        contacts: vec![contact("anna@beltrami.example", ContactRole::Primary)],
        vip: false,
        do_not_contact: false,
        phone: None,
        payment_day: None,
        arranged: sollecito::ledger::arranged::Arranged::default(),
    }
}

pub fn contact(address: &str, role: ContactRole) -> Contact {
    Contact { address: Address::parse(address).expect("an address"), name: None, role, bounced: false }
}

pub fn receivable(number: i64, due: NaiveDate, cents: i64, known_since: NaiveDate) -> Receivable {
    Receivable {
        id: ReceivableId(number),
        customer: CustomerId(1),
        key: ReceivableKey {
            issuer: "Studio Ferri".to_owned(),
            number: number.to_string(),
            issued: due - Duration::days(30),
            instalment: 0,
        },
        kind: ReceivableKind::Invoice,
        due,
        amount: Money::eur(cents),
        credited: Money::eur(0),
        payments: Vec::new(),
        description: None,
        contract: None,
        bank_account: None,
        collection: Collection::Own,
        closure: None,
        missing_since: None,
        known_since,
        payments_known_up_to: None,
        released: false,
        cycle: 0,
        credit: Credit::default(),
        terms: None,
        tolerated_until: None,
        came_back: None,
        exchange: sollecito::ledger::exchange::Exchange::default(),
    }
}

/// A person's mail about some receivables, proven and from the contact on file.
pub fn reading(number: u8, received: DateTime<Utc>, intents: &[Intent], items: &[i64]) -> Reading {
    let mut identity = [0_u8; 32];
    identity[0] = number;
    identity[31] = number.wrapping_mul(37);
    let certain = Certainty::Certain;
    Reading {
        identity: MessageIdentity(identity),
        rfc_id: RfcId::parse(&format!("m{number}@beltrami.example")),
        references: Vec::new(),
        received,
        day: received.with_timezone(&chrono_tz::Europe::Rome).date_naive(),
        from: Address::parse("anna@beltrami.example"),
        from_name: None,
        subject: "Re: Fattura".to_owned(),
        kind: MessageKind::Reply,
        authenticity: Authenticity::Pass,
        language: Some(Language::Italian),
        intents: intents
            .iter()
            .map(|intent| IntentFinding {
                intent: *intent,
                confidence: Confidence::percent(90),
                rule: RuleId::new("test"),
                evidence: "Parole del cliente".to_owned(),
            })
            .collect(),
        facts: Facts::default(),
        matched: Match {
            customer: Some(CustomerMatch { customer: CustomerId(1), certainty: certain, clues: vec![Clue::Contact] }),
            items: items
                .iter()
                .map(|id| ItemMatch { receivable: ReceivableId(*id), certainty: certain, clues: vec![Clue::Thread] })
                .collect(),
            known_thread: true,
            answers: None,
        },
        writer: Writer::OnFile,
        unread: Vec::new(),
        warnings: Vec::new(),
        bounce: None,
        addressed_to_us: true,
    }
}

impl Office {
    pub fn new(kind: DebtorKind) -> Self {
        let mut policy = Policy::shipped();
        policy.limits.approve_first_mail = false;
        Self {
            policy,
            account: Account::new(customer(kind)),
            outbox: Vec::new(),
            documents: BTreeSet::new(),
            now: DateTime::UNIX_EPOCH,
            left: Vec::new(),
            halted: false,
            told: None,
            next_case: 1,
        }
    }

    pub fn set_modes(&mut self, mode: Mode) {
        self.policy.modes = Purpose::ALL.iter().map(|purpose| (*purpose, mode)).collect();
    }

    pub fn moment(&self) -> Moment {
        Moment::new(self.now, chrono_tz::Europe::Rome)
    }

    pub fn world(&self) -> World<'_> {
        World {
            policy: &self.policy,
            moment: self.moment(),
            next_case: CaseId(self.next_case),
            documents: &self.documents,
        }
    }

    /// Decides and stores, as the agent does.
    pub fn happen(&mut self, event: &Event) -> Decision {
        self.fill_pending();
        let decision = decide(&self.account, event, &self.world());
        assert_eq!(decision, decide(&self.account, event, &self.world()), "the same input gives the same decision");
        for entry in &decision.entries {
            if let sollecito::ledger::change::Change::CaseOpened { case } = &entry.change {
                assert_eq!(case.id, CaseId(self.next_case), "cases are numbered upward");
                self.next_case += 1;
                // Whatever policy writes for the owner has Italian words.
                for fact in &case.particulars {
                    assert!(sollecito::owner::is_told(fact, Language::Italian), "told in English only: {fact}");
                }
            }
            self.account.apply(&entry.change);
        }
        for withdrawal in &decision.withdrawals {
            let row = self.outbox.iter_mut().find(|row| row.id == withdrawal.outbox).expect("a known row");
            assert!(row.state.is_pending(), "only what waits can be withdrawn");
            row.state = OutboxState::Cancelled;
            row.state_reason = Some(withdrawal.reason.clone());
        }
        for plan in &decision.mails {
            self.enqueue(plan);
        }
        self.fill_pending();
        decision
    }

    fn enqueue(&mut self, plan: &MailPlan) {
        let over = |row: &&OutboxRow| row.state != OutboxState::Cancelled && row.plan.key == plan.key;
        if self.outbox.iter().any(|row| over(&row)) {
            return;
        }
        let id = OutboxId(i64::try_from(self.outbox.len()).expect("few rows") + 1);
        self.outbox.push(OutboxRow {
            id,
            plan: plan.clone(),
            revision: 0,
            state: if plan.needs_approval { OutboxState::Held } else { OutboxState::Planned },
            state_reason: None,
            planned_at: self.now,
            approved: false,
            attempts: 0,
        });
    }

    pub fn fill_pending(&mut self) {
        self.account.pending = self.outbox.iter().filter(|row| is_live(row.state)).cloned().collect();
    }

    pub fn conditions(&self) -> Conditions {
        Conditions {
            halted: self.halted,
            inbox_enumerated: Some(self.now),
            history_read: true,
            sent_today: 0,
            reminders: Reminders::default(),
            last_reminder_to_recipient: None,
            reminder_to_recipient_waits: false,
            customer_or_owner_wrote_since_plan: false,
            redirected: false,
            forewarned: self.told,
        }
    }

    /// Looks at every waiting mail once more, and lets go what may.
    pub fn deliver(&mut self, outcome: DeliveryOutcome) -> Vec<(OutboxId, Recheck)> {
        let mut seen = Vec::new();
        let waiting: Vec<OutboxId> =
            self.outbox.iter().filter(|row| row.state.is_pending()).map(|row| row.id).collect();
        for id in waiting {
            self.fill_pending();
            let Some(row) = self.outbox.iter().find(|row| row.id == id && row.state.is_pending()).cloned() else {
                continue;
            };
            let mut conditions = self.conditions();
            let wrote = self.account.customer_wrote.max(self.account.owner_wrote);
            conditions.customer_or_owner_wrote_since_plan = wrote.is_some_and(|at| at > row.planned_at);
            let judged = recheck(&self.account, &row, &self.world(), &conditions);
            match &judged {
                Recheck::Go => self.finish(&row, outcome),
                Recheck::Wait { until, .. } => assert!(*until > self.now, "waiting leads somewhere: {judged:?}"),
                Recheck::Cancel { reason } => self.set_state(id, OutboxState::Cancelled, reason),
            }
            seen.push((id, judged));
        }
        seen
    }

    /// A mail comes to an end without being asked whether it may leave.
    pub fn finish(&mut self, row: &OutboxRow, outcome: DeliveryOutcome) {
        let state = match outcome {
            DeliveryOutcome::Accepted => OutboxState::Accepted,
            DeliveryOutcome::SentByOwner => OutboxState::SentByOwner,
            DeliveryOutcome::Discarded => OutboxState::Discarded,
            DeliveryOutcome::Refused | DeliveryOutcome::NotRendered => OutboxState::Refused,
            DeliveryOutcome::Unsure => OutboxState::Unsure,
            DeliveryOutcome::NeverLeft => OutboxState::Cancelled,
            DeliveryOutcome::Approved => OutboxState::Planned,
        };
        self.set_state(row.id, state, "delivered");
        if matches!(outcome, DeliveryOutcome::Accepted | DeliveryOutcome::SentByOwner) {
            self.left.push(Left {
                at: self.now,
                plan: row.plan.clone(),
                account: self.account.clone(),
                halted: self.halted,
                approved: row.approved,
                told: self.told,
            });
        }
        let delivery = Delivery { outbox: row.id, plan: row.plan.clone(), outcome, at: self.now };
        self.happen(&Event::Delivered(Box::new(delivery)));
    }

    fn set_state(&mut self, id: OutboxId, state: OutboxState, reason: &str) {
        let row = self.outbox.iter_mut().find(|row| row.id == id).expect("a known row");
        row.state = state;
        row.state_reason = Some(reason.to_owned());
    }

    pub fn approve(&mut self) {
        for row in self.outbox.iter_mut().filter(|row| row.state == OutboxState::Held) {
            row.approved = true;
        }
    }
}

const fn is_live(state: OutboxState) -> bool {
    !matches!(
        state,
        OutboxState::Accepted
            | OutboxState::Refused
            | OutboxState::Cancelled
            | OutboxState::SentByOwner
            | OutboxState::Discarded
    )
}
