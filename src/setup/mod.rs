//! Getting a firm's mailbox to work: where secrets come from, which servers a provider has, what they can do, and the
//! conversation in which a new firm is set up.
//!
//! In: the settings, a mail address, a server's answers, a person's answers. Out: servers ready to be logged in to, the
//! settings of a new firm, findings in sentences.
//! Deliberately absent: anything that reads or writes a customer's mail, and any printing (that is `cli`).

pub mod finding;
pub mod interview;
pub mod live;
pub mod permission;
pub mod providers;
pub mod secrets;
pub mod sent_copy;
pub mod servers;
pub mod trial;
pub mod wishes;
mod wording;
