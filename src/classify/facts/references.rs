//! References of payments, addresses and IBANs in the text.

use super::super::compile::Phrase;
use super::super::intents::Scanned;
use super::super::sentences::{MAIL_ADDRESS, Sentence};
use super::creditor_references as creditor;
use crate::ledger::ids::Address;

/// The first CRO, TRN, end-to-end or transaction id, as written.
pub(in super::super) fn payment_reference(scanned: &[Scanned], text: &str) -> Option<String> {
    let known = scanned.iter().find_map(|scanned| {
        let sentence = &scanned.sentence;
        (0..sentence.tokens.len()).find_map(|at| {
            let (from, to, form) = announced(sentence, at)?;
            // What has the form of a creditor's reference is one only where it checks.
            match (from..from + to).find_map(|at| creditor::at(sentence, at, text)) {
                Some(reference) => reference.checked,
                None => code_after(sentence, from, to, form, text),
            }
        })
    });
    let known = known.or_else(|| scanned.iter().find_map(|scanned| led(scanned, text)));
    known.or_else(|| {
        scanned.iter().find_map(|scanned| {
            let sentence = &scanned.sentence;
            (0..sentence.tokens.len()).find_map(|at| creditor::at(sentence, at, text)?.checked)
        })
    })
}

/// A long code right after words that lead to one (`payment_reference` in the files of words).
fn led(scanned: &Scanned, text: &str) -> Option<String> {
    let sentence = &scanned.sentence;
    scanned.phrases(Phrase::PaymentReference).find_map(|hit| {
        let small = |at: usize| sentence.word(at).is_some_and(|word| NUMERAL_SIGNS.contains(&word));
        let from = if small(hit.to) { hit.to + 1 } else { hit.to };
        if let Some(reference) = creditor::at(sentence, from, text) {
            return reference.checked;
        }
        let code = whole_code(sentence, from, 1, Form::Free, text)?;
        let digits = code.bytes().filter(u8::is_ascii_digit).count();
        (digits >= LED_DIGITS).then_some(code)
    })
}

/// So many digits make a code of what may else be an order or an invoice.
const LED_DIGITS: usize = 6;
const NUMERAL_SIGNS: &[&str] = &["n", "nr", "no", "num", "numero", "number", "nummer"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// 11 digits, or the 15 of the post office; people write other lengths under that name.
    Cro,
    /// 30 letters and digits; the same holds.
    Trn,
    /// Anything with a digit, six characters at least.
    Free,
}

/// The words that announce a code: where to look after them, how far, and for what.
fn announced(sentence: &Sentence, at: usize) -> Option<(usize, usize, Form)> {
    let word = |offset: usize| sentence.word(at + offset).unwrap_or_default();
    match (word(0), word(1), word(2)) {
        ("cro", _, _) => Some((at + 1, 6, Form::Cro)),
        ("c", "r", "o") => Some((at + 3, 6, Form::Cro)),
        ("trn", _, _) => Some((at + 1, 5, Form::Trn)),
        ("t", "r", "n") => Some((at + 3, 5, Form::Trn)),
        ("end", "to", "end") => Some((at + 3, 4, Form::Free)),
        ("e2e", _, _) => Some((at + 1, 4, Form::Free)),
        ("endtoendid", _, _) => Some((at + 1, 4, Form::Free)),
        ("codice" | "id" | "numero" | "n", "transazione" | "operazione" | "bonifico", _) => {
            Some((at + 2, 4, Form::Free))
        }
        ("numero" | "n" | "no" | "num" | "reference" | "ref" | "referencia", "de" | "d" | "du", what) => {
            let names = matches!(
                what,
                "transaction"
                    | "operation"
                    | "virement"
                    | "paiement"
                    | "reglement"
                    | "ordre"
                    | "operacion"
                    | "transferencia"
                    | "transaccion"
                    | "orden"
                    | "la"
            );
            names.then_some((at + 3, 4, Form::Free))
        }
        ("referencia" | "id", _, _) => Some((at + 1, 2, Form::Free)),
        ("communication", "structuree", _) => Some((at + 2, 2, Form::Free)),
        ("codice", "riferimento", "operazione") => Some((at + 3, 4, Form::Free)),
        (
            "transaction" | "payment" | "transfer" | "wire" | "remittance" | "bank",
            "id" | "reference" | "ref" | "number" | "code",
            _,
        ) => Some((at + 2, 4, Form::Free)),
        ("transaktions" | "zahlungs" | "buchungs" | "uberweisungs", "id" | "nr" | "nummer" | "referenz", _) => {
            Some((at + 2, 4, Form::Free))
        }
        (
            "transaktionsnummer"
            | "transaktionsid"
            | "transaktionsnr"
            | "zahlungsreferenz"
            | "referenznummer"
            | "referenznr"
            | "bankreferenz"
            | "uberweisungsreferenz"
            | "ueberweisungsreferenz"
            | "buchungsnummer"
            | "zahlungsnummer"
            | "auftragsreferenz"
            | "kundenreferenz"
            | "eref"
            | "kref"
            | "referenz",
            _,
            _,
        ) => Some((at + 1, 4, Form::Free)),
        ("reference" | "ref" | "uetr", _, _) => Some((at + 1, 2, Form::Free)),
        _ => None,
    }
}

