//! Lists as accounting programs export them; all people and firms are invented.

// A test that cannot go on says so; helpers of tests are not `#[test]` functions themselves.
#![allow(clippy::expect_used, clippy::panic)]

use sollecito::import::columns::{ColumnMap, Field};
use sollecito::import::{DateOrder, Gathered, ImportDefaults, Read, gather, read_receivables};
use sollecito::ledger::bank_account::BankAccount;
use sollecito::ledger::customer::ContactRole;
use sollecito::ledger::ids::BankAccountId;
use sollecito::ledger::money::{Currency, Money};
use sollecito::ledger::receivable::{Collection, ReceivableKind};
use sollecito::ledger::words::{DebtorKind, Language, Register};

fn defaults() -> ImportDefaults {
    ImportDefaults {
        date_order: DateOrder::DayFirst,
        currency: Currency::EUR,
        issuer: "IT01234567897".to_owned(),
        kind: DebtorKind::Unknown,
        language: None,
        firm_language: Language::Italian,
        register: Register::Formal,
        bank_accounts: vec![BankAccount {
            id: BankAccountId::new("main"),
            currency: Currency::EUR,
            iban: "IT60X0542811101000000123456".to_owned(),
            bic: None,
            holder: "Studio Ferri".to_owned(),
        }],
    }
}

fn read(bytes: &[u8]) -> Read {
    read_receivables(bytes, "receivables.csv", &ColumnMap::default(), &defaults())
}

fn good(text: &str) -> Read {
    let read = read(text.as_bytes());
    let problems: Vec<String> = read.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(read.whole);
    read
}

