//! Payment terms as firms write them («60 gg d.f.f.m. + 10», "2/10 net 30", „14 Tage netto“): what they say, the days that
//! they give, and the sums for each of them.
//!
//! «30 gg f.m.» has more than one reading in use. The commonest gives the due date; nobody is called late before the last
//! day that any of them allows, so that a customer who counts the other way is never chased for a difference of days.
//! What is not understood is an error that names the piece, never a guess.

mod grammar;
#[cfg(test)]
mod tests;
mod words;

pub use grammar::{TermsError, parse};

use super::money::Money;
use chrono::{Datelike, Days, Months, NaiveDate};

/// Many read *rimessa diretta* as the thirty days that the law gives where nothing was agreed (D.Lgs. 231/2002, art. 4):
/// nobody is called late before.
const DIRECT_DAYS: u32 = 30;

/// Days that run from the receipt of the invoice: the day on which it was received is not known here. A week is given for
/// it to arrive.
const RECEIPT_DAYS: u32 = 7;

/// Terms of payment: one part or several equal ones, and what is said beside the days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTerms {
    /// Each day on which a part is to be paid, in order; never empty.
    pub parts: Vec<Term>,
    /// How it is paid, where they say so.
    pub means: Option<Means>,
    /// Less for who pays early, where they say so. The days on which it is due are the same.
    pub discount: Option<Discount>,
}

/// When one part is to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// Before delivery: with the invoice at the latest.
    InAdvance,
    /// On receipt (*vista fattura*, *pronta cassa*, cash on delivery).
    OnReceipt,
    /// *Rimessa diretta* without days: on receipt by its words, within thirty days by many who read them.
    Direct,
    /// Some time after the invoice.
    Counted(Counted),
}

/// A time after the invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Months, where they are said as months.
    pub months: u32,
    /// Days, where they are said as days.
    pub days: u32,
    /// To the end of a month.
    pub month_end: bool,
    /// A day of the month after that.
    pub then: Option<Then>,
    /// The days run from the receipt of the invoice.
    pub from_receipt: bool,
}

/// A day of the month, after the days are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// That day of the following month («+ 10», «al 10 m.s.», « fin de mois le 10 »).
    OfNextMonth(u32),
    /// The next such day: the customer's day of payment (« vencimiento día 25 »).
    PaymentDay(u32),
}

/// How days to the end of a month are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Thirty days are a month, then the end of that month; the commonest. Days that are no whole months come after them.
    Months,
    /// From the end of the invoice's month so many calendar days.
    EndThenDays,
    /// So many calendar days, then the end of that month.
    DaysThenEnd,
}

impl Reading {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Months, Self::EndThenDays, Self::DaysThenEnd];
}

/// How it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// A transfer.
    Transfer,
    /// *Ricevuta bancaria*: the firm's bank collects.
    Riba,
    /// Direct debit (SDD, RID, *Lastschrift*, *prélèvement*, *recibo domiciliado*): the firm's bank collects.
    DirectDebit,
    /// A form that is paid at a bank or post office.
    PaymentForm,
    /// A cheque.
    Cheque,
    /// A card, or a service.
    Card,
    /// Cash, or on delivery.
    Cash,
}

impl Means {
    /// The firm's bank takes the money: nobody is reminded before it came back unpaid.
    #[must_use]
    pub const fn is_collected_by_bank(self) -> bool {
        matches!(self, Self::Riba | Self::DirectDebit)
    }
}

/// Less for who pays early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discount {
    /// Hundredths of a percent.
    pub hundredths: u32,
    /// Within so many days, where they say so.
    pub days: Option<u32>,
}

/// One part with its day and its sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The day on which it is to be paid, by the commonest reading.
    pub due: NaiveDate,
    /// The last day that any reading allows; the due date itself where all agree.
    pub tolerated_until: NaiveDate,
    /// The sum.
    pub amount: Money,
}

