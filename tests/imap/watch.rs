//! Waiting for news, silence, going away and coming back (table 2.4).

use crate::case::{Case, LIMIT, PATIENT, QUICK, eventually, id, login, mail, numbers, own, timed, without_idle};
use crate::testmail::imap::{
    Act, Ending, Fault, Idle, ImapServer, Personality, Post, Then, When, after, bad, before, bye, closes, meanwhile,
    meanwhile_after, meanwhile_last, no, not_connected, stalls, throttled,
};
use sollecito::mailbox::imap::{ImapMailbox, Timeouts, Watch};
use sollecito::mailbox::{Appended, Fetched, Folder, Mailbox};
use sollecito::network::{LoginMethod, Secret, SecretSource, Trouble};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn arrives(post: &mut Post) {
    let number = post.folder("INBOX").next;
    post.deliver("INBOX", &mail(number));
}

/// As the agent goes: looks, waits, looks. True: number 4 was found within so many rounds.
fn found_within(case: &mut Case, rounds: usize) -> bool {
    (0..rounds).any(|_| {
        case.mailbox.wait(Duration::from_secs(3));
        eventually(|| case.inbox()).ids.contains(&id(4))
    })
}

#[test]
fn row_01_mail_that_comes_at_any_point_between_listing_and_idle_is_found_in_the_next_round() {
    let points: [(&str, Fault); 7] = [
        ("in the listing", Fault::at("UID FETCH", meanwhile_after(1, arrives))),
        ("after the listing", Fault::at("UID FETCH", meanwhile_last(arrives))),
        ("while INBOX is opened to watch it", Fault::at("EXAMINE", meanwhile(arrives)).on(2)),
        ("after that", Fault::at("EXAMINE", meanwhile_last(arrives)).on(2)),
        ("before the plus", Fault::at("IDLE", meanwhile(arrives))),
        ("after the plus", Fault::when(When::Idle, meanwhile(arrives))),
        ("in DONE", Fault::when(When::Done, meanwhile(arrives))),
    ];
    for (point, fault) in points {
        let mut timeouts = PATIENT;
        timeouts.idle = Duration::from_millis(200);
        let mut case = Case::plain(timeouts);
        case.server.fault(fault.once());
        case.inbox().unwrap();
        // One round may be spent on the first news of a watcher that has just begun.
        assert!(found_within(&mut case, 3), "{point}: {:?}", case.server.heard());
        case.spoke_properly();
    }
}

#[test]
fn row_01_mail_that_came_before_the_watcher_looked_is_told_without_waiting_for_a_deadline() {
    let timeouts = Timeouts { idle: Duration::from_secs(60), poll: Duration::from_secs(60), ..PATIENT };
    let mut case = Case::plain(timeouts);
    case.inbox().unwrap();
    case.arrive(4..=4);
    // The server has told nobody, and has nothing more to tell.
    assert!(case.mailbox.wait(Duration::from_secs(20)));
    assert!(case.inbox().unwrap().ids.contains(&id(4)));
    case.unchanged();
}

#[test]
fn row_01_mail_that_comes_while_idle_is_told_at_once() {
    let mut case = Case::plain(PATIENT);
    case.inbox().unwrap();
    while case.mailbox.wait(Duration::from_millis(300)) {}
    for number in 4..7 {
        case.meanwhile(|server| server.deliver("INBOX", &mail(number)));
        let (told, took) = timed(|| case.mailbox.wait(Duration::from_secs(4)));
        assert!(told && took < Duration::from_millis(900), "{took:?}");
        assert!(case.inbox().unwrap().ids.contains(&id(number)));
    }
    assert!(case.server.count("IDLE") >= 1);
    case.unchanged();
}

