//! Settings as a person would write them, and as they go wrong.

use super::sheet::Sheet;
use super::starter::{Answers, settings};
use super::*;
use crate::ledger::money::{Currency, Money};
use crate::ledger::words::{DebtorKind, Mode, Purpose};
use crate::policy::terms::{StepAct, When};
use std::collections::BTreeSet;

fn answers() -> Answers {
    let text = |text: &str| Some(text.to_owned());
    Answers {
        name: text("Studio \"Ferri\""),
        person: text("Marta Ferri"),
        address: text("marta@studioferri.example"),
        phone: text("+39 02 1234567"),
        maildir: text("/srv/mail/marta"),
        iban: text("IT60 X054 2811 1010 0000 0123 456"),
        ..Answers::default()
    }
}

fn load_text(text: &str) -> Result<Firm, Vec<Problem>> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(SETTINGS_FILE);
    std::fs::write(&file, text).expect("written");
    load(&file)
}

fn loaded(text: &str) -> Firm {
    load_text(text).unwrap_or_else(|problems| {
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n"))
    })
}

#[test]
fn what_init_writes_is_good_and_says_the_answers() {
    let firm = loaded(&settings(&answers()));
    assert_eq!(firm.letterhead.firm, "Studio \"Ferri\"");
    assert_eq!(firm.settings.owner.name, "Marta Ferri");
    assert_eq!(firm.settings.mailbox.place, MailboxPlace::Maildir { path: PathBuf::from("/srv/mail/marta") });
    let account = firm.letterhead.bank_accounts.first().expect("an account");
    assert_eq!(account.iban, "IT60X0542811101000000123456");
    assert_eq!(account.holder, "Studio \"Ferri\"");
    assert_eq!(firm.settings.database, firm.folder.join("sollecito.db"));
}

/// The commented defaults are the real ones: taking every # away changes nothing.
#[test]
fn the_commented_defaults_are_the_defaults() {
    let text = settings(&answers());
    let plain = loaded(&text);
    let mut section = String::new();
    let spoken: String = text
        .lines()
        .map(|line| {
            if line.starts_with('[') {
                section = line.to_owned();
            }
            let free = ["[limits]", "[calendar]", "[modes]", "[final_notice]"].contains(&section.as_str());
            let line =
                if free { line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line) } else { line };
            format!("{line}\n")
        })
        .filter(|line| !["closed", "patron", "region"].iter().any(|key| line.starts_with(key)))
        .collect();
    assert_ne!(text, spoken);
    assert_eq!(loaded(&spoken).policy, plain.policy);
}

/// Every key that is read stands in the file that `init` writes, with a remark; and nothing stands there that is not read.
#[test]
fn the_starter_is_the_whole_manual() {
    let text = settings(&answers());
    let (sheet, table) = Sheet::parse("sollecito.toml", &text);
    {
        let root = sheet.root(&table);
        let _ = Parts::read(&root, Path::new("."), |_| super::ladders::Ladders::default());
    }
    let asked = sheet.asked();
    let mut section = String::new();
    let mut shown = BTreeSet::new();
    for line in text.lines() {
        let bare = line.trim_start_matches("# ");
        if let Some(name) = bare.strip_prefix('[').map(|rest| rest.trim_start_matches('[').trim_end_matches(']')) {
            section = name.to_owned();
            shown.insert(section.split('.').next().expect("a name").to_owned());
            shown.insert(section.clone());
        }
        if let Some((key, _)) = bare.split_once(" = ")
            && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            && section != "import.columns"
        {
            shown.insert(format!("{section}.{key}"));
        }
    }
    // `password` is asked for only to be refused.
    let asked: BTreeSet<String> = asked.into_iter().filter(|key| !key.ends_with(".password")).collect();
    assert_eq!(asked.difference(&shown).collect::<Vec<_>>(), Vec::<&String>::new(), "read, but not shown");
    assert_eq!(shown.difference(&asked).collect::<Vec<_>>(), Vec::<&String>::new(), "shown, but not read");
}

/// The same firm with its mailbox on a server.
fn on_a_server(mailbox: &str, sending: &str) -> Firm {
    let text = settings(&answers()).replace(
        "kind = \"maildir\"\npath = \"/srv/mail/marta\"",
        &format!("kind = \"imap\"\nhost = \"imap.provider.example\"\n{mailbox}\n#"),
    );
    let out = format!("transport = \"smtp\"\nhost = \"smtp.provider.example\"\n{sending}\n#");
    loaded(&text.replace("transport = \"folder\"\npath = \"outgoing\"", &out))
}

