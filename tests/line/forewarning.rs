//! `forewarn = true`: in the morning the owner gets the list of what would leave today. What they say no to does not
//! leave, and nothing leaves on a day whose list did not reach them.

use crate::bench::mail::{self, Letter};
use crate::bench::{BOOKS, Firm, LIST, Left, SENDING};
use sollecito::agent::crash::VARIABLE;
use sollecito::mailbox::Folder;

const FOREWARNED: &str = "approve_first_mail = false\nforewarn = true\n";
const NIGHT: &str = "2026-10-07T06:30:00+02:00";
const EIGHT: &str = "2026-10-07T08:01:00+02:00";
const OPEN: &str = "2026-10-07T09:35:00+02:00";

/// Three reminders that would leave on Wednesday, and their list handed over at eight.
fn told() -> Firm {
    let firm = Firm::at_work(SENDING, FOREWARNED);
    firm.once(NIGHT);
    assert!(firm.left().is_empty(), "not before the morning");
    firm.once(EIGHT);
    assert_eq!((lists(&firm).len(), firm.left().len()), (1, 1));
    firm
}

fn lists(firm: &Firm) -> Vec<Left> {
    firm.notices().into_iter().filter(named).collect()
}

fn named(notice: &Left) -> bool {
    notice.header("Subject").is_some_and(|subject| subject.starts_with("Oggi partirebb"))
}

fn text(left: &Left) -> String {
    sollecito::message::read(&left.bytes, &sollecito::message::Reader::default()).words.new
}

/// The number with which a mail to this customer is stopped.
fn number(firm: &Firm, customer: &str) -> String {
    let list = text(lists(firm).last().expect("a list"));
    let (_, rest) = list.split_once(&format!("- {customer}")).unwrap_or_else(|| panic!("{customer}: {list}"));
    let (_, rest) = rest.split_once("per fermarlo: no ").expect("the word");
    rest.chars().take_while(char::is_ascii_digit).collect()
}

fn answer(list: &Left, id: &str, words: &str) -> Letter {
    Letter::new(
        "Marta Ferri <titolare@studioferri.example>",
        mail::MARTA,
        "Re: Oggi partirebbero 3 messaggi",
        "Wed, 7 Oct 2026 08:20:00 +0200",
        id,
        words,
    )
    .answering(&list.header("Message-ID").expect("an id"))
}

fn lay_answer(firm: &Firm, words: &str) {
    let letter = answer(&lists(firm)[0], "<no@studioferri.example>", words);
    firm.lay(Folder::Inbox, "2026-10-07T06:21:00Z", &letter);
}

fn customers(firm: &Firm) -> Vec<&'static str> {
    let left = firm.left_to_customers();
    let all = ["baldini", "neriimpianti", "officineverdi"];
    all.into_iter().filter(|name| left.iter().any(|left| left.envelope.contains(name))).collect()
}

#[test]
fn the_list_of_the_morning_comes_first_and_what_nobody_stops_leaves() {
    let firm = told();
    let list = &lists(&firm)[0];
    assert_eq!(list.header("Subject").as_deref(), Some("Oggi partirebbero 3 messaggi (07/10/2026)"));
    for name in ["Baldini S.r.l., fattura n. 118/2026: 1.220,00 €", "Neri Impianti S.r.l.", "Officine Verdi S.r.l."] {
        assert!(text(list).contains(name), "{}", text(list));
    }
    firm.once(OPEN);
    assert_eq!(customers(&firm), ["baldini", "neriimpianti", "officineverdi"]);
    assert_eq!(lists(&firm).len(), 1, "told once");
}

#[test]
fn who_sees_the_list_late_has_still_an_hour() {
    let firm = Firm::at_work(SENDING, FOREWARNED);
    firm.once("2026-10-07T09:40:00+02:00");
    firm.once("2026-10-07T10:30:00+02:00");
    assert_eq!((lists(&firm).len(), customers(&firm).len()), (1, 0));
    firm.once("2026-10-07T10:45:00+02:00");
    assert_eq!(customers(&firm).len(), 3);
}

