//! What the store hands out: rows as values, without any trace of SQL.

use crate::ledger::change::Entry;
use crate::ledger::decision::Verdict;
use crate::ledger::ids::{Address, CommandId, CustomerId, MessageIdentity, OutboxId, ReceivableId, RfcId};
use crate::ledger::mail::{OutboxRow, OutboxState};
use crate::ledger::reading::Reading;
use crate::ledger::words::{MessageKind, word};
use chrono::{DateTime, Utc};
use std::fmt;

/// Why a row is held that a person must approve before it leaves.
pub const WAITS_FOR_APPROVAL: &str = "waits for approval";

/// Why a row is held whose database was put back or copied.
pub const HELD_AFTER_RESTORE: &str = "the database was restored or copied: what left since then is not known";

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// Counts up over all accounts; never reused.
    pub seq: i64,
    /// When it was decided.
    pub at: DateTime<Utc>,
    /// Whose account; `None` for questions that belong to no customer.
    pub customer: Option<CustomerId>,
    /// What changed, why.
    pub entry: Entry,
    /// The seq of the mark by which the owner took it back; `None` while it counts.
    pub undone: Option<i64>,
}

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The order taken back.
    pub command: CommandId,
    /// The accounts that changed, by id.
    pub customers: Vec<CustomerId>,
    /// Mails that the order had planned and that are cancelled now.
    pub cancelled: Vec<OutboxId>,
    /// Mails that the order had planned and that have left, or may have.
    pub left: Vec<OutboxId>,
}

/// One order of the owner as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its number.
    pub id: CommandId,
    /// The order in a few words, as the command line wrote it.
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// It was taken back.
    pub undone: bool,
}

/// A Message-ID that stands for receivables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadLink {
    /// Whose.
    pub customer: CustomerId,
    /// Which, by id.
    pub items: Vec<ReceivableId>,
    /// Who wrote that mail.
    pub origin: Origin,
}

word!(
    /// Who wrote a mail that a thread hangs on.
    Origin {
        /// The agent.
        Own = "own",
        /// The owner, by hand or by the accounting program.
        Owner = "owner",
    }
);

/// The bytes of a mail, fixed for ever, with all that goes with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// The finished message.
    pub bytes: Vec<u8>,
    /// Its Date header.
    pub date: DateTime<Utc>,
    /// Envelope recipients: To and Cc together.
    pub recipients: Vec<Address>,
    /// Its Message-ID.
    pub rfc_id: RfcId,
    /// Its X-Sollecito-Ref.
    pub reference: String,
}

/// What is shown of frozen bytes without reading them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The Date header.
    pub date: DateTime<Utc>,
    /// Envelope recipients.
    pub recipients: Vec<Address>,
    /// Of the bytes.
    pub sha256: String,
    /// Length of the bytes.
    pub size: u64,
}

/// A row of the outbox with all that the outbox knows of it. The bytes are asked for by their own name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMail {
    /// What policy sees of it.
    pub row: OutboxRow,
    /// Message-ID, once it has one (frozen or drafted).
    pub rfc_id: Option<RfcId>,
    /// X-Sollecito-Ref, once it has one.
    pub reference: Option<String>,
    /// The bytes' seal, once they are fixed.
    pub frozen: Option<Seal>,
    /// The item in Drafts.
    pub draft: Option<String>,
    /// The row was withdrawn while its draft lay in Drafts: remove it there, unless the owner edited it.
    pub draft_to_remove: bool,
    /// Put off by the server until then.
    pub later_until: Option<DateTime<Utc>>,
    /// The copy in Sent.
    pub sent_copy: SentCopy,
    /// When the body went out (the server had said: go ahead).
    pub in_data_at: Option<DateTime<Utc>>,
    /// When the server took it, or the owner sent the draft.
    pub accepted_at: Option<DateTime<Utc>>,
    /// What the server said last.
    pub words: Option<String>,
    /// It goes, or went, in the mail of another row, which has the bytes. The two always stand alike.
    pub carried_by: Option<OutboxId>,
    /// What the server said of each recipient.
    pub recipients: Vec<RecipientOutcome>,
}

/// What the server said of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientOutcome {
    /// Who.
    pub address: Address,
    /// What.
    pub answer: RecipientAnswer,
    /// In its own words.
    pub words: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

word!(
    /// A server's answer about one recipient.
    RecipientAnswer {
        /// 2xx.
        Accepted = "accepted",
        /// 4xx.
        Later = "later",
        /// 5xx.
        Refused = "refused",
    }
);

