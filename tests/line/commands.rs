//! What every command says, in words and in JSON. Words never need more than eighty columns.

use crate::bench::mail;
use crate::bench::{Firm, SENDING};
use sollecito::mailbox::Folder;
use unicode_width::UnicodeWidthStr;

const NOW: &str = "2026-10-07T12:30:00+02:00";

/// A morning's work: one answer planned, one question open, one reminder that waits for a yes.
fn morning() -> Firm {
    let firm = Firm::at_work(SENDING, "");
    firm.lay(
        Folder::Inbox,
        "2026-10-07T09:40:00Z",
        &mail::not_received().with("Date", "Wed, 7 Oct 2026 11:40:00 +0200"),
    );
    firm.lay(Folder::Inbox, "2026-10-07T07:45:00Z", &mail::contested());
    firm.once("2026-10-07T11:45:00+02:00");
    std::fs::write(firm.folder.join("question.eml"), mail::not_received().bytes()).expect("a mail");
    firm
}

/// What changes from run to run, replaced: ids made with the firm's secret.
fn plain(text: &str) -> String {
    let ids = regex::Regex::new("[a-z2-7]{32}@studioferri.example").expect("a pattern");
    ids.replace_all(text, "ID@studioferri.example").into_owned()
}

/// Runs a command on a fresh copy, as text and as JSON; one snapshot for both.
fn said(firm: &Firm, arguments: &[&str]) -> String {
    let text = firm.copy().run(NOW, arguments);
    let mut with_json = arguments.to_vec();
    with_json.push("--json");
    let json = firm.copy().run(NOW, &with_json);
    assert_eq!(text.code, json.code, "{arguments:?}: {} {}", text.all(), json.all());
    for line in text.out.lines().chain(text.err.lines()) {
        assert!(line.width() <= 80, "{arguments:?}: {} columns: {line}", line.width());
    }
    for value in serde_json::Deserializer::from_str(&format!("{}{}", json.out, json.err)).into_iter() {
        let _: serde_json::Value = value.unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", json.all()));
    }
    let code = text.code.expect("an exit code");
    plain(&format!(
        "$ sollecito {}\n{}{}[{code}]\n\n$ sollecito {} --json\n{}{}",
        arguments.join(" "),
        text.out,
        text.err,
        arguments.join(" "),
        json.out,
        json.err
    ))
}

fn snapshot(name: &str, firm: &Firm, commands: &[&[&str]]) {
    let all: Vec<String> = commands.iter().map(|arguments| said(firm, arguments)).collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, all.join("\n"));
    });
}

#[test]
fn how_things_stand() {
    let firm = morning();
    snapshot(
        "standing",
        &firm,
        &[
            &["status"],
            &["status", "--all"],
            &["show", "118/2026"],
            &["show", "Officine Verdi S.r.l."],
            &["plan"],
            &["plan", "--days", "3"],
            &["cases"],
            &["outbox"],
            &["outbox", "--all"],
            &["check"],
        ],
    );
}

#[test]
fn why_and_explain() {
    let firm = morning();
    snapshot(
        "why",
        &firm,
        &[
            &["why", "118/2026"],
            &["why", "119/2026"],
            &["why", "Neri Impianti S.r.l."],
            &["why", "<contest@officineverdi.example>"],
            &["explain", "question.eml"],
            &["why", "999/2026"],
            &["explain", "nothing.eml"],
        ],
    );
}

