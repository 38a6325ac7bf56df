//! Each thing that must never happen, and how the agent is made blind to the one fact that its guard looks at: the guard
//! is taken out, with no switch in the program. What the agent decides is kept in the true account all the same.

use super::office::contact;
use chrono::{Duration, NaiveDate, NaiveTime, Weekday};
use sollecito::ledger::account::Account;
use sollecito::ledger::change::{Cause, StepTaken, StepTaker};
use sollecito::ledger::customer::ContactRole;
use sollecito::ledger::hold::HoldKind;
use sollecito::ledger::holidays::HolidayCountry;
use sollecito::ledger::ids::StepId;
use sollecito::ledger::mail::StepRef;
use sollecito::ledger::money::Money;
use sollecito::ledger::reading::{Reading, Writer};
use sollecito::ledger::receivable::{Collection, ReceivableKind};
use sollecito::ledger::words::{Authenticity, DebtorKind, Mode, Purpose};
use sollecito::policy::terms::Policy;
use sollecito::policy::{Conditions, Reminders};

/// An address that is nobody's.
pub const STRANGER: &str = "dora@elsewhere.example";

macro_rules! nevers {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// What must never happen.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Never { $($(#[doc = $doc])+ $name,)+ }

        impl Never {
            pub const ALL: &[Self] = &[$(Self::$name,)+];
        }
    };
}

nevers! {
    /// Anything while the owner has stopped all sending.
    Halted,
    /// A mail whose purpose is only observed.
    Observed,
    /// A mail to somebody who is not to be written to.
    DoNotContact,
    /// A mail to an address that is dead or not on file.
    NotOnFile,
    /// An answer to somebody who is nobody of the customer's.
    ThirdParty,
    /// A mail of our own accord that a person must see first, unseen.
    Unapproved,
    /// A mail of our own accord of which the owner was not told in the morning.
    Untold,
    /// What the owner said no to.
    Vetoed,
    /// Asking for what is paid.
    Paid,
    /// Asking for what was given up, handed over or withdrawn.
    Closed,
    /// Asking on stale knowledge of payments.
    Stale,
    /// Asking for what is gone from the books.
    Missing,
    /// Asking for what a bank or a factor collects.
    CollectedElsewhere,
    /// Naming a sum while a credit note reduces nothing yet.
    LooseCredit,
    /// Asking for what is not overdue.
    NotOverdue,
    /// Asking for an old arrear that nobody released.
    OldArrear,
    /// Asking for a trifle.
    Trifle,
    /// Asking for what is in a hold.
    Held,
    /// Asking a customer for anything while a dispute is young.
    Disputed,
    /// Asking after the customer wrote, as if nothing had come.
    Crossed,
    /// Reminding outside the hours and weekdays.
    Hours,
    /// Reminding on the day of the month that is avoided.
    TaxDay,
    /// Reminding on a holiday, its eve, or a bridge day.
    Holiday,
    /// Reminding in the quiet weeks.
    Quiet,
    /// All that waited for the quiet weeks' end on one day.
    Burst,
    /// One step twice.
    Twice,
    /// A step out of order.
    OutOfOrder,
    /// Two reminders to one address within the days between them, whoever owes.
    AddressCap,
    /// More mails about a debt without an answer than the owner wants.
    Unanswered,
    /// More answers in one conversation than the owner wants.
    ThreadCap,
    /// More mails a day than the owner wants.
    DayCap,
    /// The flat compensation of the law on late payment from somebody who is no business.
    Compensation,
    /// A friendly word while something is overdue.
    CourtesyWhileOverdue,
}

