//! The words of the contract: what is said of a mail, of a customer and of an outgoing mail.
//! The spelling is fixed by `docs/reading.md` and is what `explain --json` prints.

use serde::{Deserialize, Serialize};

macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant),+
        }
        impl $name {
            /// Every word, in the order in which they are documented.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The word as it is written in files and output.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
            /// Reads the word as it is written; `None` for any other.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some($name::$variant),)+ _ => None }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use word;

word!(
    /// What the writer of a mail wants.
    Intent {
        /// Says that it has been paid, or asks whether the transfer arrived.
        PaymentMade = "payment_made",
        /// Commits to pay, by a date or without one.
        PromiseToPay = "promise_to_pay",
        /// Asks for more time.
        DeferralRequest = "deferral_request",
        /// Asks to pay in parts.
        InstalmentRequest = "instalment_request",
        /// Lacks the invoice.
        InvoiceRequest = "invoice_request",
        /// Lacks the IBAN or how to pay.
        BankDetailsRequest = "bank_details_request",
        /// Contests amount, goods or service.
        Dispute = "dispute",
        /// Needs something for its own process.
        ReferenceRequest = "reference_request",
        /// Wants the list of what is open.
        StatementRequest = "statement_request",
        /// Is the wrong person, or gives another address.
        ContactChange = "contact_change",
        /// Asks whether a change of our bank details is genuine, or claims that they changed.
        BankDetailsVerification = "bank_details_verification",
        /// A lawyer, insolvency, a formal notice.
        Legal = "legal",
        /// Threats, insults, "stop writing to me".
        Hostile = "hostile",
        /// A machine's answer.
        AutoReply = "auto_reply",
        /// A delivery status.
        Bounce = "bounce",
        /// A bank or payment provider says that money arrived.
        PaymentNotification = "payment_notification",
        /// Nothing to do.
        Acknowledgement = "acknowledgement",
        /// Anything else.
        Unrelated = "unrelated",
    }
);

word!(
    /// The one thing that the agent does with a message.
    Disposition {
        /// Pause, and ask the owner or the bank statement to confirm.
        ConfirmPayment = "confirm_payment",
        /// Hold until the promised date; without one, ask for it.
        RecordPromise = "record_promise",
        /// Grant within the owner's limits, else the owner.
        ApplyDeferralPolicy = "apply_deferral_policy",
        /// Send the invoice again as it was first sent.
        ResendInvoice = "resend_invoice",
        /// Answer with the payment details on file.
        SendBankDetails = "send_bank_details",
        /// Answer with the customer's open items.
        SendStatement = "send_statement",
        /// Hand the case to the owner.
        RouteToOwner = "route_to_owner",
        /// Nothing to do.
        Ignore = "ignore",
    }
);

word!(
    /// The sort of an incoming mail, told by its envelope and structure.
    MessageKind {
        /// A person wrote it.
        Reply = "reply",
        /// A machine answered: absence, ticket robot.
        AutoReply = "auto_reply",
        /// A delivery status of failure or delay.
        Bounce = "bounce",
        /// PEC receipt, read receipt, SdI notification.
        Receipt = "receipt",
        /// A bank or payment provider.
        Notification = "notification",
        /// Ours or the owner's own.
        Own = "own",
        /// Newsletters, lists, anything else a machine sends.
        Other = "other",
    }
);

word!(
    /// How far the sender of a mail is proven.
    Authenticity {
        /// Proven by our own server's topmost Authentication-Results.
        Pass = "pass",
        /// Refuted.
        Fail = "fail",
        /// Neither: a normal state.
        Unverified = "unverified",
    }
);

word!(
    /// How sure it is that a mail is about a customer or a receivable. Only certain is acted on.
    Certainty {
        /// Nothing ties it.
        Unknown = "unknown",
        /// Some clue, not enough to act.
        Likely = "likely",
        /// Enough to act.
        Certain = "certain",
    }
);

word!(
    /// Languages that the product speaks.
    Language {
        /// Italian.
        Italian = "it",
        /// English.
        English = "en",
        /// German.
        German = "de",
        /// French.
        French = "fr",
        /// Spanish.
        Spanish = "es",
    }
);

word!(
    /// How a customer is addressed.
    Register {
        /// Lei, Sie, vous, usted.
        Formal = "formal",
        /// tu, du, tú.
        Informal = "informal",
        /// The Italian plural of business letters.
        Voi = "voi",
        /// No pronoun at all (public bodies).
        Impersonal = "impersonal",
    }
);

word!(
    /// Kinds of debtor. Unknown is written to as a consumer.
    DebtorKind {
        /// A company or sole trader.
        Firm = "firm",
        /// A professional with a VAT number.
        Professional = "professional",
        /// A public body.
        PublicBody = "public_body",
        /// A condominium with its administrator.
        Condominium = "condominium",
        /// A private person.
        Consumer = "consumer",
        /// An association.
        Association = "association",
        /// A customer abroad.
        Foreign = "foreign",
        /// Not said.
        Unknown = "unknown",
    }
);

word!(
    /// Why an outgoing mail exists. Modes are set per purpose.
    Purpose {
        /// A step of the ladder.
        Reminder = "reminder",
        /// A note before anything is due.
        Courtesy = "courtesy",
        /// The invoice once more.
        ResendInvoice = "resend_invoice",
        /// The payment details.
        BankDetails = "bank_details",
        /// The list of open items.
        Statement = "statement",
        /// The same of our own accord, once a month, where it is wanted.
        MonthlyStatement = "monthly_statement",
        /// A deferral granted.
        Deferral = "deferral",
        /// A promise: its confirmation, the question for a date, a broken one.
        Promise = "promise",
        /// A claimed payment: thanks for the word, question for the receipt.
        ClaimedPayment = "claimed_payment",
        /// Thanks for money that arrived.
        Thanks = "thanks",
        /// A dispute or request was seen.
        Acknowledgement = "acknowledgement",
        /// To the owner: outside modes.
        Notice = "notice",
    }
);

word!(
    /// What may happen with mails of a purpose.
    Mode {
        /// Nothing leaves, no ladder advances; `plan` says what would.
        Observe = "observe",
        /// The mail is laid into Drafts for a person to send.
        Draft = "draft",
        /// The mail is sent.
        Send = "send",
    }
);

impl Purpose {
    /// A list of what is open, asked for or not: it says of each item how it stands.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Statement | Self::MonthlyStatement)
    }

    /// It reminds of a debt of our own accord, and counts in every cap on such mails.
    #[must_use]
    pub const fn counts_as_reminder(self) -> bool {
        matches!(self, Self::Reminder | Self::MonthlyStatement)
    }
}

impl Language {
    /// The language's own name in English, for messages.
    #[must_use]
    pub const fn english_name(self) -> &'static str {
        match self {
            Self::Italian => "Italian",
            Self::English => "English",
            Self::German => "German",
            Self::French => "French",
            Self::Spanish => "Spanish",
        }
    }
}

/// How strongly a finding is held: 0 to 100, printed as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Confidence(u8);

impl Confidence {
    /// Cuts off above 100.
    #[must_use]
    pub fn percent(value: u32) -> Self {
        Self(u8::try_from(value.min(100)).unwrap_or(100))
    }
    /// 0 to 100.
    #[must_use]
    pub const fn as_percent(self) -> u8 {
        self.0
    }
}

impl Serialize for Confidence {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 100.0)
    }
}

impl<'de> Deserialize<'de> for Confidence {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        if !(0.0..=1.0).contains(&value) {
            return Err(serde::de::Error::custom("a confidence lies between 0 and 1"));
        }
        // Between 0 and 100 after the check above, so the cast neither cuts nor wraps.
        Ok(Self((value * 100.0).round() as u8))
    }
}
