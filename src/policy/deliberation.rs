//! A decision in the making: every change is applied to a working copy as it is recorded.

use super::World;
use super::owners_letter;
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::change::{Cause, Change, Entry};
use crate::ledger::decision::{Decision, Verdict, Withdrawal};
use crate::ledger::event::Order;
use crate::ledger::hold::{Hold, HoldKind, HoldOutcome, HoldScope};
use crate::ledger::ids::{CaseId, HoldId, MessageIdentity, OutboxId, ReceivableId};
use crate::ledger::instalments::PlanPart;
use crate::ledger::mail::{BusinessKey, MailPlan, OutboxRow};
use crate::ledger::money::Money;
use crate::ledger::words::Purpose;
use chrono::{DateTime, NaiveDate, Utc};

/// The working copy, and what has been decided so far.
pub(super) struct Deliberation<'a> {
    pub(super) account: Account,
    pub(super) world: &'a World<'a>,
    cause: Cause,
    decision: Decision,
    next_case: CaseId,
}

/// A hold about to be placed; what is not set means "none".
pub(super) struct NewHold {
    pub(super) kind: HoldKind,
    pub(super) scope: HoldScope,
    pub(super) amount: Option<Money>,
    pub(super) since: Option<DateTime<Utc>>,
    pub(super) until: Option<NaiveDate>,
    pub(super) named_day: Option<NaiveDate>,
    pub(super) parts: Vec<PlanPart>,
    pub(super) by_cheque: bool,
    pub(super) case: Option<CaseId>,
}

impl NewHold {
    pub(super) const fn new(kind: HoldKind, scope: HoldScope) -> Self {
        Self {
            kind,
            scope,
            amount: None,
            since: None,
            until: None,
            named_day: None,
            parts: Vec::new(),
            by_cheque: false,
            case: None,
        }
    }

    /// About these items; about the whole customer when there are none.
    pub(super) fn about(kind: HoldKind, items: &[ReceivableId]) -> Self {
        let scope = if items.is_empty() { HoldScope::Customer } else { HoldScope::Items(items.to_vec()) };
        Self::new(kind, scope)
    }

    pub(super) const fn until(mut self, day: NaiveDate) -> Self {
        self.until = Some(day);
        self
    }

    pub(super) const fn named(mut self, day: NaiveDate) -> Self {
        self.named_day = Some(day);
        self
    }

    pub(super) const fn case(mut self, case: CaseId) -> Self {
        self.case = Some(case);
        self
    }
}

/// A case about to be opened.
pub(super) struct NewCase {
    pub(super) kind: CaseKind,
    pub(super) message: Option<MessageIdentity>,
    pub(super) items: Vec<ReceivableId>,
    pub(super) particulars: Vec<String>,
    pub(super) suggestions: Vec<Order>,
}

impl<'a> Deliberation<'a> {
    pub(super) fn new(account: &Account, world: &'a World<'a>, cause: Cause) -> Self {
        Self { account: account.clone(), world, cause, decision: Decision::default(), next_case: world.next_case }
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.world.moment.today()
    }

    pub(super) const fn now(&self) -> DateTime<Utc> {
        self.world.moment.instant
    }

    /// Records a change and applies it to the working copy.
    pub(super) fn record(&mut self, change: Change, because: impl Into<String>) {
        self.account.apply(&change);
        self.decision.entries.push(Entry { change, cause: self.cause.clone(), because: because.into() });
    }

    pub(super) fn place(&mut self, new: NewHold, because: impl Into<String>) -> HoldId {
        let id = self.account.next_hold_id();
        let hold = Hold {
            id,
            kind: new.kind,
            scope: new.scope,
            amount: new.amount,
            since: new.since.unwrap_or(self.world.moment.instant),
            until: new.until,
            named_day: new.named_day,
            parts: new.parts,
            by_cheque: new.by_cheque,
            cause: self.cause.clone(),
            case: new.case,
            ended: None,
        };
        self.record(Change::HoldPlaced { hold }, because);
        id
    }

    pub(super) fn end_hold(&mut self, hold: HoldId, how: HoldOutcome, because: impl Into<String>) {
        let at = self.now();
        self.record(Change::HoldEnded { hold, at, how }, because);
        if matches!(how, HoldOutcome::Replaced | HoldOutcome::Lifted) {
            // What was agreed holds no more: it is not confirmed in writing either.
            self.withdraw(
                "What it confirms holds no more",
                |row| matches!(row.plan.key, BusinessKey::Confirmation(_, confirmed) if confirmed == hold),
            );
        }
    }

