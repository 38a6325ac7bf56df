//! What the words mean: new words in, intents with evidence and facts out.
//!
//! In: the new words of a mail, its subject, the names of its attachments, the writer's day, and rule files that
//! people edit. Out: an [`Understanding`] in the vocabulary of `docs/reading.md`; problems of rule files.
//! Deliberately absent: whom the mail concerns (`matching`), what is done about it (`policy`), files and folders
//! (`config` reads them), the clock.
//!
//! The way of a mail: [`fold`] gives one spelling, [`sentences`] cuts, [`matcher`] finds the patterns of all rules in one
//! pass, [`intents`] asks the guards and orders, [`facts`] reads days and amounts, [`unread`] tells what nobody understood.

mod advice;
mod beside;
mod calendar_words;
mod compile;
mod date_meaning;
mod difference;
mod examples;
mod facts;
mod fallback;
mod feasts;
mod fold;
mod holds;
mod intents;
mod language;
mod matcher;
mod needed;
mod own_mail;
mod pattern;
mod points;
mod read;
mod rules;
mod sentences;
mod unread;
mod which_day;
mod word_tree;

pub use beside::is_answer;
pub use difference::Difference;
pub use holds::Held;
pub use read::{Understanding, Utterance};
pub use rules::{NEAR, Negation, Place, Question, Rule, RuleSource, sources_shipped};

use crate::ledger::ids::RuleId;
use crate::ledger::problem::Problem;
use crate::ledger::reading::OwnMailKind;
use crate::ledger::words::Language;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Checked rules, ready to read mails. Cheap to share, never changed.
#[derive(Debug, Clone)]
pub struct RuleSet {
    compiled: compile::Compiled,
}

impl RuleSet {
    /// The rules that come with the program.
    ///
    /// # Errors
    /// Everything wrong in them; a test keeps that empty.
    pub fn shipped() -> Result<Self, Vec<Problem>> {
        Self::compile(&sources_shipped(), &[])
    }

    /// Shipped rules and the firm's own: the same id replaces, `disabled = true` removes, word lists and phrases add.
    ///
    /// # Errors
    /// Everything wrong in all files, each with its place.
    pub fn compile(shipped: &[RuleSource], own: &[RuleSource]) -> Result<Self, Vec<Problem>> {
        compile::compile(shipped, own).map(|compiled| Self { compiled })
    }

    /// Reads a mail.
    #[must_use]
    pub fn read(&self, utterance: &Utterance<'_>) -> Understanding {
        read::read(&self.compiled, utterance)
    }

    /// What a mail of the owner's in Sent does: sends an invoice, reminds, or neither.
    #[must_use]
    pub fn own_mail(&self, subject: &str, text: &str) -> OwnMailKind {
        own_mail::kind(&self.compiled, subject, text)
    }

    /// All rules, by id.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.compiled.rules.iter()
    }

    /// The rule of that id.
    #[must_use]
    pub fn rule(&self, id: &RuleId) -> Option<&Rule> {
        self.compiled.by_id.get(id).and_then(|index| self.compiled.rules.get(*index))
    }

    /// Every example must be held by its rule and give its intent, every counter-example must not be held by it.
    #[must_use]
    pub fn run_examples(&self) -> Vec<Problem> {
        examples::run(&self.compiled, false)
    }

    /// The same for the rules that the firm wrote.
    #[must_use]
    pub fn run_own_examples(&self) -> Vec<Problem> {
        examples::run(&self.compiled, true)
    }

    /// What is strange in the files and no mistake.
    #[must_use]
    pub fn notes(&self) -> &[Problem] {
        &self.compiled.notes
    }

    /// The rules that hold in a text, with their words, also those that others overrule.
    #[must_use]
    pub fn holds(&self, text: &str, day: NaiveDate) -> Vec<Held> {
        holds::held(&self.compiled, text, day)
    }

    /// The word lists of a language that patterns name (`{pay}`), as they are written.
    #[must_use]
    pub fn word_lists(&self, language: Language) -> BTreeMap<String, Vec<String>> {
        holds::word_lists(&self.compiled, language)
    }
}
