//! What an answer to our question most likely says where no rule holds.
//!
//! We ask for a day. Somebody who answers with nothing but a day promises it: a hint, which counts where the adviser
//! thinks so too.

use super::beside::is_answer;
use super::compile::Phrase;
use super::facts::dates;
use super::fold::original;
use super::intents::Scanned;
use super::read::Utterance;
use crate::ledger::ids::RuleId;
use crate::ledger::reading::IntentFinding;
use crate::ledger::words::{Confidence, Intent, Language, MessageKind};

/// Longer sentences say more than a day.
const LONGEST: usize = 14;
/// So much may stand beside the day without being understood.
const LEFT_AT_MOST: usize = 10;

/// What follows these may not come true, or not depend on the writer.
const CONDITIONS: &[(Language, &[&str])] = &[
    (Language::Italian, &["se", "quando", "appena", "finche"]),
    (Language::English, &["if", "unless", "once", "when", "until"]),
    (Language::German, &["wenn", "falls", "sobald"]),
    (Language::French, &["si", "quand", "des"]),
    (Language::Spanish, &["si", "cuando", "hasta"]),
];

/// "Venerdì.", "Settimana prossima sono in banca", "15 dicembre": the only thing said is a day to come.
pub(super) fn day_alone(
    utterance: &Utterance<'_>,
    scanned: &[Scanned],
    days: &[dates::NamedDay],
    found: &[IntentFinding],
    unread: &[String],
) -> Option<IntentFinding> {
    let silent = found.iter().all(|finding| finding.intent == Intent::Acknowledgement);
    if !silent || utterance.kind != MessageKind::Reply || !is_answer(utterance.subject) {
        return None;
    }
    let ahead: Vec<_> = days.iter().filter(|day| !day.of_paper && day.ahead >= utterance.day).collect();
    let first = ahead.first()?;
    let said = scanned.get(first.sentence)?;
    let speaks_of_else = [
        Phrase::Negation,
        Phrase::Substance,
        Phrase::Correction,
        Phrase::Instruction,
        Phrase::ReturnDate,
        Phrase::OldDate,
        Phrase::NewContact,
    ];
    let plain = !said.sentence.question
        && said.sentence.tokens.len() <= LONGEST
        && speaks_of_else.iter().all(|phrase| said.phrases(*phrase).next().is_none())
        && ahead.iter().all(|day| day.sentence == first.sentence);
    let whole = said.written(utterance.text);
    let spoken = CONDITIONS.iter().filter(|(language, _)| said.heard.contains(language));
    let conditions: Vec<&str> = spoken.flat_map(|(_, words)| *words).copied().collect();
    let conditional = said.sentence.tokens.iter().any(|token| conditions.contains(&token.word.as_str()));
    // "Controllo e le rispondo in giornata": the day belongs to what was acknowledged.
    let taken = found.iter().any(|finding| {
        finding.evidence.split_whitespace().nth(1).is_some() && whole.contains(finding.evidence.as_str())
    });
    let left =
        unread.iter().all(|words| whole.contains(words.as_str()) && words.split_whitespace().count() <= LEFT_AT_MOST);
    (plain && left && !conditional && !taken).then(|| IntentFinding {
        intent: Intent::PromiseToPay,
        confidence: Confidence::percent(60),
        rule: RuleId::new("fact.day_alone"),
        evidence: original(utterance.text, said.sentence.range_of(first.from, first.to)).to_owned(),
    })
}
