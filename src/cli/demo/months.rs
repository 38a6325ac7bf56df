//! Three months in seconds: the clock goes from one thing that can happen to the next, and the agent does its passes.

use super::mails::{self, Answered};
use super::postbox::Postbox;
use super::story::{self, Reply, Row, Story, Style, ZONE};
use super::timeline::{Came, Timeline};
use super::{ending, folder};
use crate::agent::clock::{Clock as _, SetClock};
use crate::agent::imports::{self, Terms};
use crate::agent::onlooker::Nobody;
use crate::agent::{Agent, Known};
use crate::cli::desk::{self, Desk};
use crate::cli::failure::Failure;
use crate::cli::orders::Ordered;
use crate::cli::{Globals, Now, Screen};
use crate::import::{gather, read_receivables};
use crate::ledger::ids::OutboxId;
use crate::ledger::mail::OutboxState;
use crate::ledger::moment::{Moment, at};
use crate::ledger::words::Purpose;
use crate::mailbox::Folder;
use crate::mailbox::maildir::Maildir;
use crate::message::Reader;
use crate::store::{OutboxFilter, Store};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use clap::Parser;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Makes the keys of the demo's database the same each time. It guards nothing: the mails go into a folder.
const SECRET: [u8; 32] = *b"the demo of sollecito, no secret";

/// The first and the last day.
const FIRST: &str = "2026-09-01 07:00";
const LAST: &str = "2026-11-30 19:00";

/// An order as it is typed.
#[derive(Debug, Parser)]
#[command(no_binary_name = true)]
struct Typed {
    #[command(subcommand)]
    order: Ordered,
}

/// Something that happens at its time.
#[derive(Debug, Clone)]
enum Happening {
    /// The owner's list is read anew.
    Import,
    /// The studio sends an invoice.
    Invoice(usize),
    /// A mail comes, perhaps in answer to one of ours.
    Mail(usize, Option<OutboxId>),
    /// The owner types an order.
    Order(String),
    /// The owner corrects an address in the accounting program.
    Correction(String, String),
    /// The owner answers a customer's last mail by hand.
    OwnMail(String, String),
}

/// The studio, its customers and its owner.
pub(super) struct Months<'a> {
    folder: PathBuf,
    story: Story,
    heading: String,
    rows: Vec<Row>,
    clock: SetClock,
    agent: Agent,
    /// Where the owner types: a second connection to the same database, as in life.
    desk: Desk,
    /// Where the world's mail is laid.
    world: Maildir,
    coming: BTreeMap<(DateTime<Utc>, usize), Happening>,
    order_of_arrival: usize,
    /// Notices that reached the owner.
    seen: BTreeSet<OutboxId>,
    /// Replies that are on their way or came.
    answered_already: BTreeSet<usize>,
    /// The last mail of each customer, by code.
    last_came: BTreeMap<String, Vec<u8>>,
    timeline: Timeline<'a>,
}

impl<'a> Months<'a> {
    /// Opens the studio on the first morning.
    pub(super) fn open(folder: &Path, screen: &'a mut Screen) -> Result<Self, Failure> {
        folder::prepare(folder)?;
        let world = folder::mailbox(folder)?;
        let begins = story::instant(FIRST)?;
        let globals =
            Globals { config: folder.join(crate::config::SETTINGS_FILE), now: Some(Now::Instant(begins)), json: false };
        let firm = globals.firm()?;
        drop(Store::open_with_secret(&firm.settings.database, SECRET)?);
        let clock = SetClock::at(begins);
        let store = Store::open(&firm.settings.database)?;
        // Months in seconds leave no time to wait for the disk a thousand times, and the demo can be run again.
        store.forgo_durability()?;
        let postbox = Postbox { maildir: folder::mailbox(folder)?, clock: clock.clone() };
        let agent = Agent {
            office: desk::office(&firm)?,
            store,
            mailbox: Box::new(postbox),
            transport: desk::transport(&firm)?,
            clock: Box::new(clock.clone()),
            onlooker: Box::new(Nobody),
            known: Known::default(),
        };
        let (heading, rows) = story::rows()?;
        let mut desk = Desk::open(&globals)?;
        desk.store.forgo_durability()?;
        desk::put_in_force(&desk.firm, &mut desk.store)?;
        let reader: Reader = desk.office.reader.clone();
        Ok(Self {
            folder: folder.to_owned(),
            story: story::read()?,
            heading,
            rows,
            clock,
            agent,
            desk,
            world,
            coming: BTreeMap::new(),
            order_of_arrival: 0,
            seen: BTreeSet::new(),
            answered_already: BTreeSet::new(),
            last_came: BTreeMap::new(),
            timeline: Timeline::new(screen, reader),
        })
    }

