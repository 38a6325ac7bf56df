//! Several rows in one mail: whatever moves one moves all of them.

use super::*;

/// Customers 1, 2 and 3, each with a reminder that takes a step; the first row carries the other two.
struct Bundle {
    firm: Firm,
    carrier: OutboxId,
    riders: [OutboxId; 2],
}

impl Bundle {
    fn new() -> Self {
        let mut firm = firm();
        let ids: Vec<OutboxId> = (1..=3).map(|n| one_more(&mut firm.store, n)).collect();
        let (carrier, riders) = (ids[0], [ids[1], ids[2]]);
        write(&mut firm.store, |unit| {
            unit.freeze(carrier, &frozen(1))?;
            unit.carry(riders[0], carrier)?;
            unit.carry(riders[1], carrier)
        })
        .unwrap();
        Self { firm, carrier, riders }
    }

    fn all(&self) -> [OutboxId; 3] {
        [self.carrier, self.riders[0], self.riders[1]]
    }

    /// State, live, and how many of its steps are taken up, the same for all.
    fn stands(&self) -> (OutboxState, bool, i64) {
        let connection = by_hand(&self.firm.path);
        let stands = self.all().map(|id| {
            let live = connection.query_row("SELECT live FROM outbox WHERE id = ?1", [id.0], |row| row.get(0)).unwrap();
            let steps = "SELECT count(*) FROM outbox_item WHERE outbox = ?1 AND live = 1";
            let steps = connection.query_row(steps, [id.0], |row| row.get(0)).unwrap();
            (state_of(&self.firm.store, id), live, steps)
        });
        assert!(stands.iter().all(|other| *other == stands[0]), "they stand differently: {stands:?}");
        stands[0]
    }
}

/// A customer of that number with one receivable and a reminder about it.
fn one_more(store: &mut Store, n: i64) -> OutboxId {
    let account = store
        .write(|unit| {
            let id = unit.new_customer_id()?;
            let receivable = Box::new(receivable(unit.new_receivable_id()?.0, id.0));
            let set = entry(Change::ReceivableSet { receivable }, Cause::Import);
            unit.record(&Account::new(customer(id.0)), &decide(vec![set]), at(0))
        })
        .unwrap();
    let mut plan = plan(BusinessKey::Reminder(CustomerId(n), day(3)), vec![step(n, "friendly")]);
    plan.customer = Some(CustomerId(n));
    planned(store, &account, plan)
}

type Move = (&'static str, fn(&mut Unit<'_>, OutboxId) -> Result<(), StoreError>);

const MOVES: [Move; 12] = [
    ("claim", |unit, id| unit.claim(id).map(|_| ())),
    ("in_data", |unit, id| unit.mark_in_data(id, at(2))),
    ("accepted", |unit, id| unit.mark_accepted(id, "250", at(3))),
    ("undelivered", |unit, id| unit.mark_undelivered(id, "5.1.1")),
    ("later", |unit, id| unit.mark_later(id, at(9), "451")),
    ("refused", |unit, id| unit.mark_refused(id, "550")),
    ("unsure", |unit, id| unit.mark_unsure(id, "gone")),
    ("never_left", |unit, id| unit.mark_never_left(id, "owner")),
    ("cancel", |unit, id| unit.cancel(id, "paid")),
    ("hold", |unit, id| unit.hold(id, "wait")),
    ("approve", |unit, id| unit.approve(id)),
    ("postpone", |unit, id| unit.postpone(id, at(300), "quiet hours")),
];

const WAYS: [&[&str]; 12] = [
    &["claim", "in_data", "accepted"],
    &["claim", "in_data", "accepted", "undelivered"],
    &["claim", "later", "claim", "in_data", "accepted"],
    &["claim", "in_data", "later", "postpone", "cancel"],
    &["claim", "in_data", "unsure", "accepted"],
    &["claim", "in_data", "unsure", "never_left"],
    &["claim", "refused"],
    &["claim", "later", "refused"],
    &["claim", "in_data", "refused"],
    &["hold", "postpone", "approve", "claim", "in_data", "accepted"],
    &["postpone", "cancel"],
    &["hold", "cancel"],
];

