//! Words to terms: which numbers are days, and what is said of them.

use super::words::{Token, Word, tokens};
use super::{Counted, Discount, Means, PaymentTerms, Term, Then};
use std::ops::Range;

/// Longer terms are a mistake.
const MOST_DAYS: u32 = 365;
const MOST_PARTS: usize = 24;
/// A day of the following month that every month has.
const LAST_COMMON_DAY: u32 = 28;

/// More than ten percent, without a word for it, is a share and no discount: «50 % a 30 gg».
const MOST_DISCOUNT: u32 = 1_000;

const EXAMPLES: &str =
    "30 gg d.f.; 60 gg f.m.; 30/60/90 gg d.f.f.m.; 60 gg f.m. + 10; rimessa diretta; vista fattura; net 30";

/// Why terms were not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsError {
    /// The piece that was not understood, in bytes of the text.
    pub place: Range<usize>,
    /// A sentence without a full stop.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
    /// All words are known, and they name no day: a way of payment, or nothing.
    pub names_no_day: bool,
}

/// Reads terms of payment.
///
/// # Errors
/// When a piece is not understood, or what is understood gives no day.
pub fn parse(text: &str) -> Result<PaymentTerms, TermsError> {
    let tokens = tokens(text);
    let mut reader = Reader { text, tokens: &tokens, at: 0, groups: Vec::new(), whole: Whole::default() };
    while reader.at < tokens.len() {
        reader.step()?;
    }
    reader.finish()
}

/// Numbers, and what is said of them.
#[derive(Debug, Clone, Default)]
struct Group {
    numbers: Vec<(u32, Range<usize>)>,
    unit: Option<Unit>,
    month_end: bool,
    from_invoice: bool,
    from_receipt: bool,
    net: bool,
    then: Option<Then>,
    /// What is told was said before the numbers.
    is_ahead: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Days,
    Months,
}

impl Group {
    /// Numbers that come now are no more of its own. What is said ahead closes no group: «f.m. 30/60 gg».
    const fn is_closed(&self) -> bool {
        self.unit.is_some() || (self.is_told() && !self.is_ahead)
    }

    /// It is said from when or until when.
    const fn is_told(&self) -> bool {
        self.month_end || self.from_invoice || self.from_receipt || self.then.is_some()
    }
}

/// What is said of all of it.
#[derive(Debug, Clone, Default)]
struct Whole {
    means: Option<Means>,
    discount: Option<Discount>,
    direct: bool,
    receipt: bool,
    advance: Option<Range<usize>>,
    next_month_end: Option<Range<usize>>,
    /// Said before any number: it is meant of the first ones.
    ahead: Group,
}

struct Reader<'t> {
    text: &'t str,
    tokens: &'t [Token],
    at: usize,
    groups: Vec<Group>,
    whole: Whole,
}

