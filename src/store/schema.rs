//! The schema and its steps: `PRAGMA user_version` counts them; each is taken in one transaction, after a verified
//! backup when there is something to lose.

use super::error::{StoreError, StoreErrorKind, from_sqlite};
use super::open::damaged;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The steps in order: the n-th leads from schema n to schema n + 1. A released step is never edited.
pub(super) const STEPS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];

/// The newest schema that this program knows.
pub const LATEST: u32 = 4;

/// Written into the header of the file: "Soll".
const APPLICATION_ID: i64 = 0x536F_6C6C;

/// Looks without writing: is the file ours, and not newer than this program?
pub(super) fn refuse_foreign_and_newer(connection: &Connection) -> Result<(), StoreError> {
    let tables = count_tables(connection)?;
    let id = pragma(connection, "application_id")?;
    if tables > 0 && id != APPLICATION_ID {
        return Err(StoreError::new(StoreErrorKind::Foreign, "The file is a database of another program")
            .remedy("name another file for the database in the settings"));
    }
    let version = pragma(connection, "user_version")?;
    if version > i64::from(LATEST) {
        return Err(StoreError::new(
            StoreErrorKind::Newer,
            format!("The database has schema {version}; this version of the program knows {LATEST} at most"),
        )
        .remedy("install the version that wrote it, or a newer one"));
    }
    Ok(())
}

/// Makes the schema, or takes the steps that are missing.
pub(super) fn bring_up_to_date(
    connection: &mut Connection,
    path: &Path,
    steps: &[&str],
    secret: Option<[u8; 32]>,
) -> Result<(), StoreError> {
    let latest = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let present = pragma(connection, "user_version")?;
    if present >= latest {
        return Ok(());
    }
    if present > 0 {
        back_up_in_turn(connection, path, latest)?;
    }
    for (index, step) in steps.iter().enumerate() {
        let from = i64::try_from(index).unwrap_or(i64::MAX);
        take_step(connection, from, step, secret)
            .map_err(|error| from_sqlite(&error).at("bring the schema up to date"))?;
    }
    Ok(())
}

/// Copies the database while nobody else copies it: two that open it at once take turns. (SQLite copies nothing while a
/// transaction writes, so its own lock cannot serve.) A copy that is cut off is overwritten by the next one.
fn back_up_in_turn(connection: &Connection, path: &Path, latest: i64) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let turn = std::fs::File::open(folder).and_then(|folder| folder.lock().map(|()| folder));
    let turn =
        turn.map_err(|error| StoreError::disk(format!("The folder {} cannot be locked", folder.display()), &error))?;
    let present = pragma(connection, "user_version")?;
    if present < latest {
        back_up(connection, &backup_path(path, present))?;
    }
    // Until here: the lock ends with the open folder.
    drop(turn);
    Ok(())
}

/// One step, unless another process took it meanwhile.
fn take_step(
    connection: &mut Connection,
    from: i64,
    step: &str,
    secret: Option<[u8; 32]>,
) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let present: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if present != from {
        return transaction.commit();
    }
    transaction.execute_batch(step)?;
    if from == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        match secret {
            Some(secret) => transaction.execute("INSERT INTO secret (one, value) VALUES (1, ?1)", [&secret[..]])?,
            None => transaction.execute("INSERT INTO secret (one, value) VALUES (1, randomblob(32))", [])?,
        };
    }
    transaction.pragma_update(None, "user_version", from.saturating_add(1))?;
    transaction.commit()
}

/// Where the copy lies that is made before schema `version` is left.
pub(super) fn backup_path(path: &Path, version: i64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".schema-{version}.backup"));
    PathBuf::from(name)
}

/// Copies the database, checks the copy, and only then gives it its name.
pub(super) fn back_up(connection: &Connection, to: &Path) -> Result<(), StoreError> {
    let mut unfinished = to.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let _ = std::fs::remove_file(&unfinished);
    copy_and_check(connection, &unfinished)?;
    let synced = std::fs::File::open(&unfinished).and_then(|file| file.sync_all());
    synced
        .and_then(|()| std::fs::rename(&unfinished, to))
        .map_err(|error| StoreError::disk(format!("The backup {} cannot be written", to.display()), &error))
}

