//! The store: what is kept, what is refused, what survives.

// The small world below is built by functions that are no tests themselves.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod account;
mod agreement;
mod carried;
mod crash;
mod file;
mod halt;
mod incoming;
mod journal;
mod next_look;
mod outbox;
mod together;
mod undo;

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};
use sollecito::ledger::account::Account;
use sollecito::ledger::case::{Case, CaseKind};
use sollecito::ledger::change::{Cause, Change, Entry, StepTaken, StepTaker};
use sollecito::ledger::credit::Credit;
use sollecito::ledger::customer::{Contact, ContactRole, Customer};
use sollecito::ledger::decision::{Decision, Verdict, Withdrawal};
use sollecito::ledger::hold::{Hold, HoldKind, HoldOutcome, HoldScope};
use sollecito::ledger::ids::*;
use sollecito::ledger::mail::{BusinessKey, MailPlan, OutboxState, Particulars, StepRef};
use sollecito::ledger::money::Money;
use sollecito::ledger::receivable::{Closure, Collection, Payment, Receivable, ReceivableKey, ReceivableKind};
use sollecito::ledger::words::{DebtorKind, Disposition, Intent, Language, MessageKind, Purpose, Register};
use sollecito::store::*;
use std::path::{Path, PathBuf};

struct Firm {
    _folder: tempfile::TempDir,
    path: PathBuf,
    store: Store,
}

fn firm() -> Firm {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sollecito.db");
    let store = Store::open_with_secret(&path, [7; 32]).unwrap();
    Firm { _folder: folder, path, store }
}

fn at(minute: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 2, 9, 0, 0).unwrap() + Duration::minutes(minute)
}

fn day(d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, d).unwrap()
}

fn identity(n: u8) -> MessageIdentity {
    MessageIdentity([n; 32])
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn customer(id: i64) -> Customer {
    Customer {
        id: CustomerId(id),
        external_id: Some(format!("C{id:03}")),
        name: format!("Falegnameria Prova {id}"),
        vat_number: Some(format!("IT0000000{id:04}")),
        tax_code: None,
        kind: DebtorKind::Firm,
        language: Language::Italian,
        register: Register::Formal,
        country: Some("IT".to_owned()),
        contacts: vec![Contact {
            address: address(&format!("anna@prova{id}.example")),
            name: Some("Anna Prova".to_owned()),
            role: ContactRole::Primary,
            bounced: false,
        }],
        vip: false,
        do_not_contact: false,
        phone: None,
        payment_day: None,
        arranged: sollecito::ledger::arranged::Arranged::default(),
    }
}

fn receivable(id: i64, customer: i64) -> Receivable {
    Receivable {
        id: ReceivableId(id),
        customer: CustomerId(customer),
        key: ReceivableKey {
            issuer: "IT01234567890".to_owned(),
            number: format!("2026/{id}"),
            issued: day(1),
            instalment: 0,
        },
        kind: ReceivableKind::Invoice,
        due: day(2),
        amount: Money::eur(122_000),
        credited: Money::eur(0),
        payments: Vec::new(),
        description: Some("Infissi".to_owned()),
        contract: Some("4500012".to_owned()),
        bank_account: Some(BankAccountId::new("main")),
        collection: Collection::Own,
        closure: None,
        missing_since: None,
        known_since: day(1),
        payments_known_up_to: Some(day(5)),
        released: false,
        cycle: 0,
        credit: Credit::default(),
        terms: None,
        tolerated_until: None,
        came_back: None,
        exchange: sollecito::ledger::exchange::Exchange::default(),
    }
}

fn entry(change: Change, cause: Cause) -> Entry {
    Entry { change, cause, because: "Because the test says so".to_owned() }
}

fn decide(entries: Vec<Entry>) -> Decision {
    Decision { entries, ..Decision::default() }
}

fn step(receivable: i64, name: &str) -> StepRef {
    StepRef { receivable: ReceivableId(receivable), cycle: 0, step: StepId::new(name) }
}

fn plan(key: BusinessKey, steps: Vec<StepRef>) -> MailPlan {
    MailPlan {
        key,
        purpose: Purpose::Reminder,
        template: TemplateId::new("reminder_friendly"),
        customer: Some(CustomerId(1)),
        items: steps.iter().map(|step| step.receivable).collect(),
        steps,
        to: vec![address("anna@prova1.example")],
        cc: Vec::new(),
        not_before: at(60),
        answers: None,
        attach_documents: Vec::new(),
        particulars: Particulars::default(),
        needs_approval: false,
        because: "Ten days overdue".to_owned(),
    }
}

fn hold(id: i64, kind: HoldKind, cause: Cause) -> Hold {
    Hold {
        id: HoldId(id),
        kind,
        scope: HoldScope::Items(vec![ReceivableId(1)]),
        amount: None,
        since: at(0),
        until: Some(day(20)),
        named_day: Some(day(18)),
        parts: Vec::new(),
        by_cheque: false,
        cause,
        case: None,
        ended: None,
    }
}

/// Customer 1 with receivables 1 and 2.
fn begin(store: &mut Store) -> Account {
    store
        .write(|unit| {
            let id = unit.new_customer_id()?;
            let blank = Account::new(customer(id.0));
            let mut entries = Vec::new();
            for _ in 0..2 {
                let receivable = Box::new(receivable(unit.new_receivable_id()?.0, id.0));
                entries.push(entry(Change::ReceivableSet { receivable }, Cause::Import));
            }
            unit.record(&blank, &decide(entries), at(0))
        })
        .unwrap()
}

fn frozen(n: u8) -> Frozen {
    Frozen {
        bytes: vec![b'x', n, 0, 255],
        date: at(61),
        recipients: vec![address("anna@prova1.example")],
        rfc_id: RfcId::parse(&format!("ref{n}@firm.example")).unwrap(),
        reference: format!("ref{n}"),
    }
}

fn planned(store: &mut Store, account: &Account, plan: MailPlan) -> OutboxId {
    let decision = Decision { mails: vec![plan], ..Decision::default() };
    let account = store.write(|unit| unit.record(account, &decision, at(1))).unwrap();
    account.pending.last().unwrap().id
}

fn reminder(n: u32, steps: Vec<StepRef>) -> MailPlan {
    plan(BusinessKey::Reminder(CustomerId(1), day(n)), steps)
}

fn state_of(store: &Store, id: OutboxId) -> OutboxState {
    store.look().outbox_row(id).unwrap().unwrap().row.state
}

fn row_of(store: &Store, id: OutboxId) -> StoredMail {
    store.look().outbox_row(id).unwrap().unwrap()
}

/// A unit of work that cannot fail but for the store.
fn write<T>(store: &mut Store, work: impl FnOnce(&mut Unit<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
    store.write(work)
}

/// The file as another program would open it.
fn by_hand(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}
