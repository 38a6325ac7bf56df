//! How the adviser is trained: a multinomial logistic regression by plain gradient descent.
//!
//! In: labelled texts. Out: the weights as bytes. Compiled into `build.rs` only, on the machine that builds the program;
//! the order of the texts and every operation are fixed, so that the same texts give the same bytes everywhere.

use super::features::{BUCKETS, CLASSES, COUNT, buckets, exp, words};

/// A labelled text, folded.
pub(super) struct Example {
    /// The words.
    pub(super) folded: String,
    /// Place of its class in [`CLASSES`].
    pub(super) class: usize,
}

/// Passes over all texts.
const PASSES: u16 = 8;
/// How much a weight falls each time that it is used: keeps rare words from shouting.
const DECAY: f32 = 0.01;
/// What moves less than this is left where it is.
const LEAST: f32 = 0.0005;

/// `words | class [second class]`; `None` where the line is a comment or its class is none.
pub(super) fn example(line: &str, fold: impl Fn(&str) -> String) -> Option<Example> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let (words, label) = line.rsplit_once(" |")?;
    let first = label.split_whitespace().next().unwrap_or_default();
    let class = CLASSES.iter().position(|class| *class == first)?;
    Some(Example { folded: fold(words), class })
}

/// The trained weights: the scale (four bytes, little end first), a row of biases, a row for each bucket.
pub(super) fn train(examples: &[Example]) -> Vec<u8> {
    let seen: Vec<(Vec<usize>, usize)> = examples.iter().map(|e| (buckets(&words(&e.folded)), e.class)).collect();
    let order = shuffled(seen.len());
    let mut weights = vec![[0.0_f32; COUNT]; usize::try_from(BUCKETS).unwrap_or_default()];
    let mut bias = [0.0_f32; COUNT];
    for pass in 0..PASSES {
        let pace = 1.0 / (1.0 + 0.5 * f32::from(pass));
        for index in &order {
            let Some((buckets, class)) = seen.get(*index) else { continue };
            if !buckets.is_empty() {
                step(&mut weights, &mut bias, buckets, *class, pace);
            }
        }
    }
    quantised(&weights, &bias)
}

fn step(weights: &mut [[f32; COUNT]], bias: &mut [f32; COUNT], buckets: &[usize], class: usize, pace: f32) {
    let mut scores = *bias;
    for bucket in buckets {
        if let Some(row) = weights.get(*bucket) {
            for (score, weight) in scores.iter_mut().zip(row) {
                *score += weight;
            }
        }
    }
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut chances = scores.map(|score| exp(score - most));
    let all: f32 = chances.iter().sum();
    for (place, chance) in chances.iter_mut().enumerate() {
        *chance = *chance / all - if place == class { 1.0 } else { 0.0 };
    }
    let count = u16::try_from(buckets.len()).unwrap_or(u16::MAX);
    let pace = pace / f32::from(count).sqrt();
    for (bias, wrong) in bias.iter_mut().zip(chances) {
        *bias -= 0.1 * pace * wrong;
    }
    for bucket in buckets {
        let Some(row) = weights.get_mut(*bucket) else { continue };
        for (weight, wrong) in row.iter_mut().zip(chances) {
            if wrong.abs() > LEAST {
                *weight -= pace * (wrong + DECAY * *weight);
            }
        }
    }
}

/// The same disorder each time, so that no class comes in a row.
fn shuffled(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|index| {
        index.to_le_bytes().iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23)
        })
    });
    order
}

// Rounded and bounded right before.
fn quantised(weights: &[[f32; COUNT]], bias: &[f32; COUNT]) -> Vec<u8> {
    let largest = weights.iter().flatten().chain(bias).fold(0.0_f32, |most, weight| most.max(weight.abs()));
    let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
    let mut bytes = Vec::with_capacity(4 + COUNT * (weights.len() + 1));
    bytes.extend(scale.to_le_bytes());
    for weight in bias.iter().chain(weights.iter().flatten()) {
        bytes.extend(((weight / scale).round().clamp(-127.0, 127.0) as i8).to_le_bytes());
    }
    bytes
}
