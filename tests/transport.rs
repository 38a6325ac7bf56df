//! Mail out: what a server may do at any moment, and what is concluded from it.
// A test ends with a panic when what it needs is not there, also in its helpers.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod testmail;

use sollecito::ledger::ids::Address;
use sollecito::network::{KnownSecret, Login, LoginMethod, Secret, Security};
use sollecito::transport::folder::FolderTransport;
use sollecito::transport::smtp::{SmtpSettings, SmtpTransport, Timeouts};
use sollecito::transport::{Answer, Envelope, NotOpened, Outcome, Transport};
use std::fs;
use std::time::{Duration, Instant};
use testmail::{Act, Plan, Server, say, tls_file};

const MAIL: &[u8] = b"Message-ID: <one@studio.example>\r\nSubject: Sollecito\r\n\r\nBuongiorno\r\n.\r\n";

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn envelope(recipients: &[&str]) -> Envelope {
    Envelope { from: address("io@studio.example"), recipients: recipients.iter().map(|text| address(text)).collect() }
}

fn one() -> Envelope {
    envelope(&["lucia@cliente.example"])
}

fn settings(server: &Server) -> SmtpSettings {
    let long = Duration::from_secs(20);
    SmtpSettings {
        host: "localhost".to_owned(),
        port: server.address.port(),
        security: Security::PlainLoopback,
        login: None,
        ca_file: None,
        hello_name: None,
        timeouts: Timeouts { connect: long, command: long, body: long, end: long },
    }
}

fn with_login(server: &Server) -> SmtpSettings {
    let source = std::sync::Arc::new(KnownSecret(Secret::new("s3gr3t0".to_owned())));
    let login = Login { user: "io@studio.example".to_owned(), method: LoginMethod::Password, source };
    SmtpSettings { login: Some(login), ..settings(server) }
}

fn send(transport: &mut SmtpTransport, envelope: &Envelope) -> Result<Outcome, NotOpened> {
    transport.open(envelope).map(|ready| ready.deliver(MAIL))
}

fn send_by(plan: Plan) -> (Result<Outcome, NotOpened>, Server) {
    let server = Server::start(vec![plan]);
    let result = send(&mut SmtpTransport::new(settings(&server)), &one());
    (result, server)
}

/// As [`send_by`], with little patience at one place only, so that a slow machine changes nothing elsewhere.
fn send_hastily(plan: Plan, haste: impl Fn(&mut Timeouts)) -> (Result<Outcome, NotOpened>, Server) {
    let server = Server::start(vec![plan]);
    let mut settings = settings(&server);
    haste(&mut settings.timeouts);
    let result = send(&mut SmtpTransport::new(settings), &one());
    (result, server)
}

const SHORT: Duration = Duration::from_millis(150);

fn is_later(result: &Result<Outcome, NotOpened>) -> bool {
    matches!(result, Err(NotOpened::Later(_)))
}

fn is_unreachable(result: &Result<Outcome, NotOpened>) -> bool {
    matches!(result, Err(NotOpened::Unreachable(_)))
}

fn is_stopped(result: &Result<Outcome, NotOpened>) -> bool {
    matches!(result, Err(NotOpened::Stopped { remedy, .. }) if !remedy.is_empty())
}

#[test]
fn a_mail_goes_out_byte_for_byte_and_the_queue_id_comes_back() {
    let (result, server) = send_by(Plan::default());
    assert_eq!(result, Ok(Outcome::Accepted("250 2.0.0 queued as ABC123".to_owned())));
    let wire = b"Message-ID: <one@studio.example>\r\nSubject: Sollecito\r\n\r\nBuongiorno\r\n..\r\n".to_vec();
    assert_eq!(server.bodies(), vec![wire]);
    assert_eq!(server.count("MAIL FROM:<io@studio.example> BODY=8BITMIME"), 1);
    assert_eq!(server.count("RCPT TO:<lucia@cliente.example>"), 1);
    assert_eq!(server.count("EHLO [127.0.0.1]"), 1);
}

