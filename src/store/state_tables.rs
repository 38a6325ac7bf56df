//! The state tables of an account: read as a whole, written where the account changed.

use super::error::StoreError;
use super::sql::read_parsed;
use super::sql::{all, instant, json, one, read_instant_if_any, read_json, run};
use super::{Look, Unit};
use crate::ledger::account::{Account, SentMail};
use crate::ledger::case::Case;
use crate::ledger::change::StepTaken;
use crate::ledger::customer::Customer;
use crate::ledger::hold::Hold;
use crate::ledger::ids::{CustomerId, MessageIdentity, ReceivableId, StepId};
use crate::ledger::mail::StepRef;
use crate::ledger::receivable::Receivable;

/// What the state tables say of a customer, without the outbox.
pub(super) fn read(look: Look<'_>, id: CustomerId) -> Result<Option<Account>, StoreError> {
    let connection = look.connection;
    let text = "SELECT data, customer_wrote, owner_wrote FROM customer WHERE id = ?1";
    let found = one(connection, "read a customer", text, [id.0], |row| {
        let mut account = Account::new(read_json::<Customer>(row, "data")?);
        account.customer_wrote = read_instant_if_any(row, "customer_wrote")?;
        account.owner_wrote = read_instant_if_any(row, "owner_wrote")?;
        Ok(account)
    })?;
    let Some(mut account) = found else { return Ok(None) };
    account.receivables = receivables(look, id)?;
    let text = "SELECT data FROM hold WHERE customer = ?1 ORDER BY position";
    account.holds = all(connection, "read holds", text, [id.0], |row| read_json(row, "data"))?;
    let text = "SELECT data FROM step_taken WHERE customer = ?1 ORDER BY position";
    account.steps = all(connection, "read steps taken", text, [id.0], |row| read_json(row, "data"))?;
    let text = "SELECT receivable, cycle, step FROM step_declined WHERE customer = ?1 ORDER BY position";
    account.declined = all(connection, "read steps declined", text, [id.0], |row| {
        let step = StepId::new(row.get::<_, String>("step")?);
        Ok(StepRef { receivable: ReceivableId(row.get("receivable")?), cycle: row.get("cycle")?, step })
    })?;
    let text = "SELECT data FROM owner_case WHERE customer = ?1 ORDER BY position";
    account.cases = all(connection, "read cases", text, [id.0], |row| read_json(row, "data"))?;
    let text = "SELECT data FROM sent_mail WHERE customer = ?1 ORDER BY position";
    account.sent = all(connection, "read mails sent", text, [id.0], |row| read_json(row, "data"))?;
    let text = "SELECT text FROM note WHERE customer = ?1 ORDER BY position";
    account.notes = all(connection, "read notes", text, [id.0], |row| Ok(row.get("text")?))?;
    let text = "SELECT message FROM understood WHERE customer = ?1 ORDER BY position";
    account.understood = all(connection, "read messages understood", text, [id.0], |row| {
        read_parsed(row, "message", MessageIdentity::parse)
    })?;
    Ok(Some(account))
}

/// What a customer owes or owed, in order.
pub(super) fn receivables(look: Look<'_>, id: CustomerId) -> Result<Vec<Receivable>, StoreError> {
    let text = "SELECT data FROM receivable WHERE customer = ?1 ORDER BY position";
    all(look.connection, "read receivables", text, [id.0], |row| read_json(row, "data"))
}

