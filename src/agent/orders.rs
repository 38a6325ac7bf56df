//! Orders of the owner: short transactions of their own, seen by a running agent at its next step.
//! The re-check before a mail leaves happens in one transaction with its claim, so an order that is committed first wins.

use super::error::AgentError;
use super::office::Office;
use super::outcome::{accepted, tell_all, tell_policy};
use super::pass::decide_and_keep;
use crate::ledger::account::Account;
use crate::ledger::change::{Cause, Change, Entry};
use crate::ledger::decision::Decision;
use crate::ledger::event::{DeliveryOutcome, Event, Order};
use crate::ledger::ids::{CaseId, CommandId, CustomerId, OutboxId};
use crate::ledger::mail::{BusinessKey, MailPlan, OutboxState};
use crate::ledger::moment::Moment;
use crate::ledger::words::Mode;
use crate::policy;
use crate::store::{Command, Store, StoreErrorKind, StoredMail, Undone, Unit};

/// The bank's day and the day on which somebody heard of it lie no further apart.
const SAME_MONEY_DAYS: i64 = 7;

/// What an order did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OrderReport {
    /// Its number, for `undo`.
    pub command: CommandId,
    /// Whom it is about; none where it is about all of them, or about nobody.
    pub customer: Option<String>,
    /// The receivables that it names, as they are called.
    pub about: Vec<String>,
    /// One sentence a change.
    pub done: Vec<String>,
    /// Mails to the customer that it plans, one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub planned: Vec<String>,
    /// Mails that will not leave after all.
    pub withdrawn: Vec<String>,
    /// Mails that had just left when the order came.
    pub too_late_for: Vec<OutboxId>,
    /// What the owner should look at again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// Gives an order about one customer; `words` is how the owner typed it.
///
/// # Errors
/// When the account is unknown, the order changes nothing, or the database cannot be written.
pub fn give(
    store: &mut Store,
    office: &Office,
    moment: Moment,
    customer: CustomerId,
    order: &Order,
    words: &str,
) -> Result<OrderReport, AgentError> {
    store.write(|unit| {
        let Some(account) = unit.account(customer)? else {
            return Err(AgentError::not_known("There is no such customer", "`sollecito status` lists them"));
        };
        refuse_a_wrong_day(order, moment)?;
        if let Order::SetOff { items, amount, .. } = order
            && let Some((message, remedy)) = policy::why_too_much(&account, items, *amount)
        {
            return Err(AgentError::refused(message, remedy));
        }
        let command = unit.new_command(words, moment.instant)?;
        let decision = decide_and_keep(unit, office, moment, &account, &Event::Ordered(command, order.clone()))?;
        if decision.is_empty() {
            return Err(AgentError::refused(
                "There is nothing to do: it stands like that already",
                "`sollecito show` tells how it stands",
            ));
        }
        let too_late_for = account
            .pending
            .iter()
            .filter(|row| matches!(row.state, OutboxState::Claimed | OutboxState::InData))
            .map(|row| row.id)
            .collect();
        let mut done: Vec<String> = Vec::new();
        for entry in decision.entries {
            if !done.contains(&entry.because) {
                done.push(entry.because);
            }
        }
        Ok(OrderReport {
            command,
            customer: Some(account.customer.name.clone()),
            about: account.names(order.items()),
            done,
            planned: decision.mails.iter().map(|plan| planned(office, &account, plan)).collect(),
            withdrawn: decision.withdrawals.into_iter().map(|withdrawal| withdrawal.reason).collect(),
            too_late_for,
            remarks: noted_before(&account, order).into_iter().collect(),
        })
    })
}

/// What the customer will get because of it, and whether a person is asked first.
fn planned(office: &Office, account: &Account, plan: &MailPlan) -> String {
    let at = plan.not_before.with_timezone(&office.zone).format("%Y-%m-%d %H:%M");
    let how = match office.policy.mode_for(account, plan.purpose) {
        Mode::Observe => format!("would leave from {at} on, were such mails not only observed"),
        Mode::Draft => "is laid into Drafts for you".to_owned(),
        Mode::Send if plan.needs_approval => format!("waits for your yes (`sollecito outbox`) and leaves from {at} on"),
        Mode::Send => format!("leaves from {at} on"),
    };
    format!("A mail to the customer ({}) {how}", plan.template)
}