    /// Ends the holds of some kinds on some items. What such a hold also says about other items goes on; only a plan is
    /// about all of it or nothing: its parts say nothing of the rest alone.
    pub(super) fn release_items(
        &mut self,
        kinds: &[HoldKind],
        items: &[ReceivableId],
        how: HoldOutcome,
        because: &str,
    ) {
        let holds: Vec<HoldId> =
            self.account.holds.iter().filter(|hold| kinds.contains(&hold.kind)).map(|hold| hold.id).collect();
        self.release(&holds, items, how, because);
    }

    /// As [`Self::release_items`], of these holds only.
    pub(super) fn release(&mut self, holds: &[HoldId], items: &[ReceivableId], how: HoldOutcome, because: &str) {
        let touched: Vec<Hold> = self
            .account
            .holds
            .iter()
            .filter(|hold| hold.ended.is_none() && holds.contains(&hold.id))
            .filter(|hold| matches!(&hold.scope, HoldScope::Items(of) if of.iter().any(|item| items.contains(item))))
            .cloned()
            .collect();
        for hold in touched {
            let HoldScope::Items(of) = &hold.scope else { continue };
            let rest: Vec<ReceivableId> = of.iter().copied().filter(|item| !items.contains(item)).collect();
            let others = self.numbers(&rest);
            if hold.kind == HoldKind::Plan && !rest.is_empty() {
                self.end_hold(hold.id, how, format!("{because}; with it the plan for {others} is over, too"));
                continue;
            }
            self.end_hold(hold.id, how, because);
            if !rest.is_empty() {
                let id = self.account.next_hold_id();
                // The amount was named for all of them together: it says nothing about the rest alone.
                let rest = Hold { id, scope: HoldScope::Items(rest), amount: None, ..hold };
                self.record(Change::HoldPlaced { hold: rest }, "What the hold says about the other items goes on");
            }
        }
    }

    fn numbers(&self, items: &[ReceivableId]) -> String {
        self.account.names(items).join(", ")
    }

    /// Opens a case, unless the same question about the same items is open already.
    pub(super) fn open_case(&mut self, new: NewCase, because: impl Into<String>) -> CaseId {
        let same = self.account.open_cases().find(|case| {
            case.kind == new.kind && case.items == new.items && (case.message == new.message || new.message.is_none())
        });
        if let Some(case) = same {
            return case.id;
        }
        let id = self.next_case;
        self.next_case = CaseId(id.0.saturating_add(1));
        let case = Case {
            id,
            customer: Some(self.account.customer.id),
            kind: new.kind,
            message: new.message,
            items: new.items,
            particulars: new.particulars,
            suggestions: new.suggestions,
            opened: self.now(),
            closed: None,
        };
        self.record(Change::CaseOpened { case }, because);
        id
    }

    /// Closes a case and lifts the holds that only waited for it.
    pub(super) fn close_case(&mut self, case: CaseId, because: &str) {
        let at = self.now();
        if !self.account.open_cases().any(|open| open.id == case) {
            return;
        }
        self.record(Change::CaseClosed { case, at }, because);
        let waiting: Vec<HoldId> = self
            .account
            .holds
            .iter()
            .filter(|hold| hold.ended.is_none() && hold.kind == HoldKind::Review && hold.case == Some(case))
            .map(|hold| hold.id)
            .collect();
        for hold in waiting {
            self.end_hold(hold, HoldOutcome::Lifted, "The question that it waited for is settled");
        }
    }

    /// Closes the open cases of some kinds that concern one of the items (all open cases of those kinds if none given).
    pub(super) fn close_cases(&mut self, kinds: &[CaseKind], items: &[ReceivableId], because: &str) {
        let cases: Vec<CaseId> = self
            .account
            .open_cases()
            .filter(|case| kinds.contains(&case.kind))
            .filter(|case| items.is_empty() || case.items.iter().any(|item| items.contains(item)))
            .map(|case| case.id)
            .collect();
        for case in cases {
            self.close_case(case, because);
        }
    }

    /// Does this decision send anything yet?
    pub(super) fn has_planned(&self) -> bool {
        !self.decision.mails.is_empty()
    }

    pub(super) fn plan(&mut self, plan: MailPlan) {
        self.decision.mails.push(plan);
    }

