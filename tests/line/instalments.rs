//! Instalments through the real program: agreed, confirmed, taken back, and asked about when a part does not come.

use crate::bench::mail::{self, Letter};
use crate::bench::{Firm, SENDING, header};
use sollecito::mailbox::Folder;

const QUICK: &str = "approve_first_mail = false\n";
const WEDNESDAY: &str = "2026-10-07T10:00:00+02:00";

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_was_agreed_is_written_and_nothing_else_is_asked() {
    let firm = Firm::at_work(SENDING, QUICK);
    for (parts, code) in [("10/11 500; 10/12 700", 8), ("10/11 500", 8), ("presto 500; 10/12 rest", 2)] {
        let said = firm.run(WEDNESDAY, &["instalments", "118/2026", "--parts", parts]);
        assert_eq!(said.code, Some(code), "{parts}: {}", said.all());
        assert!(flat(&said.err).contains("write for example: --parts"), "{}", said.all());
    }
    let said = firm.good(WEDNESDAY, &["instalments", "118/2026", "--parts", "10/11 500; 10/12 rest", "--confirm"]);
    assert!(flat(&said).contains("instalments: 500.00 EUR by 2026-11-10, 720.00 EUR by 2026-12-10."), "{said}");
    let shown = flat(&firm.good(WEDNESDAY, &["show", "118/2026"]));
    assert!(shown.contains("plan: 118/2026, 500.00 EUR by 2026-11-10, 720.00 EUR by 2026-12-10"), "{shown}");
    assert!(flat(&firm.good(WEDNESDAY, &["why", "118/2026"])).contains("2 parts from 2026-11-10 to 2026-12-10"));
    firm.once("2026-10-07T15:00:00+02:00");
    let left = firm.left_to_customers();
    let about: Vec<_> = left.iter().filter(|left| left.envelope.contains("baldini")).collect();
    let [mail] = about.as_slice() else { panic!("{} mails to Baldini", about.len()) };
    let words = sollecito::message::read(&mail.bytes, &sollecito::message::Reader::default()).words.new;
    let words = flat(&words);
    assert!(words.contains("500,00 € entro il 10 novembre e 720,00 € entro il 10 dicembre."), "{words}");
    firm.good(WEDNESDAY, &["check", "--replay"]);
    // The first part does not come.
    firm.good("2026-11-24T09:00:00+01:00", &["payments-known", "2026-11-23"]);
    firm.once("2026-11-24T10:00:00+01:00");
    let cases = firm.json("2026-11-24T10:00:00+01:00", &["cases"]);
    assert!(cases.as_array().expect("cases").iter().any(|case| case["kind"] == "plan_missed"), "{cases}");
    firm.good("2026-11-24T10:00:00+01:00", &["check", "--replay"]);
}

#[test]
fn a_plan_is_taken_back() {
    let firm = Firm::at_work(SENDING, QUICK);
    let status = |firm: &Firm| firm.json(WEDNESDAY, &["show", "118/2026"])["receivables"][0]["status"].clone();
    let before = status(&firm);
    firm.good(WEDNESDAY, &["instalments", "118/2026", "--parts", "2026-11-10 500,00, 2026-12-10 720,00"]);
    assert_eq!(status(&firm), "deferred");
    firm.good(WEDNESDAY, &["undo"]);
    assert_eq!(status(&firm), before);
    firm.good(WEDNESDAY, &["check", "--replay"]);
}

/// Three plans, each in the place of the one before: without the second the first would stand beside the third.
#[test]
fn a_plan_that_was_replaced_since_is_not_taken_back() {
    let firm = Firm::at_work(SENDING, QUICK);
    for first in ["2026-11-10", "2026-11-11", "2026-11-12"] {
        let parts = format!("{first} 500,00; 2026-12-10 720,00");
        firm.good(WEDNESDAY, &["instalments", "118/2026", "--parts", &parts]);
    }
    let in_force = || {
        let holds = firm.json(WEDNESDAY, &["show", "118/2026"])["holds"].clone();
        let holds: Vec<String> = holds.as_array().expect("holds").iter().map(ToString::to_string).collect();
        let plans: Vec<String> = holds.into_iter().filter(|hold| hold.contains("plan")).collect();
        plans
    };
    let [before] = in_force().try_into().expect("one plan");
    let said = firm.run(WEDNESDAY, &["undo", "2"]);
    assert_ne!(said.code, Some(0), "{}", said.all());
    assert!(flat(&said.err).contains("was replaced by order 3"), "{}", said.all());
    assert_eq!(in_force(), vec![before]);
    for (order, day) in [("3", "2026-11-11"), ("2", "2026-11-10")] {
        firm.good(WEDNESDAY, &["undo", order]);
        let [left] = in_force().try_into().expect("one plan");
        assert!(left.contains(day), "{left}");
        firm.good(WEDNESDAY, &["check", "--replay"]);
    }
}

