//! Why: every decision about an invoice or a message, and why nothing goes out today.

use super::View;
use super::plan::question_in_words;
use super::table::{WIDTH, wrap};
use super::unsent::{self, Unsent};
use crate::ledger::account::Account;
use crate::ledger::change::{Cause, Change};
use crate::ledger::ids::{MessageIdentity, ReceivableId};
use crate::ledger::mail::{BusinessKey, OutboxState};
use crate::ledger::words::{Mode, Purpose};
use crate::policy::{self, ItemOutlook, Rehearsal, Scope};
use crate::store::{JournalRow, OutboxFilter, StoreError, StoredMessage};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::fmt::Write as _;

/// How far ahead it is looked for what comes next.
const LOOK_AHEAD_DAYS: u64 = 120;

/// The story of an invoice, a customer or a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhyReport {
    /// What it is about.
    pub about: String,
    /// What was understood, when it is a message.
    pub understood: Vec<String>,
    /// What happened, oldest first.
    pub history: Vec<WhyLine>,
    /// Why nothing goes out now, invoice by invoice.
    pub silence: Vec<Silence>,
    /// Mails, or answers to this message, that have not left, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsent: Vec<Unsent>,
    /// How it stands with the list of the month, where one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

/// One entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhyLine {
    /// When.
    pub at: DateTime<Utc>,
    /// What changed, as a word.
    pub what: String,
    /// Why: the sentence.
    pub because: String,
    /// What led to it.
    pub cause: String,
    /// The customer's own words, when they decided.
    pub words: Option<String>,
    /// The owner took back the order that it came from: it counts no longer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub taken_back: bool,
}

/// Why nothing goes out about one receivable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Silence {
    /// Which.
    pub invoice: String,
    /// Every reason.
    pub reasons: Vec<String>,
    /// Steps that are passed over, and why.
    pub passed_over: Vec<String>,
    /// What comes next, when nothing changes: as `plan` sees it.
    pub next: Option<String>,
}

/// The story of an account, or of some of its receivables.
///
/// # Errors
/// When the database cannot be read.
pub fn why_account(view: &View<'_>, account: &Account, items: &[ReceivableId]) -> Result<WhyReport, StoreError> {
    let concerned = |id: ReceivableId| items.is_empty() || items.contains(&id);
    let journal = view.look.journal(Some(account.customer.id))?;
    let mut rows: Vec<&JournalRow> = journal.iter().collect();
    rows.retain(|row| items.is_empty() || concerns(&row.entry.change, account, &concerned));
    let rows = without_daily_news(rows);
    let history = with_what_was_taken_back(view, account, &rows)?;
    let world = view.world()?;
    let outlook = policy::outlook(account, &world);
    let statement = policy::statement_outlook(account, &world);
    let refused = refused_today(view, account)?;
    let halted = view.look.halted()?.map(|halt| format!("All sending is halted: {}", halt.why));
    let last = view.moment.today().checked_add_days(chrono::Days::new(LOOK_AHEAD_DAYS));
    let ahead = policy::rehearse(account, &world, last.unwrap_or(NaiveDate::MAX), Scope::Everything);
    let mut courtesies = policy::courtesy_outlook(account, &world);
    courtesies.retain(|seen| concerned(seen.receivable));
    let mut silence = Vec::new();
    for item in outlook.iter().filter(|item| concerned(item.receivable)) {
        let Some(receivable) = account.receivable(item.receivable) else { continue };
        let own = if item.silence.is_empty() { &refused } else { &None };
        let before_due = courtesies.iter().filter(|seen| seen.receivable == item.receivable && !seen.is_planned);
        let before_due = before_due.flat_map(|seen| &seen.sentences);
        silence.push(Silence {
            invoice: receivable.key.name().into_owned(),
            reasons: halted.iter().chain(&item.silence).chain(own).cloned().collect(),
            passed_over: item.passed_over.iter().chain(before_due).cloned().collect(),
            next: next(view, account, item, &ahead),
        });
    }
    for seen in courtesies.into_iter().filter(|seen| seen.is_planned) {
        let Some(receivable) = account.receivable(seen.receivable) else { continue };
        let planned = format!("It is only planned, to be issued on {}: nothing is owed", receivable.key.issued);
        silence.push(Silence {
            invoice: receivable.key.name().into_owned(),
            reasons: halted.iter().cloned().chain(std::iter::once(planned)).collect(),
            passed_over: seen.sentences,
            next: ahead_of(view, account, seen.receivable, &ahead),
        });
    }
    let numbers = account.names(items);
    let about = if numbers.is_empty() {
        account.customer.name.clone()
    } else {
        format!("{} ({})", numbers.join(", "), account.customer.name)
    };
    let unsent = unsent::of_account(view, account, &concerned)?;
    Ok(WhyReport { about, understood: Vec::new(), history, silence, unsent, statement })
}