/// Money that looks like some that was recorded already: typed twice, or by the import and by hand.
fn noted_before(account: &Account, order: &Order) -> Option<String> {
    let Order::Paid { items, amount: Some(amount), on } = order else { return None };
    let of_these = account.receivables.iter().filter(|item| items.contains(&item.id));
    let mut payments = of_these.flat_map(|item| item.payments.iter().map(move |payment| (item, payment)));
    let (item, payment) = payments
        .find(|(_, payment)| payment.amount == *amount && (payment.on - *on).num_days().abs() <= SAME_MONEY_DAYS)?;
    Some(format!(
        "{} was recorded for {} before, of {}: where this is the same money, take this order back",
        payment.amount,
        item.key.name(),
        payment.on
    ))
}

/// A day on the wrong side of today was not meant: money that has not come yet is a promise, and nothing is granted,
/// promised or put off until a day that has passed.
fn refuse_a_wrong_day(order: &Order, moment: Moment) -> Result<(), AgentError> {
    let today = moment.today();
    let passed = match order {
        Order::Paid { on, .. } if *on > today => {
            let remedy = "`sollecito promise NUMBER --by DAY` notes money that is to come";
            return Err(AgentError::refused(format!("{on} has not come yet"), remedy));
        }
        Order::SetOff { on, .. } if *on > today => {
            let remedy = "name the day on which it was set off, or leave --on out for today";
            return Err(AgentError::refused(format!("{on} has not come yet"), remedy));
        }
        order => order.day_to_come().filter(|day| *day < today),
    };
    match passed {
        Some(day) => Err(AgentError::refused(format!("{day} has passed"), "name a day that is to come")),
        None => Ok(()),
    }
}

/// Gives one order about many accounts, as one command: it is taken back as one.
///
/// # Errors
/// When it changes nothing anywhere, or the database cannot be written.
pub fn give_all(
    store: &mut Store,
    office: &Office,
    moment: Moment,
    customers: &[CustomerId],
    order: &Order,
    words: &str,
) -> Result<OrderReport, AgentError> {
    store.write(|unit| {
        let command = unit.new_command(words, moment.instant)?;
        let mut report = OrderReport {
            command,
            customer: None,
            about: Vec::new(),
            done: Vec::new(),
            planned: Vec::new(),
            withdrawn: Vec::new(),
            too_late_for: Vec::new(),
            remarks: Vec::new(),
        };
        let mut touched = 0_usize;
        for customer in customers {
            let Some(account) = unit.account(*customer)? else { continue };
            let decision = decide_and_keep(unit, office, moment, &account, &Event::Ordered(command, order.clone()))?;
            if decision.is_empty() {
                continue;
            }
            touched += 1;
            for entry in decision.entries {
                if !report.done.contains(&entry.because) {
                    report.done.push(entry.because);
                }
            }
            report.withdrawn.extend(decision.withdrawals.into_iter().map(|withdrawal| withdrawal.reason));
        }
        if touched == 0 {
            return Err(AgentError::refused("There is nothing to do: that is known already", "`sollecito status`"));
        }
        Ok(report)
    })
}

/// Settles a question that belongs to no account.
///
/// # Errors
/// When the database cannot be written.
pub fn close_bare_case(
    store: &mut Store,
    moment: Moment,
    case: CaseId,
    words: &str,
) -> Result<OrderReport, AgentError> {
    store.write(|unit| {
        let command = unit.new_command(words, moment.instant)?;
        let because = format!("The owner settled question C{case}");
        let entry = Entry {
            change: Change::CaseClosed { case, at: moment.instant },
            cause: Cause::Owner { command },
            because: because.clone(),
        };
        let decision = Decision { entries: vec![entry], ..Decision::default() };
        unit.record_without_account(&decision, moment.instant)?;
        Ok(OrderReport {
            command,
            customer: None,
            about: Vec::new(),
            done: vec![because],
            planned: Vec::new(),
            withdrawn: Vec::new(),
            too_late_for: Vec::new(),
            remarks: Vec::new(),
        })
    })
}

