//! Sentences and their words: what the rules are matched against.

use super::fold::{FoldedChar, fold};
use super::points;

/// A word, a number or a code of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Folded spelling. Numbers keep their inner points, commas, slashes and hyphens (`1.220,00`, `3/11`, `118-a`).
    pub(super) word: String,
    /// First byte in the original text.
    pub(super) start: usize,
    /// One past the last byte in the original text.
    pub(super) end: usize,
    /// A comma, colon, bracket or dash stands before it.
    pub(super) after_break: bool,
    /// A hyphen (or dash) alone stands before it: the sign of ranges.
    pub(super) after_dash: bool,
}

impl Token {
    /// Begins with a digit.
    pub(super) fn is_number(&self) -> bool {
        self.word.starts_with(|c: char| c.is_ascii_digit())
    }
}

/// A sentence, or a line that stands for one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sentence {
    /// Its words in order; never empty.
    pub(super) tokens: Vec<Token>,
    /// It ends with a question mark.
    pub(super) question: bool,
}

impl Sentence {
    /// The word at a place.
    pub(super) fn word(&self, index: usize) -> Option<&str> {
        self.tokens.get(index).map(|token| token.word.as_str())
    }

    /// Bytes of the original text that some of its words cover.
    pub(super) fn range_of(&self, from: usize, to: usize) -> std::ops::Range<usize> {
        let start = self.tokens.get(from).map_or(0, |token| token.start);
        let end = to.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end);
        start..end.max(start)
    }
}

/// Longer texts are no letters; what lies beyond is left unread (and policy is told so by `unread`).
pub(super) const TOKENS_AT_MOST: usize = 4_000;

/// Stands for a mail address.
pub(super) const MAIL_ADDRESS: &str = "mailaddress";
/// Stands for a web address.
pub(super) const WEB_ADDRESS: &str = "webaddress";

/// Cuts a text into sentences. Full stops inside numbers and abbreviations do not end one; an empty line does, and so
/// does a line end before a capital letter or a list sign.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let folded = fold(text);
    let mut cutter = Cutter {
        text,
        folded: &folded,
        line_ends: line_ends(&folded),
        done: Vec::new(),
        open: Sentence::default(),
        pending: Pending::default(),
        count: 0,
    };
    let mut index = 0;
    while let Some(current) = folded.get(index) {
        if cutter.count >= TOKENS_AT_MOST {
            break;
        }
        if is_word_char(current.letter) {
            index = cutter.take_address(index).unwrap_or_else(|| cutter.take_word(index));
        } else {
            cutter.take_sign(index, current.letter);
            index += 1;
        }
    }
    cutter.close();
    cutter.done
}

/// The words of a short phrase, as they are compared.
pub(super) fn words_of(phrase: &str) -> Vec<String> {
    // Most words of patterns are plain already, and there are very many.
    if !phrase.is_empty() && phrase.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return vec![phrase.to_owned()];
    }
    sentences(phrase).into_iter().flat_map(|sentence| sentence.tokens).map(|token| token.word).collect()
}

fn is_word_char(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '\u{1}'
}

#[derive(Default)]
struct Pending {
    clause_break: bool,
    dash: bool,
}

struct Cutter<'a> {
    text: &'a str,
    folded: &'a [FoldedChar],
    line_ends: Vec<(usize, usize)>,
    done: Vec<Sentence>,
    open: Sentence,
    pending: Pending,
    count: usize,
}