#[test]
fn row_02_idle_is_left_on_time_whatever_the_server_says() {
    let mut timeouts = PATIENT;
    timeouts.idle = Duration::from_millis(300);
    let mut who = Personality::plain();
    who.idle = Idle::StillHere(Duration::from_millis(5));
    let mut case = Case::of(who, timeouts);
    case.inbox().unwrap();
    let begun = Instant::now();
    while case.server.count("DONE") < 3 {
        assert!(begun.elapsed() < Duration::from_secs(5), "IDLE is never left");
        case.mailbox.wait(Duration::from_millis(100));
        case.inbox().unwrap();
    }
    assert_eq!(case.server.counts().ever, 2, "and goes on, on the same connection");
    case.unchanged();
}

#[test]
fn row_02_whoever_waits_is_sent_to_look_each_time_that_idle_was_left() {
    // Long enough that nothing else ends the wait.
    let timeouts = Timeouts {
        connect: Duration::from_secs(30),
        idle: Duration::from_secs(1),
        poll: Duration::from_secs(60),
        ..PATIENT
    };
    let mut case = Case::plain(timeouts);
    case.inbox().unwrap();
    while case.mailbox.wait(Duration::from_millis(300)) {}
    for _ in 0..2 {
        let (told, took) = timed(|| case.mailbox.wait(Duration::from_secs(15)));
        assert!(told, "{took:?}");
        case.inbox().unwrap();
    }
    case.unchanged();
}

#[test]
fn row_03_a_server_that_falls_silent_in_idle_is_left() {
    for fault in [Fault::when(When::Idle, stalls()), Fault::when(When::Done, stalls())] {
        let mut case = Case::plain(QUICK);
        case.inbox().unwrap();
        case.server.fault(fault.times(2));
        case.mailbox.wait(Duration::from_millis(50));
        case.meanwhile(|server| server.deliver("INBOX", &mail(4)));
        assert!(found_within(&mut case, 4));
        case.server.until("IDLE is asked for again", |server| server.count("IDLE") >= 3);
        case.unchanged();
    }
}

