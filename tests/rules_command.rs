//! Rules as a craft: a person who never programmed adds a phrase to a file and sees at once what it changes.

// A test that cannot go on says so; helpers of tests are not `#[test]` functions themselves.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::Value;
use sollecito::classify::{RuleSet, RuleSource, Utterance, sources_shipped};
use sollecito::ledger::ids::RuleId;
use sollecito::ledger::money::Currency;
use sollecito::ledger::words::{Intent, Language, MessageKind};
use sollecito::measure::{Sentence, sentences_shipped};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// A firm's folder.
struct Firm {
    folder: tempfile::TempDir,
}

/// What one run of the program said.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

const SETTINGS: &str = "\
[firm]
name = \"Studio Larice\"
person = \"Marta Larice\"
phone = \"+39 0461 555019\"
address = \"marta@larice.example\"

[owner]
name = \"Marta\"
address = \"marta@larice.example\"

[mailbox]
path = \"Maildir\"

[sending]
transport = \"folder\"
path = \"outgoing\"

[[bank_account]]
id = \"main\"
iban = \"IT60X0542811101000000123456\"
holder = \"Studio Larice\"
currency = \"EUR\"
";

impl Firm {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for part in ["Maildir/cur", "Maildir/new", "Maildir/tmp", "rules/it"] {
            fs::create_dir_all(folder.path().join(part)).expect("a folder");
        }
        fs::write(folder.path().join("sollecito.toml"), SETTINGS).expect("written");
        Self { folder }
    }

    /// The owner's own file of Italian rules.
    fn own(&self, text: &str) {
        fs::write(self.folder.path().join("rules/it/mine.toml"), format!("language = \"it\"\n{text}"))
            .expect("written");
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_sollecito"))
            .args(arguments)
            .arg("--now=2026-11-16")
            .current_dir(self.folder.path())
            .env_clear()
            .output()
            .expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    fn good(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, Some(0), "{arguments:?}: {}{}", said.out, said.err);
        said.out
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let mut arguments = arguments.to_vec();
        arguments.push("--json");
        serde_json::from_str(&self.good(&arguments)).expect("JSON")
    }
}

fn rule(id: &str, intent: &str, pattern: &str, example: &str) -> String {
    format!(
        "\n[[rule]]\nid = \"{id}\"\nintent = \"{intent}\"\nwhy = \"As our customers say it.\"\npatterns = [\"{pattern}\"]\n\
         weight = 90\nexample = [\"{example}\"]\ncounter_example = [\"Buon Natale a tutti voi\"]\n"
    )
}

fn read(rules: &RuleSet, text: &str) -> Vec<Intent> {
    let utterance = Utterance {
        text,
        people: BTreeSet::new(),
        company: Vec::new(),
        signature: String::new(),
        concealed: "",
        subject: "",
        attachment_names: Vec::new(),
        day: "2026-11-16".parse().expect("a day"),
        language: None,
        kind: MessageKind::Reply,
        currency: Currency::parse("EUR").expect("a currency"),
        own_ibans: &[],
    };
    let rules = rules.read(&utterance).intents.into_iter().filter(|found| !found.rule.as_str().starts_with("advice."));
    rules.map(|found| found.intent).collect()
}

/// A short Italian sentence of the package that the shipped rules do not understand, of plain words, labelled as a
/// promise. There will be some as long as rules are written by people.
fn not_understood() -> Sentence {
    let shipped = RuleSet::shipped().expect("the shipped rules");
    let plain = |text: &str| {
        let words = text.trim_end_matches('.').split(' ').count();
        (4..8).contains(&words) && text.trim_end_matches('.').chars().all(|c| c.is_ascii_alphabetic() || c == ' ')
    };
    sentences_shipped()
        .into_iter()
        .filter(|one| one.language == Language::Italian && one.intents == [Intent::PromiseToPay] && plain(one.text))
        .find(|one| read(&shipped, one.text).is_empty())
        .expect("a sentence that no rule understands")
}

