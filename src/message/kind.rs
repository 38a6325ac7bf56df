//! What sort of mail it is, told by envelope and structure.

use super::bounce::{self, Status};
use super::parse::Mail;
use super::pattern::Pattern;
use super::pec::{self, Receipt};
use super::{automatic, notification, sdi, tickets};
use crate::ledger::ids::Address;
use crate::ledger::reading::BounceFinding;
use crate::ledger::words::{Authenticity, MessageKind};

/// A kind, why, and for bounces what failed.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) kind: MessageKind,
    pub(super) evidence: String,
    pub(super) bounce: Option<BounceFinding>,
}

/// What is known of a mail when its kind is asked for.
pub(super) struct Seen<'a> {
    /// The mail; of an opened envelope the inner one.
    pub(super) mail: &'a Mail,
    /// Everything that it shows.
    pub(super) shown: &'a str,
    /// The new words.
    pub(super) new: &'a str,
    pub(super) authenticity: Authenticity,
    pub(super) own: &'a [Address],
}

impl Kind {
    fn new(kind: MessageKind, evidence: impl Into<String>) -> Self {
        Self { kind, evidence: evidence.into(), bounce: None }
    }

    fn bounce(evidence: impl Into<String>, finding: BounceFinding) -> Self {
        Self { kind: MessageKind::Bounce, evidence: evidence.into(), bounce: Some(finding) }
    }
}

/// Decides. The first that is true counts.
pub(super) fn decide(seen: &Seen<'_>) -> Kind {
    own(seen)
        .or_else(|| receipts(seen))
        .or_else(|| delivery(seen))
        .or_else(|| sdi::kind(seen.mail).map(|(kind, evidence, bounce)| Kind { kind, evidence, bounce }))
        .or_else(|| answer_of_a_machine(seen))
        .or_else(|| unasked(seen))
        .unwrap_or_else(|| Kind::new(MessageKind::Reply, "no sign of a machine"))
}

fn own(seen: &Seen<'_>) -> Option<Kind> {
    let author = seen.mail.author()?;
    // A forged own address is nobody's own mail.
    let own = seen.own.contains(author) && seen.authenticity != Authenticity::Fail;
    // The form on the firm's own web site writes in the firm's name for somebody else.
    let for_others = seen
        .mail
        .reply_to
        .iter()
        .filter_map(|to| to.address.as_ref())
        .any(|to| !seen.own.contains(to) && !super::domains::aligned(to.domain(), author.domain()));
    let own = own && !for_others;
    own.then(|| Kind::new(MessageKind::Own, format!("From: {author}")))
}

fn receipts(seen: &Seen<'_>) -> Option<Kind> {
    match pec::receipt(seen.mail) {
        Some(Receipt::Good(word)) => return Some(Kind::new(MessageKind::Receipt, format!("X-Ricevuta: {word}"))),
        Some(Receipt::Bad(word, finding)) => return Some(Kind::bounce(format!("X-Ricevuta: {word}"), finding)),
        None => {}
    }
    let read = seen.mail.part_of_type("message/disposition-notification").is_some()
        || seen.mail.parts.first().is_some_and(|root| root.report_type == "disposition-notification");
    read.then(|| Kind::new(MessageKind::Receipt, "message/disposition-notification"))
}

fn delivery(seen: &Seen<'_>) -> Option<Kind> {
    let mail = seen.mail;
    match bounce::report(mail) {
        Some(Status::Bounce(mut finding)) => {
            if finding.recipient.is_none() {
                finding.recipient = bounce::from_text(mail, seen.shown).recipient;
            }
            return Some(Kind::bounce("message/delivery-status", finding));
        }
        Some(Status::Delivered) => return Some(Kind::new(MessageKind::Receipt, "message/delivery-status: delivered")),
        None => {}
    }
    if mail.parts.first().is_some_and(|root| root.report_type == "feedback-report") {
        return Some(Kind::new(MessageKind::Other, "multipart/report: feedback-report"));
    }
    let written = |evidence: &str| Some(Kind::bounce(evidence, bounce::from_text(mail, seen.shown)));
    if mail
        .parts
        .first()
        .is_some_and(|root| root.media_type == "multipart/report" && root.report_type == "delivery-status")
    {
        return written("multipart/report");
    }
    if mail.fields.has("x-failed-recipients") {
        return written("X-Failed-Recipients");
    }
    let system = mail.from.iter().filter_map(|from| from.address.as_ref()).any(automatic::is_postmaster)
        || mail.fields.lower("from").contains("mailer-daemon");
    let null = automatic::has_null_return_path(&mail.fields);
    if (system || null) && automatic::is_qmail(seen.shown) {
        return written("qmail-send");
    }
    if (system || null) && automatic::is_bounce_subject(&mail.subject) {
        return written(if system { "From: mailer-daemon, subject" } else { "Return-Path: <>, subject" });
    }
    None
}

