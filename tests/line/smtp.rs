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
