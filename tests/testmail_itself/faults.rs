//! Each fault of the script bites.

use crate::speaker::{Speaker, State};
use crate::testmail::imap::{
    Act, CutPlan, Ending, Fault, ImapServer, RowFault, Side, Then, When, after, amid, bad, before, bye, closes,
    huge_literal, no, says, stalls,
};
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(60);
const LONG: Duration = Duration::from_secs(3);

fn server() -> ImapServer {
    let server = ImapServer::plain();
    for number in 1..=3 {
        server.deliver("INBOX", format!("Subject: {number}\r\n\r\n{number}\r\n").as_bytes());
    }
    server
}

/// A server with one fault, and a client that has the INBOX open.
fn with(fault: Fault) -> (ImapServer, Speaker) {
    let server = server();
    server.fault(fault);
    let mut speaker = Speaker::logged_in(&server);
    speaker.ask("EXAMINE INBOX");
    (server, speaker)
}

#[test]
fn refusals_in_their_kinds() {
    for (act, answer) in [
        (no("[UNAVAILABLE] later"), "t NO [UNAVAILABLE] later\r\n"),
        (bad("what"), "t BAD what\r\n"),
        (bad(""), "t BAD\r\n"),
        (says("{tag} OK\r\n"), "t OK\r\n"),
        (before("* NO [ALERT] quota\r\n"), "* NO [ALERT] quota\r\n* 1 FETCH (UID 1)\r\nt OK fetched\r\n"),
        (amid(1, "* FOO\r\n"), "* 1 FETCH (UID 1)\r\n* FOO\r\nt OK fetched\r\n"),
        (Act::Cut(1, Then::No("no more".to_owned())), "* 1 FETCH (UID 1)\r\nt NO no more\r\n"),
    ] {
        let (_server, mut speaker) = with(Fault::at("UID FETCH", act));
        assert_eq!(speaker.ask("UID FETCH 1 (UID)").trim_start_matches("+ "), answer);
        assert_eq!(speaker.ask("NOOP"), "t OK done\r\n", "goes on");
    }
    let (_server, mut speaker) = with(Fault::at("NOOP", after("* 9 EXISTS\r\n")));
    speaker.begin("NOOP");
    assert!(speaker.until("EXISTS\r\n").ends_with("OK done\r\n* 9 EXISTS\r\n"));
}

#[test]
fn endings_in_their_kinds() {
    for (act, text, state) in [
        (bye("over"), "* BYE over\r\n", State::Closed),
        (closes(Ending::Polite), "", State::Closed),
        (closes(Ending::Reset), "", State::Reset),
        (Act::Cut(1, Then::Close(Ending::Polite)), "* 1 FETCH (UID 1)\r\n", State::Closed),
        (Act::Cut(1, Then::Half(Ending::Polite)), "* 1 FETCH (UID 1)\r\n* 2 FETCH", State::Closed),
        (stalls(), "", State::Open),
        (huge_literal(400_000_000), "* 1 FETCH (UID 1 BODY[] {400000000}\r\nabc", State::Open),
    ] {
        let (_server, mut speaker) = with(Fault::at("UID FETCH", act));
        speaker.begin("UID FETCH 1:3 (UID)");
        let within = if state == State::Open { SHORT } else { LONG };
        let (said, ended) = speaker.rest(within);
        assert_eq!((said.as_str(), ended), (text, state));
    }
}

#[test]
fn at_the_greeting_in_idle_and_at_done() {
    let server = server();
    server.fault(Fault::when(When::Greeting, bye("too busy")).once());
    let mut speaker = Speaker::silent(&server);
    assert_eq!(speaker.rest(LONG), ("* BYE too busy\r\n".to_owned(), State::Closed));

    let (_server, mut speaker) = with(Fault::when(When::Idle, bye("restart")));
    speaker.begin("IDLE");
    assert_eq!(speaker.rest(LONG), ("+ idling\r\n* BYE restart\r\n".to_owned(), State::Closed));

    let (_server, mut speaker) = with(Fault::when(When::Done, stalls()));
    speaker.begin("IDLE");
    speaker.until("+ idling\r\n");
    speaker.say("DONE\r\n");
    assert_eq!(speaker.rest(SHORT), (String::new(), State::Open));

    let (_server, mut speaker) = with(Fault::at("IDLE", bad("")));
    assert_eq!(speaker.ask("IDLE"), "t BAD\r\n");
}

