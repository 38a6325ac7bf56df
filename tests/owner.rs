//! What the owner reads: one case as a mail, a list of them, and commands that can be pasted as they stand.

// A test says what it expects and fails where it is not so.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use chrono::{DateTime, NaiveDate, Utc};
use sollecito::ledger::account::{Account, SentMail};
use sollecito::ledger::case::{Case, CaseKind};
use sollecito::ledger::change::Cause;
use sollecito::ledger::credit::Credit;
use sollecito::ledger::customer::Customer;
use sollecito::ledger::event::Order;
use sollecito::ledger::hold::{Hold, HoldEnd, HoldKind, HoldOutcome, HoldScope};
use sollecito::ledger::ids::{
    Address, CaseId, CustomerId, HoldId, MessageIdentity, OutboxId, ReceivableId, RuleId, StepId, TemplateId,
};
use sollecito::ledger::instalments::PlanPart;
use sollecito::ledger::mail::{BusinessKey, MailPlan, Particulars, StepRef};
use sollecito::ledger::moment::Moment;
use sollecito::ledger::money::Money;
use sollecito::ledger::reading::{Facts, IntentFinding, Match, Reading, Writer};
use sollecito::ledger::receivable::{Collection, Receivable, ReceivableKey, ReceivableKind};
use sollecito::ledger::words::{
    Authenticity, Confidence, DebtorKind, Intent, Language, MessageKind, Purpose, Register,
};
use sollecito::owner::{
    Digest, DigestItem, Forewarning, Notice, Recipient, WaitingMail, Warning, case_sentence, case_title, command_line,
    digest, forewarning, notice, order_meaning, warning,
};
use sollecito::templates::letterhead::Letterhead;
use sollecito::templates::{MailIds, Rendered, mail_ids};

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn account() -> Account {
    let mut account = Account::new(Customer {
        id: CustomerId(1),
        external_id: None,
        name: "Bianchi Srl".to_owned(),
        vat_number: None,
        tax_code: None,
        kind: DebtorKind::Firm,
        language: Language::Italian,
        register: Register::Formal,
        country: None,
        contacts: Vec::new(),
        vip: false,
        do_not_contact: false,
        phone: None,
        payment_day: None,
        arranged: sollecito::ledger::arranged::Arranged::default(),
    });
    account.receivables = vec![receivable(1, "2026/118"), receivable(2, "FPR 46/26")];
    account.holds = vec![Hold {
        id: HoldId(1),
        kind: HoldKind::Disputed,
        scope: HoldScope::Items(vec![ReceivableId(1)]),
        amount: None,
        since: at("2026-10-14T08:00:00Z"),
        until: Some(day(10, 21)),
        named_day: None,
        parts: Vec::new(),
        by_cheque: false,
        cause: Cause::Clock,
        case: Some(CaseId(12)),
        ended: None,
    }];
    account
}

fn receivable(n: i64, number: &str) -> Receivable {
    Receivable {
        id: ReceivableId(n),
        customer: CustomerId(1),
        key: ReceivableKey { issuer: "Ferri".to_owned(), number: number.to_owned(), issued: day(9, 2), instalment: 0 },
        kind: ReceivableKind::Invoice,
        due: day(10, 2),
        amount: Money::eur(122_000),
        credited: Money::eur(0),
        payments: Vec::new(),
        description: None,
        contract: None,
        bank_account: None,
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
        exchange: sollecito::ledger::exchange::Exchange::default(),
    }
}

fn case(kind: CaseKind) -> Case {
    Case {
        id: CaseId(12),
        customer: Some(CustomerId(1)),
        kind,
        message: Some(MessageIdentity([1; 32])),
        items: vec![ReceivableId(1)],
        particulars: vec!["The mail contests the work of invoice 2026/118.".to_owned()],
        suggestions: vec![
            Order::Hold {
                items: vec![ReceivableId(1)],
                until: Some(day(12, 15)),
                why: Some("la pompa perde".to_owned()),
            },
            Order::Resume { items: vec![ReceivableId(1)] },
        ],
        opened: at("2026-10-14T08:00:00Z"),
        closed: None,
    }
}

