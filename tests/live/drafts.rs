//! Drafts in the owner's other mail program: sent from there, deleted there, withdrawn beside the owner's own.

use crate::firm::{BALDINI, Firm, MARTA, NERI, VERDI, header};
use crate::hand::{Door, Held, Protection, send};
use crate::letters;
use crate::servers::present;
use chrono::{DateTime, Utc};

const DRAFTING: &str = "reminder = \"draft\"\n";

/// Three reminders lie in Drafts.
fn with_drafts() -> Firm {
    let firm = Firm::new(DRAFTING);
    firm.program(MARTA).append("Drafts", "\\Draft", None, &letters::chat(1).bytes());
    firm.take_over();
    assert_eq!(firm.good(laid(&firm), &["once"]), "3 laid into Drafts.\n");
    assert_eq!(firm.lying(MARTA, "Drafts").len(), 4);
    firm
}

fn laid(firm: &Firm) -> Option<DateTime<Utc>> {
    firm.days.at(0, 10, 0)
}

fn draft_to(firm: &Firm, whom: &str) -> Option<Held> {
    firm.lying(MARTA, "Drafts").into_iter().find(|held| header(&held.text(), "To").is_some_and(|to| to.contains(whom)))
}

fn state_to(firm: &Firm, whom: &str) -> Vec<String> {
    let rows = firm.outbox(laid(firm), whom);
    rows.iter().map(|row| row["state"].as_str().expect("a state").to_owned()).collect()
}

/// As mail programs do it: the copy with another Message-ID goes to Sent, the mail to the customer, the draft away.
fn send_by_hand(firm: &Firm, draft: &Held, change: impl FnOnce(String) -> String) {
    let text = draft.text();
    let id = header(&text, "Message-ID").expect("an id");
    let reference = format!("X-Sollecito-Ref: {}\r\n", header(&text, "X-Sollecito-Ref").expect("a reference"));
    let sent = change(text.replace(&id, "<B0815@thunderbird.example>").replace(&reference, ""));
    let ca_file = firm.dovecot.ca_file();
    let door = Door {
        port: firm.postfix.submission_port,
        protection: Protection::StartTls,
        ca_file: &ca_file,
        login: Some((MARTA, firm.dovecot.password(MARTA))),
    };
    let to = header(&text, "To").expect("a recipient");
    let to = to.rsplit_once('<').map_or(to.as_str(), |(_, address)| address.trim_end_matches('>'));
    send(&door, MARTA, &[to], sent.as_bytes()).expect("taken by the server");
    let mut program = firm.program(MARTA);
    program.append("Sent", "\\Seen", None, sent.as_bytes());
    program.select("Drafts");
    program.delete(draft.uid);
}

#[test]
fn a_draft_edited_and_sent_from_another_mail_program_is_noticed() {
    if !present() {
        return;
    }
    let firm = with_drafts();
    let draft = draft_to(&firm, BALDINI).expect("a draft");
    assert!(draft.flags.contains(&"\\Draft".to_owned()), "{:?}", draft.flags);
    assert_eq!(header(&draft.text(), "Auto-Submitted"), None, "what the owner sends is no automatic mail");
    send_by_hand(&firm, &draft, |text| text.replace("Buongiorno,", "Gentile Anna, come sta?"));
    firm.wait_in(BALDINI, "INBOX", "<B0815@thunderbird.example>");
    let before = firm.dovecot.picture(MARTA);
    firm.good(firm.days.at(0, 10, 31), &["once"]);
    assert_eq!(state_to(&firm, BALDINI), ["sent_by_owner"]);
    let show = firm.json(firm.days.at(0, 10, 31), &["show", "118/2026"]).to_string();
    assert!(show.contains("friendly"), "the step is taken: {show}");
    assert_eq!(firm.dovecot.picture(MARTA), before, "noticing changes nothing");
    firm.good(firm.days.at(1, 10, 0), &["once"]);
    assert!(draft_to(&firm, BALDINI).is_none(), "the same step is not proposed again");
    assert_eq!(firm.lying(BALDINI, "INBOX").len(), 1);
}

#[test]
fn a_draft_deleted_in_another_mail_program_means_no() {
    if !present() {
        return;
    }
    let firm = with_drafts();
    let draft = draft_to(&firm, VERDI).expect("a draft");
    let mut program = firm.program(MARTA);
    program.select("Drafts");
    program.delete(draft.uid);
    firm.good(firm.days.at(0, 10, 40), &["once"]);
    assert_eq!(state_to(&firm, VERDI), ["drafted"], "a mail program takes a moment to file the copy");
    firm.good(firm.days.at(0, 10, 44), &["once"]);
    assert_eq!(state_to(&firm, VERDI), ["discarded"]);
    for moment in [firm.days.at(0, 15, 0), firm.days.at(1, 10, 0), firm.days.at(1, 15, 0)] {
        firm.good(moment, &["once"]);
    }
    assert!(draft_to(&firm, VERDI).is_none(), "the same step is not proposed again");
    assert_eq!(state_to(&firm, BALDINI), ["drafted"], "the others stay");
}

#[test]
fn a_draft_is_withdrawn_when_its_reason_is_gone_and_the_owners_own_stay() {
    if !present() {
        return;
    }
    let firm = with_drafts();
    // The owner works on one of them: another program saves it anew, with other words, under another number.
    let draft = draft_to(&firm, NERI).expect("a draft");
    let edited = draft.text().replace("Buongiorno,", "Gentile dottor Neri,");
    assert_ne!(edited, draft.text());
    let mut program = firm.program(MARTA);
    program.append("Drafts", "\\Draft \\Seen", None, edited.as_bytes());
    program.select("Drafts");
    program.delete(draft.uid);
    drop(program);
    let before = firm.dovecot.picture(MARTA);
    let withdrawn = draft_to(&firm, BALDINI).expect("a draft");
    for number in ["118/2026", "120/2026"] {
        firm.good(firm.days.at(0, 10, 40), &["paid", number]);
    }
    firm.good(firm.days.at(0, 10, 45), &["once"]);
    firm.good(firm.days.at(0, 10, 50), &["once"]);
    assert!(draft_to(&firm, BALDINI).is_none(), "paid: withdrawn");
    assert_eq!(state_to(&firm, BALDINI), ["cancelled"]);
    assert_eq!(draft_to(&firm, NERI).expect("the owner's own words stay").text(), edited);
    // Mails lie in files: exactly one is gone, no other has changed its name, its flags or a byte.
    let after = firm.dovecot.picture(MARTA);
    let gone: Vec<_> = before.keys().filter(|name| !after.contains_key(*name)).collect();
    assert_eq!(gone.len(), 1, "{gone:?}");
    let id = header(&withdrawn.text(), "Message-ID").expect("an id");
    assert!(String::from_utf8_lossy(&before[gone[0]]).contains(&id));
    for (name, bytes) in &after {
        assert_eq!(before.get(name), Some(bytes), "{name} is new or changed");
    }
}