#[test]
fn taken_and_then_silent_is_unknown() {
    for end in [
        Act::Close,
        Act::Stall,
        Act::Drip,
        say("hello?"),
        say("2x0 ok"),
        say("354 more"),
        say("250-unfinished"),
        say("250-one\r\n550 another"),
        say(&format!("{}250 ok", "250-more\r\n".repeat(200))),
        say(&format!("250 {}", "x".repeat(10_000))),
        say("999 what"),
    ] {
        let shown = format!("{end:?}");
        let start = Instant::now();
        let (result, server) = send_hastily(Plan::default().ending(end, true), |timeouts| timeouts.end = SHORT);
        assert!(matches!(result, Ok(Outcome::Unknown(_))), "{shown}: {result:?}");
        assert_eq!(server.bodies().len(), 1, "{shown}");
        assert!(start.elapsed() < Duration::from_secs(5), "{shown}");
    }
}

#[test]
fn a_no_after_the_body_is_told_by_its_code_alone() {
    for (end, later) in [
        (say("451 4.3.0 try again"), true),
        (Act::SayAndClose("421 4.7.0 too many".to_owned()), true),
        (say("452 permanently accepted"), true),
        (say("550 5.7.1 temporary"), false),
        (say("554-5.6.0 one\r\n554 5.6.0 two"), false),
    ] {
        let (result, _server) = send_by(Plan::default().ending(end, false));
        match result {
            Ok(Outcome::Later(_)) => assert!(later),
            Ok(Outcome::Refused(_)) => assert!(!later),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn whatever_happens_before_the_body_means_that_nothing_was_sent() {
    for line in ["EHLO", "MAIL", "RCPT", "DATA"] {
        for act in [Act::Close, Act::Stall, Act::Drip, say("garbage"), say("421 4.7.0 busy"), say("451 4.3.0 later")] {
            let shown = format!("{line} {act:?}");
            let plan = Plan::default().with(line, act);
            let (result, server) = send_hastily(plan, |timeouts| timeouts.command = SHORT);
            // What is said of a mail puts off that mail; everything else is about the server.
            let of_the_mail = line != "EHLO" && shown.contains("451");
            assert!(if of_the_mail { is_later(&result) } else { is_unreachable(&result) }, "{shown}: {result:?}");
            assert!(server.bodies().is_empty(), "{shown}");
        }
    }
    let (result, server) = send_by(Plan::default().with("DATA", say("250 ok")));
    assert!(is_unreachable(&result) && server.bodies().is_empty(), "{result:?}");
    let early = say("354 go ahead\r\n250 already queued");
    let (result, server) = send_by(Plan::default().with("DATA", early));
    assert!(server.bodies().is_empty() && !matches!(result, Ok(Outcome::Accepted(_))), "{result:?}");
}

#[test]
fn greetings_are_told_apart() {
    for act in [Act::Close, Act::Stall, say("421 busy"), say("SSH-2.0-x")] {
        let plan = Plan { greeting: act, ..Plan::default() };
        let (result, _server) = send_hastily(plan, |timeouts| timeouts.connect = SHORT);
        assert!(is_unreachable(&result), "{result:?}");
    }
    let (result, _server) = send_by(Plan { greeting: say("554 no mail from you"), ..Plan::default() });
    assert!(is_stopped(&result), "{result:?}");
}

#[test]
fn nobody_listening_is_unreachable() {
    let server = Server::start(vec![Plan::default()]);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut transport = SmtpTransport::new(SmtpSettings { port: free, ..settings(&server) });
    assert!(is_unreachable(&send(&mut transport, &one())));
}

#[test]
fn recipients_have_answers_of_their_own() {
    let all = envelope(&["a@cliente.example", "b@cliente.example", "c@cliente.example"]);
    let plan = Plan::default()
        .with("RCPT TO:<b@", say("550 5.1.1 no such user"))
        .with("RCPT TO:<c@", say("450 4.2.0 greylisted"));
    let server = Server::start(vec![plan]);
    let mut transport = SmtpTransport::new(settings(&server));
    let ready = transport.open(&all).unwrap();
    let answers: Vec<_> = ready.recipients().iter().map(|one| (one.address.as_str(), one.answer.clone())).collect();
    assert_eq!(
        answers,
        vec![
            ("a@cliente.example", Answer::Accepted),
            ("b@cliente.example", Answer::Refused("550 5.1.1 no such user".to_owned())),
            ("c@cliente.example", Answer::Later("450 4.2.0 greylisted".to_owned())),
        ]
    );
    assert!(matches!(ready.deliver(MAIL), Outcome::Accepted(_)));
    assert_eq!(server.bodies().len(), 1);
}

#[test]
fn without_any_recipient_no_body_is_asked_for_and_the_next_mail_goes() {
    let plan = Plan::default()
        .with("RCPT TO:<b@", say("550 5.1.1 no such user"))
        .with("RCPT TO:<c@", say("450 4.2.0 greylisted"));
    let server = Server::start(vec![plan]);
    let mut transport = SmtpTransport::new(settings(&server));
    match send(&mut transport, &envelope(&["b@cliente.example"])) {
        Err(NotOpened::Refused(answers, _)) => assert_eq!(answers.len(), 1),
        other => panic!("{other:?}"),
    }
    assert!(is_later(&send(&mut transport, &envelope(&["b@cliente.example", "c@cliente.example"]))));
    assert_eq!(server.count("DATA"), 0);
    assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Accepted(_))));
    assert_eq!(server.count("(connected)"), 1);
    assert_eq!(server.count("RSET"), 2);
}

