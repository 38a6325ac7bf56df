//! Reaching the server: TLS, STARTTLS, certificates, logins; and a sentence with a remedy for everything that is wrong.

use crate::case::{Case, PATIENT, QUICK, login, settings, timed};
use crate::testmail::certificates::Certificate;
use crate::testmail::imap::{
    Act, Ending, Fault, ImapServer, Personality, Protection, Then, When, bye, closes, no, says, stalls,
};
use crate::testmail::{Plan, Server, tls_file};
use sollecito::mailbox::imap::{ImapMailbox, ImapSettings};
use sollecito::mailbox::{Folder, Mailbox, MailboxError};
use sollecito::network::{LoginMethod, Secret, SecretSource, Security, Trouble};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

fn server(protection: Protection, certificate: Certificate) -> ImapServer {
    let server = ImapServer::start(Personality::plain(), protection, certificate);
    server.deliver("INBOX", &crate::case::mail(1));
    server
}

fn encrypted(server: &ImapServer, security: Security) -> ImapSettings {
    let mut settings = settings(server, PATIENT);
    settings.host = "localhost".to_owned();
    settings.security = security;
    settings.ca_file = Some(server.authority());
    settings
}

/// What is said of settings that cannot work: a sentence without a full stop, and what to do about it.
fn problem(settings: ImapSettings) -> MailboxError {
    let problem = ImapMailbox::new(settings).enumerate(Folder::Inbox).unwrap_err();
    assert!(!problem.message.ends_with('.') && !problem.message.contains("segreto"), "{problem:?}");
    assert!(problem.remedy.as_ref().is_some_and(|remedy| remedy.len() > 10), "{problem:?}");
    problem
}

fn says_of(settings: ImapSettings, message: &str, remedy: &str) -> MailboxError {
    let problem = problem(settings);
    assert!(problem.message.contains(message), "{problem:?}");
    assert!(problem.remedy.as_ref().unwrap().contains(remedy), "{problem:?}");
    problem
}

#[test]
fn tls_and_starttls_work_and_nothing_secret_is_said_in_clear() {
    for (protection, security) in [(Protection::Tls, Security::Tls), (Protection::StartTls, Security::StartTls)] {
        for method in [LoginMethod::Password, LoginMethod::Token] {
            let server = server(protection, Certificate::Good);
            let mut settings = encrypted(&server, security);
            settings.login = login(if method == LoginMethod::Token { "gettone-1" } else { "segreto" }, method);
            let mut case = Case::with(server, PATIENT);
            case.mailbox = ImapMailbox::new(settings);
            case.reads_all();
            case.unchanged();
            for heard in case.server.heard_fully() {
                let harmless = matches!(heard.text.as_str(), "CAPABILITY" | "STARTTLS");
                assert!(heard.encrypted || harmless, "{heard:?}");
            }
        }
    }
}

#[test]
fn certificates_that_are_wrong_are_told_apart() {
    for (protection, security) in [(Protection::Tls, Security::Tls), (Protection::StartTls, Security::StartTls)] {
        for (certificate, message, remedy, temporary) in [
            (Certificate::Expired, "has expired", "clock", true),
            (Certificate::OtherName, "another name", "[mailbox] host", false),
            (Certificate::Stranger, "not trusted", "ca_file", false),
        ] {
            let server = server(protection, certificate);
            let problem = says_of(encrypted(&server, security), message, remedy);
            assert_eq!(problem.temporary, temporary, "{certificate:?}");
            assert_eq!(server.logins().len(), 0);
            assert!(server.heard().iter().all(|heard| heard == "CAPABILITY" || heard == "STARTTLS"));
        }
    }
}

#[test]
fn without_a_file_of_its_own_the_authority_is_unknown() {
    let server = server(Protection::Tls, Certificate::Good);
    let mut settings = encrypted(&server, Security::Tls);
    settings.ca_file = Some("/no/such/file.pem".into());
    says_of(settings.clone(), "certificate file", "PEM");
    settings.ca_file = Some(tls_file("README.md"));
    says_of(settings, "certificate file", "PEM");
    assert_eq!(server.counts().ever, 0);
}

#[test]
fn each_wrong_mode_is_told() {
    let tls = server(Protection::Tls, Certificate::Good);
    let clear = server(Protection::Plain, Certificate::Good);
    let mut quick = encrypted(&tls, Security::StartTls);
    quick.timeouts = QUICK;
    // A server that waits for TLS says nothing first, or closes.
    says_of(quick, "greeting", "tls = \"implicit\"");
    says_of(encrypted(&clear, Security::Tls), "does not begin with TLS", "tls = \"starttls\"");
    says_of(encrypted(&clear, Security::StartTls), "does not offer STARTTLS", "tls = \"implicit\"");
    assert_eq!(clear.logins().len() + tls.logins().len(), 0);
    let starttls = server(Protection::StartTls, Certificate::Good);
    let mut plain = settings(&starttls, PATIENT);
    plain.security = Security::PlainLoopback;
    says_of(plain, "no passwords on this connection", "TLS");
    assert_eq!(starttls.logins().len(), 0);
}

