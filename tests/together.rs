//! One letter for several customers of the same reader: each with a heading, a table, a total and payment details of its
//! own, nothing added up over two of them, and nothing said of all that is not true of each.

// A test says what it expects and fails where it is not so.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unwrap_used)]

use chrono::{DateTime, NaiveDate};
use sollecito::ledger::account::Account;
use sollecito::ledger::bank_account::BankAccount;
use sollecito::ledger::credit::Credit;
use sollecito::ledger::customer::{Contact, ContactRole, Customer};
use sollecito::ledger::ids::{Address, BankAccountId, CustomerId, ReceivableId, TemplateId};
use sollecito::ledger::interest::LatePayment;
use sollecito::ledger::mail::{BusinessKey, MailPlan, Particulars};
use sollecito::ledger::moment::Moment;
use sollecito::ledger::money::{Currency, Money};
use sollecito::ledger::receivable::{Collection, Receivable, ReceivableKey, ReceivableKind};
use sollecito::ledger::words::{DebtorKind, Language, Purpose, Register};
use sollecito::policy::joint_plan;
use sollecito::templates::letterhead::Letterhead;
use sollecito::templates::{Beside, Letter, RenderFailure, Rendered, Shelf, TemplateSource, mail_ids, sources_shipped};

const ADMINISTRATOR: &str = "lucia.conti@studioconti.example";

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn shelf() -> Shelf {
    Shelf::build(&sources_shipped(), &[]).expect("the shipped texts")
}

struct One {
    account: Account,
    plan: MailPlan,
}

/// A condominium with invoices of these numbers; each is of as many hundreds of euros as its number.
fn one(id: i64, name: &str, template: &str, numbers: &[i64], language: Language, register: Register) -> One {
    let mut account = Account::new(Customer {
        kind: DebtorKind::Condominium,
        language,
        register,
        contacts: vec![Contact {
            address: address(ADMINISTRATOR),
            name: Some("Lucia Conti".to_owned()),
            role: ContactRole::Primary,
            bounced: false,
        }],
        ..Customer::named(CustomerId(id), name)
    });
    account.receivables = numbers.iter().map(|number| receivable(id, *number)).collect();
    let plan = MailPlan {
        key: BusinessKey::Reminder(CustomerId(id), day(10, 14)),
        purpose: Purpose::Reminder,
        template: TemplateId::new(template),
        customer: Some(CustomerId(id)),
        items: account.receivables.iter().map(|item| item.id).collect(),
        steps: Vec::new(),
        to: vec![address(ADMINISTRATOR)],
        cc: Vec::new(),
        not_before: DateTime::UNIX_EPOCH,
        answers: None,
        attach_documents: Vec::new(),
        particulars: Particulars {
            earlier_reminders: vec![day(9, 8), day(9, 15 + u32::try_from(id).expect("small"))],
            payments_known_up_to: Some(day(10, 13)),
            ..Particulars::default()
        },
        needs_approval: false,
        because: "A test".to_owned(),
    };
    One { account, plan }
}

fn receivable(customer: i64, number: i64) -> Receivable {
    Receivable {
        id: ReceivableId(number),
        customer: CustomerId(customer),
        key: ReceivableKey {
            issuer: "Ferri Impianti".to_owned(),
            number: number.to_string(),
            issued: day(8, 31),
            instalment: 0,
        },
        kind: ReceivableKind::Invoice,
        due: day(9, 30),
        amount: Money::eur(number * 10_000),
        credited: Money::eur(0),
        payments: Vec::new(),
        description: None,
        contract: None,
        bank_account: None,
        collection: Collection::Own,
        closure: None,
        missing_since: None,
        known_since: day(9, 2),
        payments_known_up_to: Some(day(10, 13)),
        released: true,
        cycle: 0,
        credit: Credit::default(),
        came_back: None,
        exchange: sollecito::ledger::exchange::Exchange::default(),
        terms: None,
        tolerated_until: None,
    }
}

fn letterhead(language: Language) -> Letterhead {
    Letterhead {
        firm: "Ferri Impianti".to_owned(),
        person: "Carlo Ferri".to_owned(),
        phone: "010 1234567".to_owned(),
        address: address("carlo@ferri.example"),
        lines: Vec::new(),
        language,
        bank_accounts: vec![BankAccount {
            id: BankAccountId::new("main"),
            currency: Currency::EUR,
            iban: "IT60X0542811101000000123456".to_owned(),
            bic: None,
            holder: "Ferri Impianti".to_owned(),
        }],
        late_payment: LatePayment::default(),
        vat_number: Some("IT01234567897".to_owned()),
    }
}

