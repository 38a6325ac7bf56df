//! A text cut into words, numbers and signs, with everything that is surely no document number marked.

use super::vocabulary as words;

/// One piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Letters.
    Word(&'a str),
    /// ASCII digits.
    Number(&'a str),
    /// One or more blanks.
    Space,
    /// Any other sign; all dashes are `-`, a line's end is `\n`.
    Sign(char),
}

/// A piece, and whether it belongs to an amount, a date, an account or a telephone number.
#[derive(Debug, Clone, Copy)]
pub struct Token<'a> {
    /// What.
    pub piece: Piece<'a>,
    /// Belongs to something that is no document number.
    pub masked: bool,
}

/// Longest text that is looked at; what follows in a longer one is attachment soup, not a writer's words.
const READ_AT_MOST: usize = 200_000;

/// Cuts a text and masks amounts, dates, times, percentages, accounts, payment references and telephone numbers.
pub fn cut(text: &str) -> Vec<Token<'_>> {
    let mut tokens = pieces(text);
    mask_long_runs(&mut tokens);
    mask_after_words(&mut tokens);
    mask_chains(&mut tokens);
    tokens
}

fn pieces(text: &str) -> Vec<Token<'_>> {
    #[derive(PartialEq, Clone, Copy)]
    enum Sort {
        Word,
        Number,
        Space,
        Sign,
    }
    let sort = |c: char| match c {
        '0'..='9' => Sort::Number,
        '\n' => Sort::Sign,
        c if c.is_alphabetic() => Sort::Word,
        c if c.is_whitespace() => Sort::Space,
        _ => Sort::Sign,
    };
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if start > READ_AT_MOST {
            break;
        }
        let this = sort(c);
        let mut end = start + c.len_utf8();
        if this != Sort::Sign {
            while let Some((next, following)) = chars.peek().copied() {
                if sort(following) != this {
                    break;
                }
                end = next + following.len_utf8();
                chars.next();
            }
        }
        let slice = text.get(start..end).unwrap_or_default();
        let piece = match this {
            Sort::Word => Piece::Word(slice),
            Sort::Number => Piece::Number(slice),
            Sort::Space => Piece::Space,
            Sort::Sign => Piece::Sign(match c {
                '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
                '\\' | '\u{2044}' | '\u{2215}' => '/',
                other => other,
            }),
        };
        tokens.push(Token { piece, masked: false });
    }
    tokens
}

/// The piece at a place; blank beyond the ends, so that looking around needs no care.
pub fn at<'a>(tokens: &[Token<'a>], index: Option<usize>) -> Piece<'a> {
    index.and_then(|index| tokens.get(index)).map_or(Piece::Sign('\n'), |token| token.piece)
}

