//! One line to its rows (one, or one for each part of its terms of payment), with every problem of that line.

mod customer;
mod dues;
mod exchange;

use self::customer::code_of;
use self::dues::{Asked, shared_out};
use super::cells::{self, DecimalSign};
use super::columns::{Columns, Field, plain};
use super::rows::{CustomerRow, DateOrder, ImportDefaults, ReceivableRow, Row};
use super::table::{Cell, Line};
use crate::ledger::customer::{Contact, ContactRole};
use crate::ledger::ids::BankAccountId;
use crate::ledger::money::{Currency, Money};
use crate::ledger::problem::{Place, Problem};
use crate::ledger::receivable::{ReceivableKey, ReceivableKind};
use crate::ledger::words::{DebtorKind, Language};
use chrono::NaiveDate;
use std::cell::RefCell;

/// A cell longer than this is a mistake of the export.
const MAX_TEXT: usize = 500;

const AMOUNTS: [Field; 5] = [Field::Amount, Field::Gross, Field::Open, Field::Paid, Field::Credited];

/// What the amounts of the file show together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileSign {
    Known(DecimalSign),
    Silent,
    Mixed,
}

/// Reads the lines of one file.
pub(super) struct LineReader<'a> {
    file: &'a str,
    text: &'a str,
    columns: &'a Columns,
    defaults: &'a ImportDefaults,
    sign: FileSign,
}

impl<'a> LineReader<'a> {
    pub(super) fn new(
        file: &'a str,
        text: &'a str,
        columns: &'a Columns,
        defaults: &'a ImportDefaults,
        body: &[Line],
    ) -> Self {
        let mut sign = FileSign::Silent;
        let cells =
            body.iter().flat_map(|line| AMOUNTS.iter().filter_map(|field| line.cells.get(columns.index(*field)?)));
        for shown in cells.filter_map(|cell| cells::decimal_sign_shown(&cell.value)) {
            sign = match sign {
                FileSign::Silent => FileSign::Known(shown),
                FileSign::Known(known) if known == shown => sign,
                FileSign::Known(_) | FileSign::Mixed => FileSign::Mixed,
            };
        }
        Self { file, text, columns, defaults, sign }
    }

    /// A line of totals: no dates, and its first word says so.
    pub(super) fn is_total(&self, line: &Line) -> bool {
        let cell = |field| self.columns.index(field).and_then(|index| line.cells.get(index));
        let empty = |field| cell(field).is_none_or(|cell| cell.value.is_empty());
        let first = line.cells.iter().find(|cell| !cell.value.is_empty());
        let words = first.map(|cell| plain(&cell.value)).unwrap_or_default();
        let says = words.split(' ').next().is_some_and(|word| ["total", "totale", "totali", "totals"].contains(&word));
        says && empty(Field::Issued) && empty(Field::Due)
    }

    /// Its rows, or everything that is wrong with it.
    pub(super) fn read(&self, line: &Line) -> Result<Taken, Vec<Problem>> {
        let one = OneLine { reader: self, line, problems: RefCell::default(), remarks: RefCell::default() };
        if let Some(at) = line.unclosed {
            one.wrong(at..at + 1, "A quote is opened here and never closed".into(), "close it, or take it out".into());
        }
        let customer = one.customer();
        let receivables = one.receivables();
        let problems = one.problems.into_inner();
        match (customer, receivables) {
            (Some(customer), Some(receivables)) if problems.is_empty() => {
                let place = self.place(line, line.place.clone());
                let row = |receivable| Row {
                    line: line.number,
                    place: place.clone(),
                    customer: customer.clone(),
                    receivable,
                };
                Ok(Taken { rows: receivables.into_iter().map(row).collect(), remarks: one.remarks.into_inner() })
            }
            _ => {
                let mut problems = problems;
                problems
                    .sort_by_key(|problem| problem.place.as_ref().map_or((0, 0), |place| (place.line, place.column)));
                Err(problems)
            }
        }
    }

