//! Amounts in a text, only to be compared with amounts of the ledger: what they mean is the classifier's business.

use crate::ledger::money::{Currency, Money};

/// Most amounts looked at in one mail.
const AT_MOST: usize = 200;

/// The amounts that were read elsewhere, and everything in the text that could be one, in each of the currencies seen.
pub fn in_text(text: &str, stated: &[Money]) -> Vec<Money> {
    let mut found: Vec<Money> = stated.to_vec();
    let signs: Vec<char> = text.chars().take(200_000).collect();
    let mut index = 0;
    while index < signs.len() && found.len() < AT_MOST {
        if !signs.get(index).is_some_and(char::is_ascii_digit) {
            index += 1;
            continue;
        }
        let start = index;
        while let Some(sign) = signs.get(index) {
            let inside = sign.is_ascii_digit()
                || (matches!(sign, '.' | ',' | '\'' | '’' | '\u{a0}' | '\u{202f}' | ' ')
                    && signs.get(index + 1).is_some_and(char::is_ascii_digit));
            if !inside {
                break;
            }
            index += 1;
        }
        let run: String = signs.get(start..index).unwrap_or_default().iter().collect();
        let around: String =
            signs.get(start.saturating_sub(6)..(index + 7).min(signs.len())).unwrap_or_default().iter().collect();
        if let Some(cents) = cents(&run, &around) {
            for currency in currencies(&around) {
                found.push(Money::new(cents, currency));
            }
        }
    }
    found.dedup();
    found
}

/// With two decimals, or a round sum beside a currency.
fn cents(run: &str, around: &str) -> Option<i64> {
    let decimals = run.char_indices().rev().nth(2).filter(|(_, sign)| matches!(sign, '.' | ',')).map(|(at, _)| at);
    let (whole, part) = match decimals {
        Some(at) => (run.get(..at)?, run.get(at + 1..)?),
        None => (run, "00"),
    };
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || digits.len() > 12 || (decimals.is_none() && currencies_named(around).is_empty()) {
        return None;
    }
    digits.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)
}

fn currencies_named(around: &str) -> Vec<Currency> {
    let lower = around.to_lowercase();
    let table: &[(&[&str], &str)] =
        &[(&["€", "eur"], "EUR"), (&["£", "gbp"], "GBP"), (&["$", "usd"], "USD"), (&["chf", "fr."], "CHF")];
    table
        .iter()
        .filter(|(signs, _)| signs.iter().any(|sign| lower.contains(sign)))
        .filter_map(|(_, code)| Currency::parse(code))
        .collect()
}

/// The currency beside the amount; where there is none, the ones that customers leave out.
fn currencies(around: &str) -> Vec<Currency> {
    let named = currencies_named(around);
    if named.is_empty() {
        ["EUR", "GBP", "USD", "CHF"].into_iter().filter_map(Currency::parse).collect()
    } else {
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_spellings() {
        for text in ["€ 1.220,00", "1220,00", "EUR 1,220.00", "1 220,00 EUR", "1'220.00 eur", "euro 1220"] {
            assert!(in_text(text, &[]).contains(&Money::eur(122_000)), "{text}");
        }
        assert!(in_text("fattura 1220", &[]).is_empty());
    }
}
