//! `sollecito measure`: figures of a labelled folder, clear words about a broken one, and nothing left behind.

// A test that cannot go on says so; helpers of tests are not `#[test]` functions themselves.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sollecito");

const LEDGER: &str = "\
invoice_number,customer_name,customer_email,issue_date,due_date,amount,currency,iban,language
2026/118,Baldini S.r.l.,conti@baldini.example,2026-08-31,2026-09-30,1220.00,EUR,IT60X0542811101000000123456,it
2026/119,Verdi Ltd,ap@verdi.example,2026-08-31,2026-09-30,610.00,EUR,IT60X0542811101000000123456,en
";

const SENT: &str = "\
message_id,date,to,subject,kind,invoice_numbers
<a118@studio.example>,2026-08-31T09:00:00+02:00,conti@baldini.example,Fattura n. 2026/118,inv,2026/118
<a119@studio.example>,2026-08-31T09:10:00+02:00,ap@verdi.example,\"Invoice 2026/119, for August\",inv,2026/119
<r118@studio.example>,2026-10-05T09:00:00+02:00,conti@baldini.example,Fattura n. 2026/118,r1,2026/118
";

/// A mail whose meaning no rule can miss, and its label.
struct Labelled {
    id: &'static str,
    language: &'static str,
    from: &'static str,
    /// What it answers.
    thread: &'static str,
    words: &'static str,
    intent: &'static str,
    disposition: &'static str,
    risk: &'static str,
}

const BALDINI: Labelled = Labelled {
    id: "one",
    language: "it",
    from: "conti@baldini.example",
    thread: "r118",
    words: "Buongiorno,\nnon abbiamo ricevuto la fattura. Ce la può inviare?",
    intent: "invoice_request",
    disposition: "resend_invoice",
    risk: "safe",
};

const MAILS: [Labelled; 4] = [
    BALDINI,
    Labelled {
        id: "two",
        words: "Abbiamo incaricato il nostro avvocato, vi scriverà lui.",
        intent: "legal",
        disposition: "route_to_owner",
        risk: "must_not_answer",
        ..BALDINI
    },
    Labelled {
        id: "three",
        language: "en",
        from: "ap@verdi.example",
        thread: "a119",
        words: "We paid the invoice yesterday by bank transfer.",
        intent: "payment_made",
        disposition: "confirm_payment",
        risk: "safe",
    },
    // Labelled so that everything about it is wrong: it asks for the invoice, and is answered.
    Labelled { id: "trap", intent: "dispute", disposition: "route_to_owner", risk: "must_not_answer", ..BALDINI },
];

/// A labelled folder of that name.
fn corpus(above: &Path, name: &str) -> PathBuf {
    let folder = above.join(name);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("ledger.csv"), LEDGER).expect("written");
    fs::write(folder.join("sent.csv"), SENT).expect("written");
    let mut labels = String::new();
    for Labelled { id, language, from, thread, words, intent, disposition, risk } in MAILS {
        let invoice = if from.contains("baldini") { "2026/118" } else { "2026/119" };
        let label = json!({
            "id": id, "language": language, "intents": [intent], "invoices": [invoice], "promised_date": null,
            "instalments": null, "amount": null, "payment_reference": null, "return_date": null, "new_contact": null,
            "disposition": disposition, "risk": risk,
        });
        labels.push_str(&format!("{label}\n"));
        let domain = from.split('@').nth(1).expect("a domain");
        let mail = format!(
            "Received: from mail.{domain} by mx.studio.example for <info@studio.example>; Tue, 6 Oct 2026 09:30:01 +0200\n\
             Authentication-Results: mx.studio.example; dkim=pass header.d={domain}; spf=pass smtp.mailfrom={from}; \
             dmarc=pass header.from={domain}\n\
             From: Conti <{from}>\nTo: <info@studio.example>\nSubject: Re: Fattura\nDate: Tue, 6 Oct 2026 09:30:00 +0200\n\
             Message-ID: <{id}@{domain}>\nIn-Reply-To: <{thread}@studio.example>\nMIME-Version: 1.0\n\
             Content-Type: text/plain; charset=utf-8\n\n{words}\n"
        );
        fs::write(folder.join(format!("{id}.eml")), mail).expect("written");
    }
    fs::write(folder.join("labels.jsonl"), labels).expect("written");
    folder
}

