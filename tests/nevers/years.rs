//! Years of a firm at random: imports late and backdated, payments, mails, orders at any moment, files edited in flight,
//! days on which the agent is off, a clock that jumps.

use super::blind::{Never, STRANGER};
use super::chance::Chance;
use super::firm::{Firm, at};
use super::office::{contact, reading, receivable};
use super::random::{credit_note, random_mail, turn};
use chrono::{Datelike, Duration, NaiveDate, Weekday};
use sollecito::ledger::account::Account;
use sollecito::ledger::customer::{ContactRole, Customer};
use sollecito::ledger::event::{DeliveryOutcome, Event, Imported, Order};
use sollecito::ledger::ids::{Address, CommandId, CustomerId, MessageIdentity, ReceivableId, StepId, TemplateId};
use sollecito::ledger::instalments::PlanPart;
use sollecito::ledger::money::Money;
use sollecito::ledger::reading::{BounceFinding, OwnMail, OwnMailKind, Writer};
use sollecito::ledger::receivable::{Collection, Receivable, ReceivableKind};
use sollecito::ledger::words::{DebtorKind, Intent, MessageKind, Mode, Purpose};
use sollecito::policy::terms::{Policy, Step, StepAct, When};

/// So many customers share the address of their administrator.
const AN_ADMINISTRATORS: i64 = 6;

/// One customer in so many writes every day.
const TALKATIVE: i64 = 40;

pub struct Years {
    pub firm: Firm,
    chance: Chance,
    day: NaiveDate,
    next_item: i64,
    mails: u64,
}

impl Years {
    pub fn begin(seed: u64, customers: i64, without: Option<Never>) -> Self {
        let mut chance = Chance::new(seed);
        let accounts = (1..=customers).map(|id| Account::new(customer(id, &mut chance))).collect();
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
        let mut years =
            Self { firm: Firm::new(rules(&mut chance), accounts, without), chance, day, next_item: 1, mails: 0 };
        years.firm.set_clock(at(day, 7, 0));
        for index in 0..years.firm.accounts.len() {
            let count = years.chance.below(3);
            let items = (0..count).map(|_| years.invoice(index, true)).collect();
            years.import(index, items, Some(day - Duration::days(1)), true, true);
        }
        years
    }

    /// One day and all that happens on it; false once something has happened that never must.
    pub fn live_a_day(&mut self) {
        let chance = &mut self.chance;
        self.day += Duration::days(match chance.below(90) {
            0 => 2 + chance.below(24),
            1 => -1 - chance.below(3),
            _ => 1,
        });
        self.firm.halted = chance.one_in(40);
        if chance.one_in(40) {
            let policy = rules(chance);
            self.firm.heed(policy);
        }
        self.firm.set_clock(at(self.day, 7, 0));
        self.keep_the_books();
        let list = *self.chance.pick(&[8, 8, 8, 8, 15, 24]);
        for hour in [8, 10, 13, 15, 17] {
            let minute = u32::try_from(self.chance.below(60)).expect("minutes");
            self.firm.set_clock(at(self.day, hour, minute));
            if hour == list {
                self.firm.told = Some(self.firm.now);
            }
            for index in 0..self.firm.accounts.len() {
                self.something(index);
            }
            self.firm.tick();
            let chance = &mut self.chance;
            self.firm.deliver(|| match chance.below(60) {
                0 => DeliveryOutcome::Refused,
                1 => DeliveryOutcome::Unsure,
                _ => DeliveryOutcome::Accepted,
            });
        }
    }

    fn keep_the_books(&mut self) {
        if matches!(self.day.weekday(), Weekday::Sat | Weekday::Sun) {
            return;
        }
        let known = self.day - Duration::days(1 + self.chance.below(3));
        for index in 0..self.firm.accounts.len() {
            if self.chance.one_in(5) {
                self.import(index, Vec::new(), Some(known), false, false);
            }
            if self.chance.one_in(30) {
                let item = self.invoice(index, false);
                self.import(index, vec![item], None, false, false);
            }
            if self.chance.one_in(40) {
                self.pays(index);
            }
        }
    }

