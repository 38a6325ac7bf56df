//! The whole mailbox against a small server on loopback that answers as each test wants.

use super::*;
use crate::mailbox::Coverage;
use crate::network::{LoginMethod, Security};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;

/// What a server does upon a line.
enum Act {
    /// Says this; `#` is the tag.
    Say(String),
    Close,
}

fn say(text: &str) -> Vec<Act> {
    vec![Act::Say(text.to_owned())]
}

/// Which connection, and the command without its tag.
type Answering = Box<dyn Fn(usize, &str) -> Option<Vec<Act>> + Send + Sync>;

struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `None` from `answering` leaves it to the usual answer.
    fn start(answering: impl Fn(usize, &str) -> Option<Vec<Act>> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (log, answering): (_, Arc<Answering>) = (Arc::clone(&heard), Arc::new(Box::new(answering)));
        std::thread::spawn(move || {
            for (number, socket) in listener.incoming().enumerate() {
                let (log, answering) = (Arc::clone(&log), Arc::clone(&answering));
                std::thread::spawn(move || serve(number, socket.unwrap(), &log, &answering));
            }
        });
        Self { port, heard }
    }

    fn heard(&self, what: &str) -> usize {
        self.heard.lock().unwrap().iter().filter(|line| line.starts_with(what)).count()
    }

    fn mailbox(&self) -> ImapMailbox {
        ImapMailbox::new(self.settings())
    }

    fn settings(&self) -> ImapSettings {
        let mut settings = settings::tests::settings();
        settings.port = self.port;
        settings.host = "127.0.0.1".to_owned();
        settings.security = Security::PlainLoopback;
        settings
    }
}

fn serve(number: usize, socket: TcpStream, log: &Mutex<Vec<String>>, answering: &Answering) {
    let mut out = socket.try_clone().unwrap();
    let mut lines = BufReader::new(socket);
    let mut tag = String::new();
    let greeting = answering(number, "GREETING").unwrap_or_else(|| say("* OK ready\r\n"));
    act(&mut out, greeting, "");
    let mut line = String::new();
    while lines.read_line(&mut line).is_ok_and(|length| length > 0) {
        let text = line.trim_end().to_owned();
        line.clear();
        let command = match text.split_once(' ') {
            Some((first, rest)) if first.starts_with('S') => {
                tag = first.to_owned();
                rest.to_owned()
            }
            _ => text,
        };
        log.lock().unwrap().push(command.clone());
        let answer = answering(number, &command).unwrap_or_else(|| usual(&command));
        if !act(&mut out, answer, &tag) {
            return;
        }
        if let Some(length) = command.strip_suffix('}').and_then(|rest| rest.rsplit('{').next()?.parse().ok()) {
            let mut bytes = vec![0; length];
            if lines.read_exact(&mut bytes).is_err() {
                return;
            }
            let mut end = String::new();
            let _ = lines.read_line(&mut end);
            log.lock().unwrap().push("LITERAL".to_owned());
            if !act(
                &mut out,
                answering(number, "LITERAL").unwrap_or_else(|| say("# OK [APPENDUID 7 90] done\r\n")),
                &tag,
            ) {
                return;
            }
        }
    }
}

fn act(out: &mut TcpStream, acts: Vec<Act>, tag: &str) -> bool {
    for act in acts {
        match act {
            Act::Say(text) => {
                if out.write_all(text.replace('#', tag).as_bytes()).is_err() {
                    return false;
                }
            }
            Act::Close => {
                let _ = out.shutdown(std::net::Shutdown::Both);
                return false;
            }
        }
    }
    true
}

