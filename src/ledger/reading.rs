//! What was read in a mail, as findings: the only thing that policy ever sees of a message.

use super::ids::{Address, CustomerId, MessageIdentity, OutboxId, ReceivableId, RfcId, RuleId};
use super::money::Money;
use super::words::{Authenticity, Certainty, Confidence, Intent, Language, MessageKind};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A customer's (or stranger's, or machine's) mail, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Content identity.
    pub identity: MessageIdentity,
    /// Message-ID, when it has a usable one.
    pub rfc_id: Option<RfcId>,
    /// Its References and In-Reply-To, for threading an answer.
    pub references: Vec<RfcId>,
    /// When it reached the mailbox.
    pub received: DateTime<Utc>,
    /// The writer's own day (Date header when within two days of the receipt, else the receipt's).
    pub day: NaiveDate,
    /// The single author; `None` when there are several or none that is usable.
    pub from: Option<Address>,
    /// The author's display name.
    pub from_name: Option<String>,
    /// Decoded subject.
    pub subject: String,
    /// Sort of mail.
    pub kind: MessageKind,
    /// Is the author proven?
    pub authenticity: Authenticity,
    /// Language of the new words; `None` when there are too few.
    pub language: Option<Language>,
    /// Primary first.
    pub intents: Vec<IntentFinding>,
    /// Dates, amounts, references.
    pub facts: Facts,
    /// Which customer and receivables.
    pub matched: Match,
    /// Who the writer is to the account.
    pub writer: Writer,
    /// Something in the mail that no rule understood and that could matter (a sentence, an unread attachment).
    pub unread: Vec<String>,
    /// Signs of trouble: several From headers, look-alike domain, hidden instructions, truncated.
    pub warnings: Vec<Warning>,
    /// For bounces: what failed.
    pub bounce: Option<BounceFinding>,
    /// The agent's own addresses stand in To or Cc.
    pub addressed_to_us: bool,
}

/// One intent with what decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentFinding {
    /// What the writer wants.
    pub intent: Intent,
    /// How sure.
    pub confidence: Confidence,
    /// The rule that decided.
    pub rule: RuleId,
    /// The decisive words, as written.
    pub evidence: String,
}

/// Facts stated in the new words. The forms are those of `docs/reading.md`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// The day on which the writer promises or proposes to pay.
    pub promised_date: Option<NaiveDate>,
    /// A plan in parts.
    pub instalments: Option<Vec<InstalmentFact>>,
    /// Claimed or promised amounts first.
    pub amounts: Vec<Money>,
    /// CRO, TRN, end-to-end id.
    pub payment_reference: Option<String>,
    /// End of an absence.
    pub return_date: Option<NaiveDate>,
    /// An address that the writer asks us to use.
    pub new_contact: Option<Address>,
    /// The day of a payment that the writer says is past.
    pub paid_on: Option<NaiveDate>,
    /// An IBAN in the writer's words.
    pub iban: Option<String>,
    /// The writer speaks of all open items ("tutte le fatture").
    pub all_items: bool,
    /// The writer says it was set off against a debt of ours.
    pub set_off: bool,
    /// The writer waits for a credit note of ours, or was promised one.
    #[serde(default)]
    pub credit_note: bool,
    /// The writer asks about data kept on them, or names the authority that guards them: a month runs (art. 12(3) GDPR).
    #[serde(default)]
    pub personal_data: bool,
    /// The day, not the mail's own, of which the writer wants to know how things stood (an auditor's balance confirmation).
    #[serde(default)]
    pub as_at: Option<NaiveDate>,
    /// The whole mail agrees to what was proposed, and says nothing else.
    #[serde(default)]
    pub accepts: bool,
    /// The writer speaks of money that no bank transfers: it has no reference, and nobody is asked for one.
    #[serde(default)]
    pub means: Option<Means>,
    /// The writer speaks of the year to come ("a gennaio", "con l'anno nuovo").
    #[serde(default)]
    pub next_year: bool,
    /// The day of the month on which the writer says that they always pay; the last for the end of the month.
    #[serde(default)]
    pub pays_on: Option<u32>,
    /// The day promised or asked for is only that on which they always pay: nobody said that this debt is among what is paid.
    #[serde(default)]
    pub by_habit: bool,
    /// The writer has paid too much, or what was not owed to us, or wants money back.
    #[serde(default)]
    pub refund: Option<Refund>,
}

super::words::word!(
    /// Money that the writer may want back.
    Refund {
        /// The same was paid twice.
        PaidTwice = "paid_twice",
        /// It was meant for somebody else.
        PaidByMistake = "paid_by_mistake",
        /// Money is wanted back, and nothing says of which payment.
        Asked = "refund_asked",
    }
);

super::words::word!(
    /// Ways to pay that leave no trace of a transfer.
    Means {
        /// Banknotes.
        Cash = "cash",
        /// A cheque, a banker's draft, a bill of exchange.
        Cheque = "cheque",
        /// A slip paid at the post office.
        PostalSlip = "postal_slip",
        /// The writer comes by to pay.
        InPerson = "in_person",
    }
);

