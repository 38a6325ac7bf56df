//! The brake: nothing leaves while it is on. It is a row, and a file beside the database that works even while the
//! database is busy or cannot be opened. Either one holds.

use super::error::StoreError;
use super::sql::{instant, parse_instant};
use super::values::Halt;
use super::{Look, Store, Unit};
use chrono::{DateTime, Utc};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The file whose existence stops all sending: first line the instant, then the reason.
#[must_use]
pub fn halt_file(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".halt");
    PathBuf::from(name)
}

/// Puts the brake on without touching the database.
///
/// # Errors
/// When the file cannot be written.
pub fn place_halt_file(database: &Path, halt: &Halt) -> Result<(), StoreError> {
    let path = halt_file(database);
    let write = || -> std::io::Result<()> {
        // An empty or half-written file halts too: the name alone counts.
        let mut file = std::fs::File::create(&path)?;
        writeln!(file, "{}\n{}", instant(halt.at), halt.why)?;
        file.sync_all()
    };
    write().map_err(|error| StoreError::disk(format!("The file {} cannot be written", path.display()), &error))
}

/// Takes the file away; the row in the database stays as it is.
///
/// # Errors
/// When the file is there and cannot be removed.
pub fn lift_halt_file(database: &Path) -> Result<(), StoreError> {
    let path = halt_file(database);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(StoreError::disk(format!("The file {} cannot be removed", path.display()), &error))
        }
        _ => Ok(()),
    }
}

impl Look<'_> {
    /// Why nothing may leave; `None` when it may. The file is looked at each time.
    ///
    /// # Errors
    /// When it cannot be told: then nothing may leave either.
    pub fn halted(&self) -> Result<Option<Halt>, StoreError> {
        if let Some(halt) = read_file(self.path)? {
            return Ok(Some(halt));
        }
        let Some(text) = self.meta("halt")? else { return Ok(None) };
        Ok(Some(parse(&text, DateTime::UNIX_EPOCH)))
    }
}

impl Unit<'_> {
    /// Puts the brake on within a unit of work.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_halt(&mut self, halt: &Halt) -> Result<(), StoreError> {
        self.set_meta("halt", Some(&format!("{}\n{}", instant(halt.at), halt.why)))
    }

    /// Takes the brake off, row and file.
    ///
    /// # Errors
    /// When either cannot be removed.
    pub fn clear_halt(&mut self) -> Result<(), StoreError> {
        self.set_meta("halt", None)?;
        lift_halt_file(self.path)
    }
}

impl Store {
    /// Puts the brake on at once: the file first, so that it holds whatever becomes of the row.
    ///
    /// # Errors
    /// When neither could be written.
    pub fn halt(&mut self, halt: &Halt) -> Result<(), StoreError> {
        let file = place_halt_file(&self.path, halt);
        let row = self.write(|unit| unit.set_halt(halt));
        if file.is_ok() { file } else { row }
    }
}

fn read_file(database: &Path) -> Result<Option<Halt>, StoreError> {
    let path = halt_file(database);
    match std::fs::read(&path) {
        Ok(bytes) => {
            let modified = std::fs::metadata(&path).and_then(|file| file.modified());
            let modified = modified.map_or(DateTime::UNIX_EPOCH, DateTime::<Utc>::from);
            Ok(Some(parse(&String::from_utf8_lossy(&bytes), modified)))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::disk(format!("The file {} cannot be read", path.display()), &error)),
    }
}

/// A first line that is no instant belongs to the reason.
fn parse(text: &str, otherwise: DateTime<Utc>) -> Halt {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match parse_instant("halt", first.trim()) {
        Ok(at) => Halt { at, why: rest.trim().to_owned() },
        Err(_) => Halt { at: otherwise, why: text.trim().to_owned() },
    }
}
