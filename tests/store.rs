//! The store: what is kept, what is refused, what survives.

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};
use proptest::prelude::*;
use sollecito::ledger::account::Account;
use sollecito::ledger::case::{Case, CaseKind};
use sollecito::ledger::change::{Cause, Change, Entry, StepTaken, StepTaker};
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
        bank_account: Some(BankAccountId::new("main")),
        collection: Collection::Own,
        closure: None,
        missing_since: None,
        known_since: day(1),
        payments_known_up_to: Some(day(5)),
        released: false,
        cycle: 0,
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

mod file {
    use super::*;

    #[test]
    fn a_new_database_has_its_own_secret_and_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one.db"), folder.path().join("two.db"));
        let first = Store::open(&one).unwrap().look().secret().unwrap();
        let other = Store::open(&two).unwrap().look().secret().unwrap();
        assert_ne!(first, other);
        assert_eq!(Store::open_with_secret(&one, [1; 32]).unwrap().look().secret().unwrap(), first);
        assert_eq!(firm().store.look().secret().unwrap(), [7; 32]);
    }

    #[test]
    #[cfg(unix)]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let mut firm = firm();
        begin(&mut firm.store);
        for name in ["sollecito.db", "sollecito.db-wal"] {
            let file = firm.path.with_file_name(name);
            assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn durable_and_strict() {
        let firm = firm();
        let connection = by_hand(&firm.path);
        let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
        let loose: Vec<String> = connection
            .prepare(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
            )
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(loose.is_empty(), "{loose:?}");
        let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(version, LATEST);
    }

    #[test]
    fn a_missing_database_is_not_made_where_it_must_exist() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none.db");
        assert_eq!(Store::open_existing(&path).unwrap_err().kind, StoreErrorKind::NotFound);
        assert!(!path.exists());
    }

    #[test]
    fn a_newer_database_is_refused_and_left_alone() {
        let firm = firm();
        drop(firm.store);
        by_hand(&firm.path).pragma_update(None, "user_version", LATEST + 1).unwrap();
        let before = std::fs::read(&firm.path).unwrap();
        let error = Store::open(&firm.path).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Newer);
        assert!(error.remedy.is_some());
        assert_eq!(std::fs::read(&firm.path).unwrap(), before);
    }

    #[test]
    fn a_database_of_another_program_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.db");
        by_hand(&path).execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
        let before = std::fs::read(&path).unwrap();
        assert_eq!(Store::open(&path).unwrap_err().kind, StoreErrorKind::Foreign);
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn what_is_no_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text.db");
        std::fs::write(&path, "Gentile cliente, ".repeat(500)).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Corrupt, "{error}");
        assert!(error.remedy.is_some());
    }

    #[test]
    fn a_damaged_page_is_refused() {
        let mut firm = firm();
        begin(&mut firm.store);
        drop(firm.store);
        by_hand(&firm.path).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let mut bytes = std::fs::read(&firm.path).unwrap();
        assert!(Store::open(&firm.path).is_ok());
        for byte in bytes.iter_mut().skip(4096 * 3).take(4096 * 12) {
            *byte = 0xA5;
        }
        std::fs::write(&firm.path, bytes).unwrap();
        let error = Store::open(&firm.path).map(|_| ()).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Corrupt, "{error}");
    }

    #[test]
    fn the_whole_check_passes_and_finds_a_dangling_reference() {
        let mut firm = firm();
        begin(&mut firm.store);
        firm.store.check().unwrap();
        let other = by_hand(&firm.path);
        other.pragma_update(None, "foreign_keys", false).unwrap();
        other.execute("INSERT INTO note (customer, position, text) VALUES (99, 0, 'x')", []).unwrap();
        assert_eq!(firm.store.check().unwrap_err().kind, StoreErrorKind::Corrupt);
    }

    #[test]
    fn a_busy_database_says_so() {
        let mut firm = firm();
        let other = by_hand(&firm.path);
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let error = write(&mut firm.store, |unit| unit.set_setting("a", Some("b"))).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Busy);
        assert_eq!(error.statement, Some("begin a unit of work"));
    }
}

mod account {
    use super::*;

    #[test]
    fn comes_back_as_it_was_written() {
        let mut firm = firm();
        let written = begin(&mut firm.store);
        assert_eq!(written.receivables.len(), 2);
        drop(firm.store);
        let store = Store::open_existing(&firm.path).unwrap();
        assert_eq!(store.look().account(CustomerId(1)).unwrap().unwrap(), written);
        assert_eq!(store.look().accounts().unwrap(), vec![written]);
        assert_eq!(store.look().account(CustomerId(2)).unwrap(), None);
    }

