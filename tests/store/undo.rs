//! Orders taken back.

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
    let paid =
        Change::PaymentRecorded { receivable: ReceivableId(2), payment: Payment::arrived(Money::eur(500), day(3)) };
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
fn a_set_off_is_kept_as_one_and_taken_back_like_a_payment() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let command = write(&mut firm.store, |unit| unit.new_command("set-off 2026/2", at(1))).unwrap();
    let payment = Payment::set_off(Money::eur(300), day(3), Some("vostra fattura 45"));
    let change = Change::PaymentRecorded { receivable: ReceivableId(2), payment: payment.clone() };
    let decision = decide(vec![entry(change, Cause::Owner { command })]);
    firm.store.write(|unit| unit.record(&account, &decision, at(1))).unwrap();
    let kept = firm.store.look().account(CustomerId(1)).unwrap().unwrap().receivables[1].clone();
    assert_eq!(kept.payments, vec![payment]);
    assert_eq!((kept.set_off(), kept.received()), (Money::eur(300), Money::eur(0)));
    assert_eq!(firm.store.look().compare_with_journal().unwrap(), vec![]);
    write(&mut firm.store, |unit| unit.undo(command, at(2))).unwrap();
    let now = firm.store.look().account(CustomerId(1)).unwrap().unwrap();
    assert_eq!(now.receivables[1].payments, vec![]);
    assert_eq!(firm.store.look().compare_with_journal().unwrap(), vec![]);
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
