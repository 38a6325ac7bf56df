//! Regular expressions written as constants. One that does not compile matches nothing, and a test finds it.

use regex::Regex;
use std::sync::OnceLock;

/// A pattern compiled at its first use.
pub(super) struct Pattern {
    text: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The pattern as written.
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text, regex: OnceLock::new() }
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(self.text).ok()).as_ref()
    }

    /// Does it occur?
    pub(super) fn matches(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// A group of its first occurrence.
    pub(super) fn group<'a>(&self, text: &'a str, group: usize) -> Option<&'a str> {
        Some(self.regex()?.captures(text)?.get(group)?.as_str())
    }

    /// Every occurrence of a group.
    pub(super) fn groups<'a>(&'a self, text: &'a str, group: usize) -> impl Iterator<Item = &'a str> {
        self.regex().into_iter().flat_map(move |regex| {
            regex.captures_iter(text).filter_map(move |captures| captures.get(group).map(|found| found.as_str()))
        })
    }

    /// Did a named group take part in its first occurrence?
    pub(super) fn named(&self, text: &str, group: &str) -> bool {
        self.regex().and_then(|regex| regex.captures(text)).is_some_and(|captures| captures.name(group).is_some())
    }

    /// A named group of its first occurrence.
    pub(super) fn text_of<'a>(&self, text: &'a str, group: &str) -> Option<&'a str> {
        Some(self.regex()?.captures(text)?.name(group)?.as_str())
    }

    /// Where a named group of its first occurrence begins.
    pub(super) fn named_at(&self, text: &str, group: &str) -> Option<usize> {
        Some(self.regex()?.captures(text)?.name(group)?.start())
    }

    /// Is it a pattern at all? For the tests of each file that has some.
    #[cfg(test)]
    pub(super) fn compiles(&self) -> bool {
        self.regex().is_some()
    }
}
