//! What a crash or a restored backup leaves behind.

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
fn a_restored_backup_keeps_no_notice_from_the_owner() {
    let mut firm = firm();
    firm.store.begin_run().unwrap();
    let mut about = plan(BusinessKey::Notice(CaseId(7), 1), vec![]);
    (about.customer, about.purpose) = (None, Purpose::Notice);
    let notice = write(&mut firm.store, |unit| unit.plan(&about, None, at(3))).unwrap().unwrap();
    std::fs::remove_file(firm.path.with_file_name("sollecito.db.generation")).unwrap();
    let beginning = firm.store.begin_run().unwrap();
    assert!(beginning.restored);
    assert_eq!((beginning.held, state_of(&firm.store, notice)), (vec![], OutboxState::Planned));
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

#[test]
fn a_second_agent_fences_the_first_and_orders_of_the_owner_pass() {
    let mut firm = firm();
    firm.store.begin_run().unwrap();
    let account = begin(&mut firm.store);
    let id = planned(&mut firm.store, &account, reminder(3, vec![]));
    let mut orders = Store::open_existing(&firm.path).unwrap();
    write(&mut orders, |unit| unit.hold(id, "by the owner")).unwrap();
    write(&mut firm.store, |unit| unit.approve(id)).unwrap();
    let mut second = Store::open_existing(&firm.path).unwrap();
    second.begin_run().unwrap();
    let error = write(&mut firm.store, |unit| unit.freeze(id, &frozen(1))).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Fenced);
    write(&mut second, |unit| unit.freeze(id, &frozen(1))).unwrap();
    write(&mut orders, |unit| unit.hold(id, "by the owner")).unwrap();
}
