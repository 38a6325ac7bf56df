//! References that a creditor gives and that carry check digits: RF (ISO 11649), the Belgian structured communication, the
//! Swiss QR reference.
//!
//! In: the words of a sentence. Out: what has the form of such a reference, with its compact spelling where it checks.

use super::super::sentences::Sentence;

/// Something that has the form of a reference with check digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Compact and in capitals; `None` where the check digits are wrong.
    pub(super) checked: Option<String>,
}

/// The reference that begins at this word.
pub(super) fn at(sentence: &Sentence, at: usize, text: &str) -> Option<Reference> {
    rf(sentence, at).or_else(|| belgian(sentence, at, text)).or_else(|| swiss(sentence, at))
}

/// `RF18539007547034`, `RF18 5390 0754 7034`: in groups as far as they check.
fn rf(sentence: &Sentence, at: usize) -> Option<Reference> {
    const LONGEST: usize = 25;
    let first = sentence.word(at)?;
    let check = first.strip_prefix("rf")?;
    if !check.get(..2).is_some_and(is_digits) || !check.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let mut joined = first.to_ascii_uppercase();
    let mut good = None;
    for next in at + 1.. {
        if joined.len() > 4 && joined.len() <= LONGEST && rest_of_97(&joined) == Some(1) {
            good = Some(joined.clone());
        }
        let code =
            |word: &&str| word.bytes().all(|b| b.is_ascii_alphanumeric()) && word.bytes().any(|b| b.is_ascii_digit());
        let group = sentence.word(next).filter(code);
        let Some(group) = group.filter(|group| joined.len() + group.len() <= LONGEST) else { break };
        joined.push_str(&group.to_ascii_uppercase());
    }
    Some(Reference { checked: good })
}

/// Remainder of the number that an international code spells, its first four characters last, `A` as 10.
fn rest_of_97(code: &str) -> Option<u32> {
    let (head, tail) = code.split_at_checked(4)?;
    tail.chars().chain(head.chars()).try_fold(0, |rest, letter| {
        let value = letter.to_digit(36)?;
        Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
    })
}

/// `+++090/9337/55493+++`: the last two of twelve digits are the remainder by 97 of the others, 97 for none.
fn belgian(sentence: &Sentence, at: usize, text: &str) -> Option<Reference> {
    let token = sentence.tokens.get(at)?;
    let parts: Vec<&str> = token.word.split('/').collect();
    let shape = matches!(parts.as_slice(), [a, b, c] if a.len() == 3 && b.len() == 4 && c.len() == 5);
    let framed = text.get(..token.start).is_some_and(|before| before.trim_end().ends_with(['+', '*']));
    let digits = parts.concat();
    if !shape || !is_digits(&digits) || !framed && !announced(sentence, at) {
        return None;
    }
    let (number, check) = digits.split_at_checked(10)?;
    let rest = number.parse::<u64>().ok()? % 97;
    let good = check.parse::<u64>().ok()? == if rest == 0 { 97 } else { rest };
    Some(Reference { checked: good.then_some(digits) })
}

fn announced(sentence: &Sentence, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| sentence.word(before));
    before.is_some_and(|word| word.starts_with("structur") || word.starts_with("gestructur") || word == "ogm")
}

/// Twenty-seven digits, in groups or not, the last of which checks the others (modulo 10, recursive).
fn swiss(sentence: &Sentence, at: usize) -> Option<Reference> {
    const LENGTH: usize = 27;
    const TABLE: [u32; 10] = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
    let mut joined = String::new();
    for next in at.. {
        let Some(group) = sentence.word(next).filter(|word| is_digits(word)) else { break };
        joined.push_str(group);
        if joined.len() >= LENGTH {
            break;
        }
    }
    if joined.len() != LENGTH {
        return None;
    }
    let step = |carry: u32, digit: char| {
        let place = usize::try_from(carry + digit.to_digit(10)?).ok()? % TABLE.len();
        TABLE.get(place).copied()
    };
    // The check digit brings the carry to nothing.
    let good = joined.chars().try_fold(0, step) == Some(0);
    Some(Reference { checked: good.then_some(joined) })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}
