//! The adviser: a small linear model, trained from labelled sentences when the program is built (`training/`).
//!
//! In: the new words and what the rules found. Out: the same findings in the order of their likelihood, a guess where the
//! rules are silent or most likely wrong, and readings put aside that their sentence speaks against. A guess has the
//! confidence of a guess: it says what a mail calls for and stops an automatic answer, it never causes one (`policy`); what is
//! put aside leaves its sentence unread, which stops one too. Deliberately absent: facts.

mod features;
mod improbable;
mod model;

use super::compile::{Compiled, Phrase};
use super::fold::{fold_word, original};
use super::intents::{Scanned, is_risk};
use super::read::Utterance;
use crate::ledger::ids::RuleId;
use crate::ledger::reading::IntentFinding;
use crate::ledger::words::{Confidence, Intent};
use features::exp;
pub(super) use improbable::put_aside;

/// What a rule that holds adds to the logarithm of an intent's chance …
const RULE: f32 = 3.0;
/// … more where it speaks of a risk, which goes before what is routine …
const RISKY_RULE: f32 = 4.0;
/// … and where the rule only says thanks, which stands beside anything …
const COURTESY: f32 = 1.0;
/// … and what a broad hint adds.
const HINT: f32 = 1.0;
/// A guess must be so much likelier than what the rules found before it is put beside it.
const CLEARLY: f32 = 1.0;
/// No guess is made below this chance (its logarithm: one in five).
const LEAST: f32 = -1.6;
/// The confidence of a guess; `policy` answers none.
pub(super) const GUESS: u32 = 50;

/// What the adviser makes of a mail: the findings of the rules in a better order, with a guess where there is call for one.
/// `hints` are findings of broad words, or of a day alone, which count for little: one is taken, as sure as it was, only where
/// the adviser thinks the same. `dated`: a rule found a promise with its day, and what only sounds like a wish for time stands
/// behind it.
pub(super) fn weigh(
    compiled: &Compiled,
    utterance: &Utterance<'_>,
    scanned: &[Scanned],
    found: &mut Vec<IntentFinding>,
    hints: &[IntentFinding],
    dated: bool,
) {
    let folded = fold_word(utterance.text);
    let Some(scores) = model::scores(&folded) else { return };
    let ruled: Vec<Intent> = found.iter().map(|finding| finding.intent).collect();
    let score = |intent: Option<Intent>| {
        let held = intent.is_some_and(|intent| ruled.contains(&intent));
        let hinted = hints.iter().any(|finding| Some(finding.intent) == intent);
        let held = match (held, intent) {
            (true, Some(Intent::Acknowledgement)) => COURTESY,
            (true, Some(intent)) if is_risk(intent) => RISKY_RULE,
            (true, _) => RULE,
            (false, _) => 0.0,
        };
        scores.of(intent) + held + if hinted { HINT } else { 0.0 }
    };
    let denied = scanned.iter().any(denies);
    let possible = |intent: &Intent| ruled.contains(intent) || may_be_guessed(*intent, found.is_empty(), denied);
    let candidates = Intent::ALL.iter().copied().filter(possible).map(Some).chain([None]);
    let mut all: Vec<(f32, Option<Intent>)> = candidates.map(|intent| (score(intent), intent)).collect();
    all.sort_by(|one, other| other.0.total_cmp(&one.0));
    let place = |finding: &IntentFinding| all.iter().position(|(_, intent)| *intent == Some(finding.intent));
    found.sort_by_key(|finding| place(finding));
    let Some((most, Some(intent))) = all.first().copied() else { return };
    let best = found.first().map(|finding| score(Some(finding.intent)));
    // What the firm wrote itself is no matter of guessing.
    if found.iter().any(|finding| compiled.own.contains(&finding.rule)) {
        return;
    }
    let silent = found.iter().all(|finding| finding.intent == Intent::Acknowledgement);
    if scores.of(Some(intent)) < LEAST && hints.iter().all(|hint| hint.intent != intent)
        || ruled.contains(&intent)
        || same_wish(&ruled, intent)
        || !silent && best.is_some_and(|best| most < best + CLEARLY)
    {
        return;
    }
    found.retain(|finding| finding.intent != Intent::Acknowledgement);
    let promises = found.first().is_some_and(|finding| finding.intent == Intent::PromiseToPay);
    let behind = dated && promises && intent == Intent::DeferralRequest;
    found.insert(usize::from(behind), guess(utterance, scanned, &folded, intent, hints));
}

