//! The labelled sentences of the package, read with a set of rules, and what changes from one set to another.

use crate::classify::{Difference, RuleSet, Understanding, Utterance};
use crate::ledger::ids::RuleId;
use crate::ledger::money::Currency;
use crate::ledger::reading::IntentFinding;
use crate::ledger::words::{Intent, Language, MessageKind};
use crate::measure::{Rank, Sentence, rank};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The day on which the sentences are read: a Monday, after the days that they speak of as past.
pub(super) fn reading_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 16).unwrap_or_default()
}

/// Reads all sentences, on all processors.
pub(super) fn read(rules: &RuleSet, sentences: &[Sentence]) -> Vec<Understanding> {
    on_all_processors(sentences, |sentence| read_one(rules, sentence))
}

/// What a base made of the sentences that another set reads as `now`: only those are read again whose words meet
/// something in which the two sets differ. Beside each, whether it was.
pub(super) fn read_before(
    base: &RuleSet,
    difference: &Difference,
    sentences: &[Sentence],
    now: &[Understanding],
) -> Vec<(Understanding, bool)> {
    let again =
        on_all_processors(sentences, |sentence| difference.may_touch(sentence.text).then(|| read_one(base, sentence)));
    let pairs = again.into_iter().zip(now);
    pairs
        .map(|(again, now)| match again {
            Some(before) => (before, true),
            None => (now.clone(), false),
        })
        .collect()
}

fn read_one(rules: &RuleSet, sentence: &Sentence) -> Understanding {
    let Some(currency) = Currency::parse("EUR") else { return Understanding::default() };
    let mut understood = rules.read(&Utterance {
        text: sentence.text,
        people: BTreeSet::new(),
        company: Vec::new(),
        signature: String::new(),
        concealed: "",
        subject: "",
        attachment_names: Vec::new(),
        day: reading_day(),
        language: None,
        kind: MessageKind::Reply,
        currency,
        own_ibans: &[],
    });
    // The adviser has learnt from these very sentences: what is asked is what the rules say.
    understood.intents.retain(|found| !is_guess(&found.rule));
    understood
}

/// The adviser's, not a rule's.
pub(super) fn is_guess(rule: &RuleId) -> bool {
    rule.as_str().starts_with("advice.")
}

/// The same work on every sentence, the answers in their order.
pub(super) fn on_all_processors<T: Send>(sentences: &[Sentence], work: impl Fn(&Sentence) -> T + Sync) -> Vec<T> {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = sentences.len().div_ceil(processors).max(1);
    let work = &work;
    std::thread::scope(|scope| {
        let parts: Vec<_> = sentences
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<T>>()))
            .collect();
        // A thread that panicked hands its panic on.
        let joined = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    })
}

/// So many sentences as labelled, of so many, by language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(super) struct Total {
    pub(super) sentences: usize,
    /// Primary intent and all others as labelled.
    pub(super) right: usize,
    /// The primary intent as labelled.
    pub(super) primary_right: usize,
}

pub(super) fn totals(sentences: &[Sentence], read: &[Understanding]) -> BTreeMap<Language, Total> {
    let mut totals: BTreeMap<Language, Total> = BTreeMap::new();
    for (sentence, understood) in sentences.iter().zip(read) {
        let total = totals.entry(sentence.language).or_default();
        let rank = rank(&sentence.intents, &intents(understood));
        total.sentences += 1;
        total.right += usize::from(rank == Rank::Right);
        total.primary_right += usize::from(rank >= Rank::PrimaryRight);
    }
    totals
}

fn intents(understood: &Understanding) -> Vec<Intent> {
    understood.intents.iter().map(|found| found.intent).collect()
}

/// How a change compares with the label, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Turn {
    /// A dispute, a lawyer, a threat or a changed IBAN that was seen is not seen any more.
    RiskUnseen,
    /// Right before, or nearer to it.
    Worse,
    /// Another meaning, neither nearer to the label nor farther from it.
    Otherwise,
    /// The same meaning, another day or amount.
    Facts,
    /// Words stay unread that did not before: such a mail goes to the owner.
    Unclear,
    /// No words stay unread any more: such a mail may be answered by itself.
    Clear,
    /// Right now, or nearer to it.
    Better,
}

impl Turn {
    /// In a word.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::RiskUnseen => "RISK",
            Self::Worse => "worse",
            Self::Otherwise => "other",
            Self::Facts => "facts",
            Self::Unclear => "unclear",
            Self::Clear => "clear",
            Self::Better => "better",
        }
    }
}

/// A sentence that means something else with the rules in force.
#[derive(Debug)]
pub(super) struct Change<'a> {
    pub(super) turn: Turn,
    pub(super) sentence: &'a Sentence,
    pub(super) before: &'a Understanding,
    pub(super) now: &'a Understanding,
}

/// What changed, the worst first, each kind in the order of the files.
pub(super) fn changes<'a>(
    sentences: &'a [Sentence],
    before: &'a [Understanding],
    now: &'a [Understanding],
) -> Vec<Change<'a>> {
    let all = sentences.iter().zip(before.iter().zip(now));
    let mut found: Vec<Change<'a>> = all
        .filter_map(|(sentence, (before, now))| {
            turn(&sentence.intents, before, now).map(|turn| Change { turn, sentence, before, now })
        })
        .collect();
    found.sort_by_key(|change| change.turn);
    found
}