    #[test]
    fn a_decision_on_an_older_state_is_refused() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let paid = Change::PaymentRecorded {
            receivable: ReceivableId(1),
            payment: Payment { amount: Money::eur(1), on: day(3) },
        };
        let decision = decide(vec![entry(paid, Cause::Import)]);
        firm.store.write(|unit| unit.record(&account, &decision, at(1))).unwrap();
        let error = firm.store.write(|unit| unit.record(&account, &decision, at(1))).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Raced);
        assert_eq!(firm.store.look().account(CustomerId(1)).unwrap().unwrap().receivables[0].payments.len(), 1);
    }

    #[test]
    fn an_error_undoes_everything() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let before = firm.store.look().journal(None).unwrap();
        let change = Change::Noted { text: "n".to_owned(), items: vec![] };
        let decision = Decision {
            entries: vec![entry(change, Cause::Clock)],
            mails: vec![reminder(3, vec![step(1, "friendly")])],
            ..Decision::default()
        };
        let failed: Result<(), StoreError> = firm.store.write(|unit| {
            unit.record(&account, &decision, at(1))?;
            unit.new_customer_id()?;
            unit.drop_raw(identity(9))
        });
        assert_eq!(failed.unwrap_err().kind, StoreErrorKind::Unknown);
        assert_eq!(firm.store.look().journal(None).unwrap(), before);
        assert_eq!(firm.store.look().account(CustomerId(1)).unwrap().unwrap(), account);
        assert!(firm.store.look().outbox(&OutboxFilter::default()).unwrap().is_empty());
    }

    #[test]
    fn numbers_are_never_given_twice() {
        let mut firm = firm();
        begin(&mut firm.store);
        let next = write(&mut firm.store, |unit| unit.new_customer_id()).unwrap();
        assert_eq!(next, CustomerId(2));
        assert_eq!(write(&mut firm.store, |unit| unit.new_receivable_id()).unwrap(), ReceivableId(3));
        assert_eq!(firm.store.look().next_case_id().unwrap(), CaseId(1));
    }

    #[test]
    fn is_found_by_its_strongest_identity() {
        let mut firm = firm();
        begin(&mut firm.store);
        let look = firm.store.look();
        let mut like = customer(1);
        assert_eq!(look.find_customer(&like).unwrap(), vec![CustomerId(1)]);
        like.external_id = None;
        assert_eq!(look.find_customer(&like).unwrap(), vec![CustomerId(1)]);
        // Another code is another customer, even with the same VAT number.
        like.external_id = Some("C999".to_owned());
        assert_eq!(look.find_customer(&like).unwrap(), vec![]);
        like.external_id = None;
        like.vat_number = None;
        assert_eq!(look.find_customer(&like).unwrap(), vec![CustomerId(1)]);
        like.contacts.clear();
        assert_eq!(look.find_customer(&like).unwrap(), vec![], "a name alone is not enough");
        assert_eq!(look.receivable_id(&receivable(2, 1).key).unwrap(), Some(ReceivableId(2)));
        assert_eq!(look.customer_of(ReceivableId(2)).unwrap(), Some(CustomerId(1)));
        assert_eq!(look.customer_of(ReceivableId(9)).unwrap(), None);
    }

    #[test]
    fn a_receivable_key_belongs_to_one_receivable() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let mut twin = receivable(3, 1);
        twin.key = receivable(1, 1).key;
        let change = Change::ReceivableSet { receivable: Box::new(twin) };
        let decision = decide(vec![entry(change, Cause::Import)]);
        let error = firm.store.write(|unit| unit.record(&account, &decision, at(1))).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Conflict);
        assert_eq!(error.statement, Some("write a receivable"));
    }

    #[test]
    fn questions_without_a_customer_are_kept_apart() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let question = |id, customer| Case {
            id,
            customer,
            kind: CaseKind::Unrelated,
            message: Some(identity(3)),
            items: vec![],
            particulars: vec!["An enquiry".to_owned()],
            suggestions: vec![],
            opened: at(5),
            closed: None,
        };
        let open = |case: Case| decide(vec![entry(Change::CaseOpened { case }, Cause::Clock)]);
        let look = firm.store.look();
        let id = look.next_case_id().unwrap();
        let general = question(id, None);
        firm.store.write(|unit| unit.record_without_account(&open(general.clone()), at(5))).unwrap();
        let own = question(firm.store.look().next_case_id().unwrap(), Some(CustomerId(1)));
        assert_ne!(own.id, general.id);
        let account = firm.store.write(|unit| unit.record(&account, &open(own.clone()), at(5))).unwrap();
        assert_eq!(account.cases, vec![own.clone()]);
        assert_eq!(firm.store.look().open_cases().unwrap(), vec![general.clone(), own.clone()]);
        // A number that stands for another account's question is refused.
        let stolen = question(own.id, None);
        let error = firm.store.write(|unit| unit.record_without_account(&open(stolen), at(6))).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Raced);
        let close = Change::CaseClosed { case: general.id, at: at(7) };
        let decision = decide(vec![entry(close, Cause::Clock)]);
        firm.store.write(|unit| unit.record_without_account(&decision, at(7))).unwrap();
        assert_eq!(firm.store.look().open_cases().unwrap(), vec![own]);
        assert_eq!(firm.store.look().case(general.id).unwrap().unwrap().closed, Some(at(7)));
        assert_eq!(firm.store.look().compare_with_journal().unwrap(), vec![]);
        let wrong = Change::Noted { text: "x".to_owned(), items: vec![] };
        let wrong = decide(vec![entry(wrong, Cause::Clock)]);
        let error = firm.store.write(|unit| unit.record_without_account(&wrong, at(7))).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Conflict);
    }
}

mod journal {
    use super::*;

    #[test]
    fn is_append_only() {
        let mut firm = firm();
        begin(&mut firm.store);
        let connection = by_hand(&firm.path);
        for sql in [
            "UPDATE journal SET because = 'something else'",
            "DELETE FROM journal WHERE seq = 1",
            "DELETE FROM journal",
        ] {
            let error = connection.execute(sql, []).unwrap_err().to_string();
            assert!(error.contains("append-only"), "{sql}: {error}");
        }
        assert_eq!(firm.store.look().journal(None).unwrap().len(), 3);
    }

    #[test]
    fn tells_what_a_message_led_to() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let because_of_mail = Cause::Message {
            identity: identity(4),
            rule: Some(RuleId::new("it.promise.by-day")),
            sentence: Some("Paghiamo venerdì".to_owned()),
        };
        let entries = vec![
            entry(Change::HoldPlaced { hold: hold(1, HoldKind::Promise, because_of_mail.clone()) }, because_of_mail),
            entry(Change::Noted { text: "n".to_owned(), items: vec![] }, Cause::Clock),
        ];
        let decision = decide(entries.clone());
        firm.store.write(|unit| unit.record(&account, &decision, at(3))).unwrap();
        let rows = firm.store.look().journal_of_message(identity(4)).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((&rows[0].entry, rows[0].at, rows[0].customer), (&entries[0], at(3), Some(CustomerId(1))));
        assert_eq!(firm.store.look().journal_after(rows[0].seq).unwrap().len(), 1);
    }

    #[test]
    fn disagreement_with_the_state_tables_is_found() {
        let mut firm = firm();
        begin(&mut firm.store);
        assert_eq!(firm.store.look().compare_with_journal().unwrap(), vec![]);
        by_hand(&firm.path)
            .execute("UPDATE receivable SET data = json_set(data, '$.released', json('true')) WHERE id = 1", [])
            .unwrap();
        let differences = firm.store.look().compare_with_journal().unwrap();
        assert_eq!(differences.len(), 1);
        assert_eq!((differences[0].part, differences[0].customer), ("receivables", Some(CustomerId(1))));
    }

    #[test]
    fn a_value_that_cannot_be_read_is_named() {
        let mut firm = firm();
        begin(&mut firm.store);
        by_hand(&firm.path).execute("UPDATE receivable SET data = '{}' WHERE id = 1", []).unwrap();
        let error = firm.store.look().account(CustomerId(1)).unwrap_err();
        assert_eq!((error.kind, error.statement), (StoreErrorKind::Corrupt, Some("read receivables")));
    }
}

mod undo {
    use super::*;

    #[test]
    fn takes_back_what_an_order_did_and_nothing_else() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let command = write(&mut firm.store, |unit| unit.new_command("promise 2026/1", at(1))).unwrap();
        let by_owner = Cause::Owner { command };
        let decision = Decision {
            entries: vec![entry(
                Change::HoldPlaced { hold: hold(1, HoldKind::Promise, by_owner.clone()) },
                by_owner.clone(),
            )],
            mails: vec![plan(BusinessKey::Confirmation(CustomerId(1), HoldId(1)), vec![])],
            ..Decision::default()
        };
        let held = firm.store.write(|unit| unit.record(&account, &decision, at(1))).unwrap();
        let paid = Change::PaymentRecorded {
            receivable: ReceivableId(2),
            payment: Payment { amount: Money::eur(500), on: day(3) },
        };
        let later = decide(vec![entry(paid, Cause::Import)]);
        firm.store.write(|unit| unit.record(&held, &later, at(2))).unwrap();
        let rows = firm.store.look().journal(None).unwrap().len();

