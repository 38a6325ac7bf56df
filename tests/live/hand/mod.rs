//! The tests' own side of the conversation: the owner's other mail program, and a customer who writes. Written by hand
//! over sockets and rustls; nothing here comes from the product, so that a fault of its client cannot hide itself.

pub mod imap;
pub mod smtp;
pub mod wire;

pub use imap::{Held, MailProgram};
pub use smtp::{Door, Protection, send};
