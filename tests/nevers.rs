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
#[path = "nevers/extent.rs"]
mod extent;
#[path = "nevers/firm.rs"]
mod firm;
#[path = "nevers/foretold.rs"]
mod foretold;
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

/// The seed where none is given.
const SEED: u64 = 20_261_127;
/// Lives of a firm with every guard in its place, and how long each is.
const LIVES: Lives = Lives { count: 3, customers: 120, days: 500 };
/// Lives with one guard taken out, until what it guards against happens: at most so many for each.
const BLIND: Lives = Lives { count: 10, customers: 120, days: 700 };
/// Their seeds lie so far behind.
const BLIND_FROM: u64 = 1_000;
/// And those of the firms of which it is foretold what comes.
const FORETOLD_FROM: u64 = 2_000;
/// Told where they are asked for.
const YEAR: Lives = Lives { count: 1, customers: 500, days: 365 };
const FIVE_YEARS: Lives = Lives { count: 1, customers: 2_000, days: 5 * 365 };

/// So many lives of a firm.
#[derive(Clone, Copy)]
struct Lives {
    count: u64,
    customers: i64,
    days: u32,
}

fn seed() -> u64 {
    std::env::var("SOLLECITO_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(SEED)
}

/// Lives so many days, with every guard in its place; how many reminders left.
fn nothing_happens(seed: u64, Lives { customers, days, .. }: Lives) -> usize {
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
    let reminders: usize = (0..LIVES.count).map(|run| nothing_happens(seed() + run, LIVES)).sum();
    assert!(reminders > 500, "too little happened: {reminders} reminders");
}

#[test]
#[ignore = "takes minutes: for the figures"]
fn none_of_it_happens_in_five_years_of_two_thousand_customers() {
    assert!(nothing_happens(seed(), FIVE_YEARS) > 5_000);
}

#[test]
#[ignore = "for the figure"]
fn a_year_of_five_hundred_customers() {
    let begun = std::time::Instant::now();
    assert!(nothing_happens(seed(), YEAR) > 1_000);
    println!("in {:.1} s", begun.elapsed().as_secs_f64());
}

/// The first breach of a never within some lives of the firm, its guard taken out.
fn breach(never: Never) -> Option<String> {
    for run in 0..BLIND.count {
        let mut years = Years::begin(seed() + BLIND_FROM + run, BLIND.customers, Some(never));
        for day in 0..BLIND.days {
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

/// The table in the design is the one of these tests.
#[test]
fn the_design_says_what_is_run() {
    let lives = |lives: Lives, from: u64| {
        let last = from + lives.count - 1;
        let seeds = if lives.count == 1 { from.to_string() } else { format!("{from} to {last}") };
        let each = format!("{} customers, {} days", thousands(lives.customers), thousands(lives.days.into()));
        let all = i64::try_from(lives.count).expect("few") * lives.customers * i64::from(lives.days);
        (seeds, each, thousands(all))
    };
    let row =
        |what: &str, (seeds, each, all): (String, String, String)| format!("| {what} | {seeds} | {each} | {all} |");
    let count = i64::try_from(foretold::FIRMS).expect("few");
    let (least, more) = foretold::LIVED;
    let ahead = i64::try_from(foretold::AHEAD).expect("few");
    let foretold = (
        format!("{} to {}", SEED + FORETOLD_FROM, SEED + FORETOLD_FROM + foretold::FIRMS - 1),
        format!("{} customers, {least} to {} days and {} foretold", foretold::CUSTOMERS, least + more - 1, ahead + 1),
        format!("{} foretold", thousands(count * foretold::CUSTOMERS * (ahead + 1))),
    );
    extent::is_in_the_design(&[
        row(&format!("none of the {} nevers (`tests/nevers.rs`)", Never::ALL.len()), lives(LIVES, SEED)),
        row("each of them, its guard taken out: until it happens", lives(BLIND, SEED + BLIND_FROM)),
        row("`plan --days 30` beside what comes", foretold),
        row("a year, where asked for (`--ignored a_year`)", lives(YEAR, SEED)),
        row("five years, where asked for (`--ignored five_years`)", lives(FIVE_YEARS, SEED)),
    ]);
}

/// With commas, as in the design.
fn thousands(number: i64) -> String {
    let figures = number.to_string();
    let mut said = String::new();
    for (at, figure) in figures.chars().enumerate() {
        if at > 0 && (figures.len() - at).is_multiple_of(3) {
            said.push(',');
        }
        said.push(figure);
    }
    said
}

/// `plan --days 30` comes true, for a whole firm and for everything that the agent writes of its own accord.
#[test]
fn what_is_foretold_of_a_firm_comes_true() {
    let (mut differences, mut foretold) = (Vec::new(), std::collections::BTreeMap::<String, usize>::new());
    for firm in 0..foretold::FIRMS {
        let compared = foretold::compare(seed() + FORETOLD_FROM + firm);
        differences.extend(compared.differences);
        for (text, count) in compared.foretold {
            *foretold.entry(text).or_default() += count;
        }
    }
    println!("foretold: {foretold:?}");
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(foretold::unseen(&foretold), Vec::<&str>::new(), "these were never foretold: {foretold:?}");
}