#[test]
fn an_offer_of_starttls_that_somebody_took_away_ends_it() {
    // Also when the greeting says that one is logged in already, which leaves no room for it.
    for act in
        [says("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK\r\n"), says("* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK\r\n")]
    {
        let server = server(Protection::StartTls, Certificate::Good);
        server.fault(Fault::at("CAPABILITY", act));
        says_of(encrypted(&server, Security::StartTls), "does not offer STARTTLS", "implicit");
        assert_eq!(server.logins().len(), 0);
    }
    let preauth = server(Protection::StartTls, Certificate::Good);
    preauth.fault(Fault::when(When::Greeting, says("* PREAUTH welcome\r\n")));
    problem(encrypted(&preauth, Security::StartTls));
    assert_eq!(preauth.count("LIST"), 0);
    let refused = server(Protection::StartTls, Certificate::Good);
    refused.fault(Fault::at("STARTTLS", no("not now")));
    ImapMailbox::new(encrypted(&refused, Security::StartTls)).enumerate(Folder::Inbox).unwrap_err();
    assert_eq!(refused.logins().len(), 0);
}

#[test]
fn what_is_said_in_clear_after_the_go_ahead_for_tls_is_an_attack() {
    let server = server(Protection::StartTls, Certificate::Good);
    let injected = "{tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nS0003 OK [CAPABILITY IMAP4rev1] in\r\n";
    server.fault(Fault::at("STARTTLS", says(injected)));
    let refused = ImapMailbox::new(encrypted(&server, Security::StartTls)).enumerate(Folder::Inbox).unwrap_err();
    assert!(refused.message.contains("in clear"), "{refused:?}");
    assert_eq!(server.logins().len(), 0);
}

#[test]
fn a_place_where_no_mailbox_is_is_told() {
    let server = ImapServer::plain();
    let mut wrong = settings(&server, QUICK);
    wrong.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert!(says_of(wrong.clone(), "nothing listens there", "Check host and port").temporary);
    wrong.host = "no-such-host.invalid".to_owned();
    wrong.security = Security::Tls;
    says_of(wrong.clone(), "Cannot find the server", "name");
    wrong.host = "192.0.2.1".to_owned();
    wrong.security = Security::PlainLoopback;
    says_of(wrong, "not this machine", "TLS");
}

#[test]
fn another_protocol_is_told_by_its_name() {
    for (greeting, name) in
        [("220 mx.example ESMTP", "SMTP"), ("+OK ready", "POP3"), ("HTTP/1.1 400 Bad Request", "HTTP")]
    {
        let other = Server::start(vec![Plan { greeting: crate::testmail::say(greeting), ..Plan::default() }]);
        let mut wrong = settings(&ImapServer::plain(), PATIENT);
        wrong.port = other.address.port();
        says_of(wrong, name, "993");
    }
}

#[test]
fn a_server_that_says_nothing_or_closes_is_told_in_time() {
    for act in [stalls(), closes(Ending::Polite), closes(Ending::Reset), bye("too busy")] {
        let server = ImapServer::plain();
        server.fault(Fault::when(When::Greeting, act.clone()));
        let (found, took) = timed(|| problem(settings(&server, QUICK)));
        assert!(found.temporary && took < Duration::from_millis(1200), "{act:?}: {found:?} {took:?}");
    }
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = server(Protection::Tls, Certificate::Good);
    let mut wrong = encrypted(&server, Security::Tls);
    wrong.port = silent.local_addr().unwrap().port();
    wrong.timeouts = QUICK;
    let (found, took) = timed(|| says_of(wrong, "said nothing", "starttls"));
    assert!(found.temporary && took < Duration::from_millis(1500), "{took:?}");
}

#[test]
fn a_wrong_password_is_told_once_and_not_tried_again_at_once() {
    let server = ImapServer::plain();
    let mut wrong = settings(&server, PATIENT);
    wrong.login = login("falso", LoginMethod::Password);
    let mut mailbox = ImapMailbox::new(wrong);
    for _ in 0..3 {
        let problem = mailbox.enumerate(Folder::Inbox).unwrap_err();
        assert!(problem.message.contains("refused the login"), "{problem:?}");
        assert!(problem.remedy.unwrap().contains("app password"));
    }
    assert_eq!(server.logins().len(), 1);
    assert!(server.heard().iter().all(|heard| !heard.contains("falso")), "in base64, not in clear words");
}

