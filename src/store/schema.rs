//! The schema and its steps: `PRAGMA user_version` counts them; each is taken in one transaction, after a verified
//! backup when there is something to lose.

use super::error::{StoreError, StoreErrorKind, from_sqlite};
use super::open::damaged;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The steps in order: the n-th leads from schema n to schema n + 1. A released step is never edited.
pub(super) const STEPS: &[&str] = &[include_str!("schema_1.sql")];

/// The newest schema that this program knows.
pub const LATEST: u32 = 1;

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
        back_up(connection, &backup_path(path, present))?;
    }
    for (index, step) in steps.iter().enumerate() {
        let from = i64::try_from(index).unwrap_or(i64::MAX);
        take_step(connection, from, step, secret)
            .map_err(|error| from_sqlite(&error).at("bring the schema up to date"))?;
    }
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
