//! Letters as customers receive them: every text in every register, and what no letter may ever do.

// A test says what it expects and fails where it is not so.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unwrap_used)]

use chrono::{DateTime, NaiveDate, Utc};
use sollecito::ledger::account::Account;
use sollecito::ledger::bank_account::BankAccount;
use sollecito::ledger::change::Cause;
use sollecito::ledger::credit::{Applied, Credit};
use sollecito::ledger::customer::{Contact, ContactRole, Customer};
use sollecito::ledger::exchange::Exchange;
use sollecito::ledger::hold::{Hold, HoldKind, HoldScope};
use sollecito::ledger::ids::{
    Address, BankAccountId, CustomerId, HoldId, MessageIdentity, ReceivableId, RfcId, TemplateId,
};
use sollecito::ledger::instalments::PlanPart;
use sollecito::ledger::interest::{Claims, LatePayment};
use sollecito::ledger::mail::{Answered, BusinessKey, MailPlan, Particulars, Season};
use sollecito::ledger::moment::Moment;
use sollecito::ledger::money::{Currency, Money};
use sollecito::ledger::rates::{RateTable, YearlyRate};
use sollecito::ledger::receivable::{Collection, Payment, Receivable, ReceivableKey, ReceivableKind};
use sollecito::ledger::words::{DebtorKind, Language, Purpose, Register};
use sollecito::templates::letterhead::Letterhead;
use sollecito::templates::{
    Document, ITALIAN_ONLY, Letter, NOT_FOR_PUBLIC_BODIES, RenderFailure, Rendered, Shelf, TEMPLATE_IDS,
    TemplateSource, mail_ids, never, sources_shipped,
};
use std::collections::BTreeSet;
use std::fmt::Write as _;

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn shelf() -> Shelf {
    Shelf::build(&sources_shipped(), &[]).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

/// As if nobody had written the German texts.
fn shelf_without_german() -> Shelf {
    let others: Vec<TemplateSource> =
        sources_shipped().into_iter().filter(|source| !source.file.starts_with("de/")).collect();
    Shelf::build(&others, &[]).expect("the others stand alone")
}

/// A letter that tests change before they render it.
struct Desk {
    account: Account,
    plan: MailPlan,
    letterhead: Letterhead,
    documents: Vec<Document>,
    automatic: bool,
    instant: DateTime<Utc>,
}

impl Desk {
    fn new(template: &str, language: Language, register: Register, count: i64) -> Self {
        let mut account = Account::new(Customer {
            id: CustomerId(1),
            external_id: None,
            name: "Bianchi Srl".to_owned(),
            vat_number: None,
            tax_code: None,
            kind: DebtorKind::Firm,
            language,
            register,
            country: Some("IT".to_owned()),
            contacts: vec![Contact {
                address: address("anna.rossi@bianchi.example"),
                name: Some("Anna Rossi".to_owned()),
                role: ContactRole::Primary,
                bounced: false,
            }],
            vip: false,
            do_not_contact: false,
            phone: None,
            payment_day: None,
            arranged: sollecito::ledger::arranged::Arranged::default(),
        });
        account.receivables = (1..=count).map(receivable).collect();
        let instant = DateTime::parse_from_rfc3339("2026-10-14T08:00:00Z").expect("an instant").to_utc();
        let plan = MailPlan {
            key: BusinessKey::Reminder(CustomerId(1), day(10, 14)),
            purpose: match template {
                _ if COURTESY.contains(&template) => Purpose::Courtesy,
                "monthly_statement" => Purpose::MonthlyStatement,
                _ => Purpose::Reminder,
            },
            template: TemplateId::new(template),
            customer: Some(CustomerId(1)),
            items: account.receivables.iter().map(|r| r.id).collect(),
            steps: Vec::new(),
            to: vec![address("anna.rossi@bianchi.example")],
            cc: Vec::new(),
            not_before: instant,
            answers: None,
            attach_documents: Vec::new(),
            particulars: Particulars {
                named_day: Some(if template == "promise_broken" { day(10, 9) } else { day(10, 30) }),
                asked_day: None,
                deadline: Some(day(11, 6)),
                deadline_days: Some(15),
                amount: None,
                earlier_reminders: vec![day(10, 8), day(10, 12)],
                payments_known_up_to: Some(day(10, 13)),
                claims: Claims::default(),
                upcoming: Vec::new(),
                asked_before: Vec::new(),
                season: None,
                parts: if template.starts_with("plan_") { instalments() } else { Vec::new() },
            },
            needs_approval: false,
            because: "A test".to_owned(),
        };
        Self { account, plan, letterhead: letterhead(), documents: Vec::new(), automatic: true, instant }
    }

    fn render(&self, shelf: &Shelf) -> Result<Rendered, RenderFailure> {
        let ids = mail_ids(&[7; 32], &self.plan.key, 0, self.letterhead.address.domain());
        shelf.render(&Letter {
            plan: &self.plan,
            account: &self.account,
            letterhead: &self.letterhead,
            beside: &[],
            moment: Moment::new(self.instant, chrono_tz::Europe::Rome),
            ids: &ids,
            documents: &self.documents,
            automatic: self.automatic,
        })
    }

    fn rendered(&self) -> Rendered {
        self.render(&shelf()).unwrap_or_else(|failure| panic!("{}: {failure}", self.plan.template))
    }
}

/// Texts that leave before anything is due.
const COURTESY: [&str; 2] = ["courtesy_note", "receipt_check"];

fn letterhead() -> Letterhead {
    Letterhead {
        firm: "Ferri Impianti".to_owned(),
        person: "Carlo Ferri".to_owned(),
        phone: "010 1234567".to_owned(),
        address: address("carlo@ferri.example"),
        lines: vec!["Via Prova 1, Genova".to_owned()],
        language: Language::Italian,
        bank_accounts: vec![account_of("main", "IT60X0542811101000000123456")],
        late_payment: LatePayment::default(),
        vat_number: Some("IT01234567897".to_owned()),
    }
}

fn account_of(id: &str, iban: &str) -> BankAccount {
    BankAccount {
        id: BankAccountId::new(id),
        currency: Currency::EUR,
        iban: iban.to_owned(),
        bic: None,
        holder: "Ferri Impianti".to_owned(),
    }
}

fn receivable(n: i64) -> Receivable {
    Receivable {
        id: ReceivableId(n),
        customer: CustomerId(1),
        key: ReceivableKey {
            issuer: "Ferri Impianti".to_owned(),
            number: (117 + n).to_string(),
            issued: day(9, 1 + u32::try_from(n).expect("small")),
            instalment: 0,
        },
        kind: ReceivableKind::Invoice,
        due: day(10, 1 + u32::try_from(n).expect("small")),
        amount: Money::eur(122_000 * n),
        credited: Money::eur(0),
        payments: Vec::new(),
        description: None,
        contract: None,
        bank_account: Some(BankAccountId::new("main")),
        collection: Collection::Own,
        closure: None,
        missing_since: None,
        known_since: day(9, 2),
        payments_known_up_to: None,
        released: true,
        cycle: 0,
        credit: Credit::default(),
        terms: None,
        tolerated_until: None,
        came_back: None,
        exchange: Exchange::default(),
    }
}

const REGISTERS: [(Language, Register); 12] = [
    (Language::Italian, Register::Formal),
    (Language::Italian, Register::Informal),
    (Language::Italian, Register::Voi),
    // What no public body receives is written as Voi there.
    (Language::Italian, Register::Impersonal),
    (Language::English, Register::Formal),
    (Language::English, Register::Informal),
    (Language::German, Register::Formal),
    (Language::German, Register::Informal),
    (Language::French, Register::Formal),
    (Language::French, Register::Informal),
    (Language::Spanish, Register::Formal),
    (Language::Spanish, Register::Informal),
];

fn instalments() -> Vec<PlanPart> {
    let part = |by, cents| PlanPart { by, amount: Money::eur(cents) };
    let next_year = NaiveDate::from_ymd_opt(2027, 1, 15).expect("a day");
    vec![part(day(11, 8), 50_000), part(day(12, 15), 50_000), part(next_year, 22_000)]
}

/// Thanks are for what is settled; everything else is about something open.
fn every_letter() -> Vec<(String, Desk, Rendered)> {
    let shelf = shelf();
    let mut letters = Vec::new();
    for (language, register) in REGISTERS {
        for id in TEMPLATE_IDS {
            for count in [1, 3] {
                let mut desk = Desk::new(id, language, register, count);
                if id == "thanks_paid" {
                    desk.plan.purpose = Purpose::Thanks;
                    for item in &mut desk.account.receivables {
                        item.payments.push(Payment::arrived(item.amount, day(10, 13)));
                    }
                }
                let name = format!("{language}.{register}.{id}.{}", if count == 1 { "one" } else { "several" });
                let rendered = desk.render(&shelf).unwrap_or_else(|failure| panic!("{name}: {failure}"));
                letters.push((name, desk, rendered));
            }
        }
    }
    letters
}

#[test]
fn every_text_in_every_register() {
    let letters = every_letter();
    assert_eq!(letters.len(), REGISTERS.len() * TEMPLATE_IDS.len() * 2);
    for (language, register) in REGISTERS {
        let start = format!("{language}.{register}.");
        let all: String = letters
            .iter()
            .filter(|(name, ..)| name.starts_with(&start))
            .map(|(name, _, letter)| format!("##### {name}\nSubject: {}\n\n{}\n", letter.subject, letter.text))
            .collect();
        insta::assert_snapshot!(format!("{language}_{register}"), all);
    }
}

#[test]
fn nothing_is_missing_in_the_shipped_languages() {
    let languages = REGISTERS.into_iter().map(|(language, _)| language).collect();
    assert_eq!(shelf().missing(&languages), []);
    let without = shelf_without_german().missing(&BTreeSet::from([Language::German]));
    assert_eq!(without.len(), TEMPLATE_IDS.len() * 2);
}

/// Nothing that a public body can receive falls back to another form of address.
#[test]
fn every_text_that_a_public_body_can_receive_is_impersonal() {
    let shelf = shelf();
    let impersonal: BTreeSet<&str> = shelf
        .templates()
        .filter(|(key, _)| key.register == Register::Impersonal && key.language == Language::Italian)
        .map(|(key, _)| key.id.as_str())
        .collect();
    let all = TEMPLATE_IDS.into_iter().chain(ITALIAN_ONLY);
    let received: BTreeSet<&str> = all.filter(|id| !NOT_FOR_PUBLIC_BODIES.contains(id)).collect();
    assert_eq!(impersonal, received);
    let mut sources = sources_shipped();
    sources.retain(|source| source.file != "it/plan_agreed.impersonal.txt.hbs");
    let without = Shelf::build(&sources, &[]).expect("good templates").missing(&BTreeSet::from([Language::Italian]));
    let messages: Vec<&str> = without.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages, ["There is no Italian text `plan_agreed` (impersonal)"]);
}