fn logins(firm: &Firm) -> (ImapSettings, SmtpSettings) {
    match (&firm.settings.mailbox.place, &firm.settings.sending.transport) {
        (MailboxPlace::Imap(imap), TransportSettings::Smtp(smtp)) => (imap.clone(), smtp.clone()),
        other => panic!("{other:?}"),
    }
}

/// What `init` writes about servers is read back as it was meant.
#[test]
fn answers_about_servers_are_read_back() {
    let words = ["pass", "show", "posta \"studio\""].map(str::to_owned).to_vec();
    let login = LoginSettings { user: "marta".to_owned(), secret: SecretSettings::PasswordCommand(words) };
    let imap = ImapSettings {
        host: "imap.provider.example".to_owned(),
        port: 143,
        tls: Tls::Starttls,
        login: login.clone(),
        ca_file: Some(PathBuf::from("/etc/ca.pem")),
        watch: Watch::Idle,
    };
    let smtp = SmtpSettings {
        host: "smtp.provider.example".to_owned(),
        port: 587,
        tls: Tls::Starttls,
        login: Some(login.clone()),
        ca_file: None,
    };
    for other in [login, LoginSettings { user: "m".to_owned(), secret: SecretSettings::PasswordFile("/p".into()) }] {
        let smtp = SmtpSettings { login: Some(other), ..smtp.clone() };
        let seen = vec![("mx.provider.example".to_owned(), 48)];
        let given = Answers {
            imap: Some(imap.clone()),
            smtp: Some(smtp.clone()),
            sent_copy: Some(SentCopy::Server),
            authserv_seen: seen,
            maildir: None,
            ..answers()
        };
        let text = settings(&given);
        assert!(text.contains("# seen on 48 of the last mails: mx.provider.example\n# authserv_ids ="), "{text}");
        let firm = loaded(&text);
        assert_eq!(logins(&firm), (imap.clone(), smtp));
        assert_eq!(firm.settings.sending.sent_copy, SentCopy::Server);
        let chosen = Answers { authserv_ids: vec!["mx.provider.example".to_owned()], ..given };
        let firm = loaded(&settings(&chosen));
        assert_eq!(firm.settings.mailbox.authserv_ids, ["mx.provider.example"]);
    }
}

#[test]
fn a_server_needs_little_said() {
    let firm = on_a_server("password_file = \"password.txt\"", "");
    let (imap, smtp) = logins(&firm);
    let login = LoginSettings {
        user: "marta@studioferri.example".to_owned(),
        secret: SecretSettings::PasswordFile(firm.folder.join("password.txt")),
    };
    assert_eq!((imap.port, imap.tls, imap.watch), (993, Tls::Implicit, Watch::Idle));
    assert_eq!(imap.login, login);
    assert_eq!((smtp.port, smtp.tls, smtp.login), (465, Tls::Implicit, Some(login)), "one login for both");
}

#[test]
fn the_way_out_may_log_in_by_itself() {
    let words = SecretSettings::TokenCommand(vec!["oauth-token".to_owned(), "marta".to_owned()]);
    let mailbox =
        "tls = \"starttls\"\nuser = \"marta\"\ntoken_command = [\"oauth-token\", \"marta\"]\nwatch = \"poll\"";
    let (imap, smtp) = logins(&on_a_server(mailbox, "tls = \"starttls\"\npassword_credential = \"relay\""));
    assert_eq!((imap.port, imap.login.secret, imap.watch), (143, words.clone(), Watch::Poll));
    let relay = SecretSettings::PasswordCredential("relay".to_owned());
    assert_eq!((smtp.port, smtp.login), (587, Some(LoginSettings { user: "marta".to_owned(), secret: relay })));
    let (_, smtp) = logins(&on_a_server(mailbox, "tls = \"none\""));
    assert_eq!((smtp.port, smtp.login), (25, None), "nobody logs in in clear unless it is said");
    let local = "tls = \"none\"\nuser = \"m\"\npassword_file = \"p\"";
    let text = settings(&answers()).replace(
        "transport = \"folder\"\npath = \"outgoing\"",
        &format!("transport = \"smtp\"\nhost = \"127.0.0.2\"\n{local}"),
    );
    assert!(matches!(loaded(&text).settings.sending.transport, TransportSettings::Smtp(smtp) if smtp.login.is_some()));
    let text = settings(&answers()).replace(
        "transport = \"folder\"\npath = \"outgoing\"",
        "transport = \"smtp\"\nhost = \"smtp.provider.example\"",
    );
    assert!(matches!(loaded(&text).settings.sending.transport, TransportSettings::Smtp(smtp) if smtp.login.is_none()));
}