#[test]
fn a_batch_logs_in_once_and_a_closed_connection_is_replaced_without_loss() {
    let closing = Plan::default().ending(Act::SayAndClose("250 queued".to_owned()), true);
    let server = Server::start(vec![closing, Plan::default()]);
    let mut transport = SmtpTransport::new(with_login(&server));
    for _ in 0..4 {
        assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Accepted(_))));
    }
    assert_eq!(server.bodies().len(), 4);
    assert_eq!(server.count("(connected)"), 2);
    assert_eq!(server.count("AUTH"), 2);
}

#[test]
fn a_server_out_of_step_is_not_asked_again_on_that_connection() {
    let chatty = Plan::default().ending(say("250 queued\r\n250 and another"), true);
    let server = Server::start(vec![chatty, Plan::default()]);
    let mut transport = SmtpTransport::new(settings(&server));
    assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Accepted(_))));
    assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Accepted(_))));
    assert_eq!(server.count("(connected)"), 2);
}

#[test]
fn a_connection_that_says_too_much_when_it_is_taken_up_again_is_left() {
    let chatty = Plan::default().with("RSET", say("250 ok\r\n250 and another"));
    let server = Server::start(vec![chatty, Plan::default()]);
    let mut transport = SmtpTransport::new(settings(&server));
    for _ in 0..2 {
        assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Accepted(_))));
    }
    assert_eq!((server.count("(connected)"), server.bodies().len()), (2, 2));
}

/// It says that all is well and reads no further: what it took, nobody knows.
#[test]
fn a_yes_in_the_middle_of_the_body_is_no_yes() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut lines = BufReader::with_capacity(1, socket.try_clone().unwrap()).lines();
        socket.write_all(b"220 ready\r\n").unwrap();
        while let Some(Ok(line)) = lines.next() {
            let go_ahead = line == "DATA";
            socket.write_all(if go_ahead { b"354 go ahead\r\n" } else { b"250 fine\r\n" }).unwrap();
            if go_ahead {
                lines.next();
                socket.write_all(b"250 2.0.0 queued\r\n").unwrap();
                return (socket, lines);
            }
        }
        panic!("no mail came");
    });
    let short = Duration::from_millis(500);
    let long = Duration::from_secs(20);
    let settings = SmtpSettings {
        host: "localhost".to_owned(),
        port: address.port(),
        security: Security::PlainLoopback,
        login: None,
        ca_file: None,
        hello_name: None,
        timeouts: Timeouts { connect: long, command: long, body: short, end: short },
    };
    let mut transport = SmtpTransport::new(settings);
    let body = b"Subject: x\r\n\r\n".iter().copied().chain(b"text\r\n".repeat(4 << 20)).collect::<Vec<u8>>();
    let outcome = transport.open(&one()).unwrap().deliver(&body);
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    drop(server.join().unwrap());
}

