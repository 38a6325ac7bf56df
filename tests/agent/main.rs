//! The agent's side of the sync contract, against a mailbox that does what only one far away does: gives everything new
//! names, shows the newest part only, knows the day of its mails, leaves mails out, loses them between two questions.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod attacks;
mod looks;
mod world;

use sollecito::agent::AgentError;
use sollecito::agent::onlooker::{Nobody, Onlooker, Work};
use sollecito::ledger::case::CaseKind;
use sollecito::ledger::mail::OutboxState;
use sollecito::ledger::words::MessageKind;
use sollecito::mailbox::{Coverage, Folder};
use sollecito::store::{OutboxFilter, SeenState};
use std::cell::Cell;
use std::rc::Rc;
use world::{LIST, World, letter, moment};

const MARTA: &str = "Marta Ferri <marta@studioferri.example>";
const BALDINI: &str = "Anna Baldini <amministrazione@baldini.example>";

fn private(n: u32, date: &str) -> Vec<u8> {
    letter("Zia <zia@casa.example>", MARTA, &format!("Pranzo {n}"), date, &format!("p{n}@casa.example"), "Ciao!")
}

fn invoice() -> Vec<u8> {
    letter(
        MARTA,
        "amministrazione@baldini.example",
        "Fattura 118/2026",
        "Mon, 31 Aug 2026 12:00:00 +0200",
        "invoice118@studioferri.example",
        "Buongiorno,\n\nin allegato la fattura 118/2026.\n",
    )
}

fn contested(date: &str) -> Vec<u8> {
    letter(
        BALDINI,
        MARTA,
        "R: Fattura 118/2026",
        date,
        "contest@baldini.example",
        "Buongiorno,\n\ncontestiamo la fattura 118/2026: il lavoro non è stato completato.\n",
    )
}

/// A firm with its books taken over, its invoice in Sent and one private mail.
fn at_work() -> World {
    let mut world = World::at("2026-10-06T10:00:00+02:00");
    world.lay(Folder::Sent, "2026-08-31T10:00:00Z", invoice());
    world.lay(Folder::Inbox, "2026-10-05T08:00:00Z", private(1, "Mon, 5 Oct 2026 10:00:00 +0200"));
    world.import(LIST);
    world.agent.pass().unwrap();
    world.fetched();
    world
}

#[test]
fn what_is_fetched_is_announced_before() {
    let world = at_work();
    let announced = world.far.borrow().announced.clone();
    assert_eq!(announced[0].0, Folder::Sent, "Sent first");
    assert_eq!(announced[0].1.len(), 1);
    assert_eq!(announced[1].1.len(), 1);
}

#[test]
fn new_names_for_everything_cause_nothing_and_no_body_is_fetched() {
    let mut world = at_work();
    world.lay(Folder::Inbox, "2026-10-06T12:00:00Z", contested("Tue, 6 Oct 2026 14:00:00 +0200"));
    world.go_to("2026-10-06T14:30:00+02:00");
    assert_eq!(world.agent.pass().unwrap().arrived, 1);
    let journal = world.agent.store.look().journal(None).map(|rows| rows.len()).unwrap();
    let cases = world.agent.store.look().open_cases().unwrap().len();
    world.fetched();
    world.far.borrow_mut().rename_all();
    let fresh = world.lay(Folder::Inbox, "2026-10-06T12:40:00Z", private(2, "Tue, 6 Oct 2026 14:40:00 +0200"));
    world.go_to("2026-10-06T14:45:00+02:00");
    let report = world.agent.pass().unwrap();
    assert_eq!(world.fetched(), vec![fresh], "the new one alone");
    assert_eq!(report.arrived, 1);
    assert_eq!(world.agent.store.look().journal(None).map(|rows| rows.len()).unwrap(), journal);
    assert_eq!(world.agent.store.look().open_cases().unwrap().len(), cases);
    assert_eq!(world.agent.store.look().seen("inbox", "1").unwrap().len(), 0, "the old names are forgotten");
    assert_eq!(world.seen(Folder::Inbox).len(), 3);
    // And once more back to names that were there before.
    world.far.borrow_mut().rename_all();
    world.agent.pass().unwrap();
    assert_eq!(world.fetched(), Vec::<String>::new());
}