        let undone = write(&mut firm.store, |unit| unit.undo(command, at(3))).unwrap();
        assert_eq!(undone.customers, vec![CustomerId(1)]);
        assert_eq!(undone.cancelled, vec![held.pending[0].id]);
        let now = firm.store.look().account(CustomerId(1)).unwrap().unwrap();
        assert_eq!((now.holds.len(), now.receivables[1].payments.len(), now.pending.len()), (0, 1, 0));
        let journal = firm.store.look().journal(None).unwrap();
        assert_eq!(journal.len(), rows, "nothing was taken out of the journal");
        assert_eq!(journal.iter().filter(|row| row.undone.is_some()).count(), 1);
        assert_eq!(firm.store.look().compare_with_journal().unwrap(), vec![]);
        assert!(firm.store.look().commands(5).unwrap()[0].undone);
        let again = write(&mut firm.store, |unit| unit.undo(command, at(4))).unwrap_err();
        assert_eq!(again.kind, StoreErrorKind::Raced);
        let unknown = write(&mut firm.store, |unit| unit.undo(CommandId(99), at(4))).unwrap_err();
        assert_eq!(unknown.kind, StoreErrorKind::Unknown);
    }

    #[test]
    fn says_which_mails_had_left() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let command = write(&mut firm.store, |unit| unit.new_command("defer 2026/1", at(1))).unwrap();
        let note = Change::Noted { text: "granted".to_owned(), items: vec![] };
        let decision = Decision {
            entries: vec![entry(note, Cause::Owner { command })],
            mails: vec![plan(BusinessKey::Confirmation(CustomerId(1), HoldId(1)), vec![])],
            ..Decision::default()
        };
        let account = firm.store.write(|unit| unit.record(&account, &decision, at(1))).unwrap();
        let id = account.pending[0].id;
        write(&mut firm.store, |unit| {
            unit.freeze(id, &frozen(1))?;
            unit.claim(id)?;
            unit.mark_in_data(id, at(2))
        })
        .unwrap();
        let undone = write(&mut firm.store, |unit| unit.undo(command, at(3))).unwrap();
        assert_eq!((undone.cancelled, undone.left), (vec![], vec![id]));
        assert_eq!(state_of(&firm.store, id), OutboxState::InData);
    }
}

mod outbox {
    use super::*;

    #[test]
    fn one_live_mail_a_key() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let first = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
        let again = Decision { mails: vec![reminder(3, vec![step(1, "friendly")])], ..Decision::default() };
        let account = firm.store.write(|unit| unit.record(&account, &again, at(2))).unwrap();
        assert_eq!(account.pending.iter().map(|row| row.id).collect::<Vec<_>>(), vec![first]);