#[test]
fn a_line_break_in_our_own_name_does_not_become_a_command() {
    let server = Server::start(vec![Plan::default()]);
    let smuggling = SmtpSettings { hello_name: Some("studio\r\nVRFY lucia".to_owned()), ..settings(&server) };
    assert!(is_unreachable(&send(&mut SmtpTransport::new(smuggling), &one())));
    assert_eq!(server.count("EHLO") + server.count("VRFY"), 0);
}

#[test]
fn a_server_that_says_goodbye_after_the_body_is_not_asked_again_on_that_connection() {
    // It has not closed yet, and would take no more.
    let parting = Plan::default().ending(say("421 4.3.2 closing"), false);
    let server = Server::start(vec![parting, Plan::default()]);
    let mut transport = SmtpTransport::new(settings(&server));
    assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Later(_))));
    assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Accepted(_))));
    assert_eq!((server.count("(connected)"), server.count("RSET")), (2, 0));
}

#[test]
fn a_go_ahead_that_is_not_used_leaves_no_mail_behind() {
    let server = Server::start(vec![Plan::default()]);
    let mut transport = SmtpTransport::new(settings(&server));
    drop(transport.open(&one()).unwrap());
    assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Accepted(_))));
    assert_eq!(server.bodies().len(), 1);
    assert_eq!(server.count("(connected)"), 2);
}

#[test]
fn the_size_is_announced_and_a_mail_too_large_is_not_begun() {
    let small = Plan { offers: vec!["SIZE 40"], ..Plan::default() };
    let server = Server::start(vec![small]);
    let mut transport = SmtpTransport::new(settings(&server));
    transport.announce(MAIL);
    assert!(matches!(send(&mut transport, &one()), Err(NotOpened::Refused(_, reason)) if reason.contains("40")));
    assert_eq!(server.count("MAIL"), 0);
    // Without the announcement it is noticed later, and still nothing is sent.
    assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Refused(_))));
    assert!(server.bodies().is_empty());

    let server = Server::start(vec![Plan::default()]);
    let mut transport = SmtpTransport::new(settings(&server));
    transport.announce(MAIL);
    assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Accepted(_))));
    assert_eq!(server.count(&format!("MAIL FROM:<io@studio.example> SIZE={} BODY", MAIL.len())), 1);
}

#[test]
fn what_a_server_cannot_take_is_refused_without_a_word_of_it() {
    let old = Plan { offers: vec![], ..Plan::default() };
    for body in ["è\r\n".as_bytes(), b"a\r.\rb\r\n"] {
        let server = Server::start(vec![old.clone()]);
        let mut transport = SmtpTransport::new(settings(&server));
        assert!(matches!(transport.open(&one()).unwrap().deliver(body), Outcome::Refused(_)));
        assert!(server.bodies().is_empty());
        assert_eq!(server.count("MAIL FROM:<io@studio.example>"), 1);
    }
    let server = Server::start(vec![old]);
    let mut transport = SmtpTransport::new(settings(&server));
    assert!(matches!(send(&mut transport, &envelope(&["nicolò@cliente.example"])), Err(NotOpened::Refused(..))));
    let modern = Server::start(vec![Plan { offers: vec!["SMTPUTF8", "8BITMIME"], ..Plan::default() }]);
    let mut transport = SmtpTransport::new(settings(&modern));
    assert!(matches!(send(&mut transport, &envelope(&["nicolò@cliente.example"])), Ok(Outcome::Accepted(_))));
    assert_eq!(modern.count("MAIL FROM:<io@studio.example> BODY=8BITMIME SMTPUTF8"), 1);
}

