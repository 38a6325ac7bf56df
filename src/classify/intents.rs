//! From hits to intents: guards (question, negation, what must not stand near), then order and precedence.

use super::compile::{Compiled, Phrase, Role};
use super::fold::original;
use super::language::Heard;
use super::matcher::Hit;
use super::rules::{NEAR, Negation, Place, Question};
use super::sentences::Sentence;
use crate::ledger::reading::IntentFinding;
use crate::ledger::words::{Confidence, Intent, Language};
use std::collections::{BTreeMap, BTreeSet};

/// A rule that holds in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Holding {
    pub(super) rule: usize,
    pub(super) sentence: usize,
    pub(super) from: usize,
    pub(super) to: usize,
    /// By which of its patterns.
    pub(super) pattern: usize,
}

/// A sentence with everything that the automaton found in it.
#[derive(Debug, Clone)]
pub(super) struct Scanned {
    pub(super) sentence: Sentence,
    /// The languages whose rules and words count in it.
    pub(super) heard: Vec<Language>,
    pub(super) hits: Vec<(Role, Hit)>,
}

impl Scanned {
    pub(super) fn phrases(&self, phrase: Phrase) -> impl Iterator<Item = Hit> + '_ {
        self.hits
            .iter()
            .filter(move |(role, _)| matches!(role, Role::Phrase(said, _) if *said == phrase))
            .map(|(_, hit)| *hit)
    }

    /// The whole sentence, in the writer's words; `text` is the one that was scanned.
    pub(super) fn written<'a>(&self, text: &'a str) -> &'a str {
        original(text, self.sentence.range_of(0, self.sentence.tokens.len()))
    }
}

/// Runs the automaton over a text. `language` is the mail's, where the caller knows it. Words of another language
/// mean nothing ("once" is eleven in Spanish), unless a sentence is in that one.
pub(super) fn scan(compiled: &Compiled, sentences: Vec<Sentence>, language: Option<Language>) -> Vec<Scanned> {
    let listener = Heard::of(&compiled.vocabulary, &sentences, language);
    scan_heard(compiled, sentences, &listener)
}

/// The same where it is known already what speaks for which language.
pub(super) fn scan_heard(compiled: &Compiled, sentences: Vec<Sentence>, listener: &Heard) -> Vec<Scanned> {
    sentences
        .into_iter()
        .enumerate()
        .map(|(index, sentence)| {
            let heard = listener.in_sentence(index);
            let spoken = heard.iter().filter_map(|language| compiled.matchers.get(language));
            // Words that speak to a machine do so in whatever language.
            let mut hits: Vec<Hit> =
                spoken.chain([&compiled.orders]).flat_map(|matcher| matcher.find(&sentence)).collect();
            hits.sort_unstable();
            let hits =
                hits.into_iter().filter_map(|hit| compiled.roles.get(hit.pattern).map(|role| (*role, hit))).collect();
            Scanned { sentence, heard, hits }
        })
        .collect()
}

/// Does a text speak to a machine? Cheaper than all the rest, for a text of which nothing else is asked.
pub(super) fn speaks_to_machine(compiled: &Compiled, sentences: &[Sentence]) -> bool {
    sentences.iter().any(|sentence| !compiled.orders.find(sentence).is_empty())
}

/// The rules that hold, their guards asked.
pub(super) fn holdings(compiled: &Compiled, scanned: &[Scanned], place: Place) -> Vec<Holding> {
    let mut found = BTreeSet::new();
    for (index, scanned) in scanned.iter().enumerate() {
        for (role, hit) in &scanned.hits {
            let Role::Rule(rule) = role else { continue };
            if guards_allow(compiled, scanned, *rule, *hit, place) {
                found.insert(Holding {
                    rule: *rule,
                    sentence: index,
                    from: hit.from,
                    to: hit.to,
                    pattern: hit.pattern,
                });
            }
        }
    }
    found.into_iter().collect()
}

fn guards_allow(compiled: &Compiled, scanned: &Scanned, index: usize, hit: Hit, place: Place) -> bool {
    let Some(rule) = compiled.rules.get(index) else { return false };
    let asked = match rule.question {
        Question::Any => true,
        Question::Only => scanned.sentence.question,
        Question::Never => !scanned.sentence.question,
    };
    let own_negation = compiled.negative.get(hit.pattern).copied().unwrap_or(false);
    let negated = rule.negation == Negation::Blocks && !own_negation && negated(compiled, scanned, hit, rule.language);
    let near = scanned.hits.iter().any(|(role, other)| {
        *role == Role::NotNear(index)
            && other.from < hit.to.saturating_add(NEAR)
            && hit.from < other.to.saturating_add(NEAR)
    });
    // "99", alone: figures say nothing.
    let tokens = &scanned.sentence.tokens;
    let worded = tokens.len() > 1 || tokens.iter().any(|token| token.word.bytes().any(|b| b.is_ascii_alphabetic()));
    rule.place == place && asked && !negated && !near && worded
}

