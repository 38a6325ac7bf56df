//! Mails of the owner's in Sent: what they do, told by the same phrases files.

use super::beside;
use super::compile::{Compiled, Phrase};
use super::intents::scan;
use super::sentences::sentences;
use crate::ledger::reading::OwnMailKind;

/// A reminder says so in its subject or its text; an invoice is sent where nothing is asked for.
pub(super) fn kind(compiled: &Compiled, subject: &str, text: &str) -> OwnMailKind {
    let has = |words: &str, phrase: Phrase| {
        scan(compiled, sentences(words), None).iter().any(|scanned| scanned.phrases(phrase).next().is_some())
    };
    // The subject of an answer is what was answered: a reminder, or the mail with the invoice.
    let subject = if beside::is_answer(subject) { "" } else { subject };
    if has(subject, Phrase::OwnReminder) || has(text, Phrase::OwnReminder) {
        OwnMailKind::Reminder
    } else if has(subject, Phrase::OwnInvoice) || has(text, Phrase::OwnInvoice) {
        OwnMailKind::Invoice
    } else {
        OwnMailKind::Other
    }
}
