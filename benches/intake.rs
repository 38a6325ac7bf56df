//! 200 mails from a mailbox of values into a database on disk, every promise kept; beside it, in the same run, the same
//! raw bytes kept and nothing else.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use chrono::{DateTime, Utc};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sollecito::agent::clock::SetClock;
use sollecito::agent::office::{Office, OwnerDesk};
use sollecito::agent::onlooker::Nobody;
use sollecito::agent::{Agent, Known};
use sollecito::classify::RuleSet;
use sollecito::mailbox::{Appended, Coverage, Fetched, Folder, Head, ItemId, Listing, Mailbox, MailboxError, RawMail};
use sollecito::store::{Store, StoreError};
use sollecito::templates::Shelf;
use sollecito::transport::folder::FolderTransport;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};
use support::{list, mail, moment};

const MAILS: usize = 200;
const NOW: &str = "2026-10-07T10:00:00+02:00";
const SETTINGS: &str = "[firm]\nname = \"Studio Ferri\"\nperson = \"Marta Ferri\"\nphone = \"+39 02 1234567\"\n\
    address = \"marta@studioferri.example\"\n[owner]\nname = \"Marta Ferri\"\naddress = \"titolare@studioferri.example\"\n\
    [mailbox]\npath = \"Maildir\"\n[sending]\ntransport = \"folder\"\npath = \"outgoing\"\n\
    [[bank_account]]\nid = \"main\"\niban = \"IT60X0542811101000000123456\"\nholder = \"Studio Ferri\"\n";

/// A mailbox that costs nothing.
struct Near(Rc<Vec<Vec<u8>>>);

impl Mailbox for Near {
    fn enumerate(&mut self, folder: Folder) -> Result<Listing, MailboxError> {
        let count = if folder == Folder::Inbox { self.0.len() } else { 0 };
        let ids = (0..count).map(|index| ItemId(index.to_string())).collect();
        Ok(Listing { epoch: "1".to_owned(), ids, coverage: Coverage::Whole })
    }

    fn heads(&mut self, _folder: Folder, _ids: &[ItemId]) -> Result<Vec<Head>, MailboxError> {
        Ok(Vec::new())
    }

    fn fetch(&mut self, _folder: Folder, id: &ItemId, _limit: usize) -> Result<Fetched, MailboxError> {
        let bytes = self.0[id.0.parse::<usize>().unwrap()].clone();
        Ok(Fetched::Got(RawMail { bytes, truncated: false, received: moment("2026-10-07T05:00:00Z") }))
    }

    fn append(&mut self, _folder: Folder, _bytes: &[u8]) -> Appended {
        Appended::Failed("not here".to_owned())
    }

    fn replace(&mut self, _folder: Folder, _id: &ItemId, _bytes: &[u8]) -> Appended {
        Appended::Failed("not here".to_owned())
    }

    fn remove(&mut self, _folder: Folder, _id: &ItemId) -> Result<bool, MailboxError> {
        Ok(false)
    }

    fn wait(&mut self, _at_most: Duration) -> bool {
        false
    }
}

/// A firm's folder with its settings and its books taken over.
fn firm() -> tempfile::TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    std::fs::create_dir(folder.path().join("Maildir")).unwrap();
    std::fs::write(folder.path().join("sollecito.toml"), SETTINGS).unwrap();
    std::fs::write(folder.path().join("list.csv"), list(100)).unwrap();
    let mut import = Command::new(env!("CARGO_BIN_EXE_sollecito"));
    import.current_dir(folder.path()).env_clear().args(["import", "list.csv", "--payments-known", "2026-10-06"]);
    let output = import.args(["--now", NOW]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

fn office(folder: &Path) -> Office {
    let firm = sollecito::config::load(&folder.join("sollecito.toml")).expect("a firm");
    let owner = &firm.settings.owner;
    Office {
        policy: firm.policy.clone(),
        letterhead: firm.letterhead.clone(),
        reader: firm.reader.clone(),
        rules: RuleSet::shipped().expect("rules"),
        shelf: Shelf::build(&sollecito::templates::sources_shipped(), &[]).expect("texts"),
        broken_templates: Vec::new(),
        owner: OwnerDesk { name: owner.name.clone(), address: owner.address.clone(), language: owner.language },
        zone: firm.settings.firm.zone,
        redirect_to: None,
        copy_to_sent: false,
        max_mail_bytes: 10_000_000,
    }
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
    let mails: Rc<Vec<Vec<u8>>> = Rc::new((0..MAILS).map(mail).collect());
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
                    mailbox: Box::new(Near(Rc::clone(&mails))),
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
