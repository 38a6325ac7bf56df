//! What the owner arranged for customers: laid over what is known of them, and asked wherever a customer's own ladder,
//! limits or mode may differ from the firm's.

use super::World;
use super::calls;
use super::deliberation::Deliberation;
use super::habit;
use super::terms::{DeferralLimits, Ladder, Policy};
use crate::ledger::account::Account;
use crate::ledger::arranged::Wishes;
use crate::ledger::case::CaseKind;
use crate::ledger::change::{Cause, Change};
use crate::ledger::customer::{Contact, Customer};
use crate::ledger::decision::Decision;
use crate::ledger::ids::StepId;
use crate::ledger::ids::{GroupName, LadderName};
use crate::ledger::money::Money;
use crate::ledger::record::{PromiseOutcome, Record};
use crate::ledger::words::{DebtorKind, Mode, Purpose};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The owner's `customers.toml`: groups, and customers by what makes them known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerBook {
    /// Groups by name.
    pub groups: BTreeMap<GroupName, Group>,
    /// Groups that companies come into by their record, in the order of the file: the first that fits.
    pub by_record: Vec<(GroupName, RecordBar)>,
    /// Customers, in the order of the file.
    pub entries: Vec<(Whom, Wishes)>,
}

/// Customers that are treated alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// What holds for each of them where its own entry says nothing.
    pub wishes: Wishes,
    /// What may be granted to them, where it differs from the firm's limits.
    pub deferral: DeferralWishes,
    /// At most this, whatever `[modes]` allows.
    pub mode: Option<Mode>,
    /// Those of them that are written to at the very same address get one mail together.
    pub one_mail: bool,
}

/// What a record must show for a group; of several conditions all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordBar {
    /// The middle of the days late is at least this.
    pub days_late: Option<u32>,
    /// The middle of the days late is at most this.
    pub days_late_at_most: Option<u32>,
    /// At least so many promises were broken.
    pub broken_promises: Option<u32>,
}

impl RecordBar {
    /// Nothing is asked of a record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn fits(&self, record: &Record) -> bool {
        let median = record.median_days_late();
        let broken = record.promises(PromiseOutcome::Broken);
        !self.is_empty()
            && self.days_late.is_none_or(|least| median.is_some_and(|median| median >= least))
            && self.days_late_at_most.is_none_or(|most| median.is_some_and(|median| median <= most))
            && self.broken_promises.is_none_or(|least| broken >= usize::try_from(least).unwrap_or(usize::MAX))
    }
}

/// Limits of deferral that differ from the firm's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeferralWishes {
    /// See [`DeferralLimits::max_days`].
    pub max_days: Option<u32>,
    /// See [`DeferralLimits::per_receivable`].
    pub per_receivable: Option<u32>,
    /// See [`DeferralLimits::per_year`].
    pub per_year: Option<u32>,
    /// See [`DeferralLimits::max_days_from_invoice`].
    pub max_days_from_invoice: Option<u32>,
    /// See [`DeferralLimits::max_amount`].
    pub max_amount: Option<Money>,
    /// See [`DeferralLimits::not_after_step`].
    pub not_after_step: Option<StepId>,
}

/// How an entry names its customer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// The accounting program's own code.
    Code(String),
    /// The VAT number.
    VatNumber(String),
    /// The name exactly as it stands on invoices, but for blanks.
    Name(String),
}

impl Whom {
    /// Is it this one?
    #[must_use]
    pub fn is(&self, customer: &Customer) -> bool {
        match self {
            Self::Code(code) => customer.external_id.as_deref().is_some_and(|known| known.trim() == code),
            Self::VatNumber(number) => customer.vat_number.as_deref().is_some_and(|known| bare(known) == bare(number)),
            Self::Name(name) => customer.name.split_whitespace().eq(name.split_whitespace()),
        }
    }

    /// As the file writes it.
    #[must_use]
    pub fn written(&self) -> &str {
        match self {
            Self::Code(text) | Self::VatNumber(text) | Self::Name(text) => text,
        }
    }
}

