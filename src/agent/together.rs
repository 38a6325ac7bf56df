//! Several accounts in one mail: which planned reminders go along, how they are written, and the last look at all of them.
//! Who may share a mail is policy's to say; here it is found out, in the transaction that freezes the bytes.

use super::delivery::{check, must_be_asked};
use super::error::AgentError;
use super::notices::{write_for_several, write_mail};
use super::office::Office;
use crate::ledger::account::Account;
use crate::ledger::ids::ReceivableId;
use crate::ledger::moment::Moment;
use crate::policy::{self, Recheck};
use crate::store::{StoredMail, Unit};
use crate::templates::{Beside, MailIds, Rendered, mail_ids};

/// A reminder that goes along in another one's mail.
pub(super) struct Rider {
    pub(super) row: StoredMail,
    account: Account,
}

/// What a mail says and for whom it speaks besides its own account.
pub(super) struct Written {
    pub(super) rendered: Rendered,
    pub(super) riders: Vec<Rider>,
}

impl Written {
    /// The receivables that it names, of all of them: who answers "it is paid" may mean any.
    pub(super) fn items(&self, carrier: &StoredMail) -> Vec<ReceivableId> {
        let riders = self.riders.iter().flat_map(|rider| rider.row.row.plan.names_as_open());
        carrier.row.plan.names_as_open().chain(riders).collect()
    }
}

/// The planned reminders that may leave in the mail of this one at this very moment: each of them would leave by itself
/// now, and it and the others are linked two by two.
fn riders(unit: &Unit<'_>, office: &Office, moment: Moment, carrier: &StoredMail) -> Result<Vec<Rider>, AgentError> {
    let plan = &carrier.row.plan;
    let mut found: Vec<Rider> = Vec::new();
    let (Some(customer), [address]) = (plan.customer, plan.to.as_slice()) else { return Ok(found) };
    let Some(account) = unit.account(customer)? else { return Ok(found) };
    if !policy::may_be_shared(&office.policy, &account, &carrier.row) {
        return Ok(found);
    }
    for row in unit.planned_reminders_to(address)? {
        let Some(other) = row.row.plan.customer.map(|id| unit.account(id)).transpose()?.flatten() else { continue };
        let fits = |known: &Account, planned: &StoredMail| {
            policy::may_share(&office.policy, (known, &planned.row), (&other, &row.row))
        };
        let is_linked = fits(&account, carrier) && found.iter().all(|rider| fits(&rider.account, &rider.row));
        if !is_linked
            || check(unit, office, moment, &row)? != Recheck::Go
            || must_be_asked(unit, office, &row)?
            // What cannot be written is told to the owner by its own row, and keeps no other back.
            || write_mail(unit, office, moment, &row.row, &ids_of(unit, office, &row)?, true)?.is_err()
        {
            continue;
        }
        found.push(Rider { row, account: other });
    }
    Ok(found)
}

pub(super) fn ids_of(unit: &Unit<'_>, office: &Office, stored: &StoredMail) -> Result<MailIds, AgentError> {
    let domain = office.letterhead.address.domain();
    Ok(mail_ids(&unit.secret()?, &stored.row.plan.key, stored.row.revision, domain))
}

/// Writes a mail with all that may go along; alone where they cannot be written together.
pub(super) fn write(
    unit: &Unit<'_>,
    office: &Office,
    moment: Moment,
    carrier: &StoredMail,
    (ids, automatic): (&MailIds, bool),
) -> Result<Result<Written, String>, AgentError> {
    let riders = riders(unit, office, moment, carrier)?;
    let account = carrier.row.plan.customer.map(|id| unit.account(id)).transpose()?.flatten();
    let mut plans = vec![&carrier.row.plan];
    plans.extend(riders.iter().map(|rider| &rider.row.row.plan));
    if let (Some(account), Some(joint)) = (&account, policy::joint_plan(&plans)) {
        let beside: Vec<Beside<'_>> =
            riders.iter().map(|rider| Beside { plan: &rider.row.row.plan, account: &rider.account }).collect();
        let together = write_for_several(unit, office, moment, (&joint, account, &beside), ids, automatic)?;
        if let Ok(rendered) = together {
            return Ok(Ok(Written { rendered, riders }));
        }
    }
    let alone = write_mail(unit, office, moment, &carrier.row, ids, automatic)?;
    Ok(alone.map(|rendered| Written { rendered, riders: Vec::new() }))
}

/// The last look at all that goes in one mail, before its frozen bytes are offered once more. What does not hold for one
/// of them holds for none: the bytes speak of all.
pub(super) fn check_all(
    unit: &Unit<'_>,
    office: &Office,
    moment: Moment,
    rows: &[StoredMail],
) -> Result<Recheck, AgentError> {
    let mut accounts = Vec::with_capacity(rows.len());
    for row in rows {
        accounts.push(row.row.plan.customer.map(|id| unit.account(id)).transpose()?.flatten());
    }
    let name = |index: usize| accounts.get(index).and_then(Option::as_ref).map(|known| known.customer.name.clone());
    let mut waits: Option<Recheck> = None;
    for (index, row) in rows.iter().enumerate() {
        let of_whom = name(index).filter(|_| rows.len() > 1).map(|name| format!("{name}: ")).unwrap_or_default();
        match check(unit, office, moment, row)? {
            Recheck::Go => {}
            Recheck::Cancel { reason } => return Ok(Recheck::Cancel { reason: format!("{of_whom}{reason}") }),
            Recheck::Wait { until, reason } => {
                let is_longest = !matches!(&waits, Some(Recheck::Wait { until: known, .. }) if *known >= until);
                if is_longest {
                    waits = Some(Recheck::Wait { until, reason: format!("{of_whom}{reason}") });
                }
            }
        }
    }
    let together: Vec<(&Account, &StoredMail)> =
        accounts.iter().zip(rows).filter_map(|(account, row)| Some((account.as_ref()?, row))).collect();
    for (index, (one, row)) in together.iter().enumerate().filter(|_| rows.len() > 1) {
        let others = together.iter().skip(index.saturating_add(1));
        let is_linked = |(other, planned): &(&Account, &StoredMail)| {
            policy::may_share(&office.policy, (one, &row.row), (other, &planned.row))
        };
        if !others.copied().all(|other| is_linked(&other)) || must_be_asked(unit, office, row)? {
            let reason = "These customers do not share a mail any more".to_owned();
            return Ok(Recheck::Cancel { reason });
        }
    }
    Ok(waits.unwrap_or(Recheck::Go))
}
