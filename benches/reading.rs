//! One mail from bytes to the finding, stage by stage: taken apart, understood, tied to one of many receivables; beside it,
//! in the same run, mail-parser alone on the same bytes. Shows what each stage takes, that none grows with the number of
//! receivables, and what ten times as many patterns cost.
//!
//! Twice: over mails of a firm's INBOX (two in five are newsletters and notices), and over the letters of `tests/corpus`,
//! which is harder: every one of them is an answer of a customer, as people write them.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use chrono_tz::Europe::Rome;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sollecito::agent::reading::{Eyes, Understood, of, understand};
use sollecito::classify::{Rule, RuleSet, RuleSource, sources_shipped};
use sollecito::ledger::ids::Address;
use sollecito::ledger::words::Language;
use sollecito::matching::Directory;
use sollecito::message::{Message, Reader, read};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use support::{accounts, mail, moment};

/// Mails that are read in turn, so that no sort of mail decides.
const MAILS: usize = 20;
/// Of the letters every one in so many.
const EVERY: usize = 5;

fn reading(criterion: &mut Criterion) {
    let mails: Vec<Vec<u8>> = (0..MAILS).map(mail).collect();
    let letters = letters();
    let own = Address::parse("marta@studioferri.example").unwrap();
    let reader = Reader { own_addresses: vec![own], authserv_ids: Vec::new() };
    let rules = RuleSet::shipped().unwrap();
    let eyes = Eyes { reader: &reader, rules: &rules, own_ibans: &[], zone: Rome, language: None };

    let mut group = criterion.benchmark_group(format!("reading, {MAILS} mails"));
    group.sample_size(10).throughput(Throughput::Elements(MAILS as u64));
    stages(&mut group, &mails, &eyes);
    for open in [100, 10_000, 1_000_000] {
        let directory = Directory::build(&accounts(open), &[], &reader.own_addresses);
        group.bench_with_input(BenchmarkId::new("whole, receivables", open), &directory, |bencher, directory| {
            bencher.iter(|| {
                let tied = whole(&mails, &eyes, directory);
                assert!(black_box(tied) >= MAILS / 2, "the mails are tied to nobody");
            });
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group(format!("reading, {} letters", letters.len()));
    group.sample_size(10).throughput(Throughput::Elements(letters.len() as u64));
    stages(&mut group, &letters, &eyes);
    let directory = Directory::build(&accounts(10_000), &[], &reader.own_addresses);
    group.bench_with_input(BenchmarkId::new("whole, receivables", 10_000), &directory, |bencher, directory| {
        bencher.iter(|| black_box(whole(&letters, &eyes, directory)));
    });
    let tenth = RuleSet::compile(&sources_shipped(), &changed(&rules, "", 10)).unwrap();
    let twice = RuleSet::compile(&sources_shipped(), &changed(&rules, ".again", 1)).unwrap();
    let taken_apart: Vec<Message> = letters.iter().map(|mail| read(mail, &reader)).collect();
    for set in [&tenth, &rules, &twice] {
        let count: usize = set.rules().map(|rule| rule.patterns.len()).sum();
        let eyes = Eyes { rules: set, ..eyes };
        group.bench_with_input(BenchmarkId::new("understood, patterns of rules", count), &eyes, |bencher, eyes| {
            bencher.iter_with_setup(|| taken_apart.clone(), |messages| understood(messages, eyes));
        });
    }
    group.finish();
}

/// Each stage by itself, what goes before it made ready.
fn stages(group: &mut BenchmarkGroup<'_, WallTime>, mails: &[Vec<u8>], eyes: &Eyes<'_>) {
    let parser = mail_parser::MessageParser::default();
    group.bench_function("mail-parser alone", |bencher| {
        bencher.iter(|| mails.iter().filter(|mail| parser.parse(black_box(mail.as_slice())).is_some()).count());
    });
    group.bench_function("1 taken apart", |bencher| {
        bencher.iter(|| {
            for mail in mails {
                black_box(read(black_box(mail), eyes.reader));
            }
        });
    });
    let taken_apart: Vec<Message> = mails.iter().map(|mail| read(mail, eyes.reader)).collect();
    group.bench_function("2 understood", |bencher| {
        bencher.iter_with_setup(|| taken_apart.clone(), |messages| understood(messages, eyes));
    });
    let directory = Directory::build(&accounts(10_000), &[], &eyes.reader.own_addresses);
    let all = understood(taken_apart, eyes);
    group.bench_function("3 tied to one of 10,000", |bencher| {
        bencher.iter(|| {
            for mail in &all {
                black_box(mail.reading(&directory));
            }
        });
    });
    group.bench_function("taken apart and understood", |bencher| {
        bencher.iter(|| {
            for mail in mails {
                black_box(understand(black_box(mail), received(), false, eyes));
            }
        });
    });
}

fn understood(messages: Vec<Message>, eyes: &Eyes<'_>) -> Vec<Understood> {
    messages.into_iter().map(|message| of(message, received(), eyes)).collect()
}

/// Reads everything, and says how many mails were tied to a customer.
fn whole(mails: &[Vec<u8>], eyes: &Eyes<'_>, directory: &Directory) -> usize {
    let seen = mails.iter().map(|mail| understand(black_box(mail), received(), false, eyes).tied(directory));
    seen.filter(|seen| seen.reading.matched.customer.is_some()).count()
}

fn received() -> chrono::DateTime<chrono::Utc> {
    moment("2026-10-07T05:00:00Z")
}

/// Some letters of each folder, in order of their names.
fn letters() -> Vec<Vec<u8>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = std::fs::read_dir(corpus)
        .unwrap()
        .map(|folder| folder.unwrap().path())
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|ending| ending == "eml"))
        .collect();
    files.sort();
    files.into_iter().step_by(EVERY).map(|file| std::fs::read(file).unwrap()).collect()
}

/// The shipped rules as a firm would write them into its own folder: with one pattern in so many, and with an id that goes
/// on so. An empty ending replaces the shipped ones.
fn changed(rules: &RuleSet, ending: &str, one_in: usize) -> Vec<RuleSource> {
    let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let of_language = |language: &Language| {
        let mut file = format!("language = \"{language}\"\n");
        for rule in rules.rules().filter(|rule| rule.language == *language) {
            let Rule { id, intent, why, .. } = rule;
            let list = |texts: &[String], one_in: usize| {
                texts.iter().step_by(one_in).map(|one| text(one)).collect::<Vec<_>>().join(",\n")
            };
            let _ = write!(
                file,
                "[[rule]]\nid = \"{id}{ending}\"\nintent = \"{intent}\"\nwhy = {}\npatterns = [{}]\nexample = [{}]\n\
                 counter_example = [{}]\n",
                text(why),
                list(&rule.patterns, one_in),
                list(&rule.examples, 1),
                list(&rule.counter_examples, 1),
            );
        }
        RuleSource { file: format!("rules/{language}/mine.toml"), text: file }
    };
    Language::ALL.iter().map(of_language).collect()
}

criterion_group!(benches, reading);
criterion_main!(benches);
