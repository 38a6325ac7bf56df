//! What a pass costs that has little to do: over 10,000 and over 1,000,000 receivables. Beside it, in the same run, the bare
//! statement that lists the accounts whose day has come, and a round that reads and asks every account.
//!
//! `cargo bench --bench tick`; the database of a million is built once and kept below `target/tmp`.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::print_stdout, reason = "what takes too long to be repeated is told in a line")]

mod support;

use chrono::{DateTime, Days, NaiveDate, Utc};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use sollecito::agent::clock::SetClock;
use sollecito::agent::onlooker::Nobody;
use sollecito::agent::{Agent, Known};
use sollecito::ledger::account::Account;
use sollecito::ledger::change::{Cause, Change, Entry};
use sollecito::ledger::decision::Decision;
use sollecito::ledger::event::Event;
use sollecito::ledger::ids::{CaseId, CustomerId, ReceivableId};
use sollecito::ledger::moment::Moment;
use sollecito::ledger::words::{Mode, Purpose};
use sollecito::policy::{self, World};
use sollecito::store::{Store, StoreError};
use sollecito::transport::folder::FolderTransport;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::firm::{Near, office, settle_firm};

/// Receivables of one customer.
const EACH: i64 = 10;
/// Customers of whom something falls due on one day.
const DUE_A_DAY: i64 = 20;
/// Days on which something falls due, the first of them the day after the firm was set up.
const DAYS: i64 = 60;
const SET_UP: &str = "2026-09-08T08:00:00+02:00";

struct Firm {
    folder: PathBuf,
    agent: Agent,
    clock: SetClock,
    mailbox: Near,
}

/// A firm with so many receivables, all of them open: of most the due day lies far ahead.
fn firm(receivables: i64) -> Firm {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tick-{receivables}"));
    let database = folder.join("sollecito.db");
    let kept = folder.join("whole.db");
    settle_firm(&folder);
    if !kept.exists() {
        let begun = Instant::now();
        build(&folder.join("building.db"), receivables);
        std::fs::rename(folder.join("building.db"), &kept).unwrap();
        println!("{receivables} receivables: written in {:.1} s", begun.elapsed().as_secs_f64());
    }
    for file in ["sollecito.db", "sollecito.db-wal", "sollecito.db-shm", "sollecito.db.generation"] {
        let _ = std::fs::remove_file(folder.join(file));
    }
    let _ = std::fs::remove_dir_all(folder.join("outgoing"));
    std::fs::copy(&kept, &database).unwrap();
    let clock = SetClock::at(at(0, 8));
    let mailbox = Near::default();
    let mut office = office(&folder);
    office.policy.modes.insert(Purpose::Reminder, Mode::Send);
    let mut agent = Agent {
        office,
        store: Store::open_existing(&database).unwrap(),
        mailbox: Box::new(mailbox.clone()),
        transport: Box::new(FolderTransport::open(&folder.join("outgoing")).unwrap()),
        clock: Box::new(clock.clone()),
        onlooker: Box::new(Nobody),
        known: Known::default(),
    };
    agent.begin().unwrap();
    Firm { folder, agent, clock, mailbox }
}

fn build(path: &Path, receivables: i64) {
    let _ = std::fs::remove_file(path);
    let mut store = Store::open(path).unwrap();
    store.forgo_durability().unwrap();
    let customers: Vec<i64> = (1..=receivables / EACH).collect();
    for some in customers.chunks(2_000) {
        let kept = store.write(|unit| -> Result<(), StoreError> {
            for number in some {
                let mut account = support::account(*number);
                let model = account.receivables.remove(0);
                let entries = (0..EACH).map(|n| {
                    let mut item = model.clone();
                    item.id = ReceivableId((number - 1) * EACH + n + 1);
                    item.key.number = format!("{}/2026", item.id.0);
                    item.due = if n == 0 { due(*number) } else { due(i64::MAX) };
                    item.payments_known_up_to = NaiveDate::from_ymd_opt(2027, 12, 31);
                    let change = Change::ReceivableSet { receivable: Box::new(item) };
                    Entry { change, cause: Cause::Import, because: "It is in the books".to_owned() }
                });
                let decision = Decision { entries: entries.collect(), ..Decision::default() };
                unit.record(&account, &decision, at(0, 7))?;
            }
            Ok(())
        });
        kept.unwrap();
    }
    assert!(store.empty_log().unwrap());
}

