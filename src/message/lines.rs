//! Text as lines: cleaned of what nobody sees, unwrapped where the sender says so, quotes told from words.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Lines longer than this are cut: no person writes them.
const LONGEST_LINE: usize = 20_000;

/// Where a line belongs, as far as its form says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// The writer's words, until something else is found.
    Text,
    /// Marked as quoted.
    Quote,
    /// Marked as signature.
    Signature,
}

/// A line of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) zone: Zone,
    /// In the colour that the writer says to have answered in: his words, wherever they stand.
    pub(super) answer: bool,
}

impl Line {
    /// An ordinary line.
    pub(super) const fn new(text: String, zone: Zone) -> Self {
        Self { text, zone, answer: false }
    }
}

/// Lines of a plain text. `flowed` and `delete_space` are those of RFC 3676.
pub(super) fn of_plain(text: &str, flowed: bool, delete_space: bool) -> Vec<Line> {
    let mut lines: Vec<(usize, String, bool)> = Vec::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (depth, rest) = quote_depth(line, flowed);
        // "-- " ends in a blank and is not flowed.
        let soft = flowed && rest.ends_with(' ') && rest != "-- ";
        let rest = if soft && delete_space { rest.strip_suffix(' ').unwrap_or(rest) } else { rest };
        match lines.last_mut() {
            Some((last_depth, last, true)) if *last_depth == depth && rest != "-- " && last.len() < LONGEST_LINE => {
                last.push_str(rest);
                if let Some(entry) = lines.last_mut() {
                    entry.2 = soft;
                }
            }
            _ => lines.push((depth, rest.to_owned(), soft)),
        }
    }
    lines
        .into_iter()
        .map(|(depth, text, _)| Line::new(text, if depth > 0 { Zone::Quote } else { Zone::Text }))
        .collect()
}

/// How deep a line is quoted, and what it says.
fn quote_depth(line: &str, flowed: bool) -> (usize, &str) {
    let mut rest = line;
    let mut depth = 0_usize;
    loop {
        let trimmed = if flowed && depth == 0 { rest } else { rest.trim_start_matches(' ') };
        match trimmed.strip_prefix('>') {
            // mbox writers put a `>` before a line that begins with "From ".
            Some(after) if depth == 0 && after.starts_with("From ") => return (0, after),
            Some(after) => {
                depth = depth.saturating_add(1);
                rest = after;
            }
            None if depth == 0 => return (0, if flowed { rest.strip_prefix(' ').unwrap_or(rest) } else { rest }),
            None => return (depth, rest.strip_prefix(' ').unwrap_or(rest)),
        }
    }
}

/// Text without characters that are not seen, and whether there were any that deceive.
pub(super) fn clean(text: &str) -> (String, bool) {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return (text.to_owned(), false);
    }
    let mut deceiving = false;
    let kept: String = text
        .chars()
        .filter_map(|c| match c {
            '\n' => Some(c),
            '\t' => Some(' '),
            '\r' => None,
            '\u{a0}' | '\u{202f}' | '\u{2007}' => Some(' '),
            // Soft hyphen, zero-width blanks, byte order mark: mail programs and newsletters strew them.
            '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{2060}' | '\u{feff}' => None,
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                deceiving = true;
                None
            }
            // Tag characters spell out text that no program shows.
            '\u{e0000}'..='\u{e007f}' => {
                deceiving = true;
                None
            }
            c if c.is_control() => {
                deceiving = true;
                None
            }
            c => Some(c),
        })
        .collect();
    let composed = is_nfc_quick(kept.chars()) == IsNormalized::Yes;
    if composed { (kept, deceiving) } else { (kept.nfc().collect(), deceiving) }
}

/// A header's text on one line, cleaned.
pub(super) fn one_line(text: &str) -> String {
    let (text, _) = clean(&text.replace(['\r', '\n', '\t'], " "));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower case without accents, for comparing words and names.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        // Letters of ASCII stand for themselves, and no mark reaches over one.
        let (plain, after) = rest.split_at(rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len()));
        folded.extend(plain.chars().map(|c| c.to_ascii_lowercase()));
        let (other, after) = after.split_at(after.bytes().position(|byte| byte.is_ascii()).unwrap_or(after.len()));
        folded.extend(other.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).flat_map(char::to_lowercase));
        rest = after;
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| format!("{}{}", if line.zone == Zone::Quote { "> " } else { "" }, line.text)).collect()
    }

    #[test]
    fn flowed_lines_are_joined_and_signature_marks_are_not() {
        let lines = of_plain("> a \n> b\nuno \ndue\n-- \nMario", true, false);
        assert_eq!(show(&lines), ["> a b", "uno due", "-- ", "Mario"]);
        assert_eq!(show(&of_plain("pa \nro", true, true)), ["paro"]);
    }

    #[test]
    fn quotes_are_told_from_words() {
        assert_eq!(show(&of_plain("> > a\n>From x\n b", false, false)), ["> a", "From x", " b"]);
    }

    #[test]
    fn unseen_characters_go() {
        assert_eq!(clean("a\u{202e}b\u{200b}c\u{a0}d"), ("abc d".to_owned(), true));
        assert_eq!(one_line("a\r\n b\tc"), "a b c");
        assert_eq!(fold("Ströèm"), "stroem");
        assert_eq!(fold("E\u{300}\u{323} ÇA Straße A\u{30a}Σ"), "e ca straße aσ");
    }
}
