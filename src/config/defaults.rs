//! What holds where the settings say nothing: the practice of Italian credit managers, number by number.
//! The same numbers stand, commented, in the file that `sollecito init` writes; a test compares the two.

use crate::ledger::ids::StepId;
use crate::ledger::money::{Currency, Money};
use crate::ledger::words::{Mode, Purpose};
use crate::policy::terms::{DeferralLimits, Limits, Windows};
use chrono::{NaiveTime, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// Nothing leaves before the owner says so.
pub(super) fn modes() -> BTreeMap<Purpose, Mode> {
    Purpose::ALL.iter().filter(|purpose| **purpose != Purpose::Notice).map(|p| (*p, Mode::Observe)).collect()
}

/// The numbers.
pub(super) fn limits(currency: Currency) -> Limits {
    Limits {
        fresh_payments_banking_days: 2,
        first_run_overdue_days: 30,
        answer_max_age_business_days: 3,
        recipient_gap_days: 7,
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
            max_amount: Money::new(200_000, currency),
            not_after_step: StepId::new("second"),
        },
        small_remainder: Money::new(200, currency),
        minimum: Money::new(500, currency),
        inbox_fresh_minutes: 15,
        notices_per_day: 5,
        approve_first_mail: true,
        thanks_gap_days: 90,
    }
}

/// When mail may leave.
pub(super) fn windows() -> Windows {
    Windows {
        reminder_days: vec![Weekday::Tue, Weekday::Wed, Weekday::Thu],
        reminder_hours: vec![(clock(9, 30), clock(12, 0)), (clock(14, 30), clock(17, 0))],
        answer_hours: vec![(clock(9, 0), clock(18, 0))],
        avoid_days_of_month: BTreeSet::from([16]),
        avoid_eves: true,
        quiet: vec![((8, 1), (8, 31)), ((12, 22), (1, 7))],
        answer_delay_minutes: (30, 120),
    }
}

fn clock(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN)
}