/// Of a row of days on which nothing but "payments are known up to" was learnt the last one tells all.
fn without_daily_news(rows: Vec<&JournalRow>) -> Vec<&JournalRow> {
    let is_news = |row: &JournalRow| row.undone.is_none() && matches!(row.entry.change, Change::PaymentsKnown { .. });
    let mut told: Vec<&JournalRow> = Vec::new();
    for row in rows {
        if is_news(row) && told.last().is_some_and(|last| is_news(last)) {
            told.pop();
        }
        told.push(row);
    }
    told
}

/// What comes next: a mail or a question as rehearsed; else what the ladder waits for.
fn next(view: &View<'_>, account: &Account, item: &ItemOutlook, ahead: &Rehearsal) -> Option<String> {
    let waits = |step| {
        if item.is_kept {
            format!("{step}, once what holds it is lifted")
        } else {
            format!("{step}, as soon as nothing stands in the way")
        }
    };
    ahead_of(view, account, item.receivable, ahead).or_else(|| item.next_step.as_ref().map(|(step, _)| waits(step)))
}

fn ahead_of(view: &View<'_>, account: &Account, item: ReceivableId, ahead: &Rehearsal) -> Option<String> {
    let mail = ahead.mails.iter().find(|mail| mail.plan.items.contains(&item));
    let question = ahead.questions.iter().find(|question| question.items.contains(&item));
    let mail = mail.map(|mail| (view.moment.day_of(mail.plan.not_before), mail));
    if let Some(question) = question.filter(|question| mail.is_none_or(|(day, _)| question.on <= day)) {
        return Some(format!("you are asked on {}: {}", question.on, question_in_words(question.kind)));
    }
    let (day, mail) = mail?;
    let step = mail.plan.steps.iter().find(|step| step.receivable == item).map(|step| step.step.as_str());
    let name = step.unwrap_or(mail.plan.template.as_str());
    let only = match view.policy.mode_for(account, mail.plan.purpose) {
        Mode::Observe if mail.plan.purpose == Purpose::Reminder => ", if reminders were not only observed",
        _ if mail.plan.needs_approval => ", once you say yes to it",
        _ => "",
    };
    Some(format!("{name} on {day}{only}"))
}

