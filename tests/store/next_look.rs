//! Whose day has come: kept until anything about the account changes, by whatever way.

use super::*;

const FIRST: CustomerId = CustomerId(1);

fn later() -> NaiveDate {
    day(28)
}

/// An account that is left alone until the 28th.
fn left_alone() -> Firm {
    let mut firm = firm();
    begin(&mut firm.store);
    leave_alone(&mut firm.store);
    firm
}

fn leave_alone(store: &mut Store) {
    write(store, |unit| unit.set_next_look(FIRST, later())).unwrap();
    assert_eq!(store.look().next_look(FIRST).unwrap(), Some(later()));
}

#[test]
fn an_account_waits_for_its_day() {
    let mut firm = firm();
    begin(&mut firm.store);
    assert_eq!(firm.store.look().next_look(FIRST).unwrap(), None, "a new account is looked at");
    assert_eq!(firm.store.look().accounts_to_look_at(day(2)).unwrap(), [FIRST]);
    leave_alone(&mut firm.store);
    assert_eq!(firm.store.look().accounts_to_look_at(day(27)).unwrap(), []);
    assert_eq!(firm.store.look().accounts_to_look_at(later()).unwrap(), [FIRST]);
    write(&mut firm.store, |unit| unit.look_at_all()).unwrap();
    assert_eq!(firm.store.look().accounts_to_look_at(day(2)).unwrap(), [FIRST]);
}

#[test]
fn a_day_that_was_not_kept_is_none() {
    let mut firm = left_alone();
    let failed = firm.store.write(|unit| -> Result<(), StoreError> {
        unit.set_next_look(FIRST, day(30))?;
        // Unknown: the whole unit fails.
        unit.cancel(OutboxId(99), "the test says so")
    });
    assert!(failed.is_err());
    assert_eq!(firm.store.look().next_look(FIRST).unwrap(), Some(later()));
}

