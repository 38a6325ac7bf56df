//! What the adviser sees of a text: words, pairs of neighbours, beginnings and endings of words.
//!
//! In: folded text. Out: features, each with its bucket. This file is also compiled into `build.rs`, so that what was
//! trained and what is asked are the same features; it therefore uses nothing but the standard library.

use std::fmt;

/// What a text can be about: the intents in the order of [`crate::ledger::words::Intent`], and last nothing at all.
pub(super) const CLASSES: [&str; 19] = [
    "payment_made",
    "promise_to_pay",
    "deferral_request",
    "instalment_request",
    "invoice_request",
    "bank_details_request",
    "dispute",
    "reference_request",
    "statement_request",
    "contact_change",
    "bank_details_verification",
    "legal",
    "hostile",
    "auto_reply",
    "bounce",
    "payment_notification",
    "acknowledgement",
    "unrelated",
    "",
];
/// How many classes there are.
pub(super) const COUNT: usize = CLASSES.len();
/// Features fall into so many buckets by their hash; two that share one are told apart by what stands beside them.
pub(super) const BUCKETS: u64 = 1 << 17;
/// Words looked at: enough for any answer, bounded whatever the length of the mail.
const WORDS_AT_MOST: usize = 400;
/// Beginnings of these lengths stand for the stem of a longer word.
const BEGINNINGS: [usize; 3] = [4, 5, 6];
/// Endings of these lengths tell person and tense.
const ENDINGS: [usize; 2] = [3, 4];

/// One thing seen in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature<'a> {
    /// A word.
    Word(&'a str),
    /// Two neighbours; the text opens and closes with an empty one.
    Pair(&'a str, &'a str),
    /// How a word begins.
    Beginning(&'a str),
    /// How a word ends.
    Ending(&'a str),
}

impl Feature<'_> {
    /// Where its weights lie: FNV-1a, the same on every machine.
    pub(super) fn bucket(self) -> usize {
        let (kind, first, second) = match self {
            Self::Word(word) => (b'w', word, ""),
            Self::Pair(first, second) => (b'p', first, second),
            Self::Beginning(part) => (b'b', part, ""),
            Self::Ending(part) => (b'e', part, ""),
        };
        let bytes = std::iter::once(kind).chain(first.bytes()).chain(std::iter::once(b' ')).chain(second.bytes());
        let hash = bytes
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        usize::try_from((hash ^ (hash >> 32)) % BUCKETS).unwrap_or_default()
    }
}

impl fmt::Display for Feature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "{word}"),
            Self::Pair(first, second) => write!(f, "{first} {second}"),
            Self::Beginning(part) => write!(f, "{part}…"),
            Self::Ending(part) => write!(f, "…{part}"),
        }
    }
}

/// The words of a folded text; a question mark is one, and every number is the same.
pub(super) fn words(folded: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for run in folded.split(|c: char| !c.is_ascii_alphanumeric() && c != '?' && c != '€') {
        let mut rest = run;
        while let Some(mark) = rest.find(['?', '€']) {
            let (before, after) = rest.split_at(mark);
            words.push(before);
            let end = after.chars().next().map_or(after.len(), char::len_utf8);
            let (sign, after) = after.split_at(end);
            words.push(sign);
            rest = after;
        }
        words.push(rest);
    }
    words.retain(|word| !word.is_empty());
    words.truncate(WORDS_AT_MOST);
    for word in &mut words {
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            *word = "0";
        }
    }
    words
}

/// Everything seen in these words.
pub(super) fn features<'a>(words: &[&'a str]) -> Vec<Feature<'a>> {
    let mut seen = Vec::with_capacity(words.len() * 6);
    let mut before = "";
    for word in words {
        seen.push(Feature::Word(word));
        seen.push(Feature::Pair(before, word));
        before = word;
        if word.len() > 4 {
            let beginning = |length: &usize| word.get(..*length).filter(|part| part.len() < word.len());
            seen.extend(BEGINNINGS.iter().filter_map(beginning).map(Feature::Beginning));
            let ending = |length: &usize| word.get(word.len().checked_sub(*length)?..);
            seen.extend(ENDINGS.iter().filter_map(ending).map(Feature::Ending));
        }
    }
    seen.push(Feature::Pair(before, ""));
    seen
}

/// The buckets of these words, in order, each once.
pub(super) fn buckets(words: &[&str]) -> Vec<usize> {
    let mut buckets: Vec<usize> = features(words).into_iter().map(Feature::bucket).collect();
    buckets.sort_unstable();
    buckets.dedup();
    buckets
}

/// The exponential function of what is not above zero, by arithmetic that is the same on every machine.
pub(super) fn exp(value: f32) -> f32 {
    const SQUARINGS: usize = 12;
    if value < -20.0 {
        return 0.0;
    }
    (0..SQUARINGS).fold(1.0 + value / 4096.0, |power, _| power * power)
}
