//! The thin loop: intake, tick, notices, delivery. The only clock, and the only place where a transaction begins.
//!
//! In: a mailbox, a transport, a store, the firm's files and a clock. Out: mails, drafts, sent copies and a report of the pass.
//! Deliberately absent: judgement (that is `policy`), words (that is `templates` and `owner`), printing (that is `cli`).
//!
//! A pass goes one way: what came in is read and decided on; what the day brings is decided on; the owner is told;
//! what is due is checked again, frozen and handed over; copies are laid into Sent.

mod ahead;
mod arrangements;
mod basket;
pub mod clock;
mod collect;
mod copies;
mod corrected;
pub mod crash;
mod delivery;
mod drafts;
pub mod error;
pub mod explain;
pub mod find;
mod forewarning;
mod history;
pub mod imports;
mod incoming;
mod intake;
mod known;
mod notices;
pub mod office;
pub mod onlooker;
pub mod orders;
mod our_turn;
mod outcome;
mod pass;
pub mod preview;
pub mod reading;
mod redirect;
pub mod rest;
mod sent;
mod tick;
mod together;
mod upkeep;
mod veto;
mod warnings;

pub use collect::PATIENCE_HOURS;
pub use error::AgentError;
pub use history::ScanReport;
pub use known::Known;
pub use pass::{Agent, PassReport};
