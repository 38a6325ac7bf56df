//! The customers as payers: what is open, what they are known for, and what the owner might do about it. One of them with
//! everything that it comes from. For the owner's eyes only: none of it stands in a customer's mail.

use super::View;
use super::show::owed_of;
use super::table::{Column, WIDTH, lay_out, wrap};
use crate::ledger::account::Account;
use crate::ledger::customer::Customer;
use crate::ledger::ids::ReceivableId;
use crate::ledger::money::{Currency, Money};
use crate::ledger::record::{PromiseOutcome, Record};
use crate::policy::advice::{Advice, AdviceKind, advise, tells_nothing};
use crate::policy::{World, group_by_record};
use crate::store::StoreError;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One customer in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomerLine {
    /// The accounting program's code.
    pub code: Option<String>,
    /// Name.
    pub customer: String,
    /// Kind of debtor.
    pub kind: String,
    /// The group, by name or by record.
    pub group: Option<String>,
    /// Sums, one for each currency.
    pub sums: Vec<Sum>,
    /// Paid invoices that the record knows.
    pub paid_invoices: usize,
    /// The middle of the days late; absent below three paid invoices.
    pub median_days_late: Option<u32>,
    /// Days late of what was paid last.
    pub last_days_late: Option<u32>,
    /// Promises that were kept, kept in part, broken.
    pub promises: Promises,
    /// What was contested, ever.
    pub disputes: usize,
    /// How often mail came back for good.
    pub bounces: usize,
    /// What the owner might do; nothing of persons.
    pub advice: Vec<Advice>,
}

/// What is open in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// Which currency.
    pub currency: Currency,
    /// Open.
    pub open: String,
    /// Of it, past its day.
    pub overdue: String,
}

/// Promises by their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Promises {
    /// The money came.
    pub kept: usize,
    /// A part of it came.
    pub partly: usize,
    /// Nothing came.
    pub broken: usize,
}

/// One customer with the explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomerReport {
    /// As in the list.
    #[serde(flatten)]
    pub line: CustomerLine,
    /// What `customers.toml` arranges, a phrase each.
    pub arranged: Vec<String>,
    /// Each paid invoice.
    pub paid: Vec<PaidLine>,
    /// Each promise.
    pub promised: Vec<PromiseLine>,
    /// Each dispute.
    pub contested: Vec<ContestedLine>,
    /// Addresses that mail does not reach.
    pub dead_addresses: Vec<String>,
    /// What is overdue and not contested, longest first.
    pub overdue: Vec<OverdueLine>,
    /// What limits the record, a sentence each.
    pub remarks: Vec<String>,
}

/// A paid invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaidLine {
    /// Its number.
    pub invoice: String,
    /// The agreed day.
    pub agreed: NaiveDate,
    /// The day of the last payment.
    pub paid_on: NaiveDate,
    /// Days late.
    pub days_late: u32,
}

/// A promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromiseLine {
    /// About what.
    pub invoices: Vec<String>,
    /// The day that was promised.
    pub by: NaiveDate,
    /// What became of it.
    pub outcome: PromiseOutcome,
}

/// A dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContestedLine {
    /// About what; empty: everything.
    pub invoices: Vec<String>,
    /// Since when.
    pub since: NaiveDate,
    /// Still in force.
    pub is_open: bool,
}

/// An overdue invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverdueLine {
    /// Its number.
    pub invoice: String,
    /// The agreed day.
    pub agreed: NaiveDate,
    /// Days since.
    pub days: u32,
}

