//! What the owner is told: by one mail a question, never in a circle.

use crate::bench::mail::{self, Letter};
use crate::bench::{Firm, Left, SENDING};
use sollecito::mailbox::Folder;

const QUICK: &str = "approve_first_mail = false\n";

#[test]
fn a_contested_invoice_reaches_the_owner_with_the_customers_words_first() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &mail::contested());
    firm.once("2026-10-07T09:50:00+02:00");
    let notices = firm.notices();
    assert_eq!(notices.len(), 1);
    let notice = &notices[0];
    assert_eq!(notice.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    let read = sollecito::message::read(&notice.bytes, &sollecito::message::Reader::default());
    let said = read.words.new.find("contestiamo").expect("the customer's words");
    let explained = read.words.new.find("regola").expect("the rule");
    assert!(said < explained && said < 200, "{}", read.words.new);
    assert!(notice.text.contains("Content-Type: message/rfc822"), "{}", notice.text);
    let original = String::from_utf8(mail::contested().bytes()).unwrap();
    let first = original.lines().find(|line| line.starts_with("Message-ID")).unwrap();
    assert!(notice.text.contains(first), "the original is attached");
    assert!(firm.left_to_customers().iter().all(|left| !left.envelope.contains("officineverdi")));
}

#[test]
fn a_notice_in_the_watched_mailbox_causes_nothing() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &mail::contested());
    firm.once("2026-10-07T09:50:00+02:00");
    let before = (firm.left().len(), firm.json("2026-10-07T09:50:00+02:00", &["cases"]).as_array().unwrap().len());
    let notice = firm.notices().remove(0);
    firm.lay_bytes(Folder::Inbox, "2026-10-07T07:51:00Z", &notice.bytes);
    // And the owner's answer to it is recorded, not obeyed.
    let answer = Letter::new(
        "Marta Ferri <titolare@studioferri.example>",
        mail::MARTA,
        &format!("Re: {}", notice.header("Subject").unwrap()),
        "Wed, 7 Oct 2026 09:55:00 +0200",
        "<answer@studioferri.example>",
        "Sì, manda pure a tutti il sollecito.\n",
    )
    .answering(&notice.header("Message-ID").unwrap());
    firm.lay(Folder::Inbox, "2026-10-07T07:55:00Z", &answer);
    for minute in 51..59 {
        firm.once(&format!("2026-10-07T09:{minute}:00+02:00"));
    }
    let after = (firm.left().len(), firm.json("2026-10-07T09:58:00+02:00", &["cases"]).as_array().unwrap().len());
    assert_eq!(after, before);
}

#[test]
fn more_questions_than_mails_a_day_become_one_list() {
    let firm = Firm::at_work(SENDING, QUICK);
    for number in 0..9 {
        lay_warning(&firm, number);
    }
    firm.once("2026-10-07T09:50:00+02:00");
    let questions = firm.json("2026-10-07T09:50:00+02:00", &["cases"]).as_array().unwrap().len();
    assert!(questions > 5, "{questions} questions");
    let lists = |firm: &Firm| firm.notices().into_iter().filter(|notice| named(notice) > 1).collect::<Vec<_>>();
    assert_eq!((firm.notices().len(), lists(&firm).len()), (6, 1), "the day's single mails and one list");
    assert_eq!(named(&lists(&firm)[0]), questions - 5, "{}", lists(&firm)[0].text);
    // What comes after the list waits for the next morning.
    for number in 9..12 {
        lay_warning(&firm, number);
    }
    firm.once("2026-10-07T18:00:00+02:00");
    assert_eq!(firm.notices().len(), 6);
    firm.once("2026-10-08T08:30:00+02:00");
    assert_eq!(lists(&firm).len(), 2, "one list the next morning");
    assert_eq!(named(&lists(&firm)[1]), 3, "{}", lists(&firm)[1].text);
    firm.once("2026-10-08T09:00:00+02:00");
    assert_eq!(firm.notices().len(), 7);
}