/// Three mails, UIDs 1, 5 and 9.
fn usual(command: &str) -> Vec<Act> {
    let word = command.split(' ').next().unwrap_or_default();
    say(match word {
        "CAPABILITY" => "* CAPABILITY IMAP4rev1 IDLE UIDPLUS\r\n# OK done\r\n",
        "LIST" => "* LIST () \"/\" INBOX\r\n* LIST (\\Sent) \"/\" Sent\r\n* LIST () \"/\" Drafts\r\n# OK done\r\n",
        "EXAMINE" | "SELECT" => {
            "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 10] x\r\n# OK [READ-WRITE] done\r\n"
        }
        "APPEND" | "IDLE" => "+ go\r\n",
        "UID" if command.contains("RFC822.SIZE)") => {
            "* 1 FETCH (UID 1 RFC822.SIZE 5)\r\n* 2 FETCH (UID 5 RFC822.SIZE 5)\r\n* 3 FETCH (UID 9 RFC822.SIZE 5)\r\n# OK done\r\n"
        }
        "UID" if command.contains("BODY.PEEK[])") => {
            "* 1 FETCH (UID 9 BODY[] {5}\r\nmail9)\r\n* 9 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (BODY[] {5}\r\nmail5 UID 5)\r\n* 1 FETCH (UID 1 BODY[] {5}\r\nmail1)\r\n# OK done\r\n"
        }
        "UID" if command.contains("INTERNALDATE") => {
            "* 1 FETCH (UID 1 INTERNALDATE NIL)\r\n* 2 FETCH (UID 5 INTERNALDATE \" 7-Jul-1996 09:44:25 +0000\")\r\n# OK done\r\n"
        }
        "UID" if command.contains("FETCH") => {
            "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 5)\r\n* 3 FETCH (UID 9)\r\n# OK done\r\n"
        }
        _ => "# OK done\r\n",
    })
}

fn ids(uids: &[u32]) -> Vec<ItemId> {
    uids.iter().map(|uid| desk::item(*uid)).collect()
}

#[test]
fn a_folder_is_listed_whole_first_and_the_newest_after() {
    let server = Server::start(|_, _| None);
    let mut mailbox = server.mailbox();
    let first = mailbox.enumerate(Folder::Inbox).unwrap();
    assert!(first.epoch.starts_with("7-"), "{first:?}");
    assert_eq!((first.ids, first.coverage), (ids(&[1, 5, 9]), Coverage::Whole));
    assert_eq!(mailbox.enumerate(Folder::Inbox).unwrap().coverage, Coverage::Newest);
    assert_eq!(mailbox.enumerate(Folder::Drafts).unwrap().coverage, Coverage::Whole);
    assert_eq!(mailbox.enumerate(Folder::Drafts).unwrap().coverage, Coverage::Whole);
    assert_eq!(mailbox.enumerate(Folder::Junk).unwrap().ids, []);
    assert_eq!(server.heard("SELECT"), 0, "nothing is opened for writing");
}

#[test]
fn a_listing_that_does_not_add_up_proves_nothing() {
    let server = Server::start(|_, line| {
        line.contains("FETCH").then(|| say("* 1 FETCH (UID 1)\r\n* 3 FETCH (UID 9)\r\n# OK done\r\n"))
    });
    let listing = server.mailbox().enumerate(Folder::Inbox).unwrap();
    assert_eq!((listing.coverage, listing.ids), (Coverage::Unsettled, ids(&[1, 9])));
    // A row that could not be read counts as left out.
    let server = Server::start(|_, line| {
        line.contains("FETCH").then(|| say("* 1 FETCH (UID 1)\r\n* 2 FETCH (((\r\n* 3 FETCH (UID 9)\r\n# OK done\r\n"))
    });
    assert_eq!(server.mailbox().enumerate(Folder::Inbox).unwrap().coverage, Coverage::Unsettled);
}

#[test]
fn a_refusal_or_a_lost_connection_is_never_an_empty_folder() {
    for answer in ["# NO later\r\n", "# BAD x\r\n", "* 1 FETCH (UID 1)\r\n", "* BYE\r\n"] {
        let server = Server::start(move |_, line| {
            line.contains("FETCH").then(|| {
                let mut acts = say(answer);
                acts.extend((!answer.starts_with('#')).then_some(Act::Close));
                acts
            })
        });
        server.mailbox().enumerate(Folder::Inbox).unwrap_err();
    }
}

