//! Who may be answered: authenticity, the writer's standing, age, the caps on answers.

use super::World;
use super::silence;
use crate::ledger::account::Account;
use crate::ledger::case::CaseKind;
use crate::ledger::hold::HoldKind;
use crate::ledger::ids::{Address, ReceivableId};
use crate::ledger::reading::{Reading, Warning, Writer};
use crate::ledger::words::{Authenticity, Certainty, MessageKind, Purpose};

/// What the writer's standing allows.
pub(super) enum Gate {
    /// The full policy: the author is proven, and on file or of the same organisation in a known thread.
    Full(Recipients),
    /// On file but not proven: only what was sent to them before; words hold briefly.
    Limited(Recipients),
    /// Not on file in a way that suffices: words hold briefly, nothing is given away.
    Refused,
}

/// Where an answer goes.
#[derive(Clone)]
pub(super) struct Recipients {
    pub(super) to: Vec<Address>,
    pub(super) cc: Vec<Address>,
}

/// Weighs the writer. Trouble ([`trouble`]) was looked for before.
pub(super) fn weigh(reading: &Reading, account: &Account, world: &World<'_>) -> Gate {
    let Some(from) = &reading.from else { return Gate::Refused };
    match (reading.writer, reading.authenticity) {
        (Writer::OnFile, authenticity) => {
            let Some(contact) = account.customer.contact(from) else { return Gate::Refused };
            if world.policy.own_addresses.contains(from) {
                return Gate::Refused;
            }
            let is_proven = authenticity == Authenticity::Pass;
            if contact.bounced {
                // Their word counts, but mail does not reach them: another address on file, or nobody.
                let (to, cc) = silence::recipients(account, world).unwrap_or_default();
                return if is_proven { Gate::Full(Recipients { to, cc }) } else { Gate::Refused };
            }
            let recipients = Recipients { to: vec![from.clone()], cc: silence::copies(account, world, from) };
            if is_proven { Gate::Full(recipients) } else { Gate::Limited(recipients) }
        }
        // A private person has no colleagues: whoever shares their domain is somebody else. Who was written to and is not
        // on file any more was taken off it.
        (Writer::SameOrganisation, Authenticity::Pass)
            if reading.matched.known_thread
                && !account.customer.is_private()
                && !account.sent.iter().any(|mail| mail.to.contains(from)) =>
        {
            let Some((to, mut cc)) = silence::recipients(account, world) else { return Gate::Refused };
            if !to.contains(from) && !cc.contains(from) {
                cc.push(from.clone());
            }
            Gate::Full(Recipients { to, cc })
        }
        _ => Gate::Refused,
    }
}

/// Signs that the mail is not what it seems: which question they raise, and why.
pub(super) fn trouble(reading: &Reading) -> Option<(CaseKind, String)> {
    let suspicious = |why: &str| Some((CaseKind::Suspicious, why.to_owned()));
    if reading.authenticity == Authenticity::Fail {
        return suspicious("The sender's address is refuted by the authentication of the mail");
    }
    if reading.writer == Writer::LookAlike {
        return suspicious("The sender's address looks like one on file but is not");
    }
    if reading.kind == MessageKind::Reply && reading.from.is_none() {
        return suspicious("The mail has no single usable author");
    }
    reading.warnings.iter().find_map(|warning| match warning {
        Warning::SeveralAuthors => suspicious("The mail names several authors"),
        Warning::MisleadingName => suspicious("The sender's display name shows another address"),
        Warning::ReplyToElsewhere => suspicious("Answers to it would go to another domain"),
        Warning::InstructionToMachine => suspicious("The text gives instructions to a machine"),
        Warning::HiddenText => suspicious("The mail hides text from the reader's eye"),
        Warning::Junk => suspicious("The server put the mail among spam"),
        Warning::ForeignIban => Some((
            CaseKind::BankDetailsVerification,
            "The mail names an IBAN that is not one of the firm's: a payment may have gone, or be about to go, astray"
                .to_owned(),
        )),
        Warning::Truncated => {
            Some((CaseKind::NotUnderstood, "Only the beginning of the mail could be read".to_owned()))
        }
        Warning::Malformed => {
            Some((CaseKind::NotUnderstood, "The mail is damaged and may not say what it seems to".to_owned()))
        }
    })
}

/// Is it certain whose mail this is?
pub(super) fn is_certain_customer(reading: &Reading, account: &Account) -> bool {
    reading
        .matched
        .customer
        .as_ref()
        .is_some_and(|matched| matched.customer == account.customer.id && matched.certainty == Certainty::Certain)
}

/// Why no answer may leave by itself, whatever it would say; `None` when one may.
pub(super) fn answer_barrier(
    reading: &Reading,
    account: &Account,
    items: &[ReceivableId],
    gate: &Gate,
    world: &World<'_>,
) -> Option<String> {
    match gate {
        Gate::Full(recipients) | Gate::Limited(recipients) if !recipients.to.is_empty() => {}
        Gate::Full(_) | Gate::Limited(_) => return Some("No usable address is on file".to_owned()),
        Gate::Refused => return Some("The writer is not on file".to_owned()),
    }
    let limits = &world.policy.limits;
    if !reading.addressed_to_us {
        return Some("The mail is not addressed to us".to_owned());
    }
    if let Some(other) = &reading.facts.new_contact
        && account.customer.contact(other).is_none()
    {
        return Some("The writer names an address that is not on file: the owner decides whether it counts".to_owned());
    }
    if account.customer.do_not_contact {
        return Some("The customer is marked as not to be written to".to_owned());
    }
    if age_business_days(reading, world) > limits.answer_max_age_business_days {
        return Some(format!("The mail is older than {} business days", limits.answer_max_age_business_days));
    }
    let grave = account.holds.iter().find(|hold| {
        hold.holds_on(world.moment.today())
            && matches!(hold.kind, HoldKind::Legal | HoldKind::Hostile | HoldKind::Disputed)
    });
    if let Some(hold) = grave {
        return Some(format!("A hold of kind {} is in force: the owner writes to this customer", hold.kind));
    }
    if answers_lately(reading, account, items, world)
        >= usize::try_from(limits.answers_per_thread).unwrap_or(usize::MAX)
    {
        return Some(format!(
            "{} answers about this have left lately; a person should look",
            limits.answers_per_thread
        ));
    }
    None
}

/// Business days since the mail arrived.
pub(super) fn age_business_days(reading: &Reading, world: &World<'_>) -> u32 {
    let arrived = world.moment.day_of(reading.received);
    world.policy.calendar.business_days_between(arrived, world.moment.today())
}

/// Answers that left or wait, about the same receivables (or about none) within the time in which a thread is alive.
fn answers_lately(reading: &Reading, account: &Account, items: &[ReceivableId], world: &World<'_>) -> usize {
    let today = world.moment.today();
    let alive = super::steps::minus_days(today, world.policy.limits.after_answer_days);
    let is_same = |of: &[ReceivableId]| of.is_empty() || items.is_empty() || of.iter().any(|item| items.contains(item));
    let left = account
        .sent
        .iter()
        .filter(|mail| {
            !mail.purpose.counts_as_reminder()
                && !matches!(mail.purpose, Purpose::Notice | Purpose::Thanks | Purpose::Courtesy)
        })
        .filter(|mail| world.moment.day_of(mail.at) >= alive && is_same(&mail.items))
        .count();
    let waiting = account
        .pending
        .iter()
        .filter(|row| row.plan.answers.as_ref().is_some_and(|answered| answered.identity != reading.identity))
        .filter(|row| is_same(&row.plan.items))
        .count();
    left.saturating_add(waiting)
}
