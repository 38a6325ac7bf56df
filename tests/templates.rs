//! Letters as customers receive them: every text in every register, and what no letter may ever do.

use chrono::{DateTime, NaiveDate, Utc};
use sollecito::ledger::account::Account;
use sollecito::ledger::bank_account::BankAccount;
use sollecito::ledger::customer::{Contact, ContactRole, Customer};
use sollecito::ledger::ids::{Address, BankAccountId, CustomerId, ReceivableId, TemplateId};
use sollecito::ledger::mail::{BusinessKey, MailPlan, Particulars};
use sollecito::ledger::moment::Moment;
use sollecito::ledger::money::{Currency, Money};
use sollecito::ledger::receivable::{Collection, Payment, Receivable, ReceivableKey, ReceivableKind};
use sollecito::ledger::words::{DebtorKind, Language, Purpose, Register};
use sollecito::templates::letterhead::Letterhead;
use sollecito::templates::{Document, Letter, RenderFailure, Rendered, Shelf, TEMPLATE_IDS, mail_ids, sources_shipped};
use std::collections::BTreeSet;

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
        });
        account.receivables = (1..=count).map(receivable).collect();
        let instant = DateTime::parse_from_rfc3339("2026-10-14T08:00:00Z").expect("an instant").to_utc();
        let plan = MailPlan {
            key: BusinessKey::Reminder(CustomerId(1), day(10, 14)),
            purpose: Purpose::Reminder,
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
                named_day: Some(day(10, 30)),
                asked_day: None,
                deadline: Some(day(11, 6)),
                amount: None,
                earlier_reminders: vec![day(10, 8), day(10, 12)],
                payments_known_up_to: Some(day(10, 9)),
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

fn letterhead() -> Letterhead {
    Letterhead {
        firm: "Ferri Impianti".to_owned(),
        person: "Carlo Ferri".to_owned(),
        phone: "010 1234567".to_owned(),
        address: address("carlo@ferri.example"),
        lines: vec!["Via Prova 1, Genova".to_owned()],
        language: Language::Italian,
        bank_accounts: vec![account_of("main", "IT60X0542811101000000123456")],
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
        bank_account: Some(BankAccountId::new("main")),
        collection: Collection::Own,
        closure: None,
        missing_since: None,
        known_since: day(9, 2),
        payments_known_up_to: None,
        released: true,
        cycle: 0,
    }
}

const REGISTERS: [(Language, Register); 5] = [
    (Language::Italian, Register::Formal),
    (Language::Italian, Register::Informal),
    (Language::Italian, Register::Voi),
    (Language::English, Register::Formal),
    (Language::English, Register::Informal),
];

/// Thanks are for what is settled; everything else is about something open.
fn every_letter() -> Vec<(String, Desk, Rendered)> {
    let shelf = shelf();
    let mut letters = Vec::new();
    for (language, register) in REGISTERS {
        for id in TEMPLATE_IDS {
            for count in [1, 3] {
                let mut desk = Desk::new(id, language, register, count);
                if id == "thanks_paid" {
                    for item in &mut desk.account.receivables {
                        item.payments.push(Payment { amount: item.amount, on: day(10, 13) });
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
    let languages = BTreeSet::from([Language::Italian, Language::English]);
    assert_eq!(shelf().missing(&languages), []);
    assert_eq!(shelf().missing(&BTreeSet::from([Language::German])).len(), TEMPLATE_IDS.len() * 2);
}

#[test]
fn a_whole_message() {
    let desk = Desk::new("reminder_friendly", Language::Italian, Register::Formal, 2);
    let message = String::from_utf8(desk.rendered().bytes).expect("ASCII").replace("\r\n", "\n");
    insta::assert_snapshot!("whole_message", message);
}
