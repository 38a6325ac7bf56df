//! `customers.toml` through the real program: obeyed, outlasting imports, taken back, and never half in force.

use crate::bench::mail;
use crate::bench::running::{Running, until};
use crate::bench::{BOOKS, Firm, SENDING};
use sollecito::mailbox::Folder;
use std::fs;

const QUICK: &str = "approve_first_mail = false\n";
const WEDNESDAY: &str = "2026-10-07T10:00:00+02:00";

fn arrange(firm: &Firm, text: &str) {
    fs::write(firm.folder.join("customers.toml"), text).unwrap();
}

#[test]
fn what_is_arranged_outlasts_imports_and_is_given_back() {
    let firm = Firm::at_work(SENDING, QUICK);
    arrange(&firm, "[[customer]]\nname = \"Baldini S.r.l.\"\ndo_not_contact = true\n");
    let why = firm.good(WEDNESDAY, &["why", "Baldini"]);
    assert!(why.contains("not to be written to"), "a report knows it before any pass: {why}");
    firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-06"]);
    firm.once(WEDNESDAY);
    assert_eq!(firm.left_to_customers().len(), 2);
    assert!(firm.left_to_customers().iter().all(|left| !left.envelope.contains("baldini")));
    let why = firm.good(WEDNESDAY, &["why", "Baldini"]);
    assert!(why.contains("customers.toml"), "{why}");
    firm.good(WEDNESDAY, &["check", "--replay"]);
    // Taken out again: what the import says holds.
    fs::remove_file(firm.folder.join("customers.toml")).unwrap();
    firm.once(WEDNESDAY);
    assert_eq!(firm.left_to_customers().len(), 3);
    firm.good(WEDNESDAY, &["check", "--replay"]);
}

#[test]
fn an_entry_that_is_nobodys_stops_the_pass_and_says_where() {
    let firm = Firm::at_work(SENDING, QUICK);
    arrange(&firm, "# mine\n[[customer]]\nname = \"Baldini Srl\"\ndo_not_contact = true\n");
    for arguments in [&["check"][..], &["once"], &["run"]] {
        let said = firm.run(WEDNESDAY, arguments);
        assert_eq!(said.code, Some(3), "{arguments:?}: {}", said.all());
        assert!(said.err.contains("customers.toml:3:8: No customer is known by `Baldini Srl`"), "{}", said.all());
        assert!(said.err.contains("did you mean `Baldini S.r.l.`?"), "{}", said.all());
    }
    assert!(firm.left_to_customers().is_empty());
    // Payments are still taken down, and an import says what is to be mended.
    firm.good(WEDNESDAY, &["paid", "118/2026"]);
    let said = firm.good(WEDNESDAY, &["import", "list.csv", "--payments-known", "2026-10-06"]);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("customers.toml:3:8: No customer is known by"), "{said}");
}

#[test]
fn the_running_agent_obeys_the_file_and_keeps_it_while_the_new_one_is_broken() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.good(WEDNESDAY, &["halt"]);
    let running = Running::begin_with(&firm, WEDNESDAY, &["--every", "600"], &[]);
    until("the first pass", || running.out().contains("halted"));
    arrange(&firm, "[[customer]]\nname = \"Baldini S.r.l.\"\ndo_not_contact = true\n");
    until("the file", || running.out().contains("The files were read anew."));
    arrange(&firm, "[[customer]]\nname = \"Baldini\"\ndo_not_contact = true\n");
    until("a complaint", || running.err().contains("stays in force"));
    firm.good(WEDNESDAY, &["halt", "--off"]);
    until("the letters", || firm.left_to_customers().len() == 2);
    until("a notice", || {
        firm.notices().iter().any(|notice| notice.text.replace("=\r\n", "").contains("customers.toml"))
    });
    let said = running.stop();
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(firm.left_to_customers().iter().all(|left| !left.envelope.contains("baldini")));
}

