//! A planned mail and the live account in; finished bytes out.
//!
//! In: a [`crate::ledger::mail::MailPlan`], the account, the firm's letterhead, documents to attach. Out: one RFC 5322 message whose
//! bytes depend on nothing else: ids and boundaries are derived from the outbox key.
//! Deliberately absent: whether it should be sent, where to, the clock, files (sources are handed in).

pub mod letterhead;
