//! A year of a firm with 500 customers through the real thing: a Maildir on disk, a database on disk with every commit
//! waited for, imports, payments, answers, and four passes a day. Beside it, in the same run, what it costs to
//! read and ask every account once, as a pass would that did not know whose day has come.
//!
//! `cargo bench --bench year`

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::print_stdout, reason = "it is told in lines")]

mod support;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use sollecito::agent::clock::SetClock;
use sollecito::agent::imports::{self, Terms};
use sollecito::agent::onlooker::Nobody;
use sollecito::agent::{Agent, Known, orders};
use sollecito::config::Firm;
use sollecito::import::customers::gather;
use sollecito::import::rows::read_receivables;
use sollecito::ledger::event::{Event, Order};
use sollecito::ledger::ids::{CaseId, CustomerId, ReceivableId};
use sollecito::ledger::words::{Mode, Purpose};
use sollecito::mailbox::Folder;
use sollecito::mailbox::maildir::{Maildir, Naming};
use sollecito::policy::{self, World};
use sollecito::store::Store;
use sollecito::transport::folder::FolderTransport;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};
use support::firm::{office, settle_firm};

const CUSTOMERS: u64 = 500;
const INVOICES_A_DAY: u64 = 24;
const ANSWERS_A_DAY: u64 = 6;
const FIRST: &str = "2025-01-07";
const HOURS: [i64; 4] = [8, 10, 15, 18];

const fn customer_of(invoice: u64) -> u64 {
    hash(invoice) % CUSTOMERS + 1
}

struct Year {
    agent: Agent,
    clock: SetClock,
    world: Maildir,
    /// Where the owner types.
    desk: Store,
    firm: Firm,
    heading: String,
    today: NaiveDate,
    /// Who is customer number so and so.
    ids: BTreeMap<u64, CustomerId>,
    /// Invoices by the day on which they are paid.
    payments: BTreeMap<NaiveDate, Vec<u64>>,
    invoices: u64,
    mails: u64,
    imports: Duration,
    passes: Duration,
    everybody: Duration,
    /// How often everybody was asked.
    rounds: u32,
    told: Told,
}

#[derive(Debug, Default)]
struct Told {
    passes: usize,
    decided: usize,
    sent: usize,
    questions: usize,
}

/// The same each time.
const fn hash(number: u64) -> u64 {
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33
}

impl Year {
    fn begin(folder: &Path) -> Self {
        settle_firm(folder);
        let settings = std::fs::read_to_string(folder.join("sollecito.toml")).unwrap();
        std::fs::write(folder.join("sollecito.toml"), settings + "[limits]\napprove_first_mail = false\n").unwrap();
        let mailbox = || Maildir::create(&folder.join("Maildir")).unwrap();
        let database = folder.join("sollecito.db");
        let store = Store::open(&database).unwrap();
        let desk = Store::open(&database).unwrap();
        let mut office = office(folder);
        office.policy.modes = Purpose::ALL.iter().map(|purpose| (*purpose, Mode::Send)).collect();
        office.copy_to_sent = true;
        let firm = sollecito::config::load(&folder.join("sollecito.toml")).unwrap();
        let today: NaiveDate = FIRST.parse().unwrap();
        let clock = SetClock::at(at(today, 7));
        let transport = Box::new(FolderTransport::open(&folder.join("outgoing")).unwrap());
        let onlooker = Box::new(Nobody);
        let known = Known::default();
        let mut agent = Agent {
            office,
            store,
            mailbox: Box::new(mailbox()),
            transport,
            clock: Box::new(clock.clone()),
            onlooker,
            known,
        };
        agent.begin().unwrap();
        let heading = "Numero;Data;Scadenza;Importo;Cliente;Email;Tipo cliente\n".to_owned();
        let [imports, passes, everybody] = [Duration::ZERO; 3];
        let world = mailbox().with_naming(Naming::FromContent);
        Self {
            agent,
            clock,
            world,
            desk,
            firm,
            heading,
            today,
            ids: BTreeMap::new(),
            payments: BTreeMap::new(),
            invoices: 0,
            mails: 0,
            imports,
            passes,
            everybody,
            rounds: 0,
            told: Told::default(),
        }
    }