/// One own file that does good, harm, and worse than harm.
#[test]
fn what_own_rules_change_is_seen_at_once_the_worst_first() {
    let firm = Firm::new();
    let sentence = not_understood();
    let phrase = sentence.text.trim_end_matches('.');
    assert!(firm.good(&["rules", "try", phrase]).starts_with("No rule understands it.\n"));
    let good = rule("mine.promise", "promise_to_pay", phrase, phrase);
    // Whoever names an estimate is said to have paid.
    let harm = rule("mine.paid", "payment_made", "preventivo", "preventivo");
    // Insolvencies are no longer seen.
    let hidden = "\n[[rule]]\nid = \"it.legal.insolvency\"\ndisabled = true\n";
    firm.own(&format!("{good}{harm}{hidden}"));
    let tried = firm.good(&["rules", "try", phrase]);
    let words = tried.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("promise_to_pay (90 %)") && words.contains("mine.promise (yours)"), "{tried}");

    let ordinary = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/ordinary");
    let tested = firm.json(&["rules", "test", "--corpus", ordinary]);
    let changes = tested["changes"].as_array().expect("a list");
    let of = |kind: &str| changes.iter().filter(|change| change["change"] == kind).collect::<Vec<_>>();
    let change = of("better").into_iter().find(|change| change["line"] == sentence.line).expect("it is read better");
    assert_eq!(change["file"], "training/it.txt");
    assert_eq!(change["before"]["intents"], Value::Array(Vec::new()));
    assert_eq!(change["now"]["intents"][0]["rule"], "mine.promise");
    assert!(change["now"]["intents"][0]["evidence"].as_str().is_some_and(|words| words.eq_ignore_ascii_case(phrase)));
    assert!(!of("risk_unseen").is_empty() && !of("worse").is_empty());
    assert_eq!(changes[0]["change"], "risk_unseen", "the worst comes first");
    let right = |side: &str| tested["sentences"][side]["all"]["right"].as_u64().expect("a count");
    assert!(right("in_force") < right("shipped"));
    assert!(tested["conflicts_with_own_rules"].as_u64().is_some_and(|count| count > 0));

    let folder = &tested["folders"][0];
    let mails = folder["mails"].as_array().expect("a list");
    assert_eq!(folder["changed"], mails.len());
    assert!(mails.iter().any(|mail| mail["wrong_now"] != mail["wrong_before"]), "{folder}");
    let right = |side: &str| folder[side]["all_intents"]["right"].as_u64().expect("a count");
    assert!(right("in_force") < right("shipped"), "{folder}");

    let text = firm.good(&["rules", "test", "--all"]);
    for part in [
        "by the shipped rules",
        " with a RISK that is not seen any more\n",
        " worse than before\n",
        " better than before\n",
        "\nRISK     «",
        "\nworse    «",
        "\nbetter   «",
        "payment_made by mine.paid «",
        "contradict each other",
    ] {
        assert!(text.contains(part), "{part}\n--\n{text}");
    }
    let short = firm.good(&["rules", "test"]);
    assert!(short.len() < text.len() && short.contains(" more: --all"), "{short}");
}

#[test]
fn rules_that_contradict_each_other_are_shown_with_own_ones_first() {
    let firm = Firm::new();
    firm.own(&rule("mine.paid", "payment_made", "avvocato", "avvocato"));
    let found = firm.json(&["rules", "conflicts"]);
    let found = found["conflicts"].as_array().expect("a list");
    let own = found.iter().take_while(|pair| pair["own"] == true).count();
    assert!(own > 0 && own < found.len() && found.iter().skip(own).all(|pair| pair["own"] == false));
    for group in [&found[..own], &found[own..]] {
        let counts: Vec<u64> = group.iter().map(|pair| pair["count"].as_u64().expect("a count")).collect();
        assert!(counts.is_sorted_by(|one, next| one >= next), "{counts:?}");
    }
    let sides = found[0]["rules"].as_array().expect("two");
    let mine = sides.iter().find(|side| side["rule"] == "mine.paid").expect("the own rule");
    let other = sides.iter().find(|side| side["rule"] != "mine.paid").expect("another rule");
    assert_eq!((&mine["intent"], &other["intent"]), (&"payment_made".into(), &"legal".into()));
    assert_eq!(found[0]["count"], other["right"], "where the lawyer is named nobody has paid");
    assert!(other["example"]["text"].as_str().is_some_and(|text| text.to_lowercase().contains("avvocato")));
    let text = firm.good(&["rules", "conflicts"]);
    let head = text.lines().skip_while(|line| !line.is_empty()).nth(1).expect("a first pair");
    assert!(head.ends_with(" times (yours)"), "{text}");
    assert!(text.contains("mine.paid says payment_made: right 0 times"), "{text}");
}