    fn pays(&mut self, index: usize) {
        let open: Vec<ReceivableId> = self.firm.accounts[index].open_items().iter().map(|item| item.id).collect();
        if open.is_empty() {
            return;
        }
        let items = vec![*self.chance.pick(&open)];
        let amount = self.chance.one_in(5).then(|| Money::eur(1 + self.chance.below(90_000)));
        self.order(index, Order::Paid { items, amount, on: self.day - Duration::days(1) });
    }

    fn something(&mut self, index: usize) {
        // Nearly always nothing: one draw, so that years of thousands of customers stay cheap.
        match self.chance.below(6_000) {
            0..12 => self.customer_writes(index),
            331..2_000 if self.firm.accounts[index].customer.id.0 % TALKATIVE == 0 => self.customer_writes(index),
            5_998.. => self.bounce(index),
            12..20 => self.owner_acts(index),
            20..23 => self.owner_writes(index),
            23..26 => self.odd_import(index),
            26..126 => self.firm.approve(index),
            126..131 => self.firm.veto(index),
            131..331 => {
                let it_left = self.chance.one_in(2);
                self.firm.settle(index, it_left);
            }
            _ => {}
        }
    }

    fn invoice(&mut self, index: usize, first: bool) -> Receivable {
        let chance = &mut self.chance;
        // Mostly as they come, some entered weeks late, some with a day long past.
        let due = self.day
            + match chance.below(12) {
                0 => Duration::days(-5 - chance.below(200)),
                1..3 => Duration::days(-chance.below(40)),
                _ => Duration::days(if first { chance.below(50) - 25 } else { 20 + chance.below(40) }),
            };
        let cents = if chance.one_in(20) { 1 + chance.below(700) } else { 5_000 + chance.below(400_000) };
        let mut item = receivable(self.next_item, due, cents, self.day);
        item.customer = self.firm.accounts[index].customer.id;
        if chance.one_in(15) {
            item.collection = *chance.pick(&[Collection::Bank, Collection::Factored, Collection::Advanced]);
        }
        if chance.one_in(30) {
            item.kind = ReceivableKind::Planned;
            item.key.issued = self.day + Duration::days(chance.below(60));
        }
        if chance.one_in(2) {
            self.firm.documents.insert(item.id);
        }
        self.next_item += 1;
        item
    }

    fn import(
        &mut self,
        index: usize,
        receivables: Vec<Receivable>,
        payments_known_up_to: Option<NaiveDate>,
        complete: bool,
        first: bool,
    ) {
        let customer = self.firm.accounts[index].customer.as_imported();
        let import = Imported { customer, receivables, complete, payments_known_up_to, first };
        self.firm.happen(index, &Event::Imported(Box::new(import)));
    }

    /// A list that lacks an invoice, another address, a credit note, somebody not to be written to any more.
    fn odd_import(&mut self, index: usize) {
        let account = &self.firm.accounts[index];
        let mut customer = account.customer.as_imported();
        let mut receivables = account.receivables.clone();
        let moment = self.firm.moment();
        let chance = &mut self.chance;
        let has_invoice = receivables.iter().any(|item| item.kind != ReceivableKind::CreditNote);
        match chance.below(6) {
            0 => drop(receivables.pop()),
            1 => {
                customer.contacts =
                    vec![contact(&format!("nuova{}@altrove.example", customer.id.0), ContactRole::Primary)]
            }
            2 => customer.do_not_contact = !customer.do_not_contact,
            3 => customer.vip = !customer.vip,
            4 if has_invoice => {
                let mut note = credit_note(account, moment, chance);
                note.id = ReceivableId(self.next_item);
                note.key.number = format!("NC{}", self.next_item);
                note.customer = customer.id;
                self.next_item += 1;
                receivables = vec![note];
            }
            _ => receivables.retain(|_| !chance.one_in(3)),
        }
        let complete = chance.one_in(2);
        let import = Imported { customer, receivables, complete, payments_known_up_to: None, first: false };
        self.firm.happen(index, &Event::Imported(Box::new(import)));
    }