fn copy_and_check(connection: &Connection, to: &Path) -> Result<(), StoreError> {
    let fail = |error: rusqlite::Error| from_sqlite(&error).at("back up the database");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut copy = Connection::open_with_flags(to, flags).map_err(fail)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(to, private)
            .map_err(|error| StoreError::disk("The backup cannot be made private", &error))?;
    }
    let backup = Backup::new(connection, &mut copy).map_err(fail)?;
    backup.run_to_completion(1024, Duration::ZERO, None).map_err(fail)?;
    drop(backup);
    // A copy in write-ahead mode would need a second file beside it.
    copy.pragma_update(None, "journal_mode", "delete").map_err(fail)?;
    let verdict: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(fail)?;
    let rows = |of: &Connection| -> Result<i64, rusqlite::Error> {
        of.query_row("SELECT count(*) FROM journal", [], |row| row.get(0))
    };
    if verdict != "ok" {
        return Err(damaged(&format!("the backup is not whole: {verdict}")));
    }
    if rows(&copy).map_err(fail)? != rows(connection).map_err(fail)? {
        return Err(damaged("the backup lacks rows of the journal"));
    }
    Ok(())
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, StoreError> {
    connection
        .pragma_query_value(None, name, |row| row.get(0))
        .map_err(|error| from_sqlite(&error).at("read the schema version"))
}

