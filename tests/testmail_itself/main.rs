//! The scripted IMAP server itself, by a raw socket: what it promises to the tests that lean on it, and that each
//! fault of its script bites. It knows nothing of the product's own client.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../testmail/mod.rs"]
mod testmail;

mod faults;
mod protocol;
mod servers;
mod speaker;