fn reading() -> Reading {
    Reading {
        identity: MessageIdentity([1; 32]),
        rfc_id: None,
        references: Vec::new(),
        received: at("2026-10-14T07:00:00Z"),
        day: day(10, 14),
        from: Some(address("anna.rossi@bianchi.example")),
        from_name: Some("Anna Rossi".to_owned()),
        subject: "Re: Fattura 2026/118".to_owned(),
        kind: MessageKind::Reply,
        authenticity: Authenticity::Pass,
        language: Some(Language::Italian),
        intents: vec![IntentFinding {
            intent: Intent::Dispute,
            confidence: Confidence::percent(93),
            rule: RuleId::new("dispute-quality"),
            evidence: "La pompa perde ancora:\nprima di pagare va riparata.".to_owned(),
        }],
        facts: Facts::default(),
        matched: Match::default(),
        writer: Writer::OnFile,
        unread: vec!["Vi mando le foto su un altro canale.".to_owned()],
        warnings: Vec::new(),
        bounce: None,
        addressed_to_us: true,
    }
}

/// Everything that a notice is sent with.
struct Desk {
    letterhead: Letterhead,
    owner: Address,
    ids: MailIds,
}

impl Desk {
    fn new() -> Self {
        let letterhead = Letterhead {
            firm: "Ferri Impianti".to_owned(),
            person: "Carlo Ferri".to_owned(),
            phone: "010 1234567".to_owned(),
            address: address("carlo@ferri.example"),
            lines: Vec::new(),
            language: Language::Italian,
            bank_accounts: Vec::new(),
            late_payment: sollecito::ledger::interest::LatePayment::default(),
            vat_number: None,
        };
        let ids = mail_ids(&[7; 32], &BusinessKey::Notice(CaseId(12), 1), 0, "ferri.example");
        Self { letterhead, owner: address("carlo.privato@ferri.example"), ids }
    }

    fn recipient(&self, language: Language) -> Recipient<'_> {
        let moment = Moment::new(at("2026-10-14T08:05:00Z"), chrono_tz::Europe::Rome);
        Recipient { letterhead: &self.letterhead, address: &self.owner, language, moment, ids: &self.ids }
    }

    fn notice(&self, case: &Case, reading: Option<&Reading>, original: Option<&[u8]>, language: Language) -> Rendered {
        let account = account();
        let recipient = self.recipient(language);
        notice(&Notice { case, account: Some(&account), reading, last_mail: None, original, recipient })
            .expect("a notice")
    }
}

#[test]
fn a_case_in_both_languages() {
    let (desk, case, reading) = (Desk::new(), case(CaseKind::Dispute), reading());
    for language in [Language::Italian, Language::English] {
        let rendered = desk.notice(&case, Some(&reading), None, language);
        insta::assert_snapshot!(
            format!("case_{language}"),
            format!("Subject: {}\n\n{}", rendered.subject, rendered.text)
        );
    }
}

#[test]
fn every_kind_has_its_words_in_both_languages() {
    let mut seen = std::collections::BTreeSet::new();
    for kind in CaseKind::ALL {
        for language in [Language::Italian, Language::English] {
            let (title, sentence) = (case_title(*kind, language), case_sentence(*kind, language));
            assert!(title.len() > 5 && !title.ends_with('.') && sentence.ends_with(['.', '?']), "{kind}");
            assert!(!sentence.contains('!'), "{kind}");
            assert!(seen.insert((language, title)) && seen.insert((language, sentence)), "{kind} is said twice");
        }
        let rendered = Desk::new().notice(&case(*kind), None, None, Language::Italian);
        assert!(rendered.text.contains(case_sentence(*kind, Language::Italian)), "{kind}");
        assert!(rendered.text.contains("sollecito close C12"), "{kind}");
    }
}

#[test]
fn the_original_comes_along_as_it_was() {
    let (desk, case, reading) = (Desk::new(), case(CaseKind::Dispute), reading());
    let original =
        "From: anna.rossi@bianchi.example\r\nSubject: =?utf-8?q?Perch=C3=A9?=\r\n\r\nLa pompa perde: perché?\r\n";
    let rendered = desk.notice(&case, Some(&reading), Some(original.as_bytes()), Language::Italian);
    let message = mail_parser::MessageParser::default().parse(&rendered.bytes).expect("a message");
    use mail_parser::{MimeHeaders, PartType};
    let attached = message.attachment(0).expect("an attachment");
    assert_eq!(attached.attachment_name(), Some("messaggio.eml"));
    let PartType::Message(inner) = &attached.body else { panic!("not a message: {:?}", attached.body) };
    assert_eq!(inner.subject(), Some("Perché"));
    let header = |name: &'static str| message.header(name).and_then(|value| value.as_text()).map(str::to_owned);
    assert_eq!(header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert_eq!(header("X-Sollecito-Ref"), Some(desk.ids.reference.clone()));
    // Lines that no server takes: the mail comes as a file instead.
    let long = format!("Subject: x\r\n\r\n{}\r\n\0", "è".repeat(2000));
    let rendered = desk.notice(&case, None, Some(long.as_bytes()), Language::English);
    let message = mail_parser::MessageParser::default().parse(&rendered.bytes).expect("a message");
    assert_eq!(message.attachment(0).expect("an attachment").contents(), long.as_bytes());
    assert!(rendered.bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 999));
}