fn gathered(text: &str) -> Vec<Gathered> {
    gather(&mut good(text), "receivables.csv")
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn what_is_still_to_be_issued_is_only_planned() {
    let text = "Numero;Data;Scadenza;Cliente;Importo;Stato\n\
        P-1;01/12/2026;31/12/2026;Baldini;100,00;da emettere\n\
        P-2;01/12/2026;31/12/2026;Baldini;100,00;planned\n\
        118;02/09/2026;02/10/2026;Baldini;100,00;emessa\n";
    let kinds: Vec<_> = good(text).rows.into_iter().map(|row| row.receivable.kind).collect();
    assert_eq!(kinds, [ReceivableKind::Planned, ReceivableKind::Planned, ReceivableKind::Invoice]);
}

#[test]
fn an_italian_export_with_titles_totals_and_windows_letters() {
    let text = "Scadenzario clienti\r\nStampato il 12/10/2026\r\n\r\n\
        N. Doc.;Data doc.;Scadenza;Ragione sociale;P.IVA;Netto a pagare;Modalità pagamento;E-mail\r\n\
        2026/118;02/09/2026;02/10/2026;Caffè Però S.r.l.;01234567897;€ 1.220,00;Bonifico;info@caffepero.example\r\n\
        2026/119;03/09/2026;03/10/2026;Edil Nord S.n.c.;01234567898;61,00;RiBa 30 gg;a@edilnord.example\r\n\
        Totale;;;;;1.281,00;;\r\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let read = read(&bytes);
    assert_eq!(read.problems, []);
    assert_eq!(read.rows.len(), 2);
    assert_eq!(read.rows[0].line, 5);
    assert_eq!(read.rows[0].customer.name, "Caffè Però S.r.l.");
    assert_eq!(read.rows[0].customer.kind, DebtorKind::Firm);
    assert_eq!(read.rows[0].receivable.amount, Money::eur(122_000));
    assert_eq!(read.rows[0].receivable.due, day("2026-10-02"));
    assert_eq!(read.rows[0].receivable.collection, Collection::Own);
    assert_eq!(read.rows[1].receivable.collection, Collection::Bank);
    assert!(read.notes.iter().any(|note| note == "Line 7 is a total: not read."), "{:?}", read.notes);
}

#[test]
fn an_english_export() {
    let read = good(
        "\u{feff}Invoice number,Customer name,Customer email,Issue date,Due date,Amount,Currency,Country\n\
         INV-118,\"Harrow, Finch & Co Ltd\",ap@harrow.example,2026-07-06,2026-08-05,\"2,340.50\",GBP,GB\n",
    );
    let row = &read.rows[0];
    assert_eq!(row.customer.name, "Harrow, Finch & Co Ltd");
    assert_eq!(row.customer.language, Language::English);
    assert_eq!(row.receivable.amount, Money::new(234_050, Currency::parse("GBP").expect("a code")));
}

#[test]
fn tabs_and_unicode_text_of_a_spreadsheet() {
    let text = "Numero\tData\tScadenza\tImporto\tCliente\n1\t01/09/26\t01/10/26\t10,5\tCaffè\n";
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let read = read(&bytes);
    assert_eq!(read.problems, []);
    assert_eq!(read.rows[0].receivable.amount, Money::eur(1_050));
    assert_eq!(read.rows[0].receivable.key.issued, day("2026-09-01"));
}

#[test]
fn amounts_in_every_dress() {
    for (written, cents) in [
        ("1220", 122_000),
        ("1220,5", 122_050),
        ("1.220,00", 122_000),
        ("1,220.00", 122_000),
        ("1.220", 122_000),
        ("1,220", 122_000),
        ("1 220,00", 122_000),
        ("1'220.00", 122_000),
        ("€ 1.220,00", 122_000),
        ("1220.00 EUR", 122_000),
        ("1.234.567,89", 123_456_789),
        ("1220,0000", 122_000),
        (",50", 50),
        ("0,05", 5),
    ] {
        let read = good(&format!("Numero;Data;Scadenza;Importo;Cliente\n1;2026-09-01;2026-10-01;{written};B\n"));
        assert_eq!(read.rows[0].receivable.amount, Money::eur(cents), "{written}");
    }
    for written in ["1.22,00", "1,2,3", "12,345", "1e3", "NaN", "99999999999999999999", "--5", "1.2.3"] {
        let text = format!(
            "Numero;Data;Scadenza;Importo;Cliente\n1;2026-09-01;2026-10-01;{written};B\n9;2026-09-01;2026-10-01;7,50;B\n"
        );
        let read = read(text.as_bytes());
        assert_eq!(read.rows.len(), 1, "{written}");
        assert_eq!(read.problems.len(), 1, "{written}");
        assert!(!read.whole);
    }
}

#[test]
fn days_in_every_dress() {
    for written in [
        "02/10/2026",
        "2/10/2026",
        "02.10.2026",
        "02-10-2026",
        "02/10/26",
        "2026-10-02",
        "2026/10/02",
        "20261002",
        "2026-10-02T00:00:00",
        "02/10/2026 00:00:00",
    ] {
        let read = good(&format!("Numero;Data;Scadenza;Importo;Cliente\n1;2026-09-01;{written};10,00;B\n"));
        assert_eq!(read.rows[0].receivable.due, day("2026-10-02"), "{written}");
    }
}

#[test]
fn months_first_where_the_settings_say_so() {
    let defaults = ImportDefaults { date_order: DateOrder::MonthFirst, ..defaults() };
    let text = b"Number,Issued,Due,Amount,Name\n1,08/05/2026,09/04/2026,10.00,B\n";
    let read = read_receivables(text, "x.csv", &ColumnMap::default(), &defaults);
    assert_eq!(read.rows[0].receivable.key.issued, day("2026-08-05"));
}

#[test]
fn headers_named_in_the_settings() {
    let mut map = ColumnMap::default();
    map.add("Rif. interno", Field::Number);
    map.add("Tot. da avere", Field::Amount);
    let text = "Rif. interno;Data;Scadenza;Tot. da avere;Cliente;Colore\nA1;01/09/2026;01/10/2026;10,00;B;rosso\n";
    let read = read_receivables(text.as_bytes(), "x.csv", &map, &defaults());
    assert_eq!(read.rows[0].receivable.key.number, "A1");
    assert!(read.notes.iter().any(|note| note.contains("Colore")));
}

#[test]
fn several_contacts() {
    let customers = gathered(
        "Numero;Data;Scadenza;Importo;Cliente;Email;Referente;Cc;PEC\n\
         1;01/09/2026;01/10/2026;10,00;Edil Nord;Anna Rossi <anna@edilnord.example>; ;capo@edilnord.example;edilnord@pec.example\n\
         2;01/09/2026;01/10/2026;10,00;Edil Nord;\"anna@edilnord.example; uff@edilnord.example\";Anna;;\n",
    );
    assert_eq!(customers.len(), 1);
    let contacts: Vec<(&str, ContactRole)> =
        customers[0].customer.contacts.iter().map(|contact| (contact.address.as_str(), contact.role)).collect();
    assert_eq!(
        contacts,
        [
            ("anna@edilnord.example", ContactRole::Primary),
            ("capo@edilnord.example", ContactRole::Copy),
            ("edilnord@pec.example", ContactRole::Pec),
            ("uff@edilnord.example", ContactRole::Other),
        ]
    );
    assert_eq!(customers[0].customer.contacts[0].name.as_deref(), Some("Anna Rossi"));
}

#[test]
fn an_address_without_a_domain_is_told() {
    for (column, told) in [("Email", "a@b"), ("PEC", "ditta@pec"), ("Cc", "uff@localhost")] {
        let text =
            format!("Numero;Data;Scadenza;Importo;Cliente;{column}\n1;01/09/2026;01/10/2026;10,00;Edil Nord;{told}\n");
        let read = read(text.as_bytes());
        assert!(read.problems[0].message.contains(&format!("`{told}` is not a mail address")), "{:?}", read.problems);
    }
}

#[test]
fn instalments_and_credit_notes() {
    let read = good(
        "Numero;Data;Scadenza;Importo;Cliente;Rata;Tipo documento\n\
         7;01/09/2026;01/10/2026;100,00;B;1/2;\n\
         7;01/09/2026;01/11/2026;100,00;B;2/2;TD01\n\
         8;01/09/2026;01/10/2026;50,00;B;;TD04\n\
         9;01/09/2026;01/10/2026;-25,00;B;;\n\
         10;01/09/2026;01/10/2026;25,00;B;;proforma\n",
    );
    let kinds: Vec<_> = read.rows.iter().map(|row| (row.receivable.kind, row.receivable.amount.cents)).collect();
    assert_eq!(
        kinds,
        [
            (ReceivableKind::Instalment, 10_000),
            (ReceivableKind::Invoice, 10_000),
            (ReceivableKind::CreditNote, -5_000),
            (ReceivableKind::CreditNote, -2_500),
            (ReceivableKind::Proforma, 2_500),
        ]
    );
    assert_eq!(read.rows[1].receivable.key.instalment, 2);
}

#[test]
fn telephone_and_payment_day_of_a_customer() {
    let text = "Numero;Data;Scadenza;Cliente;Importo;Telefono;Giorno pagamento\n\
        1;01/09/2026;01/10/2026;Baldini;1,00;+39 0521 555 0110;\n\
        2;01/09/2026;01/10/2026;Baldini;1,00;;10\n\
        3;01/09/2026;01/10/2026;Conti;1,00;n.d.;fine mese\n\
        4;01/09/2026;01/10/2026;Neri;1,00;12;45\n\
        5;01/09/2026;01/10/2026;Viola;1,00;-;0\n";
    let said: Vec<_> =
        gathered(text).into_iter().map(|known| (known.customer.phone, known.customer.payment_day)).collect();
    let phone = Some("+39 0521 555 0110".to_owned());
    assert_eq!(said, [(phone, Some(10)), (None, Some(31)), (None, None), (None, None)]);
    let remarks: Vec<String> = good(text).remarks.iter().map(|remark| remark.message.clone()).collect();
    assert_eq!(remarks, ["`12` is not a telephone number: left out", "`45` is not a day of the month: left out"]);
}

/// Number, instalment, due date, tolerated until, amount in cents.
fn dues(text: &str) -> Vec<String> {
    let show = |row: &sollecito::import::Row| {
        let (item, key) = (&row.receivable, &row.receivable.key);
        let until = item.tolerated_until.map_or_else(String::new, |day| format!(" ({day})"));
        format!("{}/{} {}{until} {}", key.number, key.instalment, item.due, item.amount.cents)
    };
    good(text).rows.iter().map(show).collect()
}

#[test]
fn terms_of_payment_give_the_due_date_where_none_is_written() {
    let text = "Numero;Data;Scadenza;Cliente;Importo;Condizioni\n\
        1;31/01/2026;;Baldini;100,00;30 gg d.f.\n\
        2;31/01/2026;;Baldini;100,00;60 gg f.m. + 10\n\
        3;31/01/2026;15/03/2026;Baldini;100,00;\n\
        4;31/01/2026;;Baldini;100,00;RiBa 30/60/90 gg d.f.f.m.\n\
        5;31/01/2026;;Baldini;-10,00;30/60 gg d.f.\n\
        6;31/01/2026;;Baldini;100,00;rimessa diretta\n";
    assert_eq!(
        dues(text),
        [
            "1/0 2026-03-02 10000",
            "2/0 2026-04-10 (2026-05-10) 10000",
            "3/0 2026-03-15 10000",
            "4/1 2026-02-28 (2026-03-31) 3333",
            "4/2 2026-03-31 (2026-04-30) 3333",
            "4/3 2026-04-30 (2026-05-31) 3334",
            "5/0 2026-03-02 -1000",
            "6/0 2026-01-31 (2026-03-02) 10000",
        ]
    );
    let rows = good(text).rows;
    assert_eq!(rows[1].receivable.terms.as_deref(), Some("60 gg f.m. + 10"));
    assert!(rows[3..6].iter().all(|row| row.receivable.collection == Collection::Bank));
    assert!(rows[3..6].iter().all(|row| row.receivable.kind == ReceivableKind::Instalment && row.line == 5));
}

#[test]
fn no_due_date_column_is_needed_beside_terms() {
    for header in [
        "Condizioni di pagamento",
        "Pagamento",
        "Payment terms",
        "Zahlungsbedingungen",
        "Conditions de paiement",
        "Forma de pago",
    ] {
        let text = format!("Numero;Data;Cliente;Importo;{header}\n1;15/10/2026;Baldini;90,00;Bonifico 60 gg d.f.\n");
        assert_eq!(dues(&text), ["1/0 2026-12-14 9000"], "{header}");
    }
    // Nothing gives a day: told once, not in every row.
    let read = read(b"Numero;Data;Cliente;Importo;Pagamento\n1;15/10/2026;B;1,00;Bonifico\n2;15/10/2026;B;1,00;RiBa\n");
    assert_eq!(read.problems.len(), 1);
    assert!(read.problems[0].message.contains("No column gives the due date"));
}

#[test]
fn what_was_paid_covers_the_parts_in_order() {
    let text = "Numero;Data;Cliente;Importo;Note credito;Pagato;Condizioni\n\
        1;15/10/2026;Baldini;300,00;;150,00;30/60/90 gg d.f.\n\
        2;15/10/2026;Baldini;300,00;100,00;150,00;30/60/90 gg d.f.\n\
        3;15/10/2026;Baldini;300,00;;;30/60/90 gg d.f.\n";
    let cents =
        |row: &sollecito::import::Row| (row.receivable.credited.cents, row.receivable.paid.map(|paid| paid.cents));
    let read = good(text);
    let all: Vec<_> = read.rows.iter().map(cents).collect();
    assert_eq!(all[..3], [(0, Some(10_000)), (0, Some(5_000)), (0, Some(0))]);
    assert_eq!(all[3..6], [(10_000, Some(0)), (0, Some(10_000)), (0, Some(5_000))]);
    assert_eq!(all[6..], [(0, None), (0, None), (0, None)]);
}

#[test]
fn a_row_for_each_part_names_which_it_is() {
    let text = "Numero;Data;Rata;Cliente;Importo;Condizioni\n\
        1;15/10/2026;1;Baldini;50,00;30/60 gg d.f.\n\
        1;15/10/2026;2;Baldini;50,00;30/60 gg d.f.\n";
    assert_eq!(dues(text), ["1/1 2026-11-14 5000", "1/2 2026-12-14 5000"]);
}

#[test]
fn the_written_due_date_counts_and_the_row_says_so() {
    let text = "Numero;Data;Scadenza;Cliente;Importo;Condizioni\n\
        1;31/01/2026;02/03/2026;Baldini;100,00;30 gg d.f.f.m.\n\
        2;31/01/2026;28/02/2026;Baldini;100,00;30 gg d.f.f.m.\n\
        3;31/01/2026;15/04/2026;Baldini;100,00;30 gg d.f.\n\
        4;31/01/2026;15/04/2026;Baldini;100,00;30 gg dopo il collaudo\n\
        5;31/01/2026;15/04/2026;Baldini;100,00;bonifico\n\
        6;31/01/2026;02/03/2026;Baldini;100,00;30/60 gg d.f.\n";
    assert_eq!(
        dues(text),
        [
            "1/0 2026-03-02 (2026-03-31) 10000",
            "2/0 2026-02-28 (2026-03-31) 10000",
            "3/0 2026-04-15 10000",
            "4/0 2026-04-15 10000",
            "5/0 2026-04-15 10000",
            "6/0 2026-03-02 10000",
        ]
    );
    let remarks: Vec<String> = good(text).remarks.iter().map(ToString::to_string).collect();
    assert_eq!(remarks.len(), 3, "{remarks:#?}");
    assert!(remarks[0].starts_with("receivables.csv:4:40: The due date 2026-04-15 is taken as it is written"));
    assert!(remarks[0].contains("would give 2026-03-02"));
    assert!(remarks[1].contains("`dopo` is not understood") && remarks[1].contains("receivables.csv:5:46"));
    assert!(remarks[2].contains("have 2 parts"));
}

#[test]
fn terms_that_are_not_understood_cost_the_row_only_without_a_due_date() {
    let read = read(
        "Numero;Data;Scadenza;Cliente;Importo;Condizioni\n\
         1;31/01/2026;;Baldini;100,00;\"30 gg dopo il collaudo\"\n\
         2;31/01/2026;;Baldini;100,00;60 gg f.m.\n\
         3;31/01/2026;;Baldini;100,00;\n"
            .as_bytes(),
    );
    assert_eq!(read.rows.len(), 1);
    let problems: Vec<String> = read.problems.iter().map(ToString::to_string).collect();
    assert!(problems[0].starts_with("receivables.csv:2:37: In the terms of payment"), "{}", problems[0]);
    assert!(problems[0].contains("^^^^\n  help: write the terms in one of these forms: 30 gg d.f."), "{}", problems[0]);
    assert!(problems[1].contains("no due date, nor terms that give one"), "{}", problems[1]);
}

#[test]
fn a_credit_note_says_what_it_reduces_and_what_is_left_of_it() {
    let read = good(
        "Numero;Data;Scadenza;Importo;Residuo;Cliente;Tipo documento;Fattura di riferimento\n\
         118;01/09/2026;01/10/2026;700,00;700,00;B;TD01;\n\
         NC1;02/09/2026;02/09/2026;-200,00;-200,00;B;TD04;118\n\
         NC2;02/09/2026;02/09/2026;200,00;50,00;B;nota di credito;\n\
         NC3;02/09/2026;02/09/2026;200,00;0,00;B;TD04;118 del 01/09/2026\n",
    );
    let seen: Vec<_> = read.rows.iter().map(|row| &row.receivable).collect();
    let named: Vec<Option<&str>> = seen.iter().map(|row| row.reduces.as_deref()).collect();
    assert_eq!(named, [None, Some("118"), None, Some("118 del 01/09/2026")]);
    let used: Vec<Option<i64>> = seen.iter().map(|row| row.paid.map(|paid| paid.cents)).collect();
    assert_eq!(used, [Some(0), None, Some(-15_000), Some(-20_000)]);
    let by_word = good(
        "Numero;Data;Scadenza;Importo;Cliente;Tipo documento;Stato\n\
         NC1;02/09/2026;02/09/2026;200,00;B;TD04;pagata\n\
         NC2;02/09/2026;02/09/2026;200,00;B;TD04;da pagare\n",
    );
    let used: Vec<Option<i64>> = by_word.rows.iter().map(|row| row.receivable.paid.map(|paid| paid.cents)).collect();
    assert_eq!(used, [Some(-20_000), None]);
}

#[test]
fn what_is_paid_by_amount_by_rest_and_by_word() {
    let read = good(
        "Numero;Data;Scadenza;Importo;Pagato;Cliente\n1;01/09/2026;01/10/2026;100,00;40,00;B\n\
         2;01/09/2026;01/10/2026;100,00;sì;B\n3;01/09/2026;01/10/2026;100,00;no;B\n4;01/09/2026;01/10/2026;100,00;;B\n",
    );
    let paid: Vec<Option<i64>> = read.rows.iter().map(|row| row.receivable.paid.map(|paid| paid.cents)).collect();
    assert_eq!(paid, [Some(4_000), Some(10_000), Some(0), None]);
    let read = good("Numero;Data;Scadenza;Importo;Residuo;Cliente\n1;01/09/2026;01/10/2026;100,00;25,00;B\n");
    assert_eq!(read.rows[0].receivable.paid, Some(Money::eur(7_500)));
    let read = good(
        "Numero;Data;Scadenza;Importo;Stato;Cliente\n1;01/09/2026;01/10/2026;100,00;Pagata;B\n2;01/09/2026;01/10/2026;9,00;Inviata;B\n",
    );
    assert_eq!(read.rows[0].receivable.paid, Some(Money::eur(10_000)));
    assert_eq!(read.rows[1].receivable.paid, None);
}

#[test]
fn a_cancelled_invoice_is_asked_about() {
    let read =
        read("Numero;Data;Scadenza;Importo;Stato;Cliente\n1;01/09/2026;01/10/2026;100,00;Annullata;B\n".as_bytes());
    assert!(read.rows.is_empty());
    assert_eq!(read.problems.len(), 1);
}

#[test]
fn an_iban_selects_one_of_the_firms_accounts_and_nothing_else() {
    let header = "Numero;Data;Scadenza;Importo;Cliente;IBAN\n";
    let known = good(&format!("{header}1;01/09/2026;01/10/2026;1,00;B;it60 x054 2811 1010 0000 0123 456\n"));
    assert_eq!(known.rows[0].receivable.bank_account, Some(BankAccountId::new("main")));
    let foreign = read(format!("{header}1;01/09/2026;01/10/2026;1,00;B;DE44500105175407324931\n").as_bytes());
    assert!(foreign.rows.is_empty());
    assert_eq!(foreign.problems.len(), 1);
}

#[test]
fn references_of_an_invoice_to_a_public_body() {
    let header = "Numero;Data;Scadenza;Importo;Cliente;CIG;CUP;Identificativo SdI;Data consegna SdI\n";
    let read = good(&format!(
        "{header}1;01/09/2026;01/10/2026;1,00;Comune di Montefiore;z1a2b3c4d5;B11D 21000320001;8123456789;03/09/2026\n"
    ));
    let exchange = &read.rows[0].receivable.exchange;
    assert_eq!(exchange.cig.as_deref(), Some("Z1A2B3C4D5"));
    assert_eq!(exchange.cup.as_deref(), Some("B11D21000320001"));
    assert_eq!(exchange.sdi_id.as_deref(), Some("8123456789"));
    assert_eq!(exchange.delivered, Some(day("2026-09-03")));
    // A wrong one is left out with a remark, a word is none, and the row is taken in any case.
    let wrong = good(&format!("{header}1;01/09/2026;01/10/2026;1,00;Comune di Montefiore;123;esente;-;\n"));
    assert!(wrong.rows[0].receivable.exchange.is_empty());
    assert_eq!(wrong.remarks.len(), 1);
    assert!(wrong.remarks[0].message.contains("`123` is no `cig`"), "{:?}", wrong.remarks);
}

#[test]
fn kinds_told_by_legal_form_or_by_column() {
    for (name, kind) in [
        ("Officine Baldini S.r.l.", DebtorKind::Firm),
        ("BALDINI SPA", DebtorKind::Firm),
        ("Condominio Via Roma 4", DebtorKind::Condominium),
        ("Comune di Montefiore", DebtorKind::PublicBody),
        ("Luca Marchetti", DebtorKind::Unknown),
        ("Comune di Vino S.r.l.", DebtorKind::Firm),
    ] {
        let read = good(&format!("Numero;Data;Scadenza;Importo;Cliente\n1;01/09/2026;01/10/2026;1,00;{name}\n"));
        assert_eq!(read.rows[0].customer.kind, kind, "{name}");
    }
    let read =
        good("Numero;Data;Scadenza;Importo;Cliente;Tipo cliente\n1;01/09/2026;01/10/2026;1,00;Rossi S.r.l.;Privato\n");
    assert_eq!(read.rows[0].customer.kind, DebtorKind::Consumer, "the column outweighs the name");
}

#[test]
fn rows_of_one_customer_find_together() {
    let customers = gathered(
        "Numero;Data;Scadenza;Importo;Cliente;P.IVA;Email\n\
         1;01/09/2026;01/10/2026;1,00;Edil Nord S.r.l.;IT01234567897;a@edilnord.example\n\
         2;01/09/2026;01/10/2026;1,00;EDIL NORD SRL;01234567897;b@edilnord.example\n\
         3;01/09/2026;01/10/2026;1,00;Altra;01234567898;\n",
    );
    assert_eq!(customers.len(), 2);
    assert_eq!(customers[0].receivables.len(), 2);
}

#[test]
fn one_code_for_two_customers_is_asked_about() {
    let text = "Numero;Data;Scadenza;Importo;Cliente;Codice;Email\n\
         1;01/09/2026;01/10/2026;1,00;Edil Nord;C1;a@edilnord.example\n\
         2;01/09/2026;01/10/2026;1,00;Baldini;C1;a@baldini.example\n";
    let mut read = read(text.as_bytes());
    let customers = gather(&mut read, "x.csv");
    assert_eq!(customers.len(), 1);
    assert_eq!((read.problems.len(), read.rows.len(), read.whole), (1, 1, false));
}

#[test]
fn branches_with_their_own_codes_stay_apart() {
    let customers = gathered(
        "Numero;Data;Scadenza;Importo;Cliente;Codice cliente;P.IVA\n\
         1;01/09/2026;01/10/2026;1,00;Edil Nord Milano;C1;01234567897\n\
         2;01/09/2026;01/10/2026;1,00;Edil Nord Torino;C2;01234567897\n",
    );
    assert_eq!(customers.len(), 2);
}

#[test]
fn a_number_said_later_does_not_make_a_second_customer() {
    let customers = gathered(
        "Numero;Data;Scadenza;Importo;Cliente;Codice cliente;P.IVA;Email\n\
         1;01/09/2026;01/10/2026;1,00;Edil Nord;;;a@edilnord.example\n\
         2;01/09/2026;01/10/2026;1,00;Edil Nord;;01234567897;a@edilnord.example\n\
         3;01/09/2026;01/10/2026;1,00;Edil Nord srl;C1;01234567897;\n\
         4;01/09/2026;01/10/2026;1,00;Edil Nord;;01234567898;altri@edilnord2.example\n",
    );
    assert_eq!(customers.iter().map(|customer| customer.receivables.len()).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(customers[0].identity, sollecito::import::customers::CustomerIdentity::ExternalId("C1".to_owned()));
}

#[test]
fn a_customer_whose_name_sounds_like_a_total_is_not_passed_over() {
    let read = read(
        "Cliente;Numero;Data;Scadenza;Importo\nTotalgomme;1;;;10,00\nTotale Gas;2;01/09/2026;;10,00\nTotale;;;;20,00\n"
            .as_bytes(),
    );
    assert!(!read.whole);
    let lines: std::collections::BTreeSet<usize> =
        read.problems.iter().filter_map(|problem| problem.place.as_ref().map(|place| place.line)).collect();
    assert_eq!(lines.into_iter().collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn two_of_one_name_are_not_guessed_at() {
    let text = "Numero;Data;Scadenza;Importo;Cliente;P.IVA\n1;01/09/2026;01/10/2026;1,00;Rossi;01234567897\n\
         2;01/09/2026;01/10/2026;1,00;Rossi;01234567898\n3;01/09/2026;01/10/2026;1,00;Rossi;\n";
    let mut read = read(text.as_bytes());
    assert_eq!(gather(&mut read, "x.csv").len(), 2);
    assert_eq!(read.problems.len(), 1);
}

#[test]
fn good_rows_are_read_beside_bad_ones() {
    let read = read(
        "Numero;Data;Scadenza;Importo;Cliente\n1;01/09/2026;01/10/2026;1,00;B\n2;mai;01/10/2026;mille;B\n3;01/09/2026;01/10/2026;3,00;B\n"
            .as_bytes(),
    );
    assert_eq!(read.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(read.problems.len(), 2, "both mistakes of the row");
    let place = read.problems[0].place.as_ref().expect("a place");
    assert_eq!((place.line, place.column, place.length, place.excerpt.as_str()), (3, 3, 3, "2;mai;01/10/2026;mille;B"));
    assert!(!read.whole, "what is missing must not be asked about");
}

#[test]
fn places_count_through_quoted_line_breaks() {
    let read = read("Numero;Data;Scadenza;Importo;Cliente;Oggetto\n1;01/09/2026;01/10/2026;1,00;B;\"due\nrighe\"\n2;x;01/10/2026;1,00;B;\n".as_bytes());
    assert_eq!(read.rows[0].receivable.description.as_deref(), Some("due righe"));
    assert_eq!(read.problems[0].place.as_ref().expect("a place").line, 4);
}

#[test]
fn the_order_or_contract_is_read_where_a_column_says_it() {
    let of = |header: &str| {
        let text = format!("Numero;Data;Scadenza;Importo;Cliente;{header}\n1;01/09/2026;01/10/2026;1,00;B;4500012\n");
        read(text.as_bytes()).rows[0].receivable.contract.clone()
    };
    for header in ["N. ordine", "Rif. ordine", "Contratto", "PO number", "Order no."] {
        assert_eq!(of(header).as_deref(), Some("4500012"), "{header}");
    }
    assert_eq!(of("Note"), None);
}

/// The labelled mails' own ledger, cut to its columns: what a measured corpus carries must be readable.
#[test]
fn the_ledger_of_a_labelled_corpus() {
    let read = good(
        "invoice_number,customer_name,customer_email,issue_date,due_date,amount,currency,iban,language\n\
         2026/118,Officine Baldini S.r.l.,amministrazione@baldini.example,2026-07-02,2026-08-01,1220.00,EUR,IT60X0542811101000000123456,it\n",
    );
    assert_eq!(read.rows[0].receivable.bank_account, Some(BankAccountId::new("main")));
}

/// Long files full of mistakes are read in time that grows with the file, not with its square.
#[test]
fn long_bad_files_do_not_stall() {
    let mut text = String::from("Numero;Data;Scadenza;Importo;Cliente\n");
    for number in 0..20_000 {
        text.push_str(&format!("{number};01/09/2026;01/10/2026;mille;\"Rossi\n"));
    }
    let start = std::time::Instant::now();
    let read = read(text.as_bytes());
    assert_eq!(read.problems.len(), 40_000);
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

proptest::proptest! {
    /// No line is lost: each is a row, a problem or a remark; and no bytes make it panic.
    #[test]
    fn every_line_is_accounted_for(lines in proptest::collection::vec("[0-9a-z;\" ,./€-]{0,40}", 0..12)) {
        let mut text = String::from("Numero;Data;Scadenza;Importo;Cliente\n9;01/09/2026;01/10/2026;1,00;B\n");
        for line in &lines {
            text.push_str(line);
            text.push('\n');
        }
        let read = read(text.as_bytes());
        let mut told: std::collections::BTreeSet<usize> = read.rows.iter().map(|row| row.line).collect();
        told.extend(read.problems.iter().filter_map(|problem| problem.place.as_ref().map(|place| place.line)));
        let notes = read.notes.join("\n");
        for (index, line) in lines.iter().enumerate() {
            let number = index + 3;
            let blank = line.chars().all(|c| matches!(c, ';' | ' ' | '"'));
            // Within quotes a line may belong to the row that began above it.
            let quoted = lines.iter().take(index + 1).any(|line| line.contains('"'));
            let said = told.contains(&number) || notes.contains(&format!("Line {number} "));
            proptest::prop_assert!(said || blank || quoted, "line {number} `{line}` of\n{text}");
        }
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        let mut file = b"Numero;Data;Scadenza;Importo;Cliente\n".to_vec();
        file.extend(&bytes);
        let mut both = read(&file);
        let customers = gather(&mut both, "x.csv");
        let owed: usize = customers.iter().map(|customer| customer.receivables.len()).sum();
        proptest::prop_assert_eq!(owed, both.rows.len());
        let _ = read(&bytes);
    }
}

/// A credit note is owed by nobody: where no day is written, with or without a column for terms, it is the day of its date.
#[test]
fn a_credit_note_needs_no_due_date() {
    for (column, cell) in [("", ""), (";Pagamento", ";"), (";Pagamento", ";bonifico")] {
        let text = format!(
            "Numero;Data;Scadenza;Importo;Cliente;Codice;Email{column}\n\
             118;01/09/2026;02/10/2026;400,00;Rossi S.r.l.;C1;anna@rossi.example{cell}\n\
             NC1;03/09/2026;;-100,00;Rossi S.r.l.;C1;anna@rossi.example{cell}\n"
        );
        let read = good(&text);
        let note = read.rows.iter().find(|row| row.receivable.key.number == "NC1").expect("the note");
        assert_eq!(note.receivable.due.to_string(), "2026-09-03", "{column}{cell}");
    }
}