/// A bank calls a transfer back within hours: this does not wait for tomorrow's list, and takes nobody's place in the day.
#[test]
fn what_may_be_a_fraud_leaves_at_once_whatever_the_days_number() {
    let firm = Firm::at_work(SENDING, QUICK);
    for number in 0..9 {
        lay_warning(&firm, number);
    }
    firm.once("2026-10-07T09:50:00+02:00");
    assert_eq!(firm.notices().len(), 6, "the day's single mails and one list");
    let paid_elsewhere = |number: usize, words: &str| {
        let text = format!("Buongiorno,\n\n{words}\n\nLuca Verdi\n");
        let id = format!("<elsewhere{number}@officineverdi.example>");
        let date = "Wed, 7 Oct 2026 11:00:00 +0200";
        Letter::new(mail::VERDI, mail::MARTA, "Fattura 119/2026", date, &id, &text).proven("officineverdi.example")
    };
    let said = "la fattura 119/2026 è stata pagata sul nuovo IBAN DE89 3704 0044 0532 0130 00 che ci avete comunicato.";
    firm.lay(Folder::Inbox, "2026-10-07T09:00:00Z", &paid_elsewhere(1, said));
    // A dispute beside it asks the owner as a dispute, and is no less urgent for that.
    let said = "contestiamo la fattura 119/2026 e comunque abbiamo pagato su DE89 3704 0044 0532 0130 00.";
    firm.lay(Folder::Inbox, "2026-10-07T09:01:00Z", &paid_elsewhere(2, said));
    firm.once("2026-10-07T11:05:00+02:00");
    let notices = firm.notices();
    assert_eq!(notices.len(), 8, "both at once");
    let subjects: Vec<String> = notices.iter().filter_map(|notice| notice.header("Subject")).collect();
    assert!(subjects.iter().any(|subject| subject.contains("possibile frode sull'IBAN")), "{subjects:?}");
    // What is no alarm still waits.
    lay_warning(&firm, 10);
    firm.once("2026-10-07T11:10:00+02:00");
    assert_eq!(firm.notices().len(), 8);
}

/// Anybody can write "our IBAN has changed": what strangers write takes its place in the day's number, so that a wave of
/// spam becomes one list.
#[test]
fn a_wave_of_strangers_ibans_becomes_one_list() {
    let firm = Firm::at_work(SENDING, QUICK);
    for number in 0..12 {
        let letter = Letter::new(
            &format!("Ditta {number} <info@forniture{number}.example>"),
            mail::MARTA,
            "Nuove coordinate bancarie",
            "Wed, 7 Oct 2026 09:45:00 +0200",
            &format!("<iban{number}@forniture{number}.example>"),
            "Buongiorno,\n\nil nostro IBAN è cambiato: DE89 3704 0044 0532 0130 00. Usate solo questo per la fattura \
             118/2026.\n\nSaluti\n",
        );
        firm.lay(Folder::Inbox, &format!("2026-10-07T07:45:{number:02}Z"), &letter);
    }
    firm.once("2026-10-07T09:50:00+02:00");
    let told = firm.notices();
    assert!(told.len() <= 6, "the day's single mails and one list, not {}", told.len());
    firm.once("2026-10-08T08:05:00+02:00");
    assert!(firm.notices().iter().map(named).sum::<usize>() >= 12, "nothing is left untold");
}

fn lay_warning(firm: &Firm, number: usize) {
    let letter = Letter::new(
        &format!("Studio {number} <avvocato{number}@legali.example>"),
        mail::MARTA,
        "Diffida",
        "Wed, 7 Oct 2026 09:45:00 +0200",
        &format!("<legal{number}@legali.example>"),
        &format!(
            "In nome del mio assistito Vi diffido dal proseguire. Fattura {}/2026.\nAvv. Rossi {number}\n",
            118 + number % 3
        ),
    );
    firm.lay(Folder::Inbox, &format!("2026-10-07T07:45:{number:02}Z"), &letter);
}

/// How many questions a notice names.
fn named(notice: &Left) -> usize {
    let read = sollecito::message::read(&notice.bytes, &sollecito::message::Reader::default());
    let mut cases: Vec<String> = regex::Regex::new(r"\bC[0-9]+\b")
        .expect("a pattern")
        .find_iter(&read.words.new)
        .map(|found| found.as_str().to_owned())
        .collect();
    cases.sort();
    cases.dedup();
    cases.len()
}

