//! Drafts: known again when sent, left alone when edited, a no when deleted, gone when the state changed.

use crate::bench::{BOOKS, Firm, SENDING, header};
use sollecito::mailbox::Folder;
use std::fs;
use std::path::PathBuf;

const DRAFTING: &str = "reminder = \"draft\"\n";
const QUICK: &str = "approve_first_mail = false\n";
const LAID: &str = "2026-10-07T10:00:00+02:00";

/// Three drafts lie in Drafts.
fn with_drafts() -> Firm {
    let firm = Firm::at_work(DRAFTING, QUICK);
    assert_eq!(firm.once(LAID), "3 laid into Drafts.\n");
    assert!(firm.left().is_empty(), "a draft leaves by the owner's hand only");
    firm
}

fn draft_to(firm: &Firm, whom: &str) -> Option<(PathBuf, String)> {
    firm.lying(Folder::Drafts).into_iter().find(|(_, text)| header(text, "To").is_some_and(|to| to.contains(whom)))
}

fn state_to(firm: &Firm, now: &str, whom: &str) -> Vec<String> {
    let to_them = |row: &&serde_json::Value| row["to"].to_string().contains(whom);
    firm.outbox(now).iter().filter(to_them).map(|row| row["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_draft_is_the_owners_own_mail() {
    let firm = with_drafts();
    let (path, text) = draft_to(&firm, "baldini").expect("a draft");
    assert!(
        path.to_string_lossy().ends_with(":2,D") || path.to_string_lossy().ends_with(":2,DS"),
        "{}",
        path.display()
    );
    assert_eq!(header(&text, "Auto-Submitted"), None, "what the owner sends is no automatic mail");
    assert!(header(&text, "X-Sollecito-Ref").is_some());
    // Looked at as often as one likes: they are laid once.
    for _ in 0..3 {
        assert_eq!(firm.once("2026-10-07T10:30:00+02:00"), "Nothing new.\n");
    }
    assert_eq!(firm.lying(Folder::Drafts).len(), 3);
}

#[test]
fn a_draft_that_was_sent_counts_as_the_step() {
    let firm = with_drafts();
    let (path, text) = draft_to(&firm, "baldini").expect("a draft");
    // As many mail programs do it: another Message-ID, our own header gone, the copy in Sent, the draft removed.
    let id = header(&text, "Message-ID").expect("an id");
    let reference = format!("X-Sollecito-Ref: {}\r\n", header(&text, "X-Sollecito-Ref").expect("a reference"));
    let sent = text.replace(&id, "<B0815@thunderbird.example>").replace(&reference, "");
    firm.lay_bytes(Folder::Sent, "2026-10-07T08:30:00Z", sent.as_bytes());
    fs::remove_file(path).expect("removed");
    firm.once("2026-10-07T10:31:00+02:00");
    assert_eq!(state_to(&firm, LAID, "baldini"), ["sent_by_owner"]);
    let show = firm.json("2026-10-07T10:31:00+02:00", &["show", "118/2026"]).to_string();
    assert!(show.contains("friendly"), "{show}");
    for later in ["2026-10-07T10:40:00+02:00", "2026-10-08T10:00:00+02:00", "2026-10-13T10:00:00+02:00"] {
        firm.once(later);
    }
    assert!(draft_to(&firm, "baldini").is_none(), "nothing is proposed again");
}

#[test]
fn an_edited_draft_is_never_taken_away() {
    let firm = with_drafts();
    let (path, text) = draft_to(&firm, "baldini").expect("a draft");
    let edited = text.replace("Buongiorno,", "Gentile Anna, come sta?");
    assert_ne!(edited, text);
    fs::write(&path, &edited).expect("edited");
    for number in ["118/2026", "119/2026"] {
        firm.good("2026-10-07T10:40:00+02:00", &["paid", number]);
    }
    firm.once("2026-10-07T10:41:00+02:00");
    assert_eq!(fs::read_to_string(&path).expect("still there"), edited);
    assert!(draft_to(&firm, "officineverdi").is_none(), "the untouched one is withdrawn");
    assert!(draft_to(&firm, "neri").is_some(), "the third is not concerned");
    assert_eq!(state_to(&firm, LAID, "officineverdi"), ["cancelled"]);
}

#[test]
fn a_deleted_draft_means_no() {
    let firm = with_drafts();
    fs::remove_file(draft_to(&firm, "baldini").expect("a draft").0).expect("removed");
    firm.once("2026-10-07T10:40:00+02:00");
    firm.once("2026-10-07T10:40:01+02:00");
    firm.once("2026-10-07T10:41:00+02:00");
    assert_eq!(state_to(&firm, LAID, "baldini"), ["drafted"], "a mail program takes a moment to file the copy");
    firm.once("2026-10-07T10:43:00+02:00");
    assert_eq!(state_to(&firm, LAID, "baldini"), ["discarded"]);
    for later in ["2026-10-08T10:00:00+02:00", "2026-10-13T10:00:00+02:00", "2026-10-14T15:00:00+02:00"] {
        firm.once(later);
    }
    assert!(draft_to(&firm, "baldini").is_none(), "the same step is not proposed again");
}

/// The next step may be due on the same day: it keeps its distance all the same, and `why` says so.
#[test]
fn the_silence_after_a_deleted_draft_has_a_reason() {
    let firm = Firm::at_work(DRAFTING, QUICK);
    firm.once("2026-10-21T10:00:00+02:00");
    fs::remove_file(draft_to(&firm, "baldini").expect("a draft").0).expect("removed");
    for minute in 40..46 {
        firm.once(&format!("2026-10-21T10:{minute}:00+02:00"));
    }
    assert_eq!(state_to(&firm, LAID, "baldini"), ["discarded"]);
    let why = firm.good("2026-10-21T10:46:00+02:00", &["why", "118/2026"]);
    assert!(why.contains("The owner said no to the last mail about it, until 2026-10-28"), "{why}");
    for silent in ["2026-10-22T10:00:00+02:00", "2026-10-27T10:00:00+01:00", "2026-10-28T10:00:00+01:00"] {
        firm.once(silent);
        assert_eq!(state_to(&firm, LAID, "baldini"), ["discarded"], "{silent}");
    }
    firm.once("2026-10-29T10:00:00+01:00");
    assert_eq!(state_to(&firm, LAID, "baldini"), ["discarded", "drafted"]);
}

#[test]
fn a_draft_moved_about_is_not_deleted() {
    let firm = with_drafts();
    // Opened and saved by a mail program: another file name, other line breaks in the headers, a new Message-ID.
    let (path, text) = draft_to(&firm, "baldini").expect("a draft");
    let saved = text.replace("X-Auto-Response-Suppress: DR, RN, NRN, AutoReply\r\n", "X-Mailer: Anything 1.0\r\n");
    fs::remove_file(&path).expect("removed");
    firm.lay_bytes(Folder::Drafts, "2026-10-07T08:30:00Z", saved.as_bytes());
    for minute in 40..44 {
        firm.once(&format!("2026-10-07T10:{minute}:00+02:00"));
    }
    assert_eq!(state_to(&firm, LAID, "baldini"), ["drafted"]);
    firm.good("2026-10-07T10:50:00+02:00", &["paid", "118/2026"]);
    firm.once("2026-10-07T10:51:00+02:00");
    assert!(draft_to(&firm, "baldini").is_none(), "not edited, only saved: it is withdrawn");
}

/// The owner sends what lies in Drafts: a copy in Sent, the draft gone.
fn send_by_hand(firm: &Firm, path: &PathBuf, text: &str) {
    firm.lay_bytes(Folder::Sent, "2026-10-07T08:45:00Z", text.as_bytes());
    if path.exists() {
        fs::remove_file(path).expect("removed");
    }
}

#[test]
fn an_edited_draft_that_was_withdrawn_and_sent_all_the_same_counts_as_the_step() {
    let firm = with_drafts();
    let (path, text) = draft_to(&firm, "baldini").expect("a draft");
    let edited = text.replace("Buongiorno,", "Gentile Anna, come sta?");
    fs::write(&path, &edited).expect("edited");
    firm.good("2026-10-07T10:40:00+02:00", &["hold", "118/2026"]);
    firm.once("2026-10-07T10:41:00+02:00");
    assert_eq!(state_to(&firm, LAID, "baldini"), ["cancelled"]);
    send_by_hand(&firm, &path, &edited);
    firm.once("2026-10-07T10:46:00+02:00");
    assert_eq!(state_to(&firm, LAID, "baldini"), ["sent_by_owner"]);
    firm.good("2026-10-07T10:47:00+02:00", &["resume", "118/2026"]);
    firm.once("2026-10-07T10:48:00+02:00");
    assert!(draft_to(&firm, "baldini").is_none(), "the customer has that reminder already");
}

#[test]
fn a_draft_sent_after_it_was_taken_for_deleted_counts_all_the_same() {
    let firm = with_drafts();
    let (path, text) = draft_to(&firm, "baldini").expect("a draft");
    fs::remove_file(&path).expect("removed");
    // A mail program that is offline keeps it in its own outbox for a while.
    firm.once("2026-10-07T10:40:00+02:00");
    firm.once("2026-10-07T10:43:00+02:00");
    assert_eq!(state_to(&firm, LAID, "baldini"), ["discarded"]);
    send_by_hand(&firm, &path, &text);
    firm.once("2026-10-07T10:46:00+02:00");
    assert_eq!(state_to(&firm, LAID, "baldini"), ["sent_by_owner"]);
}

#[test]
fn a_draft_sent_before_its_laying_was_noted_is_not_laid_again() {
    let firm = Firm::at_work(DRAFTING, QUICK);
    let mut dying = firm.command(LAID, &["once"]);
    dying.env(sollecito::agent::crash::VARIABLE, "draft.after_append").output().expect("the program runs");
    let lying = firm.lying(Folder::Drafts);
    assert_eq!(lying.len(), 1, "the agent stopped with the first one laid");
    let to = header(&lying[0].1, "To").expect("a recipient");
    send_by_hand(&firm, &lying[0].0, &lying[0].1);
    firm.once("2026-10-07T10:46:00+02:00");
    let again = firm.lying(Folder::Drafts).into_iter().filter(|(_, text)| header(text, "To").as_ref() == Some(&to));
    assert_eq!(again.count(), 0, "it is with the customer");
}

#[test]
fn a_draft_whose_laying_was_not_noted_is_known_again_and_lies_there_once() {
    let firm = Firm::at_work(DRAFTING, QUICK);
    let mut dying = firm.command(LAID, &["once"]);
    dying.env(sollecito::agent::crash::VARIABLE, "draft.after_append").output().expect("the program runs");
    assert_eq!(firm.lying(Folder::Drafts).len(), 1, "the agent stopped with the first one laid");
    firm.once("2026-10-07T10:01:00+02:00");
    let to: std::collections::BTreeSet<_> =
        firm.lying(Folder::Drafts).iter().map(|(_, text)| header(text, "To").expect("a recipient")).collect();
    assert_eq!((firm.lying(Folder::Drafts).len(), to.len()), (3, 3));
}

#[test]
fn the_owners_own_letter_is_laid_into_drafts_even_when_it_was_approved() {
    let firm = Firm::new(SENDING, QUICK);
    fs::create_dir_all(firm.folder.join("rules")).expect("rules");
    let ladder = "[firm]\nsteps = [{ id = \"final\", after_days = 5, draft = \"final_notice\" }]\n";
    fs::write(firm.folder.join("rules/ladders.toml"), ladder).expect("a ladder");
    firm.good(BOOKS, &["halt"]);
    firm.take_over();
    firm.once(LAID);
    let rows = firm.outbox(LAID);
    let held: Vec<String> = rows.iter().filter(|row| row["state"] == "held").map(|row| row["id"].to_string()).collect();
    assert_eq!(held.len(), 3, "three letters wait");
    firm.good(LAID, &["approve", &held[0]]);
    firm.good(LAID, &["halt", "--off"]);
    firm.once("2026-10-07T10:30:00+02:00");
    assert_eq!(firm.left_to_customers().len(), 0, "it leaves signed, by the owner's hand");
    assert_eq!(firm.lying(Folder::Drafts).len(), 3);
}

/// Six days at the shipped rate of the second half of 2026, the flat sum, and the days of the step; the question says it too.
#[test]
fn the_owners_own_letter_claims_what_the_settings_say() {
    let firm = Firm::new(SENDING, QUICK);
    let settings = firm.folder.join("sollecito.toml");
    let claims = "\n[final_notice]\nlate_interest = true\nflat_compensation = true\n";
    fs::write(&settings, fs::read_to_string(&settings).expect("settings") + claims).expect("settings");
    fs::create_dir_all(firm.folder.join("rules")).expect("rules");
    let ladder = "[firm]\nsteps = [{ id = \"final\", after_days = 5, draft = \"final_notice\", deadline_days = 20 }]\n";
    fs::write(firm.folder.join("rules/ladders.toml"), ladder).expect("a ladder");
    firm.take_over();
    firm.once(LAID);
    let (_, draft) = draft_to(&firm, "baldini").expect("a draft");
    let message = mail_parser::MessageParser::default().parse(draft.as_bytes()).expect("a mail");
    let text = message.body_text(0).expect("a text").replace('\u{a0}', " ");
    for line in ["6 giorni, tasso 10,40 % su 1.220,00 €: 2,09 €", "40,00 €", "versare 1.262,09 € entro 20 giorni dal"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    let cases = firm.json(LAID, &["cases"]).to_string();
    assert!(cases.contains("on what is still open: 2.09 EUR") && cases.contains("late payment: 40.00 EUR"), "{cases}");
}
