//! The brake.

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