#[test]
fn an_own_example_that_fails_is_a_mistake_and_no_mistake_in_a_rule_stops_an_order() {
    let firm = Firm::new();
    firm.own(&rule("mine.odd", "promise_to_pay", "non pago", "La fattura dorme."));
    for command in [&["rules", "check"][..], &["check"]] {
        let said = firm.run(command);
        assert_eq!(said.code, Some(3), "{command:?}: {}", said.err);
        let told = said.err.contains("rules/it/mine.toml:") && said.err.contains("`La fattura dorme.` is not held");
        assert!(told, "{}", said.err);
    }
    firm.own("[[rule]\nbroken");
    assert_eq!(firm.run(&["check"]).code, Some(3));
    for command in ["status", "outbox"] {
        let said = firm.run(&[command]);
        assert_eq!(said.code, Some(0), "{command}: {}", said.err);
        assert!(
            said.err.contains("`sollecito check` shows them"),
            "it says that something is left aside: {}",
            said.err
        );
    }
}

#[test]
fn without_own_rules_only_the_totals_are_said() {
    let firm = Firm::new();
    let text = firm.good(&["rules", "test"]);
    let sentences = sentences_shipped().len().to_string();
    assert!(text.contains("all as they say.") && text.contains(&sentences), "{text}");
    assert!(!text.contains("own rules") && !text.contains("shipped"), "{text}");
    assert_eq!(text.lines().count(), 9, "{text}");
}

#[test]
fn own_rules_override_add_and_disable() {
    let firm = Firm::new();
    let send = "Ci può reinviare la fattura?";
    assert!(firm.good(&["rules", "try", send]).contains("it.invoice_request.send"));
    // The same id replaces, whatever the shipped rule held.
    let mine = rule("it.invoice_request.send", "invoice_request", "la rivoglio", "La rivoglio.");
    firm.own(&mine);
    let explained = firm.good(&["rules", "explain", "it.invoice_request.send"]);
    assert!(
        explained.contains("la rivoglio") && explained.contains("rules/it/mine.toml, a file of your own"),
        "{explained}"
    );
    assert!(firm.good(&["rules", "try", "La rivoglio!"]).contains("it.invoice_request.send (yours)"));
    assert!(!firm.good(&["rules", "try", send]).contains("it.invoice_request.send"));
    // Disabled: gone.
    firm.own("\n[[rule]]\nid = \"it.invoice_request.send\"\ndisabled = true\n");
    assert_eq!(firm.run(&["rules", "explain", "it.invoice_request.send"]).code, Some(5));
    // A word that a shipped list lacks is added to it.
    firm.own("\n[words]\npaper = [\"cartuccella\"]\n");
    assert!(firm.good(&["rules", "try", "Ci può reinviare la cartuccella?"]).contains("it.invoice_request.send"));
    let explained = firm.good(&["rules", "explain", "it.invoice_request.send"]);
    assert!(explained.contains("  {paper} fattura") && explained.contains("cartuccella"), "{explained}");
    let json = firm.json(&["rules", "explain", "it.invoice_request.send"]);
    assert!(json["word_lists"]["paper"].as_array().is_some_and(|list| list.iter().any(|word| word == "cartuccella")));
    assert_eq!(json["own"], false);
}