/// The first carries the others.
fn render(shelf: &Shelf, all: &[One]) -> Result<Rendered, RenderFailure> {
    let (first, others) = all.split_first().expect("one at least");
    let plans: Vec<&MailPlan> = all.iter().map(|one| &one.plan).collect();
    let joint = joint_plan(&plans).expect("several");
    let beside: Vec<Beside<'_>> = others.iter().map(|one| Beside { plan: &one.plan, account: &one.account }).collect();
    let instant = DateTime::parse_from_rfc3339("2026-10-14T08:00:00Z").expect("an instant").to_utc();
    shelf.render(&Letter {
        plan: &joint,
        account: &first.account,
        letterhead: &letterhead(first.account.customer.language),
        beside: &beside,
        moment: Moment::new(instant, chrono_tz::Europe::Rome),
        ids: &mail_ids(&[7; 32], &first.plan.key, 0, "ferri.example"),
        documents: &[],
        automatic: true,
    })
}

fn three(template: &str, language: Language, register: Register) -> [One; 3] {
    [
        one(2, "Condominio Betulla", template, &[3], language, register),
        one(1, "Condominio Aurora", template, &[4, 5], language, register),
        one(3, "Condominio Cedro", template, &[6, 7], language, register),
    ]
}

#[test]
fn each_has_its_own_heading_table_total_and_payment_details() {
    let rendered =
        render(&shelf(), &three("reminder_friendly", Language::Italian, Register::Formal)).expect("a letter");
    insta::assert_snapshot!("several_in_italian", format!("Subject: {}\n\n{}", rendered.subject, rendered.text));
    let page = rendered.page.expect("a page");
    for text in [&rendered.text, &page] {
        let places: Vec<usize> = ["Aurora", "Betulla", "Cedro"].map(|name| text.find(name).expect(name)).to_vec();
        assert!(places.is_sorted(), "by name, whoever carries the others");
        assert_eq!(text.matches("IT60 X054").count(), 3, "each pays for itself");
        let parts: Vec<&str> = text.split("Condominio ").collect();
        let [_, aurora, betulla, cedro] = parts.as_slice() else { panic!("three headings: {text}") };
        let plain = |part: &str| part.replace("&nbsp;", " ");
        assert!(plain(aurora).contains("900,00 €") && plain(cedro).contains("1.300,00 €"), "their own totals");
        assert!(plain(betulla).contains("300,00 €"));
        assert!(aurora.contains("saldo fatture 4 e 5") && betulla.contains("saldo fattura 3"));
    }
    assert!(page.contains("<h2") && page.contains(">Condominio Cedro</h2>"));
}

/// 300 + 900 + 1,300 euros: nowhere does a sum over two of them stand.
#[test]
fn nothing_is_added_up_in_any_language_or_form_of_address() {
    let registers = [
        (Language::Italian, Register::Formal),
        (Language::Italian, Register::Informal),
        (Language::Italian, Register::Voi),
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
    let shelf = shelf();
    for (language, register) in registers {
        for template in ["reminder_friendly", "reminder_second", "reminder_firm"] {
            let place = format!("{language} {register} {template}");
            let rendered =
                render(&shelf, &three(template, language, register)).unwrap_or_else(|e| panic!("{place}: {e}"));
            let is_blank = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}');
            let digits: String = rendered.text.chars().filter(|c| c.is_ascii_digit() || is_blank(*c)).collect();
            for sum in ["120000", "220000", "160000", "250000"] {
                assert!(!digits.split_whitespace().any(|word| word == sum), "{place}: {sum} in {}", rendered.text);
            }
            for own in ["30000", "90000", "130000"] {
                assert!(digits.split_whitespace().any(|word| word == own), "{place}: {own} in {}", rendered.text);
            }
            for name in ["Condominio Aurora\n", "Condominio Betulla\n", "Condominio Cedro\n"] {
                assert_eq!(rendered.text.matches(name).count(), 1, "{place}: {}", rendered.text);
            }
            // As discreet as a letter about one of them: it names documents and nothing else.
            let alone = three(template, language, register);
            let subject = render(&shelf, &alone).expect("the same").subject;
            for word in ["Promemoria", "reminder", "Erinnerung", "Rappel", "Recordatorio", "Condominio", "€", "EUR"] {
                assert!(!subject.to_lowercase().contains(&word.to_lowercase()), "{place}: {subject}");
            }
        }
    }
}