#[test]
fn orders() {
    let firm = morning();
    snapshot(
        "orders",
        &firm,
        &[
            &["paid", "118/2026"],
            &["paid", "118/2026", "--amount", "500,00", "--on", "2026-10-05"],
            &["paid", "118/2026", "--amount", "five"],
            &["hold", "Neri Impianti S.r.l.", "--until", "2026-11-30", "--why", "in vacanza"],
            &["resume", "119/2026"],
            &["defer", "120/2026", "--until", "2026-10-31"],
            &["promise", "120/2026", "--by", "2026-10-15"],
            &["dispute", "120/2026", "--about", "consegna"],
            &["note", "120/2026", "telefonato,", "richiama"],
            &["write-off", "120/2026"],
            &["hand-over", "120/2026"],
            &["release", "120/2026"],
            &["payments-known", "2026-10-07"],
            &["payments-known", "2026-10-31"],
            &["done", "120/2026", "call"],
            &["done", "120/2026", "dance"],
            &["close", "C1"],
            &["close", "C77"],
            &["undo"],
            &["undo", "--list"],
            &["paid", "srl"],
        ],
    );
}

#[test]
fn orders_taken_back() {
    let firm = morning();
    firm.good("2026-10-07T12:00:00+02:00", &["paid", "118/2026"]);
    firm.good("2026-10-07T12:05:00+02:00", &["hold", "120/2026"]);
    snapshot("undo", &firm, &[&["undo", "--list"], &["undo"], &["undo", "1"], &["undo", "9"]]);
}

#[test]
fn passes_and_the_outbox() {
    let firm = morning();
    let rows = firm.outbox(NOW);
    let in_state = |state: &str| {
        rows.iter().find(|row| row["state"] == state).unwrap_or_else(|| panic!("{state}: {rows:?}"))["id"].to_string()
    };
    let (held, planned) = (in_state("held"), in_state("planned"));
    snapshot(
        "passes",
        &firm,
        &[
            &["once"],
            &["import", "list.csv", "--payments-known", "2026-10-07"],
            &["import", "list.csv", "--dry-run"],
            &["import", "absent.csv"],
            &["approve", &held],
            &["approve", &planned],
            &["outbox", "hold", &planned],
            &["outbox", "cancel", &planned],
            &["outbox", "settle", &planned, "sent"],
            &["outbox", "approve", "4711"],
            &["halt", "--why", "prova"],
            &["halt", "--off"],
        ],
    );
    firm.good(NOW, &["halt", "--why", "prova"]);
    snapshot("halted", &firm, &[&["status"], &["once"], &["plan"], &["outbox"]]);
}

/// Who says every day up to when payments are known still finds what happened.
#[test]
fn what_is_said_every_day_does_not_bury_the_story() {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    let told = |now: &str| firm.good(now, &["why", "118/2026"]).matches("payments known").count();
    firm.good("2026-10-08T08:00:00+02:00", &["payments-known", "2026-10-06"]);
    let before = told("2026-10-08T08:00:00+02:00");
    for day in 7..=13 {
        let now = format!("2026-10-{:02}T08:00:00+02:00", day + 1);
        firm.good(&now, &["payments-known", &format!("2026-10-{day:02}")]);
    }
    let now = "2026-10-14T09:00:00+02:00";
    assert_eq!(told(now), before, "{}", firm.good(now, &["why", "118/2026"]));
    assert!(firm.good(now, &["why", "118/2026"]).contains("2026-10-13"), "the last one is told");
}

#[test]
fn the_brake_works_whatever_is_wrong_with_the_settings() {
    let firm = Firm::at_work(SENDING, "approve_first_mail = false\n");
    let file = firm.folder.join("sollecito.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    for broken in ["[modes]\nreminder = \"auto\"\n", "[modes\n", ""] {
        std::fs::write(&file, good.replace("[modes]", &format!("{broken}[modes]x"))).unwrap();
        let said = firm.run("2026-10-07T09:00:00+02:00", &["halt", "--why", "ferma"]);
        assert_eq!(said.code, Some(0), "{broken}: {}", said.all());
        std::fs::write(&file, &good).unwrap();
        assert!(firm.once("2026-10-07T10:00:00+02:00").contains("halted"), "{broken}");
        assert!(firm.good("2026-10-07T10:00:00+02:00", &["why", "118/2026"]).contains("All sending is halted: ferma"));
        firm.good("2026-10-07T10:00:00+02:00", &["halt", "--off"]);
    }
    assert_eq!(firm.left_to_customers().len(), 0);
}