#[test]
fn nothing_of_a_confidential_customer_is_quoted_or_attached() {
    let firm = Firm::at_work(SENDING, QUICK);
    arrange(&firm, "[[customer]]\nname = \"Officine Verdi S.r.l.\"\nconfidential = true\n");
    let letter = mail::contested();
    let quoted = String::from_utf8_lossy(&letter.bytes()).contains("contest");
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &letter);
    firm.once(WEDNESDAY);
    let notices = firm.notices();
    assert_eq!(notices.len(), 1);
    assert!(notices[0].text.contains("riservato"), "{}", notices[0].text);
    assert!(!notices[0].text.contains("message/rfc822"), "{}", notices[0].text);
    // The same mail of another customer is quoted and attached: the test looks at the right things.
    let plain = Firm::at_work(SENDING, QUICK);
    plain.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &letter);
    plain.once(WEDNESDAY);
    let told = &plain.notices()[0].text;
    assert!(quoted && told.contains("message/rfc822") && !told.contains("riservato"), "{told}");
}

/// A company and a private person with the same past: five invoices, three paid late, a promise broken.
fn with_a_past() -> Firm {
    let firm = Firm::new(SENDING, QUICK);
    let mut list = "Numero;Data;Scadenza;Importo;Codice cliente;Cliente;Email;Tipo cliente;Valuta\n".to_owned();
    for (code, name, address, kind, first) in [
        ("C1", "Baldini S.r.l.", "conti@baldini.example", "azienda", 100),
        ("P2", "Anna Neri", "anna@neri.example", "privato", 200),
    ] {
        for (number, day, due) in [
            (1, "01/05/2026", "31/05/2026"),
            (2, "01/06/2026", "30/06/2026"),
            (3, "01/07/2026", "31/07/2026"),
            (4, "05/08/2026", "04/09/2026"),
        ] {
            list.push_str(&format!("{};{day};{due};1.000,00;{code};{name};{address};{kind};EUR\n", first + number));
        }
    }
    list.push_str("305;01/09/2026;31/12/2026;500,00;C1;Baldini S.r.l.;conti@baldini.example;azienda;USD\n");
    fs::write(firm.folder.join("list.csv"), list).unwrap();
    firm.good("2026-05-20T10:00:00+02:00", &["import", "list.csv", "--payments-known", "2026-05-20"]);
    let later = "2026-09-07T10:00:00+02:00";
    for first in [100, 200] {
        for (number, on) in [(1, "2026-07-10"), (2, "2026-08-20"), (3, "2026-09-04")] {
            firm.good(later, &["paid", &(first + number).to_string(), "--on", on]);
        }
        firm.good(later, &["promise", &(first + 4).to_string(), "--by", "2026-09-15"]);
    }
    firm.good("2026-09-24T10:00:00+02:00", &["payments-known", "2026-09-23"]);
    firm.once("2026-09-24T10:00:00+02:00");
    firm
}

#[test]
fn the_record_explains_itself_and_advises_nothing_about_persons() {
    let firm = with_a_past();
    let now = "2026-11-10T10:00:00+01:00";
    arrange(
        &firm,
        "[[group]]\nname = \"slow\"\nif_days_late = 30\ndeferral_per_receivable = 0\n\n\
         [[customer]]\ncode = \"P2\"\nphone = \"+39 02 5550110\"\nvip = true\n",
    );
    let list = firm.good(now, &["customers"]);
    let company = firm.good(now, &["customers", "C1"]);
    let person = firm.good(now, &["customers", "Anna Neri"]);
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("customers", format!("{list}\n----\n{company}\n----\n{person}"));
    });
    let json = firm.json(now, &["customers"]);
    let (company, person) = (&json[1], &json[0]);
    assert_eq!((&company["median_days_late"], &person["median_days_late"]), (&39.into(), &39.into()), "{json}");
    assert_eq!(company["advice"][0]["kind"], "shorten_terms");
    assert_eq!(company["group"], "slow");
    assert_eq!(person["advice"], serde_json::json!([]), "the same past, and a person");
    assert_eq!(person["group"], serde_json::Value::Null);
    let json = firm.json(now, &["customers", "C1"]);
    assert_eq!(json["paid"][0]["invoice"], "101");
    assert_eq!(json["promised"][0]["outcome"], "broken");
    // Before any import there is nobody.
    let empty = Firm::new(SENDING, QUICK);
    assert!(empty.good(now, &["customers"]).contains("No customer is known yet"));
}

