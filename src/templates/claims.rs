//! What a final notice claims beside the capital, counted on the day of the letter and shown line by line: capital, interest
//! with its days and rates, compensation, and all of it together.
//!
//! Which of it may be claimed was decided with the letter; here it is counted anew on the live account, and what the law
//! does not give any more is left out.

use super::blocks::label;
use super::days;
use super::letter::Letter;
use super::wording::{Wording, capital};
use crate::ledger::interest::{self, COMPENSATION, Interest};
use crate::ledger::money::{Currency, Money, total};
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Language;

/// The labels in one language. The law is named in each, so that a line can be read on its own.
struct ClaimWords {
    capital: &'static str,
    interest: &'static str,
    compensation: &'static str,
    day: (&'static str, &'static str),
    rate: &'static str,
    on: &'static str,
    /// Between a rate and its sign.
    percent: &'static str,
}

const ITALIAN: ClaimWords = ClaimWords {
    capital: "Capitale",
    interest: "Interessi di mora (art. 4 D.Lgs. 231/2002)",
    compensation: "Importo forfettario (art. 6 D.Lgs. 231/2002)",
    day: ("giorno", "giorni"),
    rate: "tasso",
    on: "su",
    percent: " %",
};

const ENGLISH: ClaimWords = ClaimWords {
    capital: "Principal",
    interest: "Late payment interest (Italian Legislative Decree 231/2002, article 4)",
    compensation: "Fixed compensation (Italian Legislative Decree 231/2002, article 6)",
    day: ("day", "days"),
    rate: "rate",
    on: "on",
    percent: "%",
};

const GERMAN: ClaimWords = ClaimWords {
    capital: "Hauptforderung",
    interest: "Verzugszinsen (Art. 4 des italienischen D.Lgs. 231/2002)",
    compensation: "Pauschale (Art. 6 des italienischen D.Lgs. 231/2002)",
    day: ("Tag", "Tage"),
    rate: "Zinssatz",
    on: "auf",
    percent: "\u{a0}%",
};

const FRENCH: ClaimWords = ClaimWords {
    capital: "Principal",
    interest: "Intérêts de retard (art. 4 du décret législatif italien 231/2002)",
    compensation: "Indemnité forfaitaire (art. 6 du décret législatif italien 231/2002)",
    day: ("jour", "jours"),
    rate: "taux",
    on: "sur",
    percent: "\u{a0}%",
};

const SPANISH: ClaimWords = ClaimWords {
    capital: "Principal",
    interest: "Intereses de demora (art. 4 del D.Lgs. italiano 231/2002)",
    compensation: "Compensación fija (art. 6 del D.Lgs. italiano 231/2002)",
    day: ("día", "días"),
    rate: "tipo",
    on: "sobre",
    percent: "\u{a0}%",
};

impl ClaimWords {
    const fn of(language: Language) -> &'static Self {
        match language {
            Language::Italian => &ITALIAN,
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::French => &FRENCH,
            Language::Spanish => &SPANISH,
        }
    }
}

/// What one letter claims.
#[derive(Debug, Clone)]
pub(super) struct Claimed<'a> {
    language: Language,
    /// The sum of what is open, each currency on its own.
    open: Vec<Money>,
    interest: Vec<(&'a Receivable, Interest)>,
    compensation: Vec<&'a Receivable>,
}

