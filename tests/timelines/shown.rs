//! What `preview` shows is what may leave: each letter of a ladder in a row passes the last look on the day that it bears,
//! and the first of them is the one that is rehearsed.

use super::chance::Chance;
use super::lives::{Guard, at, live_for};
use super::office::{Office, receivable};
use chrono::{Duration, NaiveDate};
use sollecito::ledger::change::Change;
use sollecito::ledger::ids::OutboxId;
use sollecito::ledger::mail::{MailPlan, OutboxRow, OutboxState};
use sollecito::ledger::words::{DebtorKind, Mode, Purpose};
use sollecito::policy::preview::{PreviewedAct, PreviewedLetter, PreviewedStep, preview_ladder, preview_step};
use sollecito::policy::{Conditions, Recheck, Scope, World, recheck, rehearse};

const CUSTOMERS: u64 = 360;

/// A customer at some time of a year: somewhere in its life, with nothing on its way, or hardly known yet.
fn somewhere(seed: u64) -> Office {
    let mut chance = Chance::new(seed);
    if chance.one_in(2) {
        return hardly_known(&mut chance);
    }
    let days = 5 + chance.below(120);
    let (mut office, _) = live_for(&mut chance, Guard::On, days);
    office.outbox.clear();
    office.account.pending.clear();
    office.account.customer.do_not_contact = false;
    office.policy.limits.forewarn = false;
    office
}

/// Some invoices around a day, and no history.
fn hardly_known(chance: &mut Chance) -> Office {
    let mut office = Office::new(*chance.pick(DebtorKind::ALL));
    office.set_modes(Mode::Send);
    let today = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day") + Duration::days(chance.below(365));
    office.now = at(today, 10, 0);
    let is_late = chance.one_in(2);
    for number in 1..=1 + chance.below(3) {
        let due = today + Duration::days(chance.below(45) - if is_late { 28 } else { -1 });
        let mut item = receivable(number, due, 5_000 + chance.below(900_000), today.min(due));
        item.payments_known_up_to = chance.one_in(2).then(|| today - Duration::days(chance.below(9)));
        office.account.receivables.push(item);
    }
    office
}

/// What speaks against a shown letter on its day.
fn last_look(office: &Office, letter: &PreviewedLetter) -> Recheck {
    let row = OutboxRow {
        id: OutboxId(1),
        plan: letter.plan.clone(),
        revision: 0,
        state: OutboxState::Planned,
        state_reason: None,
        planned_at: letter.moment.instant,
        approved: true,
        attempts: 0,
    };
    let conditions = Conditions { inbox_enumerated: Some(letter.moment.instant), halted: false, ..office.conditions() };
    recheck(&letter.account, &row, &World { moment: letter.moment, ..office.world() }, &conditions)
}

fn letters(steps: &[PreviewedStep]) -> impl Iterator<Item = (&PreviewedStep, &PreviewedLetter)> {
    steps.iter().filter_map(|step| match &step.act {
        PreviewedAct::Letter(letter) => Some((step, letter.as_ref())),
        _ => None,
    })
}

#[test]
fn every_letter_that_is_shown_may_leave_on_its_day() {
    let seed = super::seed();
    let (mut shown, mut notes) = (0, 0);
    for customer in 0..CUSTOMERS {
        let office = somewhere(seed.wrapping_add(customer.wrapping_mul(15_485_863)));
        // What lies in a hold, or is missing from the books, is shown as it would be without that.
        let account = &office.account;
        let is_plain = account.holds.iter().all(|hold| hold.ended.is_some())
            && account.receivables.iter().all(|item| item.missing_since.is_none());
        let Ok(found) = preview_ladder(account, &office.world()) else { continue };
        for (step, letter) in letters(&found.steps).filter(|(_, letter)| is_plain && !letter.is_owners) {
            if step.supposes.iter().any(|one| one.contains("without an answer")) {
                continue;
            }
            let said = last_look(&office, letter);
            let on = letter.moment.today();
            assert_eq!(
                said,
                Recheck::Go,
                "seed {seed}, customer {customer}: {} on {on}, {:?}",
                step.step,
                step.supposes
            );
            shown += 1;
            notes += usize::from(letter.plan.purpose == Purpose::Courtesy);
        }
    }
    println!("{shown} letters, {notes} of them before a due date");
    assert!(shown > 200 && notes > 5, "too little was shown: {shown}, {notes}");
}

#[test]
fn the_first_letter_that_is_shown_is_the_first_that_comes() {
    let seed = super::seed();
    let mut compared = 0;
    for customer in 0..CUSTOMERS {
        let mut office = somewhere(seed.wrapping_add(customer.wrapping_mul(32_452_843)));
        // As a rehearsal supposes; of today a preview supposes nothing that its letter can do without.
        let yesterday = office.moment().today() - Duration::days(1);
        office.account.apply(&Change::PaymentsKnown { up_to: yesterday });
        let (account, world) = (&office.account, office.world());
        let is_plain = account.holds.iter().all(|hold| hold.ended.is_some())
            && account.receivables.iter().all(|item| item.missing_since.is_none())
            && account.open_cases().next().is_none();
        let until = office.moment().today() + Duration::days(90);
        let coming = rehearse(account, &world, until, Scope::FirstMail);
        let Some(first) = coming.mails.first().filter(|_| is_plain && coming.questions.is_empty()) else { continue };
        // Words of the customer's are asked about in words of their own.
        if first.plan.steps.is_empty() {
            continue;
        }
        let Ok(found) = preview_ladder(account, &world) else { continue };
        let Some((_, letter)) = letters(&found.steps).next() else { continue };
        let seen = |day, plan: &MailPlan| format!("{day} {} {:?}", plan.template, plan.particulars.season);
        let comes = seen(office.moment().day_of(first.plan.not_before), &first.plan);
        let at = format!("seed {seed}, customer {customer}, today {}", office.moment().today());
        assert_eq!(seen(letter.moment.today(), &letter.plan), comes, "{at}");
        let about = |plan: &MailPlan| {
            let mut steps = plan.steps.clone();
            steps.sort_by_key(|step| step.receivable);
            (plan.items.clone(), steps)
        };
        assert_eq!(about(&letter.plan), about(&first.plan), "{at}");
        let step = &first.plan.steps.last().expect("a step").step;
        if let Ok(alone) = preview_step(account, step, &world)
            && let Some((_, letter)) = letters(&alone.steps).next()
            && first.plan.steps.iter().all(|other| other.step == *step)
        {
            assert_eq!(seen(letter.moment.today(), &letter.plan), comes, "alone: {at}");
        }
        compared += 1;
    }
    println!("{compared} compared");
    assert!(compared > 60, "too little was compared: {compared}");
}
