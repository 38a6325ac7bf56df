//! `preview`: the very mail that leaves later, shown before, and nothing changed by looking.

use crate::bench::{Firm, SENDING, header};
use std::fs;

const NOW: &str = "2026-10-07T10:00:00+02:00";

/// Everything that a run could alter: what the database tells, and the mailbox.
fn traces(firm: &Firm) -> Vec<String> {
    let look = |arguments: &[&str]| firm.good(NOW, arguments);
    let mut traces = vec![look(&["outbox", "--all", "--json"]), look(&["cases", "--json"])];
    traces.extend(["118/2026", "119/2026", "120/2026"].map(|number| look(&["why", number, "--json"])));
    traces.push(format!("{:?}", firm.mailbox_files().keys()));
    traces.push(format!("{:?}", fs::read_dir(&firm.folder).expect("a folder").count()));
    traces
}

#[test]
fn it_shows_the_mail_that_leaves_and_changes_nothing() {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    let before = traces(&firm);
    let shown = firm.json(NOW, &["preview", "friendly", "Baldini S.r.l."]);
    let words = firm.good(NOW, &["preview", "friendly", "baldini"]);
    assert_eq!(traces(&firm), before, "looking leaves no trace");
    assert!(words.starts_with("Baldini S.r.l.: firm, Italian (formal)\n\nfriendly, Wed 2026-10-07 10:00\n"), "{words}");
    for line in ["By:         the agent\n", "To:         amministrazione@baldini.example\n", "Attached:   nothing\n"] {
        assert!(words.contains(line), "{words}");
    }
    firm.once(NOW);
    let left = firm.left_to_customers();
    let sent = left.iter().find(|mail| mail.text.contains("baldini")).expect("it left");
    let message = mail_parser::MessageParser::default().parse(&sent.bytes).expect("a mail");
    let mail = &shown["steps"][0]["mail"];
    assert_eq!(message.subject(), mail["subject"].as_str());
    assert_eq!(message.body_text(0).expect("a text").replace("\r\n", "\n"), mail["text"].as_str().unwrap());
    assert_eq!(message.body_html(0).expect("a page").replace("\r\n", "\n"), mail["html"].as_str().unwrap());
    assert_eq!(header(&sent.text, "To").as_deref(), mail["to"][0].as_str());
}

#[test]
fn pages_are_written_one_a_mail() {
    let firm = Firm::at_work(SENDING, "");
    let said = firm.good(NOW, &["preview", "second", "baldini", "--html", "mail.html"]);
    assert!(said.ends_with("\nWritten to mail.html\n"), "{said}");
    let page = fs::read_to_string(firm.folder.join("mail.html")).expect("a page");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("118/2026") && page.contains("color-scheme"));
    let all = firm.good(NOW, &["preview", "--all", "baldini", "--html", "ladder.html"]);
    assert_eq!(all, firm.good(NOW, &["preview", "baldini", "--html", "ladder.html"]));
    for name in ["ladder-1-friendly.html", "ladder-2-second.html", "ladder-3-firm.html", "ladder-4-final.html"] {
        assert!(firm.folder.join(name).exists(), "{name}: {all}");
    }
    assert!(all.contains("\ncall, Wed 2026-10-21\nBy:         you telephone"), "{all}");
    assert!(all.contains("\nfinal, Wed 2026-11-18\nBy:         you: it is laid into your Drafts"), "{all}");
    // A slip does not write over the settings.
    let said = firm.run(NOW, &["preview", "friendly", "baldini", "--html", "sollecito.toml"]);
    assert_eq!(said.code, Some(2), "{}", said.all());
}

#[test]
fn what_cannot_be_shown_is_said() {
    let firm = Firm::at_work(SENDING, "");
    let refused = |arguments: &[&str]| {
        let said = firm.run(NOW, arguments);
        (said.code.expect("an exit code"), said.err)
    };
    let (code, words) = refused(&["preview", "frendly", "baldini"]);
    assert_eq!(code, 5);
    assert!(words.contains("no step `frendly` on the ladder of Baldini S.r.l. (firm)"), "{words}");
    assert!(
        words.contains("its steps are: received, received_large, greeting, friendly, second, call, firm, final"),
        "{words}"
    );
    let (code, words) = refused(&["preview", "friendly", "s.r.l."]);
    assert_eq!(code, 5);
    assert!(words.contains("Baldini S.r.l.; Officine Verdi S.r.l.; Neri Impianti S.r.l."), "{words}");
    let (code, words) = refused(&["preview", "friendly", "Rossi"]);
    assert_eq!(code, 5, "{words}");
    firm.good(NOW, &["paid", "119/2026"]);
    let (code, words) = refused(&["preview", "friendly", "Officine Verdi S.r.l."]);
    assert_eq!(code, 8);
    assert!(words.contains("Nothing is open of Officine Verdi S.r.l."), "{words}");
    let (code, _) = refused(&["preview", "--all", "friendly", "baldini"]);
    assert_eq!(code, 2);
}