    fn live(&mut self) {
        let last = self.today + Days::new(364);
        while self.today <= last {
            let is_working = !matches!(self.today.weekday(), Weekday::Sat | Weekday::Sun);
            if is_working {
                self.clock.set(at(self.today, 7));
                self.keep_the_books();
                self.settle_questions();
                self.customers_write();
            }
            for hour in HOURS {
                self.clock.set(at(self.today, hour));
                let begun = Instant::now();
                let report = self.agent.pass().unwrap();
                self.passes += begun.elapsed();
                assert!(report.troubles.is_empty(), "{report:?}");
                self.told.passes += 1;
                self.told.decided += report.decided;
                self.told.sent += report.sent;
                self.told.questions += report.cases_opened;
            }
            if self.today.day() == 1 {
                let begun = Instant::now();
                self.ask_everybody();
                self.everybody += begun.elapsed();
                self.rounds += 1;
                println!("  {}: {:.1} s so far", self.today, (self.passes + self.imports).as_secs_f64());
            }
            self.today = self.today + Days::new(1);
        }
    }

    /// Invoices of the day, and all payments of the day before.
    fn keep_the_books(&mut self) {
        let mut list = self.heading.clone();
        for _ in 0..INVOICES_A_DAY {
            self.invoices += 1;
            let (number, customer) = (self.invoices, customer_of(self.invoices));
            self.will_be_paid(number);
            let (issued, due) = (self.today, self.today + Days::new(30));
            list.push_str(&format!(
                "{number}/2025;{};{};{},00;Officine Meccaniche {customer} S.r.l.;amministrazione@cliente{customer}.example;azienda\n",
                issued.format("%d/%m/%Y"),
                due.format("%d/%m/%Y"),
                50 + hash(number + 7) % 3000,
            ));
            let invoice = format!(
                "From: Marta Ferri <marta@studioferri.example>\r\nTo: amministrazione@cliente{customer}.example\r\n\
                 Subject: Fattura {number}/2025\r\nDate: {}\r\nMessage-ID: <i{number}@studioferri.example>\r\n\
                 Content-Type: text/plain; charset=utf-8\r\n\r\nBuongiorno, in allegato la fattura {number}/2025.\r\n",
                at(issued, 7).to_rfc2822()
            );
            self.world.deliver(Folder::Sent, invoice.as_bytes(), at(issued, 7)).unwrap();
        }
        let import = &self.firm.settings.import;
        let mut read = read_receivables(list.as_bytes(), "list.csv", &import.columns, &import.defaults);
        let customers = gather(&mut read, "list.csv");
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        let yesterday = self.today - Days::new(1);
        let paid = self.paid_by(yesterday);
        let begun = Instant::now();
        for (customer, item) in paid {
            let order = Order::Paid { items: vec![item], amount: None, on: yesterday };
            let moment = self.agent.moment();
            orders::give(&mut self.desk, &self.agent.office, moment, customer, &order, "paid").unwrap();
        }
        let terms = Terms { complete: false, payments_known_up_to: Some(yesterday) };
        let moment = self.agent.moment();
        imports::take(&mut self.desk, &self.agent.office, moment, &customers, &terms).unwrap();
        self.imports += begun.elapsed();
    }

    /// Of ten invoices five are paid in time, four some weeks late, and one never.
    fn will_be_paid(&mut self, number: u64) {
        let fate = hash(number + 31);
        let late = match fate % 10 {
            0..5 => 0,
            5..9 => 5 + (fate >> 8) % 60,
            _ => return,
        };
        self.payments.entry(self.today + Days::new(30 + late)).or_default().push(number);
    }

    /// What was paid up to a day and is not booked yet.
    fn paid_by(&mut self, day: NaiveDate) -> Vec<(CustomerId, ReceivableId)> {
        let later = self.payments.split_off(&(day + Days::new(1)));
        let paid = std::mem::replace(&mut self.payments, later);
        paid.into_values().flatten().filter_map(|number| self.find(number)).collect()
    }

