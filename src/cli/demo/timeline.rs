//! The timeline: what came, what was understood, what was done and why. Everything is read back from the database, as
//! `why` reads it; the timeline decides nothing and leaves out only what is administration.

use super::page::{Page, Sign};
use super::story::Row;
use super::wording;
use crate::agent::Agent;
use crate::agent::imports::ImportReport;
use crate::agent::orders::OrderReport;
use crate::cli::Screen;
use crate::cli::failure::Failure;
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::change::{Cause, Change};
use crate::ledger::hold::{HoldKind, HoldOutcome};
use crate::ledger::ids::OutboxId;
use crate::ledger::mail::{BusinessKey, OutboxState};
use crate::ledger::words::{Language, Purpose};
use crate::message::{Message, Reader};
use crate::owner::case_title;
use crate::store::{JournalRow, Look, OutboxFilter, StoredMessage};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// A mail that came.
pub(super) struct Came {
    pub(super) bytes: Vec<u8>,
    pub(super) at: DateTime<Utc>,
}

/// How many there were.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) came: usize,
    pub(super) answered: usize,
    pub(super) reminders: usize,
    pub(super) other_mails: usize,
    pub(super) questions: usize,
    /// Of them: who has paid?
    pub(super) who_has_paid: usize,
    pub(super) orders: usize,
    /// Replies of customers that nobody but the agent had to look at.
    pub(super) settled_alone: usize,
}