/// Makes the state tables say `new` where they said `old`.
pub(super) fn write(unit: &mut Unit<'_>, old: Option<&Account>, new: &Account) -> Result<(), StoreError> {
    let empty = Account::new(new.customer.clone());
    let from = old.unwrap_or(&empty);
    let customer_changed = old.is_none_or(|old| {
        old.customer != new.customer || old.customer_wrote != new.customer_wrote || old.owner_wrote != new.owner_wrote
    });
    if customer_changed {
        write_customer(unit, new)?;
    }
    write_receivables(unit, &from.receivables, &new.receivables)?;
    let id = new.customer.id;
    write_cases(unit, Some(id), &from.cases, &new.cases)?;
    let clear = |unit: &mut Unit<'_>, sql: &str, from: usize| {
        run(unit.connection, "clear what changed", sql, (id.0, position(from))).map(|_| ())
    };
    if let Some(first) = first_difference(&from.holds, &new.holds) {
        clear(unit, "DELETE FROM hold WHERE customer = ?1 AND position >= ?2", first)?;
        from_index(&new.holds, first, |index, hold| write_hold(unit, id, index, hold))?;
    }
    if let Some(first) = first_difference(&from.steps, &new.steps) {
        clear(unit, "DELETE FROM step_taken WHERE customer = ?1 AND position >= ?2", first)?;
        from_index(&new.steps, first, |index, step| write_step(unit, id, index, step))?;
    }
    if let Some(first) = first_difference(&from.declined, &new.declined) {
        clear(unit, "DELETE FROM step_declined WHERE customer = ?1 AND position >= ?2", first)?;
        from_index(&new.declined, first, |index, step| write_declined(unit, id, index, step))?;
    }
    if let Some(first) = first_difference(&from.sent, &new.sent) {
        clear(unit, "DELETE FROM sent_mail WHERE customer = ?1 AND position >= ?2", first)?;
        from_index(&new.sent, first, |index, sent| write_sent(unit, id, index, sent))?;
    }
    if let Some(first) = first_difference(&from.notes, &new.notes) {
        clear(unit, "DELETE FROM note WHERE customer = ?1 AND position >= ?2", first)?;
        let text = "INSERT INTO note (customer, position, text) VALUES (?1, ?2, ?3)";
        from_index(&new.notes, first, |index, note| {
            run(unit.connection, "write a note", text, (id.0, position(index), note)).map(|_| ())
        })?;
    }
    if let Some(first) = first_difference(&from.understood, &new.understood) {
        clear(unit, "DELETE FROM understood WHERE customer = ?1 AND position >= ?2", first)?;
        let text = "INSERT INTO understood (customer, position, message) VALUES (?1, ?2, ?3)";
        from_index(&new.understood, first, |index, message| {
            let row = (id.0, position(index), message.to_string());
            run(unit.connection, "write a message understood", text, row).map(|_| ())
        })?;
    }
    Ok(())
}

fn write_customer(unit: &mut Unit<'_>, account: &Account) -> Result<(), StoreError> {
    let customer = &account.customer;
    let text = "INSERT INTO customer (id, external_id, vat_number, tax_code, name, data, customer_wrote, owner_wrote) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
                ON CONFLICT (id) DO UPDATE SET external_id = excluded.external_id, vat_number = excluded.vat_number, \
                tax_code = excluded.tax_code, name = excluded.name, data = excluded.data, \
                customer_wrote = excluded.customer_wrote, owner_wrote = excluded.owner_wrote";
    let row = (
        customer.id.0,
        &customer.external_id,
        &customer.vat_number,
        &customer.tax_code,
        &customer.name,
        json("write a customer", customer)?,
        account.customer_wrote.map(instant),
        account.owner_wrote.map(instant),
    );
    run(unit.connection, "write a customer", text, row)?;
    unit.number_used("customer", customer.id.0)?;
    run(unit.connection, "clear contacts", "DELETE FROM contact WHERE customer = ?1", [customer.id.0])?;
    for contact in &customer.contacts {
        let text = "INSERT OR IGNORE INTO contact (customer, address) VALUES (?1, ?2)";
        run(unit.connection, "write a contact", text, (customer.id.0, contact.address.as_str()))?;
    }
    Ok(())
}

fn write_receivables(unit: &mut Unit<'_>, old: &[Receivable], new: &[Receivable]) -> Result<(), StoreError> {
    for gone in old.iter().filter(|old| !new.iter().any(|new| new.id == old.id)) {
        run(unit.connection, "remove a receivable", "DELETE FROM receivable WHERE id = ?1", [gone.id.0])?;
    }
    let text = "INSERT INTO receivable \
                (id, customer, position, issuer, number, issued, instalment, due, settled, data) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
                ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, position = excluded.position, \
                issuer = excluded.issuer, number = excluded.number, issued = excluded.issued, \
                instalment = excluded.instalment, due = excluded.due, settled = excluded.settled, data = excluded.data";
    for (index, receivable) in new.iter().enumerate().filter(|(index, new)| old.get(*index) != Some(*new)) {
        let row = (
            receivable.id.0,
            receivable.customer.0,
            position(index),
            &receivable.key.issuer,
            &receivable.key.number,
            receivable.key.issued.to_string(),
            receivable.key.instalment,
            receivable.due.to_string(),
            receivable.is_settled(),
            json("write a receivable", receivable)?,
        );
        run(unit.connection, "write a receivable", text, row)?;
        unit.number_used("receivable", receivable.id.0)?;
    }
    Ok(())
}

