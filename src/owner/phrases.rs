//! The owner's sentences, one file a language. A new kind of case does not compile until it has its words.

use super::{phrases_en, phrases_it};
use crate::ledger::account::Status;
use crate::ledger::case::CaseKind;
use crate::ledger::event::Order;
use crate::ledger::hold::HoldKind;
use crate::ledger::words::{Intent, Language};

/// Fixed words of a notice.
#[derive(Debug)]
pub(super) struct Labels {
    pub wrote: &'static str,
    pub nobody_known: &'static str,
    pub understood: &'static str,
    pub rule: &'static str,
    pub confidence: &'static str,
    pub not_understood: &'static str,
    pub facts: &'static str,
    pub receivables: &'static str,
    pub open: &'static str,
    pub held: &'static str,
    pub nothing_held: &'static str,
    pub until: &'static str,
    pub until_lifted: &'static str,
    pub all_of_customer: &'static str,
    pub what_next: &'static str,
    pub case: &'static str,
    pub attached: &'static str,
    pub recent: &'static str,
    pub confidential: &'static str,
    pub we_wrote: &'static str,
    pub they_wrote: &'static str,
    pub note: &'static str,
    pub on: &'static str,
    pub digest_subject: (&'static str, &'static str),
    pub digest_intro: (&'static str, &'static str),
    pub waiting: (&'static str, &'static str),
    /// Below a firm mail that waits since the customer is also a supplier.
    pub also_supplier: &'static str,
    pub our_turn: (&'static str, &'static str),
    pub show_case: &'static str,
    pub warning_subject: &'static str,
    pub quotes: (&'static str, &'static str),
}

/// Fixed words of the sheet for a telephone call.
#[derive(Debug)]
pub(super) struct Sheet {
    pub phone: &'static str,
    pub phone_arranged: &'static str,
    pub phone_imported: &'static str,
    pub no_phone: &'static str,
    pub to_ask: &'static str,
    pub questions: [&'static str; 4],
    pub others: &'static str,
    pub more: &'static str,
    pub total: &'static str,
    pub of_which_due: &'static str,
    pub last_words: &'static str,
    pub promises: &'static str,
    pub no_day: &'static str,
    pub promise_open: &'static str,
    pub promise_kept: &'static str,
    pub promise_broken: &'static str,
    /// Put off, lifted, or another took its place.
    pub promise_over: &'static str,
    /// Gaps in a draft that the owner signs.
    pub to_complete: &'static str,
    pub after_call: &'static str,
    /// What `done … call` does.
    pub call_done: &'static str,
    /// Behind the order that a letter of theirs was sent.
    pub letter_sent: &'static str,
    /// A remark ready to use, and what it does.
    pub no_answer: (&'static str, &'static str),
    /// Before booking money of which a forged mail speaks.
    pub if_arrived: &'static str,
    /// The remark that policy proposes after a call, in the owner's language.
    pub telephoned: &'static str,
    /// An IBAN that is not ours: what to do, in order.
    pub foreign_iban: &'static str,
    pub first_call: [&'static str; 4],
}

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phrases {
    pub language: Language,
    pub labels: &'static Labels,
    pub sheet: &'static Sheet,
    title: fn(CaseKind) -> &'static str,
    sentence: fn(CaseKind) -> &'static str,
    hold: fn(HoldKind) -> &'static str,
    status: fn(Status) -> &'static str,
    intent: fn(Intent) -> &'static str,
    order: fn(&Order) -> String,
}

impl Phrases {
    /// A few words for a subject.
    pub fn title(&self, kind: CaseKind) -> &'static str {
        (self.title)(kind)
    }
    /// What happened and why a person must decide.
    pub fn sentence(&self, kind: CaseKind) -> &'static str {
        (self.sentence)(kind)
    }
    /// Why it is quiet.
    pub fn hold(&self, kind: HoldKind) -> &'static str {
        (self.hold)(kind)
    }
    /// The word shown for a receivable.
    pub fn status(&self, status: Status) -> &'static str {
        (self.status)(status)
    }
    /// What the writer wants.
    pub fn intent(&self, intent: Intent) -> &'static str {
        (self.intent)(intent)
    }
    /// What an order does.
    pub fn order(&self, order: &Order) -> String {
        (self.order)(order)
    }
}

/// Italian, or English for every other language.
pub(super) const fn of(language: Language) -> Phrases {
    match language {
        Language::Italian => Phrases {
            language: Language::Italian,
            labels: &phrases_it::LABELS,
            sheet: &phrases_it::SHEET,
            title: phrases_it::title,
            sentence: phrases_it::sentence,
            hold: phrases_it::hold,
            status: phrases_it::status,
            intent: phrases_it::intent,
            order: phrases_it::order,
        },
        _ => Phrases {
            language: Language::English,
            labels: &phrases_en::LABELS,
            sheet: &phrases_en::SHEET,
            title: phrases_en::title,
            sentence: phrases_en::sentence,
            hold: phrases_en::hold,
            status: phrases_en::status,
            intent: phrases_en::intent,
            order: phrases_en::order,
        },
    }
}