impl Cutter<'_> {
    fn letter(&self, index: usize) -> char {
        self.folded.get(index).map_or(' ', |folded| folded.letter)
    }

    /// A mail or web address is one word, [`MAIL_ADDRESS`] or [`WEB_ADDRESS`]; its parts mean nothing.
    fn take_address(&mut self, from: usize) -> Option<usize> {
        let run = self.folded.get(from..)?.iter().take(320).map(|folded| folded.letter);
        let run = run.take_while(|letter| {
            !letter.is_whitespace() && !matches!(letter, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | '"')
        });
        // Hardly any word may be one.
        if !matches!(self.letter(from), 'h' | 'w') && !run.clone().any(|letter| letter == '@') {
            return None;
        }
        let run: String = run.collect();
        let run = run.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '/');
        let web = run.starts_with("http") && run.contains("://") || run.starts_with("www.");
        let mail = run.split_once('@').is_some_and(|(left, right)| !left.is_empty() && right.contains('.'));
        let word = if web {
            WEB_ADDRESS
        } else if mail {
            MAIL_ADDRESS
        } else {
            return None;
        };
        let to = from + run.chars().count();
        let end = to.checked_sub(1).and_then(|last| self.folded.get(last)).map(|last| last.end);
        self.push_sign(from, word);
        if let (Some(token), Some(end)) = (self.open.tokens.last_mut(), end) {
            token.end = end;
        }
        Some(to)
    }

    fn take_word(&mut self, from: usize) -> usize {
        let mut index = from;
        let numeric = self.letter(from).is_ascii_digit();
        loop {
            let letter = self.letter(index);
            if is_word_char(letter) {
                // `1220euro`, `30gg`: a unit glued to a number is a word of its own.
                if numeric
                    && letter.is_ascii_alphabetic()
                    && self.letter(index.saturating_sub(1)).is_ascii_digit()
                    && self.is_unit(index)
                {
                    break;
                }
                index += 1;
            } else if index > from && matches!(letter, '.' | ',' | '/' | '-' | ':' | '\'') && self.joins(index, numeric)
            {
                index += 1;
            } else {
                break;
            }
        }
        self.push(from, index);
        if numeric { self.after_no_hundredths(index) } else { index }
    }

    /// `1.220,-` and `CHF 1'220.–`: the dash that stands for no hundredths is part of the number.
    fn after_no_hundredths(&self, index: usize) -> usize {
        let dashes = self.folded.iter().skip(index + 1).take_while(|folded| folded.letter == '-').count();
        let after = index + 1 + dashes;
        let stands = matches!(self.letter(index), '.' | ',') && (1..=2).contains(&dashes);
        if stands && !is_word_char(self.letter(after)) { after } else { index }
    }

    /// A sign inside a number or code (`1.220,00`, `2026/118`, `12-a`) or a dotted abbreviation joins.
    fn joins(&self, index: usize, numeric: bool) -> bool {
        let before = self.letter(index.saturating_sub(1));
        let after = self.letter(index + 1);
        let sign = self.letter(index);
        if before.is_ascii_digit() && after.is_ascii_digit() {
            // "4'150.00" is written so in Switzerland; "l'8'" is not.
            return sign != '\'' || (2..4).all(|more| self.letter(index + more).is_ascii_digit());
        }
        numeric && matches!(sign, '/' | '-') && after.is_ascii_alphanumeric() && !is_word_char(self.letter(index + 2))
    }

    fn is_unit(&self, index: usize) -> bool {
        let rest: String = self
            .folded
            .iter()
            .skip(index)
            .take(8)
            .map(|folded| folded.letter)
            .take_while(|l| l.is_ascii_alphabetic())
            .collect();
        matches!(
            rest.as_str(),
            "euro"
                | "eur"
                | "euros"
                | "gg"
                | "giorni"
                | "days"
                | "th"
                | "st"
                | "nd"
                | "rd"
                | "gbp"
                | "usd"
                | "k"
                | "chf"
                | "franken"
                | "tage"
                | "tagen"
                | "ten"
                | "ter"
                | "er"
                | "j"
                | "jours"
                | "h"
                | "heures"
                | "dias"
        )
    }

    fn push(&mut self, from: usize, to: usize) {
        let Some(first) = self.folded.get(from) else { return };
        let word: String = self.folded.iter().skip(from).take(to - from).map(|folded| folded.letter).collect();
        let end = to.checked_sub(1).and_then(|last| self.folded.get(last)).map_or(first.end, |last| last.end);
        let pending = std::mem::take(&mut self.pending);
        self.open.tokens.push(Token {
            word,
            start: first.start,
            end,
            after_break: pending.clause_break,
            after_dash: pending.dash,
        });
        self.count += 1;
    }

    fn push_sign(&mut self, index: usize, word: &str) {
        let Some(at) = self.folded.get(index) else { return };
        let pending = std::mem::take(&mut self.pending);
        self.open.tokens.push(Token {
            word: word.to_owned(),
            start: at.start,
            end: at.end,
            after_break: pending.clause_break,
            after_dash: pending.dash,
        });
        self.count += 1;
    }

    fn take_sign(&mut self, index: usize, sign: char) {
        match sign {
            '€' => self.push_sign(index, "eur"),
            '£' => self.push_sign(index, "gbp"),
            '$' => self.push_sign(index, "usd"),
            '%' => self.push_sign(index, "percento"),
            // Spanish opens a question in the middle of a line: "Pagamos el viernes, ¿vale?"
            '¿' => self.close(),
            '?' => {
                self.open.question = true;
                self.close();
            }
            '!' | ';' => self.close(),
            '.' if self.ends_sentence(index) => self.close(),
            '\n' if self.line_ends_sentence(index) => self.close(),
            // A short line that runs on is a part of its own.
            '\n' => self.pending.clause_break |= !self.wrapped(index),
            ',' | ':' | '(' | ')' | '"' => self.pending.clause_break = true,
            '-' => {
                self.pending.dash = true;
                let spaced = self.letter(index.saturating_sub(1)) == ' ' || self.letter(index + 1) == ' ';
                self.pending.clause_break |= spaced;
            }
            _ => {}
        }
    }

    /// A point after a short word ("ft.", "n.", "gent.mo", "Inc.") is not the end unless a capital follows the blank.
    fn ends_sentence(&self, index: usize) -> bool {
        let next = self.letter(index + 1);
        if is_word_char(next) {
            // "grazie.Saluti" ends; "gent.mo", "r.d." and addresses do not.
            let capital = self.original_char(index + 1).is_some_and(char::is_uppercase);
            let long = self.open.tokens.last().is_some_and(|token| token.word.len() > 3);
            return capital && long;
        }
        // "am 3.11., per Überweisung", "(Valuta 3.11.)".
        if matches!(next, ',' | ')' | ';' | ':') || self.ordinal(index) {
            return false;
        }
        let last = self.open.tokens.last().map_or("", |token| token.word.as_str());
        let short =
            points::is_abbreviation(last) || (last.len() == 1 && !last.starts_with(|c: char| c.is_ascii_digit()));
        let follower = self.folded.iter().skip(index + 1).find(|folded| folded.letter != ' ');
        let capital = follower
            .and_then(|folded| self.text.get(folded.start..folded.end))
            .and_then(|text| text.chars().next())
            .is_none_or(|c| c.is_uppercase() || c == '\n');
        if short { false } else { capital || last.len() > 3 || last.starts_with(|c: char| c.is_ascii_digit()) }
    }

    /// The point belongs to a German ordinal.
    fn ordinal(&self, index: usize) -> bool {
        let word = |back: usize| {
            let at = self.open.tokens.len().checked_sub(back)?;
            self.open.tokens.get(at).map(|token| token.word.as_str())
        };
        let number = word(1).filter(|_| self.letter(index.saturating_sub(1)).is_ascii_digit());
        let (Some(number), Some((at, next))) = (number, self.word_after(index)) else { return false };
        points::is_ordinal(&points::Numbered {
            number,
            before: word(2),
            next: &next,
            capital: self.original_char(at).is_some_and(char::is_uppercase),
            next_ends_in_point: self.letter(at + next.len()) == '.',
        })
    }

    /// The next word and its place, on this line or on the next where the line was only wrapped.
    fn word_after(&self, index: usize) -> Option<(usize, String)> {
        let blank = |at: usize| self.letter(at) == ' ' || self.letter(at) == '\n' && self.wrapped_at(at);
        let at = (index + 1..self.folded.len()).find(|at| !blank(*at))?;
        let word: String =
            self.folded.iter().skip(at).take(24).map(|folded| folded.letter).take_while(|l| is_word_char(*l)).collect();
        (!word.is_empty()).then_some((at, word))
    }

    /// A long line that ends here, whatever its last sign.
    fn wrapped_at(&self, index: usize) -> bool {
        let length = self.folded.iter().take(index).rev().take_while(|folded| folded.letter != '\n').count();
        length >= 50
    }

    fn line_ends_sentence(&self, index: usize) -> bool {
        let rest = self.folded.iter().skip(index + 1);
        let follower = rest.map(|folded| folded.letter).find(|letter| *letter != ' ');
        let original = self
            .folded
            .iter()
            .skip(index + 1)
            .find(|folded| folded.letter != ' ')
            .and_then(|folded| self.text.get(folded.start..folded.end))
            .and_then(|text| text.chars().next());
        match follower {
            None | Some('\n' | '-' | '*' | '>') => true,
            _ => original.is_some_and(char::is_uppercase) && !self.wrapped(index),
        }
    }

    /// A full line that was only wrapped: its words run on into the next. Full is what leaves no room for the next word
    /// beside the longest line of the paragraph.
    fn wrapped(&self, index: usize) -> bool {
        let length = self.folded.iter().take(index).rev().take_while(|folded| folded.letter != '\n').count();
        let before = self.folded.iter().take(index).rev().map(|folded| folded.letter).find(|letter| *letter != ' ');
        if !before.is_some_and(|letter| is_word_char(letter) || letter == ',') {
            return false;
        }
        let word = self.folded.iter().skip(index + 1).take_while(|folded| !matches!(folded.letter, ' ' | '\n')).count();
        let room = self.longest_line(index);
        length >= 60 && before.is_some_and(is_word_char) || room >= FULL_LINE && length + 1 + word > room
    }

    /// The length of the longest line of the paragraph around a line end.
    fn longest_line(&self, index: usize) -> usize {
        let place = self.line_ends.partition_point(|(end, _)| *end < index);
        self.line_ends.get(place).map_or(0, |(_, longest)| *longest)
    }

    fn original_char(&self, index: usize) -> Option<char> {
        let folded = self.folded.get(index)?;
        self.text.get(folded.start..folded.end)?.chars().next()
    }

    fn close(&mut self) {
        let sentence = std::mem::take(&mut self.open);
        self.pending = Pending::default();
        if !sentence.tokens.is_empty() {
            self.done.push(sentence);
        } else if sentence.question
            && let Some(last) = self.done.last_mut()
        {
            // "Avete pagato??" or "pagato !?": the mark belongs to what stands before.
            last.question = true;
        }
    }
}