#[test]
fn a_hostile_mail_cannot_forge_a_notice() {
    let (desk, mut case, mut reading) = (Desk::new(), case(CaseKind::NotUnderstood), reading());
    let evil = "x»\r\nBcc: y@evil.example\n\nComandi pronti:\n  sollecito write-off 2026/118\u{202e}\0";
    reading.from_name = Some(evil.to_owned());
    evil.clone_into(&mut reading.subject);
    reading.intents.clear();
    reading.unread = vec![evil.to_owned(), "z".repeat(100_000)];
    case.particulars = vec![evil.to_owned()];
    case.suggestions = vec![Order::Note { items: Vec::new(), text: "$(rm -rf /) '; halt".to_owned() }];
    let rendered = desk.notice(&case, Some(&reading), None, Language::Italian);
    assert!(!rendered.text.contains("\n  sollecito write-off"), "{}", rendered.text);
    assert!(rendered.text.contains("  sollecito note 'Bianchi Srl' '$(rm -rf /) '\\''; halt'\n"), "{}", rendered.text);
    assert!(rendered.text.len() < 8_000);
    let message = mail_parser::MessageParser::default().parse(&rendered.bytes).expect("a message");
    assert!(message.bcc().is_none());
    // No account, no reading, nobody known.
    let recipient = desk.recipient(Language::English);
    let bare = Notice { case: &case, account: None, reading: None, last_mail: None, original: None, recipient };
    let text = notice(&bare).expect("a notice").text;
    assert!(text.contains("sollecito close C12"), "{text}");
}

#[test]
fn a_call_sheet_tells_what_happened_last() {
    let desk = Desk::new();
    let mut account = account();
    account.customer.arranged.phone = Some("+39 02 5550110".to_owned());
    account.notes = vec!["Preferisce essere chiamata la mattina.".to_owned()];
    account.customer_wrote = Some(at("2026-10-12T23:30:00Z"));
    for n in 1..=5 {
        let instant = at(&format!("2026-10-0{n}T08:00:00Z"));
        account.sent.push(SentMail {
            purpose: Purpose::Reminder,
            at: instant,
            to: Vec::new(),
            items: Vec::new(),
            proposal: None,
        });
    }
    let broken = |id, n: i64, on, how| Hold {
        id: HoldId(id),
        kind: HoldKind::Promise,
        scope: HoldScope::Items(vec![ReceivableId(n)]),
        until: None,
        named_day: Some(on),
        case: None,
        ended: how,
        ..account.holds[0].clone()
    };
    let ended = |how| Some(HoldEnd { at: at("2026-10-12T08:00:00Z"), how });
    let promises =
        vec![broken(2, 1, day(10, 5), ended(HoldOutcome::Broken)), broken(3, 2, day(10, 9), ended(HoldOutcome::Kept))];
    account.holds.extend(promises);
    let mut case = case(CaseKind::Call);
    case.particulars = vec!["2026/118: 1220.00 EUR open, due on 2026-10-02.".to_owned()];
    let step = StepRef { receivable: ReceivableId(1), cycle: 0, step: StepId::new("call") };
    case.suggestions = vec![
        Order::StepDone { step },
        Order::Promise { items: vec![ReceivableId(1)], by: day(10, 21), amount: None },
        Order::Hold { items: vec![ReceivableId(1)], until: Some(day(10, 21)), why: None },
    ];
    let mut last = reading();
    last.identity = MessageIdentity([2; 32]);
    for (name, language) in [("call_sheet", Language::Italian), ("call_sheet_en", Language::English)] {
        let recipient = desk.recipient(language);
        let call = Notice {
            case: &case,
            account: Some(&account),
            reading: None,
            last_mail: Some(&last),
            original: None,
            recipient,
        };
        let sheet = notice(&call).expect("a notice");
        insta::assert_snapshot!(name, format!("Subject: {}\n\n{}", sheet.subject, sheet.text));
    }
    let recipient = desk.recipient(Language::Italian);
    // Of a confidential customer nothing is quoted; without a number on file none is guessed.
    account.customer.arranged.confidential = true;
    account.customer.arranged.phone = None;
    let call = Notice {
        case: &case,
        account: Some(&account),
        reading: None,
        last_mail: Some(&last),
        original: None,
        recipient,
    };
    let text = notice(&call).expect("a notice").text;
    assert!(!text.contains("La pompa perde") && text.contains("nessun numero in anagrafica"), "{text}");
    account.customer.arranged.confidential = false;
    // What an import says counts where nothing is arranged.
    account.customer.arranged.phone = None;
    account.customer.phone = Some("+39 0521 555 0110".to_owned());
    let call =
        Notice { case: &case, account: Some(&account), reading: None, last_mail: None, original: None, recipient };
    assert!(notice(&call).expect("a notice").text.contains("+39 0521 555 0110"));
}