fn count_tables(connection: &Connection) -> Result<i64, StoreError> {
    connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|error| from_sqlite(&error).at("read the schema"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, StoreErrorKind};

    const NEXT: &str = "ALTER TABLE note ADD COLUMN colour TEXT; CREATE INDEX note_colour ON note (colour);";

    /// A database of the first schema with something in it.
    fn old() -> (tempfile::TempDir, PathBuf, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sollecito.db");
        let mut connection = Connection::open(&path).unwrap();
        bring_up_to_date(&mut connection, &path, &[STEPS[0]], None).unwrap();
        connection.execute("INSERT INTO setting (name, value) VALUES ('kept', 'yes')", []).unwrap();
        (folder, path, connection)
    }

    fn version(connection: &Connection) -> i64 {
        pragma(connection, "user_version").unwrap()
    }

    #[test]
    fn latest_counts_the_steps() {
        assert_eq!(usize::try_from(LATEST).unwrap(), STEPS.len());
    }

    #[test]
    fn an_older_database_is_copied_and_then_taken_a_step_on() {
        let (_folder, path, mut connection) = old();
        let steps = [STEPS[0], NEXT];
        bring_up_to_date(&mut connection, &path, &steps, None).unwrap();
        assert_eq!(version(&connection), 2);
        connection.execute("UPDATE note SET colour = 'red'", []).unwrap();
        let copy = Connection::open(backup_path(&path, 1)).unwrap();
        assert_eq!(version(&copy), 1);
        assert!(copy.prepare("SELECT colour FROM note").is_err());
        let kept: String = copy.query_row("SELECT value FROM setting", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, "yes");
        drop(copy);
        assert!(Store::open_existing(&backup_path(&path, 1)).is_ok(), "the backup can be used as it is");
        // Nothing to do: no second backup.
        std::fs::remove_file(backup_path(&path, 1)).unwrap();
        bring_up_to_date(&mut connection, &path, &steps, None).unwrap();
        assert!(!backup_path(&path, 1).exists());
    }

    #[test]
    fn a_step_that_fails_changes_nothing() {
        let (_folder, path, mut connection) = old();
        let half = "ALTER TABLE note ADD COLUMN colour TEXT; INSERT INTO nowhere VALUES (1);";
        let error = bring_up_to_date(&mut connection, &path, &[STEPS[0], half], None).unwrap_err();
        assert_eq!(error.statement, Some("bring the schema up to date"));
        assert_eq!(version(&connection), 1);
        assert!(connection.prepare("SELECT colour FROM note").is_err());
    }

    #[test]
    fn no_step_without_a_backup() {
        let (_folder, path, mut connection) = old();
        // A folder in the way of the backup.
        std::fs::create_dir(backup_path(&path, 1)).unwrap();
        let error = bring_up_to_date(&mut connection, &path, &[STEPS[0], NEXT], None).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Disk, "{error}");
        assert_eq!(version(&connection), 1);
    }

    #[test]
    fn the_queries_of_every_round_use_an_index() {
        let (_folder, path, mut connection) = old();
        bring_up_to_date(&mut connection, &path, STEPS, None).unwrap();
        for query in [
            "SELECT id FROM outbox WHERE state IN ('planned', 'frozen', 'later') AND not_before <= 'x' AND carried_by IS NULL",
            "UPDATE outbox SET words = 'x' WHERE (id = 1 OR carried_by = 1) AND state IN ('frozen', 'later')",
            "SELECT id FROM outbox WHERE carried_by = 1 ORDER BY id",
            "SELECT customer FROM next_look WHERE day <= '2026-10-13'",
            "SELECT r.id FROM receivable r WHERE r.customer = 1 AND EXISTS (SELECT 1 FROM document d WHERE d.receivable = r.id)",
            "SELECT max(seq) AS last FROM journal",
            "SELECT max(change) AS last FROM thread",
            "SELECT rfc_id FROM thread WHERE change > 1",
            "SELECT min(issued) AS oldest FROM receivable WHERE settled = 0",
            "SELECT state FROM outbox WHERE id IN (SELECT id FROM outbox WHERE planned_at >= 'x') ORDER BY id DESC",
            "SELECT 1 FROM seen WHERE folder = 'inbox' AND state = 'retry' LIMIT 1",
            "SELECT data FROM receivable WHERE customer = 1 ORDER BY position",
            "SELECT data FROM hold WHERE customer = 1 ORDER BY position",
            "SELECT data FROM owner_case WHERE customer = 1 ORDER BY position",
            "SELECT id FROM outbox WHERE customer = 1 AND state IN ('planned', 'held')",
            "SELECT seq FROM journal WHERE customer = 1 ORDER BY seq",
            "SELECT seq FROM journal WHERE kind <> 'undone' AND message = 'x'",
            "SELECT item FROM seen WHERE folder = 'inbox' AND epoch = '1'",
            "SELECT item FROM seen WHERE folder = 'inbox' AND epoch <> '1' AND head IS NOT NULL",
            "SELECT identity FROM message WHERE state = 'received'",
            "SELECT count(*) FROM outbox WHERE purpose <> 'notice' AND carried_by IS NULL AND in_data_at >= 'a' AND in_data_at < 'b'",
            "SELECT customer FROM contact WHERE address = 'x'",
            "SELECT at FROM sent_recipient WHERE address = 'x' AND purpose IN ('reminder') ORDER BY at DESC LIMIT 1",
        ] {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let plan: Vec<String> = explain.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
            assert!(plan.iter().all(|line| !line.starts_with("SCAN")), "{query}: {plan:?}");
        }
        // Of several indexes the one that leads to few rows; one of those rows alone is read whole.
        for (query, index) in [
            ("SELECT customer FROM journal WHERE seq > 1", "INTEGER PRIMARY KEY"),
            ("SELECT customer FROM next_look WHERE day <= 'x'", "next_look_day"),
            ("SELECT min(issued) AS oldest FROM receivable WHERE settled = 0", "receivable_open_issued"),
            ("SELECT state FROM outbox WHERE draft_to_remove = 1 ORDER BY id", "outbox_draft_to_remove"),
            ("SELECT state FROM outbox WHERE sent_copy IN ('wanted', 'unknown') ORDER BY id", "outbox_sent_copy"),
            ("SELECT 1 FROM seen WHERE folder = 'inbox' AND state = 'retry' LIMIT 1", "seen_unread"),
        ] {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let plan: Vec<String> = explain.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
            assert!(plan.iter().any(|line| line.contains(index)), "{query}: {plan:?}");
        }
    }
}
