//! The mailbox on a server against the scripted one: every row of the tables of what servers do, one test each.
//!
//! What is asked everywhere: no wrong conclusion (a listing that says it is whole is whole, a mail that is given is
//! byte for byte the one that lies there, what is said to lie there lies there once), and nothing of the owner's changed.
// A test ends with a panic when what it needs is not there, also in its helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

#[path = "../testmail/mod.rs"]
mod testmail;

mod bytecut;
mod case;
mod connecting;
mod hostile;
mod lines;
mod personalities;
mod strict;
mod sync;
mod watch;
mod writing;