/// A VAT number with and without the prefix of Italy is the same one.
fn bare(number: &str) -> String {
    let plain: String = number.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_ascii_uppercase();
    plain.strip_prefix("IT").map(str::to_owned).unwrap_or(plain)
}

impl CustomerBook {
    /// What the file says of a customer, its group's word where its own entry is silent. Of several entries the one
    /// by code counts, then the one by VAT number.
    #[must_use]
    pub fn wishes_for(&self, customer: &Customer) -> Option<Wishes> {
        let entries = self.entries.iter().filter(|(whom, _)| whom.is(customer));
        let (_, own) = entries.min_by(|a, b| a.0.cmp(&b.0))?;
        match own.group.as_ref().and_then(|name| self.groups.get(name)) {
            Some(group) => Some(own.over(&group.wishes)),
            None => Some(own.clone()),
        }
    }
}

/// The account as the file wants it: for reports, which change nothing.
#[must_use]
pub fn arranged(account: &Account, policy: &Policy) -> Account {
    let mut account = account.clone();
    account.customer = laid_over(&account.customer, &account.customer, policy);
    account
}

/// Lays the file over a customer as imported; contacts of before keep what is known of them. An import that renames a
/// customer whom the file knows by name takes nothing away from it: `check` and the next start say that the name is gone.
pub(super) fn laid_over(new: &Customer, old: &Customer, policy: &Policy) -> Customer {
    let mut customer = new.as_imported();
    let book = &policy.customers;
    let wishes = book.wishes_for(&customer).or_else(|| book.wishes_for(old)).unwrap_or_default();
    customer = customer.with(&wishes);
    for contact in &mut customer.contacts {
        contact.bounced |= old.contact(&contact.address).is_some_and(|old| old.bounced);
    }
    customer
}

/// Why a customer changes of whom no import said anything new.
pub(super) const ARRANGED_SO: &str = "customers.toml arranges it so";

/// The files changed: what they arrange for this customer is recorded, as an import is.
pub(super) fn decide(account: &Account, world: &World<'_>) -> Decision {
    let mut d = Deliberation::new(account, world, Cause::Files);
    let old = account.customer.clone();
    let new = laid_over(&old, &old, world.policy);
    if new != old {
        d.record(Change::CustomerSet { customer: Box::new(new.clone()) }, ARRANGED_SO);
        follow(&mut d, &old, &new);
        habit::close_noted(&mut d, old.payment_day());
    }
    d.finish(None)
}

/// What waits was planned for the customer of before.
fn follow(d: &mut Deliberation<'_>, old: &Customer, new: &Customer) {
    close_bounced(d);
    if new.do_not_contact && !old.do_not_contact {
        let reason = "customers.toml says that this customer is not to be written to";
        d.hand_over_answers(reason, |_| true);
        d.withdraw(reason, |row| row.plan.purpose != Purpose::Notice);
        return;
    }
    if new.vip && !old.vip {
        d.hand_over_answers("customers.toml says that you approve every mail to this customer", |row| {
            !row.approved && !row.plan.needs_approval
        });
    }
    if new.is_confidential() && !old.is_confidential() {
        d.hand_over_answers("customers.toml says that this customer is confidential", |row| {
            !row.plan.attach_documents.is_empty() || row.plan.purpose == Purpose::Statement
        });
    }
    // A telephone number stands in no mail: what was approved stays approved.
    let mut same = old.clone();
    same.arranged.phone.clone_from(&new.arranged.phone);
    if same == *new {
        return;
    }
    calls::close_those_of_another_ladder(d);
    // What still holds is planned anew at once, to the address, on the ladder and in the form of now.
    d.withdraw_chasing(&[], "customers.toml changed what is arranged for this customer");
}

/// An address that works was named.
pub(super) fn close_bounced(d: &mut Deliberation<'_>) {
    let contacts = &d.account.customer.contacts;
    let works = |contact: &Contact| !contact.bounced;
    let is_reached = d.account.customer.primary_contact().is_some();
    if is_reached && contacts.iter().all(works) {
        d.close_cases(&[CaseKind::Bounced], &[], "An address that works was named");
    }
}