#[test]
fn mails_with_one_header_and_one_length_are_told_apart_by_their_content() {
    let mut world = at_work();
    let twin = |body: &str| letter(BALDINI, MARTA, "Ciao", "Tue, 6 Oct 2026 11:00:00 +0200", "t@baldini.example", body);
    world.lay(Folder::Inbox, "2026-10-06T09:00:00Z", twin("grazie"));
    world.agent.pass().unwrap();
    world.fetched();
    world.far.borrow_mut().rename_all();
    world.lay(Folder::Inbox, "2026-10-06T09:10:00Z", twin("pagato"));
    let report = world.agent.pass().unwrap();
    assert_eq!(world.fetched().len(), 2, "neither is taken as known");
    assert_eq!(report.arrived, 1, "one of them is new");
}

#[test]
fn mails_known_with_one_header_and_one_length_are_not_known_by_these() {
    let mut world = at_work();
    for body in ["grazie", "pagato"] {
        let twin = letter(BALDINI, MARTA, "Ciao", "Tue, 6 Oct 2026 11:00:00 +0200", "t@baldini.example", body);
        world.lay(Folder::Inbox, "2026-10-06T09:00:00Z", twin);
    }
    assert_eq!(world.agent.pass().unwrap().arrived, 2);
    world.fetched();
    world.far.borrow_mut().rename_all();
    assert_eq!(world.agent.pass().unwrap().arrived, 0);
    assert_eq!(world.fetched().len(), 2, "which is which is told by their content");
}

#[test]
fn a_mail_of_a_known_header_and_another_length_is_not_known() {
    let mut world = at_work();
    let twin = |body: &str| letter(BALDINI, MARTA, "Ciao", "Tue, 6 Oct 2026 11:00:00 +0200", "t@baldini.example", body);
    let first = world.lay(Folder::Inbox, "2026-10-06T09:00:00Z", twin("grazie"));
    world.agent.pass().unwrap();
    world.fetched();
    world.far.borrow_mut().rename_all();
    world.far.borrow_mut().take(Folder::Inbox, &format!("e2-{first}"));
    let second = world.lay(Folder::Inbox, "2026-10-06T09:10:00Z", twin("vi contestiamo tutto"));
    assert_eq!(world.agent.pass().unwrap().arrived, 1);
    assert_eq!(world.fetched(), vec![second]);
}

#[test]
fn old_mail_is_recorded_and_not_fetched_until_an_older_invoice_is_known() {
    let mut world = World::at("2026-10-06T10:00:00+02:00");
    let old = world.lay(Folder::Inbox, "2026-07-20T08:00:00Z", private(1, "Mon, 20 Jul 2026 10:00:00 +0200"));
    let sent = world.lay(Folder::Sent, "2026-08-31T10:00:00Z", invoice());
    let young = world.lay(Folder::Inbox, "2026-10-05T08:00:00Z", private(2, "Mon, 5 Oct 2026 10:00:00 +0200"));
    world.agent.pass().unwrap();
    assert_eq!(world.fetched(), vec![young], "a month back");
    assert_eq!(world.seen(Folder::Sent).get(&sent), Some(&SeenState::Baseline));
    assert!(!world.agent.history_waits().unwrap());
    world.import(LIST);
    assert!(world.agent.history_waits().unwrap(), "nobody is reminded before the history is read");
    world.go_to("2026-10-07T10:00:00+02:00");
    // An order's pass reads nothing: the reminder that is due today must wait, however fresh the last listing is.
    for folder in ["inbox", "sent"] {
        let now = moment("2026-10-07T08:00:00Z");
        let note = |unit: &mut sollecito::store::Unit<'_>| unit.note_folder_enumerated(folder, now);
        world.agent.store.write(note).unwrap();
    }
    world.agent.pass_after_order().unwrap();
    assert_eq!(world.to_customers(), 0);
    world.agent.pass().unwrap();
    assert_eq!(world.fetched(), vec![sent, "3".to_owned()], "the invoice, and once more what was tied to nobody");
    assert!(!world.agent.history_waits().unwrap());
    assert_eq!(world.seen(Folder::Inbox).get(&old), Some(&SeenState::Baseline));
    assert_eq!(world.agent.store.look().threads().unwrap().len(), 1);
    world.agent.scan(Some("2026-07-01".parse().unwrap())).unwrap();
    assert_eq!(world.fetched(), vec![old], "asked for by hand");
    world.agent.scan(Some("2026-07-01".parse().unwrap())).unwrap();
    assert_eq!(world.fetched(), Vec::<String>::new());
}

