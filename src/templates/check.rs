//! Checking the texts before any of them is needed: names of files, names of fields, and a trial with a sample letter.

use super::fields;
use super::ids::MailIds;
use super::letter::Letter;
use super::letterhead::Letterhead;
use super::shelf::{self, Shelf, TemplateKey, TemplateSource};
use crate::ledger::account::Account;
use crate::ledger::bank_account::BankAccount;
use crate::ledger::credit::Credit;
use crate::ledger::customer::{Contact, ContactRole, Customer};
use crate::ledger::exchange::Exchange;
use crate::ledger::ids::{Address, BankAccountId, CustomerId, ReceivableId, RfcId, TemplateId};
use crate::ledger::instalments::PlanPart;
use crate::ledger::interest::{Claims, LatePayment};
use crate::ledger::mail::{BusinessKey, MailPlan, Particulars, Season};
use crate::ledger::moment::Moment;
use crate::ledger::money::{Currency, Money};
use crate::ledger::problem::{Problem, nearest};
use crate::ledger::rates::{RateTable, YearlyRate};
use crate::ledger::receivable::{Collection, Receivable, ReceivableKey, ReceivableKind};
use crate::ledger::words::{DebtorKind, Language, Purpose, Register};
use chrono::{DateTime, NaiveDate};
use std::ops::Range;

/// What a file name says.
pub(super) enum Named {
    /// The frame of the HTML part.
    Layout,
    /// A text.
    Text(TemplateKey),
    /// A text's own HTML, in the place of the one made from the text.
    Page(TemplateKey),
}

/// Reads `it/reminder_friendly.formal.txt.hbs` or `layout.html.hbs` from the end of a path.
pub(super) fn name(source: &TemplateSource) -> Result<Named, Problem> {
    let mut parts = source.file.rsplit(['/', '\\']);
    let (file, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if file == "layout.html.hbs" {
        return Ok(Named::Layout);
    }
    let problem = |message: String| Problem::of_file(&source.file, message);
    let (stem, is_page) = match file.strip_suffix(".html.hbs") {
        Some(stem) => (Some(stem), true),
        None => (file.strip_suffix(".txt.hbs"), false),
    };
    let Some((id, register)) = stem.and_then(|stem| stem.rsplit_once('.')) else {
        return Err(problem("The file name is not that of a template".to_owned())
            .remedy("name it `it/reminder_friendly.formal.txt.hbs`: language, name, register"));
    };
    let Some(language) = Language::parse(folder) else {
        let known = Language::ALL.iter().map(|l| l.as_str()).collect::<Vec<_>>().join(", ");
        return Err(problem(format!("Unknown language `{folder}`")).remedy(format!("put it in one of: {known}")));
    };
    let Some(register) = Register::parse(register) else {
        let near = nearest(register, Register::ALL.iter().map(|r| r.as_str())).unwrap_or("formal");
        return Err(problem(format!("Unknown register `{register}`")).remedy(format!("did you mean `{near}`?")));
    };
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return Err(problem(format!("`{id}` cannot be the name of a template"))
            .remedy("use small letters, digits and underscores"));
    }
    let key = TemplateKey { language, id: TemplateId::new(id), register };
    Ok(if is_page { Named::Page(key) } else { Named::Text(key) })
}

/// A text that cannot be parsed.
pub(super) fn parse_problem(source: &TemplateSource, error: &handlebars::TemplateError) -> Problem {
    if let Some(open) = unclosed(&source.text) {
        return Problem::at(&source.file, &source.text, open, "This block is not closed")
            .remedy("end it with `{{/if}}` or `{{/unless}}`");
    }
    let message = match error.reason() {
        handlebars::TemplateErrorReason::InvalidSyntax(_) => "The template cannot be read from here on".to_owned(),
        reason => format!("The template cannot be read: {}", first_line(&reason.to_string())),
    };
    match error.pos() {
        Some((line, column)) => Problem::at(&source.file, &source.text, place(&source.text, line, column), message)
            .remedy("every `{{` needs its `}}`, every `{{#if` its `{{/if}}`"),
        None => Problem::of_file(&source.file, message),
    }
}

/// The first block that nothing closes.
fn unclosed(text: &str) -> Option<Range<usize>> {
    let mut open = Vec::new();
    for tag in tags(text) {
        let inside = text.get(tag.clone()).unwrap_or_default().trim_start_matches('~');
        if inside.starts_with('#') {
            open.push(tag);
        } else if inside.starts_with('/') {
            open.pop();
        }
    }
    open.into_iter().next()
}