/// A third of an invoice is not the invoice: the sentence, the subject and the reference say which instalment is meant.
#[test]
fn a_single_instalment_is_named_as_one() {
    for (template, language, named) in [
        ("reminder_friendly", Language::Italian, "fattura n. 118 (rata 2)"),
        ("reminder_firm", Language::Italian, "Fattura n. 118 (rata 2): pagamento entro"),
        ("reminder_second", Language::German, "Rechnung Nr. 118 (Rate 2)"),
        ("reminder_second", Language::English, "invoice 118 (instalment 2) is still open"),
    ] {
        let mut desk = Desk::new(template, language, Register::Formal, 1);
        desk.account.receivables[0].key.instalment = 2;
        let letter = desk.rendered();
        let all = format!("{}\n{}", letter.subject, letter.text);
        assert!(all.contains(named), "{all}");
    }
}

#[test]
fn a_whole_message() {
    let desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 2);
    let message = String::from_utf8(desk.rendered().bytes).expect("ASCII").replace("\r\n", "\n");
    insta::assert_snapshot!("whole_message", message);
}

/// Capitals that are no shouting.
const CAPITALS: [&str; 8] = ["IBAN", "EUR", "BIC", "IT60", "X054", "PEC", "IVA", "VAT"];

/// Words that stand in gaps for the owner, and in numbers of tax.
fn without_gaps(text: &str) -> String {
    let mut said = text.to_owned();
    for gap in sollecito::templates::parties::gaps(text) {
        said = said.replace(&format!("[{gap}]"), "…");
    }
    said.replace("IT01234567897", "").replace("USt-IdNr.", "").replace("N° TVA", "").replace("NIF-IVA", "")
}

#[test]
fn no_text_threatens_shouts_or_leaves_a_gap() {
    for (name, _, letter) in every_letter() {
        let whole = format!("{}\n{}", letter.subject, letter.text);
        let lower = whole.to_lowercase();
        // The lists of all languages, and within words too: more than the owner's own texts are held to.
        for word in Language::ALL.iter().copied().flat_map(never::words) {
            let word = word.trim_end_matches('*');
            assert!(!lower.contains(word), "{name} says `{word}`");
        }
        // Only the notice that the owner signs says what it is in law.
        for word in Language::ALL.iter().copied().flat_map(never::words_of_law).chain(&["prescri", "1219"]) {
            let word = word.trim_end_matches('*');
            assert!(!lower.contains(word) || name.contains("final_notice"), "{name} says `{word}`");
        }
        assert!(!whole.contains('!'), "{name} exclaims");
        assert!(!whole.contains("{{") && !whole.contains("}}") && !whole.contains('\u{e000}'), "{name} has a gap");
        assert!(!whole.contains("  ") && !whole.contains(" ,") && !whole.contains(" ."), "{name} has a gap");
        let shouted = |word: &&str| word.chars().filter(|c| c.is_uppercase()).count() > 2 && !CAPITALS.contains(word);
        let said = without_gaps(&whole);
        let words = said.split(|c: char| !c.is_alphanumeric());
        assert_eq!(words.clone().find(shouted), None, "{name}");
        // A slash stands between figures only: no slash forms.
        for (at, _) in whole.match_indices('/') {
            let before = whole[..at].chars().next_back().is_some_and(|c| c.is_ascii_digit());
            assert!(before, "{name} has a slash form");
        }
    }
}

#[test]
fn every_text_is_short_signed_and_leaves_a_way_out() {
    for (name, desk, letter) in every_letter() {
        // What is written, without table, payment details and signature.
        let blocks = [
            "- ",
            "Fattura n.",
            "Invoice 118",
            "Rechnung Nr.",
            "Beneficiario",
            "Account holder",
            "Empfänger",
            "Facture nº",
            "Bénéficiaire",
            "Factura n.º",
            "Carlo Ferri",
            // The heads of a letter that the owner signs, and the way it goes.
            "Lettre recommandée",
            "Ferri Impianti",
            "Spett.le",
            "Bianchi Srl",
            "An Bianchi",
            "[DA COMPLETARE: luogo]",
            "Oggetto: ",
            "Re: ",
            "Betreff: ",
            "Objet",
            "Asunto: ",
        ];
        let written = letter.text.split("\n\n").filter(|part| !blocks.iter().any(|start| part.starts_with(start)));
        let count: usize = written.map(|part| part.split_whitespace().count()).sum();
        assert!((45..=120).contains(&count), "{name}: {count} words");
        assert_eq!(letter.text.contains("118"), !name.contains("courtesy_note"), "{name}: the number");
        assert!(letter.text.contains("Carlo Ferri") && letter.text.contains("l. 010 1234567"), "{name}: not signed");
        let lower = letter.text.to_lowercase();
        assert!(
            ["se ", "if ", "falls ", "wenn ", "si ", "s'il "].iter().any(|way| lower.contains(way)),
            "{name}: no way out"
        );
        let reminds = name.contains(".reminder_") || name.contains("promise_broken") || name.contains("claim_check");
        if reminds {
            let known = match desk.account.customer.language {
                Language::Italian => "fino al 13 ottobre",
                Language::German => "bis zum 13. Oktober gebuchten",
                Language::French => "enregistrés jusqu'au 13 octobre",
                Language::Spanish => "registrados hasta el 13 de octubre",
                _ => "up to 13 October",
            };
            assert!(
                letter.text.contains(known)
                    || letter.text.contains("aggiornati al 13 ottobre")
                    || letter.text.contains("up to date to 13 October"),
                "{name}: payments known?"
            );
            let amounts = ["1.220,00 €", "€1,220.00", "1\u{202f}220,00 €"];
            assert!(amounts.iter().any(|amount| letter.text.contains(amount)), "{name}: no amount");
        }
    }
}

/// No sum, no table, no account, nothing of a debt; the note not even the document. With every holiday there is.
#[test]
fn what_leaves_before_the_due_date_names_no_money() {
    let shelf = shelf();
    for (language, register) in REGISTERS {
        let mut wishes = String::new();
        for id in COURTESY {
            for season in [None].into_iter().chain(Season::ALL.iter().copied().map(Some)) {
                let mut desk = Desk::new(id, language, register, 1);
                desk.plan.particulars.season = season;
                desk.account.customer.kind = DebtorKind::Consumer;
                desk.plan.particulars.amount = Some(Money::eur(122_000));
                desk.documents = vec![Document {
                    name: "118.pdf".to_owned(),
                    media_type: "application/pdf".to_owned(),
                    content: vec![0; 10],
                }];
                desk.plan.attach_documents = vec![ReceivableId(1)];
                let letter = desk.render(&shelf).unwrap_or_else(|failure| panic!("{id}: {failure}"));
                let whole = format!("{}\n{}", letter.subject, letter.text);
                for word in ["€", "EUR", "IBAN", "1.220", "1,220", "1\u{202f}220", "1220"] {
                    assert!(!whole.contains(word), "{language} {register} {id} names {word}:\n{whole}");
                }
                if id == "courtesy_note" {
                    assert!(!whole.contains("118") && letter.subject.contains("Ferri Impianti"), "{whole}");
                    let _ = writeln!(wishes, "{season:?}: {}", letter.text.split("\n\n").nth(1).unwrap_or_default());
                }
            }
        }
        insta::assert_snapshot!(format!("wishes_{language}_{register}"), wishes);
    }
}

/// An own text that names a sum, the table or the account before anything is due does not leave.
#[test]
fn an_own_note_that_asks_for_money_is_refused() {
    for field in ["items", "total", "amount", "payment", "bank_details", "document", "due.long"] {
        let own = TemplateSource {
            file: "templates/it/courtesy_note.formal.txt.hbs".to_owned(),
            text: format!("Grazie\n\n{{{{greeting}}}}\n\n{{{{{field}}}}}\n\n{{{{signature}}}}\n"),
        };
        let problems = Shelf::build(&sources_shipped(), &[own]).expect_err(field);
        assert!(problems[0].message.contains("does not have"), "{field}: {problems:?}");
    }
    // Under a name of its own the trial does not know what it is for; it stops where it would leave.
    let own = TemplateSource {
        file: "templates/it/saluto.formal.txt.hbs".to_owned(),
        text: "Grazie\n\n{{greeting}}\n\n{{items}}\n\n{{signature}}\n".to_owned(),
    };
    let shelf = Shelf::build(&sources_shipped(), &[own]).expect("a good reminder");
    let mut desk = Desk::new("saluto", Language::Italian, Register::Formal, 1);
    assert!(desk.render(&shelf).is_ok());
    desk.plan.purpose = Purpose::Courtesy;
    assert!(matches!(desk.render(&shelf), Err(RenderFailure::Text { .. })));
}