fn turn(labelled: &[Intent], before: &Understanding, now: &Understanding) -> Option<Turn> {
    let (was, is) = (intents(before), intents(now));
    let risky = |intents: &[Intent]| intents.iter().any(|intent| is_risk(*intent));
    if was == is {
        if before.facts != now.facts {
            return Some(Turn::Facts);
        }
        return match (before.unread.is_empty(), now.unread.is_empty()) {
            (true, false) => Some(Turn::Unclear),
            (false, true) => Some(Turn::Clear),
            _ => None,
        };
    }
    if risky(labelled) && risky(&was) && !risky(&is) {
        return Some(Turn::RiskUnseen);
    }
    Some(match rank(labelled, &is).cmp(&rank(labelled, &was)) {
        std::cmp::Ordering::Less => Turn::Worse,
        std::cmp::Ordering::Equal => Turn::Otherwise,
        std::cmp::Ordering::Greater => Turn::Better,
    })
}

const fn is_risk(intent: Intent) -> bool {
    matches!(intent, Intent::Legal | Intent::Hostile | Intent::BankDetailsVerification | Intent::Dispute)
}

/// What was found, with the rule and the words that decided.
pub(super) fn grounds(found: &[IntentFinding]) -> String {
    if found.is_empty() {
        return "nothing".to_owned();
    }
    let each = found.iter().map(|one| format!("{} by {} «{}»", one.intent, one.rule, one.evidence));
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::words::Confidence;

    fn understood(intents: &[Intent], unread: &[&str]) -> Understanding {
        let finding = |intent: &Intent| IntentFinding {
            intent: *intent,
            confidence: Confidence::percent(80),
            rule: RuleId::new("a"),
            evidence: "b".to_owned(),
        };
        Understanding {
            intents: intents.iter().map(finding).collect(),
            unread: unread.iter().map(|words| (*words).to_owned()).collect(),
            ..Understanding::default()
        }
    }

    /// What is not read again would have been read the same.
    #[test]
    fn what_the_difference_does_not_touch_is_read_as_before() {
        let shipped = crate::classify::sources_shipped();
        let base = RuleSet::compile(&shipped, &[]).expect("the shipped rules");
        let own = "language = \"it\"\n[words]\npay = [\"sistem*\"]\n[phrases]\nnegation = [\"col cavolo\"]\nfiller = [\"buona \
                   giornata\"]\n[[rule]]\nid = \"it.payment_made.transfer_done\"\ndisabled = true\n[[rule]]\nid = \"mine\"\nintent \
                   = \"promise_to_pay\"\nwhy = \"x\"\npatterns = [\"entro # giorni\", \"{pay} .. domani\"]\nexample = \
                   [\"entro 3 giorni\"]\ncounter_example = [\"x\"]\n";
        let own = [crate::classify::RuleSource { file: "rules/it/mine.toml".into(), text: own.into() }];
        let set = RuleSet::compile(&shipped, &own).expect("good rules");
        let sentences: Vec<Sentence> = crate::measure::sentences_shipped().into_iter().step_by(4).collect();
        let now = read(&set, &sentences);
        let before = read_before(&base, &set.difference(&base), &sentences, &now);
        let touched = before.iter().filter(|(_, again)| *again).count();
        assert!(touched > 20 && touched < sentences.len() / 4, "{touched} of {}", sentences.len());
        let whole = read(&base, &sentences);
        let mut changed = 0;
        for ((sentence, whole), ((before, _), now)) in sentences.iter().zip(&whole).zip(before.iter().zip(&now)) {
            assert_eq!(whole, before, "{}:{}", sentence.file, sentence.line);
            changed += usize::from(whole != now);
        }
        assert!(changed > 4, "the rules changed nothing, so nothing was tried");
    }

    #[test]
    fn better_worse_and_what_else_may_change() {
        use Intent::{Dispute, PaymentMade, PromiseToPay};
        let turn_of = |labelled: &[Intent], was: (&[Intent], &[&str]), is: (&[Intent], &[&str])| {
            turn(labelled, &understood(was.0, was.1), &understood(is.0, is.1))
        };
        let quiet: &[&str] = &[];
        assert_eq!(turn_of(&[PaymentMade], (&[], quiet), (&[PaymentMade], quiet)), Some(Turn::Better));
        assert_eq!(turn_of(&[PaymentMade], (&[PaymentMade], quiet), (&[], quiet)), Some(Turn::Worse));
        assert_eq!(turn_of(&[PaymentMade], (&[PromiseToPay], quiet), (&[Dispute], quiet)), Some(Turn::Otherwise));
        assert_eq!(turn_of(&[Dispute], (&[Dispute], quiet), (&[PaymentMade], quiet)), Some(Turn::RiskUnseen));
        assert_eq!(turn_of(&[PaymentMade], (&[PaymentMade], &["x"]), (&[PaymentMade], quiet)), Some(Turn::Clear));
        assert_eq!(turn_of(&[PaymentMade], (&[PaymentMade], quiet), (&[PaymentMade], &["x"])), Some(Turn::Unclear));
        assert_eq!(turn_of(&[PaymentMade], (&[PaymentMade], quiet), (&[PaymentMade], quiet)), None);
    }
}