#[test]
fn both_kinds_of_login_are_spoken() {
    let plain = "AUTH PLAIN AGlvQHN0dWRpby5leGFtcGxlAHMzZ3IzdDA=";
    let server = Server::start(vec![Plan::default()]);
    assert_eq!(SmtpTransport::new(with_login(&server)).probe(None), Ok(()));
    assert_eq!(server.count(plain), 1);

    let asks = Plan::default().with("AUTH PLAIN", say("334 ")).with("AGlv", say("235 ok"));
    let server = Server::start(vec![asks]);
    assert_eq!(SmtpTransport::new(with_login(&server)).probe(None), Ok(()));

    let login = Plan { offers: vec!["AUTH LOGIN"], ..Plan::default() }
        .with("AUTH LOGIN", say("334 VXNlcm5hbWU6"))
        .with("aW9Ac3R1ZGlvLmV4YW1wbGU=", say("334 UGFzc3dvcmQ6"))
        .with("czNncjN0MA==", say("235 ok"));
    let server = Server::start(vec![login]);
    assert_eq!(SmtpTransport::new(with_login(&server)).probe(None), Ok(()));
}

#[test]
fn a_refused_login_stops_and_a_busy_one_waits() {
    let result_of = |plan: Plan| {
        let server = Server::start(vec![plan]);
        send(&mut SmtpTransport::new(with_login(&server)), &one())
    };
    assert!(is_stopped(&result_of(Plan::default().with("AUTH", say("535 5.7.8 bad credentials")))));
    assert!(is_stopped(&result_of(Plan { offers: vec!["AUTH XOAUTH2"], ..Plan::default() })));
    assert!(is_stopped(&result_of(Plan { offers: vec![], ..Plan::default() })));
    assert!(is_unreachable(&result_of(Plan::default().with("AUTH", say("454 4.7.0 too many logins")))));
    assert!(is_stopped(&result_of(Plan::default().with("MAIL", say("530 5.7.0 authentication required")))));
    assert!(is_stopped(&result_of(Plan::default().with("RCPT", say("530 5.7.0 authentication required")))));
}

#[test]
fn a_token_is_said_once_and_its_refusal_is_read() {
    let login = || {
        let source = std::sync::Arc::new(KnownSecret(Secret::new("t0k3n".to_owned())));
        Login { user: "io@studio.example".to_owned(), method: LoginMethod::Token, source }
    };
    let result_of = |plan: Plan| {
        let server = Server::start(vec![Plan { offers: vec!["AUTH PLAIN XOAUTH2"], ..plan }]);
        let settings = SmtpSettings { login: Some(login()), ..settings(&server) };
        (send(&mut SmtpTransport::new(settings), &one()), server)
    };
    let (result, server) = result_of(Plan::default());
    assert!(matches!(result, Ok(Outcome::Accepted(_))), "{result:?}");
    // base64 of user=io@studio.example^Aauth=Bearer t0k3n^A^A
    assert_eq!(server.count("AUTH XOAUTH2 dXNlcj1pb0BzdHVkaW8uZXhhbXBsZQFhdXRoPUJlYXJlciB0MGszbgEB"), 1);
    // A refused token: the server explains itself, waits for an empty line, and only then says no.
    let challenge = Plan::default()
        .with("EHLO", say("250-mx.test\r\n250 AUTH XOAUTH2"))
        .with("AUTH", say("334 eyJzdGF0dXMiOiI0MDEifQ=="))
        .with("", say("535 5.7.8 no"));
    let (result, server) = result_of(challenge);
    assert!(is_stopped(&result), "{result:?}");
    let said: Vec<String> = server.heard().into_iter().filter(|line| line.contains("XOAUTH2")).collect();
    assert_eq!(said.len(), 1, "the token is not said again");
    assert!(server.heard().contains(&String::new()), "the empty line was sent");
    // A server without tokens is not given the token as a password.
    let server = Server::start(vec![Plan::default()]);
    let result = send(&mut SmtpTransport::new(SmtpSettings { login: Some(login()), ..settings(&server) }), &one());
    assert!(is_stopped(&result) && server.count("AUTH") == 0, "{result:?}");
}