/// The list: most overdue first, then by what is open, then by name.
///
/// # Errors
/// When the database cannot be read.
pub fn customers(view: &View<'_>) -> Result<Vec<CustomerLine>, StoreError> {
    let mut lines = Vec::new();
    let world = view.world()?;
    for account in view.accounts()? {
        let record = Record::of(&account, view.moment.today());
        let largest = |past: bool| sums(&account, view).values().map(|sum| if past { sum.1 } else { sum.0 }).max();
        let weight = (largest(true).unwrap_or(0).max(0), largest(false).unwrap_or(0).max(0));
        lines.push((weight, line(view, &world, &account, &record)));
    }
    lines.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.customer.cmp(&other.customer)));
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// One customer.
///
/// # Errors
/// When the database cannot be read.
pub fn customer(view: &View<'_>, account: &Account) -> Result<CustomerReport, StoreError> {
    let record = Record::of(account, view.moment.today());
    let number =
        |id: ReceivableId| account.receivable(id).map_or_else(String::new, |item| item.key.name().into_owned());
    let numbers = |items: &[ReceivableId]| items.iter().map(|id| number(*id)).collect::<Vec<_>>();
    let paid = record.paid.iter().map(|item| PaidLine {
        invoice: number(item.item),
        agreed: item.agreed,
        paid_on: item.paid_on,
        days_late: item.days_late,
    });
    let promised = record.promises.iter().map(|promise| PromiseLine {
        invoices: numbers(&promise.items),
        by: promise.named_day,
        outcome: promise.outcome,
    });
    let contested = record.disputes.iter().map(|contested| ContestedLine {
        invoices: numbers(&contested.items),
        since: contested.since,
        is_open: contested.is_open,
    });
    let overdue = record.overdue.iter().map(|item| OverdueLine {
        invoice: number(item.item),
        agreed: item.agreed,
        days: item.days,
    });
    Ok(CustomerReport {
        line: line(view, &view.world()?, account, &record),
        arranged: arranged(&account.customer),
        paid: paid.collect(),
        promised: promised.collect(),
        contested: contested.collect(),
        dead_addresses: record.dead_addresses.iter().map(ToString::to_string).collect(),
        overdue: overdue.collect(),
        remarks: remarks(account, &record, view),
    })
}

fn line(view: &View<'_>, world: &World<'_>, account: &Account, record: &Record) -> CustomerLine {
    let customer = &account.customer;
    let group = customer.arranged.group.as_ref().or_else(|| group_by_record(account, view.policy));
    let sums = sums(account, view).into_iter().map(|(currency, (open, overdue))| Sum {
        currency,
        open: Money::new(open, currency).to_decimal(),
        overdue: Money::new(overdue, currency).to_decimal(),
    });
    CustomerLine {
        code: customer.external_id.clone(),
        customer: customer.name.clone(),
        kind: customer.kind.to_string(),
        group: group.map(ToString::to_string),
        sums: sums.collect(),
        paid_invoices: record.paid.len(),
        median_days_late: record.median_days_late(),
        last_days_late: record.last_days_late(),
        promises: Promises {
            kept: record.promises(PromiseOutcome::Kept),
            partly: record.promises(PromiseOutcome::Partly),
            broken: record.promises(PromiseOutcome::Broken),
        },
        disputes: record.disputes.len(),
        bounces: record.bounces,
        advice: advise(account, record, world),
    }
}

/// Open and overdue cents by currency, as `status` adds them up.
fn sums(account: &Account, view: &View<'_>) -> BTreeMap<Currency, (i64, i64)> {
    let mut sums: BTreeMap<Currency, (i64, i64)> = BTreeMap::new();
    for item in &account.receivables {
        let open = owed_of(account, item);
        if open.cents != 0 {
            let sum = sums.entry(open.currency).or_default();
            sum.0 = sum.0.saturating_add(open.cents);
            if account.is_past_its_day(item, view.moment.today()) && open.is_positive() {
                sum.1 = sum.1.saturating_add(open.cents);
            }
        }
    }
    sums
}

