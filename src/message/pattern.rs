//! Regular expressions written as constants. One that does not compile matches nothing, and a test finds it.
//!
//! The automaton that is fast does not know what `\b` means in a text that is not ASCII, and the slow one costs many times as
//! much. So such a text is first asked for the same pattern without any `\b`, which finds all that the pattern finds and
//! little more.

use regex::{Regex, bytes};
use std::sync::{LazyLock, OnceLock};

/// A pattern compiled at its first use.
pub(super) struct Pattern {
    text: &'static str,
    regex: OnceLock<Option<Regex>>,
    /// The same without `\b`, where there is any.
    wider: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The pattern as written.
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, regex: OnceLock::new(), wider: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(self.text).ok()).as_ref()
    }

    /// The pattern, unless it surely does not occur in a text.
    fn regex_for(&self, text: &str) -> Option<&Regex> {
        let regex = self.regex()?;
        if text.is_ascii() {
            return Some(regex);
        }
        let wider = self.wider.get_or_init(|| wider(self.text).and_then(|wider| Regex::new(&wider).ok()));
        wider.as_ref().is_none_or(|wider| wider.is_match(text)).then_some(regex)
    }

    /// Does it occur?
    pub(super) fn matches(&self, text: &str) -> bool {
        self.regex_for(text).is_some_and(|regex| regex.is_match(text))
    }

    /// A group of its first occurrence.
    pub(super) fn group<'a>(&self, text: &'a str, group: usize) -> Option<&'a str> {
        Some(self.regex_for(text)?.captures(text)?.get(group)?.as_str())
    }

    /// Every occurrence of a group.
    pub(super) fn groups<'a>(&'a self, text: &'a str, group: usize) -> impl Iterator<Item = &'a str> {
        self.regex_for(text).into_iter().flat_map(move |regex| {
            regex.captures_iter(text).filter_map(move |captures| captures.get(group).map(|found| found.as_str()))
        })
    }

    /// The first of these named groups that took part in its first occurrence.
    pub(super) fn which(&self, text: &str, groups: &[&'static str]) -> Option<&'static str> {
        let captures = self.regex_for(text)?.captures(text)?;
        groups.iter().copied().find(|group| captures.name(group).is_some())
    }

    /// A named group of its first occurrence.
    pub(super) fn text_of<'a>(&self, text: &'a str, group: &str) -> Option<&'a str> {
        Some(self.regex_for(text)?.captures(text)?.name(group)?.as_str())
    }

    /// Where a named group of its first occurrence begins.
    pub(super) fn named_at(&self, text: &str, group: &str) -> Option<usize> {
        Some(self.regex_for(text)?.captures(text)?.name(group)?.start())
    }

    /// Is it a pattern at all? For the tests of each file that has some.
    #[cfg(test)]
    pub(super) fn compiles(&self) -> bool {
        self.regex().is_some()
    }
}

static ENCLOSED_MAIL: LazyLock<Option<bytes::Regex>> = LazyLock::new(|| bytes::Regex::new("(?i-u)message/rfc822").ok());

/// Where the bytes of a mail say that another mail is enclosed.
pub(super) fn places_of_enclosed_mails(bytes: &[u8]) -> impl Iterator<Item = usize> {
    ENCLOSED_MAIL.as_ref().into_iter().flat_map(|regex| regex.find_iter(bytes).map(|found| found.start()))
}

/// A pattern without its word boundaries; `None` where it has none.
fn wider(pattern: &str) -> Option<String> {
    let mut wider = String::with_capacity(pattern.len());
    let mut signs = pattern.chars();
    while let Some(sign) = signs.next() {
        match (sign, sign == '\\') {
            (_, true) => match signs.next() {
                Some('b') => {}
                escaped => wider.extend(std::iter::once(sign).chain(escaped)),
            },
            (sign, false) => wider.push(sign),
        }
    }
    (wider.len() < pattern.len()).then_some(wider)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_boundaries_are_left_out_and_nothing_else() {
        assert_eq!(wider(r"(?i)\bpag[oò]\b|\\b|\.b\B"), Some(r"(?i)pag[oò]|\\b|\.b\B".to_owned()));
        assert_eq!(wider(r"\d+b"), None);
    }

    #[test]
    fn enclosed_mails_are_found_in_whatever_bytes() {
        let places: Vec<usize> =
            places_of_enclosed_mails(b"\xff Message/RFC822 message/rfc82 message/rfc822").collect();
        assert_eq!(places, [2, 31]);
    }

    #[test]
    fn the_boundary_counts_beside_whatever_letter() {
        static WORD: Pattern = Pattern::new(r"(?i)\b(?P<word>è|pag)\b");
        for (text, found) in [("pag", true), ("perchè", false), ("è già", true), ("pagò", false), ("già pag.", true)]
        {
            assert_eq!(WORD.matches(text), found, "{text}");
            assert_eq!(WORD.text_of(text, "word").is_some(), found, "{text}");
            assert_eq!(WORD.which(text, &["word"]).is_some(), found, "{text}");
        }
    }
}