#[test]
fn passwords_are_not_shown() {
    let server = Server::start(vec![Plan::default()]);
    let mut transport = SmtpTransport::new(with_login(&server));
    transport.probe(None).unwrap();
    let shown = format!("{transport:?}");
    assert!(shown.contains("«…»") && !shown.contains("s3gr3t0"), "{shown}");
}

fn encrypted(server: &Server, security: Security) -> SmtpSettings {
    SmtpSettings { security, ca_file: Some(tls_file("authority.pem")), ..with_login(server) }
}

#[test]
fn tls_from_the_start_and_after_starttls() {
    let server = Server::start(vec![Plan { tls: true, ..Plan::default() }]);
    let mut transport = SmtpTransport::new(encrypted(&server, Security::Tls));
    assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Accepted(_))));
    assert_eq!(server.bodies().len(), 1);

    let server = Server::start(vec![Plan { offers: vec!["STARTTLS", "AUTH PLAIN"], ..Plan::default() }]);
    let mut transport = SmtpTransport::new(encrypted(&server, Security::StartTls));
    assert!(matches!(send(&mut transport, &one()), Ok(Outcome::Accepted(_))));
    let heard = server.heard();
    let at = |beginning: &str| heard.iter().position(|line| line.starts_with(beginning)).unwrap();
    assert!(at("STARTTLS") < at("AUTH"));
    assert_eq!(server.count("EHLO"), 2);
}

#[test]
fn encryption_is_never_given_up() {
    let server = Server::start(vec![Plan::default()]);
    assert!(is_stopped(&send(&mut SmtpTransport::new(encrypted(&server, Security::StartTls)), &one())));
    // Where no password would be given away, the letter would.
    let nameless = SmtpSettings { login: None, ..encrypted(&server, Security::StartTls) };
    assert!(is_stopped(&send(&mut SmtpTransport::new(nameless), &one())));
    assert_eq!(server.count("MAIL"), 0);
    // An answer slipped in before encryption would be read as if it had come encrypted.
    let injecting = Plan { offers: vec!["STARTTLS"], ..Plan::default() }
        .with("STARTTLS", say("220 go ahead\r\n250-mx.test\r\n250 AUTH PLAIN"));
    let server = Server::start(vec![injecting]);
    assert!(is_stopped(&send(&mut SmtpTransport::new(encrypted(&server, Security::StartTls)), &one())));
    let refusing = Plan { offers: vec!["STARTTLS"], ..Plan::default() }.with("STARTTLS", say("454 not now"));
    let server = Server::start(vec![refusing]);
    assert!(is_unreachable(&send(&mut SmtpTransport::new(encrypted(&server, Security::StartTls)), &one())));
    assert_eq!(server.count("AUTH") + server.count("MAIL"), 0);
}

#[test]
fn a_certificate_that_is_not_trusted_stops_before_the_password() {
    let plan = Plan { tls: true, ..Plan::default() };
    let server = Server::start(vec![plan]);
    let ours = encrypted(&server, Security::Tls);
    let other_name = SmtpSettings { host: "127.0.0.1".to_owned(), ..ours.clone() };
    let no_authority = SmtpSettings { ca_file: Some(tls_file("server-key.pem")), ..ours.clone() };
    let no_file = SmtpSettings { ca_file: Some(tls_file("missing.pem")), ..ours.clone() };
    let systems_own = SmtpSettings { ca_file: None, ..ours };
    for settings in [other_name, no_authority, no_file, systems_own] {
        let result = send(&mut SmtpTransport::new(settings), &one());
        assert!(is_stopped(&result), "{result:?}");
    }
    assert_eq!(server.count("EHLO"), 0);
}

#[test]
fn without_encryption_only_this_machine_is_talked_to() {
    let server = Server::start(vec![Plan::default()]);
    // An address kept for documentation (RFC 5737): were it tried, it would only time out.
    let far = SmtpSettings { host: "192.0.2.1".to_owned(), ..with_login(&server) };
    assert!(is_stopped(&send(&mut SmtpTransport::new(far), &one())));
}

