//! Set-off by the owner's order, and customers who are also suppliers, through the real program.

use crate::bench::{Firm, SENDING};
use std::fs;

const QUICK: &str = "approve_first_mail = false\n";
const WEDNESDAY: &str = "2026-10-07T10:00:00+02:00";

#[test]
fn what_is_set_off_is_no_payment_anywhere() {
    let firm = Firm::at_work(SENDING, QUICK);
    // Too much, too late, nothing: refused, and nothing is booked.
    for (arguments, why) in [
        (&["set-off", "118/2026", "--amount", "1220,01"][..], "1220.00 EUR are open"),
        (&["set-off", "118/2026", "--on", "2026-10-08"], "has not come yet"),
        (&["set-off", "118/2026", "--amount", "five"], "not an amount"),
    ] {
        let said = firm.run(WEDNESDAY, arguments);
        assert!(said.code != Some(0) && said.err.contains(why), "{arguments:?}: {}", said.all());
    }
    assert!(firm.run(WEDNESDAY, &["undo"]).err.contains("no order to take back"));
    let order = ["set-off", "118/2026", "--amount", "300,00", "--against", "vostra fattura 45", "--on", "2026-10-06"];
    let said = firm.good(WEDNESDAY, &order).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("no money arrived") && said.contains("«vostra fattura 45»"), "{said}");
    let show = firm.json(WEDNESDAY, &["show", "118/2026"]);
    let shown = &show["receivables"][0];
    assert_eq!(
        (&shown["paid"], &shown["set_off"], &shown["open"]),
        (&"0.00".into(), &"300.00".into(), &"920.00".into())
    );
    assert_eq!(shown["status"], "partly_set_off");
    let history = show["history"].to_string();
    assert!(history.contains("set off 300.00 EUR of 118/2026 against vostra fattura 45"), "{history}");
    assert!(!history.contains("paid"), "{history}");
    let why = firm.good(WEDNESDAY, &["why", "118/2026"]);
    assert!(why.contains("set off recorded") && !why.contains("payment recorded"), "{why}");
    firm.good(WEDNESDAY, &["check", "--replay"]);
    // The reminder for the rest says so.
    firm.once(WEDNESDAY);
    let left = firm.left_to_customers();
    let reminder = left.iter().find(|left| left.envelope.contains("baldini")).expect("a reminder");
    assert!(reminder.text.contains("compensati"), "{}", reminder.text);
    // All of the rest: nobody is thanked.
    firm.good("2026-10-08T10:00:00+02:00", &["set-off", "118/2026"]);
    firm.once("2026-10-08T16:00:00+02:00");
    assert!(firm.outbox(WEDNESDAY).iter().all(|row| row["purpose"] != "thanks"));
    let status = firm.json("2026-10-08T16:00:00+02:00", &["show", "118/2026"])["receivables"][0]["status"].clone();
    assert_eq!(status, "set_off");
    // Taken back like a payment.
    let undone = firm.good("2026-10-08T16:01:00+02:00", &["undo"]);
    assert!(undone.contains("is taken back: set-off 118/2026"), "{undone}");
    let undone = firm.good("2026-10-08T16:02:00+02:00", &["undo"]);
    assert!(undone.contains("--against \"vostra fattura 45\""), "{undone}");
    let show = firm.json("2026-10-08T16:03:00+02:00", &["show", "118/2026"]);
    assert_eq!(show["receivables"][0]["open"], "1220.00");
    firm.good("2026-10-08T16:04:00+02:00", &["check", "--replay"]);
}

#[test]
fn nothing_firm_leaves_by_itself_to_a_supplier() {
    let firm = Firm::at_work(SENDING, QUICK);
    fs::create_dir_all(firm.folder.join("rules")).unwrap();
    let step = "{ id = \"hard\", after_days = 5, mail = \"reminder_friendly\", firm = true }";
    fs::write(firm.folder.join("rules/ladders.toml"), format!("[firm]\nsteps = [{step}]\n")).unwrap();
    fs::write(
        firm.folder.join("customers.toml"),
        "[[group]]\nname = \"suppliers\"\nalso_supplier = true\n\n\
         [[customer]]\nname = \"Baldini S.r.l.\"\ngroup = \"suppliers\"\n",
    )
    .unwrap();
    firm.once(WEDNESDAY);
    let to = |name: &str| firm.left_to_customers().iter().any(|left| left.envelope.contains(name));
    assert!(!to("baldini") && to("officineverdi"), "others get it");
    let rows = firm.outbox(WEDNESDAY);
    let row = rows.iter().find(|row| row["to"].to_string().contains("baldini")).expect("a row");
    assert_eq!(row["state"], "held");
    assert!(row["why"].to_string().contains("is also a supplier"), "{row}");
    assert!(row["because"].to_string().contains("is also a supplier"), "{row}");
    let customer = firm.good(WEDNESDAY, &["customers", "Baldini"]);
    assert!(customer.contains("also a supplier"), "{customer}");
    firm.good("2026-10-07T10:10:00+02:00", &["approve", &row["id"].to_string()]);
    firm.once("2026-10-07T10:11:00+02:00");
    assert!(to("baldini"), "the owner's yes lets it go");
    firm.good("2026-10-07T10:12:00+02:00", &["check", "--replay"]);
}
