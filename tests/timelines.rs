//! Timelines: plain texts in `tests/timelines`, one story each, told to `policy` day by day.
//!
//! A line is `WHEN | WHAT HAPPENS | expect … | expect …`. Lines before the first day set the scene. `WHEN` is
//! `2026-10-12 10:00`, or `until 2026-11-20` for: every day at ten and at three, let the day come and the mail leave.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail loudly, and say what they did"
)]

#[path = "timelines/arranged.rs"]
mod arranged;
#[path = "timelines/notes.rs"]
mod notes;
#[path = "timelines/office.rs"]
mod office;
#[path = "timelines/steps.rs"]
mod steps;
#[path = "timelines/story.rs"]
mod story;

use chrono::{Duration, NaiveDate, NaiveTime};
use office::{Office, contact, reading, receivable};
use sollecito::ledger::customer::{Contact, ContactRole};
use sollecito::ledger::event::Event;
use sollecito::ledger::ids::{Address, MessageIdentity, ReceivableId, TemplateId};
use sollecito::ledger::mail::{BusinessKey, OutboxRow, OutboxState};
use sollecito::ledger::moment;
use sollecito::ledger::reading::{OwnMail, OwnMailKind, Reading, Warning, Writer};
use sollecito::ledger::words::{Authenticity, DebtorKind, Disposition, Intent, Language, MessageKind, Mode};
use sollecito::owner::is_told;
use sollecito::policy::terms::StepAct;
use sollecito::policy::{Conditions, Recheck, Reminders, recheck, verdict};
use std::path::Path;

/// Fewer stories than this means that some were lost on the way.
const LEAST_STORIES: usize = 20;

