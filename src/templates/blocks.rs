//! The parts of a letter that are the same in every text: the items, the payment details and the signature.
//! A template places them by name; here they are written as plain text and as HTML.

use super::claims::Claimed;
use super::days;
use super::letter::{Letter, RenderFailure};
use super::naming::{references, references_in_line};
use super::parties;
use super::payment::{PaymentGroup, Way, details, payment_groups};
use super::sections::{self, Section};
use super::standing;
use super::wording::{Wording, capital};
use super::works::work;
use crate::ledger::account::Account;
use crate::ledger::ids::ReceivableId;
use crate::ledger::mail::MailPlan;
use crate::ledger::money::Money;
use crate::ledger::receivable::{Receivable, ReceivableKind};
use crate::ledger::words::{Language, Purpose};
use chrono::NaiveDate;
use std::collections::BTreeMap;

pub use super::clean::clean;
pub use super::naming::{brief_name_of, label};
pub(super) use super::naming::{contracts, name_of, numbers, numbers_of};

/// Where a block stands in a filled text. Private-use letters: they are taken out of every value that comes from
/// outside, so nobody else can write a marker.
pub(super) const ITEMS: &str = "\u{e000}items\u{e001}";
pub(super) const PAYMENT: &str = "\u{e000}payment\u{e001}";
pub(super) const BANK_DETAILS: &str = "\u{e000}bank_details\u{e001}";
pub(super) const CLAIMS: &str = "\u{e000}claims\u{e001}";
pub(super) const SENDER: &str = "\u{e000}sender\u{e001}";
pub(super) const ADDRESSEE: &str = "\u{e000}addressee\u{e001}";
pub(super) const SIGNATURE: &str = "\u{e000}signature\u{e001}";

/// What the blocks show.
#[derive(Debug, Clone)]
pub struct Blocks<'a> {
    pub(super) language: Language,
    /// What the letter is about.
    pub(super) items: Vec<&'a Receivable>,
    /// What its table shows.
    listed: Vec<&'a Receivable>,
    /// Listed below, for information only: its day is still to come.
    upcoming: Vec<&'a Receivable>,
    /// Listed below, asked for before and not in this mail.
    pub(super) asked_before: Vec<&'a Receivable>,
    /// How the items of a statement stand.
    standing: BTreeMap<ReceivableId, String>,
    /// The later day that was granted, where nothing else is said about it.
    granted: BTreeMap<ReceivableId, NaiveDate>,
    /// Today, where the list says what of it is past its day.
    today: Option<NaiveDate>,
    /// Credit notes of the account.
    notes: Vec<&'a Receivable>,
    /// What was delivered says much of some customers.
    names_work: bool,
    payment: Result<Vec<PaymentGroup<'a>>, RenderFailure>,
    signature: Vec<String>,
    /// Who writes and to whom, at the head of a letter that the owner signs.
    sender: Vec<String>,
    addressee: Vec<String>,
    /// What is claimed beside the capital.
    pub(super) claimed: Claimed<'a>,
    /// Where it speaks for several accounts: each of them, by name.
    sections: Vec<Section<'a>>,
    /// Each of them shows its payment details.
    sections_pay: bool,
}

impl<'a> Blocks<'a> {
    /// Gathers what a letter shows.
    ///
    /// # Errors
    /// [`RenderFailure::NoReceivable`] and [`RenderFailure::NoItems`].
    pub(super) fn of(letter: &Letter<'a>) -> Result<Self, RenderFailure> {
        let mut all = Self::of_one(letter)?;
        if letter.beside.is_empty() {
            return Ok(all);
        }
        all.sections = sections::of(letter, &all)?;
        // What the subject and the first sentence name; no sum is ever made of it.
        all.items = all.sections.iter().flat_map(Section::items).collect();
        all.items.sort_by_key(|item| (item.key.issued, item.id));
        Ok(all)
    }

