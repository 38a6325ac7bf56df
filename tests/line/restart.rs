//! The first days after the quiet weeks.

use crate::bench::{Firm, SENDING};
use std::collections::BTreeMap;
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

fn firm(settings: &str, list: &str) -> Firm {
    let firm = Firm::new(SENDING, settings);
    fs::write(firm.folder.join("list.csv"), list).expect("the list");
    firm.good("2026-12-21T10:00:00+01:00", &["import", "list.csv", "--payments-known", "2026-12-20"]);
    firm.once("2026-12-21T10:00:00+01:00");
    firm
}

/// Customers by the day on which `plan` sees a reminder to them leave.
fn planned(firm: &Firm, now: &str, days: &str) -> BTreeMap<String, Vec<String>> {
    let plan: serde_json::Value =
        serde_json::from_str(&firm.good(now, &["plan", "--days", days, "--json"])).expect("JSON");
    let mut by_day: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in ["decided", "to_come"] {
        for row in plan[part].as_array().expect("rows") {
            let text = |name: &str| row[name].as_str().expect("a text").to_owned();
            by_day.entry(text("day")).or_default().push(text("customer"));
        }
    }
    by_day
}

/// How many reminders leave on each of some days, on which the agent is on; on others it is off.
fn left_on(firm: &Firm, days: &[&str]) -> Vec<usize> {
    let mut counts = Vec::new();
    for day in days {
        let before = firm.left_to_customers().len();
        firm.good(&format!("{day}T09:00:00+01:00"), &["payments-known", day]);
        for hour in ["10:00", "11:00", "15:00"] {
            firm.once(&format!("{day}T{hour}:00+01:00"));
        }
        counts.push(firm.left_to_customers().len() - before);
    }
    counts
}

/// Off after the first of the six days, and on again on the last one: what is left is shared out anew, and the plan knows.
#[test]
fn an_agent_that_was_off_brings_no_burst_either() {
    let firm = firm(QUICK, &list());
    assert_eq!(left_on(&firm, &["2027-01-12", "2027-01-21"]), [4, 4]);
    let plan = planned(&firm, "2027-01-21T18:00:00+01:00", "12");
    let counts: Vec<(&str, usize)> = plan.iter().map(|(day, who)| (day.as_str(), who.len())).collect();
    assert_eq!(counts, ["2027-01-26", "2027-01-27", "2027-01-28", "2027-02-02"].map(|day| (day, 4)));
    assert_eq!(left_on(&firm, &["2027-01-26", "2027-01-27", "2027-01-28", "2027-02-02"]), [4, 4, 4, 4]);
}

#[test]
fn january_brings_no_burst() {
    let firm = firm(QUICK, &list());
    let plan = planned(&firm, "2027-01-11T18:00:00+01:00", "8");
    let counts: Vec<(&str, usize)> = plan.iter().map(|(day, who)| (day.as_str(), who.len())).collect();
    let four_a_day = ["2027-01-12", "2027-01-13", "2027-01-14", "2027-01-19"].map(|day| (day, 4));
    assert_eq!(counts, four_a_day, "what is planned is what leaves");
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

#[test]
fn the_list_of_the_morning_names_what_leaves_on_that_day() {
    let firm = firm("approve_first_mail = false\nforewarn = true\n", &list());
    firm.good("2027-01-12T06:00:00+01:00", &["payments-known", "2027-01-11"]);
    for hour in ["06:30", "08:01"] {
        firm.once(&format!("2027-01-12T{hour}:00+01:00"));
    }
    let list = firm.notices().pop().expect("the list");
    let list = sollecito::message::read(&list.bytes, &sollecito::message::Reader::default()).words.new;
    let named = |number: u32| list.contains(&format!("- Ditta {number} S.r.l."));
    let on_it: Vec<u32> = (1..=24).filter(|number| named(*number)).collect();
    assert_eq!(on_it, [21, 22, 23, 24], "{list}");
    for hour in ["10:00", "11:00", "15:00"] {
        firm.once(&format!("2027-01-12T{hour}:00+01:00"));
    }
    let left: Vec<String> = firm.left_to_customers().iter().map(|left| left.envelope.clone()).collect();
    assert_eq!(left.len(), 4, "{left:?}");
    for number in on_it {
        assert!(left.iter().any(|envelope| envelope.contains(&format!("ditta{number}.example"))), "{left:?}");
    }
}

/// One administrator for two houses: they share a mail; where the owner does not want that, the address has one reminder a
/// week, and the plan knows it.
#[test]
fn the_plan_knows_who_shares_an_address() {
    let list = "Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente\n\
                1/2026;01/09/2026;30/09/2026;300,00;Condominio Aurora;rossi@amministrazioni.example;condominio\n\
                2/2026;01/09/2026;30/09/2026;200,00;Condominio Belvedere;rossi@amministrazioni.example;condominio\n";
    let days = |limits: &str| {
        let firm = Firm::new(SENDING, limits);
        fs::write(firm.folder.join("list.csv"), list).expect("the list");
        firm.good("2026-10-20T10:00:00+02:00", &["import", "list.csv", "--payments-known", "2026-10-19"]);
        planned(&firm, "2026-10-20T10:05:00+02:00", "14").into_keys().collect::<Vec<String>>()
    };
    assert_eq!(days(QUICK), ["2026-10-20"]);
    assert_eq!(days(&format!("{QUICK}one_mail_to_administrators = false\n")), ["2026-10-20", "2026-10-27"]);
}
