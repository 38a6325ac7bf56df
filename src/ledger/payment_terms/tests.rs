use super::*;

fn on(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn terms(text: &str) -> PaymentTerms {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn due(text: &str, issued: &str) -> String {
    let days = due_dates(&terms(text), on(issued), Money::eur(100)).expect("days");
    days.iter().map(|part| part.due.to_string()).collect::<Vec<_>>().join(" ")
}

fn tolerated(text: &str, issued: &str) -> String {
    let days = due_dates(&terms(text), on(issued), Money::eur(100)).expect("days");
    days.iter().map(|part| part.tolerated_until.to_string()).collect::<Vec<_>>().join(" ")
}

/// The days in all three readings.
fn readings(text: &str, issued: &str) -> [String; 3] {
    let first = terms(text).parts[0];
    Reading::ALL.map(|reading| first.day(on(issued), reading).expect("a day").to_string())
}

#[test]
fn the_worked_examples() {
    for (issued, plain, thirty, sixty, ten) in [
        ("2026-01-31", "2026-03-02", ["2026-02-28", "2026-03-02", "2026-03-31"], "2026-03-31", "2026-04-10"),
        ("2026-05-26", "2026-06-25", ["2026-06-30", "2026-06-30", "2026-06-30"], "2026-07-31", "2026-08-10"),
        ("2026-07-15", "2026-08-14", ["2026-08-31", "2026-08-30", "2026-08-31"], "2026-09-30", "2026-10-10"),
        ("2026-10-15", "2026-11-14", ["2026-11-30", "2026-11-30", "2026-11-30"], "2026-12-31", "2027-01-10"),
        ("2026-11-10", "2026-12-10", ["2026-12-31", "2026-12-30", "2026-12-31"], "2027-01-31", "2027-02-10"),
    ] {
        assert_eq!(due("30 gg d.f.", issued), plain);
        assert_eq!(readings("30 gg d.f.f.m.", issued), thirty);
        assert_eq!(due("60 gg d.f.f.m.", issued), sixty);
        assert_eq!(due("60 gg f.m. + 10", issued), ten);
    }
}

#[test]
fn the_published_checks() {
    assert_eq!(due("30 gg dffm", "2026-05-26"), "2026-06-30");
    assert_eq!(due("120 gg dffm", "2026-05-26"), "2026-09-30");
    let parts = terms("30-60-90 gg f.m.").parts;
    let days: Vec<_> = parts.iter().filter_map(|term| term.day(on("2026-07-15"), Reading::EndThenDays)).collect();
    assert_eq!(days, [on("2026-08-30"), on("2026-09-29"), on("2026-10-29")]);
}

#[test]
fn nobody_is_late_before_the_last_reading() {
    assert_eq!(tolerated("30 gg d.f.f.m.", "2026-01-31"), "2026-03-31");
    assert_eq!(tolerated("30 gg d.f.", "2026-01-31"), "2026-03-02");
    assert_eq!(tolerated("60 gg f.m. + 10", "2026-01-31"), "2026-05-10");
    assert_eq!(tolerated("60 gg f.m. + 10", "2026-10-15"), "2027-01-10");
    assert_eq!(tolerated("rimessa diretta", "2026-10-15"), "2026-11-14");
    assert_eq!(tolerated("vista fattura", "2026-10-15"), "2026-10-15");
    assert_eq!(tolerated("30 gg ricevimento fattura", "2026-10-15"), "2026-11-21");
}

#[test]
fn days_that_are_no_whole_months() {
    assert_eq!(due("45 gg f.m.", "2026-01-31"), "2026-03-31");
    assert_eq!(due("75 gg f.m.", "2026-10-05"), "2026-12-31");
    assert_eq!(due("45 gg d.f.", "2026-10-05"), "2026-11-19");
}

#[test]
fn one_meaning_in_every_dress() {
    for written in [
        "60 gg d.f.f.m.",
        "60 gg. DFFM",
        "60gg fm",
        "60 giorni fine mese",
        "60 giorni data fattura fine mese",
        "gg 60 fm".trim_start_matches("gg "),
        "bonifico 60 gg d.f. f.m.",
        "BB 60 dffm",
        "B.B. 60 gg. f.m. d.f.",
        "Ri.Ba. 60 gg d.f.f.m.",
        "R.B. 60 fm",
        "Ricevuta bancaria 60gg F.M.",
        "f.m. 60 gg",
        "2 mesi f.m.",
        "MP05 60 GG FM",
        "net 60 EOM",
        "60 days end of month",
        "60 Tage Monatsende",
        "60 jours fin de mois",
        "60 días fin de mes",
    ] {
        assert_eq!(due(written, "2026-10-15"), "2026-12-31", "{written}");
    }
}

#[test]
fn the_day_of_the_following_month() {
    for written in [
        "60 gg f.m. + 10",
        "60 gg f.m. +10 gg",
        "60 gg f.m. + 10 mese successivo",
        "60 gg d.f.f.m. al 10 del mese successivo",
        "60 gg fm giorno 10 m.s.",
        "60 jours FDM le 10",
        "60 Tage Monatsende am 10. des Folgemonats",
    ] {
        assert_eq!(due(written, "2026-10-15"), "2027-01-10", "{written}");
    }
    assert_eq!(due("60 gg d.f. al 10 m.s.", "2026-10-15"), "2027-01-10");
    assert_eq!(due("30 gg d.f. al 10 m.s.", "2026-10-15"), "2026-12-10");
    assert_eq!(due("60 días vencimiento día 25", "2026-10-15"), "2026-12-25");
    assert_eq!(due("60 días f.f. día 10", "2026-10-15"), "2027-01-10");
    assert_eq!(due("fine mese successivo", "2026-10-15"), "2026-11-30");
    assert_eq!(due("f.m. + 15", "2026-10-15"), "2026-11-15");
}

#[test]
fn other_languages() {
    for (written, expected) in [
        ("net 30", "2026-11-14"),
        ("Net 30 days", "2026-11-14"),
        ("payment within 30 days from invoice date", "2026-11-14"),
        ("2/10 net 30", "2026-11-14"),
        ("EOM", "2026-10-31"),
        ("due on receipt", "2026-10-15"),
        ("zahlbar innerhalb 14 Tagen netto, 2 % Skonto bei 8 Tagen", "2026-10-29"),
        ("8 Tage 2 % Skonto, 30 Tage netto", "2026-11-14"),
        ("sofort rein netto", "2026-10-15"),
        ("14 Tage ohne Abzug", "2026-10-29"),
        ("30 Tage nach Rechnungsdatum", "2026-11-14"),
        ("Vorkasse", "2026-10-15"),
        ("30 jours fin de mois", "2026-11-30"),
        ("45 jours FDM le 10", "2026-12-10"),
        ("à réception de facture", "2026-10-15"),
        ("comptant", "2026-10-15"),
        ("30 días f.f.", "2026-11-14"),
        ("al contado", "2026-10-15"),
        ("giro domiciliado 60 días", "2026-12-14"),
    ] {
        assert_eq!(due(written, "2026-10-15"), expected, "{written}");
    }
    assert_eq!(terms("2/10 net 30").discount, Some(Discount { hundredths: 200, days: Some(10) }));
    let german = terms("zahlbar innerhalb 14 Tagen netto, 2,5 % Skonto bei 8 Tagen");
    assert_eq!(german.discount, Some(Discount { hundredths: 250, days: Some(8) }));
    assert_eq!(terms("8 Tage 3 %, 30 Tage netto").discount, Some(Discount { hundredths: 300, days: Some(8) }));
    assert_eq!(terms("giro domiciliado 60 días").means, Some(Means::DirectDebit));
}

#[test]
fn sight_and_advance() {
    for written in ["rimessa diretta", "R.D.", "rim. dir.", "Pagamento: rimessa diretta"] {
        assert_eq!(terms(written).parts, [Term::Direct], "{written}");
    }
    for written in
        ["vista fattura", "v.f.", "a vista", "ricevimento fattura", "pronta cassa", "contanti", "contrassegno"]
    {
        assert_eq!(terms(written).parts, [Term::OnReceipt], "{written}");
    }
    for written in ["anticipato", "bonifico anticipato", "pagamento anticipato", "payment in advance", "all'ordine"] {
        assert_eq!(terms(written).parts, [Term::InAdvance], "{written}");
    }
    assert_eq!(due("rimessa diretta 30 gg d.f.", "2026-10-15"), "2026-11-14");
}

#[test]
fn several_parts_and_the_cent_that_is_left_over() {
    for written in [
        "30/60/90 gg d.f.f.m.",
        "30-60-90 dffm",
        "RiBa 30, 60, 90 gg fm",
        "30 gg, 60 gg e 90 gg f.m.",
        "f.m. 30/60/90 gg",
    ] {
        assert_eq!(due(written, "2026-10-15"), "2026-11-30 2026-12-31 2027-01-31", "{written}");
    }
    assert_eq!(due("30 gg d.f. / 60 gg f.m.", "2026-10-15"), "2026-11-14 2026-12-31");
    let three = terms("30/60/90 gg d.f.");
    for (whole, each) in [(10_000, [3_333, 3_333, 3_334]), (122_000, [40_666, 40_666, 40_668]), (-100, [-33, -33, -34])]
    {
        let parts = due_dates(&three, on("2026-10-15"), Money::eur(whole)).expect("parts");
        assert_eq!(parts.iter().map(|part| part.amount.cents).collect::<Vec<_>>(), each);
    }
    assert_eq!(terms("RiBa 30/60 gg f.m.").means, Some(Means::Riba));
}

#[test]
fn what_is_not_understood_is_named() {
    for (written, piece, says) in [
        ("60 gg lavorativi", "lavorativi", "is not understood"),
        ("30 gg dopo collaudo", "dopo", "is not understood"),
        ("50% acconto, saldo 30 gg", "50%", "share of something"),
        ("acconto 50%, saldo 30 gg", "acconto", "is not understood"),
        ("50% a 30 gg, 50% a 60 gg", "50%", "share of something"),
        ("30/60 gg d.f. iva alla prima", "iva alla prima", "VAT into the first part"),
        ("60/30 gg", "30", "do not rise"),
        ("030", "030", "neither days nor"),
        ("30/60", "30/60", "neither days nor"),
        ("gg d.f.", "gg", "no number before it"),
        ("60 gg + 10", "+ 10", "days or a day of the next month"),
        ("60 gg al 10", "al 10", "days or a day of the next month"),
        ("60 gg f.m. + 30", "+ 30", "every month has"),
        ("400 gg d.f.", "400", "no number of days"),
        ("anticipato 30 gg", "anticipato", "does not go together"),
        ("0 gg d.f.", "0", "no number of days"),
        ("mese successivo", "mese successivo", "no day of that month"),
        ("€ 30", "€", "is not understood"),
    ] {
        let error = parse(written).expect_err(written);
        assert_eq!(&written[error.place.clone()], piece, "{written}: {}", error.message);
        assert!(error.message.contains(says), "{written}: {}", error.message);
        assert!(!error.remedy.is_empty());
    }
    for written in ["bonifico", "RiBa", "carta di credito", "", "df"] {
        assert!(parse(written).expect_err(written).names_no_day, "{written}");
    }
}

proptest::proptest! {
    #[test]
    fn any_words_end_in_terms_or_an_error_inside_them(
        text in "([0-9]{1,3}|gg|d\\.f\\.|f\\.m\\.|\\+|/|,|al|m\\.s\\.|día|2 %|Skonto|net|RiBa|v\\.f\\.|xyz| ){0,9}",
        day in 0_u64..40_000,
    ) {
        let issued = on("1990-01-01") + Days::new(day);
        match parse(&text) {
            Ok(terms) => {
                let parts = due_dates(&terms, issued, Money::eur(99_999)).expect("days");
                proptest::prop_assert_eq!(parts.iter().map(|part| part.amount.cents).sum::<i64>(), 99_999);
                for part in parts {
                    proptest::prop_assert!(issued <= part.due && part.due <= part.tolerated_until);
                }
            }
            Err(error) => proptest::prop_assert!(text.get(error.place).is_some()),
        }
    }
}
