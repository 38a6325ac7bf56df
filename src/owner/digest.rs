//! Several cases as one list, and warnings that are no case.

use super::notice::{headline, suggestions};
use super::told::told;
use super::{Recipient, one_line, phrases};
use crate::ledger::account::Account;
use crate::ledger::case::Case;
use crate::ledger::ids::OutboxId;
use crate::ledger::mail::MailPlan;
use crate::templates::{RenderFailure, Rendered};

/// The open questions of a day.
#[derive(Debug, Clone, Copy)]
pub struct Digest<'a> {
    /// In the order in which they are to be shown.
    pub items: &'a [DigestItem<'a>],
    /// Mails that wait for the owner's yes.
    pub waiting: &'a [WaitingMail<'a>],
    /// Who is told.
    pub recipient: Recipient<'a>,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct DigestItem<'a> {
    /// The question.
    pub case: &'a Case,
    /// Its account, where one is known.
    pub account: Option<&'a Account>,
    /// For so many business days the customer has been waiting for something of the firm's.
    pub our_turn: Option<u32>,
}

/// A mail that waits for the owner's yes.
#[derive(Debug, Clone, Copy)]
pub struct WaitingMail<'a> {
    /// It goes in the mail to this customer, who has the same reader.
    pub together_with: Option<&'a str>,
    /// Its number, for `approve`.
    pub id: OutboxId,
    /// Whom it would go to.
    pub account: &'a Account,
    /// What it would say.
    pub plan: &'a MailPlan,
    /// It waits since the customer is also a supplier.
    pub firm_to_supplier: bool,
}

/// Something that the owner must know and that is no case: all sending halted, the mailbox out of reach.
#[derive(Debug, Clone, Copy)]
pub struct Warning<'a> {
    /// A few words, in the owner's language.
    pub title: &'a str,
    /// What happened and what to do, in the owner's language; one paragraph each.
    pub paragraphs: &'a [String],
    /// Who is told.
    pub recipient: Recipient<'a>,
}

/// Writes the list.
///
/// # Errors
/// [`RenderFailure::Address`], as for a single notice.
pub fn digest(digest: &Digest<'_>) -> Result<Rendered, RenderFailure> {
    let words = phrases::of(digest.recipient.language);
    let labels = words.labels;
    let count = digest.items.len() + digest.waiting.len();
    let subject = match count {
        1 => labels.digest_subject.0.to_owned(),
        _ => format!("{count} {}", labels.digest_subject.1),
    };
    let intro = if digest.items.len() == 1 { labels.digest_intro.0 } else { labels.digest_intro.1 };
    let today = digest.recipient.moment.today();
    let mut parts = Vec::new();
    if !digest.items.is_empty() {
        parts.push(intro.to_owned());
    }
    for item in digest.items {
        let mut lines = vec![headline(item.case, item.account, None, words)];
        if let Some(days) = item.our_turn {
            lines.push(format!("  {} {days} {}", labels.our_turn.0, labels.our_turn.1));
        }
        if let Some(fact) = item.case.particulars.first() {
            lines.push(format!("  {}", one_line(&told(fact, words.language), 200)));
        }
        if let Some((line, meaning)) = suggestions(item.case, item.account, today, words).into_iter().next() {
            lines.push(format!("  {line}\n      {meaning}"));
        }
        parts.push(lines.join("\n"));
    }
    if !digest.waiting.is_empty() {
        let title = if digest.waiting.len() == 1 { labels.waiting.0 } else { labels.waiting.1 };
        let mut lines = vec![title.to_owned()];
        lines.extend(digest.waiting.iter().map(|mail| waiting_line(mail, labels.also_supplier)));
        parts.push(lines.join("\n"));
    }
    parts.push(labels.show_case.to_owned());
    let mut text = parts.join("\n\n");
    text.push('\n');
    digest.recipient.mail(&subject, text, None)
}

/// Whom it would go to, about what, and the command that lets it go.
fn waiting_line(mail: &WaitingMail<'_>, also_supplier: &str) -> String {
    let numbers = mail.account.names(&mail.plan.items);
    let about = one_line(&format!("{}: {}", mail.account.customer.name, numbers.join(", ")), 200);
    let why = if mail.firm_to_supplier { format!("\n  {also_supplier}") } else { String::new() };
    format!("- {about}{why}\n  sollecito approve {}", mail.id)
}

/// Writes a warning.
///
/// # Errors
/// [`RenderFailure::Address`], as for a single notice.
pub fn warning(warning: &Warning<'_>) -> Result<Rendered, RenderFailure> {
    let words = phrases::of(warning.recipient.language);
    let subject = format!("{}: {}", words.labels.warning_subject, warning.title);
    let mut text = warning.paragraphs.join("\n\n");
    text.push('\n');
    warning.recipient.mail(&subject, text, None)
}
