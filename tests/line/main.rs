//! The whole line through the real program: a firm's folder, a mailbox of files, a folder for outgoing mail, and the
//! time given on the command line. The house is entered by its door; its memory is only looked at.

// A test that cannot go on says so; helpers of tests are not `#[test]` functions themselves.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod bad_input;
mod bench;
mod commands;
mod crash;
mod crash_many;
mod credit;
mod customers;
mod drafts;
mod forewarning;
mod history;
mod instalments;
mod modes;
mod monthly;
mod moved;
mod notices;
mod once;
mod orders;
mod poison;
mod preview;
mod promises;
mod public_body;
mod refusals;
mod remote;
mod remote_crash;
mod restart;
mod running;
mod service;
mod set_off;
mod smtp;
mod terms;
#[path = "../testmail/mod.rs"]
mod testmail;
mod together;
mod units;
