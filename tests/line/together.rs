//! An administrator of twelve condominiums gets one mail: a table and a total for each, and each account knows of it.

use crate::bench::mail::{self, Letter};
use crate::bench::{BOOKS, Firm, Left, SENDING};
use sollecito::agent::crash::VARIABLE;
use sollecito::ledger::mail::OutboxState;
use sollecito::mailbox::Folder;
use sollecito::store::{OutboxFilter, Store};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;

const QUICK: &str = "approve_first_mail = false\n";
const ADMINISTRATOR: &str = "Lucia Conti <lucia@studioconti.example>";
/// The friendly step of a condominium, a Thursday: fifteen days after the invoices are due.
const THURSDAY: &str = "2026-10-15T10:00:00+02:00";
const LATER: &str = "2026-10-15T11:00:00+02:00";

const NAMES: [&str; 12] =
    ["Aurora", "Betulla", "Cedro", "Dalia", "Edera", "Faggio", "Ginepro", "Iris", "Lauro", "Mirto", "Noce", "Olmo"];

/// Condominiums 201/2026, 202/2026, …, each of so many hundred euros as its place.
fn condominiums(count: usize) -> String {
    let mut list = "Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente\n".to_owned();
    for (place, name) in (1..).zip(NAMES).take(count) {
        list.push_str(&format!(
            "{}/2026;31/08/2026;30/09/2026;{place}00,00;Condominio {name};lucia@studioconti.example;condominio\n",
            200 + place
        ));
    }
    list
}

fn firm_of(list: &str, limits: &str) -> Firm {
    let firm = Firm::new(SENDING, limits);
    std::fs::write(firm.folder.join("list.csv"), list).expect("the list");
    firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-06"]);
    firm.once(BOOKS);
    firm
}

/// Everything is known and planned; nothing has left.
fn the_day_before(count: usize) -> Firm {
    let firm = firm_of(&condominiums(count), QUICK);
    firm.good("2026-10-14T18:00:00+02:00", &["payments-known", "2026-10-14"]);
    firm.once("2026-10-14T18:05:00+02:00");
    assert!(firm.left_to_customers().is_empty());
    firm
}

fn text(left: &Left) -> String {
    sollecito::message::read(&left.bytes, &sollecito::message::Reader::default()).words.new
}

/// On one line.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The condominiums that a mail speaks of.
fn named(left: &Left) -> Vec<&'static str> {
    let text = text(left);
    NAMES.into_iter().filter(|name| text.contains(&format!("Condominio {name}"))).collect()
}

fn states(firm: &Firm) -> Vec<(i64, OutboxState, Option<i64>)> {
    let store = Store::open_existing(&firm.folder.join("sollecito.db")).expect("the database");
    let rows = store.look().outbox(&OutboxFilter::default()).expect("the outbox");
    let to_customers = rows.into_iter().filter(|row| row.row.plan.customer.is_some());
    to_customers.map(|row| (row.row.id.0, row.row.state, row.carried_by.map(|id| id.0))).collect()
}

/// The number of the live row about an invoice.
fn row_about(firm: &Firm, now: &str, number: &str) -> i64 {
    let plan = firm.json(now, &["plan"]);
    let rows = plan["decided"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["invoices"][0] == number).unwrap_or_else(|| panic!("{number}: {rows:?}"));
    row["outbox"].as_i64().expect("a number")
}

