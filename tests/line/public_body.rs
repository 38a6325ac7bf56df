//! What the owner sees of an invoice to a public body: what it is found by, and that it is not late before the law says so.

use crate::bench::{BOOKS, Firm, SENDING};
use std::fs;

const LIST: &str = "\
Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente;CIG;CUP;SDI_ID;SDI_Delivered
7/2026;31/08/2026;30/09/2026;1.220,00;Comune di Prova;protocollo@comune.example;public_body;Z1A2B3C4D5;B11D21000320001;8123456789;15/09/2026
8/2026;31/08/2026;30/09/2026;610,00;Baldini S.r.l.;amministrazione@baldini.example;azienda;;;;
";

#[test]
fn it_is_found_by_its_codes_and_late_by_law_only() {
    let firm = Firm::new(SENDING, "approve_first_mail = false\n");
    fs::write(firm.folder.join("list.csv"), LIST).expect("a list");
    let columns = "[import.columns]\nsdi_id = \"SDI_ID\"\nsdi_delivered = \"SDI_Delivered\"\n";
    firm.change_settings(SENDING, "", &format!("\n{columns}"));
    firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-05"]);
    let shown = firm.good(BOOKS, &["show", "7/2026"]);
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "Comune di Prova (public_body, it, impersonal)",
        "7/2026: CIG Z1A2B3C4D5, CUP B11D21000320001, SdI 8123456789, delivered by SdI on 2026-09-15, may be paid until 2026-10-15",
    ] {
        assert!(flat.contains(words), "{words}: {shown}");
    }
    let json = firm.json(BOOKS, &["show", "7/2026"]);
    let item = &json["receivables"][0];
    assert_eq!((&item["cig"], &item["sdi_id"]), (&"Z1A2B3C4D5".into(), &"8123456789".into()));
    assert_eq!((&item["delivered"], &item["lawful_day"]), (&"2026-09-15".into(), &"2026-10-15".into()));
    assert!(firm.json(BOOKS, &["show", "8/2026"])["receivables"][0].get("cig").is_none());
    let status = |day: &str| {
        let json = firm.json(day, &["status"]);
        let words: Vec<String> = json["receivables"]
            .as_array()
            .expect("receivables")
            .iter()
            .map(|item| format!("{} {}", item["invoice"].as_str().unwrap(), item["status"].as_str().unwrap()))
            .collect();
        (words.join(", "), json["totals"][0]["overdue"].as_str().unwrap().to_owned())
    };
    assert_eq!(status(BOOKS), ("7/2026 open, 8/2026 overdue".to_owned(), "610.00".to_owned()));
    let later = "2026-10-16T09:00:00+02:00";
    assert_eq!(status(later), ("7/2026 overdue, 8/2026 overdue".to_owned(), "1830.00".to_owned()));
    let preview = firm.good(later, &["preview", "friendly", "Comune di Prova"]);
    assert!(preview.contains("Italian (impersonal)"), "{preview}");
    let refused = firm.run(later, &["preview", "before_closure", "Comune di Prova"]);
    assert!(refused.err.contains("public bodies and confidential customers keep to their ladder"), "{}", refused.err);
}
