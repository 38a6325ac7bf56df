//! The shipped policy in code: what `rules/ladders.toml` and the settings say before anybody edits them.
//! The numbers are practice (see the comments in those files); the owner's files replace them.

use super::advice::AdviceLimits;
use super::customers::{CONFIDENTIAL, CustomerBook};
use super::terms::{Condition, DeferralLimits, Ladder, Limits, Only, Policy, Sender, Step, StepAct, When, Windows};
use crate::ledger::calendar::BusinessCalendar;
use crate::ledger::ids::{LadderName, StepId, TemplateId};
use crate::ledger::interest::LatePayment;
use crate::ledger::money::Money;
use crate::ledger::words::{DebtorKind, Mode, Purpose};
use chrono::{NaiveTime, Weekday};
use std::collections::{BTreeMap, BTreeSet};

impl Policy {
    /// The shipped defaults. Every mode is `observe`: nothing leaves until the owner says so.
    #[must_use]
    pub fn shipped() -> Self {
        Self {
            modes: Purpose::ALL.iter().map(|purpose| (*purpose, Mode::Observe)).collect(),
            limits: limits(),
            windows: windows(),
            calendar: BusinessCalendar::default(),
            ladders: ladders(),
            named_ladders: BTreeMap::from([(LadderName::new(CONFIDENTIAL), confidential())]),
            customers: CustomerBook::default(),
            late_payment: LatePayment::default(),
            own_addresses: BTreeSet::new(),
        }
    }

    /// The mode of a purpose; observed when it is not named. Notices to the owner are outside modes.
    #[must_use]
    pub fn mode(&self, purpose: Purpose) -> Mode {
        if purpose == Purpose::Notice {
            return Mode::Send;
        }
        self.modes.get(&purpose).copied().unwrap_or(Mode::Observe)
    }
}

fn limits() -> Limits {
    Limits {
        fresh_payments_banking_days: 2,
        first_run_overdue_days: 30,
        answer_max_age_business_days: 3,
        recipient_gap_days: 7,
        same_tone_days: 14,
        unanswered_mails: 4,
        mails_per_day: 30,
        answers_per_thread: 2,
        promise_grace_banking_days: 3,
        promise_max_days: 45,
        promise_without_date_days: 7,
        claim_banking_days: 5,
        unverified_hold_days: 5,
        dispute_business_days: 5,
        stand_back_days: 10,
        after_answer_days: 7,
        deferral: DeferralLimits {
            max_days: 15,
            per_receivable: 1,
            per_year: 2,
            max_days_from_invoice: 60,
            max_amount: Money::eur(200_000),
            not_after_step: StepId::new("second"),
        },
        plan_grace_days: 10,
        proposal_business_days: 5,
        look_again_days: 20,
        small_remainder: Money::eur(200),
        minimum: Money::eur(500),
        inbox_fresh_minutes: 15,
        notices_per_day: 5,
        approve_first_mail: true,
        thanks_gap_days: 90,
        greeting_days: 10,
        forewarn: false,
        forewarn_hours: 1,
        one_mail_to_administrators: true,
        advice: AdviceLimits { days_late: 30, broken_promises: 2, overdue_days: 60 },
    }
}

fn windows() -> Windows {
    let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
    Windows {
        reminder_days: vec![Weekday::Tue, Weekday::Wed, Weekday::Thu],
        reminder_hours: vec![(time(9, 30), time(12, 0)), (time(14, 30), time(17, 0))],
        answer_hours: vec![(time(9, 0), time(18, 0))],
        avoid_days_of_month: BTreeSet::from([16]),
        avoid_eves: true,
        quiet: vec![((8, 1), (8, 31)), ((12, 22), (1, 7))],
        public_body_quiet: vec![((12, 10), (1, 15))],
        restart_business_days: 10,
        tolerated_dues: BTreeSet::from([(8, 31), (12, 31)]),
        tolerated_until_day: 10,
        pre_closure: vec![((7, 15), (7, 25)), ((12, 5), (12, 15))],
        statement_day: None,
        answer_delay_minutes: (30, 120),
    }
}

fn ladders() -> BTreeMap<DebtorKind, Ladder> {
    let business = || {
        ladder(vec![
            received("received", 12, Only { conditions: BTreeSet::from([Condition::NewCustomer]), ..Only::default() }),
            received("received_large", 11, Only { from_amount: Some(Money::eur(500_000)), ..Only::default() }),
            greeting(10),
            mail("friendly", 7, "reminder_friendly"),
            mail("second", 15, "reminder_second"),
            call(21),
            firm(30),
            last(45),
        ])
    };
    let consumer = || {
        ladder(vec![
            mail("friendly", 7, "reminder_friendly"),
            mail("second", 20, "reminder_second"),
            call(30),
            last(45),
        ])
    };
    let public_body =
        ladder(vec![mail("friendly", 10, "reminder_friendly"), mail("second", 30, "reminder_second"), last(60)]);
    let condominium = ladder(vec![
        mail("friendly", 15, "reminder_friendly"),
        mail("second", 30, "reminder_second"),
        call(45),
        last(75),
    ]);
    BTreeMap::from([
        (DebtorKind::Firm, business()),
        (DebtorKind::Professional, business()),
        (DebtorKind::Foreign, business()),
        (DebtorKind::Consumer, consumer()),
        (DebtorKind::Association, consumer()),
        (DebtorKind::Unknown, consumer()),
        (DebtorKind::Condominium, condominium),
        (DebtorKind::PublicBody, public_body),
    ])
}

fn confidential() -> Ladder {
    let draft = |id, days, template| Step { by: Sender::Draft, ..mail(id, days, template) };
    ladder(vec![draft("friendly", 10, "reminder_friendly"), draft("second", 30, "reminder_second")])
}

const fn ladder(steps: Vec<Step>) -> Ladder {
    Ladder { steps }
}

fn mail(id: &str, after_days: u32, template: &str) -> Step {
    Step::new(StepId::new(id), When::After(after_days), StepAct::Mail(TemplateId::new(template)))
}

fn received(id: &str, before_days: u32, only: Only) -> Step {
    let act = StepAct::ReceiptCheck(TemplateId::new("receipt_check"));
    Step { only, ..Step::new(StepId::new(id), When::Before(before_days), act) }
}

fn greeting(before_days: u32) -> Step {
    let only = Only { conditions: BTreeSet::from([Condition::HolidaysAhead]), ..Only::default() };
    let act = StepAct::Note(TemplateId::new("courtesy_note"));
    Step { only, ..Step::new(StepId::new("greeting"), When::Before(before_days), act) }
}

fn call(after_days: u32) -> Step {
    Step::new(StepId::new("call"), When::After(after_days), StepAct::Call)
}

fn firm(after_days: u32) -> Step {
    Step { firm: true, deadline_days: Some(10), ..mail("firm", after_days, "reminder_firm") }
}

fn last(after_days: u32) -> Step {
    let act = StepAct::OwnerDraft(TemplateId::new("final_notice"));
    let step = Step::new(StepId::new("final"), When::After(after_days), act);
    Step { firm: true, deadline_days: Some(15), ..step }
}