impl Reader<'_> {
    fn step(&mut self) -> Result<(), TermsError> {
        let Some(token) = self.tokens.get(self.at).cloned() else { return Ok(()) };
        self.at += 1;
        match token.word {
            Word::Number(number) => self.number(number, &token)?,
            Word::Percent(hundredths) => self.discount(hundredths, &token)?,
            Word::Days => self.unit(Unit::Days, &token)?,
            Word::Months => self.unit(Unit::Months, &token)?,
            Word::Day if self.has_open_numbers() => self.unit(Unit::Days, &token)?,
            Word::Day | Word::On => self.on_day(&token, false)?,
            Word::PaymentDay => self.on_day(&token, true)?,
            Word::Plus => self.plus(&token)?,
            Word::FromInvoice => self.last().from_invoice = true,
            Word::MonthEnd => self.last().month_end = true,
            Word::Receipt if self.groups.is_empty() => self.whole.receipt = true,
            Word::Receipt => self.last().from_receipt = true,
            Word::Net => self.last().net = true,
            Word::EndOfNextMonth => self.whole.next_month_end = Some(token.place),
            Word::Direct => self.whole.direct = true,
            Word::Advance => self.whole.advance = Some(token.place),
            Word::By(means) => self.whole.means = Some(means),
            Word::Slash | Word::Comma | Word::Filler => {}
            Word::Discount => {
                return Err(self.unclear(&token, "says no percentage", "write for example: 2 % Skonto 8 Tage"));
            }
            Word::NextMonth => {
                return Err(self.unclear(
                    &token,
                    "says no day of that month",
                    "write for example: 60 gg f.m. al 10 m.s.",
                ));
            }
            Word::VatFirst => {
                let message = "puts the VAT into the first part, whose sum the row does not tell";
                return Err(self.unclear(&token, message, "write one row for each due date, with its own amount"));
            }
            Word::Unknown => {
                let remedy = format!("write the terms in one of these forms: {EXAMPLES}");
                return Err(self.unclear(&token, "is not understood", &remedy));
            }
        }
        Ok(())
    }

    fn peek(&self) -> Option<Word> {
        self.word_at(0)
    }

    fn word_at(&self, ahead: usize) -> Option<Word> {
        self.tokens.get(self.at.saturating_add(ahead)).map(|token| token.word)
    }

    /// The numbers at hand; before any, what is said ahead of them.
    fn last(&mut self) -> &mut Group {
        let Whole { ahead, .. } = &mut self.whole;
        self.groups.last_mut().unwrap_or(ahead)
    }

    fn has_open_numbers(&self) -> bool {
        self.groups.last().is_some_and(|group| !group.is_closed())
    }

    fn unclear(&self, token: &Token, what: &str, remedy: &str) -> TermsError {
        let words = self.text.get(token.place.clone()).unwrap_or_default();
        self.wrong(token.place.clone(), format!("`{words}` {what}"), remedy)
    }

    fn wrong(&self, place: Range<usize>, message: String, remedy: &str) -> TermsError {
        let message = format!("In the terms of payment `{}`: {message}", self.text.trim());
        TermsError { place, message, remedy: remedy.to_owned(), names_no_day: false }
    }

    fn number(&mut self, number: u32, token: &Token) -> Result<(), TermsError> {
        // 2/10 net 30: two percent within ten days.
        if let (Some(Word::Slash), Some(Word::Number(days)), Some(Word::Net)) =
            (self.peek(), self.word_at(1), self.word_at(2))
            && matches!(self.word_at(3), Some(Word::Number(_)))
            && number < 10
        {
            self.whole.discount = Some(Discount { hundredths: number.saturating_mul(100), days: Some(days) });
            self.at += 2;
            return Ok(());
        }
        if number > MOST_DAYS || number == 0 {
            return Err(self.unclear(
                token,
                "is no number of days",
                "write the days of the terms, for example: 30 gg d.f.",
            ));
        }
        if self.has_open_numbers() {
            self.last().numbers.push((number, token.place.clone()));
        } else {
            let ahead = if self.groups.is_empty() { std::mem::take(&mut self.whole.ahead) } else { Group::default() };
            self.groups.push(Group {
                numbers: vec![(number, token.place.clone())],
                is_ahead: ahead.is_told(),
                ..ahead
            });
        }
        Ok(())
    }

    fn unit(&mut self, unit: Unit, token: &Token) -> Result<(), TermsError> {
        match self.groups.last_mut() {
            Some(group) if group.unit.is_none() => group.unit = Some(unit),
            Some(_) | None => {
                return Err(self.unclear(token, "has no number before it", "write for example: 30 gg d.f."));
            }
        }
        Ok(())
    }

    /// «2 % Skonto bei 8 Tagen», «8 Tage 2 %, 30 Tage netto».
    fn discount(&mut self, hundredths: u32, token: &Token) -> Result<(), TermsError> {
        let mut named = false;
        while let Some(Word::Discount | Word::Filler) = self.peek() {
            named |= self.peek() == Some(Word::Discount);
            self.at += 1;
        }
        let mut days = None;
        if let Some(Word::Number(number)) = self.peek() {
            self.at += 1;
            days = Some(number);
            if matches!(self.peek(), Some(Word::Days | Word::Day)) {
                self.at += 1;
            }
            while let Some(Word::Discount) = self.peek() {
                named = true;
                self.at += 1;
            }
        } else if let [.., before] = self.groups.as_slice()
            && let ([(number, _)], false, false) = (before.numbers.as_slice(), before.net, before.is_told())
        {
            days = Some(*number);
            self.groups.pop();
        }
        if !named && (days.is_none() || hundredths > MOST_DISCOUNT) {
            return Err(self.unclear(
                token,
                "is a share of something",
                "write one row for each due date, with its own amount",
            ));
        }
        self.whole.discount = Some(Discount { hundredths, days });
        Ok(())
    }

    /// `f.m. + 10`: that day of the following month.
    fn plus(&mut self, token: &Token) -> Result<(), TermsError> {
        let Some(Word::Number(number)) = self.peek() else {
            return Err(self.unclear(token, "is followed by no day", "write for example: 60 gg f.m. + 10"));
        };
        let place = token.place.start..self.tokens.get(self.at).map_or(token.place.end, |token| token.place.end);
        self.at += 1;
        if matches!(self.peek(), Some(Word::Days | Word::Day)) {
            self.at += 1;
        }
        self.of_next_month(number, place, "write for example: 60 gg f.m. + 10, or the days in one number")
    }

    /// `al 10 del mese successivo`, `día 25`. Without a number it is only a word.
    fn on_day(&mut self, token: &Token, is_payment_day: bool) -> Result<(), TermsError> {
        let Some(Word::Number(number)) = self.peek() else { return Ok(()) };
        let place = token.place.start..self.tokens.get(self.at).map_or(token.place.end, |token| token.place.end);
        let is_alone = !self.last().month_end && !matches!(self.word_at(1), Some(Word::NextMonth));
        let is_day = !is_alone || is_payment_day;
        // «al 30 gg», « le 45 jours »: an article before the days.
        if !is_day && matches!(self.word_at(1), Some(Word::Days | Word::Months)) {
            return Ok(());
        }
        self.at += 1;
        if is_payment_day && is_alone {
            if number == 0 || number > 31 {
                return Err(self.wrong(place, format!("{number} is no day of a month"), "write a day from 1 to 31"));
            }
            self.last().then = Some(Then::PaymentDay(number));
            return Ok(());
        }
        self.of_next_month(number, place, "write for example: 60 gg f.m. al 10, or: 60 gg d.f. al 10 m.s.")
    }

    fn of_next_month(&mut self, number: u32, place: Range<usize>, remedy: &str) -> Result<(), TermsError> {
        while let Some(Word::Filler) = self.peek() {
            self.at += 1;
        }
        let says_next = self.peek() == Some(Word::NextMonth);
        self.at += usize::from(says_next);
        let words = self.text.get(place.clone()).unwrap_or_default();
        if !says_next && !self.last().month_end {
            return Err(self.wrong(place, format!("`{words}` may be days or a day of the next month"), remedy));
        }
        if number == 0 || number > LAST_COMMON_DAY {
            let message = format!("`{words}` is no day that every month has");
            return Err(self.wrong(place, message, "write a day from 1 to 28, or the days in one number: 90 gg f.m."));
        }
        self.last().then = Some(Then::OfNextMonth(number));
        Ok(())
    }

    fn finish(mut self) -> Result<PaymentTerms, TermsError> {
        let parts = if self.groups.is_empty() { vec![self.without_days()?] } else { self.with_days()? };
        Ok(PaymentTerms { parts, means: self.whole.means, discount: self.whole.discount })
    }

    fn all(&self) -> Range<usize> {
        let start = self.tokens.first().map_or(0, |token| token.place.start);
        start..self.tokens.last().map_or(self.text.len(), |token| token.place.end)
    }

    fn without_days(&self) -> Result<Term, TermsError> {
        let whole = &self.whole;
        let ahead = &whole.ahead;
        let counted = |months, then| Term::Counted(Counted { months, month_end: true, then, ..Counted::default() });
        if whole.advance.is_some() {
            Ok(Term::InAdvance)
        } else if whole.next_month_end.is_some() {
            Ok(counted(1, ahead.then))
        } else if ahead.month_end {
            Ok(counted(0, ahead.then))
        } else if whole.direct {
            Ok(Term::Direct)
        } else if whole.receipt || whole.means == Some(Means::Cash) {
            Ok(Term::OnReceipt)
        } else {
            let message = "no day is named".to_owned();
            let mut error = self.wrong(self.all(), message, "write the terms with their days, for example: 30 gg d.f.");
            error.names_no_day = true;
            Err(error)
        }
    }

    fn with_days(&mut self) -> Result<Vec<Term>, TermsError> {
        let whole = &self.whole;
        if let Some(place) = whole.advance.as_ref().or(whole.next_month_end.as_ref()) {
            let words = self.text.get(place.clone()).unwrap_or_default();
            let message = format!("`{words}` does not go together with a number of days");
            return Err(self.wrong(place.clone(), message, "write one of the two"));
        }
        let is_bare = whole.means.is_none() && !whole.direct;
        if is_bare && self.groups.iter().all(|group| group.unit.is_none() && !group.is_told() && !group.net) {
            let message = "the number says neither days nor the end of a month".to_owned();
            return Err(self.wrong(self.all(), message, "write for example: 30 gg d.f. (or net 30)"));
        }
        // «30 gg, 60 gg, 90 gg d.f.f.m.»: what is said at the end is meant of all.
        let told = self.groups.iter().rev().find(|group| group.is_told()).cloned().unwrap_or_default();
        let is_only_last =
            self.groups.split_last().is_some_and(|(_, before)| before.iter().all(|group| !group.is_told()));
        let mut terms = Vec::new();
        let mut before: Option<(u32, Unit)> = None;
        for group in &self.groups {
            let by = if is_only_last { &told } else { group };
            let unit = group.unit.unwrap_or(Unit::Days);
            for (number, place) in &group.numbers {
                if before.is_some_and(|(last, of)| of == unit && last >= *number) || terms.len() >= MOST_PARTS {
                    let message = format!("the days of the parts do not rise at {number}");
                    return Err(self.wrong(place.clone(), message, "write them in order: 30/60/90 gg d.f."));
                }
                before = Some((*number, unit));
                let (months, days) = if unit == Unit::Months { (*number, 0) } else { (0, *number) };
                let from_receipt = by.from_receipt || (self.whole.receipt && !by.from_invoice);
                terms.push(Term::Counted(Counted {
                    months,
                    days,
                    month_end: by.month_end,
                    then: by.then,
                    from_receipt,
                }));
            }
        }
        Ok(terms)
    }
}
