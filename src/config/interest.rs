//! `[final_notice]` and `rules/interest.toml`: what the owner's last letter claims beside the capital, and the rates for
//! it. The shipped table is compiled in; a firm's own file adds half-years and replaces those of the same day.

use super::files::SourceFile;
use super::sheet::{Section, Sheet};
use crate::ledger::interest::LatePayment;
use crate::ledger::money::{Currency, Money};
use crate::ledger::problem::Problem;
use crate::ledger::rates::{RateTable, TableFault, YearlyRate, half_year_of};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::ops::Range;

/// The shipped file.
pub(super) const SHIPPED: &str = include_str!("../../rules/interest.toml");

/// The rate of the European Central Bank is never below zero here (art. 5), so that eight points are the least.
const LEAST: i64 = 800;
/// No rate of the last decades comes near: what is higher is a slip of the point.
const MOST: i64 = 3_000;

const EXAMPLE: &str = "{ from = \"2027-01-01\", percent = 10.40, source = \"GU 15 of 2027-01-20\" }";

/// Reads `[final_notice]`. Nothing is claimed unless the owner says so.
pub(super) fn read_claims(root: &Section<'_>) -> LatePayment {
    let section = root.section("final_notice");
    let claims = LatePayment {
        interest: section.boolean("late_interest").unwrap_or(false),
        compensation: section.boolean("flat_compensation").unwrap_or(false),
        rates: RateTable::default(),
    };
    section.finish();
    claims
}

/// One rate as it stands in a file.
struct Line {
    from: NaiveDate,
    rate: YearlyRate,
    place: Range<usize>,
}

/// Reads the shipped rates and puts the firm's own over them.
pub(super) fn read_rates(shipped: &SourceFile, own: Option<&SourceFile>, problems: &mut Vec<Problem>) -> RateTable {
    let mut rates: BTreeMap<NaiveDate, YearlyRate> = BTreeMap::new();
    let mut last: Option<(&SourceFile, Vec<Line>)> = None;
    let before = problems.len();
    for source in std::iter::once(shipped).chain(own) {
        let lines = read_file(source, problems);
        rates.extend(lines.iter().map(|line| (line.from, line.rate)));
        last = Some((source, lines));
    }
    match RateTable::new(rates) {
        Ok(table) => table,
        Err(fault) => {
            // Where a line was refused, the hole is that line.
            if let Some((source, lines)) = last.filter(|_| problems.len() == before) {
                problems.push(fault_problem(source, &lines, fault));
            }
            RateTable::default()
        }
    }
}

/// A hole is told at the line after it. Everything else was told when its line was read.
fn fault_problem(source: &SourceFile, lines: &[Line], fault: TableFault) -> Problem {
    let (missing, next) = match fault {
        TableFault::Hole { missing, next } => (missing, next),
        TableFault::NotAHalfYear(day) | TableFault::Twice(day) => (day, day),
    };
    let mut message = fault.to_string();
    let place = lines.iter().find(|line| line.from == next).or_else(|| {
        // The own file ends before the shipped one begins.
        message = format!("There is no rate from {missing}, between the rates here and those that are shipped");
        lines.iter().rfind(|line| line.from < missing)
    });
    let problem = match place {
        Some(line) => Problem::at(source.file.as_str(), &source.text, line.place.clone(), message),
        None => Problem::of_file(source.file.as_str(), message),
    };
    problem.remedy(format!(
        "write the rate of that half-year too, as it was published: {{ from = \"{missing}\", percent = …, source = \"…\" }}"
    ))
}

fn read_file(source: &SourceFile, problems: &mut Vec<Problem>) -> Vec<Line> {
    let (sheet, table) = Sheet::parse(&source.file, &source.text);
    let mut lines: Vec<Line> = Vec::new();
    {
        let root = sheet.root(&table);
        if !root.has("rates") {
            root.wrong_key("rates", "There are no rates in this file", format!("write: rates = [ {EXAMPLE} ]"));
        }
        for section in root.sections("rates") {
            let Some(line) = read_rate(&section) else { continue };
            match lines.last() {
                Some(before) if line.from == before.from => {
                    section.wrong(format!("There are two rates from {}", line.from), "keep the one that was published")
                }
                Some(before) if line.from < before.from => section.wrong(
                    format!("The rate from {} stands after the one from {}", line.from, before.from),
                    "put the rates in the order of their days",
                ),
                _ => lines.push(line),
            }
        }
        root.finish();
    }
    problems.extend(sheet.into_problems());
    lines
}

fn read_rate(section: &Section<'_>) -> Option<Line> {
    let from = section.required("from", "2027-01-01", "a day like 2027-01-01", |text| {
        NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
    });
    let from = from.filter(|from| {
        let begins = half_year_of(*from).0 == *from;
        if !begins {
            section.wrong_key(
                "from",
                format!("A rate begins with its half-year, not on {from}"),
                format!("write for example: from = \"{}\"", half_year_of(*from).0),
            );
        }
        begins
    });
    let rate = read_percent(section);
    section.required_text("source", "GU 15 of 2027-01-20");
    let place = section.text("from", "2027-01-01").map(|found| found.place);
    section.finish();
    Some(Line { from: from?, rate: rate?, place: place? })
}

fn read_percent(section: &Section<'_>) -> Option<YearlyRate> {
    if !section.has("percent") {
        section.lacks("percent", "10.40");
        return None;
    }
    let found = section.decimal("percent", "10.40")?;
    // Hundredths of a percent are read as cents are: never through a float.
    let Some(hundredths) = Money::from_decimal(&found.value, Currency::EUR).map(|money| money.cents) else {
        found.wrong(
            format!("{}: `{}` is not a percentage with at most two decimals", found.title(), found.value),
            "write for example: percent = 10.40",
        );
        return None;
    };
    if !(LEAST..=MOST).contains(&hundredths) {
        let whole = Money::eur(hundredths.saturating_add(LEAST)).to_decimal();
        let remedy = if (0..LEAST).contains(&hundredths) {
            format!("if this is the rate of the Central Bank, add the eight points: percent = {whole}")
        } else {
            "write for example: percent = 10.40".to_owned()
        };
        found.wrong(format!("{}: {} % cannot be a rate of late interest", found.title(), found.value), remedy);
        return None;
    }
    u32::try_from(hundredths).ok().map(YearlyRate)
}