word!(
    /// The copy of a sent mail in the owner's Sent folder.
    SentCopy {
        /// None is needed: the server files it.
        None = "none",
        /// To be laid there.
        Wanted = "wanted",
        /// It lies there.
        Done = "done",
        /// The append ended without an answer: look before trying again.
        Unknown = "unknown",
    }
);

/// Which rows of the outbox; what is not said does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutboxFilter {
    /// In one of these states; empty means any.
    pub states: Vec<OutboxState>,
    /// To this customer.
    pub customer: Option<CustomerId>,
    /// About this question (notices).
    pub case: Option<crate::ledger::ids::CaseId>,
    /// With steps of this receivable, or showing it.
    pub receivable: Option<ReceivableId>,
    /// Planned at or after.
    pub planned_from: Option<DateTime<Utc>>,
    /// Only the newest so many.
    pub newest: Option<u32>,
}

/// SHA-256 of raw bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RawDigest(pub(super) String);

impl fmt::Display for RawDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A mail that arrived or was found in Sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Content identity.
    pub identity: MessageIdentity,
    /// Message-ID, when usable.
    pub rfc_id: Option<RfcId>,
    /// Where it was found first.
    pub folder: String,
    /// When it reached the mailbox.
    pub received: DateTime<Utc>,
    /// The single author, when there is one.
    pub from: Option<Address>,
    /// Decoded subject.
    pub subject: String,
    /// Sort of mail.
    pub kind: MessageKind,
    /// How far it was dealt with.
    pub state: MessageState,
    /// What was decided.
    pub verdict: Option<Verdict>,
    /// What was read in it; gone for mail not tied to a customer.
    pub reading: Option<Reading>,
    /// Whose, when it is tied to a customer.
    pub customer: Option<CustomerId>,
    /// The raw bytes, where they are kept.
    pub raw: Option<RawDigest>,
}

word!(
    /// How far a message was dealt with.
    MessageState {
        /// Its bytes are safe; nothing was decided yet.
        Received = "received",
        /// Decided on.
        Decided = "decided",
        /// It was there before the agent: known, never answered.
        Baseline = "baseline",
        /// It could not be read; the owner knows.
        Quarantined = "quarantined",
    }
);

word!(
    /// What is known of one item of a folder.
    SeenState {
        /// Its message is stored and decided on.
        Done = "done",
        /// It was there before the agent.
        Baseline = "baseline",
        /// It could not be fetched or read: ask again.
        Retry = "retry",
        /// Somebody moved or deleted it.
        Vanished = "vanished",
        /// Given up after several attempts; the owner was told.
        Quarantined = "quarantined",
    }
);

/// One item of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenItem {
    /// How it stands.
    pub state: SeenState,
    /// The message in it, once read.
    pub identity: Option<MessageIdentity>,
    /// Failed attempts so far.
    pub attempts: u32,
    /// Why the last one failed.
    pub reason: Option<String>,
}

/// What is known of an item by its header block, whatever the mailbox calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownHead {
    /// The fingerprint of the header block.
    pub head: String,
    /// How long the whole mail is.
    pub size: u64,
    /// What is known of it.
    pub seen: SeenItem,
}

/// An invoice as it was first sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// File name.
    pub name: String,
    /// Media type in lower case.
    pub media_type: String,
    /// Decoded content.
    pub content: Vec<u8>,
    /// The mail that carried it.
    pub message: Option<MessageIdentity>,
}

/// Why nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt {
    /// Since when.
    pub at: DateTime<Utc>,
    /// The owner's words, or the agent's reason.
    pub why: String,
}

/// Where a stored account and its journal tell different stories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Whose; `None` for questions that belong to no customer.
    pub customer: Option<CustomerId>,
    /// Which part of the account.
    pub part: &'static str,
    /// What the state tables say.
    pub stored: String,
    /// What the journal adds up to.
    pub replayed: String,
}

/// What was found in flight when the agent started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovered {
    /// The body was under way when the agent stopped: nobody knows whether it left.
    pub unsure: Vec<OutboxId>,
    /// Claimed, but no byte of the body had left: tried again.
    pub retried: Vec<OutboxId>,
}

/// What the beginning of a run found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beginning {
    /// The database is not the one that ran last here: it was restored or copied, and everything in flight is held.
    pub restored: bool,
    /// What was held because of that.
    pub held: Vec<OutboxId>,
    /// What a crash had left in flight.
    pub recovered: Recovered,
}

/// How far what is known had come when somebody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The last row of the journal.
    pub journal: i64,
    /// The last change of a thread.
    pub threads: i64,
}
