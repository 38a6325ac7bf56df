//! sollecito: reminds of unpaid invoices from the mailbox that a firm already has, and reads the replies.

pub mod agent;
pub mod classify;
pub mod cli;
pub mod config;
pub mod import;
pub mod ledger;
pub mod mailbox;
pub mod matching;
pub mod measure;
pub mod message;
pub mod network;
pub mod owner;
pub mod policy;
pub mod report;
pub mod setup;
pub mod store;
pub mod templates;
pub mod transport;
