//! `customers.toml`: what the owner arranges for single customers and for groups of them.
//!
//! Who is meant is known only beside the books: [`against_books`] says of whom an entry speaks that is nobody, or two.

use super::files::SourceFile;
use super::ladders::is_name;
use super::sheet::{Section, Sheet, did_you_mean};
use crate::ledger::arranged::{LAST_DAY_OF_MONTH, Wishes};
use crate::ledger::customer::Customer;
use crate::ledger::ids::{Address, GroupName, LadderName, StepId};
use crate::ledger::money::{Currency, Money};
use crate::ledger::problem::{Problem, nearest};
use crate::ledger::record::RECENT;
use crate::ledger::words::{DebtorKind, Language, Mode, Register};
use crate::policy::customers::{CustomerBook, DeferralWishes, Group, RecordBar, Whom};
use std::collections::{BTreeMap, BTreeSet};

/// No record shows more promises than it keeps.
#[expect(clippy::cast_possible_truncation, reason = "a small number")]
const RECENT_PROMISES: u32 = RECENT as u32;

/// What the file may speak of.
pub(super) struct Known<'a> {
    /// Ladders with a name of their own.
    pub(super) ladders: BTreeSet<LadderName>,
    /// Steps of any ladder.
    pub(super) steps: &'a BTreeSet<StepId>,
    /// Of the limits.
    pub(super) currency: Currency,
    /// The firm's own addresses: nobody's contact.
    pub(super) own_addresses: &'a BTreeSet<Address>,
}

/// One customer of the file, with the place where it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerEntry {
    /// Who is meant.
    pub whom: Whom,
    place: Problem,
}

/// Reads the file; without one nothing is arranged.
pub(super) fn read(
    source: Option<&SourceFile>,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) -> (CustomerBook, Vec<CustomerEntry>) {
    let (mut book, mut entries) = (CustomerBook::default(), Vec::new());
    let Some(source) = source else { return (book, entries) };
    let (sheet, table) = Sheet::parse(&source.file, &source.text);
    {
        let root = sheet.root(&table);
        for section in root.sections("group") {
            let bar = read_bar(&section);
            if let Some((name, group)) = read_group(&section, known) {
                if book.groups.insert(name.clone(), group).is_some() {
                    section.wrong_key("name", format!("There are two groups `{name}`"), "give each its own name");
                } else if !bar.is_empty() {
                    book.by_record.push((name, bar));
                }
            }
            section.finish();
        }
        for section in root.sections("customer") {
            let whom = read_whom(&section);
            let wishes = read_wishes(&section, known, &book.groups);
            section.finish();
            let Some((whom, range)) = whom else { continue };
            if entries.iter().any(|entry: &CustomerEntry| entry.whom == whom) {
                section.wrong_at(range, format!("`{}` stands here twice", whom.written()), "keep one of the two");
                continue;
            }
            let place = Problem::at(source.file.as_str(), &source.text, range, String::new());
            entries.push(CustomerEntry { whom: whom.clone(), place });
            book.entries.push((whom, wishes));
        }
        root.finish();
    }
    problems.extend(sheet.into_problems());
    (book, entries)
}

/// Entries that speak of nobody, of two customers, or of one of whom another entry speaks. Before the first import there
/// is nobody to compare them with.
#[must_use]
pub fn against_books(entries: &[CustomerEntry], customers: &[Customer]) -> Vec<Problem> {
    if customers.is_empty() {
        return Vec::new();
    }
    let mut spoken_of: BTreeMap<crate::ledger::ids::CustomerId, &CustomerEntry> = BTreeMap::new();
    let mut problems = Vec::new();
    for entry in entries {
        let meant: Vec<&Customer> = customers.iter().filter(|customer| entry.whom.is(customer)).collect();
        let written = entry.whom.written();
        match meant.as_slice() {
            [] => {
                let remedy = nearest_to(&entry.whom, customers).map_or_else(
                    || "`sollecito customers` lists them with their codes; or take the entry out".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                problems.push(entry.problem(format!("No customer is known by `{written}`"), remedy));
            }
            [one] => {
                if let Some(other) = spoken_of.insert(one.id, entry) {
                    let message = format!("{} is named already, by `{}`", one.name, other.whom.written());
                    problems.push(entry.problem(message, "put both into one entry".to_owned()));
                }
            }
            several => {
                let tell_apart = several.iter().map(|customer| {
                    let code = customer.external_id.as_ref().map(|code| format!("code = \"{code}\""));
                    let vat = || customer.vat_number.as_ref().map(|vat| format!("vat_number = \"{vat}\""));
                    code.or_else(vat).unwrap_or_else(|| customer.name.clone())
                });
                let tell_apart: BTreeSet<String> = tell_apart.collect();
                let names: Vec<String> = tell_apart.into_iter().take(4).collect();
                let message = format!("`{written}` may be {} customers", several.len());
                problems.push(entry.problem(message, format!("name the one you mean: {}", names.join(", or "))));
            }
        }
    }
    problems
}

fn nearest_to<'a>(whom: &Whom, customers: &'a [Customer]) -> Option<&'a str> {
    let known = customers.iter().filter_map(|customer| match whom {
        Whom::Code(_) => customer.external_id.as_deref(),
        Whom::VatNumber(_) => customer.vat_number.as_deref(),
        Whom::Name(_) => Some(customer.name.as_str()),
    });
    let known: Vec<&str> = known.collect();
    // Names are exact here: capitals or a missing dot are the usual slip.
    let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let same = known.iter().find(|name| plain(name) == plain(whom.written())).copied();
    same.or_else(|| nearest(whom.written(), known.iter().copied()))
}

