//! The whole ladder in a row, as one customer would receive it, in every language: to be read from top to bottom and
//! signed. And what `preview` supposes, leaves out and refuses.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unwrap_used)]

use chrono::{NaiveDate, NaiveTime};
use sollecito::ledger::account::{Account, SentMail};
use sollecito::ledger::bank_account::BankAccount;
use sollecito::ledger::change::{Cause, StepTaken, StepTaker};
use sollecito::ledger::credit::Credit;
use sollecito::ledger::customer::{Contact, ContactRole, Customer};
use sollecito::ledger::event::Event;
use sollecito::ledger::hold::{Hold, HoldKind, HoldScope};
use sollecito::ledger::ids::{Address, BankAccountId, CaseId, CustomerId, HoldId, ReceivableId, StepId, TemplateId};
use sollecito::ledger::interest::LatePayment;
use sollecito::ledger::mail::StepRef;
use sollecito::ledger::moment::Moment;
use sollecito::ledger::money::{Currency, Money};
use sollecito::ledger::receivable::{Collection, Receivable, ReceivableKey, ReceivableKind};
use sollecito::ledger::words::{DebtorKind, Language, Mode, Purpose, Register};
use sollecito::policy::preview::{
    NoPreview, Previewed, PreviewedAct, PreviewedLetter, PreviewedStep, preview_ladder, preview_step,
};
use sollecito::policy::terms::{Policy, Step, StepAct, When};
use sollecito::policy::{World, decide};
use sollecito::templates::letterhead::Letterhead;
use sollecito::templates::{Letter, Rendered, Shelf, mail_ids, sources_shipped};
use std::collections::BTreeSet;
use std::fmt::Write as _;

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

