//! How well mails are read: labels and outcomes in, figures out.
//!
//! In: the labels of a corpus (the format of `docs/reading.md`) and what the product made of each mail; the labelled
//! sentences that come with the program. Out: precision, recall and F1 an intent, accuracy of facts and dispositions, and
//! above all the wrong automatic answers; as numbers, as a table, as JSON. Deliberately absent: reading the folder,
//! running the product, any opinion about good enough.

mod compare;
mod figures;
mod labels;
mod sentences;
mod table;

pub use compare::{Difference, Fact, Outcome, differences};
pub use figures::{Figures, IntentFigures, NONE, Named, Share, measure, measure_languages};
pub use labels::{Label, LabelledInstalment, Risk, labels, mismatches};
pub use sentences::{Rank, Sentence, rank, sentences_shipped};
