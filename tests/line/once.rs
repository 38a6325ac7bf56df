//! One pass, and what it leaves alone.

use crate::bench::mail::{self, Letter};
use crate::bench::{Firm, SENDING, header};
use sollecito::mailbox::Folder;

const QUICK: &str = "approve_first_mail = false\n";

#[test]
fn a_second_pass_at_once_does_nothing() {
    let firm = Firm::at_work(SENDING, QUICK);
    assert!(firm.left().is_empty(), "nothing leaves on the day of the import");
    let day = "2026-10-07T10:00:00+02:00";
    assert_eq!(firm.once(day), "3 sent.\n");
    let left = firm.left();
    assert_eq!(left.len(), 3);
    assert_eq!(firm.once(day), "Nothing new.\n");
    assert_eq!(firm.once(day), "Nothing new.\n");
    assert_eq!(firm.left().len(), 3);
    assert_eq!(firm.lying(Folder::Sent).len(), 4, "the invoice and a copy of each reminder");
    for mail in &left {
        assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"), "{}", mail.text);
        let id = mail.header("Message-ID");
        let copies = firm.lying(Folder::Sent).iter().filter(|(_, text)| header(text, "Message-ID") == id).count();
        assert_eq!(copies, 1);
        assert!(firm.lying(Folder::Sent).iter().any(|(_, text)| text.as_bytes() == mail.bytes), "the same bytes");
    }
}

#[test]
fn an_invoice_asked_for_again_is_sent_as_it_was() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    let before = firm.mailbox_files();
    // Read before the hours of reminders: the question comes before the reminder.
    firm.once("2026-10-07T09:41:00+02:00");
    let answered = |firm: &Firm| firm.left().iter().any(|mail| mail.header("In-Reply-To").is_some());
    assert!(!answered(&firm), "an answer after a minute looks like a machine");
    let rows = firm.outbox("2026-10-07T09:41:00+02:00");
    let row = rows.iter().find(|row| row["purpose"] == "resend_invoice").expect("a planned answer");
    let not_before: chrono::DateTime<chrono::Utc> = row["not_before"].as_str().unwrap().parse().unwrap();
    let delay = (not_before - crate::bench::moment("2026-10-07T07:40:00Z")).num_minutes();
    assert!((30..=121).contains(&delay), "{delay} minutes");
    let early = (not_before - chrono::Duration::minutes(1)).to_rfc3339();
    firm.once(&early);
    assert!(!answered(&firm), "not before its delay");
    firm.once("2026-10-07T12:00:00+02:00");
    let answers: Vec<_> = firm.left().into_iter().filter(|mail| mail.header("In-Reply-To").is_some()).collect();
    assert_eq!(answers.len(), 1);
    let answer = &answers[0];
    assert_eq!(answer.header("In-Reply-To").as_deref(), Some("<lacking@baldini.example>"));
    let references = answer.header("References").expect("references");
    assert_eq!(references, "<invoice118@studioferri.example> <lacking@baldini.example>");
    assert_eq!(answer.header("Subject").as_deref(), Some("Re: Fattura 118/2026"));
    assert_eq!(answer.header("Auto-Submitted").as_deref(), Some("auto-replied"));
    assert_eq!(answer.envelope, "from: marta@studioferri.example\nto: amministrazione@baldini.example\n");
    let reader = sollecito::message::Reader::default();
    let read = sollecito::message::read(&answer.bytes, &reader);
    let document = read.attachments.iter().find(|part| part.name.as_deref() == Some("Fattura_118_2026.pdf"));
    assert_eq!(document.expect("the document").content, mail::document_118(), "byte for byte");
    assert!(read.words.new.contains("IT60 X054 2811 1010 0000 0123 456"), "{}", read.words.new);
    assert!(firm.lying(Folder::Sent).iter().any(|(_, text)| text.as_bytes() == answer.bytes));
    // Not a flag, not a name, not a byte of what was there has changed; only our own copies came.
    let after = firm.mailbox_files();
    for (path, bytes) in &before {
        assert_eq!(after.get(path), Some(bytes), "{} was touched", path.display());
    }
    for (path, bytes) in after.iter().filter(|(path, _)| !before.contains_key(*path)) {
        assert!(path.to_string_lossy().contains(".Sent/cur/"), "{}", path.display());
        assert!(String::from_utf8_lossy(bytes).contains("X-Sollecito-Ref:"), "{}", path.display());
    }
}

