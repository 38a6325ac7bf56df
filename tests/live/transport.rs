//! The product's way out, alone, to a real Postfix; what it took is read from the mailbox of the recipient.

use crate::hand::MailProgram;
use crate::servers::{Dovecot, Postfix, Wishes, present, wait_for};
use sollecito::ledger::ids::Address;
use sollecito::network::Security;
use sollecito::transport::smtp::{SmtpSettings, SmtpTransport, Timeouts};
use sollecito::transport::{Answer, Envelope, NotOpened, Outcome, Transport};
use std::time::Duration;

const LUCIA: &str = "lucia@cliente.example";

struct Servers {
    postfix: Postfix,
    dovecot: Dovecot,
}

impl Servers {
    fn start() -> Option<Self> {
        if !present() {
            return None;
        }
        let dovecot = Dovecot::start(Wishes::default().user(LUCIA, "segreta"));
        Some(Self { postfix: Postfix::start(&dovecot, &[LUCIA]), dovecot })
    }

    /// The world's door, without a login.
    fn transport(&self, security: Security) -> SmtpTransport {
        SmtpTransport::new(SmtpSettings {
            host: "localhost".to_owned(),
            port: self.postfix.world_port,
            security,
            login: None,
            ca_file: Some(self.dovecot.ca_file()),
            hello_name: None,
            timeouts: Timeouts::default(),
        })
    }

    fn delivered(&self, count: usize) -> Vec<String> {
        let look = || {
            let mails = MailProgram::open(&self.dovecot, LUCIA).mails("INBOX");
            (mails.len() >= count).then_some(mails)
        };
        let mails = wait_for(Duration::from_secs(30), look).unwrap_or_else(|| panic!("{}", self.postfix.log()));
        mails.iter().map(crate::hand::Held::text).collect()
    }
}

fn envelope(recipients: &[&str]) -> Envelope {
    Envelope {
        from: Address::parse("io@studio.example").unwrap(),
        recipients: recipients.iter().map(|text| Address::parse(text).unwrap()).collect(),
    }
}

fn mail(number: usize) -> Vec<u8> {
    format!(
        "From: io@studio.example\r\nTo: {LUCIA}\r\nMessage-ID: <{number}@studio.example>\r\n\
         Subject: Sollecito\r\n\r\n.first\r\n..second\r\n.\r\nGià, è così.\r\n"
    )
    .into_bytes()
}

#[test]
fn a_real_server_takes_our_mail_and_a_real_mailbox_gives_it_back() {
    let Some(servers) = Servers::start() else { return };
    for (number, security) in [(1, Security::StartTls), (2, Security::PlainLoopback)] {
        let mut transport = servers.transport(security);
        let bytes = mail(number);
        transport.announce(&bytes);
        let ready = transport.open(&envelope(&[LUCIA, "nobody@cliente.example"])).unwrap();
        let answers: Vec<_> = ready.recipients().iter().map(|one| one.answer.clone()).collect();
        assert!(matches!(answers.as_slice(), [Answer::Accepted, Answer::Refused(_)]), "{answers:?}");
        let outcome = ready.deliver(&bytes);
        assert!(matches!(&outcome, Outcome::Accepted(text) if text.contains("queued")), "{outcome:?}");
    }
    for text in servers.delivered(2) {
        assert!(text.ends_with("\r\n\r\n.first\r\n..second\r\n.\r\nGià, è così.\r\n"), "{text}");
        assert!(text.contains("Message-ID: <"), "{text}");
    }
    assert!(servers.postfix.log().contains("from=<io@studio.example>"), "{}", servers.postfix.log());
}

#[test]
fn a_batch_survives_a_restart_of_the_server_and_nothing_is_doubled() {
    let Some(mut servers) = Servers::start() else { return };
    let to = envelope(&[LUCIA]);
    let mut transport = servers.transport(Security::StartTls);
    for number in 1..=3 {
        let outcome = transport.open(&to).unwrap().deliver(&mail(number));
        assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
    }
    // A go-ahead that is not used leaves nothing behind.
    drop(transport.open(&to).unwrap());
    servers.delivered(3);
    servers.postfix.stop();
    assert!(matches!(transport.open(&to).map(|_| ()), Err(NotOpened::Unreachable(_))));
    servers.postfix.again();
    assert!(matches!(transport.open(&to).unwrap().deliver(&mail(4)), Outcome::Accepted(_)));
    assert_eq!(servers.delivered(4).len(), 4);
}

#[test]
fn a_real_server_says_no_in_time() {
    let Some(servers) = Servers::start() else { return };
    let mut transport = servers.transport(Security::StartTls);
    // Somebody else's mail is none of its business.
    let away = transport.open(&envelope(&["x@elsewhere.example"])).map(|_| ());
    assert!(matches!(&away, Err(NotOpened::Refused(answers, _)) if answers.len() == 1), "{away:?}");
    let large = [mail(1), vec![b'x'; 21_000_000]].concat();
    transport.announce(&large);
    let refused = transport.open(&envelope(&[LUCIA])).map(|_| ());
    assert!(matches!(&refused, Err(NotOpened::Refused(_, reason)) if reason.contains("20480000")), "{refused:?}");
    assert!(servers.delivered(0).is_empty());
}
