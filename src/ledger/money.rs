//! Money: integer minor units and a currency. Never a fraction, never a bare number.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An ISO 4217 code. Currencies with two decimals only, which is what the five languages' countries use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro.
    pub const EUR: Currency = Currency(*b"EUR");

    /// Reads a three-letter code or the signs €, £, $. Codes whose minor unit is not a hundredth are refused.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text {
            "€" => return Some(Self::EUR),
            "£" => return Some(Self(*b"GBP")),
            "$" => return Some(Self(*b"USD")),
            _ => {}
        }
        let upper = text.to_ascii_uppercase();
        if ["JPY", "KRW", "KWD", "BHD", "TND", "CLP", "ISK", "VND"].contains(&upper.as_str()) {
            return None;
        }
        let bytes: [u8; 3] = upper.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a currency code"))
    }
}

/// An amount in minor units (cents) of one currency. Arithmetic between currencies gives `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Hundredths of the currency; negative for what we owe.
    pub cents: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// An amount in hundredths.
    #[must_use]
    pub const fn new(cents: i64, currency: Currency) -> Self {
        Self { cents, currency }
    }

    /// Euro cents.
    #[must_use]
    pub const fn eur(cents: i64) -> Self {
        Self::new(cents, Currency::EUR)
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// More than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.cents > 0
    }

    /// Sum; `None` when the currencies differ or the sum does not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        (self.currency == other.currency)
            .then(|| self.cents.checked_add(other.cents))
            .flatten()
            .map(|cents| Self::new(cents, self.currency))
    }

    /// Difference; `None` when the currencies differ or it does not fit.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        (self.currency == other.currency)
            .then(|| self.cents.checked_sub(other.cents))
            .flatten()
            .map(|cents| Self::new(cents, self.currency))
    }

    /// `1220.00`: a point, two decimals, no grouping. What JSON carries.
    #[must_use]
    pub fn to_decimal(self) -> String {
        let sign = if self.cents < 0 { "-" } else { "" };
        let whole = self.cents.unsigned_abs();
        format!("{sign}{}.{:02}", whole / 100, whole % 100)
    }

    /// Reads what [`Money::to_decimal`] writes, with at most two decimals.
    #[must_use]
    pub fn from_decimal(text: &str, currency: Currency) -> Option<Self> {
        let text = text.trim();
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(part) || part.len() > 2 {
            return None;
        }
        let part = format!("{part:0<2}");
        let cents = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)?;
        Some(Self::new(if negative { cents.checked_neg()? } else { cents }, currency))
    }

    /// The national form without currency: `1.220,00` (it, de, es), `1,220.00` (en), `1 220,00` (fr, narrow no-break space).
    #[must_use]
    pub fn grouped(self, language: super::words::Language) -> String {
        use super::words::Language;
        let (group, point) = match language {
            Language::English => (",", "."),
            Language::French => ("\u{202f}", ","),
            Language::Italian | Language::German | Language::Spanish => (".", ","),
        };
        let whole = self.cents.unsigned_abs();
        let digits = (whole / 100).to_string();
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push_str(group);
            }
            text.push(digit);
        }
        let sign = if self.cents < 0 { "-" } else { "" };
        format!("{sign}{text}{point}{:02}", whole % 100)
    }
}

/// `1220.00 EUR`, for logs and journals; letters use [`Money::grouped`].
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.to_decimal(), self.currency))
    }
}

/// Adds amounts of one currency; amounts in another are left out of the sum and must be summed on their own.
#[must_use]
pub fn total<'a>(currency: Currency, amounts: impl IntoIterator<Item = &'a Money>) -> Money {
    amounts.into_iter().fold(Money::zero(currency), |sum, amount| sum.plus(*amount).unwrap_or(sum))
}

#[cfg(test)]
mod tests {
    use super::super::words::Language;
    use super::*;

    #[test]
    fn national_forms() {
        let m = Money::eur(123_456_789);
        assert_eq!(m.grouped(Language::Italian), "1.234.567,89");
        assert_eq!(m.grouped(Language::English), "1,234,567.89");
        assert_eq!(m.grouped(Language::French), "1\u{202f}234\u{202f}567,89");
        assert_eq!(Money::eur(5).grouped(Language::German), "0,05");
        assert_eq!(Money::eur(-122_000).grouped(Language::Spanish), "-1.220,00");
    }

    #[test]
    fn decimals_round_trip() {
        for cents in [0, 1, 99, 100, 122_000, -5, i64::MAX, i64::MIN + 1] {
            let m = Money::eur(cents);
            assert_eq!(Money::from_decimal(&m.to_decimal(), Currency::EUR), Some(m));
        }
        assert_eq!(Money::from_decimal("12.345", Currency::EUR), None);
        assert_eq!(Money::from_decimal("1e3", Currency::EUR), None);
    }

    #[test]
    fn currencies_do_not_mix() {
        let usd = Currency::parse("usd").expect("a code");
        assert_eq!(Money::eur(1).plus(Money::new(1, usd)), None);
        assert_eq!(Currency::parse("JPY"), None);
    }
}
