//! The personalities, and TLS.

use crate::speaker::Speaker;
use crate::testmail::certificates::Certificate;
use crate::testmail::imap::{Ending, Fault, ImapServer, Personality, Protection, closes};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

const MAIL: &[u8] = b"Message-ID: <one@studioferri.example>\r\nSubject: Sollecito\r\n\r\nBuongiorno\r\n";

#[test]
fn every_personality_can_be_spoken_to() {
    for who in Personality::all() {
        let name = who.name;
        let passwords = who.passwords;
        let server = ImapServer::of(who);
        server.deliver("INBOX", MAIL);
        let mut speaker = Speaker::new(&server);
        if passwords {
            assert!(speaker.ask("LOGIN marta@studioferri.example segreto").contains("t OK"), "{name}");
        } else {
            let token = "dXNlcj1tYXJ0YUBzdHVkaW9mZXJyaS5leGFtcGxlAWF1dGg9QmVhcmVyIGdldHRvbmUtMQEB";
            assert!(speaker.ask(&format!("AUTHENTICATE XOAUTH2 {token}")).contains("t OK"), "{name}");
        }
        speaker.ask("ID NIL");
        assert!(speaker.ask("LIST \"\" \"*\"").to_uppercase().contains("INBOX"), "{name}");
        assert!(speaker.ask("EXAMINE INBOX").contains("1 EXISTS"), "{name}");
        assert!(speaker.ask("UID FETCH 1 (UID FLAGS BODY.PEEK[])").contains("Buongiorno"), "{name}");
    }
}

#[test]
fn they_differ_in_what_they_are_known_for() {
    let opened = |who: Personality| {
        let server = ImapServer::of(who);
        server.deliver("INBOX", MAIL);
        let mut speaker = Speaker::logged_in(&server);
        let opened = speaker.ask("EXAMINE INBOX");
        let status = speaker.ask("STATUS INBOX (UIDNEXT UIDVALIDITY)");
        (opened, status, speaker.ask("UID FETCH 1 (FLAGS)"))
    };
    assert!(opened(Personality::coremail()).0.starts_with("t NO SELECT Unsafe Login"));
    let (opening, status, _) = opened(Personality::winmail());
    assert!(!opening.contains("UIDNEXT") && !status.contains("UIDNEXT") && status.contains("UIDVALIDITY"));
    assert!(opened(Personality::davmail()).0.contains("*  1 EXISTS\r\n"));
    assert!(opened(Personality::courier()).2.starts_with("* 0 FETCH (FLAGS ())\r\n"));
    assert!(opened(Personality::proton()).2.starts_with("* 1 FETCH (FLAGS (\\Seen \\Recent))\r\n"));
    let server = ImapServer::of(Personality::yahoo());
    assert!(Speaker::logged_in(&server).ask("IDLE").starts_with("t BAD"));

    let server = ImapServer::of(Personality::courier());
    let inside: Vec<Speaker> = (0..4).map(|_| Speaker::logged_in(&server)).collect();
    let refused = Speaker::new(&server).ask("LOGIN marta@studioferri.example segreto");
    assert!(refused.starts_with("t NO [ALERT] Too many connections"), "{refused}");
    drop(inside);

    let server = ImapServer::of(Personality::dovecot());
    let mut speaker = Speaker::logged_in(&server);
    speaker.ask("EXAMINE INBOX");
    speaker.begin("IDLE");
    speaker.until("* OK Still here\r\n* OK Still here\r\n");

    let server = ImapServer::of(Personality::proton());
    let before = server.snapshot()["INBOX"].validity;
    server.restart();
    assert_ne!(server.snapshot()["INBOX"].validity, before);

    let server = ImapServer::of(Personality::m365());
    server.sent_through_smtp(MAIL);
    let sent = server.snapshot()["Posta inviata"].mails[0].clone();
    let text = String::from_utf8_lossy(&sent.bytes).into_owned();
    assert!(text.contains("X-Microsoft-Original-Message-ID: <one@studioferri.example>\r\n"), "{text}");
    assert!(text.starts_with("Message-ID: <AM0PR08MB1234@"), "{text}");
}

fn encrypted(server: &ImapServer, socket: TcpStream) -> std::io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    for one in CertificateDer::pem_file_iter(server.authority()).unwrap() {
        roots.add(one.unwrap()).unwrap();
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let mut tls = StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), socket);
    while tls.conn.is_handshaking() {
        tls.conn.complete_io(&mut tls.sock)?;
    }
    Ok(tls)
}

fn socket(server: &ImapServer) -> TcpStream {
    let socket = TcpStream::connect(server.address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    socket
}

#[test]
fn certificates_are_right_or_wrong_as_named() {
    for (certificate, complaint) in [
        (Certificate::Good, None),
        (Certificate::Expired, Some("expired")),
        (Certificate::OtherName, Some("not valid for name")),
        (Certificate::Stranger, Some("UnknownIssuer")),
    ] {
        let server = ImapServer::start(Personality::plain(), Protection::Tls, certificate);
        match (encrypted(&server, socket(&server)), complaint) {
            (Ok(mut tls), None) => {
                let mut greeting = [0; 4];
                tls.read_exact(&mut greeting).unwrap();
                assert_eq!(&greeting, b"* OK");
            }
            (Err(error), Some(complaint)) => assert!(error.to_string().contains(complaint), "{error}"),
            (got, wanted) => panic!("{certificate:?}: {:?}, wanted {wanted:?}", got.map(drop)),
        }
    }
}

#[test]
fn starttls_hides_the_login_until_it_is_done_and_closing_is_polite_or_rude() {
    for (ending, polite) in [(Ending::Polite, true), (Ending::Rude, false)] {
        let server = ImapServer::start(Personality::plain(), Protection::StartTls, Certificate::Good);
        server.fault(Fault::at("NOOP", closes(ending)));
        let mut clear = socket(&server);
        let mut said = vec![0; 200];
        let count = clear.read(&mut said).unwrap();
        let greeting = String::from_utf8_lossy(&said[..count]).into_owned();
        assert!(greeting.contains("LOGINDISABLED") && !greeting.contains("AUTH="), "{greeting}");
        clear.write_all(b"a LOGIN marta@studioferri.example segreto\r\n").unwrap();
        let count = clear.read(&mut said).unwrap();
        assert!(said[..count].starts_with(b"a NO [PRIVACYREQUIRED]"));
        clear.write_all(b"b STARTTLS\r\n").unwrap();
        let count = clear.read(&mut said).unwrap();
        assert!(said[..count].starts_with(b"b OK"));
        let mut tls = encrypted(&server, clear).unwrap();
        tls.write_all(b"c LOGIN marta@studioferri.example segreto\r\n").unwrap();
        let count = tls.read(&mut said).unwrap();
        assert!(said[..count].starts_with(b"c OK"));
        tls.write_all(b"d NOOP\r\n").unwrap();
        let end = tls.read(&mut said);
        assert_eq!(end.is_ok_and(|count| count == 0), polite, "{ending:?}");
        let spoken = server.heard_fully();
        assert_eq!(spoken.iter().map(|heard| heard.encrypted).collect::<Vec<_>>(), [false, false, true, true]);
    }
}
