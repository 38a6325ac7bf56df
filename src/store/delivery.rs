//! The moves of an outbox row. Each states from where: a row that stands elsewhere is left alone and the caller told.
//!
//! Rows that go in one mail move together, in one statement, whichever of them is named: see `carried`.

use super::Unit;
use super::error::StoreError;
use super::messages::sha256;
use super::sql::{all, instant, json, one, run};
use super::values::{Frozen, RecipientAnswer, Recovered, SentCopy};
use crate::ledger::ids::{Address, OutboxId, RfcId};
use crate::ledger::mail::OutboxState;
use crate::ledger::words::Purpose;
use chrono::{DateTime, Utc};
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use OutboxState::{Accepted, Cancelled, Claimed, Discarded, Drafted, Frozen as FrozenState, Held, InData, Later};
use OutboxState::{Planned, Refused, SentByOwner, Unsure};

impl Unit<'_> {
    /// `planned → frozen`: fixes bytes, date, ids and recipients for ever.
    ///
    /// # Errors
    /// Of kind `Raced` when the row is not planned, `Conflict` when another mail has these ids.
    pub fn freeze(&mut self, id: OutboxId, frozen: &Frozen) -> Result<(), StoreError> {
        let set =
            "rfc_id = ?, reference = ?, frozen_bytes = ?, frozen_sha256 = ?, frozen_date = ?, frozen_recipients = ?";
        let values = vec![
            text(frozen.rfc_id.as_str()),
            text(&frozen.reference),
            Value::Blob(frozen.bytes.clone()),
            Value::Text(sha256(&frozen.bytes)),
            Value::Text(instant(frozen.date)),
            Value::Text(json("freeze a mail", &frozen.recipients)?),
        ];
        self.move_row("freeze a mail", id, &[Planned], FrozenState, set, values)
    }

    /// `frozen or later → claimed`: counts the attempt. Commit before making it.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn claim(&mut self, id: OutboxId) -> Result<u32, StoreError> {
        let set = "attempts = attempts + 1, later_until = NULL";
        let id = self.carrier_of(id)?;
        self.move_row("claim a mail", id, &[FrozenState, Later], Claimed, set, vec![])?;
        let attempts =
            one(self.connection, "count attempts", "SELECT attempts FROM outbox WHERE id = ?1", [id.0], |row| {
                Ok(row.get::<_, u32>("attempts")?)
            })?;
        attempts.ok_or_else(|| missing(id))
    }

    /// `claimed → in_data`: the server said go ahead. Commit before the first byte of the body.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn mark_in_data(&mut self, id: OutboxId, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.move_row("mark a mail as under way", id, &[Claimed], InData, "in_data_at = ?", vec![instant_value(at)])
    }

    /// `in_data or unsure → accepted`, with the server's words, or the evidence that settled it.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn mark_accepted(&mut self, id: OutboxId, words: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        let set = "words = ?, accepted_at = ?, state_reason = NULL";
        self.move_row(
            "mark a mail as accepted",
            id,
            &[InData, Unsure],
            Accepted,
            set,
            vec![text(words), instant_value(at)],
        )
    }

    /// `claimed or in_data → later`: the server put it off; nothing of it was taken.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn mark_later(&mut self, id: OutboxId, until: DateTime<Utc>, why: &str) -> Result<(), StoreError> {
        let set = "later_until = ?, not_before = ?, words = ?, in_data_at = NULL";
        let values = vec![instant_value(until), instant_value(until), text(why)];
        self.move_row("put a mail off", id, &[Claimed, InData], Later, set, values)
    }

    /// `frozen, later, claimed or in_data → refused`: for good. Nobody got it: its key and steps are free, so that
    /// the step can be taken once the owner has mended what was wrong.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn mark_refused(&mut self, id: OutboxId, why: &str) -> Result<(), StoreError> {
        let set = "words = ?, state_reason = ?, in_data_at = NULL, live = 0";
        let from = [FrozenState, Later, Claimed, InData];
        self.move_row("mark a mail as refused", id, &from, Refused, set, vec![text(why), text(why)])?;
        self.free_steps(id)
    }

    /// `in_data → unsure`: nobody knows. It keeps its key: nothing with the same key is planned again.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn mark_unsure(&mut self, id: OutboxId, why: &str) -> Result<(), StoreError> {
        self.move_row("mark a mail as unsure", id, &[InData], Unsure, "state_reason = ?", vec![text(why)])
    }

    /// `unsure → later`: the same bytes once more. Only for notices to the owner, which may repeat rather than be lost.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn repeat_unsure(&mut self, id: OutboxId, until: DateTime<Utc>, why: &str) -> Result<(), StoreError> {
        let set = "later_until = ?, not_before = ?, state_reason = ?, in_data_at = NULL";
        let values = vec![instant_value(until), instant_value(until), text(why)];
        self.move_row("repeat a mail", id, &[Unsure], Later, set, values)
    }

    /// `unsure → cancelled`: the owner says that it never left. Its key and steps are free again.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn mark_never_left(&mut self, id: OutboxId, why: &str) -> Result<(), StoreError> {
        let set = "state_reason = ?, live = 0, in_data_at = NULL";
        self.move_row("mark a mail as never sent", id, &[Unsure], Cancelled, set, vec![text(why)])?;
        self.free_steps(id)
    }

    /// An accepted mail came back for good: another contact may be tried, as a new revision. Its state stays: it left.
    ///
    /// # Errors
    /// Of kind `Raced` when the row was not accepted.
    pub fn mark_undelivered(&mut self, id: OutboxId, why: &str) -> Result<(), StoreError> {
        let id = self.carrier_of(id)?;
        let sql = "UPDATE outbox SET state_reason = ?2, live = 0 \
                   WHERE (id = ?1 OR carried_by = ?1) AND state IN ('accepted', 'sent_by_owner')";
        if run(self.connection, "mark a mail as undelivered", sql, (id.0, why))? == 0 {
            return Err(self.stands_elsewhere(id, &[Accepted, SentByOwner]));
        }
        self.free_steps(id)
    }

    /// `planned, held, frozen, later or drafted → cancelled`. Of a drafted one, the draft is to be removed.
    ///
    /// # Errors
    /// Of kind `Raced` when it has left, is under way, or is over.
    pub fn cancel(&mut self, id: OutboxId, reason: &str) -> Result<(), StoreError> {
        let set = "state_reason = ?, live = 0, draft_to_remove = (state = 'drafted')";
        let from = [Planned, Held, FrozenState, Later, Drafted];
        self.move_row("cancel a mail", id, &from, Cancelled, set, vec![text(reason)])?;
        self.free_steps(id)
    }

    /// `planned, frozen or later → held`: waits for a person.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn hold(&mut self, id: OutboxId, reason: &str) -> Result<(), StoreError> {
        let set = "state_reason = ?, approved = 0, later_until = NULL";
        self.move_row("hold a mail", id, &[Planned, FrozenState, Later], Held, set, vec![text(reason)])
    }

    /// `held → planned`, or `held → frozen` when its bytes are fixed already: a person approved it.
    ///
    /// # Errors
    /// Of kind `Raced` when the row is not held.
    pub fn approve(&mut self, id: OutboxId) -> Result<(), StoreError> {
        let id = self.carrier_of(id)?;
        let sql = "SELECT frozen_bytes IS NOT NULL AS frozen FROM outbox WHERE id = ?1";
        let frozen =
            one(
                self.connection,
                "look whether a mail is frozen",
                sql,
                [id.0],
                |row| Ok(row.get::<_, bool>("frozen")?),
            )?;
        let to = if frozen.ok_or_else(|| missing(id))? { FrozenState } else { Planned };
        self.move_row("approve a mail", id, &[Held], to, "approved = 1, state_reason = NULL", vec![])
    }

    /// Moves the time of a planned, held, frozen or put-off row; it stays where it stands.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn postpone(&mut self, id: OutboxId, not_before: DateTime<Utc>, reason: &str) -> Result<(), StoreError> {
        let id = self.carrier_of(id)?;
        let sql = "UPDATE outbox SET not_before = ?2, state_reason = ?3, \
                   later_until = CASE state WHEN 'later' THEN ?2 ELSE later_until END \
                   WHERE (id = ?1 OR carried_by = ?1) AND state IN ('planned', 'held', 'frozen', 'later')";
        let changed = run(self.connection, "postpone a mail", sql, (id.0, instant(not_before), reason))?;
        if changed == 0 { Err(self.stands_elsewhere(id, &[Planned, Held, FrozenState, Later])) } else { Ok(()) }
    }

    /// Gives a planned or held row its ids before it is laid into Drafts, where no bytes are fixed yet.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere, `Conflict` when another mail has these ids.
    pub fn name(&mut self, id: OutboxId, rfc_id: &RfcId, reference: &str) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET rfc_id = ?2, reference = ?3 \
                   WHERE id = ?1 AND state IN ('planned', 'held') AND frozen_bytes IS NULL";
        let changed = run(self.connection, "name a mail", sql, (id.0, rfc_id.as_str(), reference))?;
        if changed == 0 { Err(self.stands_elsewhere(id, &[Planned, Held])) } else { Ok(()) }
    }

    /// `planned or held → drafted`: it lies in Drafts under this item id. Also for a replaced draft.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn drafted(&mut self, id: OutboxId, item: &str) -> Result<(), StoreError> {
        let from = [Planned, Held, Drafted];
        self.move_row("lay a mail into Drafts", id, &from, Drafted, "draft_item = ?", vec![text(item)])
    }

    /// `drafted → sent_by_owner`; also a withdrawn or discarded draft that the owner sent all the same.
    ///
    /// # Errors
    /// Of kind `Raced` when the row was never a draft.
    pub fn sent_by_owner(&mut self, id: OutboxId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "SELECT draft_item IS NOT NULL AS draft FROM outbox WHERE id = ?1";
        let draft = one(self.connection, "look whether a mail was a draft", sql, [id.0], |row| {
            Ok(row.get::<_, bool>("draft")?)
        })?;
        let from: &[OutboxState] = if draft == Some(true) { &[Drafted, Cancelled, Discarded] } else { &[Drafted] };
        let set = "accepted_at = ?, draft_to_remove = 0";
        self.move_row("mark a draft as sent", id, from, SentByOwner, set, vec![instant_value(at)])
    }

    /// `drafted → discarded`: the owner deleted it, which means no. Its key stays taken; its steps are free.
    ///
    /// # Errors
    /// Of kind `Raced` when the row stands elsewhere.
    pub fn discarded(&mut self, id: OutboxId) -> Result<(), StoreError> {
        self.move_row("mark a draft as discarded", id, &[Drafted], Discarded, "draft_to_remove = 0", vec![])?;
        self.free_steps(id)
    }

    /// The draft of a withdrawn row is gone from Drafts, or stays there because the owner edited it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn draft_removed(&mut self, id: OutboxId) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET draft_to_remove = 0 WHERE id = ?1";
        self.must_exist(id, run(self.connection, "forget a draft", sql, [id.0])?)
    }

    /// How the copy in Sent stands.
    ///
    /// # Errors
    /// Of kind `Unknown` when there is no such row.
    pub fn set_sent_copy(&mut self, id: OutboxId, copy: SentCopy) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET sent_copy = ?2 WHERE id = ?1";
        self.must_exist(id, run(self.connection, "note the copy in Sent", sql, (id.0, copy.as_str()))?)
    }

    /// What the server said of one recipient; the last word counts.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn recipient_outcome(
        &mut self,
        id: OutboxId,
        address: &Address,
        answer: RecipientAnswer,
        words: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO outbox_recipient (outbox, address, answer, words, at) VALUES (?1, ?2, ?3, ?4, ?5) \
                   ON CONFLICT (outbox, address) DO UPDATE SET answer = excluded.answer, words = excluded.words, \
                   at = excluded.at";
        let row = (id.0, address.as_str(), answer.as_str(), words, instant(at));
        run(self.connection, "note a recipient's answer", sql, row).map(|_| ())
    }

    /// After a crash: `in_data` becomes `unsure`, `claimed` becomes `frozen` again (no byte of it had left).
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn recover_in_data(&mut self) -> Result<Recovered, StoreError> {
        let unsure = self.ids_in(&[InData])?;
        for id in &unsure {
            self.mark_unsure(*id, "the agent stopped while it was being handed over")?;
        }
        let retried = self.ids_in(&[Claimed])?;
        for id in &retried {
            self.move_row("take a claim back", *id, &[Claimed], FrozenState, "later_until = NULL", vec![])?;
        }
        Ok(Recovered { unsure, retried })
    }

    /// After a restore: what may have left since the backup waits for a person; what was under way is unsure. Notices
    /// to the owner go on: they may repeat rather than be lost.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn hold_in_flight(&mut self, reason: &str) -> Result<Vec<OutboxId>, StoreError> {
        let mut held = Vec::new();
        for id in self.ids_in(&[InData])? {
            self.mark_unsure(id, reason)?;
            held.push(id);
        }
        for id in self.ids_in(&[Planned, FrozenState, Claimed, Later])? {
            if self.outbox_row(id)?.is_some_and(|row| row.row.plan.purpose == Purpose::Notice) {
                continue;
            }
            let from = [Planned, FrozenState, Claimed, Later];
            let set = "state_reason = ?, approved = 0, later_until = NULL";
            self.move_row("hold a mail", id, &from, Held, set, vec![text(reason)])?;
            held.push(id);
        }
        held.sort_unstable();
        Ok(held)
    }

    fn ids_in(&self, states: &[OutboxState]) -> Result<Vec<OutboxId>, StoreError> {
        let mut ids = Vec::new();
        for state in states {
            // What is carried moves with its carrier.
            let sql = "SELECT id FROM outbox WHERE state = ?1 AND carried_by IS NULL ORDER BY id";
            ids.extend(all(self.connection, "list mails by state", sql, [state.as_str()], |row| {
                Ok(OutboxId(row.get("id")?))
            })?);
        }
        Ok(ids)
    }

    /// Compare and set, for all rows of one mail at once. `set` names its values by bare question marks, in order.
    fn move_row(
        &mut self,
        statement: &'static str,
        id: OutboxId,
        from: &[OutboxState],
        to: OutboxState,
        set: &str,
        mut values: Vec<Value>,
    ) -> Result<(), StoreError> {
        let id = self.carrier_of(id)?;
        let places = vec!["?"; from.len()].join(", ");
        let sql =
            format!("UPDATE outbox SET {set}, state = ? WHERE (id = ? OR carried_by = ?) AND state IN ({places})");
        values.push(text(to.as_str()));
        values.extend([Value::Integer(id.0), Value::Integer(id.0)]);
        values.extend(from.iter().map(|state| text(state.as_str())));
        let changed = run(self.connection, statement, &sql, params_from_iter(values))?;
        if changed == 0 { Err(self.stands_elsewhere(id, from).at(statement)) } else { Ok(()) }
    }

    pub(super) fn stands_elsewhere(&self, id: OutboxId, expected: &[OutboxState]) -> StoreError {
        let expected: Vec<&str> = expected.iter().map(|state| state.as_str()).collect();
        match self.outbox_row(id) {
            Ok(Some(mail)) => StoreError::raced(format!(
                "Mail {id} is {} and not {}: somebody else was first",
                mail.row.state,
                expected.join(" or ")
            )),
            Ok(None) => missing(id),
            Err(error) => error,
        }
    }

    fn must_exist(&self, id: OutboxId, changed: usize) -> Result<(), StoreError> {
        if changed == 0 { Err(missing(id)) } else { Ok(()) }
    }

    fn free_steps(&mut self, id: OutboxId) -> Result<(), StoreError> {
        let id = self.carrier_of(id)?;
        let sql = "UPDATE outbox_item SET live = 0 \
                   WHERE outbox = ?1 OR outbox IN (SELECT id FROM outbox WHERE carried_by = ?1)";
        run(self.connection, "free the steps of a mail", sql, [id.0]).map(|_| ())
    }
}

pub(super) fn missing(id: OutboxId) -> StoreError {
    StoreError::unknown(format!("There is no mail {id} in the outbox"))
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn instant_value(at: DateTime<Utc>) -> Value {
    Value::Text(instant(at))
}