fn answer_of_a_machine(seen: &Seen<'_>) -> Option<Kind> {
    let fields = &seen.mail.fields;
    let auto = |evidence: String| Some(Kind::new(MessageKind::AutoReply, evidence));
    // Ticket systems mark what their people write as written by a machine.
    let person = tickets::has_entry_of_a_person(seen.shown);
    if person && !automatic::is_ticket_text(seen.new) {
        return Some(Kind::new(MessageKind::Reply, "a person's entry in a ticket"));
    }
    if let Some(header) = automatic::answering_header(fields) {
        return auto(header);
    }
    let subject = seen.mail.subject.as_str();
    if automatic::is_away_subject(subject) {
        return auto(format!("subject: {}", shorten(subject)));
    }
    let null = automatic::has_null_return_path(fields);
    let beginning = shorten_to(seen.new, 1_500);
    let machine = null
        || automatic::suppressing_header(fields).is_some()
        || automatic::generated_header(fields).is_some()
        || automatic::bulk_header(fields).is_some()
        || automatic::is_machine_text(shorten_to(seen.shown, 4_000))
        || is_machine_address(seen.mail.author());
    if machine && (automatic::is_ticket_subject(subject) || automatic::is_ticket_text(beginning)) {
        return auto("a ticket robot".to_owned());
    }
    if machine && automatic::is_away_text(beginning) {
        return auto("absence in the text".to_owned());
    }
    if null {
        return auto("Return-Path: <>".to_owned());
    }
    // A short text that speaks of nothing but the ticket.
    if automatic::is_ticket_subject(subject) && automatic::is_ticket_text(beginning) {
        return auto("a ticket robot, by subject and text".to_owned());
    }
    None
}

fn unasked(seen: &Seen<'_>) -> Option<Kind> {
    let fields = &seen.mail.fields;
    let generated = automatic::generated_header(fields);
    // A refuted sender brings no news of money.
    if seen.authenticity != Authenticity::Fail
        && let Some(evidence) =
            notification::evidence(seen.mail, seen.new, generated.is_some() || is_machine_address(seen.mail.author()))
    {
        return Some(Kind::new(MessageKind::Notification, evidence));
    }
    let answers = fields.has("in-reply-to") || fields.has("references");
    if let Some(header) = generated {
        // What a machine writes into a thread of people is its receipt of their mail.
        let kind = if answers { MessageKind::AutoReply } else { MessageKind::Other };
        return Some(Kind::new(kind, header));
    }
    if let Some(header) = automatic::suppressing_header(fields) {
        // Answers of persons can carry it where their server adds it to everything.
        return (!answers).then(|| Kind::new(MessageKind::AutoReply, header));
    }
    let bulk = automatic::bulk_header(fields)?;
    // Mail through a shared mailbox that is a mailing list: still an answer of a person. A newsletter answers nothing.
    (!answers || bulk == "Precedence: junk").then(|| Kind::new(MessageKind::Other, bulk))
}

static MACHINE_LOCAL: Pattern = Pattern::new(
    r"^(?:(?:no|non|do-?not|nicht|ne-?pas|nao)[._-]?(?:reply|rispondere|antworten|repondre|responder|responda)|noreply|donotreply|mailer|alerts?|notifications?|notifiche|notify|notifica|avvisi|receipts?|service|servizio|system|automailer|robot|bot|daemon|updates?|billing-?noreply|info-?noreply)(?:[._+-].*)?$",
);

fn is_machine_address(author: Option<&Address>) -> bool {
    author.is_some_and(|author| MACHINE_LOCAL.matches(author.local()) || automatic::is_postmaster(author))
}

fn shorten(text: &str) -> &str {
    shorten_to(text, 80)
}

fn shorten_to(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(MACHINE_LOCAL.compiles());
        assert!(MACHINE_LOCAL.matches("no-reply") && !MACHINE_LOCAL.matches("norberto"));
    }
}