fn code_after(sentence: &Sentence, from: usize, most: usize, form: Form, text: &str) -> Option<String> {
    whole_code(sentence, from, most, form, text).or_else(|| grouped_code(sentence, from, most, form))
}

/// `1234 5678 901`: the groups of a code of known length, joined. Its letters count as capitals.
fn grouped_code(sentence: &Sentence, from: usize, most: usize, form: Form) -> Option<String> {
    if form == Form::Free {
        return None;
    }
    let groups = |first: usize| {
        let mut joined = String::new();
        for index in first.. {
            let Some(word) = sentence.word(index) else { break };
            let code = word.bytes().all(|b| b.is_ascii_alphanumeric()) && word.bytes().any(|b| b.is_ascii_digit());
            // The last group of a TRN may hold letters alone; what follows a full code is not of it.
            if joined.len() >= 30 || !(code || form == Form::Trn && joined.len() + word.len() == 30) {
                break;
            }
            joined.push_str(&word.to_ascii_uppercase());
            let digits = joined.bytes().all(|b| b.is_ascii_digit());
            let next_is_code = sentence.word(index + 1).is_some_and(|next| next.bytes().all(|b| b.is_ascii_digit()));
            if form == Form::Cro && digits && (joined.len() == 15 || joined.len() == 11 && !next_is_code)
                || trn(&joined)
            {
                return Some(joined);
            }
        }
        None
    };
    (from..from + most).find_map(groups)
}

fn whole_code(sentence: &Sentence, from: usize, most: usize, form: Form, text: &str) -> Option<String> {
    (from..from + most).find_map(|index| {
        let token = sentence.tokens.get(index)?;
        // Codes with hyphens (`E2E-2026-11`, `FT-0042-X`) are one in the writer's text.
        let end = text.get(token.end..).map_or(token.end, |rest| {
            let run = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '/' || c == '_'))
                .unwrap_or(rest.len());
            token.end + run
        });
        let written = text.get(token.start..end)?.trim_end_matches(['-', '/']);
        let digits = written.bytes().filter(u8::is_ascii_digit).count();
        let good = match form {
            Form::Cro => written.len() == digits && (10..=20).contains(&digits) || named_code(written),
            Form::Trn => named_code(written),
            Form::Free => {
                (6..=40).contains(&written.len())
                    && digits >= 3
                    && !looks_like_paper(written)
                    && written.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'/' || b == b'_')
            }
        };
        good.then(|| written.to_owned())
    })
}

