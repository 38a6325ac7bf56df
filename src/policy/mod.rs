//! Decisions: a customer account, an event, the owner's policy and *now* in; a decision out.
//!
//! In: values of `ledger`. Out: [`crate::ledger::decision::Decision`]s, verdicts on mails that fall due, reasons for silence.
//! Deliberately absent: words of a mail (policy sees findings), the clock, storage, texts of mails.

pub mod terms;