#[test]
fn the_tone_is_that_of_the_highest_step_and_the_facts_are_true_of_all() {
    let mut all = three("reminder_friendly", Language::Italian, Register::Formal);
    all[1].plan.template = TemplateId::new("reminder_firm");
    all[1].plan.particulars.deadline = Some(day(10, 30));
    let plans: Vec<&MailPlan> = all.iter().map(|one| &one.plan).collect();
    let joint = joint_plan(&plans).expect("several");
    assert_eq!(joint.template.as_str(), "reminder_firm");
    assert_eq!(
        (joint.customer, joint.items.clone()),
        (Some(CustomerId(2)), vec![ReceivableId(3)]),
        "the carrier's own"
    );
    assert_eq!(joint.particulars.deadline, Some(day(10, 30)));
    assert_eq!(joint.particulars.earlier_reminders, [day(9, 8)], "only the one that spoke of each of them");
    all[2].plan.template = TemplateId::new("reminder_firm");
    all[2].plan.particulars.deadline = Some(day(11, 4));
    let plans: Vec<&MailPlan> = all.iter().map(|one| &one.plan).collect();
    assert_eq!(joint_plan(&plans).expect("several").particulars.deadline, Some(day(11, 4)), "nobody gets less time");
    let text = render(&shelf(), &all).expect("a letter").text;
    assert!(text.contains("il messaggio dell'8 settembre") && text.contains("entro mercoledì 4 novembre"), "{text}");
    assert_eq!(joint_plan(&plans[..1]), None, "alone it stays what it is");
}

#[test]
fn a_name_on_which_they_do_not_agree_is_not_used() {
    let mut all = three("reminder_friendly", Language::Italian, Register::Formal);
    let text = render(&shelf(), &all).expect("a letter").text;
    assert!(text.contains("Lucia Conti"), "{text}");
    all[2].account.customer.contacts[0].name = Some("Geom. Neri".to_owned());
    let rendered = render(&shelf(), &all).expect("a letter");
    let whole = String::from_utf8_lossy(&rendered.bytes).into_owned();
    assert!(rendered.text.starts_with("Buongiorno"), "{}", rendered.text);
    assert!(!whole.contains("Lucia Conti") && !whole.contains("Geom. Neri"), "nor in To");
}

/// A text of the firm's own that adds up, or has no place for several, is not used for several.
#[test]
fn a_text_that_cannot_speak_for_several_does_not() {
    let with = |body: &str| {
        let own = TemplateSource {
            file: "it/reminder_friendly.formal.txt.hbs".to_owned(),
            text: format!("Fattura\n\n{body}\n\n{{{{signature}}}}\n"),
        };
        Shelf::build(&sources_shipped(), &[own]).expect("a text")
    };
    let all = three("reminder_friendly", Language::Italian, Register::Formal);
    let added = render(&with("{{items}}\n\nIn tutto {{total}}."), &all).map(|letter| letter.text);
    assert!(matches!(added, Err(RenderFailure::Text { .. })), "{added:?}");
    let without = render(&with("Mancano le {{invoice}}.\n\n{{payment}}"), &all).map(|letter| letter.text);
    assert!(matches!(without, Err(RenderFailure::NotForSeveral(_))), "{without:?}");
    let good = render(&with("{{items}}"), &all).expect("a letter").text;
    assert!(
        good.contains("Condominio Cedro") && !good.contains("IBAN"),
        "where the text shows none, nobody is told one"
    );
}

#[test]
fn what_one_of_them_lacks_stops_the_letter() {
    let mut all = three("reminder_friendly", Language::Italian, Register::Formal);
    all[2].account.receivables[0].bank_account = Some(BankAccountId::new("closed"));
    assert!(matches!(render(&shelf(), &all), Err(RenderFailure::NoBankAccount(_))));
    for item in &mut all[2].account.receivables {
        item.closure = Some(sollecito::ledger::receivable::Closure::WrittenOff);
    }
    assert_eq!(render(&shelf(), &all).map(|letter| letter.text), Err(RenderFailure::NoItems));
}