/// Where the program runs: with a temporary folder of its own, and no firm in sight.
struct Bench {
    above: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let above = tempfile::tempdir().expect("a folder");
        fs::create_dir(above.path().join("tmp")).expect("a folder");
        Self { above }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("measure").args(arguments).current_dir(self.above.path()).env_clear();
        command.env("TMPDIR", self.above.path().join("tmp"));
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().expect("the program runs");
        assert_eq!(self.left_behind(), Vec::<String>::new());
        output
    }

    fn left_behind(&self) -> Vec<String> {
        let entries = fs::read_dir(self.above.path().join("tmp")).expect("the temporary folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn figures_whole_and_by_language_and_the_wrong_answer_by_name() {
    let bench = Bench::new();
    corpus(bench.above.path(), "mails");
    let said = bench.run(&["mails", "--misread"]);
    assert_eq!(said.status.code(), Some(0), "{}", err(&said));
    let text = out(&said);
    for line in [
        "Read with the rules that came with the program.",
        "mails: 4 mails",
        "wrong automatic answers       1: trap",
        "automatic answers             3 of 4 mails",
        "handled without the owner     100.0 %  (2 of 2)",
        "risk not seen                 1: trap",
        "primary intent                 75.0 %  (3 of 4)",
        "disposition                    75.0 %  (3 of 4)",
        "receivables exact             100.0 %  (4 of 4)",
        "    1  dispute                    read as invoice_request",
        "1 mail read otherwise than labelled",
        "  intents: invoice_request, labelled dispute",
        "  disposition: resend_invoice, labelled route_to_owner",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n--\n{text}");
    }
    assert!(text.contains("by language, per cent"), "{text}");
    let said = bench.run(&["mails", "--misread", "--json"]);
    let answer: Value = serde_json::from_str(&out(&said)).expect("JSON");
    let folder = &answer["folders"][0];
    assert_eq!(folder["figures"]["wrong_automatic_answers"], json!({ "count": 1, "ids": ["trap"] }));
    assert_eq!(folder["figures"]["confusion"]["dispute"], json!({ "invoice_request": 1 }));
    // invoice_request 2/3, legal 1, payment_made 1, dispute 0.
    assert_eq!(folder["figures"]["primary_macro_f1"], json!(66.7));
    assert_eq!(folder["languages"]["en"]["mails"], json!(1));
    assert_eq!(folder["languages"]["it"]["wrong_automatic_answers"]["ids"], json!(["trap"]));
    assert_eq!(folder["misread"].as_array().map(Vec::len), Some(1));
    assert_eq!(folder["misread"][0]["id"], "trap");
    assert_eq!(answer["own_rule_files"], json!([]));
}

#[test]
fn a_folder_that_is_set_aside_shows_figures_and_no_mail() {
    let bench = Bench::new();
    let aside = corpus(bench.above.path(), "riserva_x");
    corpus(bench.above.path(), "open");
    // However it is named: the folder itself tells.
    let inside = bench.command(&[".", "--misread"]).current_dir(&aside).output().expect("the program runs");
    for said in [bench.run(&["riserva_x", "--misread"]), bench.run(&["riserva_x", "--misread", "--json"]), inside] {
        assert_eq!(said.status.code(), Some(0), "{}", err(&said));
        let text = out(&said);
        assert!(text.contains("set aside") || text.contains("\"set_aside\": true"), "{text}");
        assert!(!text.contains("trap") && !text.contains("ricevuto"), "{text}");
        assert!(text.contains("wrong automatic answers       1\n") || text.contains("\"count\": 1"), "{text}");
    }
    // Beside another folder the sum names the other's mails only.
    let said = bench.run(&["riserva_x", "open", "--json"]);
    let answer: Value = serde_json::from_str(&out(&said)).expect("JSON");
    assert_eq!(answer["together"]["wrong_automatic_answers"], json!({ "count": 2, "ids": ["open/trap"] }));
    assert_eq!(answer["together"]["mails"], 8);
    let text = out(&bench.run(&["riserva_x", "open"]));
    assert!(text.contains("All 2 folders: 8 mails") && !text.contains("riserva_x/trap"), "{text}");
}

#[test]
fn what_is_wrong_in_a_folder_is_told_with_its_place() {
    let bench = Bench::new();
    let folder = corpus(bench.above.path(), "mails");
    let labels = fs::read_to_string(folder.join("labels.jsonl")).expect("labels");
    let wrong = |change: &dyn Fn(&Path), parts: &[&str]| {
        fs::write(folder.join("labels.jsonl"), &labels).expect("written");
        fs::write(folder.join("ledger.csv"), LEDGER).expect("written");
        fs::write(folder.join("sent.csv"), SENT).expect("written");
        change(&folder);
        let said = bench.run(&["mails"]);
        assert_eq!(said.status.code(), Some(3), "{}{}", out(&said), err(&said));
        for part in parts {
            assert!(err(&said).contains(part), "{part}\n--\n{}", err(&said));
        }
        assert!(out(&said).is_empty(), "{}", out(&said));
    };
    let write =
        |name: &'static str, text: String| move |folder: &Path| fs::write(folder.join(name), &text).expect("written");
    wrong(
        &write("labels.jsonl", labels.replacen("\"legal\"", "\"legl\"", 1)),
        &["mails/labels.jsonl:2:", "unknown variant `legl`", "^^^^^^", "did you mean `legal`?"],
    );
    wrong(
        &write("labels.jsonl", labels.replacen("2026/119", "2026/191", 1)),
        &["mails/labels.jsonl:3:", "ledger.csv lists no invoice `2026/191`", "did you mean `2026/119`?"],
    );
    wrong(
        &write("labels.jsonl", labels.lines().skip(1).collect::<Vec<_>>().join("\n")),
        &["mails/one.eml: The mail has no label"],
    );
    wrong(
        &write("labels.jsonl", labels.replacen("\"id\":\"one\"", "\"id\":\"nine\"", 1)),
        &["mails/labels.jsonl:1:", "There is no mail `nine.eml`"],
    );
    wrong(&write("labels.jsonl", String::new()), &["mails/labels.jsonl: There are no labels"]);
    wrong(
        &write("ledger.csv", LEDGER.replacen("invoice_number", "number", 1)),
        &["mails/ledger.csv:1:1: There is no column `invoice_number`"],
    );
    wrong(
        &write("sent.csv", SENT.replacen("2026-08-31T09:10:00+02:00", "yesterday", 1)),
        &["mails/sent.csv:3:", "`yesterday` is no instant", "help: 2026-10-05T08:13:17+02:00"],
    );
    wrong(
        &write("sent.csv", SENT.replace('"', "")),
        &["mails/sent.csv:3:", "The row has 7 cells, the first line names 6", "quotes"],
    );
    wrong(
        &|folder| fs::remove_file(folder.join("sent.csv")).expect("removed"),
        &["mails/sent.csv: There is no such file", "docs/reading.md"],
    );
    wrong(
        &write("ledger.csv", LEDGER.replace("IT60X", "IT61X")),
        &["mails/ledger.csv: ", "IT61X0542811101000000123456", "no firm can be made of this folder"],
    );
    // Several folders, everything at once.
    let other = corpus(bench.above.path(), "other");
    fs::remove_file(other.join("ledger.csv")).expect("removed");
    wrong(&write("labels.jsonl", "nonsense\n".into()), &["mails/labels.jsonl:1:1: The line is no label"]);
    let said = bench.run(&["mails", "other"]);
    assert!(err(&said).contains("mails/labels.jsonl:1") && err(&said).contains("other/ledger.csv"), "{}", err(&said));
    let said = bench.run(&["nowhere"]);
    assert_eq!(said.status.code(), Some(5), "{}", err(&said));
    assert!(err(&said).contains("nowhere is no folder"), "{}", err(&said));
}

#[test]
fn broken_off_it_leaves_nothing_behind() {
    let bench = Bench::new();
    let large = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/bottega");
    let large = large.to_str().expect("a plain path");
    let folders = [large; 12];
    let mut child =
        bench.command(&folders).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let begun = Instant::now();
    while bench.left_behind().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it made no temporary folder");
        assert!(child.try_wait().expect("its state").is_none(), "it ended before it could be broken off");
        std::thread::sleep(Duration::from_millis(5));
    }
    let ended = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().expect("kill runs");
    assert!(ended.success());
    let said = child.wait_with_output().expect("its end");
    assert_eq!(said.status.code(), Some(8), "{}", err(&said));
    assert!(err(&said).contains("Broken off"), "{}", err(&said));
    assert_eq!(bench.left_behind(), Vec::<String>::new());
}

