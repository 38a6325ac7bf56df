//! Reading the outbox.

use super::Look;
use super::error::{Fault, StoreError};
use super::sql::{
    all, instant, one, read_instant, read_instant_if_any, read_json, read_json_if_any, read_parsed, read_parsed_if_any,
};
use super::values::{Frozen, OutboxFilter, RecipientAnswer, RecipientOutcome, Seal, SentCopy, StoredMail};
use crate::ledger::ids::{Address, CaseId, CustomerId, OutboxId, RfcId};
use crate::ledger::mail::{MailPlan, OutboxRow, OutboxState};
use crate::ledger::moment::Moment;
use crate::ledger::traffic::Traffic;
use crate::ledger::words::Purpose;
use chrono::{DateTime, Duration, Utc};
use rusqlite::types::Value;
use rusqlite::{Params, Row, params_from_iter};
use std::collections::BTreeSet;

/// Everything but the bytes.
const ROWS: &str = "SELECT id, revision, plan, state, state_reason, planned_at, not_before, approved, attempts, rfc_id, \
    reference, frozen_sha256, frozen_date, frozen_recipients, length(frozen_bytes) AS frozen_size, in_data_at, \
    later_until, accepted_at, words, draft_item, draft_to_remove, sent_copy, carried_by FROM outbox o";

/// States of rows that are not over: what an account calls pending.
const PENDING: [OutboxState; 8] = [
    OutboxState::Planned,
    OutboxState::Held,
    OutboxState::Drafted,
    OutboxState::Frozen,
    OutboxState::Claimed,
    OutboxState::InData,
    OutboxState::Later,
    OutboxState::Unsure,
];

/// Rows of a customer that are not over.
pub(super) fn pending(look: Look<'_>, customer: CustomerId) -> Result<Vec<OutboxRow>, StoreError> {
    let mut values = vec![Value::Integer(customer.0)];
    let text = format!("{ROWS} WHERE customer = ?1 AND {} ORDER BY id", states_clause(&PENDING, &mut values));
    all(look.connection, "read an account's mails", &text, params_from_iter(values), |row| Ok(read_row(row)?.row))
}

/// The purposes that count in the caps on reminders, for SQL: words of the program's own.
fn reminders() -> String {
    let counted = Purpose::ALL.iter().filter(|purpose| purpose.counts_as_reminder());
    counted.map(|purpose| format!("'{purpose}'")).collect::<Vec<_>>().join(", ")
}

