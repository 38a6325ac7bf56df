//! Observe, draft, send: as far as the owner's trust goes, purpose by purpose; and trying out on oneself.

use crate::bench::mail;
use crate::bench::{Firm, SENDING};
use sollecito::mailbox::Folder;

const QUICK: &str = "approve_first_mail = false\n";
const WEDNESDAY: &str = "2026-10-07T10:00:00+02:00";

#[test]
fn where_nothing_is_said_nothing_leaves() {
    let firm = Firm::at_work("", QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    for moment in [WEDNESDAY, "2026-10-07T12:00:00+02:00", "2026-10-14T10:00:00+02:00", "2026-10-21T10:00:00+02:00"] {
        firm.once(moment);
    }
    assert!(firm.left_to_customers().is_empty());
    assert!(firm.lying(Folder::Drafts).is_empty());
    let plan = firm.good("2026-10-21T10:00:00+02:00", &["plan"]);
    assert!(plan.contains("observe"), "what would leave is shown: {plan}");
}

#[test]
fn switching_to_send_sends_no_backlog() {
    let firm = Firm::at_work("", QUICK);
    for moment in [WEDNESDAY, "2026-10-14T10:00:00+02:00", "2026-10-21T10:00:00+02:00"] {
        firm.once(moment);
    }
    firm.change_settings(SENDING, QUICK, "");
    firm.good("2026-10-21T11:00:00+02:00", &["payments-known", "2026-10-20"]);
    firm.once("2026-10-21T11:01:00+02:00");
    let left = firm.left_to_customers();
    let to_baldini: Vec<_> = left.iter().filter(|left| left.envelope.contains("baldini")).collect();
    assert_eq!(to_baldini.len(), 1, "one mail, the first step: no ladder advanced while observing");
    let show = firm.json("2026-10-21T11:02:00+02:00", &["show", "118/2026"]).to_string();
    assert!(show.contains("friendly") && !show.contains("\"second\",\"on\""), "{show}");
}

#[test]
fn each_purpose_has_its_own_mode() {
    let firm = Firm::at_work("reminder = \"draft\"\nresend_invoice = \"send\"\n", QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    firm.once(WEDNESDAY);
    firm.once("2026-10-07T12:00:00+02:00");
    let left = firm.left_to_customers();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].header("In-Reply-To").as_deref(), Some("<lacking@baldini.example>"));
    assert_eq!(firm.lying(Folder::Drafts).len(), 2, "the reminders to the two others");
}

#[test]
fn trying_out_reaches_the_owner_and_counts_for_nothing() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.change_settings(SENDING, QUICK, "redirect_to = \"prova@studioferri.example\"\n");
    firm.once(WEDNESDAY);
    let tried = firm.left_to_customers();
    assert_eq!(tried.len(), 3);
    for mail in &tried {
        assert_eq!(mail.envelope, "from: marta@studioferri.example\nto: prova@studioferri.example\n");
    }
    assert_eq!(firm.lying(Folder::Sent).len(), 1, "no copy in Sent of what never reached a customer");
    let show = firm.json("2026-10-07T10:01:00+02:00", &["show", "118/2026"]).to_string();
    assert!(!show.contains("friendly\",\"on\""), "{show}");
    firm.once("2026-10-07T10:02:00+02:00");
    assert_eq!(firm.left_to_customers().len(), 3, "tried once, not every pass");
    // In earnest: what was only tried leaves now.
    firm.change_settings(SENDING, QUICK, "");
    firm.once("2026-10-07T10:10:00+02:00");
    firm.once("2026-10-07T10:11:00+02:00");
    let all = firm.left_to_customers();
    let real: Vec<_> = all.iter().filter(|left| !left.envelope.contains("prova@")).collect();
    assert_eq!(real.len(), 3, "{}", firm.good(WEDNESDAY, &["outbox", "--all"]));
    assert_eq!(real.iter().filter(|left| left.envelope.contains("baldini")).count(), 1);
}

#[test]
fn the_first_reminder_ever_waits_for_a_yes() {
    let firm = Firm::at_work(SENDING, "");
    firm.once(WEDNESDAY);
    assert!(firm.left_to_customers().is_empty());
    let rows = firm.outbox(WEDNESDAY);
    let held: Vec<_> = rows.iter().filter(|row| row["state"] == "held").collect();
    assert_eq!(held.len(), 3, "{rows:?}");
    let id = held.iter().find(|row| row["to"].to_string().contains("baldini")).unwrap()["id"].to_string();
    firm.good("2026-10-07T10:05:00+02:00", &["outbox", "approve", &id]);
    firm.once("2026-10-07T10:06:00+02:00");
    let left = firm.left_to_customers();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].header("Auto-Submitted"), None, "a person approved it: it is that person's mail");
}