/// The entries in their order, and between them when the owner took one of their orders back.
fn with_what_was_taken_back(
    view: &View<'_>,
    account: &Account,
    rows: &[&JournalRow],
) -> Result<Vec<WhyLine>, StoreError> {
    let mut lines = Vec::new();
    for row in rows {
        lines.push((row.seq, with_others(view, row, line_of(row))?));
    }
    for (seq, at, command) in view.look.taken_back(account.customer.id)? {
        if rows.iter().any(|row| row.entry.cause == Cause::Owner { command }) {
            let because = format!("The owner took order {command} back: it counts no longer");
            let cause = format!("your undo of order {command}");
            let what = "order taken back".to_owned();
            lines.push((seq, WhyLine { at, what, because, cause, words: None, taken_back: false }));
        }
    }
    lines.sort_by_key(|(seq, _)| *seq);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// A mail that spoke for others too says so.
fn with_others(view: &View<'_>, row: &JournalRow, mut line: WhyLine) -> Result<WhyLine, StoreError> {
    let Change::MailSent { outbox, .. } = &row.entry.change else { return Ok(line) };
    let together = view.look.in_one_mail(*outbox)?;
    if let Some((carrier, others)) = together.split_first().filter(|(_, others)| !others.is_empty()) {
        let count = others.len();
        let word = if count == 1 { "customer" } else { "customers" };
        line.because
            .push_str(&format!("; in one mail with {count} other {word} of the same reader (mail {})", carrier.row.id));
    }
    Ok(line)
}

/// One reminder a customer and day, also when the owner deleted the draft of today: nothing is put in its place at once.
fn refused_today(view: &View<'_>, account: &Account) -> Result<Option<String>, StoreError> {
    let today = view.moment.today();
    let of_today = OutboxFilter {
        customer: Some(account.customer.id),
        planned_from: Some(view.moment.dawn(today)),
        states: vec![OutboxState::Discarded],
        ..OutboxFilter::default()
    };
    let key = BusinessKey::Reminder(account.customer.id, today);
    let is_refused = view.look.outbox(&of_today)?.iter().any(|row| row.row.plan.key == key);
    Ok(is_refused.then(|| "You deleted today's draft; another is planned tomorrow at the earliest".to_owned()))
}

/// The story of a message.
///
/// # Errors
/// When the database cannot be read.
pub fn why_message(view: &View<'_>, message: &StoredMessage) -> Result<WhyReport, StoreError> {
    let journal = view.look.journal_of_message(message.identity)?;
    let mut understood = Vec::new();
    if let Some(reading) = &message.reading {
        understood.push(format!(
            "{} from {}",
            reading.kind,
            message.from.as_ref().map_or("nobody", |from| from.as_str())
        ));
        for found in &reading.intents {
            let percent = found.confidence.as_percent();
            understood.push(format!("{} ({percent} %) by rule {}: «{}»", found.intent, found.rule, found.evidence));
        }
        if reading.intents.is_empty() {
            understood.push("No rule understood what it wants".to_owned());
        }
        understood.push(format!("the sender is {}", reading.authenticity));
    }
    if let Some(verdict) = &message.verdict {
        understood.push(format!("{}: {}", verdict.disposition, verdict.reason));
    }
    let about = format!("message {}", message.identity.short());
    let history = journal.iter().map(line_of).collect();
    let unsent = unsent::answers_to(view, message.identity)?;
    Ok(WhyReport { about, understood, history, silence: Vec::new(), unsent, statement: None })
}

fn line_of(row: &JournalRow) -> WhyLine {
    let (cause, words) = describe(&row.entry.cause);
    WhyLine {
        at: row.at,
        what: name_of(&row.entry.change),
        because: row.entry.because.clone(),
        cause,
        words,
        taken_back: row.undone.is_some(),
    }
}

/// The change's word, as in the journal.
fn name_of(change: &Change) -> String {
    // A set-off is recorded like a payment, and is none.
    if matches!(change, Change::PaymentRecorded { payment, .. } if payment.set_off.is_some()) {
        return "set off recorded".to_owned();
    }
    serde_json::to_value(change)
        .ok()
        .and_then(|value| value.get("change").and_then(|word| word.as_str().map(ToOwned::to_owned)))
        .unwrap_or_default()
        .replace('_', " ")
}

fn describe(cause: &Cause) -> (String, Option<String>) {
    match cause {
        Cause::Message { identity, rule, sentence } => {
            let rule = rule.as_ref().map(|rule| format!(", rule {rule}")).unwrap_or_default();
            (format!("message {}{rule}", identity.short()), sentence.clone())
        }
        Cause::OwnMail { identity } => (format!("your own mail {}", identity.short()), None),
        Cause::Clock => ("the calendar".to_owned(), None),
        Cause::Owner { command } => (format!("your order {command}"), None),
        Cause::Import => ("an import".to_owned(), None),
        Cause::Files => ("customers.toml".to_owned(), None),
        Cause::Delivery { outbox } => (format!("mail {outbox} of the outbox"), None),
    }
}

fn concerns(change: &Change, account: &Account, concerned: &dyn Fn(ReceivableId) -> bool) -> bool {
    let any = |items: &[ReceivableId]| items.is_empty() || items.iter().any(|id| concerned(*id));
    match change {
        Change::ReceivableSet { receivable } => concerned(receivable.id),
        Change::ReceivableMissing { receivable, .. }
        | Change::ReceivableFound { receivable }
        | Change::PaymentRecorded { receivable, .. }
        | Change::Closed { receivable, .. }
        | Change::Released { receivable }
        | Change::CycleBegun { receivable } => concerned(*receivable),
        Change::CreditLinked { receivable, applied } => concerned(*receivable) || concerned(applied.note),
        Change::CreditDecided { note } => concerned(*note),
        Change::CameBack { receivable, .. } => concerned(*receivable),
        Change::HoldPlaced { hold } => match &hold.scope {
            crate::ledger::hold::HoldScope::Customer => true,
            crate::ledger::hold::HoldScope::Items(items) => any(items),
        },
        Change::HoldEnded { hold, .. } => account
            .holds
            .iter()
            .find(|known| known.id == *hold)
            .is_some_and(|known| account.receivables.iter().any(|r| concerned(r.id) && known.covers(r.id))),
        Change::StepTaken(taken) => concerned(taken.step.receivable),
        Change::StepDeclined { step, .. } => concerned(step.receivable),
        Change::Understood { items, .. } | Change::MailSent { items, .. } | Change::Noted { items, .. } => any(items),
        Change::CaseOpened { case } => any(&case.items),
        Change::CaseClosed { case, .. } => {
            account.cases.iter().find(|known| known.id == *case).is_some_and(|known| any(&known.items))
        }
        Change::CustomerSet { .. }
        | Change::PaymentsKnown { .. }
        | Change::CustomerWrote { .. }
        | Change::OwnerWrote { .. }
        | Change::ContactBounced { .. }
        | Change::ContactRestored { .. } => true,
    }
}

impl WhyReport {
    /// As text.
    #[must_use]
    pub fn to_text(&self, view: &View<'_>) -> String {
        let mut text = format!("{}\n", self.about);
        for line in &self.understood {
            text.push_str(&wrap(line, "  ", WIDTH));
        }
        for line in &self.history {
            let at = line.at.with_timezone(&view.moment.zone).format("%Y-%m-%d %H:%M");
            let _ = writeln!(text, "\n{at}  {}", line.what);
            text.push_str(&wrap(&line.because, "    ", WIDTH));
            if let Some(words) = &line.words {
                text.push_str(&wrap(&format!("«{words}»"), "    ", WIDTH));
            }
            let taken_back = if line.taken_back { "; taken back" } else { "" };
            text.push_str(&wrap(&format!("({}{taken_back})", line.cause), "    ", WIDTH));
        }
        for silence in &self.silence {
            let _ = writeln!(text, "\n{}: why nothing goes out now", silence.invoice);
            for reason in &silence.reasons {
                text.push_str(&wrap(&format!("- {reason}"), "  ", WIDTH));
            }
            if silence.reasons.is_empty() {
                text.push_str("  - nothing stands in the way\n");
            }
            for step in &silence.passed_over {
                text.push_str(&wrap(step, "  ", WIDTH));
            }
            if let Some(next) = &silence.next {
                text.push_str(&wrap(&format!("next, if nothing changes: {next}"), "  ", WIDTH));
            }
        }
        if !self.unsent.is_empty() {
            text.push_str("\nMails that have not left\n");
            for mail in &self.unsent {
                text.push_str(&wrap(&format!("- {}", mail.sentence()), "  ", WIDTH));
            }
        }
        if let Some(statement) = &self.statement {
            text.push_str("\nThe list of the month\n");
            text.push_str(&wrap(&format!("- {statement}"), "  ", WIDTH));
        }
        text
    }
}

/// Reads what a person types for a message: its Message-ID, or the beginning of its identity.
#[must_use]
pub fn is_message_name(text: &str) -> bool {
    text.contains('@') && text.contains('<')
        || MessageIdentity::parse(text).is_some()
        || (text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
