//! The same line with a mail server at its end instead of a folder.

use crate::bench::{Firm, SENDING};
use crate::testmail::{Act, Plan, Server};
use sollecito::mailbox::Folder;

const DAY: &str = "2026-10-07T10:00:00+02:00";
const LATER: &str = "2026-10-07T11:30:00+02:00";

/// A firm whose reminders of the day are due, with this server as its way out.
fn firm_with(server: &Server) -> Firm {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    let file = firm.folder.join("sollecito.toml");
    let port = server.address.port();
    let sending = format!("transport = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"");
    let text = std::fs::read_to_string(&file).unwrap().replace("transport = \"folder\"\npath = \"outgoing\"", &sending);
    std::fs::write(&file, text).unwrap();
    firm
}

#[test]
fn a_batch_leaves_over_one_connection_and_is_copied_to_sent() {
    let server = Server::start(vec![Plan::default()]);
    let firm = firm_with(&server);
    assert_eq!(firm.once(DAY), "3 sent.\n");
    assert_eq!(server.bodies().len(), 3);
    assert_eq!(server.count("(connected)"), 1, "one connection for the batch");
    assert_eq!(firm.lying(Folder::Sent).len(), 4);
    assert_eq!(firm.once(LATER), "Nothing new.\n");
    assert_eq!(server.bodies().len(), 3);
}

#[test]
fn a_server_that_vanishes_after_the_body_leaves_an_unsure_mail_that_is_never_sent_again() {
    let vanishing = Plan::default().ending(Act::Close, true);
    let server = Server::start(vec![vanishing, Plan::default()]);
    let firm = firm_with(&server);
    firm.once(DAY);
    let unsure: Vec<_> = firm.outbox(DAY).into_iter().filter(|row| row["state"] == "unsure").collect();
    assert_eq!(unsure.len(), 1, "nobody knows");
    assert_eq!(server.bodies().len(), 3, "the others left");
    for moment in [LATER, "2026-10-08T10:00:00+02:00", "2026-10-13T10:00:00+02:00"] {
        firm.once(moment);
    }
    let subject_of_unsure = unsure[0]["message_id"].as_str().expect("an id").to_owned();
    let copies =
        server.bodies().iter().filter(|body| String::from_utf8_lossy(body).contains(&subject_of_unsure)).count();
    assert_eq!(copies, 1, "the server had taken it; it is not sent again");
    let cases = firm.json(LATER, &["cases"]);
    assert!(cases.as_array().unwrap().iter().any(|case| case["kind"] == "unsure"), "{cases}");
    let id = unsure[0]["id"].to_string();
    firm.good(LATER, &["outbox", "settle", &id, "sent"]);
    assert!(firm.outbox(LATER).iter().all(|row| row["state"] != "unsure"));
}

/// Killed around the go-ahead: what is said is known to be under way, and what is not known so was not said.
#[test]
fn no_byte_of_a_body_leaves_before_it_is_written_down_that_it_does() {
    for (point, state, retried) in [
        ("smtp.after_go_ahead", "claimed", true),
        ("outbox.before_in_data", "claimed", true),
        ("outbox.after_in_data", "in_data", false),
        ("smtp.after_body", "in_data", false),
    ] {
        let server = Server::start(vec![Plan::default()]);
        let firm = firm_with(&server);
        let letters = || {
            let bodies = server.bodies();
            bodies.iter().filter(|body| !String::from_utf8_lossy(body).contains("To: titolare@")).count()
        };
        let mut dying = firm.command(DAY, &["once"]);
        dying.env(sollecito::agent::crash::VARIABLE, point).output().unwrap();
        assert!(server.bodies().is_empty(), "{point}");
        assert_eq!(states(&firm, DAY).iter().filter(|found| *found == state).count(), 1, "{point}");
        for again in [DAY, LATER] {
            firm.once(again);
            assert_eq!(letters(), if retried { 3 } else { 2 }, "{point}");
        }
    }
}

#[test]
fn a_server_that_puts_off_is_asked_again_and_one_that_refuses_is_a_question() {
    let busy = Plan::default().with("RCPT", crate::testmail::say("451 4.3.0 try later"));
    let server = Server::start(vec![busy, Plan::default()]);
    let firm = firm_with(&server);
    firm.once(DAY);
    assert!(firm.outbox(DAY).iter().any(|row| row["state"] == "later"), "{:?}", firm.outbox(DAY));
    firm.once(LATER);
    assert_eq!(server.bodies().len(), 3, "asked again, each once");

    let refusing = Plan::default().with("RCPT", crate::testmail::say("550 5.1.1 no such user"));
    let server = Server::start(vec![refusing]);
    let firm = firm_with(&server);
    firm.once(DAY);
    assert!(server.bodies().is_empty());
    let cases = firm.json(DAY, &["cases"]);
    assert!(cases.as_array().unwrap().iter().any(|case| case["kind"] == "refused"), "{cases}");
    let to_customers =
        || server.heard().iter().filter(|line| line.starts_with("RCPT") && !line.contains("titolare@")).count();
    let to_the_owner = || server.count("RCPT") - to_customers();
    assert_eq!((to_customers(), to_the_owner()), (3, 0));
    firm.once(LATER);
    assert_eq!(
        (to_customers(), to_the_owner()),
        (3, 3),
        "what was refused is not tried again by itself; the owner is told"
    );
    firm.once("2026-10-08T10:00:00+02:00");
    assert_eq!((to_customers(), to_the_owner()), (3, 6), "a notice is not given up at once");
}

#[test]
fn a_notice_that_never_got_through_stands_on_the_next_list() {
    let refusing = Plan::default().with("RCPT TO:<titolare@", crate::testmail::say("552 5.2.2 mailbox full"));
    let server = Server::start(vec![refusing]);
    let firm = firm_with(&server);
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &crate::bench::mail::contested());
    for moment in [DAY, "2026-10-08T10:00:00+02:00", "2026-10-09T10:30:00+02:00"] {
        firm.once(moment);
    }
    let notices = |state: &str| {
        let rows = firm.json(DAY, &["outbox", "--all"]);
        let is_such = |row: &&serde_json::Value| row["purpose"] == "notice" && row["state"] == state;
        rows.as_array().expect("rows").iter().filter(is_such).count()
    };
    assert_eq!(notices("refused"), 1, "two days are enough");
    assert_eq!(notices("planned"), 1, "what it told goes on a list");
    let roomy = Server::start(vec![Plan::default()]);
    let file = firm.folder.join("sollecito.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let port = |server: &Server| format!("port = {}", server.address.port());
    std::fs::write(&file, text.replace(&port(&server), &port(&roomy))).unwrap();
    firm.once("2026-10-09T11:00:00+02:00");
    let to_the_owner = roomy.count("RCPT TO:<titolare@");
    assert_eq!((to_the_owner, notices("refused")), (1, 1), "the owner learns of it after all");
    let list = roomy.bodies().iter().map(|body| String::from_utf8_lossy(body).into_owned()).find(|b| b.contains("C1"));
    assert!(list.is_some_and(|list| list.contains("contestazione")), "the list names the question");
}

#[test]
fn a_mail_that_reached_only_the_copies_counts_and_the_owner_is_asked() {
    let server = Server::start(vec![
        Plan::default().with("RCPT TO:<amministrazione@", crate::testmail::say("550 5.1.1 no such user")),
    ]);
    let firm = firm_with(&server);
    let list = "Numero;Data;Scadenza;Importo;Cliente;Email;Copia;Tipo cliente\n118/2026;31/08/2026;30/09/2026;1.220,00;\
                Baldini S.r.l.;amministrazione@baldini.example;soci@baldini.example;azienda\n";
    std::fs::write(firm.folder.join("copy.csv"), list).unwrap();
    firm.good(crate::bench::BOOKS, &["import", "copy.csv", "--partial"]);
    firm.once(DAY);
    let sent_to_copies =
        || server.heard().iter().filter(|line| line.starts_with("RCPT TO:<soci@baldini.example>")).count();
    assert_eq!(sent_to_copies(), 1);
    let cases = firm.json(DAY, &["cases"]);
    assert!(cases.as_array().unwrap().iter().any(|case| case["kind"] == "refused"), "{cases}");
    for later in [LATER, "2026-10-08T10:00:00+02:00", "2026-10-15T10:00:00+02:00"] {
        firm.once(later);
    }
    assert_eq!(sent_to_copies(), 1, "nothing more about it before the owner looked");
}

/// The state of each row that is for a customer.
fn states(firm: &Firm, now: &str) -> Vec<String> {
    let rows = firm.outbox(now);
    let of_customers = rows.iter().filter(|row| row["purpose"] != "notice");
    of_customers.map(|row| row["state"].as_str().expect("a state").to_owned()).collect()
}

#[test]
fn a_server_that_is_busy_as_a_whole_is_asked_once_and_then_left_alone() {
    let busy = Plan { greeting: crate::testmail::say("421 4.7.0 too many connections"), ..Plan::default() };
    let server = Server::start(vec![busy.clone(), busy.clone(), busy, Plan::default()]);
    let firm = firm_with(&server);
    let said = firm.once(DAY);
    assert!(said.contains("421 4.7.0 too many\nconnections. It is tried again from 2026-10-07 10:01 on."), "{said}");
    assert_eq!(server.count("(connected)"), 1, "three mails are due, one knock is enough");
    firm.once("2026-10-07T10:00:40+02:00");
    assert_eq!(server.count("(connected)"), 1, "the first wait is a minute");
    firm.once("2026-10-07T10:01:10+02:00");
    assert_eq!(server.count("(connected)"), 2);
    firm.once("2026-10-07T10:05:10+02:00");
    assert_eq!(server.count("(connected)"), 2, "the second wait is five minutes");
    firm.once("2026-10-07T10:06:20+02:00");
    firm.once("2026-10-07T10:22:00+02:00");
    assert_eq!((server.count("(connected)"), server.bodies().len()), (4, 3), "and then all three leave");
    assert_eq!(states(&firm, DAY), ["accepted"; 3]);
}

#[test]
fn check_live_ends_the_rest_when_the_server_works_again() {
    let busy = Plan { greeting: crate::testmail::say("421 4.7.0 too many connections"), ..Plan::default() };
    let server = Server::start(vec![busy.clone(), busy.clone(), busy, Plan::default()]);
    let firm = firm_with(&server);
    firm.once(DAY);
    firm.once("2026-10-07T10:01:10+02:00");
    let check = firm.run("2026-10-07T10:02:00+02:00", &["check", "--live"]);
    assert!(check.out.contains("Mail is tried again from 2026-10-07 10:06 on"), "{}", check.all());
    let check = firm.run("2026-10-07T10:02:10+02:00", &["check", "--live"]);
    assert!(!check.out.contains("is tried again from"), "{}", check.all());
    firm.once("2026-10-07T10:02:20+02:00");
    assert_eq!(server.bodies().len(), 3, "nothing waits for the rest that was begun before");
}

#[test]
fn a_refused_login_is_not_tried_until_the_account_is_locked() {
    let server = Server::start(vec![Plan::default().with("AUTH", crate::testmail::say("535 5.7.8 no"))]);
    let firm = firm_with(&server);
    let file = firm.folder.join("sollecito.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let login = "tls = \"none\"\nuser = \"marta@studioferri.example\"\npassword_file = \"password.txt\"";
    std::fs::write(&file, text.replace("tls = \"none\"", login)).unwrap();
    std::fs::write(firm.folder.join("password.txt"), "wrong\n").unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(firm.folder.join("password.txt"), private).unwrap();
    // A pass a minute, and then now and then for four hours: at 0, 1, 6 and 36 minutes, and then not for six hours.
    for minute in (0..40).chain([60, 120, 180, 239]) {
        firm.run(&format!("2026-10-07T{:02}:{:02}:30+02:00", 10 + minute / 60, minute % 60), &["once"]);
    }
    assert_eq!(server.count("AUTH"), 4);
    assert!(server.bodies().is_empty());
}

#[test]
fn a_mail_at_which_the_server_breaks_off_does_not_stand_before_the_others() {
    let server = Server::start(vec![Plan::default().with("RCPT TO:<amministrazione@baldini.example>", Act::Close)]);
    let firm = firm_with(&server);
    for moment in [DAY, "2026-10-07T10:02:00+02:00", "2026-10-07T10:10:00+02:00"] {
        firm.once(moment);
    }
    let mut states = states(&firm, DAY);
    states.sort();
    assert_eq!(states, ["accepted", "accepted", "later"]);
}

#[test]
fn a_mail_waits_until_all_its_recipients_are_taken_and_for_a_copy_only_so_long() {
    let grey = |whom: &'static str| Plan::default().with(whom, crate::testmail::say("450 4.2.0 greylisted"));
    let list = "Numero;Data;Scadenza;Importo;Cliente;Email;Copia;Tipo cliente\n118/2026;31/08/2026;30/09/2026;1.220,00;\
                Baldini S.r.l.;amministrazione@baldini.example;soci@altrove.example;azienda\n";
    let to_both = |server: &Server| {
        let about: Vec<String> =
            server.bodies().iter().map(|body| String::from_utf8_lossy(body).into_owned()).collect();
        about.iter().filter(|body| body.contains("amministrazione@baldini.example")).count()
    };
    // The copy is put off at first: both get the mail later, once.
    let server = Server::start(vec![grey("RCPT TO:<soci@"), Plan::default()]);
    let firm = firm_with(&server);
    std::fs::write(firm.folder.join("copy.csv"), list).unwrap();
    firm.good(crate::bench::BOOKS, &["import", "copy.csv", "--partial"]);
    firm.once(DAY);
    assert_eq!(to_both(&server), 0, "nobody got it before all can");
    firm.once("2026-10-07T10:10:00+02:00");
    firm.once("2026-10-07T10:30:00+02:00");
    assert_eq!(to_both(&server), 1);
    assert_eq!(server.count("RCPT TO:<amministrazione@"), 2);
    // The copy is put off for ever: after four hours the mail goes to whom it is for.
    let server = Server::start(vec![grey("RCPT TO:<soci@")]);
    let firm = firm_with(&server);
    std::fs::write(firm.folder.join("copy.csv"), list).unwrap();
    firm.good(crate::bench::BOOKS, &["import", "copy.csv", "--partial"]);
    for moment in ["10:00:00", "10:10:00", "10:40:00", "11:50:00", "14:35:00", "16:05:00", "16:30:00"] {
        firm.once(&format!("2026-10-07T{moment}+02:00"));
    }
    assert_eq!(to_both(&server), 1);
    // The one whom it is for is put off: it never goes to the copy alone.
    let server = Server::start(vec![grey("RCPT TO:<amministrazione@")]);
    let firm = firm_with(&server);
    std::fs::write(firm.folder.join("copy.csv"), list).unwrap();
    firm.good(crate::bench::BOOKS, &["import", "copy.csv", "--partial"]);
    for moment in ["07T10:00:00", "07T10:10:00", "07T16:05:00", "08T10:30:00", "08T15:00:00"] {
        firm.once(&format!("2026-10-{moment}+02:00"));
    }
    assert_eq!(to_both(&server), 0);
    let states: Vec<_> = firm.outbox(DAY).iter().map(|row| row["state"].as_str().unwrap().to_owned()).collect();
    assert!(states.contains(&"later".to_owned()), "{states:?}");
}
