//! One case as a mail: the customer's own words first, then what was made of them, what is held, and what to type next.

use super::call_sheet;
use super::phrases::{self, Phrases};
use super::told::{is_item, told};
use super::{Recipient, one_line, orders};
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::event::{Order, TELEPHONED};
use crate::ledger::hold::{Hold, HoldScope};
use crate::ledger::reading::{Reading, Warning};
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Language;
use crate::templates::blocks::{brief_name_of, clean, label};
use crate::templates::parties;
use crate::templates::wording::{amount, capital, day};
use crate::templates::{RenderFailure, Rendered};
use chrono::NaiveDate;

/// How many facts of the past are told.
const RECENT: usize = 3;
/// Longest quotation, in characters.
const QUOTATION: usize = 500;

/// What a notice is made of.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The question.
    pub case: &'a Case,
    /// The account, where one is known.
    pub account: Option<&'a Account>,
    /// What was read in the mail that raised it.
    pub reading: Option<&'a Reading>,
    /// What was read in the last mail of the customer's, for who is to call.
    pub last_mail: Option<&'a Reading>,
    /// The mail that raised it as it came, to be attached.
    pub original: Option<&'a [u8]>,
    /// Who is told.
    pub recipient: Recipient<'a>,
}

/// A case in a few words.
#[must_use]
pub fn case_title(kind: CaseKind, language: Language) -> &'static str {
    phrases::of(language).title(kind)
}

/// What happened in a case and why a person must decide.
#[must_use]
pub fn case_sentence(kind: CaseKind, language: Language) -> &'static str {
    phrases::of(language).sentence(kind)
}

/// Writes the notice of one case.
///
/// # Errors
/// [`RenderFailure::Address`] when the owner's or the firm's address cannot be written to. Nothing that a customer wrote
/// can make it fail.
pub fn notice(notice: &Notice<'_>) -> Result<Rendered, RenderFailure> {
    let words = phrases::of(notice.recipient.language);
    let today = notice.recipient.moment.today();
    let (case, account) = (notice.case, notice.account);
    let mut parts: Vec<String> = Vec::new();
    // What a patient or a client of a lawyer wrote is read in the mailbox, and stands in no other mail.
    let is_confidential = account.is_some_and(|account| account.customer.is_confidential());
    let original = notice.original.filter(|_| !is_confidential);
    if is_confidential && notice.reading.is_some() {
        parts.push(words.labels.confidential.to_owned());
    } else if let Some(reading) = notice.reading {
        parts.push(quotation(reading, words));
    }
    let is_foreign_iban = notice.reading.is_some_and(|reading| reading.warnings.contains(&Warning::ForeignIban));
    if is_foreign_iban {
        // Before everything else, whatever the question is called: hours count.
        parts.push(foreign_iban(words));
        parts.extend(account.map(|account| call_sheet::phone(account, words)));
    }
    if !(is_foreign_iban && case.kind == CaseKind::BankDetailsVerification) {
        parts.push(words.sentence(case.kind).to_owned());
    }
    if let Some(reading) = notice.reading {
        parts.push(understood(reading, words, is_confidential));
    }
    let items = items_of(case, account);
    let is_quoted = is_confidential || notice.reading.is_some();
    parts.extend(facts(case, !items.is_empty(), is_quoted, words));
    if let Some(account) = account {
        if !items.is_empty() {
            let lines = items.iter().map(|item| item_line(item, account, today, words));
            parts.push(titled(words.labels.receivables, lines));
        }
        if case.kind == CaseKind::FinalNotice {
            parts.extend(to_complete(account, notice.recipient, words));
        }
        if is_for_a_call(case.kind) {
            parts.extend(call_sheet::others(case, account, today, words));
            parts.push(call_sheet::phone(account, words));
            parts.extend(call_sheet::promises(account, words));
            let last = notice.last_mail.filter(|last| notice.reading.is_none_or(|own| own.identity != last.identity));
            parts.extend(last.map(|last| call_sheet::last_words(last, is_confidential, words)));
            parts.extend(recent(account, last.is_some(), notice.recipient, words));
            if matches!(case.kind, CaseKind::Call | CaseKind::Silence) {
                parts.push(call_sheet::to_ask(words));
            }
        } else if case.kind == CaseKind::BankDetailsVerification && !is_foreign_iban {
            parts.push(call_sheet::phone(account, words));
        }
        parts.push(held(case, account, today, words));
    }
    parts.push(commands(case, account, today, words));
    if original.is_some() {
        parts.push(words.labels.attached.to_owned());
    }
    parts.push(format!("{} C{}", words.labels.case, case.id));
    let mut text = parts.join("\n\n");
    text.push('\n');
    notice.recipient.mail(&headline(case, account, notice.reading, words), text, original)
}

