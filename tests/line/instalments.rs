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
