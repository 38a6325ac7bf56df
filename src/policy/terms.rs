//! The owner's policy as values: modes, limits, windows and ladders. Read from files by `config/`.
//! Every number has a shipped default from the practice of credit management; see the comments in the files.

pub use super::ladder::{Condition, Ladder, Only, Sender, Step, StepAct, StepWindow, When};

use super::advice::AdviceLimits;
use super::customers::{self, CustomerBook};
use crate::ledger::account::Account;
use crate::ledger::calendar::BusinessCalendar;
use crate::ledger::ids::{Address, LadderName, StepId};
use crate::ledger::interest::LatePayment;
use crate::ledger::mail::MailPlan;
use crate::ledger::money::Money;
use crate::ledger::words::{DebtorKind, Mode, Purpose};
use chrono::{NaiveTime, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the owner decided in advance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What may happen with mails of a purpose; a purpose that is not named is observed.
    pub modes: BTreeMap<Purpose, Mode>,
    /// Numbers.
    pub limits: Limits,
    /// When mail may leave.
    pub windows: Windows,
    /// The firm's working days.
    pub calendar: BusinessCalendar,
    /// One ladder for each kind of debtor.
    pub ladders: BTreeMap<DebtorKind, Ladder>,
    /// Ladders that customers and groups name, whatever their kind.
    pub named_ladders: BTreeMap<LadderName, Ladder>,
    /// What is arranged for single customers and groups of them.
    pub customers: CustomerBook,
    /// What the owner's last letter claims beside the capital, and the rates for it.
    pub late_payment: LatePayment,
    /// Addresses that are the firm's or the owner's own: never written to as a customer.
    pub own_addresses: BTreeSet<Address>,
}

/// Numbers of the policy, each with its unit in its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// A reminder needs payments known up to due date + this many banking days.
    pub fresh_payments_banking_days: u32,
    /// More than this many days overdue at the first import: the owner decides.
    pub first_run_overdue_days: u32,
    /// A mail older than this many business days is never answered automatically.
    pub answer_max_age_business_days: u32,
    /// At most one reminder to an address in this many days.
    pub recipient_gap_days: u32,
    /// No step asks for a receivable again in a tone in which a mail about several named it less than this many days ago.
    pub same_tone_days: u32,
    /// After this many mails without an answer, the owner.
    pub unanswered_mails: u32,
    /// At most this many mails to customers a day.
    pub mails_per_day: u32,
    /// At most this many answers in one thread.
    pub answers_per_thread: u32,
    /// A promise is broken this many banking days after its day.
    pub promise_grace_banking_days: u32,
    /// A promise further away than this many days goes to the owner.
    pub promise_max_days: u32,
    /// How many days a promise without a date holds.
    pub promise_without_date_days: u32,
    /// A claimed payment holds this many banking days from the claimed day.
    pub claim_banking_days: u32,
    /// Unverified mail holds at most this many days.
    pub unverified_hold_days: u32,
    /// A dispute stops all steps of the customer for this many business days at least, and until the owner looked.
    pub dispute_business_days: u32,
    /// After the owner wrote or called, the agent stands back this many days.
    pub stand_back_days: u32,
    /// After the customer wrote and was answered, the ladder waits this many days.
    pub after_answer_days: u32,
    /// What is granted without asking.
    pub deferral: DeferralLimits,
    /// A part of an agreed plan is missed so many days after its day.
    pub plan_grace_days: u32,
    /// So many business days the customer has to accept instalments that were proposed; reminders wait meanwhile.
    pub proposal_business_days: u32,
    /// Who waits for something outside and names no day: the owner looks again after so many days.
    pub look_again_days: u32,
    /// A remainder of at most this is closed and noted.
    pub small_remainder: Money,
    /// Nothing is chased below this sum.
    pub minimum: Money,
    /// A mail of ours needs INBOX and Sent enumerated within this many minutes.
    pub inbox_fresh_minutes: u32,
    /// At most this many single case mails to the owner a day; the rest comes as one list.
    pub notices_per_day: u32,
    /// The owner approves the first reminder ever sent to a customer.
    pub approve_first_mail: bool,
    /// Thanks for a payment go to one customer at most once in this many days.
    pub thanks_gap_days: u32,
    /// A note wishes well for holidays that begin within this many days.
    pub greeting_days: u32,
    /// A mail that chases leaves only on a day whose list of what would leave reached the owner, and nobody said no.
    pub forewarn: bool,
    /// So many hours lie between that list and the first mail on it.
    pub forewarn_hours: u32,
    /// Condominiums whose primary contact is the very same address get one mail together.
    pub one_mail_to_administrators: bool,
    /// When the owner is advised to be careful with a customer.
    pub advice: AdviceLimits,
}