/// Kills the program at a point.
fn dies(firm: &Firm, now: &str, point: &str) {
    let output = firm.command(now, &["once"]).env(VARIABLE, point).output().expect("the program runs");
    assert!(output.status.signal().is_some(), "{point} is not reached: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn twelve_condominiums_get_one_mail_and_each_account_knows() {
    let firm = the_day_before(12);
    // What is planned is what leaves: one mail.
    let plan = firm.json("2026-10-14T18:10:00+02:00", &["plan", "--days", "5"]);
    let rows: Vec<_> = ["decided", "to_come"].iter().flat_map(|part| plan[part].as_array().expect("rows")).collect();
    assert_eq!(rows.len(), 12, "{rows:#?}");
    assert!(rows.iter().all(|row| row["day"] == "2026-10-15"), "{rows:#?}");
    let along = rows.iter().filter(|row| row["together_with"].is_string());
    assert_eq!(along.count(), 11);
    firm.once(THURSDAY);
    let left = firm.left_to_customers();
    assert_eq!(left.len(), 1, "one mail");
    assert_eq!(named(&left[0]), NAMES, "{}", text(&left[0]));
    let subject = left[0].header("Subject").expect("a subject");
    assert_eq!(subject, "Fatture n. 201/2026, 202/2026, 203/2026 e altre 9");
    assert!(!text(&left[0]).contains("7.800,00"), "no sum over all of them");
    let rows = states(&firm);
    let carrier = rows[0].0;
    assert!(rows.iter().all(|(_, state, _)| *state == OutboxState::Accepted), "{rows:?}");
    assert_eq!(rows.iter().filter(|(.., by)| *by == Some(carrier)).count(), 11);
    for number in ["201/2026", "212/2026"] {
        let why = words(&firm.good(THURSDAY, &["why", number]));
        assert!(why.contains("step taken") && why.contains("in one mail with 11 other customers"), "{why}");
    }
    let outbox = firm.outbox(THURSDAY);
    assert_eq!(outbox.iter().filter(|row| row["in_mail"] == carrier).count(), 11);
    // One copy in Sent, read and known again; nobody is written to once more within the week, nor twice about a step.
    firm.once(LATER);
    assert_eq!(firm.lying(Folder::Sent).len(), 1);
    for hour in ["2026-10-20T10:00:00+02:00", "2026-10-21T10:00:00+02:00"] {
        firm.once(hour);
    }
    assert_eq!(firm.left_to_customers().len(), 1);
    firm.good(LATER, &["check", "--replay"]);
}

#[test]
fn one_paid_one_disputed_one_refused_and_the_rest_goes_in_one_mail() {
    let firm = the_day_before(12);
    firm.good("2026-10-15T09:00:00+02:00", &["paid", "203/2026"]);
    let refused = row_about(&firm, "2026-10-15T09:00:00+02:00", "205/2026").to_string();
    firm.good("2026-10-15T09:01:00+02:00", &["outbox", "cancel", &refused]);
    let dispute = Letter::new(
        ADMINISTRATOR,
        mail::MARTA,
        "Fattura 207/2026",
        "Thu, 15 Oct 2026 09:10:00 +0200",
        "<contest@studioconti.example>",
        "Buongiorno,\n\ncontestiamo la fattura 207/2026 del Condominio Ginepro: il lavoro non è stato completato.\n\nLucia Conti\n",
    )
    .proven("studioconti.example");
    firm.lay(Folder::Inbox, "2026-10-15T07:10:00Z", &dispute);
    firm.once(THURSDAY);
    let left = firm.left_to_customers();
    let reminders: Vec<&Left> = left.iter().filter(|left| left.header("In-Reply-To").is_none()).collect();
    assert_eq!(reminders.len(), 1);
    let others: Vec<&str> = NAMES.into_iter().filter(|name| !["Cedro", "Edera", "Ginepro"].contains(name)).collect();
    assert_eq!(named(reminders[0]), others, "{}", text(reminders[0]));
    let why = firm.good(THURSDAY, &["why", "205/2026"]);
    assert!(why.contains("that means no"), "{why}");
    firm.good(LATER, &["check", "--replay"]);
}

/// The list of the morning names each of them, and a no to one number takes only that one out.
#[test]
fn a_no_to_the_list_takes_one_out() {
    let firm = firm_of(&condominiums(3), &format!("{QUICK}forewarn = true\n"));
    firm.good("2026-10-14T18:00:00+02:00", &["payments-known", "2026-10-14"]);
    firm.once("2026-10-14T18:05:00+02:00");
    firm.once("2026-10-15T08:01:00+02:00");
    let notices = firm.notices();
    let list = notices.iter().find(|left| left.header("Subject").is_some_and(|s| s.starts_with("Oggi partirebb")));
    let list = text(list.expect("a list"));
    assert_eq!(list.matches("nella stessa e-mail di Condominio Aurora").count(), 2, "{list}");
    for name in ["Condominio Aurora", "Condominio Betulla", "Condominio Cedro"] {
        assert!(list.contains(name), "{list}");
    }
    let number = row_about(&firm, "2026-10-15T08:02:00+02:00", "202/2026").to_string();
    firm.good("2026-10-15T08:05:00+02:00", &["outbox", "cancel", &number]);
    firm.once(THURSDAY);
    let left = firm.left_to_customers();
    assert_eq!((left.len(), named(&left[0])), (1, vec!["Aurora", "Cedro"]));
}

fn two_firms(second: &str) -> String {
    format!(
        "Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente\n\
         301/2026;31/08/2026;30/09/2026;100,00;Alfa S.r.l.;conti@gruppo.example;azienda\n\
         302/2026;31/08/2026;30/09/2026;200,00;Beta S.r.l.;conti@gruppo.example;{second}\n"
    )
}

const WEDNESDAY: &str = "2026-10-07T10:00:00+02:00";

fn left_on_wednesday(firm: &Firm) -> Vec<Left> {
    firm.once(WEDNESDAY);
    firm.once("2026-10-07T11:00:00+02:00");
    firm.left_to_customers()
}

#[test]
fn who_is_not_linked_never_shares_a_mail() {
    for second in ["azienda", "condominio"] {
        let firm = firm_of(&two_firms(second), QUICK);
        let left = left_on_wednesday(&firm);
        assert_eq!(left.len(), 1, "{second}");
        assert!(text(&left[0]).contains("301/2026") && !text(&left[0]).contains("302/2026"), "{second}");
    }
    // Switched off, and another address.
    let off = firm_of(&condominiums(3), &format!("{QUICK}one_mail_to_administrators = false\n"));
    off.good("2026-10-14T18:00:00+02:00", &["payments-known", "2026-10-14"]);
    off.once(THURSDAY);
    assert_eq!(off.left_to_customers().len(), 1);
    let left = off.left_to_customers();
    assert!(text(&left[0]).contains("201/2026") && !text(&left[0]).contains("202/2026"));
    let elsewhere = condominiums(2).replace("200,00;Condominio Betulla;lucia@", "200,00;Condominio Betulla;l.conti@");
    let firm = firm_of(&elsewhere, QUICK);
    firm.good("2026-10-14T18:00:00+02:00", &["payments-known", "2026-10-14"]);
    firm.once(THURSDAY);
    assert_eq!(firm.left_to_customers().len(), 2, "two addresses are two readers");
}

#[test]
fn a_group_of_the_owner_links_firms() {
    for (word, mails) in [("one_mail = true", 1), ("one_mail = false", 1)] {
        let firm = Firm::new(SENDING, QUICK);
        std::fs::write(firm.folder.join("list.csv"), two_firms("azienda")).expect("the list");
        let book = format!(
            "[[group]]\nname = \"sisters\"\n{word}\n\n[[customer]]\nname = \"Alfa S.r.l.\"\ngroup = \"sisters\"\n\n\
             [[customer]]\nname = \"Beta S.r.l.\"\ngroup = \"sisters\"\n"
        );
        std::fs::write(firm.folder.join("customers.toml"), book).expect("the customers");
        firm.good(BOOKS, &["import", "list.csv", "--payments-known", "2026-10-06"]);
        firm.once(BOOKS);
        let left = left_on_wednesday(&firm);
        assert_eq!(left.len(), mails, "{word}");
        let is_shared = text(&left[0]).contains("301/2026") && text(&left[0]).contains("302/2026");
        assert_eq!(is_shared, word.ends_with("true"), "{}", text(&left[0]));
        assert!(!text(&left[0]).contains("300,00"), "no sum of the two");
    }
}

/// Before and after the freeze, between claim and body, after the body, after the outcome: nothing leaves twice, and no
/// account forgets the mail that it was in.
#[test]
fn a_crash_anywhere_sends_once_and_forgets_nobody() {
    let whole = the_day_before(3);
    let fresh = whole.copy();
    whole.once(THURSDAY);
    whole.once(LATER);
    let calm = states(&whole);
    assert_eq!(calm.iter().map(|(_, state, _)| *state).collect::<Vec<_>>(), [OutboxState::Accepted; 3]);
    for point in [
        "outbox.before_claim",
        "outbox.after_claim",
        "outbox.before_in_data",
        "outbox.after_in_data",
        "outbox.after_deliver",
        "outbox.after_accepted",
        "copy.before_append",
        "copy.after_append",
        "copy.after_record",
    ] {
        let firm = fresh.copy();
        dies(&firm, THURSDAY, point);
        let at_once: BTreeSet<OutboxState> = states(&firm).into_iter().map(|(_, state, _)| state).collect();
        assert_eq!(at_once.len(), 1, "{point}: they stand differently: {at_once:?}");
        firm.once("2026-10-15T10:05:00+02:00");
        firm.once("2026-10-15T10:10:00+02:00");
        firm.once(LATER);
        let left = firm.left_to_customers();
        assert!(left.len() <= 1, "{point}: {} mails", left.len());
        if ["outbox.after_in_data", "outbox.after_deliver"].contains(&point) {
            let rows = states(&firm);
            assert!(rows.iter().all(|(_, state, _)| *state == OutboxState::Unsure), "{point}: {rows:?}");
            let cases = firm.json(LATER, &["cases"]).as_array().expect("cases").len();
            assert_eq!(cases, 3, "{point}: the owner is asked for each account");
            // Said of any of them it is said of the mail.
            let (rider, word) = (rows[2].0.to_string(), if left.is_empty() { "not-sent" } else { "sent" });
            firm.good(LATER, &["outbox", "settle", &rider, word]);
            assert_eq!(firm.json(LATER, &["cases"]).as_array().expect("cases").len(), 0, "{point}");
            firm.once("2026-10-20T10:00:00+02:00");
            let once_more = firm.left_to_customers();
            assert_eq!(once_more.len(), 1, "{point}: it never left, and goes now; or it left, and does not");
            assert_eq!(named(&once_more[0]), ["Aurora", "Betulla", "Cedro"]);
        } else {
            assert_eq!(states(&firm), calm, "{point}");
            assert_eq!(named(&left[0]), ["Aurora", "Betulla", "Cedro"], "{point}");
            assert_eq!(firm.lying(Folder::Sent).len(), 1, "{point}");
        }
        for number in ["201/2026", "202/2026", "203/2026"] {
            let why = firm.good(LATER, &["why", number]);
            assert_eq!(why.matches("step taken").count(), 1, "{point}: {number}: {why}");
        }
        firm.good(LATER, &["check", "--replay"]);
    }
}

/// The bytes are fixed and were not offered yet: who has paid meanwhile, or was refused, is in none that leave.
#[test]
fn what_changed_between_freeze_and_hand_over_is_in_no_mail() {
    type Order = fn(&Firm);
    let refuse: Order = |firm| {
        let rider = states(firm)[1].0.to_string();
        firm.good("2026-10-15T10:01:00+02:00", &["outbox", "cancel", &rider]);
        let stands: Vec<OutboxState> = states(firm).iter().map(|(_, state, _)| *state).collect();
        assert_eq!(stands, [OutboxState::Cancelled; 3], "the bytes name all of them");
    };
    let pay: Order = |firm| {
        firm.good("2026-10-15T10:01:00+02:00", &["paid", "202/2026"]);
    };
    let dispute: Order = |firm| {
        let letter = Letter::new(
            ADMINISTRATOR,
            mail::MARTA,
            "Fattura 202/2026",
            "Thu, 15 Oct 2026 10:01:00 +0200",
            "<contest@studioconti.example>",
            "Buongiorno,\n\ncontestiamo la fattura 202/2026 del Condominio Betulla: il lavoro non è stato completato.\n\nLucia Conti\n",
        );
        firm.lay(Folder::Inbox, "2026-10-15T08:01:00Z", &letter.proven("studioconti.example"));
    };
    for (what, order) in [("refused", refuse), ("paid", pay), ("disputed", dispute)] {
        let firm = the_day_before(3);
        dies(&firm, THURSDAY, "outbox.before_in_data");
        assert_eq!(states(&firm).iter().map(|(_, state, _)| *state).collect::<Vec<_>>(), [OutboxState::Claimed; 3]);
        // The next run takes the claim back; a halt keeps it from sending.
        firm.good("2026-10-15T10:00:30+02:00", &["halt"]);
        firm.once("2026-10-15T10:00:40+02:00");
        assert_eq!(states(&firm).iter().map(|(_, state, _)| *state).collect::<Vec<_>>(), [OutboxState::Frozen; 3]);
        order(&firm);
        firm.good("2026-10-15T10:02:00+02:00", &["halt", "--off"]);
        for now in ["2026-10-15T10:03:00+02:00", LATER, "2026-10-20T10:00:00+02:00"] {
            firm.once(now);
        }
        let left = firm.left_to_customers();
        let reminders: Vec<&Left> = left.iter().filter(|left| left.header("In-Reply-To").is_none()).collect();
        assert_eq!(reminders.len(), 1, "{what}: {:?}", states(&firm));
        assert_eq!(named(reminders[0]), ["Aurora", "Cedro"], "{what}");
        firm.good(LATER, &["check", "--replay"]);
    }
}

fn answer(firm: &Firm, body: &str) -> Letter {
    let left = firm.left_to_customers();
    Letter::new(
        ADMINISTRATOR,
        mail::MARTA,
        &format!("R: {}", left[0].header("Subject").expect("a subject")),
        "Thu, 15 Oct 2026 15:00:00 +0200",
        "<answer@studioconti.example>",
        body,
    )
    .answering(&left[0].header("Message-ID").expect("an id"))
    .proven("studioconti.example")
}

/// Nothing in the words says for which of them: the owner sees it, nothing is answered, and all of them are left in peace.
#[test]
fn an_answer_for_nobody_in_particular_is_the_owners() {
    let firm = the_day_before(3);
    firm.once(THURSDAY);
    firm.lay(
        Folder::Inbox,
        "2026-10-15T13:00:00Z",
        &answer(&firm, "Buongiorno,\n\npaghiamo venerdì 23 ottobre.\n\nLucia Conti\n"),
    );
    firm.once("2026-10-15T15:05:00+02:00");
    firm.once("2026-10-16T10:00:00+02:00");
    assert_eq!(firm.left_to_customers().len(), 1, "no automatic answer");
    assert_eq!(firm.json(LATER, &["cases"]).as_array().expect("cases").len(), 1, "one question");
    for number in ["201/2026", "202/2026", "203/2026"] {
        let why = firm.good("2026-10-16T10:05:00+02:00", &["why", number]);
        assert!(why.contains("customer wrote"), "{number}: {why}");
        assert_eq!(why.contains("not certain that this customer wrote"), number == "201/2026", "{number}: {why}");
    }
    // Their second step is due on 30 October: the others are left in peace as well.
    firm.good("2026-11-03T09:00:00+01:00", &["payments-known", "2026-11-02"]);
    firm.once("2026-11-04T10:00:00+01:00");
    let left = firm.left_to_customers();
    assert_eq!(
        left.len(),
        1,
        "nobody is reminded of what may be answered: {}",
        left.iter().map(text).collect::<String>()
    );
    firm.good("2026-11-11T09:00:00+01:00", &["payments-known", "2026-11-10"]);
    firm.once("2026-11-11T10:00:00+01:00");
    let left = firm.left_to_customers();
    assert_eq!(left.len(), 2, "then the ladder goes on for those about whom no question is open");
    assert_eq!(named(&left[1]), ["Betulla", "Cedro"], "{}", text(&left[1]));
}

#[test]
fn an_answer_that_names_one_is_about_that_one() {
    let firm = the_day_before(3);
    firm.once(THURSDAY);
    let words =
        "Buongiorno,\n\nla fattura 202/2026 del Condominio Betulla la paghiamo venerdì 23 ottobre.\n\nLucia Conti\n";
    firm.lay(Folder::Inbox, "2026-10-15T13:00:00Z", &answer(&firm, words));
    firm.once("2026-10-15T15:05:00+02:00");
    let why = firm.good("2026-10-15T15:10:00+02:00", &["why", "202/2026"]);
    assert!(why.contains("hold placed"), "{why}");
    let other = firm.good("2026-10-15T15:10:00+02:00", &["why", "201/2026"]);
    assert!(!other.contains("customer wrote") && !other.contains("hold placed"), "{other}");
}

/// The owner answers by hand in that thread: the agent stands back from each of them.
#[test]
fn the_owners_hand_in_the_thread_counts_for_all() {
    let firm = the_day_before(3);
    firm.once(THURSDAY);
    let left = firm.left_to_customers();
    let letter = Letter::new(
        mail::MARTA,
        ADMINISTRATOR,
        "Re: Fatture",
        "Thu, 15 Oct 2026 16:00:00 +0200",
        "<hand@studioferri.example>",
        "Buongiorno,\n\ncome detto a voce, ne riparliamo lunedì.\n\nMarta Ferri\n",
    )
    .answering(&left[0].header("Message-ID").expect("an id"));
    firm.lay(Folder::Sent, "2026-10-15T14:00:00Z", &letter);
    firm.once("2026-10-15T16:05:00+02:00");
    for number in ["201/2026", "202/2026", "203/2026"] {
        let why = firm.good("2026-10-15T16:10:00+02:00", &["why", number]);
        assert!(why.contains("owner wrote"), "{number}: {why}");
    }
}

#[test]
fn a_mail_that_came_back_came_back_for_all() {
    let firm = the_day_before(3);
    firm.once(THURSDAY);
    let id = firm.left_to_customers()[0].header("Message-ID").expect("an id");
    let bounce = format!(
        "From: MAILER-DAEMON@mx.studioferri.example\r\nTo: marta@studioferri.example\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Date: Thu, 15 Oct 2026 10:20:00 +0200\r\nMessage-ID: <bounce@mx.studioferri.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nThe mail could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.studioferri.example\r\n\r\n\
         Final-Recipient: rfc822; lucia@studioconti.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\nFrom: marta@studioferri.example\r\nTo: lucia@studioconti.example\r\n\
         --b--\r\n"
    );
    firm.lay_bytes(Folder::Inbox, "2026-10-15T08:20:00Z", bounce.as_bytes());
    firm.once("2026-10-15T10:30:00+02:00");
    for number in ["201/2026", "202/2026", "203/2026"] {
        let why = firm.good("2026-10-15T10:35:00+02:00", &["why", number]);
        assert!(why.contains("contact bounced") && why.contains("cycle begun"), "{number}: {why}");
    }
    firm.good(LATER, &["check", "--replay"]);
}

/// Two that wait for the owner's yes go together once both have it.
#[test]
fn first_mails_go_together_once_they_are_approved() {
    let firm = firm_of(&condominiums(3), "");
    firm.good("2026-10-14T18:00:00+02:00", &["payments-known", "2026-10-14"]);
    firm.once("2026-10-14T18:05:00+02:00");
    firm.once(THURSDAY);
    assert!(firm.left_to_customers().is_empty());
    let rows: Vec<String> = states(&firm).iter().map(|(id, ..)| id.to_string()).collect();
    let mut words = vec!["approve"];
    words.extend(rows.iter().take(2).map(String::as_str));
    firm.good("2026-10-15T10:10:00+02:00", &words);
    firm.once(LATER);
    let left = firm.left_to_customers();
    assert_eq!((left.len(), named(&left[0])), (1, vec!["Aurora", "Betulla"]));
}