#[test]
fn a_group_is_never_sent_more_than_it_allows() {
    let firm = Firm::at_work(SENDING, QUICK);
    arrange(
        &firm,
        "[[group]]\nname = \"careful\"\nmode = \"draft\"\n\n[[customer]]\nname = \"Baldini S.r.l.\"\ngroup = \"careful\"\n",
    );
    firm.once(WEDNESDAY);
    assert_eq!(firm.left_to_customers().len(), 2);
    let drafts = firm.lying(Folder::Drafts);
    assert_eq!(drafts.len(), 1, "the third lies in Drafts");
    assert!(drafts[0].1.contains("baldini.example"), "{}", drafts[0].1);
    // Their pay day: the preview says the day on which the ladder would go on.
    arrange(&firm, "[[customer]]\nname = \"Baldini S.r.l.\"\npayment_day = 20\n");
    let seen = firm.good(WEDNESDAY, &["preview", "friendly", "Baldini"]);
    assert!(seen.contains("2026-10-27"), "{seen}");
}

/// The mode sends; their ladder only lays into Drafts.
#[test]
fn a_confidential_customer_gets_no_reminder_that_nobody_looked_at() {
    let firm = Firm::at_work(SENDING, QUICK);
    arrange(&firm, "[[customer]]\nname = \"Baldini S.r.l.\"\nconfidential = true\n");
    firm.once("2026-10-14T10:00:00+02:00");
    assert_eq!(firm.left_to_customers().len(), 2);
    let drafts = firm.lying(Folder::Drafts);
    assert_eq!(drafts.len(), 1, "the third lies in Drafts");
    assert!(drafts[0].1.contains("baldini.example"), "{}", drafts[0].1);
    let ladders = firm.good(WEDNESDAY, &["rules", "check"]);
    assert!(ladders.contains("friendly +10, second +30\n"), "{ladders}");
}

/// The thanks were planned before the customer became one of those whose every mail is looked at first.
#[test]
fn what_waits_for_a_customer_who_became_vip_asks_first() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.once(WEDNESDAY);
    let to_baldini = || firm.left_to_customers().iter().filter(|left| left.envelope.contains("baldini")).count();
    assert_eq!(to_baldini(), 1);
    firm.good("2026-10-07T20:00:00+02:00", &["paid", "118/2026"]);
    firm.once("2026-10-07T20:01:00+02:00");
    arrange(&firm, "[[customer]]\nname = \"Baldini S.r.l.\"\nvip = true\n");
    for later in ["2026-10-08T08:05:00+02:00", "2026-10-08T11:00:00+02:00", "2026-10-08T15:00:00+02:00"] {
        firm.once(later);
    }
    assert_eq!(to_baldini(), 1, "nothing leaves unasked");
    let waiting = firm.good("2026-10-08T15:05:00+02:00", &["outbox", "--json"]);
    assert!(waiting.contains("thanks_paid") && waiting.contains("held"), "{waiting}");
}

/// What is still to be issued, and what is owed to the customer, are in no sum that is overdue.
#[test]
fn planned_rows_and_credit_are_not_overdue() {
    let firm = Firm::new(SENDING, QUICK);
    let list = "Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente;Stato;Tipo documento\n\
                118/2026;31/08/2026;30/09/2026;1.000,00;Baldini S.r.l.;info@baldini.example;azienda;;fattura\n\
                130/2026;15/10/2026;15/11/2026;500,00;Baldini S.r.l.;info@baldini.example;azienda;da emettere;fattura\n\
                NC7/2026;01/09/2026;01/09/2026;-200,00;Verdi S.r.l.;info@verdi.example;azienda;;nota di credito\n";
    fs::write(firm.folder.join("sums.csv"), list).unwrap();
    firm.good(BOOKS, &["import", "sums.csv", "--payments-known", "2026-10-06"]);
    let status = firm.good(WEDNESDAY, &["status"]);
    assert!(status.contains("open 800.00 EUR, of it overdue 1000.00"), "{status}");
    let customers = firm.good(WEDNESDAY, &["customers", "Baldini"]);
    assert!(customers.contains("1000.00") && !customers.contains("1500.00"), "{customers}");
}
