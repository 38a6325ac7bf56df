//! Mail servers of the tests' own, in process, on loopback: they follow a script and write down what they heard.
//! Each test target uses its part of them.
// A test ends with a panic when what it needs is not there, also in its helpers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code)]
pub mod certificates;
#[allow(dead_code, unused_imports)]
pub mod imap;
#[allow(dead_code)]
mod smtp;

#[allow(unused_imports)]
pub use smtp::{Act, Plan, Server, say, tls_file};