#[test]
fn every_timeline_goes_as_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/timelines");
    let mut stories: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of timelines")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    stories.sort();
    assert!(stories.len() >= LEAST_STORIES, "only {} timelines were found", stories.len());
    let mut failures = Vec::new();
    for path in stories {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a readable timeline");
        if let Err(failure) = story::tell(&text) {
            failures.push(format!("{name}:{failure}"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let scene = "invoice 118 due 2026-10-02 amount 1220.00 known 2026-12-31\nmode send\n";
    let right = "2026-10-13 10:00 | day | expect plan reminder_friendly 118\n";
    story::tell(&format!("{scene}{right}")).expect("the story goes as told");
    for wrong in [
        "2026-10-13 10:00 | day | expect nothing\n",
        "2026-10-13 10:00 | day | expect plan reminder_second 118\n",
        "2026-10-13 10:00 | day | expect plan reminder_friendly 119\n",
        "2026-10-13 10:00 | day | expect hold promise\n",
        "2026-10-13 10:00 | day | expect case call\n",
        "2026-10-13 10:00 | day | expect status 118 paid\n",
        "until 2026-10-20 | expect left nothing\n",
        "2026-10-13 10:00 | day\n2026-10-13 10:00 | deliver | expect wait\n",
    ] {
        let told = story::tell(&format!("{scene}{wrong}"));
        assert!(told.is_err(), "nothing was noticed in: {wrong}");
    }
    assert!(story::tell("2026-10-13 10:00 | dya | expect nothing\n").is_err(), "an unknown word is noticed");
}

/// A Tuesday at ten, with one reminder that may leave.
fn ready() -> (Office, OutboxRow) {
    let mut office = Office::new(DebtorKind::Firm);
    office.set_modes(Mode::Send);
    let due = NaiveDate::from_ymd_opt(2026, 10, 2).expect("a day");
    let mut item = receivable(118, due, 122_000, due);
    item.payments_known_up_to = Some(due + Duration::days(60));
    office.account.receivables.push(item);
    let tuesday = NaiveDate::from_ymd_opt(2026, 10, 13).expect("a day");
    office.now = moment::at(chrono_tz::Europe::Rome, tuesday, NaiveTime::from_hms_opt(10, 0, 0).expect("a time"));
    office.happen(&Event::DayCame);
    let row = office.outbox.first().cloned().expect("a reminder is planned");
    (office, row)
}

/// What the re-check says after the world was changed in one way.
fn after(change: impl FnOnce(&mut Office, &mut OutboxRow, &mut Conditions)) -> Recheck {
    let (mut office, mut row) = ready();
    let mut conditions = office.conditions();
    change(&mut office, &mut row, &mut conditions);
    recheck(&office.account, &row, &office.world(), &conditions)
}

/// Another invoice may be asked for by now.
fn more_is_due(office: &mut Office) {
    let due = NaiveDate::from_ymd_opt(2026, 10, 5).expect("a day");
    let mut item = receivable(119, due, 61_000, due);
    item.payments_known_up_to = Some(due + Duration::days(60));
    office.account.receivables.push(item);
}

/// A reminder is written anew where more goes along by now: not before its hour, and not what a person has seen.
#[test]
fn what_a_person_has_seen_does_not_grow() {
    let is_anew =
        |judged: &Recheck| matches!(judged, Recheck::Cancel { reason } if reason.contains("goes along by now"));
    let grown = after(|o, _, _| more_is_due(o));
    assert!(is_anew(&grown), "{grown:?}");
    let approved = after(|o, row, _| {
        more_is_due(o);
        row.approved = true;
    });
    assert_eq!(approved, Recheck::Go);
    let drafted = after(|o, row, _| {
        more_is_due(o);
        row.state = OutboxState::Drafted;
    });
    assert_eq!(drafted, Recheck::Go);
    let held = after(|o, row, _| {
        more_is_due(o);
        row.plan.needs_approval = true;
    });
    assert!(matches!(held, Recheck::Wait { .. }), "{held:?}");
    let on_a_list = after(|o, _, c| {
        more_is_due(o);
        o.policy.limits.forewarn = true;
        c.forewarned = Some(o.now - Duration::hours(3));
    });
    assert!(!is_anew(&on_a_list), "{on_a_list:?}");
    let early = after(|o, row, _| {
        more_is_due(o);
        row.plan.not_before = o.now + Duration::minutes(5);
    });
    assert!(matches!(early, Recheck::Wait { .. }), "{early:?}");
}

/// The first Tuesday after the quiet weeks, with thirty-six reminders in all: six leave a day.
fn in_january(o: &mut Office, row: &mut OutboxRow, c: &mut Conditions, left_today: u32) {
    let tuesday = NaiveDate::from_ymd_opt(2027, 1, 12).expect("a day");
    o.now = moment::at(chrono_tz::Europe::Rome, tuesday, NaiveTime::from_hms_opt(10, 0, 0).expect("a time"));
    c.inbox_enumerated = Some(o.now);
    row.plan.not_before = o.now;
    row.plan.key = BusinessKey::Reminder(o.account.customer.id, tuesday);
    for item in &mut o.account.receivables {
        item.payments_known_up_to = Some(tuesday);
    }
    c.reminders = Reminders { left_today, waiting: 36 - left_today, resumed: None };
}

/// What still fits into the day leaves, and what a person approved.
#[test]
fn after_the_quiet_weeks_some_leave_each_day() {
    assert_eq!(after(|o, row, c| in_january(o, row, c, 5)), Recheck::Go);
    assert_ne!(after(|o, row, c| in_january(o, row, c, 6)), Recheck::Go);
    let approved = after(|o, row, c| {
        in_january(o, row, c, 6);
        row.approved = true;
    });
    assert_eq!(approved, Recheck::Go);
}

#[test]
fn the_recheck_looks_at_everything_once_more() {
    assert_eq!(after(|_, _, _| {}), Recheck::Go);
    let waits: Vec<(&str, Recheck)> = vec![
        ("halted", after(|_, _, c| c.halted = true)),
        ("looked at lately", after(|_, _, c| c.inbox_enumerated = None)),
        ("looked at lately", after(|o, _, c| c.inbox_enumerated = Some(o.now - Duration::minutes(16)))),
        ("read back", after(|_, _, c| c.history_read = false)),
        ("used up", after(|_, _, c| c.sent_today = 30)),
        ("day by day", after(|o, row, c| in_january(o, row, c, 6))),
        ("less than 7 days", after(|o, _, c| c.last_reminder_to_recipient = Some(o.now - Duration::days(6)))),
        (
            "outside the hours",
            after(|o, _, c| {
                o.now += Duration::hours(3);
                c.inbox_enumerated = Some(o.now);
            }),
        ),
        ("approval", after(|_, row, _| row.plan.needs_approval = true)),
        ("no list of today", after(|o, _, _| o.policy.limits.forewarn = true)),
        (
            "no list of today",
            after(|o, _, c| {
                o.policy.limits.forewarn = true;
                c.forewarned = Some(o.now - Duration::days(1));
            }),
        ),
        (
            "may still say no",
            after(|o, _, c| {
                o.policy.limits.forewarn = true;
                c.forewarned = Some(o.now - Duration::minutes(59));
            }),
        ),
        ("not time yet", after(|o, row, _| row.plan.not_before = o.now + Duration::minutes(1))),
    ];
    for (word, seen) in waits {
        assert!(matches!(&seen, Recheck::Wait { reason, .. } if reason.contains(word)), "{word}: {seen:?}");
    }
    let cancels: Vec<(&str, Recheck)> = vec![
        ("wrote", after(|_, _, c| c.customer_or_owner_wrote_since_plan = true)),
        ("not to be written to", after(|o, _, _| o.account.customer.do_not_contact = true)),
        ("only observed", after(|o, _, _| o.set_modes(Mode::Observe))),
        ("dead", after(|o, _, _| o.account.customer.contacts[0].bounced = true)),
        ("not on file", after(|o, _, _| o.account.customer.contacts.clear())),
        ("not on file", after(|_, row, _| row.plan.cc = vec![Address::parse("x@y.example").expect("an address")])),
        ("our own", after(|o, row, _| o.policy.own_addresses.extend(row.plan.to.clone()))),
        ("no recipient", after(|_, row, _| row.plan.to.clear())),
        ("not known far enough", after(|o, _, _| o.account.receivables[0].payments_known_up_to = None)),
        ("missing", after(|o, _, _| o.account.receivables[0].missing_since = Some(o.account.receivables[0].due))),
        (
            "left to pay",
            after(|o, _, _| {
                o.account.receivables[0].amount.cents = 0;
            }),
        ),
        // The old address stays on file, and reminders go to another one by now.
        (
            "the address that reminders go to now",
            after(|o, _, _| {
                let first = o.account.customer.contacts[0].clone();
                o.account.customer.contacts[0].role = ContactRole::Other;
                let address = Address::parse("new@beltrami.example").expect("an address");
                o.account.customer.contacts.push(Contact { address, ..first });
            }),
        ),
        ("not the next one", after(|_, row, _| row.plan.steps[0].cycle = 1)),
        ("unknown", after(|_, row, _| row.plan.steps[0].receivable = ReceivableId(99))),
        ("another account", after(|_, row, _| row.plan.customer = None)),
    ];
    for (word, seen) in cancels {
        assert!(matches!(&seen, Recheck::Cancel { reason } if reason.contains(word)), "{word}: {seen:?}");
    }
}

/// The letter that the owner finishes and signs is known by its step, whatever its text is called: another mail of theirs does
/// not tear it up, and tears up a reminder.
#[test]
fn the_owners_own_letter_survives_their_other_mails() {
    let pending_after_owner_wrote = |is_owners: bool| {
        let (mut office, row) = ready();
        let step = row.plan.steps[0].step.clone();
        for ladder in office.policy.ladders.values_mut() {
            for known in ladder.steps.iter_mut().filter(|known| is_owners && known.id == step) {
                known.act = StepAct::OwnerDraft(TemplateId::new("a_letter_of_the_firm"));
            }
        }
        office.now += Duration::minutes(5);
        let mail = OwnMail {
            identity: MessageIdentity([7; 32]),
            kind: OwnMailKind::Other,
            sent: office.now,
            items: vec![ReceivableId(118)],
        };
        office.happen(&Event::OwnerWrote(Box::new(mail)));
        office.outbox.iter().any(|row| row.state.is_pending())
    };
    assert!(pending_after_owner_wrote(true), "the letter of the firm lies there still");
    assert!(!pending_after_owner_wrote(false), "the reminder was withdrawn");
}

/// Told in time, it leaves; what a person approved, or sends by hand, and what is only tried out needs no list.
#[test]
fn what_the_owner_was_told_of_leaves() {
    let seen = |change: fn(&mut Office, &mut OutboxRow, &mut Conditions)| {
        after(|o, row, c| {
            o.policy.limits.forewarn = true;
            change(o, row, c);
        })
    };
    assert_eq!(seen(|o, _, c| c.forewarned = Some(o.now - Duration::minutes(60))), Recheck::Go);
    assert_eq!(seen(|_, row, _| row.approved = true), Recheck::Go);
    assert_eq!(seen(|o, _, _| o.set_modes(Mode::Draft)), Recheck::Go);
    assert_eq!(seen(|_, _, c| c.redirected = true), Recheck::Go);
    assert_ne!(seen(|_, _, _| {}), Recheck::Go);
}

#[test]
fn redirected_mail_keeps_no_hours_but_every_stop() {
    let at_night = |halted: bool, paid: bool| {
        after(|o, row, c| {
            o.now += Duration::hours(12);
            row.plan.needs_approval = true;
            *c = Conditions { redirected: true, halted, sent_today: 99, ..o.conditions() };
            if paid {
                o.account.receivables[0].amount.cents = 0;
            }
        })
    };
    assert_eq!(at_night(false, false), Recheck::Go);
    assert!(matches!(at_night(true, false), Recheck::Wait { .. }));
    assert!(matches!(at_night(false, true), Recheck::Cancel { .. }));
}

#[test]
fn mail_of_nobody_known() {
    let (office, _) = ready();
    let judged = |intents: &[Intent], kind: MessageKind, known_thread: bool| {
        let mut mail = reading(1, office.now, intents, &[]);
        mail.kind = kind;
        mail.matched.customer = None;
        mail.matched.known_thread = known_thread;
        verdict(&mail, None, &office.world())
    };
    use Disposition::{ConfirmPayment, Ignore, RouteToOwner};
    for (intents, kind, known_thread, expected) in [
        (&[Intent::Unrelated][..], MessageKind::Other, false, Ignore),
        (&[Intent::Unrelated], MessageKind::Reply, false, Ignore),
        (&[], MessageKind::Reply, false, Ignore),
        (&[], MessageKind::Reply, true, RouteToOwner),
        (&[Intent::PaymentMade], MessageKind::Reply, false, RouteToOwner),
        (&[Intent::Legal], MessageKind::Reply, false, RouteToOwner),
        (&[Intent::Legal], MessageKind::AutoReply, false, RouteToOwner),
        (&[Intent::Acknowledgement], MessageKind::Reply, false, Ignore),
        (&[Intent::AutoReply], MessageKind::AutoReply, true, Ignore),
        (&[Intent::Bounce], MessageKind::Bounce, false, RouteToOwner),
        (&[Intent::PaymentNotification], MessageKind::Notification, false, ConfirmPayment),
        (&[Intent::PaymentMade], MessageKind::Own, true, Ignore),
    ] {
        let said = judged(intents, kind, known_thread);
        assert_eq!(said.disposition, expected, "{intents:?} {kind} {known_thread}");
        let reaches_the_owner = said.disposition != Ignore;
        assert!(!reaches_the_owner || is_told(&said.reason, Language::Italian), "in English only: {}", said.reason);
    }
}

type Spoil = fn(&mut Reading);

/// Every mail that would be answered by itself is answered by nobody once a single thing about it is wrong.
#[test]
fn one_doubt_is_enough() {
    let (mut office, _) = ready();
    office.documents.extend(office.account.receivables.iter().map(|item| item.id));
    office.account.customer.contacts.push(contact("bea@beltrami.example", ContactRole::Copy));
    let routine = [
        Intent::PaymentMade,
        Intent::PromiseToPay,
        Intent::DeferralRequest,
        Intent::InvoiceRequest,
        Intent::BankDetailsRequest,
        Intent::StatementRequest,
    ];
    for intent in routine {
        let good = || {
            let mut mail = reading(1, office.now, &[intent], &[118]);
            mail.facts.promised_date = Some(mail.day + Duration::days(10));
            mail
        };
        let answer = |mail: &Reading| verdict(mail, Some(&office.account), &office.world()).automatic_answer;
        assert!(answer(&good()).is_some(), "{intent} is answered when nothing is wrong");
        for warning in Warning::ALL {
            let mut mail = good();
            mail.warnings.push(*warning);
            assert_eq!(answer(&mail), None, "{intent} with {warning}");
        }
        for kind in MessageKind::ALL.iter().filter(|kind| **kind != MessageKind::Reply) {
            let mut mail = good();
            mail.kind = *kind;
            assert_eq!(answer(&mail), None, "{intent} in a mail of kind {kind}");
        }
        for other in Intent::ALL.iter().filter(|other| **other != intent && **other != Intent::Acknowledgement) {
            let mut mail = good();
            mail.intents.extend(reading(2, office.now, &[*other], &[]).intents);
            let pair = [Intent::InvoiceRequest, Intent::BankDetailsRequest];
            if !(pair.contains(&intent) && pair.contains(other)) {
                assert_eq!(answer(&mail), None, "{intent} with {other}");
            }
        }
        let spoilt: [(&str, Spoil); 8] = [
            ("refuted", |mail| mail.authenticity = Authenticity::Fail),
            ("unread", |mail| mail.unread.push("?".to_owned())),
            ("no author", |mail| mail.from = None),
            ("stranger", |mail| mail.writer = Writer::Stranger),
            ("look-alike", |mail| mail.writer = Writer::LookAlike),
            ("old", |mail| mail.received -= Duration::days(7)),
            ("not to us", |mail| mail.addressed_to_us = false),
            ("not theirs for certain", |mail| mail.matched.customer = None),
        ];
        for (what, spoil) in spoilt {
            let mut mail = good();
            spoil(&mut mail);
            assert_eq!(answer(&mail), None, "{intent}: {what}");
        }
        let is_harmless = matches!(intent, Intent::InvoiceRequest | Intent::BankDetailsRequest);
        let mut mail = good();
        mail.authenticity = Authenticity::Unverified;
        assert_eq!(answer(&mail).is_some(), is_harmless, "{intent} of an unproven writer");
    }
}