#[test]
fn several_cases_as_one_list() {
    let (desk, account) = (Desk::new(), account());
    let cases = [case(CaseKind::Dispute), case(CaseKind::WhoHasPaid)];
    let items: Vec<DigestItem<'_>> =
        cases.iter().map(|case| DigestItem { case, account: Some(&account), our_turn: None }).collect();
    let rendered =
        digest(&Digest { items: &items, waiting: &[], recipient: desk.recipient(Language::Italian) }).expect("a list");
    insta::assert_snapshot!("digest", format!("Subject: {}\n\n{}", rendered.subject, rendered.text));
    let one = digest(&Digest { items: &items[..1], waiting: &[], recipient: desk.recipient(Language::English) })
        .expect("a list");
    assert_eq!(one.subject, "1 open question");
    let plan = MailPlan {
        key: BusinessKey::Reminder(account.customer.id, day(10, 13)),
        purpose: Purpose::Reminder,
        template: TemplateId::new("reminder_friendly"),
        customer: Some(account.customer.id),
        items: vec![ReceivableId(1)],
        steps: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        not_before: at("2026-10-13T08:00:00Z"),
        answers: None,
        attach_documents: Vec::new(),
        particulars: Particulars::default(),
        needs_approval: true,
        because: String::new(),
    };
    let waiting =
        [WaitingMail { together_with: None, id: OutboxId(5), account: &account, plan: &plan, firm_to_supplier: false }];
    let two = digest(&Digest { items: &items[..1], waiting: &waiting, recipient: desk.recipient(Language::English) })
        .expect("a list");
    assert_eq!(two.subject, "2 open questions");
    assert!(two.text.starts_with("This question waits"), "one question and one mail: {}", two.text);
    for (language, why) in [(Language::Italian, "è anche un vostro fornitore"), (Language::English, "also a supplier")]
    {
        let firm = [WaitingMail { firm_to_supplier: true, ..waiting[0] }];
        let list = |waiting| digest(&Digest { items: &items[..1], waiting, recipient: desk.recipient(language) });
        assert!(list(&firm).expect("a list").text.contains(why));
        assert!(!list(&waiting).expect("a list").text.contains(why));
    }
    for (name, language) in [("forewarning_it", Language::Italian), ("forewarning_en", Language::English)] {
        let mut other = plan.clone();
        other.items = vec![ReceivableId(1), ReceivableId(2)];
        other.template = TemplateId::new("claim_check");
        let mails = [
            waiting[0],
            WaitingMail {
                together_with: None,
                id: OutboxId(9),
                account: &account,
                plan: &other,
                firm_to_supplier: false,
            },
        ];
        let awaiting = [WaitingMail { id: OutboxId(12), ..waiting[0] }, WaitingMail { id: OutboxId(15), ..mails[1] }];
        let recipient = desk.recipient(language);
        let list = forewarning(&Forewarning { mails: &mails, awaiting: &awaiting, recipient }).expect("a list");
        insta::assert_snapshot!(name, format!("Subject: {}\n\n{}", list.subject, list.text));
        let recipient = desk.recipient(language);
        let one = forewarning(&Forewarning { mails: &mails[..1], awaiting: &[], recipient }).expect("a list");
        assert!(!one.text.contains("approve 12"), "{}", one.text);
        assert!(one.subject.contains(" 1 ") || one.subject.starts_with("1 "), "{}", one.subject);
    }
    for template in ["reminder_returned", "before_closure", "monthly_statement", "receipt_check"] {
        let mut other = plan.clone();
        other.template = TemplateId::new(template);
        let mails = [WaitingMail {
            together_with: None,
            id: OutboxId(9),
            account: &account,
            plan: &other,
            firm_to_supplier: false,
        }];
        let recipient = desk.recipient(Language::Italian);
        let list = forewarning(&Forewarning { mails: &mails, awaiting: &[], recipient }).expect("a list");
        assert!(!list.text.contains(template), "no file names for the owner: {}", list.text);
    }
    let halted = Warning {
        title: "invii fermati",
        paragraphs: &["Tutti gli invii sono fermi.".to_owned()],
        recipient: desk.recipient(Language::Italian),
    };
    assert_eq!(warning(&halted).expect("a warning").subject, "Avviso: invii fermati");
}