#[test]
fn a_month_of_ping_pong_with_a_robot_comes_to_nothing() {
    let firm = Firm::at_work(SENDING, QUICK);
    firm.once("2026-10-07T10:00:00+02:00");
    let reminder =
        firm.left_to_customers().into_iter().find(|left| left.envelope.contains("baldini")).expect("a reminder");
    let sent = firm.left().len();
    let id = reminder.header("Message-ID").unwrap();
    let mut day = crate::bench::moment("2026-10-07T08:05:00Z");
    for number in 0..30 {
        let robot = Letter::new(
            mail::BALDINI,
            mail::MARTA,
            &format!("Risposta automatica: {}", reminder.header("Subject").unwrap()),
            &day.to_rfc2822(),
            &format!("<robot{number}@baldini.example>"),
            "Sono fuori ufficio, non ho ricevuto la fattura? Per urgenze scrivere a info@baldini.example.\n",
        )
        .answering(&id)
        .with("Auto-Submitted", if number % 2 == 0 { "auto-replied" } else { "auto-generated" })
        .proven("baldini.example");
        firm.lay(Folder::Inbox, &day.to_rfc3339(), &robot);
        firm.once(&(day + chrono::Duration::hours(3)).to_rfc3339());
        day += chrono::Duration::days(1);
    }
    let to_baldini: Vec<_> = firm.left_to_customers();
    let answers = to_baldini.iter().filter(|left| left.header("In-Reply-To").is_some_and(|id| id.contains("robot")));
    assert_eq!(answers.count(), 0, "a robot was answered");
    // Whether the reminders were paid is asked; nothing is asked of the robot's words.
    let cases = firm.json("2026-11-06T10:00:00+01:00", &["cases"]);
    let kinds: Vec<_> = cases.as_array().expect("cases").iter().map(|case| case["kind"].clone()).collect();
    assert!(kinds.iter().all(|kind| kind == "who_has_paid"), "{cases}");
    assert_eq!(firm.notices().len(), 4, "asked once, and again after two, five and ten working days: {cases}");
    assert_eq!(firm.left().len(), sent + 4, "payments are not known any further: nothing else leaves either");
}

#[test]
fn a_first_reminder_waits_for_a_yes_and_the_owner_is_told_how_to_give_it() {
    let firm = Firm::at_work(SENDING, "");
    firm.once("2026-10-07T09:40:00+02:00");
    assert!(firm.left_to_customers().is_empty());
    let lists: Vec<_> = firm.notices().into_iter().filter(|notice| notice.text.contains("sollecito approve")).collect();
    assert_eq!(lists.len(), 1, "one list for all of them");
    let held: Vec<_> = firm.outbox("").into_iter().filter(|row| row["state"] == "held").collect();
    assert_eq!(held.len(), 3);
    for row in &held {
        assert!(lists[0].text.contains(&format!("sollecito approve {}", row["id"])), "{}", lists[0].text);
    }
    firm.once("2026-10-07T09:50:00+02:00");
    assert_eq!(firm.notices().len(), 1, "told once");
    firm.good("2026-10-07T09:55:00+02:00", &["approve", &held[0]["id"].to_string()]);
    firm.once("2026-10-07T10:00:00+02:00");
    assert_eq!(firm.left_to_customers().len(), 1);
}

/// What the firm owes has no end for the customer, and an age for the owner: told at once, and again after two, five and
/// ten working days; not once it is delivered.
#[test]
fn what_is_our_turn_comes_back_to_the_owner() {
    let firm = Firm::at_work(SENDING, QUICK);
    let asked = Letter::new(
        mail::VERDI,
        mail::MARTA,
        "Fattura 119/2026",
        "Wed, 7 Oct 2026 09:00:00 +0200",
        "<durc@officineverdi.example>",
        "Buongiorno,\n\nper poter pagare la fattura 119/2026 ci serve il DURC aggiornato.\n\nLuca Verdi\n",
    )
    .proven("officineverdi.example");
    firm.lay(Folder::Inbox, "2026-10-07T07:00:00Z", &asked);
    // Wednesday; Friday, Wednesday and Wednesday are two, five and ten working days later.
    let mut told = Vec::new();
    for day in 7..=29 {
        let before = firm.notices().len();
        firm.once(&format!("2026-10-{day:02}T09:50:00+02:00"));
        let new = firm.notices().split_off(before);
        told.extend(new.iter().filter(|notice| notice.text.contains("119/2026")).map(|notice| {
            let read = sollecito::message::read(&notice.bytes, &sollecito::message::Reader::default()).words.new;
            let age = read.lines().find(|line| line.contains("Tocca a noi")).unwrap_or("").trim().to_owned();
            (day, age)
        }));
    }
    let expected = [
        (7, ""),
        (9, "Tocca a noi da 2 giorni lavorativi."),
        (14, "Tocca a noi da 5 giorni lavorativi."),
        (21, "Tocca a noi da 10 giorni lavorativi."),
    ];
    assert_eq!(told, expected.map(|(day, age)| (day, age.to_owned())));
}