    /// The same for one account of several.
    pub(super) fn of_one(letter: &Letter<'a>) -> Result<Self, RenderFailure> {
        let mut items = items_of(letter.plan, letter.account)?;
        if asks_for_money(letter.plan.purpose) {
            // The outbox looked before: this is the last guard against asking for what is paid.
            // And for what is not issued yet.
            items.retain(|item| !item.is_settled() && item.kind != ReceivableKind::Planned);
            // And against reminding of what the bank or a factor collects.
            items.retain(|item| letter.plan.purpose != Purpose::Reminder || item.collected_by().is_paid_to_us());
            if items.is_empty() {
                return Err(RenderFailure::NoItems);
            }
        }
        // Of what is paid in part only the rest is listed.
        let mut listed = items.clone();
        if listed.iter().any(|item| !item.is_settled()) {
            listed.retain(|item| !item.is_settled());
        }
        let payment = payment_groups(&listed, letter.letterhead);
        let language = letter.account.customer.language;
        let notes = letter.account.receivables.iter().filter(|item| item.kind == ReceivableKind::CreditNote).collect();
        let claimed = Claimed::of(letter, &listed);
        let signature = letter.letterhead.signature(language);
        let customer = &letter.account.customer;
        let sender = parties::sender(letter.letterhead, language);
        let addressee = parties::addressee(letter.letterhead, customer, letter.goes_by_pec());
        let (sections, sections_pay) = (Vec::new(), false);
        let (upcoming, asked_before) = (standing::upcoming(letter), standing::asked_before(letter));
        let today = letter.plan.purpose.is_list().then(|| letter.moment.today());
        let standing: BTreeMap<_, _> =
            listed.iter().filter_map(|item| Some((item.id, standing::of(letter, item)?))).collect();
        let granted = listed.iter().filter(|item| !standing.contains_key(&item.id));
        let granted = granted.filter_map(|item| Some((item.id, standing::granted(letter, item)?))).collect();
        Ok(Self {
            language,
            items,
            listed,
            upcoming,
            asked_before,
            standing,
            granted,
            today,
            notes,
            names_work: !letter.account.customer.is_confidential(),
            payment,
            signature,
            sender,
            addressee,
            claimed,
            sections,
            sections_pay,
        })
    }

    /// Each account of several shows its own payment details below its own table.
    pub(super) const fn pays_in_sections(&mut self) {
        self.sections_pay = true;
    }

    /// Of some item nobody knows to which account it is paid.
    pub(super) fn lacks_iban(&self) -> bool {
        self.groups().iter().any(|group| group.way == Way::AsOnInvoice)
    }

    /// The payment details can be told; a text that exists to tell them needs every item's account.
    ///
    /// # Errors
    /// [`RenderFailure::NoBankAccount`] and [`RenderFailure::NotPaidToUs`].
    pub(super) fn payment_is_known(&self, every_one: bool) -> Result<(), RenderFailure> {
        for section in &self.sections {
            section.payment_is_known(every_one)?;
        }
        let groups = self.payment.as_ref().map_err(Clone::clone)?;
        let without = groups.iter().find(|group| !matches!(group.way, Way::Account(_))).filter(|_| every_one);
        let Some(group) = without else { return Ok(()) };
        let name = name_of(&group.items, self.language);
        Err(match group.way {
            Way::Account(_) | Way::AsOnInvoice => RenderFailure::NoBankAccount(name),
            Way::Bank | Way::Factor => RenderFailure::NotPaidToUs(name),
        })
    }

    /// Empty where they cannot be told: [`Blocks::payment_is_known`] stops such a mail.
    fn groups(&self) -> &[PaymentGroup<'a>] {
        self.payment.as_deref().unwrap_or_default()
    }

    /// `Fattura n. 118 del 02/09/2026`: says nothing about a debt.
    pub(super) fn neutral_subject(&self) -> String {
        capital(&name_of(&self.items, self.language))
    }

    /// The block of that marker as plain text.
    pub(super) fn plain(&self, marker: &str) -> Option<String> {
        match marker {
            ITEMS if !self.sections.is_empty() => Some(sections::plain(&self.sections, self.sections_pay)),
            // It stands below each table.
            PAYMENT | BANK_DETAILS if !self.sections.is_empty() => Some(String::new()),
            ITEMS => Some(self.items_plain()),
            PAYMENT | BANK_DETAILS => Some(self.payment_plain()),
            CLAIMS => Some(self.claimed.plain()),
            SENDER => Some(self.sender.join("\n")),
            ADDRESSEE => Some(self.addressee.join("\n")),
            SIGNATURE => Some(self.signature.join("\n")),
            _ => None,
        }
    }

    /// The block of that marker as HTML.
    pub(super) fn html(&self, marker: &str) -> Option<String> {
        match marker {
            ITEMS if !self.sections.is_empty() => Some(sections::html(&self.sections, self.sections_pay)),
            PAYMENT | BANK_DETAILS if !self.sections.is_empty() => Some(String::new()),
            ITEMS => Some(self.items_html()),
            PAYMENT | BANK_DETAILS => Some(self.payment_html()),
            CLAIMS => Some(self.claimed.html()),
            SENDER | ADDRESSEE | SIGNATURE => Some(super::html::paragraph(&self.plain(marker)?)),
            _ => None,
        }
    }

