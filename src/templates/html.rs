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
    format!("<td style=\"{CELL}{}\">{}</td>", side(right), escape(text))
}

pub(super) fn heading_cell(text: &str, right: bool) -> String {
    format!("<td style=\"{CELL}{}\"><strong>{}</strong></td>", side(right), escape(text))
}

const fn side(right: bool) -> &'static str {
    if right { ";text-align:right;white-space:nowrap" } else { ";text-align:left" }
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
