//! One customer, or one invoice, with everything that is known of it.

use super::View;
use super::table::{Column, WIDTH, lay_out, wrap};
use crate::ledger::account::Account;
use crate::ledger::exchange::{self, Exchange};
use crate::ledger::hold::{Hold, HoldScope};
use crate::ledger::ids::ReceivableId;
use crate::ledger::money::Money;
use crate::ledger::receivable::{Receivable, ReceivableKind, SetOff};
use chrono::NaiveDate;
use serde::Serialize;
use std::fmt::Write as _;

/// What is open; below zero what is left of a credit note.
pub(super) fn open_of(account: &Account, receivable: &Receivable) -> Money {
    let open = receivable.open();
    open.minus(account.credit_in_doubt(receivable)).unwrap_or(open)
}

/// The part of it that counts in sums: what is not issued yet is owed by nobody.
pub(super) fn owed_of(account: &Account, receivable: &Receivable) -> Money {
    let open = open_of(account, receivable);
    if receivable.kind == ReceivableKind::Planned { Money::zero(open.currency) } else { open }
}

/// One account as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShowReport {
    /// Name.
    pub customer: String,
    /// Kind, language, register.
    pub particulars: String,
    /// Addresses on file.
    pub contacts: Vec<String>,
    /// Where to call.
    pub phone: Option<String>,
    /// The day of the month on which it always pays.
    pub payment_day: Option<u32>,
    /// Receivables.
    pub receivables: Vec<ShownReceivable>,
    /// Holds that hold.
    pub holds: Vec<String>,
    /// Steps taken, mails sent, remarks, oldest first.
    pub history: Vec<String>,
    /// Open questions.
    pub cases: Vec<String>,
}

/// One receivable as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownReceivable {
    /// Number as written.
    pub invoice: String,
    /// Issue date.
    pub issued: NaiveDate,
    /// Due date.
    pub due: NaiveDate,
    /// Net to pay.
    pub amount: String,
    /// Paid so far, in money.
    pub paid: String,
    /// Set off so far against debts of the firm's own.
    pub set_off: String,
    /// Still open.
    pub open: String,
    /// The word.
    pub status: String,
    /// A document is kept that can be sent again.
    pub document: bool,
    /// Payments are known up to.
    pub payments_known_up_to: Option<NaiveDate>,
    /// What a public body finds it by, and when SdI delivered it.
    #[serde(flatten)]
    pub exchange: Exchange,
    /// By when a public body is to pay it by law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lawful_day: Option<NaiveDate>,
}

/// Shows an account, or some of its receivables.
#[must_use]
pub fn show(view: &View<'_>, account: &Account, items: &[ReceivableId]) -> ShowReport {
    let day = view.moment.today();
    let concerned = |id: ReceivableId| items.is_empty() || items.contains(&id);
    let customer = &account.customer;
    let mut receivables: Vec<_> = account.receivables.iter().filter(|r| concerned(r.id)).collect();
    receivables.sort_by_key(|receivable| (receivable.due, receivable.id));
    let shown = receivables
        .iter()
        .map(|receivable| ShownReceivable {
            invoice: receivable.key.name().into_owned(),
            issued: receivable.key.issued,
            due: receivable.due,
            amount: receivable.amount.to_decimal(),
            paid: receivable.received().to_decimal(),
            set_off: receivable.set_off().to_decimal(),
            open: open_of(account, receivable).to_decimal(),
            status: account.status(receivable, day).to_string(),
            document: view.documents.contains(&receivable.id),
            payments_known_up_to: receivable.payments_known_up_to,
            exchange: receivable.exchange.clone(),
            lawful_day: exchange::lawful_day(customer, receivable),
        })
        .collect();
    let holds = account
        .holds_on(day)
        .into_iter()
        .filter(|hold| receivables.iter().any(|receivable| hold.covers(receivable.id)))
        .map(|hold| describe(hold, account))
        .collect();
    let cases = account
        .open_cases()
        .map(|case| format!("C{} {} since {}", case.id, case.kind, view.moment.day_of(case.opened)))
        .collect();
    ShowReport {
        customer: customer.name.clone(),
        particulars: format!("{}, {}, {}", customer.kind, customer.language, customer.written_register()),
        contacts: customer
            .contacts
            .iter()
            .map(|contact| {
                let dead = if contact.bounced { ", undeliverable" } else { "" };
                format!("{} ({}{dead})", contact.address, contact.role)
            })
            .collect(),
        phone: customer.phone().map(str::to_owned),
        payment_day: customer.payment_day(),
        receivables: shown,
        holds,
        history: history(view, account, &concerned),
        cases,
    }
}