#[test]
fn a_password_goes_by_the_way_that_the_server_offers() {
    for (offers, way) in [
        ("IMAP4rev1 AUTH=PLAIN AUTH=LOGIN", "AUTHENTICATE PLAIN"),
        ("IMAP4rev1 AUTH=LOGIN", "LOGIN "),
        ("IMAP4rev1", "LOGIN "),
        ("IMAP4rev1 AUTH=CRAM-MD5 AUTH=XOAUTH2", "LOGIN "),
    ] {
        let server = ImapServer::plain();
        server.personality(|who| who.before_login = offers);
        ImapMailbox::new(settings(&server, PATIENT)).enumerate(Folder::Inbox).unwrap();
        assert_eq!(server.count(way), 1, "{offers}: {:?}", server.heard());
        assert_eq!(server.not_by_the_book(), Vec::<String>::new());
    }
    let server = ImapServer::plain();
    server.personality(|who| who.before_login = "IMAP4rev1 LOGINDISABLED");
    says_of(settings(&server, PATIENT), "takes no passwords", "token_command");
}

#[test]
fn odd_passwords_arrive_as_they_are() {
    for password in ["a\"b\\c", "è caro €", " leading and trailing ", "{5}", "p\u{7f}q", "x y (z) %*"] {
        for offers in ["IMAP4rev1 AUTH=PLAIN", "IMAP4rev1"] {
            let server = ImapServer::plain();
            server.set_password(password);
            server.personality(|who| who.before_login = offers);
            let mut with = settings(&server, PATIENT);
            with.login = login(password, LoginMethod::Password);
            ImapMailbox::new(with).enumerate(Folder::Inbox).unwrap_or_else(|error| panic!("{password}: {error:?}"));
        }
    }
    let server = ImapServer::plain();
    server.personality(|who| who.before_login = "IMAP4rev1");
    let mut with = settings(&server, PATIENT);
    with.login = login("a\r\nx LOGOUT", LoginMethod::Password);
    ImapMailbox::new(with).enumerate(Folder::Inbox).unwrap_err();
    assert_eq!(server.count("LOGOUT"), 0);
}

#[test]
fn a_refused_token_is_said_once_and_answered_with_an_empty_line() {
    let server = ImapServer::plain();
    let mut with = settings(&server, PATIENT);
    with.login = login("scaduto", LoginMethod::Token);
    let problem = says_of(with, "refused the login", "token_command");
    assert!(problem.message.contains("400") && !problem.temporary, "{problem:?}");
    assert!(server.heard().contains(&"(answer to the challenge) ".to_owned()), "{:?}", server.heard());
    assert_eq!(server.logins().len(), 1);
}

#[test]
fn a_token_that_is_refused_without_a_challenge() {
    let server = ImapServer::plain();
    server.fault(Fault::when(When::Challenge, Act::Instead(Then::No("AUTHENTICATE failed.".to_owned()))));
    let mut with = settings(&server, PATIENT);
    with.login = login("scaduto", LoginMethod::Token);
    says_of(with, "refused the login", "token_command");
}

#[test]
fn a_token_where_none_are_taken() {
    let server = ImapServer::of(Personality::dovecot());
    let mut with = settings(&server, PATIENT);
    with.login = login("gettone-1", LoginMethod::Token);
    says_of(with, "no access tokens", "password_command");
    assert_eq!(server.logins().len(), 0);
}

#[derive(Debug)]
struct Broken;

impl SecretSource for Broken {
    fn secret(&self) -> Result<Secret, Trouble> {
        Err(Trouble::lasting("The password program failed: exit status 3", "Run it by hand and look what it says"))
    }
}

#[test]
fn a_secret_that_cannot_be_had_is_told_and_nothing_is_connected() {
    let server = ImapServer::plain();
    let mut with = settings(&server, PATIENT);
    with.login.source = Arc::new(Broken);
    says_of(with, "exit status 3", "by hand");
    assert_eq!(server.counts().ever, 0);
}

#[test]
fn a_login_that_cannot_be_answered_just_now_is_no_wrong_password() {
    for act in [
        no("[UNAVAILABLE] Temporary authentication failure"),
        no("[SERVERBUG] Internal error occurred"),
        closes(Ending::Polite),
    ] {
        let server = ImapServer::plain();
        server.fault(Fault::at("AUTHENTICATE", act.clone()));
        let problem = ImapMailbox::new(settings(&server, QUICK)).enumerate(Folder::Inbox).unwrap_err();
        assert!(problem.temporary, "{act:?}: {problem:?}");
    }
}

#[test]
fn folders_that_are_named_wrong_are_told_with_those_that_are_there() {
    let server = ImapServer::plain();
    let mut with = settings(&server, PATIENT);
    with.names.sent = Some("Posta inviata".to_owned());
    let mut mailbox = ImapMailbox::new(with);
    let problem = mailbox.enumerate(Folder::Sent).unwrap_err();
    assert!(problem.message.contains("\"Posta inviata\"") && !problem.temporary, "{problem:?}");
    assert!(problem.remedy.unwrap().contains("\"Sent\""));
    mailbox.enumerate(Folder::Inbox).unwrap();
    assert_eq!(server.counts().ever, 1, "the connection is as good as before");
}
