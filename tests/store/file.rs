//! The file: made, opened, refused.

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
        .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
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
fn a_database_of_each_released_schema_opens_with_all_that_is_in_it() {
    let released = [
        include_str!("../databases/schema_1.sql"),
        include_str!("../databases/schema_2.sql"),
        include_str!("../databases/schema_3.sql"),
        include_str!("../databases/schema_4.sql"),
    ];
    assert_eq!(released.len(), usize::try_from(LATEST).unwrap(), "one database of each schema");
    for (index, sql) in released.into_iter().enumerate() {
        opens_whole(sql, index + 1);
    }
}

fn opens_whole(sql: &str, schema: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    by_hand(&path).execute_batch(sql).unwrap();
    let written: u32 = by_hand(&path).query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(usize::try_from(written).unwrap(), schema);
    let mut store = Store::open_existing(&path).unwrap();
    store.check().unwrap();
    let look = store.look();
    assert_eq!(look.secret().unwrap(), [7; 32]);
    assert_eq!(look.compare_with_journal().unwrap(), vec![]);
    let account = look.account(CustomerId(1)).unwrap().unwrap();
    assert_eq!((account.receivables.len(), account.holds.len(), account.steps.len()), (2, 1, 1));
    assert_eq!((account.cases.len(), account.sent.len(), account.declined.len()), (1, 1, 1));
    assert_eq!(account.pending.len(), 1);
    assert_eq!(look.frozen(OutboxId(1)).unwrap(), Some(frozen(1)));
    assert_eq!(state_of(&store, OutboxId(1)), OutboxState::Accepted);
    assert_eq!(row_of(&store, OutboxId(1)).carried_by, None, "what an older program sent spoke for one account");
    assert_eq!(look.carried_in(OutboxId(1)).unwrap(), vec![]);
    assert!(look.raw(identity(4)).unwrap().is_some());
    assert_eq!(look.documents_of(ReceivableId(1)).unwrap().len(), 1);
    assert_eq!((look.threads().unwrap().len(), look.generation().unwrap()), (1, 1));
    assert_eq!(look.seen("inbox", "1").unwrap().len(), 1);
    assert_eq!(look.known_heads("inbox", "another").unwrap().len(), usize::from(schema > 1));
    // What an older program wrote says nothing of when the account can be left alone.
    let next = (schema > 2).then(|| "2026-11-19".parse().unwrap());
    assert_eq!(look.next_look(CustomerId(1)).unwrap(), next);
    assert_eq!(look.accounts_to_look_at("2026-11-18".parse().unwrap()).unwrap().len(), usize::from(schema < 3));
    // The order in it can still be taken back.
    write(&mut store, |unit| unit.undo(CommandId(1), at(90))).unwrap();
    assert_eq!(store.look().account(CustomerId(1)).unwrap().unwrap().holds, vec![]);
    assert_eq!(store.look().next_look(CustomerId(1)).unwrap(), None, "what is taken back is thought over");
    assert_eq!(store.look().compare_with_journal().unwrap(), vec![]);
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

#[test]
fn a_backup_is_whole_and_replaces_an_older_one() {
    let mut firm = firm();
    let account = begin(&mut firm.store);
    let copy = firm.path.with_file_name("copy.db");
    std::fs::write(&copy, "an older one").unwrap();
    firm.store.back_up(&copy).unwrap();
    let restored = Store::open_existing(&copy).unwrap();
    restored.check().unwrap();
    assert_eq!(restored.look().account(CustomerId(1)).unwrap(), Some(account));
}

#[test]
fn the_log_is_emptied() {
    let mut firm = firm();
    begin(&mut firm.store);
    let log = firm.path.with_file_name("sollecito.db-wal");
    assert!(std::fs::metadata(&log).unwrap().len() > 0);
    assert!(firm.store.empty_log().unwrap());
    assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
}