/// The reminder before a closure is no step, and can be seen long before its weeks.
#[test]
fn the_reminder_before_a_closure_can_be_seen_before() {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    let before = traces(&firm);
    let words = firm.good(NOW, &["preview", "before_closure", "baldini"]);
    assert_eq!(traces(&firm), before, "looking leaves no trace");
    for line in [
        "\nbefore_closure, Wed 2026-12-09 09:30\n",
        "It leaves from 2026-12-05 to 2026-12-15 only (pre_closure in [calendar])",
        // A shared box: the subject is the bare document.
        "Subject:    Fattura n. 118/2026 del 31/08/2026\n",
        "prima della pausa di fine anno",
        "Riesce a saldarla entro il 21 dicembre?",
    ] {
        assert!(words.contains(line), "{line}: {words}");
    }
    let in_its_weeks = "2026-12-09T10:00:00+01:00";
    let shown = firm.json(in_its_weeks, &["preview", "before_closure", "baldini"]);
    assert_eq!(shown["steps"][0]["day"], "2026-12-09");
    // Too late to give time to pay: the next weeks count.
    let shown = firm.json("2026-12-20T10:00:00+01:00", &["preview", "before_closure", "baldini"]);
    assert_eq!(shown["steps"][0]["day"], "2027-07-15");
    firm.change_settings(SENDING, "", "[calendar]\npre_closure = []\n");
    let said = firm.run(NOW, &["preview", "before_closure", "baldini"]);
    assert_eq!(said.code, Some(8));
    assert!(said.err.contains("no weeks before a closure are set"), "{}", said.err);
}

#[test]
fn customers_of_one_name_are_told_apart() {
    let firm = Firm::new(SENDING, "");
    let list = "Codice cliente;Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente\n\
        C1;1/2026;31/08/2026;30/09/2026;1.220,00;Rossi;anna@rossi.example;azienda\n\
        C2;2/2026;31/08/2026;30/09/2026;610,00;Rossi;bruno@rossi.example;azienda\n";
    fs::write(firm.folder.join("list.csv"), list).expect("a list");
    firm.good(NOW, &["import", "list.csv", "--payments-known", "2026-10-06"]);
    let said = firm.run(NOW, &["preview", "friendly", "rossi"]);
    assert_eq!(said.code, Some(5));
    assert!(said.err.contains("`rossi` could be: C1 (Rossi); C2 (Rossi)"), "{}", said.err);
    let words = firm.good(NOW, &["preview", "friendly", "C2"]);
    assert!(words.contains("To:         bruno@rossi.example"), "{words}");
}

/// Who sends it follows the modes; a text of the firm's own with a mistake is told instead of shown.
#[test]
fn the_sender_follows_the_modes_and_own_texts_are_used() {
    let firm = Firm::at_work("reminder = \"observe\"\n", "");
    let by = |firm: &Firm| firm.json(NOW, &["preview", "friendly", "baldini"])["steps"][0]["sender"].to_string();
    assert!(by(&firm).contains("nobody: reminders are only observed"));
    firm.change_settings("reminder = \"draft\"\n", "", "");
    assert!(by(&firm).contains("laid into your Drafts"));
    firm.change_settings(SENDING, "", "redirect_to = \"prova@studioferri.example\"\n");
    assert!(by(&firm).contains("the agent, once you have approved it; delivered to prova@studioferri.example"));
    let own = firm.folder.join("templates/it");
    fs::create_dir_all(&own).expect("a folder");
    let file = own.join("reminder_friendly.formal.txt.hbs");
    fs::write(&file, "Una riga\n\n{{greeting}}\n\nun sollecito urgente: {{total}}.\n\n{{signature}}\n")
        .expect("a text");
    let words = firm.good(NOW, &["preview", "friendly", "baldini"]);
    assert!(words.contains("un sollecito urgente: 1.220,00 €."), "{words}");
    // `check` says what a reminder is better without, and where; nothing is stopped by it.
    let check = firm.json(NOW, &["check"]);
    let notes = check["notes"].to_string();
    assert!(notes.contains("it/reminder_friendly.formal.txt.hbs:5:4: It says «sollecit»"), "{notes}");
    fs::write(&file, "Una riga\n\n{{greeting}} {{nobody}}\n").expect("a text");
    let said = firm.run(NOW, &["preview", "friendly", "baldini"]);
    assert_eq!(said.code, Some(8), "{}", said.all());
    assert!(said.all().contains("no field `nobody`"), "{}", said.all());
}

/// Where no earlier letter can have left yet, the second one is shown on its own day, speaking of the first: not today, in the
/// words of a first one. Over the quiet weeks its time comes before a first one may leave.
#[test]
fn a_letter_that_speaks_of_earlier_ones_is_shown_on_its_day() {
    let firm = Firm::new(SENDING, "approve_first_mail = false\n");
    let rows = "number;issued;due;amount;name;customer_id;email\n\
                118;2026-07-03;2026-08-03;1220,00;Bianchi S.r.l.;C1;anna@bianchi.example\n";
    fs::write(firm.folder.join("list.csv"), rows).expect("a file");
    firm.good("2026-08-04T09:00:00+02:00", &["import", "list.csv"]);
    for (today, day, first) in
        [("2026-08-25", "Wed 2026-09-09", "il 1º settembre"), ("2026-09-08", "Thu 2026-09-17", "l'8 settembre")]
    {
        let shown = firm.good(&format!("{today}T09:00:00+02:00"), &["preview", "second", "C1"]);
        for line in [
            format!("second, {day} 09:30\n"),
            format!("Le avevo scritto {first}"),
            "Suppose:    Payments are known up to ".to_owned(),
        ] {
            assert!(shown.contains(&line), "{today}: {shown}");
        }
    }
    // Later it can have left before: then the letter is shown as of today.
    let shown = firm.good("2026-09-22T09:00:00+02:00", &["preview", "second", "C1"]);
    assert!(
        shown.contains("second, Tue 2026-09-22 09:30\n") && shown.contains("Suppose:    `friendly` left on"),
        "{shown}"
    );
}
