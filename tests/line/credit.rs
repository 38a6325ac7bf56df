//! Credit notes of an import, through the real program.

use crate::bench::{BOOKS, Firm, LIST, SENDING};
use std::fs;

const QUICK: &str = "approve_first_mail = false\n";
const WEDNESDAY: &str = "2026-10-07T10:00:00+02:00";

/// A list with two credit notes: one names its invoice, the other says nothing.
fn with_notes() -> Firm {
    let firm = Firm::new(SENDING, QUICK);
    let notes = "NC-1;10/09/2026;10/09/2026;-220,00;Baldini S.r.l.;amministrazione@baldini.example;azienda;118/2026\n\
                 NC-2;10/09/2026;10/09/2026;-100,00;Officine Verdi S.r.l.;conti@officineverdi.example;azienda;\n";
    let mut list = String::new();
    for (index, line) in LIST.lines().enumerate() {
        list.push_str(line);
        list.push_str(if index == 0 { ";Fattura stornata\n" } else { ";\n" });
    }
    fs::write(firm.folder.join("list.csv"), format!("{list}{notes}")).expect("the list");
    firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-06"]);
    firm.once(BOOKS);
    firm
}

#[test]
fn the_rest_is_asked_for_and_never_the_gross() {
    let firm = with_notes();
    let status = firm.json(BOOKS, &["status"]);
    assert_eq!(status["totals"][0]["open"], "1815.00", "2,135.00 less 220.00 and 100.00: {status}");
    firm.once(WEDNESDAY);
    let left = firm.left_to_customers();
    let baldini = left.iter().find(|left| left.envelope.contains("baldini")).expect("a reminder");
    let said = sollecito::message::read(&baldini.bytes, &sollecito::message::Reader::default()).words.new;
    assert!(said.contains("1.000,00 €"), "{said}");
    assert!(left.iter().all(|left| !left.envelope.contains("officineverdi")), "which invoice it reduces is not known");
    let cases = firm.json(WEDNESDAY, &["cases"]);
    let case = &cases.as_array().expect("cases")[0];
    assert_eq!(case["kind"], "credit_note", "{cases}");
    assert!(firm.good(WEDNESDAY, &["cases"]).contains("sollecito credit NC-2 119/2026"));
    assert!(firm.good(WEDNESDAY, &["why", "119/2026"]).contains("Credit note NC-2"));
    firm.good(WEDNESDAY, &["check", "--replay"]);
}

#[test]
fn the_owners_word_links_a_note_and_is_taken_back() {
    let firm = with_notes();
    let refused = firm.run(WEDNESDAY, &["credit", "NC-2", "118/2026"]);
    assert_eq!(refused.code, Some(8), "an invoice of somebody else: {}", refused.all());
    assert_eq!(firm.run(WEDNESDAY, &["credit", "119/2026", "118/2026"]).code, Some(5), "no credit note");
    let said = firm.good(WEDNESDAY, &["credit", "NC-2", "119/2026"]);
    assert!(said.contains("100.00 EUR off 119/2026"), "{said}");
    let open = |firm: &Firm| firm.json(WEDNESDAY, &["show", "119/2026"])["receivables"][0]["open"].clone();
    assert_eq!(open(&firm), "510.00");
    assert!(firm.json(WEDNESDAY, &["cases"]).as_array().expect("cases").is_empty());
    firm.good(WEDNESDAY, &["undo"]);
    assert_eq!(open(&firm), "610.00");
    assert_eq!(firm.json(WEDNESDAY, &["cases"]).as_array().expect("cases").len(), 1, "asked as before");
    firm.good(WEDNESDAY, &["credit", "NC-2", "--none"]);
    assert_eq!(open(&firm), "610.00");
    assert!(firm.json(WEDNESDAY, &["cases"]).as_array().expect("cases").is_empty());
    firm.once(WEDNESDAY);
    assert!(firm.left_to_customers().iter().any(|left| left.envelope.contains("officineverdi")), "by the owner's word");
    firm.good(WEDNESDAY, &["check", "--replay"]);
}