    /// Lives through them.
    pub(super) fn live(mut self) -> Result<(), Failure> {
        self.timeline.introduce();
        self.lay_out_what_is_fixed()?;
        let begins = story::instant(FIRST)?;
        let ends = story::instant(LAST)?;
        self.agent.begin()?;
        let mut restless = true;
        let mut now = begins;
        let mut day = None;
        while now <= ends {
            self.clock.set(now);
            let happened = self.happen(now)?;
            let today = now.with_timezone(&ZONE).date_naive();
            let due = self.agent.store.look().next_due()?.is_some_and(|due| due <= now);
            if happened || restless || due || day != Some(today) {
                day = Some(today);
                let report = self.agent.pass()?;
                restless = report != crate::agent::PassReport::default();
                if report.notices > 0 {
                    self.notices_arrive()?;
                }
                if report.sent > 0 {
                    self.replies_are_written()?;
                }
                self.timeline.after_pass(&self.agent)?;
            }
            let next_grid = next_half_hour(now);
            let next_coming = self.coming.keys().next().map_or(next_grid, |(at, _)| *at);
            let next_due = self.agent.store.look().next_due()?.filter(|due| *due > now).unwrap_or(next_grid);
            now = next_grid.min(next_coming.max(now)).min(next_due);
        }
        self.clock.set(ends);
        ending::tell(&mut self.timeline, &self.agent, &self.folder)
    }

    /// Invoices, orders and mails that come whatever the agent does.
    fn lay_out_what_is_fixed(&mut self) -> Result<(), Failure> {
        let begins = story::instant(FIRST)?;
        self.schedule(begins, Happening::Import);
        let mut lists = BTreeSet::new();
        for index in 0..self.rows.len() {
            let Some(row) = self.rows.get(index) else { continue };
            let sent = at(ZONE, row.issued, NaiveTime::from_hms_opt(17, 20, 0).unwrap_or(NaiveTime::MIN));
            if sent > begins && lists.insert(sent) {
                self.schedule(sent - TimeDelta::minutes(5), Happening::Import);
            }
            self.schedule(sent.max(begins), Happening::Invoice(index));
        }
        let mut monday = begins.with_timezone(&ZONE).date_naive();
        let last = story::instant(LAST)?.with_timezone(&ZONE).date_naive();
        while monday <= last {
            if monday.weekday() == Weekday::Mon {
                let friday = monday - Days::new(3);
                let typed = at(ZONE, monday, NaiveTime::from_hms_opt(8, 30, 0).unwrap_or(NaiveTime::MIN));
                self.schedule(typed, Happening::Order(format!("payments-known {friday}")));
            }
            monday = monday + Days::new(1);
        }
        for deed in std::mem::take(&mut self.story.deeds) {
            let when = deed.instant()?;
            let correction = deed.does.strip_prefix("correct ").and_then(|rest| rest.split_once(' '));
            let happening = match (deed.writes, correction) {
                (Some(code), _) => Happening::OwnMail(code, deed.does),
                (None, Some((code, address))) => Happening::Correction(code.to_owned(), address.to_owned()),
                (None, None) => Happening::Order(deed.does),
            };
            self.schedule(when, happening);
        }
        let fixed: Vec<Option<DateTime<Utc>>> =
            self.story.replies.iter().map(Reply::fixed).collect::<Result<_, Failure>>()?;
        for (index, when) in fixed.into_iter().enumerate() {
            if let Some(when) = when {
                self.schedule(when, Happening::Mail(index, None));
            }
        }
        Ok(())
    }

    fn schedule(&mut self, when: DateTime<Utc>, what: Happening) {
        self.order_of_arrival += 1;
        self.coming.insert((when, self.order_of_arrival), what);
    }