/// What is told so far.
pub(super) struct Timeline<'a> {
    pub(super) page: Page<'a>,
    pub(super) counts: Counts,
    reader: Reader,
    /// The last entry of the journal that was told.
    told: i64,
    came: Vec<Came>,
    /// The order about known payments was explained.
    explained: bool,
    /// So was the question who has paid.
    asked_who_has_paid: bool,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(screen: &'a mut Screen, reader: Reader) -> Self {
        Self {
            page: Page::new(screen),
            counts: Counts::default(),
            reader,
            told: 0,
            came: Vec::new(),
            explained: false,
            asked_who_has_paid: false,
        }
    }

    /// What one is looking at.
    pub(super) fn introduce(&mut self) {
        self.page.paragraph(
            "Studio Larice, two designers in Trento, has seventeen customers and as many invoices to be paid. For three \
             months its mailbox is looked after by sollecito. What runs here is the agent that you would install; \
             only the mailbox, the way out and the clock belong to the demo. No network, no other program.",
        );
        self.page.line("");
        self.page.line("  ← a mail came: how it was read, what was done and why    → a mail left");
        self.page.line("  ? a question to Marta, the owner                         > what Marta typed");
    }

    /// A mail lies in INBOX; it is told once the agent has read it.
    pub(super) fn came(&mut self, came: Came) {
        self.came.push(came);
    }

    /// Marta sent an invoice by hand, as always.
    pub(super) fn invoiced(&mut self, row: &Row, at: DateTime<Utc>) {
        let text = format!(
            "Marta sends invoice {} to {}: {}, due {}",
            row.number,
            row.customer,
            wording::money(row.money()),
            wording::day(row.due)
        );
        self.page.entry(at, Sign::Noted, &text);
    }

    /// Marta corrected an address in her accounting program.
    pub(super) fn corrected(&mut self, at: DateTime<Utc>, customer: &str, address: &str) {
        let text = format!(
            "Marta corrects the address of {customer} in her accounting program ({address}) and imports its list again"
        );
        self.page.entry(at, Sign::Noted, &text);
    }

    /// Marta answered by hand.
    pub(super) fn wrote_herself(&mut self, at: DateTime<Utc>, customer: &str, text: &str) {
        self.page.entry(at, Sign::Noted, &format!("Marta answers {customer} from her own mail program"));
        self.page.words(&wording::gist(text));
    }

    /// A list was imported.
    pub(super) fn imported(
        &mut self,
        at: DateTime<Utc>,
        line: &str,
        taken: &ImportReport,
        agent: &Agent,
    ) -> Result<(), Failure> {
        self.counts.orders += 1;
        if taken.customers_new > 0 {
            self.page.entry(at, Sign::Typed, line);
            self.page.sentence(&format!(
                "{} invoices of {} customers. The agent reads Sent, finds the mails with which they were sent, and keeps \
                 each document for the day on which a customer asks for it again.",
                taken.receivables_new, taken.customers_new
            ));
        }
        self.skip(agent)
    }

    /// Marta gave an order.
    pub(super) fn ordered(
        &mut self,
        at: DateTime<Utc>,
        line: &str,
        reports: &[OrderReport],
        agent: &Agent,
    ) -> Result<(), Failure> {
        self.counts.orders += 1;
        self.page.entry(at, Sign::Typed, &format!("sollecito {line}"));
        if line.starts_with("payments-known") {
            if !std::mem::replace(&mut self.explained, true) {
                self.page.sentence(
                    "Every Monday, after a look at the bank. Without it no reminder leaves: nobody who has paid is \
                     reminded.",
                );
            }
            return self.skip(agent);
        }
        let mut sentences: Vec<String> = Vec::new();
        for report in reports {
            let done = report.done.iter().filter_map(|sentence| plainly(sentence));
            let withdrawn = report.withdrawn.iter().map(|why| format!("A mail planned before will not leave: {why}"));
            for sentence in done.chain(withdrawn) {
                let sentence = format!("{}.", sentence.trim_end_matches('.'));
                if !sentences.contains(&sentence) {
                    sentences.push(sentence);
                }
            }
        }
        for row in agent.store.look().journal_after(self.told)? {
            if let Change::HoldPlaced { hold } = &row.entry.change
                && hold.kind == HoldKind::Paused
            {
                sentences.push(format!("The agent {}.", wording::hold(hold)));
            }
        }
        self.page.sentence(&sentences.join(" "));
        self.skip(agent)
    }

    /// What was told in another way.
    fn skip(&mut self, agent: &Agent) -> Result<(), Failure> {
        if let Some(last) = agent.store.look().journal_after(self.told)?.last() {
            self.told = last.seq;
        }
        Ok(())
    }

    /// Tells what a pass did.
    pub(super) fn after_pass(&mut self, agent: &Agent) -> Result<(), Failure> {
        let look = agent.store.look();
        let rows = look.journal_after(self.told)?;
        if let Some(last) = rows.last() {
            self.told = last.seq;
        }
        if rows.is_empty() && self.came.is_empty() {
            return Ok(());
        }
        let mut accounts: BTreeMap<_, Account> = BTreeMap::new();
        for account in look.accounts()? {
            accounts.insert(account.customer.id, account);
        }
        for came in std::mem::take(&mut self.came) {
            let message = crate::message::read(&came.bytes, &self.reader);
            let stored = look.message(message.identity)?;
            let account =
                stored.as_ref().and_then(|stored| stored.customer).and_then(|customer| accounts.get(&customer));
            self.tell_mail(&look, &came, &message, stored.as_ref(), account, &rows)?;
        }
        self.tell_questions(&rows, &accounts);
        for row in &rows {
            let Some(account) = row.customer.and_then(|customer| accounts.get(&customer)) else { continue };
            match &row.entry.change {
                Change::MailSent { outbox, .. } => self.tell_sent(&look, row, *outbox, account)?,
                Change::HoldEnded { hold, how: HoldOutcome::Broken, .. } => {
                    let kind = account.holds.iter().find(|known| known.id == *hold).map(|known| known.kind);
                    let what =
                        if kind == Some(HoldKind::Promise) { "the promise was not kept" } else { "waited in vain" };
                    self.page.entry(row.at, Sign::Noted, &format!("{}: {what}", account.customer.name));
                    self.page.fact("why", &format!("{}.", row.entry.because));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// One mail that came, told to the end.
    fn tell_mail(
        &mut self,
        look: &Look<'_>,
        came: &Came,
        message: &Message,
        stored: Option<&StoredMessage>,
        account: Option<&Account>,
        rows: &[JournalRow],
    ) -> Result<(), Failure> {
        self.counts.came += 1;
        let from = message.from.first();
        let address = from.and_then(|from| from.address.as_ref()).map(ToString::to_string).unwrap_or_default();
        let name = from.and_then(|from| from.name.clone()).unwrap_or_else(|| address.clone());
        let title = match account {
            Some(account) if name != account.customer.name => format!("{} ({name})", account.customer.name),
            Some(account) => account.customer.name.clone(),
            None => format!("{name}: {}", message.subject),
        };
        self.page.entry(came.at, Sign::Came, &title);
        self.page.words(&wording::gist(&message.words.new));
        let Some(stored) = stored else { return Ok(()) };
        if let Some(reading) = &stored.reading {
            self.page.fact("read as", &wording::understood(reading));
            if let Some(about) = wording::about(reading, account) {
                self.page.fact("about", &about);
            }
            if let Some(sender) = wording::sender(reading) {
                self.page.fact("but", sender);
            }
        }
        let caused = rows
            .iter()
            .filter(|row| matches!(&row.entry.cause, Cause::Message { identity, .. } if *identity == message.identity));
        let mut done: Vec<String> = Vec::new();
        let mut asked = false;
        for row in caused {
            match &row.entry.change {
                Change::HoldPlaced { hold } => done.push(wording::hold(hold)),
                Change::CaseOpened { case } => {
                    asked = true;
                    done.push(format!("asks Marta, C{}: {}", case.id, case_title(case.kind, Language::English)));
                }
                Change::ContactBounced { address } => done.push(format!("writes to {address} no more")),
                _ => {}
            }
        }
        let answers = OutboxFilter { planned_from: Some(came.at), ..OutboxFilter::default() };
        let answer = look.outbox(&answers)?.into_iter().find(|mail| {
            mail.row.plan.key == BusinessKey::Answer(message.identity) && mail.row.state != OutboxState::Cancelled
        });
        if let Some(mail) = answer {
            let what = wording::mail(mail.row.plan.template.as_str());
            if mail.row.plan.needs_approval {
                done.push(format!("lays an answer ready for Marta's yes ({what})"));
            } else {
                let when = mail.row.plan.not_before.with_timezone(&super::story::ZONE);
                done.push(format!("answers on {} ({what})", when.format("%a at %H:%M")));
                self.counts.answered += 1;
            }
        }
        // A hold for a question says nothing beside the question.
        if asked {
            done.retain(|what| !what.starts_with("stays silent"));
        } else if account.is_some() {
            self.counts.settled_alone += 1;
        }
        done.dedup();
        self.page.fact("does", &if done.is_empty() { "nothing".to_owned() } else { done.join("; ") });
        if let Some(verdict) = &stored.verdict {
            self.page.fact("why", &format!("{}.", verdict.reason.trim_end_matches('.')));
        }
        Ok(())
    }

    /// Questions that the calendar raised; the same question about several customers is told once.
    fn tell_questions(&mut self, rows: &[JournalRow], accounts: &BTreeMap<crate::ledger::ids::CustomerId, Account>) {
        let mut by_kind: BTreeMap<CaseKind, Vec<(&JournalRow, &Case)>> = BTreeMap::new();
        for row in rows {
            if let Change::CaseOpened { case } = &row.entry.change {
                self.counts.questions += 1;
                self.counts.who_has_paid += usize::from(case.kind == CaseKind::WhoHasPaid);
                if row.entry.cause == Cause::Clock || matches!(row.entry.cause, Cause::Delivery { .. }) {
                    by_kind.entry(case.kind).or_default().push((row, case));
                }
            }
        }
        for (kind, asked) in by_kind {
            let names: Vec<String> = asked
                .iter()
                .map(|(row, case)| {
                    let account = row.customer.and_then(|customer| accounts.get(&customer));
                    account.map_or_else(String::new, |account| {
                        format!("{} {}", account.customer.name, wording::numbers(account, &case.items))
                    })
                })
                .collect();
            let Some((row, case)) = asked.first() else { continue };
            let title = format!("C{}, {}: {}", case.id, case_title(kind, Language::English), names.join(", "))
                .replace("?:", "?");
            self.page.entry(row.at, Sign::Asked, &title);
            // The weekly question is explained once.
            if kind != CaseKind::WhoHasPaid || !std::mem::replace(&mut self.asked_who_has_paid, true) {
                self.page.fact("why", &format!("{}.", row.entry.because));
            }
        }
    }

    /// A mail that left.
    fn tell_sent(&mut self, look: &Look<'_>, row: &JournalRow, id: OutboxId, account: &Account) -> Result<(), Failure> {
        let (Some(mail), Some(frozen)) = (look.outbox_row(id)?, look.frozen(id)?) else { return Ok(()) };
        let message = crate::message::read(&frozen.bytes, &Reader::default());
        let plan = &mail.row.plan;
        if plan.purpose == Purpose::Reminder {
            self.counts.reminders += 1;
        } else {
            self.counts.other_mails += 1;
        }
        let attached: Vec<String> = message
            .attachments
            .iter()
            .filter_map(|attachment| attachment.name.clone())
            .map(|name| format!(" + {name}"))
            .collect();
        let what = wording::mail(plan.template.as_str());
        self.page.entry(row.at, Sign::Left, &format!("{}: {what}", account.customer.name));
        self.page.sentence(&format!("“{}”{}", message.subject, attached.join("")));
        if !matches!(plan.key, BusinessKey::Answer(_)) {
            let open: Vec<String> = plan
                .items
                .iter()
                .filter_map(|item| account.receivable(*item))
                .filter(|item| item.open().is_positive())
                .map(|item| format!("{} {}", item.key.name(), wording::money(item.open())))
                .collect();
            if !open.is_empty() {
                self.page.fact("about", &open.join(", "));
            }
            let items = plan.items.iter().filter_map(|item| account.receivable(*item));
            let known = items.map(|item| item.payments_known_up_to).min().flatten();
            let known = known.filter(|_| plan.purpose == Purpose::Reminder);
            let known = known.map(|up_to| format!("; nothing came in up to {}", wording::day(up_to)));
            let because = plan.because.trim_end_matches('.');
            self.page.fact("why", &format!("{because}{}.", known.unwrap_or_default()));
        }
        Ok(())
    }
}

/// Sentences of an order, without those that only keep the books.
fn plainly(sentence: &str) -> Option<String> {
    match sentence.trim_end_matches('.') {
        "The money is recorded" | "The owner said up to when payments are known" => None,
        "Nothing of what it asks about is open any more"
        | "The question that it waited for is settled"
        | "The owner settled the question" => Some("Its question is settled".to_owned()),
        other => Some(other.to_owned()),
    }
}
