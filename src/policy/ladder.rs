//! The ladder of one kind of debtor: its steps, when each is due, who does it and on what it depends.

use crate::ledger::calendar::BusinessCalendar;
use crate::ledger::ids::{StepId, TemplateId};
use crate::ledger::money::Money;
use crate::ledger::words::word;
use chrono::{Days, NaiveDate, NaiveTime, Weekday};
use std::collections::BTreeSet;
use std::fmt;

/// The steps for one kind of debtor, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// From the mildest.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub id: StepId,
    /// From when on.
    pub when: When,
    /// What happens.
    pub act: StepAct,
    /// Who does it at most: the stricter of this and the mode counts.
    pub by: Sender,
    /// On what it depends; where that does not hold it is passed over.
    pub only: Only,
    /// When it may leave within the firm's own hours.
    pub window: StepWindow,
    /// A firm tone: never on a Friday.
    pub firm: bool,
    /// The text asks for payment within this many days, when it names a deadline.
    pub deadline_days: Option<u32>,
}

impl Step {
    /// A step that depends on nothing and has no window of its own.
    #[must_use]
    pub const fn new(id: StepId, when: When, act: StepAct) -> Self {
        let by = match act {
            StepAct::Mail(_) | StepAct::Note(_) | StepAct::ReceiptCheck(_) => Sender::Agent,
            // That the work stops is never said without a person having looked.
            StepAct::StopWork(_) => Sender::Draft,
            StepAct::Call | StepAct::OwnerDraft(_) | StepAct::HandOver => Sender::Owner,
        };
        let only = Only { from_amount: None, to_amount: None, conditions: BTreeSet::new() };
        let window = StepWindow { days: Vec::new(), hours: Vec::new() };
        Self { id, when, act, by, only, window, firm: false, deadline_days: None }
    }

    /// A letter that the owner finishes and signs, whatever the mode.
    #[must_use]
    pub const fn is_owners(&self) -> bool {
        matches!(self.act, StepAct::OwnerDraft(_))
    }
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepAct {
    /// The agent writes with this template.
    Mail(TemplateId),
    /// The owner telephones.
    Call,
    /// A draft for the owner to finish and sign.
    OwnerDraft(TemplateId),
    /// Before anything is due: thanks, and an offer of help. Never names money.
    Note(TemplateId),
    /// Before it is due: has the invoice arrived?
    ReceiptCheck(TemplateId),
    /// The agent lays down a reminder that says from which day the work rests.
    StopWork(TemplateId),
    /// The owner is asked whether a lawyer or an agency goes on.
    HandOver,
}

impl StepAct {
    /// A mail before anything is due: it asks for no money, and counts for nothing that was asked.
    #[must_use]
    pub const fn is_courtesy(&self) -> bool {
        matches!(self, Self::Note(_) | Self::ReceiptCheck(_))
    }

    /// The text that goes out.
    #[must_use]
    pub const fn template(&self) -> Option<&TemplateId> {
        match self {
            Self::Mail(template)
            | Self::OwnerDraft(template)
            | Self::Note(template)
            | Self::ReceiptCheck(template)
            | Self::StopWork(template) => Some(template),
            Self::Call | Self::HandOver => None,
        }
    }

    /// The word for it in a ladder file.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Mail(_) => "mail",
            Self::Call => "call",
            Self::OwnerDraft(_) => "draft",
            Self::Note(_) => "note",
            Self::ReceiptCheck(_) => "receipt_check",
            Self::StopWork(_) => "stop_work",
            Self::HandOver => "hand_over",
        }
    }
}

/// From which day a step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Calendar days before the due date.
    Before(u32),
    /// Calendar days after it.
    After(u32),
    /// Business days of the firm after it.
    AfterBusiness(u32),
}

impl When {
    /// The day itself.
    #[must_use]
    pub fn counted_from(self, due: NaiveDate, calendar: &BusinessCalendar) -> NaiveDate {
        match self {
            Self::Before(days) => due.checked_sub_days(Days::new(u64::from(days))).unwrap_or(due),
            Self::After(days) => due.checked_add_days(Days::new(u64::from(days))).unwrap_or(due),
            Self::AfterBusiness(days) => calendar.plus_business_days(due, days),
        }
    }

    /// Before anything is due?
    #[must_use]
    pub const fn is_before_due(self) -> bool {
        matches!(self, Self::Before(_))
    }