impl Look<'_> {
    /// Rows that a filter lets through, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn outbox(&self, filter: &OutboxFilter) -> Result<Vec<StoredMail>, StoreError> {
        let mut values: Vec<Value> = Vec::new();
        let mut clauses = vec!["1".to_owned()];
        if !filter.states.is_empty() {
            clauses.push(states_clause(&filter.states, &mut values));
        }
        let mut clause = |values: &mut Vec<Value>, before: &str, value: Value, after: &str| {
            values.push(value);
            clauses.push(format!("{before} ?{}{after}", values.len()));
        };
        if let Some(customer) = filter.customer {
            clause(&mut values, "customer =", Value::Integer(customer.0), "");
        }
        if let Some(case) = filter.case {
            clause(&mut values, "owner_case =", Value::Integer(case.0), "");
        }
        if let Some(receivable) = filter.receivable {
            let items = "EXISTS (SELECT 1 FROM json_each(o.plan, '$.items') AS i WHERE i.value =";
            clause(&mut values, items, Value::Integer(receivable.0), ")");
        }
        if let Some(from) = filter.planned_from {
            // By the index: in the order of `id` SQLite would rather read all rows.
            let planned = "o.id IN (SELECT id FROM outbox WHERE planned_at >=";
            clause(&mut values, planned, Value::Text(instant(from)), ")");
        }
        let limit = filter.newest.map_or(-1, i64::from);
        values.push(Value::Integer(limit));
        let text = format!(
            "SELECT * FROM ({ROWS} WHERE {} ORDER BY id DESC LIMIT ?{}) ORDER BY id",
            clauses.join(" AND "),
            values.len()
        );
        self.stored("list the outbox", &text, params_from_iter(values))
    }

    /// One row.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn outbox_row(&self, id: OutboxId) -> Result<Option<StoredMail>, StoreError> {
        Ok(self.stored("read a mail", &format!("{ROWS} WHERE id = ?1"), [id.0])?.pop())
    }

    /// The row with this X-Sollecito-Ref.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn outbox_by_reference(&self, reference: &str) -> Result<Option<StoredMail>, StoreError> {
        Ok(self.stored("find a mail by its reference", &format!("{ROWS} WHERE reference = ?1"), [reference])?.pop())
    }

    /// The row with this Message-ID.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn outbox_by_rfc_id(&self, id: &RfcId) -> Result<Option<StoredMail>, StoreError> {
        Ok(self.stored("find a mail by its Message-ID", &format!("{ROWS} WHERE rfc_id = ?1"), [id.as_str()])?.pop())
    }

    /// The frozen bytes of a row, with all that was frozen with them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn frozen(&self, id: OutboxId) -> Result<Option<Frozen>, StoreError> {
        let text = "SELECT frozen_bytes, frozen_date, frozen_recipients, rfc_id, reference FROM outbox \
                    WHERE id = ?1 AND frozen_bytes IS NOT NULL";
        one(self.connection, "read the bytes of a mail", text, [id.0], |row| {
            Ok(Frozen {
                bytes: row.get("frozen_bytes")?,
                date: read_instant(row, "frozen_date")?,
                recipients: read_json(row, "frozen_recipients")?,
                rfc_id: read_parsed(row, "rfc_id", RfcId::parse)?,
                reference: row.get("reference")?,
            })
        })
    }

    /// Rows whose time has come: planned or frozen and not before now, or put off until now. Oldest due first. What is
    /// carried by another row is not listed: it goes with that one.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn due(&self, now: DateTime<Utc>) -> Result<Vec<OutboxId>, StoreError> {
        // Rows put off keep their new time in not_before, so that one index serves all three states. What failed before
        // comes last: a mail at which a server breaks off must not stand before the others for ever. A list that nobody asked
        // for goes after the reminders.
        let text = "SELECT id FROM outbox WHERE state IN ('planned', 'frozen', 'later') AND not_before <= ?1 \
                    AND carried_by IS NULL ORDER BY attempts, purpose = 'monthly_statement', not_before, id";
        all(self.connection, "list what is due", text, [instant(now)], |row| Ok(OutboxId(row.get("id")?)))
    }

    /// When the next row falls due, past or future.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let text = "SELECT not_before FROM outbox WHERE state IN ('planned', 'frozen', 'later') AND carried_by IS NULL \
                    ORDER BY not_before LIMIT 1";
        one(self.connection, "look for what is due next", text, [], |row| read_instant(row, "not_before"))
    }

    /// Rows withdrawn while their draft lay in Drafts.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn drafts_to_remove(&self) -> Result<Vec<StoredMail>, StoreError> {
        self.stored("list drafts to remove", &format!("{ROWS} WHERE draft_to_remove = 1 ORDER BY id"), [])
    }

    /// Sent mails whose copy is to be laid into Sent, or may lie there.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn sent_copies_open(&self) -> Result<Vec<StoredMail>, StoreError> {
        let text = format!("{ROWS} WHERE sent_copy IN ('wanted', 'unknown') ORDER BY id");
        self.stored("list copies to lay into Sent", &text, [])
    }

    /// How many mails to customers left, or may have (one for several accounts is one), from an instant (included)
    /// until another (excluded).
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn sent_count_on(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<u32, StoreError> {
        self.count_left("purpose <> 'notice'", from, until)
    }

    /// How many notices to the owner left, or may have, from an instant (included) until another (excluded).
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn notices_sent_on(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<u32, StoreError> {
        self.count_left("purpose = 'notice'", from, until)
    }

    /// How many reminders left, or may have, from an instant (included) until another (excluded).
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn reminders_sent_on(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<u32, StoreError> {
        self.count_left(&format!("purpose IN ({})", reminders()), from, until)
    }

    /// How many reminders are still here that fall due before an instant.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn reminders_waiting(&self, until: DateTime<Utc>) -> Result<u32, StoreError> {
        let text = format!(
            "SELECT count(*) AS n FROM outbox WHERE state IN ('planned', 'frozen', 'later') \
             AND purpose IN ({}) AND not_before < ?1 AND carried_by IS NULL",
            reminders()
        );
        let count =
            one(
                self.connection,
                "count waiting reminders",
                &text,
                [instant(until)],
                |row| Ok(row.get::<_, u32>("n")?),
            )?;
        Ok(count.unwrap_or(0))
    }

    /// When a reminder or courtesy note last went to an address, whoever the customer was.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn last_reminder_to(&self, address: &Address) -> Result<Option<DateTime<Utc>>, StoreError> {
        let text = format!(
            "SELECT at FROM sent_recipient WHERE address = ?1 AND purpose IN ({}, 'courtesy') ORDER BY at DESC LIMIT 1",
            reminders()
        );
        one(self.connection, "look for the last reminder", &text, [address.as_str()], |row| read_instant(row, "at"))
    }

    /// What left today, and who had a reminder within so many days.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn traffic(&self, moment: Moment, within_days: u32) -> Result<Traffic, StoreError> {
        let (from, until) = moment.bounds_of_today();
        let reminded_since = moment.instant - Duration::days(i64::from(within_days));
        let text = format!(
            "SELECT address, max(at) AS at FROM sent_recipient \
             WHERE purpose IN ({}, 'courtesy') AND at >= ?1 GROUP BY address",
            reminders()
        );
        let reminded = all(self.connection, "list who was reminded", &text, [instant(reminded_since)], |row| {
            Ok((read_parsed(row, "address", Address::parse)?, read_instant(row, "at")?))
        })?;
        Ok(Traffic {
            sent_today: self.sent_count_on(from, until)?,
            reminders_today: self.reminders_sent_on(from, until)?,
            reminded: reminded.into_iter().collect(),
            resumed: self.resumed()?,
            awaited: BTreeSet::new(),
        })
    }

    fn count_left(&self, which: &str, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<u32, StoreError> {
        let text = format!(
            "SELECT count(*) AS n FROM outbox WHERE {which} AND carried_by IS NULL AND in_data_at >= ?1 AND in_data_at < ?2 \
             AND state IN ('in_data', 'accepted', 'unsure')"
        );
        let params = (instant(from), instant(until));
        let count = one(self.connection, "count what left", &text, params, |row| Ok(row.get::<_, u32>("n")?))?;
        Ok(count.unwrap_or(0))
    }

    /// Planned reminders to customers who have an address on file; oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn planned_reminders_to(&self, address: &Address) -> Result<Vec<StoredMail>, StoreError> {
        let text = format!(
            "{ROWS} WHERE customer IN (SELECT customer FROM contact WHERE address = ?1) AND state = 'planned' \
             AND purpose = 'reminder' AND carried_by IS NULL ORDER BY id"
        );
        self.stored("list planned reminders to an address", &text, [address.as_str()])
    }

    /// All rows that go in the mail of this one, whichever of them it is; the one that has the bytes first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn in_one_mail(&self, id: OutboxId) -> Result<Vec<StoredMail>, StoreError> {
        let Some(named) = self.outbox_row(id)? else { return Ok(Vec::new()) };
        let carrier = match named.carried_by {
            Some(carrier) => self.outbox_row(carrier)?,
            None => Some(named),
        };
        let Some(carrier) = carrier else { return Ok(Vec::new()) };
        let carried = self.carried_in(carrier.row.id)?;
        Ok(std::iter::once(carrier).chain(carried).collect())
    }

    /// The rows that go in the mail of this one, without it; oldest first. None for a row that is carried itself.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn carried_in(&self, id: OutboxId) -> Result<Vec<StoredMail>, StoreError> {
        self.stored("list what a mail carries", &format!("{ROWS} WHERE carried_by = ?1 ORDER BY id"), [id.0])
    }

    fn stored(&self, statement: &'static str, sql: &str, params: impl Params) -> Result<Vec<StoredMail>, StoreError> {
        let mut found = all(self.connection, statement, sql, params, read_row)?;
        for mail in &mut found {
            let text = "SELECT address, answer, words, at FROM outbox_recipient WHERE outbox = ?1 ORDER BY address";
            mail.recipients = all(self.connection, "read a mail's recipients", text, [mail.row.id.0], |row| {
                Ok(RecipientOutcome {
                    address: read_parsed(row, "address", Address::parse)?,
                    answer: read_parsed(row, "answer", RecipientAnswer::parse)?,
                    words: row.get("words")?,
                    at: read_instant(row, "at")?,
                })
            })?;
        }
        Ok(found)
    }

    /// The highest notice number used for a case; 0 when there was none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn notices_about(&self, case: CaseId) -> Result<u32, StoreError> {
        let text = "SELECT count(DISTINCT business_key) AS n FROM outbox WHERE owner_case = ?1";
        let count = one(self.connection, "count notices", text, [case.0], |row| Ok(row.get::<_, u32>("n")?))?;
        Ok(count.unwrap_or(0))
    }
}

