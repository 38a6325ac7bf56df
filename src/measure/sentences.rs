//! The labelled sentences that come with the program: what `rules test` reads with the rules in force.

use crate::ledger::words::{Intent, Language};

/// The files of `training/`, compiled in: here and nowhere else.
const FILES: [(Language, &str, &str); 5] = [
    (Language::Italian, "training/it.txt", include_str!("../../training/it.txt")),
    (Language::English, "training/en.txt", include_str!("../../training/en.txt")),
    (Language::German, "training/de.txt", include_str!("../../training/de.txt")),
    (Language::French, "training/fr.txt", include_str!("../../training/fr.txt")),
    (Language::Spanish, "training/es.txt", include_str!("../../training/es.txt")),
];

/// A sentence (or a short mail) and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The language of its file.
    pub language: Language,
    /// Where it stands.
    pub file: &'static str,
    /// From 1.
    pub line: usize,
    /// The words.
    pub text: &'static str,
    /// Primary first; empty where nothing is said that calls for anything.
    pub intents: Vec<Intent>,
}

/// All of them, in the order of the files. A line that is none is passed over; a test sees that there is none.
#[must_use]
pub fn sentences_shipped() -> Vec<Sentence> {
    FILES.iter().flat_map(|(language, file, text)| read(*language, file, text)).flatten().collect()
}

fn read(language: Language, file: &'static str, text: &'static str) -> impl Iterator<Item = Option<Sentence>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(move |(index, line)| {
        let (words, label) = line.rsplit_once('|')?;
        let intents = label.split_whitespace().map(Intent::parse).collect::<Option<Vec<_>>>()?;
        Some(Sentence { language, file, line: index + 1, text: words.trim(), intents })
    })
}

/// How well a sentence is read, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Another primary intent than the label's.
    Wrong,
    /// The primary intent is right, the others are not.
    PrimaryRight,
    /// As labelled.
    Right,
}

/// Compares what was read in a sentence with its label. Where nothing is said, thanks and small talk are nothing either.
#[must_use]
pub fn rank(labelled: &[Intent], read: &[Intent]) -> Rank {
    let idle = |intent: &Intent| matches!(intent, Intent::Acknowledgement | Intent::Unrelated);
    if labelled.is_empty() {
        return if read.iter().all(idle) { Rank::Right } else { Rank::Wrong };
    }
    if labelled.first() != read.first() {
        return Rank::Wrong;
    }
    let same =
        labelled.iter().all(|intent| read.contains(intent)) && read.iter().all(|intent| labelled.contains(intent));
    if same { Rank::Right } else { Rank::PrimaryRight }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_labelled_sentence() {
        for (language, file, text) in FILES {
            let read: Vec<_> = read(language, file, text).collect();
            assert!(read.len() > 1_000, "{file} has {} lines", read.len());
            for (index, sentence) in read.iter().enumerate() {
                assert!(sentence.as_ref().is_some_and(|one| !one.text.is_empty()), "{file}: sentence {}", index + 1);
            }
        }
    }

    #[test]
    fn ranks() {
        use Intent::{Acknowledgement, Dispute, PaymentMade};
        assert_eq!(rank(&[PaymentMade], &[PaymentMade]), Rank::Right);
        assert_eq!(rank(&[PaymentMade, Dispute], &[PaymentMade]), Rank::PrimaryRight);
        assert_eq!(rank(&[PaymentMade], &[Dispute, PaymentMade]), Rank::Wrong);
        assert_eq!(rank(&[], &[Acknowledgement]), Rank::Right);
        assert_eq!(rank(&[], &[Dispute]), Rank::Wrong);
        assert_eq!(rank(&[Acknowledgement], &[]), Rank::Wrong);
        assert!(Rank::Wrong < Rank::Right);
    }
}