/// `C12 Bianchi Srl: contestazione – fattura n. 118`.
pub(super) fn headline(case: &Case, account: Option<&Account>, reading: Option<&Reading>, words: Phrases) -> String {
    let who = account
        .map(|account| clean(&account.customer.name))
        .or_else(|| reading.and_then(|reading| reading.from.as_ref().map(ToString::to_string)));
    let title = words.title(case.kind);
    let mut items = items_of(case, account);
    if case.kind == CaseKind::CreditNote {
        // The note itself stands first; what it may reduce follows in the text.
        items.truncate(1);
    }
    let about =
        if items.is_empty() { String::new() } else { format!(" – {}", brief_name_of(&items, words.language)) };
    match who {
        Some(who) => format!("C{} {}: {title}{about}", case.id, one_line(&who, 60)),
        None => format!("C{} {}{about}", case.id, capital(title)),
    }
}

/// The command lines for a case, each with what it does; closing it is always possible.
pub(super) fn suggestions(
    case: &Case,
    account: Option<&Account>,
    today: NaiveDate,
    words: Phrases,
) -> Vec<(String, String)> {
    let close = Order::CloseCase { case: case.id };
    let mut lines: Vec<(String, String)> = Vec::new();
    let is_call = matches!(case.kind, CaseKind::Call | CaseKind::Silence);
    for order in case.offered(account, today) {
        let meaning = match &order {
            Order::StepDone { .. } if is_call => words.sheet.call_done.to_owned(),
            Order::StepDone { .. } if case.kind == CaseKind::FinalNotice => words.sheet.letter_sent.to_owned(),
            Order::Paid { .. } if case.kind == CaseKind::BankDetailsVerification => {
                format!("{}: {}", words.sheet.if_arrived, words.order(&order))
            }
            order => words.order(order),
        };
        push_line(&mut lines, orders::written(&in_owners_words(&order, words), account), meaning);
    }
    // After an insoluto there is no step that could be done.
    if is_call && !case.suggestions.iter().any(|order| matches!(order, Order::StepDone { .. })) {
        let (text, meaning) = words.sheet.no_answer;
        let order = Order::Note { items: case.items.clone(), text: text.to_owned() };
        push_line(&mut lines, orders::written(&order, account), meaning.to_owned());
    }
    push_line(&mut lines, orders::written(&close, account), words.order(&close));
    lines
}

fn push_line(lines: &mut Vec<(String, String)>, line: String, meaning: String) {
    if !lines.iter().any(|(known, _)| *known == line) {
        lines.push((line, meaning));
    }
}

/// A remark that policy proposes is one that the owner would write.
fn in_owners_words(order: &Order, words: Phrases) -> Order {
    match order {
        Order::Note { items, text } if text == TELEPHONED => {
            Order::Note { items: items.clone(), text: words.sheet.telephoned.to_owned() }
        }
        _ => order.clone(),
    }
}

/// The words that decided, else the first that nobody understood.
pub(super) fn own_words(reading: &Reading) -> Option<&str> {
    reading
        .intents
        .iter()
        .map(|finding| finding.evidence.as_str())
        .chain(reading.unread.iter().map(String::as_str))
        .find(|words| !words.trim().is_empty())
}

fn quotation(reading: &Reading, words: Phrases) -> String {
    let labels = words.labels;
    let writer = match (&reading.from_name, &reading.from) {
        (Some(name), Some(address)) if !name.trim().is_empty() => format!("{} <{address}>", one_line(name, 80)),
        (_, Some(address)) => address.to_string(),
        (_, None) => labels.nobody_known.to_owned(),
    };
    let (open, close) = labels.quotes;
    let said = own_words(reading).unwrap_or(&reading.subject);
    let said = one_line(said, QUOTATION);
    format!("{writer} {} {} {}:\n{open}{said}{close}", labels.wrote, labels.on, day(reading.day, words.language))
}

/// Is it settled best by ringing the customer up?
const fn is_for_a_call(kind: CaseKind) -> bool {
    matches!(
        kind,
        CaseKind::Call
            | CaseKind::Silence
            | CaseKind::OldArrears
            | CaseKind::FinalNotice
            | CaseKind::LadderEnd
            | CaseKind::PlanMissed
    )
}

/// What the draft of the letter lacks.
fn to_complete(account: &Account, recipient: Recipient<'_>, words: Phrases) -> Option<String> {
    let missing = parties::missing(recipient.letterhead, &account.customer);
    let lines = missing.iter().map(|what| format!("- {}", what.said(words.language)));
    (!missing.is_empty()).then(|| titled(words.sheet.to_complete, lines))
}

/// What to do about an IBAN that is not ours, in order.
fn foreign_iban(words: Phrases) -> String {
    let steps = (1..).zip(words.sheet.first_call).map(|(number, step): (u32, &str)| format!("{number}. {step}"));
    format!("{}\n\n{}", words.sheet.foreign_iban, steps.collect::<Vec<_>>().join("\n"))
}

