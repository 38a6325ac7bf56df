//! Tests of the strict layer over a pipe: each line of the table of what the library gets wrong.

use super::*;
use tokio::io::{AsyncReadExt, DuplexStream, duplex};

const SILENCE: Duration = Duration::from_millis(200);

/// Runs `ours` against a server that waits for a line and then says `says`, and closes or stays.
fn against<T>(says: &'static [u8], close: bool, ours: impl AsyncFnOnce(&mut Wire) -> T) -> T {
    scripted(vec![says], close, ours).0
}

/// The same with one answer for each line; what the server was told comes too.
fn scripted<T>(says: Vec<&'static [u8]>, close: bool, ours: impl AsyncFnOnce(&mut Wire) -> T) -> (T, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (near, far) = duplex(64 * 1024);
        let mut wire = Wire::new(Guard::new(Box::new(near), 1000, true), SILENCE);
        let server = tokio::spawn(serve(far, says, close));
        let result = ours(&mut wire).await;
        drop(wire);
        (result, server.await.unwrap())
    })
}

async fn serve(mut far: DuplexStream, says: Vec<&'static [u8]>, close: bool) -> String {
    let mut heard = Vec::new();
    let mut room = [0; 4096];
    for answer in says {
        let length = far.read(&mut room).await.unwrap_or(0);
        heard.extend_from_slice(&room[..length]);
        let _ = far.write_all(answer).await;
    }
    if !close {
        while let Ok(length @ 1..) = far.read(&mut room).await {
            heard.extend_from_slice(&room[..length]);
        }
    }
    String::from_utf8_lossy(&heard).into_owned()
}

fn command(says: &'static [u8], close: bool) -> (Result<Reply, Failed>, Vec<Untagged>) {
    against(says, close, async |wire| {
        let mut seen = Vec::new();
        let result = wire.command("UID SEARCH ALL", &mut |untagged| seen.push(untagged)).await;
        (result, seen)
    })
}

#[test]
fn only_the_own_tagged_ok_is_success() {
    let (result, seen) = command(b"* SEARCH 1 2\r\nX9 OK other\r\nS0001 OK done\r\n", false);
    assert!(result.is_ok());
    assert_eq!(seen, [Untagged::Search(vec![1, 2])]);
    assert!(matches!(command(b"S0001 NO [UNAVAILABLE] later\r\n", false).0, Err(Failed::No(_))));
    assert!(matches!(command(b"S0001 BAD\r\n", false).0, Err(Failed::Bad(_))));
    assert!(matches!(command(b"* BYE\r\n", true).0, Err(Failed::Bye(_))));
    assert_eq!(command(b"* SEARCH 1\r\n", true).0, Err(Failed::Closed));
    assert_eq!(command(b"* SEAR", true).0, Err(Failed::Closed));
    assert_eq!(command(b"* SEARCH 1\r\n", false).0, Err(Failed::Stalled));
}

#[test]
fn a_row_and_then_no_is_no() {
    let (result, seen) = command(b"* 1 FETCH (UID 7)\r\nS0001 NO gone\r\n", false);
    assert!(matches!(result, Err(Failed::No(_))));
    assert_eq!(seen.len(), 1);
}

#[test]
fn a_warning_is_no_refusal() {
    let (result, seen) = command(b"* NO [ALERT] quota is nearly full\r\nS0001 OK done\r\n", false);
    assert!(result.is_ok());
    assert_eq!(seen, [Untagged::Warning]);
}

#[test]
fn a_row_that_cannot_be_read_is_told() {
    let (result, _) = command(b"* 1 FETCH (((\r\nS0001 OK done\r\n", false);
    assert_eq!(result.unwrap().unreadable, 1);
}

#[test]
fn nothing_is_smuggled_into_a_command() {
    for text in ["a\r\nb", "a\nb", "a\0b"] {
        let result = against(b"", false, async |wire| wire.command(text, &mut |_| {}).await);
        assert_eq!(result, Err(Failed::Improper), "{text:?}");
    }
}

#[test]
fn a_slow_answer_is_no_silence() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(async {
        let (near, mut far) = duplex(64);
        let mut wire = Wire::new(Guard::new(Box::new(near), 1000, true), SILENCE);
        tokio::spawn(async move {
            for byte in b"S0001 OK done\r\n" {
                tokio::time::sleep(SILENCE / 4).await;
                far.write_all(&[*byte]).await.unwrap();
            }
            far
        });
        wire.command("NOOP", &mut |_| {}).await
    });
    assert!(result.is_ok(), "{result:?}");
}

#[test]
fn an_answer_that_never_ends_is_overdue() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(async {
        let (near, mut far) = duplex(64);
        let mut wire = Wire::new(Guard::new(Box::new(near), 1000, true), SILENCE);
        tokio::spawn(async move {
            while far.write_all(b"* OK Still here\r\n").await.is_ok() {
                tokio::time::sleep(SILENCE / 4).await;
            }
        });
        wire.command("NOOP", &mut |_| {}).await
    });
    assert!(matches!(result, Err(Failed::Overdue | Failed::Stalled)), "{result:?}");
}

#[test]
fn an_announced_giant_is_refused() {
    let (result, _) = command(b"* 1 FETCH (BODY[] {400000000}\r\nabc", false);
    assert_eq!(result, Err(Failed::Breach(Breach::TooLarge)));
}