/// "Who has paid?" comes first; what its answer sets free is told of at once, when no list has left yet.
#[test]
fn the_list_follows_the_answer_to_who_has_paid() {
    let firm = Firm::new(SENDING, FOREWARNED);
    std::fs::write(firm.folder.join("list.csv"), LIST).expect("the list");
    firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-09-30"]);
    firm.once(NIGHT);
    firm.once(EIGHT);
    assert_eq!((lists(&firm).len(), firm.notices().len()), (0, 1), "one question");
    firm.good("2026-10-07T08:25:00+02:00", &["payments-known", "2026-10-06"]);
    firm.once("2026-10-07T08:30:00+02:00");
    assert_eq!(lists(&firm).len(), 1);
    firm.once(OPEN);
    assert_eq!(customers(&firm).len(), 3);
}

/// What is decided when the list of the day has left stands on the next one.
#[test]
fn what_comes_after_the_list_waits_for_the_next() {
    let firm = told();
    let late = format!("{LIST}121/2026;31/08/2026;30/09/2026;99,00;Rossi S.r.l.;info@rossi.example;azienda\n");
    std::fs::write(firm.folder.join("late.csv"), late).expect("the list");
    firm.good("2026-10-07T08:10:00+02:00", &["import", "late.csv", "--payments-known", "2026-10-06"]);
    let to_rossi = |firm: &Firm| firm.left_to_customers().iter().any(|left| left.envelope.contains("rossi"));
    firm.once(OPEN);
    firm.once("2026-10-07T15:00:00+02:00");
    assert!(!to_rossi(&firm) && customers(&firm).len() == 3);
    firm.once("2026-10-08T08:05:00+02:00");
    assert!(text(lists(&firm).last().expect("a list")).contains("Rossi S.r.l."));
    firm.once("2026-10-08T09:35:00+02:00");
    assert!(to_rossi(&firm));
}

#[test]
fn a_no_by_mail_stops_one() {
    let firm = told();
    lay_answer(&firm, &format!("no {}\n\nMarta\n", number(&firm, "Baldini")));
    firm.once(OPEN);
    firm.once("2026-10-07T15:00:00+02:00");
    assert_eq!(customers(&firm), ["neriimpianti", "officineverdi"]);
    let why = firm.good(OPEN, &["why", "118/2026"]);
    assert!(why.contains("that means no"), "{why}");
    assert_eq!(firm.notices().len(), 1, "nobody is asked about it");
}

/// From the firm's own mailbox the answer is seen in Sent; it is no letter of the owner's to a customer.
#[test]
fn a_no_from_the_firms_own_mailbox_stops_too() {
    let firm = told();
    let letter = Letter::new(
        mail::MARTA,
        "Marta Ferri <titolare@studioferri.example>",
        "Re: Oggi partirebbero 3 messaggi",
        "Wed, 7 Oct 2026 08:20:00 +0200",
        "<sent@studioferri.example>",
        &format!("No {}!\n", number(&firm, "Officine Verdi")),
    )
    .answering(&lists(&firm)[0].header("Message-ID").expect("an id"));
    firm.lay(Folder::Sent, "2026-10-07T06:21:00Z", &letter);
    firm.once(OPEN);
    assert_eq!(customers(&firm), ["baldini", "neriimpianti"]);
}

#[test]
fn a_no_by_order_stops_one() {
    let firm = told();
    firm.good("2026-10-07T08:30:00+02:00", &["outbox", "cancel", &number(&firm, "Neri Impianti")]);
    firm.once(OPEN);
    assert_eq!(customers(&firm), ["baldini", "officineverdi"]);
}

#[test]
fn what_is_not_understood_makes_the_rest_wait() {
    let firm = told();
    lay_answer(&firm, "Aspetta con Baldini, mi ha telefonato ieri.\n");
    firm.once(OPEN);
    assert!(customers(&firm).is_empty());
    let baldini = number(&firm, "Baldini");
    firm.once("2026-10-08T08:30:00+02:00");
    let waiting = text(firm.notices().last().expect("a list"));
    assert!(waiting.contains(&format!("sollecito approve {baldini}")), "{waiting}");
    firm.good("2026-10-08T09:35:00+02:00", &["approve", &baldini]);
    firm.once("2026-10-08T09:40:00+02:00");
    assert_eq!(customers(&firm), ["baldini"], "what a person approved needs no list");
}

