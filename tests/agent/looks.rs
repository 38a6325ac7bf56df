//! The day is decided for the accounts whose day has come, and for all of them where something else is different.

use super::world::{LIST, World, letter};
use chrono::NaiveDate;
use sollecito::ledger::case::CaseKind;
use sollecito::ledger::ids::CustomerId;
use sollecito::mailbox::Folder;
use sollecito::store::{Store, StoreError};

const BALDINI: CustomerId = CustomerId(1);
const DATE: &str = "Tue, 6 Oct 2026 11:00:00 +0200";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// One invoice, due on 30 September, and a first round on a Tuesday before its step is due.
fn at_work() -> World {
    let mut world = World::at("2026-10-06T10:00:00+02:00");
    world.import(LIST);
    world.agent.pass().unwrap();
    world
}

fn next_look(world: &World) -> Option<NaiveDate> {
    world.agent.store.look().next_look(BALDINI).unwrap()
}

/// As if the day had been reckoned wrongly: whoever still decides has looked for another reason.
fn forget_for_long(world: &mut World) {
    let until = day("2027-12-31");
    world.agent.store.write(|unit| unit.set_next_look(BALDINI, until)).map_err(|error: StoreError| error).unwrap();
}

fn planned(world: &World) -> usize {
    world.agent.store.look().account(BALDINI).unwrap().unwrap().pending.len()
}

#[test]
fn the_day_that_was_reckoned_is_the_day_on_which_something_is_decided() {
    let mut world = World::at("2026-10-01T10:00:00+02:00");
    world.import(LIST);
    world.agent.pass().unwrap();
    let next = next_look(&world).expect("it was looked at");
    assert!(next > day("2026-10-02"), "{next}");
    let decided = |world: &World| world.agent.store.look().journal(Some(BALDINI)).unwrap().len() + planned(world);
    let before = decided(&world);
    let mut today = day("2026-10-01");
    while decided(&world) == before && today < day("2026-11-30") {
        today = today.succ_opt().unwrap();
        // What falls due until the mail leaves is taken into it: the evening thinks of the next morning.
        for time in ["00:30", "23:30"] {
            world.go_to(&format!("{today}T{time}:00+02:00"));
            world.agent.pass().unwrap();
        }
    }
    assert_eq!(today, next, "not a day later, and not for nothing before");
}

#[test]
fn an_account_whose_day_has_not_come_is_left_alone() {
    let mut world = at_work();
    forget_for_long(&mut world);
    world.go_to("2026-10-14T10:00:00+02:00");
    world.agent.pass().unwrap();
    assert_eq!(planned(&world) + world.to_customers(), 0, "the index is what is asked");
}

#[test]
fn an_order_makes_it_be_looked_at() {
    let mut world = at_work();
    forget_for_long(&mut world);
    world.go_to("2026-10-14T10:00:00+02:00");
    // The same day as known before would change nothing; the books are known further now.
    world.import(LIST);
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 1);
}

#[test]
fn another_policy_makes_all_be_looked_at() {
    let mut world = at_work();
    forget_for_long(&mut world);
    world.go_to("2026-10-14T10:00:00+02:00");
    world.agent.office.policy.limits.recipient_gap_days += 1;
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 1);
    let next = next_look(&world);
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 1);
    assert!(next.is_none() || next == next_look(&world), "the same policy changes nothing");
}

#[test]
fn a_clock_that_is_set_back_makes_all_be_looked_at() {
    let mut world = at_work();
    world.go_to("2026-10-16T10:00:00+02:00");
    world.agent.office.policy.windows.quiet = vec![((10, 16), (10, 31))];
    world.agent.pass().unwrap();
    assert_eq!(planned(&world) + world.to_customers(), 0, "a quiet time");
    assert!(next_look(&world).is_some_and(|next| next > day("2026-10-16")));
    world.go_to("2026-10-14T10:00:00+02:00");
    world.agent.pass().unwrap();
    assert_eq!(world.to_customers(), 1);
}

#[test]
fn a_new_run_on_the_same_database_needs_no_look_at_all_accounts() {
    let mut world = at_work();
    let next = next_look(&world);
    world.agent.begin().unwrap();
    world.agent.pass().unwrap();
    assert_eq!(next_look(&world), next);
    // A copy of an older state was put back.
    let marker = world.folder.path().join("sollecito.db.generation");
    std::fs::write(marker, "99\n").unwrap();
    world.agent.begin().unwrap();
    assert_eq!(next_look(&world), None);
}

/// Decided in a run of its own while the round stands still, by another process: never overwritten by what was seen
/// before.
#[test]
fn what_another_process_writes_is_looked_at_in_the_next_round() {
    let mut world = at_work();
    let database = world.agent.store.path().to_owned();
    let mut other = Store::open(&database).unwrap();
    other.write(|unit| unit.look_at_all()).map_err(|error: StoreError| error).unwrap();
    assert_eq!(next_look(&world), None);
    world.agent.pass().unwrap();
    assert!(next_look(&world).is_some());
}

/// What mails are looked up in is kept from one pass to the next: what others wrote meanwhile is known all the same.
#[test]
fn customers_and_threads_that_are_new_are_known_in_the_next_pass() {
    let mut world = at_work();
    let marta = "Marta Ferri <marta@studioferri.example>";
    let greeting =
        |n: u32| letter("Zia <zia@casa.example>", marta, "Pranzo", DATE, &format!("p{n}@casa.example"), "Ciao!");
    world.lay(Folder::Inbox, "2026-10-06T09:00:00Z", greeting(1));
    assert_eq!(world.agent.pass().unwrap().decided, 1, "from here on something is kept in mind");
    // By another process: a second customer, another address and another sum of the first.
    world.import(
        "Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente\n\
         118/2026;31/08/2026;30/09/2026;1.220,00;Baldini S.r.l.;nuova@baldini-srl.example;azienda\n\
         119/2026;31/08/2026;30/09/2026;500,00;Rossi S.r.l.;info@rossi.example;azienda\n",
    );
    let contests = "Buongiorno,\n\ncontestiamo la fattura: il lavoro non è stato completato.\n";
    for (n, from) in ["info@rossi.example", "nuova@baldini-srl.example"].into_iter().enumerate() {
        let id = format!("c{n}@elsewhere.example");
        world.lay(Folder::Inbox, "2026-10-06T09:30:00Z", letter(from, marta, "Fattura", DATE, &id, contests));
    }
    // The owner's own mail makes a thread that an answer from nowhere names.
    let own = letter(marta, "info@rossi.example", "Fattura 119/2026", DATE, "own119@studioferri.example", "Ecco.\n");
    world.lay(Folder::Sent, "2026-10-06T09:10:00Z", own);
    world.agent.pass().unwrap();
    for customer in [BALDINI, CustomerId(2)] {
        let account = world.agent.store.look().account(customer).unwrap().unwrap();
        let disputes = account.cases.iter().filter(|case| case.kind == CaseKind::Dispute).count();
        assert_eq!(disputes, 1, "{customer}: {:?}", account.cases);
    }
    let answer = String::from_utf8(letter("capo@casa.example", marta, "R: Fattura", DATE, "a1@casa.example", contests));
    let answer = answer.unwrap().replace("Subject:", "In-Reply-To: <own119@studioferri.example>\r\nSubject:");
    world.lay(Folder::Inbox, "2026-10-06T09:50:00Z", answer.into_bytes());
    world.agent.pass().unwrap();
    let found = world.agent.store.look().find_message("a1@casa.example").unwrap();
    assert_eq!(found[0].customer, Some(CustomerId(2)), "found by its thread");
}