/// A name that differs by a slip from one that is asked for: it would never be used, and nobody would notice.
pub(super) fn near_miss(key: &TemplateKey, source: &TemplateSource) -> Option<Problem> {
    let id = key.id.as_str();
    if shelf::texts_of(key.language).any(|known| known == id) {
        return None;
    }
    let near = shelf::texts_of(key.language).find(|known| strsim::damerau_levenshtein(known, id) <= 2)?;
    let problem = Problem::of_file(&source.file, format!("No mail asks for a template `{id}`"));
    Some(problem.remedy(format!("did you mean `{near}`?")))
}

/// The layout, tried with a word in the place of the letter.
pub(super) fn layout(shelf: &Shelf, source: Option<&TemplateSource>) -> Option<Problem> {
    const LETTER: &str = "<p>trial</p>";
    let Some(source) = source else {
        return Some(Problem::of_file(shelf::LAYOUT, "There is no layout for the HTML part"));
    };
    if !shelf.has_layout() {
        return None; // It could not be read, which is told already.
    }
    match shelf.frame(LETTER, Language::Italian, "trial") {
        Ok(page) if page.contains(LETTER) => None,
        Ok(_) => Some(
            Problem::of_file(&source.file, "The layout does not show the letter")
                .remedy("write `{{{content}}}` where the letter belongs"),
        ),
        Err(failure) => Some(
            Problem::of_file(&source.file, failure.to_string()).remedy("the fields are: content, subject, language"),
        ),
    }
}

/// Everything wrong in a text that can be parsed.
pub(super) fn text(shelf: &Shelf, key: &TemplateKey, source: &TemplateSource, is_page: bool) -> Vec<Problem> {
    let mut problems = unknown_fields(source);
    if !problems.is_empty() {
        return problems;
    }
    // Seen with one invoice and with several, with claims beside the capital and without: each takes other ways.
    for (count, claims) in [(1, true), (3, true), (1, false)] {
        let Some(sample) = Sample::new(key, count, claims) else { continue };
        let letter = sample.letter();
        let facts = super::blocks::Blocks::of(&letter).map(|parts| fields::of(&letter, &parts));
        let tried = facts.map(|facts| shelf.try_text(&source.file, &facts, is_page));
        let problem = match tried {
            Ok(Ok(text)) if is_page || begins_with_subject(&text) => continue,
            Ok(Ok(_)) => Problem::at(&source.file, &source.text, 0..1, "The subject and an empty line must come first")
                .remedy("write the subject as the first line, leave the second empty, begin the text on the third"),
            Ok(Err(error)) => {
                let message = format!("The template cannot be used: {}", shelf::reason(&error));
                match (error.line_no, error.column_no) {
                    (Some(line), Some(column)) => {
                        Problem::at(&source.file, &source.text, place(&source.text, line, column), message)
                    }
                    _ => Problem::of_file(&source.file, message),
                }
            }
            Err(failure) => Problem::of_file(&source.file, failure.to_string()),
        };
        problems.push(problem);
        break;
    }
    problems
}

/// Names inside `{{…}}` that no letter has. Also those that are only asked for by `{{#if}}`, which a trial would not find.
fn unknown_fields(source: &TemplateSource) -> Vec<Problem> {
    let known = fields::known();
    let mut problems = Vec::new();
    for tag in tags(&source.text) {
        for word in words(&source.text, tag) {
            let name = source.text.get(word.clone()).unwrap_or_default();
            if !known.iter().any(|field| field == name) {
                let problem = Problem::at(&source.file, &source.text, word, format!("There is no field `{name}`"));
                problems.push(match nearest(name, known.iter().map(String::as_str)) {
                    Some(near) => problem.remedy(format!("did you mean `{{{{{near}}}}}`?")),
                    None => {
                        let whole = known.iter().filter(|field| !field.contains('.')).map(String::as_str);
                        problem.remedy(format!("the fields are: {}", whole.collect::<Vec<_>>().join(", ")))
                    }
                });
            }
        }
    }
    problems
}

/// The insides of `{{…}}`, without comments.
fn tags(text: &str) -> Vec<Range<usize>> {
    let mut tags = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("{{")).map(|at| from + at + 2) {
        let rest = text.get(start..).unwrap_or_default();
        let comment = rest.trim_start_matches(['{', '~']).starts_with('!');
        let end_mark = if rest.starts_with("!--") { "--}}" } else { "}}" };
        let end = rest.find(end_mark).map_or(text.len(), |at| start + at);
        if !comment {
            tags.push(start..end);
        }
        from = end + 2;
        if from >= text.len() {
            break;
        }
    }
    tags
}

