//! Who files the copy of a sent mail: found out by sending one to ourselves and watching Sent.
//!
//! The mail bears our header, so that the agent knows it again, and says that a machine wrote it, so that nobody
//! answers it.

use crate::config::SentCopy;
use crate::ledger::ids::Address;
use crate::ledger::words::Language;
use crate::mailbox::{Folder, ItemId, Mailbox, MailboxError};
use crate::transport::{Answer, Envelope, NotOpened, Outcome, Transport};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a server may take to file its copy.
pub const WATCHED: Duration = Duration::from_secs(60);
/// Between two looks.
const PAUSE: Duration = Duration::from_secs(3);

/// Why nothing was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotProbed {
    /// A sentence without a full stop.
    pub message: String,
    /// What to do.
    pub remedy: Option<String>,
}

/// A mail that is sent to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeMail {
    /// From and to.
    pub address: Address,
    /// The value of our header, by which it is known again.
    pub reference: String,
    /// Its language.
    pub language: Language,
    /// When it is written.
    pub at: DateTime<Utc>,
}

impl ProbeMail {
    /// Its bytes: plain ASCII, so that no server changes them.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let (subject, text) = if self.language == Language::Italian {
            (
                "Prova di sollecito: copia della posta inviata",
                "Buongiorno,\r\n\r\nquesto messaggio serve a capire chi conserva la copia della posta inviata: il server, \
                 oppure sollecito.\r\nNon occorre rispondere; si cancella senza danno.\r\n\r\nsollecito\r\n",
            )
        } else {
            (
                "Trial by sollecito: the copy of sent mail",
                "Hello,\r\n\r\nthis message finds out who keeps the copy of sent mail: the server, or sollecito.\r\n\
                 No answer is needed; it can be deleted without harm.\r\n\r\nsollecito\r\n",
            )
        };
        let Self { address, reference, at, .. } = self;
        let date = at.format("%a, %d %b %Y %H:%M:%S +0000");
        let domain = address.domain();
        format!(
            "From: <{address}>\r\nTo: <{address}>\r\nSubject: {subject}\r\nDate: {date}\r\n\
             Message-ID: <{reference}.probe@{domain}>\r\nX-Sollecito-Ref: {reference}\r\n\
             Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n{text}"
        )
        .into_bytes()
    }
}

/// Sends the mail and watches Sent: a copy that appears was filed by the server. `pause` waits between two looks.
///
/// # Errors
/// When the mail does not leave, or Sent cannot be read: then nothing is known.
pub fn probe(
    mailbox: &mut dyn Mailbox,
    transport: &mut dyn Transport,
    mail: &ProbeMail,
    watched: Duration,
    pause: &mut dyn FnMut(Duration),
) -> Result<SentCopy, NotProbed> {
    let before: BTreeSet<ItemId> = mailbox.enumerate(Folder::Sent).map_err(unreadable)?.ids.into_iter().collect();
    send(transport, mail)?;
    let mut waited = Duration::ZERO;
    let mut looked_at = before;
    loop {
        let listed = mailbox.enumerate(Folder::Sent).map_err(unreadable)?.ids;
        let new: Vec<ItemId> = listed.into_iter().filter(|id| !looked_at.contains(id)).collect();
        let heads = mailbox.heads(Folder::Sent, &new).map_err(unreadable)?;
        if heads.iter().any(|head| bears(&head.bytes, &mail.reference)) {
            return Ok(SentCopy::Server);
        }
        looked_at.extend(heads.into_iter().map(|head| head.id));
        if waited >= watched {
            return Ok(SentCopy::Append);
        }
        pause(PAUSE);
        waited += PAUSE;
    }
}

fn send(transport: &mut dyn Transport, mail: &ProbeMail) -> Result<(), NotProbed> {
    let bytes = mail.bytes();
    let envelope = Envelope { from: mail.address.clone(), recipients: vec![mail.address.clone()] };
    transport.announce(&bytes);
    let ready = transport.open(&envelope).map_err(|error| match error {
        NotOpened::Stopped { message, remedy } => NotProbed { message, remedy: Some(remedy) },
        NotOpened::Later(words) | NotOpened::Unreachable(words) | NotOpened::Refused(_, words) => not_taken(&words),
    })?;
    if !ready.recipients().iter().all(|recipient| recipient.answer == Answer::Accepted) {
        return Err(not_taken("the recipient was not accepted"));
    }
    match ready.deliver(&bytes) {
        Outcome::Accepted(_) => Ok(()),
        Outcome::Later(words) | Outcome::Refused(words) | Outcome::Unknown(words) => Err(not_taken(&words)),
    }
}

fn not_taken(words: &str) -> NotProbed {
    NotProbed {
        message: format!("The mail to yourself was not taken: {words}"),
        remedy: Some("Set sent_copy in [sending] by hand".to_owned()),
    }
}

fn unreadable(error: MailboxError) -> NotProbed {
    NotProbed { message: error.message, remedy: error.remedy }
}

