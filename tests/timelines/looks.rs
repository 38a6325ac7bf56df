//! Who is looked at on a day: everybody, or those whose day has come. Both must decide the same.

use super::chance::Chance;
use super::lives::{Guard, at, live_for, live_watched};
use super::office::{Left, Office, receivable};
use super::random::turn;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use sollecito::ledger::account::Account;
use sollecito::ledger::event::{DeliveryOutcome, Event, Imported, Order};
use sollecito::ledger::ids::CommandId;
use sollecito::ledger::mail::OutboxRow;
use sollecito::ledger::moment::Moment;
use sollecito::ledger::words::{DebtorKind, Mode};
use sollecito::policy::terms::Policy;
use sollecito::policy::{World, decide, next_look};

const CUSTOMERS: u64 = 60;

/// When the day is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// Whenever it is asked.
    Always,
    /// When the day has come that was reckoned at the last look, or anything is different from then.
    WhenDue,
    /// The same with a day reckoned so many days too late: for seeing that the tests notice.
    Late(i64),
    /// The same without noticing changes of the account.
    Deaf,
    /// The same without noticing other rules.
    Stubborn,
    /// The same without noticing that the clock was set back.
    Timeless,
}

/// What the agent and its database do, in small.
pub struct Watch {
    looks: Looks,
    last: Option<Last>,
    pub skipped: usize,
    /// Skipped, and there was something to decide.
    pub missed: usize,
}

struct Last {
    account: Account,
    policy: Policy,
    day: NaiveDate,
    next: NaiveDate,
}

impl Watch {
    pub const fn new(looks: Looks) -> Self {
        Self { looks, last: None, skipped: 0, missed: 0 }
    }

    /// A day came, or goes on.
    pub fn day_comes(&mut self, office: &mut Office) {
        office.fill_pending();
        if self.may_skip(office) {
            self.skipped += 1;
            self.missed += usize::from(!decide(&office.account, &Event::DayCame, &office.world()).is_empty());
            return;
        }
        office.happen(&Event::DayCame);
        let late = if let Looks::Late(days) = self.looks { days } else { 0 };
        self.last = Some(Last {
            account: office.account.clone(),
            policy: office.policy.clone(),
            day: office.moment().today(),
            next: next_look(&office.account, &office.world()) + Duration::days(late),
        });
    }

    fn may_skip(&self, office: &Office) -> bool {
        let Some(last) = self.last.as_ref().filter(|_| self.looks != Looks::Always) else { return false };
        let today = office.moment().today();
        (self.looks == Looks::Deaf || last.account == office.account)
            && (self.looks == Looks::Stubborn || last.policy == office.policy)
            && (self.looks == Looks::Timeless || last.day <= today)
            && today < last.next
    }
}

/// What came of one life: what left, the account, and every mail ever planned.
type Lived = (Vec<Left>, Account, Vec<OutboxRow>);

fn lived(customer: u64, looks: Looks) -> (Lived, Watch) {
    let mut watch = Watch::new(looks);
    let mut chance = Chance::new(super::seed().wrapping_add(customer.wrapping_mul(15_485_863)));
    let chance_days = chance.below(60);
    let (mut office, _) = live_watched(&mut chance, Guard::On, 10 + chance_days, &mut watch);
    with_turns(&mut office, &mut chance, &mut watch);
    ((std::mem::take(&mut office.left), office.account, office.outbox), watch)
}

/// Months in which the owner edits the files in flight, and somebody sets the clock of the machine.
fn with_turns(office: &mut Office, chance: &mut Chance, watch: &mut Watch) {
    let mut day = office.moment().today();
    fresh_start(office, day + Duration::days(chance.below(25) - 5));
    for _ in 0..60 {
        day += Duration::days(if chance.one_in(25) { chance.below(90) - 45 } else { 1 });
        if chance.one_in(12) {
            turn(&mut office.policy, chance);
        }
        for hour in [1, 9, 16] {
            office.now = at(day, hour, u32::try_from(chance.below(60)).expect("minutes"));
            watch.day_comes(office);
            office.told = Some(office.now - Duration::hours(2));
            if hour == 16 {
                office.approve();
            }
            office.deliver(DeliveryOutcome::Accepted);
        }
    }
}