/// The first step of the ladder comes a week after this day.
fn due(customer: i64) -> NaiveDate {
    let first = at(0, 8).date_naive() - Days::new(6);
    let ahead = if customer <= DUE_A_DAY * DAYS { customer / DUE_A_DAY } else { 400 };
    first + Days::new(u64::try_from(ahead).unwrap())
}

fn at(day: u64, hour: u64) -> DateTime<Utc> {
    support::moment(SET_UP) + Days::new(day) + chrono::TimeDelta::hours(i64::try_from(hour).unwrap() - 8)
}

/// As the agent did before it knew whose day has come: reads every account whole, and asks it. Gives how many were due.
fn ask_everybody(firm: &Firm) -> usize {
    let (none, moment) = (BTreeSet::new(), Moment::new(firm.agent.clock.now(), chrono_tz::Europe::Rome));
    let world = World { policy: &firm.agent.office.policy, moment, next_case: CaseId(1), documents: &none };
    let look = firm.agent.store.look();
    let ask = |id: &CustomerId| {
        let account: Account = look.account(*id).unwrap().unwrap();
        !policy::decide(&account, &Event::DayCame, &world).is_empty()
    };
    look.account_ids().unwrap().iter().filter(|id| ask(id)).count()
}

fn seconds(what: &str, work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    let took = begun.elapsed();
    println!("{what}: {:.3} s", took.as_secs_f64());
    took
}

/// `SOLLECITO_RECEIVABLES=100000` for another size than the two.
fn sizes() -> Vec<i64> {
    let named = std::env::var("SOLLECITO_RECEIVABLES").ok().and_then(|number| number.parse().ok());
    named.map_or_else(|| vec![10_000, 1_000_000], |number| vec![number])
}

fn tick(criterion: &mut Criterion) {
    for receivables in sizes() {
        let mut firm = firm(receivables);
        let said = |what: &str| format!("{receivables} receivables, {what}");
        seconds(&said("the first pass, which looks at everything"), || {
            firm.agent.pass().unwrap();
        });
        let mut day = 0;
        let (mut planned, mut renewed) = (0, 0);
        for _ in 0..7 {
            day += 1;
            firm.clock.set(at(day, 3));
            let today = firm.agent.moment().today();
            renewed += firm.agent.store.look().accounts_to_look_at(today).unwrap().len();
            let before = firm.agent.store.look().mark().unwrap().journal;
            seconds(&said("the first pass of a day"), || {
                firm.agent.pass().unwrap();
            });
            planned += firm.agent.store.look().mark().unwrap().journal - before;
        }
        println!("{receivables} receivables, {renewed} looks and {planned} rows of the journal in 7 days");
        seconds(&said("a round that reads and asks everybody"), || {
            std::hint::black_box(ask_everybody(&firm));
        });

        let mut group = criterion.benchmark_group("tick");
        group.sample_size(10);
        let today = firm.agent.moment().today();
        group.bench_function(BenchmarkId::new("the statement alone", receivables), |bencher| {
            bencher.iter(|| firm.agent.store.look().accounts_to_look_at(today).unwrap().len());
        });
        group.bench_function(BenchmarkId::new("a whole pass with nothing due", receivables), |bencher| {
            bencher.iter(|| firm.agent.pass().unwrap());
        });
        if receivables == 10_000 {
            group.bench_function(BenchmarkId::new("everybody read and asked", receivables), |bencher| {
                bencher.iter(|| ask_everybody(&firm));
            });
        }
        let mut number = 0;
        let mut with_mail = |firm: &mut Firm| {
            firm.mailbox.lay(support::mail(number * 10));
            number += 1;
            let begun = Instant::now();
            assert_eq!(firm.agent.pass().unwrap().decided, 1);
            begun.elapsed()
        };
        println!("{}: {:.3} s", said("the first pass with a mail"), with_mail(&mut firm).as_secs_f64());
        group.bench_function(BenchmarkId::new("a pass with an answer", receivables), |bencher| {
            bencher.iter_custom(|times| (0..times).map(|_| with_mail(&mut firm)).sum());
        });
        group.finish();
        let _ = std::fs::remove_file(firm.folder.join("sollecito.db"));
    }
}

criterion_group!(benches, tick);
criterion_main!(benches);
