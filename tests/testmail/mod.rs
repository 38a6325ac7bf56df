//! Mail servers of the tests' own, in process, on loopback: they follow a script and write down what they heard.
//! Each test target uses its part of them.
// A test ends with a panic when what it needs is not there, also in its helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(dead_code, unused_imports, reason = "each test target uses its part of the servers")]

pub mod certificates;
pub mod imap;
mod smtp;

pub use smtp::{Act, Plan, Server, say, tls_file};