/// Cases of one account, or (`None`) those that belong to no account.
pub(super) fn write_cases(
    unit: &mut Unit<'_>,
    customer: Option<CustomerId>,
    old: &[Case],
    new: &[Case],
) -> Result<(), StoreError> {
    for gone in old.iter().filter(|old| !new.iter().any(|new| new.id == old.id)) {
        run(unit.connection, "remove a case", "DELETE FROM owner_case WHERE id = ?1", [gone.id.0])?;
    }
    for (index, case) in new.iter().enumerate().filter(|(index, new)| old.get(*index) != Some(*new)) {
        write_case(unit, customer, position(index), case)?;
    }
    Ok(())
}

/// Writes one question at its place in the order.
pub(super) fn write_case(
    unit: &mut Unit<'_>,
    customer: Option<CustomerId>,
    position: i64,
    case: &Case,
) -> Result<(), StoreError> {
    // Never over the case of another account: the number would then stand for two questions.
    let text = "INSERT INTO owner_case (id, customer, position, kind, message, opened, closed, data) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
                ON CONFLICT (id) DO UPDATE SET position = excluded.position, kind = excluded.kind, \
                message = excluded.message, opened = excluded.opened, closed = excluded.closed, data = excluded.data \
                WHERE customer IS excluded.customer";
    let row = (
        case.id.0,
        customer.map(|customer| customer.0),
        position,
        case.kind.as_str(),
        case.message.map(|message| message.to_string()),
        instant(case.opened),
        case.closed.map(instant),
        json("write a case", case)?,
    );
    if run(unit.connection, "write a case", text, row)? == 0 {
        return Err(StoreError::raced(format!("The number C{} was given to another question", case.id)));
    }
    unit.number_used("case", case.id.0)
}

fn write_hold(unit: &Unit<'_>, customer: CustomerId, index: usize, hold: &Hold) -> Result<(), StoreError> {
    let text = "INSERT INTO hold (customer, position, number, kind, until, ended, data) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let until = hold.until.map(|day| day.to_string());
    let data = json("write a hold", hold)?;
    let row = (customer.0, position(index), hold.id.0, hold.kind.as_str(), until, hold.ended.is_some(), data);
    run(unit.connection, "write a hold", text, row).map(|_| ())
}

fn write_step(unit: &Unit<'_>, customer: CustomerId, index: usize, taken: &StepTaken) -> Result<(), StoreError> {
    let text = "INSERT INTO step_taken (customer, position, receivable, cycle, step, data) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let step = &taken.step;
    let data = json("write a step taken", taken)?;
    let row = (customer.0, position(index), step.receivable.0, step.cycle, step.step.as_str(), data);
    run(unit.connection, "write a step taken", text, row).map(|_| ())
}

fn write_declined(unit: &Unit<'_>, customer: CustomerId, index: usize, step: &StepRef) -> Result<(), StoreError> {
    let text = "INSERT INTO step_declined (customer, position, receivable, cycle, step) VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = (customer.0, position(index), step.receivable.0, step.cycle, step.step.as_str());
    run(unit.connection, "write a step declined", text, row).map(|_| ())
}

fn write_sent(unit: &Unit<'_>, customer: CustomerId, index: usize, sent: &SentMail) -> Result<(), StoreError> {
    let text = "INSERT INTO sent_mail (customer, position, purpose, at, data) VALUES (?1, ?2, ?3, ?4, ?5)";
    let data = json("write a mail sent", sent)?;
    let at = instant(sent.at);
    let row = (customer.0, position(index), sent.purpose.as_str(), &at, data);
    run(unit.connection, "write a mail sent", text, row)?;
    for address in &sent.to {
        let text = "INSERT OR IGNORE INTO sent_recipient (customer, position, address, purpose, at) \
                    VALUES (?1, ?2, ?3, ?4, ?5)";
        let row = (customer.0, position(index), address.as_str(), sent.purpose.as_str(), &at);
        run(unit.connection, "write a recipient", text, row)?;
    }
    Ok(())
}

/// Where two lists part; `None` when they are equal.
fn first_difference<T: PartialEq>(old: &[T], new: &[T]) -> Option<usize> {
    let common = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    (common < old.len() || common < new.len()).then_some(common)
}

fn from_index<T>(
    list: &[T],
    first: usize,
    mut write: impl FnMut(usize, &T) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    list.iter().enumerate().skip(first).try_for_each(|(index, value)| write(index, value))
}

fn position(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}
