//! A mail that could not be delivered: the address is set aside, and a reminder that nobody received does not count.

use super::deliberation::Deliberation;
use super::steps::plus_days;
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::change::{Change, StepTaker};
use crate::ledger::customer::{Contact, ContactRole};
use crate::ledger::ids::{Address, ReceivableId};
use crate::ledger::reading::Reading;
use crate::ledger::words::Purpose;

/// Marks the dead address. Only with evidence that the mail was ours: anybody can write a delivery status.
pub(super) fn note_bounce(d: &mut Deliberation<'_>, reading: &Reading) {
    let Some(bounce) = reading.bounce.as_ref().filter(|bounce| bounce.failed) else { return };
    let Some(address) = bounce.recipient.clone() else { return };
    match d.account.customer.contact(&address) {
        None if was_replaced(&d.account, &address) => return begin_anew(d, &address, reading),
        Some(contact) if !contact.bounced => {}
        _ => return,
    }
    let written_to = d.account.sent.iter().any(|mail| mail.to.contains(&address));
    if !(written_to || reading.matched.known_thread || bounce.own_reference.is_some()) {
        return;
    }
    let status = bounce.status.as_ref().map(|status| format!(" ({status})")).unwrap_or_default();
    d.record(
        Change::ContactBounced { address: address.clone() },
        format!("A mail to {address} could not be delivered{status}: nothing more is sent there"),
    );
    d.withdraw(&format!("The address {address} is dead"), |row| row.plan.to.contains(&address));
    begin_anew(d, &address, reading);
}

/// We wrote there, and since then the owner put another address in its place: nothing goes there any more.
fn was_replaced(account: &Account, address: &Address) -> bool {
    let written_to = account.sent.iter().any(|mail| mail.to.contains(address));
    let now = account.customer.contacts.iter().find(|contact| contact.role == ContactRole::Primary);
    let is_written_to =
        |contact: &Contact| matches!(contact.role, ContactRole::Primary | ContactRole::Copy | ContactRole::Pec);
    written_to
        && !account.customer.contact(address).is_some_and(is_written_to)
        && now.is_some_and(|contact| !contact.bounced)
}

/// Is there nothing to ask about this address: it is known to be dead and a question about it open, or it was replaced?
pub(super) fn is_asked(account: &Account, reading: &Reading) -> bool {
    let Some(address) = reading.bounce.as_ref().and_then(|bounce| bounce.recipient.as_ref()) else { return false };
    if was_replaced(account, address) {
        return true;
    }
    account.customer.contact(address).is_some_and(|contact| contact.bounced)
        && account.open_cases().any(|case| case.kind == CaseKind::Bounced)
}

/// Nobody read the reminder that came back. The ladder of its receivables begins anew, so that whoever is written to
/// next is not told of mails that never arrived.
fn begin_anew(d: &mut Deliberation<'_>, address: &Address, reading: &Reading) {
    let moment = d.world.moment;
    let last = d.account.sent.iter().rev().find(|mail| mail.purpose == Purpose::Reminder && mail.to.contains(address));
    let Some(last) = last.cloned() else { return };
    let left = moment.day_of(last.at);
    // Servers try for some days before they give up; what is older was read, or at least not refused.
    let is_recent = moment.day_of(reading.received) <= plus_days(left, d.world.policy.limits.recipient_gap_days);
    let reached_somebody = last.to.iter().any(|to| to != address);
    if !is_recent || reached_somebody {
        return;
    }
    let unread: Vec<ReceivableId> = d
        .account
        .receivables
        .iter()
        .filter(|item| !item.is_settled() && last.items.contains(&item.id))
        .filter(|item| d.account.steps_of(item).iter().any(|taken| taken.on == left && taken.by == StepTaker::Agent))
        .map(|item| item.id)
        .collect();
    for receivable in unread {
        d.record(
            Change::CycleBegun { receivable },
            format!("The reminder of {left} reached nobody: the ladder begins anew"),
        );
    }
}
