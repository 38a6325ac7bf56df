//! What can go wrong in the store: one type, with a kind for programs and a sentence and remedy for people.

use std::fmt;

crate::ledger::words::word!(
    /// Sorts of failure.
    StoreErrorKind {
        /// There is no database at that path.
        NotFound = "not_found",
        /// The database was written by a newer version of the program.
        Newer = "newer",
        /// The file is no database, or a damaged one, or holds a value that cannot be read.
        Corrupt = "corrupt",
        /// The file is a database of another program.
        Foreign = "foreign",
        /// Another process kept the database busy for too long.
        Busy = "busy",
        /// The disk is full or the file cannot be read or written.
        Disk = "disk",
        /// The row was not in the state expected: somebody else was first.
        Raced = "raced",
        /// Another run of the agent began on this database: this one must stop.
        Fenced = "fenced",
        /// A rule of the database forbids it (a second mail with one key, a change of the journal).
        Conflict = "conflict",
        /// What was asked for by its id does not exist.
        Unknown = "unknown",
        /// Anything else that SQLite reports.
        Other = "other",
    }
);

/// A failure of the store. Nothing of the unit of work it happened in was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct StoreError {
    /// What sort.
    pub kind: StoreErrorKind,
    /// The statement that failed, by its name in the code, where one did.
    pub statement: Option<&'static str>,
    /// A sentence without a full stop.
    pub message: String,
    /// What the owner can do.
    pub remedy: Option<String>,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.statement {
            Some(statement) => write!(f, " (while trying to {statement})"),
            None => Ok(()),
        }
    }
}

impl StoreError {
    pub(super) fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, statement: None, message: message.into(), remedy: None }
    }

    pub(super) fn raced(message: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Raced, message)
    }

    pub(super) fn unknown(message: impl Into<String>) -> Self {
        Self::new(StoreErrorKind::Unknown, message)
    }

    pub(super) fn disk(message: impl Into<String>, error: &std::io::Error) -> Self {
        Self::new(StoreErrorKind::Disk, format!("{}: {error}", message.into()))
            .remedy("check the free space on the disk and the permissions of the folder")
    }

    pub(super) fn at(mut self, statement: &'static str) -> Self {
        self.statement = self.statement.or(Some(statement));
        self
    }

    pub(super) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

const CORRUPT_REMEDY: &str = "stop the agent, keep a copy of the file and of the files beside it, \
    and put back the newest backup; nothing is sent meanwhile";

/// What can go wrong inside one statement, before it is known which.
pub(super) enum Fault {
    Sql(rusqlite::Error),
    Value(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Value(error.to_string())
    }
}

impl Fault {
    /// A stored value that is not what its column promises.
    pub(super) fn value(column: &str, found: &str) -> Self {
        let found: String = found.chars().take(60).collect();
        Self::Value(format!("column {column} holds {found:?}"))
    }

    pub(super) fn named(self, statement: &'static str) -> StoreError {
        match self {
            Self::Value(text) => {
                StoreError::new(StoreErrorKind::Corrupt, format!("A stored value cannot be read: {text}"))
                    .remedy(CORRUPT_REMEDY)
                    .at(statement)
            }
            Self::Sql(error) => from_sqlite(&error).at(statement),
        }
    }
}

/// Translates what SQLite says; its own types stay in this room.
pub(super) fn from_sqlite(error: &rusqlite::Error) -> StoreError {
    use rusqlite::Error as E;
    use rusqlite::ErrorCode as Code;
    let code = error.sqlite_error_code();
    if matches!(error, E::InvalidColumnType(..) | E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..)) {
        return Fault::Value(error.to_string()).named("read a row").with_no_statement();
    }
    match code {
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => {
            StoreError::new(StoreErrorKind::Corrupt, format!("The database is damaged or is no database: {error}"))
                .remedy(CORRUPT_REMEDY)
        }
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => {
            StoreError::new(StoreErrorKind::Busy, "Another process keeps the database busy")
                .remedy("try again in a moment")
        }
        Some(Code::DiskFull | Code::SystemIoFailure | Code::CannotOpen | Code::ReadOnly | Code::PermissionDenied) => {
            StoreError::new(StoreErrorKind::Disk, format!("The database cannot be read or written: {error}"))
                .remedy("check the free space on the disk and the permissions of the file and its folder")
        }
        Some(Code::ConstraintViolation) => {
            StoreError::new(StoreErrorKind::Conflict, format!("The database refuses this: {error}"))
        }
        _ => StoreError::new(StoreErrorKind::Other, format!("The database reports: {error}")),
    }
}

impl StoreError {
    fn with_no_statement(mut self) -> Self {
        self.statement = None;
        self
    }
}