    /// Calendar days from the due date, as many as it takes without any holiday: for comparing and for distances.
    #[must_use]
    pub fn in_calendar_days(self) -> i64 {
        match self {
            Self::Before(days) => i64::from(days).saturating_neg(),
            Self::After(days) => i64::from(days),
            // Five business days are a week.
            Self::AfterBusiness(days) => i64::from(days).saturating_add(i64::from(days / 5).saturating_mul(2)),
        }
    }

    /// Calendar days from another step's day to this one's; zero when that is later.
    #[must_use]
    pub fn days_since(self, other: Self) -> u32 {
        u32::try_from(self.in_calendar_days().saturating_sub(other.in_calendar_days())).unwrap_or(0)
    }
}

/// `-10`, `+7`, `+5 business`.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Before(days) => write!(f, "-{days}"),
            Self::After(days) => write!(f, "+{days}"),
            Self::AfterBusiness(days) => write!(f, "+{days} business"),
        }
    }
}

word!(
    /// Who does a step at most.
    Sender {
        /// The agent sends it, where the mode lets it.
        Agent = "agent",
        /// The agent lays it into Drafts, a person sends it.
        Draft = "draft",
        /// The owner: a letter to finish and sign, a telephone call.
        Owner = "owner",
    }
);

word!(
    /// What a step may depend on, besides sums: told from the account alone.
    Condition {
        /// It is the only document of this customer that is known, nothing of it was paid, and nobody wrote to them before.
        NewCustomer = "new_customer",
        /// The customer has written nothing since the first step about it.
        NeverAnswered = "never_answered",
        /// A promise to pay it was not kept.
        PromiseBroken = "promise_broken",
        /// Holidays of the customer's country, or a quiet time of the firm's, begin soon.
        HolidaysAhead = "holidays_ahead",
    }
);

/// On what a step depends; all of it must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Only {
    /// So much is open, or more.
    pub from_amount: Option<Money>,
    /// So much is open, or less.
    pub to_amount: Option<Money>,
    /// Each of these.
    pub conditions: BTreeSet<Condition>,
}

/// When a step may leave, within the firm's own hours; empty means whenever the firm's own let it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepWindow {
    /// Weekdays.
    pub days: Vec<Weekday>,
    /// Hours, local, start inclusive, end exclusive.
    pub hours: Vec<(NaiveTime, NaiveTime)>,
}

impl StepWindow {
    /// What is left of the firm's hours.
    #[must_use]
    pub fn within(&self, firm: &[(NaiveTime, NaiveTime)]) -> Vec<(NaiveTime, NaiveTime)> {
        if self.hours.is_empty() {
            return firm.to_vec();
        }
        let overlaps = firm
            .iter()
            .flat_map(|(start, end)| self.hours.iter().map(move |(from, to)| ((*start).max(*from), (*end).min(*to))));
        overlaps.filter(|(start, end)| start < end).collect()
    }

    /// May it leave on such a weekday?
    #[must_use]
    pub fn allows(&self, day: Weekday) -> bool {
        self.days.is_empty() || self.days.contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn business_days_lie_among_calendar_days() {
        let due: NaiveDate = "2026-12-04".parse().expect("a day");
        let calendar = BusinessCalendar::default();
        // Monday the 7th, then the 8th is a holiday.
        assert_eq!(When::AfterBusiness(2).counted_from(due, &calendar).to_string(), "2026-12-09");
        assert_eq!(When::After(2).counted_from(due, &calendar).to_string(), "2026-12-06");
        assert_eq!(When::Before(4).counted_from(due, &calendar).to_string(), "2026-11-30");
        assert_eq!(When::AfterBusiness(11).in_calendar_days(), 15);
        assert_eq!(When::After(7).days_since(When::Before(10)), 17);
        assert_eq!(When::Before(10).days_since(When::After(7)), 0);
        assert_eq!(
            [When::Before(3), When::After(7), When::AfterBusiness(5)].map(|when| when.to_string()),
            ["-3", "+7", "+5 business"]
        );
    }

    #[test]
    fn a_window_lies_within_the_firms() {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
        let window = StepWindow { days: vec![Weekday::Tue], hours: vec![(time(8), time(10)), (time(13), time(14))] };
        assert_eq!(window.within(&[(time(9), time(12)), (time(15), time(17))]), [(time(9), time(10))]);
        assert_eq!(StepWindow::default().within(&[(time(9), time(12))]), [(time(9), time(12))]);
        assert!(window.allows(Weekday::Tue) && !window.allows(Weekday::Wed));
        assert!(StepWindow::default().allows(Weekday::Sun));
    }
}