impl CustomerEntry {
    fn problem(&self, message: String, remedy: String) -> Problem {
        Problem { message, ..self.place.clone() }.remedy(remedy)
    }
}

fn read_whom(section: &Section<'_>) -> Option<(Whom, std::ops::Range<usize>)> {
    let code = section.text("code", "C012").map(|found| (Whom::Code(found.value.trim().to_owned()), found));
    let vat = section.text("vat_number", "IT01234567897").map(|found| {
        let number = found.value.replace([' ', '.', '-'], "").to_ascii_uppercase();
        (Whom::VatNumber(number), found)
    });
    let name = section
        .text("name", "Officine Baldini S.r.l.")
        .map(|found| (Whom::Name(found.value.split_whitespace().collect::<Vec<_>>().join(" ")), found));
    let said = [section.has("code"), section.has("vat_number"), section.has("name")];
    if said.into_iter().filter(|said| *said).count() != 1 {
        section.wrong(
            "A customer is named by one of `code`, `vat_number` and `name`",
            "write for example: code = \"C012\"",
        );
        return None;
    }
    let (whom, found) = code.or(vat).or(name)?;
    if whom.written().is_empty() {
        found.wrong(format!("{} is empty", found.title()), "`sollecito customers` lists them with their codes");
        return None;
    }
    Some((whom, found.place))
}

fn read_wishes(section: &Section<'_>, known: &Known<'_>, groups: &BTreeMap<GroupName, Group>) -> Wishes {
    let group = section.text("group", "good_payers").and_then(|found| {
        let group = GroupName::new(found.value);
        if groups.contains_key(&group) {
            return Some(group);
        }
        let names: Vec<&str> = groups.keys().map(GroupName::as_str).collect();
        let remedy = if names.is_empty() {
            format!("add to this file: [[group]], and below it name = \"{}\"", found.value)
        } else {
            did_you_mean(found.value, &names)
        };
        found.wrong(format!("There is no group `{}`", found.value), remedy);
        None
    });
    let address = |text: &str| Address::parse(text.trim());
    let email = section.parsed("email", "anna@baldini.example", "a mail address", address);
    let pec = section.parsed("pec", "baldini@pec.example", "a mail address", address);
    let copy = section.parsed_list("copy", "studio@baldini.example", "a mail address", address);
    let named = email.iter().map(|address| ("email", address));
    let named =
        named.chain(pec.iter().map(|address| ("pec", address))).chain(copy.iter().flatten().map(|one| ("copy", one)));
    for (key, own) in named.filter(|(_, address)| known.own_addresses.contains(*address)) {
        section.wrong_key(key, format!("{own} is your own address"), "write the customer's address");
    }
    let phone = section.parsed("phone", "+39 02 1234567", "a telephone number", |text| {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        (digits >= 4).then(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
    });
    let contact = section.parsed("contact", "Anna Rossi", "a name", |text| {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!name.is_empty()).then_some(name)
    });
    Wishes {
        kind: section.word("kind", &words(DebtorKind::ALL, DebtorKind::as_str)),
        group,
        email,
        pec,
        contact,
        copy,
        phone,
        ..read_shared(section, known)
    }
}