/// A withdrawal is taken back only where the proposal left, and nothing else was proposed or agreed on since.
#[test]
fn a_withdrawal_is_taken_back_where_the_proposal_still_stands_alone() {
    let firm = Firm::at_work(SENDING, QUICK);
    let propose = |at: &str, parts: &str| firm.good(at, &["instalments", "118/2026", "--parts", parts, "--propose"]);
    let holds = |at: &str| firm.json(at, &["show", "118/2026"])["holds"].to_string();
    let withdraw = |at: &str| firm.good(at, &["instalments", "118/2026", "--withdraw"]);
    propose(WEDNESDAY, "10/11 500; 10/12 rest");
    withdraw(WEDNESDAY);
    let said = firm.run(WEDNESDAY, &["undo"]);
    assert_eq!(said.code, Some(8), "{}", said.all());
    assert!(flat(&said.err).contains("The proposal that order 2 withdrew never left"), "{}", said.all());
    assert!(!holds(WEDNESDAY).contains("proposal"));
    // Once more, and this one leaves.
    propose(WEDNESDAY, "10/11 500; 10/12 rest");
    firm.once("2026-10-07T15:00:00+02:00");
    let later = "2026-10-07T16:00:00+02:00";
    withdraw(later);
    assert!(!holds(later).contains("proposal"));
    let said = firm.good(later, &["undo"]);
    assert!(said.contains("Order 4 is taken back"), "{said}");
    assert!(holds(later).contains("proposal"), "{}", holds(later));
    firm.good(later, &["check", "--replay"]);
    // `why` tells both: what was taken back, and when.
    let why = firm.json(later, &["why", "118/2026"]);
    let history = why["history"].as_array().expect("a history");
    let [taken_back] = &history.iter().filter(|line| line["what"] == "order taken back").collect::<Vec<_>>()[..] else {
        panic!("{why}")
    };
    assert_eq!(taken_back["because"], "The owner took order 4 back: it counts no longer");
    assert_eq!(taken_back["at"], "2026-10-07T14:00:00Z");
    assert!(flat(&firm.good(later, &["why", "118/2026"])).contains("(your undo of order 4)"));
    assert!(firm.json(later, &["why", "119/2026"])["history"].to_string().matches("taken back").count() == 0);
    // Another one in its place: the first would stand beside it.
    withdraw(later);
    propose(later, "12/11 600; 10/12 rest");
    let said = firm.run(later, &["undo", "5"]);
    assert_eq!(said.code, Some(8), "{}", said.all());
    assert!(flat(&said.err).contains("would stand beside the instalments of order 6"), "{}", said.all());
    firm.good(later, &["undo", "6"]);
    firm.good(later, &["undo", "5"]);
    assert_eq!(holds(later).matches("proposal").count(), 1, "{}", holds(later));
    firm.good(later, &["check", "--replay"]);
}

