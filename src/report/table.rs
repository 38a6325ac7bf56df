//! Plain tables of at most 80 columns: what is too wide is cut with an ellipsis, numbers stand right.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// No table is wider.
pub const WIDTH: usize = 80;

/// How a column is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Left-aligned; never cut.
    Left,
    /// Right-aligned; never cut.
    Right,
    /// Left-aligned; gives way when the table is too wide.
    Flexible,
}

/// Lays out rows under headings. Without rows, nothing.
#[must_use]
pub fn lay_out(headings: &[(&str, Column)], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut widths: Vec<usize> = headings.iter().map(|(heading, _)| heading.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    shrink(&mut widths, headings);
    let heading: Vec<String> = headings.iter().map(|(heading, _)| (*heading).to_owned()).collect();
    let mut text = line(&heading, headings, &widths);
    for row in rows {
        text.push_str(&line(row, headings, &widths));
    }
    text
}

/// Takes from the widest flexible column until the table fits.
fn shrink(widths: &mut [usize], headings: &[(&str, Column)]) {
    let gaps = 2 * headings.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > WIDTH {
        let widest = widths
            .iter_mut()
            .zip(headings)
            .filter(|(width, (_, column))| *column == Column::Flexible && **width > 6)
            .max_by_key(|(width, _)| **width);
        match widest {
            Some((width, _)) => *width -= 1,
            None => return,
        }
    }
}

fn line(cells: &[String], headings: &[(&str, Column)], widths: &[usize]) -> String {
    let mut text = String::new();
    for ((cell, (_, column)), width) in cells.iter().zip(headings).zip(widths) {
        if !text.is_empty() {
            text.push_str("  ");
        }
        let cell = cut(cell, *width);
        let blanks = " ".repeat(width.saturating_sub(cell.width()));
        if *column == Column::Right {
            text.push_str(&blanks);
            text.push_str(&cell);
        } else {
            text.push_str(&cell);
            text.push_str(&blanks);
        }
    }
    format!("{}\n", text.trim_end())
}

/// Cuts a text to a width in columns, with an ellipsis.
#[must_use]
pub fn cut(text: &str, width: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.width() <= width {
        return text;
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if kept.width() + letter.width().unwrap_or(0) + 1 > width {
            break;
        }
        kept.push(letter);
    }
    format!("{}…", kept.trim_end())
}

/// Breaks a text into lines of a width, each behind an indent.
#[must_use]
pub fn wrap(text: &str, indent: &str, width: usize) -> String {
    let room = width.saturating_sub(indent.width()).max(10);
    let mut lines = Vec::new();
    let mut current = String::new();
    for word in text.split_whitespace() {
        if !current.is_empty() && current.width() + 1 + word.width() > room {
            lines.push(std::mem::take(&mut current));
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    if !current.is_empty() {
        lines.push(current);
    }
    lines.iter().map(|line| format!("{indent}{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_wider_than_eighty() {
        let long = "Società Cooperativa Agricola Montanara fra Allevatori della Valle ".repeat(3);
        let rows = vec![vec!["2026/118".to_owned(), long, "1.220,00".to_owned()]];
        let headings = [("invoice", Column::Left), ("customer", Column::Flexible), ("open", Column::Right)];
        let text = lay_out(&headings, &rows);
        assert!(text.lines().all(|line| line.width() <= WIDTH), "{text}");
        assert!(text.contains('…') && text.trim_end().ends_with("1.220,00"));
    }

    #[test]
    fn cuts_and_wraps() {
        assert_eq!(cut("èèèè", 3), "èè…");
        assert_eq!(wrap("one two three", "  ", 12), "  one two\n  three\n");
    }
}