impl Limits {
    /// Nothing, or a remainder that is let go. The limit is a sum of one currency; of another nothing is let go.
    #[must_use]
    pub fn is_small(&self, rest: Money) -> bool {
        rest.cents <= 0 || (rest.currency == self.small_remainder.currency && rest.cents <= self.small_remainder.cents)
    }
}

/// How much time the agent may grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeferralLimits {
    /// At most this many days after the present due date (or after today, when that is past).
    pub max_days: u32,
    /// How often for one receivable.
    pub per_receivable: u32,
    /// How often for one customer within a year.
    pub per_year: u32,
    /// The day granted lies at most this many days after the date of the invoice.
    pub max_days_from_invoice: u32,
    /// Up to this much open in all the receivables concerned.
    pub max_amount: Money,
    /// Not any more once this step was taken.
    pub not_after_step: StepId,
}

/// When mail may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    /// Weekdays for reminders.
    pub reminder_days: Vec<Weekday>,
    /// Hours for reminders, local, start inclusive, end exclusive.
    pub reminder_hours: Vec<(NaiveTime, NaiveTime)>,
    /// Hours for answers, on every business day.
    pub answer_hours: Vec<(NaiveTime, NaiveTime)>,
    /// Days of the month without reminders (the 16th: taxes).
    pub avoid_days_of_month: BTreeSet<u32>,
    /// No reminders on the eve of a holiday and on bridge days, where the firm is and where the customer is.
    pub avoid_eves: bool,
    /// Quiet times, both ends included, as (month, day); may run over the year's end. Answers still go.
    pub quiet: Vec<((u32, u32), (u32, u32))>,
    /// The same for public bodies only: their treasuries are closed.
    pub public_body_quiet: Vec<((u32, u32), (u32, u32))>,
    /// After a quiet time reminders are spread over so many business days; 0 for none.
    pub restart_business_days: u32,
    /// Days of the year, as (month, day): what is due then is tolerated until a day of the month after.
    pub tolerated_dues: BTreeSet<(u32, u32)>,
    /// That day of the month.
    pub tolerated_until_day: u32,
    /// Spans before a quiet time, as (month, day), in which what is open is asked for in a friendly way.
    pub pre_closure: Vec<((u32, u32), (u32, u32))>,
    /// The day of the month on which customers get the list of what is open; `None` for no such list.
    pub statement_day: Option<u32>,
    /// An answer waits at least and at most this many minutes: one after ninety seconds looks like a machine.
    pub answer_delay_minutes: (u32, u32),
}

impl Policy {
    /// Every step of every ladder, of a kind or with a name of its own.
    pub fn every_step(&self) -> impl Iterator<Item = &Step> {
        self.ladders.values().chain(self.named_ladders.values()).flat_map(|ladder| &ladder.steps)
    }

    /// The names of all steps that are the owner's own letters, of whatever ladder.
    pub fn owners_steps(&self) -> impl Iterator<Item = &StepId> {
        self.every_step().filter(|step| step.is_owners()).map(|step| &step.id)
    }

    /// Is one of the steps of a mail, by its name in whatever ladder, only laid into Drafts?
    #[must_use]
    pub fn has_drafted_step(&self, plan: &MailPlan) -> bool {
        let mut steps = self.every_step().filter(|step| step.by != Sender::Agent);
        steps.any(|step| plan.steps.iter().any(|taken| taken.step == step.id))
    }

    /// What may happen with a mail to a customer: the mode of its purpose, or less where one of its steps says so.
    #[must_use]
    pub fn mode_of(&self, account: &Account, plan: &MailPlan) -> Mode {
        let mode = self.mode_for(account, plan.purpose);
        let steps = customers::ladder_for(self, account).map(|ladder| ladder.steps.as_slice()).unwrap_or_default();
        let is_drafted = |step: &Step| step.by != Sender::Agent && plan.steps.iter().any(|taken| taken.step == step.id);
        if mode == Mode::Send && steps.iter().any(is_drafted) { Mode::Draft } else { mode }
    }
}