/// A negation within the words, up to three words before them in the same part of the sentence, or one that follows its
/// verb ("nous payons pas") right after them.
fn negated(compiled: &Compiled, scanned: &Scanned, hit: Hit, language: Language) -> bool {
    let broken = |index: usize| scanned.sentence.tokens.get(index).is_some_and(|token| token.after_break);
    let mut reach = hit.from;
    while reach > 0 && hit.from - reach < 3 && !broken(reach) {
        reach -= 1;
    }
    let end = if broken(hit.to) { hit.to } else { hit.to + 1 };
    // "Pas de souci, je paie", "no problem": a courtesy that holds its own "not" denies nothing else.
    let courteous = |negation: &Hit| {
        scanned.hits.iter().any(|(role, filler)| {
            *role == Role::Phrase(Phrase::Filler, language)
                && filler.from <= negation.from
                && negation.from < filler.to
                && compiled.negative.get(filler.pattern).copied().unwrap_or(false)
        })
    };
    scanned.hits.iter().any(|(role, negation)| {
        let denies = match role {
            Role::Phrase(Phrase::Negation, of) if *of == language => negation.from >= reach && negation.from < hit.to,
            Role::Phrase(Phrase::NegationAfter, of) if *of == language => {
                negation.from >= hit.from && negation.from < end
            }
            _ => false,
        };
        denies && !courteous(negation)
    })
}

/// Risk before routine; among routine, what asks for a decision before what only tells.
const ORDER: &[Intent] = &[
    Intent::Legal,
    Intent::Hostile,
    Intent::BankDetailsVerification,
    Intent::Dispute,
    Intent::InstalmentRequest,
    Intent::DeferralRequest,
    Intent::PaymentMade,
    Intent::PaymentNotification,
    Intent::InvoiceRequest,
    Intent::BankDetailsRequest,
    Intent::ReferenceRequest,
    Intent::PromiseToPay,
    Intent::StatementRequest,
    Intent::ContactChange,
    Intent::Bounce,
    Intent::AutoReply,
    Intent::Unrelated,
    Intent::Acknowledgement,
];

/// Requests that name a thing which a later pronoun can stand for.
const NAMED_REQUESTS: &[Intent] =
    &[Intent::InvoiceRequest, Intent::BankDetailsRequest, Intent::StatementRequest, Intent::ReferenceRequest];

/// The place of an intent in the table.
pub(super) fn rank(intent: Intent) -> usize {
    ORDER.iter().position(|known| *known == intent).unwrap_or(ORDER.len())
}

/// What always goes to the owner, wherever it stands.
pub(super) const fn is_risk(intent: Intent) -> bool {
    matches!(intent, Intent::Legal | Intent::Hostile | Intent::BankDetailsVerification | Intent::Dispute)
}

/// Findings in order, the strongest rule of each intent with its words.
pub(super) fn findings(
    compiled: &Compiled,
    scanned: &[Scanned],
    holdings: &[Holding],
    text: &str,
) -> Vec<IntentFinding> {
    let mut best: BTreeMap<usize, (u32, usize, Holding)> = BTreeMap::new();
    let mut sentences: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for holding in holdings {
        let Some(rule) = compiled.rules.get(holding.rule) else { continue };
        let place = rank(rule.intent);
        sentences.entry(place).or_default().insert(holding.sentence);
        let candidate = (rule.weight, holding.to - holding.from, *holding);
        match best.get(&place) {
            Some(held) if (held.0, held.1) >= (candidate.0, candidate.1) => {}
            _ => {
                best.insert(place, candidate);
            }
        }
    }
    let mut found = Vec::new();
    for (place, (weight, _, holding)) in best {
        let (Some(rule), Some(scanned)) = (compiled.rules.get(holding.rule), scanned.get(holding.sentence)) else {
            continue;
        };
        // Said twice is surer than said once.
        let again = sentences.get(&place).map_or(0, BTreeSet::len).saturating_sub(1);
        let confidence = weight + 5 * u32::try_from(again).unwrap_or(0).min(2);
        let evidence = original(text, scanned.sentence.range_of(holding.from, holding.to)).to_owned();
        found.push(IntentFinding {
            intent: rule.intent,
            confidence: Confidence::percent(confidence),
            rule: rule.id.clone(),
            evidence,
        });
    }
    found
}