#[test]
fn every_field_of_the_import_is_named_in_the_manual() {
    let text = settings(&Answers::default());
    let list = text.split("# The fields:").nth(1).expect("the list of fields");
    let named: BTreeSet<&str> = list.split(|c: char| !c.is_ascii_lowercase() && c != '_').collect();
    for field in crate::ledger::import_terms::Field::ALL {
        assert!(named.contains(field.as_str()), "{field} is not named");
    }
}

#[test]
fn amounts_are_exact_however_they_are_written() {
    for written in ["2000.10", "\"2000.10\"", "2_000.10"] {
        let text = settings(&answers())
            .replace("# deferral_max_amount = 2000.00", &format!("deferral_max_amount = {written}"));
        assert_eq!(loaded(&text).policy.limits.deferral.max_amount, Money::eur(200_010));
    }
}

#[test]
fn amounts_follow_the_currency_of_the_import() {
    let text = settings(&answers()).replace("# currency = \"EUR\"\n# issuer", "currency = \"GBP\"\n# issuer");
    let firm = loaded(&text);
    assert_eq!(firm.policy.limits.minimum, Money::new(500, Currency::parse("GBP").expect("a code")));
}

#[test]
fn modes_begin_with_observe() {
    let firm = loaded(&settings(&answers()).replace("# reminder = \"observe\"", "reminder = \"draft\" #"));
    assert_eq!(firm.policy.modes.get(&Purpose::Reminder), Some(&Mode::Draft));
    assert_eq!(firm.policy.modes.get(&Purpose::Deferral), Some(&Mode::Observe));
    assert_eq!(firm.policy.modes.get(&Purpose::Notice), None);
}

#[test]
fn every_kind_has_a_ladder_that_begins_friendly_and_ends_with_the_owner() {
    let firm = loaded(&settings(&answers()));
    for kind in DebtorKind::ALL {
        let steps = &firm.policy.ladders.get(kind).unwrap_or_else(|| panic!("no ladder for {kind}")).steps;
        let asks: Vec<&StepAct> = steps.iter().map(|step| &step.act).filter(|act| !act.is_courtesy()).collect();
        assert!(matches!(asks[0], StepAct::Mail(id) if id.as_str() == "reminder_friendly"), "{kind}");
        assert!(matches!(steps.last().expect("a step").act, StepAct::OwnerDraft(_)), "{kind}");
    }
}

#[test]
fn an_own_ladder_replaces_one_kind_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(SETTINGS_FILE);
    std::fs::write(&file, settings(&answers())).expect("written");
    std::fs::create_dir_all(folder.path().join("rules/it")).expect("a folder");
    std::fs::create_dir_all(folder.path().join("templates/it")).expect("a folder");
    std::fs::write(
        folder.path().join("rules/ladders.toml"),
        "[consumer]\nsteps = [ { id = \"friendly\", after_days = 12, mail = \"gentle\" } ]\n",
    )
    .expect("written");
    std::fs::write(folder.path().join("rules/it/own.toml"), "").expect("written");
    std::fs::write(folder.path().join("templates/it/gentle.formal.txt.hbs"), "Ciao\n\nx\n").expect("written");
    let firm = load(&file).expect("good");
    assert_eq!(firm.policy.ladders[&DebtorKind::Consumer].steps[0].when, When::After(12));
    assert_eq!(
        firm.policy.ladders[&DebtorKind::Unknown].steps[0].when,
        When::After(12),
        "unknown is the same as consumer"
    );
    assert_eq!(firm.policy.ladders[&DebtorKind::Firm].steps[3].when, When::After(7));
    assert_eq!(firm.rule_sources.len(), 1);
    assert_eq!(firm.template_sources[0].file, "templates/it/gentle.formal.txt.hbs");
}