        // Withdrawn and planned anew in one decision: a further revision.
        let anew = Decision {
            mails: vec![reminder(3, vec![step(1, "friendly")])],
            withdrawals: vec![Withdrawal { outbox: first, reason: "the amount changed".to_owned() }],
            ..Decision::default()
        };
        let account = firm.store.write(|unit| unit.record(&account, &anew, at(3))).unwrap();
        assert_eq!(account.pending.len(), 1);
        assert_eq!((account.pending[0].revision, row_of(&firm.store, first).row.revision), (2, 1));
        assert_eq!(state_of(&firm.store, first), OutboxState::Cancelled);
        assert_eq!(row_of(&firm.store, first).row.state_reason.as_deref(), Some("the amount changed"));
    }

    #[test]
    fn the_database_itself_refuses_a_second_mail_with_one_key() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let id = planned(&mut firm.store, &account, reminder(3, vec![]));
        let copy = "INSERT INTO outbox (business_key, revision, purpose, plan, state, planned_at, not_before) \
                    SELECT business_key, revision + 1, purpose, plan, state, planned_at, not_before FROM outbox WHERE id = ?1";
        let error = by_hand(&firm.path).execute(copy, [id.0]).unwrap_err().to_string();
        assert!(error.contains("UNIQUE"), "{error}");
    }

    #[test]
    fn one_mail_a_step_under_whatever_key() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let first = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
        let again = Decision { mails: vec![reminder(4, vec![step(1, "friendly")])], ..Decision::default() };
        let error = firm.store.write(|unit| unit.record(&account, &again, at(2))).unwrap_err();
        assert_eq!((error.kind, error.statement), (StoreErrorKind::Conflict, Some("plan the step of a mail")));
        write(&mut firm.store, |unit| unit.cancel(first, "paid")).unwrap();
        firm.store.write(|unit| unit.record(&account, &again, at(2))).unwrap();
    }

    #[test]
    fn the_way_of_a_mail_and_its_bytes() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let id = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
        assert_eq!(firm.store.look().due(at(59)).unwrap(), vec![]);
        assert_eq!(firm.store.look().due(at(60)).unwrap(), vec![id]);
        assert_eq!(firm.store.look().next_due().unwrap(), Some(at(60)));
        write(&mut firm.store, |unit| unit.freeze(id, &frozen(1))).unwrap();
        assert_eq!(firm.store.look().frozen(id).unwrap().unwrap(), frozen(1));
        assert_eq!(write(&mut firm.store, |unit| unit.claim(id)).unwrap(), 1);
        assert_eq!(firm.store.look().due(at(99)).unwrap(), vec![]);
        write(&mut firm.store, |unit| unit.mark_later(id, at(120), "451 greylisted")).unwrap();
        assert_eq!(firm.store.look().due(at(119)).unwrap(), vec![]);
        assert_eq!(firm.store.look().due(at(120)).unwrap(), vec![id]);
        assert_eq!(write(&mut firm.store, |unit| unit.claim(id)).unwrap(), 2);
        write(&mut firm.store, |unit| unit.mark_in_data(id, at(121))).unwrap();
        write(&mut firm.store, |unit| {
            let anna = address("anna@prova1.example");
            unit.recipient_outcome(id, &anna, RecipientAnswer::Later, Some("451"), at(120))?;
            unit.recipient_outcome(id, &anna, RecipientAnswer::Accepted, Some("250"), at(121))?;
            unit.mark_accepted(id, "250 queued as 4X", at(122))?;
            unit.set_sent_copy(id, SentCopy::Wanted)
        })
        .unwrap();
        let mail = row_of(&firm.store, id);
        assert_eq!(mail.row.state, OutboxState::Accepted);
        assert_eq!((mail.accepted_at, mail.words.as_deref()), (Some(at(122)), Some("250 queued as 4X")));
        assert_eq!(mail.recipients.len(), 1);
        assert_eq!(mail.recipients[0].answer, RecipientAnswer::Accepted);
        assert_eq!(mail.frozen.as_ref().unwrap().size, 4);
        assert_eq!(firm.store.look().sent_copies_open().unwrap(), vec![mail.clone()]);
        assert_eq!(firm.store.look().outbox_by_reference("ref1").unwrap(), Some(mail.clone()));
        assert_eq!(firm.store.look().outbox_by_rfc_id(&frozen(1).rfc_id).unwrap(), Some(mail));
        assert_eq!(firm.store.look().sent_count_on(at(0), at(500)).unwrap(), 1);
        assert_eq!(firm.store.look().sent_count_on(at(122), at(500)).unwrap(), 0);
        assert_eq!(firm.store.look().notices_sent_on(at(0), at(500)).unwrap(), 0);
        assert_eq!(firm.store.look().account(CustomerId(1)).unwrap().unwrap().pending, vec![]);
    }

    #[test]
    fn frozen_bytes_never_change() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let id = planned(&mut firm.store, &account, reminder(3, vec![]));
        write(&mut firm.store, |unit| unit.freeze(id, &frozen(1))).unwrap();
        let again = write(&mut firm.store, |unit| unit.freeze(id, &frozen(2))).unwrap_err();
        assert_eq!(again.kind, StoreErrorKind::Raced);
        let connection = by_hand(&firm.path);
        for set in ["frozen_bytes = x'00'", "frozen_bytes = NULL", "rfc_id = 'a@b.example'", "frozen_recipients = '[]'"]
        {
            let error = connection.execute(&format!("UPDATE outbox SET {set}"), []).unwrap_err().to_string();
            assert!(error.contains("never changes"), "{set}: {error}");
        }
        // Held and approved again, the same bytes leave.
        write(&mut firm.store, |unit| {
            unit.hold(id, "outside the window")?;
            unit.approve(id)
        })
        .unwrap();
        let mail = row_of(&firm.store, id);
        assert_eq!((mail.row.state, mail.row.approved), (OutboxState::Frozen, true));
        assert_eq!(firm.store.look().frozen(id).unwrap().unwrap(), frozen(1));
    }

    #[test]
    fn every_move_states_from_where() {
        // State reached, and the moves that must be refused there.
        type Move = (&'static str, fn(&mut Unit<'_>, OutboxId) -> Result<(), StoreError>);
        let moves: [Move; 14] = [
            ("freeze", |unit, id| unit.freeze(id, &frozen(9))),
            ("claim", |unit, id| unit.claim(id).map(|_| ())),
            ("in_data", |unit, id| unit.mark_in_data(id, at(2))),
            ("accepted", |unit, id| unit.mark_accepted(id, "250", at(3))),
            ("later", |unit, id| unit.mark_later(id, at(9), "451")),
            ("refused", |unit, id| unit.mark_refused(id, "550")),
            ("unsure", |unit, id| unit.mark_unsure(id, "gone")),
            ("never_left", |unit, id| unit.mark_never_left(id, "owner")),
            ("cancel", |unit, id| unit.cancel(id, "paid")),
            ("hold", |unit, id| unit.hold(id, "wait")),
            ("approve", |unit, id| unit.approve(id)),
            ("drafted", |unit, id| unit.drafted(id, "item")),
            ("sent_by_owner", |unit, id| unit.sent_by_owner(id, at(3))),
            ("discarded", |unit, id| unit.discarded(id)),
        ];
        let ways: [(&[&str], &[&str]); 11] = [
            (&[], &["freeze", "cancel", "hold", "drafted"]),
            (&["hold"], &["cancel", "approve", "drafted"]),
            (&["freeze"], &["claim", "refused", "cancel", "hold"]),
            (&["freeze", "claim"], &["in_data", "later", "refused"]),
            (&["freeze", "claim", "later"], &["claim", "refused", "cancel", "hold"]),
            (&["freeze", "claim", "in_data"], &["accepted", "later", "refused", "unsure"]),
            (&["freeze", "claim", "in_data", "unsure"], &["accepted", "never_left"]),
            (&["freeze", "claim", "in_data", "accepted"], &[]),
            (&["freeze", "claim", "refused"], &[]),
            (&["drafted"], &["drafted", "sent_by_owner", "discarded", "cancel"]),
            (&["drafted", "discarded"], &[]),
        ];
        for (way, allowed) in ways {
            for (name, attempt) in &moves {
                let mut firm = firm();
                let account = begin(&mut firm.store);
                let id = planned(&mut firm.store, &account, reminder(3, vec![]));
                for passed in way {
                    let (_, go) = moves.iter().find(|(name, _)| name == passed).unwrap();
                    write(&mut firm.store, |unit| go(unit, id)).unwrap();
                }
                let before = row_of(&firm.store, id);
                let result = write(&mut firm.store, |unit| attempt(unit, id));
                if allowed.contains(name) {
                    result.unwrap_or_else(|error| panic!("{way:?} then {name}: {error}"));
                } else {
                    let error = result.map(|()| panic!("{way:?} then {name} was let through")).unwrap_err();
                    assert_eq!(error.kind, StoreErrorKind::Raced, "{way:?} then {name}: {error}");
                    assert_eq!(row_of(&firm.store, id), before);
                }
            }
        }
    }

    #[test]
    fn no_such_row_is_not_a_race() {
        let mut firm = firm();
        let error = write(&mut firm.store, |unit| unit.claim(OutboxId(5))).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Unknown);
        let error = write(&mut firm.store, |unit| unit.set_sent_copy(OutboxId(5), SentCopy::Done)).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Unknown);
    }

    #[test]
    fn an_unsure_mail_blocks_its_key_until_it_is_settled() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let again = || Decision { mails: vec![reminder(3, vec![step(1, "friendly")])], ..Decision::default() };
        let id = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
        write(&mut firm.store, |unit| {
            unit.freeze(id, &frozen(1))?;
            unit.claim(id)?;
            unit.mark_in_data(id, at(2))?;
            unit.mark_unsure(id, "the connection broke")
        })
        .unwrap();
        let with = firm.store.write(|unit| unit.record(&account, &again(), at(5))).unwrap();
        assert_eq!(with.pending.iter().map(|row| row.id).collect::<Vec<_>>(), vec![id]);
        assert_eq!(firm.store.look().due(at(9999)).unwrap(), vec![]);
        assert_eq!(firm.store.look().sent_count_on(at(0), at(9)).unwrap(), 1, "it counts as sent");
        write(&mut firm.store, |unit| unit.mark_never_left(id, "the owner asked them")).unwrap();
        let with = firm.store.write(|unit| unit.record(&account, &again(), at(6))).unwrap();
        assert_eq!(with.pending[0].revision, 2);
    }

    #[test]
    fn a_mail_proven_undelivered_permits_another_revision() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let id = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
        write(&mut firm.store, |unit| {
            unit.freeze(id, &frozen(1))?;
            unit.claim(id)?;
            unit.mark_in_data(id, at(2))?;
            unit.mark_accepted(id, "250", at(3))
        })
        .unwrap();
        let again = Decision { mails: vec![reminder(3, vec![step(1, "friendly")])], ..Decision::default() };
        let with = firm.store.write(|unit| unit.record(&account, &again, at(5))).unwrap();
        assert_eq!(with.pending, vec![]);
        write(&mut firm.store, |unit| unit.mark_undelivered(id, "5.1.1")).unwrap();
        let with = firm.store.write(|unit| unit.record(&account, &again, at(6))).unwrap();
        assert_eq!(with.pending[0].revision, 2);
    }

    #[test]
    fn drafts_withdrawn_are_to_be_removed_and_discarded_ones_mean_no() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let id = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
        write(&mut firm.store, |unit| {
            unit.name(id, &frozen(1).rfc_id, "ref1")?;
            unit.drafted(id, "draft-1")
        })
        .unwrap();
        let mail = firm.store.look().outbox_by_reference("ref1").unwrap().unwrap();
        assert_eq!((mail.draft.as_deref(), mail.draft_to_remove), (Some("draft-1"), false));
        write(&mut firm.store, |unit| unit.cancel(id, "paid")).unwrap();
        assert_eq!(firm.store.look().drafts_to_remove().unwrap().len(), 1);
        // The owner sends it all the same.
        write(&mut firm.store, |unit| unit.sent_by_owner(id, at(9))).unwrap();
        assert_eq!(firm.store.look().drafts_to_remove().unwrap().len(), 0);
        assert_eq!(state_of(&firm.store, id), OutboxState::SentByOwner);

        let second = planned(&mut firm.store, &account, reminder(4, vec![step(2, "friendly")]));
        write(&mut firm.store, |unit| {
            unit.drafted(second, "draft-2")?;
            unit.discarded(second)
        })
        .unwrap();
        let again = Decision { mails: vec![reminder(4, vec![step(2, "friendly")])], ..Decision::default() };
        let with = firm.store.write(|unit| unit.record(&account, &again, at(6))).unwrap();
        assert_eq!(with.pending, vec![], "a discarded draft is not proposed again");
    }

    #[test]
    fn what_needs_approval_is_held_and_what_is_postponed_is_not_due() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let mut vip = reminder(3, vec![]);
        vip.needs_approval = true;
        let id = planned(&mut firm.store, &account, vip);
        assert_eq!(state_of(&firm.store, id), OutboxState::Held);
        assert_eq!(firm.store.look().due(at(99)).unwrap(), vec![]);
        write(&mut firm.store, |unit| unit.approve(id)).unwrap();
        assert_eq!(firm.store.look().due(at(99)).unwrap(), vec![id]);
        write(&mut firm.store, |unit| unit.postpone(id, at(200), "quiet hours")).unwrap();
        assert_eq!(firm.store.look().due(at(199)).unwrap(), vec![]);
        assert_eq!(firm.store.look().due(at(200)).unwrap(), vec![id]);
        assert_eq!(row_of(&firm.store, id).row.plan.not_before, at(200));
    }

    #[test]
    fn filters() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let one = planned(&mut firm.store, &account, reminder(3, vec![step(1, "friendly")]));
        let two = planned(&mut firm.store, &account, reminder(4, vec![step(2, "friendly")]));
        let mut about = plan(BusinessKey::Notice(CaseId(7), 1), vec![]);
        (about.customer, about.purpose) = (None, Purpose::Notice);
        let notice = write(&mut firm.store, |unit| unit.plan(&about, None, at(3))).unwrap().unwrap();
        write(&mut firm.store, |unit| unit.cancel(two, "paid")).unwrap();
        let ids = |filter: OutboxFilter| -> Vec<OutboxId> {
            firm.store.look().outbox(&filter).unwrap().iter().map(|mail| mail.row.id).collect()
        };
        let all = OutboxFilter::default;
        assert_eq!(ids(all()), vec![one, two, notice]);
        assert_eq!(ids(OutboxFilter { states: vec![OutboxState::Planned], ..all() }), vec![one, notice]);
        assert_eq!(ids(OutboxFilter { customer: Some(CustomerId(1)), ..all() }), vec![one, two]);
        assert_eq!(ids(OutboxFilter { case: Some(CaseId(7)), ..all() }), vec![notice]);
        assert_eq!(ids(OutboxFilter { receivable: Some(ReceivableId(2)), ..all() }), vec![two]);
        assert_eq!(ids(OutboxFilter { planned_from: Some(at(3)), ..all() }), vec![notice]);
        assert_eq!(ids(OutboxFilter { newest: Some(2), ..all() }), vec![two, notice]);
        assert_eq!(firm.store.look().notices_about(CaseId(7)).unwrap(), 1);
    }

    #[test]
    fn the_last_reminder_to_an_address() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let anna = address("anna@prova1.example");
        let sent = |purpose, minute| {
            let to = vec![address("anna@prova1.example")];
            entry(
                Change::MailSent { outbox: OutboxId(1), purpose, at: at(minute), to, items: vec![] },
                Cause::Delivery { outbox: OutboxId(1) },
            )
        };
        assert_eq!(firm.store.look().last_reminder_to(&anna).unwrap(), None);
        let entries = vec![sent(Purpose::Reminder, 50), sent(Purpose::Reminder, 10), sent(Purpose::Statement, 90)];
        firm.store.write(|unit| unit.record(&account, &decide(entries), at(91))).unwrap();
        assert_eq!(firm.store.look().last_reminder_to(&anna).unwrap(), Some(at(50)));
    }
}

