//! The corpus of mails: each read as it is, with LF and with CRLF, against what is expected of it.
//!
//! `UPDATE_EXPECTED=1 cargo test --test message` writes the expectations anew; read the difference before keeping it.

// A test may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use sollecito::ledger::ids::Address;
use sollecito::message::{Message, Reader, identity, read};
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn reader() -> Reader {
    let own = ["marta@ferri.example", "ferri@pec.ferri.example"];
    Reader {
        own_addresses: own.iter().map(|address| Address::parse(address).unwrap()).collect(),
        authserv_ids: vec!["mx.ferri.example".to_owned()],
    }
}

fn mails() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails");
    let mut found = Vec::new();
    for folder in ["dsn", "auto-reply", "pec", "quoting", "own"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("eml") => found.push((path, bytes)),
                Some("txt") => {
                    let header = b"From: A Customer <customer@firm.example>\nSubject: Re: invoice\nContent-Type: text/plain; charset=utf-8\n\n";
                    found.push((path, [header.as_slice(), &bytes].concat()));
                }
                _ => {}
            }
        }
    }
    found.sort();
    found
}

fn with_lf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if !(*byte == b'\r' && bytes.get(at + 1) == Some(&b'\n')) {
            out.push(*byte);
        }
    }
    out
}

fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in with_lf(bytes) {
        if byte == b'\n' {
            out.push(b'\r');
        }
        out.push(byte);
    }
    out
}

