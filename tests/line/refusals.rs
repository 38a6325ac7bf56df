//! Orders that cannot have been meant so: each is refused with a reason, and nothing is recorded.

use crate::bench::{BOOKS, Firm, SENDING};
use std::fs;

const NOW: &str = "2026-10-07T10:00:00+02:00";

/// Every order that was recorded.
fn orders(firm: &Firm) -> String {
    firm.good(NOW, &["undo", "--list"])
}

#[test]
fn days_that_are_past_are_refused() {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    let before = orders(&firm);
    for arguments in [
        &["promise", "118/2026", "--by", "2026-10-06"][..],
        &["defer", "118/2026", "--until", "6/10/2026"],
        &["hold", "118/2026", "--until", "2026-10-06"],
    ] {
        let said = firm.run(NOW, arguments);
        assert_eq!(said.code, Some(8), "{arguments:?}: {}", said.all());
        assert!(said.err.contains("2026-10-06 has passed"), "{arguments:?}: {}", said.err);
    }
    // Money that has not come yet is a promise.
    for arguments in [&["paid", "118/2026", "--on", "2026-10-08"][..], &["set-off", "118/2026", "--on", "2026-10-08"]] {
        let said = firm.run(NOW, arguments);
        assert_eq!(said.code, Some(8), "{arguments:?}: {}", said.all());
        assert!(said.err.contains("2026-10-08 has not come yet"), "{arguments:?}: {}", said.err);
    }
    assert_eq!(orders(&firm), before, "nothing of it is recorded");
    // Today is neither.
    firm.good(NOW, &["promise", "118/2026", "--by", "2026-10-07"]);
    firm.good(NOW, &["paid", "119/2026", "--on", "2026-10-07"]);
}

/// Twelve euros and a third, or twelve thousand: it is not guessed.
#[test]
fn an_amount_with_three_decimals_is_refused() {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    let before = orders(&firm);
    for arguments in [
        &["paid", "118/2026", "--amount", "12,345"][..],
        &["set-off", "118/2026", "--amount", "12,345"],
        &["promise", "118/2026", "--by", "2026-10-20", "--amount", "12,345"],
        &["instalments", "118/2026", "--parts", "10/11 12,345; 10/12 rest"],
    ] {
        let said = firm.run(NOW, arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.all());
        assert!(said.err.contains("12,345"), "{arguments:?}: {}", said.err);
    }
    for amount in ["12,34,5", "-5,00", "0", "dodici"] {
        let said = firm.run(NOW, &["paid", "118/2026", &format!("--amount={amount}")]);
        assert_eq!(said.code, Some(2), "{amount}: {}", said.all());
    }
    assert_eq!(orders(&firm), before, "nothing of it is recorded");
    firm.good(NOW, &["paid", "118/2026", "--amount", "12,34"]);
    let open = firm.json(NOW, &["show", "118/2026"])["receivables"][0]["open"].clone();
    assert_eq!(open, "1207.66");
}

