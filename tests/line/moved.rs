//! An invoice that a later file gives to another customer: nobody is told of somebody else's debt.

use crate::bench::{BOOKS, Firm, SENDING};
use std::fs;

const QUICK: &str = "approve_first_mail = false\n";
const REMINDED: &str = "2026-10-07T10:00:00+02:00";
const CORRECTED: &str = "2026-10-14T09:00:00+02:00";
const LATER: &str = "2026-10-15T10:00:00+02:00";
const HEAD: &str = "Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente;Codice cliente\n";
const BALDINI: &str = "Baldini S.r.l.;amministrazione@baldini.example;azienda;C1\n";
const ROSSI: &str = "Rossi Snc;info@rossi.example;azienda;C2\n";

fn row(number: &str, whose: &str) -> String {
    format!("{number};01/09/2026;30/09/2026;1220,00;{whose}")
}

fn firm_with(rows: &[String]) -> Firm {
    let firm = Firm::new(SENDING, QUICK);
    fs::write(firm.folder.join("list.csv"), format!("{HEAD}{}", rows.concat())).expect("the list");
    firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-06"]);
    firm.once(REMINDED);
    firm
}

/// Whatever the order of the rows, and whether the other customer was known or not.
#[test]
fn an_invoice_does_not_move_to_another_customer() {
    let known = row("122/2026", ROSSI);
    let mine = row("121/2026", BALDINI);
    let moved = row("118/2026", ROSSI);
    for (before, after) in [
        (vec![row("118/2026", BALDINI), mine.clone()], vec![moved.clone(), mine.clone()]),
        (vec![row("118/2026", BALDINI), mine.clone()], vec![mine.clone(), moved.clone()]),
        (vec![row("118/2026", BALDINI), known.clone()], vec![moved.clone(), known.clone()]),
        (vec![row("118/2026", BALDINI)], vec![moved.clone()]),
    ] {
        let firm = firm_with(&before);
        fs::write(firm.folder.join("list.csv"), format!("{HEAD}{}", after.concat())).expect("the list");
        let told = firm.run(CORRECTED, &["import", "list.csv", "--payments-known", "2026-10-13"]);
        assert_ne!(told.code, Some(0), "{after:?}");
        assert!(told.all().contains("118/2026 is on file with Baldini S.r.l."), "{}", told.all());
        let shown = firm.json(CORRECTED, &["show", "118/2026"]);
        assert_eq!(shown["customer"], "Baldini S.r.l.", "{shown}");
        firm.once(LATER);
        for left in firm.left_to_customers() {
            let said = sollecito::message::read(&left.bytes, &sollecito::message::Reader::default()).words.new;
            let of_baldini = said.contains("118") || said.contains("121");
            assert!(!of_baldini || left.envelope.contains("baldini"), "{after:?}: {} was told {said}", left.envelope);
        }
        firm.good(LATER, &["check", "--replay"]);
    }
}

/// A new name at the same address, or a new address under the same name, is the same customer.
#[test]
fn a_customer_renamed_or_moved_stays_one() {
    for renamed in [
        "Baldini e figli S.r.l.;amministrazione@baldini.example;azienda;C1\n",
        "Baldini e figli S.r.l.;amministrazione@baldini.example;azienda;\n",
        "Baldini S.r.l.;conti@baldini.example;azienda;\n",
        "Baldini S.r.l.;amministrazione@baldini.example;azienda;C9\n",
    ] {
        let firm = firm_with(&[row("118/2026", BALDINI)]);
        fs::write(firm.folder.join("list.csv"), format!("{HEAD}{}", row("118/2026", renamed))).expect("the list");
        firm.good(CORRECTED, &["import", "list.csv", "--payments-known", "2026-10-13"]);
        let status = firm.json(CORRECTED, &["status"]);
        assert_eq!(status["totals"][0]["open"], "1220.00", "{renamed}: {status}");
        firm.good(LATER, &["check", "--replay"]);
    }
}