impl Never {
    /// The account as the agent sees it.
    pub fn account(self, truth: &Account, today: NaiveDate) -> Account {
        let mut seen = truth.clone();
        match self {
            Self::DoNotContact => seen.customer.do_not_contact = false,
            Self::NotOnFile => seen.customer.contacts.iter_mut().for_each(|contact| contact.bounced = false),
            Self::Unapproved => seen.customer.vip = false,
            Self::Vetoed => {
                seen.declined.clear();
                seen.holds
                    .retain(|hold| hold.kind != HoldKind::Paused || !matches!(hold.cause, Cause::Delivery { .. }));
            }
            Self::Paid => seen.receivables.iter_mut().for_each(|item| {
                item.payments.clear();
                item.credit.applied.clear();
            }),
            Self::Closed => seen.receivables.iter_mut().for_each(|item| item.closure = None),
            Self::Stale => {
                let known = NaiveDate::from_ymd_opt(2099, 1, 1);
                seen.receivables.iter_mut().for_each(|item| item.payments_known_up_to = known);
            }
            Self::Missing => seen.receivables.iter_mut().for_each(|item| item.missing_since = None),
            Self::CollectedElsewhere => {
                seen.receivables.iter_mut().for_each(|item| item.collection = Collection::Own);
            }
            Self::LooseCredit => seen.receivables.retain(|item| item.kind != ReceivableKind::CreditNote),
            Self::NotOverdue => seen.receivables.iter_mut().for_each(|item| item.due -= Duration::days(30)),
            Self::OldArrear => seen.receivables.iter_mut().for_each(|item| item.released = true),
            Self::Held => seen.holds.retain(|hold| hold.ended.is_some() || hold.kind == HoldKind::Disputed),
            Self::Disputed => {
                for hold in seen.holds.iter_mut().filter(|hold| hold.kind == HoldKind::Disputed) {
                    hold.kind = HoldKind::Review;
                }
            }
            Self::Crossed => seen.customer_wrote = None,
            Self::Holiday => seen.customer.country = None,
            Self::Twice => {
                seen.steps.clear();
                seen.declined.clear();
            }
            // As if the first two steps had been taken already.
            Self::OutOfOrder => {
                for item in &truth.receivables {
                    for step in ["friendly", "second"] {
                        let step = StepRef { receivable: item.id, cycle: item.cycle, step: StepId::new(step) };
                        seen.steps.push(StepTaken { step, on: item.due, by: StepTaker::Agent });
                    }
                }
            }
            Self::AddressCap => seen.sent.clear(),
            Self::ThirdParty => seen.customer.contacts.push(contact(STRANGER, ContactRole::Other)),
            Self::Compensation => seen.customer.kind = DebtorKind::Firm,
            Self::CourtesyWhileOverdue => {
                for item in seen.receivables.iter_mut().filter(|item| item.due < today) {
                    item.due += Duration::days(400);
                }
            }
            _ => {}
        }
        seen
    }

    /// The owner's rules as the agent sees them.
    pub fn policy(self, truth: &Policy) -> Policy {
        let mut seen = truth.clone();
        let (limits, windows) = (&mut seen.limits, &mut seen.windows);
        let day = (NaiveTime::MIN, NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(NaiveTime::MIN));
        match self {
            Self::Observed => {
                seen.modes = Purpose::ALL.iter().map(|purpose| (*purpose, Mode::Send)).collect();
            }
            Self::Unapproved => limits.approve_first_mail = false,
            Self::Untold => limits.forewarn = false,
            Self::Trifle => limits.minimum = Money::eur(0),
            Self::Disputed => limits.dispute_business_days = 0,
            Self::Crossed => limits.after_answer_days = 0,
            Self::Hours => {
                windows.reminder_hours = vec![day];
                windows.answer_hours = vec![day];
                windows.reminder_days = vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
            }
            Self::TaxDay => windows.avoid_days_of_month.clear(),
            Self::Holiday => {
                seen.calendar.country = HolidayCountry::UnitedStates;
                windows.avoid_eves = false;
            }
            Self::Quiet => windows.quiet.clear(),
            Self::Burst => windows.restart_business_days = 0,
            Self::AddressCap => limits.recipient_gap_days = 0,
            Self::Unanswered => limits.unanswered_mails = 1_000,
            Self::ThreadCap => limits.answers_per_thread = 1_000,
            Self::DayCap => limits.mails_per_day = 1_000_000,
            _ => {}
        }
        seen
    }

    /// What else the last look is told.
    pub fn conditions(self, seen: &mut Conditions) {
        match self {
            Self::Halted => seen.halted = false,
            Self::Crossed => seen.customer_or_owner_wrote_since_plan = false,
            Self::AddressCap => seen.last_reminder_to_recipient = None,
            Self::DayCap => seen.sent_today = 0,
            Self::Burst => seen.reminders = Reminders::default(),
            _ => {}
        }
    }

    /// A mail as it is read.
    pub fn reading(self, seen: &mut Reading) {
        if self == Self::ThirdParty && seen.writer == Writer::Stranger {
            seen.writer = Writer::SameOrganisation;
            seen.authenticity = Authenticity::Pass;
            seen.matched.known_thread = true;
        }
    }
}
