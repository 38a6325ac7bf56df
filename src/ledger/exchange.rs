//! What a public body needs to find and pay an invoice, and from when its time runs.
//!
//! CIG and CUP stand on the invoice, and without them, where they are due, it is not paid (art. 3 L. 136/2010; art. 25
//! D.L. 66/2014). The exchange system (SdI) gives each file an identifier and tells when it was delivered: by
//! D.Lgs. 231/2002, art. 4, a public body has thirty days from the receipt of the invoice, one of public health sixty.

use super::customer::Customer;
use super::nature::name_words;
use super::receivable::Receivable;
use super::words::DebtorKind;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// Days that a public body has from the receipt of the invoice (art. 4, comma 2).
const DAYS: u64 = 30;
/// Days that a body of public health has (art. 4, comma 5, letter b).
const HEALTH_DAYS: u64 = 60;
/// Words by which a name is that of a body of public health.
const HEALTH: [&str; 14] = [
    "asl",
    "ausl",
    "usl",
    "ulss",
    "asst",
    "aslto",
    "asrem",
    "irccs",
    "sanitaria",
    "ospedaliera",
    "ospedaliero",
    "ospedale",
    "policlinico",
    "sanitario",
];

/// References of an invoice; each where it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Exchange {
    /// *Codice identificativo di gara*: ten letters and digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cig: Option<String>,
    /// *Codice unico di progetto*: fifteen letters and digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cup: Option<String>,
    /// The identifier that SdI gave to the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdi_id: Option<String>,
    /// The day on which SdI delivered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<NaiveDate>,
}

impl Exchange {
    /// Nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What an import says, and of the rest what was known: a list without these columns takes nothing away.
    #[must_use]
    pub fn over(self, known: Self) -> Self {
        Self {
            cig: self.cig.or(known.cig),
            cup: self.cup.or(known.cup),
            sdi_id: self.sdi_id.or(known.sdi_id),
            delivered: self.delivered.or(known.delivered),
        }
    }
}

/// The last day of a public body's time by law: from the delivery through SdI where that is known, else from the date of
/// the invoice, before which it was not delivered. `None` for everybody else.
#[must_use]
pub fn lawful_day(customer: &Customer, item: &Receivable) -> Option<NaiveDate> {
    if customer.kind != DebtorKind::PublicBody || !item.is_owed() {
        return None;
    }
    // A day before it is none of SdI's, whatever the column was called.
    let from = item.exchange.delivered.unwrap_or(item.key.issued).max(item.key.issued);
    from.checked_add_days(Days::new(if is_of_health(&customer.name) { HEALTH_DAYS } else { DAYS }))
}

fn is_of_health(name: &str) -> bool {
    name_words(name).iter().any(|word| HEALTH.contains(&word.as_str()))
}

/// A CIG as written: blanks taken out, in capitals; `None` for anything else.
#[must_use]
pub fn cig(text: &str) -> Option<String> {
    code(text, 10)
}

/// A CUP as written.
#[must_use]
pub fn cup(text: &str) -> Option<String> {
    code(text, 15).filter(|code| code.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// An identifier of SdI: a number.
#[must_use]
pub fn sdi_id(text: &str) -> Option<String> {
    let id = text.trim();
    ((4..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit())).then(|| id.to_owned())
}

fn code(text: &str, length: usize) -> Option<String> {
    let code: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let is_good = code.len() == length
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && code.bytes().any(|byte| byte.is_ascii_digit());
    is_good.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_what_they_look_like() {
        assert_eq!(cig(" z1a2b3c4d5 ").as_deref(), Some("Z1A2B3C4D5"));
        assert_eq!(cig("esente"), None);
        assert_eq!(cig("ESENTEESEN"), None, "a word of ten letters is no code");
        assert_eq!(cup("B11D 21000 320 001").as_deref(), Some("B11D21000320001"));
        assert_eq!(cup("111D21000320001"), None);
        assert_eq!(sdi_id("8123456789").as_deref(), Some("8123456789"));
        assert_eq!(sdi_id("IT01234567890_00001"), None);
    }

    #[test]
    fn health_has_twice_the_time() {
        for (name, is_health) in [
            ("ASL Roma 1", true),
            ("Azienda U.S.L. di Bologna", true),
            ("Azienda U.S.L.-Distretto di Bologna", true),
            ("AUSL Bologna", true),
            ("Azienda Ospedaliera di Padova", true),
            ("Comune di Aslago", false),
        ] {
            assert_eq!(is_of_health(name), is_health, "{name}");
        }
    }
}
