//! From the parts of a mail to the writer's words.

use super::Words;
use super::body::{Block, Plain};
use super::html;
use super::lines::{self, Line, Zone};
use super::quotes::{self, Divided};
use super::signature;
use super::tickets;
use super::writer::WriterNames;
use std::collections::HashSet;

/// Text beyond this is not read: nobody answers a reminder with a book.
const MOST_TEXT: usize = 1 << 20;

/// What came out.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) words: Words,
    /// Everything shown, for telling kinds of mail.
    pub(super) shown: String,
    /// All that is not history, signatures included: the words of a machine.
    pub(super) uncut: String,
    pub(super) truncated: bool,
    /// Text that a person would not have seen.
    pub(super) hidden: bool,
    /// Characters that deceive were taken out.
    pub(super) deceiving: bool,
}

/// Reads the blocks of a mail.
pub(super) fn read(blocks: &[Block], writer: &WriterNames) -> Reading {
    let mut reading = Reading::default();
    let mut all: Vec<Line> = Vec::new();
    let mut left = MOST_TEXT;
    for block in blocks {
        let lines = read_block(block, &mut left, &mut reading);
        if !all.is_empty() {
            all.push(Line::new(String::new(), Zone::Text));
        }
        all.extend(lines);
    }
    reading.shown = all.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    let concealed = std::mem::take(&mut reading.words.concealed);
    let divided = divide(all);
    let segments: Vec<String> = divided.segments.iter().map(|segment| tidy(segment)).collect();
    reading.uncut = segments.join("\n\n");
    reading.words = Words { concealed, ..cut(divided, writer) };
    reading
}

fn read_block(block: &Block, left: &mut usize, reading: &mut Reading) -> Vec<Line> {
    let html = block.html.as_deref().map(|html| html::page(&shorten(html, left, reading)));
    if let Some(page) = &html {
        for aside in [&page.hidden, &page.hidden_in_history] {
            reading.words.concealed.push_str(aside);
        }
        reading.hidden |=
            page.hidden.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() >= 3;
    }
    // Where the two forms differ, what counts is what a person was shown; of an almost empty page that is nothing.
    let difference = match (&block.plain, &html) {
        (Some(plain), Some(page)) if !is_stand_in(&plain.text) => difference(&plain.text, page),
        _ => Difference::None,
    };
    reading.hidden |= difference != Difference::None;
    let mut lines = match (&block.plain, html) {
        (Some(_), Some(page)) if difference == Difference::ReadPage || page.has_answers() => page.lines,
        (Some(plain), Some(page)) if is_stand_in(&plain.text) => page.lines,
        (Some(Plain { text, flowed, delete_space }), _) => {
            let text = shorten(text, left, reading);
            lines::of_plain(&text, *flowed, *delete_space)
        }
        (None, Some(page)) => page.lines,
        (None, None) => Vec::new(),
    };
    for line in &mut lines {
        let (text, deceiving) = lines::clean(&line.text);
        line.text = text;
        reading.deceiving |= deceiving;
    }
    lines
}

/// How far the two forms of a text differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Difference {
    None,
    /// The plain form says more than an almost empty page shows.
    EmptyPage,
    /// They say different things: a person sees the page.
    ReadPage,
}

/// Does the plain form say things that the page does not show?
fn difference(plain: &str, page: &html::Page) -> Difference {
    fn words(folded: &str) -> HashSet<&str> {
        let words = folded.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| word.len() > 2 && word.chars().nth(2).is_some()).collect()
    }
    let joined = |parts: &mut dyn Iterator<Item = &str>| {
        let mut joined = String::new();
        parts.for_each(|part| joined.extend([part, " "]));
        lines::fold(&joined)
    };
    let page = joined(&mut page.lines.iter().map(|line| line.text.as_str()));
    let shown = words(&page);
    // Links are written out in the plain form only, between angle or square brackets.
    let plain = joined(&mut plain.split_whitespace().filter(|word| !word.contains("://")));
    let said = words(&plain);
    let unseen = said.difference(&shown).count();
    if unseen < 6 || unseen.saturating_mul(5) <= said.len().saturating_mul(2) {
        Difference::None
    } else if shown.len() < 5 {
        Difference::EmptyPage
    } else {
        Difference::ReadPage
    }
}

/// A plain part that only says that there is HTML.
fn is_stand_in(plain: &str) -> bool {
    let short = plain.split_whitespace().count() <= 30;
    plain.trim().is_empty() || (short && lines::fold(plain).contains("html") && plain.split_whitespace().count() >= 3)
}

fn shorten<'a>(text: &'a str, left: &mut usize, reading: &mut Reading) -> std::borrow::Cow<'a, str> {
    if text.len() <= *left {
        *left = left.saturating_sub(text.len());
        return text.into();
    }
    reading.truncated = true;
    let mut end = *left;
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    *left = 0;
    text.get(..end).unwrap_or_default().into()
}

fn divide(lines: Vec<Line>) -> Divided {
    let marked: Vec<String> =
        lines.iter().filter(|line| line.zone == Zone::Signature).map(|line| line.text.clone()).collect();
    let mut divided = quotes::divide(lines);
    if divided.segments.is_empty() && marked.iter().any(|line| line.chars().any(char::is_alphanumeric)) {
        // Some people write inside what their program takes for the signature.
        divided.segments.push(std::mem::take(&mut divided.signature));
    }
    divided
}

fn cut(mut divided: Divided, writer: &WriterNames) -> Words {
    let (mut new, mut signed, mut signature) = (Vec::new(), Vec::new(), Vec::new());
    let alone = divided.segments.len() == 1;
    for mut segment in divided.segments {
        signature.extend(tickets::take_furniture(&mut segment));
        let cut = signature::cut(segment, writer, alone);
        let words = tidy(&cut.new);
        if !words.is_empty() {
            new.push(words);
        }
        let with_closing = tidy(&[cut.new, cut.closing].concat());
        if !with_closing.is_empty() {
            signed.push(with_closing);
        }
        signature.extend(cut.signature);
    }
    signature.append(&mut divided.signature);
    Words {
        new: new.join("\n\n"),
        signed: signed.join("\n\n"),
        signature: tidy(&signature),
        quoted: tidy(&divided.quoted),
        concealed: String::new(),
    }
}

/// Lines as text: no blanks at the ends, never two blank lines.
fn tidy(lines: &[String]) -> String {
    let mut text = String::new();
    let mut blank = false;
    for line in lines.iter().map(|line| line.trim()) {
        if line.is_empty() {
            blank = !text.is_empty();
            continue;
        }
        if !text.is_empty() {
            text.push_str(if blank { "\n\n" } else { "\n" });
        }
        text.push_str(line);
        blank = false;
    }
    text
}
