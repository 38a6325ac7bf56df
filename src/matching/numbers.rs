//! Document numbers in every spelling: read from the ledger into one form, and found again in people's words.

use super::tokens::{Piece, Token, at, cut};
use super::vocabulary as words;
use chrono::{Datelike, NaiveDate};

/// A document number in one form: `FPR 45/26`, `fpr45-2026` and `FPR 0045/26` are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberKey {
    /// The series: letters in upper case, without signs; empty for the plain series.
    pub letters: String,
    /// The digits that are no year, without leading zeros. Nearly always one.
    pub serial: Vec<u64>,
    /// The year, where one is written.
    pub year: Option<i32>,
}

/// A number found in a text, with all that it may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// What it may be, most telling first.
    pub readings: Vec<NumberKey>,
    /// An invoice word stands before it.
    pub labelled: bool,
    /// At least a word for "number" or a `#` stands before it.
    pub numbered: bool,
    /// It may as well be a day or a day and month.
    pub date_like: bool,
    /// A word for another sort of document stands before it.
    pub other_document: bool,
    /// Day, month and year of issue, when written after it (`118 del 12/9`).
    pub issued: Option<(u32, u32, Option<i32>)>,
    /// The sentence in which it stands, in lower case, for telling what is only mentioned in passing.
    pub clause: String,
    /// `118-119-120`: the members of what may be a list. They count only where the whole means nothing.
    pub members: Vec<Mention>,
}

/// The one form of a number on a document; the date of issue tells which part is the year.
pub fn key_of(number: &str, issued: NaiveDate) -> NumberKey {
    let tokens = cut(number);
    let mut letters = String::new();
    let mut groups = Vec::new();
    for token in &tokens {
        match token.piece {
            Piece::Word(word) => letters.push_str(&word.to_uppercase()),
            Piece::Number(number) => groups.push(number),
            Piece::Space | Piece::Sign(_) => {}
        }
    }
    let full = issued.year().to_string();
    let short = full.get(2..).unwrap_or_default().to_owned();
    let year_at = (groups.len() > 1)
        .then(|| {
            let whole = groups.iter().position(|group| **group == full);
            whole.or_else(|| groups.iter().rposition(|group| **group == short))
        })
        .flatten();
    let year = year_at.map(|_| issued.year());
    let serial =
        groups.iter().enumerate().filter(|(index, _)| Some(*index) != year_at).map(|(_, group)| value(group)).collect();
    NumberKey { letters, serial, year }
}

/// Are these the same number of a document, written in two ways? A year that only one of them names is no difference.
#[must_use]
pub fn is_same_number(one: &str, other: &str, issued: NaiveDate) -> bool {
    let (one, other) = (key_of(one, issued), key_of(other, issued));
    !one.serial.is_empty()
        && (&one.letters, &one.serial) == (&other.letters, &other.serial)
        && (one.year.is_none() || other.year.is_none() || one.year == other.year)
}

/// Digits too long for a number of ours become one that nothing has.
fn value(digits: &str) -> u64 {
    digits.parse().unwrap_or(u64::MAX)
}

/// Most numbers looked at in one text: more is a table or an attack, and no answer to a reminder.
const AT_MOST: usize = 400;
/// Most groups of digits in one number.
const GROUPS_AT_MOST: usize = 8;

/// Finds everything in a text that may be a document number.
pub fn mentions(text: &str) -> Vec<Mention> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let tokens = cut(text);
    let mut found = Vec::new();
    let mut index = 0;
    while index < tokens.len() && found.len() < AT_MOST {
        let free = tokens.get(index).is_some_and(|token| !token.masked && matches!(token.piece, Piece::Number(_)));
        if free {
            let written = Written::read(&tokens, index);
            index = written.end;
            found.push(written.mention(&tokens));
        } else {
            index += 1;
        }
    }
    found
}

impl Mention {
    /// One of a list, under the same announcement.
    fn member(&self, digits: &str) -> Self {
        let bare = NumberKey { letters: String::new(), serial: vec![value(digits)], year: None };
        Self { readings: vec![bare], date_like: digits.len() < 3, members: Vec::new(), ..self.clone() }
    }
}

