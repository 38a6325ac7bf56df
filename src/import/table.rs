//! Text to rows of cells, each cell with its place in the file.
//!
//! A splitter of our own rather than the usual reader: a problem must point at the cell as it stands in the file, also
//! after quoted line breaks, and a quote that is never closed must cost one line, not the rest of the file.

use std::ops::Range;

/// A quoted cell may run over so many line breaks; one that runs further was never closed.
const MAX_BREAKS_IN_CELL: usize = 40;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its value, without quotes and surrounding blanks.
    pub value: String,
    /// Where it stands, quotes included.
    pub place: Range<usize>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Number of its first line in the file, from 1.
    pub number: usize,
    /// Where it stands.
    pub place: Range<usize>,
    /// Its cells.
    pub cells: Vec<Cell>,
    /// Where a quote was opened and never closed.
    pub unclosed: Option<usize>,
}

impl Line {
    /// Nothing stands in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.value.is_empty())
    }
}

/// Splits a text into rows; line ends may be LF, CRLF or CR.
#[must_use]
pub fn split(text: &str, separator: char) -> Vec<Line> {
    Splitter { text, separator, at: 0, number: 1 }.collect()
}

struct Splitter<'t> {
    text: &'t str,
    separator: char,
    at: usize,
    number: usize,
}

impl Iterator for Splitter<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        if self.at >= self.text.len() {
            return None;
        }
        let (start, number) = (self.at, self.number);
        let mut cells = Vec::new();
        let mut unclosed = None;
        loop {
            let cell_start = self.at;
            match self.quoted() {
                Ok(Some(cell)) => cells.push(cell),
                Ok(None) => cells.push(self.plain(cell_start)),
                Err(()) => {
                    unclosed = unclosed.or(Some(cell_start));
                    self.at = cell_start;
                    cells.push(self.plain(cell_start));
                }
            }
            if self.peek() == Some(self.separator) {
                self.at += self.separator.len_utf8();
                continue;
            }
            let end = self.at;
            self.line_end();
            return Some(Line { number, place: start..end, cells, unclosed });
        }
    }
}

impl Splitter<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn line_end(&mut self) {
        let rest = self.rest();
        let length = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) };
        self.at += length;
        self.number += usize::from(length > 0);
    }

    fn plain(&mut self, start: usize) -> Cell {
        let separator = self.separator;
        let length = self.rest().find([separator, '\n', '\r']).unwrap_or(self.rest().len());
        self.at += length;
        let raw = self.text.get(start..self.at).unwrap_or_default();
        let value = raw.trim();
        let from = start + (raw.len() - raw.trim_start().len());
        Cell { value: value.to_owned(), place: from..from + value.len() }
    }

    /// A cell in quotes; `None` when it does not begin with one, an error when the quote is never closed.
    fn quoted(&mut self) -> Result<Option<Cell>, ()> {
        let start = self.at;
        let blanks = self.rest().len() - self.rest().trim_start_matches(' ').len();
        let open = start + blanks;
        if !self.text.get(open..).is_some_and(|rest| rest.starts_with('"')) {
            return Ok(None);
        }
        let mut value = String::new();
        let mut breaks = 0;
        let mut at = open + 1;
        let mut characters = self.text.get(at..).unwrap_or_default().chars().peekable();
        while let Some(character) = characters.next() {
            at += character.len_utf8();
            match character {
                '"' if characters.peek() == Some(&'"') => {
                    characters.next();
                    at += 1;
                    value.push('"');
                }
                '"' => {
                    let rest: String = self.text.get(at..).unwrap_or_default().chars().take(200).collect();
                    let trailing = rest.len() - rest.trim_start_matches(' ').len();
                    let after = rest.trim_start_matches(' ').chars().next();
                    if !after.is_none_or(|c| c == self.separator || c == '\n' || c == '\r') {
                        // `"Rossi" srl`: the quotes belong to the name. Over several lines the next cell's quote was
                        // taken for the closing one.
                        return if breaks == 0 { Ok(None) } else { Err(()) };
                    }
                    self.at = at + trailing;
                    self.number += breaks;
                    return Ok(Some(Cell { value: value.trim().to_owned(), place: open..at }));
                }
                '\n' => {
                    breaks += 1;
                    if breaks > MAX_BREAKS_IN_CELL {
                        return Err(());
                    }
                    value.push('\n');
                }
                '\r' if characters.peek() != Some(&'\n') => {
                    breaks += 1;
                    if breaks > MAX_BREAKS_IN_CELL {
                        return Err(());
                    }
                    value.push('\n');
                }
                '\r' => {}
                other => value.push(other),
            }
        }
        Err(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, separator: char) -> Vec<Vec<String>> {
        split(text, separator).into_iter().map(|line| line.cells.into_iter().map(|cell| cell.value).collect()).collect()
    }

    #[test]
    fn quotes_breaks_and_ends() {
        assert_eq!(values("a;b\r\n\"x;\"\"y\"\" \n z\"; c \n", ';'), [vec!["a", "b"], vec!["x;\"y\" \n z", "c"]]);
        assert_eq!(values("a,b\rc,", ','), [vec!["a", "b"], vec!["c", ""]]);
        assert_eq!(values("\"Rossi\" srl,1", ','), [vec!["\"Rossi\" srl", "1"]]);
    }

    #[test]
    fn lines_are_counted_through_quoted_breaks() {
        let numbers: Vec<usize> = split("h\n\"a\nb\"\nc\n", ';').iter().map(|line| line.number).collect();
        assert_eq!(numbers, [1, 2, 4]);
    }

    #[test]
    fn an_open_quote_costs_one_line() {
        let lines = split("h;i\n\"Rossi;1\nBianchi;2\n", ';');
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[1].unclosed, Some(4));
        assert_eq!(lines[2].cells[0].value, "Bianchi");
    }

    proptest::proptest! {
        #[test]
        fn places_lie_in_the_text(text in "[a\";,\r\n é]{0,60}") {
            for line in split(&text, ';') {
                proptest::prop_assert!(text.get(line.place.clone()).is_some());
                for cell in line.cells {
                    proptest::prop_assert!(text.get(cell.place).is_some());
                }
            }
        }
    }
}
