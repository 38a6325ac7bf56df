//! The first days after the quiet weeks.

use crate::bench::{Firm, SENDING};
use std::fs;

const QUICK: &str = "approve_first_mail = false\n";

/// Twenty-four debtors, all due before Christmas, from 100 to 2,400 euros.
fn list() -> String {
    let mut list = "Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente\n".to_owned();
    for number in 1..=24 {
        list.push_str(&format!(
            "{number}/2026;30/11/2026;18/12/2026;{number}00,00;Ditta {number} S.r.l.;conti@ditta{number}.example;azienda\n"
        ));
    }
    list
}

#[test]
fn january_brings_no_burst() {
    let firm = Firm::new(SENDING, QUICK);
    fs::write(firm.folder.join("list.csv"), list()).expect("the list");
    firm.good("2026-12-21T10:00:00+01:00", &["import", "list.csv", "--payments-known", "2026-12-20"]);
    firm.once("2026-12-21T10:00:00+01:00");
    let mut days = Vec::new();
    for day in ["2027-01-05", "2027-01-11", "2027-01-12", "2027-01-13", "2027-01-14", "2027-01-19"] {
        let before = firm.left_to_customers().len();
        firm.good(&format!("{day}T09:00:00+01:00"), &["payments-known", day]);
        for hour in ["10:00", "11:00", "15:00"] {
            firm.once(&format!("{day}T{hour}:00+01:00"));
        }
        let left = firm.left_to_customers();
        days.push(left.iter().skip(before).map(|left| left.envelope.clone()).collect::<Vec<_>>());
    }
    let counts: Vec<usize> = days.iter().map(Vec::len).collect();
    assert_eq!(counts, [0, 0, 4, 4, 4, 4], "{days:?}");
    let first = days.get(2).map(|day| day.join(" ")).unwrap_or_default();
    for number in [24, 23, 22, 21] {
        assert!(first.contains(&format!("ditta{number}.example")), "the largest first: {first}");
    }
}
