//! Names of things, each its own type, so that one can never be taken for another.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

macro_rules! word_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);
        impl $name {
            /// Wraps a word that was checked, or is only compared.
            pub fn new(word: impl Into<String>) -> Self {
                Self(word.into())
            }
            /// The word itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

number_id!(
    /// A customer account. Given by the store, never reused.
    CustomerId
);
number_id!(
    /// A receivable. Given by the store, never reused.
    ReceivableId
);
number_id!(
    /// A question open to the owner. Given by the store, never reused.
    CaseId
);
number_id!(
    /// A hold, numbered from 1 within its account.
    HoldId
);
number_id!(
    /// A row of the outbox. Given by the store, never reused.
    OutboxId
);
number_id!(
    /// One order of the owner: all changes it caused carry it, so that `undo` can find them.
    CommandId
);

word_id!(
    /// A rung of a ladder, as written in `rules/ladders.toml` (`friendly`, `second`, `call`, …).
    StepId
);
word_id!(
    /// The name of a template without language, register and ending (`reminder_friendly`).
    TemplateId
);
word_id!(
    /// A reading rule, as written in `rules/<language>/*.toml`.
    RuleId
);
word_id!(
    /// A bank account of the firm, as named in the settings.
    BankAccountId
);
word_id!(
    /// A ladder that is not a kind's but has a name of its own, as written in `rules/ladders.toml`.
    LadderName
);
word_id!(
    /// A group of customers, as written in `customers.toml`.
    GroupName
);

/// What a message *is*: SHA-256 over its header block without the trace fields that differ from copy to copy
/// (Received, Delivered-To, Return-Path, X-Gmail-Labels), and over its body. Never its UID or file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageIdentity(pub [u8; 32]);

impl MessageIdentity {
    /// Reads the 64 hexadecimal digits that [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The first twelve digits, enough to tell two messages apart on a screen.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl fmt::Display for MessageIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl Serialize for MessageIdentity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MessageIdentity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a message identity"))
    }
}

/// An RFC 5322 Message-ID without its angle brackets. Printable ASCII with one `@` only, so that it can be
/// written into a header again without harm.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RfcId(String);

impl RfcId {
    /// Accepts `<a@b>` or `a@b`; anything with blanks, control or non-ASCII characters is refused.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let inner = text.trim();
        let inner = inner.strip_prefix('<').unwrap_or(inner);
        let inner = inner.strip_suffix('>').unwrap_or(inner);
        let plain = inner.bytes().all(|b| (b'!'..=b'~').contains(&b) && b != b'<' && b != b'>');
        let (left, right) = inner.rsplit_once('@')?;
        (plain && !left.is_empty() && !right.is_empty() && inner.len() <= 900).then(|| Self(inner.to_owned()))
    }

    /// An id of our own making: whatever is not a letter, a digit, `-` or `.` is left out of both sides.
    #[must_use]
    pub fn of_own_making(left: &str, domain: &str) -> Self {
        let plain = |text: &str, instead: &str| {
            let kept: String =
                text.chars().filter(|c| c.is_ascii_alphanumeric() || "-.".contains(*c)).take(250).collect();
            if kept.is_empty() { instead.to_owned() } else { kept }
        };
        Self(format!("{}@{}", plain(left, "0"), plain(domain, "sollecito.invalid")))
    }

    /// The id without angle brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RfcId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

/// A mail address, lower-cased: one `@`, no blanks, no control characters. Compared as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// Accepts a bare address (no display name). The domain needs a letter or digit at both ends.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@')?;
        let good_local = !local.is_empty()
            && local.len() <= 64
            && !local.contains(|c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"@".contains(c));
        let good_domain = !domain.is_empty()
            && domain.len() <= 253
            && !domain.contains("..")
            && domain.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.')
            && domain.starts_with(char::is_alphanumeric)
            && domain.ends_with(char::is_alphanumeric);
        (good_local && good_domain).then_some(Self(text))
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a mail address"))
    }
}
