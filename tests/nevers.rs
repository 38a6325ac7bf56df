//! What must never happen, over years of a whole firm: many customers, addresses that several share, one day's caps,
//! late and backdated imports, files edited in flight, days off, a clock that jumps. And never by never, that it does
//! happen once the guard is taken out.
//!
//! `cargo test --test nevers -- --ignored --nocapture` tells five years of two thousand customers, and gives the figures;
//! `SOLLECITO_SEED=…` tells other ones.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    reason = "tests fail loudly, and say what they did"
)]

#[path = "nevers/blind.rs"]
mod blind;
#[path = "timelines/chance.rs"]
mod chance;
#[path = "nevers/checks.rs"]
mod checks;
#[path = "nevers/days.rs"]
mod days;
#[path = "nevers/firm.rs"]
mod firm;
#[path = "timelines/office.rs"]
#[allow(dead_code, reason = "the office of the timelines has one account; only its makers of values are used here")]
mod office;
#[path = "timelines/random.rs"]
mod random;
#[path = "nevers/years.rs"]
mod years;

use blind::Never;
use sollecito::ledger::words::Purpose;
use years::Years;

fn seed() -> u64 {
    std::env::var("SOLLECITO_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_127)
}

/// Lives so many days, with every guard in its place; what left, by purpose.
fn nothing_happens(seed: u64, customers: i64, days: u32) -> usize {
    let mut years = Years::begin(seed, customers, None);
    for _ in 0..days {
        years.live_a_day();
        assert!(years.firm.broken.is_empty(), "SOLLECITO_SEED={seed}: {:?}", years.firm.broken);
    }
    let bursts = years.firm.tracks.bursts();
    assert!(bursts.is_empty(), "SOLLECITO_SEED={seed}: {bursts:?}");
    println!("seed {seed}, {customers} customers, {days} days: {:?}", years.firm.left);
    years.firm.left.get(&Purpose::Reminder).copied().unwrap_or(0)
}

#[test]
fn none_of_it_happens_in_years_of_a_firm() {
    let reminders: usize = (0..3).map(|run| nothing_happens(seed() + run, 120, 500)).sum();
    assert!(reminders > 500, "too little happened: {reminders} reminders");
}

#[test]
#[ignore = "takes minutes: for the figures"]
fn none_of_it_happens_in_five_years_of_two_thousand_customers() {
    assert!(nothing_happens(seed(), 2_000, 5 * 365) > 5_000);
}

#[test]
#[ignore = "for the figure"]
fn a_year_of_five_hundred_customers() {
    let begun = std::time::Instant::now();
    assert!(nothing_happens(seed(), 500, 365) > 1_000);
    println!("in {:.1} s", begun.elapsed().as_secs_f64());
}

/// The first breach of a never within some lives of the firm, its guard taken out.
fn breach(never: Never) -> Option<String> {
    for run in 0..6 {
        let mut years = Years::begin(seed() + 1_000 + run, 120, Some(never));
        for day in 0..700 {
            years.live_a_day();
            let bursts = if day % 50 == 0 { years.firm.tracks.bursts() } else { Vec::new() };
            let mut found = years.firm.broken.iter().chain(&bursts);
            if let Some((_, what)) = found.find(|(broken, _)| *broken == never) {
                return Some(format!("run {run}, day {day}: {what}"));
            }
        }
    }
    None
}

/// Every second of the nevers, so that two tests share the work.
fn each_happens(first: usize) {
    let mut unseen = Vec::new();
    for never in Never::ALL.iter().skip(first).step_by(2) {
        match breach(*never) {
            Some(what) => println!("{never:?}: {what}"),
            None => unseen.push(never),
        }
    }
    assert!(unseen.is_empty(), "with their guard taken out these do not happen: {unseen:?}");
}

#[test]
fn each_happens_once_its_guard_is_taken_out() {
    each_happens(0);
}

#[test]
fn each_other_happens_once_its_guard_is_taken_out() {
    each_happens(1);
}