#[test]
fn every_order_as_it_is_typed() {
    let account = account();
    let (one, both) = (vec![ReceivableId(1)], vec![ReceivableId(1), ReceivableId(2)]);
    let step = StepRef { receivable: ReceivableId(1), cycle: 0, step: StepId::new("call") };
    let part = |by, cents| PlanPart { by, amount: Money::eur(cents) };
    let parts = vec![part(day(11, 15), 50_000), part(day(12, 15), 72_000)];
    let orders = [
        Order::Paid { items: one.clone(), amount: Some(Money::eur(50_000)), on: day(11, 20) },
        Order::Paid { items: both.clone(), amount: None, on: day(11, 20) },
        Order::SetOff {
            items: one.clone(),
            amount: Some(Money::eur(30_000)),
            against: Some("l'offerta 45".to_owned()),
            on: day(11, 20),
        },
        Order::SetOff { items: both.clone(), amount: None, against: None, on: day(11, 20) },
        Order::Hold { items: Vec::new(), until: None, why: None },
        Order::Hold { items: one.clone(), until: Some(day(12, 15)), why: Some("in ferie".to_owned()) },
        Order::Resume { items: one.clone() },
        Order::Resume { items: Vec::new() },
        Order::Defer { items: one.clone(), until: day(12, 15) },
        Order::Promise { items: one.clone(), by: day(11, 30), amount: Some(Money::eur(100_000)) },
        Order::Plan { items: one.clone(), parts: parts.clone(), tell: true },
        Order::Propose { items: one.clone(), parts },
        Order::WithdrawProposal { items: one.clone() },
        Order::Dispute { items: one.clone(), about: Some("merce difettosa".to_owned()) },
        Order::Note { items: one.clone(), text: "sentito al telefono".to_owned() },
        Order::WriteOff { items: one.clone() },
        Order::HandOver { items: one.clone() },
        Order::Release { items: both },
        Order::PaymentsKnown { up_to: day(11, 19) },
        Order::StepDone { step },
        Order::CloseCase { case: CaseId(12) },
    ];
    let lines: Vec<String> = orders
        .iter()
        .map(|order| {
            let (italian, english) = (order_meaning(order, Language::Italian), order_meaning(order, Language::English));
            format!("{}\n    {italian}\n    {english}", command_line(order, &account))
        })
        .collect();
    insta::assert_snapshot!("orders", lines.join("\n"));
}

/// An order about one instalment means that one, and one about an invoice whose number another bears as well says which.
#[test]
fn a_part_and_a_twin_are_named_so_that_they_are_found() {
    let mut account = account();
    account.receivables = (1..=3).map(|n| receivable(n, "118")).collect();
    for (item, instalment) in account.receivables.iter_mut().zip([1, 2, 0]) {
        item.key.instalment = instalment;
    }
    account.receivables[2].key.number = "119".to_owned();
    let line = |account: &Account, ids: &[i64]| {
        let items = ids.iter().map(|id| ReceivableId(*id)).collect();
        command_line(&Order::Resume { items }, account).replace("sollecito resume ", "")
    };
    assert_eq!(line(&account, &[1, 2, 3]), "118 119");
    assert_eq!(line(&account, &[2, 3]), "118#2 119");
    // The first part is paid: the number alone means the other one.
    account.receivables[0].closure = Some(sollecito::ledger::receivable::Closure::WrittenOff);
    assert_eq!(line(&account, &[2]), "118");
    // The number of last year.
    account.receivables[2].key.number = "118".to_owned();
    account.receivables[2].key.issued = NaiveDate::from_ymd_opt(2025, 9, 4).expect("a day");
    assert_eq!(line(&account, &[3]), "118@2025-09-04");
    assert_eq!(line(&account, &[1]), "118#1@2026-09-02");
}

