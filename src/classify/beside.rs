//! What stands beside the words: subject, signature, names of attachments, signs that are no words, text beyond the limit,
//! mails of others below.

use super::compile::Compiled;
use super::fold::fold;
use super::intents::{self, Holding, Scanned, merge};
use super::read::Utterance;
use super::rules::Place;
use super::sentences::{TOKENS_AT_MOST, sentences};
use crate::ledger::reading::IntentFinding;
use crate::ledger::words::{Intent, Language};
use std::collections::BTreeMap;

/// What no rule read and what could matter, in the writer's words.
pub(super) fn unread(compiled: &Compiled, utterance: &Utterance<'_>, scanned: &[Scanned]) -> Vec<String> {
    let mut unread = attachments(compiled, utterance);
    unread.extend(strange_sign(utterance.text));
    unread.extend(beyond_the_limit(utterance.text, scanned));
    unread.extend(utterance.company.iter().cloned());
    unread
}

/// An attached receipt says "paid" where the words say nothing else.
pub(super) fn add_attachments(compiled: &Compiled, utterance: &Utterance<'_>, found: &mut Vec<IntentFinding>) {
    let settled = found.iter().any(|finding| !matches!(finding.intent, Intent::Acknowledgement | Intent::Unrelated));
    if settled {
        return;
    }
    for name in &utterance.attachment_names {
        let words = readable(name);
        let scanned = intents::scan(compiled, sentences(&words), None);
        let holdings = intents::holdings(compiled, &scanned, Place::Attachment);
        let more = intents::findings(compiled, &scanned, &holdings, &words);
        if !more.is_empty() {
            found.retain(|finding| finding.intent != Intent::Acknowledgement);
            merge(found, more);
        }
    }
}

/// The subject of a new mail is the writer's; that of an answer is ours. What it says counts where the words say
/// nothing, and always where it speaks of a risk.
pub(super) fn add_subject(
    compiled: &Compiled,
    utterance: &Utterance<'_>,
    language: Option<Language>,
    found: &mut Vec<IntentFinding>,
) {
    let answers = is_answer(utterance.subject);
    // Our own words in an answer's subject may mean something else in another language ("Rappel").
    let scanned = intents::scan(compiled, sentences(utterance.subject), language.filter(|_| answers));
    let holdings = intents::holdings(compiled, &scanned, Place::Text);
    let strong = |holding: &Holding| compiled.rules.get(holding.rule).is_some_and(|rule| !rule.faint);
    let holdings = holdings.into_iter().filter(strong).collect();
    let holdings = intents::overrule(compiled, &scanned, holdings, &BTreeMap::new());
    let silent = found.is_empty();
    let mut more = intents::findings(compiled, &scanned, &holdings, utterance.subject);
    // Of an answer's subject all but these may be our own words.
    let added = |intent: Intent| matches!(intent, Intent::Dispute | Intent::BankDetailsVerification);
    more.retain(|finding| {
        if answers {
            added(finding.intent)
        } else {
            intents::is_risk(finding.intent) || silent && finding.intent != Intent::Unrelated
        }
    });
    merge(found, more);
}

/// Does this subject come from another mail, as answers and forwarded mails have it?
#[must_use]
pub fn is_answer(subject: &str) -> bool {
    let lower = subject.trim_start().to_lowercase();
    const MARKS: &[&str] =
        &["r:", "re:", "ri:", "rif:", "i:", "fw:", "fwd:", "aw:", "sv:", "tr:", "wg:", "rv:", "re :", "tr :", "antw:"];
    MARKS.iter().any(|mark| lower.starts_with(mark)) || lower.starts_with("re[")
}

/// Nobody signs with an insolvency, an objection or new bank details: who cuts signatures and small print must not cut these.
pub(super) fn add_signature(
    compiled: &Compiled,
    utterance: &Utterance<'_>,
    language: Option<Language>,
    found: &mut Vec<IntentFinding>,
) {
    if utterance.signature.is_empty() {
        return;
    }
    let scanned = intents::scan(compiled, sentences(&utterance.signature), language);
    // A single word of a short line may be somebody's name.
    let says = |holding: &Holding| {
        let words = scanned.get(holding.sentence).map_or(0, |said| said.sentence.tokens.len());
        holding.to > holding.from + 1 || words > 3
    };
    let grave = |holding: &Holding| {
        compiled.rules.get(holding.rule).is_some_and(|rule| match rule.intent {
            Intent::Legal => rule.concerns_all,
            Intent::Dispute | Intent::BankDetailsVerification => !rule.faint && says(holding),
            _ => false,
        })
    };
    let holdings = intents::holdings(compiled, &scanned, Place::Text).into_iter().filter(grave).collect::<Vec<_>>();
    merge(found, intents::findings(compiled, &scanned, &holdings, &utterance.signature));
}

/// A picture or a letter of which no rule knows anything: it may mean the contrary of the words.
fn strange_sign(text: &str) -> Option<String> {
    text.chars().find(|sign| is_strange(*sign)).map(String::from)
}

fn is_strange(sign: char) -> bool {
    if sign.is_ascii() || sign.is_whitespace() || FRIENDLY.contains(&sign) {
        return false;
    }
    let reads = fold(sign.encode_utf8(&mut [0; 4])).iter().any(|folded| folded.letter.is_ascii_alphanumeric());
    let picture = matches!(sign, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}');
    !reads && (sign.is_alphabetic() || picture)
}

/// Smiles and thanks, arrows and bullets: pictures that change nothing.
const FRIENDLY: &[char] = &[
    '🙂', '😊', '😀', '😃', '😄', '😁', '😉', '☺', '🙏', '👍', '👌', '✅', '✔', '✓', '🤝', '👋', '🌞', '☀', '🎄', '🎅',
    '❤', '🌹', '😅', '→', '←', '↓', '↑', '•', '●', '■', '▪', '◦', '☎', '✆', '✉', '⚠', '📎', '📧', '📞', '☏', '➜', '►',
    '─', '│', '━', '═', '\u{fe0e}', '\u{fe0f}', '🏻', '🏼', '🏽', '🏾', '🏿', '♂', '♀',
];

/// The beginning of what lies beyond the last word that is read.
fn beyond_the_limit(text: &str, scanned: &[Scanned]) -> Option<String> {
    let count: usize = scanned.iter().map(|scanned| scanned.sentence.tokens.len()).sum();
    let last = scanned.last()?.sentence.tokens.last()?;
    let rest = text.get(last.end..).unwrap_or_default().trim();
    let begins: String = rest.chars().take(80).collect();
    (count >= TOKENS_AT_MOST && rest.chars().any(char::is_alphanumeric)).then_some(begins)
}

/// File names part their words with signs: `contabile_bonifico-118.pdf`.
pub(super) fn readable(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect()
}

fn attachments(compiled: &Compiled, utterance: &Utterance<'_>) -> Vec<String> {
    let harmless = |name: &str| {
        let lower = name.to_lowercase();
        let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
        matches!(ending, "p7s" | "asc" | "vcf" | "sig" | "gif")
            || lower.starts_with("image0")
            || lower.starts_with("logo")
            || matches!(lower.as_str(), "daticert.xml" | "smime.p7s")
    };
    let understood = |name: &str| {
        let words = readable(name);
        let scanned = intents::scan(compiled, sentences(&words), None);
        !intents::holdings(compiled, &scanned, Place::Attachment).is_empty()
    };
    let open = utterance.attachment_names.iter().filter(|name| !harmless(name) && !understood(name));
    open.map(|name| format!("attachment: {name}")).collect()
}