#[test]
fn what_is_not_listed_is_not_gone_where_only_the_newest_are_shown() {
    let mut world = at_work();
    world.far.borrow_mut().coverage.insert(Folder::Inbox, Coverage::Newest);
    world.far.borrow_mut().newest = 1;
    let fresh = world.lay(Folder::Inbox, "2026-10-06T08:10:00Z", private(2, "Tue, 6 Oct 2026 10:10:00 +0200"));
    world.agent.pass().unwrap();
    assert_eq!(world.fetched(), vec![fresh]);
    assert_eq!(world.seen(Folder::Inbox).len(), 2, "the unlisted one is still known");
    // One that was put back is older than what is listed, and is fetched all the same.
    let second = format!("{LIST}150/2026;01/10/2026;31/10/2026;50,00;Zia;zia@casa.example;privato\n");
    world.import(&second);
    world.agent.pass().unwrap();
    assert_eq!(world.fetched(), vec!["2".to_owned(), "3".to_owned()]);
}

#[test]
fn nothing_is_concluded_from_a_listing_that_changed_while_it_was_read() {
    let mut world = at_work();
    world.far.borrow_mut().coverage.insert(Folder::Inbox, Coverage::Unsettled);
    let before = world.agent.store.look().folder_enumerated("inbox").unwrap();
    world.far.borrow_mut().folders.get_mut(&Folder::Inbox).unwrap().clear();
    world.go_to("2026-10-07T10:00:00+02:00");
    world.agent.pass().unwrap();
    assert_eq!(world.agent.store.look().folder_enumerated("inbox").unwrap(), before);
    assert_eq!(world.seen(Folder::Inbox).len(), 1);
    assert_eq!(world.to_customers(), 0, "and nothing leaves");
}

#[test]
fn a_folder_that_never_counts_as_read_is_told_and_after_hours_by_mail() {
    let mut world = at_work();
    world.far.borrow_mut().coverage.insert(Folder::Inbox, Coverage::Unsettled);
    world.go_to("2026-10-07T07:00:00+02:00");
    assert!(world.agent.pass().unwrap().troubles.is_empty(), "it may come to rest");
    world.go_to("2026-10-07T07:20:00+02:00");
    let troubles = world.agent.pass().unwrap().troubles;
    assert!(troubles.iter().any(|one| one.contains("its inbox folder")), "{troubles:?}");
    let notices = |world: &World| world.left().len() - world.to_customers();
    let before = notices(&world);
    world.go_to("2026-10-07T13:10:00+02:00");
    world.agent.pass().unwrap();
    world.go_to("2026-10-07T13:20:00+02:00");
    world.agent.pass().unwrap();
    assert_eq!(notices(&world), before + 1, "told once, by the way out");
    world.far.borrow_mut().coverage.clear();
    world.go_to("2026-10-07T13:30:00+02:00");
    assert!(world.agent.pass().unwrap().troubles.is_empty());
}

#[test]
fn a_mail_left_out_of_the_batch_is_tried_three_times_and_told_once() {
    let mut world = at_work();
    let bad = world.lay(Folder::Inbox, "2026-10-06T08:10:00Z", private(8, "Tue, 6 Oct 2026 10:10:00 +0200"));
    world.far.borrow_mut().broken.insert(bad.clone());
    let good = world.lay(Folder::Inbox, "2026-10-06T08:11:00Z", private(9, "Tue, 6 Oct 2026 10:11:00 +0200"));
    world.agent.pass().unwrap();
    assert_eq!(world.fetched(), vec![bad.clone(), good], "the one behind it is read");
    for _ in 0..4 {
        world.agent.pass().unwrap();
    }
    assert_eq!(world.fetched(), vec![bad.clone(), bad.clone()]);
    let told = |world: &World| {
        let cases = world.agent.store.look().open_cases().unwrap();
        cases.iter().filter(|case| case.kind == CaseKind::UnreadableMail).count()
    };
    assert_eq!(told(&world), 1);
    // New names for everything: it is known by its header and not tried and told again.
    world.far.borrow_mut().rename_all();
    world.far.borrow_mut().broken.insert(format!("e2-{bad}"));
    for _ in 0..4 {
        world.agent.pass().unwrap();
    }
    assert_eq!((world.fetched().len(), told(&world)), (0, 1));
}