/// A public body is asked for the state of its payment, by CIG and by what SdI says, and never with a pronoun.
#[test]
fn a_public_body_finds_its_invoice() {
    let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 1);
    desk.account.customer.kind = DebtorKind::PublicBody;
    desk.account.receivables[0].exchange = Exchange {
        cig: Some("Z1A2B3C4D5".to_owned()),
        cup: Some("B11D21000320001".to_owned()),
        sdi_id: Some("8123456789".to_owned()),
        delivered: Some(day(9, 4)),
    };
    insta::assert_snapshot!("public_body", format!("{}\n\n{}", desk.rendered().subject, desk.rendered().text));
    let mut several = Desk::new("reminder_second", Language::Italian, Register::Informal, 2);
    several.account.customer.kind = DebtorKind::PublicBody;
    several.account.receivables[1].exchange = desk.account.receivables[0].exchange.clone();
    let letter = several.rendered();
    assert!(letter.text.contains("2.440,00 € (CIG Z1A2B3C4D5, CUP B11D21000320001, Identificativo SdI 8123456789"));
    assert!(!letter.text.contains(" ti ") && !letter.text.contains("Ciao"), "{}", letter.text);
}

#[test]
fn the_final_notice_says_by_which_way_it_goes() {
    let mut desk = Desk::new("final_notice", Language::Italian, Register::Voi, 1);
    assert!(desk.rendered().text.contains("A mezzo raccomandata con avviso di ricevimento"));
    let pec = Contact { address: address("bianchi@pec.example"), name: None, role: ContactRole::Pec, bounced: false };
    desk.account.customer.contacts.push(pec);
    assert!(desk.rendered().text.contains("A mezzo raccomandata"), "it is on file, and the letter does not go there");
    desk.plan.to = vec![address("bianchi@pec.example")];
    assert!(desk.rendered().text.contains("A mezzo PEC: bianchi@pec.example"));
}

/// Before each closure in its own words.
#[test]
fn a_note_before_the_closure_names_it() {
    for (language, summer, winter) in [
        (Language::Italian, "Prima della chiusura estiva: ", "Prima della chiusura di fine anno: "),
        (Language::English, "Before the summer break: ", "Before the Christmas break: "),
        (Language::German, "Vor der Sommerpause: ", "Vor den Feiertagen: "),
        (Language::French, "Avant la pause estivale\u{a0}: ", "Avant la pause de fin d'année\u{a0}: "),
        (Language::Spanish, "Antes del cierre de verano: ", "Antes del cierre de fin de año: "),
    ] {
        for register in [Register::Formal, Register::Informal] {
            for (season, begins) in [(Season::Summer, summer), (Season::YearEnd, winter)] {
                let mut desk = Desk::new("before_closure", language, register, 1);
                desk.plan.particulars.season = Some(season);
                assert!(desk.rendered().subject.starts_with(begins), "{}", desk.rendered().subject);
            }
        }
    }
}

/// Who was given more time is not told that it slipped their mind, nor that they were late before that day.
#[test]
fn a_day_that_was_granted_is_not_forgotten() {
    let granted = |receivable: i64| Hold {
        id: HoldId(receivable),
        kind: HoldKind::Deferral,
        scope: HoldScope::Items(vec![ReceivableId(receivable)]),
        amount: None,
        since: DateTime::UNIX_EPOCH,
        until: Some(day(10, 20)),
        named_day: Some(day(10, 20)),
        parts: Vec::new(),
        by_cheque: false,
        cause: Cause::Clock,
        case: None,
        ended: None,
    };
    let mut all = String::new();
    for language in Language::ALL.iter().copied() {
        let registers: &[Register] = match language {
            Language::Italian => &[Register::Formal, Register::Informal, Register::Voi],
            _ => &[Register::Formal, Register::Informal],
        };
        for register in registers {
            let mut desk = Desk::new("reminder_friendly", language, *register, 1);
            let plain = desk.rendered();
            desk.account.receivables[0].cycle = 1;
            desk.account.holds.push(granted(1));
            let letter = desk.rendered();
            assert_ne!(letter.text, plain.text);
            let until_payment = letter.text.split("IBAN").next().unwrap_or_default();
            let _ = writeln!(all, "##### {language}, {register}\n{until_payment}");
            // Of two with different days each row has its own, and no common day is named.
            let mut two = Desk::new("reminder_friendly", language, *register, 2);
            two.account.receivables[0].cycle = 1;
            two.account.holds.push(granted(1));
            let (two, both) = (two.rendered(), Desk::new("reminder_friendly", language, *register, 2).rendered());
            let changed = two.text.lines().zip(both.text.lines()).filter(|(with, without)| with != without).count();
            assert_eq!(changed, 1, "{}", two.text);
        }
    }
    insta::assert_snapshot!("more_time_was_granted", all);
}

#[test]
fn work_that_rests_is_named_where_the_import_names_one() {
    let mut desk = Desk::new("stop_work", Language::Italian, Register::Formal, 1);
    assert_eq!(desk.rendered().subject, "Lavori in corso: sospensione dal 6 novembre");
    desk.account.receivables[0].description = Some("rifacimento del tetto".to_owned());
    assert_eq!(desk.rendered().subject, "Rifacimento del tetto: sospensione dal 6 novembre");
    assert!(desk.rendered().text.contains("quanto concordato (rifacimento del tetto)"), "{}", desk.rendered().text);
    desk.account.receivables[0].description = Some("x".repeat(61));
    assert!(desk.rendered().text.contains("i lavori in corso"));
    // What is not issued yet is never asked for.
    desk.account.receivables[0].kind = ReceivableKind::Planned;
    assert_eq!(desk.render(&shelf()).map(|letter| letter.subject), Err(RenderFailure::NoItems));
}

/// A description may hold anything; what stops a mail for ever, or does not belong into one, stays out of it.
#[test]
fn a_description_never_stops_a_mail() {
    for description in ["Saldo su DE89 3704 0044 0532 0130 00", "<b>Infissi</b>", "URGENTE!!!", "tel. 0461 123456"] {
        for count in [1, 2] {
            let mut desk = Desk::new("reminder_firm", Language::Italian, Register::Formal, count);
            let plain = desk.rendered().text;
            desk.account.receivables[0].description = Some(description.to_owned());
            desk.account.receivables[0].contract = Some("DE89 3704 0044 0532 0130 00".to_owned());
            assert_eq!(desk.rendered().text, plain, "{description}");
        }
    }
}

/// A firm is *Spett.le* and spoken to in the plural, a person is neither; what is not known is a gap to fill in.
#[test]
fn the_letters_to_sign_name_both_parties() {
    use sollecito::templates::parties::gaps;
    for template in ["final_notice", "notice_to_perform"] {
        for register in [Register::Formal, Register::Informal, Register::Voi] {
            let mut desk = Desk::new(template, Language::Italian, register, 1);
            desk.letterhead.lines = vec!["Via Prova 1, 16121 Genova".to_owned()];
            let text = desk.rendered().text;
            assert_eq!(
                gaps(&text),
                ["DA COMPLETARE: indirizzo del cliente", "DA COMPLETARE: partita IVA o codice fiscale del cliente"],
                "{text}"
            );
            assert!(text.contains("\nSpett.le Bianchi Srl\n") && !text.contains("Alla cortese attenzione"), "{text}");
            assert!(text.contains("Genova, 14/10/2026") && text.contains("\nP. IVA IT01234567897\n"), "{text}");
            assert!(text.contains("Vi chiediamo") || text.contains("Vi diffidiamo"), "{text}");
            desk.account.customer.vat_number = Some("IT09876543217".to_owned());
            let pec = address("bianchi@pec.example");
            desk.account.customer.contacts.push(Contact {
                address: pec.clone(),
                name: None,
                role: ContactRole::Pec,
                bounced: false,
            });
            desk.plan.to = vec![pec];
            let text = desk.rendered().text;
            assert_eq!(gaps(&text), [""; 0], "{text}");
            assert!(
                text.contains("P. IVA IT09876543217") && text.contains("A mezzo PEC: bianchi@pec.example"),
                "{text}"
            );
            if register != Register::Voi {
                desk.account.customer.kind = DebtorKind::Consumer;
                "Anna Rossi".clone_into(&mut desk.account.customer.name);
                let text = desk.rendered().text;
                assert!(
                    text.contains("\nAlla cortese attenzione di Anna Rossi\n") && !text.contains("Spett.le"),
                    "{text}"
                );
                assert!(text.contains("Le chiediamo") || text.contains("La diffidiamo"), "{text}");
            }
            // Of two accounts nobody knows which one the invoice names.
            let mut second = desk.letterhead.bank_accounts[0].clone();
            second.id = BankAccountId::new("second");
            desk.letterhead.bank_accounts.push(second);
            desk.account.receivables[0].bank_account = None;
            assert_eq!(gaps(&desk.rendered().text), ["DA COMPLETARE: IBAN stampato in fattura"]);
        }
    }
    let mut desk = Desk::new("final_notice", Language::German, Register::Formal, 1);
    desk.letterhead.lines.clear();
    desk.letterhead.vat_number = None;
    assert_eq!(gaps(&desk.rendered().text).len(), 5, "{}", desk.rendered().text);
}