/// Shorter lines are written so, not wrapped.
const FULL_LINE: usize = 45;

/// Every line end with the length of the longest line of its paragraph; an empty line parts paragraphs.
fn line_ends(folded: &[FoldedChar]) -> Vec<(usize, usize)> {
    let (mut ends, mut begun, mut longest, mut start) = (Vec::new(), 0, 0, 0);
    let ended =
        folded.iter().map(|folded| folded.letter).chain(['\n']).enumerate().filter(|(_, letter)| *letter == '\n');
    for (end, _) in ended {
        let length = end - start;
        start = end + 1;
        longest = longest.max(length);
        if length == 0 {
            close_paragraph(&mut ends, begun, &mut longest);
            begun = ends.len();
        }
        ends.push((end, 0));
    }
    close_paragraph(&mut ends, begun, &mut longest);
    ends
}

fn close_paragraph(ends: &mut [(usize, usize)], begun: usize, longest: &mut usize) {
    ends.iter_mut().skip(begun).for_each(|(_, known)| *known = *longest);
    *longest = 0;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        sentences(text).iter().map(|s| s.tokens.iter().map(|t| t.word.as_str()).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn points_in_numbers_and_abbreviations_do_not_cut() {
        assert_eq!(
            cut("Gent.ma Marta, saldo la ft. n. 2026/118 di € 1.220,00 il 3/11. Grazie!"),
            ["gent ma marta saldo la ft n 2026/118 di eur 1.220,00 il 3/11", "grazie"]
        );
    }

    #[test]
    fn questions_and_lines() {
        let found = sentences("Buongiorno\nCi manda l'IBAN?\n\nGrazie");
        assert_eq!(found.len(), 3);
        assert!(!found[0].question && found[1].question && !found[2].question);
    }

    #[test]
    fn wrapped_lines_run_on() {
        assert_eq!(
            cut("abbiamo disposto il bonifico ieri e lo riceverete entro\nla settimana"),
            ["abbiamo disposto il bonifico ieri e lo riceverete entro la settimana"]
        );
    }

    #[test]
    fn german_days_do_not_cut() {
        assert_eq!(cut("Wir zahlen am 15. Dezember. Danke!"), ["wir zahlen am 15 dezember", "danke"]);
        assert_eq!(cut("bis zum 30. überwiesen"), ["bis zum 30 ueberwiesen"]);
        assert_eq!(cut("Am 3.11. Ihre Rechnung beglichen. Gruß"), ["am 3.11 ihre rechnung beglichen", "gruss"]);
        assert_eq!(cut("Zahlung am 15. Vielen Dank"), ["zahlung am 15", "vielen dank"]);
        assert_eq!(cut("am 15. 12. 2026 fällig"), ["am 15 12 2026 faellig"]);
        assert_eq!(cut("Pago la ft n. 15. Grazie"), ["pago la ft n 15", "grazie"]);
        assert_eq!(cut("die Rechnung Nr. 118. Danke"), ["die rechnung nr 118", "danke"]);
    }

    #[test]
    fn no_hundredths() {
        assert_eq!(cut("CHF 1'220.– bezahlt. Gruss"), ["chf 1'220 bezahlt", "gruss"]);
        assert_eq!(cut("1.220,-- € am 3.11."), ["1.220 eur am 3.11"]);
        assert_eq!(cut("dell'11, l'iban"), ["dell 11 l iban"]);
    }

    #[test]
    fn units_part_from_numbers() {
        assert_eq!(cut("1220euro a 30gg, 12-A e 118/26"), ["1220 euro a 30 gg 12-a e 118/26"]);
    }

    #[test]
    fn hostile_text_is_bounded() {
        let text = "a ".repeat(100_000);
        let total: usize = sentences(&text).iter().map(|s| s.tokens.len()).sum();
        assert!(total <= TOKENS_AT_MOST);
        for odd in ["", "\u{0}", "....????", "\u{202e}abc", "👍", "a\u{300}\u{300}\u{300}"] {
            let _ = sentences(odd);
        }
    }
}
