//! Rules as people write them: files in, checked values out.

pub(super) mod file;
pub(super) mod shipped;

use crate::ledger::ids::RuleId;
use crate::ledger::words::{Intent, Language, word};

pub use shipped::sources_shipped;

/// A rule file: its name as the reader knows it, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSource {
    /// Relative to the rules folder (`it/payment_made.toml`) or to the firm's folder.
    pub file: String,
    /// TOML.
    pub text: String,
}

/// A rule: words that show what a writer wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Unique over all files (`it.payment_made.transfer_done`).
    pub id: RuleId,
    /// What the writer wants when the rule holds.
    pub intent: Intent,
    /// The language of its words.
    pub language: Language,
    /// Why the rule is right, for people.
    pub why: String,
    /// Any one of these is enough; the language of patterns is described in `rules/it/words.toml`.
    pub patterns: Vec<String>,
    /// None of these within [`NEAR`] words of the place, in the same sentence.
    pub not_near: Vec<String>,
    /// 1 to 100: the confidence that one hit gives.
    pub weight: u32,
    /// What a question mark does.
    pub question: Question,
    /// What a negation before or within the words does.
    pub negation: Negation,
    /// Where the rule looks.
    pub place: Place,
    /// Its words only point back ("me la può mandare?"): it gives way to a request that names its thing.
    pub refers_back: bool,
    /// What it says concerns all open receivables of the writer (an insolvency).
    pub concerns_all: bool,
    /// It says why not now ("siamo a corto"): where the same sentence promises a day, that is what counts.
    pub excuse: bool,
    /// A guess from broad words: asked only where no other rule holds, and never enough for an automatic answer.
    pub faint: bool,
    /// Sentences in which it must hold.
    pub examples: Vec<String>,
    /// Sentences in which it must not hold.
    pub counter_examples: Vec<String>,
    /// Where it is written.
    pub file: String,
    /// The bytes of its id in that file, to point at.
    pub(super) span: std::ops::Range<usize>,
}

/// How many words to either side count as near.
pub const NEAR: usize = 8;

word!(
    /// What a question does to a rule.
    Question {
        /// Asked or stated: both.
        Any = "any",
        /// It holds in questions only.
        Only = "only",
        /// It does not hold in questions.
        Never = "never",
    }
);

word!(
    /// What a negation does to a rule.
    Negation {
        /// "non abbiamo pagato" is not "abbiamo pagato".
        Blocks = "blocks",
        /// The words mean the same with it.
        Ignored = "ignored",
    }
);

word!(
    /// Where a rule looks.
    Place {
        /// In the new words.
        Text = "text",
        /// In the names of attachments.
        Attachment = "attachment",
    }
);