    /// Withdraws pending mails that a test picks, with one reason.
    pub(super) fn withdraw(&mut self, reason: &str, unwanted: impl Fn(&OutboxRow) -> bool) {
        let (gone, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.account.pending)
            .into_iter()
            .partition(|row| row.state.is_pending() && unwanted(row));
        self.account.pending = kept;
        for row in gone {
            self.decision.withdrawals.push(Withdrawal { outbox: row.id, reason: reason.to_owned() });
        }
    }

    /// Withdraws the reminders that wait. A letter of the owner's is theirs to keep, and the question about a broken word is
    /// asked once only.
    pub(super) fn withdraw_reminders(&mut self, reason: &str) {
        let is_owners = |row: &OutboxRow| owners_letter::is_one(&self.account, &row.plan, self.world.policy);
        let reminders = self.account.pending.iter().filter(|row| matches!(row.plan.key, BusinessKey::Reminder(..)));
        let reminders: Vec<OutboxId> = reminders.filter(|row| !is_owners(row)).map(|row| row.id).collect();
        self.withdraw(reason, |row| reminders.contains(&row.id));
    }

    /// Withdraws answers that wait, and leaves each of them to the owner: what a customer asked for is never lost.
    pub(super) fn hand_over_answers(&mut self, reason: &str, unwanted: impl Fn(&OutboxRow) -> bool) {
        let is_answer = |row: &OutboxRow| row.plan.answers.is_some() && row.state.is_pending() && unwanted(row);
        let plans: Vec<MailPlan> =
            self.account.pending.iter().filter(|row| is_answer(row)).map(|row| row.plan.clone()).collect();
        self.withdraw(reason, is_answer);
        for plan in plans.into_iter().filter(|plan| !is_courtesy(plan)) {
            let new = NewCase {
                kind: CaseKind::AnswerYourself,
                message: plan.answers.as_ref().map(|answered| answered.identity),
                items: plan.items.clone(),
                particulars: vec![format!("The answer `{}` was withdrawn: {reason}.", plan.template)],
                suggestions: Vec::new(),
            };
            let because = "An answer is still owed, and it does not leave by itself any more";
            let case = self.open_case(new, because);
            let is_open = |id: &ReceivableId| self.account.is_open(*id);
            let items: Vec<ReceivableId> = plan.items.iter().copied().filter(is_open).collect();
            if !items.is_empty() && !self.account.holds.iter().any(|hold| hold.case == Some(case)) {
                // It is our turn: nobody is chased about what we owe an answer on.
                self.place(NewHold::about(HoldKind::Review, &items).case(case), because.to_owned());
            }
        }
    }

    /// Withdraws what would chase the customer about one of the items (about anything, when none is given).
    pub(super) fn withdraw_chasing(&mut self, items: &[ReceivableId], reason: &str) {
        let is_meant = |row: &OutboxRow| {
            is_unasked(&row.plan.key)
                && (items.is_empty() || row.plan.names_as_open().any(|item| items.contains(&item)))
        };
        let policy = self.world.policy;
        let letters = self.account.pending.iter().filter(|row| row.state.is_pending() && is_meant(row));
        let letters = letters.filter(|row| owners_letter::is_one(&self.account, &row.plan, policy));
        let signed: Vec<ReceivableId> = letters.flat_map(|row| row.plan.items.clone()).collect();
        self.withdraw(reason, is_meant);
        // No draft lies ready any more: nothing is to be signed.
        if !signed.is_empty() {
            self.close_cases(&[CaseKind::FinalNotice], &signed, reason);
        }
    }

    pub(super) fn finish(mut self, verdict: Option<Verdict>) -> Decision {
        self.decision.verdict = verdict;
        self.decision
    }
}

/// An answer that only thanks or says "seen": nobody waits for it.
const fn is_courtesy(plan: &MailPlan) -> bool {
    match plan.purpose {
        Purpose::ClaimedPayment | Purpose::Acknowledgement | Purpose::Thanks => true,
        Purpose::Promise => plan.particulars.named_day.is_some(),
        _ => false,
    }
}

/// A mail of our own accord, whether it asks for money or not.
pub(super) const fn is_unasked(key: &BusinessKey) -> bool {
    chases(key) || matches!(key, BusinessKey::Courtesy(..) | BusinessKey::Statement(..))
}

/// A mail that asks for money of our own accord, rather than answering.
pub(super) const fn chases(key: &BusinessKey) -> bool {
    matches!(key, BusinessKey::Reminder(..) | BusinessKey::BrokenPromise(..) | BusinessKey::ClaimCheck(..))
}
