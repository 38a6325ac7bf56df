//! A folder of 10,000 mails listed and 500 of them fetched by IMAP, from a server in this process; beside it, in the same
//! run, a plain socket that gives the same commands and throws the answers away.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;
#[path = "../tests/testmail/mod.rs"]
mod testmail;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sollecito::mailbox::imap::{ImapMailbox, ImapSettings, Timeouts, Watch};
use sollecito::mailbox::{Fetched, Folder, FolderNames, ItemId, Mailbox as _};
use sollecito::network::{KnownSecret, Login, LoginMethod, Secret, Security};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use support::mail;
use testmail::imap::ImapServer;

const MAILS: usize = 10_000;
const FETCHED: usize = 500;
const USER: &str = "marta@studioferri.example";
const PASSWORD: &str = "geheim";

fn settings(address: SocketAddr) -> ImapSettings {
    ImapSettings {
        host: "127.0.0.1".to_owned(),
        port: address.port(),
        security: Security::PlainLoopback,
        login: Login {
            user: USER.to_owned(),
            method: LoginMethod::Password,
            source: Arc::new(KnownSecret(Secret::new(PASSWORD.to_owned()))),
        },
        ca_file: None,
        names: FolderNames::default(),
        watch: Watch::Poll,
        max_mail_bytes: 10_000_000,
        timeouts: Timeouts::default(),
    }
}

/// Lists the folder and fetches the newest mails of it. How many bytes came.
fn product(address: SocketAddr) -> usize {
    let mut mailbox = ImapMailbox::new(settings(address));
    let listing = mailbox.enumerate(Folder::Inbox).unwrap();
    assert_eq!(listing.ids.len(), MAILS);
    let newest: Vec<ItemId> = listing.ids[MAILS - FETCHED..].to_vec();
    mailbox.expect(Folder::Inbox, &newest, 10_000_000);
    let bytes = |id: &ItemId| match mailbox.fetch(Folder::Inbox, id, 10_000_000).unwrap() {
        Fetched::Got(raw) => raw.bytes.len(),
        other => panic!("{other:?}"),
    };
    newest.iter().map(bytes).sum()
}

/// Gives the same commands and reads the answers to their end.
fn raw(address: SocketAddr, commands: &[String]) -> usize {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut answers = BufReader::with_capacity(64 * 1024, socket.try_clone().unwrap());
    let (mut line, mut total) = (Vec::new(), 0);
    answers.read_until(b'\n', &mut line).unwrap();
    for (number, command) in commands.iter().enumerate() {
        let tag = format!("a{number} ");
        socket.write_all(format!("{tag}{command}\r\n").as_bytes()).unwrap();
        loop {
            line.clear();
            assert!(answers.read_until(b'\n', &mut line).unwrap() > 0, "the server left at {command}");
            if line.starts_with(tag.as_bytes()) {
                break;
            }
            let literal = line.strip_suffix(b"}\r\n").and_then(|line| {
                let at = line.iter().rposition(|byte| *byte == b'{')?;
                std::str::from_utf8(&line[at + 1..]).ok()?.parse::<u64>().ok()
            });
            if let Some(length) = literal {
                total += std::io::copy(&mut answers.by_ref().take(length), &mut std::io::sink()).unwrap() as usize;
            }
        }
    }
    total
}

fn imap(criterion: &mut Criterion) {
    let server = ImapServer::plain();
    server.set_password(PASSWORD);
    // Of those that are only listed nothing is read.
    let short = b"From: a@b.example\r\nSubject: x\r\n\r\nx\r\n";
    for _ in FETCHED..MAILS {
        server.deliver("INBOX", short);
    }
    for index in 0..FETCHED {
        server.deliver("INBOX", &mail(index));
    }
    let bytes = product(server.address);
    let heard = server.heard().into_iter().filter(|command| !command.starts_with("(answer"));
    // The plain socket cannot hold a conversation: it logs in by one line.
    let login = format!("LOGIN {USER} {PASSWORD}");
    let plain = |command: String| if command.starts_with("AUTHENTICATE") { login.clone() } else { command };
    let commands: Vec<String> = heard.map(plain).collect();
    assert!(raw(server.address, &commands) >= bytes, "the plain socket reads as much: {commands:?}");

    let mut group = criterion.benchmark_group("imap, 10,000 listed and 500 fetched");
    group.sample_size(10).throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("plain socket", |bencher| bencher.iter(|| raw(server.address, &commands)));
    group.bench_function("mailbox", |bencher| bencher.iter(|| product(server.address)));
    group.finish();
}

criterion_group!(benches, imap);
criterion_main!(benches);