/// Words of one form of address only; none may stray into another.
#[test]
fn registers_do_not_mix() {
    let has = |text: &str, words: &[&str]| {
        let found = text.split(|c: char| !c.is_alphanumeric() && c != '\'').find(|word| words.contains(word));
        found.map(str::to_owned)
    };
    const TU: [&str; 21] = [
        "ti",
        "tu",
        "te",
        "tuo",
        "tua",
        "tuoi",
        "hai",
        "sei",
        "chiamami",
        "scrivimi",
        "dimmelo",
        "girami",
        "girala",
        "giri",
        "dici",
        "trovi",
        "Ciao",
        "puoi",
        "rispondi",
        "correggimi",
        "avvisami",
    ];
    const LEI: [&str; 9] = ["Le", "La", "Lei", "Suo", "Sua", "indica", "scriva", "chiami", "giri"];
    const VOI: [&str; 11] = [
        "Vi",
        "Voi",
        "Vostro",
        "Vostra",
        "avete",
        "potete",
        "scrivetemi",
        "chiamatemi",
        "trovate",
        "indicate",
        "giratemi",
    ];
    const DU: [&str; 16] = [
        "du",
        "dir",
        "dich",
        "dein",
        "deine",
        "deiner",
        "deinem",
        "deinen",
        "hast",
        "kannst",
        "schreib",
        "ruf",
        "sag",
        "leite",
        "erreichst",
        "brauchst",
    ];
    const VOUS: [&str; 8] = ["vous", "votre", "vos", "écrivez", "appelez", "dites", "pourriez", "transmettez"];
    const TUTOYER: [&str; 17] = [
        "tu",
        "te",
        "toi",
        "ton",
        "ta",
        "tes",
        "peux",
        "écris",
        "appelle",
        "dis",
        "transmets",
        "préfères",
        "penses",
        "réponds",
        "corrige",
        "préviens",
        "retiens",
    ];
    // "Su" is also what belongs to a third one, so it is no sign.
    const USTED: [&str; 22] = [
        "le",
        "usted",
        "escríbame",
        "llámeme",
        "dígamelo",
        "envíeme",
        "envíemelo",
        "avíseme",
        "corríjame",
        "podría",
        "puede",
        "tiene",
        "necesita",
        "prefiere",
        "quiere",
        "pidió",
        "tome",
        "tenga",
        "responda",
        "recibe",
        "prevé",
        "recibirá",
    ];
    const TUTEAR: [&str; 22] = [
        "te",
        "tu",
        "tus",
        "ti",
        "escríbeme",
        "llámame",
        "dímelo",
        "envíame",
        "envíamelo",
        "avísame",
        "corrígeme",
        "puedes",
        "tienes",
        "necesitas",
        "prefieres",
        "quieres",
        "pediste",
        "toma",
        "tengas",
        "responde",
        "recibes",
        "crees",
    ];
    for (name, _, letter) in every_letter() {
        // Names, subjects and sentences begin with capitals too: articles at their start are no pronouns.
        let body = letter.text.split("\n\n").filter(|part| !part.starts_with("- ")).collect::<Vec<_>>().join("\n");
        let body = body
            .replace("La presente", "la presente")
            .replace("La guardo", "la guardo")
            .replace("Le fatture", "le fatture");
        let body = body.replace("La fattura", "la fattura");
        let strangers = match name.split('.').take(2).collect::<Vec<_>>().as_slice() {
            // The letter that the owner signs speaks to a firm in the plural, whatever the customer is called otherwise.
            ["it", "formal" | "informal"] if name.contains("final_notice") => {
                has(&body, &TU.into_iter().filter(|w| *w != "te").collect::<Vec<_>>()).or_else(|| has(&body, &LEI))
            }
            ["it", "formal"] => {
                let tu: Vec<&str> = TU.into_iter().filter(|word| *word != "giri" && *word != "te").collect();
                has(&body, &tu).or_else(|| has(&body, &VOI))
            }
            ["it", "informal"] => {
                let lei: Vec<&str> = LEI.into_iter().filter(|word| *word != "giri").collect();
                has(&body, &lei).or_else(|| has(&body, &VOI))
            }
            // Nobody is spoken to, and nobody says "I".
            ["it", "impersonal"] if !NOT_FOR_PUBLIC_BODIES.iter().any(|id| name.contains(id)) => {
                has(&body, &TU.into_iter().filter(|w| *w != "te").collect::<Vec<_>>())
                    .or_else(|| has(&body, &LEI))
                    .or_else(|| has(&body, &VOI))
                    .or_else(|| has(&body, &["mi", "ho", "vi", "Vostri", "Vostre", "avrete", "riceverete", "riuscite"]))
                    .or_else(|| has(&letter.subject, &["mi", "Vi", "potete"]))
            }
            ["it", "voi"] => {
                has(&body, &TU.into_iter().filter(|w| *w != "te").collect::<Vec<_>>()).or_else(|| has(&body, &LEI))
            }
            // "Sie" and "ihr" are words of their own, so only what is nothing else counts.
            ["de", "formal"] => has(&body, &DU).or_else(|| has(&body, &["Du", "Dir", "Dein", "Deine"])),
            ["de", "informal"] if !name.contains("final_notice") => {
                has(&body, &["Ihnen", "Ihre", "Ihrer", "Ihrem", "Ihren", "Ihr", "Sie"])
                    .or_else(|| has(&body, &["ihr", "euch", "eure", "eurer"]))
            }
            ["fr", "formal"] => has(&body.replace(['-', '\''], " "), &TUTOYER),
            ["fr", "informal"] if !name.contains("final_notice") => has(&body.to_lowercase().replace('-', " "), &VOUS),
            ["es", "formal"] => has(&body.to_lowercase(), &TUTEAR),
            // "Cuanto tenga" is what the writer will have, "se puede" is nobody.
            ["es", "informal"] if !name.contains("final_notice") => {
                has(&body.to_lowercase().replace("cuanto tenga", "").replace("se puede", ""), &USTED)
            }
            ["en", "formal"] => {
                body.split_whitespace().find(|word| word.contains("'ll") || word.contains("n't")).map(str::to_owned)
            }
            _ => None,
        };
        assert_eq!(strangers, None, "{name}");
    }
}

#[test]
fn the_message_is_what_a_mail_program_expects() {
    let mut desk = Desk::new("resend_invoice", Language::Italian, Register::Formal, 1);
    desk.plan.attach_documents = vec![ReceivableId(1)];
    desk.documents = vec![Document {
        name: "Fattura n. 118 – perché no.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        content: (0..=255).cycle().take(5000).collect(),
    }];
    desk.plan.cc = vec![address("bruno@bianchi.example")];
    let letter = desk.rendered();
    let message = mail_parser::MessageParser::default().parse(&letter.bytes).expect("a message");
    assert_eq!(message.subject(), Some("Copia: fattura n. 118 del 02/09/2026"));
    assert_eq!(message.body_text(0).expect("a text").replace("\r\n", "\n").trim_end(), letter.text.trim_end());
    let page = message.body_html(0).expect("a page");
    assert!(page.contains("<td") && page.contains("1.220,00&nbsp;€"));
    let attached = message.attachment(0).expect("an attachment");
    assert_eq!(attached.contents(), desk.documents[0].content);
    use mail_parser::MimeHeaders;
    assert_eq!(attached.attachment_name(), Some("Fattura n. 118 – perché no.pdf"));
    let from = message.from().and_then(|from| from.first()).expect("an author");
    assert_eq!((from.name(), from.address()), (Some("Carlo Ferri – Ferri Impianti"), Some("carlo@ferri.example")));
    let date = message.date().expect("a date");
    assert_eq!(date.to_rfc3339(), "2026-10-14T10:00:00+02:00");
    let kind = message.content_type().expect("a type");
    assert_eq!((kind.ctype(), kind.subtype()), ("multipart", Some("mixed")));
    let ends = letter.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    assert!(ends.clone().count() > 20 && ends.clone().all(|(at, _)| at > 0 && letter.bytes[at - 1] == b'\r'));
    assert!(letter.bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 999));
}

#[test]
fn an_answer_stays_in_its_thread() {
    let id = |text: String| RfcId::parse(&text).expect("an id");
    let mut desk = Desk::new("bank_details", Language::English, Register::Formal, 1);
    desk.plan.answers = Some(Answered {
        identity: MessageIdentity([1; 32]),
        rfc_id: Some(id("last@bianchi.example".to_owned())),
        references: (0..40).map(|n| id(format!("{n}-{}@bianchi.example", "x".repeat(200)))).collect(),
        subject: "R: Re: Fattura 118 – coordinate".to_owned(),
    });
    let letter = desk.rendered();
    assert_eq!(letter.subject, "Re: Fattura 118 – coordinate");
    let head = String::from_utf8(letter.bytes.clone()).expect("ASCII");
    let head = head.split("\r\n\r\n").next().expect("a header");
    assert!(head.contains("\r\nIn-Reply-To: <last@bianchi.example>\r\n"));
    assert!(head.contains("\r\nAuto-Submitted: auto-replied\r\n"));
    let message = mail_parser::MessageParser::default().parse(&letter.bytes).expect("a message");
    let thread = message.references().as_text_list().expect("a list").len();
    assert_eq!(thread, 21);
    assert!(head.contains("References: <0-x") && head.contains("<last@bianchi.example>\r\nX-Sollecito-Ref"));
    desk.automatic = false;
    let head = String::from_utf8(desk.rendered().bytes).expect("ASCII");
    assert!(!head.contains("Auto-Submitted") && !head.contains("Suppress"));
}

#[test]
fn the_same_letter_is_the_same_bytes() {
    let desk = Desk::new("reminder_firm", Language::Italian, Register::Voi, 3);
    assert_eq!(desk.rendered(), desk.rendered());
    let mut other = Desk::new("reminder_firm", Language::Italian, Register::Voi, 3);
    other.plan.key = BusinessKey::Reminder(CustomerId(2), day(10, 14));
    assert_ne!(desk.rendered().bytes, other.rendered().bytes);
}

