//! 200 mails from a mailbox of values into a database on disk, every promise kept; beside it, in the same run, the same
//! raw bytes kept and nothing else.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use chrono::{DateTime, Utc};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sollecito::agent::clock::SetClock;
use sollecito::agent::onlooker::Nobody;
use sollecito::agent::{Agent, Known};
use sollecito::store::{Store, StoreError};
use sollecito::transport::folder::FolderTransport;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use support::firm::{Near, office, settle_firm};
use support::{list, mail, moment};

const MAILS: usize = 200;
const NOW: &str = "2026-10-07T10:00:00+02:00";

/// A firm's folder with its settings and its books taken over.
fn firm() -> tempfile::TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    settle_firm(folder.path());
    std::fs::write(folder.path().join("list.csv"), list(100)).unwrap();
    let mut import = Command::new(env!("CARGO_BIN_EXE_sollecito"));
    import.current_dir(folder.path()).env_clear().args(["import", "list.csv", "--payments-known", "2026-10-06"]);
    let output = import.args(["--now", NOW]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

/// A copy of the database, as it was after the import.
fn copied(folder: &Path) -> (tempfile::TempDir, Store) {
    let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    std::fs::copy(folder.join("sollecito.db"), place.path().join("sollecito.db")).unwrap();
    let store = Store::open_existing(&place.path().join("sollecito.db")).unwrap();
    (place, store)
}

fn repeated(times: u64, mut once: impl FnMut() -> Duration) -> Duration {
    (0..times).map(|_| once()).sum()
}

fn intake(criterion: &mut Criterion) {
    let firm = firm();
    let folder = firm.path();
    let mails: Vec<Vec<u8>> = (0..MAILS).map(mail).collect();
    let now: DateTime<Utc> = moment(NOW);

    let mut group = criterion.benchmark_group("intake, 200 mails");
    group.sample_size(10).throughput(Throughput::Elements(MAILS as u64));
    group.bench_function("raw bytes alone", |bencher| {
        bencher.iter_custom(|times| {
            repeated(times, || {
                let (_place, mut store) = copied(folder);
                let begun = Instant::now();
                for some in mails.chunks(64) {
                    let kept = store.write(|unit| -> Result<(), StoreError> {
                        some.iter().try_for_each(|mail| unit.store_raw(mail).map(|_| ()))
                    });
                    kept.unwrap();
                }
                begun.elapsed()
            })
        });
    });
    group.bench_function("kept, read and decided on", |bencher| {
        bencher.iter_custom(|times| {
            repeated(times, || {
                let (place, store) = copied(folder);
                let mut agent = Agent {
                    office: office(folder),
                    store,
                    mailbox: Box::new(Near::with(&mails)),
                    transport: Box::new(FolderTransport::open(&place.path().join("outgoing")).unwrap()),
                    clock: Box::new(SetClock::at(now)),
                    onlooker: Box::new(Nobody),
                    known: Known::default(),
                };
                let begun = Instant::now();
                let report = agent.pass_reading_only().unwrap();
                let took = begun.elapsed();
                assert_eq!(report.decided, MAILS);
                took
            })
        });
    });
    group.finish();
}

criterion_group!(benches, intake);
criterion_main!(benches);