mod crash {
    use super::*;

    fn three(store: &mut Store) -> [OutboxId; 3] {
        let account = begin(store);
        let ids = [3, 4, 5].map(|n| planned(store, &account, reminder(n, vec![])));
        write(store, |unit| {
            for (n, id) in ids.iter().enumerate().skip(1) {
                unit.freeze(*id, &frozen(u8::try_from(n).unwrap()))?;
                unit.claim(*id)?;
            }
            unit.mark_in_data(ids[2], at(2))
        })
        .unwrap();
        ids
    }

    #[test]
    fn what_was_under_way_is_unsure_and_what_was_claimed_is_tried_again() {
        let mut firm = firm();
        firm.store.begin_run().unwrap();
        let ids = three(&mut firm.store);
        drop(firm.store);
        let mut store = Store::open_existing(&firm.path).unwrap();
        let beginning = store.begin_run().unwrap();
        assert!(!beginning.restored);
        assert_eq!(beginning.recovered, Recovered { unsure: vec![ids[2]], retried: vec![ids[1]] });
        let states = ids.map(|id| state_of(&store, id));
        assert_eq!(states, [OutboxState::Planned, OutboxState::Frozen, OutboxState::Unsure]);
        assert_eq!(row_of(&store, ids[1]).row.attempts, 1, "the attempt stays counted");
    }