impl<'a> Claimed<'a> {
    /// Counts what the letter was to claim.
    pub(super) fn of(letter: &Letter<'a>, items: &[&'a Receivable]) -> Self {
        let (account, today) = (letter.account, letter.moment.today());
        let (claims, wanted) = (&letter.plan.particulars.claims, &letter.letterhead.late_payment);
        let interest = items
            .iter()
            .filter(|_| claims.interest && wanted.interest)
            .filter_map(|item| Some((*item, interest::of(account, item, today, &wanted.rates).ok()?)))
            .filter(|(_, interest)| interest.total.is_positive())
            .collect();
        let compensation = items
            .iter()
            .filter(|item| wanted.compensation && claims.compensation.contains(&item.id))
            .filter(|item| interest::is_compensated(account, item, today).is_ok())
            .copied()
            .collect();
        let open = items.iter().map(|item| item.open()).collect();
        Self { language: account.customer.language, open, interest, compensation }
    }

    /// Nothing is claimed beside the capital.
    pub(super) const fn is_empty(&self) -> bool {
        self.interest.is_empty() && self.compensation.is_empty()
    }

    /// All interest, where there is some.
    pub(super) fn interest(&self) -> Option<String> {
        let sums: Vec<Money> = self.interest.iter().map(|(_, interest)| interest.total).collect();
        (!sums.is_empty()).then(|| self.amount(total(Currency::EUR, &sums)))
    }

    /// All compensation, where there is some.
    pub(super) fn compensation(&self) -> Option<String> {
        let sums = vec![COMPENSATION; self.compensation.len()];
        (!sums.is_empty()).then(|| self.amount(total(Currency::EUR, &sums)))
    }

    /// Capital, interest and compensation, each currency on its own.
    pub(super) fn total(&self) -> String {
        let mut all = self.open.clone();
        all.extend(self.interest.iter().map(|(_, interest)| interest.total));
        all.extend(self.compensation.iter().map(|_| COMPENSATION));
        days::totals(&all, self.language)
    }

    /// One line each, the details of interest below it.
    pub(super) fn plain(&self) -> String {
        let colon = Wording::of(self.language).colon;
        let lines = self.lines().into_iter().map(|line| {
            let bullet = if line.is_detail { "- " } else { "" };
            format!("{bullet}{}{colon} {}", line.label, line.amount)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The same as a table.
    pub(super) fn html(&self) -> String {
        use super::html::{cell, heading_cell, row, table};
        let rows: String = self
            .lines()
            .iter()
            .map(|line| {
                let amount = if line.is_total { heading_cell(&line.amount, true) } else { cell(&line.amount, true) };
                row(&[cell(&line.label, false), amount])
            })
            .collect();
        table(&rows)
    }

    fn lines(&self) -> Vec<Line> {
        let words = ClaimWords::of(self.language);
        let mut lines = vec![Line::new(words.capital, days::totals(&self.open, self.language))];
        for (item, interest) in &self.interest {
            let label = format!("{}, {}", words.interest, label(item, self.language));
            lines.push(Line::new(label, self.amount(interest.total)));
            for segment in &interest.segments {
                let (one, several) = words.day;
                let days = if segment.days == 1 { one } else { several };
                // A rate has two decimals, as an amount has.
                let rate = Money::eur(i64::from(segment.rate.0)).grouped(self.language);
                let label = format!(
                    "{} – {}, {} {days}, {} {rate}{} {} {}",
                    days::short(segment.first, self.language),
                    days::short(segment.last, self.language),
                    segment.days,
                    words.rate,
                    words.percent,
                    words.on,
                    self.amount(segment.capital),
                );
                lines.push(Line { is_detail: true, ..Line::new(label, self.amount(segment.interest)) });
            }
        }
        for item in &self.compensation {
            let label = format!("{}, {}", words.compensation, label(item, self.language));
            lines.push(Line::new(label, self.amount(COMPENSATION)));
        }
        let sum = Line::new(capital(Wording::of(self.language).total), self.total());
        lines.push(Line { is_total: true, ..sum });
        lines
    }

    fn amount(&self, money: Money) -> String {
        days::amount(money, self.language)
    }
}

/// A line of the block.
struct Line {
    label: String,
    amount: String,
    /// Of the interest above it; in the text it does not stand in the sum.
    is_detail: bool,
    is_total: bool,
}

impl Line {
    fn new(label: impl Into<String>, amount: String) -> Self {
        Self { label: label.into(), amount, is_detail: false, is_total: false }
    }
}
