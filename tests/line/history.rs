//! What was in the mailbox before the agent, or before a customer was known.

use crate::bench::mail::{self, Letter};
use crate::bench::{Firm, LIST, SENDING};
use sollecito::mailbox::Folder;
use std::fs;

const QUICK: &str = "approve_first_mail = false\n";
const BEFORE: &str = "2026-10-05T10:00:00+02:00";

fn import(firm: &Firm, now: &str) {
    fs::write(firm.folder.join("list.csv"), LIST).unwrap();
    firm.good(now, &["import", "list.csv", "--payments-known", &now[..10]]);
}

/// The owner's invoice mail was read and forgotten before its receivable was imported.
#[test]
fn an_invoice_mail_that_was_read_before_its_receivable_was_known_is_found_again() {
    let firm = Firm::new(SENDING, QUICK);
    firm.once(BEFORE);
    firm.lay(Folder::Sent, "2026-08-31T10:00:00Z", &mail::invoice_118());
    firm.once(BEFORE);
    import(&firm, "2026-10-06T10:00:00+02:00");
    let said = firm.once("2026-10-06T10:01:00+02:00");
    assert_eq!(said, "Nothing new.\n", "it did not arrive now");
    let show = firm.json("2026-10-06T10:02:00+02:00", &["show", "118/2026"]);
    assert_eq!(show["receivables"][0]["document"], true, "{show}");
    // The thread is known and the document can be sent again.
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    firm.once("2026-10-07T09:41:00+02:00");
    firm.once("2026-10-07T12:00:00+02:00");
    let answers: Vec<_> = firm.left().into_iter().filter(|left| left.header("In-Reply-To").is_some()).collect();
    assert_eq!(answers.len(), 1, "{}", firm.good("2026-10-07T12:00:00+02:00", &["outbox", "--all"]));
    assert!(answers[0].text.contains("Fattura_118_2026.pdf"));
}

/// What a customer wrote before the import counts after it, and the question about it is asked once.
#[test]
fn a_mail_of_a_customer_who_was_not_known_yet_is_read_again() {
    let firm = Firm::new(SENDING, QUICK);
    let contested =
        mail::contested().with("Date", "Mon, 5 Oct 2026 09:00:00 +0200").with("Subject", "Fattura 119/2026");
    firm.lay(Folder::Inbox, "2026-10-05T07:00:00Z", &contested);
    firm.once(BEFORE);
    let cases = firm.json(BEFORE, &["cases"]);
    assert_eq!(cases.as_array().unwrap().len(), 1, "nobody knows whose it is: {cases}");
    import(&firm, "2026-10-06T10:00:00+02:00");
    firm.once("2026-10-06T10:01:00+02:00");
    let cases = firm.json("2026-10-06T10:02:00+02:00", &["cases"]);
    let kinds: Vec<&str> = cases.as_array().unwrap().iter().filter_map(|case| case["kind"].as_str()).collect();
    assert_eq!(kinds, ["dispute"], "{cases}");
    firm.once("2026-10-07T10:00:00+02:00");
    assert!(
        firm.left_to_customers().iter().all(|left| !left.envelope.contains("verdi")),
        "a dispute is not reminded of"
    );
    // A second import of the same list reads nothing again.
    import(&firm, "2026-10-07T11:00:00+02:00");
    let journal = firm.good("2026-10-07T11:01:00+02:00", &["why", "119/2026"]);
    firm.once("2026-10-07T11:02:00+02:00");
    assert_eq!(firm.good("2026-10-07T11:01:00+02:00", &["why", "119/2026"]), journal);
}

/// Nobody is reminded between the import and the second reading.
#[test]
fn nobody_is_reminded_before_the_history_is_read() {
    let firm = Firm::new(SENDING, QUICK);
    firm.once(BEFORE);
    import(&firm, "2026-10-06T10:00:00+02:00");
    firm.once("2026-10-06T10:01:00+02:00");
    firm.lay(Folder::Inbox, "2026-10-07T06:00:00Z", &mail::contested());
    firm.once("2026-10-07T10:00:00+02:00");
    let to: Vec<String> = firm.left_to_customers().into_iter().map(|left| left.envelope).collect();
    assert_eq!(to.len(), 2, "{to:?}");
}