/// Also when a rider is the one that is named: an order about it is an order about the mail that it goes in.
#[test]
fn every_move_of_one_is_a_move_of_all() {
    let mut reached = std::collections::BTreeSet::new();
    for way in WAYS {
        for named in 0..3 {
            let mut bundle = Bundle::new();
            let id = bundle.all()[named];
            for passed in way {
                let (_, go) = MOVES.iter().find(|(name, _)| name == passed).unwrap();
                write(&mut bundle.firm.store, |unit| go(unit, id)).unwrap_or_else(|e| panic!("{way:?} {passed}: {e}"));
                bundle.stands();
                reached.insert(*passed);
            }
            let is_free = matches!(way.last(), Some(&("undelivered" | "never_left" | "cancel" | "refused")));
            let (_, live, steps) = bundle.stands();
            assert_eq!((live, steps), (!is_free, i64::from(!is_free)), "{way:?}");
            let frozen_bytes = bundle.all().map(|id| bundle.firm.store.look().frozen(id).unwrap().is_some());
            assert_eq!(frozen_bytes, [true, false, false], "one of them has the bytes");
        }
    }
    assert_eq!(reached.len(), MOVES.len(), "every move is made: {reached:?}");
}

#[test]
fn a_move_that_is_refused_leaves_all_of_them_alone() {
    let mut bundle = Bundle::new();
    for id in bundle.all() {
        let early = write(&mut bundle.firm.store, |unit| unit.mark_accepted(id, "250", at(3))).unwrap_err();
        assert_eq!(early.kind, StoreErrorKind::Raced);
    }
    assert_eq!(bundle.stands(), (OutboxState::Frozen, true, 1));
}

#[test]
fn what_is_carried_is_due_with_its_carrier_and_counts_once() {
    let mut bundle = Bundle::new();
    let look = bundle.firm.store.look();
    assert_eq!(look.due(at(99)).unwrap(), vec![bundle.carrier]);
    assert_eq!(look.reminders_waiting(at(99)).unwrap(), 1);
    let carried: Vec<OutboxId> = look.carried_in(bundle.carrier).unwrap().iter().map(|mail| mail.row.id).collect();
    assert_eq!(carried, bundle.riders);
    assert_eq!(look.carried_in(bundle.riders[0]).unwrap(), vec![]);
    assert_eq!(row_of(&bundle.firm.store, bundle.riders[1]).carried_by, Some(bundle.carrier));
    write(&mut bundle.firm.store, |unit| {
        unit.claim(bundle.carrier)?;
        unit.mark_in_data(bundle.carrier, at(2))?;
        unit.mark_accepted(bundle.carrier, "250", at(3))?;
        unit.set_sent_copy(bundle.carrier, SentCopy::Wanted)
    })
    .unwrap();
    let look = bundle.firm.store.look();
    assert_eq!((look.sent_count_on(at(0), at(9)).unwrap(), look.reminders_sent_on(at(0), at(9)).unwrap()), (1, 1));
    assert_eq!(look.sent_copies_open().unwrap().len(), 1);
    for n in 1..=3 {
        assert_eq!(look.account(CustomerId(n)).unwrap().unwrap().pending, vec![], "over for every account");
    }
}

#[test]
fn a_crash_finds_all_of_them_moved_or_none() {
    let mut bundle = Bundle::new();
    write(&mut bundle.firm.store, |unit| unit.claim(bundle.carrier)).unwrap();
    let recovered = write(&mut bundle.firm.store, |unit| unit.recover_in_data()).unwrap();
    assert_eq!((recovered.retried, recovered.unsure), (vec![bundle.carrier], vec![]));
    assert_eq!(bundle.stands().0, OutboxState::Frozen);
    write(&mut bundle.firm.store, |unit| {
        unit.claim(bundle.carrier)?;
        unit.mark_in_data(bundle.carrier, at(2))
    })
    .unwrap();
    let recovered = write(&mut bundle.firm.store, |unit| unit.recover_in_data()).unwrap();
    assert_eq!((recovered.retried, recovered.unsure), (vec![], vec![bundle.carrier]));
    assert_eq!(bundle.stands(), (OutboxState::Unsure, true, 1));
    for moved in [&["claim"][..], &["claim", "in_data"], &["claim", "later"], &[]] {
        let mut bundle = Bundle::new();
        for passed in moved {
            let (_, go) = MOVES.iter().find(|(name, _)| name == passed).unwrap();
            write(&mut bundle.firm.store, |unit| go(unit, bundle.carrier)).unwrap();
        }
        let held = write(&mut bundle.firm.store, |unit| unit.hold_in_flight(HELD_AFTER_RESTORE)).unwrap();
        assert_eq!(held, vec![bundle.carrier]);
        let unsure = moved.contains(&"in_data");
        assert_eq!(bundle.stands().0, if unsure { OutboxState::Unsure } else { OutboxState::Held });
    }
}