fn mask(tokens: &mut [Token<'_>], from: usize, to: usize) {
    for token in tokens.iter_mut().take(to).skip(from) {
        token.masked = true;
    }
}

/// IBANs, transaction ids, hexadecimal ids: fifteen and more letters and digits without a break, or in fours.
fn mask_long_runs(tokens: &mut [Token<'_>]) {
    let mut start = 0;
    while start < tokens.len() {
        let (mut end, mut length, mut digits) = (start, 0, 0);
        let mut broken = false;
        while let Some(token) = tokens.get(end) {
            match token.piece {
                Piece::Word(word) => length += word.chars().count(),
                Piece::Number(number) => {
                    length += number.len();
                    digits += number.len();
                }
                _ => break,
            }
            end += 1;
        }
        let iban_head = end == start + 2
            && matches!(at(tokens, Some(start)), Piece::Word(word) if word.len() == 2)
            && matches!(at(tokens, Some(start + 1)), Piece::Number(number) if number.len() >= 2);
        if iban_head {
            broken = mask_spaced_account(tokens, start, end);
        }
        if length >= 15 && digits >= 4 && !broken {
            mask(tokens, start, end);
        }
        start = end.max(start) + 1;
    }
}

/// `IT60 X054 2811 1010 …`: after the head at least three groups of four.
fn mask_spaced_account(tokens: &mut [Token<'_>], start: usize, head_end: usize) -> bool {
    let (mut end, mut groups) = (head_end, 0);
    // An IBAN has at most 34 signs: eight groups after the head.
    while groups < 8 && at(tokens, Some(end)) == Piece::Space {
        let mut group_end = end + 1;
        let mut length = 0;
        while let Piece::Word(run) | Piece::Number(run) = at(tokens, Some(group_end)) {
            length += run.chars().count();
            group_end += 1;
        }
        if length == 0 || length > 4 {
            break;
        }
        groups += 1;
        end = group_end;
    }
    if groups >= 3 {
        mask(tokens, start, end);
    }
    groups >= 3
}

/// What follows `CRO`, `TRN`: one run. What follows `tel.`, `+`: digits in groups.
fn mask_after_words(tokens: &mut [Token<'_>]) {
    for index in 0..tokens.len() {
        let (opens, grouped) = match at(tokens, Some(index)) {
            Piece::Word(word) => {
                let phone = words::is_phone_word(word);
                (phone || words::is_payment_word(word), phone)
            }
            Piece::Sign('+') => (matches!(at(tokens, Some(index + 1)), Piece::Number(_)), true),
            _ => (false, false),
        };
        if !opens {
            continue;
        }
        let (mut end, mut digits) = (index + 1, 0);
        while let Some(token) = tokens.get(end).filter(|_| digits < 40) {
            match token.piece {
                Piece::Number(number) => digits += number.len(),
                Piece::Space if digits > 0 && !grouped => break,
                Piece::Space | Piece::Sign('.' | ':' | '-' | '/' | '(' | ')' | '°') => {}
                Piece::Word(word) if digits == 0 && words::is_numeral_sign(word) => {}
                Piece::Word(word) if digits > 0 && word.chars().count() <= 4 && digit_before(tokens, end) => {}
                _ => break,
            }
            end += 1;
        }
        // `118+119` is a list, `+39 0521 …` is a telephone.
        let long_enough = digits >= 7 || at(tokens, Some(index)) != Piece::Sign('+');
        if digits > 0 && long_enough {
            mask(tokens, index, end);
        }
    }
}

fn digit_before(tokens: &[Token<'_>], index: usize) -> bool {
    matches!(at(tokens, index.checked_sub(1)), Piece::Number(_))
}

/// Amounts, dates, times, percentages: chains of numbers joined by one sort of sign.
fn mask_chains(tokens: &mut [Token<'_>]) {
    let mut start = 0;
    while start < tokens.len() {
        let Piece::Number(first) = at(tokens, Some(start)) else {
            start += 1;
            continue;
        };
        let mut groups = vec![first];
        let mut joints = Vec::new();
        let mut end = start + 1;
        while let (Piece::Sign(joint @ ('.' | ',' | '/' | '-' | ':' | '\'')), Piece::Number(next)) =
            (at(tokens, Some(end)), at(tokens, Some(end + 1)))
        {
            joints.push(joint);
            groups.push(next);
            end += 2;
        }
        let whole = Chain { groups: &groups, joints: &joints };
        let (before, after) = (behind(tokens, start), ahead(tokens, end));
        let money = is_currency(before) || is_currency(after);
        let percent = after == Piece::Sign('%');
        let glued_unit = matches!(after, Piece::Word(word) if words::is_unit(word));
        // `30 giorni`, `12 settembre`: a measure, and no number of a document.
        // (`invoice 118 may be paid` is no date.)
        let month = first.len() <= 2 && matches!(after, Piece::Word(word) if words::is_month(word));
        let measure = groups.len() == 1 && (money || glued_unit || month);
        let grouped_sum = money && joints.iter().all(|joint| matches!(joint, '.' | ',' | '\''));
        if whole.is_amount() || whole.is_date() || whole.is_time() || percent || measure || grouped_sum {
            mask(tokens, start, end);
        }
        start = end;
    }
}

/// The next piece before a place that is not blank.
fn behind<'a>(tokens: &[Token<'a>], index: usize) -> Piece<'a> {
    let before = index.checked_sub(1);
    match at(tokens, before) {
        Piece::Space => at(tokens, index.checked_sub(2)),
        other => other,
    }
}

/// The next piece from a place on that is not blank.
fn ahead<'a>(tokens: &[Token<'a>], index: usize) -> Piece<'a> {
    match at(tokens, Some(index)) {
        Piece::Space => at(tokens, Some(index + 1)),
        other => other,
    }
}

fn is_currency(piece: Piece<'_>) -> bool {
    match piece {
        Piece::Sign(sign) => matches!(sign, '€' | '$' | '£'),
        Piece::Word(word) => words::is_currency(word),
        _ => false,
    }
}

/// Numbers with the signs between them.
struct Chain<'c> {
    groups: &'c [&'c str],
    joints: &'c [char],
}

impl Chain<'_> {
    /// `1.220,00`, `1220.50`, `1'220.00`.
    fn is_amount(&self) -> bool {
        let Some((last_joint, inner)) = self.joints.split_last() else { return false };
        let two_decimals = self.groups.last().is_some_and(|group| group.len() == 2);
        let thousands = self.groups.iter().skip(1).rev().skip(1).all(|group| group.len() == 3);
        matches!(last_joint, '.' | ',')
            && two_decimals
            && thousands
            && inner.iter().all(|joint| matches!(joint, '.' | ',' | '\''))
    }

    /// `12/09/2026`, `2026-09-12`, `12.9.26`.
    fn is_date(&self) -> bool {
        let [first, second, third] = self.groups else { return false };
        let [left, right] = self.joints else { return false };
        if left != right || !matches!(left, '.' | '/' | '-') {
            return false;
        }
        let value = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
        let year = |text: &str| (text.len() == 4 && (1990..=2099).contains(&value(text))) || text.len() == 2;
        let day_and_month = |a: &str, b: &str| {
            let (a, b) = (value(a), value(b));
            (1..=31).contains(&a) && (1..=31).contains(&b) && a.min(b) <= 12
        };
        (year(third) && day_and_month(first, second))
            || (first.len() == 4 && year(first) && day_and_month(second, third))
    }

    fn is_time(&self) -> bool {
        !self.joints.is_empty() && self.joints.iter().all(|joint| *joint == ':')
    }
}