/// What the bank has not presented yet did not come back; of an invoice in parts only those that are due did.
#[test]
fn only_what_the_bank_collected_comes_back_unpaid() {
    let firm = Firm::new(SENDING, "approve_first_mail = false\n");
    let list = "Numero;Data;Scadenza;Rata;Importo;Cliente;Email;Tipo cliente;Pagamento\n\
        1/2026;31/08/2026;30/09/2026;1;500,00;Baldini S.r.l.;anna@baldini.example;azienda;RiBa\n\
        1/2026;31/08/2026;31/10/2026;2;500,00;Baldini S.r.l.;anna@baldini.example;azienda;RiBa\n\
        2/2026;31/08/2026;31/10/2026;;610,00;Baldini S.r.l.;anna@baldini.example;azienda;RiBa\n\
        3/2026;31/08/2026;30/09/2026;;305,00;Baldini S.r.l.;anna@baldini.example;azienda;bonifico\n";
    fs::write(firm.folder.join("list.csv"), list).expect("a list");
    firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-05"]);
    for (number, words) in [
        ("2/2026", "The bank collects 2/2026 on 2026-10-31 only: it cannot have come back yet"),
        ("3/2026", "3/2026 is not collected by the bank: nothing of it can come back"),
    ] {
        let said = firm.run(NOW, &["unpaid", number]);
        assert_eq!(said.code, Some(8), "{}", said.all());
        assert!(said.err.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{}", said.err);
    }
    assert_eq!(firm.json(NOW, &["cases"]).as_array().map(Vec::len), Some(0));
    firm.good(NOW, &["unpaid", "1/2026"]);
    let cases = firm.json(NOW, &["cases"]);
    let [case] = cases.as_array().expect("cases").as_slice() else { panic!("{cases}") };
    assert!(case["kind"] == "call", "{case}");
    // The first part came back; the second is still with the bank.
    let why = firm.good(NOW, &["why", "1/2026"]);
    assert_eq!(why.matches("came back\n").count(), 1, "{why}");
    let again = firm.run(NOW, &["unpaid", "1/2026"]);
    assert_eq!(again.code, Some(8), "{}", again.all());
}

/// A name with a slip of the pen is not guessed, but named.
#[test]
fn a_misspelt_customer_is_named() {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    for (typed, meant) in
        [("Baldni", Some("Baldini S.r.l.")), ("nerri impianti", Some("Neri Impianti S.r.l.")), ("119/2062", None)]
    {
        let said = firm.run(NOW, &["show", typed]);
        let words = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(said.code, Some(5), "{}", said.all());
        match meant {
            Some(meant) => assert!(words.contains(&format!("did you mean `{meant}`?")), "{words}"),
            None => assert!(!words.contains("did you mean `119"), "{words}"),
        }
    }
}

/// Numbers that begin anew each year, and numbers of two customers: what a name alone cannot tell is asked, and what stands
/// there can be typed.
#[test]
fn a_number_that_means_two_invoices_is_asked_about() {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    let rows = "number;issued;due;amount;name;customer_id;email\n\
                8;2025-11-03;2025-12-03;1000,00;Alfa S.r.l.;A1;anna@alfa.example\n\
                8;2026-09-01;2026-10-01;250,00;Alfa S.r.l.;A1;anna@alfa.example\n\
                7;2026-09-01;2026-10-01;300,00;Alfa S.r.l.;A1;anna@alfa.example\n\
                7;2025-09-02;2026-10-01;400,00;Beta S.r.l.;B1;bea@beta.example\n\
                5;2026-09-01;2026-10-01;500,00;Gamma S.r.l.;;gina@gamma.example\n\
                5;2025-09-02;2026-10-01;600,00;Delta S.r.l.;;dino@delta.example\n";
    fs::write(firm.folder.join("twins.csv"), rows).expect("a file");
    firm.good(NOW, &["import", "twins.csv", "--partial"]);
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (typed, meant) in [
        ("8", "`8` could be: 8@2025-11-03; 8@2026-09-01"),
        ("7", "`7` could be: 7@A1; 7@B1"),
        ("5", "`5` could be: \"5@Gamma S.r.l.\"; \"5@Delta S.r.l.\""),
    ] {
        let said = firm.run(NOW, &["paid", typed]);
        assert!(said.code == Some(5) && flat(&said.err).contains(meant), "{}", said.all());
    }
    firm.good(NOW, &["paid", "8@2026-09-01"]);
    firm.good(NOW, &["paid", "7@B1", "--amount", "100,00"]);
    firm.good(NOW, &["paid", "5@Delta S.r.l."]);
    let open = |name: &str| firm.json(NOW, &["show", name])["receivables"][0]["open"].clone();
    assert_eq!(
        [open("8@2025-11-03"), open("8@2026-09-01"), open("7@A1"), open("7@B1")],
        ["1000.00", "0.00", "300.00", "300.00"]
    );
}