#[test]
fn while_a_mail_cannot_be_fetched_nobody_is_reminded() {
    let mut world = at_work();
    let bad = world.lay(Folder::Inbox, "2026-10-06T08:10:00Z", private(8, "Tue, 6 Oct 2026 10:10:00 +0200"));
    world.far.borrow_mut().broken.insert(bad.clone());
    world.go_to("2026-10-07T10:00:00+02:00");
    assert_eq!(world.agent.pass().unwrap().postponed, 1);
    assert_eq!(world.to_customers(), 0, "it may be the customer's answer");
    world.far.borrow_mut().broken.clear();
    world.go_to("2026-10-07T10:05:00+02:00");
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 1);
}

#[test]
fn a_mail_that_concerns_nobody_is_decided_on_once_wherever_it_lies() {
    let mut world = at_work();
    for folder in [Folder::Inbox, Folder::Junk] {
        world.lay(folder, "2026-10-06T08:10:00Z", private(1, "Mon, 5 Oct 2026 10:00:00 +0200"));
        let report = world.agent.pass().unwrap();
        assert_eq!((world.fetched().len(), report.decided), (1, 0), "{folder:?}");
    }
}

#[test]
fn a_mail_moved_between_listing_and_fetching_is_found_where_it_lies_and_decided_once() {
    for to in [Folder::Sent, Folder::Junk] {
        let mut world = at_work();
        let id = world.lay(Folder::Inbox, "2026-10-06T12:00:00Z", contested("Tue, 6 Oct 2026 14:00:00 +0200"));
        world.go_to("2026-10-07T10:00:00+02:00");
        world.far.borrow_mut().before_fetch = Some(Box::new(move |far| drop(far.shift(Folder::Inbox, &id, to))));
        let report = world.agent.pass().unwrap();
        assert_eq!((report.arrived, report.cases_opened), (1, 1), "{to:?}");
        assert_eq!(world.to_customers(), 0, "{to:?}: a disputed invoice is not reminded of");
        let messages = world.agent.store.look().find_message("contest@baldini.example").unwrap();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].kind, MessageKind::Reply);
        assert!(messages[0].customer.is_some(), "{to:?}: {:?}", messages[0].verdict);
        let journal = world.agent.store.look().journal(None).map(|rows| rows.len()).unwrap();
        world.agent.pass().unwrap();
        assert_eq!(world.agent.store.look().journal(None).map(|rows| rows.len()).unwrap(), journal);
    }
}

#[test]
fn a_mail_deleted_before_it_was_fetched_delays_nothing() {
    let mut world = at_work();
    let id = world.lay(Folder::Inbox, "2026-10-06T12:00:00Z", private(2, "Tue, 6 Oct 2026 14:00:00 +0200"));
    world.go_to("2026-10-07T10:00:00+02:00");
    world.far.borrow_mut().before_fetch = Some(Box::new(move |far| drop(far.take(Folder::Inbox, &id))));
    world.agent.pass().unwrap();
    assert_eq!(world.agent.store.look().folder_enumerated("inbox").unwrap(), Some(moment("2026-10-07T08:00:00Z")));
    assert_eq!(world.to_customers(), 1);
}

#[test]
fn while_a_mail_is_moved_again_and_again_nobody_is_reminded() {
    let mut world = at_work();
    let first = world.lay(Folder::Inbox, "2026-10-06T12:00:00Z", private(2, "Tue, 6 Oct 2026 14:00:00 +0200"));
    world.go_to("2026-10-07T10:00:00+02:00");
    world.far.borrow_mut().before_fetch = Some(Box::new(move |far| {
        let second = far.shift(Folder::Inbox, &first, Folder::Inbox);
        far.before_fetch = Some(Box::new(move |far| drop(far.shift(Folder::Inbox, &second, Folder::Inbox))));
    }));
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 0, "it lies there and was not read");
    world.go_to("2026-10-07T10:05:00+02:00");
    assert_eq!(world.agent.pass().unwrap().arrived, 1);
    assert_eq!(world.to_customers(), 1);
}

#[test]
fn a_mailbox_emptied_and_filled_again_says_nothing_new() {
    let mut world = at_work();
    let kept = std::mem::take(&mut world.far.borrow_mut().folders);
    world.agent.pass().unwrap();
    assert!(world.seen(Folder::Inbox).is_empty(), "nothing is remembered of names that are gone");
    for (folder, items) in kept {
        for item in items {
            world.far.borrow_mut().lay(folder, "2026-10-06T09:00:00Z", item.bytes);
        }
    }
    assert_eq!(world.agent.pass().unwrap().arrived, 0);
    assert_eq!(world.fetched().len(), 2);
}