#[test]
fn own_addresses_are_complete_and_each_once() {
    let text = settings(&answers()).replace("# aliases", "aliases");
    let firm = loaded(&text);
    let own: Vec<&str> = firm.reader.own_addresses.iter().map(|address| address.as_str()).collect();
    assert_eq!(own, ["info@studioferri.example", "marta@studioferri.example"]);
    assert_eq!(firm.policy.own_addresses.len(), 2);
}

#[test]
fn a_file_that_is_not_there_says_how_to_get_one() {
    let problems = load(Path::new("/nonexistent/sollecito.toml")).expect_err("not there");
    assert!(problems[0].remedy.as_deref().expect("a remedy").contains("sollecito init /nonexistent"));
}

proptest::proptest! {
    /// Hostile settings never panic, and are never taken for good without the firm's name.
    #[test]
    fn anything_may_stand_in_the_file(noise in "[\\[\\]a-z=\"#\n{}., 0-9è-]{0,120}") {
        proptest::prop_assert!(load_text(&noise).is_err());
    }

    /// A starter with a piece cut out is either good or reported, never a panic.
    #[test]
    fn a_damaged_starter_is_reported(from in 0usize..4000, length in 0usize..60) {
        let text: String = settings(&answers()).chars().enumerate()
            .filter(|(index, _)| !(from..from + length).contains(index)).map(|(_, c)| c).collect();
        let _ = load_text(&text);
    }
}

/// The ladders in `rules/ladders.toml` and those with which `policy/` is tested are the same.
#[test]
fn the_shipped_ladders_are_those_of_the_shipped_policy() {
    let firm = loaded(&settings(&answers()));
    assert_eq!(firm.policy.ladders, Policy::shipped().ladders);
    assert_eq!(firm.policy.named_ladders, Policy::shipped().named_ladders);
}

/// Half-year by half-year as published, and nothing before or after.
#[test]
fn the_shipped_rates_of_late_interest() {
    let firm = loaded(&settings(&answers()));
    let claims = &firm.policy.late_payment;
    assert_eq!((claims.interest, claims.compensation), (false, false), "nothing is claimed unless the owner says so");
    assert_eq!(firm.letterhead.late_payment, *claims);
    let day = |y, m, d| chrono::NaiveDate::from_ymd_opt(y, m, d).expect("a day");
    let rate = |y, m, d| claims.rates.on(day(y, m, d)).map(|rate| rate.0);
    assert_eq!((rate(2012, 12, 31), rate(2013, 1, 1), rate(2016, 6, 30)), (None, Some(875), Some(805)));
    assert_eq!((rate(2016, 7, 1), rate(2022, 12, 31), rate(2023, 1, 1)), (Some(800), Some(800), Some(1_050)));
    assert_eq!((rate(2024, 6, 30), rate(2025, 7, 1), rate(2026, 3, 1)), (Some(1_250), Some(1_015), Some(1_015)));
    assert_eq!((rate(2026, 7, 1), rate(2026, 12, 31), rate(2027, 1, 1)), (Some(1_040), Some(1_040), None));
}

#[test]
fn an_own_rate_is_added_and_claims_are_switched_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(SETTINGS_FILE);
    let text = settings(&answers()).replace("# late_interest = false", "late_interest = true");
    std::fs::write(&file, text).expect("written");
    std::fs::create_dir_all(folder.path().join("rules")).expect("a folder");
    let own = "rates = [\n  { from = \"2026-07-01\", percent = 10.4, source = \"GU 163\" },\n  \
               { from = \"2027-01-01\", percent = 10.15, source = \"GU 15\" },\n]\n";
    std::fs::write(folder.path().join("rules/interest.toml"), own).expect("written");
    let firm = load(&file).expect("good");
    let claims = &firm.letterhead.late_payment;
    assert_eq!((claims.interest, claims.compensation), (true, false));
    let day = |y, m| chrono::NaiveDate::from_ymd_opt(y, m, 1).expect("a day");
    assert_eq!(claims.rates.on(day(2027, 1)).map(|rate| rate.0), Some(1_015));
    assert_eq!(claims.rates.on(day(2026, 7)).map(|rate| rate.0), Some(1_040));
    assert_eq!(firm.rule_sources.len(), 0, "it is no file of reading rules");
}

