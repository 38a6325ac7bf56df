//! Bytes in, a `Message` out. Reading a mail cannot fail: what is broken becomes an oddity.
//!
//! In: the raw bytes of one mail and what the reader must know of the firm (own addresses, trusted authserv-ids).
//! Out: headers, thread ids, the new words without quotes and signatures, attachments, kind of mail, authenticity,
//! and in whose company it comes.
//! Deliberately absent: what the words mean (`classify`), whom they concern (`matching`), any file or network.

mod arrival;
mod assemble;
mod attribution;
mod authenticity;
mod automatic;
mod banners;
mod body;
mod bounce;
mod coloured;
mod company;
mod domains;
mod fields;
mod headings;
mod html;
mod html_style;
mod html_tags;
mod identity;
mod kind;
mod lines;
mod notification;
mod parse;
mod pattern;
mod pec;
mod phrases;
mod quotes;
mod results;
mod sdi;
mod signature;
mod threads;
mod tickets;
mod warnings;
mod words;
mod writer;

use crate::ledger::ids::{Address, MessageIdentity, RfcId};
use crate::ledger::reading::{BounceFinding, Warning};
use crate::ledger::words::{Authenticity, MessageKind};
use chrono::{DateTime, FixedOffset};

pub use arrival::{stamped, written};
pub use assemble::read;
pub use authenticity::topmost_authserv_id;
pub use identity::identity;

/// What the reader of mails knows of the firm.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// The mailbox's own addresses and aliases, and the owner's.
    pub own_addresses: Vec<Address>,
    /// Whose Authentication-Results are believed (RFC 8601 authserv-id), compared without case.
    pub authserv_ids: Vec<String>,
}

/// A mail, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is; never its UID or file name.
    pub identity: MessageIdentity,
    /// Message-ID, when usable.
    pub rfc_id: Option<RfcId>,
    /// Other ids by which it or what it answers is known (X-Microsoft-Original-Message-ID, PEC references, …).
    pub aliases: Vec<RfcId>,
    /// In-Reply-To and References, nearest first, without repeats.
    pub thread: Vec<RfcId>,
    /// References in their own order, for threading an answer.
    pub references: Vec<RfcId>,
    /// X-Sollecito-Ref of this very mail (ours, or a draft of ours that the owner sent).
    pub own_reference: Option<String>,
    /// The Date header.
    pub date: Option<DateTime<FixedOffset>>,
    /// Everybody named in From headers (of an opened PEC envelope: the inner ones).
    pub from: Vec<Correspondent>,
    /// Reply-To.
    pub reply_to: Vec<Correspondent>,
    /// To.
    pub to: Vec<Correspondent>,
    /// Cc.
    pub cc: Vec<Correspondent>,
    /// Decoded subject on one line.
    pub subject: String,
    /// The words.
    pub words: Words,
    /// Attachments, decoded.
    pub attachments: Vec<Attachment>,
    /// Sort of mail, by envelope and structure alone.
    pub kind: MessageKind,
    /// Why it is of that kind: the header or structure that decided.
    pub kind_evidence: String,
    /// Is the author proven?
    pub authenticity: Authenticity,
    /// For delivery statuses.
    pub bounce: Option<BounceFinding>,
    /// Signs of trouble.
    pub warnings: Vec<Warning>,
    /// What was odd, in plain English, for the record.
    pub oddities: Vec<String>,
    /// Size of the raw bytes.
    pub size: usize,
}

/// Somebody in an address header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correspondent {
    /// Display name.
    pub name: Option<String>,
    /// The address, when usable.
    pub address: Option<Address>,
}

/// The text of a mail, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// The new words, without quoted history, sign-off, signature and disclaimer.
    pub new: String,
    /// The same with the sign-off and the writer's name kept.
    pub signed: String,
    /// The signature block that was cut, for names and telephone numbers.
    pub signature: String,
    /// The quoted history that was cut, for numbers and ids of last resort.
    pub quoted: String,
    /// Text that no reader sees, the history's included: never read as words, only searched for orders to machines.
    pub concealed: String,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name, when given.
    pub name: Option<String>,
    /// Media type in lower case (`application/pdf`).
    pub media_type: String,
    /// Decoded content.
    pub content: Vec<u8>,
    /// Shown inside the text (logos).
    pub inline: bool,
}