#[test]
fn a_conversation_cut_at_any_byte_never_hides_a_mail_that_was_taken() {
    let mut seen = [0_usize; 3];
    for most in 0..420 {
        for hearing in [false, true] {
            let plan = if hearing {
                Plan { hear_at_most: Some(most), ..Plan::default() }
            } else {
                Plan { say_at_most: Some(most), ..Plan::default() }
            };
            let (result, server) = send_by(plan);
            let taken = !server.bodies().is_empty();
            match &result {
                Ok(Outcome::Accepted(_)) => {
                    assert!(taken);
                    seen[0] += 1;
                }
                Ok(Outcome::Unknown(_)) => seen[1] += 1,
                Err(NotOpened::Unreachable(_)) => {
                    assert!(!taken, "{most} {hearing}");
                    seen[2] += 1;
                }
                other => panic!("{most} {hearing}: {other:?}"),
            }
        }
    }
    assert!(seen.iter().all(|&count| count > 20), "each end was seen: {seen:?}");
}

#[test]
fn a_folder_takes_mails_byte_for_byte_with_their_envelopes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let mut transport = FolderTransport::open(&path).unwrap();
    let both = envelope(&["a@cliente.example", "b@cliente.example"]);
    let ready = transport.open(&both).unwrap();
    assert!(ready.recipients().iter().all(|one| one.answer == Answer::Accepted));
    assert_eq!(ready.deliver(MAIL), Outcome::Accepted("written as 0001-one@studio.example.eml".to_owned()));
    assert_eq!(fs::read(path.join("0001-one@studio.example.eml")).unwrap(), MAIL);
    assert_eq!(
        fs::read_to_string(path.join("0001-one@studio.example.envelope")).unwrap(),
        "from: io@studio.example\nto: a@cliente.example\nto: b@cliente.example\n"
    );
    let again = transport.open(&both).unwrap().deliver(MAIL);
    assert_eq!(again, Outcome::Accepted("already there as 0001-one@studio.example.eml".to_owned()));
    let other = b"Message-ID: <one@studio.example>\r\n\r\nother\r\n";
    assert!(matches!(transport.open(&both).unwrap().deliver(other), Outcome::Refused(_)));
    let second = b"Message-ID: <two@studio.example>\r\n\r\n";
    assert!(matches!(transport.open(&one()).unwrap().deliver(second), Outcome::Accepted(_)));
    let mut names: Vec<String> = fs::read_dir(&path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "0001-one@studio.example.eml",
            "0001-one@studio.example.envelope",
            "0002-two@studio.example.eml",
            "0002-two@studio.example.envelope",
        ]
    );
}

#[test]
fn a_folder_goes_on_after_a_crash_between_envelope_and_mail() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let mut transport = FolderTransport::open(path).unwrap();
    transport.open(&one()).unwrap().deliver(MAIL);
    fs::remove_file(path.join("0001-one@studio.example.eml")).unwrap();
    fs::write(path.join(".mail.tmp"), "half").unwrap();
    drop(transport.open(&one()).unwrap());
    let outcome = transport.open(&one()).unwrap().deliver(MAIL);
    assert_eq!(outcome, Outcome::Accepted("written as 0001-one@studio.example.eml".to_owned()));
    assert_eq!(fs::read(path.join("0001-one@studio.example.eml")).unwrap(), MAIL);
    assert_eq!(fs::read_dir(path).unwrap().count(), 2);
}

#[test]
fn a_folder_that_cannot_be_used_stops_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(FolderTransport::open(&file), Err(NotOpened::Stopped { .. })));
    let path = folder.path().join("out");
    let mut transport = FolderTransport::open(&path).unwrap();
    fs::remove_dir(&path).unwrap();
    assert!(matches!(transport.open(&one()).map(|_| ()), Err(NotOpened::Stopped { .. })));
}