/// Whatever belongs to an account, also what is added to the schema later: inserted, changed or removed by whatever
/// statement.
#[test]
fn every_table_of_an_account_makes_it_be_looked_at() {
    let firm = left_alone();
    let connection = by_hand(&firm.path);
    let list = |sql: &str| -> Vec<String> {
        let mut prepared = connection.prepare(sql).unwrap();
        prepared.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables = list(
        "SELECT DISTINCT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name = 'customer' \
         WHERE m.type = 'table' ORDER BY 1",
    );
    // Written beside one of the others, or nothing that policy sees.
    let besides = ["contact", "journal", "message", "next_look", "sent_recipient", "thread"];
    let wanted: Vec<&String> = tables.iter().filter(|table| !besides.contains(&table.as_str())).collect();
    assert_eq!(wanted.len(), 9, "{wanted:?}");
    for table in wanted {
        for ending in ["_new", "", "_gone"] {
            let name = format!("next_look_{table}{ending}");
            let found = list(&format!("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = '{name}'"));
            assert_eq!(found.len(), 1, "{name}: what happens to `{table}` must empty the day of the account");
        }
    }
}

/// One change each, in the ways in which the store itself writes.
#[test]
fn whatever_changes_an_account_empties_its_day() {
    type Change1 = fn(&mut Unit<'_>) -> Result<(), StoreError>;
    fn told(unit: &mut Unit<'_>, change: Change) -> Result<(), StoreError> {
        let account = unit.account(FIRST)?.unwrap();
        unit.record(&account, &decide(vec![entry(change, Cause::Clock)]), at(9)).map(|_| ())
    }
    fn mail(unit: &Unit<'_>) -> OutboxId {
        unit.account(FIRST).unwrap().unwrap().pending[0].id
    }
    let changes: [(&str, Change1); 16] = [
        ("customer", |unit| {
            told(unit, Change::CustomerSet { customer: Box::new(Customer { vip: true, ..customer(1) }) })
        }),
        ("wrote", |unit| told(unit, Change::CustomerWrote { at: at(3), message: identity(3) })),
        ("payments known", |unit| told(unit, Change::PaymentsKnown { up_to: day(19) })),
        ("paid", |unit| {
            let payment = Payment::arrived(Money::eur(500), day(3));
            told(unit, Change::PaymentRecorded { receivable: ReceivableId(1), payment })
        }),
        ("new receivable", |unit| told(unit, Change::ReceivableSet { receivable: Box::new(receivable(3, 1)) })),
        ("hold", |unit| told(unit, Change::HoldPlaced { hold: hold(1, HoldKind::Paused, Cause::Clock) })),
        ("hold ended", |unit| told(unit, Change::HoldEnded { hold: HoldId(1), at: at(4), how: HoldOutcome::Lifted })),
        ("step", |unit| {
            told(unit, Change::StepTaken(StepTaken { step: step(1, "friendly"), on: day(9), by: StepTaker::Agent }))
        }),
        ("declined", |unit| told(unit, Change::StepDeclined { step: step(1, "second"), on: day(9) })),
        ("bounced", |unit| told(unit, Change::ContactBounced { address: address("anna@prova1.example") })),
        ("planned", |unit| unit.plan(&reminder(9, vec![]), None, at(9)).map(|_| ())),
        ("postponed", |unit| unit.postpone(mail(unit), at(99), "later")),
        ("held", |unit| unit.hold(mail(unit), "the test says so")),
        ("approved", |unit| unit.approve(mail(unit))),
        ("cancelled", |unit| unit.cancel(mail(unit), "the test says so")),
        ("document", |unit| {
            let document = Document {
                name: "f.pdf".to_owned(),
                media_type: "application/pdf".to_owned(),
                content: vec![1],
                message: None,
            };
            unit.keep_document(ReceivableId(1), &document)
        }),
    ];
    let mut firm = left_alone();
    for (name, change) in changes {
        leave_alone(&mut firm.store);
        write(&mut firm.store, change).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(firm.store.look().next_look(FIRST).unwrap(), None, "{name}");
    }
    assert_eq!(firm.store.look().documents_at_hand(FIRST).unwrap(), [ReceivableId(1)].into());
}

#[test]
fn what_happens_to_one_leaves_the_others_alone() {
    let mut firm = left_alone();
    write(&mut firm.store, |unit| unit.create_account(&customer(2), Cause::Import, "New", at(5)).map(|_| ())).unwrap();
    assert_eq!(firm.store.look().next_look(FIRST).unwrap(), Some(later()));
    assert_eq!(firm.store.look().accounts_to_look_at(day(2)).unwrap(), [CustomerId(2)]);
}

#[test]
fn in_a_restored_database_every_account_is_looked_at() {
    let mut firm = left_alone();
    firm.store.begin_run().unwrap();
    leave_alone(&mut firm.store);
    firm.store.begin_run().unwrap();
    assert_eq!(firm.store.look().next_look(FIRST).unwrap(), Some(later()), "a further run changes nothing");
    // A copy of an older state was put back: its counter is behind.
    std::fs::write(firm.path.with_file_name("sollecito.db.generation"), "9\n").unwrap();
    assert!(firm.store.begin_run().unwrap().restored);
    assert_eq!(firm.store.look().next_look(FIRST).unwrap(), None);
}

/// What another process wrote between two looks is seen, also from within a unit of work.
#[test]
fn writing_beside_is_noticed() {
    let mut firm = left_alone();
    let before = firm.store.outside_changes().unwrap();
    write(&mut firm.store, |unit| unit.set_setting("own", Some("yes"))).unwrap();
    assert_eq!(firm.store.outside_changes().unwrap(), before, "what is written here is no news");
    let mut other = Store::open(&firm.path).unwrap();
    write(&mut other, |unit| unit.set_setting("other", Some("yes"))).unwrap();
    let within = write(&mut firm.store, |unit| unit.outside_changes()).unwrap();
    assert_ne!(within, before);
}
