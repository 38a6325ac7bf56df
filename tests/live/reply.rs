//! "Non ho ricevuto la fattura": asked by a customer over real servers, answered in its thread with the invoice as it was
//! found in Sent, and nothing else in the mailbox moves.

use crate::firm::{BALDINI, Firm, MARTA, header};
use crate::letters::{self, INVOICE_ID, document_118};
use crate::servers::present;
use std::collections::BTreeMap;

const RESENDING: &str = "resend_invoice = \"send\"\n";

/// What was there before is there still, with its name (the flags are part of it), its folder and its bytes.
fn untouched(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) {
    for (name, bytes) in before {
        assert_eq!(after.get(name), Some(bytes), "{name} was touched: {:?}", after.keys());
    }
}

#[test]
fn a_customer_who_lacks_the_invoice_gets_it_as_it_was_and_nothing_else_moves() {
    if !present() {
        return;
    }
    let firm = Firm::new(RESENDING);
    // Read, unread, flagged, half answered: all of them the owner's own business.
    let mut owner = firm.program(MARTA);
    owner.append("INBOX", "\\Seen", None, &letters::chat(1).bytes());
    owner.append("INBOX", "\\Seen \\Answered \\Flagged", None, &letters::chat(2).bytes());
    owner.append("INBOX", "", None, &letters::chat(3).bytes());
    owner.append("Drafts", "\\Draft", None, &letters::chat(4).bytes());
    owner.append("Archivio", "\\Seen $Importante", None, &letters::chat(5).bytes());
    drop(owner);
    let untaken = firm.dovecot.picture(MARTA);
    assert_eq!(untaken.len(), 6);
    firm.take_over();
    assert_eq!(firm.dovecot.picture(MARTA), untaken, "reading leaves no trace");

    firm.receive(BALDINI, &letters::not_received());
    let before = firm.dovecot.picture(MARTA);
    assert_eq!(before.len(), 7);
    firm.good(None, &["once"]);
    assert_eq!(firm.dovecot.picture(MARTA), before);
    assert!(firm.lying(BALDINI, "INBOX").is_empty(), "an answer after a minute looks like a machine");

    let said = firm.good(firm.days.at(0, 13, 0), &["once"]);
    assert!(said.contains("1 sent."), "{said} {}", firm.good(firm.days.at(0, 13, 0), &["outbox", "--all"]));
    let answer = firm.wait_in(BALDINI, "INBOX", "In-Reply-To: <lacking@baldini.example>").text();
    assert_eq!(header(&answer, "References"), Some(format!("{INVOICE_ID} <lacking@baldini.example>")), "{answer}");
    assert_eq!(header(&answer, "Subject").as_deref(), Some("Re: Fattura 118/2026"));
    assert_eq!(header(&answer, "Auto-Submitted").as_deref(), Some("auto-replied"));
    let read = sollecito::message::read(answer.as_bytes(), &sollecito::message::Reader::default());
    let document = read.attachments.iter().find(|part| part.name.as_deref() == Some("Fattura_118_2026.pdf"));
    assert_eq!(document.expect("the document").content, document_118(), "byte for byte");

    let after = firm.dovecot.picture(MARTA);
    untouched(&before, &after);
    let came: Vec<_> = after.iter().filter(|(name, _)| !before.contains_key(*name)).collect();
    assert_eq!(came.len(), 1, "{:?}", after.keys());
    assert!(came[0].0.starts_with(".Sent/"), "{}", came[0].0);
    let sent = firm.lying(MARTA, "Sent");
    assert_eq!(sent.len(), 2, "the copy stands in Sent exactly once");
    let copy = sent[1].text();
    assert_eq!(sent[1].flags, ["\\Seen"]);
    assert!(answer.ends_with(&copy), "the copy is what the customer got, below what servers wrote above it");

    // A second run, the same day and the next, does nothing.
    for moment in [firm.days.at(0, 13, 1), firm.days.at(0, 17, 0), firm.days.at(1, 11, 0)] {
        assert_eq!(firm.good(moment, &["once"]), "Nothing new.\n");
    }
    assert_eq!(firm.dovecot.picture(MARTA), after);
    assert_eq!(firm.lying(BALDINI, "INBOX").len(), 1);
}