#[test]
fn subjects_to_consumers_and_shared_boxes_say_nothing_of_a_debt() {
    let shelf = shelf();
    // What leaves before anything is due says nothing of a debt in its own words: the note not even of a document.
    for id in TEMPLATE_IDS.into_iter().filter(|id| *id != "courtesy_note") {
        for kind in [DebtorKind::Consumer, DebtorKind::Condominium, DebtorKind::Unknown] {
            let mut desk = Desk::new(id, Language::Italian, Register::Formal, 1);
            desk.account.customer.kind = kind;
            assert_eq!(desk.render(&shelf).expect("a letter").subject, "Fattura n. 118 del 02/09/2026");
        }
        let mut desk = Desk::new(id, Language::English, Register::Formal, 2);
        desk.plan.to = vec![address("accounts@bianchi.example")];
        assert_eq!(desk.render(&shelf).expect("a letter").subject, "Invoices 118 and 119");
    }
    let personal = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 1);
    assert_eq!(personal.rendered().subject, "Promemoria: fattura n. 118 del 02/09/2026");
}

#[test]
fn hostile_values_stay_values() {
    let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 1);
    let evil = "<script>alert(1)</script>{{person}}\u{e000}signature\u{e001}\u{202e}\"'&";
    evil.clone_into(&mut desk.account.customer.name);
    evil.clone_into(&mut desk.account.receivables[0].key.number);
    evil.clone_into(&mut desk.letterhead.firm);
    let letter = desk.rendered();
    let message = mail_parser::MessageParser::default().parse(&letter.bytes).expect("a message");
    let page = message.body_html(0).expect("a page");
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"));
    assert!(
        letter.text.contains("{{person}}") && !letter.text.contains('\u{e000}') && !letter.text.contains('\u{202e}')
    );
}

#[test]
fn a_header_cannot_be_broken_out_of() {
    let shelf = shelf();
    for evil in ["Anna\r\nBcc: x@evil.example", "Anna\nX: y", "Anna\0", "Anna\u{2028}x"] {
        let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 1);
        desk.account.customer.contacts[0].name = Some(evil.to_owned());
        assert_eq!(desk.render(&shelf), Err(RenderFailure::ControlCharacter("A recipient's name")), "{evil:?}");
        let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 1);
        desk.letterhead.person = evil.to_owned();
        assert_eq!(desk.render(&shelf), Err(RenderFailure::ControlCharacter("The sender's name")), "{evil:?}");
        let mut desk = Desk::new("bank_details", Language::Italian, Register::Formal, 1);
        let answers = Answered {
            identity: MessageIdentity([1; 32]),
            rfc_id: None,
            references: Vec::new(),
            subject: evil.to_owned(),
        };
        desk.plan.answers = Some(answers);
        assert_eq!(desk.render(&shelf), Err(RenderFailure::ControlCharacter("The subject")), "{evil:?}");
        let mut desk = Desk::new("resend_invoice", Language::Italian, Register::Formal, 1);
        let document = |name: &str, media_type: &str| Document {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            content: Vec::new(),
        };
        desk.documents = vec![document(evil, "application/pdf")];
        assert!(desk.render(&shelf).is_err(), "{evil:?}");
        desk.documents = vec![document("a.pdf", evil)];
        assert!(desk.render(&shelf).is_err(), "{evil:?}");
    }
    let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 1);
    desk.plan.to = vec![address("perché@bianchi.example")];
    assert_eq!(desk.render(&shelf), Err(RenderFailure::Address("perché@bianchi.example".to_owned())));
    desk.plan.to = vec![address("anna@münchen.example")];
    let bytes = String::from_utf8(desk.render(&shelf).expect("a letter").bytes).expect("ASCII");
    assert!(bytes.contains("anna@xn--mnchen-3ya.example"));
    desk.plan.to.clear();
    assert_eq!(desk.render(&shelf), Err(RenderFailure::NoRecipient));
}

#[test]
fn only_the_owners_accounts_leave() {
    let foreign = "DE89370400440532013000";
    let own = TemplateSource {
        file: "templates/it/reminder_friendly.formal.txt.hbs".to_owned(),
        text: "Promemoria: {{document}}\n\n{{greeting}}\n\nPaghi su DE89 3704 0044 0532 0130 00.\n\n{{signature}}\n"
            .to_owned(),
    };
    let shelf = Shelf::build(&sources_shipped(), &[own]).expect("good templates");
    let desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 1);
    assert_eq!(desk.render(&shelf), Err(RenderFailure::ForeignIban(foreign.to_owned())));
    // The customer's own subject comes back in ours.
    let mut desk = Desk::new("bank_details", Language::Italian, Register::Formal, 1);
    let subject = format!("IBAN {foreign}");
    desk.plan.answers =
        Some(Answered { identity: MessageIdentity([1; 32]), rfc_id: None, references: Vec::new(), subject });
    assert_eq!(desk.render(&shelf), Err(RenderFailure::ForeignIban(foreign.to_owned())));
    // Once it is in the settings, it is ours.
    desk.letterhead.bank_accounts.push(account_of("german", foreign));
    assert!(desk.render(&shelf).is_ok());
}

#[test]
fn each_invoice_goes_with_its_own_account() {
    let shelf = shelf();
    let mut desk = Desk::new("bank_details", Language::Italian, Register::Formal, 3);
    desk.letterhead.bank_accounts.push(account_of("german", "DE89370400440532013000"));
    desk.account.receivables[1].bank_account = Some(BankAccountId::new("german"));
    insta::assert_snapshot!("several_accounts", desk.render(&shelf).expect("a letter").text);
    // Nobody knows which account that invoice names: a text that exists to tell it is not written.
    desk.account.receivables[1].bank_account = None;
    let unknown = RenderFailure::NoBankAccount("fattura n. 119 del 03/09/2026".to_owned());
    assert_eq!(desk.render(&shelf), Err(unknown));
    desk.plan.template = TemplateId::new("reminder_friendly");
    let text = desk.render(&shelf).expect("a letter").text;
    assert!(text.contains("Per il pagamento valgono le coordinate riportate in fattura."));
    desk.account.receivables[1].bank_account = Some(BankAccountId::new("gone"));
    assert_eq!(desk.render(&shelf), Err(RenderFailure::NoBankAccount("`119` (gone)".to_owned())));
    // A text that names no account needs none.
    desk.plan.template = TemplateId::new("dispute_seen");
    assert!(desk.render(&shelf).is_ok());
}

