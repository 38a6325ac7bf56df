//! Small things that the agent remembers between two rounds, by name.

use super::error::StoreError;
use super::sql::{all, one, run};
use super::{Look, Unit};
use chrono::NaiveDate;

/// Where the day is kept from which a restart after a quiet time is counted anew.
const RESUMED: &str = "restart.resumed";

impl Look<'_> {
    /// A remembered value.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let text = "SELECT value FROM setting WHERE name = ?1";
        one(self.connection, "read a setting", text, [name], |row| Ok(row.get("value")?))
    }

    /// All remembered values whose names begin so, by name.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn settings_named(&self, beginning: &str) -> Result<Vec<(String, String)>, StoreError> {
        let text = "SELECT name, value FROM setting WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name";
        all(self.connection, "list settings", text, [beginning], |row| Ok((row.get("name")?, row.get("value")?)))
    }

    /// The day from which a restart after a quiet time is counted anew, as the agent noted it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn resumed(&self) -> Result<Option<NaiveDate>, StoreError> {
        Ok(self.setting(RESUMED)?.and_then(|day| day.parse().ok()))
    }

    pub(super) fn meta(&self, name: &str) -> Result<Option<String>, StoreError> {
        let text = "SELECT value FROM meta WHERE name = ?1";
        one(self.connection, "read a fact about the database", text, [name], |row| Ok(row.get("value")?))
    }
}

impl Unit<'_> {
    /// Notes that day.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_resumed(&mut self, day: Option<NaiveDate>) -> Result<(), StoreError> {
        self.set_setting(RESUMED, day.map(|day| day.to_string()).as_deref())
    }

    /// Remembers a value; `None` forgets it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_setting(&mut self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        match value {
            Some(value) => {
                let text = "INSERT INTO setting (name, value) VALUES (?1, ?2) \
                            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
                run(self.connection, "remember a setting", text, (name, value))
            }
            None => run(self.connection, "forget a setting", "DELETE FROM setting WHERE name = ?1", [name]),
        }
        .map(|_| ())
    }

    pub(super) fn set_meta(&mut self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        match value {
            Some(value) => {
                let text = "INSERT INTO meta (name, value) VALUES (?1, ?2) \
                            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
                run(self.connection, "write a fact about the database", text, (name, value))
            }
            None => run(self.connection, "drop a fact about the database", "DELETE FROM meta WHERE name = ?1", [name]),
        }
        .map(|_| ())
    }
}