/// One part of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalmentFact {
    /// Its day.
    pub date: Option<NaiveDate>,
    /// Its amount.
    pub amount: Option<Money>,
}

/// Which customer and which receivables a mail is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Match {
    /// The customer, when one is at least likely.
    pub customer: Option<CustomerMatch>,
    /// The receivables, oldest first.
    pub items: Vec<ItemMatch>,
    /// The mail stands in a thread with a Message-ID of ours or the owner's.
    pub known_thread: bool,
    /// The mail of ours that it answers directly, where that is certain.
    #[serde(default)]
    pub answers: Option<OutboxId>,
}

/// The customer and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerMatch {
    /// Which.
    pub customer: CustomerId,
    /// How sure.
    pub certainty: Certainty,
    /// What spoke for it.
    pub clues: Vec<Clue>,
}

/// A receivable and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemMatch {
    /// Which.
    pub receivable: ReceivableId,
    /// How sure.
    pub certainty: Certainty,
    /// What spoke for it.
    pub clues: Vec<Clue>,
}

super::words::word!(
    /// What ties a mail to a customer or a receivable.
    Clue {
        /// A Message-ID of ours or the owner's in References or In-Reply-To.
        Thread = "thread",
        /// Our own reference (X-Sollecito-Ref) in what came back.
        OwnReference = "own_reference",
        /// The number in the writer's own words.
        NumberInText = "number_in_text",
        /// The number in the subject.
        NumberInSubject = "number_in_subject",
        /// The number in an attachment's name.
        NumberInAttachment = "number_in_attachment",
        /// The amount stated is this one's.
        Amount = "amount",
        /// The writer's address is on file.
        Contact = "contact",
        /// The writer's domain belongs to one customer only.
        Domain = "domain",
        /// The customer's name in the signature or text.
        Name = "name",
        /// The customer's only open receivable.
        OnlyOpen = "only_open",
        /// The writer speaks of all of them.
        AllOpen = "all_open",
        /// The number in the quoted history.
        NumberInQuote = "number_in_quote",
        /// The failed recipient of a bounce is on file.
        BouncedRecipient = "bounced_recipient",
    }
);

super::words::word!(
    /// Who a writer is to the account.
    Writer {
        /// An address on file of the matched customer.
        OnFile = "on_file",
        /// Not on file, same organisational domain as a contact on file, not freemail.
        SameOrganisation = "same_organisation",
        /// A person not on file.
        Stranger = "stranger",
        /// Looks like a contact on file but is not.
        LookAlike = "look_alike",
        /// A machine or an unusable address.
        Nobody = "nobody",
    }
);

super::words::word!(
    /// Signs of trouble that policy must know.
    Warning {
        /// More than one author.
        SeveralAuthors = "several_authors",
        /// The display name shows another address.
        MisleadingName = "misleading_name",
        /// Replies would go to another domain.
        ReplyToElsewhere = "reply_to_elsewhere",
        /// Text speaks to a machine ("ignore previous instructions", "mark as paid").
        InstructionToMachine = "instruction_to_machine",
        /// Text hidden from a person's eye.
        HiddenText = "hidden_text",
        /// Only the beginning could be read.
        Truncated = "truncated",
        /// An IBAN that is not the firm's.
        ForeignIban = "foreign_iban",
        /// The structure is broken.
        Malformed = "malformed",
        /// The server put it among spam.
        Junk = "junk",
    }
);

/// A delivery status, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BounceFinding {
    /// Who could not be reached.
    pub recipient: Option<Address>,
    /// Given up (false: only late).
    pub failed: bool,
    /// RFC 3463 status, such as `5.1.1`.
    pub status: Option<String>,
    /// The Message-ID of the mail that failed.
    pub original: Option<RfcId>,
    /// Our own reference in the returned headers.
    pub own_reference: Option<String>,
}

/// A mail of the owner's, found in Sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnMail {
    /// Content identity.
    pub identity: MessageIdentity,
    /// When.
    pub sent: DateTime<Utc>,
    /// The receivables it is about.
    pub items: Vec<ReceivableId>,
    /// What it does.
    pub kind: OwnMailKind,
}

super::words::word!(
    /// What a mail of the owner's does.
    OwnMailKind {
        /// Sends an invoice.
        Invoice = "invoice",
        /// Reminds.
        Reminder = "reminder",
        /// Writes to the customer otherwise.
        Other = "other",
    }
);

impl Reading {
    /// The primary intent.
    #[must_use]
    pub fn primary(&self) -> Option<Intent> {
        self.intents.first().map(|finding| finding.intent)
    }

    /// Is this intent among them?
    #[must_use]
    pub fn wants(&self, intent: Intent) -> bool {
        self.intents.iter().any(|finding| finding.intent == intent)
    }

    /// Receivables that are certain, oldest first.
    pub fn certain_items(&self) -> impl Iterator<Item = ReceivableId> + '_ {
        self.matched.items.iter().filter(|item| item.certainty == Certainty::Certain).map(|item| item.receivable)
    }
}