#[test]
fn of_the_owners_drafts_only_the_headers_are_read() {
    let mut world = at_work();
    world
        .agent
        .office
        .policy
        .modes
        .insert(sollecito::ledger::words::Purpose::Reminder, sollecito::ledger::words::Mode::Draft);
    let own = world.lay(Folder::Drafts, "2026-10-06T08:00:00Z", private(5, "Tue, 6 Oct 2026 10:00:00 +0200"));
    world.go_to("2026-10-07T10:00:00+02:00");
    assert_eq!(world.agent.pass().unwrap().drafted, 1);
    world.agent.pass().unwrap();
    let fetched = world.fetched();
    assert!(!fetched.contains(&own), "{fetched:?}");
    assert!(!fetched.is_empty(), "our own is");
}

#[test]
fn a_draft_was_deleted_only_when_all_of_drafts_and_then_all_of_sent_was_seen_without_it() {
    let mut world = at_work();
    let modes = &mut world.agent.office.policy.modes;
    modes.insert(sollecito::ledger::words::Purpose::Reminder, sollecito::ledger::words::Mode::Draft);
    world.go_to("2026-10-07T10:00:00+02:00");
    assert_eq!(world.agent.pass().unwrap().drafted, 1);
    world.far.borrow_mut().folders.get_mut(&Folder::Drafts).unwrap().clear();
    let states_after = |world: &mut World, minutes: [u32; 2]| {
        for minute in minutes {
            world.go_to(&format!("2026-10-07T10:{minute}:00+02:00"));
            world.agent.pass().unwrap();
        }
        let rows = world.agent.store.look().outbox(&OutboxFilter::default()).unwrap();
        rows.iter().map(|row| row.row.state).collect::<Vec<_>>()
    };
    world.far.borrow_mut().coverage.insert(Folder::Drafts, Coverage::Unsettled);
    assert_eq!(states_after(&mut world, [10, 15]), [OutboxState::Drafted], "Drafts changed while it was listed");
    world.far.borrow_mut().coverage.clear();
    world.far.borrow_mut().coverage.insert(Folder::Sent, Coverage::Unsettled);
    assert_eq!(states_after(&mut world, [20, 25]), [OutboxState::Drafted], "it may lie in Sent");
    world.far.borrow_mut().coverage.clear();
    assert_eq!(states_after(&mut world, [30, 35]), [OutboxState::Discarded]);
}

/// A month forward between two looks: what would be due then does not leave on a stale look.
#[test]
fn a_clock_that_is_set_sends_nothing_on_a_look_of_another_time() {
    let mut world = at_work();
    world.go_to("2026-11-06T10:00:00+01:00");
    world.agent.pass_after_order().unwrap();
    assert_eq!(world.to_customers(), 0, "a month forward");
    let mut world = at_work();
    // The look was made by a clock that ran three hours ahead.
    world.go_to("2026-10-07T13:00:00+02:00");
    world.agent.pass_reading_only().unwrap();
    world.go_to("2026-10-07T10:00:00+02:00");
    world.agent.pass_after_order().unwrap();
    assert_eq!(world.to_customers(), 0, "a look that lies in the future is no look");
    world.go_to("2026-10-07T10:02:00+02:00");
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 1, "a look by the present clock is");
}

#[test]
fn a_mailbox_that_stays_silent_is_told_once_by_the_other_way() {
    let mut world = at_work();
    world.far.borrow_mut().is_down = true;
    let patience = chrono::TimeDelta::hours(6);
    let mut told = Vec::new();
    for hour in [0, 5, 6, 7, 20] {
        world.clock.set(moment("2026-10-07T08:00:00Z") + chrono::TimeDelta::hours(hour));
        assert!(matches!(world.agent.pass(), Err(AgentError::Mailbox(_))));
        world.agent.pass_without_mailbox("The server is down", patience).unwrap();
        told.push(world.left().len());
    }
    assert_eq!(told, [0, 0, 1, 1, 1]);
    assert_eq!(world.to_customers(), 0);
    let notice = world.left().remove(0).replace("=\r\n", "");
    assert!(notice.contains("The server is down") && notice.contains("07/10/2026 10:00"), "{notice}");
    // It works again, and fails again on another day.
    world.far.borrow_mut().is_down = false;
    world.agent.pass().unwrap();
    let before = world.left().iter().filter(|mail| mail.contains("to: titolare@")).count();
    world.far.borrow_mut().is_down = true;
    for hour in [30, 37] {
        world.clock.set(moment("2026-10-07T08:00:00Z") + chrono::TimeDelta::hours(hour));
        world.agent.pass_without_mailbox("The server is down", patience).unwrap();
    }
    assert_eq!(world.left().iter().filter(|mail| mail.contains("to: titolare@")).count(), before + 1);
}