/// Two invoices: 118 due on 30 September, 121 due on 12 October.
fn account(kind: DebtorKind, language: Language, register: Register) -> Account {
    let mut account = Account::new(Customer {
        id: CustomerId(1),
        external_id: None,
        name: "Bianchi Srl".to_owned(),
        vat_number: None,
        tax_code: None,
        kind,
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
    account.receivables = vec![receivable(1, "118", day(9, 30), 122_000), receivable(2, "121", day(10, 12), 36_600)];
    account
}

fn receivable(id: i64, number: &str, due: NaiveDate, cents: i64) -> Receivable {
    Receivable {
        id: ReceivableId(id),
        customer: CustomerId(1),
        key: ReceivableKey {
            issuer: "Ferri Impianti".to_owned(),
            number: number.to_owned(),
            issued: due - chrono::Days::new(30),
            instalment: 0,
        },
        kind: ReceivableKind::Invoice,
        due,
        amount: Money::eur(cents),
        credited: Money::eur(0),
        credit: Credit::default(),
        terms: None,
        tolerated_until: None,
        came_back: None,
        exchange: sollecito::ledger::exchange::Exchange::default(),
        payments: Vec::new(),
        description: None,
        contract: None,
        bank_account: Some(BankAccountId::new("main")),
        collection: Collection::Own,
        closure: None,
        missing_since: None,
        known_since: due - chrono::Days::new(30),
        payments_known_up_to: None,
        released: true,
        cycle: 0,
    }
}

fn letterhead() -> Letterhead {
    Letterhead {
        firm: "Ferri Impianti".to_owned(),
        person: "Carlo Ferri".to_owned(),
        phone: "010 1234567".to_owned(),
        address: address("carlo@ferri.example"),
        lines: Vec::new(),
        language: Language::Italian,
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

fn policy() -> Policy {
    let mut policy = Policy::shipped();
    policy.modes.insert(Purpose::Reminder, Mode::Send);
    policy
}

/// Half past nine on a day: reminders may leave.
fn at<T>(on: NaiveDate, policy: &Policy, look: impl FnOnce(&World<'_>) -> T) -> T {
    let zone = chrono_tz::Europe::Rome;
    let time = NaiveTime::from_hms_opt(9, 30, 0).expect("a time");
    let moment = Moment::new(sollecito::ledger::moment::at(zone, on, time), zone);
    look(&World { policy, moment, next_case: CaseId(1), documents: &BTreeSet::new() })
}

fn whole(account: &Account, on: NaiveDate) -> Result<Previewed, NoPreview> {
    at(on, &policy(), |world| preview_ladder(account, world))
}

fn one(account: &Account, step: &str, on: NaiveDate) -> Result<Previewed, NoPreview> {
    at(on, &policy(), |world| preview_step(account, &StepId::new(step), world))
}

fn render(shelf: &Shelf, letter: &PreviewedLetter) -> Rendered {
    let letterhead = letterhead();
    let ids = mail_ids(&[0; 32], &letter.plan.key, 0, letterhead.address.domain());
    let rendered = shelf.render(&Letter {
        plan: &letter.plan,
        account: &letter.account,
        letterhead: &letterhead,
        beside: &[],
        moment: letter.moment,
        ids: &ids,
        documents: &[],
        automatic: true,
    });
    rendered.unwrap_or_else(|failure| panic!("{}: {failure}", letter.plan.template))
}

fn letter_of(step: &PreviewedStep) -> &PreviewedLetter {
    match &step.act {
        PreviewedAct::Letter(letter) => letter,
        other => panic!("{} writes nothing: {other:?}", step.step),
    }
}

fn in_a_row(shelf: &Shelf, account: &Account) -> String {
    let found = whole(account, day(10, 7)).expect("a ladder");
    assert_eq!((found.against, found.left_out), (Vec::new(), Vec::new()));
    let mut all = String::new();
    for step in &found.steps {
        let on = step.act.day().expect("a day");
        match &step.act {
            PreviewedAct::Letter(letter) => {
                let rendered = render(shelf, letter);
                let _ = writeln!(all, "##### {}, {on}\nSubject: {}\n\n{}", step.step, rendered.subject, rendered.text);
            }
            _ => {
                let _ = writeln!(all, "##### {}, {on}\n", step.step);
            }
        }
    }
    all
}

#[test]
fn the_whole_ladder_in_a_row() {
    let shelf = Shelf::build(&sources_shipped(), &[]).expect("good texts");
    for language in Language::ALL.iter().copied() {
        let mut registers = vec![(Register::Formal, DebtorKind::Firm), (Register::Informal, DebtorKind::Firm)];
        if language == Language::Italian {
            registers.push((Register::Voi, DebtorKind::Condominium));
            registers.push((Register::Impersonal, DebtorKind::PublicBody));
        }
        let all: Vec<String> = registers
            .into_iter()
            .map(|(register, kind)| {
                format!("########## {register}, {kind}\n\n{}", in_a_row(&shelf, &account(kind, language, register)))
            })
            .collect();
        insta::assert_snapshot!(language.as_str(), all.join("\n"));
    }
}

/// The mails around the ladder: has it arrived, thanks before the holidays, and the work that rests.
#[test]
fn what_may_come_beside_the_ladder() {
    let shelf = Shelf::build(&sources_shipped(), &[]).expect("good texts");
    let mut policy = policy();
    policy.modes.insert(Purpose::Courtesy, Mode::Send);
    let rest = StepAct::StopWork(TemplateId::new("stop_work"));
    let rest = Step { deadline_days: Some(10), firm: true, ..Step::new(StepId::new("rest"), When::After(35), rest) };
    policy.ladders.get_mut(&DebtorKind::Firm).expect("a ladder").steps.insert(7, rest);
    for language in Language::ALL.iter().copied() {
        let mut all = String::new();
        let registers: &[Register] = match language {
            Language::Italian => &[Register::Formal, Register::Informal, Register::Voi],
            _ => &[Register::Formal, Register::Informal],
        };
        for register in registers {
            let mut account = account(DebtorKind::Firm, language, *register);
            account.receivables.truncate(1);
            account.receivables[0].due = day(12, 21);
            account.receivables[0].key.issued = day(11, 23);
            account.receivables[0].description = Some("Tetto Via Roma".to_owned());
            for (step, on) in [("received", day(12, 9)), ("greeting", day(12, 15)), ("rest", day(12, 15))] {
                if step == "rest" {
                    account.receivables[0].due = day(10, 27);
                }
                let found = at(on, &policy, |world| preview_step(&account, &StepId::new(step), world)).expect("a step");
                let letter = letter_of(&found.steps[0]);
                let rendered = render(&shelf, letter);
                let _ = writeln!(
                    all,
                    "##### {register} {step}, {}\nSubject: {}\n\n{}",
                    letter.moment.today(),
                    rendered.subject,
                    rendered.text
                );
            }
        }
        insta::assert_snapshot!(format!("beside_{language}"), all);
    }
}

/// What `preview` shows of today is what the day's decision plans, to the last field.
#[test]
fn the_first_mail_is_the_one_that_the_day_would_plan() {
    let mut account = account(DebtorKind::Firm, Language::Italian, Register::Formal);
    for item in &mut account.receivables {
        item.payments_known_up_to = Some(day(10, 20));
    }
    for on in [day(10, 7), day(10, 8), day(10, 14), day(10, 15), day(10, 20)] {
        let planned = at(on, &policy(), |world| decide(&account, &Event::DayCame, world)).mails;
        assert_eq!(planned.len(), 1, "{on}");
        let whole = whole(&account, on).expect("a ladder");
        assert_eq!(letter_of(&whole.steps[0]).plan, planned[0], "{on}");
        let one = one(&account, "friendly", on).expect("a step");
        assert_eq!(letter_of(&one.steps[0]).plan, planned[0], "{on}");
        assert_eq!(one.steps[0].supposes, Vec::<String>::new());
    }
}

#[test]
fn a_step_out_of_its_turn_says_what_it_supposes() {
    let mut account = account(DebtorKind::Firm, Language::Italian, Register::Formal);
    // Too early: as it would be on its day.
    let early = one(&account, "firm", day(10, 7)).expect("a step");
    let letter = letter_of(&early.steps[0]);
    assert_eq!((letter.moment.today(), letter.plan.template.as_str()), (day(11, 11), "reminder_firm"));
    assert_eq!(letter.plan.items, [ReceivableId(1), ReceivableId(2)]);
    assert!(early.steps[0].supposes[0].starts_with("Its time has not come"), "{:?}", early.steps);
    assert_eq!(
        early.against,
        ["118: `friendly` comes next, from 2026-10-07 on", "121: `friendly` comes next, from 2026-10-19 on"]
    );
    // Late enough, but nothing was sent yet: the earlier steps are supposed, and so is the knowledge of payments.
    let late = one(&account, "firm", day(11, 4)).expect("a step");
    let letter = letter_of(&late.steps[0]);
    assert_eq!((letter.moment.today(), letter.plan.template.as_str()), (day(11, 4), "reminder_firm"));
    assert_eq!(letter.plan.particulars.earlier_reminders, [day(10, 8), day(10, 20)]);
    assert_eq!(
        late.steps[0].supposes,
        [
            "`friendly` left on 2026-10-08",
            "`second` left on 2026-10-20",
            "Payments are known up to 2026-10-22 (today: nobody said up to when)"
        ]
    );
    assert!(!letter.plan.needs_approval, "the first mail was approved long ago");
    // What was sent indeed is not supposed.
    let step = |name: &str| StepRef { receivable: ReceivableId(1), cycle: 0, step: StepId::new(name) };
    account.steps.push(StepTaken { step: step("friendly"), on: day(10, 8), by: StepTaker::Agent });
    let late = one(&account, "firm", day(11, 4)).expect("a step");
    let letter = letter_of(&late.steps[0]);
    assert_eq!(letter.plan.particulars.earlier_reminders, [day(10, 8), day(10, 20)]);
    // A step that is behind is shown as it would be today, and the ladder says that it is over.
    let behind = one(&account, "friendly", day(10, 20)).expect("a step");
    assert_eq!(behind.against[0], "118: `friendly` is behind it; `second` comes next");
    let whole = whole(&account, day(10, 20)).expect("a ladder");
    assert_eq!(whole.steps[0].act, PreviewedAct::Over(Some(day(10, 8))));
    let names: Vec<&str> = whole.steps.iter().map(|step| step.step.as_str()).collect();
    // With the later mails and the call about 121 in their places: what waits for a call is in no mail beside it.
    assert_eq!(names, ["friendly", "second", "call", "second", "firm", "call", "firm", "final"]);
}

#[test]
fn what_lies_in_a_hold_is_left_out_unless_there_is_nothing_else() {
    let mut account = account(DebtorKind::Firm, Language::Italian, Register::Formal);
    let promise = |id: i64, of: i64| Hold {
        id: HoldId(id),
        kind: HoldKind::Promise,
        scope: HoldScope::Items(vec![ReceivableId(of)]),
        amount: None,
        since: chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("an instant"),
        until: Some(day(11, 4)),
        named_day: Some(day(10, 30)),
        parts: Vec::new(),
        by_cheque: false,
        cause: Cause::Clock,
        case: None,
        ended: None,
    };
    account.holds.push(promise(1, 1));
    let found = one(&account, "friendly", day(10, 20)).expect("a step");
    assert_eq!(letter_of(&found.steps[0]).plan.items, [ReceivableId(2)]);
    assert_eq!(found.left_out, ["118: The customer promised to pay (2026-10-30), until 2026-11-04"]);
    account.holds.push(promise(2, 2));
    let found = one(&account, "friendly", day(10, 20)).expect("a step");
    assert_eq!(letter_of(&found.steps[0]).plan.items, [ReceivableId(1), ReceivableId(2)]);
    assert_eq!(found.left_out, Vec::<String>::new());
    assert_eq!(found.against.len(), 2, "{:?}", found.against);
    let whole = whole(&account, day(10, 20)).expect("a ladder");
    assert_eq!(whole.steps[0].act.day(), Some(day(11, 5)), "not before the promise is over");
    // What a factor collects is never in it; paid things are not either.
    account.receivables[0].collection = Collection::Factored;
    let found = one(&account, "friendly", day(10, 20)).expect("a step");
    assert_eq!(letter_of(&found.steps[0]).plan.items, [ReceivableId(2)]);
}

#[test]
fn where_there_is_nothing_to_show_it_says_why() {
    let mut account = account(DebtorKind::Consumer, Language::Italian, Register::Formal);
    let steps = ["friendly", "second", "call", "final"].map(StepId::new).to_vec();
    assert_eq!(one(&account, "firm", day(10, 20)), Err(NoPreview::NoSuchStep(steps)));
    for item in &mut account.receivables {
        item.collection = Collection::Bank;
    }
    let never = ["118: The bank collects it", "121: The bank collects it"].map(str::to_owned).to_vec();
    assert_eq!(whole(&account, day(10, 20)), Err(NoPreview::NeverAsked(never)));
    for item in &mut account.receivables {
        item.collection = Collection::Own;
    }
    account.customer.contacts[0].bounced = true;
    assert_eq!(whole(&account, day(10, 20)), Err(NoPreview::NoAddress));
    account.receivables.clear();
    assert_eq!(one(&account, "friendly", day(10, 20)), Err(NoPreview::NothingOpen));
}

/// A sum too small to be chased, and a customer not to be written to: shown, and said.
#[test]
fn what_would_never_leave_is_shown_and_said() {
    let mut account = account(DebtorKind::Firm, Language::Italian, Register::Formal);
    account.receivables.truncate(1);
    account.receivables[0].amount = Money::eur(300);
    account.customer.do_not_contact = true;
    let found = one(&account, "friendly", day(10, 20)).expect("a step");
    assert_eq!(letter_of(&found.steps[0]).plan.items, [ReceivableId(1)]);
    assert!(found.against.iter().any(|why| why.contains("not to be written to")), "{:?}", found.against);
    assert!(found.against.iter().any(|why| why.contains("too small")), "{:?}", found.against);
}

/// In the quiet weeks nothing leaves, nothing is laid into Drafts and nobody is asked to telephone: what is shown bears a
/// day behind them.
#[test]
fn nothing_is_shown_on_a_day_on_which_it_never_leaves() {
    let mut account = account(DebtorKind::Firm, Language::Italian, Register::Formal);
    account.receivables.truncate(1);
    account.receivables[0].due = day(7, 1);
    account.receivables[0].key.issued = day(6, 1);
    account.receivables[0].known_since = day(6, 1);
    for (step, expected) in [
        ("friendly", day(9, 1)),
        ("second", day(9, 1)),
        // The owner is asked nothing in the quiet weeks either.
        ("call", day(9, 1)),
        ("firm", day(9, 1)),
        ("final", day(9, 1)),
    ] {
        let found = one(&account, step, day(8, 5)).expect("a step");
        assert_eq!(found.steps[0].act.day(), Some(expected), "{step}: {:?}", found.steps[0].supposes);
    }
    // Somebody heard from us lately: on the first day on which that is long enough ago.
    account.sent.push(SentMail {
        purpose: Purpose::Reminder,
        at: at(day(9, 3), &policy(), |world| world.moment.instant),
        to: vec![address("amministrazione@baldini.example")],
        items: vec![ReceivableId(1)],
        proposal: None,
    });
    let found = one(&account, "friendly", day(9, 4)).expect("a step");
    assert_eq!(found.steps[0].act.day(), Some(day(9, 10)));
    assert!(found.against.iter().any(|why| why.contains("A reminder left lately")), "{:?}", found.against);
}

/// Payments need be known as far as a step asks for, and no letter says more.
#[test]
fn no_more_is_supposed_of_payments_than_must_be_known() {
    let mut account = account(DebtorKind::Firm, Language::Italian, Register::Formal);
    account.receivables.truncate(1);
    account.receivables[0].payments_known_up_to = Some(day(10, 1));
    let found = one(&account, "friendly", day(10, 20)).expect("a step");
    assert_eq!(found.steps[0].supposes, ["Payments are known up to 2026-10-02 (today: only up to 2026-10-01)"]);
    assert_eq!(letter_of(&found.steps[0]).plan.particulars.payments_known_up_to, Some(day(10, 2)));
    account.receivables[0].payments_known_up_to = Some(day(10, 5));
    let found = one(&account, "friendly", day(10, 20)).expect("a step");
    assert_eq!(found.steps[0].supposes, Vec::<String>::new());
    assert_eq!(letter_of(&found.steps[0]).plan.particulars.payments_known_up_to, Some(day(10, 5)));
}

/// A word before the due date: never on a day behind it, with what comes before it on the ladder, and in the whole ladder
/// where it goes at all.
#[test]
fn a_word_before_the_due_date_comes_before_it() {
    let mut account = account(DebtorKind::Firm, Language::Italian, Register::Formal);
    account.receivables.truncate(1);
    let mut policy = policy();
    policy.modes.insert(Purpose::Courtesy, Mode::Send);
    let look =
        |account: &Account, step: &str, on| at(on, &policy, |world| preview_step(account, &StepId::new(step), world));
    let Err(NoPreview::NotForThem(why)) = look(&account, "greeting", day(10, 7)) else { panic!("it is overdue") };
    assert!(why.contains("no day is left before 118 (2026-09-30)"), "{why}");
    // In August no such mail leaves: nothing is shown for a day in September either, when it is due.
    account.receivables[0].due = day(8, 20);
    account.receivables[0].key.issued = day(7, 28);
    assert!(matches!(look(&account, "greeting", day(8, 5)), Err(NoPreview::NotForThem(_))));
    // Before Christmas the note would go, were the receipt check not first.
    account.receivables[0].due = day(12, 23);
    account.receivables[0].key.issued = day(11, 23);
    let found = look(&account, "greeting", day(12, 1)).expect("a note");
    let letter = letter_of(&found.steps[0]);
    assert!(letter.moment.today() < day(12, 23) && letter.plan.particulars.season.is_some(), "{letter:?}");
    assert!(found.against.iter().any(|why| why.starts_with("`received` goes before it, on 2026-12-15")), "{found:?}");
    let whole = at(day(12, 1), &policy, |world| preview_ladder(&account, world)).expect("a ladder");
    let names: Vec<&str> = whole.steps.iter().map(|step| step.step.as_str()).collect();
    assert_eq!(names.first().copied(), Some("received"), "{names:?}");
    assert_eq!(letter_of(&whole.steps[0]).moment.today(), day(12, 15));
    // What is only observed is shown in the ladder too.
    policy.modes.insert(Purpose::Courtesy, Mode::Observe);
    let observed = at(day(12, 1), &policy, |world| preview_ladder(&account, world)).expect("a ladder");
    assert_eq!(observed.steps.first().map(|step| step.step.as_str()), Some("received"));
}