    #[test]
    fn a_restored_backup_holds_everything_in_flight() {
        let mut firm = firm();
        assert!(!firm.store.begin_run().unwrap().restored);
        let ids = three(&mut firm.store);
        by_hand(&firm.path).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let backup = std::fs::read(&firm.path).unwrap();
        assert!(!firm.store.begin_run().unwrap().restored);
        drop(firm.store);
        for ending in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(firm.path.with_file_name(format!("sollecito.db{ending}")));
        }
        std::fs::write(&firm.path, backup).unwrap();
        let mut store = Store::open_existing(&firm.path).unwrap();
        let beginning = store.begin_run().unwrap();
        assert!(beginning.restored);
        assert_eq!(beginning.held, vec![ids[0], ids[1]]);
        let states = ids.map(|id| state_of(&store, id));
        assert_eq!(states, [OutboxState::Held, OutboxState::Held, OutboxState::Unsure]);
        assert_eq!(store.look().due(at(9999)).unwrap(), vec![]);
        assert!(!store.begin_run().unwrap().restored, "it is told once");
    }

    #[test]
    fn a_copy_without_its_marker_counts_as_restored() {
        let mut firm = firm();
        firm.store.begin_run().unwrap();
        std::fs::remove_file(firm.path.with_file_name("sollecito.db.generation")).unwrap();
        assert!(firm.store.begin_run().unwrap().restored);
        std::fs::write(firm.path.with_file_name("sollecito.db.generation"), "rubbish").unwrap();
        assert!(firm.store.begin_run().unwrap().restored);
    }
}

mod halt {
    use super::*;

    fn brake(why: &str) -> Halt {
        Halt { at: at(5), why: why.to_owned() }
    }

    #[test]
    fn holds_by_row_and_by_file() {
        let mut firm = firm();
        assert_eq!(firm.store.look().halted().unwrap(), None);
        write(&mut firm.store, |unit| unit.set_halt(&brake("by row"))).unwrap();
        assert_eq!(firm.store.look().halted().unwrap(), Some(brake("by row")));
        write(&mut firm.store, |unit| unit.clear_halt()).unwrap();
        assert_eq!(firm.store.look().halted().unwrap(), None);
        place_halt_file(&firm.path, &brake("by file\nin two lines")).unwrap();
        assert_eq!(firm.store.look().halted().unwrap(), Some(brake("by file\nin two lines")));
        write(&mut firm.store, |unit| unit.clear_halt()).unwrap();
        assert_eq!(firm.store.look().halted().unwrap(), None);
    }

    #[test]
    fn works_while_the_database_is_busy() {
        let mut firm = firm();
        let other = by_hand(&firm.path);
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        firm.store.halt(&brake("stop")).unwrap();
        assert_eq!(firm.store.look().halted().unwrap(), Some(brake("stop")));
    }

    #[test]
    fn an_empty_or_garbled_file_halts_too() {
        let firm = firm();
        std::fs::write(halt_file(&firm.path), "").unwrap();
        assert!(firm.store.look().halted().unwrap().is_some());
        std::fs::write(halt_file(&firm.path), b"stop \xFF now").unwrap();
        assert!(firm.store.look().halted().unwrap().unwrap().why.starts_with("stop"));
    }
}

mod incoming {
    use super::*;

    fn message(n: u8, raw: Option<RawDigest>, customer: Option<CustomerId>) -> StoredMessage {
        StoredMessage {
            identity: identity(n),
            rfc_id: RfcId::parse("same@prova1.example"),
            folder: "inbox".to_owned(),
            received: at(i64::from(n)),
            from: Some(address("anna@prova1.example")),
            subject: "Re: Fattura n. 2026/1 — sollecito".to_owned(),
            kind: MessageKind::Reply,
            state: MessageState::Received,
            verdict: None,
            reading: None,
            customer,
            raw,
        }
    }

    #[test]
    fn raw_bytes_first_then_what_was_made_of_them() {
        let mut firm = firm();
        begin(&mut firm.store);
        let bytes = b"From: anna@prova1.example\r\n\r\n\xFF\x00ciao".to_vec();
        let raw = write(&mut firm.store, |unit| unit.store_raw(&bytes)).unwrap();
        assert_eq!(write(&mut firm.store, |unit| unit.store_raw(&bytes)).unwrap(), raw);
        let mut first = message(1, Some(raw.clone()), Some(CustomerId(1)));
        write(&mut firm.store, |unit| unit.put_message(&first)).unwrap();
        assert_eq!(firm.store.look().messages_undecided().unwrap(), vec![first.clone()]);
        first.state = MessageState::Decided;
        first.verdict = Some(Verdict {
            disposition: Disposition::ResendInvoice,
            automatic_answer: Some(TemplateId::new("resend_invoice")),
            reason: "One clear wish".to_owned(),
        });
        write(&mut firm.store, |unit| unit.put_message(&first)).unwrap();
        let look = firm.store.look();
        assert_eq!(look.message(identity(1)).unwrap(), Some(first.clone()));
        assert_eq!(look.raw(identity(1)).unwrap(), Some(bytes.clone()));
        assert_eq!(look.raw_bytes(&raw).unwrap(), Some(bytes));
        assert_eq!(look.messages_of(CustomerId(1)).unwrap(), vec![first.clone()]);
        assert_eq!(look.messages_since(at(2)).unwrap(), vec![]);
        let refused = write(&mut firm.store, |unit| unit.drop_raw(identity(1))).unwrap_err();
        assert_eq!(refused.kind, StoreErrorKind::Conflict, "evidence is kept");
    }