#[test]
fn a_next_number_that_goes_down_and_one_that_is_missing_are_lived_with() {
    let count = Mutex::new(0);
    let server = Server::start(move |_, line| {
        let next = line.starts_with("EXAMINE").then(|| {
            let mut count = count.lock().unwrap();
            *count += 1;
            ["* OK [UIDNEXT 10] x\r\n", "* OK [UIDNEXT 8] x\r\n", ""][*count - 1]
        })?;
        Some(say(&format!("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n{next}# OK done\r\n")))
    });
    let mut mailbox = server.mailbox();
    let coverages = [(); 3].map(|()| mailbox.enumerate(Folder::Inbox).unwrap().coverage);
    assert_eq!(coverages, [Coverage::Whole, Coverage::Whole, Coverage::Newest]);
    assert_eq!(server.heard("STATUS"), 1);
}

#[test]
fn without_uidvalidity_each_session_is_an_epoch() {
    let answering = |_, line: &str| line.starts_with("EXAMINE").then(|| say("* 3 EXISTS\r\n# OK done\r\n"));
    let server = Server::start(answering);
    let (mut one, mut two) = (server.mailbox(), server.mailbox());
    let first = one.enumerate(Folder::Inbox).unwrap();
    assert_eq!(one.enumerate(Folder::Inbox).unwrap().epoch, first.epoch);
    assert_ne!(two.enumerate(Folder::Inbox).unwrap().epoch, first.epoch);
}

#[test]
fn mails_are_read_ahead_and_told_by_their_uids() {
    let server = Server::start(|_, _| None);
    let mut mailbox = server.mailbox();
    let listing = mailbox.enumerate(Folder::Inbox).unwrap();
    mailbox.expect(Folder::Inbox, &listing.ids, 1000);
    for (id, text) in listing.ids.iter().zip(["mail1", "mail5", "mail9"]) {
        let Fetched::Got(mail) = mailbox.fetch(Folder::Inbox, id, 1000).unwrap() else { panic!("{text}") };
        assert_eq!(mail.bytes, text.as_bytes());
    }
    assert_eq!(server.heard("UID FETCH 1,5,9 (UID BODY"), 1);
    assert_eq!(server.heard("UID FETCH"), 4);
}

#[test]
fn only_an_answer_without_the_item_proves_that_it_is_gone() {
    let fetched = |answer: &'static str| {
        let server = Server::start(move |_, line| {
            let about_five = line.starts_with("UID FETCH 5 ");
            (about_five && (line.contains("SIZE") || line.ends_with("(UID)"))).then(|| say(answer))
        });
        let mut mailbox = server.mailbox();
        mailbox.enumerate(Folder::Inbox).unwrap();
        mailbox.fetch(Folder::Inbox, &desk::item(5), 1000).unwrap()
    };
    assert_eq!(fetched("# OK done\r\n"), Fetched::Vanished);
    assert!(matches!(fetched("# NO [SERVERBUG] x\r\n"), Fetched::Retry(_)));
    assert!(matches!(fetched("* 2 FETCH (((\r\n# OK done\r\n"), Fetched::Retry(_)));
}

