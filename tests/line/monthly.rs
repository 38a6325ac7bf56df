//! The list of what is open, once a month, with a real store between the days.

use crate::bench::{Firm, SENDING};
use std::fs;

const LIST: &str = "\
Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente
118/2026;20/09/2026;30/12/2026;1.220,00;Baldini S.r.l.;amministrazione@baldini.example;azienda
";

fn firm(calendar: &str) -> Firm {
    let modes = format!("{SENDING}monthly_statement = \"send\"\n");
    let firm = Firm::new(&modes, &format!("approve_first_mail = false\n[calendar]\n{calendar}"));
    fs::write(firm.folder.join("list.csv"), LIST).expect("the list");
    firm.good("2026-10-02T10:00:00+02:00", &["import", "list.csv", "--payments-known", "2026-10-01"]);
    firm.once("2026-10-02T10:05:00+02:00");
    firm
}

/// Off on its day; on again a week later, several times, each time as a new process.
#[test]
fn once_a_month_over_days_off_and_restarts() {
    let firm = firm("statement_day = 6\n");
    let why = firm.good("2026-10-02T11:00:00+02:00", &["why", "118/2026"]);
    assert!(why.contains("The list of the month\n  - It is due on 2026-10-06"), "{why}");
    let plan = firm.good("2026-10-02T11:00:00+02:00", &["plan", "--days", "30"]);
    assert!(plan.contains("2026-10-06 09:30") && plan.contains("monthly_statement"), "{plan}");
    assert_eq!(plan.matches("monthly_statement").count(), 1, "{plan}");
    let shown = firm.good("2026-10-02T11:00:00+02:00", &["preview", "statement", "baldini"]);
    assert!(shown.contains("riepilogo mensile") && shown.contains("It is due on 2026-10-06"), "{shown}");
    assert_eq!(firm.left_to_customers().len(), 0);
    for hour in ["2026-10-14T10:00", "2026-10-14T11:00", "2026-10-15T10:00", "2026-10-29T10:00"] {
        firm.once(&format!("{hour}:00+02:00"));
    }
    let left = firm.left_to_customers();
    assert_eq!(left.len(), 1, "{:?}", left.iter().map(|mail| &mail.envelope).collect::<Vec<_>>());
    let message = mail_parser::MessageParser::default().parse(&left[0].bytes).expect("a mail");
    assert!(message.body_text(0).expect("a text").contains("riepilogo mensile"), "{}", left[0].text);
    let why = firm.good("2026-10-29T11:00:00+01:00", &["why", "118/2026"]);
    assert!(why.contains("That of 2026-10 left"), "{why}");
    for hour in ["2026-11-10T10:00", "2026-11-11T10:00"] {
        firm.once(&format!("{hour}:00+01:00"));
    }
    assert_eq!(firm.left_to_customers().len(), 2);
}

/// Nobody named a day; and a customer may want none.
#[test]
fn nobody_gets_one_unasked_for() {
    let silent = firm("");
    silent.once("2026-10-06T10:00:00+02:00");
    assert_eq!(silent.left_to_customers().len(), 0);
    assert!(!silent.good("2026-10-06T11:00:00+02:00", &["why", "118/2026"]).contains("The list of the month"));
    let firm = firm("statement_day = 6\n");
    let file = "[[customer]]\nname = \"Baldini S.r.l.\"\nstatement_day = 0\n";
    fs::write(firm.folder.join("customers.toml"), file).expect("the file");
    firm.once("2026-10-06T10:00:00+02:00");
    assert_eq!(firm.left_to_customers().len(), 0);
}