#[test]
fn what_lies_in_junk_is_read_and_never_answered() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.lay(Folder::Junk, "2026-10-07T07:40:00Z", &mail::not_received());
    for later in ["2026-10-07T09:41:00+02:00", "2026-10-07T12:00:00+02:00", "2026-10-08T12:00:00+02:00"] {
        firm.once(later);
        let rows = firm.outbox(later);
        assert!(rows.iter().all(|row| row["purpose"] != "resend_invoice"), "{later}: {rows:?}");
    }
    assert!(firm.left_to_customers().iter().all(|mail| mail.header("In-Reply-To").is_none()));
    assert_eq!(firm.json("2026-10-08T12:00:00+02:00", &["cases"]).as_array().unwrap().len(), 1, "the owner is asked");
}

#[test]
fn an_answer_waits_for_the_hours_of_answers() {
    let firm = Firm::at_work(SENDING, QUICK);
    let late = mail::not_received().with("Date", "Wed, 7 Oct 2026 17:50:00 +0200");
    firm.lay(Folder::Inbox, "2026-10-07T15:50:00Z", &late);
    let answered = |firm: &Firm| firm.left().iter().any(|mail| mail.header("In-Reply-To").is_some());
    for evening in ["2026-10-07T17:51:00+02:00", "2026-10-07T20:30:00+02:00", "2026-10-08T08:30:00+02:00"] {
        firm.once(evening);
        assert!(!answered(&firm), "answered at {evening}");
    }
    firm.once("2026-10-08T11:30:00+02:00");
    assert!(answered(&firm), "{}", firm.good("2026-10-08T11:30:00+02:00", &["outbox"]));
}

#[test]
fn the_owners_own_answer_makes_the_agent_stand_back() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    firm.once("2026-10-07T09:45:00+02:00");
    assert_eq!(
        firm.outbox("2026-10-07T09:45:00+02:00").iter().filter(|row| row["purpose"] == "resend_invoice").count(),
        1
    );
    let own = Letter::new(
        mail::MARTA,
        mail::BALDINI,
        "Re: R: Fattura 118/2026",
        "Wed, 7 Oct 2026 09:50:00 +0200",
        "<byhand@studioferri.example>",
        "Cara Anna, te la mando domani appena rientro in studio. Marta\n",
    )
    .answering("<lacking@baldini.example>");
    firm.lay(Folder::Sent, "2026-10-07T07:50:00Z", &own);
    for later in ["2026-10-07T12:00:00+02:00", "2026-10-07T15:00:00+02:00", "2026-10-08T11:00:00+02:00"] {
        firm.once(later);
    }
    let to_baldini = firm.left().iter().filter(|mail| mail.envelope.contains("baldini")).count();
    assert_eq!(to_baldini, 0, "{}", firm.good("2026-10-08T11:00:00+02:00", &["outbox", "--all"]));
}

#[test]
fn a_reminder_by_hand_counts_as_a_step() {
    let firm = Firm::at_work(SENDING, QUICK);
    let by_hand = Letter::new(
        mail::MARTA,
        mail::BALDINI,
        "Sollecito fattura 118/2026",
        "Tue, 6 Oct 2026 15:00:00 +0200",
        "<remind@studioferri.example>",
        "Gentile Anna, Le ricordo che la fattura 118/2026 di 1.220,00 euro risulta scaduta il 30 settembre. \
         La prego di provvedere al pagamento. Marta Ferri\n",
    );
    firm.lay(Folder::Sent, "2026-10-06T13:00:00Z", &by_hand);
    firm.once("2026-10-07T10:00:00+02:00");
    assert_eq!(firm.left().iter().filter(|mail| mail.envelope.contains("baldini")).count(), 0);
    assert_eq!(firm.left().iter().filter(|mail| mail.envelope.contains("neri")).count(), 1);
    let why = firm.good("2026-10-07T10:00:00+02:00", &["why", "118/2026"]);
    assert!(why.contains("step taken"), "{why}");
    let show = firm.json("2026-10-07T10:00:00+02:00", &["show", "118/2026"]);
    assert!(show.to_string().contains("friendly"), "{show}");
}

