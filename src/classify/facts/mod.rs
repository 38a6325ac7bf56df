//! Dates, amounts and references in the new words.

pub(super) mod absence;
pub(super) mod amounts;
mod creditor_references;
pub(super) mod dates;
mod else_then;
mod figures;
pub(super) mod means;
pub(super) mod plan;
pub(super) mod recurrence;
pub(super) mod references;
pub(super) mod refund;
mod relative;
mod units;