#[test]
fn around_the_literal_of_an_append() {
    let (server, mut speaker) = with(Fault::at("APPEND", no("[OVERQUOTA] full")));
    assert_eq!(speaker.ask("APPEND \"Sent\" {5}"), "t NO [OVERQUOTA] full\r\n");
    server.no_more_faults();
    server.fault(Fault::at("APPEND", before("* 9 EXISTS\r\n")));
    let tag = speaker.begin("APPEND \"Sent\" {5}");
    assert_eq!(speaker.until("+ go on\r\n"), "* 9 EXISTS\r\n+ go on\r\n");
    speaker.say("abcde\r\n");
    assert!(speaker.answer(&tag).starts_with("t OK [APPENDUID"));
    // Heard and not kept; kept and not answered.
    for (act, kept) in [(closes(Ending::Polite), 1), (Act::Cut(0, Then::Close(Ending::Polite)), 2)] {
        server.no_more_faults();
        server.fault(Fault::when(When::Appending, act));
        let mut speaker = Speaker::logged_in(&server);
        speaker.begin("APPEND \"Sent\" {5}");
        speaker.until("+ go on\r\n");
        speaker.say("fghij\r\n");
        assert_eq!(speaker.rest(LONG), (String::new(), State::Closed));
        assert_eq!(server.snapshot()["Sent"].mails.len(), kept);
    }
}

#[test]
fn how_often_on_which_connection_and_after_how_many() {
    let server = server();
    server.fault(Fault::at("NOOP", no("2")).on(2));
    server.fault(Fault::at("NOOP", no("later")).on(1).after(1).once());
    server.fault(Fault::at("UID FETCH", no("body")).with("BODY.PEEK[]"));
    server.fault(Fault::when(When::Nth(4), no("fourth")).on(2));
    let (mut one, mut two) = (Speaker::logged_in(&server), Speaker::logged_in(&server));
    let said: Vec<String> = (0..3).map(|_| one.ask("NOOP")).collect();
    assert_eq!(said, ["t OK done\r\n", "t NO later\r\n", "t OK done\r\n"]);
    assert_eq!(two.ask("NOOP"), "t NO 2\r\n");
    two.ask("EXAMINE INBOX");
    assert_eq!(two.ask("UID FETCH 1 (UID)"), "t NO fourth\r\n");
    assert_eq!(two.ask("UID FETCH 1 (BODY.PEEK[])"), "t NO body\r\n");
    assert!(two.ask("UID FETCH 1 (BODY.PEEK[HEADER])").ends_with("t OK fetched\r\n"));
}

