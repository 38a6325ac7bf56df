//! How well mails are read: labels and outcomes in, figures out.
//!
//! In: the labels of a corpus (the format of `docs/reading.md`) and what the product made of each mail. Out: precision,
//! recall and F1 an intent, accuracy of facts and dispositions, and above all the wrong automatic answers; as numbers,
//! as a table, as JSON. Deliberately absent: reading the folder, running the product, any opinion about good enough.

mod figures;
mod labels;
mod table;

pub use figures::{Figures, IntentFigures, Outcome, Share, measure};
pub use labels::{Label, LabelledInstalment, Risk, labels};
