//! A list of receivables without due dates: its terms of payment give them, and what they leave open is said.

use crate::bench::{Firm, SENDING};
use std::fs;

const NOW: &str = "2026-10-07T10:00:00+02:00";

const LIST: &str = "Numero;Data;Scadenza;Cliente;Email;Importo;Condizioni;Telefono;Giorno pagamento\n\
    201/2026;31/01/2026;;Conti S.r.l.;conti@conti.example;1.000,00;RiBa 30/60/90 gg d.f.f.m.;0521 555 0110;10\n\
    202/2026;30/09/2026;;Neri S.r.l.;neri@neri.example;610,00;30 gg d.f.f.m.;;\n\
    203/2026;30/09/2026;15/11/2026;Viola S.r.l.;viola@viola.example;61,00;30 gg d.f.;;\n";

#[test]
fn terms_give_due_dates_and_the_customer_a_telephone() {
    let firm = Firm::at_work(SENDING, "");
    fs::write(firm.folder.join("terms.csv"), LIST).expect("written");
    let said = firm.good(NOW, &["import", "terms.csv", "--partial"]);
    assert!(said.contains("5 receivables of 3 customers: 1671.00 EUR"), "{said}");
    assert!(said.contains("terms.csv:4:71: The due date 2026-11-15 is taken as it is written"), "{said}");
    assert!(said.contains("^^^^^^^^^^\n"), "{said}");
    let again = firm.good(NOW, &["import", "terms.csv", "--partial"]);
    assert!(again.contains("0 receivables new, 0 changed, 5 as before"), "{again}");
    let shown = firm.good(NOW, &["show", "Conti S.r.l."]);
    assert!(shown.contains("  telephone 0521 555 0110\n  always pays on day 10 of the month\n"), "{shown}");
    for part in ["2026-02-28  333.33", "2026-03-31  333.33", "2026-04-30  333.34"] {
        assert!(shown.contains(part), "{shown}");
    }
    let why = firm.good(NOW, &["why", "202/2026"]);
    assert!(why.split_whitespace().collect::<Vec<_>>().join(" ").contains("`friendly`, is due on"), "{why}");
    let called = firm.good(NOW, &["preview", "call", "Neri S.r.l."]);
    assert!(called.contains("you telephone:"), "{called}");
    fs::write(firm.folder.join("terms.csv"), LIST.replace("d.f.f.m.;;", "d.f.f.m.;0521 777 0220;")).expect("written");
    firm.good(NOW, &["import", "terms.csv", "--partial"]);
    let called = firm.good(NOW, &["preview", "call", "Neri S.r.l."]);
    assert!(called.contains("you telephone (0521 777 0220):"), "{called}");
}

#[test]
fn a_row_without_any_day_is_refused_with_its_place() {
    let firm = Firm::at_work(SENDING, "");
    let list = LIST.replace("30 gg d.f.f.m.;;", "a collaudo avvenuto;;");
    fs::write(firm.folder.join("terms.csv"), list).expect("written");
    let said = firm.run(NOW, &["import", "terms.csv", "--partial"]);
    assert_eq!(said.code, Some(4), "{}", said.all());
    assert!(
        said.err.contains("terms.csv:3:61: In the terms of payment `a collaudo avvenuto`: `collaudo`"),
        "{}",
        said.err
    );
    assert!(said.err.contains("help: write the terms in one of these forms: 30 gg d.f."), "{}", said.err);
}