/// The parts of an amount: equal in cents, the last takes what is left over. `None` where the calendar ends.
#[must_use]
pub fn due_dates(terms: &PaymentTerms, issued: NaiveDate, amount: Money) -> Option<Vec<Part>> {
    let count = terms.parts.len();
    let each = amount.cents.checked_div(i64::try_from(count).ok()?)?;
    let last = amount.cents.checked_sub(each.checked_mul(i64::try_from(count.checked_sub(1)?).ok()?)?)?;
    let cents = |index: usize| if index.saturating_add(1) == count { last } else { each };
    let parts = terms.parts.iter().enumerate().map(|(index, term)| {
        let amount = Money::new(cents(index), amount.currency);
        Some(Part { due: term.due(issued)?, tolerated_until: term.tolerated_until(issued)?, amount })
    });
    parts.collect()
}

impl Term {
    /// The day by one reading. `None` where the calendar ends.
    #[must_use]
    pub fn day(self, issued: NaiveDate, reading: Reading) -> Option<NaiveDate> {
        match self {
            Self::InAdvance | Self::OnReceipt | Self::Direct => Some(issued),
            Self::Counted(counted) => counted.day(issued, reading),
        }
    }

    /// The due date: the day by the commonest reading.
    #[must_use]
    pub fn due(self, issued: NaiveDate) -> Option<NaiveDate> {
        self.day(issued, Reading::Months)
    }

    /// The last day on which nobody who reads the words can be called late.
    #[must_use]
    pub fn tolerated_until(self, issued: NaiveDate) -> Option<NaiveDate> {
        let latest = Reading::ALL.into_iter().filter_map(|reading| self.day(issued, reading)).max()?;
        let more = match self {
            Self::Direct => DIRECT_DAYS,
            Self::Counted(Counted { from_receipt: true, .. }) => RECEIPT_DAYS,
            Self::InAdvance | Self::OnReceipt | Self::Counted(_) => 0,
        };
        plus_days(latest, more)
    }

    /// Some reading of the words gives this day.
    #[must_use]
    pub fn may_mean(self, issued: NaiveDate, day: NaiveDate) -> bool {
        Reading::ALL.into_iter().any(|reading| self.day(issued, reading) == Some(day))
    }
}

impl Counted {
    fn day(self, issued: NaiveDate, reading: Reading) -> Option<NaiveDate> {
        if !self.month_end {
            let day = plus_days(plus_months(issued, self.months)?, self.days)?;
            return self.then.map_or(Some(day), |then| then.after(day));
        }
        let day = match reading {
            Reading::Months => {
                let whole = self.months.checked_add(self.days / 30)?;
                month_end(plus_days(plus_months(issued, whole)?, self.days % 30)?)?
            }
            Reading::DaysThenEnd => month_end(plus_days(plus_months(issued, self.months)?, self.days)?)?,
            // Months from the end of a month end with one.
            Reading::EndThenDays if self.days == 0 => month_end(plus_months(month_end(issued)?, self.months)?)?,
            Reading::EndThenDays => {
                let day = plus_days(plus_months(month_end(issued)?, self.months)?, self.days)?;
                // Who counts days counts these on: the tenth of the month after would be up to thirty more.
                return match self.then {
                    Some(Then::OfNextMonth(more)) => plus_days(day, more),
                    Some(then) => then.after(day),
                    None => Some(day),
                };
            }
        };
        self.then.map_or(Some(day), |then| then.after(day))
    }
}

impl Then {
    fn after(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::OfNextMonth(number) => in_month(number, plus_months(day.with_day(1)?, 1)?),
            Self::PaymentDay(number) => match in_month(number, day)? {
                this if this >= day => Some(this),
                _ => in_month(number, plus_months(day.with_day(1)?, 1)?),
            },
        }
    }
}

fn plus_days(day: NaiveDate, days: u32) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(u64::from(days)))
}

/// The same day of a later month; in a shorter month its last day.
fn plus_months(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(months))
}

fn month_end(day: NaiveDate) -> Option<NaiveDate> {
    plus_months(day.with_day(1)?, 1)?.pred_opt()
}

/// A day of the month by its number; in a shorter month its last day.
fn in_month(number: u32, of: NaiveDate) -> Option<NaiveDate> {
    (1..=number).rev().find_map(|day| of.with_day(day))
}
