//! Several processes at one database.

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
        write(&mut firm.store, |unit| unit.create_account(&customer(2), Cause::Import, "Imported", at(1)).map(|_| ()))?;
        Ok((before, look.journal(None)?.len()))
    });
    assert_eq!(seen.unwrap(), (3, 3));
    assert_eq!(other.look().journal(None).unwrap().len(), 4);
}