/// A RiBa is presented by the bank, what was sold is paid to the factor: no text tells our account for either, whatever
/// was decided before.
#[test]
fn no_account_is_told_for_what_is_not_paid_to_us() {
    let shelf = shelf();
    for collection in [Collection::Bank, Collection::Factored] {
        for (language, register) in REGISTERS {
            for id in TEMPLATE_IDS {
                let mut desk = Desk::new(id, language, register, 2);
                desk.plan.purpose = Purpose::Statement;
                for item in &mut desk.account.receivables {
                    item.collection = collection;
                }
                let name = format!("{language}.{register}.{id}.{collection}");
                match desk.render(&shelf) {
                    Err(RenderFailure::NotPaidToUs(_)) => assert_eq!(id, "bank_details", "{name}"),
                    Err(failure) => panic!("{name}: {failure}"),
                    Ok(letter) => {
                        assert_ne!(id, "bank_details", "{name}");
                        assert!(!letter.text.contains("IBAN"), "{name}: {}", letter.text);
                        let text = letter.text.to_lowercase();
                        let mut forbidden = Language::ALL.iter().copied().flat_map(never::words);
                        let found = forbidden.find(|word| text.contains(word.trim_end_matches('*')));
                        assert!(id == "final_notice" || found.is_none(), "{name}: {found:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_list_says_who_collects_what() {
    let mut desk = Desk::new("statement", Language::Italian, Register::Formal, 3);
    desk.plan.purpose = Purpose::Statement;
    desk.account.receivables[1].collection = Collection::Bank;
    desk.account.receivables[2].collection = Collection::Advanced;
    let letter = desk.rendered();
    assert_eq!(letter.text.matches("IBAN").count(), 1);
    let of_bank = "Fattura n. 119 del 03/09/2026:\nL'incasso avviene tramite la banca";
    assert!(letter.text.contains(of_bank), "{}", letter.text);
    let html = String::from_utf8(letter.bytes).expect("ASCII");
    assert!(html.contains("incasso avviene tramite"), "{html}");
    desk.plan.purpose = Purpose::Reminder;
    desk.plan.template = TemplateId::new("reminder_friendly");
    let reminder = desk.rendered().text;
    assert!(!reminder.contains("119"), "what the bank collects is in no reminder: {reminder}");
}

#[test]
fn only_the_rest_is_asked_for() {
    let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 3);
    desk.account.receivables[0].payments.push(Payment::arrived(Money::eur(50_000), day(10, 10)));
    desk.account.receivables[2].payments.push(Payment::arrived(Money::eur(366_000), day(10, 10)));
    let text = desk.rendered().text;
    assert!(text.contains("720,00 € (su 1.220,00 €)") && text.contains("Totale: 3.160,00 €"), "{text}");
    assert!(!text.contains("120"), "a paid invoice is not named: {text}");
    for item in &mut desk.account.receivables {
        item.payments.push(Payment::arrived(item.amount, day(10, 11)));
    }
    assert_eq!(desk.render(&shelf()), Err(RenderFailure::NoItems));
    desk.plan.purpose = Purpose::Promise;
    assert_eq!(desk.render(&shelf()), Err(RenderFailure::NoItems));
    // Thanks for a part name the rest.
    let mut desk = Desk::new("thanks_paid", Language::Italian, Register::Formal, 1);
    desk.plan.purpose = Purpose::Thanks;
    desk.account.receivables[0].payments.push(Payment::arrived(Money::eur(50_000), day(10, 10)));
    insta::assert_snapshot!("thanks_for_a_part", desk.rendered().text);
    // Under a plan they name what was agreed to come, and ask for nothing.
    desk.plan.particulars.parts = instalments().split_off(1);
    let text = desk.rendered().text;
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("restano: 500,00 € entro il 15 dicembre e 220,00 € entro il 15 gennaio 2027."), "{text}");
    assert!(!text.contains("IBAN") && !text.contains("Restano da pagare"), "{text}");
}

#[test]
fn a_credit_note_that_was_taken_off_is_named() {
    let rest = |language, notes: &[i64]| {
        let mut desk = Desk::new("reminder_friendly", language, Register::Formal, 1);
        for number in notes {
            let mut note = receivable(*number);
            note.kind = ReceivableKind::CreditNote;
            note.key.number = format!("NC-{number}");
            note.amount = Money::eur(-20_000);
            desk.account.receivables.push(note);
            let applied = Applied { note: ReceivableId(*number), amount: Money::eur(20_000), in_paid: false };
            desk.account.receivables[0].credit.set(applied);
        }
        desk.rendered().text
    };
    for (language, one, two) in [
        (Language::Italian, "1.020,00 € (su 1.220,00 €, meno la nota di credito n. NC-7)", "n. NC-7 e NC-8)"),
        (Language::English, "€1,020.00 (of €1,220.00, less credit note NC-7)", "less credit notes NC-7 and NC-8)"),
        (Language::German, "(von 1.220,00 €, abzüglich Gutschrift Nr. NC-7)", "Gutschriften Nr. NC-7 und NC-8)"),
        (Language::French, ", moins l'avoir nº NC-7)", "moins les avoirs nº NC-7 et NC-8)"),
        (Language::Spanish, ", menos la nota de abono n.º NC-7)", "menos las notas de abono n.º NC-7 y NC-8)"),
    ] {
        let plain = |text: String| text.replace(['\u{a0}', '\u{202f}'], " ");
        let text = plain(rest(language, &[7]));
        assert!(text.contains(one), "{language}: {text}");
        let text = plain(rest(language, &[7, 8]));
        assert!(text.contains(two), "{language}: {text}");
    }
}

#[test]
fn what_was_set_off_is_named_and_never_called_money() {
    let part = |language| {
        let mut desk = Desk::new("reminder_friendly", language, Register::Formal, 1);
        let set_off = Payment::set_off(Money::eur(30_000), day(10, 10), Some("vostra fattura 45"));
        desk.account.receivables[0].payments.push(set_off);
        desk
    };
    for (language, said) in [
        (Language::Italian, "920,00 € (su 1.220,00 €, 300,00 € compensati)"),
        (Language::English, "€920.00 (of €1,220.00, €300.00 set off)"),
        (Language::German, "920,00 € (von 1.220,00 €, 300,00 € verrechnet)"),
        (Language::French, "300,00 € compensés)"),
        (Language::Spanish, "300,00 € compensados)"),
    ] {
        let text = part(language).rendered().text.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(text.contains(said), "{language}: {text}");
        assert!(!text.contains("vostra"), "what it was set off against is the owner's own note: {text}");
    }
    // Thanks for the rest name what arrived, not what was set off before.
    let mut desk = part(Language::Italian);
    desk.plan.template = TemplateId::new("thanks_paid");
    desk.plan.purpose = Purpose::Thanks;
    desk.account.receivables[0].payments.push(Payment::arrived(Money::eur(92_000), day(10, 12)));
    let text = desk.rendered().text.replace('\u{a0}', " ");
    assert!(text.contains("è arrivato: 920,00 €") && !text.contains("1.220,00"), "{text}");
}

#[test]
fn instalments_proformas_and_long_lists() {
    let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 2);
    for (n, item) in (1..).zip(&mut desk.account.receivables) {
        item.kind = ReceivableKind::Instalment;
        item.key.number = "118".to_owned();
        item.key.instalment = n;
    }
    let letter = desk.rendered();
    assert_eq!(letter.subject, "Promemoria: fattura n. 118 del 02/09/2026 (rate 1 e 2)");
    assert!(letter.text.contains("- Fattura n. 118 del 02/09/2026 (rata 1), scadenza 02/10/2026: 1.220,00 €"));
    let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 7);
    assert_eq!(desk.rendered().subject, "Promemoria: fatture n. 118, 119, 120 e altre 4");
    for item in &mut desk.account.receivables {
        item.kind = ReceivableKind::Proforma;
    }
    assert!(desk.rendered().text.contains("le proforma n. 118, 119, 120 e altre 4"));
}

#[test]
fn a_missing_fact_stops_the_mail() {
    let mut desk = Desk::new("promise_thanks", Language::Italian, Register::Formal, 1);
    desk.plan.particulars.named_day = None;
    let failure = desk.render(&shelf()).expect_err("no day");
    assert!(failure.to_string().contains("named_day"), "{failure}");
    let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 1);
    desk.plan.particulars.payments_known_up_to = None;
    assert!(desk.render(&shelf()).is_err());
    desk.account.receivables[0].payments_known_up_to = Some(day(10, 11));
    assert!(desk.render(&shelf()).expect("a letter").text.contains("fino all'11 ottobre"));
    desk.account.receivables.push(receivable(2));
    desk.plan.items.push(ReceivableId(2));
    assert!(desk.render(&shelf()).is_err(), "of one of them nobody knows");
    let mut desk = Desk::new("resend_invoice", Language::Italian, Register::Formal, 1);
    desk.plan.attach_documents = vec![ReceivableId(1)];
    assert_eq!(desk.render(&shelf()), Err(RenderFailure::DocumentMissing));
    desk.plan.attach_documents.clear();
    desk.plan.purpose = Purpose::ResendInvoice;
    assert_eq!(desk.render(&shelf()), Err(RenderFailure::DocumentMissing));
    let mut desk = Desk::new("statement", Language::Italian, Register::Formal, 1);
    desk.plan.items = vec![ReceivableId(99)];
    assert_eq!(desk.render(&shelf()), Err(RenderFailure::NoReceivable(ReceivableId(99))));
    let desk = Desk::new("statement", Language::German, Register::Formal, 1);
    let failure = desk.render(&shelf_without_german()).map(|letter| letter.subject);
    assert_eq!(failure, Err(RenderFailure::NoTemplate("de/statement.formal".to_owned())));
}

#[test]
fn broken_templates_are_reported_with_their_place() {
    let own = |file: &str, text: &str| TemplateSource { file: file.to_owned(), text: text.to_owned() };
    let sources = [
        own("templates/it/reminder_second.formal.txt.hbs", "Una data\n\nBuongiorno,\n\nentro il {{dedline.long}}?\n"),
        own("templates/it/reminder_firm.formal.txt.hbs", "Una data\n\nBuongiorno,\n\n{{#if several}}entro domani\n"),
        own("templates/it/statement.formal.txt.hbs", "Buongiorno,\nsenza oggetto\n"),
        own("templates/it/thanks_paid.formal.txt.hbs", "Grazie\n\n{{#if payed}}bene{{/if}}\n"),
        own("templates/it/thanks_paid.frmal.txt.hbs", "Grazie\n\nbene\n"),
        own("templates/xx/thanks_paid.formal.txt.hbs", "Grazie\n\nbene\n"),
        own("templates/it/notes.txt", "x"),
        own("templates/it/reminder_frendly.formal.txt.hbs", "Una data\n\nBuongiorno\n"),
        own("templates/layout.html.hbs", "<html>{{content}} {{firm}}</html>"),
    ];
    let problems = Shelf::build(&sources_shipped(), &sources).expect_err("problems");
    let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("broken_templates", all.join("\n\n"));
}

#[test]
fn own_texts_are_held_to_the_words_never_to_say() {
    let own = |file: &str, text: &str| TemplateSource { file: file.to_owned(), text: text.to_owned() };
    let sources = [
        own(
            "templates/it/reminder_firm.formal.txt.hbs",
            "Ultimo avviso\n\nBuongiorno,\n\n{{! un avvocato direbbe altro! }}siamo costretti a passare la pratica al legale!\n\n\
             La presente vale come messa in mora.\n",
        ),
        own(
            "templates/it/final_notice.formal.txt.hbs",
            "Costituzione in mora\n\n{{greeting}}\n\nVale come messa in mora.\n",
        ),
        own("templates/de/reminder_second.formal.txt.hbs", "Mahnung\n\nSonst übergeben wir an ein Inkassobüro.\n"),
        own("templates/fr/reminder_second.formal.txt.hbs", "Facture\n\nJe vous écris ce court message.\n"),
        own(
            "templates/en/reminder_second.formal.txt.hbs",
            "Invoice\n\nI enclose a courtesy copy. Please see the court.\n",
        ),
        own("templates/en/reminder_second.formal.html.hbs", "<!DOCTYPE html><!-- a lawyer! --><p>Pay &#33; now!</p>\n"),
        own("templates/layout.html.hbs", "<!DOCTYPE html>{{{content}}}"),
    ];
    let all: Vec<String> = never::findings(&sources).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("words_never_to_say", all.join("\n\n"));
    assert_eq!(never::findings(&sources_shipped()), []);
}

#[test]
fn an_own_page_takes_the_place_of_the_one_made_from_the_text() {
    let own = TemplateSource {
        file: "templates/it/reminder_friendly.formal.html.hbs".to_owned(),
        text: "<h1>{{customer}}</h1>\n{{items}}\n{{payment}}".to_owned(),
    };
    let shelf = Shelf::build(&sources_shipped(), &[own]).expect("good templates");
    let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 1);
    "Bianchi <& figli>".clone_into(&mut desk.account.customer.name);
    let letter = desk.render(&shelf).expect("a letter");
    let message = mail_parser::MessageParser::default().parse(&letter.bytes).expect("a message");
    let page = message.body_html(0).expect("a page");
    assert!(page.contains("<h1>Bianchi &lt;&amp; figli&gt;</h1>"), "{page}");
    assert!(
        page.contains("1.220,00&nbsp;€</td>") && page.contains("IT60 X054") && !page.contains('\u{e000}'),
        "{page}"
    );
    assert!(letter.text.contains("non vedo ancora"));
}