/// The field names inside a tag.
fn words(text: &str, tag: Range<usize>) -> Vec<Range<usize>> {
    let inside = text.get(tag.clone()).unwrap_or_default();
    let mut found = Vec::new();
    let mut quoted = false;
    let mut start = None;
    for (index, letter) in inside.char_indices().chain([(inside.len(), ' ')]) {
        let of_word = !quoted && (letter.is_alphanumeric() || "_.@#/^&>*$".contains(letter));
        match (of_word, start) {
            (true, None) => start = Some(index),
            (false, Some(begin)) => {
                let word = inside.get(begin..index).unwrap_or_default();
                if !is_syntax(word) {
                    found.push(tag.start + begin..tag.start + index);
                }
                start = None;
            }
            _ => {}
        }
        if letter == '"' {
            quoted = !quoted;
        }
    }
    found
}

fn is_syntax(word: &str) -> bool {
    const WORDS: [&str; 9] = ["else", "if", "unless", "one", "capital", "not", "and", "or", "eq"];
    let first = word.chars().next().unwrap_or(' ');
    // The prelude's own comparisons and literals are left to the trial.
    WORDS.contains(&word)
        || "#/^&>*@".contains(first)
        || first.is_ascii_digit()
        || matches!(word, "true" | "false" | "gt" | "lt")
}

fn begins_with_subject(text: &str) -> bool {
    let mut lines = text.trim_start().lines();
    lines.next().is_some_and(|line| !line.trim().is_empty()) && lines.next().is_some_and(|line| line.trim().is_empty())
}

/// The byte range of one letter at a line and column (both from 1).
fn place(text: &str, line: usize, column: usize) -> Range<usize> {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(before..).unwrap_or_default();
    let within: usize = rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
    before + within..before + within + 1
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A letter with every fact there is, to try texts with. Nobody in it exists.
struct Sample {
    plan: MailPlan,
    account: Account,
    letterhead: Letterhead,
    ids: MailIds,
    moment: Moment,
}

impl Sample {
    /// `None` never happens: the two addresses are good ones.
    fn new(key: &TemplateKey, count: u16, claims: bool) -> Option<Self> {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap_or_default();
        let customer = CustomerId(1);
        let address = Address::parse("anna.rossi@bianchi.example")?;
        let mut account = Account::new(Customer {
            id: customer,
            external_id: None,
            name: "Bianchi Srl".to_owned(),
            vat_number: None,
            tax_code: None,
            kind: DebtorKind::Firm,
            language: key.language,
            register: key.register,
            country: Some("IT".to_owned()),
            contacts: vec![sample_contact(address.clone())],
            vip: false,
            do_not_contact: false,
            phone: None,
            payment_day: None,
            arranged: crate::ledger::arranged::Arranged::default(),
        });
        let main = BankAccountId::new("main");
        account.receivables =
            (1..=count).map(|n| sample_receivable(customer, &main, n, day(9, 2), day(10, 2))).collect();
        let parts = vec![PlanPart { by: day(12, 31), amount: Money::eur(61_000) }; 2];
        let names_parts = matches!(key.id.as_str(), "plan_agreed" | "plan_proposed");
        let particulars = Particulars {
            named_day: Some(day(11, 16)),
            asked_day: Some(day(12, 31)),
            deadline: Some(day(11, 6)),
            deadline_days: Some(15),
            amount: Some(Money::eur(122_000)),
            earlier_reminders: vec![day(10, 12), day(10, 20)],
            payments_known_up_to: Some(day(10, 9)),
            upcoming: Vec::new(),
            asked_before: Vec::new(),
            season: Some(Season::YearEnd),
            // Both with and without what is to come of instalments, where that makes a difference.
            parts: if claims || names_parts { parts } else { Vec::new() },
            claims: Claims { interest: claims, compensation: account.receivables.iter().map(|r| r.id).collect() },
        };
        let is_courtesy = matches!(key.id.as_str(), "courtesy_note" | "receipt_check");
        let instant = DateTime::from_timestamp(1_792_000_000, 0).unwrap_or_default();
        let plan = MailPlan {
            key: BusinessKey::Reminder(customer, day(10, 14)),
            purpose: match key.id.as_str() {
                _ if is_courtesy => Purpose::Courtesy,
                "monthly_statement" => Purpose::MonthlyStatement,
                _ => Purpose::Reminder,
            },
            template: key.id.clone(),
            customer: Some(customer),
            items: account.receivables.iter().map(|r| r.id).collect(),
            steps: Vec::new(),
            to: vec![address],
            cc: Vec::new(),
            not_before: instant,
            answers: None,
            attach_documents: Vec::new(),
            particulars,
            needs_approval: false,
            because: "A trial".to_owned(),
        };
        Some(Self {
            plan,
            account,
            letterhead: Letterhead {
                late_payment: sample_claims(claims),
                ..sample_letterhead(main, Address::parse("carlo@ferri.example")?, key.language)
            },
            ids: MailIds { rfc_id: RfcId::of_own_making("trial", "ferri.example"), reference: "trial".to_owned() },
            moment: Moment::new(instant, chrono_tz::Europe::Rome),
        })
    }

    fn letter(&self) -> Letter<'_> {
        Letter {
            plan: &self.plan,
            account: &self.account,
            letterhead: &self.letterhead,
            beside: &[],
            moment: self.moment,
            ids: &self.ids,
            documents: &[],
            automatic: true,
        }
    }
}