#[test]
fn row_03_a_server_that_falls_silent_for_a_question_is_left_too() {
    let mut case = Case::plain(QUICK);
    case.inbox().unwrap();
    case.server.fault(Fault::at("EXAMINE", stalls()));
    let (listed, took) = timed(|| case.inbox());
    let problem = listed.unwrap_err();
    assert!(problem.temporary && problem.message.contains("stopped answering"), "{problem:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    case.server.no_more_faults();
    eventually(|| case.inbox());
    case.unchanged();
}

#[test]
fn row_04_a_server_that_ends_while_idle_is_news_and_not_the_end() {
    for (farewell, ending) in [("", Ending::Polite), ("", Ending::Reset), ("* BYE restart\r\n", Ending::Polite)] {
        let mut case = Case::plain(QUICK);
        case.inbox().unwrap();
        case.mailbox.wait(Duration::ZERO);
        case.server.until("IDLE", |server| server.count("IDLE") >= 1);
        case.server.end_all(farewell, ending);
        case.meanwhile(|server| server.deliver("INBOX", &mail(4)));
        assert!(found_within(&mut case, 4));
        case.server.until("IDLE is asked for again", |server| server.count("IDLE") >= 2);
        case.unchanged();
    }
}

#[test]
fn row_05_without_idle_the_mailbox_is_polled() {
    let mut broken = Personality::plain();
    broken.idle = Idle::Refused;
    for who in [without_idle(), Personality::yahoo(), broken] {
        let name = who.name;
        let mut case = Case::of(who, QUICK);
        case.inbox().unwrap();
        case.meanwhile(|server| server.deliver("INBOX", &mail(4)));
        assert!(found_within(&mut case, 4), "{name}");
        case.unchanged();
    }
}

#[test]
fn row_05_polling_can_be_wished_for_and_needs_one_connection() {
    let mut case = Case::plain(PATIENT).set(|settings| {
        settings.watch = Watch::Poll;
        settings.timeouts.poll = Duration::from_millis(100);
    });
    for number in 4..8 {
        case.inbox().unwrap();
        case.meanwhile(|server| server.deliver("INBOX", &mail(number)));
        let (told, took) = timed(|| case.mailbox.wait(Duration::from_secs(2)));
        assert!(told && took < Duration::from_millis(600), "{took:?}");
    }
    assert_eq!((case.server.count("IDLE"), case.server.counts().ever), (0, 1));
    case.unchanged();
}

#[test]
fn row_05_idle_that_fails_again_and_again_is_given_up() {
    for act in [no("not now"), bad(""), closes(Ending::Polite)] {
        let mut case = Case::plain(QUICK);
        case.inbox().unwrap();
        case.server.fault(Fault::at("IDLE", act.clone()));
        let end = Instant::now() + Duration::from_secs(4);
        while Instant::now() < end && case.server.count("IDLE") < 3 {
            case.mailbox.wait(Duration::from_millis(100));
        }
        std::thread::sleep(Duration::from_millis(300));
        let tried = case.server.count("IDLE");
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(case.server.count("IDLE"), tried, "{act:?}");
        case.meanwhile(|server| server.deliver("INBOX", &mail(4)));
        assert!(found_within(&mut case, 4), "{act:?}");
        case.unchanged();
    }
}

#[test]
fn row_06_idle_in_which_nothing_is_told_delays_and_loses_nothing() {
    let mut timeouts = PATIENT;
    timeouts.idle = Duration::from_millis(300);
    let mut who = Personality::plain();
    who.idle = Idle::Silent;
    let mut case = Case::of(who, timeouts);
    case.inbox().unwrap();
    while case.mailbox.wait(Duration::from_millis(30)) {}
    case.meanwhile(|server| server.deliver("INBOX", &mail(4)));
    assert!(found_within(&mut case, 2));
    case.unchanged();
}

#[test]
fn row_07_two_connections_are_enough_for_everything() {
    let mut case = Case::plain(QUICK);
    for round in 0..6 {
        for folder in [Folder::Inbox, Folder::Sent, Folder::Drafts, Folder::Junk] {
            eventually(|| case.mailbox.enumerate(folder));
        }
        case.mailbox.wait(Duration::from_millis(60));
        if round % 2 == 1 {
            case.server.restart();
        }
        case.meanwhile(arriving);
    }
    let counts = case.server.counts();
    assert!(counts.most == 2, "{counts:?}");
    case.unchanged();
}

fn arriving(server: &ImapServer) {
    server.post(arrives);
}

#[test]
fn row_08_a_stall_at_every_phase_ends_in_time() {
    let phases = [
        Fault::when(When::Greeting, stalls()),
        Fault::at("CAPABILITY", stalls()),
        Fault::at("AUTHENTICATE", stalls()),
        Fault::at("ID", stalls()),
        Fault::at("LIST", stalls()),
        Fault::at("EXAMINE", stalls()),
        Fault::at("EXAMINE", Act::Cut(2, Then::Stall)),
        Fault::at("UID FETCH", stalls()),
        Fault::at("UID FETCH", Act::Cut(1, Then::SayAnd(b"* 2 FETCH (UI".to_vec(), Box::new(Then::Stall)))),
    ];
    for fault in phases {
        let mut case = Case::plain(QUICK);
        case.server.fault(fault.clone());
        let (listed, took) = timed(|| case.inbox());
        assert!(listed.as_ref().is_err_and(|problem| problem.temporary), "{fault:?}: {listed:?}");
        assert!(took < Duration::from_millis(1500), "{fault:?}: {took:?}");
        case.server.no_more_faults();
        let listing = eventually(|| case.inbox());
        case.is_all(&listing, "INBOX");
        case.unchanged();
    }
}

#[test]
fn row_08_slow_is_not_silent() {
    let mut case = Case::plain(QUICK);
    case.server.fault(Fault::at("UID FETCH", Act::Drip(Duration::from_millis(4))));
    let listing = case.inbox().unwrap();
    case.is_all(&listing, "INBOX");
    case.server.no_more_faults();
    case.server.fault(Fault::at("", Act::Late(Duration::from_millis(30))));
    let listing = case.inbox().unwrap();
    case.holds_all(&listing, "INBOX");
    case.unchanged();
}

#[test]
fn row_08_an_append_that_stalls_ends_in_time_as_what_it_is() {
    for (fault, lies) in [
        (Fault::at("APPEND", stalls()), 0),
        (Fault::when(When::Appending, stalls()), 0),
        (Fault::when(When::Appending, Act::Cut(0, Then::Stall)), 1),
    ] {
        let mut case = Case::plain(QUICK);
        case.server.fault(fault.clone());
        let (appended, took) = timed(|| case.mailbox.append(Folder::Sent, &own("r1")));
        assert!(took < Duration::from_millis(1500), "{fault:?}: {took:?}");
        assert_eq!(case.lying("Sent").len(), lies);
        let before_the_plus = case.server.heard().iter().all(|heard| !heard.contains("Buongiorno"));
        match appended {
            Appended::Failed(_) => assert!(before_the_plus),
            Appended::Unknown(_) => assert!(!before_the_plus),
            Appended::Done(_) => panic!("nobody said so"),
        }
        case.spoke_properly();
    }
}

#[test]
fn row_09_a_server_that_lets_in_and_closes_is_not_hammered() {
    // With these timeouts an hour of the back-off is three seconds.
    let mut timeouts = QUICK;
    timeouts.silence = Duration::from_millis(50);
    for fault in [
        Fault::at("LIST", closes(Ending::Polite)),
        Fault::at("ID", bye("go away")),
        Fault::at("EXAMINE", closes(Ending::Reset)),
    ] {
        let mut case = Case::plain(timeouts);
        case.server.fault(fault.clone());
        let end = Instant::now() + Duration::from_secs(3);
        while Instant::now() < end {
            case.inbox().unwrap_err();
            case.mailbox.wait(Duration::from_millis(5));
        }
        let logins = case.server.logins().len();
        assert!((3..40).contains(&logins), "{fault:?}: {logins} logins");
        case.unchanged();
    }
}

#[test]
fn row_09_a_server_that_is_away_is_tried_less_and_less_often_and_found_again() {
    let mut case = Case::plain(QUICK);
    case.server.away(true);
    let end = Instant::now() + Duration::from_secs(2);
    while Instant::now() < end {
        case.inbox().unwrap_err();
        std::thread::sleep(Duration::from_millis(5));
    }
    case.server.away(false);
    let listing = eventually(|| case.inbox());
    case.is_all(&listing, "INBOX");
    case.unchanged();
}

#[test]
fn row_09_a_refused_login_is_tried_four_times_and_then_no_more() {
    let mut timeouts = QUICK;
    timeouts.silence = Duration::from_millis(30);
    let mut case = Case::plain(timeouts).set(|settings| {
        settings.timeouts = timeouts;
        settings.login = login("falso", LoginMethod::Password);
    });
    let begun = Instant::now();
    let mut last = case.inbox().unwrap_err();
    assert!(!last.temporary && last.remedy.as_ref().unwrap().contains("password"), "{last:?}");
    while begun.elapsed() < Duration::from_secs(3) {
        last = case.inbox().unwrap_err();
        case.mailbox.wait(Duration::from_millis(5));
    }
    let logins = case.server.logins();
    assert_eq!(logins.len(), 4);
    let gaps: Vec<Duration> = logins.windows(2).map(|two| two[1] - two[0]).collect();
    // One, five, thirty minutes, of which one is as long as the server may be silent.
    for (gap, least) in gaps.iter().zip([30, 150, 900]) {
        assert!(*gap >= Duration::from_millis(least), "{gaps:?}");
    }
    assert!(!last.temporary && last.message.contains("no further login"), "{last:?}");
    case.unchanged();
}

/// A secret that somebody changes while the agent runs.
#[derive(Debug)]
struct Changing(Mutex<&'static str>);

impl SecretSource for Changing {
    fn secret(&self) -> Result<Secret, Trouble> {
        Ok(Secret::new((*self.0.lock().unwrap()).to_owned()))
    }
}

#[test]
fn row_09_a_password_that_is_changed_under_way_is_used_at_once() {
    let mut timeouts = QUICK;
    timeouts.silence = Duration::from_millis(60);
    let source = Arc::new(Changing(Mutex::new("segreto")));
    let shared: Arc<dyn SecretSource> = source.clone();
    let mut case = Case::plain(timeouts).set(|settings| {
        settings.timeouts = timeouts;
        settings.login.source = shared;
    });
    case.inbox().unwrap();
    case.server.set_password("nuovo");
    case.server.end_all("", Ending::Polite);
    let end = Instant::now() + Duration::from_secs(4);
    while Instant::now() < end && case.server.logins().len() < 5 {
        case.inbox().unwrap_err();
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(case.server.logins().len(), 5, "one that went well, four that did not");
    *source.0.lock().unwrap() = "nuovo";
    let listing = eventually(|| case.inbox());
    assert_eq!(numbers(&listing.ids), [1, 2, 3]);
    case.unchanged();
}

#[test]
fn row_11_a_throttled_account_is_left_alone_so_long_and_no_longer() {
    let mut timeouts = QUICK;
    timeouts.idle = Duration::from_secs(60);
    for command in ["UID FETCH", "EXAMINE", "LIST"] {
        let mut case = Case::plain(timeouts);
        case.server.fault(Fault::at(command, throttled(700)).once());
        let begun = Instant::now();
        let problem = case.inbox().unwrap_err();
        assert!(problem.temporary && problem.message.contains("left alone"), "{problem:?}");
        let listing = eventually(|| case.inbox());
        case.is_all(&listing, "INBOX");
        assert!(begun.elapsed() >= Duration::from_millis(700), "{command}: {:?}", begun.elapsed());
        assert_eq!(case.server.counts().ever, 2, "nobody knocked meanwhile");
        case.unchanged();
    }
}

#[test]
fn row_11_a_login_that_is_taken_and_a_mailbox_that_is_not_opened() {
    let mut case = Case::plain(QUICK);
    for command in ["ID", "LIST", "EXAMINE"] {
        case.server.fault(Fault::at(command, not_connected()));
    }
    let problem = case.inbox().unwrap_err();
    assert!(problem.temporary && problem.remedy.as_ref().unwrap().contains("licence"), "{problem:?}");
    case.server.no_more_faults();
    let listing = eventually(|| case.inbox());
    case.is_all(&listing, "INBOX");
    case.unchanged();
}

#[test]
fn row_12_a_goodbye_in_any_state_is_an_error_and_nothing_more() {
    let states = [
        Fault::when(When::Greeting, bye("busy")),
        Fault::at("CAPABILITY", bye("busy")),
        Fault::at("AUTHENTICATE", bye("busy")),
        Fault::at("ID", bye("busy")),
        Fault::at("LIST", bye("busy")),
        Fault::at("EXAMINE", Act::Cut(3, Then::Bye("busy".to_owned()))),
        Fault::at("UID FETCH", Act::Cut(2, Then::Bye("busy".to_owned()))),
        Fault::at("EXAMINE", after("* BYE busy\r\n")),
        Fault::at("UID FETCH", before("* BYE busy\r\n")),
    ];
    for fault in states {
        let mut case = Case::plain(QUICK);
        case.server.fault(fault.clone().once());
        match case.inbox() {
            // A goodbye after the answer is heard at the next question.
            Ok(listing) => case.is_all(&listing, "INBOX"),
            Err(problem) => assert!(problem.temporary, "{fault:?}: {problem:?}"),
        }
        let listing = eventually(|| case.inbox());
        case.holds_all(&listing, "INBOX");
        case.unchanged();
    }
}

#[test]
fn row_12_after_a_goodbye_nothing_is_believed_and_nothing_waited_for() {
    // The server stays, and even answers: it has said goodbye all the same.
    let goes_on = before("* BYE busy\r\n");
    let falls_silent = Act::Instead(Then::SayAnd(b"* BYE busy\r\n".to_vec(), Box::new(Then::Stall)));
    for act in [goes_on, falls_silent] {
        for command in ["LIST", "EXAMINE", "UID FETCH"] {
            let mut case = Case::plain(PATIENT);
            case.server.fault(Fault::at(command, act.clone()).once());
            let (listed, took) = timed(|| case.inbox());
            let problem = listed.unwrap_err();
            assert!(problem.temporary && problem.message.contains("ended the connection"), "{command}: {problem:?}");
            assert!(took < Duration::from_secs(1), "{command}: {took:?}");
            let listing = eventually(|| case.inbox());
            case.is_all(&listing, "INBOX");
            assert_eq!(case.server.counts().ever, 2);
            case.unchanged();
        }
    }
    let mut case = Case::plain(PATIENT);
    case.server.fault(Fault::when(When::Idle, before("* BYE busy\r\n")).once());
    case.inbox().unwrap();
    case.mailbox.wait(Duration::ZERO);
    case.server.until("IDLE is asked for again", |server| server.count("IDLE") >= 2);
    assert_eq!(case.server.count("DONE"), 0, "nothing more is said on the old one");
    case.unchanged();
}

#[test]
fn row_13_a_mailbox_that_is_dropped_leaves_at_once_and_properly() {
    // While it waits, and while it stalls in a question on another thread.
    let mut case = Case::plain(PATIENT);
    case.inbox().unwrap();
    case.mailbox.wait(Duration::ZERO);
    case.server.until("IDLE", |server| server.count("IDLE") == 1);
    let Case { server, mailbox, .. } = case;
    let ((), took) = timed(move || drop(mailbox));
    assert!(took < Duration::from_millis(1500), "{took:?}");
    server.until("all have left", |server| server.counts().open == 0);
    assert_eq!((server.count("DONE"), server.count("LOGOUT")), (1, 2));
}

#[test]
fn row_13_a_question_that_was_given_up_does_not_answer_the_next() {
    // So slow that the asker goes; what comes late belongs to nobody.
    let timeouts = Timeouts { silence: Duration::from_millis(100), connect: Duration::from_millis(150), ..QUICK };
    let mut case = Case::plain(timeouts);
    let listing = case.inbox().unwrap();
    case.server.fault(Fault::at("UID FETCH", Act::Drip(Duration::from_millis(30))).with("BODY").times(3));
    for _ in 0..3 {
        let fetched = case.mailbox.fetch(Folder::Inbox, &id(1), LIMIT);
        assert!(!matches!(fetched, Ok(Fetched::Got(_) | Fetched::Vanished)), "{fetched:?}");
    }
    case.server.no_more_faults();
    for number in [2, 3, 1] {
        let got = eventually(|| match case.mailbox.fetch(Folder::Inbox, &id(number), LIMIT) {
            Ok(Fetched::Got(got)) => Ok(got),
            other => Err(other),
        });
        assert_eq!(got.bytes, mail(number));
    }
    assert_eq!(listing.ids.len(), 3);
    case.unchanged();
}

#[test]
fn nothing_is_asked_before_the_first_question_and_waiting_alone_does_not_fail() {
    let server = ImapServer::plain();
    let mut mailbox = ImapMailbox::new(crate::case::settings(&server, QUICK));
    assert_eq!(server.counts().ever, 0);
    server.away(true);
    let (_, took) = timed(|| mailbox.wait(Duration::from_millis(200)));
    assert!(took < Duration::from_secs(1), "{took:?}");
}