/// Something new to ask for, everything known of payments, and nothing in the way.
fn fresh_start(office: &mut Office, due: NaiveDate) {
    let today = office.moment().today();
    let import = Imported {
        customer: office.account.customer.clone(),
        receivables: vec![receivable(500, due, 90_000, today)],
        complete: false,
        payments_known_up_to: Some(today + Duration::days(365)),
        first: false,
    };
    office.happen(&Event::Imported(Box::new(import)));
    office.happen(&Event::Ordered(CommandId(3), Order::Resume { items: Vec::new() }));
}

#[test]
fn looking_when_the_day_has_come_decides_the_same_as_looking_always() {
    let (mut skipped, mut left) = (0, 0);
    for customer in 0..CUSTOMERS {
        let (everything, _) = lived(customer, Looks::Always);
        let (some, watch) = lived(customer, Looks::WhenDue);
        assert_eq!(watch.missed, 0, "seed {}, customer {customer}: there was something to decide", super::seed());
        assert_eq!(everything, some, "seed {}, customer {customer}", super::seed());
        skipped += watch.skipped;
        left += some.0.len();
    }
    println!("{skipped} looks spared, {left} mails left");
    assert!(skipped > 10_000 && left > 100, "too little happened: {skipped} looks spared, {left} mails");
}

/// The test above notices a day reckoned one day too late, and each change that would go unnoticed.
#[test]
fn looking_too_late_is_noticed() {
    for looks in [Looks::Late(1), Looks::Deaf, Looks::Stubborn] {
        let differs = (0..CUSTOMERS).find(|customer| {
            let (some, watch) = lived(*customer, looks);
            watch.missed > 0 && some != lived(*customer, Looks::Always).0
        });
        println!("{looks:?}: first noticed with customer {differs:?}");
        assert!(differs.is_some(), "{looks:?} goes unnoticed");
    }
}

/// A clock that runs ahead into the quiet weeks and is set back: a reminder was due there all the time.
#[test]
fn a_clock_that_is_set_back_is_noticed() {
    let planned = |looks| {
        let mut watch = Watch::new(looks);
        let mut office = Office::new(DebtorKind::Firm);
        office.set_modes(Mode::Send);
        let day = |day| NaiveDate::from_ymd_opt(2026, 12, day).expect("a day");
        let mut item = receivable(118, day(1), 122_000, day(1));
        item.payments_known_up_to = Some(day(31));
        office.account.receivables.push(item);
        for today in [24, 15] {
            office.now = at(day(today), 10, 0);
            watch.day_comes(&mut office);
        }
        office.outbox.len()
    };
    assert_eq!([Looks::Always, Looks::WhenDue, Looks::Timeless].map(planned), [1, 1, 0]);
}

/// From wherever a history stands, and whatever the policy: until the day that is reckoned, no instant brings anything.
#[test]
fn nothing_is_decided_before_the_day_that_is_reckoned() {
    let (mut asked, mut far) = (0, 0);
    for customer in 0..CUSTOMERS {
        let mut chance = Chance::new(super::seed().wrapping_add(customer.wrapping_mul(32_452_843)));
        let days = 5 + chance.below(120);
        let (mut office, _) = live_for(&mut chance, Guard::On, days);
        for _ in 0..chance.below(4) {
            turn(&mut office.policy, &mut chance);
        }
        office.now += Duration::minutes(chance.below(60 * 24 * 3));
        office.happen(&Event::DayCame);
        let next = next_look(&office.account, &office.world());
        let begins = at(office.moment().today(), 0, 0);
        let minutes = (at(next, 0, 0) - begins).num_minutes();
        far += usize::from(minutes > 60 * 24 * 5);
        for _ in 0..if minutes > 0 { 60 } else { 0 } {
            let then = begins + Duration::minutes(chance.below(minutes));
            let decision = decided(&office, then);
            assert!(decision, "seed {}, customer {customer}: {then} is before {next}", super::seed());
            asked += 1;
        }
    }
    println!("{asked} instants before the day, {far} days lie far ahead");
    assert!(asked > 2_000 && far > 20, "too little was asked: {asked}, {far}");
}

fn decided(office: &Office, then: DateTime<Utc>) -> bool {
    let world = World { moment: Moment::new(then, chrono_tz::Europe::Rome), ..office.world() };
    decide(&office.account, &Event::DayCame, &world).is_empty()
}