/// What a group may say as well as a customer.
fn read_shared(section: &Section<'_>, known: &Known<'_>) -> Wishes {
    let ladder = section.text("ladder", "patient").and_then(|found| {
        let ladder = LadderName::new(found.value);
        if known.ladders.contains(&ladder) {
            return Some(ladder);
        }
        let names: Vec<&str> = known.ladders.iter().map(LadderName::as_str).collect();
        let remedy = match nearest(found.value, names.iter().copied()) {
            Some(_) => did_you_mean(found.value, &names),
            None => {
                format!("add to rules/ladders.toml: [[ladder]], and below it name = \"{}\" and its steps", found.value)
            }
        };
        found.wrong(format!("No ladder has the name `{}`", found.value), remedy);
        None
    });
    Wishes {
        language: section.word("language", &words(Language::ALL, Language::as_str)),
        register: section.word("register", &words(Register::ALL, Register::as_str)),
        ladder,
        vip: section.boolean("vip"),
        do_not_contact: section.boolean("do_not_contact"),
        confidential: section.boolean("confidential"),
        also_supplier: section.boolean("also_supplier"),
        payment_day: section.number("payment_day", 1..=LAST_DAY_OF_MONTH, 10),
        statement_day: section.number("statement_day", 0..=LAST_DAY_OF_MONTH, 5),
        ..Wishes::default()
    }
}

fn read_group(section: &Section<'_>, known: &Known<'_>) -> Option<(GroupName, Group)> {
    let name = section.required("name", "good_payers", "a name of small letters, digits and _", |text| {
        is_name(text).then(|| GroupName::new(text))
    });
    let step = section.text("deferral_not_after_step", "second").and_then(|found| {
        let step = StepId::new(found.value);
        if known.steps.contains(&step) {
            return Some(step);
        }
        let names: Vec<&str> = known.steps.iter().map(StepId::as_str).collect();
        let message = format!("{}: no ladder has a step `{}`", found.title(), found.value);
        found.wrong(message, did_you_mean(found.value, &names));
        None
    });
    let max_amount = section.decimal("deferral_max_amount", "2000.00").and_then(|found| {
        let amount = Money::from_decimal(&found.value, known.currency).filter(|money| money.cents >= 0);
        if amount.is_none() {
            found.wrong(
                format!("{}: `{}` is not an amount with at most two decimals", found.title(), found.value),
                "write for example: deferral_max_amount = 2000.00",
            );
        }
        amount
    });
    let deferral = DeferralWishes {
        max_days: section.number("deferral_max_days", 0..=365, 15),
        per_receivable: section.number("deferral_per_receivable", 0..=100, 1),
        per_year: section.number("deferral_per_year", 0..=100, 2),
        max_days_from_invoice: section.number("deferral_days_from_invoice", 0..=3650, 60),
        max_amount,
        not_after_step: step,
    };
    let mode = section.word("mode", &words(Mode::ALL, Mode::as_str));
    let one_mail = section.boolean("one_mail").unwrap_or(false);
    let wishes = read_shared(section, known);
    Some((name?, Group { wishes, deferral, mode, one_mail }))
}

/// What a record must show. Only companies have one that decides anything.
fn read_bar(section: &Section<'_>) -> RecordBar {
    let bar = RecordBar {
        days_late: section.number("if_days_late", 1..=1_000, 30),
        days_late_at_most: section.number("if_days_late_at_most", 0..=1_000, 3),
        broken_promises: section.number("if_broken_promises", 1..=RECENT_PROMISES, 2),
    };
    let kinds = section.parsed_list("if_kind", "firm", "a kind of debtor", DebtorKind::parse);
    for kind in kinds.iter().flatten().filter(|kind| **kind != DebtorKind::Firm) {
        let message = match kind {
            DebtorKind::Consumer | DebtorKind::Professional | DebtorKind::Unknown => format!(
                "A group by record is for companies only: `{kind}` is, or may be, a natural person, and the record of one \
                 decides nothing by itself (art. 22 GDPR)"
            ),
            _ => format!("A group by record is for companies only, and `{kind}` is none"),
        };
        section.wrong_key("if_kind", message, "name these customers yourself: [[customer]] with group = \"…\"");
    }
    let is_by_record = !bar.is_empty();
    for key in [
        "vip",
        "do_not_contact",
        "confidential",
        "also_supplier",
        "language",
        "register",
        "payment_day",
        "statement_day",
        "one_mail",
    ] {
        if is_by_record && section.has(key) {
            section.wrong_key(
                key,
                format!("A group by record decides on ladder, mode and deferrals only, not on `{key}`"),
                "put it into a group that customers name, or into their own entries",
            );
        }
    }
    bar
}

fn words<T: Copy>(all: &[T], written: impl Fn(T) -> &'static str) -> Vec<(&'static str, T)> {
    all.iter().map(|word| (written(*word), *word)).collect()
}
