//! `[calendar]`: when mail may leave, and when the firm is closed.

use super::defaults;
use super::sheet::Section;
use crate::ledger::arranged::LAST_DAY_OF_MONTH;
use crate::ledger::calendar::BusinessCalendar;
use crate::ledger::holidays::HolidayCountry;
use crate::policy::terms::Windows;
use chrono::{NaiveDate, NaiveTime, Weekday};

/// The parts of the policy that this section fills.
pub(super) struct CalendarPart {
    pub(super) windows: Windows,
    pub(super) business: BusinessCalendar,
}

/// Reads the section. What is not said, or said wrongly, keeps its default.
pub(super) fn read(root: &Section<'_>) -> CalendarPart {
    let section = root.section("calendar");
    let shipped = defaults::windows();
    let hours = |key, default| {
        report_empty(&section, key, "[\"09:30-12:00\"]");
        let hours = section.parsed_list(key, "09:30-12:00", "a span of hours within one day", hours);
        hours.filter(|hours| !hours.is_empty()).unwrap_or(default)
    };
    report_empty(&section, "reminder_days", "[\"Tue\", \"Wed\", \"Thu\"]");
    let reminder_days = section
        .parsed_list("reminder_days", "Tue", "a weekday (Mon, Tue, …)", weekday)
        .filter(|days| !days.is_empty())
        .unwrap_or(shipped.reminder_days);
    let windows = Windows {
        reminder_days,
        reminder_hours: hours("reminder_hours", shipped.reminder_hours),
        answer_hours: hours("answer_hours", shipped.answer_hours),
        avoid_days_of_month: section
            .numbers("avoid_days_of_month", 1..=31, "[16]")
            .map_or(shipped.avoid_days_of_month, |days| days.into_iter().collect()),
        avoid_eves: section.boolean("avoid_eves").unwrap_or(shipped.avoid_eves),
        quiet: section
            .parsed_list("quiet", "08-01..08-31", "a span of days like 08-01..08-31", quiet)
            .unwrap_or(shipped.quiet),
        public_body_quiet: section
            .parsed_list("public_body_quiet", "12-10..01-15", "a span of days like 12-10..01-15", quiet)
            .unwrap_or(shipped.public_body_quiet),
        restart_business_days: section
            .number("restart_business_days", 0..=30, 10)
            .unwrap_or(shipped.restart_business_days),
        tolerated_dues: section
            .parsed_list("tolerated_dues", "08-31", "a day of the year like 08-31", month_day)
            .map_or(shipped.tolerated_dues, |days| days.into_iter().collect()),
        tolerated_until_day: section.number("tolerated_until_day", 1..=28, 10).unwrap_or(shipped.tolerated_until_day),
        pre_closure: section
            .parsed_list("pre_closure", "07-15..07-25", "a span of at most 45 days like 07-15..07-25", window)
            .unwrap_or(shipped.pre_closure),
        statement_day: section.number("statement_day", 0..=LAST_DAY_OF_MONTH, 5).filter(|day| *day > 0),
        answer_delay_minutes: answer_delay(&section, shipped.answer_delay_minutes),
    };
    let closed = section.parsed_list("closed", "2026-12-24", "a day like 2026-12-24", |text| {
        NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
    });
    let (country, region) = place(&section);
    let patron = section.parsed_list("patron", "06-24", "a day of the year like 06-24", month_day);
    section.finish();
    let business = BusinessCalendar {
        country,
        region,
        closed: closed.unwrap_or_default().into_iter().collect(),
        patron: patron.unwrap_or_default().into_iter().collect(),
    };
    CalendarPart { windows, business }
}

/// Where the firm works: country, and the part of it where that keeps holidays of its own.
fn place(section: &Section<'_>) -> (HolidayCountry, Option<String>) {
    let countries: Vec<(&str, HolidayCountry)> =
        HolidayCountry::ALL.iter().map(|country| (country.as_str(), *country)).collect();
    let country = section.word("country", &countries).unwrap_or(HolidayCountry::Italy);
    let region = section.text("region", "BZ").and_then(|found| {
        let known = country.regions();
        let named = known.iter().find(|name| name.eq_ignore_ascii_case(found.value.trim()));
        if named.is_none() {
            let remedy = if known.is_empty() {
                format!("take the line out: all of {country} keeps the same holidays here")
            } else {
                format!("write one of {}, or take the line out", known.join(", "))
            };
            section.wrong_key(
                "region",
                format!("No part of {country} called `{}` is known", found.value.trim()),
                remedy,
            );
        }
        named.map(|name| (*name).to_owned())
    });
    (country, region)
}

fn report_empty(section: &Section<'_>, key: &'static str, example: &str) {
    if section.is_empty_list(key) {
        section.wrong_key(
            key,
            format!("`{key}` in [calendar] is empty: no mail could ever leave"),
            format!("write for example: {key} = {example}; to send nothing, set the modes to \"observe\""),
        );
    }
}

fn answer_delay(section: &Section<'_>, default: (u32, u32)) -> (u32, u32) {
    match section.numbers("answer_delay_minutes", 0..=20_160, "[30, 120]").as_deref() {
        None => default,
        Some([least, most]) if least <= most => (*least, *most),
        Some(_) => {
            section.wrong_key(
                "answer_delay_minutes",
                "`answer_delay_minutes` in [calendar] takes two numbers, the smaller first",
                "write for example: answer_delay_minutes = [30, 120]",
            );
            default
        }
    }
}

pub(super) fn weekday(text: &str) -> Option<Weekday> {
    match text.trim().to_lowercase().as_str() {
        "mon" | "monday" | "lun" | "lunedì" => Some(Weekday::Mon),
        "tue" | "tuesday" | "mar" | "martedì" => Some(Weekday::Tue),
        "wed" | "wednesday" | "mer" | "mercoledì" => Some(Weekday::Wed),
        "thu" | "thursday" | "gio" | "giovedì" => Some(Weekday::Thu),
        "fri" | "friday" | "ven" | "venerdì" => Some(Weekday::Fri),
        "sat" | "saturday" | "sab" | "sabato" => Some(Weekday::Sat),
        "sun" | "sunday" | "dom" | "domenica" => Some(Weekday::Sun),
        _ => None,
    }
}

pub(super) fn hours(text: &str) -> Option<(NaiveTime, NaiveTime)> {
    let (from, to) = text.split_once(['-', '–'])?;
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let (from, to) = (time(from)?, time(to)?);
    (from < to).then_some((from, to))
}

/// Days of a window before a closure, at most.
const LONGEST_WINDOW: i64 = 45;

fn quiet(text: &str) -> Option<((u32, u32), (u32, u32))> {
    let (from, to) = text.split_once("..")?;
    Some((month_day(from)?, month_day(to)?))
}

/// Some weeks before a closure: a span the wrong way round would be most of the year.
fn window(text: &str) -> Option<((u32, u32), (u32, u32))> {
    let (from, to) = quiet(text)?;
    let first = NaiveDate::from_ymd_opt(2023, from.0, from.1)?;
    let year = if to < from { 2024 } else { 2023 };
    let last = NaiveDate::from_ymd_opt(year, to.0, to.1)?;
    (last.signed_duration_since(first).num_days() < LONGEST_WINDOW).then_some((from, to))
}

fn month_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.trim().split_once('-')?;
    if month.len() != 2 || day.len() != 2 {
        return None;
    }
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year, so that 29 February may be named.
    NaiveDate::from_ymd_opt(2024, month, day).map(|_| (month, day))
}