fn read_row(row: &Row<'_>) -> Result<StoredMail, Fault> {
    let mut plan: MailPlan = read_json(row, "plan")?;
    plan.not_before = read_instant(row, "not_before")?;
    let outbox_row = OutboxRow {
        id: OutboxId(row.get("id")?),
        plan,
        revision: row.get("revision")?,
        state: read_parsed(row, "state", OutboxState::parse)?,
        state_reason: row.get("state_reason")?,
        planned_at: read_instant(row, "planned_at")?,
        approved: row.get("approved")?,
        attempts: row.get("attempts")?,
    };
    let sha256: Option<String> = row.get("frozen_sha256")?;
    let recipients: Option<Vec<Address>> = read_json_if_any(row, "frozen_recipients")?;
    let frozen = match (read_instant_if_any(row, "frozen_date")?, recipients, sha256) {
        (Some(date), Some(recipients), Some(sha256)) => {
            Some(Seal { date, recipients, sha256, size: u64::try_from(row.get::<_, i64>("frozen_size")?).unwrap_or(0) })
        }
        _ => None,
    };
    Ok(StoredMail {
        row: outbox_row,
        rfc_id: read_parsed_if_any(row, "rfc_id", RfcId::parse)?,
        reference: row.get("reference")?,
        frozen,
        draft: row.get("draft_item")?,
        draft_to_remove: row.get("draft_to_remove")?,
        later_until: read_instant_if_any(row, "later_until")?,
        sent_copy: read_parsed(row, "sent_copy", SentCopy::parse)?,
        in_data_at: read_instant_if_any(row, "in_data_at")?,
        accepted_at: read_instant_if_any(row, "accepted_at")?,
        words: row.get("words")?,
        carried_by: row.get::<_, Option<i64>>("carried_by")?.map(OutboxId),
        recipients: Vec::new(),
    })
}

/// `state IN (?n, …)`, its values appended to those before it.
fn states_clause(states: &[OutboxState], values: &mut Vec<Value>) -> String {
    let mut places = Vec::new();
    for state in states {
        values.push(Value::Text(state.as_str().to_owned()));
        places.push(format!("?{}", values.len()));
    }
    format!("state IN ({})", places.join(", "))
}