/// A number as it stands in the text, not yet understood.
struct Written<'a> {
    start: usize,
    end: usize,
    /// Letters before it, and whether they are joined to it by a sign or nothing.
    prefix: Option<(String, bool)>,
    digits: Vec<&'a str>,
    suffix: String,
    /// `118 del 2026`.
    year_after: Option<i32>,
}

impl<'a> Written<'a> {
    fn read(tokens: &[Token<'a>], index: usize) -> Self {
        let (prefix, start) = Self::prefix(tokens, index);
        let mut written =
            Self { start, end: index, prefix, digits: Vec::new(), suffix: String::new(), year_after: None };
        written.body(tokens, index);
        if let (Piece::Space, Piece::Word(word), Piece::Space, Piece::Number(year)) = (
            at(tokens, Some(written.end)),
            at(tokens, Some(written.end + 1)),
            at(tokens, Some(written.end + 2)),
            at(tokens, Some(written.end + 3)),
        ) && words::is_before_issue_date(word)
            && year.len() == 4
            && !matches!(at(tokens, Some(written.end + 4)), Piece::Sign('/' | '-'))
        {
            written.year_after = year.parse().ok();
        }
        written
    }

    fn prefix(tokens: &[Token<'a>], index: usize) -> (Option<(String, bool)>, usize) {
        let mut letters = String::new();
        let mut start = index;
        let mut tight = true;
        for _ in 0..2 {
            let (word_at, joined) = match at(tokens, start.checked_sub(1)) {
                Piece::Word(_) => (start.checked_sub(1), true),
                Piece::Sign('-' | '/' | '_') => (start.checked_sub(2), true),
                Piece::Space | Piece::Sign('.') if letters.is_empty() => (start.checked_sub(2), false),
                _ => break,
            };
            let Piece::Word(word) = at(tokens, word_at) else { break };
            let short = word.chars().count() <= 5;
            // A word set apart by a blank is a series only when written in capitals.
            let plausible = joined || (word.chars().all(char::is_uppercase) && word.chars().count() <= 4);
            if !short || !plausible {
                break;
            }
            tight = tight && joined;
            letters.insert_str(0, &word.to_uppercase());
            start = word_at.unwrap_or(start);
        }
        ((!letters.is_empty()).then_some((letters, tight)), start)
    }

    fn body(&mut self, tokens: &[Token<'a>], index: usize) {
        let mut at_index = index;
        while let Piece::Number(digits) = at(tokens, Some(at_index))
            && self.digits.len() < GROUPS_AT_MOST
        {
            self.digits.push(digits);
            at_index += 1;
            if let Piece::Word(word) = at(tokens, Some(at_index))
                && word.chars().count() <= 2
            {
                self.suffix.push_str(&word.to_uppercase());
                at_index += 1;
            }
            let (joint, next) = match (at(tokens, Some(at_index)), at(tokens, Some(at_index + 1))) {
                (Piece::Space, Piece::Sign('/')) if at(tokens, Some(at_index + 2)) == Piece::Space => {
                    ('/', at_index + 3)
                }
                (Piece::Sign(joint @ ('/' | '-' | '_')), _) => (joint, at_index + 1),
                _ => break,
            };
            match at(tokens, Some(next)) {
                Piece::Number(_) if tokens.get(next).is_some_and(|token| !token.masked) => at_index = next,
                Piece::Word(word) if word.chars().count() <= 3 && joint != '_' => {
                    self.suffix.push_str(&word.to_uppercase());
                    at_index = next + 1;
                    if let (Piece::Sign('/' | '-'), Piece::Number(_)) =
                        (at(tokens, Some(at_index)), at(tokens, Some(at_index + 1)))
                    {
                        at_index += 1;
                    }
                }
                _ => break,
            }
        }
        self.end = at_index.max(index + 1);
    }

    fn mention(&self, tokens: &[Token<'a>]) -> Mention {
        let announced = announcement(tokens, self.start);
        let mut labelled = announced == Announced::Invoice;
        let mut numbered = labelled || announced == Announced::Number;
        let mut series: Vec<String> = Vec::new();
        match &self.prefix {
            None => series.push(self.suffix.clone()),
            Some((letters, tight)) => {
                series.push(format!("{letters}{}", self.suffix));
                let announcing = words::is_invoice_word(letters) || words::is_numeral_sign(letters);
                labelled |= words::is_invoice_word(letters);
                numbered |= announcing;
                // «PAGHIAMO LA 118»: in a mail all in capitals the word before is no series.
                let small = words::is_connector(letters)
                    || words::is_before_day(letters)
                    || words::is_before_issue_date(letters);
                let shouted = matches!(at(tokens, self.start.checked_sub(2)),
                    Piece::Word(word) if word.chars().count() > 1 && word.chars().all(char::is_uppercase));
                if announcing || (!tight && (small || shouted)) {
                    series.push(self.suffix.clone());
                }
            }
        }
        labelled |= self.stands_for_an_invoice(tokens);
        let mut mention = Mention {
            readings: self.readings(&series),
            labelled,
            numbered,
            date_like: self.looks_like_date(words_before_day(tokens, self.start)),
            other_document: announced == Announced::Other
                || self.prefix.as_ref().is_some_and(|(letters, _)| words::is_other_document(letters)),
            issued: issue_date(tokens, self.end),
            clause: clause(tokens, self.start, self.end),
            members: Vec::new(),
        };
        if self.is_list() {
            mention.members = self.digits.iter().map(|digits| mention.member(digits)).collect();
        }
        mention
    }

    /// "La 304", "la 2025/118": at least three digits or two groups, right after an article, and no unit behind.
    fn stands_for_an_invoice(&self, tokens: &[Token<'a>]) -> bool {
        let article = match &self.prefix {
            Some((letters, tight)) => !tight && words::is_article_of_invoice(letters),
            None => matches!((at(tokens, self.start.checked_sub(1)), at(tokens, self.start.checked_sub(2))),
                (Piece::Space, Piece::Word(word)) if words::is_article_of_invoice(word)),
        };
        let long = self.digits.len() > 1 || self.digits.iter().any(|digits| digits.len() > 2);
        let unit = matches!((at(tokens, Some(self.end)), at(tokens, Some(self.end + 1))),
            (Piece::Space, Piece::Word(word)) if words::is_unit(word) || words::is_currency(word));
        article && long && !unit
    }

    /// Three and more, or two neighbours: `118-119`. Two others are a number and its year.
    fn is_list(&self) -> bool {
        if !self.suffix.is_empty() || self.prefix.as_ref().is_some_and(|(_, tight)| *tight) {
            return false;
        }
        match self.digits.as_slice() {
            [first, second] => {
                first.len() == second.len()
                    && value(second).checked_sub(value(first)).is_some_and(|apart| (1..10).contains(&apart))
            }
            more => more.len() > 2,
        }
    }

    fn readings(&self, series: &[String]) -> Vec<NumberKey> {
        let mut readings = Vec::new();
        let mut years: Vec<(Option<usize>, Option<i32>)> = Vec::new();
        if self.digits.len() > 1 {
            let candidates = self.digits.iter().enumerate().rev();
            let mut dated: Vec<_> =
                candidates.filter_map(|(index, digits)| Some((Some(index), Some(year_of(digits)?)))).collect();
            dated.sort_by_key(|(index, _)| {
                index.and_then(|index| self.digits.get(index)).map_or(0, |digits| 4 - digits.len().min(4))
            });
            years.extend(dated);
        }
        years.push((None, self.year_after));
        for letters in series {
            for (year_at, year) in &years {
                let others = self.digits.iter().enumerate().filter(|(index, _)| Some(*index) != *year_at);
                let serial = others.map(|(_, digits)| value(digits)).collect();
                readings.push(NumberKey { letters: letters.clone(), serial, year: *year });
            }
        }
        readings
    }

    fn looks_like_date(&self, after_day_word: bool) -> bool {
        if self.prefix.as_ref().is_some_and(|(_, tight)| *tight) || !self.suffix.is_empty() {
            return false;
        }
        match self.digits.as_slice() {
            [one] => {
                value(one) < 10 || (value(one) <= 31 && after_day_word) || year_of(one).is_some() && one.len() == 4
            }
            [first, second] => {
                let (first, second) = (value(first), value(second));
                (first <= 31 && second <= 12) || (first <= 12 && second <= 31 && after_day_word)
            }
            _ => false,
        }
    }
}

fn year_of(digits: &str) -> Option<i32> {
    let number: i32 = digits.parse().ok()?;
    match digits.len() {
        4 if (1990..=2099).contains(&number) => Some(number),
        2 => Some(2000 + number),
        _ => None,
    }
}

fn words_before_day(tokens: &[Token<'_>], start: usize) -> bool {
    matches!((at(tokens, start.checked_sub(1)), at(tokens, start.checked_sub(2))),
        (Piece::Space, Piece::Word(word)) if words::is_before_day(word))
}

/// What stands before a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announced {
    /// A word for invoice.
    Invoice,
    /// A word for number, or `#`.
    Number,
    /// A word for another document, or a street.
    Other,
    /// Nothing of the kind.
    Nothing,
}

/// Looks back over list members and small words for what announces a number.
fn announcement(tokens: &[Token<'_>], start: usize) -> Announced {
    let mut found = Announced::Nothing;
    for token in tokens.get(..start).unwrap_or_default().iter().rev().take(40) {
        match token.piece {
            Piece::Word(word) if words::is_invoice_word(word) => return Announced::Invoice,
            Piece::Word(word) if words::is_other_document(word) => return Announced::Other,
            Piece::Word(word) if words::is_numeral_sign(word) => found = Announced::Number,
            Piece::Word(word) if is_small(word) => {}
            Piece::Sign('#') => found = Announced::Number,
            Piece::Number(_) | Piece::Space => {}
            Piece::Sign('.' | ',' | '/' | '-' | '°' | 'º' | '&' | '+' | ':' | '(' | '"' | '«' | '\'') => {}
            _ => break,
        }
    }
    if after_street(tokens, start) { Announced::Other } else { found }
}

fn is_small(word: &str) -> bool {
    words::is_connector(word) || words::is_before_issue_date(word) || word.chars().count() == 1
}

/// `via Emilia 118`: a street, then names in capitals, then the house.
fn after_street(tokens: &[Token<'_>], start: usize) -> bool {
    let before = tokens.get(..start).unwrap_or_default().iter().rev().take(8).map_while(|token| match token.piece {
        Piece::Word(word) => Some(Some(word)),
        Piece::Space | Piece::Sign(',' | '.') => Some(None),
        _ => None,
    });
    for word in before.flatten() {
        if words::is_street(word) {
            return true;
        }
        if !words::is_numeral_sign(word) && !word.starts_with(char::is_uppercase) {
            return false;
        }
    }
    false
}

/// The date after `118 del …`.
fn issue_date(tokens: &[Token<'_>], end: usize) -> Option<(u32, u32, Option<i32>)> {
    let (Piece::Space, Piece::Word(word), Piece::Space) =
        (at(tokens, Some(end)), at(tokens, Some(end + 1)), at(tokens, Some(end + 2)))
    else {
        return None;
    };
    if !words::is_before_issue_date(word) {
        return None;
    }
    let (Piece::Number(day), Piece::Sign('/' | '.' | '-'), Piece::Number(month)) =
        (at(tokens, Some(end + 3)), at(tokens, Some(end + 4)), at(tokens, Some(end + 5)))
    else {
        return None;
    };
    let year = match (at(tokens, Some(end + 6)), at(tokens, Some(end + 7))) {
        (Piece::Sign('/' | '.' | '-'), Piece::Number(year)) => year_of(year),
        _ => None,
    };
    Some((day.parse().ok()?, month.parse().ok()?, year))
}

/// The words around a mention up to the next full stop, semicolon or line's end, in lower case.
fn clause(tokens: &[Token<'_>], start: usize, end: usize) -> String {
    let stops = |token: &&Token<'_>| !matches!(token.piece, Piece::Sign('.' | ';' | '!' | '?' | '\n'));
    let before = tokens.get(..start).unwrap_or_default().iter().rev().take_while(stops).take(60);
    let after = tokens.get(end..).unwrap_or_default().iter().take_while(stops).take(60);
    let mut pieces: Vec<&Token<'_>> = before.collect();
    pieces.reverse();
    pieces.extend(after);
    let mut text = String::new();
    for token in pieces {
        match token.piece {
            Piece::Word(word) => text.push_str(&word.to_lowercase()),
            Piece::Number(number) => text.push_str(number),
            Piece::Space => text.push(' '),
            Piece::Sign(sign) => text.push(sign),
        }
    }
    text
}