/// Who asks for parts asks for time: no wish beside it.
fn same_wish(ruled: &[Intent], guessed: Intent) -> bool {
    ruled.contains(&Intent::InstalmentRequest) && guessed == Intent::DeferralRequest
}

/// A "not" in a part of a sentence that says more than "I do not understand".
fn denies(scanned: &Scanned) -> bool {
    let breaks = |at: usize| scanned.sentence.tokens.get(at).is_none_or(|token| token.after_break);
    let hits = scanned.phrases(Phrase::Negation).chain(scanned.phrases(Phrase::NegationAfter));
    hits.map(|hit| hit.from).any(|at| {
        let before = (1..=at).rev().take_while(|place| !breaks(*place)).count();
        let behind = (at + 1..).take_while(|place| !breaks(*place)).count();
        before + behind >= DENIED_AT_LEAST
    })
}

/// So many words beside the "not" are more than "non capisco".
const DENIED_AT_LEAST: usize = 2;

/// Machines show themselves by their envelope. A "not" turns a payment or a promise into its contrary, whatever words it
/// is made of. And where a rule found anything, thanks are no better guess.
const fn may_be_guessed(intent: Intent, silent: bool, denied: bool) -> bool {
    match intent {
        Intent::AutoReply | Intent::Bounce | Intent::PaymentNotification => false,
        Intent::PaymentMade | Intent::PromiseToPay => !denied,
        Intent::Acknowledgement | Intent::Unrelated => silent,
        _ => true,
    }
}

/// Sentences that most likely say something which nothing found speaks of, in the writer's words: a person reads them before
/// anything is answered.
pub(super) fn doubts(utterance: &Utterance<'_>, scanned: &[Scanned], found: &[IntentFinding]) -> Vec<String> {
    let mut doubts = Vec::new();
    if found.iter().any(|finding| is_risk(finding.intent)) {
        return doubts;
    }
    for scanned in scanned {
        let words = scanned.written(utterance.text);
        let Some(scores) = model::scores(&fold_word(words)) else { continue };
        let chance = |intent: Intent| exp(scores.of(Some(intent)));
        let risks: f32 = Intent::ALL.iter().copied().filter(|intent| is_risk(*intent)).map(chance).sum();
        let other = Intent::ALL.iter().copied().any(|intent| {
            let known = found.iter().any(|finding| finding.intent == intent || goes_with(finding.intent, intent));
            !known && !says_little(intent) && chance(intent) > ANOTHER
        });
        if risks > RISK || other {
            doubts.push(words.to_owned());
        }
    }
    doubts
}

/// How likely this sentence is mainly about one of these.
pub(super) fn chance(utterance: &Utterance<'_>, scanned: &[Scanned], sentence: usize, intents: &[Intent]) -> f32 {
    let words = scanned.get(sentence).map_or("", |scanned| scanned.written(utterance.text));
    let scores = model::scores(&fold_word(words));
    scores.map_or(0.0, |scores| intents.iter().map(|intent| exp(scores.of(Some(*intent)))).sum())
}

/// "Appena la ricevo provvedo", "che la fattura verrà pagata": the rules tell these from one another.
const fn goes_with(found: Intent, other: Intent) -> bool {
    match other {
        Intent::PromiseToPay => !matches!(found, Intent::PaymentMade | Intent::Acknowledgement),
        Intent::PaymentMade => matches!(found, Intent::PromiseToPay),
        // "Non trovo l'IBAN, me lo può inviare?"
        Intent::InvoiceRequest | Intent::BankDetailsRequest | Intent::StatementRequest => {
            matches!(found, Intent::InvoiceRequest | Intent::BankDetailsRequest | Intent::StatementRequest)
        }
        _ => false,
    }
}