    /// An own page with the blocks in their places.
    pub(super) fn place_in(&self, page: &str) -> String {
        [ITEMS, PAYMENT, BANK_DETAILS, CLAIMS, SENDER, ADDRESSEE, SIGNATURE].into_iter().fold(
            page.to_owned(),
            |page, marker| match self.html(marker) {
                Some(block) if page.contains(marker) => page.replace(marker, &block),
                _ => page,
            },
        )
    }

    /// What is open in all of them, each currency on its own.
    pub(super) fn total(&self) -> String {
        let open: Vec<Money> = self.items.iter().map(|item| item.open()).collect();
        days::totals(&open, self.language)
    }

    /// What arrived as money on all of them: what was set off is not received.
    pub(super) fn paid(&self) -> String {
        let paid: Vec<Money> = self.items.iter().map(|item| item.received()).collect();
        days::totals(&paid, self.language)
    }

    /// What is listed below what is asked for, each list with its heading: what was asked for before, what is still to come.
    fn beside(&self) -> impl Iterator<Item = (String, &[&'a Receivable])> {
        let words = Wording::of(self.language);
        let lists = [(words.asked_before, &self.asked_before), (words.upcoming, &self.upcoming)];
        lists.into_iter().filter(|(_, items)| !items.is_empty()).map(|((one, several), items)| {
            let heading = if items.len() == 1 { one } else { several };
            (format!("{heading}{}", words.colon), items.as_slice())
        })
    }

    /// One item in one line.
    fn line(&self, item: &Receivable) -> String {
        let words = Wording::of(self.language);
        let (label, due) = (capital(&label(item, self.language)), self.due_of(item));
        let (references, work) = (references_in_line(item, self.language), self.work_in_line(item));
        format!(
            "- {label}{work}, {} {due}{} {}{references}",
            words.due.to_lowercase(),
            words.colon,
            self.open_amount(item)
        )
    }

    /// What was delivered, behind its document: ` – Infissi in larice`.
    fn work_in_line(&self, item: &Receivable) -> String {
        work(item).filter(|_| self.names_work).map_or_else(String::new, |work| format!(" – {work}"))
    }

    /// `02/10/2026`, and `02/10/2026, prorogata al 28/10/2026` where more time was granted.
    fn due_of(&self, item: &Receivable) -> String {
        let due = days::short(item.due, self.language);
        match self.granted.get(&item.id) {
            Some(day) => format!("{due}, {}", standing::extended_to(*day, self.language)),
            None => due,
        }
    }

    pub(super) fn items_plain(&self) -> String {
        let words = Wording::of(self.language);
        let colon = words.colon;
        if let [item] = self.listed.as_slice() {
            let references = references(item, self.language).into_iter();
            let references = references.map(|(name, value)| format!("\n{name}{colon} {value}"));
            return format!(
                "{}{}\n{}{colon} {}\n{}{colon} {}{}",
                capital(&label(item, self.language)),
                self.work_in_line(item),
                words.due,
                self.due_of(item),
                words.to_pay,
                self.open_amount(item),
                references.collect::<String>(),
            );
        }
        let mut lines: Vec<String> = self.listed.iter().map(|item| self.line(item)).collect();
        lines.push(format!("{}{colon} {}", words.total, self.total()));
        lines.extend(self.past_due().map(|due| format!("{}{colon} {due}", words.of_which_due)));
        lines.join("\n")
    }

    pub(super) fn items_html(&self) -> String {
        use super::html::{cell, heading_cell, row, table};
        let words = Wording::of(self.language);
        let mut rows = row(&[
            heading_cell(words.document, false),
            heading_cell(words.due, false),
            heading_cell(words.to_pay, true),
        ]);
        rows.extend(self.listed.iter().map(|item| self.row(item)));
        if self.listed.len() > 1 {
            rows.push_str(&row(&[cell(words.total, false), cell("", false), heading_cell(&self.total(), true)]));
            if let Some(due) = self.past_due() {
                rows.push_str(&row(&[cell(words.of_which_due, false), cell("", false), cell(&due, true)]));
            }
        }
        table(&rows)
    }

    fn row(&self, item: &Receivable) -> String {
        use super::html::{cell, row};
        let document = capital(&label(item, self.language));
        let (work, references) = (self.work_in_line(item), references_in_line(item, self.language));
        row(&[
            cell(&format!("{document}{work}{references}"), false),
            cell(&self.due_of(item), false),
            cell(&self.open_amount(item), true),
        ])
    }

    fn beside_html(&self) -> String {
        use super::html::{paragraph, table};
        let rows = |items: &[&Receivable]| items.iter().map(|item| self.row(item)).collect::<String>();
        self.beside().map(|(heading, items)| paragraph(&heading) + &table(&rows(items))).collect()
    }

    /// Of a statement, what is past its day; nothing where that is all of it, or none.
    fn past_due(&self) -> Option<String> {
        let today = self.today?;
        // What is held stands apart already: more time, a plan, or something that is being checked.
        let is_due = |item: &&&Receivable| item.due < today && !self.standing.contains_key(&item.id);
        let due: Vec<Money> = self.listed.iter().filter(is_due).map(|item| item.open()).collect();
        (!due.is_empty() && due.len() < self.listed.len()).then(|| days::totals(&due, self.language))
    }

    /// `720,00 € (su 1.220,00 €)` where a part is paid or credited; a linked credit note and what was set off are named.
    fn open_amount(&self, item: &Receivable) -> String {
        let amount = self.bare_amount(item);
        self.standing.get(&item.id).map_or_else(|| amount.clone(), |standing| format!("{amount}, {standing}"))
    }

    fn bare_amount(&self, item: &Receivable) -> String {
        let (open, words) = (days::amount(item.open(), self.language), Wording::of(self.language));
        if item.open() == item.amount || item.is_settled() {
            return open;
        }
        let less = match self.notes_on(item).as_slice() {
            [] => String::new(),
            notes => {
                let less = if notes.len() == 1 { words.less_note.0 } else { words.less_note.1 };
                format!(", {less} {}{}", words.number, days::enumerate(notes, self.language))
            }
        };
        let less = less + &days::set_off(item.set_off(), self.language);
        format!("{open} ({} {}{less})", words.out_of, days::amount(item.amount, self.language))
    }

    /// The numbers of the credit notes that reduce it.
    fn notes_on(&self, item: &Receivable) -> Vec<String> {
        let applied = item.credit.applied.iter().filter(|applied| applied.amount.is_positive());
        let notes = applied.filter_map(|applied| self.notes.iter().find(|note| note.id == applied.note));
        notes.map(|note| clean(&note.key.number)).collect()
    }

    pub(super) fn payment_plain(&self) -> String {
        let words = Wording::of(self.language);
        let colon = words.colon;
        let groups: Vec<String> = self
            .groups()
            .iter()
            .map(|group| {
                let mut lines = Vec::new();
                if self.groups().len() > 1 {
                    lines.push(format!("{}{colon}", capital(&name_of(&group.items, self.language))));
                }
                match group.way {
                    Way::Account(account) => {
                        lines.extend(
                            details(account, &group.items, self.language).map(|(k, v)| format!("{k}{colon} {v}")),
                        );
                    }
                    other => lines.push(other.words(words).to_owned()),
                }
                lines.join("\n")
            })
            .collect();
        let beside = self.beside().map(|(heading, items)| {
            heading + &items.iter().map(|item| format!("\n{}", self.line(item))).collect::<String>()
        });
        groups.into_iter().chain(beside).collect::<Vec<_>>().join("\n\n")
    }

    pub(super) fn payment_html(&self) -> String {
        use super::html::{cell, paragraph, row, table};
        let words = Wording::of(self.language);
        let mut text = String::new();
        for group in self.groups() {
            if self.groups().len() > 1 {
                let name = capital(&name_of(&group.items, self.language));
                text.push_str(&paragraph(&format!("{name}{}", words.colon)));
            }
            match group.way {
                other @ (Way::AsOnInvoice | Way::Bank | Way::Factor) => {
                    text.push_str(&paragraph(other.words(words)));
                }
                Way::Account(account) => {
                    let rows: String = details(account, &group.items, self.language)
                        .map(|(name, value)| row(&[cell(name, false), cell(&value, false)]))
                        .collect();
                    text.push_str(&table(&rows));
                }
            }
        }
        text + &self.beside_html()
    }
}

/// Is it about something that is still to be paid, and about nothing else?
const fn asks_for_money(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::Reminder | Purpose::Promise | Purpose::ClaimedPayment | Purpose::Deferral)
}

/// Does a filled text show payment details?
pub(super) fn shows_payment(text: &str) -> bool {
    text.contains(PAYMENT) || text.contains(BANK_DETAILS)
}

/// The items that the plan names; a statement without a list is about all that is open.
fn items_of<'a>(plan: &MailPlan, account: &'a Account) -> Result<Vec<&'a Receivable>, RenderFailure> {
    let items: Vec<&Receivable> = if plan.items.is_empty() {
        account.open_items()
    } else {
        plan.items
            .iter()
            .map(|id| account.receivable(*id).ok_or(RenderFailure::NoReceivable(*id)))
            .collect::<Result<_, _>>()?
    };
    if items.is_empty() { Err(RenderFailure::NoItems) } else { Ok(items) }
}