    /// The same receivable stands in the file twice, with different particulars.
    pub(super) fn doubled(&self, line: &Line, key: &ReceivableKey, first: usize) -> Problem {
        let cell = self.columns.index(Field::Number).and_then(|index| line.cells.get(index));
        Problem {
            file: self.file.to_owned(),
            place: Some(self.place(line, cell.map_or(line.place.clone(), |cell| cell.place.clone()))),
            message: format!(
                "Invoice `{}` of {} stands already in line {first}, with other particulars",
                key.number, key.issued
            ),
            remedy: Some("several due dates of one invoice need a column `instalment` (1, 2, 3 …)".to_owned()),
        }
    }

    /// A place within a line. Counted from the line, not from the file's beginning: files are long.
    fn place(&self, line: &Line, range: std::ops::Range<usize>) -> Place {
        let text = self.text.get(line.place.clone()).unwrap_or_default();
        let from = range.start.saturating_sub(line.place.start);
        let to = range.end.saturating_sub(line.place.start);
        let mut place = Place::in_text(text, from..to);
        place.line = place.line.saturating_add(line.number).saturating_sub(1);
        place
    }
}

/// What was read of a line.
pub(super) struct Taken {
    pub(super) rows: Vec<Row>,
    /// What does not fit, and was taken all the same.
    pub(super) remarks: Vec<Problem>,
}

struct OneLine<'a> {
    reader: &'a LineReader<'a>,
    line: &'a Line,
    problems: RefCell<Vec<Problem>>,
    remarks: RefCell<Vec<Problem>>,
}

impl<'a> OneLine<'a> {
    fn wrong(&self, place: std::ops::Range<usize>, message: String, remedy: String) {
        let place = Some(self.reader.place(self.line, place));
        let problem = Problem { file: self.reader.file.to_owned(), place, message, remedy: Some(remedy) };
        self.problems.borrow_mut().push(problem);
    }

