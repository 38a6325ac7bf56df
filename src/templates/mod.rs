//! A planned mail and the live account in; finished bytes out.
//!
//! In: a [`crate::ledger::mail::MailPlan`], the account, the firm's letterhead, documents to attach. Out: one RFC 5322 message whose
//! bytes depend on nothing else: ids and boundaries are derived from the outbox key.
//! Deliberately absent: whether it should be sent, where to, the clock, files (sources are handed in).
//!
//! The way of a letter: `shelf` finds the text, `fields` says what it may name, the text is rendered once, then
//! `blocks` and `html` turn it into a plain and an HTML part (`naming`: what a document is called, `works`: what was delivered, `payment`: where it is paid, `parties`: who writes to whom, `standing`: what
//! stands beside it, `sections`: several accounts in one letter), `iban` looks for payment details that are not ours,
//! and `mime` writes the bytes.

pub mod blocks;
mod check;
mod claims;
mod clean;
mod days;
mod discretion;
mod fields;
mod html;
mod iban;
pub mod ids;
pub mod letter;
pub mod letterhead;
pub mod mime;
mod naming;
pub mod never;
pub mod parties;
mod payment;
mod sections;
pub mod shelf;
mod shipped;
mod standing;
pub mod wording;
mod works;

pub use iban::foreign_ibans;
pub use ids::{MailIds, mail_ids};
pub use letter::{Beside, Document, Letter, RenderFailure, Rendered};
pub use shelf::{ITALIAN_ONLY, NOT_FOR_PUBLIC_BODIES, Shelf, TEMPLATE_IDS, TemplateKey, TemplateSource};
pub use shipped::sources_shipped;