fn arranged(customer: &Customer) -> Vec<String> {
    let arranged = &customer.arranged;
    let mut said = Vec::new();
    said.extend(arranged.group.as_ref().map(|group| format!("in the group {group}")));
    said.extend(arranged.ladder.as_ref().map(|ladder| format!("on the ladder {ladder}")));
    said.extend(customer.payment_day().map(|day| format!("always pays on day {day} of the month")));
    said.extend(customer.phone().map(|phone| format!("telephone {phone}")));
    if arranged.confidential {
        said.push("confidential".to_owned());
    }
    if arranged.also_supplier {
        said.push("also a supplier: firm mails wait for your yes".to_owned());
    }
    let Some(imported) = &arranged.imported else { return said };
    let mut overruled = |name: &str, new: &str, old: &str| {
        if new != old {
            said.push(format!("{name} {new} (the import says {old})"));
        }
    };
    overruled("kind", customer.kind.as_str(), imported.kind.as_str());
    overruled("language", customer.language.as_str(), imported.language.as_str());
    overruled("register", customer.register.as_str(), imported.register.as_str());
    overruled("vip", yes(customer.vip), yes(imported.vip));
    overruled("do_not_contact", yes(customer.do_not_contact), yes(imported.do_not_contact));
    if customer.contacts != imported.contacts {
        let to = customer.primary_contact().map_or_else(|| "nobody".to_owned(), |to| to.address.to_string());
        let copies: Vec<String> = customer.copies().map(|copy| copy.address.to_string()).collect();
        let copies = if copies.is_empty() { String::new() } else { format!(", copied to {}", copies.join(", ")) };
        said.push(format!("written to at {to}{copies}"));
    }
    said
}

const fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

fn remarks(account: &Account, record: &Record, view: &View<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    remarks.extend(tells_nothing(record).map(|why| format!("{why}.")));
    if account.customer.may_be_person() {
        let person = "A natural person, or one that may be: these are facts only. No advice is drawn from them, and they \
                      decide nothing by themselves.";
        remarks.push(person.to_owned());
    } else if !view.policy.customers.by_record.is_empty() && !account.customer.is_proven_company() {
        let unproven = "Nothing proves that this is a company (kind firm, and its own fiscal code or a legal form in the \
                        name): no group is chosen by this record.";
        remarks.push(unproven.to_owned());
    }
    if let Some(group) = group_by_record(account, view.policy) {
        remarks.push(format!("The record chooses the group {group}; an entry in customers.toml goes before it."));
    }
    remarks
}

/// As text: the list.
#[must_use]
pub fn to_text(lines: &[CustomerLine]) -> String {
    if lines.is_empty() {
        return "No customer is known yet: `sollecito import` brings them.\n".to_owned();
    }
    let headings = [
        ("customer", Column::Flexible),
        ("code", Column::Flexible),
        ("open", Column::Right),
        ("overdue", Column::Right),
        ("record", Column::Flexible),
        ("advice", Column::Left),
    ];
    let rows: Vec<Vec<String>> = lines.iter().map(CustomerLine::cells).collect();
    let mut text = lay_out(&headings, &rows);
    text.push_str("\n`sollecito customers NAME` shows where it comes from.\n");
    text
}

impl CustomerLine {
    fn cells(&self) -> Vec<String> {
        let sums = |of: fn(&Sum) -> &String| {
            let is_some = |sum: &&Sum| of(sum).chars().any(|c| c.is_ascii_digit() && c != '0');
            let sums: Vec<String> = self
                .sums
                .iter()
                .filter(is_some)
                .map(|sum| match sum.currency {
                    Currency::EUR => of(sum).clone(),
                    other => format!("{} {other}", of(sum)),
                })
                .collect();
            if sums.is_empty() { "-".to_owned() } else { sums.join(", ") }
        };
        let advice: Vec<&str> = self.advice.iter().map(|advice| in_short(advice.kind)).collect();
        let dash = |text: String| if text.is_empty() { "-".to_owned() } else { text };
        vec![
            self.customer.clone(),
            dash(self.code.clone().unwrap_or_default()),
            sums(|sum| &sum.open),
            sums(|sum| &sum.overdue),
            dash(self.in_short()),
            dash(advice.join(", ")),
        ]
    }

    /// `12 d late, 2 broken, 1 dispute`.
    fn in_short(&self) -> String {
        let mut said = Vec::new();
        match self.median_days_late {
            Some(0) => said.push("in time".to_owned()),
            Some(days) => said.push(format!("{days} d late")),
            None => {}
        }
        let Promises { kept, partly, broken } = self.promises;
        for (count, what) in [(broken, "broken"), (partly, "partly"), (kept, "kept")] {
            if count > 0 {
                said.push(format!("{count} {what}"));
            }
        }
        if self.disputes > 0 {
            said.push(counted(self.disputes, "dispute"));
        }
        if self.bounces > 0 {
            said.push(counted(self.bounces, "bounce"));
        }
        said.join(", ")
    }
}