/// The owner's absence answers in their name, and says neither yes nor no.
#[test]
fn a_machine_says_no_to_nothing() {
    let firm = told();
    let away = answer(&lists(&firm)[0], "<away@studioferri.example>", "Non sono in ufficio, rispondo lunedì.\n")
        .with("Auto-Submitted", "auto-replied");
    firm.lay(Folder::Inbox, "2026-10-07T06:21:00Z", &away);
    firm.once(OPEN);
    assert_eq!(customers(&firm).len(), 3);
}

#[test]
fn a_no_that_comes_too_late_is_told() {
    let firm = told();
    firm.once(OPEN);
    lay_answer(&firm, "no tutti\n");
    firm.once("2026-10-07T09:45:00+02:00");
    let told = firm.notices().iter().filter(|notice| text(notice).contains("era già partito")).count();
    assert_eq!(told, 3);
}

/// The list of one day says nothing of the next, and one that came back was never seen.
#[test]
fn nothing_leaves_on_a_day_whose_list_was_not_handed_over() {
    let firm = told();
    firm.once("2026-10-08T09:35:00+02:00");
    assert_eq!((lists(&firm).len(), customers(&firm).len()), (2, 0), "the machine was off all Wednesday");
    firm.once("2026-10-08T10:40:00+02:00");
    assert_eq!(customers(&firm).len(), 3);

    let firm = told();
    let id = lists(&firm)[0].header("Message-ID").expect("an id");
    firm.lay_bytes(Folder::Inbox, "2026-10-07T06:05:00Z", returned(&id).as_bytes());
    firm.once(OPEN);
    firm.once("2026-10-07T11:00:00+02:00");
    assert!(customers(&firm).is_empty());
}

fn returned(id: &str) -> String {
    format!(
        "From: Mail Delivery System <MAILER-DAEMON@mx.studioferri.example>\r\nTo: marta@studioferri.example\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nDate: Wed, 7 Oct 2026 08:04:00 +0200\r\n\
         Message-ID: <dsn@mx.studioferri.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nThe mail could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.studioferri.example\r\n\r\n\
         Final-Recipient: rfc822; titolare@studioferri.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\nSubject: Oggi\r\n\r\n--b--\r\n"
    )
}

/// Killed at any point while the list goes out: it comes, once more if need be, and nothing leaves before it.
#[test]
fn a_crash_leaves_no_mail_untold() {
    let firm = Firm::at_work(SENDING, FOREWARNED);
    firm.once(NIGHT);
    for point in [
        "outbox.before_claim",
        "outbox.after_claim",
        "outbox.before_in_data",
        "outbox.after_in_data",
        "outbox.after_deliver",
        "outbox.after_accepted",
    ] {
        let copy = firm.copy();
        let killed = copy.command(EIGHT, &["once"]).env(VARIABLE, point).output().expect("the program runs");
        assert_ne!(killed.status.code(), Some(0), "{point} was not reached");
        // Whatever is known now, the hour begins when the list is known to be there.
        copy.once(OPEN);
        let early = customers(&copy).len();
        assert!(early == 0 || point == "outbox.after_accepted", "{point}: {early} left");
        copy.once("2026-10-07T10:45:00+02:00");
        assert!(!lists(&copy).is_empty(), "{point}");
        assert_eq!(customers(&copy).len(), 3, "{point}");
    }
}

/// The list of the day before names the same mails: a no to it is a no.
#[test]
fn a_no_to_yesterdays_list_stops_too() {
    let firm = told();
    firm.once("2026-10-08T08:01:00+02:00");
    assert_eq!(lists(&firm).len(), 2);
    let words = format!("no {}\n", number(&firm, "Baldini"));
    firm.lay(Folder::Inbox, "2026-10-08T06:21:00Z", &answer(&lists(&firm)[0], "<late@studioferri.example>", &words));
    firm.once("2026-10-08T09:35:00+02:00");
    assert_eq!(customers(&firm), ["neriimpianti", "officineverdi"]);

    let firm = told();
    firm.once("2026-10-08T08:01:00+02:00");
    let unclear = answer(&lists(&firm)[0], "<late@studioferri.example>", "Aspettate!\n");
    firm.lay(Folder::Inbox, "2026-10-08T06:21:00Z", &unclear);
    firm.once("2026-10-08T09:35:00+02:00");
    assert!(customers(&firm).is_empty());
}

