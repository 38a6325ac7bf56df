//! The screen: the only place that prints.
//!
//! Answers go to standard output, failures to standard error; with `--json` both go to standard output as JSON.
//! Colours only on a terminal and without NO_COLOR; 80 columns where there is no terminal.

use super::failure::Failure;
use crate::ledger::problem::Problem;
use serde_json::{Value, json};
use std::io::{IsTerminal as _, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns where there is no terminal.
pub(super) const FIXED_WIDTH: usize = 80;

/// Where answers and failures are written.
pub struct Screen {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    color: bool,
    json: bool,
    width: usize,
}

/// On which side a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Texts. The first such column gives way when the table is too wide.
    Left,
    /// Amounts and counts.
    Right,
}

impl Screen {
    /// The process's own streams.
    #[must_use]
    pub fn of_process(terminal: bool, json: bool) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|_| terminal);
        Self {
            out: Box::new(std::io::stdout()),
            err: Box::new(std::io::stderr()),
            color: terminal && !no_color,
            json,
            width: width.unwrap_or(FIXED_WIDTH).clamp(40, 200),
        }
    }

    /// Is JSON wanted?
    #[must_use]
    pub const fn wants_json(&self) -> bool {
        self.json
    }

    /// A line of the answer. A closed pipe (`| head`) is nobody's failure.
    pub fn line(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.out, "{}", harmless(text.as_ref()));
    }

    /// A question; the answer is typed behind it.
    pub fn prompt(&mut self, text: &str) {
        let _ = write!(self.out, "{}", harmless(text)).and_then(|()| self.out.flush());
    }

    /// A sentence of the answer, broken between words.
    pub fn paragraph(&mut self, text: &str) {
        for line in wrapped(text, self.width) {
            self.line(line);
        }
    }

    /// A name and what is said of it, in a column of that width; what is too long goes on below itself.
    pub fn labelled(&mut self, name: &str, name_width: usize, text: &str) {
        let mut label = name;
        for line in wrapped(text, self.width.saturating_sub(name_width)) {
            let blanks = " ".repeat(name_width.saturating_sub(label.width()));
            self.line(format!("{label}{blanks}{line}").trim_end());
            label = "";
        }
    }

    /// A heading.
    pub fn heading(&mut self, text: &str) {
        let text = if self.color { format!("\u{1b}[1m{}\u{1b}[0m", harmless(text)) } else { harmless(text) };
        let _ = writeln!(self.out, "{text}");
    }

    /// The answer as JSON.
    pub fn json(&mut self, value: &Value) {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        let _ = writeln!(self.out, "{text}");
    }

    /// One JSON object on one line.
    pub fn json_line(&mut self, value: &impl serde::Serialize) {
        let text = serde_json::to_string(value).unwrap_or_default();
        let _ = writeln!(self.out, "{text}");
    }

    /// A report: JSON where it is wanted, else its text.
    pub fn report(&mut self, value: &impl serde::Serialize, text: &str) {
        if self.json {
            self.json(&serde_json::to_value(value).unwrap_or_default());
        } else {
            for line in text.lines() {
                self.line(line);
            }
        }
    }

    /// A table without lines; the first left column is shortened when it is too wide.
    pub fn table(&mut self, sides: &[Side], rows: &[Vec<String>]) {
        for line in table(sides, rows, self.width) {
            self.line(line);
        }
    }

    /// How far the work is, beside the answer: on a terminal one line that is written over.
    pub fn progress(&mut self, text: &str) {
        let text = harmless(text);
        let _ = match std::io::stderr().is_terminal() {
            true => write!(self.err, "\r\u{1b}[K{text}"),
            false => writeln!(self.err, "{text}"),
        };
        let _ = self.err.flush();
    }

    /// Clears what [`Screen::progress`] wrote on a terminal.
    pub fn end_progress(&mut self) {
        if std::io::stderr().is_terminal() {
            let _ = write!(self.err, "\r\u{1b}[K");
        }
    }

    /// Why it failed.
    pub fn failure(&mut self, failure: &Failure) {
        if failure.told {
            return;
        }
        if self.json {
            let problems: Vec<Value> = failure.problems.iter().map(problem_json).collect();
            let error = json!({
                "kind": failure.kind.as_str(),
                "causes": failure.causes,
                "hints": failure.hints,
                "problems": problems,
            });
            self.json(&json!({ "error": error }));
            return;
        }
        let mut text = String::new();
        for problem in &failure.problems {
            text.push_str(&format!("{problem}\n\n"));
        }
        let heading = failure.kind.heading();
        let heading = if self.color { format!("\u{1b}[1;31m{heading}\u{1b}[0m") } else { heading.to_owned() };
        text.push_str(&format!("{heading}: {}\n", failure.causes.join(": ")));
        for hint in &failure.hints {
            text.push_str(&format!("help: {hint}\n"));
        }
        let _ = self.err.write_all(if self.color { text } else { harmless(&text) }.as_bytes());
    }
}

/// `1 row`, `2 rows`.
pub(super) fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// A problem in JSON.
pub(super) fn problem_json(problem: &Problem) -> Value {
    json!({
        "file": problem.file,
        "line": problem.place.as_ref().map(|place| place.line),
        "column": problem.place.as_ref().map(|place| place.column),
        "message": problem.message,
        "remedy": problem.remedy,
    })
}

/// Without control characters: what comes from a mail or a file must not steer the terminal.
fn harmless(text: &str) -> String {
    let steers =
        |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(last) = lines.last_mut() else { break };
        if last.is_empty() {
            last.push_str(word);
        } else if last.width() + 1 + word.width() <= width {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn table(sides: &[Side], rows: &[Vec<String>], width: usize) -> Vec<String> {
    let mut widths: Vec<usize> = sides
        .iter()
        .enumerate()
        .map(|(column, _)| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0))
        .collect();
    let total = widths.iter().sum::<usize>() + sides.len().saturating_sub(1) * 2;
    let elastic = sides.iter().position(|side| *side == Side::Left);
    if let Some(cell) = elastic.and_then(|column| widths.get_mut(column)) {
        *cell = cell.saturating_sub(total.saturating_sub(width)).max(8.min(*cell));
    }
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let mut line = String::new();
        for ((cell, side), cell_width) in row.iter().zip(sides).zip(&widths) {
            if !line.is_empty() {
                line.push_str("  ");
            }
            let cell = shortened(cell, *cell_width);
            let blanks = " ".repeat(cell_width.saturating_sub(cell.width()));
            match side {
                Side::Left => line.push_str(&format!("{cell}{blanks}")),
                Side::Right => line.push_str(&format!("{blanks}{cell}")),
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for character in text.chars() {
        if short.width() + character.width().unwrap_or(0) + 1 > width {
            break;
        }
        short.push(character);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_fit() {
        let rows = vec![
            vec!["Officine Meccaniche Baldini S.r.l. in liquidazione".to_owned(), "1.220,00".to_owned()],
            vec!["Edil".to_owned(), "50,00".to_owned()],
        ];
        let lines = table(&[Side::Left, Side::Right], &rows, 30);
        assert_eq!(lines, ["Officine Meccaniche…  1.220,00", "Edil                     50,00"]);
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}c");
    }

    #[test]
    fn words_stay_whole() {
        assert_eq!(wrapped("uno due tre quattro", 8), ["uno due", "tre", "quattro"]);
    }
}