const fn in_short(kind: AdviceKind) -> &'static str {
    match kind {
        AdviceKind::ShortenTerms => "terms",
        AdviceKind::AskAdvance => "advance",
        AdviceKind::StopOrders => "stop",
    }
}

const fn in_words(kind: AdviceKind) -> &'static str {
    match kind {
        AdviceKind::ShortenTerms => "Shorten the terms of payment",
        AdviceKind::AskAdvance => "Ask an advance before work begins",
        AdviceKind::StopOrders => "Take no new orders before this is paid",
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

impl CustomerReport {
    /// As text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let line = &self.line;
        let code = line.code.as_ref().map(|code| format!("{code}, ")).unwrap_or_default();
        let group = line.group.as_ref().map(|group| format!(", group {group}")).unwrap_or_default();
        let mut text = format!("{} ({code}{}{group})\n", line.customer, line.kind);
        if line.sums.is_empty() {
            text.push_str("nothing is open\n");
        }
        for sum in &line.sums {
            let _ = writeln!(text, "open {} {}, of it overdue {}", sum.open, sum.currency, sum.overdue);
        }
        section(&mut text, "Arranged (customers.toml, import)", &self.arranged);
        section(&mut text, &self.paid_title(), &self.paid_lines());
        let Promises { kept, partly, broken } = line.promises;
        let title = format!("Promises: {kept} kept, {partly} kept in part, {broken} broken");
        let promised = self.promised.iter().map(|promise| {
            let outcome = match promise.outcome {
                PromiseOutcome::Kept => "kept",
                PromiseOutcome::Partly => "kept in part",
                PromiseOutcome::Broken => "broken",
            };
            format!("{} promised for {}: {outcome}", named(&promise.invoices), promise.by)
        });
        section(&mut text, &title, &promised.collect::<Vec<_>>());
        let contested = self.contested.iter().map(|contested| {
            let open = if contested.is_open { ", still open" } else { "" };
            format!("{} contested on {}{open}", named(&contested.invoices), contested.since)
        });
        section(&mut text, "Disputes", &contested.collect::<Vec<_>>());
        let mut bounces: Vec<String> =
            self.dead_addresses.iter().map(|address| format!("{address} does not receive mail")).collect();
        if line.bounces > 0 {
            let mails = if line.bounces == 1 { "mail" } else { "mails" };
            bounces.push(format!("{} {mails} came back for good", line.bounces));
        }
        section(&mut text, "Bounces", &bounces);
        let overdue = self
            .overdue
            .iter()
            .map(|item| format!("{} agreed for {}: {}", item.invoice, item.agreed, counted_days(item.days)));
        section(&mut text, "Overdue and not contested", &overdue.collect::<Vec<_>>());
        for advice in &line.advice {
            section(&mut text, &format!("Advice: {}", lower_first(in_words(advice.kind))), &advice.reasons);
        }
        for remark in &self.remarks {
            let _ = write!(text, "\n{}", wrap(remark, "", WIDTH));
        }
        text
    }

    fn paid_title(&self) -> String {
        let last = self.line.last_days_late.map(|days| format!("the last one {}", lateness(days)));
        let middle = self.line.median_days_late.map(|days| format!("{} (median)", lateness(days)));
        let said: Vec<String> = middle.into_iter().chain(last).collect();
        format!("Paid invoices: {}", said.join(", "))
    }

    fn paid_lines(&self) -> Vec<String> {
        let line = |paid: &PaidLine| {
            format!(
                "{} agreed for {}, paid on {}: {}",
                paid.invoice,
                paid.agreed,
                paid.paid_on,
                lateness(paid.days_late)
            )
        };
        self.paid.iter().map(line).collect()
    }
}

fn section(text: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{title}");
    for line in lines {
        text.push_str(&wrap(line, "  ", WIDTH));
    }
}

fn lateness(days: u32) -> String {
    if days == 0 { "in time".to_owned() } else { format!("{} late", counted_days(days)) }
}

fn counted_days(days: u32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn named(invoices: &[String]) -> String {
    if invoices.is_empty() { "everything".to_owned() } else { invoices.join(", ") }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
