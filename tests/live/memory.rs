//! What the program's database holds, looked at from outside while it works.

use crate::firm::Firm;
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeSet;
use std::time::Duration;

pub struct Memory(Connection);

impl Memory {
    pub fn of(firm: &Firm) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(firm.folder.join("sollecito.db"), flags).expect("the database");
        connection.busy_timeout(Duration::from_secs(10)).expect("set");
        Self(connection)
    }

    fn texts(&self, question: &str) -> Vec<String> {
        let mut prepared = self.0.prepare(question).expect("a question");
        prepared.query_map([], |row| row.get(0)).expect("answers").map(|one| one.expect("a text")).collect()
    }

    fn count(&self, question: &str) -> usize {
        self.0.query_row(question, [], |row| row.get::<_, i64>(0)).expect("a number").try_into().expect("a number")
    }

    /// The identities of all mails, sorted.
    pub fn identities(&self) -> Vec<String> {
        self.texts("SELECT identity FROM message ORDER BY identity")
    }

    /// The Message-IDs of all mails; each as often as it is there.
    pub fn message_ids(&self) -> Vec<String> {
        self.texts("SELECT rfc_id FROM message WHERE rfc_id IS NOT NULL ORDER BY rfc_id")
    }

    pub fn knows(&self, id: &str) -> bool {
        self.message_ids().iter().any(|known| known.trim_matches(['<', '>']) == id.trim_matches(['<', '>']))
    }

    /// Read, but nothing made of them yet.
    pub fn undecided(&self) -> usize {
        self.count("SELECT count(*) FROM message WHERE state = 'received'")
    }

    /// Changes that stand more than once in the journal for the same mail.
    pub fn repeated(&self) -> Vec<String> {
        self.texts(
            "SELECT message || ' ' || kind FROM journal WHERE message IS NOT NULL AND kind <> 'undone' \
             GROUP BY message, kind, change, customer HAVING count(*) > 1",
        )
    }

    /// State of the outbox rows of a purpose.
    pub fn states(&self, purpose: &str) -> BTreeSet<String> {
        self.texts(&format!("SELECT state FROM outbox WHERE purpose = '{purpose}'")).into_iter().collect()
    }
}