/// Every line of the example that `init` writes is good as it stands, once its # is taken away.
#[test]
fn the_example_of_customers_is_good_and_arranges_nothing_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(SETTINGS_FILE);
    std::fs::write(&file, settings(&answers())).expect("written");
    let example = super::starter::files(&answers()).into_iter().find(|file| file.file == CUSTOMERS_FILE);
    let example = example.expect("an example").text;
    std::fs::write(folder.path().join(CUSTOMERS_FILE), &example).expect("written");
    assert_eq!(load(&file).expect("good").policy.customers, Default::default());
    let is_key = |rest: &str| rest.starts_with("[[") || rest.split(' ').nth(1) == Some("=");
    let spoken = example.lines().map(|line| line.strip_prefix("# ").filter(|rest| is_key(rest)).unwrap_or(line));
    let spoken = spoken.collect::<Vec<_>>().join("\n");
    std::fs::write(folder.path().join(CUSTOMERS_FILE), &spoken).expect("written");
    std::fs::create_dir(folder.path().join("rules")).expect("a folder");
    let ladder = "[[ladder]]\nname = \"patient\"\nsteps = [ { id = \"friendly\", after_days = 10, mail = \"reminder_friendly\" } ]\n";
    std::fs::write(folder.path().join("rules/ladders.toml"), ladder).expect("written");
    let firm = load(&file).unwrap_or_else(|problems| panic!("{}", problems[0]));
    let book = &firm.policy.customers;
    assert_eq!((book.groups.len(), book.entries.len(), firm.customer_entries.len()), (4, 3, 3));
    let linked: Vec<&str> =
        book.groups.iter().filter(|(_, group)| group.one_mail).map(|(name, _)| name.as_str()).collect();
    assert_eq!(linked, ["sisters"], "nobody shares a mail unless it is said");
    let good = book.groups.get(&crate::ledger::ids::GroupName::new("good_payers")).expect("a group");
    assert_eq!(good.deferral.max_amount, Some(Money::eur(500_000)));
    assert_eq!(good.wishes.payment_day, Some(10));
    assert_eq!(book.by_record.len(), 1);
    assert_eq!(firm.policy.named_ladders.len(), 2);
    assert!(firm.policy.owners_steps().next().is_some());
}

/// Who is meant, only the books can say.
#[test]
fn customers_who_are_nobody_or_two_are_told_with_their_place() {
    use crate::ledger::ids::CustomerId;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(SETTINGS_FILE);
    std::fs::write(&file, settings(&answers())).expect("written");
    let text = "[[customer]]\nname = \"Officine Baldini Srl\"\nvip = true\n\n[[customer]]\nname = \"Verdi\"\n\n\
                [[customer]]\ncode = \"C1\"\n\n[[customer]]\nvat_number = \"01234567897\"\n";
    std::fs::write(folder.path().join(CUSTOMERS_FILE), text).expect("written");
    let entries = load(&file).expect("good").customer_entries;
    let customer = |id: i64, code: Option<&str>, name: &str, vat: Option<&str>| crate::ledger::customer::Customer {
        id: CustomerId(id),
        external_id: code.map(str::to_owned),
        name: name.to_owned(),
        vat_number: vat.map(str::to_owned),
        tax_code: None,
        kind: DebtorKind::Firm,
        language: crate::ledger::words::Language::Italian,
        register: crate::ledger::words::Register::Formal,
        country: None,
        contacts: Vec::new(),
        vip: false,
        do_not_contact: false,
        phone: None,
        payment_day: None,
        arranged: Default::default(),
    };
    let books = [
        customer(1, Some("C1"), "Officine Baldini S.r.l.", Some("IT01234567897")),
        customer(2, Some("C2"), "Verdi", None),
        customer(3, Some("C3"), "Verdi ", None),
    ];
    let said: Vec<String> = against_books(&entries, &books).iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].starts_with("customers.toml:2:8: No customer is known by `Officine Baldini Srl`"), "{}", said[0]);
    assert!(said[0].contains("did you mean `Officine Baldini S.r.l.`?"), "{}", said[0]);
    assert!(
        said[1].contains(":6:8: `Verdi` may be 2 customers") && said[1].contains("code = \"C2\", or code = \"C3\"")
    );
    assert!(said[2].contains("customers.toml:12:14: Officine Baldini S.r.l. is named already, by `C1`"), "{}", said[2]);
    assert_eq!(against_books(&entries, &[]), Vec::new(), "before the first import nobody can say");
}