#[test]
fn a_mail_that_breaks_the_connection_is_alone_in_that() {
    // The window breaks over the mail with UID 5, and so does each attempt at it alone.
    let server = Server::start(|_, line| {
        let body = line.contains("BODY.PEEK[])");
        (body && line.contains('5')).then(|| say("* 2 FETCH (UID 5 BODY[] {99999999}\r\nabc"))
    });
    let mut settings = server.settings();
    settings.timeouts.silence = Duration::from_millis(300);
    let mut mailbox = ImapMailbox::new(settings);
    let listing = mailbox.enumerate(Folder::Inbox).unwrap();
    mailbox.expect(Folder::Inbox, &listing.ids, 1000);
    let mut got = Vec::new();
    for id in &listing.ids {
        got.push(loop {
            match mailbox.fetch(Folder::Inbox, id, 1000) {
                Ok(fetched) => break matches!(fetched, Fetched::Got(_)),
                Err(error) => assert!(error.temporary, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(100));
        });
    }
    assert_eq!(got, [true, false, true]);
}

#[test]
fn a_large_mail_is_read_in_pieces_up_to_the_limit() {
    let server = Server::start(|_, line| {
        if line.contains("RFC822.SIZE)") {
            return Some(say("* 1 FETCH (UID 5 RFC822.SIZE 99999999)\r\n# OK done\r\n"));
        }
        let from: usize = line.split("BODY.PEEK[]<").nth(1)?.split('.').next()?.parse().ok()?;
        let piece = "x".repeat(262_144);
        Some(say(&format!("* 1 FETCH (UID 5 BODY[]<{from}> {{262144}}\r\n{piece})\r\n# OK done\r\n")))
    });
    let mut mailbox = server.mailbox();
    mailbox.enumerate(Folder::Inbox).unwrap();
    let Fetched::Got(mail) = mailbox.fetch(Folder::Inbox, &desk::item(5), 300_000).unwrap() else { panic!() };
    assert!(mail.truncated && mail.bytes.len() == 300_000);
    assert_eq!(server.heard("UID FETCH 5 (UID BODY.PEEK[]<"), 2);
}

#[test]
fn a_folder_numbered_anew_gives_no_mail_under_old_numbers() {
    let server = Server::start(|number, line| {
        (number == 1 && line.starts_with("EXAMINE"))
            .then(|| say("* 3 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n# OK done\r\n"))
            .or_else(|| (number == 0 && line.contains("SIZE")).then(|| vec![Act::Close]))
    });
    let mut mailbox = server.mailbox();
    mailbox.enumerate(Folder::Inbox).unwrap();
    let refused = mailbox.fetch(Folder::Inbox, &desk::item(5), 1000).unwrap_err();
    assert!(refused.temporary && refused.message.contains("anew"), "{refused}");
    assert!(mailbox.enumerate(Folder::Inbox).unwrap().epoch.starts_with("8-"));
    mailbox.fetch(Folder::Inbox, &desk::item(5), 1000).unwrap();
}

#[test]
fn an_append_ends_as_done_failed_or_unknown() {
    let appended = |literal: &'static str, append: &'static str| {
        let server = Server::start(move |_, line| match line {
            "LITERAL" if literal.is_empty() => Some(vec![Act::Close]),
            "LITERAL" => Some(say(literal)),
            _ if line.starts_with("APPEND") && !append.is_empty() => Some(say(append)),
            _ => None,
        });
        let appended = server.mailbox().append(Folder::Sent, b"Message-ID: <a@x.example>\n\nciao\n");
        (appended, server.heard("APPEND"))
    };
    assert_eq!(appended("* 4 EXISTS\r\n# OK [APPENDUID 7 12] done\r\n", "").0, Appended::Done(desk::item(12)));
    assert!(matches!(appended("# NO [OVERQUOTA] full\r\n", "").0, Appended::Failed(_)));
    assert!(matches!(appended("x", "# NO [TRYCREATE] x\r\n").0, Appended::Failed(_)));
    let (unknown, attempts) = appended("", "");
    assert!(matches!(unknown, Appended::Unknown(_)) && attempts == 1, "{unknown:?}");
    assert!(matches!(appended("# OK taken\r\n", "").0, Appended::Unknown(_)), "taken and not shown");
}

#[test]
fn a_copy_that_is_there_already_is_not_doubled() {
    let server = Server::start(|_, line| {
        line.starts_with("FETCH").then(|| {
            say("* 3 FETCH (UID 9 BODY[HEADER.FIELDS (MESSAGE-ID X-SOLLECITO-REF)] {31}\r\nMessage-ID: <a@x.example>\r\n\r\n\r\n)\r\n# OK done\r\n")
        })
    });
    let appended = server.mailbox().append(Folder::Sent, b"Message-ID: <a@x.example>\r\n\r\nciao\r\n");
    assert_eq!(appended, Appended::Done(desk::item(9)));
    assert_eq!(server.heard("APPEND"), 0);
}

#[test]
fn only_drafts_of_ours_are_removed_and_never_by_a_plain_expunge() {
    for (plus, ours) in [(true, true), (false, true), (true, false)] {
        let server = Server::start(move |_, line| match line {
            "CAPABILITY" if !plus => Some(say("* CAPABILITY IMAP4rev1\r\n# OK done\r\n")),
            _ if line.contains("HEADER.FIELDS") => {
                let header = if ours { "X-Sollecito-Ref: r\r\n\r\n" } else { "\r\n" };
                let length = header.len();
                Some(say(&format!(
                    "* 2 FETCH (UID 5 FLAGS () BODY[HEADER.FIELDS (X-SOLLECITO-REF)] {{{length}}}\r\n{header})\r\n# OK done\r\n"
                )))
            }
            _ => None,
        });
        let mut mailbox = server.mailbox();
        mailbox.enumerate(Folder::Drafts).unwrap();
        assert_eq!(mailbox.remove(Folder::Drafts, &desk::item(5)).is_ok(), ours);
        assert_eq!(server.heard("UID STORE 5 "), usize::from(ours));
        assert_eq!(server.heard("UID EXPUNGE 5"), usize::from(ours && plus));
        assert_eq!(server.heard("EXPUNGE"), 0);
        mailbox.remove(Folder::Inbox, &desk::item(5)).unwrap_err();
    }
}

#[test]
fn a_connection_that_died_unnoticed_is_made_anew_for_a_question() {
    let count = Mutex::new(0);
    let server = Server::start(move |_, line| {
        let mut count = count.lock().unwrap();
        *count += usize::from(line.starts_with("EXAMINE"));
        (line.starts_with("EXAMINE") && *count == 2).then(|| vec![Act::Close])
    });
    let mut mailbox = server.mailbox();
    mailbox.enumerate(Folder::Inbox).unwrap();
    mailbox.enumerate(Folder::Inbox).unwrap();
    assert_eq!(server.heard("LOGIN"), 2);
}

#[test]
fn a_refused_login_is_not_tried_again_at_once() {
    let server = Server::start(|_, line| line.starts_with("LOGIN").then(|| say("# NO [AUTHENTICATIONFAILED] no\r\n")));
    let mut mailbox = server.mailbox();
    let refused = mailbox.enumerate(Folder::Inbox).unwrap_err();
    assert!(!refused.temporary && refused.message.contains("refused the login"), "{refused}");
    let held = mailbox.enumerate(Folder::Inbox).unwrap_err();
    assert!(held.temporary && held.message.contains("Waiting until"), "{held}");
    assert!(held.remedy.unwrap().contains("app password"));
    assert_eq!(server.heard("LOGIN"), 1);
}

#[test]
fn a_token_is_sent_when_asked_for_and_never_twice() {
    let server = Server::start(|_, line| match line {
        "CAPABILITY" => Some(say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n# OK done\r\n")),
        "AUTHENTICATE XOAUTH2" => Some(say("+ \r\n")),
        "" => Some(say("# NO refused\r\n")),
        // The token itself, in base64.
        _ if line.starts_with("dXNlcj1") => Some(say("+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")),
        _ => None,
    });
    let mut settings = server.settings();
    settings.login.method = LoginMethod::Token;
    let refused = ImapMailbox::new(settings).probe().unwrap_err();
    assert!(refused.message.contains("status 401"), "{refused}");
    assert_eq!(server.heard("dXNlcj1"), 1);
}

#[test]
fn a_password_is_not_given_where_it_is_not_wanted() {
    for (security, capabilities) in [
        (Security::PlainLoopback, "* CAPABILITY IMAP4rev1 LOGINDISABLED STARTTLS\r\n# OK done\r\n"),
        (Security::StartTls, "* CAPABILITY IMAP4rev1\r\n# OK done\r\n"),
    ] {
        let server = Server::start(move |_, line| (line == "CAPABILITY").then(|| say(capabilities)));
        let mut settings = server.settings();
        settings.security = security;
        let refused = ImapMailbox::new(settings).probe().unwrap_err();
        assert!(refused.remedy.is_some(), "{refused}");
        assert_eq!(server.heard("LOGIN"), 0);
    }
}

#[test]
fn other_servers_are_told_by_name() {
    let server = Server::start(|_, line| (line == "GREETING").then(|| say("220 mx.example ESMTP\r\n")));
    let refused = server.mailbox().probe().unwrap_err();
    assert!(refused.message.contains("SMTP") && refused.remedy.is_some(), "{refused}");
}

#[test]
fn news_end_the_wait_and_without_any_it_lasts() {
    let server = Server::start(|_, line| {
        (line == "IDLE").then(|| {
            std::thread::sleep(Duration::from_millis(50));
            say("+ idling\r\n* OK Still here\r\n")
        })
    });
    let mut settings = server.settings();
    settings.timeouts.idle = Duration::from_secs(30);
    settings.timeouts.poll = Duration::from_secs(30);
    let mut mailbox = ImapMailbox::new(settings);
    mailbox.enumerate(Folder::Inbox).unwrap();
    assert!(mailbox.wait(Duration::from_secs(5)), "the folder was opened by the watcher");
    assert!(!mailbox.wait(Duration::from_millis(300)), "a keepalive is no news");
    let begun = Instant::now();
    drop(mailbox);
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[test]
fn what_the_server_tells_while_idle_is_news() {
    let server = Server::start(|_, line| match line {
        "IDLE" => {
            let mut acts = say("+ idling\r\n");
            acts.push(Act::Say("* 4 EXISTS\r\n".to_owned()));
            Some(acts)
        }
        _ => None,
    });
    let mut mailbox = server.mailbox();
    mailbox.enumerate(Folder::Inbox).unwrap();
    assert!(mailbox.wait(Duration::from_secs(5)));
}

#[test]
fn idle_is_left_on_time_and_goes_on() {
    let server = Server::start(|_, _| None);
    let mut settings = server.settings();
    settings.timeouts.idle = Duration::from_millis(200);
    settings.timeouts.poll = Duration::from_secs(60);
    let mut mailbox = ImapMailbox::new(settings);
    mailbox.enumerate(Folder::Inbox).unwrap();
    for _ in 0..4 {
        assert!(mailbox.wait(Duration::from_secs(5)));
    }
    assert!(server.heard("DONE") >= 2);
    assert_eq!(server.heard("LOGIN"), 2, "one connection works, one watches");
}

#[test]
fn where_idle_does_not_work_the_mailbox_is_polled() {
    for answer in ["# NO no\r\n", "# BAD\r\n", "+ idling\r\n# OK over\r\n"] {
        let server = Server::start(move |_, line| (line == "IDLE").then(|| say(answer)));
        let mut settings = server.settings();
        settings.timeouts = Timeouts { silence: Duration::from_millis(400), ..settings.timeouts };
        settings.timeouts.connect = Duration::from_millis(300);
        settings.timeouts.poll = Duration::from_millis(500);
        let mut mailbox = ImapMailbox::new(settings);
        mailbox.enumerate(Folder::Inbox).unwrap();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(4) {
            mailbox.wait(Duration::from_secs(1));
        }
        assert_eq!(server.heard("IDLE"), 3, "{answer}");
        assert!(mailbox.wait(Duration::from_secs(1)), "the poll deadline");
    }
}
