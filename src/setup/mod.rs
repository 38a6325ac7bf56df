//! Getting a firm's mailbox to work: where secrets come from, which servers a provider has, and what they can do.
//!
//! In: the settings, a mail address, a server's answers. Out: servers ready to be logged in to, findings in sentences.
//! Deliberately absent: anything that reads or writes a customer's mail, and any printing (that is `cli`).

pub mod providers;
pub mod secrets;
pub mod servers;
