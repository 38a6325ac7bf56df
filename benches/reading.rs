//! One mail from bytes to the finding: taken apart, understood, tied to one of many receivables; beside it, in the same
//! run, mail-parser alone on the same bytes. Shows that it does not grow with the number of receivables.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use chrono_tz::Europe::Rome;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sollecito::agent::reading::{Eyes, understand};
use sollecito::classify::RuleSet;
use sollecito::ledger::ids::Address;
use sollecito::matching::Directory;
use sollecito::message::Reader;
use std::hint::black_box;
use support::{accounts, mail, moment};

/// Mails that are read in turn, so that no sort of mail decides.
const MAILS: usize = 20;

fn reading(criterion: &mut Criterion) {
    let mails: Vec<Vec<u8>> = (0..MAILS).map(mail).collect();
    let own = Address::parse("marta@studioferri.example").unwrap();
    let reader = Reader { own_addresses: vec![own], authserv_ids: Vec::new() };
    let rules = RuleSet::shipped().unwrap();
    let eyes = Eyes { reader: &reader, rules: &rules, own_ibans: &[], zone: Rome, language: None };
    let received = moment("2026-10-07T05:00:00Z");

    let mut group = criterion.benchmark_group("reading, 20 mails");
    group.sample_size(10).throughput(Throughput::Elements(MAILS as u64));
    let parser = mail_parser::MessageParser::default();
    group.bench_function("mail-parser alone", |bencher| {
        bencher.iter(|| mails.iter().filter(|mail| parser.parse(black_box(mail.as_slice())).is_some()).count());
    });
    group.bench_function("taken apart and understood", |bencher| {
        bencher.iter(|| {
            for mail in &mails {
                black_box(understand(black_box(mail), received, false, &eyes));
            }
        });
    });
    for open in [100, 10_000, 1_000_000] {
        let directory = Directory::build(&accounts(open), &[], &reader.own_addresses);
        group.bench_with_input(BenchmarkId::new("whole, receivables", open), &directory, |bencher, directory| {
            bencher.iter(|| {
                let tied = mails
                    .iter()
                    .map(|mail| understand(black_box(mail), received, false, &eyes).tied(directory))
                    .filter(|seen| seen.reading.matched.customer.is_some());
                assert!(black_box(tied.count()) >= MAILS / 2, "the mails are tied to nobody");
            });
        });
    }
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
