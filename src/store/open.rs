//! Opening the file: is it ours, of our age, and whole?

use super::error::{StoreError, StoreErrorKind, from_sqlite};
use super::{Look, Store, schema};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How long a statement waits for another process.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// Of the file so much is kept in memory: the books of some thousand customers.
const CACHE_KIBIBYTES: i64 = 32 * 1024;

/// Files up to this size are checked page by page at each opening; larger ones by [`Store::check`].
const CHECKED_AT_OPENING_BYTES: u64 = 64 * 1024 * 1024;

impl Store {
    /// Opens the database, makes it when there is none (with a secret of its own), and brings an older one up to date
    /// after a verified backup.
    ///
    /// # Errors
    /// When the file cannot be used: newer, damaged, of another program, busy.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        open(path, None)
    }

    /// The same with a given secret, where a new database must come out the same each time (demo, tests). The secret
    /// of a database that exists already stays.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with_secret(path: &Path, secret: [u8; 32]) -> Result<Self, StoreError> {
        open(path, Some(secret))
    }

    /// Forgoes the wait for the disk after each commit, on this connection: for rehearsals that can be run again. A power
    /// cut may then lose the database.
    ///
    /// # Errors
    /// When the setting is refused.
    pub fn forgo_durability(&self) -> Result<(), StoreError> {
        self.connection
            .pragma_update(None, "synchronous", "OFF")
            .map_err(|error| from_sqlite(&error).at("forgo durable commits"))
    }

    /// Opens a database that must exist.
    ///
    /// # Errors
    /// Of kind `NotFound` when there is none; else as [`Store::open`].
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        let length = std::fs::metadata(path).map(|file| file.len()).unwrap_or(0);
        if length == 0 {
            return Err(StoreError::new(
                StoreErrorKind::NotFound,
                format!("There is no database at {}", path.display()),
            )
            .remedy("look whether this is the firm's folder"));
        }
        open(path, None)
    }

    /// Looks at every page, index and reference of the database.
    ///
    /// # Errors
    /// Of kind `Corrupt`, with what is wrong.
    pub fn check(&self) -> Result<(), StoreError> {
        whole(&self.connection, "integrity_check")?;
        let dangling: i64 = self
            .connection
            .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
            .map_err(|error| from_sqlite(&error).at("check the references"))?;
        if dangling > 0 {
            return Err(damaged(&format!("{dangling} rows point to rows that do not exist")));
        }
        Ok(())
    }
}

impl Store {
    /// Copies the database while it is in use, checks the copy, and only then gives it its name. The copy is one file.
    ///
    /// # Errors
    /// When it cannot be written or is not whole; what had that name before stays then.
    pub fn back_up(&self, to: &Path) -> Result<(), StoreError> {
        schema::back_up(&self.connection, to)
    }

    /// See [`Look::outside_changes`].
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn outside_changes(&self) -> Result<i64, StoreError> {
        self.look().outside_changes()
    }

    /// Moves what was written lately into the main file and empties the log beside it, so that nothing dropped for the
    /// owner's privacy lingers there. False when a reader stands in the way: again another time.
    ///
    /// # Errors
    /// When the files cannot be written.
    pub fn empty_log(&self) -> Result<bool, StoreError> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
            .map(|blocked| blocked == 0)
            .map_err(|error| from_sqlite(&error).at("empty the log"))
    }
}

impl Look<'_> {
    /// A number that changes whenever another process committed something. Within a unit of work it speaks of all that
    /// was committed before it began.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn outside_changes(&self) -> Result<i64, StoreError> {
        self.connection
            .query_row("PRAGMA data_version", [], |row| row.get(0))
            .map_err(|error| from_sqlite(&error).at("ask whether another process wrote"))
    }
}

fn open(path: &Path, secret: Option<[u8; 32]>) -> Result<Store, StoreError> {
    create_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection =
        Connection::open_with_flags(path, flags).map_err(|error| from_sqlite(&error).at("open the database"))?;
    connection.busy_timeout(BUSY_WAIT).map_err(|error| from_sqlite(&error).at("set the waiting time"))?;
    // Nothing is written before it is known to be ours and not newer than this program.
    schema::refuse_foreign_and_newer(&connection)?;
    let length = std::fs::metadata(path).map(|file| file.len()).unwrap_or(0);
    if length <= CHECKED_AT_OPENING_BYTES {
        whole(&connection, "quick_check")?;
    }
    configure(&connection)?;
    schema::bring_up_to_date(&mut connection, path, schema::STEPS, secret)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(Store { connection, path: path.to_owned(), run: None })
}

fn configure(connection: &Connection) -> Result<(), StoreError> {
    let set = |name: &str, value: &str, statement: &'static str| {
        connection.pragma_update(None, name, value).map_err(|error| from_sqlite(&error).at(statement))
    };
    let mode = write_ahead_logging(connection)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(StoreError::new(StoreErrorKind::Disk, "The database cannot use write-ahead logging here")
            .remedy("put the firm's folder on a local disk, not on a network share"));
    }
    // A row that was committed before the first byte of a mail must survive a power cut.
    set("synchronous", "FULL", "make commits durable")?;
    set("foreign_keys", "ON", "switch on references")?;
    // What is dropped for the owner's privacy must not linger in free pages.
    set("secure_delete", "ON", "overwrite what is deleted")?;
    set("trusted_schema", "OFF", "distrust the schema")?;
    // The plan of a statement depends on its words alone. Else a statement that is used again is planned again each
    // time, because its value might be a small number now.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|error| from_sqlite(&error).at("keep the plans of statements"))?;
    connection
        .pragma_update(None, "cache_size", -CACHE_KIBIBYTES)
        .map_err(|error| from_sqlite(&error).at("set how much is kept in memory"))?;
    set("recursive_triggers", "ON", "guard the journal against REPLACE")
}

/// SQLite does not wait when two processes switch a new file at once: it says busy at once, so we wait ourselves.
fn write_ahead_logging(connection: &Connection) -> Result<String, StoreError> {
    let mut tries = 0_u32;
    loop {
        let mode = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        let error = match mode {
            Ok(mode) => return Ok(mode),
            Err(error) => from_sqlite(&error).at("switch on write-ahead logging"),
        };
        if error.kind != StoreErrorKind::Busy || tries >= 100 {
            return Err(error);
        }
        tries = tries.saturating_add(1);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// The file holds the firm's customers: only its owner may read it. SQLite gives the files beside it the same mode.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::disk(format!("The database {} cannot be made", path.display()), &error)),
    }
}

fn whole(connection: &Connection, check: &str) -> Result<(), StoreError> {
    let verdict: String = connection
        .query_row(&format!("PRAGMA {check}(1)"), [], |row| row.get(0))
        .map_err(|error| from_sqlite(&error).at("check the database"))?;
    if verdict == "ok" { Ok(()) } else { Err(damaged(&verdict)) }
}

pub(super) fn damaged(how: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, format!("The database is damaged: {how}"))
        .remedy("stop the agent, keep a copy of the file and of the files beside it, and put back the newest backup")
}