/// Adds findings of other places, those of an intent that is known already left out, in order.
pub(super) fn merge(found: &mut Vec<IntentFinding>, more: Vec<IntentFinding>) {
    for finding in more {
        if found.iter().all(|known| known.intent != finding.intent) {
            found.push(finding);
        }
    }
    found.sort_by_key(|finding| rank(finding.intent));
}

/// Where the days of a sentence lie that are written beyond doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// All of them after the writer's day.
    Ahead,
    /// All of them before it.
    Past,
}

/// Holdings that another one overrules, taken away.
pub(super) fn overrule(
    compiled: &Compiled,
    scanned: &[Scanned],
    holdings: Vec<Holding>,
    times: &BTreeMap<usize, Time>,
) -> Vec<Holding> {
    let intent = |holding: &Holding| compiled.rules.get(holding.rule).map(|rule| rule.intent);
    let present: BTreeSet<(Intent, usize)> = holdings.iter().filter_map(|h| Some((intent(h)?, h.sentence))).collect();
    let anywhere: BTreeSet<Intent> = present.iter().map(|(intent, _)| *intent).collect();
    let asks = [Intent::InvoiceRequest, Intent::BankDetailsRequest, Intent::StatementRequest];
    let asks = asks.iter().any(|request| anywhere.contains(request));
    let language = |holding: &Holding| compiled.rules.get(holding.rule).map(|rule| rule.language);
    let elsewhere = |of: &Holding| {
        holdings.iter().any(|holding| {
            holding.sentence == of.sentence
                && language(holding) != language(of)
                && intent(holding) != Some(Intent::Unrelated)
        })
    };
    let named_day = |sentence: usize| {
        scanned.get(sentence).is_some_and(|scanned| scanned.hits.iter().any(|(role, _)| matches!(role, Role::Date(_))))
    };
    let is_excuse = |holding: &Holding| compiled.rules.get(holding.rule).is_some_and(|rule| rule.excuse);
    let promised: BTreeSet<usize> = holdings
        .iter()
        .filter(|holding| intent(holding) == Some(Intent::PromiseToPay) && named_day(holding.sentence))
        .map(|holding| holding.sentence)
        .collect();
    // A wish for time that is more than an excuse beside a promised day.
    let wishes_time: BTreeSet<usize> = holdings
        .iter()
        .filter(|holding| intent(holding) == Some(Intent::DeferralRequest))
        .filter(|holding| !(is_excuse(holding) && promised.contains(&holding.sentence)))
        .map(|holding| holding.sentence)
        .collect();
    holdings
        .iter()
        .filter(|holding| {
            let Some(own) = intent(holding) else { return false };
            let same = |other: Intent| present.contains(&(other, holding.sentence));
            // "Non trovo l'IBAN. Me lo manda?": the pronoun stands for what was named.
            let back = compiled.rules.get(holding.rule).is_some_and(|rule| rule.refers_back);
            if back && NAMED_REQUESTS.iter().any(|other| *other != own && anywhere.contains(other)) {
                return false;
            }
            match own {
                // "Messa in pagamento, valuta 20/12": the day tells what was paid from what will be.
                Intent::PaymentMade
                    if same(Intent::PromiseToPay) && times.get(&holding.sentence) == Some(&Time::Ahead) =>
                {
                    false
                }
                Intent::PromiseToPay
                    if same(Intent::PaymentMade) && times.get(&holding.sentence) == Some(&Time::Past) =>
                {
                    false
                }
                // Thanks and "received" say something only where nothing else is said.
                Intent::Acknowledgement => {
                    anywhere.iter().all(|other| matches!(other, Intent::Acknowledgement | Intent::Unrelated))
                }
                // "Mi mandi l'IBAN che bonifico oggi": the condition is what is wanted. So it is where the promise beside a
                // request names no day ("ce la rimanda? provvediamo subito").
                Intent::PromiseToPay => {
                    let named = [
                        Intent::InvoiceRequest,
                        Intent::BankDetailsRequest,
                        Intent::InstalmentRequest,
                        Intent::Dispute,
                    ];
                    let beaten = named.into_iter().any(same) || wishes_time.contains(&holding.sentence);
                    (named_day(holding.sentence) || !asks) && !beaten
                }
                // To ask for parts is to ask for time.
                Intent::DeferralRequest => {
                    !anywhere.contains(&Intent::InstalmentRequest)
                        && (wishes_time.contains(&holding.sentence) || !is_excuse(holding))
                }
                Intent::BankDetailsRequest => !same(Intent::BankDetailsVerification),
                // A sentence that two languages know, and that one of them understands, is not other business in the other.
                Intent::Unrelated => !elsewhere(holding),
                _ => true,
            }
        })
        .copied()
        .collect()
}
