//! The last gate for payment details: no IBAN leaves that is not one of the owner's.

use super::letter::RenderFailure;
use super::shelf::TemplateSource;
use crate::ledger::bank_account::BankAccount;
use crate::ledger::problem::Problem;

/// Shortest and longest IBAN (ISO 13616 registry: Norway 15, at most 34).
const LENGTHS: std::ops::RangeInclusive<usize> = 15..=34;

/// Looks for IBANs in a text, printed or electronic, in any case and with any separators.
///
/// # Errors
/// [`RenderFailure::ForeignIban`] with the first one that is not among the accounts.
pub(super) fn only_ours(text: &str, accounts: &[BankAccount]) -> Result<(), RenderFailure> {
    foreign(text, accounts).map_or(Ok(()), |(_, found)| Err(RenderFailure::ForeignIban(found)))
}

/// Own texts with an IBAN written into them that is none of the firm's: no mail made of them could leave.
#[must_use]
pub fn foreign_ibans(texts: &[TemplateSource], accounts: &[BankAccount]) -> Vec<Problem> {
    let found = texts.iter().filter_map(|source| {
        let (at, _) = foreign(&without_comments(&source.text), accounts)?;
        let start = source.text.char_indices().nth(at).map_or(0, |(byte, _)| byte);
        let message = "This IBAN is none of the accounts in sollecito.toml: no mail with it leaves";
        let problem = Problem::at(&source.file, &source.text, start..start + 4, message);
        Some(problem.remedy("write {{payment}}, which names the account of the invoice, or add it as [[bank_account]]"))
    });
    found.collect()
}

/// `{{! … }}` and `{{!-- … --}}` as blanks, so that all else keeps its place: no mail shows them.
fn without_comments(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{!") {
        let (before, comment) = rest.split_at(start);
        let end_mark = if comment.starts_with("{{!--") { "--}}" } else { "}}" };
        let end = comment.find(end_mark).map_or(comment.len(), |at| at + end_mark.len());
        let (comment, after) = comment.split_at(end);
        shown.push_str(before);
        shown.extend(comment.chars().map(|_| ' '));
        rest = after;
    }
    shown + rest
}

/// The first IBAN that is not among the accounts, with the place of its first letter, in letters.
fn foreign(text: &str, accounts: &[BankAccount]) -> Option<(usize, String)> {
    let letters: Vec<char> = text.chars().collect();
    for start in 0..letters.len() {
        // An IBAN begins where a word begins, with two letters and two digits.
        let after_word = start.checked_sub(1).and_then(|i| letters.get(i)).is_some_and(|c| c.is_ascii_alphanumeric());
        let begins =
            matches!(letters.get(start..start + 2), Some([a, b]) if a.is_ascii_alphabetic() && b.is_ascii_alphabetic());
        if after_word || !begins {
            continue;
        }
        let rest = letters.get(start..).unwrap_or_default();
        if let Some(found) = iban_at(rest)
            && !accounts.iter().any(|account| account.iban.eq_ignore_ascii_case(&found))
        {
            return Some((start, found));
        }
    }
    None
}

/// Is there any IBAN in it, ours or not?
pub(super) fn is_found(text: &str) -> bool {
    only_ours(text, &[]).is_err()
}

/// The IBAN that begins here, in electronic form.
fn iban_at(letters: &[char]) -> Option<String> {
    let mut compact = String::new();
    let mut found = None;
    let mut gap = 0;
    for letter in letters {
        if letter.is_ascii_alphanumeric() {
            gap = 0;
            compact.push(letter.to_ascii_uppercase());
            if compact.len() > *LENGTHS.end() {
                break;
            }
            if LENGTHS.contains(&compact.len()) && compact.parse::<iban::Iban>().is_ok() {
                found = Some(compact.clone());
            }
            continue;
        }
        // Blanks, dashes and invisible marks may stand between the groups; two at most, and nothing else.
        let separator =
            letter.is_whitespace() || matches!(letter, '-' | '.' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}');
        gap += 1;
        if !separator || gap > 2 {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ids::BankAccountId;
    use crate::ledger::money::Currency;

    #[test]
    fn what_only_a_comment_says_is_no_problem() {
        let of = |text: &str| {
            let source = TemplateSource { file: "it/x.formal.txt.hbs".to_owned(), text: text.to_owned() };
            foreign_ibans(&[source], &ours()).len()
        };
        assert_eq!(of("{{!-- vecchio conto: DE89 3704 0044 0532 0130 00 --}}\nIBAN IT60X0542811101000000123456"), 0);
        assert_eq!(of("{{! DE89370400440532013000 }}"), 0);
        assert_eq!(of("{{!-- prima --}} DE89 3704 0044 0532 0130 00 {{!-- dopo"), 1);
    }

    fn ours() -> Vec<BankAccount> {
        vec![BankAccount {
            id: BankAccountId::new("main"),
            currency: Currency::EUR,
            iban: "IT60X0542811101000000123456".to_owned(),
            bic: None,
            holder: "Ferri".to_owned(),
        }]
    }

    #[test]
    fn our_own_passes_in_every_form() {
        for text in
            ["IBAN: IT60 X054 2811 1010 0000 0123 456\nCausale: x", "it60x0542811101000000123456", "no IBAN here"]
        {
            assert_eq!(only_ours(text, &ours()), Ok(()), "{text}");
        }
    }

    #[test]
    fn any_other_is_found() {
        for text in [
            "DE89 3704 0044 0532 0130 00",
            "pay to:de89370400440532013000.",
            "DE89-3704-0044-0532-0130-00",
            "DE89\u{a0}3704\u{200b}0044 0532 0130 00 tante grazie",
            "IT60 X054 2811 1010 0000 0123 456 DE89370400440532013000",
        ] {
            let failure = RenderFailure::ForeignIban("DE89370400440532013000".to_owned());
            assert_eq!(only_ours(text, &ours()), Err(failure), "{text}");
        }
    }

    #[test]
    fn other_long_numbers_are_no_ibans() {
        for text in ["CIG Z1A2B3C4D5", "rif. AB12 3456 7890 1234 5678", "IT12345678901", ""] {
            assert_eq!(only_ours(text, &ours()), Ok(()), "{text}");
        }
    }
}