fn describe(message: &Message) -> String {
    let mut out = String::new();
    let show = |people: &[sollecito::message::Correspondent]| {
        let one = |person: &sollecito::message::Correspondent| {
            let address = person.address.as_ref().map_or("?", Address::as_str);
            person.name.as_ref().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
        };
        people.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let ids = |ids: &[sollecito::ledger::ids::RfcId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    writeln!(out, "kind: {} ({})", message.kind, message.kind_evidence).unwrap();
    writeln!(out, "authenticity: {}", message.authenticity).unwrap();
    writeln!(out, "from: {}", show(&message.from)).unwrap();
    writeln!(out, "subject: {}", message.subject).unwrap();
    writeln!(out, "date: {}", message.date.map(|date| date.to_rfc3339()).unwrap_or_default()).unwrap();
    writeln!(out, "thread: {}", ids(&message.thread)).unwrap();
    writeln!(out, "aliases: {}", ids(&message.aliases)).unwrap();
    if let Some(reference) = &message.own_reference {
        writeln!(out, "own reference: {reference}").unwrap();
    }
    if let Some(bounce) = &message.bounce {
        let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        writeln!(
            out,
            "bounce: {} {} status {} original {} reference {}",
            if bounce.failed { "failed" } else { "late" },
            text(bounce.recipient.as_ref().map(ToString::to_string)),
            text(bounce.status.clone()),
            text(bounce.original.as_ref().map(ToString::to_string)),
            text(bounce.own_reference.clone()),
        )
        .unwrap();
    }
    for attachment in &message.attachments {
        let name = attachment.name.as_deref().unwrap_or("-");
        writeln!(out, "attachment: {name} {}{}", attachment.media_type, if attachment.inline { " inline" } else { "" })
            .unwrap();
    }
    let warnings: Vec<&str> = message.warnings.iter().map(|warning| warning.as_str()).collect();
    writeln!(out, "warnings: {}", warnings.join(" ")).unwrap();
    writeln!(out, "oddities: {}", message.oddities.join("; ")).unwrap();
    writeln!(out, "--- new\n{}", message.words.new).unwrap();
    writeln!(out, "--- signed\n{}", message.words.signed).unwrap();
    writeln!(out, "--- signature\n{}", message.words.signature).unwrap();
    writeln!(out, "--- quoted\n{}", message.words.quoted).unwrap();
    out
}

#[test]
fn every_mail_reads_as_expected_with_either_line_end() {
    let mails = mails();
    assert!(mails.len() >= 40, "only {} mails were found", mails.len());
    let reader = reader();
    let mut wrong = String::new();
    for (path, bytes) in mails {
        let expected_path = path.with_extension("expected");
        let found = describe(&read(&bytes, &reader));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(&expected_path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
        for (form, bytes) in [("as it is", bytes.clone()), ("LF", with_lf(&bytes)), ("CRLF", with_crlf(&bytes))] {
            let found = describe(&read(&bytes, &reader));
            if found != expected {
                let difference = found
                    .lines()
                    .zip(expected.lines())
                    .find(|(found, expected)| found != expected)
                    .map_or_else(String::new, |(found, expected)| {
                        format!("  found    {found}\n  expected {expected}\n")
                    });
                write!(wrong, "{} ({form})\n{difference}", path.display()).unwrap();
            }
        }
        assert_eq!(identity(&with_lf(&bytes)), identity(&with_crlf(&bytes)), "{}", path.display());
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Reads within a bound that holds in a debug build on a busy machine, and gives the message.
fn in_time(bytes: &[u8], seconds: u64) -> Message {
    let begun = std::time::Instant::now();
    let message = read(bytes, &reader());
    let took = begun.elapsed();
    assert!(took.as_secs() < seconds, "{took:?} for {} bytes", bytes.len());
    message
}

#[test]
fn huge_and_deep_mails_are_read_in_time() {
    let head = "From: a@firm.example\nSubject: x\nMessage-ID: <a@b>\n";
    let plain = format!(
        "{head}\nPagata ieri.\n\n{}",
        "Il giorno 3 nov 2026 alle ore 10:12 e poi ancora altro\n".repeat(200_000)
    );
    let message = in_time(plain.as_bytes(), 20);
    assert!(message.words.new.starts_with("Pagata ieri."));
    assert!(message.warnings.contains(&sollecito::ledger::reading::Warning::Truncated));

    let one_line = format!("{head}\n{}", "a".repeat(10 << 20));
    in_time(one_line.as_bytes(), 20);

    let quotes: String = (1..500).map(|depth| format!("{} x\n", ">".repeat(depth))).collect();
    let message = in_time(format!("{head}\nsì\n\n{quotes}").as_bytes(), 10);
    assert_eq!(message.words.new, "sì");

    let html = format!("{head}Content-Type: text/html\n\npagata{}", "<div><blockquote>".repeat(100_000));
    assert_eq!(in_time(html.as_bytes(), 20).words.new, "pagata");
    let tags = format!("{head}Content-Type: text/html\n\n{}", "<a b='".repeat(100_000));
    in_time(tags.as_bytes(), 20);
    let styles = format!("{head}Content-Type: text/html\n\n{}", "<style>{".repeat(50_000));
    in_time(styles.as_bytes(), 20);

    let recipients = (0..10_000).map(|number| format!("p{number}@firm.example")).collect::<Vec<_>>().join(",\n ");
    let message = in_time(format!("To: {recipients}\n{head}\nciao").as_bytes(), 10);
    assert!(!message.to.is_empty() && message.to.len() <= 1_000);

    let nested = format!("{head}Content-Type: message/rfc822\n\n").repeat(20_000);
    in_time(nested.as_bytes(), 20);
    let multiparts: String =
        (0..20_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
    in_time(format!("{head}{multiparts}").as_bytes(), 30);
    let parts = format!("{head}Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(100_000));
    in_time(parts.as_bytes(), 30);
    let references = (0..50_000).map(|n| format!("<{n}@firm.example>")).collect::<Vec<_>>().join("\n ");
    assert!(in_time(format!("{head}References: {references}\n\nx").as_bytes(), 10).thread.len() <= 200);
    let comments = format!("{head}Authentication-Results: mx.ferri.example; {}\n\nx", "(".repeat(500_000));
    in_time(comments.as_bytes(), 10);
}

#[test]
fn nothing_is_not_a_mail_and_says_so() {
    for bytes in [&b""[..], b"\n", b"no header at all", b"\0\0\0\xff\xfe"] {
        let message = read(bytes, &reader());
        assert!(message.from.is_empty());
        assert_eq!(message.size, bytes.len());
    }
    assert!(!read(b"", &reader()).oddities.is_empty());
}

/// The guard of each promise is shown to hold: change the mail in one place and the verdict changes.
#[test]
fn one_change_turns_the_verdict() {
    use sollecito::ledger::words::{Authenticity, MessageKind};
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails/own");
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let verdict = |text: &str| read(text.as_bytes(), &reader());

    let good = text("pec-7bit.eml");
    assert_eq!(verdict(&good).authenticity, Authenticity::Pass);
    for (from, to) in [
        ("From: Ditta Bianchi <bianchi@", "From: Ditta Bianchi <altri@"),
        ("<posta-certificata@gestore", "<mario@gestore"),
        ("Authentication-Results: mx.ferri.example", "Authentication-Results: mx.other.test"),
        ("dmarc=pass header.from=gestore.example", "dmarc=none"),
    ] {
        assert!(good.contains(from), "{from}");
        let mut changed = good.replace(from, to);
        if to == "dmarc=none" {
            changed = changed
                .replace("header.d=gestore.example", "header.d=x.test")
                .replace("smtp.mailfrom=x@gestore", "smtp.mailfrom=x@y");
            changed = changed.replace("smtp.mailfrom=posta-certificata@gestore", "smtp.mailfrom=posta-certificata@y");
        }
        assert_ne!(verdict(&changed).authenticity, Authenticity::Pass, "{from} -> {to}");
    }
    assert_eq!(verdict(&good.replace("dmarc=pass", "dmarc=fail")).authenticity, Authenticity::Fail);

    let list = text("through-a-list.eml");
    assert_eq!(verdict(&list).kind, MessageKind::Reply);
    assert_eq!(verdict(&list.replace("In-Reply-To", "X-Nothing")).kind, MessageKind::Other);
    let ticket = text("ticket-person.eml");
    assert_eq!(verdict(&ticket.replace("3 Nov 2026, 10:02 CET", "")).kind, MessageKind::Other);
    let own = text("own-copy.eml");
    assert_eq!(verdict(&format!("Authentication-Results: x.test; dmarc=fail\n{own}")).kind, MessageKind::Reply);
}

mod anything {
    use super::{mails, reader};
    use proptest::prelude::*;
    use sollecito::message::{identity, read};

    /// What holds of every message, however it was made.
    fn check(bytes: &[u8]) {
        let message = read(bytes, &reader());
        for text in [&message.words.new, &message.words.signed, &message.subject] {
            assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        }
        assert!(!message.subject.contains('\n'));
        assert_eq!(message.identity, identity(bytes));
        assert_eq!(read(bytes, &reader()), message);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            check(&bytes);
        }

        #[test]
        fn random_text_as_mail(body in "(?s).{0,400}", html in any::<bool>()) {
            let kind = if html { "html" } else { "plain" };
            check(format!("From: a@b.test\nContent-Type: text/{kind}; charset=utf-8\n\n{body}").as_bytes());
        }

        #[test]
        fn mutated_mails(which in any::<prop::sample::Index>(), changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..12)) {
            let mails = mails();
            let mut bytes = which.get(&mails).1.clone();
            for (place, value, how) in changes {
                if bytes.is_empty() { break; }
                let at = place.index(bytes.len());
                match how {
                    0 => bytes[at] = value,
                    1 => { bytes.remove(at); }
                    2 => bytes.truncate(at),
                    _ => { let tail = bytes[at..].to_vec(); bytes.extend(tail); }
                }
            }
            check(&bytes);
        }
    }
}
