//! "La fattura di luglio", "the August invoice", "Ihre Juni-Rechnung", "facture du 12 mars": the month in which an invoice was
//! written, where its number is not said.

use super::tokens::{Piece, cut};
use super::vocabulary as words;
use chrono::{Datelike, NaiveDate};

/// A month of issue, with its year when it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssueMonth {
    month: u32,
    year: Option<i32>,
}

impl IssueMonth {
    /// Was something issued then?
    pub fn holds(self, issued: NaiveDate) -> bool {
        issued.month() == self.month && self.year.is_none_or(|year| year == issued.year())
    }
}

/// A word or number, and whether a sign that parts sentences stands before it.
struct Part<'a> {
    piece: Piece<'a>,
    parted: bool,
}

/// So many small words and numbers may stand between `fattura` and the month.
const BETWEEN_AT_MOST: usize = 4;

/// All months of issue in a text.
pub fn issue_months(text: &str) -> Vec<IssueMonth> {
    let parts = parts(text);
    let word = |index: usize| match parts.get(index).map(|part| part.piece) {
        Some(Piece::Word(word)) => Some(word),
        _ => None,
    };
    let joined = |index: usize| parts.get(index).is_some_and(|part| !part.parted);
    let mut found = Vec::new();
    for index in 0..parts.len() {
        let Some(said) = word(index) else { continue };
        if let Some(month) = compound(said) {
            found.push(IssueMonth { month, year: None });
        }
        let Some(month) = words::month_of(said) else { continue };
        let before = || {
            let small = |at: &usize| match parts.get(*at).map(|part| part.piece) {
                Some(Piece::Number(_)) => true,
                Some(Piece::Word(word)) => is_of(word),
                _ => false,
            };
            let nearest = (0..index).rev().take(BETWEEN_AT_MOST + 1).find(|at| !small(at));
            let whole = nearest.is_some_and(|at| (at + 1..=index).all(joined));
            whole && nearest.and_then(word).is_some_and(words::is_invoice_word)
        };
        let behind = || joined(index + 1) && word(index + 1).is_some_and(words::is_invoice_word);
        if before() || behind() {
            found.push(IssueMonth { month, year: year_behind(&parts, index) });
        }
    }
    found
}

fn year_behind(parts: &[Part<'_>], index: usize) -> Option<i32> {
    match parts.get(index + 1)? {
        Part { piece: Piece::Number(year), parted: false } if year.len() == 4 => year.parse().ok(),
        _ => None,
    }
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut parted = false;
    for token in cut(text) {
        match token.piece {
            Piece::Word(_) | Piece::Number(_) => {
                parts.push(Part { piece: token.piece, parted });
                parted = false;
            }
            // "12. August", "Juni-Rechnung", "dell'agosto".
            Piece::Sign('-' | '\'' | '’') | Piece::Space => {}
            Piece::Sign('.') if matches!(parts.last(), Some(Part { piece: Piece::Number(_), .. })) => {}
            Piece::Sign(_) => parted = true,
        }
    }
    parts
}

/// Words between an invoice and its month.
fn is_of(word: &str) -> bool {
    const MORE: &[&str] = &["di", "dello", "from", "for", "d", "mese", "mois", "mes", "month", "n", "nr", "no", "num"];
    words::is_before_issue_date(word) || MORE.contains(&word.to_lowercase().as_str())
}

/// `Augustrechnung`.
fn compound(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    let month = lower.strip_suffix("rechnungen").or_else(|| lower.strip_suffix("rechnung"))?;
    words::month_of(month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_of_an_invoice_is_found_and_that_of_a_payment_is_not() {
        let months = |text: &str| issue_months(text).iter().map(|found| (found.month, found.year)).collect::<Vec<_>>();
        for (text, month) in [
            ("La fattura di luglio l'abbiamo pagata ieri", 7),
            ("fatture del mese di maggio", 5),
            ("We paid the August invoice", 8),
            ("Wir zahlen die Juni-Rechnung am Freitag", 6),
            ("die Augustrechnung", 8),
            ("Rechnung vom 12. August", 8),
            ("nous réglons la facture de juin vendredi", 6),
            ("la factura de julio se pagó ayer", 7),
        ] {
            assert_eq!(months(text), [(month, None)], "{text}");
        }
        assert_eq!(months("la fattura di dicembre 2025"), [(12, Some(2025))]);
        for text in [
            "paghiamo la fattura il 20 dicembre",
            "la fattura a dicembre",
            "pago la factura el 20 de noviembre",
            "I will pay the invoice by 20 November",
            "abbiamo la fattura. Dicembre è lontano",
        ] {
            assert_eq!(months(text), [], "{text}");
        }
    }
}