    fn find(&mut self, number: u64) -> Option<(CustomerId, ReceivableId)> {
        let customer = customer_of(number);
        if !self.ids.contains_key(&customer) {
            let look = self.desk.look();
            for id in look.account_ids().unwrap() {
                let account = look.books_of(id).unwrap().unwrap();
                let number = account.receivables.first().unwrap().key.number.clone();
                self.ids.insert(customer_of(number.trim_end_matches("/2025").parse().unwrap()), id);
            }
        }
        let id = *self.ids.get(&customer)?;
        let account = self.desk.look().books_of(id).unwrap()?;
        let key = format!("{number}/2025");
        let item = account.receivables.iter().find(|item| item.key.number == key && !item.is_settled())?;
        Some((id, item.id))
    }

    /// The owner answers every question after two days.
    fn settle_questions(&mut self) {
        let now = at(self.today, 7);
        for case in self.desk.look().open_cases().unwrap() {
            if let Some(customer) = case.customer.filter(|_| now - case.opened > TimeDelta::days(2)) {
                let (moment, order) = (self.agent.moment(), Order::CloseCase { case: case.id });
                orders::give(&mut self.desk, &self.agent.office, moment, customer, &order, "close").unwrap();
            }
        }
    }

    fn customers_write(&mut self) {
        for _ in 0..ANSWERS_A_DAY {
            self.mails += 1;
            let number = hash(self.mails + 99) % self.invoices + 1;
            let customer = customer_of(number);
            let soon = self.today + Days::new(9);
            let says = match hash(self.mails) % 6 {
                0 => format!("Pagheremo la fattura {number}/2025 entro il {}.", soon.format("%d/%m/%Y")),
                1 => format!("La fattura {number}/2025 è già stata pagata ieri."),
                2 => format!("Contestiamo la fattura {number}/2025: la merce è arrivata danneggiata."),
                3 => "Ci mandate un estratto conto? Grazie.".to_owned(),
                4 => format!("Potete inviarci copia della fattura {number}/2025? Non ci risulta pervenuta."),
                _ => "Grazie, buona giornata.".to_owned(),
            };
            let written = at(self.today, 9);
            let mail = format!(
                "From: Amministrazione <amministrazione@cliente{customer}.example>\r\n\
                 To: Marta Ferri <marta@studioferri.example>\r\nSubject: R: Fattura {number}/2025\r\nDate: {}\r\n\
                 Message-ID: <a{}@cliente{customer}.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
                 Buongiorno,\r\n\r\n{says}\r\n\r\nCordiali saluti\r\n",
                written.to_rfc2822(),
                self.mails
            );
            self.world.deliver(Folder::Inbox, mail.as_bytes(), written).unwrap();
        }
    }

    /// What a round was before the agent knew whose day has come.
    fn ask_everybody(&self) {
        let (none, moment) = (BTreeSet::new(), self.agent.moment());
        let world = World { policy: &self.agent.office.policy, moment, next_case: CaseId(1), documents: &none };
        let look = self.agent.store.look();
        for id in look.account_ids().unwrap() {
            let account = look.account(id).unwrap().unwrap();
            std::hint::black_box(policy::decide(&account, &Event::DayCame, &world));
        }
    }
}

fn at(day: NaiveDate, hour: i64) -> DateTime<Utc> {
    support::moment(&format!("{day}T00:00:00+01:00")) + TimeDelta::hours(hour)
}

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut year = Year::begin(folder.path());
    year.live();
    let Year { told, invoices, mails, imports, passes, everybody, rounds, .. } = &year;
    let round = everybody.as_secs_f64() / f64::from(*rounds);
    let [imports, passes] = [imports, passes].map(Duration::as_secs_f64);
    println!("a year of {CUSTOMERS} customers, {invoices} invoices and {mails} answers: {told:?}");
    println!("  {passes:.1} s for all passes, {imports:.1} s for the imports and payments of each working day");
    println!("  reading and asking every account in each pass would cost {round:.3} s a pass more");
}