    fn customer_writes(&mut self, index: usize) {
        let account = &self.firm.accounts[index];
        if account.receivables.is_empty() {
            return;
        }
        self.mails += 1;
        let number = u8::try_from(self.mails % 256).expect("a byte");
        let mut mail = random_mail(account, self.firm.moment(), &mut self.chance, number);
        let mut identity = [0_u8; 32];
        identity[..8].copy_from_slice(&self.mails.to_be_bytes());
        mail.identity = MessageIdentity(identity);
        if let Some(found) = &mut mail.matched.customer {
            found.customer = account.customer.id;
        }
        mail.from = match mail.writer {
            Writer::OnFile => account.customer.contacts.first().map(|contact| contact.address.clone()),
            Writer::Stranger => Address::parse(STRANGER),
            _ => Address::parse(&format!("dora@cliente{}.example", account.customer.id.0)),
        };
        // Who was proposed something says yes to it now and then, or something else.
        let proposed = account.sent.iter().rev().find_map(|sent| sent.proposal);
        if let Some(proposed) = proposed.filter(|_| self.chance.one_in(3)) {
            mail.matched.answers = Some(proposed.outbox);
            mail.facts.accepts = self.chance.one_in(2);
        }
        self.firm.happen(index, &Event::MessageRead(Box::new(mail)));
    }

    /// An address on file is dead, or only full.
    fn bounce(&mut self, index: usize) {
        let customer = &self.firm.accounts[index].customer;
        let Some(recipient) = customer.contacts.first().map(|contact| contact.address.clone()) else { return };
        self.mails += 1;
        let mut mail = reading(0, self.firm.now, &[Intent::Bounce], &[]);
        let mut identity = [1_u8; 32];
        identity[..8].copy_from_slice(&self.mails.to_be_bytes());
        mail.identity = MessageIdentity(identity);
        mail.matched.customer = None;
        (mail.kind, mail.writer, mail.from) = (MessageKind::Bounce, Writer::Nobody, None);
        mail.bounce = Some(BounceFinding {
            recipient: Some(recipient),
            failed: !self.chance.one_in(3),
            status: None,
            original: None,
            own_reference: None,
        });
        self.firm.happen(index, &Event::MessageRead(Box::new(mail)));
    }

    fn owner_acts(&mut self, index: usize) {
        let account = &self.firm.accounts[index];
        let ids: Vec<ReceivableId> = account.receivables.iter().map(|item| item.id).collect();
        if ids.is_empty() {
            return;
        }
        let today = self.firm.moment().today();
        let note = account.receivables.iter().find(|item| item.kind == ReceivableKind::CreditNote).map(|note| note.id);
        let case = account.open_cases().next().map(|case| case.id);
        let chance = &mut self.chance;
        let items = vec![*chance.pick(&ids)];
        let soon = today + Duration::days(chance.below(25));
        let owed = account.open_items().first().map(|item| (item.id, item.open()));
        let order = match chance.below(15) {
            0 | 1 => Order::Hold { items, until: Some(soon), why: None },
            2 | 3 => Order::Resume { items: Vec::new() },
            4 => Order::Defer { items, until: soon },
            5 => Order::Promise { items, by: soon, amount: None },
            6 => Order::Note { items, text: "Sentita".to_owned() },
            7 => Order::Dispute { items, about: None },
            8 => Order::Release { items: ids },
            9 => Order::WriteOff { items },
            10 => Order::HandOver { items },
            12 => Order::CameBack { items: ids },
            13 => {
                let Some((item, open)) = owed else { return };
                let half = Money::new(open.cents / 2, open.currency);
                let rest = Money::new(open.cents - half.cents, open.currency);
                let parts = [(half, 10), (rest, 45)];
                let parts = parts.map(|(amount, days)| PlanPart { by: today + Duration::days(days), amount }).to_vec();
                let items = vec![item];
                if chance.one_in(2) {
                    Order::Propose { items, parts }
                } else {
                    Order::Plan { items, parts, tell: chance.one_in(2) }
                }
            }
            11 => {
                let Some(note) = note else { return };
                Order::Credit { note, items: if chance.one_in(3) { Vec::new() } else { items } }
            }
            _ => {
                let Some(case) = case else { return };
                Order::CloseCase { case }
            }
        };
        self.order(index, order);
    }

