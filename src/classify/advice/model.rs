//! The trained weights, and what they make of a text.

use super::features::{CLASSES, COUNT, Feature, buckets, exp, features, words};
use crate::ledger::words::Intent;

/// Written by `build.rs` from `training/`.
static WEIGHTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/advice.bin"));

/// How likely each class is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scores {
    /// Natural logarithms of the chances, by place in [`CLASSES`].
    logs: [f32; COUNT],
}

impl Scores {
    /// The logarithm of the chance that the text is mainly about this; of nothing at all for `None`.
    pub(super) fn of(&self, intent: Option<Intent>) -> f32 {
        let word = intent.map_or("", |intent| intent.as_str());
        let place = CLASSES.iter().position(|class| *class == word);
        place.and_then(|place| self.logs.get(place)).copied().unwrap_or(f32::MIN)
    }
}

/// Scores of a folded text; `None` where there is no word.
pub(super) fn scores(folded: &str) -> Option<Scores> {
    let words = words(folded);
    if words.is_empty() {
        return None;
    }
    let mut sums = [0_i32; COUNT];
    // The first row is the bias.
    for row in std::iter::once(0).chain(buckets(&words).into_iter().map(|bucket| bucket + 1)) {
        for (sum, weight) in sums.iter_mut().zip(row_of(row)) {
            *sum += i32::from(weight);
        }
    }
    let scale = scale();
    // Some thousands of small weights at most.
    let mut logs = sums.map(|sum| sum as f32 * scale);
    let most = logs.iter().copied().fold(f32::MIN, f32::max);
    let all: f32 = logs.iter().map(|log| exp(log - most)).sum();
    let whole = most + all.ln();
    for log in &mut logs {
        *log -= whole;
    }
    Some(Scores { logs })
}

/// The words that speak most for this intent, heaviest first.
pub(super) fn heaviest(folded: &str, intent: Intent) -> Vec<String> {
    let Some(place) = CLASSES.iter().position(|class| *class == intent.as_str()) else { return Vec::new() };
    let words = words(folded);
    let mut found: Vec<(i32, &str)> = words
        .iter()
        .map(|word| {
            let own = features(&[word]).into_iter().filter(|feature| !matches!(feature, Feature::Pair(..)));
            let weights = own.map(|feature| row_of(feature.bucket() + 1).nth(place).map_or(0, i32::from));
            (weights.sum(), *word)
        })
        .filter(|(weight, _)| *weight > 0)
        .collect();
    found.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    found.dedup();
    found.into_iter().map(|(_, word)| word.to_owned()).collect()
}

fn scale() -> f32 {
    WEIGHTS.first_chunk().map_or(1.0, |bytes| f32::from_le_bytes(*bytes))
}

fn row_of(row: usize) -> impl Iterator<Item = i8> {
    let from = 4 + row * COUNT;
    WEIGHTS.get(from..from + COUNT).unwrap_or_default().iter().map(|byte| i8::from_le_bytes([*byte]))
}