#[test]
fn a_literal_waits_for_the_go_ahead_whatever_comes_before_it() {
    let mut steps = Vec::new();
    let (result, heard) =
        scripted(vec![b"* 9 EXISTS\r\n+ go\r\n", b"S0001 OK [APPENDUID 7 12] done\r\n"], false, async |wire| {
            let parts = [Part::Text("APPEND \"Sent\" "), Part::Literal(b"mail")];
            wire.parts(&parts, 1000, &mut |_| {}, &mut |step| steps.push(step)).await
        });
    assert_eq!(result.unwrap().appended, Some((7, 12)));
    assert_eq!(heard, "S0001 APPEND \"Sent\" {4}\r\nmail\r\n");
    assert_eq!(steps, [Sending::Begins, Sending::Sent]);
}

#[test]
fn a_literal_refused_is_never_sent() {
    let (result, heard) = scripted(vec![b"S0001 NO [TRYCREATE] no\r\n"], false, async |wire| {
        let parts = [Part::Text("APPEND \"Sent\" "), Part::Literal(b"mail")];
        wire.parts(&parts, 1000, &mut |_| {}, &mut |_| panic!("sent")).await
    });
    assert!(matches!(result, Err(Failed::No(words)) if words.code == "TRYCREATE"));
    assert_eq!(heard, "S0001 APPEND \"Sent\" {4}\r\n");
}

#[test]
fn an_ok_in_place_of_the_go_ahead_is_no_go_ahead() {
    let (result, heard) = scripted(vec![b"S0001 OK done\r\n"], false, async |wire| {
        let parts = [Part::Text("APPEND \"Sent\" "), Part::Literal(b"mail")];
        wire.parts(&parts, 1000, &mut |_| {}, &mut |_| panic!("sent")).await
    });
    assert_eq!(result, Err(Failed::Unreadable));
    assert_eq!(heard, "S0001 APPEND \"Sent\" {4}\r\n");
}

#[test]
fn a_refused_token_is_answered_with_an_empty_line_and_its_reason_kept() {
    let reason = b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n";
    let ((result, kept), heard) = scripted(vec![b"+ \r\n", reason, b"S0001 NO refused\r\n"], false, async |wire| {
        wire.authenticate("XOAUTH2", b"token", &mut |_| {}).await
    });
    assert!(matches!(result, Err(Failed::No(_))));
    assert_eq!(kept.unwrap(), br#"{"status":"401"}"#);
    assert_eq!(heard, "S0001 AUTHENTICATE XOAUTH2\r\ndG9rZW4=\r\n\r\n");
}

fn idle(says: Vec<&'static [u8]>, close: bool) -> (Result<IdleEnd, Failed>, usize) {
    let mut news = 0;
    let mut ticks = 0;
    let (result, _) = scripted(says, close, async |wire| {
        wire.idle(SILENCE / 4, SILENCE, &mut |_| news += 1, &mut || {
            ticks += 1;
            if ticks > 6 { Idling::Leave } else { Idling::On }
        })
        .await
    });
    (result, news)
}

#[test]
fn idle_ends_as_it_ends() {
    assert_eq!(idle(vec![b"+ idling\r\n* 3 EXISTS\r\n", b"S0001 OK\r\n"], false), (Ok(IdleEnd::Ours), 1));
    assert_eq!(idle(vec![b"* 3 EXISTS\r\n+ \r\n", b"* 2 EXPUNGE\r\nS0001 OK\r\n"], false).1, 2);
    assert_eq!(idle(vec![b"+ idling\r\nS0001 OK\r\n"], false), (Ok(IdleEnd::Theirs), 0));
    assert!(matches!(idle(vec![b"S0001 NO\r\n"], false).0, Err(Failed::No(_))));
    assert!(matches!(idle(vec![b"S0001 BAD\r\n"], false).0, Err(Failed::Bad(_))));
    assert_eq!(idle(vec![b"+ idling\r\n"], true).0, Err(Failed::Closed));
    assert!(matches!(idle(vec![b"+ idling\r\n* BYE\r\n"], true).0, Err(Failed::Bye(_))));
    // No answer to DONE.
    assert_eq!(idle(vec![b"+ idling\r\n"], false).0, Err(Failed::Stalled));
}

#[test]
fn an_idle_that_is_talked_about_and_never_begun_is_overdue() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let result = runtime.block_on(async {
        let (near, mut far) = duplex(64);
        let mut wire = Wire::new(Guard::new(Box::new(near), 1000, true), SILENCE);
        tokio::spawn(async move {
            while far.write_all(b"* OK Still here\r\n").await.is_ok() {
                tokio::time::sleep(SILENCE / 4).await;
            }
        });
        let (mut on, mut attend) = (|_| {}, || Idling::On);
        timeout(SILENCE * 20, wire.idle(SILENCE, SILENCE, &mut on, &mut attend)).await
    });
    assert!(matches!(result, Ok(Err(Failed::Overdue | Failed::Stalled))), "{result:?}");
}

#[test]
fn a_connection_that_said_more_in_clear_is_not_encrypted() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (says, injected) in [
        (b"S0001 OK begin\r\n".as_slice(), false),
        (b"S0001 OK begin\r\n* CAPABILITY IMAP4rev1\r\n", true),
        (b"S0001 OK begin\r\n* CAP", true),
    ] {
        let result = runtime.block_on(async {
            let (near, far) = duplex(1024);
            let wire = Wire::new(Guard::new(Box::new(near), 1000, true), SILENCE);
            let server = tokio::spawn(serve(far, vec![says], true));
            let result = wire.start_tls().await.map(|_| ());
            server.await.unwrap();
            result
        });
        assert_eq!(result.is_err(), injected, "{result:?}");
    }
}
