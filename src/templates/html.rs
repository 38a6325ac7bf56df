//! A filled text as plain text and as HTML. HTML for mail programs: tables and inline styles only, everything escaped.

use super::blocks::Blocks;

const FONT: &str = "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5;color:#222222";
const CELL: &str = "padding:6px 10px;border-bottom:1px solid #dddddd;font-size:14px;vertical-align:top";

/// The plain text: blocks in their places, lines without blanks at their ends, one empty line between paragraphs.
pub(super) fn plain(body: &str, blocks: &Blocks<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in body.lines() {
        let line = line.trim_end();
        match blocks.plain(line.trim()) {
            Some(block) => lines.extend(block.lines().map(str::to_owned)),
            None => lines.push(line.to_owned()),
        }
    }
    let mut text = String::new();
    let mut empty = true;
    for line in lines {
        if line.is_empty() && empty {
            continue;
        }
        empty = line.is_empty();
        text.push_str(&line);
        text.push('\n');
    }
    let end = text.trim_end().len();
    text.truncate(end);
    text.push('\n');
    text
}

/// The same as HTML paragraphs and tables, to be framed by the layout.
pub(super) fn content(body: &str, blocks: &Blocks<'_>) -> String {
    let mut html = String::new();
    let mut open: Vec<&str> = Vec::new();
    for line in body.lines().chain([""]) {
        let line = line.trim();
        let block = blocks.html(line);
        if line.is_empty() || block.is_some() {
            if !open.is_empty() {
                html.push_str(&paragraph(&open.join("\n")));
                open.clear();
            }
            html.push_str(&block.unwrap_or_default());
        } else {
            open.push(line);
        }
    }
    html
}

/// One paragraph; its lines stay lines.
pub(super) fn paragraph(text: &str) -> String {
    format!("<p style=\"margin:0 0 16px 0;{FONT}\">{}</p>\n", escape(text).replace('\n', "<br>\n"))
}

/// A heading within the text.
pub(super) fn heading(text: &str) -> String {
    format!("<h2 style=\"margin:24px 0 8px 0;{FONT};font-size:16px;font-weight:bold\">{}</h2>\n", escape(text))
}

pub(super) fn table(rows: &str) -> String {
    format!(
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"border-collapse:collapse;margin:0 0 16px 0;{FONT}\">\n{rows}</table>\n"
    )
}

pub(super) fn row(cells: &[String]) -> String {
    format!("<tr>{}</tr>\n", cells.concat())
}

pub(super) fn cell(text: &str, right: bool) -> String {
    format!("<td style=\"{}\">{}</td>", cell_style(text, right), shown(text, right))
}

pub(super) fn heading_cell(text: &str, right: bool) -> String {
    format!("<td style=\"{}\"><strong>{}</strong></td>", cell_style(text, right), shown(text, right))
}

/// A longer word than this does not fit beside two other columns on a telephone.
const LONGEST_WORD: usize = 22;

/// A word that is too long for a telephone (a number nobody thought of) breaks where it must; no other one does.
fn cell_style(text: &str, right: bool) -> String {
    let side = if right { "right" } else { "left" };
    let is_long = text.split_whitespace().any(|word| word.chars().count() > LONGEST_WORD);
    let breaks = if is_long { ";word-break:break-word;overflow-wrap:anywhere" } else { "" };
    format!("{CELL};text-align:{side}{breaks}")
}

/// In a column of amounts each stays on one line with its sign, and so does what stands in brackets; between two of
/// them the line may break.
fn shown(text: &str, right: bool) -> String {
    let text = escape(text);
    if !right {
        return text;
    }
    let mut kept = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let (mut before, mut is_inside) = (' ', false);
    while let Some(letter) = letters.next() {
        let after = letters.peek().copied().unwrap_or(' ');
        let is_sign = before.is_ascii_digit() && !after.is_lowercase() && after != '(';
        let is_code = before.is_uppercase() && after.is_ascii_digit();
        // As long as that is short: several words would make the column wider than a telephone.
        let inside = || letters.clone().take_while(|letter| *letter != ')').count();
        is_inside = letter == '(' && inside() <= LONGEST_WORD || is_inside && letter != ')';
        if letter == ' ' && (is_sign || is_code || is_inside) {
            kept.push_str("&nbsp;");
        } else {
            kept.push(letter);
        }
        before = letter;
    }
    kept
}

/// Text as HTML text or attribute value.
#[must_use]
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_stay_whole_and_long_words_break() {
        assert_eq!(shown("720,00 € (su 1.220,00 €)", true), "720,00&nbsp;€ (su&nbsp;1.220,00&nbsp;€)");
        assert_eq!(shown("1.220,00 € e 300,00 $", true), "1.220,00&nbsp;€ e 300,00&nbsp;$");
        let netted = shown("720,00 € (su 1.220,00 €, meno la nota di credito n. 7)", true);
        assert_eq!(netted, "720,00&nbsp;€ (su 1.220,00&nbsp;€, meno la nota di credito n. 7)", "it wraps");
        assert_eq!(shown("CHF 1’220.00", true), "CHF&nbsp;1’220.00");
        assert_eq!(shown("Rechnung Nr. 118", false), "Rechnung Nr. 118");
        assert!(cell("RE-2026-000000000000000118-A", false).contains("overflow-wrap"));
        assert!(!cell("Fattura n. 118 del 02/09/2026", false).contains("overflow-wrap"));
    }
}