    #[test]
    fn private_mail_leaves_no_trace_of_its_words() {
        let mut firm = firm();
        let secret = b"Subject: x\r\n\r\nLa diagnosi del dottore".to_vec();
        let raw = write(&mut firm.store, |unit| {
            let raw = unit.store_raw(&secret)?;
            unit.put_message(&message(2, Some(raw.clone()), None))?;
            // The same bytes in another message stay until that one is dropped too.
            unit.put_message(&message(3, Some(raw.clone()), None))?;
            Ok(raw)
        })
        .unwrap();
        write(&mut firm.store, |unit| unit.drop_raw(identity(2))).unwrap();
        assert!(firm.store.look().raw_bytes(&raw).unwrap().is_some());
        assert_eq!(firm.store.look().raw(identity(2)).unwrap(), None);
        write(&mut firm.store, |unit| unit.drop_raw(identity(3))).unwrap();
        assert_eq!(firm.store.look().raw_bytes(&raw).unwrap(), None);
        assert!(firm.store.look().message(identity(2)).unwrap().is_some());
        drop(firm.store);
        let file = std::fs::read(&firm.path).unwrap();
        assert!(!file.windows(8).any(|window| window == b"diagnosi"), "the words linger in the file");
    }

    #[test]
    fn orphans_of_a_crash_are_dropped() {
        let mut firm = firm();
        let kept = write(&mut firm.store, |unit| {
            let kept = unit.store_raw(b"kept")?;
            unit.put_message(&message(1, Some(kept.clone()), None))?;
            unit.store_raw(b"orphan")?;
            Ok(kept)
        })
        .unwrap();
        assert_eq!(write(&mut firm.store, |unit| unit.drop_orphaned_raw()).unwrap(), 1);
        assert!(firm.store.look().raw_bytes(&kept).unwrap().is_some());
    }

    #[test]
    fn is_found_by_message_id_or_by_the_beginning_of_its_identity() {
        let mut firm = firm();
        write(&mut firm.store, |unit| {
            unit.put_message(&message(0x12, None, None))?;
            unit.put_message(&message(0x13, None, None))
        })
        .unwrap();
        let look = firm.store.look();
        let found = |sought: &str| -> Vec<MessageIdentity> {
            look.find_message(sought).unwrap().iter().map(|message| message.identity).collect()
        };
        assert_eq!(found("<same@prova1.example>"), vec![identity(0x12), identity(0x13)]);
        assert_eq!(found("121212"), vec![identity(0x12)]);
        assert_eq!(found(&identity(0x13).to_string()), vec![identity(0x13)]);
        for nothing in ["", "12", "zzzz", "12%", "ffff", "'; DROP TABLE message"] {
            assert_eq!(found(nothing), vec![], "{nothing:?}");
        }
    }

    #[test]
    fn items_of_a_folder() {
        let mut firm = firm();
        write(&mut firm.store, |unit| {
            unit.note_seen("inbox", "1", "10", Some(identity(1)), SeenState::Done)?;
            unit.note_seen("inbox", "1", "11", None, SeenState::Baseline)?;
            unit.note_seen("inbox", "2", "10", None, SeenState::Vanished)?;
            unit.note_seen("sent", "1", "10", None, SeenState::Done)
        })
        .unwrap();
        let seen = firm.store.look().seen("inbox", "1").unwrap();
        assert_eq!(
            seen.into_iter().collect::<Vec<_>>(),
            vec![("10".to_owned(), SeenState::Done), ("11".to_owned(), SeenState::Baseline)]
        );
        for n in 1..=3 {
            let attempts = write(&mut firm.store, |unit| unit.note_retry("inbox", "1", "12", "timeout")).unwrap();
            assert_eq!(attempts, n);
        }
        write(&mut firm.store, |unit| unit.quarantine("inbox", "1", "12", "too large", 3)).unwrap();
        let given_up = firm.store.look().quarantined().unwrap();
        assert_eq!(given_up.len(), 1);
        assert_eq!((given_up[0].2.attempts, given_up[0].2.reason.as_deref()), (3, Some("too large")));
        assert_eq!(firm.store.look().seen_item("inbox", "1", "99").unwrap(), None);
        write(&mut firm.store, |unit| {
            unit.note_folder_enumerated("inbox", at(9))?;
            unit.note_folder_enumerated("inbox", at(3))
        })
        .unwrap();
        assert_eq!(firm.store.look().folder_enumerated("inbox").unwrap(), Some(at(9)));
        assert_eq!(firm.store.look().folder_enumerated("sent").unwrap(), None);
    }

    #[test]
    fn threads_documents_and_settings() {
        let mut firm = firm();
        begin(&mut firm.store);
        let id = RfcId::parse("inv1@firm.example").unwrap();
        let link = |items: &[i64]| ThreadLink {
            customer: CustomerId(1),
            items: items.iter().copied().map(ReceivableId).collect(),
            origin: Origin::Owner,
        };
        assert!(write(&mut firm.store, |unit| unit.link_thread(&id, &link(&[1]))).unwrap());
        assert!(write(&mut firm.store, |unit| unit.link_thread(&id, &link(&[2, 1]))).unwrap());
        assert_eq!(firm.store.look().thread(&id).unwrap(), Some(link(&[1, 2])));
        assert_eq!(firm.store.look().threads().unwrap(), vec![(id.clone(), link(&[1, 2]))]);
        let second = customer(2);
        write(&mut firm.store, |unit| unit.create_account(&second, Cause::Import, "Imported", at(1)).map(|_| ()))
            .unwrap();
        let other = ThreadLink { customer: CustomerId(2), items: vec![], origin: Origin::Own };
        assert!(!write(&mut firm.store, |unit| unit.link_thread(&id, &other)).unwrap());
        assert_eq!(firm.store.look().thread(&id).unwrap(), Some(link(&[1, 2])));

        let document = Document {
            name: "Fattura 2026-1.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            content: b"%PDF-1.7 \x00\xFF".to_vec(),
            message: Some(identity(1)),
        };
        write(&mut firm.store, |unit| {
            unit.keep_document(ReceivableId(1), &document)?;
            unit.keep_document(ReceivableId(1), &document)
        })
        .unwrap();
        assert_eq!(firm.store.look().documents_of(ReceivableId(1)).unwrap(), vec![document.clone()]);
        assert_eq!(firm.store.look().documents_of(ReceivableId(2)).unwrap(), vec![]);
        let with: Vec<_> = firm.store.look().receivables_with_documents().unwrap().into_iter().collect();
        assert_eq!(with, vec![ReceivableId(1)]);
        let unknown = write(&mut firm.store, |unit| unit.keep_document(ReceivableId(77), &document)).unwrap_err();
        assert_eq!(unknown.kind, StoreErrorKind::Conflict);

        write(&mut firm.store, |unit| unit.set_setting("first_import", Some("2026-11-02"))).unwrap();
        assert_eq!(firm.store.look().setting("first_import").unwrap().as_deref(), Some("2026-11-02"));
        write(&mut firm.store, |unit| unit.set_setting("first_import", None)).unwrap();
        assert_eq!(firm.store.look().setting("first_import").unwrap(), None);
    }
}

mod together {
    use super::*;