/// Takes the last order back (or a given one): the account is what its history without that order adds up to.
///
/// # Errors
/// When there is no such order, or it was taken back already.
pub fn undo(store: &mut Store, moment: Moment, command: Option<CommandId>) -> Result<(Command, Undone), AgentError> {
    store.write(|unit| {
        let orders = unit.commands(200)?;
        let wanted = match command {
            Some(id) => orders.into_iter().find(|order| order.id == id),
            None => orders.into_iter().find(|order| !order.undone),
        };
        let Some(order) = wanted else {
            return Err(AgentError::not_known("There is no order to take back", "`sollecito undo --list` shows them"));
        };
        for customer in unit.accounts_of_order(order.id)? {
            let rows = unit.journal(Some(customer))?;
            let entries: Vec<_> = rows.iter().filter(|row| row.undone.is_none()).map(|row| &row.entry).collect();
            if let Some(stands) = policy::why_it_stands(order.id, &entries) {
                return Err(AgentError::refused(stands.why, stands.remedy));
            }
        }
        match unit.undo(order.id, moment.instant) {
            Ok(undone) => match told_in_writing(unit, &undone)? {
                // The transaction ends with it: nothing is taken back.
                Some(mail) => Err(AgentError::refused(
                    format!("The customer has what order {} agreed on in writing: mail {mail} left", order.id),
                    "say what shall hold now by a new order: another day or plan, `sollecito resume NUMBER`, or \
                     `sollecito instalments NUMBER --withdraw` for a proposal",
                )),
                None => Ok((order, undone)),
            },
            // Not the database's doing: the order cannot be taken back, or was already.
            Err(error) if matches!(error.kind, StoreErrorKind::Conflict | StoreErrorKind::Raced) => {
                Err(AgentError::Refused { message: error.message, remedy: error.remedy })
            }
            Err(error) => Err(error.into()),
        }
    })
}

/// The mail of an order that left and told the customer what was agreed on or proposed: a yes to it, or their trust in it,
/// would stand on nothing once the order is gone.
fn told_in_writing(unit: &Unit<'_>, undone: &Undone) -> Result<Option<OutboxId>, AgentError> {
    for id in &undone.left {
        let stored = unit.outbox_row(*id)?;
        if stored.is_some_and(|stored| matches!(stored.row.plan.key, BusinessKey::Confirmation(..))) {
            return Ok(Some(*id));
        }
    }
    Ok(None)
}

/// Lets a held mail go, as a mail that a person approved.
///
/// # Errors
/// When the row does not wait for a person.
pub fn approve(store: &mut Store, office: &Office, moment: Moment, id: OutboxId) -> Result<(), AgentError> {
    with_row(store, id, &[OutboxState::Held], |unit, row| {
        unit.approve(id)?;
        // A question about this very mail is answered by that.
        tell_all(unit, office, moment, row, DeliveryOutcome::Approved)
    })
}

/// Keeps a mail back that has not left, until it is approved.
///
/// # Errors
/// When it has left, may have left, or waits for a person already.
pub fn hold(store: &mut Store, id: OutboxId) -> Result<(), AgentError> {
    with_row(store, id, &OutboxState::WAITING, |unit, _| Ok(unit.hold(id, "Held by the owner")?))
}

/// Cancels a mail that has not left. Where several accounts share its bytes, none of them leaves in those; the no is to
/// this one, and the others are planned anew.
///
/// # Errors
/// When it has left, or may have left.
pub fn cancel(store: &mut Store, office: &Office, moment: Moment, id: OutboxId) -> Result<(), AgentError> {
    let pending =
        [OutboxState::Planned, OutboxState::Held, OutboxState::Frozen, OutboxState::Later, OutboxState::Drafted];
    with_row(store, id, &pending, |unit, row| {
        unit.cancel(id, "Cancelled by the owner")?;
        tell_policy(unit, office, moment, row, DeliveryOutcome::Discarded)
    })
}

/// Settles a mail of which nobody knows whether it left.
///
/// # Errors
/// When the row is not unsure.
pub fn settle(store: &mut Store, office: &Office, moment: Moment, id: OutboxId, left: bool) -> Result<(), AgentError> {
    with_row(store, id, &[OutboxState::Unsure], |unit, row| {
        if left {
            accepted(unit, office, moment, row, "settled by the owner: it left")
        } else {
            unit.mark_never_left(id, "Settled by the owner: it never left")?;
            tell_all(unit, office, moment, row, DeliveryOutcome::NeverLeft)
        }
    })
}

fn with_row(
    store: &mut Store,
    id: OutboxId,
    allowed: &[OutboxState],
    work: impl FnOnce(&mut crate::store::Unit<'_>, &StoredMail) -> Result<(), AgentError>,
) -> Result<(), AgentError> {
    store.write(|unit| {
        let Some(row) = unit.outbox_row(id)? else {
            return Err(AgentError::not_known(
                format!("There is no mail {id} in the outbox"),
                "see `sollecito outbox`",
            ));
        };
        if !allowed.contains(&row.row.state) {
            let words: Vec<&str> = allowed.iter().map(|state| state.as_str()).collect();
            return Err(AgentError::refused(
                format!("Mail {id} is {}: this can be done only to one that is {}", row.row.state, words.join(" or ")),
                "see `sollecito outbox --all`",
            ));
        }
        work(unit, &row)
    })
}
