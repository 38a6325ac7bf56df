//! A problem in a file that people edit: where, what, and what to write instead.

use std::fmt;
use std::ops::Range;

/// Something wrong in a hand-edited file. Collected, never thrown one at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as the reader knows it (relative to the firm's folder, or as given on the command line).
    pub file: String,
    /// Where; `None` when the whole file is meant.
    pub place: Option<Place>,
    /// A plain sentence, without a full stop.
    pub message: String,
    /// What to write or do instead; a line to paste where possible.
    pub remedy: Option<String>,
}

/// A place in a file, with the line as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line's text.
    pub excerpt: String,
    /// Length of the part marked, in characters; at least 1.
    pub length: usize,
}

impl Place {
    /// The place of a byte range in a text. Ranges outside the text are moved to its end.
    #[must_use]
    pub fn in_text(text: &str, range: Range<usize>) -> Self {
        let floor = |index: usize| {
            let mut index = index.min(text.len());
            while !text.is_char_boundary(index) {
                index = index.saturating_sub(1);
            }
            index
        };
        let (start, end) = (floor(range.start), floor(range.end));
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |index| index + 1);
        let rest = text.get(line_start..).unwrap_or_default();
        let excerpt = rest.lines().next().unwrap_or_default().to_owned();
        let column = before.get(line_start..).unwrap_or_default().chars().count();
        let marked = text.get(start..end.max(start)).unwrap_or_default();
        let marked = marked.lines().next().unwrap_or_default().chars().count();
        Self { line: before.matches('\n').count() + 1, column: column + 1, length: marked.max(1), excerpt }
    }
}

/// No more of a line than this is shown: rows of exports are long.
const SHOWN_CHARACTERS: usize = 140;

impl Place {
    /// The part of the line that is shown, the characters before the mark in it, and the length of the mark.
    fn window(&self) -> (String, usize, usize) {
        // Tabs would move the marks: shown as one blank.
        let line: Vec<char> = self.excerpt.replace('\t', " ").chars().collect();
        let marked = self.column.saturating_sub(1);
        if line.len() <= SHOWN_CHARACTERS {
            return (line.into_iter().collect(), marked, self.length);
        }
        let start = if marked < SHOWN_CHARACTERS / 2 { 0 } else { marked - SHOWN_CHARACTERS / 4 };
        let mut shown: String = line.iter().skip(start).take(SHOWN_CHARACTERS).collect();
        let length = self.length.min((start + SHOWN_CHARACTERS).saturating_sub(marked)).max(1);
        if start + SHOWN_CHARACTERS < line.len() {
            shown.push('…');
        }
        if start == 0 { (shown, marked, length) } else { (format!("…{shown}"), marked - start + 1, length) }
    }
}

impl Problem {
    /// Place and sentence on one line.
    #[must_use]
    pub fn brief(&self) -> String {
        let place = self.place.as_ref().map_or_else(String::new, |place| format!(":{}:{}", place.line, place.column));
        format!("{}{place}: {}", self.file, self.message)
    }

    /// A problem of a whole file.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), place: None, message: message.into(), remedy: None }
    }

    /// A problem at a byte range of a text.
    pub fn at(file: impl Into<String>, text: &str, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { file: file.into(), place: Some(Place::in_text(text, range)), message: message.into(), remedy: None }
    }

    /// Adds what to do instead.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

/// `file:line:column: message`, the line with the part marked, and the remedy.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            None => write!(f, "{}: {}", self.file, self.message)?,
            Some(place) => {
                writeln!(f, "{}:{}:{}: {}", self.file, place.line, place.column, self.message)?;
                let gutter = place.line.to_string();
                let (excerpt, before, length) = place.window();
                writeln!(f, "  {gutter} | {excerpt}")?;
                let indent = " ".repeat(gutter.len());
                write!(f, "  {indent} | {}{}", " ".repeat(before), "^".repeat(length))?;
            }
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "\n  help: {remedy}")?;
        }
        Ok(())
    }
}

/// The nearest of some known words, when one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_line_mark_and_remedy() {
        let text = "[firm]\nnaem = \"Ferri\"\n";
        let problem = Problem::at("sollecito.toml", text, 7..11, "Unknown key `naem`").remedy("did you mean `name`?");
        assert_eq!(
            problem.to_string(),
            "sollecito.toml:2:1: Unknown key `naem`\n  2 | naem = \"Ferri\"\n    | ^^^^\n  help: did you mean `name`?"
        );
    }

    #[test]
    fn odd_ranges_do_no_harm() {
        for (start, end) in [(0, 0), (3, 900), (900, 3), (usize::MAX, usize::MAX)] {
            let _ = Place::in_text("è\nà", start..end).to_owned();
        }
    }

    #[test]
    fn near_names() {
        assert_eq!(nearest("naem", ["name", "phone"]), Some("name"));
        assert_eq!(nearest("colour", ["name", "phone"]), None);
    }

    #[test]
    fn of_a_long_line_the_part_around_the_mark_is_shown() {
        let text = format!("{}naem{}", "a".repeat(300), "b".repeat(300));
        let shown = Problem::at("x.csv", &text, 300..304, "Wrong").to_string();
        let mut lines = shown.lines().skip(1);
        let (line, marks) = (lines.next().expect("a line"), lines.next().expect("marks"));
        assert!(line.chars().count() < 160, "{line}");
        let at = marks.find('^').expect("a mark");
        assert_eq!(line.chars().skip(at).take(4).collect::<String>(), "naem");
        assert!(
            Problem::at("x.csv", &text, 0..600, "Wrong").to_string().lines().all(|line| line.chars().count() < 160)
        );
    }
}