/// What was suggested once is offered as long as it can be given: not for a day that is past, and of one call one step.
#[test]
fn what_cannot_be_given_any_more_is_not_offered() {
    let mut account = account();
    let done =
        |n| Order::StepDone { step: StepRef { receivable: ReceivableId(n), cycle: 0, step: StepId::new("call") } };
    let items = vec![ReceivableId(1), ReceivableId(2)];
    let promise = Order::Promise { items: items.clone(), by: day(10, 21), amount: None };
    let hold = Order::Hold { items: items.clone(), until: None, why: None };
    let case =
        Case { items, suggestions: vec![done(1), done(2), promise.clone(), hold.clone()], ..case(CaseKind::Call) };
    let offered = |account: &Account, today| case.offered(Some(account), today).collect::<Vec<_>>();
    assert_eq!(offered(&account, day(10, 21)), [done(1), promise, hold.clone()]);
    assert_eq!(offered(&account, day(10, 22)), [done(1), hold.clone()]);
    account.receivables[0].closure = Some(sollecito::ledger::receivable::Closure::WrittenOff);
    assert_eq!(offered(&account, day(10, 22)), [done(2), hold]);
    // Up to when payments are known is a question of today, however long it has been open.
    let known = |up_to| Order::PaymentsKnown { up_to };
    let asked = Case { suggestions: vec![known(day(10, 6))], ..case.clone() };
    let told = |today| asked.offered(Some(&account), today).collect::<Vec<_>>();
    assert_eq!(told(day(12, 10)), [known(day(12, 9))]);
    assert_eq!(told(day(10, 7)), [known(day(10, 6))]);
}

/// An IBAN that is not ours: first the telephone, on the number on file; nothing is offered that books money first.
#[test]
fn a_foreign_iban_is_telephoned_about_first() {
    let (desk, mut reading) = (Desk::new(), reading());
    reading.warnings = vec![sollecito::ledger::reading::Warning::ForeignIban];
    let mut account = account();
    account.customer.phone = Some("+39 02 5550110".to_owned());
    let items = vec![ReceivableId(1)];
    let case = Case {
        particulars: vec![
            "The mail names an IBAN that is not one of the firm's: a payment may have gone, or be about to go, astray."
                .to_owned(),
        ],
        suggestions: vec![
            Order::Note { items: items.clone(), text: sollecito::ledger::event::TELEPHONED.to_owned() },
            Order::Paid { items, amount: None, on: day(10, 14) },
        ],
        ..case(CaseKind::BankDetailsVerification)
    };
    for (name, language) in [("foreign_iban_it", Language::Italian), ("foreign_iban_en", Language::English)] {
        let recipient = desk.recipient(language);
        let told = Notice {
            case: &case,
            account: Some(&account),
            reading: Some(&reading),
            last_mail: None,
            original: None,
            recipient,
        };
        let text = notice(&told).expect("a notice").text;
        let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} is missing: {text}"));
        assert!(place("1. ") < place("+39 02 5550110") && place("sollecito note") < place("sollecito paid"), "{text}");
        insta::assert_snapshot!(name, text);
    }
}

/// What is said of a case in Italian has no English in it.
#[test]
fn facts_are_told_in_the_owners_language() {
    use sollecito::owner::{is_told, told};
    for (english, italian) in [
        ("4 mails about it stayed without an answer.", "4 messaggi sono rimasti senza risposta."),
        (
            "FPR 46/26: the 110.00 EUR that are missing may be the 11 % that the bank withholds on building works, at 22 % \
             VAT, or a retention of 10 %.",
            "FPR 46/26: i 110,00 € che mancano possono essere la ritenuta dell'11 % del bonifico parlante, con IVA al 22 % \
             oppure una ritenuta a garanzia del 10 %.",
        ),
        (
            "The confirmation `plan_agreed` is not written. 118: The bank collects it; it is not paid by transfer before \
             it came back unpaid.",
            "La conferma «rate concordate» non è stata scritta. 118: la incassa la banca; finché non torna insoluta non si \
             paga con bonifico.",
        ),
    ] {
        assert_eq!(told(english, Language::Italian), italian);
        assert_eq!(told(english, Language::English), english);
        assert!(is_told(english, Language::Italian));
    }
}