#[test]
fn a_register_that_a_language_lacks_becomes_formal() {
    let formal = Desk::new("reminder_friendly", Language::English, Register::Formal, 1).rendered().text;
    assert_eq!(Desk::new("reminder_friendly", Language::English, Register::Voi, 1).rendered().text, formal);
    let voi = Desk::new("courtesy_note", Language::Italian, Register::Voi, 1).rendered().text;
    assert_eq!(Desk::new("courtesy_note", Language::Italian, Register::Impersonal, 1).rendered().text, voi);
}

/// The headers that we write, and no other.
const HEADERS: [&str; 13] = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "X-Sollecito-Ref",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
];

/// Printable letters nineteen times out of twenty, else anything.
fn mostly_printable(most: usize) -> impl proptest::prelude::Strategy<Value = String> {
    use proptest::prelude::{Strategy, any};
    use proptest::{char, collection::vec};
    proptest::prop_oneof![
        10 => vec(char::range('à', 'ɏ'), 0..most),
        9 => vec(char::range(' ', '~'), 0..most),
        1 => vec(any::<char>(), 0..most),
        1 => vec(char::range('\0', '~'), 0..most),
    ]
    .prop_map(|letters| letters.into_iter().collect())
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    /// Whatever stands in names, numbers and subjects: a message or a stated failure, never another header.
    #[test]
    fn any_value_gives_a_sound_message_or_a_failure(
        name in mostly_printable(60),
        number in mostly_printable(80),
        subject in mostly_printable(1200),
        file in mostly_printable(80),
    ) {
        thread_local! { static SHELF: Shelf = shelf(); }
        let mut desk = Desk::new("resend_invoice", Language::Italian, Register::Formal, 2);
        desk.account.customer.contacts[0].name = Some(name.clone());
        desk.letterhead.firm = name;
        desk.account.receivables[1].key.number = number;
        let answers = Answered { identity: MessageIdentity([1; 32]), rfc_id: None, references: Vec::new(), subject };
        desk.plan.answers = Some(answers);
        desk.documents = vec![Document { name: file, media_type: "application/pdf".to_owned(), content: vec![0; 10] }];
        let Ok(letter) = SHELF.with(|shelf| desk.render(shelf)) else { return Ok(()) };
        proptest::prop_assert!(letter.bytes.is_ascii());
        let whole = String::from_utf8(letter.bytes).expect("ASCII");
        let (head, _) = whole.split_once("\r\n\r\n").expect("a header and a body");
        for line in head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])) {
            let known = line.split_once(':').is_some_and(|(name, _)| HEADERS.contains(&name));
            proptest::prop_assert!(known, "{line:?}");
        }
        proptest::prop_assert!(!whole.replace("\r\n", "").contains(['\r', '\n', '\0']));
        proptest::prop_assert!(whole.split("\r\n").all(|line| line.len() <= 998));
    }
}

/// The final notice of items that fell due on 30 April, with all that may be claimed.
fn notice_with_claims(language: Language, register: Register, count: i64) -> Desk {
    let mut desk = Desk::new("final_notice", language, register, count);
    for item in &mut desk.account.receivables {
        item.due = day(4, 30);
        item.contract = Some("4500012".to_owned());
    }
    let rates = [(day(1, 1), YearlyRate(1_015)), (day(7, 1), YearlyRate(1_040))];
    desk.letterhead.late_payment =
        LatePayment { interest: true, compensation: true, rates: RateTable::new(rates).expect("a table") };
    desk.plan.particulars.claims = Claims { interest: true, compensation: desk.plan.items.clone() };
    desk.instant = DateTime::parse_from_rfc3339("2026-08-20T08:00:00Z").expect("an instant").to_utc();
    desk
}

#[test]
fn what_a_final_notice_claims_stands_on_separate_lines() {
    let mut all = String::new();
    for (language, register) in REGISTERS {
        for count in [1, 2] {
            let letter = notice_with_claims(language, register, count).rendered();
            let lower = letter.text.to_lowercase();
            for word in Language::ALL.iter().copied().flat_map(never::words) {
                let word = word.trim_end_matches('*');
                assert!(!lower.contains(word), "{language} {register} says `{word}`");
            }
            assert!(!letter.text.contains("  ") && !letter.text.contains('!'), "{language} {register}");
            all.push_str(&format!("##### {language}.{register}.{count}\n{}\n", letter.text));
        }
    }
    insta::assert_snapshot!("final_notice_with_claims", all);
}

/// The notice by which a contract ends names its law, its term from the receipt, and what follows; without a term it is none.
#[test]
fn a_notice_to_perform_says_what_the_law_asks_of_it() {
    let mut all = String::new();
    for register in [Register::Formal, Register::Informal, Register::Voi, Register::Impersonal] {
        for count in [1, 2] {
            let mut desk = notice_with_claims(Language::Italian, register, count);
            desk.plan.template = TemplateId::new("notice_to_perform");
            let letter = desk.rendered();
            for words in [
                "dell'art. 1454 c.c.",
                "entro 15 giorni dal ricevimento della presente",
                "Decorso inutilmente tale termine",
                "si intenderà senz'altro risolto di diritto",
            ] {
                assert!(letter.text.contains(words), "{register} {words}: {}", letter.text);
            }
            let lower = letter.text.to_lowercase();
            let mut never = never::words(Language::Italian).iter().map(|word| word.trim_end_matches('*'));
            assert_eq!(never.find(|word| lower.contains(word)), None, "{register}");
            if register == Register::Impersonal {
                assert!(!letter.text.contains("Vi ") && !letter.text.contains("La diff"), "{}", letter.text);
            }
            assert!(!letter.text.contains("  ") && !letter.text.contains('!'), "{register}");
            all.push_str(&format!("##### {register}.{count}\nSubject: {}\n\n{}\n", letter.subject, letter.text));
            desk.plan.particulars.deadline_days = None;
            assert!(matches!(desk.render(&shelf()), Err(RenderFailure::Text { .. })), "{register}");
        }
    }
    insta::assert_snapshot!("notice_to_perform", all);
}

/// The worked example: 1,220.00 due on 30 April, counted to 20 August.
#[test]
fn the_claims_of_the_published_example() {
    let letter = notice_with_claims(Language::Italian, Register::Formal, 1).rendered();
    for line in [
        "20,69 €",
        "17,73 €",
        "38,42 €",
        "40,00 €",
        "versare 1.298,42 € entro 15 giorni",
        "Ordine o contratto: 4500012",
    ] {
        assert!(letter.text.contains(line), "{line}: {}", letter.text);
    }
    let page = String::from_utf8(letter.bytes).expect("ASCII");
    assert!(page.contains("231/2002"));
}

#[test]
fn claims_follow_the_account_and_the_owner_to_the_last() {
    let plain = |desk: &Desk| desk.rendered().text;
    let without = |text: &str| !text.contains("231/2002") && !text.contains("40,00");
    let desk = || notice_with_claims(Language::Italian, Register::Formal, 1);
    assert!(!without(&plain(&desk())));
    // A part was paid since the letter was planned.
    let mut paid = desk();
    paid.account.receivables[0].payments.push(Payment::arrived(Money::eur(100_000), day(8, 19)));
    assert!(plain(&paid).contains("220,00 €: 3,73 €") && plain(&paid).contains("versare 266,93 €"), "{}", plain(&paid));
    // The owner thought better of it.
    let mut off = desk();
    off.letterhead.late_payment = LatePayment::default();
    assert!(without(&plain(&off)) && plain(&off).contains("versare 1.220,00 € entro"));
    // Only the compensation.
    let mut flat = desk();
    flat.letterhead.late_payment.interest = false;
    assert!(plain(&flat).contains("40,00 €") && plain(&flat).contains("versare 1.260,00 €"));
    assert!(!plain(&flat).contains("maturare"));
    // Whatever a plan says, who does not owe it is not asked.
    for kind in DebtorKind::ALL {
        let mut other = desk();
        other.account.customer.kind = *kind;
        // A public body has its thirty days from then.
        other.account.receivables[0].key.issued = day(3, 31);
        let owes = matches!(kind, DebtorKind::Firm | DebtorKind::Professional | DebtorKind::PublicBody);
        assert_eq!(!without(&plain(&other)), owes, "{kind}");
    }
    // Beyond the last rate there is no interest; the letter is written all the same.
    let mut later = desk();
    later.instant = DateTime::parse_from_rfc3339("2027-01-04T08:00:00Z").expect("an instant").to_utc();
    assert!(plain(&later).contains("versare 1.260,00 €"), "{}", plain(&later));
    // Dollars are asked beside the euro, and carry nothing.
    let mut mixed = notice_with_claims(Language::Italian, Register::Formal, 2);
    mixed.account.receivables[1].amount = Money::new(50_000, Currency::parse("USD").expect("a code"));
    mixed.account.receivables[1].credited = Money::zero(mixed.account.receivables[1].amount.currency);
    mixed.account.receivables[1].bank_account = None;
    assert!(plain(&mixed).contains("versare 1.298,42 € e 500,00 $"), "{}", plain(&mixed));
}