#[test]
fn rows_that_are_not_as_they_should_be() {
    let row = |number: u32| format!("* {number} FETCH (UID {number} FLAGS (\\Recent) RFC822.SIZE 17)\r\n");
    let all = "UID FETCH 1:3 (FLAGS RFC822.SIZE)";
    for (fault, rows) in [
        (RowFault::LeaveOut(vec![2]), row(1) + &row(3)),
        (RowFault::Reversed, row(3) + &row(2) + &row(1)),
        (RowFault::Twice, [1, 1, 2, 2, 3, 3].map(row).concat()),
        (RowFault::Size("-1".to_owned()), [1, 2, 3].map(row).concat().replace("SIZE 17", "SIZE -1")),
        (RowFault::NoSize, [1, 2, 3].map(row).concat().replace(" RFC822.SIZE 17", "")),
        (RowFault::NoUid, [1, 2, 3].map(|number| row(number).replace(&format!("UID {number} "), "")).concat()),
        (
            RowFault::ItemsTurned,
            [1, 2, 3].map(|n| format!("* {n} FETCH (RFC822.SIZE 17 FLAGS (\\Recent) UID {n})\r\n")).concat(),
        ),
        (RowFault::FlagsBetween, [1, 2, 3].map(|n| row(n) + &format!("* {n} FETCH (FLAGS (\\Flagged))\r\n")).concat()),
        (
            RowFault::UidShifted(5),
            [1, 2, 3].map(|n| row(n).replace(&format!("UID {n}"), &format!("UID {}", n + 5))).concat(),
        ),
    ] {
        let (_server, mut speaker) = with(Fault::at("UID FETCH", Act::Rows(vec![fault])));
        assert_eq!(speaker.ask(all), rows + "t OK fetched\r\n");
    }
    for (fault, said) in [
        (RowFault::BodyNil, "BODY[] NIL)"),
        (RowFault::BodyShort(2), "BODY[] {15}\r\nSubject: 1\r\n\r\n1)"),
        (RowFault::NoBody, "(UID 1)"),
        (RowFault::SmallLetters, "body[] {17}"),
        (RowFault::Foreign(77), "UID 77 BODY[] {"),
        (RowFault::TwiceDifferent, "another"),
        (RowFault::MoreItems, "MODSEQ (12121231777)"),
    ] {
        let (_server, mut speaker) = with(Fault::at("UID FETCH", Act::Rows(vec![fault])));
        let answer = speaker.ask("UID FETCH 1 (BODY.PEEK[])");
        assert!(answer.contains(said), "{answer}");
    }
    let (_server, mut speaker) = with(Fault::at("UID FETCH", Act::Rows(vec![RowFault::DateNil, RowFault::BodyQuoted])));
    let answer = speaker.ask("UID FETCH 1 (INTERNALDATE BODY.PEEK[]<9.1>)");
    assert_eq!(answer, "* 1 FETCH (UID 1 INTERNALDATE NIL BODY[]<9> \"1\")\r\nt OK fetched\r\n");
}

#[test]
fn slow_and_late() {
    for act in [Act::Drip(Duration::from_millis(3)), Act::Late(Duration::from_millis(40))] {
        let (_server, mut speaker) = with(Fault::at("NOOP", act));
        let start = Instant::now();
        assert_eq!(speaker.ask("NOOP"), "t OK done\r\n");
        assert!(start.elapsed() >= Duration::from_millis(30), "{:?}", start.elapsed());
    }
}

#[test]
fn cut_after_so_many_bytes_said_or_heard() {
    let (probe, mut speaker) = with(Fault::at("NOOP", no("never asked")));
    speaker.ask("UID FETCH 1 (UID)");
    let counts = probe.counts();
    for (side, bytes) in [(Side::Said, counts.said), (Side::Heard, counts.heard)] {
        for short in [0, 1, 15] {
            let server = server();
            server.cut(CutPlan { side, bytes: bytes - short, ending: Ending::Polite });
            let mut speaker = Speaker::logged_in(&server);
            speaker.ask("EXAMINE INBOX");
            let tag = speaker.begin("UID FETCH 1 (UID)");
            let whole = format!("* 1 FETCH (UID 1)\r\n{tag} OK fetched\r\n");
            let expected = if side == Side::Said { &whole[..whole.len() - short] } else { "" };
            assert_eq!(speaker.rest(LONG), (expected.to_owned(), State::Closed));
            assert!(server.cut_was_made());
            Speaker::logged_in(&server);
        }
    }
}

#[test]
fn restarts_and_is_away() {
    let server = server();
    let mut speaker = Speaker::logged_in(&server);
    server.restart();
    assert_eq!(speaker.rest(LONG), ("* BYE shutting down\r\n".to_owned(), State::Closed));
    server.away(true);
    assert_eq!(Speaker::silent(&server).rest(LONG).0, "");
    server.away(false);
    Speaker::logged_in(&server);
}