#[test]
fn own_rules_survive_an_upgrade() {
    let own = |text: &str| {
        let text = format!("language = \"it\"\n{text}");
        [RuleSource { file: "rules/it/mine.toml".to_owned(), text }]
    };
    let replaced = rule("it.invoice_request.send", "invoice_request", "la rivoglio", "La rivoglio.");
    let added = rule("mine.round", "promise_to_pay", "giro di lippa", "giro di lippa");
    let gone = "\n[[rule]]\nid = \"it.old.rule\"\ndisabled = true\n";
    let own = own(&format!("{replaced}{added}{gone}"));
    // The next version says the replaced rule otherwise, and no longer has the one that was disabled.
    let mut next = sources_shipped();
    let file = next.iter_mut().find(|file| file.file == "it/invoice_request.toml").expect("the file");
    let changed = file.text.replacen("{send} .. copia", "{send} subito .. copia", 1);
    assert_ne!(changed, file.text);
    file.text = changed;
    for shipped in [sources_shipped(), next] {
        let rules = RuleSet::compile(&shipped, &own).expect("good rules");
        let send = rules.rule(&RuleId::new("it.invoice_request.send")).expect("the rule");
        assert_eq!(
            (send.file.as_str(), send.patterns.as_slice()),
            ("rules/it/mine.toml", &["la rivoglio".to_owned()][..])
        );
        assert_eq!(read(&rules, "La mettiamo nel giro di lippa."), [Intent::PromiseToPay]);
        assert!(rules.run_examples().is_empty());
        // What is disabled and not there harms nothing, and is said.
        let notes: Vec<String> = rules.notes().iter().map(ToString::to_string).collect();
        assert!(notes.len() == 1 && notes[0].contains("There is no rule `it.old.rule` to disable"), "{notes:?}");
    }
    let firm = Firm::new();
    firm.own(gone);
    for command in [&["rules", "check"][..], &["check"]] {
        let said = firm.good(command).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("Note: rules/it/mine.toml:4: There is no rule `it.old.rule` to disable"), "{said}");
    }
}

#[test]
fn a_broken_own_file_is_told_with_place_excerpt_and_remedy() {
    let firm = Firm::new();
    let good = rule("mine.round", "promise_to_pay", "{transfr} .. lippa", "bonifico di lippa");
    firm.own(&good);
    let commands: [&[&str]; 8] = [
        &["rules", "test"],
        &["rules", "check"],
        &["rules", "conflicts"],
        &["rules", "try", "Buongiorno"],
        &["rules", "explain", "mine.round"],
        &["check"],
        &["once"],
        &["scan"],
    ];
    for command in commands {
        let said = firm.run(command);
        assert_eq!(said.code, Some(3), "{command:?}: {}{}", said.out, said.err);
        let place = "rules/it/mine.toml:7:13: There is no word list `transfr` in this language\n  \
                     7 | patterns = [\"{transfr} .. lippa\"]\n    |             ^^^^^^^^^^^^^^^^^^^^\n  \
                     help: did you mean `{transfer}`?\n";
        assert!(said.err.contains(place), "{command:?}: {}", said.err);
        assert!(said.out.is_empty(), "{command:?}: {}", said.out);
    }
    // A rule whose own example it does not hold is told too, when the rules are tested.
    firm.own(&rule("mine.round", "promise_to_pay", "giro di lippa", "Paghiamo a lippa."));
    let said = firm.run(&["rules", "test"]);
    assert_eq!(said.code, Some(3), "{}{}", said.out, said.err);
    assert!(said.err.contains("rules/it/mine.toml:4:"), "{}", said.err);
    assert!(said.err.contains("The example `Paghiamo a lippa.` is not held by `mine.round`"), "{}", said.err);
}

#[test]
fn a_sentence_is_tried_with_its_facts_and_what_stays_unread() {
    let firm = Firm::new();
    let said = firm.good(&["rules", "try", "Bonifichiamo 1.220,00 euro venerdì prossimo."]);
    for part in
        ["promise_to_pay", "  day          2026-11-20", "  amount       1220.00", "  so           record_promise"]
    {
        assert!(said.contains(part), "{part}\n--\n{said}");
    }
    let said = firm.good(&[
        "rules",
        "try",
        "Il nuovo conto è IT19N0998810600000000020931. La giraffa ha mangiato il tetto. Pagate lì entro il 30.",
    ]);
    for part in [
        "  unclear      «La giraffa ha mangiato il tetto», ",
        "  warning      foreign iban",
        "  so           route_to_owner",
    ] {
        let part = part.trim_end_matches(", ");
        assert!(said.contains(part), "{part}\n--\n{said}");
    }
    let json = firm.json(&["rules", "try", "Il nuovo conto è IT19N0998810600000000020931."]);
    assert_eq!(json["warnings"], serde_json::json!(["foreign_iban"]));
    assert_eq!(json["disposition"], "route_to_owner");
}