/// The facts of the case; what the list of documents says as well is not said twice.
fn facts(case: &Case, are_items_listed: bool, is_quoted: bool, words: Phrases) -> Option<String> {
    // What stands above already, or was noted before the customer was marked as confidential.
    let is_said = |fact: &str| is_quoted && fact.starts_with("Not understood: ");
    let facts = case.particulars.iter().map(String::as_str);
    let facts = facts.filter(|fact| !(is_said(fact) || are_items_listed && is_item(fact)));
    let lines: Vec<String> =
        facts.map(|fact| format!("- {}", one_line(&told(fact, words.language), QUOTATION))).collect();
    (!lines.is_empty()).then(|| titled(words.labels.facts, lines))
}

/// `silent`: none of the writer's own words.
fn understood(reading: &Reading, words: Phrases, silent: bool) -> String {
    let labels = words.labels;
    let mut lines: Vec<String> = reading
        .intents
        .iter()
        .map(|finding| {
            format!(
                "- {} ({} {}, {} {} %)",
                words.intent(finding.intent),
                labels.rule,
                one_line(finding.rule.as_str(), 80),
                labels.confidence,
                finding.confidence.as_percent()
            )
        })
        .collect();
    let quoted_already = own_words(reading);
    let (open, close) = labels.quotes;
    lines.extend(
        reading
            .unread
            .iter()
            .filter(|sentence| !silent && Some(sentence.as_str()) != quoted_already)
            .map(|sentence| format!("- {}: {open}{}{close}", labels.not_understood, one_line(sentence, QUOTATION))),
    );
    if lines.is_empty() {
        lines.push(format!("- {}", labels.not_understood));
    }
    titled(labels.understood, lines)
}

pub(super) fn items_of<'a>(case: &Case, account: Option<&'a Account>) -> Vec<&'a Receivable> {
    case.items.iter().filter_map(|id| account.and_then(|account| account.receivable(*id))).collect()
}

/// `- Fattura n. 118 del 02/09/2026, 02/10/2026: 1.220,00 € aperti, contestata`.
pub(super) fn item_line(item: &Receivable, account: &Account, today: NaiveDate, words: Phrases) -> String {
    let language = words.language;
    // Below zero what is left of a credit note.
    let open = item.open().minus(account.credit_in_doubt(item)).unwrap_or(item.open());
    let due = crate::templates::wording::Wording::of(language).due.to_lowercase();
    format!(
        "- {}, {due} {}: {} {} ({})",
        capital(&label(item, language)),
        day(item.due, language),
        amount(open, language),
        words.labels.open,
        words.status(account.status(item, today))
    )
}

fn held(case: &Case, account: &Account, today: NaiveDate, words: Phrases) -> String {
    let labels = words.labels;
    let concerns = |hold: &&Hold| {
        hold.case == Some(case.id)
            || matches!(hold.scope, HoldScope::Customer)
            || case.items.iter().any(|item| hold.covers(*item))
    };
    let lines: Vec<String> = account
        .holds_on(today)
        .into_iter()
        .filter(concerns)
        .map(|hold| {
            let about = match &hold.scope {
                HoldScope::Customer => labels.all_of_customer.to_owned(),
                HoldScope::Items(items) => {
                    let items: Vec<&Receivable> = items.iter().filter_map(|id| account.receivable(*id)).collect();
                    brief_name_of(&items, words.language)
                }
            };
            let end = match hold.until {
                Some(until) => format!("{} {}", labels.until, day(until, words.language)),
                None => labels.until_lifted.to_owned(),
            };
            format!("- {about}: {}, {end}", words.hold(hold.kind))
        })
        .collect();
    if lines.is_empty() { labels.nothing_held.to_owned() } else { titled(labels.held, lines) }
}

/// What one should know before calling: the last mails on both sides and the last remarks.
fn recent(account: &Account, is_quoted: bool, recipient: Recipient<'_>, words: Phrases) -> Option<String> {
    let labels = words.labels;
    let on = |instant| day(recipient.moment.day_of(instant), words.language);
    let sent = account.sent.iter().rev().take(RECENT).rev();
    let mut lines: Vec<String> =
        sent.map(|mail| format!("- {} {} {}", labels.we_wrote, labels.on, on(mail.at))).collect();
    // Their last mail stands above in their own words.
    if let Some(at) = account.customer_wrote.filter(|_| !is_quoted) {
        lines.push(format!("- {} {} {}", labels.they_wrote, labels.on, on(at)));
    }
    let notes = account.notes.iter().rev().take(RECENT).rev();
    lines.extend(notes.map(|note| format!("- {}: {}", labels.note, one_line(note, QUOTATION))));
    (!lines.is_empty()).then(|| titled(labels.recent, lines))
}

fn commands(case: &Case, account: Option<&Account>, today: NaiveDate, words: Phrases) -> String {
    let lines = suggestions(case, account, today, words)
        .into_iter()
        .map(|(line, meaning)| format!("  {line}\n      {meaning}"));
    let is_call = matches!(case.kind, CaseKind::Call | CaseKind::Silence);
    titled(if is_call { words.sheet.after_call } else { words.labels.what_next }, lines)
}

pub(super) fn titled(title: &str, lines: impl IntoIterator<Item = String>) -> String {
    let lines: Vec<String> = lines.into_iter().collect();
    format!("{title}:\n{}", lines.join("\n"))
}