#[test]
fn only_what_is_planned_is_carried_and_only_by_what_was_just_frozen() {
    let mut firm = firm();
    let ids: Vec<OutboxId> = (1..=4).map(|n| one_more(&mut firm.store, n)).collect();
    let refused = |firm: &mut Firm, id: OutboxId, by: OutboxId| {
        write(&mut firm.store, |unit| unit.carry(id, by)).unwrap_err().kind
    };
    assert_eq!(refused(&mut firm, ids[1], ids[0]), StoreErrorKind::Conflict, "not frozen");
    write(&mut firm.store, |unit| unit.freeze(ids[0], &frozen(1))).unwrap();
    assert_eq!(refused(&mut firm, ids[0], ids[0]), StoreErrorKind::Conflict, "itself");
    write(&mut firm.store, |unit| unit.carry(ids[1], ids[0])).unwrap();
    assert_eq!(refused(&mut firm, ids[2], ids[1]), StoreErrorKind::Conflict, "carried itself");
    assert_eq!(refused(&mut firm, ids[1], ids[0]), StoreErrorKind::Raced, "carried already");
    write(&mut firm.store, |unit| unit.hold(ids[2], "wait")).unwrap();
    assert_eq!(refused(&mut firm, ids[2], ids[0]), StoreErrorKind::Raced, "waits for a person");
    write(&mut firm.store, |unit| unit.claim(ids[0]).map(|_| ())).unwrap();
    write(&mut firm.store, |unit| unit.mark_later(ids[0], at(9), "451")).unwrap();
    assert_eq!(refused(&mut firm, ids[3], ids[0]), StoreErrorKind::Conflict, "its bytes were offered already");
    assert_eq!(refused(&mut firm, ids[3], OutboxId(99)), StoreErrorKind::Conflict, "nobody");
}

/// Each of them is one live row with its key and its step, as if it went alone.
#[test]
fn a_bundle_that_is_cancelled_is_planned_anew_one_by_one() {
    let mut bundle = Bundle::new();
    write(&mut bundle.firm.store, |unit| unit.cancel(bundle.riders[0], "paid")).unwrap();
    assert_eq!(bundle.stands(), (OutboxState::Cancelled, false, 0));
    for n in 1..=3 {
        let account = bundle.firm.store.look().account(CustomerId(n)).unwrap().unwrap();
        let mut again = plan(BusinessKey::Reminder(CustomerId(n), day(3)), vec![step(n, "friendly")]);
        again.customer = Some(CustomerId(n));
        let id = planned(&mut bundle.firm.store, &account, again);
        let row = row_of(&bundle.firm.store, id);
        assert_eq!((row.row.revision, row.carried_by, row.row.state), (2, None, OutboxState::Planned));
    }
}

#[test]
fn an_order_taken_back_takes_the_mail_back_in_which_its_own_goes() {
    let mut firm = firm();
    let carrier = one_more(&mut firm.store, 1);
    let account = firm
        .store
        .write(|unit| {
            let id = unit.new_customer_id()?;
            let receivable = Box::new(receivable(unit.new_receivable_id()?.0, id.0));
            unit.record(
                &Account::new(customer(id.0)),
                &decide(vec![entry(Change::ReceivableSet { receivable }, Cause::Import)]),
                at(0),
            )
        })
        .unwrap();
    let command = write(&mut firm.store, |unit| unit.new_command("remind", at(1))).unwrap();
    let mut plan = plan(BusinessKey::Reminder(CustomerId(2), day(3)), vec![step(2, "friendly")]);
    plan.customer = Some(CustomerId(2));
    let noted = entry(Change::Noted { text: "x".to_owned(), items: vec![] }, Cause::Owner { command });
    let decision = Decision { entries: vec![noted], mails: vec![plan], ..Decision::default() };
    let account = firm.store.write(|unit| unit.record(&account, &decision, at(1))).unwrap();
    let rider = account.pending[0].id;
    write(&mut firm.store, |unit| {
        unit.freeze(carrier, &frozen(1))?;
        unit.carry(rider, carrier)
    })
    .unwrap();
    let undone = write(&mut firm.store, |unit| unit.undo(command, at(5))).unwrap();
    assert_eq!(undone.cancelled, vec![rider]);
    assert_eq!(state_of(&firm.store, carrier), OutboxState::Cancelled, "the bytes name both");
}