/// Does a header block bear our reference?
fn bears(head: &[u8], reference: &str) -> bool {
    let head = String::from_utf8_lossy(head);
    head.lines().take_while(|line| !line.trim().is_empty()).any(|line| {
        line.split_once(':').is_some_and(|(name, value)| {
            name.trim().eq_ignore_ascii_case("x-sollecito-ref") && value.trim() == reference
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::maildir::{FolderNames, Maildir};
    use crate::mailbox::{Appended, Fetched, Head, Listing};
    use crate::transport::{Ready, RecipientAnswer};

    fn mail() -> ProbeMail {
        ProbeMail {
            address: Address::parse("marta@studioferri.example").expect("an address"),
            reference: "abcdefgh23456789".to_owned(),
            language: Language::Italian,
            at: DateTime::UNIX_EPOCH,
        }
    }

    /// A server that takes everything, and files a copy where that folder is given.
    struct Server<'a> {
        files_into: Option<&'a std::path::Path>,
        outcome: Outcome,
        answers: Vec<RecipientAnswer>,
    }

    impl Transport for Server<'_> {
        fn open<'a>(&'a mut self, envelope: &Envelope) -> Result<Box<dyn Ready + 'a>, NotOpened> {
            let accepted = |address: &Address| RecipientAnswer { address: address.clone(), answer: Answer::Accepted };
            self.answers = envelope.recipients.iter().map(accepted).collect();
            Ok(Box::new(Taking(self)))
        }
    }

    struct Taking<'a, 'b>(&'a mut Server<'b>);

    impl Ready for Taking<'_, '_> {
        fn recipients(&self) -> &[RecipientAnswer] {
            &self.0.answers
        }

        fn deliver(self: Box<Self>, bytes: &[u8]) -> Outcome {
            if let Some(root) = self.0.files_into {
                let other = b"Subject: another\r\nX-Sollecito-Ref: other\r\n\r\nx";
                for copy in [other, bytes] {
                    let mut maildir = Maildir::open(root, FolderNames::default()).expect("a Maildir");
                    assert!(matches!(maildir.append(Folder::Sent, copy), Appended::Done(_)));
                }
            }
            self.0.outcome.clone()
        }
    }

    fn probed(files: bool, outcome: Outcome) -> (Result<SentCopy, NotProbed>, Duration) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut maildir = Maildir::create(folder.path()).expect("a Maildir");
        let mut server = Server { files_into: files.then_some(folder.path()), outcome, answers: Vec::new() };
        let mut waited = Duration::ZERO;
        let result = probe(&mut maildir, &mut server, &mail(), WATCHED, &mut |pause| waited += pause);
        (result, waited)
    }

    #[test]
    fn a_copy_that_appears_was_filed_by_the_server() {
        let accepted = Outcome::Accepted("queued".to_owned());
        assert_eq!(probed(true, accepted.clone()), (Ok(SentCopy::Server), Duration::ZERO));
        assert_eq!(probed(false, accepted), (Ok(SentCopy::Append), WATCHED), "watched to the end");
    }

    #[test]
    fn a_mail_that_is_not_taken_says_nothing() {
        for outcome in [Outcome::Later("busy".into()), Outcome::Refused("no".into()), Outcome::Unknown("?".into())] {
            assert!(probed(false, outcome).0.is_err());
        }
    }

    #[test]
    fn the_mail_is_known_again_and_answered_by_nobody() {
        for language in [Language::Italian, Language::English] {
            let bytes = ProbeMail { language, ..mail() }.bytes();
            assert!(bytes.is_ascii() && bears(&bytes, "abcdefgh23456789"));
            let text = String::from_utf8(bytes.clone()).expect("text");
            assert!(text.lines().all(|line| line.len() <= 120), "{text}");
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
            let message = crate::message::read(&bytes, &crate::message::Reader::default());
            assert_eq!(message.own_reference.as_deref(), Some("abcdefgh23456789"));
            assert_ne!(message.kind, crate::ledger::words::MessageKind::Reply);
        }
        assert!(!bears(b"Subject: x\r\n\r\nX-Sollecito-Ref: abcdefgh23456789\r\n", "abcdefgh23456789"));
    }

    /// A mailbox that cannot be read after the mail left.
    struct Broken(usize);

    impl Mailbox for Broken {
        fn enumerate(&mut self, _: Folder) -> Result<Listing, MailboxError> {
            self.0 += 1;
            if self.0 == 1 {
                let coverage = crate::mailbox::Coverage::Whole;
                return Ok(Listing { epoch: "1".to_owned(), ids: Vec::new(), coverage });
            }
            Err(MailboxError { message: "It is gone".to_owned(), remedy: None, temporary: true })
        }

        fn heads(&mut self, _: Folder, _: &[ItemId]) -> Result<Vec<Head>, MailboxError> {
            Ok(Vec::new())
        }

        fn fetch(&mut self, _: Folder, _: &ItemId, _: usize) -> Result<Fetched, MailboxError> {
            Ok(Fetched::Vanished)
        }

        fn append(&mut self, _: Folder, _: &[u8]) -> Appended {
            Appended::Failed(String::new())
        }

        fn replace(&mut self, _: Folder, _: &ItemId, _: &[u8]) -> Appended {
            Appended::Failed(String::new())
        }

        fn remove(&mut self, _: Folder, _: &ItemId) -> Result<bool, MailboxError> {
            Ok(false)
        }

        fn wait(&mut self, _: Duration) -> bool {
            false
        }
    }

    #[test]
    fn an_unreadable_folder_is_no_evidence() {
        let outcome = Outcome::Accepted(String::new());
        let mut server = Server { files_into: None, outcome, answers: Vec::new() };
        let result = probe(&mut Broken(0), &mut server, &mail(), WATCHED, &mut |_| {});
        assert_eq!(result.expect_err("unknown").message, "It is gone");
    }
}
