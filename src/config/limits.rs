//! `[modes]` and `[limits]`: what may happen by itself, and how much of it.

use super::defaults;
use super::sheet::Section;
use crate::ledger::ids::StepId;
use crate::ledger::money::{Currency, Money};
use crate::ledger::words::{Mode, Purpose};
use crate::policy::MORNING;
use crate::policy::advice::AdviceLimits;
use crate::policy::terms::{DeferralLimits, Limits, Windows};
use chrono::Duration;
use std::collections::{BTreeMap, BTreeSet};

/// The parts of the policy that these sections fill.
pub(super) struct PolicyPart {
    pub(super) modes: BTreeMap<Purpose, Mode>,
    pub(super) limits: Limits,
}

/// Reads both sections. What is not said, or said wrongly, keeps its default.
pub(super) fn read(root: &Section<'_>, currency: Currency, steps: &BTreeSet<StepId>, windows: &Windows) -> PolicyPart {
    PolicyPart { modes: read_modes(root), limits: read_limits(root, currency, steps, windows) }
}

fn read_modes(root: &Section<'_>) -> BTreeMap<Purpose, Mode> {
    let section = root.section("modes");
    let words = [("observe", Mode::Observe), ("draft", Mode::Draft), ("send", Mode::Send)];
    let mut modes = defaults::modes();
    for (purpose, mode) in &mut modes {
        if let Some(said) = section.word(purpose.as_str(), &words) {
            *mode = said;
        }
    }
    section.finish();
    modes
}

fn read_limits(root: &Section<'_>, currency: Currency, steps: &BTreeSet<StepId>, windows: &Windows) -> Limits {
    let section = root.section("limits");
    let shipped = defaults::limits(currency);
    let days = |key, default| section.number(key, 0..=365, default).unwrap_or(default);
    let count = |key, default| section.number(key, 1..=10_000, default).unwrap_or(default);
    let limits = Limits {
        fresh_payments_banking_days: days("fresh_payments_banking_days", shipped.fresh_payments_banking_days),
        first_run_overdue_days: days("first_run_overdue_days", shipped.first_run_overdue_days),
        answer_max_age_business_days: days("answer_max_age_business_days", shipped.answer_max_age_business_days),
        recipient_gap_days: days("recipient_gap_days", shipped.recipient_gap_days),
        same_tone_days: days("same_tone_days", shipped.same_tone_days),
        unanswered_mails: count("unanswered_mails", shipped.unanswered_mails),
        mails_per_day: count("mails_per_day", shipped.mails_per_day),
        answers_per_thread: count("answers_per_thread", shipped.answers_per_thread),
        promise_grace_banking_days: days("promise_grace_banking_days", shipped.promise_grace_banking_days),
        promise_max_days: days("promise_max_days", shipped.promise_max_days),
        promise_without_date_days: days("promise_without_date_days", shipped.promise_without_date_days),
        claim_banking_days: days("claim_banking_days", shipped.claim_banking_days),
        unverified_hold_days: days("unverified_hold_days", shipped.unverified_hold_days),
        dispute_business_days: days("dispute_business_days", shipped.dispute_business_days),
        stand_back_days: days("stand_back_days", shipped.stand_back_days),
        after_answer_days: days("after_answer_days", shipped.after_answer_days),
        plan_grace_days: days("plan_grace_days", shipped.plan_grace_days),
        proposal_business_days: section
            .number("proposal_business_days", 1..=60, 5)
            .unwrap_or(shipped.proposal_business_days),
        look_again_days: section.number("look_again_days", 1..=365, 20).unwrap_or(shipped.look_again_days),
        small_remainder: amount(&section, "small_remainder", shipped.small_remainder),
        minimum: amount(&section, "minimum", shipped.minimum),
        inbox_fresh_minutes: section
            .number("inbox_fresh_minutes", 1..=1_440, 15)
            .unwrap_or(shipped.inbox_fresh_minutes),
        deferral: read_deferral(&section, shipped.deferral, steps),
        notices_per_day: shipped.notices_per_day,
        approve_first_mail: section.boolean("approve_first_mail").unwrap_or(shipped.approve_first_mail),
        thanks_gap_days: days("thanks_gap_days", shipped.thanks_gap_days),
        greeting_days: section.number("greeting_days", 1..=30, 10).unwrap_or(shipped.greeting_days),
        forewarn: section.boolean("forewarn").unwrap_or(shipped.forewarn),
        one_mail_to_administrators: section
            .boolean("one_mail_to_administrators")
            .unwrap_or(shipped.one_mail_to_administrators),
        forewarn_hours: section.number("forewarn_hours", 0..=12, 1).unwrap_or(shipped.forewarn_hours),
        advice: AdviceLimits {
            days_late: days("advice_days_late", shipped.advice.days_late),
            broken_promises: count("advice_broken_promises", shipped.advice.broken_promises),
            overdue_days: days("advice_overdue_days", shipped.advice.overdue_days),
        },
    };
    if limits.forewarn {
        report_no_hour_left(&section, limits.forewarn_hours, windows);
    }
    section.finish();
    limits
}

/// The list goes out in the morning: with more hours than the day has until the last one for reminders, none ever leaves.
fn report_no_hour_left(section: &Section<'_>, hours: u32, windows: &Windows) {
    let free = MORNING.overflowing_add_signed(Duration::hours(i64::from(hours))).0;
    let Some((_, last)) = windows.reminder_hours.iter().max_by_key(|(_, until)| *until) else { return };
    if free >= *last {
        let (morning, last) = (MORNING.format("%H:%M"), last.format("%H:%M"));
        section.wrong_key(
            "forewarn_hours",
            format!("[limits] forewarn_hours = {hours}: no reminder could ever leave, the list goes out at {morning} and reminders leave until {last}"),
            "write fewer hours, for example: forewarn_hours = 1",
        );
    }
}

fn read_deferral(section: &Section<'_>, shipped: DeferralLimits, steps: &BTreeSet<StepId>) -> DeferralLimits {
    let step = section.text("deferral_not_after_step", "second").and_then(|found| {
        let step = StepId::new(found.value);
        if steps.contains(&step) {
            return Some(step);
        }
        let names: Vec<&str> = steps.iter().map(StepId::as_str).collect();
        found.wrong(
            format!("{}: no ladder has a step `{}`", found.title(), found.value),
            super::sheet::did_you_mean(found.value, &names),
        );
        None
    });
    DeferralLimits {
        max_days: section.number("deferral_max_days", 0..=365, 15).unwrap_or(shipped.max_days),
        per_receivable: section.number("deferral_per_receivable", 0..=100, 1).unwrap_or(shipped.per_receivable),
        per_year: section.number("deferral_per_year", 0..=100, 2).unwrap_or(shipped.per_year),
        max_days_from_invoice: section
            .number("deferral_days_from_invoice", 0..=3650, 60)
            .unwrap_or(shipped.max_days_from_invoice),
        max_amount: amount(section, "deferral_max_amount", shipped.max_amount),
        not_after_step: step.unwrap_or(shipped.not_after_step),
    }
}

fn amount(section: &Section<'_>, key: &'static str, default: Money) -> Money {
    let example = default.to_decimal();
    let Some(found) = section.decimal(key, &example) else { return default };
    match Money::from_decimal(&found.value, default.currency).filter(|money| money.cents >= 0) {
        Some(money) => money,
        None => {
            found.wrong(
                format!("{}: `{}` is not an amount with at most two decimals", found.title(), found.value),
                format!("write for example: {key} = {example}"),
            );
            default
        }
    }
}
