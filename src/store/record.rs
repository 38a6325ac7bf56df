//! Keeping a decision: journal, account, withdrawals and planned mails, together or not at all.

use super::error::{StoreError, StoreErrorKind};
use super::sql::{instant, json, one, run};
use super::{Unit, WAITS_FOR_APPROVAL, journal, outbox, state_tables};
use crate::ledger::account::Account;
use crate::ledger::change::{Cause, Change, Entry};
use crate::ledger::decision::{Decision, Withdrawal};
use crate::ledger::ids::{CommandId, OutboxId};
use crate::ledger::mail::{BusinessKey, MailPlan, OutboxState};
use chrono::{DateTime, Utc};

/// What became of a decision's mails.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recorded {
    /// Rows planned, in the order of the decision.
    pub planned: Vec<OutboxId>,
    /// Rows cancelled.
    pub withdrawn: Vec<OutboxId>,
    /// Rows that could not be withdrawn: just left, or over already.
    pub too_late: Vec<OutboxId>,
}

impl Unit<'_> {
    /// Keeps a decision about an account: appends its entries to the journal, alters the account, withdraws and plans
    /// mails. A mail whose key is taken by a live row is left out. An account that is not there yet is begun.
    ///
    /// # Errors
    /// Of kind `Raced` when `account` is not what the store holds (the decision was made on an older state), of kind
    /// `Conflict` when a step is planned twice or a key of a receivable is taken.
    pub fn record(&mut self, account: &Account, decision: &Decision, at: DateTime<Utc>) -> Result<Account, StoreError> {
        let id = account.customer.id;
        let old = state_tables::read(self.look(), id)?;
        let begun;
        let old = match &old {
            Some(old) => old,
            None => {
                begun = self.begin(account, decision, at)?;
                &begun
            }
        };
        if !same_state(old, account) {
            return Err(StoreError::raced(format!("The account of customer {id} changed since it was read"))
                .remedy("read it again and decide anew"));
        }
        let mut new = old.clone();
        for entry in &decision.entries {
            if let Change::CustomerSet { customer } = &entry.change
                && customer.id != id
            {
                return Err(StoreError::new(StoreErrorKind::Conflict, "A customer's number never changes"));
            }
            new.apply(&entry.change);
        }
        state_tables::write(self, Some(old), &new)?;
        for entry in &decision.entries {
            journal::append(self, Some(id), entry, at)?;
        }
        withdraw_and_plan(self, decision, at)?;
        new.pending = outbox::pending(self.look(), id)?;
        Ok(new)
    }

    /// An account that a decision speaks of and that is not there yet, where the decision was made on a blank one.
    fn begin(&mut self, account: &Account, decision: &Decision, at: DateTime<Utc>) -> Result<Account, StoreError> {
        let cause = decision.entries.first().map_or(Cause::Import, |entry| entry.cause.clone());
        self.create_account(&account.customer, cause, "The customer became known", at)
    }

    /// Plans one mail; `None` when a live row has its key, or one of its steps: what was planned first stands, and
    /// nothing goes out twice.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn plan(
        &mut self,
        plan: &MailPlan,
        command: Option<CommandId>,
        at: DateTime<Utc>,
    ) -> Result<Option<OutboxId>, StoreError> {
        let key = plan.key.to_string();
        let text = "SELECT max(revision) AS newest, max(live) AS live FROM outbox WHERE business_key = ?1";
        let known = one(self.connection, "look for a mail with this key", text, [&key], |row| {
            Ok((
                row.get::<_, Option<u32>>("newest")?.unwrap_or(0),
                row.get::<_, Option<bool>>("live")?.unwrap_or(false),
            ))
        })?;
        let (newest, live) = known.unwrap_or((0, false));
        if live || self.has_live_step(plan)? {
            return Ok(None);
        }
        let case = match &plan.key {
            BusinessKey::Notice(case, _) => Some(case.0),
            _ => None,
        };
        let (state, reason) = if plan.needs_approval {
            (OutboxState::Held, Some(WAITS_FOR_APPROVAL))
        } else {
            (OutboxState::Planned, None)
        };
        let text = "INSERT INTO outbox (business_key, revision, purpose, customer, owner_case, command, plan, state, \
                    state_reason, planned_at, not_before) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        let row = (
            &key,
            newest.saturating_add(1),
            plan.purpose.as_str(),
            plan.customer.map(|customer| customer.0),
            case,
            command.map(|command| command.0),
            json("plan a mail", plan)?,
            state.as_str(),
            reason,
            instant(at),
            instant(plan.not_before),
        );
        run(self.connection, "plan a mail", text, row)?;
        let id = OutboxId(self.connection.last_insert_rowid());
        for step in &plan.steps {
            let text = "INSERT INTO outbox_item (outbox, receivable, cycle, step) VALUES (?1, ?2, ?3, ?4)";
            let row = (id.0, step.receivable.0, step.cycle, step.step.as_str());
            run(self.connection, "plan the step of a mail", text, row)?;
        }
        Ok(Some(id))
    }
}

impl Unit<'_> {
    fn has_live_step(&self, plan: &MailPlan) -> Result<bool, StoreError> {
        let text = "SELECT outbox FROM outbox_item WHERE receivable = ?1 AND cycle = ?2 AND step = ?3 AND live = 1";
        for step in &plan.steps {
            let row = (step.receivable.0, step.cycle, step.step.as_str());
            if one(
                self.connection,
                "look for a mail with this step",
                text,
                row,
                |row| Ok(row.get::<_, i64>("outbox")?),
            )?
            .is_some()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Withdrawals first: a mail may be planned anew in the decision that withdraws it.
pub(super) fn withdraw_and_plan(
    unit: &mut Unit<'_>,
    decision: &Decision,
    at: DateTime<Utc>,
) -> Result<Recorded, StoreError> {
    let mut recorded = Recorded::default();
    for Withdrawal { outbox, reason } in &decision.withdrawals {
        match unit.cancel(*outbox, reason) {
            Ok(()) => recorded.withdrawn.push(*outbox),
            Err(error) if error.kind == StoreErrorKind::Raced => recorded.too_late.push(*outbox),
            Err(error) => return Err(error),
        }
    }
    let command = decision.entries.iter().find_map(command_of);
    for plan in &decision.mails {
        recorded.planned.extend(unit.plan(plan, command, at)?);
    }
    Ok(recorded)
}

fn command_of(entry: &Entry) -> Option<CommandId> {
    match &entry.cause {
        Cause::Owner { command } => Some(*command),
        _ => None,
    }
}

/// Equal but for the rows of the outbox, which are no part of what a journal adds up to.
fn same_state(stored: &Account, given: &Account) -> bool {
    let Account {
        customer,
        receivables,
        holds,
        steps,
        declined,
        cases,
        sent,
        notes,
        customer_wrote,
        owner_wrote,
        understood,
        pending: _,
    } = stored;
    *customer == given.customer
        && *receivables == given.receivables
        && *holds == given.holds
        && *steps == given.steps
        && *declined == given.declined
        && *cases == given.cases
        && *sent == given.sent
        && *notes == given.notes
        && *customer_wrote == given.customer_wrote
        && *owner_wrote == given.owner_wrote
        && *understood == given.understood
}