/// The group that a customer is in: the one that the owner named, else the one that its record chooses.
fn group_of<'a>(account: &Account, policy: &'a Policy) -> Option<&'a Group> {
    let by_record = || group_by_record(account, policy);
    policy.customers.groups.get(account.customer.arranged.group.as_ref().or_else(by_record)?)
}

/// The group that a record chooses, for companies only: the record of a natural person, and of one that may be, never
/// decides by itself (art. 22 GDPR), whatever the files say. What the owner named goes before it.
#[must_use]
pub fn group_by_record<'a>(account: &Account, policy: &'a Policy) -> Option<&'a GroupName> {
    let bars = &policy.customers.by_record;
    if bars.is_empty() || account.customer.arranged.group.is_some() || !account.customer.is_proven_company() {
        return None;
    }
    // What decides does not depend on the day: only on what was paid and promised.
    let record = Record::of(account, NaiveDate::MIN);
    bars.iter().find(|(_, bar)| bar.fits(&record)).map(|(name, _)| name)
}

/// The ladder of confidential customers (riservati), where the owner chose no other for them.
pub(super) const CONFIDENTIAL: &str = "confidential";

/// The ladder that a customer climbs: its own, else that of the group that the owner put it in, else that of confidential
/// customers, else of the group that its record chooses, else that of its kind. A kind without one gets the mildest that
/// fits: people and unknowns the consumers', businesses the firms'.
#[must_use]
pub fn ladder_for<'a>(policy: &'a Policy, account: &Account) -> Option<&'a Ladder> {
    let customer = &account.customer;
    let named = |name: &LadderName| policy.named_ladders.get(name);
    let of_group = || group_of(account, policy).and_then(|group| group.wishes.ladder.as_ref()).and_then(named);
    let is_put_in = customer.arranged.group.is_some();
    let confidential = || {
        let has_own_words = customer.is_confidential() && customer.kind != DebtorKind::PublicBody;
        if has_own_words { named(&LadderName::new(CONFIDENTIAL)) } else { None }
    };
    let chosen = || of_group().filter(|_| is_put_in).or_else(confidential).or_else(of_group);
    if let Some(own) = customer.arranged.ladder.as_ref().and_then(named).or_else(chosen) {
        return Some(own);
    }
    let kind = customer.kind;
    let stand_in = match kind {
        DebtorKind::Professional | DebtorKind::Foreign => DebtorKind::Firm,
        _ => DebtorKind::Consumer,
    };
    policy.ladders.get(&kind).or_else(|| policy.ladders.get(&stand_in))
}

/// What may be granted to this customer without asking.
pub(super) fn deferral_limits(policy: &Policy, account: &Account) -> DeferralLimits {
    let firm = policy.limits.deferral.clone();
    let Some(group) = group_of(account, policy) else { return firm };
    let own = group.deferral.clone();
    DeferralLimits {
        max_days: own.max_days.unwrap_or(firm.max_days),
        per_receivable: own.per_receivable.unwrap_or(firm.per_receivable),
        per_year: own.per_year.unwrap_or(firm.per_year),
        max_days_from_invoice: own.max_days_from_invoice.unwrap_or(firm.max_days_from_invoice),
        max_amount: own.max_amount.unwrap_or(firm.max_amount),
        not_after_step: own.not_after_step.unwrap_or(firm.not_after_step),
    }
}

impl Policy {
    /// What may happen with mails of a purpose to this customer: what `[modes]` allows, and no more than its group does.
    #[must_use]
    pub fn mode_for(&self, account: &Account, purpose: Purpose) -> Mode {
        let firm = self.mode(purpose);
        if purpose == Purpose::Notice {
            return firm;
        }
        group_of(account, self).and_then(|group| group.mode).map_or(firm, |mode| mode.min(firm))
    }
}