/// A mailbox with a history of half a year.
fn with_history() -> Firm {
    let firm = Firm::new(SENDING, QUICK);
    fs::write(firm.folder.join("list.csv"), LIST).unwrap();
    firm.good("2026-10-06T10:00:00+02:00", &["import", "list.csv", "--payments-known", "2026-10-06"]);
    firm.lay(Folder::Sent, "2026-08-31T10:00:00Z", &mail::invoice_118());
    let contested = mail::contested().with("Date", "Mon, 14 Sep 2026 09:45:00 +0200");
    firm.lay(Folder::Inbox, "2026-09-14T07:45:00Z", &contested);
    let lacking = mail::not_received().with("Date", "Wed, 9 Sep 2026 09:40:00 +0200");
    firm.lay(Folder::Inbox, "2026-09-09T07:40:00Z", &lacking);
    for n in 0..6 {
        let letter = Letter::new(
            "Zia <zia@casa.example>",
            mail::MARTA,
            "Pranzo",
            "Mon, 14 Sep 2026 09:45:00 +0200",
            &format!("<{n}@casa.example>"),
            "Vieni domenica?\n",
        );
        firm.lay(Folder::Inbox, &format!("2026-09-1{n}T07:45:00Z"), &letter);
    }
    firm
}

#[test]
fn a_scan_learns_and_sends_nothing() {
    let firm = with_history();
    let now = "2026-10-07T10:00:00+02:00";
    let before = firm.mailbox_files();
    let said = firm.good(now, &["scan"]);
    assert_eq!(
        said,
        "The mailbox is read back to 2026-07-31: 9 mails now.\n\
         Of 3 open invoices, 1 was found in Sent.\n\
         2 mails of customers found, 3 holds set, 2 questions opened for you.\n\
         Nothing was sent.\n"
    );
    assert!(firm.left().is_empty());
    assert_eq!(firm.mailbox_files(), before);
    let again = firm.json(now, &["scan", "--since", "2026-01-01"]);
    assert_eq!((&again["read"], &again["found"], &again["answers"]), (&0.into(), &1.into(), &0.into()), "{again}");
    assert_eq!(again["since"], "2026-01-01");
    assert!(firm.left().is_empty());
    // The history counts from the first pass on: who contested is not reminded.
    firm.once(now);
    assert!(firm.left_to_customers().iter().all(|left| !left.envelope.contains("verdi")));
    assert!(
        firm.left_to_customers().iter().all(|left| left.header("In-Reply-To").is_none()),
        "old mail is not answered"
    );
}

/// The same with so much more that it is kept, and decided on, in several transactions.
fn with_long_history() -> Firm {
    let firm = with_history();
    for n in 0..140 {
        let letter = Letter::new(
            "Zia <zia@casa.example>",
            mail::MARTA,
            "Cena",
            "Tue, 22 Sep 2026 09:45:00 +0200",
            &format!("<cena-{n}@casa.example>"),
            "Vieni domenica?\n",
        );
        firm.lay(Folder::Inbox, &format!("2026-09-22T07:{:02}:00Z", n % 60), &letter);
    }
    firm
}

#[test]
fn a_scan_that_is_cut_short_goes_on_where_it_was() {
    let now = "2026-10-07T10:00:00+02:00";
    let expected = {
        let firm = with_long_history();
        firm.good(now, &["scan"]);
        firm.good(now, &["why", "119/2026"])
    };
    for point in
        ["intake.after_raw#3", "intake.before_decision#2", "intake.after_decision#1", "intake.after_decision#2"]
    {
        let firm = with_long_history();
        let mut cut = firm.command(now, &["scan"]);
        let output = cut.env(sollecito::agent::crash::VARIABLE, point).output().unwrap();
        assert!(!output.status.success(), "{point} was not reached");
        let rest = firm.json(now, &["scan"]);
        assert_eq!(rest["found"], 1, "{point}: {rest}");
        let read = rest["read"].as_u64().unwrap();
        assert!(if point.contains("after_decision") { read < 149 } else { read == 149 }, "{point}: {read} read again");
        assert_eq!(firm.good(now, &["why", "119/2026"]), expected, "{point}");
        assert!(firm.left().is_empty());
    }
}

#[test]
fn a_scan_takes_the_lock_and_refuses_a_day_to_come() {
    let firm = with_history();
    let lock = fs::File::options().create(true).truncate(false).write(true).open(firm.folder.join("sollecito.lock"));
    let lock = lock.unwrap();
    lock.try_lock().unwrap();
    let now = "2026-10-07T10:00:00+02:00";
    let said = firm.run(now, &["scan"]);
    assert_eq!(said.code, Some(7), "{}", said.all());
    drop(lock);
    let said = firm.run(now, &["scan", "--since", "2026-10-08"]);
    assert_eq!(said.code, Some(2), "{}", said.all());
}