/// Intents that stand beside any other without changing what it calls for.
const fn says_little(intent: Intent) -> bool {
    matches!(
        intent,
        Intent::Acknowledgement | Intent::Unrelated | Intent::AutoReply | Intent::Bounce | Intent::PaymentNotification
    )
}

/// A sentence this likely to hold a risk is read by a person …
const RISK: f32 = 0.5;
/// … and one this likely to hold another wish than those found.
const ANOTHER: f32 = 0.8;

fn guess(
    utterance: &Utterance<'_>,
    scanned: &[Scanned],
    folded: &str,
    intent: Intent,
    hints: &[IntentFinding],
) -> IntentFinding {
    // A hint that the adviser shares keeps what it is worth.
    if let Some(hint) = hints.iter().find(|hint| hint.intent == intent) {
        return hint.clone();
    }
    // The sentence with the most of the heaviest words: what is shown as the writer's words must be theirs.
    let heaviest = model::heaviest(folded, intent);
    let weighty =
        |scanned: &&Scanned| scanned.sentence.tokens.iter().filter(|token| heaviest.contains(&token.word)).count();
    // Of several the first.
    let said = scanned.iter().rev().max_by_key(weighty).map(|scanned| &scanned.sentence);
    let whole = said.map(|said| original(utterance.text, said.range_of(0, said.tokens.len().min(WORDS_SHOWN))));
    IntentFinding {
        intent,
        confidence: Confidence::percent(GUESS),
        rule: RuleId::new("advice.words"),
        evidence: whole.unwrap_or_default().to_owned(),
    }
}

/// So many words of a sentence are shown.
const WORDS_SHOWN: usize = 16;

#[cfg(test)]
mod tests {
    use super::features::{CLASSES, Feature, features, words};
    use super::*;

    #[test]
    fn the_classes_are_the_intents() {
        let intents: Vec<&str> = Intent::ALL.iter().map(|intent| intent.as_str()).collect();
        assert_eq!(CLASSES.split_last(), Some((&"", intents.as_slice())));
    }

    #[test]
    fn words_signs_and_numbers() {
        assert_eq!(words("pago 1.220,50€ il 15? si"), ["pago", "0", "0", "0", "€", "il", "0", "?", "si"]);
        assert_eq!(words("  \n"), [""; 0]);
        let seen = features(&["pagare"]);
        assert!(seen.contains(&Feature::Beginning("paga")) && seen.contains(&Feature::Ending("are")));
        assert!(seen.contains(&Feature::Pair("", "pagare")) && seen.contains(&Feature::Pair("pagare", "")));
    }

    #[test]
    fn it_has_learnt() {
        for (text, intent) in [
            ("mi manda l'iban per favore?", Intent::BankDetailsRequest),
            ("possiamo pagare in tre rate?", Intent::InstalmentRequest),
            ("das Geld ist gestern raus", Intent::PaymentMade),
            ("please send me a copy of the invoice", Intent::InvoiceRequest),
            ("la marchandise était abîmée", Intent::Dispute),
            ("nuestro abogado se pondrá en contacto", Intent::Legal),
        ] {
            let scores = model::scores(&fold_word(text)).expect("words");
            let most = Intent::ALL.iter().max_by(|a, b| scores.of(Some(**a)).total_cmp(&scores.of(Some(**b))));
            assert_eq!(most, Some(&intent), "{text}");
            assert!(!model::heaviest(&fold_word(text), intent).is_empty());
        }
    }

    #[test]
    fn chances_are_chances() {
        let scores = model::scores("bonifico fatto").expect("words");
        let all: f32 = CLASSES.iter().map(|class| scores.of(Intent::parse(class)).exp()).sum();
        assert!((all - 1.0).abs() < 0.01, "{all}");
    }
}
