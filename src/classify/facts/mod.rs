//! Dates, amounts and references in the new words.

pub(super) mod amounts;
mod creditor_references;
pub(super) mod dates;
mod figures;
mod not_days;
pub(super) mod plan;
mod recurrence;
pub(super) mod references;
