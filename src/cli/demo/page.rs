//! How the timeline looks on a page of 80 columns.

use super::story::ZONE;
use crate::cli::Screen;
use crate::report::table::{WIDTH, cut, wrap};
use chrono::{DateTime, NaiveDate, Utc};
use unicode_width::UnicodeWidthStr as _;

/// Where the words of an entry begin.
const INDENT: &str = "           ";

/// What an entry is, by its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// A mail came.
    Came,
    /// A mail left.
    Left,
    /// A question to the owner.
    Asked,
    /// The owner typed.
    Typed,
    /// Something else.
    Noted,
}

impl Sign {
    const fn mark(self) -> &'static str {
        match self {
            Self::Came => "←",
            Self::Left => "→",
            Self::Asked => "?",
            Self::Typed => ">",
            Self::Noted => "·",
        }
    }
}

/// The page.
pub(super) struct Page<'a> {
    screen: &'a mut Screen,
    day: Option<NaiveDate>,
}

impl<'a> Page<'a> {
    pub(super) fn new(screen: &'a mut Screen) -> Self {
        Self { screen, day: None }
    }

    /// Begins an entry; a new day gets its heading first.
    pub(super) fn entry(&mut self, at: DateTime<Utc>, sign: Sign, title: &str) {
        let local = at.with_timezone(&ZONE);
        if self.day != Some(local.date_naive()) {
            self.day = Some(local.date_naive());
            let name = local.format("%A %-d %B").to_string();
            let rule = "─".repeat(WIDTH.saturating_sub(name.width() + 4));
            self.line("");
            self.screen.heading(&format!("── {name} {rule}"));
        }
        self.labelled(&format!("  {}  {} ", local.format("%H:%M"), sign.mark()), INDENT, title);
    }

    /// A text behind a label as wide as the indent of its further lines.
    fn labelled(&mut self, label: &str, indent: &str, text: &str) {
        for (index, line) in wrap(text, indent, WIDTH).lines().enumerate() {
            if index == 0 {
                self.line(&format!("{label}{}", line.trim_start()));
            } else {
                self.line(line);
            }
        }
    }

    /// The customer's words, two lines of them.
    pub(super) fn words(&mut self, words: &str) {
        let room = WIDTH - INDENT.len();
        let said = format!("“{}”", cut(words, room * 2 - 8));
        self.lines(&wrap(&said, INDENT, WIDTH));
    }

    /// A fact under its name.
    pub(super) fn fact(&mut self, name: &str, text: &str) {
        let label = format!("{INDENT}{name:<9}");
        self.labelled(&label, &" ".repeat(label.len()), text);
    }

    /// A sentence.
    pub(super) fn sentence(&mut self, text: &str) {
        self.lines(&wrap(text, INDENT, WIDTH));
    }

    /// A paragraph over the whole width.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.lines(&wrap(text, "", WIDTH));
    }

    pub(super) fn lines(&mut self, text: &str) {
        for line in text.lines() {
            self.line(line);
        }
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.line("");
        self.screen.heading(text);
    }

    pub(super) fn line(&mut self, text: &str) {
        self.screen.line(text);
    }
}