/// Proposed, not agreed: nothing is in force before the customer says yes to that very mail, and then it is confirmed once.
#[test]
fn a_proposal_is_in_force_once_the_customer_says_yes() {
    let firm = Firm::at_work(SENDING, QUICK);
    let parts = ["--parts", "10/11 500; 10/12 rest", "--propose"];
    for wrong in [
        &["--propose"][..],
        &["--parts", "10/11 500; 10/12 rest", "--propose", "--confirm"],
        &["--withdraw", "--propose"],
    ] {
        let said = firm.run(WEDNESDAY, &[&["instalments", "118/2026"], wrong].concat());
        assert_eq!(said.code, Some(2), "{wrong:?}: {}", said.all());
    }
    let said = firm.good(WEDNESDAY, &[&["instalments", "118/2026"], &parts[..]].concat());
    let expected = "The owner proposes instalments: 500.00 EUR by 2026-11-10, 720.00 EUR by 2026-12-10.";
    assert!(flat(&said).contains(expected), "{said}");
    let said = firm.good(WEDNESDAY, &["instalments", "118/2026", "--withdraw"]);
    assert!(said.contains("withdraws the proposal"), "{said}");
    firm.good(WEDNESDAY, &[&["instalments", "118/2026"], &parts[..]].concat());
    firm.once("2026-10-07T15:00:00+02:00");
    let to_baldini = || {
        let left = firm.left_to_customers();
        left.into_iter().filter(|left| left.envelope.contains("baldini")).collect::<Vec<_>>()
    };
    let left = to_baldini();
    let [mail] = left.as_slice() else { panic!("{} mails to Baldini", left.len()) };
    let words = |bytes: &[u8]| flat(&sollecito::message::read(bytes, &sollecito::message::Reader::default()).words.new);
    assert!(words(&mail.bytes).contains("Se per Lei va bene, mi basta un «confermo»"), "{}", words(&mail.bytes));
    let refused = firm.run("2026-10-07T15:10:00+02:00", &["undo"]);
    assert_eq!(refused.code, Some(8), "the customer has it in writing: {}", refused.all());
    assert!(refused.all().contains("in writing"), "{}", refused.all());
    let id = header(&String::from_utf8_lossy(&mail.bytes), "Message-ID").expect("an id");
    let yes = Letter::new(
        mail::BALDINI,
        mail::MARTA,
        "R: Fattura n. 118/2026: proposta di pagamento a rate",
        "Thu, 8 Oct 2026 09:00:00 +0200",
        "<yes@baldini.example>",
        "Buongiorno,\n\nconfermo, per noi va bene.\n\nCordiali saluti\nAnna Baldini\n",
    );
    firm.lay(Folder::Inbox, "2026-10-08T07:00:00Z", &yes.answering(&id).proven("baldini.example"));
    firm.once("2026-10-08T09:10:00+02:00");
    let shown = flat(&firm.good("2026-10-08T09:11:00+02:00", &["show", "118/2026"]));
    assert!(shown.contains("plan: 118/2026, 500.00 EUR by 2026-11-10, 720.00 EUR by 2026-12-10"), "{shown}");
    firm.once("2026-10-08T15:00:00+02:00");
    firm.once("2026-10-09T15:00:00+02:00");
    let left = to_baldini();
    let [_, confirmed] = left.as_slice() else { panic!("{} mails to Baldini", left.len()) };
    let said = words(&confirmed.bytes);
    assert!(said.contains("Grazie della conferma") && !said.contains("mi basta"), "{said}");
    assert_eq!(firm.json("2026-10-09T15:01:00+02:00", &["cases"]).as_array().map(Vec::len), Some(0));
    firm.good("2026-10-09T15:02:00+02:00", &["check", "--replay"]);
}

/// An invoice with two days: `131#2` is the second part of it, wherever it is named and in every order.
#[test]
fn a_part_of_an_invoice_is_named_by_its_number() {
    let firm = Firm::at_work(SENDING, QUICK);
    let rows = "number;instalment;issued;due;amount;name;customer_id;email\n\
                131;1;2026-09-01;2026-10-01;400,00;Baldini S.r.l.;;amministrazione@baldini.example\n\
                131;2;2026-09-01;2026-11-02;400,00;Baldini S.r.l.;;amministrazione@baldini.example\n";
    std::fs::write(firm.folder.join("parts.csv"), rows).expect("a file");
    let list = firm.folder.join("parts.csv");
    let said = firm.good(WEDNESDAY, &["import", list.to_str().expect("a path")]);
    assert!(said.contains("131#1") && said.contains("131#2"), "{said}");
    // One of them is granted time, the other not.
    let said = flat(&firm.good(WEDNESDAY, &["defer", "131#2", "--until", "2026-11-20"]));
    assert!(said.contains("(order 1 about Baldini S.r.l.;"), "{said}");
    let shown = firm.json(WEDNESDAY, &["show", "131"]);
    let status =
        |index: usize| (shown["receivables"][index]["invoice"].clone(), shown["receivables"][index]["status"].clone());
    assert_eq!([status(0), status(1)], [("131#1".into(), "overdue".into()), ("131#2".into(), "deferred".into())]);
    assert!(flat(&firm.good(WEDNESDAY, &["why", "131#2"])).contains("131#2: why nothing goes out now"));
    // The number alone means both, and says so; a step is done for one.
    let said = flat(&firm.good(WEDNESDAY, &["defer", "131", "--until", "2026-11-23"]));
    assert!(said.contains("(order 2 about 131#1, 131#2 of Baldini S.r.l.;"), "{said}");
    let said = firm.run(WEDNESDAY, &["done", "131", "call"]);
    assert!(said.code != Some(0) && flat(&said.err).contains("it could be: 131#1, 131#2"), "{}", said.all());
    firm.good(WEDNESDAY, &["done", "131#1", "call"]);
    let said = firm.run(WEDNESDAY, &["paid", "131#3"]);
    assert!(said.code != Some(0) && said.err.contains("No invoice or customer is called"), "{}", said.all());
    firm.good(WEDNESDAY, &["paid", "131#1"]);
    let shown = firm.json(WEDNESDAY, &["show", "131"]);
    let open = |index: usize| shown["receivables"][index]["open"].clone();
    assert_eq!([open(0), open(1)], ["0.00", "400.00"]);
    firm.good(WEDNESDAY, &["check", "--replay"]);
}
