//! The journal: append-only, and the measure of all else.

use super::*;

#[test]
fn is_append_only() {
    let mut firm = firm();
    begin(&mut firm.store);
    let connection = by_hand(&firm.path);
    for sql in
        ["UPDATE journal SET because = 'something else'", "DELETE FROM journal WHERE seq = 1", "DELETE FROM journal"]
    {
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
