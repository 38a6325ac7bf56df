//! sollecito: reminds of unpaid invoices from the mailbox that a firm already has, and reads the replies.

pub mod classify;
pub mod ledger;

pub mod mailbox;
pub mod measure;
pub mod message;
pub mod policy;
pub mod templates;
pub mod transport;
