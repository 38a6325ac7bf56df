//! Folding: one plain spelling for the many ways in which people type the same letter.
//!
//! Lower case, no accents (umlauts as two letters), typographic signs as ASCII; every folded character remembers where it stood, so that
//! evidence can be given back in the writer's own words.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// A character after folding and the bytes of the original that it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FoldedChar {
    /// The ASCII character; a blank for whatever is neither letter, digit nor punctuation.
    pub(super) letter: char,
    /// First byte in the original text.
    pub(super) start: usize,
    /// One past the last byte in the original text.
    pub(super) end: usize,
}

/// Folds a text, character by character.
pub(super) fn fold(text: &str) -> Vec<FoldedChar> {
    let mut folded = Vec::with_capacity(text.len());
    for (start, original) in text.char_indices() {
        let end = start + original.len_utf8();
        let mut push = |letter: char| folded.push(FoldedChar { letter, start, end });
        match original {
            'a'..='z' | '0'..='9' => push(original),
            'A'..='Z' => push(original.to_ascii_lowercase()),
            '\n' => push('\n'),
            _ if original.is_ascii() => push(if original.is_control() { ' ' } else { original }),
            '’' | '‘' | 'ʼ' | '´' | '′' => push('\''),
            '“' | '”' | '«' | '»' | '„' => push('"'),
            '–' | '—' | '−' | '‐' | '‑' => push('-'),
            '…' => push('.'),
            '€' | '£' | '¿' => push(original),
            // Only a bare thumb or a tick says yes; other pictures say nothing that a rule could rely on.
            '👍' | '✅' => " ok ".chars().for_each(push),
            'ß' => "ss".chars().for_each(push),
            // With two letters, as they are typed where the key is missing: "würde" must not become "wurde".
            'ä' | 'Ä' => "ae".chars().for_each(push),
            'ö' | 'Ö' => "oe".chars().for_each(push),
            'ü' | 'Ü' => "ue".chars().for_each(push),
            '\u{308}' => {
                if folded.last().is_some_and(|before| matches!(before.letter, 'a' | 'o' | 'u')) {
                    folded.push(FoldedChar { letter: 'e', start, end });
                }
            }
            'œ' | 'Œ' => "oe".chars().for_each(push),
            'æ' | 'Æ' => "ae".chars().for_each(push),
            'ø' | 'Ø' => push('o'),
            'º' | '°' => push('°'),
            // Characters that show nothing must not part a word in two.
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            _ => fold_by_decomposition(original, &mut push),
        }
    }
    folded
}

fn fold_by_decomposition(original: char, push: &mut impl FnMut(char)) {
    let mut any = false;
    for part in original.to_lowercase().nfkd().filter(char::is_ascii) {
        any = true;
        push(part.to_ascii_lowercase());
    }
    // Combining marks vanish; letters of other scripts stay words of their own, not blanks between words.
    if !any {
        let mark = ('\u{300}'..='\u{36f}').contains(&original);
        if original.is_alphabetic() {
            push('\u{1}');
        } else if !mark {
            push(' ');
        }
    }
}

/// The folded form alone, for comparing words.
pub(super) fn fold_word(text: &str) -> String {
    fold(text).into_iter().map(|folded| folded.letter).collect()
}

/// The original words of a byte range.
pub(super) fn original(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_signs_become_plain() {
        assert_eq!(fold_word("Perché È già PIÙ"), "perche e gia piu");
        assert_eq!(fold_word("l’IBAN “così” – Straße, Œuvre"), "l'iban \"cosi\" - strasse, oeuvre");
        assert_eq!(fold_word("Müßte, GRÖSSE, fu\u{308}r"), "muesste, groesse, fuer");
        assert_eq!(fold_word("e\u{300} bonifi\u{200b}co"), "e bonifico");
    }

    #[test]
    fn every_character_knows_where_it_stood() {
        let text = "già più 👍 ﬁne";
        for folded in fold(text) {
            assert!(text.get(folded.start..folded.end).is_some());
        }
    }
}