#[test]
fn the_rules_of_a_firm_count_where_there_is_one() {
    let bench = Bench::new();
    corpus(bench.above.path(), "mails");
    let firm = bench.above.path();
    fs::create_dir_all(firm.join("rules/it")).expect("a folder");
    for folder in ["cur", "new", "tmp"] {
        fs::create_dir_all(firm.join("Maildir").join(folder)).expect("a Maildir");
    }
    fs::write(
        firm.join("sollecito.toml"),
        "[firm]\nname = \"Studio\"\nperson = \"Marta\"\nphone = \"+39 0461 555019\"\naddress = \"info@studio.example\"\n\n\
         [owner]\nname = \"Marta\"\naddress = \"info@studio.example\"\n\n[mailbox]\npath = \"Maildir\"\n\n[sending]\n\
         transport = \"folder\"\npath = \"outgoing\"\n\n[[bank_account]]\nid = \"main\"\n\
         iban = \"IT60X0542811101000000123456\"\nholder = \"Studio\"\ncurrency = \"EUR\"\n",
    )
    .expect("written");
    fs::write(
        firm.join("rules/it/mine.toml"),
        "language = \"it\"\n\n[[rule]]\nid = \"mine.never\"\nintent = \"hostile\"\nwhy = \"A test.\"\nnegation = \"ignored\"\n\
         patterns = [\"ricevuto la fattura\"]\nexample = [\"Ricevuto la fattura.\"]\ncounter_example = [\"Grazie.\"]\n",
    )
    .expect("written");
    let said = bench.run(&["mails"]);
    let text = out(&said);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("1 own file: rules/it/mine.toml"), "{text}{}", err(&said));
    assert!(text.lines().any(|line| line.starts_with("hostile ")), "{text}");
    assert!(text.contains("wrong automatic answers       0"), "{text}");
}