    fn order(&mut self, index: usize, order: Order) {
        self.firm.happen(index, &Event::Ordered(CommandId(1), order));
    }

    fn owner_writes(&mut self, index: usize) {
        let ids: Vec<ReceivableId> = self.firm.accounts[index].receivables.iter().map(|item| item.id).collect();
        if ids.is_empty() {
            return;
        }
        self.mails += 1;
        let mut identity = [0xff_u8; 32];
        identity[..8].copy_from_slice(&self.mails.to_be_bytes());
        let mail = OwnMail {
            identity: MessageIdentity(identity),
            sent: self.firm.now,
            items: vec![*self.chance.pick(&ids)],
            kind: *self.chance.pick(OwnMailKind::ALL),
        };
        self.firm.happen(index, &Event::OwnerWrote(Box::new(mail)));
    }
}

fn customer(id: i64, chance: &mut Chance) -> Customer {
    let kind = *chance.pick(&[
        DebtorKind::Firm,
        DebtorKind::Firm,
        DebtorKind::Professional,
        DebtorKind::Consumer,
        DebtorKind::Condominium,
        DebtorKind::PublicBody,
        DebtorKind::Unknown,
    ]);
    let address = if kind == DebtorKind::Condominium {
        format!("studio@amministratore{}.example", id / (7 * AN_ADMINISTRATORS))
    } else {
        format!("amministrazione@cliente{id}.example")
    };
    let mut contacts = vec![contact(&address, ContactRole::Primary)];
    if chance.one_in(4) {
        contacts.push(contact(&format!("copia@cliente{id}.example"), ContactRole::Copy));
    }
    Customer {
        kind,
        contacts,
        country: chance.pick(&[None, Some("IT"), Some("FR")]).map(str::to_owned),
        vip: chance.one_in(25),
        ..Customer::named(CustomerId(id), &format!("Ditta {id}"))
    }
}

/// The shipped rules, with as many changes as an owner makes of an evening.
fn rules(chance: &mut Chance) -> Policy {
    let mut policy = Policy::shipped();
    policy.modes = Purpose::ALL.iter().map(|purpose| (*purpose, Mode::Send)).collect();
    if chance.one_in(6) {
        // Reminders as often as all the rest: mails of some purposes are too rare to be missed.
        let mut purposes = Purpose::ALL.to_vec();
        purposes.resize(2 * Purpose::ALL.len(), Purpose::Reminder);
        policy.modes.insert(*chance.pick(&purposes), *chance.pick(&[Mode::Observe, Mode::Draft]));
    }
    policy.limits.approve_first_mail = chance.one_in(4);
    policy.limits.forewarn = chance.one_in(3);
    policy.limits.mails_per_day = u32::try_from(*chance.pick(&[8, 15, 30])).expect("few");
    policy.windows.statement_day = *chance.pick(&[None, Some(5), Some(17), Some(31)]);
    policy.late_payment.compensation = true;
    for _ in 0..chance.below(3) {
        turn(&mut policy, chance);
    }
    for ladder in policy.ladders.values_mut() {
        match chance.below(8) {
            0 => drop(ladder.steps.remove(0)),
            1 => drop(ladder.steps.pop()),
            2 => {
                // A step more after the first, and many small ones at the end.
                let day = |step: Option<&Step>| match step.map(|step| step.when) {
                    Some(When::After(days)) => days,
                    _ => 0,
                };
                let last = day(ladder.steps.last());
                for n in 1..6 {
                    let act = StepAct::Mail(TemplateId::new("reminder_second"));
                    ladder.steps.push(Step::new(StepId::new(format!("more{n}")), When::After(last + 7 * n), act));
                }
            }
            _ => {}
        }
    }
    policy
}