/// Asks for an end after so much work.
struct Impatient(Rc<Cell<usize>>);

impl Onlooker for Impatient {
    fn hears(&mut self, _work: Work) {
        self.0.set(self.0.get().saturating_sub(1));
    }

    fn wants_end(&self) -> bool {
        self.0.get() == 0
    }
}

#[test]
fn a_pass_that_is_ended_anywhere_is_taken_up_again() {
    let whole = {
        let mut world = at_work();
        world.lay(Folder::Inbox, "2026-10-06T12:00:00Z", contested("Tue, 6 Oct 2026 14:00:00 +0200"));
        world.go_to("2026-10-06T14:30:00+02:00");
        world.agent.pass().unwrap();
        world.agent.store.look().journal(None).map(|rows| rows.len()).unwrap()
    };
    let mut cut = 0;
    for patience in 1..60 {
        let mut world = at_work();
        world.lay(Folder::Inbox, "2026-10-06T12:00:00Z", contested("Tue, 6 Oct 2026 14:00:00 +0200"));
        world.go_to("2026-10-06T14:30:00+02:00");
        let left = Rc::new(Cell::new(patience));
        world.agent.onlooker = Box::new(Impatient(Rc::clone(&left)));
        let ended = world.agent.pass();
        left.set(usize::MAX);
        match ended {
            Err(AgentError::Stopped) => cut += 1,
            Ok(_) => break,
            Err(other) => panic!("{other}"),
        }
        world.agent.pass().unwrap();
        assert_eq!(world.agent.store.look().journal(None).map(|rows| rows.len()).unwrap(), whole, "after {patience}");
    }
    assert!(cut >= 5, "{cut} places");
}

/// Asks for an end when a mail is about to be handed over.
struct AtTheLastMoment(Rc<Cell<bool>>);

impl Onlooker for AtTheLastMoment {
    fn wants_end(&self) -> bool {
        self.0.get()
    }

    fn handing_over(&mut self, is_under_way: bool) {
        self.0.set(self.0.get() || is_under_way);
    }
}

#[test]
fn an_end_that_is_asked_for_after_the_go_ahead_leaves_no_doubt() {
    let mut world = at_work();
    world.go_to("2026-10-07T10:00:00+02:00");
    let wanted = Rc::new(Cell::new(false));
    world.agent.onlooker = Box::new(AtTheLastMoment(Rc::clone(&wanted)));
    assert!(matches!(world.agent.pass(), Err(AgentError::Stopped)));
    assert!(wanted.get());
    assert_eq!(world.left().len(), 0, "nothing of it was said");
    world.agent.onlooker = Box::new(Nobody);
    let beginning = world.agent.begin().unwrap();
    assert_eq!((beginning.recovered.unsure.len(), beginning.recovered.retried.len()), (0, 1));
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 1);
}

#[test]
fn marks_that_nothing_needs_any_more_are_forgotten() {
    let mut world = at_work();
    world.lay(Folder::Inbox, "2026-10-06T12:00:00Z", contested("Tue, 6 Oct 2026 14:00:00 +0200"));
    world.go_to("2026-10-06T14:30:00+02:00");
    world.agent.pass().unwrap();
    let nobody = "ab".repeat(32);
    let over = [
        "notices.2026-01-01".to_owned(),
        "case.told.999".to_owned(),
        "outbox.told.999".to_owned(),
        "draft.subject.999".to_owned(),
        format!("message.attempts.{nobody}"),
    ];
    let names = over.clone();
    let note = move |unit: &mut sollecito::store::Unit<'_>| -> Result<(), sollecito::store::StoreError> {
        names.iter().try_for_each(|name| unit.set_setting(name, Some("1")))
    };
    world.agent.store.write(note).unwrap();
    world.go_to("2026-10-07T10:00:00+02:00");
    world.agent.pass().unwrap();
    let look = world.agent.store.look();
    for name in over {
        assert_eq!(look.setting(&name).unwrap(), None, "{name}");
    }
    let open = look.open_cases().unwrap();
    assert!(look.setting(&format!("case.told.{}", open[0].id)).unwrap().is_some(), "an open question stays told");
    assert!(look.setting("notices.2026-10-06").unwrap().is_some(), "yesterday still counts");
}