/// The owner forwarded the list, and the customer answers in its thread: that is a customer's mail like any other.
#[test]
fn what_a_customer_writes_below_a_list_is_read() {
    let firm = told();
    let paid = Letter::new(
        mail::BALDINI,
        mail::MARTA,
        "Re: Oggi partirebbero 3 messaggi",
        "Wed, 7 Oct 2026 08:40:00 +0200",
        "<paid@baldini.example>",
        "Buongiorno, la fattura 118/2026 è stata pagata il 5 ottobre.\nAnna Baldini\n",
    )
    .answering(&lists(&firm)[0].header("Message-ID").expect("an id"))
    .proven("baldini.example");
    firm.lay(Folder::Inbox, "2026-10-07T06:41:00Z", &paid);
    firm.once(OPEN);
    assert!(!customers(&firm).contains(&"baldini"));
    let why = firm.good(OPEN, &["why", "118/2026"]);
    assert!(why.contains("says that it is paid"), "{why}");
}

/// The mail was planned anew between the list and the answer, under another number: the no is to what it would have said.
#[test]
fn a_no_to_a_mail_that_was_planned_anew_is_a_no() {
    let firm = told();
    let words = format!("no {}\n", number(&firm, "Baldini"));
    std::fs::write(firm.folder.join("more.csv"), LIST.replace("1.220,00", "1.320,00")).expect("the list");
    firm.good("2026-10-07T08:10:00+02:00", &["import", "more.csv", "--payments-known", "2026-10-06"]);
    firm.once("2026-10-07T08:12:00+02:00");
    lay_answer(&firm, &words);
    firm.once(OPEN);
    for later in ["2026-10-08T08:01:00+02:00", "2026-10-08T09:35:00+02:00", "2026-10-08T11:00:00+02:00"] {
        firm.once(later);
    }
    assert!(!customers(&firm).contains(&"baldini"));
}

/// What waits for a yes is no part of what leaves by itself, and not passed over either.
#[test]
fn what_waits_for_a_yes_stands_apart() {
    let firm = Firm::at_work(SENDING, FOREWARNED);
    let vip = "[[customer]]\nname = \"Baldini S.r.l.\"\nvip = true\n";
    std::fs::write(firm.folder.join("customers.toml"), vip).expect("the file");
    firm.once(NIGHT);
    firm.once(EIGHT);
    let list = lists(&firm).pop().expect("a list");
    assert_eq!(list.header("Subject").as_deref(), Some("Oggi partirebbero 2 messaggi (07/10/2026)"));
    let words = text(&list);
    let (leaving, awaiting) =
        words.split_once("Aspetta il Suo sì, e senza non parte:").unwrap_or_else(|| panic!("{words}"));
    assert!(!leaving.contains("Baldini") && leaving.contains("Neri Impianti S.r.l."), "{words}");
    let (_, rest) = awaiting.split_once("- Baldini S.r.l., fattura n. 118/2026: 1.220,00 €").expect("it is named");
    let (_, number) = rest.split_once("per farlo partire: sollecito approve ").expect("the order");
    let number: String = number.chars().take_while(char::is_ascii_digit).collect();
    firm.good("2026-10-07T08:30:00+02:00", &["approve", &number]);
    firm.once(OPEN);
    assert_eq!(customers(&firm), ["baldini", "neriimpianti", "officineverdi"]);
}

/// A no to what waits for a yes is a no.
#[test]
fn a_no_to_what_waits_for_a_yes_stops_it() {
    let firm = Firm::at_work(SENDING, FOREWARNED);
    let vip = "[[customer]]\nname = \"Baldini S.r.l.\"\nvip = true\n";
    std::fs::write(firm.folder.join("customers.toml"), vip).expect("the file");
    firm.once(NIGHT);
    firm.once(EIGHT);
    let words = text(lists(&firm).last().expect("a list"));
    let (_, number) = words.split_once("per farlo partire: sollecito approve ").expect("the order");
    let number: String = number.chars().take_while(char::is_ascii_digit).collect();
    lay_answer(&firm, &format!("no {number}\n"));
    firm.once(OPEN);
    assert_eq!(customers(&firm), ["neriimpianti", "officineverdi"]);
    let said = firm.run(OPEN, &["approve", &number]);
    assert_ne!(said.code, Some(0), "{}", said.all());
    firm.once("2026-10-08T08:05:00+02:00");
    firm.once("2026-10-08T09:35:00+02:00");
    assert!(!customers(&firm).contains(&"baldini"));
}
