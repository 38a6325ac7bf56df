//! One mail, read to the end: message, words, match, put together as the finding that policy decides on.
//! Intake and `explain` both come through here, so that what is explained is what is done. Understanding the words needs
//! nothing but the mail and the rules, so several mails may be understood at once; tying them to customers is done in
//! order, for a mail of the owner's may open the thread that the next one stands in.

use crate::classify::{RuleSet, Understanding, Utterance};
use crate::ledger::ids::Address;
use crate::ledger::moment::Moment;
use crate::ledger::money::Currency;
use crate::ledger::reading::{Reading, Warning};
use crate::ledger::words::{Intent, Language};
use crate::matching::{self, Directory, Stated};
use crate::message::{self, Message, Reader};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// What is needed to understand a mail.
#[derive(Debug, Clone, Copy)]
pub struct Eyes<'a> {
    /// What the reader of mails knows of the firm.
    pub reader: &'a Reader,
    /// The reading rules.
    pub rules: &'a RuleSet,
    /// The firm's own IBANs: any other in a mail is a warning.
    pub own_ibans: &'a [String],
    /// The business time zone.
    pub zone: Tz,
    /// The language, when the caller knows it.
    pub language: Option<Language>,
}

/// A mail and what was found in it.
pub struct Seen {
    /// The mail, taken apart.
    pub message: Message,
    /// The finding.
    pub reading: Reading,
}

/// A mail understood by its own words, not yet tied to anybody.
pub struct Understood {
    message: Message,
    received: DateTime<Utc>,
    day: NaiveDate,
    words: Understanding,
    addressed_to_us: bool,
}

/// Understands a mail that reached the mailbox at an instant.
#[must_use]
pub fn understand(bytes: &[u8], received: DateTime<Utc>, truncated: bool, eyes: &Eyes<'_>) -> Understood {
    let mut message = message::read(bytes, eyes.reader);
    if truncated && !message.warnings.contains(&Warning::Truncated) {
        message.warnings.push(Warning::Truncated);
    }
    of(message, received, eyes)
}

/// Understands a mail that was taken apart already.
#[must_use]
pub fn of(message: Message, received: DateTime<Utc>, eyes: &Eyes<'_>) -> Understood {
    let day = writers_day(&message, received, eyes.zone);
    let mut utterance = Utterance::of(&message, day, Currency::EUR, eyes.own_ibans);
    utterance.language = eyes.language;
    let words = eyes.rules.read(&utterance);
    let addressed_to_us = is_addressed_to(&message, &eyes.reader.own_addresses);
    Understood { message, received, day, words, addressed_to_us }
}

impl Understood {
    /// The mail, taken apart.
    #[must_use]
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// Finds out whom and what it is about.
    #[must_use]
    pub fn tied(self, directory: &Directory) -> Seen {
        let reading = self.reading(directory);
        Seen { message: self.message, reading }
    }

    /// The finding alone.
    #[must_use]
    pub fn reading(&self, directory: &Directory) -> Reading {
        let (message, understanding) = (&self.message, self.words.clone());
        // A statement concerns all that is open (`docs/reading.md`, close calls); of an insolvency the rule says so.
        let all_items = understanding.facts.all_items
            || understanding.intents.iter().any(|found| found.intent == Intent::StatementRequest);
        let stated = Stated { amounts: &understanding.facts.amounts, all_items };
        let mut identified = matching::identify(message, directory, &stated);
        // What is about something else is about no receivable, whatever numbers stand in it.
        if understanding.intents.first().is_some_and(|found| found.intent == Intent::Unrelated) {
            identified.matched.items.clear();
        }
        let mut warnings = message.warnings.clone();
        warnings.extend(understanding.warnings);
        warnings.extend(identified.warnings);
        warnings.sort_unstable();
        warnings.dedup();
        let author = match message.from.as_slice() {
            [author] => Some(author),
            _ => None,
        };
        Reading {
            identity: message.identity,
            rfc_id: message.rfc_id.clone(),
            references: message.references.clone(),
            received: self.received,
            day: self.day,
            from: author.and_then(|author| author.address.clone()),
            from_name: author.and_then(|author| author.name.clone()),
            subject: message.subject.clone(),
            kind: message.kind,
            authenticity: message.authenticity,
            language: understanding.language,
            intents: understanding.intents,
            facts: understanding.facts,
            matched: identified.matched,
            writer: identified.writer,
            unread: understanding.unread,
            warnings,
            bounce: message.bounce.clone(),
            addressed_to_us: self.addressed_to_us,
        }
    }
}

/// The writer's own calendar day: of the Date header when it lies within two days of the receipt (the fixed rule
/// of `docs/reading.md`), else of the receipt in the business zone.
fn writers_day(message: &Message, received: DateTime<Utc>, zone: Tz) -> NaiveDate {
    message
        .date
        .filter(|date| (date.with_timezone(&Utc) - received).abs() <= chrono::Duration::days(2))
        .map_or_else(|| Moment::new(received, zone).today(), |date| date.date_naive())
}

fn is_addressed_to(message: &Message, own: &[Address]) -> bool {
    let named = message.to.iter().chain(&message.cc).filter_map(|someone| someone.address.as_ref());
    named.into_iter().any(|address| own.contains(address))
}