/// What people call a TRN: mostly digits, whatever its length.
fn named_code(written: &str) -> bool {
    let digits = written.bytes().filter(u8::is_ascii_digit).count();
    (14..=35).contains(&written.len()) && digits >= 10 && written.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn trn(written: &str) -> bool {
    written.len() == 30
        && written.bytes().all(|b| b.is_ascii_alphanumeric())
        && written.ends_with(|c: char| c.is_ascii_alphabetic())
}

/// `2026/118` is an invoice, `3/11/2026` a day.
fn looks_like_paper(written: &str) -> bool {
    written.contains('/') || written.len() == 10 && written.bytes().filter(|b| *b == b'-').count() == 2
}

/// Mail addresses in a sentence.
pub(in super::super) fn addresses(sentence: &Sentence, text: &str) -> Vec<(usize, Address)> {
    let addresses = sentence.tokens.iter().enumerate().filter(|(_, token)| token.word == MAIL_ADDRESS);
    addresses.filter_map(|(at, token)| Some((at, Address::parse(text.get(token.start..token.end)?)?))).collect()
}

/// IBANs that check, compact and in capitals, in order.
pub(in super::super) fn ibans(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    // Its check digits are two at least.
    if text.bytes().filter(u8::is_ascii_digit).nth(1).is_none() {
        return found;
    }
    let characters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < characters.len() {
        let opens = characters.get(at).is_some_and(char::is_ascii_alphabetic)
            && (at == 0 || characters.get(at - 1).is_some_and(|c| !c.is_alphanumeric()));
        match opens.then(|| iban_at(&characters, at)).flatten() {
            Some((iban, length)) => {
                found.push(iban);
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// Spaces, hyphens and points may group the characters.
fn iban_at(characters: &[char], at: usize) -> Option<(String, usize)> {
    let mut compact = String::new();
    let mut candidates = Vec::new();
    for (offset, c) in characters.iter().skip(at).take(60).enumerate() {
        if c.is_ascii_alphanumeric() {
            compact.push(c.to_ascii_uppercase());
            if compact.len() >= 15 {
                candidates.push((compact.clone(), offset + 1));
            }
        } else if !matches!(c, ' ' | '-' | '.' | '\u{a0}') {
            break;
        }
        let bytes = compact.as_bytes();
        let wrong = bytes.iter().take(2).any(|b| !b.is_ascii_uppercase())
            || bytes.iter().skip(2).take(2).any(|b| !b.is_ascii_digit());
        if wrong || compact.len() >= 34 {
            break;
        }
    }
    candidates.into_iter().rev().find(|(iban, _)| iban.parse::<iban::Iban>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::super::super::intents::Scanned;
    use super::super::super::sentences::sentences;
    use super::*;

    fn reference(text: &str) -> Option<String> {
        let scanned: Vec<Scanned> = sentences(text)
            .into_iter()
            .map(|sentence| Scanned { sentence, heard: Vec::new(), hits: Vec::new() })
            .collect();
        payment_reference(&scanned, text)
    }

    #[test]
    fn codes() {
        assert_eq!(reference("Bonifico fatto, CRO: 12345678901."), Some("12345678901".into()));
        assert_eq!(reference("c.r.o. n. 12345678901"), Some("12345678901".into()));
        assert_eq!(reference("TRN 1101260000123456480160001600IT"), Some("1101260000123456480160001600IT".into()));
        assert_eq!(reference("end-to-end id E2E-20261103-77"), Some("E2E-20261103-77".into()));
        assert_eq!(reference("CRO 1234 5678 901 del 3/11"), Some("12345678901".into()));
        assert_eq!(reference("cro 123 456 789 01"), Some("12345678901".into()));
        assert_eq!(
            reference("TRN 11012 60000 12345 64801 60001 600IT"),
            Some("110126000012345648016000".to_owned() + "1600IT")
        );
        assert_eq!(reference("cro 0327612345678901"), Some("0327612345678901".into()));
        assert_eq!(reference("TRN 25102309876543210IT"), Some("25102309876543210IT".into()));
        assert_eq!(reference("Referenznummer der Bank: KB-99014-7721"), Some("KB-99014-7721".into()));
        assert_eq!(reference("Transaktions-ID 4711-2026-XY"), Some("4711-2026-XY".into()));
        for (text, code) in [
            ("riferimento RF18539007547034", Some("RF18539007547034")),
            ("Reference: RF18 5390 0754 7034", Some("RF18539007547034")),
            ("pagato con rf18 5390 0754 7034 ieri", Some("RF18539007547034")),
            ("Reference: RF19 5390 0754 7034", None),
            ("reference RF19 539007547034", None),
            ("reference RF19539007547034", None),
            ("communication structurée +++090/9337/55493+++", Some("090933755493")),
            ("communication structurée +++090/9337/55494+++", None),
            ("Referenz 21 00000 00003 13947 14300 09017", Some("210000000003139471430009017")),
            ("Referenz 210000000003139471430009017", Some("210000000003139471430009017")),
            ("Referenz 210000000003139471430009018", None),
        ] {
            assert_eq!(reference(text).as_deref(), code, "{text}");
        }
        assert_eq!(reference("cro 1234 5678 9"), None);
        assert_eq!(reference("ref. 2026/118"), None);
        assert_eq!(reference("cro in arrivo"), None);
    }

    #[test]
    fn ibans_that_check() {
        assert_eq!(ibans("IBAN IT60 X054 2811 1010 0000 0123 456, grazie"), ["IT60X0542811101000000123456"]);
        assert_eq!(ibans("it60x0542811101000000123456"), ["IT60X0542811101000000123456"]);
        assert!(ibans("IT60X0542811101000000123457").is_empty());
    }
}