    /// The cell of a field, when the column exists and something stands in it.
    fn cell(&self, field: Field) -> Option<&'a Cell> {
        let cell = self.line.cells.get(self.reader.columns.index(field)?)?;
        (!cell.value.is_empty()).then_some(cell)
    }

    /// A text on one line, of a reasonable length.
    fn text(&self, field: Field) -> Option<String> {
        let cell = self.cell(field)?;
        let text: Vec<&str> = cell.value.split_whitespace().collect();
        let text = text.join(" ");
        if text.chars().count() > MAX_TEXT || text.chars().any(char::is_control) {
            let message = format!("The `{field}` is longer than {MAX_TEXT} characters, or has control characters");
            self.wrong(cell.place.clone(), message, "shorten it in the accounting program".into());
            return None;
        }
        Some(text)
    }

    /// A cell that must be there.
    fn required(&self, field: Field, what: &str, example: &str) -> Option<&'a Cell> {
        let cell = self.cell(field);
        if cell.is_none() {
            let empty = self.reader.columns.index(field).and_then(|index| self.line.cells.get(index));
            let place = empty.map_or(self.line.place.end..self.line.place.end, |cell| cell.place.clone());
            self.wrong(
                place,
                format!("This row has no {what}"),
                format!("write it into the column, for example {example}"),
            );
        }
        cell
    }

    /// A cell that has a form when it is there; `what` completes «is not …».
    fn parsed<T>(&self, field: Field, what: &str, remedy: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let cell = self.cell(field)?;
        let value = parse(&cell.value);
        if value.is_none() {
            self.wrong(cell.place.clone(), format!("`{}` is not {what}", cell.value), remedy.to_owned());
        }
        value
    }

    fn customer(&self) -> Option<CustomerRow> {
        let defaults = self.reader.defaults;
        self.required(Field::Name, "customer's name", "Officine Baldini S.r.l.");
        let name = self.text(Field::Name);
        let country =
            self.parsed(Field::Country, "a country", "write its code of two letters: IT, DE, GB", cells::country);
        let kind = self.parsed(
            Field::DebtorKind,
            "a kind of debtor",
            "write firm, professional, public_body, condominium, consumer, association, foreign or unknown",
            cells::debtor_kind,
        );
        let from_name = name.as_deref().and_then(cells::kind_from_name);
        let language = self.parsed(Field::Language, "a language", "write it, en, de, fr or es", cells::language);
        let register = self.parsed(
            Field::Register,
            "a form of address",
            "write formal (Lei), informal (tu), voi or impersonal",
            cells::register,
        );
        let yes_no =
            |field| self.parsed(field, "yes or no", "write yes or no (sì, no)", cells::yes_or_no).unwrap_or(false);
        let contacts = self.contacts();
        Some(CustomerRow {
            external_id: self.text(Field::CustomerId),
            vat_number: self.parsed(
                Field::VatNumber,
                "a VAT number",
                "write for example IT01234567897",
                code_of(5, 16),
            ),
            tax_code: self.parsed(Field::TaxCode, "a fiscal code", "write its 11 or 16 characters", code_of(5, 20)),
            kind: kind.unwrap_or(match defaults.kind {
                DebtorKind::Unknown => from_name.unwrap_or(DebtorKind::Unknown),
                // A condominium or public body is treated more gently than a firm: its name outweighs a default.
                other => from_name.filter(|kind| *kind != DebtorKind::Firm).unwrap_or(other),
            }),
            language: language.or(defaults.language).unwrap_or_else(|| self.language(country.as_deref())),
            register: register.unwrap_or(defaults.register),
            vip: yes_no(Field::Vip),
            do_not_contact: yes_no(Field::DoNotContact),
            contacts,
            phone: self.phone(),
            payment_day: self.payment_day(),
            country,
            name: name?,
        })
    }

    fn language(&self, country: Option<&str>) -> Language {
        country.map_or(self.reader.defaults.firm_language, cells::language_of_country)
    }

    /// Of several addresses in the mail column the first is written to, the others are on file.
    fn contacts(&self) -> Vec<Contact> {
        let mut contacts: Vec<Contact> = Vec::new();
        let person = self.text(Field::Contact);
        for (field, first_role, rest_role) in [
            (Field::Email, ContactRole::Primary, ContactRole::Other),
            (Field::Copy, ContactRole::Copy, ContactRole::Copy),
            (Field::Pec, ContactRole::Pec, ContactRole::Other),
            (Field::OtherEmail, ContactRole::Other, ContactRole::Other),
        ] {
            let Some(cell) = self.cell(field) else { continue };
            let (good, bad) = cells::addresses(&cell.value);
            for piece in bad {
                self.wrong(
                    cell.place.clone(),
                    format!("`{piece}` is not a mail address"),
                    "write for example amministrazione@baldini.example; several with ; between".into(),
                );
            }
            for (index, (address, name)) in good.into_iter().enumerate() {
                if contacts.iter().any(|contact| contact.address == address) {
                    continue;
                }
                let role = if index == 0 { first_role } else { rest_role };
                let name = name.or_else(|| person.clone().filter(|_| role == ContactRole::Primary));
                contacts.push(Contact { address, name, role, bounced: false });
            }
        }
        contacts
    }

    fn receivables(&self) -> Option<Vec<ReceivableRow>> {
        self.required(Field::Number, "invoice number", "2026/118");
        let number = self.text(Field::Number);
        let issued = self.day(Field::Issued, "invoice date");
        let said = self.parsed(
            Field::DocumentKind,
            "a sort of document",
            "write invoice, instalment, proforma or credit_note (or TD01, TD04 …)",
            cells::document_kind,
        );
        let currency = self.currency();
        let instalment = self.instalment();
        let Some((amount, credited, paid)) = self.amounts(currency, said == Some(ReceivableKind::CreditNote)) else {
            // What else is wrong with the line is told in the same run.
            let nothing = Money::new(0, currency);
            self.dues(&Asked { issued, instalment, amount: nothing, is_note: false });
            return None;
        };
        let kind = match said {
            _ if amount.cents < 0 => ReceivableKind::CreditNote,
            _ if self.is_planned() => ReceivableKind::Planned,
            Some(kind) => kind,
            None if instalment > 0 => ReceivableKind::Instalment,
            None => ReceivableKind::Invoice,
        };
        let bank_account = self.bank_account();
        let is_note = kind == ReceivableKind::CreditNote;
        let dues = self.dues(&Asked { issued, instalment, amount, is_note });
        let (issued, dues) = (issued?, dues?);
        if let Some(due) = dues.first().map(|due| due.day).filter(|due| *due < issued)
            && !is_note
            && let Some(cell) = self.cell(Field::Due)
        {
            let message = format!("The due date {due} lies before the date of the invoice, {issued}");
            let remedy = "correct one of the two; where months come first: date_order = \"mdy\" in [import]";
            self.wrong(cell.place.clone(), message, remedy.into());
        }
        let issuer = self.reader.defaults.issuer.clone();
        let is_split = dues.len() > 1;
        let mut left: Vec<i64> = dues.iter().map(|due| due.amount.cents).collect();
        let credited = shared_out(&mut left, credited);
        let paid = paid.map(|paid| shared_out(&mut left, paid));
        let row = ReceivableRow {
            key: ReceivableKey { issuer, number: number?, issued, instalment },
            kind: if is_split && kind == ReceivableKind::Invoice { ReceivableKind::Instalment } else { kind },
            due: issued,
            terms: self.text(Field::Terms).filter(|_| !is_note),
            tolerated_until: None,
            amount,
            paid: None,
            credited: Money::zero(currency),
            reduces: self.text(Field::Reduces).filter(|_| is_note),
            bank_account,
            description: self.text(Field::Description),
            contract: self.text(Field::Contract),
            exchange: self.exchange(),
            collection: self.collection(),
        };
        let rows = dues.iter().enumerate().map(|(index, due)| ReceivableRow {
            key: ReceivableKey { instalment: due.instalment, ..row.key.clone() },
            due: due.day,
            tolerated_until: due.tolerated_until,
            amount: due.amount,
            paid: paid.as_ref().and_then(|paid| paid.get(index)).copied(),
            credited: credited.get(index).copied().unwrap_or(row.credited),
            ..row.clone()
        });
        Some(rows.collect())
    }

    /// The status says that the document is still to be issued.
    fn is_planned(&self) -> bool {
        self.cell(Field::Status).and_then(|cell| cells::status(&cell.value)) == Some(cells::PaymentStatus::Planned)
    }

    fn day(&self, field: Field, what: &str) -> Option<NaiveDate> {
        let order = self.reader.defaults.date_order;
        let (form, other) = match order {
            DateOrder::DayFirst => ("31/12/2026", "mdy"),
            DateOrder::MonthFirst => ("12/31/2026", "dmy"),
        };
        let cell = self.required(field, what, form)?;
        let day = cells::day(&cell.value, order);
        if day.is_none() {
            let swapped = match order {
                DateOrder::DayFirst => DateOrder::MonthFirst,
                DateOrder::MonthFirst => DateOrder::DayFirst,
            };
            let remedy = if cells::day(&cell.value, swapped).is_some() {
                format!("correct it, or where the file has the other order: date_order = \"{other}\" in [import]")
            } else {
                format!("write {form} or 2026-12-31")
            };
            self.wrong(cell.place.clone(), format!("`{}` is not a day", cell.value), remedy);
        }
        day
    }

    fn currency(&self) -> Currency {
        let said = self.parsed(
            Field::Currency,
            "a currency with two decimals",
            "write its code of three letters: EUR, GBP, USD",
            Currency::parse,
        );
        said.unwrap_or(self.reader.defaults.currency)
    }

    /// Net to pay, credited, paid. `None` when the amount cannot be read; the problem is then recorded.
    fn amounts(&self, currency: Currency, credit_note: bool) -> Option<(Money, Money, Option<Money>)> {
        let field = [Field::Amount, Field::Gross, Field::Open].into_iter().find(|field| self.cell(*field).is_some());
        let Some(field) = field else {
            let column = AMOUNTS.into_iter().find(|field| self.reader.columns.index(*field).is_some());
            self.required(column.unwrap_or(Field::Amount), "amount", "1.220,00");
            return None;
        };
        let money = |cents| Money::new(cents, currency);
        let amount = self.cents(field)?;
        let credited = self.cents(Field::Credited).unwrap_or(0).saturating_abs();
        if credit_note || amount < 0 {
            let whole = amount.saturating_abs();
            let used = Some(self.used_of_note(field, whole)).filter(|used| *used != 0);
            return Some((money(whole.saturating_neg()), money(0), used.map(|used| money(used.saturating_neg()))));
        }
        let status = self.parsed(
            Field::Status,
            "a status that says whether it is paid",
            "write paid, unpaid or planned (pagata, da pagare, da emettere); take out of the file what was cancelled",
            cells::status,
        );
        let word = self.cell(Field::Paid).and_then(|cell| cells::paid_word(&cell.value));
        let all = amount.saturating_sub(credited);
        let paid = match word {
            Some(true) => Some(all),
            Some(false) => Some(0),
            None => self.cents(Field::Paid),
        };
        let paid = if status == Some(cells::PaymentStatus::Paid) {
            paid.filter(|paid| *paid != 0).or(Some(all))
        } else {
            paid
        };
        let open = if field == Field::Open { None } else { self.cents(Field::Open) };
        let by_open = open.map(|open| all.saturating_sub(open));
        if let (Some(paid), Some(by_open), None) = (paid, by_open, word)
            && paid != by_open
            && let Some(cell) = self.cell(Field::Open)
        {
            self.wrong(
                cell.place.clone(),
                format!("Amount less paid is not what this row gives as open ({})", cell.value),
                "correct the row, or take one of the two columns out of the file".into(),
            );
        }
        let paid = by_open.or(paid);
        if let Some(paid) = paid
            && paid < 0
            && let Some(cell) = self.cell(Field::Open).or_else(|| self.cell(Field::Paid))
        {
            self.wrong(cell.place.clone(), "More is open than the amount to pay".into(), "correct the row".into());
        }
        Some((money(amount), money(credited), paid.map(money)))
    }

    /// How much of a credit note the books have used up: a program shows it as paid, or as what is left of it.
    fn used_of_note(&self, field: Field, whole: i64) -> i64 {
        let paid = self.cell(Field::Paid);
        let says_paid = self.cell(Field::Status).and_then(|cell| cells::status(&cell.value));
        let used = match paid.and_then(|cell| cells::paid_word(&cell.value)) {
            Some(true) => whole,
            Some(false) => 0,
            None if says_paid == Some(cells::PaymentStatus::Paid) => whole,
            None if field != Field::Open && self.cell(Field::Open).is_some() => {
                self.cents(Field::Open).map_or(0, |open| whole.saturating_sub(open.saturating_abs()))
            }
            None => self.cents(Field::Paid).unwrap_or(0).saturating_abs(),
        };
        used.clamp(0, whole)
    }

    fn cents(&self, field: Field) -> Option<i64> {
        let cell = self.cell(field)?;
        let ambiguous = self.reader.sign == FileSign::Mixed
            && cell.value.contains(['.', ','])
            && cells::decimal_sign_shown(&cell.value).is_none();
        let sign = match self.reader.sign {
            FileSign::Known(sign) => Some(sign),
            FileSign::Silent | FileSign::Mixed => None,
        };
        let cents = if ambiguous { None } else { cells::cents(&cell.value, sign) };
        if cents.is_none() {
            let (message, remedy) = if ambiguous {
                let message = format!("`{}` may be thousands or decimals: this file uses both signs", cell.value);
                (message, "write it with two decimals: 1.234,00")
            } else {
                (format!("`{}` is not an amount", cell.value), "write for example 1.220,00 or 1220.00")
            };
            self.wrong(cell.place.clone(), message, remedy.to_owned());
        }
        cents
    }

    /// An IBAN, or the id of an account, selects one of the firm's; anything else is never taken.
    fn bank_account(&self) -> Option<BankAccountId> {
        let cell = self.cell(Field::Iban)?;
        let bare: String = cell.value.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
        let accounts = &self.reader.defaults.bank_accounts;
        let known = accounts.iter().find(|account| account.iban == bare || account.id.as_str() == cell.value);
        if known.is_none() {
            self.wrong(
                cell.place.clone(),
                format!("`{}` is none of the firm's bank accounts in the settings", cell.value),
                "if it is yours, add it to sollecito.toml as [[bank_account]] with id, iban and holder; else correct the row"
                    .into(),
            );
        }
        known.map(|account| account.id.clone())
    }
}
