//! The power fails while many mails are kept or decided on together: what was committed stays, the rest is done again, and
//! nothing is decided on twice.

use crate::bench::mail::{self, Letter};
use crate::bench::{BOOKS, Firm, LIST, SENDING};
use crate::crash::{compare, look_at};
use sollecito::agent::crash::VARIABLE;
use sollecito::mailbox::Folder;
use sollecito::store::Store;
use std::os::unix::process::ExitStatusExt;

/// More than are kept, and decided on, in one transaction.
const MAILS: usize = 70;
const NOW: &str = "2026-10-07T10:00:00+02:00";

/// A mailbox full of mail: an invoice in Sent, two answers to it at the ends, and what everybody gets between them.
fn full() -> Firm {
    let firm = Firm::new(SENDING, "approve_first_mail = false\n");
    firm.lay(Folder::Sent, "2026-08-31T10:00:00Z", &mail::invoice_118());
    firm.lay(Folder::Inbox, "2026-10-07T05:00:00Z", &mail::not_received());
    for index in 0..MAILS - 2 {
        let offer = Letter::new(
            "Offerte <offerte@negozio.example>",
            mail::MARTA,
            &format!("Sconti, parte {index}"),
            "Wed, 7 Oct 2026 08:00:00 +0200",
            &format!("<offer-{index}@negozio.example>"),
            "Solo questa settimana tutto al 20 %.\n",
        );
        firm.lay(Folder::Inbox, &format!("2026-10-07T06:00:{:02}Z", index % 60), &offer);
    }
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &mail::contested());
    std::fs::write(firm.folder.join("list.csv"), LIST).expect("the list");
    firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-06"]);
    firm
}

/// How many mails the database holds, and how many of them are decided on.
fn known(firm: &Firm) -> (usize, usize) {
    let store = Store::open_existing(&firm.folder.join("sollecito.db")).expect("the database");
    let all = store.look().messages_since(chrono::DateTime::UNIX_EPOCH).expect("messages").len();
    let undecided = store.look().undecided().expect("messages").len();
    (all, all - undecided)
}

#[test]
fn a_crash_among_many_loses_nothing_and_decides_nothing_twice() {
    let firm = full();
    let whole = {
        let copy = firm.copy();
        copy.once(NOW);
        copy.once(NOW);
        look_at(&copy)
    };
    // The Sent mail, and 70 in INBOX; the letters that leave come back as copies.
    assert!(whole.messages.len() > MAILS && !whole.left.is_empty(), "{whole:?}");
    let places = [
        // Point, its passing, mails stored then at least and at most.
        ("intake.before_raw", 1, 0, 0),
        ("intake.before_raw", 2, 1, 1),
        ("intake.before_raw", 40, 1, 40),
        ("intake.before_raw", MAILS + 1, 2, MAILS),
        ("intake.after_raw", 1, 1, 1),
        ("intake.after_raw", 2, 2, MAILS),
        ("intake.before_decision", 1, MAILS + 1, MAILS + 1),
        ("intake.before_decision", 2, MAILS + 1, MAILS + 1),
        ("intake.before_decision", 30, MAILS + 1, MAILS + 1),
        ("intake.before_decision", MAILS + 1, MAILS + 1, MAILS + 1),
        ("intake.after_decision", 1, MAILS + 1, MAILS + 1),
        ("intake.after_decision", 2, MAILS + 1, MAILS + 1),
    ];
    let mut cut_short = 0;
    for (point, passing, at_least, at_most) in places {
        let place = format!("{point}#{passing}");
        let copy = firm.copy();
        let output = copy.command(NOW, &["once"]).env(VARIABLE, &place).output().expect("the program runs");
        assert!(output.status.signal().is_some(), "{place} is never reached");
        let (stored, decided) = known(&copy);
        assert!((at_least..=at_most).contains(&stored), "{place}: {stored} stored");
        assert!(decided <= stored, "{place}: {decided} decided on of {stored}");
        cut_short += usize::from(decided > 0 && decided < stored);
        copy.once(NOW);
        copy.once(NOW);
        copy.good(NOW, &["check", "--replay"]);
        compare(&place, point, &look_at(&copy), &whole);
    }
    assert!(cut_short > 0, "no crash fell between two groups of decisions");
}