    #[test]
    fn two_processes_cannot_both_claim() {
        let mut firm = firm();
        let account = begin(&mut firm.store);
        let id = planned(&mut firm.store, &account, reminder(3, vec![]));
        write(&mut firm.store, |unit| unit.freeze(id, &frozen(1))).unwrap();
        let wins: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|_| {
                    scope.spawn(|| {
                        let mut store = Store::open_existing(&firm.path).unwrap();
                        match store.write(|unit| unit.claim(id)) {
                            Ok(_) => 1,
                            Err(error) => {
                                let StoreError { kind, .. } = error;
                                assert_eq!(kind, StoreErrorKind::Raced);
                                0
                            }
                        }
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(wins, 1);
        assert_eq!(row_of(&firm.store, id).row.attempts, 1);
    }

    #[test]
    fn two_openings_make_one_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.db");
        let secrets: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..6).map(|_| scope.spawn(|| Store::open(&path).unwrap().look().secret().unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(secrets.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_reader_sees_one_state() {
        let mut firm = firm();
        begin(&mut firm.store);
        let other = Store::open_existing(&firm.path).unwrap();
        let seen: Result<(usize, usize), StoreError> = other.read(|look| {
            let before = look.journal(None)?.len();
            write(&mut firm.store, |unit| {
                unit.create_account(&customer(2), Cause::Import, "Imported", at(1)).map(|_| ())
            })?;
            Ok((before, look.journal(None)?.len()))
        });
        assert_eq!(seen.unwrap(), (3, 3));
        assert_eq!(other.look().journal(None).unwrap().len(), 4);
    }
}

/// Any change about the small world of customer 1 with receivables 1 to 3.
fn any_change() -> impl Strategy<Value = Change> {
    let id = (1i64..4).prop_map(ReceivableId);
    let steps = prop_oneof![Just("friendly"), Just("second"), Just("firm")];
    let taken = (id.clone(), steps.clone(), 0u32..2).prop_map(|(receivable, name, cycle)| {
        Change::StepTaken(StepTaken {
            step: StepRef { receivable, cycle, step: StepId::new(name) },
            on: day(9),
            by: StepTaker::Owner,
        })
    });
    let declined = (id.clone(), steps)
        .prop_map(|(receivable, name)| Change::StepDeclined { step: step(receivable.0, name), on: day(9) });
    prop_oneof![
        id.clone().prop_map(|id| Change::ReceivableSet { receivable: Box::new(receivable(id.0, 1)) }),
        (id.clone(), 1i64..200_000, 1u32..28).prop_map(|(receivable, cents, on)| Change::PaymentRecorded {
            receivable,
            payment: Payment { amount: Money::eur(cents), on: day(on) }
        }),
        id.clone().prop_map(|receivable| Change::ReceivableMissing { receivable, on: day(8) }),
        id.clone().prop_map(|receivable| Change::ReceivableFound { receivable }),
        (1u32..28).prop_map(|up_to| Change::PaymentsKnown { up_to: day(up_to) }),
        id.clone().prop_map(|receivable| Change::Closed { receivable, how: Closure::WrittenOff }),
        id.clone().prop_map(|receivable| Change::Released { receivable }),
        id.clone().prop_map(|receivable| Change::CycleBegun { receivable }),
        (1i64..9).prop_map(|n| Change::HoldPlaced { hold: hold(n, HoldKind::Paused, Cause::Clock) }),
        (1i64..9).prop_map(|n| Change::HoldEnded { hold: HoldId(n), at: at(n), how: HoldOutcome::Lifted }),
        (0u8..9).prop_map(|n| Change::CustomerWrote { at: at(i64::from(n)), message: identity(n) }),
        (0u8..9).prop_map(|n| Change::OwnerWrote { at: at(i64::from(n)), message: identity(n) }),
        (0u8..9).prop_map(|n| Change::Understood {
            message: identity(n),
            intents: vec![Intent::Dispute],
            disposition: Disposition::RouteToOwner,
            items: vec![ReceivableId(1)]
        }),
        (0i64..90).prop_map(|n| Change::MailSent {
            outbox: OutboxId(n),
            purpose: Purpose::Reminder,
            at: at(n),
            to: vec![address("anna@prova1.example"), address("anna@prova1.example")],
            items: vec![]
        }),
        Just(Change::ContactBounced { address: address("anna@prova1.example") }),
        Just(Change::ContactRestored { address: address("anna@prova1.example") }),
        "\\PC{0,20}".prop_map(|text| Change::Noted { text, items: vec![] }),
        taken,
        declined,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever happens, in whatever portions: the state tables are what the changes add up to, what the journal adds
    /// up to, and after an undo what is left without that order.
    #[test]
    fn state_journal_and_undo_agree(
        portions in prop::collection::vec((prop::collection::vec(any_change(), 0..5), any::<bool>()), 1..8),
        undone in any::<prop::sample::Index>(),
    ) {
        let mut firm = firm();
        let mut account = begin(&mut firm.store);
        let mut expected = account.clone();
        let mut entries_all: Vec<(Option<CommandId>, Change)> = Vec::new();
        let first = account.clone();
        for (changes, by_owner) in portions {
            let command = if by_owner {
                Some(write(&mut firm.store, |unit| unit.new_command("test", at(1))).unwrap())
            } else {
                None
            };
            let cause = command.map_or(Cause::Clock, |command| Cause::Owner { command });
            for change in &changes {
                expected.apply(change);
                entries_all.push((command, change.clone()));
            }
            let decision = decide(changes.into_iter().map(|change| entry(change, cause.clone())).collect());
            account = firm.store.write(|unit| unit.record(&account, &decision, at(2))).unwrap();
            prop_assert_eq!(&account, &expected);
        }
        prop_assert_eq!(&firm.store.look().account(CustomerId(1)).unwrap().unwrap(), &expected);
        prop_assert_eq!(firm.store.look().compare_with_journal().unwrap(), vec![]);
        prop_assert_eq!(replay(&firm.store.look().journal(Some(CustomerId(1))).unwrap()), Some(expected));

        let mut commands: Vec<CommandId> = entries_all.iter().filter_map(|(command, _)| *command).collect();
        commands.dedup();
        if !commands.is_empty() {
            let command = *undone.get(&commands);
            let mut without = first;
            for (of, change) in &entries_all {
                if *of != Some(command) {
                    without.apply(change);
                }
            }
            write(&mut firm.store, |unit| unit.undo(command, at(9))).unwrap();
            prop_assert_eq!(firm.store.look().account(CustomerId(1)).unwrap().unwrap(), without);
            prop_assert_eq!(firm.store.look().compare_with_journal().unwrap(), vec![]);
        }
        firm.store.check().unwrap();
    }
}