#[test]
fn the_deadline_is_that_of_the_step() {
    let text = |days: Option<u32>, fixed: Option<NaiveDate>| {
        let mut desk = Desk::new("final_notice", Language::Italian, Register::Formal, 1);
        desk.plan.particulars.deadline_days = days;
        desk.plan.particulars.deadline = fixed;
        desk.rendered().text
    };
    assert!(text(Some(20), None).contains("versare 1.220,00 € entro 20 giorni dal ricevimento della presente, con"));
    assert!(text(Some(1), None).contains("entro 1 giorno dal"));
    // Planned by an earlier version, which knew the day only.
    assert!(text(None, Some(day(11, 8))).contains("versare 1.220,00 € entro l'8 novembre, con"));
    assert!(text(None, None).contains("versare 1.220,00 €, con"));
}

/// A plan of an earlier version is read as one that claims nothing.
#[test]
fn particulars_of_before_are_read() {
    let stored = r#"{"named_day":null,"asked_day":null,"deadline":"2026-11-06","amount":null,"earlier_reminders":[],
        "payments_known_up_to":null}"#;
    let read: Particulars = serde_json::from_str(stored).expect("readable");
    assert_eq!(read, Particulars { deadline: Some(day(11, 6)), ..Particulars::default() });
}

/// What was ordered says what was done, and a subject is seen by whoever looks over the shoulder.
#[test]
fn letters_to_a_confidential_customer_say_nothing_of_what_was_done() {
    let mut desk = notice_with_claims(Language::Italian, Register::Formal, 1);
    assert!(desk.rendered().text.contains("4500012"));
    desk.account.customer.arranged.confidential = true;
    assert!(!desk.rendered().text.contains("4500012"));
    let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 1);
    for item in &mut desk.account.receivables {
        item.description = Some("Colloquio psicologico".to_owned());
    }
    let letter = desk.rendered();
    assert!(letter.subject.contains("Promemoria"));
    assert!(letter.text.contains(" – Colloquio psicologico"), "{}", letter.text);
    desk.account.customer.arranged.confidential = true;
    let letter = desk.rendered();
    assert!(!letter.subject.contains("Promemoria"), "{}", letter.subject);
    assert!(!letter.text.contains("Colloquio"), "{}", letter.text);
}

/// What the owner is told about a payer has no name that a text could use.
#[test]
fn no_text_can_name_the_record_or_the_advice() {
    for field in ["record", "advice", "days_late", "group", "vip", "payment_day", "confidential"] {
        let file = "templates/it/reminder_friendly.formal.txt.hbs".to_owned();
        let text = format!(
            "Fattura {{{{numbers}}}}\n\n{{{{greeting}}}}\n\n{{{{{field}}}}}\n\n{{{{items}}}}\n\n{{{{payment}}}}\n\n{{{{signature}}}}\n"
        );
        let own = [TemplateSource { file, text }];
        let problems = Shelf::build(&sources_shipped(), &own).err().unwrap_or_default();
        assert!(problems.iter().any(|problem| problem.message.contains(field)), "{field}: {problems:?}");
    }
}

fn held(kind: HoldKind, item: i64, named: Option<NaiveDate>) -> Hold {
    Hold {
        id: HoldId(item),
        kind,
        scope: HoldScope::Items(vec![ReceivableId(item)]),
        amount: None,
        since: DateTime::UNIX_EPOCH,
        until: None,
        named_day: named,
        cause: Cause::Clock,
        case: None,
        ended: None,
        parts: Vec::new(),
        by_cheque: false,
    }
}

/// In a list that the customer asked for, what is held is named as such, and what is past its day, and nothing else about
/// it, is summed apart.
#[test]
fn a_list_says_what_is_held_and_what_is_due() {
    let of = |language, register| {
        let mut desk = Desk::new("statement", language, register, 4);
        desk.plan.purpose = Purpose::Statement;
        desk.account.receivables[2].due = day(10, 3);
        desk.account.receivables[3].due = day(11, 30);
        desk.account.holds = vec![held(HoldKind::Disputed, 1, None), held(HoldKind::Promise, 2, Some(day(11, 8)))];
        desk.rendered()
    };
    let letter = of(Language::Italian, Register::Formal);
    for line in [
        "- Fattura n. 118 del 02/09/2026, scadenza 02/10/2026: 1.220,00 €, in verifica",
        "- Fattura n. 119 del 03/09/2026, scadenza 03/10/2026: 2.440,00 €, pagamento previsto il 08/11/2026",
        "- Fattura n. 120 del 04/09/2026, scadenza 03/10/2026: 3.660,00 €",
        "- Fattura n. 121 del 05/09/2026, scadenza 30/11/2026: 4.880,00 €\nTotale: 12.200,00 €\ndi cui già scaduto: 3.660,00 €",
    ] {
        assert!(letter.text.contains(line), "{line}\n{}", letter.text);
    }
    assert!(letter.page.is_some_and(|page| page.contains("in verifica") && page.contains("di cui già scaduto")));
    assert!(of(Language::German, Register::Formal).text.contains("in Klärung"));
    // A reminder names no hold: what is held is not in it.
    let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 2);
    desk.account.holds = vec![held(HoldKind::OwnerActive, 1, None)];
    assert!(!desk.rendered().text.contains("verifica"));
}

/// What a test alters.
type Change<'a> = &'a dyn Fn(&mut Desk);

/// Who promised a part is asked about that, and not as if they had promised all of it.
#[test]
fn the_question_about_a_promised_part_names_it() {
    for language in Language::ALL.iter().copied() {
        let registers: &[Register] = match language {
            Language::Italian => &[Register::Formal, Register::Informal, Register::Voi, Register::Impersonal],
            _ => &[Register::Formal, Register::Informal],
        };
        for register in registers.iter().copied() {
            let of = |amount: Option<Money>| {
                let mut desk = Desk::new("promise_broken", language, register, 1);
                desk.plan.particulars.amount = amount;
                desk.rendered().text
            };
            let (part, whole) = (of(Some(Money::eur(12_345))), of(None));
            let names = |text: &str| text.contains("123,45") || text.contains("123.45");
            assert!(names(&part) && !names(&whole), "{language:?} {register:?}: {part}");
        }
    }
}

/// A mild word about one invoice takes no firm one about another back: that one is listed as asked for before.
#[test]
fn a_reminder_lists_apart_what_was_asked_for_before() {
    let of = |change: Change| {
        let mut desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 1);
        let mut older = receivable(4);
        older.due = day(9, 2);
        desk.account.receivables.push(older);
        desk.plan.particulars.asked_before = vec![ReceivableId(4)];
        change(&mut desk);
        desk.rendered()
    };
    let letter = of(&|_| {});
    let listed = "\n\nGià sollecitata e ancora aperta:\n- Fattura n. 121";
    assert!(letter.text.contains(listed) && letter.text.contains("Le sia sfuggita"), "{}", letter.text);
    assert!(letter.page.is_some_and(|page| page.contains("Già sollecitata") && page.contains("4.880,00")));
    // What is listed is policy's to say; what changed until it is written is left out.
    let left_out: [(&str, Change); 3] = [
        ("not planned so", &|desk| desk.plan.particulars.asked_before.clear()),
        ("held", &|desk| desk.account.holds = vec![held(HoldKind::Claimed, 4, Some(day(12, 10)))]),
        ("paid", &pay_the_fourth),
    ];
    is_left_out(&of, "sollecitata", &left_out);
}

/// The one that was put beside those of the letter.
fn pay_the_fourth(desk: &mut Desk) {
    let item = desk.account.receivables.iter_mut().find(|item| item.id == ReceivableId(4)).expect("it is there");
    item.payments.push(Payment::arrived(item.amount, day(10, 13)));
}

/// With each of these changes neither the heading of a list nor the invoice on it stands in the letter.
fn is_left_out(of: &dyn Fn(Change) -> Rendered, heading: &str, changes: &[(&str, Change)]) {
    for (what, change) in changes {
        let text = of(*change).text;
        assert!(!text.contains(heading) && !text.contains("n. 121"), "{what}: {text}");
    }
}

/// Due and overdue stand apart: what is still to come is listed below for information, without a sum, and only where
/// nothing is uncertain about it.
#[test]
fn a_reminder_lists_apart_what_is_still_to_come() {
    let of = |change: Change| {
        let mut desk = Desk::new("reminder_second", Language::Italian, Register::Formal, 2);
        let mut later = receivable(4);
        later.due = day(11, 30);
        desk.account.receivables.push(later);
        desk.plan.particulars.upcoming = vec![ReceivableId(4)];
        change(&mut desk);
        desk.rendered()
    };
    let to_come =
        "Non ancora scaduta, solo per riepilogo:\n- Fattura n. 121 del 05/09/2026, scadenza 30/11/2026: 4.880,00 €";
    let letter = of(&|_| {});
    assert!(letter.text.contains(&format!("\n\n{to_come}\n\n")), "{}", letter.text);
    assert!(letter.page.is_some_and(|page| page.contains("Non ancora scaduta") && page.contains("4.880,00")));
    let left_out: [(&str, Change); 4] = [
        ("not planned so", &|desk| desk.plan.particulars.upcoming.clear()),
        ("held", &|desk| desk.account.holds = vec![held(HoldKind::Deferral, 4, Some(day(12, 10)))]),
        ("paid", &pay_the_fourth),
        ("past its day", &|desk| desk.account.receivables[2].due = day(10, 12)),
    ];
    is_left_out(&of, "Non ancora", &left_out);
}