impl ShownReceivable {
    /// CIG, CUP, what SdI says, and until when the law gives time; `None` where nothing of it is known.
    fn found_by(&self) -> Option<String> {
        let Exchange { cig, cup, sdi_id, delivered } = &self.exchange;
        let named = [("CIG", cig), ("CUP", cup), ("SdI", sdi_id)];
        let mut said: Vec<String> =
            named.iter().filter_map(|(name, code)| Some(format!("{name} {}", code.as_ref()?))).collect();
        said.extend(delivered.map(|day| format!("delivered by SdI on {day}")));
        said.extend(self.lawful_day.map(|day| format!("may be paid until {day} (D.Lgs. 231/2002)")));
        (!said.is_empty()).then(|| said.join(", "))
    }
}

fn describe(hold: &Hold, account: &Account) -> String {
    let scope = match &hold.scope {
        HoldScope::Customer => "everything".to_owned(),
        HoldScope::Items(items) => account.names(items).join(", "),
    };
    if !hold.parts.is_empty() {
        let parts: Vec<String> = hold.parts.iter().map(|part| format!("{} by {}", part.amount, part.by)).collect();
        return format!("{}: {scope}, {}", hold.kind, parts.join(", "));
    }
    let until = hold.until.map_or_else(|| "until you lift it".to_owned(), |until| format!("until {until}"));
    format!("{}: {scope}, {until}", hold.kind)
}

fn history(view: &View<'_>, account: &Account, concerned: &dyn Fn(ReceivableId) -> bool) -> Vec<String> {
    let number = |id| account.receivable(id).map_or_else(String::new, |r| r.key.name().into_owned());
    let mut lines: Vec<(NaiveDate, String)> = Vec::new();
    for taken in account.steps.iter().filter(|taken| concerned(taken.step.receivable)) {
        lines.push((taken.on, format!("step {} of {} by {}", taken.name(), number(taken.step.receivable), taken.by)));
    }
    for mail in account.sent.iter().filter(|mail| mail.items.iter().any(|id| concerned(*id))) {
        let to: Vec<_> = mail.to.iter().map(ToString::to_string).collect();
        lines.push((view.moment.day_of(mail.at), format!("mail {} to {}", mail.purpose, to.join(", "))));
    }
    for receivable in account.receivables.iter().filter(|r| concerned(r.id)) {
        for payment in &receivable.payments {
            let (amount, number) = (payment.amount, &receivable.key.name());
            let line = match &payment.set_off {
                None => format!("paid {amount} of {number}"),
                Some(SetOff { against: None }) => format!("set off {amount} of {number}"),
                Some(SetOff { against: Some(against) }) => format!("set off {amount} of {number} against {against}"),
            };
            lines.push((payment.on, line));
        }
    }
    lines.sort();
    let notes = account.notes.iter().map(|note| format!("note: {note}"));
    lines.into_iter().map(|(day, line)| format!("{day}  {line}")).chain(notes).collect()
}

impl ShowReport {
    /// As text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{} ({})\n", self.customer, self.particulars);
        for contact in &self.contacts {
            let _ = writeln!(text, "  {contact}");
        }
        if let Some(phone) = &self.phone {
            let _ = writeln!(text, "  telephone {phone}");
        }
        if let Some(day) = self.payment_day {
            let _ = writeln!(text, "  always pays on day {day} of the month");
        }
        let headings = [
            ("invoice", Column::Flexible),
            ("issued", Column::Left),
            ("due", Column::Left),
            ("to pay", Column::Right),
            ("open", Column::Right),
            ("status", Column::Left),
            ("copy", Column::Left),
        ];
        let rows: Vec<Vec<String>> = self
            .receivables
            .iter()
            .map(|row| {
                vec![
                    row.invoice.clone(),
                    row.issued.to_string(),
                    row.due.to_string(),
                    row.amount.clone(),
                    row.open.clone(),
                    row.status.clone(),
                    if row.document { "yes" } else { "no" }.to_owned(),
                ]
            })
            .collect();
        let _ = write!(text, "\n{}", lay_out(&headings, &rows));
        for row in &self.receivables {
            if let Some(found_by) = row.found_by() {
                text.push_str(&wrap(&format!("{}: {found_by}", row.invoice), "", WIDTH));
            }
        }
        if let Some(known) = self.receivables.iter().filter_map(|row| row.payments_known_up_to).min() {
            let _ = writeln!(text, "payments known up to {known}");
        }
        for (title, lines) in [("Holds", &self.holds), ("Questions", &self.cases), ("History", &self.history)] {
            if !lines.is_empty() {
                let _ = writeln!(text, "\n{title}:");
                for line in lines {
                    text.push_str(&wrap(line, "  ", WIDTH));
                }
            }
        }
        text
    }
}
