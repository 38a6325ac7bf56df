//! Is this database the one that ran last here? A restored backup or a copy does not know what has left since: a
//! counter in the database and the same counter in a file outside it tell.

use super::error::{StoreError, StoreErrorKind};
use super::values::{Beginning, HELD_AFTER_RESTORE};
use super::{Look, Store, Unit};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The file with the counter, beside the database and no part of its backups.
fn marker_file(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".generation");
    PathBuf::from(name)
}

impl Look<'_> {
    /// How often the agent began on this database.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn generation(&self) -> Result<u64, StoreError> {
        let text = self.meta("generation")?.unwrap_or_default();
        if text.is_empty() {
            return Ok(0);
        }
        text.parse().map_err(|_| super::open::damaged("its generation is no number"))
    }
}

impl Store {
    /// Is the database not the one that ran here last? What left since it was put aside is not known to it.
    ///
    /// # Errors
    /// When the database or the marker file cannot be read.
    pub fn is_restored(&self) -> Result<bool, StoreError> {
        Ok(read_marker(&self.path)?.unwrap_or(0) != self.look().generation()?)
    }

    /// Begins a run of the agent, under the firm's lock: what a crash left in flight is settled, and when the database
    /// is not the one that ran last here, everything in flight is held for the owner.
    ///
    /// # Errors
    /// When the database or the marker file cannot be read or written. Nothing may be sent then.
    pub fn begin_run(&mut self) -> Result<Beginning, StoreError> {
        let marker = read_marker(&self.path)?;
        let path = self.path.clone();
        // A run begun here before is over with this one.
        self.run = None;
        let (beginning, next) = self.write(|unit| {
            let stored = unit.generation()?;
            // Never begun, and no marker: a new database. Any other disagreement is a restore or a copy.
            let restored = marker.unwrap_or(0) != stored;
            let recovered = unit.recover_in_data()?;
            let held = if restored { unit.hold_in_flight(HELD_AFTER_RESTORE)? } else { Vec::new() };
            if restored {
                // The days in it were reckoned in another time.
                unit.look_at_all()?;
            }
            // Above both, so that no older copy of either can agree by chance.
            let next = stored.max(marker.unwrap_or(0)).saturating_add(1);
            unit.set_meta("generation", Some(&next.to_string()))?;
            // On a full disk this fails, and then nothing has changed.
            prepare_marker(&path, next)?;
            Ok::<_, StoreError>((Beginning { restored, held, recovered }, next))
        })?;
        // A crash before this line leaves them apart: the next run holds once more, which is the safe side.
        put_marker(&path)?;
        self.run = Some(next);
        Ok(beginning)
    }
}

impl Unit<'_> {
    /// Refuses to write for a run when another was begun since.
    pub(super) fn refuse_superseded(&self, run: Option<u64>) -> Result<(), StoreError> {
        let Some(run) = run else { return Ok(()) };
        let latest = self.generation()?;
        if latest == run {
            return Ok(());
        }
        let message = format!("Run {latest} began on this database while run {run} was still going");
        Err(StoreError::new(StoreErrorKind::Fenced, message)
            .remedy("look for a second agent on the same database and stop one of them"))
    }
}

fn read_marker(database: &Path) -> Result<Option<u64>, StoreError> {
    let path = marker_file(database);
    match std::fs::read_to_string(&path) {
        // An unreadable counter is as good as none: it agrees with no run.
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::disk(format!("The file {} cannot be read", path.display()), &error)),
    }
}

/// Where the next counter lies until the database has it too.
fn unfinished_file(database: &Path) -> PathBuf {
    let mut name = marker_file(database).into_os_string();
    name.push(".unfinished");
    PathBuf::from(name)
}

/// Takes the space that the counter needs, so that putting it in its place needs none.
fn prepare_marker(database: &Path, generation: u64) -> Result<(), StoreError> {
    let path = unfinished_file(database);
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&path)?;
        writeln!(file, "{generation}")?;
        file.sync_all()
    };
    write().map_err(|error| StoreError::disk(format!("The file {} cannot be written", path.display()), &error))
}

fn put_marker(database: &Path) -> Result<(), StoreError> {
    let path = marker_file(database);
    std::fs::rename(unfinished_file(database), &path)
        .map_err(|error| StoreError::disk(format!("The file {} cannot be written", path.display()), &error))
}