/// A date or a spelling that is corrected in the books makes no second invoice: no ladder begins anew, nothing is asked for twice.
#[test]
fn a_corrected_row_stays_the_same_invoice() {
    let was = row("118/2026", BALDINI);
    for (is, name) in [
        (was.replace("01/09/2026", "02/09/2026"), "118/2026"),
        (was.replace("118/2026", "118"), "118"),
        (was.replace("118/2026", "118-26"), "118-26"),
        (was.replace("118/2026", "118/A/2026"), "118/A/2026"),
        (was.replace("118/2026", "FPR 118/26"), "FPR 118/26"),
    ] {
        let firm = firm_with(std::slice::from_ref(&was));
        assert_eq!(firm.left_to_customers().len(), 1, "the first reminder");
        fs::write(firm.folder.join("list.csv"), format!("{HEAD}{is}")).expect("the list");
        let told = firm.good(CORRECTED, &["import", "list.csv", "--payments-known", "2026-10-13"]);
        assert!(told.contains("Corrected in the books"), "{told}");
        let status = firm.json(CORRECTED, &["status"]);
        assert_eq!(status["totals"][0]["open"], "1220.00", "{name}: {status}");
        assert!(
            firm.good(CORRECTED, &["cases"]).contains("No questions are open"),
            "{}",
            firm.good(CORRECTED, &["cases"])
        );
        firm.once(LATER);
        let shown = firm.good(LATER, &["show", name]);
        assert!(shown.contains("friendly"), "{shown}");
        let again = firm.good(LATER, &["import", "list.csv", "--payments-known", "2026-10-13"]);
        assert!(again.contains("0 changed"), "{again}");
        firm.good(LATER, &["check", "--replay"]);
    }
}

/// A list of a part of what is open says nothing of the others: what only has more in its number may be one of two series.
#[test]
fn a_longer_number_in_a_partial_list_is_another_invoice() {
    let was = row("118/2026", BALDINI);
    let firm = firm_with(std::slice::from_ref(&was));
    fs::write(firm.folder.join("list.csv"), format!("{HEAD}{}", was.replace("118/2026", "118/A/2026")))
        .expect("the list");
    let told = firm.good(CORRECTED, &["import", "list.csv", "--partial", "--payments-known", "2026-10-13"]);
    assert!(!told.contains("Corrected in the books"), "{told}");
    assert_eq!(firm.json(CORRECTED, &["status"])["totals"][0]["open"], "2440.00");
    firm.good(LATER, &["check", "--replay"]);
}

/// What might be another invoice is one: the owner is asked what became of the old one.
#[test]
fn what_is_not_surely_the_same_is_a_new_invoice() {
    let was = row("118/2026", BALDINI);
    for is in [
        vec![was.replace("1220,00", "1220,01").replace("01/09/2026", "02/09/2026")],
        vec![was.replace("118/2026", "119/2026")],
        vec![was.replace("01/09/2026", "02/09/2026").replace("118/2026", "118")],
        vec![was.replace("01/09/2026", "02/09/2026"), was.replace("01/09/2026", "03/09/2026")],
        vec![was.clone(), was.replace("01/09/2026", "02/09/2026")],
        vec![was.replace("01/09/2026", "01/10/2026").replace("30/09/2026", "31/10/2026")],
    ] {
        let firm = firm_with(std::slice::from_ref(&was));
        fs::write(firm.folder.join("list.csv"), format!("{HEAD}{}", is.concat())).expect("the list");
        let told = firm.good(CORRECTED, &["import", "list.csv", "--payments-known", "2026-10-13"]);
        assert!(!told.contains("Corrected in the books"), "{is:?}: {told}");
        assert_eq!(told.contains("stood open before"), !is.contains(&was), "{is:?}: {told}");
        firm.good(LATER, &["check", "--replay"]);
    }
}