fn sample_claims(wanted: bool) -> LatePayment {
    let half_year = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap_or_default();
    let rates = RateTable::new([(half_year, YearlyRate(1_040))]).unwrap_or_default();
    LatePayment { interest: wanted, compensation: wanted, rates }
}

fn sample_contact(address: Address) -> Contact {
    Contact { address, name: Some("Anna Rossi".to_owned()), role: ContactRole::Primary, bounced: false }
}

fn sample_letterhead(main: BankAccountId, address: Address, language: Language) -> Letterhead {
    Letterhead {
        firm: "Ferri Impianti".to_owned(),
        person: "Carlo Ferri".to_owned(),
        phone: "010 1234567".to_owned(),
        address,
        lines: vec!["Via Roma 1, 16121 Genova".to_owned()],
        language,
        bank_accounts: vec![BankAccount {
            id: main,
            currency: Currency::EUR,
            iban: "IT60X0542811101000000123456".to_owned(),
            bic: None,
            holder: "Ferri Impianti".to_owned(),
        }],
        late_payment: LatePayment::default(),
        vat_number: Some("IT01234567897".to_owned()),
    }
}

fn sample_receivable(
    customer: CustomerId,
    main: &BankAccountId,
    n: u16,
    issued: NaiveDate,
    due: NaiveDate,
) -> Receivable {
    Receivable {
        id: ReceivableId(i64::from(n)),
        customer,
        key: ReceivableKey {
            issuer: "Ferri Impianti".to_owned(),
            number: format!("{}", 117 + n),
            issued,
            instalment: 0,
        },
        kind: ReceivableKind::Invoice,
        due,
        amount: Money::eur(122_000),
        credited: Money::eur(0),
        payments: Vec::new(),
        description: None,
        contract: Some("4500012".to_owned()),
        bank_account: Some(main.clone()),
        collection: Collection::Own,
        closure: None,
        missing_since: None,
        known_since: issued,
        payments_known_up_to: None,
        released: true,
        cycle: 0,
        credit: Credit::default(),
        terms: None,
        tolerated_until: None,
        came_back: None,
        exchange: Exchange {
            cig: Some("Z1A2B3C4D5".to_owned()),
            cup: Some("B11D21000320001".to_owned()),
            sdi_id: Some("8123456789".to_owned()),
            delivered: Some(issued),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_names_every_field() {
        let manual = include_str!("../../templates/README.md");
        for field in fields::known() {
            // Of a day the manual shows one form and tells the others.
            let named = match field.split_once('.') {
                Some((_, form)) => {
                    manual.contains(&format!("`{form}`")) || manual.contains(&format!("{{{{{field}}}}}"))
                }
                None => manual.contains(&format!("{{{{{field}")) || manual.contains(&format!("`{field}`")),
            };
            assert!(named, "{field}");
        }
    }

    #[test]
    fn odd_texts_do_no_harm() {
        for text in [
            "",
            "{{",
            "{{{",
            "{{!",
            "{{!--",
            "}}",
            "{{#if",
            "{{#if x}}",
            "{{/if}}",
            "{{\"",
            "è{{è}}è",
            "{{~}}",
            "{{&}}",
        ] {
            let source = TemplateSource { file: "it/x.formal.txt.hbs".to_owned(), text: text.to_owned() };
            let shipped = super::super::sources_shipped();
            assert!(Shelf::build(&shipped, &[source]).is_err(), "{text:?}");
        }
    }
}
