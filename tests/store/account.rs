//! Accounts: what comes back, what is refused.

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
    let paid =
        Change::PaymentRecorded { receivable: ReceivableId(1), payment: Payment::arrived(Money::eur(1), day(3)) };
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

#[test]
fn a_panic_undoes_everything() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _: Result<(), StoreError> = firm.store.write(|unit| {
            unit.plan(&reminder(3, vec![step(1, "friendly")]), None, at(1))?;
            panic!("a fault in a rule");
        });
    }));
    assert!(caught.is_err());
    assert_eq!(firm.store.look().account(CustomerId(1)).unwrap(), Some(account));
    write(&mut firm.store, |unit| unit.set_setting("still", Some("usable"))).unwrap();
}

#[test]
fn a_thousand_accounts_are_opened_one_at_a_time_by_index() {
    let mut firm = firm();
    write(&mut firm.store, |unit| {
        for n in 1..=1000 {
            let id = unit.new_customer_id()?;
            let receivable = Box::new(receivable(unit.new_receivable_id()?.0, id.0));
            let decision = decide(vec![entry(Change::ReceivableSet { receivable }, Cause::Import)]);
            unit.record(&Account::new(customer(id.0)), &decision, at(n))?;
        }
        Ok(())
    })
    .unwrap();
    let ids = firm.store.look().account_ids().unwrap();
    assert_eq!(ids.len(), 1000);
    let begun = std::time::Instant::now();
    for id in ids {
        assert_eq!(firm.store.look().account(id).unwrap().unwrap().receivables.len(), 1);
    }
    // Some 0.1 s on a slow machine with indexes, minutes without: the bound tells the two apart, nothing finer.
    assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
}
