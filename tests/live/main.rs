//! The real program beside its owner on real servers: a private Dovecot and a private Postfix on loopback, with TLS.
//!
//! In: a firm's folder whose mailbox is IMAP, the program as it is installed, and a second mail program written for
//! these tests (`hand/`), which shares no code with the product. Out: what Dovecot and Postfix hold afterwards, down to
//! file names and flags. Deliberately absent: scripted servers (those are in `tests/imap` and `tests/testmail`).
//!
//! The servers run in temporary folders and need root. `scripts/install-test-servers` installs them. Without them these
//! tests say that they were skipped; with SOLLECITO_REQUIRE_SERVERS=1 their absence is a failure.

// A test that cannot go on says so; helpers of tests are not `#[test]` functions themselves.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]
#![allow(missing_docs)]

mod changes;
mod days;
mod disk;
mod drafts;
mod firm;
mod hand;
mod harness;
mod letters;
mod memory;
mod mistakes;
mod reply;
mod running;
mod servers;
mod setup;
mod soak;
mod trace;
mod transport;
mod watching;