/// Words of the owner's under the subject of a reminder or an invoice remind of nothing and send nothing: the agent stands back.
#[test]
fn an_answer_by_hand_is_neither_a_reminder_nor_an_invoice() {
    for (subject, text) in [
        ("Re: Fattura 118/2026", "Buongiorno, come sta? Per la fattura n. 118/2026 mi dica lei. Marta\n"),
        ("R: Promemoria: fattura n. 118/2026", "Va bene, aspetto il bonifico a fine mese. Marta\n"),
    ] {
        let firm = Firm::at_work(SENDING, QUICK);
        let date = "Tue, 6 Oct 2026 15:00:00 +0200";
        let own = Letter::new(mail::MARTA, mail::BALDINI, subject, date, "<own@studioferri.example>", text);
        firm.lay(Folder::Sent, "2026-10-06T13:00:00Z", &own);
        firm.once("2026-10-07T10:00:00+02:00");
        let why = firm
            .good("2026-10-07T10:00:00+02:00", &["why", "118/2026"])
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(why.contains("the agent stands back until 2026-10-16"), "{subject}: {why}");
        // The invoice itself was sent once, and found.
        assert!(!why.contains("step taken"), "{subject}: {why}");
        assert_eq!(why.matches("The owner sent an invoice").count(), 1, "{subject}: {why}");
        assert_eq!(firm.left().iter().filter(|mail| mail.envelope.contains("baldini")).count(), 0);
    }
}

#[test]
fn the_owner_who_sends_the_invoice_by_hand_is_not_repeated() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &mail::not_received());
    firm.once("2026-10-07T09:45:00+02:00");
    let own = Letter::new(
        mail::MARTA,
        mail::BALDINI,
        "Re: R: Fattura 118/2026",
        "Wed, 7 Oct 2026 09:50:00 +0200",
        "<byhand@studioferri.example>",
        "Eccola. Marta\n",
    )
    .answering("<lacking@baldini.example>")
    .attaching("Fattura_118_2026.pdf", &mail::document_118());
    firm.lay(Folder::Sent, "2026-10-07T07:50:00Z", &own);
    firm.once("2026-10-07T12:00:00+02:00");
    let to_baldini = firm.left().iter().filter(|mail| mail.envelope.contains("baldini")).count();
    assert_eq!(to_baldini, 0, "{}", firm.good("2026-10-08T11:00:00+02:00", &["outbox", "--all"]));
}

/// A copied mailbox: the files are of today, the mails are not.
#[test]
fn an_old_mail_in_a_new_file_is_not_answered() {
    let firm = Firm::at_work(SENDING, QUICK);
    let old = "Mon, 31 Aug 2026 09:40:00 +0200";
    let letter = mail::not_received()
        .with("Date", old)
        .with("Received", &format!("from a.example by mx.studioferri.example; {old}"));
    firm.lay(Folder::Inbox, "2026-10-07T07:40:00Z", &letter);
    firm.once("2026-10-07T09:41:00+02:00");
    let rows = firm.outbox("2026-10-07T09:41:00+02:00");
    assert!(rows.iter().all(|row| row["purpose"] != "resend_invoice"), "{rows:?}");
}

/// A file from the future, as a wrong clock or a rehearsal on an earlier day makes it.
#[test]
fn a_mail_came_no_later_than_now() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.lay(Folder::Inbox, "2026-12-24T07:40:00Z", &mail::not_received());
    let now = "2026-10-07T09:41:00+02:00";
    firm.once(now);
    let why = firm.good(now, &["why", "118/2026"]);
    assert!(!why.contains("2026-12-"), "{why}");
}