    /// Whatever has come by now.
    fn happen(&mut self, now: DateTime<Utc>) -> Result<bool, Failure> {
        let mut happened = false;
        while let Some(entry) = self.coming.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let what = entry.remove();
            happened = true;
            match what {
                Happening::Import => self.import(now)?,
                Happening::Invoice(index) => self.send_invoice(index)?,
                Happening::Mail(index, answered) => self.mail_comes(index, answered, now)?,
                Happening::Order(line) => self.order(&line, now)?,
                Happening::OwnMail(code, text) => self.owner_writes(&code, &text, now)?,
                Happening::Correction(code, address) => {
                    let mut name = code.clone();
                    for row in self.rows.iter_mut().filter(|row| row.code == code) {
                        row.line = row.line.replace(&row.email, &address);
                        row.email.clone_from(&address);
                        name.clone_from(&row.customer);
                    }
                    self.timeline.corrected(now, &name, &address);
                    self.import(now)?;
                }
            }
        }
        Ok(happened)
    }

    /// The list of the accounting program, as it stands that day.
    fn import(&mut self, now: DateTime<Utc>) -> Result<(), Failure> {
        let today = now.with_timezone(&ZONE).date_naive();
        let first = self.desk.store.look().account_ids()?.is_empty();
        let mut text = format!("{}\n", self.heading);
        for row in self.rows.iter().filter(|row| row.issued <= today) {
            text.push_str(&row.line);
            text.push('\n');
        }
        let name = "receivables.csv";
        std::fs::write(self.folder.join(name), &text).map_err(story::wrong)?;
        let settings = &self.desk.firm.settings.import;
        let mut read = read_receivables(text.as_bytes(), name, &settings.columns, &settings.defaults);
        let customers = gather(&mut read, name);
        if !read.problems.is_empty() {
            return Err(Failure::of_files(read.problems));
        }
        let known = first.then(|| NaiveDate::from_ymd_opt(2026, 8, 31)).flatten();
        let terms = Terms { complete: settings.complete && read.whole, payments_known_up_to: known };
        self.desk.moment = Moment::new(now, ZONE);
        let taken = imports::take(&mut self.desk.store, &self.desk.office, self.desk.moment, &customers, &terms)?;
        let known = known.map(|day| format!(" --payments-known {day}")).unwrap_or_default();
        self.timeline.imported(now, &format!("sollecito import {name}{known}"), &taken, &self.agent)
    }

    /// The studio's own mail with the invoice, found in Sent.
    fn send_invoice(&mut self, index: usize) -> Result<(), Failure> {
        let Some(row) = self.rows.get(index) else { return Ok(()) };
        let date = at(ZONE, row.issued, NaiveTime::from_hms_opt(17, 20, 0).unwrap_or(NaiveTime::MIN));
        let scanned = self.story.scanned.contains(&row.number);
        let bytes = mails::invoice(row, scanned, date);
        self.world.deliver(Folder::Sent, &bytes, date)?;
        // Those of the summer were there before the agent.
        if date >= story::instant(FIRST)? {
            self.timeline.invoiced(row, date);
        }
        Ok(())
    }

    fn mail_comes(&mut self, index: usize, answered: Option<OutboxId>, now: DateTime<Utc>) -> Result<(), Failure> {
        let Some(reply) = self.story.replies.get(index) else { return Ok(()) };
        let answered = match answered {
            Some(id) => Some(id),
            None if matches!(reply.style, Style::New | Style::Newsletter) => None,
            None => self.last_mail_to(reply)?,
        };
        let answered = answered.map(|id| self.answered(id)).transpose()?.flatten();
        let bytes = mails::reply(reply, answered.as_ref(), now);
        if let Some(code) = &reply.customer {
            self.last_came.insert(code.clone(), bytes.clone());
        }
        self.world.deliver(Folder::Inbox, &bytes, now)?;
        self.timeline.came(Came { bytes, at: now });
        Ok(())
    }

    /// A mail of Marta's own, from her own mail program.
    fn owner_writes(&mut self, code: &str, text: &str, now: DateTime<Utc>) -> Result<(), Failure> {
        let Some(came) = self.last_came.get(code) else { return Ok(()) };
        let message = crate::message::read(came, &Reader::default());
        let sender = message.from.first().and_then(|from| from.address.as_ref());
        let answered = Answered {
            id: message.rfc_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            references: message.references.iter().map(ToString::to_string).collect(),
            subject: message.subject.clone(),
            text: String::new(),
            date: now,
            to: sender.map(ToString::to_string).unwrap_or_default(),
        };
        // She attaches the invoice that she speaks of, now as a document with its number in its name.
        let row = self.rows.iter().find(|row| row.code == code && text.contains(&row.number));
        let bytes = mails::by_hand(&answered, text.trim(), row, now);
        self.world.deliver(Folder::Sent, &bytes, now)?;
        let name = row.map_or_else(|| answered.to.clone(), |row| row.customer.clone());
        self.timeline.wrote_herself(now, &name, text);
        Ok(())
    }

    /// The latest mail of ours to a customer.
    fn last_mail_to(&self, reply: &Reply) -> Result<Option<OutboxId>, Failure> {
        let Some(code) = &reply.customer else { return Ok(None) };
        Ok(self.mails_to(code)?.last().map(|(id, _)| *id))
    }

    /// Mails of the agent to a customer, in the order in which they left.
    fn mails_to(&self, code: &str) -> Result<Vec<(OutboxId, DateTime<Utc>)>, Failure> {
        let look = self.agent.store.look();
        let customer = look
            .accounts()?
            .into_iter()
            .find(|account| account.customer.external_id.as_deref() == Some(code))
            .map(|account| account.customer.id);
        let Some(customer) = customer else { return Ok(Vec::new()) };
        let filter =
            OutboxFilter { states: vec![OutboxState::Accepted], customer: Some(customer), ..OutboxFilter::default() };
        let mut mails: Vec<(OutboxId, DateTime<Utc>)> = look
            .outbox(&filter)?
            .into_iter()
            .filter(|mail| mail.row.plan.purpose != Purpose::Notice)
            .filter_map(|mail| Some((mail.row.id, mail.accepted_at?)))
            .collect();
        mails.sort_by_key(|(id, sent)| (*sent, *id));
        Ok(mails)
    }

    /// A mail of ours as its reader sees it.
    fn answered(&self, id: OutboxId) -> Result<Option<Answered>, Failure> {
        let Some(frozen) = self.agent.store.look().frozen(id)? else { return Ok(None) };
        // Nobody is "us" for the customer's mail program: it quotes all of it.
        let message = crate::message::read(&frozen.bytes, &Reader::default());
        Ok(Some(Answered {
            id: frozen.rfc_id.to_string(),
            references: message.references.iter().map(ToString::to_string).collect(),
            subject: message.subject.clone(),
            text: format!("{}\n", message.words.signed.trim_end()),
            date: frozen.date,
            to: frozen.recipients.first().map(ToString::to_string).unwrap_or_default(),
        }))
    }

    /// What the owner types goes the way of every order typed.
    fn order(&mut self, line: &str, now: DateTime<Utc>) -> Result<(), Failure> {
        let line = &self.with_number(line)?;
        let typed = Typed::try_parse_from(words(line)).map_err(|error| story::wrong(format!("`{line}`: {error}")))?;
        self.desk.moment = Moment::new(now, ZONE);
        let reports = typed.order.give(&mut self.desk).map_err(|failure| {
            let moment = now.with_timezone(&ZONE);
            Failure { causes: [vec![format!("{moment}: `{line}`")], failure.causes.clone()].concat(), ..failure }
        })?;
        self.timeline.ordered(now, line, &reports, &self.agent)
    }

    /// `settle CODE KIND` becomes `close` with the number of that question.
    fn with_number(&self, line: &str) -> Result<String, Failure> {
        let Some((code, kind)) = line.strip_prefix("settle ").and_then(|rest| rest.split_once(' ')) else {
            return Ok(line.to_owned());
        };
        let look = self.agent.store.look();
        let accounts = look.accounts()?;
        let account = accounts.iter().find(|account| account.customer.external_id.as_deref() == Some(code));
        let case = account.and_then(|account| account.open_cases().find(|case| case.kind.as_str() == kind));
        case.map(|case| format!("close C{}", case.id))
            .ok_or_else(|| story::wrong(format!("`{line}`: no such question")))
    }

    /// Notices to the owner come back into the owner's own mailbox.
    fn notices_arrive(&mut self) -> Result<(), Failure> {
        let accepted = OutboxFilter { states: vec![OutboxState::Accepted], ..OutboxFilter::default() };
        let look = self.agent.store.look();
        for mail in look.outbox(&accepted)? {
            if mail.row.plan.purpose == Purpose::Notice && self.seen.insert(mail.row.id) {
                let Some(frozen) = look.frozen(mail.row.id)? else { continue };
                self.world.deliver(Folder::Inbox, &frozen.bytes, self.clock.now())?;
            }
        }
        Ok(())
    }

    /// Each mail that left is read by somebody, who may answer.
    fn replies_are_written(&mut self) -> Result<(), Failure> {
        let mut coming = Vec::new();
        for (index, reply) in self.story.replies.iter().enumerate() {
            let (Some(code), Some(number)) = (&reply.customer, reply.after) else { continue };
            let mails = self.mails_to(code)?;
            let Some((id, sent)) = number.checked_sub(1).and_then(|before| mails.get(before)) else { continue };
            coming.push((index, *id, reply.following(*sent)?));
        }
        for (index, id, when) in coming {
            if self.answered_already.insert(index) {
                self.schedule(when, Happening::Mail(index, Some(id)));
            }
        }
        Ok(())
    }
}

/// Every half hour from seven to half past seven in the evening, where the studio is.
fn next_half_hour(now: DateTime<Utc>) -> DateTime<Utc> {
    use chrono::Timelike as _;
    let local = now.with_timezone(&ZONE);
    let minutes = (local.hour() * 60 + local.minute()) / 30 * 30 + 30;
    let (day, minutes) = match minutes {
        ..=419 => (local.date_naive(), 420),
        420..=1170 => (local.date_naive(), minutes),
        _ => (local.date_naive() + Days::new(1), 420),
    };
    at(ZONE, day, NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0).unwrap_or(NaiveTime::MIN))
}

/// A line as a shell takes it apart: blanks divide, quotes hold together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty())),
            other => word.push(other),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}
